"""The pack for a person who posts by hand: the exact text, the files in order, and what to do."""

from __future__ import annotations

import mimetypes
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mimin.model.post import Visibility

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mimin.model.brand import Account
    from mimin.model.media import Media
    from mimin.networks.protocol import Job

TEXT, ALT, CHECKLIST = "text.txt", "alt.txt", "checklist.md"
_LOCAL = {"WIB": 7, "WITA": 8, "WIT": 9}
"""The zones of Indonesia and their hours ahead of UTC; none has summer time."""

INDONESIAN = {
    "title": "Unggah dengan tangan",
    "wait": "Tunggu sampai waktunya",
    "open": "Buka akunnya",
    "reply": "Balas bagian sebelumnya",
    "copy": "Salin seluruh isinya tanpa diubah",
    "attach": "Tambahkan berkas ini dan teks alternatifnya",
    "link": "Beri tautan pada kata-kata ini",
    "card": "Tautan yang ditampilkan",
    "warning": "Peringatan isi",
    "visibility": "Dapat dilihat oleh",
    "report": "Unggah, lalu laporkan tautannya",
    "or": "tanpa tautan",
}
ENGLISH = {
    "title": "Post by hand",
    "wait": "Wait until it is due",
    "open": "Open the account",
    "reply": "Reply to the part before",
    "copy": "Copy all of it without a change",
    "attach": "Add this file and its alt text",
    "link": "Link these words",
    "card": "The link to show",
    "warning": "Content warning",
    "visibility": "Visible to",
    "report": "Post it, then report its link",
    "or": "without a link",
}


def pack_files(job: Job, account: Account, media: Sequence[bytes]) -> dict[str, bytes]:
    """Give every file of the pack by name; the same job gives the same bytes."""
    names = [_file_name(number, entry) for number, entry in enumerate(job.part.media, start=1)]
    # Not one character more than was approved: no line end is added.
    files = {TEXT: job.part.text.encode(), **dict(zip(names, media, strict=True))}
    if names:
        lines = [
            f"{name}\n{entry.alt}\n" for name, entry in zip(names, job.part.media, strict=True)
        ]
        files[ALT] = "\n".join(lines).encode()
    files[CHECKLIST] = "\n".join(_checklist(job, account, names)).encode()
    return files


def lay(pack: Path, files: Mapping[str, bytes]) -> None:
    """Put the pack in its place as a whole: nobody ever finds half of one.

    A pack that lies there already and is the same is left alone; any other is replaced.
    """
    if _read(pack) == files:
        return
    pack.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=pack.parent, prefix=".laying-"))
    try:
        (aside / "new").mkdir()
        for name, content in files.items():
            (aside / "new" / name).write_bytes(content)
        with suppress(FileNotFoundError):
            pack.rename(aside / "old")
        (aside / "new").rename(pack)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _read(pack: Path) -> dict[str, bytes] | None:
    if not pack.is_dir():
        return None
    return {entry.name: entry.read_bytes() for entry in pack.iterdir() if entry.is_file()}


def _file_name(number: int, media: Media) -> str:
    """Number the file by its place and keep the name the team knows it by, where it has one."""
    kind, colon, _ = media.path.partition(":")
    stem = kind if colon else PurePosixPath(media.path).stem
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-") or "file"
    ending = mimetypes.guess_extension(media.mime) or PurePosixPath(media.path).suffix
    return f"{number:02}-{readable}{ending}"


def _checklist(job: Job, account: Account, names: Sequence[str]) -> Iterator[str]:
    for words in (INDONESIAN, ENGLISH):
        yield f"# {words['title']}: {job.key}{_part(job)}"
        yield ""
        yield from (f"- [ ] {step}" for step in _steps(words, job, account, names))
        yield ""


def _steps(
    words: Mapping[str, str], job: Job, account: Account, names: Sequence[str]
) -> Iterator[str]:
    part, payload = job.part, job.payload
    yield f"{words['wait']}: {_due(job)}"
    yield f"{words['open']}: {_where(account)}"
    if job.sent:
        yield f"{words['reply']}: {job.sent[-1].url or job.sent[-1].remote_id}"
    if part.text:
        yield f"{words['copy']}: `{TEXT}`"
    for name in names:
        yield f"{words['attach']}: `{name}` (`{ALT}`)"
    for span in part.spans:
        if span.url:
            yield f"{words['link']}: “{part.text[span.start : span.end]}” → {span.url}"
    if part.card:
        yield f"{words['card']}: {part.card.url}"
    if payload.warning:
        yield f"{words['warning']}: {payload.warning}"
    if payload.visibility is not Visibility.PUBLIC:
        yield f"{words['visibility']}: {payload.visibility.value}"
    yield f"{words['report']}: `{_report(job)} --url URL` ({words['or']}: `{_report(job)} --out`)"


def _where(account: Account) -> str:
    network = f" ({account.like})" if account.like else ""
    address = f" {account.url}" if account.url else ""
    return f"{account.shown}{network}{address}"


def _part(job: Job) -> str:
    parts = len(job.payload.parts)
    return f" ({job.index + 1}/{parts})" if parts > 1 else ""


def _due(job: Job) -> str:
    moment = job.due.to_tz("UTC")
    local = [
        f"{moment.add(hours=ahead).format_iso()[:16].replace('T', ' ')} {zone}"
        for zone, ahead in _LOCAL.items()
    ]
    return f"{', '.join(local)} = {moment.format_iso()[:16].replace('T', ' ')} UTC"


def _report(job: Job) -> str:
    part = f" --part {job.index + 1}" if len(job.payload.parts) > 1 else ""
    return f"mimin done {job.key}{part}"
