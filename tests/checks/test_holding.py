"""Holding back: what `mimin check` calls an error does not go out, in whichever file it stands."""

from __future__ import annotations

import json

import pytest

P = "content/kopi-senja/posts/"
BRAND = "content/kopi-senja/brand.yml"
POST = "---\naccounts: [bluesky]\nat: 2026-12-01 09:05\n---\nHalo.\n"
CALENDAR = "calendar/kopi-senja.yml"
SOON = "2026-12-01T09:06+07:00"


def plan_of(place, *args, now=SOON):
    found = place.run("plan", "--all", "--format", "json", "--now", now, *args)
    return {row["key"]: row for row in json.loads(found.out)["plan"]}


@pytest.fixture
def shop(place):
    """A workspace in git with one post that is due."""
    place.write({f"{P}a.md": POST})
    place.commit()
    return place


BROKEN = {
    "brand": {BRAND: "name: Kopi\nzon: Asia/Jakarta\nlanguages: [id]\naccounts:\n  bluesky: {}\n"},
    "brand-yaml": {BRAND: "name: [Kopi\n"},
    "calendar": {CALENDAR: "blackout: []\n"},
    "calendar-account": {
        CALENDAR: "blackouts:\n  - {starts: 2027-01-01, ends: 2027-01-01, reason: x, "
        "accounts: [blusky]}\n"
    },
    "id": {f"{P}b.md": POST.replace("---\nacc", "---\nid: a\nacc", 1).replace("Halo", "Lain")},
    "post": {f"{P}a.md": POST.replace("accounts", "account")},
    "yaml": {f"{P}a.md": POST.replace("[bluesky]", "[bluesky]\ntitle: [")},
    "name": {f"{P}a.mastodn.md": "---\n---\nHalo\n"},
}


@pytest.mark.parametrize("case", [case for case in BROKEN if case not in {"yaml", "post"}])
def test_nothing_goes_out_that_is_read_against_a_file_in_error(case, shop):
    shop.write(BROKEN[case])
    shop.commit()
    assert shop.check(now=SOON).code == 1
    assert {(row["cause"], row["action"]) for row in plan_of(shop).values()} == {("problems", "!")}
    shop.run("publish", "--now", SOON)
    assert "published" not in shop.run("ledger", "log").out


def test_a_post_that_can_not_be_read_stays_in_the_plan_at_its_time(shop):
    shop.write(BROKEN["yaml"])
    shop.write({f"{P}b.md": POST.replace("---\nacc", "---\nrepat: 1\nacc", 1)})
    shop.commit()
    rows = plan_of(shop)
    assert {row["cause"] for row in rows.values()} == {"problems"}
    assert rows["kopi-senja/b@bluesky"]["due"] == "2026-12-01T02:05:00Z"


def test_posts_of_a_brand_that_can_not_be_read_keep_their_times(shop):
    """Its zone can be read, though its accounts can not."""
    text = "name: Kopi\nzone: Asia/Jakarta\nlanguages: [id]\naccounts:\n  bluesky: {netwrk: x}\n"
    shop.write({BRAND: text})
    shop.commit()
    row = plan_of(shop)["kopi-senja/a@bluesky"]
    assert (row["cause"], row["due"]) == ("problems", "2026-12-01T02:05:00Z")
    assert f"mimin check {BRAND}" in row["note"]


def test_what_is_out_stays_out_when_its_brand_can_not_be_read(shop):
    shop.run("publish", "--now", SOON)
    shop.write(BROKEN["brand"])
    shop.commit()
    assert plan_of(shop)["kopi-senja/a@bluesky"]["cause"] == "out"


def test_other_brands_go_on(shop):
    """An error holds up what is read against its file, and nothing else."""
    other = (shop.root / BRAND).read_text().replace("Kopi Senja", "Teh Pagi")
    other = other.replace("kopisenja", "tehpagi")
    shop.write({"content/teh/brand.yml": other, "content/teh/posts/a.md": POST})
    shop.write(BROKEN["calendar"])
    shop.commit()
    causes = {key: row["cause"] for key, row in plan_of(shop).items()}
    assert causes == {"kopi-senja/a@bluesky": "problems", "teh/a@bluesky": "due"}


def test_a_copy_under_the_same_id_does_not_change_what_is_out(shop):
    """Both have one key in the ledger, so a copy would be an edit of the first."""
    shop.run("publish", "--now", SOON)
    shop.write(BROKEN["id"])
    shop.commit()
    shop.run("publish", "--now", "2026-12-01T09:20+07:00")
    assert "edited" not in shop.run("ledger", "log").out


def test_a_brand_in_error_can_still_be_frozen(shop):
    shop.write(BROKEN["brand"])
    shop.commit()
    assert shop.run("freeze", "kopi-senja", "--now", SOON).code == 0


def test_a_new_post_within_its_grace_is_warned_about_and_goes_out(shop):
    """A run that comes a minute late must not take it for a mistake in the date."""
    shop.write({BRAND: (shop.root / BRAND).read_text() + "approval: none\n"})
    shop.commit()
    shop.write({f"{P}b.md": POST.replace("Halo", "Baru")})
    found = shop.check(now=SOON)
    assert found.code == 0
    assert "warning" in found.out
    assert "[time-past]" in found.out
    assert plan_of(shop)["kopi-senja/b@bluesky"]["cause"] == "due"
    late = "2026-12-01T12:06+07:00"
    assert shop.check(now=late).code == 1
    assert plan_of(shop, now=late)["kopi-senja/b@bluesky"]["cause"] == "problems"
