"""Fields → records, with every refusal turned into a problem at its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mimin.model.base import SLUG
from mimin.model.bounds import PROBLEMS
from mimin.model.post import VariantFields
from mimin.model.problem import Problem, Severity
from mimin.nearest import nearest
from mimin.workspace.cuts import complain
from mimin.workspace.frontmatter import Fault, Fields
from mimin.workspace.more import count_more

Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], fields: Fields, path: str) -> tuple[Model | None, list[Problem]]:
    """Read *fields* as *model*; None when too little is left of it.

    A record beside problems is for finding more of them: what is wrong was left out of it.
    """
    faults = [*fields.faults, *cut_faults(model, fields)]
    problems = [
        Problem(
            path=path,
            line=fault.mark[0],
            column=fault.mark[1],
            code=fault.code,
            message=fault.message,
            severity=Severity.WARNING if fault.warning else Severity.ERROR,
        )
        for fault in faults[:PROBLEMS]
    ]
    if left := faults[PROBLEMS:]:
        error = any(not fault.warning for fault in left)
        problems.append(count_more(path, left[0].mark[0], len(left), error=error))
    if fields.broken:
        return None, problems
    said = _said(fields.values)
    try:
        return model.model_validate(said), problems
    except ValidationError as error:
        details = _without_echoes(error.errors(include_url=False))
        found = [_problem(model, detail, fields, path) for detail in details[:PROBLEMS]]
        wrong = {detail["loc"][0] for detail in details if detail["loc"]}
        if len(details) > PROBLEMS:
            found.append(count_more(path, found[-1].line, len(details) - PROBLEMS))
    # Of a value that may be one of two things, the first complaint is enough.
    first = {(p.line, p.column): p for p in reversed(found) if p.code == "bad-value"}
    problems += [p for p in found if p.code != "bad-value" or first[p.line, p.column] is p]
    return _rest(model, {name: said[name] for name in said if name not in wrong}), problems


def cut_faults(model: type[BaseModel], fields: Fields) -> list[Fault]:
    """Say where a comment cuts off words; in error where the audience would surely miss some."""
    found = []
    for cut in fields.cuts:
        complaint = complain(cut, model)
        if complaint is not None:
            mark = (cut.line + fields.first_line, cut.column + 1)
            found.append(
                Fault(mark, "yaml-comment-cut", complaint.message, warning=not complaint.grave)
            )
    return found


def _rest(model: type[Model], values: Mapping[str, object]) -> Model | None:
    """Read on without what is wrong, so that one mistake does not hide the others."""
    try:
        return model.model_validate(values)
    except ValidationError:
        return None


def _without_echoes(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out that a list is too short of which only the entries are wrong."""
    wrong = {tuple(detail["loc"][:-1]) for detail in details}
    return [
        detail
        for detail in details
        if detail["type"] != "too_short" or tuple(detail["loc"]) not in wrong
    ]


def _said(values: Mapping[str, object]) -> dict[str, object]:
    """Take a name without a value as if it was not there; deeper down it may mean something."""
    return {name: value for name, value in values.items() if value is not None}


def suggest(word: str, known: Iterable[str]) -> str:
    """Give `; did you mean 'x'?` when one of *known* is close to *word*, else nothing."""
    words = list(known)
    near = nearest(word, words, cutoff=0.8) or nearest(
        word, [w for w in words if w[:1] == word[:1]]
    )
    return f"; did you mean {near!r}?" if near else ""


_MEANT = {
    **dict.fromkeys(("schedule", "date", "time", "when", "on", "publish_at", "tanggal"), "at"),
    **dict.fromkeys(("jadwal", "waktu", "jam", "tayang", "publish", "scheduled"), "at"),
    **dict.fromkeys(("images", "image", "photo", "photos", "attachments", "foto"), "media"),
    **dict.fromkeys(("gambar", "picture", "pictures", "video", "videos"), "media"),
    **dict.fromkeys(("networks", "platforms", "channels", "network", "akun"), "accounts"),
    **dict.fromkeys(("timezone", "time_zone", "tz", "zona"), "zone"),
    **dict.fromkeys(("hashtags", "hashtag", "tagar"), "tags"),
    **dict.fromkeys(("cw", "spoiler", "content_warning"), "warning"),
    **dict.fromkeys(("lang", "locale", "bahasa"), "language"),
    **dict.fromkeys(("url", "href", "tautan"), "link"),
    "judul": "title",
    "kampanye": "campaign",
    "draf": "draft",
    "catatan": "note",
    "ulang": "repeat",
    "recurring": "repeat",
    "komentar": "comment",
    "pilar": "pillar",
    **dict.fromkeys(("first_comment", "komentar_pertama"), "comment"),
    **dict.fromkeys(("alt_text", "description"), "alt"),
}
"""What other tools call a thing → what it is called here, where a record has it."""


_TEXT = frozenset(
    {
        *("caption", "text", "body", "content", "message", "copy", "status", "description"),
        *("isi", "teks", "keterangan", "takarir", "pesan", "kata", "deskripsi"),
    }
)
"""What other tools call the text, which is no field of a post."""


_POLL = frozenset({"poll", "polls", "polling", "survey", "survei", "jajak_pendapat"})
_ALT = frozenset({"alt", "alt_text", "teks_alt"})
_UNFINISHED = frozenset({"draft", "draf", "konsep", "unpublished", "private", "idea", "ide"})
_READY = frozenset({"scheduled", "published", "publish", "ready", "final", "approved", "terbit"})


def _of_a_post(name: str, value: object) -> str:
    """Lead from what other tools have at the top of a post to what stands for it here."""
    said = str(value).strip().lower()
    if name in _POLL:
        return "; mimin posts no polls: take it out, and make the poll by hand on the network"
    if name in _ALT:
        return (
            "; `alt` belongs to its file: write `media: [{file: NAME, alt: TEXT}]`, with the name "
            "of the picture and what it shows"
        )
    if name == "status" and said in _UNFINISHED:
        return "; write `draft: true` in its place"
    if name == "status" and said in _READY:
        return "; take it out: a post goes out at its `at:`, unless it has `draft: true`"
    if name in _TEXT:
        return "; the text stands below the front matter, after the second line of ---"
    return ""


def _problem(model: type[BaseModel], detail: ErrorDetails, fields: Fields, path: str) -> Problem:
    kind = detail["type"]
    place = _written(detail["loc"], fields, also_last=kind in {"missing", "extra_forbidden"})
    name = _shown(place)
    if kind == "extra_forbidden":
        line, column = fields.locate(place, key=True)
        known = _names(model, place)
        listed = f"; known are {', '.join(sorted(known))}" if known else "; take it out"
        given = str(place[-1]).lower().replace("-", "_")
        meant = given if given in known else _MEANT.get(given, "")
        near = f"; did you mean {meant!r}?" if meant in known else ""
        if len(place) == 1 and issubclass(model, VariantFields):
            near = _of_a_post(given, detail.get("input")) or near
        hint = near or suggest(str(place[-1]), known) or listed
        message = f"`{name}` is not known here{hint}"
        return Problem(path=path, line=line, column=column, code="unknown-key", message=message)
    line, column = fields.locate(place)
    if kind == "missing":
        message = f"`{name}` is missing; add it"
        return Problem(path=path, line=line, column=column, code="missing-key", message=message)
    message = f"`{name}`: {_rule(detail)}" if name else _rule(detail)
    return Problem(path=path, line=line, column=column, code="bad-value", message=message)


def _written(
    place: tuple[int | str, ...], fields: Fields, *, also_last: bool
) -> tuple[int | str, ...]:
    """Leave out of a pydantic place what is not in the file: the kinds of a union."""
    steps: tuple[int | str, ...] = ()
    for number, step in enumerate(place):
        here = (*steps, step)
        if fields.holds(here) or (also_last and number == len(place) - 1):
            steps = here
    return steps


def _shown(place: tuple[int | str, ...]) -> str:
    """Name a place as people count: `media 1: alt`."""
    name = ""
    for step in place:
        if isinstance(step, int):
            name += f" {step + 1}"
        elif step != "[key]":
            name += f".{step}" if name else step
    return name


_RULES = {
    "string_type": "write text here",
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "int_parsing": "write a whole number",
    "int_type": "write a whole number",
    "int_from_float": "write a whole number",
    "float_parsing": "write a number",
    "tuple_type": "write a list: [one, two]",
    "dict_type": "write lines of `name: value` below it",
    "model_type": "write lines of `name: value` below it",
    "too_short": "it is empty; write at least one",
    "union_tag_not_found": "`kind` is missing; add it",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "or more"),
    "less_than_equal": ("le", "or less"),
    "string_too_long": ("max_length", "characters at most"),
    "too_long": ("max_length", "entries at most"),
}
_SHAPES = {"tuple_type", "dict_type", "model_type"}
_EXAMPLES: dict[int | str, str] = {
    "media": "write a list; each entry has `- file: NAME` and below it `alt: TEXT`",
    "repeat": "write it as {every: week, times: 4}",
    "accounts": "write names as [one, two]",
    "skip": "write numbers of occurrences as [2, 5]",
    "move": "write numbers with their new times as {2: 2026-12-22 10:00}",
}
_PATTERNS = {
    SLUG: "write small letters, digits, - and _, with a letter or digit first",
    r"^\d{4}-\d\d-\d\d$": "write a day as 2026-12-24",
    r"^([01]\d|2[0-3]):[0-5]\d$": "write a time of day as 09:30",
    r"^did:[a-z]+:[A-Za-z0-9._:%-]+$": "write a DID, such as did:plc:ewvi7nxzyoun6zhxrhs64oiz",
}


def _rule(detail: ErrorDetails) -> str:
    """Say what a value must be, and what it is."""
    if detail["loc"][-1:] == ("secret",):
        # Whatever stands there may be the secret itself, and messages go into public logs.
        return (
            "write the NAME of the environment variable that holds it, such as KEDAI_BLUESKY; "
            "if a real secret stood here, replace it, as git keeps it for ever"
        )
    rule = _EXAMPLES.get(detail["loc"][-1]) if detail["type"] in _SHAPES else None
    rule = rule or _RULES.get(detail["type"])
    if rule is None and detail["type"] == "string_pattern_mismatch":
        pattern = str(detail.get("ctx", {}).get("pattern"))
        rule = "write a colour as #6f4e37" if pattern.startswith("^#") else _PATTERNS.get(pattern)
    if detail["type"] == "union_tag_invalid":
        rule = f"`kind` must be one of {detail.get('ctx', {}).get('expected_tags')}"
    if rule is None and detail["type"] in _BOUNDS:
        bound, words = _BOUNDS[detail["type"]]
        rule = f"must be {detail.get('ctx', {}).get(bound)} {words}"
    if rule is None:
        rule = detail["msg"].removeprefix("Value error, ")
        rule = rule.replace("Input should be", "must be").replace("Field required", "is missing")
    given = detail.get("input")
    return f"{rule}, not {given!r}" if isinstance(given, str) and len(given) < 60 else rule


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
    """Find the record type in `tuple[X, ...]`, `dict[str, X]`, `X | None`, if there is only one."""
    found = _records(annotation)
    return found[0] if len(found) == 1 else annotation


def _records(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for inner in getattr(annotation, "__args__", ()) for found in _records(inner)]
