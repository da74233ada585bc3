"""The sandbox: a complete network on this machine, to try everything without an account.

Nothing leaves the machine. What it publishes, whom it pleases and what goes wrong is simulated and
says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from whenever import TimeDelta

from mimin.networks.approved import approved_bytes
from mimin.networks.protocol import (
    NO_SETTINGS,
    Absent,
    Access,
    Editing,
    Identity,
    NotPublished,
    Objection,
    Receipt,
    Recovery,
)
from mimin.networks.registry import ADAPTERS, find_network
from mimin.networks.sandbox_faults import (
    COMMITTING,
    FINDING,
    IDENTIFYING,
    PREPARING,
    Fault,
    after,
    before,
    take,
)
from mimin.networks.sandbox_rows import (
    SandboxPost,
    change,
    keep,
    remove,
    seek,
    unattached,
    upload,
)
from mimin.networks.sandbox_rules import limits_of, refusals

if TYPE_CHECKING:
    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.media import Media
    from mimin.model.payload import Payload
    from mimin.networks.protocol import Job

__all__ = ["NETWORK", "SandboxConnection", "SandboxNetwork"]

SITE = "https://sandbox.invalid"
"""Where simulated posts seem to be; `.invalid` can never be a real address (RFC 2606)."""


_NO_LIMITS: frozenset[tuple[str, int]] = frozenset()
_NO_SETTINGS: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class SandboxNetwork:
    """What is known about the sandbox without opening its file."""

    name: str = "sandbox"
    recovery: Recovery = Recovery.KEY
    settings: Mapping[str, str] = field(default_factory=lambda: NO_SETTINGS)
    editable: Editing = Editing.ALL

    def limits(self, account: Account) -> Limits:
        """Give the limits of the network that the account imitates, or generous ones."""
        return limits_of(account)

    def check(self, payload: Payload, account: Account) -> tuple[Objection, ...]:
        """Object to what the imitated network's own adapter objects to, but for where it leads."""
        if account.like not in ADAPTERS or account.like in {self.name, "manual"}:
            return ()
        own = frozenset(account.limits.items()) if account.limits else _NO_LIMITS
        settings = frozenset(account.settings.items()) if account.settings else _NO_SETTINGS
        stand_in = _stand_in(account.like, account.handle, own, settings)
        found = find_network(account.like).check(payload, stand_in)
        return tuple(objection for objection in found if not objection.address)

    def wire(self, job: Job) -> dict[str, object]:
        """Show what is written into the sandbox."""
        part, payload = job.part, job.payload
        return {
            "simulated": True,
            "account": payload.account,
            "token": job.token,
            "text": part.text,
            "spans": [span.model_dump(exclude_none=True) for span in part.spans],
            "media": [
                {"upload": job.handles.get(name, f"{{{name}}}"), "mime": file.mime, "alt": file.alt}
                for name, file in _files(job).items()
            ],
            "card": part.card.model_dump(exclude={"image"}) if part.card else None,
            "parent": _parent(job),
            "languages": list(payload.languages),
            "warning": payload.warning,
            "visibility": payload.visibility.value,
            **_labels(job),
        }

    def connect(self, access: Access) -> SandboxConnection:
        """Give a connection; the file is opened anew for every call.

        Raises:
            UsageError: if the account imitates a network that is not known.
        """
        limits_of(access.account)
        return SandboxConnection(access)

    def connection(self) -> type[SandboxConnection]:
        """Give the class of its connections."""
        return SandboxConnection


@dataclass(frozen=True)
class SandboxConnection:
    """One account on the sandbox."""

    access: Access

    def prepare(self, job: Job) -> Mapping[str, str]:
        """Upload the media of the part; nothing is public yet.

        Raises:
            NotPublished: if a file is not the one that was reviewed, or a fault was asked for.
        """
        access = self.access
        if take(access.folder, access.ref, PREPARING):
            raise NotPublished("400 Refused: simulated refusal of an upload", permanent=True)
        handles = {}
        for name, media in _files(job).items():
            approved_bytes(access, media)
            handles[name] = str(upload(access.folder, access.ref, media, access.clock()))
        return handles

    def commit(self, job: Job) -> Receipt:
        """Store the post under its token, once.

        Raises:
            NotPublished: where the imitated network would refuse it.
            DuplicateError: if the token is taken; what is there can be found, not sent again.
        """
        access = self.access
        fault, seconds = take(access.folder, access.ref, COMMITTING) or (None, 0.0)
        before(fault, seconds, access.clock())
        self._refuse(job)
        post = self._compose(job)
        hidden = TimeDelta(seconds=seconds if fault is Fault.LATE else 0)
        uploads = [int(job.handles[name]) for name in _files(job)]
        keep(access.folder, post, visible_at=post.at + hidden, uploads=uploads)
        after(fault, seconds)
        return _receipt(post)

    def find(self, job: Job) -> Receipt | Absent | None:
        """Look for the part by its token. The file is the whole truth, so absence is proof."""
        access = self.access
        if take(access.folder, access.ref, FINDING):
            return None
        found = seek(access.folder, access.ref, job.token)
        if found is None:
            return Absent.PROVEN
        post, visible_at = found
        return _receipt(post) if visible_at <= access.clock() else None

    def edit(self, job: Job, receipt: Receipt) -> Receipt:
        """Put the part as it is now in the place of what is out.

        Raises:
            NotPublished: where the imitated network would refuse it, or it is gone.
        """
        access = self.access
        reasons = refusals(job.payload, job.index, limits_of(access.account))
        if reasons:
            raise NotPublished(f"400 Refused: {'; '.join(reasons)}", permanent=True)
        for media in _files(job).values():
            approved_bytes(access, media)
        if not change(access.folder, access.ref, receipt.remote_id, job.part, _labels(job)):
            raise NotPublished("404 Not found: it was taken down", permanent=True)
        return receipt

    def retract(self, job: Job, receipt: Receipt) -> None:  # noqa: ARG002 - part of the protocol
        """Take the post down; what is gone is gone."""
        remove(self.access.folder, self.access.ref, receipt.remote_id)

    def whoami(self) -> Identity:
        """Say whom the sandbox simulates; its id follows from the account, as a real one stays."""
        access = self.access
        own = access.account.destination
        if take(access.folder, access.ref, IDENTIFYING):
            own = f"{own} of somebody else"
        name = hashlib.sha256(own.encode()).hexdigest()[:16]
        handle = access.account.handle
        return Identity(remote_id=name, handle=handle, restrictions=("simulated",))

    def _refuse(self, job: Job) -> None:
        """Refuse as the imitated network does.

        Raises:
            NotPublished: naming all reasons at once.
        """
        account = self.access.account
        reasons = refusals(job.payload, job.index, limits_of(account))
        reasons += [
            objection.message
            for objection in NETWORK.check(job.payload, account)
            if objection.index == job.index
        ]
        if job.index != len(job.sent):
            reasons.append(f"part {job.index + 1} came after {len(job.sent)} receipts")
        reasons += self._missing_uploads(job)
        if reasons:
            # The same finding may come from the limits and from the adapter's own check.
            raise NotPublished(f"400 Refused: {'; '.join(dict.fromkeys(reasons))}", permanent=True)

    def _missing_uploads(self, job: Job) -> list[str]:
        files = _files(job)
        if not files:
            return []
        uploaded = unattached(self.access.folder, self.access.ref)
        kept = {
            name: uploaded.get(int(number))
            for name, number in job.handles.items()
            if number.isdecimal()
        }
        return [
            f"{media.path} was not uploaded, or belongs to another post"
            for name, media in files.items()
            if kept.get(name) != media.sha256
        ]

    def _compose(self, job: Job) -> SandboxPost:
        access, payload = self.access, job.payload
        name = hashlib.sha256(f"{access.ref} {job.token}".encode()).hexdigest()[:16]
        return SandboxPost(
            id=name,
            url=f"{SITE}/{quote(access.account.handle, safe='@')}/{name}",
            account=access.ref,
            handle=access.account.handle,
            like=access.account.like,
            token=job.token,
            index=job.index,
            part=job.part,
            parent=_parent(job),
            root=job.sent[0].remote_id if job.sent else None,
            languages=payload.languages,
            warning=payload.warning,
            visibility=payload.visibility,
            labels=_labels(job),
            due=job.due,
            at=access.clock(),
        )


def _labels(job: Job) -> dict[str, str]:
    """Name what else stands on the post, where the payload says anything of it."""
    payload = job.payload
    fields = payload.model_dump(mode="json", include={"headline", "replies", "paid", "ai"})
    labels = {name: str(value) for name, value in fields.items()}
    labels |= {f"settings.{name}": value for name, value in payload.settings.items()}
    return labels | ({"comment": "True"} if job.part.comment else {})


@lru_cache
def _stand_in(
    like: str,
    handle: str,
    limits: frozenset[tuple[str, int]],
    settings: frozenset[tuple[str, str]],
) -> Account:
    """Give the account as it would be on the real network; a sandbox account has no server."""
    from mimin.model.brand import Account

    return Account(
        network=like,
        handle=handle,
        server=SITE,
        limits=dict(limits) or None,
        settings=dict(settings),
    )


def _files(job: Job) -> dict[str, Media]:
    """Name the files of the part as the handles name them."""
    files = {f"media{number}": media for number, media in enumerate(job.part.media)}
    if job.part.card and job.part.card.image:
        files["card"] = job.part.card.image
    return files


def _parent(job: Job) -> str | None:
    if job.index == 0:
        return None
    return job.sent[-1].remote_id if job.sent else f"{{part {job.index}}}"


def _receipt(post: SandboxPost) -> Receipt:
    return Receipt(remote_id=post.id, url=post.url)


NETWORK = SandboxNetwork()
