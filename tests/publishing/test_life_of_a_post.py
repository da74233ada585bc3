"""A post with a first comment goes out, is changed, and is taken down, by commands alone."""

from __future__ import annotations

import pytest

from mimin.networks.sandbox_rows import posts

BRAND = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
accounts:
  halaman:
    network: sandbox
    like: facebook
    handle: kopisenja
    settings: {page: "17"}
"""
POST = """\
---
accounts: halaman
at: 2026-12-01 10:00
comment: Menunya di https://kopi-senja.example/menu
---
Gajian tiba!
"""


@pytest.fixture
def shop(place):
    place.write({"content/kopi-senja/brand.yml": BRAND, "content/kopi-senja/posts/a.md": POST})
    place.commit()
    return place


def publish(shop, minute):
    return shop.run("publish", "--now", f"2026-12-01T10:{minute:02}+07:00")


def out(shop):
    return [(post.part.text, post.part.comment) for post in posts(shop.root / ".mimin")]


def test_a_post_its_comment_its_change_and_its_end(shop):
    comment = ("Menunya di https://kopi-senja.example/menu", True)
    first = publish(shop, 0)
    assert first.code == 0, first.out + first.err
    assert out(shop) == [("Gajian tiba!", False), comment]

    shop.write({"content/kopi-senja/posts/a.md": POST.replace("tiba!", "sudah tiba!")})
    uncommitted = publish(shop, 1)
    assert out(shop) == [("Gajian tiba!", False), comment], uncommitted.out
    shop.commit()
    assert "~" in shop.run("plan", "--now", "2026-12-01T10:02+07:00").out
    changed = publish(shop, 2)
    assert changed.code == 0, changed.out + changed.err
    assert out(shop) == [("Gajian sudah tiba!", False), comment]
    assert publish(shop, 3).out == ""

    gone = POST.replace("accounts:", "retract: true\naccounts:")
    shop.write({"content/kopi-senja/posts/a.md": gone})
    shop.commit()
    taken = publish(shop, 4)
    assert taken.code == 0, taken.out + taken.err
    assert out(shop) == []
    assert publish(shop, 5).out == ""

    shop.write({"content/kopi-senja/posts/a.md": POST})
    shop.commit()
    assert publish(shop, 6).out == ""
    assert out(shop) == [], "what was taken down stays down"
