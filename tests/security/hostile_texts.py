"""Hostile texts: what costs a pattern, a parser or a loop the most time; by kind, of any length.

A test takes them with `import hostile_texts`. Each kind is a function from a number to a text that
grows in proportion to it, so that whoever doubles the number sees how what it measures grows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Kind = Callable[[int], str]


def _repeat(unit: str, before: str = "", after: str = "") -> Kind:
    """Write a unit again and again, to about as many characters as are asked for."""
    return lambda size: before + unit * max(1, size // len(unit)) + after


def _open(opening: str, closing: str, middle: str = "a") -> Kind:
    """Open something again and again, and close all of it."""
    pair = len(opening) + len(closing)
    return lambda size: opening * max(1, size // pair) + middle + closing * max(1, size // pair)


def _numbered(line: str) -> Kind:
    """Write lines of which no two are alike; `{}` is the number."""

    def write(size: int) -> str:
        lines: list[str] = []
        length = 0
        while length < size:
            lines.append(line.replace("{}", str(len(lines))))
            length += len(lines[-1]) + 1
        return "\n".join(lines)

    return write


def _growing(unit: str, between: str = " ") -> Kind:
    """Write units that get longer and longer, as runs of backticks of which no two match."""

    def write(size: int) -> str:
        found: list[str] = []
        length = 0
        while length < size:
            found.append(unit * (len(found) + 1))
            length += len(found[-1]) + 1
        return between.join(found)

    return write


BODIES: Mapping[str, Kind] = {
    # what was found from outside
    "hyphenated label": _repeat("a-", after=".com"),
    "separators": _repeat("---\n"),
    "hash and marks": _repeat("!", before="#", after="a"),
    "regional indicators": _repeat("\U0001f1ee"),
    "brackets": _repeat("["),
    # domains and addresses
    "dots": _repeat("a."),
    "dots, top level": _repeat("a.com."),
    "dots, top level, letter": _repeat("a.com", after="a"),
    "dots alone": _repeat("."),
    "dot and letter": _repeat(".a"),
    "one dotted word": _repeat("a", after=".com"),
    "one dotted word, start": _repeat("a", before="x.com/"),
    "one dotted word, no ASCII": _repeat("あ", after=".com"),
    "one dotted word, no top level": _repeat("あ", after=".x1"),
    "sentences and a domain": _repeat("これは長い文です。", after=".x1"),
    "hosts of hosts": _repeat("a-a.com."),
    "hosts and slashes": _repeat("a-a.co/"),
    "hyphenated words and slashes": _repeat("a-" * 100 + "/", after=".com"),
    "domains and spaces": _repeat("a.co "),
    "domains and spaces, no ASCII": _repeat("é.co "),
    "accents before a domain": _repeat("é", after=".com"),
    "hyphens": _repeat("-", before="a", after=".com"),
    "hyphens, no end": _repeat("-", before="a"),
    "underscores and a domain": _repeat("a_", after=".com"),
    "underscored subdomains": _repeat("a_b.", after="com"),
    "labels, hyphen at end": _repeat("a-a.", after="-"),
    "domains in brackets": _repeat("(a.co)"),
    "domains, comma": _repeat("a.co,"),
    "domains, Japanese": _repeat("a.coあ"),
    "punycode": _repeat("xn--", after=".com"),
    "punycode labels": _repeat("xn--a.", after="com"),
    "schemes": _repeat("http://"),
    "schemes with a letter": _repeat("https://a"),
    "schemes with a domain": _repeat("https://a.co"),
    "schemes in lines": _repeat("https://a.co\n"),
    "schemes, no word before": _repeat("https://a.co "),
    "scheme, slashes": _repeat("/", before="https://a.co"),
    "scheme, dots at end": _repeat(".", before="https://a.co"),
    "scheme, marks at end": _repeat("!", before="https://a.co/"),
    "scheme, parentheses": _repeat("(", before="https://a.co/"),
    "scheme, closing ones": _repeat(")", before="https://a.co/"),
    "scheme, pairs": _repeat("()", before="https://a.co/"),
    "scheme, nested pairs": _open("(", ")"),
    "scheme, deep pairs": lambda size: f"https://a.co/{_open('(', ')')(size)}",
    "scheme, letters in pairs": _repeat("(a)", before="https://a.co/", after="("),
    "scheme, open pairs": _repeat("(a", before="https://a.co/"),
    "scheme, query": _repeat("?", before="https://a.co/"),
    "scheme, query fields": _repeat("a=b&", before="https://a.co/?"),
    "scheme, ampersands": _repeat("&", before="https://a.co/"),
    "scheme, entities": _repeat("&amp;", before="https://a.co/"),
    "scheme, colon digits": _repeat("1", before="https://a.co:"),
    "scheme, at signs": _repeat("@", before="https://a.co/"),
    "schemes with a path": _repeat("https://a.co/b"),
    "schemes with a query": _repeat("https://a.co/?"),
    "schemes, hyphenated": _repeat("a-", before="https://", after=".com"),
    "schemes, subdomains": _repeat("a_b.", before="https://", after="com"),
    "addresses in brackets": _repeat("(https://a.co/("),
    "short links": _repeat("https://t.co/a"),
    "long paths": _repeat("a.co/" + "p" * 200 + " "),
    "one long path": _repeat("p-", before="https://a.co/"),
    "scheme, quotes": _repeat("“https://a.co"),
    # mentions, tags and money
    "at signs": _repeat("@"),
    "mentions": _repeat("@a"),
    "mentions, dots": _repeat("a.", before="@"),
    "mentions, hyphens": _repeat("a-", before="@"),
    "mentions of servers": _repeat("@a@b"),
    "mention, dots at end": _repeat(".", before="@a"),
    "mention, long server": _repeat("b.", before="@a@"),
    "mention, server of hyphens": _repeat("-", before="@a@b", after="@"),
    "mention, server of words": _repeat("a.-", before="@a@", after="@"),
    "mention, underscores": _repeat("_", before="@"),
    "mention with a space": _repeat("@a "),
    "places": _repeat("@{a}"),
    "places, open": _repeat("@{"),
    "places, one open": _repeat("a", before="@{"),
    "places, lines": _repeat("@{a}\n"),
    "places, numbered": _numbered("@{a{}}"),
    "hashes": _repeat("#"),
    "hashes in words": _repeat("#a"),
    "hashes of digits": _repeat("1", before="#"),
    "hashes, full width": _repeat("\uff03a"),
    "hash, punctuation at end": _repeat("!a", before="#", after="!"),
    "hashes, keycap": _repeat("#\ufe0f"),
    "hashes and spaces": _repeat("# "),
    "tags": _repeat("#a "),
    "dollars": _repeat("$"),
    "cashtags": _repeat("$A "),
    # characters
    "joined emoji": _repeat("\U0001f469\u200d"),
    "families": _repeat("\U0001f468\u200d\U0001f469\u200d\U0001f467"),
    "keycaps": _repeat("1\ufe0f\u20e3"),
    "skin": _repeat("\U0001f44d\U0001f3fd"),
    "skin alone": _repeat("\U0001f3fd"),
    "flag of tags": _repeat("\U000e0067", before="\U0001f3f4"),
    "variations": _repeat("\ufe0f"),
    "combining marks": _repeat("\u0301", before="a"),
    "combining marks, mixed": _repeat("\u0301\u0323", before="a"),
    "Hangul": _repeat("\u1100"),
    "Indic": _repeat("\u0915\u094d"),
    "joiners": _repeat("\u200d"),
    "joiners, Persian": _repeat("\u0645\u200c"),
    "places for line ends, Thai": _repeat("\u0e01\u200b"),
    "selectors": _repeat("a\ufe05\U000e0155"),
    "isolates": _repeat("\u2067\u05d0\u2069"),
    "isolates, open": _repeat("\u2067", before="\u05d0"),
    "isolates, closed alone": _repeat("\u2069", before="\u05d0"),
    "isolates, nested": _open("\u2067", "\u2069", "\u05d0"),
    "isolates, open lines": _repeat("\u05d0\u2067\n"),
    "marks of direction": _repeat("\u05d0\u200f\u200e"),
    "flags of tags": _repeat("\U0001f3f4\U000e0067\U000e0062"),
    "marks and joiners": _repeat("\u0301\u200d"),
    "zero width": _repeat("\u200b"),
    "no ASCII between": _repeat("aé"),
    "carriage returns": _repeat("\r"),
    "spaces": _repeat(" "),
    "spaces, letter": _repeat(" ", before="a", after="a"),
    "spaces before line ends": _repeat(" ", before="a", after="\na"),
    "odd spaces": _repeat("\u3000"),
    "tabs": _repeat("\t"),
    "line ends": _repeat("\n"),
    "line ends, letters": _repeat("a\n\n"),
    "dashes": _repeat("-"),
    "dashes, spaces": _repeat("- "),
    "dots and lines": _repeat(".\n"),
    "long line": _repeat("a"),
    "words": _repeat("a "),
    # Markdown
    "brackets, closed": _open("[", "]"),
    "brackets, letters": _repeat("[a"),
    "brackets, pairs": _repeat("[]"),
    "brackets, parentheses": _repeat("[a]("),
    "brackets, open titles": _repeat('[a](b "'),
    "brackets, angles": _repeat("[a](<b"),
    "links": _repeat("[a](https://a.co) "),
    "links in lines": _repeat("[a](https://a.co)\n"),
    "links and places": _repeat("[a](https://a.co) @{rina}\n"),
    "links in lines of quotes": _repeat("> [a](https://a.co)\n"),
    "hard breaks": _repeat("a  \n"),
    "links in links": _open("[", "](https://a.co)"),
    "links, no line end": _repeat("[a](https://a.co)"),
    "links, nested parentheses": _repeat("(", before="[a](b"),
    "images": _repeat("![a](b.jpg)"),
    "images in images": _open("![", "](b.jpg)"),
    "images, open": _repeat("!["),
    "image, long name": _repeat("%41", before="![a](", after=")"),
    "references": _numbered("[a{}]: https://a.co/{}"),
    "references, one paragraph": _numbered("[a{}]: b{}\n"),
    "references, same": _repeat("[a]: b\n"),
    "references, used": lambda size: "[a]: https://a.co\n\n" + "[a]" * (size // 3),
    "reference, long label": _repeat("a", before="[", after="]: b"),
    "reference, spaces": _repeat(" ", before="[a]:"),
    "reference, open title": _repeat("[a]: b '\n"),
    "stars": _repeat("*"),
    "stars, letters": _repeat("*a"),
    "stars, spaces": _repeat("a* "),
    "stars and underscores": _repeat("*a_ "),
    "stars, nested": _open("*", "*"),
    "stars, two and three": _repeat("**a ***b "),
    "stars, openers": _repeat("a **"),
    "underscores": _repeat("_"),
    "underscores, letters": _repeat("_a"),
    "products": _repeat("1*"),
    "backticks": _repeat("`"),
    "backticks, letters": _repeat("`a"),
    "backticks, growing": _growing("`"),
    "backticks, growing lines": _growing("`", "\n"),
    "fences": _repeat("```\n"),
    "footnotes": _repeat("[^a]"),
    "footnotes, open": _repeat("[^"),
    "footnotes, defined": _numbered("[^a{}]: b"),
    "table, columns": lambda size: "\n".join(
        "|a" * (size // 6) if n != 1 else "|-" * (size // 6) for n in range(3)
    ),
    "tables, whole": _repeat("|a|b|\n|-|-|\n"),
    "stars and underscores, close": _repeat("*_"),
    "backticks, alternating": _repeat("` `` "),
    "tasks": _repeat("- [ ] a\n"),
    "alerts": _repeat("> [!NOTE]\n"),
    "entities, open numbers": _repeat("&#"),
    "entities of marks": _repeat("&#x301;"),
    "formulas": _repeat("$$a"),
    "fences, growing": _growing("~", "\n"),
    "fence, open": _repeat("a\n", before="```\n"),
    "fences, tildes in a line": _repeat("~~~ "),
    "quotes": _repeat(">"),
    "quotes, spaces": _repeat("> "),
    "quotes, lines": _repeat("> a\n"),
    "quotes, lazy": _repeat(">a\na\n"),
    "quotes, growing": _growing(">", "\n"),
    "lists": _repeat("- a\n"),
    "lists, nested": _repeat("- ", after="a"),
    "lists, deeper": lambda size: "\n".join(
        "  " * depth + "- a" for depth in range(max(1, int(size**0.5)))
    ),
    "lists, numbers": _repeat("1. a\n"),
    "lists, numbers nested": _repeat("1. ", after="a"),
    "lists, empty": _repeat("-\n"),
    "lists and quotes": _repeat("> - ", after="a"),
    "long numbers": _repeat("1", after=". a"),
    "headings": _repeat("# a\n"),
    "heading, hashes at end": _repeat(" #", before="# a"),
    "rules": _repeat("***\n"),
    "rules, spaces": _repeat("* "),
    "underlines": _repeat("a\n===\n"),
    "code by indent": _repeat("    a\n"),
    "notes": _repeat("<!-- a -->"),
    "notes, lines": _repeat("<!-- a -->\n"),
    "notes, open": _repeat("<!--"),
    "notes, open lines": _repeat("<!-- a\n"),
    "notes, dashes": _repeat("-", before="<!--"),
    "notes, hardly closed": _repeat("<!---"),
    "note inside": _repeat("a <!-- b --> "),
    "note, lines inside": _repeat("\n", before="a <!-- ", after="-->"),
    "angles": _repeat("<"),
    "angles, letters": _repeat("<a"),
    "angles, spaces": _repeat("<a "),
    "tag, attributes": _repeat(" a=b", before="<a", after="!"),
    "tag, quotes": _repeat(" a='", before="<a"),
    "tags, closed": _repeat("<b>"),
    "tags, lines": _repeat("<b>\n"),
    "declarations": _repeat("<!A "),
    "processing": _repeat("<?"),
    "data sections": _repeat("<![CDATA["),
    "automatic links": _repeat("<https://a.co>"),
    "automatic links, open": _repeat("<https://a"),
    "automatic mail": _repeat("<a@b"),
    "automatic mail, dots": _repeat("a.", before="<a@", after=">"),
    "entities": _repeat("&amp;"),
    "entities, open": _repeat("&"),
    "entities, letters": _repeat("&a"),
    "entities, digits": _repeat("1", before="&#"),
    "entities, numbers": _repeat("&#1;"),
    "backslashes": _repeat("\\"),
    "backslashes, lines": _repeat("a\\\n"),
    "braces": _repeat("{"),
    "pipes": _repeat("|"),
    "tables": _repeat("|a|b|\n"),
    "polls": _repeat("( ) a\n"),
    "seeds": _repeat("a. b, (c) [d] @e #f $G https://h.co *i* _j_ `k` <l> &m; "),
}
"""Bodies of posts: by kind, for about as many characters as are asked for."""

_POST = "accounts: [bluesky, mastodon]\nat: 2026-12-01 13:00\n"

YAML: Mapping[str, Kind] = {
    "aliases that double": lambda size: (
        "a0: &a0 [x]\n"
        + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, max(2, size // 20)))
    ),
    "aliases": _repeat("*a, ", before="a: &a x\nb: [", after="x]\n"),
    "anchors": _numbered("a{}: &a{} b"),
    "merge keys": _repeat("<<: *a\n", before="a: &a {b: c}\n"),
    "same key": _repeat("a: b\n"),
    "keys": _numbered("a{}: b"),
    "two values again and again": _numbered("a{}: b\na{}: c"),
    "unknown keys": _numbered("acount{}: b"),
    "long key": _repeat("a", after=": b\n"),
    "long keys": _repeat("a" * 500 + ": b\n"),
    "long key that is asked": _repeat("a", before="? ", after="\n: b\n"),
    "long value": _repeat("a", before="title: ", after="\n"),
    "long account": _repeat("a", before="accounts: [", after="]\n"),
    "accounts": _repeat("a, ", before="accounts: [", after="a]\n"),
    "accounts, numbered": lambda size: (
        "accounts: [" + ", ".join(f"a{n}" for n in range(size // 7 + 1)) + "]\n"
    ),
    "tags": lambda size: (
        _POST + "tags: [" + ", ".join(f"a{n}" for n in range(size // 7 + 1)) + "]\n"
    ),
    "tags that are none": _repeat("'#', ", before=f"{_POST}tags: [", after="a]\n"),
    "media": _repeat("  - file: a.jpg\n", before=f"{_POST}media:\n"),
    "media that are none": _repeat("  - {}\n", before=f"{_POST}media:\n"),
    "settings": lambda size: (
        f"{_POST}settings:\n" + "".join(f"  a{n}: b\n" for n in range(size // 9 + 1))
    ),
    "brackets": _open("[", "]"),
    "brackets, open": _repeat("[", before="a: "),
    "braces": _open("{a: ", "}"),
    "braces, open": _repeat("{", before="a: "),
    "lists, nested": _repeat("- ", after="a\n"),
    "asked, nested": _repeat("? ", after="a\n"),
    "mappings, nested": lambda size: "".join(
        " " * depth + "a:\n" for depth in range(max(1, int((2 * size) ** 0.5)))
    ),
    "huge number": _repeat("9", before="grace: ", after="\n"),
    "huge duration": _repeat("9", before="accounts: a\ngrace: ", after="d\n"),
    "huge times": _repeat("9", before="accounts: a\nrepeat: {every: day, times: ", after="}\n"),
    "huge exponent": _repeat("9", before="a: 1e", after="\n"),
    "underscored number": _repeat("1_", before="a: ", after="1\n"),
    "sexagesimal": _repeat("1:", before="a: ", after="1\n"),
    "long time": _repeat("0", before="accounts: a\nat: 2026-12-01 13:00:00.", after="\n"),
    "long zone": _repeat("a/", before="accounts: a\nzone: ", after="b\n"),
    "spaces": _repeat(" "),
    "spaces in a value": _repeat(" ", before="title: a", after="b\n"),
    "spaces at the end": _repeat(" ", before="title: a", after="\n"),
    "line ends": _repeat("\n", before="a: b", after="c: d\n"),
    "colons": _repeat(":"),
    "colons and spaces": _repeat(": "),
    "comments": _repeat("# a\n"),
    "comments cut": _numbered("a{}: b #c"),
    "hashes in a flow": _repeat("a #b\n, ", before="a: [", after="]\n"),
    "quotes": _repeat('"'),
    "quotes, single": _repeat("'", before="a: "),
    "quotes, open": _repeat("a", before='title: "'),
    "escapes": _repeat("\\x41", before='title: "', after='"\n'),
    "escapes that are none": _repeat("\\q", before='title: "', after='"\n'),
    "dashes": _repeat("-", after="\n"),
    "documents": _repeat("---\n"),
    "document ends": _repeat("...\n"),
    "directives": _repeat("%YAML 1.1\n"),
    "tags of types": _repeat("!!str ", before="a: ", after="b\n"),
    "own tags": _repeat("!a ", before="a: ", after="b\n"),
    "blocks": _repeat("  a\n", before="title: |\n"),
    "folded blocks": _repeat("  a\n", before="title: >-\n"),
    "folded, open": _repeat("  a\n", before="title: >-\n", after=" b"),
    "items": _repeat("  - a\n", before="labels:\n"),
    "items, open": _repeat("  - a\n", before="labels:\n", after="b"),
    "items of pairs": _repeat("  - a: b\n    c: d\n", before="media:\n", after="x"),
    "items with a space": _repeat("  - a \n", before="labels:\n"),
    "flow with spaces": _repeat("a  ,  ", before="tags: [", after="a\n"),
    "words": _repeat("a b ", before="title: ", after="\n"),
    "controls": _repeat("\x01", before="a: b"),
    "line separators": _repeat("\u2028", before="a: b"),
    "byte order marks": _repeat("\ufeff"),
    "tabs": _repeat("\t", before="a:", after="b\n"),
    "emoji": _repeat("\U0001f600", before="title: ", after="\n"),
}
"""YAML of posts, brands and calendars."""

JSON: Mapping[str, Kind] = {
    "lists": _open("[", "]"),
    "lists, open": _repeat("["),
    "objects": _open('{"a":', "}", middle="1"),
    "huge number": _repeat("9"),
    "huge exponent": _repeat("9", before="1e"),
    "same key": lambda size: "{" + ",".join(['"a":1'] * (size // 6 + 1)) + "}",
    "keys": lambda size: "{" + ",".join(f'"a{n}":1' for n in range(size // 9 + 1)) + "}",
    "long text": _repeat("a", before='"', after='"'),
    "escapes": _repeat("\\u0041", before='"', after='"'),
    "surrogates": _repeat("\\ud800", before='"', after='"'),
    "spaces": _repeat(" "),
    "text, open": _repeat("\\", before='"'),
}
"""Answers of networks."""

HTML: Mapping[str, Kind] = {
    **{
        name: BODIES[name]
        for name in BODIES
        if name.split(",")[0]
        in {
            "angles",
            "tag",
            "tags",
            "notes",
            "declarations",
            "processing",
            "data sections",
            "entities",
            "automatic links",
            "at signs",
            "mentions",
            "combining marks",
        }
    },
    "paragraphs": _open("<p>", "</p>"),
    "spans": _open("<span>", "</span>"),
    "attributes": _repeat(' a="b"', before="<p", after=">"),
    "notes, wrong end": _repeat("<!-- a>"),
    "attribute, wrong end": _repeat("<a href='>"),
    "attributes, wrong end": _repeat("<a b='\">"),
    "data, wrong end": _repeat("<![a>"),
    "attribute, open": _repeat("<a href='"),
    "closing": _repeat("</"),
    "closing, letters": _repeat("</a"),
    "script": _repeat("a<", before="<script>"),
    "scripts": _repeat("<script>"),
    "title": _repeat("<title>"),
    "character numbers": _repeat("9", before="&#", after=";"),
    "character numbers, hexadecimal": _repeat("f", before="&#x", after=";"),
}
"""What a network says that a status is, in HTML."""
