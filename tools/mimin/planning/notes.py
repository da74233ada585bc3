"""Notes: what a plan says about a line, as an English sentence that others can say anew.

A note is text, so whoever prints a plan needs nothing else. It also knows which sentence it is and
what stands in its gaps, so that the site can say it in its own language and in a brand's own time.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from whenever import Instant, TimeDelta

from mimin.model.base import format_duration

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "twin": "{twin} went out, and its file is gone; if this is that post under another name, "
        "write `was: {id}` in {path}, if it is a new post, `was: none`",
        "twin-maybe": "{twin} may be out, and its file is gone; if this is that post under another "
        "name, write `was: {id}` in {path}, if it is a new post, `was: none`",
        "part-moved": "something of {twin} that is out stands here now; if it is to go out again, "
        "write `was: none` in {path}, else take it out",
        "account-twice": "{account} and {other} are the same real account; keep one of them",
        "account-renamed": "the ledger knows {former}, which no brand.yml has any more; if "
        "{account} is that account under another name, write `was: {former}` below it in {path}, "
        "if it is another account, `was: none`",
        "account-not-former": "{account} says `was: {former}`, and {former} is still there and is "
        "another account; take that line out of {path}",
        "account-name-taken": "the ledger knows {account} as the account that {other} is now; give "
        "it a name in {path} that no account had before, and in the posts that go there",
        "token-moved": "{secret} was given to {was}, and brand.yml sends it to {host} now; if that "
        "is right, `mimin accounts trust {account} --host {host}`, else put brand.yml back",
        "token-other": "{secret} was the secret of {other}; if {account} is to have it now, "
        "`mimin accounts trust {account} --host {host}`, else name another one in brand.yml",
        "token-new": "{secret} would go to {host} for the first time, and whoever runs that server "
        "can read it; if that is right, `mimin accounts trust {account} --host {host}`",
        "token-name": "{secret} does not begin with {prefix}, as the secrets of this brand do; "
        "name it like that, or say with `mimin accounts trust {account} --host {host}` that it is "
        "meant",
        "token-reserved": "{secret} is used by the machine, a vendor or mimin itself; name it "
        "{better}",
        "token-foreign": "{secret} begins with the name of brand {other}, so it belongs there; "
        "name it {better}",
        "token-shared": "{secret} is named by {other} too; name it {better}",
        "apart": "late, and not before {start} to keep posts apart",
        "frozen": "{account} is frozen; `{way}`",
        "frozen-why": "{account} is frozen: {reason}; `{way}`",
        "unknown": "may be out ({reason}); `mimin reconcile` asks the network",
        "claimed": "claimed by run {run}, no answer yet",
        "waiting": "post it by hand, then `mimin done {key} --url …`, or `--out` without a link",
        "changed": "changed in the file after it went out; what is out stays as it was",
        "unchangeable": "changed in the file after it went out; what is out stays as it was: "
        "{network} can not change what is out",
        "words-only": "changed in the file after it went out; what is out stays as it was: "
        "{network} can change nothing but the words",
        "other-parts": "changed in the file after it went out; what is out stays as it was: it "
        "went out in {out} parts and has {parts} now",
        "too-old": "changed in the file after it went out; what is out stays as it was: it went "
        "out too long ago (`edits:` in brand.yml)",
        "kept": "what is out stays as it was: {reason}",
        "kept-yet": "what is out stays as it was: {reason}; again at {moment}",
        "changes": "changes {address}",
        "takes-down": "takes down {address}",
        "not-published": "`retract: true`: it will not be published",
        "taken-down": "taken down at {moment}",
        "stays-down": "taken down at {moment}; to publish it again, write `id: {again}` and "
        "`was: none`",
        "take-down-there": "{network} lets nobody take a post down by its API; do it there, then "
        "`mimin done {key} --retracted`",
        "not-taken-down": "{reason}; do it there, then `mimin done {key} --retracted`",
        "budget": "would cost {cost}; {taken} of {budget} are taken in {month}; raise `budget:` in "
        "brand.yml, or move it",
        "blackout": "{day} is blacked out ({reason}); move it",
        "blackout-today": "{day} is blacked out ({reason}); not before that is over",
        "version-ended": "{network} refuses the version of its API that it asks for from {moment} "
        "on; set a newer `version:`, or update mimin",
        "secret-ended": "the secret {secret} worked until {day}; make a new one, and set "
        "`secret_expires:`",
        "duplicate": "the very same is, or goes, out as {twin}, and {network} refuses it within "
        "{hours} h; change the text, or move it",
        "draft": "a draft; take `draft: true` out to publish it",
        "problems": "has problems; `mimin check {path}` shows them",
        "unscheduled": "has no time; add `at:`",
        "uncommitted": "not committed as it is here: {path}; commit it, that is its approval",
        "expired": "expired at {moment}; to send it all the same, set a later `expires:` and a new "
        "`at:`",
        "expired-one": "expired at {moment}; to send it all the same, set a later `expires:` and, "
        "below `repeat:`, `move: {move}`",
        "thread-changed": "part {part} is out, and the file has something else there now; put its "
        "words back ({source}), or write `retract: true` to take it down, or "
        "`mimin done {key} --leave` to leave it as it is",
        "half-draft": "a draft, though {count} of its parts are out; take `draft: true` out, or "
        "write `retract: true` to take them down, or `mimin done {key} --leave` to leave it as it "
        "is",
        "elsewhere": "it is out at {there}, and brand.yml says {here} now; change it there by "
        "hand, or put brand.yml back",
        "stale": "the files here are older than those of the last run (commit {commit}); "
        "`git pull`, then try again; if that commit was thrown away (amended, reset), "
        "`mimin ledger checkout REASON`",
        "parts-missing": "{missing} of {total} parts are missing",
        "refused": "refused: {reason}; change the post",
        "refused-yet": "refused: {reason}; again at {moment}",
        "again": "again, after: {reason}",
        "missed": "{behind} late, {grace} allowed; to send it all the same, set a new `at:`",
        "missed-one": "{behind} late, {grace} allowed; to send it all the same, write "
        "`move: {move}` below `repeat:`",
        "held": "{behind} late, {grace} allowed; set a new `at:`, or `late: post`",
        "held-one": "{behind} late, {grace} allowed; below `repeat:`, leave it out with "
        "`skip: [{number}]`, or give it a new time with `move: {move}`",
        "approved": "approved by {names}",
        "unapproved": "nobody has approved it yet",
        "moved": "where it goes changed since {by} approved it ({what}); approve it again",
        "moved-maybe": "nobody can tell whether where it goes changed since {by} approved it, as "
        "{reason}; approve it again",
        "wider": "what lets it go out late was widened since {by} approved it ({what}); approve it "
        "again",
        "policy": "{path} allows it ({what}), and nobody has approved that change; have its pull "
        "request reviewed and run `mimin approve --pull N`, or "
        "`mimin approve --policy {brand} --sign KEYFILE --by NAME`",
        "one-more": "approved by {names}, one more person is needed (label {label})",
        "one-more-then": "approved by {names}, one more person is needed "
        "(it had a label that needs two when that was said)",
    }
)


class Note(str):
    """A sentence of `SENTENCES` with its gaps filled."""

    __slots__ = ("sentence", "values")

    sentence: str
    values: Mapping[str, object]
    """Text and numbers, and moments and spans that every language writes in its own way."""


def note(sentence: str, **values: object) -> Note:
    """Say a sentence."""
    shown = {name: _english(name, value) for name, value in values.items()}
    made = Note(SENTENCES[sentence].format(**shown))
    made.sentence, made.values = sentence, values
    return made


def _english(name: str, value: object) -> object:
    if isinstance(value, Instant):
        return value.format_iso()
    if isinstance(value, TimeDelta):
        return format_duration(value) if name == "grace" else _span(value)
    return value


def _span(span: TimeDelta) -> str:
    minutes = round(span.total("minutes"))
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    shown = [f"{days} d" if days else "", f"{hours} h" if hours else ""]
    shown += [f"{minutes} min" if minutes and not days else ""]
    return " ".join(part for part in shown if part) or "less than a minute"
