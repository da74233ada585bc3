"""Acceptances: a person's word, on the branch itself, that what it lost is to stay lost."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mimin.foreign import read_json
from mimin.store.containment import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from whenever import Instant

    from mimin.git import Repository
    from mimin.store.snapshot import Snapshot

ACCEPTED = "accepted.jsonl"
"""The file of the branch that holds them, one JSON object a line."""
_ID = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


@dataclass(frozen=True)
class Acceptance:
    """One line of the file.

    Attributes:
        commit: What it holds is all that counts; None where nothing does.
        lost: Commits whose records are given up.
    """

    commit: str | None
    lost: tuple[str, ...] = ()

    @property
    def covered(self) -> tuple[str, ...]:
        """The commits whose history counts no longer."""
        return (self.commit, *self.lost) if self.commit else self.lost


def encode(acceptance: Acceptance, *, by: str, reason: str, at: Instant) -> bytes:
    """Write an acceptance as one line."""
    fields = {
        "v": 1,
        "at": at.format_iso(),
        "by": by,
        "reason": reason,
        "commit": acceptance.commit or "",
        "lost": list(acceptance.lost),
    }
    return json.dumps(fields, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def accepted(repository: Repository, snapshot: Snapshot) -> list[Acceptance]:
    """Read the acceptances of a branch; a damaged line, or one about nothing here, says nothing."""
    if ACCEPTED not in snapshot.files:
        return []
    found = [_decode(line) for line in lines_of(snapshot.read(ACCEPTED))]
    return [each for each in found if each and _known(repository, each.covered)]


def _decode(line: bytes) -> Acceptance | None:
    try:
        fields = read_json(line)
        commit, lost = fields["commit"], fields["lost"]
        names = [*([commit] if commit else []), *lost]
        if all(isinstance(name, str) and _ID.fullmatch(name) for name in names):
            return Acceptance(commit or None, tuple(lost))
    except (ValueError, TypeError, LookupError, RecursionError):
        pass
    return None


def _known(repository: Repository, commits: Iterable[str]) -> bool:
    return all(repository.resolve(commit) for commit in commits)
