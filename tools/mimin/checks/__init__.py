"""Checks: what is wrong with posts, one rule a function, and what each post adds up to."""

from __future__ import annotations
