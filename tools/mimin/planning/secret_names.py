"""Secret names: which brand may name which environment variable in `secret:`.

The value of the variable goes to a server that may stand in the same file. So a brand must not name
what the machine keeps there for its own work, nor what is there for another brand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mimin.model.brand import Brand

_FAMILIES = (
    *("MIMIN", "GITHUB", "GH", "ACTIONS", "RUNNER", "INPUT", "CI", "GITLAB", "GIT", "SSH", "GPG"),
    *("AWS", "AZURE", "ARM", "GOOGLE", "GCP", "GCLOUD", "CLOUDSDK", "FIREBASE", "CLOUDFLARE"),
    *("DIGITALOCEAN", "HCLOUD", "HEROKU", "NETLIFY", "VERCEL", "DOCKER", "KUBE", "VAULT"),
    *("PIP", "UV", "PIPX", "POETRY", "TWINE", "NPM", "NODE", "YARN", "VIRTUAL", "CONDA"),
    *("LD", "DYLD", "LC", "XDG", "SYSTEMD", "DBUS", "SUDO", "BASH", "SSL", "CURL", "REQUESTS"),
    *("PG", "POSTGRES", "MYSQL", "REDIS", "DATABASE", "SMTP"),
)
_RESERVED = re.compile(
    rf"({'|'.join(_FAMILIES)})(_.*)?|PYTHON.*|KUBECONFIG|PG[A-Z]+|"
    "PATH|HOME|USER|LOGNAME|SHELL|PWD|OLDPWD|LANG|LANGUAGE|TERM|TZ|IFS|ENV|MAIL|UID|EUID|"
    "TMPDIR|TMP|TEMP|HOSTNAME|EDITOR|VISUAL|PAGER|BROWSER|DISPLAY|"
    "(HTTPS?|ALL|NO|FTP)_PROXY"
)


def is_reserved(name: str) -> bool:
    """Tell whether a variable belongs to the machine, the workflow, a vendor of clouds or mimin."""
    return _RESERVED.fullmatch(name) is not None


def prefix_of(brand: str) -> str:
    """Give what the names of a brand's variables begin with: `KOPI_SENJA_` for `kopi-senja`."""
    return brand.upper().replace("-", "_") + "_"


class Owners:
    """Tells by a variable's name which brand it belongs to."""

    def __init__(self, brands: Iterable[str]) -> None:
        """Take the ids of all brands."""
        self._brands: dict[str, set[str]] = {}
        for brand in brands:
            self._brands.setdefault(prefix_of(brand), set()).add(brand)

    def of(self, name: str) -> frozenset[str]:
        """Give the brand whose id the name begins with, the longest one; none if none does.

        More than one only where ids differ in nothing but `-` and `_`.
        """
        ends = [place + 1 for place, sign in enumerate(name) if sign == "_"]
        for end in reversed(ends):
            if name[:end] in self._brands:
                return frozenset(self._brands[name[:end]])
        return frozenset()

    def good_name(self, brand: str, account: str) -> str:
        """Give a name that nobody can object to, for a problem's way out."""
        name = prefix_of(brand) + account.upper().replace("-", "_")
        fine = name[0].isalpha() and not is_reserved(name) and self.of(name) == {brand}
        return name if fine else f"TOKEN_{name}"


@dataclass(frozen=True)
class SecretFault:
    """An account whose `secret:` names what its brand may not have."""

    brand: str
    account: str
    kind: str
    """`reserved`, `foreign` (another brand's) or `shared`."""
    message: str

    @property
    def ref(self) -> str:
        """Name the account, `brand/account`."""
        return f"{self.brand}/{self.account}"


def secret_faults(
    brands: Mapping[str, Brand], ids: Iterable[str] | None = None
) -> Iterator[SecretFault]:
    """Find every account whose secret's name is reserved, another brand's, or named by two.

    Where a name begins with a brand's id, it is that brand's, and only the others are at fault: a
    brand must not be stopped by what others write. Where it begins with none, all of them are, as
    nobody can tell whose it is.

    Args:
        brands: The brands that can be read.
        ids: The ids of all brands, when some can not be read.
    """
    owners = Owners(brands if ids is None else ids)
    users: dict[str, set[str]] = {}
    for brand in brands.values():
        for account in brand.accounts.values():
            if account.secret is not None:
                users.setdefault(account.secret, set()).add(brand.id)
    for brand in brands.values():
        for name, account in brand.accounts.items():
            if account.secret is not None:
                others = users[account.secret] - {brand.id}
                kind, why = _fault(account.secret, brand.id, owners.of(account.secret), others)
                if kind:
                    way_out = f"name it {owners.good_name(brand.id, name)}"
                    message = f"{account.secret} {why}; {way_out}"
                    yield SecretFault(brand.id, name, kind, message)


def _fault(secret: str, brand: str, owners: frozenset[str], others: set[str]) -> tuple[str, str]:
    """Give the kind, and the words that follow the secret's name; empty when nothing is wrong."""
    if is_reserved(secret):
        return "reserved", "is used by the machine, a vendor or mimin itself"
    if owners and brand not in owners:
        named = ", ".join(sorted(owners))
        return "foreign", f"begins with the name of brand {named}, so it belongs there"
    if others and owners != {brand}:
        return "shared", f"is named by {', '.join(sorted(others))} too"
    return "", ""
