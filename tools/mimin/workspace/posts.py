"""Posts: their files → a `Post`, with every finding at its line."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import ValidationError
from whenever import Instant

from mimin.model.bounds import BODY_CHARACTERS
from mimin.model.brand import Brand
from mimin.model.post import LinkCard, Post, PostFields, Repeat, Variant, VariantFields
from mimin.model.problem import Problem, Severity
from mimin.workspace.brands import account_hint, read_record
from mimin.workspace.frontmatter import Document, Fields, read_document
from mimin.workspace.hidden import complaint, place_of, references_in
from mimin.workspace.layout import PostFiles
from mimin.workspace.source import read_text
from mimin.workspace.times import TimeFault, check_zone, occurrences, parse_time
from mimin.workspace.tree import Tree
from mimin.workspace.validation import suggest, validate
from mimin.workspace.zones import reversed_zone


@dataclass
class ReadPost:
    """A post as far as it could be read, where its words stand, and what is wrong with it."""

    path: str
    post: Post | None = None
    problems: list[Problem] = field(default_factory=list)
    fields: dict[str, Fields] = field(default_factory=dict)
    """File → its front matter with places."""

    def refuse(
        self,
        path: str,
        place: tuple[str | int, ...],
        code: str,
        message: str,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a problem at the value that stands at *place* in the front matter of *path*."""
        line, column = self.fields[path].locate(place)
        problem = Problem(path=path, line=line, column=column, code=code, message=message)
        self.problems.append(problem.model_copy(update={"severity": severity}))


def read_post(tree: Tree, files: PostFiles, brand: Brand) -> ReadPost:
    """Read a post with its variants and its link card."""
    read = ReadPost(files.main)
    document = _document(tree, files.main, read)
    if document is None:
        return read
    fields, problems = validate(PostFields, document.fields, files.main)
    read.problems += problems
    if fields is None:
        return read
    _check_accounts(read, fields, brand)
    dues = _dues(read, files.main, fields, brand, fields.repeat)
    variants = tuple(
        variant
        for target, path in sorted(files.variants.items())
        if (variant := _variant(tree, read, target, path, brand, fields)) is not None
    )
    expires = _expires(read, files.main, fields, brand)
    _check_expiry(read, expires, files.main, dues, fields.zone or brand.zone)
    for variant in variants:
        _check_expiry(read, expires, variant.path, variant.dues, variant.fields.zone or brand.zone)
    try:
        read.post = Post(
            id=fields.id or files.main.rpartition("/")[2].removesuffix(".md"),
            brand=brand.id,
            path=files.main,
            fields=fields,
            body=document.body,
            body_line=document.body_line,
            variants=variants,
            card=_card(tree, read, files),
            dues=dues,
            expires=expires,
        )
    except ValidationError as error:
        # A folder's name that is no brand's is refused once, at its brand.yml.
        for fault in (each for each in error.errors() if each["loc"] == ("id",)):
            read.refuse(files.main, ("id",), "bad-value", f"`id`: {fault['msg']}")
    return read


def _document(tree: Tree, path: str, read: ReadPost) -> Document | None:
    text, problems = read_text(tree, path)
    read.problems += problems
    if text is None:
        return None
    document = read_document(text)
    read.fields[path] = document.fields
    length = len(document.body.rstrip("\n"))
    if length > BODY_CHARACTERS:
        line = document.body_line + document.body.count("\n", 0, BODY_CHARACTERS)
        message = (
            f"the text has {length:,} characters, and at most {BODY_CHARACTERS:,} are "
            "read, up to this line; shorten it, or make several posts of it"
        )
        read.problems.append(Problem(path=path, line=line, code="body-too-large", message=message))
        return None
    for offset, reference, character in references_in(document.body):
        line, column = place_of(document.body, offset)
        read.problems.append(
            Problem(
                path=path,
                line=document.body_line + line - 1,
                column=column,
                code="hidden-character",
                message=f"{complaint(character)} (`{reference}`)",
            )
        )
    return document


def _variant(  # noqa: PLR0913, PLR0917 - a variant is read against all that surrounds it
    tree: Tree, read: ReadPost, target: str, path: str, brand: Brand, post: PostFields
) -> Variant | None:
    rules = {account.rules for account in brand.accounts.values()}
    if target not in brand.accounts and target not in rules:
        known = sorted(set(brand.accounts) | rules)
        message = f"{target!r} is neither an account nor a network of {brand.id}"
        message += suggest(target, known) or f"; known are {', '.join(known)}"
        read.problems.append(Problem(path=path, code="variant-unknown", message=message))
        return None
    reached = {name for name in post.accounts if name in brand.accounts}
    if target not in reached and target not in {brand.accounts[name].rules for name in reached}:
        message = f"the post does not go to {target!r}, so this variant would never be sent"
        message += "; add it to the post's accounts, or remove the file"
        read.problems.append(Problem(path=path, code="variant-unused", message=message))
    document = _document(tree, path, read)
    if document is None:
        return None
    if document.fields.faults and document.fields.faults[0].code == "front-matter-missing":
        document = Document(Fields(), document.body, document.body_line)
        read.fields[path] = document.fields
    fields, problems = validate(VariantFields, document.fields, path)
    read.problems += problems
    if fields is None:
        return None
    dues = _dues(read, path, fields, brand, post.repeat, post.zone)
    return Variant(
        target=target,
        path=path,
        fields=fields,
        body=document.body,
        body_line=document.body_line,
        dues=dues,
    )


def _check_accounts(read: ReadPost, fields: PostFields, brand: Brand) -> None:
    seen: set[str] = set()
    for number, name in enumerate(fields.accounts):
        if name not in brand.accounts:
            message = f"{name!r} is not an account of {brand.id}{account_hint(name, brand)}"
            read.refuse(read.path, ("accounts", number), "account-unknown", message)
        elif name in seen:
            message = f"{name!r} stands here twice; an account gets a post once"
            read.refuse(read.path, ("accounts", number), "account-twice", message)
        seen.add(name)


def _dues(  # noqa: PLR0913, PLR0917 - a variant's times are read against the post's repetition
    read: ReadPost,
    path: str,
    fields: VariantFields,
    brand: Brand,
    repeat: Repeat | None,
    zone: str | None = None,
) -> tuple[Instant | None, ...]:
    if fields.zone is not None:
        try:
            check_zone(fields.zone)
        except TimeFault as fault:
            read.refuse(path, ("zone",), fault.code, str(fault))
            return ()
        if warning := reversed_zone(fields.zone):
            read.refuse(path, ("zone",), "zone-reversed", warning, Severity.WARNING)
    if fields.at is None:
        if repeat is not None and isinstance(fields, PostFields):
            message = "a repetition starts at `at:`, which is missing; add it"
            read.refuse(path, ("repeat",), "missing-key", message)
        return ()
    try:
        own = fields.zone or brand.zone
        return occurrences(fields.at, own, repeat, zone or brand.zone if path != read.path else own)
    except TimeFault as fault:
        # What is wrong with the repetition stands in the post, also for a variant's own time.
        field = ("at",) if fault.field == ("zone",) else fault.field  # the zone itself was checked
        if field == ("at",) or path == read.path:
            read.refuse(path, field, fault.code, str(fault))
        return ()


def _expires(read: ReadPost, path: str, fields: PostFields, brand: Brand) -> Instant | None:
    if fields.expires is None:
        return None
    try:
        return parse_time(fields.expires, fields.zone or brand.zone, of_a_day="23:59")
    except TimeFault as fault:
        read.refuse(path, ("expires",), fault.code, str(fault))
        return None


def _check_expiry(
    read: ReadPost, expires: Instant | None, path: str, dues: tuple[Instant | None, ...], zone: str
) -> None:
    """Refuse an expiry that keeps an occurrence from ever going out."""
    for number, due in enumerate(dues, 1):
        if expires is not None and due is not None and due >= expires:
            which = f"occurrence {number} is due" if len(dues) > 1 else "it is due"
            times = [moment.to_tz(zone).to_plain().format_iso() for moment in (due, expires)]
            due_at, end = (time[:16].replace("T", " ") for time in times)
            message = (
                f"{which} at {due_at}, but the post expires at {end}, so it would never go out; "
                "move one of them"
            )
            place = ("expires",) if path == read.path else ("at",)
            read.refuse(path, place, "expires-early", message)
            return


def _card(tree: Tree, read: ReadPost, files: PostFiles) -> LinkCard | None:
    if files.card is None:
        return None
    record, fields, problems = read_record(tree, files.card, LinkCard)
    read.fields[files.card] = fields
    read.problems += problems
    return record
