"""What nobody sends on purpose, or somebody does: it costs itself and is told, and the run comes to its end."""

from __future__ import annotations

import gzip
import json
import os
import re
from pathlib import Path

import pytest
from corpora import Inline, contents, order, page, report, rows, warc
from holdings import capture

from paraph.corpus import work
from paraph.corpus.run import REPORT, manifest_of, run
from paraph.corpus.values import Task
from paraph.corpus.work import READ, read_piece
from paraph.errors import CorpusError, Damaged, UsageError

GOOD = json.dumps(report(1)).encode()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param(rb'{"\ud800": 1}', r"neither text nor html; it has \\ud800", id="half a character in a key"),
        pytest.param(
            b'{"text": "x", "published": 1' + b"0" * 400 + b"}", "int too large", id="a number beyond all floats"
        ),
    ],
)
def test_lines_that_break_what_looks_at_them(tmp_path: Path, line: bytes, told: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(GOOD + b"\n" + line + b"\n")
    found = run([str(tmp_path / "a.jsonl")], tmp_path / "out", order(), Inline())
    assert found["fates"] == {"damaged": 1, "signals": 1}
    (skipped,) = rows(tmp_path / "out", "skipped")
    assert re.search(told, skipped["why"])


@pytest.mark.parametrize("moment", [b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-12:00"])
def test_a_capture_at_the_edge_of_time_costs_itself(tmp_path: Path, moment: bytes) -> None:
    first = gzip.decompress(capture("https://w.example/1", page(report(1))))
    odd = re.sub(rb"WARC-Date: [^\r]*", b"WARC-Date: " + moment, first).replace(b"example/1", b"example/2")
    (tmp_path / "a.warc").write_bytes(first + odd)
    found = run([str(tmp_path / "a.warc")], tmp_path / "out", order(), Inline())
    assert found["fates"] == {"damaged": 1, "signals": 1}


def test_a_zone_that_nobody_knows_costs_what_is_left_of_the_piece(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    moments = pa.array([1, 2], pa.timestamp("us", tz="Mars/Base"))
    pq.write_table(pa.table({"text": [report(1)["text"]] * 2, "published": moments}), tmp_path / "a.parquet")
    (tmp_path / "b.jsonl").write_bytes(GOOD)
    found = run([str(tmp_path / name) for name in ("a.parquet", "b.jsonl")], tmp_path / "out", order(), Inline())
    assert found["fates"] == {"damaged": 1, "signals": 1}
    (skipped,) = rows(tmp_path / "out", "skipped")
    assert "Mars/Base" in skipped["why"]
    assert "the rest of the piece is left out" in skipped["why"]


def test_names_of_files_that_are_no_text(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    try:
        with open(os.fsencode(folder) + b"/a\xff.html", "wb") as file:  # noqa: PTH123 - a name that Path does not take
            file.write(page(report(1)))
    except OSError:
        pytest.skip("this file system takes text as names only")
    engine = Inline(most=1)
    with pytest.raises(KeyboardInterrupt):
        run([str(folder)], tmp_path / "out", order(), engine)
    # The order was written and is the same when it is read.
    run([str(folder)], tmp_path / "out", order(), Inline())
    (row,) = rows(tmp_path / "out", "documents")
    assert row["name"].endswith("a\\udcff.html")
    assert manifest_of(tmp_path / "out")["inputs"][0]["address"] == str(folder) + "/a\\udcff.html"


def test_ended_while_the_order_was_written(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(GOOD)
    out = tmp_path / "out"
    out.mkdir()
    (out / "work.lock").touch()
    (out / ".order.json.new").write_text('{"paraph"')
    run([str(tmp_path / "a.jsonl")], out, order(), Inline())
    run([str(tmp_path / "a.jsonl")], tmp_path / "whole", order(), Inline())
    assert contents(out) == contents(tmp_path / "whole")


def short_of_room(self: Path, *_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(OSError(28, "No space left on device"), id="as the system tells it"),
        pytest.param(OSError("192000 requested and 90096 written"), id="as numpy tells it"),
    ],
)
def test_a_full_disk_is_told_however_it_shows(tmp_path: Path, error: OSError) -> None:
    (tmp_path / "a.jsonl").write_bytes(GOOD)
    with pytest.raises(CorpusError, match="the disk is full; make room"):
        run([str(tmp_path / "a.jsonl")], tmp_path / "out", order(), Inline(2, error))


def test_a_disk_too_full_for_the_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jsonl").write_bytes(GOOD)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", short_of_room)
        with pytest.raises(CorpusError, match="the disk is full; make room"):
            run([str(tmp_path / "a.jsonl")], tmp_path / "out", order(), Inline())
    assert run([str(tmp_path / "a.jsonl")], tmp_path / "out", order(), Inline())["documents"] == 1


def test_no_room_to_unpack_an_input_is_no_gap_of_the_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = warc(tmp_path / "a.warc.gz", [("https://w.example/1", page(report(1)))])

    def full(*_: object) -> object:
        told = Damaged(str(path), "there is no room to unpack it")
        told.__cause__ = OSError(28, "No space left on device")
        return iter([told])

    with monkeypatch.context() as patch:
        patch.setattr(work, "records", full)
        with pytest.raises(CorpusError, match="the disk is full; make room"):
            run([str(path)], tmp_path / "out", order(), Inline())
    assert run([str(path)], tmp_path / "out", order(), Inline())["fates"] == {"signals": 1}


def no_room(*_: object) -> object:
    raise OSError(28, "No space left on device")
    yield


def test_a_full_disk_while_a_record_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jsonl").write_bytes(GOOD)
    monkeypatch.setattr(work, "records", no_room)
    with pytest.raises(CorpusError, match="the disk is full; make room"):
        run([str(tmp_path / "a.jsonl")], tmp_path / "out", order(), Inline())


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(GOOD)
    (tmp_path / "b").touch()
    with pytest.raises(UsageError, match=r"the folder cannot be made .* give another with --out"):
        run([str(tmp_path / "a.jsonl")], tmp_path / "b" / "out", order(), Inline())


@pytest.mark.parametrize("written", ["[1]", "5", "{", "[" * 100_000])
def test_manifests_that_are_none(tmp_path: Path, written: str) -> None:
    (tmp_path / "manifest.json").write_text(written)
    with pytest.raises(CorpusError, match="it cannot be read"):
        manifest_of(tmp_path)


def test_a_report_that_was_thrown_away_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(GOOD)
    run([str(tmp_path / "a.jsonl")], tmp_path / "out", order(), Inline())
    (tmp_path / "out" / REPORT).unlink()
    with pytest.raises(CorpusError, match=r"report.json: it cannot be read .* whole without it"):
        run([str(tmp_path / "a.jsonl")], tmp_path / "out", order(), Inline())


def test_workers_that_stand_in_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    (here / "a.jsonl").write_bytes(GOOD)
    monkeypatch.chdir(here)
    run(["a.jsonl"], Path("out"), order(), Starts(there, here))
    assert len(rows(here / "out", "documents")) == 1
    assert list(there.iterdir()) == []


class Starts(Inline):
    """An engine whose workers stand in another folder."""

    def __init__(self, there: Path, here: Path) -> None:
        super().__init__()
        self.there, self.here = there, here

    def run(self, tasks, busy):  # type: ignore[no-untyped-def]
        for task in tasks:
            os.chdir(self.there)
            try:
                found = task.function(*task.arguments)
            finally:
                os.chdir(self.here)
            yield task, found


def test_a_worker_that_does_not_see_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(GOOD)
    seen: list[Task] = []

    class Blind(Inline):
        def run(self, tasks, busy):  # type: ignore[no-untyped-def]
            seen.extend(tasks)
            return iter(())

    with pytest.raises(FileNotFoundError):
        run([str(tmp_path / "a.jsonl")], tmp_path / "out", order(), Blind())
    task = next(task for task in seen if task.step == READ)
    with pytest.raises(CorpusError, match="does not see this folder; all workers must see"):
        read_piece(tmp_path / "elsewhere", *task.arguments[1:])
    assert not (tmp_path / "elsewhere").exists()
