"""A validator for what a post uses of AT Protocol's lexicons (atproto.com/specs/lexicon)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import regex

LEXICONS = json.loads(
    (Path(__file__).parent.parent / "fixtures" / "bluesky-lexicons.json").read_text("utf-8")
)

FORMATS = {
    "at-identifier": r"did:[a-z]+:[A-Za-z0-9._:%-]+|([a-z0-9-]+\.)+[a-z][a-z0-9-]*",
    "at-uri": r"at://did:[a-z]+:[A-Za-z0-9._:%-]+/[a-zA-Z.]+/[A-Za-z0-9._~:-]+",
    "cid": r"b[a-z2-7]{20,}",
    "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "did": r"did:[a-z]+:[A-Za-z0-9._:%-]+",
    "handle": r"([a-z0-9-]+\.)+[a-z][a-z0-9-]*",
    "language": r"[a-z]{2,3}(-[A-Za-z0-9]+)*",
    "nsid": r"[a-z]+(\.[a-z0-9-]+)+\.[a-zA-Z]+",
    "record-key": r"(?!\.\.?$)[A-Za-z0-9._~:-]{1,512}",
    "tid": r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}",
    "uri": r"\w+:(//)?[^\s/][^\s]*",
}


class LexiconError(AssertionError):
    """Something on the wire is not what the lexicon says."""


def validate_input(nsid, body):
    check(LEXICONS[nsid]["main"]["input"]["schema"], body, nsid, "$")


def validate_output(nsid, body):
    check(LEXICONS[nsid]["main"]["output"]["schema"], body, nsid, "$")


def validate_params(nsid, params):
    schema = LEXICONS[nsid]["main"]["parameters"]
    if set(params) - set(schema["properties"]):
        raise LexiconError(f"{nsid}: {params}")
    check({**schema, "type": "object"}, params, nsid, "?")


def validate_record(record):
    definition = LEXICONS[record["$type"]]["main"]
    if set(record) - set(definition["record"]["properties"]) - {"$type"}:
        raise LexiconError(f"unknown fields in {sorted(record)}")
    check(definition["record"], record, record["$type"], "record")


def check(schema, value, nsid, path):
    CHECKS[schema["type"]](schema, value, nsid, path)


def _fail(path, what):
    raise LexiconError(f"{path}: {what}")


def _object(schema, value, nsid, path):
    if not isinstance(value, dict):
        _fail(path, "no object")
    for name in schema.get("required", ()):
        if name not in value:
            _fail(path, f"{name} is missing")
    for name, item in value.items():
        if name in schema.get("properties", {}):
            check(schema["properties"][name], item, nsid, f"{path}.{name}")


def _array(schema, value, nsid, path):
    if not isinstance(value, list) or len(value) > schema.get("maxLength", 10**6):
        _fail(path, "no array, or too long")
    for number, item in enumerate(value):
        check(schema["items"], item, nsid, f"{path}[{number}]")


def _string(schema, value, nsid, path):
    if not isinstance(value, str):
        _fail(path, "no string")
    if len(value.encode()) > schema.get("maxLength", 10**6):
        _fail(path, "too many bytes")
    if len(regex.findall(r"\X", value)) > schema.get("maxGraphemes", 10**6):
        _fail(path, "too many graphemes")
    form = schema.get("format")
    if form and not re.fullmatch(FORMATS[form], value):
        _fail(path, f"{value!r} is no {form}")


def _integer(schema, value, nsid, path):
    if isinstance(value, bool) or not isinstance(value, int):
        _fail(path, "no integer")
    if value < schema.get("minimum", value):
        _fail(path, "too small")


def _boolean(schema, value, nsid, path):
    if not isinstance(value, bool):
        _fail(path, "no boolean")


def _ref(schema, value, nsid, path):
    target, definition = _resolve(schema["ref"], nsid)
    check(definition, value, target, path)


def _union(schema, value, nsid, path):
    kind = value.get("$type") if isinstance(value, dict) else None
    for ref in schema["refs"]:
        home, _, name = ref.partition("#")
        full = f"{home or nsid}#{name}" if name else home
        if kind == full:
            target, definition = _resolve(ref, nsid)
            check(definition, value, target, path)
            return
    _fail(path, f"{kind!r} is none of {schema['refs']}")


def _blob(schema, value, nsid, path):
    wanted = {"$type", "ref", "mimeType", "size"}
    if not isinstance(value, dict) or set(value) != wanted or value["$type"] != "blob":
        _fail(path, f"no blob: {value!r}")
    if not re.fullmatch(FORMATS["cid"], value["ref"]["$link"]):
        _fail(path, "no cid")
    if value["size"] > schema.get("maxSize", 10**9):
        _fail(path, "too large")
    if "video/mp4" in schema.get("accept", ()) and value["mimeType"] != "video/mp4":
        _fail(path, "no video")
    if "image/*" in schema.get("accept", ()) and not value["mimeType"].startswith("image/"):
        _fail(path, "no image")


def _unknown(schema, value, nsid, path):
    if not isinstance(value, dict):
        _fail(path, "no object")


def _resolve(ref, nsid):
    home, _, name = ref.partition("#")
    target = home or nsid
    return target, LEXICONS[target][name or "main"]


CHECKS = {
    "array": _array,
    "blob": _blob,
    "boolean": _boolean,
    "integer": _integer,
    "object": _object,
    "ref": _ref,
    "string": _string,
    "union": _union,
    "unknown": _unknown,
}
