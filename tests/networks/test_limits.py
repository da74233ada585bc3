"""What a network accepts is known before it is asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mimin.errors import MiminError
from mimin.model.limits import Limits
from mimin.networks import known
from mimin.networks.counting import COUNTERS
from mimin.networks.limits import LIMITS, Excess, adjust, measure, over

NETWORKS = [
    *("x", "instagram", "facebook", "threads", "tiktok", "youtube", "linkedin", "pinterest"),
    *("mastodon", "bluesky", "telegram", "discord", "reddit", "google-business", "whatsapp"),
    *("slack", "matrix"),
]


def test_every_network_that_an_account_may_be_like_has_its_limits():
    assert sorted(LIMITS) == sorted(NETWORKS)


@pytest.mark.parametrize("network", NETWORKS)
def test_limits_can_not_be_changed_by_accident(network):
    with pytest.raises(ValidationError):
        LIMITS[network].text = 1
    with pytest.raises(TypeError):
        LIMITS[network] = Limits()


@pytest.mark.parametrize("network", NETWORKS)
def test_every_limit_of_text_can_be_measured(network):
    limits = LIMITS[network]
    assert limits.text_unit in COUNTERS
    assert limits.alt_unit in COUNTERS
    assert measure(limits, "kopi") == 4


@pytest.mark.parametrize(
    ("network", "fits"),
    [
        ("x", "家" * 140),
        ("bluesky", "é" * 300),
        ("mastodon", "https://example.com/" + "a" * 500 + " " + "a" * 476),
        ("threads", "😀" * 125),
        ("telegram", "😀" * 2048),
        ("discord", "😀" * 2000),
        ("youtube", "é" * 2500),
        ("instagram", "a" * 2200),
    ],
)
def test_the_last_character_that_fits_fits_and_the_next_does_not(network, fits):
    limits = LIMITS[network]
    assert over(limits, fits) == []
    assert over(limits, fits + "a") == [Excess("characters", limits.text + 1, limits.text)]


def test_a_text_of_few_graphemes_may_still_be_too_many_bytes_for_bluesky():
    text = ("e" + "\u0316" * 10) * 200
    assert over(LIMITS["bluesky"], text) == [Excess("bytes", 4200, 3000)]


def test_every_limit_that_is_passed_is_named():
    text = "👨‍👩‍👧‍👦" * 301
    assert over(LIMITS["bluesky"], text) == [
        Excess("characters", 301, 300),
        Excess("bytes", 301 * 25, 3000),
    ]


def test_a_caption_on_telegram_is_shorter_than_a_message():
    text = "a" * 1025
    assert over(LIMITS["telegram"], text) == []
    assert over(LIMITS["telegram"], text, ["image/jpeg"]) == [Excess("characters", 1025, 1024)]


def test_a_content_warning_counts_on_mastodon_and_its_links_in_full():
    warning = "https://example.com/kopi/susu"
    assert measure(LIMITS["mastodon"], "kopi", warning=warning) == 4 + len(warning)
    assert measure(LIMITS["bluesky"], "kopi", warning=warning) == 4


def test_no_text_is_too_long_where_no_limit_is_known():
    assert over(LIMITS["matrix"], "a" * 100_000) == []


def test_an_instance_may_allow_more():
    limits = adjust(LIMITS["mastodon"], {"text": 1000})
    assert over(limits, "a" * 1000) == []
    assert over(limits, "a" * 1001) == [Excess("characters", 1001, 1000)]
    assert adjust(LIMITS["mastodon"], None) == LIMITS["mastodon"]


@pytest.mark.parametrize("name", ["txet", "text_unit", "network"])
def test_a_limit_that_does_not_exist_is_refused_with_those_that_do(name):
    with pytest.raises(MiminError, match="text_bytes"):
        adjust(LIMITS["mastodon"], {name: 1})


@given(st.sampled_from(NETWORKS), st.text(max_size=40), st.text(max_size=10))
def test_a_warning_never_makes_a_post_shorter(network, text, warning):
    limits = LIMITS[network]
    assert measure(limits, text, warning=warning) >= measure(limits, text)


def test_each_limit_of_each_network_names_its_source_and_the_day_of_it():
    lines = Path(known.__file__).read_text().split("\n")
    said = re.compile(r"(?:^ +|\),  |,  )# .+, 20\d\d-\d\d(-\d\d)?$")
    limits = [at for at, line in enumerate(lines) if re.match(r" {12}\w+=", line)]
    assert len(limits) > 250
    above = [at for at in limits if not said.search(lines[at])]
    assert [lines[at] for at in above if not re.match(r" +#", lines[at - 1])] == []
    assert [lines[at] for at in above if not said.search(lines[at - 1])] == []


def test_tiktok_takes_a_longer_text_with_photos_than_with_a_video():
    tiktok = LIMITS["tiktok"]
    assert over(tiktok, "a" * 4000, ["image/jpeg"]) == []
    assert over(tiktok, "a" * 2198 + "🎉", ["video/mp4"]) == []
    assert over(tiktok, "a" * 2199 + "🎉", ["video/mp4"]) == [Excess("characters", 2201, 2200)]
    assert over(adjust(tiktok, {"text": 100}), "a" * 101, ["video/mp4"])


def test_a_text_s_longest_depends_on_what_it_goes_with():
    telegram, facebook = LIMITS["telegram"], LIMITS["facebook"]
    assert telegram.longest(()) == 4096
    assert telegram.longest(["image/jpeg"]) == 1024
    assert facebook.longest(["video/mp4"]) == facebook.text
    assert facebook.longest((), comment=True) == facebook.comment
    assert [each.allowed for each in over(facebook, "x" * 9000, comment=True)] == [8000]
