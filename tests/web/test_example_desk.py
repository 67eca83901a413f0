"""The example's desk: made without the network, whole or not at all, and furnished with everything that pages show."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from browsing import NOW, example_file
from paraph.desk import Action, Desk, open_desk, views
from paraph.desk.agreement import agreeing
from paraph.errors import NotFound
from paraph.settings import Settings
from paraph.watch.keep import Keep
from paraph.web import demo
from paraph.web.example import ADA, BEN, DECISIONS, FOLLOW_UP, OCCASION, VIEWS, bring_up_to, decide_all

__all__ = ["example_file"]

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def example(example_file: Path, tmp_path: Path) -> Iterator[Desk]:
    path = Path(shutil.copy(example_file, tmp_path / "desk.db"))
    with open_desk(path, settings=Settings(), now=lambda: NOW, create=False) as desk:
        yield desk


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "paraph"


def test_all_of_its_decisions_find_their_words(example: Desk) -> None:
    log = list(example.reviews())
    assert [(review.who, review.action) for review in log] == [(each.who, each.action) for each in DECISIONS]
    assert {review.who for review in log} == {ADA, BEN}
    assert all("example" in who for who in (ADA, BEN))


def test_its_reviewers_disagree_once(example: Desk) -> None:
    found = agreeing(example).signals
    assert (found.people, found.pairs - found.agreeing) == (2, 1)
    assert found.pairs >= 3


def test_its_machine_is_overruled_with_a_reason(example: Desk) -> None:
    overruled = [each for each in example.verdicts(OCCASION.name) if each.by]
    assert len(overruled) == 2
    assert all(each.reason and each.proposed and each.proposed is not each.outcome for each in overruled)
    deal = example.deal(overruled[0].deal)
    assert any(verdict.by for _, verdict in example.verdicts_on(deal))


def test_it_has_an_occasion_ahead_and_one_that_is_over(example: Desk) -> None:
    over, ahead = example.occasions()
    assert (over, ahead.name) == (OCCASION, FOLLOW_UP)
    assert over.last < NOW.date() < ahead.first
    assert "example" in ahead.name
    assert example.settled(OCCASION.name).done
    assert not example.settled(OCCASION.name).stale


def test_its_views_are_pages_and_everybodys(example: Desk) -> None:
    with example.look() as connection:
        kept = views.all_views(connection, owner="somebody")
    assert {view.name: view.address for view in kept} == VIEWS
    assert {view.owner for view in kept} == {""}


def test_its_feeds_show_every_state_and_lead_nowhere(example: Desk) -> None:
    feeds = Keep(example).feeds()
    assert Counter(feed.state for feed in feeds) == {"well": 2, "failing": 1, "gone": 1}
    assert sum(bool(feed.gaps) for feed in feeds) == 1
    assert all(feed.url.split("/")[2].endswith(".example.org") for feed in feeds)
    assert all(not feed.due or feed.due > NOW for feed in feeds)


def test_months_later_something_still_lies_ahead(example: Desk) -> None:
    later = NOW + timedelta(days=300)
    bring_up_to(example, later)
    assert timedelta() < example.occasion(FOLLOW_UP).first - later.date() < timedelta(days=60)
    assert all(later - feed.checked < timedelta(days=30) for feed in Keep(example).feeds() if feed.checked)
    assert example.occasion(OCCASION.name) == OCCASION


def test_what_was_removed_stays_away(example: Desk) -> None:
    keep = Keep(example)
    gone = keep.feeds()[0]
    keep.remove(gone.url)
    example.remove_occasion(FOLLOW_UP)
    bring_up_to(example, NOW + timedelta(days=300))
    assert gone.url not in {feed.url for feed in keep.feeds()}
    assert example.occasions() == [OCCASION]


def test_a_day_that_was_moved_by_hand_stays_while_it_is_ahead(example: Desk) -> None:
    before = example.occasion(FOLLOW_UP)
    bring_up_to(example, NOW + timedelta(days=3))
    assert example.occasion(FOLLOW_UP) == before


def test_decisions_that_find_nothing_are_left_out(tmp_path: Path) -> None:
    """A desk without the reports, as one whose engine sees nothing in them."""
    with open_desk(tmp_path / "empty.db", settings=Settings(), now=lambda: NOW) as desk:
        desk.add_occasion(OCCASION)
        assert decide_all(desk) == 0


def test_decisions_that_say_what_stands_already_are_left_out(example: Desk) -> None:
    """The merge is one already the second time: as if a better engine had seen it by itself."""
    assert decide_all(example) == len(DECISIONS) - 1
    assert [review.action for review in example.reviews()].count(Action.MERGE) == 1


def test_it_is_made_once_without_the_network_and_says_so(
    cache: Path, example_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    made: list[Path] = []

    def copied(path: Path, *rest: Any) -> None:
        made.append(path)
        shutil.copy(example_file, path)

    monkeypatch.setattr(demo, "make_example", copied)
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("the network was asked"))
    first = demo.example_desk(Settings(), told.append, lambda: NOW)
    assert first.parent == cache
    assert "once" in told[0]
    assert "Ctrl-C" in told[0]
    assert str(first) in told[0]
    later = demo.example_desk(Settings(), told.append, lambda: NOW + timedelta(days=400))
    assert (later, len(made), len(told)) == (first, 1, 1)
    assert [each.name for each in cache.iterdir()] == [first.name]
    with open_desk(first, settings=Settings(), create=False) as desk:
        assert desk.occasion(FOLLOW_UP).first > (NOW + timedelta(days=400)).date()


def test_one_that_is_interrupted_leaves_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def stopped(line: str) -> None:
        told.append(line)
        if line.startswith("reading"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo.example_desk(Settings(), stopped, lambda: datetime(2025, 12, 9, tzinfo=UTC))
    assert len(told) == 2
    assert list(cache.iterdir()) == []


def test_reports_that_are_missing_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "__file__", str(tmp_path / "a" / "b" / "c" / "d" / "demo.py"))
    with pytest.raises(NotFound, match="the example's reports"):
        demo.documents()


def test_its_reports_are_in_the_wheel(tmp_path: Path) -> None:
    """And are found there, where nothing of the checkout lies beside."""
    pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
    asked = "import paraph.web.demo as d; print(d.__file__); print(d.documents())"
    done = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site")},
        check=True,
        capture_output=True,
        text=True,
    )
    module, found = done.stdout.split()
    assert Path(module).is_relative_to(tmp_path)
    assert Path(found) == tmp_path / "site" / "paraph" / "example"
    assert {each.name for each in Path(found).iterdir()} == {each.name for each in demo.documents().iterdir()}
