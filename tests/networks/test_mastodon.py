"""Mastodon: uploads, the status, and recognising it on a timeline."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from network_fakes import mastodon as fake
from whenever import Instant

from mimin.model.brand import Account
from mimin.model.payload import Card, Part, Span
from mimin.model.post import Visibility
from mimin.networks.http import Unclear
from mimin.networks.mastodon import NETWORK, naming
from mimin.networks.mastodon_text import html_hash, normal_html, text_hash
from mimin.networks.protocol import Absent, NotPublished, Receipt

POST = "/api/v1/statuses"
UPLOAD = "/api/v2/media"
TIMELINE = f"/api/v1/accounts/{fake.OWN}/statuses"


def posts(bench):
    return [call for call in bench.server.calls(POST) if call.method == "POST"]


def publish(bench, job):
    connection = bench.connect()
    return connection.commit(bench.prepared(connection, job))


def codes(bench, *parts, **fields):
    job = bench.job(*parts, **fields)
    return [found.code for found in NETWORK.check(job.payload, bench.access.account)]


def find_later(bench, job, **by):
    bench.clock.move(**(by or {"minutes": 9}))
    return bench.connect().find(bench.blind(job))


# The status


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Visibility.PUBLIC, "public"),
        (Visibility.UNLISTED, "unlisted"),
        (Visibility.FOLLOWERS, "private"),
    ],
)
def test_the_audience_is_the_one_that_was_reviewed(mastodon, ours, theirs):
    publish(mastodon, mastodon.job(visibility=ours))
    assert mastodon.published()[0]["visibility"] == theirs


def test_a_warning_hides_text_and_media(mastodon):
    publish(mastodon, mastodon.job("Awas", warning="ada ular"))
    (status,) = mastodon.published()
    assert (status["spoiler_text"], status["sensitive"]) == ("ada ular", True)


def test_nothing_is_left_to_the_preferences_of_the_account(mastodon):
    job = mastodon.job()
    assert {"visibility", "sensitive", "language"} <= set(NETWORK.wire(job)["json"])


def test_the_key_is_the_same_for_every_try_and_another_for_every_part(mastodon):
    jobs = [mastodon.job("a", "b", index=index) for index in (0, 1)]
    assert naming(jobs[0]) != naming(jobs[1])
    mastodon.clock.move(hours=5)
    assert naming(mastodon.job("changed", "b")) == naming(jobs[0])


def test_images_go_up_under_a_neutral_name_with_their_alt_text_in_order(mastodon):
    media = tuple(
        mastodon.image(f"rahasia-{n}.jpg", b"\xff" + bytes([n]), f"Alt {n}") for n in (1, 2)
    )
    publish(mastodon, mastodon.job(Part(text="", media=media)))
    uploads = mastodon.server.media.values()
    assert [(each["description"], each["filename"]) for each in uploads] == [
        ("Alt 1", "media.jpg"),
        ("Alt 2", "media.jpg"),
    ]
    assert [each["content"] for each in uploads] == [b"\xff\x01", b"\xff\x02"]
    attached = mastodon.published()[0]["media_attachments"]
    assert [each["description"] for each in attached] == ["Alt 1", "Alt 2"]


# Uploads that take their time


def test_an_upload_is_waited_for_before_anything_is_claimed(mastodon):
    mastodon.server.polls_needed = 3
    connection = mastodon.connect()
    job = mastodon.prepared(connection, mastodon.job(Part(text="a", media=(mastodon.image(),))))
    assert mastodon.server.media[job.handles["media0"]]["wait"] == 0
    connection.commit(job)
    assert len(mastodon.published()) == 1


def test_an_upload_that_is_never_ready_is_given_up(mastodon):
    mastodon.server.polls_needed = 10**6
    with pytest.raises(NotPublished, match="did not process") as refusal:
        mastodon.connect().prepare(mastodon.job(Part(text="a", media=(mastodon.image(),))))
    assert not refusal.value.permanent
    assert posts(mastodon) == []


def test_media_that_is_not_ready_after_all_may_be_tried_again(mastodon):
    connection = mastodon.connect()
    job = mastodon.prepared(connection, mastodon.job(Part(text="a", media=(mastodon.image(),))))
    mastodon.server.media[job.handles["media0"]]["wait"] = 1
    with pytest.raises(NotPublished, match="finished processing") as refusal:
        connection.commit(job)
    assert not refusal.value.permanent
    mastodon.server.media[job.handles["media0"]]["wait"] = 0
    connection.commit(job)


@pytest.mark.parametrize("breaks", ["read-timeout", "read-error", "connect-error"])
def test_whatever_breaks_an_upload_published_nothing(mastodon, breaks):
    mastodon.server.fail(UPLOAD, breaks=breaks)
    with pytest.raises(NotPublished):
        mastodon.connect().prepare(mastodon.job(Part(text="", media=(mastodon.image(),))))


def test_media_that_is_attached_already_is_never_called_not_published(keyless):
    connection = keyless.connect()
    job = keyless.prepared(connection, keyless.job(Part(text="a", media=(keyless.image(),))))
    receipt = connection.commit(job)
    with pytest.raises(Exception, match="already attached") as error:
        connection.commit(job)
    assert not isinstance(error.value, NotPublished)
    assert find_later(keyless, job) == receipt


# Refusals


def test_an_answer_to_a_status_that_is_gone_is_refused_for_good(mastodon):
    connection = mastodon.connect()
    jobs, _ = mastodon.post_all(connection, "satu", "dua")
    mastodon.server.statuses.clear()
    mastodon.server.keys.clear()
    with pytest.raises(NotPublished, match="does not appear to exist") as refusal:
        connection.commit(jobs[1])
    assert refusal.value.permanent


def test_a_token_that_does_not_work_is_known_before_anything_is_claimed(mastodon):
    mastodon.access = replace(mastodon.access, secret="something-else")
    with pytest.raises(NotPublished, match="access token is invalid") as refusal:
        mastodon.connect().prepare(mastodon.job())
    assert not refusal.value.permanent
    assert "something-else" not in str(refusal.value)


def test_a_line_end_after_the_token_does_no_harm(mastodon):
    mastodon.access = replace(mastodon.access, secret=f"{fake.TOKEN}\n")
    publish(mastodon, mastodon.job())
    assert len(mastodon.published()) == 1


@pytest.mark.parametrize("secret", ["two words", "tökän", "a\nb", "\x00"])
def test_what_can_not_be_a_token_is_not_sent_or_shown(mastodon, secret):
    mastodon.access = replace(mastodon.access, secret=secret)
    with pytest.raises(NotPublished, match="no access token") as refusal:
        mastodon.connect().prepare(mastodon.job())
    assert secret not in str(refusal.value)
    assert mastodon.server.requests == []


@pytest.mark.parametrize("secret", [None, "", " \n"])
def test_without_a_token_it_says_which_one_is_missing(mastodon, secret):
    mastodon.access = replace(mastodon.access, secret=secret)
    with pytest.raises(NotPublished, match="set MAST"):
        mastodon.connect().prepare(mastodon.job())


def test_a_part_that_a_person_found_is_answered_like_one_that_we_sent(mastodon):
    connection = mastodon.connect()
    _, (first,) = mastodon.post_all(connection, "satu")
    job = mastodon.prepared(connection, mastodon.job("satu", "dua", index=1))
    job = replace(job, sent=(Receipt(remote_id=first.url, url=first.url),))
    receipt = connection.commit(job)
    assert mastodon.published()[1]["in_reply_to_id"] == first.remote_id
    assert find_later(mastodon, job) == receipt


@pytest.mark.parametrize(
    "url",
    ["https://mastodon.test/x", "https://mastodon.test/@a", "a/b", "https://other.test/@name/1001"],
)
def test_a_part_that_is_not_where_a_person_said_is_not_answered(mastodon, url):
    connection = mastodon.connect()
    job = mastodon.prepared(connection, mastodon.job("satu", "dua", index=1))
    with pytest.raises(NotPublished, match="not the address of a status"):
        connection.commit(replace(job, sent=(Receipt(remote_id=url, url=url),)))
    assert posts(mastodon) == []


# What it objects to beforehand


def test_a_link_that_the_text_does_not_show_is_objected_to(mastodon):
    url = "https://a.example/menu"
    span = Span(start=0, end=4, url=url)
    assert codes(mastodon, Part(text="Menu", spans=(span,))) == ["link-lost"]
    assert codes(mastodon, Part(text=f"Menu {url}", spans=(span,))) == []
    assert codes(mastodon, Part(text="Menu", card=Card(url=url, title="M"))) == ["link-lost"]
    assert codes(mastodon, Part(text=url, card=Card(url=url, title="M"))) == []


def test_a_video_beside_images_is_objected_to(mastodon):
    image = mastodon.image()
    video = image.model_copy(update={"mime": "video/mp4"})
    assert codes(mastodon, Part(text="", media=(image, video))) == ["mixed-media"]
    assert codes(mastodon, Part(text="", media=(video,))) == []


def test_nothing_to_say_is_objected_to_in_the_part_where_it_is(mastodon):
    job = mastodon.job("Halo", " \n")
    (found,) = NETWORK.check(job.payload, mastodon.access.account)
    assert (found.index, found.code) == (1, "empty")


@pytest.mark.parametrize(
    ("handle", "server", "fine"),
    [
        ("kopi", "https://a.example", True),
        ("kopi@a.example", None, True),
        ("kopi", None, False),
        ("kopi", "http://a.example", False),
        ("kopi@a b", None, False),
    ],
)
def test_the_instance_must_be_known(mastodon, handle, server, fine):
    account = Account(network="mastodon", handle=handle, server=server, secret="T")
    found = NETWORK.check(mastodon.job().payload, account)
    assert [objection.code for objection in found] == ([] if fine else ["server-address"])
    mastodon.access = replace(mastodon.access, account=account)
    if not fine:
        with pytest.raises(NotPublished) as refusal:
            mastodon.connect().prepare(mastodon.job())
        assert refusal.value.permanent


def test_the_limits_of_the_instance_win(mastodon):
    account = mastodon.access.account
    assert NETWORK.limits(account).text == 500
    own = account.model_copy(update={"limits": {"text": 1000}})
    assert NETWORK.limits(own).text == 1000


# Recognising a text


@pytest.mark.parametrize(
    "text",
    [
        "Halo",
        "Dua baris\ndan satu lagi\n\n\nlalu jauh di bawah",
        "https://kopi-senja.example/menu/desember?promo=gajian&sumber=mastodon#bawah",
        "Bersama @budi@contoh.example, @sari dan #KopiSenja!",
        "1 < 2 & 3 > 2 \"ya\" 'tidak' &amp; <p>bukan</p>",
        "  rapi \u00a0 sendiri\t",
        "e\u0301 \ufb01 \uff03 👩‍👩‍👧 🇮🇩",
        "",
    ],
)
def test_a_text_is_recognised_in_the_html_made_of_it(text):
    assert html_hash(fake.render(text)) == text_hash(text)


@given(st.text(alphabet="ab é☕#@./:<>&\"' \n", max_size=80))
def test_any_text_is_recognised_in_the_html_made_of_it(text):
    assert html_hash(fake.render(text)) == text_hash(text)


def test_taking_domains_off_twice_changes_nothing():
    assert text_hash("@a@bb@cc") == text_hash("@a@cc") == text_hash("@a")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>satu</p><p>dua</p>", "satu\n\ndua"),
        ("satu<br>dua<br/>tiga", "satu dua tiga"),
        ("<div>satu</div>dua", "satu dua"),
        ('<p class="quote-inline">RE: <a href="x">y</a></p><p>satu</p>', "satu"),
        ('<p>@<span class="h-card">budi</span>@contoh.example</p>', "@budi"),
        ("a &lt;b&gt; &#39;c&#39;", "a <b> 'c'"),
    ],
)
def test_other_servers_html_is_read_as_well(content, text):
    assert html_hash(content) == text_hash(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Halo", "Halo!"), ("satu dua", "satudua"), ("Kopi", "kopi"), ("a", ""), ("#a", "a")],
)
def test_different_texts_stay_different(one, other):
    assert text_hash(one) != text_hash(other)


@given(st.text())
def test_no_html_breaks_the_reading(content):
    normal_html(content)


# Looking


def test_a_status_is_found_where_the_server_ignores_the_key(keyless):
    connection = keyless.connect()
    job = keyless.prepared(connection, keyless.job("Halo #kopi @budi@contoh.example"))
    keyless.server.fail(POST, breaks="read-timeout")
    with pytest.raises(Unclear):
        connection.commit(job)
    receipt = find_later(keyless, job)
    assert receipt.remote_id == keyless.published()[0]["id"]
    assert receipt.url == keyless.published()[0]["url"]


def test_a_status_is_not_proven_absent_while_the_call_may_still_be_under_way(mastodon):
    mastodon.older()
    connection = mastodon.connect()
    job = mastodon.prepared(connection, mastodon.job())
    mastodon.clock.now = job.due
    assert find_later(mastodon, job, seconds=119) is None
    assert find_later(mastodon, job, seconds=1) is Absent.PROVEN


def test_the_same_words_of_another_day_are_not_taken_for_ours(mastodon):
    mastodon.clock.move(hours=-24)
    mastodon.server.write("Selamat pagi")
    mastodon.clock.move(hours=24)
    job = mastodon.prepared(mastodon.connect(), mastodon.job("Selamat pagi"))
    assert find_later(mastodon, job) is Absent.PROVEN


@pytest.mark.parametrize("minutes", [-10, -2, 20, 600])
def test_the_same_words_at_a_strange_time_are_left_to_a_person(mastodon, minutes):
    connection = mastodon.connect()
    job = mastodon.prepared(connection, mastodon.job("Selamat pagi"))
    mastodon.clock.now = job.at
    mastodon.clock.move(minutes=minutes)
    mastodon.server.write("Selamat pagi")
    assert find_later(mastodon, job, hours=12) is None


@pytest.mark.parametrize("change", [{"content": "<p>Selamat siang</p>"}, {"content": "<p>S…</p>"}])
def test_a_status_of_that_minute_that_was_edited_is_left_to_a_person(mastodon, change):
    connection = mastodon.connect()
    job = mastodon.prepared(connection, mastodon.job("Selamat pagi"))
    connection.commit(job)
    mastodon.server.statuses[0] |= change
    assert find_later(mastodon, job) is None


def test_an_answer_to_somebody_of_that_minute_is_not_suspected(mastodon):
    mastodon.older()
    job = mastodon.prepared(mastodon.connect(), mastodon.job("Selamat pagi"))
    mastodon.server.write("Terima kasih!", in_reply_to_id="77")
    assert find_later(mastodon, job) is Absent.PROVEN


def test_the_same_words_as_an_answer_to_somebody_are_left_to_a_person(mastodon):
    job = mastodon.prepared(mastodon.connect(), mastodon.job("Terima kasih!"))
    mastodon.server.write("Terima kasih!", in_reply_to_id="77")
    assert find_later(mastodon, job) is None


def test_media_of_ours_under_another_text_is_left_to_a_person(mastodon):
    connection = mastodon.connect()
    job = mastodon.prepared(connection, mastodon.job(Part(text="a", media=(mastodon.image(),))))
    mastodon.clock.move(hours=2)
    mastodon.server.write("lain", media_ids=[job.handles["media0"]])
    assert find_later(mastodon, job) is None


def test_the_same_words_with_other_media_are_left_to_a_person(mastodon):
    connection = mastodon.connect()
    job = mastodon.prepared(connection, mastodon.job(Part(text="a", media=(mastodon.image(),))))
    mastodon.server.write("a")
    assert find_later(mastodon, job) is None


def test_the_part_before_is_not_taken_for_the_part_that_says_the_same(mastodon):
    connection = mastodon.connect()
    (first,), receipts = mastodon.post_all(connection, "Halo")
    thread = mastodon.prepared(connection, mastodon.job("Halo", "Halo", index=1))
    thread = replace(thread, sent=tuple(receipts))
    assert find_later(mastodon, thread) is Absent.PROVEN
    assert mastodon.connect().find(mastodon.blind(first)) == receipts[0]


def test_a_busy_account_is_read_back_page_by_page(mastodon):
    connection = mastodon.connect()
    job = mastodon.prepared(connection, mastodon.job("Halo"))
    receipt = connection.commit(job)
    mastodon.clock.move(hours=1)
    for number in range(90):
        mastodon.server.write(f"lain {number}")
    assert find_later(mastodon, job) == receipt
    # 91 statuses, and an empty page: a short one does not prove that there is no more.
    assert len(mastodon.server.calls(TIMELINE)) == 4


def test_what_lies_too_far_back_is_not_proven_absent(mastodon):
    job = mastodon.prepared(mastodon.connect(), mastodon.job("Halo"))
    mastodon.clock.move(hours=1)
    for number in range(300):
        mastodon.server.write(f"lain {number}")
    assert find_later(mastodon, job) is None


def test_a_server_that_gives_the_same_page_again_proves_nothing(mastodon):
    mastodon.server.follows_pages = False
    job = mastodon.prepared(mastodon.connect(), mastodon.job("Halo"))
    mastodon.clock.move(hours=1)
    mastodon.server.write("lain")
    assert find_later(mastodon, job) is None
    assert len(mastodon.server.calls(TIMELINE)) == 2


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 401, "body": {"error": "The access token is invalid"}},
        {"status": 200, "body": {"error": "not a list"}},
        {"status": 200, "text": "<html>"},
        {"status": 503, "body": {}},
        {"breaks": "connect-error"},
        {"breaks": "read-timeout"},
    ],
)
def test_a_look_that_fails_proves_nothing(mastodon, fault):
    job = mastodon.prepared(mastodon.connect(), mastodon.job("Halo"))
    for _ in range(3):
        mastodon.server.fail(TIMELINE, **fault)
    with pytest.raises((NotPublished, Unclear)):
        find_later(mastodon, job)


def test_the_timeline_asked_is_the_one_of_the_token(mastodon):
    job = mastodon.prepared(mastodon.connect(), mastodon.job("Halo"))
    find_later(mastodon, job)
    find_later(mastodon, job)
    whoami = mastodon.server.calls("verify_credentials")
    # Once a connection, never from a file: the id of another account would be a false proof.
    assert len(whoami) == 3
    assert list(mastodon.access.folder.iterdir()) == []


def test_a_retry_after_in_the_form_of_an_instance_is_understood(mastodon):
    connection = mastodon.connect()
    job = mastodon.prepared(connection, mastodon.job())
    reset = Instant.from_utc(2026, 12, 1, 3, 35)
    headers = {"X-RateLimit-Reset": "2026-12-01T03:35:00.000000Z"}
    mastodon.server.fail(POST, status=429, headers=headers, body={"error": "Too many requests"})
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert refusal.value.retry_at == reset
