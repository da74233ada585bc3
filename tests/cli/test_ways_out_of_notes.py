"""Each note of a plan and each alarm is ended by what it says to do, step by step as written."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

from mimin.networks.sandbox_faults import Fault, inject
from mimin.planning.notes import SENTENCES
from mimin.watch.alarm import Code

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
P = "content/kopi-senja/posts/"
B = "content/kopi-senja/brand.yml"
EARLY, DUE, LATE = (f"2026-12-01T{hour}+07:00" for hour in ("09:00", "09:06", "15:00"))
HEAD = "name: Kopi\nzone: Asia/Jakarta\nlanguages: [id]\n"
KEY = "kopi-senja/a@a"


def brand(account, more=""):
    return {B: f"{HEAD}{more}accounts:\n  a: {{handle: kopi, {account}}}\n"}


def post(fields="", text="Halo, selamat pagi semua.", name="a"):
    fields = f"{fields}\n" if fields else ""
    at = "" if "at: 2" in fields else "at: 2026-12-01 09:05\n"
    return {f"{P}{name}.md": f"---\naccounts: [a]\n{at}{fields}---\n{text}\n"}


SAND = brand("network: sandbox, like: mastodon")
PUBLISH = ("publish", "--now", DUE)


@dataclass
class Scene:
    """A workspace for which something is told, and the ways that are told out of it."""

    before: list
    """Files to write and commit, commands to run, faults of the sandbox."""
    says: str
    """What is told, as an expression; `mimin …` in it is run where a way says `the command`."""
    ways: list
    """Each by itself ends it."""
    now: str = EARLY
    ask: tuple = ("plan", "--all", "--lookahead", "200d")
    leads_to: str = r"\+ .* (?:due|late)"
    """What the plan shows then."""


THE_COMMAND = "the command"
THREAD = "Satu.\n\n---\n\nTiga."


def cut(place):
    """Take the newest two records out of the ledger, as somebody could."""
    place.git("update-ref", "refs/heads/mimin/ledger", "mimin/ledger~2")


ACCEPT = ("ledger", "accept", "Percobaan", "--now", DUE)


NOTES = {
    "frozen": Scene(
        [SAND, post(), ("freeze", "kopi-senja/a", "--now", EARLY)],
        r"kopi-senja/a is frozen; `(mimin .*?)`",
        [[THE_COMMAND]],
    ),
    "frozen-why": Scene(
        [SAND, post(), ("freeze", "--reason", "Duka", "--now", EARLY)],
        r"is frozen: Duka; `(mimin .*?)`",
        [[THE_COMMAND]],
    ),
    "unknown": Scene(
        [SAND, post(), (Fault.TIMEOUT,), PUBLISH],
        r"may be out \(.*\); `(mimin reconcile)` asks the network",
        [[THE_COMMAND]],
        now=DUE,
    ),
    "waiting": Scene(
        [brand("network: manual, like: whatsapp"), post(), PUBLISH],
        rf"post it by hand, then `(mimin done {KEY} --url) …`, or `--out` without a link",
        [
            [("done", KEY, "--url", "https://a.example/1", "--now", LATE)],
            [("done", KEY, "--out", "--now", LATE)],
        ],
        now=LATE,
        leads_to=r" out",
    ),
    "stays-down": Scene(
        [SAND, post(), PUBLISH, post("retract: true"), PUBLISH, post()],
        r"taken down at .*; to publish it again, write `id: a-2` and `was: none`",
        [[post("id: a-2\nwas: none")]],
        now=DUE,
    ),
    "take-down-there": Scene(
        [
            brand("network: manual, like: whatsapp"),
            post(),
            PUBLISH,
            ("done", KEY, "--out", "--now", DUE),
            post("retract: true"),
        ],
        rf"do it there, then `(mimin done {KEY} --retracted)`",
        [[THE_COMMAND]],
        now=LATE,
        leads_to=r"retracted|$",
    ),
    "budget": Scene(
        [brand('network: x, secret: KOPI_SENJA_A, budget: "0.01"'), post()],
        r"would cost .*; raise `budget:` in brand.yml, or move it",
        [[brand('network: x, secret: KOPI_SENJA_A, budget: "5.00"')]],
    ),
    "duplicate": Scene(
        [brand("network: sandbox, like: x"), post(), post("at: 2026-12-01 10:30", name="b")],
        r"the very same is, or goes, out as .*; change the text, or move it",
        [
            [post("at: 2026-12-01 10:30", "Yang lain.", "b")],
            [post("at: 2027-01-20 10:30", name="b")],
        ],
    ),
    "refused": Scene(
        [SAND, post(), (Fault.REFUSED,), PUBLISH],
        r"refused: .*; change the post",
        [[post(text="Yang lain.")]],
        now=DUE,
        leads_to=r"\+ .* retry",
    ),
    "missed": Scene(
        [SAND, post("late: drop")],
        r"late, 2h allowed; to send it all the same, set a new `at:`",
        [[post("late: drop\nat: 2026-12-01 16:00")]],
        now=LATE,
    ),
    "missed-one": Scene(
        [SAND, post("late: drop\nrepeat: {every: week, times: 2}")],
        r"late, 2h allowed; to send it all the same, write `move: {1: …}` below `repeat:`",
        [[post("late: drop\nrepeat: {every: week, times: 2, move: {1: 2026-12-01 16:00}}")]],
        now=LATE,
    ),
    "expired-one": Scene(
        [SAND, post("expires: 2026-12-08 10:00\nrepeat: {every: week, times: 2}"), PUBLISH],
        r"expired at .*; to send it all the same, set a later `expires:` and, below `repeat:`, "
        r"`move: {2: …}`",
        [
            [
                post(
                    "expires: 2026-12-20 10:00\n"
                    "repeat: {every: week, times: 2, move: {2: 2026-12-08 16:00}}"
                )
            ]
        ],
        now="2026-12-08T15:00+07:00",
    ),
    "expired": Scene(
        [SAND, post("expires: 2026-12-01 10:00")],
        r"expired at .*; to send it all the same, set a later `expires:` and a new `at:`",
        [[post("at: 2026-12-01 16:00\nexpires: 2026-12-01 20:00")]],
        now=LATE,
    ),
    "blackout": Scene(
        [SAND, post(), {"calendar/kopi-senja.yml": "blackouts: [{starts: 2026-12-01, ends: "
         "2026-12-01, reason: Duka}]\n"}],
        r"blacked out \(Duka\); move it",
        [[post("at: 2026-12-02 09:05")]],
    ),
    "draft": Scene(
        [SAND, post("draft: true")],
        r"a draft; take `draft: true` out to publish it",
        [[post()]],
    ),
    "unscheduled": Scene(
        [SAND, {f"{P}a.md": "---\naccounts: [a]\n---\nHalo.\n"}],
        r"has no time; add `at:`",
        [[post()]],
    ),
    "problems": Scene(
        [SAND, post("pilar: a")],
        r"has problems; `(mimin check \S+)` shows them",
        [[post()]],
    ),
    "uncommitted": Scene(
        [SAND, post(), lambda place: place.write(post(text="Lain."))],
        r"not committed as it is here: (?:\S+); commit it",
        [[{}]],
    ),
    "version-ended": Scene(
        [
            brand("network: linkedin, secret: KOPI_SENJA_A, settings: {version: '202603'}"),
            post("at: 2027-03-20 10:00"),
        ],
        r"refuses the version of its API .*; set a newer `version:`",
        [[brand("network: linkedin, secret: KOPI_SENJA_A, settings: {version: '202607'}")]],
    ),
    "secret-ended": Scene(
        [brand("network: bluesky, secret: KOPI_SENJA_A, secret_expires: 2026-11-20"), post()],
        r"the secret \S+ worked until 2026-11-20; make a new one, and set `secret_expires:`",
        [[brand("network: bluesky, secret: KOPI_SENJA_A, secret_expires: 2027-11-20")]],
    ),
    "thread-changed": Scene(
        [SAND, post(text=THREAD), PUBLISH, cut, ACCEPT, post(text=THREAD.replace("Satu", "Dua"))],
        r"part 1 is out, and the file has something else there now; put its words back "
        rf"\(.*\), or write `retract: true` to take it down, or `(mimin done {KEY} --leave)`",
        [[post(text=THREAD)], [post("retract: true", THREAD)], [THE_COMMAND]],
        now=DUE,
        leads_to=r"resume|retract|dropped",
    ),
    "half-draft": Scene(
        [SAND, post(text=THREAD), PUBLISH, cut, ACCEPT, post("draft: true", THREAD)],
        r"a draft, though 1 of its parts are out; take `draft: true` out, or write "
        rf"`retract: true` to take them down, or `(mimin done {KEY} --leave)`",
        [[post(text=THREAD)], [post("retract: true", THREAD)], [THE_COMMAND]],
        now=DUE,
        leads_to=r"resume|retract|dropped",
    ),
    "held": Scene(
        [SAND, post()],
        r"late, 2h allowed; set a new `at:`, or `late: post`",
        [[post("at: 2026-12-01 16:00")], [post("late: post")]],
        now=LATE,
    ),
}  # fmt: skip
"""Sentence of a note → its scene."""


def do(place, steps, told=None):
    for step in steps:
        if step == THE_COMMAND:
            words = shlex.split(told[1])
            assert words[0] == "mimin"
            done = place.run(*words[1:], "--now", LATE)
            assert done.code == 0, done.out + done.err
        elif callable(step):
            step(place)
        elif isinstance(step, dict):
            place.write(step)
            place.commit()
        elif isinstance(step[0], Fault):
            inject(place.root / ".mimin", "kopi-senja/a", step[0])
        else:
            assert place.run(*step).code in {0, 1, 4}


def check(place, scene, way):
    do(place, scene.before)
    asked = (*scene.ask, "--now", scene.now)
    told = place.run(*asked).out
    found = re.search(scene.says, told)
    assert found, told
    do(place, way, found)
    after = place.run(*asked).out
    assert not re.search(scene.says, after), after
    plan = place.run("plan", "--all", "--lookahead", "200d", "--now", scene.now).out
    assert re.search(scene.leads_to, plan, re.MULTILINE), plan


def rows(scenes):
    for name, scene in scenes.items():
        for number, way in enumerate(scene.ways):
            yield pytest.param(scene, way, id=f"{name}-{number}" if number else str(name))


@pytest.mark.parametrize(("scene", "way"), [*rows(NOTES)])
def test_what_a_note_says_to_do_ends_it(scene, way, place):
    check(place, scene, way)


WATCH = ("watch",)
LOST = [SAND, post(), (Fault.TIMEOUT,), (Fault.BLIND,), PUBLISH]
KEYLESS = "network: bluesky, secret: KOPI_SENJA_A"
ALARMS = {
    Code.UNKNOWN: Scene(
        LOST,
        rf"look at the account, then `(mimin done {KEY})` with --url, --out or --not-out",
        [
            [("done", KEY, "--url", "https://a.example/1", "--now", DUE)],
            [("done", KEY, "--out", "--now", DUE)],
            [("done", KEY, "--not-out", "--now", DUE)],
        ],
        now=DUE,
        leads_to=r"\+ .* (?:due|retry)|  .* out",
    ),
    Code.MISSED: Scene(
        [SAND, post()],
        r"no run came: .*; run `(mimin publish)`, then find out why",
        [[("publish", "--now", "2026-12-01T10:00+07:00")]],
        now="2026-12-01T10:00+07:00",
        leads_to=r"  .* out",
    ),
    Code.HELD: Scene(
        [SAND, post()],
        r"is held: .*; set a new `at:`, or `late: post`",
        [[post("at: 2026-12-03 16:00")], [post("late: post"), ("publish", "--now", LATE)]],
        now=LATE,
        leads_to=r"\+ .* due|  .* out",
    ),
    Code.REFUSED: Scene(
        [SAND, post(), (Fault.REFUSED,), PUBLISH],
        r"was refused \(1 tries\): .*; change the post, or mend the account",
        [[post(text="Yang lain."), ("publish", "--now", DUE)]],
        now=DUE,
        leads_to=r"  .* out",
    ),
    Code.LEDGER: Scene(
        [SAND, post(text=THREAD), PUBLISH, cut],
        r"took 2 records out .* `(mimin ledger restore)` puts them back .*; if they are to stay "
        r"out, `mimin ledger accept REASON`",
        [[("ledger", "restore")], [ACCEPT]],
        now=DUE,
        leads_to=r"  .* out|resume",
    ),
    Code.BROKEN: Scene(
        [SAND, post("pilar: a")],
        r"has problems; `(mimin check \S+)` shows them",
        [[post()]],
    ),
    Code.FILES: Scene(
        [SAND, post(), {"calendar/kopi-senja.yml": "slot: []\n"}],
        r"calendar/kopi-senja.yml is in error .*; `mimin check` shows all",
        [[{"calendar/kopi-senja.yml": "slots: []\n"}]],
    ),
    Code.BLACKOUT: Scene(
        [*NOTES["blackout"].before], r"is not sent: .*; move it", NOTES["blackout"].ways
    ),
    Code.BLOCKED: Scene(
        [*NOTES["budget"].before], r"is not sent: .*; raise `budget:`", NOTES["budget"].ways
    ),
    Code.DROPPED: Scene(
        [SAND, post("late: drop"), ("publish", "--now", LATE)],
        r"did not go out and will not: .*; a new `at:` sends it",
        [[post("late: drop\nat: 2026-12-01 16:00")]],
        now=LATE,
    ),
    Code.HANDED: Scene(
        NOTES["waiting"].before,
        rf"post it, then `(mimin done {KEY})` with --url or --out",
        NOTES["waiting"].ways,
        now=LATE,
        leads_to=r" out",
    ),
    Code.FROZEN: Scene(NOTES["frozen"].before, r"is frozen by .*; `(mimin .*?)`", [[THE_COMMAND]]),
    Code.TOKEN: Scene(
        [brand(f"{KEYLESS}, secret_expires: 2026-12-05"), post()],
        r"dies after 2026-12-05; .*; make a new one, and set `secret_expires:`",
        [[brand(f"{KEYLESS}, secret_expires: 2027-12-05")]],
    ),
    Code.VERSION: Scene(
        [brand("network: linkedin, secret: KOPI_SENJA_A, settings: {version: '202512'}")],
        r"ends version 202512 .*; set a newer `version:` where the account has one, or update",
        [[brand("network: linkedin, secret: KOPI_SENJA_A, settings: {version: '202607'}")]],
        leads_to="",
    ),
    Code.DRAFT: Scene(
        [SAND, post("draft: true")],
        r"is a draft; take `draft: true` out, or move it",
        [[post()], [post("draft: true\nat: 2026-12-20 10:00")]],
        leads_to=r"\+ .* due| draft",
    ),
    Code.IDLE: Scene(
        [
            SAND,
            *(post(text=f"Halo {name}.", name=name) for name in "abc"),
            *(("publish", "--now", f"2026-12-01T09:{minute}+07:00") for minute in (10, 25, 40)),
            post("at: 2026-12-12 10:00", "Nanti.", "d"),
        ],
        r"nothing planned for the next 7 days; plan something, or set a longer `quiet:` in brand",
        [
            [post("at: 2026-12-03 10:00", name="e")],
            [brand("network: sandbox, like: mastodon", "quiet: 2w\n")],
        ],
        now="2026-12-02T10:00+07:00",
        leads_to="",
    ),
    Code.SALVO: Scene(
        [SAND, *(post(text=f"Halo {name}.", name=name) for name in "abc")],
        r"closer than \d+ min together: .*; move some of them",
        [
            [
                post("at: 2026-12-02 10:00", "Halo b.", "b"),
                post("at: 2026-12-03 10:00", "Halo c.", "c"),
            ]
        ],
    ),
}
"""Alarm → its scene."""


@pytest.mark.parametrize(("scene", "way"), [*rows(ALARMS)])
def test_what_an_alarm_says_to_do_ends_it(scene, way, place):
    scene.ask = WATCH
    check(place, scene, way)


_LIFE = "tests/publishing/test_life_with_other_names.py"
_IDENTITY = "tests/planning/test_identity.py"
_TRUST = "tests/publishing/test_trust.py"
_SIGNED = "tests/approval/test_signed.py"
_WAYS = "tests/cli/test_ways_out.py"
ELSEWHERE = {
    "twin": f"{_LIFE}::test_a_post_of_which_nobody_can_tell_waits_and_each_answer_works",
    "account-twice": f"{_LIFE}::test_two_names_of_one_account_send_nothing_and_check_says_so",
    "account-renamed": f"{_IDENTITY}::test_the_answer_about_an_account_is_taken",
    "account-name-taken": f"{_IDENTITY}::test_the_answer_to_a_reused_alias_is_taken",
    "token-moved": f"{_TRUST}::test_another_server_gets_no_token_before_somebody_has_said_so",
    "token-new": f"{_TRUST}::"
    "test_also_the_first_server_of_a_secret_is_asked_about_whatever_its_name",
    "token-name": f"{_TRUST}::test_a_name_that_is_no_brand_s_is_asked_about_once",
    "token-foreign": f"{_TRUST}::test_the_way_out_of_each_problem_is_one",
    "token-reserved": f"{_TRUST}::test_the_way_out_of_each_problem_is_one",
    "stale": "tests/publishing/test_checkout.py::"
    "test_files_older_than_those_of_a_run_before_are_stale_for_the_brand_that_changed",
    "policy": "tests/approval/test_policy.py::"
    "test_a_review_that_is_abolished_frees_nothing_until_somebody_approves_that",
    "moved": f"{_SIGNED}::test_an_approval_is_none_of_another_destination",
    "one-more": f"{_SIGNED}::test_two_people_sign_what_needs_two",
    "held-one": f"{_WAYS}::"
    "test_what_is_said_of_one_occurrence_that_is_held_ends_it_and_moves_no_other",
    Code.CLAIM: "tests/publishing/test_reconcile.py::test_what_is_on_the_network_gets_its_receipt",
    Code.UNAPPROVED: f"{_SIGNED}::test_what_was_signed_is_published",
}
"""What is taken by a test that has what it needs: a team, keys, servers, a ledger of old."""
NOT_TAKEN = {
    **dict.fromkeys(
        (
            *("apart", "blackout-today", "refused-yet", "kept-yet", "again", "parts-missing"),
            *("changes", "takes-down", "not-published", "taken-down", "approved", "claimed"),
            *("changed", "unchangeable", "words-only", "other-parts", "too-old", "kept"),
        ),
        "tells what happens by itself, or what is, and asks for nothing",
    ),
    "twin-maybe": "as `twin`, of a claim in place of a receipt",
    "part-moved": "as `twin`, of a part",
    "account-not-former": "a test has the note, and none takes the line out",
    "token-other": "as `token-moved`, of an account that had the secret before",
    "token-shared": "as secret-shared of the check, which is taken there",
    "not-taken-down": "as `take-down-there`, after a network has refused",
    "elsewhere": "a person changes what is out on another server",
    "unapproved": "as the alarm, which is taken",
    "moved-maybe": "as `moved`, in a clone without history",
    "wider": "as `moved`",
    "one-more-then": "as `one-more`",
    Code.TWICE: "a person deletes one on the network, and reports it",
    Code.WORKFLOW_OFF: "a person enables it at GitHub",
    Code.WORKFLOW_LATE: "a person starts it at GitHub",
    Code.WORKFLOW_FAILED: "a person reads the run at GitHub",
}
"""What no test takes, and why."""


def test_every_note_and_alarm_is_taken_or_has_a_reason():
    told = [*NOTES, *ALARMS, *ELSEWHERE, *NOT_TAKEN]
    # A code and a sentence may be the same word.
    assert len(told) == len({(type(each), each) for each in told})
    sentences = {each for each in told if not isinstance(each, Code)}
    assert sentences == set(SENTENCES)
    assert {each for each in told if isinstance(each, Code)} == set(Code)


@pytest.mark.parametrize("test", sorted(set(ELSEWHERE.values())))
def test_what_is_taken_elsewhere_is_a_test(test):
    path, name = test.split("::")
    assert f"def {name}(" in (ROOT / path).read_text()
