"""The simulated team's posts, and the files they are written in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from whenever import Instant


@dataclass(frozen=True)
class Spec:
    """One post as the team wrote it."""

    id: str
    brand: str
    accounts: tuple[str, ...]
    due: int
    expires: int | None = None
    late: str | None = None
    grace: str | None = None
    parts: int = 1
    rev: int | str = 1
    folder: str = "2026"
    named: str = ""
    """What the text calls it: the id that it was written with."""

    @property
    def path(self) -> str:
        """Where its file lies."""
        return f"content/{self.brand}/posts/{self.folder}/{self.id}.md"

    def text(self, part: int) -> str:
        """Give the words of one part; no two revisions share them."""
        return f"Kiriman {self.named or self.id} versi {self.rev} bagian {part + 1}"

    def file(self) -> str:
        """Write its file."""
        fields = [f"at: {_moment(self.due)}", f"accounts: [{', '.join(self.accounts)}]"]
        if self.expires is not None:
            fields.append(f"expires: {_moment(self.expires)}")
        fields += [f"late: {self.late}"] if self.late else []
        fields += [f"grace: {self.grace}"] if self.grace else []
        body = "\n\n---\n\n".join(self.text(part) for part in range(self.parts))
        return "---\n" + "\n".join(fields) + f"\n---\n{body}\n"

    def changed(self, **values: object) -> Spec:
        """Give the post as it is after an edit."""
        return replace(self, **values)  # type: ignore[arg-type]


def _moment(seconds: int) -> str:
    return f"{Instant.from_timestamp(seconds).format_iso()[:16]}Z"


@dataclass(frozen=True)
class House:
    """One brand with its accounts."""

    id: str
    accounts: dict[str, str]
    """Account → mode of its network."""
    approval: str
    late: str
    grace: str
    spacing: int | None
    """Minutes."""

    def file(self) -> str:
        """Write its `brand.yml`."""
        lines = [f"name: {self.id}", "zone: Asia/Jakarta", "languages: [id]"]
        lines += [f"approval: {self.approval}", f"late: {self.late}", f"grace: {self.grace}"]
        lines += [f"spacing: {self.spacing}m"] if self.spacing else []
        lines.append("accounts:")
        for name, mode in self.accounts.items():
            lines += [f"  {name}:", f"    network: sim-{mode}", f"    handle: {self.id}-{name}"]
        return "\n".join(lines) + "\n"
