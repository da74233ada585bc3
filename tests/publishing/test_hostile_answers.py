"""What a network answers is told, recorded and shown, and obeyed by nothing on the way."""

from __future__ import annotations

import json
import re

import pytest

from mimin.networks.protocol import NotPublished
from mimin.networks.sandbox import SandboxConnection
from mimin.unseen import find_hidden

NOW = "2026-12-01T09:00+07:00"
KEY = "kopi-senja/gajian@bluesky"
POST = "---\nat: 2026-12-01 09:00\naccounts: [bluesky]\n---\nGajian!\n"
ANSWER = (
    "no\n::add-mask::a\r\n  ::stop-commands::t\n##[error]x \x1b]0;pwn\x07\x1b[2J \u202egnp \x9b"
)
COMMAND = re.compile(r"^\s*::|##\[", re.MULTILINE)


@pytest.fixture
def refused(place, monkeypatch):
    def refuse(_connection, _job):
        raise NotPublished(ANSWER, permanent=True)

    monkeypatch.setattr(SandboxConnection, "commit", refuse)
    place.write({"content/kopi-senja/posts/gajian.md": POST})
    place.commit()
    place.told = place.run("publish", "--now", NOW)
    return place


def harmless(ran):
    said = ran.out + ran.err
    assert r"\u202egnp" in said
    assert not list(find_hidden(said))
    assert not COMMAND.search(said)
    return True


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("plan",),
        ("plan", "--format", "markdown"),
        ("plan", "--format", "json"),
        ("watch",),
        ("watch", "--format", "markdown"),
        ("watch", "--format", "json"),
        ("ledger", "log"),
        ("ledger", "log", "--format", "json"),
        ("ledger", "show", KEY),
        ("ledger", "show", KEY, "--format", "json"),
        ("publish", "--now", NOW),
    ],
    ids=" ".join,
)
def test_no_command_that_tells_an_answer_obeys_it(words, refused):
    timed = () if not words or words[0] in {"ledger", "publish"} else ("--now", NOW)
    ran = refused.run(*words, *timed) if words else refused.told
    assert harmless(ran)
    if "json" in words:
        for line in [ran.out] if words != ("ledger", "log", "--format", "json") else ran.lines:
            json.loads(line)


def test_the_ledger_holds_no_line_of_it_that_could_be_obeyed(refused):
    listed = refused.git("ls-tree", "-r", "--name-only", "mimin/ledger").split()
    (path,) = [name for name in listed if name.startswith("events/")]
    reason = json.loads(refused.git("show", f"mimin/ledger:{path}").splitlines()[-1])["reason"]
    assert reason == (
        r"no\n::add-mask::a\n  ::stop-commands::t\n##[error]x \x1b]0;pwn\x07\x1b[2J \u202egnp \x9b"
    )
