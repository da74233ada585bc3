"""The real Bluesky server that the live tests run against: installed, started and ended here."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import hmac
import json
import os
import selectors
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

import httpx2
import pytest

HERE = Path(__file__).parent
LOCK = "package-lock.json"
STAMP = Path("node_modules", ".installed-from")
VENDORS = HERE / "vendors"
START_WITHIN = 60
INSTALL_WITHIN = 900

_numbers = count(1)


@dataclass(frozen=True, kw_only=True)
class Resident:
    """One account on the server, with an app password as a person would make it."""

    url: str
    handle: str
    did: str
    password: str = field(repr=False)
    token: str = field(repr=False)
    """An access token from a log-in with the app password."""

    def call(self, method: str, **parameters: str) -> httpx2.Response:
        """Ask a query."""
        return httpx2.get(f"{self.url}/xrpc/{method}", params=parameters, headers=self._headers())

    def send(self, method: str, body: dict[str, Any]) -> httpx2.Response:
        """Call a procedure."""
        return httpx2.post(f"{self.url}/xrpc/{method}", json=body, headers=self._headers())

    def upload(self, blob: bytes, mime: str) -> httpx2.Response:
        """Upload bytes."""
        return httpx2.post(
            f"{self.url}/xrpc/com.atproto.repo.uploadBlob",
            content=blob,
            headers={**self._headers(), "content-type": mime},
        )

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


@dataclass(frozen=True, kw_only=True)
class Server:
    """The running server."""

    url: str
    host: str
    """The interface it listens on."""
    jwt_secret: str = field(repr=False)

    def settle(self) -> Resident:
        """Make a new account with an app password."""
        name = f"mimin-{os.getpid()}-{next(_numbers)}"
        handle, password = f"{name}.test", "main-password-of-a-test"
        account = self._post(
            "com.atproto.server.createAccount",
            {"handle": handle, "email": f"{name}@example.com", "password": password},
        )
        app = self._post(
            "com.atproto.server.createAppPassword", {"name": "mimin"}, account["accessJwt"]
        )
        session = self._post(
            "com.atproto.server.createSession",
            {"identifier": handle, "password": app["password"]},
        )
        return Resident(
            url=self.url,
            handle=handle,
            did=account["did"],
            password=app["password"],
            token=session["accessJwt"],
        )

    def outdated(self, token: str) -> str:
        """Sign the same access token again, as one that ran out an hour ago."""
        head, body, _ = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        claims |= {"iat": int(time.time()) - 10800, "exp": int(time.time()) - 3600}
        signed = f"{head}.{_base64(json.dumps(claims).encode())}"
        mark = hmac.new(self.jwt_secret.encode(), signed.encode(), hashlib.sha256)
        return f"{signed}.{_base64(mark.digest())}"

    def _post(self, method: str, body: dict[str, str], token: str | None = None) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = httpx2.post(f"{self.url}/xrpc/{method}", json=body, headers=headers)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Bluesky server on loopback, installed if it is not and ended with the tests."""
    node = _tool("node")
    _install(HERE)
    secret = os.urandom(32).hex()
    folder = tmp_path_factory.mktemp("pds")
    complaints = folder / "stderr.txt"
    with (
        complaints.open("wb") as stderr,
        subprocess.Popen(
            [node, str(HERE / "launcher.mjs"), str(folder)],
            cwd=HERE,
            env={**_clean_environment(), "MIMIN_PDS_JWT_SECRET": secret},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
        ) as launched,
    ):
        try:
            ready = _first_line(launched)
            if ready is None:
                reason = complaints.read_text(errors="replace")[-2000:]
                pytest.fail(f"the Bluesky server did not start: {reason}", pytrace=False)
            yield Server(url=ready["pds"], host=ready["host"], jwt_secret=secret)
        finally:
            launched.kill()


@pytest.fixture
def resident(server: Server) -> Resident:
    """A fresh account on the server."""
    return server.settle()


@pytest.fixture(scope="session")
def vendors() -> Path:
    """The folder of the vendors' own libraries that count a text, installed if they are not."""
    _tool("node")
    _install(VENDORS, "--ignore-scripts")
    return VENDORS


def _install(folder: Path, *options: str) -> None:
    with (folder / LOCK).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the tests run side by side, and npm must not
        _install_once(folder, *options)


def _install_once(folder: Path, *options: str) -> None:
    digest = hashlib.sha256((folder / LOCK).read_bytes()).hexdigest()
    stamp = folder / STAMP
    if stamp.exists() and stamp.read_text() == digest:
        return
    try:
        done = subprocess.run(
            [_tool("npm"), "ci", "--no-progress", *options],
            cwd=folder,
            env=_clean_environment(),
            capture_output=True,
            text=True,
            timeout=INSTALL_WITHIN,
            check=False,
        )
    except subprocess.TimeoutExpired:
        _missing(f"npm ci took longer than {INSTALL_WITHIN} s")
    if done.returncode:
        _missing(f"npm ci failed: {done.stderr[-2000:]}")
    stamp.write_text(digest)


def _clean_environment() -> dict[str, str]:
    """Give node our environment without what git sets in hooks, and with its own headers if there.

    better-sqlite3 is compiled on install; without `nodedir` node-gyp would download the headers.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    home = Path(_tool("node")).resolve().parent.parent
    if (home / "include" / "node" / "node.h").exists():
        kept.setdefault("npm_config_nodedir", str(home))
    return kept


def _first_line(launched: subprocess.Popen[bytes]) -> dict[str, Any] | None:
    assert launched.stdout is not None
    with selectors.DefaultSelector() as watch:
        watch.register(launched.stdout, selectors.EVENT_READ)
        if not watch.select(timeout=START_WITHIN):
            return None
    line = launched.stdout.readline()
    return json.loads(line) if line else None


def _tool(name: str) -> str:
    found = shutil.which(name)
    return found or _missing(f"{name} is not installed; the live tests need Node 20 or later")


def _missing(reason: str) -> NoReturn:
    """Skip on a laptop; fail where live tests were asked for, so that they can not fade away."""
    if os.environ.get("MIMIN_LIVE") or os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
