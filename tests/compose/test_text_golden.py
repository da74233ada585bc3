"""Golden captions: Markdown in, and what people will read."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mimin.compose.parts import passages

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((Path(__file__).parent / "golden").glob("*.yml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", CASES)
def test_a_caption_reads_as_its_author_meant_it(case: dict) -> None:
    for links in ("facet", "bare", "marked"):
        found, remarks = passages(case["body"], links)
        # Only a case that says so has signs that networks read themselves.
        expected = case.get(links, None if links == "marked" else case.get("text"))
        if expected is not None:
            texts = expected if isinstance(expected, list) else [expected]
            assert [passage.text for passage in found] == [text.rstrip("\n") for text in texts]
        spans = [
            [passage.text[span.start : span.end], span.url]
            for passage in found
            for span in passage.spans
        ]
        assert spans == (case.get("spans", []) if links == "facet" else [])
        pictures = [
            [picture.fields.file, picture.fields.alt, picture.line]
            for passage in found
            for picture in passage.pictures
        ]
        assert pictures == case.get("pictures", [])
        assert [[remark.line, remark.code] for remark in remarks] == case.get("remarks", [])
