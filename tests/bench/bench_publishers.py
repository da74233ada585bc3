"""Measure how publishing scales: 1, 8 and 32 publishers at once, one brand each, one bare remote.

Run: `python tests/bench/bench_publishers.py [--posts N]`. Every publisher is a process of its own
on a clone of its own, as the jobs of a workflow are; all start together. The baseline is one
publisher alone. What is out on the sandbox is counted against what was due: nothing may be lost
or out twice. `commits` is how many the ledger took for all of it; `early` is how many publishers
stopped for want of a sure answer of the remote and needed one more run, as the schedule gives.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from mimin.networks.sandbox_rows import posts as rows_of

NOW, AGAIN = "2026-12-01T09:00+07:00", "2026-12-01T09:15+07:00"
BRAND = """\
name: Merek {number}
zone: Asia/Jakarta
languages: [id]
spacing: 1m
accounts:
  bluesky: {{network: sandbox, like: bluesky, handle: merek{number}.example.com}}
  mastodon: {{network: sandbox, like: mastodon, handle: merek{number}}}
"""
POST = "---\nat: 2026-12-01 09:{minute:02}\naccounts: [bluesky, mastodon]\n---\nMerek {n} pos {p}\n"
PROGRAM = "import sys; sys.stdin.read(1); from mimin.cli.main import run; run()"
_GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.com")


def git(*words: str | Path) -> str:
    done = subprocess.run([*_GIT, *map(str, words)], check=True, capture_output=True, text=True)
    return done.stdout


def make(folder: Path, brands: int, posts: int) -> Path:
    """Make a remote with *posts* due posts a brand, each for two accounts."""
    first, remote = folder / "first", folder / "remote.git"
    for number in range(brands):
        content = first / f"content/merek-{number}"
        (content / "posts").mkdir(parents=True)
        (content / "brand.yml").write_text(BRAND.format(number=number))
        for index in range(posts):
            text = POST.format(minute=index % 10, n=number, p=index)
            (content / f"posts/p{index}.md").write_text(text)
    (first / "mkdocs.yml").write_text("site_name: Bench\n")
    git("init", "-q", "-b", "main", first)
    git("-C", first, "add", "-A")
    git("-C", first, "commit", "-q", "-m", "start")
    git("clone", "-q", "--bare", first, remote)
    return remote


def start(remote: Path, clone: Path, brand: int) -> subprocess.Popen[bytes]:
    git("clone", "-q", remote, clone)
    words = ["publish", "--brand", f"merek-{brand}", "--now", NOW, "--lookahead", "15m"]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words, "--workspace", str(clone)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def finish(clone: Path, brand: int) -> list[str]:
    """Run again, as the schedule would, what ended early for want of a sure answer."""
    words = ["publish", "--brand", f"merek-{brand}", "--now", AGAIN, "--workspace", str(clone)]
    command = [sys.executable, "-c", PROGRAM, *words]
    done = subprocess.run(command, input=b"g", capture_output=True, check=False)
    return [done.stderr.decode()] if done.returncode else []


def measure(brands: int, posts: int) -> float:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        remote = make(folder, brands, posts)
        clones = [folder / f"clone-{number}" for number in range(brands)]
        running = [start(remote, clone, number) for number, clone in enumerate(clones)]
        begun = time.perf_counter()
        for process in running:
            process.stdin.write(b"g")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
        for process in running:
            process.communicate()
        span = time.perf_counter() - begun
        early = [number for number, each in enumerate(running) if each.returncode]
        failed = [text for number in early for text in finish(clones[number], number)]
        out = Counter(
            (post.account, post.part.text) for clone in clones for post in rows_of(clone / ".mimin")
        )
        commits = int(git("-C", remote, "rev-list", "--count", "mimin/ledger"))
        due = brands * posts * 2
        verify = [sys.executable, "-c", PROGRAM, "ledger", "verify", "--workspace", str(clones[0])]
        whole = subprocess.run(verify, input=b"g", capture_output=True, check=False).returncode
    twice, lost = sum(out.values()) - len(out), due - len(out)
    print(
        f"{brands:>10} {due:>10} {span:>8.1f} {due / span:>12.1f} {commits:>8} {len(early):>6}"
        f" {twice:>6} {lost:>6}  {'whole' if whole == 0 else 'BROKEN'}",
        flush=True,
    )
    if twice or lost or whole or failed:
        sys.exit("\n".join(["publishers repeat, lose or fail", *failed[:3]]))
    return due / span


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=5, help="a brand, each for two accounts")
    options = parser.parse_args()
    print(
        f"{'publishers':>10} {'deliveries':>10} {'seconds':>8} {'deliveries/s':>12}"
        f" {'commits':>8} {'early':>6} {'twice':>6} {'lost':>6}  ledger"
    )
    rates = [measure(brands, options.posts) for brands in (1, 8, 32)]
    print(f"32 publishers deliver {rates[-1] / rates[0]:.1f} times as much a second as one")


if __name__ == "__main__":
    main()
