"""Marks: how many hashtags, cashtags, mentions and links a text may have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mimin.compose.remark import Remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mimin.compose.rules import Rules
    from mimin.model.limits import Limits
    from mimin.model.payload import Part


class Marks(Protocol):
    """What `Rules.marks` finds in a text, each as often as it stands there."""

    @property
    def hashtags(self) -> tuple[str, ...]:
        """Without their #."""

    @property
    def cashtags(self) -> tuple[str, ...]:
        """With their $."""

    @property
    def mentions(self) -> tuple[str, ...]:
        """Without their @."""

    @property
    def links(self) -> tuple[str, ...]:
        """Whole addresses."""


def counts_marks(limits: Limits) -> bool:
    """Tell whether a network limits any of them; most do not."""
    counted = (limits.hashtags, limits.hashtag, limits.cashtags, limits.mentions, limits.urls)
    return any(limit is not None for limit in counted)


def mark_remarks(part: Part, rules: Rules) -> Iterator[Remark]:
    """Say which marks the text of a part has too many of, or too long ones."""
    if rules.marks is None or not may_exceed(part, rules.limits):
        return
    limits, name, marks = rules.limits, rules.network, rules.marks(part.text)
    linked = {span.url for span in part.spans if span.url}
    found = (
        ("hashtag", len(marks.hashtags), limits.hashtags),
        ("cashtag", len(marks.cashtags), limits.cashtags),
        ("mention", len(marks.mentions), limits.mentions),
        ("link", len(linked | set(marks.links)), limits.urls),
    )
    for what, count, limit in found:
        if limit is not None and count > limit:
            allowed = f"{limit} allowed" if limit else "none are allowed"
            message = f"{count} {what}s, {allowed} on {name}; take some out, or write a variant"
            yield Remark(0, f"too-many-{what}s", message)
    longest = limits.hashtag
    for tag in marks.hashtags if longest is not None else ():
        length = rules.measure_hashtag(tag)
        if longest is not None and length > longest:
            message = f"#{tag} is {length} long, {longest} allowed on {name}; shorten it"
            yield Remark(0, "hashtag-too-long", message)


def may_exceed(part: Part, limits: Limits) -> bool:
    """Tell by plain counting, which is fast, whether looking closely can find anything."""
    text = part.text
    if limits.hashtags is not None or limits.hashtag is not None:
        signs = text.count("#") + text.count("\uff03")
        if limits.hashtags is not None and signs > limits.hashtags:
            return True
        # A tag ends at the next space at the latest, and no text has more graphemes than signs.
        longest = limits.hashtag
        if longest is not None and signs and max(map(len, words := text.split())) > longest:
            tags = (word for word in words if "#" in word or "\uff03" in word)
            if any(len(tag) > longest for tag in tags):
                return True
    return (
        (limits.cashtags is not None and text.count("$") > limits.cashtags)
        or (limits.mentions is not None and text.count("@") > limits.mentions)
        or (
            limits.urls is not None
            and text.count(".") + text.count("://") + len(part.spans) > limits.urls
        )
    )
