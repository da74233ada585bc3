"""The site in a real browser, from `file://`: no request, no error, no barrier.

Needs Chromium, `pip install -r tests/live/requirements.lock` and `npm ci` in `tests/live/site`.
"""

from __future__ import annotations

import functools
import http.server
import importlib
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.live,
    # Playwright's own sockets and loops are not ours to close.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
AXE = HERE / "site/node_modules/axe-core/axe.min.js"
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NOW = "2026-12-10T14:00+07:00"
PAGES = (
    "index.html",
    "calendar/index.html",
    "calendar/2026-12.html",
    "calendar/2026-w50.html",
    "brands/index.html",
    "brands/kopi-senja.html",
    "brands/kopi-senja.account.bluesky.html",
    "brands/kopi-senja.campaign.harbolnas.html",
    "posts/kopi-senja/utas-v60.html",
    "posts/kopi-senja/kelas-cupping.html",
    "reports/index.html",
    "reports/publishing.html",
)
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


def missing(reason):
    """Skip on a laptop; fail where live tests were asked for, so that they can not fade away."""
    if os.environ.get("MIMIN_LIVE") or os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The demo's site, with some of it published in the sandbox and one brand frozen."""
    root = tmp_path_factory.mktemp("demo")
    for name in ("content", "calendar", "templates", "reports"):
        shutil.copytree(ROOT / name, root / name)
    text = (ROOT / "mkdocs.yml").read_text()
    assert "  - mimin:\n" in text
    (root / "mkdocs.yml").write_text(
        text.replace("  - mimin:\n", f'  - mimin:\n      now: "{NOW}"\n')
    )
    (root / ".gitignore").write_text(".mimin/\nsite/\n")
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT / "tools")}
    git = ["git", "-c", "user.name=Sari", "-c", "user.email=sari@example.com"]

    def run(*command: str) -> None:
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, check=False
        )
        # 1 and 4 are answers: something was refused, or waits for a person.
        assert done.returncode in {0, 1, 4}, done.stderr

    run("git", "init", "-q", "-b", "main")
    run(*git, "add", "-A")
    run(*git, "commit", "-q", "-m", "Demo")
    mimin = (sys.executable, "-m", "mimin.cli")
    if not (ROOT / "tools/mimin/cli/__main__.py").exists():
        mimin = (sys.executable, "-c", "from mimin.cli.main import run; run()")
    for moment in ("2026-12-02T19:05+07:00", "2026-12-08T12:30+07:00"):
        run(*mimin, "publish", "--now", moment)
    run(*mimin, "freeze", "fjord-and-fern", "--reason", "Uji", "--now", "2026-12-10T13:00+07:00")
    run(sys.executable, "-m", "mkdocs", "build", "-q")
    return root / "site"


@pytest.fixture(scope="module")
def browser():
    try:
        playwright = importlib.import_module("playwright.sync_api")
    except ImportError:
        missing("playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        missing("no Chromium here")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        started.close()


class Tab:
    """A page in the browser, and everything that it complained of or asked other hosts for."""

    def __init__(self, browser, size: str, scheme: str = "light", **options: object) -> None:
        width, height = SIZES[size]
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, **options
        )
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._console)
        self.page.on("request", self._request)

    def _console(self, message) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _request(self, request) -> None:
        if not request.url.startswith(("file:", "data:", "blob:", "about:")):
            self.complaints.append(f"asked for {request.url}")

    def open(self, path: Path, fragment: str = "") -> None:
        self.page.goto(path.as_uri() + fragment)
        self.page.wait_for_timeout(150)


@pytest.fixture
def tab(browser):
    opened = []

    def make(*args: str, **options: object) -> Tab:
        opened.append(Tab(browser, *args, **options))
        return opened[-1]

    yield make
    for one in opened:
        one.context.close()


@pytest.mark.parametrize("size", SIZES)
def test_every_kind_of_page_opens_from_disk_without_errors_requests_or_sideways_scrolling(
    site, tab, size
):
    opened = tab(size)
    for address in PAGES:
        opened.open(site / address)
        wide = opened.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= SIZES[size][0], address
        assert opened.complaints == [], address


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_no_barrier_on_any_kind_of_page(site, tab, size, scheme):
    if not AXE.exists():
        missing("npm ci in tests/live/site first")
    opened = tab(size, scheme)
    found = {}
    for address in PAGES:
        opened.open(site / address)
        opened.page.add_script_tag(content=AXE.read_text("utf-8"))
        result = opened.page.evaluate("axe.run({include: [['.md-content']]})")
        for violation in result["violations"]:
            nodes = [f"{n['target']} {n['failureSummary']}" for n in violation["nodes"]]
            found.setdefault(f"{violation['id']} on {address}", nodes[:2])
    assert found == {}


def test_a_filter_shows_only_what_fits_and_can_be_shared_by_its_address(site, tab):
    opened = tab("desktop")
    opened.open(site / "calendar/2026-12.html")
    page = opened.page
    every = page.locator(".mimin-entry:visible").count()
    page.select_option("select[name=brand]", "fjord-and-fern")
    some = page.locator(".mimin-entry:visible").count()
    assert 0 < some < every
    assert "brand=fjord-and-fern" in page.url
    assert str(some) in page.inner_text(".mimin-filter output")
    again = tab("desktop")
    again.open(site / "calendar/2026-12.html", "#brand=fjord-and-fern")
    assert again.page.locator(".mimin-entry:visible").count() == some
    page.click(".mimin-filter button[type=reset]")
    page.wait_for_timeout(100)
    assert page.locator(".mimin-entry:visible").count() == every


def test_without_a_script_the_calendar_still_shows_every_post_and_both_views(site, tab):
    opened = tab("desktop", java_script_enabled=False)
    opened.open(site / "calendar/2026-12.html")
    page = opened.page
    shown = page.locator(".mimin-entry:visible").count()
    assert shown > 20
    page.check("input[value=list]")
    assert page.locator(".mimin-weekdays").is_hidden()
    assert page.locator(".mimin-entry:visible").count() == shown
    assert not page.locator(".mimin-filter").is_visible()


def test_a_phone_gets_the_list(site, tab):
    opened = tab("phone")
    opened.open(site / "calendar/2026-12.html")
    assert opened.page.locator(".mimin-weekdays").is_hidden()
    assert opened.page.locator(".mimin-day__long:visible").count() > 10


def test_the_keyboard_reaches_the_posts(site, tab):
    opened = tab("desktop")
    opened.open(site / "calendar/2026-12.html")
    for _ in range(120):
        opened.page.keyboard.press("Tab")
        if opened.page.evaluate("!!document.activeElement.closest('.mimin-entry')"):
            break
    else:
        pytest.fail("no post was reached")


def test_the_search_finds_a_post_from_disk(site, tab):
    opened = tab("desktop")
    opened.open(site / "index.html")
    opened.page.click(".md-search__input")
    opened.page.keyboard.type("blooming")
    link = opened.page.locator(".md-search-result__link[href*='utas-v60']")
    link.first.wait_for(timeout=10_000, state="attached")
    assert opened.complaints == []


SPACELESS = {
    "chinese": ("本周末到店试喝浅烘焙手冲咖啡、第二杯半价。", "浅烘焙手冲"),
    "japanese": ("今週末は浅煎りコーヒーの試飲会を開きます。ぜひお越しください", "浅煎りコーヒー"),
    "thai": ("วันนี้เรามีกาแฟดริปเมล็ดคั่วอ่อนจากเชียงรายให้ลองฟรี", "เมล็ดคั่วอ่อน"),
    "khmer": ("ថ្ងៃនេះយើងមានកាហ្វេថ្មីសម្រាប់អ្នកទាំងអស់គ្នា", "កាហ្វេថ្មី"),
    "lao": ("ມື້ນີ້ພວກເຮົາມີກາເຟໃໝ່ໃຫ້ທຸກຄົນລອງຊີມ", "ກາເຟໃໝ່"),
    "burmese": ("ဒီနေ့ကျွန်တော်တို့ဆိုင်မှာကော်ဖီအသစ်ရပါပြီ", "ကော်ဖီအသစ်"),
    "javanese": ("ꦱꦸꦒꦼꦁꦫꦮꦸꦃꦮꦺꦴꦁꦏꦺꦴꦥꦶ", "ꦫꦮꦸꦃꦮꦺꦴꦁ"),
    "mixed": ("Seduh V60浅煎りlatte hari ini", "V60浅煎りlatte"),
    "indonesian": ("Seduhan pelan untuk pagi yang cerah", "pagi cerah"),
}
DECOYS = {
    "chinese": "本周末到店试喝深烘焙咖啡",
    "japanese": "深煎りコーヒーの試飲会です",
    "thai": "วันนี้ร้านปิดนะครับ",
    "khmer": "ថ្ងៃនេះហាងបិទ",
    "lao": "ມື້ນີ້ຮ້ານປິດ",
    "burmese": "ဒီနေ့ဆိုင်ပိတ်ပါတယ်",
}


@pytest.fixture(scope="module", params=["id", "en"])
def spaceless(request, tmp_path_factory):
    """A site with a post in each script, and others that share letters with them."""
    root = tmp_path_factory.mktemp("aksara")

    def write(path: str, text: str) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")

    account = "accounts: {sky: {network: sandbox, like: bluesky, handle: uji.example.com}}\n"
    write("content/toko/brand.yml", f"name: Toko\nzone: Asia/Jakarta\nlanguages: [id]\n{account}")
    for kind, texts in (("post", SPACELESS), ("decoy", DECOYS)):
        for name, told in texts.items():
            text = told if isinstance(told, str) else told[0]
            front = f"---\ntitle: {kind} {name}\naccounts: [sky]\ndraft: true\n---\n"
            write(f"content/toko/posts/2026/12/{kind}-{name}.md", f"{front}{text}\n")
    plugins = "plugins: [search, mimin]\n"
    theme = f"theme: {{name: material, font: false, language: {request.param}, "
    theme += "features: [search.highlight]}\n"
    write(
        "mkdocs.yml",
        f"site_name: Uji\ndocs_dir: content\nuse_directory_urls: false\n{theme}{plugins}",
    )
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT / "tools")}
    build = (sys.executable, "-m", "mkdocs", "build", "-q")
    subprocess.run(build, cwd=root, env=environment, check=True)
    return root / "site"


@pytest.fixture(params=["from disk", "from a server"])
def address(request, spaceless):
    """Where that site is."""
    if request.param == "from disk":
        yield spaceless.as_uri()
        return
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(spaceless))
    handler.log_message = lambda *_: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_search_finds_a_part_of_a_sentence_in_scripts_without_spaces(address, tab):
    opened = tab("desktop")
    page = opened.page
    page.goto(f"{address}/index.html")
    found = {}
    for name, (_, part) in SPACELESS.items():
        page.click(".md-search__input")
        page.fill(".md-search__input", "")
        page.keyboard.insert_text(part)
        page.keyboard.press("Shift")
        links = page.locator(".md-search-result__link")
        page.locator(f".md-search-result__link[href*='post-{name}']").first.wait_for(
            timeout=5000, state="attached"
        )
        found[name] = [link.get_attribute("href") for link in links.all()]
    first = {name: hrefs[0].partition("?")[0].rpartition("/")[2] for name, hrefs in found.items()}
    assert first == {name: f"post-{name}.html" for name in SPACELESS}
    assert [name for name, hrefs in found.items() if any("decoy" in href for href in hrefs)] == []
    page.goto(found["japanese"][0])
    page.locator("mark[data-md-highlight]").first.wait_for(timeout=5000, state="attached")
    marks = page.locator("mark[data-md-highlight]").all_inner_texts()
    assert marks
    assert all(mark.strip() for mark in marks)
    assert [told for told in opened.complaints if not told.startswith("asked for http://127")] == []
