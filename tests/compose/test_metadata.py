"""What a picture says about people is not sent; the picture itself is not touched."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageSequence, PngImagePlugin

from mimin.compose.derive import derive
from mimin.compose.fit import plan_fit
from mimin.compose.kinds import recognise
from mimin.compose.media import inspect
from mimin.compose.metadata import bare
from mimin.model.limits import Limits
from mimin.networks.known import LIMITS

ANY = Limits(images=4)
OWNER, BODY_NUMBER = 0xA430, 0xA431
SECRET = b"Budi 0815"
MIMES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}


def picture(kind="JPEG", size=(60, 40), **options):
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(orientation=1, details=(), tags=()):
    made = Image.Exif()
    made[ExifTags.Base.Orientation] = orientation
    made[ExifTags.Base.Make] = "Kamera"
    for tag in tags:
        made[tag] = SECRET.decode()
    made.get_ifd(ExifTags.IFD.Exif).update(dict.fromkeys(details, SECRET.decode()))
    return made


def sent(content, limits=ANY):
    kind = recognise(content).partition("/")[2]
    recipe = plan_fit(inspect(f"a.{kind}", content), limits)
    return content if recipe is None else derive(content, recipe)


def pixels(content):
    image = Image.open(io.BytesIO(content))
    return [frame.convert("RGBA").tobytes() for frame in ImageSequence.Iterator(image)]


@pytest.mark.parametrize("tag", [OWNER, BODY_NUMBER, 0xA435, 0xA420, 0x927C, 0x9286, 0xA437])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_names_and_numbers_in_exif_are_taken_out_without_a_place_too(kind, tag):
    content = picture(kind, exif=exif(details=[tag]))
    assert SECRET in content
    made = sent(content)
    assert SECRET not in made
    assert pixels(made) == pixels(content)
    assert sent(made) == made


@pytest.mark.parametrize(
    "tag", [ExifTags.Base.Artist, ExifTags.Base.ImageDescription, ExifTags.Base.Copyright, 0x013C]
)
def test_names_in_the_first_part_of_exif_are_taken_out(tag):
    assert SECRET not in sent(picture(exif=exif(tags=[tag])))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_the_way_up_and_the_colour_profile_stay(kind, orientation):
    content = picture(kind, exif=exif(orientation, [OWNER]), icc_profile=b"profil warna")
    made = Image.open(io.BytesIO(sent(content)))
    assert made.getexif().get(ExifTags.Base.Orientation, 1) == orientation
    assert made.getexif().keys() <= {ExifTags.Base.Orientation}
    assert made.info["icc_profile"] == b"profil warna"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_how_a_photo_was_taken_is_about_nobody_and_the_file_stays_as_it_is(kind):
    made = exif()
    made.get_ifd(ExifTags.IFD.Exif).update({0x9003: "2026:12:01 09:00:00", 0xA434: "Lensa 50 mm"})
    content = picture(kind, exif=made)
    assert sent(content) == content


@pytest.mark.parametrize(
    "content",
    [
        picture("JPEG", comment=SECRET),
        picture("JPEG", xmp=b"<x:xmpmeta><dc:creator>" + SECRET + b"</dc:creator></x:xmpmeta>"),
        picture("WEBP", xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"),
        picture("GIF", comment=SECRET),
        picture("JPEG") + picture("JPEG", comment=SECRET),  # a second picture
        picture("JPEG") + b"\0\0\0\x18ftypmp42" + SECRET,  # a film
        picture("PNG") + SECRET,  # what was cut off
        picture("WEBP") + SECRET,
        picture("GIF") + SECRET,
        picture("JPEG")[:2] + b"\xff\xed\0\x22Photoshop 3.0\0" + SECRET * 2 + picture("JPEG")[2:],
    ],
)
def test_xmp_iptc_comments_and_what_stands_behind_a_picture_are_taken_out(content):
    made = sent(content)
    assert SECRET in content
    assert SECRET not in made
    assert pixels(made) == pixels(content)[: len(pixels(made))]
    assert inspect(f"a.{Image.open(io.BytesIO(made)).format.lower()}", made).personal is False


@pytest.mark.parametrize("compressed", [False, True])
def test_texts_of_a_png_are_taken_out_but_not_the_name_of_a_program(compressed):
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", SECRET.decode() * 9, zip=compressed)
    made = sent(picture("PNG", pnginfo=texts))
    assert b"Author" not in made
    program = PngImagePlugin.PngInfo()
    program.add_text("Software", "Gambar 1")
    assert sent(picture("PNG", pnginfo=program)) == picture("PNG", pnginfo=program)


def test_a_small_copy_of_the_whole_picture_is_taken_out():
    # Two parts (IFD) of one entry each; the second, of the small copy, is called by a name.
    parts = struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, 1, 0, 26)
    parts += struct.pack("<HHHIII", 1, 0x0131, 2, len(SECRET), 44, 0) + SECRET
    content = picture(exif=b"Exif\0\0" + parts)
    assert SECRET in content
    assert SECRET not in sent(content)


def test_a_tag_that_can_not_be_read_is_taken_out_and_the_picture_stays_upright():
    # The way up, and a name that is said to be longer than the file.
    parts = struct.pack("<2sHIHHHIHH", b"II", 42, 8, 2, 0x0112, 3, 1, 6, 0)
    parts += struct.pack("<HHIII", 0xA430, 2, 9999, 38, 0) + SECRET
    content = picture(exif=b"Exif\0\0" + parts)
    made = sent(content)
    assert SECRET in content
    assert SECRET not in made
    assert Image.open(io.BytesIO(made)).getexif()[ExifTags.Base.Orientation] == 6


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_what_moves_goes_on_moving_without_its_metadata(kind):
    others = [Image.new("RGB", (60, 40), colour) for colour in ("red", "blue")]
    secret = {"comment": SECRET} if kind == "GIF" else {"exif": located()}
    options = {"save_all": True, "append_images": others, "duration": 90, "loop": 0}
    content = picture(kind, **options, **secret)
    made = sent(content)
    assert made != content
    assert pixels(made) == pixels(content)
    assert len(pixels(made)) == 3
    assert Image.open(io.BytesIO(made)).info["loop"] == 0
    facts = inspect(f"a.{kind.lower()}", made)
    assert (facts.animated, facts.personal, facts.located) == (True, False, False)


def located():
    made = exif()
    made.get_ifd(0x8825).update({1: "S", 2: (6.0, 55.0, 0.0)})
    return made


def test_what_a_network_gets_in_another_form_holds_no_comment_either():
    content = picture(size=(600, 400), comment=SECRET)
    assert SECRET not in sent(content, Limits(images=1, image_width=100))
    assert SECRET not in sent(content, Limits(images=1, image_bytes=4000))


@pytest.mark.parametrize("network", sorted(name for name in LIMITS if LIMITS[name].images != 0))
def test_no_network_gets_the_name_of_an_owner(network):
    for kind in ("JPEG", "PNG", "WEBP"):
        content = picture(kind, (800, 800), exif=exif(details=[OWNER]))
        assert SECRET not in sent(content, LIMITS[network])


@pytest.mark.parametrize("kind", MIMES)
def test_a_file_that_is_cut_anywhere_is_taken_apart_or_refused(kind):
    content = picture(kind, **({} if kind == "GIF" else {"exif": exif(6, [OWNER])}))
    for cut in range(12, len(content)):
        try:
            made = bare(content[:cut], MIMES[kind])
        except ValueError:
            continue
        assert made is None or SECRET not in made


@settings(max_examples=200)
@given(
    kind=st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]),
    places=st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=6)), max_size=4),
    cut=st.integers(0, 5000),
)
def test_broken_files_are_taken_apart_or_refused_and_nothing_else(kind, places, cut):
    content = bytearray(picture(kind, **({} if kind == "GIF" else {"exif": exif(6, [OWNER])})))
    for at, put in places:
        content[at % len(content) : at % len(content)] = put
    broken = bytes(content[: 20 + cut])
    try:
        made = bare(broken, MIMES[kind])
    except ValueError:
        return
    assert made is None or len(made) <= len(broken) + 1
