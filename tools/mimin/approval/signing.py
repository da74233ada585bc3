"""Signatures of approvals: made and verified by ssh-keygen, over one canonical statement."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from whenever import Instant

from mimin.errors import MiminError, UsageError
from mimin.git import CommandError, Repository
from mimin.model.event import Event, Kind
from mimin.planning.approval import SECOND
from mimin.planning.bond import ACCESS, TERMS

NAMESPACE = "mimin-approval"
"""A signature made for anything else is none here."""
SIGNERS = ".github/allowed_signers"
SIGNATURE = "signature"
_PRINCIPAL = re.compile(r"[A-Za-z0-9._%+@-]+")
_NAMED = 5
"""How many of those who may sign are listed."""
_TIMEOUT = 20.0


@dataclass(frozen=True)
class Verified:
    """What looking at a signature came to."""

    principals: frozenset[str] = frozenset()
    """Every principal that the key belongs to."""
    refusal: str = ""


def statement(event: Event) -> bytes:
    """Write what is signed: everything about the approval that anybody relies on.

    An approval without a destination is one that an earlier mimin wrote, in the form of its time.
    """
    if event.kind is Kind.POLICY:
        said = {"at": event.at.format_iso(), "by": event.by, "digest": event.digest}
        return _written("policy 1", {**said, "brand": event.account})
    if event.destination:
        return _statement(event)
    return (
        "mimin approval 1\n"
        f"delivery: {event.key}\n"
        f"digest: {event.digest}\n"
        f"by: {event.by}\n"
        f"at: {event.at.format_iso()}\n"
        f"second: {event.handles.get(SECOND, '')}\n"
    ).encode()


def _statement(event: Event) -> bytes:
    said = {
        "access": event.handles.get(ACCESS, ""),
        "at": event.at.format_iso(),
        "by": event.by,
        "delivery": event.key,
        "destination": event.destination,
        "digest": event.digest,
        "second": event.handles.get(SECOND, ""),
        "terms": event.handles.get(TERMS, ""),
    }
    return _written("approval 2", said)


def _written(form: str, said: Mapping[str, str]) -> bytes:
    # As JSON, so that no name can hold what looks like another line.
    return f"mimin {form}\n{json.dumps(said, sort_keys=True)}\n".encode()


def check_principal(name: str) -> str:
    """Refuse what could be taken for a pattern or for more than one name.

    Raises:
        UsageError: if it is not a plain name.
    """
    if not _PRINCIPAL.fullmatch(name):
        raise UsageError(
            f"--by {name!r} is no principal; write the name or e-mail address of {SIGNERS}"
        )
    return name


def sign(event: Event, key: Path) -> str:
    """Sign an approval; asks for the key's passphrase on the terminal when it has one.

    Raises:
        MiminError: if there is no ssh-keygen, or it refuses the key.
    """
    arguments = ("-Y", "sign", "-f", str(key), "-n", NAMESPACE)
    done = _run(arguments, statement(event), timeout=None)
    if done.returncode:
        raise MiminError(f"{key} can not sign: {_reason(done)}; name a private SSH key")
    return done.stdout.decode("ascii", "replace")


def read_signers(repository: Repository) -> bytes | None:
    """Read who may sign, as committed: what lies in the work tree vouches for nobody."""
    try:
        return repository.show("HEAD", SIGNERS)
    except CommandError:
        return None


def verify(event: Event, signers: bytes | None, at: Instant) -> Verified:
    """Verify the signature of a recorded approval against the allowed signers.

    Args:
        event: The approval.
        signers: The allowed-signers file; None when there is none.
        at: The moment at which keys must be valid.

    Raises:
        MiminError: if there is no ssh-keygen.
    """
    if signers is None:
        return Verified(refusal=f"{SIGNERS} is not committed, so nobody may sign")
    if not _PRINCIPAL.fullmatch(event.by):
        return Verified(refusal="it names no principal")
    if known := _strangers(event.by, signers):
        return Verified(refusal=f"{event.by!r} is not in {SIGNERS}, which has {known}")
    with tempfile.TemporaryDirectory(prefix="mimin-sign-") as folder:
        allowed, signature = Path(folder, "allowed_signers"), Path(folder, "signature")
        allowed.write_bytes(signers)
        signature.write_text(event.handles.get(SIGNATURE, ""), encoding="utf-8")
        moment = f"-Overify-time={at.to_tz('UTC').to_stdlib():%Y%m%d%H%M%S}"
        files = ("-f", str(allowed), "-s", str(signature))
        done = _run(
            ("-Y", "verify", moment, "-I", event.by, "-n", NAMESPACE, *files), statement(event)
        )
        if done.returncode:
            return Verified(refusal=f"its signature does not verify ({_reason(done)})")
        found = _run(("-Y", "find-principals", moment, *files), b"")
    names = re.split(r"[,\s]+", found.stdout.decode("utf-8", "replace"))
    return Verified(frozenset({event.by.casefold(), *(n.casefold() for n in names if n)}))


def _strangers(name: str, signers: bytes) -> str:
    """List who may sign where *name* is not among them; empty where it is, or may be.

    A line begins with principals, parted by commas; they may be patterns (ssh-keygen(1)).
    """
    lines = signers.decode("utf-8", "replace").splitlines()
    fields = [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]
    names = sorted({each.strip('"') for field in fields for each in field.split(",")})
    if any("*" in each or "?" in each or "!" in each for each in names) or name in names:
        return ""
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "") or "nobody"


def _run(
    arguments: tuple[str, ...], stdin: bytes, timeout: float | None = _TIMEOUT
) -> subprocess.CompletedProcess[bytes]:
    # ssh-keygen reads times in the local zone.
    environment = {**_inherited(), "LC_ALL": "C", "TZ": "UTC"}
    try:
        return subprocess.run(
            ["ssh-keygen", *arguments],
            input=stdin,
            capture_output=True,
            check=False,
            env=environment,
            timeout=timeout,
        )
    except FileNotFoundError:
        raise MiminError(
            "ssh-keygen was not found, and signed approvals need it; install OpenSSH (8.9 or newer)"
        ) from None
    except subprocess.TimeoutExpired:
        raise MiminError(f"ssh-keygen gave no answer within {_TIMEOUT:.0f} s; try again") from None


def _inherited() -> Mapping[str, str]:
    """Pass on what ssh-keygen needs to find the agent, the terminal and itself."""
    return dict(os.environ)


def _reason(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    said = [line for line in lines if not line.startswith("Signing data")]
    return said[-1].strip() if said else f"ssh-keygen ended with code {done.returncode}"
