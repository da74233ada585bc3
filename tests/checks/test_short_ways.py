"""A whole check says the same with every short way shut, also about files that are damaged."""

from __future__ import annotations

import random
import re

import pytest
from whenever import Instant

from mimin.checks import examine as examine_module
from mimin.checks.check import check, survey
from mimin.compose import parts, payload, plain_post, text
from mimin.networks import grammar
from mimin.networks.known import LIMITS
from mimin.networks.registry import ADAPTERS
from mimin.workspace import frontmatter, posts
from mimin.workspace.workspace import open_workspace

NOW = Instant.from_utc(2026, 12, 1, 2)
BRAND = "content/kopi-senja/brand.yml"
ACCOUNTS = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
accounts:
  bluesky: {network: sandbox, like: bluesky, handle: kopi.example.com}
  mastodon: {network: sandbox, like: mastodon, handle: kopi, limits: {text: 90}}
  x: {network: sandbox, like: x, handle: kopi}
  facebook: {network: manual, like: facebook, handle: kopi}
approval: none
"""
FRONT = """\
title: {title}
at: 2026-12-{day:02} 09:30
accounts:
  - bluesky
  - {account}
pillar: edukasi
labels: [contoh, uji]
tags: [Kopi, Pagi]
grace: 2h
link: https://kopi.example.com/menu?a=1
note: >-
  Catatan: foto menyusul,
  teks sudah dibaca # dua kali.
"""
BODIES = [
    "Halo dunia ☕ kopi pagi.\n",
    "Satu\n\n---\n\ndua https://kopi.example.com/a_b\n\n---\n\ntiga\n",
    "kopi susu gula aren " * 13 + "https://kopi.example.com/a-b\n",
    "kopi ☕ susu " * 23 + "https://kopi.id/a.b\n",
    "*Tebal* dan [kata](https://kopi.example.com) dengan @{rina}\n",
    "Foto ![pintu](pintu.jpg)\n\n<!-- catatan -->\n",
]
DAMAGE = [
    *"ab1 :#-'\"[]{},>|*&!%@`~?\\\n\t\r\x00\x85_<.",
    *("\n---\n", "---", ": ", " #kopi", "\r\n", "\ufeff", "☕", "\u2028", "null", "\n\n", "  "),
    *("at: x\n", "accounts: [x]\n", "draft: yes\n", "@{rina}", "a.com", "https://"),
]


def _post(chance: random.Random, number: int) -> str:
    front = FRONT.format(
        title=chance.choice(["Gajian", '"Gajian: dua"', "'#Gajian'", "Gajian #1", "null"]),
        day=1 + number % 31,
        account=chance.choice(["mastodon", "x", "facebook", "twiter", "bluesky"]),
    )
    if chance.random() < 0.15:
        front += "media:\n  - file: pintu.jpg\n    alt: 'Pintu: biru'\n  - file: b.jpg\n"
    if chance.random() < 0.6:
        front = front.replace("link: https://kopi.example.com/menu?a=1\n", "")
    return f"---\n{front}---\n\n{chance.choice(BODIES)}"


def _damaged(text: str, chance: random.Random) -> str:
    for _ in range(chance.choice([0, 0, 1, 1, 2, 4])):
        at = chance.randrange(len(text) + 1)
        gone = chance.choice([0, 0, 0, 1, 1, 3, 20])
        text = text[:at] + chance.choice(["", *DAMAGE]) + text[at + gone :]
    return text


def _look(root):
    for kept in (plain_post._plain, parts.passages, text.render, grammar._urls_of):
        kept.cache_clear()
    workspace = open_workspace(root, frozenset(ADAPTERS), frozenset(LIMITS))
    found = survey(workspace, keep=False)
    return found.posts, check(found, NOW)


def _shut_short_ways(monkeypatch):
    monkeypatch.setattr(frontmatter, "read_simple", lambda _text: None)
    monkeypatch.setattr(posts, "read_document", frontmatter.split_document)
    monkeypatch.setattr(payload, "compose_plain", lambda _wish: None)
    monkeypatch.setattr(parts, "split", lambda body: parts.scan("\n".join(_lines(body))))
    monkeypatch.setattr(text, "is_marked_up", lambda _source: True)
    never = dict.fromkeys(examine_module.CEILINGS, lambda _text: 10**9)
    monkeypatch.setattr(examine_module, "CEILINGS", never)
    monkeypatch.setattr(grammar, "_PLAIN_URL", re.compile(r"(?!)"))


def _lines(body: str) -> list[str]:
    return body.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@pytest.mark.parametrize("seed", range(6))
def test_a_check_says_the_same_with_every_short_way_shut(seed, place, monkeypatch):
    chance = random.Random(seed)
    files = {BRAND: ACCOUNTS, "calendar/kopi-senja.yml": "pillars: {edukasi: Cara}\n"}
    for number in range(120):
        written = _damaged(_post(chance, number), chance)
        files[f"content/kopi-senja/posts/p{number}.md"] = written.encode()
    place.write(files)
    short = _look(place.root)
    _shut_short_ways(monkeypatch)
    long = _look(place.root)
    assert short[1] == long[1]
    assert short[0] == long[0]
    assert len({problem.code for problem in short[1]}) > 10
    assert any(not post.problems for post in short[0])
