"""The page on adding a network works as it stands: the package is installed, its contract kept."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "content/handbook/new-network.md"
_FILE = re.compile(r'^```(?:python|toml) title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)


@pytest.fixture
def package(tmp_path):
    """Write the page's files, and install them the way pip would leave them: with entry points."""
    for name, text in _FILE.findall(PAGE.read_text("utf-8")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    entry = re.search(r'^\[project.entry-points."(\S+)"\]\n(.+)$',
                      (tmp_path / "pyproject.toml").read_text(), re.MULTILINE)  # fmt: skip
    info = tmp_path / "mimin_papan-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mimin-papan\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{entry[1]}]\n{entry[2].replace(chr(34), '')}\n")
    return tmp_path


def run(package, *command, **env):
    ours = os.environ.get("PYTHONPATH", "")
    paths = os.pathsep.join(filter(None, [str(package), str(package / "tests"), ours]))
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=package, capture_output=True, text=True, check=False,
        timeout=300, env=os.environ | {"PYTHONPATH": paths} | env,
    )  # fmt: skip


@pytest.mark.long
def test_the_adapter_of_the_page_keeps_the_contract(package):
    (package / "tests/golden").mkdir()
    written = run(package, "pytest", "-q", "tests", UPDATE_GOLDEN="1")
    assert written.returncode == 0, written.stdout
    again = run(package, "pytest", "-q", "tests")
    assert again.returncode == 0, again.stdout
    assert int(re.search(r"(\d+) passed", again.stdout)[1]) > 25


def test_an_adapter_that_calls_a_lost_answer_proof_is_found_out(package):
    adapter = package / "papan.py"
    broken = adapter.read_text()
    broken = broken.replace(
        'answer = self.server.send(path, method="PUT"',
        'try:\n            answer = self.server.send(path, method="PUT"',
    ).replace(
        "headers=self.headers(), json=body)\n",
        "headers=self.headers(), json=body)\n        except Exception as error:\n"
        "            raise NotPublished(str(error)) from None\n",
        1,
    )
    adapter.write_text(broken)
    (package / "tests/golden").mkdir()
    found = run(package, "pytest", "-q", "tests", UPDATE_GOLDEN="1")
    assert "test_a_lost_answer_is_not_proof_and_the_post_is_found" in found.stdout
    assert "test_a_server_error_proves_nothing" in found.stdout
    assert found.returncode == 1


def test_the_network_is_listed_and_an_account_may_be_on_it(package):
    listed = run(package, "mimin", "networks", "papan")
    assert listed.returncode == 0, listed.stderr
    assert "take down:" in listed.stdout
    brand = package / "workspace/content/kedai/brand.yml"
    brand.parent.mkdir(parents=True)
    (package / "workspace/mkdocs.yml").write_text("site_name: Test\n")
    brand.write_text(
        "name: Kedai\nzone: Asia/Jakarta\nlanguages: [id]\naccounts:\n"
        "  papan: {network: papan, handle: kedairara, secret: PAPAN}\n"
    )
    post = package / "workspace/content/kedai/posts/a.md"
    post.parent.mkdir()
    post.write_text(f"---\naccounts: papan\n---\n{'x' * 501}\n")
    checked = run(package, "mimin", "check", "--workspace", str(package / "workspace"))
    assert "501 characters, 500 allowed on papan" in checked.stdout, checked.stdout
