"""What the tests of composing share: a small brand, plain rules, and files that are not there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from mimin.compose.remark import Remark
from mimin.compose.rules import Rules
from mimin.model.brand import Account, Brand, Person
from mimin.model.limits import Limits
from mimin.model.media import Media, MediaFields
from mimin.model.post import Post, PostFields, Variant, VariantFields

PATH = "content/kopi/posts/gajian.md"


@pytest.fixture
def brand() -> Brand:
    return Brand(
        id="kopi",
        path="content/kopi/brand.yml",
        name="Kopi",
        zone="Asia/Jakarta",
        languages=("id", "en"),
        accounts={
            "sky": Account(network="bluesky", handle="kopi.example"),
            "try": Account(network="sandbox", like="bluesky", handle="kopi.test"),
            "gram": Account(network="instagram", handle="kopi"),
            "masto": Account(network="mastodon", handle="kopi@social.example"),
        },
        people={
            "rina": Person(
                name="Rina Kopi",
                handles={"bluesky": "rina.example", "mastodon": "rina@social.example"},
                did="did:plc:rina",
            ),
            "budi": Person(name="Budi", handles={"bluesky": "budi.example"}),
        },
    )


@pytest.fixture
def rules() -> Callable[..., Rules]:
    def make(network: str = "bluesky", **limits: object) -> Rules:
        base: dict[str, object] = {
            "text": 300,
            "links": "facet",
            "images": 4,
            "threads": True,
            "alt": 1000,
            "warning": True,
            "languages": 3,
        }
        return Rules(network=network, limits=Limits.model_validate(base | limits), measure=len)

    return make


@pytest.fixture
def post() -> Callable[..., Post]:
    def make(
        body: str,
        variants: dict[str, tuple[str, dict[str, object]]] | None = None,
        **fields: object,
    ) -> Post:
        card = fields.pop("card", None)
        return Post(
            id="gajian",
            brand="kopi",
            path=PATH,
            fields=PostFields.model_validate({"accounts": "sky"} | fields),
            body=body,
            body_line=5,
            card=card,
            variants=tuple(
                Variant(
                    target=target,
                    path=PATH.replace(".md", f".{target}.md"),
                    fields=VariantFields.model_validate(own),
                    body=text,
                    body_line=3,
                )
                for target, (text, own) in (variants or {}).items()
            ),
        )

    return make


@pytest.fixture
def shelf() -> Callable[[MediaFields], Media | Remark | None]:
    """A lookup that knows every file but those called `missing…` and `broken…`."""

    def find(fields: MediaFields) -> Media | Remark | None:
        name = fields.file or f"card:{fields.card}"
        if name.startswith("missing"):
            return None
        if name.startswith("broken"):
            return Remark(0, "media-unreadable", f"{name} can not be read")
        return Media(
            path=name,
            sha256=hashlib.sha256(name.encode()).hexdigest(),
            mime="video/mp4" if name.endswith(".mp4") else "image/jpeg",
            size=1000,
            width=1080,
            height=1350,
            alt="",
        )

    return find
