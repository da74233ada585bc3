"""Code that the site's build runs: it lies where no brand's team may change it.

MkDocs runs the files of `hooks:`, plugins run scripts that their options name, and templates of
`theme.custom_dir` are code as well (MkDocs renders them without a sandbox). So nothing that
`mkdocs.yml` names there may lie in a folder of a brand; who owns the other folders is the business
of CODEOWNERS (see `owners`). Plugins run nothing that posts say: no post is a page of MkDocs.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from mimin.model.problem import Problem, Severity
from mimin.workspace.explain import find_trap
from mimin.workspace.source import read_text
from mimin.workspace.workspace import Workspace

CONFIG = re.compile(r"mkdocs[^/]*\.ya?ml")
_KEYS = ("INHERIT", "hooks", "plugins", "theme", "markdown_extensions")


def site_code_problems(workspace: Workspace) -> Iterator[Problem]:
    """Find code of the site's build that lies in a folder of a brand."""
    tree = workspace.tree
    waiting, seen = [path for path in tree.beside if CONFIG.fullmatch(path)], set[str]()
    while waiting:
        path = waiting.pop()
        if path in seen or path not in tree.beside:
            continue
        seen.add(path)
        text = read_text(tree, path)[0] or ""
        trap = find_trap(text)
        if trap is not None:
            message = f"what the site's build runs can not be told: {trap.message}"
            yield _problem((path, trap.line + 1, trap.column + 1), message)
            continue
        for key, value in entries_of(text):
            for scalar in _scalars(value) if key in _KEYS else ():
                yield from _in_a_brand(workspace, path, scalar)
                if key == "INHERIT":
                    waiting.append(joined(path, scalar.value))


def entries_of(text: str) -> list[tuple[str, yaml.Node]]:
    """Read what stands at the top of a configuration; nothing when MkDocs can not read it."""
    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError):
        return []
    if not isinstance(node, yaml.MappingNode):
        return []
    return [(key.value, value) for key, value in node.value if isinstance(key, yaml.ScalarNode)]


def _in_a_brand(workspace: Workspace, path: str, scalar: yaml.ScalarNode) -> Iterator[Problem]:
    """Judge one value, which may name a file, or a link to one."""
    if "/" not in scalar.value or any(sign in scalar.value for sign in "\n\0"):
        return
    root = workspace.root
    named = joined(path, scalar.value)
    # Unlike `Path.resolve`, this raises nothing when links lead in a circle.
    for place in (root / named, Path(os.path.realpath(root / named))):
        parts = place.relative_to(root).parts if place.is_relative_to(root) else ()
        if len(parts) > 2 and parts[0] == "content" and parts[1] in workspace.layout.brands:
            message = (
                f"{scalar.value} is code that the site's build runs, and the team of {parts[1]} "
                "could change it, as it lies in their folder; move it to tools/ or templates/site/"
            )
            start = scalar.start_mark
            yield _problem((path, start.line + 1, start.column + 1), message, "/".join(parts))
            return


def joined(path: str, named: str) -> str:
    """Follow a name that stands in the configuration *path*, as MkDocs does."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), named))


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """List the values below a node once each; an alias leads to a node that was seen."""
    waiting, seen = [node], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, yaml.ScalarNode):
            yield one
        elif isinstance(one, yaml.SequenceNode):
            waiting += one.value
        elif isinstance(one, yaml.MappingNode):
            waiting += [part for pair in one.value for part in pair]


def _problem(place: tuple[str, int, int], message: str, *others: str) -> Problem:
    path, line, column = place
    return Problem(
        path=path,
        line=line,
        column=column,
        code="site-code-open",
        message=message,
        severity=Severity.WARNING,
        others=others,
    )
