"""Post templates: whoever copies one starts with a file whose every key is right."""

from __future__ import annotations

from collections.abc import Iterator

from mimin.model.brand import Account, Brand
from mimin.model.problem import Problem
from mimin.workspace.frontmatter import read_document
from mimin.workspace.layout import PostFiles
from mimin.workspace.posts import read_post
from mimin.workspace.source import read_text
from mimin.workspace.stand_in import named_accounts
from mimin.workspace.validation import suggest
from mimin.workspace.workspace import Workspace


def post_template_problems(workspace: Workspace) -> Iterator[Problem]:
    """Read each template as a post of a brand that has the accounts it names.

    Which accounts, campaigns and pillars there are differs from brand to brand, so nothing is said
    of them.
    """
    for path in workspace.layout.post_templates:
        document = read_document(read_text(workspace.tree, path)[0] or "")
        read = read_post(workspace.tree, PostFiles(path), _anybody(document.fields.values))
        yield from read.problems
        if read.post is None:
            continue
        for number, entry in enumerate(read.post.fields.media or ()):
            cards = workspace.layout.cards
            if entry.card is not None and entry.card not in cards:
                line, column = document.fields.locate(("media", number, "card"))
                message = f"there is no card {entry.card!r} in templates/cards/"
                message += suggest(entry.card, cards) or "; add it, or name another"
                yield Problem(
                    path=path, line=line, column=column, code="card-unknown", message=message
                )


def _anybody(values: dict[str, object]) -> Brand:
    return Brand.model_construct(
        id="template",
        path="",
        name="",
        zone="UTC",
        languages=("en",),
        accounts={
            name: Account.model_construct(network="manual", handle=name)
            for name in named_accounts(values)
        },
    )
