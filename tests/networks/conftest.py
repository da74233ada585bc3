"""Benches: every adapter with a network that can be looked into and told to fail."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest
from whenever import TimeDelta

from mimin.networks.protocol import Access
from mimin.networks.registry import ADAPTERS, find_network

HERE = Path(__file__).parent


def _package(name, folder):
    """Make a folder a package of its own name: test modules can not import each other."""
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(HERE / folder)]
        sys.modules[name] = package


_package("network_fakes", "fakes")
_package("network_benches", "benches")

base = importlib.import_module("network_benches.bench")
KINDS = {}
for _path in sorted((HERE / "benches").glob("*.py")):
    if _path.stem != "bench":
        KINDS |= importlib.import_module(f"network_benches.{_path.stem}").KINDS


def build(kind, folder):
    clock = base.Clock(base.DUE - TimeDelta(seconds=10))
    files = {}

    def read(path):
        try:
            return files[path]
        except KeyError:
            raise FileNotFoundError(2, "No such file or directory", path) from None

    account, secret, server, bench = KINDS[kind](clock)
    access = Access(
        ref=base.REF,
        account=account,
        secret=secret,
        folder=folder,
        clock=clock,
        read=read,
        host=base.hosted,
    )
    secrets = (secret,) if secret else ()
    made = bench(find_network(account.network), access, clock, files, server, secrets)
    made.kind = kind
    return made


ALL = [*dict.fromkeys([*ADAPTERS, *KINDS])]
"""A network without a bench is among them, so that its tests fail."""
AUTOMATIC = [kind for kind in ALL if kind != "manual"]
HTTP = [kind for kind in AUTOMATIC if kind != "sandbox"]


def _that(has):
    """Name the benches that have something."""
    return [kind for kind in HTTP if kind in KINDS and has(KINDS[kind](base.Clock(base.DUE))[3])]


@pytest.fixture(params=ALL)
def any_bench(request, tmp_path):
    """Every adapter there is; one that has no bench here fails."""
    return build(request.param, tmp_path)


@pytest.fixture(params=AUTOMATIC)
def bench(request, tmp_path):
    """Every adapter that publishes by itself."""
    return build(request.param, tmp_path)


@pytest.fixture(params=HTTP)
def http_bench(request, tmp_path):
    """Every adapter that publishes by HTTP."""
    return build(request.param, tmp_path)


@pytest.fixture(params=["sandbox", *_that(lambda bench: bench.threads)])
def thread_bench(request, tmp_path):
    """Every adapter of a network that has threads."""
    return build(request.param, tmp_path)


@pytest.fixture(params=_that(lambda bench: bench.wrong_scope))
def scope_bench(request, tmp_path):
    """Every adapter whose token may lack a right."""
    return build(request.param, tmp_path)


@pytest.fixture(params=_that(lambda bench: bench.processing))
def processing_bench(request, tmp_path):
    """Every adapter whose network processes media for a while."""
    return build(request.param, tmp_path)


@pytest.fixture(params=_that(lambda bench: bench.processing_failed))
def failing_bench(request, tmp_path):
    """Every adapter whose network may fail to process media."""
    return build(request.param, tmp_path)


@pytest.fixture(params=_that(lambda bench: bench.duplicate))
def duplicate_bench(request, tmp_path):
    """Every adapter whose network refuses duplicates."""
    return build(request.param, tmp_path)


@pytest.fixture(params=_that(lambda bench: bench.expire))
def expiring_bench(request, tmp_path):
    """Every adapter whose tokens end and can be renewed."""
    return build(request.param, tmp_path)


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
