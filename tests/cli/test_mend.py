"""`mimin mend`: the copy of a video is made once, kept, approved and sent; as a shop uses it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

import mimin
from mimin.compose.media import inspect

pytestmark = pytest.mark.long

P = "content/kopi-senja/posts/"
NOW = "2026-12-01T09:00+07:00"
ACCOUNTS = """\
  x:
    network: sandbox
    like: x
    handle: kopisenja
  telegram:
    network: manual
    like: telegram
    handle: kopisenja
  discord:
    network: manual
    like: discord
    handle: kopisenja
    limits: {video_bytes: 4000}
"""
PHONE = {
    "video": "320x180 mov", "seconds": 4, "codec": "hevc", "turn": -90, "sound": "aac",
    "location": "-06.2+106.8/", "streamed": "no",
}  # fmt: skip


@pytest.fixture
def shop(place):
    brand = place.root / "content/kopi-senja/brand.yml"
    place.write({"content/kopi-senja/brand.yml": brand.read_text() + ACCOUNTS})

    class Shop:
        root = place.root

        def post(self, accounts, video, name="a", film="promo.mov"):
            head = f"---\naccounts: [{accounts}]\nat: 2026-12-03 10:30\nmedia:\n"
            text = f"{head}  - file: {film}\n    alt: Kopi.\n---\nHalo {name}.\n"
            place.write({f"{P}{name}.md": text})
            if video is not None:
                place.write({f"{P}{film}": video})

        def problems(self):
            found = json.loads(place.check("--format", "json").out)
            rows = found if isinstance(found, list) else found["problems"]
            return [(row["severity"], row["code"]) for row in rows]

        def mend(self, *args):
            return place.run("mend", *args)

        def sent(self, name="a"):
            """Name the file that each account gets, and what is approved."""
            shown = place.run("preview", place.root / P / f"{name}.md").out
            files = re.findall(rf"media: {P}(\S+)", shown)
            return files, re.findall(r"digest ([0-9a-f]{12})", shown)

        def copies(self):
            return sorted(path.name for path in (self.root / P).glob("*.mp4"))

    return Shop()


def kept(content, number=""):
    return f"promo.{hashlib.sha256(content).hexdigest()[:10]}{number}.mp4"


def test_the_copy_ends_the_problems_and_is_what_is_sent(shop, rendered):
    shop.post("instagram, x, bluesky", PHONE)
    errors = {code for severity, code in shop.problems() if severity == "error"}
    assert errors == {
        "video-codec-refused", "video-index-last", "media-type-refused", "media-has-location",
    }  # fmt: skip
    done = shop.mend()
    name = kept(rendered(PHONE))
    assert (done.code, shop.copies()) == (0, [name])
    assert f"{P}{name}: made for instagram, x, bluesky (180 x 320, 25 pictures a second" in done.out
    assert shop.problems() == [("warning", "media-has-location")]
    files, digests = shop.sent()
    assert files == [name] * 3
    again = shop.mend()
    assert (again.code, again.err) == (0, "no video needs a copy\n")
    assert shop.sent() == (files, digests)


def test_the_way_out_of_the_place_that_is_left_is_to_name_the_copy(shop, rendered):
    shop.post("bluesky", PHONE)
    shop.mend()
    shop.post("bluesky", None, film=kept(rendered(PHONE)))
    (shop.root / P / "promo.mov").unlink()
    assert shop.problems() == []


def test_what_a_network_takes_goes_to_it_as_it_is(shop):
    shop.post("instagram, x", {"video": "320x180 mov", "seconds": 4, "codec": "hevc"})
    shop.mend()
    assert shop.sent()[0] == ["promo.mov", *shop.copies()]


def test_what_is_published_is_the_copy_and_what_is_out_is_left_alone(shop, place, rendered):
    shop.post("bluesky", PHONE)
    shop.mend()
    place.commit("Begin")
    done = place.run("publish", "--now", "2026-12-03T10:30+07:00")
    assert "published kopi-senja/a@bluesky" in done.out
    name = kept(rendered(PHONE))
    digest = hashlib.sha256((shop.root / P / name).read_bytes()).hexdigest()
    sent = b"".join(
        p.read_bytes() for p in (shop.root / ".mimin").rglob("*sandbox*") if p.is_file()
    )
    assert digest.encode() in sent
    (shop.root / P / name).unlink()
    assert {severity for severity, _ in shop.problems()} == {"warning"}
    assert shop.mend().err == "no video needs a copy\n"


def test_a_video_that_fits_everywhere_wants_no_copy(shop):
    shop.post("instagram, x", {"video": "320x180 mp4", "seconds": 4}, film="promo.mp4")
    assert shop.problems() == []
    assert shop.mend().err == "no video needs a copy\n"
    assert shop.copies() == ["promo.mp4"]


def test_another_video_of_the_same_name_leaves_the_copy_over(shop, rendered):
    shop.post("bluesky", PHONE)
    shop.mend()
    old = kept(rendered(PHONE))
    shop.post("bluesky", PHONE | {"seconds": 5})
    assert ("error", "media-type-refused") in shop.problems()
    assert ("warning", "video-left-over") in shop.problems()
    shop.mend()
    (shop.root / P / old).unlink()
    assert shop.problems() == [("warning", "media-has-location")]


def test_an_account_that_comes_later_gets_its_own_copy_and_changes_none(shop, rendered):
    film = {"video": "320x180 mov", "seconds": 2, "noise": "yes"}
    shop.post("telegram", film)
    shop.mend()
    first = shop.sent()
    shop.post("telegram, discord", None)
    (shop.root / "content/kopi-senja/brand.yml").write_text(
        (shop.root / "content/kopi-senja/brand.yml").read_text().replace("4000", "400000")
    )
    done = shop.mend()
    assert done.code == 0, done.err
    files, digests = shop.sent()
    assert files == [kept(rendered(film)), kept(rendered(film), "-2")]
    assert digests[0] == first[1][0]
    assert (shop.root / P / files[1]).stat().st_size <= 400_000


def test_what_can_not_be_mended_is_said_and_nothing_is_made(shop):
    shop.post("discord", {"video": "320x180 mov", "seconds": 4})
    assert shop.problems() == [("error", "media-too-large")]
    done = shop.mend()
    assert done.code == 1
    assert "no copy can be made: 4 s of film can not be made as small as 4,000 bytes" in done.err
    assert shop.copies() == []


@pytest.mark.parametrize(
    "video",
    [
        {"video": "320x180 mov", "seconds": 4, "cut": 3000},
        "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5000 RTP/AVP 96\n",
        b"\0\0\0\x18ftypqt  " + bytes(90),
        b"",
    ],
)
def test_a_broken_film_is_told_without_a_traceback(shop, video):
    shop.post("bluesky", video)
    assert {code for _, code in shop.problems()} <= {"media-unreadable", "media-kind-unsupported"}
    assert shop.mend().code == 0
    assert shop.copies() == []


def test_a_copy_that_was_damaged_is_not_sent(shop, rendered):
    shop.post("bluesky", PHONE)
    shop.mend()
    path = shop.root / P / kept(rendered(PHONE))
    path.write_bytes(path.read_bytes()[:-500])
    assert ("error", "media-unreadable") in shop.problems()
    assert ("error", "media-type-refused") in shop.problems()
    path.unlink()
    shop.mend()
    assert shop.problems() == [("warning", "media-has-location")]


def test_a_copy_that_git_lfs_has_not_fetched_is_told_as_that(shop, rendered):
    shop.post("bluesky", PHONE)
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    (shop.root / P / kept(rendered(PHONE))).write_text(pointer)
    assert ("error", "media-is-lfs-pointer") in shop.problems()


def test_a_rehearsal_and_named_videos(shop):
    shop.post("bluesky", PHONE)
    shop.post("bluesky", PHONE | {"seconds": 5}, name="b", film="lain.mov")
    done = shop.mend("--dry-run")
    assert done.out.count("would make") == 2
    assert shop.copies() == []
    shop.mend(shop.root / P / "lain.mov")
    assert [name.partition(".")[0] for name in shop.copies()] == ["lain"]
    shop.mend(shop.root / P / "a.md")
    assert [name.partition(".")[0] for name in shop.copies()] == ["lain", "promo"]


def test_a_video_in_the_media_folder_is_mended_there(shop, place):
    shop.post("bluesky", None)
    place.write({"content/kopi-senja/media/promo.mov": PHONE})
    assert shop.mend().code == 0
    assert len(list((shop.root / "content/kopi-senja/media").glob("promo.*.mp4"))) == 1
    assert shop.problems() == [("warning", "media-has-location")]


def test_nothing_is_written_where_no_place_is_on_the_disk(shop, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    shop.post("bluesky", PHONE)
    monkeypatch.setattr("mimin.workspace.keep.os.fsync", full)
    done = shop.mend()
    assert done.code == 1
    assert "No space left on device" in done.err
    assert shop.copies() == []
    assert list((shop.root / ".mimin").glob("*.part")) == []


@pytest.mark.long
@pytest.mark.parametrize("after", [0.5, 1.5, 3, "writing"])
def test_whoever_is_killed_leaves_the_whole_copy_or_nothing(shop, rendered, after):
    film = {"video": "640x360 mov", "seconds": 4, "sound": "aac", "noise": "yes"}
    shop.post("bluesky", film)
    environment = {**os.environ, "PYTHONPATH": str(Path(mimin.__file__).parents[1])}
    command = [sys.executable, "-m", "mimin", "mend", "--workspace", str(shop.root)]
    done = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    if after == "writing":
        while done.poll() is None and not list((shop.root / ".mimin").glob("new-*.part")):
            time.sleep(0)
    else:
        time.sleep(after)
    with suppress(ProcessLookupError):
        done.send_signal(signal.SIGKILL)
    done.wait()
    there = {path.name for path in (shop.root / P).iterdir()}
    assert there <= {"a.md", "promo.mov", kept(rendered(film))}
    for name in shop.copies():
        assert inspect(name, (shop.root / P / name).read_bytes()).remarks == ()
