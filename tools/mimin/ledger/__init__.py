"""The ledger: what is known to be out, as events on a branch, and what they add up to."""

from __future__ import annotations
