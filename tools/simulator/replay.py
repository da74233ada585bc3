"""Failing worlds made small: leave out what is not needed, and say how to see the rest again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from simulator.actions import START, Action, Script, Size
from simulator.audit import Violation
from simulator.content import House, Spec
from simulator.trial import Trial, attempt

Item = TypeVar("Item")


def choose(script: Script, posts: str, actions: str) -> Script:
    """Keep only some posts and actions of a script, as a replay names them.

    Args:
        script: The whole world.
        posts: Ids with commas; empty keeps all.
        actions: Numbers with commas; `7:0.2` keeps the faults 0 and 2 of action 7.
    """
    if posts:
        names = set(posts.split(","))
        script = replace(script, posts=[spec for spec in script.posts if spec.id in names])
    if actions:
        chosen = dict(_read(word) for word in actions.split(","))
        kept = [action for action in script.actions if action["n"] in chosen]
        script = replace(script, actions=[_thin(action, chosen[action["n"]]) for action in kept])
    return script


def _read(word: str) -> tuple[int, list[int] | None]:
    number, colon, faults = word.partition(":")
    return int(number), [int(each) for each in faults.split(".") if each] if colon else None


def _thin(action: Action, faults: list[int] | None) -> Action:
    if faults is None:
        return action
    kept = [[*action["faults"][number], number] for number in faults]
    return {**action, "faults": [fault[:4] for fault in kept], "kept": faults}


def shrink(
    script: Script, trial: Trial, off: frozenset[str], patience: float = 120.0
) -> tuple[Script, Violation]:
    """Leave out actions, posts and faults as long as the same rule is broken."""
    deadline = time.monotonic() + patience
    found = [trial.violations[0]]

    def breaks(candidate: Script) -> bool:
        if time.monotonic() > deadline:
            return False
        again = attempt(candidate, off).violations
        same = [violation for violation in again if violation.rule == found[0].rule]
        found[:1] = same[:1] or found[:1]
        return bool(same)

    def with_actions(actions: Sequence[Action]) -> Script:
        return replace(script, actions=list(actions))

    until = found[0].at - START.timestamp()
    early = with_actions([action for action in script.actions if action["at"] <= until])
    script = early if breaks(early) else script
    script = with_actions(_reduce(script.actions, lambda kept: breaks(with_actions(kept))))

    def with_posts(posts: Sequence[Spec]) -> Script:
        return replace(script, posts=list(posts))

    script = with_posts(_reduce(script.posts, lambda kept: breaks(with_posts(kept))))
    return _fewer_faults(script, breaks), found[0]


def _fewer_faults(script: Script, breaks: Callable[[Script], bool]) -> Script:
    for index in range(len(script.actions)):
        for number in reversed(range(len(script.actions[index].get("faults", ())))):
            candidate = _without_fault(script, index, number)
            if breaks(candidate):
                script = candidate
    return script


def _without_fault(script: Script, index: int, number: int) -> Script:
    action = script.actions[index]
    faults = action["faults"]
    kept = list(action.get("kept", range(len(faults))))
    del kept[number]
    thinner = {**action, "faults": [*faults[:number], *faults[number + 1 :]], "kept": kept}
    return replace(script, actions=[*script.actions[:index], thinner, *script.actions[index + 1 :]])


def _reduce(items: Sequence[Item], breaks: Callable[[Sequence[Item]], bool]) -> Sequence[Item]:
    """Find a small part of *items* that still breaks it (delta debugging)."""
    size = max(1, len(items) // 2)
    while items and size:
        start = 0
        while start < len(items):
            rest = [*items[:start], *items[start + size :]]
            if breaks(rest):
                items = rest
            else:
                start += size
        size //= 2
    return items


def command_for(script: Script, options: str) -> str:
    """Give the one line that plays a script again."""
    posts = ",".join(spec.id for spec in script.posts)
    actions = ",".join(_write(action) for action in script.actions)
    line = f"python -m simulator --seeds {script.seed} {options}"
    return f"{line} --posts {posts} --actions {actions or '-1'}"


def _write(action: Action) -> str:
    kept: Iterable[int] | None = action.get("kept")
    return str(action["n"]) if kept is None else f"{action['n']}:{'.'.join(map(str, kept))}"


def tell(script: Script, violation: Violation, start: float) -> str:
    """Write a small world down for people."""
    lines = [f"broken: {violation.rule}: {violation.what}"]
    lines += [f"  brand {house}" for house in _houses_of(script)]
    lines += [f"  post {_post(spec, start)}" for spec in script.posts]
    for action in script.actions:
        rest = {key: value for key, value in action.items() if key not in {"n", "at", "do"}}
        lines.append(f"  {action['n']:>4} {_clock(action['at'])} {action['do']} {rest}")
    lines.append(f"  the end: {_clock(violation.at - start)}")
    return "\n".join(lines)


def _houses_of(script: Script) -> list[House]:
    used = {spec.brand for spec in script.posts}
    return [house for name, house in script.houses.items() if name in used]


def _post(spec: Spec, start: float) -> str:
    words = [f"{spec.brand}/{spec.id} to {','.join(spec.accounts)} at {_clock(spec.due - start)}"]
    words += [f"expires {_clock(spec.expires - start)}"] if spec.expires else []
    words += [f"late {spec.late}"] if spec.late else []
    words += [f"grace {spec.grace}"] if spec.grace else []
    return ", ".join([*words, f"parts {spec.parts}"])


def _clock(seconds: float) -> str:
    days, rest = divmod(int(seconds), 86400)
    return f"day {days} {rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"


def options_of(size: Size) -> str:
    """Write a size as options."""
    named = {"accounts": size.accounts, "months": size.months, "days": size.days}
    named |= {"posts-a-month": size.posts, "runs-a-day": size.runs}
    text = " ".join(f"--{name} {value}" for name, value in named.items())
    kinds = ",".join(sorted(size.kinds)) or "none"
    return f"{text} --trouble {size.trouble} --tick {size.tick} --kinds {kinds}"
