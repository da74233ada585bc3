"""A token goes to the brand and to the server that it was given for, and nowhere else."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mimin.ledger.tokens import Token
from mimin.networks.address import token_host
from mimin.planning.secret_names import Owners, is_reserved

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
        self.rfile.read(int(self.headers.get("content-length") or 0))
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
        return f"Tue, 01 Dec 2026 {self.server.hour:02}:00:00 GMT"

    def log_message(self, *_):
        """Keep the test's output clean."""


class Server(ThreadingHTTPServer):
    all = []

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Instance)
        self.seen = []
        self.fails = False
        self.hour = 6
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
def shop(tmp_path, place_at, home):
    """A brand with one account, whose server and secret are its own."""
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
        server.hour = 6 if now == NOW else 7
    return place.run(*words, "--now", now, env=TOKENS)


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
        assert "mimin accounts trust kedai/mastodon" in plan.out
        assert run(shop, "accounts", "trust", "mastodon", now=LATER).code == 0
        assert "published kedai/b@mastodon" in run(shop, "publish", now=LATER).out
        assert foreign.tokens == {"token-of-kedai"}


def test_trust_is_for_one_server_and_ends_with_the_next(shop, home, foreign):
    run(shop, "publish")
    move(shop, foreign)
    run(shop, "accounts", "trust", "kedai/mastodon", now=LATER)
    run(shop, "publish", now=LATER)
    before = list(home.seen)
    move(shop, home)
    everything(shop, LATER)
    assert home.seen == before


def test_a_person_s_word_holds_also_when_clocks_differ(shop, foreign):
    assert run(shop, "publish").code == 0
    move(shop, foreign)
    assert run(shop, "accounts", "trust", "mastodon", now="2026-12-01T09:00+07:00").code == 0
    assert "published kedai/b@mastodon" in run(shop, "publish", now=LATER).out


def test_a_look_for_what_is_unknown_is_not_made_at_another_server(shop, home, foreign):
    home.fails = True
    assert run(shop, "publish").code == 4
    move(shop, foreign)
    ran = run(shop, "reconcile", now=LATER)
    assert "kedai/mastodon is not asked: KEDAI_MASTODON was given to" in ran.err
    assert foreign.seen == []


def test_a_ledger_that_names_no_secrets_tells_where_they_went_all_the_same(
    shop, home, foreign, monkeypatch
):
    with monkeypatch.context() as earlier:
        earlier.setattr(Token, "write", lambda _: {})
        assert run(shop, "publish").code == 0
    move(shop, foreign)
    everything(shop, LATER)
    assert foreign.seen == []
    move(shop, home)
    assert "published kedai/b@mastodon" in run(shop, "publish", now=LATER).out


def test_a_new_secret_of_the_brand_for_a_new_server_needs_no_word(shop, foreign, monkeypatch):
    run(shop, "publish")
    monkeypatch.setitem(TOKENS, "KEDAI_BARU", "token-for-the-new-one")
    move(shop, foreign, handle="kedai_baru", secret="KEDAI_BARU")
    run(shop, "accounts", "check", now=LATER)
    assert foreign.tokens == {"token-for-the-new-one"}


def test_what_one_brand_let_go_another_does_not_get(shop, home):
    shop.write({KEDAI: brand("Kedai", ("mastodon", home.address, "kedai", "OTHER_TOKEN"))})
    shop.commit()
    run(shop, "accounts", "trust", "kedai/mastodon")
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
    run(shop, "accounts", "trust", "kedai/mastodon")
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


def test_a_brand_that_is_renamed_keeps_its_token(shop, home):
    run(shop, "publish")
    shop.git("mv", "content/kedai", "content/warung")
    renamed = (shop.root / "content/warung/brand.yml").read_text() + "was: kedai\n"
    shop.write({
        "content/warung/brand.yml": renamed,
        "content/warung/posts/b.md": post("mastodon", "14:00", "Lagi."),
    })  # fmt: skip
    shop.commit()
    assert "1 published" in run(shop, "publish", now=LATER).err
    assert home.tokens == {"token-of-kedai"}


def test_a_name_that_is_no_brand_s_is_asked_about_once(shop, home):
    shop.write({KEDAI: brand("Kedai", ("mastodon", home.address, "kedai", "OTHER_TOKEN"))})
    shop.commit()
    ran = run(shop, "publish")
    assert ran.code != 0
    assert "does not begin with KEDAI_; name it like that, or say with" in ran.out + ran.err
    assert home.seen == []
    said = run(shop, "accounts", "trust", "mastodon")
    assert said.out == f"OTHER_TOKEN may be sent to {home.address} for kedai/mastodon, says Rara\n"
    assert "published kedai/a@mastodon" in run(shop, "publish").out
    assert run(shop, "accounts", "check").out.startswith("kedai/mastodon: failed")  # it was asked


def test_nobody_can_trust_what_is_not_the_brand_s(shop, foreign):
    accounts = [("satu", foreign.address, "a", "KEDAI_MASTODON"),
                ("dua", foreign.address, "b", "GITHUB_TOKEN")]  # fmt: skip
    shop.write({EVIL: brand("Evil", *accounts) + "  uji: {network: sandbox, handle: c}\n"})
    shop.commit()
    for ref, why in (("satu", "belongs there"), ("dua", "is used by"), ("uji", "no secret")):
        ran = run(shop, "accounts", "trust", f"evil/{ref}")
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
    assert first.startswith("**A token would go to another server, or to another brand.**")
    assert "`mimin accounts trust kedai/mastodon`" in first
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
    assert "needs `mimin accounts trust evil/satu`" in text


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
    assert proposed == ["KOPI_X", "TOKEN_KOPI_SENJA_X", "TOKEN_AWS_KITA_X", "TOKEN_1KEDAI_X",
                        "TOKEN_SATU_DUA_X"]  # fmt: skip
