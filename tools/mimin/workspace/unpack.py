"""Unpacking: files of another commit laid out in a folder, and nothing of them beside it."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path


def unpack(archive: bytes, root: Path) -> None:
    """Lay out what `git archive` gave below *root*.

    Raises:
        tarfile.TarError: if a name or a link in it leads out of *root*; nothing may be relied on.
    """
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        if hasattr(tarfile, "data_filter"):
            tar.extractall(root, filter="data")
        else:
            unpack_checked(tar, root)


def unpack_checked(tar: tarfile.TarFile, root: Path) -> None:
    """Do by hand what the standard library's filter does from Python 3.11.4 on.

    Raises:
        tarfile.TarError: as `unpack`.
    """
    for member in tar.getmembers():
        place = root / member.name
        leads_to = place.parent / member.linkname if member.issym() else place
        inside = leads_to.resolve().is_relative_to(root.resolve())
        if not inside or not (member.isfile() or member.isdir() or member.issym()):
            raise tarfile.ExtractError(f"{member.name!r} would be outside the destination")
    tar.extractall(root)  # noqa: S202 - every member was looked at
