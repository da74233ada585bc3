"""`mimin comment`: the one comment on a pull request."""

from __future__ import annotations

import ast
import html
import re
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from whenever import Instant

import mimin
from mimin.model.problem import Problem
from mimin.planning.difference import Change
from mimin.planning.markdown import Heading
from mimin.planning.plan import Action
from mimin.printable import one_line, printable
from mimin.publishing.comment import LONGEST, MARK, compose_comment, quote_comment
from mimin.unseen import find_hidden

NOW = "2026-12-01T09:00+07:00"
SHA = "1f2e3d4c5b6a79880716253443526170fedcba98"
POST = "---\nat: 2026-12-01 10:00\naccounts: [bluesky, mastodon]\n---\n"
PATH = "content/kopi-senja/posts/gajian.md"
PULL = ("--post", "--pull", "12")


@pytest.fixture
def ready(place):
    place.base = place.commit()
    place.write({PATH: POST + "Gajian tiba!\n"})
    place.commit()
    return place


def comment(place, *args, **options):
    return place.run("comment", "--base", place.base, "--now", NOW, *args, **options)


def test_it_shows_the_plan_the_problems_and_what_each_account_gets(ready):
    ran = comment(ready)
    assert (ran.code, ran.lines[0]) == (0, MARK)
    assert "2 to publish, 0 changed, 0 no longer planned" in ran.out
    assert "None in what changed." in ran.out
    assert "bluesky as bluesky: 12/300 characters" in ran.out
    assert "  | Gajian tiba!" in ran.out


def test_it_shows_problems_with_their_lines(ready):
    ready.write({PATH: POST + "a" * 400 + "\n"})
    ready.commit()
    ran = comment(ready)
    assert re.search(r"- \*\*error\*\* `content/kopi-senja/posts/gajian\.md:\d+`: `.*400", ran.out)


def test_what_does_not_change_is_not_shown(ready):
    ready.base = ready.git("rev-parse", "HEAD").strip()
    ran = comment(ready)
    assert "Merging this changes nothing that is published." in ran.out
    assert "What each account gets" not in ran.out


HOSTILE = "@kopi/tim ```\n```\n</details><img src=x> [klik](https://evil.example) ````\n"
PARSER = MarkdownIt("commonmark").enable("table")
SAFE = re.compile(r"[^@#<>&/\\$`\[\]~]*")
"""Text outside of code in which GitHub finds no mention, issue, address, picture or formula."""
_SIGNS = """``` ~~~ </details> <!-- --> </code> </summary> <details> <img/src=x> ![x](//evil) [a][a]
[a]:\x20//evil @octocat #1 GH-1 &#64;octocat &commat;octocat www.evil.example https://evil.example
a@evil.example \u202e \x1b]8;;x\x07 \u200b \0 --- ````text $`x`$ halo Approved
1f2e3d4c5b6a79880716253443526170fedcba98"""
EVIL = st.sampled_from(
    [
        *_SIGNS.split(),
        *"`|\\\n\r<>@#[]()*_~!&$ \t-+=:./\x85\u2028\x0c",
        *("| --- |", "    ", "> ", "- ", MARK),
    ]
)
WORDS = st.lists(EVIL | st.text(max_size=3), max_size=25).map("".join)


def read(body):
    """Read a comment as GitHub does; give its blocks, and what of its text is no code."""
    tokens = PARSER.parse(body)
    inline = [part for token in tokens for part in token.children or ()]
    kinds = {part.type for part in inline}
    assert kinds <= {"text", "code_inline", "softbreak", "strong_open", "strong_close"}
    outside = [part.content for part in inline if part.type == "text"]
    assert all(SAFE.fullmatch(text) for text in outside), outside
    assert not re.search(r"www\.|[a-z]-[0-9]|[0-9a-f]{7}", " ".join(outside), re.IGNORECASE)
    return tokens


def label(title, path):
    return (
        f"<details><summary><code>{html.escape(one_line(f'{title} ({path})'))}</code></summary>\n"
    )


def test_what_a_post_says_can_neither_call_people_nor_break_out(ready):
    ready.write({PATH: POST.replace("---\nat", "---\ntitle: '@tim <b> ``` |'\nat") + HOSTILE})
    ready.commit()
    tokens = read(comment(ready).out)
    (fence,) = [token.content for token in tokens if token.type == "fence"]
    assert "</details><img src=x>" in fence
    blocks = [token.content for token in tokens if token.type == "html_block"]
    assert blocks == [MARK + "\n", label("@tim <b> ``` |", PATH), "</details>\n"]


@given(WORDS, WORDS, WORDS, WORDS)
def test_any_text_in_a_post_leaves_the_frame_of_the_comment_intact(title, path, note, text):
    shown = f"{path}\n{text}\n"
    change = _change(title, path, note)
    problem = Problem(path=path, code="html-not-sent", message=note)
    brands = {path: SimpleNamespace(id="kopi-senja", accounts={}, zone="Asia/Jakarta")}
    body = compose_comment([change], [problem], brands, lambda _path: shown)
    assert not list(find_hidden(body))
    tokens = read(body)
    assert [t.content for t in tokens if t.type == "html_block"] == [
        MARK + "\n", label(title or f"{path}/a", path), "</details>\n",
    ]  # fmt: skip
    assert [t.content for t in tokens if t.type == "fence"] == [printable(shown)]
    assert sum(t.type == "td_open" for t in tokens) == 5
    assert [t.type for t in tokens if t.type.endswith("_open") and t.level == 0] == [
        "heading_open", "paragraph_open", "table_open",
        "heading_open", "bullet_list_open", "heading_open",
    ]  # fmt: skip


# What GitHub's documentation ("Writing on GitHub") and the GFM specification give a meaning.
GITHUB = (
    "www.evil.example",
    "http://evil.example",
    "https://evil.example/x",
    "ftp://evil.example",
    "mailto:a@b.co",
    "xmpp:a@b.co",
    "a@evil.example",
    "<https://evil.example>",
    "<a@b.co>",
    "@team",
    "@kopi/tim",
    "#123",
    "GH-123",
    "gh-123",
    "kopi/toko#1",
    "1f2e3d4",
    "1f2e3d4c5b6a79880716253443526170fedcba98",
    "kopi/toko@1f2e3d4",
    "kopi@1f2e3d4",
    ":x:",
    ":+1:",
    ":shipit:",
    "$x$",
    "$`x`$",
    "$$x$$",
    "```math\nx\n```",
    "```mermaid\ngraph TD\n```",
    "~~~\nx\n~~~",
    "[^1]",
    "[^1]: note",
    "x[^1]\n\n[^1]: y",
    "> [!NOTE]\n> x",
    "[!WARNING]",
    "- [x] done",
    "- [ ] todo",
    "* [ ] a",
    "1. [x] a",
    "```suggestion\nx\n```",
    "</details>",
    "<details open>",
    "<!-- x",
    "-->",
    "<!--",
    "[a]: http://e.vil",
    "[a]",
    "![a](//e.vil)",
    "<img src=//e.vil>",
    "# Approved",
    "Approved\n===",
    "---",
    "***",
    "| a | b |\n|---|---|",
    "<b>",
    "&lt;b&gt;",
    "&#64;team",
    "&commat;team",
    "\\@team",
    "h&#116;tp://e.vil",
    "CVE-2021-1",
    "JIRA-12",
    "#-1",
    "!123",
    "https://github.com/a/b/issues/1",
    "`@a`",
    "``",
    "`",
    "````\n",
    "<picture>",
    "<kbd>x</kbd>",
    "<input type=checkbox>",
    "<ins>",
    "<summary>",
    "<svg>",
    "~x~",
    "~~x~~",
    "==x==",
    "#FF0000",
    "`#FF0000`",
    "rgb(1,2,3)",
    "hsl(1,2%,3%)",
    "[[wiki]]",
    "++x++",
    "https:evil",
    "evil.example",
    "//evil.example",
    "1f2e3d4 x",
    "a 1234567 b",
    "2026121",
    "Dec. 1234567 rows",
    "feedbac",
    "defaced",
    "deadbeef",
    "RFC 1234567",
    "ABC-1",
)


@pytest.mark.parametrize("said", GITHUB)
def test_nothing_that_means_something_to_github_means_it_in_a_comment(said):
    test_any_text_in_a_post_leaves_the_frame_of_the_comment_intact.hypothesis.inner_test(
        said, said, said, said
    )


@pytest.mark.parametrize("said", GITHUB)
def test_nor_does_it_in_a_comment_that_is_quoted(said):
    tokens = read(quote_comment(f"{MARK}\n{said}\n- {said}\n| {said} |\n**{said}**\n"))
    assert [t.content for t in tokens if t.type == "html_block"] == [MARK + "\n"]
    assert not [t for t in tokens if t.type in {"heading_open", "hr", "fence"}]


def _change(title, path, note):
    delivery = SimpleNamespace(
        key=f"{path}/a@b", account=f"{path}/b", due=Instant.from_utc(2026, 12, 1, 2)
    )
    post = SimpleNamespace(brand=path, key=f"{path}/a", title=title, path=path)
    return Change(Action.PUBLISH, note, delivery, post)


def test_what_is_too_long_is_left_out_whole_and_counted(ready):
    many = {
        f"content/kopi-senja/posts/p{number}.md": POST + f"Pos {number} " + "kopi é " * 35 + "\n"
        for number in range(150)
    }
    ready.write(many)
    ready.commit()
    body = comment(ready).out
    assert len(body.encode()) <= LONGEST
    assert re.search(r"… and \d+ deliveries more than fit here", body)
    assert re.search(r"… and \d+ posts more than fit here; `mimin preview FILE`", body)
    assert body.count("<details>") == body.count("</details>") > 10


def test_the_first_run_posts_and_the_next_ones_write_in_place(ready, talk):
    talk.say("ayu", "Bagus!")
    first = comment(ready, *PULL, env=talk.environment)
    again = comment(ready, *PULL, env=talk.environment)
    ready.write({PATH: POST + "Gajian lagi!\n"})
    ready.commit()
    third = comment(ready, *PULL, env=talk.environment)
    assert [ran.err for ran in (first, again, third)] == [
        "posted on #12\n", "kept on #12\n", "updated on #12\n",
    ]  # fmt: skip
    assert talk.written == ["POST /issues/12/comments", "PATCH /issues/comments/2"]
    assert "Gajian lagi!" in talk.comments[1]["body"]
    assert talk.comments[0]["body"] == "Bagus!"


def test_a_comment_of_somebody_else_is_left_alone_whatever_it_begins_with(ready, talk):
    talk.say("mallory", MARK + "\nmine")
    comment(ready, *PULL, env=talk.environment)
    assert talk.comments[0]["body"] == MARK + "\nmine"
    assert talk.written == ["POST /issues/12/comments"]


def test_our_comment_is_found_behind_a_hundred_others(ready, talk):
    for number in range(120):
        talk.say("ayu", f"{number}")
    talk.say("github-actions[bot]", MARK + "\nold")
    comment(ready, *PULL, env=talk.environment)
    assert talk.written == ["PATCH /issues/comments/121"]


def test_a_token_that_may_not_is_told_what_it_needs(ready, talk):
    talk.refuses["POST"] = 403
    ran = comment(ready, *PULL, env=talk.environment)
    assert ran.code == 1
    assert "pull-requests: write" in ran.err
    assert "ghs_" not in ran.err


def test_without_a_token_nothing_is_posted(ready):
    ran = comment(ready, *PULL, env={"GITHUB_REPOSITORY": "a/b"})
    assert (ran.code, "GITHUB_TOKEN" in ran.err) == (2, True)


@pytest.fixture
def from_fork(place, talk, tmp_path):
    def post(text, head="ayu:gajian", commit=SHA):
        file = tmp_path / "comment.md"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        words = ("comment", "--text", file, "--post", "--head", head, "--commit", commit)
        return place.run(*words, env=talk.environment)

    return post


NOTE = "What follows was written by the pull request's own run, which its author controls."


def test_the_text_of_a_fork_is_quoted_below_a_note_that_says_so(from_fork, talk):
    ran = from_fork(f"{MARK}\n@tim [x](https://evil.example) <img src=x>\n")
    assert ran.code == 0
    (made,) = talk.comments
    assert made["body"].startswith(f"{MARK}\n**{NOTE}")
    assert made["body"].endswith("\n\n> `@tim [x](https://evil.example) <img src=x>`\n>\n")
    read(made["body"])


def test_what_our_own_command_writes_is_quoted_line_by_line(ready, from_fork, talk):
    ready.write({PATH: POST + "Gajian | tiba!\n\n```\nkode\n```\n"})
    ready.write({PATH.replace("gajian", "lain"): POST + "<b>Lain</b>\n"})
    ready.commit()
    written = comment(ready).out
    from_fork(written)
    (made,) = talk.comments
    told = [line.removeprefix(">").removeprefix(" ") for line in made["body"].split("\n")[3:]]
    assert [line for line in told if line] == [line for line in written.split("\n")[1:] if line]


@pytest.mark.parametrize("text", ["hello", f" {MARK}\n", MARK + "\n" + "a" * LONGEST, b"\xff\xfe"])
def test_what_is_no_comment_of_ours_is_not_posted(from_fork, talk, text):
    ran = from_fork(text)
    assert (ran.code, talk.asked) == (2, [])


@pytest.mark.parametrize("where", [{"head": "ayu:lain"}, {"commit": "0" * 40}])
def test_a_pull_request_that_has_moved_on_gets_no_old_text(from_fork, talk, where):
    ran = from_fork(MARK + "\nx\n", **where)
    assert ran.code == 0
    assert "nothing posted" in ran.err
    assert talk.written == []


@given(WORDS | st.lists(WORDS | EVIL, max_size=8).map("\n".join))
@example("```text\n````\n[a](//evil)\n```")
@example("```text\n  ``` \n@octocat")
@example("<details><summary><code>a</code></summary>\n`<img src=x>`")
@example("| a |\n| --- |\n| `a | <img src=x>` |\na`b | @c`")
@example("Halo\n---\n1f2e3d4c GH-12")
def test_any_text_of_a_fork_stays_in_its_quotation_and_can_not_hide_the_note(text):
    body = quote_comment(f"{MARK}\n{text}")
    assert len(body.encode()) <= LONGEST
    assert not list(find_hidden(body))
    tokens = read(body)
    assert NOTE in tokens[2].content
    quotes = [t.type for t in tokens if t.level == 0 and t.type != "inline"]
    assert quotes == [
        "html_block", "paragraph_open", "paragraph_close", "blockquote_open", "blockquote_close",
    ]  # fmt: skip
    for block in (t.content for t in tokens[1:] if t.type == "html_block"):
        assert re.fullmatch(
            r"<details><summary><code>[^<>]*</code></summary>\n|</details>\n?", block
        )


def test_every_heading_that_is_written_is_known_to_who_quotes():
    """A heading that is not among `Heading` would be quoted as words of others."""
    written = {}
    for path in sorted(Path(mimin.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for found in re.findall(r"^#{1,6} .+", node.value, re.MULTILINE):
                    written.setdefault(found, set()).add(path.name)
    ours = {found for found, where in written.items() if where == {"markdown.py"}}
    assert ours == set(Heading)
    assert {found: where for found, where in written.items() if found not in ours} == ELSEWHERE


ELSEWHERE = {"# mimin": {"build.py"}}
"""Headings of other things than a pull request's comment: heading → modules."""


@pytest.mark.parametrize("heading", Heading)
def test_a_heading_stays_one_in_a_quotation_and_no_other_line_does(heading):
    begun = f"{MARK}\n"
    assert f"\n> {heading}\n" in quote_comment(f"{begun}{heading}\n")
    for line in (f"{heading}.", f" {heading}", heading.replace("###", "##"), f"{heading}\u200b"):
        assert f"\n> {line}\n" not in quote_comment(f"{begun}{line}\n")


def test_the_headings_of_a_comment_are_these(ready):
    ready.write({BRAND: (ready.root / BRAND).read_text() + "approval: none\n"})
    brand = "approval: review\napprovers: [ayu]\n"
    ready.write({BRAND: (ready.root / BRAND).read_text().replace("approval: none\n", brand)})
    ready.base = ready.commit()
    text = (ready.root / BRAND).read_text().replace("[ayu]", "[ayu, citra]")
    ready.write({BRAND: text, PATH: POST + "Gajian!\n# Problems\n### Problems\n"})
    ready.commit()
    tokens = PARSER.parse(comment(ready).out)
    found = [tokens[n + 1].content for n, t in enumerate(tokens) if t.type == "heading_open"]
    assert found == [heading.removeprefix("### ") for heading in Heading]


BRAND = "content/kopi-senja/brand.yml"


def test_a_long_text_of_a_fork_is_cut_in_its_quotation(from_fork, talk):
    from_fork(MARK + "\n```text\n" + "kopi\n" * 12_000)
    (made,) = talk.comments
    assert len(made["body"].encode()) <= LONGEST
    assert made["body"].endswith(">\n> … cut here\n")
    assert [token.type for token in read(made["body"])][-1] == "blockquote_close"


@pytest.mark.parametrize("sign", ["`", "``` ", "`a", "**", "| ", "<details>", "&", "- ", "\u200b"])
def test_a_quotation_takes_no_longer_than_its_length(sign):
    """A text twice as long takes about twice as long, also when it is nothing but one sign."""
    begun = time.process_time()
    quote_comment(MARK + "\n" + (sign * (60_000 // len(sign.encode()))))
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "words", [(), ("--base", "HEAD", "--text", "README"), ("--base", "HEAD", "--post")]
)
def test_options_that_do_not_go_together_are_refused(ready, words):
    (ready.root / "README").write_text("x")
    assert ready.run("comment", *words).code == 2
