"""The simulated team's posts and brands, and the files they are written in."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from whenever import Instant

ZONE = "Asia/Jakarta"
_WORDS = re.compile(r"Kiriman (\S+) bagian (\S+) versi (\d+)")


class Piece(NamedTuple):
    """One part of a thread as the team means it: which post's, which of its parts, which text.

    The simulator knows by it what is the same post to people, whatever files and ids are called.
    """

    lineage: str
    """The id that the post was first written with."""
    name: str
    """Which part, for ever: it keeps its name when others are put before it."""
    rev: int = 1
    """Which text; a correction is the next one."""

    def text(self) -> str:
        """Give its words; no two pieces and no two revisions share them."""
        return f"Kiriman {self.lineage} bagian {self.name} versi {self.rev}"


def read_piece(text: str) -> Piece | None:
    """Read a piece back from its words; None where they are nobody's."""
    found = _WORDS.search(text)
    return Piece(found[1], found[2], int(found[3])) if found else None


@dataclass(frozen=True)
class Spec:
    """One post as the team wrote it."""

    id: str
    brand: str
    accounts: tuple[str, ...]
    due: int
    expires: int | None = None
    late: str | None = None
    grace: str | None = None
    parts: int = 1
    """How many parts it is first written with."""
    pieces: tuple[Piece, ...] = ()
    """Its parts; those that `parts` counts when empty."""
    folder: str = "2026"
    stem: str = ""
    """The file's name where it is not the id."""
    former: tuple[str, ...] = ()
    """What it was called before, the newest first: `brand/id`."""
    was: str = ""
    """What its front matter says it was called; `none` for a new post."""
    retract: bool = False
    scribble: str = ""
    """Words that somebody has added and not committed."""

    def __post_init__(self) -> None:
        """Write the first parts."""
        if not self.pieces:
            pieces = tuple(Piece(self.id, str(number + 1)) for number in range(self.parts))
            object.__setattr__(self, "pieces", pieces)

    @property
    def lineage(self) -> str:
        """The id that it was first written with: what it is to people."""
        return self.pieces[0].lineage

    @property
    def path(self) -> str:
        """Where its file lies."""
        return f"content/{self.brand}/posts/{self.folder}/{self.stem or self.id}.md"

    @property
    def texts(self) -> tuple[str, ...]:
        """Give the words of its parts."""
        return tuple(f"{piece.text()}{self.scribble}" for piece in self.pieces)

    def file(self) -> str:
        """Write its file."""
        fields = [f"at: {_moment(self.due)}", f"accounts: [{', '.join(self.accounts)}]"]
        fields += [f"id: {self.id}"] if self.stem not in {"", self.id} else []
        fields += [f"was: {self.was}"] if self.was else []
        if self.expires is not None:
            fields.append(f"expires: {_moment(self.expires)}")
        fields += [f"late: {self.late}"] if self.late else []
        fields += [f"grace: {self.grace}"] if self.grace else []
        fields += ["retract: true"] if self.retract else []
        return "---\n" + "\n".join(fields) + "\n---\n" + "\n\n---\n\n".join(self.texts) + "\n"

    def changed(self, **values: object) -> Spec:
        """Give the post as it is after an edit."""
        return replace(self, **values)  # type: ignore[arg-type]

    def corrected(self, *names: str) -> Spec:
        """Give it with new texts: of the parts *names*, or of all."""
        return self.changed(
            pieces=tuple(
                piece._replace(rev=piece.rev + 1) if not names or piece.name in names else piece
                for piece in self.pieces
            )
        )


def _moment(seconds: int) -> str:
    return f"{Instant.from_timestamp(seconds).format_iso()[:16]}Z"


class Login(NamedTuple):
    """One account as `brand.yml` has it under an alias."""

    mode: str
    """Mode of its network."""
    handle: str
    """Which real account it is."""
    was: tuple[str, ...] = ()
    """Aliases that it is said to have had."""

    @property
    def real(self) -> str:
        """Name the real account."""
        return f"sim-{self.mode} @{self.handle}"


@dataclass(frozen=True)
class House:
    """One brand with its accounts."""

    id: str
    accounts: dict[str, Login]
    """Alias → account."""
    approval: str
    late: str
    grace: str
    spacing: int | None
    """Minutes."""
    blackouts: tuple[tuple[str, str], ...] = ()
    """First and last local day on which nothing may go out."""
    was: str = ""
    """What the folder is said to have been called."""

    def changed(self, **values: object) -> House:
        """Give the brand as it is after an edit."""
        return replace(self, **values)  # type: ignore[arg-type]

    def file(self) -> str:
        """Write its `brand.yml`."""
        lines = [f"name: {self.id}", f"zone: {ZONE}", "languages: [id]"]
        lines += [f"was: {self.was}"] if self.was else []
        lines += [f"approval: {self.approval}", f"late: {self.late}", f"grace: {self.grace}"]
        lines += [f"spacing: {self.spacing}m"] if self.spacing else []
        lines.append("accounts:")
        for name, login in self.accounts.items():
            lines += [f"  {name}:", f"    network: sim-{login.mode}", f"    handle: {login.handle}"]
            lines += [f"    was: [{', '.join(login.was)}]"] if login.was else []
        return "\n".join(lines) + "\n"

    def calendar(self) -> str:
        """Write its `calendar/<brand>.yml`; empty where it has none."""
        days = [
            f"  - {{starts: {first}, ends: {last}, reason: Berkabung}}"
            for first, last in self.blackouts
        ]
        return "\n".join(["blackouts:", *days]) + "\n" if days else ""

    def is_black(self, moment: float) -> bool:
        """Tell whether a moment lies on a blacked-out day of the brand."""
        day = str(Instant.from_timestamp(moment).to_tz(ZONE).date())
        return any(first <= day <= last for first, last in self.blackouts)
