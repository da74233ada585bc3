"""Instagram: images, carousels, reels, the first comment, both log-ins."""

from __future__ import annotations

from dataclasses import replace

import pytest
from network_fakes import film
from network_fakes.graph import refused
from whenever import TimeDelta

from mimin.model.payload import Part, Span
from mimin.networks.http import Unclear
from mimin.networks.instagram import NETWORK
from mimin.networks.protocol import Absent, Chains, Edits, NotPublished, Receipt, TellsLimits

COMMENT = Part(text="Resep di bio ☕ #kopi", comment=True)


def forms(bench):
    return [made["form"] for made in bench.server.containers.values()]


# Images and carousels


def test_an_image_goes_with_its_alt_text_and_its_caption(instagram):
    image = instagram.image(alt="Segelas kopi")
    instagram.publish(Part(text="Gajian! #hemat", media=(image,)))
    (form,) = forms(instagram)
    assert form == {
        "image_url": f"https://media.test/{image.sha256[:32]}",
        "caption": "Gajian! #hemat",
        "alt_text": "Segelas kopi",
    }


def test_a_post_without_words_has_no_caption(instagram):
    instagram.publish(Part(text="", media=(instagram.image(),)))
    assert "caption" not in forms(instagram)[0]


def test_images_and_videos_stand_together_in_a_carousel_in_their_order(instagram):
    media = (
        instagram.image("a.jpg", b"\xff\xd8 a", "Alt a"),
        instagram.video("b.mp4"),
        instagram.image("c.jpg", b"\xff\xd8 c", "Alt c"),
    )
    instagram.publish(Part(text="Tiga", media=media), ai=True)
    *children, whole = forms(instagram)
    assert [child["is_carousel_item"] for child in children] == ["true"] * 3
    assert [child.get("alt_text") for child in children] == ["Alt a", None, "Alt c"]
    assert [child.get("media_type") for child in children] == [None, "VIDEO", None]
    assert all("caption" not in child and "is_ai_generated" not in child for child in children)
    names = list(instagram.server.containers)
    assert whole == {
        "media_type": "CAROUSEL",
        "children": ",".join(names[:3]),
        "caption": "Tiga",
        "is_ai_generated": "true",
    }
    (post,) = instagram.published()
    assert post["children"] == children


def test_items_are_processed_before_the_carousel_is_made(instagram):
    instagram.server.polls_needed = 2
    media = (instagram.image("a.jpg"), instagram.video("b.mp4"))
    instagram.publish(Part(text="Dua", media=media))
    assert len(instagram.published()) == 1


def test_what_a_carousel_is_made_of_is_shown_before_and_is_what_is_sent(instagram):
    media = (instagram.image("a.jpg", b"\xff\xd8 a"), instagram.video("b.mp4"))
    part = Part(text="Dua {child0}", media=media)
    before = instagram.network.wire(instagram.job(part))
    assert [call["form"].get("children") for call in before["before"]] == [
        None,
        None,
        "{child0},{child1}",
    ]
    part = Part(text="Dua", media=media)
    jobs, _ = instagram.post_all(instagram.connect(), part)
    assert instagram.sent() == [instagram.expected(job) for job in jobs]


def test_more_than_ten_items_are_objected_to(instagram):
    media = tuple(instagram.image(f"{n}.jpg", b"\xff\xd8" + bytes([n])) for n in range(6))
    videos = tuple(instagram.video(f"{n}.mp4", bytes([n])) for n in range(5))
    assert instagram.codes(Part(text="x", media=media + videos)) == ["too-many-files"]
    assert instagram.codes(Part(text="x", media=media + videos[:4])) == []


def test_a_post_without_media_is_never_sent(instagram):
    job = replace(
        instagram.job("x"),
        payload=instagram.job("x").payload.model_copy(update={"parts": (Part(text="x"),)}),
    )
    with pytest.raises(NotPublished, match="image or a video") as refusal:
        instagram.connect().prepare(job)
    assert refusal.value.permanent
    assert instagram.server.requests == []


def test_a_link_behind_words_would_be_lost(instagram):
    span = Span(start=0, end=4, url="https://kopi.example/menu")
    assert instagram.codes(Part(text="Menu baru", spans=(span,))) == ["link-lost"]
    assert instagram.codes(Part(text="Menu https://kopi.example/menu", spans=(span,))) == []


def test_only_media_that_can_not_be_fetched_may_be_tried_again(instagram):
    instagram.access = replace(instagram.access, host=lambda _: "https://elsewhere.test/x")
    with pytest.raises(NotPublished, match="could not be fetched") as refusal:
        instagram.connect().prepare(instagram.job("Halo"))
    assert not refusal.value.permanent


def test_a_caption_that_is_too_long_is_refused_before_anything_is_out(instagram):
    with pytest.raises(NotPublished, match="caption is too long") as refusal:
        instagram.connect().prepare(instagram.job("a" * 2201))
    assert refusal.value.permanent


def test_a_container_that_breaks_while_it_is_made_is_nothing_public(instagram):
    for how in ({"breaks": "read-timeout"}, {"status": 500, "body": refused(2)}):
        instagram.server.fail("/media", **how)
        with pytest.raises(NotPublished) as refusal:
            instagram.connect().prepare(instagram.job("Halo"))
        assert not refusal.value.permanent


# Reels


def test_a_reel_is_fetched_from_its_address(instagram):
    video = instagram.video()
    instagram.publish(Part(text="Tuang", media=(video,)))
    assert forms(instagram) == [
        {
            "media_type": "REELS",
            "share_to_feed": "true",
            "video_url": f"https://media.test/{video.sha256[:32]}",
            "caption": "Tuang",
        }
    ]


def test_a_real_video_is_uploaded_by_one_of_facebooks_tokens_without_a_public_address(
    instagram_facebook,
):
    bench = instagram_facebook
    content = film.render()
    bench.access = replace(bench.access, host=None)
    bench.server.polls_needed = 2
    connection = bench.connect()
    job = bench.prepared(
        connection, bench.job(Part(text="Tuang", media=(bench.video(content=content),)))
    )
    assert bench.published() == []
    receipt = connection.commit(job)
    (container,) = bench.server.containers.values()
    assert container["form"] == {
        "media_type": "REELS",
        "share_to_feed": "true",
        "upload_type": "resumable",
        "caption": "Tuang",
    }
    assert film.read_back(container["bytes"]) == (64, 48, 10)
    upload = next(call for call in bench.server.requests if call.url.host == "rupload.facebook.com")
    assert str(upload.url).startswith("https://rupload.facebook.com/ig-api-upload/v26.0/")
    assert upload.headers["authorization"].startswith("OAuth ")
    assert upload.headers["file_size"] == str(len(content))
    assert bench.find_later(job) == receipt
    assert "rupload" not in str(job.handles)


def test_an_upload_that_breaks_is_nothing_public(instagram_facebook):
    bench = instagram_facebook
    part = Part(text="Tuang", media=(bench.video(),))
    name = bench.server.number + 1
    for how in (
        {"breaks": "write-error"},
        {"status": 400, "body": {"debug_info": {"retriable": True, "message": "no"}}},
        {"status": 200, "body": {"success": False}},
    ):
        bench.server.fail(f"/{name}", **how)
        with pytest.raises(NotPublished):
            bench.connect().prepare(bench.job(part))
        name = bench.server.number + 1
    assert bench.published() == []


# The first comment


def both(bench):
    """Publish a post with its first comment; give jobs and receipts."""
    post = Part(text="Gajian!", media=(bench.image(),))
    return bench.post_all(bench.connect(), post, COMMENT)


@pytest.fixture(params=["instagram", "instagram_facebook"])
def either(request):
    return request.getfixturevalue(request.param)


def test_the_first_comment_stands_under_the_post(either):
    jobs, (post, comment) = both(either)
    (made,) = either.server.comments
    assert (made["post"], made["text"]) == (post.remote_id, COMMENT.text)
    assert comment.remote_id == made["id"]
    assert comment.url == post.url
    shown = either.network.wire(jobs[1])
    assert shown["url"].endswith(f"/v26.0/{post.remote_id}/comments")
    assert shown["form"] == {"message": COMMENT.text}
    assert "before" not in shown


def test_a_comment_whose_answer_was_lost_is_found_among_those_of_others(either):
    (job, _), (post, _) = both(either)
    either.server.comments.clear()
    connection = either.connect()
    job = either.prepared(connection, either.job(job.part, COMMENT, index=1))
    job = replace(job, sent=(post,))
    either.server.fail("/comments", breaks="read-timeout")
    with pytest.raises(Unclear):
        connection.commit(job)
    ours = either.server.comments[0]["id"]
    for number in range(7):
        either.server.comment(post.remote_id, f"Mau! {number}", "rara")
    found = either.find_later(job)
    assert found.remote_id == ours
    assert found.handles == {"on": post.remote_id}


def test_only_an_older_comment_shows_that_the_list_of_comments_is_whole(either):
    connection = either.connect()
    post = connection.commit(either.prepared(connection, either.job("Halo")))
    job = either.prepared(connection, either.job("Halo", COMMENT, index=1))
    job = replace(job, sent=(post,))
    either.server.comment(post.remote_id, COMMENT.text, "rara")
    assert either.connect().find(either.blind(job)) is None
    assert either.find_later(job) is None
    later = replace(job, at=either.clock() + TimeDelta(hours=1), due=either.clock())
    assert either.find_later(later, minutes=90) is Absent.PROVEN


def test_a_comment_before_its_post_is_not_sent(instagram):
    job = instagram.prepared(instagram.connect(), instagram.job("Halo", COMMENT, index=1))
    with pytest.raises(NotPublished, match="not out"):
        instagram.connect().commit(job)
    assert instagram.connect().find(instagram.blind(job)) is None


def test_a_comment_goes_under_a_post_whose_address_a_person_told(instagram):
    (post,) = instagram.publish("Halo")
    job = instagram.prepared(instagram.connect(), instagram.job("Halo", COMMENT, index=1))
    told = Receipt(remote_id=post.url, url=post.url)
    instagram.connect().commit(replace(job, sent=(told,)))
    assert instagram.server.comments[0]["post"] == post.remote_id


def test_a_comment_can_be_taken_down_with_either_token(either):
    _, (_, comment) = both(either)
    either.connect().retract(either.job("Halo"), comment)
    assert either.server.comments == []
    assert len(either.published()) == 1


def test_a_post_can_be_taken_down_only_with_one_of_facebooks_tokens(instagram):
    (receipt,) = instagram.publish("Halo")
    with pytest.raises(NotPublished, match="login: facebook") as refusal:
        instagram.connect().retract(instagram.job("Halo"), receipt)
    assert refusal.value.permanent
    assert "DELETE" not in [call.method for call in instagram.server.requests]


def test_what_instagram_can_not_do_is_absent():
    made = NETWORK.connection()
    assert not any(issubclass(made, protocol) for protocol in (Edits, Chains, TellsLimits))
    assert not hasattr(NETWORK, "editable")


# A run that dies


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("breaks", ["read-timeout", "read-error", "remote-protocol-error"])
def test_after_every_lost_answer_a_look_gives_the_truth(instagram, index, breaks):
    connection = instagram.connect()
    sent = ()
    if index:
        sent = (connection.commit(instagram.prepared(connection, instagram.job("Halo"))),)
    job = instagram.prepared(connection, instagram.job("Halo", COMMENT, index=index))
    job = replace(job, sent=sent)
    instagram.server.fail("/comments" if index else "/media_publish", breaks=breaks)
    with pytest.raises(Unclear):
        connection.commit(job)
    things = instagram.server.comments if index else instagram.server.posts
    assert instagram.find_later(job).remote_id == things[-1]["id"]
    assert len(things) == 1


def test_an_answer_lost_after_publishing_only_costs_the_address(instagram):
    connection = instagram.connect()
    job = instagram.prepared(connection, instagram.job("Halo"))
    instagram.server.fail(f"/{instagram.server.number + 1}", breaks="decoding-error")
    receipt = connection.commit(job)
    assert receipt.url == "https://www.instagram.com/kopisenja/"
    assert instagram.find_later(job).remote_id == receipt.remote_id
