"""`mimin check --base`: a pull request is told about what it changes, and about nothing else."""

from __future__ import annotations

import subprocess

import pytest

BAD = "---\naccounts: blusky\nat: 2026-12-03 10:30\n---\nHalo.\n"
GOOD = "---\naccounts: bluesky\nat: 2026-12-03 10:30\n---\nHalo.\n"
OLD = "---\naccounts: bluesky\nat: 2026-11-03 10:30\n---\nHalo.\n"
NEW = GOOD.replace("12-03", "12-05").replace("Halo", "Baru")
P = "content/kopi-senja/posts/"


@pytest.fixture
def pull(place):
    """A workspace with a broken, a good and an old post on main, and a branch to work on."""
    place.write({f"{P}broken.md": BAD, f"{P}good.md": GOOD, f"{P}old.md": OLD})
    place.commit("Main")
    place.git("checkout", "-q", "-b", "work")
    return place


def paths(found):
    return sorted({line.split(":")[0].removeprefix(P) for line in found.lines})


def test_what_is_wrong_elsewhere_does_not_fail_the_pull_request(pull):
    pull.write({f"{P}new.md": NEW})
    pull.commit()
    found = pull.check("--base", "main")
    assert (found.code, found.out) == (0, "")
    assert pull.check().code == 1


@pytest.mark.parametrize("commit", [True, False])
def test_modified_and_added_files_are_looked_at_committed_or_not(pull, commit):
    pull.write({f"{P}good.md": BAD, f"{P}new.md": BAD, "content/notes.txt": "x"})
    if commit:
        pull.commit()
    found = pull.check("--base", "main")
    assert found.code == 1
    assert paths(found) == ["content/notes.txt", "good.md", "new.md"]


def test_main_may_move_on_in_the_meantime(pull):
    pull.write({f"{P}new.md": NEW})
    pull.commit()
    pull.git("checkout", "-q", "main")
    pull.write({f"{P}other.md": BAD})
    pull.commit()
    pull.git("checkout", "-q", "work")
    assert pull.check("--base", "main").out == ""


def test_a_renamed_post_is_looked_at_under_its_new_name(pull):
    pull.git("mv", f"{P}broken.md", f"{P}renamed.md")
    pull.commit()
    assert paths(pull.check("--base", "main")) == ["renamed.md"]


def test_a_renamed_old_post_is_not_new(pull):
    pull.git("mv", f"{P}old.md", f"{P}moved.md")
    pull.commit()
    found = pull.check("--base", "main")
    assert "time-past" not in found.out


def test_an_added_post_in_the_past_is_a_problem_and_a_modified_one_is_not(pull):
    pull.write({f"{P}late.md": OLD + "Lagi.\n", f"{P}old.md": OLD + "Lebih.\n"})
    pull.commit()
    found = pull.check("--base", "main")
    assert paths(found) == ["late.md"]
    assert "time-past" in found.out


def test_a_changed_brand_is_a_change_of_all_its_posts(pull):
    text = (pull.root / "content/kopi-senja/brand.yml").read_text()
    pull.write({"content/kopi-senja/brand.yml": text.replace("  bluesky:\n", "  langit:\n")})
    pull.commit()
    found = pull.check("--base", "main")
    assert paths(found) == ["broken.md", "good.md", "old.md"]
    assert found.out.count("account-unknown") == 3


def test_a_deleted_brand_shows_what_it_leaves_behind(pull):
    pull.git("rm", "-q", "content/kopi-senja/brand.yml")
    pull.commit()
    found = pull.check("--base", "main")
    assert paths(found) == ["broken.md", "good.md", "old.md"]
    assert found.out.count("folder-unknown") == 3


def test_a_changed_variant_is_a_change_of_its_post(pull):
    pull.write({f"{P}good.mastodon.md": "Halo."})
    pull.commit()
    assert paths(pull.check("--base", "main")) == ["good.mastodon.md"]
    pull.write({f"{P}broken.bluesky.md": "Halo."})
    pull.commit()
    assert paths(pull.check("--base", "main")) == [
        "broken.bluesky.md",
        "broken.md",
        "good.mastodon.md",
    ]


def test_changed_media_is_a_change_of_the_posts_that_show_it(pull):
    picture = {"image": "40x30 png"}
    text = "---\naccounts: bluesky\nmedia: [{file: cup.png, alt: Kopi}]\n---\nHalo.\n"
    pull.git("checkout", "-q", "main")
    pull.write({f"{P}photo.md": text, f"{P}cup.png": picture})
    pull.commit()
    pull.git("checkout", "-q", "-B", "work")
    pull.write({f"{P}cup.png": {"image": "40x30 png", "cut": 60}})
    pull.commit()
    assert paths(pull.check("--base", "main")) == ["photo.md"]
    pull.git("rm", "-q", f"{P}cup.png")
    pull.commit()
    found = pull.check("--base", "main")
    assert paths(found) == ["photo.md"]
    assert "media-missing" in found.out


def test_a_changed_calendar_is_a_change_of_the_brands_posts(pull):
    pull.write(
        {
            "calendar/kopi-senja.yml": (
                "blackouts: [{starts: 2026-12-03, ends: 2026-12-03, reason: Libur}]\n"
            )
        }
    )
    pull.commit()
    found = pull.check("--base", "main")
    assert "good.md" in paths(found)
    assert "blackout" in found.out


def test_a_second_post_with_an_id_is_found_also_when_its_twin_comes_later_in_the_list(pull):
    pull.write({f"{P}2026/good.md": GOOD})  # stands before the other in the order of paths
    pull.commit()
    found = pull.check("--base", "main")
    assert found.code == 1
    assert "id-twice" in found.out


def test_a_deleted_post_leaves_its_variant_alone(pull):
    pull.git("checkout", "-q", "main")
    pull.write({f"{P}good.bluesky.md": "Halo."})
    pull.commit()
    pull.git("checkout", "-q", "-B", "work")
    pull.git("rm", "-q", f"{P}good.md")
    pull.commit()
    found = pull.check("--base", "main")
    assert paths(found) == ["good.bluesky.md"]
    assert "post-missing" in found.out


@pytest.mark.parametrize(
    ("base", "says"),
    [("nowhere", "no such revision"), ("--output=x", "not a revision"), ("", "revision")],
)
def test_a_base_that_is_none_is_refused_in_one_line(pull, base, says):
    found = pull.check(f"--base={base}")
    assert found.code in {1, 2}
    assert says in found.err
    assert len(found.err.splitlines()) == 1


def test_a_shallow_clone_says_how_to_get_the_history(pull, place_at, tmp_path):
    pull.git("checkout", "-q", "main")
    for number in range(3):
        pull.write({f"{P}m{number}.md": GOOD})
        pull.commit()
    pull.git("checkout", "-q", "work")
    pull.write({f"{P}new.md": GOOD})
    pull.commit()
    clone = tmp_path / "clone"
    subprocess.run(
        ["git", "clone", "-q", "--depth=1", "--no-single-branch", f"file://{pull.root}", clone],
        check=True,
    )
    found = place_at(clone, {}).check("--base", "origin/main")
    assert found.code == 1
    assert "fetch-depth: 0" in found.err


def test_a_base_without_git_says_so(place):
    found = place.check("--base", "main")
    assert found.code == 2
    assert "git init" in found.err


def test_a_calendar_that_changes_is_told_of_the_posts_that_it_forbids(pull):
    """The post is as it was; the file that it is judged by is not."""
    dark = "blackouts:\n  - {starts: 2026-12-03, ends: 2026-12-03, reason: Berkabung}\n"
    pull.write({"calendar/kopi-senja.yml": dark})
    pull.commit()
    found = pull.check("--base", "main")
    assert found.code == 1
    assert paths(found) == ["broken.md", "good.md"]
    assert "[blackout]" in found.out
    plan = pull.run("plan", "--base", "main", "--now", "2026-12-01T09:00+07:00")
    assert plan.code == 1
    assert "2026-12-03 is blacked out (Berkabung)" in plan.out
    comment = pull.run("comment", "--base", "main", "--now", "2026-12-01T09:00+07:00").out
    assert "is blacked out" in comment


def test_a_new_post_is_told_of_the_older_one_that_it_comes_too_close_to(pull):
    """Though the older one goes out later: who just wrote can still move the new one."""
    brand = (pull.root / "content/kopi-senja/brand.yml").read_text()
    pull.git("checkout", "-q", "main")
    pull.write({"content/kopi-senja/brand.yml": brand + "spacing: 1h\n"})
    pull.commit()
    pull.git("checkout", "-q", "-B", "work")
    pull.write({f"{P}new.md": NEW.replace("12-05 10:30", "12-03 10:00")})
    pull.commit()
    found = pull.check("--base", "main")
    assert f"{P}new.md:3:5: warning: 30 min before 'good' on" in found.out
    assert "[spacing]" in found.out
