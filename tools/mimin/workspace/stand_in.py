"""Stand-ins: what can be told of a brand whose `brand.yml` is in error, so that its posts show.

Nothing is published for such a brand. Its posts stay in every plan, with the accounts they name
and the times they have, because a post that nobody sees is missed by nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from mimin.model.brand import Account, Brand
from mimin.workspace.frontmatter import read_document, read_yaml
from mimin.workspace.layout import Layout
from mimin.workspace.source import read_text
from mimin.workspace.times import TimeFault, check_zone
from mimin.workspace.tree import Tree


def stand_in(
    tree: Tree, layout: Layout, brand: str, networks: Collection[str], imitable: Collection[str]
) -> Brand:
    """Make a brand of what its file and its posts tell.

    Args:
        tree: The workspace's files.
        layout: What they are.
        brand: The folder's name.
        networks: What an account's `network` may be; any other is shown as `manual`.
        imitable: What an account's `like` may be.
    """
    path = layout.brands[brand]
    values = read_yaml(read_text(tree, path)[0] or "").values
    accounts = _mapping(values.get("accounts"))
    names = dict.fromkeys([*accounts, *_named_by_posts(tree, layout, brand)])
    # Nothing is validated: the folder's name, too, may be what is wrong.
    return Brand.model_construct(
        id=brand,
        path=path,
        name=_text(values.get("name")) or brand,
        zone=_zone(values),
        languages=("en",),
        accounts={
            name: _account(name, _mapping(accounts.get(name)), networks, imitable) for name in names
        },
    )


def _named_by_posts(tree: Tree, layout: Layout, brand: str) -> Iterator[str]:
    for path in layout.posts:
        if path.startswith(f"content/{brand}/"):
            yield from named_accounts(read_document(read_text(tree, path)[0] or "").fields.values)


def named_accounts(values: Mapping[str, object]) -> list[str]:
    """List the accounts that a post's front matter names, whether they exist or not."""
    named = values.get("accounts")
    listed = named if isinstance(named, list) else str(named or "").split()
    return [name for name in listed if isinstance(name, str) and name]


def _account(
    name: str,
    values: Mapping[str, object],
    networks: Collection[str],
    imitable: Collection[str],
) -> Account:
    network, like = _text(values.get("network")), _text(values.get("like"))
    return Account(
        network=network if network in networks else "manual",
        like=like if like in imitable else None,
        handle=_text(values.get("handle")) or name,
    )


def _zone(values: Mapping[str, object]) -> str:
    """Find the zone, also under a name that was misspelt; UTC when there is none."""
    said = [
        _text(values.get("zone")),
        *(text for text in map(_text, values.values()) if "/" in text),
    ]
    return next((name for name in said if _is_zone(name)), "UTC")


def _is_zone(name: str) -> bool:
    try:
        check_zone(name)
    except TimeFault:
        return False
    return True


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
