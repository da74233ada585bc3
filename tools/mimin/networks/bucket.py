"""A bucket of an S3-compatible service: media is put there when it is needed."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from mimin.networks.hosting import ensure_there, hosted_name
from mimin.networks.masking import Mask
from mimin.networks.protocol import NotPublished

if TYPE_CHECKING:
    from collections.abc import Callable

    from obstore.store import ClientConfig, RetryConfig, S3Config, S3Store

    from mimin.model.media import Media
    from mimin.networks.http import Wiring

VALID = timedelta(hours=48)
"""How long an address that was signed works: longer than any network's container lives (24 h)."""
NAMES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ALLOW_HTTP",
)
"""Environment variables that say where the bucket is and who may write into it."""


class BucketHost:
    """A bucket, with a public address of its own or with signed addresses."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a bucket is reached by
        self,
        place: str,
        address: str | None,
        salt: str,
        read: Callable[[str], bytes],
        secrets: Callable[[str | None], str | None],
        wiring: Wiring,
    ) -> None:
        """Use the bucket at *place*, `s3://name/prefix`; nothing is sent yet."""
        self._bucket, _, self._prefix = place.removeprefix("s3://").strip("/").partition("/")
        self._address = address.rstrip("/") if address else None
        self._salt = salt
        self._read = read
        self._settings = {name: value for name in NAMES if (value := secrets(name))}
        self._wiring = wiring

    def __call__(self, media: Media) -> str:
        """Put a file into the bucket, unless it is there, and give its address.

        Raises:
            NotPublished: if it can not be put or fetched there.
        """
        name = hosted_name(media, self._salt)
        path = f"{self._prefix}/{name}" if self._prefix else name
        try:
            content = self._read(media.path)
        except OSError as error:
            raise NotPublished(f"{media.path} can not be read: {error.strerror or error}") from None
        url = self._put(path, content, media)
        if self._address is not None:
            url = f"{self._address}/{name}"
        way_out = "look at the bucket's rights and at media_host and media_address in brand.yml"
        ensure_there(url, media, self._wiring, way_out)
        return url

    def _put(self, path: str, content: bytes, media: Media) -> str:
        """Put a file there and sign an address for it."""
        missing = [name for name in NAMES[:2] if name not in self._settings]
        if missing:
            raise NotPublished(f"the bucket {self._bucket} needs {' and '.join(missing)}; set them")
        try:
            import obstore
            from obstore.exceptions import BaseError
        except ImportError:
            message = "buckets need obstore; install it with `pip install 'mimin[bucket]'`"
            raise NotPublished(message) from None

        try:
            store = self._store()
            if not self._is_there(store, path, media):
                obstore.put(store, path, content, attributes={"Content-Type": media.mime})
            return str(obstore.sign(store, "GET", path, VALID))
        except (BaseError, ValueError) as error:
            reason = self._hidden(str(error).partition("\n")[0])
            message = f"{media.path} can not be put into the bucket {self._bucket}: {reason}"
            raise NotPublished(message) from None

    @staticmethod
    def _is_there(store: S3Store, path: str, media: Media) -> bool:
        import obstore

        with suppress(FileNotFoundError):
            return bool(obstore.head(store, path)["size"] == media.size)
        return False

    def _store(self) -> S3Store:
        from obstore.store import S3Store

        found = self._settings
        config: S3Config = {
            "access_key_id": found["AWS_ACCESS_KEY_ID"],
            "secret_access_key": found["AWS_SECRET_ACCESS_KEY"],
            "region": found.get("AWS_REGION") or found.get("AWS_DEFAULT_REGION") or "us-east-1",
        }
        if "AWS_SESSION_TOKEN" in found:
            config["session_token"] = found["AWS_SESSION_TOKEN"]
        if "AWS_ENDPOINT_URL" in found:
            config["endpoint"] = found["AWS_ENDPOINT_URL"]
        options: ClientConfig = {"allow_http": found.get("AWS_ALLOW_HTTP", "").lower() == "true"}
        retries: RetryConfig = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}
        return S3Store(self._bucket, config=config, client_options=options, retry_config=retries)

    def _hidden(self, text: str) -> str:
        mask = Mask()
        for name in NAMES[:3]:
            mask.add(self._settings.get(name, ""))
        return mask.hide(text)[:300]
