"""What the index of the search says, and how browsers part it into words.

`tests/live/test_site_browser.py` asks a browser.
"""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimin.website.appearance import own_file
from mimin.website.search import SPACELESS, letter_by_letter

POST = "---\ntitle: Satu\naccounts: [bluesky]\ndraft: true\n---\n{}\n"
THEIRS = r"[\s\-]+"


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")


def parted(text: str) -> list[str]:
    return [word for word in re.split(f"{THEIRS}|{letter_by_letter()}", text) if word]


def separator(site) -> str:
    return json.loads(site.build().page("search/search_index.json"))["config"]["separator"]


def test_the_page_parts_what_is_searched_for_as_the_index_is_parted():
    assert f"/[{SPACELESS}]\\p{{M}}*/gu" in own_file("worker.js")


def test_a_text_is_parted_at_each_letter_of_a_script_without_spaces_and_marks_stay_with_theirs():
    assert parted("浅煎り。東京tower 「美味」V60 กาแฟที่ดี ကော်ဖီ") == [
        *"浅煎り東京",
        "tower",
        *"美味",
        "V60",
        *("ก", "า", "แ", "ฟ", "ที่", "ดี"),
        *("ကော်", "ဖီ"),
    ]


def test_a_text_of_other_scripts_is_parted_at_its_spaces_alone():
    text = "Seduh-pelan é naïve кофе קפה قهوة 커피 😴👨‍👩‍👧 50% a.b"
    assert parted(text) == re.split(THEIRS, text)


@given(st.text("浅りー -\tกที่a1é'", max_size=40))
def test_nothing_is_parted_beside_a_space_where_highlighting_would_find_an_empty_word(text):
    query = re.sub(r"[\s\-]+", " ", text).strip()
    assert "" not in re.split(f"{THEIRS}|{letter_by_letter()}", query) or not query


def test_the_index_is_parted_so_only_where_it_holds_such_a_script_and_a_sites_own_way_stays(site):
    site.write("content/toko/posts/2026/12/satu.md", POST.format("Kopi pelan"))
    assert letter_by_letter() not in separator(site)
    site.write("content/toko/posts/2026/12/satu.md", POST.format("浅煎りコーヒー"))
    assert separator(site) == f"{THEIRS}|{letter_by_letter()}"
    text = site.page("search/search_index.json")
    assert "浅煎りコーヒー" in text  # nothing was put between its letters
    assert f'"separator":{json.dumps(separator(site))}' in site.page("search/search_index.js")
    site.configure("  - search\n", "  - search: {separator: '[\\s.]+'}\n")
    assert separator(site) == f"[\\s.]+|{letter_by_letter()}"


def test_a_page_of_the_handbook_counts_too(site):
    site.write("content/handbook/index.md", "# 手引き\n")
    assert separator(site).endswith(letter_by_letter())
