"""The first comment: the last part of a thread where there are threads, else a part of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mimin.compose.mentions import mention, raw_handles
from mimin.compose.remark import Remark
from mimin.compose.rules import text_remarks
from mimin.compose.text import render
from mimin.model.payload import Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mimin.compose.rules import Rules
    from mimin.model.brand import Person


def first_comment(
    source: str, rules: Rules, people: Mapping[str, Person], warning: str | None
) -> tuple[Part | None, list[Remark]]:
    """Make the part of a comment that is written as Markdown, and say what is wrong with it."""
    limits = rules.limits
    if not limits.threads and limits.comment == 0:
        message = (
            f"no first comment can be made on {rules.network}; move it into the text, or add a "
            'variant with `comment: ""`'
        )
        return None, [Remark(0, "comment-unsupported", message)]
    passage = render(source.replace("\r\n", "\n"), limits.links)
    text, spans, found = mention(passage.text, passage.spans, people, rules.network)
    remarks = [*passage.remarks, *(remark for _, remark in found)]
    if rules.network == "bluesky":
        remarks += [remark for _, remark in raw_handles(passage.text, people)]
    if passage.pictures:
        message = "a comment carries no picture; put it into the post"
        remarks.append(Remark(0, "comment-unsupported", message))
    part = Part(text=text, spans=spans, comment=not limits.threads)
    remarks += text_remarks(part, warning if limits.threads else None, rules, "shorten the comment")
    return part, remarks
