"""Threads: text, media, answers in a chain, the topic, who may answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from network_fakes.graph import refused

from mimin.model.payload import Card, Part, Span
from mimin.model.post import Replies
from mimin.networks.http import Unclear
from mimin.networks.protocol import Absent, Chains, Edits, NotPublished, Receipt, TellsLimits
from mimin.networks.threads import NETWORK


def forms(bench):
    return [made["form"] for made in bench.server.containers.values()]


# The post


def test_a_text_says_everything_and_publishes_in_two_steps(threads):
    threads.publish("Halo #kopi")
    assert forms(threads) == [
        {"media_type": "TEXT", "text": "Halo #kopi", "reply_control": "everyone"}
    ]
    assert b"auto_publish_text" not in b"".join(call.content for call in threads.server.requests)


@pytest.mark.parametrize("kind", ["image", "video"])
def test_an_image_or_a_video_goes_with_its_alt_text(threads, kind):
    media = getattr(threads, kind)(alt="Kopi susu")
    threads.publish(Part(text="Halo", media=(media,)))
    (form,) = forms(threads)
    assert form["media_type"] == kind.upper()
    assert form[f"{kind}_url"] == f"https://media.test/{media.sha256[:32]}"
    assert form["alt_text"] == "Kopi susu"


def test_a_carousel_mixes_images_and_videos_in_their_order(threads):
    media = (threads.image("a.jpg", alt="A"), threads.video("b.mp4", alt="B"))
    threads.publish(Part(text="Dua", media=media))
    first, second, whole = forms(threads)
    assert (first["media_type"], first["alt_text"], first["is_carousel_item"]) == (
        "IMAGE",
        "A",
        "true",
    )
    assert (second["media_type"], second["alt_text"]) == ("VIDEO", "B")
    assert whole["media_type"] == "CAROUSEL"
    assert whole["children"] == ",".join(list(threads.server.containers)[:2])
    assert "text" not in first


def test_more_than_twenty_items_are_objected_to(threads):
    media = tuple(threads.image(f"{n}.jpg", b"\xff\xd8" + bytes([n])) for n in range(21))
    assert threads.codes(Part(text="x", media=media)) == ["too-many-files"]
    assert threads.codes(Part(text="x", media=media[:20])) == []


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Replies.EVERYONE, "everyone"),
        (Replies.FOLLOWERS, "followers_only"),
        (Replies.FOLLOWING, "accounts_you_follow"),
        (Replies.MENTIONED, "mentioned_only"),
    ],
)
def test_who_may_answer_is_said_at_the_beginning_of_a_thread(threads, ours, theirs):
    threads.publish("Satu", "Dua", replies=ours)
    assert [form.get("reply_control") for form in forms(threads)] == [theirs, None]


def test_every_reply_control_of_the_limits_can_be_sent(threads):
    for replies in NETWORK.limits(threads.access.account).replies:
        assert threads.network.wire(threads.job("Halo", replies=replies))


def test_a_topic_stands_at_the_beginning_of_a_thread(threads):
    threads.publish("Satu", "Dua", settings={"topic": "kopi susu"})
    assert [form.get("topic_tag") for form in forms(threads)] == ["kopi susu", None]


def test_a_post_has_one_topic(threads):
    topic = {"topic": "kopi"}
    assert threads.codes("Halo #teh", settings=topic) == ["setting-invalid"]
    assert threads.codes("Halo #Kopi", settings=topic) == []
    assert threads.codes("Halo", settings=topic) == []


def test_a_spoiler_hides_media_and_needs_some(threads):
    part = Part(text="Pemenangnya…", media=(threads.image(),))
    threads.publish(part, warning="spoiler")
    assert forms(threads)[0]["is_spoiler_media"] == "true"
    assert threads.codes("Pemenangnya…", warning="spoiler") == ["warning-unknown"]
    assert "is_spoiler_media" not in threads.network.wire(threads.job(part))["before"][0]["form"]


def test_a_link_card_is_an_attachment_where_there_is_no_media(threads):
    card = Card(url="https://kopi.example/menu", title="Menu")
    threads.publish(Part(text="Menu baru", card=card))
    assert forms(threads)[0]["link_attachment"] == card.url
    part = Part(text="Menu baru", card=card, media=(threads.image(),))
    assert threads.codes(part) == ["link-lost"]


def test_a_link_behind_words_would_be_lost(threads):
    span = Span(start=0, end=4, url="https://kopi.example/menu")
    assert threads.codes(Part(text="Menu baru", spans=(span,))) == ["link-lost"]


def test_nothing_to_say_is_objected_to(threads):
    assert threads.codes(Part(text=" ")) == ["empty"]


def test_a_topic_that_threads_refuses_is_refused_for_good(threads):
    threads.server.fail("/threads", status=400, body=refused(100, 4279071))
    with pytest.raises(NotPublished) as refusal:
        threads.connect().prepare(threads.job("Halo"))
    assert refusal.value.permanent


def test_a_restricted_account_is_no_fault_of_the_post(threads):
    connection = threads.connect()
    job = threads.prepared(connection, threads.job("Halo"))
    threads.server.fail("/threads_publish", status=400, body=refused(100, 4279013))
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert not refusal.value.permanent


# Chains


def test_the_container_of_an_answer_is_made_when_its_parent_is_out(threads):
    connection = threads.connect()
    assert isinstance(connection, Chains)
    job = threads.prepared(connection, threads.job("Satu", "Dua", index=1))
    assert "container" not in job.handles
    assert threads.server.containers == {}
    first = connection.commit(threads.prepared(connection, threads.job("Satu", "Dua")))
    job = replace(job, sent=(first,))
    handles = connection.chain(job)
    assert len(threads.published()) == 1
    receipt = connection.commit(replace(job, handles={**job.handles, **handles}))
    assert threads.published()[1]["reply_to"] == first.remote_id
    assert receipt.url.startswith("https://www.threads.com/@kopisenja/post/")


def test_the_carousel_of_an_answer_is_uploaded_before_the_thread_begins(threads):
    media = (threads.image("a.jpg"), threads.image("b.jpg", b"\xff\xd8 b"))
    connection = threads.connect()
    job = threads.job("Satu", Part(text="Dua", media=media), index=1)
    job = threads.prepared(connection, job)
    assert {"child0", "child1"} <= set(job.handles)
    first = connection.commit(threads.prepared(connection, threads.job("Satu", "Dua")))
    job = replace(job, sent=(first,))
    made = len(threads.server.containers)
    job = replace(job, handles={**job.handles, **connection.chain(job)})
    assert len(threads.server.containers) == made + 1
    connection.commit(job)
    assert len(threads.published()[1]["children"]) == 2


def test_an_answer_without_its_parent_is_not_made(threads):
    job = threads.prepared(threads.connect(), threads.job("Satu", "Dua", index=1))
    with pytest.raises(NotPublished, match="not out"):
        threads.connect().chain(job)
    assert threads.server.containers == {}


def test_trouble_while_an_answer_is_made_is_nothing_public(threads):
    connection = threads.connect()
    first = connection.commit(threads.prepared(connection, threads.job("Satu", "Dua")))
    job = threads.prepared(connection, threads.job("Satu", "Dua", index=1))
    for how in ({"breaks": "read-timeout"}, {"status": 500, "body": {}}):
        threads.server.fail("/threads", **how)
        with pytest.raises(NotPublished) as refusal:
            connection.chain(replace(job, sent=(first,)))
        assert not refusal.value.permanent
    assert len(threads.published()) == 1


def test_an_answer_follows_a_part_whose_address_a_person_told(threads):
    connection = threads.connect()
    first = connection.commit(threads.prepared(connection, threads.job("Satu", "Dua")))
    job = threads.prepared(connection, threads.job("Satu", "Dua", index=1))
    told = Receipt(remote_id=first.url, url=first.url)
    connection.chain(replace(job, sent=(told,)))
    assert forms(threads)[-1]["reply_to_id"] == first.remote_id


def test_answers_have_a_quota_of_their_own_that_is_asked_for_only_then(threads):
    threads.server.answers = 1000
    threads.connect().prepare(threads.job("Satu"))
    asked = [call.url.params.get("fields", "") for call in threads.server.requests]
    assert not any("reply" in fields for fields in asked)
    with pytest.raises(NotPublished, match="answers"):
        threads.connect().prepare(threads.job("Satu", "Dua", index=1))


# Finding


def test_a_post_is_recognised_though_its_first_tag_has_lost_its_sign(threads):
    connection = threads.connect()
    job = threads.prepared(connection, threads.job("Ayo #hemat, lalu #kopi"))
    threads.lose_answer()
    with pytest.raises(Unclear):
        connection.commit(job)
    assert threads.published()[0]["text"] == "Ayo hemat, lalu #kopi"
    assert threads.find_later(job).remote_id == threads.published()[0]["id"]


@pytest.mark.parametrize("index", [0, 1, 2])
def test_after_every_lost_answer_of_a_thread_a_look_gives_the_truth(threads, index):
    parts = ("Satu #a", "Dua", "Tiga")
    connection = threads.connect()
    sent = ()
    for number in range(index + 1):
        job = threads.prepared(connection, threads.job(*parts, index=number))
        job = replace(job, sent=sent)
        if number:
            job = replace(job, handles={**job.handles, **connection.chain(job)})
        if number < index:
            sent = (*sent, connection.commit(job))
    threads.lose_answer()
    with pytest.raises(Unclear):
        connection.commit(job)
    assert threads.find_later(job).remote_id == threads.published()[-1]["id"]
    assert len(threads.published()) == index + 1


def test_an_answer_that_was_not_published_is_proven_absent(threads):
    connection = threads.connect()
    first = connection.commit(threads.prepared(connection, threads.job("Satu", "Dua")))
    job = threads.prepared(connection, threads.job("Satu", "Dua", index=1))
    job = replace(job, sent=(first,))
    job = replace(job, handles={**job.handles, **connection.chain(job)})
    assert threads.find_later(job) is Absent.PROVEN


def test_what_threads_can_not_do_is_absent(threads):
    made = NETWORK.connection()
    assert not any(issubclass(made, protocol) for protocol in (Edits, TellsLimits))
    assert NETWORK.limits(threads.access.account).comment == 0
