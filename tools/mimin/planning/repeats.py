"""Repeats: the same words a second time on an account whose network refuses them.

LinkedIn answers a repeat with the name of the first post, which would then be taken for the
second; X only says no. So neither is asked. What one post says again and again, because it says
`repeat:`, is meant, and is left to the network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from whenever import Instant, TimeDelta

from mimin.ledger.ledger import Book
from mimin.networks.registry import find_network
from mimin.planning.line import Action, Cause, Line, Rules
from mimin.planning.notes import note


@dataclass(frozen=True)
class _Said:
    """Something that is out, or goes out before."""

    key: str
    at: Instant


_Words = tuple[str, str]
"""Account (`brand/account`), and the digest of a payload or the hash of its first part."""


def without_repeats(lines: list[Line], book: Book, rules: Rules) -> list[Line]:
    """Block what says the same as another post within the time in which its network refuses it.

    Args:
        lines: Planned lines in their order, each with its turn.
        book: The ledger.
        rules: What the plan is made against.
    """
    spans = _spans(rules)
    if not spans:
        return lines
    said = _said(book, spans)
    return [_judge(line, said, spans, rules) for line in lines]


def _spans(rules: Rules) -> Mapping[str, TimeDelta]:
    """Tell for how long each account's network refuses the same words; the others are left out."""
    found = {
        f"{brand.id}/{name}": find_network(account.network).limits(account).refuses_duplicates
        for brand in rules.brands.values()
        for name, account in brand.accounts.items()
    }
    return {ref: TimeDelta(hours=hours) for ref, hours in found.items() if hours}


def _said(book: Book, spans: Mapping[str, TimeDelta]) -> dict[_Words, list[_Said]]:
    found: dict[_Words, list[_Said]] = {}
    for key, standing in book.standings.items():
        trace = standing.part(0).trace
        if trace is not None and trace.account in spans:
            for words in {trace.digest, trace.content} - {""}:
                found.setdefault((trace.account, words), []).append(_Said(key, trace.at))
    return found


def _judge(
    line: Line,
    said: dict[_Words, list[_Said]],
    spans: Mapping[str, TimeDelta],
    rules: Rules,
) -> Line:
    span, moment = spans.get(line.delivery.account), line.moment
    wanted = line.action is Action.PUBLISH and line.cause is not Cause.RESUME
    if span is None or moment is None or not wanted:
        return line
    at = max(moment, rules.now)
    for each in (other for words in _words(line) for other in said.get(words, ())):
        if _post_of(each.key) != line.post.key and -span < at - each.at < span:
            brand, _, name = line.delivery.account.partition("/")
            network = rules.brands[brand].accounts[name].rules
            hours = round(span.total("hours"))
            says = note("duplicate", twin=each.key, network=network, hours=hours)
            return replace(line, action=Action.BLOCKED, cause=Cause.DUPLICATE, note=says)
    for words in _words(line):
        said.setdefault(words, []).append(_Said(line.key, at))
    return line


def _words(line: Line) -> Iterator[_Words]:
    delivery = line.delivery
    for words in dict.fromkeys((delivery.digest, *delivery.contents[:1])):
        if words:
            yield delivery.account, words


def _post_of(key: str) -> str:
    return key.partition("@")[0]
