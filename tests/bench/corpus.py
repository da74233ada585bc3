"""A made-up workspace of any size for benchmarks: one brand, three accounts, realistic captions.

Run as `python tests/bench/corpus.py FOLDER [POSTS]`; the same number gives the same bytes.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

BRAND = """\
name: Toko Contoh
zone: Asia/Jakarta
languages: [id]
accounts:
  bluesky: {network: sandbox, like: bluesky, handle: toko.example.com}
  mastodon: {network: sandbox, like: mastodon, handle: toko}
  x: {network: sandbox, like: x, handle: toko_cth}
approval: none
late: post
"""
CALENDAR = """\
campaigns:
  promo: {name: Promo Contoh, starts: 2026-01-01, ends: 2030-12-31}
pillars: {edukasi: Cara, produk: Barang}
"""
MKDOCS = """\
site_name: Tolok ukur
site_url: https://calendar.example.com/
docs_dir: content
use_directory_urls: false
theme: {name: material, font: false, language: id}
plugins:
  - search
  - mimin: {now: "2028-06-01T09:00+07:00"}
"""
WORDS = [
    "kopi",
    "pagi",
    "sore",
    "senja",
    "biji",
    "sangrai",
    "seduh",
    "cangkir",
    "hangat",
    "teman",
    "rumah",
    "hujan",
    "cerita",
    "resep",
    "pesan",
    "kirim",
    "hemat",
    "baru",
    "segar",
    "wangi",
    "legit",
    "asam",
    "pahit",
    "manis",
    "gelas",
    "air",
    "panas",
    "dingin",
    "susu",
    "gula",
    "pelanggan",
    "terima",
    "kasih",
    "minggu",
    "libur",
    "buka",
    "tutup",
    "jam",
    "toko",
    "tautan",
    "bio",
    "promo",
    "diskon",
    "gratis",
    "ongkir",
]
"""What the captions are made of: about eighty words each, as facts from real posts have it."""


def build(root: Path, posts: int = 10_000, *, seed: int = 7) -> list[Path]:
    """Write a workspace with *posts* posts below *root* and give their files, oldest first."""
    for name, text in (
        ("content/toko/brand.yml", BRAND),
        ("calendar/toko.yml", CALENDAR),
        ("content/index.md", "# Tolok ukur\n\n<!-- mimin:home -->\n"),
        ("mkdocs.yml", MKDOCS),
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return list(_posts(root / "content/toko/posts", posts, random.Random(seed)))


def _posts(folder: Path, count: int, chance: random.Random) -> Iterator[Path]:
    start = datetime(2026, 1, 1, 8)  # noqa: DTZ001 - local time of the brand, as in the file
    # Four years, whatever the number: the calendar then has the same months to fill.
    step = timedelta(days=4 * 365) / max(count, 1)
    for number in range(count):
        due = start + step * number
        path = folder / f"{due:%Y/%m}" / f"post-{number:06}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_post(number, due, chance))
        yield path


def _post(number: int, due: datetime, chance: random.Random) -> str:
    lines = [" ".join(chance.choices(WORDS, k=chance.randint(6, 10))) for _ in range(4)]
    body = "\n\n".join(f"{line.capitalize()}." for line in lines)
    return f"""\
---
title: Contoh {number}
accounts: [bluesky, mastodon, x]
at: {due:%Y-%m-%d %H:%M}
campaign: promo
pillar: {chance.choice(["edukasi", "produk"])}
labels: [contoh, uji]
tags: [Contoh{number % 40}, KopiUji]
note: Catatan tim nomor {number}.
---
{body[:215]}

https://toko.example.com/p/{number}
"""


if __name__ == "__main__":
    total = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    print(len(build(Path(sys.argv[1]), total)), "posts in", sys.argv[1])
