from __future__ import annotations

import threading

import pytest

from mimin.errors import StoreError
from mimin.store import (
    Append,
    Put,
    Remove,
    RewrittenError,
    Snapshot,
    UncertainError,
    UnreachableError,
)

LEDGER = "refs/heads/mimin/ledger"
SEEN = "refs/mimin/seen/mimin/ledger"


def append(line: str, file: str = "a.jsonl"):
    return lambda _snapshot: {file: Append(f"{line}\n".encode())}


def claim(name: str, file: str = "a.jsonl"):
    """Append a line unless it is there: how a delivery is claimed once."""

    def decide(snapshot: Snapshot):
        taken = name.encode() in snapshot.read(file).splitlines()
        return {} if taken else {file: Append(name.encode())}

    return decide


@pytest.fixture(params=["origin", None], ids=["remote", "local"])
def place(request, yard):
    """A repository with a remote or without, and the repository whose branch is the truth."""
    if request.param:
        remote = yard.remote()
        return yard.clone(remote), remote, "origin"
    alone = yard.clone(None)
    return alone, alone, None


def test_an_empty_branch_is_an_empty_snapshot(yard, place):
    here, _, remote = place
    snapshot = yard.branch(here, remote=remote).read()
    assert snapshot.commit is None
    assert snapshot.files == {}
    assert snapshot.read("a.jsonl") == b""


def test_lines_are_appended_in_order_and_found_again(yard, place, at):
    here, truth, remote = place
    branch = yard.branch(here, remote=remote)
    for number in range(3):
        result = branch.transact(append(str(number), "ünï/日 本.jsonl"), message="m", at=at)
        assert result.commit == yard.git(truth, "rev-parse", LEDGER).strip()
    assert yard.lines(truth, "ünï/日 本.jsonl") == ["0", "1", "2"]
    assert branch.read().read("ünï/日 本.jsonl") == b"0\n1\n2\n"


def test_a_line_is_never_joined_to_one_without_a_line_break(yard, place, at):
    here, truth, remote = place
    branch = yard.branch(here, remote=remote)
    branch.transact(lambda _: {"a.jsonl": Put(b"typed by hand")}, message="m", at=at)
    branch.transact(lambda _: {"a.jsonl": Append(b"ours")}, message="m", at=at)
    branch.transact(append("next"), message="m", at=at)
    assert yard.lines(truth, "a.jsonl") == ["typed by hand", "ours", "next"]


def test_files_are_replaced_and_removed_and_others_stay(yard, place, at):
    here, truth, remote = place
    branch = yard.branch(here, remote=remote)
    first = {"x/keep": Put(b"k"), "x/gone": Put(b"g"), "blob": Put(bytes(range(256)))}
    branch.transact(lambda _: first, message="m", at=at)
    branch.transact(lambda _: {"x/gone": Remove(), "new": Put(b"")}, message="m", at=at)
    snapshot = branch.read()
    assert sorted(snapshot.files) == ["blob", "new", "x/keep"]
    assert snapshot.blobs(["blob", "nope"]) == {"blob": bytes(range(256))}
    assert len(yard.git(truth, "rev-list", LEDGER).split()) == 2


def test_nothing_to_change_writes_nothing(yard, place, at):
    here, truth, remote = place
    branch = yard.branch(here, remote=remote)
    result = branch.transact(lambda _: {}, message="m", at=at)
    assert result.commit is None
    assert yard.git(truth, "for-each-ref") == ""


def test_a_claim_that_somebody_made_before_is_lost(yard, place, at):
    here, truth, remote = place
    first = yard.branch(here, remote=remote).transact(claim("d1"), message="m", at=at)
    again = yard.branch(here, remote=remote).transact(claim("d1"), message="m", at=at)
    assert first.commit
    assert again.commit is None
    assert again.snapshot.read("a.jsonl") == b"d1\n"
    assert yard.lines(truth, "a.jsonl") == ["d1"]


@pytest.mark.parametrize("path", ["", "/a", "a//b", "../a", "a/./b", "a/.git/b", "a\0b", "a/"])
def test_a_path_that_git_can_not_hold_is_refused(yard, at, path):
    branch = yard.branch(yard.clone(None), remote=None)
    with pytest.raises(StoreError, match="can not be stored"):
        branch.transact(lambda _: {path: Put(b"x")}, message="m", at=at)


@pytest.mark.parametrize(("old", "new"), [("a", "a/b"), ("a/b", "a")])
def test_a_file_is_never_swallowed_by_a_folder(yard, at, old, new):
    branch = yard.branch(yard.clone(None), remote=None)
    branch.transact(append("kept", old), message="m", at=at)
    with pytest.raises(StoreError, match="in the way"):
        branch.transact(append("lost", new), message="m", at=at)
    assert branch.read().read(old) == b"kept\n"


def test_names_that_need_quoting_survive(yard, at):
    branch = yard.branch(yard.clone(None), remote=None)
    names = ['"q"', "back\\slash", "tab\there", "line\nbreak", " lead", "é"]
    branch.transact(lambda _: {name: Put(name.encode()) for name in names}, message="m", at=at)
    assert branch.read().blobs(names) == {name: name.encode() for name in names}


def test_the_commit_says_who_when_and_why_without_any_configuration(yard, place, at):
    here, truth, remote = place
    yard.git(here, "config", "user.useConfigOnly", "true")
    yard.branch(here, remote=remote).transact(append("x"), message="Claim ☕ d1", at=at)
    show = yard.git(truth, "log", "-1", "--format=%an|%ae|%cn|%ce|%at|%ct|%s", LEDGER).strip()
    stamp = at.timestamp()
    assert show == f"mimin|mimin@localhost|mimin|mimin@localhost|{stamp}|{stamp}|Claim ☕ d1"


def test_the_users_work_tree_index_head_and_hooks_are_left_alone(yard, place, at):
    here, _, remote = place
    (here / "post.md").write_text("one\n")
    (here / "staged.md").write_text("one\n")
    yard.git(here, "add", "-A")
    yard.git(here, "commit", "-qm", "posts")
    (here / "post.md").write_text("two\n")
    (here / "staged.md").write_text("two\n")
    (here / "new.md").write_text("new\n")
    yard.git(here, "add", "staged.md")
    for hook in ("pre-push", "reference-transaction", "pre-commit", "post-commit"):
        file = here / ".git" / "hooks" / hook
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\ntouch {here.parent}/ran-{hook}\nexit 1\n")
        file.chmod(0o755)
    status, index, head = (
        yard.git(here, "status", "--porcelain"),
        (here / ".git" / "index").read_bytes(),
        (here / ".git" / "HEAD").read_bytes() + yard.git(here, "rev-parse", "main").encode(),
    )
    branch = yard.branch(here, remote=remote)
    branch.transact(append("x"), message="m", at=at)
    branch.read()
    assert (here / ".git" / "index").read_bytes() == index
    assert yard.git(here, "status", "--porcelain") == status
    assert (here / ".git" / "HEAD").read_bytes() + yard.git(
        here, "rev-parse", "main"
    ).encode() == head
    assert list(here.parent.glob("ran-*")) == []


def test_variables_of_a_hook_do_not_redirect_a_write(yard, place, at, tmp_path):
    here, truth, remote = place
    other = yard.clone(None, "other")
    leak = {"GIT_DIR": str(other / ".git"), "GIT_WORK_TREE": str(other)}
    leak["GIT_INDEX_FILE"] = str(other / ".git" / "index")
    yard.branch(here, remote=remote, env=leak).transact(append("x"), message="m", at=at)
    assert yard.lines(truth, "a.jsonl") == ["x"]
    assert yard.git(other, "for-each-ref") == ""


def test_a_push_takes_nothing_else_along(yard, at):
    remote = yard.remote()
    here = yard.clone(remote)
    yard.git(here, "commit", "-q", "--allow-empty", "-m", "private")
    yard.git(here, "config", "push.followTags", "true")
    commit = yard.branch(here).transact(append("x"), message="m", at=at).commit
    yard.git(here, "tag", "-a", "-m", "t", "v1", commit)
    yard.branch(here).transact(append("y"), message="m", at=at)
    assert yard.git(remote, "for-each-ref", "--format=%(refname)").split() == [LEDGER]


def test_a_sha256_repository_works(yard, at):
    path = yard.folder / "sha256"
    yard.git(yard.folder, "init", "-q", "--object-format=sha256", str(path))
    branch = yard.branch(path, remote=None)
    branch.transact(append("x"), message="m", at=at)
    branch.transact(append("y"), message="m", at=at)
    assert yard.lines(path, "a.jsonl") == ["x", "y"]


def test_a_shallow_clone_of_one_branch_reads_and_writes(yard, at):
    remote = yard.remote()
    maker = yard.clone(remote, "maker")
    for _ in range(3):
        yard.git(maker, "commit", "-q", "--allow-empty", "-m", "posts")
    yard.git(maker, "push", "-q", "origin", "main")
    for number in range(3):
        yard.branch(maker).transact(append(str(number)), message="m", at=at)
    yard.git(
        yard.folder, "clone", "-q", "--depth=1", "--single-branch", "--branch=main",
        f"file://{remote}", "runner",
    )  # fmt: skip
    runner = yard.folder / "runner"
    branch = yard.branch(runner)
    assert branch.read().read("a.jsonl") == b"0\n1\n2\n"
    branch.transact(append("3"), message="m", at=at)
    yard.branch(maker).transact(append("4"), message="m", at=at)
    branch.transact(append("5"), message="m", at=at)
    assert yard.lines(remote, "a.jsonl") == list("012345")
    assert yard.git(runner, "rev-parse", "--is-shallow-repository").strip() == "true"


def test_somebody_faster_makes_us_decide_again_on_what_they_wrote(yard, at):
    remote = yard.remote()
    rival = yard.branch(yard.clone(remote, "rival"))
    branch = yard.branch(yard.clone(remote))
    shown = []

    def decide(snapshot):
        shown.append(snapshot.read("a.jsonl"))
        if len(shown) < 4:
            rival.transact(append(f"rival {len(shown)}"), message="m", at=at)
        return {"a.jsonl": Append(b"ours")}

    branch.transact(decide, message="m", at=at)
    assert shown == [b"", b"rival 1\n", b"rival 1\nrival 2\n", b"rival 1\nrival 2\nrival 3\n"]
    assert yard.lines(remote, "a.jsonl") == ["rival 1", "rival 2", "rival 3", "ours"]


def test_the_same_claim_at_the_same_second_has_one_winner(yard, at):
    remote = yard.remote()
    rival = yard.branch(yard.clone(remote, "rival"))
    branch = yard.branch(yard.clone(remote))
    rivals = []

    def decide(snapshot):
        changes = claim("d1")(snapshot)
        if not rivals:
            rivals.append(rival.transact(claim("d1"), message="m", at=at))
        return changes

    assert branch.transact(decide, message="m", at=at).commit is None
    assert rivals[0].commit
    assert yard.lines(remote, "a.jsonl") == ["d1"]


def test_a_branch_in_use_sees_what_others_wrote_since(yard, place, at):
    """No fetch comes before the push, so nothing may be concluded without one."""
    here, truth, remote = place
    branch, other = (yard.branch(here, remote=remote) for _ in range(2))
    branch.transact(append("x"), message="m", at=at)
    other.transact(claim("d1"), message="m", at=at)
    result = branch.transact(claim("d1"), message="m", at=at)
    assert result.commit is None
    assert result.snapshot.read("a.jsonl") == b"x\nd1\n"
    branch.transact(append("y"), message="m", at=at)

    def refuse(snapshot):
        if b"frozen" not in snapshot.read("freeze"):
            raise ValueError("decided on an old snapshot")
        return {}

    other.transact(lambda _: {"freeze": Put(b"frozen")}, message="m", at=at)
    assert branch.transact(refuse, message="m", at=at).commit is None
    assert yard.lines(truth, "a.jsonl") == ["x", "d1", "y"]


def test_what_is_remembered_of_own_commits_is_what_was_stored(yard, place, at):
    here, _, remote = place
    branch = yard.branch(here, remote=remote)
    shown = []

    def step(changes):
        def decide(snapshot):
            shown.append((dict(snapshot.files), snapshot.blobs(snapshot.files)))
            return changes

        return decide

    branch.transact(step({"a": Put(b"1"), "b/c": Put(b"2"), "d": Put(b"")}), message="m", at=at)
    for changes in ({"a": Append(b"x"), "b/c": Remove()}, {"é": Put(b"3"), "d": Put(b"4")}, {}):
        fresh = yard.branch(here, remote=remote).read()
        shown.clear()
        branch.transact(step(changes), message="m", at=at)
        assert shown[0] == (fresh.files, fresh.blobs(fresh.files))


def test_the_number_of_tries_is_bounded_and_pauses_are_short(yard, at):
    remote = yard.remote()
    rival = yard.branch(yard.clone(remote, "rival"))
    pauses = []
    branch = yard.branch(yard.clone(remote), tries=12, pause=pauses.append)

    def decide(_snapshot):
        rival.transact(append("rival"), message="m", at=at)
        return {"a.jsonl": Append(b"ours")}

    with pytest.raises(StoreError, match="gave up after many tries") as caught:
        branch.transact(decide, message="m", at=at)
    assert not isinstance(caught.value, UncertainError)
    assert len(pauses) == 11
    assert max(pauses) <= 2
    assert yard.lines(remote, "a.jsonl") == ["rival"] * 12


def test_who_has_lost_long_pauses_less_and_less(yard, at):
    """So that of many writers none is starved by those who came later."""
    remote = yard.remote()
    rival = yard.branch(yard.clone(remote, "rival"))
    pauses = []
    branch = yard.branch(yard.clone(remote), tries=60, pause=pauses.append)

    def decide(_snapshot):
        if len(pauses) < 50:
            rival.transact(append("rival"), message="m", at=at)
        return append("ours")(_snapshot)

    assert branch.transact(decide, message="m", at=at).commit
    assert max(pauses[40:]) <= 2 * 10 / 41


def test_a_remote_that_can_not_be_reached_is_said_and_nothing_is_written(yard, at):
    here = yard.clone(yard.folder / "https://user:s3cret@nowhere.invalid")
    yard.git(here, "remote", "set-url", "origin", "/nowhere/user:s3cret@x.git")
    branch = yard.branch(here)
    with pytest.raises(UnreachableError, match="nothing was written"):
        branch.transact(append("x"), message="m", at=at)
    with pytest.raises(UnreachableError):
        branch.read()
    assert yard.git(here, "for-each-ref") == ""


def test_what_was_seen_can_be_read_without_the_remote(yard, at):
    remote = yard.remote()
    here = yard.clone(remote)
    yard.branch(here).transact(append("x"), message="m", at=at)
    remote.rename(remote.with_name("away"))
    assert yard.branch(here).read(fetch=False).read("a.jsonl") == b"x\n"


def test_a_remote_that_refuses_us_is_not_asked_again(yard, at):
    remote = yard.remote()
    hook = remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho asked >> asked\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(StoreError, match="declined"):
        yard.branch(yard.clone(remote)).transact(append("x"), message="m", at=at)
    assert (remote / "asked").read_text() == "asked\n"


@pytest.mark.parametrize(
    "said",
    [
        "fatal: unable to access 'https://h/': The requested URL returned error: 403",
        "fatal: Authentication failed for 'https://h/'",
        "fatal: ref updates aborted by hook",
    ],
)
def test_a_missing_permission_is_said_at_once(yard, at, said):
    shim = yard.shim(
        f"""
        case " $* " in *" push "*) echo push >> {yard.folder}/pushes
        cat >&2 <<'END'
{said}
END
        exit 128;; esac
        exec "$REAL" "$@"
        """
    )
    branch = yard.branch(yard.clone(yard.remote()), env={"PATH": shim})
    with pytest.raises(StoreError, match="allow it to write"):
        branch.transact(append("x"), message="m", at=at)
    assert (yard.folder / "pushes").read_text() == "push\n"


def test_losing_a_race_on_the_remote_many_times_is_no_doubt_about_the_push(yard, at):
    tab = "\t"
    shim = yard.shim(
        f"""
        case " $* " in *" push "*) echo push >> {yard.folder}/pushes
        if [ $(wc -l < {yard.folder}/pushes) -le 8 ]; then
        echo "!{tab}c:refs/heads/x{tab}[remote rejected] (failed to update ref)"
        exit 1; fi;; esac
        exec "$REAL" "$@"
        """
    )
    remote = yard.remote()
    branch = yard.branch(yard.clone(remote), env={"PATH": shim})
    branch.transact(append("x"), message="m", at=at)
    assert yard.lines(remote, "a.jsonl") == ["x"]


def test_a_connection_lost_between_two_commits_is_said_and_nothing_is_written(yard, at):
    remote = yard.remote()
    branch = yard.branch(yard.clone(remote))
    branch.transact(append("x"), message="m", at=at)
    remote.rename(remote.with_name("away"))
    with pytest.raises(UnreachableError):
        branch.transact(append("y"), message="m", at=at)
    remote.with_name("away").rename(remote)
    branch.transact(append("z"), message="m", at=at)
    assert yard.lines(remote, "a.jsonl") == ["x", "z"]


@pytest.mark.parametrize("rewind", ["older", "unrelated", "deleted"])
def test_a_rewritten_branch_is_never_continued(yard, at, rewind):
    remote = yard.remote()
    here = yard.clone(remote)
    branch = yard.branch(here)
    first = branch.transact(append("one"), message="m", at=at).commit
    second = branch.transact(append("two"), message="m", at=at).commit
    if rewind == "older":
        yard.git(remote, "update-ref", LEDGER, first)
    elif rewind == "unrelated":
        tree = yard.git(remote, "rev-parse", f"{LEDGER}^{{tree}}").strip()
        other = yard.git(remote, "commit-tree", tree, "-m", "forged").strip()
        yard.git(remote, "update-ref", LEDGER, other)
    else:
        yard.git(remote, "update-ref", "-d", LEDGER)
    # A user's own fetch follows the forced push; we must not.
    yard.git(here, "config", "remote.origin.prune", "true")
    yard.git(here, "config", "fetch.showForcedUpdates", "false")
    yard.git(here, "fetch", "-q", "origin")
    for _ in range(2):
        with pytest.raises(RewrittenError, match="git update-ref -d"):
            branch.transact(append("three"), message="m", at=at)
        with pytest.raises(RewrittenError):
            yard.branch(here).read()
    assert yard.git(here, "rev-parse", SEEN).strip() == second


def test_accepting_a_rewritten_branch_is_possible(yard, at):
    remote = yard.remote()
    here = yard.clone(remote)
    branch = yard.branch(here)
    first = branch.transact(append("one"), message="m", at=at).commit
    branch.transact(append("two"), message="m", at=at)
    yard.git(remote, "update-ref", LEDGER, first)
    yard.git(here, "update-ref", "-d", SEEN)
    branch.transact(append("three"), message="m", at=at)
    assert yard.lines(remote, "a.jsonl") == ["one", "three"]


def test_a_push_by_somebody_else_is_no_rewrite(yard, at):
    remote = yard.remote()
    here, there = yard.branch(yard.clone(remote)), yard.branch(yard.clone(remote, "there"))
    for number in range(3):
        here.transact(append(f"here {number}"), message="m", at=at)
        there.transact(append(f"there {number}"), message="m", at=at)
    assert len(yard.lines(remote, "a.jsonl")) == 6


def test_what_was_recorded_offline_is_pushed_once_there_is_a_remote(yard, at):
    here = yard.clone(None)
    yard.branch(here, remote=None).transact(claim("d1"), message="m", at=at)
    remote = yard.remote()
    yard.git(here, "remote", "add", "origin", str(remote))
    branch = yard.branch(here)
    assert branch.transact(claim("d1"), message="m", at=at).commit is None
    branch.transact(claim("d2"), message="m", at=at)
    assert yard.lines(remote, "a.jsonl") == ["d1", "d2"]
    # And back: without the remote, what was seen on it still counts.
    offline = yard.branch(here, remote=None)
    assert offline.transact(claim("d2"), message="m", at=at).commit is None
    offline.transact(claim("d3"), message="m", at=at)
    yard.branch(here).transact(claim("d4"), message="m", at=at)
    assert yard.lines(remote, "a.jsonl") == ["d1", "d2", "d3", "d4"]
    assert branch.transact(claim("d3"), message="m", at=at).commit is None


def test_offline_records_that_parted_from_the_remote_stop_everything(yard, at):
    remote = yard.remote()
    here, there = yard.clone(remote), yard.clone(remote, "there")
    yard.branch(here, remote=None).transact(claim("d1"), message="m", at=at)
    yard.branch(there).transact(claim("d1"), message="m", at=at)
    with pytest.raises(RewrittenError, match="parted"):
        yard.branch(here).transact(claim("d2"), message="m", at=at)


class TestAnswerLost:
    """The remote took the push, but git did not hear it."""

    def shim(self, yard, *, times: int = 1, after: str = "") -> str:
        return yard.shim(
            f"""
            for arg in "$@"; do [ "$arg" = push ] && pushing=1; done
            if [ -z "$pushing" ]; then exec "$REAL" "$@"; fi
            echo push >> {yard.folder}/pushes
            [ $(wc -l < {yard.folder}/pushes) -gt {times} ] && exec "$REAL" "$@"
            "$REAL" "$@" > /dev/null 2>&1
            {after}
            echo "fatal: the remote end hung up unexpectedly" >&2
            exit 128
            """
        )

    def test_is_found_on_the_branch_and_not_written_again(self, yard, at):
        remote = yard.remote()
        branch = yard.branch(yard.clone(remote), env={"PATH": self.shim(yard)})
        result = branch.transact(append("once"), message="m", at=at)
        assert yard.lines(remote, "a.jsonl") == ["once"]
        assert result.commit == yard.git(remote, "rev-parse", LEDGER).strip()

    def test_is_found_below_what_others_wrote_since(self, yard, at):
        remote = yard.remote()
        rival = yard.branch(yard.clone(remote, "rival"))
        code = yard.folder / "rival-writes"
        shim = self.shim(yard, after=f"touch {code}; while [ -e {code} ]; do sleep 0.02; done")
        branch = yard.branch(yard.clone(remote), env={"PATH": shim})
        results = []
        thread = threading.Thread(
            target=lambda: results.append(branch.transact(claim("d1"), message="m", at=at))
        )
        thread.start()
        while not code.exists():
            thread.join(0.01)
        assert rival.transact(claim("d1"), message="m", at=at).commit is None
        rival.transact(append("rival"), message="m", at=at)
        code.unlink()
        thread.join()
        assert results[0].commit == yard.git(remote, "rev-parse", f"{LEDGER}~").strip()
        assert yard.lines(remote, "a.jsonl") == ["d1", "rival"]

    def test_of_a_push_that_never_arrived_leads_to_a_second_one(self, yard, at):
        remote = yard.remote()
        shim = yard.shim(
            f"""
            case " $* " in *" push "*)
            if [ ! -e {yard.folder}/failed ]; then touch {yard.folder}/failed; exit 1; fi;; esac
            exec "$REAL" "$@"
            """
        )
        branch = yard.branch(yard.clone(remote), env={"PATH": shim})
        branch.transact(append("once"), message="m", at=at)
        assert yard.lines(remote, "a.jsonl") == ["once"]

    def test_with_a_remote_gone_silent_is_said_to_be_uncertain(self, yard, at):
        remote = yard.remote()
        shim = self.shim(yard, after=f"mv {remote} {remote}.away")
        branch = yard.branch(yard.clone(remote), env={"PATH": shim}, tries=4)
        with pytest.raises(UncertainError, match="not known whether"):
            branch.transact(append("once"), message="m", at=at)
        remote.with_name("remote.git.away").rename(remote)
        assert branch.read().read("a.jsonl") == b"once\n"


class TestSharing:
    """Callers who wait at the same time share a commit."""

    def crowd(self, branch, decisions, at):
        """Let all wait behind one slow caller, so that they are one batch."""
        opened, outcomes = threading.Event(), {}

        def ask(name, decide, message):
            try:
                outcomes[name] = branch.transact(decide, message=message, at=at)
            except Exception as error:  # noqa: BLE001 - looked at by the test
                outcomes[name] = error

        def slow(_snapshot):
            opened.wait()
            return {}

        threads = [threading.Thread(target=ask, args=("slow", slow, "slow"))]
        threads[0].start()
        for name, decide in decisions.items():
            threads.append(threading.Thread(target=ask, args=(name, decide, name)))
            threads[-1].start()
        while len(branch._waiting) < len(decisions):
            threads[-1].join(0.005)
        opened.set()
        for thread in threads:
            thread.join()
        return outcomes

    def test_all_get_the_same_commit_and_every_line_is_there_once(self, yard, place, at):
        here, truth, remote = place
        branch = yard.branch(here, remote=remote)
        outcomes = self.crowd(branch, {f"e{n}": append(f"e{n}") for n in range(30)}, at)
        assert len({outcomes[f"e{n}"].commit for n in range(30)}) == 1
        assert sorted(yard.lines(truth, "a.jsonl")) == sorted(f"e{n}" for n in range(30))
        subject = yard.git(truth, "log", "-1", "--format=%s", LEDGER)
        assert "(and 29 more)" in subject

    def test_of_many_claims_for_one_thing_one_wins(self, yard, place, at):
        here, truth, remote = place
        branch = yard.branch(here, remote=remote)
        outcomes = self.crowd(branch, {f"c{n}": claim("d1") for n in range(10)}, at)
        outcomes.pop("slow")
        assert sum(result.commit is not None for result in outcomes.values()) == 1
        assert yard.lines(truth, "a.jsonl") == ["d1"]

    def test_an_error_of_one_is_not_an_error_of_the_others(self, yard, place, at):
        here, truth, remote = place
        branch = yard.branch(here, remote=remote)

        def broken(_snapshot):
            raise ValueError("mine")

        decisions = {"good": append("good"), "broken": broken, "bad path": append("x", "/x")}
        outcomes = self.crowd(branch, decisions, at)
        assert outcomes["good"].commit
        assert isinstance(outcomes["broken"], ValueError)
        assert isinstance(outcomes["bad path"], StoreError)
        assert yard.lines(truth, "a.jsonl") == ["good"]

    def test_an_unreachable_remote_is_an_error_for_everybody(self, yard, at):
        here = yard.clone(yard.folder / "nowhere.git")
        branch = yard.branch(here)
        outcomes = [None] * 3

        def ask(number):
            try:
                branch.transact(append("x"), message="m", at=at)
            except StoreError as error:
                outcomes[number] = error

        threads = [threading.Thread(target=ask, args=(n,)) for n in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert all(isinstance(error, UnreachableError) for error in outcomes)

    def test_a_file_that_is_not_committed_yet_has_no_id(self, yard, at):
        branch = yard.branch(yard.clone(None), remote=None)
        branch.transact(append("old"), message="m", at=at)
        after = branch.read().with_changes({"a.jsonl": Append(b"new"), "b": Put(b"b")})
        assert after.files == {"a.jsonl": None, "b": None}
        assert after.read("a.jsonl") == b"old\nnew\n"
        assert after.with_changes({"a.jsonl": Remove()}).files == {"b": None}


class TestLocks:
    """A git that was killed leaves lock files behind."""

    def test_a_stale_lock_is_named_with_the_way_out(self, yard, at):
        here = yard.clone(None)
        branch = yard.branch(here, remote=None, tries=3)
        branch.transact(append("x"), message="m", at=at)
        lock = here / ".git" / f"{LEDGER}.lock"
        lock.touch()
        with pytest.raises(StoreError, match=r"ledger\.lock.*remove a `\.lock` file"):
            branch.transact(append("y"), message="m", at=at)
        lock.unlink()
        branch.transact(append("y"), message="m", at=at)
        assert yard.lines(here, "a.jsonl") == ["x", "y"]

    def test_a_stale_lock_on_what_was_seen_does_not_break_a_push(self, yard, at):
        remote = yard.remote()
        here = yard.clone(remote)
        branch = yard.branch(here, tries=3)
        lock = here / ".git" / f"{SEEN}.lock"
        lock.parent.mkdir(parents=True)
        lock.touch()
        branch.transact(append("x"), message="m", at=at)
        assert yard.lines(remote, "a.jsonl") == ["x"]
        with pytest.raises(StoreError, match=r"ledger\.lock"):
            branch.read()

    @pytest.mark.parametrize("ref", [LEDGER, "refs/mimin/copy/mimin/ledger/head"])
    def test_a_stale_lock_on_the_remote_is_named_with_its_place_soon(self, yard, at, ref):
        remote = yard.remote()
        pauses = []
        branch = yard.branch(yard.clone(remote), pause=pauses.append, keeps=bool)
        branch.transact(append("x"), message="m", at=at)
        lock = remote / f"{ref}.lock"
        lock.touch()
        with pytest.raises(StoreError, match=rf"on origin: {lock}; nothing was written"):
            branch.transact(append("y"), message="m", at=at)
        assert sum(pauses) < 20
        lock.unlink()
        branch.transact(append("y"), message="m", at=at)
        assert yard.lines(remote, "a.jsonl") == ["x", "y"]

    def test_a_lock_on_the_remote_while_others_get_on_is_no_leftover(self, yard, at):
        remote = yard.remote()
        tab = "\t"
        said = "remote: error: cannot lock ref: Unable to create '/r.git/x.lock': File exists."
        shim = yard.shim(
            f"""
            case " $* " in *" push "*) echo >> {yard.folder}/pushes
            if [ $(wc -l < {yard.folder}/pushes) -le 20 ]; then
            echo "!{tab}c:{LEDGER}{tab}[remote rejected] (atomic transaction failed)"
            echo "{said}" >&2; exit 1; fi;; esac
            exec "$REAL" "$@"
            """
        )
        rival = yard.branch(yard.clone(remote, "rival"), keeps=bool)
        branch = yard.branch(yard.clone(remote), env={"PATH": shim}, keeps=bool)

        def decide(snapshot):
            if len(snapshot.read("r.jsonl").splitlines()) < 20:
                rival.transact(append("r", file="r.jsonl"), message="m", at=at)
            return {"a.jsonl": Append(b"x")}

        branch.transact(decide, message="m", at=at)
        assert yard.lines(remote, "a.jsonl") == ["x"]


class TestInTheWay:
    """A branch whose name is the folder of ours."""

    def follow(self, yard, where, error):
        """Do what the message says between its backquotes."""
        for command in error.split("`")[1].split(" && "):
            yard.git(where, *command.split(" ")[1:])

    @pytest.mark.parametrize("keeps", [None, bool])
    def test_on_the_remote_is_said_at_once_and_the_way_out_works(self, yard, at, keeps):
        remote = yard.remote()
        here = yard.clone(remote)
        yard.git(here, "commit", "-q", "--allow-empty", "-m", "posts")
        yard.git(here, "push", "-q", "origin", "HEAD:refs/heads/mimin")
        pauses = []
        branch = yard.branch(here, pause=pauses.append, keeps=keeps)
        with pytest.raises(StoreError, match="origin has a branch mimin") as caught:
            branch.transact(append("x"), message="m", at=at)
        assert len(pauses) <= 1
        self.follow(yard, here, str(caught.value))
        branch.transact(append("x"), message="m", at=at)
        assert yard.lines(remote, "a.jsonl") == ["x"]
        assert "refs/heads/mimin-old" in yard.git(remote, "for-each-ref")

    def test_on_a_forge_that_only_names_the_kind_is_said_too(self, yard, at):
        tab = "\t"
        shim = yard.shim(
            f"""
            case " $* " in *" push "*)
            echo "!{tab}c:{LEDGER}{tab}[remote rejected] (directory file conflict)"
            exit 1;; esac
            exec "$REAL" "$@"
            """
        )
        branch = yard.branch(yard.clone(yard.remote()), env={"PATH": shim}, keeps=bool)
        with pytest.raises(StoreError, match="origin has a branch mimin, "):
            branch.transact(append("x"), message="m", at=at)

    def test_here_is_said_where_the_ledger_is_kept_here(self, yard, at):
        here = yard.clone(None)
        yard.git(here, "commit", "-q", "--allow-empty", "-m", "posts")
        yard.git(here, "branch", "mimin")
        branch = yard.branch(here, remote=None, keeps=bool)
        with pytest.raises(StoreError, match="there is a branch mimin here") as caught:
            branch.transact(append("x"), message="m", at=at)
        self.follow(yard, here, str(caught.value))
        branch.transact(append("x"), message="m", at=at)
        assert yard.lines(here, "a.jsonl") == ["x"]

    def test_here_does_not_matter_where_the_ledger_is_on_a_remote(self, yard, at):
        remote = yard.remote()
        here = yard.clone(remote)
        yard.git(here, "commit", "-q", "--allow-empty", "-m", "posts")
        yard.git(here, "branch", "mimin")
        yard.branch(here, keeps=bool).transact(append("x"), message="m", at=at)
        assert yard.lines(remote, "a.jsonl") == ["x"]
