"""Cards: images drawn from a template and a few words, the same bytes every time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from pydantic import Field, TypeAdapter, model_validator

from mimin.compose.media import COSTLY
from mimin.compose.remark import Remark
from mimin.isolated import FailedError, StoppedError, call
from mimin.model.base import Record
from mimin.model.free_text import FreeText, SentText
from mimin.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

Read = Callable[[str], bytes]
"""Reads a file beside the template; raises OSError."""

_SECONDS = 60
"""Of computing to draw a card."""
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_COLOUR = r"^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$|\{[a-z][a-z0-9_]*\}"

Colour = Annotated[str, Field(pattern=_COLOUR)]
"""`#rgb`, `#rrggbb`, `#rrggbbaa`, or a place such as `{colour}`."""
Number = Annotated[float, Field(ge=-8192, le=8192)]
Length = Annotated[float, Field(gt=0, le=8192)]
Box = tuple[Number, Number, Length, Length]
"""Left, top, width and height in pixels."""


class Gradient(Record):
    """A fill that goes from one colour to another."""

    start: Colour
    end: Colour
    along: Literal["down", "right", "out"] = "down"
    """`out` goes from the middle to the corners."""


Paint = Colour | Gradient


class Layer(Record):
    """What every layer can say."""

    when: str | None = None
    """Draw only when this value is not empty."""


class Placed(Layer):
    """What every layer can say that has a place on the card."""

    blur: Annotated[Number, Field(ge=0, le=400)] = 0
    """Softness of the edge in pixels."""
    turn: Number = 0
    """Degrees clockwise around its middle."""
    copies: tuple[tuple[Number, Number], ...] = ((0, 0),)
    """Offsets at which it is drawn."""


class Shape(Placed):
    """A filled or outlined form."""

    fill: Paint
    outline: Annotated[Number, Field(ge=0, le=1000)] = 0
    """Width of a line drawn in place of the whole form."""


class Rect(Shape):
    """A rectangle, its corners round if they have a radius."""

    kind: Literal["rect"]
    box: Box
    radius: Annotated[Number, Field(ge=0)] = 0


class Ellipse(Shape):
    """An ellipse, or a piece from `begin` to `end` (degrees clockwise from three o'clock)."""

    kind: Literal["ellipse"]
    box: Box
    begin: Number = 0
    end: Number = 360


class Line(Shape):
    """A line through points, closed to a form when it has no outline; `smooth` rounds it."""

    kind: Literal["line"]
    points: Annotated[tuple[tuple[Number, Number], ...], Field(min_length=2)]
    smooth: bool = False


class Text(Placed):
    """Words in a box."""

    kind: Literal["text"]
    box: Box
    text: SentText
    size: Annotated[Number, Field(gt=0, le=2000)]
    shrink: Annotated[Number, Field(gt=0)] | None = None
    """Smallest size it may shrink to so that it fits; not at all when missing."""
    lines: Annotated[int, Field(ge=1)] | None = None
    """Most lines; as many as fit when missing."""
    fill: Colour
    bold: bool = False
    """Thicken the strokes, for fonts that have no bold."""
    upper: bool = False
    tracking: Number = 0
    """Space between letters, as a part of the size."""
    leading: Annotated[Number, Field(gt=0, le=10)] = 1.2
    """From line to line, as a part of the size."""
    align: Literal["left", "center", "right"] = "left"
    valign: Literal["top", "middle", "bottom"] = "top"
    font: str | None = None
    """A TrueType or OpenType file beside the template; Pillow's own font when missing."""


class Picture(Placed):
    """An image from a file beside the template, cut to fill its box."""

    kind: Literal["image"]
    box: Box
    file: str
    radius: Annotated[Number, Field(ge=0)] = 0


class Grain(Layer):
    """Fine noise over everything so far: it hides the steps of a gradient."""

    kind: Literal["grain"]
    amount: Annotated[int, Field(ge=1, le=64)] = 4


AnyLayer = Annotated[Rect | Ellipse | Line | Text | Picture | Grain, Field(discriminator="kind")]


class CardTemplate(Record):
    """What `templates/cards/<name>.yml` says."""

    about: FreeText = ""
    """What it is for, in one sentence."""
    size: tuple[Annotated[int, Field(ge=1, le=4096)], Annotated[int, Field(ge=1, le=4096)]]
    """Width and height in pixels."""
    format: Literal["png", "jpeg"] = "png"
    """The kind of picture that is made."""
    values: dict[str, SentText | None] = {}
    """The places to fill, each with its default; one without a default must be given."""
    background: Paint
    """What lies under all layers."""
    layers: tuple[AnyLayer, ...] = ()
    """What is drawn, from the bottom to the top."""

    @model_validator(mode="after")
    def _declares_its_places(self) -> CardTemplate:
        used = set(_PLACE.findall(self.model_dump_json(exclude={"values", "about"})))
        used |= {layer.when for layer in self.layers if layer.when}
        if unknown := sorted(used - set(self.values)):
            message = f"{{{unknown[0]}}} is used but not listed under values:"
            raise ValueError(message)
        return self


class Rendered(NamedTuple):
    """A card that was drawn, or what stands in its way."""

    content: bytes | None
    """The file; None as soon as there is a remark."""
    remarks: tuple[Remark, ...]
    unsure: bool = False
    """Whether it may go well another time."""


def render(template: CardTemplate, values: Mapping[str, str], read: Read) -> Rendered:
    """Draw a card; the same template, values and files give the same bytes.

    The bytes also depend on the versions of Pillow and its libraries, which the lock file pins.
    """
    remarks = list(_value_remarks(template, values))
    if remarks:
        return Rendered(None, tuple(remarks))
    filled = {name: value or "" for name, value in template.values.items()} | dict(values)
    found, missing, blobs = _gather(template, Filling(filled), read)
    arguments = {
        "template": template.model_dump(mode="json"),
        "values": filled,
        "files": found,
        "missing": missing,
    }
    try:
        answer = call("mimin.compose.drawing:make", arguments, blobs, seconds=_SECONDS)
        said = TypeAdapter(tuple[tuple[str, str], ...]).validate_python(answer.value)
    except (FailedError, ValueError) as error:
        message = f"the card can not be drawn ({error}); make its template simpler"
        return Rendered(None, (Remark(0, "card-unusable", message),))
    except StoppedError as error:
        again = "" if error.sure else "check again, or "
        message = f"the card can not be drawn ({error}); {again}make its template simpler"
        return Rendered(None, (Remark(0, COSTLY, message),), unsure=not error.sure)
    if said or not answer.blobs:
        return Rendered(None, tuple(Remark(0, code, message) for code, message in said))
    return Rendered(answer.blobs[0], ())


def _gather(
    template: CardTemplate, fill: Filling, read: Read
) -> tuple[list[str], dict[str, str], list[bytes]]:
    """Read what the layers name: the names and bytes that are there, and why others are not."""
    found: dict[str, bytes] = {}
    missing: dict[str, str] = {}
    for layer in template.layers:
        name = layer.font if isinstance(layer, Text) else None
        name = fill(layer.file) if isinstance(layer, Picture) else name
        if not name or name in found or name in missing or not fill.has(layer.when):
            continue
        try:
            found[name] = read(name)
        except OSError as error:
            missing[name] = str(error.strerror or error)
    return list(found), missing, list(found.values())


class Filling:
    """Puts values into places."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def __call__(self, text: str) -> str:
        """Fill in every place; a value is taken as it is, braces and all."""
        return _PLACE.sub(lambda match: self._values.get(match[1], match[0]), text)

    def has(self, name: str | None) -> bool:
        """Tell whether a layer that depends on this value is to be drawn."""
        return name is None or bool(self._values.get(name, "").strip())


def _value_remarks(template: CardTemplate, values: Mapping[str, str]) -> Iterator[Remark]:
    for name, default in template.values.items():
        if default is None and not values.get(name, "").strip():
            message = f"the card needs a value for {name!r}; write it under `values:`"
            yield Remark(0, "card-value-missing", message)
    for name in values:
        if name not in template.values:
            near = nearest(name, template.values)
            known = f"did you mean {near!r}?" if near else f"it has {_listed(template.values)}"
            yield Remark(0, "card-value-unknown", f"the card has no place {name!r}; {known}")


def _listed(names: Mapping[str, object]) -> str:
    return ", ".join(names) or "none at all"
