"""A post that is out goes out once, whatever people rename: by commands and real git alone."""

from __future__ import annotations

import re
import shutil

import pytest

from mimin.networks.sandbox_rows import posts

BRAND = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
late: post
accounts:
  masto: {network: sandbox, handle: kopisenja}
"""
POST = """\
---
accounts: masto
at: 2026-12-01 10:00
---
Kami bukka hari ini, sampai malam.
"""
HOME = "content/kopi-senja"
OLD, NEW = f"{HOME}/posts/bukka.md", f"{HOME}/posts/buka.md"


@pytest.fixture
def shop(place):
    """One post that is out."""
    place.write({f"{HOME}/brand.yml": BRAND, OLD: POST})
    place.commit("first")
    assert publish(place, 0).code == 0
    return place


def publish(shop, minute):
    return shop.run("publish", "--now", f"2026-12-01T10:{minute:02}+07:00")


def texts(shop):
    return [post.part.text for post in posts(shop.root / ".mimin")]


def rename_the_file(shop):
    shop.git("mv", OLD, NEW)


def rename_and_mend(shop):
    shop.git("mv", OLD, NEW)
    shop.write({NEW: POST.replace("bukka", "buka")})


def change_the_id(shop):
    shop.write({OLD: POST.replace("at:", "id: toko-buka\nat:")})


def rename_the_account(shop):
    shop.write({f"{HOME}/brand.yml": BRAND.replace("masto:", "mastodon:")})
    shop.write({OLD: POST.replace("masto", "mastodon")})


def rename_the_brand(shop):
    shop.git("mv", HOME, "content/warung")


@pytest.mark.parametrize(
    "rename",
    [
        rename_the_file,
        rename_and_mend,
        change_the_id,
        rename_the_account,
        rename_the_brand,
    ],
)
def test_what_is_out_goes_out_once(shop, rename):
    rename(shop)
    shop.commit("renamed")
    later = publish(shop, 30)
    assert (later.code, "published" in later.out) == (0, False), later.out + later.err
    assert len(texts(shop)) == 1
    assert shop.run("ledger", "verify").code == 0


def test_the_pull_request_shows_a_renamed_post_as_the_one_that_is_out(shop):
    rename_and_mend(shop)
    shop.commit("renamed")
    shown = shop.run("plan", "--base", "HEAD~1", "--now", "2026-12-01T10:30+07:00").out
    assert re.search(r"~ .* kopi-senja/bukka@masto +text or media changed: changes https:", shown)
    assert "new" not in shown


def test_a_post_of_which_nobody_can_tell_waits_and_each_answer_works(shop):
    """Another name and another text for the same moment, and the history is gone."""
    other = POST.replace("Kami bukka hari ini, sampai malam.", "Selamat pagi!")
    shop.write({OLD: None, NEW: other})
    shutil.rmtree(shop.root / ".git" / "logs", ignore_errors=True)
    shop.commit("other")
    asked = publish(shop, 30)
    assert asked.code == 4
    assert f"write `was: bukka` in {NEW}, if it is a new post, `was: none`" in asked.err
    assert len(texts(shop)) == 1
    shop.write({NEW: other.replace("at:", "was: bukka\nat:")})
    shop.commit("the same")
    assert publish(shop, 40).code == 0
    assert texts(shop) == ["Selamat pagi!"]


def test_a_post_that_was_renamed_with_its_account_and_its_brand_goes_out_once(shop):
    rename_and_mend(shop)
    shop.write({f"{HOME}/brand.yml": BRAND.replace("masto:", "mastodon:")})
    shop.write({NEW: POST.replace("bukka", "buka").replace("masto", "mastodon")})
    shop.git("mv", HOME, "content/warung")
    shop.commit("renamed")
    publish(shop, 30)
    assert len(texts(shop)) == 1


def test_the_answer_that_it_is_new_lets_it_go_out(shop):
    other = POST.replace("Kami bukka hari ini, sampai malam.", "Selamat pagi!")
    shop.write({OLD: None, NEW: other.replace("at:", "was: none\nat:")})
    shop.commit("new")
    assert publish(shop, 30).code == 0
    assert len(texts(shop)) == 2


def test_two_names_of_one_account_send_nothing_and_check_says_so(place):
    twice = BRAND + "  toko: {network: sandbox, handle: kopisenja}\n"
    post = POST.replace("accounts: masto", "accounts: [masto, toko]")
    place.write({f"{HOME}/brand.yml": twice, OLD: post})
    place.commit()
    assert "[account-same]" in place.check().out
    done = publish(place, 0)
    assert (done.code, texts(place)) == (4, [])
    place.write({f"{HOME}/brand.yml": BRAND, OLD: POST})
    place.commit("one of them")
    assert (publish(place, 1).code, len(texts(place))) == (0, 1)


def test_an_older_checkout_changes_nothing_back(shop, tmp_path, place_at):
    """Its clone has the post as it was; the newer text is out."""
    older = tmp_path / "older"
    shutil.copytree(shop.root, older)
    shop.write({OLD: POST.replace("bukka", "buka")})
    shop.commit("mended")
    assert publish(shop, 20).code == 0
    for known in (".git/refs/heads/mimin", ".git/objects", ".mimin"):
        shutil.copytree(shop.root / known, older / known, dirs_exist_ok=True)
    done = place_at(older, {}).run("publish", "--now", "2026-12-01T10:30+07:00")
    assert done.code == 4
    assert "the files here are older" in done.err
    assert [post.part.text for post in posts(older / ".mimin")] == texts(shop)
