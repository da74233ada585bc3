"""Secret names: which brand may name which environment variable in `secret:`.

The value of the variable goes to a server that may stand in the same file. So a brand must not name
what the machine keeps there for its own work, nor what is there for another brand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mimin.model.brand import Brand
from mimin.planning.notes import Note, note

_NAMED = 3
"""Of so many other brands a message gives the names."""

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
        self._longest = max(map(len, self._brands), default=0)

    def of(self, name: str) -> frozenset[str]:
        """Give the brand whose id the name begins with, the longest one; none if none does.

        More than one only where ids differ in nothing but `-` and `_`.
        """
        return next(self._all(name), frozenset())

    def claims(self, name: str) -> frozenset[str]:
        """Give every brand whose id the name begins with: `kopi` too where `kopi-senja` is."""
        return frozenset().union(*self._all(name))

    def _all(self, name: str) -> Iterator[frozenset[str]]:
        ends = [place + 1 for place, sign in enumerate(name[: self._longest]) if sign == "_"]
        for end in reversed(ends):
            if name[:end] in self._brands:
                yield frozenset(self._brands[name[:end]])

    def good_name(self, brand: str, account: str, present: str = "") -> str:
        """Give a name that nobody can object to, and another than *present*, for a way out."""
        prefix, own = prefix_of(brand), account.upper().replace("-", "_")
        for name in (f"{prefix}{own}", f"{prefix}TOKEN_{own}"):
            usable = name[0].isalpha() and not is_reserved(name) and self.of(name) == {brand}
            if usable and name != present:
                return name
        return f"TOKEN_{prefix}{own}"


@dataclass(frozen=True)
class SecretFault:
    """An account whose `secret:` names what its brand may not have."""

    brand: str
    account: str
    kind: str
    """`reserved`, `foreign` (another brand's) or `shared`."""
    note: Note
    others: tuple[str, ...] = ()
    """The brands that it was judged by."""

    @property
    def ref(self) -> str:
        """Name the account, `brand/account`."""
        return f"{self.brand}/{self.account}"


def secret_faults(
    brands: Mapping[str, Brand],
    ids: Iterable[str] | None = None,
    held: Mapping[str, str] | None = None,
) -> Iterator[SecretFault]:
    """Find every account whose secret's name is reserved, another brand's, or named by two.

    A secret that the ledger has seen stays with the brand that it was seen with, whatever others
    write or are called: a brand must not be stopped by that. Of one that it has not seen the name
    tells whose it is; where it does not, all that name it are at fault.

    Args:
        brands: The brands that can be read.
        ids: The ids of all brands, when some can not be read.
        held: Secret → the brand that the ledger has seen it with, where it is still there.
    """
    owners = Owners(brands if ids is None else ids)
    users: dict[str, set[str]] = {}
    for brand in brands.values():
        for account in brand.accounts.values():
            if account.secret is not None:
                users.setdefault(account.secret, set()).add(brand.id)
    for brand in brands.values():
        for name, account in brand.accounts.items():
            secret = account.secret
            if secret is None:
                continue
            holder = (held or {}).get(secret, "")
            kind, others = _fault(secret, brand.id, owners, users[secret], holder)
            if kind:
                way_out = owners.good_name(brand.id, name, secret)
                told = ", ".join(others[:_NAMED]) + (", …" if len(others) > _NAMED else "")
                said = note(f"token-{kind}", secret=secret, other=told, better=way_out)
                yield SecretFault(brand.id, name, kind, said, others)


def _fault(
    secret: str, brand: str, owners: Owners, users: set[str], holder: str
) -> tuple[str, tuple[str, ...]]:
    """Give the kind, and the brands that it is judged by; an empty kind when nothing is wrong."""
    if is_reserved(secret):
        return "reserved", ()
    if holder == brand:
        return "", ()
    own, claims = owners.of(secret), owners.claims(secret)
    if own and brand not in own:
        return "foreign", tuple(sorted(own))
    if holder in users:
        return "shared", (holder,)
    if len(users) > 1 and (own != {brand} or not claims.isdisjoint(users - {brand})):
        return "shared", tuple(sorted(users - {brand}))
    return "", ()
