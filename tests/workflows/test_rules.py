"""No workflow gives its secrets or its tokens to code that was not reviewed by the owners.

Every workflow, of the repository and of the handbook, is held to every rule below, and each rule
is shown to notice by a workflow that was spoiled on purpose. A job *holds something* when it has a
secret, an environment, a token that may write, or a token in a step. Such a job, and every other
that a pull request does not run, runs main's reviewed code and nothing else: `make setup` (which
installs by hashes what the lock file names) and `mimin`.

What is not known is refused: keys, triggers, conditions, environments, permissions, inputs of
actions, variables and commands all stand in lists, here or in `reviewed.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from mimin.planning.secret_names import is_reserved

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github/workflows"
PAGES = [*sorted((ROOT / "content/handbook").glob("*.md")), ROOT / "README.md"]
PAGES += [ROOT / "CONTRIBUTING.md"]

REVIEWED = yaml.load((Path(__file__).parent / "reviewed.yml").read_text(), yaml.BaseLoader)
"""All of each workflow but its steps. Whoever changes one says so there too, for a reviewer."""

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
# Commits that were looked at, each of a release: another may be one of somebody's fork.
PINS = frozenset(
    {
        "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd",
        "actions/deploy-pages@d6db90164ac5ed86f2b6aed7e0febac5b3c0c03e",
        "actions/setup-node@48b55a011bda9f5d6aeb4c2d9c7362e8dae4041e",
        "actions/setup-python@a309ff8b426b58ec0e2a45f0f869d46889d02405",
        "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02",
        "actions/upload-pages-artifact@7b1f4a764d45c48632c6b24a0339c27f5614fb0b",
    }
)

KEYS = {
    "workflow": {"name", "on", "permissions", "concurrency", "jobs"},
    "job": {
        *("if", "needs", "runs-on", "timeout-minutes", "permissions", "environment", "outputs"),
        *("strategy", "concurrency", "env", "steps", "uses", "secrets"),
    },
    "step that uses": {"name", "id", "if", "uses", "with"},
    "step that runs": {"name", "id", "if", "env", "run"},
}
"""No `defaults`, `shell`, `working-directory`, `container`, `env` of an action and the like."""
_CHECKOUTS = {"ref": BRANCHES, "fetch-depth": {"0"}, "persist-credentials": {"true", "false"}}
_CHECK = {"name": "check", "path": "${{ runner.temp }}/check", "retention-days": "7"}
_PACKS = {
    "name": "packs-${{ matrix.brand }}",
    "path": ".mimin/packs",
    "include-hidden-files": "true",
    "if-no-files-found": "ignore",
}
WITH = {
    "actions/setup-python": ({"python-version": "3.11"}, {"python-version": "3.12"}),
    "actions/setup-node": ({"node-version": "20"},),
    "actions/upload-artifact": (_CHECK, _PACKS),
    "actions/upload-pages-artifact": ({"path": "${{ runner.temp }}/site"},),
    "actions/deploy-pages": ({},),
}
"""What an action may be told, as a whole: another path of an artifact could be `.git/config`."""
KEEP = {
    *(("approve", "approve"), ("freeze", "freeze"), ("trust", "trust"), ("watch", "watch")),
    *(("publish", "plan"), ("publish", "publish"), ("publish.md", "publish"), ("site", "build")),
}
"""Jobs whose git needs the token after the checkout: for the ledger."""
_RUN = "github.event.workflow_run"
_TOKEN = "${{ github.token }}"
VARIABLES = {
    ("approve", "approve"): {
        "GITHUB_TOKEN": _TOKEN,
        "BEFORE": "${{ github.event.before }}",
        "PULL": "${{ inputs.pull }}",
    },
    ("comment", "comment"): {
        "GH_TOKEN": _TOKEN,
        "GITHUB_TOKEN": _TOKEN,
        "RUN": f"${{{{ {_RUN}.id }}}}",
        "HEAD": f"${{{{ {_RUN}.head_repository.owner.login }}}}:${{{{ {_RUN}.head_branch }}}}",
        "COMMIT": f"${{{{ {_RUN}.head_sha }}}}",
    },
    ("freeze", "freeze"): {
        "ACTION": "${{ inputs.action }}",
        "SCOPE": "${{ inputs.scope }}",
        "REASON": "${{ inputs.reason }}",
    },
    ("publish", "plan"): {"BRAND": "${{ inputs.brand }}"},
    ("publish", "publish"): {
        "BRAND": "${{ matrix.brand }}",
        "DRY_RUN": "${{ inputs.dry-run && 'yes' || '' }}",
    },
    ("trust", "trust"): {"ACCOUNT": "${{ inputs.account }}", "HOST": "${{ inputs.host }}"},
    ("watch", "watch"): {"GITHUB_TOKEN": _TOKEN},
}
"""What a step's `env` may be, beside secrets by their names: `BASH_ENV` or `PATH` would be code."""
_OPTIONS = {
    *(
        "--since",
        "--pull",
        "--text",
        "--post",
        "--head",
        "--host",
        "--commit",
        "--reason",
        "--matrix",
        "--",
    ),
    *("--lookahead", "--brand", "--dry-run", "--issues", "--notify", "--format"),
}
"""Not `--workspace` and `--remote`, which name other files, and not `--now`."""
_WORD = re.compile(
    r"""(?P<bare>[a-z0-9]+)(?=\ |$)
    | (?P<option>--[a-z-]*)(?=\ |$)
    | "\$(?P<value>[A-Z_]+)"(?=\ |$)
    | "\$RUNNER_TEMP/check/comment\.md"(?=\ |$)
    | \$\{(?P<given>[A-Z_]+):\+
        (?:(?P<then>--[a-z-]+) | (?:(?P<before>--[a-z-]+)\ )?"\$(?P=given)")\}(?=\ |$)""",
    re.VERBOSE,
)
_OTHERS = (
    re.compile(r"make setup"),
    re.compile(r'gh run download "\$RUN" --name check --dir "\$RUNNER_TEMP/check"'),
    re.compile(r'echo "matrix=\$matrix" >> "\$GITHUB_OUTPUT"'),
    re.compile(r'\.venv/bin/mkdocs build --strict --quiet --site-dir "\$RUNNER_TEMP/site"'),
)
_ENDING = re.compile(r'(?: >> "\$GITHUB_STEP_SUMMARY")?(?: \|\| test "\$\?" -eq \d)?$')


_TAKES = re.compile(
    r"\bsecrets\b|\bgithub\s*\.\s*token\b|\bgithub\s*(?:\[|\.\s*\*)|toJSON", re.IGNORECASE
)
"""What gives a token: GitHub reads names of contexts and functions in any case."""


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
            or bool(_TAKES.search(str(self.said)))
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


def only_keys_that_are_known(job: Job) -> Iterator[str]:
    """What a key does that nobody has looked at, nobody knows."""
    for level, said in _levels(job):
        yield from (f"a {level} says {key}" for key in said.keys() - KEYS[level])
    for step in job.steps:
        if ("run" in step) == ("uses" in step):
            yield "a step that is neither a command nor an action"
        if step.get("if") not in {None, "${{ !cancelled() }}"}:
            yield f"a step runs {step['if']}"
        if "${{" in step.get("name", "") + step.get("id", "") + job.said.get("timeout-minutes", ""):
            yield "an expression where no value is needed"


def _levels(job: Job) -> Iterator[tuple[str, dict]]:
    yield from (("workflow", job.whole), ("job", job.said))
    for step in job.steps:
        yield "step that uses" if "uses" in step else "step that runs", step


def only_what_was_reviewed(job: Job) -> Iterator[str]:
    """Triggers, conditions, environments, permissions and all else that is around the steps."""
    reviewed = REVIEWED.get(job.workflow, {"jobs": {}})
    for where, said, kept in (
        ("workflow", {**job.whole, "jobs": None}, {**reviewed, "jobs": None}),
        ("job", job.said, reviewed["jobs"].get(job.name, {})),
    ):
        now = _without_words({k: v for k, v in said.items() if k not in {"steps", _LIMIT}})
        for key in sorted(now.keys() | kept.keys()):
            if now.get(key) != kept.get(key):
                yield f"the {where}'s {key} is {now.get(key)}; reviewed was {kept.get(key)}"


_LIMIT = "timeout-minutes"


def _without_words(said: object) -> object:
    """Leave out what is only shown to people."""
    if isinstance(said, dict):
        return {k: _without_words(v) for k, v in said.items() if k != "description"}
    return said


def actions_are_told_what_is_known(job: Job) -> Iterator[str]:
    """Submodules, other repositories, paths, and what an artifact takes along."""
    for step in (step for step in job.steps if "uses" in step):
        given, action = step.get("with", {}), step["uses"].partition("@")[0]
        if action != "actions/checkout":
            if given not in WITH.get(action, ()):
                yield f"{action} is told {given}"
            continue
        for key, value in given.items():
            if value not in _CHECKOUTS.get(key, ()):
                yield f"a checkout is told {key}: {value}"
        if "persist-credentials" not in given:
            yield "a checkout does not say whether the token stays on the disk"
        kept = given.get("persist-credentials", "true") == "true"
        if kept != ((job.workflow, job.name) in KEEP):
            yield "the token stays on the disk" if kept else "git has no token for the ledger"


def variables_are_known(job: Job) -> Iterator[str]:
    """A step has what the table names, and secrets under their own names."""
    for step in job.steps:
        for name, value in step.get("env", {}).items():
            secret = name.startswith("MIMIN_") or not is_reserved(name)
            if value == f"${{{{ secrets.{name} }}}}" and secret:
                continue
            if VARIABLES.get((job.workflow, job.name), {}).get(name) != value:
                yield f"a step has {name}: {value}"


def only_triggers_that_strangers_can_not_use(job: Job) -> Iterator[str]:
    """Events that anybody starts with our token are not used."""
    on = job.whole["on"]
    yield from (f"starts on {trigger}" for trigger in set(on) - TRIGGERS)
    pushes = on["push"] or {} if "push" in on and isinstance(on, dict) else {"branches": ["main"]}
    # Paths only keep it from running; `reviewed.yml` pins which.
    if pushes.get("branches") != ["main"] or not set(pushes) <= {"branches", "paths"}:
        yield "runs on pushes to branches that nobody reviews"


def the_least_permissions(job: Job) -> Iterator[str]:
    """A workflow may nothing, or read; what a job may stands in `reviewed.yml`."""
    if job.whole.get("permissions") not in ({}, {"contents": "read"}):
        yield "the workflow's permissions are not the least"
    reviewed = REVIEWED.get(job.workflow, {"jobs": {}})
    least = reviewed["jobs"].get(job.name, {}).get("permissions", reviewed.get("permissions"))
    if job.permissions != least:
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
    """No pip, npm, pytest, script or MkDocs (hooks!): mimin of main, installed by hashes.

    A job that holds nothing may still decide what another one gets: its matrix, its artifact.
    """
    if not job.holds and "pull_request" in job.whole["on"]:
        return
    for step in job.steps:
        for line in filter(str.strip, step.get("run", "").split("\n")):
            command = _ENDING.sub("", line.strip(" "))
            if not any(other.fullmatch(command) for other in _OTHERS):
                yield from _not_mimin(job, step, command)
            elif job.holds and "mkdocs" in command:
                yield "MkDocs runs where there is something to take"


def _not_mimin(job: Job, step: dict, command: str) -> Iterator[str]:
    """Say why a line is more than one call of mimin with known options."""
    inner = re.fullmatch(r"matrix=\$\((.*)\)", command)
    call = re.fullmatch(r"\.venv/bin/mimin (.+)", inner[1] if inner else command)
    env = step.get("env", {})
    rest, first = (call[1] if call else f"; {command}"), True
    while rest:
        word = _WORD.match(rest)
        names = [word["value"], word["given"]] if word else []
        options = [word["option"], word["then"], word["before"]] if word else [";"]
        if not {*filter(None, options)} <= _OPTIONS or not {*filter(None, names)} <= env.keys():
            yield f"runs {command!r}, at {rest!r}"
            return
        if first and word["value"]:
            yield from _not_a_choice(job, env[word["value"]])
        elif first and not word["bare"]:
            yield f"which command of mimin runs is not said: {command!r}"
        rest, first = rest[word.end() :].removeprefix(" "), False


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
    if _TAKES.search(str((rest, steps, head))):
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
            if used not in PINS:
                yield f"{used} is not a commit that was looked at"
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
    only_keys_that_are_known,
    only_what_was_reviewed,
    actions_are_told_what_is_known,
    variables_are_known,
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
    reviewed = {(name, job) for name, whole in REVIEWED.items() for job in whole["jobs"]}
    assert sorted(name for name, _ in found) == sorted(REVIEWED)
    assert {(job.workflow, job.name) for each in found for job in jobs_of(*each)} == reviewed
    assert reviewed >= KEEP | set(VARIABLES)
    assert all(path.suffix == ".yml" for path in FOLDER.iterdir())
    assert not (ROOT / ".github/actions").exists()


SETUP = "run: make setup"
PUBLISH = '.venv/bin/mimin publish --brand "$BRAND"'
PACKS = "path: .mimin/packs"
SPOILED = [
    (RULES[0], "publish", SETUP, f"working-directory: content/kedai\n        {SETUP}"),
    (RULES[0], "publish", SETUP, f"shell: python content/x.py {{0}}\n        {SETUP}"),
    (RULES[0], "watch", "jobs:", "defaults: {run: {shell: sh content/x}}\njobs:"),
    (RULES[0], "freeze", "jobs:", "env: {BASH_ENV: content/x.sh}\njobs:"),
    (RULES[0], "publish", SETUP, f"continue-on-error: true\n        {SETUP}"),
    (RULES[0], "site", "uses: actions/upload-pages", "env: {X: x}\n        uses: actions/u"),
    (RULES[0], "publish", "if: ${{ !cancelled() }}\n        uses", "if: always()\n        uses"),
    (RULES[0], "publish", "name: Install", "name: ${{ github.head_ref }}"),
    (RULES[1], "publish", "environment: ${{ matrix.environment }}", "environment: other"),
    (RULES[1], "publish", "    environment: ${{ matrix.environment }}\n", ""),
    (RULES[1], "trust", "    environment: trust", "    env: {X: trust}"),
    (RULES[1], "publish", "if: github.ref == 'refs/heads/main' # what", "if: always() # what"),
    (RULES[1], "site", " && vars.MIMIN_PAGES == 'yes'", ""),
    (RULES[1], "comment", "pull-requests: write", "pull-requests: write\n      issues: write"),
    (RULES[1], "check", "  pull_request:", "  pull_request_target:"),
    (RULES[1], "comment", "types: [completed]", "types: [requested]"),
    (RULES[1], "publish", "types: [publish]", "types: [publish, other]"),
    (RULES[1], "publish", "matrix: ${{ fromJSON(needs.plan", "matrix: ${{ fromJSON(inputs"),
    (RULES[1], "publish", "cancel-in-progress: false # never", "cancel-in-progress: true # never"),
    (RULES[1], "check", "name: check", "name: other"),
    (RULES[2], "publish", "ref: main # not", "ref: main\n          submodules: true # not"),
    (RULES[2], "publish", "ref: main # not", "ref: main\n          path: tools # not"),
    (RULES[2], "comment", "persist-credentials: false", "persist-credentials: true"),
    (RULES[2], "comment", "          persist-credentials: false\n", ""),
    (RULES[2], "publish", PACKS, "path: ."),
    (RULES[2], "publish", PACKS, "path: |\n            .mimin/packs\n            .git"),
    (RULES[2], "check", "path: ${{ runner.temp }}/check", "path: ${{ github.workspace }}"),
    (RULES[2], "site", "path: ${{ runner.temp }}/site", "path: ."),
    (RULES[2], "comment", "ref: ${{", "token: ${{ secrets.T }}\n          ref: ${{"),
    *(
        (RULES[3], "publish", "BRAND: ${{ matrix.brand }}", f"A: b\n          {name}: content/x")
        for name in ("BASH_ENV", "ENV", "PYTHONPATH", "PYTHONSTARTUP", "MAKEFILES", "MAKEFLAGS",
                     "PATH", "LD_PRELOAD", "GIT_CONFIG_GLOBAL", "PIP_CONFIG_FILE", "SHELLOPTS")
    ),
    (RULES[3], "publish", "${{ secrets.MIMIN_VAULT_KEY }}", "${{ secrets.KEDAI }}"),
    (RULES[3], "publish", "MIMIN_VAULT_KEY: ${{", "GIT_X: ${{ secrets.GIT_X }}\n          X: ${{"),
    (RULES[3], "comment", ".head_sha }}", ".head_commit.message }}"),
    (RULES[9], "publish", PUBLISH, f'{PUBLISH} "$(cat content/x.sh)"'),
    (RULES[9], "publish", PUBLISH, f'{PUBLISH} "`sh content/x.sh`"'),
    (RULES[9], "publish", PUBLISH, f"{PUBLISH} --workspace content/kedai"),
    (RULES[9], "publish", PUBLISH, f'{PUBLISH} "${{BRAND:-$(sh content/x)}}"'),
    (RULES[9], "publish", PUBLISH, f'{PUBLISH} "${{!BRAND}}" "${{BRAND@P}}"'),
    (RULES[9], "publish", PUBLISH, f"{PUBLISH} &"),
    (RULES[9], "publish", PUBLISH, f"X=content/x {PUBLISH}"),
    (RULES[9], "publish", PUBLISH, '.venv/bin/mimin "$BRAND"'),
    (RULES[9], "publish", SETUP, "run: make -f content/kedai/posts/Makefile setup"),
    (RULES[9], "publish", SETUP, "run: make setup PYTHON=content/x"),
    (RULES[9], "publish", SETUP, "run: . content/x.sh"),
    (RULES[9], "publish", "matrix=$(.venv/bin/mimin", "matrix=$(sh content/x"),
    (RULES[9], "publish", '"matrix=$matrix"', '"matrix=$matrix$(id)"'),
    (RULES[9], "site", "--strict --quiet", "--strict --quiet -f content/mkdocs.yml"),
    (RULES[9], "watch", SETUP,
     'run: .venv/bin/mkdocs build --strict --quiet --site-dir "$RUNNER_TEMP/site"'),
    (RULES[10], "watch", "runs-on: u", "env: {T: '${{ GitHub.Token }}'}\n    runs-on: u"),
    (RULES[10], "watch", "runs-on: u", "env: {T: '${{ Secrets.T }}'}\n    runs-on: u"),
    (RULES[10], "watch", "runs-on: u", "env: {T: '${{ github[x] }}'}\n    runs-on: u"),
    (RULES[10], "watch", "runs-on: u", "env: {T: '${{ tojson(github) }}'}\n    runs-on: u"),
    (RULES[4], "comment", "  workflow_run:", "  pull_request_target: {}\n  workflow_run:"),
    (RULES[4], "watch", "  workflow_dispatch:", "  issue_comment: {}\n  workflow_dispatch:"),
    (RULES[4], "publish", "    branches: [main]", "    branches: ['**']"),
    (RULES[4], "approve", "  push:\n    branches: [main]", "  push: {}"),
    (RULES[5], "publish", "permissions: {}", "permissions: write-all"),
    (RULES[5], "freeze", "permissions: {}\n", ""),
    (RULES[5], "site", "      contents: read", "      contents: write"),
    (RULES[5], "check", "  contents: read", "  contents: read\n  id-token: write"),
    (RULES[5], "comment", "pull-requests: write", "pull-requests: write\n      x: write"),
    (RULES[6], "check", "persist-credentials: false", "persist-credentials: true"),
    (RULES[6], "ci", "          persist-credentials: false\n", ""),
    (RULES[6], "check", "    env:\n", "    env:\n      T: ${{ secrets.MIMIN_NOTIFY }}\n"),
    (RULES[6], "ci", "    steps:", "    environment: kedai\n    steps:"),
    (RULES[7], "comment", "default_branch", "pull_request.head.sha"),
    (RULES[7], "publish", "          ref: main # not", "          ref: ${{ github.sha }} # not"),
    (RULES[7], "freeze", "          ref: main\n", ""),
    (RULES[7], "approve", "ref: main", "ref: main\n          repository: evil/fork"),
    (RULES[8], "comment", "workflows: [check]", "workflows: ['*']"),
    (RULES[8], "comment", "github.event.workflow_run.event == 'pull_request' && ", ""),
    (RULES[8], "comment", "persist-credentials: false", "persist-credentials: true"),
    (RULES[8], "comment", "      contents: read", "      contents: write"),
    (RULES[9], "publish", SETUP, "run: pip install ."),
    (RULES[9], "publish", SETUP, "run: make test"),
    (RULES[9], "publish", SETUP, "run: make setup && npm ci"),
    (RULES[9], "publish", PUBLISH, f".venv/bin/mkdocs build; {PUBLISH}"),
    (RULES[9], "publish", PUBLISH, f"{PUBLISH} $(cat content/x.sh)"),
    (RULES[9], "publish", PUBLISH, f"{PUBLISH} | sh"),
    (RULES[9], "watch", SETUP, "run: .venv/bin/python -m pytest"),
    (RULES[9], "comment", '--dir "$RUNNER_TEMP/check"', "--dir ."),
    (RULES[9], "comment", SETUP, "run: sh content/kedai/setup.sh"),
    (RULES[9], "freeze", "        type: choice\n", "        type: string\n"),
    (RULES[10], "publish", "    needs: plan", "    needs: plan\n    env: {K: '${{ secrets.K }}'}"),
    (RULES[10], "publish", "BRAND: ${{ matrix.brand }}", "ALL: ${{ toJSON(secrets) }}"),
    (RULES[10], "publish", "BRAND: ${{ matrix.brand }}", "ONE: ${{ secrets[matrix.brand] }}"),
    (RULES[10], "publish", "secrets:\n      MIMIN_NOTIFY: ${{ secrets.MIMIN_NOTIFY }}",
     "secrets: inherit"),
    (RULES[10], "watch", SETUP, f"{SETUP}\n        env: {{T: '${{{{ github.token }}}}'}}"),
    (RULES[10], "watch", "permissions: {}", "permissions: {}\nenv:\n  T: ${{ github.token }}"),
    (RULES[11], "freeze", '--reason "$REASON"', '--reason "${{ inputs.reason }}"'),
    (RULES[11], "freeze", '--reason "$REASON"', "--reason $REASON"),
    (RULES[11], "comment", '--head "$HEAD"', "--head ${HEAD}"),
    (RULES[11], "publish", '>> "$GITHUB_OUTPUT"', '>> "$GITHUB_ENV"'),
    (RULES[11], "publish", "run: |", "shell: ${{ inputs.brand }}\n        run: |"),
    (RULES[11], "check", SETUP, 'run: eval "$BASE"'),
    (RULES[11], "check", "fetch-depth: 0", "ref: ${{ github.head_ref }}"),
    (RULES[12], "site", "actions/deploy-pages@d6db90164ac5ed86f2b6aed7e0febac5b3c0c03e",
     "actions/deploy-pages@v4"),
    (RULES[12], "publish", "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd",
     f"actions/checkout@{'01234567' * 5}"),
    (RULES[12], "publish", "actions/upload-artifact@", "evil/upload-artifact@"),
    (RULES[13], "ci", '"3.11"', '"3.11"\n          cache: pip'),
    (RULES[13], "publish", "runs-on: ubuntu-latest", "runs-on: self-hosted"),
    (RULES[13], "watch", "    steps:", "    container: {image: evil}\n    steps:"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "name", "old", "new"), SPOILED)
def test_a_spoiled_workflow_breaks_its_rule(rule, name, old, new):
    text = (FOLDER / f"{name}.yml").read_text()
    assert old in text, "the workflow has changed; spoil it in another way"
    assert findings(name, text.replace(old, new), [rule])


def _parts(whole):
    """Give every mapping of a workflow that a rule looks at, by its place."""
    yield (), whole
    yield ("on",), whole["on"]
    for name, job in whole["jobs"].items():
        yield ("jobs", name), job
        yield from (
            (("jobs", name, key), job[key])
            for key in ("permissions", "env", "environment", "strategy", "outputs", "secrets")
            if isinstance(job.get(key), dict)
        )
        for number, step in enumerate(job.get("steps", ())):
            yield ("jobs", name, "steps", number), step
            for key in ("env", "with"):
                if key in step:
                    yield ("jobs", name, "steps", number, key), step[key]


def _changed(text):
    """Give a workflow with one key left out, or one more, or another value, for every key."""
    for place, part in _parts(yaml.load(text, yaml.BaseLoader)):
        for key in [*part, "more"]:
            for value in (None, "content/x", "${{ github.head_ref }}"):
                whole = yaml.load(text, yaml.BaseLoader)
                target = whole
                for step in place:
                    target = target[step]
                target.pop(key, None)
                if value is not None:
                    target[key] = value
                elif key == "more":
                    continue
                yield (*place, key), value, whole


def _is_harmless(name, place, value):
    """Tell whether a change gives nobody anything: less to run, or words that people see."""
    where, key = place[:-1], place[-1]
    if key in {"jobs", "steps", "timeout-minutes"}:
        return True
    if "steps" in where[2:3]:
        if key in {"name", "id"}:
            return "${{" not in (value or "")
        if value is None:
            return key in {"env", "if", "fetch-depth"} or where[-1] == "env"
        return key == "run" and name in {"check", "ci"} and "${{" not in value  # they hold nothing
    return False


@pytest.mark.parametrize(("name", "text"), list(workflows()), ids=lambda value: value[:12])
def test_whatever_is_dropped_added_or_changed_is_noticed(name, text):
    """Also what no attack above thought of: a list of what is known notices everything else."""
    missed, tried = [], 0
    for place, value, whole in _changed(text):
        if _is_harmless(name, place, value):
            continue
        tried += 1
        try:
            found = findings(name, yaml.dump(whole, sort_keys=False))
        except (AttributeError, KeyError, TypeError):
            found = ["no workflow"]
        if not found:
            missed.append((place, value))
    assert missed == []
    assert tried > 20


def test_every_rule_has_been_shown_to_notice():
    assert {rule for rule, *_ in SPOILED} == set(RULES)


MAKEFILE = (ROOT / "Makefile").read_text()
_PIP = "@$(BIN)/python -I -m pip install --quiet --disable-pip-version-check"
READY = [
    (
        """@$(PYTHON) -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' || """
        """{ echo "mimin needs Python 3.11 or newer; name one: """
        """make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }"""
    ),
    (
        """@$(PYTHON) -I -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) lacks """
        """venv; on Debian and Ubuntu: apt install python3-venv"; exit 1; }"""
    ),
    '@echo "Setting up $(VENV) (once, about a minute) ..."',
    "@$(PYTHON) -I -m venv --clear $(VENV)",
    f"{_PIP} --require-hashes -r requirements-dev.lock",
    f"{_PIP} --no-deps --no-build-isolation --editable .",
    "@touch $@",
]
"""All that `make setup` does. Python looks for modules in the folder it starts in, but for `-I`."""
ASSIGNED = {"PYTHON", "PORT", "SERVE", "VENV", "BIN", "READY", ".DEFAULT_GOAL"}


def makes_more(text):
    """Say what `make setup` would do by this Makefile beside what was reviewed."""
    found, target, does = [], None, []
    for line in re.sub(r"\\\n\s*", "", text).split("\n"):
        if line.startswith("\t"):
            does += [line.strip()] if target == "$(READY)" else []
            if target in {"setup", ".PHONY"}:
                found.append(f"{target} does {line.strip()}")
            continue
        assigned = re.match(r"([\w.]+) *[:?]?=(.*)", line)
        rule = re.fullmatch(r"(\$\(READY\)|\.PHONY|[a-z-]+):(?![=:])([^#]*)(?:##.*)?", line)
        if assigned and assigned[1] in ASSIGNED and not re.search(r"\$\((?!VENV\))|`", assigned[2]):
            continue
        if rule:
            target = rule[1]
            needs = {"setup": "$(READY)", "$(READY)": "requirements-dev.lock pyproject.toml"}
            if target in needs and rule[2].strip() != needs[target]:
                found.append(f"{target} needs {rule[2].strip()}")
            if "$(shell" in rule[2] or ";" in rule[2]:
                found.append(f"a rule does something: {line}")
        elif line and not line.startswith("#"):
            found.append(f"a line that is no rule: {line}")
    return found if does == READY else [*found, f"$(READY) does {does}"]


def test_setup_installs_what_the_lock_file_names_and_nothing_else():
    assert makes_more(MAKEFILE) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("VENV := .venv", "VENV := .venv\nSHELL := content/x.sh"),
        ("VENV := .venv", "VENV := .venv\n.SHELLFLAGS := -c content/x.sh"),
        ("VENV := .venv", "VENV := $(shell sh content/x.sh)"),
        ("VENV := .venv", "VENV != sh content/x.sh"),
        ("VENV := .venv", "VENV := .venv\ninclude content/kedai/posts/x.mk"),
        ("VENV := .venv", "VENV := .venv\n-include content/kedai/posts/x.mk"),
        ("VENV := .venv", "VENV := .venv\nexport PYTHONPATH := content/kedai"),
        ("VENV := .venv", "VENV := .venv\n$(eval $(file <content/x))"),
        ("VENV := .venv", "VENV := .venv\nMAKEFLAGS += --eval=x"),
        ("VENV := .venv", "VENV := .venv\nvpath % content"),
        ("setup: $(READY)  ##", "setup: test $(READY)  ##"),
        ("setup: $(READY)  ##", "setup: evil\nsetup: $(READY)  ##"),
        ("setup: $(READY)  ##", "Makefile: ; sh content/x.sh\nsetup: $(READY)  ##"),
        ("setup: $(READY)  ##", "%.lock: content\n\tsh content/x.sh\nsetup: $(READY)  ##"),
        ("@touch $@", "@touch $@\n\t@sh content/x.sh"),
        ("@touch $@", "@touch $@\n\n$(READY): content/x"),
        ("--require-hashes", ""),
        ("-I -m venv", "-m venv"),
        ("--no-deps --no-build-isolation", "--no-deps"),
        ("requirements-dev.lock\n", "requirements-dev.lock -r content/x\n"),
        ("-I -c 'import sys;", '-I -c \'import sys, runpy; runpy.run_path("content/x");'),
    ],
)
def test_a_spoiled_makefile_is_noticed(old, new):
    assert old in MAKEFILE, "the Makefile has changed; spoil it in another way"
    assert makes_more(MAKEFILE.replace(old, new, 1))


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_file_names_versions_by_hashes_and_no_other_place(name):
    text = (ROOT / name).read_text().replace("\\\n", " ")
    for line in filter(None, text.splitlines()):
        assert re.match(
            r"[a-z0-9._-]+==[\w.!+]+( ; [^\n]*?)?( +--hash=sha256:[0-9a-f]{64})+$", line
        ), line
