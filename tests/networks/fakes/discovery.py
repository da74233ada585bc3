"""A validator for what our calls use of a Google discovery document."""

from __future__ import annotations

import json
import re
from pathlib import Path

DOCUMENT = json.loads(
    (Path(__file__).parent.parent / "fixtures" / "youtube-discovery.json").read_text("utf-8")
)
COMMON = {"uploadType"}
"""Parameters that every method has."""
FORMATS = {"date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")}
KINDS = {"string": str, "boolean": bool, "integer": int, "array": list, "object": dict}


class DiscoveryError(AssertionError):
    """Something on the wire is not what the document says."""


def method_of(request):
    """Give the name of the method that a request calls, and hold its query to the document."""
    path = request.url.path
    for name, method in DOCUMENT["methods"].items():
        if request.method == method["httpMethod"] and path in {
            f"/{method['path']}",
            method.get("upload"),
        }:
            _check_query(name, method, request.url.params)
            return name
    raise DiscoveryError(f"no method for {request.method} {path}")


def validate_request(name, body):
    """Hold a body to the form that the method takes."""
    check({"$ref": DOCUMENT["methods"][name]["request"]}, body, "body")


def validate_response(name, body):
    """Hold an answer to the form that the method gives."""
    check({"$ref": DOCUMENT["methods"][name]["response"]}, body, "answer")


def check(schema, value, path):
    """Hold a value to a schema: no unknown names, the right types, known values."""
    if "$ref" in schema:
        schema = {"type": "object", **DOCUMENT["schemas"][schema["$ref"]]}
    kind = KINDS[schema["type"]]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise DiscoveryError(f"{path}: {value!r} is no {schema['type']}")
    if value not in schema.get("enum", [value]):
        raise DiscoveryError(f"{path}: {value!r} is none of {schema['enum']}")
    form = FORMATS.get(schema.get("format"))
    if form and not form.fullmatch(value):
        raise DiscoveryError(f"{path}: {value!r} is no {schema['format']}")
    if kind is list:
        for number, item in enumerate(value):
            check(schema["items"], item, f"{path}[{number}]")
    if kind is dict:
        for field, item in value.items():
            if field not in schema["properties"]:
                raise DiscoveryError(f"{path}: {field} is unknown")
            check(schema["properties"][field], item, f"{path}.{field}")


def _check_query(name, method, params):
    known = method["parameters"]
    for field, value in params.items():
        if field in COMMON:
            continue
        if field not in known:
            raise DiscoveryError(f"{name}: the parameter {field} is unknown")
        schema = known[field]
        if value not in schema.get("enum", [value]):
            raise DiscoveryError(f"{name}: {field}={value}")
        if schema["type"] == "boolean" and value not in {"true", "false"}:
            raise DiscoveryError(f"{name}: {field}={value} is no boolean")
        if "maximum" in schema and int(value) > int(schema["maximum"]):
            raise DiscoveryError(f"{name}: {field}={value} is too large")
    missing = {field for field, schema in known.items() if schema.get("required")} - set(params)
    if missing:
        raise DiscoveryError(f"{name}: {missing} is missing")
