"""Wishes: what a post asks of a network beside its text, and what of that the network has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mimin.compose.remark import Remark
from mimin.model.post import Replies, Visibility
from mimin.model.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mimin.compose.rules import Rules
    from mimin.compose.variant import Chosen
    from mimin.model.brand import Account
    from mimin.model.limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What goes into the payload: nothing that the network does not have."""

    visibility: Visibility
    replies: Replies
    headline: str
    paid: bool
    ai: bool
    settings: Mapping[str, str]


def grant(chosen: Chosen, account: Account, rules: Rules, *, video: bool) -> Granted:
    """Keep of a post's wishes those that the network has; `wish_remarks` tells of the others.

    Args:
        chosen: What the post says for the account.
        account: The account.
        rules: Those of its network.
        video: Whether a video goes with the post.
    """
    limits = rules.limits
    return Granted(
        visibility=chosen.visibility or Visibility.PUBLIC,
        replies=chosen.replies if chosen.replies in limits.replies else Replies.EVERYONE,
        headline=chosen.headline if _has_headline(limits, video=video) else "",
        paid=chosen.paid and limits.paid,
        ai=chosen.ai and limits.ai,
        settings={
            name: value
            for name, value in sorted({**account.settings, **chosen.settings}.items())
            if rules.settings is None or name in rules.settings
        },
    )


def _has_headline(limits: Limits, *, video: bool) -> bool:
    return limits.headline != 0 and (limits.headline_with_video or not video)


def wish_remarks(chosen: Chosen, rules: Rules, *, video: bool) -> Iterator[tuple[Remark, str]]:
    """Say what the network has not, each with the field that asks for it.

    What would change who can see a post is an error. What only is not done is a warning.
    """
    limits, name = rules.limits, rules.network
    if chosen.visibility and chosen.visibility not in limits.visibilities:
        message = (
            f"no post on {name} can be {chosen.visibility}, only {_listed(limits.visibilities)}; "
            "leave the account out, or change it in a variant"
        )
        yield Remark(0, "visibility-unknown", message), "visibility"
    if chosen.replies and chosen.replies not in limits.replies:
        known = f" (it knows {_listed(limits.replies)})" if len(limits.replies) > 1 else ""
        message = (
            f"who may answer can not be set to {chosen.replies} on {name}{known}, so everyone can; "
            "leave the account out, or accept that in a variant with `replies: everyone`"
        )
        yield Remark(0, "replies-unsupported", message, Severity.WARNING), "replies"
    labels = (("paid", chosen.paid, limits.paid), ("ai", chosen.ai, limits.ai))
    for field, asked, possible in labels:
        if asked and not possible:
            what = _LABELS[field]
            message = f"{name} has no label that mimin can set for {what}; say it in the text"
            yield Remark(0, "label-unsupported", message, Severity.WARNING), field
    remarks = _headline_remarks(chosen.headline, rules, video=video)
    yield from ((remark, "headline") for remark in remarks)


_LABELS = {"paid": "a paid partnership", "ai": "what was made with AI"}


def _headline_remarks(headline: str, rules: Rules, *, video: bool) -> Iterator[Remark]:
    limits, name = rules.limits, rules.network
    if not _has_headline(limits, video=video):
        return
    if not headline:
        if limits.headline_required:
            message = f"{name} takes no post without a headline; add `headline:`"
            yield Remark(0, "headline-missing", message)
        return
    length = rules.measure_headline(headline)
    if limits.headline is not None and length > limits.headline:
        message = (
            f"headline of {length:,} characters, {limits.headline:,} allowed on {name}; shorten it"
        )
        yield Remark(0, "headline-too-long", message)
    for character in limits.headline_forbidden:
        if character in headline:
            message = f"{character!r} may not stand in a headline on {name}; write it differently"
            yield Remark(0, "headline-forbidden", message)


def _listed(values: tuple[Visibility, ...] | tuple[Replies, ...]) -> str:
    return ", ".join(values)
