"""Approval without GitHub: signed by a person, verified by the publisher, each time anew."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

KEY = "kopi-senja/gajian@bluesky"
NOW = "2026-12-01T09:00+07:00"
SIGNERS = ".github/allowed_signers"
BRAND = "content/kopi-senja/brand.yml"

pytestmark = pytest.mark.skipif(
    not shutil.which("ssh-keygen") and "CI" not in os.environ, reason="needs ssh-keygen"
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Make a key pair for each of three people, once."""
    folder = tmp_path_factory.mktemp("keys")
    made = {}
    for name in ("ayu", "citra", "rara"):
        path = folder / name
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)]
        subprocess.run(command, check=True)
        made[name] = path
    return made


@pytest.fixture
def signer_line(keys):
    def line(name, *principals, options=""):
        public = keys[name].with_suffix(".pub").read_text().strip()
        names = ",".join(principals or (f"{name}@example.com",))
        return f"{names} {options}{' ' if options else ''}{public}\n"

    return line


@pytest.fixture
def signed_repo(repo, signer_line, post):
    """A repository without GitHub: Rara writes, Ayu and Citra may sign."""
    brand = (repo.root / BRAND).read_text().replace("approvers: [ayu, citra, dewi]\n", "")
    lines = "".join(signer_line(name) for name in ("ayu", "citra", "rara"))
    repo.write({BRAND: brand, SIGNERS: lines, **post()})
    repo.commit("Write about payday")
    return repo


@pytest.fixture
def sign(signed_repo, keys):
    def run(*names, who="ayu", by=None, key=None, **options):
        given = ("--sign", key or keys[who], "--by", by or f"{who}@example.com", "--now", NOW)
        return signed_repo.run("approve", *(names or (KEY,)), *given, **options)

    return run


@pytest.mark.parametrize("name", [KEY, "kopi-senja/gajian", "content/kopi-senja/posts/gajian.md"])
def test_what_was_signed_is_published(name, sign, plan, publish, events):
    ran = sign(name)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"approved {KEY} by ayu@example.com (signed) ")
    (event,) = events()
    assert event.handles["via"] == "ssh"
    assert event.handles["signature"].startswith("-----BEGIN SSH SIGNATURE-----")
    assert (plan()[0]["cause"], plan()[0]["note"]) == ("due", "approved by ayu@example.com")
    assert publish().err == "1 published\n"


def test_a_path_may_be_named_from_where_the_person_stands(sign, signed_repo, monkeypatch):
    monkeypatch.chdir(signed_repo.root / "content/kopi-senja/posts")
    assert sign("gajian.md").code == 0


def test_signing_again_appends_nothing(sign, events):
    sign()
    ran = sign()
    assert ran.out.startswith(f"known {KEY} by ayu@example.com")
    assert len(events()) == 1


def test_a_change_after_signing_is_refused_and_named(sign, signed_repo, plan, publish, post):
    sign()
    signed_repo.write(post("Gajian, akhirnya!"))
    signed_repo.commit("Change it")
    (line,) = plan()
    assert line["cause"] == "unapproved"
    assert line["note"] == "the text changed since ayu@example.com approved it"
    assert publish().code == 4


def test_two_people_sign_what_needs_two(sign, signed_repo, plan, publish, post):
    signed_repo.write(post(labels="[promo]"))
    signed_repo.commit("Promote")
    sign()
    assert "one more person is needed (label promo)" in plan()[0]["note"]
    assert publish().code == 4
    sign(who="citra")
    assert publish().err == "1 published\n"


def test_one_key_under_two_names_is_one_person(sign, signed_repo, signer_line, plan, post):
    lines = signer_line("ayu") + signer_line("ayu", "boss@example.com")
    signed_repo.write({SIGNERS: lines, **post(labels="[promo]")})
    signed_repo.commit("Promote")
    assert sign().code == 0
    assert sign(by="boss@example.com").code == 0
    assert "one more person is needed" in plan()[0]["note"]


@pytest.mark.parametrize("spelling", ["rara@example.com", "Rara"])
def test_the_author_can_not_sign(spelling, sign, signed_repo, signer_line, events):
    signed_repo.write({SIGNERS: signer_line("rara", spelling)})
    signed_repo.commit("Let Rara sign")
    ran = sign(who="rara", by=spelling)
    assert (ran.code, events()) == (1, [])
    assert f"this approval would not count: {spelling} wrote it (commit " in ran.err


def test_the_author_is_known_by_every_name_of_the_key(sign, signed_repo, signer_line, events):
    signed_repo.write({SIGNERS: signer_line("ayu", "boss", "rara@example.com")})
    signed_repo.commit("Two names")
    ran = sign(by="boss")
    assert ran.code == 1
    assert "boss wrote it" in ran.err


def test_whoever_wrote_it_stays_its_author_when_another_mends_it(sign, signed_repo, post):
    signed_repo.write(post("Gajian tiba."))
    signed_repo.git("add", "-A")
    signed_repo.git("-c", "user.name=Eko", "-c", "user.email=eko@x.id", "commit", "-qm", "Mend")
    assert "rara@example.com wrote it" in sign(who="rara").err


def test_a_co_author_is_an_author(sign, signed_repo, post):
    signed_repo.write(post("Bersama"))
    signed_repo.commit("Write\n\nCo-authored-by: Ayu <ayu@example.com>")
    assert "ayu@example.com wrote it" in sign().err


def test_only_the_brand_s_approvers_may_sign(sign, signed_repo, plan, events):
    brand = (signed_repo.root / BRAND).read_text()
    sign()
    signed_repo.write({BRAND: brand + "approvers: [citra@example.com]\n"})
    signed_repo.commit("Only Citra")
    assert "ayu@example.com is not among the approvers of kopi-senja" in plan()[0]["note"]
    assert sign().code == 1
    assert sign(who="citra").code == 0
    assert plan()[0]["cause"] == "due"


def test_signers_are_those_that_are_committed(sign, signed_repo, signer_line, plan):
    sign()
    signed_repo.write({SIGNERS: signer_line("citra")})
    assert plan()[0]["cause"] == "due"
    signed_repo.commit("Ayu has left")
    (line,) = plan()
    assert line["cause"] == "unapproved"
    assert line["note"].startswith(
        "ayu@example.com's approval does not count: 'ayu@example.com' is not in "
        ".github/allowed_signers, which has citra@example.com"
    )
    signed_repo.write({SIGNERS: signer_line("ayu")})
    assert plan()[0]["cause"] == "unapproved"


@pytest.mark.parametrize(
    "options",
    ['namespaces="git"', 'valid-before="20261201000000"', 'valid-after="20270101000000"'],
)
def test_a_key_for_something_else_or_another_time_signs_nothing(
    options, sign, signed_repo, signer_line
):
    signed_repo.write({SIGNERS: signer_line("ayu", options=options)})
    signed_repo.commit("Limit the key")
    ran = sign()
    assert ran.code == 1
    assert "its signature does not verify" in ran.err


def test_somebody_else_s_key_signs_nothing(sign, keys):
    ran = sign(key=keys["citra"])
    assert ran.code == 1
    assert "its signature does not verify" in ran.err


def test_without_signers_nobody_may_sign(sign, signed_repo):
    signed_repo.write({SIGNERS: None})
    signed_repo.commit("None")
    assert f"{SIGNERS} is not committed" in sign().err


@pytest.mark.parametrize("by", ["*", "ayu@example.com,citra@example.com", "a b", "!x", ""])
def test_a_principal_is_one_plain_name(by, sign):
    ran = sign(by=by or " ")
    assert ran.code == 2


def test_what_can_not_sign_is_said(sign, tmp_path):
    (tmp_path / "nokey").write_text("no key")
    ran = sign(key=tmp_path / "nokey")
    assert ran.code == 1
    assert "can not sign: " in ran.err
    assert ran.err.count("\n") == 1


def test_a_name_that_fits_nothing_is_said(sign):
    ran = sign("kopi-senja/gajan")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "did you mean" in ran.err.lower() or "gajian" in ran.err


def test_a_brand_that_needs_no_review_needs_no_signature(sign, signed_repo):
    brand = (signed_repo.root / BRAND).read_text().replace("approval: review", "approval: merge")
    signed_repo.write({BRAND: brand})
    signed_repo.commit("Relax")
    assert "needs no approval" in sign().err


def test_without_ssh_keygen_it_is_said_and_nothing_signed_counts(
    sign, signed_repo, plan, monkeypatch, tmp_path
):
    sign()
    (tmp_path / "git").symlink_to(shutil.which("git"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "ssh-keygen was not found" in plan()[0]["note"]
    assert plan()[0]["cause"] == "unapproved"


def test_a_clone_without_history_believes_no_signature(sign, signed_repo, plan):
    sign()
    (signed_repo.root / ".git/shallow").write_text(signed_repo.git("rev-parse", "HEAD"))
    (line,) = plan()
    assert (line["cause"], "fetch-depth: 0" in line["note"]) == ("unapproved", True)


def test_approvals_by_hand_do_not_call_ssh_keygen_for_other_brands(
    sign, signed_repo, plan, monkeypatch
):
    sign()
    brand = (signed_repo.root / BRAND).read_text().replace("approval: review", "approval: merge")
    signed_repo.write({BRAND: brand})
    signed_repo.commit("Relax")
    assert sign("--policy", "kopi-senja", who="citra").code == 0

    def never(*args, **kwargs):
        pytest.fail("asked for a signature")

    monkeypatch.setattr("mimin.approval.jury.verify", never)
    assert plan()[0]["cause"] == "due"


@pytest.mark.parametrize(
    "change",
    [
        {"by": "citra@example.com"},
        {"key": "kopi-senja/lain@bluesky"},
        {"digest": "0" * 64},
        {"second": "promo"},
        {"signature": "nothing"},
        {"signature": ""},
    ],
)
def test_no_field_of_a_signed_approval_can_be_changed(change, sign, signed_repo, events):
    """Of a line forged in the ledger, every field that anybody relies on is under the signature."""
    from whenever import Instant

    from mimin.approval.signing import read_signers, verify
    from mimin.cli.shared import open_desk

    sign()
    (event,) = events()
    repository = open_desk(signed_repo.root, None).workspace.tree.repository
    signers = read_signers(repository)
    now = Instant.parse_iso("2026-12-01T02:00:00Z")
    assert not verify(event, signers, now).refusal
    fields = {name: value for name, value in change.items() if name in {"by", "key", "digest"}}
    handles = {**event.handles, **{n: v for n, v in change.items() if n in {"second", "signature"}}}
    forged = event.model_copy(update={**fields, "handles": handles})
    assert verify(forged, signers, now).refusal


def test_the_moment_is_signed_too(sign, signed_repo, events):
    from whenever import Instant, TimeDelta

    from mimin.approval.signing import read_signers, verify
    from mimin.cli.shared import open_desk

    sign()
    (event,) = events()
    repository = open_desk(signed_repo.root, None).workspace.tree.repository
    forged = event.model_copy(update={"at": event.at + TimeDelta(seconds=1)})
    now = Instant.parse_iso("2026-12-01T02:00:00Z")
    assert verify(forged, read_signers(repository), now).refusal


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--pull", "1", "--sign", "KEY"),
        ("--pull", "1", "kopi-senja/gajian"),
        ("--sign", "KEY", "kopi-senja/gajian"),
        ("--sign", "KEY", "--by", "ayu"),
    ],
)
def test_it_is_one_way_or_the_other(args, signed_repo, keys):
    told = [str(keys["ayu"]) if arg == "KEY" else arg for arg in args]
    assert signed_repo.run("approve", *told).code == 2


REAL = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
approval: review
accounts:
  bluesky:
    network: manual
    like: facebook
    handle: kopisenja.example.com
    server: https://satu.example
    secret: KOPI_TOKEN
    settings: {page: "1"}
"""
SENDS = "content/kopi-senja/brand.yml"
ELSEWHERE = [
    ("handle: kopisenja.example.com", "handle: lain.example.com", "handle"),
    ("server: https://satu.example", "server: https://dua.example", "server"),
    ("secret: KOPI_TOKEN", "secret: LAIN_TOKEN", "secret"),
    ('settings: {page: "1"}', 'settings: {page: "2"}', "settings.page"),
    ("languages: [id]", "languages: [id]\nmedia_host: https://dua.example/m", "media_host"),
]


@pytest.mark.parametrize(("old", "new", "what"), ELSEWHERE, ids=[row[2] for row in ELSEWHERE])
def test_an_approval_is_none_of_another_destination(old, new, what, sign, signed_repo, plan):
    signed_repo.write({SENDS: REAL})
    signed_repo.commit("Send to a real one")
    assert sign().code == 0
    assert plan()[0]["cause"] == "due"
    signed_repo.write({SENDS: REAL.replace(old, new)})
    signed_repo.commit("Send it elsewhere")
    (line,) = plan()
    assert line["cause"] == "unapproved"
    expected = f"where it goes changed since ayu@example.com approved it ({what}); approve it again"
    if what == "settings.page":  # the payload has it too, which is said first
        expected = "the network's settings changed since ayu@example.com approved it"
    assert line["note"] == expected
    assert sign().out.startswith("approved ")
    assert plan()[0]["cause"] == "due"


def test_what_lets_a_post_go_out_late_is_approved_too(sign, signed_repo, plan, post):
    signed_repo.write(post(late="hold", expires="2026-12-02 09:00"))
    signed_repo.commit("Hold what is late")
    sign()
    for fields, cause in (
        ({"late": "drop", "expires": "2026-12-02 08:00"}, "due"),
        ({"late": "post", "expires": "2026-12-02 09:00"}, "unapproved"),
        ({"late": "hold"}, "unapproved"),
        ({"late": "hold", "expires": "2026-12-03 09:00"}, "unapproved"),
        ({"late": "hold", "expires": "2026-12-02 09:00", "grace": "1w"}, "unapproved"),
    ):
        signed_repo.write(post(**fields))
        signed_repo.commit("Change when it may go out")
        (line,) = plan()
        assert line["cause"] == cause, fields
    assert line["note"] == (
        "what lets it go out late was widened since ayu@example.com approved it (grace); "
        "approve it again"
    )


@pytest.mark.parametrize("name", ["destination", "access", "terms"])
def test_where_it_goes_is_signed_too(name, sign, signed_repo, events, post):
    from whenever import Instant

    from mimin.approval.signing import read_signers, verify
    from mimin.cli.shared import open_desk

    signed_repo.write({SENDS: REAL, **post(late="hold")})
    signed_repo.commit("Send to a real one")
    sign()
    (event,) = events()
    change = {"handles": {**event.handles, name: "{}"}}
    if name == "destination":
        change = {"destination": "manual/bluesky https://dua.example @x"}
    repository = open_desk(signed_repo.root, None).workspace.tree.repository
    now = Instant.parse_iso("2026-12-01T02:00:00Z")
    assert not verify(event, read_signers(repository), now).refusal
    for forged in (change, {"destination": "", **change} if name != "destination" else change):
        assert verify(event.model_copy(update=forged), read_signers(repository), now).refusal


@pytest.fixture
def old_approval(signed_repo, keys):
    """Append an approval as the version before wrote it, with the statement in its old form."""

    def append(digest, name="ayu"):
        from whenever import Instant

        from mimin.approval.signing import sign
        from mimin.cli.shared import open_desk
        from mimin.model.event import Event, Kind

        event = Event(
            v=1,
            at=Instant.parse_iso("2026-12-01T01:30:00Z"),
            kind=Kind.APPROVED,
            account="kopi-senja/bluesky",
            key=KEY,
            digest=digest,
            by=f"{name}@example.com",
            handles={"via": "ssh"},
        )
        handles = {**event.handles, "signature": sign(event, keys[name])}
        signed = event.model_copy(update={"handles": handles})
        open_desk(signed_repo.root, None).ledger.record([signed])

    return append


def _commit_at(repo, moment, message):
    repo.git("add", "-A")
    dated = {"GIT_COMMITTER_DATE": moment, "GIT_AUTHOR_DATE": moment}
    subprocess.run(
        ["git", "-C", str(repo.root), "commit", "-q", "-m", message],
        check=True,
        env={**os.environ, **dated},
    )


def test_an_old_approval_counts_as_long_as_its_destination_is_what_it_was(
    old_approval, signed_repo, plan
):
    signed_repo.write({SENDS: REAL})
    _commit_at(signed_repo, "2026-12-01T01:00:00Z", "Send to a real one")
    old_approval(plan()[0]["digest"])
    assert plan()[0]["cause"] == "due"
    signed_repo.write({SENDS: REAL + "people: {}\n"})
    _commit_at(signed_repo, "2026-12-01T01:40:00Z", "Nothing of the destination")
    assert (plan()[0]["cause"], plan()[0]["note"]) == ("due", "approved by ayu@example.com")
    signed_repo.write({SENDS: REAL.replace("satu.example", "dua.example")})
    _commit_at(signed_repo, "2026-12-01T01:50:00Z", "Send it elsewhere")
    (line,) = plan()
    assert line["cause"] == "unapproved"
    assert "where it goes changed since ayu@example.com approved it (server)" in line["note"]


def test_a_commit_that_claims_to_be_older_than_an_old_approval_moves_it_all_the_same(
    old_approval, signed_repo, plan
):
    signed_repo.write({SENDS: REAL})
    _commit_at(signed_repo, "2026-12-01T01:00:00Z", "Send to a real one")
    old_approval(plan()[0]["digest"])
    signed_repo.write({SENDS: REAL + "people: {}\n"})
    _commit_at(signed_repo, "2026-12-01T01:40:00Z", "Something else")
    signed_repo.write({SENDS: REAL.replace("KOPI_TOKEN", "LAIN_TOKEN")})
    _commit_at(signed_repo, "2026-12-01T01:10:00Z", "Send it elsewhere, long ago")
    assert "approved it (secret)" in plan()[0]["note"]
