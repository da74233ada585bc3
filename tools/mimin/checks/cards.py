"""Cards of a workspace: templates read once, each picture rendered once and kept by its bytes."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from mimin.compose.cards import CardTemplate, Rendered, render
from mimin.compose.kinds import recognise
from mimin.compose.media import COSTLY, MediaFacts, costly_facts, inspect
from mimin.compose.remark import Remark
from mimin.model.problem import Problem
from mimin.workspace.brands import read_record
from mimin.workspace.tree import Tree
from mimin.workspace.validation import suggest

FOLDER = "templates/cards"


class CardShelf:
    """Renders cards, and keeps what it rendered in a folder of this machine."""

    def __init__(self, tree: Tree, folder: Path) -> None:
        """Take templates from *tree*, keep pictures in *folder*."""
        self._tree = tree
        self._folder = folder
        self._templates: dict[str, tuple[CardTemplate | None, list[Problem]]] = {}
        self._made: dict[str, tuple[str, dict[str, str]]] = {}

    def problems(self) -> list[Problem]:
        """Find what is wrong with the templates themselves."""
        found: list[Problem] = []
        for name in self._names():
            found += self._template(name)[1]
        return found

    def complete(self, name: str, values: Mapping[str, str], brand: str) -> dict[str, str]:
        """Fill in what every card may show without being told: the brand's name."""
        template = self._template(name)[0] if name in self._names() else None
        if template is None or "brand" not in template.values or "brand" in values:
            return dict(values)
        return {**values, "brand": brand}

    def key(self, name: str, values: Mapping[str, str]) -> str:
        """Name everything that a picture is made from."""
        blobs = self._tree.blobs
        parts = {path: blobs[path] for path in blobs if path.startswith(f"{FOLDER}/")}
        text = json.dumps([name, dict(values), parts], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def draw(self, name: str, values: Mapping[str, str]) -> MediaFacts | Remark:
        """Render a card and tell what its bytes are; a remark says why it can not be.

        What is too costly to draw has facts too, so that it can be kept.
        """
        rendered = self._render(name, values)
        content = rendered.content
        if content is None:
            remark = rendered.remarks[0]
            costly = remark.code == COSTLY
            return costly_facts(remark, unsure=rendered.unsure) if costly else remark
        facts = inspect(f"card.{recognise(content).partition('/')[2]}", content)
        self.remember(facts.sha256, name, values)
        with suppress(OSError):  # where nothing can be written, it is drawn again when asked for
            self._keep(facts.sha256, content)
        return facts

    def _keep(self, sha256: str, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        target = self._folder / sha256
        if not target.exists():
            part = target.with_suffix(f".{os.getpid()}.part")
            part.write_bytes(content)
            part.replace(target)

    def remember(self, sha256: str, name: str, values: Mapping[str, str]) -> None:
        """Keep in mind how the card with these bytes is made, in case its file is gone."""
        self._made[sha256] = (name, dict(values))

    def called(self, sha256: str) -> str:
        """Name the card with these bytes, as posts write it."""
        return f"card {self._made[sha256][0]}" if sha256 in self._made else f"card {sha256}"

    def read(self, sha256: str) -> bytes:
        """Give the bytes of a card that was rendered before.

        Raises:
            OSError: if they can not be had again.
        """
        target = self._folder / sha256
        content = target.read_bytes() if target.exists() else b""
        if hashlib.sha256(content).hexdigest() != sha256 and sha256 in self._made:
            content = self._render(*self._made[sha256]).content or b""
        if hashlib.sha256(content).hexdigest() != sha256:
            raise OSError("a card does not render to what was planned; run `mimin check` again")
        return content

    def _render(self, name: str, values: Mapping[str, str]) -> Rendered:
        if name not in self._names():
            hint = suggest(name, self._names()) or f"; there are {self._listed()}"
            message = f"there is no {FOLDER}/{name}.yml{hint}"
            return Rendered(None, (Remark(0, "card-unknown", message),))
        template = self._template(name)[0]
        if template is None:
            message = f"{FOLDER}/{name}.yml has problems, so nothing can be drawn from it"
            message += "; mend them there"
            return Rendered(None, (Remark(0, "card-unusable", message),))
        return render(template, values, self._beside)

    def _listed(self) -> str:
        """Name all templates, each with what it is for."""
        names = []
        for name in self._names():
            template = self._template(name)[0]
            names.append(f"{name} ({template.about})" if template and template.about else name)
        return ", ".join(names)

    def _beside(self, file: str) -> bytes:
        path = f"{FOLDER}/{file}"
        if path not in self._tree.blobs:
            raise OSError(f"{path} is not there")
        return self._tree.read(path)

    def _names(self) -> list[str]:
        return [
            Path(path).stem
            for path in sorted(self._tree.blobs)
            if path.startswith(f"{FOLDER}/") and path.endswith(".yml") and path.count("/") == 2
        ]

    def _template(self, name: str) -> tuple[CardTemplate | None, list[Problem]]:
        if name not in self._templates:
            record, _, problems = read_record(self._tree, f"{FOLDER}/{name}.yml", CardTemplate)
            self._templates[name] = (record, problems)
        return self._templates[name]
