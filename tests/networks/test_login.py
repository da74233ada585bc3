"""Logging in from a terminal: nobody else's code is taken, and no token is written down."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
import pytest
from network_fakes.wire import FakeServer
from whenever import Instant

from mimin.networks.http import Wiring
from mimin.networks.login import Client, Login, LoginError
from mimin.networks.logins import FLOWS, Flow
from mimin.networks.registry import ADAPTERS

NOW = Instant.from_utc(2026, 12, 1, 3)
CODE = "the-code"
OAUTH = {name: flow for name, flow in FLOWS.items() if isinstance(flow, Flow)}


class TokenServer(FakeServer):
    """Trades codes for tokens, if everything fits."""

    def __init__(self):
        super().__init__(lambda: NOW)
        self.challenge = None
        self.pkce = "base64url"
        self.pending = 0
        self.answers = []

    def answer(self, request):
        if request.method == "GET":
            return httpx2.Response(200, json={"access_token": "long", "expires_in": 5_184_000})
        form = dict(parse_qsl(request.content.decode()))
        self.answers.append(form)
        if request.url.path.endswith("/device/code"):
            return httpx2.Response(
                200,
                json={"device_code": "dev", "user_code": "ABCD-EFGH", "interval": 1,
                      "verification_url": "https://example.com/device", "expires_in": 60},
            )  # fmt: skip
        if form["grant_type"].endswith("device_code"):
            if self.pending:
                self.pending -= 1
                return httpx2.Response(428, json={"error": "authorization_pending"})
        elif form["code"] != CODE or not self._proven(form):
            return httpx2.Response(400, json={"error": "invalid_grant"})
        tokens = {"access_token": "short", "refresh_token": "again", "expires_in": 7200}
        return httpx2.Response(200, json=tokens)

    def _proven(self, form):
        if self.challenge is None:
            return True
        digest = hashlib.sha256(form["code_verifier"].encode())
        made = {
            "hex": digest.hexdigest(),
            "base64url": base64.urlsafe_b64encode(digest.digest()).decode().rstrip("="),
        }
        return made[self.pkce] == self.challenge


def login_at(network, server, **client):
    given = {"id": "app", "secret": "hush", "redirect": "http://127.0.0.1:8765/callback"} | client
    return Login(
        flow=FLOWS[network],
        client=Client(**given),
        server="https://example.social",
        clock=lambda: NOW,
        wiring=Wiring(transport=server, sleep=lambda _: None),
    )


def visit(login, server, code=CODE):
    """Do what a person and the network do: say yes, and be sent back."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(login.address).query).items()}
    server.challenge = query.get("code_challenge")
    server.pkce = login.flow.pkce
    return f"{query['redirect_uri']}?code={code}&state={query['state']}"


def test_every_network_that_is_published_to_says_how_to_log_in():
    assert set(FLOWS) >= set(ADAPTERS) - {"sandbox", "manual"}


@pytest.mark.parametrize("network", OAUTH)
def test_a_person_logs_in_with_a_browser(network):
    server = TokenServer()
    login = login_at(network, server)
    grant = login.exchange(login.code_in(visit(login, server)))
    lasting = bool(login.flow.exchange)
    assert grant.access_token == ("long" if lasting else "short")
    assert grant.client_id == "app"
    assert grant.expires_at is not None


@pytest.mark.parametrize("network", OAUTH)
def test_the_address_that_is_opened_says_what_the_network_wants(network):
    flow = OAUTH[network]
    address = urlsplit(login_at(network, TokenServer()).address)
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert address.scheme == "https"
    assert query[flow.id_field] == "app"
    assert query["scope"].split(flow.separator) == list(flow.scopes)
    assert query["response_type"] == "code"
    assert ("code_challenge" in query) is bool(flow.pkce)
    assert "hush" not in address.query
    if flow.pkce == "hex":
        assert len(query["code_challenge"]) == 64


def test_a_code_that_was_slipped_in_is_not_taken():
    server = TokenServer()
    login, other = login_at("x", server), login_at("x", server)
    with pytest.raises(LoginError, match="another log-in"):
        login.code_in(visit(other, server))


def test_without_the_verifier_a_stolen_code_is_worth_nothing():
    server = TokenServer()
    login = login_at("x", server)
    came_back = visit(login, server)
    thief = login_at("x", server)
    with pytest.raises(LoginError, match="invalid_grant"):
        thief.exchange(login.code_in(came_back))


def test_a_person_who_says_no_is_told_what_the_network_said():
    login = login_at("x", TokenServer())
    with pytest.raises(LoginError, match="access_denied"):
        login.code_in(f"http://127.0.0.1/callback?error=access_denied&state={login.state}")
    with pytest.raises(LoginError, match="no code"):
        login.code_in(f"http://127.0.0.1/callback?state={login.state}")


@pytest.mark.parametrize("network", ["x", "pinterest"])
def test_the_app_s_secret_goes_into_a_header_where_the_network_wants_that(network):
    server = TokenServer()
    login = login_at(network, server)
    login.exchange(login.code_in(visit(login, server)))
    assert base64.b64decode(server.requests[0].headers["authorization"].split()[1]) == b"app:hush"
    assert "client_secret" not in server.answers[0]


def test_an_app_without_a_secret_logs_in_all_the_same():
    server = TokenServer()
    login = login_at("x", server, secret="")
    login.exchange(login.code_in(visit(login, server)))
    assert server.answers[0]["client_id"] == "app"


def test_a_code_can_be_typed_in_on_another_device():
    server = TokenServer()
    server.pending = 3
    told = []
    grant = login_at("youtube", server).by_device(lambda *words: told.append(words))
    assert told == [("https://example.com/device", "ABCD-EFGH")]
    assert grant.refresh_token == "again"
    assert len(server.calls("/token")) == 4


def test_nobody_saying_yes_on_the_other_device_ends_it():
    server = TokenServer()
    server.pending = 1000
    with pytest.raises(LoginError, match="nobody said yes"):
        login_at("youtube", server).by_device(lambda *_: None)
    with pytest.raises(LoginError, match="no device codes"):
        login_at("x", server).by_device(lambda *_: None)


def test_secrets_are_not_in_what_is_said_when_it_fails():
    server = TokenServer()
    login = login_at("x", server)
    code = login.code_in(visit(login, server))
    server.fail("/token", status=400, body={"error": f"bad {code} hush {login.verifier}"})
    with pytest.raises(LoginError) as failed:
        login.exchange(code)
    said = str(failed.value)
    assert [secret for secret in (code, "hush", login.verifier) if secret in said] == []
