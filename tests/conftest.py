"""What holds for every test: no network, a clean environment, and small workspaces to work on."""

from __future__ import annotations

import base64
import functools
import importlib.util
import io
import ipaddress
import os
import random
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

_HERE = Path(__file__).parent


def _share(name, path):
    """Load a module under a name of its own: test modules can not import each other."""
    spec = importlib.util.spec_from_file_location(name, _HERE / path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


if "github_server" not in sys.modules:
    for _part in ("server", "forge", "hub", "talk"):
        _share(f"github_{_part}", f"github/{_part}.py")
if "hostile_texts" not in sys.modules:
    _share("hostile_texts", "security/hostile_texts.py")

settings.register_profile("mimin", deadline=None, print_blob=True)
settings.load_profile("mimin")

NOW = "2026-12-01T09:00+07:00"
BRAND = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
accounts:
  bluesky:
    network: sandbox
    like: bluesky
    handle: kopisenja.example.com
  mastodon:
    network: sandbox
    like: mastodon
    handle: kopisenja
  instagram:
    network: manual
    like: instagram
    handle: kopisenja
"""
BASE = {
    "mkdocs.yml": "site_name: Test\n",
    ".gitignore": ".mimin/\n",
    "content/kopi-senja/brand.yml": BRAND,
}

_FOREIGN = ("GIT_", "GITHUB_", "MIMIN_", "RUNNER_", "ACTIONS_")
_COLOUR = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM", "CI")


def pytest_terminal_summary(terminalreporter):
    """Add up what tests have counted with `record_property("counts", …)`, and show it."""
    reports = [r for found in terminalreporter.stats.values() for r in found]
    counts = Counter()
    for report in reports:
        if getattr(report, "when", "") == "call":
            counts.update(dict(report.user_properties).get("counts", {}))
    if counts:
        terminalreporter.section("counted")
        for name, number in sorted(counts.items()):
            terminalreporter.line(f"{number:6} {name}")


@pytest.fixture(autouse=True)
def clean_environment(request, monkeypatch, tmp_path_factory):
    """Hide the developer's git configuration, CI's variables and wishes about colour."""
    if request.node.get_closest_marker("live"):
        return
    for name in list(os.environ):
        if name.startswith(_FOREIGN) or name in _COLOUR:
            monkeypatch.delenv(name)
    config = tmp_path_factory.getbasetemp() / "gitconfig"
    if not config.exists():
        config.write_text(
            "[user]\n\tname = Rara\n\temail = rara@example.com\n[init]\n\tdefaultBranch = main\n"
            "[commit]\n\tgpgsign = false\n[core]\n\tautocrlf = false\n\tfsync = none\n"
            "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n"
        )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture(autouse=True)
def no_network(request, monkeypatch):
    """Let a test talk to this machine and to nobody else."""
    if request.node.get_closest_marker("live"):
        return
    connect, connect_ex, look_up = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def guard(address):
        if isinstance(address, tuple) and not _is_here(address[0]):
            pytest.fail(f"a test tried to connect to {address[0]}; mark it `live`, or use a fake")

    def guarded_connect(self, address):
        guard(address)
        return connect(self, address)

    def guarded_connect_ex(self, address):
        guard(address)
        return connect_ex(self, address)

    def guarded_look_up(host, *args, **kwargs):
        guard((host,))
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)


def _is_here(host):
    if host in {None, "", "localhost", b"localhost"}:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@dataclass
class Ran:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self):
        return self.out.splitlines()


@dataclass
class Place:
    """A workspace in a folder of its own."""

    root: Path

    def write(self, files: Mapping[str, object]):
        """Write files; a value is text, bytes, None to remove, or a recipe (see `content_of`)."""
        for path, value in files.items():
            target = self.root / path
            if value is None:
                target.unlink()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(value, dict) and "link" in value:
                target.symlink_to(value["link"])
            else:
                target.write_bytes(content_of(value))

    def git(self, *args):
        done = subprocess.run(
            ["git", "-C", str(self.root), *args], capture_output=True, text=True, check=True
        )
        return done.stdout

    def commit(self, message="Change"):
        if not (self.root / ".git").exists():
            self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD").strip()

    def run(self, *args, env=None, here=True):
        """Run `mimin` in this process."""
        from click.testing import CliRunner

        from mimin.cli.main import main

        told = [str(arg) for arg in args]
        if here and "--workspace" not in told:
            told += ["--workspace", str(self.root)]
        result = CliRunner(env=env or {}).invoke(main, told)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    def check(self, *args, now=NOW, **options):
        return self.run("check", *args, "--now", now, **options)


def content_of(value) -> bytes:
    """Make the bytes of a file from its recipe.

    Text; bytes; `{base64: …}`; `{repeat: text, times: n}` with
    `before:` and `after:`; `{image: "40x30 png"}`, with
    `gps:`, `noise:`, `frames: 2` or `cut: 100` (bytes) where wanted; `{video: "64x48 mp4"}` with
    `seconds:`, `fps:`, `codec:`, `sound:`, `turn:` (degrees), `streamed:` (index first).
    """
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    if "base64" in value:
        return base64.b64decode(value["base64"])
    if "repeat" in value:
        ends = (value.get("before", "").encode(), value.get("after", "").encode())
        return (value["repeat"].encode() * value["times"]).join(ends)
    return _video(value) if "video" in value else _image(value)


def _image(recipe):
    from PIL import Image

    size, kind = recipe["image"].split()
    width, height = map(int, size.split("x"))
    image = Image.new("RGB", (width, height), "#6f4e37")
    if recipe.get("noise"):
        image.frombytes(random.Random(1).randbytes(width * height * 3))
    options = {}
    if recipe.get("gps"):
        exif = Image.Exif()
        exif.get_ifd(0x8825).update({1: "S", 2: (6.0, 55.0, 0.0)})
        options["exif"] = exif
    if recipe.get("frames"):
        others = [Image.new("RGB", (width, height), (shade, 0, 0)) for shade in (90, 180)]
        options |= {"save_all": True, "append_images": others[: int(recipe["frames"]) - 1]}
    out = io.BytesIO()
    image.save(out, kind.upper(), **options)
    return out.getvalue()[: recipe.get("cut")]


def _video(recipe):
    told = {name: value for name, value in recipe.items() if name not in {"cut", "video"}}
    return video(*recipe["video"].split(), **told)[: recipe.get("cut")]


_CODECS = {"h264": "libx264", "vp9": "libvpx-vp9", "mpeg4": "mpeg4", "hevc": "libx265",
           "av1": "libsvtav1"}  # fmt: skip


@functools.cache
def video(
    size, kind, *, seconds=1, fps=25, codec="h264", sound="", turn=0, streamed="yes",
    pixels="yuv420p", hdr="", uneven="", channels="stereo", rate=48_000, noise="", **tags,
):  # fmt: skip
    """Render a small real video.

    `hdr`: HLG or PQ; `uneven`: every third picture is shown twice as long; all else is metadata.
    """
    import av

    width, height = map(int, size.split("x"))
    # Putting the index first needs a file that can be read again while it is written.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"video.{kind}")
        options = {}
        if kind in {"mp4", "mov"}:
            flags = [*(["faststart"] if streamed == "yes" else [])]
            flags += ["use_metadata_tags"] if any("." in name for name in tags) else []
            options = {"movflags": "+".join(flags)} if flags else {}
        with av.open(str(path), "w", options=options) as container:
            told = {"x265-params": "log-level=none"} if codec == "hevc" else {}
            stream = container.add_stream(_CODECS.get(codec, codec), rate=int(fps), options=told)
            stream.width, stream.height, stream.pix_fmt = width, height, pixels
            if hdr:
                coding = stream.codec_context
                coding.color_trc = {"PQ": 16, "HLG": 18}[hdr]
                coding.color_primaries = coding.colorspace = 9
                coding.color_range = 1
            container.metadata.update(tags)
            if turn:
                stream.set_display_rotation(int(turn))
            voice = container.add_stream(sound, rate=int(rate)) if sound else None
            if voice is not None:
                voice.codec_context.layout = channels
            shown = 0
            for number in range(round(float(seconds) * int(fps))):
                frame = av.VideoFrame(width, height, pixels)
                for plane in frame.planes:
                    if noise:
                        plane.update(random.Random(number).randbytes(plane.buffer_size))
                    else:
                        plane.update(bytes([number * 7 % 255]) * plane.buffer_size)
                frame.pts = shown
                shown += 2 if uneven and number % 3 == 0 else 1
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
            if voice is not None:
                container.mux([*_silence(voice, float(seconds)), *voice.encode()])
        return path.read_bytes()


def _silence(voice, seconds):
    import av

    coding = voice.codec_context
    for number in range(max(20, round(seconds * coding.sample_rate / 960))):
        frame = av.AudioFrame(coding.format.name, coding.layout.name, 960)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts = coding.sample_rate, number * 960
        yield from voice.encode(frame)


@pytest.fixture
def place(tmp_path):
    """A workspace with one brand and no posts, not in git."""
    made = Place(tmp_path / "workspace")
    made.write(BASE)
    return made


@pytest.fixture
def place_at():
    """Make a workspace in a folder that the test chooses."""

    def make(folder: Path, files: Mapping[str, object] | None = None) -> Place:
        made = Place(folder)
        made.write(BASE if files is None else files)
        return made

    return make


@pytest.fixture
def hub():
    """Issues and a workflow on a GitHub on this machine."""
    from github_hub import Hub
    from github_server import GitHub

    made = Hub()
    with GitHub(made) as made.api:
        yield made


@pytest.fixture
def talk():
    """The conversation of a pull request on a GitHub on this machine."""
    from github_server import GitHub
    from github_talk import Talk

    made = Talk()
    with GitHub(made) as made.api:
        yield made


@pytest.fixture
def rendered():
    """Make the bytes of an image or a video from its recipe."""
    return content_of
