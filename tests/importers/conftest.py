"""Sources to import from, written for these tests; and the workspace that reads the result."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from whenever import Instant, TimeDelta

from mimin.compose.parts import passages
from mimin.compose.variant import choose
from mimin.importers.landing import land
from mimin.importers.options import Options, Timetable
from mimin.importers.plan import Arrival
from mimin.importers.report import Outcome
from mimin.importers.sources import plan_from
from mimin.model.post import Post
from mimin.networks.registry import NAMES
from mimin.workspace.workspace import open_workspace

PLUGINS = """\
plugins:
  - name: Mastodon-Kedai
    class: mastodon.mastodon_client
    enabled: true
    config:
      base_url: "https://sosial.example"
      access_token: $KEDAI_MASTODON_TOKEN
      max_content_length: 500
      account_url: "https://sosial.example/@kedai"
  - name: bluesky-kedai
    class: bluesky.bluesky_client
    enabled: true
    config:
      base_url: "https://bsky.example"
      username: "kedai.bsky.example"
      password: $KEDAI_BLUESKY_PASSWORD
      max_content_length: 300
  - name: linkedin-kedai
    class: linkedin.linkedin_client
    enabled: true
    config:
      access_token: $KEDAI_LINKEDIN_TOKEN
      org_id: 4711
      account_url: "https://www.linkedin.com/company/kedai"
  - name: matrix-kedai
    class: matrix.matrix_client
    enabled: true
    config:
      room_id: "!abc:matrix.example"
  - name: slack
    class: slack.slack_client
    enabled: false
    config:
      access_token: $S
  - name: markdown
    class: markdown.markdown_client
    enabled: true
    config:
      save_path: cache
"""

NETWORKS = NAMES
IMITABLE = frozenset({"bluesky", "mastodon", "linkedin", "matrix", "slack", "x"})


@pytest.fixture
def options() -> Options:
    return Options(
        brand="kedai", zone="Asia/Jakarta", now=Instant.parse_iso("2026-11-23T00:00:00Z")
    )


@pytest.fixture
def anew(options: Options) -> Options:
    start = Instant.parse_iso("2026-12-01T02:00:00Z")
    timetable = Timetable(start=start, every=TimeDelta(minutes=30))
    return options.model_copy(update={"timetable": timetable, "sandbox": True})


class Source:
    """A repository of the old tool."""

    def __init__(self, root: Path, tool: str) -> None:
        self.root = root
        self.tool = tool
        self.added: dict[str, str] = {}
        self.tried: dict[str, dict[str, bool]] = {}

    def write(self, path: str, text: str | bytes, added: str | None = None) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        if added:
            self.added[path] = added

    def plan(self, options: Options) -> Arrival:
        """Plan the import, and hold every plan to what all of them promise."""
        rows = [f"{path},0,{time}" for path, time in self.added.items()]
        listing = "\n".join(["path,commit,committed_at", *rows]) + "\n"
        self.write("_git_added.csv", listing)
        if self.tool == "galaxy-social":
            self.write("processed_files.json", json.dumps(self.tried))
        arrival = plan_from(self.tool, self.root, options)
        self._check(arrival)
        return arrival

    def _check(self, arrival: Arrival) -> None:
        folder = "posts" if self.tool == "galaxy-social" else "tweets"
        files = (p for p in (self.root / folder).rglob("*") if not p.is_dir())
        there = sorted(file.relative_to(self.root).as_posix() for file in files)
        report = arrival.report
        assert [seen.path for seen in report.files] == there
        assert report.counts["seen"] == sum(report.counts[outcome] for outcome in Outcome)
        refused = {seen.path for seen in report.files if seen.outcome is Outcome.REFUSED}
        assert refused <= {remark.path for remark in report.remarks}
        lost = {placement.path for placement in report.placements if not placement.target}
        assert lost <= {remark.path for remark in report.remarks}


@pytest.fixture
def galaxy(tmp_path: Path) -> Source:
    source = Source(tmp_path / "galaxy", "galaxy-social")
    source.write("plugins.yml", PLUGINS)
    (source.root / "posts").mkdir()
    return source


@pytest.fixture
def tweets(tmp_path: Path) -> Source:
    source = Source(tmp_path / "tweets-repo", "twitter-together")
    (source.root / "tweets").mkdir(parents=True)
    return source


Open = Callable[[Arrival], dict[str, Post]]


@pytest.fixture
def arrive(tmp_path: Path) -> Open:
    """Write an import into a workspace and read it back; the workspace has nothing to say."""

    def arrive(arrival: Arrival) -> dict[str, Post]:
        root = tmp_path / "workspace"
        root.mkdir()
        land(arrival, root)
        workspace = open_workspace(root, NETWORKS, IMITABLE)
        assert workspace.problems == ()
        posts: dict[str, Post] = {}
        for path in workspace.layout.posts:
            read = workspace.read(path)
            assert read.problems == []
            assert read.post is not None
            posts[read.post.id] = read.post
        return posts

    return arrive


@pytest.fixture
def sent() -> Callable[[Post, str, Arrival], list[str]]:
    """Show what an account gets, part by part, as it is composed."""

    def sent(post: Post, account: str, arrival: Arrival) -> list[str]:
        import yaml

        from mimin.model.brand import Account

        brand = yaml.safe_load(arrival.texts[f"content/{post.brand}/brand.yml"])
        chosen = choose(post, account, Account(**brand["accounts"][account]))
        found, remarks = passages(chosen.body, "bare")
        assert not remarks
        return [part.text for part in found]

    return sent
