"""One rule for whatever reads a tree: what is no ordinary file is told, and never followed."""

from __future__ import annotations

import os

import pytest

from mimin.errors import GitError
from mimin.git import Repository
from mimin.workspace.past import past_tree
from mimin.workspace.pointers import find_pointers
from mimin.workspace.tree import FOLDERS, scan

NOW = "2026-12-01T09:00+07:00"
POST = "---\naccounts: bluesky\nat: 2026-12-03 10:30\n---\nHalo.\n"
OUT = "content/kopi-senja/posts/a.md"
LINK = "content/kopi-senja/posts/link.md"
TARGETS = pytest.mark.parametrize(
    "target", ["/etc/passwd", "../../../../../etc/passwd", "a.md", "nowhere.md", "/dev/zero", "."]
)
COMPARING = pytest.mark.parametrize(
    "words",
    [
        ("check", "--base", "HEAD~1"),
        ("plan", "--base", "HEAD~1"),
        ("comment", "--base", "HEAD~1", "--remote", "none"),
    ],
    ids=lambda words: words[0],
)


@pytest.fixture
def linked(place):
    """A workspace in git with a post, whose next commit has a link to *target*."""

    def make(target, path=LINK):
        place.write({OUT: POST, path: {"link": target}})
        place.commit()
        place.write({"content/kopi-senja/posts/b.md": POST.replace("Halo", "Hai")})
        place.commit()
        return place

    return make


@TARGETS
@COMPARING
def test_a_link_in_the_base_is_left_out_of_a_comparison(words, target, linked):
    place = linked(target)
    ran = place.run(*words, "--now", NOW)
    assert ran.code in {0, 1}
    assert "root:" not in ran.out
    if words[0] != "check":
        assert "b@bluesky" in ran.out or "kopi-senja/b" in ran.out
        assert "kopi-senja/a" not in ran.out


@TARGETS
def test_a_link_is_a_problem_wherever_a_file_is_read(target, place):
    paths = [LINK, "templates/posts/a.md", "content/handbook/a.md", "content/assets/a.png"]
    paths += ["templates/cards/a.yml", "reports/a.yml", "calendar/kopi-senja.yml"]
    place.write({path: {"link": target} for path in paths})
    for commits in (False, True):
        if commits:
            place.commit()
        ran = place.check()
        told = {line.split(":")[0] for line in ran.lines if "it is a symbolic link" in line}
        assert told >= set(paths)


def test_what_is_laid_out_of_a_commit_is_its_ordinary_files(linked, tmp_path):
    place = linked("/etc/passwd")
    place.write({".gitattributes": "*.md export-ignore\nmkdocs.yml export-subst\n"})
    commit = place.commit()
    repository = Repository(place.root)
    folder = tmp_path / "laid"
    folder.mkdir()
    repository.lay_out(commit, FOLDERS, folder)
    laid = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if not path.is_dir()
    }
    assert laid == {
        path: repository.show(commit, path) for path in repository.files(commit, *FOLDERS)
    }
    assert OUT in laid
    assert LINK not in laid
    assert not [path for path in folder.rglob("*") if path.is_symlink()]
    assert place.git("status", "--porcelain") == ""


def test_a_past_tree_a_listing_and_a_single_look_know_no_link(linked):
    place = linked("/etc/passwd")
    repository = Repository(place.root)
    assert LINK not in past_tree(repository, "HEAD").blobs
    assert LINK not in scan(place.root).committed()
    with pytest.raises(GitError, match="no file"):
        repository.show("HEAD", LINK)


def test_a_linked_list_of_owners_or_signers_names_nobody(place):
    place.write({"owners": "* @mallory\n", ".github/CODEOWNERS": {"link": "../owners"}})
    place.commit()
    from mimin.approval.rights import read_code_owners

    assert read_code_owners(Repository(place.root), "HEAD") is None


def test_a_submodule_is_told(place, place_at, tmp_path):
    inner = place_at(tmp_path / "inner", {"a.md": POST})
    inner.commit()
    place.commit()
    path = "content/kopi-senja/posts/inner"
    place.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.root), path)
    place.commit()
    for empty in (False, True):
        if empty:
            place.git("submodule", "deinit", "-q", "-f", path)
        ran = place.check()
        assert [line for line in ran.lines if line.startswith(path)]
    ran = place.run("comment", "--base", "HEAD~1", "--remote", "none", "--now", NOW)
    assert ran.code == 0


def test_attributes_behind_a_link_or_in_a_pipe_are_not_read(place):
    os.mkfifo(place.root / ".gitattributes")
    place.write({"content/kopi-senja/posts/.gitattributes": {"link": "/dev/zero"}})
    assert find_pointers(place.root, ["content/kopi-senja/posts/.gitattributes"]) == frozenset()
