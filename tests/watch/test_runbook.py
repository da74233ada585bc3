"""The runbook: one entry for every alarm, with a way out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mimin.watch.alarm import Alarm, Code

PAGE = Path(__file__).parents[2] / "content/handbook/runbook.md"


def entries():
    parts = re.split(r"^### ", PAGE.read_text(), flags=re.MULTILINE)[1:]
    return {head.strip(): words for head, _, words in (part.partition("\n") for part in parts)}


def test_every_alarm_has_one_entry_and_no_entry_is_left_over():
    heads = re.findall(r"^### (.+)$", PAGE.read_text(), flags=re.MULTILINE)
    assert sorted(heads) == sorted(Code)


@pytest.mark.parametrize("code", Code)
def test_an_entry_says_what_it_means_and_what_to_do(code):
    assert len(entries()[code].split()) > 20


@pytest.mark.parametrize("code", Code)
def test_an_alarm_leads_to_its_entry(code):
    page, _, anchor = Alarm(code=code, subject="x").anchor.partition("#")
    assert page == PAGE.name
    assert anchor in entries()
