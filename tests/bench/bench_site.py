"""Measure building the site against the same posts as ordinary pages of Material, in one run.

Run: `python tests/bench/bench_site.py [POSTS]` (2,000 by default; the targets are for 10,000). The
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


def build(root: Path, site: Path) -> tuple[float, float]:
    """Build the site of *root*; give wall and processor seconds, those of its children included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(site)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    subprocess.run(command, cwd=root, check=True, env=environment, capture_output=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used


def serve(root: Path, post: Path, edits: int = 3, port: int = 8753) -> list[float]:
    """Run `mkdocs serve`, save *post* some times, and give the seconds until each edit is seen."""
    url = f"http://127.0.0.1:{port}/posts/toko/{post.stem}.html"
    command = [sys.executable, "-m", "mkdocs", "serve", "-q", "-a", f"127.0.0.1:{port}"]
    server = subprocess.Popen(command, cwd=root, stderr=subprocess.DEVNULL)
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


def main(posts: int) -> None:
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
        figures = {"ordinary pages": build(plain, Path(folder, "plain-site"))}
        figures["ours, cold"] = build(ours, site)
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
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
