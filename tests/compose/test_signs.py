"""What a preview tells of signs is all that becomes of them."""

from __future__ import annotations

import pytest

from mimin.compose.signs import changed_signs


@pytest.mark.parametrize(
    ("body", "told", "on_whatsapp"),
    [
        ("Halo, 3*4 snake_case #Kopi", (), ()),
        ("- satu\n- dua", ("- → •",), ("- → •",)),
        ("* satu\n+ dua", ("* → •", "+ → •"), ("* → •", "+ → •")),
        ("`kode` **tebal** _miring_", ("` not sent", "** not sent", "_ not sent"), ("** → *",)),
        ("## Menu\n---\n# Lagi", ("## not sent", "# not sent"), ("## not sent", "# not sent")),
        ("```\nkopi\n```", ("``` not sent",), ()),
        ("\\*apa adanya", ("\\ not sent",), ("\\ not sent",)),
        ("<!-- Rara: benar? -->\nHalo", ("<!-- … --> not sent",), ("<!-- … --> not sent",)),
        ("1. satu\n> dua", (), ()),
    ],
)
def test_a_preview_tells_every_sign_that_is_not_sent_as_it_stands(body, told, on_whatsapp):
    assert changed_signs(body, "facet") == changed_signs(body, "bare") == told
    assert changed_signs(body, "marked") == on_whatsapp
