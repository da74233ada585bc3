"""The workflows' own steps, taken from their files and run as a runner does."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from github_forge import Forge
from github_server import GitHub

from mimin.networks.sandbox_faults import Fault, inject

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github/workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
DUE = "---\nat: {at}\naccounts: [bluesky, mastodon]\n---\nGajian tiba!\n"
POST = "content/kopi-senja/posts/gajian.md"
_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
_PIN = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


class Loader(yaml.SafeLoader):
    """YAML 1.2's idea of a boolean: `on` is a word."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:bool"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(name):
    return yaml.load((FOLDER / f"{name}.yml").read_text(), Loader)


@dataclass
class Runner:
    """A machine with a clone of the repository, which runs the steps of a job."""

    clone: Path
    temp: Path
    remote: Path
    values: dict = field(default_factory=dict)
    """What expressions come to; one that is not here must not be used."""
    env: dict = field(default_factory=dict)

    def job(self, workflow, name, *, skip=()):
        """Run every step that has a `run`, in order, until one fails; give code and all output."""
        job = load(workflow)["jobs"][name]
        said = ""
        for step in job["steps"]:
            if "run" not in step or step["name"] in skip:
                continue
            if step["run"] == "make setup":
                self._install()
                continue
            env = {**job.get("env", {}), **step.get("env", {})}
            done = self._run(step["run"], {key: self._value(text) for key, text in env.items()})
            said += done.stdout + done.stderr
            if done.returncode:
                return done.returncode, said
        return 0, said

    def output(self, name):
        rows = (self.temp / "output").read_text().splitlines()
        return json.loads(dict(row.split("=", 1) for row in rows)[name])

    @property
    def summary(self):
        return (self.temp / "summary").read_text()

    def _value(self, text):
        return _EXPRESSION.sub(lambda match: self._known(match[1]), str(text))

    def _known(self, name):
        """Give what an expression stands for; a secret that nobody has set is empty on GitHub."""
        return self.values.get(name, "") if name.startswith("secrets.") else self.values[name]

    def _install(self):
        """What `make setup` would download lies in the environment that runs the tests."""
        shutil.rmtree(self.clone / ".venv", ignore_errors=True)
        (self.clone / ".venv").mkdir()
        (self.clone / ".venv/bin").symlink_to(Path(sys.executable).parent)

    def _run(self, script, env):
        assert "${{" not in script, "an expression in a script is run as code"
        github = {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTOR": "ayu",
            "GITHUB_REPOSITORY": "kopi-senja/accounts",
            "GITHUB_RUN_ID": "12345",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_SHA": "0" * 40,
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
            "RUNNER_TEMP": str(self.temp),
            "NO_MKDOCS_2_WARNING": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.clone,
            env={**os.environ, **github, **self.env, **env},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture
def runner(place, tmp_path):
    """A clone of a small workspace with a bare remote, as `actions/checkout` leaves it."""
    place.write({"mkdocs.yml": (ROOT / "mkdocs.yml").read_text()})
    place.write(dict.fromkeys(("content/index.md", "content/handbook/index.md"), "# Hello\n"))
    place.write({".gitignore": ".mimin/\n.venv\nsite/\n"})
    place.base = place.commit()
    place.write({POST: DUE.format(at=_soon())})
    place.commit()
    remote, clone, temp = (tmp_path / name for name in ("remote.git", "clone", "temp"))
    git = ("git", "clone", "-q")
    subprocess.run([*git, "--bare", str(place.root), str(remote)], check=True)
    subprocess.run([*git, str(remote), str(clone)], check=True)
    temp.mkdir()
    made = Runner(clone, temp, remote)
    made.values["github.event.pull_request.base.sha || 'HEAD'"] = place.base
    made.values |= {"inputs.brand": "", "inputs.dry-run && 'yes' || ''": ""}
    return made


def _soon():
    """Write a moment that is just over, in the brand's zone; the steps look at the real clock."""
    from whenever import Instant

    moment = Instant.now().subtract(minutes=1).to_tz("Asia/Jakarta")
    return moment.format_iso()[:16].replace("T", " ")


def write(runner, path, text):
    (runner.clone / path).write_text(text)
    git = ("git", "-C", str(runner.clone), "-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "x"], check=True)


def test_check_writes_plan_comment_and_report(runner):
    write(runner, POST, DUE.format(at="2030-12-02 10:00"))
    code, said = runner.job("check", "check")
    assert code == 0, said
    assert "2 to publish" in runner.summary
    assert (runner.temp / "check/comment.md").read_text().startswith("<!-- mimin -->\n")
    assert json.loads((runner.temp / "check/check.sarif").read_text())["runs"]


def test_check_annotates_what_is_wrong_and_fails(runner):
    write(runner, "content/kopi-senja/posts/rusak.md", DUE.format(at="besok"))
    code, said = runner.job("check", "check")
    assert code == 1, said
    assert "::error file=content/kopi-senja/posts/rusak.md,line=2," in said
    assert "rusak" in (runner.temp / "check/comment.md").read_text()
    assert json.loads((runner.temp / "check/check.sarif").read_text())["runs"][0]["results"]


def test_publish_plans_one_job_a_brand_and_pushes_the_ledger(runner):
    code, said = runner.job("publish", "plan")
    assert code == 0, said
    (job,) = runner.output("matrix")["include"]
    assert job == {"brand": "kopi-senja", "environment": "kopi-senja", "due": 2}
    runner.values |= {f"matrix.{key}": str(value) for key, value in job.items()}
    code, said = runner.job("publish", "publish")
    assert code == 0, said
    assert said.count("published kopi-senja/gajian@") == 2
    assert "mimin/ledger" in _branches(runner)
    (runner.temp / "output").unlink()
    code, said = runner.job("publish", "plan")
    assert (code, runner.output("matrix")) == (0, {"include": []}), said


def _branches(runner):
    words = ("git", "-C", str(runner.remote), "branch", "--list")
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def test_the_button_for_a_dry_run_of_one_brand_sends_nothing(runner):
    runner.values |= {"inputs.brand": "kopi-senja", "inputs.dry-run && 'yes' || ''": "yes"}
    runner.values["matrix.brand"] = "kopi-senja"
    assert runner.job("publish", "plan")[0] == 0
    code, said = runner.job("publish", "publish")
    assert (code, "dry run: 2 would be handled" in said) == (0, True), said
    assert "mimin/ledger" not in _branches(runner)


def test_a_plan_that_fails_fails_the_workflow(runner):
    runner.values["inputs.brand"] = "tidak-ada"
    assert runner.job("publish", "plan")[0] == 2


def test_what_waits_for_a_person_does_not_fail_the_run_but_an_error_does(runner):
    inject(runner.clone / ".mimin", "kopi-senja/bluesky", Fault.ANSWER_LOST)
    runner.values["matrix.brand"] = "kopi-senja"
    code, said = runner.job("publish", "publish")
    assert (code, "UNKNOWN" in said) == (0, True), said
    runner.values["matrix.brand"] = "tidak-ada"
    assert runner.job("publish", "publish")[0] == 1


def test_freeze_and_resume_are_recorded_for_the_person_who_pressed_the_button(runner):
    runner.values |= {"inputs.action": "freeze", "inputs.scope": "", "inputs.reason": "--hacked"}
    code, said = runner.job("freeze", "freeze")
    assert (code, "frozen * by ayu" in said) == (0, True), said
    runner.values |= {"inputs.action": "resume", "inputs.scope": "kopi-senja"}
    code, said = runner.job("freeze", "freeze")
    assert (code, "resumed kopi-senja/* by ayu" in said) == (0, True), said


def test_trust_is_recorded_for_the_person_who_pressed_the_button(runner):
    brand = runner.clone / "content/kopi-senja/brand.yml"
    account = "{network: mastodon, server: 'https://a.example', handle: k, secret: KOPI_SENJA_M}"
    write(runner, "content/kopi-senja/brand.yml", f"{brand.read_text()}  baru: {account}\n")
    runner.values |= {"inputs.account": "kopi-senja/baru", "inputs.host": "https://b.example"}
    code, said = runner.job("trust", "trust")
    assert (code, "to https://a.example now, and not to 'https://b.example'" in said) == (2, True)
    runner.values["inputs.host"] = "https://a.example"
    code, said = runner.job("trust", "trust")
    assert (code, "sent to https://a.example for kopi-senja/baru, says ayu" in said) == (0, True), (
        said
    )
    runner.values["inputs.account"] = "kopi-senja"
    assert runner.job("trust", "trust")[0] == 2


def test_site_reads_the_ledger_and_builds(runner):
    runner.values["matrix.brand"] = "kopi-senja"
    assert runner.job("publish", "publish")[0] == 0
    shutil.rmtree(runner.clone)
    subprocess.run(["git", "clone", "-q", str(runner.remote), str(runner.clone)], check=True)
    code, said = runner.job("site", "build")
    assert code == 0, said
    assert (runner.temp / "site/calendar/index.html").is_file()


def test_the_comment_of_a_check_is_posted_by_the_other_workflow(runner, talk):
    write(runner, POST, DUE.format(at="2030-12-02 10:00"))
    assert runner.job("check", "check")[0] == 0
    event = "github.event.workflow_run"
    runner.values |= {
        "github.token": talk.environment["GITHUB_TOKEN"],
        f"{event}.head_repository.owner.login": "ayu",
        f"{event}.head_branch": "gajian",
        f"{event}.head_sha": "1f2e3d4c5b6a79880716253443526170fedcba98",
    }
    runner.env = talk.environment
    code, said = runner.job("comment", "comment", skip=("Fetch",))
    assert code == 0, said
    (made,) = talk.comments
    assert "Gajian tiba!" in made["body"]


REVIEWED = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
approval: review
approvers: [ayu]
accounts:
  bluesky:
    network: sandbox
    like: bluesky
    handle: kopisenja.example.com
"""


@pytest.fixture
def reviewed(place, tmp_path):
    """A repository on GitHub whose brand needs reviews, and a runner with a clone of it."""
    place.write({"content/kopi-senja/brand.yml": REVIEWED, ".gitignore": ".mimin/\n.venv\n"})
    place.commit()
    forge = Forge(tmp_path / "origin.git", tmp_path / "work")
    forge.start(place.root)
    clone, temp = tmp_path / "clone", tmp_path / "temp"
    temp.mkdir()
    with GitHub(forge) as forge.api:
        made = Runner(clone, temp, forge.origin)
        made.env = {name: forge.api.environment[name] for name in ("GITHUB_API_URL",)}
        made.values = {
            "github.token": forge.api.environment["GITHUB_TOKEN"],
            "github.event.before": place.git("rev-parse", "HEAD").strip(),
            "inputs.pull": "",
        }
        yield made, forge


def _check_out(runner):
    shutil.rmtree(runner.clone, ignore_errors=True)
    git = ("git", "clone", "-q", str(runner.remote), str(runner.clone))
    subprocess.run(git, check=True)


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_approve_records_what_the_push_merged_and_publish_sends_it(how, reviewed):
    runner, forge = reviewed
    forge.open({POST: DUE.format(at=_soon()).replace(", mastodon", "")})
    forge.review("ayu")
    forge.merge(how)
    _check_out(runner)
    code, said = runner.job("approve", "approve")
    assert (code, "approved kopi-senja/gajian@bluesky by ayu" in said) == (0, True), said
    assert "mimin/ledger" in _branches(runner)
    runner.values |= {"matrix.brand": "kopi-senja", "inputs.dry-run && 'yes' || ''": ""}
    code, said = runner.job("publish", "publish")
    assert (code, said.count("published kopi-senja/gajian@")) == (0, 1), said


def test_approve_fails_where_an_admin_merged_without_a_review_and_the_button_mends_it(reviewed):
    runner, forge = reviewed
    forge.open({POST: DUE.format(at=_soon()).replace(", mastodon", "")})
    forge.merge()
    _check_out(runner)
    code, said = runner.job("approve", "approve")
    assert (code, "no review of #12 approves it" in said) == (4, True), said
    runner.values |= {"matrix.brand": "kopi-senja", "inputs.dry-run && 'yes' || ''": ""}
    assert "published kopi" not in runner.job("publish", "publish")[1]
    forge.review("ayu")
    runner.values |= {"github.event.before": "", "inputs.pull": "12"}
    code, said = runner.job("approve", "approve")
    assert (code, "approved kopi-senja/gajian@bluesky by ayu" in said) == (0, True), said


def _check_out_as(runner, workflow, job):
    """Clone what the job's own check-out step says: its branch, and as much history."""
    (step,) = [s for s in load(workflow)["jobs"][job]["steps"] if "checkout@" in s.get("uses", "")]
    depth = step["with"].get("fetch-depth", 1)
    shutil.rmtree(runner.clone, ignore_errors=True)
    words = ["git", "clone", "-q", "--branch", step["with"]["ref"]]
    words += ["--depth", str(depth)] if depth else []
    subprocess.run([*words, f"file://{runner.remote}", str(runner.clone)], check=True)


@pytest.fixture
def signed(reviewed, tmp_path):
    """A post that Rara wrote and Ayu has signed, and a runner with nothing of it yet."""
    runner, forge = reviewed
    if not shutil.which("ssh-keygen") and "CI" not in os.environ:
        pytest.skip("needs ssh-keygen")
    key = tmp_path / "ayu"
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)]
    subprocess.run(words, check=True)
    brand = REVIEWED.replace("approvers: [ayu]\n", "")
    signers = f"ayu@example.com {key.with_suffix('.pub').read_text()}"
    forge.on_main(
        {
            "content/kopi-senja/brand.yml": brand,
            ".github/allowed_signers": signers,
            POST: DUE.format(at=_soon()).replace(", mastodon", ""),
        }
    )
    _check_out(runner)
    runner._install()
    mimin = [str(runner.clone / ".venv/bin/mimin"), "approve"]
    names = ["kopi-senja/gajian", "--sign", str(key), "--by", "ayu@example.com"]
    done = subprocess.run(
        [*mimin, *names], cwd=runner.clone, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    runner.values |= {"inputs.brand": "", "inputs.dry-run && 'yes' || ''": ""}
    return runner


def test_signed_approvals_count_where_the_workflows_check_out(signed):
    _check_out_as(signed, "publish", "plan")
    code, said = signed.job("publish", "plan")
    (job,) = signed.output("matrix")["include"]
    assert (code, job["due"]) == (0, 1), said
    signed.values |= {f"matrix.{key}": str(value) for key, value in job.items()}
    _check_out_as(signed, "publish", "publish")
    code, said = signed.job("publish", "publish")
    assert (code, said.count("published kopi-senja/gajian@")) == (0, 1), said


@pytest.mark.parametrize(
    ("workflow", "job"),
    [("publish", "plan"), ("publish", "publish"), ("watch", "watch"), ("approve", "approve")],
)
def test_who_judges_approvals_has_all_of_the_history(workflow, job):
    (step,) = [s for s in load(workflow)["jobs"][job]["steps"] if "checkout@" in s.get("uses", "")]
    assert step["with"]["fetch-depth"] == 0


def test_watch_opens_an_issue_an_alarm_and_closes_it_when_it_is_over(runner, hub):
    """Nothing ran for two hours; then the post went out, by hand of the same workflow."""
    from whenever import Instant

    long_ago = Instant.now().subtract(hours=2).to_tz("Asia/Jakarta").format_iso()[:16]
    late = DUE.format(at=long_ago.replace("T", " ")).replace("\n---\nG", "\nlate: post\n---\nG")
    write(runner, POST, late)
    subprocess.run(["git", "-C", str(runner.clone), "push", "-q"], check=True)
    hub.run(Instant.now().subtract(minutes=5).format_iso())
    runner.env = {"GITHUB_API_URL": hub.environment["GITHUB_API_URL"]}
    runner.values |= {
        "github.token": hub.environment["GITHUB_TOKEN"],
        "secrets.MIMIN_NOTIFY": "",
        "matrix.brand": "kopi-senja",
    }
    code, said = runner.job("watch", "watch")
    assert code == 0, said
    assert [issue["title"].partition(":")[0] for issue in hub.open] == ["missed"]
    assert "missed" in runner.summary
    code, said = runner.job("publish", "publish")
    assert (code, said.count("published kopi-senja/gajian@")) == (0, 2), said
    assert runner.job("watch", "watch")[0] == 0
    assert hub.open == []
    assert hub.written == ["POST /issues", "PATCH /issues/1"]


def test_watch_that_fails_fails_its_job(runner, hub):
    runner.env = {"GITHUB_API_URL": hub.environment["GITHUB_API_URL"]}
    runner.values |= {"github.token": "", "secrets.MIMIN_NOTIFY": ""}
    code, said = runner.job("watch", "watch")
    assert (code, "--issues needs GITHUB_TOKEN" in said) == (1, True), said


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_do_the_least_and_pins_what_it_uses(path):
    text, found = path.read_text(), load(path.stem)
    assert "pull_request_target" not in found["on"]
    assert "toJSON(secrets)" not in text
    assert found["permissions"] in ({}, {"contents": "read"})
    for line in re.findall(r"uses: +(.*)", text):
        assert line.startswith("./") or _PIN.fullmatch(line), line
    for job in found["jobs"].values():
        for step in job.get("steps", ()):
            assert "${{" not in step.get("run", ""), "an expression in a script is run as code"


def test_publishing_is_never_cancelled_and_holds_one_brand():
    job = load("publish")["jobs"]["publish"]
    assert job["concurrency"]["cancel-in-progress"] == "false"
    assert "matrix.brand" in job["concurrency"]["group"]
    assert job["environment"] == "${{ matrix.environment }}"


def test_nothing_is_published_on_the_full_hour_or_from_another_branch():
    found = load("publish")
    minutes = found["on"]["schedule"][0]["cron"].split()[0].split(",")
    assert not {"0", "30"} & set(minutes)
    assert found["jobs"]["plan"]["if"] == "github.ref == 'refs/heads/main'"
    for job in ("plan", "publish"):
        assert found["jobs"][job]["steps"][0]["with"]["ref"] == "main"
