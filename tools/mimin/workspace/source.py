"""Text files: bytes → text, with the traps of editors and operating systems named."""

from __future__ import annotations

from collections import Counter

from mimin.model.bounds import FILE_BYTES
from mimin.model.problem import Problem, Severity
from mimin.unseen import find_hidden
from mimin.workspace.hidden import complaint, hidden_in, place_of
from mimin.workspace.ordinary import why_not_ordinary
from mimin.workspace.tree import Tree

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = "\ufeff"


def read_text(tree: Tree, path: str) -> tuple[str | None, list[Problem]]:
    """Read a text file of the workspace; None with a problem when that is not possible."""
    try:
        raw = tree.read(path)
    except OSError as error:
        why = why_not_ordinary(tree.root / path) or error.strerror or type(error).__name__
        message = f"can not be read: {why}; put the file itself here"
        return None, [Problem(path=path, code="file-unreadable", message=message)]
    if len(raw) > FILE_BYTES:
        message = (
            f"{len(raw):,} bytes; of a text file at most {FILE_BYTES:,} are read; make several "
            "files of it, or move it away"
        )
        return None, [Problem(path=path, code="file-too-large", message=message)]
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        kind = "the file is UTF-16" if raw[:2] in _UTF_16 else f"byte {error.start} is not UTF-8"
        message = f"{kind}; save it as UTF-8"
        return None, [Problem(path=path, line=line, code="not-utf-8", message=message)]
    text, problems = _clean(text, path)
    # Line ends are told as such: git may store them otherwise, with nothing else changed.
    if not tree.is_as_stored(path, raw) and not tree.is_as_stored(
        path, raw.replace(b"\r\n", b"\n")
    ):
        problems.append(Problem(path=path, code="file-differs", message=_DIFFERS.format(path)))
    return text, problems


_DIFFERS = (
    "the text here is not the one that git has, so a reviewer sees another; take what changes it "
    "out of .gitattributes (ident, filter, working-tree-encoding), remove this file, and get it "
    "back by `git checkout -- {}`"
)


def _clean(text: str, path: str) -> tuple[str, list[Problem]]:
    """Read on in spite of BOM and CR, but say so: other tools do not."""
    problems = []
    if text.startswith(_BOM):
        text = text[1:]
        message = (
            "starts with a byte order mark, which other tools take for text; save without BOM, or "
            "let `mimin check --fix` take it out"
        )
        problems.append(Problem(path=path, code="byte-order-mark", message=message))
    if "\r" in text:
        # A checkout on Windows may have Windows line ends where git has Unix ones: they read alike.
        text = text.replace("\r\n", "\n")
        if "\r" in text:
            line = text.count("\n", 0, text.index("\r")) + 1
            text = text.replace("\r", "\n")
            message = (
                "has line ends of old Macs (CR), which git and other tools do not read as such; "
                "`mimin check --fix` mends it"
            )
            problems.append(Problem(path=path, line=line, code="line-end", message=message))
    counts: Counter[str] | None = None
    for offset, character in hidden_in(text):
        counts = counts or Counter(each for _, each in find_hidden(text))
        line, column = place_of(text, offset)
        problems.append(
            Problem(
                path=path,
                line=line,
                column=column,
                code="hidden-character",
                message=f"{complaint(character, counts[character])}; `mimin check --fix` does so",
            )
        )
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        message = "holds a NUL character, so it is not a text file; save it as UTF-8 text"
        problems.append(
            Problem(path=path, line=line, code="not-text", message=message, severity=Severity.ERROR)
        )
    return text, problems
