"""The handbook as a program: its blocks in order, and a workspace in which they are true.

A page is read from top to bottom. A block with a `title` is a file and is written. A `console`
block is run, and what it prints is compared with what stands there; `…` stands for anything.
Comments, which readers do not see, set the scene: `<!-- now: TIME -->` sets the clock of the
commands that follow, `<!-- image: PATH 1200x900 -->` makes a picture,
`<!-- video: PATH 640x360 -->` a video as telephones save it, and
`<!-- fault: ACCOUNT FAULT -->` makes the sandbox behave as badly as a real network. No command may
fail unless the page says so: by `$ echo $?` right after it, or by `<!-- exit: CODE -->` before the
block, where the text around it tells what the failure is.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HANDBOOK = ROOT / "content/handbook"
FIRST = "start.md"
"""Every other page goes on in the workspace that this one builds."""

_FENCE = re.compile(r"^(?P<mark>`{3,})(?P<kind>[a-z]*)(?: title=\"(?P<title>[^\"]+)\")?\s*$")
_SCENE = re.compile(
    r"^<!-- (?P<kind>now|image|video|fault|fields|limits|exit): ?(?P<words>.*?) ?-->$"
)


@dataclass(frozen=True)
class Block:
    """A fenced block, or a comment that sets the scene."""

    page: str
    line: int
    kind: str
    title: str
    text: str

    def __str__(self):
        return f"{self.page}:{self.line}"


@dataclass
class Command:
    """A line after `$`, with what follows it."""

    line: int
    words: str
    output: list[str] = field(default_factory=list)


def blocks_of(path: Path):
    found, opened, lines, start = [], None, [], 0
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if opened is not None:
            if line.rstrip() == opened["mark"]:
                text = "\n".join(lines) + "\n"
                found.append(Block(path.name, start, opened["kind"], opened["title"] or "", text))
                opened = None
            else:
                lines.append(line)
        elif match := _FENCE.match(line):
            opened, lines, start = match, [], number
        elif match := _SCENE.match(line):
            found.append(Block(path.name, number, match["kind"], "", match["words"]))
    assert opened is None, f"{path.name}:{start} opens a block that is never closed"
    return found


def commands_of(block: Block):
    found = []
    for number, line in enumerate(block.text.splitlines(), block.line + 1):
        if line.startswith("$ "):
            found.append(Command(number, line[2:]))
        elif found and found[-1].words.endswith("\\") and line.startswith("> "):
            found[-1].words = found[-1].words[:-1] + line[2:]
        else:
            assert found, f"{block}: output before a command"
            found[-1].output.append(line)
    return found


def fits(expected, actual):
    """Compare line by line; `…` stands for anything within a line, or alone for any lines."""
    wanted = "\n".join(expected).strip("\n")
    pattern = re.escape(wanted).replace(re.escape("…"), ".*")
    shown = "\n".join(line.rstrip() for line in actual.strip("\n").split("\n"))
    return re.fullmatch(pattern, shown, re.DOTALL) is not None


_BROKEN = re.compile(
    r"^(?:\S*sh: .*not found|.*command not found|Traceback \(most recent|Usage: mimin|"
    r"Error: No such (?:command|option)|.*No such file or directory)",
    re.MULTILINE,
)


def failure_of(command, output, code, expected):
    """Say why what a command did must not stand in a page, or give an empty text.

    Args:
        command: What was run; after a pipe its exit code says little, so the output is read, too.
        output: What it printed.
        code: Its exit code.
        expected: The codes that the page announces for it.
    """
    if code not in expected:
        return f"ends with {code}, and the page says nothing of it"
    broken = _BROKEN.search(output)
    if broken and not (broken[0] == "Usage: mimin" and command.endswith("--help")):
        return f"does not work: {broken[0]}"
    return ""


def _takes_now(words):
    import click

    from mimin.cli.main import main

    command = main.get_command(click.Context(main), words[0])
    known = {name for param in getattr(command, "params", ()) for name in param.opts}
    return "--now" in known and not {"--now", "--help"} & set(words)


class Reader:
    """Somebody who does what a page says, in a folder of their own."""

    def __init__(self, root: Path):
        self.root = root
        self.now = ""
        self.code = 0
        self.exit = 0
        self.changes = []

    def read(self, path: Path, *, quiet=False):
        for block in blocks_of(path):
            if block.kind == "now":
                self.now = block.text
            elif block.kind == "exit":
                self.exit = int(block.text)
            elif block.kind == "image":
                self._image(*block.text.split())
            elif block.kind == "video":
                self._video(*block.text.split())
            elif block.kind == "fault":
                self._fault(*block.text.split())
            elif block.kind == "console" and not quiet:
                self._console(block)
            elif block.title:
                self.write(block.title, block.text)

    def write(self, name, text):
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def git(self, *args):
        subprocess.run(["git", "-C", self.root, *args], check=True, capture_output=True)

    def mimin(self, words):
        """Run a command in this process, at the page's moment where it takes one."""
        from click.testing import CliRunner

        from mimin.cli.main import main

        told = [*words, "--now", self.now] if self.now and _takes_now(words) else words
        before = Path.cwd()
        os.chdir(self.root)
        try:
            result = CliRunner().invoke(main, told, prog_name="mimin")
        finally:
            os.chdir(before)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code = result.exit_code
        return result.output

    def _console(self, block):
        announced, self.exit = self.exit, 0
        commands = commands_of(block)
        for command, after in zip(commands, [*commands[1:], None], strict=True):
            actual = self.run(command.words)
            shown = after is not None and after.words == "echo $?"
            codes = {self.code} if shown or command.words == "echo $?" else {0, announced}
            failure = failure_of(command.words, actual, self.code, codes)
            assert not failure, (
                f"{block.page}:{command.line}: `{command.words}` {failure}\n{actual}"
            )
            if os.environ.get("UPDATE_DOCS") and "…" not in "".join(command.output):
                self.changes.append((command, actual))
                continue
            assert fits(command.output, actual), (
                f"{block.page}:{command.line}: `{command.words}` prints\n{actual}\n"
                "UPDATE_DOCS=1 writes answers without `…` anew"
            )

    def run(self, words):
        """Run a line of a page as its reader would, and give all that it prints."""
        if words == "echo $?":
            return f"{self.code}\n"
        if words.startswith("mimin ") and not set("|<>") & set(words):
            return self.mimin(shlex.split(words)[1:])
        dates = {"GIT_AUTHOR_DATE": self.now, "GIT_COMMITTER_DATE": self.now} if self.now else {}
        # The page's `mimin` is the one that is tested, however the tests were started.
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        done = subprocess.run(
            ["sh", "-c", words],
            cwd=self.root,
            env={**os.environ, **dates, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        self.code = done.returncode
        return done.stdout + done.stderr

    def _fault(self, account, fault):
        from mimin.networks.sandbox_faults import Fault, inject

        inject(self.root / ".mimin", account, Fault(fault))

    def _image(self, name, size):
        from PIL import Image

        width, height = map(int, size.split("x"))
        out = io.BytesIO()
        Image.new("RGB", (width, height), "#6f4e37").save(out, "JPEG")
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(out.getvalue())

    def _video(self, name, size):
        import av

        width, height = map(int, size.split("x"))
        out = io.BytesIO()
        with av.open(out, "w", format="mov") as film:
            quiet = {"x265-params": "log-level=none"}
            stream = film.add_stream("libx265", rate=25, options=quiet)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.set_display_rotation(-90)
            for _ in range(100):
                picture = av.VideoFrame(width, height, "yuv420p")
                for plane in picture.planes:
                    plane.update(bytes([120]) * plane.buffer_size)
                film.mux(stream.encode(picture))
            film.mux(stream.encode())
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(out.getvalue())


@pytest.fixture(scope="session")
def handbook():
    """The pages, by name."""
    return {path.name: path for path in sorted(HANDBOOK.glob("*.md"))}


@pytest.fixture(scope="session")
def blocks():
    """Take a page apart."""
    return blocks_of


@pytest.fixture
def reader(tmp_path):
    """Somebody in an empty workspace under git."""
    someone = Reader(tmp_path / "kedai")
    someone.write("mkdocs.yml", "site_name: Kedai\n")
    someone.write(".gitignore", ".mimin/\n")
    someone.write("content/.gitkeep", "")
    someone.git("init", "-q", "-b", "main")
    return someone


@pytest.fixture
def settled_reader(reader):
    """Somebody who has read the first page: its files are there and committed."""
    (reader.root / "templates/cards").mkdir(parents=True)
    shutil.copy(ROOT / "templates/cards/kutipan.yml", reader.root / "templates/cards")
    reader.read(HANDBOOK / FIRST, quiet=True)
    reader.git("add", "-A")
    reader.git("commit", "-q", "-m", "Open the shop")
    reader.now = ""
    return reader
