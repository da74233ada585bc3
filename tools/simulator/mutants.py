"""Engines with one promise taken out each: a simulator that does not find them proves nothing."""

from __future__ import annotations
import __future__

import dataclasses
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import mimin.ledger.claiming
import mimin.ledger.ledger
import mimin.networks.matching
import mimin.planning.doubts
import mimin.planning.identity
import mimin.planning.in_force
import mimin.planning.judgement
import mimin.planning.plan
import mimin.publishing.deliver
import mimin.publishing.desk
import mimin.publishing.reconcile
from mimin.networks.protocol import Absent
from mimin.planning.account_names import AccountNames
from mimin.planning.bond import Bond
from mimin.planning.identity import Identified
from mimin.publishing.destination import Destinations
from mimin.store import Branch
from mimin.store.pushing import Push

_LEDGER, _PLAN = mimin.ledger.ledger, mimin.planning.plan
_CLAIMING, _JUDGEMENT = mimin.ledger.claiming, mimin.planning.judgement
_DELIVER, _RECONCILE = mimin.publishing.deliver, mimin.publishing.reconcile
_DOUBTS, _IN_FORCE = mimin.planning.doubts, mimin.planning.in_force
_DESK, _IDENTITY = mimin.publishing.desk, mimin.planning.identity
_MATCHING, _COURIER = mimin.networks.matching, _DELIVER.Courier

Change = tuple[Any, str, Any]


def _rewrite(owner: Any, name: str, old: str, new: str) -> Change:
    """Give a function of the engine with some of its text replaced."""
    function = getattr(owner, name)
    source = textwrap.dedent(inspect.getsource(function))
    if old not in source:
        raise LookupError(f"{name} no longer says {old!r}; give the mutant its new words")
    flags = __future__.annotations.compiler_flag
    names: dict[str, Any] = dict(function.__globals__)
    exec(compile(source.replace(old, new), f"<mutant of {name}>", "exec", flags), names)  # noqa: S102 - our own source
    return owner, name, names[function.__name__]


class _CallFirst:
    """A connection that calls, and only then claims."""

    def __init__(self, courier: Any, claim: Any) -> None:
        self._courier, self._claim = courier, claim

    def commit(self, job: Any) -> Any:
        """Call; claim whatever came of it."""
        try:
            return self._courier.connection.commit(job)
        finally:
            self._courier.ledger.claim(self._claim)


def _call_first(self: Any, delivery: Any, job: Any, moment: Any, _apart: Any, path: Any) -> Any:
    claim = self._claim_of(delivery, job, moment, path)
    self._wait(delivery, moment)
    return dataclasses.replace(self, connection=_CallFirst(self, claim))._call(delivery, job)  # noqa: SLF001 - a mutation


def _forget_freezes(real: Callable[..., str]) -> Callable[..., str]:
    def why_not(book: Any, claim: Any, *rest: Any) -> str:
        return real(dataclasses.replace(book, freezes=()), claim, *rest)

    return why_not


def _believe(answer: Any, fault: str) -> tuple[Any, str]:
    """Take whatever a look does not show for absent."""
    return (Absent.PROVEN if answer is None else answer), fault


MUTANTS: Mapping[str, Callable[[], list[Change]]] = {
    "claim after the call": lambda: [(_COURIER, "_part", _call_first)],
    "unknown taken for refused": lambda: [
        _rewrite(_COURIER, "_call", "Kind.UNKNOWN", "Kind.REFUSED"),
    ],
    "no compare-and-swap": lambda: [
        _rewrite(Push, "send", "f\"--force-with-lease={branch}:{old or ''}\"", '"--force"'),
    ],
    "freeze not read again": lambda: [(_LEDGER, "why_not", _forget_freezes(_LEDGER.why_not))],
    "expires ignored": lambda: [
        _rewrite(_JUDGEMENT, "_timed", "rules.now >= delivery.expires", "False"),
        (_COURIER, "_is_expired", lambda _self, _delivery: False),
    ],
    "expires looked at in the plan only": lambda: [
        (_COURIER, "_is_expired", lambda _self, _delivery: False),
    ],
    "leases ignored": lambda: [(_RECONCILE, "lease_over", lambda *_: True)],
    "a blind look taken for absence": lambda: [(_RECONCILE, "_told", _believe)],
    "approval ignored": lambda: [(_JUDGEMENT, "_blocked", lambda *_: None)],
    "what is late is forgotten": lambda: [
        _rewrite(
            _JUDGEMENT,
            "_by_lateness",
            "return Action.PUBLISH, cause, again",
            "return Action.PUBLISH, Cause.LATER, again",
        ),
    ],
    "renamed posts are new posts": lambda: [
        (_PLAN, "identify", lambda posts, *_: Identified(posts)),
        (_CLAIMING, "_twin", lambda *_: ""),
    ],
    "renamed accounts are new accounts": lambda: [
        (_IDENTITY, "find_account_names", lambda *_: AccountNames()),
        (_DESK, "find_account_names", lambda *_: AccountNames()),
        (Destinations, "_check_names", lambda *_: None),
    ],
    "half-out threads go on by number": lambda: [
        (_JUDGEMENT, "first_difference", lambda *_: None),
        _rewrite(_LEDGER, "why_not", "wanted and wanted != (shown.content,)", "False"),
    ],
    "any list proves absence": lambda: [(_MATCHING, "is_credible", lambda *_: True)],
    "clocks not compared": lambda: [
        (_DELIVER, "clock_fault", lambda *_: ""),
        (_RECONCILE, "clock_fault", lambda *_: ""),
    ],
    "a ledger that lost lines is believed": lambda: [(Branch, "_verify", lambda *_: None)],
    "an older checkout may work": lambda: [
        (_PLAN, "without_stale", lambda lines, _: lines),
        (_CLAIMING, "_newer_files", lambda *_: ""),
    ],
    "an approval binds no destination": lambda: [
        (Bond, "moved_since", lambda *_: []),
    ],
    "a wider policy holds at once": lambda: [(_IN_FORCE, "_bases", lambda *_: [])],
    "blackouts ignored": lambda: [(_PLAN, "without_blackouts", lambda lines, _: lines)],
    "what another account has out counts": lambda: [(_DOUBTS, "_seems_out", lambda *_: False)],
    "a rename between two runs not looked for": lambda: [(_CLAIMING, "_twin", lambda *_: "")],
    "two backlogs at once not kept apart": lambda: [(_CLAIMING, "_too_close", lambda *_: "")],
    "backlog sent at once": lambda: [(_PLAN, "turns", lambda *_: {})],
}
"""What is wrong → the changes that make it so."""


@contextmanager
def mutated(name: str) -> Iterator[None]:
    """Let the engine be wrong in one way, as long as this lasts."""
    with ExitStack() as stack:
        for owner, attribute, value in MUTANTS[name]():
            stack.enter_context(patch.object(owner, attribute, value))
        yield
