"""`python -m mimin`: the same as the `mimin` command."""

from __future__ import annotations

from mimin.cli.main import run

run()
