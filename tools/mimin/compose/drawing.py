"""Drawing: the layers of a card, each a soft-edged mask with paint behind it.

Runs in an isolated process (`isolated`): fonts and pictures are read by decoders.
"""

from __future__ import annotations

import io
import math
import random
import unicodedata
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter, ImageOps

from mimin.compose import cards
from mimin.compose.lettering import fit, letter, missing_glyphs
from mimin.compose.pictures import TooLargeError, open_picture, plain_mode
from mimin.compose.remark import Remark

if TYPE_CHECKING:
    from collections.abc import Sequence

FINE = 3
"""Shapes are drawn so many times larger and reduced, which smooths their edges."""

Point = tuple[float, float]


class _CanNotError(Exception):
    """A layer can not be drawn; carries the remark that says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.remark = Remark(0, code, message)


def make(
    arguments: dict[str, Any], blobs: list[bytes]
) -> tuple[list[tuple[str, str]], list[bytes]]:
    """Draw a card of the files that were gathered for it; or give codes and messages instead."""
    files: dict[str, bytes] = dict(zip(arguments["files"], blobs, strict=True))

    def read(name: str) -> bytes:
        if name not in files:
            raise OSError(arguments["missing"].get(name, "it was not asked for"))
        return files[name]

    template = cards.CardTemplate.model_validate(arguments["template"])
    image, remarks = draw(template, cards.Filling(arguments["values"]), read)
    if remarks:
        return [(remark.code, remark.message) for remark in remarks], []
    return [], [_encode(image, template.format)]


def _encode(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "jpeg":
        image.save(out, "JPEG", quality=90, subsampling=0)
    else:
        image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def draw(
    template: cards.CardTemplate, fill: cards.Filling, read: cards.Read
) -> tuple[Image.Image, list[Remark]]:
    """Draw all layers, and gather what stands in the way."""
    canvas = Image.new("RGB", template.size)
    remarks: list[Remark] = []
    try:
        colours, _ = _paint(template.background, template.size, fill)
        canvas.paste(colours)
    except _CanNotError as error:
        remarks.append(error.remark)
    for layer in template.layers:
        if not fill.has(layer.when):
            continue
        try:
            canvas = _apply(canvas, layer, fill, read)
        except _CanNotError as error:
            if error.remark not in remarks:
                remarks.append(error.remark)
    return canvas, remarks


def _apply(
    canvas: Image.Image, layer: cards.AnyLayer, fill: cards.Filling, read: cards.Read
) -> Image.Image:
    if isinstance(layer, cards.Grain):
        return _grain(canvas, layer.amount)
    mask, left, top = _mask(layer, fill, read)
    if isinstance(layer, cards.Picture):
        colours = _picture(layer, fill, read)
        see_through = mask
        padded = Image.new("RGB", mask.size)
        padded.paste(
            colours, ((mask.width - colours.width) // 2, (mask.height - colours.height) // 2)
        )
        colours = padded
    else:
        colours, alpha = _paint(layer.fill, mask.size, fill)
        see_through = ImageChops.multiply(mask, alpha)
    for across, down in layer.copies:
        canvas.paste(colours, (round(left + across), round(top + down)), see_through)
    return canvas


def _mask(
    layer: cards.Shape | cards.Text | cards.Picture, fill: cards.Filling, read: cards.Read
) -> tuple[Image.Image, float, float]:
    """Give the form of a layer, and where its corner lies on the canvas."""
    left, top, width, height = _bounds(layer)
    margin = math.ceil(layer.blur * 3 + getattr(layer, "outline", 0)) + 2
    if layer.turn:
        margin += math.ceil((math.hypot(width, height) - min(width, height)) / 2)
    corner = (math.floor(left) - margin, math.floor(top) - margin)
    area = (math.ceil(width) + 2 * margin + 1, math.ceil(height) + 2 * margin + 1)
    if isinstance(layer, cards.Text):
        mask = Image.new("L", area)
        mask.paste(_words(layer, fill, read), (margin, margin))
    else:
        mask = _form(layer, area, corner)
    if layer.turn:
        middle = (left + width / 2 - corner[0], top + height / 2 - corner[1])
        mask = mask.rotate(-layer.turn, Image.Resampling.BICUBIC, center=middle)
    if layer.blur:
        mask = mask.filter(ImageFilter.GaussianBlur(layer.blur))
    return mask, *corner


def _bounds(layer: cards.Shape | cards.Text | cards.Picture) -> cards.Box:
    if isinstance(layer, cards.Line):
        across, down = zip(*_curve(layer), strict=True)
        left, top = min(across), min(down)
        return left, top, max(across) - left, max(down) - top
    if isinstance(layer, cards.Rect | cards.Ellipse | cards.Text | cards.Picture):
        return layer.box
    raise TypeError(layer)


def _form(
    layer: cards.Shape | cards.Picture, area: tuple[int, int], corner: tuple[int, int]
) -> Image.Image:
    fine = 1 if layer.blur > 4 else FINE
    mask = Image.new("L", (area[0] * fine, area[1] * fine))
    pen = ImageDraw.Draw(mask)

    def place(point: Point) -> Point:
        return ((point[0] - corner[0]) * fine, (point[1] - corner[1]) * fine)

    outline = round(getattr(layer, "outline", 0) * fine)
    if isinstance(layer, cards.Line):
        points = [place(point) for point in _curve(layer)]
        if outline:
            pen.line(points, 255, outline, joint="curve")
            for x, y in (points[0], points[-1]):
                half = outline / 2
                pen.ellipse((x - half, y - half, x + half, y + half), 255)
        else:
            pen.polygon(points, 255)
        return mask.reduce(fine)
    left, top, width, height = _bounds(layer)
    edges = (*place((left, top)), *place((left + width, top + height)))
    if isinstance(layer, cards.Ellipse):
        _ellipse(pen, layer, edges, outline)
    else:
        radius = getattr(layer, "radius", 0) * fine
        inside = None if outline else 255
        pen.rounded_rectangle(edges, radius, inside, 255 if outline else None, outline or 1)
    return mask.reduce(fine)


def _ellipse(
    pen: ImageDraw.ImageDraw,
    layer: cards.Ellipse,
    edges: tuple[float, float, float, float],
    outline: int,
) -> None:
    if outline:
        pen.arc(edges, layer.begin, layer.end, 255, outline)
    elif layer.end - layer.begin >= 360:
        pen.ellipse(edges, 255)
    else:
        pen.chord(edges, layer.begin, layer.end, 255)


def _curve(layer: cards.Line) -> Sequence[Point]:
    """Give the points of a line; a smooth one runs through them as a Catmull-Rom spline."""
    points = layer.points
    if not layer.smooth or len(points) < 3:
        return points
    closed = not layer.outline
    count = len(points)
    curve: list[Point] = []
    for number in range(count if closed else count - 1):
        before, here, after, beyond = (
            points[(number + step) % count]
            if closed
            else points[min(max(number + step, 0), count - 1)]
            for step in (-1, 0, 1, 2)
        )
        curve += [_between(before, here, after, beyond, part / 16) for part in range(16)]
    return curve if closed else [*curve, points[-1]]


def _between(before: Point, here: Point, after: Point, beyond: Point, part: float) -> Point:
    def blend(a: float, b: float, c: float, d: float) -> float:
        bend = (2 * a - 5 * b + 4 * c - d) * part**2 + (3 * b - a - 3 * c + d) * part**3
        return (2 * b + (c - a) * part + bend) / 2

    x, y = (blend(*axis) for axis in zip(before, here, after, beyond, strict=True))
    return (x, y)


def _words(layer: cards.Text, fill: cards.Filling, read: cards.Read) -> Image.Image:
    words = fill(layer.text).replace("\u00a0", " ").strip()
    words = words.upper() if layer.upper else words
    content = _read(layer.font, read) if layer.font else None
    area = (math.ceil(layer.box[2]), math.ceil(layer.box[3]))
    if not words:
        return Image.new("L", area)
    try:
        if missing := missing_glyphs(words, content):
            raise _CanNotError("card-glyph-missing", _lacking(missing, layer.font))
        setting = fit(words, layer, content)
    except OSError as error:
        raise _CanNotError("card-file-unreadable", f"{layer.font} is no font: {error}") from None
    if setting is None:
        message = f"{words!r} does not fit its place on the card; shorten it"
        raise _CanNotError("card-text-too-long", message)
    return letter(setting, layer, area)


def _lacking(missing: list[str], font: str | None) -> str:
    shown = " ".join(f"{char} (U+{ord(char):04X})" for char in missing[:5])
    name = font or "the built-in font"
    plain = [_plain(char) for char in missing[:5]]
    pairs = ", ".join(f"{better} for {char}" for better, char in zip(plain, missing, strict=False))
    how = f"write {pairs}" if all(plain) else "write it differently"
    return f"{name} has no sign for {shown}; {how}, or give the card another font"


_PLAIN = {"\u2022": "*", "\u00d7": "x", "\u201e": '"', "\u00ab": '"', "\u00bb": '"', "\u2190": "<-"}
_PLAIN |= {"\u2192": "->"} | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")


def _plain(char: str) -> str:
    """Give what stands for a character on a typewriter; empty where nothing does."""
    bare = unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode()
    return _PLAIN.get(char, bare)


def _picture(layer: cards.Picture, fill: cards.Filling, read: cards.Read) -> Image.Image:
    name = fill(layer.file)
    try:
        with open_picture(_read(name, read)) as image:
            area = (max(1, round(layer.box[2])), max(1, round(layer.box[3])))
            return ImageOps.fit(plain_mode(ImageOps.exif_transpose(image)).convert("RGB"), area)
    except _CanNotError:
        raise
    except TooLargeError as error:
        message = f"{name} can not be put on a card: {error}; save it smaller"
        raise _CanNotError("card-file-unreadable", message) from None
    except Exception:  # noqa: BLE001 - Pillow's decoders raise nearly anything on bad bytes
        message = f"{name} can not be read as an image; save it again"
        raise _CanNotError("card-file-unreadable", message) from None


def _read(name: str, read: cards.Read) -> bytes:
    try:
        return read(name)
    except OSError as error:
        message = f"{name} is not beside the card's template: {error.strerror or error}"
        message += "; put it there, or mend the name"
        raise _CanNotError("card-file-missing", message) from None


def _paint(
    paint: cards.Paint, size: tuple[int, int], fill: cards.Filling
) -> tuple[Image.Image, Image.Image]:
    """Give the colours of a surface, and how much of what lies below them they hide."""
    if isinstance(paint, str):
        *colour, alpha = _colour(fill(paint))
        return Image.new("RGB", size, tuple(colour)), Image.new("L", size, alpha)
    start, end = _colour(fill(paint.start)), _colour(fill(paint.end))
    way = Image.radial_gradient("L") if paint.along == "out" else Image.linear_gradient("L")
    if paint.along == "right":
        way = way.transpose(Image.Transpose.TRANSPOSE)
    way = way.resize(size, Image.Resampling.BICUBIC)
    bands = [
        way.point([round(a + (b - a) * step / 255) for step in range(256)])
        for a, b in zip(start, end, strict=True)
    ]
    return Image.merge("RGB", bands[:3]), bands[3]


def _colour(text: str) -> tuple[int, int, int, int]:
    try:
        red, green, blue, *alpha = ImageColor.getrgb(text)
    except ValueError:
        message = f"{text!r} is no colour; write it like #6f4e37"
        raise _CanNotError("card-colour-unknown", message) from None
    return (red, green, blue, alpha[0] if alpha else 255)


def _grain(canvas: Image.Image, amount: int) -> Image.Image:
    """Scatter noise that is the same every time."""
    width, height = canvas.size
    noise = random.Random(7).randbytes(width * height)  # noqa: S311 - for the eye, not for secrets
    grey = Image.frombytes("L", canvas.size, noise)
    grey = grey.point([128 + round((step - 127.5) / 127.5 * amount) for step in range(256)])
    return ImageChops.add(canvas, Image.merge("RGB", (grey, grey, grey)), 1, -128)


cards.CardTemplate.model_rebuild()  # pydantic builds late, and then could import nothing more
