"""The command line: help, exit codes, streams, colours, and places that are no workspace."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys

import jsonschema
import pytest
import yaml

from mimin.cli.main import COMMANDS, MEANT
from mimin.model.post import PostFields, VariantFields

NOW = "2026-12-01T09:00+07:00"
GOOD = "---\naccounts: [bluesky, mastodon]\nat: 2026-12-01 09:05\n---\nHalo.\n"
P = "content/kopi-senja/posts/"
HEAVY = ("pydantic", "git", "httpx2", "PIL", "mkdocs", "rich", "yaml", "whenever", "jinja2")
GROUPS = {
    "ledger": ["log", "show", "verify", "restore", "accept"],
    "accounts": ["list", "check", "key", "login"],
}
FILES = ["post", "variant", "link", "brand", "calendar", "observances", "card", "report", "event"]


class EditorLoader(yaml.SafeLoader):
    """YAML as editors read it: dates are text."""


EditorLoader.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def mimin(*args, **env):
    """Run the real program."""
    return run([sys.executable, "-m", "mimin", *map(str, args)], env=os.environ | env)


def run(command, **options):
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, **options
    )


@pytest.fixture
def shop(place):
    """A workspace in git with one good post that is due in five minutes."""
    place.write({f"{P}gajian.md": GOOD})
    place.commit()
    return place


def commands():
    for name in COMMANDS:
        yield (name,)
        for inner in GROUPS.get(name, ()):
            yield (name, inner)


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_every_command_explains_itself(command, place):
    shown = place.run(*command, "--help", here=False)
    assert shown.code == 0
    assert shown.out.startswith("Usage: ")
    assert shown.err == ""
    if len(command) == 1:
        examples = re.findall(r"^    mimin (.+)$", shown.out, re.MULTILINE)
        assert examples
        assert all(example.split()[0] == command[0] for example in examples)


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_the_examples_in_the_help_use_options_that_exist(command, place):
    shown = place.run(*command, "--help", here=False).out
    used = set(
        re.findall(
            r"(?<=\s)--[a-z-]+", "\n".join(re.findall(r"^    mimin .+$", shown, re.MULTILINE))
        )
    )
    options = shown.partition("Options:")[2]
    assert all(re.search(rf"{option}\b", options) for option in used)


def test_help_is_instant_because_it_imports_nothing_heavy():
    look = (
        "import sys\n"
        "from mimin.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(*sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert loaded & set(HEAVY) == set()
    assert set(COMMANDS) <= set(done.stdout.split())


def test_the_version_is_told():
    assert re.fullmatch(r"mimin, version \d+\.\d+\.\d+\S*\n", mimin("--version").stdout)


def test_an_unknown_command_or_option_is_wrong_usage(place):
    assert place.run("chekc", here=False).code == 2
    assert place.run("check", "--nonsense").code == 2


def test_results_go_to_stdout_and_remarks_to_stderr(shop):
    shop.write({f"{P}bad.md": "Halo"})
    found = shop.check()
    assert found.code == 1
    assert [line.rpartition(" ")[2] for line in found.lines] == ["[front-matter-missing]"]
    assert found.err == "2 posts checked: 1 error, 0 warnings\n"


@pytest.mark.parametrize("form", ["json", "github", "sarif"])
def test_other_formats_say_nothing_on_the_side(form, shop):
    found = shop.check("--format", form)
    assert found.err == ""
    if form != "github":
        json.loads(found.out)


def test_paths_limit_what_is_shown(shop, monkeypatch):
    shop.write({f"{P}a.md": "Halo", f"{P}b.md": "Halo", f"{P}2026/c.md": "Halo"})
    assert len(shop.check(shop.root / P / "a.md").lines) == 1
    assert len(shop.check(shop.root / P).lines) == 3
    assert len(shop.check(shop.root / "content/", shop.root / P / "a.md").lines) == 3
    monkeypatch.chdir(shop.root / P)
    assert len(shop.check("a.md", here=False).lines) == 1
    assert len(shop.check("./2026/../b.md", here=False).lines) == 1
    assert len(shop.check("2026\\c.md", here=False).lines) == 1
    assert shop.check(".", here=False).code == 1


def test_a_path_that_is_not_there_or_outside_is_wrong_usage(shop, tmp_path):
    gone = shop.check(shop.root / P / "nowhere.md")
    assert gone.code == 2
    assert "does not exist" in gone.err
    (tmp_path / "outside.md").write_text("x")
    outside = shop.check(tmp_path / "outside.md")
    assert outside.code == 2
    assert "not inside the workspace" in outside.err


def test_a_good_file_among_bad_ones_passes(shop):
    shop.write({f"{P}bad.md": "Halo"})
    assert shop.check(shop.root / P / "gajian.md").code == 0


@pytest.mark.parametrize("command", ["check", "plan", "publish", "ledger log"])
def test_outside_of_a_workspace_every_command_says_so_in_one_line(command, tmp_path, place):
    told = place.run(*command.split(), "--workspace", tmp_path / "workspace/content", here=False)
    assert told.code in {0, 1, 4}  # inside: found by walking up
    (tmp_path / "empty").mkdir()
    lost = place.run(*command.split(), "--workspace", tmp_path / "empty", here=False)
    assert lost.code == 1
    assert lost.out == ""
    assert len(lost.err.splitlines()) == 1
    assert "content/" in lost.err


def test_a_workspace_that_does_not_exist_is_wrong_usage(place):
    assert place.run("check", "--workspace", "/nowhere", here=False).code == 2


def test_an_empty_workspace_is_fine(place_at, tmp_path):
    place = place_at(tmp_path / "new", {"mkdocs.yml": "", "content/.gitkeep": ""})
    found = place.check()
    assert (found.code, found.out) == (0, "")
    assert found.err == "0 posts checked: 0 errors, 0 warnings\n"
    assert place.run("plan", "--now", NOW).code == 0


def test_without_git_checking_and_planning_work_and_the_ledger_says_what_is_missing(place):
    place.write({f"{P}gajian.md": GOOD})
    assert place.check().code == 0
    assert place.run("plan", "--now", NOW).code == 0
    for command in (["ledger", "log"], ["freeze"], ["publish", "--now", NOW]):
        told = place.run(*command)
        assert told.code == 1
        assert "git init" in told.err
        assert len(told.err.splitlines()) == 1


def test_a_workspace_in_a_subfolder_of_a_repository(place_at, tmp_path):
    outer = place_at(tmp_path / "outer", {"README.md": "x"})
    inner = place_at(tmp_path / "outer/social")
    inner.write({f"{P}gajian.md": GOOD})
    outer.commit()
    found = inner.check()
    assert found.code == 0
    late = ("--now", NOW)
    for command in (
        *(["ledger", "log"], ["ledger", "verify"], ["ledger", "restore"], ["plan", *late]),
        *(["publish", *late], ["freeze"], ["reconcile"], ["plan", "--base", "main", *late]),
    ):
        told = inner.run(*command)
        assert told.code in {1, 2}, command
        assert f"lies in the git repository {outer.root} and not at its top" in told.err
        assert len(told.err.splitlines()) == 1
    (tmp_path / "outer/social").rename(tmp_path / "social")
    moved = place_at(tmp_path / "social")
    moved.commit()
    assert moved.run("plan", *late).code == 0


@pytest.mark.parametrize(
    "now", ["2026-12-01", "2026-12-01 09:00", "1 Desember 2026 pukul 9.00 WIB"]
)
def test_a_moment_is_given_as_people_write_it(now, shop):
    assert shop.run("check", "--now", now).code == 0


@pytest.mark.parametrize("now", ["soon", "11-12-2026", "2026-13-01", "99999", "", "T" * 20])
def test_a_moment_that_is_none_is_wrong_usage(now, shop):
    told = shop.run("check", "--now", now)
    assert told.code == 2
    assert len(told.err.splitlines()) == 1
    assert re.search(r"write .*(20\d\d|YYYY)-", told.err), "it shows how a moment is written"


def test_a_moment_without_a_zone_is_in_the_zone_that_all_brands_share(shop):
    told = shop.run("check", "--now", "2026-12-01 09:00", env={"TZ": "America/New_York"})
    first = "--now is 2026-12-01T09:00:00+07:00: local time in Asia/Jakarta, the zone of the brands"
    assert told.err.splitlines()[0] == first
    assert "--now is" not in shop.run("check", "--now", "2026-12-01 09:00 WIB").err


def test_a_moment_without_a_zone_is_in_this_machines_where_brands_have_several(shop):
    brand = "name: Fjord\nzone: Europe/Oslo\nlanguages: [nb]\naccounts: {a: {network: sandbox, "
    shop.write({"content/fjord/brand.yml": f"{brand}like: mastodon, handle: a}}}}\n"})
    told = shop.run("check", "--now", "2026-12-01")
    assert told.err.startswith("--now is 2026-12-01T00:00:00")
    assert told.err.splitlines()[0].endswith("local time in this machine's zone")


def test_an_unknown_account_gets_a_suggestion(shop):
    told = shop.run("plan", "--now", NOW, "--account", "kopi-senja/blusky")
    assert told.code == 2
    assert "did you mean 'kopi-senja/bluesky'?" in told.err


@pytest.mark.parametrize("lookahead", ["soon", "-1h", "5", ""])
def test_a_lookahead_that_is_none_is_wrong_usage(lookahead, shop):
    told = shop.run("plan", "--now", NOW, f"--lookahead={lookahead}")
    assert told.code == 2
    assert "2h" in told.err


def test_a_remote_that_does_not_exist_is_wrong_usage(shop):
    told = shop.run("plan", "--now", NOW, "--remote", "nowhere")
    assert told.code == 2
    assert "git remote" in told.err


def test_the_plan_in_all_forms(shop):
    text = shop.run("plan", "--now", NOW)
    assert "gajian@bluesky" in text.out
    rows = json.loads(shop.run("plan", "--now", NOW, "--format", "json").out)
    assert rows
    markdown = shop.run("plan", "--now", NOW, "--format", "markdown").out
    assert "gajian" in markdown
    assert text.out.count("\x1b") == 0


def test_a_plan_against_a_base_shows_only_what_changes(shop):
    base = shop.commit()
    shop.write({f"{P}baru.md": GOOD.replace("09:05", "10:05")})
    shop.commit()
    shown = shop.run("plan", "--now", NOW, "--base", base)
    assert shown.code == 0
    assert "baru" in shown.out
    assert "gajian" not in shown.out
    assert shop.run("plan", "--now", NOW, "--base", "nowhere").code == 2


@pytest.mark.parametrize(
    ("env", "coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colour_is_only_where_it_is_wanted(env, coloured, shop):
    done = mimin("plan", "--workspace", shop.root, "--now", NOW, **env)
    assert ("\x1b[" in done.stdout) == coloured


def test_a_dry_run_writes_and_sends_nothing(shop):
    before = shop.git("for-each-ref")
    told = shop.run("publish", "--dry-run", "--now", NOW)
    assert told.code == 0
    assert "gajian@bluesky" in told.out
    assert "nothing was sent" in told.err
    assert shop.git("for-each-ref") == before
    assert not list(shop.root.glob(".mimin/sandbox*"))


def test_publishing_twice_sends_once_and_the_ledger_shows_it(shop):
    late = "2026-12-01T09:06+07:00"
    first = shop.run("publish", "--now", late)
    assert first.code == 0
    assert first.out.count("published") == 2
    second = shop.run("publish", "--now", late)
    assert (second.code, second.out) == (0, "")
    log = shop.run("ledger", "log").out
    assert log.count("published") == 2
    rows = [json.loads(line) for line in shop.run("ledger", "log", "--format", "json").lines]
    assert {row["kind"] for row in rows} == {"claimed", "published"}
    shown = shop.run("ledger", "show", "kopi-senja/gajian@bluesky")
    assert shown.code == 0
    assert "published" in shown.out
    assert shop.run("ledger", "show", "--format", "json").code == 0
    verified = shop.run("ledger", "verify")
    assert verified.code == 0
    assert verified.err.endswith("0 faults\n")


def test_an_unknown_key_of_the_ledger_is_refused_in_one_line(shop):
    told = shop.run("ledger", "show", "kopi-senja/nothing@bluesky")
    assert told.code in {1, 2}
    assert len(told.err.splitlines()) == 1


def test_a_freeze_holds_and_a_resume_lets_go(shop):
    late = "2026-12-01T09:06+07:00"
    frozen = shop.run("freeze", "kopi-senja/bluesky", "--reason", "test", "--now", NOW)
    assert frozen.code == 0
    assert "kopi-senja/bluesky" in frozen.out
    held = shop.run("publish", "--now", late)
    assert held.out.count("published") == 1
    assert shop.run("resume", "kopi-senja/bluesky", "--now", late).code == 0
    assert shop.run("publish", "--now", late).out.count("published") == 1
    assert shop.run("freeze", "kopi-snja").code == 2


@pytest.mark.parametrize("scope", [[], ["kopi-senja"], ["kopi-senja/bluesky"]])
def test_the_way_out_of_a_freeze_ends_it(shop, scope):
    shop.run("freeze", *scope, "--reason", "test", "--now", NOW)
    late = "2026-12-01T09:06+07:00"
    for command in ("plan", "watch"):
        told = shop.run(command, "--now", late).out
        (way,) = set(re.findall(r"`mimin (resume[^`]*)`", told))
        assert way.split() == ["resume", *scope]
    assert shop.run(*way.split(), "--now", late).err == ""
    assert "frozen" not in shop.run("plan", "--now", late).out


def test_resuming_something_else_says_what_is_still_frozen(shop):
    shop.run("freeze", "kopi-senja", "--now", NOW)
    told = shop.run("resume", "--now", NOW)
    assert told.err == "kopi-senja/* is still frozen; `mimin resume kopi-senja`\n"


def test_what_was_frozen_under_a_name_that_is_gone_can_be_resumed(shop):
    shop.run("freeze", "kopi-senja/bluesky", "--now", NOW)
    path = shop.root / "content/kopi-senja/brand.yml"
    shop.write({"content/kopi-senja/brand.yml": path.read_text().replace("bluesky:", "biru:", 1)})
    told = shop.run("resume", "kopi-senja/bluesky", "--now", NOW)
    assert told.code == 0, told.err


def test_done_closes_a_pack_that_a_person_published(shop):
    shop.write(
        {
            f"{P}foto.md": (
                "---\naccounts: instagram\nat: 2026-12-01 09:05\n"
                "media: [{file: a.jpg, alt: Kopi}]\n---\nHalo.\n"
            ),
            f"{P}a.jpg": {"image": "400x400 jpeg"},
        }
    )
    shop.commit()
    late = ("--now", "2026-12-01T09:06+07:00")
    assert shop.run("publish", *late).code == 4
    key = "kopi-senja/foto@instagram"
    assert shop.run("done", key).code == 2
    assert shop.run("done", key, "--url", "https://example.com/1", "--not-out").code == 2
    told = shop.run("done", key, "--url", "https://example.com/1", "--by", "rara", *late)
    assert told.code == 0
    assert "by rara" in told.out
    assert shop.run("publish", *late).code == 0


@pytest.mark.parametrize("file", FILES)
def test_every_schema_is_valid_draft_2020_12(file, place):
    schema = json.loads(place.run("schema", file, here=False).out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("post", "publish"),
        ("kirim", "publish"),
        ("cek", "check"),
        ("status", "plan"),
        ("unfreeze", "resume"),
        ("prevew", "preview"),
    ],
)
def test_a_command_that_is_not_there_leads_to_what_is_meant(word, meant, place):
    told = place.run(word, here=False)
    assert told.code == 2
    assert f"There is no command {word!r}; `mimin {meant}` does that" in told.err


def test_every_command_that_is_suggested_is_there(place):
    assert not set(MEANT) & set(COMMANDS)
    for way in MEANT.values():
        for words in re.findall(r"`mimin ([^`]+)`", way):
            assert place.run(*words.split(), "--help", here=False).code == 0, way


USERS = [file for file in FILES if file not in {"card", "event"}]
"""Cards have many layers, whose fields stand in the handbook; events are written by mimin."""


@pytest.mark.parametrize("file", USERS)
def test_a_schema_says_of_every_field_what_it_is_for(file, place):
    schema = json.loads(place.run("schema", file, here=False).out)
    for name, model in {file: schema, **schema.get("$defs", {})}.items():
        for field, form in model.get("properties", {}).items():
            assert form.get("description"), f"{name}: {field} is not described"


@pytest.mark.parametrize(("file", "model"), [("post", PostFields), ("variant", VariantFields)])
def test_snippets_complete_every_field_of_front_matter(file, model, place):
    snippets = json.loads(place.run("schema", file, "--snippets", here=False).out)
    assert list(snippets) == list(model.model_fields)
    for name, snippet in snippets.items():
        assert snippet["scope"] == "markdown"
        filled = re.sub(r"\$\{\d\|([^,|]+)[^}]*\}", r"\1", "\n".join(snippet["body"]))
        filled = filled.replace("$CURRENT_YEAR-$CURRENT_MONTH-$CURRENT_DATE", "2026-12-01")
        filled = re.sub(r"\$\{\d:([^}]*)\}", r"\1", filled)
        given = yaml.load(re.sub(r"\$\d", "", filled), EditorLoader)
        assert list(given) == [name], filled
    choices = "${1|public,unlisted,followers,private|}"
    assert snippets["visibility"]["body"] == [f"visibility: {choices}"]


def test_files_that_are_all_yaml_have_a_schema_and_no_snippets(place):
    told = place.run("schema", "brand", "--snippets", here=False)
    assert told.code == 2
    assert "name its schema to the editor" in told.err


def test_the_demo_satisfies_the_schemas_that_editors_get(request, place):
    root = request.config.rootpath
    kinds = {
        "brand": root.glob("content/*/brand.yml"),
        "calendar": root.glob("calendar/*.yml"),
        "observances": root.glob("calendar/observances/*.yml"),
        "report": root.glob("reports/*.yml"),
        "card": root.glob("templates/cards/*.yml"),
        "link": root.glob("content/*/posts/**/*.link.yml"),
        "post": (p for p in root.glob("content/*/posts/**/*.md") if p.name.count(".") == 1),
    }
    seen = 0
    for kind, files in kinds.items():
        schema = json.loads(place.run("schema", kind, here=False).out)
        validator = jsonschema.Draft202012Validator(schema)
        for file in files:
            text = file.read_text()
            if file.suffix == ".md":
                text = text.split("---\n", 2)[1]
            faults = [
                fault.message
                for fault in validator.iter_errors(yaml.load(text, Loader=EditorLoader))
            ]
            assert faults == [], file
            seen += 1
    assert seen > 50


def test_a_reader_that_goes_away_ends_it_without_a_traceback(shop):
    shop.write({f"{P}x{number}.md": "Halo" for number in range(300)})
    script = f'"{sys.executable}" -m mimin check --workspace "{shop.root}" | head -1'
    done = run(["bash", "-o", "pipefail", "-c", script])
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert "bug" not in done.stderr


CONTROL_C = """
import sys, time
import mimin.cli.plan as plan
from mimin.cli.main import run
def wait(*_):
    print("here", flush=True)
    time.sleep(60)
plan.open_desk = wait
sys.argv = ["mimin", "plan"]
run()
"""


def test_control_c_ends_it_with_130_and_without_a_traceback(shop):
    command = [sys.executable, "-c", CONTROL_C]
    pipe = subprocess.PIPE
    # A job in the background is started with SIGINT ignored, and hands that on.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        running = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=shop.root)
    finally:
        signal.signal(signal.SIGINT, before)
    assert running.stdout.readline() == "here\n"
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "Traceback" not in err


BUG = """
import sys
from mimin.cli.main import COMMANDS, run
COMMANDS["boom"] = "A command that is not there."
sys.argv = ["mimin", "boom"]
run()
"""


def test_a_bug_ends_with_3_and_its_traceback():
    done = run([sys.executable, "-c", BUG])
    assert done.returncode == 3
    assert "Traceback" in done.stderr
    assert "this is a bug" in done.stderr


def test_names_that_are_no_utf_8_still_get_an_answer(place):
    folder = place.root / P / os.fsdecode(b"\xff")
    folder.mkdir(parents=True)
    (folder / "a.md").write_text(GOOD)
    (folder / "B.md").write_text("x")
    for form in ("text", "json", "github", "sarif"):
        for _ in range(2):
            done = mimin("check", "--workspace", place.root, "--now", NOW, "--format", form)
            assert done.returncode == 1
            assert "name-invalid" in done.stdout


def test_pipes_and_folders_in_the_place_of_files_are_named_and_not_waited_for(place):
    os.mkfifo(place.root / P.rstrip("/").replace("posts", "wait.yml"))
    (place.root / P / "folder.md").mkdir(parents=True)
    os.mkfifo(place.root / P / "pipe.md")
    (place.root / "calendar").mkdir()
    os.mkfifo(place.root / "calendar/kopi-senja.yml")
    done = mimin("check", "--workspace", place.root, "--now", NOW)
    assert done.returncode == 1
    assert "pipe.md:1:1: error: can not be read: it is no ordinary file" in done.stdout
    assert "calendar/kopi-senja.yml:1:1: error: can not be read" in done.stdout
