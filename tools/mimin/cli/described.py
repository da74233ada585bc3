"""JSON Schemas with what the models' own docstrings say of each field.

The docstrings are read only here: `use_attribute_docstrings` of pydantic would read the source of
every model whenever a command starts.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema


def described(place: str) -> dict[str, Any]:
    """Give the schema of a model.

    Args:
        place: `module:Model`.
    """
    module, _, name = place.partition(":")
    model: type[BaseModel] = getattr(import_module(module), name)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **model.model_json_schema(schema_generator=_Described),
    }


class _Described(GenerateJsonSchema):
    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        found = super().model_schema(schema)
        words = _docstrings(schema["cls"])
        for name, field in found.get("properties", {}).items():
            if name in words:
                field["description"] = words[name]
        return found


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Give field → the docstring under it; what a heir says goes before."""
    words: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if not issubclass(each, BaseModel) or each is BaseModel:
            continue
        source = ast.parse(textwrap.dedent(inspect.getsource(each)))
        lines = [
            line for found in source.body if isinstance(found, ast.ClassDef) for line in found.body
        ]
        for field, below in pairwise(lines):
            match field, below:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(text))),
                ):
                    words[name] = " ".join(text.split())
    return words
