"""Renames: what became of posts' files since a commit, as git sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from mimin.errors import GitError

if TYPE_CHECKING:
    from mimin.git import Repository

_ALIKE = 0.6
"""The share of a text that must still be there: git counts front matter, which posts have alike."""
_LONGEST = 5000


@dataclass(frozen=True)
class GitRenames:
    """Asks git, once for each commit; a commit that is not here tells of no rename."""

    repository: Repository
    folder: str = "content"
    _known: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def since(self, commit: str) -> Mapping[str, str]:
        """Give the renames from *commit* to what is checked out: old path → new path.

        A file counts as renamed while most of its text is what it was.
        """
        if commit not in self._known:
            try:
                self._known[commit] = dict(self._ask(commit))
            except GitError:
                self._known[commit] = {}
        return self._known[commit]

    def _ask(self, commit: str) -> Iterator[tuple[str, str]]:
        # Two trees are compared and no history is walked, so a squash or a rebase hides nothing.
        options = ("--find-renames=30%", "--diff-filter=R", "--raw", "--no-abbrev", "-z")
        place = (f"{commit}^{{commit}}", "HEAD", "--", self.folder)
        fields = self.repository.text("diff", *options, *place).split("\0")[:-1]
        rows = [
            (*entry.split(" ")[2:4], old, new)
            for entry, old, new in zip(fields[::3], fields[1::3], fields[2::3], strict=True)
            if new.endswith(".md")
        ]
        contents = self.repository.contents(blob for row in rows for blob in row[:2])
        for before, after, old, new in rows:
            if before == after or _alike(contents[before], contents[after]):
                yield old, new


def _alike(before: bytes, after: bytes) -> bool:
    one, two = (_text(content) for content in (before, after))
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    return matcher.real_quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _text(content: bytes) -> str:
    """Give the text below the front matter."""
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    head, mark, body = text.partition("\n---\n")
    return (body if mark and head.startswith("---") else text)[:_LONGEST]
