"""The fakes of publishing as a module of their own name: test modules can not import each other."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

PLACE = Path(__file__).parent.parent / "publishing" / "fakes.py"


def _fakes():
    if "publishing_fakes" not in sys.modules:
        spec = importlib.util.spec_from_file_location("publishing_fakes", PLACE)
        module = importlib.util.module_from_spec(spec)
        sys.modules["publishing_fakes"] = module
        spec.loader.exec_module(module)
    return sys.modules["publishing_fakes"]


@pytest.fixture
def scene():
    """One account with its wall."""
    return _fakes().Scene()


_fakes()
