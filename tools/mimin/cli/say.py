"""Saying: the one way in which commands print, so that nothing obeys the words of others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from mimin.printable import log_safe, one_line, printable

_SEAL = os.urandom(16).hex()
"""Stands for the escape character in what we colour; no text of others can know it."""


def say(
    text: str,
    *,
    err: bool = False,
    nl: bool = True,
    color: bool | None = None,
    commands: bool = False,
) -> None:
    """Print *text*; what steers a terminal or a workflow's log is written out.

    Args:
        text: What to say; `paint` colours parts of it.
        err: Say it on standard error: what is no result.
        nl: End the line.
        color: Keep colours also where no terminal is; where one is when not given.
        commands: Its lines are workflow commands, in which every word of others is escaped.
    """
    shown = (printable if commands else log_safe)(text).replace(_SEAL, "\x1b")
    click.echo(shown, err=err, nl=nl, color=color)  # noqa: TID251 - the one place


def paint(text: str, **colours: object) -> str:
    """Colour a piece of what is said, as `click.style` does."""
    before, after = click.style("\0", **colours).split("\0")  # type: ignore[arg-type]  # a `Style`
    return f"{before.replace(chr(27), _SEAL)}{log_safe(text)}{after.replace(chr(27), _SEAL)}"


def say_progress(text: str, *, width: int = 0, done: bool = False) -> None:
    """Write over the line on standard error that says how far a command is.

    Args:
        text: The line; it is blank when this is empty.
        width: How long the line was before, to write over all of it.
        done: End the line: nothing more is written over it.
    """
    shown = f"\r{one_line(text):<{width}}" + ("" if text else "\r") + ("\n" if done else "")
    click.echo(shown, err=True, nl=False)  # noqa: TID251 - the other half of the one place


@contextmanager
def usage_errors() -> Iterator[None]:
    """Make what click says of a wrong command line printable: a workflow takes it from others."""
    try:
        yield
    except click.ClickException as error:
        vars(error)["message"] = log_safe(error.message)  # click declares it final
        raise
