"""`mimin ledger` on ledgers that were damaged: what it says, and that each way out works."""

from __future__ import annotations

import json
import subprocess
import time

import pytest

NOW = "2026-12-01T09:06+07:00"
POST = "---\naccounts: [bluesky, mastodon]\nat: 2026-12-01 09:05\n---\nHalo.\n"
FILE = "events/kopi-senja/bluesky/2026-12.jsonl"
LEDGER = "refs/heads/mimin/ledger"
FRESH = ("refs/mimin/seen/mimin/ledger", "refs/mimin/copied/mimin/ledger/head",
         "refs/mimin/verified/mimin/ledger")  # fmt: skip


class Shop:
    """A workspace whose post is out, with its ledger on a remote."""

    def __init__(self, place, bare):
        self.place, self.bare = place, bare

    def mimin(self, *words):
        return self.place.run(*words)

    def publish(self):
        return self.mimin("publish", "--now", NOW)

    def forget(self):
        """Make the clone one that has never seen the ledger."""
        for ref in FRESH:
            self.place.git("update-ref", "-d", ref)

    def git(self, *args, stdin=None):
        done = subprocess.run(
            ["git", "-C", str(self.bare), *args], input=stdin, capture_output=True, check=True
        )
        return done.stdout

    def edit(self, change, path=FILE):
        """Commit by hand another content of a file, or none."""
        content = change(self.git("cat-file", "blob", f"{LEDGER}:{FILE}"))
        stream = [b"commit %s\ncommitter x <x> 0 +0000\ndata 0\n" % LEDGER.encode()]
        stream += [b"from %s^0\n" % LEDGER.encode()]
        if content is None:
            stream += [b"D %s\n" % path.encode()]
        else:
            stream += [b"M 100644 inline %s\n" % path.encode()]
            stream += [b"data %d\n%s\n" % (len(content), content)]
        self.git("fast-import", "--quiet", stdin=b"".join(stream))


@pytest.fixture
def shop(place, tmp_path):
    bare = tmp_path / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
    place.write({"content/kopi-senja/posts/gajian.md": POST})
    place.commit()
    place.git("remote", "add", "origin", str(bare))
    made = Shop(place, bare)
    assert made.publish().out.count("published") == 2
    return made


SPOILT = {
    "receipts taken out": lambda shop: shop.edit(lambda old: old.splitlines(True)[0]),
    "a file taken away": lambda shop: shop.edit(lambda _old: None),
    "rewound": lambda shop: shop.git("update-ref", LEDGER, f"{LEDGER}~2"),
    "deleted": lambda shop: shop.git("update-ref", "-d", LEDGER),
}


@pytest.mark.parametrize("fresh", [False, True], ids=["seen", "fresh"])
@pytest.mark.parametrize("how", SPOILT)
def test_nothing_goes_out_again_and_what_was_lost_is_put_back(shop, how, fresh):
    SPOILT[how](shop)
    if fresh:
        shop.forget()
    for command in (["publish", "--now", NOW], ["ledger", "verify"], ["plan", "--now", NOW]):
        told = shop.mimin(*command)
        assert (told.code, told.out) == (1, "")
        assert len(told.err.splitlines()) == 1
        assert "mimin ledger restore" in told.err
    shown = shop.mimin("ledger", "restore", "--dry-run", "--now", NOW)
    assert shown.code == 0
    assert '"published"' in shown.out
    assert "nothing was written" in shown.err
    assert shop.publish().code == 1
    told = shop.mimin("ledger", "restore", "--now", NOW)
    assert told.code == 0
    assert told.out == shown.out
    assert "restored by commit" in told.err
    again = shop.publish()
    assert (again.code, again.out) == (0, "")
    assert "4 events, 0 faults" in shop.mimin("ledger", "verify").err
    assert "nothing is missing" in shop.mimin("ledger", "restore").err


@pytest.mark.parametrize("how", SPOILT)
def test_a_person_may_accept_the_loss_and_all_clones_go_on(shop, how):
    SPOILT[how](shop)
    shown = shop.mimin("ledger", "accept", "a trial", "--dry-run", "--now", NOW)
    assert "nothing was written" in shown.err
    assert shop.publish().code == 1
    told = shop.mimin("ledger", "accept", "a trial", "--by", "Rara", "--now", NOW)
    assert (told.code, told.out) == (0, shown.out)
    shop.forget()
    assert shop.mimin("ledger", "log").code == 0
    line = json.loads(shop.git("cat-file", "blob", f"{LEDGER}:accepted.jsonl"))
    assert (line["by"], line["reason"]) == ("Rara", "a trial")
    assert "nothing to accept" in shop.mimin("ledger", "accept", "again", "--now", NOW).err


def test_a_loss_is_not_accepted_without_a_reason(shop):
    assert shop.mimin("ledger", "accept", " ").code == 2


def line(**fields):
    event = {"v": 2, "at": "2026-12-01T02:06:00Z", "kind": "claimed", "part": 0,
             "account": "kopi-senja/bluesky", "key": "kopi-senja/lain@bluesky"}  # fmt: skip
    return json.dumps(event | fields).encode() + b"\n"


HOSTILE = {
    "part": line(part=900_000_000),
    "parts": line(parts=10**12),
    "enormous": line(reason="x" * 3_000_000),
    "deep": b"[" * 200_000 + b"\n",
    "no text": b"\xff\xfe\n",
    "blank": b"\n",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_line_is_refused_by_its_place_and_can_be_taken_out(shop, what):
    shop.edit(lambda old: old + HOSTILE[what])
    start = time.monotonic()
    for command in (["publish", "--now", NOW], ["ledger", "log"], ["ledger", "show"]):
        told = shop.mimin(*command)
        assert (told.code, told.out) == (1, "")
        assert f"{FILE}:3 is damaged" in told.err
        assert len(told.err) < 700
    assert time.monotonic() - start < 10
    assert f"{FILE}: - 1 line" in shop.mimin("ledger", "restore", "--now", NOW).out
    assert "4 events, 0 faults" in shop.mimin("ledger", "verify").err
    assert (shop.publish().code, shop.publish().out) == (0, "")


ODD = {
    "year 9999": line(at="9999-12-31T23:59:59Z", due="9999-12-31T23:59:59Z",
                      until="9999-12-31T23:59:59Z"),
    "year 1": line(at="0001-01-01T00:00:00Z", due="0001-01-01T00:00:00Z",
                   until="0001-01-01T00:00:00Z"),
    "a try in 9999": line() + line(kind="refused", reason="x", retry_at="9999-12-31T23:59:59Z"),
    "handles of much": line(handles={f"h{number}": "x" * 1000 for number in range(900)}),
    "key that steers": line(key="kopi-senja/\x1b[2J\x07@bluesky", reason="\x1b]0;x\x07"),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_an_odd_event_costs_no_time_and_steers_no_terminal(shop, what):
    shop.edit(lambda old: old + ODD[what])
    start = time.monotonic()
    for command in (["log"], ["show"], ["verify"], ["show", "kopi-senja/gajian@bluesky"]):
        told = shop.mimin("ledger", *command)
        assert told.code == 0, told.err
        assert "\x1b" not in told.out
        assert "\x07" not in told.out
    told = shop.publish()
    assert told.code in {0, 1, 4}
    assert "published" not in told.out
    assert time.monotonic() - start < 15


def test_thousands_of_accounts_are_read_soon(shop):
    stream = [b"commit %s\ncommitter x <x> 0 +0000\ndata 0\n" % LEDGER.encode()]
    stream += [b"from %s^0\n" % LEDGER.encode()]
    for number in range(3000):
        content = line(account=f"kopi-senja/a{number}", key=f"kopi-senja/b@a{number}")
        stream += [b"M 100644 inline events/kopi-senja/a%d/2026-12.jsonl\n" % number]
        stream += [b"data %d\n%s\n" % (len(content), content)]
    shop.git("fast-import", "--quiet", stdin=b"".join(stream))
    shop.forget()
    start = time.monotonic()
    assert "3004 events, 0 faults" in shop.mimin("ledger", "verify").err
    assert shop.mimin("ledger", "show").code == 0
    assert time.monotonic() - start < 20
