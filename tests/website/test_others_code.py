"""Hooks and plugins of others see the site's own pages, and no word of a post."""

from __future__ import annotations

HOOK = """\
from pathlib import Path

SEEN = Path(__file__).with_name("seen.txt")


def see(text, *_args, **_named):
    with SEEN.open("a", encoding="utf-8") as file:
        file.write(str(text))
    return text


def on_page_markdown(markdown, **named):
    return see(markdown)


def on_page_content(html, **named):
    return see(html)


def on_post_page(output, **named):
    return see(output)
"""
POST = """\
---
title: Kata-rahasia {{ 7*7 }}
accounts: [bluesky]
at: 2026-12-12 10:00
---
Kata-rahasia {{ 7*7 }}

--8<-- "mkdocs.yml"
"""


def test_what_posts_say_is_run_by_no_plugin(site):
    """A plugin that renders pages as templates, or runs their code blocks, would run posts too."""
    site.write("tools/hook.py", HOOK)
    site.write("content/index.md", "# Halaman-sendiri\n")
    site.write("content/toko/posts/rahasia.md", POST)
    site.configure("plugins:", "hooks: [tools/hook.py]\nplugins:")
    site.configure("plugins:", "markdown_extensions: [pymdownx.snippets]\nplugins:")
    site.commit()
    site.build()
    seen = (site.root / "tools/seen.txt").read_text()
    assert "Halaman-sendiri" in seen
    assert "Kata-rahasia" not in seen
    page = (site.out / "posts/toko/rahasia.html").read_text()
    assert "Kata-rahasia {{ 7*7 }}" in page
    assert "docs_dir" not in page
