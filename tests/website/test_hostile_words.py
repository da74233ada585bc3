"""Whatever a title or a text says: it fills no hole of a page, and nothing in it is hidden."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimin.unseen import find_hidden
from mimin.website.home import MADE
from mimin.website.markup import text
from mimin.website.shell import BODY, TITLE, Shell

POST = """\
---
title: "{title}"
accounts: [bluesky]
at: 2026-12-12 10:00
---
{body}
"""
BRAND = """\
name: Toko Uji
zone: Asia/Jakarta
languages: [id]
accounts:
  bluesky: {network: sandbox, like: bluesky, handle: uji.example.com}
approval: none
"""
OLD_HOLES = ("mimin-hole-title-1f0c", "mimin-hole-body-1f0c", "mimin-hole-made-7c2e")
HOLES = pytest.mark.parametrize(
    "title",
    [*OLD_HOLES, "mimin-entries-9d41", "END:VCALENDAR", "</head>", MADE, "<!-- mimin:home -->"],
)
PAGE = f"<head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><p>{BODY}</p></body>"


@HOLES
def test_a_title_that_is_called_like_a_hole_is_shown_as_a_title(title, site):
    (site.root / "content/toko/posts/2026/12/hari-h.md").unlink()
    site.write("content/toko/posts/a.md", POST.format(title=title, body="Halo dunia."))
    site.write("content/toko/brand.yml", BRAND.replace("Toko Uji", repr(title)))
    site.build()
    page = site.page("posts/toko/a.html")
    assert page.count("Halo dunia.") == page.count('<div class="mimin-text"') > 0
    assert text(title) in page.partition("<title>")[2].partition("</title>")[0]
    assert "<" not in page.partition("<title>")[2].partition("</title>")[0]
    index = json.loads((site.out / "search/search_index.json").read_text())
    (entry,) = [entry for entry in index["docs"] if entry["location"] == "posts/toko/a.html"]
    assert entry["title"] == text(title)
    feed = next(site.out.rglob("*.ics")).read_text()
    # The post's, and the campaign's.
    assert feed.count("BEGIN:VEVENT") == feed.count("END:VEVENT") == 2
    home = site.page("index.html")
    assert text(title) in home
    assert "09.00" in home  # when it was made
    assert MADE not in home


@given(st.text(), st.text(), st.sampled_from([*OLD_HOLES, TITLE, BODY, "</head>"]))
def test_what_is_put_into_a_shell_is_never_looked_through_for_holes(title, body, hole):
    made = Shell.cut(PAGE).fill(title + hole, hole + body, "https://a.example")
    link = '<link rel="canonical" href="https://a.example">'
    shown = text(title + hole)
    assert made == f"<head><title>{shown}</title>{link}</head><body>{hole + body}</body>"


def test_a_shell_is_the_same_text_in_every_process():
    assert TITLE not in Shell.cut(PAGE).content
    assert BODY not in Shell.cut(PAGE).content


HIDDEN = (
    "\x1b[2J\u202e\u200bx a\ufe05b\U000e0155c\U000e0041d\u3164e\u2800f\u17b4g\u200d\u200ch\u2067i"
    "\ue000j\ufff9k" + "\u0301" * 12
)


def test_pages_search_and_feeds_show_what_is_hidden(site):
    site.strict = False
    escaped = "".join(f"\\U{ord(sign):08X}" for sign in HIDDEN)
    title = rf"\e]0;pwn\a\u202Egnp {escaped}"
    site.write("content/toko/posts/a.md", POST.format(title=title, body=f"Hi {HIDDEN}"))
    site.write("content/kafe/brand.yml", BRAND.replace("Toko Uji", f'"Kafe {escaped}"'))
    site.write("content/handbook/a.md", f"# Buku {HIDDEN}\n\nIsi {HIDDEN}\n")
    site.write("content/handbook/b.md", f'---\ntitle: "B {escaped}"\n---\nIsi\n')
    calendar = (site.root / "calendar/toko.yml").read_text()
    site.write("calendar/toko.yml", calendar.replace("name: Harbolnas", f'name: "H {escaped}"'))
    site.write("reports/terbit.yml", f'kind: publishing\ntitle: "Terbit {escaped}"\n')
    site.build()
    for path in site.out.rglob("*"):
        if path.suffix not in {".html", ".ics", ".xml"} or "assets" in path.parts:
            continue
        found = path.read_bytes().decode().replace("\r\n", "\n")
        assert not list(find_hidden(found)), path
    assert r"\u202egnp" in site.page("posts/toko/a.html")
    assert r"Hi \x1b[2J\u202e\u200bx" in site.page("posts/toko/a.html")
    index = json.loads((site.out / "search/search_index.json").read_text())
    for entry in index["docs"]:
        assert not list(find_hidden(entry["title"] + entry["text"]))


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("content/handbook/leak.md", "/etc/passwd"),
        ("content/leak.md", "/etc/passwd"),
        ("content/assets/leak.txt", "/etc/passwd"),
        ("content/handbook/leak", "/etc"),
        ("content/assets/leak", "../../.git"),
    ],
)
def test_nothing_behind_a_link_is_published(path, target, site):
    site.strict = False
    site.write("content/handbook/a.md", "# Ada\n")
    link = site.root / path
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)
    site.build()
    assert not list(site.out.rglob("*leak*"))
    assert not [path for path, content in site.everything().items() if b"root:x:" in content]
