"""No key of a file is accepted that nothing uses: each is read in work on a full workspace."""

from __future__ import annotations

import sys
from base64 import b64decode
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from mimin.cli.main import main
from mimin.compose import cards
from mimin.compose.drawing import make
from mimin.model.base import Record
from mimin.model.brand import Account, BrandFields
from mimin.model.post import LinkCard, PostFields
from mimin.model.report import ReportFields
from mimin.model.schedule import ObservanceFields, ScheduleFields

SCHEMAS = (
    *(BrandFields, Account, PostFields, LinkCard, ReportFields),
    *(ObservanceFields, ScheduleFields, cards.CardTemplate),
)
CARD = """\
about: Harga
size: [200, 200]
format: png
values: {harga: null, foto: ""}
background: {start: "#ffffff", end: "#eeeeee", along: out}
layers:
  - {kind: rect, box: [0, 0, 9, 9], radius: 2, fill: "#ff0000", outline: 1}
  - {kind: ellipse, box: [9, 9, 20, 20], fill: "#ff0000"}
  - {kind: line, points: [[0, 0], [9, 9]], outline: 1, fill: "#000000"}
  - {kind: grain, amount: 2}
  - {kind: image, when: foto, box: [0, 0, 9, 9], file: foto.png, radius: 2}
  - {kind: text, box: [0, 0, 200, 60], text: "{harga}", size: 12, fill: "#000000"}
"""
FILES = {
    "templates/cards/harga.yml": CARD,
    "calendar/observances/bandung.yml": "name: Bandung\n"
    "days: [{day: 2026-12-12, name: Hari Jadi, about: Kota}]\n",
    "content/toko/brand.yml": """\
name: Toko Uji
zone: Asia/Jakarta
languages: [id]
about: Toko untuk diuji.
accounts:
  bluesky: {network: sandbox, like: bluesky, handle: uji.example.com, limits: {text: 250}}
  mastodon: {network: mastodon, handle: uji@contoh.example, secret: TOKO_MASTODON, budget: 1}
people:
  rara: {name: Rara, handles: {bluesky: rara.example.com}}
  bayu: {name: Bayu}
approval: none
quiet: 3d
""",
    "calendar/toko.yml": """\
slots:
  - {days: [sat], at: "10:00", accounts: [bluesky], pillar: edukasi}
campaigns:
  harbolnas: {name: Harbolnas, starts: 2026-12-08, ends: 2026-12-13, about: Diskon}
blackouts:
  - {starts: 2026-12-25, ends: 2026-12-25, reason: Natal, accounts: [bluesky]}
pillars: {edukasi: Cara menyeduh}
mix: {edukasi: 60}
""",
    "content/toko/posts/2026/12/kartu.md": """\
---
accounts: [bluesky]
at: 2026-12-13 10:00
media:
  - {card: harga, values: {harga: "2"}, alt: Harga dua.}
---
Halo @{rara} dan @{bayu}!
""",
    "content/toko/posts/2026/12/tautan.md": """\
---
accounts: [bluesky]
at: 2026-12-14 10:00
draft: true
link: https://contoh.example/a
repeat: {every: week, times: 2}
---
Baca ini.
""",
    "content/toko/posts/2026/12/tautan.link.yml": """\
url: https://contoh.example/a
title: Judul
description: Isi
""",
    "reports/satu.yml": "kind: publishing\ntitle: Satu\nbrands: [toko]\n",
}
DUE = "2026-12-12T10:00+07:00"
COMMANDS = (
    "check",
    "plan --all --now 2026-12-12T09:00+07:00",
    "plan --month 2026-12 --now 2026-12-12T09:00+07:00",
    "watch --now 2026-12-12T09:00+07:00",
    "accounts list",
    "approve --base HEAD --dry-run",
)


WRONG_CARD = "---\naccounts: [bluesky]\nmedia: [{card: zzz, alt: Z.}]\n---\nHalo.\n"
ELSEWHERE = {
    "BrandFields.approvers": "approval/test_pull.py",
    "BrandFields.edits": "planning/test_amending.py",
    "BrandFields.media_address": "networks/test_hosting.py",
    "BrandFields.quiet": "watch/test_alarms.py",
    "BrandFields.second_approver": "approval/test_judge.py",
    "ReportFields.kind": "website/test_every_key.py",  # there is one kind
    "BrandFields.was": "planning/test_identity.py",
}
"""Keys that count in a situation which a test of their own makes."""
PICTURE = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"
)


def records_in(model, found):
    """Gather a schema and all that it is made of."""
    if model not in found:
        found.add(model)
        for field in model.model_fields.values():
            for part in parts_of(field.annotation):
                if isinstance(part, type) and issubclass(part, Record):
                    records_in(part, found)
    return found


def parts_of(annotation):
    yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from parts_of(inner)
    if hasattr(annotation, "__value__"):
        yield from parts_of(annotation.__value__)


@pytest.fixture
def seen(monkeypatch):
    """Record which keys are read by anything that does more than to check names."""
    found = set()

    def read(self, name):
        cls = type(self)
        if name in cls.__pydantic_fields__:
            caller = sys._getframe(1).f_code.co_filename
            if "/mimin/model/" not in caller and not caller.endswith("/workspace/brands.py"):
                found.update((each, name) for each in cls.__mro__)
        return object.__getattribute__(self, name)

    monkeypatch.setattr(Record, "__getattribute__", read, raising=False)
    return found


def test_every_key_of_every_file_is_used(seen, site, monkeypatch):
    for path, content in FILES.items():
        site.write(path, content)
    site.commit("Isi lengkap")
    monkeypatch.chdir(site.root)
    publish = f"publish --account toko/bluesky --now {DUE}"
    assert "1 published" in CliRunner().invoke(main, publish.split()).output
    site.build()
    site.write("content/toko/posts/2026/12/salah.md", WRONG_CARD)
    for command in COMMANDS:
        said = CliRunner().invoke(main, command.split())
        assert said.exception is None or isinstance(said.exception, SystemExit), said.output
    # Publishing draws a card in a process of its own, where nobody counts.
    template = cards.CardTemplate.model_validate(yaml.safe_load(CARD))
    arguments = {"template": template.model_dump(), "values": {"harga": "2", "foto": "ya"}}
    assert make(arguments | {"files": ["foto.png"], "missing": {}}, [PICTURE])[1]
    schemas = set()
    for schema in SCHEMAS:
        records_in(schema, schemas)
    unused = {
        f"{schema.__name__}.{name}"
        for schema in schemas
        for name in schema.model_fields
        if (schema, name) not in seen
    }
    for name, file in ELSEWHERE.items():
        assert name.partition(".")[2] in (Path(__file__).parents[1] / file).read_text()
    unused -= ELSEWHERE.keys()
    assert not unused, "\n".join(sorted(unused))
