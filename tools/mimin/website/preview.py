"""Previews: what each account will get, drawn once for the bytes that a post is made from."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mimin.checks.examine import Draft
from mimin.compose.rules import Rules
from mimin.foreign import read_json
from mimin.model.brand import Account, Brand
from mimin.model.media import Media
from mimin.model.payload import Part, Payload
from mimin.website.drawing import draw_payload, site_name
from mimin.website.words import Words

_EXCERPT = 90


@dataclass(frozen=True)
class Preview:
    """What one account will get, without its drawing."""

    text: str
    """All parts as plain text, for search and feeds."""
    digest: str
    visibility: str
    media: tuple[tuple[str, str], ...]
    """Path in the workspace → name in the site."""


@dataclass(frozen=True)
class Previews:
    """What all accounts of a post will get."""

    accounts: dict[str, Preview] = field(default_factory=dict)
    note: str = ""

    def dump(self) -> str:
        """Write it as JSON for the cache."""
        accounts = {name: preview.__dict__ for name, preview in self.accounts.items()}
        return json.dumps({"accounts": accounts, "note": self.note}, ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> Previews:
        """Read what `dump` wrote."""
        fields = read_json(text)
        found = {name: _load(entry) for name, entry in fields["accounts"].items()}
        return cls(found, fields["note"])


def draw(
    draft: Draft, brand: Brand, words: Words, rules: Callable[[Account], Rules]
) -> tuple[Previews, dict[str, str]]:
    """Draw what each account of a composed post will get: the facts, and account → HTML."""
    payloads = {
        name: composed.draft
        for name, composed in draft.payloads.items()
        if composed.draft is not None
    }
    note = (draft.post.fields.note or "") if draft.post else ""
    facts = {name: _preview(payload) for name, payload in payloads.items()}
    drawn = {
        name: draw_payload(payload, facts[name].digest, rules(brand.accounts[name]).limits, words)
        for name, payload in payloads.items()
    }
    return Previews(facts, note), drawn


def _preview(payload: Payload) -> Preview:
    media = [entry for part in payload.parts for entry in _media(part)]
    return Preview(
        text="\n\n".join(part.text for part in payload.parts),
        digest=payload.digest,
        visibility=payload.visibility.value,
        media=tuple((entry.path, site_name(entry)) for entry in media if site_name(entry)),
    )


def _media(part: Part) -> list[Media]:
    return [*part.media, *([part.card.image] if part.card and part.card.image else [])]


def _load(fields: dict[str, Any]) -> Preview:
    fields["media"] = tuple((path, name) for path, name in fields["media"])
    return Preview(**fields)


def excerpt(text: str) -> str:
    """Give the beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1].rstrip() + "…"
