"""An approval binds the whole payload: whatever is changed afterwards does not get out."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mimin.approval.shape import shape_of, what_changed
from mimin.model.media import Media
from mimin.model.payload import Card, Part, Payload, Span

NOW = "2026-12-01T09:00+07:00"
PICTURE = Media(
    path="content/kopi-senja/posts/gajian.jpg",
    sha256="ab" * 32,
    mime="image/jpeg",
    size=1234,
    width=40,
    height=30,
    alt="Secangkir kopi",
)
PAYLOAD = Payload(
    account="kopi-senja/bluesky",
    network="bluesky",
    parts=(
        Part(
            text="Gajian tiba! 🎉 kopi.example.com",
            spans=(Span(start=15, end=31, url="https://kopi.example.com"),),
            media=(PICTURE,),
        ),
        Part(
            text="Sampai jumpa",
            card=Card(url="https://kopi.example.com", title="Kopi", description="x", image=PICTURE),
        ),
    ),
    languages=("id", "en"),
    warning="Kafein",
)


def leaves(value, path=()):
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


DUMPED = PAYLOAD.model_dump(mode="json")
LEAVES = [(path, value) for path, value in leaves(DUMPED) if value is not None]


def put(path, value):
    changed = json.loads(json.dumps(DUMPED))
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


@given(st.data())
def test_no_character_and_no_number_of_a_payload_is_free(data):
    path, value = data.draw(st.sampled_from(LEAVES))
    if path[-1] == "visibility":
        other = data.draw(st.sampled_from(["unlisted", "followers"]))
    elif isinstance(value, int):
        other = data.draw(st.integers(0, 10**9).filter(lambda number: number != value))
    else:
        at = data.draw(st.integers(0, len(value) - 1))
        char = data.draw(st.characters(exclude_categories=["Cs"]))
        other = value[:at] + char + value[at + 1 :]
        if path[-1] == "sha256":
            other = value[:at] + ("0" if value[at] != "0" else "1") + value[at + 1 :]
    changed = Payload.model_validate(put(path, other))
    assert (changed.digest == PAYLOAD.digest) is (other == value)


@given(st.integers(0, 1))
def test_no_part_can_be_left_out_or_added(index):
    shorter = PAYLOAD.model_copy(update={"parts": PAYLOAD.parts[index : index + 1]})
    longer = PAYLOAD.model_copy(update={"parts": (*PAYLOAD.parts, PAYLOAD.parts[index])})
    swapped = PAYLOAD.model_copy(update={"parts": PAYLOAD.parts[::-1]})
    digests = {each.digest for each in (PAYLOAD, shorter, longer, swapped)}
    assert len(digests) == 4


def test_the_shape_tells_which_side_was_changed():
    then = shape_of(PAYLOAD)
    for path, value, said in [
        (("parts", 0, "text"), "Lain", "the text"),
        (("parts", 0, "media", 0, "sha256"), "cd" * 32, "a picture or video"),
        (("parts", 0, "media", 0, "alt"), "Lain", "an alt text"),
        (("parts", 1, "card", "title"), "Lain", "the link card"),
        (("languages",), ["en"], "the language"),
        (("warning",), None, "the content warning"),
        (("visibility",), "unlisted", "the visibility"),
        (("account",), "kopi-senja/x", "the account"),
        (("headline",), "Lain", "the headline"),
        (("replies",), "nobody", "who may answer"),
        (("paid",), True, "a label"),
        (("settings",), {"board": "Lain"}, "the network's settings"),
    ]:
        changed = Payload.model_validate(put(path, value))
        assert what_changed(then, shape_of(changed)) == said
    both = put(("parts", 0, "text"), "Lain") | {"languages": ["en"]}
    assert what_changed(then, shape_of(Payload.model_validate(both))) == (
        "the text and the language"
    )
    assert what_changed("", then) == ""


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_byte_of_any_file_can_be_changed_after_the_approval(data, approved_repo):
    """Of what the plan would send, every byte is as it was approved; else it is held."""
    repo, files, digest = approved_repo
    path = data.draw(st.sampled_from(sorted(files)))
    content = files[path]
    at = data.draw(st.integers(0, len(content) - 1))
    byte = data.draw(st.integers(0, 255))
    repo.write({path: content[:at] + bytes([byte]) + content[at + 1 :]})
    try:
        ran = repo.run("plan", "--all", "--format", "json", "--now", NOW)
        lines = json.loads(ran.out)["plan"] if ran.code == 0 else []
        for line in lines:
            assert line["digest"] == digest or line["action"] in {"!", " "}, line
            if line["digest"] != digest:
                assert line["cause"] in {"unapproved", "problems", "draft", "unscheduled"}
    finally:
        repo.write({path: content})
