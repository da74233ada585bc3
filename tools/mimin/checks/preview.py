"""Previews: what each account would get, as text and as the requests themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from whenever import Instant

from mimin.checks.examine import Draft, rules_of
from mimin.checks.fitting import FIT
from mimin.compose.signs import changed_signs
from mimin.compose.variant import choose
from mimin.model.brand import Account
from mimin.model.limits import UNIT_WORDS
from mimin.model.payload import Part, Payload
from mimin.model.post import Replies
from mimin.networks.protocol import Job
from mimin.networks.registry import find_network
from mimin.planning.show import mark, tries
from mimin.printable import one_line, printable
from mimin.workspace.workspace import Workspace

Named = Callable[[str], str]
"""Where a medium's bytes are, as payloads have it → what a person calls it."""


def preview(draft: Draft, workspace: Workspace, named: Named = str) -> str:
    """Write out what every account gets of a post.

    Args:
        draft: The post.
        workspace: What it belongs to.
        named: Names its media for a person.
    """
    lines = [one_line(draft.read.path)]
    brand, simulated = workspace.brand_of(draft.read.path), tries(workspace.all_brands)
    told = [f"  {p.severity}: line {p.line}: {one_line(p.message)}" for p in draft.problems]
    lines += dict.fromkeys(told)  # what is wrong with a picture is found for each account
    for name, composed in draft.payloads.items():
        if composed.draft is None:
            lines += ["", f"{name}: can not be composed"]
            continue
        account = workspace.brand_for(brand).accounts[name]
        rules = rules_of(account)
        count = len(composed.draft.parts)
        for index, part in enumerate(composed.draft.parts):
            number = f" part {index + 1} of {count}" if count > 1 else ""
            number = " first comment" if part.comment else number
            most = rules.limits.longest(part.kinds, comment=part.comment)
            limit = f"/{most:,}" if most else ""
            size = f"{rules.measure(part.text):,}{limit} {UNIT_WORDS[rules.limits.text_unit]}"
            tried = mark(f"{brand}/{name}", simulated)
            lines += ["", f"{name}{number} as {account.rules}{tried}: {size}"]
            lines += _part(part, composed.draft if index == 0 else None, named)
        lines += _signs(draft, name, account)
    return "\n".join(lines) + "\n"


def _signs(draft: Draft, name: str, account: Account) -> Iterator[str]:
    """Tell which signs of the file are sent as others or not at all."""
    if draft.post is not None:
        body = choose(draft.post, name, account).body
        if changed := changed_signs(body, rules_of(account).limits.links):
            yield f"  signs: {one_line(', '.join(changed))}"


def _part(part: Part, payload: Payload | None, named: Named) -> Iterator[str]:
    if payload is not None and payload.headline:
        yield f"  headline: {one_line(payload.headline)}"
    for line in printable(part.text).split("\n"):
        yield f"  | {line}".rstrip()
    for span in part.spans:
        target = span.url or span.did
        words = one_line(part.text[span.start : span.end])
        yield f"  link: {words!r} → {one_line(str(target))}"
    for media in part.media:
        size = f"{media.width}x{media.height} {media.mime}, {media.size:,} bytes"
        size = f", sent as {size}" if media.path.startswith(FIT) else f" {size}"
        yield f"  media: {one_line(named(media.path))}{size}"
        yield f"    alt: {one_line(media.alt)}"
    if part.card is not None:
        yield f"  card: {one_line(part.card.title)} → {one_line(part.card.url)}"
    if payload is not None:
        notes = [*payload.languages, str(payload.visibility)]
        notes += [f"warning: {payload.warning}"] if payload.warning else []
        notes += [f"replies: {payload.replies}"] if payload.replies != Replies.EVERYONE else []
        notes += ["labelled as paid"] if payload.paid else []
        notes += ["labelled as made with AI"] if payload.ai else []
        notes += [f"{name}: {value}" for name, value in payload.settings.items()]
        yield f"  ({one_line(', '.join(notes))}; digest {payload.digest[:12]})"


def requests(draft: Draft, workspace: Workspace) -> Iterator[dict[str, object]]:
    """Give the publishing request of every part; what only the network knows stands in braces."""
    post = draft.post
    if post is None:
        return
    brand = workspace.brand_for(post.brand)
    due = next((due for due in post.dues if due is not None), Instant.from_timestamp(0))
    for name, composed in draft.payloads.items():
        payload = composed.draft
        if payload is None:
            continue
        network = find_network(brand.accounts[name].network)
        for index in range(len(payload.parts)):
            key = f"{post.key}@{name}"
            job = Job(key=key, payload=payload, index=index, due=due, at=due)
            row = {"account": payload.account, "part": index + 1, "digest": payload.digest}
            yield row | {"request": network.wire(job)}
