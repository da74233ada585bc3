"""A small workspace in git, and a way to build its site."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from whenever import Instant

from mimin.git import Repository, clean_environment
from mimin.ledger.ledger import BRANCH, Ledger
from mimin.model.event import Event
from mimin.store import Branch

BRAND = """\
name: Toko Uji
zone: Asia/Jakarta
languages: [id]
about: Toko untuk diuji.
accounts:
  bluesky: {network: sandbox, like: bluesky, handle: uji.example.com}
  mastodon: {network: sandbox, like: mastodon, handle: uji}
approval: none
"""
CALENDAR = """\
campaigns:
  harbolnas: {name: Harbolnas, starts: 2026-12-08, ends: 2026-12-13}
blackouts:
  - {starts: 2026-12-25, ends: 2026-12-25, reason: Natal}
pillars: {edukasi: Cara menyeduh}
"""
MKDOCS = """\
site_name: Uji
site_url: https://calendar.example.com/
docs_dir: content
use_directory_urls: false
theme: {name: material, font: false, language: id}
plugins:
  - search
  - mimin: {now: "2026-12-10T09:00+07:00"}
"""
POST = """\
---
title: Hari-H
accounts: [bluesky, mastodon]
at: 2026-12-12 10:00
campaign: harbolnas
pillar: edukasi
---
Sudah mulai! Lihat https://toko.example.com/1212 #Harbolnas
"""


class Site:
    """A workspace on disk, and its site as it was built last."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.out = root / "site"
        self.command = "build"
        self.strict = True
        """Whether an error in a file ends the build, as it ends the one that is published."""
        self.write("content/toko/brand.yml", BRAND)
        self.write("calendar/toko.yml", CALENDAR)
        self.write("reports/terbit.yml", "kind: publishing\ntitle: Terbit\n")
        self.write("mkdocs.yml", MKDOCS)
        self.write(".gitignore", ".mimin/\nsite/\n")

    def write(self, path: str, text: str | bytes) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)
        return target

    def configure(self, old: str, new: str) -> None:
        text = (self.root / "mkdocs.yml").read_text()
        assert old in text
        self.write("mkdocs.yml", text.replace(old, new))

    def commit(self, message: str = "Isi", author: str = "Sari") -> None:
        if not (self.root / ".git").exists():
            self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git(
            "-c", f"user.name={author}", "-c", "user.email=a@example.com", "commit", "-qm", message
        )

    def git(self, *args: str) -> None:
        environment = clean_environment({"PATH": "/usr/bin:/bin:/usr/local/bin"})
        subprocess.run(["git", "-C", self.root, *args], check=True, env=environment)

    def record(self, *events: Event) -> None:
        repository = Repository.discover(self.root)
        assert repository is not None
        Ledger(Branch(repository, BRANCH, remote=None)).record(events)

    def serve(self) -> None:
        """From here on build as `mkdocs serve` does, which keeps the plugin from build to build."""
        self._plugin()
        self.command = "serve"

    def build(self) -> Site:
        from mkdocs.commands.build import build

        config = self._config(self.out)
        config.plugins.on_startup(command=self.command, dirty=False)
        build(config)
        return self

    def fresh(self) -> Path:
        """Build into another folder, as a process that knows nothing of earlier builds."""
        from mkdocs.commands.build import build

        other, memory, aside = self.root.parent / "segar", self.root / ".mimin", "ingatan"
        plugin = self._plugin()
        kept = dict(vars(plugin))
        memory.rename(self.root.parent / aside)
        plugin.__init__()
        try:
            config = self._config(other)
            config.plugins.on_startup(command="build", dirty=False)
            build(config)
        finally:
            shutil.rmtree(memory)
            (self.root.parent / aside).rename(memory)
            vars(plugin).clear()
            vars(plugin).update(kept)
        return other

    def _config(self, out: Path):
        from mkdocs.config import load_config

        return load_config(str(self.root / "mkdocs.yml"), strict=self.strict, site_dir=str(out))

    def _plugin(self):
        return self._config(self.out).plugins["mimin"]

    def page(self, address: str) -> str:
        return (self.out / address).read_text("utf-8")

    def everything(self) -> dict[str, bytes]:
        """Every file of the site, and what is packed inside, unpacked."""
        import gzip

        found = {}
        for path in self.out.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                found[str(path)] = gzip.decompress(content) if path.suffix == ".gz" else content
        return found


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Sari")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "sari@example.com")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Sari")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "sari@example.com")
    found = Site(tmp_path / "ruang")
    found.write("content/toko/posts/2026/12/hari-h.md", POST)
    return found


@pytest.fixture
def at():
    def moment(text: str) -> Instant:
        return Instant.parse_iso(text)

    return moment
