"""Settings: names that a network knows, in `brand.yml` and in posts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from mimin.model.brand import Account, Brand
from mimin.model.post import Post, Variant, VariantFields
from mimin.model.problem import Problem
from mimin.networks.registry import ADAPTERS, find_network
from mimin.workspace.posts import ReadPost
from mimin.workspace.validation import suggest
from mimin.workspace.workspace import Workspace


def known_settings(account: Account) -> Collection[str] | None:
    """Name the settings that an account's network knows; None where any may be one.

    What only imitates a network takes what that one takes, as far as it can be published to.
    """
    if account.network in {"sandbox", "manual"} and account.like not in ADAPTERS:
        return None
    return find_network(account.rules).settings


def account_problems(workspace: Workspace) -> Iterator[Problem]:
    """Find settings of accounts that their networks do not know."""
    for brand in workspace.brands.values():
        for name, account in brand.accounts.items():
            known = known_settings(account)
            unknown = [] if known is None else sorted(set(account.settings) - set(known))
            if unknown:
                yield from _of_account(workspace, brand, name, unknown)


def _of_account(
    workspace: Workspace, brand: Brand, name: str, unknown: list[str]
) -> Iterator[Problem]:
    fields = workspace.fields_of(brand.path)
    account = brand.accounts[name]
    for setting in unknown:
        line, column = fields.locate(("accounts", name, "settings", setting))
        message = _unknown(setting, known_settings(account) or (), account.rules)
        yield Problem(
            path=brand.path, line=line, column=column, code="setting-unknown", message=message
        )


def setting_problems(read: ReadPost, brand: Brand) -> Iterator[Problem]:
    """Find settings that no network of a post, or not the one of a variant, knows.

    A post's own settings may be meant for some of its accounts only: each takes what it knows.
    """
    post = read.post
    if post is None or not any(each.settings for each in _fields_of(post)):
        return
    accounts = {
        name: brand.accounts[name] for name in post.fields.accounts if name in brand.accounts
    }
    sources: list[tuple[str, Mapping[str, str] | None, list[Account]]] = [
        (post.path, post.fields.settings, list(accounts.values()))
    ]
    sources += [
        (variant.path, variant.fields.settings, _meant(variant, accounts))
        for variant in post.variants
    ]
    for path, settings, meant in sources:
        for setting in settings or ():
            known = [known_settings(account) for account in meant]
            if not meant or any(names is None or setting in names for names in known):
                continue
            line, column = read.fields[path].locate(("settings", setting))
            names = sorted({name for names in known for name in names or ()})
            where = " or ".join(dict.fromkeys(account.rules for account in meant))
            message = _unknown(setting, names, where)
            yield Problem(
                path=path, line=line, column=column, code="setting-unknown", message=message
            )


def _fields_of(post: Post) -> tuple[VariantFields, ...]:
    return (post.fields, *[variant.fields for variant in post.variants])


def _meant(variant: Variant, accounts: Mapping[str, Account]) -> list[Account]:
    return [
        account
        for name, account in accounts.items()
        if variant.target in {name, account.rules, account.network}
    ]


def _unknown(setting: str, known: Collection[str], network: str) -> str:
    hint = suggest(setting, known) or (
        f"; it has {', '.join(sorted(known))}" if known else "; it has none, take it out"
    )
    return f"{setting!r} is not a setting of {network}{hint}"
