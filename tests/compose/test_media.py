"""What the bytes of a media file say."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mimin.compose import media as media_module
from mimin.compose.kinds import recognise
from mimin.compose.media import inspect


def image(kind: str, size=(40, 30), **options) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, kind, **options)
    return out.getvalue()


def codes(facts):
    return [remark.code for remark in facts.remarks]


@pytest.mark.parametrize(
    ("kind", "name", "mime"),
    [
        ("JPEG", "a.JPG", "image/jpeg"),
        ("PNG", "a.png", "image/png"),
        ("GIF", "a.gif", "image/gif"),
        ("WEBP", "a.webp", "image/webp"),
        ("BMP", "a.bmp", "image/bmp"),
        ("TIFF", "a.tif", "image/tiff"),
    ],
)
def test_images_are_known_by_their_bytes(kind, name, mime):
    content = image(kind)
    facts = inspect(name, content)
    assert (facts.mime, facts.width, facts.height, facts.animated) == (mime, 40, 30, False)
    assert (facts.size, facts.remarks) == (len(content), ())


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  ", "video/quicktime"),
        (b"\x00\x00\x00\x18ftyp3gp4", "video/3gpp"),
        (b"\x00\x00\x00\x18ftypavif", "image/avif"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"\x1aE\xdf\xa3\x01\x00B\x82\x84webm", "video/webm"),
        (b"%PDF-1.7", "application/pdf"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg xmlns='x'>", "image/svg+xml"),
        (b"RIFF\x00\x00\x00\x00AVI ", "video/x-msvideo"),
        (b"RIFF", "application/octet-stream"),
        (b"halo", "application/octet-stream"),
    ],
)
def test_other_kinds_are_recognised(head, mime):
    assert recognise(head) == mime


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "media-kind-unsupported"),
        ("a.pdf", b"%PDF-1.7", "media-kind-unsupported"),
        ("a.heic", b"\x00\x00\x00\x18ftypheic", "media-unreadable"),
        ("a.txt", b"halo", "media-kind-unsupported"),
        ("a.jpg", b"", "media-unreadable"),
        (
            "a.jpg",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0",
            "media-is-lfs-pointer",
        ),
        ("a.png", image("JPEG"), "media-suffix-wrong"),
        ("a.jpg", b"\xff\xd8\xff" + bytes(50), "media-unreadable"),
    ],
)
def test_what_can_not_be_sent_is_said(name, content, code):
    assert codes(inspect(name, content)) == [code]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_image_is_found(kind):
    content = image(kind, (400, 300))
    assert codes(inspect(f"a.{kind.lower()}", content[: len(content) // 2])) == ["media-unreadable"]


def test_a_decompression_bomb_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(media_module, "MOST_PIXELS", 1199)
    assert codes(inspect("a.png", image("PNG"))) == ["media-too-many-pixels"]
    monkeypatch.setattr(media_module, "MOST_PIXELS", 1200)
    assert codes(inspect("a.png", image("PNG"))) == []


def test_a_photo_that_tells_its_place_is_found():
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "S"
    assert codes(inspect("a.jpg", image("JPEG", exif=exif))) == ["media-has-location"]


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_turned_photo_has_the_size_it_is_shown_with(turn):
    exif = Image.Exif()
    exif[0x0112] = turn
    facts = inspect("a.jpg", image("JPEG", exif=exif))
    assert (facts.width, facts.height) == ((30, 40) if turn > 4 else (40, 30))


def test_facts_can_be_kept_in_a_cache():
    facts = inspect("a.png", image("JPEG"))
    assert media_module.MediaFacts.model_validate_json(facts.model_dump_json()) == facts


def test_an_animation_is_seen():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    assert inspect("a.gif", out.getvalue()).animated


@given(
    st.binary(max_size=60),
    st.sampled_from([b"", *(image(k)[:200] for k in ("JPEG", "PNG", "GIF", "WEBP", "TIFF"))]),
)
@settings(max_examples=150, deadline=None)
def test_no_bytes_make_it_crash(tail, head):
    assert inspect("a.jpg", head + tail).size == len(head + tail)


def several(kind, **options):
    """What cameras and telephones write: a photo with a smaller one, or a map, behind it."""
    out = io.BytesIO()
    first, second = (Image.new("RGB", (40, 30), colour) for colour in ("red", "blue"))
    first.save(out, kind, save_all=True, append_images=[second], **options)
    return out.getvalue()


def test_a_photo_with_another_behind_it_is_a_still_photo():
    facts = inspect("a.jpg", several("MPO"))
    assert (facts.mime, facts.width, facts.animated, facts.fittable) == ("image/jpeg", 40, 0, True)
    ultra = several("MPO", xmp=b'<x:xmpmeta><rdf hdrgm:Version="1.0"/></x:xmpmeta>')
    assert inspect("a.jpg", ultra).fittable


def test_an_avif_is_known_by_any_of_its_brands():
    content = image("AVIF")
    assert content[8:12] == b"avif"
    generic = content.replace(b"ftypavif", b"ftypmif1", 1)
    facts = inspect("a.avif", generic)
    assert (facts.mime, facts.width, facts.remarks) == ("image/avif", 40, ())
    assert recognise(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic") == "image/heic"
    assert recognise(b"\0\0\0\x14ftypmif1\0\0\0\0mif1" + b"\0\0\0\x08avif") == "image/heic"


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_a_picture_of_sixteen_bits_keeps_its_greys_when_it_is_made_smaller(kind):
    grey = Image.new("I;16", (100, 80))
    grey.putdata([at % 100 * 655 for at in range(8000)])
    out = io.BytesIO()
    grey.save(out, kind)
    small = Image.open(io.BytesIO(media_module.shrink(out.getvalue(), 50, 100_000)))
    low, high = small.convert("L").getextrema()
    assert (small.size, low < 20, high > 235) == ((50, 40), True, True)
    assert 90 < small.convert("L").getpixel((25, 20)) < 165
