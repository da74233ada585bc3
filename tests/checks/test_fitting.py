"""Fitted pictures: made once, made again when lost, and sent as they were planned."""

from __future__ import annotations

import hashlib
import io
import shutil

import pytest
from PIL import Image

from mimin import isolated
from mimin.checks import fitting
from mimin.checks.examine import compose_post
from mimin.checks.library import Library
from mimin.compose import media
from mimin.isolated import FailedError, TooCostlyError
from mimin.networks.known import LIMITS
from mimin.networks.registry import ADAPTERS
from mimin.workspace.cache import Cache
from mimin.workspace.workspace import open_workspace

POST = "content/kopi-senja/posts/a.md"
TEXT = """\
---
accounts: [instagram, bluesky]
media: [{file: cup.png, alt: Kopi, focus: 0.5 0.5}]
---
Halo.
"""


@pytest.fixture
def shop(place):
    place.write({POST: TEXT, "content/kopi-senja/posts/cup.png": {"image": "400x100 png"}})

    class Shop:
        root = place.root

        def library(self):
            self.workspace = open_workspace(place.root, frozenset(ADAPTERS), frozenset(LIMITS))
            private = self.workspace.private
            return Library(self.workspace.tree, Cache(private / "cache.sqlite3"), "1", private)

        def media(self, library, account="instagram"):
            draft = compose_post(self.workspace, POST, library)
            return draft.payloads[account].payload.parts[0].media[0]

    return Shop()


@pytest.fixture
def derived(monkeypatch):
    """Count how often a picture is derived."""
    made = []

    def counting(content, recipe):
        made.append(recipe)
        return original(content, recipe)

    original = fitting.derived
    monkeypatch.setattr(fitting, "derived", counting)
    return made


def test_each_account_gets_the_form_that_its_network_takes(shop):
    library = shop.library()
    fit = shop.media(library)
    assert (fit.path, fit.mime) == (f"fit:{fit.sha256}", "image/jpeg")
    assert (fit.width, fit.height, fit.alt) == (191, 100, "Kopi")
    content = library.read(fit.path)
    assert hashlib.sha256(content).hexdigest() == fit.sha256
    assert len(content) == fit.size
    assert Image.open(io.BytesIO(content)).size == (191, 100)
    assert shop.media(library, "bluesky").path == "content/kopi-senja/posts/cup.png"


def test_a_second_check_derives_nothing(shop, derived):
    library = shop.library()
    first = shop.media(library)
    library.keep()
    assert len(derived) == 1
    assert shop.media(shop.library()) == first
    assert len(derived) == 1


def test_a_lost_picture_is_derived_again_when_it_is_read(shop, derived):
    library = shop.library()
    fit = shop.media(library)
    library.keep()
    shutil.rmtree(shop.root / ".mimin" / "fits")
    later = shop.library()
    assert shop.media(later) == fit
    assert hashlib.sha256(later.read(fit.path)).hexdigest() == fit.sha256
    assert len(derived) == 2


def test_a_damaged_picture_is_never_sent(shop):
    library = shop.library()
    fit = shop.media(library)
    (shop.root / ".mimin" / "fits" / fit.sha256).write_bytes(b"rusak")
    assert hashlib.sha256(library.read(fit.path)).hexdigest() == fit.sha256


def test_a_picture_whose_original_was_changed_is_not_sent(shop):
    library = shop.library()
    fit = shop.media(library)
    shutil.rmtree(shop.root / ".mimin" / "fits")
    (shop.root / "content/kopi-senja/posts/cup.png").write_bytes(b"lain")
    with pytest.raises(OSError, match="changed while"):
        library.read(fit.path)


def test_what_nobody_planned_can_not_be_read(shop):
    with pytest.raises(OSError, match="run `mimin check` again"):
        shop.library().read("fit:" + "0" * 64)


def test_a_photo_s_place_stays_here(place):
    recipe = {"image": "400x300 jpeg", "gps": True}
    text = TEXT.replace("cup.png", "cup.jpg").replace("instagram, ", "")
    place.write({POST: text, "content/kopi-senja/posts/cup.jpg": recipe})
    found = place.run("preview", place.root / POST).out
    assert "/cup.jpg, sent as " in found
    assert "what is sent does not" in found


def test_a_card_is_fitted_as_a_file_is(place):
    place.write(
        {
            POST: "---\naccounts: [instagram]\nmedia: [{card: warna, alt: Kopi}]\n---\nHalo.\n",
            "templates/cards/warna.yml": "size: [90, 90]\nbackground: '#6f4e37'\nlayers: []\n",
        }
    )
    found = place.run("preview", place.root / POST).out
    assert "media: card warna, sent as " in found
    assert "90x90 image/jpeg" in found


def test_a_picture_that_can_not_be_made_for_want_of_time_is_named_so_and_made_later(
    shop, monkeypatch
):
    """Not sent as it is, and not kept: the machine may have had other things to do."""

    def busy(content, recipe):
        raise TooCostlyError("it takes more than 20 s", sure=False)

    library = shop.library()
    with monkeypatch.context() as patch:
        patch.setattr(fitting, "derived", busy)
        draft = compose_post(shop.workspace, POST, library)
    assert "media-too-costly" in [problem.code for problem in draft.problems]
    assert draft.payloads["instagram"].payload is None
    assert draft.payloads["bluesky"].payload is not None
    library.keep()
    assert shop.media(shop.library()).mime == "image/jpeg"


def test_what_takes_too_much_is_tried_once(shop, monkeypatch):
    tried = []

    def costly(content, recipe):
        tried.append(recipe)
        raise TooCostlyError("it takes more than 20 s")

    monkeypatch.setattr(fitting, "derived", costly)
    for _ in range(2):
        library = shop.library()
        draft = compose_post(shop.workspace, POST, library)
        assert "media-too-costly" in [problem.code for problem in draft.problems]
        library.keep()
    assert len(tried) == 1


@pytest.mark.parametrize("sure", [True, False])
def test_a_costly_file_is_opened_once_and_an_unsure_answer_is_asked_for_again(
    shop, monkeypatch, sure
):
    tried = []

    def costly(*_, **__):
        tried.append(1)
        raise TooCostlyError("it takes more than 20 s", sure=sure)

    monkeypatch.setattr(media, "call", costly)
    for _ in range(2):
        library = shop.library()
        draft = compose_post(shop.workspace, POST, library)
        assert {problem.code for problem in draft.problems} == {"media-too-costly"}
        library.keep()
    # An unsure one is asked for again by each account too.
    assert len(tried) == (1 if sure else 4)


def test_a_post_whose_media_take_too_long_in_all_ends_and_a_brand_leaves_others_their_time(
    shop, monkeypatch
):
    def slow(place, arguments, blobs=(), *, seconds):
        for budget in isolated._budgets.get():
            if budget.used > budget.seconds:
                raise TooCostlyError(f"{budget.whose} is over", sure=False)
        for budget in isolated._budgets.get():
            budget.used += 50
        raise FailedError("no picture")

    monkeypatch.setattr(media, "call", slow)
    library = shop.library()
    said = []
    for brand in (*["kopi-senja"] * 7, "teh-pagi"):
        with library.limited(brand):
            facts = [media.inspect("a.jpg", b"\xff\xd8\xff") for _ in range(3)]
        said.append(" ".join(fact.remarks[0].message.split("(")[1].split(")")[0] for fact in facts))
    assert said == [
        *["no picture no picture this post is over"] * 2,
        "no picture this brand is over this brand is over",
        *["this brand is over this brand is over this brand is over"] * 4,
        "no picture no picture this post is over",
    ]
