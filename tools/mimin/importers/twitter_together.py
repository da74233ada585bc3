"""twitter-together repositories: one `.tweet` file a tweet, sent once when it was merged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from whenever import Instant

from mimin.importers.added import read_added
from mimin.importers.escape import escape
from mimin.importers.incoming import (
    Form,
    Incoming,
    Notebook,
    Picture,
    Reading,
    Section,
    UnreadableError,
)
from mimin.importers.options import Options
from mimin.importers.report import Placement, State
from mimin.importers.source import (
    IMAGES,
    Downloads,
    addresses_in,
    list_files,
    look_for_picture,
    read_text,
)
from mimin.importers.tweet import KNOWN, Tweet, read_tweets
from mimin.model.brand import Account

FOLDER = "tweets"
SUFFIX = ".tweet"
NAME = "twitter-together"
ACCOUNT = "x"
_TEMPLATE = re.compile(
    r"<[^>]*>|please.?change|your.?(?:path|title|tweet)|^untitled", re.IGNORECASE
)
_DATED = re.compile(r"\d{4}-\d\d?-\d\d?|\d\d?-\d\d?-\d{4}")


def read_twitter_together(source: Path, options: Options) -> Reading:
    """Read a whole repository.

    Raises:
        UsageError: if *source* is not such a repository.
    """
    notes = Notebook()
    added = read_added(source, FOLDER)
    posts: list[Incoming] = []
    refused: list[str] = []
    files = list_files(source, FOLDER)
    downloads = Downloads(options.media, addresses_in(source, files)) if options.media else None
    for path in files:
        try:
            _check_suffix(path, options, notes)
            posts.append(_read(source, path, added.get(path), downloads, notes))
        except UnreadableError as error:
            notes.add(path, error.code, str(error), error.line)
            refused.append(path)
    if any(post.states[ACCOUNT] is State.PUBLISHED for post in posts):
        message = "the tool keeps no record: what was merged with its suffix counts as published"
        notes.add(FOLDER, "published-assumed", message)
    return Reading(
        source=NAME,
        accounts={ACCOUNT: _account(options)},
        posts=tuple(posts),
        merged={},
        refused=tuple(refused),
        named=tuple(
            Placement(path=post.path, account=ACCOUNT, state=post.states[ACCOUNT]) for post in posts
        ),
        remarks=tuple(notes.remarks),
    )


def _account(options: Options) -> Account:
    handle = options.handle or options.brand
    if options.sandbox:
        return Account(network="sandbox", like="x", handle=handle, name="X")
    return Account(network="x", handle=handle, name="X")


def _check_suffix(path: str, options: Options, notes: Notebook) -> None:
    """Refuse what twitter-together ignored without a word.

    Raises:
        UnreadableError: `not-a-tweet-file`.
    """
    if path.endswith(SUFFIX):
        return
    suffix = PurePosixPath(path).suffix.lower()
    known = suffix in IMAGES or suffix in {".md", ".yml", ".yaml", ".json", ".txt", ".html"}
    rule = f"no `{SUFFIX}` at the end of its name: twitter-together never sent it"
    if known or not options.include_unsuffixed:
        way = "" if known else "; take it in with --include-unsuffixed"
        raise UnreadableError("not-a-tweet-file", f"{rule}{way}")
    notes.add(path, "never-sent", rule)


def _read(
    source: Path, path: str, added: Instant | None, downloads: Downloads | None, notes: Notebook
) -> Incoming:
    name = PurePosixPath(path).name
    stem = name.removesuffix(SUFFIX)
    tweets = read_tweets(read_text(source / path))
    for number, tweet in enumerate(tweets, 1):
        if tweet.text.partition("\n")[0].strip() == "---":
            message = (
                f"part {number} begins with a line `---` and has nothing before it: the old tool "
                "sent that line as text; look at it"
            )
            notes.add(path, "empty-part", message, tweet.line)
    remembered = [*_unmapped(path, tweets, notes), *_hints(path, stem, added, notes)]
    parts = tuple(_section(source, path, tweet, downloads, notes) for tweet in tweets)
    sent = name.endswith(SUFFIX) and added is not None
    if not any(part.text or part.pictures for part in parts):
        if not any(tweet.retweet for tweet in tweets):
            raise UnreadableError("empty", "nothing is in it but front matter")
        parts = (Section(text=tweets[0].retweet),)
    return Incoming(
        path=path,
        stem=stem,
        forms={ACCOUNT: Form(parts=parts)},
        states={ACCOUNT: State.PUBLISHED if sent else State.NEW},
        added=added,
        notes=tuple(remembered),
        held=any(tweet.reply or tweet.retweet or tweet.poll for tweet in tweets),
    )


def _section(
    source: Path, path: str, tweet: Tweet, downloads: Downloads | None, notes: Notebook
) -> Section:
    folders = (source / "media", source, (source / path).parent)
    pictures = []
    for entry in tweet.media:
        file, doubt = look_for_picture(entry.file, folders, downloads)
        pictures.append(Picture(reference=entry.file, alt=entry.alt, file=file))
        notes.add_picture(path, pictures[-1], entry.line, doubt)
    return Section(text=escape(tweet.text), pictures=tuple(pictures))


def _unmapped(path: str, tweets: tuple[Tweet, ...], notes: Notebook) -> Iterator[str]:
    """Report what a post can not say; what the team needs to do it by hand goes into its note."""
    for number, tweet in enumerate(tweets, start=1):
        where = f"part {number}: " if len(tweets) > 1 else ""
        found = {
            "reply": tweet.reply,
            "retweet": tweet.retweet,
            "poll": " / ".join(tweet.poll),
            "schedule": tweet.schedule,
        }
        for key, value in found.items():
            if value:
                kind = "quote" if key == "retweet" and tweet.text.strip() else key
                message = f"{where}{kind}: {value}"
                way = "the tool posts at once" if key == "schedule" else "kept as a draft"
                line = tweet.places.get(key, tweet.line)
                notes.add(path, f"{kind}-not-mapped", f"{message}; {way}", line)
                yield message
        for key in tweet.places.keys() - KNOWN:
            message = f"`{key}:` is no key of twitter-together"
            notes.add(path, "key-not-mapped", message, tweet.places[key])


def _hints(path: str, stem: str, added: Instant | None, notes: Notebook) -> Iterator[str]:
    if _TEMPLATE.search(stem):
        notes.add(
            path, "template-name", f"{stem!r} is the name of a template that nobody filled in"
        )
    if added is None:
        notes.add(path, "no-merge-time", "nobody knows when it was merged, or if")
        date = _DATED.search(stem)
        if date:
            yield f"the file's name says {date[0]}"
