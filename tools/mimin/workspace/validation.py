"""Fields → records, with every refusal turned into a problem at its line."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mimin.model.problem import Problem, Severity
from mimin.workspace.frontmatter import Fields

Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], fields: Fields, path: str) -> tuple[Model | None, list[Problem]]:
    """Read *fields* as *model*; None with at least one problem when that is not possible."""
    problems = [
        Problem(
            path=path,
            line=fault.mark[0],
            column=fault.mark[1],
            code=fault.code,
            message=fault.message,
            severity=Severity.WARNING if fault.warning else Severity.ERROR,
        )
        for fault in fields.faults
    ]
    try:
        return model.model_validate(fields.values), problems
    except ValidationError as error:
        problems += [_problem(model, detail, fields, path) for detail in error.errors()]
        return None, problems


def suggest(word: str, known: Iterable[str]) -> str:
    """Give `; did you mean 'x'?` when one of *known* is close to *word*, else nothing."""
    words = list(known)
    close = get_close_matches(word, words, n=1, cutoff=0.8)
    close = close or get_close_matches(word, [w for w in words if w[:1] == word[:1]], n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _problem(model: type[BaseModel], detail: ErrorDetails, fields: Fields, path: str) -> Problem:
    place = detail["loc"]
    name = ".".join(str(step) for step in place if step != "[key]")
    kind = detail["type"]
    if kind == "extra_forbidden":
        line, column = fields.locate(place, key=True)
        known = _names(model, place)
        message = f"`{name}` is not known here{suggest(str(place[-1]), known)}" + (
            "" if suggest(str(place[-1]), known) else f"; known are {', '.join(sorted(known))}"
        )
        return Problem(path=path, line=line, column=column, code="unknown-key", message=message)
    line, column = fields.locate(place)
    if kind == "missing":
        message = f"`{name}` is missing; add it"
        return Problem(path=path, line=line, column=column, code="missing-key", message=message)
    text = detail["msg"].removeprefix("Value error, ")
    shown = detail.get("input")
    given = f", not {shown!r}" if isinstance(shown, str) and len(shown) < 60 else ""
    message = f"`{name}`: {text}{given}" if name else text
    return Problem(path=path, line=line, column=column, code="bad-value", message=message)


def _names(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """Names that the record knows in which the unknown one stands."""
    current: object = model
    for step in place[:-1]:
        if not (isinstance(current, type) and issubclass(current, BaseModel)):
            break
        info = current.model_fields.get(str(step))
        if info is not None:  # else: an index, or a name that the user chose
            current = _record_inside(info.annotation)
    if isinstance(current, type) and issubclass(current, BaseModel):
        return list(current.model_fields)
    return []


def _record_inside(annotation: object) -> object:
    """Find the record type in `tuple[X, ...]`, `dict[str, X]`, `X | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _record_inside(inner)
        if isinstance(found, type) and issubclass(found, BaseModel):
            return found
    return annotation
