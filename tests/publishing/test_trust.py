"""A token goes to the brand and to the server that it was given for, and nowhere else."""

from __future__ import annotations

import json
import re
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import mimin.planning.identity as identity_module
import mimin.publishing.desk as desk_module
import mimin.workspace.workspace as workspace_module
from mimin.ledger.tokens import Token
from mimin.model.base import fold
from mimin.model.brand import Account
from mimin.networks.address import base_address, token_host
from mimin.planning.secret_names import Owners, is_reserved

pytestmark = pytest.mark.long  # each runs commands in a workspace with git and servers

NOW = "2026-12-01T13:00+07:00"
LATER = "2026-12-01T14:00+07:00"
HEAD = "name: {0}\nzone: Asia/Jakarta\nlanguages: [id]\napproval: {1}\naccounts:\n"
ACCOUNT = "  {}: {{network: mastodon, server: '{}', handle: {}, secret: {}}}\n"
KEDAI, EVIL = "content/kedai/brand.yml", "content/evil/brand.yml"
TOKENS = {
    "KEDAI_MASTODON": "token-of-kedai",
    "MIMIN_BUTTON": "token-of-mimin",
    "GITHUB_TOKEN": "token-of-github",
    "AWS_SECRET_ACCESS_KEY": "token-of-aws",
    "OTHER_TOKEN": "token-of-somebody",
}


class Instance(BaseHTTPRequestHandler):
    """An instance that notes every header it is sent, and takes every post."""

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.command == "POST" and self.path.endswith("/statuses"):
            self.server.posts.append(json.loads(body)["status"])
        self.server.seen.append(self.headers.get("authorization"))
        own = self.path.endswith("verify_credentials")
        answer = {"id": "1" if own else str(len(self.server.seen)), "username": "a", "acct": "a",
                  "url": "http://x", "uri": "u", "content": "Halo.",
                  "created_at": "2026-12-01T06:00:00Z"}  # fmt: skip
        status = 502 if self.server.fails and self.path.endswith("/statuses") else 200
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - the name that the library calls

    def date_time_string(self, timestamp=None):
        return f"Tue, 01 Dec 2026 {self.server.clock} GMT"

    def log_message(self, *_):
        """Keep the test's output clean."""


class Server(ThreadingHTTPServer):
    all = []

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Instance)
        self.seen = []
        self.posts = []
        self.fails = False
        self.clock = "06:00:00"
        self.address = f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def tokens(self):
        return {token.partition(" ")[2] for token in self.seen if token}


@pytest.fixture
def servers():
    made = Server.all = [Server(), Server()]
    for each in made:
        threading.Thread(target=each.serve_forever, daemon=True).start()
    yield made
    for each in made:
        each.shutdown()
        each.server_close()


@pytest.fixture
def home(servers):
    return servers[0]


@pytest.fixture
def foreign(servers):
    return servers[1]


def post(account, at="13:00", text="Halo."):
    return f"---\naccounts: [{account}]\nat: 2026-12-01 {at}\n---\n{text}\n"


def brand(name, *accounts, approval="merge"):
    return HEAD.format(name, approval) + "".join(ACCOUNT.format(*each) for each in accounts)


@pytest.fixture
def shop(fresh, home):
    """The same, after somebody has said that the token is for that server."""
    assert trust(fresh, home).code == 0
    return fresh


@pytest.fixture
def fresh(tmp_path, place_at, home):
    """A brand with one account, whose server and secret are its own, and an empty ledger."""
    made = place_at(
        tmp_path / "shop",
        {
            "mkdocs.yml": "site_name: Test\n",
            ".gitignore": ".mimin/\n",
            KEDAI: brand("Kedai", ("mastodon", home.address, "kedai", "KEDAI_MASTODON")),
            "content/kedai/posts/a.md": post("mastodon"),
        },
    )
    made.commit("Set up")
    return made


def run(place, *words, now=NOW):
    for server in Server.all:
        server.clock = datetime.fromisoformat(now).astimezone(UTC).strftime("%H:%M:%S")
    return place.run(*words, "--now", now, env=TOKENS)


def trust(place, server, ref="kedai/mastodon", now=NOW):
    return run(place, "accounts", "trust", ref, "--host", server.address, now=now)


def everything(place, now=NOW):
    """Run every command that may open a connection, as a workflow and as a person would."""
    return [
        run(place, *words, now=now)
        for words in (
            ("publish",),
            ("publish", "--brand", "kedai"),
            ("reconcile",),
            ("accounts", "check"),
        )
    ]


def move(place, server, *, handle="kedai", secret="KEDAI_MASTODON", approval="merge"):
    moved = brand("Kedai", ("mastodon", server.address, handle, secret), approval=approval)
    place.write({KEDAI: moved, "content/kedai/posts/b.md": post("mastodon", "14:00", "Lagi.")})
    place.commit("Move")


# One brand gets another's token


def test_a_job_for_a_brand_never_takes_an_account_that_is_called_like_it(shop, foreign):
    shop.write({
        EVIL: brand("Evil", ("kedai", foreign.address, "evil", "KEDAI_MASTODON")),
        "content/evil/posts/b.md": post("kedai"),
    })  # fmt: skip
    shop.commit()
    ran = run(shop, "publish", "--brand", "kedai")
    assert re.findall(r"published (\S+)", ran.out) == ["kedai/a@mastodon"]
    assert foreign.seen == []


@pytest.mark.parametrize("approval", ["none", "merge"])
@pytest.mark.parametrize("secret", list(TOKENS))
def test_no_command_sends_a_secret_that_is_not_the_brand_s(shop, foreign, secret, approval):
    shop.write({
        EVIL: brand("Evil", ("satu", foreign.address, "evil", secret), approval=approval),
        "content/evil/posts/b.md": post("satu"),
    })  # fmt: skip
    shop.commit()
    for ran in everything(shop):
        assert "Traceback" not in ran.out + ran.err
    assert foreign.seen == []


def test_what_a_brand_writes_about_a_secret_of_another_holds_that_one_up_in_nothing(shop, foreign):
    shop.write({EVIL: brand("Evil", ("satu", foreign.address, "evil", "KEDAI_MASTODON"))})
    shop.commit()
    assert "published kedai/a@mastodon" in run(shop, "publish", "--brand", "kedai").out


def test_a_name_that_two_brands_give_and_that_tells_nothing_holds_up_both(shop, home):
    shop.write({
        KEDAI: brand("Kedai", ("mastodon", home.address, "kedai", "OTHER_TOKEN")),
        EVIL: brand("Evil", ("satu", home.address, "evil", "OTHER_TOKEN")),
        "content/evil/posts/b.md": post("satu"),
    })  # fmt: skip
    shop.commit()
    assert shop.check().out.count("[secret-shared]") == 2
    everything(shop)
    assert home.tokens == set()


def test_the_way_out_of_each_problem_is_one(shop, home, foreign):
    accounts = [("kedai", foreign.address, "a", "KEDAI_MASTODON"),
                ("dua", foreign.address, "b", "GITHUB_TOKEN")]  # fmt: skip
    shop.write({EVIL: brand("Evil", *accounts), "content/evil/posts/b.md": post("dua")})
    shop.commit()
    said = shop.check().out
    text = (shop.root / EVIL).read_text()
    for old, new in re.findall(r"error: ([A-Z_]+) .* name it ([A-Z_]+) \[secret", said):
        text = text.replace(old, new)
    text = text.replace("  kedai: {", "  satu: {was: kedai, ")
    shop.write({EVIL: text})
    shop.commit()
    assert shop.check(now="2026-12-01T12:00+07:00").out == ""


def test_an_account_that_was_called_like_its_brand_is_renamed_without_a_second_post(shop, home):
    own = brand("Kedai", ("lapak", home.address, "kedai", "KEDAI_MASTODON"))
    shop.write({KEDAI: own, "content/kedai/posts/a.md": post("lapak")})
    shop.commit()
    assert run(shop, "publish").code == 0
    shop.write({
        KEDAI: own.replace("  lapak: {", "  toko: {was: lapak, "),
        "content/kedai/posts/a.md": post("toko"),
    })  # fmt: skip
    shop.commit()
    sent = len(home.seen)
    assert "0 published" in run(shop, "publish").err
    assert len(home.seen) == sent


# A token goes where it was given for


@pytest.mark.parametrize("approval", ["none", "merge", "review"])
def test_another_server_gets_no_token_before_somebody_has_said_so(shop, home, foreign, approval):
    assert run(shop, "publish").code == 0
    move(shop, foreign, approval=approval)
    everything(shop, LATER)
    assert foreign.seen == []
    if approval != "review":
        plan = run(shop, "plan", now=LATER)
        assert f"KEDAI_MASTODON was given to {home.address}, and brand.yml sends it to" in plan.out
        assert f"mimin accounts trust kedai/mastodon --host {foreign.address}" in plan.out
        assert trust(shop, foreign, "mastodon", LATER).code == 0
        assert "published kedai/b@mastodon" in run(shop, "publish", now=LATER).out
        assert foreign.tokens == {"token-of-kedai"}


def test_trust_is_for_one_server_and_ends_with_the_next(shop, home, foreign):
    run(shop, "publish")
    move(shop, foreign)
    trust(shop, foreign, now=LATER)
    run(shop, "publish", now=LATER)
    before = list(home.seen)
    move(shop, home)
    everything(shop, LATER)
    assert home.seen == before


def test_a_person_s_word_holds_also_when_clocks_differ(shop, foreign):
    assert run(shop, "publish").code == 0
    move(shop, foreign)
    assert trust(shop, foreign, now="2026-12-01T09:00+07:00").code == 0
    assert "published kedai/b@mastodon" in run(shop, "publish", now=LATER).out


def test_a_look_for_what_is_unknown_is_not_made_at_another_server(shop, home, foreign):
    home.fails = True
    assert run(shop, "publish").code == 4
    move(shop, foreign)
    ran = run(shop, "reconcile", now=LATER)
    assert "kedai/mastodon is not asked: KEDAI_MASTODON was given to" in ran.err
    assert foreign.seen == []


def test_a_ledger_that_names_no_secrets_tells_where_they_went_all_the_same(
    fresh, home, foreign, monkeypatch
):
    shop = fresh
    with monkeypatch.context() as earlier:
        earlier.setattr(Token, "write", lambda _: {})
        for module in (desk_module, identity_module):
            earlier.setattr(module, "token_doubts", lambda *_: {})
        assert run(shop, "publish").code == 0
    move(shop, foreign)
    everything(shop, LATER)
    assert foreign.seen == []
    move(shop, home)
    assert "published kedai/b@mastodon" in run(shop, "publish", now=LATER).out


def test_also_the_first_server_of_a_secret_is_asked_about_whatever_its_name(fresh, home):
    said = f"KEDAI_MASTODON would go to {home.address} for the first time"
    way_out = f"`mimin accounts trust kedai/mastodon --host {home.address}`"
    for command in ("plan", "publish", "watch"):
        ran = run(fresh, command)
        assert said in ran.out + ran.err, command
        assert way_out in ran.out + ran.err, command
    assert ran.code == 4
    everything(fresh)
    assert home.seen == []
    assert trust(fresh, home).code == 0
    assert "published kedai/a@mastodon" in run(fresh, "publish").out


@pytest.mark.parametrize("old", [False, True], ids=["new ledger", "ledger without secrets"])
def test_a_team_can_not_fetch_another_token_of_its_own_brand(
    fresh, home, foreign, monkeypatch, old
):
    monkeypatch.setitem(TOKENS, "KEDAI_X", "token-for-x")
    with monkeypatch.context() as earlier:
        if old:
            earlier.setattr(Token, "write", lambda _: {})
            for module in (desk_module, identity_module):
                earlier.setattr(module, "token_doubts", lambda *_: {})
        else:
            trust(fresh, home)
        assert run(fresh, "publish").code == 0
    both = [("mastodon", home.address, "kedai", "KEDAI_MASTODON"),
            ("baru", foreign.address, "baru", "KEDAI_X")]  # fmt: skip
    fresh.write({KEDAI: brand("Kedai", *both), "content/kedai/posts/b.md": post("baru", "14:00")})
    fresh.commit()
    plan = run(fresh, "plan", now=LATER).out
    assert f"KEDAI_X would go to {foreign.address} for the first time" in plan
    everything(fresh, LATER)
    assert foreign.seen == []


def test_an_account_that_the_ledger_knows_gets_no_new_secret_without_a_word(
    shop, home, monkeypatch
):
    assert run(shop, "publish").code == 0
    monkeypatch.setitem(TOKENS, "KEDAI_X", "token-for-x")
    move(shop, home, secret="KEDAI_X")
    everything(shop, LATER)
    assert home.tokens == {"token-of-kedai"}


def test_trust_is_for_the_server_that_the_person_has_looked_at(fresh, home, foreign):
    move(fresh, foreign)
    ran = trust(fresh, home)
    assert (ran.code, f"to {foreign.address} now, and not to" in ran.err) == (2, True), ran.err
    everything(fresh, LATER)
    assert foreign.seen == []
    assert run(fresh, "accounts", "trust", "kedai/mastodon").code == 2


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("https://kedai.example", True),
        ("kedai.example", True),
        ("https://KEDAI.example/", True),
        ("https://kedai.example:443", True),
        ("https://kedai.example:8443", False),
        ("https://a.kedai.example", False),
        ("http://kedai.example", False),
        ("mastodon", False),
        ("", False),
    ],
)
def test_the_server_may_be_typed_as_people_write_it(fresh, typed, fits):
    fresh.write({
        KEDAI: brand("Kedai", ("mastodon", "https://kedai.example", "kedai", "KEDAI_MASTODON"))
    })  # fmt: skip
    ran = run(fresh, "accounts", "trust", "kedai/mastodon", "--host", typed)
    assert ran.code == (0 if fits else 2), ran.err


def test_what_one_brand_let_go_another_does_not_get(shop, home):
    shop.write({KEDAI: brand("Kedai", ("mastodon", home.address, "kedai", "OTHER_TOKEN"))})
    shop.commit()
    trust(shop, home)
    assert run(shop, "publish").code == 0
    sent = len(home.seen)
    shop.write({
        KEDAI: brand("Kedai", ("mastodon", home.address, "kedai", "KEDAI_MASTODON")),
        EVIL: brand("Evil", ("satu", home.address, "evil", "OTHER_TOKEN")),
        "content/evil/posts/b.md": post("satu", "14:00"),
    })  # fmt: skip
    shop.commit()
    plan = run(shop, "plan", now=LATER)
    assert "OTHER_TOKEN was the secret of kedai/mastodon; if evil/satu is to have it" in plan.out
    run(shop, "publish", "--brand", "evil", now=LATER)
    assert len(home.seen) == sent


@pytest.mark.parametrize("claims", ["was: kedai\n", "account"])
def test_nobody_gets_a_token_by_saying_that_he_was_another_who_is_still_there(shop, home, claims):
    shop.write({KEDAI: brand("Kedai", ("mastodon", home.address, "kedai", "OTHER_TOKEN"))})
    shop.commit()
    trust(shop, home)
    run(shop, "publish")
    sent = len(home.seen)
    evil = brand("Evil", ("mastodon", home.address, "evil", "OTHER_TOKEN"))
    if claims == "account":
        evil = evil.replace("{network", "{was: kedai/mastodon, network")
    else:
        evil += claims
    shop.write({
        KEDAI: brand("Kedai", ("lain", home.address, "lain", "KEDAI_MASTODON")),
        "content/kedai/posts/a.md": None,
        EVIL: evil,
        "content/evil/posts/b.md": post("mastodon", "14:00", "Lagi."),
    })  # fmt: skip
    shop.commit()
    run(shop, "publish", "--brand", "evil", now=LATER)
    assert len(home.seen) == sent


def test_a_brand_that_is_renamed_is_asked_once_for_each_account(shop, home):
    assert run(shop, "publish").code == 0
    rename_brand(shop, "kedai", "warung")
    shop.write({"content/warung/posts/b.md": post("mastodon", "14:00", "Lagi.")})
    shop.commit()
    ran = run(shop, "publish", now=LATER)
    assert "KEDAI_MASTODON was the secret of kedai/mastodon; if warung/mastodon is to" in ran.err
    assert len(home.posts) == 1
    assert trust(shop, home, "warung/mastodon", now=LATER).code == 0
    assert "1 published" in run(shop, "publish", now=LATER).err
    assert home.posts == ["Halo.", "Lagi."]


@pytest.fixture
def renamed(shop, home):
    """A brand that was `kedai` and is `warung` now, and has posted under both names."""
    assert run(shop, "publish").code == 0
    rename_brand(shop, "kedai", "warung")
    shop.write({"content/warung/posts/n.md": post("mastodon", "13:20", "Nama baru.")})
    shop.commit()
    assert trust(shop, home, "warung/mastodon").code == 0
    assert "1 published" in run(shop, "publish", now="2026-12-01T13:20+07:00").err
    return shop


def rename_brand(place, old, new):
    place.git("mv", f"content/{old}", f"content/{new}")
    path = f"content/{new}/brand.yml"
    text = re.sub(r"(?m)^was: .*\n", "", (place.root / path).read_text())
    place.write({path: text + f"was: {old}\n"})


@pytest.mark.parametrize("folder", ["warung", "kedai"])
@pytest.mark.parametrize("handle", ["evil", "kedai"])
@pytest.mark.parametrize("claims", ["was: none", "was: kedai/mastodon", "was: warung/mastodon"])
def test_who_opens_the_folder_of_a_brand_that_moved_on_does_not_get_its_token(
    renamed, home, folder, handle, claims
):
    """The brand is `kafe` by now; another team's file takes a name that it left, and its secret."""
    rename_brand(renamed, "warung", "kafe")
    evil = brand("Lain", ("mastodon", home.address, handle, "KEDAI_MASTODON"))
    renamed.write({
        f"content/{folder}/brand.yml": evil.replace("{network", f"{{{claims}, network"),
        f"content/{folder}/posts/b.md": post("mastodon", "14:00", "Hehe."),
    })  # fmt: skip
    renamed.commit()
    run(renamed, "publish", now=LATER)
    assert "Nama baru." in home.posts
    assert "Hehe." not in home.posts
    plan = json.loads(run(renamed, "plan", "--format", "json", now=LATER).out)["plan"]
    assert f"content/{folder}/posts/b.md" in {line["path"] for line in plan}, "it is shown to wait"


@pytest.mark.parametrize("claims", ["was: kedai\n", "account"])
def test_a_folder_that_was_left_and_opened_again_before_the_next_post_sends_nothing(
    shop, home, claims
):
    """The ledger has only the old name, and the two files say the same of network and handle."""
    assert run(shop, "publish").code == 0
    shop.git("mv", "content/kedai", "content/warung")
    text = brand("Warung", ("mastodon", home.address, "kedai", "WARUNG_MASTODON"))
    if claims == "account":
        text = text.replace("{network", "{was: kedai/mastodon, network")
    else:
        text += claims
    shop.write({
        "content/warung/brand.yml": text,
        KEDAI: brand("Kedai", ("mastodon", home.address, "kedai", "KEDAI_MASTODON")),
        "content/kedai/posts/b.md": post("mastodon", "14:00", "Hehe."),
    })  # fmt: skip
    shop.commit()
    assert "are the same real account; keep one of them" in run(shop, "publish", now=LATER).err
    assert "Hehe." not in home.posts
    shop.write({KEDAI: None, "content/kedai/posts/b.md": None})
    shop.commit()
    assert trust(shop, home, "warung/mastodon", now=LATER).code == 0
    assert "same real account" not in run(shop, "plan", now=LATER).out


@pytest.mark.parametrize("said", ["was: kedai/mastodon", "was: none"])
@pytest.mark.parametrize("claims", ["was: kedai\n", "was: warung\n", ""])
def test_a_secret_that_a_renamed_brand_gave_up_is_nobody_s_who_says_he_was_it(
    shop, home, said, claims
):
    """The brand has another variable since it was renamed; the ledger has the old one with it."""
    assert run(shop, "publish").code == 0
    shop.git("mv", "content/kedai", "content/warung")
    text = brand("Warung", ("mastodon", home.address, "warung", "WARUNG_MASTODON"))
    shop.write({
        "content/warung/brand.yml": text.replace("{network", f"{{{said}, network"),
        "content/warung/posts/n.md": post("mastodon", "13:20", "Nama baru."),
    })  # fmt: skip
    shop.commit()
    trust(shop, home, "warung/mastodon")
    run(shop, "publish", now="2026-12-01T13:20+07:00")
    evil = brand("Evil", ("mastodon", home.address, "kedai", "KEDAI_MASTODON")) + claims
    shop.write({EVIL: evil, "content/evil/posts/b.md": post("mastodon", "14:00", "Hehe.")})
    shop.commit()
    run(shop, "publish", now=LATER)
    assert "Hehe." not in home.posts


@pytest.mark.parametrize("alias", ["mastodon", "satu"])
def test_who_opens_a_left_folder_for_another_account_is_asked(shop, home, alias):
    """Before the renamed brand has posted, the ledger has the secret with the folder's old id."""
    assert run(shop, "publish").code == 0
    rename_brand(shop, "kedai", "warung")
    shop.write({
        KEDAI: brand("Lain", (alias, home.address, "evil", "KEDAI_MASTODON")),
        "content/kedai/posts/b.md": post(alias, "14:00", "Hehe."),
    })  # fmt: skip
    shop.commit()
    seen = len(home.seen)
    run(shop, "publish", now=LATER)
    assert len(home.seen) == seen


def test_two_accounts_with_one_secret_are_the_same_brand_s(shop, home):
    """A page's token serves its other page, a bot its other channel; nobody is asked about it."""
    two = brand(
        "Kedai",
        ("mastodon", home.address, "kedai", "KEDAI_MASTODON"),
        ("dua", home.address, "dua", "KEDAI_MASTODON"),
    )
    evil = brand("Evil", ("satu", home.address, "evil", "EVIL_TOKEN"))
    shop.write({KEDAI: two, EVIL: evil})
    shop.commit()
    assert "untrusted" not in run(shop, "plan").out
    assert run(shop, "publish").code == 0
    shop.write({
        "content/kedai/posts/b.md": post("mastodon", "14:00", "Satu."),
        "content/kedai/posts/c.md": post("dua", "14:00", "Dua."),
    })  # fmt: skip
    shop.commit()
    assert "untrusted" not in run(shop, "plan", now=LATER).out
    shop.write({EVIL: evil + "was: kedai\n"})
    shop.commit()
    doubts = run(shop, "plan", now=LATER).out
    assert ("untrusted" in doubts, "kedai/b@mastodon" in doubts) == (True, True)
    assert trust(shop, home, "kedai/dua", now=LATER).code == 0
    assert "untrusted" not in run(shop, "plan", now=LATER).out


def test_a_brand_that_is_renamed_twice_publishes_nothing_again(renamed, home):
    """Its account has its first name in the ledger, which its file does not tell any more."""
    rename_brand(renamed, "warung", "kafe")
    renamed.write({"content/kafe/posts/k.md": post("mastodon", "14:00", "Nama ketiga.")})
    renamed.commit()
    assert trust(renamed, home, "kafe/mastodon", now=LATER).code == 0
    assert "1 published" in run(renamed, "publish", now=LATER).err
    assert home.posts == ["Halo.", "Nama baru.", "Nama ketiga."]


def test_a_handle_that_changes_with_a_second_rename_is_asked_about(renamed, home):
    rename_brand(renamed, "warung", "kafe")
    path = "content/kafe/brand.yml"
    renamed.write({path: (renamed.root / path).read_text().replace("@kedai", "@kafe").replace(
        "handle: kedai", "handle: kafe")})  # fmt: skip
    renamed.commit()
    trust(renamed, home, "kafe/mastodon", now=LATER)
    ran = run(renamed, "publish", now=LATER)
    assert "0 published" in ran.err
    assert "was: kedai/mastodon" in ran.err + run(renamed, "plan", now=LATER).out


def test_an_owner_s_word_is_the_way_out_where_another_brand_says_that_it_was_this_one(shop, home):
    assert run(shop, "publish").code == 0
    evil = brand("Evil", ("mastodon", home.address, "evil", "EVIL_TOKEN")) + "was: kedai\n"
    shop.write({
        KEDAI: brand("Kedai", ("mastodon", home.address, "kedai_baru", "KEDAI_MASTODON")),
        "content/kedai/posts/b.md": post("mastodon", "14:00", "Lagi."),
        EVIL: evil,
    })  # fmt: skip
    shop.commit()
    assert "KEDAI_MASTODON was the secret of kedai/mastodon" in run(shop, "plan", now=LATER).out
    assert trust(shop, home, now=LATER).code == 0
    assert "1 published" in run(shop, "publish", now=LATER).err


def test_whom_a_secret_was_trusted_with_stands_in_the_ledger(fresh, home):
    trust(fresh, home)
    (said,) = map(json.loads, fresh.git("grep", "-h", "trusted", "mimin/ledger").splitlines())
    assert said["destination"] == f"mastodon {home.address} @kedai"
    assert said["handles"] == {"token": f"KEDAI_MASTODON {home.address}"}


def test_a_name_that_is_no_brand_s_is_asked_about_once(fresh, home):
    shop = fresh
    shop.write({KEDAI: brand("Kedai", ("mastodon", home.address, "kedai", "OTHER_TOKEN"))})
    shop.commit()
    ran = run(shop, "publish")
    assert ran.code != 0
    assert f"OTHER_TOKEN would go to {home.address} for the first time" in ran.out + ran.err
    assert home.seen == []
    said = trust(shop, home, "mastodon")
    assert said.out == f"OTHER_TOKEN may be sent to {home.address} for kedai/mastodon, says Rara\n"
    assert "published kedai/a@mastodon" in run(shop, "publish").out
    assert run(shop, "accounts", "check").out.startswith("kedai/mastodon: failed")  # it was asked


def test_nobody_can_trust_what_is_not_the_brand_s(shop, foreign):
    accounts = [("satu", foreign.address, "a", "KEDAI_MASTODON"),
                ("dua", foreign.address, "b", "GITHUB_TOKEN")]  # fmt: skip
    shop.write({EVIL: brand("Evil", *accounts) + "  uji: {network: sandbox, handle: c}\n"})
    shop.commit()
    for ref, why in (("satu", "belongs there"), ("dua", "is used by"), ("uji", "no secret")):
        ran = trust(shop, foreign, f"evil/{ref}")
        assert (ran.code, why in ran.err) == (2, True), ran.err


# A change stands at the top of the comment


def test_a_token_that_goes_elsewhere_is_the_first_thing_in_the_comment(shop, foreign):
    moved = brand(
        "Kedai", ("mastodon", foreign.address, "kedai", "KEDAI_MASTODON"), approval="none"
    )
    shop.write(
        {KEDAI: moved + "grace: 9d\nlate: post\n", "content/kedai/posts/b.md": post("mastodon")}
    )
    shop.commit()
    lines = shop.run("comment", "--base", "HEAD~1", "--now", NOW).out.splitlines()
    first = next(line for line in lines if line.startswith("**"))
    assert first.startswith("**A token would go to a server, or to a brand, that it was not given")
    assert f"`mimin accounts trust kedai/mastodon --host {foreign.address}`" in first
    row = next(line for line in lines if line.startswith("| `content/"))
    assert "accounts.mastodon" in row
    rows = json.loads(
        shop.run("plan", "--base", "HEAD~1", "--format", "json", "--now", NOW).out
    )["widens"]  # fmt: skip
    assert [each["needs_trust"] for each in rows][:2] == ["kedai/mastodon", ""]


def test_a_secret_of_another_brand_is_named_there_too(shop, home, foreign):
    shop.write({EVIL: brand("Evil", ("satu", foreign.address, "evil", "KEDAI_MASTODON"))})
    shop.commit()
    text = shop.run("plan", "--base", "HEAD~1", "--now", NOW).out
    assert f"needs `mimin accounts trust evil/satu --host {foreign.address}`" in text


def test_an_account_that_only_changes_its_name_asks_for_nothing(shop, home):
    shop.write({KEDAI: (shop.root / KEDAI).read_text().replace("handle: kedai", "handle: kedai2")})
    shop.commit()
    assert "accounts trust" not in shop.run("plan", "--base", "HEAD~1", "--now", NOW).out


# Whose is a name


@pytest.mark.parametrize(
    ("name", "brands"),
    [
        ("KEDAI_X", {"kedai"}),
        ("KEDAI_TEH_X", {"kedai-teh"}),
        ("KEDAI_TEHX", {"kedai"}),
        ("KEDAI", set()),
        ("KEDAIX", set()),
        ("X_KEDAI_X", set()),
        ("SATU_DUA_X", {"satu-dua", "satu_dua"}),
    ],
)
def test_a_name_belongs_to_the_brand_with_whose_id_it_begins(name, brands):
    assert Owners(["kedai", "kedai-teh", "satu-dua", "satu_dua"]).of(name) == brands


@pytest.mark.parametrize(
    ("network", "server", "handle", "host"),
    [
        ("mastodon", "https://A.example/", "kedai", "https://a.example"),
        ("mastodon", "a.example", "kedai", "https://a.example"),
        ("mastodon", "", "kedai@A.example", "https://a.example"),
        ("mastodon", "https://a.example:8443", "kedai", "https://a.example:8443"),
        ("mastodon", "https://a.example", "kedai@b.example", "https://a.example"),
        ("mastodon", "http://a.example", "kedai", "http://a.example"),  # sent nowhere
        ("mastodon", "", "@a.example", "https://a.example"),
        ("mastodon", "https://a.example:443", "kedai", "https://a.example"),
        ("mastodon", "https://a.example.", "kedai", "https://a.example"),
        ("mastodon", "https://[::1]:8443", "kedai", "https://[::1]:8443"),
        ("mastodon", "https://a.example@b.example", "kedai", "https://a.example_b.example"),
        ("mastodon", "https://fo\u00dfodon.example", "kedai", "https://fo_odon.example"),
        ("bluesky", "", "kedai.example", "bluesky"),
        ("telegram", "", "@kedai", "telegram"),
        ("telegram", "https://bot.example", "@kedai", "https://bot.example"),
    ],
)
def test_where_a_token_goes_is_read_off_the_file_as_the_adapter_reads_it(
    network, server, handle, host
):
    assert token_host(network, server, handle) == host


@pytest.mark.parametrize(
    "name",
    ["MIMIN_VAULT_KEY", "MIMIN_NOTIFY", "GITHUB_TOKEN", "GH_TOKEN", "ACTIONS_RUNTIME_TOKEN",
     "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "RUNNER_TEMP", "AWS_SESSION_TOKEN", "AZURE_CLIENT_SECRET",
     "ARM_CLIENT_SECRET", "GOOGLE_APPLICATION_CREDENTIALS", "GCP_KEY", "SSH_AUTH_SOCK", "PATH",
     "HOME", "PYTHONPATH", "PYTHONSTARTUP", "LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "GIT_ASKPASS",
     "NPM_TOKEN", "TWINE_PASSWORD", "DATABASE_URL", "PGPASSWORD", "CI", "HTTPS_PROXY",
     "KUBECONFIG", "DOCKER_AUTH_CONFIG", "VAULT_TOKEN", "SMTP_PASSWORD"],
)  # fmt: skip
def test_what_machines_and_vendors_use_is_reserved(name):
    assert is_reserved(name)


@pytest.mark.parametrize(
    "name", ["KEDAI_AWS", "PATHS", "HOMEMADE_X", "GITHUBBER_X", "MIMINKU_X", "LDX", "TOKEN_AWS_X"]
)
def test_what_only_looks_like_it_is_not(name):
    assert not is_reserved(name)


def test_the_name_that_a_problem_proposes_is_the_brand_s_or_nobody_s():
    owners = Owners(["aws-kita", "kopi", "kopi-senja", "1kedai", "satu-dua", "satu_dua"])
    proposed = [owners.good_name(*each) for each in
                (("kopi", "x"), ("kopi", "senja-x"), ("aws-kita", "x"), ("1kedai", "x"),
                 ("satu-dua", "x"))]  # fmt: skip
    assert proposed == ["KOPI_X", "KOPI_TOKEN_SENJA_X", "TOKEN_AWS_KITA_X", "TOKEN_1KEDAI_X",
                        "TOKEN_SATU_DUA_X"]  # fmt: skip
    assert owners.good_name("kopi", "x", "KOPI_X") == "KOPI_TOKEN_X"


# A newcomer holds up nobody


def newcomer(place, name, *accounts, rest=""):
    """Merge a brand of another team, with a post on its first account."""
    place.write({
        f"content/{name}/brand.yml": brand(name.title(), *accounts) + rest,
        f"content/{name}/posts/b.md": post(accounts[0][0], "14:00"),
        "content/kedai/posts/b.md": post("mastodon", "14:00", "Lagi."),
    })  # fmt: skip
    place.commit()


def check_base(place):
    return place.run("check", "--base", "HEAD~1", "--now", NOW).out


@pytest.fixture
def known(fresh, home, monkeypatch):
    """A brand whose secret the ledger has seen, with a name that a longer brand's could begin."""
    monkeypatch.setitem(TOKENS, "KEDAI_TEH_TOKEN", "token-of-kedai")
    fresh.write({KEDAI: brand("Kedai", ("mastodon", home.address, "kedai", "KEDAI_TEH_TOKEN"))})
    fresh.commit()
    assert trust(fresh, home).code == 0
    assert run(fresh, "publish").code == 0
    return fresh


@pytest.mark.parametrize("secret", ["KEDAI_TEH_LAIN", "KEDAI_TEH_TOKEN"])
def test_a_new_brand_whose_name_begins_an_older_secret_holds_up_only_itself(
    known, home, foreign, secret
):
    newcomer(known, "kedai-teh", ("satu", foreign.address, "teh", secret))
    assert "published kedai/b@mastodon" in run(known, "publish", now=LATER).out
    assert foreign.seen == []
    assert home.tokens == {"token-of-kedai"}


def test_check_shows_the_newcomer_what_it_does_to_the_older_brand(known, foreign):
    newcomer(known, "kedai-teh", ("satu", foreign.address, "teh", "KEDAI_TEH_LAIN"))
    assert "content/kedai/brand.yml:6:" in check_base(known)
    assert "[secret-foreign]" in check_base(known)


def test_without_a_ledger_a_new_brand_does_not_get_what_an_older_one_names(fresh, home, foreign):
    fresh.write({KEDAI: brand("Kedai", ("mastodon", home.address, "kedai", "KEDAI_TEH_TOKEN"))})
    newcomer(fresh, "kedai-teh", ("satu", foreign.address, "teh", "KEDAI_TEH_TOKEN"))
    said = check_base(fresh)
    assert "content/kedai/brand.yml" in said
    assert "KEDAI_TEH_TOKEN is named by kedai too" in said
    assert trust(fresh, foreign, "kedai-teh/satu").code == 2


def test_a_secret_that_two_brands_name_stays_with_the_one_that_the_ledger_knows(fresh, home):
    fresh.write({KEDAI: brand("Kedai", ("mastodon", home.address, "kedai", "OTHER_TOKEN"))})
    fresh.commit()
    trust(fresh, home)
    assert run(fresh, "publish").code == 0
    newcomer(fresh, "evil", ("satu", home.address, "evil", "OTHER_TOKEN"))
    plan = run(fresh, "plan", now=LATER).out
    assert "OTHER_TOKEN is named by kedai too; name it EVIL_SATU" in plan
    ran = run(fresh, "publish", now=LATER)
    assert re.findall(r"published (\S+)", ran.out) == ["kedai/b@mastodon"]
    assert trust(fresh, home, "evil/satu").code == 2
    assert check_base(fresh).count("[secret-shared]") == 2


def test_a_brand_that_was_renamed_keeps_its_secret_from_newcomers(known, home):
    known.git("mv", "content/kedai", "content/warung")
    path = "content/warung/brand.yml"
    known.write({path: (known.root / path).read_text() + "was: kedai\n",
                 "content/warung/posts/b.md": post("mastodon", "14:00", "Lagi.")})  # fmt: skip
    evil = brand("Evil", ("mastodon", home.address, "evil", "KEDAI_TEH_TOKEN"))
    known.write({EVIL: evil.replace("{network", "{was: kedai/mastodon, network"),
                 "content/evil/posts/b.md": post("mastodon", "14:00", "Hehe.")})  # fmt: skip
    known.commit()
    ran = run(known, "publish", now=LATER)
    assert "evil/b@mastodon" not in re.findall(r"published (\S+)", ran.out)


def test_an_account_that_the_ledger_knows_is_not_stopped_by_a_second_name_of_it(shop, home):
    assert run(shop, "publish").code == 0
    newcomer(shop, "evil", ("satu", home.address, "kedai", "EVIL_TOKEN"))
    said = check_base(shop)
    assert said.count("[account-same]") == 2
    assert "content/kedai/brand.yml" in said
    plan = run(shop, "plan", now=LATER).out
    assert "evil/satu and kedai/mastodon are the same real account; keep one of them" in plan
    assert "published kedai/b@mastodon" in run(shop, "publish", now=LATER).out


def test_an_account_under_a_new_name_is_not_stopped_by_a_stranger_s(shop, home):
    assert run(shop, "publish").code == 0
    own = brand("Kedai", ("fedi", home.address, "kedai", "KEDAI_MASTODON"))
    shop.write({
        KEDAI: own.replace("{network", "{was: mastodon, network"),
        "content/kedai/posts/a.md": None,
        "content/kedai/posts/c.md": post("fedi", "14:00", "Baru."),
        EVIL: brand("Evil", ("satu", home.address, "kedai", "EVIL_TOKEN")),
        "content/evil/posts/b.md": post("satu", "14:00"),
    })  # fmt: skip
    shop.commit()
    ran = run(shop, "publish", now=LATER)
    assert "published kedai/c@mastodon" in ran.out  # under the name that the ledger has


def test_an_account_that_moved_is_not_stopped_by_a_stranger_who_says_that_he_was_it(shop, home):
    assert run(shop, "publish").code == 0
    evil = brand("Evil", ("satu", home.address, "evil", "EVIL_TOKEN"))
    shop.write({
        KEDAI: brand("Kedai", ("mastodon", home.address, "kedai_baru", "KEDAI_MASTODON")),
        "content/kedai/posts/b.md": post("mastodon", "14:00", "Lagi."),
        EVIL: evil.replace("{network", "{was: kedai/mastodon, network"),
        "content/evil/posts/b.md": post("satu", "14:00"),
    })  # fmt: skip
    shop.commit()
    ran = run(shop, "publish", now=LATER)
    assert re.findall(r"published (\S+)", ran.out) == ["kedai/b@mastodon"]


@pytest.mark.parametrize("name", ["kedai", "mastodon"])
def test_what_is_called_like_a_brand_is_told_to_the_newcomer_and_stops_nobody(
    shop, home, foreign, name
):
    new = "evil" if name == "kedai" else name  # an account like a brand, or a brand like one
    newcomer(shop, new, (name, foreign.address, "evil", "EVIL_TOKEN"))
    said = check_base(shop)
    assert ": warning:" in said
    assert "[account-is-brand]" in said
    ran = run(shop, "publish", "--brand", "kedai", now=LATER)
    assert "published kedai/b@mastodon" in ran.out
    assert foreign.seen == []


# Two names are one only if they are written alike


ALIKE = [
    ("https://fo\u00dftodon.org", "xn--fotodon-1va.org"),
    ("https://\u212aedai.example", "kedai.example"),  # the sign for kelvin
    ("https://kopi\u3002example", "kopi.example"),
    ("https://\u0131d.example", "xn--d-eka.example"),  # without a dot
]


@pytest.mark.parametrize(
    "server",
    [
        *(each for each, _ in ALIKE),
        "https://\uff11.example",  # a digit of full width
        "https://\u017fatu.example",
        "https://\ufb01.example",
        "https://\u0130d.example",
    ],
)
def test_a_server_that_looks_like_another_is_refused_with_its_line(fresh, server):
    fresh.write({KEDAI: brand("Kedai", ("mastodon", server, "kedai", "KEDAI_MASTODON"))})
    said = fresh.check().out
    assert "content/kedai/brand.yml:6:" in said
    assert "[server-address]" in said
    with pytest.raises(ValueError, match="can be taken for those of another server"):
        base_address(server)


@pytest.mark.parametrize(("server", "plain"), ALIKE)
def test_the_way_out_is_the_name_that_networks_use(fresh, server, plain):
    fresh.write({KEDAI: brand("Kedai", ("mastodon", server, "kedai", "KEDAI_MASTODON"))})
    assert f"write {plain} instead of" in fresh.check().out
    fresh.write({
        KEDAI: brand("Kedai", ("mastodon", f"https://{plain}", "kedai", "KEDAI_MASTODON"))
    })  # fmt: skip
    assert fresh.check(now="2026-12-01T12:00+07:00").out == ""


@pytest.mark.parametrize(
    "fields",
    ["network: mastodon, handle: kedai@fo\u00dftodon.org", "network: bluesky, handle: \u212a.org",
     "network: sandbox, like: mastodon, handle: a, server: 'https://fo\u00df.org'"],
)  # fmt: skip
def test_so_is_one_in_a_handle_and_one_that_nothing_is_sent_to_yet(fresh, fields):
    fresh.write({KEDAI: HEAD.format("Kedai", "merge") + f"  mastodon: {{{fields}}}\n"})
    assert "content/kedai/brand.yml:6:" in fresh.check().out
    assert "[server-address]" in fresh.check().out


def test_a_server_that_folds_to_the_trusted_one_gets_no_token(shop, home):
    assert run(shop, "publish").code == 0
    sent = len(home.seen)
    like = home.address.replace("127", "\uff1127")  # the same to whoever folds widths
    shop.write({
        KEDAI: brand("Kedai", ("mastodon", like, "kedai", "KEDAI_MASTODON")),
        "content/kedai/posts/b.md": post("mastodon", "14:00", "Lagi."),
    })  # fmt: skip
    shop.commit()
    everything(shop, LATER)
    assert len(home.seen) == sent


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Kedai", "kedai", True),
        ("\u00c9t\u00e9", "\u00e9t\u00c9", True),
        ("\u017fatu", "satu", False),
        ("\u212aedai", "kedai", False),
        ("stra\u00dfe", "strasse", False),
        ("\ufb01la", "fila", False),
        ("\u0130d", "id", False),
        ("\uff11", "1", False),
    ],
)
def test_names_are_equal_but_for_capitals(one, other, same):
    assert (fold(one) == fold(other)) is same
    accounts = [Account(network="telegram", handle=name) for name in (one, other)]
    assert (accounts[0].destination == accounts[1].destination) is same


# Long files


def test_a_brand_with_thousands_of_faults_is_read_once(fresh, monkeypatch):
    accounts = [(f"lapak{n}", "https://a.example", "a", "PATH") for n in range(700)]
    text = brand("Kedai", *accounts)
    assert len(text) > 60_000
    fresh.write({KEDAI: text})
    read = []
    real = workspace_module.read_yaml
    monkeypatch.setattr(
        workspace_module, "read_yaml", lambda *words: read.append(1) or real(*words)
    )
    found = fresh.check(now="2026-12-01T12:00+07:00").out
    assert "[secret-reserved]" in found
    assert len(read) == 1
    assert max(len(line) for line in found.splitlines() if line.startswith(KEDAI)) < 300


def test_a_name_of_many_words_takes_no_time():
    owners = Owners(["kedai", "kedai-teh"])
    assert owners.of("KEDAI_TEH" + "_" * 1_000_000) == {"kedai-teh"}
