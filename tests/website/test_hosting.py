"""The site holds media for networks that fetch it: from a week before until it is out."""

from __future__ import annotations

import hashlib
import io
import sys
from dataclasses import dataclass, field
from types import ModuleType

import pytest
from PIL import Image
from whenever import Instant

from mimin.model.event import Event, Kind
from mimin.model.limits import Limits
from mimin.networks.registry import ADAPTERS, find_network

BRAND = """\
name: Toko Uji
zone: Asia/Jakarta
languages: [id]
accounts:
  gram: {network: pengambil, handle: uji}
  sky: {network: sandbox, like: bluesky, handle: uji.example.com}
approval: none
media_host: https://toko.example/m
"""


@dataclass(frozen=True)
class Fetcher:
    """A network that fetches media, and takes only JPEG."""

    name: str = "pengambil"
    settings: dict[str, str] = field(default_factory=dict)

    def limits(self, account):
        return Limits(images=4, media_url=True, image_types=("image/jpeg",))

    def check(self, payload, account):
        return ()

    def connection(self):
        return object


@pytest.fixture
def shop(site, monkeypatch):
    module = ModuleType("fetcher_adapter")
    module.NETWORK = Fetcher()
    monkeypatch.setitem(sys.modules, "fetcher_adapter", module)
    monkeypatch.setitem(ADAPTERS, "pengambil", "fetcher_adapter")
    find_network.cache_clear()
    site.write("content/toko/brand.yml", BRAND)
    site.strict = False  # the post that every site has goes to accounts that this brand lacks
    yield site
    find_network.cache_clear()


def _image(kind="JPEG", colour="#6f4e37"):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, kind)
    return out.getvalue()


def _post(site, name, at, account="gram", *, more="", kind="JPEG", colour="#6f4e37"):
    file = f"{name}.{kind.lower()}"
    site.write(f"content/toko/posts/{file}", _image(kind, colour))
    media = f"media: [{{file: {file}, alt: Kopi}}]"
    when = f"at: {at}\n" if at else ""
    site.write(
        f"content/toko/posts/{name}.md",
        f"---\naccounts: {account}\n{when}{media}\n{more}---\nHalo.\n",
    )


def _hosted(site):
    folder = site.out / "m"
    return {file.name: file.read_bytes() for file in folder.iterdir()} if folder.exists() else {}


def test_what_is_due_within_a_week_lies_there_by_a_name_that_its_bytes_do_not_tell(shop):
    _post(shop, "dekat", "2026-12-17 08:59")
    _post(shop, "jauh", "2026-12-17 09:01", colour="red")
    shop.build()
    ((name, content),) = _hosted(shop).items()
    assert content == _image()
    assert name.endswith(".jpg")
    assert hashlib.sha256(_image()).hexdigest()[:8] not in name


def test_it_lies_there_on_a_public_site_too_which_tells_nothing_of_it(shop):
    _post(shop, "dekat", "2026-12-12 10:00")
    shop.configure("mimin: {", "mimin: {visibility: public, ")
    shop.build()
    ((name, _),) = _hosted(shop).items()
    pages = [file for file in shop.out.rglob("*") if file.is_file() and file.parent.name != "m"]
    assert not any(name.encode() in file.read_bytes() for file in pages)
    assert not (shop.out / "media").exists()


def test_the_publisher_looks_for_the_very_names_that_the_site_wrote(shop):
    from mimin.model.media import Media
    from mimin.networks.hosting import hosted_name
    from mimin.website.gather import open_site_workspace

    _post(shop, "dekat", "2026-12-12 10:00", kind="PNG")
    shop.build()
    ((name, content),) = _hosted(shop).items()
    workspace = open_site_workspace(shop.root)
    fitted = Media(
        path="fit:",
        sha256=hashlib.sha256(content).hexdigest(),
        mime="image/jpeg",
        size=len(content),
        width=40,
        height=30,
        alt="Kopi",
    )
    assert hosted_name(fitted, workspace.tree.blobs["content/toko/brand.yml"]) == name


@pytest.mark.parametrize(
    ("at", "account", "more"),
    [
        ("2026-12-12 10:00", "gram", "draft: yes\n"),
        ("2026-12-12 10:00", "sky", ""),
        ("2026-12-10 10:00", "gram", "expires: 2026-12-10 08:00\n"),
        ("", "gram", ""),
    ],
)
def test_drafts_expired_posts_and_what_no_network_fetches_are_not_there(shop, at, account, more):
    _post(shop, "lain", at, account, more=more)
    shop.build()
    assert _hosted(shop) == {}


def test_a_brand_with_a_bucket_needs_nothing_of_the_site(shop):
    shop.write("content/toko/brand.yml", BRAND.replace("https://toko.example/m", "s3://toko/m"))
    _post(shop, "dekat", "2026-12-12 10:00")
    shop.build()
    assert _hosted(shop) == {}


def test_the_window_can_be_wider(shop):
    _post(shop, "jauh", "2026-12-20 10:00")
    shop.build()
    assert _hosted(shop) == {}
    shop.configure("mimin: {", "mimin: {media_days: 30, ")
    shop.build()
    assert len(_hosted(shop)) == 1


def test_what_is_out_is_gone_with_the_next_build(shop):
    _post(shop, "dekat", "2026-12-10 08:55")
    shop.commit()
    shop.build()
    assert len(_hosted(shop)) == 1
    at = Instant.from_utc(2026, 12, 10, 1, 58)
    fields = {"account": "toko/gram", "key": "toko/dekat@gram", "part": 0, "run": "lari"}
    shop.record(
        Event(at=at, kind=Kind.CLAIMED, due=at, digest="0" * 64, **fields),
        Event(at=at, kind=Kind.PUBLISHED, due=at, digest="0" * 64, remote_id="1", **fields),
    )
    shop.build()
    assert _hosted(shop) == {}
