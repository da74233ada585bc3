"""Kill a publishing run at its n-th step, for many n, and let later runs go on with it.

Usage: python killer.py PLAN.json. The plan names a workspace as a template, the steps to die at,
and the moments of the runs. Every case gets a copy of its own and forks of this process, which has
imported all of mimin once. One line of JSON a case goes to standard output.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import types
from pathlib import Path

from whenever import TimeDelta

HERE = Path(__file__).parent


def main(plan: dict) -> None:
    warm_up()
    if plan.get("another_time"):  # than the server's, which is real and can not be told
        importlib.import_module("mimin.publishing.clocks").MOST = TimeDelta(hours=24)
    template = Path(plan["template"])
    for number in plan["steps"]:
        case = Path(plan["folder"]) / f"case-{plan['name']}-{number}"
        shutil.copytree(template, case, symlinks=True)
        (case / "log").mkdir()
        point(case)
        if plan.get("rename"):
            rename(case, number, plan["rename"])
        print(json.dumps(examine_case(case, number, plan)), flush=True)
        shutil.rmtree(case)


def point(case: Path) -> None:
    """Let a copied clone push to the remote that was copied with it."""
    if (case / "remote.git").exists():
        git(case / "workspace", "remote", "set-url", "origin", str(case / "remote.git"))


def rename(case: Path, number: int, path: str) -> None:
    """Give the case a post of its own, where all cases share one account."""
    workspace = case / "workspace"
    post = workspace / path
    post.write_text(post.read_text().replace("Bagian", f"Kasus {number}, bagian"))
    post.rename(post.with_stem(f"{post.stem}-{number}"))
    git(workspace, "add", "-A")
    git(workspace, "commit", "-q", "-m", "Rename")


def examine_case(case: Path, number: int, plan: dict) -> dict:
    if plan.get("hit"):  # the hooks of the remote do harm, at this push; nobody is killed
        os.environ["HIT"] = str(number)
        codes = [run(case, plan, plan["moments"][0])]
        del os.environ["HIT"]
        if (case / "gone.git").exists():
            (case / "gone.git").rename(case / "remote.git")
        (case / "log" / "steps").touch()
    else:
        codes = [run(case, plan, plan["moments"][0], kill_at=number)]
    first = (case / "log" / "output").read_text()
    for moment in plan["moments"][1:]:
        codes.append(run(case, plan, moment))
        if codes[-1] == 0:
            break
    steps = (case / "log" / "steps").read_text().splitlines()
    found = {"number": number, "died_at": steps[number - 1] if number <= len(steps) else None}
    found |= {"codes": codes, "first": first, "output": (case / "log" / "output").read_text()}
    found["out"] = out(case)
    key = plan["key"].format(number=number)
    ledger = ["ledger", "verify"], ["ledger", "show", key, "--format", "json"]
    verified, shown = (command(case, arguments, plan) for arguments in ledger)
    found["verified"] = verified[0] == 0
    found["parts"] = json.loads(shown[1])["deliveries"][0]["parts"] if shown[0] == 0 else []
    found["steps"] = len(steps)
    return found


def out(case: Path) -> list[dict]:
    """List what the audience sees, oldest first."""
    from mimin.networks.sandbox_rows import posts

    folder = case / "workspace" / ".mimin"
    seen = [
        {
            "token": post.token,
            "text": post.part.text,
            "parent": post.parent,
            "id": post.id,
            "media": [media.sha256 for media in post.part.media],
        }
        for post in posts(folder)
    ]
    keyless = sys.modules["keyless_network"]
    return seen + [{**row, "id": f"wall:{row['token']}"} for row in keyless.rows(folder)]


def run(case: Path, plan: dict, moment: str, kill_at: int = 0) -> int:
    """Publish in a fork; give its exit code, or -9 when it was killed."""
    if plan.get("announce"):  # to a fake server, which has no other way to know
        Path(plan["announce"]).write_text(f"{case.name} {moment}")
    arguments = ["publish", "--now", moment]
    return command(case, arguments, plan, kill_at=kill_at, count=bool(kill_at))[0]


def command(case: Path, arguments: list[str], plan: dict, *, kill_at=0, count=False):
    answer = case / "log" / "answer"
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.environ.update(plan.get("environment", {}))
            if count:
                watch(case / "log" / "steps", kill_at)
            code = invoke(case, arguments, answer)
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    with (case / "log" / "output").open("a") as log:
        log.write(answer.read_text() if answer.exists() else "")
    return os.waitstatus_to_exitcode(status), answer.read_text() if answer.exists() else ""


def invoke(case: Path, arguments: list[str], answer: Path) -> int:
    from mimin.cli.main import main as mimin

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            mimin([*arguments, "--workspace", str(case / "workspace")], standalone_mode=True)
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException as error:  # noqa: BLE001 - shown to the test
            said.write(f"BUG {error!r}")
            code = 3
    text = said.getvalue()
    answer.write_text(text[text.index("{") :] if "json" in arguments and "{" in text else text)
    return code


def watch(log: Path, kill_at: int) -> None:
    """Count every step from now on, and die at one of them."""
    import httpx2

    from mimin.cli.telling import Teller
    from mimin.git import Repository
    from mimin.networks import sandbox

    taken = [0]

    def step(name: str) -> None:
        taken[0] += 1
        with log.open("a") as steps:
            steps.write(name + "\n")
        if taken[0] == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(owner, name: str, label) -> None:
        real = getattr(owner, name)

        def wrapped(*args, **kwargs):
            step(f"before {label(args)}")
            result = real(*args, **kwargs)
            step(f"after {label(args)}")
            return result

        setattr(owner, name, wrapped)

    log.touch()
    around(Repository, "run", lambda args: f"git {args[1]}")
    for name in ("keep", "upload"):
        around(sandbox, name, lambda _, name=name: f"sandbox {name}")
    around(sys.modules["keyless_network"], "hang", lambda _: "hanging")
    around(httpx2.HTTPTransport, "handle_request", _call)
    around(Teller, "tell", lambda args: f"telling {args[3]}")


def _call(args) -> str:
    return f"HTTP {args[1].method} {args[1].url.path}"


def warm_up() -> None:
    """Import what a run needs, once for all forks; no thread may be started here."""
    sys.path.insert(0, str(HERE))
    keyless = importlib.import_module("keyless")
    sys.modules["keyless_network"] = keyless
    from mimin.networks.registry import ADAPTERS

    for name in ("wall", "blindwall"):
        module = types.ModuleType(f"keyless_{name}")
        module.NETWORK = keyless.Keyless(name, blind=name == "blindwall")
        sys.modules[module.__name__] = module
        ADAPTERS[name] = module.__name__
    for name in ("main", "publish", "ledger", "telling"):
        importlib.import_module(f"mimin.cli.{name}")
    for name in ("check", "examine"):
        importlib.import_module(f"mimin.checks.{name}")
    for name in ("bluesky_connection", "mastodon_connection", "sandbox", "manual"):
        importlib.import_module(f"mimin.networks.{name}")
    for name in ("planning.show", "publishing.reconcile", "publishing.run", "store"):
        importlib.import_module(f"mimin.{name}")
    importlib.import_module("PIL.Image").init()
    from mimin.checks.check import code_version

    code_version()


def git(where: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(where), *arguments], check=True, capture_output=True)


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
