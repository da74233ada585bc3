"""Two sides that may not know each other must say the same: the check before, the sandbox after."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mimin.compose.rules import Rules, alt_remarks, media_remarks, text_remarks
from mimin.compose.video import file_remarks
from mimin.model.brand import Account
from mimin.model.media import Media
from mimin.model.payload import Part, Payload
from mimin.networks.counting import COUNTERS, graphemes
from mimin.networks.limits import LIMITS
from mimin.networks.registry import ADAPTERS, find_network
from mimin.networks.sandbox_rules import refusals

MIMES = ("image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/webm")

LENGTHS = st.sampled_from([0, 1, 279, 280, 281, 299, 300, 301, 499, 500, 501, 1024, 1025, 5001])

TEXTS = st.builds(lambda letter, length: letter * length, st.sampled_from("aé<👍"), LENGTHS)


@st.composite
def media(draw):
    return Media(
        path="kopi",
        sha256="0" * 64,
        mime=draw(st.sampled_from(MIMES)),
        size=draw(st.sampled_from([1, 2_000_000, 2_000_001, 20_000_001, 600_000_000])),
        width=draw(st.sampled_from([1, 400, 1200, 9000])),
        height=draw(st.sampled_from([1, 627, 1200, 9000])),
        alt="a" * draw(st.sampled_from([1, 500, 501, 1000, 1001, 2001])),
    )


def remarks(payload, part, rules):
    yield from text_remarks(part, payload.warning, rules, "shorten it")
    yield from (remark for _, remark in media_remarks(part, rules))
    for file in part.media:
        yield from alt_remarks(file, rules)
        if file.mime.startswith("video/"):
            yield from file_remarks(file, rules.limits, rules.network)


@pytest.mark.parametrize("network", sorted(LIMITS))
@settings(max_examples=50, deadline=None)
@given(
    text=TEXTS,
    files=st.lists(media(), max_size=6),
    warning=st.sampled_from([None, "Kafein", "👍" * 200]),
)
def test_what_the_check_lets_pass_the_sandbox_takes_and_nothing_else(network, text, files, warning):
    limits = LIMITS[network]
    part = Part(text=text, media=tuple(files))
    payload = Payload(
        account="kopi-senja/coba",
        network="sandbox",
        parts=(part,),
        warning=warning if limits.warning else None,
    )
    rules = Rules(
        network=network,
        limits=limits,
        measure=COUNTERS[limits.text_unit],
        measure_warning=graphemes,
        measure_alt=COUNTERS[limits.alt_unit],
    )
    found = [remark.message for remark in remarks(payload, part, rules)]
    assert bool(refusals(payload, 0, limits)) == bool(found), found


def test_the_sandbox_knows_the_settings_of_the_account_that_it_stands_in_for():
    account = Account(
        network="sandbox", like="facebook", handle="kopisenja", settings={"page": "17"}
    )
    payload = Payload(
        account="kopi-senja/halaman", network="sandbox", parts=(Part(text="Halo"),),
        settings={"page": "17"},
    )  # fmt: skip
    assert find_network("sandbox").check(payload, account) == ()
    wrong = payload.model_copy(update={"settings": {"page": "kopisenja"}})
    codes = {objection.code for objection in find_network("sandbox").check(wrong, account)}
    assert codes == {"setting-invalid"}


@pytest.mark.parametrize("like", sorted(set(ADAPTERS) - {"sandbox", "manual"}))
def test_what_leads_to_a_place_on_the_network_is_not_asked_of_who_only_tries(like):
    bare = Account(network="sandbox", like=like, handle="Kopi Senja")
    payload = Payload(
        account="kopi-senja/coba", network="sandbox", parts=(Part(text="Halo"),), settings={}
    )  # fmt: skip
    found = find_network("sandbox").check(payload, bare)
    assert not [each for each in found if each.address]
    # By law it has to be said of videos, also by who only tries.
    assert {each.code for each in found} & {"setting-missing"} == (
        {"setting-missing"} if like == "youtube" else set()
    )
