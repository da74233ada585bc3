"""Widenings: lines of files that let more go out than before, and what each of them frees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mimin.model.brand import Brand
from mimin.planning.line import Line
from mimin.planning.markdown import Heading, cell, words
from mimin.planning.show import Style, local, plain

_FIRST = 3


@dataclass(frozen=True)
class Widening:
    """One line of a file that allows more than it did."""

    brand: str
    path: str
    field: str
    was: str
    now: str
    freed: tuple[Line, ...] = ()
    """The deliveries that it lets go out, or lets be approved, ordered by when they are due."""
    reviewed: bool = False
    """Whether it holds only once somebody has approved it."""
    trust: str = ""
    """The account whose token goes elsewhere: nothing is sent before `mimin accounts trust`."""
    host: str = ""
    """Where that token would go."""

    @property
    def way_out(self) -> str:
        """The command that lets the token go there."""
        return f"`mimin accounts trust {self.trust} --host {self.host}`"

    def frees(self, brands: Mapping[str, Brand]) -> str:
        """Say how many deliveries it frees, and name the first of them."""
        if not self.freed:
            return "nothing now"
        named = [_name(line, brands) for line in self.freed[:_FIRST]]
        more = len(self.freed) - len(named)
        rest = f" and {more} more" if more else ""
        return f"{len(self.freed)}: {', '.join(named)}{rest}"


def ordered(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Order deliveries by their time."""
    return tuple(sorted(lines, key=lambda line: line.order))


def as_text(found: Sequence[Widening], brands: Mapping[str, Brand], style: Style = plain) -> str:
    """One line a widening, under a heading; empty when there is none."""
    if not found:
        return ""
    rows = [
        f"{style('!', bold=True)} {each.path} {each.field}: {each.was} -> {each.now}; "
        f"frees {each.frees(brands)}{_needs(each)}\n"
        for each in found
    ]
    return "What widens what may go out:\n" + "".join(rows) + "\n"


def _needs(each: Widening) -> str:
    if each.trust:
        return f"; needs {each.way_out}"
    return "; needs an approval of its own" if each.reviewed else ""


def as_rows(found: Sequence[Widening], brands: Mapping[str, Brand]) -> list[dict[str, object]]:
    """Give an object a widening, for JSON."""
    return [
        {
            "path": each.path,
            "line": each.field,
            "was": each.was,
            "now": each.now,
            "frees": len(each.freed),
            "first": [
                {
                    "key": line.key,
                    "due": _due(line),
                    "when": local(line.delivery.due, _zone(line, brands)),
                }
                for line in each.freed[:_FIRST]
            ],
            "needs_approval": each.reviewed,
            "needs_trust": each.trust,
        }
        for each in found
    ]


def as_markdown(found: Sequence[Widening], brands: Mapping[str, Brand]) -> str:
    """A section for the top of a pull request's comment; empty when there is nothing to say."""
    if not found:
        return ""
    head = "| file | line | was | will be | frees |\n| --- | --- | --- | --- | --- |\n"
    rows = [
        f"| {cell(each.path)} | {words(each.field)} | {words(each.was)} | "
        f"{words(each.now)} | {words(each.frees(brands))} |\n"
        for each in found
    ]
    said = f"{_tokens(found)}{_meaning(found)}"
    return f"{Heading.WIDENS}\n\n{said}\n\n{head}{''.join(rows)}\n"


def _tokens(found: Sequence[Widening]) -> str:
    needed = list(dict.fromkeys(each.way_out for each in found if each.trust))
    if not needed:
        return ""
    shown = ", ".join(needed[:_FIRST])
    more = f" and {len(needed) - _FIRST} more" if len(needed) > _FIRST else ""
    return (
        "**A token would go to a server, or to a brand, that it was not given for.** Whoever runs "
        "that server can read it, so look at the address. After the merge nothing is sent there "
        f"until somebody has run {shown}{more}.\n\n"
    )


def _meaning(found: Sequence[Widening]) -> str:
    if any(each.reviewed for each in found):
        return (
            "**Merging this lets more go out than before.** It holds once somebody who may approve "
            "under the policy in force, and has not written it, has approved this pull request; "
            "until then the stricter line decides."
        )
    return "**Merging this lets more go out than before**, and the merge is the approval."


def _name(line: Line, brands: Mapping[str, Brand]) -> str:
    return f"{line.key} ({local(line.delivery.due, _zone(line, brands))})"


def _zone(line: Line, brands: Mapping[str, Brand]) -> str:
    return brands[line.post.brand].zone


def _due(line: Line) -> str | None:
    return line.delivery.due.format_iso() if line.delivery.due else None
