"""The watchdog: what went wrong, or will, and waits for a person."""

from __future__ import annotations
