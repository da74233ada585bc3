"""Identity: which delivery of the ledger each delivery of the files is, whatever it is called now.

A post's id and its account's alias are names that people change. A delivery whose key is not in the
ledger is looked for under the names that it had: those that its files give (`was:`), those of its
account, and those of deliveries whose files are gone. It goes on under the old key where the time
and the words, the file or git's renames show that it is the same. Where only some of it fits, a
person is asked before anything is sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Protocol

from mimin.ledger.ledger import Book
from mimin.ledger.standing import Standing, State
from mimin.model.brand import Brand
from mimin.model.delivery import Delivery, delivery_key
from mimin.model.event import Event
from mimin.planning.account_names import AccountNames, find_account_names
from mimin.planning.examined import Examined
from mimin.planning.notes import Note, note
from mimin.planning.secret_names import secret_faults
from mimin.planning.trust import holders, token_doubts


class Renames(Protocol):
    """Tells what became of files since a commit."""

    def since(self, commit: str) -> Mapping[str, str]:
        """Give the renames that git sees from *commit* to now: old path → new path."""


class NoRenames:
    """Knows of no rename: without git, and where it is not asked."""

    def since(self, commit: str) -> Mapping[str, str]:  # noqa: ARG002 - one interface for all
        """Give none."""
        return {}


@dataclass(frozen=True)
class Identified:
    """The posts, with the keys under which the ledger knows their deliveries."""

    posts: Sequence[Examined]
    doubts: Mapping[str, Note] = field(default_factory=dict)
    """Delivery key → the question that must be answered before it is sent."""
    names: AccountNames = field(default_factory=AccountNames)


def identify(
    posts: Sequence[Examined], brands: Mapping[str, Brand], book: Book, renames: Renames
) -> Identified:
    """Find which delivery of the ledger each delivery is.

    Args:
        posts: The posts as they are in the files.
        brands: Today's brands.
        book: The ledger.
        renames: What git knows of renamed files.
    """
    names = find_account_names(brands, book)
    if names.known or any(post.was for post in posts):
        posts = _apart([_under_old_names(post, names, book) for post in posts], names)
    tokens = token_doubts(brands, book, names)
    faults = secret_faults(brands, held=holders(brands, book, names))
    tokens |= {fault.ref: fault.note for fault in faults}
    doubts = _account_doubts(posts, {**tokens, **names.doubts})
    gone = _Gone.of(posts, names, book, renames)
    if gone.signs:
        posts = [_recognised(post, names, book, gone, doubts) for post in posts]
    return Identified(posts, doubts, names)


def _account_doubts(posts: Iterable[Examined], doubts: Mapping[str, Note]) -> dict[str, Note]:
    if not doubts:
        return {}
    return {
        delivery.key: doubts[delivery.account]
        for post in posts
        for delivery in post.deliveries
        if delivery.account in doubts
    }


def _under_old_names(post: Examined, names: AccountNames, book: Book) -> Examined:
    """Give each delivery the key under which the ledger has it, as far as names tell."""
    deliveries = tuple(_known_as(delivery, post, names, book) for delivery in post.deliveries)
    return post if deliveries == post.deliveries else replace(post, deliveries=deliveries)


def _known_as(delivery: Delivery, post: Examined, names: AccountNames, book: Book) -> Delivery:
    first = names.of(delivery.account)[0]
    accounts = dict.fromkeys((delivery.account, *names.of(delivery.account)))
    for name, account in product((post.id, *(post.was or ())), accounts):
        key = delivery_key(_full(name, account), account, delivery.occurrence)
        trace = book.standing(key).trace
        # A key names its account without the brand: another brand's may be called the same.
        if trace is not None and trace.account in accounts:
            return _as(delivery, key, trace.account)
    return _as(delivery, delivery_key(_full(post.id, first), first, delivery.occurrence), first)


def _full(name: str, account: str) -> str:
    """Give a post's id with its brand, which is that of the account unless the name says it."""
    return name if "/" in name else f"{account.partition('/')[0]}/{name}"


def _apart(posts: Sequence[Examined], names: AccountNames) -> Sequence[Examined]:
    """Leave a key to one delivery: to that which is called so, or whose file says that it was."""
    found = Counter(
        delivery.key
        for post in posts
        for delivery in post.deliveries
        if delivery.account not in names.doubts
    )
    if not any(count > 1 for count in found.values()):
        return posts

    def own(delivery: Delivery, post: Examined) -> Delivery:
        mine = found[delivery.key] <= 1 or post.was or not delivery.known_as
        return delivery if mine else replace(delivery, known_as="")

    return [
        replace(post, deliveries=tuple(own(delivery, post) for delivery in post.deliveries))
        for post in posts
    ]


def _as(delivery: Delivery, key: str, account: str) -> Delivery:
    return replace(
        delivery,
        known_as="" if key == delivery.own_key else key,
        recorded="" if account == delivery.account else account,
    )


_MOST_COMMITS = 40
"""Commits from which git is asked for renames; each costs one look at two trees."""


@dataclass(frozen=True)
class _Gone:
    """Deliveries that are out, or may be, and that no file names any more."""

    signs: Mapping[tuple[str, str, object], Sequence[Standing]]
    """The ledger's name of the account, a kind of sign, its value → the deliveries with it."""
    taken: set[str] = field(default_factory=set)
    """Keys that a delivery goes on under; a part that was taken out of it may stand elsewhere."""

    @classmethod
    def of(
        cls, posts: Sequence[Examined], names: AccountNames, book: Book, renames: Renames
    ) -> _Gone:
        here = {delivery.key: delivery for post in posts for delivery in post.deliveries}
        found: dict[tuple[str, str, object], list[Standing]] = {}
        moved = set()
        for key in here.keys() & book.standings.keys():
            standing = book.standings[key]
            for event in _left_out(here[key], standing):
                found.setdefault((event.account, "words", event.content), []).append(standing)
                moved.add(key)
        if book.standings.keys() <= here.keys():
            return cls(found, moved)
        accounts = {name for known in names.known.values() for name in known}
        accounts |= {delivery.account for post in posts for delivery in post.deliveries}
        traces = [
            (standing.trace, standing)
            for key, standing in book.standings.items()
            if key not in here and standing.trace and standing.trace.account in accounts
        ]
        places = _Moved(renames)
        for trace, standing in sorted(traces, key=lambda pair: pair[0].at, reverse=True):
            for kind, value in (*_signs(trace, standing), *places.signs(standing)):
                found.setdefault((trace.account, kind, value), []).append(standing)
        return cls(found, moved)

    def like(self, delivery: Delivery, post: Examined, account: str) -> dict[str, _Likeness]:
        """Find what is like a delivery on one account: key → in what."""
        found: dict[str, _Likeness] = {}
        wanted = [("time", delivery.due), ("words", delivery.digest), ("file", post.path)]
        wanted += [("words", content) for content in delivery.contents]
        for kind, value in wanted:
            for standing in self.signs.get((account, kind, value), ()) if value else ():
                found.setdefault(standing.key, _Likeness(standing)).kinds.add(kind)
        return found


@dataclass(frozen=True)
class _Likeness:
    """A delivery whose file is gone, and in what another is like it."""

    standing: Standing
    kinds: set[str] = field(default_factory=set)
    """`time`, `words` and `file` (the same one, or one that git sees as renamed)."""

    @property
    def sure(self) -> bool:
        """Whether both can only be the same."""
        return "time" in self.kinds and len(self.kinds) > 1


def _left_out(delivery: Delivery, standing: Standing) -> Iterator[Event]:
    """Find parts that are or may be out and that the file has no more: it was split, perhaps."""
    for part in standing.parts.values():
        event = part.shown or part.trace
        if event is None or part.state is State.RETRACTED or event.digest == delivery.digest:
            continue
        if event.content and event.content not in delivery.contents:
            yield event


def _signs(trace: Event, standing: Standing) -> list[tuple[str, object]]:
    claim = standing.part(trace.part).claim
    due = trace.due or (claim.due if claim is not None else None)
    return [("time", due), ("words", trace.digest), ("words", trace.content)]


@dataclass
class _Moved:
    """Where the files of deliveries are now, as far as git can tell."""

    renames: Renames
    asked: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def signs(self, standing: Standing) -> list[tuple[str, object]]:
        """Give the paths that a delivery's file had and has."""
        claims = [part.claim for part in standing.parts.values() if part.claim is not None]
        found = {claim.path for claim in claims}
        for claim in claims:
            if claim.commit not in self.asked and len(self.asked) < _MOST_COMMITS:
                self.asked[claim.commit] = self.renames.since(claim.commit) if claim.commit else {}
            found.add(self.asked.get(claim.commit, {}).get(claim.path, ""))
        return [("file", path) for path in sorted(found - {""})]


def _recognised(
    post: Examined, names: AccountNames, book: Book, gone: _Gone, doubts: dict[str, Note]
) -> Examined:
    if post.draft or post.was is not None:
        return post
    deliveries = []
    for delivery in post.deliveries:
        standing = book.standings.get(delivery.key)
        fresh = standing is None or standing.trace is None
        found = _find(delivery, post, names, gone) if fresh else None
        if isinstance(found, Note):
            doubts.setdefault(delivery.key, found)
        deliveries.append(found if isinstance(found, Delivery) else delivery)
    changed = any(new is not old for new, old in zip(deliveries, post.deliveries, strict=True))
    return replace(post, deliveries=tuple(deliveries)) if changed else post


def _find(
    delivery: Delivery, post: Examined, names: AccountNames, gone: _Gone
) -> Delivery | Note | None:
    """Find the delivery that this one was, or the question about it; None when it is new."""
    alike = [
        likeness
        for account in names.of(delivery.account)
        for likeness in gone.like(delivery, post, account).values()
    ]
    if not alike:
        return None
    sure = [likeness.standing for likeness in alike if likeness.sure]
    if len(sure) == 1 and sure[0].key not in gone.taken:
        gone.taken.add(sure[0].key)
        trace = sure[0].trace
        return _as(delivery, sure[0].key, trace.account if trace else delivery.account)
    return _question(alike[0].standing, post, moved=alike[0].standing.key in gone.taken)


def _question(standing: Standing, post: Examined, *, moved: bool) -> Note:
    if moved:
        return note("part-moved", twin=standing.key, path=post.path)
    name = standing.key.rpartition("@")[0]
    brand, _, stem = name.partition("/")
    sure = standing.state() in {State.PUBLISHED, State.RETRACTED, State.PARTIAL}
    sentence = "twin" if sure else "twin-maybe"
    return note(
        sentence, twin=standing.key, id=stem if brand == post.brand else name, path=post.path
    )
