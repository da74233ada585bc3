"""Saying: the one way in which commands print, so that nothing obeys the words of others."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager

import click

from mimin.printable import log_safe, one_line, printable

_SIGNS = 0x2500
"""256 signs from here on (boxes, blocks, shapes) are seen, and are no letters, digits or ASCII."""
_SEAL = "".join(chr(_SIGNS + sign) for sign in random.SystemRandom().sample(range(256), 16))
"""Begins what stands for a colour; no text of others can know it.

All of a colour is such signs, which `log_safe` looks through: where no terminal is, colours are
left out, and what stood behind one begins the line."""
_COLOUR = re.compile(f"{_SEAL}([{chr(_SIGNS)}-{chr(_SIGNS + 127)}]*?{chr(_SIGNS + ord('m'))})")


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
    shown = _COLOUR.sub(_unsealed, (printable if commands else log_safe)(text))
    click.echo(shown, err=err, nl=nl, color=color)  # noqa: TID251 - the one place


def paint(text: str, **colours: object) -> str:
    """Colour a piece of what is said, as `click.style` does."""
    before, after = click.style("\0", **colours).split("\0")  # type: ignore[arg-type]  # a `Style`
    return f"{_sealed(before)}{log_safe(text)}{_sealed(after)}"


def _sealed(codes: str) -> str:
    return "".join(_SEAL if sign == "\x1b" else chr(_SIGNS + ord(sign)) for sign in codes)


def _unsealed(found: re.Match[str]) -> str:
    return "\x1b" + "".join(chr(ord(sign) - _SIGNS) for sign in found[1])


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
