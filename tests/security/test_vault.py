"""The vault: what one machine was given, another finds, and nobody without the key can read."""

from __future__ import annotations

import subprocess

import pytest
from whenever import Instant

from mimin.errors import StoreError, UsageError
from mimin.git import Repository
from mimin.security.vault import BRANCH, Vault, check_key, new_key
from mimin.store import Branch

NOW = Instant.from_utc(2026, 12, 1, 3)
SECRET = '{"grant": {"refresh_token": "r3fresh"}}'


@pytest.fixture
def machine(tmp_path):
    """Make a clone of one remote, as every run of a workflow is one."""
    remote = tmp_path / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", str(remote)], check=True)

    def make(name, key):
        folder = tmp_path / name
        subprocess.run(["git", "init", "-q", str(folder)], check=True)
        subprocess.run(["git", "-C", str(folder), "remote", "add", "origin", str(remote)],
                       check=True)  # fmt: skip
        branch = Branch(Repository(folder), BRANCH, remote="origin")
        return Vault(branch=branch, key=key, clock=lambda: NOW).keep("kopi-senja/x")

    make.remote = remote
    return make


def test_what_one_machine_keeps_another_finds(machine):
    key = new_key()
    machine("a", key).save(SECRET)
    assert machine("b", key).load() == SECRET


def test_where_nothing_was_kept_there_is_nothing(machine):
    assert machine("a", new_key()).load() is None


def test_the_last_one_holds(machine):
    key = new_key()
    first = machine("a", key)
    first.save("old")
    machine("b", key).save("new")
    assert first.load() == "new"


def test_nothing_of_it_can_be_read_on_the_remote(machine):
    key = new_key()
    machine("a", key).save(SECRET)
    stored = subprocess.run(
        ["git", "-C", str(machine.remote), "show", f"{BRANCH}:kopi-senja/x.age"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert stored.startswith(b"age-encryption.org/v1")
    assert b"r3fresh" not in stored
    assert key.encode() not in stored


def test_another_brand_s_key_does_not_open_it(machine):
    machine("a", new_key()).save(SECRET)
    with pytest.raises(StoreError, match="does not open with this MIMIN_VAULT_KEY"):
        machine("b", new_key()).load()


def test_harmed_content_is_an_error_and_no_secret(machine):
    key = new_key()
    vault = machine("a", key)
    vault.save(SECRET)
    from mimin.store import Put

    vault.vault.branch.transact(lambda _: {vault.path: Put(b"age?")}, message="Harm", at=NOW)
    with pytest.raises(StoreError, match=r"kopi-senja/x\.age"):
        machine("b", key).load()


@pytest.mark.parametrize("key", ["", "hunter2", "AGE-SECRET-KEY-1AAAA", "cut"])
def test_what_is_no_key_is_refused_in_a_line_that_does_not_tell_it(key):
    key = new_key()[:-1] if key == "cut" else key
    with pytest.raises(UsageError) as refused:
        check_key(key)
    assert "mimin accounts key" in str(refused.value)
    assert not key or key not in str(refused.value)
