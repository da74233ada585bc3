"""Navigation: which files MkDocs may see, and folders named in `nav:` become their pages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any


def is_own(uri: str, pages: Iterable[str]) -> bool:
    """Tell whether a file of `content/` is the product's, not a page or file of the site itself.

    Whatever is not known to be for the site stays out: MkDocs would copy it as it is.
    """
    return not uri.startswith("assets/") and f"content/{uri}" not in pages


def expand(nav: list[Any], uris: Iterable[str], own: Iterable[str]) -> list[Any]:
    """Put the pages of a folder where `nav:` names it with a slash at its end, as `handbook/`.

    Where pages of the folder stand beside it, they give the order, and the folder is the rest. A
    folder that has no page yet, and a page of ours that this site does not have, is left out.
    """
    known = [uri for uri in uris if uri.endswith(".md")]
    missing = set(own) - set(known)
    return [entry for item in nav for entry in _entry(item, known, missing)]


def _entry(item: Any, known: list[str], missing: set[str]) -> list[Any]:
    if isinstance(item, dict):
        found: list[Any] = []
        for title, value in item.items():
            inner = _value(value, known, missing)
            if inner is not None:
                found.append({title: inner})
        return found
    if isinstance(item, str) and item.endswith("/"):
        return list(_pages(item, known))
    return [] if item in missing else [item]


def _value(value: Any, known: list[str], missing: set[str]) -> Any:
    if isinstance(value, list):
        return _ordered(value, known, missing) or None
    if isinstance(value, str) and value.endswith("/"):
        return _pages(value, known) or None
    return None if value in missing else value


def _ordered(items: list[Any], known: list[str], missing: set[str]) -> list[Any]:
    """Expand a list; pages named beside their folder come first, as far as they are there."""
    folders = tuple(item for item in items if isinstance(item, str) and item.endswith("/"))
    found: list[Any] = []
    for item in items:
        if item in folders:
            found += [uri for uri in _pages(item, known) if uri not in items]
        elif not (isinstance(item, str) and item.startswith(folders) and item not in known):
            found += _entry(item, known, missing)
    return found


def _pages(folder: str, known: list[str]) -> list[str]:
    found = [uri for uri in known if uri.startswith(folder)]
    return sorted(found, key=lambda uri: (uri.count("/"), PurePosixPath(uri).stem != "index", uri))
