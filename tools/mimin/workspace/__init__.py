"""Files → model and problems: front matter, brands, posts, calendar, what git knows of them, the cache."""

from __future__ import annotations
