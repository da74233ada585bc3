"""A report's definition (`reports/<name>.yml`)."""

from __future__ import annotations

from enum import StrEnum

from mimin.model.base import Names, Record
from mimin.model.free_text import FreeText


class ReportKind(StrEnum):
    """What a report is computed from."""

    PUBLISHING = "publishing"
    """The ledger: what went out, late, failed or unknown, by account."""


class ReportFields(Record):
    """What a file in `reports/` may say."""

    kind: ReportKind
    """Which report it is."""
    title: FreeText
    """What it is called on the site."""
    brands: Names = ()
    """Only these; empty means all."""
