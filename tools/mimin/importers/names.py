"""Ids for what comes in: safe, unique, and as close to the source's own name as can be."""

from __future__ import annotations

import hashlib
import re
import unicodedata

LONGEST = 80
"""Characters of an id; leaves room for a suffix and for the names of variants and media."""


def make_slug(name: str) -> str:
    """Turn any name into a slug; a name without a single usable character becomes `post`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"-{2,}", "-", re.sub(r"[^a-z0-9_-]+", "-", plain)).strip("-_")
    if len(slug) <= LONGEST:
        return slug or "post"
    mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"{slug[: LONGEST - 7].rstrip('-_')}-{mark}"


def make_unique(slug: str, taken: set[str]) -> str:
    """Give *slug*, or the first of `slug-2`, `slug-3`, … that nobody has, and take it."""
    name, number = slug, 2
    while name in taken:
        name, number = f"{slug}-{number}", number + 1
    taken.add(name)
    return name
