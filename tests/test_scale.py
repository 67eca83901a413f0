"""docs/scale.md: its tables are the sums of its figures, and the figures that are settings or measured elsewhere are those."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from paraph import Settings
from paraph.corpus.inputs import PACKED

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "docs" / "scale.py"


@pytest.fixture(scope="module")
def scale() -> ModuleType:
    spec = importlib.util.spec_from_file_location("scale", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["scale"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page(scale: Any) -> str:
    return str(scale.PAGE.read_text("utf-8"))


def test_the_tables_are_the_sums_of_the_figures(scale: Any, page: str) -> None:
    assert scale.summed(page) == page, "run python docs/scale.py"
    assert scale.main(["--check"]) == 0


def test_every_table_stands_on_the_page_and_every_figure_counts(scale: Any, page: str) -> None:
    assert sorted(name for _, name, _ in scale.PLACE.findall(page)) == sorted(scale.TABLES)
    by = scale.figures(page)
    for name in by:
        if name != "encoder_rate":  # told in words
            other = scale.summed(
                re.sub(rf"^\| `{name}` \| [\d.,]+ \|", f"| `{name}` | {by[name] * 3 + 7} |", page, flags=re.M)
            )
            assert _tables(scale, other) != _tables(scale, page), name


def _tables(scale: Any, page: str) -> list[str]:
    return [found[0] for found in scale.PLACE.finditer(page)]


def test_figures_that_are_settings_are_those(scale: Any, page: str) -> None:
    by = scale.figures(page)
    assert by["bucket"] == Settings().corpus_bucket
    assert by["piece_mb"] * 1e6 == Settings().corpus_piece_bytes / PACKED
    assert f"within {Settings().copy_days} days (`copy_days`)" in page


def test_a_day_is_under_the_three_hours_that_it_may_take_on_two_cores(scale: Any, page: str) -> None:
    day = scale.spans(scale.figures(page))[0]
    assert day.wall(2) < 3


@pytest.fixture
def made(scale: Any, page: str) -> Any:
    """Sums of round figures: a million documents, of which a tenth is kept, with five signals each."""
    by = dict.fromkeys(scale.figures(page), 1.0) | {
        "kept_share": 0.1,
        "signals_kept": 5.0,
        "read_rate": 100.0,
        "copies_us": 360.0,
        "deals_us": 72.0,
        "settle_us": 1800.0,
        "pair": 1.8,
        "core_hour": 0.5,
        "gb_month": 2.0,
        "tokens_in": 1000.0,
        "tokens_out": 100.0,
        "price_in": 3.0,
        "price_out": 10.0,
        "packed_kb": 32.0,
        "piece_mb": 16.0,
        "keys_signal": 10.0,
        "bucket": 100.0,
        "compare_us": 7.2,
        "documents_day": 10_000.0,
        "signals_year": 125_000.0,
        "compared": 1.0,
        "grows": 0.5,
    }
    return scale.Sums("made", 1e6, by)


def test_sums_worked_out_by_hand(made: Any) -> None:
    assert (made.kept, made.signals) == (100_000, 500_000)
    assert made.reading == pytest.approx(2.7778, abs=1e-4)  # 10,000 seconds
    assert made.copies == pytest.approx(0.01)  # 36 seconds
    assert made.density == 4.0  # its own 500,000 signals, for a year has more
    assert made.deals == pytest.approx(0.011)  # 36 seconds, and one comparison more a signal: 3.6
    assert made.deals_if(1001) == pytest.approx(1.01)  # 1,000 comparisons more a signal: 3,600 seconds
    assert made.cap == 1_000
    assert made.pairs_at_most == 4e9  # 1,000 meetings of 8 bytes a signal
    assert made.settling == pytest.approx(0.05)
    assert made.all == pytest.approx(2.8488, abs=1e-4)
    assert made.wall(1) == made.all
    assert made.wall(2) == pytest.approx(made.all / 1.8)
    assert made.wall(8) == pytest.approx(made.all / 5.832)
    assert made.pieces == 2_000
    assert made.shuffle == 600_000_000
    assert made.written == 100_000_000
    assert made.staged == 800_000_000
    assert made.driver == 27_000_000  # 25 million for the signals, and 1 kB a piece
    assert made.money == pytest.approx(1.4244, abs=1e-4)
    assert made.disk_money == pytest.approx(1.6)
    assert made.asked(1) == pytest.approx(4000)  # 4 dollars for a thousand documents
    assert made.asked(0.25) == pytest.approx(1000)
    assert made.tokens(1) == 1.1e9
    assert made.loading == pytest.approx(100_000 / 3600)


def test_no_more_signals_count_than_those_of_a_year(scale: Any, page: str) -> None:
    day, month, _, years = scale.spans(scale.figures(page))
    assert years.density == pytest.approx(365 * day.density)
    assert month.density == pytest.approx(month.signals / day.signals * day.density)


@pytest.mark.parametrize(
    ("tell", "number", "words"),
    [
        ("_count", 999.0, "999"),
        ("_count", 38_000, "38,000"),
        ("_count", 1.17e7, "11.7 million"),
        ("_count", 1.4e9, "1.4 billion"),
        ("_count", 2.7e12, "2.7 trillion"),
        ("_bytes", 900_000, "900 kB"),
        ("_bytes", 3.6e8, "360 MB"),
        ("_bytes", 4.2e13, "42.0 TB"),
        ("_wall", 0.001, "under 1 min"),
        ("_wall", 0.5, "30 min"),
        ("_wall", 2.84, "2.8 h"),
        ("_wall", 240, "10.0 days"),
        ("_dollars", 1.5, "1.50"),
        ("_dollars", 21_060.4, "21,060"),
    ],
)
def test_numbers_are_told_as_a_person_says_them(scale: Any, tell: str, number: float, words: str) -> None:
    assert getattr(scale, tell)(number) == words


def test_another_page_is_written_and_checked(
    scale: Any, page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.md"
    other.write_text(page.replace("| `core_hour` | 0.04 |", "| `core_hour` | 0.08 |"), "utf-8")
    assert scale.main([str(other), "--check"]) == 1
    assert "run python docs/scale.py" in capsys.readouterr().err
    assert scale.main([str(other)]) == 0
    assert scale.main([str(other), "--check"]) == 0
    assert other.read_text("utf-8") != page
    with pytest.raises(ValueError, match="core_hour: the page has this figure twice"):
        scale.summed(page + "\n| `core_hour` | 1 |\n")
