"""The docs view: a folder of links to the site's own pages, so that MkDocs walks through no posts.

MkDocs makes a `File` of everything below `docs_dir` before a plugin is asked; of ten thousand
posts that is a seventh of a rebuild, for files that are taken out again at once.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from mimin.workspace.layout import SITE_FOLDERS


class DocsView:
    """Stands in for `docs_dir` while MkDocs looks for files."""

    def __init__(self, folder: Path) -> None:
        """Keep the links in *folder*, which is ours alone."""
        self._folder = folder
        self._real = ""

    def enter(self, config: MkDocsConfig) -> None:
        """Let MkDocs look into the view; where links can not be made, it looks at everything."""
        real = Path(config.docs_dir)
        with suppress(OSError):
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True)
            for entry in sorted(real.iterdir()):
                if not entry.is_dir() or entry.name in SITE_FOLDERS:
                    (self._folder / entry.name).symlink_to(entry, entry.is_dir())
            self._real, config.docs_dir = config.docs_dir, str(self._folder)

    def leave(self, config: MkDocsConfig, files: Files | None = None) -> None:
        """Give `docs_dir` back, and let every file say where it really lies."""
        if not self._real:
            return
        for file in files or ():
            if file.src_dir == config.docs_dir:
                file.src_dir = self._real
        self._real, config.docs_dir = "", self._real
