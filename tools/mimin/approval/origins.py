"""Origins: who wrote what a post shows, across renames, copies and files that are gone again.

A person's yes to his own words is none, whoever brought them in: so a text is followed through
renames, looked for by its lines, and a picture by its bytes.
"""

from __future__ import annotations

from collections.abc import Iterable

from mimin.approval.history import Trace, history_of, log
from mimin.git import CommandError, Repository
from mimin.planning.examined import Examined


def is_own(path: str, post: Examined) -> bool:
    """Tell whether a file says what this post says; brand and card templates serve many posts."""
    folder = post.path.rpartition("/")[0]
    return path.endswith(".md") or (path.endswith(".link.yml") and path.startswith(folder))


def traces_of_files(
    repository: Repository, paths: Iterable[str], revision: str = "HEAD"
) -> list[Trace]:
    """Find every commit on some text files, under whatever names they had."""
    history = history_of(repository, revision)
    return _unique(trace for path in paths for trace in history.on(path))


def traces_of_post(repository: Repository, post: Examined, revision: str = "HEAD") -> list[Trace]:
    """Find who wrote what a post itself shows: its texts, its link card, its pictures."""
    history = history_of(repository, revision)
    found: list[Trace] = []
    for path, blob in post.inputs.items():
        if is_own(path, post):
            found += [*history.on(path), *history.of_words(_text(repository, path, revision))]
        elif not path.endswith(".yml"):
            found += [*history.on(path)[:1], *history.of_bytes(blob)]
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
    return [trace for trace, _ in log(repository, revision, *span, "--", *paths)]


def _text(repository: Repository, path: str, revision: str) -> str:
    try:
        return repository.show(revision, path).decode("utf-8", "replace")
    except CommandError:  # not committed, so it is not published either
        return ""


def _unique(traces: Iterable[Trace]) -> list[Trace]:
    return list({trace.commit: trace for trace in traces}.values())
