"""Previews: what each account will get, drawn once for the bytes that a post is made from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from mimin.checks.examine import Draft, rules_of
from mimin.model.brand import Account, Brand
from mimin.model.limits import Limits
from mimin.model.media import Media
from mimin.model.payload import Part, Payload
from mimin.networks.counting import utf8_bytes
from mimin.networks.limits import measure
from mimin.networks.links import Kind, detect
from mimin.website.rendering import render
from mimin.website.words import Words

SHOWN = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/quicktime": "mov",
}
"""What browsers show; a file of another kind is named but not copied into the site."""
_EXCERPT = 90


@dataclass(frozen=True)
class Preview:
    """What one account will get, without its drawing."""

    text: str
    """All parts as plain text, for search and feeds."""
    digest: str
    visibility: str
    media: tuple[tuple[str, str], ...]
    """Path in the workspace → name in the site."""


@dataclass(frozen=True)
class Previews:
    """What all accounts of a post will get."""

    accounts: dict[str, Preview] = field(default_factory=dict)
    note: str = ""

    def dump(self) -> str:
        """Write it as JSON for the cache."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> Previews:
        """Read what `dump` wrote."""
        fields = json.loads(text)
        found = {name: _load(entry) for name, entry in fields["accounts"].items()}
        return cls(found, fields["note"])


class Piece(NamedTuple):
    """A stretch of text as it is shown."""

    text: str
    kind: str = ""
    href: str = ""


class Gauge(NamedTuple):
    """How much of a limit is used."""

    used: int
    allowed: int | None
    unit: str

    @property
    def over(self) -> bool:
        """Whether it is too much."""
        return self.allowed is not None and self.used > self.allowed

    @property
    def share(self) -> int:
        """Percent of the limit, at most 100."""
        return min(100, round(100 * self.used / self.allowed)) if self.allowed else 0


def draw(draft: Draft, brand: Brand, words: Words) -> tuple[Previews, dict[str, str]]:
    """Draw what each account of a composed post will get: the facts, and account → HTML."""
    payloads = {
        name: composed.draft
        for name, composed in draft.payloads.items()
        if composed.draft is not None
    }
    note = (draft.post.fields.note or "") if draft.post else ""
    facts = {name: _preview(payload) for name, payload in payloads.items()}
    drawn = {
        name: _drawing(payload, brand.accounts[name], words) for name, payload in payloads.items()
    }
    return Previews(facts, note), drawn


def site_name(media: Media) -> str:
    """Name a media file by its bytes, so that nobody finds it who was not shown it."""
    suffix = SHOWN.get(media.mime)
    return f"media/{media.sha256[:40]}.{suffix}" if suffix else ""


def pieces(part: Part) -> list[Piece]:
    """Cut a part's text at its links, mentions and tags; only web addresses become links."""
    marks = [(s.start, s.end, "link" if s.url else "mention", s.url or "") for s in part.spans]
    taken = sorted(marks)
    for span in detect(part.text):
        if not any(span.start < end and start < span.end for start, end, _, _ in taken):
            href = span.value if span.kind is Kind.LINK else ""
            marks.append((span.start, span.end, str(span.kind), href))
    return list(_cut(part.text, sorted(marks)))


def web_address(address: str) -> str:
    """Give an address that may be a link, or nothing: `javascript:` and its kin never are."""
    return address if address.lower().startswith(("https://", "http://")) else ""


def _cut(text: str, marks: list[tuple[int, int, str, str]]) -> Iterator[Piece]:
    position = 0
    for start, end, kind, href in marks:
        if start > position:
            yield Piece(text[position:start])
        yield Piece(text[start:end], kind, web_address(href))
        position = end
    if position < len(text):
        yield Piece(text[position:])


def _preview(payload: Payload) -> Preview:
    media = [entry for part in payload.parts for entry in _media(part)]
    return Preview(
        text="\n\n".join(part.text for part in payload.parts),
        digest=payload.digest,
        visibility=payload.visibility.value,
        media=tuple((entry.path, site_name(entry)) for entry in media if site_name(entry)),
    )


def _drawing(payload: Payload, account: Account, words: Words) -> str:
    limits = rules_of(account).limits
    return render(
        "preview.html",
        words=words,
        base="../../",
        payload=payload,
        digest=payload.digest,
        parts=[
            {
                "pieces": pieces(part),
                "gauges": _gauges(part, payload, limits),
                "media": [(entry, site_name(entry)) for entry in part.media],
                "card": part.card,
                "card_link": web_address(part.card.url) if part.card else "",
                "card_image": site_name(part.card.image) if part.card and part.card.image else "",
            }
            for part in payload.parts
        ],
    )


def _media(part: Part) -> list[Media]:
    return [*part.media, *([part.card.image] if part.card and part.card.image else [])]


def _gauges(part: Part, payload: Payload, limits: Limits) -> list[Gauge]:
    allowed = limits.text
    if part.media and limits.text_with_media is not None:
        allowed = limits.text_with_media
    used = measure(limits, part.text, warning=payload.warning or "")
    gauges = [Gauge(used, allowed, limits.text_unit)]
    if limits.text_bytes is not None:
        gauges.append(Gauge(utf8_bytes(part.text), limits.text_bytes, "bytes"))
    return gauges


def _load(fields: dict[str, Any]) -> Preview:
    fields["media"] = tuple((path, name) for path, name in fields["media"])
    return Preview(**fields)


def excerpt(text: str) -> str:
    """Give the beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1].rstrip() + "…"
