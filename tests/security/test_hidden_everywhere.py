"""What nobody sees is refused wherever text stands, and shown by whatever prints or builds it."""

from __future__ import annotations

import json

import pytest

from mimin.unseen import find_hidden

pytestmark = pytest.mark.long

NOW = "2026-12-01T09:00+07:00"
HIDDEN = {
    "order": "\u202e",
    "selector": "\ufe05",
    "selector as a byte": "\U000e0155",
    "tag": "\U000e0041",
    "filler": "\u3164",
    "blank": "\u2800",
    "vowel": "\u17b4",
    "joiners": "\u200d\u200c",
    "isolate": "\u2067",
    "private": "\ue000",
    "note": "\ufff9",
    "pile": "\u0301" * 12,
}
BRAND = """\
name: "Kopi SIGN"
about: "a SIGN"
zone: Asia/Jakarta
languages: [id]
people:
  rina: {name: "Rina SIGN", handles: {bluesky: rina.example.com}}
accounts:
  bluesky: {network: sandbox, like: bluesky, handle: kopi.example.com, name: "B SIGN"}
  mastodon: {network: sandbox, like: mastodon, handle: kopi}
approval: none
"""
POST = """\
---
title: "T SIGN"
accounts: [bluesky, mastodon]
at: 2026-12-01 09:00
tags: ["k SIGN"]
settings: {x: "s SIGN"}
media: [{file: a.png, alt: "alt SIGN"}]
campaign: promo
pillar: kopi
---
Halo SIGN dunia
"""
FILES = {
    "content/kopi-senja/brand.yml": BRAND,
    "content/kopi-senja/posts/a.md": POST,
    "content/kopi-senja/posts/a.mastodon.md": "Varian SIGN\n",
    "content/kopi-senja/posts/a.link.yml": 'url: https://a.example\ntitle: "L SIGN"\n',
    "content/handbook/a.md": "# Buku SIGN\n",
    "calendar/kopi-senja.yml": (
        'campaigns: {promo: {name: "P SIGN", starts: 2026-12-01, ends: 2026-12-03}}\n'
        'pillars: {kopi: "K SIGN"}\n'
        'blackouts: [{starts: 2026-12-25, ends: 2026-12-25, reason: "N SIGN"}]\n'
    ),
    "calendar/observances/id.yml": '"2026-12-22": "Hari SIGN"\n',
    "reports/terbit.yml": 'kind: publishing\ntitle: "Lap SIGN"\n',
    "templates/posts/promo.md": "---\naccounts: bluesky\n---\nPromo SIGN\n",
    "templates/cards/kutipan.yml": 'layers: [{text: "SIGN"}]\n',
}
MEDIA = {"content/kopi-senja/posts/a.png": {"image": "40x30 png"}}
NAMES = (
    "content/kopi-senja/posts/bSIGN.md",
    "content/kopi-senja/posts/bSIGN.png",
    "content/handbook/bSIGN.md",
    "calendar/bSIGN.yml",
    "templates/posts/bSIGN.md",
    "reports/bSIGN.yml",
)
COMMANDS = (
    ("check",),
    ("check", "--format", "json"),
    ("check", "--format", "github"),
    ("check", "--format", "sarif"),
    ("plan", "--now", NOW),
    ("plan", "--now", NOW, "--format", "json"),
    ("plan", "--now", NOW, "--format", "markdown"),
    ("preview", "POST"),
    ("preview", "POST", "--format", "json"),
    ("comment", "--base", "HEAD~1"),
    ("accounts", "list"),
    ("watch", "--now", NOW),
    ("watch", "--now", NOW, "--format", "markdown"),
    ("watch", "--now", NOW, "--format", "json"),
    ("publish", "--now", NOW, "--dry-run"),
    ("ledger", "log"),
)


def _escaped(text):
    return "".join(f"\\U{ord(sign):08X}" for sign in text)


@pytest.mark.parametrize("kind", HIDDEN)
def test_it_is_refused_in_every_file_and_name_raw_and_as_an_escape(kind, place):
    sign = HIDDEN[kind]
    for form in (sign, _escaped(sign)):
        files = {path: text.replace("SIGN", form) for path, text in FILES.items()}
        named = {path.replace("SIGN", sign): "x" for path in NAMES}
        place.write({**files, **named, **MEDIA})
        found = json.loads(place.run("check", "--format", "json").out)
        refused = {each["path"] for each in found["problems"] if each["code"] == "hidden-character"}
        # YAML has escapes; Markdown has none, and shows one as it stands.
        yaml = {path for path in files if path.endswith((".yml", "posts/a.md"))}
        assert (set(files) if form == sign else yaml) | set(named) <= refused


@pytest.mark.parametrize("kind", HIDDEN)
def test_no_command_prints_it(kind, place):
    sign = HIDDEN[kind]
    place.commit()
    place.write({path: text.replace("SIGN", sign) for path, text in FILES.items()})
    place.write({path.replace("SIGN", sign): "x" for path in NAMES})
    place.write(MEDIA)
    place.commit()
    post = str(place.root / "content/kopi-senja/posts/a.md")
    for words in COMMANDS:
        ran = place.run(*(post if word == "POST" else word for word in words))
        assert ran.code in {0, 1, 4}, (words, ran.err[-300:])
        assert list(find_hidden(ran.out + ran.err)) == [], words
