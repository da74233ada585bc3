"""No workflow gives its secrets or its tokens to code that was not reviewed by the owners.

Every workflow, of the repository and of the handbook, is held to every rule below, and each rule is
shown to notice by a workflow that was spoiled on purpose. A job *holds something* when it has a
secret, an environment, a token that may write, or a token in a step. It then runs main's reviewed
code and nothing else: `make setup` (which installs by hashes what the lock file names) and `mimin`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github/workflows"
PAGES = [*sorted((ROOT / "content/handbook").glob("*.md")), ROOT / "README.md"]
PAGES += [ROOT / "CONTRIBUTING.md"]

LEAST = {
    ("approve", "approve"): {"contents": "write", "pull-requests": "read"},
    ("check", "check"): {"contents": "read"},
    ("ci", "ci"): {"contents": "read"},
    ("comment", "comment"): {"contents": "read", "actions": "read", "pull-requests": "write"},
    ("freeze", "freeze"): {"contents": "write"},
    ("publish", "plan"): {"contents": "read"},
    ("publish", "publish"): {"contents": "write"},
    ("publish", "watch"): {"contents": "write", "actions": "read", "issues": "write"},
    ("site", "build"): {"contents": "read"},
    ("site", "deploy"): {"pages": "write", "id-token": "write"},
    ("trust", "trust"): {"contents": "write"},
    ("watch", "watch"): {"contents": "write", "actions": "read", "issues": "write"},
    ("publish.md", "publish"): {"contents": "write"},
}
"""What each job may do. Whoever gives a job more says so here, where a reviewer sees it."""

TRIGGERS = {
    *("push", "schedule", "workflow_dispatch", "repository_dispatch", "workflow_call"),
    *("pull_request", "workflow_run"),
}
"""Not `pull_request_target`, `issue_comment` and the like: anybody starts them, with our token."""
ACTIONS = {
    *("actions/checkout", "actions/setup-python", "actions/setup-node", "actions/upload-artifact"),
    *("actions/upload-pages-artifact", "actions/deploy-pages"),
}
BRANCHES = {"main", "${{ github.event.repository.default_branch }}"}
_PIN = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40}")
_MIMIN = re.compile(r'(?:\w+=\$\()?\.venv/bin/mimin (?:[a-z]+|"\$(?P<chosen>\w+)")(?: |\)?$)')
_OTHERS = (
    re.compile(r"make setup"),
    re.compile(r'gh run download "\$RUN" --name \w+ --dir "\$RUNNER_TEMP/\w+"'),
    re.compile(r'echo "(\w+)=\$\1" >> "\$GITHUB_OUTPUT"'),
)
_ENDING = re.compile(r'(?: >> "\$GITHUB_STEP_SUMMARY")?(?: \|\| test "\$\?" -eq \d)?$')


@dataclass(frozen=True)
class Job:
    """One job, with what it takes from its workflow."""

    workflow: str
    name: str
    said: dict
    whole: dict

    @property
    def steps(self):
        return self.said.get("steps", [])

    @property
    def permissions(self):
        return self.said.get("permissions", self.whole.get("permissions"))

    @property
    def holds(self):
        """Whether it holds what a stranger would like to have."""
        return (
            not isinstance(self.permissions, dict)
            or "write" in self.permissions.values()
            or "environment" in self.said
            or bool(re.search(r"\bsecrets\b|github\.token", str(self.said)))
        )

    @property
    def checkouts(self):
        return [s.get("with", {}) for s in self.steps if "/checkout@" in s.get("uses", "")]


def jobs_of(name, text):
    whole = yaml.load(text, yaml.BaseLoader)  # `on` stays a word
    return [Job(name, job, said, whole) for job, said in whole["jobs"].items()]


def workflows():
    for path in sorted(FOLDER.iterdir()):
        yield path.stem, path.read_text()
    for page in PAGES:
        for _, text in re.findall(
            r"^( *)```\w*[^\n]*\n(.*?)^\1```", page.read_text(), re.DOTALL | re.MULTILINE
        ):
            if re.search(r"^ *(jobs|runs-on|steps):", text, re.MULTILINE):
                yield page.name, text


def only_triggers_that_strangers_can_not_use(job: Job) -> Iterator[str]:
    """Events that anybody starts with our token are not used."""
    on = job.whole["on"]
    yield from (f"starts on {trigger}" for trigger in set(on) - TRIGGERS)
    if isinstance(on, dict) and "push" in on and on["push"] != {"branches": ["main"]}:
        yield "runs on pushes to branches that nobody reviews"


def the_least_permissions(job: Job) -> Iterator[str]:
    """A workflow may nothing, or read; a job may exactly what the table above says."""
    if job.whole.get("permissions") not in ({}, {"contents": "read"}):
        yield "the workflow's permissions are not the least"
    if job.permissions != LEAST.get((job.workflow, job.name)):
        yield f"may {job.permissions}"


def what_a_pull_request_runs_holds_nothing(job: Job) -> Iterator[str]:
    """The tree of a pull request is the stranger's: no secret, no token, not even on the disk."""
    if "pull_request" not in job.whole["on"]:
        return
    if job.holds:
        yield "a pull request's code gets a secret or a token"
    if any(given.get("persist-credentials") != "false" for given in job.checkouts):
        yield "a pull request's code finds the token in .git/config"


def what_holds_something_checks_out_main(job: Job) -> Iterator[str]:
    """Never the commit of an event, a head or an input."""
    if not job.holds and "pull_request" in job.whole["on"]:
        return
    for given in job.checkouts:
        if given.get("ref") not in BRANCHES or "repository" in given:
            yield f"checks out {given.get('repository', '')} {given.get('ref')}"


def what_follows_another_run_trusts_nothing_of_it(job: Job) -> Iterator[str]:
    """`workflow_run` has our token, and what it is told comes from a stranger."""
    if "workflow_run" not in job.whole["on"]:
        return
    if job.whole["on"]["workflow_run"] != {"workflows": ["check"], "types": ["completed"]}:
        yield "follows other runs than those of `check`"
    if "workflow_run.event == 'pull_request'" not in job.said.get("if", ""):
        yield "follows runs of every kind"
    if job.permissions.get("contents") != "read" or "secrets" in str(job.said):
        yield "may change the repository, or has a secret"
    if any(given.get("persist-credentials") != "false" for given in job.checkouts):
        yield "leaves the token on the disk beside the stranger's file"


def only_reviewed_commands_where_there_is_something_to_take(job: Job) -> Iterator[str]:
    """No pip, npm, pytest, script or MkDocs (hooks!): mimin of main, installed by hashes."""
    if not job.holds:
        return
    for step in job.steps:
        for line in step.get("run", "").splitlines():
            command = _ENDING.sub("", line.strip())
            mimin = _MIMIN.match(command)
            if not mimin and not any(other.fullmatch(command) for other in _OTHERS):
                yield f"runs {line.strip()!r}"
            elif mimin and mimin["chosen"]:
                yield from _not_a_choice(job, step["env"][mimin["chosen"]])
            plain = re.sub(r'"[^"]*"', "", command)
            if re.search(r"[;&|`<>]", plain) and not mimin and ">> " not in plain:
                yield f"runs more than one command: {line.strip()!r}"
            if mimin and re.search(r"[;&|`<>]|\$\((?!\.venv/bin/mimin)", plain):
                yield f"runs more than mimin: {line.strip()!r}"


def _not_a_choice(job: Job, value: str) -> Iterator[str]:
    found = re.fullmatch(r"\$\{\{ inputs\.(\w+) \}\}", value)
    inputs = job.whole["on"].get("workflow_dispatch", {}).get("inputs", {})
    if not found or inputs.get(found[1], {}).get("type") != "choice":
        yield f"which command of mimin runs is told by {value}"


def tokens_are_given_to_one_step(job: Job) -> Iterator[str]:
    """A secret or token stands in the `env` of a step that runs mimin or gh, by its name."""
    rest = {key: value for key, value in job.said.items() if key != "steps"}
    if job.said.get("uses", "").startswith("./.github/workflows/"):
        given = rest.pop("secrets", {})
        if not isinstance(given, dict):
            yield "hands on all secrets"
        elif any(value != f"${{{{ secrets.{name} }}}}" for name, value in given.items()):
            yield "hands on secrets under other names"
    steps = []
    for step in job.steps:
        runs = step.get("run", "")
        lines = [line.strip() for line in runs.splitlines()]
        named = lines and all(line.startswith((".venv/bin/mimin ", "gh run ")) for line in lines)
        env = step.get("env", {})
        kept = {k: v for k, v in env.items() if not (named and _names_one(v))}
        steps.append({**step, "env": kept})
    head = {key: value for key, value in job.whole.items() if key not in {"jobs", "on"}}
    if re.search(r"\bsecrets\b|github\.token|toJSON", str((rest, steps, head))):
        yield "a token is somewhere else than in the env of the one step that needs it"


def _names_one(value: str) -> bool:
    return bool(re.fullmatch(r"\$\{\{ (secrets\.\w+|github\.token) \}\}", value))


def values_reach_the_shell_by_env(job: Job) -> Iterator[str]:
    """An expression in a script is run as code; a variable without quotes is split."""
    for step in job.steps:
        for key in ("run", "shell", "working-directory", "uses"):
            if "${{" in step.get(key, ""):
                yield f"an expression in `{key}`"
        run = step.get("run", "")
        for match in re.finditer(r"\$\{?[A-Za-z_]\w*(:\+)?", run):
            if not match[1] and run.count('"', 0, match.start()) % 2 == 0:
                yield f"{match[0]} stands without quotes"
        if re.search(r"GITHUB_(ENV|PATH)|\beval\b|\bbash -c|\bsh -c", run):
            yield "a value becomes code, or the environment of later steps"
        if "script" in step.get("with", {}):
            yield "a script in `with`"
        ref = step.get("with", {}).get("ref", "main")
        if "${{" in ref and ref not in BRANCHES:
            yield f"checks out what an event names: {ref}"


def actions_are_known_and_pinned(job: Job) -> Iterator[str]:
    """A tag can be moved; a commit can not."""
    for used in [step.get("uses", "") for step in job.steps] + [job.said.get("uses", "")]:
        if used and not used.startswith("./.github/workflows/"):
            if not _PIN.fullmatch(used):
                yield f"{used} is not pinned to a commit"
            if used.partition("@")[0] not in ACTIONS:
                yield f"{used} is not one of the actions that were looked at"


def nothing_is_shared_between_runs(job: Job) -> Iterator[str]:
    """A cache or a machine of our own would carry a stranger's files into a run with secrets."""
    if any("cache" in str(step.get("with", {})) for step in job.steps):
        yield "uses a cache"
    if "uses" not in job.said and job.said.get("runs-on") != "ubuntu-latest":
        yield f"runs on {job.said.get('runs-on')}"
    yield from (f"has {key}" for key in ("container", "services") if key in job.said)


RULES = (
    only_triggers_that_strangers_can_not_use,
    the_least_permissions,
    what_a_pull_request_runs_holds_nothing,
    what_holds_something_checks_out_main,
    what_follows_another_run_trusts_nothing_of_it,
    only_reviewed_commands_where_there_is_something_to_take,
    tokens_are_given_to_one_step,
    values_reach_the_shell_by_env,
    actions_are_known_and_pinned,
    nothing_is_shared_between_runs,
)


def findings(name, text, rules=RULES):
    return [f"{job.name}: {said}" for job in jobs_of(name, text) for r in rules for said in r(job)]


@pytest.mark.parametrize(("name", "text"), list(workflows()), ids=lambda value: value[:12])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_workflow_keeps_the_rule(rule, name, text):
    assert findings(name, text, [rule]) == []


def test_the_rules_look_at_all_workflows_there_are():
    found = list(workflows())
    assert {name for name, _ in found} == {name for name, _ in LEAST}
    assert {(job.workflow, job.name) for each in found for job in jobs_of(*each)} == set(LEAST)
    assert all(path.suffix == ".yml" for path in FOLDER.iterdir())
    assert not (ROOT / ".github/actions").exists()


SETUP = "run: make setup"
PUBLISH = '.venv/bin/mimin publish --brand "$BRAND"'
SPOILED = [
    (RULES[0], "comment", "  workflow_run:", "  pull_request_target: {}\n  workflow_run:"),
    (RULES[0], "watch", "  workflow_dispatch:", "  issue_comment: {}\n  workflow_dispatch:"),
    (RULES[0], "publish", "    branches: [main]", "    branches: ['**']"),
    (RULES[0], "approve", "  push:\n    branches: [main]", "  push: {}"),
    (RULES[1], "publish", "permissions: {}", "permissions: write-all"),
    (RULES[1], "freeze", "permissions: {}\n", ""),
    (RULES[1], "site", "      contents: read", "      contents: write"),
    (RULES[1], "check", "  contents: read", "  contents: read\n  id-token: write"),
    (RULES[1], "comment", "pull-requests: write", "pull-requests: write\n      x: write"),
    (RULES[2], "check", "persist-credentials: false", "persist-credentials: true"),
    (RULES[2], "ci", "          persist-credentials: false\n", ""),
    (RULES[2], "check", "    env:\n", "    env:\n      T: ${{ secrets.MIMIN_NOTIFY }}\n"),
    (RULES[2], "ci", "    steps:", "    environment: kedai\n    steps:"),
    (RULES[3], "comment", "default_branch", "pull_request.head.sha"),
    (RULES[3], "publish", "          ref: main # not", "          ref: ${{ github.sha }} # not"),
    (RULES[3], "freeze", "          ref: main\n", ""),
    (RULES[3], "approve", "ref: main", "ref: main\n          repository: evil/fork"),
    (RULES[4], "comment", "workflows: [check]", "workflows: ['*']"),
    (RULES[4], "comment", "github.event.workflow_run.event == 'pull_request' && ", ""),
    (RULES[4], "comment", "persist-credentials: false", "persist-credentials: true"),
    (RULES[4], "comment", "      contents: read", "      contents: write"),
    (RULES[5], "publish", SETUP, "run: pip install ."),
    (RULES[5], "publish", SETUP, "run: make test"),
    (RULES[5], "publish", SETUP, "run: make setup && npm ci"),
    (RULES[5], "publish", PUBLISH, f".venv/bin/mkdocs build; {PUBLISH}"),
    (RULES[5], "publish", PUBLISH, f"{PUBLISH} $(cat content/x.sh)"),
    (RULES[5], "publish", PUBLISH, f"{PUBLISH} | sh"),
    (RULES[5], "watch", SETUP, "run: .venv/bin/python -m pytest"),
    (RULES[5], "comment", '--dir "$RUNNER_TEMP/check"', "--dir ."),
    (RULES[5], "comment", SETUP, "run: sh content/kedai/setup.sh"),
    (RULES[5], "freeze", "        type: choice\n", "        type: string\n"),
    (RULES[6], "publish", "    needs: plan", "    needs: plan\n    env: {K: '${{ secrets.K }}'}"),
    (RULES[6], "publish", "BRAND: ${{ matrix.brand }}", "ALL: ${{ toJSON(secrets) }}"),
    (RULES[6], "publish", "BRAND: ${{ matrix.brand }}", "ONE: ${{ secrets[matrix.brand] }}"),
    (RULES[6], "publish", "secrets:\n      MIMIN_NOTIFY: ${{ secrets.MIMIN_NOTIFY }}",
     "secrets: inherit"),
    (RULES[6], "watch", SETUP, f"{SETUP}\n        env: {{T: '${{{{ github.token }}}}'}}"),
    (RULES[6], "watch", "permissions: {}", "permissions: {}\nenv:\n  T: ${{ github.token }}"),
    (RULES[7], "freeze", '--reason "$REASON"', '--reason "${{ inputs.reason }}"'),
    (RULES[7], "freeze", '--reason "$REASON"', "--reason $REASON"),
    (RULES[7], "comment", '--head "$HEAD"', "--head ${HEAD}"),
    (RULES[7], "publish", '>> "$GITHUB_OUTPUT"', '>> "$GITHUB_ENV"'),
    (RULES[7], "publish", "run: |", "shell: ${{ inputs.brand }}\n        run: |"),
    (RULES[7], "check", SETUP, 'run: eval "$BASE"'),
    (RULES[7], "check", "fetch-depth: 0", "ref: ${{ github.head_ref }}"),
    (RULES[8], "site", "actions/deploy-pages@d6db90164ac5ed86f2b6aed7e0febac5b3c0c03e",
     "actions/deploy-pages@v4"),
    (RULES[8], "publish", "actions/upload-artifact@", "evil/upload-artifact@"),
    (RULES[9], "ci", '"3.11"', '"3.11"\n          cache: pip'),
    (RULES[9], "publish", "runs-on: ubuntu-latest", "runs-on: self-hosted"),
    (RULES[9], "watch", "    steps:", "    container: {image: evil}\n    steps:"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "name", "old", "new"), SPOILED)
def test_a_spoiled_workflow_breaks_its_rule(rule, name, old, new):
    text = (FOLDER / f"{name}.yml").read_text()
    assert old in text, "the workflow has changed; spoil it in another way"
    assert findings(name, text.replace(old, new), [rule])


def test_every_rule_has_been_shown_to_notice():
    assert {rule for rule, *_ in SPOILED} == set(RULES)


def _recipes():
    """Read the Makefile: target → what it needs and does."""
    found, target = {}, None
    for line in re.sub(r"\\\n\s*", "", (ROOT / "Makefile").read_text()).splitlines():
        if match := re.match(r"([^\s:=#][^:=]*):(?!=)([^#]*)", line):
            target = match[1].strip()
            found[target] = (match[2].split(), [])
        elif line.startswith("\t"):
            found[target][1].append(line.strip().lstrip("@"))
    return found


def test_setup_installs_what_the_lock_file_names_and_nothing_else():
    recipes = _recipes()
    assert recipes["setup"] == (["$(READY)"], [])
    needs, does = recipes["$(READY)"]
    assert needs == ["requirements-dev.lock", "pyproject.toml"]
    pip = "$(BIN)/python -I -m pip install --quiet --disable-pip-version-check"
    installing = [line for line in does if re.search(r"\bpip\b|npm|curl|wget|uv ", line)]
    assert installing == [
        f"{pip} --require-hashes -r requirements-dev.lock",
        f"{pip} --no-deps --no-build-isolation --editable .",
    ]
    text = (ROOT / "Makefile").read_text()
    assert not re.search(r"^-?include\b|\$\(shell|!=", text, re.MULTILINE), "it does more"


def test_setup_runs_no_module_that_lies_in_the_workspace():
    """Python looks for modules in the folder that it starts in, unless it is told not to."""
    _, does = _recipes()["$(READY)"]
    for line in does:
        for call in re.findall(r"(?:\$\(PYTHON\)|/python) (\S+)", line):
            assert call in {"-I", "lacks"}, line


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_file_names_versions_by_hashes_and_no_other_place(name):
    text = (ROOT / name).read_text().replace("\\\n", " ")
    for line in filter(None, text.splitlines()):
        assert re.match(
            r"[a-z0-9._-]+==[\w.!+]+( ; [^\n]*?)?( +--hash=sha256:[0-9a-f]{64})+$", line
        ), line
