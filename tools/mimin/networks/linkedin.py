"""LinkedIn without a connection: limits, what it cuts or refuses, and the exact request.

Requests are those of the versioned Posts API and Comments API (learn.microsoft.com/linkedin).
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

from mimin.model.post import Visibility
from mimin.networks.counting import strict
from mimin.networks.limits import LIMITS, adjust
from mimin.networks.linkedin_text import escape
from mimin.networks.linkedin_versions import DEFAULT, KNOWN_ON, has_ended, is_version
from mimin.networks.protocol import Editing, Objection, Recovery
from mimin.printable import is_seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.media import Media
    from mimin.model.payload import Card, Part, Payload
    from mimin.networks.protocol import Access, Connection, Job

BASE = "https://api.linkedin.com"
POSTS = "/rest/posts"

AUTHOR = "author"
"""Setting, and handle, that names in whose name we post."""
VERSION = "version"
THUMBNAIL = "thumbnail"
"""Handle under which the uploaded image of a link card is kept."""

_AUTHOR = re.compile(r"urn:li:(?P<kind>person|organization):[A-Za-z0-9_-]+")
_CARD_TITLE = 400
"""Longest title of an article (Posts API)."""
_VISIBILITY = {Visibility.PUBLIC: "PUBLIC", Visibility.FOLLOWERS: "CONNECTIONS"}


class LinkedIn:
    """What is known about LinkedIn without talking to it."""

    name = "linkedin"
    recovery = Recovery.DUPLICATE
    editable = Editing.TEXT
    settings: Mapping[str, str] = MappingProxyType(
        {
            AUTHOR: "In whose name to post: `urn:li:organization:…` for a page, or"
            " `urn:li:person:…`; without it, the member whose token it is.",
            VERSION: f"The version of LinkedIn's API, a year and a month; {DEFAULT} without it.",
        }
    )

    def limits(self, account: Account) -> Limits:
        """Give LinkedIn's limits; the account's own win."""
        return adjust(LIMITS[self.name], account.limits)

    def check(self, payload: Payload, account: Account) -> tuple[Objection, ...]:
        """Find what LinkedIn would refuse, and what it would cut or lose without a word."""
        settings = {**account.settings, **payload.settings}
        found = [
            *((0, *rest) for rest in _check_settings(settings)),
            *((0, *rest) for rest in _check_audience(payload, settings)),
        ]
        most = self.limits(account).text
        for index, part in enumerate(payload.parts):
            found += [(index, *rest) for rest in _check_part(part, most)]
        return tuple(
            Objection(index=index, code=code, message=f"linkedin: {message}")
            for index, code, message in found
        )

    def wire(self, job: Job) -> dict[str, object]:
        """Show the call that posts, or that comments on what was posted."""
        return {
            "method": "POST",
            "url": BASE + (comments_path(job) if job.part.comment else POSTS),
            "headers": {
                "authorization": "Bearer {token}",
                **versioned(version_of(job.payload.settings)),
            },
            "json": comment(job) if job.part.comment else post(job),
        }

    def connect(self, access: Access) -> Connection:
        """Prepare to talk as this account."""
        from mimin.networks.linkedin_connection import LinkedInConnection

        return LinkedInConnection(access)

    def connection(self) -> type[Connection]:
        """Give the class of its connections."""
        from mimin.networks.linkedin_connection import LinkedInConnection

        return LinkedInConnection


NETWORK = LinkedIn()


def media_handle(number: int) -> str:
    """Name the handle under which the URN of the uploaded file of this number (from 0) is kept."""
    return f"media{number}"


def version_of(settings: Mapping[str, str]) -> str:
    """Give the version of the API that the settings ask for."""
    return settings.get(VERSION) or DEFAULT


def versioned(version: str) -> dict[str, str]:
    """Give the headers without which LinkedIn takes no call."""
    return {"linkedin-version": version, "x-restli-protocol-version": "2.0.0"}


def is_page(author: str) -> bool:
    """Tell whether an author is an organisation, whose posts and comments can be listed."""
    return author.startswith("urn:li:organization:")


def in_path(urn: str) -> str:
    """Write a URN as a path takes it."""
    return urn if urn.startswith("{") else quote(urn, safe="")


def post(job: Job) -> dict[str, object]:
    """Build the body of the one call that publishes; what is not known yet stands in braces."""
    payload = job.payload
    body: dict[str, object] = {
        "author": _author(job),
        "commentary": escape(job.part.text),
        "visibility": _VISIBILITY[payload.visibility],
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    content = _content(job)
    return body | ({"content": content} if content else {})


def comment(job: Job) -> dict[str, object]:
    """Build the body of the call that comments; a comment is plain text, nothing is escaped."""
    return {"actor": _author(job), "object": _posted(job), "message": {"text": job.part.text}}


def comments_path(job: Job) -> str:
    """Give where the comments on what was posted are."""
    return f"/rest/socialActions/{in_path(_posted(job))}/comments"


def post_urn(name: str) -> str | None:
    """Read a post's URN from a receipt; a person may have told us no more than its address."""
    found = re.search(r"urn:li:(?:share|ugcPost):\d+", name.replace("%3A", ":"))
    return found[0] if found else None


def _author(job: Job) -> str:
    return job.handles.get(AUTHOR) or job.payload.settings.get(AUTHOR) or f"{{{AUTHOR}}}"


def _posted(job: Job) -> str:
    known = post_urn(job.sent[0].remote_id) if job.sent else None
    return known or "{part 1 id}"


def _content(job: Job) -> dict[str, object] | None:
    part = job.part
    if part.card and not part.media:
        return {"article": _article(job, part.card)}
    shown = [_medium(job, number, media) for number, media in enumerate(part.media)]
    if len(shown) > 1:
        return {"multiImage": {"images": shown}}
    return {"media": shown[0]} if shown else None


def _article(job: Job, card: Card) -> dict[str, str]:
    article = {"source": card.url, "title": card.title}
    if card.description:
        article["description"] = card.description
    if card.image:
        article["thumbnail"] = job.handles.get(THUMBNAIL, f"{{{THUMBNAIL}}}")
    return article


def _medium(job: Job, number: int, media: Media) -> dict[str, str]:
    name = media_handle(number)
    shown = {"id": job.handles.get(name, f"{{{name}}}")}
    # A video has no place for it.
    described = media.alt and media.mime.startswith("image/")
    return shown | ({"altText": media.alt} if described else {})


def _check_settings(settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    author = settings.get(AUTHOR, "")
    if author and not _AUTHOR.fullmatch(author):
        yield (
            "setting-invalid",
            (
                f"`author: {author}` is neither a page nor a member; write urn:li:organization: and"
                " the number in the address of the page's admin view"
            ),
        )
    version = version_of(settings)
    if not is_version(version):
        yield (
            "setting-invalid",
            f"`version: {version}` is no year and month; write one as {DEFAULT}",
        )
    elif has_ended(version, KNOWN_ON):
        yield (
            "api-version-ended",
            (
                f"LinkedIn takes no calls of version {version} any more; take `version:` out for"
                f" {DEFAULT}, or write a newer one"
            ),
        )


def _check_audience(payload: Payload, settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    visibility = payload.visibility
    if visibility not in _VISIBILITY:
        yield (
            "visibility-unknown",
            f"a post can not be {visibility}; make it public, or for followers",
        )
    elif visibility is not Visibility.PUBLIC and is_page(settings.get(AUTHOR, "")):
        yield "visibility-unknown", "a page has no connections, its posts are public; make it so"
    if payload.warning:
        yield "warning-unknown", "a post has no place for a warning; say it in the text"


def _check_part(part: Part, most: int | None) -> Iterator[tuple[str, str]]:
    if part.comment:
        if not is_seen(part.text):
            yield "empty", "nothing to comment; write a text"
        return
    length = strict(escape(part.text))
    if most is not None and length > most:
        yield (
            "text-too-long",
            (
                f"{length} characters as LinkedIn wants brackets, _ and the like written, with a"
                f" backslash before each; {most} allowed; shorten it"
            ),
        )
    yield from _check_content(part)
    for span in part.spans:
        if span.url and span.url not in part.text and not (part.card and part.card.url == span.url):
            yield "link-lost", f"{span.url} would be lost; write it into the text"


def _check_content(part: Part) -> Iterator[tuple[str, str]]:
    if len(part.media) > 1 and not all(media.mime.startswith("image/") for media in part.media):
        yield "mixed-media", "a post shows up to 20 images or one video; take the others out"
    if part.media and part.card:
        yield "card-and-media", "a post shows either media or a link card; take one out"
    if part.card and strict(part.card.title) > _CARD_TITLE:
        yield (
            "card-title-too-long",
            (
                f"the title of the link card has {strict(part.card.title)} characters,"
                f" {_CARD_TITLE} allowed; shorten it in the .link.yml"
            ),
        )
    if not (is_seen(part.text) or part.media or part.card):
        yield "empty", "nothing to post; write a text or add an image"
