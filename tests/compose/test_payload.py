"""What each account gets, and what is said when it can not get it."""

from __future__ import annotations

import pytest

from mimin.compose.payload import compose
from mimin.model.media import Media
from mimin.model.post import LinkCard, Visibility

PATH = "content/kopi/posts/gajian.md"
LINK = "https://kopi.example/promo"


@pytest.fixture
def made(brand, rules, shelf, post):
    def make(body, account="sky", network="bluesky", variants=None, limits=None, **fields):
        return compose(
            post(body, variants, **fields), account, brand, rules(network, **(limits or {})), shelf
        )

    return make


def codes(composed):
    return [finding.code for finding in composed.findings]


def test_a_plain_post_becomes_one_part(made):
    composed = made("Halo *dunia*\n")
    assert composed.findings == ()
    assert composed.payload == composed.draft
    assert composed.payload.account == "kopi/sky"
    assert composed.payload.network == "bluesky"
    assert composed.payload.languages == ("id",)
    assert composed.payload.visibility is Visibility.PUBLIC
    assert [part.text for part in composed.payload.parts] == ["Halo dunia"]


def test_the_same_post_always_has_the_same_digest(made):
    body = "Satu [dua](https://a.example) @{rina}\n---\ntiga ![a](b.jpg)"
    assert made(body, tags="a,b").payload.digest == made(body, tags="a,b").payload.digest


def test_an_account_beats_its_network_which_beats_the_post(made):
    variants = {
        "bluesky": ("dari jaringan", {"language": "en", "tags": ["Jaringan"]}),
        "try": ("\n", {"language": "su"}),
    }
    composed = made("dasar", "try", variants=variants, tags="dasar", link=LINK)
    assert composed.payload.parts[0].text == f"dari jaringan\n\n{LINK}\n\n#Jaringan"
    assert composed.payload.languages == ("su",)
    assert composed.payload.network == "sandbox"
    assert made("dasar", "gram", "instagram", variants=variants).payload.parts[0].text == "dasar"


def test_a_variant_that_holds_only_a_note_keeps_the_text(made):
    variants = {"bluesky": ("\n<!-- hanya\n\nlain gambar -->\n", {"language": "en"})}
    payload = made("dasar", variants=variants).payload
    assert (payload.parts[0].text, payload.languages) == ("dasar", ("en",))


def test_a_variant_can_take_a_field_away(made):
    variants = {"bluesky": ("", {"link": None, "tags": []})}
    assert made("a", variants=variants, link=LINK, tags="b").payload.parts[0].text == "a"


def test_findings_name_the_file_and_line_that_said_it(made):
    composed = made("a\n<b>", variants={"bluesky": ("\nx\n<i>", {"tags": ["a b"]})})
    places = {(found.path, found.line, found.field, found.code) for found in composed.findings}
    assert places == {
        (PATH.replace(".md", ".bluesky.md"), 5, (), "html-not-sent"),
        (PATH.replace(".md", ".bluesky.md"), None, ("tags", 0), "tag-malformed"),
    }
    assert composed.payload is None
    assert composed.draft is not None


def test_a_finding_becomes_a_problem_at_the_line_of_its_field(made):
    (finding,) = made("a", tags="x#y").findings
    assert (finding.problem(3, 7).line, finding.problem(3, 7).column) == (3, 7)
    (finding,) = made("a\n\n<b>").findings
    assert finding.problem(3).line == 7


def test_text_that_is_too_long_says_what_to_do(made):
    composed = made("a" * 310)
    (finding,) = composed.findings
    assert finding.message == (
        "310 characters, 300 allowed on bluesky; shorten it or add gajian.bluesky.md"
    )
    assert (finding.code, finding.path, finding.line) == ("text-too-long", PATH, 5)
    assert composed.payload is None
    assert len(composed.draft.parts[0].text) == 310


def test_each_part_of_a_thread_is_counted_by_itself(made):
    composed = made("a" * 300 + "\n\n---\n\n" + "b" * 301)
    assert [(finding.line, finding.code) for finding in composed.findings] == [(9, "text-too-long")]
    assert [place[:2] for place in composed.places] == [(PATH, 5), (PATH, 9)]


def test_bytes_and_the_limit_beside_media_count_too(made):
    assert codes(made("é" * 60, limits={"text_bytes": 100})) == ["text-too-long"]
    picture = {"media": [{"file": "a.jpg", "alt": "a"}]}
    assert codes(made("a" * 60, limits={"text_with_media": 50})) == []
    assert codes(made("a" * 60, limits={"text_with_media": 50}, **picture)) == ["text-too-long"]
    assert codes(made("a\nb>c", limits={"text_forbidden": ">"})) == ["text-forbidden"]


def test_a_warning_is_counted_sent_or_written_above_the_text(made):
    counted = {"warning_counted": True}
    assert codes(made("a" * 295, warning="kopi", limits=counted)) == []
    assert codes(made("a" * 297, warning="kopi", limits=counted)) == ["text-too-long"]
    assert made("a", warning="kopi").payload.warning == "kopi"
    payload = made("[a](https://b.example)", warning="kopi", limits={"warning": False}).payload
    assert payload.warning is None
    assert payload.parts[0].text == "kopi\n\na"
    assert (payload.parts[0].spans[0].start, payload.parts[0].spans[0].end) == (6, 7)


def test_a_warning_that_the_network_has_no_label_for_stands_above_the_text(made):
    labels = {"warning_labels": ("nudity",)}
    assert made("a", warning="nudity", limits=labels).payload.warning == "nudity"
    payload = made("a", warning="serangga", limits=labels).payload
    assert payload.warning is None
    assert payload.parts[0].text == "serangga\n\na"


def test_tags_come_after_the_first_part_once(made):
    composed = made("Halo #kopisenja\n---\nlagi", tags="KopiSenja, NgopiYuk, NgopiYuk")
    assert [part.text for part in composed.payload.parts] == [
        "Halo #kopisenja\n\n#NgopiYuk",
        "lagi",
    ]


@pytest.mark.parametrize("tag", ["dua kata", "#kopi", "a-b", "2026", "a.b"])
def test_a_tag_that_would_break_is_found(made, tag):
    assert codes(made("a", tags=[tag])) == ["tag-malformed"]


@pytest.mark.parametrize("tag", ["KopiSenja", "ngopi_2026", "कॉफ़ी", "コーヒー"])
def test_tags_of_all_scripts_are_fine(made, tag):
    assert made("a", tags=[tag]).payload.parts[0].text == f"a\n\n#{tag}"


def test_a_link_is_a_card_where_the_network_wants_one_from_us(made):
    card = LinkCard(url=LINK, title="Promo", description="Murah", image="promo.jpg")
    payload = made("a", link=LINK, card=card, limits={"link_card": True}).payload
    assert payload.parts[0].text == "a"
    assert payload.parts[0].card.title == "Promo"
    assert payload.parts[0].card.image.path == "promo.jpg"
    # Elsewhere the address in the text is what the network makes its card from.
    assert made("a", link=LINK, card=card).payload.parts[0].text == f"a\n\n{LINK}"


def test_a_link_is_never_lost(made):
    wants = {"link_card": True}
    composed = made("a", link=LINK, limits=wants)
    assert codes(composed) == ["link-card-missing"]
    assert composed.payload.parts[0].text == f"a\n\n{LINK}"
    card = LinkCard(url=LINK, title="Promo")
    beside = made("a ![x](b.jpg)", link=LINK, card=card, limits=wants).payload.parts[0]
    assert (beside.text, beside.card) == (f"a\n\n{LINK}", None)


def test_a_link_is_not_written_twice(made):
    assert made(f"a {LINK} b", link=LINK).payload.parts[0].text == f"a {LINK} b"
    assert made(f"a [b]({LINK})", link=LINK).payload.parts[0].text == "a b"
    assert codes(made("a", link="kopi.example")) == ["link-not-web"]


def test_media_belong_to_the_part_they_stand_in(made):
    composed = made(
        "a ![satu](1.jpg)\n---\nb ![dua](2.jpg)\n---\n![tiga](3.jpg)",
        media=[{"file": "0.jpg", "alt": "nol"}, {"card": "harga", "alt": "harga"}],
    )
    assert composed.findings == ()
    assert [[(m.path, m.alt) for m in part.media] for part in composed.payload.parts] == [
        [("0.jpg", "nol"), ("card:harga", "harga"), ("1.jpg", "satu")],
        [("2.jpg", "dua")],
        [("3.jpg", "tiga")],
    ]


def test_media_without_alt_text_are_found_where_they_stand(made):
    composed = made("a\n![](1.jpg)", media=[{"file": "0.jpg"}])
    found = [(finding.code, finding.line, finding.field) for finding in composed.findings]
    assert found == [("alt-missing", None, ("media", 0, "alt")), ("alt-missing", 6, ())]
    assert codes(made("a ![bcd](1.jpg)", limits={"alt": 2})) == ["alt-too-long"]


def test_missing_and_broken_files_stop_the_payload(made):
    composed = made("a\n![x](missing.jpg)", media=[{"file": "broken.jpg", "alt": "b"}])
    assert codes(composed) == ["media-unreadable", "media-missing"]
    assert (composed.payload, composed.draft) == (None, None)


def test_what_the_network_takes_of_media_is_checked(made):
    four = "![a](1.jpg) ![b](2.jpg)\n![c](3.jpg)"
    composed = made(four, limits={"images": 2})
    assert [(finding.code, finding.line) for finding in composed.findings] == [
        ("too-many-images", 6)
    ]
    assert codes(made("a ![b](c.mp4)")) == ["too-many-videos"]
    assert codes(made("a ![b](c.mp4) ![b](c.jpg)", limits={"videos": 1})) == ["media-mixed"]
    one = [{"file": "a.jpg", "alt": "a"}]
    for limits, code in (
        ({"image_types": ["image/png"]}, "media-type-refused"),
        ({"image_bytes": 999}, "media-too-large"),
        ({"image_pixels": 1080 * 1350 - 1}, "media-too-many-pixels"),
        ({"image_sides": 2429}, "media-too-many-pixels"),
        ({"image_aspect": (1, 2)}, "media-aspect-refused"),
    ):
        (finding,) = made("a", media=one, limits=limits).findings
        assert (finding.code, finding.field) == (code, ("media", 0))
    exact = {"image_bytes": 1000, "image_pixels": 1080 * 1350, "image_aspect": (0.8, 1.91)}
    assert codes(made("a", media=one, limits=exact)) == []
    assert codes(made("a", limits={"media_required": True})) == ["media-required"]


def test_threads_and_empty_parts(made):
    composed = made("a\n---\nb", "gram", "instagram", limits={"threads": False})
    assert [(found.code, found.line) for found in composed.findings] == [("thread-unsupported", 7)]
    assert "add gajian.instagram.md" in composed.findings[0].message
    assert codes(made("a\n---\n\n---\nb")) == ["empty-part"]
    assert codes(made("\n")) == ["text-missing"]


def test_people_are_mentioned_by_the_handle_they_have_there(made):
    body = "Kopi [a](https://b.example) @{rina} dan @{budi} [c](https://d.example)"
    part = made(body).payload.parts[0]
    assert part.text == "Kopi a @rina.example dan @budi.example c"
    shown = [(part.text[span.start : span.end], span.url or span.did) for span in part.spans]
    assert shown == [
        ("a", "https://b.example"),
        ("@rina.example", "did:plc:rina"),
        ("c", "https://d.example"),
    ]
    assert codes(made(body)) == ["mention-without-did"]
    assert made("@{rina}", "masto", "mastodon").payload.parts[0].text == "@rina@social.example"
    assert made("@{rina}", "gram", "instagram").payload.parts[0].text == "Rina Kopi"
    assert made("@{rina}", "try").payload.parts[0].spans[0].did == "did:plc:rina"


def test_a_link_right_behind_a_mention_keeps_its_place(made):
    part = made("@{rina}[c](https://d.example)").payload.parts[0]
    assert [part.text[span.start : span.end] for span in part.spans] == ["@rina.example", "c"]


def test_a_missing_file_does_not_put_the_blame_on_another(made):
    limits = {"image_types": ["image/png"]}
    composed = made("![a](b.jpg)", media=[{"file": "missing.jpg", "alt": "a"}], limits=limits)
    assert codes(composed) == ["media-missing"]


def test_a_network_that_takes_no_language_gets_none(made):
    assert made("a", limits={"languages": 0}).payload.languages == ()
    assert made("a", language="en").payload.languages == ("en",)


def test_a_moving_gif_may_have_a_limit_of_its_own(brand, rules, post):
    def find(fields):
        return Media(
            path="a.gif", sha256="0" * 64, mime="image/gif", size=50, width=9, height=9, alt="a"
        )

    def found(**limits):
        entry = post("a", media=[{"file": "a.gif", "alt": "a"}])
        return codes(compose(entry, "sky", brand, rules(**limits), find))

    assert found(image_bytes=10) == ["media-too-large"]
    assert found(image_bytes=10, gif_bytes=50) == []


def test_somebody_unknown_is_not_mentioned(made):
    composed = made("a\n\nhalo @{rinna}")
    assert codes(composed) == ["unknown-person"]
    assert "did you mean @{rina}?" in composed.findings[0].message
    assert composed.findings[0].line == 7
    assert composed.payload is None
