"""What is fuzzed: each target takes any bytes, and must end in time, without an exception.

A target that knows what may never be, such as a second post, asserts it.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import itertools
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

TESTS = Path(__file__).parent.parent


def _load(name: str, path: str) -> object:
    spec = importlib.util.spec_from_file_location(name, TESTS / path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Target:
    """One thing that takes bytes of others."""

    run: Callable[[bytes], None]
    seeds: Iterable[bytes]
    """Whole inputs that it is known to take."""
    words: Iterable[str] = field(default=())
    """What its inputs are made of."""
    seconds: float = 2
    """The most that one input of some thousand bytes may take."""


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _front_matter(data: bytes) -> None:
    from mimin.model.post import PostFields
    from mimin.workspace.frontmatter import read_document, read_yaml
    from mimin.workspace.validation import validate

    document = read_document(f"---\n{_text(data)}\n---\nHalo.\n")
    validate(PostFields, document.fields, "a.md")
    read_yaml(_text(data))


def _body(data: bytes) -> None:
    from mimin.compose import hashtags, mentions, parts
    from mimin.networks import counting, linkedin_text, links, matching
    from mimin.planning import markdown
    from mimin.printable import json_text, log_safe, one_line, printable
    from mimin.unseen import find_hidden
    from mimin.workspace.hidden import hidden_in, references_in

    text = _text(data)
    for form in ("facet", "bare"):
        parts.passages(text, form)
    parts.scan(text)
    links.detect(text)
    hashtags.hashtags(text, ("kopi", "rina"))
    mentions.lines_of_places(text)
    linkedin_text.plain(linkedin_text.escape(text))
    matching.text_hash(text)
    for count in (*counting.COUNTERS.values(), *counting.CEILINGS.values()):
        count(text)
    list(references_in(text))
    list(hidden_in(text))
    markdown.cell(text)
    markdown.words(text)
    assert json.loads(json_text(text)) == text
    for write in (printable, one_line, log_safe):
        assert not list(find_hidden(write(text)))


NETWORKS = (
    "bluesky", "mastodon", "x", "instagram", "facebook", "threads", "linkedin", "tiktok",
    "youtube", "telegram", "discord", "pinterest",
)  # fmt: skip
_BRAND = "name: K\nzone: Asia/Jakarta\nlanguages: [id]\naccounts:\n" + "".join(
    f"  {name}: {{network: sandbox, like: {name}, handle: kopi.example.com}}\n" for name in NETWORKS
)


@functools.cache
def _workspace() -> Path:
    root = Path(tempfile.mkdtemp(prefix="mimin-fuzz-"))
    (root / "content/kopi/posts").mkdir(parents=True)
    (root / "mkdocs.yml").write_text("site_name: K\n")
    (root / "content/kopi/brand.yml").write_text(_BRAND)
    return root


def _post(data: bytes) -> None:
    """Check a post, and show what all networks would get of it."""
    from whenever import Instant

    from mimin.checks.check import check, survey
    from mimin.checks.preview import preview, requests
    from mimin.checks.show import as_text
    from mimin.networks.known import LIMITS
    from mimin.networks.registry import ADAPTERS
    from mimin.printable import json_text, log_safe
    from mimin.unseen import find_hidden
    from mimin.workspace.workspace import open_workspace

    root = _workspace()
    (root / "content/kopi/posts/a.md").write_bytes(data)
    shutil.rmtree(root / ".mimin", ignore_errors=True)
    sketches: list[str] = []

    def sketch(draft: object) -> str:
        sketches.append(preview(draft, workspace))
        json_text(list(requests(draft, workspace)))
        return ""

    workspace = open_workspace(root, frozenset(ADAPTERS), frozenset(LIMITS))
    said = as_text(check(survey(workspace, sketch=sketch), Instant.from_utc(2026, 12, 1, 2)))
    said += "".join(sketches)
    assert not list(find_hidden(log_safe(said)))


def _names(data: bytes) -> None:
    from mimin.workspace.layout import recognise

    names = data.decode("utf-8", "surrogateescape").split("\n")
    recognise(name for name in names if name and not name.startswith("/"))


def _media(data: bytes) -> None:
    """Look at a file as a post's picture or video; what opens it is a process of its own."""
    from mimin.compose.media import inspect

    for name in ("a.jpg", "a.mp4"):
        inspect(name, data)


def _importers(data: bytes) -> None:
    from mimin.importers.cutting import cut
    from mimin.importers.escape import escape, escape_breaks
    from mimin.importers.incoming import UnreadableError
    from mimin.importers.tweet import read_tweets

    text = _text(data)
    with contextlib.suppress(UnreadableError):
        read_tweets(text)
    escape(text)
    escape_breaks(text)
    cut(text, 280, 10, 10)


@functools.cache
def _kinds() -> dict[str, object]:
    conftest = _load("fuzz_benches", "networks/conftest.py")
    return {
        kind: made
        for kind, made in conftest.KINDS.items()
        if getattr(made(conftest.fixtures.Clock(conftest.fixtures.DUE))[3], "path", "")
    }


_STATUS = (200, 200, 200, 201, 202, 204, 206, 302, 308, 400, 401, 403, 404, 409, 422, 429, 500, 503)


def _answers(data: bytes) -> None:
    """Publish through an adapter whose network answers this; record, look again, and print.

    The first byte picks the adapter, the second the status, the third which call is answered so.
    """
    from mimin.printable import json_text, log_safe
    from mimin.testing.engine import Engine
    from mimin.testing.fixtures import build
    from mimin.unseen import find_hidden

    kinds = _kinds()
    pick, status, which, *_ = (*data[:3], 0, 0, 0)
    kind = sorted(kinds)[pick % len(kinds)]
    body = data[3:].decode("utf-8", "replace")
    header = "".join(sign for sign in body[:200] if " " <= sign <= "~")
    fault = {
        "status": _STATUS[status % len(_STATUS)],
        "text": body,
        "headers": {"retry-after": header, "x-ratelimit-reset": header, "range": header},
        # A refusal that a network documents is proof; one that lies can not be told from it.
        "carried_out": bool(which & 128) and not 400 <= _STATUS[status % len(_STATUS)] < 500,
    }
    folder = Path(tempfile.mkdtemp(prefix="mimin-fuzz-"))
    try:
        bench = build(kinds, kind, folder)
        engine = Engine(bench)
        path = bench.path if which & 64 else ""

        def plant() -> None:
            bench.server.fail(path, after=which % 8, **fault)

        plant()
        engine.deliver(plant=plant if which & 32 else lambda: None)
        plant()
        engine.look(plant=plant)
        for content in engine.ledger._branch.contents.values():
            for line in content.splitlines():
                json_text(json.loads(line))
                assert not list(find_hidden(log_safe(line.decode())))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _hostile() -> list[bytes]:
    texts = _load("fuzz_hostile_texts", "security/hostile_texts.py")
    kinds = itertools.chain(texts.BODIES.values(), texts.HTML.values(), texts.YAML.values())
    return [kind(300).encode("utf-8", "replace") for kind in kinds]


_POST = (
    b"---\naccounts: all\nat: 2026-12-03 10:30\ntitle: Gajian\ntags: [kopi]\n---\n"
    b"Gajian tiba! @rina #kopi https://a.example\n\n---\n\nLanjut *ya*.\n"
)
_ANSWERS = [
    {"uri": "at://did:plc:a/app.bsky.feed.post/3k", "cid": "bafy", "validationStatus": "valid"},
    {"id": "1", "url": "https://a.example/1", "uri": "x", "created_at": "2026-12-01T00:00:00Z"},
    {"data": {"id": "1", "text": "Halo"}, "errors": [{"message": "\ud800"}]},
    {"error": {"code": 100, "error_subcode": 33, "message": "x", "is_transient": True}},
    {"ok": True, "result": {"message_id": 1, "date": 1e999, "chat": {"id": -1}}},
    {"retry_after": 1e400, "parameters": {"retry_after": float("nan")}},
    {"items": [], "elements": [], "data": [], "paging": {"cursors": {"after": "x"}}},
    {"did": "did:plc:a", "accessJwt": "a.W1tbW1s.c", "refreshJwt": "a.b.c", "handle": "a.b"},
]


def _split(text: str) -> list[str]:
    return text.split()


_JSON = _split(
    '{ } [ ] : , "id" "data" "error" "message" "code" "uri" "cid" "url" "text" "result" "ok" '
    '"errors" "status" "items" "1" 1 -1 0 1e999 NaN null true "\\ud800" "\\u202e" "::x" '
    "999999999999999999999"
)
_YAML = _split(
    "accounts: at: title: media: file: alt: tags: settings: repeat: every: until: grace: - [ ] { } "
    "& * <<: !!int ? | > ' \" # --- 2026-12-01 10:30 all bluesky \\ud800 ~ 1e999 999999999999d"
)
_MARKDOWN = [
    *_split(
        "* _ ` ``` ~~~ [ ] ( ) ![ <a &# &amp; > # - 1. | \\ --- @rina #kopi https:// a.co \u200d "
        "\u2067 \u2069 \u05d0 \U0001f469 \ufe0f \u0301 \u0e01"
    ),
    "\r",
    "\x1b",
    "\n\n",
]
_HEADS = [
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x06\x00\x00\x00",
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", b"GIF89a\xff\xff\xff\xff\xf7\x00\x00",
    b"RIFF\x24\x00\x00\x00WEBPVP8X", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
    b"\x1aE\xdf\xa3\x9fB\x86\x81\x01", b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n",
    b"%!PS-Adobe-3.0 EPSF",
]  # fmt: skip

TARGETS = {
    "front matter": Target(_front_matter, [_POST.split(b"---\n")[1], *_hostile()], _YAML),
    "body": Target(_body, [_POST, *_hostile()], _MARKDOWN),
    "post": Target(_post, [_POST, *(_POST + text for text in _hostile())], _MARKDOWN + _YAML, 10),
    "names": Target(
        _names,
        [b"content/kopi/posts/a.md\ncontent/kopi/posts/a.jpg\ncalendar/kopi.yml\nreports/a.yml"],
        [
            "content/",
            "posts/",
            ".md",
            ".yml",
            "..",
            "/",
            "\u202e",
            "\udcff",
            "\n",
            "a",
            ".jpg",
            "~",
        ],
    ),
    "media": Target(_media, _HEADS, [], 30),
    "importers": Target(_importers, [_POST, *_hostile()], _MARKDOWN + _YAML),
    "answers": Target(
        _answers,
        [
            bytes([kind, status, which]) + json.dumps(answer).encode()
            for kind in range(16)
            for status, which in ((0, 128), (9, 64), (15, 0), (0, 33))
            for answer in _ANSWERS
        ],
        _JSON,
        10,
    ),
}
