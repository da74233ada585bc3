"""The simulator: months of publishing in seconds, by the real engine, ledger and git.

Only the clock, cron, the networks, git's transport and people are simulated; `mimin publish` itself
runs, on real files and repositories. A small world (a few accounts, `--trouble 2` or more, no
`--tick`) meets a fault every few steps and interleaves its runs finely: that is where bugs are
found. A big one (`--accounts 500 --tick 20`) adds months: its accounts share pushes. An
account-month is one account for thirty simulated days, whatever happened in it.

    python -m simulator --seeds 1-60 --accounts 5 --days 10 --trouble 2 --jobs 2
    python -m simulator --seeds 1-20 --accounts 500 --posts-a-month 3 --runs-a-day 1 --tick 20
"""

from __future__ import annotations
