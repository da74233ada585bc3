"""What both fake servers share: they run inside of httpx2, note requests, break on demand."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from urllib.parse import parse_qsl

import httpx2

TIMELY = {
    "connect-error": httpx2.ConnectError,
    "connect-timeout": httpx2.ConnectTimeout,
    "pool-timeout": httpx2.PoolTimeout,
}
"""Breaks before anything was sent."""

BROKEN = {
    "read-timeout": httpx2.ReadTimeout,
    "read-error": httpx2.ReadError,
    "write-error": httpx2.WriteError,
    "write-timeout": httpx2.WriteTimeout,
    "remote-protocol-error": httpx2.RemoteProtocolError,
    "decoding-error": httpx2.DecodingError,
}
"""Breaks after the server has done what was asked."""


@dataclass
class Fault:
    """What goes wrong with the next call to a path that ends like this."""

    path: str
    breaks: str = ""
    """Name of a break in `TIMELY` or `BROKEN`."""
    status: int = 0
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    carried_out: bool = False
    """Whether the server does its work before it gives the wrong answer."""
    text: str | None = None
    after: int = 0
    """How many fitting calls go well before."""
    repeats: bool = False
    """Whether the answer to the fitting call before is given once more."""


class FakeServer(httpx2.BaseTransport):
    """A server in this process; subclasses say what it does with a request."""

    def __init__(self, clock):
        self.clock = clock
        self.requests = []
        self.faults = []
        self._answered = {}
        self.watch = None
        """Called with every request before it is answered."""
        self.date = None
        """Called for the `Date` of every answer; None sends none, so that no clocks can differ."""

    def fail(self, path, **how):
        self.faults.append(Fault(path, **how))

    def handle_request(self, request):
        response = self._handled(request)
        if self.date:
            response.headers["date"] = self.date()
        return response

    def _handled(self, request):
        request.read()
        fault = self._take(request)
        if fault and fault.breaks in TIMELY:
            raise TIMELY[fault.breaks]("simulated", request=request)
        self.requests.append(request)
        if self.watch:
            self.watch(request)
        if fault and fault.status and not fault.carried_out:
            return self._wrong(fault)
        if fault and fault.repeats:
            return self._answered[request.url.path]
        response = self._answered[request.url.path] = self.answer(request)
        if fault and fault.breaks:
            raise BROKEN[fault.breaks]("simulated", request=request)
        return self._wrong(fault) if fault else response

    def answer(self, request):
        raise NotImplementedError

    def calls(self, path):
        return [request for request in self.requests if request.url.path.endswith(path)]

    def _take(self, request):
        for fault in self.faults:
            if not request.url.path.endswith(fault.path):
                continue
            if fault.after:
                fault.after -= 1
                continue
            self.faults.remove(fault)
            return fault
        return None

    def _wrong(self, fault):
        if fault.text is not None:
            return httpx2.Response(fault.status, headers=fault.headers, text=fault.text)
        return httpx2.Response(fault.status, headers=fault.headers, json=fault.body)


def shown(request, headers=()):
    """Write a request down as `wire` shows it, with only the headers that we choose.

    A form is shown as `form`, anything else as `json`. In one of several parts, what is JSON is
    shown as such, and files by name, type and hash.
    """
    names = ("authorization", "idempotency-key", *headers)
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        body = _shown_parts(request)
    elif request.headers.get("content-type") == "application/x-www-form-urlencoded":
        body = {"form": dict(parse_qsl(request.content.decode(), keep_blank_values=True))}
    else:
        body = {"json": json.loads(request.content)}
    return {
        "method": request.method,
        "url": str(request.url),
        "headers": {name: request.headers[name] for name in names if name in request.headers},
        **body,
    }


def parts(request):
    """Give the parts of a form by name, as e-mail messages."""
    head = b"content-type: " + request.headers["content-type"].encode() + b"\r\n\r\n"
    form = message_from_bytes(head + request.content, policy=HTTP)
    return {
        part.get_param("name", header="content-disposition"): part for part in form.iter_parts()
    }


def _shown_parts(request):
    fields, files = {}, {}
    for name, part in parts(request).items():
        content = part.get_payload(decode=True)
        if part.get_filename():
            files[name] = {
                "filename": part.get_filename(),
                "type": part.get_content_type(),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        else:
            text = content.decode()
            fields[name] = json.loads(text) if text[:1] in {"{", "["} else text
    return {"form": fields, "files": files}
