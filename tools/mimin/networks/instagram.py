"""Instagram without a connection: limits, what it refuses, the exact containers and the call.

The calls themselves are in `instagram_connection`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from mimin.networks.graph_rules import (
    CONTAINER,
    VERSION,
    carousel,
    check_links,
    check_own,
    comment_form,
    is_video,
    parent,
    placed,
)
from mimin.networks.limits import LIMITS, adjust
from mimin.networks.protocol import Objection, Recovery

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.media import Media
    from mimin.model.payload import Part, Payload
    from mimin.networks.protocol import Access, Connection, Job

_LOGINS: Mapping[str, str] = MappingProxyType(
    {"instagram": "https://graph.instagram.com", "facebook": "https://graph.facebook.com"}
)
"""By which log-in the token came → the host that takes it."""

MOST = 10
"""Most images and videos of a carousel, together."""


class Instagram:
    """What is known about Instagram without talking to it."""

    name = "instagram"
    recovery = Recovery.CONTAINER
    settings: Mapping[str, str] = MappingProxyType(
        {
            "login": "By which log-in the token came: `instagram` (when missing) or `facebook`.",
            "user": "The Instagram account's number; needed with `login: facebook`.",
            "version": f"The version of the Graph API; `{VERSION}` when missing.",
        }
    )

    def limits(self, account: Account) -> Limits:
        """Give Instagram's limits; the account's own win."""
        return adjust(LIMITS[self.name], account.limits)

    def check(self, payload: Payload, account: Account) -> tuple[Objection, ...]:
        """Find what Instagram would refuse, and what it would lose without a word."""
        return (
            *check_own(payload, account, self.settings),
            *_check_login(account),
            *_check_parts(payload),
        )

    def wire(self, job: Job) -> dict[str, object]:
        """Show the call that publishes, and the containers that are made before."""
        settings = job.payload.settings
        if job.part.comment:
            return _call(settings, f"{parent(job)}/comments", comment_form(job.part))
        made = [*children(job, None), container(job, None)]
        shown = _call(
            settings,
            f"{user(settings)}/media_publish",
            {"creation_id": job.handles.get(CONTAINER, "{container}")},
        )
        before = [_call(settings, f"{user(settings)}/media", form) for form in made]
        return {**shown, "before": before}

    def connect(self, access: Access) -> Connection:
        """Prepare to talk as this account."""
        from mimin.networks.instagram_connection import InstagramConnection

        return InstagramConnection(access)

    def connection(self) -> type[Connection]:
        """Give the class of its connections."""
        from mimin.networks.instagram_connection import InstagramConnection

        return InstagramConnection


NETWORK = Instagram()


def host(settings: Mapping[str, str]) -> str:
    """Give the host that takes this account's token."""
    return _LOGINS["facebook" if by_facebook(settings) else "instagram"]


def by_facebook(settings: Mapping[str, str]) -> bool:
    """Tell whether the token is one of Facebook's, which may upload and delete."""
    return settings.get("login") == "facebook"


def user(settings: Mapping[str, str]) -> str:
    """Give the account's number; Instagram's own tokens know theirs."""
    return settings.get("user", "me")


def version(settings: Mapping[str, str]) -> str:
    """Give the version that is asked for."""
    return settings.get("version", VERSION)


def is_uploaded(job: Job) -> bool:
    """Tell whether the only video is uploaded instead of fetched: Facebook's tokens may do that."""
    media = job.part.media
    return len(media) == 1 and is_video(media[0]) and by_facebook(job.payload.settings)


def children(job: Job, urls: Sequence[str] | None) -> list[dict[str, str]]:
    """Build the containers of a carousel's items; none for a single image or video."""
    media = job.part.media
    if len(media) < 2:
        return []
    return [
        {"is_carousel_item": "true"}
        | (
            {"media_type": "VIDEO", "video_url": placed(urls, number)}
            if is_video(one)
            else _image(one, placed(urls, number))
        )
        for number, one in enumerate(media)
    ]


def container(job: Job, urls: Sequence[str] | None) -> dict[str, str]:
    """Build the container that is published; what is not known yet stands in braces."""
    part = job.part
    form = _shown(job, urls)
    if part.text:
        form["caption"] = part.text
    if job.payload.ai:
        form["is_ai_generated"] = "true"
    return form


def _shown(job: Job, urls: Sequence[str] | None) -> dict[str, str]:
    media = job.part.media
    if len(media) > 1:
        return carousel(job)
    if not (media and is_video(media[0])):
        return _image(media[0], placed(urls, 0)) if media else {}
    reel = {"media_type": "REELS", "share_to_feed": "true"}
    if is_uploaded(job):
        return reel | {"upload_type": "resumable"}
    return reel | {"video_url": placed(urls, 0)}


def _image(media: Media, url: str) -> dict[str, str]:
    return {"image_url": url} | ({"alt_text": media.alt} if media.alt else {})


def _call(settings: Mapping[str, str], path: str, form: Mapping[str, str]) -> dict[str, object]:
    return {
        "method": "POST",
        "url": f"{host(settings)}/{version(settings)}/{path}",
        "headers": {"authorization": "Bearer {token}"},
        "form": form,
    }


def _check_login(account: Account) -> Iterator[Objection]:
    login = account.settings.get("login", "instagram")
    if login not in _LOGINS:
        message = f"instagram: `login: {login}` is none; write `instagram` or `facebook`"
        yield Objection(index=0, code="setting-invalid", message=message)
    elif login == "facebook" and not account.settings.get("user"):
        message = (
            "instagram: Facebook's token does not say which account; add `user:` with the number"
            " of the Instagram account to the account's `settings:`"
        )
        yield Objection(index=0, code="setting-missing", message=message, address=True)


def _check_parts(payload: Payload) -> Iterator[Objection]:
    for index, part in enumerate(payload.parts):
        yield from check_links("instagram", part, index)
        if not part.comment:
            yield from _check_media(part, index)


def _check_media(part: Part, index: int) -> Iterator[Objection]:
    if len(part.media) > MOST:
        message = (
            f"instagram: {len(part.media)} images and videos, {MOST} allowed together;"
            " take some out"
        )
        yield Objection(index=index, code="too-many-files", message=message)
