"""Every reader of a tree, in every command, meets what no workspace should hold, and stays well."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import unicodedata
from pathlib import Path

import click
import pytest

from mimin.approval.revision import at_revision
from mimin.cli.main import main
from mimin.git import Repository, is_gits_own
from mimin.printable import find_hidden
from mimin.workspace.layout import recognise
from mimin.workspace.past import past_tree
from mimin.workspace.tree import FOLDERS, scan

NOW = "2026-12-01T09:00+07:00"
POST = "---\naccounts: bluesky\nat: 2026-12-03 10:30\n---\nHalo.\n"
FOLDER = "content/kopi-senja/posts/"
LINK, MODULE, FILE, PROGRAM = "120000", "160000", "100644", "100755"
OWN = [
    *(".git", ".GIT", ".Git ", ".git.", ".git. .", "git~1", "GIT~2", ".g\u200cit", ".gi\ufefft"),
    *(".git::$INDEX_ALLOCATION", "a\\.git\\b", "..\\..\\x.md"),
]
"""Names that git, or git on another disk, keeps to itself."""
ODD = ["a\nb.md", "::add-mask::x\n.md", "a\\b.md", "c:d.md", "tab\t.md", "dot.", "blank ", "-x.md"]
"""Names that git takes, and that another disk or a log takes for something else."""
STRANGE = {
    f"{FOLDER}link.md": (LINK, "/etc/passwd"),
    f"{FOLDER}deep/link.png": (LINK, "../../../../../etc/passwd"),
    f"{FOLDER}loop.md": (LINK, "loop.md"),
    "content/handbook/link.md": (LINK, "/etc/passwd"),
    "content/away": (LINK, "/etc"),
    "calendar/kopi-senja.yml": (LINK, "/dev/zero"),
    "templates/cards/link.yml": (LINK, "/etc/passwd"),
    "templates/site": (LINK, "/etc"),
    "reports/link.yml": (LINK, "/etc/passwd"),
    "mkdocs.yml.d": (LINK, "/etc"),
    ".github/CODEOWNERS": (LINK, "/etc/passwd"),
    ".github/allowed_signers": (LINK, "/etc/passwd"),
    f"{FOLDER}module": (MODULE, ""),
    "content/other": (MODULE, ""),
    "calendar/other": (MODULE, ""),
    f"{FOLDER}program.md": (PROGRAM, POST.replace("Halo", "Hei")),
    f"{FOLDER}A.md": (FILE, POST),
    "Content/a.md": (FILE, POST),
    "makefile": (FILE, "x"),
    "Makefile": (FILE, "x"),
} | {f"{FOLDER}{name}": (FILE, POST) for name in ODD}
ONLY_IN_A_TREE = {
    f"{folder}{name}/{file}": (FILE, POST)
    for name in OWN
    for folder, file in (("", "config"), (FOLDER, "x.md"), ("content/handbook/", "x.md"))
}


@pytest.fixture
def strange(place):
    """Commit a tree that no checkout would make, on top of a good one."""

    def make(files, parent=None):
        repository = Repository(place.root)
        known = repository.files("HEAD")
        tree = {}
        entries = {path: (FILE, blob) for path, blob in known.items()}
        for path, (mode, text) in files.items():
            stdin = text.encode()
            blob = repository.run("hash-object", "-w", "--stdin", stdin=stdin).decode().strip()
            entries[path] = (mode, "1" * 40 if mode == MODULE else blob)
        for path, entry in entries.items():
            *folders, name = path.split("/")
            here = tree
            for folder in folders:
                here = here.setdefault(folder, {})
            here[name] = entry
        top = _write(repository, tree)
        return repository.text("commit-tree", top, "-p", parent or "HEAD", "-m", "Strange")

    place.write({f"{FOLDER}a.md": POST, "content/handbook/index.md": "# Hai\n"})
    place.commit()
    place.make = make
    return place


def _write(repository, tree):
    kinds = {LINK: "blob", MODULE: "commit", FILE: "blob", PROGRAM: "blob"}
    lines = []
    for name, entry in tree.items():
        if isinstance(entry, dict):
            lines.append(f"040000 tree {_write(repository, entry)}\t{name}\0")
        else:
            lines.append(f"{entry[0]} {kinds[entry[0]]} {entry[1]}\t{name}\0")
    stdin = "".join(lines).encode("utf-8", "surrogateescape")
    return repository.run("mktree", "-z", "--missing", stdin=stdin).decode().strip()


def based(place):
    """The base is strange, and what is checked out is well."""
    base = place.make(STRANGE | ONLY_IN_A_TREE)
    place.git("reset", "-q", "--soft", base)
    place.write({f"{FOLDER}b.md": POST.replace("10:30", "12:30").replace("Halo", "Hai")})
    place.git("add", "-A")
    place.git("commit", "-qm", "Well again")


def checked_out(place):
    """What is checked out is strange, as far as this disk can be."""
    commit = place.make(STRANGE)
    place.git("reset", "-q", "--hard", commit)


KEY = "kopi-senja/a@bluesky"
READERS = {
    "check": [(), ("--base", "HEAD~1"), ("--format", "github"), (FOLDER,)],
    "mend": [(), ("--dry-run",), (FOLDER,)],
    "plan": [("--remote", "none"), ("--base", "HEAD~1", "--remote", "none"), ("--matrix",)],
    "comment": [("--base", "HEAD~1", "--remote", "none")],
    "preview": [(f"{FOLDER}a.md",), (f"{FOLDER}link.md",), (FOLDER,)],
    "fetch": [(f"{FOLDER}link.md",), (f"{FOLDER}a.md",)],
    "approve": [
        ("kopi-senja/a",),
        ("--since", "HEAD~1", "--repo", "a/b"),
        ("kopi-senja/a", "--sign", "mkdocs.yml", "--by", "a@b.c", "--remote", "none"),
    ],
    "publish": [("--dry-run", "--remote", "none"), ("--remote", "none")],
    "reconcile": [("--remote", "none")],
    "watch": [("--remote", "none")],
    "done": [(KEY, "--not-out", "--remote", "none")],
    "freeze": [("kopi-senja", "--remote", "none")],
    "resume": [("kopi-senja", "--remote", "none")],
    "import": [
        ("twitter-together", ".", "--dry-run", "--brand", "kopi-senja", "--zone", "Asia/Jakarta")
    ],
    "ledger accept": [("x", "--dry-run", "--remote", "none")],
    "ledger checkout": [("x", "--remote", "none")],
    "ledger log": [(KEY, "--remote", "none")],
    "ledger restore": [("--dry-run", "--remote", "none")],
    "ledger show": [(KEY, "--remote", "none")],
    "ledger verify": [("--remote", "none")],
    "accounts check": [()],
    "accounts list": [()],
    "accounts login": [("kopi-senja/instagram",)],
    "accounts trust": [("kopi-senja/bluesky", "--host", "bsky.social", "--remote", "none")],
}
"""Each command that has a workspace, as it reads trees."""


def _commands(command, path=()):
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from _commands(command.get_command(context, name), (*path, name))
    elif any("--workspace" in each.opts for each in command.params):
        yield " ".join(path)


def test_every_command_with_a_workspace_is_among_the_readers():
    assert set(_commands(main)) == set(READERS)


def is_well(ran):
    """It ended as commands end, read nothing through a link, and printed nothing that steers."""
    assert ran.code in {0, 1, 2, 4}, ran.err
    said = ran.out + ran.err
    assert "root:" not in said
    assert "Traceback" not in said
    assert not list(find_hidden(said))
    assert not [c for c in said if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    assert not [line for line in said.splitlines() if line.startswith("::add-mask")]


@pytest.mark.parametrize("made", [based, checked_out], ids=lambda made: made.__name__)
@pytest.mark.parametrize("reader", sorted(READERS))
def test_each_reader_lives_through_a_strange_tree(reader, made, strange, monkeypatch):
    made(strange)
    monkeypatch.chdir(strange.root)  # paths of a command line are read from here
    codes = set()
    for words in READERS[reader]:
        clock = () if reader in _TIMELESS else ("--now", NOW)
        ran = strange.run(*reader.split(), *words, *clock)
        is_well(ran)
        codes.add(ran.code if "Usage:" not in ran.err else "usage")
    assert codes - {"usage"}, "the table calls it wrongly"


def test_a_strange_base_keeps_nobody_from_seeing_what_a_pull_request_changes(strange):
    based(strange)
    for words in (("check",), ("plan", "--remote", "none"), ("comment", "--remote", "none")):
        ran = strange.run(*words, "--base", "HEAD~1", "--now", NOW)
        assert ran.code == 0, ran.err
        if words[0] != "check":
            assert "kopi-senja/b" in ran.out


_TIMELESS = {
    *("mend", "preview", "fetch", "accounts list", "accounts login"),
    *("ledger log", "ledger restore", "ledger show", "ledger verify"),
}


def test_the_site_lives_through_it_and_its_log_is_obeyed_by_nobody(strange, tmp_path):
    strange.write({"mkdocs.yml": SITE})
    strange.commit()
    names = ["::add-mask::x\n.md", "a\n::add-mask::y.md", "c:d.md", "e\\f.md"]
    pages = {
        f"content/handbook/{name}": (FILE, "# H\n[x](no.md) [##[error]](##[error]z.md)\n")
        for name in names
    }
    commit = strange.make({**STRANGE, **pages})
    strange.git("reset", "-q", "--hard", commit)
    out = tmp_path / "site"
    built = subprocess.run(
        [
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "-f",
            str(strange.root / "mkdocs.yml"),
            "-d",
            str(out),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={
            "PATH": os.environ["PATH"],
            "NO_MKDOCS_2_WARNING": "1",
            "PYTHONPATH": _path(),
        },
    )
    said = built.stdout + built.stderr
    assert "no.md" in said
    assert "Traceback" not in said
    assert not [line for line in said.splitlines() if line.lstrip().startswith("::")]
    assert "##[" not in said
    assert built.returncode == 0
    pages = [path for path in out.rglob("*") if path.suffix == ".html"]
    assert pages
    assert not [path for path in pages if "root:" in path.read_text()]


SITE = """\
site_name: T
docs_dir: content
use_directory_urls: false
theme: {name: material, font: false}
plugins: [{mimin: {now: "2026-12-10T09:00+07:00"}}]
"""


def _path():
    import mimin

    return str(Path(mimin.__file__).parents[1])


def test_what_is_read_of_a_commit_is_the_same_for_all_who_read_it(strange):
    commit = strange.make(STRANGE | ONLY_IN_A_TREE)
    repository = Repository(strange.root)
    files = repository.files(commit, *FOLDERS)
    with tempfile.TemporaryDirectory() as folder:
        repository.lay_out(commit, FOLDERS, Path(folder))
        laid = {p.relative_to(folder).as_posix() for p in Path(folder).rglob("*") if p.is_file()}
        assert not [path for path in Path(folder).rglob("*") if path.is_symlink()]
    assert laid == set(files) == set(past_tree(repository, commit).blobs)
    ordinary = {path for path, (mode, _) in STRANGE.items() if mode in {FILE, PROGRAM}}
    assert set(files) >= {path for path in ordinary if path.startswith("content/")}
    assert not set(files) & set(ONLY_IN_A_TREE)
    with at_revision(repository, commit, strange.root / "cache") as revision:
        assert "kopi-senja/program@bluesky" in revision.deliveries


def test_what_is_checked_out_is_told(strange):
    checked_out(strange)
    ran = strange.check()
    out = ran.out
    for path, (mode, _) in STRANGE.items():
        if path.startswith(FOLDERS) and mode in {LINK, MODULE}:
            assert f"{path}:1:1: error" in out, path
    for name in set(ODD) - {"-x.md"}:
        shown = name.replace("\n", "\\n").replace("\t", "\\t")
        assert f"{FOLDER}{shown}:1:1: error: its path is not the same everywhere" in out, name
    assert "Content/a.md:1:1: error: Content differs from content only in capitals" in out
    assert "makefile:1:1: warning: makefile differs from Makefile only in capitals" in out
    assert f"{FOLDER}program.md:1:1" not in out
    assert ran.code == 1


def test_very_deep_folders_take_no_time():
    paths = [f"content/{number}/{'a/' * 1900}x.md" for number in range(1000)]
    begun = time.process_time()
    recognise(paths)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("name", OWN)
def test_a_name_that_git_keeps_to_itself_is_known(name):
    assert is_gits_own(f"content/{name}/x.md")
    assert is_gits_own(name)


@pytest.mark.parametrize(
    "name",
    [
        ".gitignore",
        ".gitattributes",
        "git",
        "x.git",
        "digit~1",
        ".github",
        "..a",
        "a..md",
        "legit~1.md",
    ],
)
def test_other_names_are_anybodys(name):
    assert not is_gits_own(f"content/{name}/x.md")


@pytest.mark.parametrize(
    "name", ["a:b.png", "a\\b.png", "a\nb.png", "git~1/x.png", "é:.png", "dot./x.png"]
)
def test_whoever_renames_a_file_as_it_says_is_told_no_more(name, place):
    path = f"content/kopi-senja/media/{name}"
    place.write({path: {"image": "40x30 png"}})
    rows = [line for line in place.check().lines if "not the same everywhere" in line]
    (better,) = {
        line.partition("rename it to ")[2].removesuffix(" [name-invalid]") for line in rows
    }
    (place.root / better).parent.mkdir(parents=True, exist_ok=True)
    (place.root / path).rename(place.root / better)
    assert better in scan(place.root).blobs
    assert "name-invalid" not in place.check().out
