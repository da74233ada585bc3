from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mimin.importers.cutting import cut

WORDS = st.lists(
    st.sampled_from(["kopi", "susu.", "senja!", "\n\n", "\n", "[a b](https://x.example)", "ya"]),
    max_size=60,
).map(" ".join)


@given(WORDS, st.integers(30, 120), st.integers(0, 40), st.integers(0, 40))
def test_no_word_is_lost_and_no_part_is_too_long(
    text: str, width: int, head: int, tail: int
) -> None:
    parts = cut(text, width, head, tail)
    assert " ".join(parts).split() == text.split()
    assert all(len(part) <= width for part in parts)


@given(WORDS, st.integers(120, 160), st.integers(0, 40), st.integers(0, 40))
def test_the_first_and_the_last_part_have_room(text: str, width: int, head: int, tail: int) -> None:
    parts = cut(text, width, head, tail)
    if parts:
        assert len(parts[0]) + head <= width
        assert len(parts[-1]) + tail <= width


def test_paragraphs_are_cut_before_sentences_and_sentences_before_words() -> None:
    text = "Satu dua. Tiga.\n\nEmpat lima."
    assert cut(text, 20) == ["Satu dua. Tiga.", "Empat lima."]
    assert cut(text, 12) == ["Satu dua.", "Tiga.", "Empat lima."]
    assert cut(text, 9) == ["Satu dua.", "Tiga.", "Empat", "lima."]


def test_a_link_is_never_cut() -> None:
    text = "Baca [cerita yang panjang](https://x.example/a) sekarang"
    assert "[cerita yang panjang](https://x.example/a)" in " | ".join(cut(text, 20))
