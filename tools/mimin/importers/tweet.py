"""One `.tweet` file: text, with front matter, thread and poll as twitter-together reads them."""

from __future__ import annotations

import re

from mimin.importers.incoming import UnreadableError
from mimin.model.base import Record
from mimin.workspace.frontmatter import Fields, read_yaml

_FRONT = re.compile(r"^---\n(?P<yaml>.*?)\n?---(?:\n+|$)", re.DOTALL)
_POLL = re.compile(r"^\(\s?\)\s+(?P<choice>.+)$")
MOST_PARTS = 100
KNOWN = frozenset({"media", "reply", "retweet", "poll", "schedule", "thread-delimiter"})


class Attachment(Record):
    """One entry of `media:`."""

    file: str
    alt: str | None
    line: int


class Tweet(Record):
    """One message of a file; a thread has several."""

    text: str
    line: int
    media: tuple[Attachment, ...] = ()
    reply: str = ""
    retweet: str = ""
    poll: tuple[str, ...] = ()
    schedule: str = ""
    places: dict[str, int] = {}
    """The lines of the front matter's keys."""


def read_tweets(text: str) -> tuple[Tweet, ...]:
    """Read a file's text into its messages.

    Raises:
        UnreadableError: if its front matter can not be read.
    """
    tweets: list[Tweet] = []
    rest: str | None = text.rstrip()
    line = 1
    while rest is not None and len(tweets) < MOST_PARTS:
        tweet, rest, line = _read_one(rest, line)
        tweets.append(tweet)
    return tuple(tweets)


def _read_one(text: str, line: int) -> tuple[Tweet, str | None, int]:
    fields, delimiter = Fields(), "---"
    match = _FRONT.match(text)
    if match:
        fields = _front_matter(match["yaml"], line + 1)
        line += match[0].count("\n")
        text = text[match.end() :]
        delimiter = _text(fields, "thread-delimiter") or delimiter
    cut = re.search(rf"(?<!\n)\n+{re.escape(delimiter)}\n+", text)
    rest = text[cut.end() :] if cut else None
    own = text[: cut.start()] if cut else text
    own, poll = _split_poll(own, fields)
    return (
        _tweet(own, line, fields, poll),
        rest,
        line + (text.count("\n", 0, cut.end()) if cut else 0),
    )


def _front_matter(text: str, first_line: int) -> Fields:
    fields = read_yaml(text, first_line=first_line)
    grave = next((fault for fault in fields.faults if not fault.warning), None)
    if grave:
        raise UnreadableError("bad-front-matter", grave.message, grave.mark[0])
    return fields


def _tweet(text: str, line: int, fields: Fields, poll: tuple[str, ...]) -> Tweet:
    return Tweet(
        text=text.strip("\n"),
        line=line,
        media=tuple(_attachments(fields)),
        reply=_text(fields, "reply"),
        retweet=_text(fields, "retweet"),
        poll=poll,
        schedule=_text(fields, "schedule"),
        places={key: fields.locate((key,), key=True)[0] for key in fields.values},
    )


def _text(fields: Fields, key: str) -> str:
    value = fields.values.get(key)
    return value.strip() if isinstance(value, str) else ""


def _attachments(fields: Fields) -> list[Attachment]:
    listed = fields.values.get("media")
    found = []
    for index, entry in enumerate(
        listed if isinstance(listed, list) else [listed] if listed else []
    ):
        values = entry if isinstance(entry, dict) else {"file": entry}
        name, alt = values.get("file") or values.get("url") or "", values.get("alt")
        line = fields.locate(("media", index))[0]
        found.append(Attachment(file=str(name), alt=str(alt) if alt else None, line=line))
    return found


def _split_poll(text: str, fields: Fields) -> tuple[str, tuple[str, ...]]:
    listed = fields.values.get("poll")
    if isinstance(listed, list):
        return text, tuple(str(choice) for choice in listed)
    lines = text.rstrip().split("\n")
    choices: list[str] = []
    while lines and (match := _POLL.match(lines[-1])):
        choices.insert(0, match["choice"])
        lines.pop()
    return ("\n".join(lines), tuple(choices)) if choices else (text, ())
