from __future__ import annotations

import json
import shutil

import pytest

from mimin.errors import StoreError, UsageError
from mimin.importers.landing import bring, land
from mimin.importers.names import make_slug, make_unique
from mimin.importers.sources import plan_from


@pytest.fixture
def arrival(tweets, options):
    tweets.write("media/a.png", b"1")
    tweets.write("tweets/b.tweet", "---\nmedia:\n  - file: a.png\n---\nHalo\n", "2021-05-07T10:00Z")
    return tweets.plan(options)


def files(root) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*"))


def test_the_history_is_recorded_before_the_posts_are_there(arrival, tmp_path) -> None:
    root = tmp_path / "workspace"
    seen = []

    def record(events) -> None:
        seen.extend(events)
        assert not (root / "content/kedai").exists()

    bring(arrival, root, record)
    assert tuple(seen) == arrival.events
    assert (root / "content/kedai/posts/2021/05/b-1.png").read_bytes() == b"1"


def test_without_its_history_nothing_is_written(arrival, tmp_path) -> None:
    def record(_events) -> None:
        raise StoreError("no")

    with pytest.raises(StoreError):
        bring(arrival, tmp_path / "workspace", record)
    assert not (tmp_path / "workspace").exists()


def test_a_failure_in_the_middle_leaves_nothing_behind(arrival, tmp_path, monkeypatch) -> None:
    root = tmp_path / "workspace"

    def full(*_args) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="no space"):
        land(arrival, root)
    assert files(root) == ["content"]


def test_a_brand_that_is_there_is_never_written_over(arrival, tmp_path) -> None:
    root = tmp_path / "workspace"
    (root / "content/kedai").mkdir(parents=True)
    recorded = []
    with pytest.raises(UsageError, match="another --brand"):
        bring(arrival, root, recorded.append)
    assert files(root) == ["content", "content/kedai"]
    assert recorded == []


@pytest.mark.parametrize(
    ("change", "message"),
    [({"zone": "Asia/Jakrata"}, "--zone"), ({"brand": "handbook"}, "--brand")],
)
def test_choices_that_can_not_work_are_refused(tweets, options, change, message) -> None:
    with pytest.raises(UsageError, match=message):
        tweets.plan(options.model_copy(update=change))


def test_an_unknown_tool_is_refused(tmp_path, options) -> None:
    with pytest.raises(UsageError, match="galaxy-social, twitter-together"):
        plan_from("hootsuite", tmp_path, options)


def test_the_report_is_text_and_json(arrival) -> None:
    report = arrival.report
    assert "1 files seen, 1 imported, 0 merged, 0 refused" in report.text
    record = json.loads(json.dumps(report.record))
    assert record["counts"] == {"seen": 1, "imported": 1, "merged": 0, "refused": 0}
    assert record["placements"][0]["target"] == "kedai/b@x"


def test_the_same_source_gives_the_same_files(tweets, options, arrival) -> None:
    assert tweets.plan(options) == arrival


@pytest.mark.parametrize(
    ("name", "slug"),
    [("02-10 SIG_Nod", "02-10-sig_nod"), ("Café ☕", "cafe"), ("☕", "post"), ("_a-", "a")],
)
def test_slugs_are_close_to_the_name(name, slug) -> None:
    assert make_slug(name) == slug


def test_long_names_stay_different() -> None:
    one, two = make_slug("a" * 200 + "1"), make_slug("a" * 200 + "2")
    assert one != two
    assert len(one) <= 80
    assert make_unique("a", {"a", "a-2"}) == "a-3"
