"""What merging a pull request changes: added, moved, changed, taken away, or nothing."""

from __future__ import annotations

import json

import pytest
from publishing_fakes import KEY, NOW, book, brand, delivery, event, examined
from whenever import TimeDelta

from mimin.model.event import Kind
from mimin.planning.difference import FORMS, compare
from mimin.planning.plan import Action

BRANDS = {"kopi-senja": brand()}
OUT = [event(Kind.CLAIMED), event(Kind.PUBLISHED)]
OLD = examined()


def changes(before, after, *events):
    return [(str(c.action), c.note) for c in compare(before, after, book(*events))]


def test_a_new_post_is_added():
    assert changes([], [OLD]) == [("+", "new")]
    assert changes([], [examined(delivery(due=None))]) == [("+", "has no time yet")]


def test_a_moved_and_changed_post_is_one_change():
    later = examined(delivery(text="Lain", due=NOW + TimeDelta(hours=1)))
    moved = "moved (was 2026-12-01 02:00 UTC), text or media changed"
    assert changes([OLD], [later]) == [("~", moved)]


def test_another_expiry_is_a_change():
    assert changes([OLD], [examined(delivery(expires=NOW))]) == [("~", "expiry changed")]


def test_a_post_taken_away_is_no_longer_planned():
    assert changes([OLD], []) == [("-", "no longer planned")]


def test_a_post_moved_to_another_folder_changes_nothing():
    moved = examined(path="content/kopi-senja/posts/2026/gajian.md")
    assert changes([OLD], [moved]) == []


def test_a_draft_is_not_planned():
    assert changes([OLD], [examined(draft=True)]) == [("-", "no longer planned")]
    assert changes([examined(draft=True)], [OLD]) == [("+", "new")]


def test_what_is_out_is_neither_added_nor_changed_nor_taken_away():
    stays = "text or media changed, but it is out already; what is out stays as it is"
    assert changes([OLD], [examined(delivery(text="Lain"))], *OUT) == [("!", stays)]
    assert changes([], [OLD], *OUT) == [(" ", "is out already; it is not sent again")]
    gone = "is out already; taking the file away leaves it there"
    assert changes([OLD], [], *OUT) == [(" ", gone)]


@pytest.mark.parametrize("kind", [Kind.CLAIMED, Kind.UNKNOWN, Kind.HANDED])
def test_what_may_be_out_counts_as_out(kind):
    (change,) = compare([OLD], [examined(delivery(text="Lain"))],
                        book(event(Kind.CLAIMED), event(kind)))  # fmt: skip
    assert change.action is Action.BLOCKED


def test_a_thread_that_was_refused_half_way_counts_as_out():
    history = [*OUT, event(Kind.CLAIMED, part=1), event(Kind.REFUSED, part=1)]
    (change,) = compare([examined(delivery(2))], [examined(delivery(2, text="Lain"))],
                        book(*history))  # fmt: skip
    assert change.action is Action.BLOCKED


@pytest.mark.parametrize("form", FORMS)
def test_every_form_names_the_post_and_survives_hostile_titles(form):
    hostile = examined(title="<b>|`@rara`\nbaru")
    shown = FORMS[form](compare([], [hostile], book()), BRANDS)
    assert "gajian" in shown
    if form == "markdown":
        assert r"``<b>\|`@rara`\nbaru``" in shown
    if form == "json":
        assert json.loads(shown)["changes"][0]["key"] == KEY


def test_no_change_is_said_in_words():
    assert FORMS["markdown"]([], BRANDS) == "Merging this changes nothing that is published.\n"
