"""Whatever bytes lie in the workspace: the check ends, says where, and says the same again."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from whenever import Instant

from mimin.checks.check import check, survey
from mimin.checks.show import as_text
from mimin.networks.known import LIMITS
from mimin.networks.registry import ADAPTERS
from mimin.workspace.frontmatter import MAX_BYTES, read_document, read_yaml
from mimin.workspace.workspace import open_workspace

NOW = Instant.from_utc(2026, 12, 1, 2)
POST = "content/kopi-senja/posts/a.md"
BOUNDED = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 3000),
    st.text(max_size=12),
    st.sampled_from(
        [
            "bluesky",
            "2026-12-03 10:30",
            "#kopi",
            "@kopi",
            "~",
            "1d",
            "sandbox",
            "id",
            "cup.png",
            "<",
        ]
    ),
)
WORDS = """
name zone languages accounts network like handle limits people approval grace at media file alt card
values repeat every until times title url image kind brands slots days campaigns starts ends pillars
mix size background layers box text fill draft expires
"""
KEYS = st.one_of(st.sampled_from(sorted(WORDS.split())), st.text(max_size=6))
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
RECORDS = st.dictionaries(KEYS, TREES, max_size=8)
YAML_FILES = [
    "content/kopi-senja/brand.yml",
    "content/kopi-senja/posts/a.link.yml",
    "calendar/kopi-senja.yml",
    "calendar/observances/id.yml",
    "reports/a.yml",
    "templates/cards/kutipan.yml",
]


def look(place, **options):
    workspace = open_workspace(place.root, frozenset(ADAPTERS), frozenset(LIMITS))
    return check(survey(workspace, **options), NOW)


def assert_places_exist(place, problems):
    assert len(as_text(problems).splitlines()) == len(problems)
    for problem in problems:
        assert problem.message
        target = place.root / problem.path
        assert target.exists() or target.is_symlink()
        lines = target.read_bytes().count(b"\n") + target.read_bytes().count(b"\r") + 1
        assert 1 <= problem.line <= lines, problem
        assert problem.column >= 1


@BOUNDED
@given(content=st.binary(max_size=300))
@example(content=b"---\naccounts: bluesky\n\x85\n---\n")
@example(content=b"---\n" + b"[" * 60_000 + b"\n---\n")
@example(content=b"---\n" + b"- " * 30_000 + b"\n---\n")
@example(content=b"---\n" + b"? " * 30_000 + b"\n---\n")
@example(content=b"---\n" + b"{a: " * 20_000 + b"\n---\n")
@example(content=b"---\naccounts: &a [*a]\n---\n")
@example(content=b"---\n? {a: b}\n: c\n---\n")
@example(content=b"---\n'a\xc2\x85b\xe2\x80\xa8': c\n---\n")
@example(content=b"---\r\raccounts: bluesky\r\r---\r\rHalo\x00")
def test_any_bytes_as_a_post(content, place):
    place.write({POST: content})
    problems = look(place)
    assert_places_exist(place, problems)
    assert look(place) == problems


@BOUNDED
@given(front=RECORDS, body=st.text(max_size=80))
def test_any_yaml_as_front_matter(front, body, place):
    known = {"accounts": ["bluesky", "mastodon"], **front}
    place.write({POST: f"---\n{yaml.safe_dump(known, allow_unicode=True)}---\n{body}"})
    problems = look(place)
    assert_places_exist(place, problems)
    assert look(place) == problems


@pytest.mark.parametrize("path", YAML_FILES)
@settings(BOUNDED, max_examples=25)
@given(record=RECORDS)
def test_any_yaml_in_any_yaml_file(path, record, place):
    place.write({POST: "---\naccounts: bluesky\nlink: https://example.com\n---\nHalo.\n"})
    place.write({path: yaml.safe_dump(record, allow_unicode=True)})
    problems = look(place)
    assert_places_exist(place, problems)
    assert look(place) == problems


@settings(BOUNDED, max_examples=200)
@given(
    text=st.text(
        alphabet=st.sampled_from("-[]{}:,#&*!|>'\"%@`\n\t ab?~\\\u2028\x85\0"), max_size=60
    )
)
def test_yaml_never_raises_and_points_into_the_text(text):
    for fields, offset in ((read_yaml(text), 0), (read_document(f"---\n{text}\n---\n").fields, 3)):
        for fault in fields.faults:
            assert 1 <= fault.mark[0] <= text.count("\n") + 1 + offset
            assert fault.mark[1] >= 1


@settings(BOUNDED, max_examples=100)
@given(text=st.text(max_size=200))
def test_taking_a_file_apart_loses_no_word_of_its_body(text):
    clean = text.replace("\r", "")
    document = read_document(f"---\naccounts: bluesky\n---\n{clean}")
    assert document.body == clean.lstrip("\n") or document.fields.faults or clean.isspace()


def test_the_cap_on_yaml_is_far_above_what_anybody_writes():
    assert MAX_BYTES > 50_000


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["post", "variant", "media", "brand", "calendar", "card", "away", "link"]),
        st.integers(0, 3),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=8,
)


def apply_edit(place, kind, which, form):
    name = f"p{which}"
    folder = "content/kopi-senja/posts"
    brand = (place.root / "content/kopi-senja/brand.yml").read_text()
    text = ["Halo.", "kopi " * 70, "![](cup.png)"][form]
    at = f"2026-12-0{which + 2} 10:30"
    fields = ["", "media: [{file: cup.png, alt: Kopi}]\n", "media: [{card: k, values: {a: x}}]\n"]
    match kind:
        case "post":
            head = f"---\naccounts: [bluesky, mastodon]\nat: {at}\n{fields[form]}---\n"
            place.write({f"{folder}/{name}.md": head + text})
        case "variant":
            place.write({f"{folder}/{name}.bluesky.md": text})
        case "link":
            place.write({f"{folder}/{name}.link.yml": ["url: x\n", "url: x\ntitle: y\n", ""][form]})
        case "media":
            where = ["posts/cup.png", "media/cup.png", "media/cup.png"][form]
            cut = {"cut": 60} if which % 2 else {}
            place.write({f"content/kopi-senja/{where}": {"image": "40x30 png", **cut}})
        case "brand":
            zones = ["Asia/Jakarta", "America/New_York", "Asia/Nowhere"]
            line = next(row for row in brand.splitlines() if row.startswith("zone:"))
            place.write(
                {"content/kopi-senja/brand.yml": brand.replace(line, f"zone: {zones[form]}")}
            )
        case "calendar":
            day = f"2026-12-0{which + 2}"
            row = f"blackouts: [{{starts: {day}, ends: {day}, reason: Libur}}]\n"
            place.write({"calendar/kopi-senja.yml": row})
        case "card":
            size = ["[20, 10]", "[20]", "[30, 30]"][form]
            card = f"size: {size}\nbackground: '#ffffff'\nvalues: {{a: null}}\n"
            place.write({"templates/cards/k.yml": card})
        case "away":
            files = [p for p in place.root.glob("content/**/p*.*") if p.is_file()]
            files += list(place.root.glob("content/**/cup.png"))
            if files:
                sorted(files)[which % len(files)].unlink()


@settings(BOUNDED, max_examples=40)
@given(edits=EDITS)
def test_a_warm_cache_says_what_a_cold_one_says_after_every_edit(edits, place_at, tmp_path_factory):
    place = place_at(tmp_path_factory.mktemp("warm"))
    for edit in edits:
        apply_edit(place, *edit)
        warm = look(place)
        shutil.rmtree(place.root / ".mimin")
        assert warm == look(place)
        assert_places_exist(place, warm)


@settings(BOUNDED, max_examples=15)
@given(edits=EDITS)
def test_the_command_answers_the_same_from_memory(edits, place_at, tmp_path_factory):
    place = place_at(tmp_path_factory.mktemp("recall"))
    for edit in edits:
        apply_edit(place, *edit)
        first = place.check()
        again = place.check()
        assert (again.code, again.out) == (first.code, first.out)
        shutil.rmtree(place.root / ".mimin")
        cold = place.check()
        assert (cold.code, cold.out) == (first.code, first.out)


@pytest.fixture
def filled(place):
    for edit in (("post", 0, 1), ("post", 1, 2), ("media", 0, 0), ("card", 0, 0), ("post", 2, 0)):
        apply_edit(place, *edit)
    return place


def damage_text(cache: Path):
    cache.write_bytes(b"this is no database" * 100)


def damage_rows(cache: Path):
    with sqlite3.connect(cache) as connection:
        connection.execute("UPDATE entries SET value = '[1, 2'")
    connection.close()


def damage_shapes(cache: Path):
    with sqlite3.connect(cache) as connection:
        connection.execute('UPDATE entries SET value = \'{"inputs": {}, "problems": []}\'')
    connection.close()


def damage_table(cache: Path):
    with sqlite3.connect(cache) as connection:
        connection.execute("DROP TABLE entries")
        connection.execute("CREATE TABLE entries (name TEXT)")
    connection.close()


def damage_half(cache: Path):
    content = cache.read_bytes()
    cache.write_bytes(content[: len(content) // 2])


def damage_folder(cache: Path):
    cache.unlink()
    cache.mkdir()


def damage_parent(cache: Path):
    shutil.rmtree(cache.parent)
    cache.parent.write_text("a file where the folder should be")


@pytest.mark.parametrize(
    "damage",
    [
        damage_text,
        damage_rows,
        damage_shapes,
        damage_table,
        damage_half,
        damage_folder,
        damage_parent,
    ],
)
def test_a_damaged_cache_never_matters(damage, filled):
    before = filled.check()
    damage(filled.root / ".mimin" / "cache.sqlite3")
    for _ in range(2):
        after = filled.check()
        assert (after.code, after.out) == (before.code, before.out)


def test_two_checks_at_once_do_not_disturb_each_other(filled):
    expected = filled.check().out
    shutil.rmtree(filled.root / ".mimin")
    command = [sys.executable, "-m", "mimin", "check", "--workspace", str(filled.root)]
    command += ["--now", "2026-12-01T09:00+07:00"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate(timeout=120)[0] for process in running] == [expected] * 3
