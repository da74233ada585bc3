"""Where each file belongs: every file is recognised, or is a problem that says where to put it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from mimin.git import is_gits_own
from mimin.model.base import SLUG
from mimin.model.problem import Problem, Severity
from mimin.printable import spelled
from mimin.workspace.hidden import complaint_of_name, hidden_in
from mimin.workspace.validation import suggest

SITE_FOLDERS = frozenset({"handbook", "assets"})
"""Folders of `content/` that hold the site's own pages and are not brands."""
_SHOWN = frozenset({".jpg", ".jpeg", ".jfif", ".png", ".gif", ".webp", ".avif", ".mp4", ".mov"})
MEDIA = _SHOWN | {".heic", ".heif"}
"""Suffixes of media, in small letters; cameras write them large (`IMG_1234.JPG`)."""
SITE_FILES = frozenset({".md", ".css", ".js", ".svg", ".ico"}) | _SHOWN
TEMPLATE_FOLDERS = frozenset({"posts", "cards", "replies", "reports", "site"})
_CARD_FILES = frozenset({".yml", ".ttf", ".otf"}) | MEDIA
_TEXT_SUFFIXES = frozenset({"", ".md", ".markdown", ".mdown", ".mkd", ".txt", ".text", ".yaml"})
_MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})
_GIT_FILES = frozenset({".gitkeep", ".keep", ".gitignore", ".gitattributes"})
_LEFTOVER = re.compile(
    r"\.DS_Store|\._.*|Thumbs\.db|desktop\.ini|.*~|#.*#|\.#.*|.*\.(swp|swo|bak|orig|rej|tmp)",
    re.IGNORECASE,
)
"""What desktops, editors and git leave behind."""
# Names that need no closer look: no device, no strange sign, not long.
_PORTABLE = re.compile(
    r"(?:(?!(?i:con|prn|aux|nul|com\d|lpt\d)(?:[./]|$))"
    r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,98}[A-Za-z0-9_-](?:/|$))+"
)
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
    post_templates: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    """The site's own files."""
    problems: list[Problem] = field(default_factory=list)

    def refuse(
        self, path: str, code: str, message: str, *others: str, warning: bool = False
    ) -> None:
        """Note that the file at *path* is not what it should be, for itself or beside *others*."""
        severity = Severity.WARNING if warning else Severity.ERROR
        self.problems.append(
            Problem(path=path, code=code, message=message, severity=severity, others=others)
        )


def recognise(paths: Iterable[str], elsewhere: Iterable[str] = ()) -> Layout:
    """Sort all files into what they are; what fits nowhere becomes a problem.

    Args:
        paths: All files under the four folders.
        elsewhere: The repository's other files, whose names may be as theirs on some disks.
    """
    layout = Layout()
    ordered = sorted(paths)
    for path in ordered:
        if path.startswith("content/") and path.endswith("/brand.yml") and path.count("/") == 2:
            _brand_folder(layout, path, path.split("/")[1])
    beside: list[str] = []
    for path in ordered:
        if not _PORTABLE.fullmatch(path):
            _refuse_names(layout, path)
        parts = path.split("/")
        name = parts[-1]
        if name in _GIT_FILES:
            continue
        # Nearly all are posts: of what ends like one, only a hidden file can be left over.
        if (not name.endswith(".md") or name[0] == ".") and _LEFTOVER.fullmatch(name):
            message = "left behind by an editor or a desktop; remove it, and add it to .gitignore"
            layout.refuse(path, "file-leftover", message, warning=True)
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
    _refuse_twins(layout, ordered, sorted(elsewhere))
    return layout


def _refuse_names(layout: Layout, path: str) -> None:
    """Refuse what no file may be called, and warn of what not all computers take."""
    for _, character in hidden_in(path):
        layout.refuse(path, "hidden-character", complaint_of_name(character))
    if _STRANGE.search(path) or is_gits_own(path):
        _refuse_strange(layout, path)
    else:
        _warn_unportable(layout, path)


def _refuse_strange(layout: Layout, path: str) -> None:
    """Refuse a name that another disk, or a line of a log, takes for something else."""
    reason = next((why for sign, why in _SIGNS.items() if sign in path), "")
    if is_gits_own(path):
        reason = "some disks take it for .git"
    reason = reason or "Windows drops dots and blanks at the end of a name"
    plain = "/".join(_LETTERS.sub("-", part).strip("-. ") or "file" for part in path.split("/"))
    message = f"its path is not the same everywhere: {reason}; rename it to {plain}"
    layout.refuse(path, "name-invalid", message)


_STRANGE = re.compile(r"[\\:\n\t]|[. ](?:/|$)")
_SIGNS = {
    "\n": "it holds a line break",
    "\t": "it holds a tab",
    "\\": "Windows parts folders at `\\`",
    ":": "Windows and macOS have no `:` in names",
}
_LETTERS = re.compile(r"[\\:\n\t]|^\.?git[. ]*$|^git(?=~)", re.IGNORECASE)


def _brand_folder(layout: Layout, path: str, name: str) -> None:
    if name in SITE_FOLDERS:
        message = f"content/{name}/ is for the site's own pages; give the brand another folder"
        layout.refuse(path, "name-invalid", message)
        return
    layout.brands[name] = path
    if not re.fullmatch(SLUG, name):
        message = (
            "a brand's folder is named with small letters, digits, - and _; "
            f"rename it to {_slug(name) or 'brand'}"
        )
        layout.refuse(path, "name-invalid", message)


def _suffix(path: str) -> str:
    """Give a suffix as it is written, but that of media in small letters."""
    suffix = PurePosixPath(path).suffix
    return suffix.lower() if suffix.lower() in MEDIA else suffix


_BRAND_FILE = "a brand's file is called brand.yml, in small letters; rename it"


def _is_nearly_brand(parts: list[str]) -> bool:
    return len(parts) == 3 and parts[2].lower() in {"brand.yml", "brand.yaml"}


def _slug(name: str) -> str:
    """Give the nearest name that is allowed."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9_-]+", "-", plain.lower()).strip("-_")


def _content(layout: Layout, path: str, parts: list[str], beside: list[str]) -> None:
    # Nearly all are posts, and pathlib takes half of the time of sorting them.
    is_post = path.endswith(".md") and parts[-1] != ".md"
    suffix = ".md" if is_post else _suffix(path)
    if len(parts) <= 2 or parts[1] in SITE_FOLDERS:
        if suffix in SITE_FILES:
            layout.pages.append(path)
        elif parts[2:] != ["brand.yml"]:
            shown = f"a {suffix} file" if suffix else "a file without suffix"
            message = f"the site's own pages can not hold {shown}; move it to a brand, or away"
            layout.refuse(path, "file-unknown", message)
        return
    if parts[1] not in layout.brands:
        if _is_nearly_brand(parts):
            layout.refuse(path, "suffix-wrong", _BRAND_FILE)
            return
        message = (
            f"content/{parts[1]}/ has no brand.yml, so nothing in it is published; "
            "add one, or move the file to a brand's folder"
        )
        layout.refuse(path, "folder-unknown", message + suggest(parts[1], layout.brands))
        return
    _brand_file(layout, path, parts, suffix, beside)


def _brand_file(
    layout: Layout, path: str, parts: list[str], suffix: str, beside: list[str]
) -> None:
    folder, inside = parts[2], len(parts) > 3
    if not inside and folder == "brand.yml":
        return
    if inside and folder in {"posts", "media"} and suffix in MEDIA:
        layout.media.add(path)
    elif inside and folder == "posts":
        if suffix == ".md" or parts[-1] == ".md":
            _post_file(layout, path, beside)
        elif path.endswith(".link.yml"):
            beside.append(path)
        else:
            layout.refuse(path, "suffix-wrong", _rename(path, suffix))
    elif inside and folder == "media":
        kinds = ", ".join(sorted(MEDIA))
        message = f"media/ holds {kinds} files; save it as one of them, or move it away"
        layout.refuse(path, "suffix-wrong", message)
    elif _is_nearly_brand(parts):
        layout.refuse(path, "suffix-wrong", _BRAND_FILE)
    else:
        known = "a brand's folder holds brand.yml, posts/ and media/"
        near = suggest(folder.lower(), ["posts", "media"]) if inside else ""
        if suffix in MEDIA:
            brand = f"content/{parts[1]}"
            way_out = f"; move it beside its post in {brand}/posts/, or into {brand}/media/"
        else:
            way_out = "; put posts and what goes with them into posts/"
        layout.refuse(path, "file-misplaced", known + (near or way_out))


def _rename(path: str, suffix: str) -> str:
    """Say why a file is no part of a post, and what it may be called instead."""
    name = PurePosixPath(path)
    shown = f"a {suffix} file" if suffix else "a file without suffix"
    if name.stem.lower().endswith(".link"):
        return f"a link card is a .link.yml file; rename it to {name.stem.lower()}.yml"
    if suffix.lower() in _TEXT_SUFFIXES:
        stem = name.stem[:-3] if name.stem.lower().endswith(".md") else name.stem
        better = _slug(stem) or "post"
        return f"{shown} is not a post and would never be sent; rename it to {better}.md"
    kinds = ", ".join(sorted(MEDIA))
    return f"{shown} is no post (.md) and no media ({kinds}); save it as one of them or move it"


def better_name(path: str) -> str:
    """Give the path that a file should have, where nothing but its suffix or its form is wrong.

    The suffix of a post is `.md`, and letters with accents are stored in one piece (Unicode NFC),
    as Windows and Linux write them.
    """
    name = PurePosixPath(unicodedata.normalize("NFC", path))
    parts, suffix = name.parts, name.suffix.lower()
    if len(parts) < 4 or parts[0] != "content" or parts[2] not in {"posts", "media"}:
        return str(name)
    if parts[2] == "posts" and (suffix in _MARKDOWN or name.name.lower().endswith(".md.txt")):
        stem = PurePosixPath(name.stem).stem if suffix == ".txt" else name.stem
        if _POST_NAME.fullmatch(stem):
            return str(name.with_name(f"{stem}.md"))
    return str(name)


def _post_file(layout: Layout, path: str, beside: list[str]) -> None:
    name = path.rpartition("/")[2]
    stem = name.removesuffix(".md")
    if not _POST_NAME.fullmatch(stem):
        message = (
            f"{spelled(repr(name))} is no name for a post, which has small letters, digits, - and "
            "_, and one dot before a variant's account or network; rename it to "
            f"{_slug(stem) or 'post'}.md"
        )
        layout.refuse(path, "name-invalid", message)
    elif "." in stem:
        beside.append(path)
    else:
        layout.posts[path] = PostFiles(main=path)


def _attach(layout: Layout, beside: list[str]) -> None:
    """Give variants and link cards to the post they stand beside."""
    names: dict[str, list[str]] = {}
    for path in layout.posts if beside else ():
        folder, _, name = path.rpartition("/")
        names.setdefault(folder, []).append(name.removesuffix(".md"))
    for path in beside:
        folder, _, name = path.rpartition("/")
        stem, _, target = name.rpartition(".")[0].partition(".")
        files = layout.posts.get(f"{folder}/{stem}.md")
        if files is None:
            message = f"there is no {stem}.md beside it, so nobody would see it"
            hint = (
                suggest(stem, names.get(folder, ()))
                or "; name it after a post of this folder, or remove it"
            )
            layout.refuse(path, "post-missing", message + hint)
        elif path.endswith(".link.yml"):
            files.card = path
        else:
            files.variants[target] = path


def _calendar(layout: Layout, path: str, parts: list[str]) -> None:
    name = PurePosixPath(path)
    if name.suffix == ".py":
        message = "a .py file here would shadow Python's own calendar module; move it away"
        layout.refuse(path, "suffix-wrong", message)
    elif name.suffix != ".yml":
        message = f"calendar files are .yml files; rename it to {name.stem}.yml, or move it away"
        layout.refuse(path, "suffix-wrong", message)
    elif parts[1] == "observances" and len(parts) == 3:
        layout.observances.append(path)
    elif len(parts) != 2:
        message = "calendar/ holds <brand>.yml and observances/<name>.yml"
        near = suggest(parts[1], ["observances"]) if parts[1] != "observances" else ""
        near = near or "; move the file"
        layout.refuse(path, "file-misplaced", message + near)
    elif name.stem not in layout.brands:
        message = f"there is no brand {name.stem!r}, so nothing reads this calendar"
        way_out = "; name it after a brand, or add content/" + name.stem + "/brand.yml"
        message += suggest(name.stem, layout.brands) or way_out
        layout.refuse(path, "brand-unknown", message)
    else:
        layout.schedules[name.stem] = path


def _template(layout: Layout, path: str, parts: list[str]) -> None:
    name = PurePosixPath(path)
    if len(parts) < 3 or parts[1] not in TEMPLATE_FOLDERS:
        near = suggest(parts[1], TEMPLATE_FOLDERS) if len(parts) > 2 else ""
        message = f"templates/ holds the folders {', '.join(sorted(TEMPLATE_FOLDERS))}"
        layout.refuse(path, "file-misplaced", message + (near or "; move the file into one"))
    elif parts[1] == "posts" and name.suffix != ".md":
        message = f"post templates are .md files; rename it to {name.stem}.md, or move it away"
        layout.refuse(path, "suffix-wrong", message)
    elif parts[1] == "posts":
        layout.post_templates.append(path)
    elif parts[1] == "cards":
        if name.suffix == ".yml" and len(parts) == 3:
            layout.cards[name.stem] = path
        elif name.suffix == ".yml":
            message = "card templates lie in templates/cards/ itself; move the file up"
            layout.refuse(path, "file-misplaced", message)
        elif _suffix(path) not in _CARD_FILES:
            message = "card templates are .yml files, with images and fonts beside them; rename it"
            layout.refuse(path, "suffix-wrong", message)


def _report(layout: Layout, path: str, parts: list[str]) -> None:
    if len(parts) == 2 and path.endswith(".yml"):
        layout.reports.append(path)
    elif len(parts) == 2:
        better = f"{PurePosixPath(path).stem}.yml"
        message = f"reports are .yml files; rename it to {better}, or move it away"
        layout.refuse(path, "suffix-wrong", message)
    else:
        message = "reports/ holds one <name>.yml a report and no folders; move the file up"
        layout.refuse(path, "file-misplaced", message)


def _refuse_twins(layout: Layout, ordered: list[str], elsewhere: list[str]) -> None:
    """Refuse names that some disks can not tell apart; between other files it is a warning."""
    first: dict[str, str] = {}
    folders = {folder: folder for folder in _TOPS}
    last = ""
    for path in (*ordered, *elsewhere):
        twin = first.setdefault(_folded(path), path)
        folder = path.rpartition("/")[0]
        if twin == path and folder and folder != last:  # many files, few folders
            last = folder
            twin = _twin_folder(folders, path) or path
        if twin != path:
            mine = "/".join(
                path.split("/")[: twin.count("/") + 1]
            )  # a folder's name, or the file's
            how, shown, other = "only in capitals", mine, twin
            if unicodedata.normalize("NFC", mine) == unicodedata.normalize("NFC", twin):
                how, shown, other = "only in how accents are stored", *map(spelled, (mine, twin))
            name = shown.rpartition("/")[2]
            message = (
                f"{name} differs from {other} {how}, and macOS and Windows keep only one of them; "
                "rename one"
            )
            ours = twin.partition("/")[0] in _TOPS
            others = (twin,) if ours and twin in first.values() else ()
            layout.refuse(path, "name-twin", message, *others, warning=not ours)


_DEEPEST = 32
"""Folders within folders that are compared; a path of thousands would take quadratic time."""
_TOPS = ("content", "calendar", "templates", "reports")


def _twin_folder(folders: dict[str, str], path: str) -> str | None:
    """Find a folder that some disks can not tell from one of those above *path*."""
    end = path.find("/")
    for _ in range(_DEEPEST):
        if end < 0:
            return None
        folder = path[:end]
        twin = folders.setdefault(_folded(folder), folder)
        if twin != folder:
            return twin
        end = path.find("/", end + 1)
    return None


def _folded(path: str) -> str:
    return path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold()


_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
"""Names of devices on Windows, with any suffix (learn.microsoft.com, Naming Files)."""
_NOT_ON_WINDOWS = re.compile(r'[<>"|?*]')
_LONGEST_NAME = 143
"""In bytes of UTF-8: what an encrypted home folder of Linux (eCryptfs) still takes."""


def _warn_unportable(layout: Layout, path: str) -> None:
    """Warn of a name that a colleague's computer can not check out, or shows as another."""
    if not unicodedata.is_normalized("NFC", path):
        message = (
            f"{spelled(path)} stores accents in two pieces, so that to git and other computers "
            "it is another name than it seems; rename it (`mimin check --fix` does, if no post "
            "changes)"
        )
        layout.refuse(path, "name-invalid", message, warning=True)
    for name in path.split("/"):
        sign = _NOT_ON_WINDOWS.search(name)
        if _RESERVED.fullmatch(name):
            message = f"{name} is the name of a device on Windows; give it another name"
        elif sign:
            message = f"Windows takes no {sign[0]!r} there in a name ({name!r}); rename it"
        elif (
            len(name) > _LONGEST_NAME // 4 and len(name.encode("utf-8", "replace")) > _LONGEST_NAME
        ):
            message = f"its name is too long for some disks; give it at most {_LONGEST_NAME} bytes"
        else:
            continue
        layout.refuse(path, "name-invalid", message, warning=True)
        return
