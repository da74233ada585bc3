"""X: media in chunks, duplicates, rotating tokens, prices, and recognising a post."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from network_fakes import film
from network_fakes import x as fake
from whenever import Instant

from mimin.model.payload import Card, Part, Payload, Span
from mimin.model.post import Replies
from mimin.networks.http import Unclear
from mimin.networks.matching import text_hash
from mimin.networks.protocol import Absent, NotPublished, Receipt
from mimin.networks.x import NETWORK, post_id
from mimin.networks.x_timeline import Post, recognisable

POST = "/2/tweets"
TIMELINE = f"/2/users/{fake.OWN}/tweets"


def publish(bench, job):
    connection = bench.connect()
    return connection.commit(bench.prepared(connection, job))


def codes(bench, *parts, **fields):
    job = bench.job(*parts, **fields)
    return [found.code for found in NETWORK.check(job.payload, bench.access.account)]


def find_later(bench, job, **by):
    bench.clock.move(**(by or {"minutes": 9}))
    return bench.connect().find(bench.blind(job))


def a_video(bench, content=None, **fields):
    made = {"name": "film.mp4", "content": content or b"\0\0\0\x18ftypmp42", "alt": "Kopi dituang"}
    return bench.image(**made).model_copy(update={"mime": "video/mp4", **fields})


# The post


def test_what_prepare_tells_x_is_shown_before_the_post(x):
    job = x.job(Part(text="Halo", media=(x.image(alt="Dua “gelas” kopi"),)))
    connection = x.connect()
    job = x.prepared(connection, job)
    connection.commit(job)
    assert x.before(job) == x.described()
    assert len(x.described()) == 1


def test_an_image_without_alt_text_gets_none(x):
    publish(x, x.job(Part(text="Halo", media=(x.image(alt=""),))))
    assert x.described() == []


def test_several_images_stand_in_their_order(x):
    media = tuple(x.image(f"{n}.jpg", b"\xff" + bytes([n]), f"Alt {n}") for n in (1, 2, 3, 4))
    publish(x, x.job(Part(text="", media=media)))
    (post,) = x.published()
    assert post["alts"] == ["Alt 1", "Alt 2", "Alt 3", "Alt 4"]
    assert "text" not in post["body"]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Replies.EVERYONE, None),
        (Replies.FOLLOWING, "following"),
        (Replies.MENTIONED, "mentionedUsers"),
    ],
)
def test_who_may_answer_is_said_by_the_first_post_of_a_thread(x, ours, theirs):
    x.post_all(x.connect(), "satu", "dua", replies=ours)
    first, second = (post["body"] for post in x.published())
    assert first.get("reply_settings") == theirs
    assert "reply_settings" not in second


def test_labels_are_sent_with_every_part(x):
    x.post_all(x.connect(), "satu", "dua", paid=True, ai=True)
    for post in x.published():
        assert post["body"]["made_with_ai"] is True
        assert post["body"]["paid_partnership"] is True


def test_every_choice_that_the_limits_offer_is_one_that_the_request_can_say(x):
    limits = NETWORK.limits(x.access.account)
    for replies in set(limits.replies) - {Replies.EVERYONE}:
        assert NETWORK.wire(x.job(replies=replies))["json"]["reply_settings"]


def test_the_address_is_the_one_of_the_post(x):
    receipt = publish(x, x.job())
    assert receipt.url == f"https://x.com/kopisenja/status/{receipt.remote_id}"


# Media


def test_a_real_video_arrives_in_chunks_that_do_not_divide_it(x):
    content = film.render()
    chunk = len(content) // 3 - 1
    assert len(content) % chunk
    x.server.polls_needed = 2
    connection = x.connect(chunk=chunk)
    job = x.prepared(connection, x.job(Part(text="Film", media=(a_video(x, content),))))
    receipt = connection.commit(job)
    (media,) = x.server.media.values()
    assert media["content"] == content
    assert [len(each) for each in media["segments"].values()] == [chunk] * 3 + [
        len(content) - 3 * chunk
    ]
    assert media["category"] == "tweet_video"
    assert film.read_back(media["content"]) == (64, 48, 10)
    assert find_later(x, job) == receipt
    assert x.described() == []


def test_an_image_arrives_as_it_was_reviewed_under_a_neutral_name(x):
    image = x.image("rahasia.jpg", b"\xff\xd8 gambar")
    publish(x, x.job(Part(text="", media=(image,))))
    (media,) = x.server.media.values()
    assert (media["content"], media["category"]) == (b"\xff\xd8 gambar", "tweet_image")
    assert all(b"rahasia" not in request.content for request in x.server.requests)


def test_a_gif_goes_in_chunks_too_and_has_an_alt_text(x):
    gif = x.image("a.gif", b"GIF89a", "Uap kopi").model_copy(update={"mime": "image/gif"})
    publish(x, x.job(Part(text="Hangat", media=(gif,))))
    (media,) = x.server.media.values()
    assert (media["category"], media["alt"]) == ("tweet_gif", "Uap kopi")


def test_the_wait_is_as_long_as_x_says_and_ends(x):
    pauses = []
    x.server.polls_needed = 10**6
    with pytest.raises(NotPublished, match="did not process film") as refusal:
        x.connect(sleep=pauses.append).prepare(x.job(Part(text="", media=(a_video(x),))))
    assert not refusal.value.permanent
    assert sum(pauses) == 900
    assert set(pauses) == {1}


def test_a_video_that_can_not_be_processed_is_refused_for_good(x):
    x.server.fails_processing = True
    with pytest.raises(NotPublished, match=r"could not process film\.mp4") as refusal:
        x.connect().prepare(x.job(Part(text="", media=(a_video(x),))))
    assert refusal.value.permanent
    assert x.published() == []


@pytest.mark.parametrize("call", ["initialize", "append", "finalize", "/2/media/metadata"])
@pytest.mark.parametrize("breaks", ["read-timeout", "connect-error"])
def test_whatever_breaks_an_upload_published_nothing(x, call, breaks):
    gif = x.image("a.gif", b"GIF89a", "Uap kopi").model_copy(update={"mime": "image/gif"})
    x.server.fail(call, breaks=breaks)
    with pytest.raises(NotPublished):
        x.connect().prepare(x.job(Part(text="", media=(gif,))))
    assert x.server.calls(POST) == []


def test_an_upload_that_x_has_forgotten_may_be_tried_again(x):
    connection = x.connect()
    job = x.prepared(connection, x.job(Part(text="Halo", media=(x.image(),))))
    x.forbid(400, "Your media IDs are invalid.", fake.PROBLEMS + "invalid-request")
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert not refusal.value.permanent


# Refusals


@pytest.mark.parametrize(
    ("status", "detail", "permanent"),
    [
        (400, "One or more parameters to your request was invalid.", True),
        (401, "Unauthorized", False),
        (402, "CreditsDepleted", False),
        (403, "You are not permitted to perform this action.", False),
        (403, "Your post exceeds the maximum of one cashtag.", True),
        (403, "You attempted to reply to a Tweet that is deleted or not visible to you.", True),
        (403, "usage-capped", False),
        (404, "Not Found", True),
    ],
)
def test_a_refusal_is_for_good_only_if_another_post_is_needed(x, status, detail, permanent):
    connection = x.connect()
    job = x.prepared(connection, x.job())
    x.forbid(status, detail)
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert refusal.value.permanent is permanent
    assert x.published() == []


def test_spent_credits_are_named(x):
    connection = x.connect()
    job = x.prepared(connection, x.job())
    x.forbid(402, "Your enrolled account does not have any credits", title="CreditsDepleted")
    with pytest.raises(NotPublished, match="CreditsDepleted") as refusal:
        connection.commit(job)
    assert not refusal.value.permanent


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-rate-limit-reset": "{quarter}"}, 900),
        ({"x-rate-limit-reset": "{quarter}", "x-user-limit-24hour-reset": "{day}"}, 900),
        (
            {
                "x-rate-limit-reset": "{quarter}",
                "x-user-limit-24hour-remaining": "0",
                "x-user-limit-24hour-reset": "{day}",
            },
            86_400,
        ),
        (
            {
                "x-rate-limit-reset": "{quarter}",
                "x-app-limit-24hour-remaining": "0",
                "x-app-limit-24hour-reset": "{day}",
            },
            86_400,
        ),
    ],
)
def test_too_many_posts_wait_for_the_limit_that_is_spent(x, headers, seconds):
    connection = x.connect()
    job = x.prepared(connection, x.job())
    now = x.clock().timestamp()
    filled = {
        name: value.format(quarter=int(now) + 900, day=int(now) + 86_400)
        for name, value in headers.items()
    }
    x.server.fail(POST, status=429, headers=filled, body={"title": "Too Many Requests"})
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert (refusal.value.retry_at - x.clock()).total("seconds") == seconds


def test_an_answer_that_names_no_post_proves_nothing(x):
    connection = x.connect()
    job = x.prepared(connection, x.job())
    x.server.fail(POST, status=200, body={"errors": [{"title": "?"}]})
    with pytest.raises(Unclear):
        connection.commit(job)


def test_a_duplicate_of_another_day_is_not_taken_for_ours(x):
    publish(x, x.job("Selamat pagi", key="kopi-senja/kemarin@akun"))
    x.clock.move(hours=24)
    connection = x.connect()
    job = x.prepared(connection, x.job("Selamat pagi", due=x.clock()))
    with pytest.raises(Unclear, match="duplicate content"):
        connection.commit(job)
    assert find_later(x, job) is Absent.PROVEN


@pytest.mark.parametrize("breaks", ["connect-error", "read-timeout"])
def test_a_look_for_the_duplicate_that_fails_is_no_proof(x, breaks):
    connection = x.connect()
    job = x.prepared(connection, x.job())
    x.duplicate()
    for _ in range(3):
        x.server.fail(TIMELINE, breaks=breaks)
    with pytest.raises(Unclear, match="looking for it failed"):
        connection.commit(job)


def test_a_thread_that_is_stopped_in_the_middle_keeps_what_is_out(x):
    connection = x.connect()
    _, (first,) = x.post_all(connection, "satu")
    job = replace(x.prepared(connection, x.job("satu", "dua", index=1)), sent=(first,))
    x.wrong_scope()
    with pytest.raises(NotPublished):
        connection.commit(job)
    assert [post["said"] for post in x.published()] == ["satu"]
    connection.commit(job)
    assert x.parent_of(1) == (first.remote_id, first.remote_id)


def test_a_part_that_a_person_found_is_answered_like_one_that_we_sent(x):
    connection = x.connect()
    _, (first,) = x.post_all(connection, "satu")
    job = x.prepared(connection, x.job("satu", "dua", index=1))
    connection.commit(replace(job, sent=(Receipt(remote_id=first.url, url=first.url),)))
    assert x.parent_of(1) == (first.remote_id, first.remote_id)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("123", "123"),
        ("https://x.com/kopi/status/123", "123"),
        ("https://twitter.com/i/web/status/123?s=20", "123"),
        ("https://x.com/kopi", None),
        ("https://x.com/kopi/status/", None),
        ("٣", None),
        ("", None),
    ],
)
def test_the_id_of_a_post_is_read_from_its_address(name, found):
    assert post_id(name) == found


def test_a_part_that_is_not_where_a_person_said_is_not_answered(x):
    connection = x.connect()
    job = x.prepared(connection, x.job("satu", "dua", index=1))
    with pytest.raises(NotPublished, match="not the address of a post"):
        connection.commit(replace(job, sent=(Receipt(remote_id="https://x.com/kopi"),)))
    assert x.server.calls(POST) == []


# Tokens


def test_a_token_of_another_account_is_refused_before_anything_is_uploaded(x):
    x.server.handle = "lain"
    with pytest.raises(NotPublished, match="is @lain's and not @kopisenja's") as refusal:
        x.connect().prepare(x.job(Part(text="a", media=(x.image(),))))
    assert not refusal.value.permanent
    assert x.server.media == {}


def test_capitals_of_a_handle_make_no_other_account(x):
    x.server.handle = "KopiSenja"
    publish(x, x.job())
    assert len(x.published()) == 1


def test_a_token_that_was_refused_early_is_renewed_once(x):
    x.server.access = set()
    publish(x, x.job())
    assert len(x.server.calls("/2/oauth2/token")) == 1
    assert len(x.published()) == 1


def test_a_bare_token_that_is_refused_is_not_renewed(x):
    x.access = replace(x.access, secret="x-old-token-ABCDEFGHIJKLMN")
    with pytest.raises(NotPublished, match="401"):
        x.connect().prepare(x.job())
    assert x.server.calls("/2/oauth2/token") == []


def test_the_second_run_uses_the_tokens_that_the_first_one_got(x):
    x.expire()
    publish(x, x.job("satu"))
    publish(x, x.job("dua", key="kopi-senja/dua@akun"))
    assert len(x.server.calls("/2/oauth2/token")) == 1
    assert len(x.published()) == 2


def test_a_refresh_token_that_was_used_elsewhere_asks_for_a_new_log_in(x):
    x.expire()
    x.server.refresh = set()
    with pytest.raises(NotPublished, match="mimin accounts login kopi-senja/akun") as refusal:
        x.connect().prepare(x.job())
    assert not refusal.value.permanent
    assert fake.REFRESH not in str(refusal.value)
    assert fake.CLIENT_SECRET not in str(refusal.value)


def test_no_secret_is_in_the_handles(x):
    job = x.prepared(x.connect(), x.job(Part(text="a", media=(x.image(),))))
    kept = json.dumps(dict(job.handles))
    assert not any(secret in kept for secret in (fake.TOKEN, fake.REFRESH, fake.CLIENT_SECRET))


# What it objects to beforehand


def test_an_image_beside_a_gif_or_a_video_is_objected_to(x):
    image = x.image()
    for mime in ("image/gif", "video/mp4"):
        moving = image.model_copy(update={"mime": mime})
        assert codes(x, Part(text="", media=(image, moving))) == ["mixed-media"]
        assert codes(x, Part(text="", media=(moving, moving))) == ["mixed-media"]
        assert codes(x, Part(text="", media=(moving,))) == []
    assert codes(x, Part(text="", media=(image,) * 4)) == []


def test_a_link_that_the_text_does_not_show_is_objected_to(x):
    url = "https://toko.id/menu"
    span = Span(start=0, end=4, url=url)
    assert codes(x, Part(text="Menu", spans=(span,))) == ["link-lost"]
    assert codes(x, Part(text=f"Menu {url}", spans=(span,))) == []
    assert codes(x, Part(text="Menu", card=Card(url=url, title="M"))) == ["link-lost"]


def test_a_warning_that_would_be_lost_is_objected_to(x):
    assert codes(x, warning="ada ular") == ["warning-unknown"]


def test_nothing_to_say_is_objected_to_in_the_part_where_it_is(x):
    (found,) = NETWORK.check(x.job("Halo", " \n").payload, x.access.account)
    assert (found.index, found.code) == (1, "empty")


def test_what_is_objected_to_is_not_prepared(x):
    with pytest.raises(NotPublished, match="nothing to post") as refusal:
        x.connect().prepare(x.job(" "))
    assert refusal.value.permanent
    assert x.server.requests == []


# What it costs


@pytest.mark.parametrize(
    ("parts", "mills"),
    [
        (["Halo"], 15),
        (["Halo https://kopi-senja.id"], 200),
        (["Halo kopi-senja.id/menu"], 200),
        (["Halo. Apa kabar"], 15),
        (["Halo https://kopi.brandnewtld"], 200),
        (["satu", "dua https://toko.id/b https://c.id", "tiga"], 15 + 200 + 15),
    ],
)
def test_a_link_makes_a_post_thirteen_times_as_dear(parts, mills):
    made = tuple(Part(text=text) for text in parts)
    payload = Payload(account="kopi-senja/x", network="x", parts=made)
    assert NETWORK.price(payload) == mills


def test_every_alt_text_costs_as_well(x):
    image, silent = x.image(), x.image(alt="")
    assert NETWORK.price(x.job(Part(text="a", media=(image, image, silent))).payload) == 25
    assert NETWORK.price(x.job(Part(text="a", media=(a_video(x),))).payload) == 15


# Who and what


def test_it_says_who_it_is_and_until_when(x):
    x.log_in(refresh_expires_at="2027-05-01T00:00:00Z")
    identity = x.connect().whoami()
    assert (identity.remote_id, identity.handle, identity.name) == (
        fake.OWN,
        "kopisenja",
        "Kopi Senja",
    )
    assert identity.expires == Instant.from_utc(2027, 5, 1)
    assert identity.restrictions == ()


def test_an_account_that_only_followers_see_is_named(x):
    x.server.protected = True
    (restriction,) = x.connect().whoami().restrictions
    assert "protected" in restriction


@pytest.mark.parametrize(
    ("subscription", "limits"),
    [("None", {}), ("Basic", {}), ("Premium", {"text": 25_000}), ("PremiumPlus", {"text": 25_000})],
)
def test_a_subscription_allows_longer_texts(x, subscription, limits):
    x.server.subscription = subscription
    assert x.connect().own_limits() == limits


def test_a_post_is_deleted_and_deleting_it_again_does_no_harm(x):
    connection = x.connect()
    job = x.prepared(connection, x.job())
    receipt = connection.commit(job)
    connection.retract(x.blind(job), receipt)
    assert x.published() == []
    connection.retract(x.blind(job), receipt)


@pytest.mark.parametrize("fault", [{"breaks": "read-timeout"}, {"status": 503, "body": {}}])
def test_a_deletion_whose_answer_is_lost_is_not_called_impossible(x, fault):
    connection = x.connect()
    job = x.prepared(connection, x.job())
    receipt = connection.commit(job)
    x.server.fail(f"/2/tweets/{receipt.remote_id}", **fault)
    with pytest.raises(Unclear):
        connection.retract(job, receipt)


def test_what_x_says_that_it_did_not_delete_is_not_called_deleted(x):
    receipt = publish(x, x.job())
    path = f"/2/tweets/{receipt.remote_id}"
    x.server.fail(path, status=200, body={"data": {"deleted": False}})
    with pytest.raises(Unclear):
        x.connect().retract(x.job(), receipt)


# Recognising a text

ODD = [
    "Halo",
    "Dua baris\ndan satu lagi\n\n\nlalu jauh di bawah",
    "https://kopi-senja.id/menu/desember?promo=gajian&sumber=x#bawah",
    "Lihat kopi-senja.id/menu, atau https://kopi-senja.id.",
    "https://kopi-senja.id",
    "1 < 2 & 3 > 2 \"ya\" 'tidak' &amp; <p>bukan</p>",
    "Bersama @budi dan #KopiSenja! $KOPI",
    "  rapi   sendiri\t",
    "e\u0301 \ufb01 👩‍👩‍👧 🇮🇩",
    "https://toko.id/b https://toko.id/b",
    " ".join(f"https://toko.id/{20 - number}" for number in range(12)),
    "",
]


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("media", [(), ("17",), ("17", "18")])
def test_a_text_is_recognised_in_what_x_makes_of_it(text, media):
    assert read_back(text, media) == text_hash(recognisable(text))


@given(st.lists(st.sampled_from([*ODD, " ", "&lt;", ".", "a.id", "(", ")", "\n"]), max_size=6))
def test_any_text_is_recognised_in_what_x_makes_of_it(pieces):
    text = " ".join(pieces)
    assert read_back(text) == text_hash(recognisable(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Halo", "Halo!"),
        ("https://toko.id/b", "https://toko.id/c"),
        ("a.id/x", "b.id/x"),
        ("satu dua", "satudua"),
    ],
)
def test_different_texts_stay_different(one, other):
    assert text_hash(recognisable(one)) != text_hash(recognisable(other))


def read_back(text, media=()):
    shown, urls = fake.shortened(text, media, "2127606066836406274", "kopisenja")
    post = Post.model_validate(
        {
            "id": "1",
            "text": shown,
            "created_at": "2026-12-01T03:30:00.000Z",
            "entities": {"urls": urls},
        }
    )
    return text_hash(post.listed("kopisenja").text)


# Looking


def test_a_long_text_is_recognised_from_its_note(any_x):
    any_x.server.refuses_duplicates = False
    any_x.access = replace(
        any_x.access,
        account=any_x.access.account.model_copy(update={"limits": {"text": 25_000}}),
    )
    text = "Panjang sekali & <lebih>. " * 20 + "https://kopi-senja.id/menu"
    job = any_x.prepared(any_x.connect(), any_x.job(text))
    any_x.clock.now = job.due
    written = any_x.server.write(text)
    assert find_later(any_x, job).remote_id == written["id"]


def test_the_names_of_the_description_are_asked_for_when_those_of_live_traffic_are_refused(any_x):
    connection = any_x.connect()
    jobs, receipts = any_x.post_all(connection, "satu https://toko.id/b", "dua")
    assert [find_later(any_x, job) for job in jobs] == receipts
    asked = [set(call.url.params) for call in any_x.server.calls(TIMELINE)]
    old, new = ({"tweet.fields"} <= names for names in asked[:2])
    assert old
    assert new is (any_x.server.generation == "tweet")


def test_an_answer_to_somebody_of_that_minute_is_not_suspected(any_x):
    any_x.older()
    job = any_x.prepared(any_x.connect(), any_x.job("Selamat pagi"))
    any_x.server.write("Terima kasih!", reply={"in_reply_to_tweet_id": "77"})
    assert find_later(any_x, job) is Absent.PROVEN


def test_the_same_words_with_other_media_are_left_to_a_person(x):
    job = x.prepared(x.connect(), x.job(Part(text="a", media=(x.image(),))))
    x.server.write("a")
    assert find_later(x, job) is None


def test_a_post_of_that_minute_with_other_words_is_left_to_a_person(x):
    job = x.prepared(x.connect(), x.job("Selamat pagi"))
    x.server.write("Selamat siang")
    assert find_later(x, job) is None


def test_a_post_is_not_proven_absent_while_the_call_may_still_be_under_way(x):
    x.older()
    job = x.prepared(x.connect(), x.job())
    x.clock.now = job.due
    assert find_later(x, job, seconds=179) is None
    assert find_later(x, job, seconds=1) is Absent.PROVEN


def test_a_busy_account_is_read_back_page_by_page(x):
    x.server.page_size = 5
    connection = x.connect()
    job = x.prepared(connection, x.job("Halo"))
    receipt = connection.commit(job)
    for number in range(8):
        x.server.write(f"lain {number}", reply={"in_reply_to_tweet_id": "77"})
    assert find_later(x, job) == receipt
    assert len(x.server.calls(TIMELINE)) == 2


def test_what_lies_too_far_back_is_not_proven_absent(x):
    x.server.page_size = 1
    job = x.prepared(x.connect(), x.job("Halo"))
    x.clock.move(hours=1)
    for number in range(6):
        x.server.write(f"lain {number}")
    assert find_later(x, job) is None
    assert len(x.server.calls(TIMELINE)) == 5


def test_a_list_with_gaps_proves_nothing(x):
    job = x.prepared(x.connect(), x.job("Halo"))
    gap = {"errors": [{"title": "Not Found"}], "meta": {"result_count": 0}}
    x.server.fail(TIMELINE, status=200, body=gap)
    assert find_later(x, job) is None


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 401, "body": {"title": "Unauthorized"}},
        {"status": 402, "body": {"title": "CreditsDepleted"}},
        {"status": 200, "text": "<html>"},
        {"status": 503, "body": {}},
        {"breaks": "connect-error"},
        {"breaks": "read-timeout"},
    ],
)
def test_a_look_that_fails_proves_nothing(x, fault):
    x.access = replace(x.access, secret=fake.TOKEN)
    job = x.prepared(x.connect(), x.job("Halo"))
    for _ in range(3):
        x.server.fail(TIMELINE, **fault)
    with pytest.raises((NotPublished, Unclear)):
        find_later(x, job)


def test_the_account_that_is_looked_at_is_the_one_that_posted(x):
    job = x.prepared(x.connect(), x.job("Halo"))
    asked = len(x.server.calls("/2/users/me"))
    find_later(x, job)
    assert len(x.server.calls("/2/users/me")) == asked
    assert len(x.server.calls(TIMELINE)) == 1
