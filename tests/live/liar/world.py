"""A world: a workspace with a remote, two accounts on the lying server, and runs that are killed.

All that happens is drawn from a seed; only how fast the machine is decides where a random kill
falls.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path

from liar import lies

HERE = Path(__file__).parent
TOOLS = HERE.parent.parent.parent / "tools"
START = 1_796_090_400.0
"""2026-12-01 02:00 UTC, 09:00 in Jakarta."""
ACCOUNTS = ("satu", "dua")
BRAND = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
late: post
grace: 1d
spacing: 1s
accounts:
  satu: {{network: mastodon, handle: satu, server: "{base}", secret: SATU}}
  dua: {{network: mastodon, handle: dua, server: "{base}", secret: DUA}}
"""
POST = "---\nat: 2026-12-01 {at}\naccounts: [{accounts}]\n{more}---\n{text}\n"
PICTURE = "\n\n![Secangkir kopi](foto.png)"
BREAK = "\n\n---\n"
THREAD = ("Utas, bagian satu", "Utas, bagian dua", "Utas, bagian tiga")
OPENING = {"pembuka": ("09:00", "satu, dua", ("Selamat pagi",))}
POSTS = {
    "utas": ("09:10", "satu, dua", THREAD),
    "tunggal": ("09:26", "satu", ("Satu saja",)),
    "gambar": ("09:41", "dua", ("Dengan gambar",)),
}
WORDS = {
    f"kopi-senja/{name}@{account}": words
    for name, (_, accounts, words) in (OPENING | POSTS).items()
    for account in accounts.split(", ")
}
"""Delivery → the words of its parts."""


def write_posts(root, posts, more=""):
    for name, (at, accounts, words) in posts.items():
        parts = [
            word + (PICTURE if number in {0, 2} and name in {"utas", "gambar"} else "")
            for number, word in enumerate(words)
        ]
        text = POST.format(at=at, accounts=accounts, more=more, text=BREAK.join(parts))
        (root / f"content/kopi-senja/posts/{name}.md").write_text(text)


class Template:
    """The workspace after a calm run, to be copied: one post is out on each account."""

    def __init__(self, folder, server, picture):
        self.folder, self.server = folder, server
        root = folder / "workspace"
        (root / "content/kopi-senja/posts").mkdir(parents=True)
        (root / "mkdocs.yml").write_text("site_name: Test\n")
        (root / ".gitignore").write_text(".mimin/\n")
        (root / "content/kopi-senja/brand.yml").write_text(BRAND.format(base=server.base))
        (root / "content/kopi-senja/posts/foto.png").write_bytes(picture)
        self.environment = _environment(folder)
        write_posts(root, OPENING)
        self.git(folder, "init", "-q", "--bare", "-b", "main", "remote.git")
        self.git(root, "init", "-q", "-b", "main")
        self.git(root, "remote", "add", "origin", "../remote.git")
        self.commit(root)
        world = World.__new__(World)
        world.adopt(self, folder, "template")
        for account in ACCOUNTS:
            command = ["accounts", "trust", account, "--host", server.base]
            subprocess.run(
                [sys.executable, "-m", "mimin", *command],
                cwd=root,
                env=world.environment | {"OFFSET": str(START - time.time())},
                check=True,
                capture_output=True,
            )
        ran = world.run(1)
        assert ran.code == 0, ran.said
        write_posts(root, POSTS)
        self.commit(root)

    def commit(self, root):
        self.git(root, "add", "-A")
        self.git(root, "commit", "-q", "-m", "Write")
        self.git(root, "push", "-q", "-u", "origin", "main")

    def git(self, where, *args):
        command = ["git", "-C", str(where), *args]
        subprocess.run(command, check=True, env=self.environment, capture_output=True)


def _environment(folder):
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "GITHUB_", "MIMIN_"))
    }
    config = folder / "gitconfig"
    config.write_text("[user]\n\tname = Rara\n\temail = rara@example.com\n[gc]\n\tauto = 0\n")
    path = os.pathsep.join([str(HERE / "site"), str(TOOLS)])
    return kept | {
        "GIT_CONFIG_GLOBAL": str(config),
        "GIT_CONFIG_NOSYSTEM": "1",
        "NO_COLOR": "1",
        "PYTHONPATH": path,
    }


class Ran:
    """How a run ended."""

    def __init__(self, code, said, seconds):
        self.code, self.said, self.seconds = code, said, seconds

    @property
    def killed(self):
        return self.code == -signal.SIGKILL


class World:
    """One copy of the template, with its own accounts on the server."""

    def __init__(self, template, folder, name):
        for part in ("workspace", "remote.git"):
            shutil.copytree(template.folder / part, folder / part)
        self.adopt(template, folder, name)
        for account in ACCOUNTS:
            self.control(account, like=f"template-{account}")

    def adopt(self, template, folder, name):
        self.server, self.folder, self.name = template.server, folder, name
        self.environment = template.environment | {
            account.upper(): self.token(account) for account in ACCOUNTS
        }
        self.story, self.moment = [], 0.0

    def token(self, account):
        return f"{self.name}-{account}"

    def control(self, account, **fields):
        return self.server.control(self.token(account), **fields)

    def run(self, minutes, *, rules=None, kill=None, date=0, delay=None, group=False):
        """Publish at so many minutes after the start; die after *delay* seconds or as *kill* says.

        Args:
            minutes: When.
            rules: Account → its rules for this run.
            kill: Account, and what the server is to do.
            date: Seconds by which the server's `Date` is wrong.
            delay: Seconds after which the run is killed.
            group: Whether git dies with it.
        """
        self.moment = START + minutes * 60
        offset = self.moment - time.time()
        for account in ACCOUNTS:
            mine = kill[1] if kill and kill[0] == account else None
            told = (rules or {}).get(account, [])
            self.control(account, offset=offset, rules=told, date=date, kill=mine)
        self.story.append(f"at {minutes} min: {rules or 'true'} {kill or delay or ''} date {date}")
        return self._spawn(offset, delay, group)

    def _spawn(self, offset, delay, group):
        began = time.monotonic()
        child = subprocess.Popen(
            [sys.executable, "-m", "mimin", "publish", "--lookahead", "1m"],
            cwd=self.folder / "workspace",
            env=self.environment | {"OFFSET": str(offset), "GITHUB_RUN_ID": str(len(self.story))},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        for account in ACCOUNTS:
            self.control(account, pid=child.pid)
        try:
            said, _ = child.communicate(timeout=delay)
        except subprocess.TimeoutExpired:
            (os.killpg if group else os.kill)(child.pid, signal.SIGKILL)
            said, _ = child.communicate()
        ran = Ran(child.returncode, said, time.monotonic() - began)
        for account in ACCOUNTS:
            self.control(account, pid=0)
        self.story.append(f"  ended with {ran.code}\n    " + said.replace("\n", "\n    "))
        assert ran.code in {0, 1, 4, -signal.SIGKILL}, self.told()
        assert "Traceback" not in said, self.told()
        return ran

    def settle(self, minutes, step=15, most=8):
        """Let the server be true and time pass, until a run changes nothing; give the last run."""
        before = None
        for number in range(most):
            ran = self.run(minutes + number * step)
            seen = (self.out(), self.ledger_head())
            if seen == before:
                return ran
            before = seen
        raise AssertionError(f"it never comes to rest\n{self.told()}")

    def ledger_head(self):
        command = ["git", "-C", str(self.folder / "remote.git"), "rev-parse", "mimin/ledger"]
        return subprocess.run(command, check=False, capture_output=True).stdout

    def out(self):
        """Give what stands on each account: words, parent's words, pictures; oldest first."""
        found = {}
        for account in ACCOUNTS:
            listed = self.control(account)["statuses"]
            words = {status["id"]: status["text"] for status in listed}
            found[account] = [
                (s["text"], words.get(s["in_reply_to_id"]), len(s["media_attachments"]))
                for s in sorted(listed, key=lambda status: int(status["id"]))
            ]
        return found

    def judge(self, last):
        """Say how each delivery ended: `whole`, `named`, `twice` or `lost`."""
        found = {}
        out = self.out()
        for key, words in WORDS.items():
            account = key.rpartition("@")[2]
            counts = [sum(row[0] == word for row in out[account]) for word in words]
            if max(counts) > 1:
                found[key] = "twice"
            elif f"waits for a person: {key}:" in last.said and last.code == 4:
                found[key] = "named, all is out" if min(counts) else "named"
            else:
                found[key] = "whole" if min(counts) else "lost"
        return found

    def change(self, posts, **fields):
        """Commit posts as they are now, with more front matter."""
        root = self.folder / "workspace"
        write_posts(root, posts, "".join(f"{name}: {value}\n" for name, value in fields.items()))
        for args in (["add", "-A"], ["commit", "-q", "-m", "Change"], ["push", "-q"]):
            command = ["git", "-C", str(root), *args]
            subprocess.run(command, check=True, env=self.environment, capture_output=True)

    def lied(self):
        """Count the lies that were told."""
        counts = (Counter(self.control(account)["lied"]) for account in ACCOUNTS)
        return sum(counts, Counter())

    def told(self):
        """Tell all that happened, for a failure."""
        logs = [f"{a}: " + "\n  ".join(self.control(a)["log"]) for a in ACCOUNTS]
        return "\n".join([f"world {self.name}", *self.story, *logs, str(self.out())])


def draw_rules(dice):
    """Draw the lies of one run: account → rules."""
    rules = {}
    for account in ACCOUNTS:
        mine = []
        for _ in range(dice.choice((1, 1, 2))):
            lie = dice.choice(lies.ABOUT_CREATING)
            mine.append({"on": "create", "nth": dice.randint(1, 3), "lie": lie})
        if dice.random() < 0.5:
            mine.append({"on": "list", "nth": 0, "lie": dice.choice(lies.ABOUT_LISTS)})
        if dice.random() < 0.15:
            mine.append({"on": "whoami", "nth": 0, "lie": dice.choice(lies.ABOUT_US)})
        if dice.random() < 0.15:
            lie = dice.choice(lies.ABOUT_UPLOADS)
            mine.append({"on": "upload", "nth": dice.randint(1, 2), "lie": lie})
        rules[account] = mine
    return rules


def draw_kill(dice, length, calls):
    """Draw how a run is killed.

    Args:
        dice: Draws.
        length: How many seconds a run takes.
        calls: How many calls it makes for an account, at most.
    """
    group = dice.random() < 0.5
    if dice.random() < 0.25:
        return {"delay": dice.uniform(0.2, 0.9) * length, "group": group}
    when = dice.choice(("before", "stored", "answered", "soon", "soon"))
    kill = {"nth": dice.randint(1, calls), "when": when, "group": group}
    return {"kill": (dice.choice(ACCOUNTS), kill | {"after": dice.uniform(0, 0.4)})}


class Server:
    """The lying server, in a process of its own."""

    def __init__(self):
        command = [sys.executable, str(HERE / "server.py")]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.base = self.process.stdout.readline().strip()

    def control(self, token, **fields):
        request = urllib.request.Request(
            f"{self.base}/control/{token}",
            data=json.dumps(fields).encode() if fields else None,
            method="PUT" if fields else "GET",
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def stop(self):
        self.process.kill()
        self.process.communicate()


def dice_of(seed):
    return random.Random(seed)
