"""A ledger that the version before wrote is read with equal results, but for what is wanted.

`old/make.py` has told `old/story.py` with that version's own commands; `old/said/` is what it said.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from mimin.ledger.lines import decode, encode
from mimin.model.event import Kind
from mimin.networks.sandbox_rows import posts

pytestmark = pytest.mark.skipif(
    not shutil.which("ssh-keygen") and "CI" not in os.environ, reason="needs ssh-keygen"
)

OLD = Path(__file__).parent / "old"
LEDGER = {
    path.relative_to(OLD / "ledger").as_posix(): path.read_bytes()
    for path in sorted((OLD / "ledger").rglob("*.jsonl"))
}
COMPARED = ("state", "action", "cause", "due", "parts", "digest", "approved")
MOMENTS = range(4)

LATER = {Kind.RAN, Kind.POLICY, Kind.TRUSTED}
"""Kinds of events that the version before did not know."""


def said(name):
    return json.loads((OLD / "said" / f"{name}.json").read_text())


CODES = said("codes")

RENAMED = {"kopi-senja/nama-baru@bluesky": "kopi-senja/nama-lama@bluesky"}
"""Key of the version before → key now: git tells that a file was renamed, and it is one post."""
WANTED_PLAN = {
    # The renamed file is the post that is out; before, it was another one that looked the same.
    "kopi-senja/nama-lama@bluesky": {"state": "published", "action": " ", "cause": "out"},
    # Part 1 of a thread is out and its text was changed: a question to a person. Before, part 2 of
    # the new text was to follow part 1 of the old one as soon as the network took posts again.
    "kopi-senja/berubah@bluesky": {"action": "!", "cause": "half-out"},
    # The network has said "again in 90 days"; no wait of more than a day is believed any more.
    "kopi-senja/tersendat@bluesky": {"action": "+", "cause": "resume"},
}
"""Key → fields that are said otherwise now; above each the reason."""
ASKED = {"fedi"}
"""Accounts that a person is asked about before anything is sent: version 1 does not say which
server posts went to, and their `brand.yml` names one."""
WANTED_CODES = {
    # What `check` calls an error is said by every command: two posts have one.
    **{f"plan {moment}": 4 for moment in CODES["moments"]},
    **{f"publish --dry-run {moment}": 1 for moment in CODES["moments"]},
    # What an import brought was reported as out without a claim: it needs none.
    "ledger verify": 0,
}
"""Command → its exit code now; above each the reason."""


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """The old workspace with its history and ledger, as a clone would have them."""
    root = tmp_path_factory.mktemp("old") / "workspace"
    person = {
        f"GIT_{who}_{name}": value
        for who in ("AUTHOR", "COMMITTER")
        for name, value in (("NAME", "mimin"), ("EMAIL", "m@x.id"), ("DATE", "2026-12-14T09:30Z"))
    }
    environment = os.environ | person | {"GIT_INDEX_FILE": str(root / ".git" / "ledger.index")}

    def git(*args, **options):
        command = ["git", "-C", str(root), *args]
        done = subprocess.run(command, check=True, capture_output=True, **options)
        return done.stdout.decode().strip()

    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
    git("fast-import", "--quiet", input=(OLD / "main.fast-export").read_bytes())
    git("reset", "-q", "--hard", "main")
    git("--work-tree", str(OLD / "ledger"), "add", "--all", env=environment)
    tree = git("write-tree", env=environment)
    commit = git("commit-tree", "-m", "Ledger", tree, env=environment)
    git("update-ref", "refs/heads/mimin/ledger", commit)
    return root


@pytest.fixture
def old(clone, place_at, tmp_path):
    """A copy of the clone for one test."""
    shutil.copytree(clone, tmp_path / "workspace")
    return place_at(tmp_path / "workspace", {})


@pytest.fixture
def said_now(old):
    """Run a command as the version before has, and hold it to that version's exit code."""

    def run(name, *args):
        ran = old.run(*(args or name.split()))
        assert ran.code == WANTED_CODES.get(name, CODES[name]), ran.out + ran.err
        return ran

    return run


def test_the_material_is_as_the_version_before_left_it(old):
    """Approvals name commits, and plans and standings are compared only where there are some."""
    assert old.git("rev-parse", "HEAD").strip() == CODES["HEAD"]
    events = [event for path, content in LEDGER.items() for event in decode(content, path)]
    assert {event.kind for event in events} == set(Kind) - LATER
    assert {event.v for event in events} == {1}
    states = {part["state"] for row in said("standings") for part in row["parts"]}
    assert states == {"published", "refused", "unknown", "claimed", "handed", "retracted"}
    ways = {event.handles["via"] for event in events if event.kind is Kind.APPROVED}
    assert ways == {"github", "ssh"}


@pytest.mark.parametrize("path", LEDGER)
def test_a_line_of_version_1_that_is_written_again_stays_what_it_was(path):
    assert b"".join(map(encode, decode(LEDGER[path], path))) == LEDGER[path]


@pytest.mark.parametrize("number", MOMENTS)
def test_every_delivery_is_planned_as_before(said_now, number):
    moment = CODES["moments"][number]
    ran = said_now(f"plan {moment}", "plan", "--all", "--format", "json", "--now", moment)
    now = {row["key"]: row for row in json.loads(ran.out)["plan"]}
    before = {RENAMED.get(row["key"], row["key"]): row for row in said(f"plan-{number}")}
    assert now.keys() == before.keys()
    for key, row in before.items():
        wanted = {name: row[name] for name in COMPARED} | WANTED_PLAN.get(key, {})
        if key.rpartition("@")[2] in ASKED and row["action"] == "+":
            wanted |= {"action": "!", "cause": "untrusted"}
        if wanted["cause"] == "retracted" and row["state"] == "planned":
            wanted["cause"] = "called-off"  # it never was out, which had the same name before
        assert {name: now[key][name] for name in COMPARED} == wanted, (key, now[key]["note"])


@pytest.mark.parametrize("key", WANTED_PLAN)
def test_what_is_wanted_otherwise_was_otherwise(key):
    before = [row for number in MOMENTS for row in said(f"plan-{number}")]
    rows = [row for row in before if RENAMED.get(row["key"], row["key"]) == key]
    assert any(row[name] != value for row in rows for name, value in WANTED_PLAN[key].items())


@pytest.mark.parametrize("number", MOMENTS)
def test_what_a_run_would_do_ends_as_before(said_now, number):
    moment = CODES["moments"][number]
    said_now(f"publish --dry-run {moment}", "publish", "--dry-run", "--now", moment)


def test_every_standing_is_what_it_was(old):
    spec = importlib.util.spec_from_file_location("old_dump", OLD / "dump.py")
    dump = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(dump)
    assert dump.dump(old.root) == said("standings")


def test_the_ledger_is_shown_as_before(said_now):
    shown = json.loads(said_now("ledger show", "ledger", "show", "--format", "json").out)
    assert shown["deliveries"] == said("show")


def test_what_an_import_brought_is_the_only_fault_that_is_none_any_more(said_now):
    before = (OLD / "said" / "verify.txt").read_text().splitlines()
    imported = {event.key for path, content in LEDGER.items() for event in decode(content, path)
                if event.reason == "imported"}  # fmt: skip
    assert {fault.partition(" ")[0] for fault in before} == imported
    assert said_now("ledger verify").out == ""


def test_a_run_appends_to_the_old_lines_and_sends_what_was_to_be_sent(old):
    now = CODES["moments"][0]
    ran = old.run("publish", "--brand", "warung", "--brand", "toko", "--now", now)
    assert ran.code == 4, ran.out + ran.err
    assert sorted(post.part.text for post in posts(old.root / ".mimin")) == ["Promo dua", "Siap"]
    listed = old.git("ls-tree", "-r", "--name-only", "mimin/ledger").splitlines()
    written = {path: old.git("show", f"mimin/ledger:{path}").encode() for path in listed}
    assert {path: content for path, content in written.items() if path in LEDGER} == LEDGER
    (fresh,) = (path for path in written.keys() - LEDGER.keys() if path.startswith("events/"))
    kinds = [(event.v, event.kind) for event in decode(written[fresh], fresh)]
    assert kinds == [(2, Kind.CLAIMED), (2, Kind.PUBLISHED)] * 2
