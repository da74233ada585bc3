"""Each problem's way out is taken as it is written, and the problem is gone.

Where a message names what to write, that is read from the message of every golden case and done
(`_named`). Where it says in words what to do, a table has the files before and after. Codes whose
way out no workspace can take are listed at the end with the reason; a new code needs a row.
"""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import pytest
import yaml

from mimin.checks.codes import CODES

CASES = sorted((Path(__file__).parent / "cases").glob("*.yml"))
NOW = "2026-12-01T09:00+07:00"
_LINE = re.compile(
    r"(?P<path>[^:]+):(?P<line>\d+):(?P<column>\d+): (?:error|warning): (?P<message>.*)"
    r" \[(?P<code>[a-z0-9-]+)\]$"
)
P = "content/kopi-senja/posts/"
FRONT = "---\naccounts: [bluesky, mastodon]\nat: 2026-12-03 10:30\n"


def _named(message):
    """Give the word that is wrong and what to write instead; None where a message names none."""
    if found := re.search(r"^.*?(['`])([^'`]+)\1.*; did you mean (['`])([^'`]+)\3\?", message):
        wrong = found[2].rpartition(".")[2].rpartition(" ")[2] if found[1] == "`" else found[2]
        return wrong, found[4]
    if found := re.search(
        r"^'([^']+)' .*; write it as (\d{4}-\d\d-\d\d(?: \d\d:\d\d\S*)?)$", message
    ):
        return found[1], found[2]
    if found := re.search(r"^(\S+ \S+) does not exist in .*; write (\S+ \S+) or another", message):
        return found[1], found[2]
    if found := re.search(r"^(\S+ \S+) exists twice .* by its offset: (\S+ \S+) or", message):
        return found[1], found[2]
    if found := re.search(r"^(?:\w+: )?'([^']+)' is .*; write (\S+)$", message):
        return found[1], found[2]
    if found := re.search(r"^([A-Z_]+) .*; name it ([A-Z_]+)$", message):
        return found[1], found[2]
    if found := re.search(
        r"; let all .*`at: ([^`]+)`$|or let all of them .*: `at: ([^`]+)`$", message
    ):
        return None, found[1] or found[2]
    return None


def _doubtful(message):
    """Tell whether a message only asks what was meant, or speaks of another file."""
    return "not one of" in message or "is neither an account nor" in message


def _written(name, found, text):
    """Do what the message says in *text*; None where it says nothing that can be done so."""
    lines = text.split("\n")
    number, column = int(found["line"]) - 1, int(found["column"]) - 1
    if whole := re.search(r"there is no blank after `[^`]+`; write `([^`]+)`", found["message"]):
        indent = re.match(r"\s*(?:- )?", lines[number])[0]
        lines[number] = indent + whole[1]
        return "\n".join(lines)
    if name is None:
        return None
    wrong, better = name
    if wrong is None:
        lines[number] = lines[number][:column] + better
    elif wrong in lines[number][column:]:
        rest = lines[number][column:]
        lines[number] = lines[number][:column] + rest.replace(wrong, better, 1)
    else:
        return None
    return "\n".join(lines)


def _can_be_taken(found, files):
    """Tell whether a message names what to write in its own file, or the file's other name."""
    if re.search(r"rename it to (\S+?)(?:,|$)", found["message"]):
        return True
    text = files.get(found["path"])
    return isinstance(text, str) and _written(_named(found["message"]), found, text) is not None


def _plan():
    """Find in every golden case the messages that name what to write, or another name."""
    for case in CASES:
        told = yaml.load(case.read_text(), Loader=yaml.BaseLoader)
        lines = [_LINE.match(line) for line in told.get("output", "").splitlines()]
        ways = [
            found
            for found in lines
            if found
            and not _doubtful(found["message"])
            and _can_be_taken(found, told.get("files", {}) | told.get("then", {}))
        ]
        if ways:
            yield pytest.param(told, ways, id=case.stem)


NAMED = list(_plan())


def _plain(files):
    def value(given):
        if given == "null":
            return None
        if isinstance(given, dict):
            return {k: int(v) if k in {"times", "cut"} else v for k, v in given.items()}
        return given

    return {path: value(given) for path, given in files.items()}


@pytest.mark.parametrize(("told", "ways"), NAMED)
def test_what_a_message_says_to_write_ends_the_problem(told, ways, place, record_property):
    place.write(_plain(told.get("files", {})))
    if told.get("git"):
        place.commit("Begin")
    place.write(_plain(told.get("then", {})))
    now, taken = told.get("now", NOW), 0
    for found in ways:
        path = place.root / found["path"]
        if not path.is_file():
            continue  # a link, a folder, or a name of which a part is written out
        before = path.read_bytes()
        renamed = re.search(r"rename it to (\S+?)(?:,|$)", found["message"])
        if renamed:
            folder = place.root if "/" in renamed[1] else path.parent
            better = folder / renamed[1]
            if better.exists():
                continue
            better.parent.mkdir(parents=True, exist_ok=True)
            path.rename(better)
        else:
            text = _written(_named(found["message"]), found, before.decode())
            if text is None:
                continue
            path.write_bytes(text.encode())
        taken += 1
        said = [_LINE.match(line) for line in place.check(now=now).out.splitlines()]
        still = [
            each[0]
            for each in said
            if each
            and each["path"] == found["path"]
            and (each["line"], each["column"]) == (found["line"], found["column"])
            and each["code"] == found["code"]
        ]
        if renamed:
            new = better.relative_to(place.root).as_posix()
            still = [e[0] for e in said if e and e["path"] == new and e["code"] == found["code"]]
            better.rename(path)
        path.write_bytes(before)
        assert not still, f"{found[0]}\nis still there after its way out:\n{still}"
    record_property("counts", {"ways out that are named": taken})


TABLE = {
    "account-twice": ("accounts: [bluesky, bluesky]", "accounts: [bluesky]"),
    "account-unknown": ("accounts: [blusky]", "accounts: [bluesky]"),
    "bad-value": ("draft: maybe", "draft: true"),
    "alt-missing": ("media: [{file: a.jpg}]", "media: [{file: a.jpg, alt: Kopi}]"),
    "campaign-unknown": ("campaign: gajian", ""),
    "pillar-unknown": ("pillar: edukasi", ""),
    "card-unknown": ("media: [{card: kosong, alt: Kopi}]", "media: [{file: a.jpg, alt: Kopi}]"),
    "duplicate-key": ("title: A\ntitle: B", "title: A"),
    "expires-early": ("expires: 2026-12-02 10:00", "expires: 2026-12-05 10:00"),
    "media-missing": ("media: [{file: b.jpg, alt: Kopi}]", "media: [{file: a.jpg, alt: Kopi}]"),
    "missing-key": ("repeat: {times: 3}", "repeat: {every: week, times: 3}"),
    "repeat-number": (
        "repeat: {every: week, times: 3, skip: [4]}",
        "repeat: {every: week, times: 3, skip: [3]}",
    ),
    "tag-malformed": ("tags: [kopi susu]", "tags: [KopiSusu]"),
    "unknown-key": ("caption: Halo", ""),
    "yaml-alias": ("title: &a Kopi\nnote: *a", "title: Kopi\nnote: Kopi"),
    "yaml-comment-cut": ("title: Senja #1", 'title: "Senja #1"'),
    "yaml-tab": ("repeat:\n\tevery: week", "repeat:\n  every: week\n  times: 3"),
    "yaml-tag": ("title: !kopi Kopi", "title: Kopi"),
    "zone-reversed": ("zone: Etc/GMT+7", "zone: Asia/Jakarta"),
    "zone-unknown": ("zone: Jakarta", "zone: Asia/Jakarta"),
}
"""Code → lines of front matter that have the problem, and the lines with the way out taken."""

TEXTS = {
    "comment-unclosed": ("Halo <!-- catatan", "Halo <!-- catatan -->"),
    "empty-part": ("Satu\n\n---\n\n---\n\nDua", "Satu\n\n---\n\nDua"),
    "fence-unclosed": ("Halo\n\n```\nkopi", "Halo\n\n```\nkopi\n```"),
    "hidden-character": ("Ha\u202elo", "Halo"),
    "html-not-sent": ("Halo <b>kopi</b>", "Halo kopi"),
    "line-joined": ("- satu\ndua", "- satu\n\ndua"),
    "link-malformed": ("[Katalog] (https://kopi.example)", "[Katalog](https://kopi.example)"),
    "picture-malformed": ("![Kopi] (a.jpg)", "![Kopi](a.jpg)"),
    "text-missing": ("", "Halo"),
    "text-too-long": ("kopi " * 120, "kopi " * 20),
    "unknown-person": ("Halo @{rara}", "Halo Rara"),
}
"""Code → a text that has the problem, and the text with the way out taken."""


def _codes(place):
    found = [_LINE.match(line) for line in place.check(now=NOW).out.splitlines()]
    return {each["code"] for each in found if each}


def _taken(place, code, before, after):
    place.write({f"{P}a.md": before, f"{P}a.jpg": {"image": "800x600 jpeg"}})
    assert code in _codes(place)
    place.write({f"{P}a.md": after})
    left = _codes(place) - {"media-unused"}
    assert not left, f"the way out of {code} leads to {left}"


@pytest.mark.parametrize("code", TABLE)
def test_front_matter_is_as_its_problem_says(code, place):
    before, after = TABLE[code]

    def post(lines):
        fields = [] if lines.startswith("accounts") else ["accounts: [bluesky, mastodon]"]
        fields += ["at: 2026-12-03 10:30", *([lines] if lines else [])]
        return "---\n" + "\n".join(fields) + "\n---\nHalo.\n"

    _taken(place, code, post(before), post(after))


@pytest.mark.parametrize("code", TEXTS)
def test_a_text_is_as_its_problem_says(code, place):
    before, after = TEXTS[code]
    _taken(place, code, f"{FRONT}---\n{before}\n", f"{FRONT}---\n{after}\n")


def test_a_picture_with_the_suffix_of_another_kind_is_told_one_name(place):
    post = f"{FRONT}media: [{{file: f.PNG, alt: Kopi}}]\n---\nHalo.\n"
    place.write({f"{P}a.md": post, f"{P}f.PNG": {"image": "800x600 jpeg"}})
    told = place.check(now=NOW).out
    assert told.count("\n") == 1
    assert "rename it to f.jpg, or let `mimin check --fix` do it" in told
    assert "f.png" not in told
    place.run("check", "--fix")
    assert (place.root / f"{P}f.jpg").exists()
    assert place.check(now=NOW).out == ""


def test_a_network_without_an_api_is_posted_by_a_person(place):
    brand = "name: Batik\nzone: Asia/Jakarta\nlanguages: [id]\n"
    brand += "accounts:\n  a: {network: WhatsApp, handle: a}\n"
    place.write({"content/batik/brand.yml": brand})
    told = place.check(now=NOW).out
    ways = re.findall(r"`(network: \w+)` and `(like: \w+)`", told)
    place.write({"content/batik/brand.yml": brand.replace("network: WhatsApp", ", ".join(ways[0]))})
    assert place.check(now=NOW).out == ""


LETTER = f"{FRONT}---\nHalo.\n"
IMAGE = f"{FRONT}media: [{{file: a.jpg, alt: Kopi}}]\n---\nHalo.\n"
PICTURE = {"image": "800x600 jpeg"}
BRAND = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
accounts:
  bluesky: {network: sandbox, like: bluesky, handle: kopi.example.com}
  mastodon: {network: sandbox, like: mastodon, handle: kopi}
"""
B = "content/kopi-senja/brand.yml"
FILES = {
    "byte-order-mark": ({f"{P}a.md": "\ufeff" + LETTER}, {f"{P}a.md": LETTER}),
    "line-end": ({f"{P}a.md": LETTER.replace("\n", "\r")}, {f"{P}a.md": LETTER}),
    "file-leftover": ({f"{P}a.md~": LETTER}, {f"{P}a.md~": None}),
    "file-misplaced": (
        {"content/kopi-senja/foto/a.jpg": PICTURE, f"{P}a.md": IMAGE},
        {"content/kopi-senja/foto/a.jpg": None, f"{P}a.jpg": PICTURE},
    ),
    "folder-unknown": ({"content/toko/posts/a.md": LETTER}, {"content/toko/posts/a.md": None}),
    "front-matter-missing": ({f"{P}a.md": "Halo.\n"}, {f"{P}a.md": LETTER}),
    "front-matter-open": ({f"{P}a.md": f"{FRONT}\nHalo.\n"}, {f"{P}a.md": LETTER}),
    "id-twice": (
        {f"{P}a.md": LETTER, f"{P}2026/a.md": LETTER.replace("Halo", "Hai")},
        {f"{P}2026/a.md": None, f"{P}2026/b.md": LETTER.replace("Halo", "Hai")},
    ),
    "media-unused": ({f"{P}a.md": LETTER, f"{P}a.jpg": PICTURE}, {f"{P}a.md": IMAGE}),
    "media-unreadable": ({f"{P}a.md": IMAGE, f"{P}a.jpg": b"\xff\xd8\xff"}, {f"{P}a.jpg": PICTURE}),
    "not-text": ({f"{P}a.md": LETTER + "\0"}, {f"{P}a.md": LETTER}),
    "not-utf-8": ({f"{P}a.md": LETTER.encode() + b"\xe9\n"}, {f"{P}a.md": LETTER}),
    "post-missing": ({f"{P}a.bluesky.md": "Hai.\n"}, {f"{P}a.md": LETTER}),
    "thread-unsupported": (
        {
            B: BRAND.replace("like: mastodon", "like: linkedin"),
            f"{P}a.md": LETTER + "\n---\n\nDua.\n",
        },
        {f"{P}a.md": LETTER},
    ),
    "variant-unknown": (
        {f"{P}a.md": LETTER, f"{P}a.blusky.md": "Hai.\n"},
        {f"{P}a.blusky.md": None, f"{P}a.bluesky.md": "Hai.\n"},
    ),
    "variant-unused": (
        {f"{P}a.md": LETTER.replace(", mastodon", ""), f"{P}a.mastodon.md": "Hai.\n"},
        {f"{P}a.md": LETTER},
    ),
    "words-twice": (
        {f"{P}a.md": LETTER, f"{P}b.md": LETTER.replace("10:30", "12:30")},
        {f"{P}b.md": LETTER.replace("10:30", "12:30").replace("Halo", "Hai")},
    ),
    "time-past": (
        {f"{P}a.md": LETTER.replace("2026-12-03", "2026-11-03")},
        {f"{P}a.md": LETTER},
    ),
    "setting-missing": (
        {
            B: BRAND.replace("sandbox, like: mastodon", "facebook"),
            f"{P}a.md": LETTER,
        },
        {
            B: BRAND.replace(
                "sandbox, like: mastodon", "facebook, secret: K, settings: {page: '17'}"
            )
        },
    ),
    "media-required": (
        {B: BRAND.replace("like: mastodon", "like: instagram"), f"{P}a.md": LETTER},
        {f"{P}a.md": IMAGE, f"{P}a.jpg": PICTURE},
    ),
    "mention-without-did": (
        {
            B: BRAND + "people: {rara: {name: Rara, handles: {bluesky: rara.example.com}}}\n",
            f"{P}a.md": LETTER.replace("Halo", "Halo @{rara}").replace(", mastodon", ""),
        },
        {
            B: BRAND
            + "people:\n  rara:\n    name: Rara\n    handles: {bluesky: rara.example.com}\n"
            "    did: did:plc:ewvi7nxzyoun6zhxrhs64oiz\n"
        },
    ),
    "link-card-missing": (
        {f"{P}a.md": LETTER.replace("at:", "link: https://kopi.example/\nat:")},
        {f"{P}a.link.yml": "url: https://kopi.example/\ntitle: Kopi\n"},
    ),
    "spacing": (
        {
            B: BRAND + "spacing: 2h\n",
            f"{P}a.md": LETTER,
            f"{P}b.md": LETTER.replace("10:30", "11:30").replace("Halo", "Hai"),
        },
        {f"{P}b.md": LETTER.replace("10:30", "12:30").replace("Halo", "Hai")},
    ),
    "blackout": (
        {
            "calendar/kopi-senja.yml": "blackouts:\n"
            "  - {starts: 2026-12-03, ends: 2026-12-03, reason: Duka}\n",
            f"{P}a.md": LETTER,
        },
        {f"{P}a.md": LETTER.replace("12-03", "12-04")},
    ),
    "brand-unknown": (
        {"calendar/toko.yml": "slots: []\n", f"{P}a.md": LETTER},
        {"calendar/toko.yml": None, "calendar/kopi-senja.yml": "slots: []\n"},
    ),
}
"""Code → files that have the problem, and what is changed in them to take the way out."""


@pytest.mark.parametrize("code", FILES)
def test_files_are_as_their_problem_says(code, place):
    before, after = FILES[code]
    place.write(before)
    if code == "time-past":
        place.commit()
        place.git("rm", "-q", "--cached", f"{P}a.md")
        place.git("commit", "-q", "-m", "As if it was new")
    assert code in _codes(place)
    place.write(after)
    assert code not in _codes(place)
    assert place.check(now=NOW).code == 0, place.check(now=NOW).out


WAYS = yaml.safe_load((Path(__file__).parent / "ways_out.yml").read_text())
CODED = [
    pytest.param(code, number, id=f"{code}-{number}" if number else code)
    for code, told in WAYS.items()
    for number in range(len(told["ways"]))
]


def _file(path, value):
    """Make of a row of ways_out.yml a path and what is written there."""
    if path == "brand":
        rows = {name: {"handle": "kopi"} | row for name, row in value.pop("accounts").items()}
        head = {"name": "Kopi Senja", "zone": "Asia/Jakarta", "languages": ["id"]}
        return B, _front(head | value | {"accounts": rows})
    whole = (
        path if "/" in path or path in {"Makefile", "mkdocs.yml", ".gitattributes"} else P + path
    )
    recipe = isinstance(value, dict) and ("times" in value or list(value) == ["link"])
    if path.endswith(".md") and isinstance(value, dict) and not recipe:
        text = value.pop("text", "Halo.")
        fields = {"accounts": ["mastodon"], "at": "2026-12-03 10:30"} | value
        value = f"---\n{_front(fields)}---\n{text}\n"
    return whole, value


def _front(fields):
    """Write fields as YAML, without anchors, which a post can not have."""
    whole = json.loads(json.dumps(fields, default=str))
    return yaml.safe_dump(whole, allow_unicode=True, sort_keys=False)


def _files(rows):
    return dict(_file(path, copy.deepcopy(value)) for path, value in rows.items())


@pytest.mark.parametrize(("code", "number"), CODED)
def test_each_way_that_a_message_names_ends_its_problem_and_makes_no_other(code, number, place):
    told = WAYS[code]
    place.write(_files(told["before"]))
    if "git" in told:
        place.commit()
    found = [_LINE.match(line) for line in place.check(now=told.get("now", NOW)).out.splitlines()]
    messages = [each["message"] for each in found if each["code"] == code]
    assert messages, found
    assert any(told["says"] in message for message in messages), messages
    way = _files(told["ways"][number])
    place.write({path: None for path in way if (place.root / path).is_symlink()})
    place.write(way)
    after = place.check(now=told.get("now", NOW)).out
    codes = {each["code"] for each in map(_LINE.match, after.splitlines())}
    assert code not in codes, after
    assert codes <= {each["code"] for each in found}, after


VIDEOS = {
    "media-type-refused": ("bluesky", {"video": "64x48 mov"}),
    "video-codec-refused": ("instagram", {"video": "64x48 mov", "codec": "mpeg4", "seconds": 4}),
    "video-fps-refused": ("instagram", {"video": "64x48 mp4", "fps": 10, "seconds": 4}),
    "video-index-last": ("instagram", {"video": "64x48 mp4", "streamed": "no", "seconds": 4}),
    "video-names-people": ("bluesky", {"video": "64x48 mp4", "artist": "Siti"}),
    "video-too-many-pixels": ("instagram", {"video": "2000x1000 mp4", "seconds": 4}),
    "video-sound-refused": (
        "instagram",
        {"video": "64x48 mov", "sound": "aac", "channels": "5.1", "seconds": 4},
    ),
}
"""Code → a network, and a video of which it does not take what the code says."""


@pytest.mark.parametrize("code", VIDEOS)
def test_mend_makes_a_copy_of_a_video_that_ends_its_problem(code, place):
    account, video = VIDEOS[code]
    name = f"a.{video['video'].split()[1]}"
    head = FRONT.replace("bluesky, mastodon", account)
    post = f"{head}media: [{{file: {name}, alt: Kopi}}]\n---\nHalo.\n"
    place.write({f"{P}a.md": post, f"{P}{name}": video})
    assert code in _codes(place)
    done = place.run("mend")
    assert done.code == 0, done.err
    assert _codes(place) == set()
    place.write({f"{P}{name}": video | {"seconds": 5}})
    assert "video-left-over" in _codes(place)
    for made in (place.root / P).glob("a.*.mp4"):
        made.unlink()
    assert "video-left-over" not in _codes(place)


def _taken_somewhere():
    named = {found["code"] for row in NAMED for found in row.values[1]}
    return (
        named
        | set(TABLE)
        | set(TEXTS)
        | set(FILES)
        | set(WAYS)
        | set(VIDEOS)
        | {"video-left-over"}
        | {"media-suffix-wrong", "suffix-wrong", "network-unknown"}
    )


_MISTAKE = "only a mistake of ours leads here: composing makes no such payload"
NOT_TAKEN = {
    "card-and-media": _MISTAKE,
    "empty": _MISTAKE,
    "headline-lost": _MISTAKE,
    "link-lost": _MISTAKE,
    "media-type": _MISTAKE,
    "span-place": _MISTAKE,
    "warning-unknown": _MISTAKE,
    "site-brands-open": "taken in tests/website/test_who_may_see.py",
    "file-differs": "taken in tests/checks/test_git_files.py, as git alters the text first",
    "limit-narrower": "taken in tests/cli/test_accounts.py, as a network is asked first",
    "post-too-slow": "nothing that can be written takes so long; tests/security/test_bounds.py",
    "table-old": "somebody compares the tables with the networks, and makes a new version of mimin",
}
"""Codes whose way out no workspace can take, and why."""


def test_what_is_not_taken_is_listed():
    assert set(CODES) - _taken_somewhere() == set(NOT_TAKEN)
