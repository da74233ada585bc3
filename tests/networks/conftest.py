"""Benches: every adapter with a network that can be looked into and told to fail."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from mimin.networks.registry import ADAPTERS

HERE = Path(__file__).parent
pytest.register_assert_rewrite("mimin.testing")
fixtures = importlib.import_module("mimin.testing.fixtures")


def _package(name, folder):
    """Make a folder a package of its own name: test modules can not import each other."""
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(HERE / folder)]
        sys.modules[name] = package


_package("network_fakes", "fakes")
_package("network_benches", "benches")

KINDS = {}
for _path in sorted((HERE / "benches").glob("*.py")):
    KINDS |= importlib.import_module(f"network_benches.{_path.stem}").KINDS


def build(kind, folder):
    return fixtures.build(KINDS, kind, folder)


# A network without a bench is demanded all the same, so that its tests fail.
globals().update(fixtures.benches(KINDS, demanded=ADAPTERS))


@pytest.fixture
def bluesky(tmp_path):
    return build("bluesky", tmp_path)


@pytest.fixture
def mastodon(tmp_path):
    return build("mastodon", tmp_path)


@pytest.fixture
def keyless(tmp_path):
    return build("mastodon without keys", tmp_path)


@pytest.fixture
def x(tmp_path):
    return build("x", tmp_path)


@pytest.fixture(params=["x", "x of the description"])
def any_x(request, tmp_path):
    return build(request.param, tmp_path)


@pytest.fixture
def member(tmp_path):
    """A member of LinkedIn, whose posts no app may list."""
    return build("linkedin", tmp_path)


@pytest.fixture
def page(tmp_path):
    """A page on LinkedIn."""
    return build("linkedin-page", tmp_path)


@pytest.fixture(params=["linkedin", "linkedin-page"])
def any_author(request, tmp_path):
    return build(request.param, tmp_path)


@pytest.fixture
def manual(tmp_path):
    return build("manual", tmp_path)


@pytest.fixture
def instagram(tmp_path):
    return build("instagram", tmp_path)


@pytest.fixture
def instagram_facebook(tmp_path):
    return build("instagram-facebook", tmp_path)


@pytest.fixture
def facebook(tmp_path):
    return build("facebook", tmp_path)


@pytest.fixture
def threads(tmp_path):
    return build("threads", tmp_path)


@pytest.fixture
def youtube(tmp_path):
    return build("youtube", tmp_path)


@pytest.fixture
def tiktok(tmp_path):
    return build("tiktok", tmp_path)


@pytest.fixture
def clips(tmp_path):
    return build("tiktok-video", tmp_path)


@pytest.fixture
def telegram(tmp_path):
    return build("telegram", tmp_path)


@pytest.fixture
def discord(tmp_path):
    return build("discord", tmp_path)


@pytest.fixture
def pinterest(tmp_path):
    return build("pinterest", tmp_path)


@pytest.fixture
def pinterest_video(tmp_path):
    return build("pinterest-video", tmp_path)


@pytest.fixture
def bluesky_video(tmp_path):
    return build("bluesky-video", tmp_path)


@pytest.fixture
def bluesky_gate(tmp_path):
    return build("bluesky-gate", tmp_path)
