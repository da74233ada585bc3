"""Printable text: what nobody sees, or what steers a terminal or a log, is found and written out.

Words of others come from files, networks, git and old ledgers. A control character moves the cursor
or begins a command, a bidirectional control shows a reader another order than is sent, and a
character without width hides in a word (Unicode Technical Report 36, section 2.5; "Trojan Source",
CVE-2021-42574). Those without width that an emoji or a script can not be written without stay: the
joiners of emoji, Persian and the languages of India, variation selectors, the tags of three flags.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator

_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_EMOJI = re.compile(
    "[\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
"""A black flag, the tags of a region, and the tag that ends them (UTS 51, annex C)."""
_DRESS = "\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
"""What may stand between an emoji and the joiner after it: its form and its skin."""
_JOINING = re.compile(
    "[\u0600-\u07ff\u0840-\u08ff\u0900-\u109f\u1780-\u18af\u1900-\u1cff\ua800-\uabff"
    "\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00010fff\U00011000-\U00011fff\U0001e900-\U0001e95f]"
)
"""Scripts whose letters join or whose words have no spaces: Arabic, those of India, Thai, Khmer."""
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff]")
_NEAR = 40
"""How far one looks for what a character belongs to; a whole text would take quadratic time."""
_IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_MONGOLIAN = re.compile("[\u1820-\u18aa]")
# The runner of GitHub Actions takes a line that begins with `::`, after any white space, and what
# follows `##[` anywhere in a line, for a command (actions/runner, ActionCommand.cs). It compares by
# the rules of a language, by which marks and characters without width are not there (.NET,
# "String comparisons that use the current culture"), so what is no letter, digit or sign of ASCII
# may stand before and between.
_UNSEEN = r"[^\w\s!-~]*"
_COMMAND = re.compile(
    rf"^(?P<lead>[^\w\n!-~]*):(?={_UNSEEN}:)|(?P<hash>#{_UNSEEN})#(?={_UNSEEN}\[)", re.MULTILINE
)


def find_hidden(text: str) -> Iterator[tuple[int, str]]:
    """Find the characters that nobody sees and that no emoji or script needs: offset, character."""
    for found in _SUSPECT.finditer(text):
        if not _belongs(text, found.start()):
            yield found.start(), found[0]


def printable(text: str) -> str:
    r"""Write out such characters as escapes, such as `\x1b` and `\u202e`.

    Newlines and tabs stay, and a Windows line end becomes a newline.
    """
    if _SUSPECT.search(text) is None:
        return text
    text = text.replace("\r\n", "\n")
    return _SUSPECT.sub(lambda m: m[0] if _belongs(text, m.start()) else _escaped(m[0]), text)


def one_line(text: str) -> str:
    r"""Do so for what stands on a line: newlines and tabs become `\n` and `\t` too."""
    return printable(text).replace("\n", r"\n").replace("\t", r"\t")


def log_safe(text: str) -> str:
    """Make a text printable, and keep its lines from being commands of a workflow's log."""
    return _COMMAND.sub(_no_command, printable(text))


def json_text(value: object, *, indent: int | None = None) -> str:
    """Write JSON that can be printed: it reads back as it was, and holds none of it raw."""
    return json_printable(json.dumps(value, ensure_ascii=False, indent=indent))


def json_printable(text: str) -> str:
    """Escape in a JSON text what `printable` and `log_safe` would write out, as JSON has it."""
    if _SUSPECT.search(text) is not None:
        text = _SUSPECT.sub(
            lambda m: m[0] if _belongs(text, m.start()) else json.dumps(m[0])[1:-1], text
        )
    return _COMMAND.sub(lambda m: rf"{m['hash']}\u0023" if m["hash"] else m[0], text)


def name_of(character: str) -> str:
    """Name a character for a message: `U+202E RIGHT-TO-LEFT OVERRIDE`."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}{' ' if name else ''}{name}"


def _no_command(found: re.Match[str]) -> str:
    return rf"{found['hash']}\x23" if found["hash"] else rf"{found['lead']}\x3a"


def _escaped(character: str) -> str:
    return ascii(character)[1:-1]


def _belongs(text: str, place: int) -> bool:
    """Tell whether what has no width at *place* is part of an emoji or a script's writing."""
    character = text[place]
    rules = (rule for first, last, rule in _RULES if first <= character <= last)
    rule = next(rules, None)
    return rule is not None and rule(text, place)


def _before(text: str, place: int) -> str:
    return text[place - 1 : place]


def _in_a_word(text: str, place: int) -> bool:
    return _before(text, place).isalpha() and text[place + 1 : place + 2].isalpha()


def _before_a_mark(text: str, place: int) -> bool:
    after = text[place + 1 : place + 2]
    return bool(_before(text, place) and after) and unicodedata.category(after)[0] == "M"


def _among_right_to_left(text: str, place: int) -> bool:
    return _RIGHT_TO_LEFT.search(text, max(0, place - _NEAR), place + _NEAR) is not None


def _after_mongolian(text: str, place: int) -> bool:
    return _MONGOLIAN.match(_before(text, place)) is not None


def _after_joining(text: str, place: int) -> bool:
    return _JOINING.match(_before(text, place)) is not None


def _joins(text: str, place: int) -> bool:
    emoji = text[max(0, place - _NEAR) : place].rstrip(_DRESS)[-1:]
    between = _EMOJI.match(emoji) and _EMOJI.match(text[place + 1 : place + 2])
    return bool(between) or _after_joining(text, place)


def _after_what_is_seen(text: str, place: int) -> bool:
    before = _before(text, place)
    return bool(before) and not before.isspace() and not _SUSPECT.match(before)


def _in_a_flag(text: str, place: int) -> bool:
    start = text.rfind("\U0001f3f4", max(0, place - 7), place)
    flag = _FLAG.match(text, start) if start >= 0 else None
    return flag is not None and place < flag.end()


def _after_an_ideograph(text: str, place: int) -> bool:
    return _IDEOGRAPH.match(_before(text, place)) is not None


_RULES: tuple[tuple[str, str, Callable[[str, int], bool]], ...] = (
    ("\xad", "\xad", _in_a_word),  # a soft hyphen
    ("\u034f", "\u034f", _before_a_mark),  # the grapheme joiner
    ("\u061c", "\u061c", _among_right_to_left),  # marks of direction
    ("\u180b", "\u180f", _after_mongolian),
    ("\u200b", "\u200c", _after_joining),  # between words, and between letters that would join
    ("\u200d", "\u200d", _joins),
    ("\u200e", "\u200f", _among_right_to_left),
    ("\ufe00", "\ufe0f", _after_what_is_seen),  # forms of emoji and letters
    ("\U000e0020", "\U000e007f", _in_a_flag),
    ("\U000e0100", "\U000e01ef", _after_an_ideograph),
)
"""First and last character of a kind, and where they may stand; all others nowhere."""
