"""The report of an import: what became of every source file and of every account it named."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from mimin.model.base import Record


class Outcome(StrEnum):
    """What became of a source file; every file has exactly one."""

    IMPORTED = "imported"
    """It has a post of its own."""
    MERGED = "merged"
    """It became part of another file's post."""
    REFUSED = "refused"
    """Nothing of it is in the workspace; a remark says why."""


class State(StrEnum):
    """What is known about one post on one account before the import."""

    PUBLISHED = "published"
    FAILED = "failed"
    """The old tool tried and did not confirm it."""
    UNTRIED = "untried"
    """The old tool handled the file, but not this account."""
    NEW = "new"
    """Nothing says that it was ever to go out."""


class Remark(Record):
    """One thing that could not be mapped as it was, or that the reader should know."""

    path: str
    """Relative to the source."""
    line: int = 1
    code: str
    message: str
    target: str = ""
    """The file in the workspace; empty when there is none."""


class Seen(Record):
    """One source file."""

    path: str
    outcome: Outcome
    target: str = ""


class Placement(Record):
    """One account that one source file named."""

    path: str
    account: str
    """As the source calls it."""
    target: str = ""
    """The delivery's key; empty when it was not brought over."""
    state: State = State.NEW


class Report(Record):
    """Everything an import has to say."""

    source: str
    """Name of the tool that the posts come from."""
    brand: str
    files: tuple[Seen, ...]
    placements: tuple[Placement, ...]
    remarks: tuple[Remark, ...]
    posts: int
    variants: int
    media: int
    events: int

    @property
    def counts(self) -> dict[str, int]:
        """How many files were seen, and how many had which outcome; the outcomes add up."""
        found = Counter(seen.outcome for seen in self.files)
        return {"seen": len(self.files)} | {outcome.value: found[outcome] for outcome in Outcome}

    @property
    def codes(self) -> dict[str, int]:
        """How many remarks there are, by code."""
        return dict(sorted(Counter(remark.code for remark in self.remarks).items()))

    @property
    def text(self) -> str:
        """The report for people: remarks in the order of the files, then the sums."""
        lines = [_line(remark) for remark in self.remarks]
        counts = self.counts
        sums = ", ".join(f"{counts[outcome.value]} {outcome.value}" for outcome in Outcome)
        placed = sum(bool(placement.target) for placement in self.placements)
        lines += [
            f"{counts['seen']} files seen, {sums}",
            f"{len(self.placements)} accounts named in them, {placed} brought over",
            f"{self.posts} posts, {self.variants} variants, {self.media} media files",
            f"{self.events} events of history",
        ]
        lines += [f"{count:5} {code}" for code, count in self.codes.items()]
        return "\n".join(lines)

    @property
    def record(self) -> dict[str, object]:
        """The report for programs."""
        return self.model_dump(mode="json") | {"counts": self.counts, "codes": self.codes}


def _line(remark: Remark) -> str:
    goal = f" -> {remark.target}" if remark.target else ""
    return f"{remark.path}:{remark.line}: {remark.message} [{remark.code}]{goal}"
