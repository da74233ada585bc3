"""Measure `mimin check` and its start-up, against check-jsonschema on the same front matter.

Run: `python tests/bench/bench_check.py [--posts N] [--rounds N] [--peer PATH]`. PATH is a
check-jsonschema of a virtual environment of its own; without one that comparison is left out.

Figures are seconds of user CPU, which a busy machine changes less than the clock on the wall. Each
stands beside what a fixed loop in Python takes in the same round, so that runs on different
machines, or on one that is busy, can be compared. Shown are medians of the rounds.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

BRAND = """\
name: Toko Contoh
zone: Asia/Jakarta
languages: [id]
accounts:
  bluesky: {network: sandbox, like: bluesky, handle: toko.example.com}
  mastodon: {network: sandbox, like: mastodon, handle: toko}
  x: {network: sandbox, like: x, handle: toko_cth}
  facebook: {network: sandbox, like: facebook, handle: toko}
approval: none
"""
CALENDAR = """\
campaigns:
  promo: {name: Promo Contoh, starts: 2026-01-01, ends: 2030-12-31}
pillars: {edukasi: Cara, produk: Barang}
"""
WORDS = """kopi pagi sore senja biji sangrai seduh cangkir hangat teman rumah hujan cerita resep
pesan kirim hemat baru segar wangi legit asam pahit manis gelas air panas dingin susu gula
pelanggan terima kasih minggu libur buka tutup jam toko tautan bio promo diskon gratis ☕ ✨"""
NOW = "2026-01-01T00:00+07:00"
LOOP = "total = 0\nfor number in range(5_000_000):\n    total += number * number % 7\n"
RUN = "from mimin.cli.main import run; run()"


def build(root: Path, posts: int) -> list[Path]:
    """Write a workspace in git: 1 KB a post, 17 lines of front matter, 80 words, 2-3 accounts."""
    for name, text in (
        ("content/toko/brand.yml", BRAND),
        ("calendar/toko.yml", CALENDAR),
        ("mkdocs.yml", "site_name: Tolok ukur\n"),
        (".gitignore", ".mimin/\n"),
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    files = list(_posts(root / "content/toko/posts", posts, random.Random(7)))
    author = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
    for args in (("init", "-q"), ("add", "."), (*author, "commit", "-q", "-m", "corpus")):
        subprocess.run(["git", "-C", str(root), *args], check=True)
    return files


def _posts(folder: Path, count: int, chance: random.Random) -> Iterator[Path]:
    start = datetime(2026, 1, 2, 8)  # noqa: DTZ001 - local time of the brand, as in the file
    for number in range(count):
        due = start + timedelta(hours=4 * number)
        path = folder / f"{due:%Y/%m}" / f"post-{number:06}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_post(number, due, chance))
        yield path


def _post(number: int, due: datetime, chance: random.Random) -> str:
    """Write a post: a thread for three accounts or, one of three, a long text for two."""
    thread = number % 3 > 0
    lines = [" ".join(chance.choices(WORDS.split(), k=10)).capitalize() + "." for _ in range(8)]
    first, rest = "\n".join(lines[:4])[:200], "\n".join(lines[4:])[:200]
    between = "\n\n---\n\n" if thread else "\n\n"
    accounts = ("bluesky", "mastodon", "x") if thread else ("mastodon", "facebook")
    names = "\n".join(f"  - {name}" for name in accounts)
    return f"""\
---
title: Contoh nomor {number} untuk tolok ukur
at: {due:%Y-%m-%d %H:%M}
accounts:
{names}
campaign: promo
pillar: {chance.choice(["edukasi", "produk"])}
language: id
labels:
  - contoh
  - uji
tags: [Contoh{number % 40}, KopiUji]
late: post
grace: 2h
note: >-
  Catatan tim nomor {number}: foto menyusul, teks sudah dibaca oleh dua orang, dan
  tautannya sudah dicoba di ponsel; tanyakan kepada pemasaran sebelum mengubah jamnya.
---

{first}{between}{rest}

https://toko.example.com/p/{number}
"""


def spend(command: list[str], folder: Path, *, codes: tuple[int, ...] = (0,)) -> float:
    """Run a command and give the user CPU seconds that it and its children took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in codes:
        sys.exit(
            f"{command[0]} ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}"
        )
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def mimin(*args: str) -> list[str]:
    return [sys.executable, "-c", RUN, *args]


def extract(files: list[Path], folder: Path) -> None:
    """Write the front matter alone, as the peer can not read it out of Markdown."""
    for path in files:
        (folder / f"{path.stem}.yaml").write_text(path.read_text().split("---\n")[1])


def measure(root: Path, files: list[Path], peer: tuple[str, Path] | None) -> dict[str, float]:
    """Measure everything once, one after the other, so that all see the same machine."""
    check = mimin("check", "--now", NOW)
    found = {"loop": spend([sys.executable, "-c", LOOP], root)}
    found["python -c pass"] = spend([sys.executable, "-c", "pass"], root)
    found["mimin --help"] = spend(mimin("--help"), root)
    shutil.rmtree(root / ".mimin", ignore_errors=True)
    found["check, cold"] = spend(check, root)
    found["check, nothing changed"] = spend(check, root)
    edited = files[len(files) // 2]
    edited.write_text(edited.read_text() + "\nLagi.\n")
    found["check, one post edited"] = spend(check, root)
    if peer:
        names = sorted(path.name for path in peer[1].iterdir())
        command = [peer[0], "--schemafile", str(root / "post.json"), *names]
        found["check-jsonschema"] = spend(command, peer[1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", metavar="PATH", help="a check-jsonschema to compare with")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root, apart = Path(name, "workspace"), Path(name, "apart")
        apart.mkdir()
        files = build(root, options.posts)
        peer = None
        if options.peer:
            extract(files, apart)
            schema = subprocess.run(mimin("schema", "post"), capture_output=True, check=True).stdout
            (root / "post.json").write_bytes(schema)
            peer = (str(Path(options.peer).absolute()), apart)
        rounds = [measure(root, files, peer) for _ in range(options.rounds)]
    _show(rounds)


def _show(rounds: list[dict[str, float]]) -> None:
    print(f"{'':26}{'user s':>8}{'x loop':>8}{'x cold':>8}")
    for what in rounds[0]:
        columns = [statistics.median(one[what] for one in rounds)]
        columns += [
            statistics.median(one[what] / one[other] for one in rounds)
            for other in ("loop", "check, cold")
        ]
        print(f"{what:26}" + "".join(f"{figure:8.2f}" for figure in columns))


if __name__ == "__main__":
    main()
