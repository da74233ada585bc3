"""Events ↔ lines: one JSON object a line, sorted keys, one file an account and month."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from mimin.errors import StoreError
from mimin.model.event import FORMAT, Event, Kind

FOLDER = "events"
FREEZES = "freezes.jsonl"
POLICIES = "policies.jsonl"


def encode(event: Event) -> bytes:
    """Write an event as one line."""
    fields = {"v": event.v, **event.model_dump(mode="json", exclude_defaults=True)}
    return json.dumps(fields, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def decode(content: bytes, path: str, first_line: int = 1) -> list[Event]:
    """Read the events of a file.

    Raises:
        StoreError: if a line is damaged, or was written by a newer mimin.
    """
    lines = content.splitlines()
    validate = Event.model_validate_json
    try:
        with _without_collector():
            return [validate(line) for line in lines]
    except ValidationError:
        for number, line in enumerate(lines, first_line):
            try:
                validate(line)
            except ValidationError as error:
                raise StoreError(_damage(line, f"ledger: {path}:{number}", error)) from None
        raise


@contextmanager
def _without_collector() -> Iterator[None]:
    """Halve the time that a long ledger takes: the collector would look for cycles all the while.

    Events hold none.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def path_of(event: Event) -> str:
    """Name the file that an event belongs to."""
    if event.kind in {Kind.FROZEN, Kind.RESUMED}:
        return FREEZES
    if event.kind is Kind.POLICY:
        return POLICIES
    month = event.at.format_iso()[:7]
    return f"{FOLDER}/{event.account}/{month}.jsonl"


def place_of(event: Event, paths: Iterable[str]) -> str:
    """Name the file that an event is appended to, where *paths* are there already.

    Never one before the account's newest: files are read in the order of their names, and a clock
    that is behind at the turn of a month would else put an event before what it answers to.
    """
    path = path_of(event)
    folder = path.rpartition("/")[0]
    if not folder:
        return path
    return max(path, *(other for other in paths if other.rpartition("/")[0] == folder), "")


def account_of(path: str) -> str | None:
    """Name the account that a file belongs to; None for other files."""
    parts = path.split("/")
    return "/".join(parts[1:3]) if len(parts) == 4 and parts[0] == FOLDER else None


def _damage(line: bytes, place: str, error: ValidationError) -> str:
    try:
        version = json.loads(line).get("v")
    except (ValueError, AttributeError):
        version = FORMAT
    if isinstance(version, int) and version > FORMAT:
        return f"{place} has format {version}; this mimin reads up to {FORMAT}; update it"
    detail = error.errors()[0]
    where = ".".join(str(step) for step in detail["loc"])
    return (
        f"{place} is damaged ({where}: {detail['msg']}); `git log mimin/ledger` shows who wrote it"
    )
