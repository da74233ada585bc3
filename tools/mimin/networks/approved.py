"""The moment of sending: what was reviewed, bytes included, as the network takes it, or nothing."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mimin.networks.protocol import NotPublished

if TYPE_CHECKING:
    from mimin.model.media import Media
    from mimin.networks.protocol import Access, Job, Network


def approved_bytes(access: Access, media: Media) -> bytes:
    """Read a media file and make sure that it is the one that was reviewed.

    Raises:
        NotPublished: if it can not be read, or has been changed since.
    """
    try:
        content = access.read(media.path)
    except OSError as error:
        raise NotPublished(f"{media.path} can not be read: {error.strerror or error}") from None
    if hashlib.sha256(content).hexdigest() != media.sha256:
        raise NotPublished(
            f"{media.path} is not the file that was reviewed; plan and approve again",
            permanent=True,
        )
    return content


def raise_objections(network: Network, access: Access, job: Job) -> None:
    """Refuse what the network is known to refuse, before anything is sent to it.

    Raises:
        NotPublished: for good, with the first objection of the check.
    """
    for objection in network.check(job.payload, access.account):
        raise NotPublished(objection.message, permanent=True)
