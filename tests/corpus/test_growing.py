"""Tables that grow, what is counted of rows that are not read, and addresses that hold keys."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from corpora import QUIET, Inline, order, report, rows
from holdings import jsonl

from paraph.corpus import tables
from paraph.corpus.addresses import printable
from paraph.corpus.beats import DEATHS, WRITING, Beat
from paraph.corpus.inputs import plan
from paraph.corpus.run import run
from paraph.corpus.tables import Growing, schema
from paraph.corpus.work import read_piece
from paraph.errors import CorpusError


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7])
def test_a_table_that_grows_holds_its_rows_in_small_groups(
    count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_GROUP", 2)
    some = [{"name": str(n), "url": None, "fate": "empty", "why": ""} for n in range(count)]
    one = Growing(tmp_path / "one.parquet", "skipped")
    for row in some:
        one.add(row)
    one.close()
    one.close()
    assert one.rows == count
    file = pq.ParquetFile(tmp_path / "one.parquet")
    assert file.read().to_pylist() == some
    assert max([file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)], default=0) <= 2
    other = Growing(tmp_path / "other.parquet", "skipped")
    whole = file.read().cast(schema("skipped"))
    for n in range(count):
        other.extend(whole.slice(n, 1))
    other.close()
    assert (tmp_path / "other.parquet").read_bytes() == (tmp_path / "one.parquet").read_bytes()


def test_the_size_of_groups_changes_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(
        jsonl(tmp_path / "a.jsonl", [*(report(n) for n in range(30)), {**report(3), "published": None, "url": None}])
    )
    asked = order(settings={"corpus_piece_bytes": 100_000})
    run([path], tmp_path / "large", asked, Inline())
    monkeypatch.setattr(tables, "_GROUP", 3)
    run([path], tmp_path / "small", asked, Inline())
    for table in ("documents", "signals", "deals", "copies", "coverage", "skipped"):
        assert rows(tmp_path / "small", table) == rows(tmp_path / "large", table)
    assert (tmp_path / "small" / "documents" / "month=none").is_dir()


def test_rows_that_are_not_read_are_counted_where_they_belong(tmp_path: Path) -> None:
    lines = [
        QUIET,
        {"text": "", "url": "https://empty.example/1", "published": "2025-04-05T06:07Z"},
        {"text": "", "url": 7, "published": "soon"},
    ]
    run([str(jsonl(tmp_path / "a.jsonl", lines))], tmp_path / "out", order(), Inline())
    found = {(row["site"], row["day"], row["fate"]) for row in rows(tmp_path / "out", "coverage")}
    assert ("town.example", date(2025, 3, 2), "irrelevant") in found
    assert ("empty.example", date(2025, 4, 5), "empty") in found
    assert {day for site, day, _ in found if site is None} == {None}


def test_a_table_without_rows_is_there_all_the_same(tmp_path: Path) -> None:
    run([str(jsonl(tmp_path / "a.jsonl", [report(1)]))], tmp_path / "out", order(), Inline())
    assert [path.name for path in (tmp_path / "out" / "skipped").iterdir()] == ["part-00000.parquet"]


def test_writing_that_ends_the_worker_is_told_and_blamed_on_no_record(tmp_path: Path) -> None:
    asked = order()
    (piece,) = plan([str(jsonl(tmp_path / "a.jsonl", [report(1)]))], asked.settings).pieces
    root = tmp_path / "work"
    root.mkdir()
    for _ in range(DEATHS):
        beat = Beat(root, 0, "s")
        beat.at(WRITING)
        beat.close()
    with pytest.raises(CorpusError, match="writing what was read ended the worker twice"):
        read_piece(root, piece, asked, "s")
    read_piece(root, piece, asked, "another session")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://me:secret@host.example/a.warc.gz?X-Signature=abc&b=?", "https://host.example/a.warc.gz?…"),
        ("s3://key@bucket/a b@c.jsonl", "s3://bucket/a b@c.jsonl"),
        ("https://host.example", "https://host.example"),
        ("/a/me:x@b?c.jsonl", "/a/me:x@b?c.jsonl"),
    ],
)
def test_keys_in_addresses_are_not_told(address: str, said: str) -> None:
    assert printable(address) == said
