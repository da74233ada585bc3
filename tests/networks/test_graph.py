"""What Meta's three networks have in common: errors, tokens, waiting, lists."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace

import pytest
from network_fakes.graph import TOKEN, refused
from whenever import Instant, TimeDelta

from mimin.model.payload import Part
from mimin.networks.graph_errors import SUBCODES, judged
from mimin.networks.graph_rules import VERSION
from mimin.networks.http import Refusal, Unclear
from mimin.networks.protocol import Absent, NotPublished, Receipt
from mimin.networks.versions import VERSIONS
from mimin.networks.waiting import retry_moment

NOW = Instant.from_utc(2026, 12, 1)


def refusal(code, subcode=None, status=400, **more):
    body = refused(code, subcode, **more)
    return Refusal("no", status=status, code=str(code), permanent=status == 400, body=body)


@pytest.mark.parametrize(
    ("code", "subcode"),
    [
        (100, None),
        (100, 2207023),
        (352, 2207026),
        (36000, 2207004),
        (36001, 2207005),
        (36003, 2207009),
        (36004, 2207010),
        (1, 2207057),
        (324, 1366046),
        (100, 4279071),
        (200, 1609008),
    ],
)
def test_what_is_wrong_with_the_post_is_refused_for_good(code, subcode):
    found = judged(refusal(code, subcode), NOW)
    assert isinstance(found, NotPublished)
    assert found.permanent


@pytest.mark.parametrize(
    ("code", "subcode", "status"),
    [
        (190, None, 401),
        (190, 463, 400),
        (102, None, 400),
        (10, None, 403),
        (200, None, 400),
        (294, None, 400),
        (368, None, 400),
        (100, 33, 400),
        (24, 2207006, 400),
        (24, 2207008, 400),
        (25, 2207050, 400),
        (4, 2207051, 400),
        (9004, 2207052, 400),
        (9007, 2207027, 400),
        (-2, 2207003, 400),
        (-2, 2207020, 400),
        (100, 4279013, 400),
        (190, 1404006, 400),
        (12345, None, 400),
    ],
)
def test_what_can_be_mended_meanwhile_may_be_tried_again(code, subcode, status):
    found = judged(refusal(code, subcode, status), NOW)
    assert isinstance(found, NotPublished)
    assert not found.permanent


@pytest.mark.parametrize(
    ("code", "subcode", "more"),
    [
        (-1, 2207001, {}),
        (-1, 2207032, {}),
        (1, None, {}),
        (2, None, {"is_transient": True}),
        (12345, None, {"is_transient": True}),
        (506, None, {}),
        (1, 1366051, {}),
        (1, 1363047, {}),
    ],
)
def test_trouble_inside_and_duplicates_prove_nothing(code, subcode, more):
    assert isinstance(judged(refusal(code, subcode, **more), NOW), Unclear)


def test_a_known_subcode_goes_before_the_code_and_the_transient_mark():
    assert judged(refusal(1, 2207057), NOW).permanent
    assert judged(refusal(36003, 2207009, is_transient=True), NOW).permanent
    assert isinstance(judged(refusal(100, 1363047), NOW), Unclear)


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80001, 80009])
def test_a_limit_says_when_to_come_back_in_a_header_of_its_own(code):
    found = refusal(code)
    usage = {"1784": [{"type": "instagram", "estimated_time_to_regain_access": 12}]}
    found.headers = {"x-business-use-case-usage": json.dumps(usage)}
    limited = judged(found, NOW)
    assert not limited.permanent
    assert limited.retry_at == NOW.add(minutes=12)


@pytest.mark.parametrize(
    "value",
    [
        "{}",
        "[]",
        "nonsense",
        '{"1": [{"estimated_time_to_regain_access": 0}]}',
        '{"1": [{"call_count": 3}]}',
        '{"1": 3}',
        '{"1": [3]}',
    ],
)
def test_a_usage_that_says_nothing_is_no_moment(value):
    assert retry_moment({"x-business-use-case-usage": value}, NOW) is None


def test_a_dead_token_says_what_to_do():
    with pytest.raises(NotPublished, match="log in again"):
        raise judged(refusal(190, 463), NOW)


@pytest.mark.parametrize(
    "words",
    [
        "API calls from the server require an appsecret_proof argument",
        "Invalid appsecret_proof provided in the API argument",
    ],
)
def test_a_missing_or_wrong_proof_of_the_app_is_no_fault_of_the_post(words):
    body = refused(100, message=words)
    found = Refusal(words, status=400, code="100", permanent=True, body=body)
    with pytest.raises(NotPublished, match='"client_secret"') as error:
        raise judged(found, NOW)
    assert not error.value.permanent


# The proof of the app's secret


APP_SECRET = "app-secret-ABCDEFGHIJKLMNOP"


def with_app(bench, token=TOKEN):
    grant = {"access_token": token, "client_secret": APP_SECRET}
    bench.access = replace(bench.access, secret=json.dumps(grant))
    return bench


def proofs(bench):
    return [call.url.params.get("appsecret_proof") for call in bench.server.requests]


@pytest.mark.parametrize("kind", ["facebook", "instagram_facebook"])
def test_every_call_to_facebooks_host_proves_the_app_where_its_secret_is_known(kind, request):
    bench = with_app(request.getfixturevalue(kind))
    part = Part(text="Halo", media=(bench.image(),))
    bench.publish(part)
    bench.connect().whoami()
    wanted = hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    assert len(proofs(bench)) > 3
    assert set(proofs(bench)) == {wanted}


@pytest.mark.parametrize("kind", ["instagram", "threads"])
def test_hosts_that_document_no_proof_get_none(kind, request):
    bench = with_app(request.getfixturevalue(kind))
    bench.publish(Part(text="Halo", media=(bench.image(),)))
    assert set(proofs(bench)) == {None}


def test_without_the_apps_secret_calls_are_as_they_were(facebook):
    facebook.publish("Halo")
    assert set(proofs(facebook)) == {None}


def test_every_subcode_is_a_number_that_meta_uses():
    assert all(code == 33 or 1_000_000 < code < 10_000_000 for code in SUBCODES)


# Tokens that renew themselves


def grant(bench, **lasts):
    ends = bench.clock().add(**lasts).format_iso()
    secret = json.dumps({"access_token": TOKEN, "expires_at": ends})
    bench.access = replace(bench.access, secret=secret)


@pytest.fixture(params=["instagram", "threads"])
def renewing(request):
    return request.getfixturevalue(request.param)


def renewals(bench):
    return [call for call in bench.server.requests if call.url.path == "/refresh_access_token"]


def test_a_token_is_renewed_a_month_before_its_end_because_later_it_can_not_be(renewing):
    grant(renewing, hours=24 * 29)
    renewing.publish("Halo")
    (call,) = renewals(renewing)
    assert call.method == "GET"
    assert dict(call.url.params) == {
        "grant_type": renewing.server.grant_type,
        "access_token": TOKEN,
    }
    assert renewing.server.requests[-1].headers["authorization"] != f"Bearer {TOKEN}"


def test_a_token_that_lasts_is_left_alone(renewing):
    grant(renewing, hours=24 * 31)
    renewing.publish("Halo")
    assert renewals(renewing) == []


def test_a_renewed_token_is_not_renewed_again_by_the_next_run(renewing):
    grant(renewing, hours=24 * 29)
    renewing.publish("Halo")
    renewing.connect().whoami()
    assert len(renewals(renewing)) == 1


def test_a_token_stays_in_use_when_its_early_renewal_fails(renewing):
    grant(renewing, hours=24 * 29)
    renewing.server.fail("/refresh_access_token", status=400, body=refused(100))
    renewing.publish("Halo")
    assert len(renewing.published()) == 1


def test_a_token_that_has_ended_and_can_not_be_renewed_stops_before_anything(renewing):
    grant(renewing, hours=-1)
    renewing.server.tokens.clear()
    with pytest.raises(NotPublished, match="accounts login"):
        renewing.connect().prepare(renewing.job("Halo"))


def test_a_bare_token_is_used_as_it_is(renewing):
    renewing.publish("Halo")
    assert renewals(renewing) == []


# Lists


@pytest.fixture(params=["instagram", "instagram-facebook", "threads", "facebook"])
def meta(request, tmp_path):
    return request.getfixturevalue(request.param.replace("-", "_"))


def test_a_post_is_found_behind_many_newer_ones(meta):
    connection = meta.connect()
    job = meta.prepared(connection, meta.job("Halo #kopi"))
    receipt = connection.commit(job)
    meta.clock.move(minutes=1)
    for number in range(8):
        meta.server.write(f"lain {number}")
    assert meta.find_later(job) == receipt


def test_a_list_that_does_not_reach_back_proves_nothing(meta):
    job = meta.prepared(meta.connect(), meta.job("Halo"))
    if getattr(meta.server, "containers", None):
        # Without a container only the list is left.
        meta.server.containers.clear()
    meta.clock.move(minutes=20)
    for number in range(20):
        meta.server.write(f"lain {number}")
    assert meta.find_later(job) is None


def test_a_list_that_reaches_back_proves_absence_once_it_has_settled(meta):
    meta.server.write("lama")
    meta.clock.move(hours=1)
    job = meta.job("Halo", due=meta.clock())
    job = meta.prepared(meta.connect(), job)
    if getattr(meta.server, "containers", None):
        meta.server.containers.clear()
    assert meta.connect().find(meta.blind(job)) is None
    assert meta.find_later(job, minutes=4) is Absent.PROVEN


def test_a_long_history_does_not_stand_in_the_way_of_proof(meta):
    for number in range(30):
        meta.server.write(f"lama {number}")
    meta.clock.move(hours=1)
    job = meta.prepared(meta.connect(), meta.job("Halo", due=meta.clock()))
    if getattr(meta.server, "containers", None):
        meta.server.containers.clear()
    assert meta.find_later(job) is Absent.PROVEN


def test_a_failed_look_says_nothing(meta):
    job = meta.prepared(meta.connect(), meta.job("Halo"))
    for _ in range(3):
        meta.server.fail("", status=503, text="")
    with pytest.raises(Unclear):
        meta.find_later(job)


def test_a_dead_token_is_a_refusal_at_the_publishing_call_that_a_new_one_mends(meta):
    connection = meta.connect()
    job = meta.prepared(connection, meta.job("Halo"))
    meta.server.tokens.clear()
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert not refusal.value.permanent
    meta.server.tokens.add(TOKEN)
    assert isinstance(meta.connect().commit(job), Receipt)


def test_no_handle_and_nothing_shown_holds_the_token_or_an_address_of_media(meta):
    job = meta.job("Halo")
    handles = dict(meta.connect().prepare(job))
    shown = json.dumps([handles, meta.network.wire(job)])
    assert TOKEN not in shown
    assert "media.test" not in shown


# Settings


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("instagram", "user", "@kopisenja"),
        ("instagram", "version", "26"),
        ("instagram", "login", "google"),
        ("facebook", "page", "kopisenja"),
        ("threads", "user", "kopi"),
        ("threads", "topic", "a.b"),
        ("threads", "topic", "a&b"),
        ("threads", "topic", "#kopi"),
        ("threads", "topic", ""),
        ("threads", "topic", "k" * 51),
    ],
)
def test_a_setting_that_can_not_be_right_is_objected_to(request, kind, name, value):
    bench = request.getfixturevalue(kind)
    settings = {**bench.access.account.settings, name: value}
    account = bench.access.account.model_copy(update={"settings": settings})
    payload = bench.job("Halo", settings=settings).payload
    (found,) = bench.network.check(payload, account)
    assert found.code == "setting-invalid"
    assert kind in found.message


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [("instagram", "user", "17"), ("facebook", "page", "17"), ("threads", "user", "17")],
)
def test_a_post_can_not_change_whose_account_it_goes_to(request, kind, name, value):
    bench = request.getfixturevalue(kind)
    assert bench.codes("Halo", settings={name: value}) == ["setting-invalid"]
    with pytest.raises(NotPublished) as refusal:
        bench.connect().prepare(bench.job("Halo", settings={name: value}))
    assert refusal.value.permanent
    assert bench.server.requests == []


def test_a_page_or_an_account_that_is_not_named_is_asked_for(facebook, instagram_facebook):
    for bench, name in ((facebook, "page"), (instagram_facebook, "user")):
        settings = {key: text for key, text in bench.access.account.settings.items() if key != name}
        account = bench.access.account.model_copy(update={"settings": settings})
        bench.access = replace(bench.access, account=account)
        assert bench.codes("Halo") == ["setting-missing"]


def test_a_version_that_the_account_names_is_asked_for(instagram, facebook):
    for bench in (instagram, facebook):
        settings = {**bench.access.account.settings, "version": "v27.0"}
        account = bench.access.account.model_copy(update={"settings": settings})
        bench.access = replace(bench.access, account=account)
        bench.server.version = "v27.0"
        bench.publish("Halo")
        assert len(bench.published()) == 1
        assert "/v27.0/" in bench.network.wire(bench.job("Halo"))["url"]


# Who we are


def test_who_we_are_with_what_the_token_may_do_and_when_it_ends(threads, instagram_facebook):
    for bench, granted, lacking in (
        (threads, ["threads_basic"], ("threads_content_publish",)),
        (instagram_facebook, ["instagram_basic", "instagram_content_publish"], ()),
    ):
        bench.server.scopes = granted
        bench.server.ends = int(NOW.add(hours=5).timestamp())
        found = bench.connect().whoami()
        assert (found.remote_id, found.handle) == (bench.server.user, "kopisenja")
        assert found.scopes == tuple(granted)
        assert found.lacking == lacking
        assert found.expires == NOW.add(hours=5)


def test_who_we_are_where_the_token_may_not_be_asked_about(instagram):
    grant(instagram, hours=24 * 50)
    found = instagram.connect().whoami()
    assert (found.remote_id, found.scopes, found.lacking) == (instagram.server.user, None, ())
    assert found.expires == instagram.clock().add(hours=24 * 50)
    assert found.restrictions == ()


def test_a_refused_token_is_known_by_asking_who_we_are(meta):
    meta.server.tokens.clear()
    with pytest.raises(NotPublished, match="log in again"):
        meta.connect().whoami()


def test_the_day_is_full_is_a_restriction(instagram, threads):
    for bench in (instagram, threads):
        bench.server.used = bench.server.total
        assert bench.connect().whoami().restrictions != ()


# Containers, on both networks that have them


@pytest.fixture(params=["instagram", "instagram-facebook", "threads"])
def contained(request):
    return request.getfixturevalue(request.param.replace("-", "_"))


def test_a_full_day_is_known_before_anything_is_made(contained):
    contained.server.used = contained.server.total
    with pytest.raises(NotPublished, match="used up") as refusal:
        contained.connect().prepare(contained.job("Halo"))
    assert not refusal.value.permanent
    assert contained.server.containers == {}


def test_a_day_that_fills_up_meanwhile_is_a_refusal(contained):
    connection = contained.connect()
    job = contained.prepared(connection, contained.job("Halo"))
    contained.server.used = contained.server.total
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert not refusal.value.permanent
    assert contained.published() == []


def test_a_lost_answer_is_told_by_the_container_and_never_by_a_guess(contained):
    connection = contained.connect()
    job = contained.prepared(connection, contained.job("Halo"))
    contained.lose_answer()
    with pytest.raises(Unclear):
        connection.commit(job)
    # It is published, so that not even an empty list is proof that it is not.
    kept, contained.server.posts = contained.server.posts, []
    assert contained.find_later(job) is None
    contained.server.posts = kept
    assert contained.find_later(job).remote_id == kept[0]["id"]


def test_a_container_that_was_not_published_is_proof_even_if_somebody_posted_the_same(contained):
    job = contained.prepared(contained.connect(), contained.job("Halo"))
    contained.server.write("Halo")
    assert contained.connect().find(contained.blind(job)) is None
    assert contained.find_later(job) is Absent.PROVEN


LIMITS = [(403, 4, 2207051), (403, 4, None), (400, 32, None), (403, 80002, None), (429, 4, None)]
FAILED_LOOKS = [
    {"status": 403, "body": refused(4, 2207051)},
    {"status": 429, "body": refused(4)},
    {"status": 400, "body": refused(100, 33)},
    {"status": 401, "body": refused(190)},
    {"status": 500, "body": refused(2)},
    {"status": 200, "text": "<h1>Sorry</h1>"},
    {"status": 200, "body": {"id": "1", "status_code": "SOMETHING_NEW", "status": "SOMETHING_NEW"}},
    {"breaks": "read-timeout"},
]


@pytest.mark.parametrize("look", FAILED_LOOKS)
@pytest.mark.parametrize(("status", "code", "subcode"), LIMITS)
def test_a_limit_is_no_proof_where_the_container_can_not_be_asked(
    contained, status, code, subcode, look
):
    connection = contained.connect()
    job = contained.prepared(connection, contained.job("Halo"))
    limit = {"status": status, "body": refused(code, subcode)}
    contained.server.fail(f"/{contained.server.publish}", **limit, carried_out=True)
    for _ in range(3):
        contained.server.fail(f"/{job.handles['container']}", **look)
    with pytest.raises(Unclear):
        connection.commit(job)
    contained.server.faults.clear()
    assert contained.find_later(job).remote_id == contained.published()[0]["id"]


def test_a_limit_is_no_proof_where_the_container_is_published_a_moment_later(contained):
    connection = contained.connect()
    job = contained.prepared(connection, contained.job("Halo"))
    edge = f"/{contained.server.publish}"
    contained.server.fail(edge, status=403, body=refused(4, 2207051), carried_out=True)
    early = {"id": "1", "status_code": "FINISHED", "status": "FINISHED"}
    contained.server.fail(f"/{job.handles['container']}", status=200, body=early)
    with pytest.raises(Unclear, match="PUBLISHED"):
        connection.commit(job)


def test_a_container_that_is_still_being_published_proves_nothing(contained):
    job = contained.prepared(contained.connect(), contained.job("Halo"))
    contained.server.containers[job.handles["container"]]["wait"] = 9
    assert contained.find_later(job) is None


@pytest.mark.parametrize("state", ["ERROR", "EXPIRED"])
def test_a_container_that_will_never_be_published_is_proof(contained, state):
    job = contained.prepared(contained.connect(), contained.job("Halo"))
    if state == "ERROR":
        contained.server.containers[job.handles["container"]]["broken"] = "UNKNOWN"
        assert contained.find_later(job) is Absent.PROVEN
    else:
        assert contained.find_later(job, minutes=25 * 60) is Absent.PROVEN


def test_a_container_that_expired_is_made_anew_by_the_next_try(contained):
    connection = contained.connect()
    job = contained.prepared(connection, contained.job("Halo"))
    contained.clock.move(hours=25)
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert not refusal.value.permanent
    connection.commit(contained.prepared(connection, contained.job("Halo")))
    assert len(contained.published()) == 1


def test_a_container_that_does_not_finish_is_given_up_after_minutes(contained):
    contained.server.polls_needed = 1000
    waited = []
    made = contained.network.connection()
    connection = made(contained.access, transport=contained.server, sleep=waited.append)
    with pytest.raises(NotPublished, match="did not process") as refusal:
        connection.prepare(contained.job("Halo"))
    assert not refusal.value.permanent
    assert 240 <= sum(waited) <= 360


@pytest.mark.parametrize(
    ("reason", "permanent"),
    [
        ("Error: Media upload has failed with error code 2207026", True),
        ("Error: Media upload has failed with error code 2207053", False),
        ("INVALID_ASPEC_RATIO", True),
        ("INVALID_FRAME_RATE", True),
        ("FAILED_DOWNLOADING_VIDEO", False),
        ("UNKNOWN", False),
    ],
)
def test_why_it_could_not_be_processed_says_whether_another_file_is_needed(
    contained, reason, permanent
):
    contained.server.breaks = reason
    with pytest.raises(NotPublished) as refusal:
        contained.connect().prepare(contained.job("Halo"))
    assert reason in str(refusal.value)
    assert refusal.value.permanent is permanent


def test_without_a_place_for_media_the_way_out_is_named(instagram, threads):
    for bench in (instagram, threads):
        bench.access = replace(bench.access, host=None)
        job = bench.job(bench.job("x").part.model_copy(update={"media": (bench.image(),)}))
        with pytest.raises(NotPublished, match="media_host") as refusal:
            bench.connect().prepare(job)
        assert refusal.value.permanent


def test_being_out_does_not_fail_because_its_address_can_not_be_read(contained):
    connection = contained.connect()
    job = contained.prepared(connection, contained.job("Halo"))
    name = str(int(contained.server.number) + 1)
    for _ in range(4):
        contained.server.fail(f"/{name}", status=500, body={})
    receipt = connection.commit(job)
    assert receipt.remote_id == name
    assert receipt.url.startswith("https://")
    assert "kopisenja" in receipt.url


def test_processing_is_waited_for_before_the_post_is_due(contained):
    contained.server.polls_needed = 3
    connection = contained.connect()
    job = contained.prepared(connection, contained.job("Halo"))
    before = len(contained.server.requests)
    connection.commit(job)
    assert [call.method for call in contained.server.requests[before:]] == ["POST", "GET"]


def test_what_was_taken_down_is_taken_down_also_the_second_time(threads, instagram_facebook):
    for bench in (threads, instagram_facebook):
        (receipt,) = bench.publish("Halo")
        job = bench.blind(bench.job("Halo"))
        bench.connect().retract(job, receipt)
        assert bench.published() == []
        assert bench.calls("DELETE") == [receipt.remote_id]
        bench.connect().retract(job, receipt)


def test_what_may_not_be_taken_down_is_still_there(threads, instagram_facebook):
    for bench in (threads, instagram_facebook):
        (receipt,) = bench.publish("Halo")
        bench.server.fail(f"/{receipt.remote_id}", status=403, body=refused(10))
        with pytest.raises(NotPublished):
            bench.connect().retract(bench.job("Halo"), receipt)
        bench.server.fail(f"/{receipt.remote_id}", status=400, body=refused(100, 33))
        with pytest.raises(NotPublished):
            bench.connect().retract(bench.job("Halo"), receipt)
        assert len(bench.published()) == 1


def test_a_post_whose_address_a_person_told_can_be_taken_down(threads, instagram_facebook):
    for bench in (threads, instagram_facebook):
        (known,) = bench.publish("Halo")
        told = Receipt(remote_id=f"{known.url}?igsh=abc", url=known.url)
        bench.connect().retract(bench.job("Halo"), told)
        assert bench.published() == []
        with pytest.raises(NotPublished, match="tell its right address"):
            bench.connect().retract(bench.job("Halo"), told)


def test_what_is_recognised_is_near_in_time(contained):
    connection = contained.connect()
    job = contained.prepared(connection, contained.job("Halo"))
    contained.server.fail(contained.path, breaks="read-timeout")
    with pytest.raises(Unclear):
        connection.commit(job)
    contained.server.posts[0]["timestamp"] = (
        contained.clock()
        .subtract(TimeDelta(hours=3))
        .to_stdlib()
        .strftime("%Y-%m-%dT%H:%M:%S+0000")
    )
    assert contained.find_later(job) is None


def test_the_version_that_is_asked_for_is_the_one_whose_end_is_watched():
    watched = {one.network: one.version for one in VERSIONS}
    assert (watched["instagram"], watched["facebook"]) == (VERSION, VERSION)
