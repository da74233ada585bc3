"""A branch that is only appended to: what was ever in it is there, or it is not believed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimin.errors import StoreError
from mimin.store import Append, LostRecordsError, Put, RewrittenError
from mimin.store.containment import lost_lines, merged

LEDGER = "refs/heads/mimin/ledger"
SEEN = "refs/mimin/seen/mimin/ledger"
COPY = "refs/mimin/copy/mimin/ledger/head"
FILE = "events/k/m/2026-12.jsonl"


def is_json(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), int)
    except ValueError:
        return False


def append(*numbers: int, file: str = FILE):
    lines = b"".join(b"%d\n" % number for number in numbers)
    return lambda _snapshot: {file: Append(lines)}


class Shop:
    """A ledger with some lines, on a remote or only here, and ways to spoil it."""

    def __init__(self, yard, at, remote):
        self.yard, self.at, self.origin = yard, at, remote
        self.bare = yard.remote() if remote else None
        self.here = yard.clone(self.bare)
        self.truth = self.bare or self.here

    def branch(self, where=None, **options):
        options.setdefault("keeps", is_json)
        return self.yard.branch(where or self.here, remote=self.origin, **options)

    def fresh(self, name):
        return self.yard.clone(self.bare, name)

    def write(self, *numbers, file=FILE, where=None):
        branch = self.branch(where)
        for number in numbers:
            branch.transact(append(number, file=file), message=f"m {number}", at=self.at)

    def spoil(self, **files):
        """Commit by hand, as an ordinary child of the head; None takes a file away."""
        branch = self.yard.branch(self.truth, remote=None)
        wish = {path.replace("__", "/"): Put(content) for path, content in files.items()}
        branch.transact(lambda _: wish, message="by hand", at=self.at)

    def remove(self, path):
        git = self.yard.git
        index = {"GIT_INDEX_FILE": str(self.yard.folder / "index")}
        self.yard.env |= index
        git(self.truth, "read-tree", LEDGER)
        git(self.truth, "rm", "-q", "--cached", path)
        tree = git(self.truth, "write-tree").strip()
        del self.yard.env["GIT_INDEX_FILE"]
        commit = git(self.truth, "commit-tree", tree, "-p", LEDGER, "-m", "by hand").strip()
        git(self.truth, "update-ref", LEDGER, commit)

    def edit(self, change):
        content = self.yard.git(self.truth, "cat-file", "blob", f"{LEDGER}:{FILE}").encode()
        branch = self.yard.branch(self.truth, remote=None)
        branch.transact(lambda _: {FILE: Put(change(content))}, message="by hand", at=self.at)

    def lines(self, file=FILE):
        return [int(line) for line in self.yard.lines(self.truth, file)]

    def clones(self):
        """Everybody who may read: who has seen it all, and who sees it for the first time."""
        return [self.here, self.fresh("fresh")] if self.bare else [self.here]


@pytest.fixture(params=["origin", None], ids=["remote", "local"])
def shop(request, yard, at):
    made = Shop(yard, at, request.param)
    made.write(1, 2, 3)
    return made


@pytest.fixture
def far(yard, at):
    made = Shop(yard, at, "origin")
    made.write(1, 2, 3)
    return made


SPOILT = {
    "a line taken out": lambda content: content.replace(b"2\n", b""),
    "the last line taken out": lambda content: content.replace(b"3\n", b""),
    "a line changed": lambda content: content.replace(b"2\n", b"22\n"),
    "two lines exchanged": lambda content: content.replace(b"1\n2\n", b"2\n1\n"),
    "emptied": lambda _content: b"",
    "a line cut": lambda content: content.replace(b"3\n", b"x"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_plain_commit_that_takes_records_out_is_believed_by_nobody(shop, how):
    shop.edit(SPOILT[how])
    head = shop.yard.git(shop.truth, "rev-parse", LEDGER)
    for clone in shop.clones():
        for _ in range(2):
            with pytest.raises(LostRecordsError, match=rf"{FILE}.*mimin ledger restore"):
                shop.branch(clone).read()
            with pytest.raises(LostRecordsError):
                shop.branch(clone).transact(append(4), message="m", at=shop.at)
    assert shop.yard.git(shop.truth, "rev-parse", LEDGER) == head


def test_a_file_that_is_taken_away_or_moved_is_missed(shop):
    shop.write(7, file="events/k/x/2026-12.jsonl")
    shop.remove(FILE)
    for clone in shop.clones():
        with pytest.raises(LostRecordsError, match=FILE):
            shop.branch(clone).read()


def test_records_lost_and_buried_under_later_ones_are_missed(shop):
    shop.edit(SPOILT["a line taken out"])
    commit = shop.yard.git(shop.truth, "rev-parse", LEDGER)[:12]
    shop.edit(lambda content: content + b"4\n5\n")
    for clone in shop.clones():
        with pytest.raises(LostRecordsError, match=commit):
            shop.branch(clone).read()


def test_a_branch_in_use_notices_it_too(shop):
    branch = shop.branch()
    branch.transact(append(4), message="m", at=shop.at)
    shop.edit(SPOILT["a line taken out"])
    with pytest.raises(LostRecordsError):
        branch.transact(append(5), message="m", at=shop.at)


HARMLESS = {
    "the last newline lost": lambda content: content.rstrip(b"\n"),
    "line ends of Windows": lambda content: content.replace(b"\n", b"\r\n"),
    "a byte order mark": lambda content: b"\xef\xbb\xbf" + content,
    "a blank line": lambda content: content + b"\n",
    "a line added in the middle": lambda content: content.replace(b"2\n", b"2\n22\n"),
    "a line without its end": lambda content: content + b"4",
}


@pytest.mark.parametrize("how", HARMLESS)
def test_what_changes_bytes_and_no_records_is_believed_and_appended_to(shop, how):
    shop.edit(HARMLESS[how])
    for number, clone in enumerate(shop.clones(), 5):
        shop.write(number, where=clone)
    content = shop.branch().read().read(FILE)
    lines = [int(line) for line in content.removeprefix(b"\xef\xbb\xbf").split()]
    assert [line for line in lines if line in {1, 2, 3}] == [1, 2, 3]
    assert 5 in lines
    assert lost_lines(b"1\n2\n3\n5\n", content, is_json) == []


def test_damage_may_be_taken_out_by_a_person(shop):
    shop.edit(lambda content: content + b"{oops\n")
    shop.branch().read()
    shop.edit(lambda content: content.replace(b"{oops\n", b""))
    for clone in shop.clones():
        assert shop.branch(clone).read().read(FILE) == b"1\n2\n3\n"


def test_a_branch_whose_files_may_be_replaced_is_not_judged(shop):
    shop.edit(SPOILT["emptied"])
    assert shop.branch(keeps=None).read().read(FILE) == b""


def test_a_merge_by_hand_that_keeps_all_is_believed_and_one_that_does_not_is_not(far):
    git, truth = far.yard.git, far.truth
    side = git(truth, "rev-parse", f"{LEDGER}~").strip()
    tree = git(truth, "rev-parse", f"{LEDGER}^{{tree}}").strip()
    more = git(truth, "hash-object", "-w", "--stdin", stdin="1\n2\n9\n").strip()
    other = git(truth, "mktree", stdin=f"100644 blob {more}\tother.jsonl\n").strip()
    child = git(truth, "commit-tree", other, "-p", side, "-m", "side").strip()
    bad = git(truth, "commit-tree", tree, "-p", LEDGER, "-p", child, "-m", "merge").strip()
    git(truth, "update-ref", LEDGER, bad)
    for clone in far.clones():
        with pytest.raises(LostRecordsError, match=r"other\.jsonl"):
            far.branch(clone).read()
    far.spoil(**{"other.jsonl": b"1\n2\n9\n"})
    assert far.branch().read().read("other.jsonl") == b"1\n2\n9\n"


class TestGone:
    """Commits that the branch had are gone from it."""

    @pytest.fixture(params=["older", "unrelated", "deleted"])
    def gone(self, request, far):
        git, bare = far.yard.git, far.bare
        if request.param == "older":
            git(bare, "update-ref", LEDGER, f"{LEDGER}~2")
        elif request.param == "unrelated":
            blob = git(bare, "hash-object", "-w", "--stdin", stdin="8\n").strip()
            tree = git(bare, "mktree", stdin=f"100644 blob {blob}\tz.jsonl\n").strip()
            git(bare, "update-ref", LEDGER, git(bare, "commit-tree", tree, "-m", "f").strip())
        else:
            git(bare, "update-ref", "-d", LEDGER)
        return far

    def test_is_noticed_by_a_clone_that_never_saw_them(self, gone):
        for clone in gone.clones():
            for _ in range(2):
                with pytest.raises(RewrittenError, match="mimin ledger restore"):
                    gone.branch(clone).read()
                with pytest.raises(RewrittenError):
                    gone.branch(clone).transact(append(4), message="m", at=gone.at)

    @pytest.mark.parametrize("who", [0, 1], ids=["seen", "fresh"])
    def test_is_put_back_by_either_clone_and_then_all_go_on(self, gone, who):
        clones = gone.clones()
        before = gone.yard.git(gone.bare, "for-each-ref")
        told = gone.branch(clones[who]).restore(at=gone.at, write=False)
        assert told.is_needed
        assert told.commit is None
        assert gone.yard.git(gone.bare, "for-each-ref") == before
        done = gone.branch(clones[who]).restore(at=gone.at)
        assert done.commit == gone.yard.git(gone.bare, "rev-parse", LEDGER).strip()
        for number, clone in enumerate([*clones, gone.fresh("third")], 4):
            gone.write(number, where=clone)
        assert gone.lines() == [1, 2, 3, 4, 5, 6]
        assert not gone.branch().restore(at=gone.at).is_needed

    @pytest.mark.parametrize("who", [0, 1], ids=["seen", "fresh"])
    def test_may_be_accepted_once_for_all_clones(self, gone, who):
        clones = gone.clones()
        done = gone.branch(clones[who]).accept(by="Rara", reason="a trial", at=gone.at)
        assert done.commit
        for number, clone in enumerate([*clones, gone.fresh("third")], 4):
            gone.write(number, where=clone)
        assert gone.lines()[-3:] == [4, 5, 6]
        assert {2, 3}.isdisjoint(gone.lines())
        said = json.loads(gone.yard.lines(gone.bare, "accepted.jsonl")[0])
        assert (said["by"], said["reason"]) == ("Rara", "a trial")
        assert not gone.branch().accept(by="x", reason="x", at=gone.at).commit


def test_a_local_branch_that_was_rewound_or_deleted_is_noticed_and_put_back(yard, at):
    shop = Shop(yard, at, None)
    shop.write(1, 2, 3)
    for spoil in (["update-ref", LEDGER, f"{LEDGER}~"], ["update-ref", "-d", LEDGER]):
        yard.git(shop.here, *spoil)
        with pytest.raises(StoreError, match="mimin ledger restore"):
            shop.branch().read()
        shop.branch().restore(at=at)
        assert shop.branch().read().read(FILE) == b"1\n2\n3\n"
    shop.write(4)
    assert shop.lines() == [1, 2, 3, 4]


class TestPutBack:
    """Records that a commit took out."""

    @pytest.mark.parametrize("how", SPOILT)
    def test_each_line_stands_where_it_stood(self, shop, how):
        shop.edit(SPOILT[how])
        shop.edit(lambda content: content + b"\n4\n")
        told = shop.branch().restore(at=shop.at)
        assert told.losses
        assert lost_lines(b"1\n2\n3\n4\n", shop.branch().read().read(FILE), is_json) == []
        for number, clone in enumerate(shop.clones(), 5):
            shop.write(number, where=clone)
        if how == "a line taken out":
            assert shop.lines()[:5] == [1, 2, 3, 4, 5]

    def test_damage_is_taken_out_and_other_files_are_left_alone(self, shop):
        shop.spoil(README=b"read me, {oops\n")
        shop.edit(lambda content: content.replace(b"2\n", b"{2\n\n"))
        told = shop.branch().restore(at=shop.at)
        assert dict(told.damaged) == {FILE: 2}
        assert shop.lines() == [1, 2, 3]
        assert shop.branch().read().read("README") == b"read me, {oops\n"

    def test_of_a_file_taken_away(self, shop):
        shop.write(7, file="other.jsonl")
        shop.remove(FILE)
        shop.branch().restore(at=shop.at)
        assert shop.lines() == [1, 2, 3]

    def test_may_be_left_out_by_a_persons_word_but_not_what_is_lost_after_it(self, shop):
        shop.edit(SPOILT["a line taken out"])
        assert shop.branch().accept(by="Rara", reason="r", at=shop.at).losses
        for number, clone in enumerate(shop.clones(), 4):
            shop.write(number, where=clone)
        assert shop.lines()[:3] == [1, 3, 4]
        shop.edit(lambda content: content.replace(b"3\n", b""))
        for clone in (shop.here, *([shop.fresh("third")] if shop.bare else [])):
            with pytest.raises(LostRecordsError, match="1 record out"):
                shop.branch(clone).read()
        shop.branch().restore(at=shop.at)
        assert shop.lines()[:3] == [1, 3, 4]

    def test_offline_records_that_parted_from_the_remote_are_joined(self, far):
        there = far.fresh("there")
        offline = far.yard.branch(far.here, remote=None, keeps=is_json)
        offline.transact(append(10), message="m", at=far.at)
        far.write(20, where=there)
        with pytest.raises(RewrittenError, match=r"parted.*mimin ledger restore"):
            far.branch().read()
        far.branch().restore(at=far.at)
        assert sorted(far.lines()) == [1, 2, 3, 10, 20]
        for number, clone in enumerate([far.here, there], 30):
            far.write(number, where=clone)

    def test_nothing_lost_is_nothing_written(self, shop):
        head = shop.yard.git(shop.truth, "rev-parse", LEDGER)
        assert not shop.branch().restore(at=shop.at).is_needed
        assert shop.branch().accept(by="x", reason="x", at=shop.at).commit is None
        assert shop.yard.git(shop.truth, "rev-parse", LEDGER) == head


class TestCopy:
    """The second ref on the remote, which follows the head."""

    def test_moves_with_the_branch_in_one_push(self, far):
        far.yard.git(far.bare, "config", "core.logAllRefUpdates", "always")
        refs = far.yard.git(far.bare, "for-each-ref", "--format=%(refname) %(objectname)")
        heads = dict(line.split(" ") for line in refs.splitlines())
        assert set(heads) == {LEDGER, COPY}
        assert len(set(heads.values())) == 1
        pushes = far.yard.folder / "pushes"
        shim = far.yard.shim(
            f'case " $* " in *" push "*) echo >> {pushes};; esac\nexec "$REAL" "$@"'
        )
        branch = far.branch(env={"PATH": shim})
        for number in (4, 5):
            branch.transact(append(number), message="m", at=far.at)
        assert pushes.read_text() == "\n\n"
        assert far.yard.git(far.bare, "rev-parse", COPY) == far.yard.git(
            far.bare, "rev-parse", LEDGER
        )

    def test_is_outside_of_the_branches_that_others_see(self, far):
        clone = far.fresh("other")
        far.yard.git(clone, "fetch", "-q", "origin")
        assert far.yard.git(clone, "branch", "-r").split() == ["origin/mimin/ledger"]

    def test_that_is_behind_or_missing_is_no_fault(self, far):
        far.yard.git(far.bare, "update-ref", COPY, f"{LEDGER}~")
        assert far.branch(far.fresh("a")).read().read(FILE) == b"1\n2\n3\n"
        far.yard.git(far.bare, "update-ref", "-d", COPY)
        far.write(4, where=far.fresh("b"))
        far.write(5)
        assert far.yard.git(far.bare, "rev-parse", COPY) == far.yard.git(
            far.bare, "rev-parse", LEDGER
        )

    DECLINING = {
        "update hook": ("update", "case $1 in refs/mimin/*) exit 1;; esac"),
        "hook that sees all refs": ("pre-receive", "! grep -q refs/mimin/"),
        "hidden refs": ("config", "receive.hideRefs refs/mimin"),
        "no atomic pushes": ("config", "receive.advertiseAtomic false"),
    }

    @pytest.mark.parametrize("how", DECLINING)
    def test_declined_by_the_remote_leaves_the_branch_safe(self, yard, at, how):
        shop = Shop(yard, at, "origin")
        place, text = self.DECLINING[how]
        if place == "config":
            yard.git(shop.bare, "config", *text.split())
        else:
            hook = shop.bare / "hooks" / place
            hook.parent.mkdir(exist_ok=True)
            hook.write_text(f"#!/bin/sh\n{text}\n")
            hook.chmod(0o755)
        branch = shop.branch()
        for number in (1, 2, 3):
            branch.transact(append(number), message="m", at=at)
        shop.write(4, where=shop.fresh("other"))
        assert shop.lines() == [1, 2, 3, 4]
        assert COPY not in yard.git(shop.bare, "for-each-ref")
        shop.edit(SPOILT["a line taken out"])
        for clone in shop.clones():
            with pytest.raises(LostRecordsError):
                shop.branch(clone).read()

    def test_a_remote_that_declines_all_is_asked_once_more_and_no_oftener(self, yard, at):
        shop = Shop(yard, at, "origin")
        hook = shop.bare / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\necho asked >> asked\nexit 1\n")
        hook.chmod(0o755)
        with pytest.raises(StoreError, match="declined"):
            shop.write(1)
        assert (shop.bare / "asked").read_text() == "asked\n" * 2

    def test_shown_before_the_branch_moved_is_looked_at_again(self, far):
        """A look in the middle of a push sees the new copy and the old branch."""
        head = far.yard.git(far.bare, "rev-parse", LEDGER).strip()
        far.yard.git(far.bare, "update-ref", LEDGER, f"{LEDGER}~")
        shim = far.yard.shim(
            f"""
            case " $* " in *" fetch "*) echo >> {far.yard.folder}/fetches
            if [ $(wc -l < {far.yard.folder}/fetches) = 2 ]; then
            "$REAL" -C {far.bare} update-ref {LEDGER} {head}; fi;; esac
            exec "$REAL" "$@"
            """
        )
        fresh = far.branch(far.fresh("fresh"), env={"PATH": shim})
        assert fresh.read().read(FILE) == b"1\n2\n3\n"


class TestClones:
    """Clones that hold little of the history."""

    def test_a_partial_clone_of_all_branches_is_judged_like_a_whole_one(self, far):
        far.yard.git(far.bare, "config", "uploadpack.allowFilter", "true")
        git = far.yard.git
        git(far.yard.folder, "clone", "-q", "--filter=blob:none", f"file://{far.bare}", "p")
        partial = far.yard.folder / "p"
        assert far.branch(partial).read().read(FILE) == b"1\n2\n3\n"
        far.edit(SPOILT["a line taken out"])
        with pytest.raises(LostRecordsError):
            far.branch(partial).read()

    @pytest.mark.parametrize("spoilt", [True, False])
    def test_a_ledger_cloned_without_its_history_is_completed_first(self, far, spoilt):
        git = far.yard.git
        maker = far.fresh("maker")
        for _ in range(3):
            git(maker, "commit", "-q", "--allow-empty", "-m", "posts")
        git(maker, "push", "-q", "origin", "main")
        if spoilt:
            far.edit(SPOILT["a line taken out"])
        git(far.yard.folder, "clone", "-q", "--depth=1", "--no-single-branch", "-b", "main",
            f"file://{far.bare}", "shallow")  # fmt: skip
        shallow = far.yard.folder / "shallow"
        if spoilt:
            with pytest.raises(LostRecordsError):
                far.branch(shallow).read()
        else:
            assert far.branch(shallow).read().read(FILE) == b"1\n2\n3\n"
            far.write(4, where=shallow)
        assert git(shallow, "rev-list", "--count", "main").strip() == "1"


def test_what_was_found_whole_is_not_looked_at_again(far):
    log = far.yard.folder / "logs"
    shim = far.yard.shim(f'case " $* " in *" log "*) echo >> {log};; esac\nexec "$REAL" "$@"')
    fresh = far.fresh("fresh")
    for _ in range(3):
        assert far.branch(fresh, env={"PATH": shim}).read().read(FILE) == b"1\n2\n3\n"
    assert log.read_text() == "\n"


numbers = st.lists(st.integers(0, 5), max_size=12).map(
    lambda found: b"".join(b"%d\n" % number for number in found)
)


@given(numbers, numbers)
def test_a_merged_file_holds_both_in_their_order(old, new):
    both = merged(old, new, is_json)
    assert lost_lines(old, both, is_json) == []
    assert lost_lines(new, both, is_json) == []
    assert merged(old, both, is_json) == both


@given(numbers, numbers)
def test_a_file_with_lines_at_its_end_has_lost_none(old, more):
    assert lost_lines(old, old + more, is_json) == []
    assert lost_lines(old, old.replace(b"\n", b"\r\n") + more, is_json) == []
    assert (lost_lines(old, b"", is_json) == []) == (old == b"")
