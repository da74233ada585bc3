"""Search and sitemap: entries for pages that MkDocs did not render itself."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable
from pathlib import Path

from mimin.foreign import read_json
from mimin.planning.examined import Examined
from mimin.website.markup import text as escape
from mimin.website.output import Output
from mimin.website.scene import Scene

INDEX = "search/search_index.json"
POSTS = "posts/shell/"
"""Where MkDocs renders the shell of the posts, which is no page for readers."""
_ENTRY = re.compile(r"(?<!\s)\s*<url>.*?</url>", re.DOTALL)


def search_entry(post: Examined, scene: Scene) -> dict[str, str]:
    """Describe one post for the search; the theme puts these strings into its page as HTML."""
    previews = scene.previews.get(post.path)
    texts = (
        dict.fromkeys(preview.text for preview in previews.accounts.values()) if previews else {}
    )
    names = [scene.brands[post.brand].name, post.campaign, post.pillar, *post.labels]
    note = previews.note if previews else ""
    words = [*texts, " ".join(name for name in names if name), note]
    return {
        "location": scene.addresses[post.path],
        "title": escape(post.title),
        "text": escape("\n".join(word for word in words if word)),
    }


def write_entry(entry: dict[str, str]) -> str:
    """Write an entry as JSON, as the index has it."""
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))


def extend_search(site: Path, output: Output, entries: str) -> None:
    """Append joined entries to the theme's index, and lay it beside as a script for `file://`."""
    path = site / INDEX
    if not path.is_file():
        return
    index = read_json(path.read_text("utf-8"))
    own = (write_entry(entry) for entry in index.pop("docs"))
    docs = ",".join(part for part in (*own, entries) if part)
    head = json.dumps(index, ensure_ascii=False, separators=(",", ":")).removesuffix("}")
    text = f'{head}{"," if index else ""}"docs":[{docs}]}}'
    output.write(INDEX, text.encode())
    # U+2028 and U+2029 end a line in scripts of old; JSON lets them stand.
    safe = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    output.write("search/search_index.js", f"var __index = {safe}".encode())


def extend_sitemap(site: Path, output: Output, site_url: str, addresses: Iterable[str]) -> None:
    """Append addresses to MkDocs' sitemap, when the site has an address of its own."""
    path = site / "sitemap.xml"
    if not site_url or not path.is_file():
        return
    base = site_url.rstrip("/")
    lines = "".join(f"<url><loc>{escape(f'{base}/{name}')}</loc></url>\n" for name in addresses)
    listed = _ENTRY.sub(
        lambda found: "" if POSTS in found[0] else found[0], path.read_text("utf-8")
    )
    content = listed.replace("</urlset>", f"{lines}</urlset>").encode()
    output.write("sitemap.xml", content)
    output.write("sitemap.xml.gz", gzip.compress(content, mtime=0))
