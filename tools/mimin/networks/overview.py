"""An overview of the networks: which can do what, as tables for a terminal and the handbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from mimin.model.brand import Account
from mimin.networks.capabilities import Capabilities, capabilities
from mimin.networks.protocol import Recovery

Answer = Callable[[Capabilities], str]


def _yes(value: object) -> str:
    return "yes" if value else "-"


def _count(value: int | None) -> str:
    return "any" if value is None else str(value) if value else "-"


COLUMNS: Mapping[str, Answer] = MappingProxyType(
    {
        "text only": lambda found: _yes(found.text_only),
        "images": lambda found: _count(found.images),
        "videos": lambda found: _count(found.videos),
        "threads": lambda found: _yes(found.threads),
        "first comment": lambda found: "answer" if found.threads else _yes(found.comment),
        "alt text": lambda found: _yes(found.alt),
        "headline": lambda found: _yes(found.headline),
        "who may answer": lambda found: _yes(found.replies),
        "paid label": lambda found: _yes(found.paid),
        "AI label": lambda found: _yes(found.ai),
        "change": lambda found: str(found.edit) if found.edit else "-",
        "take down": lambda found: _yes(found.retract),
        "costs": lambda found: _yes(found.costs),
        "checked": lambda found: found.checked or "-",
        "if the answer is lost": lambda found: RECOVERIES[found.recovery],
    }
)
"""Head of a column → what stands in it."""

RECOVERIES: Mapping[Recovery, str] = MappingProxyType(
    {
        Recovery.KEY: "found by our key",
        Recovery.SESSION: "the upload is asked",
        Recovery.CONTAINER: "the container is asked",
        Recovery.DUPLICATE: "refused as a duplicate, looked up",
        Recovery.LIST: "own posts are listed",
        Recovery.PERSON: "a person looks",
    }
)


def overview(names: Iterable[str]) -> list[Capabilities]:
    """Tell what each network can do for an account with nothing special about it.

    Raises:
        UsageError: if there is no such network.
    """
    return [capabilities(name, Account(network=name, handle="name@example.com")) for name in names]


def as_table(found: Sequence[Capabilities]) -> str:
    """A row a network, in columns for a terminal."""
    rows = [["network", *COLUMNS], *(_row(each) for each in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
             for row in rows]  # fmt: skip
    return "".join(f"{line.rstrip()}\n" for line in lines)


def as_markdown(found: Sequence[Capabilities]) -> str:
    """The same as a Markdown table."""
    rows = [["network", *COLUMNS], ["---"] * (len(COLUMNS) + 1)]
    rows += [[f"`{each.network}`", *_row(each)[1:]] for each in found]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def as_text(found: Sequence[Capabilities]) -> str:
    """All that is known of each, a line a fact."""
    return "\n".join(_page(each) for each in found)


def _row(found: Capabilities) -> list[str]:
    return [found.network, *(answer(found) for answer in COLUMNS.values())]


def _page(found: Capabilities) -> str:
    facts = {head: answer(found) for head, answer in COLUMNS.items()}
    facts["visibility"] = ", ".join(found.visibilities)
    facts["media at a public address"] = _yes(found.media_url)
    facts["says who we are"] = _yes(found.identify)
    lines = [found.network, *(f"  {head + ':':<27} {fact}" for head, fact in facts.items())]
    if found.settings:
        lines.append("  settings:")
        lines += [f"    {name}: {words}" for name, words in found.settings.items()]
    return "".join(f"{line}\n" for line in lines)
