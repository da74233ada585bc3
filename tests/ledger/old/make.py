"""Tell the story with the version before, and keep what is left of it.

Usage: python make.py CHECKOUT, a checkout of that version (246bf93). Its own commands write all:
the files and their history (`main.fast-export`, with its commit ids), the ledger (`ledger/`), and
what it said about them (`said/`). The keys that sign live no longer than the story.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).parent
TESTS = HERE.parent.parent
sys.path[:0] = [str(HERE), str(TESTS / "github")]
for _name in ("server", "forge"):
    sys.modules[f"github_{_name}"] = __import__(_name)

import story  # noqa: E402 - it lies beside this file
from forge import Forge  # noqa: E402 - the same
from server import GitHub  # noqa: E402 - the same

DAY = "2026-12-15T{}+07:00"
MOMENTS = (DAY.format("09:00"), DAY.format("10:05"), DAY.format("21:00"), "2027-02-05T09:00+07:00")
SOURCES = {
    "twitter-together": {
        "tweets/halo.tweet": "Halo dari dulu\n",
        "tweets/utas.tweet": "Satu\n\n---\n\nDua\n",
        "_git_added.csv": "path,commit,committed_at\n"
        "tweets/halo.tweet,0,2025-05-07T10:00:00+00:00\n"
        "tweets/utas.tweet,0,2025-06-07T10:00:00+00:00\n",
    },
    "galaxy-social": {
        "plugins.yml": "plugins:\n  - name: bluesky-lama\n    class: bluesky.bluesky_client\n"
        "    enabled: true\n    config:\n      base_url: https://bsky.example\n"
        "      username: lama.bsky.example\n      password: $LAMA\n"
        "      max_content_length: 300\n",
        "posts/baik.md": "---\nmedia: [bluesky-lama]\n---\nSampai.\n",
        "posts/gagal.md": "---\nmedia: [bluesky-lama]\n---\nTidak sampai.\n",
        "processed_files.json": '{"posts/baik.md": {"bluesky-lama": true},'
        ' "posts/gagal.md": {"bluesky-lama": false}}',
        "_git_added.csv": "path,commit,committed_at\nposts/baik.md,0,2026-03-02T10:41:24+02:00\n"
        "posts/gagal.md,0,2026-03-03T10:41:24+02:00\n",
    },
}
FIELDS = ("key", "state", "action", "cause", "note", "due", "parts", "digest", "approved")


class Fedi:
    """The fake instance of the adapters' tests, over HTTP, with trouble at chosen calls."""

    def __init__(self, port):
        from network_fakes.mastodon import FakeMastodon
        from whenever import Instant

        self.now = Instant.MIN
        self.fake = FakeMastodon(lambda: self.now)
        self.trouble, self.count, self.child = {}, 0, None
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                owner.serve(self)

            do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names are the interface

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, call):
        import httpx2

        body = call.rfile.read(int(call.headers.get("content-length") or 0))
        creates = call.command == "POST" and call.path == "/api/v1/statuses"
        self.count += creates
        trouble = self.trouble.get(self.count if creates else call.command, "")
        if trouble == "kill before":
            self.child.kill()
            return
        status, content, headers = 429, b"{}", {"retry-after": "3600"}
        if trouble == "refuse":
            status, content, headers = 422, b'{"error": "Validation failed"}', {}
        elif trouble != "limit":
            url = f"http://x{call.path}"
            request = httpx2.Request(call.command, url, headers=dict(call.headers), content=body)
            answer = self.fake.handle_request(request)
            status, content, headers = answer.status_code, answer.content, {}
        if trouble == "kill after":
            self.child.kill()
            return
        call.send_response(status)
        for name, value in {"content-length": str(len(content)), **headers}.items():
            call.send_header(name, value)
        call.end_headers()
        call.wfile.write(content)


class Stage:
    """The workspace, and the version before at work on it."""

    def __init__(self, folder, checkout):
        self.folder, self.root = folder, folder / "workspace"
        self.tools = checkout / "tools"
        self.fedi = Fedi(urlsplit(story.FEDI).port)
        self.runs = 1000
        (self.root / ".git").parent.mkdir()
        self.forge = Forge(folder / "origin.git", folder / "work")

    @property
    def picture(self):
        from PIL import Image

        out = io.BytesIO()
        Image.new("RGB", (40, 30), "#6f4e37").save(out, "PNG")
        return out.getvalue()

    def git(self, *args):
        return self.forge.git(*args, where=self.root)

    def at(self, moment):
        """Let git and the instance live at a moment such as `12-01 09:00`, in Jakarta."""
        from whenever import OffsetDateTime

        iso = f"2026-{moment.replace(' ', 'T')}:00+07:00"
        os.environ |= {"GIT_AUTHOR_DATE": iso, "GIT_COMMITTER_DATE": iso}
        self.fedi.now = OffsetDateTime.parse_iso(iso).to_instant()
        return iso

    def commit(self, files, moment):
        self.at(moment)
        first = not (self.root / ".git").exists()
        if first:
            self.git("init", "-q", "-b", "main")
        else:
            self.git("pull", "-q", "--ff-only")
        for path, content in files.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                target.unlink()
            else:
                target.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.git("add", "-A")
        self.git("commit", "-q", "-m", f"Write on {moment[:5]}")
        if first:
            self.forge.start(self.root)
        else:
            self.git("push", "-q")

    def run(self, *args, at, env=None):
        iso = self.at(at)
        self.runs += 1
        given = {"GITHUB_RUN_ID": str(self.runs), "KOPI_SENJA_FEDI": self.fedi_token}
        return self.old("-m", "mimin", *map(str, args), "--now", iso, env=given | (env or {}))

    @property
    def fedi_token(self):
        from network_fakes.mastodon import TOKEN

        return TOKEN

    def old(self, *args, env=None):
        """Run Python on the version before, in the workspace."""
        child = self.fedi.child = subprocess.Popen(
            [sys.executable, *args],
            cwd=self.root,
            env=os.environ | {"PYTHONPATH": str(self.tools)} | (env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        out, err = child.communicate()
        print(f"[{child.returncode}] {' '.join(args[:4])[:90]}\n{out[:2000]}{err}", file=sys.stderr)
        assert child.returncode in {0, 1, 4, -9}, err
        return child.returncode, out

    def publish(self, moment, *args, fedi=None):
        self.fedi.trouble, self.fedi.count = fedi or {}, 0
        self.run("publish", "--lookahead", "1m", *args, at=moment)
        self.fedi.trouble = {}

    def trouble(self, account, *faults, seconds=0):
        """Let the next calls of an account go wrong; faults that nobody met are gone."""
        lines = ["from pathlib import Path", "from mimin.networks.sandbox_faults import *"]
        lines += ["with opened(Path('.mimin')) as rows: rows.execute('DELETE FROM faults')"]
        for fault in faults:
            told = f"Path('.mimin'), 'kopi-senja/{account}', Fault('{fault}')"
            lines += [f"inject({told}, seconds={seconds if fault == 'limited' else 0})"]
        self.old("-c", "\n".join(lines))

    def bring(self, tool, brand, moment):
        source = self.folder / tool
        for path, text in SOURCES[tool].items():
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_text(text)
        told = ("--brand", brand, "--zone", "Asia/Jakarta")
        self.run("import", tool, source, *told, at=moment)

    def pull(self, number, files, reviewers):
        self.at("11-23 09:00")
        self.forge.open(files, number=number)
        for login in reviewers:
            self.forge.review(login, number=number)
        self.forge.merge(number=number)

    def approve(self, number, moment):
        self.git("pull", "-q", "--ff-only")
        self.run("approve", "--pull", number, at=moment, env=self.forge.api.environment)

    def signers(self, *names):
        lines = []
        for name in names:
            key = self.folder / name
            if not key.exists():
                make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)]
                subprocess.run(make, check=True)
            lines.append(f"{name}@example.com {key.with_suffix('.pub').read_text().strip()}\n")
        return "".join(lines)

    def sign(self, name, who, moment):
        told = ("--sign", self.folder / who, "--by", f"{who}@example.com")
        self.run("approve", name, *told, at=moment)


def keep(stage):
    """Keep the files with their history, the ledger, and what the version before says of them."""
    for name in ("ledger", "said"):
        shutil.rmtree(HERE / name, ignore_errors=True)
    stage.git("pull", "-q", "--ff-only")
    stage.git("fetch", "-q", "origin", "mimin/ledger")
    exported = ["git", "-C", str(stage.root), "fast-export", "--reencode=no", "main"]
    done = subprocess.run(exported, capture_output=True, check=True)
    (HERE / "main.fast-export").write_bytes(done.stdout)
    for path in stage.git("ls-tree", "-r", "--name-only", "origin/mimin/ledger").splitlines():
        target = HERE / "ledger" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(stage.git("show", f"origin/mimin/ledger:{path}") + "\n")
    (HERE / "said").mkdir()
    codes = {}

    def said(name, *args):
        codes[name], text = stage.old("-m", "mimin", *args)
        return text

    def rows(name, listed):
        lines = ",\n".join(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in listed)
        (HERE / "said" / name).write_text(f"[\n{lines}\n]\n")

    for number, moment in enumerate(MOMENTS):
        plan = said(f"plan {moment}", "plan", "--all", "--format", "json", "--now", moment)
        listed = json.loads(plan)["plan"]
        rows(f"plan-{number}.json", [{name: row[name] for name in FIELDS} for row in listed])
        said(f"publish --dry-run {moment}", "publish", "--dry-run", "--now", moment)
    shown = said("ledger show", "ledger", "show", "--format", "json")
    rows("show.json", json.loads(shown)["deliveries"])
    faults = said("ledger verify", "ledger", "verify")
    (HERE / "said" / "verify.txt").write_text(faults)
    rows("standings.json", json.loads(stage.old(str(HERE / "dump.py"), ".")[1]))
    codes |= {"HEAD": stage.git("rev-parse", "HEAD"), "moments": MOMENTS}
    (HERE / "said" / "codes.json").write_text(json.dumps(codes, indent=1) + "\n")


def main(checkout):
    from types import ModuleType

    package = sys.modules["network_fakes"] = ModuleType("network_fakes")
    package.__path__ = [str(TESTS / "networks" / "fakes")]
    for name in [name for name in os.environ if name.startswith(("GIT_", "GITHUB_", "MIMIN_"))]:
        del os.environ[name]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "gitconfig")
        config.write_text("[user]\n\tname = Rara\n\temail = rara@example.com\n")
        os.environ |= {"GIT_CONFIG_GLOBAL": str(config), "GIT_CONFIG_NOSYSTEM": "1"}
        stage = Stage(Path(folder), Path(checkout))
        with GitHub(stage.forge) as stage.forge.api:
            story.tell(stage)
            keep(stage)


if __name__ == "__main__":
    main(sys.argv[1])
