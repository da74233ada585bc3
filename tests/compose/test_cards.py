"""Cards: the same words give the same picture, and nothing is left out in silence."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from mimin.compose.cards import CardTemplate, Text, render
from mimin.compose.lettering import fit

SHIPPED = Path(__file__).parents[2] / "templates" / "cards"
WORDS = {"kind": "text", "box": [20, 20, 160, 60], "text": "{title}", "size": 40, "fill": "#000"}
FILLED = {
    "harga": {
        "brand": "Batik Ayu",
        "label": "Promo gajian",
        "title": "Kemeja Batik Tulis Parang",
        "price": "Rp1.250.000",
        "before": "biasanya Rp1.500.000",
        "note": "25-31 Desember, di semua toko. Selama persediaan masih ada, tidak digabung.",
    },
    "angka": {"figure": "12.450", "title": "siswa belajar membatik", "text": "Naik dari 9.800."},
    "kutipan": {
        "quote": "Kain yang baik tidak pernah terburu-buru. " * 4,
        "author": "Bu Sri",
        "brand": "Batik Ayu",
    },
    "langkah": {"number": "3/5", "title": "Read twenty minutes", "text": "Any book counts. " * 5},
    "pengumuman": {
        "label": "Penerimaan siswa baru",
        "title": "Pendaftaran dibuka 4 Januari",
        "text": "Bawa akta kelahiran dan kartu keluarga ke kantor, Senin sampai Jumat.",
        "brand": "SD Harapan",
    },
    "tautan": {"label": "Open day", "title": "See our classrooms on 16 January", "text": "8 am"},
    "ucapan": {"title": "Happy New Year", "text": "Thank you for listening", "brand": "Rara Musik"},
}
"""Every card for anybody, with words of a shop, a school and a musician."""
DEMO = ("kopi-senja-", "fjord-and-fern-")


def nothing(name: str) -> bytes:
    raise FileNotFoundError(2, "No such file or directory", name)


def template(*layers: dict, **more: object) -> CardTemplate:
    fields: dict = {"size": [200, 100], "background": "#ffffff", "values": {"title": None}}
    return CardTemplate.model_validate(fields | more | {"layers": layers})


def picture(content: bytes | None) -> Image.Image:
    assert content is not None
    return Image.open(io.BytesIO(content)).convert("RGB")


def codes(rendered) -> list[str]:
    assert (rendered.content is None) == bool(rendered.remarks)
    return [remark.code for remark in rendered.remarks]


@pytest.mark.parametrize("name", sorted(FILLED))
def test_the_shipped_cards_are_drawn_alike_every_time(name):
    card = CardTemplate.model_validate(yaml.safe_load((SHIPPED / f"{name}.yml").read_bytes()))
    first = render(card, FILLED[name], nothing)
    assert first.remarks == ()
    assert picture(first.content).size == card.size
    assert render(card, FILLED[name], nothing).content == first.content


def test_every_card_for_anybody_is_tried_and_shows_nobody_in_particular():
    for_anybody = {p.stem for p in SHIPPED.glob("*.yml") if not p.stem.startswith(DEMO)}
    assert for_anybody == set(FILLED)
    for name in FILLED:
        told = yaml.safe_load((SHIPPED / f"{name}.yml").read_bytes())
        assert not told["values"]["brand"]


def test_other_words_give_another_picture():
    one, two = (render(template(WORDS), {"title": title}, nothing) for title in ("Kopi", "Teh"))
    assert one.content != two.content


def test_a_png_carries_pixels_and_nothing_else():
    content = render(template(WORDS), {"title": "Kopi"}, nothing).content
    assert [
        chunk for chunk in (b"tIME", b"tEXt", b"iTXt", b"eXIf", b"pHYs") if chunk in content
    ] == []


def test_words_stay_in_their_box_and_shrink_to_fit_it():
    card = template(WORDS | {"shrink": 10})
    drawn = picture(render(card, {"title": "Kopi susu gula aren dingin"}, nothing).content)
    inside = drawn.crop((19, 19, 181, 81))
    assert inside.getextrema()[0][0] < 100
    drawn.paste("#ffffff", (19, 19, 181, 81))
    assert drawn.getextrema() == ((255, 255),) * 3


def test_words_that_do_not_fit_are_refused():
    for layer in (WORDS, WORDS | {"shrink": 20, "lines": 1}, WORDS | {"lines": 1, "shrink": 30}):
        remarks = codes(
            render(template(layer), {"title": "Kopi susu gula aren dingin sekali"}, nothing)
        )
        assert remarks == ["card-text-too-long"]


def test_a_word_that_is_wider_than_its_box_is_refused():
    assert codes(render(template(WORDS), {"title": "Kopisusugula"}, nothing)) == [
        "card-text-too-long"
    ]


def test_no_word_stands_alone_on_the_last_line():
    layer = Text.model_validate(WORDS | {"box": [0, 0, 416, 230]})
    quote = "Kopi yang baik tidak pernah terburu-buru. Begitu juga pagi yang baik."
    setting = fit(quote, layer, None)
    assert setting is not None
    assert " ".join(setting.lines) == quote
    assert all(len(line.split()) > 1 for line in setting.lines)
    broken = fit("satu dua tiga\ne", layer, None)
    assert broken is not None
    assert broken.lines[-1] == "e"


@pytest.mark.parametrize("title", ["Kopi ☕", "Kopi — susu", "コーヒー", "a\u200db"])
def test_a_sign_that_the_font_lacks_is_named(title):
    rendered = render(template(WORDS), {"title": title}, nothing)
    assert codes(rendered) == ["card-glyph-missing"]
    assert "U+" in rendered.remarks[0].message


def test_values_are_checked_by_name():
    card = template(WORDS, values={"title": None, "note": ""})
    assert codes(render(card, {}, nothing)) == ["card-value-missing"]
    assert codes(render(card, {"title": " "}, nothing)) == ["card-value-missing"]
    rendered = render(card, {"title": "a", "notes": "b"}, nothing)
    assert codes(rendered) == ["card-value-unknown"]
    assert "did you mean 'note'?" in rendered.remarks[0].message


def test_a_value_is_not_read_as_a_place_itself():
    braces = render(template(WORDS, values={"title": None, "a": "x"}), {"title": "{a}"}, nothing)
    plain = render(template(WORDS | {"text": "x"}), {"title": "x"}, nothing)
    assert braces.content != plain.content


def test_a_layer_waits_for_its_value():
    box = {"kind": "rect", "box": [0, 0, 200, 100], "fill": "#ff0000", "when": "title"}
    card = template(box, values={"title": ""})
    assert picture(render(card, {}, nothing).content).getpixel((50, 50)) == (255, 255, 255)
    assert picture(render(card, {"title": "a"}, nothing).content).getpixel((50, 50)) == (255, 0, 0)


def test_all_that_stands_in_the_way_is_said_at_once():
    card = template(
        WORDS,
        {"kind": "rect", "box": [0, 0, 9, 9], "fill": "{colour}"},
        {"kind": "image", "box": [0, 0, 9, 9], "file": "logo.png"},
        WORDS | {"font": "font.ttf"},
        values={"title": None, "colour": "coklat"},
    )
    rendered = render(card, {"title": "☕"}, nothing)
    assert codes(rendered) == [
        "card-glyph-missing",
        "card-colour-unknown",
        "card-file-missing",
        "card-file-missing",
    ]
    broken = render(card, {"title": "a", "colour": "#123"}, lambda _: b"halo")
    assert codes(broken) == ["card-file-unreadable", "card-file-unreadable"]


def test_an_image_fills_its_box():
    out = io.BytesIO()
    Image.new("RGB", (30, 10), "#00ff00").save(out, "PNG")
    card = template({"kind": "image", "box": [50, 20, 40, 60], "file": "logo.png"}, values={})
    drawn = picture(render(card, {}, lambda _: out.getvalue()).content)
    assert [drawn.getpixel(at) for at in ((52, 22), (87, 77), (48, 50), (93, 50))] == [
        (0, 255, 0),
        (0, 255, 0),
        (255, 255, 255),
        (255, 255, 255),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"layers": [WORDS | {"text": "{tittle}"}]},
        {"layers": [WORDS | {"when": "tittle"}]},
        {"layers": [WORDS | {"fill": "hitam"}]},
        {"layers": [WORDS | {"colour": "#000"}]},
        {"layers": [{"kind": "circle", "box": [0, 0, 1, 1], "fill": "#000"}]},
        {"size": [0, 10]},
        {"size": [99999, 99999]},
    ],
)
def test_a_template_with_a_fault_is_refused(change):
    fields = {"size": [200, 100], "background": "#fff", "values": {"title": None}}
    with pytest.raises(ValidationError):
        CardTemplate.model_validate(fields | change)


@given(st.text(max_size=60))
@settings(max_examples=80, deadline=None)
def test_any_words_are_drawn_or_refused_with_a_reason(title):
    rendered = render(template(WORDS | {"shrink": 6}), {"title": title}, nothing)
    assert bool(rendered.content) != bool(rendered.remarks)


@given(
    st.lists(st.floats(-300, 400), min_size=4, max_size=4),
    st.sampled_from(["rect", "ellipse", "text"]),
    st.integers(-360, 360),
    st.floats(0, 30),
)
@settings(max_examples=80, deadline=None)
def test_a_box_anywhere_and_of_any_size_is_drawn_or_refused(box, kind, turn, blur):
    layer = {"kind": kind, "box": box, "fill": "#000", "turn": turn, "blur": blur}
    words = {"text": "a", "size": 12} if kind == "text" else {}
    try:
        card = template(layer | words, values={})
    except ValidationError:
        return
    rendered = render(card, {}, nothing)
    assert bool(rendered.content) != bool(rendered.remarks)
