"""Kinds of media files, told by their first bytes and by nothing else, and how much of one is read.

No decoder is asked: what a file is opened as is decided here, and only that decoder sees it.
"""

from __future__ import annotations

import re

MOST_PIXELS = 100_000_000
"""What is larger is not decoded: a small file can hold a picture that fills the memory."""
MOST_FRAMES = 5_000
"""Pictures of an animation; no network takes a tenth of them."""
MOST_SCANS = 100
"""Scans of a JPEG. Each goes over the whole picture, however few bytes it has; ten are usual."""
UNKNOWN = "application/octet-stream"
BARED = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""What metadata can be taken out of while the picture itself stays as it is; see `metadata`."""

_QUICKTIME = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
"""What a video begins with that is older than `ftyp` (QuickTime File Format, "Overview")."""
_SOS, _EOI = 0xDA, 0xD9
MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")
"""What begins a segment; other signs behind 0xFF are data of a picture, or stand alone."""


def recognise(content: bytes) -> str:
    """Tell the MIME type from the first bytes."""
    head = content[:512]
    for magic, mime in (
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"BM", "image/bmp"),
        (b"II*\x00", "image/tiff"),
        (b"MM\x00*", "image/tiff"),
        (b"%PDF-", "application/pdf"),
        (b"OggS", "video/ogg"),
    ):
        if head.startswith(magic):
            return mime
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}.get(head[8:12], UNKNOWN)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm" if b"webm" in head else "video/x-matroska"
    size, kind = int.from_bytes(head[:4]), head[4:8]
    if kind == b"ftyp":
        return _by_brand(head[8:12], head[16:size])
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:300].lower()
    if start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!--")) and b"<svg" in start):
        return "image/svg+xml"
    return "video/quicktime" if kind in _QUICKTIME and size <= len(content) else UNKNOWN


def count_scans(content: bytes) -> int:
    """Count the scans (SOS) of a JPEG's first picture, up to one more than are read.

    Source: ITU-T T.81, annex B. What follows its end (EOI) is not decoded: a second picture, a map
    of brightness, a video.
    """
    if content.count(b"\xff\xda") <= MOST_SCANS:
        return content.count(b"\xff\xda")
    scans, place = 0, 2
    while scans <= MOST_SCANS and (found := MARKER.search(content, place)):
        marker, place = found[0][-1], found.end()
        if marker == _EOI:
            break
        scans += marker == _SOS
        place += int.from_bytes(content[place : place + 2])
    return scans


def _by_brand(brand: bytes, others: bytes) -> str:
    """Tell by the major brand of an ISO media file (ISO/IEC 14496-12, section 4.3).

    Where that only says that there is a picture in it, the others tell how it is coded.
    """
    if brand in {b"mif1", b"msf1"} and {b"avif", b"avis"} & _fours(others):
        return "image/avif"
    if brand in {b"avif", b"avis"}:
        return "image/avif"
    if brand in {b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1"}:
        return "image/heic"
    if brand == b"qt  ":
        return "video/quicktime"
    return "video/3gpp" if brand.startswith(b"3g") else "video/mp4"


def _fours(content: bytes) -> set[bytes]:
    return {content[at : at + 4] for at in range(0, len(content), 4)}
