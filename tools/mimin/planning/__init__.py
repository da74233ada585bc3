"""The plan: what is wanted, against what is known to be out."""

from __future__ import annotations
