"""A network that fetches media needs a place to fetch it from."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import ModuleType

import pytest

from mimin.model.limits import Limits
from mimin.networks.registry import ADAPTERS, find_network

BRAND = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
accounts:
  gram: {network: pengambil, handle: kopi}
"""
POST = """\
---
accounts: gram
media: [{file: cup.jpg, alt: Kopi}]
---
Halo.
"""
SAID = (
    "content/kopi-senja/posts/a.md:3:8: error: pengambil fetches media from a public address, and "
    "content/kopi-senja/brand.yml names none; add `media_host:` there [media-host-missing]"
)


@dataclass(frozen=True)
class Fetcher:
    """A network that fetches media."""

    name: str = "pengambil"
    settings: dict[str, str] = field(default_factory=dict)

    def limits(self, account):
        return Limits(images=4, videos=1, media_url=True, videos_sent=True)

    def check(self, payload, account):
        return ()

    def connection(self):
        return object


@pytest.fixture
def fetcher(monkeypatch):
    module = ModuleType("fetcher_adapter")
    module.NETWORK = Fetcher()
    monkeypatch.setitem(sys.modules, "fetcher_adapter", module)
    monkeypatch.setitem(ADAPTERS, "pengambil", "fetcher_adapter")
    find_network.cache_clear()
    yield
    find_network.cache_clear()


@pytest.mark.usefixtures("fetcher")
def test_a_post_with_media_asks_for_a_place(place):
    place.write({"content/kopi-senja/brand.yml": BRAND, "content/kopi-senja/posts/a.md": POST})
    place.write({"content/kopi-senja/posts/cup.jpg": {"image": "40x30 jpeg"}})
    assert SAID in place.check().lines
    hosted = BRAND + "media_host: https://kopi.example/m\n"
    place.write({"content/kopi-senja/brand.yml": hosted})
    assert "media-host-missing" not in place.check().out


@pytest.mark.usefixtures("fetcher")
def test_a_post_without_media_asks_for_none(place):
    text = POST.replace("media: [{file: cup.jpg, alt: Kopi}]\n", "")
    place.write({"content/kopi-senja/brand.yml": BRAND, "content/kopi-senja/posts/a.md": text})
    assert "media-host-missing" not in place.check().out


@pytest.mark.usefixtures("fetcher")
def test_a_video_that_is_uploaded_asks_for_none(place):
    text = POST.replace("cup.jpg", "a.mp4")
    place.write({"content/kopi-senja/brand.yml": BRAND, "content/kopi-senja/posts/a.md": text})
    place.write({"content/kopi-senja/posts/a.mp4": {"video": "64x48 mp4"}})
    assert "media-host-missing" not in place.check().out
