"""Telegram: messages, albums, links in UTF-16, changes, and a token that stands in the address."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import pytest
from network_fakes import film
from network_fakes import telegram as fake
from whenever import TimeDelta

from mimin.model.payload import Card, Part, Payload, Span
from mimin.networks.http import Unclear
from mimin.networks.protocol import Edits, Identifies, NotPublished, Receipt, Retracts, TellsLimits
from mimin.networks.telegram import NETWORK
from mimin.networks.telegram_message import message_id


def publish(bench, job):
    connection = bench.connect()
    return connection.commit(bench.prepared(connection, job))


def codes(bench, *parts, **fields):
    job = bench.job(*parts, **fields)
    return [found.code for found in NETWORK.check(job.payload, bench.access.account)]


def video(bench, name="film.mp4"):
    content = film.render()
    media = bench.image(name, content, "")
    return media.model_copy(
        update={"mime": "video/mp4", "width": 64, "height": 48, "seconds": 1.04}
    )


# What is sent


def test_a_link_stands_over_its_words_in_utf16_units(telegram):
    url = "https://kopi-senja.example/menu"
    part = Part(text="🎉👨‍👩‍👧 Menu kami", spans=(Span(start=7, end=11, url=url),))
    assert part.text[7:11] == "Menu"
    publish(telegram, telegram.job(part))
    (message,) = telegram.published()
    (entity,) = message["entities"]
    units = message["text"].encode("utf-16-le")
    marked = units[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2]
    assert marked.decode("utf-16-le") == "Menu"
    assert (entity["offset"], entity["length"], entity["url"]) == (11, 4, url)


def test_a_mention_of_another_network_is_left_as_plain_text(telegram):
    part = Part(text="Halo @budi", spans=(Span(start=5, end=10, did="did:plc:abc"),))
    publish(telegram, telegram.job(part))
    assert "entities" not in telegram.published()[0]


def test_links_stand_in_the_caption_of_a_photo(telegram):
    span = Span(start=0, end=4, url="https://a.example/")
    part = Part(text="Menu 🎉", spans=(span,), media=(telegram.image(),))
    publish(telegram, telegram.job(part))
    (message,) = telegram.published()
    assert message["caption"] == "Menu 🎉"
    assert message["caption_entities"][0]["length"] == 4


def test_a_photo_may_have_no_words(telegram):
    publish(telegram, telegram.job(Part(text="", media=(telegram.image(),))))
    assert "caption" not in telegram.published()[0]


def test_the_page_of_a_link_card_is_shown_though_its_address_is_not_in_the_text(telegram):
    card = Card(url="https://kopi-senja.example/menu", title="Menu")
    publish(telegram, telegram.job(Part(text="Menu baru", card=card)))
    assert telegram.published()[0]["link_preview_options"] == {"url": card.url}


@pytest.mark.parametrize(
    ("preview", "options"),
    [
        ("none", {"is_disabled": True}),
        ("small", {"prefer_small_media": True}),
        ("large", {"prefer_large_media": True}),
        ("above", {"show_above_text": True}),
    ],
)
def test_how_a_page_is_shown_is_a_setting(telegram, preview, options):
    publish(telegram, telegram.job("https://a.example", settings={"preview": preview}))
    assert telegram.published()[0]["link_preview_options"] == options


def test_a_silent_post_makes_no_sound(telegram):
    publish(telegram, telegram.job(settings={"silent": "yes"}))
    assert telegram.sent()[0]["json"]["disable_notification"] is True


def test_the_channel_may_be_a_setting_of_the_account(telegram):
    job = telegram.job(settings={"chat": str(fake.CHANNEL)})
    publish(telegram, job)
    assert telegram.sent()[0]["json"]["chat_id"] == fake.CHANNEL


def test_an_album_mixes_photos_and_videos_and_has_its_caption_once(telegram):
    media = (telegram.image("satu.jpg", b"\xff\xd8 satu"), video(telegram), telegram.image())
    receipt = publish(telegram, telegram.job(Part(text="Album", media=media)))
    messages = telegram.server.messages
    assert [name for message in messages for name in ("photo", "video") if name in message] == [
        "photo",
        "video",
        "photo",
    ]
    assert [message.get("caption") for message in messages] == ["Album", None, None]
    assert receipt.remote_id == str(messages[0]["message_id"])
    assert receipt.handles["messages"] == "100 101 102"


def test_a_real_video_arrives_whole_with_its_measures(telegram):
    publish(telegram, telegram.job(Part(text="Video", media=(video(telegram),))))
    assert film.read_back(telegram.server.video) == (64, 48, 10)
    sent = telegram.sent()[0]["form"]
    assert {name: sent[name] for name in ("width", "height", "duration")} == {
        "width": "64",
        "height": "48",
        "duration": "1",
    }
    assert sent["supports_streaming"] == "true"


def test_files_go_up_under_neutral_names(telegram):
    media = (telegram.image("rahasia-2027.jpg"), telegram.image("kedua.jpg", b"\xff\xd8 dua"))
    publish(telegram, telegram.job(Part(text="Dua", media=media)))
    files = telegram.sent()[0]["files"]
    assert [file["filename"] for file in files.values()] == ["media0.jpg", "media1.jpg"]


# Where it is


def test_the_address_of_a_post_in_a_public_channel_can_be_opened(telegram):
    assert publish(telegram, telegram.job()).url == "https://t.me/kopisenja/100"


def test_a_post_in_a_channel_without_a_name_has_an_address_for_its_members(telegram):
    telegram.server.username = ""
    receipt = publish(telegram, telegram.job(settings={"chat": str(fake.CHANNEL)}))
    assert receipt.url == "https://t.me/c/1234567890/100"


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ("100", 100),
        ("https://t.me/kopisenja/100", 100),
        ("https://t.me/c/1234567890/100", 100),
        ("https://t.me/kopisenja/7/100", 100),
        ("https://t.me/kopisenja", None),
        ("https://example.com/x/100", None),
    ],
)
def test_a_message_is_known_by_what_a_person_tells(told, number):
    assert message_id(Receipt(remote_id=told)) == number


def test_a_part_answers_a_message_of_which_a_person_told_the_address(telegram):
    connection = telegram.connect()
    first = connection.commit(telegram.prepared(connection, telegram.job("satu", "dua")))
    second = telegram.prepared(connection, telegram.job("satu", "dua", index=1))
    connection.commit(replace(second, sent=(Receipt(remote_id=first.url),)))
    assert telegram.parent_of(1)[0] == first.remote_id


def test_a_part_is_not_sent_when_nobody_knows_what_it_answers(telegram):
    connection = telegram.connect()
    second = telegram.prepared(connection, telegram.job("satu", "dua", index=1))
    with pytest.raises(NotPublished, match="tell the right one"):
        connection.commit(replace(second, sent=(Receipt(remote_id="https://t.me/kopisenja"),)))


def test_a_part_does_not_stand_alone_when_what_it_answers_is_gone(telegram):
    connection = telegram.connect()
    first = connection.commit(telegram.prepared(connection, telegram.job("satu", "dua")))
    telegram.server.messages.clear()
    second = telegram.prepared(connection, telegram.job("satu", "dua", index=1))
    with pytest.raises(NotPublished, match="to be replied not found"):
        connection.commit(replace(second, sent=(first,)))
    assert telegram.published() == []


# What goes wrong


@pytest.mark.parametrize(
    ("status", "words", "permanent"),
    [
        (400, "Bad Request: message is too long", True),
        (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", True),
        (400, "Bad Request: chat not found", False),
        (400, "Bad Request: not enough rights to send text messages to the chat", False),
        (400, "Bad Request: need administrator rights in the channel chat", False),
        (400, "Bad Request: group chat was upgraded to a supergroup chat", False),
        (401, "Unauthorized", False),
        (403, "Forbidden: bot was kicked from the channel chat", False),
        (404, "Not Found", False),
        (413, "Request Entity Too Large", True),
    ],
)
def test_a_refusal_says_whether_the_post_or_the_channel_has_to_be_mended(
    telegram, status, words, permanent
):
    connection = telegram.connect()
    job = telegram.prepared(connection, telegram.job())
    telegram._fails(status, words)
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert refusal.value.permanent is permanent
    assert telegram.published() == []


def test_a_fraction_of_a_second_is_waited_for_as_well(telegram):
    connection = telegram.connect()
    job = telegram.prepared(connection, telegram.job())
    telegram.limit(0.5)
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert refusal.value.retry_at == telegram.clock.now + TimeDelta(milliseconds=500)


def test_an_album_that_may_be_out_is_left_to_a_person(telegram):
    connection = telegram.connect()
    media = (telegram.image(), telegram.image("dua.jpg", b"\xff\xd8 dua"))
    job = telegram.prepared(connection, telegram.job(Part(text="Album", media=media)))
    telegram.server.fail("/sendMediaGroup", breaks="read-timeout")
    with pytest.raises(Unclear):
        connection.commit(job)
    assert len(telegram.published()) == 1
    assert connection.find(telegram.blind(job)) is None


@pytest.mark.parametrize("body", [{"ok": True}, {"ok": True, "result": True}])
def test_an_answer_without_a_message_proves_nothing(telegram, body):
    connection = telegram.connect()
    job = telegram.prepared(connection, telegram.job())
    telegram.server.fail("/sendMessage", status=200, body=body, carried_out=True)
    with pytest.raises(Unclear):
        connection.commit(job)


def test_a_bot_that_does_not_know_the_channel_is_found_out_before_the_claim(telegram):
    with pytest.raises(NotPublished, match="chat not found") as refusal:
        telegram.connect().prepare(telegram.job(settings={"chat": "@kopi_lain"}))
    assert not refusal.value.permanent


@pytest.mark.parametrize("secret", ["", "ABCDEF", "12:AB/../x", "12:AB\n"])
def test_what_is_no_bot_token_is_never_made_part_of_an_address(telegram, secret):
    telegram.access = replace(telegram.access, secret=secret)
    if secret.strip() == "12:AB":
        # A line end at the end of a secret is nobody's fault.
        secret = "12:AB"
        with pytest.raises(NotPublished, match="401"):
            telegram.connect().prepare(telegram.job())
        return
    with pytest.raises(NotPublished):
        telegram.connect().prepare(telegram.job())
    assert telegram.server.requests == []


def test_the_token_is_in_no_log(telegram, caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("httpx2", "httpcore2", "mimin"):
        caplog.set_level(logging.DEBUG, logger=name)
    connection = telegram.connect()
    job = telegram.prepared(connection, telegram.job())
    telegram.fall_over()
    with pytest.raises(Unclear):
        connection.commit(job)
    connection.commit(job)
    assert fake.TOKEN not in caplog.text


def test_the_token_is_in_no_handle_and_no_receipt(telegram):
    connection = telegram.connect()
    job = telegram.prepared(connection, telegram.job())
    receipt = connection.commit(job)
    kept = json.dumps([dict(job.handles), receipt.model_dump()])
    assert fake.TOKEN not in kept


# Changes


def edited(bench, before, after):
    connection = bench.connect()
    job = bench.prepared(connection, bench.job(before))
    receipt = connection.commit(job)
    changed = replace(bench.job(after), sent=(receipt,))
    return connection, changed, receipt


def test_a_text_is_changed_where_it_stands(telegram):
    link = Span(start=0, end=4, url="https://a.example/")
    connection, job, receipt = edited(telegram, "Harga salah", Part(text="Menu", spans=(link,)))
    assert connection.edit(job, receipt) == receipt
    (message,) = telegram.published()
    assert (message["text"], message["entities"][0]["url"]) == ("Menu", link.url)


def test_changing_it_twice_is_changing_it_once(telegram):
    connection, job, receipt = edited(telegram, "Harga salah", "Harga benar")
    assert connection.edit(job, receipt) == connection.edit(job, receipt) == receipt
    assert telegram.published()[0]["text"] == "Harga benar"


@pytest.mark.parametrize("text", ["Takarir baru", ""])
def test_a_caption_is_changed_or_taken_away(telegram, text):
    media = (telegram.image(),)
    before, after = Part(text="Takarir", media=media), Part(text=text, media=media)
    connection, job, receipt = edited(telegram, before, after)
    connection.edit(job, receipt)
    assert telegram.published()[0]["caption"] == text


def test_what_is_gone_can_not_be_changed_for_good(telegram):
    connection, job, receipt = edited(telegram, "satu", "dua")
    telegram.server.messages.clear()
    with pytest.raises(NotPublished) as refusal:
        connection.edit(job, receipt)
    assert refusal.value.permanent


def test_a_change_whose_answer_was_lost_may_be_tried_again(telegram):
    connection, job, receipt = edited(telegram, "satu", "dua")
    telegram.server.fail("/editMessageText", breaks="read-timeout")
    with pytest.raises(Unclear):
        connection.edit(job, receipt)
    assert connection.edit(job, receipt) == receipt


def test_all_messages_of_an_album_are_taken_down(telegram):
    media = (telegram.image(), telegram.image("dua.jpg", b"\xff\xd8 dua"))
    connection = telegram.connect()
    job = telegram.job(Part(text="Album", media=media))
    receipt = connection.commit(telegram.prepared(connection, job))
    connection.retract(job, receipt)
    assert telegram.server.messages == []


def test_what_is_gone_already_counts_as_taken_down(telegram):
    connection = telegram.connect()
    job = telegram.job()
    receipt = connection.commit(telegram.prepared(connection, job))
    connection.retract(job, receipt)
    connection.retract(job, receipt)
    assert telegram.server.deleted == [100]


def test_a_post_whose_file_is_gone_is_taken_down_by_its_address_alone(telegram):
    connection = telegram.connect()
    job = telegram.job()
    receipt = connection.commit(telegram.prepared(connection, job))
    empty = Payload(account=job.payload.account, network="telegram", parts=())
    connection.retract(replace(job, payload=empty), Receipt(remote_id=receipt.url))
    assert telegram.server.messages == []


def test_after_two_days_a_post_stays(telegram):
    connection = telegram.connect()
    job = telegram.job()
    receipt = connection.commit(telegram.prepared(connection, job))
    telegram.clock.move(hours=48)
    with pytest.raises(NotPublished, match="can't be deleted") as refusal:
        connection.retract(job, receipt)
    assert refusal.value.permanent


# Who we are


def test_the_bot_says_which_channel_it_is_and_what_it_may_do(telegram):
    identity = telegram.connect().whoami()
    assert (identity.remote_id, identity.handle) == (str(fake.CHANNEL), "kopisenja")
    assert identity.name == "Kopi Senja (by @kopisenja_bot)"
    assert set(identity.scopes) == telegram.server.rights
    assert identity.lacking == ()


def test_a_right_that_the_bot_lacks_is_named(telegram):
    telegram.server.rights = {"can_post_messages"}
    identity = telegram.connect().whoami()
    assert identity.lacking == ("can_edit_messages", "can_delete_messages")
    assert "edit messages" in identity.restrictions[0]


def test_a_bot_that_was_thrown_out_lacks_everything(telegram):
    telegram.server.rights = set()
    assert "can_post_messages" in telegram.connect().whoami().lacking


def test_it_has_the_capabilities_that_telegram_has():
    connection = NETWORK.connection()
    assert issubclass(connection, Edits)
    assert issubclass(connection, Retracts)
    assert issubclass(connection, Identifies)
    assert not issubclass(connection, TellsLimits)


# What is refused in the pull request


@pytest.mark.parametrize(
    "settings",
    [{"chat": "kopi senja"}, {"chat": "@a"}, {"chat": "-12"}, {"silent": "ja"}, {"preview": "big"}],
)
def test_a_setting_that_telegram_can_not_understand_is_named(telegram, settings):
    assert codes(telegram, settings=settings) == ["setting-invalid"]


def test_a_handle_that_is_no_channel_needs_the_setting(telegram):
    account = telegram.access.account.model_copy(update={"handle": "Kopi Senja"})
    job = telegram.job()
    (objection,) = NETWORK.check(job.payload, account)
    assert "chat:" in objection.message
    settings = {"chat": "-1001234567890"}
    assert NETWORK.check(telegram.job(settings=settings).payload, account) == ()


def test_a_token_is_never_sent_to_an_open_address(telegram):
    account = telegram.access.account.model_copy(update={"server": "http://bot.example"})
    assert [found.code for found in NETWORK.check(telegram.job().payload, account)] == [
        "server-address"
    ]


def test_what_telegram_would_lose_or_refuse_is_objected_to(telegram):
    image = telegram.image()
    card = Card(url="https://a.example/", title="A")
    gif = image.model_copy(update={"mime": "image/gif"})
    assert codes(telegram, Part(text=" ")) == ["empty"]
    assert codes(telegram, Part(text="a", media=(image,), card=card)) == ["card-and-media"]
    assert codes(telegram, Part(text="a", media=(gif,))) == ["media-type"]
    assert codes(telegram, Part(text="a", media=(image,) * 11)) == ["too-many-files"]
    far = Span(start=0, end=9, url="https://a.example/")
    assert codes(telegram, Part(text="a", spans=(far,))) == ["span-place"]
    mail = Span(start=0, end=1, url="mailto:a@example.com")
    assert codes(telegram, Part(text="a", spans=(mail,))) == ["link-lost"]


def test_what_is_objected_to_is_never_sent(telegram):
    with pytest.raises(NotPublished) as refusal:
        telegram.connect().prepare(telegram.job(settings={"preview": "big"}))
    assert refusal.value.permanent
    assert telegram.server.requests == []
