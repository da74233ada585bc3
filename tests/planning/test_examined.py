"""Examined posts: what the cache gives back is what was put in."""

from __future__ import annotations

import pytest
from whenever import Instant

from mimin.model.brand import Late
from mimin.model.delivery import Delivery
from mimin.model.problem import Problem
from mimin.planning.examined import Examined

DUE = Instant.parse_iso("2026-12-01T02:00:05Z")


def a_post(path="content/toko/posts/senja.md"):
    deliveries = (
        Delivery(post="toko/senja", account="toko/x", due=DUE, parts=2, digest="d" * 64, cost=15),
        Delivery(
            post="toko/senja",
            account="toko/x",
            occurrence=2,
            due=None,
            expires=DUE,
            parts=1,
            digest="",
            shape="s" * 16,
        ),
    )
    return Examined(
        path=path,
        brand="toko",
        id="senja",
        title="Senja — “kopi” ☕",
        labels=("uji",),
        accounts=("x",),
        late=Late.HOLD,
        grace=90.0,
        deliveries=deliveries,
        problems=(Problem(path=path, line=3, code="line-end", message="…"),),
        when=(4, 5),
        inputs={path: "a" * 40},
    )


@pytest.mark.parametrize("folder", ["posts", "caf\udce9", "nul\0"])
def test_a_post_comes_back_from_the_cache_as_it_was(folder):
    post = a_post(f"content/toko/{folder}/senja.md")
    assert Examined.load(post.dump()) == post
