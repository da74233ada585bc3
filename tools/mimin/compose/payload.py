"""Payloads: exactly what one account is to get, composed from a post and nothing else."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING

from mimin.compose.comment import first_comment
from mimin.compose.composed import Composed, Lookup, Place, Wish, close, has_video, places
from mimin.compose.hashtags import better, hashtags, with_line
from mimin.compose.mentions import lines_of_places, mention, raw_handles
from mimin.compose.nearly import looks_like_address, web_address
from mimin.compose.notes import Notes
from mimin.compose.parts import passages
from mimin.compose.plain_post import compose_plain
from mimin.compose.remark import Remark
from mimin.compose.rules import Fit, Rules, alt_remarks, media_remarks, text_remarks
from mimin.compose.variant import choose
from mimin.compose.wishes import wish_remarks
from mimin.model.bounds import MEDIA
from mimin.model.limits import Limits
from mimin.model.media import Media, MediaFields
from mimin.model.payload import Card, Part, Span
from mimin.model.problem import Severity
from mimin.printable import is_seen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mimin.compose.text import Passage
    from mimin.model.brand import Brand
    from mimin.model.post import Post

_WEB = re.compile(r"https?://[^\s/]\S*$", re.IGNORECASE)


def compose(  # noqa: PLR0913, PLR0917 - everything a payload comes from, and nothing else
    post: Post,
    account_id: str,
    brand: Brand,
    rules: Rules,
    media: Lookup,
    fit: Fit | None = None,
) -> Composed:
    """Make the payload of `post` for one account of `brand`.

    Pure: the same arguments give the same payload, and so the same digest. Without `fit` every
    file goes out as it is.
    """
    account = brand.accounts[account_id]
    wish = Wish(choose(post, account_id, account), account_id, account, brand, rules, media, fit)
    return compose_plain(wish) or compose_any(wish)


def compose_any(wish: Wish) -> Composed:
    """Make a payload the long way, on which everything is looked at."""
    return _Composer(wish).run()


class _Composer:
    """One post on its way to one account."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.chosen, _, self.account, self.brand, self.rules, self.lookup, self.fit = wish
        self.notes = Notes(wish.chosen)
        self.whole = True
        self.mentioned: Mapping[str, Sequence[int]] | None = None

    def run(self) -> Composed:
        """Compose all parts and judge them."""
        found, remarks = passages(self.chosen.body, self.rules.limits.links)
        for remark in remarks:
            self.notes.in_body(remark)
        parts = tuple(self._part(number, passage) for number, passage in enumerate(found))
        self._judge(parts, found)
        for remark, field in wish_remarks(self.chosen, self.rules, video=has_video(parts)):
            self.notes.at([remark], (field,), None)
        comment = self._comment()
        warning = self.chosen.warning if self._warns() else None
        draft = close(self.wish, (*parts, *comment), warning) if self.whole else None
        findings = self.notes.findings
        failed = any(finding.severity is Severity.ERROR for finding in findings)
        said = [Place(self.chosen.origin("comment"), None, ("comment",)) for _ in comment]
        written = (*places(self.chosen.body_path, self.chosen.body_line, found), *said)
        return Composed(None if failed else draft, findings, draft, written)

    def _comment(self) -> tuple[Part, ...]:
        source = self.chosen.comment
        if not source:
            return ()
        people, warning = self.brand.people, self.chosen.warning
        part, remarks = first_comment(source, self.rules, people, warning)
        self.notes.at(remarks, ("comment",), None)
        return () if part is None else (part,)

    def _part(self, number: int, passage: Passage) -> Part:
        text, spans, remarks = mention(
            passage.text, passage.spans, self.brand.people, self.account.rules
        )
        for words, remark in remarks:
            self.notes.at([remark], (), self._line_of(words, passage.line))
        if self.account.rules == "bluesky":
            for line, remark in raw_handles(passage.text, self.brand.people):
                self.notes.at([remark], (), passage.line + line)
        media = self._media(passage, front=number == 0)
        if number:
            return Part(text=text, spans=spans, media=media)
        text, spans = self._with_warning(text, spans)
        card = self._card(has_media=bool(media))
        text = self._with_tags(self._with_link(text, spans, card))
        return Part(text=text, spans=spans, media=media, card=card)

    def _line_of(self, words: str, first: int) -> int:
        """Find the line of the body, from `first` on, that holds this place for a person."""
        if self.mentioned is None:
            self.mentioned = lines_of_places(self.chosen.body)
        lines = self.mentioned.get(words, ())
        at = bisect_left(lines, first)
        return lines[at] if at < len(lines) else first

    def _warns(self) -> bool:
        """Tell whether the network has a place of its own for this warning."""
        limits = self.rules.limits
        known = limits.warning_labels
        return limits.warning and (not known or self.chosen.warning in known)

    def _with_warning(self, text: str, spans: tuple[Span, ...]) -> tuple[str, tuple[Span, ...]]:
        """Put the warning above the text where the network has no other place for it."""
        warning = self.chosen.warning
        if not warning or self._warns():
            return text, spans
        head = f"{warning}\n\n"
        moved = (
            span.model_copy(update={"start": span.start + len(head), "end": span.end + len(head)})
            for span in spans
        )
        return head + text, tuple(moved)

    def _card(self, *, has_media: bool) -> Card | None:
        """Make the link card where this network wants one from us and media leave room for it."""
        link, kept = self.chosen.link, self.chosen.post.card
        if not link or has_media or not self.rules.limits.link_card:
            return None
        if kept is None or kept.url != link:
            message = (
                f"no card is kept for {link}, so {self.rules.network} gets the bare address; "
                f"fetch the card into {_stem(self.chosen.post.path)}.link.yml with "
                f"`mimin fetch {self.chosen.post.path}`"
            )
            self.notes.in_front("link", message, "link-card-missing", Severity.WARNING)
            return None
        image = self._card_image(kept.image) if kept.image else None
        return Card(url=link, title=kept.title, description=kept.description, image=image)

    def _card_image(self, file: str) -> Media | None:
        """Find the picture of a link card, which the limits of a post's own images are not for."""
        rules = replace(self.rules, limits=Limits(image_types=("image/jpeg", "image/png")))
        return self._find(MediaFields(file=file), ("link",), None, rules)

    def _with_link(self, text: str, spans: tuple[Span, ...], card: Card | None) -> str:
        link = self.chosen.link
        if not link or card or link in text or any(span.url == link for span in spans):
            return text
        if not _WEB.match(link):
            near = f"write {web_address(link)}" if looks_like_address(link) else ""
            way_out = near or "start it with https://"
            message = f"{link!r} is not an address that readers can open; {way_out}"
            self.notes.in_front("link", message, "link-not-web")
        return f"{text}\n\n{link}" if text else link

    def _with_tags(self, text: str) -> str:
        tags = self.chosen.tags
        if not tags:
            return text
        line, malformed = hashtags(text, tags)
        for number in malformed:
            message = (
                f"{tags[number]!r} is no hashtag: one word of letters, digits and _, without #; "
                + (f"write {better(tags[number])}" if better(tags[number]) else "add a letter")
            )
            self.notes.in_front("tags", message, "tag-malformed", number=number)
        return with_line(text, line)

    def _media(self, passage: Passage, *, front: bool) -> tuple[Media, ...]:
        entries: list[tuple[MediaFields, tuple[str | int, ...], int | None]] = []
        if front:
            entries += [
                (fields, ("media", number), None) for number, fields in enumerate(self.chosen.media)
            ]
        entries += [(picture.fields, (), picture.line) for picture in passage.pictures]
        found: list[Media] = []
        if len(entries) > MEDIA:
            _, field, line = entries[MEDIA]
            message = f"{len(entries):,} files, and none takes more than {MEDIA}; take some out"
            self.notes.at([Remark(0, "too-many-files", message)], field, line)
        for fields, field, line in entries[:MEDIA]:
            first = found[0] if found and self.rules.limits.images_like_first else None
            media = self._find(fields, field, line, self.rules, first)
            if media is not None:
                self.notes.at(alt_remarks(media, self.rules), field and (*field, "alt"), line)
                found.append(media)
        return tuple(found)

    def _find(
        self,
        fields: MediaFields,
        field: tuple[str | int, ...],
        line: int | None,
        rules: Rules,
        first: Media | None = None,
    ) -> Media | None:
        """Find one file or card; give it its alt text, and the form that the network takes."""
        found = self.lookup(fields)
        if isinstance(found, Media):
            alt = fields.alt or ""
            media = found if found.alt == alt else found.model_copy(update={"alt": alt})
            if self.fit is None:
                return media
            media, remarks = self.fit(media, fields, rules, first)
            self.notes.at(remarks, field, line)
            return media
        self.whole = False
        if found is None:
            name = fields.file or fields.card or "nothing"
            message = f"{name!r} is not there; put the file beside the post or mend its name"
            found = Remark(0, "media-missing", message)
        self.notes.at([found], field, line)
        return None

    def _judge(self, parts: tuple[Part, ...], found: tuple[Passage, ...]) -> None:
        """Compare every part with what the network accepts."""
        name, way_out = self.rules.network, self._way_out()
        if len(parts) > 1 and not self.rules.limits.threads:
            join = way_out.replace("shorten it", "join them into one")
            message = f"{len(parts)} parts, but {name} has no threads; {join}"
            self.notes.in_body(Remark(found[1].line, "thread-unsupported", message))
        lacks_media = False
        for part, passage in zip(parts, found, strict=True):
            if len(parts) > 1 and not (is_seen(part.text) or part.media):
                message = "an empty part; a line of only --- separates two parts that say something"
                self.notes.in_body(Remark(passage.line, "empty-part", message))
                continue
            for remark in text_remarks(part, self.chosen.warning, self.rules, way_out):
                at = Remark(passage.line + remark.line, remark.code, remark.message)
                self.notes.in_body(at)
            fronted = len(self.chosen.media) if passage is found[0] else 0
            # Without all files the count is wrong, and so is what number belongs to which file.
            for number, remark in media_remarks(part, self.rules) if self.whole else ():
                if remark.code == "media-required":
                    if lacks_media:
                        continue  # said of the first part
                    lacks_media = True
                self._about_media(number, remark, passage, fronted)

    def _about_media(
        self, number: int | None, remark: Remark, passage: Passage, fronted: int
    ) -> None:
        if number is None:
            self.notes.at([remark], (), passage.line)
        elif number < fronted:
            self.notes.at([remark], ("media", number), None)
        else:
            self.notes.at([remark], (), passage.pictures[number - fronted].line)

    def _way_out(self) -> str:
        post = self.chosen.post.path
        if self.chosen.body_path != post:
            return "shorten it"
        return f"shorten it or add {_stem(post)}.{self.account.rules}.md"


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".md")
