"""Alarms about what can not be read: files in error, and the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from mimin.model.problem import Problem
from mimin.planning.plan import Cause
from mimin.watch.alarm import Alarm, Code, Look, is_shared


def ledger(look: Look) -> Iterator[Alarm]:
    """The ledger can not be read."""
    if look.unread:
        yield Alarm(code=Code.LEDGER, subject="mimin/ledger", details={"reason": look.unread})


def files(look: Look) -> Iterator[Alarm]:
    """Files are in error that posts are read against, or that may be posts.

    A post whose time is known has an alarm of its own when that time comes near.
    """
    found: dict[str, list[Problem]] = {}
    timed = _timed(look) if look.errors else frozenset()
    for error in look.errors:
        if is_shared(error.path) or error.path not in timed:
            found.setdefault(_subject(error.path), []).append(error)
    for subject, errors in found.items():
        first = errors[0]
        yield Alarm(
            code=Code.FILES,
            subject=quote(subject, errors="surrogateescape"),
            deliveries=_behind({error.path for error in errors}, look),
            details={"path": first.path, "message": first.message, "count": str(len(errors))},
        )


def _subject(path: str) -> str:
    """Name what an alarm is about: a shared file, or all posts and media of a brand's folder."""
    return path if is_shared(path) else "/".join(path.split("/")[:2])


def _timed(look: Look) -> frozenset[str]:
    """Name the files of posts whose time is known."""
    lines = (line for line in look.lines if line.delivery.due is not None)
    return frozenset(path for line in lines for path in line.post.inputs)


def _behind(paths: set[str], look: Look) -> tuple[str, ...]:
    """Name what would go out soon, were it not for errors in these files."""
    until = look.now + look.patience.soon
    return tuple(
        line.key
        for line in look.lines
        if line.cause is Cause.PROBLEMS
        and line.post.blame in paths
        and (line.delivery.due is None or line.delivery.due <= until)
    )
