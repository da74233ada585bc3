"""One file of galaxy-social → the form that each of its accounts was given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mimin.importers.cutting import cut
from mimin.importers.escape import escape, escape_breaks
from mimin.importers.galaxy_accounts import Channel
from mimin.importers.incoming import Form, Notebook, Picture, Section, UnreadableError
from mimin.importers.source import Downloads, look_for_picture, read_text
from mimin.model.base import Record
from mimin.workspace.frontmatter import Fields, read_yaml

_IMAGE = re.compile(r"!\[((?:(?!!\[).)*?)\]\(((?:(?!!\[).)*?)\)")
_BREAK = "\n\n\n"
"""Two empty lines: where the author wants a thread to be cut, if it has to be cut."""
_RENDERED = re.compile(
    r"\[[^\[\]]+\]\([^()]*[()]|\*\*|__|`|\\[!-/:-@\[-`{-~]|^[ ]{0,3}(?:[-*+]|\d+[.)]|#{1,6}|>) ",
    re.MULTILINE,
)
_LITERAL = frozenset({"mastodon", "bluesky", "slack"})
"""Networks to which the old tool sent Markdown signs as they were typed."""
_THREADS = frozenset({"mastodon", "bluesky"})
_NUMBER = 8
"""Room that the old tool left for `(1/3)`; it also covers what rendering makes longer."""
_KNOWN = {"media", "hashtags", "mentions", "images"}


class Announcement(Record):
    """A file as read: names of accounts as the source has them, in its order."""

    forms: dict[str, Form]
    lost: dict[str, int]
    """Accounts that are not accounts of the brand, with their line."""
    notes: tuple[str, ...]


class _Page(Record):
    """A file taken apart."""

    path: str
    values: dict[str, object]
    body: str
    """As written."""
    first_line: int
    """Of the body."""
    text: str
    """The body without its images."""
    pictures: tuple[Picture, ...] = ()


def read_announcement(
    source: Path,
    path: str,
    channels: dict[str, Channel],
    downloads: Downloads | None,
    notes: Notebook,
) -> Announcement:
    """Read one post.

    Raises:
        UnreadableError: if it can not become a post.
    """
    fields, page = _take_apart(path, read_text(source / path), notes)
    for key in fields.values:
        if key.lower() not in _KNOWN:
            line = fields.locate((key,), key=True)[0]
            notes.add(path, "key-not-mapped", f"`{key}:` has no counterpart; dropped", line)
    if "\\!\\[" in page.text:
        notes.add(path, "image-left-in-text", "an image that is not closed on its line stays text")
    folders = (source, (source / path).parent)
    pictures = _pictures(page, fields, folders, downloads, notes)
    page = page.model_copy(update={"pictures": pictures})
    asked = _names(fields, page.values)
    kept = {name: channels[name] for name in asked if name in channels}
    forms, remembered = _forms(page, kept, fields, notes)
    lost = {name: line for name, line in asked.items() if name not in channels}
    return Announcement(forms=forms, lost=lost, notes=remembered)


def _take_apart(path: str, text: str, notes: Notebook) -> tuple[Fields, _Page]:
    lines = text.split("\n")
    rules = [number for number, line in enumerate(lines) if line.rstrip() == "---"][:2]
    if len(rules) < 2:
        raise UnreadableError("no-front-matter", "no front matter between two `---` lines")
    first, second = rules
    if "".join(lines[:first]).strip():
        notes.add(path, "text-before-front-matter", "text above the first `---` was never sent")
    fields = read_yaml("\n".join(lines[first + 1 : second]), first_line=first + 2)
    grave = next((fault for fault in fields.faults if not fault.warning), None)
    if grave:
        raise UnreadableError("bad-front-matter", grave.message, grave.mark[0])
    body = "\n".join(lines[second + 1 :])
    return fields, _Page(
        path=path,
        values={key.lower(): value for key, value in fields.values.items()},
        body=body,
        first_line=second + 2,
        text=_IMAGE.sub("", body).strip().replace("![", "\\!\\["),
    )


def _names(fields: Fields, values: dict[str, object]) -> dict[str, int]:
    """List the accounts of `media:` with their lines; a name that stands twice counts once."""
    listed = values.get("media")
    names = listed if isinstance(listed, list) else [listed] if listed else []
    lines: dict[str, int] = {}
    for index, name in enumerate(names):
        lines.setdefault(str(name).strip().lower(), fields.locate(("media", index))[0])
    if not lines:
        raise UnreadableError(
            "no-account", "`media:` names no account", fields.locate(("media",))[0]
        )
    return lines


def _pictures(
    page: _Page,
    fields: Fields,
    folders: tuple[Path, ...],
    downloads: Downloads | None,
    notes: Notebook,
) -> tuple[Picture, ...]:
    """Find the images of the text, and of the older `images:` list."""
    listed = page.values.get("images")
    found = []
    for index, entry in enumerate(listed if isinstance(listed, list) else []):
        values = entry if isinstance(entry, dict) else {"url": entry}
        line = fields.locate(("images", index))[0]
        found.append((str(values.get("url", "")), str(values.get("alt_text", "")), line))
    for match in _IMAGE.finditer(page.body):
        line = page.first_line + page.body.count("\n", 0, match.start())
        found.append((match[2], match[1], line))
    pictures = []
    for address, alt, line in found:
        reference = address.strip().partition(" ")[0].strip("<>")
        file, doubt = look_for_picture(reference, folders, downloads)
        pictures.append(Picture(reference=reference, alt=alt.strip() or None, file=file))
        notes.add_picture(page.path, pictures[-1], line, doubt)
    return tuple(pictures)


def _forms(
    page: _Page, channels: dict[str, Channel], fields: Fields, notes: Notebook
) -> tuple[dict[str, Form], tuple[str, ...]]:
    remembered: list[str] = []
    forms: dict[str, Form] = {}
    whole = _BREAK in page.text
    for name, channel in channels.items():
        tags, odd = _tags(_listed(page.values, "hashtags", name))
        remembered += [f"hashtag of {name} that is none: {tag}" for tag in odd]
        for tag in sorted({tag for tag in tags if tags.count(tag) > 1}):
            line = fields.locate(("hashtags", name))[0]
            notes.add(page.path, "tag-twice", f"{name}: #{tag} stood there twice; kept once", line)
        tags = tuple(dict.fromkeys(tags))
        for tag in odd:
            line = fields.locate(("hashtags", name))[0]
            notes.add(page.path, "invalid-tag", f"{name}: {tag!r} can not be one hashtag", line)
        mentions = [mention.lstrip("@") for mention in _listed(page.values, "mentions", name)]
        head, tail = _line(tags, "#"), _line(mentions, "@")
        sections = _sections(page.text, head, tail, channel)
        if len(sections) > page.text.count(_BREAK) + 1:
            message = f"{name}: too long; cut into {len(sections)} parts, look at where"
            notes.add(page.path, "thread-cut", message)
        whole = whole and len(sections) == 1
        parts = tuple(_dress(sections, mentions, channel, page))
        forms[name] = Form(parts=parts, tags=tags, mentions=tuple(mentions))
    _note_text(page, channels, notes, collapsed=whole)
    _note_strays(page, fields, notes)
    return forms, tuple(dict.fromkeys(remembered))


def _listed(values: dict[str, object], key: str, name: str) -> list[str]:
    by_account = values.get(key)
    if not isinstance(by_account, dict):
        return []
    found = next((v for k, v in by_account.items() if str(k).strip().lower() == name), None)
    items = found if isinstance(found, list) else [found] if found else []
    return [str(item).strip() for item in items if str(item).strip()]


def _tags(listed: list[str]) -> tuple[tuple[str, ...], list[str]]:
    bare = [tag.lstrip("#") for tag in listed]
    good = [tag for tag in bare if re.fullmatch(r"\w+", tag) and not tag.isdecimal()]
    return tuple(good), [tag for tag in bare if tag not in good]


def _line(names: list[str] | tuple[str, ...], sign: str) -> int:
    """Count a line of mentions or hashtags with the empty line above it."""
    return len("\n\n" + " ".join(f"{sign}{name}" for name in names)) if names else 0


def _sections(text: str, head: int, tail: int, channel: Channel) -> list[str]:
    """Cut a text where its author wanted, and where it is still too long, but only if it is.

    Only where mimin has threads: elsewhere the old tool put the rest into comments, and the
    check says that the text is too long. Hashtags stand under the first part, mentions under the
    last.
    """
    limit = channel.limit
    if limit is None or len(text) + head + tail <= limit or channel.network not in _THREADS:
        return [re.sub(r"\n{3,}", "\n\n", text)]
    parts = [part.strip("\n") for part in text.split(_BREAK) if part.strip()] or [""]
    final, found = len(parts) - 1, []
    for number, part in enumerate(parts):
        above, below = head if number == 0 else 0, tail if number == final else 0
        found += cut(part, limit - _NUMBER, above, below)
    return found


def _dress(
    sections: list[str], mentions: list[str], channel: Channel, page: _Page
) -> Iterator[Section]:
    *before, last = [escape_breaks(section) for section in sections]
    line = " ".join(_mention(mention, channel.network) for mention in mentions)
    last = "\n\n".join(part for part in (last, line) if part)
    for number, text in enumerate([*before, last]):
        yield Section(text=text, pictures=page.pictures if number == 0 else ())


def _mention(name: str, network: str) -> str:
    """Write a mention as the old tool put it under the text."""
    return f"https://matrix.to/#/@{name}" if network == "matrix" else escape(f"@{name}")


def _note_text(
    page: _Page, channels: dict[str, Channel], notes: Notebook, *, collapsed: bool
) -> None:
    if collapsed:
        message = "two empty lines where no account needs a thread are written as one"
        notes.add(page.path, "blank-lines", message)
    literal = [name for name, channel in channels.items() if channel.network in _LITERAL]
    if literal and _RENDERED.search(page.text):
        message = f"Markdown that went out as typed on {', '.join(literal)} will be rendered"
        notes.add(page.path, "markdown-rendered", message)


def _note_strays(page: _Page, fields: Fields, notes: Notebook) -> None:
    """Report tags and mentions for accounts that the post does not go to."""
    asked = {str(name).strip().lower() for name in _media(page.values)}
    for key in ("hashtags", "mentions"):
        entries = page.values.get(key)
        if entries is not None and not isinstance(entries, dict):
            notes.add(page.path, "key-not-mapped", f"`{key}:` is not a list for each account")
            continue
        for name in entries or {}:
            if str(name).strip().lower() not in asked:
                line = fields.locate((key, name), key=True)[0]
                message = f"{key} for {name}, which the post does not go to"
                notes.add(page.path, "stray-account", message, line)


def _media(values: dict[str, object]) -> list[object]:
    listed = values.get("media")
    return listed if isinstance(listed, list) else [listed]
