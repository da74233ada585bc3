"""Containers: what Instagram and Threads make of media before it is published, and what came of it.

A container is made and processed while nothing is public; publishing it is one call, and its status
tells for a day whether that call arrived.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import AliasChoices, Field

from mimin.networks.graph import Graph
from mimin.networks.graph_answers import Named
from mimin.networks.graph_errors import SUBCODES, Fate, is_gone
from mimin.networks.graph_rules import CONTAINER
from mimin.networks.http import Answer, Limited, Refusal, Unclear
from mimin.networks.matching import is_settled
from mimin.networks.protocol import Absent, NotPublished, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from whenever import Instant

    from mimin.networks.protocol import Job

_PAUSES = (1, 2, 4, 8, 15, 30, 60, 60, 60, 60)
"""Seconds between looks; Meta advises one a minute for five minutes, images are ready at once."""

_OUT = "PUBLISHED"
_READY = frozenset({"FINISHED", _OUT})
_FAILED = frozenset({"ERROR", "EXPIRED"})
_NOT_OUT = frozenset({"FINISHED"}) | _FAILED
"""What proves that nothing is out. `IN_PROGRESS` does not: it is "still in the publishing process"
(Instagram Platform, "IG Container"), and what is claimed was processed before."""
_LOOKS = (5, 25)
"""Seconds before the second and the third look at a container whose publication was refused; a
limit was told of a post that was live (github.com/gitroomhq/postiz-app/issues/1681)."""

_MISSING = "24"
"""Code of a container that Instagram does not find."""
_SUBCODE = re.compile(r"\b\d{7}\b")
_INVALID = "INVALID_"
"""How Threads' reasons begin where the file itself is at fault."""


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """What the two networks call the same things."""

    create: str
    publish: str
    fields: str
    """Of a container: its status, and what is wrong with it."""


class State(Answer):
    """A container's status: `status_code` on Instagram, `status` on Threads."""

    code: str = Field(validation_alias=AliasChoices("status_code", "status"))
    reason: str = Field(default="", validation_alias=AliasChoices("error_message", "status"))


class Containers:
    """The containers of one account."""

    def __init__(self, graph: Graph, dialect: Dialect, user: str) -> None:
        """Make ready; nothing is asked yet."""
        self._graph = graph
        self._dialect = dialect
        self._path = f"{user}/{dialect.create}"
        self._publish = f"{user}/{dialect.publish}"

    def create(self, form: Mapping[str, str]) -> str:
        """Make a container, wait until it is processed, and give its id.

        Raises:
            NotPublished, Unclear: if there is none; nothing can be public yet.
        """
        container = self._graph.send(self._path, Named, data=form).id
        self.wait_for(container)
        return container

    def wait_for(self, container: str) -> None:
        """Wait until a container is processed.

        Raises:
            NotPublished: if it can not be, or not within some minutes.
        """
        for pause in _PAUSES:
            state = self._state(container)
            if state.code in _READY:
                return
            if state.code in _FAILED:
                raise NotPublished(
                    f"{self._graph.server.host} could not process the media: {state.reason}",
                    permanent=_blames_the_file(state.reason),
                )
            self._graph.server.sleep(pause)
        waited = sum(_PAUSES)
        raise NotPublished(f"{self._graph.server.host} did not process media within {waited} s")

    def publish(self, job: Job) -> str:
        """Publish the job's container and give the id of the post: the one call.

        Raises:
            NotPublished: with proof that it is not out.
            Unclear: for everything else.
        """
        container = job.handles.get(CONTAINER)
        if not container:
            raise NotPublished(f"{job.token} was not prepared; nothing was sent")
        try:
            return self._graph.send(self._publish, Named, data={"creation_id": container}).id
        except (Refusal, Limited) as refusal:
            # A second call for the same container is refused, though the first one published it.
            doubt = self._doubt(container, refusal)
            if doubt:
                raise Unclear(f"{refusal}; {doubt}") from None
            raise

    def find(
        self, job: Job, search: Callable[[], Receipt | Absent | None], now: Instant
    ) -> Receipt | Absent | None:
        """Tell by the container whether the job is out; *search* finds it in the list of posts."""
        container = job.handles.get(CONTAINER)
        if container is None:
            return None
        try:
            state = self._state(container)
        except Refusal as refusal:
            if is_gone(refusal) or refusal.code == _MISSING:
                return search()
            raise
        if state.code == _OUT:
            found = search()
            return found if isinstance(found, Receipt) else None
        return Absent.PROVEN if state.code in _NOT_OUT and is_settled(job, now) else None

    def _doubt(self, container: str, refusal: Refusal | Limited) -> str:
        """Say why a refused container may be out all the same; empty when it proves that it is not.

        What refuses the call may refuse the look as well, and a look that fails proves nothing.
        """
        for pause in (0,) if refusal.permanent else (0, *_LOOKS):
            self._graph.server.sleep(pause)
            try:
                code = self._state(container).code
            except (NotPublished, Unclear) as error:
                return f"whether it is out, its container could not be asked ({error})"
            if code not in _NOT_OUT:
                return f"but its container says {code}"
        return ""

    def _state(self, container: str) -> State:
        return self._graph.read(container, State, fields=self._dialect.fields)


def _blames_the_file(reason: str) -> bool:
    """Tell whether only other media will help."""
    known = _SUBCODE.search(reason)
    return reason.startswith(_INVALID) or (
        known is not None and SUBCODES.get(int(known[0])) is Fate.CHANGE
    )
