"""`mimin accounts` and `mimin networks`: what there is, who we are, how to get in."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from mimin.networks.registry import ADAPTERS


class Instance(BaseHTTPRequestHandler):
    """An instance's log-in, on this machine: says yes, and checks the challenge."""

    challenge = ""

    def do_GET(self):
        query = {n: v[0] for n, v in parse_qs(urlsplit(self.path).query).items()}
        Instance.challenge = query["code_challenge"]
        self.send_response(302)
        self.send_header("location", f"{query['redirect_uri']}?code=c0de&state={query['state']}")
        self.end_headers()

    def do_POST(self):
        form = dict(parse_qsl(self.rfile.read(int(self.headers["content-length"])).decode()))
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        proven = base64.urlsafe_b64encode(digest).decode().rstrip("=") == Instance.challenge
        fine = proven and form["code"] == "c0de" and form["client_secret"] == "hush"
        content = json.dumps({"access_token": "t0ken"} if fine else {"error": "no"}).encode()
        self.send_response(200 if fine else 400)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Keep the test's output clean."""


@pytest.fixture
def instance():
    with HTTPServer(("127.0.0.1", 0), Instance) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


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
  x:
    network: sandbox
    like: x
    handle: kopisenja
"""


@pytest.fixture
def shop(place, instance):
    place.write({"content/kopi-senja/brand.yml": BRAND.format(server=instance)})
    place.commit()
    return place


def test_the_list_says_what_there_is_and_which_secret_is_missing(shop):
    done = shop.run("accounts", "list")
    assert done.lines == [
        (
            "kopi-senja/mastodon  mastodon             kopisenja                    "
            "KOPI_SENJA_MASTODON is not set here"
        ),
        "kopi-senja/x         sandbox as x         kopisenja                    needs no secret",
    ]
    assert "is set" in shop.run("accounts", "list", env={"KOPI_SENJA_MASTODON": "t"}).out


def test_a_log_in_gives_the_secret_on_standard_output_and_nothing_else(shop, tmp_path):
    command = [sys.executable, "-m", "mimin", "accounts", "login", "mastodon", "--port", "0",
               "--client-id", "app", "--workspace", str(shop.root)]  # fmt: skip
    before = {path for path in shop.root.rglob("*") if ".git" not in path.parts}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"MIMIN_CLIENT_SECRET": "hush"},
    ) as program:  # fmt: skip
        told = ""
        while "/oauth/authorize" not in told:
            line = program.stderr.readline()
            assert line, program.stdout.read()
            told += line
        page = urllib.request.urlopen(re.search(r"http\S+authorize\S+", told)[0])
        assert "Selesai" in page.read().decode()
        out, err = program.communicate(timeout=30)
    assert json.loads(out) == {
        "access_token": "t0ken", "client_id": "app", "client_secret": "hush",
    }  # fmt: skip
    assert "KOPI_SENJA_MASTODON" in err
    assert "t0ken" not in told + err
    after = {path for path in shop.root.rglob("*") if ".git" not in path.parts}
    assert {path.name for path in after - before} <= {".mimin", "cache.sqlite3"}


def test_a_log_in_without_the_app_s_id_says_where_to_find_it(shop):
    done = shop.run("accounts", "login", "mastodon")
    assert done.code == 2
    assert "--client-id" in done.err
    assert "your instance, preferences" in done.err


def test_an_account_that_needs_no_log_in_says_so(shop):
    done = shop.run("accounts", "login", "x", "--client-id", "a")
    assert done.code == 2
    assert "needs no log-in" in done.err


def test_the_sandbox_says_that_it_is_simulated(shop):
    done = shop.run("accounts", "check", "x")
    assert done.code == 0, done.err
    assert "kopi-senja/x: ok" in done.out
    assert "restricted: simulated" in done.out


def test_an_account_without_its_secret_fails_and_holds_up_no_other(shop, instance):
    assert shop.run("accounts", "trust", "mastodon", "--host", instance).code == 0
    done = shop.run("accounts", "check")
    assert done.code == 1
    assert "kopi-senja/mastodon: no secret" in done.out
    assert "KOPI_SENJA_MASTODON is not set" in done.out
    assert "kopi-senja/x: ok" in done.out


def test_the_networks_are_listed_with_what_they_can_do(shop):
    done = shop.run("networks", here=False)
    assert [line.split()[0] for line in done.lines] == ["network", *ADAPTERS]
    listed = json.loads(shop.run("networks", "--format", "json", here=False).out)["networks"]
    assert [network["network"] for network in listed] == list(ADAPTERS)
    assert all(network["recovery"] for network in listed)


def test_one_network_is_told_whole_and_an_unknown_one_in_a_line(shop):
    assert "if the answer is lost:" in shop.run("networks", "mastodon", here=False).out
    done = shop.run("networks", "vine", here=False)
    assert done.code == 2
    assert "'vine' is not a network" in done.err


def test_what_a_network_reported_is_compared_with_what_the_check_assumes(shop):
    from mimin.networks.reported import keep_limits

    shop.write({"content/kopi-senja/posts/a.md": "---\naccounts: x\n---\nHalo.\n"})
    assert shop.check().code == 0
    keep_limits(shop.root / ".mimin", "kopi-senja/mastodon", {"text": 400, "images": 16})
    keep_limits(shop.root / ".mimin", "kopi-senja/gone", {"text": 1})
    said = shop.check().out
    assert said == (
        "content/kopi-senja/brand.yml:6:5: warning: mastodon reports text 400 for mastodon, and 500"
        " is assumed here; add `limits: {text: 400}` to the account [limit-narrower]\n"
    )
    brand = shop.root / "content/kopi-senja/brand.yml"
    brand.write_text(brand.read_text().replace("    secret", "    limits: {text: 400}\n    secret"))
    assert shop.check().out == ""
    (shop.root / ".mimin/limits.json").write_text("harmed")
    assert shop.check().code == 0
