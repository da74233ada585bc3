"""Search and sitemap: entries for pages that MkDocs did not render itself."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from mimin.foreign import read_json
from mimin.planning.examined import Examined
from mimin.website.markup import text as escape
from mimin.website.output import Output
from mimin.website.scene import Scene

INDEX = "search/search_index.json"
POSTS = "posts/shell/"
"""Where MkDocs renders the shell of the posts, which is no page for readers."""
SPACELESS = (
    "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u1a20-\\u1aaf\\u1b00-\\u1b7f\\u3005-\\u3007"
    "\\u3041-\\u30fa\\u30fc-\\u312f\\u31f0-\\u31ff\\u3400-\\u9fff\\ua980-\\ua9ff\\uaa60-\\uaa7f"
    "\\uf900-\\ufaff\\uff66-\\uff9f"
)
"""Letters of scripts that put no spaces between words, as a class of a regular expression.

Thai, Lao, Burmese, Khmer, Tai Tham, Balinese, Japanese, Chinese, Javanese (Unicode, Blocks.txt).

`worker.js` has the same; there they part what is searched for, here what is searched.
"""
_SIGNS = (
    "\\u3000-\\u3004\\u3008-\\u3020\\u30fb"
    "\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65"
)
"""What stands between sentences of these scripts."""
_SPACES = r"[\s\-]+"
"""What parts words where the theme says nothing."""
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
    if re.search(f"[{SPACELESS}]", docs):
        config = index.setdefault("config", {})
        config["separator"] = f"{config.get('separator') or _SPACES}|{letter_by_letter()}"
    head = json.dumps(index, ensure_ascii=False, separators=(",", ":")).removesuffix("}")
    text = f'{head}{"," if index else ""}"docs":[{docs}]}}'
    output.write(INDEX, text.encode())
    # U+2028 and U+2029 end a line in scripts of old; JSON lets them stand.
    safe = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    output.write("search/search_index.js", f"var __index = {safe}".encode())


@cache
def letter_by_letter() -> str:
    """Write what parts a text before and after each letter of a script without spaces.

    It is for browsers (ECMAScript, without flags), which read it as MkDocs' `separator`. Marks that
    stand on a letter stay with it. Nothing is parted at spaces, where the theme parts already: its
    highlighting would find an empty word there. So the index grows by this text alone.
    """
    ends = rf"\s\-{_SIGNS}"
    before = rf"(?<=[^{ends}])(?=[{_beginnings()}])"
    after = rf"(?<=[{SPACELESS}])(?=[^{SPACELESS}{ends}])"
    return f"[{_SIGNS}]+|{before}|{after}"


def _beginnings() -> str:
    """Give the letters of SPACELESS without the marks, which begin nothing."""
    every = re.compile(f"[{SPACELESS}]")
    letters = [
        number
        for number in range(0xFFFF)
        if every.match(chr(number)) and not unicodedata.category(chr(number)).startswith("M")
    ]
    found, known = [], set(letters)
    for number in letters:
        if number - 1 not in known:
            last = number
            while last + 1 in known:
                last += 1
            found.append(f"\\u{number:04x}-\\u{last:04x}")
    return "".join(found)


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
