from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from click.testing import CliRunner

from mimin.cli.import_posts import TOOLS, command
from mimin.errors import MiminError
from mimin.git import Repository
from mimin.importers.sources import SOURCES
from mimin.ledger.ledger import BRANCH, Ledger
from mimin.ledger.standing import State
from mimin.store import Branch


@pytest.fixture
def workspace(tmp_path):
    root = tmp_path / "workspace"
    (root / "content").mkdir(parents=True)
    (root / "mkdocs.yml").write_text("site_name: x\n")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return root


@pytest.fixture
def run(workspace, tweets):
    tweets.write("tweets/halo.tweet", "Halo\n", "2021-05-07T10:00:00+00:00")
    rows = [f"{path},0,{time}" for path, time in tweets.added.items()]
    tweets.write("_git_added.csv", "\n".join(["path,commit,committed_at", *rows]))

    def run(*words: str):
        base = ["twitter-together", str(tweets.root), "--workspace", str(workspace)]
        options = ["--brand", "kedai", "--zone", "Asia/Jakarta", "--now", "2026-11-23T00:00Z"]
        return CliRunner().invoke(command, [*base, *options, *words])

    return run


def test_the_command_knows_every_source() -> None:
    assert set(TOOLS) == set(SOURCES)


def test_an_import_writes_the_brand_and_its_history(run, workspace) -> None:
    result = run()
    assert result.exit_code == 0, result.output
    assert "1 files seen, 1 imported" in result.stdout
    assert (workspace / "content/kedai/posts/2021/05/halo.md").is_file()
    book = Ledger(Branch(Repository(workspace), BRANCH, remote=None)).read(fetch=False)
    assert book.standing("kedai/halo@x").state() is State.PUBLISHED


def test_a_dry_run_writes_nothing(run, workspace) -> None:
    result = run("--dry-run", "--format", "json")
    assert json.loads(result.stdout)["counts"]["imported"] == 1
    assert not (workspace / "content/kedai").exists()
    assert Repository(workspace).resolve(BRANCH) is None


def test_a_trial_run_needs_no_git_but_history_does(run, workspace) -> None:
    shutil.rmtree(workspace / ".git")
    assert "git init" in str(run().exception)
    assert not (workspace / "content/kedai").exists()
    assert run("--sandbox", "--start", "2026-12-01 09:00", "--every", "30m").exit_code == 0


def test_a_trial_run_is_scheduled_in_the_zone_of_the_brand(run, workspace) -> None:
    assert run("--sandbox", "--start", "2026-12-01 09:00", "--every", "30m").exit_code == 0
    text = (workspace / "content/kedai/posts/2026/12/halo.md").read_text()
    assert "at: '2026-12-01 09:00:00+07:00'" in text
    assert Repository(workspace).resolve(BRANCH) is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--start", "2026-12-01 09:00"], "belong together"),
        (["--start", "besok", "--every", "1d"], "--start"),
        (["--brand", "Kedai Kopi"], "--brand"),
    ],
)
def test_a_wrong_call_is_one_line(run, words, message) -> None:
    result = run(*words)
    assert isinstance(result.exception, MiminError)
    assert message in str(result.exception)


def test_a_second_import_into_the_same_brand_is_refused(run) -> None:
    assert run().exit_code == 0
    assert "exists" in str(run().exception)
