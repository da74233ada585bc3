"""Examine a post: read it, compose it for every account, and gather all that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from whenever import Instant

from mimin.checks.guess import unreadable_post
from mimin.checks.hosts import host_problems
from mimin.checks.library import Library
from mimin.checks.most import bound_files
from mimin.checks.settings import known_settings, setting_problems
from mimin.compose.composed import Composed
from mimin.compose.marks import counts_marks
from mimin.compose.payload import compose
from mimin.compose.remark import Remark
from mimin.compose.rules import Rules
from mimin.model.bounds import DELIVERIES
from mimin.model.brand import Account, Brand
from mimin.model.delivery import Delivery
from mimin.model.media import Media, MediaFields
from mimin.model.payload import Payload
from mimin.model.post import Post, Variant
from mimin.model.problem import Problem, Severity
from mimin.networks.capabilities import price_of
from mimin.networks.counting import CEILINGS, COUNTERS
from mimin.networks.marks import find_marks
from mimin.networks.protocol import Objection
from mimin.networks.registry import find_network
from mimin.networks.versions import version_of
from mimin.planning.endings import end_of
from mimin.planning.examined import Examined, grace_of
from mimin.workspace.posts import ReadPost
from mimin.workspace.validation import suggest
from mimin.workspace.workspace import Workspace

_TITLE = 60
_SAME = {
    "empty": ("text-missing", "empty-part"),
    "mixed-media": ("media-mixed",),
    "media-type": ("media-type-refused", "media-mixed"),
}
"""What an adapter objects to → what composing says of the same thing, at a better place."""


_NOTHING = Composed(None, (), None, ())


@dataclass
class Draft:
    """A post that was read and composed: everything that pages and publishing need of it."""

    read: ReadPost
    payloads: dict[str, Composed] = field(default_factory=dict)
    """Account → what composing for it came to."""
    inputs: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def post(self) -> Post | None:
        """The post, when it could be read."""
        return self.read.post


class RuleBook:
    """The rules of every account, put together once."""

    def __init__(self) -> None:
        """Start empty."""
        self._known: dict[int, tuple[Account, Rules]] = {}

    def of(self, account: Account) -> Rules:
        """Give the rules of an account; accounts are frozen, so the object itself is the key."""
        found = self._known.get(id(account))
        if found is None:
            found = (account, rules_of(account))
            self._known[id(account)] = found
        return found[1]


def rules_of(account: Account) -> Rules:
    """Put together how an account's network counts and what it accepts."""
    limits = find_network(account.network).limits(account)
    return Rules(
        network=account.rules,
        limits=limits,
        measure=COUNTERS[limits.text_unit],
        ceiling=CEILINGS[limits.text_unit],
        measure_alt=COUNTERS[limits.alt_unit],
        ceiling_alt=CEILINGS[limits.alt_unit],
        measure_headline=COUNTERS[limits.headline_unit],
        measure_hashtag=COUNTERS["graphemes"],
        marks=find_marks if counts_marks(limits) else None,
        settings=known_settings(account),
    )


def compose_post(
    workspace: Workspace,
    path: str,
    library: Library,
    rules: Callable[[Account], Rules] = rules_of,
) -> Draft:
    """Read the post at *path* and compose it for each of its accounts."""
    return compose_read(workspace, workspace.read(path), library, rules)


def compose_read(
    workspace: Workspace, read: ReadPost, library: Library, rules: Callable[[Account], Rules]
) -> Draft:
    """Compose a post that was read for each of its accounts."""
    path = read.path
    brand = workspace.brand_for(workspace.brand_of(path))
    draft = Draft(read, problems=list(read.problems))
    files = workspace.layout.posts[path]
    blobs = workspace.tree.blobs
    own = (path, *files.variants.values(), *([files.card] if files.card else []))
    for name in (*own, brand.path):
        draft.inputs[name] = blobs.get(name, "")
    if read.post is None:
        return draft
    if brand.id in workspace.unreadable:  # nobody knows for what it would have to be composed
        draft.payloads = dict.fromkeys(read.post.fields.accounts, _NOTHING)
        return draft

    def lookup(fields: MediaFields) -> Media | Remark | None:
        found, paths = library.find(fields, path, brand.name)
        draft.inputs.update({name: blobs.get(name, "") for name in paths})
        return found

    with library.limited(brand.id):
        for name in dict.fromkeys(read.post.fields.accounts):
            if name in brand.accounts:
                account = brand.accounts[name]
                composed = compose(read.post, name, brand, rules(account), lookup, library.fit)
                draft.payloads[name] = composed
                if composed.findings:
                    draft.problems += _findings(read, composed)
                if composed.draft is not None:
                    objections = find_network(account.network).check(composed.draft, account)
                    if objections:
                        of_account = workspace.fields_of(brand.path).locate(("accounts", name))
                        draft.problems += _objections(read, composed, objections, of_account, brand)
    draft.problems += setting_problems(read, brand)
    draft.problems += host_problems(read, brand, draft.payloads)
    return draft


def sum_up(workspace: Workspace, draft: Draft) -> Examined:
    """Keep of a draft the little that plans and checks need."""
    path = draft.read.path
    brand = workspace.brand_for(workspace.brand_of(path))
    post = draft.post
    if post is None:
        return unreadable_post(draft.read, brand, _unique(draft.problems), draft.inputs)
    draft.problems += _names(workspace, draft.read, post)
    fields = post.fields
    too_many = _too_many(draft, post, brand)
    draft.problems += too_many
    deliveries = () if too_many else tuple(_deliveries(draft, post, brand))
    return Examined(
        path=path,
        brand=brand.id,
        id=post.id,
        title=fields.title or _first_words(draft) or post.id,
        draft=fields.draft,
        was=fields.was,
        retract=fields.retract,
        campaign=fields.campaign or "",
        pillar=fields.pillar or "",
        labels=fields.labels,
        accounts=fields.accounts,
        late=fields.late,
        grace=grace_of(fields.grace),
        deliveries=deliveries,
        problems=_unique(draft.problems),
        when=draft.read.fields[path].locate(("at",)),
        inputs=draft.inputs,
    )


def _findings(read: ReadPost, composed: Composed) -> Iterator[Problem]:
    for finding in composed.findings:
        fields = read.fields.get(finding.path)
        line, column = fields.locate(finding.field) if fields and finding.field else (None, 1)
        yield finding.problem(line, column)


def _objections(
    read: ReadPost,
    composed: Composed,
    objections: Iterable[Objection],
    of_account: tuple[int, int],
    brand: Brand,
) -> Iterator[Problem]:
    said = {finding.code for finding in composed.findings}
    for objection in objections:
        if said & {objection.code, *_SAME.get(objection.code, ())}:
            continue
        if objection.address:
            line, column = of_account
            yield Problem(
                path=brand.path,
                line=line,
                column=column,
                code=objection.code,
                message=objection.message,
            )
            continue
        place = composed.places[objection.index]
        yield Problem(
            path=place.path,
            line=place.line or read.fields[place.path].locate(place.field)[0],
            code=objection.code,
            message=objection.message,
        )


def _names(workspace: Workspace, read: ReadPost, post: Post) -> Iterator[Problem]:
    """Refuse campaigns and pillars that the brand's calendar does not have."""
    schedule = workspace.schedules.get(post.brand)
    if schedule is None and post.brand in workspace.layout.schedules:
        return  # the calendar is in error, which is said once, at its own place
    for name, value, names in (
        ("campaign", post.fields.campaign, schedule.campaigns if schedule else {}),
        ("pillar", post.fields.pillar, schedule.pillars if schedule else {}),
    ):
        if value is not None and value not in names:
            line, column = read.fields[post.path].locate((name,))
            message = f"{value!r} is not a {name} of calendar/{post.brand}.yml"
            message += suggest(value, names) or "; add it there"
            yield Problem(
                path=post.path, line=line, column=column, code=f"{name}-unknown", message=message
            )


def _too_many(draft: Draft, post: Post, brand: Brand) -> list[Problem]:
    """Refuse a repetition to so many accounts that every plan would be long."""
    if post.fields.repeat is None:
        return []
    count = sum(len(_times(post, name, brand.accounts[name])) for name in draft.payloads)
    if count <= DELIVERIES:
        return []
    line, column = draft.read.fields[post.path].locate(("repeat",))
    message = (
        f"it goes out {count:,} times, on all accounts together, and a plan takes {DELIVERIES:,} "
        "of a post; end the repetition earlier, or name fewer accounts"
    )
    return [
        Problem(
            path=post.path, line=line, column=column, code="too-many-deliveries", message=message
        )
    ]


def _deliveries(draft: Draft, post: Post, brand: Brand) -> Iterator[Delivery]:
    key, expires = post.key, post.expires
    for name, composed in draft.payloads.items():
        account, payload = brand.accounts[name], composed.draft
        if payload is None:
            parts, digest, shape, cost, words = 1, "", "", 0, ""
            contents: tuple[str, ...] = ()
            end = None
        else:
            price = price_of(account.network)
            parts, digest, shape = len(payload.parts), payload.digest, payload.shape
            cost = price(payload) if price else 0
            contents = tuple(part.content for part in payload.parts)
            words, end = words_hash(payload), _refused_from(account, payload)
        for occurrence, due in _times(post, name, account):
            yield Delivery(
                post=key,
                account=f"{brand.id}/{name}",
                occurrence=occurrence,
                due=due,
                expires=expires,
                parts=parts,
                digest=digest,
                shape=shape,
                cost=cost,
                contents=contents,
                refused_from=end,
                words=words,
            )


def words_hash(payload: Payload) -> str:
    """Name the text that a payload begins with, whatever blanks stand around it."""
    text = " ".join(payload.parts[0].text.split())
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16] if text else ""


def _refused_from(account: Account, payload: Payload) -> Instant | None:
    used = version_of(account, payload.settings or account.settings)
    return end_of(used.ends, "UTC") if used is not None and used.announced else None


def _times(post: Post, name: str, account: Account) -> list[tuple[int | None, Instant | None]]:
    """Give number and due time of each occurrence for one account; its variant may have its own."""
    dues = post.dues
    for variant in _layers(post, name, account) if post.variants else ():
        if variant.fields.at is not None:
            dues = variant.dues
            break
    if post.fields.repeat is None:
        return [(None, dues[0] if dues else None)]
    return [(number, due) for number, due in enumerate(dues, 1) if due is not None] or [(1, None)]


def _layers(post: Post, name: str, account: Account) -> list[Variant]:
    by_target = {variant.target: variant for variant in post.variants}
    return [by_target[target] for target in (name, account.rules) if target in by_target]


def _first_words(draft: Draft) -> str:
    for composed in draft.payloads.values():
        payload: Payload | None = composed.draft
        if payload and payload.parts[0].text:
            line = payload.parts[0].text.split("\n", 1)[0]
            return line if len(line) <= _TITLE else line[: _TITLE - 1].rstrip() + "…"
    return ""


def _unique(problems: list[Problem]) -> tuple[Problem, ...]:
    """Say once what several accounts would say alike, in the order of the file."""
    if not problems:
        return ()
    unique = dict.fromkeys(problems)
    return bound_files(
        sorted(unique, key=lambda problem: (*problem.place, problem.severity != Severity.ERROR))
    )
