"""Nobody approves his own words, whoever brings them in: on GitHub, and by signature."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

POSTS = "content/kopi-senja/posts"
HERE = f"{POSTS}/gajian.md"
BODY = """\
Gajian tiba! Kopi susu kami setengah harga sampai sore ini.

Bawa teman, bawa gelas sendiri, dan pulanglah dengan senyum.
"""
NOW = "2026-12-01T09:00+07:00"
needs_ssh = pytest.mark.skipif(
    not shutil.which("ssh-keygen") and "CI" not in os.environ, reason="needs ssh-keygen"
)


def _merged(forge, files, login, number=12, opener=None):
    forge.open({}, author=opener or login, number=number)
    forge.push(files, login=login, number=number)
    forge.merge(number=number)


def _text(post, body=BODY, **fields):
    return post(body, **fields)[HERE]


def _as_it_was(post):
    return {HERE: _text(post)}


def _as_a_draft(post):
    return {HERE: _text(post, draft="true")}


def _under_another_name(post):
    return {f"{POSTS}/lama.md": _text(post)}


def _in_another_brand(post):
    return {"content/kopi-senja/posts/lama/naskah.md": _text(post, draft="true")}


EARLIER = [_as_it_was, _as_a_draft, _under_another_name, _in_another_brand]


@pytest.mark.parametrize("write", EARLIER, ids=lambda write: write.__name__)
def test_the_author_of_an_earlier_pull_request_does_not_approve_his_own_text(
    write, forge, approve, events, post
):
    files = write(post)
    _merged(forge, files, "ayu")
    gone = {path: None for path in files if path != HERE}
    forge.open({}, author="budi", number=13)
    forge.push({**gone, HERE: _text(post, note="x")}, login="budi", number=13)
    forge.review("ayu", number=13)
    forge.merge(number=13)
    ran = approve(number=13)
    assert (ran.code, events()) == (4, [])
    assert "ayu has a hand in it (commit " in ran.out
    forge.review("citra", number=13)
    assert approve(number=13).code == 0


def test_words_that_were_deleted_and_written_again_by_another_stay_their_author_s(
    forge, approve, events, post
):
    _merged(forge, {f"{POSTS}/lama.md": _text(post)}, "ayu")
    _merged(forge, {f"{POSTS}/lama.md": None}, "budi", 13)
    forge.open({}, author="budi", number=14)
    forge.push({HERE: _text(post, BODY.replace("senyum", "tawa"))}, login="budi", number=14)
    forge.review("ayu", number=14)
    forge.merge(number=14)
    ran = approve(number=14)
    assert (ran.code, events()) == (4, [])
    assert "ayu has a hand in it" in ran.out


def test_whoever_wrote_another_post_may_approve_this_one(forge, approve, post):
    other = _text(post, "Sesuatu yang lain sama sekali, tentang jam buka toko.\n")
    _merged(forge, {f"{POSTS}/lain.md": other}, "ayu")
    forge.open({HERE: _text(post)}, number=13)
    forge.review("ayu", number=13)
    forge.merge(number=13)
    assert approve(number=13).code == 0


def test_a_co_author_named_in_a_squashed_commit_is_an_author(forge, approve, events, post):
    forge.open({}, author="budi")
    trailer = "Write\n\nCo-authored-by: Ayu <1+ayu@users.noreply.github.com>"
    forge.push({HERE: _text(post, draft="true")}, login="budi", message=trailer)
    forge.merge()
    forge.open({}, author="budi", number=13)
    forge.push({HERE: _text(post)}, login="budi", number=13)
    forge.review("ayu", number=13)
    forge.merge(number=13)
    assert (approve(number=13).code, events()) == (4, [])


@pytest.fixture
def ayu(repo, tmp_path, post):
    """Ayu may sign; she commits as herself, and others under their own names."""
    key = tmp_path / "ayu"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)], check=True
    )
    brand = (repo.root / "content/kopi-senja/brand.yml").read_text()
    public = key.with_suffix(".pub").read_text()
    repo.write(
        {
            "content/kopi-senja/brand.yml": brand.replace("approvers: [ayu, citra, dewi]\n", ""),
            ".github/allowed_signers": f"ayu@example.com {public}",
        }
    )
    repo.commit("Let Ayu sign")

    class Ayu:
        def sign(self, name):
            given = ("--sign", key, "--by", "ayu@example.com", "--now", NOW)
            return repo.run("approve", name, *given)

        def commit(self, files, author="ayu", committer=None):
            repo.write(files)
            repo.git("add", "-A")
            names = {"AUTHOR": author, "COMMITTER": committer or author}
            env = dict(os.environ)
            for role, who in names.items():
                env |= {f"GIT_{role}_NAME": who, f"GIT_{role}_EMAIL": f"{who}@example.com"}
            command = ["git", "-C", str(repo.root), "commit", "-qm", "x"]
            subprocess.run(command, check=True, env=env)

    return Ayu()


@needs_ssh
@pytest.mark.parametrize("write", EARLIER[2:], ids=lambda write: write.__name__)
def test_a_signer_s_text_that_another_renamed_is_still_the_signer_s(write, ayu, post):
    files = write(post)
    ayu.commit(files)
    ayu.commit({**dict.fromkeys(files), HERE: _text(post)}, "budi")
    assert "ayu@example.com wrote it (commit " in ayu.sign("kopi-senja/gajian").err


@needs_ssh
def test_a_copy_of_a_signer_s_text_is_still_the_signer_s(ayu, post):
    ayu.commit({f"{POSTS}/asli.md": _text(post, draft="true")})
    ayu.commit({HERE: _text(post)}, "budi")
    assert "ayu@example.com wrote it" in ayu.sign("kopi-senja/gajian").err


@needs_ssh
def test_a_signer_s_picture_that_another_renamed_is_still_the_signer_s(ayu, post):
    ayu.commit({f"{POSTS}/a.png": {"image": "40x30 png"}})
    ayu.commit({f"{POSTS}/a.png": None, f"{POSTS}/b.png": {"image": "40x30 png"}}, "budi")
    media = "\n  - {file: b.png, alt: Secangkir kopi}"
    ayu.commit({HERE: _text(post, media=media)}, "budi")
    assert "ayu@example.com wrote it" in ayu.sign("kopi-senja/gajian").err


@needs_ssh
def test_who_commits_under_another_s_name_is_an_author(ayu, post):
    ayu.commit(_as_it_was(post), author="budi", committer="ayu")
    assert "ayu@example.com wrote it" in ayu.sign("kopi-senja/gajian").err


@needs_ssh
def test_a_signer_with_no_hand_in_it_may_sign(ayu, post):
    ayu.commit({f"{POSTS}/lain.md": _text(post, "Sesuatu yang lain sama sekali hari ini.\n")})
    ayu.commit(_as_it_was(post), "budi")
    assert ayu.sign("kopi-senja/gajian").code == 0
