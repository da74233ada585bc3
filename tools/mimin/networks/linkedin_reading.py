"""Looking for a post of ours on LinkedIn, as far as LinkedIn lets an app look."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mimin.networks.http import Refusal
from mimin.networks.linkedin import AUTHOR, POSTS, in_path, post_urn
from mimin.networks.linkedin_posts import Comments, Post, Posts, moment, moment_of, post_receipt
from mimin.networks.matching import Listed, match, match_comment, reach_of, repeats

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from whenever import Instant

    from mimin.networks.http import Server
    from mimin.networks.protocol import Absent, Job, Receipt

_PAGE = 50
_MOST_PAGES = 5


class Reader:
    """Reads what an author has posted; for members LinkedIn refuses nearly all of it."""

    def __init__(
        self,
        server: Server,
        headers: Callable[[], Mapping[str, str]],
        clock: Callable[[], Instant],
    ) -> None:
        """Use *server*; *headers* gives what every call needs."""
        self._server = server
        self._headers = headers
        self._clock = clock

    def newest(self, author: str, *, start: int = 0, count: int = 1) -> tuple[Post, ...]:
        """List an author's posts, those that were changed last first."""
        params = {
            "q": "author",
            "author": author,
            "start": str(start),
            "count": str(count),
            "sortBy": "LAST_MODIFIED",
        }
        headers = {**self._headers(), "x-restli-method": "FINDER"}
        answer = self._server.read(POSTS, params=params, headers=headers)
        return self._server.parse(answer, Posts).elements

    def find_post(self, job: Job) -> Receipt | Absent | None:
        """Look through the author's posts."""
        listed: list[Listed] = []
        seen: set[str] = set()
        complete = False
        for number in range(_MOST_PAGES):
            page = self.newest(job.handles[AUTHOR], start=number * _PAGE, count=_PAGE)
            if repeats(seen, (found.id for found in page)):
                break
            if not all(found.is_dated for found in page):
                return None
            listed += [found.listed for found in page if found.is_out]
            # What is left was changed last, and so made, before ours can have been.
            complete = not page or moment(page[-1].modified) < reach_of(job)
            if complete:
                break
        return match(listed, _listable(job), self._clock(), complete=complete)

    def find_comment(self, job: Job, on: str) -> Receipt | Absent | None:
        """Look through the comments on a post."""
        listed: list[Listed] = []
        seen: set[str] = set()
        complete = False
        path = f"/rest/socialActions/{in_path(on)}/comments"
        for number in range(_MOST_PAGES):
            params = {"start": str(number * _PAGE), "count": str(_PAGE)}
            answer = self._server.read(path, params=params, headers=self._headers())
            page = self._server.parse(answer, Comments).elements
            if repeats(seen, (each.urn for each in page)):
                break
            if not all(each.created.time for each in page):
                return None
            listed += [
                replace(each.listed(on), own=each.actor == job.handles[AUTHOR]) for each in page
            ]
            complete = not page
            if complete:
                break
        return match_comment(listed, job, self._clock(), complete=complete)

    def judge(self, job: Job, urn: str) -> Receipt | Absent | None:
        """Tell whether the post that LinkedIn calls the same as ours is ours.

        Where LinkedIn shows it, what it shows is compared. Where it does not (a member's posts are
        shown to few apps), the moment in its number has to do: LinkedIn has compared the text.

        Raises:
            Refusal: if it was deleted, or can not be looked at for another reason.
        """
        try:
            answer = self._server.read(f"{POSTS}/{in_path(urn)}", headers=self._headers())
        except Refusal as refusal:
            made = moment_of(urn)
            if refusal.status != 403 or made is None:
                raise
            found = Listed(receipt=post_receipt(urn), at=made, text=job.part.text)
        else:
            found = self._server.parse(answer, Post).listed
        return match([found], job, self._clock(), complete=False)


def _listable(job: Job) -> Job:
    """Name what is known by the URNs that the list has, where a person told an address."""
    found = ((known, post_urn(known.remote_id)) for known in job.known)
    known = tuple(replace(each, remote_id=urn) for each, urn in found if urn)
    return replace(job, known=known)
