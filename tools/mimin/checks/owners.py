"""Owners: what a brand's team could change without anybody who keeps the workspace.

A brand's team needs its posts and their media, and nothing else. All other files decide what runs
with the workspace's tokens, what may go out and where it goes: workflows, Makefile, lock files,
hooks of the site, templates, calendars, `brand.yml`. Who keeps these are the owners of CODEOWNERS
itself, since they can give themselves everything; of anybody else it is asked whether a line that
was meant for a brand lets them change more.

All findings are warnings, and there are none where nobody has asked for owners: in a workspace
without CODEOWNERS, unless a brand asks for reviews and workflows run on GitHub.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mimin.model.brand import Approval
from mimin.model.problem import Problem, Severity
from mimin.workspace.codeowners import PLACES, CodeOwners, Rule, parse
from mimin.workspace.layout import SITE_FOLDERS
from mimin.workspace.workspace import Workspace

OPEN = ("posts", "media")
"""Folders of a brand that its team may change."""
_ATTRIBUTES = ".gitattributes"
"""Also below an open folder it stays with the owners: it hides files from a reviewer's diff."""
_WORKFLOWS = ".github/workflows/"
_SITE = "mkdocs.yml"
_TO_COME = (
    # GNU make takes the first of these three.
    *("GNUmakefile", "makefile", "Makefile"),
    # `make setup` leaves an environment as it is that is newer than the lock files.
    *(".venv/.ready", ".venv/bin/mimin", ".ci/run"),
    # pip builds with hatchling, and `make lock` calls uv.
    *("pyproject.toml", "hatch.toml", "hatch_build.py", "setup.py", "requirements.lock"),
    *("requirements-dev.lock", "uv.toml", ".python-version"),
    # `python -m` looks for modules here first, pytest and the checks of style for settings.
    *("new.py", "new/__init__.py", "sitecustomize.py", "usercustomize.py", "new.pth"),
    *("conftest.py", "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "tox.ini"),
    *("setup.cfg", "mypy.ini", ".mypy.ini", "ruff.toml", ".ruff.toml", ".importlinter"),
    *("tools/new.py", "tests/new.py", "tests/conftest.py", "calendar/__init__.py"),
    # Node looks for packages in every folder above, npm for settings.
    *("package.json", "node_modules/new/index.js", ".npmrc"),
    # MkDocs takes either name; hooks and themes lie where it says.
    *(_SITE, "mkdocs.yaml", "hooks/new.py", "overrides/main.html", "templates/site/new.html"),
    *(_ATTRIBUTES, ".gitmodules", ".gitignore", ".lfsconfig"),
    *PLACES,
    *(f"{_WORKFLOWS}new.yml", ".github/actions/new/action.yml", ".github/dependabot.yml"),
    *(".github/allowed_signers", ".devcontainer/devcontainer.json", ".devcontainer.json"),
    # mimin's own: what it remembers of posts, and what decides what goes out.
    *(".mimin/cache.sqlite3", "content/new.md", "content/handbook/new.md", "content/assets/new.js"),
    *(
        "content/index.md",
        "content/new/brand.yml",
        "calendar/new.yml",
        "calendar/observances/new.yml",
    ),
    *("templates/posts/new.md", "templates/cards/new.yml", "reports/new.yml"),
)
"""Looked at whether it is there or not: whoever may add it may run or decide something."""
_TEXT = re.compile(r"[^/]+\.md|LICEN[CS]E[^/]*")
"""Texts at the top: nothing runs or is decided by them."""
_LINES = 5_000
"""Each of them is compared with each file."""
_FEW = 3
_SHOWN = 8
_STAND_IN = "@OWNER"
_WHO = f", with whoever keeps all this in place of {_STAND_IN}"


def owner_problems(workspace: Workspace) -> Iterator[Problem]:
    """Say which files have no owner, or only a brand's team, in a repository that asks for them."""
    tree = workspace.tree
    if tree.repository is None:
        return
    found = [place for place in PLACES if place in tree.beside]
    yield from _misnamed(tree.beside, found)
    if not found:
        yield from _asked_for(workspace)
        return
    place, *unread = found
    for other in unread:
        message = f"GitHub reads {place} and no other; move its lines there and remove this file"
        yield _warning((other, 1), "owners-unread", message)
    try:
        content = tree.read(place)
    except OSError as error:
        why = "a symbolic link" if (tree.root / place).is_symlink() else error.strerror
        message = f"can not be read ({why}); put the file itself here"
        yield _warning((place, 1), "owners-unread", message)
        return
    if content.count(b"\n") > _LINES:
        message = f"more than {_LINES:,} lines, too many to judge here; say it in fewer patterns"
        yield _warning((place, 1), "owners-unread", message)
        return
    owners = parse(content, place)
    for remark in owners.said:
        yield _warning((place, remark.line), "owners-unread", remark.text)
    yield from Ownership(workspace, owners).problems()


def is_open(path: str) -> bool:
    """Tell whether a file is one of those that a brand's team needs: its posts and their media."""
    parts = path.split("/")
    return (
        len(parts) > 3
        and parts[0] == "content"
        and parts[2] in OPEN
        and parts[1] not in SITE_FOLDERS
        and parts[-1].casefold() != _ATTRIBUTES
    )


def machinery(workspace: Workspace) -> list[str]:
    """List all that a brand's team does not need, and what could be added of it."""
    tree = workspace.tree
    paths = {path for path in (*tree.beside, *tree.blobs) if not is_open(path)}
    paths = {path for path in paths if not _TEXT.fullmatch(path)}
    paths |= {f"{path.partition('/')[0]}/new" for path in tree.beside if "/" in path}
    for brand in workspace.layout.brands:
        folder = f"content/{brand}"
        paths |= {f"{folder}/{name}/{_ATTRIBUTES}" for name in OPEN}
        paths |= {f"{folder}/new", f"calendar/{brand}.yml"}
    paths.update(_TO_COME)
    # In place of a folder somebody could put a link to one of their own.
    paths |= {path.partition("/")[0] for path in paths if "/" in path}
    return sorted(paths)


@dataclass
class _Group:
    """Files about which one line decides in the same way."""

    rule: Rule | None
    areas: dict[str, str] = field(default_factory=dict)
    """How an area is shown → a pattern for all of it."""


class Ownership:
    """Who owns what, and the teams among them."""

    def __init__(self, workspace: Workspace, owners: CodeOwners) -> None:
        self.workspace = workspace
        self.owners = owners
        own = owners.rule(owners.place)
        self.keepers: tuple[str, ...] = own.names if own else ()
        everybody = {name for rule in owners.rules for name in _folded(rule.names)}
        # One person alone is no team, whatever little of the workspace the file names.
        kept = everybody if len(everybody) == 1 else _folded(self.keepers)
        self.teams = {brand: self._team(brand) - kept for brand in workspace.layout.brands}
        """Brand → who owns posts or media of it, but does not keep the rest."""

    def problems(self) -> Iterator[Problem]:
        """Say of each line what it leaves to nobody, or to a team; of no line, what none is for."""
        unowned, of_teams = self._groups()
        for group in unowned:
            yield self._unowned(group)
        for group in of_teams:
            yield self._of_team(group)

    def _groups(self) -> tuple[list[_Group], list[_Group]]:
        """Sort what has no owner, and what a team owns, by the line that says so."""
        unowned: dict[int, _Group] = {}
        of_teams: dict[int, _Group] = {}
        teams = {name for team in self.teams.values() for name in team}
        for folder in (
            f"content/{b}/{name}/" for b in self.workspace.layout.brands for name in OPEN
        ):
            rule = self.owners.rule(f"{folder}new.md")
            if rule is not None and not rule.names:  # taken from those who keep the rest
                unowned.setdefault(rule.line, _Group(rule)).areas[folder] = _pattern(folder)
        for path in machinery(self.workspace):
            rule = self.owners.rule(path)
            if rule is None or not rule.names:
                groups = unowned
            elif teams & _folded(rule.names):
                groups = of_teams
            else:
                continue
            group = groups.setdefault(rule.line if rule else 0, _Group(rule))
            group.areas.update([_area(path)])
        return list(unowned.values()), list(of_teams.values())

    def _team(self, brand: str) -> set[str]:
        """Gather the owners of a brand's posts and media; one look a folder is enough."""
        prefix = f"content/{brand}/"
        folders = {f"{prefix}{folder}" for folder in OPEN}
        folders |= {
            path.rpartition("/")[0]
            for path in (*self.workspace.layout.posts, *self.workspace.layout.media)
            if path.startswith(prefix)
        }
        rules = (
            self.owners.rule(f"{folder}/{name}")
            for folder in folders
            for name in ("new.md", "new.jpg", "new.link.yml")
        )
        return {name for rule in rules if rule for name in _folded(rule.names)}

    def _unowned(self, group: _Group) -> Problem:
        shown = _listed(group.areas)
        if group.rule is None:
            message = (
                f"no line names an owner for {shown}, so whoever may merge posts could change "
                f"or add that too; begin the file with the line `* {self._keepers}`{self._who}"
            )
            return _warning((self.owners.place, 1), "owner-missing", message)
        message = (
            f"this line leaves {shown} without an owner, so whoever may merge posts could change "
            "or add that too; take this line out"
        )
        return _warning((self.owners.place, group.rule.line), "owner-missing", message)

    def _of_team(self, group: _Group) -> Problem:
        rule = group.rule
        assert rule is not None  # noqa: S101 - a line that names a team is one
        names = _folded(rule.names)
        brands = [brand for brand, team in self.teams.items() if team & names]
        whom = " ".join(name for name in rule.names if name.casefold() not in self._kept)
        message = (
            f"{whom}, the team of {_listed(brands)}, could change or add {_listed(group.areas)} "
            f"without {self._others}; {self._way_out(rule, group, brands)}"
        )
        return _warning((self.owners.place, rule.line), "team-owns-more", message)

    def _way_out(self, rule: Rule, group: _Group, brands: Sequence[str]) -> str:
        names = " ".join(rule.names)
        own = re.fullmatch(r"/?content/([^/*?\\]+)(?:/(?:\*\*)?)?", rule.text)
        if own is not None and own[1] in brands:
            return f"put in place of this line {_opened([own[1]], names)}"
        if len(group.areas) <= _FEW:
            return self._at_the_end(group)
        opened = _opened(brands, names)
        return f"put below this line `* {self._keepers}`, then {opened}{self._who}"

    def _at_the_end(self, group: _Group) -> str:
        lines = dict.fromkeys(f"`{pattern} {self._keepers}`" for pattern in group.areas.values())
        return f"end the file with {' and '.join(lines)}{self._who}"

    @property
    def _kept(self) -> set[str]:
        return _folded(self.keepers)

    @property
    def _keepers(self) -> str:
        return " ".join(self.keepers) or _STAND_IN

    @property
    def _who(self) -> str:
        return "" if self.keepers else _WHO

    @property
    def _others(self) -> str:
        return " ".join(self.keepers) or "anybody else"


def _asked_for(workspace: Workspace) -> Iterator[Problem]:
    """Say that nobody owns anything, where a brand asks for reviews and workflows run."""
    if not any(path.startswith(_WORKFLOWS) for path in workspace.tree.beside):
        return
    asking = (brand for brand in workspace.brands.values() if brand.approval is Approval.REVIEW)
    brand = next(asking, None)
    if brand is None:
        return
    line, _ = workspace.fields_of(brand.path).locate(("approval",))
    areas = dict(_area(path) for path in machinery(workspace))
    message = (
        f"the brand asks for reviews, but there is no CODEOWNERS, so whoever may merge posts could "
        f"change or add {_listed(areas)} too; begin {PLACES[0]} with the line `* {_STAND_IN}`{_WHO}"
    )
    yield _warning((brand.path, line), "owner-missing", message)


def _misnamed(paths: Iterable[str], found: Sequence[str]) -> Iterator[Problem]:
    """Find files that look like CODEOWNERS and that GitHub does not read."""
    for path in sorted(paths):
        folder, _, name = path.rpartition("/")
        if path in found or folder not in {"", ".github", "docs"}:
            continue
        if re.fullmatch(r"codeowners?(\.\w+)?", name, re.IGNORECASE):
            message = f"GitHub does not read this file; rename it to {PLACES[0]}"
            yield _warning((path, 1), "owners-unread", message)


def _area(path: str) -> tuple[str, str]:
    """Name the part of the workspace that a file belongs to, and a pattern for all of it."""
    parts = path.split("/")
    if parts[-1].casefold() == _ATTRIBUTES:
        return f"{_ATTRIBUTES} of every folder", _ATTRIBUTES
    if parts[0] != "content" and len(parts) > 1:
        shown = f"{parts[0]}/"
    elif parts[0] == "content" and len(parts) > 2 and parts[1] in SITE_FOLDERS:
        shown = f"content/{parts[1]}/"
    elif parts[0] == "content" and len(parts) == 2:
        return "content/*", "/content/*"
    elif parts[0] == "content" and len(parts) == 3:
        name = "brand.yml" if parts[2] == "brand.yml" else "*"
        return f"content/<brand>/{name}", "/content/*/*"
    else:
        shown = path
    return shown, _pattern(shown)


def _pattern(path: str) -> str:
    """Write a path as a pattern; what no pattern can say is said by `?`."""
    return "/" + re.sub(r"[\[\]!#*\\\x00-\x20\x7f]", "?", path)


def _opened(brands: Sequence[str], names: str) -> str:
    lines = [f"`/content/{brand}/{folder}/ {names}`" for brand in brands for folder in OPEN]
    return " and ".join(lines)


def _listed(names: Iterable[str]) -> str:
    """List a few names, what matters most first, and count the others."""
    ranked = sorted(names, key=lambda name: (_rank(name), name))
    if len(ranked) <= _SHOWN + 1:
        return ", ".join(ranked)
    return f"{', '.join(ranked[:_SHOWN])} and {len(ranked) - _SHOWN} more"


def _rank(name: str) -> int:
    """Put first what runs with tokens, then what decides, then the rest."""
    if name in {".github/", "tools/", "Makefile", _SITE, "pyproject.toml"} or "lock" in name:
        return 0
    return 1 if name.startswith(("content/<brand>", "calendar/", "templates/")) else 2


def _folded(names: Iterable[str]) -> set[str]:
    return {name.casefold() for name in names}


def _warning(place: tuple[str, int], code: str, message: str) -> Problem:
    path, line = place
    return Problem(path=path, line=line, code=code, message=message, severity=Severity.WARNING)
