"""Where each file belongs: every file is recognised, or the reader is told what is wrong with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from mimin.model.base import SLUG
from mimin.model.problem import Problem, Severity
from mimin.workspace.validation import suggest

SITE_FOLDERS = frozenset({"handbook", "assets"})
"""Folders of `content/` that hold the site's own pages and are not brands."""
MEDIA = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp", ".mp4", ".mov"})
SITE_FILES = frozenset({".md", ".css", ".js", ".svg", ".ico"}) | MEDIA
TEMPLATE_FOLDERS = frozenset({"posts", "cards", "replies", "reports", "site"})
_CARD_FILES = frozenset({".yml", ".ttf", ".otf"}) | MEDIA
_POST_NAME = re.compile(r"^[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)?$")


@dataclass
class PostFiles:
    """The files that make one post."""

    main: str
    variants: dict[str, str] = field(default_factory=dict)
    """Target → path."""
    card: str | None = None
    """The link card kept beside the post."""


@dataclass
class Layout:
    """What the workspace's files are."""

    brands: dict[str, str] = field(default_factory=dict)
    """Brand → path of its `brand.yml`."""
    posts: dict[str, PostFiles] = field(default_factory=dict)
    """Path of the post → its files."""
    media: set[str] = field(default_factory=set)
    schedules: dict[str, str] = field(default_factory=dict)
    """Brand → path of its calendar."""
    observances: list[str] = field(default_factory=list)
    cards: dict[str, str] = field(default_factory=dict)
    """Card template → path."""
    reports: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    """The site's own files."""
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, path: str, code: str, message: str, *, warning: bool = False) -> None:
        """Note that the file at *path* is not where or what it should be."""
        severity = Severity.WARNING if warning else Severity.ERROR
        self.problems.append(Problem(path=path, code=code, message=message, severity=severity))


def recognise(paths: Iterable[str]) -> Layout:
    """Sort all files into what they are; what fits nowhere becomes a problem."""
    layout = Layout()
    ordered = sorted(paths)
    for path in ordered:
        parts = path.split("/")
        if len(parts) == 3 and parts[0] == "content" and parts[2] == "brand.yml":
            layout.brands[parts[1]] = path
    beside: list[str] = []
    for path in ordered:
        parts = path.split("/")
        if parts[-1] == ".gitkeep":
            continue
        match parts[0]:
            case "content":
                _content(layout, path, parts, beside)
            case "calendar":
                _calendar(layout, path, parts)
            case "templates":
                _template(layout, path, parts)
            case _:
                _report(layout, path, parts)
    _attach(layout, beside)
    _refuse_twins(layout, ordered)
    return layout


def _content(layout: Layout, path: str, parts: list[str], beside: list[str]) -> None:
    suffix = PurePosixPath(path).suffix
    if len(parts) == 2 or parts[1] in SITE_FOLDERS:
        if suffix in SITE_FILES:
            layout.pages.append(path)
        else:
            layout.refuse(
                path, "file-unknown", f"a site page can not be a {suffix or 'file without suffix'}"
            )
        return
    if parts[1] not in layout.brands:
        message = (
            f"content/{parts[1]}/ has no brand.yml, so nothing in it is published; "
            "add one, or move the file to a brand's folder"
        )
        layout.refuse(path, "folder-unknown", message + suggest(parts[1], layout.brands))
        return
    if not re.match(SLUG, parts[1]):
        message = "a brand's folder is named with small letters, digits, - and _"
        layout.refuse(layout.brands[parts[1]], "name-invalid", message)
    _brand_file(layout, path, parts, suffix, beside)


def _brand_file(
    layout: Layout, path: str, parts: list[str], suffix: str, beside: list[str]
) -> None:
    inside = parts[2:]
    if inside == ["brand.yml"]:
        return
    if inside[0] == "posts" and len(inside) > 1:
        if suffix in MEDIA:
            layout.media.add(path)
        elif suffix == ".md":
            _post_file(layout, path, beside)
        elif path.endswith(".link.yml"):
            beside.append(path)
        else:
            shown = f"the suffix {suffix}" if suffix else "no suffix"
            message = (
                f"a file with {shown} is not a post and would never be sent; "
                f"name it {PurePosixPath(path).stem.lower()}.md, or move it away"
            )
            layout.refuse(path, "suffix-wrong", message)
    elif inside[0] == "media" and len(inside) > 1 and suffix in MEDIA:
        layout.media.add(path)
    else:
        known = "brand.yml, posts/ and media/"
        message = f"a brand's folder holds {known}; move the file into one of them"
        layout.refuse(path, "file-misplaced", message + suggest(inside[0], ["posts", "media"]))


def _post_file(layout: Layout, path: str, beside: list[str]) -> None:
    stem = PurePosixPath(path).stem
    if not _POST_NAME.match(stem):
        better = re.sub(r"[^a-z0-9_-]+", "-", stem.lower()).strip("-") or "post"
        message = (
            f"{stem!r} can not name a post: small letters, digits, - and _, and one dot before a "
            f"variant's account or network; rename it to {better}.md"
        )
        layout.refuse(path, "name-invalid", message)
    elif "." in stem:
        beside.append(path)
    else:
        layout.posts[path] = PostFiles(main=path)


def _attach(layout: Layout, beside: list[str]) -> None:
    """Give variants and link cards to the post they stand beside."""
    for path in beside:
        folder, _, name = path.rpartition("/")
        stem, _, target = name.rpartition(".")[0].partition(".")
        files = layout.posts.get(f"{folder}/{stem}.md")
        if files is None:
            near = [p.rpartition("/")[2][:-3] for p in layout.posts if p.startswith(folder + "/")]
            message = f"there is no {stem}.md beside it, so nobody would see it"
            layout.refuse(path, "post-missing", message + suggest(stem, near))
        elif path.endswith(".link.yml"):
            files.card = path
        else:
            files.variants[target] = path


def _calendar(layout: Layout, path: str, parts: list[str]) -> None:
    name = PurePosixPath(path)
    if name.suffix != ".yml":
        hint = (
            "; a .py file here would shadow Python's own calendar" if name.suffix == ".py" else ""
        )
        layout.refuse(
            path, "suffix-wrong", f"calendar files are .yml files{hint}; rename or move it"
        )
    elif parts[1] == "observances" and len(parts) == 3:
        layout.observances.append(path)
    elif len(parts) != 2:
        message = "calendar/ holds <brand>.yml and observances/<name>.yml; move the file"
        layout.refuse(path, "file-misplaced", message)
    elif name.stem not in layout.brands:
        message = f"there is no brand {name.stem!r}{suggest(name.stem, layout.brands)}"
        layout.refuse(path, "brand-unknown", message)
    else:
        layout.schedules[name.stem] = path


def _template(layout: Layout, path: str, parts: list[str]) -> None:
    name = PurePosixPath(path)
    if len(parts) < 3 or parts[1] not in TEMPLATE_FOLDERS:
        known = ", ".join(sorted(TEMPLATE_FOLDERS))
        layout.refuse(
            path, "file-misplaced", f"templates/ holds the folders {known}; move the file"
        )
    elif parts[1] == "cards":
        if name.suffix == ".yml" and len(parts) == 3:
            layout.cards[name.stem] = path
        elif name.suffix not in _CARD_FILES:
            message = "card templates are .yml files, with images and fonts beside them; rename it"
            layout.refuse(path, "suffix-wrong", message)


def _report(layout: Layout, path: str, parts: list[str]) -> None:
    if len(parts) == 2 and path.endswith(".yml"):
        layout.reports.append(path)
    else:
        layout.refuse(
            path, "file-misplaced", "reports/ holds one <name>.yml a report; rename or move it"
        )


def _refuse_twins(layout: Layout, ordered: list[str]) -> None:
    """Refuse names that some disks can not tell apart."""
    first: dict[str, str] = {}
    for path in ordered:
        twin = first.setdefault(path.casefold(), path)
        if twin != path:
            message = (
                f"differs from {twin} only in capitals; macOS and Windows keep only one of them"
            )
            layout.refuse(path, "name-twin", message)
