"""`mimin accounts`: which accounts there are, whether their secrets work, and how to get one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mimin.cli.say import paint, say
from mimin.cli.shared import (
    brand_option,
    clock_from,
    colourful,
    desk_options,
    now_option,
    open_desk,
    person_name,
    secret_from,
    workspace_option,
)
from mimin.errors import UsageError
from mimin.printable import json_printable

if TYPE_CHECKING:
    from mimin.model.brand import Account
    from mimin.networks.login import Client, Login
    from mimin.networks.logins import Flow
    from mimin.networks.tokens import Grant
    from mimin.publishing.desk import Desk
    from mimin.publishing.identify import Checked

WAIT = 300.0
"""Seconds that the browser has to come back."""


@click.group()
def command() -> None:
    """List accounts, check their secrets, log in, say where a secret may go.

    \b
    Examples:
      mimin accounts list
      mimin accounts check kedai/x
      mimin accounts login kedai/x
    """


@command.command("list")
@workspace_option
def list_command(folder: Path | None) -> None:
    """List all accounts: network, handle, and whether the secret is set here. Asks nobody."""
    desk = open_desk(folder, "none")
    refs = desk.accounts()
    width = max((len(ref) for ref in refs), default=0)
    for ref in refs:
        account = desk.account(ref)
        network = f"{account.network} as {account.like}" if account.like else account.network
        note = desk.fault(ref) or _secret(account)
        say(f"{ref:<{width}}  {network:<20} {account.handle:<28} {note}".rstrip())


@command.command()
@click.argument("names", nargs=-1, metavar="[ACCOUNT]...")
@brand_option
@now_option
@workspace_option
def check(
    names: tuple[str, ...], brands: tuple[str, ...], now: str | None, folder: Path | None
) -> None:
    """Ask the networks who we are: handle, rights, when the token ends, what is restricted.

    ACCOUNT is brand/account, or an account's own name where one brand has it only; all accounts
    when nothing is given. Limits that a network reports of its own are kept on this machine for
    `mimin check`.
    """
    from mimin.publishing.desk import Connections
    from mimin.publishing.identify import identify

    desk = open_desk(folder, None)
    listed = desk.accounts(names, brands)
    refs = [ref for ref in listed if not desk.fault(ref)]
    connections = Connections(desk, refs, secret_from, clock_from(now, folder), desk.book())
    failed = len(refs) < len(listed)
    for ref in listed:
        if desk.fault(ref):
            say(f"{ref}: {desk.fault(ref)}")
    for checked in identify(desk, refs, connections):
        failed = failed or checked.failed
        word = paint(checked.word, fg="red" if checked.failed else "green")
        say(f"{checked.ref}: {word}", color=colourful())
        for note in _notes(checked):
            say(f"  {note}")
    raise SystemExit(1 if failed else 0)


@command.command()
@click.argument("account", metavar="ACCOUNT")
@click.option(
    "--host",
    required=True,
    metavar="ADDRESS",
    help="The server that is meant, https://example.social; nothing is trusted if it is another. "
    "For a network with one address the network's name.",
)
@click.option("--by", help="Who says so; your git user name when not given.")
@desk_options
def trust(  # noqa: PLR0913, PLR0917 - one parameter an option
    account: str,
    host: str,
    by: str | None,
    now: str | None,
    remote: str | None,
    folder: Path | None,
) -> None:
    """Say that an account's secret may be sent to the server that brand.yml names.

    The ledger remembers where each secret went. A server that brand.yml names for the first time,
    or another brand, gets it only after this, whatever was merged. Whoever runs the server can read
    the secret: look at the address first, and name it with --host.

    \b
    Examples:
      mimin accounts trust kedai/mastodon --host https://fosstodon.org
    """
    from mimin.cli.publish import name_run
    from mimin.publishing.decide import Person, trust_token

    desk = open_desk(folder, remote)
    now_is = clock_from(now, folder).now()
    (ref,) = desk.accounts([account])
    person = Person(by or person_name(desk), now_is, name_run(now_is))
    token = desk.token_to_trust(ref, host.rstrip("/"), desk.book())
    trust_token(desk.ledger, token, person, desk.account(ref).destination)
    say(f"{token.secret} may be sent to {token.host} for {ref}, says {person.name}")


@command.command()
def key() -> None:
    """Make a key for the vault, which keeps renewed tokens on the branch mimin/vault.

    For machines that forget, such as those of workflows. Put it into MIMIN_VAULT_KEY of the brand's
    environment; each brand has a key of its own.
    """
    from mimin.security.vault import KEY, new_key

    say(new_key())
    say(f"put the line above into {KEY}; who has it can read the tokens", err=True)


@command.command()
@click.argument("account", metavar="ACCOUNT")
@click.option("--client-id", envvar="MIMIN_CLIENT_ID", help="The app's id; or MIMIN_CLIENT_ID.")
@click.option(
    "--client-secret",
    envvar="MIMIN_CLIENT_SECRET",
    help="The app's secret; better MIMIN_CLIENT_SECRET, or typed in when asked.",
)
@click.option("--port", default=8765, show_default=True, help="Where the browser comes back to.")
@click.option("--redirect", help="Another address that the app knows; you then copy it back here.")
@click.option("--device", is_flag=True, help="Type a code in on another device instead.")
@workspace_option
def login(  # noqa: PLR0913, PLR0917 - one parameter an option
    account: str,
    client_id: str | None,
    client_secret: str | None,
    port: int,
    redirect: str | None,
    device: bool,  # noqa: FBT001 - click passes flags like this
    folder: Path | None,
) -> None:
    """Log in at an account's network and print its secret on standard output.

    mimin keeps none of it: pipe the answer to where your secrets live, under the name that the
    account's `secret:` has. Instructions go to standard error.

    \b
    Examples:
      mimin accounts login kedai/x --client-id abc | gh secret set KEDAI_X
      mimin accounts login kedai/youtube --device --client-id abc
    """
    from mimin.networks.login import Client

    desk = open_desk(folder, "none")
    (ref,) = desk.accounts([account])
    if desk.fault(ref):
        raise UsageError(f"{ref}: {desk.fault(ref)}")
    flow = _flow(desk.account(ref))
    if not client_id:
        raise UsageError(
            f"the id of your app at {desk.account(ref).network} is missing: --client-id; "
            f"you find it here: {flow.app}"
        )
    if flow.secret_needed and client_secret is None:
        client_secret = click.prompt("client secret", hide_input=True, err=True)
    client = Client(id=client_id, secret=client_secret or "", redirect=redirect or "")
    grant = _by_device(desk, ref, client) if device else _by_browser(desk, ref, client, port)
    say(json_printable(grant.model_dump_json(exclude_defaults=True)))
    name = desk.account(ref).secret or "a variable, and name it in `secret:` of the account"
    say(f"this is the secret of {ref}; put the line above into {name}", err=True)


def _flow(account: Account) -> Flow:
    from mimin.networks.logins import FLOWS, Flow

    flow = FLOWS.get(account.network)
    if flow is None:
        raise UsageError(f"an account on {account.network} needs no log-in")
    if not isinstance(flow, Flow):
        raise UsageError(f"{account.network} gives its secret elsewhere: {flow.words}")
    return flow


def _login(desk: Desk, ref: str, client: Client) -> Login:
    from mimin.cli.shared import WallClock
    from mimin.networks.login import Login
    from mimin.networks.mastodon import home_address

    account = desk.account(ref)
    server = home_address(account) if account.network == "mastodon" else ""
    return Login(flow=_flow(account), client=client, server=server, clock=WallClock().now)


def _by_device(desk: Desk, ref: str, client: Client) -> Grant:
    def tell(address: str, code: str) -> None:
        say(f"open {address} on any device and type in: {code}", err=True)

    return _login(desk, ref, client).by_device(tell)


def _by_browser(desk: Desk, ref: str, client: Client, port: int) -> Grant:
    from dataclasses import replace

    from mimin.networks.loopback import listening

    if client.redirect:
        login = _login(desk, ref, client)
        say(f"open this address and log in as {ref}:\n{login.address}", err=True)
        came_back = click.prompt("the address that you were sent to", err=True)
        return login.exchange(login.code_in(came_back))
    try:
        with listening(port) as callback:
            login = _login(desk, ref, replace(client, redirect=callback.redirect))
            say(
                f"your app must know this redirect: {callback.redirect}\n"
                f"open this address and log in as {ref}:\n{login.address}",
                err=True,
            )
            if sys.stderr.isatty():
                import webbrowser

                webbrowser.open(login.address)
            came_back = callback.wait(WAIT)
    except OSError as error:
        reason = f"port {port} can not be used ({error.strerror}); take another: --port"
        raise UsageError(reason) from None
    if not came_back:
        raise UsageError(f"nobody came back within {WAIT:.0f} s; start again, or use --redirect")
    return login.exchange(login.code_in(came_back))


def _secret(account: Account) -> str:
    if account.secret is None:
        return "needs no secret"
    return f"{account.secret} is {'set' if secret_from(account.secret) else 'not set here'}"


def _notes(checked: Checked) -> Iterator[str]:
    identity = checked.identity
    if checked.reason:
        yield checked.reason
    if identity is None:
        return
    who = f"handle {identity.handle}" if identity.handle else identity.name
    yield f"{who}, id {identity.remote_id}"
    if identity.scopes is not None:
        yield f"may: {', '.join(identity.scopes) or 'nothing'}"
    if identity.lacking:
        yield f"lacks: {', '.join(identity.lacking)}; log in again with these rights"
    if identity.expires is not None:
        yield f"ends: {identity.expires.format_iso()}"
    yield from (f"restricted: {words}" for words in identity.restrictions)
    yield from (f"limit of its own: {name} {value:,}" for name, value in checked.limits.items())
