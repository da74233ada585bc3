"""Discord: Markdown that looks as reviewed, files, threads, changes, and a secret address."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from network_fakes import discord as fake
from network_fakes import film

from mimin.model.payload import Card, Part, Payload, Span
from mimin.networks.discord import NETWORK
from mimin.networks.discord_message import content, webhook_path
from mimin.networks.http import Unclear
from mimin.networks.protocol import Edits, Identifies, NotPublished, Receipt, Retracts, TellsLimits

URL = "https://kopi-senja.example/menu"


def publish(bench, job):
    connection = bench.connect()
    return connection.commit(bench.prepared(connection, job))


def codes(bench, *parts, **fields):
    job = bench.job(*parts, **fields)
    return [found.code for found in NETWORK.check(job.payload, bench.access.account)]


# What it looks like


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("5 * 3 * 2", r"5 \* 3 \* 2"),
        ("nama_toko_kami", r"nama\_toko\_kami"),
        ("`kode`", r"\`kode\`"),
        (r"¯\_(ツ)_/¯", r"¯\\\_(ツ)\_/¯"),
        ("~~lama~~ ~5 rb", r"\~\~lama\~\~ ~5 rb"),
        ("||rahasia|| a|b", r"\|\|rahasia\|\| a|b"),
        ("[promo](x)", r"\[promo\](x)"),
        ("# Judul\n## Dua\n-# kecil\n#kopi", "\\# Judul\n\\## Dua\n\\-# kecil\n#kopi"),
        ("> kutip\n>>> semua\na > b", "\\> kutip\n\\>>> semua\na > b"),
        ("  > kutip", "  \\> kutip"),
        ("- satu\n1. dua", "- satu\n1. dua"),
        ("https://a.example/a_b_c?d=*e*", "https://a.example/a_b_c?d=*e*"),
        ("<#123> <@&45> <:kopi_susu:67> <t:1764560000:R>",) * 2,
        ("@everyone", "@everyone"),
    ],
)
def test_signs_that_would_be_markup_are_escaped_and_nothing_else(text, written):
    assert content(Part(text=text)) == written


@given(st.text(alphabet="ab *_~`|\\[]()>#-\n", max_size=30))
def test_taking_the_escapes_away_gives_the_text_back(text):
    written = content(Part(text=text))
    plain, escaped = [], False
    for sign in written:
        if escaped or sign != "\\":
            plain.append(sign)
            escaped = False
        else:
            escaped = True
    assert "".join(plain) == text


def test_a_link_stands_over_its_words(discord):
    part = Part(text="Lihat menu_kami di sini", spans=(Span(start=6, end=15, url=URL),))
    publish(discord, discord.job(part))
    assert discord.published()[0]["content"] == rf"Lihat [menu\_kami]({URL}) di sini"


def test_a_bracket_in_an_address_does_not_end_the_link():
    url = "https://id.wikipedia.org/wiki/Kopi_(minuman)"
    part = Part(text="Kopi", spans=(Span(start=0, end=4, url=url),))
    assert content(part) == "[Kopi](https://id.wikipedia.org/wiki/Kopi_%28minuman%29)"


def test_an_address_that_links_to_itself_is_written_once():
    assert content(Part(text=URL, spans=(Span(start=0, end=len(URL), url=URL),))) == URL


def test_what_follows_a_link_on_its_line_does_not_start_one():
    part = Part(text="a # b", spans=(Span(start=0, end=1, url=URL),))
    assert content(part) == f"[a]({URL}) # b"


def test_nobody_is_rung_for_whatever_the_text_says(discord):
    publish(discord, discord.job("@everyone <@1199887766554433221>"))
    assert discord.sent()[0]["json"]["allowed_mentions"] == {"parse": []}


# What is sent


def test_files_go_up_in_order_under_neutral_names_with_their_alt_texts(discord):
    media = (
        discord.image("rahasia.jpg", b"\xff\xd8 satu", "Satu"),
        discord.image("dua.jpg", b"\xff\xd8 dua", ""),
    )
    publish(discord, discord.job(Part(text="", media=media)))
    (message,) = discord.published()
    assert [item["filename"] for item in message["attachments"]] == ["media0.jpg", "media1.jpg"]
    assert [item.get("description") for item in message["attachments"]] == ["Satu", None]
    assert discord.server.uploads["media1.jpg"] == b"\xff\xd8 dua"


def test_a_real_video_arrives_whole(discord):
    media = discord.image("film.mp4", film.render(), "Hujan").model_copy(
        update={"mime": "video/mp4", "width": 64, "height": 48, "seconds": 1.0}
    )
    publish(discord, discord.job(Part(text="Video", media=(media,))))
    assert film.read_back(discord.server.uploads["media0.mp4"]) == (64, 48, 10)


def test_name_picture_sound_and_previews_are_settings(discord):
    settings = {
        "username": "Kopi Senja Promo",
        "avatar": "https://kopi-senja.example/a.png",
        "silent": "yes",
        "preview": "none",
    }
    publish(discord, discord.job(settings=settings))
    body = discord.sent()[0]["json"]
    assert body["username"] == "Kopi Senja Promo"
    assert body["avatar_url"] == "https://kopi-senja.example/a.png"
    assert body["flags"] == 4 | 4096


def test_a_message_goes_to_a_thread_and_is_changed_there(discord):
    connection = discord.connect()
    job = discord.job("satu", settings={"thread": fake.THREAD})
    receipt = connection.commit(discord.prepared(connection, job))
    assert receipt.url.endswith(f"/{fake.THREAD}/{receipt.remote_id}")
    elsewhere = discord.job("dua")
    connection.edit(elsewhere, receipt)
    assert discord.published()[0]["content"] == "dua"


def test_a_forum_gets_a_thread_of_its_own(discord):
    discord.server.forum = True
    connection = discord.connect()
    job = discord.job("satu", settings={"thread_name": "Gajian"})
    receipt = connection.commit(discord.prepared(connection, job))
    assert discord.published()[0]["thread_name"] == "Gajian"
    connection.retract(job, Receipt(remote_id=receipt.url))
    assert discord.published() == []


def test_a_forum_without_a_title_refuses_for_good(discord):
    discord.server.forum = True
    with pytest.raises(NotPublished, match="thread_name") as refusal:
        publish(discord, discord.job())
    assert refusal.value.permanent


def test_the_address_of_a_message_names_server_channel_and_message(discord):
    receipt = publish(discord, discord.job())
    assert receipt.url == (
        f"https://discord.com/channels/{fake.GUILD}/{fake.CHANNEL}/{receipt.remote_id}"
    )


# What goes wrong


@pytest.mark.parametrize(
    ("status", "code", "permanent"),
    [
        (400, 50035, True),
        (400, 50006, True),
        (413, 40005, True),
        (403, 200000, True),
        (403, 200001, True),
        (400, 240000, True),
        (404, 10015, False),
        (401, 50027, False),
        (403, 40333, False),
    ],
)
def test_a_refusal_says_whether_the_message_or_the_webhook_has_to_be_mended(
    discord, status, code, permanent
):
    connection = discord.connect()
    job = discord.prepared(connection, discord.job())
    discord.fails(status, code, "No")
    with pytest.raises(NotPublished) as refusal:
        connection.commit(job)
    assert refusal.value.permanent is permanent
    assert discord.published() == []


def test_a_webhook_that_was_deleted_is_found_out_before_the_claim(discord):
    discord.server.exists = False
    with pytest.raises(NotPublished, match="Unknown Webhook") as refusal:
        discord.connect().prepare(discord.job())
    assert not refusal.value.permanent


def test_an_overloaded_server_may_have_posted_it(discord):
    connection = discord.connect()
    job = discord.prepared(connection, discord.job())
    discord.fails(503, 130000, "API resource is currently overloaded")
    with pytest.raises(Unclear):
        connection.commit(job)
    assert connection.find(discord.blind(job)) is None


def test_an_answer_without_a_message_proves_nothing(discord):
    connection = discord.connect()
    job = discord.prepared(connection, discord.job())
    discord.server.fail(discord.path, status=204, text="", carried_out=True)
    with pytest.raises(Unclear):
        connection.commit(job)
    assert len(discord.published()) == 1


@pytest.mark.parametrize(
    ("secret", "path"),
    [
        ("https://discord.com/api/webhooks/12/a-b_C", "12/a-b_C"),
        (" https://ptb.discord.com/api/v9/webhooks/12/ab/\n", "12/ab"),
        ("https://discordapp.com/api/webhooks/12/ab", "12/ab"),
        ("https://discord.com.example/api/webhooks/12/ab", None),
        ("http://discord.com/api/webhooks/12/ab", None),
        ("https://discord.com/api/webhooks/12/ab/../x", None),
        ("https://discord.com/api/webhooks/12/ab?x=1", None),
        ("abc", None),
    ],
)
def test_a_webhook_is_an_address_of_discord_and_nothing_else(secret, path):
    assert webhook_path(secret) == path


@pytest.mark.parametrize("secret", [None, "", "abc", "https://example.com/api/webhooks/12/ab"])
def test_nothing_is_sent_to_what_is_no_webhook(discord, secret):
    discord.access = replace(discord.access, secret=secret)
    with pytest.raises(NotPublished) as refusal:
        discord.connect().prepare(discord.job())
    assert "abc" not in str(refusal.value)
    assert discord.server.requests == []


def test_the_webhook_is_in_no_log_no_handle_and_no_receipt(discord, caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("httpx2", "httpcore2"):
        caplog.set_level(logging.DEBUG, logger=name)
    connection = discord.connect()
    job = discord.prepared(connection, discord.job())
    receipt = connection.commit(job)
    assert fake.TOKEN not in caplog.text
    assert fake.TOKEN not in json.dumps([dict(job.handles), receipt.model_dump()])


# Changes


def test_a_text_is_changed_and_files_stay(discord):
    connection = discord.connect()
    media = (discord.image(),)
    job = discord.job(Part(text="Harga salah", media=media))
    receipt = connection.commit(discord.prepared(connection, job))
    changed = discord.job(Part(text="Harga *benar*", media=media))
    assert connection.edit(changed, receipt) == connection.edit(changed, receipt) == receipt
    (message,) = discord.published()
    assert message["content"] == r"Harga \*benar\*"
    assert len(message["attachments"]) == 1


def test_a_message_that_is_gone_can_not_be_changed_for_good(discord):
    connection = discord.connect()
    receipt = connection.commit(discord.prepared(connection, discord.job()))
    discord.published().clear()
    with pytest.raises(NotPublished) as refusal:
        connection.edit(discord.job("dua"), receipt)
    assert refusal.value.permanent


def test_what_is_gone_already_counts_as_taken_down(discord):
    connection = discord.connect()
    job = discord.job()
    receipt = connection.commit(discord.prepared(connection, job))
    empty = Payload(account=job.payload.account, network="discord", parts=())
    connection.retract(replace(job, payload=empty), receipt)
    connection.retract(replace(job, payload=empty), receipt)
    assert discord.published() == []


def test_a_webhook_that_is_gone_takes_nothing_down(discord):
    connection = discord.connect()
    receipt = connection.commit(discord.prepared(connection, discord.job()))
    discord.server.exists = False
    with pytest.raises(NotPublished) as refusal:
        connection.retract(discord.job(), receipt)
    assert not refusal.value.permanent
    assert len(discord.published()) == 1


def test_a_change_whose_answer_was_lost_may_be_tried_again(discord):
    connection = discord.connect()
    receipt = connection.commit(discord.prepared(connection, discord.job()))
    discord.server.fail(f"/messages/{receipt.remote_id}", breaks="read-timeout")
    with pytest.raises(Unclear):
        connection.edit(discord.job("dua"), receipt)
    connection.edit(discord.job("dua"), receipt)
    assert discord.published()[0]["content"] == "dua"


def test_what_a_person_told_wrongly_changes_nothing(discord):
    told = Receipt(remote_id="https://example.com/channels/1/2/3")
    with pytest.raises(NotPublished, match="tell the right one"):
        discord.connect().retract(discord.job(), told)
    assert discord.server.requests == []


def test_what_another_webhook_has_posted_is_not_taken_down_by_this_one(discord):
    connection = discord.connect()
    job = discord.prepared(connection, discord.job())
    receipt = connection.commit(job)
    other = receipt.model_copy(update={"handles": {"webhook": "77"}})
    for change in (lambda: connection.retract(job, other), lambda: connection.edit(job, other)):
        with pytest.raises(NotPublished, match="another webhook") as refusal:
            change()
        assert refusal.value.permanent
    assert len(discord.published()) == 1


def test_the_webhook_says_who_it_is(discord):
    identity = discord.connect().whoami()
    assert (identity.remote_id, identity.handle) == (fake.CHANNEL, "")
    assert identity.name.startswith("Kopi Senja, channel ")
    assert fake.CHANNEL in identity.name


def test_it_has_the_capabilities_that_a_webhook_has():
    connection = NETWORK.connection()
    assert issubclass(connection, Edits)
    assert issubclass(connection, Retracts)
    assert issubclass(connection, Identifies)
    assert not issubclass(connection, TellsLimits)


# What is refused in the pull request


@pytest.mark.parametrize(
    "settings",
    [
        {"username": ""},
        {"username": "a" * 81},
        {"username": "Clyde"},
        {"avatar": "http://a.example/a.png"},
        {"thread": "gajian"},
        {"thread": fake.THREAD, "thread_name": "Gajian"},
        {"thread_name": "a" * 101},
        {"silent": "ya"},
        {"preview": "large"},
    ],
)
def test_a_setting_that_discord_can_not_understand_is_named(discord, settings):
    assert codes(discord, settings=settings) == ["setting-invalid"]


def test_what_discord_would_lose_or_refuse_is_objected_to(discord):
    assert codes(discord, Part(text=" ")) == ["empty"]
    assert codes(discord, Part(text="a", media=(discord.image(),) * 11)) == ["too-many-files"]
    card = Card(url=URL, title="Menu")
    assert codes(discord, Part(text="Menu", card=card)) == ["link-lost"]
    assert codes(discord, Part(text=f"Menu {URL}", card=card)) == []
    far = Span(start=0, end=9, url=URL)
    assert codes(discord, Part(text="a", spans=(far,))) == ["span-place"]
    mail = Span(start=0, end=1, url="mailto:a@example.com")
    assert codes(discord, Part(text="a", spans=(mail,))) == ["link-lost"]


def test_escapes_and_links_count_as_characters(discord):
    assert codes(discord, "*" * 1000) == []
    assert codes(discord, "*" * 1001) == ["text-too-long"]
    link = Span(start=0, end=4, url=URL)
    assert codes(discord, Part(text="Menu" + "a" * 1990, spans=(link,))) == ["text-too-long"]


def test_what_is_objected_to_is_never_sent(discord):
    with pytest.raises(NotPublished) as refusal:
        discord.connect().prepare(discord.job("*" * 1001))
    assert refusal.value.permanent
    assert discord.server.requests == []
