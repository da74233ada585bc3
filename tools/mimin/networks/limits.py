"""Whether a text fits a network, and by how much it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mimin.errors import WorkspaceError
from mimin.model.limits import Limits
from mimin.networks.counting import COUNTERS, utf8_bytes
from mimin.networks.known import LIMITS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["ADJUSTABLE", "LIMITS", "Excess", "adjust", "measure", "over"]

ADJUSTABLE = frozenset(
    name for name, field in Limits.model_fields.items() if field.annotation == int | None
)
"""Limits that an account may change."""


class Excess(NamedTuple):
    """One limit that a text is over."""

    what: str
    """`characters` (whatever the network counts as one) or `bytes`."""
    actual: int
    allowed: int


def adjust(limits: Limits, own: Mapping[str, int] | None) -> Limits:
    """Put an account's own limits, such as those of its Mastodon instance, over the network's.

    Raises:
        WorkspaceError: if there is no limit of such a name.
    """
    for name in own or {}:
        if name not in ADJUSTABLE:
            known = ", ".join(sorted(ADJUSTABLE))
            raise WorkspaceError(f"{name!r} is not a limit of an account; these are: {known}")
    return limits.model_copy(update=dict(own)) if own else limits


def measure(limits: Limits, text: str, *, warning: str = "") -> int:
    """Tell how long `text` is to the network, with the content warning where that counts."""
    length = COUNTERS[limits.text_unit](text)
    if warning and limits.warning_counted:
        # Mastodon gives links no discount in a warning.
        length += COUNTERS["graphemes"](warning)
    return length


def over(
    limits: Limits,
    text: str,
    kinds: Collection[str] = (),
    *,
    warning: str = "",
    comment: bool = False,
) -> list[Excess]:
    """List the limits of length that `text` is over.

    Args:
        limits: Of the network.
        text: Of a part.
        kinds: MIME types of the images and videos that go with it.
        warning: The content warning that goes with it.
        comment: Whether it is a first comment.
    """
    allowed = limits.longest(kinds, comment=comment)
    found = []
    if allowed is not None:
        length = measure(limits, text, warning=warning)
        if length > allowed:
            found.append(Excess("characters", length, allowed))
    if limits.text_bytes is not None:
        size = utf8_bytes(text)
        if size > limits.text_bytes:
            found.append(Excess("bytes", size, limits.text_bytes))
    return found
