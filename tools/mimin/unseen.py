"""What nobody sees in a text, and where a script or an emoji can not be written without it.

Hidden is by rule, from the properties of Unicode, and so is each exception:

- Every control, format and default ignorable character (Unicode Standard, section 5.21; UTR 36,
  section 2.5), private use, what is no character, and the blanks that look like a letter's place.
- Joiners and the break between words stand beside a letter of a script that joins, stacks or has
  no spaces (Unicode Standard, section 23.2; UAX 14, class SA; UAX 31, section 2.3).
- Marks of direction do something only in a paragraph with right-to-left letters; isolates end in
  it, and agree with what they hold (UAX 9, rules P2 to P3 and X5a to X6a).
- Selectors, joiners and tags of emoji stand as UTS 51 has them (ED-9a, ED-14c to ED-16); other
  selectors after what they select a form of (Unicode Standard, section 23.4; UTS 37).
- On one letter lie eight marks at most. UTS 39, section 5.4, has four for names; the Hebrew Bible
  has five, and a Tibetan mantra eight.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import regex  # type: ignore[import-untyped]

_MARKS_ON_A_LETTER = 8
_ROUNDS = 5
_PLAIN = regex.compile(r"[\t\n\x20-\x7e]*+")
_UNSEEN_BUT_PRINTABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc"
    "\U000e0000-\U000e0fff]"
)
"""What `str.isprintable` takes for visible, of all that is suspect."""
_MARKS = re.compile(
    "[\u0300-\u1fff\u20d0-\u20ff\u2cef-\u2dff\u302a-\u309a\ua66f-\uabff\ufb1e-\ufe2f"
    f"\U00010000-\U0001efff\U000e0000-\U0010ffff]{{{_MARKS_ON_A_LETTER + 1}}}"
)
"""So many characters one after the other that all may be marks."""
_SUSPECT = (
    r"[[\p{DI}\p{Cf}\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{NChar}\u2800\ufffc]"
    r"--[\t\n\p{Prepended_Concatenation_Mark}]]"
)
_FOUND = regex.compile(
    rf"[\p{{Mn}}\p{{Me}}\p{{DI}}]{{{_MARKS_ON_A_LETTER + 1},}}+|{_SUSPECT}", regex.V1
)
_IS_SUSPECT = regex.compile(_SUSPECT, regex.V1)
_JOINING = regex.compile(
    r"[[\P{InSC=Other}\p{lb=SA}\p{jt=D}\p{jt=L}\p{jt=R}\p{scx=Arab}\u0640]--[[\p{sc=Common}--\u0640]\p{DI}\p{Cn}]]",
    regex.V1,
)
_IGNORABLE = regex.compile(r"\p{DI}")
_LETTER_OR_MARK = regex.compile(r"[\p{L}\p{M}]{2}")
_MARK = regex.compile(r"[\p{M}--\p{DI}]", regex.V1)
_EMOJI = regex.compile(r"[[\p{Emoji}\p{ExtPict}\p{So}\p{Sm}\u2022]--[0-9#*]]", regex.V1)
"""What may have a form: emoji, and the signs that keyboards of phones send with the form of one."""
_PICTURE = regex.compile(r"\p{ExtPict}")
_PICTURE_BEFORE = regex.compile(r"\p{ExtPict}\ufe0f?\p{Emoji_Modifier}?\ufe0f?$")
_KEYCAP = regex.compile("[0-9#*]")
_IDEOGRAPH = regex.compile(r"\p{Unified_Ideograph}")
_HAS_FORMS = regex.compile(
    r"[[\p{Unified_Ideograph}\p{Myanmar}\p{Phags_Pa}\p{Sm}\p{Block=CJK_Symbols_And_Punctuation}"
    r"\p{Block=Halfwidth_And_Fullwidth_Forms}]--\p{DI}]",
    regex.V1,
)
"""What `StandardizedVariants.txt` has forms of, but emoji and scripts that nobody writes in."""
_MONGOLIAN = regex.compile(r"[\p{Mongolian}&&\p{L}]", regex.V1)
_BRAILLE = regex.compile(r"[\u2801-\u28ff]")
_BLACK_FLAG = "\U0001f3f4"
_FLAGS = tuple(
    _BLACK_FLAG + "".join(chr(0xE0000 + ord(sign)) for sign in region) + "\U000e007f"
    for region in ("gbeng", "gbsct", "gbwls")
)
"""The flags of regions that Unicode recommends: England, Scotland and Wales (UTS 51, annex C)."""

_PARAGRAPH = regex.compile(r"[^\n\r\x1c-\x1e\x85\u2029]+")
_RIGHT_TO_LEFT = regex.compile(r"[[\p{bc=R}\p{bc=AL}\p{bc=AN}]--[\p{DI}\p{Cn}]]", regex.V1)
_DIRECTION = regex.compile(
    r"[\u061c\u200e\u200f\u2066-\u2069]|(?P<left>[[\p{bc=L}]--[\p{DI}\p{Cn}]]++)"
    r"|(?P<right>[[\p{bc=R}\p{bc=AL}]--[\p{DI}\p{Cn}]]++)",
    regex.V1,
)
_AGAINST = {"\u2066": "right", "\u2067": "left"}
"""An isolate → the direction of its first letter that it would turn round."""
_ISOLATES = frozenset("\u2066\u2067\u2068\u2069")


def find_hidden(text: str) -> Iterator[tuple[int, str]]:
    """Find the characters that nobody sees and that no emoji or script needs: offset, character."""
    if _PLAIN.fullmatch(text) or _is_surely_seen(text):
        return
    directions: frozenset[int] | None = None
    for found in _FOUND.finditer(text):
        marks = 0
        for place in range(found.start(), found.end()):
            character = text[place]
            if not _IS_SUSPECT.match(character):
                marks += 1
                if marks > _MARKS_ON_A_LETTER:
                    yield place, character
            elif character in _MARKS_OF_DIRECTION:
                if directions is None:
                    directions = frozenset(_directions(text))
                if place not in directions or _is_pointless(text, place):
                    yield place, character
            elif not _belongs(text, place):
                yield place, character


def _is_surely_seen(text: str) -> bool:
    """Tell quickly of most texts that nothing in them is suspect."""
    return (
        text.replace("\n", "").replace("\t", "").isprintable()
        and not _UNSEEN_BUT_PRINTABLE.search(text)
        and not _MARKS.search(text)
    )


def without_hidden(text: str) -> str:
    """Take out what is hidden; all else stays, as it is."""
    for _ in range(_ROUNDS):  # what stood around it may be hidden now
        places = {place for place, _ in find_hidden(text)}
        if not places:
            return text
        text = "".join(sign for place, sign in enumerate(text) if place not in places)
    return str(_IS_SUSPECT.sub("", text))


def find_unseen(text: str) -> Iterator[tuple[int, str]]:
    """Find all characters that nobody sees, also those that belong where they stand."""
    for found in _IS_SUSPECT.finditer(text):
        yield found.start(), found[0]


def is_unseen(character: str) -> bool:
    """Tell whether nobody sees a character, wherever it stands."""
    return _IS_SUSPECT.match(character) is not None


def _belongs(text: str, place: int) -> bool:
    """Tell whether what nobody sees at *place* is part of an emoji or of a script's writing."""
    character = text[place]
    rules = (rule for first, last, rule in _RULES if first <= character <= last)
    rule = next(rules, None)
    return rule is not None and rule(text, place)


def _before(text: str, place: int) -> str:
    return text[place - 1 : place]


def _after(text: str, place: int) -> str:
    return text[place + 1 : place + 2]


def _is_pointless(text: str, place: int) -> bool:
    """Tell whether a character does nothing, as the one before does it, or as others surround it.

    So a run of them, in which words could be written as zeros and ones, has two at most.
    """
    before, after = _before(text, place), _after(text, place)
    again = before == text[place] and before not in _ISOLATES
    return again or bool(_IGNORABLE.match(before) and _IGNORABLE.match(after))


def _in_a_word(text: str, place: int) -> bool:
    """Find two letters on both sides, where a word may be hyphenated at all."""
    before, after = text[max(0, place - 2) : place], text[place + 1 : place + 3]
    return bool(_LETTER_OR_MARK.fullmatch(before) and _LETTER_OR_MARK.fullmatch(after))


def _between_marks(text: str, place: int) -> bool:
    return bool(_MARK.match(_before(text, place)) and _MARK.match(_after(text, place)))


def _after_mongolian(text: str, place: int) -> bool:
    return _MONGOLIAN.match(_before(text, place)) is not None


def _between_mongolian(text: str, place: int) -> bool:
    before = text[max(0, place - 2) : place].rstrip("\u180b\u180c\u180d\u180f")[-1:]
    return bool(_MONGOLIAN.match(before) and _MONGOLIAN.match(_after(text, place)))


def _beside_joining(text: str, place: int) -> bool:
    beside = _JOINING.match(_before(text, place)) or _JOINING.match(_after(text, place))
    return bool(beside) and not _is_pointless(text, place)


def _joins(text: str, place: int) -> bool:
    if _PICTURE.match(_after(text, place)):
        return _PICTURE_BEFORE.search(text[max(0, place - 4) : place]) is not None
    return _beside_joining(text, place)


def _after_emoji(text: str, place: int) -> bool:
    before = _before(text, place)
    keycap = _KEYCAP.match(before) and _after(text, place) == "\u20e3"
    return bool(keycap or _EMOJI.match(before))


def _after_a_form(text: str, place: int) -> bool:
    return _HAS_FORMS.match(_before(text, place)) is not None


def _after_an_ideograph(text: str, place: int) -> bool:
    return _IDEOGRAPH.match(_before(text, place)) is not None


def _in_a_flag(text: str, place: int) -> bool:
    start = text.rfind(_BLACK_FLAG, max(0, place - 6), place)
    return start >= 0 and text.startswith(_FLAGS, start)


def _beside_braille(text: str, place: int) -> bool:
    beside = _before(text, place), _after(text, place)
    return any(_BRAILLE.match(each) for each in beside)


_RULES: tuple[tuple[str, str, Callable[[str, int], bool]], ...] = (
    ("\xad", "\xad", _in_a_word),  # a soft hyphen
    ("\u034f", "\u034f", _between_marks),  # the grapheme joiner, which keeps marks in their order
    ("\u180b", "\u180d", _after_mongolian),
    ("\u180e", "\u180e", _between_mongolian),
    ("\u180f", "\u180f", _after_mongolian),
    ("\u200b", "\u200c", _beside_joining),  # between words, and between letters that would join
    ("\u200d", "\u200d", _joins),
    ("\u2800", "\u2800", _beside_braille),
    ("\ufe00", "\ufe02", _after_a_form),
    ("\ufe0e", "\ufe0f", _after_emoji),
    ("\U000e0020", "\U000e007f", _in_a_flag),
    ("\U000e0100", "\U000e01ef", _after_an_ideograph),
)
"""First and last character of a kind, and where they may stand; marks of direction see below, and
all others nowhere."""
_MARKS_OF_DIRECTION = frozenset("\u061c\u200e\u200f") | _ISOLATES


def _directions(text: str) -> Iterator[int]:
    """Find the places of the marks of direction that belong where they are."""
    for paragraph in _PARAGRAPH.finditer(text):
        if _RIGHT_TO_LEFT.search(text, paragraph.start(), paragraph.end()):
            yield from _of_a_paragraph(text, paragraph.start(), paragraph.end())


def _of_a_paragraph(text: str, start: int, end: int) -> Iterator[int]:
    isolates: list[tuple[int, str]] = []
    """Place of each open isolate and the direction of its first letter, empty before that."""
    for found in _DIRECTION.finditer(text, start, end):
        if found.lastgroup is not None:
            if isolates and not isolates[-1][1]:
                isolates[-1] = (isolates[-1][0], found.lastgroup)
        elif found[0] not in _ISOLATES:
            yield found.start()
        elif found[0] != "\u2069":
            isolates.append((found.start(), ""))
        elif isolates:
            opened, first = isolates.pop()
            if first != _AGAINST.get(text[opened]) and (first or text[opened] != "\u2067"):
                yield from (opened, found.start())
