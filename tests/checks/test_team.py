"""Workers: what they find is what one process finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from whenever import Instant

from mimin.checks import team
from mimin.checks.check import check, survey
from mimin.networks.known import LIMITS
from mimin.networks.registry import ADAPTERS
from mimin.workspace.workspace import open_workspace

BRAND = """\
name: Kopi
zone: Asia/Jakarta
languages: [id]
accounts:
  bluesky: {network: sandbox, like: bluesky, handle: kopi.test}
  x: {network: sandbox, like: x, handle: kopi}
"""


@pytest.fixture
def many(tmp_path):
    """A workspace of 450 posts, some of them too long, one with a card that is not there."""
    posts = tmp_path / "content" / "kopi" / "posts"
    posts.mkdir(parents=True)
    (tmp_path / "mkdocs.yml").touch()
    (posts.parent / "brand.yml").write_text(BRAND)
    for number in range(450):
        text = "kopi " * (20 if number % 7 else 70)
        head = f"at: 2027-01-01 {number % 24:02}:{number % 60:02}\naccounts: bluesky, x\n"
        card = "media:\n  - {card: hilang, alt: Kopi}\n" if number == 3 else ""
        (posts / f"p{number:03}.md").write_text(f"---\n{head}{card}---\n\n{text}{number}\n")
    return tmp_path


def found(root: Path, cache: Path):
    workspace = open_workspace(root, frozenset(ADAPTERS), frozenset(LIMITS))
    survey_ = survey(workspace, cache=cache)
    return survey_.posts, check(survey_, Instant.from_utc(2026, 12, 1))


def test_workers_find_exactly_what_one_process_finds(many, tmp_path, monkeypatch):
    alone = found(many, tmp_path / "alone.sqlite3")
    monkeypatch.setattr(team, "WORTH_IT", 10)
    monkeypatch.setattr(team, "_cores", lambda: 2)
    together = found(many, tmp_path / "together.sqlite3")
    assert together == alone
    assert len(alone[1]) > 60
