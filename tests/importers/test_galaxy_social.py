from __future__ import annotations

import hashlib

import pytest
import yaml
from whenever import Instant

from mimin.errors import UsageError
from mimin.importers.galaxy_accounts import LIMITS
from mimin.importers.report import Outcome, State
from mimin.ledger.standing import State as Standing
from mimin.ledger.standing import fold
from mimin.model.event import Kind
from mimin.networks.registry import NAMES

MERGED = "2026-03-02T10:41:24+02:00"

EQUAL = """\
---
media:
  - mastodon-kedai
  - bluesky-kedai
hashtags:
  mastodon-kedai: [kopi, senja]
  bluesky-kedai: [kopi, senja]
---
Kopi baru sudah datang.
"""

DIFFERENT = """\
---
media: [mastodon-kedai, bluesky-kedai, linkedin-kedai, matrix-kedai]
hashtags:
  mastodon-kedai: [kopi]
  bluesky-kedai: [kopi]
  linkedin-kedai: [kopi]
mentions:
  mastodon-kedai: [rasa@sosial.example, biji_@sosial.example]
  matrix-kedai: ["rasa:matrix.example"]
---
Kopi baru sudah datang.

![A cup](https://gambar.example/a/cup.png)
"""


def codes(arrival) -> set[str]:
    return set(arrival.report.codes)


def test_equal_hashtags_are_fields_of_the_post(galaxy, options, arrive) -> None:
    galaxy.write("posts/2026/Kopi Baru.md", EQUAL)
    arrival = galaxy.plan(options)
    post = arrive(arrival)["kopi-baru"]
    assert post.fields.accounts == ("mastodon-kedai", "bluesky-kedai")
    assert post.fields.tags == ("kopi", "senja")
    assert post.body.strip() == "Kopi baru sudah datang."
    assert post.variants == ()


def test_what_differs_between_accounts_becomes_variants(galaxy, options, arrive, sent) -> None:
    galaxy.write("posts/2026/kopi.md", DIFFERENT)
    arrival = galaxy.plan(options)
    post = arrive(arrival)["kopi"]
    assert {variant.target for variant in post.variants} == {"mastodon", "matrix"}
    assert sent(post, "bluesky-kedai", arrival) == ["Kopi baru sudah datang."]
    assert sent(post, "mastodon-kedai", arrival) == [
        "Kopi baru sudah datang.\n\n@rasa@sosial.example @biji_@sosial.example"
    ]
    assert sent(post, "matrix-kedai", arrival) == [
        "Kopi baru sudah datang.\n\nhttps://matrix.to/#/@rasa:matrix.example"
    ]
    matrix = next(variant for variant in post.variants if variant.target == "matrix")
    assert matrix.fields.tags == ()


def test_accounts_come_with_the_name_of_their_secret_and_never_the_secret(galaxy, options) -> None:
    leaky = (galaxy.root / "plugins.yml").read_text().replace("$KEDAI_MASTODON_TOKEN", "GEHEIM123")
    galaxy.write("plugins.yml", leaky)
    galaxy.write("posts/a.md", EQUAL)
    arrival = galaxy.plan(options)
    brand = arrival.texts["content/kedai/brand.yml"]
    assert "secret: KEDAI_BLUESKY_PASSWORD" in brand
    assert "handle: kedai@sosial.example" in brand
    assert "EHEIM123" not in brand + arrival.report.text
    assert "network: linkedin\n    handle: kedai\n" in brand
    assert (
        "secret: KEDAI_LINKEDIN_TOKEN\n    settings:\n      author: urn:li:organization:4711"
        in brand
    )
    assert "network: manual\n    like: matrix" in brand
    assert {"account-disabled", "not-an-account"} <= codes(arrival)


def test_every_network_that_mimin_has_is_imported_as_itself(galaxy, options) -> None:
    galaxy.write("posts/a.md", EQUAL)
    accounts = galaxy.plan(options).texts["content/kedai/brand.yml"]
    for network in LIMITS:
        entry = f"network: {network}" if network in NAMES else f"like: {network}"
        assert (entry in accounts) is (network != "slack")  # slack is switched off in this source


def test_a_trial_run_has_only_sandbox_accounts(galaxy, anew) -> None:
    galaxy.write("posts/a.md", EQUAL)
    brand = galaxy.plan(anew).texts["content/kedai/brand.yml"]
    assert brand.count("network: sandbox") == 4
    assert "network: mastodon" not in brand
    assert "secret:" not in brand


def test_an_account_that_the_brand_does_not_have_is_reported_and_the_rest_comes(
    galaxy, options
) -> None:
    galaxy.write("posts/a.md", EQUAL.replace("bluesky-kedai\n", "slack\n", 1))
    galaxy.write("posts/b.md", "---\nmedia: [slack]\n---\nHalo\n")
    report = galaxy.plan(options).report
    assert report.counts == {"seen": 2, "imported": 1, "merged": 0, "refused": 1}
    lost = [(p.path, p.account) for p in report.placements if not p.target]
    assert lost == [("posts/a.md", "slack"), ("posts/b.md", "slack")]
    places = [(r.path, r.line) for r in report.remarks if r.code == "unknown-account"]
    assert places == [("posts/a.md", 4), ("posts/b.md", 2)]


def test_two_empty_lines_cut_a_thread_only_where_the_text_is_too_long(
    galaxy, options, arrive, sent
) -> None:
    first, second = "Satu " * 40, "Dua " * 40
    head = "---\nmedia: [bluesky-kedai, linkedin-kedai]\n---\n"
    galaxy.write("posts/long.md", f"{head}{first}\n\n\n{second}\n")
    galaxy.write("posts/short.md", f"{head}Satu\n\n\nDua\n")
    arrival = galaxy.plan(options)
    posts = arrive(arrival)
    assert sent(posts["long"], "bluesky-kedai", arrival) == [first.strip(), second.strip()]
    assert len(sent(posts["long"], "linkedin-kedai", arrival)) == 1
    assert sent(posts["short"], "bluesky-kedai", arrival) == ["Satu\n\nDua"]
    assert [r.path for r in arrival.report.remarks if r.code == "blank-lines"] == ["posts/short.md"]


def test_a_text_that_is_too_long_is_cut_at_a_paragraph(galaxy, options, arrive, sent) -> None:
    first, second = "Satu dua tiga. " * 14, "Empat lima enam. " * 14
    head = "---\nmedia: [bluesky-kedai, linkedin-kedai]\nhashtags:\n  bluesky-kedai: [kopi]\n---\n"
    galaxy.write("posts/long.md", f"{head}{first}\n\n{second}\n")
    arrival = galaxy.plan(options)
    post = arrive(arrival)["long"]
    assert sent(post, "bluesky-kedai", arrival) == [first.strip(), second.strip()]
    assert len(sent(post, "linkedin-kedai", arrival)) == 1
    assert "thread-cut" in codes(arrival)


def test_what_a_retry_proves_handled_is_not_left_open_on_other_accounts(galaxy, options) -> None:
    alone = EQUAL.replace("  - mastodon-kedai\n", "")
    galaxy.write("posts/a.md", EQUAL, MERGED)
    galaxy.write("posts/retry-12_a.md", alone, MERGED)
    galaxy.tried["posts/retry-12_a.md"] = {"bluesky-kedai": True}
    arrival = galaxy.plan(options)
    assert fold(arrival.events)["kedai/a@mastodon-kedai"].state() is Standing.DROPPED
    assert "delivery-untried" in codes(arrival)


def test_a_remote_image_is_kept_in_the_note_with_its_alt_text(galaxy, options, arrive) -> None:
    galaxy.write("posts/kopi.md", DIFFERENT)
    arrival = galaxy.plan(options)
    post = arrive(arrival)["kopi"]
    assert post.fields.note == "image to fetch: https://gambar.example/a/cup.png (alt: A cup)"
    assert "gambar" not in post.body
    remark = next(r for r in arrival.report.remarks if r.code == "remote-image")
    assert (remark.path, remark.line) == ("posts/kopi.md", 13)
    assert "A cup" in remark.message


def test_a_signed_address_is_shown_without_its_keys(galaxy, options) -> None:
    url = "https://gambar.example/cup.png?Credential=KUNCI&X-Signature=ab12"
    galaxy.write("posts/a.md", f"---\nmedia: [bluesky-kedai]\n---\nHalo ![A cup]({url})\n")
    arrival = galaxy.plan(options)
    assert "KUNCI" not in "".join(arrival.texts.values()) + arrival.report.text
    assert "cup.png" in arrival.report.text


CATS = "https://hewan.example/kucing/large.jpg"
DOGS = "https://hewan.example/anjing/large.jpg"
ANIMALS = f"---\nmedia: [bluesky-kedai]\n---\nHewan ![Kucing]({CATS}) ![Anjing]({DOGS})\n"


def animals(galaxy, options, tmp_path, files):
    """Import two pictures of one name with these downloads; which picture has which alt text."""
    folder = tmp_path / "downloads"
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    galaxy.write("posts/hewan.md", ANIMALS)
    arrival = galaxy.plan(options.model_copy(update={"media": folder}))
    shown = {path.rpartition("/")[2]: file.read_bytes() for path, file in arrival.copies.items()}
    return arrival, shown


def test_one_download_is_never_the_picture_of_two_addresses(galaxy, options, tmp_path) -> None:
    arrival, shown = animals(galaxy, options, tmp_path, {"large.jpg": b"seekor hewan"})
    assert shown == {}
    doubts = [each for each in arrival.report.remarks if each.code == "ambiguous-image"]
    assert [CATS in each.message for each in doubts] == [True, False]
    assert "2 addresses; save this one as hewan.example/kucing/large.jpg" in doubts[0].message


def test_downloads_are_found_by_the_whole_address(galaxy, options, tmp_path) -> None:
    """As the way out says, as wget saves them, and by the address's SHA-256."""
    files = {
        "hewan.example/kucing/large.jpg": b"kucing",
        f"{hashlib.sha256(DOGS.encode()).hexdigest()}.jpg": b"anjing",
    }
    arrival, shown = animals(galaxy, options, tmp_path, files)
    assert shown == {"hewan-1.jpg": b"kucing", "hewan-2.jpg": b"anjing"}
    assert not {"ambiguous-image", "remote-image"} & set(codes(arrival))


def test_two_files_that_fit_one_address_are_in_doubt(galaxy, options, tmp_path) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    for name in ("cup.png", "cup.png.jpg"):
        (folder / name).write_bytes(name.encode())
    galaxy.write("posts/kopi.md", DIFFERENT)
    arrival = galaxy.plan(options.model_copy(update={"media": folder}))
    assert arrival.copies == {}
    assert "ambiguous-image" in codes(arrival)


def test_a_signature_makes_no_other_picture_of_an_address(galaxy, options, tmp_path) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / "cup.png").write_bytes(b"picture")
    for name, key in (("a", "X-Amz-Signature=1"), ("b", "jwt=2")):
        url = f"https://gambar.example/a/cup.png?{key}"
        galaxy.write(
            f"posts/{name}.md", f"---\nmedia: [bluesky-kedai]\n---\n{name} ![A cup]({url})\n"
        )
    arrival = galaxy.plan(options.model_copy(update={"media": folder}))
    assert len(arrival.copies) == 2


def test_whom_posts_mention_become_people_of_the_brand(galaxy, options, arrive) -> None:
    head = "---\nmedia: [bluesky-kedai, mastodon-kedai, linkedin-kedai]\nmentions:\n"
    mentions = "  bluesky-kedai: ['@rina.bsky.example']\n  mastodon-kedai: [rina@sosial.example]\n"
    nobody = "  linkedin-kedai: [Rina dan Kawan]\n"
    galaxy.write("posts/a.md", f"{head}{mentions}{nobody}---\nHalo\n")
    arrival = galaxy.plan(options)
    arrive(arrival)
    people = yaml.safe_load(arrival.texts["content/kedai/brand.yml"])["people"]
    assert people == {
        "rina-bsky-example": {
            "name": "rina.bsky.example",
            "handles": {"bluesky": "rina.bsky.example"},
        },
        "rina-sosial-example": {
            "name": "rina@sosial.example",
            "handles": {"mastodon": "rina@sosial.example"},
        },
    }


@pytest.mark.parametrize("by", ["name", "stem", "digest"])
def test_a_downloaded_image_is_found(galaxy, options, arrive, tmp_path, by) -> None:
    url = "https://gambar.example/a/cup.png"
    digest = hashlib.sha256(url.encode()).hexdigest()
    name = {"name": "cup.png", "stem": "cup.png.jpg", "digest": f"{digest}.png"}[by]
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / name).write_bytes(b"picture")
    galaxy.write("posts/kopi.md", DIFFERENT)
    arrival = galaxy.plan(options.model_copy(update={"media": folder}))
    media = arrive(arrival)["kopi"].fields.media
    assert media is not None
    assert [(entry.file, entry.alt) for entry in media] == [
        ("kopi-1.jpg" if by == "stem" else "kopi-1.png", "A cup")
    ]
    assert arrival.report.media == 1
    assert "remote-image" not in codes(arrival)


def test_an_image_outside_the_source_is_not_read(galaxy, options, tmp_path) -> None:
    (tmp_path / "rahasia.png").write_bytes(b"x")
    galaxy.write("posts/a.md", "---\nmedia: [slack, bluesky-kedai]\n---\n![r](../../rahasia.png)\n")
    arrival = galaxy.plan(options)
    assert arrival.copies == {}
    assert "missing-image" in codes(arrival)


def test_what_went_out_is_history_and_what_failed_is_not_tried_again(galaxy, options) -> None:
    galaxy.write("posts/a.md", EQUAL, MERGED)
    galaxy.tried["posts/a.md"] = {"mastodon-kedai": True, "bluesky-kedai": False}
    arrival = galaxy.plan(options)
    assert "at: '2026-03-02 15:41:24+07:00'" in arrival.texts["content/kedai/posts/2026/03/a.md"]
    standings = fold(arrival.events)
    assert standings["kedai/a@mastodon-kedai"].state() is Standing.PUBLISHED
    assert standings["kedai/a@bluesky-kedai"].state() is Standing.DROPPED
    assert {event.due for event in arrival.events} == {Instant.parse_iso("2026-03-02T08:41:24Z")}
    assert {event.at for event in arrival.events} == {options.now}
    assert "delivery-failed" in codes(arrival)


def test_a_published_post_that_we_cut_into_more_parts_is_not_continued(galaxy, options) -> None:
    galaxy.write("posts/a.md", EQUAL, MERGED)
    galaxy.tried["posts/a.md"] = {"mastodon-kedai": True, "bluesky-kedai": True}
    standing = fold(galaxy.plan(options).events)["kedai/a@mastodon-kedai"]
    assert standing.state(parts=1) is Standing.PUBLISHED
    assert standing.state(parts=3) is Standing.DROPPED


def test_a_post_that_never_went_out_is_a_draft_without_a_time(galaxy, options, arrive) -> None:
    galaxy.write("posts/a.md", EQUAL, MERGED)
    arrival = galaxy.plan(options)
    post = arrive(arrival)["a"]
    assert post.fields.draft
    assert post.fields.at is None
    assert arrival.events == ()
    assert "not-published" in codes(arrival)


def test_a_published_post_without_a_merge_time_stays_a_draft_with_history(galaxy, options) -> None:
    galaxy.write("posts/a.md", EQUAL)
    galaxy.tried["posts/a.md"] = {"mastodon-kedai": True, "bluesky-kedai": True}
    arrival = galaxy.plan(options)
    assert "draft: true" in arrival.texts["content/kedai/posts/undated/a.md"]
    assert {event.kind for event in arrival.events} == {Kind.PUBLISHED, Kind.DROPPED}
    assert "no-merge-time" in codes(arrival)


def test_scheduled_anew_posts_follow_each_other_and_have_no_history(galaxy, anew, arrive) -> None:
    galaxy.write("posts/b.md", EQUAL, MERGED)
    galaxy.write("posts/a.md", EQUAL, "2026-03-05T10:00:00+00:00")
    galaxy.tried["posts/b.md"] = {"mastodon-kedai": True}
    arrival = galaxy.plan(anew)
    posts = arrive(arrival)
    assert posts["b"].dues == (Instant.parse_iso("2026-12-01T02:00:00Z"),)
    assert posts["a"].dues == (Instant.parse_iso("2026-12-01T02:30:00Z"),)
    assert arrival.events == ()


def test_scheduled_anew_on_real_accounts_a_post_without_its_image_waits(galaxy, anew) -> None:
    galaxy.write("posts/kopi.md", DIFFERENT)
    arrival = galaxy.plan(anew.model_copy(update={"sandbox": False}))
    assert "draft: true" in arrival.texts["content/kedai/posts/undated/kopi.md"]
    assert "incomplete" in codes(arrival)


RETRY = EQUAL.replace("  - bluesky-kedai\n", "").replace("  bluesky-kedai: [kopi, senja]\n", "")


def test_retries_of_retries_are_one_post(galaxy, options) -> None:
    alone = EQUAL.replace("  - mastodon-kedai\n", "")
    galaxy.write("posts/a.md", EQUAL, MERGED)
    galaxy.write("posts/retry-12_a.md", alone, "2026-03-03T08:00:00+00:00")
    galaxy.write("posts/retry-14_retry-12_a.md", alone, "2026-03-04T08:00:00+00:00")
    galaxy.tried = {
        "posts/a.md": {"mastodon-kedai": True, "bluesky-kedai": False},
        "posts/retry-12_a.md": {"bluesky-kedai": False},
        "posts/retry-14_retry-12_a.md": {"bluesky-kedai": True},
    }
    arrival = galaxy.plan(options)
    assert arrival.report.counts == {"seen": 3, "imported": 1, "merged": 2, "refused": 0}
    assert fold(arrival.events)["kedai/a@bluesky-kedai"].state() is Standing.PUBLISHED
    assert arrival.report.variants == 0
    targets = {p.target for p in arrival.report.placements if p.path != "posts/a.md"}
    assert targets == {"kedai/a@bluesky-kedai"}


def test_a_mended_retry_of_a_failure_is_a_variant(galaxy, options, arrive, sent) -> None:
    galaxy.write("posts/a.md", EQUAL, MERGED)
    galaxy.write("posts/retry-12-a.md", RETRY.replace("baru", "segar"), MERGED)
    galaxy.tried = {
        "posts/a.md": {"mastodon-kedai": False, "bluesky-kedai": True},
        "posts/retry-12-a.md": {"mastodon-kedai": True},
    }
    arrival = galaxy.plan(options)
    post = arrive(arrival)["a"]
    assert sent(post, "mastodon-kedai", arrival) == ["Kopi segar sudah datang."]
    assert sent(post, "bluesky-kedai", arrival) == ["Kopi baru sudah datang."]
    assert "retry-changed" in codes(arrival)


def test_a_second_text_on_an_account_that_has_the_first_is_a_post_of_its_own(
    galaxy, options
) -> None:
    galaxy.write("posts/a.md", EQUAL, MERGED)
    galaxy.write("posts/retry-12_a.md", RETRY.replace("baru", "segar"), MERGED)
    galaxy.write("posts/retry-13_gone.md", RETRY, MERGED)
    galaxy.tried = {"posts/a.md": {"mastodon-kedai": True, "bluesky-kedai": True}}
    report = galaxy.plan(options).report
    assert report.counts["imported"] == 3
    assert report.codes["retry-separate"] == 2


def test_groups_cut_for_different_limits_are_one_post(galaxy, options, arrive, sent) -> None:
    head = "---\nmedia: [{}]\n---\n{}\n"
    galaxy.write("posts/a-group1.md", head.format("mastodon-kedai", "Panjang sekali."), MERGED)
    galaxy.write("posts/a-group2.md", head.format("bluesky-kedai", "Pendek."), MERGED)
    arrival = galaxy.plan(options)
    post = arrive(arrival)["a"]
    assert arrival.report.counts["merged"] == 1
    assert sent(post, "mastodon-kedai", arrival) == ["Panjang sekali."]
    assert sent(post, "bluesky-kedai", arrival) == ["Pendek."]


def test_groups_that_share_an_account_stay_apart(galaxy, options) -> None:
    for number in (1, 2):
        galaxy.write(f"posts/a-group{number}.md", "---\nmedia: bluesky-kedai\n---\nHalo\n", MERGED)
    assert galaxy.plan(options).report.counts["imported"] == 2


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "empty", 1),
        ("no front matter\n", "no-front-matter", 1),
        ("---\nmedia: []\n---\nx\n", "no-account", 2),
        ("---\nmedia:\n  - a\n bad: [\n---\nx\n", "bad-front-matter", 4),
        ("---\nmedia: [a]\nmedia: [b]\n---\nx\n", "bad-front-matter", 3),
        (b"---\nmedia: [bluesky-kedai]\n---\n\xff\n", "not-utf-8", 4),
    ],
)
def test_a_file_that_can_not_be_a_post_is_refused_with_its_line(
    galaxy, options, text, code, line
) -> None:
    galaxy.write("posts/a.md", text)
    report = galaxy.plan(options).report
    assert report.files[0].outcome is Outcome.REFUSED
    found = [(r.code, r.line) for r in report.remarks if r.path == "posts/a.md"]
    assert found == [(code, line)]


def test_windows_line_ends_and_a_byte_order_mark_are_read(galaxy, options, arrive, sent) -> None:
    galaxy.write("posts/a.md", b"\xef\xbb\xbf" + EQUAL.replace("\n", "\r\n").encode())
    arrival = galaxy.plan(options)
    assert sent(arrive(arrival)["a"], "bluesky-kedai", arrival) == ["Kopi baru sudah datang."]


def test_other_files_and_unknown_keys_and_odd_tags_are_reported(galaxy, options) -> None:
    odd = EQUAL.replace("[kopi, senja]", "[kopi, kopi, 'dua kata']", 1)
    galaxy.write("posts/a.md", odd.replace("media:", "extra: 1\nmedia:", 1))
    galaxy.write("posts/foto.png", b"x")
    galaxy.write("posts/B.MD", EQUAL.replace("baru", "**baru**"))
    galaxy.tried["posts/gone.md"] = {"bluesky-kedai": True}
    arrival = galaxy.plan(options)
    assert codes(arrival) >= {
        *("key-not-mapped", "not-a-post", "suffix-not-md", "invalid-tag", "tag-twice"),
        *("markdown-rendered", "published-file-missing"),
    }
    assert "dua kata" in arrival.texts["content/kedai/posts/undated/a.md"]


def test_ids_that_collide_get_a_number(galaxy, options, arrive) -> None:
    galaxy.write("posts/2025/a.md", EQUAL)
    galaxy.write("posts/2026/A.md", EQUAL)
    arrival = galaxy.plan(options)
    assert set(arrive(arrival)) == {"a", "a-2"}
    assert "id-renamed" in codes(arrival)


def test_states_of_placements_are_what_the_record_says(galaxy, options) -> None:
    galaxy.write("posts/a.md", EQUAL, MERGED)
    galaxy.tried["posts/a.md"] = {"mastodon-kedai": True}
    states = [placement.state for placement in galaxy.plan(options).report.placements]
    assert states == [State.PUBLISHED, State.UNTRIED]


def test_a_folder_that_is_no_such_repository_is_refused(galaxy, options) -> None:
    (galaxy.root / "plugins.yml").unlink()
    with pytest.raises(UsageError, match=r"has no plugins\.yml"):
        galaxy.plan(options)


def test_a_broken_record_is_refused_because_posts_could_go_out_twice(galaxy, options) -> None:
    galaxy.tried = ["no"]
    with pytest.raises(UsageError, match="not a record"):
        galaxy.plan(options)
