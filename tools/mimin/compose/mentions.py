"""Mentions: `@{rina}` becomes the handle that this person has on this network."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from mimin.compose.remark import Remark
from mimin.model.payload import Span
from mimin.model.problem import Severity
from mimin.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mimin.model.brand import Person

_RAW = re.compile(r"(?<![\w@/.])@[A-Za-z0-9][\w.-]*(?:@[\w.-]*\w)?", re.ASCII)
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
    starts = [span.start for span in spans]
    for match in _PLACE.finditer(text):
        person = people.get(match[1].strip())
        if person is None:
            remarks.append((match[0], Remark(0, "unknown-person", _unknown(match[1], people))))
            continue
        shown = _shown(person, network)
        pieces += [text[done : match.start()], shown]
        length += match.start() - done
        if network == "bluesky" and shown.startswith("@"):
            if person.did and not _covered(spans, starts, match):
                found.append(Span(start=length, end=length + len(shown), did=person.did))
            elif not person.did:
                remark = Remark(0, "mention-without-did", _plain(match[1]), Severity.WARNING)
                remarks.append((match[0], remark))
        length += len(shown)
        done = match.end()
        moves.append((done, length - done))
    ends = [end for end, _ in moves]
    moved = tuple(_move(span, moves, ends) for span in spans)
    ordered = sorted((*moved, *found), key=lambda span: span.start)
    return "".join(pieces) + text[done:], tuple(ordered), tuple(remarks)


def raw_handles(text: str, people: Mapping[str, Person]) -> Iterator[tuple[int, Remark]]:
    """Tell of handles that Bluesky shows as text: a mention there needs the person's `did:`.

    Each remark comes with its line, from 0.
    """
    if "@" not in text:
        return
    known = {
        handle.lower(): name for name, each in people.items() for handle in each.handles.values()
    }
    for match in _RAW.finditer(text):
        handle = match[0].rstrip(".-")
        name = known.get(handle[1:].lower())
        way_out = (
            f"write @{{{name}}}"
            if name
            else "add the person under `people:` in brand.yml and write @{name}"
        )
        message = f"{handle} is only text on bluesky, and nobody is notified; {way_out}"
        yield (
            text.count("\n", 0, match.start()),
            Remark(0, "mention-plain", message, Severity.WARNING),
        )


def lines_of_places(body: str) -> dict[str, list[int]]:
    """Map each place for a person, such as `@{rina}`, to the lines that hold it, from 0."""
    found: dict[str, list[int]] = {}
    for number, line in enumerate(body.split("\n")):
        for match in _PLACE.finditer(line):
            found.setdefault(match[0], []).append(number)
    return found


def _shown(person: Person, network: str) -> str:
    handle = person.handles.get(network)
    return f"@{handle}" if handle else person.name


def _covered(spans: tuple[Span, ...], starts: list[int], match: re.Match[str]) -> bool:
    """Tell whether a link lies over a mention; links stand in order, none over another."""
    last = bisect_left(starts, match.end()) - 1
    return last >= 0 and match.start() < spans[last].end


def _move(span: Span, moves: list[tuple[int, int]], ends: list[int]) -> Span:
    def moved(place: int) -> int:
        last = bisect_right(ends, place) - 1
        return place + moves[last][1] if last >= 0 else place

    return span.model_copy(update={"start": moved(span.start), "end": moved(span.end)})


def _plain(name: str) -> str:
    return (
        f"@{{{name}}} has no `did:` in brand.yml, so the mention is only text on bluesky; "
        "add it, or accept that nobody is notified"
    )


def _unknown(name: str, people: Mapping[str, Person]) -> str:
    near = nearest(name, people)
    hint = f"did you mean @{{{near}}}?" if near else "add them under `people:` in brand.yml"
    return f"@{{{name}}} is nobody the brand knows; {hint}"
