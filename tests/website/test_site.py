"""The built site, looked at as files."""

from __future__ import annotations

import json
import re
import sqlite3

import pytest

from mimin.model.event import Event, Kind
from mimin.website.gather import Wish, gather
from mimin.website.words import words_for

POST = "content/toko/posts/2026/12/hari-h.md"
PAGE = "posts/toko/hari-h.html"


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")


@pytest.fixture
def receipts(site, at):
    """Publish the post: events with the digests of what the files say now."""

    def publish(*accounts: str, digest: str | None = None, **more: object) -> None:
        wish = Wish(root=site.root, now=at("2026-12-12T04:00:00Z"), words=words_for("id"))
        lines = gather(wish).scene.lines
        site.record(
            *(
                Event(
                    at=at("2026-12-12T03:07:00Z"),
                    kind=Kind.PUBLISHED,
                    account=line.delivery.account,
                    key=line.delivery.key,
                    digest=digest if digest is not None else line.delivery.digest,
                    due=line.delivery.due,
                    remote_id="r1",
                    url="https://bsky.example.com/p/1",
                    run="run-77",
                    **more,
                )
                for line in lines
                if line.delivery.account.partition("/")[2] in accounts
            )
        )

    return publish


def test_a_post_is_shown_on_its_own_page_in_the_calendar_the_search_the_feed_and_the_sitemap(site):
    site.build()
    page = site.page(PAGE)
    assert "<title>Hari-H - Uji</title>" in page
    assert 'href="https://toko.example.com/1212"' in page
    assert "Sab 12 Des 2026, 10.00 WIB" in page
    assert "12 Des 2026, 03.00 UTC" in page
    assert f'href="../{PAGE}"' in site.page("calendar/2026-12.html")
    assert f'href="../{PAGE}"' in site.page("calendar/2026-w50.html")
    docs = json.loads(site.page("search/search_index.json"))["docs"]
    assert [entry["title"] for entry in docs if entry["location"] == PAGE] == ["Hari-H"]
    assert "UID:toko/hari-h@bluesky" in site.page("feeds/toko.ics")
    assert f"https://calendar.example.com/{PAGE}" in site.page("sitemap.xml")
    assert "posts/shell" not in site.page("sitemap.xml")
    assert not (site.out / "posts/shell/index.html").exists()


def test_a_site_is_built_without_git_without_posts_and_without_reports(site):
    for path in (POST, "reports/terbit.yml", "calendar/toko.yml"):
        (site.root / path).unlink()
    site.build()
    assert "Tidak ada yang terjadwal" in site.page("index.html")


def test_the_users_own_home_page_keeps_its_words_around_the_overview(site):
    site.write("content/index.md", "# Halo tim\n\nCatatan.\n\n<!-- mimin:home -->\n\nSelesai.\n")
    site.build()
    home = site.page("index.html")
    assert home.index("Catatan.") < home.index("mimin-home") < home.index("Selesai.")


def test_days_of_brands_that_are_not_there_stand_on_no_calendar(site):
    for name, brands in (("a", "[toko]"), ("b", "[lain]"), ("c", "[lain, toko]")):
        days = f"brands: {brands}\ndays: [{{day: 2026-12-12, name: Hari {name.upper()}}}]\n"
        site.write(f"calendar/observances/{name}.yml", f"name: N\n{days}")
    site.strict = False  # a brand that is not there is a warning
    site.build()
    page = site.page("calendar/2026-12.html")
    assert ("Hari A" in page, "Hari B" in page, "Hari C" in page) == (True, False, True)


def test_nothing_of_a_brands_folder_is_copied_as_it_is(site):
    site.write("content/toko/posts/2026/12/rahasia.jpg", b"not shown anywhere")
    site.write("content/toko/posts/2026/12/hari-h.link.yml", "url: https://a.example\ntitle: A\n")
    site.build()
    assert not (site.out / "toko").exists()
    assert not any(b"not shown anywhere" in content for content in site.everything().values())


def test_what_a_user_wrote_never_becomes_markup(site):
    evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
    quoted = evil.replace('"', '\\"')
    site.write(
        POST,
        f'---\ntitle: "{quoted}"\naccounts: [bluesky]\nat: 2026-12-12 10:00\ncampaign: harbolnas\n'
        f'labels: ["{quoted}"]\nnote: "{quoted}"\nwarning: "{quoted}"\n---\n'
        "Teks &lt;script&gt;alert(3)&lt;/script&gt; [klik](javascript:alert(4)) "
        "data:text/html,x https://aman.example/?a=1&b=%22\n",
    )
    site.write(
        "calendar/toko.yml",
        f'campaigns:\n  harbolnas: {{name: "{quoted}", starts: 2026-12-08, ends: 2026-12-13}}\n',
    )
    site.write(
        "content/toko/brand.yml",
        (site.root / "content/toko/brand.yml")
        .read_text()
        .replace("about: Toko untuk diuji.", f'about: "{quoted}"'),
    )
    site.commit(message=evil, author="<script>alert(5)</script>")
    site.build()
    for path, content in site.everything().items():
        if path.endswith((".html", ".json", ".xml")) and "/assets/" not in path:
            text = content.decode()
            assert "<script>alert" not in text, path
            assert "<img src=x" not in text, path
            assert not re.search(
                r"""(href|src)=["']?\s*(javascript|data):""", text, re.IGNORECASE
            ), path
    assert "&lt;script&gt;alert(1)" in site.page(PAGE)


def test_a_second_build_of_the_same_files_writes_no_page_again(site):
    site.commit()
    site.build()
    before = {
        path: (site.out / path).stat().st_mtime_ns for path in (PAGE, "calendar/2026-12.html")
    }
    shown = site.everything()
    site.build()
    after = {path: (site.out / path).stat().st_mtime_ns for path in before}
    assert after == before
    again = site.everything()
    assert again.keys() == shown.keys()
    volatile = ("sitemap",)  # MkDocs writes today's date into it
    differing = {p for p in shown if shown[p] != again[p] and not any(v in p for v in volatile)}
    assert differing == set()


def test_a_page_that_somebody_changed_is_mended(site):
    site.build()
    (site.out / PAGE).write_text("broken")
    site.build()
    assert "Hari-H" in site.page(PAGE)


def test_a_removed_post_leaves_nothing_behind(site):
    site.build()
    (site.root / POST).rename(site.root / POST.replace("hari-h", "lain"))
    site.build()
    assert not (site.out / PAGE).exists()
    assert (site.out / "posts/toko/lain.html").exists()
    assert not any(b"hari-h" in content for content in site.everything().values())


def test_an_edited_post_is_shown_and_a_lost_cache_loses_nothing(site):
    site.build()
    path = site.root / POST
    path.write_text(path.read_text().replace("Sudah mulai!", "Baru saja mulai!"))
    site.build()
    assert "Baru saja mulai!" in site.page(PAGE)
    site.write(".mimin/site.sqlite3", b"this is no database")
    site.write("calendar/toko.yml", "pillars: {edukasi: Lain}\n")
    path.write_text(path.read_text().replace("campaign: harbolnas\n", ""))
    site.build()
    assert "Baru saja mulai!" in site.page(PAGE)


def test_a_failed_build_keeps_the_pages_of_the_last_one(site):
    from mkdocs.exceptions import Abort

    site.build()
    site.write("content/index.md", "[putus](tidak-ada.md)\n")
    with pytest.raises(Abort):
        site.build()
    assert (site.out / PAGE).exists()


def test_receipts_history_and_authors_are_shown(site, receipts):
    site.commit(message="Siapkan harbolnas")
    receipts("bluesky")
    site.build()
    page = site.page(PAGE)
    assert 'href="https://bsky.example.com/p/1"' in page
    assert "Sudah terbit" in page
    assert "Siapkan harbolnas" in page
    assert "Ditulis oleh <b>Sari</b>" in page
    assert "run-77" in page
    report = site.page("reports/terbit.html")
    assert "7 mnt" in report
    assert "2026-12,toko,bluesky,yes,1,1,420,420,420,0,0,0" in site.page("reports/terbit.csv")


def test_a_freeze_is_said_on_every_page_that_it_concerns(site, at):
    site.commit()
    site.record(
        Event(
            at=at("2026-12-10T00:00:00Z"),
            kind=Kind.FROZEN,
            account="toko/*",
            reason="Krisis",
            by="Rara",
        )
    )
    site.build()
    for address in ("index.html", "calendar/2026-12.html", "brands/toko.html", PAGE):
        assert "Dibekukan: Toko Uji" in site.page(address), address


def test_an_unreadable_ledger_is_said_and_stops_nothing(site):
    site.strict = False
    site.commit()
    site.git("checkout", "-q", "--orphan", "mimin/ledger")
    site.write("events/toko/bluesky/2026-12.jsonl", '{"v": 1, "kind": "nonsense"}\n')
    site.commit("Rusak")
    site.git("checkout", "-q", "main")
    site.build()
    assert "tidak berhasil" in site.page("index.html")


def test_two_posts_of_one_id_keep_two_pages(site):
    site.strict = False
    site.write("content/toko/posts/2027/01/hari-h.md", (site.root / POST).read_text())
    site.build()
    assert (site.out / PAGE).exists()
    assert (site.out / "posts/toko/hari-h.2.html").exists()


def test_a_folder_in_the_navigation_becomes_its_pages_and_an_absent_one_nothing(site):
    site.write("content/handbook/mulai.md", "# Mulai di sini\n")
    site.write("content/handbook/index.md", "# Panduan umum\n")
    nav = "nav:\n  - index.md\n  - calendar/index.md\n  - Panduan: handbook/\n  - Hampa: nowhere/\n"
    site.write("mkdocs.yml", (site.root / "mkdocs.yml").read_text() + nav)
    site.build()
    home = site.page("index.html")
    assert 'href="handbook/mulai.html"' in home
    assert "Hampa" not in home
    assert "Kalender" in home


def test_nothing_is_asked_of_another_host(site):
    site.build()
    for path, content in site.everything().items():
        if path.endswith(".html"):
            wanted = re.findall(
                r'<(?:script|img|iframe|source)[^>]+src="(https?:[^"]+)', content.decode()
            )
            wanted += re.findall(
                r'<link[^>]+rel="(?:stylesheet|preconnect|icon)"[^>]+href="(https?:[^"]+)',
                content.decode(),
            )
            assert wanted == [], path


def test_the_english_site_speaks_english(site):
    site.configure("language: id", "language: en")
    site.build()
    assert "Sat 12 Dec 2026, 10:00 WIB" in site.page(PAGE)
    assert 'lang="en"' in site.page(PAGE)
    assert "Nothing is out yet" in site.page("index.html")


SECRETS = {
    "title": "RAHASIAJUDUL",
    "note": "RAHASIACATATAN",
    "label": "rahasialabel",
    "draft": "RAHASIADRAF",
    "planned": "RAHASIARENCANA",
    "changed": "RAHASIAUBAHAN",
    "followers": "RAHASIAPENGIKUT",
    "unlisted": "RAHASIATERBATAS",
    "campaign": "RAHASIAKAMPANYE",
    "blackout": "RAHASIAHENING",
    "pillar": "RAHASIAPILAR",
    "observance": "RAHASIAHARI",
    "client": "RAHASIAKLIEN",
    "account": "rahasiaakun",
    "person": "RAHASIAORANG",
    "reason": "RAHASIAALASAN",
    "commit": "RAHASIACOMMIT",
    "author": "RAHASIAPENULIS",
    "secret": "RAHASIATOKEN",
    "report": "RAHASIALAPORAN",
    "link": "RAHASIAKARTU",
    "problem": "rahasiaakunsalah",
    "alt": "RAHASIAALT",
}


def _picture(colour: int) -> bytes:
    import io

    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", (900, 700), (colour, 40, 90)).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def secretive(site, receipts, at):
    """A workspace full of secrets, with one post that is out and may be seen."""
    site.strict = False  # one of its posts has a secret in an error
    s = SECRETS
    folder = "content/toko/posts/2026/12"
    brand = (site.root / "content/toko/brand.yml").read_text()
    brand += f"people:\n  rara: {{name: {s['person']}}}\n"
    brand = brand.replace("handle: uji}", f"handle: uji, secret: {s['secret']}}}")
    brand = brand.replace(
        "approval:", f"  x: {{network: sandbox, like: x, handle: {s['account']}}}\napproval:"
    )
    site.write("content/toko/brand.yml", brand)
    site.write(
        "content/klien/brand.yml",
        f"name: {s['client']}\nzone: UTC\nlanguages: [id]\naccounts:\n  x: {{network: sandbox, like: x, handle: a}}\n",  # noqa: E501 - a file in one line
    )
    site.write(
        "calendar/observances/a.yml",
        f"name: A\ndays:\n  - {{day: 2026-12-12, name: {s['observance']}}}\n",
    )
    site.write("reports/terbit.yml", f"kind: publishing\ntitle: {s['report']}\n")
    site.write(
        "calendar/toko.yml",
        f"campaigns:\n  harbolnas: {{name: {s['campaign']}, starts: 2026-12-01, ends: 2026-12-31}}\nblackouts:\n  - {{starts: 2026-12-25, ends: 2026-12-25, reason: {s['blackout']}}}\npillars: {{edukasi: {s['pillar']}}}\n",  # noqa: E501 - a file in one line
    )
    head = f"title: {s['title']}\nat: 2026-12-12 10:00\ncampaign: harbolnas\npillar: edukasi\nnote: {s['note']}\nlabels: [{s['label']}]\n"  # noqa: E501 - a file in one line
    both = "accounts: [bluesky, mastodon]\n"
    site.write(
        f"{folder}/hari-h.md",
        f"---\n{head}{both}media: [{{file: boleh.png, alt: Boleh}}]\n---\nTerlihat semua.\n",
    )
    site.write(f"{folder}/hari-h.mastodon.md", f"{s['planned']}2\n")
    for name, extra, text in (
        ("draf", "draft: true\n", s["draft"]),
        ("rencana", "", s["planned"]),
        ("berubah", "", "Awal"),
        ("pengikut", "visibility: followers\n", s["followers"]),
        ("terbatas", "visibility: unlisted\n", s["unlisted"]),
        ("salah", "", f"{s['planned']} @{{{s['problem']}}}"),
    ):
        media = f"media: [{{file: {name}.png, alt: {s['alt']}}}]\n"
        site.write(f"{folder}/{name}.md", f"---\n{head}{both}{media}{extra}---\n{text}\n")
        site.write(f"{folder}/{name}.png", _picture(len(name) * 20))
    site.write(f"{folder}/rencana.link.yml", f"url: https://a.example.com\ntitle: {s['link']}\n")
    site.write(f"{folder}/boleh.png", _picture(250))
    site.commit(message=s["commit"], author=s["author"])
    receipts("bluesky", reason=s["reason"])
    keys = ("draf", "rencana")
    # These two did not go out; the ledger says why, in words for the team.
    site.git("update-ref", "-d", "refs/heads/mimin/ledger")
    receipts_of = [f"toko/{name}@bluesky" for name in ("hari-h", "berubah", "pengikut", "terbatas")]
    wish = Wish(root=site.root, now=at("2026-12-12T04:00:00Z"), words=words_for("id"))
    digests = {line.delivery.key: line.delivery.digest for line in gather(wish).scene.lines}
    out = {"at": at("2026-12-12T03:07:00Z"), "account": "toko/bluesky", "reason": s["reason"]}
    site.record(
        *(
            Event(
                kind=Kind.PUBLISHED,
                key=key,
                digest=digests[key],
                remote_id="1",
                by=s["person"],
                **out,
            )
            for key in receipts_of
        ),
        *(Event(kind=Kind.REFUSED, key=f"toko/{name}@bluesky", digest="0", **out) for name in keys),
        Event(
            at=at("2026-12-12T03:08:00Z"),
            kind=Kind.FROZEN,
            account="*",
            reason=s["reason"],
            by=s["person"],
        ),
    )
    site.write(
        f"{folder}/berubah.md",
        (site.root / folder / "berubah.md").read_text().replace("Awal", s["changed"]),
    )
    return site


def test_an_internal_site_shows_what_the_team_has_to_know(secretive):
    secretive.build()
    text = b"\n".join(secretive.everything().values()).decode("utf-8", "replace")
    unseen = {"secret", "link", "person"}
    missing = {name for name, marker in SECRETS.items() if marker not in text} - unseen
    assert missing == set()
    assert SECRETS["secret"] not in text


def test_a_public_site_holds_nothing_that_the_audience_was_not_shown(secretive):
    secretive.build()  # what an internal build left in the folder must go too
    secretive.configure("mimin: {", "mimin: {visibility: public, ")
    secretive.build()
    files = secretive.everything()
    for name, marker in SECRETS.items():
        found = [
            p
            for p, content in files.items()
            if marker.lower() in content.decode("utf-8", "replace").lower()
        ]
        assert found == [], name
    private = {p.read_bytes() for p in secretive.root.glob("content/**/*.png") if p.stem != "boleh"}
    assert not private & set(files.values())
    assert (secretive.root / "content/toko/posts/2026/12/boleh.png").read_bytes() in files.values()
    assert "Terlihat semua." in secretive.page(PAGE)
    assert "Terlihat semua." in secretive.page("feeds/toko.ics")
    pages = {p.name for p in (secretive.out / "posts/toko").iterdir()}
    assert pages == {"hari-h.html"}
    assert not (secretive.out / "reports").exists()
    assert not list(secretive.out.glob(".*"))


def test_a_drawing_that_the_cache_lost_is_made_again(site):
    site.build()
    with sqlite3.connect(site.root / ".mimin/site.sqlite3") as cache:
        cache.execute("DELETE FROM entries WHERE name LIKE 'drawn:%'")
    (site.out / PAGE).unlink()
    site.build()
    assert "Hari-H" in site.page(PAGE)


def test_a_still_site_reads_no_post_and_yet_says_when_it_was_made(site, monkeypatch):
    site.commit()
    site.build()
    before = site.everything()

    def never(*_args: object) -> None:
        raise AssertionError("nothing changed, so nothing had to be gathered")

    monkeypatch.setattr("mimin.website.build.gather", never)
    site.configure("2026-12-10T09:00+07:00", "2026-12-10T09:20+07:00")
    site.build()
    after = site.everything()
    differing = {path.rpartition("/")[2] for path in before if before[path] != after.get(path)}
    assert "09.20 WIB" in site.page("index.html")
    assert differing <= {"index.html", "sitemap.xml", "sitemap.xml.gz"}


@pytest.mark.parametrize("now", ["2026-12-11T00:01+07:00", "2026-12-12T09:45+07:00"])
def test_a_new_day_or_a_post_that_falls_due_ends_the_stillness(site, now):
    site.commit()
    site.build()
    site.configure("2026-12-10T09:00+07:00", now)
    old = {path: content for path, content in site.everything().items() if "calendar" in path}
    site.build()
    assert any(content != old.get(path) for path, content in site.everything().items())
    warm = site.page("calendar/2026-12.html"), site.page(PAGE)
    (site.root / ".mimin/site.sqlite3").unlink()
    site.build()
    assert (site.page("calendar/2026-12.html"), site.page(PAGE)) == warm


def test_a_file_that_appeared_in_a_still_site_is_removed_again(site):
    site.commit()
    site.build()
    stray = site.out / "posts/toko/sisa.html"
    stray.write_text("x")
    site.build()
    assert not stray.exists()


@pytest.mark.parametrize(
    ("language", "all_of_it", "some_of_it"),
    [("id", "Simulasi", "Sebagian simulasi"), ("en", "Simulated", "Partly simulated")],
)
def test_a_row_says_when_any_of_its_accounts_is_simulated(site, language, all_of_it, some_of_it):
    site.configure("language: id", f"language: {language}")
    site.commit()
    assert f">{all_of_it}</span>" in site.build().page("index.html")
    brand = (site.root / "content/toko/brand.yml").read_text()
    by_hand = "mastodon: {network: manual, like: whatsapp, handle: uji}"
    site.write(
        "content/toko/brand.yml",
        brand.replace("mastodon: {network: sandbox, like: mastodon, handle: uji}", by_hand),
    )
    site.commit()
    home = site.build().page("index.html")
    assert f">{some_of_it}</span>" in home
    assert f">{all_of_it}</span>" not in home


SLOTS = """\
slots:
  - {days: [sat], at: "10:00", accounts: [bluesky, mastodon], pillar: edukasi}
pillars: {edukasi: Cara menyeduh}
campaigns:
  harbolnas: {name: Harbolnas, starts: 2026-12-08, ends: 2026-12-13}
mix: {edukasi: 60}
"""


def test_free_slots_gaps_and_the_mix_stand_on_calendar_pages_and_on_the_brands_page(site):
    site.write("calendar/toko.yml", SLOTS)
    site.build()
    days = site.page("calendar/2026-12.html").split('data-day="')
    free = {day[:10] for day in days[1:] if "mimin-mark--free" in day}
    assert free == {"2026-12-19", "2026-12-26", "2027-01-02"}  # the post is on the 12th
    assert "10.00 bluesky, mastodon (edukasi)" in site.page("calendar/2026-w51.html")
    gap = "bluesky: Sab 19 Des sampai Sab 26 Des tidak ada slot yang terisi (2 slot)."
    for page in ("calendar/2026-12.html", "brands/toko.html"):
        assert gap in site.page(page)
        row = r"edukasi</th><td>1</td><td>100 %</td><td>60 %"
        assert row in site.page(page)
    assert "Sabtu 10.00" in site.page("brands/toko.html")


def test_a_public_site_shows_nothing_of_slots_and_mix(site):
    site.write("calendar/toko.yml", SLOTS)
    site.configure('now: "', 'visibility: public, now: "')
    site.build()
    pages = b"".join(page for name, page in site.everything().items() if name.endswith(".html"))
    assert b"mimin-mark--free" not in pages
    assert b"slot kosong" not in pages
    assert b"mimin-balances" not in pages


def test_a_post_that_lies_among_the_pages_of_the_site_is_none_of_them(site):
    site.write("content/promo.md", "---\naccounts: [bluesky]\nat: 2026-12-25 10:00\n---\nRahasia\n")
    site.strict = False
    site.build()
    assert not (site.out / "promo.html").exists()
    assert not any(b"Rahasia" in content for content in site.everything().values())
