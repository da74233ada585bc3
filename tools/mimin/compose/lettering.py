"""Lettering: words set into a box, made smaller until they fit."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from mimin.compose.cards import Text


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines of words at the size at which they fit."""

    font: ImageFont.FreeTypeFont
    size: float
    lines: tuple[str, ...]


@lru_cache(maxsize=128)
def load_font(content: bytes | None, size: float) -> ImageFont.FreeTypeFont:
    """Load a font, Pillow's own when there is no file.

    Raises:
        OSError: if the file is no font.
    """
    if content is None:
        font = ImageFont.load_default(size)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise OSError("this Pillow was built without FreeType")
        return font
    # The basic layout is in every build of Pillow, so the result does not depend on it.
    return ImageFont.truetype(io.BytesIO(content), size, layout_engine=ImageFont.Layout.BASIC)


def missing_glyphs(words: str, content: bytes | None) -> list[str]:
    """List the characters that the font would show as an empty box."""
    return [char for char in dict.fromkeys(words) if char not in " \n" and not _has(char, content)]


@lru_cache(maxsize=4096)
def _has(char: str, content: bytes | None) -> bool:
    font = load_font(content, 40)
    absent = font.getmask("\U0010fffe")
    mask = font.getmask(char)
    return mask.size != absent.size or bytes(mask) != bytes(absent)


def fit(words: str, layer: Text, content: bytes | None) -> Setting | None:
    """Find the largest size at which the words fit their box; None if there is none."""
    found = _largest(words, layer, content)
    # Where the author broke the lines, they stay as they are.
    return found if found is None or "\n" in words else _balanced(found, layer)


def _largest(words: str, layer: Text, content: bytes | None) -> Setting | None:
    low = min(layer.shrink or layer.size, layer.size)
    best = _try(words, layer, content, low)
    if best is None:
        return None
    if whole := _try(words, layer, content, layer.size):
        return whole
    high = layer.size
    while high - low > 1:
        middle = (low + high) / 2
        if found := _try(words, layer, content, middle):
            best, low = found, middle
        else:
            high = middle
    return best


def _try(words: str, layer: Text, content: bytes | None, size: float) -> Setting | None:
    font = load_font(content, size)
    width, height = layer.box[2], layer.box[3]
    lines = _wrap(words, font, layer, size, width)
    tall = size + (len(lines) - 1) * size * layer.leading
    wide = max(measure(line, font, layer, size) for line in lines)
    if wide > width or tall > height or len(lines) > (layer.lines or len(lines)):
        return None
    return Setting(font, size, tuple(lines))


def _balanced(setting: Setting, layer: Text) -> Setting:
    """Give the lines about one length, so that no word stands alone on one of them."""
    words = " ".join(setting.lines).split()
    count, width = len(setting.lines), layer.box[2]
    if count < 2 or count >= len(words) or len(words) > 80:
        return setting
    # best[n]: least unevenness of the words so far on n lines, and those lines.
    best: list[dict[int, tuple[float, tuple[str, ...]]]] = [{0: (0.0, ())}]
    for end in range(1, len(words) + 1):
        here: dict[int, tuple[float, tuple[str, ...]]] = {}
        for start in range(end - 1, -1, -1):
            line = " ".join(words[start:end])
            wide = measure(line, setting.font, layer, setting.size)
            if wide > width:
                break
            for used, (cost, lines) in best[start].items():
                found = (cost + (width - wide) ** 2, (*lines, line))
                if used < count and found < here.get(used + 1, (math.inf, ())):
                    here[used + 1] = found
        best.append(here)
    chosen = best[-1].get(count)
    return replace(setting, lines=chosen[1]) if chosen else setting


def _wrap(
    words: str, font: ImageFont.FreeTypeFont, layer: Text, size: float, width: float
) -> list[str]:
    lines: list[str] = []
    for paragraph in words.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if line and measure(longer, font, layer, size) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


def measure(line: str, font: ImageFont.FreeTypeFont, layer: Text, size: float) -> float:
    """Tell how wide a line is."""
    space = layer.tracking * size
    return font.getlength(line) + space * max(0, len(line) - 1) + 2 * _thickness(layer, size)


def letter(setting: Setting, layer: Text, area: tuple[int, int]) -> Image.Image:
    """Draw the words as a mask of the size of their box."""
    mask = Image.new("L", area)
    pen = ImageDraw.Draw(mask)
    size, step = setting.size, setting.size * layer.leading
    tall = size + (len(setting.lines) - 1) * step
    room = layer.box[3] - tall
    top = {"top": 0.0, "middle": room / 2, "bottom": room}[layer.valign]
    for number, line in enumerate(setting.lines):
        spare = layer.box[2] - measure(line, setting.font, layer, size)
        left = {"left": 0.0, "center": spare / 2, "right": spare}[layer.align]
        # The baseline lies where most fonts have it, so that lines of one size stand alike.
        at = (left + _thickness(layer, size), top + number * step + size * 0.8)
        _write(pen, at, line, setting, layer)
    return mask


def _write(pen: object, at: tuple[float, float], line: str, setting: Setting, layer: Text) -> None:
    assert isinstance(pen, ImageDraw.ImageDraw)  # noqa: S101 - tells the type checker
    stroke = _thickness(layer, setting.size)
    left, base = at
    pieces = line if layer.tracking else [line]
    for piece in pieces:
        pen.text((left, base), piece, 255, setting.font, anchor="ls", stroke_width=stroke)
        left += setting.font.getlength(piece) + layer.tracking * setting.size


def _thickness(layer: Text, size: float) -> float:
    return size * 0.022 if layer.bold else 0
