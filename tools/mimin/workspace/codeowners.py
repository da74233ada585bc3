"""CODEOWNERS: who answers for a path, read as GitHub reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks; the first that is there counts, and no other."""
_LARGEST = 3 * 1024 * 1024
_OWNER = re.compile(r"@[A-Za-z0-9](?:[A-Za-z0-9-]*)(?:/[A-Za-z0-9._-]+)?")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LONGEST = 4096
"""Characters of a pattern: no path is longer."""
_FOLDERS = "(?:[^/]+/)*"
_WORD = re.compile(r"(?:\\.|[^\s\\])+")


@dataclass(frozen=True)
class Rule:
    """One line: a pattern and whom it names."""

    pattern: re.Pattern[str]
    owners: tuple[str, ...]
    """Without the leading @: `login` or `org/team`."""
    line: int
    text: str = ""
    """The pattern as it is written."""
    names: tuple[str, ...] = ()
    """Whom GitHub would ask, as they are written: `@login`, `@org/team`, and e-mail addresses."""


@dataclass(frozen=True)
class Remark:
    """Something that does not count, and why."""

    line: int
    text: str


@dataclass(frozen=True)
class CodeOwners:
    """A file that was read."""

    place: str
    """Its path."""
    rules: tuple[Rule, ...] = ()
    said: tuple[Remark, ...] = ()
    """Lines, or names in them, that do not count here."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What does not count, each with its place."""
        return tuple(f"{self.place}:{remark.line}: {remark.text}" for remark in self.said)

    def rule(self, path: str) -> Rule | None:
        """Find the line that decides about *path*: the last one that fits."""
        fitting = (rule for rule in reversed(self.rules) if rule.pattern.fullmatch(path))
        return next(fitting, None)

    def owners(self, path: str) -> tuple[str, ...]:
        """Name the owners of *path*, who may be nobody."""
        rule = self.rule(path)
        return rule.owners if rule else ()


def parse(content: bytes, place: str) -> CodeOwners:
    """Read a CODEOWNERS file; lines that GitHub would skip are skipped, with a remark."""
    if len(content) > _LARGEST:
        remark = Remark(1, "larger than 3 MB, so GitHub ignores the file; shorten it")
        return CodeOwners(place, (), (remark,))
    rules, remarks = [], []
    # Only these are line breaks for GitHub; U+2028 and its like would show one line and be two.
    for number, line in enumerate(content.decode("utf-8", "replace").split("\n"), 1):
        words = _words(line)
        if not words:
            continue
        owners, said = _owners(words[1:])
        remarks += [Remark(number, remark) for remark in said]
        pattern = _compile(words[0])
        if pattern is None:
            message = (
                f"{words[0]!r} is no pattern, so the line is skipped; name a path, with * for any"
            )
            remarks.append(Remark(number, f"{message} signs, and without ! and [ ]"))
        elif owners is not None:
            rules.append(Rule(pattern, owners, number, words[0], tuple(words[1:])))
    return CodeOwners(place, tuple(rules), tuple(remarks))


def may_be_about(line: str, brand: str) -> bool:
    """Tell whether a line may be about files of a brand: one for another folder is not."""
    pattern = _words(line)[:1]
    if not pattern or "/" not in pattern[0].rstrip("/"):
        return True
    plain = [part for part in pattern[0].split("/") if part]
    for part, wanted in zip(plain, ("content", brand), strict=False):
        if any(char in part for char in "*?\\"):
            return True
        if part != wanted:
            return False
    return True


def _words(line: str) -> list[str]:
    """Cut a line into pattern and owners, without its comment; `\\ ` belongs to a pattern."""
    found = []
    for word in _WORD.findall(line):
        if word.startswith("#"):
            break
        found.append(word)
    return found


def _owners(words: list[str]) -> tuple[tuple[str, ...] | None, list[str]]:
    """Read the names after a pattern; None when one of them spoils the line."""
    owners, remarks = [], []
    for word in words:
        if _OWNER.fullmatch(word):
            owners.append(word[1:])
        elif _EMAIL.fullmatch(word):
            remarks.append(f"{word} is an e-mail address, and a review names a login; use @name")
        else:
            message = f"{word!r} is neither @name nor @organisation/team, so the line is skipped"
            better = f"@{word}" if _OWNER.fullmatch(f"@{word}") else "its login, with @ before it"
            return None, [*remarks, f"{message}, as GitHub does; write {better}"]
    return tuple(owners), remarks


def _compile(text: str) -> re.Pattern[str] | None:
    """Turn a pattern into an expression for whole paths; None for what CODEOWNERS does not have."""
    if (
        len(text) > _LONGEST
        or text.startswith(("!", "\\#", "\ufeff"))
        or "[" in text
        or "]" in text
        or "***" in text
    ):
        return None
    pattern = re.sub(r"\\(.)", r"\1", text)
    folder = pattern.endswith("/")
    anchored = "/" in pattern.rstrip("/")
    parts = [part for part in pattern.split("/") if part]
    if not parts:
        return None
    start = "" if anchored else "(?:.*/)?"
    return re.compile(start + _join(parts) + _end(parts, folder=folder), re.DOTALL)


def _join(parts: list[str]) -> str:
    """Translate names with `**` between them, which stands for any number of folders.

    Of the names between two `**` the first place that fits is the best one; atomic groups keep
    the expression from trying all the others.
    """
    chunks: list[list[str]] = [[]]
    for part in parts:
        if part == "**":
            chunks.append([])
        else:
            chunks[-1].append(_segment(part))
    first, *others = chunks
    if not others:
        return "/".join(first)
    *middle, last = others
    out = "".join(f"{name}/" for name in first)
    out += "".join(f"(?>{_FOLDERS}?{'/'.join(chunk)}/)" for chunk in middle if chunk)
    return out + (_FOLDERS + "/".join(last) if last else ".*")


def _segment(part: str) -> str:
    """Translate one name; atomic groups keep a pattern of many stars from taking for ever."""
    # Inside a name `**` is no more than `*`.
    first, *others = (_plain(text) for text in re.sub(r"\*+", "*", part).split("*"))
    if not others:
        return first
    *middle, last = others
    if not first and not middle and not last:
        return "[^/]+"
    return first + "".join(f"(?>[^/]*?{text})" for text in middle) + "[^/]*" + last


def _plain(text: str) -> str:
    return "".join("[^/]" if char == "?" else re.escape(char) for char in text)


def _end(parts: list[str], *, folder: bool) -> str:
    if parts[-1] == "**":
        return ""
    if folder:
        return "/.*"
    # `docs/*` is the files of docs and not those further down; every other name may be a folder's.
    return "" if parts[-1] == "*" and len(parts) > 1 else "(?:/.*)?"
