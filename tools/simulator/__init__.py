"""The simulator: months of publishing in seconds, by the real engine, ledger and git.

Only the clock, cron, the networks, git's transport and people are simulated; `mimin publish` itself
runs, on real files and repositories. A small world (a few accounts, `--trouble 2` or more, no
`--tick`) meets a fault every few steps and interleaves its runs finely: that is where bugs are
found. A big one (`--accounts 200 --tick 20`) adds months: its accounts share pushes. An
account-month is one account for thirty simulated days, whatever happened in it.

`--kinds` names what goes wrong besides: people who rename, restructure threads, change what is out
and the policy; clocks that are off, jump or stand still; looks that lie; a ledger that loses lines;
checkouts behind main. The audit knows by lineage what is the same post to people, and by the real
account where it is out, so names can deceive the engine but not the audit.

    python -m simulator --seeds 1-40 --accounts 4 --days 6 --trouble 2 --jobs 2
    python -m simulator --seeds 1-20 --kinds renames,clocks --trouble 4 --accounts 3 --days 4

10,000 account-months:

    python -m simulator --seeds 1-50 --accounts 200 --posts-a-month 2 --runs-a-day 1 --tick 20 \\
        --trouble 1 --jobs 2
"""

from __future__ import annotations
