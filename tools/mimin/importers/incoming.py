"""A post on its way in: what was read, before it has a name, a time and files."""

from __future__ import annotations

from pathlib import Path

from whenever import Instant

from mimin.importers.report import Placement, Remark, State
from mimin.model.base import Record
from mimin.model.brand import Account


class UnreadableError(Exception):
    """A source file that can not become a post; the importer turns it into a remark."""

    def __init__(self, code: str, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.code = code
        self.line = line


def is_remote(reference: str) -> bool:
    """Tell whether an image lies on another machine."""
    return reference.lower().startswith(("http://", "https://", "//", "data:"))


class Picture(Record):
    """An image as the source refers to it."""

    reference: str
    """Its address or path, as written."""
    alt: str | None = None
    file: Path | None = None
    """Where its bytes are; None when they are not here."""

    @property
    def shown(self) -> str:
        """The reference without a signature: signed links hold keys, and have long expired."""
        place, _, query = self.reference.partition("?")
        signed = "signature" in query.lower() or "token" in query.lower()
        return f"{place}?(signed)" if signed else self.reference


class Section(Record):
    """One part of a thread, or the whole post."""

    text: str
    """Markdown without images."""
    pictures: tuple[Picture, ...] = ()


class Form(Record):
    """What one account gets."""

    parts: tuple[Section, ...]
    tags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    """Handles of people whom the text names, without a leading @."""


class Incoming(Record):
    """One post: a form and a state for each account."""

    path: str
    """The source file that names it."""
    stem: str
    """What its id is made of."""
    forms: dict[str, Form]
    """Account id → form, in the order of the source."""
    states: dict[str, State]
    added: Instant | None = None
    """When the old tool got it."""
    notes: tuple[str, ...] = ()
    """What must not be forgotten about it, for the team."""
    held: bool = False
    """It can not go out as it is, whatever the timetable says."""


class Reading(Record):
    """Everything that was read from a source."""

    source: str
    accounts: dict[str, Account]
    posts: tuple[Incoming, ...]
    merged: dict[str, str]
    """Source file → source file of the post that it became a part of."""
    refused: tuple[str, ...]
    """Source files that nothing came of."""
    named: tuple[Placement, ...]
    """Accounts by source file; targets are filled in later."""
    remarks: tuple[Remark, ...]


class Notebook:
    """Collects remarks while a source is read."""

    def __init__(self) -> None:
        self.remarks: list[Remark] = []

    def add_picture(self, path: str, picture: Picture, line: int, doubt: str = "") -> None:
        """Write down that the bytes of an image are not here, if that is so, or are in doubt."""
        if doubt:
            message = f"{picture.shown} (alt: {picture.alt or 'none'}): {doubt}"
            self.add(path, "ambiguous-image", message, line)
        elif picture.file is None:
            remote = is_remote(picture.reference)
            way = "download it and give its folder with --media" if remote else "add the file"
            message = f"{picture.shown} (alt: {picture.alt or 'none'}) is not here; {way}"
            self.add(path, "remote-image" if remote else "missing-image", message, line)

    def add(self, path: str, code: str, message: str, line: int = 1) -> None:
        """Write down one remark."""
        self.remarks.append(Remark(path=path, line=line, code=code, message=message))
