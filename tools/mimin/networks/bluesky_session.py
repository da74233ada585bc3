"""Bluesky sessions: logged in once, kept on this machine, refreshed before they end.

The network allows 30 log-ins in 5 minutes and 300 a day, so a session outlives the run. A refresh
token works once: its successor is saved before anything else is done with it.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from whenever import Instant, TimeDelta

from mimin.foreign import read_json
from mimin.networks.http import Answer, Refusal
from mimin.networks.private import write_private
from mimin.networks.protocol import NotPublished

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mimin.networks.http import Server
    from mimin.networks.protocol import Access

_CREATE = "/xrpc/com.atproto.server.createSession"
_REFRESH = "/xrpc/com.atproto.server.refreshSession"
_MARGIN = TimeDelta(minutes=5)
"""A token that ends sooner is refreshed first, so that it does not end during the call."""


class _Service(Answer):
    id: str
    serviceEndpoint: str = ""  # noqa: N815 - the name on the wire


class _Document(Answer):
    service: tuple[_Service, ...] = ()


class Session(Answer):
    """What createSession and refreshSession answer, under the names of the wire."""

    accessJwt: str  # noqa: N815 - the name on the wire
    refreshJwt: str  # noqa: N815 - the name on the wire
    did: str
    didDoc: _Document | None = None  # noqa: N815 - the name on the wire
    owner: str = ""
    """Ours: whose session this is, so that another account or password does not get it."""

    @property
    def home(self) -> str | None:
        """The personal data server that the account's own document names."""
        for service in self.didDoc.service if self.didDoc else ():
            if service.id.endswith("#atproto_pds"):
                return service.serviceEndpoint
        return None

    def ends_before(self, moment: Instant) -> bool:
        """Tell whether the access token ends by then; a token that can not be read does not say."""
        try:
            middle = self.accessJwt.split(".")[1]
            claims = read_json(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
            return int(claims["exp"]) <= moment.timestamp()
        except (LookupError, TypeError, ValueError):
            return False


class Login:
    """Hands out the headers of a valid session, and nothing else of it."""

    def __init__(self, access: Access, server: Server) -> None:
        """Use `server` to log in; nothing is asked before the first call."""
        self._access = access
        self._server = server
        self._session: Session | None = None
        self._stale = False

    def headers(self) -> Mapping[str, str]:
        """Give the headers that prove who we are.

        Raises:
            NotPublished, Unclear: if there is no way to log in now.
        """
        return _bearer(self.current().accessJwt)

    def current(self) -> Session:
        """Give a session that is good for some minutes, the cheapest way there is."""
        session = self._session or self._saved()
        if session is None:
            session = self._create()
        elif self._stale or session.ends_before(self._access.clock() + _MARGIN):
            session = self._refresh(session)
        self._session, self._stale = session, False
        return session

    def refused(self, refusal: Refusal) -> bool:
        """Take note of a refusal; true if it was the access token's fault."""
        expired = refusal.code in {"ExpiredToken", "InvalidToken"}
        self._stale = self._stale or expired
        return expired

    def home(self) -> Server:
        """Give the account's own server.

        An address in `brand.yml` wins over the one in the account's document.
        """
        found = None if self._access.account.server else self.current().home
        return self._server.at(found) if found else self._server

    def _create(self) -> Session:
        access = self._access
        if not access.secret:
            name = access.account.secret or "`secret:` in brand.yml"
            raise NotPublished(f"{access.ref} has no app password; set {name}")
        password = access.secret.strip()
        self._server.hide(password)
        body = {"identifier": access.account.handle, "password": password}
        return self._keep(self._server.parse(self._server.send(_CREATE, json=body), Session))

    def _refresh(self, session: Session) -> Session:
        try:
            answer = self._server.send(_REFRESH, headers=_bearer(session.refreshJwt))
        except Refusal:
            return self._create()
        return self._keep(self._server.parse(answer, Session))

    def _keep(self, session: Session) -> Session:
        session = session.model_copy(update={"owner": self._owner()})
        self._hide(session)
        try:
            write_private(self._path, session.model_dump_json())
        except OSError as error:
            reason = f"the session can not be kept in {self._path.name}: {error.strerror or error}"
            raise NotPublished(reason) from None
        return session

    def _saved(self) -> Session | None:
        try:
            session = Session.model_validate_json(self._path.read_bytes())
        except (OSError, ValueError):
            return None
        if session.owner != self._owner():
            return None
        self._hide(session)
        return session

    def _hide(self, session: Session) -> None:
        self._server.hide(session.accessJwt)
        self._server.hide(session.refreshJwt)

    def _owner(self) -> str:
        access = self._access
        identity = "\n".join((self._server.base, access.account.handle, access.secret or ""))
        return hashlib.sha256(identity.encode()).hexdigest()

    @property
    def _path(self) -> Path:
        return self._access.folder / f"bluesky-{self._access.ref.replace('/', '--')}.json"


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
