"""Whom a connection leads to: the account that is meant, or nothing is sent or believed."""

from __future__ import annotations

import pytest
from publishing_fakes import NOW, REF, book, event
from whenever import TimeDelta

from mimin.ledger.standing import State
from mimin.model.event import Kind
from mimin.networks.protocol import Identity, NotPublished
from mimin.publishing.deliver import Step
from mimin.publishing.destination import Destination, Destinations, OtherAccountError, differs
from mimin.publishing.reconcile import reconcile

HERE = "mastodon https://kopi.example @kopisenja"
THERE = "mastodon https://teh.example @kopisenja"


class Who:
    """A connection that says who it is, or fails to."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = 0

    def whoami(self):
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return Identity(remote_id=self.answer, handle="kopisenja")


def ledger(author="1", account=REF, destination=HERE):
    fields = {"author": author, "destination": destination, "account": account}
    return book(event(Kind.CLAIMED, **fields), event(Kind.PUBLISHED, **fields))


def check(author, found, name=HERE):
    return Destinations({REF: name}, owners=found.owners).checked(REF, Who(author))


def test_an_account_is_asked_once_a_run_and_found_to_be_the_one_of_before():
    who = Who("1")
    destinations = Destinations({REF: HERE}, owners=ledger().owners)
    for _ in range(3):
        assert destinations.checked(REF, who) == Destination(name=HERE, author="1")
    assert who.asked == 1


def test_a_secret_of_another_account_sends_nothing():
    with pytest.raises(OtherAccountError, match="account 2, and all earlier posts went to 1"):
        check("2", ledger())


def test_an_account_that_files_name_anew_may_be_another():
    assert check("2", ledger(), name=THERE).author == "2"


def test_one_real_account_under_two_names_sends_nothing():
    with pytest.raises(OtherAccountError, match="write `was: kopi-senja/masto` below it"):
        check("1", ledger(account="kopi-senja/masto"))


@pytest.mark.parametrize("failure", [NotPublished("no"), TimeoutError()])
def test_a_failed_question_holds_up_nothing(failure):
    assert check(failure, ledger()).author == ""


@pytest.mark.parametrize(
    ("meant", "asked", "said"),
    [
        ((HERE, "1"), (HERE, "1"), ""),
        (("", ""), (HERE, "1"), ""),
        ((HERE, "1"), (THERE, "1"), "it was sent to mastodon https://kopi.example"),
        ((HERE, "1"), (HERE, "2"), "it was sent as account 1"),
        ((HERE, "1"), (HERE, ""), "did not say who we are"),
        ((HERE, "1"), (HERE + "-baru", "1"), ""),
        ((HERE, ""), (HERE + "-baru", ""), "it was sent to"),
        ((HERE, ""), (HERE, ""), ""),
    ],
)
def test_what_was_sent_elsewhere_or_as_somebody_else_can_not_be_judged_here(meant, asked, said):
    sent = event(Kind.CLAIMED, destination=meant[0], author=meant[1])
    found = differs(sent, Destination(name=asked[0], author=asked[1]))
    assert (said in found) if said else not found


def test_another_account_s_not_there_is_no_proof(scene):
    """The answer of a run was lost; then the secret was exchanged for another account's."""
    scene.wall.refusals[0] = TimeoutError()
    courier = scene.courier()
    object.__setattr__(courier, "destination", Destination(name=HERE, author="1"))
    from publishing_fakes import delivery, payload

    wanted = delivery()
    assert courier.deliver(wanted, payload(), scene.ledger.read().standing(wanted.key)) is (
        Step.UNKNOWN
    )
    scene.clock.wait_until(NOW + TimeDelta(minutes=10))
    scene.wall.whoami = Who("2").whoami
    (finding,) = reconcile(
        scene.ledger.read(),
        connections={REF: scene.wall},
        ledger=scene.ledger,
        clock=scene.clock,
        run="b",
        destinations=Destinations({REF: HERE}),
    )
    assert (finding.answer, scene.state()) == (State.UNKNOWN, "unknown")
    assert "it was sent as account 1" in finding.note
    scene.wall.whoami = Who("1").whoami
    reconcile(
        scene.ledger.read(),
        connections={REF: scene.wall},
        ledger=scene.ledger,
        clock=scene.clock,
        run="c",
        destinations=Destinations({REF: HERE}),
    )
    assert scene.state() == "planned"
