"""What is nearly a picture or a link is told, and what the message says to write is one."""

from __future__ import annotations

import pytest

from mimin.compose.nearly import nearly_addresses
from mimin.compose.parts import passages


def told(body):
    found, remarks = passages(body, "facet")
    return found, [remark for remark in remarks if remark.code.endswith("-malformed")]


def way_out(remark):
    return remark.message.rpartition("write ")[2]


@pytest.mark.parametrize(
    ("body", "file", "alt"),
    [
        ("![Foto toko](foto toko.jpg)", "foto toko.jpg", "Foto toko"),
        ("![Foto toko](foto (1).jpg)", "foto (1).jpg", "Foto toko"),
        ("![Foto] (foto.jpg)", "foto.jpg", "Foto"),
        ("! [Foto](foto toko.jpg)", "foto toko.jpg", "Foto"),
        ("![Foto](foto.jpg", "foto.jpg", "Foto"),
        ("![Foto] foto.jpg", "foto.jpg", "Foto"),
        ("!(foto.jpg)[Foto]", "foto.jpg", "Foto"),
        ("![[foto.jpg]]", "foto.jpg", "what it shows"),
        ("![[foto.jpg|300]]", "foto.jpg", "what it shows"),
        ("![](C:\\Users\\Rara S\\foto.jpg)", "foto.jpg", "what it shows"),
        ("foto.jpg", "foto.jpg", "what it shows"),
        ("Foto: C:\\Users\\foto.jpg", "foto.jpg", "what it shows"),
        ("Halo\n\n- ./foto toko.png", "foto toko.png", "what it shows"),
    ],
)
def test_what_the_message_says_to_write_is_a_picture(body, file, alt):
    _, (remark,) = told(body)
    assert remark.code == "picture-malformed"
    assert remark.line == body.count("\n")
    (passage,), remarks = told(way_out(remark))
    assert not remarks
    assert [(each.fields.file, each.fields.alt) for each in passage.pictures] == [(file, alt)]
    assert not passage.text


@pytest.mark.parametrize(
    "body",
    [
        "[Katalog] (https://batik.example/katalog)",
        "[Katalog](https://batik.example/katalog",
        "(https://batik.example/katalog)[Katalog]",
        "[Katalog] (batik.example/katalog)",
        "[Katalog] (htps://batik.example/katalog)",
    ],
)
def test_what_the_message_says_to_write_is_a_link(body):
    _, (remark,) = told(body)
    assert remark.code == "link-malformed"
    (passage,), remarks = told(way_out(remark))
    assert not remarks
    assert passage.text == "Katalog"
    assert [span.url for span in passage.spans] == ["https://batik.example/katalog"]


def test_what_a_blank_in_an_address_stands_for_is_not_guessed():
    _, (remark,) = told("[Katalog](batik contoh.com/katalog)")
    assert "batikcontoh" not in remark.message
    assert "batik-contoh" not in remark.message


@pytest.mark.parametrize(
    "body",
    [
        "\\![Foto] (foto.jpg) dan \\[Katalog] (https://batik.example)",
        "`![Foto](foto toko.jpg)` dan `(https://batik.example)[x]`",
        "Promo [Jakarta] (khusus member), 3 (tiga) [catatan], Wow![1] (x)",
        "[Katalog](https://batik.example/a_(b)) ![Foto](<foto toko.jpg>) ![Foto](foto.jpg 'judul')",
        "Lihat foto.jpg di bawah, https://batik.example/foto.jpg",
        "https://batik.example/foto.jpg",
        "batik.example/foto.jpg",
        "www.batik.example, ftp://batik.example, smtps://batik.example",
    ],
)
def test_what_is_meant_as_it_stands_is_left_alone(body):
    assert told(body)[1] == []


@pytest.mark.parametrize(
    "text",
    ["http//a.id", "https:/a.id", "https//:a.id", "htps://a.id", "ttp://a.id", "https ://a.id"],
)
def test_an_address_that_opens_nothing_is_told_also_without_any_markup(text):
    (found,) = nearly_addresses(f"Lihat {text} ya")
    assert found.code == "link-malformed"
    assert told(f"Lihat {text} ya")[1]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("- merah\n- biru\nPesan!\nKirim DM", [2]),
        ("- merah\n- biru\n\nPesan!", []),
        ("- merah\n  dan marun", []),
        ("> Bagus\nKata Kak Dinda", [1]),
        ("> Bagus\n> Kata Kak Dinda", []),
        ("> Bagus\n\nKata Kak Dinda", []),
        ("> - satu\n> dua", [1]),
        ("> - satu\ndua", [1]),
        ("1. Follow\n2. Tag\nSemoga!", [2]),
        ("- a\n  - b\n  c", [2]),
        ("\u2022 merah\n\u2022 biru\nPesan!", []),
        ("Halo\nPesan!", []),
    ],
)
def test_a_line_that_a_list_or_quote_draws_in_is_told_and_each_way_out_ends_it(body, lines):
    _, remarks = passages(body, "facet")
    assert [each.line for each in remarks if each.code == "line-joined"] == lines
