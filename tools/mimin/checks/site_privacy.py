"""What keeps brands private where another program than ours builds the site.

Our plugin takes drafts, notes and `brand.yml` out of the pages. A builder that passes over plugins
it does not know (Zensical 0.0.73), or MkDocs once the plugin is taken out of `mkdocs.yml`, would
copy them into the site. `exclude_docs` is the builder's own, and holds without us.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

import yaml

from mimin.checks.site_code import CONFIG, entries_of, joined
from mimin.model.problem import Problem, Severity
from mimin.workspace.explain import find_trap
from mimin.workspace.source import read_text
from mimin.workspace.tree import Tree
from mimin.workspace.workspace import Workspace

_KEYS = frozenset({"docs_dir", "exclude_docs"})
_INSIDE = ("brand.yml", "posts/2026/12/a.md", "media/a.jpg")
"""Files that every brand may have."""
_ADVICE = "`exclude_docs: |` the lines `/*/`, `!/handbook/` and `!/assets/`"


def site_privacy_problems(workspace: Workspace) -> Iterator[Problem]:
    """Find configurations by which only our plugin keeps brands out of the site."""
    tree = workspace.tree
    for path in tree.beside:
        if not CONFIG.fullmatch(path):
            continue
        found = _settings(tree, path)
        if "docs_dir" not in found:
            continue  # then it is docs/, where no brand lies
        source, folder = found["docs_dir"]
        below = _below(folder.value)
        if below is None:
            continue
        patterns = found["exclude_docs"][1].value if "exclude_docs" in found else ""
        brands = workspace.layout.brands
        shown = [name for name in brands if not _is_kept_out(below + name, patterns)]
        if shown:
            mark = folder.start_mark
            here = (mark.line + 1, mark.column + 1) if source == path else (1, 1)
            yield _problem((path, *here), shown, below)


def _settings(tree: Tree, path: str) -> dict[str, tuple[str, yaml.ScalarNode]]:
    """Read what a configuration says about its files, itself or by what it inherits.

    Gives the key → the file that says it, and what it says.
    """
    found: dict[str, tuple[str, yaml.ScalarNode]] = {}
    seen = set[str]()
    while path and path not in seen and path in tree.beside:
        seen.add(path)
        text = read_text(tree, path)[0] or ""
        above = ""
        # A text that is a trap for readers of YAML is told by `site_code_problems`.
        for key, value in entries_of(text) if find_trap(text) is None else ():
            if not isinstance(value, yaml.ScalarNode):
                continue
            if key in _KEYS:
                found.setdefault(key, (path, value))
            elif key == "INHERIT":
                above = joined(path, value.value)
        path = above
    return found


def _below(folder: str) -> str | None:
    """Give what stands before a brand's name in `docs_dir`; None where no brand lies in it."""
    return {"content": "", ".": "content/"}.get(posixpath.normpath(folder or "docs"))


def _is_kept_out(brand: str, patterns: str) -> bool:
    from pathspec.gitignore import GitIgnoreSpec

    try:
        spec = GitIgnoreSpec.from_lines(patterns.splitlines())
    except ValueError:
        return False  # MkDocs refuses it too
    return all(spec.match_file(f"{brand}/{name}") for name in _INSIDE)


def _problem(place: tuple[str, int, int], shown: list[str], below: str) -> Problem:
    path, line, column = place
    named = ", ".join(f"content/{name}/" for name in shown[:3])
    if len(shown) > 3:
        named += f" and {len(shown) - 3} more"
    way_out = "write `docs_dir: content`, and give" if below else "give"
    message = (
        f"only mimin's plugin keeps {named} out of the site; another builder, or MkDocs without "
        f"the plugin, would copy drafts and brand.yml into it; {way_out} {_ADVICE}"
    )
    return Problem(
        path=path,
        line=line,
        column=column,
        code="site-brands-open",
        message=message,
        severity=Severity.WARNING,
    )
