"""Metadata: what a picture says besides what it shows, and the same picture without it.

Kept are the way up and the colour profile. A file whose metadata say nothing about a person (maker,
lens, exposure, hour, program) stays as it is. Else all the rest is taken out, and no pixel is coded
anew. Whatever stands behind the end of a picture goes, too: a second picture, a video, what was cut
off a screenshot.

Sources: ITU-T T.81 annex B and CIPA DC-008 (Exif 3.0) for JPEG, the PNG Specification (Third
Edition), the GIF89a Specification, and Google's "WebP Container Specification".
"""

from __future__ import annotations

import warnings
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

from PIL import ExifTags, Image

from mimin.compose.kinds import MARKER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ORIENTATION = 0x0112
_DETAILS, _THUMBNAIL = ExifTags.IFD.Exif, ExifTags.IFD.IFD1
_HARMLESS = frozenset(
    {
        *range(0x00FE, 0x010E),  # size and coding
        *(0x010F, 0x0110, _ORIENTATION, 0x0111, 0x0115, 0x0116, 0x0117, 0x011A, 0x011B, 0x011C),
        *(0x0128, 0x012D, 0x0131, 0x0132, 0x013D, 0x013E, 0x013F, 0x0140, 0x0142, 0x0143, 0x0144),
        *(0x0145, 0x0152, 0x0153, 0x015B, 0x0211, 0x0212, 0x0213, 0x0214, 0x8769, 0x8773, 0xC4A5),
    }
)
"""Tags of a picture: size and coding, maker, model, program, hour, colours."""
_HARMLESS_DETAILS = frozenset(
    {
        *(0x829A, 0x829D, 0x8822, 0x8824, 0x8827, *range(0x8830, 0x8836)),  # exposure
        *(0x9000, 0x9003, 0x9004, 0x9010, 0x9011, 0x9012, 0x9101, 0x9102),  # version, hour
        *(*range(0x9201, 0x920B), 0x9214, 0x9290, 0x9291, 0x9292),  # exposure, parts of a second
        *(0xA000, 0xA001, 0xA002, 0xA003, 0xA005, 0xA20B, 0xA20E, 0xA20F, 0xA210, 0xA214, 0xA215),
        *(0xA217, 0xA300, 0xA301, 0xA302, *range(0xA401, 0xA40B), 0xA40C),
        *(0xA432, 0xA433, 0xA434, 0xA460, 0xA461, 0xA462, 0xA500),  # lens, composites, gamma
    }
)
"""Tags of how a photo was taken. Not among them: what the maker keeps to himself (MakerNote, with
serial numbers), comments, names of owners and photographers, numbers of camera, lens and photo."""

_Piece = tuple[bytes, bool]
"""What is kept of a stretch of a file, and whether what is not kept may be about a person."""


def bare(content: bytes, mime: str) -> bytes | None:
    """Give a picture without its metadata; None where they say nothing about a person.

    Raises:
        ValueError: if it is of another kind, or so broken that its parts can not be told apart.
    """
    if mime not in _READERS:
        raise ValueError(f"metadata can not be taken out of {mime}")
    try:
        pieces = list(_READERS[mime](content))
    except IndexError:
        raise ValueError(f"{mime} that ends in the middle") from None
    if not any(personal for _, personal in pieces):
        return None
    made = b"".join(kept for kept, _ in pieces)
    if mime == "image/webp":
        made = made[:4] + (len(made) - 8).to_bytes(4, "little") + made[8:]
    return made


def is_personal(exif: Image.Exif) -> bool:
    """Tell whether EXIF says anything about a person; a small picture of the whole does as well."""
    return bool(
        exif.keys() - _HARMLESS
        or exif.get_ifd(_DETAILS).keys() - _HARMLESS_DETAILS
        or exif.get_ifd(_THUMBNAIL)
    )


def _exif(block: bytes) -> tuple[bytes, bool]:
    """Give what is kept of EXIF, the way up, and tell whether the rest is personal."""
    turned, personal = 1, True
    # Pillow warns of tags that it can not read and leaves out: those may be about anybody.
    for action in ("error", "ignore"):
        with warnings.catch_warnings(), suppress(Exception):
            warnings.simplefilter(action)
            exif = Image.Exif()
            exif.load(block)
            turned, told = exif.get(_ORIENTATION, 1), is_personal(exif)
            personal = told or action == "ignore"
            break
    if not personal:
        return block, False
    if turned not in range(2, 9):
        return b"", True
    kept = Image.Exif()
    kept[_ORIENTATION] = turned
    return kept.tobytes(), True


_JPEG_EXIF = b"Exif\0\0"
_JPEG_KEPT = {
    0xE0: b"JFIF\0",
    0xE2: b"ICC_PROFILE\0",
    0xEE: b"Adobe",  # without it the colours of some pictures are wrong
}
_SOS, _EOI = 0xDA, 0xD9
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers without a length."""


def _jpeg(content: bytes) -> Iterator[_Piece]:
    yield content[:2], False
    at = 2
    while at < len(content):
        start = at
        if content[at] != 0xFF:
            raise ValueError("a JPEG without a marker where one has to be")
        while content[at : at + 1] == b"\xff":
            at += 1
        marker = content[at : at + 1]
        if not marker:
            raise ValueError("a JPEG that ends in the middle")
        at += 1
        if marker[0] == _EOI:
            yield content[start:at], False
            rest = content[at:]
            yield b"", bool(rest.strip(b"\0\xff\r\n "))
            return
        if marker[0] not in _ALONE:
            at += _length(content[at : at + 2])
        if marker[0] == _SOS:
            found = MARKER.search(content, at)
            at = found.start() if found else len(content)
        about = marker[0] == 0xFE or 0xE0 <= marker[0] <= 0xEF  # COM, APP0 to APP15
        yield _segment(content[start:at], marker[0]) if about else (content[start:at], False)


def _length(two: bytes) -> int:
    length = int.from_bytes(two)
    if length < 2:
        raise ValueError("a JPEG that ends in the middle")
    return length


def _segment(segment: bytes, marker: int) -> _Piece:
    """Tell what is kept of a segment that is no part of the picture's data."""
    body = segment.lstrip(b"\xff")[3:]
    if marker == 0xE1 and body.startswith(_JPEG_EXIF):
        kept, personal = _exif(body)
        if personal and kept:
            kept = kept if kept.startswith(_JPEG_EXIF) else _JPEG_EXIF + kept
            segment = b"\xff\xe1" + (len(kept) + 2).to_bytes(2) + kept
        return (segment if kept else b""), personal
    kept_start = _JPEG_KEPT.get(marker)
    if kept_start is None or not body.startswith(kept_start):
        return b"", bool(body)
    return segment, False


_PNG_KEPT = frozenset(
    {
        *(b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI"),
        *(b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT"),
    }
)
_PNG_HARMLESS = (b"Software\0", b"Creation Time\0", b"date:create\0", b"date:modify\0")
"""Beginnings of texts that say nothing about a person."""


def _png(content: bytes) -> Iterator[_Piece]:
    yield content[:8], False
    at = 8
    while at < len(content):
        size, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        end = at + 12 + size
        if len(kind) < 4 or end > len(content):
            raise ValueError("a PNG that ends in the middle")
        chunk, body = content[at:end], content[at + 8 : end - 4]
        at = end
        if kind == b"eXIf":
            kept, personal = _exif(body)
            yield (_chunk(kind, kept.removeprefix(_JPEG_EXIF)) if kept else b""), personal
        elif kind[:1].isupper() or kind in _PNG_KEPT:
            yield chunk, False
        elif kind == b"tIME" or (kind == b"tEXt" and body.startswith(_PNG_HARMLESS)):
            yield b"", False
        else:
            yield b"", True
        if kind == b"IEND":
            yield b"", bool(content[at:].strip(b"\0\r\n "))
            return


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04
"""Flags of `VP8X`: whether there are such chunks."""


def _webp(content: bytes) -> Iterator[_Piece]:
    end = 8 + int.from_bytes(content[4:8], "little")
    if end > len(content):
        raise ValueError("a WebP that ends in the middle")
    pieces: list[_Piece] = []
    head, at, flags = b"", 12, 0
    while at + 8 <= end:
        kind, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        chunk, body = content[at : at + 8 + size + size % 2], content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
        if kind == b"VP8X":
            head = chunk
        elif kind == b"EXIF":
            kept, personal = _exif(body)
            kept = kept if kept == body else kept.removeprefix(_JPEG_EXIF)
            padded = kept + bytes(len(kept) % 2)
            pieces.append(
                (kind + len(kept).to_bytes(4, "little") + padded if kept else b"", personal)
            )
            flags |= _WEBP_EXIF if kept else 0
        else:
            pieces.append((chunk, False) if kind in _WEBP_KEPT else (b"", True))
    if head:
        flags |= head[8] & ~(_WEBP_EXIF | _WEBP_XMP)
        head = head[:8] + bytes((flags,)) + head[9:]
    yield content[:12] + head, False
    yield from pieces
    yield b"", bool(content[end:].strip(b"\0\r\n "))


_GIF_KEPT = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
"""Applications whose words change how a GIF is shown."""


def _gif(content: bytes) -> Iterator[_Piece]:
    at = 13 + _colours(content[10])
    yield content[:at], False
    while at < len(content):
        start, kind = at, content[at]
        if kind == 0x3B:
            yield content[at : at + 1], False
            yield b"", bool(content[at + 1 :].strip(b"\0\r\n "))
            return
        if kind == 0x2C:
            at = _after_blocks(content, at + 11 + _colours(content[at + 9]))
            yield content[start:at], False
        elif kind == 0x21:
            at = _after_blocks(content, at + 2)
            yield _extension(content[start:at])
        else:
            raise ValueError("a GIF with a block of no kind")
    yield b"\x3b", False  # which was missing


def _extension(block: bytes) -> _Piece:
    if block[1] == 0xFE or (block[1] == 0xFF and block[3:14] not in _GIF_KEPT):
        return b"", True
    return block, False


def _colours(packed: int) -> int:
    """Tell how many bytes a table of colours has; 0 where there is none."""
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _after_blocks(content: bytes, at: int) -> int:
    while at < len(content) and content[at]:
        at += 1 + content[at]
    return min(at + 1, len(content))


_READERS: dict[str, Callable[[bytes], Iterator[_Piece]]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/gif": _gif,
}
