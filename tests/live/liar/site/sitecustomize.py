"""Let `python -m mimin` live at another time, and wait no longer than a test can.

Python runs this first (https://docs.python.org/3/library/site.html). `OFFSET` is the seconds that
the clock is ahead; the answer to a call may take a second instead of half a minute.
"""

from __future__ import annotations

import os

if "OFFSET" in os.environ:
    import httpx2
    from whenever import Instant, TimeDelta, patch_current_time

    from mimin.networks import http

    http.TIMEOUT = httpx2.Timeout(connect=5, read=1, write=5, pool=5)
    http._PAUSES = (0.01, 0.02)  # there is no other way to be quick
    moment = Instant.now() + TimeDelta(seconds=float(os.environ["OFFSET"]))
    _patched = patch_current_time(moment, keep_ticking=True)
    _patched.__enter__()
