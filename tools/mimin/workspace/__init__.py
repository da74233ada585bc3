"""Files → model and problems: front matter, brands, posts, calendars, git, the cache."""

from __future__ import annotations
