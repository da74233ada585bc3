"""Digests are what people approved: the same post keeps its digest for ever."""

from __future__ import annotations

import json
import os
from pathlib import Path

from mimin.checks.examine import rules_of
from mimin.compose.payload import compose
from mimin.model.brand import Account
from mimin.model.post import LinkCard

GOLDEN = Path(__file__).parent / "golden_digests.json"
LINK = "https://kopi.example/promo"
CARD = LinkCard(url=LINK, title="Promo", description="Dua gelas", image="promo.link.jpg")
CASES: dict[str, tuple[str, dict[str, object]]] = {
    "plain": ("Halo dunia, kopi pagi ☕.\n", {}),
    "two paragraphs": ("Satu  \n\n\n\ndua\n", {"tags": "Kopi,Pagi"}),
    "marked up": ("*Satu* [dua](https://a.example/b_c) `tiga`\n\n- empat\n- lima\n", {}),
    "thread": ("Satu\n\n---\n\ndua https://a.example\n\n---\n\ntiga @{rina}\n", {"tags": "Kopi"}),
    "tag that is there": ("Ada #kopi di sini", {"tags": "Kopi,Susu,Kopi"}),
    "tags only": ("", {"tags": "Kopi"}),
    "media": ("Foto ![pintu](b.jpg)", {"media": [{"file": "a.jpg", "alt": "Cangkir"}]}),
    "link": ("Lihat promo", {"link": LINK}),
    "link in the text": (f"Lihat {LINK}", {"link": LINK}),
    "link with a card": ("Lihat promo", {"link": LINK, "card": CARD}),
    "link with a card and media": (
        "Lihat",
        {"link": LINK, "card": CARD, "media": [{"file": "a.jpg", "alt": "a"}]},
    ),
    "warning": ("[Isi](https://a.example) film", {"warning": "bocoran"}),
    "warning that bluesky knows": ("Isi film", {"warning": "nudity"}),
    "unlisted in English": ("Hello", {"visibility": "unlisted", "language": "en"}),
    "people": ("Terima kasih @{rina}, @{budi} dan [kawan](https://a.example)", {}),
    "note": ("<!-- untuk tim -->\nHalo\n<!-- lagi\n\n---\n -->\n\nAkhir", {}),
    "far too long": ("kopi " * 3000, {"tags": "Kopi"}),
    "nothing": ("", {}),
}
MORE = {
    "x": Account(network="sandbox", like="x", handle="kopi"),
    "short": Account(network="mastodon", handle="k@social.example", limits={"text": 20}),
    "face": Account(network="manual", like="facebook", handle="kopi"),
}


def _digests(brand, post, shelf, order=list) -> dict[str, str]:
    brand = brand.model_copy(
        update={
            "accounts": {
                **{name: own for name, own in brand.accounts.items() if name != "gram"},
                **MORE,
            }
        }
    )
    found = {}
    for case, (body, fields) in order(CASES.items()):
        for name, account in order(brand.accounts.items()):
            composed = compose(post(body, **fields), name, brand, rules_of(account), shelf)
            found[f"{case} @ {name}"] = composed.draft.digest if composed.draft else ""
    return found


def test_every_digest_that_was_approved_once_still_holds(brand, post, shelf):
    found = _digests(brand, post, shelf)
    if os.environ.get("UPDATE_DIGESTS"):  # only for new cases: a changed one voids approvals
        GOLDEN.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    assert found == json.loads(GOLDEN.read_text())


def test_what_was_composed_before_changes_no_digest(brand, post, shelf):
    there = _digests(brand, post, shelf)
    back = _digests(brand, post, shelf, lambda items: reversed(list(items)))
    assert back == there
