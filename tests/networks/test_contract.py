"""Our adapters keep the contract that we ship for everybody's."""

from __future__ import annotations

from mimin.testing.contract import *  # noqa: F403 - pytest collects what stands in this module
