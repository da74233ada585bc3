"""Pinterest without a connection: limits, what it refuses, and the exact request of a pin.

The rules are those of the API's own description (v5, 5.23.0); the calls are in
`pinterest_connection`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mimin.networks.address import base_address
from mimin.networks.counting import COUNTERS
from mimin.networks.limits import LIMITS, adjust
from mimin.networks.pinterest_pin import BOARD, COVER, SECTION, alt_text, is_video, pin
from mimin.networks.protocol import Editing, Objection, Recovery

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.payload import Part, Payload
    from mimin.networks.protocol import Access, Connection, Job

API = "https://api.pinterest.com"
PINS = "/v5/pins"

_PICTURES = ("image/jpeg", "image/png")
_VIDEOS = ("video/mp4", "video/quicktime", "video/x-m4v")
_SAME = 0.02
"""How much the pictures of a carousel may differ in width divided by height."""


class Pinterest:
    """What is known about Pinterest without talking to it."""

    name = "pinterest"
    recovery = Recovery.LIST
    editable = Editing.TEXT
    settings: Mapping[str, str] = {
        BOARD: "The number of the board that the pin goes to; every pin needs one.",
        SECTION: "The number of a section of that board.",
        COVER: "The second of a video whose picture is its cover; the first picture if missing.",
    }

    def limits(self, account: Account) -> Limits:
        """Give the limits of the API; the account's own win."""
        return adjust(LIMITS[self.name], account.limits)

    def check(self, payload: Payload, account: Account) -> tuple[Objection, ...]:
        """Find what Pinterest would refuse, and what it would lose without a word."""
        whole = (
            Objection(
                index=0,
                code=code,
                message=f"pinterest: {message}",
                address=code == "setting-missing",
            )
            for code, message in _check_settings(payload.settings, account)
        )
        parts = (
            Objection(index=index, code=code, message=f"pinterest: {message}")
            for index, part in enumerate(payload.parts)
            for code, message in _check_part(part, self.limits(account))
        )
        return (*whole, *parts)

    def wire(self, job: Job) -> dict[str, object]:
        """Show the call that creates the pin; a picture in base64 stands in braces."""
        return {
            "method": "POST",
            "url": "{server}" + PINS,
            "headers": {"authorization": "Bearer {token}"},
            "json": pin(job, lambda number: f"{{media{number}}}"),
        }

    def connect(self, access: Access) -> Connection:
        """Prepare to talk as this account."""
        from mimin.networks.pinterest_connection import PinterestConnection

        return PinterestConnection(access)

    def connection(self) -> type[Connection]:
        """Give the class of its connections."""
        from mimin.networks.pinterest_connection import PinterestConnection

        return PinterestConnection


NETWORK = Pinterest()


def _check_settings(settings: Mapping[str, str], account: Account) -> Iterator[tuple[str, str]]:
    try:
        base_address(account.server or API)
    except ValueError as error:
        yield "server-address", str(error)
    if not settings.get(BOARD):
        yield (
            "setting-missing",
            "a pin needs a board; add `board:` with its number to the account's `settings:`",
        )
    for name in (BOARD, SECTION, COVER):
        value = settings.get(name)
        if value and not re.fullmatch(r"[0-9]{1,18}", value):
            yield "setting-invalid", f"`{name}: {value}` is no number; write its digits"


def _check_part(part: Part, limits: Limits) -> Iterator[tuple[str, str]]:
    if not part.media:
        yield "media-required", "a pin needs a picture or a video; add one"
    if is_video(part) and len(part.media) > 1:
        yield "mixed-media", "a pin shows 1 to 5 pictures or one video; take the others out"
    for media in part.media:
        if media.mime not in {*_PICTURES, *_VIDEOS}:
            yield "media-type", f"{media.path} is {media.mime}; save it as JPEG or PNG"
    shapes = [media.width / media.height for media in part.media if media.height]
    if not is_video(part) and shapes and max(shapes) - min(shapes) > _SAME:
        yield (
            "media-aspect-refused",
            "the pictures of one pin have the same shape; crop them to the same width and height",
        )
    alt = COUNTERS[limits.alt_unit](alt_text(part))
    if len(part.media) > 1 and limits.alt is not None and alt > limits.alt:
        yield (
            "alt-too-long",
            f"{alt:,} characters in all alt texts, a pin has {limits.alt:,}; shorten them",
        )
    for span in part.spans:
        if span.url is not None and span.url not in part.text:
            yield "link-lost", f"{span.url} would be lost, a description has no links; write it out"
