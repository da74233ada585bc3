"""Only proof is proof: whatever a network answers while the post is live, no other is sent.

Each answer of the publishing call and each way in which the look can fail goes through the real
engine. Without faults, what was lost is found in the end.
"""

from __future__ import annotations

import pytest

from mimin.publishing.deliver import Step
from mimin.testing.engine import Engine
from mimin.testing.server import BROKEN

PAGE = "<html><h1>Sorry</h1></html>"
LOST = [
    *({"breaks": name} for name in BROKEN),
    *({"status": status, "text": PAGE} for status in (403, 406, 408, 409, 425, 499)),
    *({"status": status, "body": {}} for status in (408, 409, 425, 430, 460)),
    *({"status": status, "text": PAGE} for status in (500, 502, 503, 504, 520)),
    {"status": 500, "body": {"error": {"message": "Internal"}}},
    *(
        {"status": status, "text": "", "headers": {"location": "https://elsewhere.test/"}}
        for status in (301, 302, 303, 307, 308)
    ),
    {"status": 200, "text": PAGE},
    {"status": 200, "text": ""},
    {"status": 200, "text": '{"id": "1'},
    {"status": 200, "body": {}},
    {"status": 200, "body": {"id": "", "data": {"id": ""}, "ok": True, "result": {}}},
    {"status": 200, "body": {"error": {"code": "unheard_of", "message": "no"}}},
    {"status": 200, "body": {"ok": False, "error": "no", "errors": [{"message": "no"}]}},
    {"status": 201, "body": []},
    {"status": 202, "text": ""},
    {"status": 204, "text": ""},
]
"""Answers of a publishing call that was carried out; none of them proves that it was not."""

BLIND = [
    *({"status": status, "body": {}} for status in (400, 401, 403, 404, 410, 429)),
    *({"status": status, "text": PAGE} for status in (403, 404, 500, 502)),
    {"status": 200, "text": PAGE},
    {"status": 200, "text": ""},
    {"status": 200, "body": []},
    {"status": 200, "body": {}},
    {"status": 200, "body": {"data": []}},
    {"status": 200, "body": {"items": [], "elements": []}},
    {"status": 302, "text": "", "headers": {"location": "https://elsewhere.test/"}},
    {"breaks": "connect-error"},
    {"breaks": "read-timeout"},
    {"breaks": "decoding-error"},
]
"""Answers of a look that see nothing; none of them proves that nothing is there."""


def lose(bench, answer):
    """Give what lets the publishing call be carried out and answered like this."""
    return lambda: bench.server.fail(bench.path, **{"carried_out": True, **answer})


def blind(bench, answer, path=""):
    """Give what lets every call of a look be answered like this."""
    return lambda: [bench.server.fail(path, **answer) for _ in range(40)]


def found_in_the_end(engine):
    """Look without faults, and try again: it is out once, and known where it can be asked for."""
    engine.look()
    engine.deliver()
    assert engine.live == 1
    assert engine.state == "published" or not engine.bench.asks


@pytest.mark.parametrize("answer", LOST, ids=str)
def test_no_answer_without_meaning_makes_a_second_post(http_bench, answer):
    engine = Engine(http_bench, [http_bench.older()])
    engine.deliver(plant=lose(http_bench, answer))
    assert engine.live == 1
    if engine.state == "unknown":
        found_in_the_end(engine)


def test_no_refusal_that_was_told_of_live_posts_makes_a_second_one(http_bench):
    for number, answer in enumerate(http_bench.doubtful):
        engine = Engine(http_bench, [http_bench.older()], number=number)
        engine.deliver(plant=lose(http_bench, answer))
        assert engine.live == 1, answer
        found_in_the_end(engine)
        http_bench.clock.move(hours=24)


def test_no_refusal_makes_a_second_post_where_the_look_is_refused_as_well(http_bench):
    for number, answer in enumerate(http_bench.doubtful):
        engine = Engine(http_bench, [http_bench.older()], number=number)
        refusals = lose(http_bench, answer), blind(http_bench, {**answer, "carried_out": False})
        engine.deliver(plant=lambda both=refusals: [plant() for plant in both])
        for _ in range(2):
            engine.look(plant=refusals[1])
            engine.deliver()
        assert engine.live == 1, answer
        found_in_the_end(engine)
        http_bench.clock.move(hours=24)


@pytest.mark.parametrize("answer", BLIND, ids=str)
def test_a_look_that_fails_makes_no_second_post(http_bench, answer):
    engine = Engine(http_bench, [http_bench.older()])
    engine.deliver(plant=lose(http_bench, {"breaks": "read-timeout"}))
    for _ in range(2):
        engine.look(plant=blind(http_bench, answer))
        engine.deliver()
    found_in_the_end(engine)


@pytest.mark.parametrize("answer", BLIND, ids=str)
def test_a_list_that_fails_makes_no_second_post(listing_bench, answer):
    bench = listing_bench
    engine = Engine(bench, [bench.older()])
    engine.deliver(plant=lose(bench, {"breaks": "read-timeout"}))
    # The first page fails, then only what follows it.
    for after in (0, 1):
        engine.look(plant=blind(bench, {**answer, "after": after}, bench.listing[0]))
        engine.deliver()
    found_in_the_end(engine)


def test_an_empty_list_makes_no_second_post(listing_bench):
    bench = listing_bench
    path, empty = bench.listing
    engine = Engine(bench, [bench.older()])
    engine.deliver(plant=lose(bench, {"breaks": "read-timeout"}))
    engine.look(plant=blind(bench, {"status": 200, "body": empty}, path))
    engine.deliver()
    found_in_the_end(engine)


@pytest.mark.parametrize("fault", ["other account", "restored from a backup"])
def test_the_list_of_another_account_or_time_makes_no_second_post(list_bench, fault):
    bench = list_bench
    bench.older(hours=5)
    kept = list(bench.published())
    engine = Engine(bench, [bench.older()])
    engine.deliver(plant=lose(bench, {"breaks": "read-timeout"}))

    def hide():
        # Ours and what is known are not there; what is there is older than both.
        shown[:] = bench.published()
        bench.published()[:] = kept

    shown = []
    before, engine.check = engine.check, lambda: None
    engine.look(plant=hide)
    bench.published()[:] = shown
    engine.check = before
    engine.check()
    engine.deliver()
    found_in_the_end(engine)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "text": PAGE},
        {"breaks": "read-timeout"},
        {"status": 200, "text": PAGE},
        "the same page",
        "an empty page",
    ],
    ids=str,
)
def test_a_second_page_that_fails_makes_no_second_post(list_bench, answer):
    bench = list_bench
    engine = Engine(bench, [bench.older()])
    engine.deliver(plant=lose(bench, {"breaks": "read-timeout"}))
    bench.clock.move(minutes=30)
    bench.crowd()
    engine.before += len(bench.published()) - engine.before - 1
    path, empty = bench.listing
    if answer == "an empty page":
        answer = {"status": 200, "body": empty}
    if answer == "the same page":
        answer = {"repeats": True}
    engine.look(plant=blind(bench, {"after": 1, **answer}, path))
    engine.deliver()
    found_in_the_end(engine)


def test_what_is_listed_late_is_not_called_absent_before(list_bench):
    bench = list_bench
    engine = Engine(bench, [bench.older()])
    connection = bench.connect()
    job = bench.prepared(connection, bench.job())
    kept = list(bench.published())
    connection.commit(job)
    shown = list(bench.published())
    bench.published()[:] = kept
    bench.clock.now = job.due
    bench.clock.move(seconds=100)
    assert bench.connect().find(bench.blind(job)) is None
    bench.published()[:] = shown
    assert engine.live == 1


def test_what_never_arrived_is_sent_once_and_only_after_proof(http_bench):
    bench = http_bench
    engine = Engine(bench, [bench.older()])
    bench.server.faults.clear()
    lost = {"status": 502, "text": PAGE}
    assert engine.deliver(plant=lambda: bench.server.fail(bench.path, **lost)) is Step.UNKNOWN
    assert engine.live == 0
    engine.look(plant=blind(bench, {"breaks": "read-timeout"}))
    assert engine.state == "unknown"
    bench.clock.move(hours=2)
    engine.look()
    if engine.state == "planned":
        assert engine.deliver() is Step.PUBLISHED
    else:
        assert not (bench.asks and bench.proves)
    engine.check()
