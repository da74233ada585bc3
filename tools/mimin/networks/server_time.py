"""Server time: what a network's clock said, and what ours said at that moment.

Every answer of HTTP says when it was made (`Date`, RFC 9110 section 6.6.1). Compared with our own
clock it shows a machine that is minutes or hours off before such a machine posts at a wrong time.
"""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from whenever import Instant

if TYPE_CHECKING:
    from collections.abc import Mapping


class ServerTime:
    """The newest reading of the clock of the servers that one connection talks to."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.newest: tuple[Instant, Instant] | None = None
        """The server's moment, in whole seconds, and ours; None before the first answer."""

    def note(self, headers: Mapping[str, str], now: Instant) -> None:
        """Keep what an answer says; *now* is when it came, by our own clock."""
        # An answer out of a cache was made earlier, and `Age` says so (RFC 9111 section 5.1).
        if headers.get("age", "0").strip() != "0":
            return
        said = read_date(headers.get("date", ""))
        if said is not None:
            self.newest = (said, now)


def read_date(text: str) -> Instant | None:
    """Read a date of HTTP, in any of its three forms; None when it is none."""
    try:
        moment = parsedate_to_datetime(text)
        # The oldest form names no zone; all dates of HTTP are UTC (RFC 9110 section 5.6.7).
        return Instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
