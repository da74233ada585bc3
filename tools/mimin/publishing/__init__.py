"""Publishing: the one place that talks to networks on purpose."""

from __future__ import annotations
