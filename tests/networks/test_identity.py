"""Who the networks say that we are: by the account's own id, which no name can change."""

from __future__ import annotations

import dataclasses

import pytest
from network_fakes import (
    discord,
    facebook,
    instagram,
    linkedin,
    mastodon,
    pds,
    pinterest,
    telegram,
    threads,
    x,
    youtube,
)

from mimin.networks.protocol import Identifies
from mimin.networks.registry import ADAPTERS, find_network
from mimin.networks.sandbox_faults import Fault, inject

OWN = {
    "bluesky": pds.DID,
    "mastodon": mastodon.OWN,
    "x": x.OWN,
    "instagram": instagram.FakeInstagram.user,
    "instagram_facebook": instagram.FakeInstagram.user,
    "facebook": facebook.PAGE,
    "threads": threads.FakeThreads.user,
    "member": linkedin.MEMBER,
    "page": linkedin.PAGE,
    "tiktok": "o-1",
    "youtube": youtube.CHANNEL,
    "telegram": str(telegram.CHANNEL),
    "discord": discord.CHANNEL,
    "pinterest": pinterest.OWN,
}
"""Fixture of a bench → the account's own id on its network."""


@pytest.mark.parametrize("bench", OWN)
def test_every_network_tells_the_accounts_own_id(request, bench):
    assert request.getfixturevalue(bench).connect().whoami().remote_id == OWN[bench]


@pytest.mark.parametrize("name", sorted(set(ADAPTERS) - {"manual"}))
def test_every_network_that_has_a_server_can_be_asked(name):
    assert issubclass(find_network(name).connection(), Identifies)


def test_the_token_says_whose_it_is_whatever_the_account_says(member):
    settings = {"author": "urn:li:person:somebodyelse"}
    account = member.access.account.model_copy(update={"settings": settings})
    member.access = dataclasses.replace(member.access, account=account)
    assert member.connect().whoami().remote_id == linkedin.MEMBER


@pytest.fixture
def sandbox(tmp_path):
    from mimin.model.brand import Account
    from mimin.networks.protocol import Access

    def connect(ref="kopi-senja/akun", **fields):
        given = {"network": "sandbox", "like": "x", "handle": "kopisenja", **fields}
        access = Access(
            ref=ref,
            account=Account(**given),
            secret=None,
            folder=tmp_path,
            clock=lambda: None,
            read=lambda path: b"",
        )
        return find_network("sandbox").connect(access)

    return connect


def test_a_simulated_account_is_the_same_under_every_alias(sandbox):
    own = sandbox().whoami().remote_id
    assert sandbox("lain/nama", handle="@KopiSenja").whoami().remote_id == own
    assert sandbox(like="bluesky").whoami().remote_id != own
    assert sandbox(handle="kopipagi").whoami().remote_id != own


def test_a_simulated_account_can_be_made_to_be_another_one(sandbox, tmp_path):
    own = sandbox().whoami().remote_id
    inject(tmp_path, "kopi-senja/akun", Fault.OTHER_ACCOUNT)
    assert sandbox().whoami().remote_id != own
    assert sandbox().whoami().remote_id == own
