"""Files that are made to harm whoever opens them: nothing but the file itself is ever opened."""

from __future__ import annotations

import ast
import ctypes
import io
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import textwrap
import threading
import time
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

import mimin
from mimin import isolated
from mimin.compose import cards as cards_module
from mimin.compose import fit as fit_module
from mimin.compose import media as media_module
from mimin.compose.cards import CardTemplate, render
from mimin.compose.kinds import count_scans
from mimin.compose.media import inspect, shrink
from mimin.isolated import Budget, StoppedError, TooCostlyError, call, within

pytestmark = pytest.mark.long

PACKAGE = Path(mimin.__file__).parent
SDP = """\
{start}
v=0
o=- 0 0 IN IP4 127.0.0.1
s=x
c=IN IP4 127.0.0.1
t=0 0
m=video {port} RTP/AVP 96
a=rtpmap:96 H264/90000
"""


def png(width, height):
    """A PNG of white pixels: few bytes, however many pixels."""

    def chunk(kind, content):
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    row = b"\0" + bytes((width + 7) // 8)
    packer = zlib.compressobj(9)
    lines = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def gif(frames):
    head = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff"
    frame = b"\x21\xf9\4\0\1\0\0\0\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
    return head + frame * frames + b";"


def photo(kind="JPEG"):
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, kind)
    return out.getvalue()


def box(kind, content):
    return struct.pack(">I4s", 8 + len(content), kind) + content


def other_file(url):
    """A QuickTime film whose pictures lie in another file (`dref`, `url ` and `alis`)."""
    full = b"\0\0\0\0"
    at = box(b"url ", full + url.encode() + b"\0")
    dref = box(b"dinf", box(b"dref", full + struct.pack(">I", 1) + at))
    entry = struct.pack(">6xH16xHHIIIH32xHh", 1, 16, 16, 0x480000, 0x480000, 0, 1, 24, -1)
    tables = (
        box(b"stsd", full + struct.pack(">I", 1) + box(b"raw ", entry))
        + box(b"stts", full + struct.pack(">III", 1, 1, 1))
        + box(b"stsc", full + struct.pack(">IIII", 1, 1, 1, 1))
        + box(b"stsz", full + struct.pack(">II", 768, 1))
        + box(b"stco", full + struct.pack(">II", 1, 0))
    )
    information = box(b"vmhd", full + bytes(8)) + dref + box(b"stbl", tables)
    handler = box(b"hdlr", full + b"mhlrvide" + bytes(12) + b"\0")
    about = box(b"mdhd", full + struct.pack(">IIIIHH", 0, 0, 1, 1, 0, 0))
    track = box(b"tkhd", full + struct.pack(">IIII", 0, 0, 1, 0) + bytes(60) + bytes(8))
    media = box(b"mdia", about + handler + box(b"minf", information))
    length = box(b"mvhd", full + struct.pack(">IIII", 0, 0, 1, 1) + bytes(80))
    return box(b"ftyp", b"qt  " + bytes(4)) + box(b"moov", length + box(b"trak", track + media))


def hostile(port, secret):
    """Name → bytes; `port` is one that must not be called, `secret` a file not to be opened."""
    address = f"http://127.0.0.1:{port}/x"
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{address}.ts\n#EXT-X-ENDLIST\n"
    concat = f"ffconcat version 1.0\nfile '{secret}'\nfile '{address}'\n"
    dash = f"<MPD><Period><BaseURL>{address}</BaseURL></Period></MPD>"
    mp4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"
    eps = f"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n({secret}) run\n%%EOF\n".encode()
    return {
        "sdp.mp4": SDP.format(start="abcdftypjp2 ", port=port).encode(),
        "sdp-isom.mp4": SDP.format(start="abcdftypisom", port=port).encode(),
        "sdp.mov": SDP.format(start="abcdftypqt  ", port=port).encode(),
        "sdp.3gp": SDP.format(start="abcdftyp3gp4", port=port).encode(),
        "sdp.ogv": SDP.format(start="OggS", port=port).encode(),
        "sdp.webm": SDP.format(start="\x1aE\xdf\xa3 webm", port=port).encode("latin-1"),
        "sdp.avi": SDP.format(start="RIFF    AVI ", port=port).encode(),
        "playlist.mp4": playlist.encode(),
        "playlist-ftyp.mp4": mp4 + playlist.encode(),
        "playlist-avi.avi": b"RIFF\0\0\0\0AVI " + playlist.encode(),
        "concat.mp4": concat.encode(),
        "concat-ftyp.mp4": mp4 + concat.encode(),
        "dash.mp4": dash.encode(),
        "dash-ftyp.mp4": mp4 + dash.encode(),
        "reference.mov": other_file(address),
        "reference-file.mov": other_file(f"file://{secret}"),
        "eps.png": eps,
        "eps.jpg": b"\xff\xd8\xff" + eps,
        "eps.gif": b"GIF89a" + eps,
        "eps.bmp": b"BM" + eps,
        "eps.tif": b"II*\0" + eps,
        "eps.webp": b"RIFF\0\0\0\0WEBP" + eps,
        "eps.avif": b"\0\0\0\x18ftypavif" + eps,
        "psd.png": b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 9, 9, 8, 3) + bytes(99),
        "psd.jpg": b"\xff\xd8\xff8BPS\0\1" + bytes(99),
        "bomb.png": png(13_000, 13_000),
        "frames.gif": gif(100_000),
        "cut.jpg": photo()[:500],
        "cut.png": photo("PNG")[:150],
        "cut.webp": photo("WEBP")[:60],
        "jpeg-in.mp4": mp4 + photo(),
        "svg.png": f"<svg xmlns='x'><image href='{address}'/></svg>".encode(),
        "nothing.mp4": b"\0\0\0\x08ftyp",
        "endless.mp4": box(b"ftyp", b"isom" + bytes(4)) + struct.pack(">I4s", 0xFFFFFFFF, b"moov"),
    }


NAMES = list(hostile(1, "x"))


@pytest.fixture
def nobody_called(tmp_path):
    """A port of this machine that notes who calls it."""
    callers = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.02)
        done = threading.Event()

        def listen():
            while not done.is_set():
                try:
                    callers.append(server.accept())
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1]
        done.set()
        thread.join()
    for connection, _ in callers:
        connection.close()
    assert callers == []


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_file_is_refused_at_once_and_calls_nobody(name, nobody_called, tmp_path):
    content = hostile(nobody_called, tmp_path / "secret")[name]
    before = time.monotonic()
    facts = inspect(name, content)
    assert facts.remarks, name
    assert not facts.fittable
    assert time.monotonic() - before < 10
    assert shrink(content, 100, 10_000) is None


TRACED = """
import sys
from mimin.compose.media import inspect, shrink
from mimin.compose.cards import CardTemplate, render
from pathlib import Path
for path in sorted(Path(sys.argv[1]).iterdir()):
    inspect(path.name, path.read_bytes())
    shrink(path.read_bytes(), 100, 10_000)
layers = [{"kind": "image", "box": [0, 0, 9, 9], "file": "{f}"},
    {"kind": "text", "box": [0, 0, 9, 9], "text": "a", "size": 5, "fill": "#000", "font": "f"}]
fields = {"size": [9, 9], "values": {"f": None}, "background": "#fff", "layers": layers}
for path in sorted(Path(sys.argv[1]).iterdir()):
    card = CardTemplate.model_validate(fields)
    assert render(card, {"f": "x"}, lambda name: path.read_bytes()).remarks
from contextlib import suppress
from mimin.compose.transcode import Form, transcode
from mimin.isolated import StoppedError
for sound in ("coded", "copied"):
    form = Form(copied=sound == "copied", sound=sound, width=64, height=48, fps=25, bits=10**5,
                sound_bits=64000)
    for path in sorted(Path(sys.argv[1]).iterdir()):
        with suppress(StoppedError):
            transcode(path.read_bytes(), form, 1)
    assert transcode(Path(sys.argv[2]).read_bytes(), form, 1)
"""
_CALL = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+)")


@pytest.mark.skipif(shutil.which("strace") is None, reason="the system's calls need strace")
def test_the_system_is_asked_for_no_file_no_connection_and_no_program(
    nobody_called, tmp_path, rendered
):
    """What the processes ask of Linux once they have given up their rights, all files and cards."""
    folder, secret, log = tmp_path / "files", tmp_path / "secret", tmp_path / "log"
    folder.mkdir()
    secret.write_text("secret")
    for name, content in hostile(nobody_called, secret).items():
        (folder / name).write_bytes(content)
    watched = "trace=%network,open,openat,openat2,creat,execve,execveat,fork,vfork,prlimit64"
    command = ["strace", "-f", "-q", "-e", watched, "-e", "signal=none", "-o", log]
    film = tmp_path / "film.mov"
    film.write_bytes(rendered({"video": "64x48 mov", "hdr": "HLG", "sound": "aac"}))
    done = subprocess.run(
        [*command, sys.executable, "-c", TRACED, folder, film], check=False, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")
    locked, asked = set(), []
    for line in log.read_text().splitlines():
        found = _CALL.match(line)
        if found is None:
            continue
        process, name, arguments, _ = found.groups()
        if name == "prlimit64" and "RLIMIT_NOFILE, {rlim_cur=0," in arguments:
            locked.add(process)
        elif process in locked and name != "prlimit64":
            asked.append(line)
    assert len(locked) == 4  # for pictures, for videos, for cards, for copies of videos
    assert asked == []


def test_a_card_takes_no_picture_that_a_post_could_not_carry(nobody_called, tmp_path):
    layer = {"kind": "image", "box": [0, 0, 50, 50], "file": "a.png"}
    fields = {"size": [50, 50], "background": "#fff", "layers": [layer]}
    card = CardTemplate.model_validate(fields)
    for name, content in hostile(nobody_called, tmp_path / "secret").items():
        rendered = render(card, {}, lambda _, content=content: content)
        assert [remark.code for remark in rendered.remarks] == ["card-file-unreadable"], name
    big = render(card, {}, lambda _: png(13_000, 13_000)).remarks[0].message
    assert "more than 100,000,000 pixels" in big


def test_an_animation_of_many_pictures_is_named_with_the_most_that_are_read():
    remark = inspect("a.gif", gif(100_000)).remarks[0]
    assert remark.code == "media-too-costly"
    assert "100,000 pictures, 5,000 are read at most" in remark.message
    assert inspect("a.gif", gif(5_000)).remarks == ()


def test_a_file_of_too_many_bytes_is_not_opened(monkeypatch):
    monkeypatch.setattr(media_module, "MOST_BYTES", 100)
    assert [remark.code for remark in inspect("a.jpg", photo()).remarks] == ["media-too-costly"]


def test_a_strangers_picture_becomes_a_small_jpeg():
    made = Image.open(io.BytesIO(shrink(photo("WEBP"), 64, 100_000)))
    assert (made.format, made.size) == ("JPEG", (64, 64))
    assert shrink(photo(), 64, 10) is None


@pytest.fixture(scope="module")
def attacker(tmp_path_factory):
    """A module in an isolated process that does what a decoder might be talked into."""
    name = f"attacker_{os.urandom(4).hex()}"
    source = textwrap.dedent(
        """
        import os, sys, socket, subprocess, signal, time, ctypes, _socket

        LIBC = ctypes.CDLL(None)
        for name in ("open socket memfd_create dup2 execv ptrace process_vm_readv kill "
                "close fork".split()):
            getattr(LIBC, name, None)
        ARGUMENTS = (ctypes.c_char_p * 2)(b"true", None)
        TAKEN = ctypes.create_string_buffer(8)
        VECTOR = (ctypes.c_uint64 * 2)(ctypes.addressof(TAKEN), 8)

        def native(arguments, blobs):
            remote = (ctypes.c_uint64 * 2)(arguments["address"], 8)
            try:
                return eval(arguments["code"], globals() | {"REMOTE": remote})[-1], []
            except OSError:
                return -1, []

        def attempt(arguments, blobs):
            try:
                return repr(eval(arguments["code"])), []
            except (OSError, LookupError, ImportError, AttributeError) as error:
                return f"refused: {type(error).__name__}", []

        def spin(arguments, blobs):
            while True:
                pass

        def wait(arguments, blobs):
            time.sleep(60)

        def eat(arguments, blobs):
            return len([bytearray(1 << 28) for _ in range(64)]), []

        def die(arguments, blobs):
            os.kill(os.getpid(), signal.SIGSEGV)

        def lie(arguments, blobs):
            sys.stdout.buffer.write(arguments["bytes"].encode("latin-1"))
            sys.stdout.buffer.flush()
            os._exit(0)

        def echo(arguments, blobs):
            return arguments["text"], blobs
        """
    )
    folder = tmp_path_factory.mktemp("attacker")
    (folder / f"{name}.py").write_text(source)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield name


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd')",
        "os.open('/etc/passwd', os.O_RDONLY)",
        "open('/tmp/mimin-was-here', 'w')",
        "socket.create_connection(('127.0.0.1', 1))",
        "_socket.socket()",
        "subprocess.run(['true'])",
        "os.system('true')",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.listdir('/')",
        "__import__('http.client')",
        "os.dup(0)",
        "os.pipe()",
    ],
)
def test_an_isolated_process_can_open_nothing(attacker, code):
    assert str(call(f"{attacker}:attempt", {"code": code}, seconds=5).value).startswith("refused")


def test_an_isolated_process_knows_no_secret(attacker, monkeypatch):
    monkeypatch.setenv("MIMIN_TEST_TOKEN", "sangat-rahasia")
    monkeypatch.setenv("PYTHONSTARTUP", "/tmp/x")
    with suppress(StoppedError):
        call(f"{attacker}:die", {}, seconds=5)  # so that one is started now
    names = eval(call(f"{attacker}:attempt", {"code": "list(os.environ)"}, seconds=5).value)
    assert set(names) <= {"SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LC_CTYPE"}
    assert call(f"{attacker}:attempt", {"code": "'' in sys.path"}, seconds=5).value == "False"


def test_a_call_that_computes_or_waits_too_long_is_ended_and_the_next_one_works(attacker):
    for name in ("spin", "wait"):
        with pytest.raises(TooCostlyError, match="more than 1 s"):
            call(f"{attacker}:{name}", {}, seconds=1)
        assert call(f"{attacker}:echo", {"text": "a"}, [b"b"], seconds=5) == ("a", [b"b"])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit memory")
def test_a_call_gets_only_so_much_memory(attacker):
    with pytest.raises(TooCostlyError, match="more memory"):
        call(f"{attacker}:eat", {}, seconds=20)
    assert call(f"{attacker}:echo", {"text": "a"}, seconds=5).value == "a"


def test_a_decoder_that_breaks_down_takes_nothing_with_it(attacker):
    with pytest.raises(StoppedError, match=f"signal {int(signal.SIGSEGV)}"):
        call(f"{attacker}:die", {}, seconds=5)
    assert call(f"{attacker}:echo", {"text": "a"}, seconds=5).value == "a"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "\xff\xff\xff\xff",
        "\0\0\0\2[]",
        "\0\0\0\2{}",
        '\0\0\0\x0e{"sizes":[-1]}',
        '\0\0\0\x17{"sizes":[99999999999]}',
        "\0\0\0\3abc",
    ],
)
def test_an_answer_of_a_process_that_was_taken_over_is_not_believed(attacker, answer):
    with pytest.raises(StoppedError, match="broke down"):
        call(f"{attacker}:lie", {"bytes": answer}, seconds=5)


def test_a_forked_process_starts_its_own(attacker):
    assert call(f"{attacker}:echo", {"text": "a"}, seconds=5).value == "a"
    here = call(f"{attacker}:attempt", {"code": "os.getpid()"}, seconds=5).value
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            found = call(f"{attacker}:attempt", {"code": "os.getpid()"}, seconds=5).value
            os.write(writing, str(found).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        assert pipe.read() not in {"", here}
    assert call(f"{attacker}:attempt", {"code": "os.getpid()"}, seconds=5).value == here


def test_media_is_opened_in_one_place():
    """Nothing else of the package has a decoder, so nothing else can open a file with one."""
    opens, has = [], set()
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name.startswith("testing/"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names]
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else names
                if any(found.split(".")[0] in {"PIL", "av", "pillow_heif"} for found in names):
                    has.add(name)
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Image.open", "av.open"}:
                opens.append((name, ast.unparse(node.func)))
    assert opens == [
        ("compose/encode.py", "av.open"),  # to write
        ("compose/footage.py", "av.open"),
        ("compose/pictures.py", "Image.open"),
    ]
    assert has == {
        *("compose/derive.py", "compose/drawing.py", "compose/lettering.py"),
        *("compose/footage.py", "compose/metadata.py", "compose/pictures.py", "compose/encode.py"),
    }


def scans(number, size=(64, 64)):
    """A progressive JPEG whose last scan comes so often."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, "JPEG", progressive=True)
    content = out.getvalue()
    last = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + last * (number - content.count(b"\xff\xda")) + b"\xff\xd9"


def test_a_jpeg_of_very_many_scans_is_not_decoded():
    facts = inspect("a.jpg", scans(101))
    assert [remark.code for remark in facts.remarks] == ["media-too-costly"]
    assert "more than 100 scans" in facts.remarks[0].message
    assert "save it again as a JPEG" in facts.remarks[0].message
    assert inspect("a.jpg", scans(100)).remarks == ()
    large = scans(1000, (9_900, 9_900))
    begun = time.monotonic()
    assert inspect("a.jpg", large).remarks
    assert shrink(large, 100, 10_000) is None
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "fill", [b"\xff", b"\xff\xda", b"\xff\xda\0\2", b"\xff\xd8\xff", b"\xff\xe0\0\0", b"\xff\0"]
)
def test_counting_scans_takes_no_time(fill):
    content = b"\xff\xd8" + fill * (20_000_000 // len(fill))
    begun = time.monotonic()
    count_scans(content)
    assert time.monotonic() - begun < 3


def test_what_stands_behind_a_jpeg_or_in_its_notes_is_no_scan():
    film = b"\xff\xda" * 5_000
    assert inspect("a.jpg", photo() + film).remarks == ()
    noted = photo()[:2] + b"\xff\xe5" + struct.pack(">H", 2 + len(film)) + film + photo()[2:]
    assert inspect("a.jpg", noted).remarks == ()


def test_a_second_picture_in_a_jpeg_is_not_decoded_in_place_of_the_first():
    """MPO names the place of its first picture: it may not lead past the scans that count."""
    out = io.BytesIO()
    photos = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    photos[0].save(out, "MPO", save_all=True, append_images=photos[1:])
    facts = inspect("a.jpg", out.getvalue())
    assert (facts.mime, facts.animated, facts.fittable) == ("image/jpeg", False, True)
    made = Image.open(io.BytesIO(shrink(out.getvalue(), 64, 100_000)))
    assert made.getpixel((9, 9))[0] > 200


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such limits")
@pytest.mark.parametrize(
    "code",
    [
        "LIBC.close(2), os.dup(1)",
        "LIBC.close(2), LIBC.open(b'/etc/passwd', 0)",
        "LIBC.close(2), LIBC.open(f'/proc/{os.getppid()}/environ'.encode(), 0)",
        "LIBC.close(2), LIBC.open(b'/tmp/mimin-was-here', 0o101, 0o600)",
        "LIBC.close(2), LIBC.socket(2, 1, 0)",
        "LIBC.close(2), LIBC.memfd_create(b'a', 0)",
        "LIBC.close(2), LIBC.dup2(1, 2)",
        "LIBC.execv(b'/bin/true', ARGUMENTS),",
        "LIBC.ptrace(0x4206, os.getppid(), 0, 0),",
        "LIBC.process_vm_readv(os.getppid(), VECTOR, 1, REMOTE, 1, 0),",
        "LIBC.kill(os.getppid(), 0),",
    ],
)
def test_native_code_in_an_isolated_process_can_open_and_read_nothing(attacker, code):
    """As a decoder that was taken over: past Python and its audit hooks."""
    if not _landlock(6) and any(word in code for word in ("execv", "ptrace", "_vm_", "kill")):
        pytest.skip("this Linux has no Landlock that refuses it")
    arguments = {"code": code, "address": id(attacker)}
    assert call(f"{attacker}:native", arguments, seconds=5).value == -1


def _landlock(version):
    libc = ctypes.CDLL(None)
    number = ctypes.c_long(444)
    return libc.syscall(number, None, ctypes.c_size_t(0), ctypes.c_uint(1)) >= version


PRIVATE = """
import ctypes, os, sys
from mimin import isolated
libc = ctypes.CDLL(None)

def attempt():
    child = os.fork()
    if not child:
        libc.prctl(4, 1, 0, 0, 0)
        try:
            os._exit(len(open(f"/proc/{os.getppid()}/environ", "rb").read()) == 0)
        except PermissionError:
            os._exit(7)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

if sys.argv[1] == "isolated":
    isolated.call("mimin.networks.page_head:read", {}, [b"a"], seconds=5)
if os.getuid() == 0:  # to whom all is allowed
    before = libc.prctl(3, 0, 0, 0, 0)
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    libc.prctl(4, before, 0, 0, 0)
print(attempt())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such switch")
def test_a_process_that_opens_media_lets_no_other_read_its_environment():
    found = [
        subprocess.run(
            [sys.executable, "-c", PRIVATE, way], check=True, capture_output=True, text=True
        ).stdout
        for way in ("plain", "isolated")
    ]
    assert found == ["0\n", "7\n"]


def test_a_process_that_was_ended_while_nobody_asked_it_spoils_no_answer(attacker):
    here = call(f"{attacker}:attempt", {"code": "os.getpid()"}, seconds=5).value
    os.kill(int(here), signal.SIGKILL)
    assert call(f"{attacker}:echo", {"text": "a"}, seconds=5).value == "a"


def test_a_process_that_is_ended_in_the_middle_is_asked_once_more(attacker, tmp_path):
    """As by a machine that has no memory left; the second process is left alone."""
    here = int(call(f"{attacker}:attempt", {"code": "os.getpid()"}, seconds=5).value)
    killer = threading.Timer(0.3, lambda: os.kill(here, signal.SIGKILL))
    killer.start()
    arguments = {"code": "time.sleep(1) or os.getpid()"}
    there = call(f"{attacker}:attempt", arguments, seconds=5).value
    killer.join()
    assert int(there) != here


def broken(monkeypatch, name):
    """Let what opens media break down twice at each call."""

    def call_other(place, arguments, blobs=(), *, seconds):
        return call(f"{name}:die", {}, seconds=seconds)

    for module in (media_module, fit_module, cards_module):
        monkeypatch.setattr(module, "call", call_other)


def test_what_broke_down_twice_is_not_known_and_not_kept(attacker, monkeypatch):
    with pytest.raises(StoppedError, match="broke down, signal") as raised:
        call(f"{attacker}:die", {}, seconds=5)
    assert not raised.value.sure
    broken(monkeypatch, attacker)
    facts = inspect("a.jpg", photo())
    assert [remark.code for remark in facts.remarks] == ["media-unreadable"]
    assert facts.unsure
    monkeypatch.undo()
    assert not inspect("a.jpg", b"\xff\xd8\xff" + bytes(50)).unsure


def test_an_interrupt_while_a_process_starts_shifts_no_answer(attacker, monkeypatch):
    with suppress(StoppedError):
        call(f"{attacker}:die", {}, seconds=5)
    read = isolated._read

    def interrupted(pipe, number):
        if number == 0:
            monkeypatch.setattr(isolated, "_read", read)
            raise KeyboardInterrupt
        return read(pipe, number)

    monkeypatch.setattr(isolated, "_read", interrupted)
    with pytest.raises(KeyboardInterrupt):
        call(f"{attacker}:echo", {"text": "a"}, seconds=5)
    assert [
        call(f"{attacker}:echo", {"text": text}, seconds=5).value for text in ("b", "c", "d")
    ] == ["b", "c", "d"]


def test_an_answer_to_another_call_is_never_taken(attacker):
    """As of a process that was taken over, and has written more answers than it was asked for."""
    said = json.dumps({"number": 1, "took": 0, "value": "good", "sizes": []})
    code = "sys.stdout.buffer.write(len(T).to_bytes(4) + T.encode())".replace("T", repr(said))
    with pytest.raises(StoppedError):
        call(f"{attacker}:attempt", {"code": code}, seconds=5)
    for text in ("a", "b"):
        assert call(f"{attacker}:echo", {"text": text}, seconds=5).value == text


def test_a_budget_ends_calls_and_counts_only_what_is_not_ordinary(attacker, monkeypatch):
    monkeypatch.setattr(isolated, "_GRANTED", 0.2)
    budget, wide = Budget("this post", 1), Budget("this brand", 10)
    with within(budget, wide):
        for _ in range(20):
            call(f"{attacker}:echo", {"text": "a"}, seconds=5)
        assert budget.used == 0
        for _ in range(2):
            with suppress(TooCostlyError):
                call(f"{attacker}:spin", {}, seconds=1)
        with pytest.raises(TooCostlyError, match="media of this post take more than 1 s") as raised:
            call(f"{attacker}:echo", {"text": "a"}, seconds=5)
    assert not raised.value.sure
    assert wide.used == budget.used
    assert call(f"{attacker}:echo", {"text": "a"}, seconds=5).value == "a"


NO_ROOT = """
import os, sys
from mimin.compose.media import inspect
found = inspect("a.mp4", sys.stdin.buffer.read())
print(os.getuid() != 0, found.unsure, [remark.message for remark in found.remarks])
"""
READS_ALL = "-all,+dac_override,+dac_read_search"
"""Rights that a user needs to start a Python that lies in root's folder."""


@pytest.mark.skipif(
    os.getuid() == 0 and shutil.which("setpriv") is None, reason="root can not become another user"
)
@pytest.mark.parametrize("codec", ["h264", "hevc", "av1"])
def test_a_video_of_any_decoder_is_read_by_who_is_not_root(codec, rendered):
    """libdav1d starts threads unless it is told not to; an isolated process may start none."""
    content = rendered({"video": "128x96 mp4", "codec": codec})
    assert _without_root(NO_ROOT, content) == b"True False []\n"


COPIES = """
import os, sys
from mimin.compose.media import inspect
from mimin.compose.transcode import plan_form, transcode
from mimin.networks.known import LIMITS
content = sys.stdin.buffer.read()
found = inspect("a.mov", content)
copy = transcode(content, plan_form(found, [LIMITS["x"]]), found.video.seconds)
video = inspect("a.mp4", copy).video
print(os.getuid() != 0, video.codec, video.sound, video.seconds)
"""


@pytest.mark.skipif(
    os.getuid() == 0 and shutil.which("setpriv") is None, reason="root can not become another user"
)
@pytest.mark.parametrize("hdr", ["", "HLG", "PQ"])
def test_a_copy_of_a_video_is_made_by_who_is_not_root(hdr, rendered):
    """FFmpeg's own way from HDR starts threads, and waits for them for ever where it can not."""
    deep = {"hdr": hdr, "pixels": "yuv420p10le"} if hdr else {}
    recipe = {"video": "128x96 mov", "seconds": 4, "codec": "hevc", "sound": "pcm_s16le", **deep}
    assert _without_root(COPIES, rendered(recipe)) == b"True h264 aac 4.0\n"


def _without_root(program, content):
    rights = [f"--{kind}-caps={READS_ALL}" for kind in ("inh", "ambient", "bounding")]
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    rights[-1] = rights[-1].replace("bounding-caps", "bounding-set")
    before = [*user, *rights] if os.getuid() == 0 else []
    ran = subprocess.run(
        [*before, sys.executable, "-c", program], input=content, check=True, capture_output=True
    )
    return ran.stdout
