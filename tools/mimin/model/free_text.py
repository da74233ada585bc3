"""Free text: the fields in which no rule could tell a whole text from one that was cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, get_args, get_origin

from pydantic import BaseModel


@dataclass(frozen=True)
class TextMark:
    """Marks a field that holds free text. Dates, numbers, choices and addresses are none."""

    sent: bool = False
    """Whether the audience gets them."""
    names: bool = False
    """Whether each is one word, such as a hashtag."""


FreeText = Annotated[str, TextMark()]
"""Free text for the team."""
SentText = Annotated[str, TextMark(sent=True)]
"""Free text that goes out."""
TEAM_NAMES = TextMark(names=True)
SENT_NAMES = TextMark(sent=True, names=True)


def text_mark(model: type[BaseModel], path: Iterable[int | str]) -> TextMark | None:
    """Find the mark of the field at *path*, as `("media", 0, "alt")`; None if it holds no words."""
    found: list[tuple[object, tuple[TextMark, ...]]] = [(model, ())]
    for step in path:
        found = [
            (kind, own or marks)
            for annotation, marks in found
            for kind, own in _inside(annotation, step)
        ]
    marks = [mark for kind, own in found for mark in (*own, *_marks_in(kind))]
    return marks[0] if marks else None


def _inside(annotation: object, step: int | str) -> Iterator[tuple[object, tuple[TextMark, ...]]]:
    """Give what one step leads to, with the marks that stand on it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(step))
        if field is not None:
            yield field.annotation, tuple(_marks(field.metadata))
        return
    kind, inner = get_origin(annotation), get_args(annotation)
    if kind is dict:
        yield inner[1], ()
    elif kind in {tuple, list} and isinstance(step, int):
        yield inner[min(step, len(inner) - 1) if inner[-1] is not Ellipsis else 0], ()
    else:  # one of several kinds, or a kind with marks on it
        for each in inner:
            yield from _inside(each, step)


def _marks(metadata: Iterable[object]) -> list[TextMark]:
    return [mark for mark in metadata if isinstance(mark, TextMark)]


def _marks_in(annotation: object) -> list[TextMark]:
    """Give the marks of an annotation such as `Annotated[str, …] | None`, but of no entries."""
    found = _marks(getattr(annotation, "__metadata__", ()))
    if get_origin(annotation) in {dict, tuple, list}:
        return found
    return found + [mark for inner in get_args(annotation) for mark in _marks_in(inner)]
