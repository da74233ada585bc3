"""Variants: which text and which fields hold for one account, and which file said so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mimin.model.brand import Account
    from mimin.model.media import MediaFields
    from mimin.model.post import Post, Variant, VariantFields, Visibility


_NOTE = re.compile(r"<!--.*?-->", re.DOTALL)


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
        if _NOTE.sub("", variant.body).strip():
            return Chosen(post, layers, variant.body, variant.path, variant.body_line)
    return Chosen(post, layers, post.body, post.path, post.body_line)
