"""The jobs of a publishing workflow: one a brand that has work, as GitHub's matrix takes them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from mimin.planning.plan import Cause, Line
from mimin.printable import json_printable

MOST = 256
"""Jobs that GitHub starts for one matrix."""
_OPEN = frozenset({Cause.CLAIMED, Cause.UNKNOWN})


def has_work(line: Line) -> bool:
    """Tell whether a run would do something: send, write off, or ask what became of it."""
    return line.acts or line.cause in _OPEN


def jobs(lines: Iterable[Line]) -> list[dict[str, object]]:
    """List one job a brand with work, the one whose turn comes first at the top.

    The environment has the brand's name, so that a job holds the secrets of one brand only.
    """
    counts = Counter(line.post.brand for line in lines if has_work(line))
    return [{"brand": brand, "environment": brand, "due": due} for brand, due in counts.items()]


def as_matrix(found: list[dict[str, object]]) -> str:
    """Write the jobs on one line, as a job's output has to be; what is too many has its turn later.

    The jobs come in the order of their lines, so what waits longest is never what is left out.
    """
    return json_printable(json.dumps({"include": found[:MOST]}, separators=(",", ":"))) + "\n"
