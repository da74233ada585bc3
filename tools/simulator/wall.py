"""What the simulated networks hold: everything that they were sent, as often as they were sent it.

Nothing here protects the engine from itself: a post that is sent twice hangs there twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from simulator.content import Piece, read_piece


@dataclass
class Hung:
    """One part as it hangs on the wall."""

    id: str
    token: str
    """The engine's name of it: delivery and part."""
    real: str
    """The real account that it hangs on."""
    text: str
    at: float
    visible_at: float
    parent: str | None
    run: str
    head: str = ""
    """The commit of main from which its text was last written."""
    gone: bool = False
    """Whether it was taken down."""

    @property
    def piece(self) -> Piece | None:
        """Whose words these are."""
        return read_piece(self.text)


@dataclass(frozen=True)
class Pack:
    """One part that waits for a person, who posts it by hand."""

    path: Path
    real: str
    text: str
    parent: str | None
    head: str


class Wall:
    """All networks of a world."""

    def __init__(self) -> None:
        """Start empty."""
        self.posts: dict[str, list[Hung]] = {}
        """Token → everything that was hung under it."""
        self.packs: dict[str, Pack] = {}
        """Token → what was handed to a person."""
        self.under_way: dict[str, int] = {}
        """Token → calls that may still have an effect."""
        self._accounts: dict[str, list[Hung]] = {}
        self._pieces: dict[tuple[str, str, str], list[Hung]] = {}
        self._ids: dict[str, Hung] = {}

    def hang(self, hung: Hung) -> None:
        """Make a part public."""
        self.posts.setdefault(hung.token, []).append(hung)
        self._accounts.setdefault(hung.real, []).append(hung)
        self._ids[hung.id] = hung
        self._index(hung)

    def write_over(self, hung: Hung, text: str, head: str) -> None:
        """Change the words of a part."""
        hung.text, hung.head = text, head
        self._index(hung)

    def _index(self, hung: Hung) -> None:
        if hung.piece is not None:
            lineage, name, _ = hung.piece
            same = self._pieces.setdefault((hung.real, lineage, name), [])
            same += [hung] if hung not in same else []

    def called(self, remote_id: str) -> Hung | None:
        """Find a part by the network's own id."""
        return self._ids.get(remote_id)

    def on(self, real: str) -> list[Hung]:
        """List everything that was hung on a real account, the oldest first."""
        return self._accounts.get(real, [])

    def copies(self, real: str, piece: Piece) -> list[Hung]:
        """List what is public of one part of a thread on a real account, in whatever words."""
        found = self._pieces.get((real, piece.lineage, piece.name), [])
        return [each for each in found if not each.gone and _is(each, piece)]

    def ever(self, real: str, piece: Piece) -> bool:
        """Tell whether a part of a thread was public on a real account once."""
        return bool(self._pieces.get((real, piece.lineage, piece.name)))

    def all(self) -> Iterator[Hung]:
        """Give everything that was ever hung."""
        for found in self.posts.values():
            yield from found


def remote_id(token: str) -> str:
    """Make the network's own id of a part: without the slashes that addresses are cut at."""
    return f"sim:{token.replace('/', '.')}"


def _is(hung: Hung, piece: Piece) -> bool:
    shown = hung.piece
    return shown is not None and shown[:2] == piece[:2]
