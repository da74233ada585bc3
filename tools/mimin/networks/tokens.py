"""Tokens of one account: from its secret, renewed before they end, saved before they are used.

On many networks a refresh token works once. So only one process renews at a time, and the new pair
is on disk before anything else is done with it: whoever dies in between can go on.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pydantic import ValidationError
from whenever import Instant, TimeDelta

from mimin.errors import MiminError
from mimin.foreign import read_json
from mimin.model.base import Record
from mimin.networks.http import Answer, Limited, Refusal, Unclear
from mimin.networks.private import only_one, write_private
from mimin.networks.protocol import NotPublished

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mimin.networks.http import Server
    from mimin.networks.protocol import Access

_LONG_AGO = Instant.from_timestamp(0)
MARGIN = TimeDelta(minutes=10)
"""A token that ends sooner is renewed first, so that it does not end during the call."""


class Grant(Record):
    """What a log-in gave: the text of the secret, as `mimin accounts login` prints it."""

    access_token: str = ""
    refresh_token: str = ""
    client_id: str = ""
    client_secret: str = ""
    expires_at: Instant | None = None
    """When the access token ends; None when never or unknown."""
    refresh_expires_at: Instant | None = None
    """When the refresh token ends; None when never or unknown."""


class Renewed(Answer):
    """What a token endpoint answers."""

    access_token: str
    refresh_token: str = ""
    """Empty when the old one stays good."""
    expires_in: int = 0
    """Seconds; 0 when the server does not say."""
    refresh_token_expires_in: int = 0
    refresh_expires_in: int = 0
    """The same under the name that TikTok gives it."""


class Renewal(Protocol):
    """How a network renews tokens; a function of its adapter."""

    def __call__(self, server: Server, grant: Grant) -> Renewed:
        """Ask for new tokens, once.

        Raises:
            NotPublished, Unclear: when there are none.
        """


@dataclass(frozen=True, kw_only=True)
class FormRenewal:
    """The renewal of RFC 6749 section 6: a form to the token endpoint."""

    url: str
    """The whole address, or a path of the API's own server."""
    id_field: str = "client_id"
    """What the form calls the client's id; TikTok says `client_key`."""
    basic: bool = False
    """Whether id and secret go into an `Authorization: Basic` header instead of the form."""

    def __call__(self, server: Server, grant: Grant) -> Renewed:
        """Ask for new tokens."""
        form = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}
        headers: dict[str, str] = {}
        if self.basic and grant.client_secret:
            headers["authorization"] = basic(grant.client_id, grant.client_secret)
        else:
            form[self.id_field] = grant.client_id
            form |= {"client_secret": grant.client_secret} if grant.client_secret else {}
        return server.parse(server.send(self.url, headers=headers, data=form), Renewed)


def basic(name: str, password: str) -> str:
    """Write an `Authorization: Basic` header (RFC 7617)."""
    import base64

    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def parse_grant(text: str) -> Grant:
    """Read a secret: a bare access token, or the JSON that a log-in printed.

    Raises:
        ValueError: if it is JSON, but not that.
    """
    text = text.strip()
    if not text.startswith("{"):
        return Grant(access_token=text)
    try:
        return Grant.model_validate_json(text)
    except ValidationError as error:
        places = {".".join(map(str, item["loc"])) or "JSON" for item in error.errors()}
        raise ValueError(f"wrong in it: {', '.join(sorted(places))}") from None


class Tokens:
    """Hands out an account's access token, and renews it when it is about to end."""

    def __init__(
        self,
        access: Access,
        server: Server,
        renewal: Renewal | None = None,
        *,
        early: TimeDelta = MARGIN,
    ) -> None:
        """Use *server* to renew; without a *renewal* the token of the secret is all there is.

        A token that is renewed by itself and only while it is good (Meta's) is renewed so *early*
        before its end; when that fails, it stays in use.
        """
        self._access = access
        self._server = server
        self._renewal = renewal
        self._early = early
        self._grant: Grant | None = None

    def token(self) -> str:
        """Give an access token that is good for some minutes.

        Raises:
            NotPublished: if there is none; a person has to log in again, or to set the secret.
        """
        grant = self.grant
        if self._ends(grant) or (not grant.access_token and self._renewable(grant)):
            grant = self._renew(grant)
        elif self._ends(grant, self._early) and self._renewable(grant):
            grant = self._renewed_early(grant)
        if not grant.access_token:
            raise NotPublished(
                f"the secret of {self._access.ref} holds no access token; {self._way_out}"
            )
        return grant.access_token

    def bearer(self) -> Mapping[str, str]:
        """Give the header that carries the token (RFC 6750)."""
        return {"authorization": f"Bearer {self.token()}"}

    def renew(self) -> bool:
        """Renew a token that was refused though its time is not over; false when that can not be.

        Raises:
            NotPublished: if the network refuses to renew it.
        """
        grant = self.grant
        if not self._renewable(grant):
            return False
        return self._renew(grant).access_token != grant.access_token

    @property
    def grant(self) -> Grant:
        """What is known of the tokens.

        Raises:
            NotPublished: if the secret is missing or can not be read.
        """
        if self._grant is None:
            self._grant = self._saved() or self._given()
            self._hide(self._grant)
        return self._grant

    def _given(self) -> Grant:
        access = self._access
        if not (access.secret or "").strip():
            name = access.account.secret or "`secret:` in brand.yml"
            raise NotPublished(f"{access.ref} has no access token; set {name}")
        try:
            grant = parse_grant(access.secret or "")
        except ValueError as error:
            message = f"the secret of {access.ref} can not be read ({error}); {self._way_out}"
            raise NotPublished(message) from None
        for token in (grant.access_token, grant.refresh_token):
            if not token.isascii() or any(not sign.isprintable() or sign == " " for sign in token):
                raise NotPublished(f"the secret of {access.ref} is no access token; copy it again")
        return grant

    def _ends(self, grant: Grant, within: TimeDelta = MARGIN) -> bool:
        soon = self._access.clock() + within
        return grant.expires_at is not None and grant.expires_at <= soon

    def _renewed_early(self, grant: Grant) -> Grant:
        try:
            return self._renew(grant)
        except NotPublished:
            return grant

    def _renewable(self, grant: Grant) -> bool:
        return self._renewal is not None and bool(grant.refresh_token or grant.access_token)

    def _renew(self, seen: Grant) -> Grant:
        """Renew under a lock; if another process has just done it, take what it got."""
        if self._renewal is None:
            raise NotPublished(f"the token of {self._access.ref} has ended; {self._way_out}")
        with only_one(self._path.with_suffix(".lock")):
            current = self._saved() or seen
            if current.access_token != seen.access_token and not self._ends(current):
                self._grant = current
                self._hide(current)
                return current
            self._grant = self._keep(current, self._asked(current))
        return self._grant

    def _asked(self, grant: Grant) -> Renewed:
        assert self._renewal is not None  # noqa: S101 - `_renew` asked
        try:
            return self._renewal(self._server, grant)
        except Limited:
            raise
        except Refusal as refusal:
            message = f"{refusal}; the tokens of {self._access.ref} are worth nothing any more; "
            raise NotPublished(message + self._way_out) from None
        except Unclear as unclear:
            message = f"{unclear}; whether {self._access.ref} has new tokens is not known; if the "
            raise NotPublished(f"{message}next run is refused, {self._way_out}") from None

    def _keep(self, old: Grant, new: Renewed) -> Grant:
        now = self._access.clock()
        lasts = new.refresh_token_expires_in or new.refresh_expires_in
        grant = old.model_copy(
            update={
                "access_token": new.access_token,
                "refresh_token": new.refresh_token or old.refresh_token,
                "expires_at": now + TimeDelta(seconds=new.expires_in) if new.expires_in else None,
                "refresh_expires_at": now + TimeDelta(seconds=lasts)
                if lasts
                else old.refresh_expires_at,
            }
        )
        self._hide(grant)
        kept = json.dumps({"owner": self._owner, "grant": grant.model_dump(mode="json")})
        try:
            write_private(self._path, kept)
            if self._access.keep is not None:
                self._access.keep.save(kept)
        except (OSError, MiminError) as error:
            where = self._path.name if isinstance(error, OSError) else "the vault"
            raise NotPublished(f"new tokens can not be kept in {where}: {error}") from None
        return grant

    def _saved(self) -> Grant | None:
        """Give what was renewed here; a new secret in the environment goes before it."""
        found = [self._read(text) for text in (self._in_folder(), self._in_vault()) if text]
        grants = [grant for grant in found if grant is not None]
        # Whichever was renewed last: a folder may be an old one, restored from somewhere.
        return max(grants, key=lambda grant: grant.expires_at or _LONG_AGO, default=None)

    def _in_folder(self) -> str:
        try:
            return self._path.read_text("utf-8")
        except (OSError, ValueError):
            return ""

    def _in_vault(self) -> str:
        try:
            return (self._access.keep.load() or "") if self._access.keep else ""
        except MiminError as error:
            raise NotPublished(str(error)) from None

    def _read(self, text: str) -> Grant | None:
        try:
            kept = read_json(text)
            return Grant.model_validate(kept["grant"]) if kept["owner"] == self._owner else None
        except (ValueError, LookupError, TypeError):
            return None

    def _hide(self, grant: Grant) -> None:
        for secret in (grant.access_token, grant.refresh_token, grant.client_secret):
            self._server.hide(secret)

    @property
    def _owner(self) -> str:
        access = self._access
        identity = "\n".join((self._server.base, access.account.handle, access.secret or ""))
        return hashlib.sha256(identity.encode()).hexdigest()

    @property
    def _path(self) -> Path:
        return self._access.folder / "tokens" / f"{self._access.ref.replace('/', '--')}.json"

    @property
    def _way_out(self) -> str:
        return f"`mimin accounts login {self._access.ref}`"
