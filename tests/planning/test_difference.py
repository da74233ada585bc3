"""What merging a pull request changes: added, moved, changed, taken away, or nothing."""

from __future__ import annotations

import json

import pytest
from publishing_fakes import KEY, NOW, book, brand, delivery, event, examined
from whenever import TimeDelta

from mimin.model.brand import Account
from mimin.model.event import Kind
from mimin.planning.difference import FORMS, compare
from mimin.planning.line import Action, Rules

BRANDS = {"kopi-senja": brand()}
OUT = [event(Kind.CLAIMED), event(Kind.PUBLISHED)]
OLD = examined()


RULES = Rules(NOW, TimeDelta(), BRANDS)


def changes(before, after, *events):
    found = compare(before, after, book(*events), rules=RULES)
    return [(str(c.action), c.note) for c in found]


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


@pytest.mark.parametrize(
    ("like", "sign", "says"),
    [
        ("mastodon", "~", "text or media changed: changes "),
        ("bluesky", "!", "what is out stays as it was: bluesky can not change what is out"),
    ],
)
def test_an_edit_of_what_is_out_is_told_as_the_plan_tells_it(like, sign, says):
    account = Account(network="sandbox", like=like, handle="kopisenja.example.com")
    rules = Rules(NOW, TimeDelta(), {"kopi-senja": brand(accounts={"bluesky": account})})
    changed = [examined(delivery(text="Lain"))]
    shown = event(Kind.PUBLISHED, digest=OLD.deliveries[0].digest)
    (change,) = compare([OLD], changed, book(event(Kind.CLAIMED), shown), rules=rules)
    assert str(change.action) == sign
    assert says in change.note


def test_what_is_out_is_neither_added_nor_moved_nor_taken_away():
    stays = "moved (was 2026-12-01 02:00 UTC), but it is out already; what is out stays as it is"
    later = examined(delivery(due=NOW + TimeDelta(hours=1)))
    assert changes([OLD], [later], *OUT) == [("!", stays)]
    assert changes([], [OLD], *OUT) == [(" ", "is out already; it is not sent again")]
    gone = "is out already; taking the file away leaves it there"
    assert changes([OLD], [], *OUT) == [(" ", gone)]


def test_what_is_to_be_taken_down_is_told():
    back = examined(retract=True)
    assert changes([OLD], [back]) == [("-", "will not go out: `retract: true`")]
    (change,) = compare([OLD], [back], book(*OUT), rules=RULES)
    assert (str(change.action), change.note) == ("-", f"takes down {OUT[1].url}")
    assert change.takes_down
    assert FORMS["markdown"]([change], BRANDS).startswith(
        "0 to publish, 0 changed, 0 no longer planned, 1 taken down."
    )
    assert changes([], [back], *OUT) == [("-", f"takes down {OUT[1].url}")]
    unknown = [event(Kind.CLAIMED), event(Kind.UNKNOWN)]
    assert changes([OLD], [back], *unknown) == [
        ("!", "`retract: true`, but nobody knows yet whether it is out")
    ]


def test_what_was_taken_back_before_is_no_news():
    back, gone = examined(retract=True), [*OUT, event(Kind.RETRACTED)]
    assert changes([back], [back]) == []
    assert changes([back], [back], *OUT) == []
    assert changes([], [back]) == []
    assert changes([OLD], [back], *gone) == []


def test_taking_a_retraction_out_again_says_what_comes_of_it():
    back, gone = examined(retract=True), [*OUT, event(Kind.RETRACTED)]
    assert changes([back], [OLD]) == [("+", "new")]
    ((sign, stays),) = changes([back], [OLD], *OUT)
    assert (sign, "stays as it is" in stays) == ("!", True)
    ((sign, down),) = changes([back], [OLD], *gone)
    assert (sign, "taken down at" in down) == ("!", True)


@pytest.mark.parametrize("kind", [Kind.CLAIMED, Kind.UNKNOWN, Kind.HANDED])
def test_what_may_be_out_counts_as_out(kind):
    (change,) = compare([OLD], [examined(delivery(text="Lain"))],
                        book(event(Kind.CLAIMED), event(kind)), rules=RULES)  # fmt: skip
    assert change.action is Action.BLOCKED


def test_a_thread_that_was_refused_half_way_counts_as_out():
    history = [*OUT, event(Kind.CLAIMED, part=1), event(Kind.REFUSED, part=1)]
    (change,) = compare([examined(delivery(2))], [examined(delivery(2, text="Lain"))],
                        book(*history), rules=RULES)  # fmt: skip
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
