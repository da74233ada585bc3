"""What `mimin fetch` and looks at media reach: public addresses, and those for a limited time."""

from __future__ import annotations

import gzip
import hashlib
import io
import ipaddress
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image
from whenever import Instant

from mimin.cli.shared import open_here
from mimin.model.media import Media
from mimin.networks import http, pages, timed
from mimin.networks.hosting import ensure_there
from mimin.networks.http import Unclear, Wiring, open_server
from mimin.networks.pages import FetchError, fetch_bytes, fetch_page, resolve_handle
from mimin.networks.protocol import NotPublished
from mimin.networks.public import PublicTransport, is_public
from mimin.publishing import fetch

_NUMERIC = socket.getaddrinfo
PAGE = b"<title>Menu</title><meta property='og:image' content='/a.png'>"
PRIVATE = [
    *("127.0.0.1", "127.255.0.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255"),
    *("192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192"),
    *("192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254"),
    *("ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "100::1"),
    *("2001:0:0:0:0:0:80ff:fffe", "fec0::1", "5f00::1", "kedai.example", ""),
    *("168.63.129.16", "::ffff:168.63.129.16", "64:ff9b::168.63.129.16", "2002:a83f:8110::1"),
    *("2606:4700::5efe:a00:1", "2606:4700::200:5efe:10.0.0.1", "2606:4700::5efe:7f00:1"),
    *("2606:4700::100:5efe:10.0.0.1", "2606:4700::5efe:1.1.1.1", "2002:101:101::1"),
    *("64:ff9b::10.0.0.1", "64:ff9b:1::1.1.1.1", "::ffff:0:10.0.0.1", "::10.0.0.1"),
    *("64:ff9b::192.88.99.1", "::ffff:192.88.99.1", "2001:0:a00:1::1", "2001::1.1.1.1"),
]
SPECIAL = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
192.0.0.0/29 192.0.0.8/32 192.0.0.9/32 192.0.0.10/32 192.0.0.170/31 192.0.2.0/24 192.31.196.0/24
192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24
203.0.113.0/24 240.0.0.0/4 255.255.255.255/32 224.0.0.0/4
::1/128 ::/128 ::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 2001:1::1/128
2001:1::2/128 2001:1::3/128 2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28 2001:20::/28
2001:30::/28 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10
fec0::/10 ff00::/8
"""
"""IANA's registries of special-purpose addresses, with multicast and what is deprecated."""
PUBLIC = [
    *(
        "168.63.129.15",
        "192.88.98.255",
        "192.1.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "223.255.255.1",
    ),
    *("2001:200::1", "2a00:1450:4001::5e", "2606:4700::5eff:a00:1", "2003::1", "3ffe:ffff::1"),
    "1.1.1.1",
    "93.184.216.34",
    "2606:4700:4700::1111",
    "::ffff:1.1.1.1",
    "64:ff9b::101:101",
]
SPELLINGS = [
    *("127.0.0.1", "127.1", "0177.0.0.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001"),
    *("[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "0.0.0.0", "0"),
    *("localhost", "LOCALHOST", "[::]", "\uff11\uff12\uff17.0.0.1"),
]


def numeric(host, port):
    """Look an address up in whichever spelling, asking nobody."""
    if host == "localhost":
        return ["127.0.0.1", "::1"]
    found = _NUMERIC(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return [entry[4][0] for entry in found]


class Names:
    """Looks up names: each time the next of their lists of addresses; `*` is every other name."""

    def __init__(self, **names):
        self.names = {name.replace("_", "."): list(found) for name, found in names.items()}
        self.asked = []

    def __call__(self, host, port):
        self.asked.append(host)
        known = self.names.get(host)
        if known is None:
            return numeric(host, port)
        return known.pop(0) if len(known) > 1 else known[0]


def here(address):
    """Permit this machine in place of the Internet: the one hook, for tests alone."""
    return address == "127.0.0.1" or is_public(address)


def way(names=None, seconds=10.0):
    resolve = names or Names(kedai_example=[["127.0.0.1"]])
    return PublicTransport(seconds=seconds, permits=here, resolve=resolve)


@contextmanager
def serving(answer, address="127.0.0.1"):
    """Serve on this machine; *answer* is called with each request's handler."""
    calls = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            calls.append((self.path, self.headers["Host"]))
            answer(self)

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_):
            pass  # we hang up on slow servers

    server = Server((address, 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server.server_port, calls
    finally:
        server.shutdown()
        server.server_close()


def say(content=PAGE, kind="text/html", status=200, **headers):
    def answer(handler):
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_not_everybody_can_have_is_private(address):
    assert not is_public(address)


@pytest.mark.parametrize("network", SPECIAL.split())
def test_no_special_address_of_the_registries_is_public(network):
    block = ipaddress.ip_network(network)
    for address in (block[0], block[-1], block[block.num_addresses // 2]):
        assert not is_public(str(address))
        if address.version == 4:
            assert not is_public(f"::ffff:{address}")
            assert not is_public(f"64:ff9b::{address}")


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize("host", SPELLINGS)
def test_this_machine_is_not_reached_however_it_is_spelt(host):
    with serving(say()) as (port, calls):
        for fetch in (fetch_page, fetch_bytes):
            with pytest.raises(
                FetchError, match=r"not public; use an address|no address|InvalidURL"
            ):
                fetch(f"http://{host}:{port}/", PublicTransport(resolve=numeric))
    assert calls == []


def test_a_page_is_read_by_its_name_at_the_address_that_was_judged():
    names = Names(kedai_example=[["127.0.0.1"], ["10.0.0.1"]])
    with serving(say()) as (port, calls):
        page = fetch_page(f"http://kedai.example:{port}/menu", way(names))
    assert (page.title, page.image) == ("Menu", f"http://kedai.example:{port}/a.png")
    assert calls == [("/menu", f"kedai.example:{port}")]
    assert names.asked == ["kedai.example"]


def test_tls_asks_for_the_name_and_not_for_the_address():
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen():
            connection, _ = server.accept()
            with connection:
                heard.append(connection.recv(4096))

        thread = threading.Thread(target=listen)
        thread.start()
        with pytest.raises(FetchError):
            fetch_page(f"https://kedai.example:{server.getsockname()[1]}/", way())
        thread.join()
    assert b"kedai.example" in heard[0]


def test_a_name_with_one_private_address_is_not_reached_at_all():
    names = Names(kedai_example=[["127.0.0.1", "10.0.0.1"]])
    with serving(say()) as (port, calls), pytest.raises(FetchError, match=r"is at 10\.0\.0\.1"):
        fetch_page(f"http://kedai.example:{port}/", way(names))
    assert calls == []


@pytest.mark.parametrize(
    "target",
    [
        *("http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "//10.0.0.1/"),
        *("http://127.0.0.2:{other}/", "http://0x7f000002:{other}/", "http://2130706434:{other}/"),
        *("https://127.0.0.2:{other}/", "http://router.example:{other}/"),
        *("file:///etc/passwd", "ftp://127.0.0.2:{other}/", "gopher://127.0.0.2:{other}/"),
        *("http://[", "http://:99999999/"),
    ],
)
def test_a_redirect_is_judged_like_the_address_itself(target):
    names = Names(kedai_example=[["127.0.0.1"]], router_example=[["127.0.0.2"]])
    with serving(say(), "127.0.0.2") as (other, secrets):
        to = target.format(other=other)
        with serving(say(status=302, Location=to)) as (port, calls), pytest.raises(FetchError):
            fetch_page(f"http://kedai.example:{port}/", way(names))
    assert len(calls) == 1
    assert secrets == []


def test_a_name_that_changes_its_address_for_a_redirect_is_judged_anew():
    """DNS rebinding: public when asked first, private when asked again."""
    names = Names(kedai_example=[["127.0.0.1"], ["127.0.0.2"]])
    private = pytest.raises(FetchError, match=r"is at 127\.0\.0\.2, which is not public")
    with serving(say(status=302, Location="/again")) as (port, calls), private:
        fetch_page(f"http://kedai.example:{port}/", way(names))
    assert len(calls) == 1


def test_redirects_end():
    with serving(say(status=302, Location="/")) as (port, calls), pytest.raises(FetchError):
        fetch_page(f"http://kedai.example:{port}/", way())
    assert len(calls) == 6


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch):
    with serving(say()) as (proxy, asked), serving(say()) as (port, calls):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")
        fetch_page(f"http://kedai.example:{port}/", way())
    assert (len(calls), asked) == (1, [])


def drip(start):
    def answer(handler):
        handler.wfile.write(start)
        for _ in range(200):
            handler.wfile.write(b"a")
            handler.wfile.flush()
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-A: ",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n",
    ],
    ids=["no answer", "endless header", "endless body"],
)
def test_a_server_that_sends_a_byte_at_a_time_is_left_when_the_time_is_over(start):
    begun = time.monotonic()
    with serving(drip(start)) as (port, _), pytest.raises(FetchError):
        fetch_page(f"http://kedai.example:{port}/", way(seconds=1))
    assert time.monotonic() - begun < 6


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-A: ",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n",
    ],
    ids=["no answer", "endless header", "endless body"],
)
def test_a_network_that_sends_a_byte_at_a_time_is_left_when_the_time_is_over(start, monkeypatch):
    monkeypatch.setattr(http, "_LONGEST", 1)
    begun = time.monotonic()
    with serving(drip(start)) as (port, _):
        server = open_server(f"http://127.0.0.1:{port}", Instant.now, Wiring())
        with pytest.raises(Unclear, match="no usable answer"):
            server.send("/", method="GET")
    assert time.monotonic() - begun < 6


@contextmanager
def taking(pause, answer=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"):
    """Serve one call on this machine that takes what is sent slowly."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            connection, _ = listening.accept()
            with connection:
                heard = b""
                while not done.wait(pause) and not heard.endswith(b"--end--"):
                    heard = connection.recv(100_000) or b"--end--"
                if not done.is_set():
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            done.set()
            thread.join()


def test_an_upload_has_its_own_time_and_the_answer_still_its(monkeypatch):
    monkeypatch.setattr(http, "_LONGEST", 2)
    begun = time.monotonic()
    with taking(0.02) as port:
        server = open_server(f"http://127.0.0.1:{port}", Instant.now, Wiring())
        assert server.send("/", content=bytes(20_000_000) + b"--end--").status_code == 200
    assert time.monotonic() - begun > 2


def test_a_network_that_hardly_takes_what_is_sent_is_left_when_the_time_is_over(monkeypatch):
    monkeypatch.setattr(http, "_LONGEST", 1)
    monkeypatch.setattr(timed, "_SLOWEST", 20_000_000)
    begun = time.monotonic()
    with taking(2) as port:
        server = open_server(f"http://127.0.0.1:{port}", Instant.now, Wiring())
        with pytest.raises(Unclear, match="no usable answer"):
            server.send("/", content=bytes(20_000_000))
    assert time.monotonic() - begun < 6


def test_a_name_that_nobody_answers_for_is_left_when_the_time_is_over(monkeypatch):
    never = threading.Event()
    begun = time.monotonic()
    with pytest.raises(
        FetchError, match=r"nobody says within 1 s at which address kedai\.example is"
    ):
        fetch_page("http://kedai.example/", way(lambda *_: never.wait(20), seconds=1))
    monkeypatch.setattr(http, "_LONGEST", 1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: never.wait(20))
    server = open_server("https://kedai.example", Instant.now, Wiring())
    with pytest.raises(NotPublished, match=r"no connection to kedai\.example: nobody says"):
        server.send("/", json={})
    assert time.monotonic() - begun < 6
    never.set()


def test_a_page_that_unpacks_to_more_than_is_read_is_refused():
    bomb = gzip.compress(bytes(200_000_000))
    refused = pytest.raises(FetchError, match="larger than")
    with serving(say(bomb, Content_Encoding="gzip")) as (port, _), refused:
        fetch_page(f"http://kedai.example:{port}/", way())
    twice = say(gzip.compress(bomb), Content_Encoding="gzip, gzip")
    with serving(twice) as (port, _), pytest.raises(FetchError):
        fetch_page(f"http://kedai.example:{port}/", way())


@pytest.mark.parametrize(
    "opening", ["<", "<a ", "<!--", "<!", "<?", "&", "<meta a='", "</", "<![CDATA["]
)
def test_a_page_that_is_written_to_be_slow_is_read_in_time_or_refused(opening, monkeypatch):
    monkeypatch.setattr(pages, "_SECONDS", 1)
    text = (PAGE.decode() + opening * (4_000_000 // len(opening))).encode()
    begun = time.monotonic()
    with serving(say(text)) as (port, _):
        try:
            said = fetch_page(f"http://kedai.example:{port}/", way()).title
        except FetchError as error:
            said = str(error)
    assert said == "Menu" or "takes more than 1 s" in said
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "unicode_escape", "rot13", "none", "utf-7x"]
)
def test_a_page_in_no_charset_of_the_web_is_read_as_utf_8(charset):
    text = PAGE + "€ä".encode() * 500_000
    with serving(say(text, kind=f"text/html; charset={charset}")) as (port, _):
        assert fetch_page(f"http://kedai.example:{port}/", way()).title == "Menu"


def test_a_page_in_an_older_charset_is_read():
    text = "<title>Kopi € Tönis</title>".encode("windows-1252")
    with serving(say(text, kind="text/html; charset=windows-1252")) as (port, _):
        assert fetch_page(f"http://kedai.example:{port}/", way()).title == "Kopi € Tönis"


@pytest.mark.parametrize(
    "url",
    ["http://[", "http://a:b", "http://\u2024/", "http://xn--a/", "file:///etc/passwd", "http:"],
)
def test_what_is_no_address_is_said_to_be_none(url):
    with pytest.raises(FetchError):
        fetch_page(url, PublicTransport(resolve=numeric))


@pytest.mark.parametrize("answer", [b"nonsense", b"[" * 200_000, b"\xff", b"9" * 9_999])
def test_a_resolver_that_answers_nonsense_is_named(answer, monkeypatch):
    named = pytest.raises(FetchError, match="no usable answer")
    with serving(say(answer, kind="application/json")) as (port, _), named:
        monkeypatch.setattr(pages, "RESOLVER", f"http://kedai.example:{port}")
        resolve_handle("a.example", way())


def test_media_is_not_looked_for_at_a_private_address():
    content = b"\xff\xd8 bukan foto"
    digest = hashlib.sha256(content).hexdigest()
    media = Media(
        path="a.jpg", sha256=digest, mime="image/jpeg", size=len(content), width=1, height=1, alt=""
    )
    with serving(say(content, kind="image/jpeg")) as (port, calls):
        url = f"http://127.0.0.1:{port}/a.jpg"
        with pytest.raises(NotPublished, match="which is not public"):
            ensure_there(url, media, Wiring(sleep=lambda _: None), "look at it")
        assert calls == []
        ensure_there(url, media, Wiring(transport=way()), "look at it")


def test_fetching_makes_a_card_with_a_small_picture(place, monkeypatch):
    out = io.BytesIO()
    Image.new("RGB", (2000, 1000), "#6f4e37").save(out, "PNG")
    answers = {"/": say(), "/a.png": say(out.getvalue(), kind="image/png")}
    with serving(lambda handler: answers[handler.path](handler)) as (port, calls):
        for name in ("fetch_page", "fetch_bytes"):
            whole = getattr(pages, name)
            monkeypatch.setattr(fetch, name, lambda url, whole=whole: whole(url, way()))
        link = f"http://kedai.example:{port}/"
        post = "content/kopi-senja/posts/a.md"
        place.write({post: f"---\naccounts: bluesky\nlink: {link}\n---\nHalo.\n"})
        (found,) = fetch.fetch_cards(open_here(place.root), [post], again=False)
    assert [path for path, _ in calls] == ["/", "/a.png"]
    assert (found.failed, "could not be read" in found.note) == (False, False)
    (picture,) = place.root.rglob("*.link.jpg")
    with Image.open(picture) as made:
        assert made.size == (1200, 600)


def test_a_picture_that_is_none_leaves_the_card_without_one(place, monkeypatch):
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"
    answers = {"/": say(), "/a.png": say(eps, kind="image/png")}
    with serving(lambda handler: answers[handler.path](handler)) as (port, _):
        for name in ("fetch_page", "fetch_bytes"):
            whole = getattr(pages, name)
            monkeypatch.setattr(fetch, name, lambda url, whole=whole: whole(url, way()))
        post = "content/kopi-senja/posts/a.md"
        link = f"http://kedai.example:{port}/"
        place.write({post: f"---\naccounts: bluesky\nlink: {link}\n---\nHalo.\n"})
        (found,) = fetch.fetch_cards(open_here(place.root), [post], again=False)
    assert "its picture could not be read" in found.note
    assert list(place.root.rglob("*.link.jpg")) == []
