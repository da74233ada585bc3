"""Who are we: each account is asked for itself, and what does not fit is said with a way out."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from whenever import Instant

from mimin.model.brand import Account
from mimin.networks.protocol import Identity, NotPublished
from mimin.networks.reported import kept_limits
from mimin.publishing.identify import identify

REF = "kopi-senja/mastodon"
US = Identity(remote_id="1", handle="kopisenja@example.social")


class Mute:
    """A connection that can not say who it is."""


class Known:
    """A connection that says who it is, or why not."""

    def __init__(self, identity=US, error=None):
        self.identity, self.error = identity, error

    def whoami(self):
        if self.error:
            raise self.error
        return self.identity


class Telling(Known):
    """One that knows its limits, too."""

    def own_limits(self):
        return {"text": 400}


class Connections(dict):
    """Connections, and the accounts whose secret is missing or must not be sent."""

    missing = {"kopi-senja/x": "KOPI_X"}
    refused = {"kopi-senja/mati": "KOPI_X is used by the machine"}


@pytest.fixture
def ask(tmp_path):
    account = Account(network="mastodon", handle="kopisenja", server="https://example.social")
    desk = SimpleNamespace(
        account=lambda _ref: account, workspace=SimpleNamespace(private=tmp_path / ".mimin")
    )

    def asked(connection, *more):
        connections = Connections({REF: connection})
        return list(identify(desk, [REF, *more], connections))

    return asked


def test_an_account_that_is_who_brand_yml_says_is_fine(ask):
    (checked,) = ask(Known())
    assert (checked.word, checked.failed, checked.identity) == ("ok", False, US)


def test_a_secret_of_another_account_is_wrong(ask):
    (checked,) = ask(Known(Identity(remote_id="2", handle="orang_lain")))
    assert checked.failed
    assert checked.reason == (
        "the secret belongs to orang_lain, brand.yml says kopisenja; mend one of them"
    )


def test_where_a_network_has_no_handles_none_is_compared(ask):
    (checked,) = ask(Known(Identity(remote_id="3", handle="", name="Captain Hook")))
    assert not checked.failed


def test_a_token_that_lacks_a_right_is_wrong(ask):
    lacking = Identity(remote_id="1", handle="kopisenja", lacking=("write:media",))
    assert ask(Known(lacking))[0].failed


def test_a_refusal_holds_up_no_other_account(ask):
    failed, missing, refused = ask(
        Known(error=NotPublished("401 invalid token")), "kopi-senja/x", "kopi-senja/mati"
    )
    assert (failed.word, failed.reason) == ("failed", "401 invalid token")
    assert (missing.word, missing.reason) == (
        "no secret",
        "the environment variable KOPI_X is not set",
    )
    assert (refused.word, refused.reason) == ("not asked", "KOPI_X is used by the machine")


def test_what_can_not_be_asked_is_no_failure(ask):
    (checked,) = ask(Mute())
    assert (checked.word, checked.failed) == ("can not be asked", False)


def test_limits_that_a_network_tells_are_kept(ask, tmp_path):
    assert ask(Telling())[0].limits == {"text": 400}
    assert kept_limits(tmp_path / ".mimin") == {REF: {"text": 400}}


def test_a_moment_at_which_the_token_ends_is_passed_on(ask):
    ends = Instant.from_utc(2027, 1, 1)
    assert (
        ask(Known(Identity(remote_id="1", handle="kopisenja", expires=ends)))[0].identity.expires
        == ends
    )
