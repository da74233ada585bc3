"""The demo: two simulated weeks of two brands, in a scratch copy that touches nothing of yours.

Everything below is what a user would type; only the clock and the network are simulated.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from whenever import Instant, TimeDelta

from mimin.ledger.standing import Standing, State
from mimin.networks.sandbox_faults import Fault, inject

ROOT = Path(__file__).resolve().parent.parent
SCRATCH = ROOT / ".demo"
WORKSPACE = SCRATCH / "workspace"
REMOTE = SCRATCH / "remote.git"
COPIED = ("content", "calendar", "templates", "reports", "mkdocs.yml")

BEGIN = Instant.parse_iso("2026-11-22T23:00:00Z")
END = Instant.parse_iso("2026-12-06T23:00:00Z")
WHO = ("-c", "user.name=Demo", "-c", "user.email=demo@mimin.invalid")

CONFIG = """\
# Written by `make demo`: the site of the scratch copy, as it looks at the end of the two weeks.
INHERIT: mkdocs.yml
plugins:
  search: {{}}
  mimin:
    now: "{now}"
"""


def main() -> None:
    """Run the demo."""
    options = _options()
    _say("1. A scratch copy with a repository and a remote of its own")
    _copy()
    _say("2. mimin check")
    _mimin("check", "--now", _text(BEGIN))
    _say(f"3. mimin publish, from {_text(BEGIN)[:10]} to {_text(END)[:10]}, on a simulated clock")
    published = _two_weeks()
    _say(f"   {published} deliveries published in this run of the demo; the rest was out already")
    _mimin("ledger", "verify")
    _say("4. mkdocs build --strict")
    (WORKSPACE / "mkdocs.demo.yml").write_text(CONFIG.format(now=_text(END)), encoding="utf-8")
    _run([sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-f", "mkdocs.demo.yml"])
    _say(f"   built {WORKSPACE.relative_to(ROOT)}/site (all posts in it are simulated)")
    if options.serve:
        _serve(options.port)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", type=int, default=1, help="0 stops after the build")
    parser.add_argument("--port", type=int, default=8000)
    return parser.parse_args()


def _copy() -> None:
    """Bring the scratch workspace up to date; its repository, ledger and sandbox stay."""
    WORKSPACE.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        source, target = ROOT / name, WORKSPACE / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)
    (WORKSPACE / ".gitignore").write_text(".mimin/\nsite/\nmkdocs.demo.yml\n", encoding="utf-8")
    if not (WORKSPACE / ".git").exists():
        _git("init", "--quiet", "--initial-branch=main")
        _git("init", "--quiet", "--bare", str(REMOTE))
        _git("remote", "add", "origin", str(REMOTE))
        _awkward_moments()
    _git("add", "--all")
    if _git("status", "--porcelain"):
        _git(*WHO, "commit", "--quiet", "--message", "Plan six weeks of posts")
    _git("push", "--quiet", "origin", "main")


def _awkward_moments() -> None:
    """Let the simulated network misbehave now and then, as real ones do."""
    folder = WORKSPACE / ".mimin"
    folder.mkdir(exist_ok=True)
    inject(folder, "kopi-senja/mastodon", Fault.LIMITED, seconds=600)
    inject(folder, "kopi-senja/bluesky", Fault.ANSWER_LOST)


def _two_weeks() -> int:
    """Run the publisher as a schedule would, and do what a person would do in between.

    A real schedule also runs when nothing is due; those runs are left out here to save time.
    """
    before = _count_published()
    for now in _moments():
        _mimin("publish", "--now", _text(now), "--lookahead", "20m", fine=(0, 1, 4), quiet=True)
        _hand_work(now)
    return _count_published() - before


def _moments() -> list[Instant]:
    """Give the moments at which a run finds something to do: before each due time, and after."""
    plan = json.loads(_mimin("plan", "--all", "--format", "json", quiet=True))["plan"]
    dues = {Instant.parse_iso(row["due"]) for row in plan if row["due"] is not None}
    offsets = (TimeDelta(minutes=-15), TimeDelta(minutes=20))
    return sorted({due + offset for due in dues if BEGIN < due < END for offset in offsets})


def _hand_work(now: Instant) -> None:
    """Post by hand what was handed over more than a day ago, and say so."""
    for key, standing in _standings().items():
        last = standing.last
        if standing.state() is State.HANDED and last and now - last.at > TimeDelta(hours=24):
            slug = key.partition("/")[2].partition("@")[0]
            url = f"https://channel.invalid/{slug}"
            by = "Demo"
            _mimin("done", key, "--url", url, "--by", by, "--now", _text(now), quiet=True)


def _standings() -> dict[str, Standing]:
    from mimin.git import Repository
    from mimin.ledger.ledger import BRANCH, Ledger
    from mimin.ledger.lines import is_record
    from mimin.store import Branch

    return dict(
        Ledger(Branch(Repository(WORKSPACE), BRANCH, remote="origin", keeps=is_record))
        .read()
        .standings
    )


def _count_published() -> int:
    return sum(standing.state() is State.PUBLISHED for standing in _standings().values())


def _mimin(*words: str, fine: tuple[int, ...] = (0,), quiet: bool = False) -> str:
    return _run([sys.executable, "-m", "mimin", *words], fine=fine, quiet=quiet)


def _git(*words: str) -> str:
    return _run(["git", *words], quiet=True)


def _run(command: list[str], *, fine: tuple[int, ...] = (0,), quiet: bool = False) -> str:
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}  # about its makers' other product
    done = subprocess.run(
        command, cwd=WORKSPACE, capture_output=quiet, text=True, check=False, env=environment
    )
    if done.returncode not in fine:
        if quiet:
            sys.stderr.write(done.stdout + done.stderr)
        raise SystemExit(f"demo: {' '.join(command[:4])} … ended with {done.returncode}")
    return done.stdout or ""


def _serve(port: int) -> None:
    handler = functools.partial(
        http.server.SimpleHTTPRequestHandler, directory=str(WORKSPACE / "site")
    )
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        _say(f"5. Open http://127.0.0.1:{port}/ (Ctrl-C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            _say("")


def _text(moment: Instant) -> str:
    return moment.format_iso()


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a script that talks to a person


if __name__ == "__main__":
    main()
