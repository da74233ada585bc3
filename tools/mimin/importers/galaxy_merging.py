"""Copies of one post that galaxy-social needed several files for → one post.

`retry-<pull request>_<name>.md` is a copy for the accounts that failed, and `<name>-group1.md`,
`-group2.md` are one text cut for different limits. To us a retry is state and a cut is a variant.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from whenever import TimeDelta

from mimin.importers.incoming import Incoming, Notebook
from mimin.importers.report import State

_RETRY = re.compile(r"^(?:retry-\d+[_-])+")
_GROUP = re.compile(r"[_-]group\d+$")
_TOGETHER = TimeDelta(hours=24)
"""Files of one group that were merged further apart than this are posts of their own."""


def merge_copies(posts: list[Incoming], notes: Notebook) -> tuple[list[Incoming], dict[str, str]]:
    """Put retries and groups into the posts they belong to; say what went where."""
    merged: dict[str, str] = {}
    posts = _merge_retries(posts, merged, notes)
    posts = _merge_groups(posts, merged, notes)
    return posts, {path: _home(path, merged) for path in merged}


def _home(path: str, merged: dict[str, str]) -> str:
    while path in merged:
        path = merged[path]
    return path


def _merge_retries(
    posts: list[Incoming], merged: dict[str, str], notes: Notebook
) -> list[Incoming]:
    kept = {post.path: post for post in posts if not _is_retry(post)}
    # A retry of a retry has a longer name and comes after it.
    for retry in sorted((p for p in posts if _is_retry(p)), key=lambda p: (len(p.path), p.path)):
        path = PurePosixPath(retry.path)
        original = kept.get(str(path.with_name(_RETRY.sub("", path.name))))
        reason = "its original is not here" if original is None else _unfit(original, retry)
        if original is None or reason:
            notes.add(retry.path, "retry-separate", f"kept as a post of its own: {reason}")
            kept[retry.path] = retry
            continue
        _note_retry(original, retry, notes)
        kept[original.path] = _absorb(original, retry)
        merged[retry.path] = original.path
    return list(kept.values())


def _is_retry(post: Incoming) -> bool:
    return bool(_RETRY.match(PurePosixPath(post.path).name))


def _unfit(original: Incoming, retry: Incoming) -> str:
    """Say why a retry is not just another try of its original; empty when it is."""
    for account, form in retry.forms.items():
        if account not in original.forms:
            return f"{account} is no account of {original.path}"
        out = original.states[account] is State.PUBLISHED
        if out and form != original.forms[account]:
            return f"{account} already has another text from {original.path}"
    return ""


def _note_retry(original: Incoming, retry: Incoming, notes: Notebook) -> None:
    changed = [name for name, form in retry.forms.items() if form != original.forms[name]]
    names = ", ".join(retry.forms)
    notes.add(retry.path, "retry-merged", f"another try for {names}; now state of {original.path}")
    if changed:
        message = (
            f"its text or images differ from {original.path}: a variant for {', '.join(changed)}"
        )
        notes.add(retry.path, "retry-changed", message)


def _absorb(post: Incoming, other: Incoming) -> Incoming:
    states = {
        name: _better(post.states.get(name), other.states.get(name))
        for name in {**post.states, **other.states}
    }
    if any(state is not State.NEW for state in states.values()):
        # The old tool handled the post; what it lost the record of may be out as well.
        states = {
            name: State.UNTRIED if state is State.NEW else state for name, state in states.items()
        }
    return post.model_copy(
        update={
            "forms": {**post.forms, **other.forms},
            "states": states,
            "notes": tuple(dict.fromkeys([*post.notes, *other.notes])),
        }
    )


_CERTAINTY = (State.NEW, State.UNTRIED, State.FAILED, State.PUBLISHED)


def _better(first: State | None, second: State | None) -> State:
    """Keep what is known for surer: once out, a failure elsewhere does not take it back."""
    known = [state for state in (first, second) if state is not None]
    return max(known, key=_CERTAINTY.index)


def _merge_groups(posts: list[Incoming], merged: dict[str, str], notes: Notebook) -> list[Incoming]:
    groups: dict[str, list[Incoming]] = {}
    for post in posts:
        path = PurePosixPath(post.path)
        bare = _GROUP.sub("", path.stem)
        groups.setdefault(str(path.with_name(bare)) if bare != path.stem else post.path, []).append(
            post
        )
    kept = []
    for members in groups.values():
        first, *others = members
        if others and _belong_together(members):
            for other in others:
                message = f"the same post cut for other accounts; now variants of {first.path}"
                notes.add(other.path, "group-merged", message)
                merged[other.path] = first.path
                first = _absorb(first, other)
            kept.append(first.model_copy(update={"stem": _GROUP.sub("", first.stem)}))
        else:
            kept += members
    return kept


def _belong_together(members: list[Incoming]) -> bool:
    accounts = [name for member in members for name in member.forms]
    times = sorted(member.added for member in members if member.added)
    close = not times or (len(times) == len(members) and times[-1] - times[0] <= _TOGETHER)
    return len(accounts) == len(set(accounts)) and close
