"""galaxy-social's `plugins.yml` → accounts of a brand."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from mimin.errors import UsageError
from mimin.foreign import read_number
from mimin.importers.incoming import Notebook
from mimin.importers.names import make_slug, make_unique
from mimin.importers.options import Options
from mimin.model.base import Record
from mimin.model.brand import Account
from mimin.networks.registry import NAMES
from mimin.workspace.frontmatter import Fields, read_yaml

PLUGINS = "plugins.yml"
LIMITS = {"mastodon": 500, "bluesky": 300, "linkedin": 3000, "slack": 40000, "matrix": None}
"""Networks that the old tool has, and the length at which it starts a thread."""
_TAKEN = {"base_url", "access_token", "username", "password", "max_content_length", "account_url"}
_TAKEN_OF = {"linkedin": {"org_id"}, "matrix": {"room_id"}}


class Channel(Record):
    """One entry of `plugins.yml` that is an account."""

    id: str
    network: str
    limit: int | None
    account: Account


def read_channels(source: Path, options: Options, notes: Notebook) -> dict[str, Channel]:
    """Read the accounts, by the name that posts call them.

    Raises:
        UsageError: if there is no readable `plugins.yml` with at least one account.
    """
    file = source / PLUGINS
    if not file.is_file():
        raise UsageError(f"{source} has no {PLUGINS}; give the root of a galaxy-social repository")
    fields = read_yaml(file.read_text(encoding="utf-8-sig", errors="replace"))
    if fields.faults:
        fault = fields.faults[0]
        raise UsageError(f"{file}:{fault.mark[0]}: {fault.message}")
    found: dict[str, Channel] = {}
    taken: set[str] = set()
    plugins = fields.values.get("plugins")
    for index, plugin in enumerate(plugins if isinstance(plugins, list) else []):
        line = fields.locate(("plugins", index))[0]
        name = str(plugin.get("name", "")).lower() if isinstance(plugin, dict) else ""
        channel = _channel(name, plugin, options, notes, line) if name else None
        if channel is not None:
            found[name] = channel.model_copy(update={"id": make_unique(channel.id, taken)})
            _note_settings(fields, index, plugin, notes)
        elif not name:
            notes.add(PLUGINS, "not-an-account", "an entry without a name", line)
    if not found:
        raise UsageError(f"{file}: no account in it is one that mimin can have")
    return found


def _channel(
    name: str, plugin: dict[str, object], options: Options, notes: Notebook, line: int
) -> Channel | None:
    network = str(plugin.get("class", "")).partition(".")[0]
    if network not in LIMITS:
        message = f"{name}: `{network}` writes no account of a network; posts lose it"
        notes.add(PLUGINS, "not-an-account", message, line)
        return None
    if str(plugin.get("enabled", "")).lower() not in {"true", "yes", "on"}:
        notes.add(PLUGINS, "account-disabled", f"{name} is switched off; not imported", line)
        return None
    config = plugin.get("config")
    settings = {k: str(v) for k, v in config.items()} if isinstance(config, dict) else {}
    limit = _limit(settings, network)
    account = _account(name, network, settings, limit, options)
    return Channel(id=make_slug(name), network=network, limit=limit, account=account)


def _limit(settings: dict[str, str], network: str) -> int | None:
    text = settings.get("max_content_length", "")
    given = read_number(text)
    return LIMITS[network] if given is None else given


def _account(
    name: str, network: str, settings: dict[str, str], limit: int | None, options: Options
) -> Account:
    url = settings.get("account_url")
    secret = settings.get("password" if network == "bluesky" else "access_token", "")
    # To what mimin has no adapter for, a person posts from a prepared pack.
    real = network in NAMES and not options.sandbox
    adapter = "sandbox" if options.sandbox else network if real else "manual"
    variable = secret[1:] if real and secret[:1] == "$" and secret[1:].isidentifier() else ""
    return Account(
        network=adapter,
        like=None if real else network,
        handle=_handle(name, network, settings, url),
        name=name,
        url=url,
        server=settings.get("base_url") if real else None,
        secret=variable if variable and variable.isupper() else None,
        settings=_settings(network, settings) if real else {},
        limits={"text": limit} if limit and limit != LIMITS[network] else None,
    )


def _settings(network: str, settings: dict[str, str]) -> dict[str, str]:
    """Give what the network has to know beside the account's name and secret."""
    page = settings.get("org_id", "")
    return {"author": f"urn:li:organization:{page}"} if network == "linkedin" and page else {}


def _handle(name: str, network: str, settings: dict[str, str], url: str | None) -> str:
    if network == "bluesky" and settings.get("username"):
        return settings["username"].lstrip("@")
    if network == "matrix" and settings.get("room_id"):
        return settings["room_id"]
    try:
        address = urlsplit(url or "")
    except ValueError:  # such as `http://[`
        return name
    last = address.path.rstrip("/").rpartition("/")[2].lstrip("@")
    if network == "mastodon" and last:
        return f"{last}@{address.netloc}"
    return last or name


def _note_settings(fields: Fields, index: int, plugin: dict[str, object], notes: Notebook) -> None:
    config = plugin.get("config")
    for key in config if isinstance(config, dict) else ():
        network = str(plugin.get("class", "")).partition(".")[0]
        if key not in _TAKEN | _TAKEN_OF.get(network, set()):
            line = fields.locate(("plugins", index, "config", key), key=True)[0]
            message = f"{plugin['name']}: the setting `{key}` has no place in brand.yml"
            notes.add(PLUGINS, "setting-not-mapped", message, line)
