"""`mimin publish`, `reconcile` and `done` from outside: what they say and how they end."""

from __future__ import annotations

import pytest

from mimin.networks.sandbox_faults import Fault, inject
from mimin.networks.sandbox_rows import posts

NOW = "2026-12-01T09:00+07:00"
LATER = "2026-12-01T09:15+07:00"
PATH = "content/kopi-senja/posts/gajian.md"
REF = "kopi-senja/bluesky"
KEY = "kopi-senja/gajian@bluesky"
POST = "---\nat: 2026-12-01 09:00\naccounts: [bluesky]\n---\nGajian!\n"


@pytest.fixture
def ready(place):
    place.write({PATH: POST})
    place.commit()
    return place


def texts(place):
    return [post.part.text for post in posts(place.root / ".mimin")]


def publish(place, now=NOW, *args, **options):
    return place.run("publish", "--now", now, *args, **options)


def test_a_due_post_goes_out_once(ready):
    first, second = publish(ready), publish(ready)
    assert (first.code, second.code) == (0, 0)
    assert f"published {KEY} (simulated)" in first.out
    assert second.out == ""
    assert texts(ready) == ["Gajian!"]


def test_a_dry_run_sends_and_writes_nothing(ready):
    ran = publish(ready, NOW, "--dry-run")
    assert (ran.code, texts(ready)) == (0, [])
    assert KEY in ran.out
    assert ready.git("branch", "--list", "mimin/*") == ""


def test_a_lost_answer_is_said_and_the_next_run_finds_the_post(ready):
    inject(ready.root / ".mimin", REF, Fault.ANSWER_LOST)
    ran = publish(ready)
    assert (ran.code, "UNKNOWN" in ran.out) == (4, True)
    again = publish(ready, LATER)
    assert (again.code, f"found {KEY}" in again.out) == (0, True)
    assert texts(ready) == ["Gajian!"]


def test_a_refusal_for_good_stays_an_alarm_at_every_run(ready):
    inject(ready.root / ".mimin", REF, Fault.REFUSED)
    assert publish(ready).code == 4
    again = publish(ready, LATER)
    assert again.code == 4
    assert f"waits for a person: {KEY}: refused" in again.err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({PATH: POST.replace("Gajian!", "Lain!")}, "not committed"),
        ({PATH: POST.replace("Gajian!", "a" * 400)}, "has problems"),
    ],
)
def test_what_is_due_but_may_not_go_out_is_an_alarm(ready, change, words):
    ready.write(change)
    ran = publish(ready)
    assert (ran.code, texts(ready)) == (4, [])
    assert words in ran.err


def test_a_freeze_that_keeps_back_what_is_due_is_an_alarm(ready):
    ready.run("freeze", "--reason", "hacked", "--by", "Rara", "--now", NOW)
    ran = publish(ready)
    assert (ran.code, "hacked" in ran.err, texts(ready)) == (4, True, [])
    ready.run("resume", "--now", NOW)
    assert (publish(ready).code, texts(ready)) == (0, ["Gajian!"])


def test_what_is_not_due_yet_is_no_alarm(ready):
    ready.write({PATH: POST.replace("09:00", "12:00").replace("Gajian!", "Lain!")})
    assert publish(ready).code == 0


def test_a_secret_that_is_missing_is_said_and_the_other_accounts_go_on(place):
    brand = (place.root / "content/kopi-senja/brand.yml").read_text()
    langit = "  langit: {network: bluesky, handle: a.example.com, secret: KOPI_SENJA_LANGIT}\n"
    place.write(
        {
            PATH: POST.replace("[bluesky]", "[langit, bluesky]"),
            "content/kopi-senja/brand.yml": brand + langit,
        }
    )
    place.commit()
    ran = publish(place)
    assert "kopi-senja/langit: the environment variable KOPI_SENJA_LANGIT is not set" in ran.err
    assert (ran.code, texts(place)) == (1, ["Gajian!"])


def test_a_person_closes_what_no_network_can_answer(place):
    brand = (place.root / "content/kopi-senja/brand.yml").read_text()
    papan = "  papan:\n    network: manual\n    handle: k\n"
    post = POST.replace("[bluesky]", "[papan]")
    place.write({PATH: post, "content/kopi-senja/brand.yml": brand + papan})
    place.commit()
    assert publish(place).code == 4
    key = "kopi-senja/gajian@papan"
    assert publish(place, LATER).code == 4, "it waits, and says so at every run"
    done = place.run("done", key, "--url", "https://example.com/p/1", "--now", LATER)
    assert done.code == 0, done.err
    assert publish(place, LATER).code == 0


def test_what_is_out_without_an_address_can_be_said_and_what_is_no_address_is_refused(place):
    brand = (place.root / "content/kopi-senja/brand.yml").read_text()
    papan = "  papan:\n    network: manual\n    handle: k\n"
    post = POST.replace("[bluesky]", "[papan]")
    place.write({PATH: post, "content/kopi-senja/brand.yml": brand + papan})
    place.commit()
    publish(place)
    key = "kopi-senja/gajian@papan"
    for word, way_out in {
        "sudah": "say --out",
        "": "say --out",
        "https://": "say --out",
        "wa.me/x/1": "write https://wa.me/x/1",
        "javascript:alert(1)": "say --out",
    }.items():
        told = place.run("done", key, "--url", word, "--now", LATER)
        assert told.code == 2, word
        assert way_out in told.err
        assert "Traceback" not in told.err
    assert place.run("done", key, "--out", "--not-out", "--now", LATER).code == 2
    done = place.run("done", key, "--out", "--now", LATER)
    assert (done.code, "published" in done.out) == (0, True), done.err
    assert publish(place, LATER).code == 0


def test_making_a_published_post_repeat_does_not_send_it_again(ready):
    publish(ready)
    repeat = "repeat: {every: week, times: 3}\n"
    ready.write({PATH: POST.replace("accounts", f"{repeat}accounts")})
    ready.commit()
    ran = publish(ready, LATER)
    assert (ran.code, texts(ready)) == (0, ["Gajian!"]), ran.out + ran.err


def test_mending_a_published_post_into_a_thread_sends_no_second_part(ready):
    publish(ready)
    ready.write({PATH: f"{POST}\n---\nDan satu lagi.\n"})
    ready.commit()
    publish(ready, LATER)
    assert texts(ready) == ["Gajian!"]


def test_a_dropped_post_with_a_new_time_goes_out(ready):
    ready.write({PATH: POST.replace("accounts", "late: drop\naccounts")})
    ready.commit()
    ran = publish(ready, "2026-12-01T20:00+07:00")
    assert "dropped" in ran.out
    ready.write({PATH: POST.replace("2026-12-01 09", "2026-12-02 09")})
    ready.commit()
    assert (publish(ready, "2026-12-02T09:00+07:00").code, texts(ready)) == (0, ["Gajian!"])
