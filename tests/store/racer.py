"""A runner of its own: appends events to the ledger of one clone, as a workflow would."""

from __future__ import annotations

import sys
from pathlib import Path

from whenever import Instant

from mimin.errors import MiminError
from mimin.git import Repository
from mimin.store import Append, Branch


def main(clone: str, remote: str, name: str, count: str) -> int:
    repository = Repository(Path(clone))
    branch = Branch(repository, "mimin/ledger", remote=remote or None, keeps=bool)
    at = Instant.from_utc(2026, 12, 1)
    for number in range(int(count)):
        mine, shared = f"{name}-{number}".encode(), f"claim-{number} "

        def decide(snapshot, mine=mine, shared=shared):
            wanted = {"events.jsonl": Append(mine)}
            if shared.encode() not in snapshot.read("claims.jsonl"):
                wanted["claims.jsonl"] = Append(f"{shared}{name}".encode())
            return wanted if mine not in snapshot.read("events.jsonl").splitlines() else {}

        try:
            branch.transact(decide, message=f"{name} {number}", at=at)
        except MiminError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
