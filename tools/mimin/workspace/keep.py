"""What commands write into a workspace, whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path

from mimin.model.post import LinkCard


def keep_link_card(root: Path, post: str, card: LinkCard, picture: bytes | None) -> tuple[str, ...]:
    """Write a link card beside its post and name the files that were written.

    Args:
        root: The workspace.
        post: Path of the post in it.
        card: What the card says; its image is set here.
        picture: A JPEG, or None.
    """
    stem = post.removesuffix(".md")
    written = []
    if picture is not None:
        image = f"{stem}.link.jpg"
        write_whole(root / image, picture)
        written.append(image)
        card = card.model_copy(update={"image": image.rpartition("/")[2]})
    # A JSON string is a YAML string too, with every sign that YAML could misread in quotes.
    lines = [
        f"{name}: {json.dumps(value, ensure_ascii=False)}\n"
        for name, value in card.model_dump(exclude_none=True).items()
    ]
    target = f"{stem}.link.yml"
    write_whole(root / target, "".join(lines).encode())
    return (*written, target)


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step, so that nobody ever sees half of it."""
    descriptor, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        Path(part).chmod(0o644)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


_DAY = 24 * 3600
"""Seconds after which nobody writes on a file that was begun."""


def add_whole(path: Path, content: bytes, private: Path) -> None:
    """Write a large new file: whoever ends this in the middle leaves nothing beside it.

    Args:
        path: Where it goes.
        content: Its bytes.
        private: The workspace's folder on this disk that git ignores; it is written there first.
    """
    private.mkdir(parents=True, exist_ok=True)
    for left in private.glob("new-*.part"):
        if time.time() - left.stat().st_mtime > _DAY:
            left.unlink(missing_ok=True)
    descriptor, part = tempfile.mkstemp(dir=private, prefix="new-", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(part).chmod(0o644)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
