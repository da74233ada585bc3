"""The site: what everybody browses. Pages are pure functions; MkDocs is only told where they go."""

from __future__ import annotations
