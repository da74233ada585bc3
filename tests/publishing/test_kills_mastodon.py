"""Killed runs on a Mastodon server over real HTTP, also on one that ignores Idempotency-Key."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import httpx2
import pytest
from whenever import Instant, OffsetDateTime

pytestmark = pytest.mark.long

HERE = Path(__file__).parent
KEY = "kopi-senja/utas@mastodon"
DUE = Instant.from_utc(2026, 12, 1, 2, 5)
MOMENTS = [f"2026-12-01T09:{minute:02}+07:00" for minute in (0, 15, 30, 45)]
BRAND = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
accounts:
  mastodon:
    network: mastodon
    handle: kopisenja
    server: {server}
    secret: KOPI_SENJA_MASTODON
"""
POST = """\
---
at: 2026-12-01 09:05
accounts: [mastodon]
---
Bagian satu

![Kotak teal](satu.png)

---
Bagian dua

---
Bagian tiga

![Kotak emas](tiga.jpg)

---
Bagian empat
"""
WORDS = ["satu", "dua", "tiga", "empat"]


def fakes():
    """Borrow the fake of the adapters' own tests."""
    if "network_fakes" not in sys.modules:
        package = ModuleType("network_fakes")
        package.__path__ = [str(HERE.parent / "networks" / "fakes")]
        sys.modules["network_fakes"] = package
    return importlib.import_module("network_fakes.mastodon")


class Instances:
    """One fake instance a case, behind one address; `announce` says whose turn and time it is."""

    def __init__(self, kind, announce):
        self.kind, self.announce = kind, announce
        self.known = {}
        self.lock = threading.Lock()

    def current(self):
        return self.announce.read_text().split(" ")

    def clock(self):
        moment = OffsetDateTime.parse_iso(self.current()[1]).to_instant()
        return max(moment, DUE)

    def answer(self, request):
        with self.lock:
            case = self.current()[0]
            if case not in self.known:
                self.known[case] = self.kind(self.clock)
                # An empty list is no proof of anything: it may be another account's.
                older = self.known[case].write("Buka mulai pagi")
                older["created_at"] = "2026-11-20T02:00:00.000Z"
            return self.known[case].handle_request(request)


@pytest.fixture
def serve(tmp_path):
    """Serve instances of a kind on loopback."""
    servers = []

    def start(kind):
        instances = Instances(kind, tmp_path / "announce")

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                length = int(self.headers.get("content-length", "0"))
                url = f"http://{self.headers['host']}{self.path}"
                body = self.rfile.read(length)
                answer = instances.answer(
                    httpx2.Request(self.command, url, headers=dict(self.headers), content=body)
                )
                # No `Date`: the runs live in another time than this machine.
                self.send_response_only(answer.status_code)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_POST = do_GET  # noqa: N815 - the name is the interface

            def log_message(self, *_args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return instances, f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def kill(tmp_path, place_at, serve):
    """Publish a thread to a kind of instance, killed at every *step*-th step."""

    def run(kind, step):
        instances, address = serve(kind)
        place = place_at(tmp_path / "template" / "workspace")
        place.write(
            {
                "content/kopi-senja/brand.yml": BRAND.format(server=address),
                "content/kopi-senja/posts/utas.md": POST,
                "content/kopi-senja/posts/satu.png": {"image": "40x30 png", "colour": "teal"},
                "content/kopi-senja/posts/tiga.jpg": {"image": "30x40 jpeg", "colour": "gold"},
            }
        )
        place.commit()
        said = place.run("accounts", "trust", "mastodon", "--host", address, "--now", MOMENTS[0])
        assert said.code == 0, said.err

        def slay(name, steps):
            plan = {
                "template": str(tmp_path / "template"),
                "folder": str(tmp_path),
                "name": name,
                "steps": steps,
                "moments": MOMENTS,
                "key": KEY,
                "announce": str(instances.announce),
                "environment": {"KOPI_SENJA_MASTODON": fakes().TOKEN},
            }
            path = tmp_path / f"plan-{name}.json"
            path.write_text(json.dumps(plan))
            done = subprocess.run(
                [sys.executable, str(HERE / "killer.py"), str(path)],
                capture_output=True,
                text=True,
                timeout=1800,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            cases = [json.loads(line) for line in done.stdout.splitlines()]
            return [(case, instances.known[f"case-{name}-{case['number']}"]) for case in cases]

        ((dry, fake),) = slay("dry", [10**9])
        assert dry["codes"] == [0, 0], dry["output"]
        assert_whole(dry, fake)
        return slay("k", list(range(1, dry["steps"] + 1, step)))

    return run


def assert_whole(case, fake):
    told = f"killed {case['died_at']} (step {case['number']}): {case['output']}"
    statuses = fake.statuses[1:]
    assert [status["content"] for status in statuses] == [
        f"<p>Bagian {word}</p>" for word in WORDS
    ], told
    ids = [status["id"] for status in statuses]
    assert [status["in_reply_to_id"] for status in statuses] == [None, *ids[:3]], told
    assert [len(status["media_attachments"]) for status in statuses] == [1, 0, 1, 0], told
    assert [part["remote_id"] for part in case["parts"]] == ids, told
    assert case["verified"], told


@pytest.mark.parametrize("kind", ["FakeMastodon", "KeylessMastodon"])
def test_a_thread_killed_at_many_steps_is_on_the_instance_whole_and_once(kill, kind):
    for case, fake in kill(getattr(fakes(), kind), 29):
        assert (case["codes"][0], case["codes"][-1]) == (-9, 0), case
        assert_whole(case, fake)


@pytest.mark.live
@pytest.mark.parametrize("kind", ["FakeMastodon", "KeylessMastodon"])
def test_a_thread_killed_at_every_step_is_on_the_instance_whole_and_once(kill, kind):
    cases = kill(getattr(fakes(), kind), 1)
    for case, fake in cases:
        assert (case["codes"][0], case["codes"][-1]) == (-9, 0), case
        assert_whole(case, fake)
    print(f"{kind}: {len(cases)} kill points, 0 twice, 0 lost")
