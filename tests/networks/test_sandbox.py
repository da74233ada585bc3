from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whenever import Instant, TimeDelta

from mimin.errors import StoreError, UsageError
from mimin.model.brand import Account
from mimin.model.media import Media
from mimin.model.payload import Card, Part, Payload
from mimin.networks.protocol import Absent, Access, Connection, Job, Network, NotPublished
from mimin.networks.registry import find_network
from mimin.networks.sandbox import NETWORK
from mimin.networks.sandbox_audience import audience, comments, followers
from mimin.networks.sandbox_faults import EVERYONE, Fault, SandboxError, inject, pending
from mimin.networks.sandbox_rows import FILE, DuplicateError, SandboxPost, posts, unattached

NOON = Instant.from_utc(2026, 12, 1, 5)
REF = "kopi-senja/coba"
PICTURE = b"\x89PNG a picture of coffee"

UNCLEAR = (SandboxError, TimeoutError)


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now

    def pass_by(self, seconds):
        self.now += TimeDelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def access(tmp_path, clock):
    return Access(
        ref=REF,
        account=Account(network="sandbox", handle="kopisenja"),
        secret=None,
        folder=tmp_path / "private",
        clock=clock,
        read={"kopi.png": PICTURE}.__getitem__,
    )


@pytest.fixture
def connection(access):
    return NETWORK.connect(access)


def like(access, network, **limits):
    account = Account(network="sandbox", handle="kopisenja", like=network, limits=limits or None)
    return NETWORK.connect(replace(access, account=account))


def picture(content=PICTURE, **changes):
    known = {
        "path": "kopi.png",
        "sha256": hashlib.sha256(content).hexdigest(),
        "mime": "image/png",
        "size": len(content),
        "width": 1200,
        "height": 1000,
        "alt": "Secangkir kopi",
    }
    return Media(**known | changes)


def job(*parts, index=0, key="kopi-senja/gajian@coba", sent=(), handles=None, **payload):
    parts = parts or (Part(text="Gajian! Kopi gratis."),)
    return Job(
        key=key,
        payload=Payload(account=REF, network="sandbox", parts=parts, **payload),
        index=index,
        due=NOON,
        at=NOON,
        sent=sent,
        handles=handles or {},
    )


def publish(connection, work):
    return connection.commit(replace(work, handles=dict(connection.prepare(work))))


def test_the_registry_gives_a_network_that_fits_the_protocol(access):
    network: Network = find_network("sandbox")
    connection: Connection = network.connect(access)
    assert network.name == "sandbox"
    assert connection.find(job()) is Absent.PROVEN


def test_what_was_published_is_found_and_listed(connection, access):
    receipt = publish(connection, job())
    (post,) = posts(access.folder)
    assert connection.find(job()) == receipt
    assert (post.id, post.url, post.part.text) == (
        receipt.remote_id,
        receipt.url,
        "Gajian! Kopi gratis.",
    )
    assert (post.account, post.token, post.at) == (REF, job().token, NOON)


def test_its_address_can_never_be_a_real_one(connection):
    assert publish(connection, job()).url.startswith("https://sandbox.invalid/kopisenja/")


def test_a_second_commit_is_a_duplicate_that_does_not_say_where_the_first_is(connection, access):
    publish(connection, job())
    with pytest.raises(DuplicateError) as answer:
        publish(connection, job(Part(text="Teksnya berubah")))
    assert not isinstance(answer.value, NotPublished)
    assert len(posts(access.folder)) == 1


def test_two_accounts_may_use_one_token(connection, access):
    other = NETWORK.connect(replace(access, ref="kopi-senja/lain"))
    assert publish(connection, job()).remote_id != publish(other, job()).remote_id
    assert [post.account for post in posts(access.folder)] == [REF, "kopi-senja/lain"]


def test_nothing_is_public_while_preparing(connection, access):
    handles = connection.prepare(job(Part(text="Foto", media=(picture(),))))
    assert posts(access.folder) == []
    assert connection.find(job()) is Absent.PROVEN
    assert list(unattached(access.folder, REF)) == [int(handles["media0"])]


def test_an_upload_belongs_to_one_post_only(connection, access):
    first = job(Part(text="Foto", media=(picture(),)))
    handles = dict(connection.prepare(first))
    connection.commit(replace(first, handles=handles))
    second = job(Part(text="Foto lagi", media=(picture(),)), key="kopi-senja/lagi@coba")
    with pytest.raises(NotPublished, match="not uploaded, or belongs"):
        connection.commit(replace(second, handles=handles))
    assert unattached(access.folder, REF) == {}


def test_media_that_was_not_uploaded_can_not_be_shown(connection):
    with pytest.raises(NotPublished, match=r"kopi\.png was not uploaded"):
        connection.commit(job(Part(text="Foto", media=(picture(),))))


def test_media_that_changed_since_the_review_is_not_uploaded(connection, access):
    reviewed = picture(content=b"what the reviewer saw")
    with pytest.raises(NotPublished, match="not the file that was reviewed"):
        connection.prepare(job(Part(text="Foto", media=(reviewed,))))


def test_the_picture_of_a_link_card_is_uploaded_too(connection):
    card = Card(url="https://example.com", title="Menu", image=picture())
    work = job(Part(text="Menu baru", card=card))
    assert set(connection.prepare(work)) == {"card"}
    assert publish(connection, work).remote_id


def test_a_thread_hangs_together(connection, access):
    parts = tuple(Part(text=f"Bagian {number}") for number in range(1, 4))
    sent = ()
    for index in range(3):
        sent += (publish(connection, job(*parts, index=index, sent=sent)),)
    first, second, third = posts(access.folder)
    assert (first.parent, first.root) == (None, None)
    assert (second.parent, second.root) == (first.id, first.id)
    assert (third.parent, third.root) == (second.id, first.id)


def test_a_part_without_the_one_before_it_is_refused(connection, access):
    parts = (Part(text="satu"), Part(text="dua"))
    with pytest.raises(NotPublished, match="part 2 came after 0 receipts"):
        publish(connection, job(*parts, index=1))
    assert posts(access.folder) == []


def test_the_request_can_be_shown_before_anything_is_uploaded():
    parts = (Part(text="satu"), Part(text="dua", media=(picture(),)))
    shown = NETWORK.wire(job(*parts, index=1))
    assert shown["simulated"] is True
    assert shown["token"] == "kopi-senja/gajian@coba/1"
    assert shown["text"] == "dua"
    assert shown["parent"] == "{part 1}"
    assert shown["media"] == [{"upload": "{media0}", "mime": "image/png", "alt": "Secangkir kopi"}]


# Limits of the network that an account imitates.


@pytest.mark.parametrize(
    ("network", "part", "reason"),
    [
        ("bluesky", Part(text="a" * 301), "301 characters, 300 allowed"),
        ("bluesky", Part(text="👨‍👩‍👧" * 170), "bytes, 3000 allowed"),
        ("bluesky", Part(text="", media=(picture(alt=""),)), "no alt text"),
        ("bluesky", Part(text="", media=(picture(),) * 5), "5 images, 4 allowed"),
        ("bluesky", Part(text="", media=(picture(size=2_000_001),)), "2000000 allowed"),
        ("bluesky", Part(text=" \n "), "nothing to publish"),
        ("x", Part(text="ka" * 141), "282 characters, 280 allowed"),
        ("x", Part(text="", media=(picture(alt="a" * 1001),)), "1001 characters, 1000 allowed"),
        ("mastodon", Part(text="a" * 501), "501 characters, 500 allowed"),
        ("instagram", Part(text="tanpa gambar"), "an image or a video is required"),
        ("instagram", Part(text="", media=(picture(),)), "image/png is not accepted"),
        (
            "instagram",
            Part(text="", media=(picture(mime="image/jpeg", width=400, height=1200),)),
            "400x1200",
        ),
        ("telegram", Part(text="a" * 1025, media=(picture(),)), "1025 characters, 1024 allowed"),
        ("youtube", Part(text="<b>"), "'<' is not allowed"),
    ],
)
def test_an_account_refuses_what_the_imitated_network_refuses(access, network, part, reason):
    connection = like(access, network)
    work = job(part)
    handles = dict(connection.prepare(work))
    with pytest.raises(NotPublished, match=reason) as refusal:
        connection.commit(replace(work, handles=handles))
    assert refusal.value.permanent
    assert posts(access.folder) == []
    assert connection.find(work) is Absent.PROVEN


def test_all_reasons_of_a_refusal_are_said_at_once(access):
    connection = like(access, "bluesky")
    work = job(Part(text="a" * 301, media=(picture(alt=""),)))
    with pytest.raises(NotPublished, match=r"301 characters.*; .*no alt text"):
        publish(connection, work)


def test_the_accounts_own_limits_are_above_those_of_the_network(access):
    connection = like(access, "mastodon", text=1000)
    assert publish(connection, job(Part(text="a" * 1000))).remote_id
    with pytest.raises(NotPublished):
        publish(connection, job(Part(text="a" * 1001), key="kopi-senja/panjang@coba"))


def test_what_the_real_adapter_objects_to_is_refused_too(access):
    part = Part(text="Menu", media=(picture(),), card=Card(url="https://example.com", title="Menu"))
    work = job(part)
    (objection,) = NETWORK.check(
        work.payload, Account(network="sandbox", handle="k", like="bluesky")
    )
    assert objection.code == "card-and-media"
    with pytest.raises(NotPublished, match="either images or a link card"):
        publish(like(access, "bluesky"), work)


@pytest.mark.parametrize("network", [None, "mastodon", "x"])
def test_a_sandbox_account_needs_no_address_of_its_own(network):
    account = Account(network="sandbox", handle="kopisenja", like=network)
    assert NETWORK.check(job().payload, account) == ()


def test_threads_are_refused_where_there_are_none(access):
    with pytest.raises(NotPublished, match="threads do not exist"):
        publish(like(access, "linkedin"), job(Part(text="satu"), Part(text="dua")))


def test_a_warning_is_never_lost_in_silence(access):
    with pytest.raises(NotPublished, match="content warnings do not exist"):
        publish(like(access, "x"), job(warning="Kafein"))


def test_an_account_that_imitates_nothing_takes_long_texts(connection):
    assert publish(connection, job(Part(text="a" * 5000))).remote_id


def test_a_network_that_is_not_known_is_refused_before_anything_is_sent(access):
    with pytest.raises(UsageError, match="friendster"):
        like(access, "friendster")


@settings(deadline=None)
@given(text=st.text(alphabet="aé👍🏽\n", min_size=1, max_size=340))
def test_the_limit_of_the_imitated_network_is_where_the_refusals_begin(text):
    from mimin.networks.limits import LIMITS, over
    from mimin.networks.sandbox_rules import refusals

    refused = refusals(job(Part(text=f"a{text}")).payload, 0, LIMITS["bluesky"])
    assert bool(refused) == bool(over(LIMITS["bluesky"], f"a{text}"))


# Faults on request.


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.UNREACHABLE, Fault.LIMITED])
def test_a_proof_that_nothing_went_out_tells_the_truth(connection, access, fault):
    inject(access.folder, REF, fault, seconds=90)
    with pytest.raises(NotPublished) as refusal:
        publish(connection, job())
    assert connection.find(job()) is Absent.PROVEN
    assert refusal.value.permanent == (fault is Fault.REFUSED)
    expected = NOON + TimeDelta(seconds=90) if fault is Fault.LIMITED else None
    assert refusal.value.retry_at == expected


@pytest.mark.parametrize(
    ("fault", "out"),
    [
        (Fault.BROKEN, False),
        (Fault.TIMEOUT, False),
        (Fault.BROKEN_AFTER, True),
        (Fault.ANSWER_LOST, True),
    ],
)
def test_an_unclear_answer_says_nothing_and_finding_says_all(connection, access, fault, out):
    inject(access.folder, REF, fault)
    with pytest.raises(UNCLEAR):
        publish(connection, job())
    found = connection.find(job())
    assert (found is not Absent.PROVEN) == out
    assert len(posts(access.folder)) == out


def test_what_is_out_and_what_is_not_get_the_same_words(connection, access):
    words = []
    for number, fault in enumerate((Fault.BROKEN, Fault.BROKEN_AFTER)):
        inject(access.folder, REF, fault)
        with pytest.raises(SandboxError) as answer:
            publish(connection, job(key=f"kopi-senja/{number}@coba"))
        words.append(str(answer.value))
    assert words[0] == words[1]


def test_a_post_that_shows_late_is_neither_found_nor_proven_absent_before(
    connection, access, clock
):
    inject(access.folder, REF, Fault.LATE, seconds=60)
    with pytest.raises(TimeoutError):
        publish(connection, job())
    clock.pass_by(59)
    assert connection.find(job()) is None
    clock.pass_by(1)
    assert connection.find(job()).remote_id


def test_a_network_that_can_not_be_asked_says_so(connection, access):
    inject(access.folder, REF, Fault.BLIND)
    assert connection.find(job()) is None
    assert connection.find(job()) is Absent.PROVEN


def test_a_refused_upload_leaves_nothing(connection, access):
    inject(access.folder, REF, Fault.UPLOAD_REFUSED)
    with pytest.raises(NotPublished):
        connection.prepare(job(Part(text="Foto", media=(picture(),))))
    assert unattached(access.folder, REF) == {}


@pytest.mark.parametrize(("fault", "waited"), [(Fault.SLOW, [0]), (Fault.SLOW_ANSWER, [1])])
def test_slow_calls_wait_before_or_after_the_post_is_out(
    connection, access, monkeypatch, fault, waited
):
    out = []
    monkeypatch.setattr("time.sleep", lambda _seconds: out.append(len(posts(access.folder))))
    inject(access.folder, REF, fault, seconds=5)
    assert publish(connection, job()).remote_id
    assert out == waited


def test_a_fault_strikes_as_often_as_was_asked_and_only_its_account(connection, access):
    other = NETWORK.connect(replace(access, ref="kopi-senja/lain"))
    inject(access.folder, REF, Fault.BROKEN, times=2)
    publish(other, job())
    for left in (1, 0):
        with pytest.raises(SandboxError):
            publish(connection, job())
        assert pending(access.folder) == ([(REF, Fault.BROKEN, left)] if left else [])
    assert publish(connection, job()).remote_id


def test_a_fault_for_everyone_strikes_whoever_comes_first(connection, access):
    inject(access.folder, EVERYONE, Fault.BROKEN)
    with pytest.raises(SandboxError):
        publish(connection, job())
    assert publish(connection, job()).remote_id


# The file.

CHILD = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    from whenever import Instant
    from mimin.model.brand import Account
    from mimin.model.payload import Part, Payload
    from mimin.networks.protocol import Access, Job
    from mimin.networks.sandbox import NETWORK

    def hang(seconds):
        print("waiting", flush=True)
        sys.stdin.read()

    time.sleep = hang
    noon = Instant.from_utc(2026, 12, 1, 5)
    payload = Payload(account="kopi-senja/coba", network="sandbox", parts=(Part(text="Halo"),))
    job = Job(key="kopi-senja/gajian@coba", payload=payload, index=0, due=noon, at=noon)
    account = Account(network="sandbox", handle="kopisenja")
    connection = NETWORK.connect(
        Access(ref="kopi-senja/coba", account=account, secret=None, folder=Path(sys.argv[1]),
               clock=lambda: noon, read=None)
    )
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        print(connection.commit(job).remote_id, flush=True)
    except Exception as error:
        print(type(error).__name__, flush=True)
    """
)


def child(folder: Path):
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_run_killed_after_the_post_is_out_leaves_a_post_that_is_found(connection, access):
    inject(access.folder, REF, Fault.SLOW_ANSWER, seconds=60)
    with child(access.folder) as run:
        assert run.stdout.readline() == "ready\n"
        run.stdin.write("go\n")
        run.stdin.flush()
        assert run.stdout.readline() == "waiting\n"
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
    assert connection.find(job()).remote_id == posts(access.folder)[0].id


def test_of_many_processes_one_publishes_and_the_others_are_duplicates(access):
    runs = [child(access.folder) for _ in range(3)]
    for run in runs:
        assert run.stdout.readline() == "ready\n"
    for run in runs:
        run.stdin.write("go\n")
        run.stdin.flush()
    answers = [run.communicate()[0].strip() for run in runs]
    (post,) = posts(access.folder)
    assert sorted(answers) == sorted([post.id, "DuplicateError", "DuplicateError"])


def test_looking_at_a_sandbox_that_was_never_used_makes_no_file(tmp_path):
    assert posts(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_only_the_database_is_left_in_the_folder(connection, access):
    publish(connection, job())
    left = {entry.name for entry in access.folder.iterdir()} - {f"{FILE}-wal", f"{FILE}-shm"}
    assert left == {FILE}


def test_a_file_of_another_version_is_not_touched(connection, access):
    publish(connection, job())
    with sqlite3.connect(access.folder / FILE) as rows:
        rows.execute("PRAGMA user_version = 99")
    rows.close()
    with pytest.raises(StoreError, match="format 99"):
        posts(access.folder)


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / FILE).write_text("this is not a database, whatever it is called, not even close")
    with pytest.raises(StoreError, match="delete it to start anew"):
        posts(tmp_path)


# The simulated audience.


def post_of(name="a1", account=REF):
    work = job()
    return SandboxPost(
        id=name,
        url="",
        account=account,
        handle="kopisenja",
        like=None,
        token=work.token,
        index=0,
        part=work.part,
        parent=None,
        root=None,
        languages=(),
        warning=None,
        visibility="public",
        due=NOON,
        at=NOON,
    )


@settings(deadline=None)
@given(name=st.text(min_size=1, max_size=8), hours=st.lists(st.integers(0, 2000), min_size=2))
def test_what_a_post_has_got_never_falls(name, hours):
    post = post_of(name)
    seen = [audience(post, NOON + TimeDelta(hours=hour)) for hour in sorted(hours)]
    for before, after in pairwise(seen):
        assert before.views <= after.views
        assert before.likes <= after.likes <= after.views
        assert before.reposts <= after.reposts <= after.views
        assert before.replies <= after.replies


def test_the_audience_is_the_same_for_the_same_seed_and_another_for_another():
    week = NOON + TimeDelta(hours=7 * 24)
    assert audience(post_of(), week) == audience(post_of(), week)
    assert audience(post_of(), week) != audience(post_of(), week, seed="lain")
    assert followers(REF, week) != followers("kopi-senja/lain", week)


def test_nobody_reacts_before_the_post_is_out():
    earlier = audience(post_of(), NOON - TimeDelta(hours=1))
    assert (earlier.views, earlier.likes, earlier.reposts, earlier.replies) == (0, 0, 0, 0)


def test_each_reply_is_a_comment_that_came_in_by_then():
    later = NOON + TimeDelta(hours=30 * 24)
    for number in range(20):
        post = post_of(f"p{number}")
        coming = comments(post, later)
        assert audience(post, later).replies == len(coming)
        assert all(NOON <= comment.at <= later for comment in coming)
        assert [comment.at for comment in coming] == sorted(comment.at for comment in coming)


def test_all_of_it_says_that_it_is_simulated():
    later = NOON + TimeDelta(hours=30 * 24)
    assert audience(post_of(), later).simulated
    assert all(comment.simulated for n in range(9) for comment in comments(post_of(f"{n}"), later))


def test_an_account_grows():
    assert followers(REF, NOON) < followers(REF, NOON + TimeDelta(hours=365 * 24))
