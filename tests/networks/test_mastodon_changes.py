"""Mastodon: video, changing and taking down what is out, who we are, and the instance's limits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from network_fakes import film
from network_fakes import mastodon as fake

from mimin.model.limits import Limits
from mimin.model.payload import Part, Payload
from mimin.networks.http import Unclear
from mimin.networks.mastodon import NETWORK
from mimin.networks.protocol import (
    Changes,
    Editing,
    Edits,
    Identifies,
    NotPublished,
    Receipt,
    Retracts,
    TellsLimits,
)


def video(bench):
    media = bench.image("film.mp4", film.render(), "Hujan di jendela")
    return media.model_copy(update={"mime": "video/mp4", "width": 64, "height": 48, "seconds": 1.0})


def publish(bench, *parts, **fields):
    connection = bench.connect()
    job = bench.prepared(connection, bench.job(*parts, **fields))
    return connection, connection.commit(job), job


def uploads(bench):
    return bench.server.calls("/api/v2/media")


def test_a_real_video_is_waited_for_and_arrives_whole(mastodon):
    mastodon.server.polls_needed = 100
    publish(mastodon, Part(text="Video", media=(video(mastodon),)))
    (media,) = mastodon.server.media.values()
    assert film.read_back(media["content"]) == (64, 48, 10)
    assert (media["mime"], media["filename"]) == ("video/mp4", "media.mp4")
    (status,) = mastodon.published()
    assert status["media_attachments"][0]["type"] == "video"
    assert status["media_attachments"][0]["description"] == "Hujan di jendela"


def test_a_video_among_images_is_objected_to(mastodon):
    part = Part(text="Dua", media=(video(mastodon), mastodon.image()))
    found = NETWORK.check(mastodon.job(part).payload, mastodon.access.account)
    assert [objection.code for objection in found] == ["mixed-media"]


def test_text_warning_and_language_are_changed_where_they_stand(mastodon):
    connection, receipt, _ = publish(mastodon, "Harga salah")
    changed = mastodon.job("Harga benar", warning="harga", languages=("su",))
    assert connection.edit(changed, receipt).remote_id == receipt.remote_id
    (status,) = mastodon.published()
    assert "Harga benar" in status["content"]
    assert (status["spoiler_text"], status["language"]) == ("harga", "su")
    connection.edit(mastodon.job("Harga benar"), receipt)
    assert (status["spoiler_text"], status["sensitive"]) == ("", False)


def test_a_changed_text_does_not_upload_its_images_again(mastodon):
    media = (mastodon.image(), mastodon.image("dua.jpg", b"\xff\xd8 dua", "Dua"))
    connection, receipt, _ = publish(mastodon, Part(text="satu", media=media))
    before = [item["id"] for item in mastodon.published()[0]["media_attachments"]]
    connection.edit(mastodon.job(Part(text="dua", media=media)), receipt)
    assert [item["id"] for item in mastodon.published()[0]["media_attachments"]] == before
    assert len(uploads(mastodon)) == 2


def test_an_alt_text_is_changed_without_a_new_upload(mastodon):
    image = mastodon.image(alt="Gelas")
    connection, receipt, _ = publish(mastodon, Part(text="satu", media=(image,)))
    better = image.model_copy(update={"alt": "Segelas kopi susu"})
    connection.edit(mastodon.job(Part(text="satu", media=(better,))), receipt)
    attachment = mastodon.published()[0]["media_attachments"][0]
    assert attachment["description"] == "Segelas kopi susu"
    assert len(uploads(mastodon)) == 1


def test_an_image_is_put_in_the_place_of_another(mastodon):
    first, second = mastodon.image(), mastodon.image("dua.jpg", b"\xff\xd8 dua", "Dua")
    connection, receipt, _ = publish(mastodon, Part(text="satu", media=(first,)))
    changed = mastodon.job(Part(text="satu", media=(second,)))
    receipt = connection.edit(changed, receipt)
    (attachment,) = mastodon.published()[0]["media_attachments"]
    assert mastodon.server.media[attachment["id"]]["content"] == b"\xff\xd8 dua"
    connection.edit(changed, receipt)
    assert len(uploads(mastodon)) == 2


def test_images_are_taken_away(mastodon):
    connection, receipt, _ = publish(mastodon, Part(text="satu", media=(mastodon.image(),)))
    connection.edit(mastodon.job("satu"), receipt)
    assert mastodon.published()[0]["media_attachments"] == []


def test_what_was_found_again_knows_its_images_as_well(mastodon):
    image = mastodon.image()
    connection, receipt, job = publish(mastodon, Part(text="satu", media=(image,)))
    mastodon.clock.move(minutes=9)
    found = connection.find(mastodon.blind(job))
    assert found == receipt
    connection.edit(mastodon.job(Part(text="dua", media=(image,))), found)
    assert len(uploads(mastodon)) == 1


def test_a_status_of_which_a_person_told_the_address_gets_its_images_anew(mastodon):
    image = mastodon.image()
    connection, receipt, _ = publish(mastodon, Part(text="satu", media=(image,)))
    told = Receipt(remote_id=receipt.url)
    connection.edit(mastodon.job(Part(text="dua", media=(image,))), told)
    assert "dua" in mastodon.published()[0]["content"]
    assert len(uploads(mastodon)) == 2


def test_a_change_whose_answer_was_lost_may_be_tried_again(mastodon):
    connection, receipt, _ = publish(mastodon, "satu")
    place = f"/api/v1/statuses/{receipt.remote_id}"
    mastodon.server.fail(place, breaks="read-timeout")
    with pytest.raises(Unclear):
        connection.edit(mastodon.job("dua"), receipt)
    assert connection.edit(mastodon.job("dua"), receipt) == receipt
    assert len(mastodon.published()) == 1


@pytest.mark.parametrize(
    "address", ["https://lain.test/@kopisenja/1001", "https://mastodon.test/x"]
)
def test_what_a_person_told_wrongly_changes_nothing(mastodon, address):
    connection = mastodon.connect()
    for call in (connection.edit, connection.retract):
        with pytest.raises(NotPublished, match="tell the right one"):
            call(mastodon.job(), Receipt(remote_id=address))
    assert mastodon.server.requests == []


def test_a_status_that_is_gone_can_not_be_changed_for_good(mastodon):
    connection, receipt, _ = publish(mastodon, "satu")
    mastodon.published().clear()
    with pytest.raises(NotPublished) as refusal:
        connection.edit(mastodon.job("dua"), receipt)
    assert refusal.value.permanent


def test_what_is_gone_already_counts_as_taken_down(mastodon):
    connection, receipt, job = publish(mastodon, Part(text="satu", media=(mastodon.image(),)))
    empty = Payload(account=job.payload.account, network="mastodon", parts=())
    connection.retract(replace(job, payload=empty), receipt)
    connection.retract(replace(job, payload=empty), receipt)
    assert mastodon.published() == []
    deleting = [call for call in mastodon.server.requests if call.method == "DELETE"]
    assert [call.url.params["delete_media"] for call in deleting] == ["true", "true"]


def test_what_only_another_account_may_not_see_is_not_taken_down(mastodon):
    connection, receipt, job = publish(mastodon)
    mastodon.server.fail(receipt.remote_id, status=404, body={"error": "Record not found"})
    with pytest.raises(NotPublished):
        connection.retract(job, receipt)
    assert len(mastodon.published()) == 1


def test_what_another_instance_does_not_know_is_not_taken_down(mastodon):
    connection, receipt, job = publish(mastodon)
    moved = receipt.model_copy(update={"url": "https://alt.example/@kopisenja/101"})
    mastodon.server.statuses.clear()
    with pytest.raises(NotPublished, match="by hand"):
        connection.retract(job, moved)


def test_a_token_that_may_not_delete_takes_nothing_down(mastodon):
    connection, receipt, job = publish(mastodon, "satu")
    body = {"error": "This action is outside the authorized scopes"}
    mastodon.server.fail(f"/api/v1/statuses/{receipt.remote_id}", status=403, body=body)
    with pytest.raises(NotPublished) as refusal:
        connection.retract(job, receipt)
    assert not refusal.value.permanent
    assert len(mastodon.published()) == 1


def test_the_account_says_who_it_is_and_what_holds_it_back(mastodon):
    identity = mastodon.connect().whoami()
    assert (identity.remote_id, identity.handle) == (fake.OWN, "kopisenja@mastodon.test")
    assert identity.restrictions == ()
    mastodon.server.more = {"limited": True, "moved": {"id": "7"}}
    limited, moved = mastodon.connect().whoami().restrictions
    assert "limited" in limited
    assert "moved" in moved


def test_a_token_that_is_refused_is_no_account(mastodon):
    mastodon.access = replace(mastodon.access, secret="wrong")
    with pytest.raises(NotPublished, match="401"):
        mastodon.connect().whoami()


def test_the_instance_tells_its_own_limits(mastodon):
    told = mastodon.connect().own_limits()
    assert told == {
        "text": 1000,
        "images": 6,
        "image_bytes": 8_000_000,
        "image_pixels": 16_000_000,
        "video_bytes": 40_000_000,
        "alt": 1500,
    }
    assert set(told) <= set(Limits.model_fields)


@pytest.mark.parametrize("configuration", [{}, {"statuses": {}}, {"media_attachments": {}}])
def test_what_an_instance_does_not_tell_is_left_out(mastodon, configuration):
    body = {"configuration": configuration}
    mastodon.server.fail("/api/v2/instance", status=200, body=body)
    assert mastodon.connect().own_limits() == {}


def test_it_has_the_capabilities_that_mastodon_has():
    connection = NETWORK.connection()
    for capability in (Edits, Retracts, Identifies, TellsLimits):
        assert issubclass(connection, capability)
    assert isinstance(NETWORK, Changes)
    assert NETWORK.editable is Editing.ALL
