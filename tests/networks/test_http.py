"""What the HTTP layer takes for proof, and what it never tells."""

from __future__ import annotations

import socket
import subprocess
import sys

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whenever import Instant, TimeDelta

from mimin import __version__
from mimin.networks.address import base_address
from mimin.networks.http import (
    Answer,
    Refusal,
    Unclear,
    Wiring,
    nothing_public,
    open_server,
    publishing,
)
from mimin.networks.protocol import NotPublished
from mimin.networks.waiting import retry_moment

NOW = Instant.from_utc(2026, 12, 1, 3)
SECRET = 'geheim/"ä+1'
UNCLEAR = (408, 409, 419, 420, 425, 430, 444, 460, 499)

BEFORE_SENDING = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
AFTER_SENDING = (
    httpx2.ReadTimeout,
    httpx2.ReadError,
    httpx2.WriteError,
    httpx2.WriteTimeout,
    httpx2.CloseError,
    httpx2.RemoteProtocolError,
    httpx2.LocalProtocolError,
    httpx2.DecodingError,
    httpx2.ProxyError,
)


class Script(httpx2.BaseTransport):
    """Gives what it was told to, one a call; the last one for ever."""

    def __init__(self, *steps):
        self.steps = list(steps)
        self.requests = []

    def handle_request(self, request):
        request.read()
        self.requests.append(request)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, type):
            raise step(f"broke with {SECRET}", request=request)
        return step


class Named(Answer):
    id: str


def talk(*steps):
    pauses = []
    script = Script(*steps)
    server = open_server(
        "https://api.test", lambda: NOW, Wiring(transport=script, sleep=pauses.append)
    )
    server.hide(SECRET)
    return server, script, pauses


def dated(*steps):
    """Give a server, what it was asked, and what keeps the time that it told."""
    script = Script(*steps)
    wiring = Wiring(transport=script, sleep=lambda _: None)
    return open_server("https://api.test", lambda: NOW, wiring), script, wiring


def answer(status=200, **how):
    return httpx2.Response(status, **({"json": {}} | how))


@pytest.mark.parametrize("error", BEFORE_SENDING)
def test_what_breaks_before_sending_published_nothing(error):
    server, script, pauses = talk(error)
    with pytest.raises(NotPublished) as raised:
        server.send("/post", json={})
    assert (raised.value.permanent, raised.value.retry_at) == (False, None)
    assert len(script.requests) == 1
    assert pauses == []


@pytest.mark.parametrize("error", AFTER_SENDING)
def test_what_breaks_later_proves_nothing_and_is_not_sent_again(error):
    server, script, pauses = talk(error)
    with pytest.raises(Unclear):
        server.send("/post", json={})
    assert len(script.requests) == 1
    assert pauses == []


def test_every_error_that_the_library_knows_has_been_thought_of():
    known = {
        error
        for error in vars(httpx2).values()
        if isinstance(error, type) and issubclass(error, httpx2.RequestError)
    }
    general = {
        httpx2.RequestError,
        httpx2.TransportError,
        httpx2.TimeoutException,
        httpx2.NetworkError,
        httpx2.ProtocolError,
    }
    # None can happen: addresses are checked, redirects not followed, event streams not read.
    impossible = {httpx2.UnsupportedProtocol, httpx2.TooManyRedirects, httpx2.SSEError}
    assert known - general - impossible == {*BEFORE_SENDING, *AFTER_SENDING}


@pytest.mark.parametrize(
    "status",
    [300, 301, 302, 303, 307, 308, *UNCLEAR, 500, 502, 503, 504, 520, 524, 529],
)
def test_these_answers_prove_nothing(status):
    server, script, _ = talk(answer(status, headers={"location": "https://elsewhere.test/"}))
    with pytest.raises(Unclear):
        server.send("/post", json={})
    assert [str(request.url) for request in script.requests] == ["https://api.test/post"]


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (401, False), (403, False), (404, True), (410, True), (413, True), (422, True)],
)
def test_these_answers_are_refusals(status, permanent):
    server, _, _ = talk(answer(status, json={"error": "Nope", "message": "so geht das nicht"}))
    with pytest.raises(Refusal, match="Nope: so geht das nicht") as raised:
        server.send("/post", json={})
    refusal = raised.value
    assert (refusal.status, refusal.code, refusal.permanent) == (status, "Nope", permanent)


@pytest.mark.parametrize("status", [403, 406])
@pytest.mark.parametrize("body", [b"", b"<html>Not Acceptable!</html>"])
def test_the_page_of_a_firewall_that_reads_answers_proves_nothing(status, body):
    server, _, _ = talk(httpx2.Response(status, content=body))
    with pytest.raises(Unclear):
        server.send("/post", json={})


@pytest.mark.parametrize("status", [413, 414, 405, 411])
def test_what_a_server_in_front_says_of_the_request_itself_is_a_refusal(status):
    server, _, _ = talk(httpx2.Response(status, text="<html>nginx</html>"))
    with pytest.raises(Refusal):
        server.send("/post", json={})


@pytest.mark.parametrize("status", [400, 404, 405, 410, 422])
def test_a_page_in_place_of_the_network_s_words_does_not_speak_of_the_post(status):
    server, _, _ = talk(httpx2.Response(status, text="<h1>Not found</h1>"))
    with pytest.raises(Refusal) as raised:
        server.send("/post", json={})
    assert not raised.value.permanent


@pytest.mark.parametrize("words", ["Status is a duplicate.", "It was ALREADY published"])
def test_what_is_there_already_may_be_our_own_first_try(words):
    server, _, _ = talk(answer(422, json={"error": words}))
    with pytest.raises(Unclear), publishing():
        server.send("/post", json={})


def test_any_other_refusal_of_the_publishing_call_stays_one():
    server, _, _ = talk(answer(422, json={"error": "Text is too long"}))
    with pytest.raises(Refusal), publishing():
        server.send("/post", json={})


@given(st.integers(100, 599).filter(lambda status: status != 101), st.binary(max_size=300))
def test_no_answer_whatsoever_is_anything_but_success_refusal_or_unclear(status, content):
    server, script, _ = talk(httpx2.Response(status, content=content))
    try:
        server.send("/post", json={})
    except (NotPublished, Unclear) as error:
        if isinstance(error, NotPublished):
            assert 400 <= status < 500
            assert status not in {408, 409, 425, 499}
        else:
            assert status not in {400, 401, 404, 422, 429}
    else:
        assert 200 <= status < 300
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"id": null}', b'{"id": "geheim/'], ids=repr
)
def test_a_success_that_can_not_be_read_proves_nothing(body):
    server, _, _ = talk(httpx2.Response(200, content=body))
    with pytest.raises(Unclear, match="not as documented"):
        server.parse(server.send("/post", json={}), Named)


def test_numbers_for_ids_are_taken_as_text():
    server, _, _ = talk(answer(json={"id": 7, "more": []}))
    assert server.parse(server.send("/post", json={}), Named).id == "7"


def test_what_is_unclear_where_nothing_can_be_public_is_no_publication():
    with pytest.raises(NotPublished, match="what happened"), nothing_public():
        raise Unclear("what happened")


# Reads


@pytest.mark.parametrize("error", [*BEFORE_SENDING, httpx2.ReadTimeout, httpx2.RemoteProtocolError])
def test_a_read_is_tried_again(error):
    server, script, pauses = talk(error, answer(503), answer(json={"id": "1"}))
    assert server.parse(server.read("/thing"), Named).id == "1"
    assert len(script.requests) == 3
    assert pauses == [1, 3]


@pytest.mark.parametrize(
    ("step", "kind"), [(httpx2.ReadTimeout, Unclear), (httpx2.ConnectError, NotPublished)]
)
def test_a_read_is_given_up_in_the_end(step, kind):
    server, script, _ = talk(step)
    with pytest.raises(kind):
        server.read("/thing")
    assert len(script.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 404, 429, 302])
def test_a_read_that_was_answered_is_not_repeated(status):
    server, script, _ = talk(answer(status))
    with pytest.raises((NotPublished, Unclear)):
        server.read("/thing")
    assert len(script.requests) == 1


# Weight


@pytest.mark.parametrize("name", ["bluesky", "mastodon", "sandbox", "manual"])
def test_checking_and_planning_do_not_load_an_http_library(name):
    code = (
        "import sys; from mimin.networks.registry import find_network;"
        f"find_network({name!r}); print('httpx2' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


# Waiting


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "120"}, NOW + TimeDelta(seconds=120)),
        ({"retry-after": "0"}, NOW),
        ({"retry-after": "-5"}, NOW),
        ({"retry-after": "Tue, 01 Dec 2026 03:05:00 GMT"}, NOW + TimeDelta(minutes=5)),
        ({"ratelimit-reset": str(NOW.timestamp() + 60)}, NOW + TimeDelta(seconds=60)),
        ({"ratelimit-reset": "60"}, NOW + TimeDelta(seconds=60)),
        ({"x-ratelimit-reset": "2026-12-01T03:05:00.000Z"}, NOW + TimeDelta(minutes=5)),
        ({"retry-after": "soon", "ratelimit-reset": "60"}, NOW + TimeDelta(seconds=60)),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e300"}, None),
        ({"retry-after": "86399"}, NOW + TimeDelta(seconds=86399)),
        ({"retry-after": "86400000"}, NOW + TimeDelta(hours=24)),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, NOW + TimeDelta(hours=24)),
        ({"ratelimit-reset": "253402300799"}, NOW + TimeDelta(hours=24)),
        ({"x-ratelimit-reset": "9999-12-31T23:59:59Z"}, NOW + TimeDelta(hours=24)),
        (
            {"x-business-use-case-usage": '{"1": [{"estimated_time_to_regain_access": 9999999}]}'},
            NOW + TimeDelta(hours=24),
        ),
        ({}, None),
    ],
)
def test_every_way_to_say_when_to_come_back_is_understood(headers, expected):
    server, _, _ = talk(answer(429, headers=headers))
    with pytest.raises(NotPublished) as raised:
        server.send("/post", json={})
    assert raised.value.retry_at == expected
    assert not raised.value.permanent


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (60, NOW + TimeDelta(seconds=60)),
        (86_400_000, NOW + TimeDelta(hours=24)),
        (1e300, None),
        ("soon", None),
        (True, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("inside", [True, False])
def test_what_the_answer_itself_says_is_believed_for_a_day_at_most(seconds, expected, inside):
    said = {"retry_after": seconds}
    server, _, _ = talk(answer(429, json={"parameters": said} if inside else said))
    with pytest.raises(NotPublished) as raised:
        server.send("/post", json={})
    assert raised.value.retry_at == expected


@given(st.text())
def test_no_header_breaks_the_reading(value):
    retry_moment({"retry-after": value}, NOW)


# Secrets


@pytest.mark.parametrize(
    "body",
    [
        {"json": {"error": "Bad", "message": f"your {SECRET}"}},
        {"text": f"<h1>{SECRET}</h1>"},
        {"text": "see ?token=geheim%2F%22%C3%A4%2B1"},
        {"text": r"geheim/\"\u00e4+1"},
        {"text": "x" * 280 + SECRET},
    ],
)
@pytest.mark.parametrize("status", [400, 429, 500])
def test_a_secret_is_not_repeated_from_an_answer(status, body):
    server, _, _ = talk(httpx2.Response(status, **body))
    with pytest.raises((NotPublished, Unclear)) as raised:
        server.send("/post", json={})
    assert "geheim" not in str(raised.value)
    assert len(str(raised.value)) <= 301


@pytest.mark.parametrize("error", [httpx2.ConnectError, httpx2.ReadTimeout])
def test_a_secret_is_not_repeated_from_a_broken_connection(error):
    server, _, _ = talk(error)
    with pytest.raises((NotPublished, Unclear)) as raised:
        server.send("/post", json={})
    assert "geheim" not in f"{raised.value!r}{raised.value.__cause__!r}"
    assert raised.value.__suppress_context__


@pytest.mark.parametrize(
    "date",
    [
        "Tue, 01 Dec 2026 03:05:00 GMT",
        "Tuesday, 01-Dec-26 03:05:00 GMT",
        "Tue Dec  1 03:05:00 2026",
    ],
)
def test_the_date_of_an_answer_is_kept_with_our_own_moment(date):
    server, _, wiring = dated(answer(headers={"date": date}))
    assert wiring.server_time.newest is None
    server.send("/post", json={})
    assert wiring.server_time.newest == (NOW + TimeDelta(minutes=5), NOW)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"date": ""},
        {"date": "0"},
        {"date": "yesterday"},
        {"date": "Tue, 99 Dec 2026 03:05:00 GMT"},
        {"date": "Tue, 01 Dec 99999 03:05:00 GMT"},
        {"date": "Tue, 01 Dec 2026 03:07:00 GMT", "age": "120"},
    ],
)
def test_what_is_no_date_or_an_old_answer_changes_nothing(headers):
    first = answer(headers={"date": "Tue, 01 Dec 2026 03:05:00 GMT"})
    server, _, wiring = dated(first, answer(headers=headers))
    server.read("/")
    server.read("/")
    assert wiring.server_time.newest == (NOW + TimeDelta(minutes=5), NOW)


def test_siblings_and_refusals_tell_the_time_as_well():
    refused = answer(400, headers={"date": "Tue, 01 Dec 2026 03:05:00 GMT"})
    server, _, wiring = dated(refused)
    with pytest.raises(NotPublished):
        server.at("https://other.test").read("/")
    assert wiring.server_time.newest == (NOW + TimeDelta(minutes=5), NOW)


def test_siblings_hide_the_same_secrets():
    server, _, _ = talk(answer(400, json={"error": SECRET}))
    with pytest.raises(NotPublished) as raised:
        server.at("https://other.test").send("/post", json={})
    assert "geheim" not in str(raised.value)


# The client


def test_every_call_says_who_calls_and_is_not_kept_alive_for_the_next():
    server, script, _ = talk(answer())
    server.send("/post", json={})
    assert script.requests[0].headers["user-agent"] == f"mimin/{__version__}"


def test_a_variable_of_the_environment_changes_nothing(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.setblocking(False)
        for name in ("ALL_PROXY", "HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.setenv("NO_PROXY", "")
        server = open_server("http://127.0.0.1:1", lambda: NOW, Wiring())
        with pytest.raises(NotPublished, match=r"no connection to 127\.0\.0\.1:1"):
            server.send("/post", json={})
        with pytest.raises(BlockingIOError):
            proxy.accept()


@pytest.mark.parametrize(
    ("given_", "base"),
    [
        ("https://example.social", "https://example.social"),
        ("https://example.social/", "https://example.social"),
        ("example.social", "https://example.social"),
        ("  https://example.social:8443 ", "https://example.social:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_an_address_is_read_as_people_write_it(given_, base):
    assert base_address(given_) == base


@pytest.mark.parametrize(
    "address",
    [
        "http://example.social",
        "http://127.0.0.1.example.social",
        "http://localhost.example.social",
        "http://192.168.0.1",
        "ftp://example.social",
        "file:///etc/passwd",
        "https://user:word@example.social",
        "https://example.social/path",
        "https://example.social?x=1",
        "https://",
        "",
        "a b",
        "https://example.social:port",
        "https://[::1",
    ],
)
def test_no_token_goes_to_an_address_that_is_not_a_plain_https_one(address):
    with pytest.raises(ValueError, match=r"https|address"):
        base_address(address)
    with pytest.raises(NotPublished) as raised:
        open_server(address, lambda: NOW, Wiring())
    assert raised.value.permanent
