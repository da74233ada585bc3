"""Identity: the real account and the real post, whatever people call them today."""

from __future__ import annotations

from dataclasses import replace

import pytest
from publishing_fakes import NOW, REF, book, delivery, event, examined, payload
from whenever import TimeDelta

from mimin.model.brand import Account, Brand
from mimin.model.event import Kind
from mimin.planning.plan import Action, Cause, Rules, make_plan

MASTO = "mastodon https://kopi.example @kopisenja"
OLD = "kopi-senja/gajian-lama@bluesky"
HOUR = TimeDelta(hours=1)


def account(handle="kopisenja", server="https://kopi.example", **fields):
    return Account(network="mastodon", handle=handle, server=server, **fields)


def brand(id_="kopi-senja", accounts=None, **fields):
    return Brand(
        id=id_,
        path=f"content/{id_}/brand.yml",
        name="Kopi Senja",
        zone="Asia/Jakarta",
        languages=("id",),
        accounts=accounts or {"bluesky": account()},
        **fields,
    )


class Renamed(dict):
    """What git says: commit → old path → new path."""

    def since(self, commit):
        return self.get(commit, {})


def plan(*events, posts=None, brands=None, renames=None):
    listed = brands or [brand()]
    posts = posts or [examined(delivery())]
    rules = Rules(
        now=NOW,
        lookahead=TimeDelta(minutes=10),
        brands={each.id: each for each in listed},
        committed={path: blob for post in posts for path, blob in post.inputs.items()},
        renames=Renamed(renames or {}),
    )
    return make_plan(posts, book(*events), rules)


def out(key=OLD, ref=REF, **fields):
    """A delivery that is out, as the ledger of this version tells it."""
    given = {
        "key": key,
        "account": ref,
        "digest": payload().digest,
        "content": payload().parts[0].content,
        "destination": MASTO,
        "due": NOW,
        "commit": "c1",
        "path": "content/kopi-senja/posts/gajian-lama.md",
    }
    return [event(kind, **given | fields) for kind in (Kind.CLAIMED, Kind.PUBLISHED)]


def test_a_post_that_was_renamed_is_the_one_that_is_out():
    (line,) = plan(*out())
    assert (line.action, line.cause, line.key) == (Action.NONE, Cause.OUT, OLD)


def test_a_post_that_was_renamed_and_changed_in_one_commit_is_changed_and_not_sent_again():
    renamed = {
        "c1": {"content/kopi-senja/posts/gajian-lama.md": "content/kopi-senja/posts/gajian.md"}
    }
    changed = [examined(delivery(text="Lain"))]
    (line,) = plan(*out(), posts=changed, renames=renamed)
    assert (line.action, line.cause, line.key) == (Action.CHANGE, Cause.EDIT, OLD)


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(delivery(text="Lain"), id="the same time, other words, and git is silent"),
        pytest.param(delivery(due=NOW + HOUR), id="the same words at another time"),
    ],
)
def test_what_is_only_like_a_post_whose_file_is_gone_waits_for_an_answer(now):
    (line,) = plan(*out(), posts=[examined(now)])
    assert (line.action, line.cause) == (Action.BLOCKED, Cause.TWIN)
    assert "`was: gajian-lama`" in line.note
    assert "`was: none`" in line.note


def test_a_changed_id_in_the_same_file_waits_for_an_answer_when_the_time_was_moved():
    here = "content/kopi-senja/posts/gajian.md"
    (line,) = plan(*out(path=here), posts=[examined(delivery(text="Lain", due=NOW + HOUR))])
    assert line.cause is Cause.TWIN


def test_the_answer_that_it_is_the_same_post_is_taken():
    post = examined(delivery(text="Lain", due=NOW + HOUR), was=("gajian-lama",))
    (line,) = plan(*out(), posts=[post])
    assert (line.cause, line.key) == (Cause.EDIT, OLD)


def test_the_answer_that_it_is_a_new_post_is_taken():
    post = examined(delivery(text="Lain"), was=())
    (line,) = plan(*out(), posts=[post])
    assert (line.cause, line.key) == (Cause.DUE, delivery().key)


def test_a_copy_of_a_post_that_is_still_there_is_a_new_post():
    """Written like the old one and later: a template."""
    old = examined(
        delivery(post="kopi-senja/gajian-lama"),
        id="gajian-lama",
        path="content/kopi-senja/posts/gajian-lama.md",
    )
    copy = examined(delivery(text="Lain", due=NOW))
    lines = plan(*out(), posts=[old, copy])
    assert {line.key: line.cause for line in lines} == {
        OLD: Cause.OUT,
        delivery().key: Cause.DUE,
    }


def test_of_a_post_that_was_split_the_second_half_waits_for_an_answer():
    """Both halves have the time of the whole; git sees one of them as the renamed file."""
    paths = {name: f"content/kopi-senja/posts/{name}.md" for name in ("satu", "dua")}
    halves = [
        examined(
            delivery(post=f"kopi-senja/{name}", text=name), id=name, path=path, inputs={path: "b"}
        )
        for name, path in paths.items()
    ]
    renamed = {"c1": {"content/kopi-senja/posts/gajian-lama.md": paths["satu"]}}
    causes = {line.post.id: line.cause for line in plan(*out(), posts=halves, renames=renamed)}
    assert causes == {"satu": Cause.EDIT, "dua": Cause.TWIN}


def test_a_part_that_is_out_and_moved_into_another_post_waits_for_an_answer():
    """The thread was split, and its file kept the first part only."""
    words = payload(2)
    history = [
        each
        for part in range(2)
        for each in out(
            "kopi-senja/gajian@bluesky",
            part=part,
            parts=2,
            digest=words.digest,
            content=words.parts[part].content,
        )
    ]
    first = examined(delivery())
    path = "content/kopi-senja/posts/lanjut.md"
    second = delivery(post="kopi-senja/lanjut", due=NOW + HOUR / 10)
    second = replace(second, contents=(words.parts[1].content,), digest="lanjut")
    rest = examined(second, id="lanjut", path=path, inputs={path: "b"})
    lines = {line.post.id: line for line in plan(*history, posts=[first, rest])}
    assert lines["lanjut"].cause is Cause.TWIN
    assert "something of kopi-senja/gajian@bluesky that is out stands here" in lines["lanjut"].note
    whole = examined(delivery(2))
    lines = {line.post.id: line for line in plan(*history, posts=[whole, rest])}
    assert lines["lanjut"].cause is Cause.DUE


def test_a_claim_without_an_answer_is_found_under_the_new_name_too():
    (line,) = plan(out()[0])
    assert (line.cause, line.key) == (Cause.CLAIMED, OLD)


def test_a_retracted_post_stays_down_under_a_new_name():
    (line,) = plan(*out(), event(Kind.RETRACTED, key=OLD))
    assert (line.action, line.cause) == (Action.NONE, Cause.RETRACTED)


def renamed_account(**fields):
    """The alias `masto` became `bluesky`; its post went along."""
    return [examined(delivery(**fields))]


def test_an_account_under_a_new_name_is_the_same_account():
    (line,) = plan(*out("kopi-senja/gajian@masto", "kopi-senja/masto"), posts=renamed_account())
    assert (line.cause, line.key) == (Cause.OUT, "kopi-senja/gajian@masto")
    assert line.delivery.ledger_account == "kopi-senja/masto"


def test_new_posts_of_a_renamed_account_go_on_under_the_name_that_the_ledger_has():
    new = examined(delivery(text="Baru", due=NOW + HOUR / 10))
    history = out("kopi-senja/lain@masto", "kopi-senja/masto", due=NOW - HOUR)
    (line,) = plan(*history, posts=[new])
    assert (line.cause, line.key) == (Cause.DUE, "kopi-senja/gajian@masto")


TOKO = "mastodon https://kopi.example @toko"
OTHER = {"due": NOW - HOUR, "content": "x", "digest": "y"}
"""Of a post that is nothing like those of the files."""
SHOP = "kopi-senja/toko"
"""An account that a brand took over from another, which had it as `kedai/bluesky`."""


def two_accounts():
    accounts = {"bluesky": account(), "toko": account("toko")}
    posts = [examined(delivery(), delivery(text="Toko", account=SHOP))]
    return {"brands": [brand(accounts=accounts)], "posts": posts}


def test_an_account_taken_over_from_another_brand_keeps_apart_from_one_of_the_same_alias():
    there = out("kedai/lama@bluesky", "kedai/bluesky", destination=TOKO, **OTHER)
    lines = {line.delivery.account: line for line in plan(*there, **two_accounts())}
    assert {line.cause for line in lines.values()} == {Cause.DUE}
    assert lines[REF].key == "kopi-senja/gajian@bluesky"
    assert lines[SHOP].key == "kedai/gajian@bluesky"
    assert lines[SHOP].delivery.ledger_account == "kedai/bluesky"


def test_what_is_out_on_an_account_is_not_out_on_one_that_had_its_alias_in_another_brand():
    there = out("kedai/lama@bluesky", "kedai/bluesky", destination=TOKO, **OTHER)
    here = out(key="kopi-senja/gajian@bluesky")
    lines = {line.delivery.account: line.cause for line in plan(*there, *here, **two_accounts())}
    assert lines == {REF: Cause.OUT, SHOP: Cause.DUE}


def test_a_new_account_in_a_renamed_brand_changes_no_other_account_s_keys():
    old = out(key="kedai/gajian@bluesky", ref="kedai/bluesky", **OTHER)
    new = out(key="kopi-senja/lain@toko", ref=SHOP, destination=TOKO, **OTHER)
    lines = {line.delivery.account: line for line in plan(*old, *new, **two_accounts())}
    assert lines[REF].key == "kedai/gajian@bluesky"
    assert lines[REF].cause is Cause.EDIT
    assert lines[SHOP].cause is Cause.DUE


def test_two_posts_never_share_a_key():
    accounts = {"bluesky": account(was=("kedai/bluesky",))}
    posts = [
        examined(delivery(due=NOW - HOUR), path="content/kopi-senja/posts/gajian.md"),
        examined(
            delivery(post="kopi-senja/gajian-kedai", due=NOW - HOUR),
            id="gajian-kedai",
            path="content/kopi-senja/posts/gajian-kedai.md",
            was=("kedai/gajian",),
        ),
    ]
    old = out(key="kedai/gajian@bluesky", ref="kedai/bluesky", due=NOW - HOUR)
    keys = {
        line.post.id: line.key
        for line in plan(*old, posts=posts, brands=[brand(accounts=accounts)])
    }
    assert keys["gajian-kedai"] == "kedai/gajian@bluesky"
    assert keys["gajian"] != "kedai/gajian@bluesky"


def test_an_account_keeps_its_name_of_the_ledger_when_its_old_alias_is_given_to_another():
    accounts = {"masto": account(), "bluesky": account("baru")}
    both = examined(delivery(account="kopi-senja/masto"), delivery(text="Baru"))
    old = out(key="kopi-senja/gajian@bluesky")
    first, second = plan(*old, brands=[brand(accounts=accounts)], posts=[both])
    assert (first.cause, first.key) == (Cause.OUT, "kopi-senja/gajian@bluesky")
    assert second.action is Action.BLOCKED
    assert "the ledger knows kopi-senja/bluesky as the account that kopi-senja/masto is" in (
        second.note
    )


def test_the_same_words_for_the_new_account_are_not_out_because_the_old_one_has_them():
    accounts = {"masto": account(), "bluesky": account("baru")}
    both = examined(delivery(account="kopi-senja/masto"), delivery())
    old = out(key="kopi-senja/gajian@bluesky", digest=delivery().digest)
    lines = plan(*old, brands=[brand(accounts=accounts)], posts=[both])
    causes = {line.delivery.account: line.cause for line in lines}
    assert causes == {"kopi-senja/masto": Cause.OUT, REF: Cause.TWIN}


def test_the_answer_to_a_reused_alias_is_taken():
    accounts = {"masto": account(), "segar": account("baru")}
    both = examined(
        delivery(account="kopi-senja/masto"), delivery(text="Baru", account="kopi-senja/segar")
    )
    old = out(key="kopi-senja/gajian@bluesky")
    first, second = plan(*old, brands=[brand(accounts=accounts)], posts=[both])
    assert (first.cause, second.cause) == (Cause.OUT, Cause.DUE)


def test_an_account_that_is_out_under_two_names_is_out_under_both():
    older = out(key="kopi-senja/gajian@masto", ref="kopi-senja/masto")
    here = out(key="kopi-senja/lain@bluesky", **OTHER)
    (line,) = plan(*older, *here)
    assert (line.cause, line.key) == (Cause.OUT, "kopi-senja/gajian@masto")


def test_a_former_name_of_an_account_that_is_still_there_is_said():
    accounts = {"bluesky": account(), "toko": account("toko", was=("bluesky",))}
    history = out(key="kopi-senja/gajian@bluesky")
    both = examined(delivery(), delivery(account=SHOP))
    lines = plan(*history, brands=[brand(accounts=accounts)], posts=[both])
    assert {each.delivery.account: each.cause for each in lines} == {
        REF: Cause.OUT,
        SHOP: Cause.TWIN,
    }
    (line,) = (each for each in lines if each.delivery.account == SHOP)
    assert "kopi-senja/bluesky is still there" in line.note


def test_an_account_of_a_ledger_that_says_no_destinations_waits_for_an_answer():
    history = out("kopi-senja/gajian@masto", "kopi-senja/masto", destination="")
    (line,) = plan(*history, posts=renamed_account())
    assert (line.action, line.cause) == (Action.BLOCKED, Cause.TWIN)
    assert "`was: kopi-senja/masto`" in line.note


@pytest.mark.parametrize(("was", "cause"), [(("masto",), Cause.OUT), ((), Cause.DUE)])
def test_the_answer_about_an_account_is_taken(was, cause):
    history = out("kopi-senja/gajian@masto", "kopi-senja/masto", destination="")
    told = [brand(accounts={"bluesky": account(was=was)})]
    (line,) = plan(*history, posts=renamed_account(), brands=told)
    assert line.cause is cause


def in_warung(**fields):
    return examined(
        delivery(post="warung/gajian", account="warung/bluesky"),
        brand="warung",
        path="content/warung/posts/gajian.md",
        inputs={"content/warung/posts/gajian.md": "b"},
        **fields,
    )


def test_a_brand_under_a_new_folder_is_the_same_brand():
    (line,) = plan(*out("kopi-senja/gajian@bluesky"), posts=[in_warung()], brands=[brand("warung")])
    assert (line.cause, line.key) == (Cause.OUT, "kopi-senja/gajian@bluesky")


def test_one_real_account_under_two_names_sends_nothing():
    twice = [brand(), brand("warung")]
    lines = plan(posts=[examined(delivery()), in_warung()], brands=twice)
    assert {line.cause for line in lines} == {Cause.TWIN}
    assert "same real account" in lines[0].note


def test_an_account_that_another_brand_gave_up_does_not_hold_up_a_new_one():
    """The other brand is still there, and has let go of an account on the same server."""
    other = brand("warung", {"lain": account(handle="warung-lain")})
    history = out("warung/teh@teh", "warung/teh", destination="mastodon https://kopi.example @teh")
    (line,) = plan(*history, brands=[brand(), other])
    assert line.cause is Cause.DUE


def test_approvals_and_names_go_together(monkeypatch):
    """What was approved under today's names counts, though the ledger goes on under older ones."""
    from mimin.model.brand import Approval

    new = examined(delivery(text="Baru"))
    digest = delivery(text="Baru").digest
    yes = event(Kind.APPROVED, digest=digest, by="ayu", handles={"via": "github"})
    history = out("kopi-senja/lain@masto", "kopi-senja/masto", due=NOW - HOUR)
    reviewed = [brand(approval=Approval.REVIEW)]
    (line,) = plan(*history, posts=[new], brands=reviewed)
    assert line.cause is Cause.UNAPPROVED
    (line,) = plan(*history, yes, posts=[new], brands=reviewed)
    assert line.cause is Cause.DUE


def test_a_media_folder_that_moved_changes_no_content():
    from mimin.model.media import Media

    picture = Media(
        path="content/a/1.png",
        sha256="0" * 64,
        mime="image/png",
        size=1,
        width=1,
        height=1,
        alt="x",
    )
    part = payload().parts[0].model_copy(update={"media": (picture,)})
    moved = part.model_copy(update={"media": (picture.model_copy(update={"path": "b/1.png"}),)})
    other = part.model_copy(update={"media": (picture.model_copy(update={"alt": "y"}),)})
    assert part.content == moved.content != other.content
    assert replace(delivery(), contents=(part.content,)).contents == (moved.content,)
