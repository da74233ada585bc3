"""Pull requests of a repository on the small GitHub, with real git behind them."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from github_server import ROOT, GitHub, error, made, user, valid

WHEN = "2026-11-30T{:02}:{:02}:00Z"


@dataclass
class Pull:
    """A pull request as the forge keeps it."""

    number: int
    author: str
    branch: str
    base: str
    into: str
    merged: str | None = None
    landed: tuple = ()
    """Of several rebased commits: what they are called on the base branch."""
    reviews: list = field(default_factory=list)


@dataclass
class Forge:
    """A repository on GitHub: a bare one to push to, and what its API says."""

    origin: Path
    work: Path
    pulls: dict = field(default_factory=dict)
    teams: dict = field(default_factory=dict)
    """`org/team` → members; a team that is not here may not be asked about."""
    unlinked: set = field(default_factory=set)
    page: int = 100
    answers: dict = field(default_factory=dict)
    """Path → (status, body, headers) instead of what is true."""
    api: GitHub | None = None

    @property
    def asked(self):
        return self.api.asked

    def git(self, *args, login="rara", where=None):
        name = ["-c", f"user.name={login.title()}", "-c", f"user.email={login}@example.com"]
        done = subprocess.run(
            ["git", "-C", str(where or self.work), *name, *args],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (args, done.stderr)
        return done.stdout.strip()

    def start(self, root):
        """Take over a checkout: its main branch becomes the repository's."""
        self.origin.mkdir(parents=True)
        self.git("init", "-q", "--bare", "-b", "main", where=self.origin)
        self.git("config", "uploadpack.allowAnySHA1InWant", "true", where=self.origin)
        self.git("remote", "add", "origin", str(self.origin), where=root)
        self.git("push", "-q", "-u", "origin", "main", where=root)
        self.git("clone", "-q", str(self.origin), str(self.work), where=root)

    def write(self, files):
        for path, content in files.items():
            target = self.work / path
            if content is None:
                target.unlink()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, files, login, message="Write"):
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message, login=login)
        return self.git("rev-parse", "HEAD")

    def on_main(self, files, login="rara", message="Set up", branch="main"):
        """Push straight to the base branch."""
        self.git("checkout", "-q", branch)
        self.git("pull", "-q", "--ff-only", "origin", branch)
        made = self.commit(files, login, message)
        self.git("push", "-q", "origin", branch)
        return made

    def open(self, files, author="budi", number=12, into="main"):
        """Open a pull request with one commit."""
        self.git("checkout", "-q", into)
        base = self.git("rev-parse", "HEAD")
        branch = f"work-{number}"
        self.git("checkout", "-q", "-b", branch)
        self.pulls[number] = Pull(number, author, branch, base, into)
        self.push(files, author, number)
        return self.pulls[number]

    def push(self, files, login="budi", number=12, message="Write"):
        pull = self.pulls[number]
        self.git("checkout", "-q", pull.branch)
        made = self.commit(files, login, message)
        self._publish(pull)
        return made

    def force(self, files, login="budi", number=12):
        """Throw the last commit away and push another in its place."""
        pull = self.pulls[number]
        self.git("checkout", "-q", pull.branch)
        self.git("reset", "-q", "--hard", "HEAD^")
        made = self.commit(files, login, "Write anew")
        self._publish(pull)
        return made

    def _publish(self, pull):
        # From a fork: the base repository has no branch of it, only the pull request's own ref.
        self.git("push", "-q", "-f", "origin", f"HEAD:refs/pull/{pull.number}/head")
        self.git("fetch", "-q", "origin")
        pull.base = self.git("rev-parse", f"origin/{pull.into}")

    def head(self, number=12):
        return self.git("rev-parse", f"refs/pull/{number}/head", where=self.origin)

    def review(self, login, state="APPROVED", number=12, commit=None, kind="User", **fields):
        reviews = self.pulls[number].reviews
        made_at = WHEN.format(*divmod(len(reviews), 60))
        review = made(
            "pull-request-review",
            id=1000 + len(reviews),
            user=user(login, kind),
            body="",
            state=state,
            commit_id=self.head(number) if commit is None else commit,
            submitted_at=made_at,
            author_association="MEMBER",
        )
        reviews.append(review | fields)
        return reviews[-1]

    def merge(self, how="merge", number=12, by="rara"):
        """Merge as GitHub's button does."""
        pull = self.pulls[number]
        self.git("checkout", "-q", pull.into)
        self.git("pull", "-q", "--ff-only", "origin", pull.into)
        if how == "merge":
            self.git("merge", "-q", "--no-ff", "-m", f"Merge #{number}", pull.branch, login=by)
        elif how == "squash":
            self.git("merge", "-q", "--squash", pull.branch)
            author = f"{pull.author.title()} <{pull.author}@example.com>"
            self.git("commit", "-q", f"--author={author}", "-m", f"Post (#{number})", login="web")
        else:
            fork = self.git("merge-base", pull.into, pull.branch)
            listed = self.git("rev-list", "--reverse", "--no-merges", f"{fork}..{pull.branch}")
            before = self.git("rev-parse", "HEAD")
            self.git("cherry-pick", *listed.split(), login="web")
            pull.landed = tuple(self.git("rev-list", f"{before}..HEAD").split())
        pull.merged = self.git("rev-parse", "HEAD")
        self.git("push", "-q", "origin", pull.into)
        return pull.merged

    # --- the API -------------------------------------------------------------

    def answer(self, method, path, query, body=None):
        assert method == "GET", f"approval only reads, and does not {method} {path}"
        if path in self.answers:
            return self.answers[path]
        found = re.fullmatch(rf"{ROOT}/pulls/(\d+)(/reviews|/commits)?", path)
        if found and int(found[1]) in self.pulls:
            pull = self.pulls[int(found[1])]
            if found[2] is None:
                return 200, valid("pull-request", self._pull(pull)), {}
            if found[2] == "/reviews":
                return self._paged("pull-request-review", pull.reviews, path, query)
            return self._paged("commit", self._commits(pull), path, query)
        found = re.fullmatch(rf"{ROOT}/commits/([0-9a-f]+)/pulls", path)
        if found:
            return self._paged("pull-request-simple", self._of(found[1]), path, query)
        found = re.fullmatch(rf"{ROOT}/commits/([0-9a-f]+)", path)
        if found:
            return self._one(found[1])
        found = re.fullmatch(r"/orgs/([^/]+)/teams/([^/]+)/memberships/([^/]+)", path)
        if found:
            return self._membership(f"{found[1]}/{found[2]}", found[3])
        return None

    def _of(self, commit):
        """Give the pull requests that a commit of the base branch belongs to."""
        return [
            self._simple(pull)
            for pull in self.pulls.values()
            if commit in {pull.merged, *pull.landed} or commit in self._listed(pull)
        ]

    def _simple(self, pull):
        body = made(
            "pull-request-simple",
            number=pull.number,
            user=user(pull.author),
            state="closed" if pull.merged else "open",
            merged_at=WHEN.format(23, 0) if pull.merged else None,
            merge_commit_sha=pull.merged,
        )
        body["base"] |= {"ref": pull.into, "sha": pull.base}
        body["head"] |= {"ref": pull.branch, "sha": self.head(pull.number)}
        return body

    def _membership(self, team, login):
        # Not in the description that we have; fields as GitHub documents them.
        if team not in self.teams:
            return error(403, "Resource not accessible by integration")
        state = self.teams[team].get(login)
        if state is None:
            return error(404, "Not Found")
        return 200, {"url": "x", "role": "member", "state": state}, {}

    def _paged(self, name, listed, path, query):
        size = min(int(query.get("per_page", ["30"])[0]), self.page)
        page = int(query.get("page", ["1"])[0])
        rows = listed[(page - 1) * size : page * size]
        headers = {}
        if page * size < len(listed):
            following = f"{self.api.url}{self.api.prefix}{path}?per_page={size}&page={page + 1}"
            headers["link"] = f'<{following}>; rel="next", <{following}>; rel="last"'
        return 200, valid(f"{name}[]", rows), headers

    def _pull(self, pull):
        body = made(
            "pull-request",
            number=pull.number,
            user=user(pull.author),
            state="closed" if pull.merged else "open",
            merged=pull.merged is not None,
            merged_at=WHEN.format(23, 0) if pull.merged else None,
            merge_commit_sha=pull.merged,
            commits=len(self._listed(pull)),
            author_association="CONTRIBUTOR",
        )
        body["base"] = body["base"] | {"ref": pull.into, "sha": pull.base}
        body["head"] = body["head"] | {"ref": pull.branch, "sha": self.head(pull.number)}
        return body

    def _listed(self, pull):
        span = f"{pull.base}..{self.head(pull.number)}"
        return self.git("rev-list", "--reverse", span).split()

    def _commits(self, pull):
        return [self._commit(sha) for sha in self._listed(pull)]

    def _commit(self, sha):
        form = "--format=%an%n%ae%n%cn%n%ce"
        text = self.git("show", "-s", form, sha, where=self.origin)
        an, ae, cn, ce = text.split("\n")
        body = made("commit", sha=sha, author=self._known(ae), committer=self._known(ce))
        body["commit"] |= {
            "author": {"name": an, "email": ae, "date": WHEN.format(1, 0)},
            "committer": {"name": cn, "email": ce, "date": WHEN.format(1, 0)},
        }
        return body

    def _one(self, sha):
        """Answer for one commit, if it was ever pushed."""
        present = subprocess.run(
            ["git", "-C", str(self.origin), "cat-file", "-e", sha], check=False
        )
        if present.returncode:
            return error(404, "Not Found")
        return 200, valid("commit", self._commit(sha)), {}

    def _known(self, email):
        login = email.partition("@")[0]
        return None if login in self.unlinked else user(login)
