"""TikTok: pieces, photos, drafts, what the creator may do, and what became of a lost answer."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from network_benches.tiktok import GRANT
from network_fakes import tiktok as fake

from mimin.model.payload import Part
from mimin.model.post import Replies, Visibility
from mimin.networks.http import Limited, Refusal, Unclear
from mimin.networks.protocol import Absent, HandedOver, NotPublished, Receipt
from mimin.networks.tiktok import CHUNK, NETWORK, last_piece, piece_sizes

PUT = "/video/"
PHOTOS = "/v2/post/publish/content/init/"
INIT = "/v2/post/publish/video/init/"
DRAFT = "/v2/post/publish/inbox/video/init/"
STATUS = "/v2/post/publish/status/fetch/"
CREATOR = "/v2/post/publish/creator_info/query/"
LIST = "/v2/video/list/"
DRAFTS = {"settings": {"mode": "draft"}}


def publish(bench, job, **how):
    connection = bench.connect(**how)
    return connection.commit(bench.prepared(connection, job))


def codes(bench, *parts, **fields):
    payload = bench.job(*parts, **fields).payload
    return [found.code for found in NETWORK.check(payload, bench.access.account)]


def find_later(bench, job, **by):
    bench.clock.move(**(by or {"minutes": 9}))
    return bench.connect().find(bench.blind(job))


def only(bench):
    (post,) = bench.server.posts.values()
    return post


def forget_notes(bench):
    for note in (bench.access.folder / "uploads").iterdir():
        note.unlink()


def small_pieces(bench, size=1000):
    bench.server.smallest = size
    return {"chunk": size}


# The post


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Visibility.PUBLIC, "PUBLIC_TO_EVERYONE"),
        (Visibility.FOLLOWERS, "FOLLOWER_OF_CREATOR"),
        (Visibility.PRIVATE, "SELF_ONLY"),
    ],
)
@pytest.mark.parametrize("kind", ["tiktok", "clips"])
def test_the_audience_is_the_one_that_was_reviewed(request, kind, ours, theirs):
    bench = request.getfixturevalue(kind)
    bench.server.options = (theirs,)
    publish(bench, bench.job(visibility=ours))
    assert only(bench)["info"]["privacy_level"] == theirs


def test_labels_and_wishes_of_a_video_arrive(clips):
    settings = {"duet": "yes", "stitch": "yes", "cover": "1500", "own_brand": "yes"}
    job = clips.job("Isi", paid=True, ai=True, replies=Replies.NOBODY, settings=settings)
    publish(clips, job)
    assert only(clips)["info"] == {
        "title": "Isi",
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "disable_comment": True,
        "disable_duet": False,
        "disable_stitch": False,
        "video_cover_timestamp_ms": 1500,
        "brand_content_toggle": True,
        "brand_organic_toggle": True,
        "is_aigc": True,
    }


def test_photos_have_a_title_a_text_and_an_order(tiktok):
    media = tuple(tiktok.image(f"{n}.jpg", bytes([255, n])) for n in range(3))
    part = Part(text="Isi", media=media)
    publish(tiktok, tiktok.job(part, headline="Judul", paid=True, settings={"music": "yes"}))
    post = only(tiktok)
    assert post["images"] == [f"https://media.test/{each.sha256[:32]}" for each in media]
    assert post["info"] == {
        "title": "Judul",
        "description": "Isi",
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "disable_comment": False,
        "auto_add_music": True,
        "brand_content_toggle": True,
        "brand_organic_toggle": False,
    }


def test_the_receipt_names_the_post_as_everybody_sees_it(tiktok, clips):
    photo, video = publish(tiktok, tiktok.job()), publish(clips, clips.job())
    number = only(clips)["post_id"]
    assert video.url == f"https://www.tiktok.com/@kopisenja/video/{number}"
    assert photo.url == f"https://www.tiktok.com/@kopisenja/photo/{number}"
    assert video.remote_id == photo.remote_id == str(number)


def test_a_post_that_nobody_else_sees_has_no_id_but_is_out(clips):
    receipt = publish(clips, clips.job(visibility=Visibility.PRIVATE))
    assert receipt.remote_id == only(clips)["publish_id"]
    assert receipt.url == "https://www.tiktok.com/@kopisenja"
    assert len(clips.server.calls(STATUS)) == 1


def test_the_id_of_a_public_post_is_waited_for(clips):
    clips.server.moderation = 3
    receipt = publish(clips, clips.job())
    assert receipt.remote_id == str(only(clips)["post_id"])


def test_a_post_whose_moderation_takes_hours_is_out_all_the_same(clips):
    clips.server.moderation = 10**6
    receipt = publish(clips, clips.job())
    assert receipt.remote_id == only(clips)["publish_id"]
    assert len(clips.server.calls(STATUS)) == 6


def test_without_a_media_host_photos_are_refused_for_good(tiktok):
    tiktok.access = replace(tiktok.access, host=None)
    with pytest.raises(NotPublished, match="media_host") as refusal:
        tiktok.connect().prepare(tiktok.job())
    assert refusal.value.permanent


# Pieces


@pytest.mark.parametrize(
    ("size", "piece", "count", "last"),
    [
        (1, 1, 1, 0),
        (4_999_999, 4_999_999, 1, 0),
        (CHUNK, CHUNK, 1, 0),
        (2 * CHUNK - 1, 2 * CHUNK - 1, 1, 0),
        (2 * CHUNK, CHUNK, 2, CHUNK),
        (2 * CHUNK + 1, CHUNK, 2, CHUNK),
        (50_000_123, CHUNK, 4, 3 * CHUNK),
        (4_000_000_000, CHUNK, 381, 380 * CHUNK),
    ],
)
def test_pieces_keep_the_rules_of_the_transfer_guide(size, piece, count, last):
    assert piece_sizes(size) == (piece, count)
    assert last_piece(size) == last
    assert count == size // piece
    assert size - last <= 128_000_000
    assert piece == size or 5 * 1024 * 1024 <= piece <= 64_000_000
    assert count <= 1000


@pytest.mark.parametrize("size", [999, 1999, 2000, 2001, 5432])
def test_a_video_is_whole_and_all_but_its_last_piece_is_there_before_the_claim(clips, size):
    content = bytes(n % 251 for n in range(size))
    connection = clips.connect(**small_pieces(clips))
    part = Part(text="Halo", media=(clips.image("a.mp4", content),))
    job = clips.prepared(connection, clips.job(part))
    before = len(clips.server.calls(PUT))
    assert before == max(size // 1000, 1) - 1
    assert only(clips)["content"] == content[: before * 1000]
    connection.commit(job)
    assert len(clips.server.calls(PUT)) == before + 1
    assert only(clips)["content"] == content


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 403, "body": {}},
        {"status": 404, "body": {}},
        {"status": 416, "body": {}},
        {"status": 500, "body": {}},
        {"breaks": "read-timeout"},
        {"breaks": "connect-error"},
    ],
)
def test_whatever_breaks_an_early_piece_published_nothing_and_may_be_tried_again(clips, fault):
    part = Part(text="Halo", media=(clips.image("a.mp4", b"x" * 5000),))
    clips.server.fail(PUT, **fault)
    with pytest.raises(NotPublished) as refusal:
        clips.connect(**small_pieces(clips)).prepare(clips.job(part))
    assert not refusal.value.permanent
    publish(clips, clips.job(part), chunk=1000)
    assert len(clips.published()) == 1


def test_the_address_of_the_upload_stays_on_this_machine(clips):
    job = clips.prepared(clips.connect(), clips.job())
    url = only(clips)["url"]
    assert "upload_token" not in json.dumps(dict(job.handles))
    (note,) = (clips.access.folder / "uploads").iterdir()
    assert note.read_text() == url
    assert note.stat().st_mode & 0o077 == 0
    clips.server.fail(PUT, status=403, body={"message": f"{url} is over"})
    with pytest.raises(NotPublished, match=r"\[hidden\] is over"):
        clips.connect().commit(job)


def test_no_token_goes_to_the_host_of_the_upload(clips):
    publish(clips, clips.job())
    (call,) = clips.server.calls(PUT)
    assert "authorization" not in call.headers


def test_a_video_that_was_prepared_elsewhere_is_not_sent(clips):
    job = clips.prepared(clips.connect(), clips.job())
    forget_notes(clips)
    with pytest.raises(NotPublished, match="not prepared on this machine"):
        clips.connect().commit(job)
    assert clips.published() == []


def test_photos_that_were_not_prepared_are_not_sent(tiktok):
    with pytest.raises(NotPublished, match="not prepared"):
        tiktok.connect().commit(tiktok.job())
    assert tiktok.server.requests == []


# What became of it


@pytest.mark.parametrize(
    ("reason", "permanent"),
    [
        ("file_format_check_failed", True),
        ("duration_check_failed", True),
        ("frame_rate_check_failed", True),
        ("picture_size_check_failed", True),
        ("publish_cancelled", True),
        ("internal", False),
        ("spam_risk_too_many_posts", False),
        ("auth_removed", False),
        ("something_new", False),
    ],
)
def test_a_failure_after_the_last_piece_is_proof_that_nothing_is_out(clips, reason, permanent):
    connection = clips.connect()
    clips.server.fail_reason = reason
    job = clips.prepared(connection, clips.job())
    with pytest.raises(NotPublished, match="did not publish") as refusal:
        connection.commit(job)
    assert refusal.value.permanent is permanent
    assert find_later(clips, job) is Absent.PROVEN


@pytest.mark.parametrize("kind", ["tiktok", "clips"])
def test_a_post_that_is_worked_on_for_longer_is_left_open_and_found_later(request, kind):
    bench = request.getfixturevalue(kind)
    bench.server.polls_needed = 30
    connection = bench.connect()
    job = bench.prepared(connection, bench.job())
    with pytest.raises(Unclear, match="not said yet"):
        connection.commit(job)
    assert find_later(bench, job) is None
    only(bench)["wait"] = 0
    assert find_later(bench, job).remote_id == str(only(bench)["post_id"])


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 401, "body": {}},
        {"status": 429, "body": {}},
        {"status": 500, "body": {}},
        {"status": 200, "text": "<html>"},
        {"breaks": "connect-error"},
        {"breaks": "read-timeout"},
    ],
)
@pytest.mark.parametrize("looks", [3, 100])
@pytest.mark.parametrize("kind", ["tiktok", "clips"])
def test_a_look_that_fails_after_the_call_is_no_proof_of_anything(request, kind, fault, looks):
    bench = request.getfixturevalue(kind)
    connection = bench.connect()
    job = bench.prepared(connection, bench.job())
    for _ in range(looks):
        bench.server.fail(STATUS, **fault)
    if looks < 10:
        assert connection.commit(job).remote_id == str(only(bench)["post_id"])
        return
    with pytest.raises(Unclear):
        connection.commit(job)
    assert len(bench.published()) == 1


@pytest.mark.parametrize("breaks", ["read-timeout", "read-error", "remote-protocol-error"])
def test_a_lost_answer_to_the_last_piece_is_found_by_the_number(clips, breaks):
    connection = clips.connect()
    job = clips.prepared(connection, clips.job())
    clips.server.fail(PUT, breaks=breaks)
    with pytest.raises(Unclear):
        connection.commit(job)
    forget_notes(clips)
    assert find_later(clips, job).remote_id == str(only(clips)["post_id"])


def test_a_refused_last_piece_that_was_there_already_is_found_out(clips):
    connection = clips.connect()
    job = clips.prepared(connection, clips.job())
    clips.server.fail(PUT, status=416, body={}, carried_out=True)
    assert connection.commit(job).remote_id == str(only(clips)["post_id"])


def test_a_refused_last_piece_is_proof_only_while_the_upload_is_not_complete(clips):
    connection = clips.connect()
    job = clips.prepared(connection, clips.job())
    clips.server.fail(PUT, status=403, body={})
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert not refusal.value.permanent
    clips.server.polls_needed = 5
    job = clips.prepared(connection, clips.job())
    clips.server.fail(PUT, status=403, body={}, carried_out=True)
    with pytest.raises(Unclear):
        connection.commit(job)
    job = clips.prepared(connection, clips.job())
    clips.server.fail(PUT, status=403, body={})
    clips.server.fail(STATUS, breaks="connect-error")
    with pytest.raises(Unclear):
        connection.commit(job)


def test_an_upload_that_was_never_completed_is_proven_absent(clips):
    job = clips.prepared(clips.connect(), clips.job())
    assert find_later(clips, job, seconds=60) is None
    assert find_later(clips, job) is Absent.PROVEN


def test_photos_whose_number_was_lost_are_found_in_the_list(tiktok):
    connection = tiktok.connect()
    job = tiktok.prepared(connection, tiktok.job("Menu baru"))
    tiktok.server.fail(PHOTOS, breaks="read-timeout")
    with pytest.raises(Unclear):
        connection.commit(job)
    found = find_later(tiktok, job)
    number = only(tiktok)["post_id"]
    assert found == Receipt(
        remote_id=str(number), url=f"https://www.tiktok.com/@kopisenja/photo/{number}"
    )


def test_photos_that_are_not_listed_are_never_proven_absent(tiktok):
    connection = tiktok.connect()
    job = tiktok.prepared(connection, tiktok.job(visibility=Visibility.PRIVATE))
    tiktok.server.fail(PHOTOS, breaks="read-timeout")
    with pytest.raises(Unclear):
        connection.commit(job)
    assert find_later(tiktok, job, hours=5) is None


def test_photos_whose_number_is_known_here_are_asked_for_by_it(tiktok):
    connection = tiktok.connect()
    tiktok.server.fail_reason = "photo_pull_failed"
    job = tiktok.prepared(connection, tiktok.job())
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert not refusal.value.permanent
    assert find_later(tiktok, job) is Absent.PROVEN
    assert tiktok.server.calls(LIST) == []


def test_a_busy_creator_is_read_back_page_by_page(tiktok):
    connection = tiktok.connect()
    job = tiktok.prepared(connection, tiktok.job("Menu baru"))
    receipt = connection.commit(job)
    tiktok.clock.move(hours=1)
    for number in range(5):
        publish(tiktok, tiktok.job(f"lain {number}", key=f"kopi-senja/l{number}@akun"))
    forget_notes(tiktok)
    tiktok.server.page = 2
    assert find_later(tiktok, job).remote_id == receipt.remote_id
    assert len(tiktok.server.calls(LIST)) == 3


def test_a_list_that_may_not_be_read_says_so(tiktok):
    job = tiktok.prepared(tiktok.connect(), tiktok.job())
    tiktok.server.scopes -= {"video.list"}
    with pytest.raises(NotPublished, match="scope_not_authorized"):
        find_later(tiktok, job)


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("kind", ["tiktok", "clips"])
def test_wherever_a_run_dies_the_truth_is_found_and_never_another(request, kind, number):
    bench = request.getfixturevalue(kind)
    bench.server.polls_needed, bench.server.moderation = 2, 1
    connection = bench.connect()
    job = bench.prepared(connection, bench.job("Menu baru"))
    calls = len(bench.server.requests)

    def die(request):
        if len(bench.server.requests) - calls > number:
            raise KeyboardInterrupt

    bench.server.watch = die
    with suppress(KeyboardInterrupt):
        connection.commit(job)
    bench.server.watch = None
    for post in bench.server.posts.values():
        post |= {"wait": 0, "moderation": 0}
    found = find_later(bench, job)
    if bench.published():
        assert found.remote_id == str(only(bench)["post_id"])
    else:
        assert found is (Absent.PROVEN if bench.proves else None)


# Drafts


def test_a_draft_is_handed_to_a_person(clips):
    clips.server.scopes = {"video.upload", "user.info.basic"}
    connection = clips.connect()
    job = clips.prepared(connection, clips.job("Isi", **DRAFTS))
    with pytest.raises(HandedOver, match="draft in the TikTok inbox of @kopisenja") as handed:
        connection.commit(job)
    assert handed.value.pack is None
    assert "mimin done" in str(handed.value)
    assert clips.published() == []
    assert clips.server.calls(CREATOR) == []
    assert clips.server.calls(DRAFT) != []
    assert NETWORK.wire(job)["by hand"] == {"text": "Isi"}


def test_photos_as_a_draft_bring_their_text_along(tiktok):
    connection = tiktok.connect()
    job = tiktok.prepared(connection, tiktok.job("Isi", headline="Judul", **DRAFTS))
    with pytest.raises(HandedOver):
        connection.commit(job)
    assert only(tiktok)["info"] == {"title": "Judul", "description": "Isi"}
    assert tiktok.sent() == [tiktok.expected(job)]


def test_a_draft_whose_answer_was_lost_is_said_to_wait_for_a_person(clips):
    connection = clips.connect()
    job = clips.prepared(connection, clips.job(**DRAFTS))
    clips.server.fail(PUT, breaks="read-timeout")
    with pytest.raises(Unclear):
        connection.commit(job)
    with pytest.raises(HandedOver, match="draft"):
        find_later(clips, job)


def test_a_draft_that_the_person_has_posted_is_found(clips):
    connection = clips.connect()
    job = clips.prepared(connection, clips.job(**DRAFTS))
    with pytest.raises(HandedOver):
        connection.commit(job)
    only(clips)["state"] = "out"
    only(clips)["info"] = {"privacy_level": "PUBLIC_TO_EVERYONE"}
    assert find_later(clips, job).remote_id == str(only(clips)["post_id"])


# What the creator may do


def test_an_audience_that_the_creator_may_not_choose_is_refused_for_good(clips):
    clips.server.options = ("FOLLOWER_OF_CREATOR", "SELF_ONLY")
    with pytest.raises(NotPublished, match="only as FOLLOWER_OF_CREATOR, SELF_ONLY") as refusal:
        clips.connect().prepare(clips.job())
    assert refusal.value.permanent
    assert clips.server.calls(INIT) == []


@pytest.mark.parametrize(("seconds", "fine"), [(0, True), (60, True), (60.5, False)])
def test_a_video_longer_than_the_creator_may_post_is_refused_for_good(clips, seconds, fine):
    clips.server.longest = 60
    media = clips.image().model_copy(update={"seconds": seconds})
    job = clips.job(Part(text="Halo", media=(media,)))
    if fine:
        publish(clips, job)
        return
    with pytest.raises(NotPublished, match=r"plays 60\.5 s, 60 allowed") as refusal:
        clips.connect().prepare(job)
    assert refusal.value.permanent


def test_an_app_without_an_audit_is_told_what_it_can_do(clips):
    clips.server.audited = False
    with pytest.raises(NotPublished, match="mode: draft") as refusal:
        clips.connect().prepare(clips.job())
    assert refusal.value.permanent
    publish(clips, clips.job(visibility=Visibility.PRIVATE))
    assert len(clips.published()) == 1


def test_it_says_who_it_is_and_what_it_may_not_do(tiktok):
    who = tiktok.connect().whoami()
    assert (who.remote_id, who.handle, who.name) == ("o-1", "kopisenja", "Kopi Senja")
    assert (who.lacking, who.restrictions) == ((), ())
    tiktok.server.options, tiktok.server.off = ("SELF_ONLY",), {"comment", "duet"}
    assert tiktok.connect().whoami().restrictions == (
        "posts can not be public, only: SELF_ONLY",
        "comments are switched off in the app",
        "duets are switched off in the app",
    )


def test_it_says_which_right_it_lacks(tiktok):
    tiktok.server.scopes -= {"video.publish"}
    who = tiktok.connect().whoami()
    assert who.lacking == ("video.publish",)
    assert who.restrictions == ()


def test_an_account_that_makes_drafts_lacks_nothing(tiktok):
    tiktok.server.scopes = {"video.upload", "user.info.basic"}
    account = tiktok.access.account.model_copy(update={"settings": {"mode": "draft"}})
    tiktok.access = replace(tiktok.access, account=account)
    who = tiktok.connect().whoami()
    assert (who.handle, who.name, who.lacking) == ("kopisenja", "Kopi", ())


def test_the_longest_video_of_the_creator_is_known(tiktok):
    tiktok.server.longest = 180
    assert tiktok.connect().own_limits() == {"video_seconds": 180}
    tiktok.server.longest = 0
    assert tiktok.connect().own_limits() == {}


@pytest.mark.parametrize("ask", ["whoami", "own_limits"])
def test_asking_with_a_bad_token_is_refused(tiktok, ask):
    tiktok.access = replace(tiktok.access, secret="act.other")
    with pytest.raises(NotPublished):
        getattr(tiktok.connect(), ask)()


# Refusals


@pytest.mark.parametrize(
    ("status", "code", "permanent"),
    [
        (401, "access_token_invalid", False),
        (401, "scope_not_authorized", False),
        (400, "scope_permission_missed", False),
        (403, "spam_risk_too_many_posts", False),
        (400, "spam_risk_user_banned_from_posting", False),
        (403, "reached_active_user_cap", False),
        (403, "unaudited_client_can_only_post_to_private_accounts", True),
        (403, "privacy_level_option_mismatch", True),
        (403, "url_ownership_unverified", True),
        (400, "invalid_param", True),
        (200, "invalid_params", True),
        (200, "spam_risk_too_many_posts", False),
    ],
)
def test_a_refusal_says_what_helps(tiktok, status, code, permanent):
    connection = tiktok.connect()
    job = tiktok.prepared(connection, tiktok.job())
    body = json.loads(fake.refusal(status, code, f"no {fake.TOKEN}").content)
    tiktok.server.fail(PHOTOS, status=status, body=body)
    with pytest.raises(Refusal, match=code) as refusal:
        connection.commit(job)
    assert refusal.value.permanent is permanent
    assert refusal.value.code == code
    assert fake.TOKEN not in str(refusal.value)


def test_too_many_calls_with_a_status_of_success_may_be_made_later(tiktok):
    connection = tiktok.connect()
    job = tiktok.prepared(connection, tiktok.job())
    body = json.loads(fake.refusal(200, "rate_limit_exceeded").content)
    tiktok.server.fail(PHOTOS, status=200, body=body)
    with pytest.raises(Limited):
        connection.commit(job)


def test_an_internal_error_with_a_status_of_success_proves_nothing(tiktok):
    connection = tiktok.connect()
    job = tiktok.prepared(connection, tiktok.job())
    body = json.loads(fake.refusal(200, "internal_error").content)
    tiktok.server.fail(PHOTOS, status=200, body=body, carried_out=True)
    with pytest.raises(Unclear):
        connection.commit(job)
    assert isinstance(find_later(tiktok, job), Receipt)


@pytest.mark.parametrize("answer", [{"text": "<html>"}, {"body": {}}, {"body": {"data": {}}}])
def test_a_success_that_says_nothing_proves_nothing(tiktok, answer):
    connection = tiktok.connect()
    job = tiktok.prepared(connection, tiktok.job())
    tiktok.server.fail(PHOTOS, status=200, **answer)
    with pytest.raises(Unclear):
        connection.commit(job)


def test_a_token_refused_at_the_due_second_is_not_renewed_then(tiktok):
    connection = tiktok.connect()
    job = tiktok.prepared(connection, tiktok.job())
    tiktok.server.access = []
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert not refusal.value.permanent
    assert tiktok.server.calls("/v2/oauth/token/") == []


def test_refresh_tokens_rotate_and_every_new_one_is_kept(tiktok):
    for _ in range(3):
        tiktok.server.access = []
        publish(tiktok, tiktok.job())
    assert len(tiktok.server.calls("/v2/oauth/token/")) == 3
    kept = (tiktok.access.folder / "tokens" / "kopi-senja--akun.json").read_text()
    assert tiktok.server.refresh[0] in kept
    assert GRANT["refresh_token"] not in kept
    (call, *_) = tiktok.server.calls("/v2/oauth/token/")
    assert b"client_key=app-key" in call.content


def test_the_end_of_the_log_in_is_known_after_a_renewal(tiktok):
    tiktok.server.access = []
    who = tiktok.connect().whoami()
    assert round((who.expires - tiktok.clock.now).total("hours")) == 365 * 24


# What it objects to beforehand


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({}, []),
        ({"mode": "direct", "duet": "yes", "stitch": "no", "cover": "0"}, []),
        ({"mode": "later"}, ["setting-invalid"]),
        ({"duet": "true"}, ["setting-invalid"]),
        ({"stitch": ""}, ["setting-invalid"]),
        ({"own_brand": "kopi"}, ["setting-invalid"]),
        ({"cover": "1.5"}, ["setting-invalid"]),
        ({"cover": "-1"}, ["setting-invalid"]),
        ({"cover": "٣"}, ["setting-invalid"]),
        ({"cover": "10001"}, ["setting-invalid"]),
    ],
)
def test_settings_that_tiktok_would_refuse_are_objected_to(clips, settings, found):
    media = clips.image().model_copy(update={"seconds": 10})
    assert codes(clips, Part(text="Halo", media=(media,)), settings=settings) == found


def test_a_video_beside_photos_is_objected_to(clips, tiktok):
    media = (clips.image(), tiktok.image())
    assert codes(clips, Part(text="Halo", media=media)) == ["mixed-media"]


def test_a_headline_over_a_video_would_be_lost(clips, tiktok):
    assert codes(clips, headline="Judul") == ["headline-lost"]
    assert codes(tiktok, headline="Judul") == []


def test_labels_that_tiktok_refuses_or_has_no_place_for_are_objected_to(clips, tiktok):
    private = {"paid": True, "visibility": Visibility.PRIVATE}
    assert codes(clips, **private) == codes(tiktok, **private) == ["label-refused"]
    assert codes(clips, ai=True) == []
    assert codes(tiktok, ai=True) == ["label-refused"]


def test_nothing_that_is_objected_to_is_prepared(clips):
    with pytest.raises(NotPublished, match="headline") as refusal:
        clips.connect().prepare(clips.job(headline="Judul"))
    assert refusal.value.permanent
    assert clips.server.requests == []


def test_a_thread_or_nothing_is_not_prepared(clips):
    job = clips.job("Halo", "dua", index=1)
    with pytest.raises(NotPublished, match="no thread") as refusal:
        clips.connect().prepare(job)
    assert refusal.value.permanent
