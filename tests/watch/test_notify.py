"""Notices: each alarm is sent once, its end once, and no address is ever shown."""

from __future__ import annotations

import json
import sys
import types

import pytest

from mimin.errors import UsageError
from mimin.networks.notices import NoticeError, send_notice
from mimin.watch.alarm import Alarm, Code
from mimin.watch.memory import compare

EARLY, LATE = "2026-12-01T10:20+07:00", "2026-12-01T11:00+07:00"
ADDRESS = "json://user:s3cret@127.0.0.1:9/alarms"


@pytest.fixture
def sent(monkeypatch):
    """What an apprise that is not apprise has sent: (address, title, body)."""
    out = []

    class Apprise:
        def __init__(self):
            self.addresses = []

        def add(self, address):
            self.addresses.append(address)
            return "://" in address

        def notify(self, *, title, body):
            out.extend((address, title, body) for address in self.addresses)
            return not any("down" in address for address in self.addresses)

    module = types.ModuleType("apprise")
    module.Apprise = Apprise
    monkeypatch.setitem(sys.modules, "apprise", module)
    return out


@pytest.fixture
def watch(late_place):
    def run(now=LATE, addresses=ADDRESS, **env):
        return late_place.run("watch", "--notify", "--now", now,
                              env={"MIMIN_NOTIFY": addresses, **env})  # fmt: skip

    return run


def test_an_alarm_is_sent_once_and_its_end_once(watch, sent, late_place):
    assert watch().code == 4
    watch(now="2026-12-01T11:10+07:00")
    assert [title for _, title, _ in sent] == ["mimin: 1 new, 0 over"]
    assert sent[0][2].startswith("! no run came: kopi-senja/gajian@bluesky")
    late_place.run("publish", "--now", LATE)
    assert watch().code == 0
    assert watch().code == 0
    assert [body for _, _, body in sent[1:]] == ["over: missed:kopi-senja"]


def test_what_was_told_is_remembered_on_a_branch_of_its_own(watch, sent, late_place):
    watch()
    kept = json.loads(late_place.git("show", "mimin/alarms:alarms.json"))
    assert kept == {"v": 1, "told": {"missed:kopi-senja": ["kopi-senja/gajian@bluesky"]}}
    commits = late_place.git("rev-list", "--count", "mimin/alarms")
    watch()
    assert late_place.git("rev-list", "--count", "mimin/alarms") == commits


def test_a_notice_that_reached_nobody_is_sent_again(watch, sent):
    ran = watch(addresses="json://down")
    assert ran.code == 4
    assert "mimin: MIMIN_NOTIFY: address 1 did not take the notice" in ran.err
    watch()
    assert len(sent) == 2


def test_one_address_that_fails_keeps_nothing_from_the_others(watch, sent):
    ran = watch(addresses=f"nonsense {ADDRESS}")
    assert "mimin: MIMIN_NOTIFY: address 1 is not of a kind that apprise knows" in ran.err
    assert len(sent) == 1
    watch()
    assert len(sent) == 1


def test_no_address_is_ever_shown(watch, sent):
    for addresses in (ADDRESS, "down://user:s3cret@127.0.0.1", "s3cret"):
        ran = watch(addresses=addresses)
        assert "s3cret" not in ran.out + ran.err


def test_a_damaged_memory_tells_the_team_again(watch, sent, late_place):
    watch()
    blob = late_place.root / "broken"
    blob.write_text("{")
    late_place.git("checkout", "-q", "mimin/alarms")
    (late_place.root / "alarms.json").write_text("{")
    late_place.git("commit", "-q", "-am", "Damage")
    late_place.git("checkout", "-q", "main")
    watch()
    assert len(sent) == 2


def test_notify_without_addresses_is_a_usage_error(watch):
    ran = watch(addresses="")
    assert (ran.code, "MIMIN_NOTIFY" in ran.err) == (2, True)


def test_a_missing_apprise_is_said_with_the_way_out(watch, monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    ran = watch()
    assert ran.code == 2
    assert "pip install 'mimin[alerts]'" in ran.err


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_apprise_itself_takes_a_notice():
    """The real thing, where it is installed: one POST to this machine."""
    pytest.importorskip("apprise")
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        address = f"json://127.0.0.1:{server.server_port}/"
        assert send_notice([address], "mimin: 1 new", "no run came") == []
        with pytest.raises(NoticeError, match="address 1"):
            send_notice(["nonsense"], "t", "b")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert (got[0]["title"], got[0]["message"]) == ("mimin: 1 new", "no run came")


def test_more_behind_an_alarm_is_news_and_less_is_not():
    told = {"missed:a": ("a/x@b", "a/y@b")}
    fewer = Alarm(code=Code.MISSED, subject="a", deliveries=("a/x@b",))
    more = Alarm(code=Code.MISSED, subject="a", deliveries=("a/x@b", "a/z@b"))
    assert not compare([fewer], told)
    assert compare([more], told).begun == [more]
    assert compare([], told).over == ["missed:a"]


def test_without_addresses_nothing_is_sent(sent):
    with pytest.raises((NoticeError, UsageError)):
        send_notice([], "t", "b")
