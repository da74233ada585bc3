"""Everything printed passes one place: no text of others steers a terminal or a workflow's log."""

from __future__ import annotations

import ast
import importlib
import json
import re
import unicodedata
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

import mimin
from mimin.cli.main import main
from mimin.cli.say import paint, say, say_progress
from mimin.planning.matrix import as_matrix
from mimin.printable import json_text, log_safe, one_line, printable
from mimin.unseen import find_hidden

# What a runner takes for a command; .NET trims these signs from a line before it looks.
COMMAND = re.compile(r"^\s*::|##\[", re.MULTILINE)
# It compares by the rules of a language, to which these are not there.
_IGNORED = ("Cf", "Cc", "Mn", "Me")


def commands(shown):
    """Find what a runner would obey, where colours are left out, and where they are not."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    kept = [c for c in plain if c.isspace() or unicodedata.category(c) not in _IGNORED]
    return COMMAND.findall(plain) + COMMAND.findall("".join(kept))


BIDIRECTIONAL = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SIGNS = (
    ":: ##[ ## [ ::add-mask::a ##[error]x \u202e \x1b[2J \x1b]8;;http://evil\x07 \u200b \u200f "
    "\u05d0 \U0001f469\u200d\U0001f4bb \U000e0041 \udcff \ufe0f \x9b"
)
TEXT = st.lists(
    st.sampled_from([*_SIGNS.split(" "), *"\n\r\t \xa0\u3000\x85\u2028", "\r\n"])
    | st.text(max_size=4),
    max_size=20,
).map("".join)


def printed(text, **options):
    @click.command()
    def command():
        say(text, **options)

    done = CliRunner().invoke(command, color=True)
    assert done.exception is None
    return done.output


@given(TEXT)
def test_nothing_printed_holds_a_control_character_but_newline_and_tab(text):
    for shown in (printed(text), printed(text, commands=True), printed(text, err=True)):
        assert not [c for c in shown if unicodedata.category(c) == "Cc" and c not in "\n\t"]
        assert not BIDIRECTIONAL.search(shown)
        assert not list(find_hidden(shown))


@given(TEXT)
@example("\u3000::add-mask::x")
@example("a\r::add-mask::x")
@example("a\u2028::add-mask::x")
@example("###[error]x")
@example("\u200f::add-mask::\u05d0")
@example(":\ufe0f:add-mask::x")
@example("#\ufe0f#[error]x")
@example("\u0300::add-mask::x")
@example("\u05d0 ##\u200f[error]x")
def test_no_line_printed_is_a_command_of_a_workflow(text):
    assert not commands(printed(text))
    assert not commands(printed(text, err=True))
    assert not commands(printed(paint(text, fg="red")))


PIECES = st.lists(st.tuples(TEXT, st.sampled_from([None, {}, {"fg": "red", "bold": True}])))


@given(PIECES)
@example([("", {}), ("::add-mask::x", None)])
@example([(":", {"fg": "red"}), (":add-mask::x", None)])
@example([(" ", {"fg": "red"}), ("::add-mask::x", {"fg": "red"})])
@example([("#", {"fg": "red"}), ("#", {}), ("[error]x", {"fg": "red"})])
@example([("a\n", {"fg": "red"}), ("::add-mask::x", None)])
def test_nor_where_one_was_put_together_of_coloured_pieces(pieces):
    """Colours are left out where no terminal is, and then the pieces stand side by side."""
    text = "".join(words if how is None else paint(words, **how) for words, how in pieces)
    for shown in (printed(text), printed(text, color=False)):
        assert not commands(shown)
    left = re.sub(r"\x1b\[[0-9;]*m", "", printed(text, color=True))
    assert "\x1b" not in left
    assert not [c for c in left if "\u2500" <= c <= "\u25ff" and c not in text]


@given(TEXT, TEXT)
def test_what_one_piece_ends_with_colours_nothing_of_the_next(one, two):
    shown = printed(paint(one, fg="red") + two)
    assert re.findall(r"\x1b\[[0-9;]*m", shown) == ["\x1b[31m", "\x1b[0m"]


@given(TEXT)
def test_the_jobs_of_a_workflow_are_one_line_of_its_outputs(text):
    """GITHUB_OUTPUT takes each line for a name and a value."""
    shown = printed(as_matrix([{"brand": text, "environment": text, "due": 1}]), nl=False)
    assert shown.count("\n") == len(shown.splitlines()) == 1
    assert json.loads(shown)["include"][0]["brand"] == text


@given(TEXT)
def test_a_line_is_one_line(text):
    assert len(one_line(text).splitlines()) <= 1


@given(st.dictionaries(TEXT, TEXT))
def test_json_that_is_printed_reads_back_as_it_was(value):
    shown = printed(json_text(value, indent=2))
    assert json.loads(shown) == value
    assert not commands(shown)


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f469\u200d\U0001f4bb \U0001f3f3\ufe0f\u200d\U0001f308",
        "\U0001f468\U0001f3fd\u200d\U0001f9b0 \u2764\ufe0f 1\ufe0f\u20e3",
        "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian
        "\u0915\u094d\u200d\u0937 \u0db4\u0dca\u200d\u0dbb",  # Hindi, Sinhala
        "\u0e01\u0e32\u0e41\u0e1f\u200b\u0e2b\u0e2d\u0e21",  # Thai, with places for line ends
        "\u05e9\u05dc\u05d5\u05dd!\u200f",  # Hebrew
        "Stra\xadßen\xadfest",
        "\u845b\U000e0100 \u1820\u180b",  # a form of an ideograph; Mongolian
        "tab\tand\nnewline :: and ## [x]",
        "std::vector \xe9::x # #[a] \u4e2d\u6587::y",
    ],
)
def test_what_an_emoji_or_a_script_can_not_be_written_without_stays(text):
    assert list(find_hidden(text)) == []
    assert log_safe(text) == text


@pytest.mark.parametrize(
    "sign",
    "\x00\x07\x1b\x7f\x85\x9b\u202e\u2066\u200b\u200d\u2060\ufeff\u00ad\u3164\U000e0041\ufe0f",
)
def test_the_same_signs_elsewhere_are_found_and_written_out(sign):
    assert [found for _, found in find_hidden(f"a {sign} b")] == [sign]
    assert printable(f"a {sign} b") == f"a {ascii(sign)[1:-1]} b"


@pytest.mark.parametrize("sign", "\x1b\u200f\u200d\u200b\xad\ufe0f\u034f\U000e0041:#\r ")
def test_a_hostile_text_takes_time_by_its_length(sign):
    import time

    begun = time.process_time()
    log_safe(sign * 200_000)
    assert time.process_time() - begun < 4


def test_only_our_own_colours_are_colours():
    assert printed(f"{paint('x', fg='red', bold=True)} \x1b[32my") == (
        "\x1b[31m\x1b[1mx\x1b[0m \\x1b[32my\n"
    )


def test_progress_is_written_over_and_steers_nothing_else(capsys):
    say_progress("a\x1b[2J\n::add-mask::x")
    say_progress("", width=30)
    assert capsys.readouterr().err == f"\ra\\x1b[2J\\n::add-mask::x\r{' ' * 30}\r"


@pytest.mark.parametrize(
    "words",
    [
        ("check", "a\u202e\x1b[2J"),
        ("preview", "a\u202e\n::add-mask::x"),
        ("check", "--f\u202e\n::add-mask::x"),
        ("--\u202e\n::add-mask::x",),
        ("\u202e\n::add-mask::x",),
        ("watch", "--format", "\u202e\n::add-mask::x"),
        ("plan", "--base", "\u202e\n::add-mask::x"),
        ("plan", "--remote", "\u202e\n::add-mask::x"),
        ("publish", "--account", "\u202e\n::add-mask::x"),
        ("ledger", "show", "\u202e\n::add-mask::x"),
        ("comment", "--head", "\u202e\n::add-mask::x", "--base", "HEAD"),
    ],
)
def test_what_a_command_line_says_is_not_obeyed_either(words, place):
    place.commit()
    ran = place.run(
        *words, here="--workspace" not in words and not words[0].startswith(("--", "\u202e"))
    )
    assert ran.code in {1, 2}
    assert not commands(ran.out + ran.err)
    assert not list(find_hidden(ran.out + ran.err))


def test_a_bug_is_told_without_obeying_its_words(monkeypatch, capsys):
    module = importlib.import_module("mimin.cli.main")

    def broken():
        raise RuntimeError("\x1b[2J\n::add-mask::x\u202e")

    monkeypatch.setattr(module, "main", broken)
    with pytest.raises(SystemExit) as end:
        module.run()
    said = capsys.readouterr().err
    assert end.value.code == 3
    assert "RuntimeError" in said
    assert not commands(said)
    assert not list(find_hidden(said))


def test_no_module_prints_by_another_way():
    """Ruff forbids `print` and `click.echo`; this finds streams that are written to.

    What `isolated_program` writes goes through a pipe to our own process.
    """
    found = []
    for path in sorted(Path(mimin.__file__).parent.rglob("*.py")):
        if "testing" in path.parts or path.name in {"say.py", "isolated_program.py"}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            call = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if call in {"print", "click.echo", "click.secho", "traceback.print_exc"} or (
                call.startswith(("sys.stdout.", "sys.stderr.")) and not call.endswith("isatty")
            ):
                found.append(f"{path.name}: {call}")
    assert found == []


def test_help_is_printed_as_it_is():
    assert CliRunner().invoke(main, ["--help"]).output.startswith("Usage: main")
