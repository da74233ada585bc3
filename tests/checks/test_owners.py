"""What a brand's team could change without an owner is said, and each way out works."""

from __future__ import annotations

import re
import subprocess
import textwrap
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimin.checks.owners import Ownership
from mimin.cli.shared import open_here
from mimin.workspace.codeowners import parse
from mimin.workspace.tree import scan

ROOT = Path(__file__).parents[2]
PLACE = ".github/CODEOWNERS"
BRAND = "content/kopi-senja/brand.yml"
SECOND = """\
name: Fjord
zone: Europe/Oslo
languages: [en]
accounts:
  x: {network: sandbox, like: x, handle: fjord}
"""
MACHINERY = dict.fromkeys(
    (
        *("Makefile", "pyproject.toml", "requirements.lock", "README.md", "my notes [1].txt"),
        *(".github/workflows/publish.yml", "tools/mimin/x.py", "tests/conftest.py"),
        *("templates/site/main.html", "templates/posts/promo.md", "content/handbook/index.md"),
    ),
    "x\n",
) | {"content/fjord/brand.yml": SECOND, "calendar/fjord.yml": "slots: []\n"}


@pytest.fixture
def workspace(place):
    place.write(MACHINERY)
    place.commit()
    return place


CODES = ("owner-missing", "team-owns-more", "owners-unread", "site-code-open")


def found(place, *args):
    """Give what the check says about owners: path, line, code, message."""
    lines = (
        re.match(r"(.+?):(\d+):\d+: warning: (.*) \[(.+)\]$", line)
        for line in place.check(*args).lines
    )
    rows = [(m[1], int(m[2]), m[4], m[3]) for m in lines if m]
    return [row for row in rows if row[2] in CODES]


def owned(place, text):
    place.write({PLACE: text})
    return found(place)


def codes(rows):
    return [row[2] for row in rows]


def follow(text, line, message):
    """Do to the file what the message says, and no more."""
    lines = text.splitlines()
    way_out = message.rpartition("; ")[2].replace("@OWNER", "@keeper")
    if "take this line out" in way_out:
        del lines[line - 1]
        return "\n".join(lines) + "\n"
    told = re.findall(r"`([^`]+)`", way_out)
    assert told, message
    if "begin the file with" in way_out:
        lines[:0] = told
    elif "end the file with" in way_out:
        lines += told
    elif "in place of this line" in way_out:
        lines[line - 1 : line] = told
    else:
        assert "below this line" in way_out
        lines[line:line] = told
    return "\n".join(lines) + "\n"


HANDBOOK_BEFORE = "/content/kopi-senja/ @ayu @rara\n/.github/ @ayu\n/tools/ @ayu\n"
POSTS = "/content/kopi-senja/posts/ @rara\n"


@pytest.mark.parametrize(
    "text",
    [
        HANDBOOK_BEFORE,
        "# nobody\n",
        "*\n/content/fjord/posts/ @citra\n" + POSTS,
        "* @ayu\n/content/ @rara\n",
        "* @ayu\n/content/*/ @rara\n",
        "* @ayu\n*.yml @rara\n" + POSTS,
        "* @rara\n/.github/ @ayu\n" + POSTS,
        "* @rara @citra\n/.github/ @ayu\n/content/*/posts/ @rara\n/content/fjord/media/ @citra\n",
        "* @ayu\n/templates/\n/calendar/ @rara\n" + POSTS,
        "/content/kopi-senja/** @org/kopi\n/content/fjord @org/fjord\n",
        "* @ayu\nposts/ @rara\n",
        "* @ayu\n/my?notes* @rara\n" + POSTS,
        "* @ayu\n/content/kopi-senja/posts/2026/ @rara\n/tools/ @rara\n",
    ],
)
def test_whoever_does_what_it_says_ends_with_owners_for_everything(text, workspace):
    workspace.write({"content/kopi-senja/posts/2026/gajian.md": "---\ndraft: yes\n---\nHai\n"})
    team = parse(text.encode(), PLACE).owners("content/kopi-senja/posts/2026/gajian.md")
    rows = owned(workspace, text)
    assert rows, "there is something to say about each of these"
    for _ in range(12):
        if not rows:
            break
        _, line, _, message = rows[0]
        text = follow(text, line, message)
        rows = owned(workspace, text)
    assert rows == []
    read = parse(text.encode(), PLACE)
    for path in {*MACHINERY, *ATTACKS} - {"README.md"}:
        assert read.owners(path), path
        assert not {"rara", "citra", "org/kopi"} & set(read.owners(path)), path
    if set(team) & {"rara", "org/kopi"}:
        assert read.owners("content/kopi-senja/posts/2026/gajian.md")


_PATTERNS = [
    *("*", "/*", "/*/", "**", "*.yml", "*.md", "/content/", "/content/*/", "/content/*/posts/"),
    *("/content/kopi-senja/", "content/kopi-senja/**", "/content/kopi-senja/posts/", "posts/"),
    *("/content/fjord/media/", "/.github/", "/tools/**", "/templates", "Makefile", "calendar/*"),
    *(".gitattributes", "/content/**/brand.yml", "/content/*/*"),
]
_NAMES = ["@ayu", "@rara", "@citra", "@org/kopi", "rara@example.com", "@AYU", ""]
_LINES = st.builds("{} {}".format, st.sampled_from(_PATTERNS), st.sampled_from(_NAMES))


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Open the workspace once for many files of owners."""
    root = tmp_path_factory.mktemp("opened")
    for path, text in {**MACHINERY, BRAND: SECOND, "mkdocs.yml": "site_name: T\n"}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return open_here(root, scan(root))


@given(st.lists(_LINES, max_size=8))
def test_whoever_follows_every_way_out_ends_whatever_the_lines_were(opened, lines):
    text = "\n".join(lines) + "\n"
    for _ in range(40):
        rows = list(Ownership(opened, parse(text.encode(), PLACE)).problems())
        if not rows:
            break
        text = follow(text, rows[0].line, rows[0].message)
    assert rows == []
    read = parse(text.encode(), PLACE)
    keepers = {name.casefold() for name in read.rule(PLACE).names}
    teams = {
        name.casefold()
        for brand in ("kopi-senja", "fjord")
        for folder, name in (("posts", "a.md"), ("media", "a.jpg"))
        if (rule := read.rule(f"content/{brand}/{folder}/{name}"))
        for name in rule.names
    }
    for path in {*MACHINERY, *ATTACKS} - {"README.md"}:
        rule = read.rule(path)
        assert rule is not None, path
        assert rule.names, path
        assert not {name.casefold() for name in rule.names} & (teams - keepers), path


ATTACKS = [
    *("Makefile", "GNUmakefile", "pyproject.toml", "requirements.lock", "requirements-dev.lock"),
    *("mkdocs.yml", "hooks/x.py", "conftest.py", "sitecustomize.py", "package.json", ".npmrc"),
    *(".github/workflows/x.yml", ".github/actions/x/action.yml", ".github/CODEOWNERS"),
    *(".github/allowed_signers", "tools/mimin/cli/main.py", "tests/conftest.py", ".ci/run"),
    *("templates/site/main.html", "templates/cards/x.yml", "templates/posts/x.md"),
    *("calendar/kopi-senja.yml", "calendar/__init__.py", "calendar/observances/x.yml"),
    *("reports/x.yml", BRAND, "content/new/brand.yml", "content/handbook/index.md"),
    *("content/assets/x.js", "content/index.md", ".gitattributes", ".gitmodules"),
    *("content/kopi-senja/posts/.gitattributes", "content/kopi-senja/media/a/.gitattributes"),
    *("CODEOWNERS", "docs/CODEOWNERS", "makefile", ".venv/bin/mimin", ".venv/.ready"),
    *("hatch.toml", "hatch_build.py", "setup.py", "setup.cfg", "tox.ini", "pytest.ini", "uv.toml"),
    *("usercustomize.py", "pytest.toml", "mypy.ini", "ruff.toml", ".ruff.toml", ".importlinter"),
    *("click.py", "click/__init__.py", "x.pth", "mkdocs.yaml", "overrides/main.html"),
    *(".lfsconfig", ".gitignore", ".github/dependabot.yml", ".github/CODEOWNERS.d/x"),
    *("node_modules/x/index.js", "tests/x.py", ".devcontainer/devcontainer.json"),
    ".mimin/cache.sqlite3",
    *(".venv", "tools", "templates", "calendar", "node_modules"),
]
"""Files by which a brand's team would reach more than its posts."""


ONE_NAME = [
    path
    for path in ATTACKS
    if path not in {BRAND, PLACE} and not re.search(r"(^|/)x(\.|/|$)|cli/main|click", path)
]
"""Those that are obeyed under this name and no other."""


@pytest.mark.parametrize("path", ONE_NAME)
def test_whoever_leaves_one_of_these_alone_to_nobody_or_to_a_team_is_told(path, workspace):
    for names, code in (("", "owner-missing"), (" @rara", "team-owns-more")):
        rows = owned(workspace, f"* @ayu\n{POSTS}/{path}{names}\n.gitattributes @ayu\n")
        if not path.endswith(".gitattributes"):
            assert codes(rows) == [code], (path, names)


def _of_handbook(page):
    """Take the CODEOWNERS of a page of the handbook, for the brand of these tests."""
    text = (ROOT / f"content/handbook/{page}.md").read_text()
    (block,) = [m[2] for m in _FENCED.finditer(text) if re.search(r"^ *\* +@", m[2], re.MULTILINE)]
    return textwrap.dedent(block).replace("kedai", "kopi-senja")


_FENCED = re.compile(r'^( *)```text(?: title="[^"]+")?\n(.*?)^\1```', re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", ["github", "approval"])
def test_with_the_codeowners_of_the_handbook_a_team_has_its_posts_and_nothing_else(page, workspace):
    text = _of_handbook(page)
    read = parse(text.encode(), PLACE)
    team = read.owners("content/kopi-senja/posts/2026/12/gajian.md")
    assert team == read.owners("content/kopi-senja/media/a.jpg")
    for path in ATTACKS:
        assert read.owners(path), path
        assert not set(read.owners(path)) & (set(team) - set(read.owners(PLACE))), path
    assert owned(workspace, text) == []


def test_the_codeowners_of_version_0_1_left_the_machinery_to_anybody(workspace):
    missing, team = owned(workspace, HANDBOOK_BEFORE)
    assert missing[:3] == (PLACE, 1, "owner-missing")
    for name in ("Makefile", "pyproject.toml", "mkdocs.yml", "requirements.lock", "calendar/"):
        assert name in missing[3]
    assert team[:3] == (PLACE, 1, "team-owns-more")
    assert "@rara, the team of kopi-senja" in team[3]
    assert "content/<brand>/brand.yml" in team[3]


@pytest.mark.parametrize(
    "text",
    [
        "* @ayu\n",
        "* @ayu @rara\n",
        "* @org/all\n" + POSTS,
        "/** ayu@example.com\n",
        "* @ayu\n/posts/ @x",
    ],
)
def test_who_keeps_all_of_it_may_also_write_posts(text, workspace):
    rows = owned(workspace, text + ".gitattributes @org/all\n" if "org/all" in text else text)
    assert [row for row in rows if row[2] != "owners-unread"] == []


def test_texts_at_the_top_may_be_anybodys(workspace):
    assert owned(workspace, "* @ayu\n/README.md\n/LICENSE\n") == []


def test_who_owns_a_part_but_no_posts_is_no_brands_team(workspace):
    text = "* @ayu\n/templates/ @designer\n/tools/ @developer\n"
    assert owned(workspace, text) == []


def test_one_person_alone_is_no_team_but_is_not_made_the_owner_of_all(workspace):
    ((_, _, code, message),) = owned(workspace, POSTS)
    assert code == "owner-missing"
    assert "`* @OWNER`" in message


def test_nobody_is_told_who_has_not_asked_for_owners(place, workspace):
    assert found(workspace) == []


def test_reviews_by_signature_without_github_ask_for_no_codeowners(workspace):
    brand = (workspace.root / BRAND).read_text() + "approval: review\n"
    workspace.write({BRAND: brand, ".github/workflows/publish.yml": None})
    workspace.commit()
    assert found(workspace) == []


def test_reviews_on_github_ask_for_them(workspace):
    workspace.write({BRAND: (workspace.root / BRAND).read_text() + "approval: review\n"})
    ((path, line, code, message),) = found(workspace)
    assert (path, code) == (BRAND, "owner-missing")
    assert "approval: review" in (workspace.root / BRAND).read_text().splitlines()[line - 1]
    (told,) = re.findall("`(.*?)`", message)
    assert owned(workspace, told.replace("@OWNER", "@ayu") + "\n") == []


def test_without_a_repository_there_is_no_github_to_ask(place):
    place.write({PLACE: "/content/ @rara\n"})
    assert found(place) == []


@pytest.mark.parametrize("other", ["CODEOWNERS", "docs/CODEOWNERS"])
def test_only_the_first_codeowners_counts(other, workspace):
    workspace.write({other: "* @mallory\n"})
    assert codes(owned(workspace, "* @ayu\n")) == ["owners-unread"]
    workspace.write({PLACE: None})
    assert found(workspace) == []


@pytest.mark.parametrize("name", [".github/codeowners", "CODEOWNER", ".github/CODEOWNERS.txt"])
def test_a_file_under_nearly_the_name_is_said(name, workspace):
    workspace.write({name: "* @ayu\n"})
    ((path, _, code, _),) = found(workspace)
    assert (path, code) == (name, "owners-unread")


def test_a_file_that_github_ignores_owns_nothing(workspace):
    rows = owned(workspace, "* @ayu\n" + "#" * (3 * 1024 * 1024))
    assert codes(rows) == ["owners-unread", "owner-missing"]


def test_a_file_of_very_many_lines_costs_no_minutes(workspace):
    begin = time.process_time()
    assert codes(owned(workspace, "*a*b @ayu\n" * 300_000)) == ["owners-unread"]
    assert time.process_time() - begin < 5


def test_a_linked_codeowners_is_said_and_not_followed(workspace):
    workspace.write({"owners.txt": "* @ayu\n", PLACE: {"link": "../owners.txt"}})
    ((path, _, code, message),) = found(workspace)
    assert (path, code) == (PLACE, "owners-unread")
    assert "symbolic link" in message


@pytest.mark.parametrize("sign", ["\u2028", "\x0b", "\x0c", "\x85", "\x1c"])
def test_a_line_that_shows_as_one_names_no_second_owner(sign):
    read = parse(f"* @ayu # all{sign}* @mallory\n".encode(), PLACE)
    assert read.owners("Makefile") == ("ayu",)


def test_the_check_looks_again_when_owners_machinery_or_hooks_change(workspace):
    assert owned(workspace, "/* @ayu\n/*/ @ayu\n") == []
    assert codes(owned(workspace, "/content/ @ayu\n/.github/ @ayu\n")) == ["owner-missing"]
    before = found(workspace)
    workspace.write({"scripts/x.sh": "x"})
    assert found(workspace) != before
    assert owned(workspace, "* @ayu\n") == []
    workspace.write({"mkdocs.yml": "site_name: T\nhooks: [content/kopi-senja/posts/x.py]\n"})
    assert codes(found(workspace)) == ["site-code-open"]


def test_a_pull_request_of_posts_is_not_told_but_one_of_machinery_is(workspace):
    workspace.write({PLACE: "/content/ @ayu\n/.github/ @ayu\n"})
    base = workspace.commit()
    workspace.write({"content/kopi-senja/posts/a.md": "---\ndraft: yes\n---\nHai\n"})
    workspace.commit()
    assert found(workspace, "--base", base) == []
    workspace.write({"Makefile": "y\n"})
    assert codes(found(workspace, "--base", base)) == ["owner-missing"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n",
        "hooks: {",
        "hooks: *x\n",
        "hooks: &a [*a]\n",
        "hooks: !!python/name:os.system\n",
        "INHERIT: mkdocs.yml\n",
        "INHERIT: ../../etc/passwd\n",
        "INHERIT: [a]\n",
        "\x00",
        "hooks: 1\n",
        "? [a]\n: b\n",
        'hooks: ["a/\\0b"]\n',
        f"hooks: [{'a' * 5000}/x.py]\n",
    ],
)
def test_no_configuration_of_the_site_is_too_strange(text, workspace):
    workspace.write({"mkdocs.yml": text})
    assert found(workspace) == []


@pytest.mark.parametrize("nested", ["[" * 100_000, "{a: " * 50_000])
def test_a_configuration_that_would_fell_the_parser_is_said(nested, workspace):
    workspace.write({"mkdocs.yml": f"hooks: {nested}"})
    ((path, line, code, message),) = found(workspace)
    assert (path, line, code) == ("mkdocs.yml", 1, "site-code-open")
    assert "nested deeper" in message


def test_a_hook_that_is_a_link_into_a_brands_folder_is_found(workspace):
    target = "../content/kopi-senja/posts/hook.py"
    workspace.write({"hooks/x.py": {"link": target}, "mkdocs.yml": "hooks: [hooks/x.py]\n"})
    assert codes(found(workspace)) == ["site-code-open"]


def test_links_that_lead_in_a_circle_are_no_hook_of_a_brand(workspace):
    workspace.write({"hooks/x.py": {"link": "x.py"}, "mkdocs.yml": "hooks: [hooks/x.py]\n"})
    assert found(workspace) == []


@pytest.mark.parametrize("folder", ["posts", "media"])
def test_a_line_that_takes_a_brands_own_folder_from_everybody_is_told(folder, workspace):
    """Any team could change its posts then, and its own reviewers are not asked."""
    own = f"/content/kopi-senja/{folder}/"
    text = f"* @ayu\n{own} @rara\n{own}\n.gitattributes @ayu\n"
    (row,) = owned(workspace, text)
    assert row[1:3] == (3, "owner-missing")
    assert f"content/kopi-senja/{folder}/ without an owner" in row[3]
    assert not owned(workspace, follow(text, row[1], row[3]))
