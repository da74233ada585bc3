"""A network of one file that knows no keys: what is sent twice stands there twice."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from mimin.model.limits import Limits
from mimin.networks.protocol import Absent, Receipt
from mimin.networks.sandbox_rules import GENEROUS

FILE = "wall.jsonl"


@dataclass(frozen=True)
class Keyless:
    """What is known about it; `blind` can not be asked what is there."""

    name: str
    blind: bool = False
    settings = MappingProxyType({})

    def limits(self, account) -> Limits:
        return GENEROUS

    def check(self, payload, account):
        return ()

    def wire(self, job):
        return {}

    def connect(self, access):
        return KeylessConnection(access, blind=self.blind)


@dataclass(frozen=True)
class KeylessConnection:
    """One account on the wall."""

    access: object
    blind: bool

    def prepare(self, job):
        return {"media": ",".join(media.sha256 for media in job.part.media)}

    def commit(self, job):
        hang(self.access, job)
        return _receipt(job)

    def find(self, job):
        if self.blind:
            return None
        known = [row["token"] for row in rows(self.access.folder)]
        return _receipt(job) if job.token in known else Absent.PROVEN


def hang(access, job) -> None:
    """Add one line, whole or not at all."""
    row = {
        "token": job.token,
        "text": job.part.text,
        "parent": job.sent[-1].remote_id if job.sent else None,
        "media": [media.sha256 for media in job.part.media],
    }
    path = Path(access.folder) / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(row).encode() + b"\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


def rows(folder) -> list[dict]:
    path = Path(folder) / FILE
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def _receipt(job):
    return Receipt(remote_id=f"wall:{job.token}", url=f"https://wall.invalid/{job.token}")
