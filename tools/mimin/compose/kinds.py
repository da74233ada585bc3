"""Kinds of media files, told by their first bytes and by nothing else, and how much of one is read.

No decoder is asked: what a file is opened as is decided here, and only that decoder sees it.
"""

from __future__ import annotations

MOST_PIXELS = 100_000_000
"""What is larger is not decoded: a small file can hold a picture that fills the memory."""
MOST_FRAMES = 5_000
"""Pictures of an animation; no network takes a tenth of them."""
UNKNOWN = "application/octet-stream"


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
    if head[4:8] == b"ftyp":
        return _by_brand(head[8:12])
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:300].lower()
    if start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!--")) and b"<svg" in start):
        return "image/svg+xml"
    return UNKNOWN


def _by_brand(brand: bytes) -> str:
    """Tell by the major brand of an ISO media file (ISO/IEC 14496-12, section 4.3)."""
    if brand in {b"avif", b"avis"}:
        return "image/avif"
    if brand in {b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1"}:
        return "image/heic"
    if brand == b"qt  ":
        return "video/quicktime"
    return "video/3gpp" if brand.startswith(b"3g") else "video/mp4"
