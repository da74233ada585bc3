"""The MkDocs plugin: tells MkDocs what to leave alone, and where the pages go. Reads the clock."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.config import base, config_options
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from whenever import Instant

from mimin.errors import MiminError
from mimin.networks.known import LIMITS
from mimin.networks.registry import NAMES
from mimin.printable import log_safe, one_line, printable
from mimin.website.appearance import SCRIPT, SHIM, STYLE, network_styles, own_file
from mimin.website.build import SHELLS, Build
from mimin.website.compiled import CompiledTemplates
from mimin.website.docs_view import DocsView
from mimin.website.gather import Memory, Wish
from mimin.website.navigation import expand, is_own
from mimin.website.output import bring_back, set_aside
from mimin.website.shell import BODY, TITLE, Shell
from mimin.website.words import words_for
from mimin.workspace.ordinary import leads_through_link
from mimin.workspace.times import TimeFault, names_its_zone, parse_moment
from mimin.workspace.workspace import open_workspace

if TYPE_CHECKING:
    from jinja2 import Environment
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.nav import Navigation

_log = logging.getLogger("mkdocs.plugins.mimin")
_WATCHED = ("calendar", "templates", "reports")


class Options(base.Config):  # type: ignore[no-untyped-call]  # MkDocs has no types there
    """What `mkdocs.yml` may say below `mimin:`."""

    visibility = config_options.Choice(("internal", "public"), default="internal")
    """`public` leaves out everything that the audience has not been shown."""
    language = config_options.Optional(config_options.Choice(("id", "en")))
    """Language of the site's own words; the theme's when not given."""
    fetch = config_options.Type(bool, default=False)
    """Whether the ledger is fetched from the remote first."""
    media_days = config_options.Type(int, default=7)
    """How many days before it is due media lies where networks can fetch it."""
    now = config_options.Optional(config_options.Type(str))
    """Pretend it is this moment; for demos and tests."""
    source = config_options.Type(str, default="")
    """Address that a file's path is added to, such as `https://…/blob/main/`."""


class MiminPlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]  # as above
    """Build calendar, posts, brands and reports into a MkDocs site."""

    def __init__(self) -> None:
        self._build: Build | None = None
        self._memory = Memory()
        self._compiled = CompiledTemplates()
        self._view: DocsView | None = None

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Live through rebuilds of `mkdocs serve`: MkDocs keeps a plugin that has this method."""
        del dirty
        for handler in logging.getLogger("mkdocs").handlers:
            handler.addFilter(_safe)  # one that is there is not added again
        self._memory.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Bring in our style sheet and script."""
        # MkDocs spells extra_css in its own words; the order keeps a user's own rules last.
        if STYLE not in config.extra_css:
            config.extra_css.insert(0, STYLE)
        if SCRIPT not in config.extra_javascript:
            config.extra_javascript.insert(0, SCRIPT)
        polyfills = config.extra.setdefault("polyfills", [])
        if SHIM not in polyfills:
            polyfills.append(SHIM)
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Read the workspace, and save our files from MkDocs' cleaning."""
        root = Path(config.config_file_path).parent if config.config_file_path else Path.cwd()
        if Path(config.docs_dir).resolve() != (root / "content").resolve():
            raise PluginError("mimin: set `docs_dir: content`, where the posts are")
        wish = Wish(
            root=root,
            now=self._now(root),
            pretended=self.config.now is not None,
            words=words_for(self.config.language or str(config.theme.get("language") or "en")),
            public=self.config.visibility == "public",
            fetch=self.config.fetch,
            source=self.config.source or _source_of(config),
            media_days=self.config.media_days,
        )
        try:
            self._build = Build(wish, Path(config.site_dir), config.site_url or "", self._memory)
            self._build.prepare()
        except MiminError as error:
            raise PluginError(log_safe(f"mimin: {error}")) from None
        for fault in self._build.faults():
            _log.warning("mimin: %s", log_safe(fault))  # which ends a build with --strict
        set_aside(Path(config.site_dir))
        self._view = DocsView(root / ".mimin" / "docs")
        self._view.enter(config)

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Take out what belongs to brands, and put our pages in."""
        build = self._made()
        if self._view is not None:
            self._view.leave(config, files)
        for file in list(files):
            linked = leads_through_link(Path(file.abs_src_path or ""), Path(config.docs_dir))
            if linked or is_own(file.src_uri, build.workspace.layout.pages):
                files.remove(file)
        for uri, content in build.sources().items():
            if uri not in files.src_uris:
                # Said outright: `exclude_docs` keeps folders out that are not for the site.
                level = InclusionLevel.NOT_IN_NAV if "/shell/" in uri else InclusionLevel.INCLUDED
                files.append(File.generated(config, uri, content=content, inclusion=level))
        icons = _icons(config)
        for uri, content in (
            (STYLE, own_file("site.css") + network_styles(build.networks(), icons)),
            (SCRIPT, own_file("site.js")),
            (SHIM, own_file("worker.js")),
        ):
            included = InclusionLevel.INCLUDED
            files.append(File.generated(config, uri, content=content, inclusion=included))
        if config.nav is not None:
            config.nav = expand(config.nav, files.src_uris, build.pages())
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:  # noqa: ARG002 - MkDocs' interface
        """Name our pages in the site's language where the user gave no name."""
        titles = self._made().titles()
        for page in nav.pages:
            if page.file.src_uri in titles and "title" not in page.__dict__:
                page.title = titles[page.file.src_uri]
        return nav

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:  # noqa: ARG002 - MkDocs' interface
        """Let the theme's templates be compiled once, not at every rebuild under `mkdocs serve`."""
        if env.bytecode_cache is None:
            env.bytecode_cache = self._compiled
        return env

    def on_page_markdown(
        self,
        markdown: str,
        *,
        page: Page,
        config: MkDocsConfig,  # noqa: ARG002 - MkDocs' interface
        files: Files,  # noqa: ARG002 - MkDocs' interface
    ) -> str:
        """Make room for us on our own pages; show what nobody sees on those of others."""
        if page.file.src_uri in SHELLS:
            page.meta.update(title=TITLE, hide=["navigation", "toc"], search={"exclude": True})
            return BODY
        if isinstance(page.meta.get("title"), str):
            page.meta["title"] = one_line(page.meta["title"])
        return printable(markdown)

    @event_priority(-100)
    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:  # noqa: ARG002 - MkDocs' interface
        """Keep a rendered page as the shell for others, or put the overview where it is asked for.

        Only now, so that the search does not index what changes with every run.
        """
        if page.file.src_uri not in SHELLS:
            return self._made().embed(output, page.url)
        shell = Shell.cut(output)
        if not shell.whole:
            raise PluginError("mimin: the theme does not show a page's content; use Material")
        return self._made().use(page.file.src_uri, shell)

    @event_priority(-100)
    def on_post_template(
        self,
        output_content: str,
        *,
        template_name: str,
        config: MkDocsConfig,  # noqa: ARG002 - MkDocs' interface
    ) -> str:
        """Treat pages that are no Markdown, such as `404.html`, as all others."""
        is_page = template_name.endswith(".html")
        return self._made().listed(output_content) if is_page else output_content

    @event_priority(-90)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Fill the shells; after the theme's search has written its index."""
        bring_back(Path(config.site_dir))
        written, kept = self._made().finish()
        _log.info("mimin: %s pages written, %s as they were", written, kept)

    def on_build_error(self, *, error: Exception) -> None:  # noqa: ARG002 - MkDocs' interface
        """Put our files back, so that a served site stays whole until the error is mended."""
        if self._build is not None:
            bring_back(self._build.site)

    def on_serve(
        self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Callable[..., Any]
    ) -> LiveReloadServer:
        """Watch all that pages are made from; `content/` is watched by MkDocs itself."""
        del builder
        root = Path(config.config_file_path).parent
        # What the first build left stays; looking through it for rubbish takes half a second.
        gc.freeze()
        for name in _WATCHED:
            if (root / name).is_dir():
                server.watch(str(root / name))
        return server

    def _made(self) -> Build:
        if self._build is None:
            raise PluginError("mimin: another plugin stopped `on_pre_build`; list mimin before it")
        return self._build

    def _now(self, root: Path) -> Instant:
        if self.config.now is None:
            return Instant.now()
        try:
            zone = None
            if not names_its_zone(self.config.now):
                zone = open_workspace(root, NAMES, frozenset(LIMITS)).zone
            return parse_moment(self.config.now, zone or "UTC")
        except TimeFault as fault:
            raise PluginError(log_safe(f"mimin: now: {fault}")) from None


def _safe(record: logging.LogRecord) -> bool:
    """Keep what MkDocs says from being obeyed by a log: it names files and links of others."""
    record.msg, record.args = log_safe(record.getMessage()), ()
    return True


def _source_of(config: MkDocsConfig) -> str:
    """Derive where files can be seen from `repo_url`, for the hosts that share one form."""
    address = (config.repo_url or "").rstrip("/")
    host = address.partition("//")[2].partition("/")[0]
    return f"{address}/blob/HEAD/" if host in {"github.com", "gitlab.com", "codeberg.org"} else ""


def _icons(config: MkDocsConfig) -> Callable[[str], str]:
    def read(name: str) -> str:
        for folder in config.theme.dirs:
            path = Path(folder, ".icons", f"{name}.svg")
            if path.is_file():
                return path.read_text("utf-8")
        return ""

    return read
