"""Facebook Pages: posts, photos, videos in pieces, comments, changes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from network_fakes import facebook as fake
from network_fakes import film
from network_fakes.graph import refused
from whenever import TimeDelta

from mimin.model.payload import Card, Part, Span
from mimin.networks.facebook import NETWORK
from mimin.networks.http import Unclear
from mimin.networks.protocol import Absent, Chains, Editing, NotPublished, Receipt, TellsLimits

COMMENT = Part(text="Pesan lewat https://kopi.example ☕", comment=True)


def feeds(bench):
    return [call["form"] for call in bench.sent()]


# Posts


def test_a_text_is_one_call(facebook):
    (receipt,) = facebook.publish("Halo, Bandung!")
    assert feeds(facebook) == [{"message": "Halo, Bandung!"}]
    assert receipt.url == f"https://www.facebook.com/{receipt.remote_id}"


def test_the_first_link_in_a_text_becomes_the_card(facebook):
    facebook.publish("Menu: https://kopi.example/menu, lalu https://kopi.example/b")
    assert feeds(facebook)[0]["link"] == "https://kopi.example/menu"


def test_a_link_behind_words_becomes_the_card_and_a_second_would_be_lost(facebook):
    first = Span(start=0, end=4, url="https://kopi.example/menu")
    second = Span(start=5, end=9, url="https://kopi.example/baru")
    facebook.publish(Part(text="Menu baru", spans=(first,)))
    assert feeds(facebook)[0]["link"] == first.url
    assert facebook.codes(Part(text="Menu baru", spans=(first, second))) == ["link-lost"]


def test_with_photos_there_is_no_card_so_that_a_hidden_link_would_be_lost(facebook):
    card = Card(url="https://kopi.example/menu", title="Menu")
    part = Part(text="Menu baru", card=card, media=(facebook.image(),))
    assert facebook.codes(part) == ["link-lost"]
    facebook.publish(Part(text="Menu https://kopi.example/menu", media=(facebook.image(),)))
    assert "link" not in feeds(facebook)[0]


def test_photos_are_uploaded_unpublished_and_attached_in_their_order(facebook):
    media = (
        facebook.image("a.jpg", b"\xff\xd8 a", "Alt a"),
        facebook.image("b.jpg", b"\xff\xd8 b", "Alt b"),
    )
    connection = facebook.connect()
    job = facebook.prepared(connection, facebook.job(Part(text="Dua", media=media)))
    photos = facebook.server.photos
    assert [photo["alt"] for photo in photos.values()] == ["Alt a", "Alt b"]
    assert [photo["content"] for photo in photos.values()] == [b"\xff\xd8 a", b"\xff\xd8 b"]
    assert {photo["filename"] for photo in photos.values()} == {"photo.jpg"}
    assert facebook.published() == []
    connection.commit(job)
    (form,) = feeds(facebook)
    attached = [json.loads(form[f"attached_media[{n}]"])["media_fbid"] for n in range(2)]
    assert attached == list(photos)


def test_one_photo_goes_the_same_way_as_many(facebook):
    facebook.publish(Part(text="", media=(facebook.image(),)))
    assert list(feeds(facebook)[0]) == ["attached_media[0]"]
    assert len(facebook.published()[0]["photos"]) == 1


def test_photos_and_a_video_are_objected_to(facebook):
    media = (facebook.image(), facebook.video())
    assert facebook.codes(Part(text="x", media=media)) == ["mixed-media"]
    assert facebook.codes(Part(text=" ")) == ["empty"]


def test_a_post_whose_photos_were_not_uploaded_is_not_sent(facebook):
    connection = facebook.connect()
    job = facebook.prepared(connection, facebook.job("Halo"))
    part = Part(text="Halo", media=(facebook.image(),))
    for changed in (
        replace(facebook.job(part), handles=job.handles),
        replace(facebook.job(Part(text="", media=(facebook.video(),))), handles=job.handles),
        replace(job, handles={}),
    ):
        with pytest.raises(NotPublished, match="not prepared"):
            connection.commit(changed)
    assert facebook.sent() == []


def test_photos_that_were_posted_already_may_be_our_own_first_try(facebook):
    connection = facebook.connect()
    job = facebook.prepared(connection, facebook.job(Part(text="x", media=(facebook.image(),))))
    first = connection.commit(job)
    with pytest.raises(Unclear):
        connection.commit(job)
    assert facebook.find_later(job) == first


def test_a_photo_that_is_too_big_is_refused_for_good(facebook):
    image = facebook.image(content=b"\xff\xd8" + bytes(4_000_001))
    with pytest.raises(NotPublished) as refusal:
        facebook.connect().prepare(facebook.job(Part(text="x", media=(image,))))
    assert refusal.value.permanent


def test_the_token_of_a_person_is_known_before_anything_is_uploaded(facebook):
    facebook.server.whose = "555"
    with pytest.raises(NotPublished, match="not the Page's own") as refusal:
        facebook.connect().prepare(facebook.job(Part(text="x", media=(facebook.image(),))))
    assert not refusal.value.permanent
    assert facebook.server.photos == {}
    found = facebook.connect().whoami()
    assert found.remote_id == "555"
    assert "Page's own token" in found.restrictions[0]


def test_who_the_page_is(facebook):
    facebook.server.scopes = ["pages_read_engagement"]
    found = facebook.connect().whoami()
    assert (found.remote_id, found.name, found.restrictions) == (fake.PAGE, "Kopi Senja", ())
    assert found.lacking == ("pages_manage_posts",)
    assert found.expires is None


# Finding


def test_a_post_that_is_listed_late_is_not_taken_for_absent_before(facebook):
    facebook.server.lag = TimeDelta(seconds=150)
    connection = facebook.connect()
    job = facebook.prepared(connection, facebook.job("Halo"))
    facebook.lose_answer()
    with pytest.raises(Unclear):
        connection.commit(job)
    for _ in range(2):
        facebook.clock.move(seconds=60)
        assert facebook.connect().find(facebook.blind(job)) is None
    found = facebook.find_later(job, minutes=1)
    assert found.remote_id == facebook.published()[0]["id"]


def test_another_text_of_the_same_time_is_left_to_a_person(facebook):
    job = facebook.prepared(facebook.connect(), facebook.job("Halo"))
    facebook.server.write("Halo juga")
    assert facebook.find_later(job) is None


def test_a_post_without_words_is_in_the_list_as_well(facebook):
    connection = facebook.connect()
    job = facebook.prepared(connection, facebook.job(Part(text="", media=(facebook.image(),))))
    receipt = connection.commit(job)
    assert facebook.find_later(job) == receipt


# Videos


def filmed(bench, content, text="Tuang"):
    return bench.job(Part(text=text, media=(bench.video(content=content),)))


def test_a_real_video_goes_up_in_the_pieces_that_facebook_asks_for(facebook):
    content = film.render()
    assert len(content) % 1000
    connection = facebook.connect()
    job = facebook.prepared(connection, filmed(facebook, content))
    (video,) = facebook.server.videos.values()
    assert len(video["pieces"]) == len(content) // 1000 + 1
    assert video["pieces"][-1] == len(content) % 1000
    assert video["status"] == "uploading"
    assert "finish" not in "".join(
        call.content.decode("latin-1") for call in facebook.server.requests
    )
    receipt = connection.commit(job)
    assert film.read_back(video["content"]) == (64, 48, 10)
    assert (video["status"], video["description"]) == ("processing", "Tuang")
    assert receipt == Receipt(
        remote_id=video["id"],
        url=f"https://www.facebook.com/{video['id']}",
        handles={"video": video["id"]},
    )
    video["status"] = "ready"
    assert facebook.find_later(job) == receipt


def test_the_call_that_finishes_is_the_one_that_was_shown(facebook):
    before = NETWORK.wire(filmed(facebook, b"film"))
    assert before["form"] == {
        "upload_phase": "finish",
        "upload_session_id": "{session}",
        "description": "Tuang",
    }
    connection = facebook.connect()
    job = facebook.prepared(connection, filmed(facebook, b"film"))
    connection.commit(job)
    last = facebook.server.requests[-1]
    assert str(last.url) == before["url"]
    assert NETWORK.wire(job)["form"]["upload_session_id"] in facebook.server.videos


def test_a_piece_whose_fate_is_not_known_is_sent_again(facebook):
    facebook.server.fail("/videos", breaks="connect-error")
    with pytest.raises(NotPublished):
        facebook.connect().prepare(filmed(facebook, bytes(2500)))

    sent = []

    def fail_second(request):
        if request.url.path.endswith("/videos"):
            sent.append(request)
            if len(sent) == 2:
                facebook.server.fail("/videos", status=503, body={})

    facebook.server.watch = fail_second
    job = facebook.prepared(facebook.connect(), filmed(facebook, bytes(2500)))
    session = job.handles["session"]
    assert facebook.server.videos[session]["pieces"] == [1000, 1000, 500]


def test_an_upload_that_does_not_go_on_is_given_up(facebook):
    body = {"start_offset": "0", "end_offset": "1000"}
    started = {
        "upload_session_id": "1",
        "video_id": "2",
        "start_offset": "0",
        "end_offset": "1000",
    }
    facebook.server.fail("/videos", status=200, body=started)
    facebook.server.fail("/videos", status=200, body=body)
    with pytest.raises(NotPublished, match="does not go on"):
        facebook.connect().prepare(filmed(facebook, bytes(2500)))


def test_an_upload_that_takes_too_little_is_given_up(facebook):
    started = {
        "upload_session_id": "1",
        "video_id": "2",
        "start_offset": "0",
        "end_offset": "1000",
    }
    facebook.server.fail("/videos", status=200, body=started)
    facebook.server.fail("/videos", status=200, body={"start_offset": "1000", "end_offset": "1000"})
    with pytest.raises(NotPublished, match="1000 of 2500"):
        facebook.connect().prepare(filmed(facebook, bytes(2500)))


def test_a_video_whose_last_answer_was_lost_is_asked_what_became_of_it(facebook):
    connection = facebook.connect()
    job = facebook.prepared(connection, filmed(facebook, b"film"))
    facebook.server.fail("/videos", breaks="read-timeout")
    with pytest.raises(Unclear):
        connection.commit(job)
    (video,) = facebook.server.videos.values()
    assert facebook.find_later(job) is None
    video["status"] = "ready"
    assert facebook.find_later(job).remote_id == video["id"]
    video["status"] = "error"
    assert facebook.find_later(job) is Absent.PROVEN


def test_an_upload_that_was_never_finished_is_proof_once_it_has_settled(facebook):
    job = facebook.prepared(facebook.connect(), filmed(facebook, b"film"))
    assert facebook.connect().find(facebook.blind(job)) is None
    assert facebook.find_later(job) is Absent.PROVEN


def test_an_upload_that_is_gone_says_nothing(facebook):
    job = facebook.prepared(facebook.connect(), filmed(facebook, b"film"))
    facebook.server.videos.clear()
    assert facebook.find_later(job) is None


def test_an_upload_that_was_not_finished_after_all_is_unclear(facebook):
    connection = facebook.connect()
    job = facebook.prepared(connection, filmed(facebook, b"film"))
    facebook.server.fail("/videos", status=200, body={"success": False})
    with pytest.raises(Unclear):
        connection.commit(job)
    with pytest.raises(NotPublished, match="not prepared"):
        connection.commit(replace(job, handles={"text": "x", "video": "2"}))


# The first comment


def test_the_first_comment_stands_under_the_post(facebook):
    jobs, (post, comment) = facebook.post_all(facebook.connect(), "Halo", COMMENT)
    (made,) = facebook.server.comments
    assert (made["post"], made["message"]) == (post.remote_id, COMMENT.text)
    assert comment.remote_id == made["id"]
    assert comment.url == post.url
    assert facebook.sent() == [facebook.expected(job) for job in jobs]
    assert facebook.find_later(jobs[1], minutes=0) == comment


def test_a_comment_stands_under_a_video_too(facebook):
    film_part = filmed(facebook, b"film").part
    facebook.publish(film_part, COMMENT)
    (video,) = facebook.server.videos.values()
    assert facebook.server.comments[0]["post"] == video["id"]


def test_a_comment_whose_answer_was_lost_is_found_and_those_of_others_are_not_ours(facebook):
    (post,) = facebook.publish("Halo")
    connection = facebook.connect()
    job = facebook.prepared(connection, facebook.job("Halo", COMMENT, index=1))
    job = replace(job, sent=(post,))
    facebook.server.comment(post.remote_id, COMMENT.text, "555")
    # The list is as short as that of a post whose comments can not be read.
    assert facebook.find_later(job) is None
    job = replace(job, at=facebook.clock(), due=facebook.clock())
    facebook.server.fail("/comments", breaks="read-timeout")
    with pytest.raises(Unclear):
        connection.commit(job)
    assert facebook.find_later(job).remote_id == facebook.server.comments[-1]["id"]


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("https://www.facebook.com/{}", True),
        ("https://www.facebook.com/{}/", True),
        ("https://www.facebook.com/kopisenja/posts/pfbid0abc", False),
        ("https://example.com/{}", False),
    ],
)
def test_a_comment_goes_under_a_post_whose_address_a_person_told(facebook, told, found):
    (post,) = facebook.publish("Halo")
    job = facebook.prepared(facebook.connect(), facebook.job("Halo", COMMENT, index=1))
    job = replace(job, sent=(Receipt(remote_id=told.format(post.remote_id)),))
    if found:
        facebook.connect().commit(job)
        assert facebook.server.comments[0]["post"] == post.remote_id
    else:
        with pytest.raises(NotPublished, match="does not tell"):
            facebook.connect().commit(job)


def test_a_comment_before_its_post_is_not_sent(facebook):
    job = facebook.prepared(facebook.connect(), facebook.job("Halo", COMMENT, index=1))
    with pytest.raises(NotPublished, match="not out"):
        facebook.connect().commit(job)
    assert facebook.connect().find(facebook.blind(job)) is None


# Changing and taking down


def test_the_text_of_a_post_a_video_and_a_comment_can_be_changed(facebook):
    post, comment = facebook.publish("Halo", COMMENT)
    video = facebook.connect().commit(
        facebook.prepared(facebook.connect(), filmed(facebook, b"film"))
    )
    assert NETWORK.editable is Editing.TEXT
    for receipt in (post, comment, video):
        job = replace(facebook.job("Halo lagi"), sent=(receipt,))
        assert facebook.connect().edit(job, receipt) == receipt
        assert facebook.connect().edit(job, receipt) == receipt
    assert facebook.published()[0]["message"] == "Halo lagi"
    assert facebook.server.comments[0]["message"] == "Halo lagi"
    assert next(iter(facebook.server.videos.values()))["description"] == "Halo lagi"


def test_a_change_on_the_wire(facebook):
    (post,) = facebook.publish("Halo")
    facebook.connect().edit(facebook.job("Halo lagi"), post)
    last = facebook.server.requests[-1]
    assert (last.method, str(last.url)) == (
        "POST",
        f"https://graph.facebook.com/v26.0/{post.remote_id}",
    )
    assert last.content == b"message=Halo+lagi"


def test_a_change_that_is_refused_or_lost_says_so(facebook):
    (post,) = facebook.publish("Halo")
    facebook.server.fail(f"/{post.remote_id}", status=403, body=refused(200))
    with pytest.raises(NotPublished):
        facebook.connect().edit(facebook.job("Halo lagi"), post)
    facebook.server.fail(f"/{post.remote_id}", breaks="read-timeout")
    with pytest.raises(Unclear):
        facebook.connect().edit(facebook.job("Halo lagi"), post)


def test_a_post_a_video_and_a_comment_can_be_taken_down_once_and_again(facebook):
    post, comment = facebook.publish("Halo", COMMENT)
    video = facebook.connect().commit(
        facebook.prepared(facebook.connect(), filmed(facebook, b"film"))
    )
    job = facebook.blind(facebook.job("Halo"))
    for receipt in (comment, post, video):
        for _ in range(2):
            facebook.connect().retract(job, receipt)
    assert (facebook.published(), facebook.server.comments, facebook.server.videos) == ([], [], {})


def test_what_pages_can_not_do_is_absent():
    made = NETWORK.connection()
    assert not any(issubclass(made, protocol) for protocol in (Chains, TellsLimits))
