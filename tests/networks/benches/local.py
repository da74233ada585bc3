"""What needs no server: the sandbox, and the packs for people."""

from __future__ import annotations

import pytest

from mimin.model.brand import Account
from mimin.networks.protocol import HandedOver
from mimin.testing.bench import REF, Bench, substitute


class SandboxBench(Bench):
    dedupes = True
    keys = ("account", "token", "parent", "languages", "warning", "visibility")

    def connect(self):
        return self.network.connect(self.access)

    def published(self):
        from mimin.networks.sandbox_rows import posts

        return posts(self.access.folder)

    def sent(self):
        kept = [post.model_dump(mode="json") for post in self.published()]
        return [
            {"text": post["part"]["text"]} | {key: post[key] for key in self.keys} for post in kept
        ]

    def expected(self, job):
        parents = {f"part {n}": receipt.remote_id for n, receipt in enumerate(job.sent, 1)}
        shown = substitute(self.network.wire(job), parents)
        return {key: shown[key] for key in ("text", *self.keys)}

    def parent_of(self, number):
        post = self.published()[number]
        return post.parent and (post.root, post.parent)

    def inject(self, fault, **how):
        from mimin.networks.sandbox_faults import Fault, inject

        inject(self.access.folder, REF, Fault(fault), **how)

    def refuse(self):
        self.inject("refused")

    def break_before(self):
        self.inject("unreachable")

    def lose_answer(self):
        self.inject("answer-lost")

    def limit(self, seconds):
        self.inject("limited", seconds=seconds)

    def fall_over(self):
        self.inject("broken")


class ManualBench(Bench):
    automatic = False

    def connect(self):
        return self.network.connect(self.access)

    def published(self):
        return sorted((self.access.folder / "packs").glob("*"))

    def commit(self, connection, job):
        with pytest.raises(HandedOver) as handed:
            connection.commit(job)
        return handed.value


KINDS = {
    "sandbox": lambda clock: (
        Account(network="sandbox", handle="kopisenja"),
        None,
        None,
        SandboxBench,
    ),
    "manual": lambda clock: (
        Account(network="manual", like="whatsapp", handle="kopisenja"),
        None,
        None,
        ManualBench,
    ),
}
