"""What the Bluesky adapter relies on, seen on the real server."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

pytestmark = pytest.mark.live

POST = "app.bsky.feed.post"
KEY = "3lbmtd4ynl22k"
"""A valid TID."""


def post(text="Halo, Bandung!", **more):
    return {"$type": POST, "text": text, "createdAt": "2026-12-01T03:30:00.000Z", **more}


def create(resident, record, rkey=None, **more):
    body = {"repo": resident.did, "collection": POST, "record": record, **more}
    if rkey:
        body["rkey"] = rkey
    return resident.send("com.atproto.repo.createRecord", body)


def get(resident, rkey):
    return resident.call(
        "com.atproto.repo.getRecord", repo=resident.did, collection=POST, rkey=rkey
    )


def picture(mime="PNG"):
    stream = io.BytesIO()
    Image.new("RGB", (8, 6), "teal").save(stream, mime)
    return stream.getvalue()


def test_the_server_listens_on_loopback_only(server):
    assert server.host == "127.0.0.1"


def test_a_second_record_with_the_same_key_is_an_internal_error_and_the_first_one_stays(resident):
    first = create(resident, post("yang pertama"), KEY)
    second = create(resident, post("yang kedua"), KEY)
    assert first.status_code == 200
    assert (second.status_code, second.json()["error"]) == (500, "InternalServerError")
    found = get(resident, KEY).json()
    assert found["value"]["text"] == "yang pertama"
    assert (found["uri"], found["cid"]) == (first.json()["uri"], first.json()["cid"])


def test_the_second_record_is_an_internal_error_even_if_it_is_the_same(resident):
    create(resident, post(), KEY)
    assert create(resident, post(), KEY).status_code == 500


def test_a_record_that_does_not_exist_is_proven_absent(resident):
    answer = get(resident, KEY)
    assert (answer.status_code, answer.json()["error"]) == (400, "RecordNotFound")


@pytest.mark.parametrize("key", ["gajian", "3lbmtd4ynl22", "0000000000000", "zzzzzzzzzzzzz"])
def test_a_post_key_must_be_a_tid(resident, key):
    answer = create(resident, post(), key)
    assert (answer.status_code, answer.json()["error"]) == (400, "InvalidRequest")


def test_three_hundred_graphemes_pass_and_one_more_is_refused(resident):
    family = "👨‍👩‍👧"
    assert create(resident, post("a" * 300)).status_code == 200
    assert create(resident, post(family * 160)).status_code == 200
    answer = create(resident, post("a" * 301))
    assert (answer.status_code, answer.json()["error"]) == (400, "InvalidRequest")
    assert "maximum 300, got 301" in answer.json()["message"]


def test_three_thousand_bytes_bind_before_three_hundred_graphemes(resident):
    answer = create(resident, post("👨‍👩‍👧" * 170))
    assert (answer.status_code, answer.json()["error"]) == (400, "InvalidRequest")


def test_a_post_without_its_time_is_refused(resident):
    answer = create(resident, {"$type": POST, "text": "kapan?"})
    assert (answer.status_code, answer.json()["error"]) == (400, "InvalidRequest")


def test_an_uploaded_image_can_be_shown(resident):
    blob = resident.upload(picture(), "image/png").json()["blob"]
    assert (blob["mimeType"], blob["size"]) == ("image/png", len(picture()))
    images = [{"alt": "Kotak hijau", "image": blob, "aspectRatio": {"width": 8, "height": 6}}]
    embed = {"$type": "app.bsky.embed.images", "images": images}
    assert create(resident, post(embed=embed), KEY).status_code == 200
    assert get(resident, KEY).json()["value"]["embed"] == embed


def test_an_image_that_was_never_uploaded_is_refused(resident):
    link = "bafkreiexudphhrwwbfs2ny35gtbq2ikzr7c4fsg25a6qgm5h6uinxwj2ka"
    blob = {"$type": "blob", "ref": {"$link": link}, "mimeType": "image/png", "size": 8}
    images = [{"alt": "", "image": blob}]
    answer = create(resident, post(embed={"$type": "app.bsky.embed.images", "images": images}))
    assert (answer.status_code, answer.json()["error"]) == (400, "BlobNotFound")


def test_an_image_over_two_million_bytes_is_refused_when_it_is_used(resident):
    blob = resident.upload(picture("PNG") + b"\0" * 2_000_000, "image/png").json()["blob"]
    images = [{"alt": "", "image": blob}]
    answer = create(resident, post(embed={"$type": "app.bsky.embed.images", "images": images}))
    assert answer.status_code == 400


def test_a_token_that_ran_out_is_a_400_with_a_name_of_its_own(server, resident):
    late = replace(resident, token=server.outdated(resident.token))
    answer = create(late, post())
    assert (answer.status_code, answer.json()["error"]) == (400, "ExpiredToken")


def test_deleting_twice_is_fine_and_the_record_is_gone(resident):
    create(resident, post(), KEY)
    gone = {"repo": resident.did, "collection": POST, "rkey": KEY}
    answers = [resident.send("com.atproto.repo.deleteRecord", gone).status_code for _ in range(2)]
    assert answers == [200, 200]
    assert get(resident, KEY).json()["error"] == "RecordNotFound"
