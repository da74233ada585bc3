"""An approval on GitHub is one of a destination: another handle, secret or server needs another."""

from __future__ import annotations

import pytest

BRAND = "content/kopi-senja/brand.yml"
ELSEWHERE = [
    ("handle: kopisenja.example.com", "handle: lain.example.com", "handle"),
    ("like: bluesky", "like: mastodon", "network"),
    ("network: sandbox", "network: manual", "network"),
    ("like: bluesky", "like: bluesky\n    server: https://dua.example", "server"),
    ("like: bluesky", "like: bluesky\n    secret: LAIN", "secret"),
]
IDS = [row[1].split()[-1] for row in ELSEWHERE]


def _change(repo, old, new):
    text = (repo.root / BRAND).read_text()
    assert old in text
    repo.write({BRAND: text.replace(old, new)})
    repo.commit("Send it elsewhere")


def _strip(repo, events):
    """Write the approvals as the version before wrote them: without a destination."""
    from mimin.cli.shared import open_desk
    from mimin.ledger.ledger import BRANCH
    from mimin.ledger.lines import encode, path_of
    from mimin.store import Branch, Put

    lines = [event.model_copy(update={"v": 1, "destination": ""}) for event in events()]
    path = path_of(lines[0])
    # As if no newer version had ever written to it: what it wrote could not be taken back.
    repo.git("push", "-q", "origin", f":{BRANCH}", ":refs/mimin/copy/mimin/ledger/head")
    for ref in repo.git("for-each-ref", "--format=%(refname)", "refs/mimin").split():
        repo.git("update-ref", "-d", ref)
    branch = Branch(open_desk(repo.root, None).workspace.tree.repository, BRANCH, remote="origin")
    content = b"".join(encode(event) for event in lines)
    branch.transact(lambda _: {path: Put(content)}, message="Old", at=lines[0].at)


@pytest.mark.parametrize(("old", "new", "what"), ELSEWHERE, ids=IDS)
def test_an_approval_does_not_count_for_another_destination(
    old, new, what, approved_repo, plan, publish
):
    repo, _, _ = approved_repo
    _change(repo, old, new)
    (line,) = plan()
    assert line["cause"] == "unapproved", line
    if what != "network":  # another network has another payload, which is said first
        assert line["note"] == (
            f"where it goes changed since ayu approved it ({what}); approve it again"
        )
    assert publish().code == 4


@pytest.mark.parametrize(("old", "new", "what"), ELSEWHERE, ids=IDS)
def test_an_old_approval_counts_only_for_the_destination_it_was_given_for(
    old, new, what, approved_repo, events, plan
):
    repo, _, _ = approved_repo
    _strip(repo, events)
    assert (plan()[0]["cause"], plan()[0]["note"]) == ("due", "approved by ayu")
    _change(repo, old, new)
    (line,) = plan()
    assert line["cause"] == "unapproved", line


def test_the_note_says_what_of_the_destination_changed(approved_repo, plan):
    _change(approved_repo[0], "handle: kopisenja.example.com", "handle: lain.example.com")
    expected = "where it goes changed since ayu approved it (handle); approve it again"
    assert plan()[0]["note"] == expected


def test_without_history_an_old_approval_is_asked_for_again(approved_repo, events, plan):
    repo, _, _ = approved_repo
    _strip(repo, events)
    reviewed = events()[0].handles["commit"]
    tip = repo.git("commit-tree", "-m", "Squashed away", "HEAD^{tree}").strip()
    repo.git("reset", "-q", "--hard", tip)
    repo.git("update-ref", "-d", "refs/remotes/origin/main")
    repo.git("reflog", "expire", "--expire=all", "--all")
    repo.git("gc", "-q", "--prune=now")
    repo.git("remote", "remove", "origin")
    assert reviewed
    (repo.root / ".git/shallow").write_text(tip + "\n")
    (line,) = plan()
    assert line["cause"] == "unapproved"
    assert "nobody can tell whether where it goes changed since ayu approved it" in line["note"]
    assert "fetch-depth: 0" in line["note"]


def test_a_destination_changed_after_the_review_is_not_approved(forge, approve, events, post):
    forge.open(post())
    forge.review("ayu")
    text = (forge.work / BRAND).read_text()
    forge.push({BRAND: text.replace("kopisenja.example.com", "lain.example.com")})
    forge.merge()
    ran = approve()
    assert (ran.code, events()) == (4, [])
    assert "where it goes changed (handle) since ayu approved" in ran.out


def test_once_the_new_destination_is_approved_it_counts(forge, approve, plan, post, repo):
    forge.open(post())
    forge.review("ayu")
    forge.merge()
    assert approve().code == 0
    text = (forge.work / BRAND).read_text()
    changed = {BRAND: text.replace("kopisenja.example.com", "lain.example.com")}
    forge.open({**changed, **post(note="again")}, number=13)
    forge.review("citra", number=13)
    forge.merge(number=13)
    assert approve(number=13).code == 0
    assert (plan()[0]["cause"], plan()[0]["note"]) == ("due", "approved by citra")
