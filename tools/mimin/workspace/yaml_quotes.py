"""Quotes: a value as YAML has to have it, for lines that are shown to be copied."""

from __future__ import annotations


def quoted(value: str) -> str:
    """Put quotes around *value*, the single ones where double ones would have to be escaped."""
    if '"' not in value and "\\" not in value:
        return f'"{value}"'
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
