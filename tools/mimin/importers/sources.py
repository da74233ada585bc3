"""The tools whose posts can be brought in: one line each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mimin.errors import UsageError
from mimin.importers.galaxy_social import read_galaxy_social
from mimin.importers.incoming import Reading
from mimin.importers.options import Options
from mimin.importers.plan import Arrival, plan_import
from mimin.importers.twitter_together import read_twitter_together

Reader = Callable[[Path, Options], Reading]

SOURCES: dict[str, Reader] = {
    "galaxy-social": read_galaxy_social,
    "twitter-together": read_twitter_together,
}


def plan_from(tool: str, source: Path, options: Options) -> Arrival:
    """Read a repository of *tool* and plan what it would bring; nothing is written.

    Raises:
        UsageError: if *source* is no such repository.
    """
    reader = SOURCES.get(tool)
    if reader is None:
        raise UsageError(
            f"{tool!r} is not a tool that mimin imports from; {', '.join(SOURCES)} are"
        )
    return plan_import(reader(source, options), options)
