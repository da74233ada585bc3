"""Logging in at a network from a terminal: a page in the browser, and tokens in the end.

The browser comes back to this machine (RFC 8252), or to an address that the person copies here;
where there is no browser, a code is typed in on another device (RFC 8628). Nothing is written down:
the tokens are given to whoever asked.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

from whenever import Instant, TimeDelta

from mimin.errors import MiminError
from mimin.networks.http import Answer, Refusal, Unclear, Wiring, open_server
from mimin.networks.protocol import NotPublished
from mimin.networks.tokens import Grant, basic

if TYPE_CHECKING:
    from mimin.networks.http import Server
    from mimin.networks.logins import Flow

_PATIENCE = 900.0
"""Seconds that a person has to say yes on the other device, where the network does not say."""


_AnswerT = TypeVar("_AnswerT", bound=Answer)


class LoginError(MiminError):
    """The log-in came to nothing; the message says what to do."""


class _Tokens(Answer):
    access_token: str
    refresh_token: str = ""
    expires_in: int = 0
    refresh_token_expires_in: int = 0
    refresh_expires_in: int = 0
    scope: str = ""


class _Device(Answer):
    device_code: str
    user_code: str
    verification_uri: str = ""
    verification_url: str = ""
    interval: int = 5
    expires_in: int = 0


@dataclass(frozen=True, kw_only=True)
class Client:
    """The app through which a person logs in."""

    id: str
    secret: str = ""
    redirect: str = ""
    """Where the browser is sent back to; registered with the app."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """One log-in under way."""

    flow: Flow
    client: Client
    server: str
    """The account's own server, for addresses that begin with `/`."""
    clock: Callable[[], Instant]
    wiring: Wiring = field(default_factory=Wiring)
    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    """Comes back with the code, so that nobody can slip in a code of their own."""
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    """What the challenge is made from; shown only to the token endpoint."""

    @property
    def address(self) -> str:
        """The address that the person opens."""
        flow, client = self.flow, self.client
        query = {
            flow.id_field: client.id,
            "redirect_uri": client.redirect,
            "response_type": "code",
            "scope": flow.separator.join(flow.scopes),
            "state": self.state,
            **flow.extra,
        }
        if flow.pkce:
            query |= {"code_challenge": self._challenge(), "code_challenge_method": "S256"}
        return f"{self._whole(flow.authorize)}?{urlencode(query)}"

    def code_in(self, address: str) -> str:
        """Take the code out of the address that the browser was sent back to.

        Raises:
            LoginError: if the person said no, or the answer belongs to another log-in.
        """
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        if "error" in query:
            words = query.get("error_description", "")
            raise LoginError(f"the network said no: {query['error']} {words}".strip())
        if not secrets.compare_digest(query.get("state", ""), self.state):
            raise LoginError("the answer belongs to another log-in; start again")
        if not query.get("code"):
            raise LoginError("there is no code in that address; copy all of it")
        return query["code"].removesuffix("#_")

    def exchange(self, code: str) -> Grant:
        """Trade the code for tokens.

        Raises:
            LoginError: if the network does not give them.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.redirect,
        }
        form |= {"code_verifier": self.verifier} if self.flow.pkce else {}
        return self._lasting(self._asked(form))

    def by_device(self, say: Callable[[str, str], None]) -> Grant:
        """Log in with a code that the person types in elsewhere.

        Args:
            say: Told the address to open and the code to type in.

        Raises:
            LoginError: if the network knows no device codes, or nobody said yes in time.
        """
        if not self.flow.device:
            raise LoginError("this network knows no device codes; log in with a browser")
        server = self._server(self.flow.device)
        form = {self.flow.id_field: self.client.id, "scope": " ".join(self.flow.scopes)}
        device = self._parsed(lambda: server.parse(server.send(self._path(self.flow.device),
                                                               data=form), _Device))  # fmt: skip
        say(device.verification_uri or device.verification_url, device.user_code)
        return self._polled(device)

    def _polled(self, device: _Device) -> Grant:
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
            "device_code": device.device_code,
        }
        pause, left = float(device.interval), float(device.expires_in or _PATIENCE)
        while left > 0:
            self.wiring.sleep(pause)
            left -= pause
            try:
                return self._granted(self._token(form))
            except Refusal as refusal:
                # RFC 8628, section 3.5.
                if refusal.code == "slow_down":
                    pause += 5
                elif refusal.code != "authorization_pending":
                    raise LoginError(str(refusal)) from None
            except (NotPublished, Unclear):
                pause += 5
        raise LoginError("nobody said yes in time; start again")

    def _asked(self, form: Mapping[str, str]) -> Grant:
        return self._granted(self._parsed(lambda: self._token(form)))

    def _token(self, form: Mapping[str, str]) -> _Tokens:
        flow, client = self.flow, self.client
        server = self._server(flow.endpoint)
        headers, body = {}, dict(form)
        if flow.basic and client.secret:
            headers["authorization"] = basic(client.id, client.secret)
        else:
            body[flow.id_field] = client.id
            body |= {"client_secret": client.secret} if client.secret else {}
        for name in ("code", "code_verifier", "device_code"):
            server.hide(body.get(name, ""))
        answer = server.send(self._path(flow.endpoint), headers=headers, data=body)
        return server.parse(answer, _Tokens)

    def _lasting(self, grant: Grant) -> Grant:
        """Make a long-lived token of a short-lived one, where the network has both."""
        flow = self.flow
        if not flow.exchange:
            return grant
        server = self._server(flow.exchange)
        server.hide(grant.access_token)
        name = "fb_exchange_token" if flow.exchange_grant == "fb_exchange_token" else "access_token"
        params = {
            "grant_type": flow.exchange_grant,
            "client_secret": self.client.secret,
            name: grant.access_token,
        }
        if name == "fb_exchange_token":
            params["client_id"] = self.client.id
        answer = self._parsed(
            lambda: server.parse(server.read(self._path(flow.exchange), params=params), _Tokens)
        )
        return self._granted(answer)

    def _granted(self, tokens: _Tokens) -> Grant:
        now = self.clock()
        lasts = tokens.refresh_token_expires_in or tokens.refresh_expires_in
        return Grant(
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            client_id=self.client.id,
            client_secret=self.client.secret,
            expires_at=now + TimeDelta(seconds=tokens.expires_in) if tokens.expires_in else None,
            refresh_expires_at=now + TimeDelta(seconds=lasts) if lasts else None,
        )

    def _parsed(self, ask: Callable[[], _AnswerT]) -> _AnswerT:
        try:
            return ask()
        except (NotPublished, Unclear) as error:
            raise LoginError(f"{error}; start again") from None

    def _challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode())
        if self.flow.pkce == "hex":
            return digest.hexdigest()
        return base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")

    def _whole(self, address: str) -> str:
        return f"{self.server}{address}" if address.startswith("/") else address

    def _server(self, address: str) -> Server:
        parts = urlsplit(self._whole(address))
        server = open_server(f"{parts.scheme}://{parts.netloc}", self.clock, self.wiring)
        server.hide(self.client.secret)
        return server

    def _path(self, address: str) -> str:
        return urlsplit(self._whole(address)).path
