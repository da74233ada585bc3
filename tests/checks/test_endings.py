"""What ends is compared with the day of the run: versions of APIs, secrets, our own tables."""

from __future__ import annotations

import json

import pytest
from whenever import Date

from mimin.model.brand import Account
from mimin.networks.checked import CHECKED, is_old
from mimin.networks.known import LIMITS
from mimin.networks.linkedin_versions import DEFAULT, ENDS, has_ended
from mimin.networks.versions import version_of

BRAND = "content/kopi-senja/brand.yml"
POST = "content/kopi-senja/posts/a.md"
ACCOUNTS = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
accounts:
  li: {{network: linkedin, handle: k, secret: KOPI_SENJA_LI{rest}}}
"""


@pytest.fixture
def shop(place):
    def make(rest, at="2027-01-20 10:00"):
        place.write({BRAND: ACCOUNTS.format(rest=rest)})
        place.write({POST: f"---\naccounts: [li]\nat: {at}\n---\nHalo.\n"})
        place.commit()
        return place

    return make


OLD = ', settings: {version: "202601"}'


def check_codes(place, day):
    lines = place.check(now=f"{day}T10:00+07:00").lines
    return {line.rpartition("[")[2].rstrip("]"): ": error: " in line for line in lines}


def causes(place, day):
    found = place.run("plan", "--all", "--format", "json", "--now", f"{day}T10:00+07:00")
    return [row["cause"] for row in json.loads(found.out)["plan"]]


def test_what_is_due_after_the_end_of_a_version_is_refused_long_before(shop):
    place = shop(OLD)
    assert check_codes(place, "2026-10-01") == {"version-ended": True}
    assert causes(place, "2026-10-01") == ["ended"]


@pytest.mark.parametrize(("day", "warned"), [("2026-11-14", False), ("2026-11-17", True)])
def test_an_end_is_warned_of_sixty_days_ahead(shop, day, warned):
    place = shop(OLD, at="2026-12-01 10:00")
    assert check_codes(place, day) == ({"version-ends": False} if warned else {})
    alarms = place.run("watch", "--now", f"{day}T10:00+07:00").out
    assert ("linkedin/202601" in alarms or "version 202601" in alarms) is warned


def test_what_was_found_before_is_not_repeated_after_the_day_has_come(shop):
    """The answer of the last check is kept, and must not outlive its day."""
    place = shop(OLD, at="2026-12-01 10:00")
    assert check_codes(place, "2026-11-14") == {}
    assert check_codes(place, "2026-11-17") == {"version-ends": False}


def test_an_end_that_is_not_announced_is_a_warning_and_blocks_nothing(shop):
    place = shop("", at="2027-07-20 10:00")
    assert check_codes(place, "2027-06-15") == {"version-ends": False}
    assert causes(place, "2027-06-15") == ["later"]


def test_a_secret_that_dies_is_warned_of_and_may_be_renewed_until_its_last_day(shop):
    place = shop(', secret_expires: "2027-01-10"')
    assert check_codes(place, "2026-12-20") == {}
    assert check_codes(place, "2027-01-05") == {"secret-ends": False}
    assert causes(place, "2027-01-05") == ["later"]


def test_a_secret_that_has_died_keeps_its_account_back(shop):
    place = shop(', secret_expires: "2027-01-10"')
    assert check_codes(place, "2027-01-11") == {"secret-ends": False, "secret-ended": True}
    assert causes(place, "2027-01-11") == ["ended"]


def test_a_table_that_is_older_than_a_year_is_said(shop):
    place = shop("", at="2028-06-20 10:00")
    assert "table-old" not in check_codes(place, "2027-11-01")
    assert check_codes(place, "2027-11-25")["table-old"] is False


def test_every_network_says_when_it_was_looked_up():
    assert set(CHECKED) == set(LIMITS)
    assert is_old("x", CHECKED["x"].add(days=366))
    assert not is_old("x", CHECKED["x"].add(days=365))
    assert not is_old("somebody-elses", Date(2030, 1, 1))


def test_the_networks_command_shows_the_day(place):
    found = json.loads(place.run("networks", "x", "--format", "json", here=False).out)
    assert found["networks"][0]["checked"] == CHECKED["x"].format_iso()


@pytest.mark.parametrize("version", [*ENDS, DEFAULT, "202401"])
def test_the_last_day_of_a_version_is_the_day_before_it_is_refused(version):
    used = version_of(Account(network="linkedin", handle="k", settings={"version": version}))
    last = Date.parse_iso(used.ends)
    assert used.announced is (version in ENDS or version < min(ENDS))
    if version in ENDS:
        assert has_ended(version, last.add(days=1))
        assert not has_ended(version, last)
