"""Importers: bring the posts of other tools into a workspace, and say what could not come along."""

from __future__ import annotations
