"""`mimin preview` speaks of files, cards and characters, as its reader does."""

from __future__ import annotations

import re

POST = "content/kopi-senja/posts/a.md"
WIDE = {"image": "3000x400 jpeg", "gps": True}


def shown(place, media, brand=""):
    if brand:
        place.write({"content/kopi-senja/brand.yml": brand})
    text = f"---\naccounts: [ig, bsky, x]\nat: 2026-12-03 10:30\nmedia: [{media}]\n---\nHalo.\n"
    place.write({POST: text, "content/kopi-senja/posts/toko.jpg": WIDE})
    return place.run("preview", place.root / POST).out


BRAND = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
accounts:
  ig: {network: sandbox, like: instagram, handle: a}
  bsky: {network: sandbox, like: bluesky, handle: b.example.com}
  x: {network: sandbox, like: x, handle: c}
"""


def test_lengths_are_told_in_words(place):
    out = shown(place, "{file: toko.jpg, alt: Toko}", BRAND)
    assert "ig as instagram: 5/2,200 characters" in out
    assert "x as x: 5/280 weighted characters" in out
    assert "codepoints" not in out
    assert "graphemes" not in out


def test_a_fitted_picture_is_called_by_its_own_name(place):
    out = shown(place, "{file: toko.jpg, alt: Toko}", BRAND)
    assert re.search(r"media: content/kopi-senja/posts/toko\.jpg, sent as \d+x\d+ image/jpeg", out)
    assert "fit:" not in out


def test_what_is_wrong_with_a_picture_is_said_once_and_not_for_each_account(place):
    out = shown(place, "{file: toko.jpg, alt: Toko}", BRAND)
    assert out.count("tells where it was taken") == 1


def test_a_card_is_called_by_its_name(place):
    place.write(
        {
            "templates/cards/polos.yml": "about: Polos.\nsize: [100, 100]\nvalues: {a: x}\n"
            'background: "#fff"\nlayers: []\n'
        }
    )
    for _ in ("drawn", "known from before"):
        assert "media: card polos 100x100" in shown(place, "{card: polos, alt: Polos}", BRAND)
