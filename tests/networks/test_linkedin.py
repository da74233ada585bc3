"""LinkedIn: little text, media, duplicates that are named, comments, changes, and sunsets."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from network_fakes import film
from network_fakes import linkedin as fake
from whenever import Date, Instant

from mimin.model.payload import Card, Part, Span
from mimin.model.post import Visibility
from mimin.networks.http import Unclear
from mimin.networks.linkedin import NETWORK, post_urn
from mimin.networks.linkedin_posts import moment_of
from mimin.networks.linkedin_text import RESERVED, escape, plain
from mimin.networks.linkedin_versions import DEFAULT, ENDS, KNOWN_ON, forecast, has_ended
from mimin.networks.matching import text_hash
from mimin.networks.protocol import Absent, NotPublished, Receipt

POST = "/rest/posts"
COMMENT = Part(text="Buka (sampai) jam 9 #kopi", comment=True)


def publish(bench, job):
    connection = bench.connect()
    return connection.commit(bench.prepared(connection, job))


def objections(bench, *parts, **fields):
    return NETWORK.check(bench.job(*parts, **fields).payload, bench.access.account)


def codes(bench, *parts, **fields):
    return [found.code for found in objections(bench, *parts, **fields)]


def find_later(bench, job, **by):
    bench.clock.move(**(by or {"minutes": 9}))
    return bench.connect().find(bench.blind(job))


def with_settings(bench, **settings):
    account = bench.access.account.model_copy(update={"settings": settings})
    bench.access = replace(bench.access, account=account)
    return bench


def a_video(bench, content=b"\0\0\0\x18ftypmp42", name="film.mp4"):
    return bench.image(name, content, "Kopi").model_copy(update={"mime": "video/mp4"})


# Little text


@given(st.text())
def test_what_is_escaped_is_read_back_as_it_was(text):
    assert plain(escape(text)) == text


@given(st.text(alphabet=f"{RESERVED}ab1 é\n."))
def test_linkedin_shows_all_of_a_text_that_was_escaped(text):
    assert fake.seen(escape(text)) == text


@pytest.mark.parametrize("sign", RESERVED)
def test_every_reserved_character_gets_a_backslash(sign):
    assert escape(f"a {sign} b") == f"a \\{sign} b"
    assert fake.seen(f"a {sign} b") != f"a {sign} b"


@pytest.mark.parametrize(
    "text",
    ["#kopi", "pagi #kopi #senja", "(#kopi)", "#2026kopi", "baris\n#kopi", "“#kopi”", "#kopí!"],
)
def test_hashtags_stay_hashtags(text):
    assert re.findall(r"(?<!\\)#", escape(text)) == ["#"] * text.count("#")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("kami #1", "kami \\#1"),
        ("a#b", "a\\#b"),
        ("# judul", "\\# judul"),
        ("##kopi", "\\#\\#kopi"),
        ("https://a.example/menu#bawah", "https://a.example/menu\\#bawah"),
        ("#kopi_senja", "#kopi\\_senja"),
        ("@budi", "\\@budi"),
        ("@[Budi](urn:li:person:1)", "\\@\\[Budi\\]\\(urn:li:person:1\\)"),
        ("{hashtag|\\#|x}", "\\{hashtag\\|\\\\\\#\\|x\\}"),
    ],
)
def test_what_only_looks_like_a_hashtag_or_a_mention_stays_text(text, written):
    assert escape(text) == written


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Pagi {hashtag|\\#|kopi} dan {hashtag|#|senja}!", "Pagi #kopi dan #senja!"),
        ("Bersama @[Kopi Senja \\(Bandung\\)](urn:li:organization:1)", ""),
        ("\\{hashtag\\|\\#\\|x\\}", "{hashtag|#|x}"),
        ("trailing \\", "trailing \\"),
    ],
)
def test_little_text_is_read_as_people_see_it(written, text):
    assert plain(written) == (text or "Bersama Kopi Senja (Bandung)")


def test_the_whole_text_arrives(any_author):
    text = "Menu (baru) [2026] {promo} <b>*50%*</b> ~ a_b | c\\d @budi #kopi #1"
    publish(any_author, any_author.job(text))
    assert any_author.published()[0]["seen"] == text


def test_the_length_is_the_one_with_the_backslashes(page):
    assert codes(page, "a" * 3000) == []
    assert codes(page, "(" * 1500) == []
    (found,) = objections(page, "(" * 1501)
    assert found.code == "text-too-long"
    assert "3002 characters" in found.message


def test_an_account_s_own_limit_of_text_counts(page):
    account = page.access.account.model_copy(update={"limits": {"text": 10}})
    page.access = replace(page.access, account=account)
    assert codes(page, "((((((") == ["text-too-long"]


# The post


def test_a_member_posts_as_whom_the_token_is(member):
    publish(member, member.job())
    assert member.published()[0]["body"]["author"] == fake.MEMBER


def test_a_setting_of_the_post_goes_before_the_account_s(page):
    publish(page, page.job(settings={"author": fake.MEMBER, "version": "202605"}))
    assert page.published()[0]["body"]["author"] == fake.MEMBER
    versions = {call.headers["linkedin-version"] for call in page.server.calls(POST)}
    assert versions == {"202605"}


@pytest.mark.parametrize(
    ("ours", "theirs"), [(Visibility.PUBLIC, "PUBLIC"), (Visibility.FOLLOWERS, "CONNECTIONS")]
)
def test_followers_are_what_linkedin_calls_connections(member, ours, theirs):
    publish(member, member.job(visibility=ours))
    assert member.published()[0]["body"]["visibility"] == theirs


def test_the_address_is_the_one_of_the_post(any_author):
    receipt = publish(any_author, any_author.job())
    assert receipt.url == f"https://www.linkedin.com/feed/update/{receipt.remote_id}/"
    assert re.fullmatch(r"urn:li:share:\d+", receipt.remote_id)


def test_several_images_stand_in_their_order_with_their_alt_texts(page):
    media = tuple(page.image(f"{n}.jpg", b"\xff" + bytes([n]), f"Alt {n}") for n in (1, 2, 3))
    publish(page, page.job(Part(text="", media=media)))
    shown = page.published()[0]["body"]["content"]["multiImage"]["images"]
    assert [each["altText"] for each in shown] == ["Alt 1", "Alt 2", "Alt 3"]
    assert [page.server.media[each["id"]]["content"] for each in shown] == [
        b"\xff\x01",
        b"\xff\x02",
        b"\xff\x03",
    ]


def test_an_image_without_alt_text_has_no_such_field(page):
    publish(page, page.job(Part(text="", media=(page.image(alt=""),))))
    assert set(page.published()[0]["body"]["content"]["media"]) == {"id"}


def test_a_link_card_is_made_by_us_with_its_picture(page):
    thumbnail = page.image("kartu.png", b"\x89PNG kartu", "")
    card = Card(
        url="https://kopi.id/menu?a=(b)", title="Menu (baru)", description="", image=thumbnail
    )
    job = page.prepared(page.connect(), page.job(Part(text="Lihat", card=card)))
    page.connect().commit(job)
    # A card's words are no little text.
    assert page.published()[0]["body"]["content"]["article"] == {
        "source": "https://kopi.id/menu?a=(b)",
        "title": "Menu (baru)",
        "thumbnail": job.handles["thumbnail"],
    }
    assert page.server.media[job.handles["thumbnail"]]["content"] == b"\x89PNG kartu"


def test_a_changed_picture_of_a_card_is_never_sent(page):
    card = Card(url="https://kopi.id", title="M", image=page.image("k.png", b"\x89PNG", ""))
    job = page.job(Part(text="Lihat", card=card))
    page.files["k.png"] = b"\x89PNG another"
    with pytest.raises(NotPublished) as refusal:
        page.connect().prepare(job)
    assert refusal.value.permanent
    assert page.server.media == {} or all(
        not media["content"] for media in page.server.media.values()
    )


# Videos


def test_a_real_video_arrives_in_parts_that_do_not_divide_it(page):
    content = film.render()
    page.server.part_bytes = len(content) // 3 - 1
    assert len(content) % page.server.part_bytes
    page.server.polls_needed = 2
    connection = page.connect()
    job = page.prepared(connection, page.job(Part(text="Film", media=(a_video(page, content),))))
    receipt = connection.commit(job)
    (media,) = page.server.media.values()
    assert media["content"] == content
    assert film.read_back(media["content"]) == (64, 48, 10)
    assert [len(piece) for piece in media["pieces"].values()] == [page.server.part_bytes] * 3 + [
        len(content) - 3 * page.server.part_bytes
    ]
    assert receipt.remote_id.startswith("urn:li:ugcPost:")
    assert find_later(page, job) == receipt


def test_a_video_that_is_never_ready_is_given_up(page):
    pauses = []
    page.server.polls_needed = 10**6
    with pytest.raises(NotPublished, match=r"did not process film\.mp4") as refusal:
        page.connect(sleep=pauses.append).prepare(page.job(Part(text="", media=(a_video(page),))))
    assert not refusal.value.permanent
    assert sum(pauses) == 900


def test_a_video_that_can_not_be_processed_is_refused_for_good(page):
    page.server.fails_processing = True
    with pytest.raises(NotPublished, match=r"could not process film\.mp4") as refusal:
        page.connect().prepare(page.job(Part(text="", media=(a_video(page),))))
    assert refusal.value.permanent


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [(0, 4)],
        [(1, 9)],
        [(0, 4), (6, 9)],
        [(0, 4), (4, 9)],
        [(0, 9), (10, 19)],
        [(0, -1), (0, 9)],
    ],
)
def test_parts_that_are_not_the_whole_file_are_not_sent(page, pieces):
    instructions = [
        {"uploadUrl": f"{fake.UPLOADS}x", "firstByte": first, "lastByte": last}
        for first, last in pieces
    ]
    value = {"video": "urn:li:video:1", "uploadToken": "", "uploadInstructions": instructions}
    page.server.fail("/rest/videos", status=200, body={"value": value})
    with pytest.raises(NotPublished, match="of a video of 10"):
        page.connect().prepare(page.job(Part(text="", media=(a_video(page, b"0123456789"),))))
    assert [call for call in page.server.requests if call.method == "PUT"] == []


@pytest.mark.parametrize("path", ["/rest/images", "/rest/videos", "-D5"])
@pytest.mark.parametrize("breaks", ["read-timeout", "connect-error"])
def test_whatever_breaks_an_upload_published_nothing(page, path, breaks):
    media = a_video(page) if path == "/rest/videos" else page.image()
    if path == "-D5":
        path = re.sub(r".*/", "", first_upload(page))
    page.server.fail(path, breaks=breaks)
    with pytest.raises(NotPublished):
        page.connect().prepare(page.job(Part(text="", media=(media,))))
    assert page.sent() == []


def first_upload(bench):
    """Tell where the next upload of an image will go."""
    number = (int(bench.clock().timestamp(unit="millisecond")) << 22) + bench.server.number + 1
    return f"{fake.UPLOADS}urn-li-image-D5{number}"


def test_an_image_that_linkedin_still_works_on_may_be_tried_again(page):
    connection = page.connect()
    job = page.prepared(connection, page.job(Part(text="a", media=(page.image(),))))
    page.server.media[job.handles["media0"]]["ready"] = False
    with pytest.raises(NotPublished, match=r"MEDIA|processing") as refusal:
        connection.commit(job)
    assert not refusal.value.permanent


def test_an_image_that_linkedin_could_not_process_is_refused_for_good(page):
    connection = page.connect()
    job = page.prepared(connection, page.job(Part(text="a", media=(page.image(),))))
    page.decline(400, "MEDIA_ASSET_PROCESSING_FAILED", "the image is broken")
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert refusal.value.permanent


# Refusals


@pytest.mark.parametrize(
    ("status", "code", "permanent"),
    [
        (400, "MISSING_FIELD", True),
        (401, "EXPIRED_ACCESS_TOKEN", False),
        (403, "ACCESS_DENIED", False),
        (422, "FIELD_LENGTH_TOO_LONG", True),
        (426, "NONEXISTENT_VERSION", False),
        (400, "VERSION_MISSING", False),
    ],
)
def test_a_refusal_is_for_good_only_if_another_post_is_needed(page, status, code, permanent):
    connection = page.connect()
    job = page.prepared(connection, page.job())
    page.decline(status, code, "no")
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert refusal.value.permanent is permanent
    assert page.published() == []


@pytest.mark.parametrize("status", [409, 500, 503])
def test_what_may_have_been_done_proves_nothing(page, status):
    connection = page.connect()
    job = page.prepared(connection, page.job())
    page.decline(status, "CONFLICT", "?")
    with pytest.raises(Unclear):
        connection.commit(job)


@pytest.mark.parametrize("urn", [None, "", "123", "https://evil.example"])
def test_an_answer_that_names_no_post_proves_nothing(page, urn):
    connection = page.connect()
    job = page.prepared(connection, page.job())
    headers = {} if urn is None else {"x-restli-id": urn}
    page.server.fail(POST, status=201, headers=headers, text="")
    with pytest.raises(Unclear, match="without naming a post"):
        connection.commit(job)


# Versions


def test_a_version_that_was_ended_is_refused_by_linkedin_and_explained(page):
    page.server.dead_versions = (DEFAULT,)
    connection = page.connect()
    job = page.prepared(connection, page.job())
    with pytest.raises(NotPublished, match="set `version:` of the account to a newer") as refusal:
        connection.commit(job)
    assert not refusal.value.permanent


def test_a_version_that_had_ended_when_mimin_was_made_is_objected_to(page):
    (found,) = objections(with_settings(page, version="202511"))
    assert found.code == "api-version-ended"
    assert "202607" in found.message
    assert codes(with_settings(page, version="202411")) == ["api-version-ended"]
    assert codes(with_settings(page, version="202601")) == []


def test_a_version_that_ends_later_is_not_used_from_that_day_on(page):
    with_settings(page, author=fake.PAGE, version="202601")
    page.clock.now = Instant.from_utc(2027, 1, 14, 23, 59)
    page.connect().prepare(page.job())
    page.clock.now = Instant.from_utc(2027, 1, 15)
    with pytest.raises(NotPublished, match="has ended version 202601") as refusal:
        page.connect().prepare(page.job())
    assert not refusal.value.permanent


def test_the_version_that_is_used_by_itself_is_one_that_lives():
    assert not has_ended(DEFAULT, KNOWN_ON)
    assert max(ENDS) < DEFAULT
    assert has_ended("202511", Date(2026, 11, 16))
    assert not has_ended("202511", Date(2026, 11, 15))


def test_the_end_of_a_version_is_told_beforehand(page):
    assert forecast("202601") == "version 202601 of LinkedIn's API ends on 2027-01-15"
    assert forecast("202607") == "version 202607 of LinkedIn's API may end from 2027-07 on"
    assert forecast("202607") in page.connect().whoami().restrictions


@pytest.mark.parametrize("version", ["2026-07", "202613", "26", "20260701", "latest"])
def test_a_version_has_a_year_and_a_month(page, version):
    assert codes(with_settings(page, version=version)) == ["setting-invalid"]


# What it objects to beforehand


@pytest.mark.parametrize(
    ("author", "fine"),
    [
        ("urn:li:organization:2414183", True),
        ("urn:li:person:782bbtaQ", True),
        ("2414183", False),
        ("urn:li:share:1", False),
        ("urn:li:organization:", False),
        ("urn:li:organization:1/../2", False),
    ],
)
def test_an_author_is_a_page_or_a_member(page, author, fine):
    assert codes(with_settings(page, author=author)) == ([] if fine else ["setting-invalid"])


def test_a_page_has_no_connections(page, member):
    assert codes(page, visibility=Visibility.FOLLOWERS) == ["visibility-unknown"]
    assert codes(member, visibility=Visibility.FOLLOWERS) == []
    assert codes(member, visibility=Visibility.UNLISTED) == ["visibility-unknown"]


def test_a_warning_that_would_be_lost_is_objected_to(page):
    assert codes(page, warning="ada ular") == ["warning-unknown"]


def test_a_video_beside_images_is_objected_to(page):
    image, video = page.image(), a_video(page)
    assert codes(page, Part(text="", media=(image, video))) == ["mixed-media"]
    assert codes(page, Part(text="", media=(video,))) == []
    assert codes(page, Part(text="", media=(image,) * 20)) == []


def test_media_beside_a_link_card_is_objected_to(page):
    card = Card(url="https://kopi.id", title="M")
    assert codes(page, Part(text="", media=(page.image(),), card=card)) == ["card-and-media"]


def test_the_title_of_a_link_card_is_short(page):
    assert codes(page, Part(text="a", card=Card(url="https://kopi.id", title="a" * 400))) == []
    assert codes(page, Part(text="a", card=Card(url="https://kopi.id", title="a" * 401))) == [
        "card-title-too-long"
    ]


def test_a_link_that_neither_text_nor_card_shows_is_objected_to(page):
    url = "https://kopi.id/menu"
    span = Span(start=0, end=4, url=url)
    assert codes(page, Part(text="Menu", spans=(span,))) == ["link-lost"]
    assert codes(page, Part(text=f"Menu {url}", spans=(span,))) == []
    assert codes(page, Part(text="Menu", spans=(span,), card=Card(url=url, title="M"))) == []


def test_nothing_to_say_is_objected_to_in_the_part_where_it_is(page):
    (found,) = objections(page, "Halo", Part(text=" ", comment=True))
    assert (found.index, found.code) == (1, "empty")
    assert codes(page, " ") == ["empty"]


# Duplicates


def test_a_post_whose_answer_was_lost_is_found_by_sending_it_again(any_author):
    connection = any_author.connect()
    job = any_author.prepared(connection, any_author.job("Halo (semua) #kopi"))
    any_author.lose_answer()
    with pytest.raises(Unclear):
        connection.commit(job)
    receipt = connection.commit(job)
    assert [post["id"] for post in any_author.published()] == [receipt.remote_id]


def test_a_duplicate_of_another_day_is_not_taken_for_ours(any_author):
    publish(any_author, any_author.job("Selamat pagi", key="kopi-senja/kemarin@akun"))
    any_author.clock.move(hours=24)
    connection = any_author.connect()
    due = any_author.clock()
    job = any_author.prepared(connection, any_author.job("Selamat pagi", due=due))
    with pytest.raises(Unclear, match="duplicate of urn:li:share"):
        connection.commit(job)
    assert len(any_author.published()) == 1


def test_a_duplicate_that_was_deleted_since_is_not_taken_for_ours(any_author):
    connection = any_author.connect()
    job = any_author.prepared(connection, any_author.job("Halo"))
    receipt = connection.commit(job)
    connection.retract(any_author.blind(job), receipt)
    with pytest.raises(Unclear, match=r"not there|404"):
        connection.commit(job)
    assert any_author.published() == []


@pytest.mark.parametrize("breaks", ["connect-error", "read-timeout"])
def test_a_look_at_the_duplicate_that_fails_is_no_proof(any_author, breaks):
    connection = any_author.connect()
    job = any_author.prepared(connection, any_author.job("Halo"))
    receipt = connection.commit(job)
    for _ in range(3):
        any_author.server.fail(receipt.remote_id, breaks=breaks)
    with pytest.raises(Unclear, match="looking at it failed"):
        connection.commit(job)


def test_a_duplicate_without_a_name_is_no_proof(any_author):
    connection = any_author.connect()
    job = any_author.prepared(connection, any_author.job("Halo"))
    inner = {"inputErrors": [{"code": "DUPLICATE_POST"}]}
    body = {"status": 422, "message": "Content is a duplicate", "errorDetails": inner}
    any_author.server.fail(POST, status=422, body=body)
    with pytest.raises(Unclear):
        connection.commit(job)


def test_the_number_of_a_post_says_when_it_was_made(any_author):
    receipt = publish(any_author, any_author.job())
    made = moment_of(receipt.remote_id)
    assert made == any_author.clock()
    assert moment_of("urn:li:person:abc") is None


# Looking


def test_a_member_s_post_can_not_be_looked_for(member):
    job = member.prepared(member.connect(), member.job())
    asked = len(member.server.requests)
    assert find_later(member, job) is None
    assert len(member.server.requests) == asked


def test_a_post_is_recognised_in_what_linkedin_makes_of_it(page):
    connection = page.connect()
    text = "Menu (baru) #kopi #senja\n\nhttps://kopi.id/a_b?c=(d)#e @budi"
    job = page.prepared(connection, page.job(text))
    receipt = connection.commit(job)
    assert "{hashtag|" in page.server._shown(page.published()[0])["commentary"]
    assert find_later(page, job) == receipt


def test_the_same_words_with_other_media_are_left_to_a_person(page):
    job = page.prepared(page.connect(), page.job(Part(text="a", media=(page.image(),))))
    page.server.write("a")
    assert find_later(page, job) is None


def test_a_post_that_linkedin_failed_to_publish_is_not_out(page):
    page.older()
    connection = page.connect()
    job = page.prepared(connection, page.job("Halo"))
    connection.commit(job)
    page.server.posts[-1]["body"]["lifecycleState"] = "PUBLISH_FAILED"
    assert find_later(page, job) is Absent.PROVEN


def test_a_post_is_not_proven_absent_while_the_call_may_still_be_under_way(page):
    page.older()
    job = page.prepared(page.connect(), page.job())
    page.clock.now = job.due
    assert find_later(page, job, seconds=179) is None
    assert find_later(page, job, seconds=1) is Absent.PROVEN


def test_an_old_post_that_was_changed_just_now_does_not_hide_ours(page):
    page.clock.move(hours=-48)
    for number in range(60):
        page.server.write(f"lama {number}")
    page.clock.move(hours=48)
    connection = page.connect()
    job = page.prepared(connection, page.job("Halo"))
    receipt = connection.commit(job)
    page.clock.move(minutes=30)
    for post in page.server.posts[:60]:
        post["modified"] = page.server._now()
    assert find_later(page, job) == receipt
    assert len([call for call in page.server.calls(POST) if call.method == "GET"]) == 3


def test_what_lies_too_far_back_is_not_proven_absent(page):
    job = page.prepared(page.connect(), page.job("Halo"))
    page.clock.move(hours=1)
    for number in range(300):
        page.server.write(f"lain {number}")
    assert find_later(page, job) is None


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 401, "body": {"code": "INVALID_ACCESS_TOKEN"}},
        {"status": 403, "body": {"code": "ACCESS_DENIED"}},
        {"status": 200, "text": "<html>"},
        {"status": 503, "body": {}},
        {"breaks": "connect-error"},
        {"breaks": "read-timeout"},
    ],
)
def test_a_look_that_fails_proves_nothing(page, fault):
    job = page.prepared(page.connect(), page.job("Halo"))
    for _ in range(3):
        page.server.fail(POST, **fault)
    with pytest.raises((NotPublished, Unclear)):
        find_later(page, job)


# Comments


def comment_job(bench, connection, **fields):
    """Publish a post and give the job of its first comment."""
    parts = (Part(text="Kami buka"), COMMENT)
    _, (receipt,) = bench.post_all(connection, parts[0])
    job = bench.prepared(connection, bench.job(*parts, index=1, **fields))
    return replace(job, sent=(receipt,))


def test_a_comment_is_plain_text_under_the_post(any_author):
    connection = any_author.connect()
    job = comment_job(any_author, connection)
    receipt = connection.commit(job)
    (made,) = any_author.server.comments
    assert (made["object"], made["message"]) == (job.sent[0].remote_id, {"text": COMMENT.text})
    assert receipt.remote_id == made["commentUrn"]
    assert receipt.url.startswith(f"{job.sent[0].url}?commentUrn=urn%3Ali%3Acomment")


def test_the_comment_that_was_shown_is_the_one_that_is_sent(any_author):
    connection = any_author.connect()
    job = comment_job(any_author, connection)
    connection.commit(job)
    expected = any_author.expected(job)
    assert any_author.sent("/comments") == [expected]
    encoded = job.sent[0].remote_id.replace(":", "%3A")
    assert expected["url"] == f"{fake.BASE}/rest/socialActions/{encoded}/comments"
    unsent = NETWORK.wire(replace(job, sent=(), handles={}))
    assert unsent["url"] == f"{fake.BASE}/rest/socialActions/{{part 1 id}}/comments"


def test_a_comment_whose_answer_was_lost_is_found_on_a_page(page):
    connection = page.connect()
    job = comment_job(page, connection)
    page.server.fail("/comments", breaks="read-timeout")
    with pytest.raises(Unclear):
        connection.commit(job)
    assert find_later(page, job).remote_id == page.server.comments[0]["commentUrn"]


def test_only_an_older_comment_shows_that_the_list_of_comments_is_whole(page):
    job = comment_job(page, page.connect())
    on = job.sent[0].remote_id
    page.server.comments.append(
        {
            "actor": fake.MEMBER,
            "object": on,
            "id": "7",
            "commentUrn": f"urn:li:comment:({on},7)",
            "message": {"text": COMMENT.text},
            "created": {"time": page.server._now()},
        }
    )
    assert find_later(page, job) is None
    page.server.comments[0]["created"]["time"] -= 3_600_000
    assert find_later(page, job) is Absent.PROVEN
    page.server.comments[0]["created"] = {}
    assert find_later(page, job) is None


def test_a_member_s_comment_can_not_be_looked_for(member):
    assert find_later(member, comment_job(member, member.connect())) is None


def test_a_comment_on_a_post_that_a_person_found_goes_there(page):
    connection = page.connect()
    job = comment_job(page, connection)
    address = job.sent[0].url
    connection.commit(replace(job, sent=(Receipt(remote_id=address, url=address),)))
    assert page.server.comments[0]["object"] == job.sent[0].remote_id


@pytest.mark.parametrize("sent", [(), (Receipt(remote_id="https://www.linkedin.com/feed/"),)])
def test_a_comment_on_nothing_is_not_sent(page, sent):
    connection = page.connect()
    job = replace(comment_job(page, connection), sent=sent)
    with pytest.raises(NotPublished, match="no post on LinkedIn"):
        connection.commit(job)
    assert page.server.comments == []


def test_an_answer_that_names_the_comment_in_its_header_only_is_enough(page):
    connection = page.connect()
    job = comment_job(page, connection)
    page.server.fail("/comments", status=201, headers={"x-restli-id": "99"}, text="")
    on = job.sent[0].remote_id
    assert connection.commit(job).remote_id == f"urn:li:comment:({on},99)"


def test_an_answer_that_names_no_comment_proves_nothing(page):
    connection = page.connect()
    job = comment_job(page, connection)
    page.server.fail("/comments", status=201, body={})
    with pytest.raises(Unclear):
        connection.commit(job)


def test_a_comment_that_is_refused_as_a_duplicate_may_be_out(page):
    connection = page.connect()
    job = comment_job(page, connection)
    page.decline(422, "DUPLICATE_COMMENT", "This comment is a duplicate", path="/comments")
    with pytest.raises(Unclear):
        connection.commit(job)


def test_a_comment_that_is_refused_is_not_out(page):
    connection = page.connect()
    job = comment_job(page, connection)
    page.decline(400, "FIELD_LENGTH_TOO_LONG", "message is too long", path="/comments")
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert refusal.value.permanent


def test_a_second_part_that_is_no_comment_is_not_sent(page):
    connection = page.connect()
    job = page.prepared(connection, page.job("satu", "dua", index=1))
    with pytest.raises(NotPublished, match="no threads"):
        connection.commit(job)


# Changes


def test_a_text_is_changed_in_place(any_author):
    connection = any_author.connect()
    job = any_author.prepared(connection, any_author.job("Buka jam 8"))
    receipt = connection.commit(job)
    changed = any_author.job("Buka jam 9 (pagi) #kopi")
    assert connection.edit(changed, receipt) == receipt
    assert connection.edit(changed, receipt) == receipt
    assert [post["seen"] for post in any_author.published()] == ["Buka jam 9 (pagi) #kopi"]
    call = any_author.server.requests[-1]
    assert call.headers["x-restli-method"] == "PARTIAL_UPDATE"
    assert json.loads(call.content) == {
        "patch": {"$set": {"commentary": "Buka jam 9 \\(pagi\\) #kopi"}}
    }


def test_a_post_that_is_gone_is_not_changed(page):
    connection = page.connect()
    receipt = Receipt(remote_id="urn:li:share:1")
    with pytest.raises(NotPublished) as refusal:
        connection.edit(page.job("baru"), receipt)
    assert refusal.value.permanent


def test_a_change_whose_answer_is_lost_is_not_called_impossible(page):
    connection = page.connect()
    receipt = publish(page, page.job("Buka jam 8"))
    page.server.fail(receipt.remote_id, breaks="read-timeout")
    with pytest.raises(Unclear):
        connection.edit(page.job("Buka jam 9"), receipt)


def test_a_comment_can_not_be_changed_but_deleted(any_author):
    connection = any_author.connect()
    job = comment_job(any_author, connection)
    receipt = connection.commit(job)
    with pytest.raises(NotPublished, match="changes no comments") as refusal:
        connection.edit(job, receipt)
    assert refusal.value.permanent
    connection.retract(any_author.blind(job), receipt)
    assert any_author.server.comments == []
    connection.retract(any_author.blind(job), receipt)


def test_a_post_is_deleted_and_deleting_it_again_does_no_harm(any_author):
    connection = any_author.connect()
    job = any_author.prepared(connection, any_author.job())
    receipt = connection.commit(job)
    for _ in range(2):
        connection.retract(any_author.blind(job), receipt)
        assert any_author.published() == []


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "body": {"status": 404, "code": "NOT_FOUND", "message": "no such share"}},
        {"status": 404, "body": {"status": 404, "serviceErrorCode": 100, "message": "Not found"}},
        {"status": 204, "body": {}},
    ],
)
def test_what_linkedin_has_deleted_already_counts_as_deleted(page, answer):
    receipt = Receipt(remote_id="urn:li:share:5")
    page.server.fail("urn:li:share:5", **answer)
    page.connect().retract(page.job(), receipt)


def test_a_path_that_linkedin_does_not_know_is_not_a_post_that_is_gone(page):
    body = {"status": 404, "code": "RESOURCE_NOT_FOUND", "message": "No virtual resource found"}
    page.server.fail("urn:li:share:5", status=404, body=body)
    with pytest.raises(NotPublished):
        page.connect().retract(page.job(), Receipt(remote_id="urn:li:share:5"))


def test_a_deletion_that_is_refused_is_not_called_done(any_author):
    receipt = publish(any_author, any_author.job())
    any_author.decline(403, "ACCESS_DENIED", "Not enough permissions", path=receipt.remote_id)
    with pytest.raises(NotPublished, match="Not enough permissions") as refusal:
        any_author.connect().retract(any_author.job(), receipt)
    assert not refusal.value.permanent
    assert len(any_author.published()) == 1


def test_what_names_no_post_is_not_deleted(page):
    receipt = Receipt(remote_id="https://www.linkedin.com/posts/kopi_activity-7123-abcd")
    with pytest.raises(NotPublished, match="urn:li:share") as refusal:
        page.connect().retract(page.job(), receipt)
    assert refusal.value.permanent
    assert page.server.requests == []


@pytest.mark.parametrize(
    ("name", "urn"),
    [
        ("urn:li:share:12", "urn:li:share:12"),
        ("https://www.linkedin.com/feed/update/urn:li:ugcPost:12/", "urn:li:ugcPost:12"),
        ("https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A12", "urn:li:share:12"),
        ("https://www.linkedin.com/feed/update/urn:li:activity:12/", None),
        ("", None),
    ],
)
def test_the_urn_of_a_post_is_read_from_its_address(name, urn):
    assert post_urn(name) == urn


# Who, and tokens


def test_a_member_is_named_and_told_what_can_not_be_looked_up(member):
    member.log_in(refresh_token="", expires_at="2027-01-20T00:00:00Z")
    identity = member.connect().whoami()
    assert (identity.remote_id, identity.name) == (fake.MEMBER, "Rara Kopi")
    assert identity.expires == Instant.from_utc(2027, 1, 20)
    assert any("lists no member's posts" in words for words in identity.restrictions)


@pytest.mark.parametrize(
    ("readable", "lacking"), [((fake.PAGE,), ()), ((), ("r_organization_social",))]
)
def test_a_page_needs_the_right_to_list_its_posts(page, readable, lacking):
    page.server.readable = readable
    identity = page.connect().whoami()
    assert (identity.remote_id, identity.handle) == (fake.PAGE, "kopi-senja")
    assert identity.lacking == lacking
    assert [call.method for call in page.server.requests] == ["GET"]


def test_a_token_that_has_ended_and_can_not_be_renewed_asks_for_a_new_log_in(member):
    ended = member.clock().format_iso()
    member.log_in(refresh_token="", expires_at=ended)
    with pytest.raises(NotPublished, match="mimin accounts login") as refusal:
        member.connect().prepare(member.job())
    assert not refusal.value.permanent
    assert member.server.requests == []


def test_a_token_that_does_not_work_is_known_before_anything_is_claimed(member):
    member.log_in(access_token="linkedin-other-token-ABCDEFG")
    with pytest.raises(NotPublished, match="Invalid access token") as refusal:
        member.connect().prepare(member.job())
    assert not refusal.value.permanent
    assert "linkedin-other" not in str(refusal.value)


def test_no_secret_and_no_upload_address_is_in_the_handles(page):
    media = (page.image(), page.image("b.jpg", b"\xffb", "b"))
    job = page.prepared(page.connect(), page.job(Part(text="a", media=media)))
    kept = json.dumps(dict(job.handles))
    assert not any(word in kept for word in (fake.TOKEN, fake.REFRESH, "dms-uploads", "https:"))


def test_the_text_in_the_handles_is_a_hash(page):
    job = page.prepared(page.connect(), page.job("rahasia (besok)"))
    assert job.handles["text"] == text_hash("rahasia (besok)")
    assert "rahasia" not in json.dumps(dict(job.handles))
