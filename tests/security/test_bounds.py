"""Bounds: no post holds up the others, and no number of problems buries them."""

from __future__ import annotations

import json
import threading

import hostile_texts
import pytest
from whenever import Instant

from mimin.checks import budget, most, team
from mimin.checks.check import survey
from mimin.checks.most import bound_files, choose
from mimin.checks.show import SHOWN
from mimin.cli.shared import open_here
from mimin.model.bounds import BODY_CHARACTERS, MESSAGE, PROBLEMS, PROBLEMS_IN_ALL
from mimin.model.problem import Problem, Severity
from mimin.networks.known import LIMITS

NOW = Instant.from_utc(2026, 12, 1)
POST = "---\naccounts: [bluesky]\nat: 2026-12-03 10:30\n---\n{}"
BRAND = """\
name: Teh
zone: Asia/Makassar
languages: [id]
accounts:
  bluesky: {network: sandbox, handle: teh}
"""


@pytest.fixture
def two_brands(place):
    place.write(
        {
            "content/kopi-senja/posts/bad.md": POST.format("Bad."),
            "content/teh-pagi/brand.yml": BRAND,
            "content/teh-pagi/posts/good.md": POST.format("Good."),
        }
    )
    return place


def looped(monkeypatch, brand):
    """Let composing go on without end for the posts of one brand."""
    compose = team.compose_read

    def without_end(workspace, read, *rest):
        if brand in read.path and read.post is not None:
            while True:
                pass
        return compose(workspace, read, *rest)

    monkeypatch.setattr(team, "compose_read", without_end)
    monkeypatch.setattr(budget, "SECONDS", 0.05)


def test_a_post_that_takes_too_long_is_a_problem_of_its_own(two_brands, monkeypatch):
    looped(monkeypatch, "kopi-senja")
    found = survey(open_here(two_brands.root))
    by_path = {post.path: post for post in found.posts}
    bad, good = (
        by_path["content/kopi-senja/posts/bad.md"],
        by_path["content/teh-pagi/posts/good.md"],
    )
    assert [problem.code for problem in bad.problems] == ["post-too-slow"]
    assert bad.broken
    assert [delivery.account for delivery in bad.deliveries] == ["kopi-senja/bluesky"]
    assert not good.broken
    assert good.deliveries[0].digest


def test_a_post_that_took_too_long_is_tried_again_and_not_remembered(two_brands, monkeypatch):
    with monkeypatch.context() as patched:
        looped(patched, "kopi-senja")
        assert "[post-too-slow]" in two_brands.check().out
    assert two_brands.check().out == ""


def test_a_post_that_nests_too_deep_to_be_examined_is_a_problem_of_its_own():
    def dig():
        return dig()

    time = budget.BrandTime()
    problem = time.within(dig, lambda problem: problem, "content/a/posts/a.md", "a")
    assert (problem.code, problem.path) == ("post-too-slow", "content/a/posts/a.md")


def test_outside_the_main_thread_nothing_is_interrupted_and_nothing_fails():
    found = []

    def work():
        with budget.budgets():
            found.append(budget.BrandTime().within(lambda: "done", str, "a.md", "a"))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == ["done"]


def test_posts_that_take_long_one_after_the_other_use_up_the_time_of_their_brand_alone(
    two_brands, monkeypatch
):
    looped(monkeypatch, "kopi-senja")
    monkeypatch.setattr(budget, "BRAND_SECONDS", 0.12)
    two_brands.write({f"content/kopi-senja/posts/b{n}.md": POST.format("B.") for n in range(60)})
    found = survey(open_here(two_brands.root)).posts
    slow = [post for post in found if post.brand == "kopi-senja"]
    assert {problem.code for post in slow for problem in post.problems} == {"post-too-slow"}
    assert "the posts of kopi-senja took more than" in slow[-1].problems[0].message
    assert [post.broken for post in found if post.brand == "teh-pagi"] == [False]


MANY = "---\naccounts: [{}]\nat: 2026-12-03 10:30\nrepeat: {{every: day, times: 366}}\n---\nHalo.\n"


def test_a_repetition_on_very_many_accounts_is_a_problem_of_its_post(two_brands):
    accounts = [f"a{n}" for n in range(14)]
    lines = [f"  {name}: {{network: sandbox, handle: {name}}}\n" for name in accounts]
    two_brands.write(
        {
            "content/kopi-senja/brand.yml": BRAND + "".join(lines),
            "content/kopi-senja/posts/bad.md": MANY.format(", ".join(accounts)),
        }
    )
    ran = two_brands.check()
    assert "posts/bad.md:4:9: error: it goes out 5,124 times" in ran.out
    assert ran.out.count("[too-many-deliveries]") == 1


def test_a_brand_with_more_deliveries_than_a_plan_takes_holds_up_only_itself(
    two_brands, monkeypatch
):
    monkeypatch.setattr(most, "DELIVERIES_OF_BRAND", 800)
    two_brands.write(
        {f"content/kopi-senja/posts/m{n}.md": MANY.format("bluesky") for n in range(3)}
    )
    found = {
        post.path.rpartition("/")[2]: post for post in survey(open_here(two_brands.root)).posts
    }
    assert [len(found[f"m{n}.md"].deliveries) for n in range(3)] == [366, 366, 0]
    assert [problem.code for problem in found["m2.md"].problems] == ["too-many-deliveries"]
    assert not found["good.md"].problems


def test_what_stands_for_many_problems_that_a_plan_judges_itself_holds_back_no_other_file():
    mine, theirs = "content/evil/brand.yml", "content/kopi/brand.yml"
    same = [
        Problem(path=mine, line=n, code="account-same", message=str(n), others=(theirs,))
        for n in range(PROBLEMS + 10)
    ]
    *_, rest = bound_files(same)
    assert (rest.code, rest.others) == ("more-problems", ())
    other = [problem.model_copy(update={"code": "name-twin"}) for problem in same]
    assert bound_files(other)[-1].others == (theirs,)


def test_a_body_may_be_longer_than_the_longest_text_of_a_network():
    longest = max(limits.text or 0 for limits in LIMITS.values())
    assert longest < BODY_CHARACTERS


@pytest.mark.parametrize("more", [0, 1])
def test_a_body_of_exactly_the_most_characters_is_read(place, more):
    text = "a" * (BODY_CHARACTERS + more)
    place.write({"content/kopi-senja/posts/a.md": POST.format(text)})
    codes = {problem.code for problem in survey(open_here(place.root)).posts[0].problems}
    assert ("body-too-large" in codes) == bool(more)


def test_a_variant_s_body_has_the_same_bound(place):
    place.write(
        {
            "content/kopi-senja/posts/a.md": POST.format("Halo."),
            "content/kopi-senja/posts/a.bluesky.md": "x\n" * BODY_CHARACTERS,
        }
    )
    [problem] = survey(open_here(place.root)).posts[0].problems
    assert problem.code == "body-too-large"
    assert problem.path == "content/kopi-senja/posts/a.bluesky.md"
    assert problem.line == BODY_CHARACTERS // 2 + 1


def problems(count, path="a.md", severity=Severity.ERROR):
    return [
        Problem(path=path, line=n + 1, code="x", message="m", severity=severity)
        for n in range(count)
    ]


def test_of_each_file_the_first_problems_are_told_and_the_others_counted():
    found = bound_files(problems(PROBLEMS + 30) + problems(3, "b.md"))
    told = [problem for problem in found if problem.path == "a.md"]
    assert len(told) == PROBLEMS + 1
    assert told[-1].code == "more-problems"
    assert told[-1].line == PROBLEMS + 1
    assert told[-1].message.startswith("30 more problems")
    assert sum(problem.path == "b.md" for problem in found) == 3


@pytest.mark.parametrize("severity", Severity)
def test_what_is_left_out_weighs_as_much_as_the_worst_of_it(severity):
    found = bound_files(
        problems(PROBLEMS, severity=Severity.WARNING) + problems(2, severity=severity)
    )
    assert found[-1].severity is severity


def test_problems_that_are_bounded_already_are_not_counted_again():
    once = bound_files(problems(PROBLEMS * 3))
    assert bound_files(once) == once


def test_one_file_s_problems_never_hide_those_of_another():
    many = [each for n in range(100) for each in problems(PROBLEMS, f"a/{n}.md")]
    shown, left = choose([*many, *problems(1, "b/z.md")])
    assert len(shown) == PROBLEMS_IN_ALL
    assert left == len(many) + 1 - PROBLEMS_IN_ALL
    assert shown[-1].path == "b/z.md"


def test_warnings_never_hide_errors():
    warnings = [
        each for n in range(100) for each in problems(PROBLEMS, f"a/{n}.md", Severity.WARNING)
    ]
    shown, _ = choose([*warnings, *problems(5, "b/z.md")])
    assert [problem.path for problem in shown[-5:]] == ["b/z.md"] * 5


@pytest.mark.parametrize("form", SHOWN)
def test_every_form_says_how_many_problems_are_not_shown(form):
    many = [each for n in range(30) for each in problems(PROBLEMS, f"a/{n}.md")]
    written = SHOWN[form](many)
    left = len(many) - PROBLEMS_IN_ALL
    if form == "json":
        assert json.loads(written)["more"] == left
    elif form == "sarif":
        assert json.loads(written)["runs"][0]["properties"] == {"more": left}
    else:
        assert f"… and {left} more problems" in written.splitlines()[-1]


def test_a_message_that_quotes_half_of_a_file_is_shortened():
    long = Problem(path="a.md", code="x", message="a" * 60_000)
    assert len(SHOWN["text"]([long])) < MESSAGE + 100


@pytest.mark.parametrize("kind", hostile_texts.JSON)
def test_a_hostile_answer_of_a_network_is_no_traceback(kind):
    from mimin.networks.http import _plain

    class Response:
        content = hostile_texts.JSON[kind](200_000).encode()

    _plain(Response())
