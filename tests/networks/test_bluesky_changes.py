"""Bluesky: video, who may answer, taking down what is out, and who we are."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from network_fakes import film, pds
from whenever import TimeDelta

from mimin.model.payload import Part, Payload
from mimin.model.post import Replies
from mimin.networks.bluesky import NETWORK
from mimin.networks.http import Unclear
from mimin.networks.protocol import (
    Absent,
    Changes,
    Edits,
    Identifies,
    NotPublished,
    Receipt,
    Retracts,
)

APPLY = "com.atproto.repo.applyWrites"
DELETE = "com.atproto.repo.deleteRecord"
VIDEO = "app.bsky.video.uploadVideo"


def publish(bench, *parts, **fields):
    connection = bench.connect()
    job = bench.prepared(connection, bench.job(*parts, **fields))
    return connection, connection.commit(job), job


def real(bench):
    media = bench.image("film.mp4", film.render(), "Hujan di jendela")
    return media.model_copy(update={"width": 64, "height": 48, "seconds": 1.0})


# Video


def test_a_real_video_arrives_whole_with_its_alt_text_and_shape(bluesky_video):
    bluesky_video.processing(100)
    publish(bluesky_video, Part(text="Video", media=(real(bluesky_video),)))
    (job,) = bluesky_video.server.jobs.values()
    assert film.read_back(job["content"]) == (64, 48, 10)
    (record,) = bluesky_video.published()
    assert record["embed"] == {
        "$type": "app.bsky.embed.video",
        "video": job["blob"],
        "alt": "Hujan di jendela",
        "aspectRatio": {"width": 64, "height": 48},
    }


@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.parametrize("known", [False, True])
def test_a_video_that_the_service_knows_already_is_taken_from_it(bluesky_video, bare, known):
    bluesky_video.server.bare, bluesky_video.server.known_video = bare, known
    publish(bluesky_video, Part(text="Video", media=(real(bluesky_video),)))
    assert len(bluesky_video.published()) == 1


@pytest.mark.parametrize(
    ("failure", "permanent"),
    [("validation_failure", True), ("encoding_failure", True), ("generic_failure", False)],
)
def test_a_failure_says_whether_another_file_is_needed(bluesky_video, failure, permanent):
    bluesky_video.server.fails = failure
    part = Part(text="Video", media=(real(bluesky_video),))
    with pytest.raises(NotPublished, match="Oh no") as refusal:
        bluesky_video.connect().prepare(bluesky_video.job(part))
    assert refusal.value.permanent is permanent
    assert bluesky_video.published() == []


def test_uploads_that_are_used_up_for_the_day_may_be_tried_again(bluesky_video):
    body = {"error": "BadRequest", "message": "User has exceeded their daily upload limit"}
    bluesky_video.server.fail(VIDEO, status=400, body=body)
    with pytest.raises(NotPublished, match="daily upload limit") as refusal:
        bluesky_video.connect().prepare(
            bluesky_video.job(Part(text="Video", media=(real(bluesky_video),)))
        )
    assert not refusal.value.permanent


def test_a_video_that_is_never_done_is_given_up_before_the_claim(bluesky_video):
    bluesky_video.processing(1000)
    with pytest.raises(NotPublished, match="did not process"):
        bluesky_video.connect().prepare(
            bluesky_video.job(Part(text="Video", media=(real(bluesky_video),)))
        )


def test_only_the_token_of_this_purpose_goes_to_the_video_service(bluesky_video):
    connection, _, job = publish(bluesky_video, Part(text="Video", media=(real(bluesky_video),)))
    away = [call for call in bluesky_video.server.requests if call.url.host == pds.SERVICE]
    assert away
    own = {*bluesky_video.server.access, *bluesky_video.server.refresh, pds.PASSWORD}
    assert not any(token in str(call.headers) for call in away for token in own)
    (token,) = bluesky_video.server.services
    assert token not in json.dumps(dict(job.handles))
    bluesky_video.server.fail(VIDEO, status=500, body={"error": "Broken", "message": token})
    bluesky_video.server.services.clear()
    with pytest.raises(NotPublished) as refusal:
        connection.prepare(job)
    assert token not in str(refusal.value)


def test_a_video_that_was_collected_meanwhile_may_be_uploaded_again(bluesky_video):
    connection = bluesky_video.connect()
    job = bluesky_video.job(Part(text="Video", media=(real(bluesky_video),)))
    job = bluesky_video.prepared(connection, job)
    bluesky_video.server.blobs.clear()
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert not refusal.value.permanent
    connection.commit(bluesky_video.prepared(connection, job))
    assert len(bluesky_video.published()) == 1


# Who may answer


@pytest.mark.parametrize(
    ("replies", "rules"),
    [
        (Replies.FOLLOWERS, ["followerRule"]),
        (Replies.FOLLOWING, ["followingRule"]),
        (Replies.MENTIONED, ["mentionRule"]),
        (Replies.NOBODY, []),
    ],
)
def test_the_gate_is_written_together_with_the_post_under_the_same_key(bluesky, replies, rules):
    _, receipt, job = publish(bluesky, "Halo", replies=replies)
    gate = bluesky.server.gates[job.handles["rkey"]]
    assert gate["post"] == receipt.remote_id
    assert [rule["$type"].partition("#")[2] for rule in gate["allow"]] == rules
    assert len(bluesky.server.calls(APPLY)) == 1


def test_everyone_may_answer_without_a_gate(bluesky):
    publish(bluesky, "Halo")
    assert bluesky.server.gates == {}
    assert bluesky.server.calls(APPLY) == []


def test_a_thread_has_one_gate_at_its_root(bluesky_gate):
    bluesky_gate.post_all(bluesky_gate.connect(), "satu", "dua", "tiga")
    assert len(bluesky_gate.published()) == 3
    assert len(bluesky_gate.server.gates) == 1


def test_a_gated_post_that_is_refused_leaves_no_gate(bluesky_gate):
    connection = bluesky_gate.connect()
    job = bluesky_gate.prepared(connection, bluesky_gate.job("a" * 301))
    with pytest.raises(NotPublished):
        connection.commit(job)
    assert (bluesky_gate.server.records, bluesky_gate.server.gates) == ({}, {})


def test_a_gated_post_whose_answer_was_lost_is_found_and_never_written_twice(bluesky_gate):
    connection = bluesky_gate.connect()
    job = bluesky_gate.prepared(connection, bluesky_gate.job("Halo"))
    bluesky_gate.lose_answer()
    with pytest.raises(Unclear):
        connection.commit(job)
    with pytest.raises(Unclear):
        connection.commit(job)
    found = connection.find(bluesky_gate.blind(job))
    assert isinstance(found, Receipt)
    assert len(bluesky_gate.published()) == len(bluesky_gate.server.gates) == 1


def test_a_gated_post_that_never_arrived_is_proven_absent(bluesky_gate):
    connection = bluesky_gate.connect()
    job = bluesky_gate.prepared(connection, bluesky_gate.job("Halo"))
    bluesky_gate.clock.move(minutes=9)
    assert connection.find(bluesky_gate.blind(job)) is Absent.PROVEN


def test_an_answer_that_names_no_record_proves_nothing(bluesky_gate):
    connection = bluesky_gate.connect()
    job = bluesky_gate.prepared(connection, bluesky_gate.job("Halo"))
    bluesky_gate.server.fail(APPLY, status=200, body={"results": []}, carried_out=True)
    with pytest.raises(Unclear):
        connection.commit(job)


# Taking down


def test_a_post_is_taken_down_with_its_gate(bluesky_gate):
    connection, receipt, job = publish(bluesky_gate, "Halo")
    empty = Payload(account=job.payload.account, network="bluesky", parts=())
    connection.retract(replace(job, payload=empty), receipt)
    connection.retract(replace(job, payload=empty), receipt)
    assert (bluesky_gate.server.records, bluesky_gate.server.gates) == ({}, {})


@pytest.mark.parametrize("owner", [pds.DID, pds.HANDLE])
def test_a_post_is_taken_down_by_the_address_that_a_person_told(bluesky, owner):
    connection, receipt, job = publish(bluesky, "Halo")
    rkey = receipt.remote_id.rpartition("/")[2]
    told = Receipt(remote_id=f"https://bsky.app/profile/{owner}/post/{rkey}")
    connection.retract(job, told)
    assert bluesky.published() == []


@pytest.mark.parametrize(
    "address",
    ["https://bsky.app/profile/lain.test/post/3n3lcm4jn55nx", "at://did:plc:lain/x/y", "halo"],
)
def test_what_is_not_ours_is_never_said_to_be_taken_down(bluesky, address):
    connection, _, job = publish(bluesky, "Halo")
    with pytest.raises(NotPublished, match="tell the right one"):
        connection.retract(job, Receipt(remote_id=address))
    assert bluesky.server.calls(DELETE) == []


def test_a_session_that_ended_is_renewed_for_taking_down(bluesky):
    connection, receipt, job = publish(bluesky, "Halo")
    for token in bluesky.server.access:
        bluesky.server.access[token] = bluesky.clock.now - TimeDelta(seconds=1)
    connection.retract(job, receipt)
    assert bluesky.published() == []


def test_a_lost_answer_may_be_tried_again(bluesky):
    connection, receipt, job = publish(bluesky, "Halo")
    bluesky.server.fail(DELETE, breaks="read-timeout")
    with pytest.raises(Unclear):
        connection.retract(job, receipt)
    connection.retract(job, receipt)
    assert bluesky.published() == []


# Who we are


def test_the_account_says_who_it_is_and_what_holds_it_back(bluesky):
    identity = bluesky.connect().whoami()
    assert (identity.remote_id, identity.handle) == (pds.DID, pds.HANDLE)
    assert identity.restrictions == ()
    bluesky.server.profile = {"active": False, "status": "suspended", "emailConfirmed": False}
    suspended, unconfirmed = bluesky.connect().whoami().restrictions
    assert "suspended" in suspended
    assert "e-mail" in unconfirmed


def test_a_wrong_password_is_no_account(bluesky):
    bluesky.access = replace(bluesky.access, secret="wrong")
    with pytest.raises(NotPublished, match="401"):
        bluesky.connect().whoami()


def test_it_has_the_capabilities_that_bluesky_has():
    connection = NETWORK.connection()
    assert issubclass(connection, Retracts)
    assert issubclass(connection, Identifies)
    # The app keeps showing what was there first, so a changed record is no edit.
    assert not issubclass(connection, Edits)
    assert not isinstance(NETWORK, Changes)
