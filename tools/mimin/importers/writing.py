"""A post on its way in → the text of its files in the workspace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from mimin.importers.incoming import Form, Incoming, Picture
from mimin.model.base import Record
from mimin.model.brand import Account
from mimin.model.post import PostFields, VariantFields


class Written(Record):
    """The files of one post, by name beside each other."""

    texts: dict[str, str]
    copies: dict[str, Path]
    """Media file → where its bytes come from."""


class _Look(Record):
    """A form as it stands in a file."""

    body: str
    tags: tuple[str, ...]
    media: tuple[tuple[str, str | None], ...]


def write_post(
    name: str, post: Incoming, accounts: Mapping[str, Account], at: str | None, *, draft: bool
) -> Written:
    """Write the post's file and a variant wherever an account gets something else."""
    files = _name_files(name, post)
    looks = {account: _look(form, files) for account, form in post.forms.items()}
    # The look of most accounts is the post; of equals, the one that comes first in the source.
    base = Counter(looks.values()).most_common(1)[0][0]
    fields: dict[str, Any] = {
        "at": at,
        "accounts": list(post.forms),
        "draft": "true" if draft else None,
        **_look_fields(base),
        "note": _note(post),
    }
    texts = {f"{name}.md": _document(PostFields, fields, base.body)}
    for target, look in _variants(looks, base, accounts).items():
        changed = _changes(look, base)
        body = look.body if look.body != base.body else ""
        texts[f"{name}.{target}.md"] = _document(VariantFields, changed, body)
    return Written(texts=texts, copies={files[key]: file for key, file in _sources(post).items()})


def write_yaml(values: Mapping[str, Any]) -> str:
    """Write a YAML file the way a person would: in the given order, long texts as blocks."""
    return yaml.dump(dict(values), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=4000)


def missing(post: Incoming) -> list[Picture]:
    """List the images that could not be brought along."""
    pictures = (p for form in post.forms.values() for part in form.parts for p in part.pictures)
    return [picture for picture in dict.fromkeys(pictures) if picture.file is None]


def _sources(post: Incoming) -> dict[str, Path]:
    """Map references to files, in the order in which the forms name them."""
    return {
        picture.reference: picture.file
        for form in post.forms.values()
        for part in form.parts
        for picture in part.pictures
        if picture.file is not None
    }


def _name_files(name: str, post: Incoming) -> dict[str, str]:
    sources = _sources(post)
    return {
        reference: f"{name}-{number}{file.suffix.lower()}"
        for number, (reference, file) in enumerate(sources.items(), start=1)
    }


def _look(form: Form, files: Mapping[str, str]) -> _Look:
    """Images of the first part go into `media:`, those of later parts stand in their text."""
    first, *others = form.parts
    bodies = [first.text]
    for part in others:
        images = [
            f"![{_alt(picture)}]({files[picture.reference]})"
            for picture in part.pictures
            if picture.file
        ]
        bodies.append("\n\n".join(text for text in (part.text, *images) if text))
    media = tuple((files[p.reference], p.alt) for p in first.pictures if p.file)
    return _Look(body="\n\n---\n\n".join(bodies), tags=form.tags, media=media)


def _alt(picture: Picture) -> str:
    return "".join(f"\\{sign}" if sign in "\\[]" else sign for sign in picture.alt or "")


def _look_fields(look: _Look) -> dict[str, Any]:
    return {"tags": list(look.tags) or None, "media": _media(look) or None}


def _changes(look: _Look, base: _Look) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    if look.tags != base.tags:
        changed["tags"] = list(look.tags)
    if look.media != base.media:
        changed["media"] = _media(look)
    return changed


def _media(look: _Look) -> list[dict[str, str]]:
    return [{"file": file} | ({"alt": alt} if alt else {}) for file, alt in look.media]


def _variants(
    looks: Mapping[str, _Look], base: _Look, accounts: Mapping[str, Account]
) -> dict[str, _Look]:
    """Choose the targets: a network where all its accounts in the post agree, else accounts."""
    found: dict[str, _Look] = {}
    for account, look in looks.items():
        if look == base:
            continue
        network = accounts[account].rules
        same = {other for name, other in looks.items() if accounts[name].rules == network}
        whole = len(same) == 1 and network not in accounts
        found[network if whole else account] = look
    return found


def _note(post: Incoming) -> str | None:
    lines = [
        f"image to fetch: {picture.shown} (alt: {picture.alt or 'none'})"
        for picture in missing(post)
    ]
    return "\n".join([*post.notes, *lines]) or None


def _document(model: type[PostFields | VariantFields], fields: Mapping[str, Any], body: str) -> str:
    said = {key: value for key, value in fields.items() if value is not None}
    model.model_validate(said)  # what is written must be what the workspace can read
    front = f"---\n{write_yaml(said)}---\n\n" if said else ""
    return f"{front}{body}\n" if body else front


class _Dumper(yaml.SafeDumper):
    """Writes nothing that our own reader refuses."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the interface is PyYAML's
        """Write equal values out again: aliases are not followed."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - the interface is PyYAML's
        """Indent lists below their key."""
        super().increase_indent(flow, False)  # noqa: FBT003 - the interface is PyYAML's


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    if value in {"true", "false"}:
        return dumper.represent_scalar("tag:yaml.org,2002:bool", value)
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)
