"""Checkouts: files that are older than those of a run before do no harm, with real git."""

from __future__ import annotations

import subprocess

import pytest
from whenever import Instant

from mimin.errors import StoreError, UsageError
from mimin.git import Repository
from mimin.ledger.ledger import BRANCH, Ledger
from mimin.model.event import Event, Kind
from mimin.publishing.checkout import begin, go_on, look_at_checkout
from mimin.store import Branch

BRANDS = ("kopi", "teh")
AT = Instant("2026-12-01T02:00Z")


def git(folder, *args):
    done = subprocess.run(["git", *args], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


class Team:
    """One remote and clones of it."""

    def __init__(self, folder):
        self.folder = folder
        git(folder, "init", "-q", "--bare", "-b", "main", "remote.git")
        git(folder, "clone", "-q", "remote.git", "ayu")
        self.commit("ayu", "content/kopi/posts/a.md", "satu")
        git(folder / "ayu", "push", "-q", "origin", "HEAD:main")

    def clone(self, name, *options):
        address = f"file://{self.folder / 'remote.git'}"
        git(self.folder, "clone", "-q", *options, address, name)
        return name

    def commit(self, name, path, text):
        file = self.folder / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        git(self.folder / name, "add", "-A")
        git(self.folder / name, "commit", "-q", "-m", text)

    def push(self, name):
        git(self.folder / name, "push", "-q", "origin", "HEAD:main")

    def head(self, name):
        return git(self.folder / name, "rev-parse", "HEAD")

    def begin(self, name):
        repository = Repository(self.folder / name)
        ledger = Ledger(Branch(repository, BRANCH, remote="origin"))
        ledger.read()
        event = Event(at=AT, kind=Kind.RAN, account="*", run=name)
        return begin(repository, "origin", ledger, BRANDS, event)

    def go_on(self, name):
        repository = Repository(self.folder / name)
        ledger = Ledger(Branch(repository, BRANCH, remote="origin"))
        event = Event(at=AT, kind=Kind.RAN, account="*", run=name, by="Ayu", reason="amended")
        return go_on(repository, "origin", ledger, BRANDS, event)

    def look(self, name, ran=""):
        return look_at_checkout(Repository(self.folder / name), "origin", ran, BRANDS)


@pytest.fixture
def team(tmp_path):
    return Team(tmp_path)


def test_a_run_notes_its_commit_once(team):
    first, second = team.begin("ayu"), team.begin("ayu")
    assert (first.noted, first.stale, second.noted) == (True, {}, False)
    assert first.commit == team.head("ayu")


def test_files_older_than_those_of_a_run_before_are_stale_for_the_brand_that_changed(team):
    """The newer commit was not even pushed: the ledger alone knows of it."""
    team.clone("budi")
    team.commit("ayu", "content/kopi/posts/a.md", "dua")
    team.begin("ayu")
    # Nobody can tell which brands a commit changed that is not here.
    assert team.begin("budi").stale == dict.fromkeys(BRANDS, team.head("ayu"))
    team.push("ayu")
    assert team.begin("budi").stale == {"kopi": team.head("ayu")}
    git(team.folder / "budi", "pull", "-q", "origin", "main")
    assert team.begin("budi").stale == {}


def test_files_older_than_the_remote_s_branch_are_stale(team):
    team.clone("budi")
    team.commit("ayu", "calendar/teh.yml", "blackouts: []")
    team.push("ayu")
    assert team.look("budi").stale == {"teh": team.head("ayu")}


def test_what_changed_outside_of_the_content_makes_nothing_stale(team):
    team.clone("budi")
    team.commit("ayu", "README.md", "x")
    team.push("ayu")
    assert team.look("budi").stale == {}


def test_templates_concern_all_brands(team):
    team.clone("budi")
    team.commit("ayu", "templates/cards/a.yml", "x")
    team.push("ayu")
    assert set(team.look("budi").stale) == set(BRANDS)


def test_commits_that_are_not_pushed_yet_are_newer_and_fine(team):
    team.commit("ayu", "content/kopi/posts/a.md", "dua")
    assert team.look("ayu").stale == {}


def test_a_history_that_was_squashed_has_nothing_that_is_missing(team):
    team.clone("budi")
    team.commit("ayu", "content/kopi/posts/a.md", "dua")
    ran = team.head("ayu")
    git(team.folder / "ayu", "reset", "-q", "--soft", "HEAD~1")
    git(team.folder / "ayu", "commit", "-q", "-m", "squashed")
    assert team.head("ayu") != ran
    assert team.look("ayu", ran).stale == {}


@pytest.mark.parametrize("options", [("--depth", "1"), ("--filter=blob:none",)])
def test_a_shallow_clone_of_the_newest_files_is_not_stale(team, options):
    team.begin("ayu")
    for text in ("dua", "tiga"):
        team.commit("ayu", "content/kopi/posts/a.md", text)
    team.push("ayu")
    team.clone("runner", *options)
    found = team.begin("runner")
    assert (found.stale, found.noted) == ({}, True)


def test_a_checkout_without_a_branch_compares_with_the_remote_s_default_branch(team):
    """As a workflow's checkout has it."""
    team.clone("runner")
    git(team.folder / "runner", "checkout", "-q", "--detach")
    assert team.look("runner").stale == {}
    team.commit("ayu", "content/kopi/posts/a.md", "dua")
    team.push("ayu")
    assert team.look("runner").stale == {"kopi": team.head("ayu")}


def test_a_remote_that_can_not_be_asked_lets_nothing_be_sent(team):
    team.clone("budi")
    (team.folder / "remote.git").rename(team.folder / "gone.git")
    with pytest.raises(StoreError, match="can not be asked for its newest commit"):
        team.look("budi")


def test_a_commit_that_a_run_has_seen_may_be_thrown_away_by_a_person_s_word(team):
    """Amended after a run: `git pull` brings nothing, and no new commit helps."""
    team.commit("ayu", "content/kopi/posts/b.md", "dua")
    seen = team.begin("ayu").commit
    (team.folder / "ayu/content/kopi/posts/b.md").write_text("dua, diperbaiki")
    git(team.folder / "ayu", "commit", "-q", "-a", "--amend", "-m", "dua")
    assert team.begin("ayu").stale == {"kopi": seen}
    team.commit("ayu", "content/kopi/posts/c.md", "tiga")
    assert team.begin("ayu").stale == {"kopi": seen}
    assert team.go_on("ayu") == seen
    assert team.begin("ayu").stale == {}
    assert team.go_on("ayu") == "", "there is nothing to say"
    team.push("ayu")
    assert team.begin(team.clone("budi")).stale == {}


def test_files_that_the_remote_has_are_to_be_pulled_and_not_passed_over(team):
    team.clone("budi")
    team.commit("ayu", "content/kopi/posts/b.md", "dua")
    team.begin("ayu")
    team.push("ayu")
    with pytest.raises(UsageError, match=r"origin has newer files .*`git pull` first"):
        team.go_on("budi")
