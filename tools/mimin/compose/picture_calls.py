"""What the isolated process for pictures can be asked (`isolated`)."""

from __future__ import annotations

from mimin.compose.derive import make
from mimin.compose.pictures import look, shrink, strip

__all__ = ["look", "make", "shrink", "strip"]
