"""The bytes of media at the moment of sending: the ones that were reviewed, or none."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mimin.networks.protocol import NotPublished

if TYPE_CHECKING:
    from mimin.model.media import Media
    from mimin.networks.protocol import Access


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
