"""The one HTTP layer: it decides what was sent and what was not, and never tells a secret.

Around a creating call nothing is tried again, followed or guessed. Only two things prove that such
a call made nothing: a connection that never came about, and a refusal that HTTP documents and that
the network itself has written. `publishing` weighs the words of such a refusal.
"""

from __future__ import annotations

import logging
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, TypedDict, TypeVar, Unpack
from urllib.parse import urlsplit

import httpx2
from annotated_types import Len
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from mimin import __version__
from mimin.foreign import read_json
from mimin.networks.address import base_address
from mimin.networks.charset import charset_of
from mimin.networks.masking import HIDDEN, SEEN, Mask
from mimin.networks.protocol import NotPublished
from mimin.networks.server_time import ServerTime
from mimin.networks.timed import TimedTransport, no_cookies
from mimin.networks.waiting import moment_in, retry_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping

    from whenever import Instant

TIMEOUT = httpx2.Timeout(connect=10, read=30, write=60, pool=5)
"""Seconds for each step; a server that needs longer to answer leaves us not knowing."""

# The client notes every address that it calls, and in some the token is part of the address.
logging.getLogger("httpx2").addFilter(lambda record: record.levelno >= logging.WARNING)

_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_WORTH_READING_AGAIN = (
    *_NEVER_SENT,
    httpx2.ReadTimeout,
    httpx2.ReadError,
    httpx2.RemoteProtocolError,
)
_PAUSES = (1.0, 3.0)
"""Seconds before the second and the third try of a read."""

_BUSY = frozenset({502, 503, 504})
_UNCLEAR_REFUSALS = frozenset({408, 409, 425})
"""4xx that do not say that nothing was done: time-out, conflict, too early."""
_DOCUMENTED = frozenset({*range(400, 419), *range(421, 427), 428, 429, 431, 451})
"""4xx that are registered (IANA, "HTTP Status Code Registry"); others are made up by something on
the way, such as nginx' 499: the caller went away, and what was called may have gone on."""
_OF_FILTERS = frozenset({403, 406})
"""What firewalls that read answers put in the place of one: without the network's own words, it may
have been a success."""
_PERMANENT = frozenset({400, 404, 405, 410, 413, 414, 415, 422})
"""Refusals of what was sent; the others are about who sent it, which can be mended meanwhile."""
_OF_SERVERS = frozenset({413, 414, 415})
"""Those that a server gives before the network itself reads the call: a page says as much there."""

_WORDS = ("error", "message", "error_description", "title", "detail", "description")
"""Where the networks that answer in one layer have their words."""

_ON_THE_WAY = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})
"""Headers that say how an answer came, and no more once it is read."""
_QUOTED = 300
"""How much of a server's own words is passed on."""
_READ = 50_000
"""How much of them is looked at; more than any of our secrets is long, in whichever encoding."""
_LONGEST = 120
"""Seconds for an answer in all, from the look-up of the server's name; what is sent has its own."""
_MOST = 50_000_000
"""Bytes of an answer, unpacked; the longest that a network gives is a list of some megabytes."""


class Unclear(Exception):  # noqa: N818 - a fact that the engine decides on, not a fault
    """The call may have been carried out, and nobody can say."""

    def __init__(self, reason: str, *, status: int = 0, body: object = None) -> None:
        """Keep what the server said, if it said anything; 0 when there was no answer."""
        super().__init__(reason)
        self.status = status
        self.body = body


class Refusal(NotPublished):
    """A documented refusal: the server read the call and did not do it."""

    def __init__(
        self, reason: str, *, status: int, code: str, permanent: bool, body: object = None
    ) -> None:
        """Keep the status and, where the network has them, its own code and words."""
        super().__init__(reason, permanent=permanent)
        self.status = status
        self.code = code
        self.body = body
        """The answer as plain data, when it was JSON."""
        self.headers: Mapping[str, str] = {}
        """Of the answer: some networks say only there when to come back."""

    def says(self, *words: str) -> bool:
        """Tell whether one of the words stands in the server's reason."""
        return any(word in str(self).casefold() for word in words)


class Limited(NotPublished):
    """Too many calls: nothing was done, and the same call may be made later."""

    def __init__(self, reason: str, *, retry_at: Instant | None, body: object = None) -> None:
        """Keep when, if the headers say it, and the answer, which may say it as well."""
        super().__init__(reason, retry_at=retry_at)
        self.body = body


class Answer(BaseModel):
    """What we need of a server's answer; the rest is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class Body(TypedDict, total=False):
    """What a POST carries; one of `json`, `content` and `files` with its `data`."""

    json: object
    content: bytes
    data: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes, str]]


AnswerT = TypeVar("AnswerT", bound=Answer)
Id = Annotated[str, Len(min_length=1)]
"""The id of what was created; an empty one is none, and proves nothing."""


@contextmanager
def nothing_public() -> Iterator[None]:
    """Say that the calls inside can not publish: what is unclear in them is no publication."""
    try:
        yield
    except Unclear as error:
        raise NotPublished(str(error)) from None


@contextmanager
def publishing() -> Iterator[None]:
    """Around the one call that publishes: what the network has already may be our own first try.

    Raises:
        Unclear: for a refusal that speaks of a duplicate, or of something done already.
    """
    try:
        yield
    except Refusal as refusal:
        if refusal.says("duplicate", "already"):
            raise Unclear(str(refusal), status=refusal.status, body=refusal.body) from None
        raise


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """What the servers of one connection share. Tests replace the way there, and waiting."""

    transport: httpx2.BaseTransport | None = None
    sleep: Callable[[float], None] = time.sleep
    server_time: ServerTime = field(default_factory=ServerTime)
    """What the servers' clocks said."""


def open_server(server: str, clock: Callable[[], Instant], wiring: Wiring) -> Server:
    """Make ready to talk to a server; nothing is sent yet.

    Raises:
        NotPublished: if no token may be sent to that address.
    """
    client = httpx2.Client(
        transport=wiring.transport or TimedTransport(lambda: time.monotonic() + _LONGEST),
        timeout=TIMEOUT,
        # A variable that nobody reviewed must not send tokens through a proxy, nor let that proxy's
        # 502 stand for the network's.
        trust_env=False,
        follow_redirects=False,
        cookies=no_cookies(),
        headers={"user-agent": f"mimin/{__version__}", "accept-language": "en"},
    )
    base = _checked(server)
    return Server(base, clock=clock, client=client, wiring=wiring, secrets=Mask())


class Server:
    """One server as one account talks to it."""

    def __init__(
        self,
        base: str,
        *,
        clock: Callable[[], Instant],
        client: httpx2.Client,
        wiring: Wiring,
        secrets: Mask,
    ) -> None:
        """Talk to `base`; siblings share all the rest. See `open_server`."""
        self.base = base
        self.sleep = wiring.sleep
        self._wiring = wiring
        self._clock = clock
        self._client = client
        self._secrets = secrets

    def at(self, server: str) -> Server:
        """Give another server that the same account talks to, with the same secrets to hide.

        Raises:
            NotPublished: if no token may be sent to that address.
        """
        return Server(
            _checked(server),
            clock=self._clock,
            client=self._client,
            wiring=self._wiring,
            secrets=self._secrets,
        )

    @property
    def host(self) -> str:
        """The server's name, for messages."""
        return urlsplit(self.base).netloc

    def hide(self, secret: str) -> None:
        """Never let this text appear in a message."""
        for mask in (self._secrets, SEEN):
            mask.add(secret)

    def read(
        self,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """Ask for something; tried again when the way there or back broke.

        Raises:
            NotPublished: for a refusal, or when there was no connection.
            Unclear: when there was no usable answer.
        """
        request = self._client.build_request(
            "GET", self._address(path), params=params, headers=headers
        )
        for pause in _PAUSES:
            try:
                response = self._answered(request)
            except _WORTH_READING_AGAIN:
                self.sleep(pause)
                continue
            except httpx2.RequestError as error:
                raise self._unusable(error) from None
            if response.status_code not in _BUSY:
                return self._judge(response)
            self.sleep(pause)
        return self._exchange(request)

    def send(
        self,
        path: str,
        *,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        passes: Container[int] = (),
        **body: Unpack[Body],
    ) -> httpx2.Response:
        """Make one call that changes something, once.

        Args:
            path: From the server's root, or a whole address that the server itself gave us.
            method: The HTTP method.
            headers: More headers.
            params: What stands in the query.
            passes: Statuses beyond 2xx that are answers here and no refusals.
            body: What is sent.

        Raises:
            NotPublished: with proof that it was not carried out.
            Unclear: for everything else that is not success.
        """
        request = self._client.build_request(
            method, self._address(path), headers=headers, params=params, **body
        )
        return self._exchange(request, passes)

    def _address(self, path: str) -> str:
        """Complete a path; of a whole address make sure that it may be sent something."""
        if "://" not in path:
            return self.base + path
        parts = urlsplit(path)
        _checked(f"{parts.scheme}://{parts.netloc}")
        return path

    def parse(self, response: httpx2.Response, form: type[AnswerT]) -> AnswerT:
        """Take what we need from a successful answer.

        Raises:
            Unclear: if it is not there; whatever was asked for may have been done all the same.
        """
        try:
            return form.model_validate_json(response.content)
        except ValidationError as error:
            raise self._undocumented(response, error) from None

    def parse_list(self, response: httpx2.Response, form: type[AnswerT]) -> tuple[AnswerT, ...]:
        """Take what we need from a successful answer that is a list.

        Raises:
            Unclear: if it is not there.
        """
        try:
            return TypeAdapter(tuple[form, ...]).validate_json(response.content)  # type: ignore[valid-type]
        except ValidationError as error:
            raise self._undocumented(response, error) from None

    def demand(self, response: httpx2.Response, status: int) -> None:
        """Make sure that a success without a body is the one that the network documents.

        Raises:
            Unclear: if it is not: a page of something on the way has said it, say.
        """
        if response.status_code != status:
            raise self._unclear(f"answered {response.status_code} and not {status}")

    def _undocumented(self, response: httpx2.Response, error: ValidationError) -> Unclear:
        # Only the places: pydantic's own words quote the input, tokens included.
        places = {".".join(map(str, item["loc"])) or "no JSON" for item in error.errors()}
        what = f"answered {response.status_code}, but not as documented"
        return self._unclear(f"{what}: {', '.join(sorted(places))}")

    def _unclear(self, what: str) -> Unclear:
        return Unclear(self.redact(f"{self.host} {what}"))

    def _unusable(self, error: httpx2.RequestError) -> Unclear:
        return self._unclear(f"gave no usable answer ({type(error).__name__}: {error})")

    def _answered(self, request: httpx2.Request) -> httpx2.Response:
        with closing(self._client.send(request, stream=True)) as stream:
            response = _whole(stream)
        self._wiring.server_time.note(response.headers, self._clock())
        return response

    def _exchange(self, request: httpx2.Request, passes: Container[int] = ()) -> httpx2.Response:
        try:
            response = self._answered(request)
        except _NEVER_SENT as error:
            raise NotPublished(self.redact(f"no connection to {self.host}: {error}")) from None
        except httpx2.RequestError as error:
            raise self._unusable(error) from None
        return response if response.status_code in passes else self._judge(response)

    def _judge(self, response: httpx2.Response) -> httpx2.Response:
        """Pass on success; turn everything else into what it proves."""
        status = response.status_code
        if response.is_success:
            return response
        body = _plain(response)
        code, words = _explain(response, body)
        reason = self.redact(f"{self.host} answered {status} {words}".strip())
        if status == httpx2.codes.TOO_MANY_REQUESTS:
            now = self._clock()
            moment = retry_moment(response.headers, now) or moment_in(body, now)
            raise Limited(reason, retry_at=moment, body=body)
        if not _is_refusal(status, body):
            raise Unclear(reason, status=status, body=body)
        # A page in place of the network's own words is of something on the way, about the address.
        permanent = status in _PERMANENT and (body is not None or status in _OF_SERVERS)
        refusal = Refusal(reason, status=status, code=code, permanent=permanent, body=body)
        refusal.headers = response.headers
        raise refusal

    def redact(self, text: str) -> str:
        """Hide every secret in a server's words, and cut what is too long."""
        cut = len(text) > _READ
        text = self._secrets.hide(text[:_READ])
        if cut and len(text) < _READ // 2:
            text = text[: text.rfind(HIDDEN) + len(HIDDEN)]  # half a secret may stand behind it
        return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def _whole(stream: httpx2.Response) -> httpx2.Response:
    """Read an answer to its end.

    Raises:
        DecodingError: if it is longer than any answer is, packed or not.
        ReadTimeout: if it takes too long in all, though each piece comes in time.
    """
    content = bytearray()
    until = time.monotonic() + _LONGEST
    for piece in stream.iter_bytes():
        content += piece
        if time.monotonic() > until:
            raise httpx2.ReadTimeout(f"more than {_LONGEST} s", request=stream.request)
        if len(content) > _MOST:
            message = f"more than {_MOST:,} bytes"
            raise httpx2.DecodingError(message, request=stream.request)
    # As bytes: a header may hold signs that are not of ASCII.
    headers = [pair for pair in stream.headers.raw if pair[0].lower() not in _ON_THE_WAY]
    response = httpx2.Response(
        stream.status_code,
        headers=headers,
        content=bytes(content),
        request=stream.request,
        extensions=stream.extensions,
    )
    response.encoding = charset_of(stream.headers.get("content-type", ""))
    return response


def _checked(server: str) -> str:
    try:
        return base_address(server)
    except ValueError as error:
        raise NotPublished(str(error), permanent=True) from None


def _is_refusal(status: int, body: object) -> bool:
    """Tell whether an answer says that nothing was done."""
    if status in _OF_FILTERS and body is None:
        return False
    return status in _DOCUMENTED and status not in _UNCLEAR_REFUSALS


def _plain(response: httpx2.Response) -> object:
    """Read the answer as plain data; None when it is no JSON."""
    try:
        return read_json(response.content)
    except (ValueError, RecursionError):
        return None


def _explain(response: httpx2.Response, body: object) -> tuple[str, str]:
    """Give the error's code and the server's words for it, in the ways in which they say it."""
    if not isinstance(body, dict):
        return "", " ".join((response.reason_phrase, *response.text.split()))
    inner = body.get("error")
    if isinstance(inner, dict):
        # Graph, TikTok and Google put everything into one more layer.
        code, said = _explain_fields(inner, ("message", "error_user_msg"))
    else:
        code, said = _explain_fields(body, _WORDS)
    return code, said or response.reason_phrase


def _explain_fields(fields: Mapping[str, object], names: tuple[str, ...]) -> tuple[str, str]:
    words = [str(fields[name]) for name in names if fields.get(name)]
    errors = fields.get("errors")
    if isinstance(errors, list):
        said = [error.get("message") for error in errors if isinstance(error, dict)]
        words += [str(word) for word in said if word and str(word) not in words]
    code = fields.get("error") or fields.get("code") or fields.get("status") or ""
    return str(code), ": ".join(words)
