"""GitHub's comments on pull requests, as far as keeping one of our own up to date needs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mimin.errors import MiminError
from mimin.networks.github import Branch, GitHub, GitHubError, User
from mimin.networks.http import Answer, Refusal, Unclear
from mimin.networks.protocol import NotPublished

_PAGE = 100
_PAGES = 30


class Comment(Answer):
    """A comment in the conversation of a pull request."""

    id: int
    body: str | None = None
    user: User | None = None


class _Open(Answer):
    number: int
    head: Branch


@dataclass(frozen=True)
class Comments:
    """The conversation of one pull request."""

    github: GitHub
    number: int

    def keep(self, mark: str, body: str, author: str) -> str:
        """Write *body* into *author*'s comment that begins with *mark*, or make that comment.

        A comment of somebody else is left alone, whatever it begins with.
        """
        mine = self._find(mark, author)
        if mine is None:
            self._send(f"{self._root()}/issues/{self.number}/comments", "POST", body)
            return "posted"
        if mine.body == body:
            return "kept"
        self._send(f"{self._root()}/issues/comments/{mine.id}", "PATCH", body)
        return "updated"

    def _find(self, mark: str, author: str) -> Comment | None:
        path = f"{self._root()}/issues/{self.number}/comments"
        for page in range(1, _PAGES + 1):
            params = {"per_page": str(_PAGE), "page": str(page)}
            with _told("the comments can not be listed"):
                server = self.github.server
                response = server.read(path, params=params, headers=self.github.headers)
                answer = server.parse_list(response, Comment)
            for comment in answer:
                by = comment.user.login if comment.user else ""
                if by == author and (comment.body or "").startswith(mark):
                    return comment
            if len(answer) < _PAGE:
                return None
        return None

    def _send(self, path: str, method: str, body: str) -> None:
        with _told("the comment can not be written"):
            self.github.server.send(
                path, method=method, headers=self.github.headers, json={"body": body}
            )

    def _root(self) -> str:
        return f"{self.github.prefix}/repos/{self.github.repository}"


def find_pull(github: GitHub, head: str, commit: str) -> int | None:
    """Find the open pull request from *head* (`owner:branch`) that stands at *commit*.

    None when there is none any more: it was closed, or pushed to since.
    """
    path = f"{github.prefix}/repos/{github.repository}/pulls"
    params = {"state": "open", "head": head, "per_page": str(_PAGE)}
    with _told("the pull requests can not be listed"):
        response = github.server.read(path, params=params, headers=github.headers)
        found = github.server.parse_list(response, _Open)
    fitting = [pull.number for pull in found if pull.head.sha == commit]
    return fitting[0] if fitting else None


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say in one line what GitHub did not do, and what it needs."""
    try:
        yield
    except Refusal as error:
        hint = "; the token needs `pull-requests: write`" if error.status in {403, 404} else ""
        raise GitHubError(f"{what}: {error}{hint}") from None
    except (NotPublished, Unclear, MiminError) as error:
        raise GitHubError(f"{what}: {error}; run it again") from None
