"""Lost posts: files with the front matter of a post where no post is looked for.

Saved beside a brand's folder, a post would be a page of the site, and never go out.
"""

from __future__ import annotations

from collections.abc import Iterator

from mimin.model.problem import Problem
from mimin.workspace.frontmatter import read_document
from mimin.workspace.layout import Layout
from mimin.workspace.source import read_text
from mimin.workspace.tree import Tree

_BESIDE = frozenset({"", "post", "posts", "unggahan"})
"""Folders at the top of the repository in which somebody may look for posts."""


def take_out_lost_posts(tree: Tree, layout: Layout) -> Iterator[Problem]:
    """Find posts among the site's own pages, and take them out of these, so that none is shown."""
    for path in [page for page in layout.pages if page.endswith(".md")]:
        if _is_post(tree, path):
            layout.pages.remove(path)
            yield _lost(path, layout)
    for path in tree.beside:
        beside = path.endswith(".md") and path.rpartition("/")[0].lower() in _BESIDE
        if beside and _is_post(tree, path):
            yield _lost(path, layout)


def _lost(path: str, layout: Layout) -> Problem:
    brand = next(iter(layout.brands), "<brand>")
    message = (
        "this has the front matter of a post and lies where no post is looked for, so it would "
        f"never be sent; move it to content/{brand}/posts/, or take `accounts:` out of a page"
    )
    return Problem(path=path, code="file-misplaced", message=message)


def _is_post(tree: Tree, path: str) -> bool:
    text = read_text(tree, path)[0] or ""
    return text.startswith("---") and "accounts" in read_document(text).fields.values
