"""Whether confidence means what it says, in ten bins."""

from __future__ import annotations

from pathlib import Path

import pytest
from annotated import FOUND, PAGES, scored, write

from paraph.evaluate.calibration import BINS, calibration
from paraph.resolve.statistics import wilson


def test_the_bins_are_those_worked_out_by_hand(tmp_path: Path) -> None:
    table = calibration(scored(write(tmp_path, *PAGES), FOUND))
    assert table is not None
    assert len(table.bins) == BINS
    filled = {n: (each.n, each.paired, each.alarms) for n, each in enumerate(table.bins) if each.n or each.alarms}
    # 0.05 is spurious, 0.55 paired, 0.95 and 1 paired; the false alarms have 0.5.
    assert filled == {0: (1, 0, 0), 5: (1, 1, 2), 9: (2, 2, 0)}
    last = table.bins[9]
    assert (last.low, last.high, last.confidence, last.share) == (0.9, 1.0, pytest.approx(0.975), 1.0)
    assert last.interval == wilson(2, 2)
    assert (table.n, table.alarms) == (4, 2)
    # (0.05 + (1 - 0.55) + 2 (1 - 0.975)) / 4; with the false alarms bin 5 holds 3, of which 1 paired, at 1.55 in all.
    assert table.error == pytest.approx((0.05 + 0.45 + 0.05) / 4)
    assert table.error_with_negatives == pytest.approx((0.05 + 0.55 + 0.05) / 6)


def test_an_empty_bin_has_no_share(tmp_path: Path) -> None:
    table = calibration(scored(write(tmp_path, *PAGES), FOUND))
    assert table is not None
    assert table.bins[3].to_dict() == {
        "low": 0.3,
        "high": 0.4,
        "n": 0,
        "paired": 0,
        "spurious": 0,
        "confidence": None,
        "share": None,
        "interval": None,
        "false_alarms": 0,
    }
    assert table.to_dict()["bins"][0]["spurious"] == 1


def test_without_confidence_there_is_nothing_to_tell(tmp_path: Path) -> None:
    bare = {id_: [each | {"confidence": None} for each in signals] for id_, signals in FOUND.items()}
    folder = write(tmp_path, *PAGES)
    assert calibration(scored(folder, bare)) is None
    alone = calibration(scored(folder, {"none/1": FOUND["none/1"]}))
    assert alone is not None
    assert (alone.error, alone.error_with_negatives) == (None, 0.5)
