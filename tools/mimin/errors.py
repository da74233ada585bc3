"""Deliberate exceptions: what the program refuses, in one line that a person can act on.

Problems in the user's files are not exceptions; they are values (`mimin.model.problem`).
"""

from __future__ import annotations


class MiminError(Exception):
    """Base of everything that ends a command with one line and no traceback.

    The message names the thing, then the rule, then the way out.
    """

    exit_code = 1


class UsageError(MiminError):
    """The command was called in a way that can not work."""

    exit_code = 2


class WorkspaceError(MiminError):
    """The folder is not a workspace, or can not be read."""


class GitError(MiminError):
    """Git refused or could not be run."""


class StoreError(MiminError):
    """A machine-written branch can not be read or appended to."""
