"""Nothing is silent: an error in any file is said by every command, and ends with no 0."""

from __future__ import annotations

import json

import pytest

P = "content/kopi-senja/posts/"
BRAND = "content/kopi-senja/brand.yml"
SOON = "2026-12-01T09:06+07:00"
POST = "---\naccounts: [bluesky]\nat: 2026-12-01 09:05\n---\nHalo.\n"
LATER = POST.replace("2026-12-01", "2026-12-20")

FILES = {
    "brand": {BRAND: "name: Kopi\nzon: Asia/Jakarta\nlanguages: [id]\naccounts: {}\n"},
    "calendar": {"calendar/kopi-senja.yml": "blackout: []\n"},
    "template": {"templates/cards/promo.yml": "wide: 3\n"},
    "report": {"reports/bulan.yml": "kind: nothing\n"},
    "post": {f"{P}b.md": "---\naccount: [bluesky]\n---\nHalo.\n"},
    "post-yaml": {f"{P}b.md": "---\naccounts: [bluesky\n---\nHalo.\n"},
    "post-account": {f"{P}b.md": LATER.replace("bluesky", "blusky")},
    "post-time": {f"{P}b.md": LATER.replace("2026-12-20", "3026-12-20")},
    "post-suffix": {f"{P}b.MD": LATER},
}


@pytest.fixture
def shop(place):
    """A workspace in git whose one post is due later."""
    place.write({f"{P}a.md": LATER})
    place.commit()
    return place


def last_error(place):
    lines = place.check(now=SOON).lines
    return next(line for line in lines if ": error: " in line)


@pytest.mark.parametrize("case", FILES)
@pytest.mark.parametrize("command", ["plan", "publish", "watch", "reconcile", "dry-run"])
def test_an_error_is_said_by_every_command_and_is_no_success(case, command, shop):
    shop.write(FILES[case])
    shop.commit()
    args = ["publish", "--dry-run"] if command == "dry-run" else [command]
    ran = shop.run(*args, "--now", SOON)
    assert last_error(shop) in ran.err
    assert ran.code == (4 if command == "watch" else 1)


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_can_not_be_read_is_an_alarm(case, shop):
    shop.write(FILES[case])
    shop.commit()
    alarms = json.loads(shop.run("watch", "--format", "json", "--now", SOON).out)["alarms"]
    assert [alarm["code"] for alarm in alarms] == ["files"]
    assert alarms[0]["urgent"]
    assert " " not in alarms[0]["id"]


def test_a_code_says_that_something_waits_where_it_does(shop):
    shop.write({f"{P}a.md": POST, **FILES["brand"]})
    shop.commit()
    assert shop.run("plan", "--now", SOON).code == 4
    assert shop.run("watch", "--now", SOON).code == 4


def test_many_errors_are_bounded_and_the_way_to_all_is_named(shop):
    shop.write({f"{P}b{number}.md": "Halo.\n" for number in range(12)})
    shop.commit()
    err = shop.run("publish", "--now", SOON).err
    assert err.count(": error: ") == 5
    assert "and 7 more errors; `mimin check`" in err
    alarms = json.loads(shop.run("watch", "--format", "json", "--now", SOON).out)["alarms"]
    assert len(alarms) == 1


def test_a_brand_in_trouble_does_not_spoil_the_run_of_another(shop):
    other = (shop.root / BRAND).read_text().replace("Kopi Senja", "Teh Pagi")
    shop.write({"content/teh/brand.yml": other, "content/teh/posts/a.md": POST, **FILES["brand"]})
    shop.commit()
    ran = shop.run("publish", "--brand", "teh", "--now", SOON)
    assert ran.code == 0
    assert "published teh/a@bluesky" in ran.out
    assert shop.run("publish", "--brand", "kopi-senja", "--now", SOON).code == 1


def test_the_jobs_of_a_workflow_are_made_for_the_brands_that_are_well(shop):
    other = (shop.root / BRAND).read_text().replace("Kopi Senja", "Teh Pagi")
    shop.write({"content/teh/brand.yml": other, "content/teh/posts/a.md": POST, **FILES["brand"]})
    shop.commit()
    ran = shop.run("plan", "--matrix", "--now", SOON)
    assert ran.code == 0
    assert [job["brand"] for job in json.loads(ran.out)["include"]] == ["teh"]
    assert "zon" in ran.err


def test_a_pull_request_hears_of_its_own_errors_only(shop):
    shop.write({f"{P}alt.md": "Halo.\n"})
    shop.commit()
    shop.write({f"{P}baik.md": LATER.replace("Halo", "Baik")})
    shop.commit()
    assert shop.run("plan", "--base", "HEAD~1", "--now", SOON).code == 0
    shop.write({f"{P}salah.md": "Halo.\n"})
    shop.commit()
    ran = shop.run("plan", "--base", "HEAD~1", "--now", SOON)
    assert ran.code == 1
    assert "salah.md" in ran.err
    assert "alt.md" not in ran.err


def test_a_ledger_that_can_not_be_read_is_an_alarm_and_no_success(shop):
    shop.run("publish", "--now", "2026-12-20T09:05+07:00")
    shop.git("checkout", "-q", "mimin/ledger")
    events = next(shop.root.glob("events/**/*.jsonl"))
    events.write_text(events.read_text() + '{"oops\n')
    shop.git("commit", "-q", "-am", "By hand")
    shop.git("checkout", "-q", "-")
    for command in ("plan", "publish"):
        assert shop.run(command, "--now", SOON).code == 1
    ran = shop.run("watch", "--format", "json", "--now", SOON)
    assert ran.code == 4
    assert [alarm["code"] for alarm in json.loads(ran.out)["alarms"]] == ["ledger"]
    assert "is damaged" in ran.err


COMMANDS = [
    *("accounts list", "accounts check", "accounts login bluesky", "reconcile", "ledger verify"),
    *(f"preview {P}a.md", "freeze kopi-senja", "resume kopi-senja", "plan --base HEAD"),
    *("comment --base HEAD", "plan --all", "plan --matrix", "publish", "publish --dry-run"),
    "approve kopi-senja/a --sign {key} --by rara@example.com",
]


@pytest.mark.parametrize("case", FILES)
def test_no_command_breaks_on_a_file_in_error(case, shop, tmp_path):
    """What raises here is a traceback for the person who has a typo to mend."""
    key = tmp_path / "key"
    key.write_text("none")
    shop.write({f"{P}a.md": POST, **FILES[case]})
    shop.commit()
    for command in COMMANDS:
        args = command.format(key=key).split()
        told = [] if args[0] in {"accounts", "preview", "ledger"} else ["--now", SOON]
        assert shop.run(*args, *told).code in {0, 1, 2, 4}, command
