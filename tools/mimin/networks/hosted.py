"""Media at public addresses, for networks that fetch: only what was reviewed is put there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mimin.networks.approved import approved_bytes
from mimin.networks.protocol import NotPublished

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mimin.model.media import Media
    from mimin.networks.protocol import Access


def public_addresses(access: Access, media: Sequence[Media]) -> list[str]:
    """Put media where the network can fetch it, and give the addresses.

    Raises:
        NotPublished: if that can not be done.
    """
    for one in media:
        approved_bytes(access, one)
    if media and access.host is None:
        brand = access.ref.partition("/")[0]
        raise NotPublished(
            f"{access.account.network} fetches media from a public address and {brand} has none;"
            " name a `media_host:` in brand.yml",
            permanent=True,
        )
    return [access.host(one) for one in media] if access.host else []
