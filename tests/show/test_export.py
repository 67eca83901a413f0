"""Rows for other programs: nothing a spreadsheet would run, nothing a terminal would act on, nothing lost in a data frame."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest

from paraph.errors import MissingExtra
from paraph.show import export
from paraph.show.export import csv_lines, json_lines, write_parquet

COLUMNS: dict[str, type] = {"name": str, "count": int, "new": bool, "share": float, "parties": list}
ROWS = [
    {"name": "=1+2", "count": 1, "new": True, "share": 0.5, "parties": ["FR", "EU"]},
    {"name": 'a "b",\nc\u202e', "count": 2, "new": False, "share": 1.0, "parties": []},
    {"name": None, "count": None, "new": None, "share": None, "parties": None},
]


def test_csv_reads_back_and_runs_nothing() -> None:
    read = list(csv.DictReader(io.StringIO("".join(csv_lines(COLUMNS, ROWS)))))
    assert read[0] == {"name": "'=1+2", "count": "1", "new": "true", "share": "0.5", "parties": "FR EU"}
    assert read[1] == {"name": 'a "b", c', "count": "2", "new": "false", "share": "1.0", "parties": ""}
    assert read[2] == dict.fromkeys(COLUMNS, "")


@pytest.mark.parametrize("first", list("=+-@＝＋－＠\t\r\n\0"))
def test_no_cell_begins_like_a_formula(first: str) -> None:
    line = list(csv_lines({"a": str, "b": list}, [{"a": f"{first}cmd|' /C calc'!A0", "b": [f"{first}1", "x"]}]))[1]
    cells = next(csv.reader(io.StringIO(line)))
    assert [cell[0] for cell in cells] == ["'", "'"]


def test_a_csv_without_rows_has_its_header() -> None:
    assert list(csv_lines(COLUMNS, [])) == ["name,count,new,share,parties\n"]


def test_json_lines_hold_the_very_values_and_no_control_characters() -> None:
    lines = list(json_lines([*ROWS, {"name": "\x1b[31m\ud800"}]))
    assert [json.loads(line) for line in lines] == [*ROWS, {"name": "\x1b[31m\ud800"}]
    assert not any(ord(c) < 32 or c in "\u202e\ud800" for line in lines for c in line[:-1])


@pytest.mark.parametrize("group", [1, 2, 100])
def test_parquet_reads_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: int) -> None:
    polars = pytest.importorskip("polars")
    monkeypatch.setattr(export, "GROUP_ROWS", group)
    write_parquet(COLUMNS, iter(ROWS), tmp_path / "rows.parquet")
    assert polars.read_parquet(tmp_path / "rows.parquet").to_dicts() == ROWS
    assert [path.name for path in tmp_path.iterdir()] == ["rows.parquet"]


def test_a_parquet_file_without_rows_has_its_columns(tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    write_parquet(COLUMNS, [], tmp_path / "rows.parquet")
    frame = polars.read_parquet(tmp_path / "rows.parquet")
    assert frame.columns == list(COLUMNS)
    assert frame.height == 0


def test_half_a_surrogate_pair_becomes_the_replacement_character(tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    write_parquet({"a": str, "b": list}, [{"a": "x\ud800y", "b": ["\udc00"]}], tmp_path / "x")
    assert polars.read_parquet(tmp_path / "x").to_dicts() == [{"a": "x\ufffdy", "b": ["\ufffd"]}]


def test_a_failure_leaves_no_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("polars")
    monkeypatch.setattr(export, "GROUP_ROWS", 1)

    def rows():
        yield ROWS[0]
        raise RuntimeError("the desk went away")

    with pytest.raises(RuntimeError, match="went away"):
        write_parquet(COLUMNS, rows(), tmp_path / "rows.parquet")
    assert not list(tmp_path.iterdir())


def test_without_polars_the_command_that_installs_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(MissingExtra, match=r"pip install 'paraph\[polars\]'"):
        write_parquet(COLUMNS, ROWS, tmp_path / "rows.parquet")
