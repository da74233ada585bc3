"""What a run says while it works: a line an outcome, and on a terminal what it is doing now."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from mimin.cli.say import paint, say, say_progress
from mimin.cli.shared import on_terminal
from mimin.ledger.standing import State
from mimin.model.delivery import Delivery
from mimin.planning.plan import Line
from mimin.publishing.clock import Clock
from mimin.publishing.deliver import Step
from mimin.publishing.desk import Desk
from mimin.publishing.reconcile import Finding
from mimin.publishing.run import Outcome

_ENDS = {
    Step.PUBLISHED: ("published", "green"),
    Step.REFUSED: ("refused", "red"),
    Step.UNKNOWN: ("UNKNOWN", "red"),
    Step.HANDED: ("handed over", "yellow"),
    Step.SKIPPED: ("skipped", "yellow"),
    Step.DROPPED: ("dropped", "yellow"),
    Step.EDITED: ("changed", "green"),
    Step.RETRACTED: ("taken down", "green"),
    Step.KEPT: ("left as it was", "red"),
}


class Teller:
    """Tells people about a run: outcomes on standard output, progress on standard error."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        """Tell about a run at *desk*, with times by *clock*."""
        self._desk = desk
        self._clock = clock
        self._lock = threading.Lock()
        self._live = on_terminal()
        self._shown = ""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the progress line away."""
        with self._lock:
            self._progress("")

    def tell(self, delivery: Delivery, part: int, step: Step, note: str) -> None:
        """Tell about one step of one delivery."""
        name = delivery.key if delivery.parts == 1 else f"{delivery.key} part {part + 1}"
        with self._lock:
            if step in _ENDS:
                word, colour = _ENDS[step]
                self._line(paint(word, fg=colour), name, note, delivery.account)
            elif self._live:
                self._progress(f"{step}: {name} {note}")

    def found(self, findings: Sequence[Finding]) -> None:
        """Tell what a look at the networks gave."""
        for finding in findings:
            word = {State.PUBLISHED: "found", State.PLANNED: "absent"}.get(finding.answer, "open")
            with self._lock:
                name = f"{finding.key} part {finding.part + 1}"
                self._line(word, name, finding.note, finding.account)

    def sum_up(self, outcome: Outcome, left: Sequence[Line]) -> int:
        """Tell how the run ended and give the exit code."""
        from mimin.cli.publish import exit_code

        for line in outcome.dropped:
            self._line("dropped", line.delivery.key, line.note, line.delivery.account)
        for sent in outcome.sent:
            if sent.note:
                self._line("skipped", sent.line.delivery.key, sent.note, sent.line.delivery.account)
        for error in outcome.errors:
            say(f"mimin: {error}", err=True)
        for line in left:
            say(f"waits for a person: {line.delivery.key}: {line.note}", err=True)
        counts = [
            f"{outcome.count(step)} {word[0].lower()}"
            for step, word in _ENDS.items()
            if outcome.count(step) or step is Step.PUBLISHED
        ]
        say(", ".join(counts), err=True)
        return exit_code(outcome, left)

    def _line(self, word: str, name: str, note: str, account: str) -> None:
        self._progress("")
        # The ledger may speak of an account that has another name today, or is gone.
        here = account in self._desk.accounts()
        simulated = here and self._desk.account(account).network == "sandbox"
        mark = " (simulated)" if simulated else ""
        time = self._clock.now().format_iso()[:19]
        say(f"{time}Z {word} {name}{mark}{f' {note}' if note else ''}")

    def _progress(self, text: str) -> None:
        if not self._live or text == self._shown:
            return
        width = max(len(self._shown), len(text))
        say_progress(text[:100], width=min(width, 100))
        self._shown = text
