"""Rebuilding: after any edit a site that is served is, byte for byte, what a fresh build shows."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from whenever import Instant, TimeDelta

from mimin.model.event import Event, Kind
from mimin.website.gather import Wish, gather
from mimin.website.words import words_for

pytestmark = pytest.mark.long

START = Instant.parse_iso("2026-12-10T02:00:00Z")
TODAY = re.compile(rb"<lastmod>[^<]*</lastmod>")


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")


@dataclass
class Desk:
    """Somebody who edits a workspace while its site is served."""

    site: object
    chance: random.Random
    now: Instant = START
    made: int = 0
    done: list[str] = field(default_factory=list)

    def posts(self) -> list[Path]:
        return sorted((self.site.root / "content/toko/posts").rglob("*.md"))

    def any_post(self) -> Path:
        return self.chance.choice(self.posts())

    def say(self, moment: Instant) -> str:
        """Write a moment as front matter has it, in the brand's zone."""
        return moment.to_tz("Asia/Jakarta").to_plain().format_iso()[:16].replace("T", " ")

    def reach(self, moment: Instant) -> None:
        self.now = moment
        text = (self.site.root / "mkdocs.yml").read_text()
        text = re.sub(r'now: "[^"]*"', f'now: "{moment.format_iso()}"', text)
        self.site.write("mkdocs.yml", text)

    def lines(self):
        wish = Wish(root=self.site.root, now=self.now, words=words_for("id"))
        return gather(wish).scene.lines


def edit_text(desk: Desk) -> None:
    path = desk.any_post()
    path.write_text(path.read_text() + f"\nTambahan {desk.chance.random()} #Baru\n")


def move_in_time(desk: Desk) -> None:
    path = desk.any_post()
    due = desk.say(desk.now + TimeDelta(hours=desk.chance.randint(-900, 1400)))
    path.write_text(re.sub(r"(?m)^at: .*$", f"at: {due}", path.read_text()))


def take_an_account_out(desk: Desk) -> None:
    path = desk.any_post()
    path.write_text(path.read_text().replace("[bluesky, mastodon]", "[bluesky]"))


def break_a_post(desk: Desk) -> None:
    path = desk.any_post()
    path.write_text(path.read_text().replace("pillar: edukasi", "pillar: edukas"))


def delete_a_post(desk: Desk) -> None:
    if len(desk.posts()) > 1:
        desk.any_post().unlink()


def add_a_post(desk: Desk) -> None:
    desk.made += 1
    due = desk.say(desk.now + TimeDelta(hours=desk.chance.randint(-100, 400)))
    desk.site.write(
        f"content/toko/posts/2027/01/baru-{desk.made}.md",
        f"---\ntitle: Baru {desk.made}\naccounts: [bluesky, mastodon]\nat: {due}\n"
        f"pillar: edukasi\n---\nIsi nomor {desk.made}.\n",
    )


def add_a_variant(desk: Desk) -> None:
    path = next(path for path in desk.posts() if "." not in path.stem)
    path.with_name(f"{path.stem}.mastodon.md").write_text(f"Lain {desk.chance.random()}\n")


def rename_a_post(desk: Desk) -> None:
    desk.made += 1
    path = desk.any_post()
    if "." not in path.stem:
        path.rename(path.with_name(f"pindah-{desk.made}.md"))


def edit_the_brand(desk: Desk) -> None:
    text = (desk.site.root / "content/toko/brand.yml").read_text()
    old, new = desk.chance.choice(
        [
            ("zone: Asia/Jakarta", "zone: Asia/Jayapura"),
            ("name: Toko Uji", "name: Toko Baru"),
            ("approval: none", "approval: merge"),
            ("handle: uji}", "handle: uji_lagi}"),
            ("approval: none", "approval: none\nlate: post\ngrace: 2h"),
            ("approval: none", "approval: review"),
        ]
    )
    desk.site.write("content/toko/brand.yml", text.replace(old, new))


def edit_the_calendar(desk: Desk) -> None:
    text = (desk.site.root / "calendar/toko.yml").read_text()
    old, new = desk.chance.choice(
        [
            ("name: Harbolnas", "name: Hari Belanja"),
            ("reason: Natal", "reason: Libur"),
            ("ends: 2026-12-13", "ends: 2026-12-13, late: drop, grace: 5m"),
        ]
    )
    desk.site.write("calendar/toko.yml", text.replace(old, new))


def commit(desk: Desk) -> None:
    desk.made += 1
    desk.site.write("content/catatan.md", f"# Catatan {desk.made}\n")
    desk.site.commit(f"Simpan {desk.made}")


def publish_something(desk: Desk) -> None:
    lines = [line for line in desk.lines() if line.delivery.due is not None]
    line = desk.chance.choice(lines)
    kind = desk.chance.choice([Kind.PUBLISHED, Kind.REFUSED, Kind.UNKNOWN, Kind.DROPPED])
    again = desk.now + TimeDelta(minutes=30) if kind is Kind.REFUSED else None
    desk.site.record(
        Event(
            at=desk.now,
            kind=kind,
            account=line.delivery.account,
            key=line.delivery.key,
            digest=line.delivery.digest,
            due=line.delivery.due,
            remote_id="r1",
            reason="Alasan",
            run="run-1",
            retry_at=again,
        )
    )


def freeze_or_resume(desk: Desk) -> None:
    kind = desk.chance.choice([Kind.FROZEN, Kind.RESUMED])
    desk.site.record(Event(at=desk.now, kind=kind, account="toko/*", reason="Krisis", by="Rara"))


def let_time_pass(desk: Desk) -> None:
    hours = desk.chance.choice([0, 1, 25, 24 * 40])
    desk.reach(desk.now + TimeDelta(hours=hours, minutes=desk.chance.randint(1, 50)))


def come_to_a_due_time(desk: Desk) -> None:
    dues = sorted(line.delivery.due for line in desk.lines() if line.delivery.due is not None)
    coming = [due for due in dues if due > desk.now]
    if coming:
        early = desk.chance.choice([0, 0, 1_800, 1_799, 1_801])
        desk.reach(max(desk.now, coming[0] - TimeDelta(seconds=early)))


EDITS: tuple[Callable[[Desk], None], ...] = (
    edit_text,
    move_in_time,
    take_an_account_out,
    break_a_post,
    delete_a_post,
    add_a_post,
    add_a_variant,
    rename_a_post,
    edit_the_brand,
    edit_the_calendar,
    commit,
    publish_something,
    freeze_or_resume,
    let_time_pass,
    come_to_a_due_time,
)


@pytest.fixture
def desk(site):
    def sit_down(seed: int) -> Desk:
        site.strict = False  # some of what people do is a mistake
        found = Desk(site, random.Random(seed))
        for _ in range(5):
            add_a_post(found)
        site.commit()
        return found

    return sit_down


def _shown(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): TODAY.sub(b"", path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".gz"
    }


def _compare(desk: Desk) -> None:
    served, fresh = _shown(desk.site.out), _shown(desk.site.fresh())
    assert served.keys() == fresh.keys(), desk.done
    differing = {name for name in served if served[name] != fresh[name]}
    assert differing == set(), desk.done


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_an_edit_leaves_what_a_fresh_build_would_show(desk, edit):
    at_work = desk(1)
    at_work.site.serve()
    at_work.site.build()
    edit(at_work)
    at_work.site.build()
    _compare(at_work)


@pytest.mark.parametrize("seed", range(3))
def test_edits_one_after_the_other_leave_what_a_fresh_build_would_show(desk, seed):
    at_work = desk(seed)
    at_work.site.serve()
    at_work.site.build()
    for step in range(12):
        edit = at_work.chance.choice(EDITS)
        edit(at_work)
        at_work.done.append(edit.__name__)
        at_work.site.build()
        if step % 6 == 5:
            _compare(at_work)
