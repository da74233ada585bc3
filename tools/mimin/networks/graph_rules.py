"""What the three networks of Meta check and show alike, without a connection."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mimin.networks.protocol import Objection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mimin.model.brand import Account
    from mimin.model.media import Media
    from mimin.model.payload import Part, Payload
    from mimin.networks.protocol import Job

VERSION = "v26.0"
"""Of Instagram's and Facebook's API (2026-07-29); without one, the oldest that lives answers."""

CONTAINER = "container"
"""Handle under which the id of the container that is published is kept."""

_FORMS = {
    "user": re.compile(r"\d+"),
    "page": re.compile(r"\d+"),
    "version": re.compile(r"v\d+\.\d"),
}
_WANTED = {"user": "a number", "page": "a number", "version": "a version such as v26.0"}


def check_own(
    payload: Payload, account: Account, settings: Mapping[str, str], *, of_posts: Sequence[str] = ()
) -> Iterator[Objection]:
    """Find settings that can not be right, and such as a post must not change.

    Args:
        payload: With the post's settings over the account's.
        account: With its own.
        settings: What the network knows.
        of_posts: Those that a post may have; the others say who the account is, and a look-up has
            no more than the account.
    """
    network = account.network
    said = {**account.settings, **payload.settings}
    for name in settings:
        value = said.get(name)
        if value is None:
            continue
        form = _FORMS.get(name)
        if form and not form.fullmatch(value):
            message = f"{network}: `{name}: {value}` is not {_WANTED[name]}; correct it"
            yield Objection(index=0, code="setting-invalid", message=message)
        if name not in of_posts and value != account.settings.get(name):
            message = (
                f"{network}: `{name}:` belongs to the account, a post can not change it;"
                " set it in brand.yml"
            )
            yield Objection(index=0, code="setting-invalid", message=message)


def check_links(network: str, part: Part, index: int, *, shown: str = "") -> Iterator[Objection]:
    """Find links that would be lost: all but those in the text and the one that is *shown*."""
    wanted = [span.url for span in part.spans if span.url]
    wanted += [part.card.url] if part.card else []
    for url in dict.fromkeys(wanted):
        if url not in part.text and url != shown:
            message = (
                f"{network}: {url} would be lost, links have to stand in the text; write it out"
            )
            yield Objection(index=index, code="link-lost", message=message)


def placed(urls: Sequence[str] | None, number: int) -> str:
    """Give the public address of a medium, or what stands for it while it has none."""
    return urls[number] if urls else f"{{media{number} url}}"


def child_handle(number: int) -> str:
    """Name the handle under which the container of a carousel's item (from 0) is kept."""
    return f"child{number}"


def carousel(job: Job) -> dict[str, str]:
    """Build the container of a carousel; items that are not known yet stand in braces."""
    names = [child_handle(number) for number in range(len(job.part.media))]
    items = [job.handles.get(name, f"{{{name}}}") for name in names]
    return {"media_type": "CAROUSEL", "children": ",".join(items)}


def is_video(media: Media) -> bool:
    """Tell whether it moves."""
    return media.mime.startswith("video/")


def comment_form(part: Part) -> dict[str, str]:
    """Build the body of a first comment."""
    return {"message": part.text}


def parent(job: Job) -> str:
    """Give the id of the post that a comment stands under, or what stands for it."""
    return job.sent[0].remote_id if job.sent else "{part 1 id}"
