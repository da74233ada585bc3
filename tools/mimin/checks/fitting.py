"""Fitting of a workspace's media: each picture derived once and kept by its bytes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from mimin.compose.fit import (
    Recipe,
    crop_remark,
    derived,
    location_remark,
    parse_focus,
    plan_fit,
)
from mimin.compose.kinds import recognise
from mimin.compose.media import MediaFacts, costly_facts, inspect, stopped_remark
from mimin.compose.motion import motion_remarks
from mimin.compose.remark import Remark
from mimin.compose.rules import Fitted, Rules
from mimin.isolated import StoppedError
from mimin.model.media import Media, MediaFields

FIT = "fit:"
"""How the path of a derived picture begins."""

Read = Callable[[str], bytes]
Recall = Callable[[str], MediaFacts | None]
Remember = Callable[[str, MediaFacts], None]


class FitShelf:
    """Derives pictures, and keeps what it derived in a folder of this machine."""

    def __init__(self, folder: Path, read: Read, recall: Recall, remember: Remember) -> None:
        """Keep pictures in *folder*; facts about them where *recall* and *remember* say."""
        self._folder = folder
        self._original = read
        self._recall = recall
        self._remember = remember
        self._made: dict[str, tuple[str, Recipe]] = {}
        self._stuck: set[str] = set()
        """Names of what can not be derived."""

    def fit(
        self,
        media: Media,
        facts: MediaFacts | None,
        fields: MediaFields,
        rules: Rules,
        first: Media | None,
    ) -> Fitted:
        """Make of a file what a network takes, as far as that can be done.

        What comes back as it was may still be more than the network takes: the rules say so.
        """
        if facts is None:
            return Fitted(media)
        name = fields.file or f"card {fields.card}"
        shape = (first.width, first.height) if first is not None and first.height else None
        moves = tuple(motion_remarks(name, facts, rules.limits, rules.network))
        recipe = plan_fit(facts, rules.limits, parse_focus(fields.focus), shape)
        made = None if recipe is None else self._derive(name, media.path, facts.sha256, recipe)
        if made is not None and made.remarks:
            return Fitted(media, made.remarks)
        if recipe is None or made is None:
            return Fitted(media, (*facts.remarks, *moves))
        remarks: list[Remark] = [*moves]
        remarks += [location_remark(name, media.path, facts.mime)] if facts.located else []
        if fields.focus is None:
            size = (made.width, made.height)
            cropped = crop_remark(name, facts, size, recipe, rules.network)
            remarks += [cropped] if cropped else []
        return Fitted(_derived(media, made), tuple(remarks))

    def _derive(self, name: str, path: str, sha256: str, recipe: Recipe) -> MediaFacts | None:
        """Tell what the bytes of a derived picture are, deriving it if nobody has before.

        A remark says that it takes too much, or that there was no answer.
        """
        text = f"{sha256} {recipe.model_dump_json()} {_decoders()}"
        key = f"{FIT}{hashlib.sha256(text.encode()).hexdigest()}"
        if key in self._stuck:
            return None
        facts = self._recall(key)
        if facts is None:
            try:
                content = derived(self._original(path), recipe)
            except StoppedError as error:
                facts = costly_facts(stopped_remark(name, error), unsure=not error.sure)
                self._remember(key, facts)
                return facts
            if content is None:
                self._stuck.add(key)
                return None
            facts = inspect(f"fit.{recognise(content).partition('/')[2]}", content)
            self._remember(key, facts)
            with suppress(OSError):  # where nothing can be written, it is derived again
                keep_file(self._folder, facts.sha256, content)
        self._made[facts.sha256] = (path, recipe)
        return facts

    def original(self, sha256: str) -> str:
        """Give the path of what a picture was derived from in this process."""
        return self._made[sha256][0] if sha256 in self._made else sha256

    def read(self, sha256: str) -> bytes:
        """Give the bytes of a picture that was derived before.

        Raises:
            OSError: if they can not be had again.
        """
        target = self._folder / sha256
        content = target.read_bytes() if target.exists() else b""
        if hashlib.sha256(content).hexdigest() != sha256 and sha256 in self._made:
            path, recipe = self._made[sha256]
            try:
                content = derived(self._original(path), recipe) or b""
            except StoppedError as error:
                raise OSError(f"a fitted picture can not be made: {error}; run again") from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise OSError(
                "a fitted picture does not come out as it was planned; run `mimin check` again"
            )
        return content


@cache
def _decoders() -> str:
    """Name the versions of what makes pictures: another one may give other bytes."""
    from importlib.metadata import version

    return " ".join(version(name) for name in ("pillow", "pillow-heif"))


def keep_file(folder: Path, name: str, content: bytes) -> None:
    """Write a file under the name of its bytes, so that nobody ever sees half of it.

    Raises:
        OSError: if it can not be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name
    if not target.exists():
        part = target.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(content)
        part.replace(target)


def _derived(media: Media, facts: MediaFacts) -> Media:
    return media.model_copy(
        update={
            "path": f"{FIT}{facts.sha256}",
            "sha256": facts.sha256,
            "mime": facts.mime,
            "size": facts.size,
            "width": facts.width,
            "height": facts.height,
        }
    )
