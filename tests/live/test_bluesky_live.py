"""The Bluesky adapter against the real server: what was planned is what is stored."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace

import pytest
from PIL import Image
from whenever import Instant, TimeDelta

from mimin.model.brand import Account
from mimin.model.media import Media
from mimin.model.payload import Card, Part, Payload, Span
from mimin.model.post import Replies
from mimin.networks.bluesky import NETWORK
from mimin.networks.bluesky_video import VideoService
from mimin.networks.http import Unclear
from mimin.networks.protocol import Absent, Access, Job, NotPublished

pytestmark = pytest.mark.live

POST = "app.bsky.feed.post"
SETTLED = TimeDelta(minutes=2)


def drawing(colour, size, form="PNG"):
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, form)
    return stream.getvalue()


FILES = {
    "teal.png": drawing("teal", (8, 6)),
    "gold.jpg": drawing("gold", (5, 10), "JPEG"),
    "thumb.png": drawing("brown", (12, 6)),
}


def media(path, alt):
    content = FILES[path]
    with Image.open(io.BytesIO(content)) as image:
        width, height = image.size
        mime = image.get_format_mimetype()
    return Media(
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        mime=mime,
        size=len(content),
        width=width,
        height=height,
        alt=alt,
    )


class Clock:
    """The real time, because the server signs its tokens with it, moved as far as a test wants."""

    def __init__(self):
        self.ahead = TimeDelta()

    def __call__(self):
        return Instant.now() + self.ahead


@pytest.fixture
def access(resident, tmp_path):
    return Access(
        ref="kopi-senja/langit",
        account=Account(
            network="bluesky", handle=resident.handle, server=resident.url, secret="PASSWORD"
        ),
        secret=resident.password,
        folder=tmp_path,
        clock=Clock(),
        read=FILES.__getitem__,
    )


@pytest.fixture
def connection(access):
    return NETWORK.connect(access)


def job(*parts, index=0, sent=(), key="kopi-senja/gajian@langit", **payload):
    now = Instant.now().round("second")
    return Job(
        key=key,
        payload=Payload(
            account="kopi-senja/langit",
            network="bluesky",
            parts=parts,
            languages=("id",),
            **payload,
        ),
        index=index,
        due=now,
        at=now,
        sent=sent,
    )


def prepared(connection, work):
    return replace(work, handles=dict(connection.prepare(work)))


def stored(resident, receipt):
    """Read the record back from the account's repository."""
    answer = resident.call(
        "com.atproto.repo.getRecord",
        repo=resident.did,
        collection=POST,
        rkey=receipt.remote_id.rpartition("/")[2],
    )
    return answer.raise_for_status().json()


def planned(work):
    """Give the record that the plan shows."""
    return NETWORK.wire(work)["json"]["record"]


def all_posts(resident):
    listed = resident.call("com.atproto.repo.listRecords", repo=resident.did, collection=POST)
    return [record["value"]["text"] for record in listed.json()["records"]]


def test_nothing_is_there_before_and_the_same_post_is_found_afterwards(
    connection, resident, access
):
    work = prepared(connection, job(Part(text="Halo, Bandung!")))
    access.clock.ahead = SETTLED
    assert connection.find(work) is Absent.PROVEN
    receipt = connection.commit(work)
    found = connection.find(work)
    assert (found.remote_id, found.handles) == (receipt.remote_id, receipt.handles)
    assert stored(resident, receipt)["cid"] == receipt.handles["cid"]


def test_what_was_planned_is_what_the_repository_holds(connection, resident):
    text = "☕ Promo gajian 👨‍👩‍👧 di menu kami, lihat https://example.com/menu #KopiSenja #ngopi"
    start = text.index("menu kami")
    spans = (Span(start=start, end=start + 9, url="https://example.com/daftar"),)
    work = prepared(connection, job(Part(text=text, spans=spans)))
    record = stored(resident, connection.commit(work))["value"]
    assert record == planned(work)
    raw = text.encode()
    marked = [
        (
            raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(),
            *(value for key, value in facet["features"][0].items() if key != "$type"),
        )
        for facet in record["facets"]
    ]
    assert marked == [
        ("menu kami", "https://example.com/daftar"),
        ("https://example.com/menu", "https://example.com/menu"),
        ("#KopiSenja", "KopiSenja"),
        ("#ngopi", "ngopi"),
    ]


def test_a_mention_with_a_reviewed_did_is_stored(connection, resident, server):
    friend = server.settle()
    text = f"Terima kasih @{friend.handle}!"
    spans = (Span(start=13, end=13 + len(friend.handle) + 1, did=friend.did),)
    work = prepared(connection, job(Part(text=text, spans=spans)))
    (facet,) = stored(resident, connection.commit(work))["value"]["facets"]
    assert facet["features"] == [{"$type": "app.bsky.richtext.facet#mention", "did": friend.did}]


def test_images_keep_their_order_their_alt_text_and_their_bytes(connection, resident):
    pictures = (media("teal.png", "Kotak hijau"), media("gold.jpg", "Kotak emas 🟨"))
    work = prepared(connection, job(Part(text="Dua kotak", media=pictures)))
    record = stored(resident, connection.commit(work))["value"]
    assert record == planned(work)
    images = record["embed"]["images"]
    assert [image["alt"] for image in images] == ["Kotak hijau", "Kotak emas 🟨"]
    assert [image["aspectRatio"] for image in images] == [
        {"width": 8, "height": 6},
        {"width": 5, "height": 10},
    ]
    for image, path in zip(images, ("teal.png", "gold.jpg"), strict=True):
        blob = resident.call(
            "com.atproto.sync.getBlob", did=resident.did, cid=image["image"]["ref"]["$link"]
        )
        assert blob.content == FILES[path]


def test_a_link_card_is_stored_with_its_picture(connection, resident):
    card = Card(
        url="https://example.com/menu",
        title="Menu",
        description="Semua kopi",
        image=media("thumb.png", ""),
    )
    work = prepared(connection, job(Part(text="Menu baru", card=card)))
    record = stored(resident, connection.commit(work))["value"]
    assert record == planned(work)
    external = record["embed"]["external"]
    assert (external["uri"], external["title"]) == ("https://example.com/menu", "Menu")
    assert external["thumb"]["size"] == len(FILES["thumb.png"])


def test_a_thread_of_four_hangs_together(connection, resident):
    parts = tuple(Part(text=f"Bagian {number} dari 4 🧵") for number in range(1, 5))
    sent = ()
    for index in range(4):
        work = prepared(connection, job(*parts, index=index, sent=sent))
        sent += (connection.commit(work),)
        assert stored(resident, sent[-1])["value"] == planned(work)
    records = [stored(resident, receipt)["value"] for receipt in sent]
    assert "reply" not in records[0]
    for index in (1, 2, 3):
        reply = records[index]["reply"]
        assert (reply["root"]["uri"], reply["root"]["cid"]) == (
            sent[0].remote_id,
            sent[0].handles["cid"],
        )
        assert (reply["parent"]["uri"], reply["parent"]["cid"]) == (
            sent[index - 1].remote_id,
            sent[index - 1].handles["cid"],
        )
    assert [record["text"] for record in records] == [part.text for part in parts]


def test_the_same_commit_again_is_unclear_and_makes_no_second_post(connection, resident):
    work = prepared(connection, job(Part(text="Sekali saja")))
    receipt = connection.commit(work)
    with pytest.raises(Exception, match="500") as answer:
        connection.commit(work)
    assert not isinstance(answer.value, NotPublished)
    assert connection.find(work).remote_id == receipt.remote_id
    assert all_posts(resident) == ["Sekali saja"]


def test_a_text_that_is_too_long_is_proof_that_nothing_went_out(connection, resident):
    work = prepared(connection, job(Part(text="a" * 301)))
    with pytest.raises(NotPublished, match="maximum 300, got 301") as refusal:
        connection.commit(work)
    assert refusal.value.permanent
    assert all_posts(resident) == []


def test_a_session_that_ran_out_is_renewed_before_the_next_post(access, resident, server):
    first = prepared(NETWORK.connect(access), job(Part(text="satu")))
    (kept,) = access.folder.glob("bluesky-*.json")
    session = json.loads(kept.read_text())
    kept.write_text(json.dumps(session | {"accessJwt": server.outdated(session["accessJwt"])}))
    connection = NETWORK.connect(access)
    connection.commit(first)
    renewed = json.loads(kept.read_text())
    assert all_posts(resident) == ["satu"]
    assert renewed["refreshJwt"] != session["refreshJwt"]


def test_a_session_that_ends_during_the_call_is_a_refusal_and_the_next_try_goes_out(
    access, resident, server
):
    """By its own clock the token is fine; only the server knows that it ran out."""
    first = prepared(NETWORK.connect(access), job(Part(text="satu")))
    (kept,) = access.folder.glob("bluesky-*.json")
    session = json.loads(kept.read_text())
    kept.write_text(json.dumps(session | {"accessJwt": server.outdated(session["accessJwt"])}))
    access.clock.ahead = TimeDelta(hours=-48)
    connection = NETWORK.connect(access)
    with pytest.raises(NotPublished, match="ExpiredToken") as refusal:
        connection.commit(first)
    assert not refusal.value.permanent
    assert all_posts(resident) == []
    connection.commit(first)
    assert all_posts(resident) == ["satu"]


def test_one_log_in_serves_many_runs(access, resident):
    for number in range(3):
        connection = NETWORK.connect(access)
        connection.commit(
            prepared(connection, job(Part(text=f"{number}"), key=f"kopi-senja/p{number}@langit"))
        )
    sessions = list(access.folder.glob("bluesky-*.json"))
    assert len(sessions) == 1
    assert sessions[0].stat().st_mode & 0o077 == 0


def test_a_wrong_app_password_is_a_refusal_that_does_not_tell_it(access):
    wrong = replace(access, secret="abcd-efgh-ijkl-mnop")
    with pytest.raises(NotPublished) as refusal:
        NETWORK.connect(wrong).prepare(job(Part(text="Halo")))
    assert "abcd-efgh" not in str(refusal.value)


def test_a_gate_is_written_with_its_post_and_both_are_taken_down(connection, resident):
    work = prepared(connection, job(Part(text="Halo"), replies=Replies.FOLLOWERS))
    receipt = connection.commit(work)
    assert stored(resident, receipt)["cid"] == receipt.handles["cid"]
    rkey = receipt.remote_id.rpartition("/")[2]
    place = {"repo": resident.did, "collection": "app.bsky.feed.threadgate", "rkey": rkey}
    gate = resident.call("com.atproto.repo.getRecord", **place).raise_for_status().json()["value"]
    assert gate["post"] == receipt.remote_id
    assert gate["allow"] == [{"$type": "app.bsky.feed.threadgate#followerRule"}]
    connection.retract(work, receipt)
    connection.retract(work, receipt)
    assert all_posts(resident) == []
    assert resident.call("com.atproto.repo.getRecord", **place).status_code == 400


def test_the_same_gated_commit_again_is_unclear_and_makes_no_second_post(connection, resident):
    work = prepared(connection, job(Part(text="Halo"), replies=Replies.NOBODY))
    receipt = connection.commit(work)
    with pytest.raises(Unclear):
        connection.commit(work)
    assert all_posts(resident) == ["Halo"]
    found = connection.find(work)
    assert (found.remote_id, found.handles) == (receipt.remote_id, receipt.handles)


def test_the_server_says_who_we_are(connection, resident):
    identity = connection.whoami()
    assert (identity.remote_id, identity.handle) == (resident.did, resident.handle)


def test_the_server_makes_a_token_for_the_video_service(connection):
    token = VideoService(connection._home(), connection._login().headers(), "did:plc:x")._token(
        int(Instant.now().timestamp())
    )
    assert token.count(".") == 2
