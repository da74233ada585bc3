"""Facebook Pages without a connection: limits, what they refuse, and the exact publishing request.

The calls themselves are in `facebook_connection`. Photos are always uploaded unpublished and then
attached to one post: so there is one publishing call for none, one and many.
"""

from __future__ import annotations

import json
import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from mimin.networks.graph_rules import (
    VERSION,
    check_links,
    check_own,
    comment_form,
    is_video,
    parent,
)
from mimin.networks.limits import LIMITS, adjust
from mimin.networks.links import Kind, detect
from mimin.networks.protocol import Editing, Objection, Recovery
from mimin.printable import is_seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.media import Media
    from mimin.model.payload import Part, Payload
    from mimin.networks.protocol import Access, Connection, Job

HOST = "https://graph.facebook.com"

SESSION = "session"
"""Handle of a video's upload session."""

_ADDRESS = re.compile(r"https://www\.facebook\.com/(?P<id>\d+(?:_\d+)?)/?$")


class Facebook:
    """What is known about Facebook Pages without talking to them."""

    name = "facebook"
    recovery = Recovery.LIST
    editable = Editing.TEXT
    settings: Mapping[str, str] = MappingProxyType(
        {
            "page": "The Page's number.",
            "version": f"The version of the Graph API; `{VERSION}` when missing.",
        }
    )

    def limits(self, account: Account) -> Limits:
        """Give Facebook's limits; the account's own win."""
        return adjust(LIMITS[self.name], account.limits)

    def check(self, payload: Payload, account: Account) -> tuple[Objection, ...]:
        """Find what Facebook would refuse, and what it would lose without a word."""
        return (
            *check_own(payload, account, self.settings),
            *_check_page(account),
            *_check_parts(payload),
        )

    def wire(self, job: Job) -> dict[str, object]:
        """Show the call that publishes, and the uploads of photos that go before."""
        settings = job.payload.settings
        page = settings.get("page", "{page}")
        if job.part.comment:
            return _call(settings, f"{parent(job)}/comments", comment_form(job.part))
        if has_video(job.part):
            return _call(settings, f"{page}/videos", finish(job))
        before = [
            _call(settings, f"{page}/photos", {**photo(media), "source": f"{{media{number}}}"})
            for number, media in enumerate(job.part.media)
        ]
        shown = _call(settings, f"{page}/feed", feed(job))
        return {**shown, "before": before} if before else shown

    def connect(self, access: Access) -> Connection:
        """Prepare to talk as this Page."""
        from mimin.networks.facebook_connection import FacebookConnection

        return FacebookConnection(access)

    def connection(self) -> type[Connection]:
        """Give the class of its connections."""
        from mimin.networks.facebook_connection import FacebookConnection

        return FacebookConnection


NETWORK = Facebook()


def version(settings: Mapping[str, str]) -> str:
    """Give the version that is asked for."""
    return settings.get("version", VERSION)


def has_video(part: Part) -> bool:
    """Tell whether the part is a video."""
    return any(is_video(media) for media in part.media)


def photo_handle(number: int) -> str:
    """Name the handle under which the id of an unpublished photo (from 0) is kept."""
    return f"photo{number}"


def photo(media: Media) -> dict[str, str]:
    """Build the form with which a photo is uploaded unpublished, without its bytes."""
    return {"published": "false"} | ({"alt_text_custom": media.alt} if media.alt else {})


def link_of(part: Part) -> str:
    """Give the link that Facebook makes a card of: our own, else the first in the text."""
    if part.media:
        return ""
    if part.card:
        return part.card.url
    found = [span.value for span in detect(part.text) if span.kind is Kind.LINK]
    hidden = [span.url for span in part.spans if span.url]
    return next(iter((*found, *hidden)), "")


def feed(job: Job) -> dict[str, str]:
    """Build the body of the call that publishes a text, with link or photos."""
    part = job.part
    form = {"message": part.text} if part.text else {}
    link = link_of(part)
    if link:
        form["link"] = link
    for number in range(len(part.media)):
        name = photo_handle(number)
        photo = job.handles.get(name, f"{{{name}}}")
        form[f"attached_media[{number}]"] = json.dumps({"media_fbid": photo})
    return form


def finish(job: Job) -> dict[str, str]:
    """Build the body of the call that ends a video's upload and so publishes it."""
    session = job.handles.get(SESSION, f"{{{SESSION}}}")
    form = {"upload_phase": "finish", "upload_session_id": session}
    return form | ({"description": job.part.text} if job.part.text else {})


def post_address(name: str) -> str:
    """Give the public address of a post, video or comment."""
    return f"https://www.facebook.com/{name}"


def post_id(name: str) -> str | None:
    """Give the id of a post of which a person may have told the address; None when not told."""
    if "://" not in name:
        return name
    address = _ADDRESS.match(name)
    return address["id"] if address else None


def _call(settings: Mapping[str, str], path: str, form: Mapping[str, str]) -> dict[str, object]:
    return {
        "method": "POST",
        "url": f"{HOST}/{version(settings)}/{path}",
        "headers": {"authorization": "Bearer {token}"},
        "form": form,
    }


def _check_page(account: Account) -> Iterator[Objection]:
    if not account.settings.get("page"):
        message = (
            "facebook: which Page is not said; add `page:` with its number to the account's"
            " `settings:`"
        )
        yield Objection(index=0, code="setting-missing", message=message, address=True)


def _check_parts(payload: Payload) -> Iterator[Objection]:
    for index, part in enumerate(payload.parts):
        # Looking for the link costs more than all the rest, and only these two could be lost.
        hidden = part.card or part.spans
        shown = link_of(part) if hidden and not part.comment else ""
        yield from check_links("facebook", part, index, shown=shown)
        for code, message in _check_part(part):
            yield Objection(index=index, code=code, message=f"facebook: {message}")


def _check_part(part: Part) -> Iterator[tuple[str, str]]:
    if has_video(part) and len(part.media) > 1:
        yield "mixed-media", "a post shows photos or one video; take the others out"
    if not (is_seen(part.text) or part.media or part.card):
        yield "empty", "nothing to post; write a text or add an image"
