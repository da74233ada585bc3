"""Appearance: the site's own style sheet and script, and the networks' icons from the theme."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from urllib.parse import quote

STYLE = "assets/mimin/site.css"
SCRIPT = "assets/mimin/site.js"
SHIM = "assets/mimin/worker.js"
_ODD = {
    "linkedin": "fontawesome/brands/linkedin",
    "slack": "fontawesome/brands/slack",
    "manual": "material/hand-pointing-right",
    "sandbox": "material/test-tube",
}


@cache
def own_file(name: str) -> str:
    """Read a file of this package's `assets` folder."""
    return files("mimin.website").joinpath("assets", name).read_text("utf-8")


def network_styles(networks: Iterable[str], read_icon: Callable[[str], str]) -> str:
    """Write the rules that put a network's icon before its name.

    Args:
        networks: Names of the networks in use.
        read_icon: Gives the theme's SVG for a name, or an empty string.
    """
    rules = []
    for name in sorted(set(networks)):
        svg = read_icon(_ODD.get(name, f"simple/{name}"))
        if svg:
            image = f"url('data:image/svg+xml,{quote(svg.strip())}')"
            rules.append(f'.mimin-net[data-net="{name}"]{{--net:{image}}}')
    return "\n".join(rules)
