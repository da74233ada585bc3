"""The simulator: months of publishing in seconds, by the real engine, ledger and git."""

from __future__ import annotations
