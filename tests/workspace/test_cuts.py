"""A comment behind words of somebody's own is told; behind anything else it is a comment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimin.model.post import LinkCard, PostFields
from mimin.workspace.frontmatter import read_yaml
from mimin.workspace.validation import validate


def codes(text, model=PostFields):
    return [problem.code for problem in validate(model, read_yaml(text), "a.md")[1]]


def offer(text):
    """Give the line that the problem says to write."""
    (problem,) = validate(PostFields, read_yaml(text), "a.md")[1]
    return problem.message.partition("write `")[2].partition("`")[0]


@pytest.mark.parametrize("field", ["title", "warning", "headline", "comment", "note"])
@given(
    before=st.text("abc ,.!?'\"\\", min_size=1, max_size=9).filter(lambda text: text[:1].isalpha()),
    after=st.text("x1(-_ ,'\"\\#:", max_size=9),
)
def test_the_line_that_is_shown_says_all_that_was_written(field, before, after):
    written = f"{before.strip()} #{after}".rstrip()
    shown = offer(f"accounts: x\n{field}: {written}\n")
    assert read_yaml(f"{shown}\n").values == {field: written}


@pytest.mark.parametrize(
    "line",
    [
        "at: 2026-12-01 09:00  # after payday",
        "draft: true # not yet",
        "expires:  # nobody knows",
        "grace: 30m #short",
        "visibility: public # all",
        "tags: [Batik, Solo]  # both",
        "tags: Batik, Solo # both",
        'title: "Senja"  # in quotes the words end where they end',
        "title: Senja#1",
        "# a line of its own",
        "media:  # all\n  - file: a.jpg  # first\n    alt: Merah\n    # below\n    focus: 0 0",
        "note: >-\n  Senja #1",
    ],
)
def test_a_comment_that_cuts_no_words_is_a_comment(line):
    found = codes(f"accounts: [x]\n{line}\n")
    # A file's name may hold ` #`, so a comment behind one is told.
    assert found == (["yaml-comment-cut"] if "a.jpg" in line else [])


@pytest.mark.parametrize(
    "line",
    [
        "tags: #Batik",
        "tags:\n  - #Batik\n  - Solo",
        "tags: Batik #Solo",
        "link: #menu",
        "title: # (malam)",
        'title: "Senja" #1',
        "media:\n  - file: a.jpg\n    alt: Poster, item #3",
        "media: [{file: b #2.jpg\n  , alt: x}]",
        "settings:\n  board: Resep #1",
        "note: Ini\n\n  #3 dari lima",
    ],
)
def test_words_that_yaml_leaves_out_are_never_left_out_in_silence(line):
    assert codes(f"accounts: [x]\n{line}\n") == ["yaml-comment-cut"]


def test_a_link_card_is_told_as_a_post_is():
    text = "url: https://a.example # home\ntitle: Standard (2023) #1 [draft]\n"
    assert codes(text, LinkCard) == ["yaml-comment-cut"]
