"""Two made-up workspaces for the speed of `mimin check`: one of text alone, one with all else.

Both have, in the mean, 1 KB a post, 19 lines of front matter, 80 words, and two or three accounts;
two of three posts are threads. `rich` adds what makes a check look closer: media with alt text,
Markdown, links, quotes, a variant, and texts within a few characters of their limit.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Iterator
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
  facebook: {network: sandbox, like: facebook, handle: toko, settings: {page: "1"}}
people:
  rina: {name: Rina, handles: {mastodon: rina@social.example.com}}
approval: none
"""
CALENDAR = """\
campaigns:
  promo: {name: Promo Contoh, starts: 2026-01-01, ends: 2030-12-31}
pillars: {edukasi: Cara, produk: Barang}
"""
WORDS = """kopi pagi sore senja biji sangrai seduh cangkir hangat teman rumah hujan cerita resep
pesan kirim hemat baru segar wangi legit asam pahit manis gelas air panas dingin susu gula
pelanggan terima kasih minggu libur buka tutup jam toko tautan bio promo diskon gratis ☕ ✨"""
FRONT = """\
title: {title}
at: {due:%Y-%m-%d %H:%M}
accounts:
{accounts}
campaign: promo
pillar: {pillar}
language: id
labels:
  - contoh
  - uji
tags: [Contoh{tag}, KopiUji]
late: post
grace: 2h
{media}note: >-
  Catatan tim nomor {number}: foto menyusul, teks sudah dibaca oleh dua orang, dan
  tautannya sudah dicoba di ponsel; tanyakan kepada pemasaran sebelum mengubah
  jamnya, dan simpan berkas mentahnya di map bersama milik toko.
"""
PICTURES = 40
Post = Callable[[int, random.Random], tuple[str, str, str]]
"""Number → title, further front matter, and body."""


def build(root: Path, posts: int, kind: str = "text") -> list[Path]:
    """Write a workspace in git and give its posts; the same arguments give the same bytes."""
    for name, text in (
        ("content/toko/brand.yml", BRAND),
        ("calendar/toko.yml", CALENDAR),
        ("mkdocs.yml", "site_name: Tolok ukur\n"),
        (".gitignore", ".mimin/\n"),
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    if kind == "rich":
        _draw(root / "content/toko/media")
    files = list(_posts(root / "content/toko/posts", posts, KINDS[kind]))
    author = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
    for args in (("init", "-q"), ("add", "."), (*author, "commit", "-q", "-m", "corpus")):
        subprocess.run(["git", "-C", str(root), *args], check=True)
    return files


def _posts(folder: Path, count: int, kind: Post) -> Iterator[Path]:
    chance = random.Random(7)
    start = datetime(2026, 1, 2, 8)  # noqa: DTZ001 - local time of the brand, as in the file
    for number in range(count):
        due = start + timedelta(hours=4 * number)
        path = folder / f"{due:%Y/%m}" / f"post-{number:06}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        title, media, body = kind(number, chance)
        accounts = ("bluesky", "mastodon", "x") if number % 3 else ("mastodon", "facebook")
        front = FRONT.format(
            title=title,
            due=due,
            accounts="\n".join(f"  - {name}" for name in accounts),
            pillar=chance.choice(["edukasi", "produk"]),
            tag=number % 40,
            media=media,
            number=number,
        )
        path.write_text(f"---\n{front}---\n\n{body}\n\nhttps://toko.example.com/p/{number}\n")
        if media and number % 15 == 1:
            path.with_suffix(".x.md").write_text(f"Singkat saja. {body[:60].strip()}\n")
        yield path


def _text(number: int, chance: random.Random) -> tuple[str, str, str]:
    """Write a thread for three accounts or, one of three, a long text for two."""
    first, rest = ("\n".join(_lines(chance, 4)) for _ in range(2))
    between, most = ("\n\n---\n\n", 225) if number % 3 else ("\n\n", 212)
    return f"Contoh nomor {number} untuk tolok ukur", "", f"{first[:most]}{between}{rest[:most]}"


def _rich(number: int, chance: random.Random) -> tuple[str, str, str]:
    """Write what a check has to look at closely: every post has something of it."""
    title, _, body = _text(number, chance)
    lines = body.split("\n")
    match number % 5:
        case 0:
            lines[0] = f"*{lines[0][:12]}* [menu](https://toko.example.com/menu)"
        case 1:
            picture = number // 5 % PICTURES
            media = f"media:\n  - file: p{picture}.png\n    alt: Cangkir nomor {number}\n"
            return title, media, body
        case 2:
            title = f'"Contoh: nomor {number}"'
            lines[-1] = "Terima kasih @{rina}"
        case 3:
            lines.insert(0, "<!-- catatan: jangan diubah -->")
        case _:  # a link close under the 280 of X: nothing but counting tells
            part = (" ".join(_lines(chance, 5)))[:240].rstrip()
            lines = [part, "", "---", "", part] if number % 3 else [part]
    return title, "", "\n".join(lines)


KINDS: dict[str, Post] = {"text": _text, "rich": _rich}


def _lines(chance: random.Random, count: int) -> list[str]:
    words = WORDS.split()
    return [" ".join(chance.choices(words, k=10)).capitalize() + "." for _ in range(count)]


def _draw(folder: Path) -> None:
    from PIL import Image

    folder.mkdir(parents=True)
    for number in range(PICTURES):
        Image.new("RGB", (64 + number, 80), (number, 90, 60)).save(folder / f"p{number}.png")


def describe(files: list[Path]) -> str:
    """Say what a post is like in the mean: lines of front matter, and words of text."""
    total = len(files)
    texts = [path.read_text() for path in files]
    split = [text.split("---\n", 2)[1:] for text in texts]
    size = sum(path.stat().st_size for path in files) / total
    lines = sum(front.count("\n") for front, _ in split) / total
    words = sum(len(body.replace("---", "").split()) for _, body in split) / total
    return (
        f"{total:,} posts: {size:,.0f} bytes, {lines:.1f} lines of front matter, {words:.0f} words"
    )
