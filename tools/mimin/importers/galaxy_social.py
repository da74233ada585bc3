"""galaxy-social repositories: Markdown posts for many accounts, with a record of what went out."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from whenever import Instant

from mimin.errors import UsageError
from mimin.foreign import read_json
from mimin.importers.added import read_added
from mimin.importers.galaxy_accounts import Channel, read_channels
from mimin.importers.galaxy_merging import merge_copies
from mimin.importers.galaxy_post import Announcement, read_announcement
from mimin.importers.incoming import Incoming, Notebook, Reading, UnreadableError
from mimin.importers.options import Options
from mimin.importers.report import Placement, State
from mimin.importers.source import Downloads, addresses_in, list_files

FOLDER = "posts"
RECORD = "processed_files.json"
NAME = "galaxy-social"

Tried = dict[str, dict[str, bool]]
"""Source file → account → whether the old tool saw it go out."""


def read_galaxy_social(source: Path, options: Options) -> Reading:
    """Read a whole repository.

    Raises:
        UsageError: if *source* is not such a repository.
    """
    notes = Notebook()
    channels = read_channels(source, options, notes)
    tried, added = _read_record(source, notes), read_added(source, FOLDER)
    files = list_files(source, FOLDER)
    downloads = Downloads(options.media, addresses_in(source, files)) if options.media else None
    posts: list[Incoming] = []
    refused: list[str] = []
    named: list[Placement] = []
    for path in files:
        try:
            found = _read(source, path, channels, downloads, notes)
        except UnreadableError as error:
            notes.add(path, error.code, str(error), error.line)
            refused.append(path)
            continue
        states = {name: _state(tried, path, name) for name in (*found.forms, *found.lost)}
        for name, state in states.items():
            account = channels[name].id if name in channels else name
            named.append(Placement(path=path, account=account, state=state))
        _note_lost(path, found, notes)
        if found.forms:
            posts.append(_incoming(path, found, channels, states, added.get(path)))
        else:
            refused.append(path)
    _note_unread(tried, files, notes)
    kept, merged = merge_copies(posts, notes)
    return Reading(
        source=NAME,
        accounts={channel.id: channel.account for channel in channels.values()},
        posts=tuple(kept),
        merged=merged,
        refused=tuple(refused),
        named=tuple(named),
        remarks=tuple(notes.remarks),
    )


def _read(
    source: Path,
    path: str,
    channels: dict[str, Channel],
    downloads: Downloads | None,
    notes: Notebook,
) -> Announcement:
    if PurePosixPath(path).suffix.lower() != ".md":
        raise UnreadableError("not-a-post", "not a Markdown file; the old tool never sent it")
    if not path.endswith(".md"):
        notes.add(path, "suffix-not-md", "the suffix is not `.md`: the old tool never sent it")
    return read_announcement(source, path, channels, downloads, notes)


def _read_record(source: Path, notes: Notebook) -> Tried:
    file = source / RECORD
    if not file.is_file():
        message = f"no {RECORD} (it is on the branch processed_files): nothing counts as published"
        notes.add(RECORD, "no-publishing-record", message)
        return {}
    try:
        content = read_json(file.read_text(encoding="utf-8-sig"))
        return {
            PurePosixPath(path).as_posix(): {
                str(name).lower(): ok is True for name, ok in by.items()
            }
            for path, by in content.items()
        }
    except (ValueError, AttributeError, OSError) as error:
        raise UsageError(
            f"{file}: not a record of what was published; fetch it again ({error})"
        ) from None


def _state(tried: Tried, path: str, name: str) -> State:
    if path not in tried:
        return State.NEW
    result = tried[path].get(name)
    return State.UNTRIED if result is None else State.PUBLISHED if result else State.FAILED


def _note_lost(path: str, found: Announcement, notes: Notebook) -> None:
    for name, line in found.lost.items():
        message = f"{name} is not an account of this brand; the post does not go there"
        notes.add(path, "unknown-account", message, line)


def _note_unread(tried: Tried, files: list[str], notes: Notebook) -> None:
    """Count what was published from files that are gone, so that nobody looks for it here."""
    gone = sorted(set(tried) - set(files))
    if gone:
        message = f"{len(gone)} files that it names are not here, the first is {gone[0]}"
        notes.add(RECORD, "published-file-missing", message)


def _incoming(
    path: str,
    found: Announcement,
    channels: dict[str, Channel],
    states: dict[str, State],
    added: Instant | None,
) -> Incoming:
    return Incoming(
        path=path,
        stem=PurePosixPath(path).stem,
        forms={channels[name].id: form for name, form in found.forms.items()},
        states={channels[name].id: states[name] for name in found.forms},
        added=added,
        notes=found.notes,
    )
