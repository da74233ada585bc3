"""Files in error on the site: said on the home page, and the end of a build that is published."""

from __future__ import annotations

import pytest
from mkdocs.exceptions import Abort

BRAND = "content/toko/brand.yml"
HEADS = {"id": "Berkas yang salah", "en": "Files in error"}


def break_brand(site):
    path = site.root / BRAND
    path.write_text(path.read_text().replace("zone:", "zon:"))
    site.commit()


@pytest.mark.parametrize("language", HEADS)
def test_errors_are_on_the_home_page_in_the_sites_language(site, language):
    site.configure("language: id", f"language: {language}")
    break_brand(site)
    site.strict = False
    home = site.build().page("index.html")
    needs = home[home.index('id="needs"') :]
    assert HEADS[language] in needs
    assert f"{BRAND}:1" in needs
    assert "Nothing waits" not in home
    assert "Semua beres" not in home


def test_the_pages_of_a_brand_in_error_stay(site):
    """One wrong letter must not empty the calendar."""
    site.commit()
    pages = {path.relative_to(site.out) for path in site.build().out.rglob("*.html")}
    break_brand(site)
    site.strict = False
    after = {path.relative_to(site.out) for path in site.build().out.rglob("*.html")}
    assert pages <= after
    page = site.page("posts/toko/hari-h.html")
    assert "mimin check content/toko/brand.yml" in page


@pytest.mark.parametrize("visibility", ["internal", "public"])
def test_a_build_that_is_strict_ends_with_an_error(site, visibility):
    site.configure("mimin: {", f"mimin: {{visibility: {visibility}, ")
    break_brand(site)
    with pytest.raises(Abort):
        site.build()


def test_a_public_site_does_not_show_them(site):
    site.configure("mimin: {", "mimin: {visibility: public, ")
    break_brand(site)
    site.strict = False
    assert "zon" not in site.build().page("index.html").partition("</head>")[2]


def test_a_second_build_says_them_again(site, caplog):
    """What was found once must not be silent because nothing has changed since."""
    break_brand(site)
    site.strict = False
    site.build()
    caplog.clear()
    site.build()
    assert "zone` is missing" in caplog.text


def test_where_only_alarms_wait_not_all_is_well(site):
    site.configure("2026-12-10T09:00+07:00", "2026-12-12T11:00+07:00")
    site.commit()
    home = site.build().page("index.html")
    assert "Semua beres" not in home
