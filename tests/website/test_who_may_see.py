"""Who may see the site: search engines, and what another builder than ours would show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from mimin.checks.site_privacy import site_privacy_problems
from mimin.website.gather import open_site_workspace

ROOT = Path(__file__).parents[2]
NOINDEX = '<meta name="robots" content="noindex, nofollow">'
LINES = "exclude_docs: |\n  /*/\n  !/handbook/\n  !/assets/\n"


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")


@pytest.fixture
def workspace(site):
    """A workspace with pages of its own, a draft, a note and a picture."""
    site.write("content/handbook/index.md", "# Panduan\n")
    site.write("content/tentang.md", "# Tentang\n")
    site.write("content/assets/logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    site.write(
        "content/toko/posts/2027/01/rahasia.md",
        "---\naccounts: [bluesky]\ndraft: true\nnote: Belum boleh\n---\nDiskon 70 persen\n",
    )
    site.commit()
    return site


def pages(site) -> dict[str, str]:
    return {
        str(path.relative_to(site.out)): path.read_text("utf-8")
        for path in site.out.rglob("*.html")
    }


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_of_an_internal_site_asks_search_engines_to_leave_it_alone(workspace, language):
    workspace.configure("language: id", f"language: {language}")
    workspace.build()
    found = pages(workspace)
    assert {"index.html", "404.html", "tentang.html", "handbook/index.html"} <= found.keys()
    assert {"brands/toko.html", "calendar/2026-12.html", "reports/terbit.html"} <= found.keys()
    assert {name: html.count(NOINDEX) for name, html in found.items()} == dict.fromkeys(found, 1)


def test_no_page_of_a_public_site_asks_search_engines_to_leave_it_alone(workspace):
    workspace.configure("mimin: {", "mimin: {visibility: public, ")
    workspace.build()
    found = pages(workspace)
    assert {"index.html", "404.html", "handbook/index.html"} <= found.keys()
    assert [name for name, html in found.items() if "noindex" in html] == []


def test_without_the_plugin_brands_are_not_in_the_site_where_the_configuration_says_so(workspace):
    mimin = re.compile(r"  - mimin: .*\n")
    text = (workspace.root / "mkdocs.yml").read_text()
    workspace.write("mkdocs.yml", mimin.sub("", text))
    workspace.build()
    assert (workspace.out / "toko/brand.yml").exists()  # what the lines are against
    workspace.write("mkdocs.yml", mimin.sub("", text) + LINES)
    workspace.build()
    everything = workspace.everything()
    assert [name for name in everything if "toko" in name.removeprefix(str(workspace.out))] == []
    assert [name for name, content in everything.items() if b"Diskon 70" in content] == []
    assert (workspace.out / "handbook/index.html").exists()
    assert (workspace.out / "assets/logo.svg").exists()


def test_the_lines_that_the_check_asks_for_end_its_warning_and_change_nothing_of_the_site(
    workspace,
):
    def told():
        return [one.code for one in site_privacy_problems(open_site_workspace(workspace.root))]

    assert told() == ["site-brands-open"]
    before = workspace.build().everything()
    workspace.write("mkdocs.yml", (workspace.root / "mkdocs.yml").read_text() + LINES)
    assert told() == []
    assert workspace.build().everything() == before


def test_the_configurations_that_we_ship_and_show_hold_without_the_plugin(workspace):
    shown = re.findall(
        r"```yaml title=\"mkdocs.yml\"\n(.*?)```",
        (ROOT / "content/handbook/site.md").read_text("utf-8"),
        re.DOTALL,
    )
    for text in ((ROOT / "mkdocs.yml").read_text("utf-8"), *shown):
        workspace.write("mkdocs.yml", text)
        assert "docs_dir: content" in text
        assert list(site_privacy_problems(open_site_workspace(workspace.root))) == []


def test_jekyll_which_github_pages_runs_over_a_repository_leaves_our_folders_out():
    told = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    assert {"content", "calendar", "templates", "reports"} <= set(told["exclude"])
