"""What a post asks of a network beside its text, as far as it has it."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from mimin.compose.payload import compose
from mimin.model.brand import Account
from mimin.model.post import Replies, Visibility
from mimin.model.problem import Severity

EVERYTHING = {
    "headline": "Kopi gajian",
    "comment": "Alamat: [peta](https://peta.example)",
    "replies": "mentioned",
    "paid": "yes",
    "ai": "yes",
    "visibility": "private",
}
ABLE = {
    "headline": 100,
    "replies": tuple(Replies),
    "visibilities": tuple(Visibility),
    "paid": True,
    "ai": True,
}


@pytest.fixture
def made(brand, rules, post, shelf):
    def make(account="sky", variants=None, settings=None, known=None, body="Halo.", **asked):
        limits = asked.pop("limits", {})
        book = replace(rules(brand.accounts[account].rules, **limits), settings=known)
        if settings:
            own = brand.accounts[account].model_copy(update={"settings": settings})
            accounts = {**brand.accounts, account: own}
            return compose(
                post(body, variants, **asked),
                account,
                brand.model_copy(update={"accounts": accounts}),
                book,
                shelf,
            )
        return compose(post(body, variants, **asked), account, brand, book, shelf)

    return make


def _codes(composed):
    return [(found.code, found.field, found.severity) for found in composed.findings]


def test_what_the_network_has_goes_into_the_payload(made):
    payload = made(limits=ABLE, **EVERYTHING).payload
    assert payload.headline == "Kopi gajian"
    assert payload.replies is Replies.MENTIONED
    assert payload.visibility is Visibility.PRIVATE
    assert (payload.paid, payload.ai) == (True, True)


def test_what_the_network_lacks_stays_out_and_is_told(made):
    asked = {name: EVERYTHING[name] for name in ("headline", "replies", "paid", "ai")}
    composed = made(limits={"headline": 0}, **asked)
    assert _codes(composed) == [
        ("replies-unsupported", ("replies",), Severity.WARNING),
        ("label-unsupported", ("paid",), Severity.WARNING),
        ("label-unsupported", ("ai",), Severity.WARNING),
    ]
    assert composed.payload.digest == made(limits={"headline": 0}).payload.digest


BEFORE = (
    '{"account":"kopi/sky","network":"bluesky",'
    '"parts":[{"text":"Halo.","spans":[],"media":[],"card":null}],'
    '"languages":["id"],"warning":null,"visibility":"public"}'
)
"""A payload as it was written out before there were wishes, when approvals were given for it."""


def test_a_post_that_asks_for_nothing_keeps_its_digest(made):
    digest = hashlib.sha256(BEFORE.encode()).hexdigest()
    assert made(limits=ABLE).payload.digest == digest


def test_a_visibility_that_the_network_lacks_stops_the_post(made):
    composed = made(visibility="followers")
    assert _codes(composed) == [("visibility-unknown", ("visibility",), Severity.ERROR)]
    assert composed.payload is None


def test_a_required_headline_is_asked_for(made):
    limits = {"headline": 10, "headline_required": True, "headline_forbidden": "<"}
    assert _codes(made(limits=limits))[0][0] == "headline-missing"
    assert _codes(made(limits=limits, headline="  "))[0][0] == "headline-missing"
    assert [code for code, *_ in _codes(made(limits=limits, headline="<" * 11))] == [
        "headline-too-long",
        "headline-forbidden",
    ]
    assert made(limits=limits, headline="< 10"[2:]).payload.headline == "10"


def test_a_comment_is_the_last_part_of_a_thread_where_there_are_threads(made):
    parts = made(
        comment="Alamat: [peta](https://peta.example)", body="Satu\n\n---\n\nDua"
    ).payload.parts
    assert [part.text for part in parts] == ["Satu", "Dua", "Alamat: peta"]
    assert parts[2].spans[0].url == "https://peta.example"
    assert not parts[2].comment


def test_a_comment_is_a_part_of_its_own_where_there_are_none(made):
    composed = made(limits={"threads": False, "comment": 20, "text": 5}, comment="Dua belas kata")
    assert [(part.text, part.comment) for part in composed.payload.parts] == [
        ("Halo.", False),
        ("Dua belas kata", True),
    ]
    assert composed.places[1].field == ("comment",)


def test_a_comment_has_a_limit_of_its_own(made):
    composed = made(limits={"threads": False, "comment": 5, "text": 300}, comment="Dua belas")
    assert _codes(composed) == [("text-too-long", ("comment",), Severity.ERROR)]
    assert "5 allowed" in composed.findings[0].message


def test_a_comment_needs_no_media_of_its_own(made):
    limits = {"threads": False, "comment": None, "media_required": True}
    assert made(limits=limits, comment="Dua", media=[{"file": "a.jpg", "alt": "Kopi"}]).payload


def test_people_are_mentioned_in_a_comment_as_in_a_body(made):
    part = made(comment="Dari @{rina}").payload.parts[1]
    assert part.text == "Dari @rina.example"
    assert part.spans[0].did == "did:plc:rina"


def test_a_variant_takes_a_comment_away(made):
    variants = {"sky": ("", {"comment": ""})}
    assert len(made(variants=variants, comment="Dua").payload.parts) == 1


def test_settings_lie_over_each_other_name_by_name(made):
    composed = made(
        settings={"board": "Semua", "page": "1"},
        known={"board", "page", "section"},
        variants={"sky": ("", {"settings": {"section": "Manis"}})},
    )
    assert composed.payload.settings == {"board": "Semua", "page": "1", "section": "Manis"}
    over = made(
        settings={"board": "Semua"},
        known={"board"},
        variants={"sky": ("", {"settings": {"board": "Resep"}})},
    )
    assert over.payload.settings == {"board": "Resep"}


def test_settings_of_another_network_stay_out(made):
    assert made(settings={"board": "Semua"}, known=set()).payload.settings == {}


def test_the_order_of_settings_does_not_change_the_digest(made):
    one = made(settings={"a": "1", "b": "2"}).payload
    other = made(settings={"b": "2", "a": "1"}).payload
    assert one.digest == other.digest


def test_accounts_start_without_settings():
    assert Account(network="sandbox", handle="kopi").settings == {}
