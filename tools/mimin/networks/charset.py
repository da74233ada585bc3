"""The charset of an answer, as its server names it: one that texts of the web are written in."""

from __future__ import annotations

import codecs
import re

_NAMED = re.compile(
    r"""\bcharset\s{0,9}=\s{0,9}["']?([a-z0-9._:-]{1,40})""", re.ASCII | re.IGNORECASE
)
"""RFC 9110, section 8.3.2. Nothing else is a charset's name, least of all a sign beyond ASCII."""
_OF_THE_WEB = (
    *("utf-8", "utf-16", "iso-8859-", "windows-", "koi8-", "us-ascii"),
    *("shift_jis", "euc-", "gb", "big5"),
)
"""What pages are written in (https://encoding.spec.whatwg.org). Python knows more: some takes
minutes to read, some is no text (`hex`, `zlib`), some fails without a mark of order (`utf-32`)."""


def charset_of(content_type: str) -> str:
    """Tell how a text is encoded, for `bytes.decode`; UTF-8 where that is not said or not known."""
    found = _NAMED.search(content_type)
    name = found[1].lower() if found else ""
    if not name.startswith(_OF_THE_WEB):
        return "utf-8"
    if name in {"utf-16", "utf-16le"}:
        return "utf-16-le"  # also without a mark of order, as browsers read it
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "utf-8"
