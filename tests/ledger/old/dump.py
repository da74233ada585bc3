"""Write out what the ledger of a workspace adds up to; the version before and ours are asked alike.

Usage: python dump.py WORKSPACE
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def dump(root):
    from mimin.cli.shared import open_desk

    standings = open_desk(Path(root), None).ledger.read().standings.values()
    return [_standing(each) for each in sorted(standings, key=lambda each: each.key)]


def _standing(standing):
    return {
        "key": standing.key,
        "state": standing.state(),
        "whole": standing.whole,
        "total": standing.total,
        "out": standing.standing_out,
        "dropped": standing.dropped and standing.dropped.reason,
        "approvals": [[event.by, event.digest] for event in standing.approvals],
        "parts": [_part(index, part) for index, part in sorted(standing.parts.items())],
    }


def _part(index, part):
    return {
        "part": index,
        "state": part.state,
        "tries": part.tries,
        "twice": len(part.twice),
        "claim": part.claim and part.claim.at.format_iso(),
        "receipt": part.receipt and part.receipt.remote_id,
        "shown": part.shown and part.shown.digest,
        "kept": part.kept and part.kept.reason,
    }


if __name__ == "__main__":
    print(json.dumps(dump(sys.argv[1])))
