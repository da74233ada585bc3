from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mimin.errors import GitError
from mimin.git import ChangedPath, CommandError, Repository, clean_environment, redact

STRANGE = ["plain.md", "with space.md", "ünï/日本.md", 'quo"te.md', "new\nline.md", "*.md"]


@pytest.fixture
def work(yard):
    path = yard.clone(None)
    for number, name in enumerate(STRANGE):
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_text(f"{number}\n")
    yard.git(path, "add", "-A")
    yard.git(path, "commit", "-qm", "first")
    return path


def test_a_repository_is_found_from_a_folder_inside_it(yard, work):
    found = Repository.discover(work / "ünï", yard.env)
    assert found is not None
    assert found.root.samefile(work)


def test_a_folder_outside_any_repository_is_none(yard, tmp_path):
    lonely = tmp_path / "lonely"
    lonely.mkdir()
    assert Repository.discover(lonely, yard.env) is None


def test_a_missing_folder_is_an_error_and_not_none(yard, tmp_path):
    with pytest.raises(GitError, match="missing"):
        Repository.discover(tmp_path / "missing", yard.env)


def test_a_missing_git_is_one_line(tmp_path):
    with pytest.raises(GitError, match="install git"):
        Repository(tmp_path, {"PATH": str(tmp_path)}).run("status")


def test_every_path_survives(yard, work):
    repository = yard.repository(work)
    tracked = repository.tracked()
    assert sorted(tracked) == sorted(STRANGE)
    contents = repository.contents(tracked.values())
    for number, name in enumerate(STRANGE):
        assert contents[tracked[name]] == repository.show("HEAD", name) == f"{number}\n".encode()


def test_dirty_names_what_differs_from_the_index_only(yard, work):
    (work / "plain.md").write_text("changed\n")
    (work / "with space.md").unlink()
    (work / "*.md").write_text("staged\n")
    yard.git(work, "add", "--", ":(literal)*.md")
    (work / "deep" / "er").mkdir(parents=True)
    (work / "deep" / "er" / "né w.md").write_text("new\n")
    assert yard.repository(work).dirty() == {
        "plain.md": "M",
        "with space.md": "D",
        "deep/er/né w.md": "?",
    }


def test_changed_compares_with_the_common_commit_and_follows_moves(yard, work):
    yard.git(work, "checkout", "-qb", "topic")
    (work / "long.md").write_text("line\n" * 50)
    yard.git(work, "add", "-A")
    yard.git(work, "commit", "-qm", "long")
    base = yard.git(work, "rev-parse", "HEAD").strip()
    yard.git(work, "mv", "long.md", "ünï/møved.md")
    yard.git(work, "rm", "-q", "plain.md")
    (work / "added.md").write_text("added\n")
    yard.git(work, "add", "-A")
    yard.git(work, "commit", "-qm", "topic")
    yard.git(work, "checkout", "-qb", "other", base)
    (work / "elsewhere.md").write_text("not ours\n")
    yard.git(work, "add", "-A")
    yard.git(work, "commit", "-qm", "other")
    changed = yard.repository(work).changed("other", "topic")
    assert sorted(changed, key=lambda change: change.status) == [
        ChangedPath("added.md", "A"),
        ChangedPath("plain.md", "D"),
        ChangedPath("ünï/møved.md", "R", old_path="long.md"),
    ]


def test_without_common_history_the_way_out_is_named(yard, work):
    yard.git(work, "checkout", "-q", "--orphan", "island")
    yard.git(work, "commit", "-qm", "island")
    with pytest.raises(GitError, match="fetch-depth: 0"):
        yard.repository(work).changed("main")


def test_the_head_of_an_empty_repository_is_none(yard):
    repository = yard.repository(yard.clone(None, "empty"))
    assert repository.head() is None
    assert repository.tracked() == {}
    assert repository.remotes() == ()


def test_a_revision_can_not_be_an_option(yard, work):
    with pytest.raises(GitError, match="is not a revision"):
        yard.repository(work).show("--help", "x")


def test_a_missing_object_is_named(yard, work):
    with pytest.raises(GitError, match="0123456789"):
        yard.repository(work).contents(["0123456789" * 4])


def test_variables_of_a_hook_do_not_lead_elsewhere(yard, work, tmp_path):
    nowhere = {
        name: str(tmp_path / "nowhere")
        for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY")
    }
    repository = yard.repository(work, **nowhere)
    assert len(repository.tracked()) == len(STRANGE)
    assert Repository.discover(work, yard.env | nowhere) is not None


def test_all_variables_that_git_calls_local_are_dropped_but_the_two_it_hands_on():
    listed = subprocess.run(
        ["git", "rev-parse", "--local-env-vars"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert set(clean_environment(dict.fromkeys(listed, "x"))) & set(listed) == {
        "GIT_CONFIG_PARAMETERS",
        "GIT_CONFIG_COUNT",
    }


def test_credentials_and_ssh_settings_are_kept():
    kept = {"GIT_SSH_COMMAND": "ssh -i key", "GIT_ASKPASS": "ask", "SSH_AUTH_SOCK": "/s"}
    assert kept.items() <= clean_environment(kept).items()


@pytest.mark.parametrize(
    "text",
    [
        "fatal: unable to access 'https://user:s3cret@host/x.git/'",
        "https://s3cret@host/x",
        "https://x-access-token:p@s3cret@host/x",
        "> Authorization: Basic s3cret",
    ],
)
def test_secrets_are_hidden(text):
    assert "s3cret" not in redact(text)
    assert "***" in redact(text)


def test_an_error_tells_gits_reason_without_the_secret(yard, work):
    shim = yard.shim(
        "echo \"fatal: unable to access 'https://u:s3cret@h/': nope\" >&2\n"
        "echo 'hint: try harder' >&2; exit 128"
    )
    with pytest.raises(CommandError) as caught:
        yard.repository(work, PATH=shim).run("fetch")
    assert str(caught.value) == "git fetch: unable to access 'https://***@h/': nope"
    assert "s3cret" not in caught.value.stderr


def test_advice_of_git_is_not_taken_for_its_reason(yard, work):
    said = "remote: no room\nhint: Updates were rejected\nhint:\nremote: hint: ask somebody"
    shim = yard.shim(f"cat >&2 <<'END'\n{said}\nEND\nexit 1")
    with pytest.raises(CommandError) as caught:
        yard.repository(work, PATH=shim).run("push")
    assert str(caught.value) == "git push: remote: no room"


def test_a_folder_of_another_user_is_said_with_the_command_that_helps(yard, work):
    """What git says, of its version 2.39; only root could make such a folder here."""
    said = (
        "fatal: detected dubious ownership in repository at '/srv/toko kopi'\n"
        "To add an exception for this directory, call:\n\n"
        "\tgit config --global --add safe.directory '/srv/toko kopi'\n"
    )
    shim = yard.shim(f"cat >&2 <<'END'\n{said}END\nexit 128")
    with pytest.raises(CommandError) as caught:
        Repository.discover(work, yard.env | {"PATH": shim})
    assert str(caught.value).endswith(
        "belongs to another user; if you trust it: "
        "`git config --global --add safe.directory '/srv/toko kopi'`"
    )
    assert len(str(caught.value).splitlines()) == 1


def test_a_command_that_hangs_is_ended_with_its_children(yard, work, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    repository = yard.repository(work, PATH=yard.shim(f"sleep 60 3<>{pipe} & wait"))
    with pytest.raises(GitError, match="no answer within"):
        repository.run("fetch", timeout=0.5)
    # Nobody reads the pipe any more once the grandchild is gone.
    with pytest.raises(OSError):
        os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)


def test_history_is_walked_with_strange_names_and_foreign_variables(
    yard, work, tmp_path, monkeypatch
):
    (work / "*.md").write_text("again\n")
    yard.git(work, "commit", "-qam", "second ☕ ünï")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "nowhere"))
    history = list(Repository(work).history("*.md"))
    assert [revision.subject for revision in history] == ["second ☕ ünï", "first"]
    assert history[0].email == "tester@example.com"
    assert [revision.subject for revision in Repository(work).history("plain.md")] == ["first"]


def test_history_of_an_unknown_revision_is_an_error(work):
    with pytest.raises(GitError, match="nowhere"):
        list(Repository(work).history(revision="nowhere"))


def test_importing_the_module_does_not_import_gitpython():
    code = "import sys, mimin.git, mimin.store; sys.exit('git' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
