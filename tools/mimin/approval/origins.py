"""Origins: who wrote what a post shows, across renames, copies and files that are gone again.

A person's yes to his own words is none, whoever brought them in: so a text is followed through
renames, looked for by its lines, and a picture by its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mimin.git import CommandError, Repository
from mimin.planning.examined import Examined

_NO_REPLY = re.compile(r"(?:\d+\+)?([A-Za-z0-9-]+)@users\.noreply\.github\.com")
_TRAILER = "%(trailers:key=Co-authored-by,valueonly,separator=%x1f)"
_FORM = f"--format=%x1e%H%x1f%cn%x1f%ce%x1f%an%x1f%ae%x1f{_TRAILER}%x1d"
_PLACES = ("content", "templates")
_SHORTEST = 12
"""Characters of a line that tells something: `Buka!` is nobody's."""
_MOST_LINES = 60
_PLUMBING = ("---", "at:", "accounts:", "tags:", "labels:")
_ERE = re.compile(r"([.\[\\()*+?{|^$])")


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


def names_of(name: str, email: str) -> set[str]:
    """Give every name that somebody who is written in a commit may be known by."""
    names = {name, email}
    no_reply = _NO_REPLY.fullmatch(email)
    if no_reply:
        names.add(no_reply[1])
    return {each.strip().casefold() for each in names} - {""}


def is_own(path: str, post: Examined) -> bool:
    """Tell whether a file says what this post says; brand and card templates serve many posts."""
    folder = post.path.rpartition("/")[0]
    return path.endswith(".md") or (path.endswith(".link.yml") and path.startswith(folder))


def traces_of(repository: Repository, path: str, revision: str = "HEAD") -> list[Trace]:
    """Find every commit on a text file, under whatever name it had."""
    plain = _log(repository, revision, "--", path)
    followed = _log(repository, "--follow", "-M", revision, "--", path)
    return _unique([*plain, *followed])


def traces_of_bytes(
    repository: Repository, path: str, blob: str, revision: str = "HEAD"
) -> list[Trace]:
    """Find the last commit on a picture's path, and each one that put the same bytes anywhere."""
    last = _log(repository, "-1", revision, "--", path)
    if not blob:
        return last
    options = ("--no-renames", "--diff-filter=AMT", f"--find-object={blob}")
    return _unique([*last, *_log(repository, *options, revision, "--", *_PLACES)])


def traces_of_words(repository: Repository, path: str, revision: str = "HEAD") -> list[Trace]:
    """Find each commit that brought half of a text's words or more, into whatever file."""
    try:
        text = repository.show(revision, path).decode("utf-8", "replace")
    except CommandError:  # not committed, so it is not published either
        return []
    lines = _telling(text)
    if not lines:
        return []
    pattern = "|".join(_ERE.sub(r"\\\1", line) for line in lines)
    options = ("--no-renames", "--unified=0", "--patch", "--no-textconv", "--no-ext-diff")
    entries = _entries(repository, *options, f"-G{pattern}", revision, "--", *_PLACES)
    needed = sum(len(line) for line in lines) / 2
    return _unique(
        [trace for trace, patch in entries if _brought(patch, lines) >= needed],
    )


def traces_of_post(repository: Repository, post: Examined, revision: str = "HEAD") -> list[Trace]:
    """Find who wrote what a post itself shows: its texts, its link card, its pictures."""
    found: list[Trace] = []
    for path, blob in post.inputs.items():
        if is_own(path, post):
            found += traces_of(repository, path, revision)
            found += traces_of_words(repository, path, revision)
        elif not path.endswith(".yml"):
            found += traces_of_bytes(repository, path, blob, revision)
    return _unique(found)


def people(traces: Iterable[Trace], *, committers: bool) -> dict[str, str]:
    """Name the people behind commits: name in small letters → the beginning of a commit's id."""
    found: dict[str, str] = {}
    for trace in traces:
        for name in trace.authors | (trace.committers if committers else frozenset()):
            found.setdefault(name, trace.commit[:7])
    return found


def traces_since(
    repository: Repository, commit: str, paths: Iterable[str], revision: str = "HEAD"
) -> list[Trace]:
    """Find the commits on some files since a commit; all of them when it is not here."""
    span = [f"^{commit}"] if commit and repository.resolve(commit) else []
    return _log(repository, revision, *span, "--", *paths)


def _log(repository: Repository, *arguments: str) -> list[Trace]:
    return [trace for trace, _ in _entries(repository, *arguments)]


def _entries(repository: Repository, *arguments: str) -> Iterator[tuple[Trace, str]]:
    text = repository.run("log", _FORM, *arguments).decode("utf-8", "replace")
    for entry in text.split("\x1e")[1:]:
        head, _, patch = entry.partition("\x1d")
        commit, cname, cemail, name, email, *others = head.strip("\n").split("\x1f")
        named = set[str]()
        for other in others:
            called, _, address = other.strip().rstrip(">").rpartition("<")
            named |= names_of(called, address)
        authors = frozenset(names_of(name, email) | named)
        yield (
            Trace(commit, authors, frozenset(named), frozenset(names_of(cname, cemail))),
            patch,
        )


def _telling(text: str) -> list[str]:
    """Choose the lines by which a text is recognised: the longest, without what all posts have."""
    lines = {line.strip() for line in text.splitlines()}
    told = [each for each in lines if len(each) >= _SHORTEST and not each.startswith(_PLUMBING)]
    return sorted(told, key=lambda line: (-len(line), line))[:_MOST_LINES]


def _brought(patch: str, lines: list[str]) -> int:
    """Count the characters of *lines* that a patch adds."""
    added = {line[1:].strip() for line in patch.splitlines() if line.startswith("+")}
    return sum(len(line) for line in lines if line in added)


def _unique(traces: Iterable[Trace]) -> list[Trace]:
    return list({trace.commit: trace for trace in traces}.values())
