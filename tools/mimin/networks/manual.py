"""The honest answer where no API may be used: a pack for a person who posts it by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from mimin.networks.approved import approved_bytes
from mimin.networks.manual_pack import lay, pack_files
from mimin.networks.protocol import (
    NO_SETTINGS,
    Absent,
    Access,
    HandedOver,
    NotPublished,
    Objection,
    Receipt,
    Recovery,
)
from mimin.networks.sandbox_rules import limits_of

if TYPE_CHECKING:
    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.payload import Payload
    from mimin.networks.protocol import Job

__all__ = ["NETWORK", "ManualConnection", "ManualNetwork"]


@dataclass(frozen=True)
class ManualNetwork:
    """What is known about a network that only a person may post to."""

    name: str = "manual"
    recovery: Recovery = Recovery.PERSON
    settings: Mapping[str, str] = field(default_factory=lambda: NO_SETTINGS)

    def limits(self, account: Account) -> Limits:
        """Give the limits of the network that the account is on (`like:`), or generous ones."""
        return limits_of(account)

    def check(self, payload: Payload, account: Account) -> tuple[Objection, ...]:  # noqa: ARG002 - part of the protocol
        """Object to nothing beyond the limits: a person sees what the app says."""
        return ()

    def wire(self, job: Job) -> dict[str, object]:
        """Show the pack that will be handed over."""
        return {
            "by hand": job.payload.account,
            "pack": pack_name(job),
            "text": job.part.text,
            "media": [{"path": media.path, "alt": media.alt} for media in job.part.media],
            "link": job.part.card.url if job.part.card else None,
        }

    def connect(self, access: Access) -> ManualConnection:
        """Give what lays the packs.

        Raises:
            UsageError: if the account is on a network that is not known.
        """
        limits_of(access.account)
        return ManualConnection(access)

    def connection(self) -> type[ManualConnection]:
        """Give the class of what lays the packs."""
        return ManualConnection


@dataclass(frozen=True)
class ManualConnection:
    """One account that a person posts to."""

    access: Access

    def prepare(self, job: Job) -> Mapping[str, str]:
        """Make sure that all files are there; nothing is written yet.

        Raises:
            NotPublished: if a file is not the one that was reviewed.
        """
        for media in job.part.media:
            approved_bytes(self.access, media)
        return {"pack": pack_name(job)}

    def commit(self, job: Job) -> NoReturn:
        """Lay the pack and hand over to a person.

        Raises:
            HandedOver: when the pack lies there.
            NotPublished: if it could not be laid; nobody has seen it then.
        """
        pack = self.access.folder / "packs" / pack_name(job)
        files = pack_files(job, self.access.account, self._media(job))
        try:
            lay(pack, files)
        except OSError as error:
            raise NotPublished(f"the pack {pack} can not be written: {error.strerror}") from error
        raise HandedOver(pack)

    def find(self, job: Job) -> Receipt | Absent | None:  # noqa: ARG002 - part of the protocol
        """Say nothing: only the person knows."""
        return None

    def _media(self, job: Job) -> list[bytes]:
        return [approved_bytes(self.access, media) for media in job.part.media]


def pack_name(job: Job) -> str:
    """Name the pack's folder after delivery and part, safe in every file system.

    Keys are made of slugs, which hold no dot, so two parts never share a name.
    """
    return f"{re.sub(r'[^a-z0-9_-]+', '.', job.key)}-{job.index + 1}"


NETWORK = ManualNetwork()
