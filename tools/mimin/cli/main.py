"""The `mimin` command: its sub-commands, loaded when they are used, and its exit codes."""

from __future__ import annotations

import gc
import sys
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

import mimin
from mimin.cli.say import say, usage_errors
from mimin.errors import MiminError

COMMANDS = {
    "check": "Find what is wrong with the files of a workspace.",
    "mend": "Make copies of videos that networks take.",
    "preview": "Show exactly what each account would get of a post.",
    "fetch": "Fetch once what payloads need from outside.",
    "approve": "Record who has approved which exact payloads.",
    "plan": "Show what publishing would do, and why.",
    "comment": "Write what a pull request would do, as its comment.",
    "publish": "Publish what is due, each delivery at most once.",
    "reconcile": "Ask the networks about what is unknown.",
    "watch": "Say what waits for a person, and tell the team.",
    "done": "Tell the ledger what a person has seen or done.",
    "freeze": "Stop everything, a brand or an account, at once.",
    "resume": "Let go on what was frozen.",
    "import": "Bring in posts from another tool's repository.",
    "ledger": "Read the ledger of what is out.",
    "accounts": "List accounts, check their secrets, log in.",
    "networks": "List the networks, and what mimin can do on each.",
    "schema": "Print JSON Schemas of the files, for editors.",
}
"""Command → its help in one line, so that `--help` imports none of them."""


MEANT = {
    **dict.fromkeys(("post", "send", "deploy", "run", "kirim", "terbitkan", "unggah"), "publish"),
    **dict.fromkeys(("validate", "lint", "cek", "periksa", "test"), "check"),
    **dict.fromkeys(("status", "list", "schedule", "calendar", "rencana", "jadwal"), "plan"),
    **dict.fromkeys(("show", "render", "pratinjau", "lihat"), "preview"),
    **dict.fromkeys(("pause", "stop", "bekukan", "hentikan"), "freeze"),
    **dict.fromkeys(("unfreeze", "unpause", "continue", "lanjutkan"), "resume"),
    **dict.fromkeys(("alarms", "alerts", "monitor"), "watch"),
    **dict.fromkeys(("log", "history", "riwayat"), "ledger log"),
    **dict.fromkeys(("login", "auth", "connect", "masuk"), "accounts login"),
    **dict.fromkeys(("fix", "format"), "check --fix"),
    **dict.fromkeys(("convert", "encode", "transcode", "repair", "video", "konversi"), "mend"),
}
MEANT = {word: f"`mimin {command}`" for word, command in MEANT.items()} | {
    **dict.fromkeys(("help", "bantuan"), "`mimin --help`"),
    **dict.fromkeys(("serve", "build", "site"), "`mkdocs serve`, which shows the site,"),
    **dict.fromkeys(("new", "create", "add", "init", "buat"), "a file in content/BRAND/posts/"),
    **dict.fromkeys(
        ("delete", "undo", "remove", "retract", "hapus"), "`retract: true` in the post's file"
    ),
    **dict.fromkeys(("edit", "move", "reschedule", "ubah"), "a change of the post's file"),
}
"""What people call a thing → what does it here."""

_MODULES = {"import": "import_posts"}
"""Commands whose name can not be a module's."""


class Commands(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        """Name the commands in the order in which they are used."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's interface
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"mimin.cli.{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant, or the one that may have been."""
        word = args[0].lower()
        if args[0] not in COMMANDS:
            close = get_close_matches(word, [*COMMANDS, *MEANT], n=1, cutoff=0.75)
            meant = MEANT.get(close[0], f"`mimin {close[0]}`") if close else ""
            if meant:
                ctx.fail(f"There is no command {args[0]!r}; {meant} does that")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's interface
        """List the commands from the table above."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Read the command line."""
        with usage_errors():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what it refuses becomes one line."""
        try:
            with usage_errors():
                return super().invoke(ctx)
        except MiminError as error:
            say(f"mimin: {error}", err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            say("mimin: stopped", err=True)
            ctx.exit(130)  # as shells count an interrupt


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(mimin.__version__, prog_name="mimin")
def main() -> None:
    """Run a brand's social media accounts from a git repository.

    Posts are Markdown files, a reviewed pull request is the approval, and publishing
    happens exactly once.

    \b
    Exit codes: 0 fine, 1 problems or refusals, 2 wrong usage, 3 a bug in mimin,
    4 something waits for a person.

    \b
    Examples:
      mimin check
      mimin plan --lookahead 1d
      mimin publish --dry-run
    """


def run() -> None:
    """Run the program; a bug ends with its traceback and exit code 3."""
    gc.set_threshold(100_000, 50, 50)  # thousands of posts stay alive; looking for them is a waste
    try:
        main()
    except Exception:  # noqa: BLE001 - the last one to see it
        import traceback

        say(traceback.format_exc(), err=True, nl=False)
        say("mimin: this is a bug; please report it with the lines above", err=True)
        sys.exit(3)
