"""Hosting: media at a public address, for networks that fetch it instead of taking an upload.

Two places can serve it: the published site, which puts media there before it is due, and a bucket,
which gets it now. Either way the address is asked for the very bytes before it is handed out.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx2

from mimin.networks.address import base_address
from mimin.networks.http import TIMEOUT, Wiring
from mimin.networks.protocol import NotPublished
from mimin.networks.public import PublicTransport
from mimin.networks.timed import no_cookies

if TYPE_CHECKING:
    from collections.abc import Callable

    from mimin.model.brand import Brand
    from mimin.model.media import Media

SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}
"""What web servers tell the type by; networks refuse what is served as something else."""
_SECONDS, _BYTES_A_SECOND = 90, 1_000_000
"""How long all looks at a file may take, with more for the bytes of a large one."""
_PAUSES = (1.0, 3.0)
"""Seconds before the second and the third look; servers of sites answer late at times."""


def hosted_name(media: Media, salt: str) -> str:
    """Name a file so that nobody finds it who was not told.

    The hash of a photo's bytes says nothing to whoever has not the photo. The bytes of a card can
    be made from its template and a guess at its words, so the *salt* is mixed in: the blob id of
    the brand's own file, which only whoever can read the workspace knows. The name lasts as long
    as that file does not change; then site and publisher both name the file anew.
    """
    digest = hashlib.sha256(f"{salt} {media.sha256}".encode()).hexdigest()
    suffix = SUFFIXES.get(media.mime, "bin")
    return f"{digest[:40]}.{suffix}"


def host_of(
    brand: Brand,
    salt: str,
    read: Callable[[str], bytes],
    secrets: Callable[[str | None], str | None],
    wiring: Wiring | None = None,
) -> Callable[[Media], str] | None:
    """Give what puts a brand's media at a public address; None where the brand names no place.

    Args:
        brand: Whose media it is.
        salt: See `hosted_name`.
        read: Reads a media file by its path.
        secrets: Gives an environment variable; the bucket's credentials are among them.
        wiring: What tests replace.
    """
    address = brand.media_host
    if address is None:
        return None
    wiring = wiring or Wiring()
    if not address.startswith("s3://"):
        return SiteHost(address.rstrip("/"), salt, wiring)
    from mimin.networks.bucket import BucketHost

    return BucketHost(address, brand.media_address, salt, read, secrets, wiring)


@dataclass(frozen=True)
class SiteHost:
    """The published site: it has put the media there, or has not yet."""

    address: str
    salt: str
    wiring: Wiring

    def __call__(self, media: Media) -> str:
        """Give the address of a file.

        Raises:
            NotPublished: if the very file can not be fetched there.
        """
        url = f"{self.address}/{hosted_name(media, self.salt)}"
        way_out = "build and publish the site; the next run tries again"
        ensure_there(url, media, self.wiring, way_out)
        return url


def ensure_there(url: str, media: Media, wiring: Wiring, way_out: str) -> None:
    """Fetch a file as a network would, and compare it with the one that was reviewed.

    Raises:
        NotPublished: if anything is different; nothing can be public yet, and it may be mended.
    """
    shown = urlsplit(url)._replace(query="").geturl()
    try:
        _checked(url)
        found = _fetch(url, media, wiring)
    except httpx2.HTTPError as error:
        found = f"it can not be fetched ({type(error).__name__}: {error})"
    except ValueError as error:
        found = str(error)
    if found:
        raise NotPublished(f"{media.path} has to lie at {shown}, but {found}; {way_out}")


def _checked(url: str) -> None:
    parts = urlsplit(url)
    base_address(f"{parts.scheme}://{parts.netloc}")


def _fetch(url: str, media: Media, wiring: Wiring) -> str:
    """Say in words what is wrong; empty when the very file is there."""
    # A network fetches it from outside; so a private address is as good as none.
    seconds = _SECONDS + media.size / _BYTES_A_SECOND
    transport = wiring.transport or PublicTransport(seconds=seconds)
    client = httpx2.Client(
        transport=transport,
        timeout=TIMEOUT,
        trust_env=False,
        follow_redirects=False,
        cookies=no_cookies(),
    )
    with client:
        for pause in (*_PAUSES, None):
            try:
                return _compare(client, url, media)
            except httpx2.TransportError:
                if pause is None:
                    raise
                wiring.sleep(pause)
    raise AssertionError("the last look returns or raises")


def _compare(client: httpx2.Client, url: str, media: Media) -> str:
    with client.stream("GET", url, headers={"accept": "*/*"}) as response:
        if response.is_redirect:
            return "it leads elsewhere, and networks follow nothing"
        if response.status_code != httpx2.codes.OK:
            return f"the server answers {response.status_code}"
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != media.mime:
            return f"it is served as {kind or 'nothing'} and not as {media.mime}"
        digest, size = hashlib.sha256(), 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > media.size:
                break
            digest.update(chunk)
    if size != media.size or digest.hexdigest() != media.sha256:
        return "another file is there"
    return ""
