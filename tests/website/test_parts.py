"""The pieces that pages are put together from, without MkDocs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimin.model.limits import Limits
from mimin.model.payload import Part, Payload, Span
from mimin.model.post import Replies, Visibility
from mimin.planning.punctuality import percentile
from mimin.website.drawing import draw_payload, pieces, web_address
from mimin.website.navigation import expand, is_own
from mimin.website.output import Output, bring_back, set_aside
from mimin.website.rendering import show_code
from mimin.website.shell import BODY, TITLE, Shell
from mimin.website.words import words_for


@given(st.text(max_size=80))
def test_cutting_a_text_into_pieces_loses_no_character(text):
    assert "".join(piece.text for piece in pieces(text, ())) == text


def test_a_linked_word_keeps_its_address_and_a_bare_address_is_found():
    text = "Baca di sini atau https://b.example.com ya #Kopi"
    spans = [Span(start=5, end=12, url="https://a.example.com")]
    found = [(piece.text, piece.kind, piece.href) for piece in pieces(text, spans) if piece.kind]
    assert found == [
        ("di sini", "link", "https://a.example.com"),
        ("https://b.example.com", "link", "https://b.example.com"),
        ("#Kopi", "tag", ""),
    ]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:x",
        "data:text/html,x",
        "//a.example",
        " https://a",
        "file:///etc",
    ],
)
def test_only_web_addresses_become_links(address):
    assert web_address(address) == ""


def test_code_in_a_remark_is_shown_as_code_and_nothing_else_is_markup():
    assert show_code("set `at:` <b>") == "set <code>at:</code> &lt;b&gt;"
    assert show_code("one ` alone <b>") == "one ` alone &lt;b&gt;"


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], None), ([7.0], 7.0), (list(range(1, 21)), 19), (list(range(1, 101)), 95)],
)
def test_a_percentile_is_a_value_that_did_occur(values, expected):
    assert percentile([float(v) for v in values], 95) == expected


def test_a_shell_is_filled_without_minding_what_the_body_says():
    shell = Shell.cut(f"<head><title>{TITLE}</title></head><p>{BODY}</p>")
    assert shell.fill("A & B", f"<i>{BODY} \\1</i>") == (
        f"<head><title>A &amp; B</title></head><i>{BODY} \\1</i>"
    )


def test_files_of_brands_are_never_the_sites():
    pages = ["content/index.md", "content/handbook/a.md"]
    assert is_own("toko/brand.yml", pages)
    assert is_own("toko/posts/a.jpg", pages)
    assert is_own("stray.env", pages)
    assert not is_own("handbook/a.md", pages)
    assert not is_own("assets/javascripts/bundle.js", pages)


def test_pages_that_a_public_site_lacks_leave_the_navigation():
    nav = ["index.md", {"Laporan": "reports/index.md"}, {"Lain": ["reports/index.md"]}]
    assert expand(nav, ["index.md"], ["reports/index.md"]) == ["index.md"]


def test_pages_named_beside_their_folder_come_first_as_far_as_they_are_there():
    nav = [{"Panduan": ["handbook/start.md", "handbook/gone.md", "handbook/"]}]
    uris = ["handbook/index.md", "handbook/more.md", "handbook/start.md"]
    ordered = ["handbook/start.md", "handbook/index.md", "handbook/more.md"]
    assert expand(nav, uris, []) == [{"Panduan": ordered}]


def test_our_folders_survive_a_cleaning_and_take_in_what_was_written_meanwhile(tmp_path):
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar/2026-12.html").write_text("old")
    set_aside(tmp_path)
    assert not (tmp_path / "calendar").exists()
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar/index.html").write_text("new")
    bring_back(tmp_path)
    assert {p.name for p in (tmp_path / "calendar").iterdir()} == {"2026-12.html", "index.html"}
    assert not list(tmp_path.glob(".*"))


def test_a_damaged_memory_of_what_was_written_is_no_memory(tmp_path):
    output = Output(tmp_path / "site", tmp_path / "memory")
    output.write("posts/a.html", b"a", "key")
    output.finish()
    memory = next((tmp_path / "memory").iterdir())
    assert Output(tmp_path / "site", tmp_path / "memory").fresh("posts/a.html", "key")
    assert not Output(tmp_path / "site", tmp_path / "memory").fresh("posts/a.html", "other")
    memory.write_text("[broken")
    assert not Output(tmp_path / "site", tmp_path / "memory").fresh("posts/a.html", "key")


def test_all_that_goes_over_the_wire_is_drawn_and_nothing_of_it_is_markup():
    payload = Payload(
        account="kopi-senja/youtube", network="youtube", visibility=Visibility.PRIVATE,
        parts=(Part(text="Halo"), Part(text="Tautannya di sini", comment=True)),
        headline="Kopi <b>", replies=Replies.NOBODY, paid=True, ai=True,
        settings={"category": "22<script>"},
    )  # fmt: skip
    limits = Limits(text=5000, comment=10_000)
    drawn = draw_payload(payload, payload.digest, limits, words_for("id"))
    for said in ("Judul: <b>Kopi &lt;b&gt;</b>", "Komentar pertama", "/10.000", "Tidak ada",
                 "kemitraan berbayar, dibuat dengan AI", "category: <b>22&lt;script&gt;</b>",
                 "Hanya akun ini sendiri"):  # fmt: skip
        assert said in drawn, said
    plain = Payload(account="kopi-senja/x", network="x", parts=(Part(text="Halo"),))
    assert drawn.count("mimin-facts") == 3
    assert draw_payload(plain, plain.digest, limits, words_for("id")).count("mimin-facts") == 1


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_wish_has_its_words(language):
    words = words_for(language)
    assert all(words(f"visibility.{visibility}") for visibility in Visibility)
    assert all(words(f"replies.{replies}") for replies in set(Replies) - {Replies.EVERYONE})
