"""`mimin check --fix` mends files and changes nothing that is sent."""

from __future__ import annotations

import io
import unicodedata

import pytest
from PIL import Image

from mimin.checks import examine, mending, team
from mimin.cli import check as check_command

P = "content/kopi-senja/posts/"
AT = "at: 2026-12-03 10:30\n"
POST = f"---\naccounts: bluesky\n{AT}---\nHalo, kopi senja.\n"
IMAGE = {"image": "40x30 jpeg"}


def sent(place):
    """What each post sends, as the plan shows it."""
    return place.run("plan", "--now", "2026-12-01T09:00+07:00", "--format", "json").out


def mend(place, *args):
    return place.check("--fix", *args).err.splitlines()


def test_marks_line_ends_and_spaces_of_editors_are_mended(place):
    place.write(
        {
            f"{P}a.md": "\ufeff" + POST,
            f"{P}b.md": POST.replace("Halo", "Apa kabar").replace("\n", "\r\n"),
            f"{P}c.md": POST.replace("Halo", "Selamat").replace("\n", "\r"),
            f"{P}d.md": POST.replace("Halo", "Mari").replace(
                "accounts: bluesky", "accounts: bluesky  "
            ),
        }
    )
    said = mend(place)
    assert said[:-1] == [
        f"{P}a.md: byte order mark taken out",
        f"{P}b.md: line ends made LF",
        f"{P}c.md: line ends made LF",
        f"{P}d.md: spaces at ends of lines taken out",
    ]
    for name, word in {"a": "Halo", "b": "Apa kabar", "c": "Selamat", "d": "Mari"}.items():
        assert (place.root / f"{P}{name}.md").read_bytes() == POST.replace("Halo", word).encode()
    assert not place.check().out
    assert mend(place)[0] == "nothing to mend"


def test_a_dry_run_says_it_and_changes_nothing(place):
    place.write({f"{P}a.md": "\ufeff" + POST, f"{P}b.markdown": POST})
    said = mend(place, "--dry-run")
    assert said == [
        f"{P}a.md: would be mended: byte order mark taken out",
        f"{P}b.markdown: would be mended: renamed to b.md",
    ]
    assert (place.root / f"{P}a.md").read_text().startswith("\ufeff")
    assert (place.root / f"{P}b.markdown").exists()


def test_a_dry_run_goes_with_fix(place):
    assert place.check("--dry-run").code == 2


@pytest.mark.parametrize("name", ["IMG_1234.JPG", "Foto.Jpeg", "foto.jfif"])
def test_a_suffix_in_large_letters_is_no_problem_and_stays(place, name):
    named = POST.replace("---\nHalo", f"media: [{{file: {name}, alt: Kopi}}]\n---\nHalo")
    place.write({f"{P}a.md": named, f"{P}{name}": IMAGE})
    assert not place.check().out
    assert mend(place)[0] == "nothing to mend"
    assert (place.root / P / name).exists()


def test_names_are_stored_in_one_piece(place):
    apart = unicodedata.normalize("NFD", "café.jpg")
    place.write(
        {
            f"{P}a.md": POST.replace(
                "---\nHalo", "media: [{file: café.jpg, alt: Kafe}]\n---\nHalo"
            ),
            f"{P}{apart}": IMAGE,
        }
    )
    assert "cafe\\u0301.jpg" in place.check().out
    mend(place)
    assert not place.check().out


def test_a_file_that_a_valid_post_sends_keeps_its_name_and_that_is_said(place):
    """The place of a file is part of what was approved."""
    apart = unicodedata.normalize("NFD", "café.jpg")
    media = f"media: [{{file: {apart}, alt: Kafe}}]\n---\nHalo"
    place.write({f"{P}a.md": POST.replace("---\nHalo", media), f"{P}{apart}": IMAGE})
    before = sent(place)
    said = mend(place)
    assert any("left as it is" in line for line in said)
    assert (place.root / P / apart).exists()
    assert sent(place) == before


@pytest.mark.parametrize("name", ["b.markdown", "b.md.txt", "b.MD", "b.mkd"])
def test_posts_get_the_suffix_of_posts(place, name):
    place.write({f"{P}{name}": POST})
    assert "would never be sent" in place.check().out or "rename it to b.md" in place.check().out
    assert f"{P}{name}: renamed to b.md" in mend(place)
    assert not place.check().out


def test_nothing_takes_the_place_of_another_file(place):
    place.write({f"{P}a.md": POST, f"{P}a.md.txt": POST.replace("Halo", "Lain")})
    assert mend(place)[0] == "nothing to mend"
    assert (place.root / f"{P}a.md").read_text() == POST


def test_spaces_that_are_sent_are_left_and_said(place, monkeypatch):
    """Whatever a network sends of them: the payloads before and after decide, not a rule."""
    place.write(
        {f"{P}a.md": POST, f"{P}b.md": POST.replace("Halo", "Mari  ").replace("10:30", "11:30")}
    )
    before = (place.root / f"{P}a.md").read_bytes()

    def harmful(tree, scope):
        yield mending.Mending(f"{P}a.md", "words changed", content=before.replace(b"Halo", b"Hai"))
        yield from mending._names(tree, scope)

    monkeypatch.setattr(mending, "_trailing", harmful)
    said = mend(place)
    assert said[0] == f"{P}a.md: left as it is, as that would change what a post was approved with"
    assert (place.root / f"{P}a.md").read_bytes() == before


def test_what_is_sent_is_the_same_before_and_after(place):
    place.write(
        {
            f"{P}a.md": POST.replace(
                "senja.", "senja.  \nDua baris   \n\n```\nkode  \n\n  x \n```\n- satu  "
            ),
            f"{P}b.md": "\ufeff" + POST.replace("Halo", "Apa  ").replace("10:30", "11:30"),
            f"{P}c.md": POST.replace("Halo", "Mari")
            .replace("10:30", "12:30")
            .replace("\n", "\r\n"),
        }
    )
    place.write({f"{P}b.md": (place.root / f"{P}b.md").read_bytes()[3:]})
    before = sent(place)
    assert mend(place)[0] != "nothing to mend"
    assert sent(place) == before


def test_what_can_not_be_read_is_not_touched(place):
    place.write({f"{P}a.md": b"---\r\n\xff\xfe \r\n", f"{P}b.md": b"a\0b  \r"})
    before = [(place.root / f"{P}{name}.md").read_bytes() for name in "ab"]
    mend(place)
    assert [(place.root / f"{P}{name}.md").read_bytes() for name in "ab"] == before


def test_only_what_is_named_is_mended(place):
    place.write({f"{P}a.md": "\ufeff" + POST, f"{P}x/b.md": "\ufeff" + POST.replace("Halo", "B")})
    said = place.run("check", str(place.root / P / "x"), "--fix").err
    assert f"{P}x/b.md" in said
    assert f"{P}a.md" not in said


def test_a_checkout_with_windows_line_ends_stays_as_git_made_it(place):
    place.write({f"{P}a.md": POST, ".gitattributes": "* text=auto eol=crlf\n"})
    place.commit()
    (place.root / P / "a.md").unlink()
    place.git("checkout", "-q", "--", "content")
    assert mend(place)[0] == "nothing to mend"
    assert b"\r\n" in (place.root / P / "a.md").read_bytes()


def test_hidden_characters_are_taken_out_and_told_with_their_number(place):
    number = "\u202a+62\u00a0812\u202c"
    text = "".join(f"Cabang {n}: {number}\n" for n in range(12))
    place.write({f"{P}a.md": POST.replace("Halo,", f"Pro\u200bmo ☕\ufe0f\n{text}Halo,")})
    said = place.check().out
    assert "U+202A LEFT-TO-RIGHT EMBEDDING stands here and 11 times more" in said
    mended = place.run("check", "--fix")
    assert "25 hidden characters taken out" in mended.out + mended.err
    written = (place.root / f"{P}a.md").read_text()
    assert f"Promo ☕\ufe0f\n{text.translate({0x202A: None, 0x202C: None})}" in written
    assert place.check().out == ""


LOCATED = {"image": "40x30 jpeg", "gps": True}
PICTURED = f"---\naccounts: bluesky\n{AT}media: [{{file: a b.jpg, alt: Kopi}}]\n---\nHalo.\n"


def test_the_place_is_taken_out_of_a_picture_that_nobody_can_have_approved(place):
    place.commit()
    place.write({f"{P}a.md": PICTURED, f"{P}a b.jpg": LOCATED})
    assert f"`mimin check --fix '{P}a b.jpg'` takes it out" in place.check().out
    assert mend(place)[0] == f"{P}a b.jpg: place and other metadata taken out"
    assert b"Exif" not in (place.root / f"{P}a b.jpg").read_bytes()
    assert not place.check().out
    assert mend(place)[0] == "nothing to mend"


def test_a_picture_that_may_be_approved_keeps_its_place_until_it_is_named_itself(place):
    place.write({f"{P}a.md": PICTURED, f"{P}a b.jpg": LOCATED})
    place.commit()
    before = sent(place)
    said = mend(place)[0]
    assert said.startswith(f"{P}a b.jpg: left as it is")
    assert f"`mimin check --fix '{P}a b.jpg'` takes its metadata out" in said
    assert sent(place) == before
    assert (
        mend(place, place.root / f"{P}a b.jpg")[0]
        == f"{P}a b.jpg: place and other metadata taken out"
    )
    assert not place.check().out


def test_of_an_approved_picture_what_does_not_change_what_is_sent_is_taken_out(place):
    exif = Image.Exif()
    exif[0x013B] = "Bu Sari"  # Artist
    out = io.BytesIO()
    noise = Image.effect_noise((1600, 1600), 200)  # more bytes than Bluesky takes: made anew
    noise.save(out, "JPEG", exif=exif, quality=98)
    place.write({f"{P}a.md": PICTURED, f"{P}a b.jpg": out.getvalue()})
    place.commit()
    before = sent(place)
    assert mend(place)[0] == f"{P}a b.jpg: metadata about people taken out"
    place.commit()
    assert sent(place) == before
    assert b"Bu Sari" not in (place.root / f"{P}a b.jpg").read_bytes()


def test_one_picture_that_has_to_stay_keeps_no_other_from_being_mended(place):
    place.write({f"{P}a.md": PICTURED, f"{P}a b.jpg": LOCATED})
    place.commit()
    place.write({f"{P}new.jpg": LOCATED, f"{P}b.md": PICTURED.replace("a b", "new")})
    said = mend(place)
    assert said[0] == f"{P}new.jpg: place and other metadata taken out"
    assert said[1].startswith(f"{P}a b.jpg: left as it is")


def test_only_posts_whose_files_change_are_examined_again(place, monkeypatch):
    place.write({f"{P}{name}.md": POST.replace("Halo", name) for name in ("satu", "dua", "tiga")})
    place.commit()
    place.check()
    examined = []
    compose = examine.compose_read
    monkeypatch.setattr(
        team, "compose_read", lambda *args: examined.append(args[1].path) or compose(*args)
    )
    mend(place)
    assert not examined
    place.write({f"{P}dua.md": "\ufeff" + POST.replace("Halo", "dua")})
    mend(place)
    assert set(examined) == {f"{P}dua.md"}


def test_a_person_sees_how_far_it_is_when_it_takes_long(monkeypatch, capsys):
    moments = iter([0, 0.5, 1.1, 1.2, 1.3])
    monkeypatch.setattr(check_command.time, "monotonic", lambda: next(moments))
    progress = check_command._Progress()
    progress(0, 3)
    assert not capsys.readouterr().err
    progress(1, 3)
    assert capsys.readouterr().err == "\r1 of 3 posts examined"
    progress(3, 3)
    assert capsys.readouterr().err.endswith("3 of 3 posts examined\n")
