"""What was read → the files, the history and the report of an import; nothing is written here."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any

from whenever import Instant

from mimin.errors import UsageError
from mimin.importers.history import tell_history
from mimin.importers.incoming import Incoming, Reading
from mimin.importers.names import make_slug, make_unique
from mimin.importers.options import Options
from mimin.importers.report import Outcome, Placement, Remark, Report, Seen, State
from mimin.importers.writing import Written, missing, write_post, write_yaml
from mimin.model.base import Record
from mimin.model.brand import BrandFields, Late
from mimin.model.delivery import delivery_key
from mimin.model.event import Event
from mimin.networks.registry import NAMES
from mimin.unseen import without_hidden
from mimin.workspace.layout import SITE_FOLDERS
from mimin.workspace.times import TimeFault, check_zone


class Named(Record):
    """A post that has its id, its time and its place."""

    id: str
    post: Incoming
    due: Instant | None
    draft: bool
    path: str
    """In the workspace."""


class Arrival(Record):
    """Everything an import would bring."""

    folder: str
    """The brand's folder in the workspace."""
    texts: dict[str, str]
    """File in the workspace → its text."""
    copies: dict[str, Path]
    """Media file in the workspace → where its bytes come from."""
    events: tuple[Event, ...]
    """What the ledger must know before these posts are there: they are out already."""
    report: Report


def plan_import(reading: Reading, options: Options) -> Arrival:
    """Give every post an id, a time and files, and account for every source file.

    Raises:
        UsageError: if the zone is unknown, or the brand's folder belongs to the site.
    """
    try:
        check_zone(options.zone)
    except TimeFault as fault:
        raise UsageError(f"--zone: {fault}") from None
    if options.brand in SITE_FOLDERS:
        raise UsageError(f"--brand: content/{options.brand} belongs to the site; choose another")
    named, remarks = _name(reading, options)
    texts = {f"content/{options.brand}/brand.yml": _brand(reading, options)}
    copies: dict[str, Path] = {}
    for one in named:
        written = _write(one, reading, options)
        beside = PurePosixPath(one.path).parent
        for name, text in written.texts.items():
            texts[str(beside / name)] = plain = without_hidden(text)
            if plain != text:
                message = f"characters that nobody sees were left out of {name}"
                remarks.append(Remark(path=one.post.path, code="hidden-left-out", message=message))
        copies |= {str(beside / name): file for name, file in written.copies.items()}
    events = (
        ()
        if options.timetable
        else tuple(event for one in named for event in tell_history(one.id, one.post, options))
    )
    report = _report(reading, options, named, [*reading.remarks, *remarks])
    sizes = {"media": len(copies), "events": len(events)}
    sizes["variants"] = len(texts) - len(named) - 1
    return Arrival(
        folder=f"content/{options.brand}",
        texts=texts,
        copies=copies,
        events=events,
        report=report.model_copy(update=sizes),
    )


def _name(reading: Reading, options: Options) -> tuple[list[Named], list[Remark]]:
    taken: set[str] = set()
    named, remarks, slot = [], [], 0
    for post in sorted(reading.posts, key=_age):
        slug = make_slug(post.stem)
        name = make_unique(slug, taken)
        if name != slug:
            message = f"the id {slug} is taken; this post is {name}"
            remarks.append(Remark(path=post.path, code="id-renamed", message=message))
        due, draft = _time(post, options, slot)
        slot += due is not None
        named.append(_place(name, post, due, options, draft=draft))
        remarks += [*_consequences(post, due, options), *_empty_parts(post)]
    return named, remarks


def _age(post: Incoming) -> tuple[bool, Instant, str]:
    return (post.added is None, post.added or Instant.MIN, post.path)


def _time(post: Incoming, options: Options, slot: int) -> tuple[Instant | None, bool]:
    """Decide when a post is due, and whether it stays a draft.

    With its history, only what the old tool handled gets a time; all else could go out by
    surprise. Scheduled anew, what would go out incomplete on a real account waits for a person.
    """
    if options.timetable is None:
        handled = any(state is not State.NEW for state in post.states.values())
        due = post.added if handled and not post.held else None
        return due, due is None
    if post.held or (missing(post) and not options.sandbox):
        return None, True
    return options.timetable.slot(slot), False


def _consequences(post: Incoming, due: Instant | None, options: Options) -> list[Remark]:
    found = []
    if options.timetable is None:
        for account, state in post.states.items():
            if state in {State.FAILED, State.UNTRIED}:
                message = f"{account}: the old tool did not confirm it; recorded as dropped"
                found.append(Remark(path=post.path, code=f"delivery-{state}", message=message))
        if all(state is State.NEW for state in post.states.values()):
            message = "nothing says that it went out; a draft without a time"
            found.append(Remark(path=post.path, code="not-published", message=message))
        elif due is None and not post.held:
            message = "it went out, nobody knows when; a draft without a time"
            found.append(Remark(path=post.path, code="no-merge-time", message=message))
    elif due is None and not post.held:
        message = "its image is not here; a draft until the image is"
        found.append(Remark(path=post.path, code="incomplete", message=message))
    return found


def _empty_parts(post: Incoming) -> list[Remark]:
    """Say which parts of a thread would be sent with nothing in them."""
    accounts: dict[int, list[str]] = {}
    for account, form in post.forms.items():
        for number, part in enumerate(form.parts if len(form.parts) > 1 else (), 1):
            if not (part.text.strip() or any(picture.file for picture in part.pictures)):
                accounts.setdefault(number, []).append(account)
    return [
        Remark(
            path=post.path,
            code="empty-part",
            message=f"part {number} says nothing ({', '.join(names)}); write it or take it out",
        )
        for number, names in accounts.items()
    ]


def _place(
    name: str, post: Incoming, due: Instant | None, options: Options, *, draft: bool
) -> Named:
    month = due.to_tz(options.zone).date().format_iso()[:7].replace("-", "/") if due else "undated"
    path = f"content/{options.brand}/posts/{month}/{name}.md"
    return Named(id=name, post=post, due=due, draft=draft, path=path)


def _write(one: Named, reading: Reading, options: Options) -> Written:
    at = None
    if one.due is not None:
        # With its offset, so that an hour that exists twice stays the one it was.
        local = one.due.round("second").to_tz(options.zone).to_fixed_offset()
        at = local.format_iso().replace("T", " ")
    return write_post(one.id, one.post, reading.accounts, at, draft=one.draft)


def _brand(reading: Reading, options: Options) -> str:
    accounts = {
        name: {key: value for key, value in account.model_dump().items() if value}
        for name, account in reading.accounts.items()
    }
    values: dict[str, Any] = {
        "name": options.brand,
        "zone": options.zone,
        "languages": [options.language],
        "late": Late.HOLD.value,
        "accounts": accounts,
    }
    if people := _people(reading):
        values["people"] = people
    BrandFields.model_validate(values)
    return write_yaml(values)


def _people(reading: Reading) -> dict[str, Any]:
    """List whom the posts mention: one person a handle, as nobody says which handles are one's."""
    found = {
        (reading.accounts[account].rules, handle)
        for post in reading.posts
        for account, form in post.forms.items()
        for handle in form.mentions
    }
    taken: set[str] = set()
    return {
        make_unique(make_slug(handle), taken): {"name": handle, "handles": {network: handle}}
        for network, handle in sorted(found)
        if network in NAMES and re.fullmatch(r"[\w.@-]+", handle)
    }


def _report(
    reading: Reading, options: Options, named: list[Named], remarks: list[Remark]
) -> Report:
    homes = {one.post.path: one for one in named}
    homes |= {path: homes[home] for path, home in reading.merged.items()}
    files = [Seen(path=path, outcome=Outcome.REFUSED) for path in reading.refused]
    for path, home in homes.items():
        outcome = Outcome.MERGED if path in reading.merged else Outcome.IMPORTED
        files.append(Seen(path=path, outcome=outcome, target=home.path))
    pointed = [
        remark.model_copy(update={"target": homes[remark.path].path})
        if remark.path in homes
        else remark
        for remark in remarks
    ]
    return Report(
        source=reading.source,
        brand=options.brand,
        files=tuple(sorted(files, key=lambda seen: seen.path)),
        placements=tuple(_placed(placement, homes, options) for placement in reading.named),
        remarks=tuple(sorted(pointed, key=lambda remark: (remark.path, remark.line, remark.code))),
        posts=len(named),
        variants=0,
        media=0,
        events=0,
    )


def _placed(placement: Placement, homes: dict[str, Named], options: Options) -> Placement:
    home = homes.get(placement.path)
    if home is None or placement.account not in home.post.forms:
        return placement
    post, account = f"{options.brand}/{home.id}", f"{options.brand}/{placement.account}"
    return placement.model_copy(update={"target": delivery_key(post, account)})
