"""Variants: which text and which fields hold for one account, and which file said so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from mimin.model.brand import Account
    from mimin.model.media import MediaFields
    from mimin.model.post import Post, Replies, Variant, VariantFields, Visibility


WISHES = frozenset({"visibility", "headline", "comment", "replies", "paid", "ai", "settings"})
"""Fields that ask for more than text, media and time."""


class Chosen(NamedTuple):
    """What one account gets of a post, each thing with the file it comes from."""

    post: Post
    layers: tuple[Variant, ...]
    """From the most to the least specific."""
    body: str
    body_path: str
    body_line: int

    def origin(self, field: str) -> str:
        """Give the path of the file that sets a field."""
        return self._saying(field)[0]

    @property
    def media(self) -> tuple[MediaFields, ...]:
        """Files and cards of the front matter."""
        return self._saying("media")[1].media or ()

    @property
    def link(self) -> str | None:
        """The address whose card is shown."""
        return self._saying("link")[1].link

    @property
    def tags(self) -> tuple[str, ...]:
        """Hashtags without #."""
        return self._saying("tags")[1].tags or ()

    @property
    def language(self) -> str | None:
        """What the text is written in."""
        return self._saying("language")[1].language

    @property
    def warning(self) -> str | None:
        """The content warning."""
        return self._saying("warning")[1].warning

    @property
    def visibility(self) -> Visibility | None:
        """Who may see it."""
        return self._saying("visibility")[1].visibility

    @property
    def said(self) -> AbstractSet[str]:
        """Names of the fields that any of its files sets."""
        own = self.post.fields.model_fields_set
        if not self.layers:
            return own
        return own.union(*(variant.fields.model_fields_set for variant in self.layers))

    @property
    def headline(self) -> str:
        """The title that the audience sees; empty when there is none."""
        return (self._saying("headline")[1].headline or "").strip()

    @property
    def comment(self) -> str:
        """The first comment as Markdown; empty when there is none."""
        return (self._saying("comment")[1].comment or "").strip()

    @property
    def replies(self) -> Replies | None:
        """Who may answer."""
        return self._saying("replies")[1].replies

    @property
    def paid(self) -> bool:
        """Whether the label of a paid partnership is asked for."""
        return bool(self._saying("paid")[1].paid)

    @property
    def ai(self) -> bool:
        """Whether the label of what was made with AI is asked for."""
        return bool(self._saying("ai")[1].ai)

    @property
    def settings(self) -> dict[str, str]:
        """Settings of the network: name by name, the most specific file's."""
        found = dict(self.post.fields.settings or {})
        for variant in reversed(self.layers):
            found.update(variant.fields.settings or {})
        return found

    def _saying(self, field: str) -> tuple[str, VariantFields]:
        for variant in self.layers:
            if field in variant.fields.model_fields_set:
                return variant.path, variant.fields
        return self.post.path, self.post.fields


def choose(post: Post, account_id: str, account: Account) -> Chosen:
    """Lay the variants of an account over its post.

    The account's own variant comes first, then the one of the network whose rules apply, then the
    one of the adapter. A variant without a body, or with nothing in it but notes, keeps the text
    of the next.
    """
    if not post.variants:
        return Chosen(post, (), post.body, post.path, post.body_line)
    order = tuple(dict.fromkeys((account_id, account.rules, account.network)))
    by_target = {variant.target: variant for variant in post.variants}
    layers = tuple(by_target[target] for target in order if target in by_target)
    for variant in layers:
        if _says(variant.body):
            return Chosen(post, layers, variant.body, variant.path, variant.body_line)
    return Chosen(post, layers, post.body, post.path, post.body_line)


def _says(body: str) -> bool:
    """Tell whether anything stands in a body beside notes; one that is not closed is none."""
    start = 0
    while (opened := body.find("<!--", start)) >= 0:
        closed = body.find("-->", opened + 4)
        if closed < 0 or body[start:opened].strip():
            break
        start = closed + 3
    return bool(body[start:].strip())
