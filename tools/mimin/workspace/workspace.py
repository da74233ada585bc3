"""The workspace: everything that posts are read against, opened once a command."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mimin.model.brand import Brand
from mimin.model.problem import Problem
from mimin.model.report import ReportFields
from mimin.model.schedule import ObservanceFields, ScheduleFields
from mimin.workspace.brands import read_brand, read_observances, read_report, read_schedule
from mimin.workspace.frontmatter import Fields, read_yaml
from mimin.workspace.layout import Layout, recognise
from mimin.workspace.lost_posts import take_out_lost_posts
from mimin.workspace.posts import ReadPost, read_post
from mimin.workspace.source import read_text
from mimin.workspace.stand_in import stand_in
from mimin.workspace.tree import Tree, scan


@dataclass(frozen=True)
class Workspace:
    """The files of a repository, sorted, with brands and calendars read."""

    tree: Tree
    layout: Layout
    brands: Mapping[str, Brand]
    schedules: Mapping[str, ScheduleFields]
    observances: Mapping[str, ObservanceFields]
    reports: Mapping[str, ReportFields]
    problems: tuple[Problem, ...]
    """Findings about all files except posts."""
    unreadable: Mapping[str, Brand] = field(default_factory=dict)
    """Brands whose file is in error → what can be told of them; nothing is published for them."""
    _fields: dict[str, Fields] = field(default_factory=dict, repr=False, compare=False)

    @property
    def zone(self) -> str | None:
        """Give the zone of the brands; None when they have several, or there is no brand."""
        zones = {brand.zone for brand in self.all_brands.values()}
        return next(iter(zones)) if len(zones) == 1 else None

    @property
    def all_brands(self) -> Mapping[str, Brand]:
        """Every brand there is, with the stand-ins of those that can not be read."""
        return {**self.brands, **self.unreadable}

    def brand_for(self, name: str) -> Brand:
        """Give a brand, or the stand-in of one that can not be read."""
        return self.brands.get(name) or self.unreadable[name]

    @property
    def root(self) -> Path:
        """The workspace's folder."""
        return self.tree.root

    @property
    def private(self) -> Path:
        """The folder for what this machine may lose: caches, sessions, the sandbox."""
        return self.tree.root / ".mimin"

    def brand_of(self, path: str) -> str:
        """Name the brand that a file under `content/` belongs to."""
        return path.split("/", 2)[1]

    def fields_of(self, path: str) -> Fields:
        """Give the fields of a YAML file, to tell where each stands; it is parsed once."""
        if path not in self._fields:
            self._fields[path] = read_yaml(read_text(self.tree, path)[0] or "")
        return self._fields[path]

    def read(self, path: str) -> ReadPost:
        """Read the post whose main file is *path*."""
        return read_post(self.tree, self.layout.posts[path], self.brand_for(self.brand_of(path)))


def open_workspace(
    root: Path, networks: Collection[str], imitable: frozenset[str], tree: Tree | None = None
) -> Workspace:
    """Read the workspace at *root*, without its posts.

    Args:
        root: The folder with `content/` in it.
        networks: Names that an account's `network` may have.
        imitable: Names that an account's `like` may have.
        tree: The files at *root*, when they were listed already.
    """
    tree = tree or scan(root)
    layout = recognise(tree.blobs, tree.beside)
    problems = [*layout.problems, *take_out_lost_posts(tree, layout)]
    brands: dict[str, Brand] = {}
    unreadable: dict[str, Brand] = {}
    schedules: dict[str, ScheduleFields] = {}
    for name, path in layout.brands.items():
        brand, found = read_brand(tree, name, path, networks, imitable)
        problems += found
        if brand is None:
            unreadable[name] = stand_in(tree, layout, name, networks, imitable)
        else:
            brands[name] = brand
        if name in layout.schedules:
            known = brand or unreadable[name]
            schedule, found = read_schedule(tree, layout.schedules[name], known)
            # Which accounts a brand has is not known for sure before its file can be read.
            problems += found if brand else [f for f in found if f.code != "account-unknown"]
            if schedule is not None:
                schedules[name] = schedule
    observances: dict[str, ObservanceFields] = {}
    for path in layout.observances:
        collection, found = read_observances(tree, path, layout.brands)
        problems += found
        if collection is not None:
            observances[Path(path).stem] = collection
    reports: dict[str, ReportFields] = {}
    for path in layout.reports:
        report, found = read_report(tree, path, layout.brands)
        problems += found
        if report is not None:
            reports[Path(path).stem] = report
    return Workspace(
        tree, layout, brands, schedules, observances, reports, tuple(problems), unreadable
    )
