"""Events ↔ lines: one JSON object a line, sorted keys, one file an account and month."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from mimin.errors import StoreError
from mimin.foreign import read_json
from mimin.model.event import FORMAT, Event, Kind
from mimin.printable import one_line

FOLDER = "events"
FREEZES = "freezes.jsonl"
RUNS = "runs.jsonl"
POLICIES = "policies.jsonl"
TRUSTS = "trusts.jsonl"

LONGEST_LINE = 1_000_000
"""Bytes. Our own lines have some hundred; a longer one is damage, and must not cost memory."""
_SHOWN = 300
_NO_VERSION = 1_000_000
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def encode(event: Event) -> bytes:
    """Write an event as one line."""
    fields = {"v": event.v, **event.model_dump(mode="json", exclude_defaults=True)}
    if event.reason:  # mostly what a network has said
        fields["reason"] = one_line(event.reason)
    return json.dumps(fields, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def decode(content: bytes, path: str, first_line: int = 1) -> list[Event]:
    """Read the events of a file.

    Raises:
        StoreError: if a line is damaged, or was written by a newer mimin.
    """
    lines = content.removeprefix(_BYTE_ORDER_MARK).splitlines()
    try:
        with _without_collector():
            return [_read(line) for line in lines]
    except ValueError:
        for number, line in enumerate(lines, first_line):
            try:
                _read(line)
            except ValueError as error:
                raise StoreError(
                    _damage(line, f"ledger: {one_line(path)}:{number}", error)
                ) from None
        raise


def is_record(line: bytes) -> bool:
    """Tell whether a line is an event, also one that only a newer mimin can read.

    What is none was never believed by anybody, so a person may take it out.
    """
    try:
        _read(line)
    except ValueError:
        return _version(line) > FORMAT
    return True


def _read(line: bytes) -> Event:
    """Read one line.

    Raises:
        ValueError: if it is no event.
    """
    if len(line) > LONGEST_LINE:
        raise ValueError(f"{len(line):,} bytes, {LONGEST_LINE:,} at most")
    return Event.model_validate_json(line)


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
    if event.kind is Kind.RAN:
        return RUNS
    if event.kind is Kind.POLICY:
        return POLICIES
    if event.kind is Kind.TRUSTED:
        return TRUSTS
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


def _version(line: bytes) -> int:
    """Read the format that a line says it has; 0 where it says none."""
    if len(line) > LONGEST_LINE:
        return 0
    try:
        version = read_json(line).get("v")
    except (ValueError, AttributeError, RecursionError):
        return 0
    return version if type(version) is int and version < _NO_VERSION else 0


def _damage(line: bytes, place: str, error: ValueError) -> str:
    version = _version(line)
    if version > FORMAT:
        return f"{place} has format {version}; this mimin reads up to {FORMAT}; update it"
    why = str(error)
    if isinstance(error, ValidationError):
        detail = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in detail["loc"])
        why = f"{where}: {detail['msg']}"
    return (
        f"{place} is damaged ({one_line(why[:_SHOWN])}); `git log mimin/ledger` shows who wrote "
        f"it, `mimin ledger restore` takes it out and puts back what stood there"
    )
