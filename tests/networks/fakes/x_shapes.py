"""What X's API takes and gives, and the names of both of its generations."""

from __future__ import annotations

import json
from pathlib import Path

from network_fakes.shapes import check

FILE = json.loads((Path(__file__).parent.parent / "fixtures" / "x-shapes.json").read_text("utf-8"))

NEW = {
    "tweet.fields": "post.fields",
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
}
"""Name in live traffic → name in the OpenAPI description."""
OLD_ONLY = {"referenced_tweets"}
"""What could be asked for as a field, and is an expansion now."""


def validate_request(call, fields):
    check(FILE["requests"][call], fields, call, shapes=FILE["shapes"], names=FILE["names"])


def validate_response(call, fields):
    check(FILE["responses"][call], renamed(fields), call, shapes=FILE["shapes"])


def renamed(value):
    """Give the names of the description to what has those of live traffic."""
    if isinstance(value, dict):
        return {NEW.get(name, name): renamed(item) for name, item in value.items()}
    return [renamed(item) for item in value] if isinstance(value, list) else value
