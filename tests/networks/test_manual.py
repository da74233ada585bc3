from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whenever import Instant

from mimin.errors import UsageError
from mimin.model.brand import Account
from mimin.model.delivery import delivery_key
from mimin.model.media import Media
from mimin.model.payload import Card, Part, Payload, Span
from mimin.networks.manual import NETWORK, pack_name
from mimin.networks.protocol import (
    Access,
    Connection,
    HandedOver,
    Job,
    Network,
    NotPublished,
    Receipt,
)
from mimin.networks.registry import find_network

DUE = Instant.from_utc(2026, 12, 1, 3, 30)
FILES = {"media/Kopi Senja (1).jpg": b"jpeg bytes", "card:0f": b"png bytes"}


@pytest.fixture
def access(tmp_path):
    return Access(
        ref="kopi-senja/wa",
        account=Account(
            network="manual",
            like="whatsapp",
            handle="kopisenja",
            url="https://example.com/kopisenja",
        ),
        secret=None,
        folder=tmp_path,
        clock=lambda: DUE,
        read=FILES.__getitem__,
    )


@pytest.fixture
def connection(access):
    return NETWORK.connect(access)


def media(path, mime="image/jpeg", alt="Secangkir kopi"):
    content = FILES[path]
    return Media(
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        mime=mime,
        size=len(content),
        width=10,
        height=10,
        alt=alt,
    )


PHOTO = media("media/Kopi Senja (1).jpg")
CARD = media("card:0f", "image/png", "Promo gajian")


def job(*parts, index=0, key="kopi-senja/gajian@wa", sent=(), **payload):
    parts = parts or (Part(text="Gajian!\r\nKopi  gratis\u2028", media=(PHOTO, CARD)),)
    return Job(
        key=key,
        payload=Payload(account="kopi-senja/wa", network="manual", parts=parts, **payload),
        index=index,
        due=DUE,
        at=DUE,
        sent=sent,
    )


def hand_over(connection, work):
    with pytest.raises(HandedOver) as handed:
        connection.commit(replace(work, handles=dict(connection.prepare(work))))
    return handed.value


def read(pack):
    return {entry.name: entry.read_bytes() for entry in pack.iterdir()}


def checklist(connection, work):
    return (hand_over(connection, work).pack / "checklist.md").read_text(encoding="utf-8")


def test_the_registry_gives_a_network_that_fits_the_protocol(access):
    network: Network = find_network("manual")
    connection: Connection = network.connect(access)
    assert connection.find(job()) is None


def test_the_pack_holds_the_exact_text_and_the_files_in_their_order(connection, access):
    pack = hand_over(connection, job()).pack
    assert pack == access.folder / "packs" / "kopi-senja.gajian.wa-1"
    found = read(pack)
    assert set(found) == {
        "text.txt",
        "alt.txt",
        "checklist.md",
        "01-Kopi-Senja-1.jpg",
        "02-card.png",
    }
    assert found["text.txt"] == "Gajian!\r\nKopi  gratis\u2028".encode()
    assert found["01-Kopi-Senja-1.jpg"] == b"jpeg bytes"
    assert found["alt.txt"].decode().splitlines() == [
        "01-Kopi-Senja-1.jpg",
        "Secangkir kopi",
        "",
        "02-card.png",
        "Promo gajian",
    ]


def test_handing_over_is_neither_a_receipt_nor_a_refusal(connection):
    assert not isinstance(hand_over(connection, job()), NotPublished)


def test_the_words_that_may_be_recorded_hold_no_path_of_this_machine(connection, access):
    said = str(hand_over(connection, job()))
    assert "kopi-senja.gajian.wa-1" in said
    assert str(access.folder) not in said


def test_nothing_is_written_while_preparing(connection, access):
    assert connection.prepare(job()) == {"pack": "kopi-senja.gajian.wa-1"}
    assert list(access.folder.iterdir()) == []


def test_the_same_pack_is_left_as_it_lies(connection):
    pack = hand_over(connection, job()).pack
    before = {entry: entry.stat().st_mtime_ns for entry in pack.iterdir()}
    inode = pack.stat().st_ino
    hand_over(connection, job())
    assert {entry: entry.stat().st_mtime_ns for entry in pack.iterdir()} == before
    assert pack.stat().st_ino == inode


def test_a_pack_that_somebody_changed_is_laid_anew(connection):
    pack = hand_over(connection, job()).pack
    laid = read(pack)
    (pack / "text.txt").write_text("Bukan teks yang disetujui")
    (pack / "left-over.jpg").write_bytes(b"")
    assert read(hand_over(connection, job()).pack) == laid


def test_only_packs_are_left_in_their_folder(connection, access):
    for text in ("satu", "dua"):
        hand_over(connection, job(Part(text=text)))
    assert [entry.name for entry in (access.folder / "packs").iterdir()] == [
        "kopi-senja.gajian.wa-1"
    ]


def test_a_pack_that_can_not_be_laid_is_seen_by_nobody(connection, access):
    (access.folder / "packs").write_text("a file in the way")
    with pytest.raises(NotPublished, match=r"kopi-senja\.gajian\.wa-1 can not be written"):
        connection.commit(job())


def test_media_that_changed_since_the_review_is_not_handed_over(connection, access):
    changed = PHOTO.model_copy(update={"sha256": "0" * 64})
    for step in (connection.prepare, connection.commit):
        with pytest.raises(NotPublished, match="not the file that was reviewed"):
            step(job(Part(text="Foto", media=(changed,))))
    assert list(access.folder.iterdir()) == []


def test_the_checklist_speaks_both_languages_and_says_where_and_when(connection):
    text = checklist(connection, job())
    assert text.count("@kopisenja (whatsapp) https://example.com/kopisenja") == 2
    assert text.count("2026-12-01 10:30 WIB") == 2
    assert text.count("2026-12-01 03:30 UTC") == 2
    assert text.count("`mimin done kopi-senja/gajian@wa --url URL`") == 2
    assert "# Unggah dengan tangan: kopi-senja/gajian@wa" in text
    assert "# Post by hand: kopi-senja/gajian@wa" in text


def test_the_checklist_names_what_the_text_alone_does_not_show(connection):
    part = Part(
        text="Lihat menu kami",
        spans=(Span(start=6, end=10, url="https://example.com/menu"),),
        card=Card(url="https://example.com", title="Menu"),
    )
    text = checklist(connection, job(part, warning="Kafein", visibility="followers"))
    for words in (
        "“menu” → https://example.com/menu",
        "https://example.com\n",
        "Kafein",
        "followers",
    ):
        assert text.count(words) == 2


def test_a_later_part_of_a_thread_names_the_part_it_answers(connection):
    parts = (Part(text="satu"), Part(text="dua"))
    sent = (Receipt(remote_id="1", url="https://example.com/p/1"),)
    text = checklist(connection, job(*parts, index=1, sent=sent))
    assert "Reply to the part before: https://example.com/p/1" in text
    assert "(2/2)" in text
    assert "`mimin done kopi-senja/gajian@wa --part 2 --url URL`" in text


def test_a_post_without_media_has_no_alt_text_file(connection):
    assert set(read(hand_over(connection, job(Part(text="Halo"))).pack)) == {
        "text.txt",
        "checklist.md",
    }


def test_limits_are_those_of_the_network_the_account_is_on(access):
    assert NETWORK.limits(access.account).text == 4096
    with pytest.raises(UsageError, match="friendster"):
        NETWORK.connect(
            replace(access, account=access.account.model_copy(update={"like": "friendster"}))
        )


def test_the_pack_can_be_shown_before_it_is_laid():
    shown = NETWORK.wire(job())
    assert shown["by hand"] == "kopi-senja/wa"
    assert shown["text"] == "Gajian!\r\nKopi  gratis\u2028"


SLUGS = st.from_regex(r"\A[a-z0-9][a-z0-9_-]{0,5}\Z")


@settings(deadline=None)
@given(
    names=st.lists(
        st.tuples(SLUGS, SLUGS, SLUGS, st.none() | st.integers(1, 30), st.integers(0, 1)),
        unique=True,
        min_size=2,
        max_size=6,
    )
)
def test_two_parts_never_share_a_pack(names):
    two = (Part(text="satu"), Part(text="dua"))
    packs = {
        pack_name(job(*two, index=part, key=delivery_key(f"{brand}/{post}", f"{brand}/{who}", nth)))
        for brand, post, who, nth, part in names
    }
    assert len(packs) == len(names)
    assert all("/" not in pack and not pack.startswith(".") for pack in packs)


def test_a_manual_network_hands_over_and_never_says_that_it_is_out(manual):
    connection = manual.connect()
    job = manual.prepared(connection, manual.job("Halo"))
    assert manual.commit(connection, job).pack in manual.published()
    assert connection.find(manual.blind(job)) is None
