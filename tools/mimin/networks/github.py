"""GitHub's REST API, as far as approval needs it: reads only, the token in a header alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlsplit

from whenever import Instant

from mimin.errors import MiminError, UsageError
from mimin.networks.http import Answer, Refusal, Server, Unclear, Wiring, open_server
from mimin.networks.protocol import NotPublished

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2

API = "https://api.github.com"
_VERSION = "2022-11-28"
_PAGE = "100"
_MOST_PAGES = 100
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
_NEXT = re.compile(r'<([^<>]+)>\s*;[^<]*\brel="next"')

AnswerT = TypeVar("AnswerT", bound=Answer)


class GitHubError(MiminError):
    """GitHub did not answer what was asked."""


class MissingError(GitHubError):
    """There is no such thing, or this token may not see it."""


class User(Answer):
    """Somebody with an account; `type` is `Bot` for what is no person."""

    login: str
    type: str = "User"


class Branch(Answer):
    """One side of a pull request."""

    ref: str
    sha: str


class Pull(Answer):
    """A pull request."""

    number: int
    user: User | None
    merged: bool
    merge_commit_sha: str | None
    base: Branch
    head: Branch
    commits: int


class Listed(Answer):
    """A pull request as a list shows it."""

    number: int
    merged_at: str | None
    merge_commit_sha: str | None


class Review(Answer):
    """One review of a pull request."""

    id: int
    user: User | None
    state: str
    commit_id: str | None
    submitted_at: Instant | None = None

    model_config = {"arbitrary_types_allowed": True}


class Signature(Answer):
    """A name and address that stand in a commit; anybody can write any."""

    name: str | None = None
    email: str | None = None


class GitCommit(Answer):
    """What git knows of a commit."""

    author: Signature | None
    committer: Signature | None


class Commit(Answer):
    """One commit of a pull request, with the accounts that GitHub knows its addresses by."""

    sha: str
    commit: GitCommit
    author: User | None
    committer: User | None


class _Membership(Answer):
    state: str


@dataclass(frozen=True)
class GitHub:
    """One repository, read with one token."""

    server: Server
    repository: str
    headers: Mapping[str, str]
    prefix: str = ""
    """What stands before every path, on servers of one's own: `/api/v3`."""

    def pull(self, number: int) -> Pull:
        """Read a pull request."""
        what = f"pull request #{number} of {self.repository}"
        return self._parse(self._get(f"/pulls/{number}", what), Pull)

    def pulls_of(self, commit: str) -> list[Listed]:
        """List the pull requests that a commit belongs to, merged or not."""
        what = f"the pull requests of commit {commit[:10]}"
        return self._list(f"/commits/{commit}/pulls", what, Listed)

    def reviews(self, number: int) -> list[Review]:
        """Read all reviews of a pull request, the oldest first."""
        return self._list(f"/pulls/{number}/reviews", f"the reviews of #{number}", Review)

    def commits(self, number: int) -> list[Commit]:
        """Read the commits of a pull request; GitHub gives the first 250 and no more."""
        return self._list(f"/pulls/{number}/commits", f"the commits of #{number}", Commit)

    def commit(self, sha: str) -> Commit:
        """Read one commit, with the accounts that GitHub knows its addresses by.

        Raises:
            MissingError: if GitHub does not have it.
        """
        return self._parse(self._get(f"/commits/{sha}", f"commit {sha[:10]}"), Commit)

    def is_member(self, team: str, login: str) -> bool:
        """Tell whether *login* is in *team* (`org/team`).

        Raises:
            GitHubError: if this token may not ask.
        """
        organisation, _, slug = team.partition("/")
        parts = [quote(part, safe="") for part in (organisation, slug, login)]
        path = "/orgs/{}/teams/{}/memberships/{}".format(*parts)
        try:
            response = self._read(self.prefix + path, f"who is in @{team}")
        except MissingError:
            return False
        return self._parse(response, _Membership).state == "active"

    def _get(self, path: str, what: str) -> httpx2.Response:
        return self._read(f"{self.prefix}/repos/{self.repository}{path}", what)

    def _list(self, path: str, what: str, form: type[AnswerT]) -> list[AnswerT]:
        found: list[AnswerT] = []
        start = f"{self.prefix}/repos/{self.repository}{path}"
        response = self._read(start, what, {"per_page": _PAGE})
        for _ in range(_MOST_PAGES):
            found += self._parse_list(response, form)
            following = _NEXT.search(response.headers.get("link", ""))
            if following is None:
                return found
            response = self._read(self._within(following[1]), what)
        raise GitHubError(f"{what}: more than {_MOST_PAGES} pages; that can not be right")

    def _within(self, url: str) -> str:
        """Take the path of the next page; the token goes to no other server."""
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != self.server.base:
            raise GitHubError(f"{self.server.host} points to another server for its next page")
        return f"{parts.path}?{parts.query}"

    def _read(
        self, path: str, what: str, params: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        try:
            return self.server.read(path, params=params, headers=self.headers)
        except Refusal as error:
            raise _refused(error, what) from None
        except (NotPublished, Unclear) as error:
            raise GitHubError(f"{what} can not be read: {error}; run it again") from None

    def _parse(self, response: httpx2.Response, form: type[AnswerT]) -> AnswerT:
        try:
            return self.server.parse(response, form)
        except Unclear as error:
            raise GitHubError(str(error)) from None

    def _parse_list(self, response: httpx2.Response, form: type[AnswerT]) -> tuple[AnswerT, ...]:
        try:
            return self.server.parse_list(response, form)
        except Unclear as error:
            raise GitHubError(str(error)) from None


def open_github(
    repository: str,
    token: str,
    clock: Callable[[], Instant],
    *,
    api: str = API,
    wiring: Wiring | None = None,
) -> GitHub:
    """Make ready to read one repository.

    Raises:
        MiminError: if repository, address or token can not be right.
    """
    if not _REPOSITORY.fullmatch(repository):
        raise UsageError(f"{repository!r} is not a repository; write OWNER/NAME")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError("GITHUB_TOKEN holds characters that no token has; set it anew")
    host, prefix = _split(api)
    try:
        server = open_server(host, clock, wiring or Wiring())
    except NotPublished as error:
        raise UsageError(str(error)) from None
    server.hide(token)
    headers = {
        "authorization": f"Bearer {token}",
        "accept": "application/vnd.github+json",
        "x-github-api-version": _VERSION,
    }
    return GitHub(server, repository, headers, prefix)


def _split(api: str) -> tuple[str, str]:
    """Part the API's address into server and what stands before every path."""
    host, mark, path = api.rstrip("/").partition("/api/v")
    return host, mark + path


def _refused(error: Refusal, what: str) -> GitHubError:
    if error.says("rate limit"):
        return GitHubError(f"{what} can not be read: {error}; wait, then run it again")
    if error.status == 404:
        return MissingError(f"{what}: GitHub knows no such thing, or this token may not see it")
    if error.status == 401:
        return GitHubError(f"{what} can not be read: GITHUB_TOKEN is not valid any more")
    if error.status == 403:
        return GitHubError(f"{what} can not be read: this token may not ask that ({error})")
    return GitHubError(f"{what} can not be read: {error}")
