"""The short way from a post to a payload gives what the long way gives, or leaves it to that."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mimin.checks.examine import rules_of
from mimin.compose.composed import Wish
from mimin.compose.payload import compose_any
from mimin.compose.plain_post import compose_plain
from mimin.compose.rules import surely_fits, text_remarks
from mimin.compose.variant import choose
from mimin.model.brand import Account
from mimin.model.payload import Part

PIECES = st.sampled_from(
    [
        "kopi ",
        "☕ ",
        "\n",
        "\n\n",
        "\n---\n",
        "---",
        "#Kopi ",
        "@{rina} ",
        "@{siapa} ",
        "*tebal* ",
        "[kata](https://a.example) ",
        "https://kopi.example/a ",
        "![a](b.jpg)",
        "<!-- a -->",
        "<b>",
        "```\n",
        "kopi susu " * 25,
        "[ada] ",
        "<",
        " ",
    ]
)
TAGS = st.sampled_from([None, ["Kopi"], ["Kopi", "Susu", "Kopi"], ["#salah"], ["a b"], ["12"]])
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "tags": TAGS,
        "language": st.sampled_from(["id", "en"]),
        "warning": st.sampled_from(["bocoran", "nudity"]),
        "visibility": st.sampled_from(["public", "unlisted"]),
        "link": st.sampled_from(["https://kopi.example/a", "bukan alamat"]),
        "media": st.just([{"file": "a.jpg", "alt": "Cangkir"}]),
    },
)
VARIANTS = st.sampled_from([None, {"bluesky": ("Lain", {})}, {"x": ("", {"tags": "Beda"})}])
ACCOUNTS = {
    "sky": Account(network="bluesky", handle="kopi.example"),
    "try": Account(network="sandbox", like="bluesky", handle="kopi.test"),
    "masto": Account(network="mastodon", handle="kopi@social.example"),
    "x": Account(network="sandbox", like="x", handle="kopi"),
    "face": Account(network="manual", like="facebook", handle="kopi"),
    "gram": Account(network="manual", like="instagram", handle="kopi"),
    "tube": Account(network="manual", like="youtube", handle="kopi"),
    "short": Account(network="sandbox", like="mastodon", handle="k", limits={"text": 8}),
}


@given(body=st.lists(PIECES, max_size=8).map("".join), fields=FIELDS, variants=VARIANTS)
@settings(
    max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@example(body="Halo", fields={}, variants=None)
@example(body="Halo\n---\nlagi", fields={"tags": ["Kopi"]}, variants=None)
@example(body="\n---\n", fields={"tags": ["Kopi"]}, variants=None)
def test_a_plain_post_is_composed_as_any_other(body, fields, variants, brand, post, shelf):
    brand = brand.model_copy(update={"accounts": ACCOUNTS})
    written = post(body, variants, **fields)
    for name, account in ACCOUNTS.items():
        wish = Wish(choose(written, name, account), name, account, brand, rules_of(account), shelf)
        short = compose_plain(wish)
        assert short is None or short == compose_any(wish)


def test_an_ordinary_post_goes_the_short_way_and_its_accounts_share_the_parts(brand, post, shelf):
    written = post("Halo ☕ https://kopi.example/a\n---\nlagi", tags=["Kopi"])
    found = []
    for name in ("sky", "masto", "x"):
        account = ACCOUNTS[name]
        own = brand.model_copy(update={"accounts": ACCOUNTS})
        wish = Wish(choose(written, name, account), name, account, own, rules_of(account), shelf)
        found.append(compose_plain(wish))
    assert all(found)
    assert found[0].draft.parts[0] is found[1].draft.parts[0] is found[2].draft.parts[0]


@pytest.mark.parametrize("name", sorted(ACCOUNTS))
@given(text=st.text(max_size=12) | st.integers(0, 700).map(lambda count: "kopi☕ " * (count // 6)))
def test_nothing_is_said_against_what_surely_fits(name, text):
    rules, part = rules_of(ACCOUNTS[name]), Part(text=text)
    assert not (surely_fits(part, rules) and list(text_remarks(part, None, rules, "")))
