"""When each source file was merged: from `_git_added.csv` or from the source's own history."""

from __future__ import annotations

import csv
from pathlib import Path

from whenever import Instant, OffsetDateTime

from mimin.errors import UsageError
from mimin.git import Repository

LISTING = "_git_added.csv"


def read_added(source: Path, folder: str) -> dict[str, Instant]:
    """Map paths below *folder* to the time of the commit that added them; empty when unknown."""
    listing = source / LISTING
    if listing.is_file():
        return _from_listing(listing)
    repository = Repository.discover(source)
    if repository is None or repository.root.resolve() != source.resolve():
        return {}  # a folder inside another project: its history says nothing about the posts
    return _from_history(repository, folder)


def _from_listing(listing: Path) -> dict[str, Instant]:
    found: dict[str, Instant] = {}
    try:
        with listing.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                moment = _instant(row["committed_at"] or "")
                found[row["path"]] = min(moment, found.get(row["path"], moment))
    except (KeyError, ValueError, TypeError, OSError, csv.Error) as error:
        raise UsageError(
            f"{listing}: it must be a table with the columns path and committed_at"
            f" (times as 2026-01-31T10:00:00+00:00); mend or remove it ({error})"
        ) from None
    return found


def _from_history(repository: Repository, folder: str) -> dict[str, Instant]:
    if repository.head() is None:
        return {}
    listing = repository.text(
        "log", "--diff-filter=A", "--no-renames", "--format=%x00%cI", "--name-only", "--", folder
    )
    found: dict[str, Instant] = {}
    for chunk in listing.split("\0")[1:]:
        moment, *paths = [line for line in chunk.splitlines() if line]
        found.update(dict.fromkeys(paths, _instant(moment)))  # newest first, so the oldest stays
    return found


def _instant(text: str) -> Instant:
    if text.endswith("Z"):
        return Instant.parse_iso(text)
    return OffsetDateTime.parse_iso(text).to_instant()
