"""Networks: how each one counts, what it accepts, and the adapters that talk to it."""

from __future__ import annotations
