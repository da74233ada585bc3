"""The history of what posts are made of, read once: who came with which file, bytes and words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from mimin.errors import GitError
from mimin.git import Repository

_NO_REPLY = re.compile(r"(?:\d+\+)?([A-Za-z0-9-]+)@users\.noreply\.github\.com")
_TRAILER = "%(trailers:key=Co-authored-by,valueonly,separator=%x1f)"
_FORM = f"--format=%x1e%H%x1f%cn%x1f%ce%x1f%an%x1f%ae%x1f{_TRAILER}%x1d"
_PLACES = ("content", "templates")
_SHORTEST = 12
"""Characters of a line that tells something: `Buka!` is nobody's."""
_PLUMBING = ("---", "at:", "accounts:", "tags:", "labels:")


@dataclass(frozen=True)
class Trace:
    """One commit that something of a post came with."""

    commit: str
    """Its full id."""
    authors: frozenset[str]
    """Every name that its author and co-authors may be known by, in small letters."""
    others: frozenset[str]
    """Of them those of co-authors, whom the message names."""
    committers: frozenset[str]
    """The same of who committed it: who writes another's name over his own work is found so."""


@dataclass
class History:
    """All commits on posts, pictures and card templates up to one, the newest first."""

    files: list[tuple[Trace, dict[str, str]]] = field(default_factory=list)
    """Each commit with the paths it wrote → the path that each came from."""
    blobs: dict[str, list[Trace]] = field(default_factory=lambda: defaultdict(list))
    """Blob id → the commits that put these bytes somewhere."""
    words: dict[str, list[Trace]] = field(default_factory=lambda: defaultdict(list))
    """Line of a text → the commits that added it to a file."""

    def on(self, path: str) -> list[Trace]:
        """Find the commits on a file, the newest first, under whatever names it had."""
        names, found = {path}, []
        for trace, written in self.files:
            mine = names & written.keys()
            if mine:
                found.append(trace)
                names |= {written[name] for name in mine}
        return found

    def of_bytes(self, blob: str) -> list[Trace]:
        """Find the commits that put the same bytes anywhere."""
        return self.blobs.get(blob, [])

    def of_words(self, text: str) -> list[Trace]:
        """Find the commits that brought half of a text's words or more, into whatever file."""
        lines = {line.strip() for line in text.splitlines()}
        told = [line for line in lines if tells(line)]
        brought: dict[Trace, int] = defaultdict(int)
        for line in told:
            for trace in set(self.words.get(line, ())):
                brought[trace] += len(line)
        needed = sum(len(line) for line in told) / 2
        return [trace for trace, size in brought.items() if size >= needed]


def tells(line: str) -> bool:
    """Tell whether a line says something of its own, unlike what all posts have."""
    return len(line) >= _SHORTEST and not line.startswith(_PLUMBING)


def history_of(repository: Repository, revision: str) -> History:
    """Read the history up to a revision; the same one is read once.

    Raises:
        GitError: if there is no such revision.
    """
    commit = repository.resolve(revision)
    if commit is None:
        raise GitError(f"{revision} is not here")
    return _read(repository.root, commit)


def names_of(name: str, email: str) -> set[str]:
    """Give every name that somebody who is written in a commit may be known by."""
    names = {name, email}
    no_reply = _NO_REPLY.fullmatch(email)
    if no_reply:
        names.add(no_reply[1])
    return {each.strip().casefold() for each in names} - {""}


def log(repository: Repository, *arguments: str) -> Iterator[tuple[Trace, str]]:
    """Run `git log`; gives each commit with what follows its head."""
    text = repository.run("log", _FORM, *arguments).decode("utf-8", "replace")
    for entry in text.split("\x1e")[1:]:
        head, _, rest = entry.partition("\x1d")
        commit, committer, address, name, email, *others = head.strip("\n").split("\x1f")
        named = set[str]()
        for other in others:
            called, _, mail = other.strip().rstrip(">").rpartition("<")
            named |= names_of(called, mail)
        authors = frozenset(names_of(name, email) | named)
        committers = frozenset(names_of(committer, address))
        yield Trace(commit, authors, frozenset(named), committers), rest


@lru_cache(maxsize=2)
def _read(root: Path, commit: str) -> History:
    """Read it with two commands: a search for each post alone would walk all of it each time."""
    repository = Repository(root)
    history = History()
    # `-c`: of a merge only what is as in none of its parents, so that taking in the base branch
    # makes nobody an author, and slipping a change into a merge does.
    raw = ("--raw", "--no-abbrev", "-M", "-c", "--no-ext-diff")
    for trace, listing in log(repository, *raw, commit, "--", *_PLACES):
        _note_files(history, trace, listing)
    patch = ("--patch", "--unified=0", "--no-renames", "--no-textconv", "--no-ext-diff", "-c")
    for trace, text in log(repository, *patch, commit, "--", *_PLACES):
        _note_words(history, trace, text)
    return history


def _note_files(history: History, trace: Trace, listing: str) -> None:
    written: dict[str, str] = {}
    for line in listing.splitlines():
        if not line.startswith(":"):
            continue
        fields, *paths = line.split("\t")
        blob, status = fields.split(" ")[-2:]
        if not paths or set(blob) == {"0"}:
            continue  # it was taken away, which makes nobody an author
        written[paths[-1]] = paths[0] if status[0] in "RC" else paths[-1]
        history.blobs[blob].append(trace)
    if written:
        history.files.append((trace, written))


def _note_words(history: History, trace: Trace, patch: str) -> None:
    for line in patch.splitlines():
        if not line.startswith("+"):
            continue
        words = line.lstrip("+").strip()  # of a merge there is one sign a parent
        if tells(words):
            history.words[words].append(trace)
