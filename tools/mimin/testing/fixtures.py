"""Fixtures: the benches that the contract asks for, made from what a package has."""

from __future__ import annotations

import pytest
from whenever import TimeDelta

from mimin.networks.protocol import Access
from mimin.networks.registry import find_network
from mimin.testing.bench import DUE, REF, Clock, HttpBench, hosted


def build(kinds, kind, folder):
    """Build one bench.

    Args:
        kinds: Name of a bench → function of a clock that gives its account, its secret, its fake
            server (or None) and the class of the bench.
        kind: Which one.
        folder: An empty folder for what the adapter keeps on the machine.
    """
    clock = Clock(DUE - TimeDelta(seconds=10))
    files = {}

    def read(path):
        try:
            return files[path]
        except KeyError:
            raise FileNotFoundError(2, "No such file or directory", path) from None

    account, secret, server, bench = kinds[kind](clock)
    access = Access(
        ref=REF,
        account=account,
        secret=secret,
        folder=folder,
        clock=clock,
        read=read,
        host=hosted,
    )
    secrets = (secret,) if secret else ()
    made = bench(find_network(account.network), access, clock, files, server, secrets)
    made.kind = kind
    return made


def benches(kinds, *, demanded=()):
    """Make all fixtures of the contract; put them into a conftest by `globals().update(…)`.

    Args:
        kinds: As in `build`.
        demanded: Benches that have to be there; the tests of one that is not fail.
    """
    everything = list(dict.fromkeys([*demanded, *kinds]))
    classes = {kind: made(Clock(DUE))[3] for kind, made in kinds.items()}
    automatic = [kind for kind in everything if getattr(classes.get(kind), "automatic", True)]
    http = [kind for kind in automatic if issubclass(classes.get(kind, HttpBench), HttpBench)]

    def able(method):
        """Name the benches whose connections have a method."""
        made = {kind: kinds[kind](Clock(DUE))[0].network for kind in http if kind in kinds}
        return [
            kind
            for kind, network in made.items()
            if hasattr(find_network(network).connection(), method)
        ]

    def those(has):
        return [kind for kind in http if kind in classes and has(classes[kind])]

    wanted = {
        "any_bench": everything,
        "bench": automatic,
        "http_bench": http,
        "thread_bench": [kind for kind in automatic if kind in classes and classes[kind].threads],
        "listing_bench": those(lambda found: found.listing),
        "list_bench": those(lambda found: found.lists),
        "list_thread_bench": those(lambda found: found.lists and found.threads),
        "retract_bench": able("retract"),
        "dated_bench": those(lambda found: found.tells_time),
        "scope_bench": those(lambda found: found.wrong_scope),
        "processing_bench": those(lambda found: found.processing),
        "failing_bench": those(lambda found: found.processing_failed),
        "duplicate_bench": those(lambda found: found.duplicate),
        "expiring_bench": those(lambda found: found.expire),
    }

    def fixture(params):
        @pytest.fixture(params=params)
        def made(request, tmp_path):
            return build(kinds, request.param, tmp_path)

        return made

    return {name: fixture(params) for name, params in wanted.items()}
