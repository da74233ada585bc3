"""Tones: videos of high dynamic range (HLG, PQ) as all screens show them, by filters of FFmpeg.

FFmpeg's own conversion (`scale` with other primaries) starts threads, and none can be started in an
isolated process. So it is done in three steps, with 16 bits for each colour: from what is stored
to light, with white as it is meant at 1 and what is brighter bent below it; from the colours of
BT.2020 to those of BT.709; from light to what is stored.

Sources: ITU-R BT.2100 (HLG, PQ), BT.2408 (white: 75 % of HLG, 203 cd/m2), BT.2087 (colours),
BT.709, BT.1886.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Filter(NamedTuple):
    """A filter of FFmpeg with its options, as one writes them on its command line."""

    name: str
    options: str | None = None


_KNEE = 0.7
"""Light up to which nothing is changed; what is brighter comes ever closer to 1."""
_SIGNAL = "(val/maxval)"
_HLG = (
    f"if(lte({_SIGNAL},0.5),{_SIGNAL}*{_SIGNAL}/3,"
    f"(exp(({_SIGNAL}-0.55991073)/0.17883277)+0.28466892)/12)/0.2650"
)
_ROOT = f"pow({_SIGNAL},1/78.84375)"
_PQ = f"pow(max({_ROOT}-0.8359375,0)/(18.8515625-18.6875*{_ROOT}),1/0.1593017578125)*10000/203"
_TO_709 = f"if(lt({_SIGNAL},0.018),4.5*{_SIGNAL},1.099*pow({_SIGNAL},0.45)-0.099)"
"""HLG is the light of the scene, which is stored by the curve of BT.709."""
_TO_1886 = f"pow({_SIGNAL},1/2.4)"
"""PQ is the light of a screen, which screens make of what is stored by BT.1886."""
_MIXER = (
    "rr=1.6605:rg=-0.5876:rb=-0.0728:"
    "gr=-0.1246:gg=1.1329:gb=-0.0083:"
    "br=-0.0182:bg=-0.1006:bb=1.1187"
)


def as_sdr(hdr: str) -> Iterator[Filter]:
    """Give the filters, with their arguments, for pictures that are stored as HLG or PQ."""
    light, back = (_HLG, _TO_709) if hdr == "HLG" else (_PQ, _TO_1886)
    room = f"{1 - _KNEE:g}"
    above = f"1-{room}*exp(({_KNEE}-ld(0))/{room})"
    bent = f"st(0,{light});if(lte(ld(0),{_KNEE}),ld(0),{above})"
    yield Filter("format", "gbrp16le")
    yield Filter("lutrgb", _each(bent))
    yield Filter("colorchannelmixer", _MIXER)
    yield Filter("lutrgb", _each(back))
    yield Filter("setparams", "color_primaries=bt709:color_trc=bt709")
    yield Filter("scale", "out_color_matrix=bt709:out_range=tv")


def _each(expression: str) -> str:
    value = f"'maxval*({expression})'"
    return f"r={value}:g={value}:b={value}"
