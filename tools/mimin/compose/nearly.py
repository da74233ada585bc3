"""Nearly Markdown: pictures and links that a reader of the file sees, and Markdown does not.

`![Foto](foto toko.jpg)` or `[Katalog] (https://…)` is only text for Markdown, so it would go out
with its brackets and without the picture. Found here is what Markdown left as text; what is meant
as text is written with a backslash (`\\[`), or as code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from mimin.model.problem import Severity

_SUFFIXES = r"(?:jpe?g|jfif|png|gif|webp|heic|heif|avif|mp4|mov|m4v|webm)"
_ADDRESS = re.compile(
    rf"(?:[a-z]{{3,6}}:/|https?[:/]|www\.|mailto:)|[a-z0-9-]\.[a-z]{{2,}}(?:/|$)|\.{_SUFFIXES}$",
    re.IGNORECASE,
)
_PICTURE = re.compile(
    r"(?<!\\)!(?P<blank>[ \t]?)\[(?P<alt>[^\[\]\n]*)\](?P<gap>[ \t]*)"
    r"(?:\((?P<file>(?:[^()\n]|\([^()\n]*\))*)\)?)?"
)
_SWAPPED = re.compile(r"(?<!\\)(?P<mark>!?)\((?P<target>[^()\n]+)\)[ \t]?\[(?P<words>[^\[\]\n]+)\]")
_EMBED = re.compile(r"(?<!\\)!\[\[(?P<file>[^\[\]\n]+)\]\]")
_LINK = re.compile(
    r"(?<![\\!])(?<!! )\[(?P<words>[^\[\]\n]+)\][ \t]*"
    r"\((?P<target>(?:[^()\n]|\([^()\n]*\))*)\)?"
)
_SCHEME = re.compile(
    r"(?<![\w/@])(?:https?(?::/(?!/)|//:?|;//|:\\\\| ://|:(?=www\.))"
    r"|(?:htps?|ttps?|hhttps?|htttps?|htpps?|hptts?)://)[\w.-]*\w",
    re.IGNORECASE,
)
_FILE = re.compile(
    rf"^[ \t]*(?:[-*\u2022] )?(?:(?:foto|gambar|video|photo|picture|image):[ \t]*)?"
    r"(?P<file>(?:[a-z]:[\\/]|\.{0,2}[\\/])?[^\s:/\\?*<>|][^:?*<>|\n\[\]()]*"
    rf"\.{_SUFFIXES})[ \t]*$"
    rf"|(?<![\w])(?P<path>[a-z]:\\[^\s:?*<>|]+)",
    re.IGNORECASE | re.MULTILINE,
)
_SUFFIX = re.compile(rf"\.{_SUFFIXES}\b|[a-z]:\\", re.IGNORECASE)
_DOMAIN = re.compile(r"[\w-]+\.[a-z]{2,}[\w.-]*/", re.IGNORECASE)
_PAGE = re.compile(r"\.(?:html?|php|aspx?|pdf|docx?|xlsx?|txt|md)$", re.IGNORECASE)
_MOST = 20
"""So many are told of a paragraph."""


class Nearly(NamedTuple):
    """Something that is nearly Markdown."""

    offset: int
    line: int
    """From 0, in the text that was looked at."""
    code: str
    message: str
    severity: Severity = Severity.ERROR


def nearly_markdown(source: str, shown: str) -> Iterator[Nearly]:
    """Find what stands in *source*, a paragraph, and was left as text in what is *shown* of it."""
    found: dict[int, Nearly] = {}
    if "[" in source:
        for nearly in islice(_brackets(source, shown), _MOST):
            found.setdefault(nearly.offset, nearly)
    yield from found.values()
    for nearly in islice(nearly_addresses(shown), _MOST):
        if not found:
            yield nearly


def nearly_addresses(text: str) -> Iterator[Nearly]:
    """Find addresses and files in a text that nobody can open."""
    if "tp" in text.lower():
        for match in _SCHEME.finditer(text):
            message = (
                f"{match[0]!r} is not an address that readers can open; write it with https://"
            )
            yield Nearly(match.start(), _line(match), "link-malformed", message, Severity.WARNING)
    if _SUFFIX.search(text):
        for match in _FILE.finditer(text):
            file = (match["file"] or match["path"]).strip()
            if _DOMAIN.match(file):
                continue  # an address, which networks know without https://
            name = re.split(r"[\\/]", file)[-1]
            message = (
                f"{file} is sent as text, and no picture with it; put the file beside the post, "
                f"and write {_picture('what it shows', name)}"
            )
            yield Nearly(
                match.start(), _line(match), "picture-malformed", message, Severity.WARNING
            )


def _brackets(source: str, shown: str) -> Iterator[Nearly]:
    for match in _EMBED.finditer(source):
        if match[0] in shown:
            yield _no_picture(match, _picture("what it shows", match["file"].partition("|")[0]))
    for match in _PICTURE.finditer(source):
        if match[0].strip() in shown and (file := _file_of(match, source)):
            yield _no_picture(match, _picture(match["alt"] or "what it shows", file))
    for match in _SWAPPED.finditer(source):
        if match[0] in shown and _ADDRESS.search(match["target"].strip()):
            if match["mark"]:
                yield _no_picture(match, _picture(match["words"], match["target"]))
            else:
                yield _no_link(match, match["words"], match["target"])
    for match in _LINK.finditer(source):
        if match[0] in shown and _ADDRESS.search(match["target"].strip()):
            yield _no_link(match, match["words"], match["target"])


def _file_of(match: re.Match[str], source: str) -> str:
    """Give the file that somebody meant; empty where no picture was meant."""
    file = match["file"]
    if file is None:
        rest = source[match.end() :].partition("\n")[0].strip()
        return rest if re.fullmatch(rf"\S+\.{_SUFFIXES}", rest, re.IGNORECASE) else ""
    loose = match["gap"] or match["blank"]
    return file if not loose or re.search(rf"\.{_SUFFIXES}\W*$", file, re.IGNORECASE) else ""


def _line(match: re.Match[str]) -> int:
    return match.string.count("\n", 0, match.start())


def _no_picture(match: re.Match[str], way_out: str) -> Nearly:
    message = f"Markdown sees no picture here, so the signs would be sent as text; write {way_out}"
    return Nearly(match.start(), _line(match), "picture-malformed", message)


def _no_link(match: re.Match[str], words: str, target: str) -> Nearly:
    message = "Markdown sees no link here, so the signs would be sent as text; "
    if re.search(r"\S\s+\S", target):
        # What belongs where the blank is, nobody can tell.
        message += f"an address holds no blank, so mend it: [{words}](https://…)"
    else:
        message += f"write [{words}]({web_address(target)})"
    return Nearly(match.start(), _line(match), "link-malformed", message)


def _picture(alt: str, file: str) -> str:
    name = file.strip().strip("<>\"'").replace("\\", "/")
    if re.match(r"[A-Za-z]:/", name):
        name = name.rpartition("/")[2]  # another machine has no such folder
    return f"![{alt}](<{name}>)" if re.search(r"[\s()]", name) else f"![{alt}]({name})"


def is_file(target: str) -> bool:
    """Tell whether a link's target is a picture or video, and no address of one."""
    return _SUFFIX.search(target) is not None and not _DOMAIN.match(target) and "://" not in target


def looks_like_address(target: str) -> bool:
    """Tell whether a link's target was meant as a web address."""
    plain = not re.match(r"(?!h?t*tps?:)[a-z][a-z0-9+.-]*:", target, re.IGNORECASE)
    domain = web_address(target)[8:].partition("/")[0]
    return plain and " " not in target and "." in domain and not _PAGE.search(domain)


def web_address(target: str) -> str:
    """Write what was meant as an address as one."""
    plain = target.strip().strip("<>\"' ")
    bare = re.sub(r"^(?:h*t+ps?|https?)?[:;]?[/\\]{1,2}:?|^https?:", "", plain, flags=re.IGNORECASE)
    return f"https://{bare}"
