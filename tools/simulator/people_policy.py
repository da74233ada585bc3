"""People who change what may go out and where to: approval, blackouts, and the accounts behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whenever import Instant

from simulator.actions import Action
from simulator.content import ZONE, House
from simulator.schedule import outside

if TYPE_CHECKING:
    from simulator.world import World

POLICIES = ("approval", "blackout", "end-blackout", "destination", "destination")
_OTHER = {"review": "merge", "merge": "review", "none": "review"}


def change_policy(world: World, action: Action) -> None:
    """Change a brand's policy."""
    main = world.main
    spec = main.called(action["post"])
    if spec is None:
        return
    house, alias = main.houses[spec.brand], spec.accounts[0]
    strict = [each for each in main.houses.values() if each.approval == "review"]
    if action["do"] == "destination" and strict:  # where an approval may have been given already
        house = strict[action["pick"] % len(strict)]
        alias = sorted(house.accounts)[action["pick"] % len(house.accounts)]
    with outside():
        main.put_house(_changed(house, alias, action, world.schedule.now()))
        main.publish(f"{action['do'].capitalize()} of {house.id}")


def _changed(house: House, alias: str, action: Action, now: Instant) -> House:
    match action["do"]:
        case "approval":
            return house.changed(approval=_OTHER[house.approval])
        case "blackout":
            first = now.to_tz(ZONE).date().add(days=action["pick"] % 2)
            last = first.add(days=action["pick"] % 3)
            return house.changed(blackouts=(*house.blackouts, (str(first), str(last))))
        case "end-blackout":
            return house.changed(blackouts=())
        case _:
            login = house.accounts[alias]
            other = login._replace(handle=f"{login.handle}x")
            return house.changed(accounts={**house.accounts, alias: other})
