"""What allows more to go out needs an approval of its own; until then the stricter line decides."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest

NOW = "2026-12-01T09:00+07:00"
KEY = "kopi-senja/gajian@bluesky"
BRAND = "content/kopi-senja/brand.yml"
CALENDAR = "calendar/kopi-senja.yml"
SIGNERS = ".github/allowed_signers"

pytestmark = pytest.mark.skipif(
    not shutil.which("ssh-keygen") and "CI" not in os.environ, reason="needs ssh-keygen"
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ayu", "citra", "rara", "eko"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", folder / name]
        subprocess.run([str(word) for word in command], check=True)
    return folder


def _line(keys, name):
    return f"{name}@example.com {(keys / name).with_suffix('.pub').read_text()}"


@pytest.fixture
def known(repo, keys, post, publish):
    """A brand whose policy the ledger knows: Rara writes, Ayu and Citra may sign."""
    brand = (repo.root / BRAND).read_text().replace("approvers: [ayu, citra, dewi]\n", "")
    blackout = "blackouts:\n  - {starts: 2026-12-24, ends: 2026-12-26, reason: Berkabung}\n"
    lines = "".join(_line(keys, name) for name in ("ayu", "citra", "rara"))
    repo.write({BRAND: brand, SIGNERS: lines, CALENDAR: blackout, **post()})
    repo.commit("Set up")
    assert publish().code == 4
    return repo


@pytest.fixture
def sign(known, keys):
    def run(*names, who="ayu"):
        by = f"{who}@example.com"
        return known.run("approve", *names, "--sign", keys / who, "--by", by, "--now", NOW)

    return run


def _policies(repo):
    ran = repo.git("show", "mimin/ledger:policies.jsonl")
    return [json.loads(line) for line in ran.splitlines()]


def change(repo, old, new, path=BRAND):
    text = (repo.root / path).read_text()
    assert old in text
    repo.write({path: text.replace(old, new)})
    repo.commit("Change the policy")


def test_the_first_run_records_what_it_finds(known):
    (event,) = _policies(known)
    assert (event["kind"], event["account"]) == ("policy", "kopi-senja/*")
    assert event["commit"] == known.git("rev-parse", "HEAD").strip()
    policy = json.loads(event["handles"]["policy"])
    assert (policy["approval"], len(policy["signers"])) == ("review", 3)
    known.run("publish", "--now", NOW)
    assert len(_policies(known)) == 1


@pytest.mark.parametrize("policy", ["merge", "none"])
def test_a_review_that_is_abolished_frees_nothing_until_somebody_approves_that(
    policy, known, sign, plan, publish
):
    change(known, "approval: review", f"approval: {policy}")
    (line,) = plan()
    assert (line["action"], line["cause"]) == ("!", "unapproved")
    assert line["note"].startswith(f"{BRAND} allows it (approval), and nobody has approved that")
    assert "`mimin approve --policy kopi-senja --sign KEYFILE --by NAME`" in line["note"]
    assert publish().code == 4
    assert len(_policies(known)) == 1
    ran = sign("--policy", "kopi-senja")
    assert ran.out.startswith("approved policy of kopi-senja by ayu@example.com (signed) "), ran.err
    assert plan()[0]["cause"] == "due"
    assert publish().err == "1 published\n"


def test_what_was_approved_under_the_policy_in_force_goes_out_all_the_same(known, sign, publish):
    change(known, "approval: review", "approval: merge")
    assert sign(KEY).code == 0
    assert publish().err == "1 published\n"


@pytest.mark.parametrize("who", ["rara", "eko"])
def test_neither_its_author_nor_a_stranger_approves_a_change(who, known, keys, sign, plan):
    lines = (known.root / SIGNERS).read_text()
    known.write({SIGNERS: lines + _line(keys, "eko")})
    change(known, "approval: review", "approval: merge")
    ran = sign("--policy", "kopi-senja", who=who)
    assert ran.code == 1
    assert "policy of kopi-senja: this approval would not count: " in ran.err
    assert plan()[0]["cause"] == "unapproved"


def test_who_added_his_own_key_signs_nothing_with_it(known, keys, sign, plan):
    known.write({SIGNERS: (known.root / SIGNERS).read_text() + _line(keys, "eko")})
    known.commit("Let Eko sign")
    ran = sign(KEY, who="eko")
    assert (ran.code, "is not in .github/allowed_signers" in ran.err) == (1, True)
    assert plan()[0]["cause"] == "unapproved"
    assert sign("--policy", "kopi-senja").code == 0
    assert sign(KEY, who="eko").code == 0


def test_a_key_taken_out_signs_nothing_at_once(known, keys, sign, plan):
    assert sign(KEY).code == 0
    known.write({SIGNERS: _line(keys, "citra")})
    known.commit("Ayu has left")
    assert plan()[0]["cause"] == "unapproved"


WIDER = [
    (BRAND, "approval: review", "approval: review\nlate: post", "late"),
    (BRAND, "approval: review", "approval: review\ngrace: 30d", "grace"),
]


@pytest.mark.parametrize(("path", "old", "new", "what"), WIDER, ids=[row[3] for row in WIDER])
def test_what_is_too_late_stays_so_until_the_wider_rule_is_approved(
    path, old, new, what, known, sign, post
):
    known.write(post(at="2026-11-20 09:00"))
    known.commit("Move it into the past")
    assert sign(KEY).code == 0
    change(known, old, new, path)

    def line():
        (found,) = json.loads(known.run("plan", "--all", "--format", "json", "--now", NOW).out)[
            "plan"
        ]
        return found["cause"], found["note"]

    assert line()[0] == "held"
    assert f"{BRAND} allows it ({what})" in line()[1]
    assert sign("--policy", "kopi-senja", who="citra").code == 0
    assert line()[0] in {"late", "due"}


def test_a_blackout_taken_out_holds_until_that_is_approved(known, sign, post):
    known.write(post(at="2026-12-25 09:00"))
    known.commit("Plan it for the mourning")
    change(known, "starts: 2026-12-24", "starts: 2026-12-26", CALENDAR)
    assert sign(KEY).code == 0

    def line(now="2026-12-25T09:00+07:00"):
        ran = known.run("plan", "--all", "--format", "json", "--now", now)
        (found,) = json.loads(ran.out)["plan"]
        return found["action"], found["note"]

    assert line()[0] == "!"
    assert f"{CALENDAR} allows it (blackouts)" in line()[1]
    assert sign("--policy", "kopi-senja", who="citra").code == 0
    assert line() == ("+", "approved by ayu@example.com")


def test_what_narrows_holds_at_once_and_is_recorded(known, sign, publish, plan):
    assert sign(KEY).code == 0
    change(known, "approval: review", "approval: review\napprovers: [citra@example.com]")
    assert "ayu@example.com is not among the approvers" in plan()[0]["note"]
    assert publish().code == 4
    assert json.loads(_policies(known)[-1]["handles"]["policy"])["approvers"] == [
        "citra@example.com"
    ]
    change(known, "approvers: [citra@example.com]", "approvers: [ayu@example.com]")
    assert plan()[0]["cause"] == "unapproved"
    assert sign("--policy", "kopi-senja").code == 1
    assert sign("--policy", "kopi-senja", who="citra").code == 0
    assert plan()[0]["cause"] == "due"


def test_a_brand_that_is_renamed_keeps_its_policy(known, publish):
    known.git("mv", "content/kopi-senja", "content/kopi-baru")
    known.git("mv", CALENDAR, "calendar/kopi-baru.yml")
    change(known, "approval: review", "approval: merge", "content/kopi-baru/brand.yml")
    ran = known.run("plan", "--all", "--format", "json", "--now", NOW)
    (line,) = json.loads(ran.out)["plan"]
    assert (line["action"], "allows it (approval)" in line["note"]) == ("!", True)
    assert publish().code == 4


def test_an_account_that_another_brand_takes_over_keeps_its_policy(known, publish):
    brand = (known.root / BRAND).read_text().replace("approval: review\n", "")
    post = "---\naccounts: [bluesky]\nat: 2026-12-01 09:00\n---\nCuri\n"
    known.write({"content/lain/brand.yml": brand, "content/lain/posts/curi.md": post})
    known.commit("Take the account over")
    ran = publish()
    assert "published lain/curi" not in ran.out
    assert ran.code == 4


def test_an_older_checkout_neither_loosens_nor_records_anything(known, publish):
    old = known.git("rev-parse", "HEAD").strip()
    change(known, "approval: review", "approval: review\ngrace: 10m")
    publish()
    assert len(_policies(known)) == 2
    known.git("checkout", "-q", old)
    publish()
    assert len(_policies(known)) == 2


def test_a_change_that_is_not_committed_is_not_recorded(known, publish):
    text = (known.root / BRAND).read_text()
    known.write({BRAND: text + "grace: 10m\n"})
    publish()
    assert len(_policies(known)) == 1


def test_a_brand_without_reviews_records_nothing(repo, post, publish):
    text = (repo.root / BRAND).read_text().replace("approval: review", "approval: merge")
    repo.write({BRAND: text, **post()})
    repo.commit("Merge is enough")
    repo.write(post(note="x"))
    repo.commit("Something later")
    assert publish().err == "1 published\n"
    assert "policies.jsonl" not in repo.git("ls-tree", "-r", "--name-only", "mimin/ledger")


def test_a_first_run_after_reviews_were_abolished_knows_that_they_were(repo, post, publish):
    repo.write(post())
    repo.commit("Write about payday")
    change(repo, "approval: review", "approval: merge")
    ran = publish()
    assert (ran.code, "allows it (approval)" in ran.err) == (4, True), ran.err


def test_there_must_be_something_to_approve(known, sign):
    assert "nothing more than is in force" in sign("--policy", "kopi-senja").err
    assert "did you mean" in sign("--policy", "kopi-senj").err


def test_a_policy_s_signature_covers_brand_digest_person_and_moment(known, sign):
    from whenever import Instant, TimeDelta

    from mimin.approval.signing import read_signers, verify
    from mimin.cli.shared import open_desk
    from mimin.model.event import Event

    change(known, "approval: review", "approval: merge")
    sign("--policy", "kopi-senja")
    event = Event.model_validate(_policies(known)[-1])
    signers = read_signers(open_desk(known.root, None).workspace.tree.repository)
    now = Instant.parse_iso("2026-12-01T02:00:00Z")
    assert not verify(event, signers, now).refusal
    for forged in (
        {"account": "lain/*"},
        {"digest": "0" * 64},
        {"by": "citra@example.com"},
        {"at": event.at + TimeDelta(seconds=1)},
    ):
        assert verify(event.model_copy(update=forged), signers, now).refusal
