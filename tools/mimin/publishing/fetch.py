"""Fetch once what a payload needs from outside, and keep it beside the post for review."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mimin.compose.media import shrink
from mimin.model.post import LinkCard, Post
from mimin.networks.pages import FetchError, fetch_bytes, fetch_page, resolve_handle
from mimin.unseen import without_hidden
from mimin.workspace.keep import keep_link_card
from mimin.workspace.workspace import Workspace

_LARGEST = 1_000_000
"""Bytes of a link card's picture (lexicon app.bsky.embed.external)."""
_WIDTH = 1200


@dataclass(frozen=True)
class Fetched:
    """What came of one thing to fetch."""

    subject: str
    """The post's path, or the person's name in a brand."""
    note: str
    failed: bool = False


def links_of(post: Post) -> list[str]:
    """Name the addresses for which a post wants a card: its own and its variants'."""
    links = [post.fields.link, *(variant.fields.link for variant in post.variants)]
    return [link for link in dict.fromkeys(links) if link]


def fetch_cards(workspace: Workspace, paths: list[str], *, again: bool) -> Iterator[Fetched]:
    """Fetch the missing link cards of posts; with *again* also those that are there.

    What is fetched lies beside the post as `<id>.link.yml` and is part of the review, so that
    nothing is looked up when the post goes out.
    """
    for path in paths:
        post = workspace.read(path).post
        if post is None or not links_of(post):
            continue
        link = links_of(post)[0]
        if post.card is not None and post.card.url == link and not again:
            continue
        try:
            yield _fetch_card(workspace, path, link)
        except FetchError as error:
            yield Fetched(path, str(error), failed=True)


def _fetch_card(workspace: Workspace, path: str, link: str) -> Fetched:
    page = fetch_page(link)
    picture = _picture(page.image) if page.image else None
    title, description = (without_hidden(text).strip() for text in (page.title, page.description))
    if not title:
        raise FetchError(f"{link} has no title that one could see; write the card by hand")
    card = LinkCard(url=link, title=title, description=description)
    written = keep_link_card(workspace.root, path, card, picture)
    note = "" if picture or not page.image else "; its picture could not be read"
    if (title, description) != (page.title, page.description):
        note += "; characters of its words that nobody sees were left out"
    return Fetched(path, f"wrote {', '.join(written)}{note}")


def _picture(url: str) -> bytes | None:
    """Fetch a card's picture as a JPEG that is small enough; None when it is no picture."""
    try:
        return shrink(fetch_bytes(url), _WIDTH, _LARGEST)
    except FetchError:
        return None


def fetch_people(
    workspace: Workspace, resolve: Callable[[str], str] = resolve_handle
) -> Iterator[Fetched]:
    """Look up the permanent ids of the people whom brands mention on Bluesky.

    They are not written into `brand.yml`, which is a person's file; the line to add is given.
    """
    for brand in workspace.brands.values():
        for name, person in brand.people.items():
            handle = person.handles.get("bluesky")
            if handle is None or person.did is not None:
                continue
            subject = f"{brand.path}: people.{name}"
            try:
                yield Fetched(subject, f"add `did: {resolve(handle)}`")
            except FetchError as error:
                yield Fetched(subject, str(error), failed=True)
