"""The sandbox's audience: followers and reactions that nobody ever gave, simulated from a seed.

Every number is a pure function of (seed, account or post, moment): no state, the same on every
machine, and never falling while a post ages. All of it carries `simulated`.
"""

from __future__ import annotations

import hashlib
import math
import random
from typing import TYPE_CHECKING, Literal

from whenever import Instant, TimeDelta

from mimin.model.base import Record

if TYPE_CHECKING:
    from mimin.networks.sandbox_rows import SandboxPost

SEED = "mimin"
BEGINNING = Instant.from_utc(2026, 1, 1)
"""When the simulated accounts were opened."""
DAY = 86400.0

REMARKS = (
    "Buka sampai jam berapa, kak?",
    "Mantap! Kapan ada di Surabaya?",
    "Harganya berapa ya min?",
    "Suka banget!",
    "Bisa pesan antar?",
    "Is this vegan?",
    "Pesanan saya belum datang, tolong dicek.",
    "Terima kasih infonya min 🙏",
)
"""What the simulated audience says."""


class Audience(Record):
    """What a post has got by a moment."""

    at: Instant
    views: int
    likes: int
    reposts: int
    replies: int
    simulated: Literal[True] = True


class Comment(Record):
    """An answer that nobody wrote."""

    id: str
    post: str
    """Id of the post it answers."""
    author: str
    text: str
    at: Instant
    simulated: Literal[True] = True


def audience(post: SandboxPost, now: Instant, *, seed: str = SEED) -> Audience:
    """Tell what the post has got by `now`."""
    chance = _chance(seed, "post", post.id)
    reach = followers(post.account, post.at, seed=seed) * chance.uniform(0.05, 0.6)
    views = reach * _ripeness((now - post.at).total("seconds"), chance.uniform(0.2, 1.2) * DAY)
    return Audience(
        at=now,
        views=math.floor(views),
        likes=math.floor(views * chance.uniform(0.01, 0.12)),
        reposts=math.floor(views * chance.uniform(0.001, 0.02)),
        replies=len(comments(post, now, seed=seed)),
    )


def comments(post: SandboxPost, now: Instant, *, seed: str = SEED) -> tuple[Comment, ...]:
    """List the answers that have come in by `now`, oldest first."""
    chance = _chance(seed, "comments", post.id)
    coming = sorted(
        (chance.expovariate(1 / (0.5 * DAY)), chance.choice(REMARKS), chance.randrange(1000))
        for _ in range(chance.randrange(8))
    )
    dated = [(post.at + TimeDelta(seconds=round(wait)), text, who) for wait, text, who in coming]
    return tuple(
        Comment(
            id=f"{post.id}-{number}",
            post=post.id,
            author=f"warga-simulasi-{who}",
            text=text,
            at=at,
        )
        for number, (at, text, who) in enumerate(dated)
        if at <= now
    )


def followers(account: str, now: Instant, *, seed: str = SEED) -> int:
    """Tell how many follow the account; some days a few leave."""
    chance = _chance(seed, "account", account)
    start, gain, swing = chance.uniform(200, 5000), chance.uniform(1, 40), chance.uniform(0, 30)
    days = max(0.0, (now - BEGINNING).total("seconds") / DAY)
    return math.floor(start + gain * days + swing * (1 + math.sin(days / 5)))


def _chance(*names: str) -> random.Random:
    digest = hashlib.sha256("\n".join(names).encode()).digest()
    return random.Random(int.from_bytes(digest, "big"))  # noqa: S311 - a simulation, no secret


def _ripeness(age: float, half_life: float) -> float:
    """Give the share of its final audience that a post has reached, from 0 to 1."""
    return 1 - math.exp(-max(0.0, age) / half_life)
