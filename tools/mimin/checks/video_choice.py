"""Which bytes of a video a network gets: its own, or those of the copy that is kept.

A copy lies beside the video; `mimin mend` makes it, and no check ever does.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import NamedTuple

from mimin.compose.media import MediaFacts
from mimin.compose.remark import Remark
from mimin.compose.rules import Fitted, Rules
from mimin.compose.transcode import faults, kept_names
from mimin.compose.video import MENDABLE
from mimin.model.limits import Limits
from mimin.model.media import Media
from mimin.model.problem import Severity
from mimin.workspace.tree import Tree

MENDED = MENDABLE | {"media-has-location", "video-names-people"}
"""Problems that a copy ends."""


class CopyNeeded(NamedTuple):
    """A network that needs a copy of a video."""

    path: str
    facts: MediaFacts
    network: str
    limits: Limits


class VideoChoice:
    """Chooses the bytes of a video, and remembers which copies are missing."""

    def __init__(self, tree: Tree, facts: Callable[[str], MediaFacts]) -> None:
        """Look into *tree*; *facts* tells what the bytes of a file are."""
        self._tree = tree
        self._facts = facts
        self.needed: list[CopyNeeded] = []
        """What is missing for the posts that were composed."""

    def fit(self, media: Media, facts: MediaFacts, rules: Rules) -> Fitted:
        """Give the video as it is, or the copy that the network takes; else say what is wrong."""
        found = faults(facts, rules.limits, rules.network)
        if not any(remark.code in MENDABLE for remark in found) and not _is_personal(facts):
            return Fitted(media, tuple(found))
        name = PurePosixPath(media.path).name
        broken = []
        for path in kept_names(media.path, facts.sha256):
            copy = self._copy(path)
            if isinstance(copy, Remark):
                broken.append(copy)
            elif copy is not None and _is_taken(copy, rules):
                told = [_still_there(name, path)] if facts.video and facts.video.located else []
                rest = faults(copy, rules.limits, rules.network)
                return Fitted(_of_copy(media, path, copy), (*rest, *told))
        if any(remark.code in MENDED for remark in (*found, *_personal(name, facts))):
            self.needed.append(CopyNeeded(media.path, facts, rules.network, rules.limits))
        return Fitted(media, (*found, *_personal(name, facts), *broken))

    def _copy(self, path: str) -> MediaFacts | Remark | None:
        """Tell what a copy is; None where there is none, a remark where it can not be read."""
        if path not in self._tree.blobs:
            return None
        try:
            facts = self._facts(path)
            if facts.remarks and facts.remarks[0].code != "media-unreadable":
                return facts.remarks[0]
            reason = facts.remarks[0].message if facts.remarks else ""
        except OSError as error:
            reason = f"{PurePosixPath(path).name} can not be read ({error.strerror or error})"
        if not reason and facts.video is not None:
            return facts
        reason = (reason or "it is no video").partition(";")[0]
        message = f"{reason}; it is a copy: remove it, and run `mimin mend`, which makes another"
        return Remark(0, "media-unreadable", message)


def _is_taken(copy: MediaFacts, rules: Rules) -> bool:
    found = faults(copy, rules.limits, rules.network)
    return not any(remark.code in MENDABLE for remark in found) and not _is_personal(copy)


def _is_personal(facts: MediaFacts) -> bool:
    return facts.video is not None and (facts.video.located or bool(facts.video.named))


def _personal(name: str, facts: MediaFacts) -> list[Remark]:
    video = facts.video
    if video is None:
        return []
    if video.located:
        message = (
            f"{name} tells where it was filmed, and so would everybody who gets it; "
            "run `mimin mend`, which makes a copy that does not"
        )
        return [Remark(0, "media-has-location", message)]
    if video.named:
        message = (
            f"{name} says more than it shows ({', '.join(video.named)}), and everybody who gets it "
            "can read that; run `mimin mend`, which makes a copy without"
        )
        return [Remark(0, "video-names-people", message, Severity.WARNING)]
    return []


def _still_there(name: str, path: str) -> Remark:
    copy = PurePosixPath(path).name
    message = (
        f"{name} tells where it was filmed; what is sent does not, but whoever has this repository "
        f"can see it; name {copy} in the post instead, and take {name} out"
    )
    return Remark(0, "media-has-location", message, Severity.WARNING)


def _of_copy(media: Media, path: str, facts: MediaFacts) -> Media:
    return media.model_copy(
        update={
            "path": path,
            "sha256": facts.sha256,
            "mime": facts.mime,
            "size": facts.size,
            "width": facts.width,
            "height": facts.height,
            "seconds": facts.video.seconds if facts.video else 0,
        }
    )
