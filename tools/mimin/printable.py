"""Printable text: what nobody sees, or what steers a terminal or a log, is found and written out.

Words of others come from files, networks, git and old ledgers. A control character moves the cursor
or begins a command, a bidirectional control shows a reader another order than is sent, and a
character without width hides in a word (Unicode Technical Report 36, section 2.5; "Trojan Source",
CVE-2021-42574). Those that an emoji or a script can not be written without stay; `unseen` has the
rules.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable

from mimin.unseen import find_hidden, find_unseen, is_unseen

# The runner of GitHub Actions takes a line that begins with `::`, after any white space, and what
# follows `##[` anywhere in a line, for a command (actions/runner, ActionCommand.cs). It compares by
# the rules of a language, by which marks and characters without width are not there (.NET,
# "String comparisons that use the current culture"), so what is no letter, digit or sign of ASCII
# may stand before and between.
_UNSEEN = r"[^\w\s!-~]*"
_COMMAND = re.compile(
    rf"^(?P<lead>[^\w\n!-~]*):(?={_UNSEEN}:)|(?P<hash>#{_UNSEEN})#(?={_UNSEEN}\[)", re.MULTILINE
)


def is_seen(text: str) -> bool:
    """Tell whether a reader sees anything of *text*: spaces and such characters alone are nothing.

    Neither are fillers and the Braille pattern without dots, which networks take for spaces or show
    as an empty post.
    """
    return any(not is_unseen(sign) and unicodedata.category(sign)[0] not in "ZC" for sign in text)


def spelled(name: str) -> str:
    r"""Write out the marks of a name that are letters of their own: `cafe\u0301`, where é is two.

    So one sees how it differs from the name that looks the same.
    """
    if unicodedata.is_normalized("NFC", name):
        return name
    return "".join(ascii(sign)[1:-1] if unicodedata.combining(sign) else sign for sign in name)


def printable(text: str) -> str:
    r"""Write out such characters as escapes, such as `\x1b` and `\u202e`.

    Newlines and tabs stay, and a Windows line end becomes a newline.
    """
    text = text.replace("\r\n", "\n")
    # An escape parts what stood together, so that more may be hidden than before.
    for find in (find_hidden, find_hidden, find_unseen):
        shown = _written_out(text, find, _escaped)
        if shown == text:
            break
        text = shown
    return text


def one_line(text: str) -> str:
    r"""Do so for what stands on a line: newlines and tabs become `\n` and `\t` too."""
    return printable(printable(text).replace("\n", r"\n").replace("\t", r"\t"))


def log_safe(text: str) -> str:
    """Make a text printable, and keep its lines from being commands of a workflow's log."""
    return printable(_COMMAND.sub(_no_command, printable(text)))


def json_text(value: object, *, indent: int | None = None) -> str:
    """Write JSON that can be printed: it reads back as it was, and holds none of it raw."""
    return json_printable(json.dumps(value, ensure_ascii=False, indent=indent))


def json_printable(text: str) -> str:
    """Escape in a JSON text whatever nobody sees, as JSON has it, and what `log_safe` writes out.

    Also what belongs where it stands: with `\\n` for a newline, values share a line, in which one
    could change the direction of another.
    """
    for find in (find_hidden, find_unseen):
        text = _written_out(text, find, lambda character: json.dumps(character)[1:-1])
    return _COMMAND.sub(lambda m: rf"{m['hash']}\u0023" if m["hash"] else m[0], text)


def name_of(character: str) -> str:
    """Name a character for a message: `U+202E RIGHT-TO-LEFT OVERRIDE`."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}{' ' if name else ''}{name}"


def _written_out(
    text: str, find: Callable[[str], Iterable[tuple[int, str]]], write: Callable[[str], str]
) -> str:
    pieces: list[str] = []
    end = 0
    for place, character in find(text):
        pieces += (text[end:place], write(character))
        end = place + 1
    return "".join((*pieces, text[end:])) if pieces else text


def _no_command(found: re.Match[str]) -> str:
    return rf"{found['hash']}\x23" if found["hash"] else rf"{found['lead']}\x3a"


def _escaped(character: str) -> str:
    return ascii(character)[1:-1]
