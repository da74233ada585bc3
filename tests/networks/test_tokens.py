"""Tokens: renewed before they end, one at a time, and on disk before they are used."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import httpx2
import pytest
from network_fakes.wire import FakeServer
from whenever import Instant, TimeDelta

from mimin.errors import StoreError
from mimin.model.brand import Account
from mimin.networks.http import Wiring, open_server
from mimin.networks.protocol import Access, NotPublished
from mimin.networks.tokens import FormRenewal, Grant, Tokens, parse_grant

NOW = Instant.from_utc(2026, 12, 1, 3)


class Renewing(FakeServer):
    """Gives new tokens for the latest refresh token, each of which works once."""

    def __init__(self):
        super().__init__(lambda: NOW)
        self.number = 1
        self.lifetime = 7200

    def answer(self, request):
        form = dict(pair.split("=") for pair in request.content.decode().split("&"))
        if form["refresh_token"] != f"refresh{self.number}":
            return httpx2.Response(400, json={"error": "invalid_grant"})
        self.number += 1
        return httpx2.Response(
            200,
            json={"access_token": f"access{self.number}", "expires_in": self.lifetime,
                  "refresh_token": f"refresh{self.number}"},
        )  # fmt: skip


class Shelf:
    """A vault in memory."""

    def __init__(self):
        self.text = None
        self.broken = False

    def load(self):
        return self.text

    def save(self, text):
        if self.broken:
            raise StoreError("mimin/vault: remote origin can not be read")
        self.text = text


@pytest.fixture
def server():
    return Renewing()


def secret(number=1, *, ends=None):
    grant = Grant(access_token=f"access{number}", refresh_token=f"refresh{number}",
                  client_id="app", expires_at=ends)  # fmt: skip
    return grant.model_dump_json(exclude_defaults=True)


def tokens(folder, server, *, text=None, keep=None, now=NOW, renewal=True):
    access = Access(
        ref="kopi-senja/x", account=Account(network="x", handle="kopi", secret="KOPI_X"),
        secret=secret(ends=NOW) if text is None else text, folder=folder, clock=lambda: now,
        read=lambda _: b"", keep=keep,
    )  # fmt: skip
    wired = open_server("https://api.test", access.clock, Wiring(transport=server))
    way = FormRenewal(url="https://api.test/token") if renewal else None
    return Tokens(access, wired, way)


def test_a_bare_token_is_taken_as_it_is(tmp_path, server):
    assert tokens(tmp_path, server, text=" t0ken \n").bearer() == {"authorization": "Bearer t0ken"}
    assert server.requests == []


def test_a_token_that_is_good_for_a_while_is_not_renewed(tmp_path, server):
    good = secret(ends=NOW + TimeDelta(hours=1))
    assert tokens(tmp_path, server, text=good).token() == "access1"
    assert server.requests == []


def test_a_token_that_ends_soon_is_renewed_and_its_successor_kept(tmp_path, server):
    assert tokens(tmp_path, server).token() == "access2"
    (file,) = (tmp_path / "tokens").glob("*.json")
    assert json.loads(file.read_text())["grant"]["refresh_token"] == "refresh2"
    assert file.stat().st_mode & 0o777 == 0o600
    # Another run goes on with what is kept, not with the secret, whose refresh token is used up.
    later = NOW + TimeDelta(hours=3)
    assert tokens(tmp_path, server, now=later).token() == "access3"


def test_a_refused_token_is_renewed_though_its_time_is_not_over(tmp_path, server):
    held = tokens(tmp_path, server, text=secret(ends=NOW + TimeDelta(hours=1)))
    assert held.renew() is True
    assert held.token() == "access2"
    assert tokens(tmp_path, server, text="bare", renewal=False).renew() is False


def test_a_new_secret_in_the_environment_goes_before_what_is_kept(tmp_path, server):
    tokens(tmp_path, server).token()
    assert tokens(tmp_path, server, text=secret(9)).token() == "access9"


def test_a_refused_renewal_says_who_has_to_log_in(tmp_path, server):
    server.number = 7
    with pytest.raises(NotPublished, match=r"invalid_grant.*mimin accounts login kopi-senja/x"):
        tokens(tmp_path, server).token()


def test_a_renewal_whose_answer_was_lost_says_that_nobody_knows(tmp_path, server):
    server.fail("/token", breaks="read-timeout")
    with pytest.raises(NotPublished, match="is not known"):
        tokens(tmp_path, server).token()


def test_a_token_that_has_ended_and_can_not_be_renewed_says_so(tmp_path, server):
    with pytest.raises(NotPublished, match=r"has ended.*mimin accounts login"):
        tokens(tmp_path, server, renewal=False).token()


@pytest.mark.parametrize("text", ["", "  ", "two words", "{}", "{", '{"acess_token": "a"}', "ü"])
def test_a_secret_that_can_be_no_token_is_refused_in_a_line(tmp_path, server, text):
    with pytest.raises(NotPublished) as refusal:
        tokens(tmp_path, server, text=text).token()
    assert "kopi-senja/x" in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert server.requests == []


def test_what_a_log_in_printed_can_be_read():
    printed = '{"access_token":"a","expires_at":"2026-12-01T05:00:00Z"}'
    assert parse_grant(printed).expires_at == NOW + TimeDelta(hours=2)


def test_no_secret_of_it_is_ever_in_a_message(tmp_path, server):
    body = {"error": "access1 refresh1 app"}
    server.fail("/token", status=400, body=body)
    with pytest.raises(NotPublished) as refusal:
        tokens(tmp_path, server).token()
    assert "access1" not in str(refusal.value)
    assert "refresh1" not in str(refusal.value)


def test_a_machine_that_forgets_goes_on_with_the_vault(tmp_path, server):
    shelf = Shelf()
    assert tokens(tmp_path / "a", server, keep=shelf).token() == "access2"
    assert tokens(tmp_path / "b", server, keep=shelf).token() == "access2"
    assert len(server.requests) == 1


def test_of_folder_and_vault_the_one_renewed_last_holds(tmp_path, server):
    shelf = Shelf()
    tokens(tmp_path / "a", server, keep=shelf).token()
    later = NOW + TimeDelta(hours=3)
    assert tokens(tmp_path / "b", server, keep=shelf, now=later).token() == "access3"
    # Folder a still has the second pair, whose refresh token is used up.
    assert tokens(tmp_path / "a", server, keep=shelf, now=later).token() == "access3"


def test_tokens_that_the_vault_did_not_take_are_not_used_but_not_lost_either(tmp_path, server):
    shelf = Shelf()
    shelf.broken = True
    with pytest.raises(NotPublished, match="can not be kept in the vault"):
        tokens(tmp_path, server, keep=shelf).token()
    assert tokens(tmp_path, server).token() == "access2"


RACER = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    from whenever import Instant
    from mimin.model.brand import Account
    from mimin.networks.http import Wiring, open_server
    from mimin.networks.protocol import Access
    from mimin.networks.tokens import Renewed, Tokens

    folder, secret = Path(sys.argv[1]), sys.argv[2]

    def renew(server, grant):
        count = folder / "renewals"
        with count.open("a") as log:
            log.write("x")
        time.sleep(0.3)
        return Renewed(access_token="new", refresh_token="new", expires_in=7200)

    access = Access(
        ref="kopi-senja/x", account=Account(network="x", handle="k", secret="K"), secret=secret,
        folder=folder, clock=Instant.now, read=lambda _: b"",
    )
    print(Tokens(access, open_server("https://a.test", access.clock, Wiring()), renew).token())
    """
)


def test_of_two_processes_one_renews_and_the_other_takes_what_it_got(tmp_path):
    command = [sys.executable, "-c", RACER, str(tmp_path), secret(ends=NOW - TimeDelta(hours=9999))]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [racer.communicate(timeout=60)[0] for racer in racers] == ["new\n"] * 3
    assert (tmp_path / "renewals").read_text() == "x"


def test_a_run_that_dies_after_renewing_leaves_the_new_pair(tmp_path):
    dying = RACER.replace("print(Tokens(", "token = (Tokens(") + (
        "\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", dying, str(tmp_path), secret(ends=NOW - TimeDelta(hours=9999))]
    assert subprocess.run(command, check=False, timeout=60).returncode == -9
    (file,) = (tmp_path / "tokens").glob("*.json")
    assert json.loads(file.read_text())["grant"]["refresh_token"] == "new"
    assert file.stat().st_mode & 0o077 == 0
