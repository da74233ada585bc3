"""Files that steer git: none alters, between git and the disk, or hides what a reviewer is shown.

What is sent is what lies on the disk; what a reviewer sees are git's objects, and of these only
what a diff shows. A `.gitattributes`, which may lie in any folder, can part them: `ident`, `eol`,
`filter` and `working-tree-encoding` change bytes on checkout, `-diff` and `linguist-generated`
leave a file out of the diff. Media may be filtered, as Git LFS does, and has no diff of lines.
(gitattributes(5); GitHub, "Customizing how changed files appear on GitHub".)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mimin.model.problem import Problem
from mimin.workspace.layout import MEDIA
from mimin.workspace.source import read_text
from mimin.workspace.tree import FOLDERS
from mimin.workspace.workspace import Workspace

_NAME, _MODULES = ".gitattributes", ".gitmodules"
_WATCHED = (*FOLDERS, ".github")
_BINARY = frozenset(
    {".ttf", ".otf", ".woff", ".woff2", ".ico", ".bmp", ".tif", ".tiff"}
    | {".webm", ".mp3", ".wav", ".m4a", ".pdf", ".psd", ".ai", ".zip"}
)
_TEXTS = frozenset({".md", ".yml", ".yaml", ".css", ".js", ".svg", ".html"})
"""Kinds of texts in the folders that are watched."""
_PAIR = re.compile(r"\[([A-Za-z])([A-Za-z])\]")
_WORDS = re.compile(r'"(?:\\.|[^"\\])*"|[^ \t\r\n]+')
_MODULE = re.compile(r"\s*path\s*=\s*\"?(\S+)", re.IGNORECASE)
_WINDOWS = "eol=crlf"
_ALTERS = "changes the bytes between git and the disk, so what is sent is not what was reviewed"
_HIDES = "leaves files out of the diff that a reviewer sees"
_MERGES = "merges two texts into one that nobody has seen"
_TO_GIT_THE_SAME = frozenset({"line-end", "byte-order-mark"})
_LEFT = "makes an archive differ from what was reviewed"


def git_file_problems(workspace: Workspace) -> Iterator[Problem]:
    """Find the lines by which git would show one thing and hand out another."""
    tree = workspace.tree
    # A disk that knows no capitals opens them under any spelling.
    for path in (
        path for path in (*tree.blobs, *tree.beside) if path.casefold().endswith((_NAME, _MODULES))
    ):
        folder, _, name = path.rpartition("/")
        if name.casefold() == _NAME and (not folder or folder.partition("/")[0] in _WATCHED):
            text, problems = read_text(tree, path)
            yield from (problem for problem in problems if problem.code not in _TO_GIT_THE_SAME)
            yield from _attribute_problems(path, folder, text or "")
        elif path.casefold() == _MODULES:
            yield from _module_problems(path, read_text(tree, path)[0] or "")


def _attribute_problems(path: str, folder: str, text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.split("\n"), 1):
        pattern, *attributes = _WORDS.findall(line) or ["#"]
        if pattern.startswith("#"):
            continue
        kind = "text" if pattern.startswith("[attr]") else _kind(pattern, top=not folder)
        for written in attributes if kind else ():
            harm, media = _harm(written)
            if written == _WINDOWS and kind == "text" and "text=auto" in attributes:
                continue  # of texts alone, and those are read with either line ends
            if harm and not (media and kind == "media"):
                way_out = "take it out of this line"
                if written == _WINDOWS:
                    way_out += ", or write `text=auto` before it"
                if media:
                    way_out += f", or name media only, such as `*.png {written}`"
                yield _problem(path, number, f"`{written}` {harm}; {way_out}")


def _kind(pattern: str, *, top: bool) -> str:
    """Tell what of the watched folders a pattern could mean: `text`, `media` or nothing."""
    plain = _PAIR.sub(lambda m: m[1] if m[1].lower() == m[2].lower() else m[0], pattern.strip('"'))
    first, parted, _ = plain.lstrip("/").partition("/")
    literal = not re.search(r"[*?\[\\]", first)
    if top and parted and literal and first.casefold() not in _WATCHED:
        return ""
    _, dot, suffix = plain.rpartition("/")[2].casefold().rpartition(".")
    suffix = dot + suffix
    if not re.fullmatch(r"\.[a-z0-9]+", suffix):
        return "text"
    if suffix in MEDIA or suffix in _BINARY:
        return "media"
    return "text" if suffix in _TEXTS or parted else ""


def _harm(written: str) -> tuple[str, bool]:
    """Say what is wrong with an attribute as it is written, and whether media may have it."""
    name, given, value = written.lstrip("-").partition("=")
    unset = written.startswith("-")
    if written.startswith("!") or (unset and name != "diff"):
        return "", False
    on = value.casefold() != "false"
    return {
        "ident": (_ALTERS, False),
        "working-tree-encoding": (_ALTERS, False),
        "eol": (_ALTERS if value != "lf" else "", False),
        "filter": (_ALTERS, True),
        "diff": (_HIDES if unset else "", True),
        "binary": (_HIDES, True),
        "merge": (_MERGES if given and value not in {"text", "binary"} else "", True),
        "export-subst": (_LEFT, False),
        "linguist-generated": (_HIDES if on else "", False),
        "gitlab-generated": (_HIDES if on else "", False),
    }.get(name, ("", False))


def _module_problems(path: str, text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.split("\n"), 1):
        found = _MODULE.match(line)
        if found and found[1].lstrip("./").partition("/")[0].casefold() in _WATCHED:
            message = (
                f"{found[1]} would be another repository, whose files no reviewer of this one "
                f"sees; run `git rm {found[1]}`, and put the files themselves there"
            )
            yield _problem(path, number, message)


def _problem(path: str, line: int, message: str) -> Problem:
    return Problem(path=path, line=line, code="git-file", message=message)
