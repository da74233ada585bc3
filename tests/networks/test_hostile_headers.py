"""Headers of strangers: whatever they hold, there is an answer or a clear error."""

from __future__ import annotations

import encodings
import pkgutil
import time
from contextlib import suppress

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whenever import Instant

from mimin.model.media import Media
from mimin.networks import pages
from mimin.networks.charset import charset_of
from mimin.networks.hosting import ensure_there
from mimin.networks.http import Answer, Unclear, Wiring, open_server
from mimin.networks.pages import FetchError, Page, fetch_bytes, fetch_page, resolve_handle
from mimin.networks.protocol import NotPublished
from mimin.networks.waiting import retry_moment

NOW = Instant("2026-12-01T02:00Z")
CODECS = sorted({module.name for module in pkgutil.iter_modules(encodings.__path__)})
CHARSETS = [
    *CODECS,
    *("utf-\u00e4", "\u00e4", "utf-8\u0000", "utf-" + "8" * 100_000, "utf-8\u2028", "gb\u00df"),
    *("windows-\u0661", "iso-8859-8-i", "euc-none", "utf-16", "utf-32", "utf-7", "gb18030", "-"),
    *("'", '"', '"utf-8', "utf-8\\", "../../etc/passwd", "utf-8;charset=hex", "{}", "%s"),
]
NAMES = [
    *("content-type", "location", "set-cookie", "retry-after", "date", "age", "content-encoding"),
    *("x-ratelimit-reset", "x-business-use-case-usage", "link", "www-authenticate", "refresh"),
]


def answering(status, headers, content):
    def reply(_):
        return httpx2.Response(status, headers=headers, stream=httpx2.ByteStream(content))

    return httpx2.MockTransport(reply)


def ask(status, headers, content):
    """Have everything that reads answers read this one."""
    transport = answering(status, headers, content)
    for fetch in (fetch_page, fetch_bytes):
        with suppress(FetchError):
            fetch("https://kedai.example/", transport)
    with suppress(FetchError):
        resolve_handle("kedai.example", transport)
    wiring = Wiring(transport=transport, sleep=lambda _: None)
    server = open_server("https://kedai.example", lambda: NOW, wiring)
    for call in (lambda: server.send("/", json={}), lambda: server.read("/")):
        with suppress(NotPublished, Unclear):
            response = call()
            assert response.text is not None
            server.parse(response, Answer)
    media = Media(
        path="a.jpg", sha256="0" * 64, mime="image/jpeg", size=9, width=1, height=1, alt=""
    )
    with suppress(NotPublished):
        ensure_there("https://kedai.example/a.jpg", media, wiring, "look")


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """Read pages here: what is tested is what comes before."""

    def call(_place, _arguments, blobs, *, seconds):
        from mimin.isolated import Answer as Given
        from mimin.networks.page_head import read

        return Given(*read({}, blobs))

    monkeypatch.setattr(pages, "call", call)


@pytest.mark.parametrize("charset", CHARSETS, ids=range(len(CHARSETS)))
@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_whatever_charset_an_answer_names_it_is_read_or_refused(kind, charset):
    for form in (
        "{}; charset={}",
        '{}; charset="{}"',
        "{}; charset*=utf-8''{}",
        "{}; charset*={}''a",
    ):
        header = [(b"content-type", form.format(kind, charset).encode(errors="replace"))]
        begun = time.monotonic()
        for status in (200, 400, 500):
            ask(status, header, b"<title>Menu</title>" + "\u20ac\u00e4".encode() * 500)
        assert time.monotonic() - begun < 2


def test_a_page_whose_charset_is_unknown_is_read_as_utf_8():
    header = [(b"content-type", "text/html; charset=utf-\u00e4".encode())]
    transport = answering(200, header, "<title>Kopi \u20ac</title>".encode())
    page = fetch_page("https://kedai.example/", transport)
    assert page == Page("https://kedai.example/", "Kopi \u20ac", "", None)


@pytest.mark.parametrize(
    ("header", "charset"),
    [
        ("text/html", "utf-8"),
        ("text/html; charset=windows-1252", "cp1252"),
        ('text/html;Charset = "Shift_JIS"', "shift_jis"),
        ("text/html; charset=hex", "utf-8"),
        ("text/html; charset=zlib", "utf-8"),
        ("text/html; charset=utf-16", "utf-16-le"),
        ("text/html; charset=utf-32", "utf-8"),
        ("text/html; charset=idna", "utf-8"),
        ("text/html; charset=utf-\u00e4", "utf-8"),
    ],
)
def test_a_charset_is_one_of_the_web_or_utf_8(header, charset):
    assert charset_of(header) == charset


ODD = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=40).map(lambda text: text.encode(errors="surrogatepass")),
    st.sampled_from(
        [
            *(b"nan", b"inf", b"-1", b"1e999", b"9" * 5000, b"\xb2", "\u0663".encode(), b"\0"),
            *(b"http://[", b"//", b"http://\xff/", b"http://a:b/", b"x://", b"/" * 5000),
            *(b"http://xn--/", b"http://" + b"a" * 300 + b"/", b"http://127.0.0.1:99999/"),
            *(
                b"{" * 9999,
                b"[1]",
                b'{"a": [{}]}',
                b"a=b; expires=\xff; domain=..",
                b"gzip, br, hex",
            ),
            *(b"text/html; charset=\xe4", b"text/html; charset=hex", b"text/html\r\nx: y"),
            *(b"Thu, 99 Xxx 0000 99:99:99 GMT", b"Thu, 01 Jan 99999 00:00:00 +9999"),
        ]
    ),
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([200, 201, 301, 302, 307, 400, 401, 403, 409, 418, 429, 500, 503, 599]),
    st.lists(st.tuples(st.sampled_from(NAMES).map(str.encode), ODD), max_size=5),
    st.one_of(st.binary(max_size=60), st.sampled_from([b"{}", b"[]", b"null", b'"a', b"<title>a"])),
)
def test_no_header_ends_in_a_traceback(status, headers, content):
    ask(status, headers, content)


@given(st.sampled_from(NAMES), st.text(max_size=60))
def test_no_header_says_to_wait_for_ever(name, value):
    moment = retry_moment({name: value}, NOW)
    assert moment is None or moment <= NOW.add(hours=24)


def test_no_cookie_is_kept():
    asked = []

    def reply(request):
        asked.append(request.headers.get("cookie"))
        headers = [(b"set-cookie", b"a=b"), (b"set-cookie", b"\x80")]
        if request.url.path == "/":
            return httpx2.Response(302, headers=[*headers, (b"location", b"/a")])
        return httpx2.Response(200, headers=headers, json={})

    transport = httpx2.MockTransport(reply)
    server = open_server("https://kedai.example", lambda: NOW, Wiring(transport=transport))
    for _ in range(2):
        server.send("/post", json={})
    with pytest.raises(FetchError, match="not a web page"):
        fetch_page("https://kedai.example/", transport)
    assert asked == [None] * 4
