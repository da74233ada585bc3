"""A workspace whose brand needs reviews, on a GitHub of its own."""

from __future__ import annotations

import pytest
from github_forge import Forge
from github_server import GitHub

NOW = "2026-12-01T09:00+07:00"
BRAND = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
approval: review
approvers: [ayu, citra, dewi]
second_approver: [promo]
accounts:
  bluesky:
    network: sandbox
    like: bluesky
    handle: kopisenja.example.com
"""
POST = "content/kopi-senja/posts/gajian.md"
FILES = {
    "mkdocs.yml": "site_name: Test\n",
    ".gitignore": ".mimin/\n",
    "content/kopi-senja/brand.yml": BRAND,
}


@pytest.fixture
def repo(tmp_path, place_at):
    """A checkout of main, to plan and publish from."""
    made = place_at(tmp_path / "checkout", FILES)
    made.commit("Set up")
    return made


@pytest.fixture
def forge(tmp_path, repo):
    """The repository on GitHub, answering."""
    made = Forge(tmp_path / "origin.git", tmp_path / "work")
    made.start(repo.root)
    with GitHub(made) as made.api:
        yield made


@pytest.fixture
def approve(forge, repo):
    """Pull main and run `mimin approve --pull` as the workflow does."""

    def run(*args, number=12, env=None, **options):
        repo.git("pull", "-q", "--ff-only")
        given = forge.api.environment
        return repo.run(
            "approve", "--pull", number, "--now", NOW, *args, env=given | (env or {}), **options
        )

    return run


@pytest.fixture
def events(repo):
    """Give the approvals that the ledger holds."""

    def read():
        from mimin.cli.shared import open_desk

        found = open_desk(repo.root, None).ledger.events()
        return [event for event in found if event.kind == "approved"]

    return read


@pytest.fixture
def publish(repo):
    """Publish what is due."""
    return lambda: repo.run("publish", "--now", NOW)


@pytest.fixture
def plan(repo):
    """Give the plan's lines."""

    def read():
        import json

        ran = repo.run("plan", "--all", "--format", "json", "--now", NOW)
        assert ran.code == 0, ran.err
        return json.loads(ran.out)["plan"]

    return read


@pytest.fixture
def post():
    """Write a post that is due now."""

    def write(text="Gajian tiba!", **fields):
        given = {"accounts": "[bluesky]", "at": "2026-12-01 09:00"} | fields
        front = "".join(f"{name}: {value}\n" for name, value in given.items())
        return {POST: f"---\n{front}---\n{text}\n"}

    return write


@pytest.fixture
def approved_repo(forge, approve, repo, plan, post, place_at, tmp_path):
    """A post with a picture, a variant and a link card, approved; its files and digest."""
    image = {"content/kopi-senja/posts/gajian.png": {"image": "40x30 png"}}
    picture = place_at(tmp_path / "picture", image).root / next(iter(image))
    media = "\n  - {file: gajian.png, alt: Secangkir kopi}"
    forge.open(
        {
            **post("Gajian tiba!", media=media, warning="Kafein"),
            "content/kopi-senja/posts/gajian.bluesky.md": "---\nlanguage: en\n---\nPayday!\n",
            "content/kopi-senja/posts/gajian.png": picture.read_bytes(),
        }
    )
    forge.review("ayu")
    forge.merge()
    ran = approve()
    assert ran.code == 0, ran.out + ran.err
    (line,) = plan()
    assert line["cause"] == "due", line
    names = [*post(), "content/kopi-senja/brand.yml"]
    names += [f"content/kopi-senja/posts/gajian.{end}" for end in ("bluesky.md", "png")]
    return repo, {name: (repo.root / name).read_bytes() for name in names}, line["digest"]
