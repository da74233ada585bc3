"""A brand whose file is in doubt is no brand: its policies must not fall back to defaults."""

from __future__ import annotations

import pytest

from mimin.workspace.workspace import open_workspace

NETWORKS = frozenset({"sandbox", "manual"})


def brands(place):
    return open_workspace(
        place.root, NETWORKS, frozenset({"bluesky", "mastodon", "instagram"})
    ).brands


@pytest.mark.parametrize(
    "line",
    [
        "aproval: review",
        "approval: reviewed",
        "approval: none\napproval: review",
        "late: dorp",
        "grace: soon",
        "approval: *review",
    ],
)
def test_a_mistake_in_a_policy_keeps_the_whole_brand_from_being_published(line, place):
    text = (place.root / "content/kopi-senja/brand.yml").read_text()
    assert "kopi-senja" in brands(place)
    place.write({"content/kopi-senja/brand.yml": f"{text}{line}\n"})
    assert brands(place) == {}


def test_line_ends_of_windows_leave_no_doubt(place):
    text = (place.root / "content/kopi-senja/brand.yml").read_text()
    place.write({"content/kopi-senja/brand.yml": f"{text}approval: review\n".replace("\n", "\r\n")})
    assert brands(place)["kopi-senja"].approval == "review"
