"""HEIC and AVIF, as phones write them, are read and sent as what networks take."""

from __future__ import annotations

import io

import pytest
from PIL import ExifTags, Image, ImageCms
from pillow_heif import from_pillow

from mimin.compose.fit import derived, plan_fit
from mimin.compose.media import inspect
from mimin.compose.rules import Rules, media_remarks
from mimin.model.media import Media
from mimin.model.payload import Part
from mimin.networks.known import LIMITS

SECRET = b"Budi 0815"
NETWORKS = sorted(name for name in LIMITS if LIMITS[name].images != 0)


def exif(orientation=1, *, located=False):
    made = Image.Exif()
    made[ExifTags.Base.Orientation] = orientation
    made[ExifTags.Base.Make] = "Telepon"
    made.get_ifd(ExifTags.IFD.Exif)[0xA430] = SECRET.decode()
    if located:
        made.get_ifd(0x8825).update({1: "S", 2: (6.0, 55.0, 0.0)})
    return made.tobytes()


def scene(size=(640, 480)):
    """Left half red, right half blue."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    return image


def heic(size=(640, 480), *, more=(), **options):
    made = from_pillow(scene(size))
    for image in more:
        made.add_from_pillow(image)
    out = io.BytesIO()
    made.save(out, **options)
    return out.getvalue()


def avif(size=(640, 480), **options):
    out = io.BytesIO()
    scene(size).save(out, "AVIF", **options)
    return out.getvalue()


def sent(name, content, limits):
    recipe = plan_fit(inspect(name, content), limits)
    return content if recipe is None else derived(content, recipe)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    ("name", "content"),
    [("a.HEIC", heic(exif=exif(located=True))), ("a.avif", avif(exif=exif(located=True)))],
)
def test_every_network_gets_a_picture_that_it_takes_and_no_name_of_an_owner(network, name, content):
    limits = LIMITS[network]
    assert SECRET in content
    made = sent(name, content, limits)
    assert SECRET not in made
    facts = inspect("a.jpg", made)
    assert facts.mime == "image/jpeg"
    assert (facts.remarks, facts.personal) == ((), False)
    fields = facts.model_dump(include={"sha256", "mime", "size", "width", "height"})
    media = Media(path="a", alt="Kopi", **fields)
    rules = Rules(network=network, limits=limits, measure=len)
    assert list(media_remarks(Part(text="", media=(media,)), rules)) == []


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_an_heic_stands_upright(orientation):
    content = heic(exif=exif(orientation))
    facts = inspect("a.heic", content)
    assert (facts.width, facts.height) == ((480, 640) if orientation > 4 else (640, 480))
    made = Image.open(io.BytesIO(sent("a.heic", content, LIMITS["bluesky"])))
    assert made.size == (facts.width, facts.height)
    reds = {1: (20, 240), 3: (620, 240), 6: (240, 20), 8: (240, 620)}
    assert made.getpixel(reds[orientation])[0] > 200


def test_a_photo_in_tiles_as_iphones_write_it_is_read_whole():
    content = heic((1600, 1200), tile_size=512)
    assert inspect("a.heic", content).width == 1600
    made = Image.open(io.BytesIO(sent("a.heic", content, LIMITS["instagram"])))
    assert made.size == (1440, 1080)
    assert made.getpixel((1430, 1070))[2] > 200


def test_an_heic_is_never_sent_as_it_is_where_any_picture_is_taken():
    for network in ("mastodon", "slack"):
        made = sent("a.heic", heic(), LIMITS[network])
        assert inspect("a.jpg", made).mime == "image/jpeg"


def test_of_a_series_the_photo_that_the_phone_shows_is_sent():
    content = heic(more=[Image.new("RGB", (640, 480), "lime")], primary_index=1)
    facts = inspect("a.heic", content)
    assert (facts.animated, facts.remarks) == (False, ())
    made = Image.open(io.BytesIO(sent("a.heic", content, LIMITS["x"])))
    assert made.getpixel((100, 100))[1] > 200


def test_wide_colours_become_srgb():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = Image.open(io.BytesIO(sent("a.heic", heic(icc_profile=profile), LIMITS["x"])))
    assert "icc_profile" not in made.info
    assert made.getpixel((10, 10))[0] > 240


@pytest.mark.parametrize("cut", [40, 300, -200])
def test_an_heic_of_which_something_is_missing_is_said(cut):
    facts = inspect("a.heic", heic()[:cut])
    assert [remark.code for remark in facts.remarks] == ["media-unreadable"]


def test_an_heic_that_is_called_jpg_is_named_with_its_suffix():
    [remark] = inspect("IMG_1.JPG", heic()).remarks
    assert remark.code == "media-suffix-wrong"
    assert "rename it to IMG_1.heic" in remark.message


def test_an_heic_of_too_many_pixels_is_not_decoded():
    content = heic((640, 480))
    size = (640).to_bytes(4) + (480).to_bytes(4)
    large = content.replace(size, (20_000).to_bytes(4) + (20_000).to_bytes(4))
    assert large != content
    codes = [remark.code for remark in inspect("a.heic", large).remarks]
    assert codes == ["media-too-many-pixels"]
