"""Which accounts a command is asked about: an account by its name, a brand by its own option."""

from __future__ import annotations

import pytest

NOW = "2026-12-01T09:00+07:00"
BRAND = "name: {}\nzone: Asia/Jakarta\nlanguages: [id]\naccounts:\n"
SANDBOX = "  {}: {{network: sandbox, like: x, handle: {}}}\n"
POST = "---\naccounts: [{}]\nat: 2026-12-01 09:30\n---\n{}\n"


@pytest.fixture
def place(tmp_path, place_at):
    """Two brands that both have an `x`; the second also has an account called like the first."""
    files = {"mkdocs.yml": "site_name: Test\n", ".gitignore": ".mimin/\n"}
    for brand, names in {"teh": ["x", "papan"], "kopi": ["x", "teh"]}.items():
        rows = "".join(SANDBOX.format(name, f"{brand}-{name}") for name in names)
        files[f"content/{brand}/brand.yml"] = BRAND.format(brand) + rows
        for name in names:
            files[f"content/{brand}/posts/{name}.md"] = POST.format(name, f"Halo {brand} {name}.")
    made = place_at(tmp_path / "two", files)
    made.commit()
    return made


def planned(place, *words):
    ran = place.run("plan", "--now", NOW, *words)
    return {f"{b}/{n}" for b in ("teh", "kopi") for n in ("x", "papan", "teh")
            if f"{b}/{n}@{n}" in ran.out}  # fmt: skip


def test_a_brand_is_its_own_accounts_and_no_others(place):
    assert planned(place, "--brand", "teh") == {"teh/x", "teh/papan"}


def test_an_account_is_one_by_its_full_name_or_by_one_that_only_it_has(place):
    assert planned(place, "--account", "kopi/teh") == {"kopi/teh"}
    assert planned(place, "--account", "papan") == {"teh/papan"}


def test_brands_and_accounts_add_up(place):
    asked = planned(place, "--brand", "teh", "--account", "kopi/x")
    assert asked == {"teh/x", "teh/papan", "kopi/x"}


COMMANDS = [
    ("plan", "--account"),
    ("publish", "--account"),
    ("publish", "--dry-run", "--account"),
    ("reconcile", "--account"),
    ("accounts", "check"),
    ("accounts", "trust", "--host", "x"),
    ("accounts", "login"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("teh", "'teh' is a brand; for all of its accounts write `--brand teh`"),
        ("x", "'x' is more than one account: kopi/x, teh/x; name one"),
        ("teh/y", "'teh/y' is no account"),
        ("*", "'*' is no account"),
        ("", "'' is no account"),
    ],
)
def test_a_name_that_is_not_one_account_is_wrong_usage(place, command, name, says):
    ran = place.run(*command, name)
    assert (ran.code, says in ran.err) == (2, True), ran.err


@pytest.mark.parametrize(
    "command", [("plan",), ("publish",), ("reconcile",), ("accounts", "check")]
)
@pytest.mark.parametrize("name", ["x", "papan", "te", "TEH", "teh/x", "teh/*", "", "*"])
def test_a_brand_is_asked_for_by_its_exact_id(place, command, name):
    ran = place.run(*command, "--brand", name)
    assert (ran.code, f"{name!r} is no brand" in ran.err) == (2, True), ran.err


def test_a_brand_that_can_not_be_read_is_not_a_run_without_errors(place):
    place.write({"content/teh/brand.yml": "zon: Asia/Jakarta\n"})
    place.commit()
    ran = place.run("publish", "--brand", "teh", "--now", NOW)
    assert ran.code != 0
    assert "content/teh/brand.yml" in ran.err
