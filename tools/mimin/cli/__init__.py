"""The command line: one module a command; each parses, calls one function and prints."""

from __future__ import annotations

from mimin.cli.main import main

__all__ = ["main"]
