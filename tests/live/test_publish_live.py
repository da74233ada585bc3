"""Publishing to a real Bluesky server, killed at every step: four records, once, in their chain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from whenever import Instant, TimeDelta

pytestmark = pytest.mark.live

KILLER = Path(__file__).parent.parent / "publishing" / "killer.py"
POST = "app.bsky.feed.post"
PATH = "content/kopi-senja/posts/utas.md"
KEY = "kopi-senja/utas-{number}@langit"
SECRET = "KOPI_SENJA_LANGIT"
BRAND = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
accounts:
  langit:
    network: bluesky
    handle: {handle}
    server: {server}
    secret: {secret}
"""
THREAD = """\
---
at: {at}
zone: UTC
accounts: [langit]
---
Bagian satu ☕

![Kotak teal](satu.png)

---
Bagian dua, lihat https://example.com/menu #KopiSenja

![Kotak emas](dua.jpg)

---
Bagian tiga

---
Bagian empat

![Kotak cokelat](empat.png)
"""
WORDS = ["satu ☕", "dua, lihat https://example.com/menu #KopiSenja", "tiga", "empat"]
WORKERS = 2
NOBODY = 10**6


class Stage:
    """A workspace whose account is on the real server, and the killer at work on its copies."""

    def __init__(self, folder, place_at, resident, *, remote):
        self.folder, self.resident = folder, resident
        # The server's tokens live by the real clock, so the pretended one stays close to it.
        self.start = Instant.now().round("minute")
        at = (self.start + TimeDelta(minutes=5)).format_iso()[:16].replace("T", " ")
        place = place_at(folder / "template" / "workspace")
        place.write(
            {
                "content/kopi-senja/brand.yml": BRAND.format(
                    handle=resident.handle, server=resident.url, secret=SECRET
                ),
                PATH: THREAD.format(at=at),
                "content/kopi-senja/posts/satu.png": {"image": "40x30 png", "colour": "teal"},
                "content/kopi-senja/posts/dua.jpg": {"image": "30x40 jpeg", "colour": "gold"},
                "content/kopi-senja/posts/empat.png": {"image": "40x40 png", "colour": "brown"},
            }
        )
        place.commit()
        said = place.run("accounts", "trust", "langit", "--host", resident.url)
        assert said.code == 0, said.err
        if remote:
            bare = folder / "template" / "remote.git"
            subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
            place.git("remote", "add", "origin", str(bare))

    def kill(self, steps):
        """Die at each of the steps; give what was seen, in their order."""
        with ThreadPoolExecutor(WORKERS) as pool:
            portions = pool.map(self._portion, [steps[n::WORKERS] for n in range(WORKERS)])
        found = [case for portion in portions for case in portion]
        return sorted(found, key=lambda case: case["number"])

    def _portion(self, steps):
        if not steps:
            return []
        moments = [self.start + TimeDelta(minutes=minutes) for minutes in (0, 15, 30, 45)]
        plan = {
            "template": str(self.folder / "template"),
            "folder": str(self.folder),
            "name": f"live{steps[0]}",
            "steps": steps,
            "moments": [moment.format_iso() for moment in moments],
            "key": KEY,
            "rename": PATH,
            "another_time": True,
            "environment": {SECRET: self.resident.password},
        }
        path = self.folder / f"plan-{steps[0]}.json"
        path.write_text(json.dumps(plan))
        done = subprocess.run(
            [sys.executable, str(KILLER), str(path)],
            capture_output=True,
            text=True,
            timeout=3000,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def records(self):
        """Read the whole repository back: case → its records, oldest first."""
        found, cursor = [], ""
        while cursor is not None:
            given = {"cursor": cursor} if cursor else {}
            page = self.resident.call(
                "com.atproto.repo.listRecords",
                repo=self.resident.did,
                collection=POST,
                limit="100",
                reverse="true",
                **given,
            ).json()
            found += page["records"]
            cursor = page.get("cursor")
        threads = {}
        # Record keys within one second come from a hash, so the server's own order is not theirs.
        for record in sorted(found, key=lambda record: record["value"]["createdAt"]):
            number = record["value"]["text"].split(",")[0].removeprefix("Kasus ")
            threads.setdefault(int(number), []).append(record)
        return threads


@pytest.fixture
def stage(tmp_path, place_at, resident, monkeypatch):
    for name in [name for name in os.environ if name.startswith(("GIT_", "GITHUB_"))]:
        monkeypatch.delenv(name)
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n\tname = Rara\n\temail = rara@example.com\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")

    def make(*, remote):
        return Stage(tmp_path, place_at, resident, remote=remote)

    return make


def assert_whole(case, thread):
    """Exactly four records: the right words, pictures and chain, and the ledger knows each."""
    number = case["number"]
    told = f"killed {case['died_at']} (step {number}): {case['output']}"
    words = [f"Kasus {number}, bagian {word}" for word in WORDS]
    values = [record["value"] for record in thread]
    assert [value["text"] for value in values] == words, told
    assert [len(value.get("embed", {}).get("images", [])) for value in values] == [1, 1, 0, 1]
    links = [(record["uri"], record["cid"]) for record in thread]
    assert "reply" not in values[0], told
    for index in (1, 2, 3):
        reply = values[index]["reply"]
        assert (reply["root"]["uri"], reply["root"]["cid"]) == links[0], told
        assert (reply["parent"]["uri"], reply["parent"]["cid"]) == links[index - 1], told
    assert [part["remote_id"] for part in case["parts"]] == [uri for uri, _ in links], told
    assert [part["state"] for part in case["parts"]] == ["published"] * 4, told
    assert case["verified"], told


@pytest.mark.parametrize(("remote", "every"), [(False, 1), (True, 7)], ids=["local", "remote"])
def test_a_thread_killed_at_every_step_is_on_the_server_whole_and_once(stage, remote, every):
    set_up = stage(remote=remote)
    (dry,) = set_up.kill([NOBODY])
    assert dry["codes"] == [0, 0], dry["output"]
    steps = list(range(1, dry["steps"] + 1, every))
    cases = [dry, *set_up.kill(steps)]
    threads = set_up.records()
    assert len(cases) == len(steps) + 1 == len(threads)
    for case in cases:
        if case is not dry:
            assert (case["codes"][0], case["codes"][-1]) == (-9, 0), case
        assert_whole(case, threads[case["number"]])
    records = sum(map(len, threads.values()))
    print(
        f"Bluesky, remote={remote}: {len(steps)} kill points of {dry['steps']}, {records} records"
    )
