"""Mending: what `mimin check --fix` changes by itself, as nothing that is sent changes with it.

Bytes: line ends, byte order marks, white space at the ends of lines, and characters that nobody
sees: a text that has them is an error, and is not sent as it is. Names: suffixes of posts,
and letters with accents in the form that all systems share (Unicode NFC); posts that name a file
are changed with it. Pictures: their place and what else their metadata say about a person; no pixel
is coded anew. Everything is tried in a copy first, where every post must still give exactly the
payloads that it gave before; what would alter one is left as it is. Only of a picture that nobody
can have approved yet, or that was named itself, other bytes may go out than before.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mimin.checks.check import Memory, Progress, survey
from mimin.checks.library import Library
from mimin.checks.version import code_version
from mimin.compose.kinds import BARED
from mimin.compose.media import suffix_for, without_metadata
from mimin.model.bounds import FILE_BYTES
from mimin.networks.known import LIMITS
from mimin.networks.registry import NAMES
from mimin.unseen import without_hidden
from mimin.workspace.cache import Cache
from mimin.workspace.keep import write_whole
from mimin.workspace.layout import MEDIA, better_name
from mimin.workspace.tree import FOLDERS, Tree, blob_id, scan
from mimin.workspace.workspace import Workspace, open_workspace

_PICTURES = MEDIA - {".mp4", ".mov"}
_TEXTS = (".md", ".yml", ".markdown", ".mdown", ".mkd", ".md.txt", ".MD")
_FRONT_MATTER = re.compile(r"---\n.*?^---$", re.DOTALL | re.MULTILINE)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Mending:
    """One change of one file."""

    path: str
    what: str
    """What happens to it, for a person: `byte order mark taken out`."""
    content: bytes | None = None
    """The new bytes."""
    name: str | None = None
    """The new path."""
    free: bool = False
    """Whether what posts send may change with it, as nobody has approved it or somebody asks."""

    @property
    def done(self) -> str:
        """Say what was done."""
        return self.what

    @property
    def would(self) -> str:
        """Say what would be done."""
        return f"would be mended: {self.what}"


_Sending = tuple[str, str]
"""Path of a post, and the account and occurrence for which it sends something."""


@dataclass(frozen=True)
class Mended:
    """What was found to mend, in the order in which it is done."""

    mendings: tuple[Mending, ...]
    left: tuple[str, ...]
    """Paths that a change would have made send something else."""
    pictures: frozenset[str] = frozenset()
    """Those of them whose metadata are taken out all the same when they are named themselves."""


def find_mendings(
    workspace: Workspace, named: Collection[str] = (), progress: Progress | None = None
) -> Mended:
    """Find what can be mended safely, by trying it in a copy of the workspace's files.

    Args:
        workspace: What to look at.
        named: Only these files and what lies in these folders; empty for all. A post elsewhere
            that names a renamed file is changed all the same.
        progress: Told how many posts were examined, of how many that had to be.
    """
    with _copied(workspace.tree) as copy:
        trial = _Trial(copy, workspace, progress)
        mendings, left, pictures = list[Mending](), list[str](), set[str]()
        scope = _Scope(tuple(named), _stored_raw(workspace.tree), workspace)
        for finder in (_line_ends, _hidden, _trailing, _metadata, _names):
            kept, refused = trial.attempt(list(finder(scan(copy), scope)))
            mendings += kept
            left += refused
            pictures |= set(refused) if finder is _metadata else set()
    return Mended(tuple(mendings), tuple(dict.fromkeys(left)), frozenset(pictures))


def apply(root: Path, mendings: Iterable[Mending]) -> None:
    """Do what was found; each file is changed in one step."""
    for mending in mendings:
        target = root / mending.path
        if mending.content is not None:
            write_whole(target, mending.content)
        elif mending.name is not None:
            renamed = root / mending.name
            renamed.parent.mkdir(parents=True, exist_ok=True)
            target.rename(renamed)


class _Trial:
    """A copy of the workspace's files, and what its posts send as they are.

    The posts are looked at only when there is something to try, and each time only those whose
    files changed: the rest comes from the workspace's cache, and from the time before.
    """

    def __init__(self, root: Path, workspace: Workspace, progress: Progress | None) -> None:
        self.root = root
        self._workspace = workspace
        self._progress = progress
        self._memory: Memory = {}
        self._sent: Mapping[_Sending, str] | None = None
        self._media: dict[str, frozenset[str]] = {}

    def attempt(self, found: list[Mending]) -> tuple[list[Mending], list[str]]:
        """Do them, and undo those that make a post send something else: kept, paths left."""
        left: list[str] = []
        if found and self._sent is None:
            # What the check after this would find out anyhow, and keeps.
            survey(self._workspace, self._progress)
            self._sent = self._payloads()
        while found and self._sent is not None:
            before = {each.path: (self.root / each.path).read_bytes() for each in found}
            apply(self.root, found)
            names = {each.path: each.name for each in found if each.name}
            now = self._payloads()
            changed = {
                path
                for (path, account), digest in self._sent.items()
                if now.get((names.get(path, path), account)) != digest
            }
            touched = {name for path in changed for name in self._media.get(path, ())}
            free = {each.path for each in found if each.free} & touched
            changed = {path for path in changed if not free & self._media.get(path, frozenset())}
            if not changed:
                self._sent = now
                break
            _undo(self.root, found, before)
            # A change of a file that many posts share can not be told apart from the others'.
            own = {each.path for each in found if {_post_of(each.path), each.path} & changed}
            own |= {each.path for each in found if each.path in touched - free}
            refused = own or {each.path for each in found}
            left += sorted(refused)
            found = [each for each in found if each.path not in refused]
        return found, left

    def _payloads(self) -> Mapping[_Sending, str]:
        opened = open_workspace(self.root, NAMES, frozenset(LIMITS))
        cache = self._workspace.private / "cache.sqlite3"
        seen = survey(opened, self._progress, cache=cache, keep=False, memory=self._memory)
        for post in seen.posts:
            self._media[post.path] = frozenset(post.inputs) & opened.layout.media
        return {
            (post.path, f"{delivery.account} {delivery.occurrence}"): delivery.digest
            for post in seen.posts
            if not post.broken
            for delivery in post.deliveries
        }


def _post_of(path: str) -> str:
    """Name the post that a post's file, variant or card belongs to."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/{name.partition('.')[0]}.md"


def _undo(root: Path, done: Iterable[Mending], before: Mapping[str, bytes]) -> None:
    for each in done:
        if each.name is not None:
            (root / each.name).unlink(missing_ok=True)
    for path, content in before.items():
        write_whole(root / path, content)


@contextmanager
def _copied(tree: Tree) -> Iterator[Path]:
    """Copy what a check reads into a folder of its own: posts, calendars, templates, media."""
    with tempfile.TemporaryDirectory(prefix="mimin-") as folder:
        copy = Path(folder).resolve()
        for name in FOLDERS:
            (copy / name).mkdir()
        for path in tree.blobs:
            source, target = tree.root / path, copy / path
            if source.is_symlink() or not source.is_file():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            _link_or_copy(source, target)
        yield copy


def _link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name, as each change makes a new file; copy it on another disk."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


@dataclass(frozen=True)
class _Scope:
    """Which files are looked at."""

    named: tuple[str, ...]
    """Files, and folders with all that lies in them; empty for everything."""
    raw: frozenset[str]
    """Files that git has, or would get, with the very bytes that lie here."""
    workspace: Workspace
    """Where they come from."""

    def holds(self, path: str) -> bool:
        """Tell whether the file at *path* is one of them."""
        return not self.named or any(
            name in {path, "."} or path.startswith(f"{name}/") for name in self.named
        )


def _stored_raw(tree: Tree) -> frozenset[str]:
    return frozenset(
        path
        for path, content in _texts(tree)
        if tree.repository is None or tree.blobs[path] == blob_id(content)
    )


def _texts(tree: Tree) -> Iterator[tuple[str, bytes]]:
    for path in sorted(tree.blobs):
        if not path.endswith(_TEXTS):
            continue
        try:
            content = tree.read(path)
            content.decode()
        except (OSError, UnicodeDecodeError):
            continue
        if len(content) <= FILE_BYTES and b"\0" not in content:
            yield path, content


def _line_ends(tree: Tree, scope: _Scope) -> Iterator[Mending]:
    for path, content in _texts(tree):
        if not scope.holds(path):
            continue
        better, done = content, list[str]()
        if better.startswith(_BOM):
            better = better.removeprefix(_BOM)
            done.append("byte order mark taken out")
        # Where git stores LF and checks out CRLF, that is as this machine's git wants it.
        if b"\r" in better.replace(b"\r\n", b"\n") or (b"\r" in better and path in scope.raw):
            better = better.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            done.append("line ends made LF")
        if done:
            yield Mending(path, ", ".join(done), content=better)


def _hidden(tree: Tree, scope: _Scope) -> Iterator[Mending]:
    for path, content in _texts(tree):
        text = content.decode().replace("\r\n", "\n")
        if "\r" in text or not scope.holds(path):
            continue  # line ends of old Macs are for `_line_ends`, which has left them for a reason
        better = without_hidden(text)
        count = len(text) - len(better)
        if count:
            if b"\r\n" in content:
                better = better.replace("\n", "\r\n")
            what = f"{count} hidden character{'s' if count > 1 else ''} taken out"
            yield Mending(path, what, content=better.encode())


def _trailing(tree: Tree, scope: _Scope) -> Iterator[Mending]:
    for path, content in _texts(tree):
        if b"\r" in content or not scope.holds(path):
            continue
        better = b"\n".join(line.rstrip(b" \t") for line in content.split(b"\n"))
        if better != content:
            yield Mending(path, "spaces at ends of lines taken out", content=better)


def _metadata(tree: Tree, scope: _Scope) -> Iterator[Mending]:
    """Find pictures of brands that tell where they were taken, or about a person."""
    pictures = [path for path in sorted(tree.blobs) if scope.holds(path) and _is_picture(path)]
    if not pictures:
        return
    workspace, committed = scope.workspace, scope.workspace.tree.committed()
    cache = Cache(workspace.private / "cache.sqlite3")
    library = Library(tree, cache, code_version(), workspace.private)
    for path in pictures:
        with suppress(OSError):
            facts = library.facts(path)
            content = tree.read(path)
            bare = without_metadata(content) if facts.personal and facts.mime in BARED else None
            if bare is not None:
                what = "place and other metadata" if facts.located else "metadata about people"
                free = path not in committed or path in scope.named
                yield Mending(path, f"{what} taken out", content=bare, free=free)
    library.keep()
    cache.close()


def _is_picture(path: str) -> bool:
    return path.startswith("content/") and PurePosixPath(path).suffix.lower() in _PICTURES


def _names(tree: Tree, scope: _Scope) -> Iterator[Mending]:
    taken = {unicodedata.normalize("NFC", path).casefold(): path for path in tree.blobs}
    renamed: dict[str, str] = {}
    for path in sorted(tree.blobs):
        name = better_name(path)
        name = _of_its_kind(name, path, tree) if scope.holds(path) else name
        other = taken.get(unicodedata.normalize("NFC", name).casefold())
        if name == path or not scope.holds(path) or (other is not None and other != path):
            continue
        taken[name.casefold()] = path
        renamed[path] = name
    for path, content in _texts(tree):
        better = _naming(content.decode(), path, renamed)
        if better is not None:
            yield Mending(
                path, "it names the renamed file by its new name", content=better.encode()
            )
    for path, name in renamed.items():
        yield Mending(path, f"renamed to {PurePosixPath(name).name}", name=name)


def _of_its_kind(name: str, path: str, tree: Tree) -> str:
    """Give a picture of a brand the suffix of what its bytes are; capitals are fine."""
    whole = PurePosixPath(name)
    if not _is_picture(name) or whole.parts[0] != "content" or len(whole.parts) < 4:
        return name
    suffix = suffix_for(name, tree.read(path))
    return name if suffix == whole.suffix.lower() else str(whole.with_suffix(suffix))


def _naming(text: str, path: str, renamed: Mapping[str, str]) -> str | None:
    """Write the new names of media where a post or card names the old; None where none does."""
    parts = path.split("/")
    names = {
        PurePosixPath(old).name: PurePosixPath(new).name
        for old, new in renamed.items()
        if old.split("/")[:2] == parts[:2] and PurePosixPath(old).suffix.lower() in MEDIA
    }
    if not names or len(parts) < 4 or parts[0] != "content":
        return None
    head = _FRONT_MATTER.match(text)
    end = head.end() if head else len(text) if path.endswith(".yml") else 0
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    in_yaml = re.compile(
        rf"""(\b(?:file|image)["']?\s*:\s*["']?(?:[^\s"',\]}}]*/)?)({known})(?=["'\s,}}\]]|$)"""
    )
    in_text = re.compile(rf"(?<=\]\()((?:[^()\s]*/)?)({known})(?=[)\s])")
    new = [
        pattern.sub(lambda found: found[1] + names[found[2]], piece)
        for pattern, piece in ((in_yaml, text[:end]), (in_text, text[end:]))
    ]
    better = "".join(new)
    return None if better == text else better
