"""Settings are held against what the adapters say that they know."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import ModuleType

import pytest

from mimin.networks.known import LIMITS
from mimin.networks.registry import ADAPTERS, find_network

BRAND = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
accounts:
  papan: {network: sandbox, like: pinterest, handle: kopi, settings: {board: Semua, bord: Salah}}
  mastodon: {network: sandbox, like: mastodon, handle: kopi}
"""
POST = "---\naccounts: [papan, mastodon]\nsettings: {%s: Resep}\n---\nHalo [toko](https://a.example).\n"


@dataclass(frozen=True)
class Board:
    """A network with one setting."""

    name: str = "pinterest"
    settings: dict[str, str] = field(default_factory=lambda: {"board": "The board's id."})

    def limits(self, account):
        return LIMITS["mastodon"]

    def check(self, payload, account):
        return ()

    def connection(self):
        return object


@pytest.fixture
def board(monkeypatch):
    module = ModuleType("board_adapter")
    module.NETWORK = Board()
    monkeypatch.setitem(sys.modules, "board_adapter", module)
    monkeypatch.setitem(ADAPTERS, "pinterest", "board_adapter")
    find_network.cache_clear()
    yield
    find_network.cache_clear()


@pytest.mark.usefixtures("board")
def test_a_setting_is_taken_by_the_accounts_that_know_it(place):
    place.write({"content/kopi-senja/brand.yml": BRAND.replace(", bord: Salah", "")})
    place.write({"content/kopi-senja/posts/a.md": POST % "board"})
    assert "setting-unknown" not in place.check().out


@pytest.mark.usefixtures("board")
def test_a_misspelt_setting_is_told_with_what_was_meant(place):
    place.write({"content/kopi-senja/brand.yml": BRAND})
    place.write({"content/kopi-senja/posts/a.md": POST % "boards"})
    place.write({"content/kopi-senja/posts/a.mastodon.md": "---\nsettings: {board: Resep}\n---\n"})
    found = [line for line in place.check().lines if "setting-unknown" in line]
    assert [line.split(" ", 2)[2].removesuffix(" [setting-unknown]") for line in found] == [
        "'bord' is not a setting of pinterest; did you mean 'board'?",
        "'board' is not a setting of mastodon; it has none, take it out",
        "'boards' is not a setting of pinterest or mastodon; did you mean 'board'?",
    ]
    assert found[0].startswith("content/kopi-senja/brand.yml:5:")
