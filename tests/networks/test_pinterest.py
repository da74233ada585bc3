"""Pinterest: pins of pictures and video, their link, changes, tokens, and finding them again."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from network_fakes import film
from network_fakes import pinterest as fake
from whenever import Instant

from mimin.model.payload import Card, Part, Payload, Span
from mimin.networks.http import Unclear
from mimin.networks.pinterest import NETWORK
from mimin.networks.pinterest_pin import alt_text, pin_id, words
from mimin.networks.protocol import (
    Absent,
    Edits,
    Identifies,
    NotPublished,
    Receipt,
    Retracts,
    TellsLimits,
)

URL = "https://kopi-senja.example/menu"


def publish(bench, job):
    connection = bench.connect()
    return connection.commit(bench.prepared(connection, job))


def codes(bench, *parts, **fields):
    job = bench.job(*parts, **fields)
    return [found.code for found in NETWORK.check(job.payload, bench.access.account)]


def find_later(bench, job):
    bench.clock.move(minutes=9)
    return bench.connect().find(bench.blind(job))


def pictures(bench, count):
    return tuple(
        bench.image(f"{number}.jpg", b"\xff\xd8 %d" % number, f"Gelas {number}")
        for number in range(1, count + 1)
    )


# What a pin says


@pytest.mark.parametrize(
    ("text", "description", "link"),
    [
        (f"Menu baru\n\n{URL}", "Menu baru", URL),
        (f"Menu baru\n\n{URL}\n\n#kopi", "Menu baru\n\n#kopi", URL),
        (URL, "", URL),
        (f"Lihat {URL}.", f"Lihat {URL}.", URL),
        (f"Lihat ({URL}) ya", f"Lihat ({URL}) ya", URL),
        (f"Lihat https://a.example/x dulu\n\n{URL}", "Lihat https://a.example/x dulu", URL),
        ("Tanpa tautan", "Tanpa tautan", ""),
    ],
)
def test_the_address_in_the_text_becomes_the_link_of_the_pin(text, description, link):
    said = words(Part(text=text))
    assert (said.description, said.link) == (description, link)


def test_a_link_card_is_the_link_of_the_pin():
    said = words(Part(text="Lihat https://a.example", card=Card(url=URL, title="Menu")))
    assert (said.description, said.link) == ("Lihat https://a.example", URL)


def test_title_description_link_alt_text_board_and_section_arrive(pinterest):
    part = Part(text=f"Menu baru\n\n{URL}", media=(pinterest.image(alt="Segelas kopi"),))
    settings = {"section": fake.SECTION}
    receipt = publish(pinterest, pinterest.job(part, headline="Menu Desember", settings=settings))
    (pin,) = pinterest.published()
    assert (pin["title"], pin["description"], pin["link"]) == ("Menu Desember", "Menu baru", URL)
    assert (pin["board_id"], pin["board_section_id"]) == (fake.BOARD, fake.SECTION)
    assert pin["alt_text"] == "Segelas kopi"
    assert receipt.url == f"https://www.pinterest.com/pin/{pin['id']}/"


def test_one_picture_goes_up_with_the_pin(pinterest):
    publish(pinterest, pinterest.job(Part(text="Satu", media=pictures(pinterest, 1))))
    source = pinterest.published()[0]["source"]
    assert source["source_type"] == "image_base64"
    assert base64.b64decode(source["data"]) == b"\xff\xd8 1"


@pytest.mark.parametrize("count", [2, 5])
def test_several_pictures_are_a_carousel_in_order(pinterest, count):
    publish(pinterest, pinterest.job(Part(text="Banyak", media=pictures(pinterest, count))))
    pin = pinterest.published()[0]
    assert pin["source"]["source_type"] == "multiple_image_base64"
    contents = [base64.b64decode(item["data"]) for item in pin["source"]["items"]]
    assert contents == [b"\xff\xd8 %d" % number for number in range(1, count + 1)]
    assert pin["alt_text"].startswith("1. Gelas 1\n2. Gelas 2")


def test_alt_texts_of_a_carousel_are_numbered_by_picture(pinterest):
    first, second, third = pictures(pinterest, 3)
    without = second.model_copy(update={"alt": ""})
    assert alt_text(Part(text="", media=(first, without, third))) == "1. Gelas 1\n3. Gelas 3"
    assert alt_text(Part(text="", media=(without, without))) == ""


# Video


def test_a_real_video_arrives_whole_and_the_pin_names_it(pinterest_video):
    bench = pinterest_video
    bench.processing(3)
    publish(bench, bench.job(Part(text="Hujan", media=(bench.film(),))))
    (media,) = bench.server.media.values()
    assert film.read_back(media["content"]) == (64, 48, 50)
    source = bench.published()[0]["source"]
    assert source == {
        "source_type": "video_id",
        "media_id": "5000",
        "cover_image_key_frame_time": 0,
    }


def test_the_cover_of_a_video_is_a_setting(pinterest_video):
    job = pinterest_video.job(settings={"cover": "3"})
    publish(pinterest_video, job)
    assert pinterest_video.published()[0]["source"]["cover_image_key_frame_time"] == 3


def test_a_video_that_is_never_done_is_given_up_before_the_claim(pinterest_video):
    pinterest_video.processing(1000)
    with pytest.raises(NotPublished, match="did not process") as refusal:
        pinterest_video.connect().prepare(pinterest_video.job())
    assert not refusal.value.permanent


def test_the_signed_form_of_an_upload_stays_secret(pinterest_video):
    bench = pinterest_video
    connection = bench.connect()
    told = " ".join(fake.FORM.values())
    bench.server.fail("/", status=403, text=f"<Error>{told}</Error>")
    # The first path that ends in a slash is the store's.
    with pytest.raises(NotPublished) as refusal:
        connection.prepare(bench.job())
    assert not any(value in str(refusal.value) for value in fake.FORM.values())
    handles = json.dumps(dict(bench.prepared(connection, bench.job()).handles))
    assert not any(value in handles for value in (*fake.FORM.values(), fake.STORE))


def test_a_lost_upload_publishes_nothing_and_is_made_again(pinterest_video):
    bench = pinterest_video
    connection = bench.connect()
    for place in ("/v5/media", "/", "/v5/media/5002"):
        bench.server.fail(place, breaks="read-timeout")
        if place.startswith("/v5/media/"):
            break
        with pytest.raises(NotPublished):
            connection.prepare(bench.job())
    connection.commit(bench.prepared(connection, bench.job()))
    assert len(bench.published()) == 1


# Finding it again


@pytest.mark.parametrize("zone", ["", "Z", "-00:00", "+00:00"])
def test_a_pin_is_found_however_its_time_is_written(pinterest, zone):
    pinterest.server.zone = zone
    connection = pinterest.connect()
    job = pinterest.prepared(connection, pinterest.job(f"Menu\n\n{URL}", headline="Judul"))
    receipt = connection.commit(job)
    assert find_later(pinterest, job) == receipt


def test_a_pin_in_a_section_is_looked_for_there(pinterest):
    connection = pinterest.connect()
    job = pinterest.prepared(connection, pinterest.job(settings={"section": fake.SECTION}))
    receipt = connection.commit(job)
    assert find_later(pinterest, job) == receipt
    assert f"/sections/{fake.SECTION}/pins" in str(pinterest.server.requests[-1].url)


def test_a_board_of_many_pages_is_read_as_far_as_needed(pinterest):
    connection = pinterest.connect()
    job = pinterest.prepared(connection, pinterest.job("Menu"))
    receipt = connection.commit(job)
    for number in range(5):
        connection.commit(pinterest.prepared(connection, pinterest.job(f"Lain {number}")))
    pinterest.server.page = 2
    assert find_later(pinterest, job) == receipt


def test_absence_is_proven_only_by_a_list_that_reaches_back(pinterest):
    connection = pinterest.connect()
    pinterest.clock.now = Instant.from_utc(2026, 11, 20, 3, 0)
    for number in range(12):
        pinterest.clock.move(hours=1)
        connection.commit(pinterest.prepared(connection, pinterest.job(f"Lama {number}")))
    pinterest.clock.now = Instant.from_utc(2026, 12, 1, 3, 29)
    job = pinterest.prepared(connection, pinterest.job("Baru"))
    pinterest.server.page = 2
    assert find_later(pinterest, job) is Absent.PROVEN
    # Oldest first, the end of the list is never reached.
    pinterest.server.oldest_first = True
    assert pinterest.connect().find(pinterest.blind(job)) is None
    pinterest.server.page = 100
    assert pinterest.connect().find(pinterest.blind(job)) is Absent.PROVEN


def test_a_list_that_does_not_show_its_order_is_read_on(pinterest):
    connection = pinterest.connect()
    pinterest.clock.now = Instant.from_utc(2026, 11, 20, 3, 0)
    for number in range(3):
        connection.commit(pinterest.prepared(connection, pinterest.job(f"Lama {number}")))
    pinterest.clock.now = Instant.from_utc(2026, 12, 1, 3, 29)
    job = pinterest.prepared(connection, pinterest.job("Baru"))
    pinterest.lose_answer()
    with pytest.raises(Unclear):
        connection.commit(job)
    # By hand, somebody has put the newest pin at the end of the board.
    pinterest.server.oldest_first = True
    pinterest.server.page = 2
    assert isinstance(find_later(pinterest, job), Receipt)


def test_a_pin_that_is_not_listed_yet_is_not_proven_absent_at_once(pinterest):
    connection = pinterest.connect()
    job = pinterest.prepared(connection, pinterest.job())
    pinterest.lose_answer()
    with pytest.raises(Unclear):
        connection.commit(job)
    pinterest.server.lag = 1
    pinterest.clock.move(seconds=60)
    assert connection.find(pinterest.blind(job)) is None
    pinterest.server.lag = 0
    assert isinstance(connection.find(pinterest.blind(job)), Receipt)


def test_a_pin_without_a_time_leaves_it_to_a_person(pinterest):
    connection = pinterest.connect()
    job = pinterest.prepared(connection, pinterest.job())
    connection.commit(job)
    pinterest.published()[0].pop("created_at")
    assert find_later(pinterest, job) is None


def test_a_pin_of_the_same_words_with_another_link_is_left_to_a_person(pinterest):
    connection = pinterest.connect()
    job = pinterest.prepared(connection, pinterest.job(f"Menu\n\n{URL}"))
    connection.commit(pinterest.prepared(connection, pinterest.job(f"Menu\n\n{URL}/lain")))
    assert find_later(pinterest, job) is None


# What goes wrong


@pytest.mark.parametrize(
    ("status", "code", "permanent"),
    [(400, 1, True), (401, 2, False), (403, 29, False), (404, 40, True)],
)
def test_a_refusal_says_whether_the_pin_or_the_access_has_to_be_mended(
    pinterest, status, code, permanent
):
    connection = pinterest.connect()
    job = pinterest.prepared(connection, pinterest.job())
    pinterest.fails(status, code, "No")
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert refusal.value.permanent is permanent
    assert pinterest.published() == []


def test_a_conflict_proves_nothing(pinterest):
    connection = pinterest.connect()
    job = pinterest.prepared(connection, pinterest.job())
    pinterest.fails(409, 1, "Conflict")
    with pytest.raises(Unclear):
        connection.commit(job)


def test_a_board_that_is_not_there_is_found_out_before_the_claim(pinterest):
    with pytest.raises(NotPublished, match="Board not found"):
        pinterest.connect().prepare(pinterest.job(settings={"board": "1"}))


def test_a_token_that_ended_early_is_renewed_while_preparing(pinterest):
    pinterest.expire()
    secret = json.loads(pinterest.access.secret) | {"expires_at": None}
    pinterest.access = replace(pinterest.access, secret=json.dumps(secret))
    publish(pinterest, pinterest.job())
    assert len(pinterest.published()) == 1


def test_a_refresh_token_that_is_refused_asks_for_a_log_in(pinterest):
    pinterest.expire()
    pinterest.server.refresh = []
    with pytest.raises(NotPublished, match="mimin accounts login") as refusal:
        pinterest.connect().prepare(pinterest.job())
    assert "pinr_first" not in str(refusal.value)


# Changes


def test_what_a_pin_says_is_changed_and_emptied(pinterest):
    connection = pinterest.connect()
    job = pinterest.job(f"Harga salah\n\n{URL}", headline="Judul")
    receipt = connection.commit(pinterest.prepared(connection, job))
    changed = pinterest.job("Harga benar", headline="Judul baru")
    assert connection.edit(changed, receipt) == connection.edit(changed, receipt) == receipt
    (pin,) = pinterest.published()
    assert (pin["title"], pin["description"]) == ("Judul baru", "Harga benar")
    assert pin["link"] is None


def test_a_pin_is_changed_by_the_address_that_a_person_told(pinterest):
    receipt = publish(pinterest, pinterest.job())
    told = Receipt(remote_id=f"https://id.pinterest.com/pin/menu-kami--{receipt.remote_id}/")
    pinterest.connect().edit(pinterest.job("Baru"), told)
    assert pinterest.published()[0]["description"] == "Baru"


def test_an_ended_token_is_renewed_for_a_change(pinterest):
    receipt = publish(pinterest, pinterest.job())
    pinterest.expire()
    pinterest.connect().edit(pinterest.job("Baru"), receipt)
    assert pinterest.published()[0]["description"] == "Baru"


def test_what_is_gone_already_counts_as_taken_down(pinterest):
    connection = pinterest.connect()
    job = pinterest.job()
    receipt = connection.commit(pinterest.prepared(connection, job))
    empty = Payload(account=job.payload.account, network="pinterest", parts=())
    connection.retract(replace(job, payload=empty), receipt)
    connection.retract(replace(job, payload=empty), receipt)
    assert pinterest.published() == []


def test_a_pin_that_may_not_be_deleted_is_still_there(pinterest):
    receipt = publish(pinterest, pinterest.job())
    body = {"code": 29, "message": "No"}
    pinterest.server.fail(f"/v5/pins/{receipt.remote_id}", status=403, body=body)
    with pytest.raises(NotPublished):
        pinterest.connect().retract(pinterest.job(), receipt)
    assert len(pinterest.published()) == 1


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ("1000", "1000"),
        ("https://www.pinterest.com/pin/1000/", "1000"),
        ("https://id.pinterest.com/pin/menu-kami--1000", "1000"),
        ("https://www.pinterest.co.uk/pin/1000", "1000"),
        ("https://pin.it/abc", None),
        ("https://pinterest.example/pin/1000x", None),
    ],
)
def test_a_pin_is_known_by_what_a_person_tells(told, number):
    assert pin_id(Receipt(remote_id=told)) == number


def test_the_account_says_who_it_is_and_until_when(pinterest):
    identity = pinterest.connect().whoami()
    assert (identity.remote_id, identity.handle, identity.name) == (
        fake.OWN,
        "kopisenja",
        "Kopi Senja",
    )
    assert identity.expires is None
    pinterest.expire()
    renewed = pinterest.connect().whoami()
    assert renewed.expires == pinterest.clock().add(hours=60 * 24)


def test_it_has_the_capabilities_that_pinterest_has():
    connection = NETWORK.connection()
    assert issubclass(connection, Edits)
    assert issubclass(connection, Retracts)
    assert issubclass(connection, Identifies)
    assert not issubclass(connection, TellsLimits)


# What is refused in the pull request


def test_a_pin_needs_a_board(pinterest):
    assert codes(pinterest, settings={"board": ""}) == ["setting-missing"]


@pytest.mark.parametrize("settings", [{"board": "menu"}, {"section": "x"}, {"cover": "awal"}])
def test_a_setting_that_is_no_number_is_named(pinterest, settings):
    assert codes(pinterest, settings=settings) == ["setting-invalid"]


def test_what_pinterest_would_lose_or_refuse_is_objected_to(pinterest, pinterest_video):
    image = pinterest.image()
    payload = pinterest.job().payload
    bare = payload.model_copy(update={"parts": (Part(text="a"),)})
    found = NETWORK.check(bare, pinterest.access.account)
    assert [objection.code for objection in found] == ["media-required"]
    assert codes(pinterest, Part(text="a", media=(image, pinterest_video.film()))) == [
        "mixed-media"
    ]
    webp = image.model_copy(update={"mime": "image/webp"})
    assert codes(pinterest, Part(text="a", media=(webp,))) == ["media-type"]
    tall = image.model_copy(update={"width": 800, "height": 1200})
    assert codes(pinterest, Part(text="a", media=(image, tall))) == ["media-aspect-refused"]
    long = image.model_copy(update={"alt": "a" * 300})
    assert codes(pinterest, Part(text="a", media=(long, long))) == ["alt-too-long"]
    link = Span(start=0, end=1, url=URL)
    assert codes(pinterest, Part(text="a", spans=(link,), media=(image,))) == ["link-lost"]


def test_what_is_objected_to_is_never_sent(pinterest):
    with pytest.raises(NotPublished) as refusal:
        pinterest.connect().prepare(pinterest.job(settings={"board": ""}))
    assert refusal.value.permanent
    assert pinterest.server.requests == []
