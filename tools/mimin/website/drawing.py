"""Drawing: what an account will get, as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from mimin.model.limits import Limits
from mimin.model.media import Media
from mimin.model.payload import Card, Part, Payload, Span
from mimin.model.post import Replies, Visibility
from mimin.networks.counting import utf8_bytes
from mimin.networks.limits import measure
from mimin.networks.links import Kind, detect
from mimin.website.markup import text
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
_BASE = "../../"
"""From a post's page to the site's root."""


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


def draw_payload(payload: Payload, digest: str, limits: Limits, words: Words) -> str:
    """Draw a payload, part by part; *digest* is its own, which takes a while to compute."""
    parts = [
        _part(part, number, payload, limits, words) for number, part in enumerate(payload.parts, 1)
    ]
    facts = _facts(payload.languages, payload.visibility, words)
    asked = _asked(payload, words)
    return f"{''.join(parts)}{asked}{facts}<code>{digest[:12]}</code></p>\n"


def _asked(payload: Payload, words: Words) -> str:
    """Say what else goes over the wire; nothing for the many payloads that ask for nothing."""
    said = []
    if payload.replies is not Replies.EVERYONE:
        said.append((words("post.replies"), words(f"replies.{payload.replies}")))
    labels = [words("post.paid")] if payload.paid else []
    labels += [words("post.ai")] if payload.ai else []
    if labels:
        said.append((words("post.labelled"), ", ".join(labels)))
    said += list(payload.settings.items())
    shown = " · ".join(f"{text(name)}: <b>{text(value)}</b>" for name, value in said)
    return f'<p class="mimin-facts">{shown}</p>\n' if shown else ""


@lru_cache(maxsize=64)
def _facts(languages: tuple[str, ...], visibility: Visibility, words: Words) -> str:
    spoken = f"{words('post.language')}: <b>{text(', '.join(languages))}</b> · "
    seen = f"{words('post.visibility')}: <b>{words(f'visibility.{visibility}')}</b>"
    spoken = spoken if languages else ""
    return f'<p class="mimin-facts">{spoken}{seen} · {words("post.digest")}: '


def site_name(media: Media) -> str:
    """Name a media file by its bytes, so that nobody finds it who was not shown it."""
    suffix = SHOWN.get(media.mime)
    return f"media/{media.sha256[:40]}.{suffix}" if suffix else ""


def pieces(whole: str, spans: Iterable[Span]) -> list[Piece]:
    """Cut a part's text at its links, mentions and tags; only web addresses become links."""
    marks = [(s.start, s.end, "link" if s.url else "mention", s.url or "") for s in spans]
    taken = sorted(marks)
    for span in detect(whole):
        if not any(span.start < end and start < span.end for start, end, _, _ in taken):
            href = span.value if span.kind is Kind.LINK else ""
            marks.append((span.start, span.end, str(span.kind), href))
    return list(_cut(whole, sorted(marks)))


def web_address(address: str) -> str:
    """Give an address that may be a link, or nothing: `javascript:` and its kin never are."""
    return address if address.lower().startswith(("https://", "http://")) else ""


def _cut(whole: str, marks: list[tuple[int, int, str, str]]) -> Iterator[Piece]:
    position = 0
    for start, end, kind, href in marks:
        if start > position:
            yield Piece(whole[position:start])
        yield Piece(whole[start:end], kind, web_address(href))
        position = end
    if position < len(whole):
        yield Piece(whole[position:])


def _part(part: Part, number: int, payload: Payload, limits: Limits, words: Words) -> str:
    total = len(payload.parts)
    drawn = ['<section class="mimin-part">\n']
    if total > 1:
        says = words("post.part", number=number, total=total)
        says = words("post.comment") if part.comment else says
        drawn.append(f'<p class="mimin-part__number">{says}</p>\n')
    if number == 1 and payload.warning:
        says = f"{words('post.warning')}: {text(payload.warning)}"
        drawn.append(
            '<p class="mimin-part__warning"><span class="mimin-mark mimin-mark--wait" '
            f'data-icon="alert">{says}</span></p>\n'
        )
    if number == 1 and payload.headline:
        says = f"{words('post.headline')}: <b>{text(payload.headline)}</b>"
        drawn.append(f'<p class="mimin-facts">{says}</p>\n')
    language = f' lang="{text(payload.languages[0])}"' if payload.languages else ""
    shown = _shown(part.text, part.spans)
    drawn.append(f'<div class="mimin-text"{language}>{shown}</div>\n')
    if part.media:
        figures = "".join(_figure(media, words) for media in part.media)
        drawn.append(f'<div class="mimin-media" data-count="{len(part.media)}">\n{figures}</div>\n')
    if part.card is not None:
        drawn.append(_card(part.card, words))
    gauges = "".join(_gauge(gauge, words) for gauge in _gauges(part, payload, limits))
    drawn.append(f'<ul class="mimin-gauges">\n{gauges}</ul>\n</section>\n')
    return "".join(drawn)


@lru_cache(maxsize=64)  # the accounts of a post mostly get the same text, one after the other
def _shown(whole: str, spans: tuple[Span, ...]) -> str:
    return "".join(_piece(piece) for piece in pieces(whole, spans))


def _piece(piece: Piece) -> str:
    if piece.href:
        rel = "nofollow noopener noreferrer"
        return f'<a href="{text(piece.href)}" rel="{rel}">{text(piece.text)}</a>'
    if piece.kind:
        return f'<span class="mimin-{piece.kind}">{text(piece.text)}</span>'
    return text(piece.text)


def _figure(media: Media, words: Words) -> str:
    name, alt = site_name(media), text(media.alt)
    if name and media.mime.startswith("video/"):
        shown = f'<video src="{_BASE}{name}" controls preload="none" aria-label="{alt}"></video>'
    elif name:
        size = f' width="{media.width}" height="{media.height}"' if media.width else ""
        shown = f'<img src="{_BASE}{name}" alt="{alt}" loading="lazy"{size}>'
    else:
        shown = f"<p>{words('post.media.private')}</p>"
    says = f'<span class="mimin-tag">Alt</span> {alt}'
    if not alt:
        missing = words("post.alt.none")
        says = f'<span class="mimin-mark mimin-mark--bad" data-icon="alert">{missing}</span>'
    return f"<figure>\n{shown}\n<figcaption>{says}</figcaption>\n</figure>\n"


def _card(card: Card, words: Words) -> str:
    name = site_name(card.image) if card.image else ""
    alt = text(card.image.alt) if card.image else ""
    image = f'<img src="{_BASE}{name}" alt="{alt}" loading="lazy">\n' if name else ""
    about = f"<p>{text(card.description)}</p>\n" if card.description else ""
    address = text(card.url)
    if web_address(card.url):
        address = f'<a href="{address}" rel="nofollow noopener noreferrer">{address}</a>'
    return (
        f'<div class="mimin-card">\n{image}'
        f'<p class="mimin-card__kind">{words("post.card")}</p>\n'
        f'<p class="mimin-card__title">{text(card.title)}</p>\n{about}'
        f'<p class="mimin-card__url">{address}</p>\n</div>\n'
    )


def _gauges(part: Part, payload: Payload, limits: Limits) -> list[Gauge]:
    allowed = limits.longest(part.kinds, comment=part.comment)
    used = measure(limits, part.text, warning=payload.warning or "")
    gauges = [Gauge(used, allowed, limits.text_unit)]
    if limits.text_bytes is not None:
        gauges.append(Gauge(utf8_bytes(part.text), limits.text_bytes, "bytes"))
    return gauges


@lru_cache(maxsize=4096)
def _gauge(gauge: Gauge, words: Words) -> str:
    over = " mimin-gauge--over" if gauge.over else ""
    bar, of = "", ""
    if gauge.allowed:
        style = f'style="width:{gauge.share}%"'
        bar = f'<span class="mimin-gauge__bar" aria-hidden="true"><span {style}></span></span>\n'
    if gauge.allowed is not None:
        of = f"/{words.number(gauge.allowed)}"
    says = f"{words.number(gauge.used)}{of} {words('unit.' + gauge.unit)}"
    return f'<li class="mimin-gauge{over}">\n{bar}<span>{says}</span>\n</li>\n'
