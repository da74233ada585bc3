"""What others wrote is read, or refused in words; no form of it ends a command in a traceback."""

from __future__ import annotations

import ast
import math
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import mimin
from mimin.foreign import read_json, read_number
from mimin.networks.telegram_message import chat_id

SOURCE = Path(mimin.__file__).parent
ACCOUNTS = """\
plugins:
  - name: mastodon-kedai
    class: mastodon.mastodon_client
    enabled: true
    config: {base_url: "https://sosial.example", access_token: $KEDAI_MASTODON_TOKEN}
"""
POST = "---\nmedia: [mastodon-kedai]\n---\n"
LISTING = "path,committed_at\n"
SOURCES = {
    "record nested deep": {"processed_files.json": "[" * 100_000},
    "record of a huge number": {"processed_files.json": f'{{"a": {"9" * 10**6}}}'},
    "record of no number": {"processed_files.json": '{"a": {"b": 1e999}}'},
    "record of half characters": {"processed_files.json": r'{"\ud800": {"\udfff": true}}'},
    "limit without end": {"plugins.yml": f"{ACCOUNTS[:-2]}, max_content_length: {'9' * 5000}}}\n"},
    "limit that is no digit": {"plugins.yml": f"{ACCOUNTS[:-2]}, max_content_length: ²}}\n"},
    "address that is none": {"plugins.yml": f'{ACCOUNTS[:-2]}, account_url: "http://[::1"}}\n'},
    "picture of a long name": {"posts/a.md": f"{POST}![a]({'x' * 5000}.png)\n"},
    "picture with NUL": {"posts/a.md": f"{POST}![a](a\0.png)\n"},
    "listing without times": {"_git_added.csv": f"{LISTING}posts/a.md\n"},
    "listing of a long field": {"_git_added.csv": f"{LISTING}{'x' * 200_000},2026-01-31\n"},
    "listing of no text": {"_git_added.csv": b"\xff\xfe\0"},
    "media with NUL": {"tweets/a.tweet": '---\nmedia: ["a\\0.png"]\n---\nhi'},
}


@pytest.mark.parametrize("name", SOURCES)
def test_no_source_of_an_import_ends_in_a_traceback(name, place, tmp_path):
    given_files = SOURCES[name]
    old = tmp_path / "old"
    base = {"plugins.yml": ACCOUNTS, "processed_files.json": "{}", "posts/a.md": POST + "Halo\n"}
    for path, content in {**base, "tweets/b.tweet": "hi", **given_files}.items():
        file = old / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    place.commit()
    kind = "twitter-together" if "tweets/a.tweet" in given_files else "galaxy-social"
    options = ("--brand", "baru", "--zone", "Asia/Jakarta", "--media", str(old), "--dry-run")
    ran = place.run("import", kind, str(old), *options)
    assert ran.code in {0, 1, 2}
    assert "Traceback" not in ran.err
    assert len(ran.err) < 1000


@given(st.text() | st.binary())
@example("[" * 100_000)
@example('{"a":' * 100_000)
@example("9" * 5_000)
@example("[1e999, NaN, -Infinity]")
@example(b"\xff\xfe\x00")
def test_json_of_others_is_read_or_refused(text):
    try:
        found = read_json(text)
    except ValueError:
        return
    assert not isinstance(found, float) or math.isfinite(found)


@given(st.text())
@example("²")
@example("٣")
@example("--5")
@example("-")
@example("9" * 5_000)
@example("1_0")
@example(" 1")
def test_a_number_of_others_is_digits_or_none(text):
    number = read_number(text)
    assert number is None or str(number) == (text.lstrip("0") or "0") or text.startswith(("-", "0"))


@pytest.mark.parametrize("chat", ["²", "--5", "9" * 5_000, "@kanal", "-"])
def test_a_chat_that_is_no_number_is_a_name(chat):
    assert chat_id(chat) == chat


BRAND = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
accounts:
  tiktok: {network: tiktok, handle: kopisenja, secret: KOPI_SENJA_TIKTOK}
  youtube: {network: youtube, handle: kopisenja, secret: KOPI_SENJA_YOUTUBE}
  pinterest: {network: pinterest, handle: kopisenja, secret: KOPI_SENJA_PINTEREST}
  telegram: {network: telegram, handle: kopisenja, secret: KOPI_SENJA_TELEGRAM}
"""


@pytest.mark.parametrize("value", ["²", "9" * 5_000, "٣", "-", "1e5"])
def test_no_number_in_a_setting_ends_in_a_traceback(value, place):
    settings = ", ".join(f"{name}: '{value}'" for name in ("cover", "category", "chat", "board"))
    post = (
        "---\naccounts: [tiktok, youtube, pinterest, telegram]\nat: 2026-12-03 10:30\n"
        f"title: Kopi\nmedia: [{{file: a.mp4, alt: Kopi}}]\nsettings: {{{settings}}}\n---\nHalo!\n"
    )
    place.write({"content/kopi-senja/brand.yml": BRAND})
    place.write({"content/kopi-senja/posts/a.md": post})
    place.write({"content/kopi-senja/posts/a.mp4": {"video": "64x64 mp4"}})
    for words in (("check",), ("preview", str(place.root / "content/kopi-senja/posts/a.md"))):
        ran = place.run(*words)
        assert ran.code in {0, 1}
        assert "Traceback" not in ran.err


def test_no_module_reads_json_of_others_by_another_way():
    """A process of ours talks to `isolated_program` in JSON, and `testing` to itself."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        if "testing" in path.parts or path.name in {"foreign.py", "isolated_program.py"}:
            continue
        calls = [
            node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)
        ]
        found += [
            path.name for call in calls if ast.unparse(call.func) in {"json.loads", "json.load"}
        ]
    assert found == []


@pytest.mark.parametrize("name", ["content", "calendar", "templates", "reports"])
@pytest.mark.parametrize("words", [("comment",), ("plan", "--now", "2026-12-01T09:00+07:00")])
def test_a_base_in_which_a_folder_was_a_file_is_told(name, words, place):
    place.commit()
    place.git("rm", "-rq", "--cached", "content")
    blob = place.git("hash-object", "-w", "mkdocs.yml").strip()
    place.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{name}")
    place.git("commit", "-qm", "Files")
    place.git("reset", "-q", "HEAD~1")
    base = place.git("rev-parse", "HEAD@{1}").strip()
    ran = place.run(*words, "--base", base)
    assert ran.code in {0, 1}
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("value", ["9" * 40 + "d", "9" * 5_000 + "s", "999999w", "٣d", "5218w"])
def test_a_duration_that_leads_out_of_the_calendar_is_refused(value, place):
    place.write({"content/kopi-senja/brand.yml": BRAND + f"grace: {value}\n"})
    ran = place.run("check")
    assert ran.code == 1
    assert "grace" in ran.out
    for option in (("plan", "--lookahead", value), ("plan", "--now", value)):
        ran = place.run(*option)
        assert ran.code in {1, 2}
        assert "Traceback" not in ran.err
