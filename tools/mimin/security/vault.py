"""The vault: renewed tokens, encrypted on a branch of their own, for machines that forget.

On many networks a refresh token works once, so its successor has to outlive the run that got it. A
workflow's machine forgets everything; the branch does not. What lies there is encrypted with age
(https://age-encryption.org) to the brand's own key, which is a secret of the brand's environment:
whoever can read the branch can read nothing, and one brand's job can not read another's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from whenever import Instant

from mimin.errors import StoreError, UsageError
from mimin.store import Branch, Put

BRANCH = "mimin/vault"
KEY = "MIMIN_VAULT_KEY"
"""Environment variable that holds the key."""


@dataclass(frozen=True, kw_only=True)
class Vault:
    """The tokens of the accounts that one key opens."""

    branch: Branch
    key: str
    """An age identity, `AGE-SECRET-KEY-1…`."""
    clock: Callable[[], Instant]

    def keep(self, ref: str) -> Drawer:
        """Give the place of one account's tokens."""
        return Drawer(self, f"{ref}.age")

    def load(self, path: str) -> str | None:
        """Give what was kept; None when there is nothing.

        Raises:
            StoreError: if the remote can not be asked, or the key does not fit.
        """
        from pyrage import DecryptError, decrypt  # type: ignore[import-untyped]

        sealed = self.branch.read().read(path)
        if not sealed:
            return None
        try:
            return str(decrypt(sealed, [_identity(self.key)]), "utf-8")
        except DecryptError as error:
            raise StoreError(
                f"{BRANCH}: {path} does not open with this {KEY} ({error}); set the key that it was"
                " made with, or log in again and remove the file"
            ) from None

    def save(self, path: str, text: str) -> None:
        """Keep a text; returns when it is durable.

        Raises:
            StoreError: if it could not be written.
        """
        from pyrage import encrypt

        sealed = encrypt(text.encode(), [_identity(self.key).to_public()])
        self.branch.transact(lambda _: {path: Put(sealed)}, message=f"Keep {path}", at=self.clock())


@dataclass(frozen=True)
class Drawer:
    """Where one account's tokens lie in the vault."""

    vault: Vault
    path: str

    def load(self) -> str | None:
        """Give what was kept; None when there is nothing."""
        return self.vault.load(self.path)

    def save(self, text: str) -> None:
        """Keep a text; returns when it is durable."""
        self.vault.save(self.path, text)


def new_key() -> str:
    """Make a key that nobody else has."""
    from pyrage import x25519

    return str(x25519.Identity.generate())


def check_key(key: str) -> str:
    """Give a key back if it is one.

    Raises:
        UsageError: if it is none.
    """
    _identity(key)
    return key


def _identity(key: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - pyrage ships no types
    from pyrage import IdentityError, x25519

    try:
        return x25519.Identity.from_str(key.strip())
    except IdentityError:
        raise UsageError(f"{KEY} is no key of age; `mimin accounts key` makes one") from None
