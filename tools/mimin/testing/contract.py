"""The contract that every adapter keeps, whatever its network."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest
from whenever import Instant

from mimin.model.payload import Card, Part, Span
from mimin.networks.http import Unclear
from mimin.networks.protocol import Absent, Identifies, NotPublished, Receipt, TellsTime
from mimin.networks.waiting import LONGEST


def find_later(bench, job):
    """Look when no call can be under way any more, with no more than reconcile has."""
    bench.clock.move(minutes=9)
    return bench.connect().find(bench.blind(job))


def look(bench, job):
    """Look as reconcile does, which takes a look that fails for no answer."""
    try:
        return bench.connect().find(bench.blind(job))
    except Exception:  # noqa: BLE001 - as the engine
        return None


def absence(bench):
    """Give what a look for what is not there says in the end."""
    return Absent.PROVEN if bench.asks and bench.proves else None


def has_alt(bench):
    """Tell whether the network has a place for alt texts."""
    return bench.network.limits(bench.access.account).alt != 0


# Every adapter


def test_the_network_goes_by_its_own_name(any_bench):
    assert any_bench.network.name == any_bench.access.account.network


def test_preparing_publishes_nothing(any_bench):
    job = any_bench.job(Part(text="Halo", media=(any_bench.image(),)))
    any_bench.connect().prepare(job)
    assert any_bench.published() == []


def test_handles_are_text_that_the_ledger_can_hold(any_bench):
    job = any_bench.job(Part(text="Halo", media=(any_bench.image(),)))
    handles = any_bench.connect().prepare(job)
    assert all(isinstance(text, str) for pair in handles.items() for text in pair)


def test_connecting_asks_nothing(any_bench):
    any_bench.connect()
    assert not any_bench.server or any_bench.server.requests == []


def test_showing_and_checking_ask_nothing_and_are_the_same_every_time(any_bench):
    network, account = any_bench.network, any_bench.access.account
    limits = network.limits(account)
    media = () if limits.images == limits.videos == 0 else (any_bench.image(),)
    job = any_bench.job(Part(text="Halo #kopi", media=media), "dan lagi")
    assert json.dumps(network.wire(job)) == json.dumps(network.wire(job))
    assert network.check(job.payload, account) == ()
    assert network.limits(account) == network.limits(account)
    assert not any_bench.server or any_bench.server.requests == []


def test_text_alt_text_and_warning_are_on_the_wire_as_they_were_reviewed(any_bench):
    text = "Ésok “gajian” 🎉\n\nKe bawah: https://kopi-senja.example/a?b=c&d={e}"
    part = Part(text=text, media=(any_bench.image(alt="Dua “gelas” {kopi} ☕"),))
    shown = any_bench.network.wire(any_bench.job(part))
    assert any_bench.worded(text) in strings(shown)
    assert (
        "Dua “gelas” {kopi} ☕" in strings(shown)
        or not has_alt(any_bench)
        or "upload" in json.dumps(shown)
        or (
            # Mastodon takes the alt text with the upload.
            "{media0}" in strings(shown)
        )
    )


def test_a_changed_file_is_never_sent(any_bench):
    job = any_bench.job(Part(text="Halo", media=(any_bench.image(),)))
    any_bench.files["foto.jpg"] = b"\xff\xd8 another one"
    with pytest.raises(NotPublished) as refusal:
        any_bench.connect().prepare(job)
    assert refusal.value.permanent
    assert not any_bench.server or b"another one" not in bodies(any_bench)


def test_a_missing_file_is_a_refusal_that_may_be_mended(any_bench):
    job = any_bench.job(Part(text="Halo", media=(any_bench.image(),)))
    any_bench.files.clear()
    with pytest.raises(NotPublished, match=r"foto\.jpg"):
        any_bench.connect().prepare(job)


def test_secrets_are_not_on_the_wire_that_is_shown(any_bench):
    shown = json.dumps(any_bench.network.wire(any_bench.job()))
    assert not any(secret in shown for secret in any_bench.secrets)


def test_who_we_are_is_told_by_an_id_that_stays(any_bench):
    connections = [any_bench.connect() for _ in range(2)]
    told = {each.whoami().remote_id for each in connections if isinstance(each, Identifies)}
    assert len(told) == isinstance(connections[0], Identifies)
    assert "" not in told
    assert any_bench.published() == []


# Adapters that publish by themselves


def test_committing_publishes_exactly_one_object(bench):
    connection = bench.connect()
    receipt = connection.commit(bench.prepared(connection, bench.job()))
    assert len(bench.published()) == len(bench.sent()) == 1
    assert receipt.remote_id
    assert receipt.url.startswith("https://")


def test_what_was_shown_is_what_is_sent(bench):
    media = (bench.image(), bench.image("dua.jpg", b"\xff\xd8 dua", "Alt dua"))
    parts = (Part(text="Satu 🎉 #kopi", media=media), "Dua https://kopi-senja.example", "Tiga")
    jobs, _ = bench.post_all(bench.connect(), *bench.parts(*parts))
    assert bench.sent() == [bench.expected(job) for job in jobs]


def test_what_was_shown_before_anything_was_known_is_what_is_sent(bench):
    bench.clock.now = Instant.from_utc(2026, 12, 1, 3, 29)
    parts = bench.parts(Part(text="Satu 🎉 #kopi", media=(bench.image(),)), "Dua")
    shown = [bench.network.wire(bench.job(*parts, index=index)) for index in range(len(parts))]
    jobs, _ = bench.post_all(bench.connect(), *parts)
    for before, job, sent in zip(shown, jobs, bench.sent(), strict=True):
        network = bench.network
        bench.network = Shown(network, before)
        assert bench.expected(job) == sent
        bench.network = network


def test_the_wire_format_is_the_one_on_file(http_bench, request):
    bench = http_bench
    file = request.path.parent / "golden" / f"{bench.kind.partition(' ')[0]}.json"
    parts = bench.parts(
        Part(text="Gajian! 🎉 Kopi #hematSenja", media=(bench.image(),)),
        Part(text="Kedua: https://kopi-senja.example/menu — “enak”"),
        Part(text="Ketiga"),
    )
    bench.post_all(bench.connect(), *parts)
    calls = [call for call in bench.server.requests if not call.url.path.endswith("Session")]
    written = [written_down(bench, call) for call in calls]
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert written == json.loads(file.read_text("utf-8"))


def test_the_parts_of_a_thread_answer_the_part_before(thread_bench):
    bench = thread_bench
    _, receipts = bench.post_all(bench.connect(), "satu", "dua", "tiga")
    first, second = receipts[0].remote_id, receipts[1].remote_id
    assert bench.parent_of(0) is None
    parents = [bench.parent_of(1), bench.parent_of(2)]
    # Where a network knows no root, the parent stands in its place.
    assert parents in ([(first, first), (first, second)], [(first, first), (second, second)])


def test_what_is_out_is_found_with_the_same_receipt(bench):
    media = (bench.image(),)
    parts = bench.parts(Part(text="Satu 🎉 #kopi @budi", media=media), "Dua\n\nhttps://a.example/b")
    jobs, receipts = bench.post_all(bench.connect(), *parts)
    expected = receipts if bench.asks else [None for _ in receipts]
    assert [find_later(bench, job) for job in jobs] == expected


def test_what_was_only_prepared_is_proven_absent_in_the_end(bench):
    bench.older()
    job = bench.prepared(bench.connect(), bench.job(Part(text="Halo", media=(bench.image(),))))
    assert bench.connect().find(bench.blind(job)) in {Absent.PROVEN, None}
    assert find_later(bench, job) is absence(bench)


def test_an_empty_list_proves_nothing(list_bench):
    bench = list_bench
    job = bench.prepared(bench.connect(), bench.job())
    assert find_later(bench, job) is None


def test_a_list_proves_absence_only_if_it_shows_what_is_known_to_be_out(list_bench):
    bench = list_bench
    bench.older(hours=3)
    known = bench.older()
    job = replace(bench.prepared(bench.connect(), bench.job()), known=(known,))
    assert find_later(bench, job) is Absent.PROVEN
    other = replace(known, remote_id=f"{known.remote_id}0")
    for lacking in ((other,), (other, known), (replace(other, at=job.at), known)):
        assert look(bench, replace(job, known=lacking)) is None
    # All of the last days, and only the newest is too old to be asked for.
    assert look(bench, replace(job, known=(known, other))) is Absent.PROVEN


def test_a_list_that_lacks_the_parts_before_proves_nothing(list_thread_bench):
    bench = list_thread_bench
    known = bench.older()
    connection = bench.connect()
    first = connection.commit(bench.prepared(connection, bench.job("satu", "dua")))
    job = bench.prepared(connection, bench.job("satu", "dua", index=1))
    job = replace(job, sent=(first,), known=(known,))
    assert find_later(bench, job) is Absent.PROVEN
    gone = first.model_copy(update={"remote_id": f"{first.remote_id}0"})
    assert look(bench, replace(job, sent=(gone,))) is None


def test_a_look_for_what_was_never_prepared_finds_nothing(any_bench):
    any_bench.clock.move(hours=1)
    job = any_bench.blind(any_bench.job())
    assert any_bench.connect().find(job) in {Absent.PROVEN, None}


def test_another_post_of_the_account_is_not_taken_for_ours(bench):
    bench.older()
    connection = bench.connect()
    connection.commit(bench.prepared(connection, bench.job("Halo", key="kopi-senja/lain@akun")))
    bench.clock.move(hours=1)
    due = bench.clock.now
    job = bench.prepared(connection, bench.job("Selamat pagi", due=due))
    assert find_later(bench, job) is absence(bench)


def test_a_lost_answer_is_not_proof_and_the_post_is_found(bench):
    connection = bench.connect()
    job = bench.prepared(connection, bench.job("Halo #kopi"))
    bench.lose_answer()
    with pytest.raises(Exception) as lost:
        connection.commit(job)
    assert not isinstance(lost.value, NotPublished)
    assert len(bench.published()) == 1
    found = find_later(bench, job)
    assert isinstance(found, Receipt) if bench.asks else found is None


def test_a_connection_that_was_never_made_is_proof_and_may_be_tried_again(bench):
    connection = bench.connect()
    job = bench.prepared(connection, bench.job())
    bench.break_before()
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert not refusal.value.permanent
    assert bench.published() == []
    connection.commit(job)
    assert len(bench.published()) == 1


def test_a_documented_refusal_is_proof_for_good(bench):
    connection = bench.connect()
    job = bench.prepared(connection, bench.job())
    bench.refuse()
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert refusal.value.permanent
    assert bench.published() == []


def test_too_many_requests_say_when_to_come_back(bench):
    connection = bench.connect()
    job = bench.prepared(connection, bench.job())
    bench.limit(90)
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert not refusal.value.permanent
    assert refusal.value.retry_at is not None
    assert (refusal.value.retry_at - bench.clock.now).total("seconds") == 90


def test_a_network_that_says_to_come_back_in_years_is_asked_again_tomorrow(bench):
    connection = bench.connect()
    job = bench.prepared(connection, bench.job())
    bench.limit(86_400_000)
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert refusal.value.retry_at - bench.clock.now == LONGEST


def test_too_many_requests_without_a_moment_may_be_tried_again(http_bench):
    connection = http_bench.connect()
    job = http_bench.prepared(connection, http_bench.job())
    http_bench.limit_blindly()
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert not refusal.value.permanent
    assert http_bench.published() == []


def test_a_token_without_the_right_is_a_refusal_that_a_new_token_may_mend(scope_bench):
    connection = scope_bench.connect()
    job = scope_bench.prepared(connection, scope_bench.job())
    scope_bench.wrong_scope()
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert not refusal.value.permanent
    assert scope_bench.published() == []


def test_media_that_is_still_being_processed_is_waited_for(processing_bench):
    bench = processing_bench
    bench.processing(2)
    connection = bench.connect()
    job = bench.prepared(connection, bench.job(Part(text="Halo", media=(bench.image(),))))
    connection.commit(job)
    assert len(bench.published()) == 1


def test_media_that_can_not_be_processed_is_refused_before_anything_is_out(failing_bench):
    bench = failing_bench
    bench.processing_failed()
    connection = bench.connect()
    with pytest.raises(NotPublished):
        connection.commit(
            bench.prepared(connection, bench.job(Part(text="Halo", media=(bench.image(),))))
        )
    assert bench.published() == []


def test_a_duplicate_is_never_taken_for_proof_that_nothing_is_out(duplicate_bench):
    bench = duplicate_bench
    connection = bench.connect()
    job = bench.prepared(connection, bench.job())
    first = connection.commit(job)
    bench.duplicate()
    try:
        second = connection.commit(job)
    except NotPublished:
        pytest.fail("a duplicate of what may be ours must not be called not published")
    except Exception:  # noqa: BLE001 - as the engine: what can not be explained may be out
        second = find_later(bench, job)
    assert second == first or (second is None and not bench.asks)


def test_a_renewed_token_is_saved_before_it_is_used(expiring_bench):
    bench = expiring_bench
    bench.expire()
    kept = bench.access.folder / "tokens" / "kopi-senja--akun.json"
    seen = []

    def watch(request):
        if "authorization" in request.headers:
            saved = kept.read_text("utf-8") if kept.exists() else ""
            seen.append(request.headers["authorization"].rpartition(" ")[2] in saved)

    bench.server.watch = watch
    connection = bench.connect()
    connection.commit(bench.prepared(connection, bench.job()))
    assert len(bench.published()) == 1
    assert seen
    assert seen[-1]
    assert kept.stat().st_mode & 0o077 == 0


def test_a_server_error_proves_nothing(bench):
    connection = bench.connect()
    job = bench.prepared(connection, bench.job())
    bench.fall_over()
    with pytest.raises(Exception) as error:
        connection.commit(job)
    assert not isinstance(error.value, NotPublished)


def test_the_publishing_call_is_made_once_whatever_goes_wrong(http_bench):
    connection = http_bench.connect()
    job = http_bench.prepared(connection, http_bench.job())
    http_bench.fall_over()
    with pytest.raises(Unclear):
        connection.commit(job)
    assert len(http_bench.sent()) == 1


def test_committing_twice_never_makes_two_where_the_network_knows_a_key(bench):
    connection = bench.connect()
    job = bench.prepared(connection, bench.job())
    first = connection.commit(job)
    try:
        second = connection.commit(job)
    except NotPublished:
        pytest.fail("what is out must not be called not published")
    except Exception:  # noqa: BLE001 - as the engine: what can not be explained may be out
        second = find_later(bench, job)
    if bench.dedupes:
        assert len(bench.published()) == 1
        assert second == first


def test_a_post_out_of_turn_is_not_sent(thread_bench):
    bench = thread_bench
    connection = bench.connect()
    job = bench.prepared(connection, bench.job("satu", "dua", index=1))
    with pytest.raises(NotPublished):
        connection.commit(job)
    assert bench.published() == []


def test_secrets_never_appear_in_what_is_raised(http_bench):
    bench = http_bench
    connection = bench.connect()
    job = bench.prepared(connection, bench.job())
    tokens = [
        *bench.secrets,
        *getattr(bench.server, "access", ()),
        *getattr(bench.server, "refresh", ()),
    ]
    echo = {"error": "Broken", "message": " ".join(tokens)}
    for status in (400, 401, 403, 429, 500, 302):
        bench.server.fail(bench.path, status=status, body=echo)
        with pytest.raises(Exception) as error:
            connection.commit(job)
        chain = f"{error.value!r} {error.value} {error.value.__cause__!r} {error.value.args}"
        assert not any(token in chain for token in tokens), chain
        assert "hidden" in chain


# What a network's answers prove, with the engine at work

from mimin.testing.proof import *  # noqa: E402, F403 - pytest collects what stands in this module

# Clocks, and taking down

NOT_GONE = [
    {"status": 404, "text": "<h1>Not Found</h1>"},
    {"status": 404, "text": ""},
    {"status": 404, "body": {}},
    {"status": 404, "body": {"message": "no route matched with those values"}},
    {"status": 410, "text": "<h1>Gone</h1>"},
    {"status": 200, "text": "<h1>Welcome to the hotel's Wi-Fi</h1>"},
    {"status": 302, "text": ""},
    {"status": 503, "text": ""},
    {"status": 403, "body": {}},
    {"breaks": "connect-error"},
]
"""Answers to a deletion that say nothing about the post."""


@pytest.mark.parametrize("answer", NOT_GONE, ids=str)
def test_what_is_not_said_of_the_post_itself_does_not_count_as_taken_down(retract_bench, answer):
    bench = retract_bench
    connection = bench.connect()
    job = bench.prepared(connection, bench.job())
    receipt = connection.commit(job)
    # Any call: nothing that belongs to a deletion is answered like this when it went well.
    for _ in range(9):
        bench.server.fail("", **answer)
    with pytest.raises((NotPublished, Unclear)):
        connection.retract(bench.blind(job), receipt)
    assert len(bench.published()) == 1


def test_what_the_servers_clock_says_is_kept_beside_ours(dated_bench):
    bench = dated_bench
    connection = bench.connect()
    assert isinstance(connection, TellsTime)
    job = bench.prepared(connection, bench.job())
    # Fakes send no date of their own, so that a simulated clock is compared with nothing.
    assert connection.server_time() is None
    bench.server.date = lambda: "Tue, 01 Dec 2026 03:42:07 GMT"
    bench.clock.move(seconds=10)
    connection.commit(job)
    assert connection.server_time() == (Instant.from_utc(2026, 12, 1, 3, 42, 7), bench.clock.now)


def test_a_refusal_tells_the_time_as_well(dated_bench):
    bench = dated_bench
    connection = bench.connect()
    job = bench.prepared(connection, bench.job())
    bench.server.date = lambda: "Tue, 01 Dec 2026 03:42:07 GMT"
    bench.fall_over()
    with pytest.raises(Unclear):
        connection.commit(job)
    bench.server.date = lambda: "yesterday"
    assert connection.server_time() == (Instant.from_utc(2026, 12, 1, 3, 42, 7), bench.clock.now)


@pytest.mark.parametrize("languages", [("id",), ("su", "id")])
def test_the_languages_arrive(bench, languages):
    languages = languages[: bench.network.limits(bench.access.account).languages]
    connection = bench.connect()
    connection.commit(bench.prepared(connection, bench.job(languages=languages)))
    assert set(languages) <= set(strings(bench.sent()))


def test_the_alt_text_arrives(bench):
    connection = bench.connect()
    job = bench.job(Part(text="Halo", media=(bench.image(alt="Dua gelas “kopi” ☕"),)))
    connection.commit(bench.prepared(connection, job))
    arrived = json.dumps(
        [str(post) for post in bench.published()] + [str(getattr(bench.server, "media", ""))],
        ensure_ascii=False,
    )
    assert ("Dua gelas “kopi” ☕" in arrived) == has_alt(bench)


def test_a_card_or_a_link_that_would_be_lost_is_objected_to_or_sent(bench):
    url = "https://kopi-senja.example/menu"
    part = Part(
        text="Menu baru", spans=(Span(start=0, end=4, url=url),), card=Card(url=url, title="M")
    )
    job = bench.job(part)
    objections = bench.network.check(job.payload, bench.access.account)
    assert objections or any(url in text for text in strings(bench.network.wire(job)))


class Shown:
    """A network that shows what it was told to."""

    def __init__(self, network, shown):
        self.network, self.shown = network, shown

    def wire(self, job):
        return self.shown

    def __getattr__(self, name):
        return getattr(self.network, name)


def strings(value):
    """List all text in plain data."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


def bodies(bench):
    return b"".join(request.content for request in bench.server.requests)


def written_down(bench, call):
    """Write a call down for the file: method, URL, the headers that matter, body."""
    wanted = {"authorization", "content-type", "idempotency-key", "content-range", *bench.headers}
    headers = {
        name: text
        for name, text in call.headers.items()
        if name in wanted or name.startswith("x-upload-")
    }
    url = str(call.url)
    for token in (*bench.secrets, *getattr(bench.server, "access", ())):
        url = url.replace(token, "{token}")
        headers = {name: text.replace(token, "{token}") for name, text in headers.items()}
    boundary = headers.get("content-type", "").partition("boundary=")[2]
    body = call.content.decode("latin-1")
    if boundary:
        headers["content-type"] = headers["content-type"].replace(boundary, "{boundary}")
        body = body.replace(boundary, "{boundary}")
    if headers.get("content-type", "").startswith("application/json"):
        body = json.loads(call.content)
    return {"method": call.method, "url": url, "headers": headers, "body": body}
