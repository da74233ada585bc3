"""Git: the one way to run it, so that no command hangs, prompts, leaks a secret or strays.

Commands run through `subprocess`: importing GitPython takes 100-165 ms of the warm path, it can add
variables to git's environment but never take one away (a hook's `GIT_DIR`), and has no timeout on
Windows. It walks history as objects, where it is good, and is imported there.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mimin.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from types import ModuleType

NETWORK_TIMEOUT = 120.0

# `git rev-parse --local-env-vars` and, in the last line, what forbids ref updates or changes what a
# command means. GIT_CONFIG_PARAMETERS and GIT_CONFIG_COUNT stay: git hands them on to another
# repository as well (prepare_other_repo_env in run-command.c), and CI passes credentials in them.
_LOCAL_VARIABLES = frozenset(
    f"GIT_{name}"
    for name in (
        *("ALTERNATE_OBJECT_DIRECTORIES", "CONFIG", "OBJECT_DIRECTORY", "DIR", "WORK_TREE"),
        *("IMPLICIT_WORK_TREE", "GRAFT_FILE", "INDEX_FILE", "NO_REPLACE_OBJECTS", "PREFIX"),
        *("REPLACE_REF_BASE", "INTERNAL_SUPER_PREFIX", "SHALLOW_FILE", "COMMON_DIR"),
        *("NAMESPACE", "QUARANTINE_PATH", "EXTERNAL_DIFF", "GLOB_PATHSPECS", "ICASE_PATHSPECS"),
    )
)
_FIXED_VARIABLES = {
    "LC_ALL": "C",  # messages are read by us
    "LANGUAGE": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",  # a look never writes the user's index
    "GIT_LITERAL_PATHSPECS": "1",  # a file may be named `*.md`
}
_OPTIONS = ("-c", "core.quotepath=off", "-c", f"core.hooksPath={os.devnull}", "-c", "gc.auto=0")
_SECRET = re.compile(r"(?<=://)[^/\s]+(?=@)|(?i:(?<=authorization: ))[^\r\n]+")


class CommandError(GitError):
    """A git command that answered with an error; *stderr* is redacted."""

    def __init__(self, command: str, code: int, stdout: str, stderr: str) -> None:
        self.code = code
        self.stdout = redact(stdout)
        self.stderr = redact(stderr)
        super().__init__(f"git {command}: {_reason(self.stderr) or f'ended with code {code}'}")


@dataclass(frozen=True)
class ChangedPath:
    """One path that differs between two commits; *status* is git's letter (A, M, D, R, T)."""

    path: str
    status: str
    old_path: str | None = None


@dataclass(frozen=True)
class Revision:
    """One commit of the history of some paths."""

    commit: str
    author: str
    email: str
    at: datetime
    subject: str


@dataclass(frozen=True)
class Repository:
    """A git repository at *root*; *environment* is what git inherits (default: this process')."""

    root: Path
    environment: Mapping[str, str] | None = None

    @classmethod
    def discover(
        cls, path: Path, environment: Mapping[str, str] | None = None
    ) -> Repository | None:
        """Find the repository whose work tree holds *path*, or None when there is none."""
        try:
            top = cls(path, environment).run("rev-parse", "--show-toplevel")
        except CommandError as error:
            if "not a git repository" in error.stderr:
                return None
            raise
        return cls(Path(os.fsdecode(top).removesuffix("\n")), environment)

    def run(
        self,
        *args: str,
        stdin: bytes = b"",
        timeout: float | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> bytes:
        """Run one git command, with *extra* variables, and return what it printed.

        Raises:
            CommandError: git answered with an error.
            GitError: git is missing or did not finish within *timeout* seconds.
        """
        command = ["git", "-C", os.fspath(self.root), *_OPTIONS, *args]
        environment = clean_environment(
            os.environ if self.environment is None else self.environment
        )
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment | dict(extra or {}),
                start_new_session=True,  # without a terminal ssh can not ask for anything
            )
        except FileNotFoundError:
            raise GitError("git was not found; install git and put it on PATH") from None
        with child:
            stdout, stderr = _communicate(child, args[0], stdin, timeout)
        if child.returncode:
            raise CommandError(args[0], child.returncode, _text(stdout), _text(stderr))
        return stdout

    def text(self, *args: str, timeout: float | None = None) -> str:
        """Run one git command and return its output as text, without the last line break."""
        return _text(self.run(*args, timeout=timeout)).removesuffix("\n")

    def resolve(self, revision: str) -> str | None:
        """Find the commit id of *revision*, or None when there is no such commit."""
        try:
            return self.text("rev-parse", "--verify", "--quiet", f"{_plain(revision)}^{{commit}}")
        except CommandError as error:
            if error.code == 1:
                return None
            raise

    def head(self) -> str | None:
        """Find the commit that is checked out, or None before the first one."""
        return self.resolve("HEAD")

    def remotes(self) -> tuple[str, ...]:
        """List the names of the remotes."""
        return tuple(self.text("remote").splitlines())

    def tracked(self) -> dict[str, str]:
        """Map every tracked file to the blob id in the index (for a changed file see `dirty`).

        A submodule has the id of its commit.
        """
        blobs = {}
        for entry in _split(self.run("ls-files", "-s", "-z")):
            fields, _, path = entry.partition("\t")
            _, blob, stage = fields.split(" ")
            if stage == "0":
                blobs[path] = blob
        return blobs

    def dirty(self) -> dict[str, str]:
        """Map each file that is not as in the index to git's letter (M, D, T; `?` is new)."""
        listing = self.run("status", "--porcelain=v1", "-z", "-uall", "--no-renames")
        states = {entry[3:]: entry[:2] for entry in _split(listing)}
        return {path: state[1] for path, state in states.items() if state[1] != " "}

    def changed(self, base: str, head: str = "HEAD") -> list[ChangedPath]:
        """List what *head* changed since it left *base*."""
        span = f"{_plain(base)}...{_plain(head)}"
        try:
            listing = self.run("diff", "--name-status", "-z", "--find-renames", span, "--")
        except CommandError as error:
            if "no merge base" not in error.stderr:
                raise
            way_out = "fetch the whole history (`fetch-depth: 0`)"
            raise GitError(f"{span}: no common commit is here; {way_out}") from None
        return list(_changes(iter(_split(listing))))

    def files(self, revision: str, *paths: str) -> dict[str, str]:
        """Map the ordinary files of *revision*, at or below *paths*, to their blob ids.

        Links and submodules are left out: what is behind them is not in the repository.
        """
        return {path: blob for _, blob, path in self._ordinary(revision, *paths)}

    def _ordinary(self, revision: str, *paths: str) -> Iterator[tuple[str, str, str]]:
        """List mode, blob id and path of the ordinary files; also no name that git keeps to itself.

        No checkout has such a file (`.GIT/config`), but a tree may name it.
        """
        listing = self.run("ls-tree", "-r", "-z", "--full-tree", _plain(revision), "--", *paths)
        for entry in _split(listing):
            fields, _, path = entry.partition("\t")
            mode, _, blob = fields.split(" ")
            if mode.startswith("100") and not is_gits_own(path):
                yield mode, blob, path

    def show(self, revision: str, path: str) -> bytes:
        """Read an ordinary file as it was in *revision*.

        Raises:
            CommandError: if there was none.
        """
        blob = self.files(revision, path).get(path)
        if blob is None:
            raise CommandError("show", 128, "", f"fatal: no file {path} in {revision}")
        return self.run("cat-file", "blob", blob)

    def lay_out(self, revision: str, paths: Iterable[str], folder: Path) -> None:
        """Write the ordinary files of *revision*, at or below *paths*, as a checkout would.

        Not by `git archive`: it obeys `export-ignore` and `export-subst` of a .gitattributes that
        anybody may commit, so that what is examined would not be what is published.

        Args:
            revision: The commit.
            paths: Files and folders.
            folder: An empty folder.
        """
        wanted = list(paths)
        found = list(self._ordinary(revision, *wanted))
        listed = "".join(f"{path}\0" for _, _, path in found)
        # Not `read-tree`, which refuses all of a tree for one name that git keeps to itself.
        rules = self._ordinary(revision, ".gitattributes")
        entries = "".join(f"{mode} {blob}\t{path}\0" for mode, blob, path in (*rules, *found))
        with tempfile.TemporaryDirectory(prefix="mimin-index-") as place:
            index = {"GIT_INDEX_FILE": os.path.join(place, "index")}  # noqa: PTH118 - git's text
            stdin = entries.encode("utf-8", "surrogateescape")
            self.run("update-index", "-z", "--index-info", stdin=stdin, extra=index)
            options = ("-z", "--stdin", f"--prefix={folder}{os.sep}")
            stdin = listed.encode("utf-8", "surrogateescape")
            self.run("checkout-index", *options, stdin=stdin, extra=index)

    def contents(self, blobs: Iterable[str]) -> dict[str, bytes]:
        """Read many blobs with one command; a blob that is not there is an error."""
        wanted = list(dict.fromkeys(blobs))
        if not wanted:
            return {}
        stream = self.run("cat-file", "--batch", stdin="\n".join([*wanted, ""]).encode())
        found: dict[str, bytes] = {}
        position = 0
        for blob in wanted:
            end = stream.index(b"\n", position)
            header = stream[position:end].split(b" ")
            if len(header) != 3:
                raise GitError(f"git object {blob} is missing; run `git fsck`")
            position = end + 1 + int(header[2])
            found[blob] = stream[end + 1 : position]
            position += 1
        return found

    def is_ancestor(self, old: str, new: str) -> bool:
        """Tell whether *new* is *old* or was built on it."""
        try:
            self.run("merge-base", "--is-ancestor", old, new)
        except CommandError as error:
            if error.code == 1:
                return False
            raise
        return True

    def shallow(self) -> frozenset[str]:
        """Find the commits whose parents were left out of this clone."""
        place = self.root / self.text("rev-parse", "--git-path", "shallow")
        return frozenset(place.read_text().split()) if place.is_file() else frozenset()

    def history(self, *paths: str, revision: str = "HEAD") -> Iterator[Revision]:
        """Walk the commits that touched *paths*, newest first."""
        git = _import_gitpython()
        try:
            with git.Repo(self.root) as repo:
                # GitPython inherits what `run` cleans away, so the place is named outright.
                repo.git.update_environment(GIT_DIR=repo.git_dir, GIT_LITERAL_PATHSPECS="1")
                for commit in repo.iter_commits(_plain(revision), paths=list(paths) or ""):
                    yield Revision(
                        commit=commit.hexsha,
                        author=str(commit.author.name or ""),
                        email=str(commit.author.email or ""),
                        at=commit.authored_datetime,
                        subject=str(commit.summary),
                    )
        except git.GitError as error:
            reason = redact(" ".join(str(error).split()))
            raise GitError(f"the history of {revision} can not be read: {reason}") from None


_DOT_GIT = re.compile(r"\.git|git~\d+", re.IGNORECASE)
# What HFS+ leaves out of names (git, utf8.c, `next_hfs_char`).
_LEFT_OUT = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")


def is_gits_own(path: str) -> bool:
    """Tell whether some disk would take a part of *path* for `.git`, or for a way out of a folder.

    Windows drops dots and blanks at the end, takes what follows a colon for a stream, parts folders
    at a backslash and has short names; macOS leaves out characters that nobody sees (CVE-2014-9390,
    CVE-2019-1352).
    """
    if ".." not in path and "git" not in path.lower() and path.isascii():
        return False  # nearly all of them
    for part in re.split(r"[/\\]", path):
        plain = _LEFT_OUT.sub("", part).partition(":")[0].rstrip(". ")
        if part in {"", ".", ".."} or _DOT_GIT.fullmatch(plain):
            return True
    return False


def _import_gitpython() -> ModuleType:
    try:
        import git
    except ImportError:
        raise GitError("git was not found; install git and put it on PATH") from None
    return git


def clean_environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Drop what points git at another repository, and forbid prompts and translations."""
    kept = {name: value for name, value in inherited.items() if name not in _LOCAL_VARIABLES}
    return kept | _FIXED_VARIABLES


def redact(text: str) -> str:
    """Hide user names, passwords and tokens in URLs and headers."""
    return _SECRET.sub("***", text)


def _communicate(
    child: subprocess.Popen[bytes], name: str, stdin: bytes, timeout: float | None
) -> tuple[bytes, bytes]:
    try:
        return child.communicate(stdin, timeout)
    except subprocess.TimeoutExpired:
        _kill(child)
        way_out = "check the network and try again"
        raise GitError(f"git {name}: no answer within {timeout:.0f} s; {way_out}") from None
    except BaseException:
        _kill(child)
        raise


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End git with the ssh or HTTP helper it started, which else would hold our pipes open."""
    with contextlib.suppress(ProcessLookupError):
        if os.name == "posix":
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()


def _reason(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    lines = [line for line in lines if not line.removeprefix("remote: ").startswith("hint:")]
    for sign in ("fatal: ", "error: "):
        for line in lines:
            if line.startswith(sign):
                return line.removeprefix(sign) + _way_out(line, lines)
    return next(iter(reversed(lines)), "")


def _way_out(reason: str, lines: list[str]) -> str:
    """Give the command that git names some lines below its reason, where it is the only way out."""
    if "dubious ownership" not in reason:
        return ""
    command = next((line for line in lines if line.startswith("git config ")), "")
    return f", which belongs to another user; if you trust it: `{command}`" if command else ""


def _plain(revision: str) -> str:
    if not revision or revision.startswith("-"):
        raise GitError(f"{revision!r} is not a revision; name a branch, tag or commit")
    return revision


def _changes(fields: Iterator[str]) -> Iterator[ChangedPath]:
    for status in fields:
        path = next(fields)
        if status[0] in "RC":
            yield ChangedPath(next(fields), status[0], old_path=path)
        else:
            yield ChangedPath(path, status[0])


def _text(output: bytes) -> str:
    return output.decode("utf-8", "surrogateescape")


def _split(output: bytes) -> list[str]:
    return _text(output).split("\0")[:-1]
