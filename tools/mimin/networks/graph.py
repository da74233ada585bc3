"""Meta's Graph API as one account talks to it: versions, tokens, errors, lists of its own posts."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import contextmanager
from typing import TYPE_CHECKING

from whenever import Instant, TimeDelta

from mimin.networks import graph_errors
from mimin.networks.graph_answers import Done, Entry, Facts, Linked, Listing, Named, Told
from mimin.networks.http import Refusal, Server, Unclear, Wiring, open_server, publishing
from mimin.networks.matching import repeats
from mimin.networks.protocol import Identity, NotPublished
from mimin.networks.tokens import MARGIN, Renewal, Renewed, Tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Unpack

    from mimin.networks.http import AnswerT, Body
    from mimin.networks.protocol import Access
    from mimin.networks.tokens import Grant

EARLY = TimeDelta(hours=24 * 30)
"""How long before its end a token of 60 days is renewed: by itself, and only while it is good."""

PROVING = "https://graph.facebook.com"
"""The host that asks for a proof of the app's secret, where the app's settings say so."""

_PAGE = "50"
_MOST_PAGES = 5


class Graph:
    """One account at one of Meta's hosts."""

    def __init__(
        self,
        access: Access,
        host: str,
        version: str,
        wiring: Wiring,
        renewal: Renewal | None = None,
    ) -> None:
        """Make ready; nothing is asked yet."""
        self.access = access
        self._host = host
        self._version = version
        self._wiring = wiring
        self._renewal = renewal
        self._opened: tuple[Server, Tokens] | None = None

    def read(self, path: str, form: type[AnswerT], **params: str) -> AnswerT:
        """Ask for something below the version.

        Raises:
            NotPublished, Unclear: if there is no usable answer.
        """
        with self._judged():
            answer = self.server.read(
                self._at(path), params=params | self._proof(), headers=self._bearer()
            )
        return self.server.parse(answer, form)

    def send(
        self, path: str, form: type[AnswerT], *, method: str = "POST", **body: Unpack[Body]
    ) -> AnswerT:
        """Make one call that changes something, once.

        Raises:
            NotPublished: with proof that it was not carried out.
            Unclear: for everything else.
        """
        with self._judged():
            answer = self.server.send(
                self._at(path),
                method=method,
                headers=self._bearer(),
                params=self._proof() or None,
                **body,
            )
        return self.server.parse(answer, form)

    def publish(self, path: str, form: type[AnswerT], **body: Unpack[Body]) -> AnswerT:
        """Make the one call that publishes, where nothing can be asked whether it did.

        Raises:
            NotPublished: with proof that it was not carried out.
            Unclear: for everything else.
        """
        try:
            with publishing():
                return self.send(path, form, **body)
        except Refusal as refusal:
            if graph_errors.is_proof(refusal):
                raise
            raise Unclear(str(refusal), status=refusal.status, body=refusal.body) from None

    def upload(self, address: str, content: bytes) -> None:
        """Send a whole file to an address of `rupload`, in one piece.

        Raises:
            NotPublished, Unclear: if it was not taken.
        """
        headers = {
            "authorization": f"OAuth {self._tokens.token()}",
            "offset": "0",
            "file_size": str(len(content)),
        }
        with self._judged():
            answer = self.server.send(address, headers=headers, content=content)
        if not self.server.parse(answer, Done).success:
            raise NotPublished(f"{self.server.host} did not take an upload")

    def entries(
        self, path: str, fields: str, since: Instant, **params: str
    ) -> tuple[tuple[Entry, ...], bool]:
        """List own posts or comments, newest first, and tell whether that reaches back to *since*.

        Raises:
            NotPublished, Unclear: if there is no usable answer.
        """
        found: tuple[Entry, ...] = ()
        params = {"fields": fields, "limit": _PAGE, **params}
        seen: set[str] = set()
        for _ in range(_MOST_PAGES):
            page = self.read(path, Listing[Entry], **params)
            if repeats(seen, (entry.id for entry in page.data)):
                return found, False
            found += page.data
            after = page.paging.cursors.get("after", "")
            if not page.paging.next or not after:
                return found, True
            if page.data and page.data[-1].at < since:
                return found, True
            params["after"] = after
        return found, False

    def link_to(self, name: str, otherwise: str) -> str:
        """Give the address of what is out; asking can fail, being out can not any more."""
        try:
            link = self.read(name, Linked, fields="permalink").permalink
        except Exception:  # noqa: BLE001 - what is published stays so, whatever this was
            return otherwise
        return link if link.startswith("https://") else otherwise

    def id_of(self, name: str, path: str, fields: str) -> str:
        """Give the id of a post of which a person may have told only the address.

        Raises:
            NotPublished: if it is not among the newest posts.
        """
        if "://" not in name:
            return name
        entries, _ = self.entries(path, fields, Instant.MIN)
        for entry in entries:
            if entry.permalink.rstrip("/") == name.partition("?")[0].rstrip("/"):
                return entry.id
        raise NotPublished(
            f"{name} is not among the account's newest posts; tell its right address"
        )

    def remove(self, name: str) -> None:
        """Delete a post or comment; what is gone already counts.

        Raises:
            NotPublished: if it is still there.
            Unclear: if nobody knows.
        """
        try:
            done = self.send(name, Done, method="DELETE")
        except Refusal as refusal:
            if not graph_errors.is_gone(refusal) or self._is_there(name):
                raise
        else:
            self.demand(done, f"{name} is deleted")

    def demand(self, done: Done, what: str) -> None:
        """Make sure that an answer says that something was done.

        Raises:
            Unclear: if it does not.
        """
        if not done.success:
            raise Unclear(f"{self.server.host} did not say that {what}")

    def identity(
        self, who: Mapping[str, str], needs: Iterable[str], restrictions: tuple[str, ...] = ()
    ) -> Identity:
        """Complete who we are by what the token may do and when it ends, where that is told.

        Only the testers and developers of an app may ask that, and nobody on Instagram's own host.
        """
        try:
            facts = self.read("debug_token", Told, input_token=self._tokens.token()).data
        except (NotPublished, Unclear):
            facts = Facts()
        ends = Instant.from_timestamp(facts.expires_at) if facts.expires_at else None
        known = facts.scopes
        return Identity(
            **who,
            scopes=known,
            lacking=() if known is None else tuple(sorted({*needs} - {*known})),
            expires=ends or self._tokens.grant.expires_at,
            restrictions=restrictions,
        )

    @property
    def server(self) -> Server:
        """The host.

        Raises:
            NotPublished: if it can not be talked to.
        """
        return self._open()[0]

    @property
    def _tokens(self) -> Tokens:
        return self._open()[1]

    def _open(self) -> tuple[Server, Tokens]:
        if self._opened is None:
            server = open_server(self._host, self.access.clock, self._wiring)
            early = EARLY if self._renewal else MARGIN
            self._opened = server, Tokens(self.access, server, self._renewal, early=early)
        return self._opened

    def _is_there(self, name: str) -> bool:
        try:
            self.read(name, Named, fields="id")
        except Refusal as refusal:
            return not graph_errors.is_gone(refusal)
        return True

    def _bearer(self) -> Mapping[str, str]:
        return self._tokens.bearer()

    def _proof(self) -> dict[str, str]:
        """Give the proof that the caller knows the app's secret, where the account's secret has it.

        The one of the token that the call carries: Meta, "Secure Graph API Calls". It is documented
        for `graph.facebook.com` only.
        """
        app_secret = self._tokens.grant.client_secret
        if self._host != PROVING or not app_secret:
            return {}
        token = self._tokens.token()
        proof = hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        return {"appsecret_proof": proof}

    def _at(self, path: str) -> str:
        return f"/{self._version}/{path}"

    @contextmanager
    def _judged(self) -> Iterator[None]:
        try:
            yield
        except Refusal as refusal:
            raise graph_errors.judged(refusal, self.access.clock()) from None


def renewal(grant_type: str) -> Renewal:
    """Give how a long-lived token renews itself, of Instagram or Threads."""

    def renew(server: Server, grant: Grant) -> Renewed:
        params = {"grant_type": grant_type, "access_token": grant.access_token}
        return server.parse(server.read("/refresh_access_token", params=params), Renewed)

    return renew
