"""Mentions: `@{rina}` becomes the handle that this person has on this network."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from mimin.compose.remark import Remark
from mimin.model.payload import Span
from mimin.model.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mimin.model.brand import Person

_PLACE = re.compile(r"@\{([^{}\n]*)\}")


def mention(
    text: str, spans: tuple[Span, ...], people: Mapping[str, Person], network: str
) -> tuple[str, tuple[Span, ...], tuple[tuple[str, Remark], ...]]:
    """Fill in the people; move the spans that stand behind them.

    Somebody without a handle here is called by name, so that nobody else is mentioned by accident.
    Each remark comes with the words it is about, as the author wrote them.
    """
    if "@{" not in text:
        return text, spans, ()
    pieces: list[str] = []
    moves: list[tuple[int, int]] = []
    found: list[Span] = []
    remarks: list[tuple[str, Remark]] = []
    done = length = 0
    for match in _PLACE.finditer(text):
        person = people.get(match[1].strip())
        if person is None:
            remarks.append((match[0], Remark(0, "unknown-person", _unknown(match[1], people))))
            continue
        shown = _shown(person, network)
        pieces += [text[done : match.start()], shown]
        length += match.start() - done
        if network == "bluesky" and shown.startswith("@"):
            if person.did and not any(_over(span, match) for span in spans):
                found.append(Span(start=length, end=length + len(shown), did=person.did))
            elif not person.did:
                remark = Remark(0, "mention-without-did", _plain(match[1]), Severity.WARNING)
                remarks.append((match[0], remark))
        length += len(shown)
        done = match.end()
        moves.append((done, length - done))
    moved = tuple(_move(span, moves) for span in spans)
    ordered = sorted((*moved, *found), key=lambda span: span.start)
    return "".join(pieces) + text[done:], tuple(ordered), tuple(remarks)


def _shown(person: Person, network: str) -> str:
    handle = person.handles.get(network)
    return f"@{handle}" if handle else person.name


def _over(span: Span, match: re.Match[str]) -> bool:
    return span.start < match.end() and match.start() < span.end


def _move(span: Span, moves: list[tuple[int, int]]) -> Span:
    def moved(place: int) -> int:
        shift = 0
        for end, by in moves:
            if end <= place:
                shift = by
        return place + shift

    return span.model_copy(update={"start": moved(span.start), "end": moved(span.end)})


def _plain(name: str) -> str:
    return (
        f"@{{{name}}} has no `did:` in brand.yml, so the mention is only text on bluesky; "
        "add it, or accept that nobody is notified"
    )


def _unknown(name: str, people: Mapping[str, Person]) -> str:
    near = get_close_matches(name, list(people), n=1)
    hint = f"did you mean @{{{near[0]}}}?" if near else "add them under `people:` in brand.yml"
    return f"@{{{name}}} is nobody the brand knows; {hint}"
