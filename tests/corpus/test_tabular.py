"""Parquet files: rows by row groups, the values of other people's tables, and files that are damaged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from holdings import errors, good, read, report, table

from paraph.corpus.inputs import plan
from paraph.corpus.records import records
from paraph.corpus.values import Form, Piece
from paraph.settings import Settings


@pytest.mark.parametrize("size", [1_000, 3_000, 10**9])
@pytest.mark.parametrize("group", [1, 3, 7, 100])
def test_many_row_groups_give_the_same_rows_however_they_are_joined(size: int, group: int, tmp_path: Path) -> None:
    rows = [report(number) for number in range(150)]
    path = table(tmp_path / "a.parquet", rows, group=group)
    found = good(read(path, settings=Settings(corpus_piece_bytes=size)))
    assert [record.fields for record in found] == rows
    assert [record.name for record in found] == [f"{path}, row {number:,}" for number in range(1, 151)]


def test_only_the_columns_that_are_wanted_are_read(tmp_path: Path) -> None:
    row = {"content": "Norway signed.", "links": ["a"], "requested_url": "https://n.example/1", "html": None}
    found = good(read(table(tmp_path / "a.parquet", [row])))
    assert [record.fields for record in found] == [{"text": "Norway signed.", "url": "https://n.example/1"}]
    found = good(read(tmp_path / "a.parquet", columns={"text": "requested_url"}))
    assert [record.fields for record in found] == [{"text": "https://n.example/1"}]


def test_values_of_many_types_become_those_of_the_contract(tmp_path: Path) -> None:
    moment = datetime(2025, 3, 2, 9, 30, 0, 250)
    made = pa.table(
        {
            "text": pa.array(["one", "two"], pa.large_string()),
            "html": pa.array([b"<p>", None], pa.binary()),
            "title": pa.array(["x", "x"]).dictionary_encode(),
            "published": pa.array([1_740_907_800_000_000_999, None], pa.timestamp("ns", "UTC")),
            "updated": pa.array([date(2025, 3, 2), None]),
            "id": pa.array([1, 2], pa.int64()),
            "date": pa.array([moment, moment], pa.timestamp("us")),
        }
    )
    pq.write_table(made, tmp_path / "a.parquet")
    assert [record.fields for record in good(read(tmp_path / "a.parquet"))] == [
        {
            "text": "one",
            "title": "x",
            "published": datetime(2025, 3, 2, 9, 30, tzinfo=UTC).isoformat(),
            "updated": "2025-03-02",
            "id": 1,
        },
        {"text": "two", "title": "x", "id": 2},
    ]


def test_a_row_without_text_and_one_that_is_no_text_are_told_in_their_place(tmp_path: Path) -> None:
    made = pa.array([b"one", b"\xff\xfe\xfa", None, b"four"], pa.binary()).view(pa.binary())
    texts = pa.Array.from_buffers(pa.string(), 4, made.buffers())
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": texts}), path)
    found = read(path)
    assert [record.fields for record in good(found)] == [{"text": "one"}, {"text": "four"}]
    told = errors(found)
    assert told[0].startswith(f"{path}, row 2: its values cannot be read (")
    assert told[1] == f"{path}, row 3: it holds no text (leave the row out)"


def test_a_damaged_page_costs_its_row_group_and_no_other(tmp_path: Path) -> None:
    rows = [report(number) for number in range(40)]
    path = table(
        tmp_path / "a.parquet", rows, group=10, write_page_checksum=True, compression="zstd", use_dictionary=False
    )
    column = pq.ParquetFile(path).metadata.row_group(1).column(0)
    data = bytearray(path.read_bytes())
    place = column.data_page_offset + column.total_compressed_size - 20
    data[place] ^= 0xFF
    path.write_bytes(data)
    for settings in (Settings(), Settings(corpus_piece_bytes=1_000)):
        found = read(path, settings=settings)
        assert [record.fields for record in good(found)] == rows[:10] + rows[20:]
        (told,) = errors(found)
        assert told.startswith(f"{path}, row 11: row group 2 is damaged from here on, which costs 10 rows (")


def test_of_a_group_of_many_pages_those_before_the_damage_are_read(tmp_path: Path) -> None:
    rows = [report(number) | {"text": f"{number} " + "words " * 200} for number in range(1_000)]
    path = table(
        tmp_path / "a.parquet", rows, group=1_000, data_page_size=20_000, compression="none", use_dictionary=False
    )
    column = next(
        pq.ParquetFile(path).metadata.row_group(0).column(number)
        for number in range(5)
        if pq.ParquetFile(path).metadata.row_group(0).column(number).path_in_schema == "text"
    )
    data = bytearray(path.read_bytes())
    middle = column.data_page_offset + column.total_compressed_size // 2
    data[middle : middle + 40_000] = b"\xff" * 40_000
    path.write_bytes(data)
    found = read(path)
    assert 100 < len(good(found)) < 600
    assert [record.fields for record in good(found)] == rows[: len(good(found))]
    assert f"costs {1_000 - len(good(found)):,} rows" in errors(found)[0]


def test_a_damaged_foot_is_one_error(tmp_path: Path) -> None:
    table(tmp_path / "a.parquet")
    path = tmp_path / "a.parquet"
    path.write_bytes(path.read_bytes()[:-30])
    (told,) = errors(read(tmp_path))
    assert told.startswith(f"{path}: it is no whole Parquet file (")
    assert told.endswith("(copy the file again)")


def test_a_file_that_became_another_since_the_plan_ends_with_its_last_group(tmp_path: Path) -> None:
    path = table(tmp_path / "a.parquet", map(report, range(10)), group=2)
    piece = plan([str(path)], Settings()).pieces[0]
    assert piece == Piece(0, Form.PARQUET, (str(path),), 0, 5)
    found = list(records(replace(piece, start=3, stop=9), Settings()))
    assert [record.name for record in good(found)] == [f"{path}, row {number}" for number in (7, 8, 9, 10)]
