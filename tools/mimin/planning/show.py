"""A plan as text, JSON and Markdown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol

from whenever import Instant

from mimin.model.brand import Brand
from mimin.planning.markdown import cell, words
from mimin.planning.plan import Action, Cause, Line
from mimin.planning.trust import NOTHING_SENT
from mimin.printable import json_text

_QUIET = {Cause.OUT, Cause.DRAFT, Cause.UNSCHEDULED, Cause.DROPPED, Cause.LATER}


class Style(Protocol):
    """Colours a piece of text, or gives it back as it is."""

    def __call__(self, text: str, **colours: object) -> str:
        """Colour *text*."""


def plain(text: str, **_colours: object) -> str:
    """Colour nothing."""
    return text


def local(due: Instant | None, zone: str) -> str:
    """Write a moment for people, in a brand's zone: `Tue 1 Dec 2026 09:30 WIB`."""
    if due is None:
        return "no time"
    moment = due.to_tz(zone).to_stdlib()
    return f"{moment:%a} {moment.day} {moment:%b %Y %H:%M} {moment.tzname()}"


def notable(lines: Iterable[Line], *, until: Instant) -> list[Line]:
    """Leave out what needs nobody now: what is out, drafts, what is due after *until*."""
    return [
        line
        for line in lines
        if (line.cause not in _QUIET or line.start is not None)
        and (line.delivery.due is None or line.delivery.due <= until)
    ]


SIMULATED = " (simulated)"
"""Stands behind an account of the sandbox, from which nothing leaves this machine."""


def tries(brands: Mapping[str, Brand]) -> frozenset[str]:
    """List the accounts of the sandbox; none where mimin sends to no network, as nothing mixes."""
    networks = {
        f"{brand.id}/{name}": account.network
        for brand in brands.values()
        for name, account in brand.accounts.items()
    }
    if NOTHING_SENT.issuperset(networks.values()):
        return frozenset()
    return frozenset(ref for ref, network in networks.items() if network == "sandbox")


def mark(ref: str, simulated: Collection[str]) -> str:
    """Mark an account that only tries."""
    return SIMULATED if ref in simulated else ""


_COLOURS: Mapping[Action, Mapping[str, object]] = {
    Action.PUBLISH: {"fg": "green"},
    Action.CHANGE: {"fg": "yellow"},
    Action.DELETE: {"fg": "red"},
    Action.BLOCKED: {"fg": "yellow", "bold": True},
    Action.NONE: {},
}


def as_text(lines: Sequence[Line], brands: Mapping[str, Brand], style: Style = plain) -> str:
    """One line a delivery: what, when, which, why."""
    shown = []
    simulated = tries(brands)
    for line in lines:
        zone = brands[line.post.brand].zone
        sign = style(str(line.action), **_COLOURS[line.action])
        when = local(line.delivery.due, zone)
        why = f"{line.cause}: {line.note}" if line.note else str(line.cause)
        key = f"{line.delivery.key}{mark(line.delivery.account, simulated)}"
        shown.append(f"{sign} {when:<29} {key:<44} {why}\n")
    return "".join(shown)


def as_json(lines: Sequence[Line], brands: Mapping[str, Brand]) -> str:  # noqa: ARG001 - one signature for all forms
    """A list of objects."""
    return json_text({"plan": rows(lines)}, indent=2) + "\n"


def rows(lines: Iterable[Line]) -> list[dict[str, object]]:
    """Give each line as an object."""
    return [
        {
            "action": str(line.action),
            "cause": str(line.cause),
            "note": line.note,
            "key": line.delivery.key,
            "post": line.post.key,
            "path": line.post.path,
            "title": line.post.title,
            "account": line.delivery.account,
            "due": line.delivery.due.format_iso() if line.delivery.due else None,
            "parts": line.delivery.parts,
            "digest": line.delivery.digest,
            "state": str(line.state),
            "approved": list(line.approved),
        }
        for line in lines
    ]


def as_markdown(lines: Sequence[Line], brands: Mapping[str, Brand]) -> str:
    """A table for a pull request's comment."""
    if not lines:
        return "Nothing to publish, nothing blocked.\n"
    head = "| | when | post | account | why |\n| --- | --- | --- | --- | --- |\n"
    simulated = tries(brands)
    return head + "".join(_row(line, brands[line.post.brand].zone, simulated) for line in lines)


def _row(line: Line, zone: str, simulated: Collection[str]) -> str:
    why = f"{line.cause}: {line.note}" if line.note else str(line.cause)
    sign = str(line.action).strip()
    cells = [
        f"`{sign}`" if sign else "",
        local(line.delivery.due, zone),
        f"{cell(line.post.key)} {cell(line.post.title)}",
        words(line.delivery.account.partition("/")[2]) + mark(line.delivery.account, simulated),
        words(why),
    ]
    return "| " + " | ".join(cells) + " |\n"


FORMS: Mapping[str, Callable[[Sequence[Line], Mapping[str, Brand]], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
}
