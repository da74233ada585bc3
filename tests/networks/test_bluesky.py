"""Bluesky: facets, embeds, sessions, and looking a record up."""

from __future__ import annotations

import json
import stat
from dataclasses import replace

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from network_fakes import lexicon, pds
from whenever import Instant, TimeDelta

from mimin.model.media import Media
from mimin.model.payload import Card, Part, Payload, Span
from mimin.model.post import Visibility
from mimin.networks.bluesky import LABELS, NETWORK
from mimin.networks.bluesky_record import facets, publication
from mimin.networks.http import Unclear
from mimin.networks.protocol import Absent, Job, NotPublished, Receipt

CREATE = "com.atproto.repo.createRecord"
LOG_IN = "com.atproto.server.createSession"
REFRESH = "com.atproto.server.refreshSession"
UPLOAD = "com.atproto.repo.uploadBlob"
GET = "com.atproto.repo.getRecord"


def marked(part):
    """List what is marked: the text of the facet, and its features without their common name."""
    content = part.text.encode()
    return [
        (
            content[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(),
            [
                {
                    name.removeprefix("$"): value.rpartition("#")[2] or value
                    for name, value in f.items()
                }
                for f in facet["features"]
            ],
        )
        for facet in facets(part)
    ]


def post(bench, job):
    connection = bench.connect()
    return connection.commit(bench.prepared(connection, job))


def record(bench):
    (only,) = bench.published()
    return only


def codes(bench, *parts, **fields):
    job = bench.job(*parts, **fields)
    return [found.code for found in NETWORK.check(job.payload, bench.access.account)]


# Facets


def test_links_tags_and_cashtags_of_the_text_are_marked_in_bytes():
    part = Part(text="🎉 Ésok: kopi-senja.com, #Kopi dan $gopi")
    assert [text for text, _ in marked(part)] == ["kopi-senja.com", "#Kopi", "$gopi"]
    assert [features[0] for _, features in marked(part)] == [
        {"type": "link", "uri": "https://kopi-senja.com"},
        {"type": "tag", "tag": "Kopi"},
        {"type": "tag", "tag": "$GOPI"},
    ]


def test_a_mention_is_marked_only_with_the_did_that_was_reviewed():
    text = "Bersama @budi.bsky.social dan @sari.bsky.social"
    span = Span(start=8, end=25, did="did:plc:budi")
    assert marked(Part(text=text, spans=(span,))) == [
        ("@budi.bsky.social", [{"type": "mention", "did": "did:plc:budi"}])
    ]


def test_a_stated_link_goes_before_what_its_words_look_like():
    part = Part(
        text="Menu di kopi-senja.com!",
        spans=(Span(start=8, end=22, url="https://kopi-senja.example/menu"),),
    )
    assert marked(part) == [
        ("kopi-senja.com", [{"type": "link", "uri": "https://kopi-senja.example/menu"}])
    ]


def test_a_stated_link_over_a_part_of_a_found_one_replaces_it():
    part = Part(text="#kopisenja", spans=(Span(start=0, end=5, url="https://a.example"),))
    assert [text for text, _ in marked(part)] == ["#kopi"]


def test_a_stated_link_right_before_a_found_one_leaves_it_alone():
    part = Part(text="Menu #kopi", spans=(Span(start=0, end=5, url="https://a.example"),))
    assert [text for text, _ in marked(part)] == ["Menu ", "#kopi"]


@given(st.text(alphabet="ab é☕🎉#@.:/$ \n", max_size=60))
def test_facets_are_always_valid_in_order_and_on_whole_characters(text):
    content, end = text.encode(), 0
    for facet in facets(Part(text=text)):
        start, stop = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        assert end <= start < stop <= len(content)
        content[start:stop].decode()
        end = stop
        lexicon.check({"type": "ref", "ref": "app.bsky.richtext.facet"}, facet, "", "facet")


# The record


def test_a_plain_post_says_no_more_than_it_must(bluesky):
    post(bluesky, bluesky.job("Halo", languages=()))
    assert record(bluesky) == {
        "$type": "app.bsky.feed.post",
        "text": "Halo",
        "createdAt": "2026-12-01T03:30:00.000Z",
    }


def test_images_carry_alt_text_and_shape_in_order(bluesky):
    media = tuple(
        bluesky.image(f"{n}.jpg", b"\xff\xd8" + bytes([n]), f"Gambar {n}") for n in range(4)
    )
    post(bluesky, bluesky.job(Part(text="", media=media)))
    images = record(bluesky)["embed"]["images"]
    assert [image["alt"] for image in images] == [f"Gambar {n}" for n in range(4)]
    assert {json.dumps(image["aspectRatio"]) for image in images} == {
        '{"width": 1200, "height": 800}'
    }
    assert [bluesky.server.blobs[image["image"]["ref"]["$link"]] for image in images] == [
        bluesky.files[f"{n}.jpg"] for n in range(4)
    ]


@pytest.mark.parametrize("pictured", [True, False])
def test_a_link_card_is_sent_as_it_was_reviewed(bluesky, pictured):
    image = bluesky.image("kartu.jpg", alt="") if pictured else None
    card = Card(url="https://a.example/x", title="Menu", description="Desember", image=image)
    post(bluesky, bluesky.job(Part(text="Lihat", card=card)))
    external = record(bluesky)["embed"]["external"]
    thumb = external.pop("thumb", None)
    assert external == {"uri": card.url, "title": "Menu", "description": "Desember"}
    assert bool(thumb) == pictured


@pytest.mark.parametrize("label", LABELS)
def test_a_known_warning_becomes_a_label(bluesky, label):
    post(bluesky, bluesky.job(warning=label))
    assert record(bluesky)["labels"] == {
        "$type": "com.atproto.label.defs#selfLabels",
        "values": [{"val": label}],
    }


def test_a_late_post_does_not_claim_to_be_older_than_it_is(bluesky):
    bluesky.clock.now = Instant.from_utc(2026, 12, 1, 5)
    post(bluesky, bluesky.job())
    assert record(bluesky)["createdAt"] == "2026-12-01T05:00:00.000Z"


def test_parts_of_a_thread_keep_their_order_even_within_a_second(bluesky):
    bluesky.post_all(bluesky.connect(), "satu", "dua", "tiga")
    moments = [each["createdAt"] for each in bluesky.published()]
    assert moments == sorted(set(moments))


@given(
    text=st.text(min_size=1, max_size=200).filter(str.strip),
    languages=st.lists(st.sampled_from(["id", "en", "su", "pt-BR"]), max_size=3, unique=True),
    warning=st.sampled_from([None, *LABELS]),
    index=st.integers(0, 2),
    images=st.integers(0, 4),
    alt=st.text(max_size=30),
)
def test_every_record_that_is_built_is_one_of_the_lexicon(
    text, languages, warning, index, images, alt
):
    media = tuple(
        Media(path="a", sha256="0" * 64, mime="image/png", size=9, width=1, height=2, alt=alt)
        for _ in range(images)
    )
    payload = Payload(
        account="a/b",
        network="bluesky",
        parts=(Part(text=text, media=media),) * 3,
        languages=tuple(languages),
        warning=warning,
    )
    blob = {
        "$type": "blob",
        "ref": {"$link": pds.cid(b"")},
        "mimeType": "image/png",
        "size": 9,
    }
    strong = Receipt(remote_id=f"at://{pds.DID}/{pds.POST}/3n3l", handles={"cid": pds.cid(b"x")})
    due = Instant.from_utc(2026, 12, 1)
    handles = {"did": pds.DID} | {f"media{n}": json.dumps(blob) for n in range(images)}
    job = Job(
        key="a/b@c",
        payload=payload,
        index=index,
        due=due,
        at=due,
        handles=handles,
        sent=(strong,) * index,
    )
    body = publication(job)[1]
    lexicon.validate_input(CREATE, body)
    lexicon.validate_record(body["record"])
    assert body["record"]["text"] == text


def test_the_url_names_the_account_for_ever(bluesky):
    receipt = post(bluesky, bluesky.job())
    rkey = receipt.remote_id.rpartition("/")[2]
    assert receipt.remote_id == f"at://{pds.DID}/app.bsky.feed.post/{rkey}"
    assert receipt.url == f"https://bsky.app/profile/{pds.DID}/post/{rkey}"


def test_a_rescheduled_post_that_was_never_out_gets_a_key_of_its_new_time(bluesky):
    later = bluesky.job().due + TimeDelta(hours=1)
    keys = [publication(bluesky.job(due=due))[1]["rkey"] for due in (bluesky.job().due, later)]
    assert keys == sorted(set(keys))


# What it refuses beforehand


def test_a_normal_post_is_not_objected_to(bluesky):
    assert codes(bluesky, Part(text="Halo", media=(bluesky.image(),))) == []


def test_a_warning_in_words_is_objected_to(bluesky):
    assert codes(bluesky, warning="ada ular") == ["warning-unknown"]


@pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.FOLLOWERS])
def test_a_post_that_is_not_for_everybody_is_never_made_public(bluesky, visibility):
    assert codes(bluesky, visibility=visibility) == ["visibility-unknown"]
    with pytest.raises(NotPublished) as refusal:
        bluesky.connect().prepare(bluesky.job(visibility=visibility))
    assert refusal.value.permanent
    assert bluesky.server.requests == []


def test_five_images_a_video_and_a_card_beside_images_are_objected_to(bluesky):
    image = bluesky.image()
    video = image.model_copy(update={"mime": "video/mp4"})
    other = image.model_copy(update={"mime": "video/webm"})
    card = Card(url="https://a.example", title="A")
    assert codes(bluesky, Part(text="", media=(image,) * 5)) == ["too-many-images"]
    assert codes(bluesky, Part(text="", media=(video,))) == []
    assert codes(bluesky, Part(text="", media=(video, image))) == ["mixed-media"]
    assert codes(bluesky, Part(text="", media=(other,))) == ["media-type"]
    assert codes(bluesky, Part(text="", media=(image,), card=card)) == ["card-and-media"]


def test_a_card_with_too_large_an_image_is_objected_to(bluesky):
    image = bluesky.image().model_copy(update={"size": 1_000_001})
    card = Card(url="https://a.example", title="A", image=image)
    assert codes(bluesky, Part(text="A", card=card)) == ["card-image-size"]


def test_nothing_to_say_is_objected_to_in_the_part_where_it_is(bluesky):
    job = bluesky.job("Halo", " \n")
    (found,) = NETWORK.check(job.payload, bluesky.access.account)
    assert (found.index, found.code) == (1, "empty")


@pytest.mark.parametrize("place", [(0, 0), (3, 2), (2, 9), (1, 3)])
def test_a_link_that_has_no_place_is_objected_to(bluesky, place):
    url = "https://a.example"
    spans = (Span(start=0, end=2, url=url), Span(start=place[0], end=place[1], url=url))
    assert "span-place" in codes(bluesky, Part(text="Halo", spans=spans))


def test_a_server_that_would_leak_the_password_is_objected_to(bluesky):
    account = bluesky.access.account.model_copy(update={"server": "http://pds.example"})
    (found,) = NETWORK.check(bluesky.job().payload, account)
    assert found.code == "server-address"


# Sessions


def test_a_session_is_kept_for_the_next_run_where_nobody_else_can_read_it(bluesky):
    bluesky.connect().prepare(bluesky.job())
    bluesky.connect().prepare(bluesky.job())
    assert len(bluesky.server.calls(LOG_IN)) == 1
    (kept,) = bluesky.access.folder.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert pds.PASSWORD not in kept.read_text("utf-8")


def test_a_session_that_ends_soon_is_refreshed_before_the_call_that_publishes(bluesky):
    connection = bluesky.connect()
    job = bluesky.prepared(connection, bluesky.job())
    bluesky.clock.move(minutes=116)
    connection.commit(job)
    assert len(bluesky.server.calls(REFRESH)) == 1
    assert len(bluesky.server.calls(LOG_IN)) == 1
    assert len(bluesky.published()) == 1


def test_the_new_refresh_token_is_saved_before_it_is_needed(bluesky):
    connection = bluesky.connect()
    job = bluesky.prepared(connection, bluesky.job())
    bluesky.clock.move(hours=3)
    bluesky.server.fail(CREATE, breaks="connect-error")
    with pytest.raises(NotPublished):
        connection.commit(job)
    (kept,) = bluesky.access.folder.iterdir()
    assert json.loads(kept.read_text("utf-8"))["refreshJwt"] in bluesky.server.refresh


def test_a_session_that_can_not_be_refreshed_is_replaced(bluesky):
    bluesky.connect().prepare(bluesky.job())
    bluesky.server.refresh.clear()
    bluesky.clock.move(hours=3)
    bluesky.connect().prepare(bluesky.job())
    assert len(bluesky.server.calls(LOG_IN)) == 2


def test_a_token_that_expires_without_saying_so_is_replaced_while_nothing_is_public(bluesky):
    connection = bluesky.connect()
    job = bluesky.job(Part(text="Halo", media=(bluesky.image(),)))
    body = {"error": "ExpiredToken", "message": "Token has expired"}
    bluesky.server.fail(UPLOAD, status=400, body=body)
    assert "media0" in connection.prepare(job)
    assert len(bluesky.server.calls(REFRESH)) == 1


def test_a_token_that_expires_in_the_call_that_publishes_is_a_refusal_for_now(bluesky):
    connection = bluesky.connect()
    job = bluesky.prepared(connection, bluesky.job())
    bluesky.server.fail(CREATE, status=400, body={"error": "ExpiredToken", "message": "expired"})
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert not refusal.value.permanent
    assert len(bluesky.server.calls(CREATE)) == 1
    connection.commit(job)
    assert len(bluesky.server.calls(REFRESH)) == 1


@pytest.mark.parametrize("change", ["handle", "server", "secret"])
def test_a_session_is_not_used_for_another_account_server_or_password(bluesky, change):
    bluesky.connect().prepare(bluesky.job())
    before = len(bluesky.server.calls(LOG_IN))
    access = bluesky.access
    if change == "secret":
        bluesky.access = replace(access, secret="other")
    else:
        other = {"handle": "lain.test", "server": "https://other.test"}[change]
        account = access.account.model_copy(update={change: other})
        bluesky.access = replace(access, account=account)
    try:
        bluesky.connect().prepare(bluesky.job())
    except NotPublished:
        assert change != "server"
    assert len(bluesky.server.calls(LOG_IN)) == before + 1


@pytest.mark.parametrize("content", ["", "{", "[]", '{"accessJwt": 1}'])
def test_a_session_file_that_can_not_be_read_is_replaced(bluesky, content):
    bluesky.connect().prepare(bluesky.job())
    (kept,) = bluesky.access.folder.iterdir()
    kept.write_text(content, "utf-8")
    bluesky.connect().prepare(bluesky.job())
    assert len(bluesky.server.calls(LOG_IN)) == 2


def test_a_folder_that_can_not_be_written_is_said(bluesky, tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    bluesky.access = replace(bluesky.access, folder=tmp_path / "file")
    with pytest.raises(NotPublished, match="session can not be kept"):
        bluesky.connect().prepare(bluesky.job())


def test_without_a_password_it_says_which_one_is_missing(bluesky):
    bluesky.access = replace(bluesky.access, secret=None)
    with pytest.raises(NotPublished, match="set BSKY") as refusal:
        bluesky.connect().prepare(bluesky.job())
    assert not refusal.value.permanent


def test_a_wrong_password_is_a_refusal_that_can_be_mended(bluesky):
    bluesky.access = replace(bluesky.access, secret="wrong-wrong")
    with pytest.raises(NotPublished, match="AuthenticationRequired") as refusal:
        bluesky.connect().prepare(bluesky.job())
    assert not refusal.value.permanent
    assert "wrong-wrong" not in str(refusal.value)


def test_a_line_end_after_the_password_does_no_harm(bluesky):
    bluesky.access = replace(bluesky.access, secret=f"{pds.PASSWORD}\n")
    bluesky.connect().prepare(bluesky.job())
    assert len(bluesky.server.access) == 1


@pytest.mark.parametrize("breaks", ["read-timeout", "connect-error"])
def test_a_log_in_that_fails_at_the_due_second_published_nothing(bluesky, breaks):
    connection = bluesky.connect()
    job = bluesky.prepared(connection, bluesky.job())
    bluesky.clock.move(hours=3)
    bluesky.server.fail(REFRESH, breaks=breaks)
    with pytest.raises(NotPublished):
        connection.commit(job)
    assert bluesky.server.calls(CREATE) == []


def test_the_account_is_spoken_to_where_it_lives(bluesky):
    account = bluesky.access.account.model_copy(update={"server": None})
    bluesky.access = replace(bluesky.access, account=account)
    bluesky.server.home = "https://morel.host.test"
    post(bluesky, bluesky.job())
    hosts = {
        request.url.path.rpartition(".")[2]: request.url.host for request in bluesky.server.requests
    }
    assert hosts == {"createSession": "bsky.social", "createRecord": "morel.host.test"}


def test_a_home_that_is_not_https_gets_no_token(bluesky):
    account = bluesky.access.account.model_copy(update={"server": None})
    bluesky.access = replace(bluesky.access, account=account)
    bluesky.server.home = "http://evil.test"
    connection = bluesky.connect()
    job = bluesky.prepared(connection, bluesky.job())
    with pytest.raises(NotPublished, match="not https"):
        connection.commit(job)
    assert {request.url.host for request in bluesky.server.requests} == {"bsky.social"}


# Threads that a person has helped along


@pytest.mark.parametrize("who", [pds.DID, pds.HANDLE])
def test_a_part_that_a_person_found_is_answered_like_one_that_we_sent(bluesky, who):
    connection = bluesky.connect()
    _, (first,) = bluesky.post_all(connection, "satu")
    rkey = first.remote_id.rpartition("/")[2]
    url = f"https://bsky.app/profile/{who}/post/{rkey}"
    job = bluesky.prepared(connection, bluesky.job("satu", "dua", index=1))
    connection.commit(replace(job, sent=(Receipt(remote_id=url, url=url),)))
    parent = {"uri": first.remote_id, "cid": first.handles["cid"]}
    assert bluesky.published()[1]["reply"] == {"root": parent, "parent": parent}


@pytest.mark.parametrize(
    "url", ["https://a.example/x", "https://bsky.app/profile/a.test/post/3n3lcm53sgshr"]
)
def test_a_part_that_is_not_where_a_person_said_is_not_answered(bluesky, url):
    connection = bluesky.connect()
    job = bluesky.prepared(connection, bluesky.job("satu", "dua", index=1))
    with pytest.raises(NotPublished):
        connection.commit(replace(job, sent=(Receipt(remote_id=url, url=url),)))
    assert bluesky.published() == []


# Uploads and refusals


@pytest.mark.parametrize("breaks", ["read-timeout", "read-error", "connect-error"])
def test_whatever_breaks_an_upload_published_nothing(bluesky, breaks):
    bluesky.server.fail(UPLOAD, breaks=breaks)
    with pytest.raises(NotPublished):
        bluesky.connect().prepare(bluesky.job(Part(text="", media=(bluesky.image(),))))


def test_an_upload_that_was_cleaned_away_meanwhile_may_be_tried_again(bluesky):
    connection = bluesky.connect()
    job = bluesky.prepared(connection, bluesky.job(Part(text="", media=(bluesky.image(),))))
    bluesky.server.blobs.clear()
    with pytest.raises(NotPublished, match="BlobNotFound") as refusal:
        connection.commit(job)
    assert not refusal.value.permanent


def test_a_text_that_is_too_long_is_refused_for_good(bluesky):
    connection = bluesky.connect()
    job = bluesky.prepared(connection, bluesky.job("a" * 301))
    with pytest.raises(NotPublished, match="graphemes") as refusal:
        connection.commit(job)
    assert refusal.value.permanent


@pytest.mark.parametrize("status", [400, 409, 500])
def test_a_key_that_is_taken_is_never_called_not_published(bluesky, status):
    connection = bluesky.connect()
    job = bluesky.prepared(connection, bluesky.job())
    first = connection.commit(job)
    body = {"error": "InvalidRequest", "message": "There is already a value at key"}
    bluesky.server.fail(CREATE, status=status, body=body)
    with pytest.raises(Exception) as error:
        connection.commit(job)
    assert not isinstance(error.value, NotPublished)
    assert connection.find(bluesky.blind(job)) == first


def test_a_part_that_was_not_prepared_is_not_sent(bluesky):
    with pytest.raises(NotPublished, match="not prepared"):
        bluesky.connect().commit(bluesky.job())
    assert bluesky.server.requests == []


# Looking


def test_a_record_is_not_proven_absent_while_the_call_may_still_be_under_way(bluesky):
    connection = bluesky.connect()
    job = bluesky.prepared(connection, bluesky.job())
    bluesky.clock.now = job.due + TimeDelta(seconds=59)
    assert connection.find(bluesky.blind(job)) is None
    bluesky.clock.move(seconds=1)
    assert connection.find(bluesky.blind(job)) is Absent.PROVEN


def test_another_record_under_our_key_is_left_to_a_person(bluesky):
    connection = bluesky.connect()
    job = bluesky.prepared(connection, bluesky.job())
    connection.commit(job)
    record(bluesky)["text"] = "somebody changed it"
    bluesky.clock.move(hours=1)
    assert connection.find(bluesky.blind(job)) is None


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 400, "body": {"error": "InvalidRequest", "message": "Could not find repo"}},
        {"status": 400, "body": {"error": "RepoTakendown", "message": ""}},
        {"status": 404, "body": {}},
        {"status": 200, "text": "<html>RecordNotFound"},
        {"breaks": "connect-error"},
        {"status": 429, "body": {}},
    ],
)
def test_a_look_that_fails_proves_nothing(bluesky, fault):
    connection = bluesky.connect()
    job = bluesky.prepared(connection, bluesky.job())
    bluesky.clock.move(hours=1)
    for _ in range(3):
        bluesky.server.fail(GET, **fault)
    with pytest.raises((NotPublished, Unclear)):
        connection.find(bluesky.blind(job))


def test_a_look_needs_no_password_where_the_server_is_known(bluesky):
    connection = bluesky.connect()
    job = bluesky.prepared(connection, bluesky.job())
    receipt = connection.commit(job)
    bluesky.access = replace(bluesky.access, secret=None)
    assert bluesky.connect().find(bluesky.blind(job)) == receipt


def test_the_fake_is_as_strict_as_the_lexicon(bluesky):
    connection = bluesky.connect()
    bluesky.prepared(connection, bluesky.job())
    (token,) = bluesky.server.access
    with httpx2.Client(transport=bluesky.server, base_url="https://pds.test/xrpc/") as client:
        body = {"repo": pds.DID, "collection": pds.POST, "rkey": "no-tid"}
        body["record"] = {"$type": pds.POST, "text": "a", "createdAt": "2026-12-01T03:30:00.000Z"}
        answer = client.post(CREATE, json=body, headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 400
        body |= {"rkey": "3n3lcm4tljw7x", "record": {"$type": pds.POST, "text": "a"}}
        answer = client.post(CREATE, json=body, headers={"authorization": f"Bearer {token}"})
        assert "createdAt is missing" in answer.json()["message"]
