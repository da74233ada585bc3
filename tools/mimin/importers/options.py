"""What the person who imports decides."""

from __future__ import annotations

from pathlib import Path

from whenever import Instant, TimeDelta

from mimin.model.base import Record, Slug


class Timetable(Record):
    """Schedule every post anew, one after the other, instead of keeping its history."""

    start: Instant
    every: TimeDelta

    def slot(self, number: int) -> Instant:
        """Give the time of the post with this *number*, from 0."""
        return self.start + self.every * number


class Options(Record):
    """The choices of one import."""

    brand: Slug
    zone: str
    """The brand's IANA zone."""
    now: Instant
    """When the import runs; the events of history are written at this time."""
    language: str = "en"
    sandbox: bool = False
    """All accounts on the simulated network, for a trial run."""
    timetable: Timetable | None = None
    media: Path | None = None
    """A folder with images downloaded by hand, found by their address (see `Downloads.find`)."""
    handle: str | None = None
    """For sources that do not name their account."""
    include_unsuffixed: bool = False
    """twitter-together: take the files without `.tweet` too, which it never sent."""
