"""Web pages and handles, looked up once by a command so that nothing is fetched when publishing."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx2
from pydantic import TypeAdapter

from mimin import __version__
from mimin.errors import MiminError
from mimin.isolated import StoppedError, call
from mimin.networks.charset import charset_of
from mimin.networks.public import PublicTransport
from mimin.networks.timed import no_cookies

_MOST = 5_000_000
"""Bytes that are read of a page or an image, unpacked; no link card needs more."""
_TIMEOUT = httpx2.Timeout(15)
"""Seconds for each step; `public` limits all of them together."""
_REDIRECTS = 5
_SECONDS = 10
"""Of computing to read a page."""
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
    said = _read_head(response, url)
    title = said.get("og:title") or said.get("twitter:title") or said.get("")
    if not title:
        raise FetchError(f"{url} has no title, so there is nothing to put on a card")
    image = said.get("og:image") or said.get("twitter:image")
    return Page(
        url=url,
        title=" ".join(title.split()),
        description=" ".join((said.get("og:description") or said.get("description", "")).split()),
        image=_joined(str(response.url), image) if image else None,
    )


def _read_head(response: httpx2.Response, url: str) -> dict[str, str]:
    charset = charset_of(response.headers.get("content-type", ""))
    text = response.content.decode(charset, errors="replace")
    content = text.encode(errors="replace")
    try:
        answer = call("mimin.networks.page_head:read", {}, [content], seconds=_SECONDS)
        return TypeAdapter(dict[str, str]).validate_python(answer.value)
    except (StoppedError, ValueError) as error:
        raise FetchError(f"{url} can not be read ({error}); write the card by hand") from None


def _joined(page: str, image: str) -> str | None:
    try:
        return urljoin(page, image)
    except ValueError:
        return None


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
    try:
        answer = _get(address, transport).json()
    except (ValueError, RecursionError):
        raise FetchError(f"{RESOLVER} gave no usable answer; try again later") from None
    did = answer.get("did") if isinstance(answer, dict) else None
    if not isinstance(did, str) or not did.startswith("did:"):
        raise FetchError(f"nobody on Bluesky has the handle {handle!r}; check how it is written")
    return did


def _get(url: str, transport: httpx2.BaseTransport | None) -> httpx2.Response:
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        scheme = ""
    if scheme not in {"http", "https"}:
        raise FetchError(f"{url!r} is not a web address; start it with https://")
    # What else packs bytes than gzip packs them a thousand times as tight.
    headers = {"user-agent": f"mimin/{__version__} (link cards)", "accept-encoding": "gzip"}
    try:
        with httpx2.Client(
            timeout=_TIMEOUT,
            follow_redirects=True,
            max_redirects=_REDIRECTS,
            headers=headers,
            cookies=no_cookies(),
            transport=transport or PublicTransport(),
            trust_env=False,  # a proxy would look names up itself, and reach what we may not
        ) as client:
            return _read(client, url)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise FetchError(f"{url} can not be read ({type(error).__name__}: {error})") from None


def _read(client: httpx2.Client, url: str) -> httpx2.Response:
    with client.stream("GET", url) as response:
        if not response.is_success:
            raise FetchError(f"{url} answers {response.status_code}; is the address right?")
        content = bytearray()
        for piece in response.iter_bytes():
            content += piece
            if len(content) > _MOST:
                raise FetchError(f"{url} is larger than {_MOST:,} bytes")
        return httpx2.Response(
            response.status_code,
            # As bytes: a header may hold signs that are not of ASCII.
            headers=[pair for pair in response.headers.raw if pair[0].lower() == b"content-type"],
            content=bytes(content),
            request=response.request,
        )
