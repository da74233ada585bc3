"""The accounts that the page on networks shows are accounts, and their settings exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from mimin.model.brand import Account
from mimin.networks.registry import find_network

PAGE = Path(__file__).parents[2] / "content/handbook/networks.md"
SHOWN = re.findall(
    r"^```text\n(  \w+:\n    network: .*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL
)


@pytest.mark.parametrize("text", SHOWN)
def test_an_account_that_is_shown_is_one(text):
    ((_, fields),) = yaml.load(text, Loader=yaml.BaseLoader).items()
    account = Account.model_validate(fields)
    assert set(account.settings) <= set(find_network(account.network).settings)


def test_accounts_are_shown():
    assert len(SHOWN) >= 2
