"""Measure building the site against the same posts as ordinary pages of Material, in one run.

Run: `python tests/bench/bench_site.py [POSTS [RUNS]]` (2,000 posts and 3 runs by default; the
targets are for 10,000: cold at least twice as fast, warm eight times, an edit within 2 s). The
other side gets every post as a page outside the navigation, which is the cheapest way to have it
in MkDocs. Wall and processor seconds are shown: on a busy machine only the processor's are worth
comparing. The output lies in memory where the machine has a folder for that.

The last part runs `mkdocs serve`, saves a post, and asks over HTTP until its page shows the edit.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import corpus

PLAIN = """\
site_name: Tolok ukur
docs_dir: content
use_directory_urls: false
theme: {name: material, font: false, language: id}
plugins: [search]
nav: [index.md]
validation: {nav: {omitted_files: ignore}}
"""

# Byte code lies where Python put it, as on any machine where both ran before.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
ENVIRONMENT["NO_MKDOCS_2_WARNING"] = "1"


def build(root: Path, site: Path) -> tuple[float, float]:
    """Build the site of *root*; give wall and processor seconds, those of its children included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(site)]
    subprocess.run(command, cwd=root, check=True, env=ENVIRONMENT, capture_output=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used


def serve(root: Path, post: Path, edits: int = 3, port: int = 8753) -> list[float]:
    """Run `mkdocs serve`, save *post* some times, and give the seconds until each edit is seen."""
    url = f"http://127.0.0.1:{port}/posts/toko/{post.stem}.html"
    command = [sys.executable, "-m", "mkdocs", "serve", "-q", "-a", f"127.0.0.1:{port}"]
    server = subprocess.Popen(command, cwd=root, env=ENVIRONMENT, stderr=subprocess.DEVNULL)
    seconds = []
    text = post.read_text()
    try:
        _wait(url, "<title>")
        for number in range(edits):
            start = time.perf_counter()
            post.write_text(f"{text}\nSuntingan ke-{number}.\n")
            _wait(url, f"Suntingan ke-{number}.")
            seconds.append(time.perf_counter() - start)
    finally:
        server.terminate()
        server.wait()
        post.write_text(text)
    return seconds


def _wait(url: str, text: str, most: float = 600) -> None:
    end = time.monotonic() + most
    while time.monotonic() < end:
        with suppress(OSError), urllib.request.urlopen(url, timeout=60) as answer:
            if text in answer.read().decode():
                return
        time.sleep(0.05)
    raise SystemExit(f"{url} never showed {text!r}")


def record(root: Path, now: str = "2028-06-01T02:00:00Z") -> None:
    """Let everything that was due be out, as it is in a workspace that is in use."""
    from whenever import Instant

    from mimin.git import Repository
    from mimin.ledger.ledger import BRANCH, Ledger
    from mimin.model.event import Event, Kind
    from mimin.store import Branch
    from mimin.website.gather import Wish, gather
    from mimin.website.words import words_for

    wish = Wish(root=root, now=Instant.parse_iso(now), words=words_for("id"))
    events = [
        Event(
            at=line.delivery.due,
            kind=Kind.PUBLISHED,
            account=line.delivery.account,
            key=line.delivery.key,
            digest=line.delivery.digest,
            due=line.delivery.due,
            remote_id=line.delivery.key,
        )
        for line in gather(wish).scene.lines
        if line.delivery.due is not None and line.delivery.due < wish.now
    ]
    repository = Repository.discover(root)
    if repository is not None:
        Ledger(Branch(repository, BRANCH, remote=None)).record(events)
    shutil.rmtree(root / ".mimin")


def commit(root: Path) -> None:
    """Put the workspace into git."""
    (root / ".gitignore").write_text(".mimin/\n")
    git = ["git", "-C", str(root), "-c", "user.name=Bench", "-c", "user.email=bench@example.com"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "All"]):
        subprocess.run([*git, *arguments], check=True)


def show_pair(run: int, plain: tuple[float, float], cold: tuple[float, float]) -> None:
    """Print one comparison of ordinary pages with a cold build, and how busy the machine was."""
    print(
        f"run {run}: ordinary pages {plain[0]:.2f} s wall, {plain[1]:.2f} s processor; "
        f"ours, cold {cold[0]:.2f} s wall, {cold[1]:.2f} s processor: "
        f"{plain[0] / cold[0]:.2f}x wall, {plain[1] / cold[1]:.2f}x processor "
        f"(load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)",
        flush=True,
    )


def main(posts: int, runs: int = 3) -> None:
    """Build both sides and print what they took."""
    memory = Path("/dev/shm")
    base = memory if memory.is_dir() else None
    with tempfile.TemporaryDirectory(dir=base) as folder:
        ours, plain = Path(folder, "ours"), Path(folder, "plain")
        files = corpus.build(ours, posts)
        shutil.copytree(ours, plain)
        (plain / "mkdocs.yml").write_text(PLAIN)
        (plain / "content/toko/brand.yml").unlink()
        commit(ours)
        record(ours)
        site = Path(folder, "site")
        figures = {}
        for run in range(1, runs + 1):
            # One after the other, so that what else the machine does meets both sides.
            shutil.rmtree(ours / ".mimin", ignore_errors=True)
            shutil.rmtree(site, ignore_errors=True)
            figures["ordinary pages"] = build(plain, Path(folder, f"plain-site-{run}"))
            shutil.rmtree(Path(folder, f"plain-site-{run}"))
            figures["ours, cold"] = build(ours, site)
            show_pair(run, figures["ordinary pages"], figures["ours, cold"])
        figures["ours, warm"] = build(ours, site)
        files[len(files) // 2].write_text(files[len(files) // 2].read_text() + "\nTambahan.\n")
        figures["ours, one edit"] = build(ours, site)
        shutil.rmtree(site)
        figures["ours, warm, empty output"] = build(ours, site)
        served = serve(ours, files[len(files) // 2])
    reference = figures["ordinary pages"]
    print(f"{posts} posts, {posts * 3} deliveries")
    for name, (wall, used) in figures.items():
        ratios = f"{reference[0] / wall:5.1f}x wall, {reference[1] / used:5.1f}x processor"
        print(f"{name:26} {wall:7.2f} s wall {used:7.2f} s processor   {ratios}")
    shown = ", ".join(f"{seconds:.2f}" for seconds in served)
    print(f"seconds until an edit shows under mkdocs serve: {shown}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3] or ["2000"]))
