"""Web pages and handles, looked up once by a command so that nothing is fetched when publishing."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2

from mimin import __version__
from mimin.errors import MiminError

_MOST = 5_000_000
"""Bytes that are read of a page or an image; no link card needs more."""
_TIMEOUT = httpx2.Timeout(15)
RESOLVER = "https://public.api.bsky.app"


class FetchError(MiminError):
    """A page or a handle could not be looked up."""


@dataclass(frozen=True)
class Page:
    """What a page says about itself for link cards (https://ogp.me)."""

    url: str
    title: str
    description: str
    image: str | None
    """Address of its picture."""


def fetch_page(url: str, transport: httpx2.BaseTransport | None = None) -> Page:
    """Read a page's title, description and picture address.

    Raises:
        FetchError: if there is no such page, or it has no title.
    """
    response = _get(url, transport)
    kind = response.headers.get("content-type", "")
    if "html" not in kind:
        raise FetchError(f"{url} is {kind or 'of no known type'}, not a web page; link to a page")
    found = _Head()
    found.feed(response.text)
    said = found.properties
    title = said.get("og:title") or said.get("twitter:title") or found.title.strip()
    if not title:
        raise FetchError(f"{url} has no title, so there is nothing to put on a card")
    image = said.get("og:image") or said.get("twitter:image")
    return Page(
        url=url,
        title=" ".join(title.split()),
        description=" ".join((said.get("og:description") or said.get("description", "")).split()),
        image=urljoin(str(response.url), image) if image else None,
    )


def fetch_bytes(url: str, transport: httpx2.BaseTransport | None = None) -> bytes:
    """Read a file.

    Raises:
        FetchError: if it is not there or too large.
    """
    return _get(url, transport).content


def resolve_handle(handle: str, transport: httpx2.BaseTransport | None = None) -> str:
    """Find the permanent id (DID) behind a Bluesky handle.

    Source: lexicon com.atproto.identity.resolveHandle.

    Raises:
        FetchError: if nobody has that handle.
    """
    query = httpx2.QueryParams({"handle": handle})
    address = f"{RESOLVER}/xrpc/com.atproto.identity.resolveHandle?{query}"
    answer = _get(address, transport).json()
    did = answer.get("did") if isinstance(answer, dict) else None
    if not isinstance(did, str) or not did.startswith("did:"):
        raise FetchError(f"nobody on Bluesky has the handle {handle!r}; check how it is written")
    return did


def _get(url: str, transport: httpx2.BaseTransport | None) -> httpx2.Response:
    if urlsplit(url).scheme not in {"http", "https"}:
        raise FetchError(f"{url!r} is not a web address; start it with https://")
    agent = {"user-agent": f"mimin/{__version__} (link cards)"}
    try:
        with httpx2.Client(
            timeout=_TIMEOUT, follow_redirects=True, headers=agent, transport=transport
        ) as client:
            return _read(client, url)
    except httpx2.HTTPError as error:
        raise FetchError(f"{url} can not be read ({type(error).__name__}: {error})") from None


def _read(client: httpx2.Client, url: str) -> httpx2.Response:
    with client.stream("GET", url) as response:
        if not response.is_success:
            raise FetchError(f"{url} answers {response.status_code}; is the address right?")
        content = b""
        for piece in response.iter_bytes():
            content += piece
            if len(content) > _MOST:
                raise FetchError(f"{url} is larger than {_MOST:,} bytes")
        return httpx2.Response(
            response.status_code,
            headers={"content-type": response.headers.get("content-type", "")},
            content=content,
            request=response.request,
        )


class _Head(HTMLParser):
    """Reads `<meta>` and `<title>`; whatever else a page holds."""

    def __init__(self) -> None:
        super().__init__()
        self.properties: dict[str, str] = {}
        self.title = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._in_title = tag == "title" and not self.title
        if tag == "meta":
            name = values.get("property") or values.get("name", "")
            self.properties.setdefault(name.lower(), values.get("content", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
