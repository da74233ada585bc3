"""Where real accounts and the sandbox stand side by side, each list says which is which."""

from __future__ import annotations

import re

import pytest

B = "content/kopi-senja/brand.yml"
HEAD = "name: Kopi\nzone: Asia/Jakarta\nlanguages: [id]\naccounts:\n"
TRY = "  coba: {network: sandbox, like: mastodon, handle: a}\n"
REAL = "  asli: {network: mastodon, server: a.example, handle: b, secret: KOPI_SENJA_ASLI}\n"
POST = "---\naccounts: [{}]\nat: 2026-12-01 10:00\n---\nHalo.\n"
NOW = ("--now", "2026-12-01T09:00+07:00")
LISTS = {
    "plan": ("plan", "--all", "--lookahead", "2d", *NOW),
    "month": ("plan", "--month", "2026-12", *NOW),
    "plan as Markdown": ("plan", "--all", "--format", "markdown", *NOW),
    "difference": ("plan", "--base", "HEAD", *NOW),
    "comment": ("comment", "--base", "HEAD", *NOW),
    "alarm": ("watch", "--now", "2026-12-01T15:00+07:00"),
    "preview": ("preview", "content/kopi-senja/posts/a.md"),
}


def told(place, accounts, posts, command):
    place.write({B: HEAD + accounts})
    place.commit()
    place.write({"content/kopi-senja/posts/a.md": POST.format(posts)})
    if command[0] in {"plan", "watch"} and "--base" not in command:
        place.commit()
    words = [str(place.root / word) if word.endswith(".md") else word for word in command]
    return place.run(*words).out.splitlines()


@pytest.mark.parametrize("name", LISTS)
def test_an_account_that_only_tries_is_marked_beside_a_real_one(name, place):
    lines = told(place, TRY + REAL, "coba, asli", LISTS[name])
    assert any("coba" in line and "(simulated)" in line for line in lines), lines
    assert not re.search(r"asli\S* (?:as \w+ )?\(simulated\)", "\n".join(lines)), lines


@pytest.mark.parametrize("name", LISTS)
def test_it_is_marked_as_well_where_the_real_one_gets_nothing(name, place):
    lines = told(place, TRY + REAL, "coba", LISTS[name])
    assert any("coba" in line and "(simulated)" in line for line in lines), lines


def test_where_all_is_tried_nothing_mixes(place):
    assert not any("(simulated)" in line for line in told(place, TRY, "coba", LISTS["plan"]))
