"""GitHub's workflows, as far as the watchdog asks: are they started, and how did they end last."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from whenever import Instant

from mimin.networks.github import GitHub, GitHubError
from mimin.networks.http import Answer, Refusal, Unclear
from mimin.networks.protocol import NotPublished


class _Workflow(Answer):
    state: str
    path: str


class _Run(Answer):
    status: str | None
    conclusion: str | None
    created_at: str
    html_url: str


class _Runs(Answer):
    workflow_runs: tuple[_Run, ...]


@dataclass(frozen=True, kw_only=True)
class Health:
    """How a workflow is."""

    workflow: str
    state: str
    """`active`, or why it is not: `disabled_inactivity`, `disabled_manually`, …"""
    last: Instant | None
    """When its last run was asked for; None when there was none."""
    failed: str = ""
    """Address of the last finished run, if that failed."""


_FAILED = frozenset({"failure", "timed_out", "startup_failure"})


def read_health(github: GitHub, workflow: str) -> Health | None:
    """Ask how a workflow (`publish.yml`) is; None when the repository has none of that name.

    Raises:
        GitHubError: if GitHub does not say.
    """
    path = f"/repos/{github.repository}/actions/workflows/{quote(workflow, safe='')}"
    server = github.server
    try:
        found = server.parse(server.read(path, headers=github.headers), _Workflow)
        params = {"per_page": "10", "exclude_pull_requests": "true"}
        answer = server.read(f"{path}/runs", params=params, headers=github.headers)
        runs = server.parse(answer, _Runs).workflow_runs
    except Refusal as error:
        if error.status == 404:
            return None
        raise GitHubError(f"the workflow {workflow} can not be read: {error}") from None
    except (NotPublished, Unclear) as error:
        raise GitHubError(f"the workflow {workflow} can not be read: {error}") from None
    return _health(workflow, found.state, runs)


def _health(workflow: str, state: str, runs: tuple[_Run, ...]) -> Health:
    newest = sorted(runs, key=lambda run: run.created_at, reverse=True)
    last = Instant.parse_iso(newest[0].created_at) if newest else None
    finished = next((run for run in newest if run.status == "completed"), None)
    failed = finished.html_url if finished and finished.conclusion in _FAILED else ""
    return Health(workflow=workflow, state=state, last=last, failed=failed)
