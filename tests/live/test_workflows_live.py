"""The workflows: linted by the field's tools, and run by a real workflow runner on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.live

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
BIN = Path(sys.executable).parent

STUB = """\
name: stub
description: Stands in for an action that needs GitHub's own servers.
inputs:
  name: {description: ignored, required: false}
  path: {description: ignored, required: false}
  retention-days: {description: ignored, required: false}
runs:
  using: composite
  steps:
    - run: "true"
      shell: sh
"""


def run(*words: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a tool of the live set."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actionlint_has_nothing_to_say(workflow):
    found = run("actionlint", "-shellcheck", "shellcheck", workflow)
    assert found.returncode == 0, found.stdout + found.stderr


def test_zizmor_has_nothing_to_say():
    found = run("zizmor", "--offline", "--no-progress", ".github")
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_check_workflow_runs_in_a_workflow_runner(tmp_path):
    clone = tmp_path / "clone"
    git = ("git", "-c", "user.name=Uji", "-c", "user.email=uji@example.com")
    run("git", "clone", "--quiet", ROOT, clone)
    stub = tmp_path / "upload-artifact"
    stub.mkdir()
    (stub / "action.yml").write_text(STUB)
    for words in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "-m", "stub")):
        run(*git, *words, cwd=stub)
    done = run(
        "act",
        "pull_request",
        "-W",
        ".github/workflows/check.yml",
        "-P",
        "ubuntu-latest=-self-hosted",
        "--local-repository",
        f"actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02={stub}",
        cwd=clone,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "Job succeeded" in done.stdout
