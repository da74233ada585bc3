"""What lets more go out stands at the top of the plan of a pull request and of its comment."""

from __future__ import annotations

import json

import pytest
from markdown_it import MarkdownIt

NOW = "2026-12-01T09:00+07:00"
BRAND = "content/kopi-senja/brand.yml"
CALENDAR = "calendar/kopi-senja.yml"
POST = "content/kopi-senja/posts/gajian.md"
SIGNERS = ".github/allowed_signers"
OWNERS = ".github/CODEOWNERS"
FILES = {
    "mkdocs.yml": "site_name: Test\n",
    ".gitignore": ".mimin/\n",
    BRAND: """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
approval: review
approvers: [ayu]
second_approver: [promo]
late: hold
grace: 2h
edits: 1d
spacing: 1h
people:
  rara: {name: Rara, handles: {bluesky: rara.example.com}}
accounts:
  bluesky: {network: sandbox, like: bluesky, handle: kopisenja.example.com, budget: "5"}
""",
    CALENDAR: "blackouts:\n  - {starts: 2026-12-24, ends: 2026-12-26, reason: Berkabung}\n",
    SIGNERS: "ayu@example.com ssh-ed25519 AAAAsatu\n",
    OWNERS: "/content/ @ayu\n",
    POST: "---\naccounts: [bluesky]\nat: 2026-12-01 10:00\nexpires: 2026-12-02 10:00\n---\nHalo\n",
}


@pytest.fixture
def place(tmp_path, place_at):
    made = place_at(tmp_path / "checkout", FILES)
    made.commit("Set up")
    return made


def _change(place, path, old, new):
    text = FILES[path]
    assert old in text
    place.write({path: text.replace(old, new)})
    place.commit("Allow more")


def _rows(place):
    ran = place.run("plan", "--base", "HEAD~1", "--format", "json", "--now", NOW)
    assert ran.code == 0, ran.err
    return json.loads(ran.out)["widens"]


_KEY = "ayu@example.com ssh-ed25519 AAAAsatu"
_EKO = "eko ssh-ed25519 AAAAdua"
_MOURNING = "2026-12-24 to 2026-12-26 (Berkabung)"
WIDER = [
    (BRAND, "approval: review", "approval: merge", "approval", "review", "merge"),
    (BRAND, "approval: review", "approval: none", "approval", "review", "none"),
    (BRAND, "approvers: [ayu]", "approvers: [ayu, eko]", "approvers", "ayu", "ayu, eko"),
    (BRAND, "approvers: [ayu]\n", "", "approvers", "ayu", "none"),
    (BRAND, "second_approver: [promo]\n", "", "second_approver", "promo", "none"),
    (BRAND, "late: hold", "late: post", "late", "hold", "post"),
    (BRAND, "grace: 2h", "grace: 3d", "grace", "2h", "3d"),
    (BRAND, "edits: 1d", "edits: 30d", "edits", "1d", "30d"),
    (BRAND, "spacing: 1h\n", "", "spacing", "1h", "0s"),
    (BRAND, ', budget: "5"', "", "budgets.bluesky", "5", "none"),
    (BRAND, 'budget: "5"', 'budget: "50"', "budgets.bluesky", "5", "50"),
    (BRAND, "rara.ex", "eko.ex", "people.rara.bluesky", "rara.example.com", "eko.example.com"),
    (CALENDAR, "2026-12-26", "2026-12-25", "blackouts", _MOURNING, "not all of it"),
    (SIGNERS, "satu\n", f"satu\n{_EKO}\n", "signers", _KEY, f"{_KEY}; {_EKO}"),
    (POST, "expires: 2026-12-02 10:00\n", "", "expires", "2026-12-02T03:00:00Z", "none"),
    (POST, "2026-12-02", "2026-12-09", "expires", "2026-12-02T03:00:00Z", "2026-12-09T03:00:00Z"),
    (POST, "at: ", "late: post\nat: ", "late", "none", "post"),
]
IDS = [f"{row[3]}-{row[5]}" for row in WIDER]


@pytest.mark.parametrize(("path", "old", "new", "field", "was", "now"), WIDER, ids=IDS)
def test_a_line_that_lets_more_go_out_is_named(path, old, new, field, was, now, place):
    _change(place, path, old, new)
    (row,) = _rows(place)
    assert (row["path"], row["line"], row["was"], row["now"]) == (path, field, was, now)


NARROWER = [
    (BRAND, "approvers: [ayu]", "approvers: [ayu]\nabout: Kopi"),
    (BRAND, "second_approver: [promo]", "second_approver: [promo, legal]"),
    (BRAND, "late: hold", "late: drop"),
    (BRAND, "grace: 2h", "grace: 1h"),
    (BRAND, "edits: 1d", "edits: 0s"),
    (BRAND, "spacing: 1h", "spacing: 2h"),
    (BRAND, 'budget: "5"', 'budget: "4"'),
    (CALENDAR, "2026-12-26", "2026-12-27"),
    (SIGNERS, "ayu@", "# nobody\nayu@"),
    (POST, "expires: 2026-12-02 10:00", "expires: 2026-12-01 20:00"),
    (POST, "at: ", "late: drop\nat: "),
    (POST, "Halo", "Halo semua"),
]


@pytest.mark.parametrize(("path", "old", "new"), NARROWER, ids=[row[2][-12:] for row in NARROWER])
def test_a_line_that_lets_less_go_out_is_not(path, old, new, place):
    _change(place, path, old, new)
    assert _rows(place) == []


def test_it_says_what_it_frees_and_when(place):
    place.write({POST.replace("gajian", "nanti"): FILES[POST].replace("10:00", "11:00")})
    place.commit("Another")
    _change(place, BRAND, "approval: review", "approval: merge")
    (row,) = _rows(place)
    assert (row["frees"], row["needs_approval"]) == (2, True)
    assert [each["key"] for each in row["first"]] == [
        "kopi-senja/gajian@bluesky",
        "kopi-senja/nanti@bluesky",
    ]
    assert row["first"][0]["due"] == "2026-12-01T03:00:00Z"
    text = place.run("plan", "--base", "HEAD~1", "--now", NOW).out
    assert text.startswith(
        "What widens what may go out:\n"
        f"! {BRAND} approval: review -> merge; frees 2: "
        "kopi-senja/gajian@bluesky (Tue 1 Dec 2026 10:00 WIB), "
        "kopi-senja/nanti@bluesky (Tue 1 Dec 2026 11:00 WIB); needs an approval of its own\n"
    )


def test_a_late_rule_frees_what_is_held(place):
    place.write({POST: FILES[POST].replace("at: 2026-12-01", "at: 2026-11-20")})
    place.commit("Late")
    text = FILES[BRAND].replace("approval: review", "approval: merge")
    place.write({BRAND: text})
    place.commit("Merge is enough")
    place.write({BRAND: text.replace("late: hold", "late: post")})
    place.commit("Post what is late")
    (row,) = _rows(place)
    assert (row["line"], row["frees"], row["needs_approval"]) == ("late", 1, False)


def test_another_destination_and_a_new_account_are_named(place):
    _change(place, BRAND, "handle: kopisenja", "secret: LAIN, handle: lain")
    (row,) = _rows(place)
    assert (row["line"], row["was"], row["now"], row["frees"]) == (
        "accounts.bluesky",
        "sandbox/bluesky @kopisenja.example.com",
        "sandbox/bluesky @lain.example.com, secret LAIN",
        1,
    )
    text = FILES[BRAND] + "  mastodon: {network: sandbox, like: mastodon, handle: baru}\n"
    place.write({BRAND: text.replace("handle: kopisenja", "secret: LAIN, handle: lain")})
    place.commit("Another account")
    (row,) = _rows(place)
    assert (row["line"], row["was"]) == ("accounts.mastodon", "none")


def test_it_is_the_first_section_of_the_comment_and_a_table(place):
    _change(place, BRAND, "approval: review", "approval: merge")
    body = place.run("comment", "--base", "HEAD~1", "--now", NOW).out
    lines = body.splitlines()
    assert lines[1] == "### What widens what may go out"
    assert "changes nothing" not in body
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    headings = [tokens[n + 1].content for n, t in enumerate(tokens) if t.type == "heading_open"]
    assert headings[:2] == ["What widens what may go out", "What merging changes"]
    cells = [tokens[n + 1].content for n, t in enumerate(tokens) if t.type == "td_open"]
    assert cells[:4] == [f"`{BRAND}`", "approval", "review", "merge"]
    assert cells[4].startswith("`1: kopi-senja/gajian")


def test_a_widening_that_nobody_approved_stays_at_the_top_of_later_comments(place):
    place.run("publish", "--now", NOW)  # the ledger knows the policy from now on
    _change(place, BRAND, "approval: review", "approval: merge")
    place.write({POST: FILES[POST].replace("Halo", "Halo semua")})
    place.commit("Something else")
    (row,) = _rows(place)
    assert (row["line"], row["was"], row["needs_approval"]) == ("approval", "review", True)


def test_what_a_file_says_can_not_break_out_of_the_table(place):
    reason = "a | b <img src=x> @tim [klik](https://evil.example)"
    calendar = FILES[CALENDAR].replace("Berkabung", f'"{reason}"')
    place.write({CALENDAR: calendar})
    place.commit("A reason")
    place.write({CALENDAR: None})
    place.commit("No blackout")
    body = place.run("comment", "--base", "HEAD~1", "--now", NOW).out
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    cells = [tokens[n + 1] for n, t in enumerate(tokens) if t.type == "td_open"]
    assert cells[1].content == "blackouts"
    kinds = {child.type for cell in cells for child in cell.children or ()}
    assert kinds <= {"text", "code_inline"}
    outside = [c.content for cell in cells for c in cell.children or () if c.type == "text"]
    assert "@tim" not in " ".join(outside)
