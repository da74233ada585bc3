"""GitHub's issues, as far as alarms need them: list those of one label, open, change, close."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from mimin.networks.github import GitHub, GitHubError
from mimin.networks.http import Answer, Refusal, Unclear
from mimin.networks.protocol import NotPublished

_PAGE = 100
_PAGES = 5
"""How far back one looks; what was closed before that is not opened again by mistake."""


class Issue(Answer):
    """An issue; pull requests come in the same list and have `pull_request`."""

    number: int
    title: str
    body: str | None = None
    state: str
    pull_request: object | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self.state == "open"


@dataclass(frozen=True)
class Issues:
    """The issues of one repository that have one label."""

    github: GitHub
    label: str

    def list(self) -> list[Issue]:
        """List them, open and closed, the newest first."""
        found: list[Issue] = []
        for page in range(1, _PAGES + 1):
            params = {"labels": self.label, "state": "all", "sort": "created"}
            params |= {"direction": "desc", "per_page": str(_PAGE), "page": str(page)}
            with _told("the issues can not be listed"):
                response = self.github.server.read(
                    self._path(), params=params, headers=self.github.headers
                )
                answer = self.github.server.parse_list(response, Issue)
            found += [issue for issue in answer if issue.pull_request is None]
            if len(answer) < _PAGE:
                break
        return found

    def open(self, title: str, body: str) -> Issue:
        """Open an issue with the label; GitHub makes a label that is not there yet."""
        return self._send("", "POST", {"title": title, "body": body, "labels": [self.label]})

    def change(self, number: int, title: str, body: str) -> Issue:
        """Give an issue another title and body."""
        return self._send(f"/{number}", "PATCH", {"title": title, "body": body})

    def close(self, number: int, body: str) -> Issue:
        """Close an issue as done, with its last body."""
        fields = {"body": body, "state": "closed", "state_reason": "completed"}
        return self._send(f"/{number}", "PATCH", fields)

    def _send(self, path: str, method: str, fields: Mapping[str, object]) -> Issue:
        with _told("an issue can not be written"):
            response = self.github.server.send(
                self._path() + path, method=method, headers=self.github.headers, json=fields
            )
            return self.github.server.parse(response, Issue)

    def _path(self) -> str:
        return f"/repos/{self.github.repository}/issues"


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say in one line what GitHub did not do, and what it needs."""
    try:
        yield
    except Refusal as error:
        hint = "; the token needs `issues: write`" if error.status in {403, 404} else ""
        raise GitHubError(f"{what}: {error}{hint}") from None
    except (NotPublished, Unclear) as error:
        raise GitHubError(f"{what}: {error}; run it again") from None
