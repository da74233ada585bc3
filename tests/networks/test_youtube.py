"""YouTube: uploads in pieces, comments, changes, quota, and what became of a lost answer."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import replace

import pytest
from network_benches.youtube import GRANT, SETTINGS
from network_fakes import discovery
from network_fakes import youtube as fake
from whenever import Instant, TimeDelta

from mimin.model.payload import Part
from mimin.model.post import Visibility
from mimin.networks.http import Unclear
from mimin.networks.notes import KEPT, keep_note, note_name, read_note
from mimin.networks.protocol import Absent, NotPublished, Receipt
from mimin.networks.youtube import NETWORK, STEP, last_piece, video_id
from mimin.networks.youtube_channel import video_url
from mimin.networks.youtube_errors import next_quota
from mimin.networks.youtube_upload import Session

UPLOAD = "/upload/youtube/v3/videos"
VIDEOS = "/youtube/v3/videos"
PLAYLIST = "/youtube/v3/playlistItems"
THREADS = "/youtube/v3/commentThreads"
BIG = bytes(range(256)) * (5 * STEP // 512) + b"the end"
"""Two and a half steps and a bit: no boundary divides it."""


def publish(bench, job):
    connection = bench.connect()
    return connection.commit(bench.prepared(connection, job))


def film(bench, content=BIG, **fields):
    return bench.job(Part(text="Halo", media=(bench.image("film.mp4", content),)), **fields)


def codes(bench, *parts, **fields):
    payload = bench.job(*parts, **fields).payload
    return [found.code for found in NETWORK.check(payload, bench.access.account)]


def find_later(bench, job, **by):
    bench.clock.move(**(by or {"minutes": 9}))
    return bench.connect().find(bench.blind(job))


def pieces(bench):
    return [
        (call.headers["content-range"], len(call.content))
        for call in bench.server.calls(UPLOAD)
        if call.method == "PUT"
    ]


def forget_notes(bench):
    for note in (bench.access.folder / "uploads").iterdir():
        note.unlink()


def with_comment(bench, text="Tulis favoritmu 👇"):
    connection = bench.connect()
    parts = (Part(text="Halo", media=(bench.image(),)), Part(text=text, comment=True))
    first = bench.prepared(connection, bench.job(*parts))
    second = bench.prepared(connection, bench.job(*parts, index=1))
    video = connection.commit(first)
    return connection, replace(second, sent=(video,))


# The video


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Visibility.PUBLIC, "public"),
        (Visibility.UNLISTED, "unlisted"),
        (Visibility.PRIVATE, "private"),
    ],
)
def test_the_audience_is_the_one_that_was_reviewed(youtube, ours, theirs):
    publish(youtube, youtube.job(visibility=ours))
    assert youtube.published()[0]["status"]["privacyStatus"] == theirs


def test_title_tags_category_and_labels_arrive(youtube):
    settings = {
        "made_for_kids": "yes",
        "category": "24",
        "tags": "kopi susu, Bandung,, gajian ",
        "notify": "no",
    }
    job = youtube.job("Isi", headline="Judul “baru”", paid=True, ai=True, settings=settings)
    publish(youtube, job)
    (video,) = youtube.published()
    assert video["snippet"]["title"] == "Judul “baru”"
    assert video["snippet"]["description"] == "Isi"
    assert video["snippet"]["tags"] == ["kopi susu", "Bandung", "gajian"]
    assert video["snippet"]["categoryId"] == "24"
    assert video["snippet"]["defaultLanguage"] == "id"
    assert video["status"]["selfDeclaredMadeForKids"] is True
    assert video["status"]["containsSyntheticMedia"] is True
    assert video["paidProductPlacementDetails"] == {"hasPaidProductPlacement": True}
    (start,) = [call for call in youtube.server.calls(UPLOAD) if call.method == "POST"]
    assert start.url.params["part"] == "snippet,status,paidProductPlacementDetails"
    assert start.url.params["notifySubscribers"] == "false"


def test_a_video_locked_to_private_is_said_in_the_receipt(youtube):
    youtube.server.audited = False
    receipt = publish(youtube, youtube.job())
    assert receipt.handles == {"visibility": "private"}
    youtube.server.audited = True
    assert publish(youtube, youtube.job()).handles == {}


@pytest.mark.parametrize("media", ["none", "image", "two"])
def test_a_post_is_one_video(youtube, media):
    video = youtube.image()
    wrong = {
        "none": (),
        "image": (video.model_copy(update={"mime": "image/jpeg"}),),
        "two": (video, video),
    }
    job = youtube.job()
    part = job.part.model_copy(update={"media": wrong[media]})
    job = replace(job, payload=job.payload.model_copy(update={"parts": (part,)}))
    with pytest.raises(NotPublished, match="one video") as refusal:
        youtube.connect().prepare(job)
    assert refusal.value.permanent
    assert youtube.server.requests == []


# The upload


@pytest.mark.parametrize(
    ("size", "last"),
    [
        (0, 0),
        (1, 0),
        (STEP, 0),
        (STEP + 1, STEP),
        (2 * STEP, STEP),
        (5 * STEP - 1, 4 * STEP),
    ],
)
def test_the_last_piece_is_as_short_as_it_can_be_and_never_empty(size, last):
    assert last_piece(size) == last


def test_all_but_the_last_bytes_are_there_before_anything_is_claimed(youtube):
    connection = youtube.connect(chunk=STEP)
    job = youtube.prepared(connection, film(youtube))
    size = len(BIG)
    assert pieces(youtube) == [
        (f"bytes 0-{STEP - 1}/{size}", STEP),
        (f"bytes {STEP}-{2 * STEP - 1}/{size}", STEP),
    ]
    assert youtube.published() == []
    connection.commit(job)
    assert pieces(youtube)[2:] == [
        (f"bytes {2 * STEP}-{size - 1}/{size}", size - 2 * STEP),
    ]
    assert youtube.published()[0]["content"] == BIG


@pytest.mark.parametrize("steps", [1, 2, 3, 64])
def test_whatever_the_pieces_the_video_is_whole(youtube, steps):
    connection = youtube.connect(chunk=steps * STEP)
    connection.commit(youtube.prepared(connection, film(youtube)))
    assert youtube.published()[0]["content"] == BIG


def test_what_the_server_did_not_take_is_sent_again(youtube):
    youtube.server.takes = STEP
    connection = youtube.connect(chunk=2 * STEP)
    connection.commit(youtube.prepared(connection, film(youtube)))
    assert youtube.published()[0]["content"] == BIG
    assert [span.partition("-")[0] for span, _ in pieces(youtube)] == [
        "bytes 0",
        f"bytes {STEP}",
        f"bytes {2 * STEP}",
    ]


def test_last_bytes_that_were_not_all_taken_are_completed(youtube):
    connection = youtube.connect(chunk=2 * STEP)
    job = youtube.prepared(connection, film(youtube))
    before = len(pieces(youtube))

    def take_little_at_first(request):
        youtube.server.takes = 100 if len(pieces(youtube)) == before + 1 else None

    youtube.server.watch = take_little_at_first
    connection.commit(job)
    assert len(pieces(youtube)) == before + 2
    assert youtube.published()[0]["content"] == BIG


def test_a_server_that_takes_nothing_of_the_last_bytes_has_published_nothing(youtube):
    connection = youtube.connect()
    job = youtube.prepared(connection, film(youtube))
    youtube.server.takes = 0
    with pytest.raises(NotPublished, match="did not take") as refusal:
        connection.commit(job)
    assert not refusal.value.permanent
    assert youtube.published() == []


def test_a_server_that_has_everything_and_gives_no_video_is_left_open(youtube):
    connection = youtube.connect()
    job = youtube.prepared(connection, film(youtube))
    headers = {"range": f"bytes=0-{len(BIG) - 1}"}
    youtube.server.fail(UPLOAD, status=308, headers=headers, body={})
    with pytest.raises(Unclear):
        connection.commit(job)


@pytest.mark.parametrize(
    "fault",
    [{"status": 503, "body": {}}, {"status": 500, "body": {}}, {"breaks": "read-timeout"}],
)
@pytest.mark.parametrize("arrived", [True, False])
def test_a_piece_that_broke_is_gone_on_with_from_where_the_server_is(youtube, fault, arrived):
    connection = youtube.connect(chunk=STEP)
    broken = []

    def break_once(request):
        if request.method == "PUT" and not broken:
            broken.append(request)
            youtube.server.fail(UPLOAD, **fault, carried_out=arrived)

    youtube.server.watch = break_once
    connection.commit(youtube.prepared(connection, film(youtube)))
    assert youtube.published()[0]["content"] == BIG
    assert f"bytes */{len(BIG)}" in [span for span, _ in pieces(youtube)]


def test_an_upload_that_does_not_get_on_is_given_up_before_anything_is_claimed(youtube):
    youtube.server.takes = 0
    with pytest.raises(NotPublished, match="took 0 of"):
        youtube.connect().prepare(film(youtube))
    assert youtube.published() == []


def test_a_session_that_is_somebody_else_s_gets_no_token(youtube):
    headers = {"location": "https://evil.example/upload?upload_id=x"}
    youtube.server.fail(UPLOAD, status=200, headers=headers, body={})
    with pytest.raises(NotPublished, match="not Google's"):
        youtube.connect().prepare(film(youtube))
    assert {call.url.host for call in youtube.server.requests} == {"www.googleapis.com"}


@pytest.mark.parametrize("host", ["notgoogleapis.com", "googleapis.com.evil.example", "a.example"])
def test_only_google_gets_the_upload(youtube, host):
    with pytest.raises(NotPublished):
        Session(
            server=youtube.connect()._server,
            address=f"https://{host}/upload",
            size=1,
            mime="video/mp4",
            headers={},
        )


def test_an_upload_without_an_address_is_refused(youtube):
    youtube.server.fail(UPLOAD, status=200, body={})
    with pytest.raises(NotPublished, match="opened no upload"):
        youtube.connect().prepare(film(youtube))


def test_the_address_of_the_upload_stays_on_this_machine(youtube):
    job = youtube.prepared(youtube.connect(), film(youtube))
    (session,) = youtube.server.sessions
    assert session not in json.dumps(dict(job.handles))
    (note,) = (youtube.access.folder / "uploads").iterdir()
    assert session in note.read_text()
    assert note.name == job.handles["session"]
    assert note.stat().st_mode & 0o077 == 0


def test_the_address_of_the_upload_is_in_no_message(youtube):
    connection = youtube.connect()
    job = youtube.prepared(connection, film(youtube))
    (session,) = youtube.server.sessions
    address = f"{fake.BASE}{UPLOAD}?uploadType=resumable&upload_id={session}"
    youtube.server.fail(UPLOAD, status=400, body={"error": {"message": f"at {address}"}})
    with pytest.raises(NotPublished, match=r"at \[hidden\]"):
        connection.commit(job)


def test_a_video_that_was_prepared_elsewhere_is_not_sent(youtube):
    job = youtube.prepared(youtube.connect(), film(youtube))
    forget_notes(youtube)
    with pytest.raises(NotPublished, match="not prepared on this machine"):
        youtube.connect().commit(job)
    assert youtube.published() == []


def test_old_notes_are_thrown_away(youtube):
    old, new = note_name("old"), note_name("new")
    keep_note(youtube.access, old, "old")
    assert read_note(youtube.access, old) == "old"
    path = youtube.access.folder / "uploads" / old
    then = youtube.clock.now.timestamp() - KEPT - 1
    os.utime(path, (then, then))
    keep_note(youtube.access, new, "new")
    assert read_note(youtube.access, old) is None
    assert read_note(youtube.access, new) == "new"


def test_a_handle_can_not_point_out_of_the_folder_of_notes(youtube):
    keep_note(youtube.access, note_name("a"), "a")
    (youtube.access.folder / "other").write_text("secret")
    assert read_note(youtube.access, "../other") is None


# What became of it


@pytest.mark.parametrize("breaks", ["read-timeout", "read-error", "remote-protocol-error"])
def test_a_lost_answer_is_found_by_the_session(youtube, breaks):
    connection = youtube.connect()
    job = youtube.prepared(connection, film(youtube))
    youtube.server.fail(UPLOAD, breaks=breaks)
    with pytest.raises(Unclear):
        connection.commit(job)
    found = find_later(youtube, job)
    assert found == Receipt(remote_id="vid00000000", url=video_url("vid00000000"))
    assert youtube.server.calls(PLAYLIST) == []


def test_a_lost_answer_is_found_in_the_list_where_the_session_is_forgotten(youtube):
    connection = youtube.connect()
    job = youtube.prepared(connection, film(youtube))
    youtube.server.fail(UPLOAD, breaks="read-timeout")
    with pytest.raises(Unclear):
        connection.commit(job)
    forget_notes(youtube)
    assert find_later(youtube, job).remote_id == "vid00000000"


def test_a_session_that_google_threw_away_is_left_for_the_list(youtube):
    connection = youtube.connect()
    job = youtube.prepared(connection, film(youtube))
    connection.commit(job)
    youtube.server.sessions.clear()
    assert find_later(youtube, job).remote_id == "vid00000000"


def test_last_bytes_for_a_session_that_is_gone_prove_nothing(youtube):
    connection = youtube.connect()
    job = youtube.prepared(connection, film(youtube))
    youtube.server.sessions.clear()
    with pytest.raises(Unclear):
        connection.commit(job)


def test_an_upload_that_was_never_finished_is_proven_absent(youtube):
    job = youtube.prepared(youtube.connect(), film(youtube))
    assert find_later(youtube, job, seconds=60) is None
    assert find_later(youtube, job) is Absent.PROVEN


def test_an_upload_that_has_every_byte_and_no_video_is_left_open(youtube):
    job = youtube.prepared(youtube.connect(), film(youtube))
    headers = {"range": f"bytes=0-{len(BIG) - 1}"}
    youtube.server.fail(UPLOAD, status=308, headers=headers, body={})
    assert find_later(youtube, job) is None


def test_without_the_session_absence_needs_an_hour(youtube):
    youtube.older()
    job = youtube.prepared(youtube.connect(), film(youtube))
    forget_notes(youtube)
    assert find_later(youtube, job) is None
    assert find_later(youtube, job, minutes=50) is None
    assert find_later(youtube, job, minutes=10) is Absent.PROVEN


def test_a_video_that_is_not_listed_yet_is_not_called_absent(youtube):
    connection = youtube.connect()
    job = youtube.prepared(connection, film(youtube))
    receipt = connection.commit(job)
    youtube.server.hidden = {receipt.remote_id}
    forget_notes(youtube)
    assert find_later(youtube, job, minutes=30) is None
    youtube.server.hidden = set()
    assert find_later(youtube, job) == receipt


def test_the_same_description_under_another_title_is_not_taken_for_ours(youtube):
    connection = youtube.connect()
    job = youtube.prepared(connection, film(youtube))
    forget_notes(youtube)
    publish(youtube, film(youtube, headline="Lain", key="kopi-senja/lain@akun"))
    forget_notes(youtube)
    assert find_later(youtube, job, hours=2) is None


def test_a_busy_channel_is_read_back_page_by_page(youtube):
    connection = youtube.connect()
    job = youtube.prepared(connection, film(youtube))
    receipt = connection.commit(job)
    youtube.clock.move(hours=2)
    for number in range(5):
        publish(youtube, youtube.job(headline=f"Lain {number}", key=f"kopi-senja/l{number}@akun"))
    forget_notes(youtube)
    youtube.server.page = 2
    assert find_later(youtube, job) == receipt
    assert len(youtube.server.calls(PLAYLIST)) == 3


def test_what_lies_too_far_back_is_not_proven_absent(youtube):
    job = youtube.prepared(youtube.connect(), film(youtube))
    youtube.clock.move(hours=2)
    for number in range(7):
        publish(youtube, youtube.job(headline=f"Lain {number}", key=f"kopi-senja/l{number}@akun"))
    forget_notes(youtube)
    youtube.server.page = 1
    assert find_later(youtube, job) is None


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 401, "body": {"error": {"message": "Invalid Credentials"}}},
        {"status": 503, "body": {}},
        {"breaks": "connect-error"},
        {"breaks": "read-timeout"},
        {"status": 200, "text": "<html>"},
    ],
)
@pytest.mark.parametrize("path", [UPLOAD, PLAYLIST, "/youtube/v3/channels"])
def test_a_look_that_fails_proves_nothing(youtube, fault, path):
    job = youtube.prepared(youtube.connect(), film(youtube))
    if path != UPLOAD:
        forget_notes(youtube)
    for _ in range(3):
        youtube.server.fail(path, **fault)
    with pytest.raises((NotPublished, Unclear)):
        find_later(youtube, job, hours=2)


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("listed", [True, False])
def test_wherever_a_run_dies_the_truth_is_found_and_never_another(youtube, number, listed):
    youtube.older()
    connection = youtube.connect()
    job = youtube.prepared(connection, film(youtube))
    calls = len(youtube.server.requests)

    def die(request):
        sent = len(youtube.server.requests) - calls
        # The first of the last pieces is not taken whole, so there are two calls.
        youtube.server.takes = 10 if sent == 1 else None
        if sent > number:
            raise KeyboardInterrupt

    youtube.server.watch = die
    with suppress(KeyboardInterrupt):
        connection.commit(job)
    youtube.server.watch = None
    if listed:
        forget_notes(youtube)
    found = find_later(youtube, job, hours=2)
    assert len(youtube.published()) == 1 + (number == 2)
    assert found is Absent.PROVEN if number < 2 else found.remote_id == "vid00000001"


@pytest.mark.parametrize("number", range(2))
def test_wherever_a_comment_dies_the_truth_is_found(youtube, number):
    connection, job = with_comment(youtube)
    calls = len(youtube.server.requests)

    def die(request):
        if len(youtube.server.requests) - calls > number:
            raise KeyboardInterrupt

    youtube.server.watch = die
    with suppress(KeyboardInterrupt):
        connection.commit(job)
    youtube.server.watch = None
    assert len(youtube.server.comments) == number
    found = find_later(youtube, job)
    assert isinstance(found, Receipt) if number else found is None


# Quota and refusals


@pytest.mark.parametrize(
    ("status", "reason", "permanent", "retry_at"),
    [
        (403, "quotaExceeded", False, Instant.from_utc(2026, 12, 1, 8)),
        (403, "dailyLimitExceeded", False, Instant.from_utc(2026, 12, 1, 8)),
        (429, "quotaExceeded", False, Instant.from_utc(2026, 12, 1, 8)),
        (400, "uploadLimitExceeded", False, Instant.from_utc(2026, 12, 2, 3, 29, 50)),
        (403, "rateLimitExceeded", False, None),
        (400, "uploadRateLimitExceeded", False, None),
        (403, "forbidden", False, None),
        (401, "youtubeSignupRequired", False, None),
        (400, "invalidTitle", True, None),
        (400, "mediaBodyRequired", True, None),
        (403, "invalidCategoryId", True, None),
        (401, "invalidCredentials", False, None),
        (400, "processingFailure", False, None),
    ],
)
def test_a_refusal_says_what_helps_and_when(youtube, status, reason, permanent, retry_at):
    body = json.loads(fake.error(status, reason).content)
    youtube.server.fail(UPLOAD, status=status, body=body)
    youtube.access = replace(youtube.access, secret=fake.TOKEN)
    with pytest.raises(NotPublished, match=reason) as refusal:
        youtube.connect().prepare(youtube.job())
    assert refusal.value.permanent is permanent
    assert refusal.value.retry_at == retry_at


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ((2026, 12, 1, 7, 59), (2026, 12, 1, 8)),
        ((2026, 12, 1, 8), (2026, 12, 2, 8)),
        ((2026, 7, 1, 12), (2026, 7, 2, 7)),
        ((2026, 3, 8, 9), (2026, 3, 9, 7)),
    ],
)
def test_quota_is_back_at_midnight_in_california(now, then):
    assert next_quota(Instant.from_utc(*now)) == Instant.from_utc(*then)


def test_a_token_refused_before_its_time_is_renewed_once(youtube):
    youtube.server.access = []
    publish(youtube, youtube.job())
    assert len(youtube.published()) == 1
    assert len(youtube.server.calls("/token")) == 1


def test_a_bare_token_is_not_renewed(youtube):
    youtube.access = replace(youtube.access, secret="ya29.other")
    with pytest.raises(NotPublished, match="Invalid Credentials") as refusal:
        youtube.connect().prepare(youtube.job())
    assert not refusal.value.permanent
    assert youtube.server.calls("/token") == []


def test_a_refresh_token_that_died_asks_for_a_new_log_in(youtube):
    youtube.server.access, youtube.server.refresh = [], []
    with pytest.raises(NotPublished, match="mimin accounts login") as refusal:
        youtube.connect().prepare(youtube.job())
    assert not refusal.value.permanent
    assert fake.REFRESH not in str(refusal.value)


# The first comment


def test_the_comment_stands_under_the_video(youtube):
    connection, job = with_comment(youtube)
    receipt = connection.commit(job)
    (comment,) = youtube.server.comments
    assert comment["snippet"]["videoId"] == job.sent[0].remote_id
    assert comment["snippet"]["textOriginal"] == "Tulis favoritmu 👇"
    assert receipt.url == f"{job.sent[0].url}&lc={comment['id']}"
    (call,) = youtube.server.calls(THREADS)
    assert json.loads(call.content) == NETWORK.wire(job)["json"]
    assert str(call.url) == NETWORK.wire(job)["url"]


def test_a_comment_is_shown_before_its_video_is_known(youtube):
    shown = NETWORK.wire(youtube.job("Halo", Part(text="Ya?", comment=True), index=1))
    assert shown["json"]["snippet"] == {
        "channelId": "{channel}",
        "videoId": "{part 1 id}",
        "topLevelComment": {"snippet": {"textOriginal": "Ya?"}},
    }


@pytest.mark.parametrize(
    "told", ["{url}", "https://youtu.be/{id}", "https://www.youtube.com/shorts/{id}?a=b"]
)
def test_a_comment_finds_its_video_by_what_a_person_told(youtube, told):
    connection, job = with_comment(youtube)
    name = job.sent[0].remote_id
    url = told.format(id=name, url=job.sent[0].url)
    job = replace(job, sent=(Receipt(remote_id=url, url=url),))
    connection.commit(job)
    assert youtube.server.comments[0]["snippet"]["videoId"] == name
    assert find_later(youtube, job).remote_id == youtube.server.comments[0]["id"]


@pytest.mark.parametrize("told", ["", "x", "https://kopi-senja.example", "https://youtu.be/short"])
def test_what_is_no_video_has_no_id(told):
    assert video_id(Receipt(remote_id=told)) is None


def test_a_comment_without_its_video_is_not_sent(youtube):
    connection, job = with_comment(youtube)
    with pytest.raises(NotPublished, match="no video"):
        connection.commit(replace(job, sent=()))
    assert youtube.server.comments == []


def test_a_comment_whose_answer_was_lost_is_found(youtube):
    connection, job = with_comment(youtube)
    youtube.server.fail(THREADS, breaks="read-timeout")
    with pytest.raises(Unclear):
        connection.commit(job)
    found = find_later(youtube, job)
    assert found.remote_id == youtube.server.comments[0]["id"]
    assert found.handles == {"comment": job.sent[0].remote_id}


def test_only_an_older_comment_shows_that_the_list_of_comments_is_whole(youtube):
    _, job = with_comment(youtube)
    youtube.server.write(job.sent[0].remote_id, "Tulis favoritmu 👇", author="UCsomebody")
    assert find_later(youtube, job) is None
    later = replace(job, at=youtube.clock() + TimeDelta(hours=1), due=youtube.clock())
    assert find_later(youtube, later, minutes=61) is None
    assert find_later(youtube, later) is Absent.PROVEN


def test_another_comment_of_ours_of_that_minute_is_left_to_a_person(youtube):
    _, job = with_comment(youtube)
    youtube.server.write(job.sent[0].remote_id, "Terima kasih!")
    assert find_later(youtube, job) is None


def test_comments_that_are_off_are_a_refusal_for_good(youtube):
    connection, job = with_comment(youtube)
    youtube.server.can_comment = False
    with pytest.raises(NotPublished, match="commentsDisabled") as refusal:
        connection.commit(job)
    assert refusal.value.permanent


def test_a_video_that_is_not_known_everywhere_yet_gets_its_comment_later(youtube):
    connection, job = with_comment(youtube)
    body = json.loads(fake.error(404, "videoNotFound").content)
    youtube.server.fail(THREADS, status=404, body=body)
    with pytest.raises(NotPublished, match="videoNotFound") as refusal:
        connection.commit(job)
    assert not refusal.value.permanent
    connection.commit(job)
    assert len(youtube.server.comments) == 1


# Changes


def test_an_edit_changes_title_and_description_and_keeps_the_rest(youtube):
    settings = {**SETTINGS, "tags": "kopi"}
    receipt = publish(youtube, youtube.job("Lama", settings=settings))
    youtube.published()[0]["snippet"] |= {"defaultAudioLanguage": "id", "categoryId": "24"}
    before = dict(youtube.published()[0]["snippet"])
    job = youtube.job("Baru", headline="Judul baru", settings=settings)
    assert youtube.connect().edit(job, receipt) == receipt
    after = youtube.published()[0]["snippet"]
    assert after == {**before, "title": "Judul baru", "description": "Baru"}


def test_an_edit_that_changes_nothing_costs_nothing(youtube):
    job = youtube.job("Sama")
    receipt = publish(youtube, job)
    youtube.connect().edit(job, receipt)
    assert [call.method for call in youtube.server.calls(VIDEOS)][-1] == "GET"


def test_an_edit_of_what_is_gone_is_refused_for_good(youtube):
    receipt = publish(youtube, youtube.job())
    youtube.server.videos.clear()
    with pytest.raises(NotPublished, match="not among") as refusal:
        youtube.connect().edit(youtube.job("Baru"), receipt)
    assert refusal.value.permanent


def test_an_edit_whose_answer_was_lost_may_be_made_again(youtube):
    receipt = publish(youtube, youtube.job("Lama"))
    job = youtube.job("Baru")

    def break_the_change(request):
        youtube.server.watch = None
        youtube.server.fail(VIDEOS, status=502, carried_out=True)

    youtube.server.watch = break_the_change
    with pytest.raises(Unclear):
        youtube.connect().edit(job, receipt)
    youtube.connect().edit(job, receipt)
    assert youtube.published()[0]["snippet"]["description"] == "Baru"


def test_a_comment_is_changed_and_deleted_as_a_comment(youtube):
    connection, job = with_comment(youtube)
    receipt = connection.commit(job)
    part = Part(text="Lain", comment=True)
    connection.edit(youtube.job("Halo", part, index=1), receipt)
    assert youtube.server.comments[0]["snippet"]["textOriginal"] == "Lain"
    connection.retract(youtube.blind(job), receipt)
    assert youtube.server.comments == []
    assert len(youtube.published()) == 1


def test_a_comment_that_a_person_told_of_is_deleted_as_a_comment(youtube):
    connection, job = with_comment(youtube)
    url = connection.commit(job).url
    connection.retract(youtube.blind(job), Receipt(remote_id=url, url=url))
    assert youtube.server.comments == []
    assert len(youtube.published()) == 1


def test_a_video_is_taken_down_and_once_more_does_no_harm(youtube):
    job = youtube.job()
    receipt = publish(youtube, job)
    for _ in range(2):
        youtube.connect().retract(youtube.blind(job), receipt)
    assert youtube.published() == []


def test_what_can_not_be_named_can_not_be_taken_down(youtube):
    with pytest.raises(NotPublished, match="not a video's id") as refusal:
        youtube.connect().retract(youtube.job(), Receipt(remote_id="https://a.example"))
    assert refusal.value.permanent


# Who we are


def test_it_says_which_channel_it_is(youtube):
    who = youtube.connect().whoami()
    assert (who.remote_id, who.handle, who.name) == (fake.CHANNEL, "kopisenja", "Kopi Senja")
    assert who.restrictions == ()
    assert youtube.connect().own_limits() == {}


@pytest.mark.parametrize("status", ["eligible", "disallowed"])
def test_a_channel_without_a_verified_phone_has_short_videos(youtube, status):
    youtube.server.long_uploads = status
    assert youtube.connect().own_limits() == {"video_seconds": 900}
    assert "15 minutes" in youtube.connect().whoami().restrictions[0]


def test_an_account_without_a_channel_is_told(youtube):
    youtube.server.has_channel = False
    with pytest.raises(NotPublished, match="no YouTube channel"):
        youtube.connect().whoami()


# What it objects to beforehand


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({}, ["setting-missing"]),
        ({"made_for_kids": "perhaps"}, ["setting-invalid"]),
        ({"notify": "never"}, ["setting-invalid"]),
        ({"category": "Music"}, ["setting-invalid"]),
        ({"category": "٢٢"}, ["setting-invalid"]),
        ({"tags": "a" * 500}, []),
        ({"tags": "a" * 501}, ["setting-invalid"]),
        ({"tags": "a " + "b" * 497}, ["setting-invalid"]),
        ({"tags": "<b>"}, ["setting-invalid"]),
    ],
)
def test_settings_that_youtube_would_refuse_are_objected_to(youtube, settings, found):
    merged = {**SETTINGS, **settings} if settings else {}
    assert codes(youtube, settings=merged) == found


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, []),
        ({"visibility": Visibility.UNLISTED}, []),
        ({"visibility": Visibility.PRIVATE}, ["comment-refused"]),
        ({"settings": {"made_for_kids": "yes"}}, ["comment-refused"]),
    ],
)
def test_a_comment_where_there_can_be_none_is_objected_to(youtube, fields, found):
    comment = Part(text="Ya?", comment=True)
    payload = youtube.job("Halo", comment, **fields).payload
    objections = NETWORK.check(payload, youtube.access.account)
    assert [(each.index, each.code) for each in objections] == [(1, code) for code in found]


def test_nothing_that_is_objected_to_is_prepared(youtube):
    with pytest.raises(NotPublished, match="made_for_kids") as refusal:
        youtube.connect().prepare(youtube.job(settings={}))
    assert refusal.value.permanent
    assert youtube.server.requests == []


# The fake holds to the document


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("videos.insert", {"snippet": {"titel": "x"}}),
        ("videos.insert", {"status": {"privacyStatus": "secret"}}),
        ("videos.insert", {"snippet": {"tags": "kopi"}}),
        ("commentThreads.insert", {"snippet": {"canReply": "yes"}}),
    ],
)
def test_the_document_refuses_what_it_does_not_know(name, body):
    with pytest.raises(discovery.DiscoveryError):
        discovery.validate_request(name, body)


def test_the_secret_is_the_one_that_a_log_in_prints():
    assert set(GRANT) == {"access_token", "refresh_token", "client_id", "client_secret"}
