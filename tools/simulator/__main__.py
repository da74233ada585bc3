"""`python -m simulator`: run worlds from seeds and print what happened in them."""

from __future__ import annotations

import sys

from simulator.command import main

if __name__ == "__main__":
    sys.exit(main())
