"""Runs: the same input gives the same bytes, however it is cut into calls; what is wrong with a document costs only itself."""

from __future__ import annotations

import errno
import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from corpora import EXAMPLE, FOREIGN, QUIET, Inline, contents, order, page, report, rows, warc
from holdings import jsonl

from paraph.corpus import work
from paraph.corpus.engines import dask_engine, local_engine
from paraph.corpus.report import lines_of
from paraph.corpus.run import Progress, manifest_of, run
from paraph.corpus.tables import reading_of
from paraph.corpus.values import Task
from paraph.corpus.work import Order
from paraph.errors import CorpusError, SourceError, UsageError
from paraph.model import Document
from paraph.reading import read_all

REPRINTED = "https://other.example/3"


@pytest.fixture
def inputs(tmp_path: Path) -> list[str]:
    """Return a web archive, JSON lines and a folder: reports, repeated and reprinted ones, and what is no report."""
    reports = [report(n) for n in range(24)]
    reprint = {**reports[3], "url": REPRINTED, "published": "2025-12-20"}
    lines = [*reports[:12], reports[0], reprint, QUIET, FOREIGN, {"text": ""}]
    pages = [(row["url"], page(row)) for row in reports[12:]]
    folder = tmp_path / "files"
    folder.mkdir()
    for n, row in enumerate([QUIET, report(30), report(31), report(32)]):
        (folder / f"{n}.html").write_bytes(page(row))
    return [
        str(warc(tmp_path / "a.warc.gz", [*pages, pages[0]])),
        str(jsonl(tmp_path / "b.jsonl", lines)),
        str(folder),
    ]


def test_every_document_has_one_fate_and_the_tables_agree(inputs: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = run(inputs, out, order(), Inline())
    # The archive's last page and a line come again; a page of the folder and a line are the same quiet text.
    assert told["fates"]["again"] == 2
    assert told["fates"]["empty"] == 1
    assert told["fates"]["foreign"] == 1
    assert told["fates"].get("quiet", 0) + told["fates"].get("irrelevant", 0) == 2
    assert told["documents"] == sum(told["fates"].values()) == 13 + 17 + 4
    documents, signals = rows(out, "documents"), rows(out, "signals")
    assert len(documents) == told["fates"]["signals"] == told["rows"]["documents"]
    assert Counter(row["document"] for row in signals) == {row["id"]: row["signals"] for row in documents}
    texts = {(row["id"], row["version"]): row["text"] for row in documents}
    for row in signals:
        assert texts[row["document"], row["version"]][row["start"] : row["end"]] == row["anchor"]
        assert row["anchor"] in row["quote"]
    deals = {row["id"]: row for row in rows(out, "deals")}
    assert Counter(row["deal"] for row in signals) == {name: row["signals"] for name, row in deals.items()}
    assert len(deals) < len(signals)
    first, reprint = (next(row for row in documents if row["url"] == url) for url in (report(3)["url"], REPRINTED))
    copies = {row["document"]: row for row in rows(out, "copies")}
    assert copies[reprint["id"]]["copy_of"] == first["id"]
    assert copies[reprint["id"]]["likeness"] == 1.0
    assert {row["id"]: row["voice"] for row in documents} == {
        row["id"]: copies[row["id"]]["voice"] if row["id"] in copies else row["id"] for row in documents
    }
    assert sum(row["documents"] for row in rows(out, "coverage")) == told["documents"]
    (skipped,) = rows(out, "skipped")
    assert (skipped["fate"], "b.jsonl" in skipped["name"]) == ("empty", True)
    assert {path.parent.name for path in (out / "documents").rglob("*.parquet")} >= {"month=2025-01", "month=2025-12"}
    manifest = manifest_of(out)
    assert {file["path"]: file["sha256"] for table in manifest["tables"].values() for file in table["files"]} == {
        path: hash for path, hash in contents(out).items() if path != "manifest.json"
    }
    assert not (out / "work").exists()


def test_what_is_kept_is_what_reading_the_same_gives(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run([str(EXAMPLE)], out, order(keep="all"), Inline())
    said = rows(out, "signals")
    kept = {
        row["text"]: reading_of(
            row, [one for one in said if one["document"] == row["id"] and one["version"] == row["version"]]
        )
        for row in rows(out, "documents")
    }
    found = {
        reading.document.text: reading for reading in read_all([str(EXAMPLE)], engine="cues", now=lambda: order().now)
    }  # type: ignore[union-attr]
    assert len(kept) >= 10
    for text, reading in kept.items():
        assert [one.to_dict() for one in reading.signals] == [one.to_dict() for one in found[text].signals]
        assert (reading.document.title, reading.document.published) == (
            found[text].document.title,
            found[text].document.published,
        )


def test_interrupted_after_any_task_it_goes_on_to_the_same_bytes(inputs: list[str], tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    undisturbed = Inline()
    run(inputs, whole, order(), undisturbed)
    parts = tmp_path / "parts"
    calls = 0
    done: list[Task] = []
    for calls in count():
        engine = Inline(most=1 + calls % 3)
        try:
            run(inputs, parts, order(), engine)
        except KeyboardInterrupt:
            done += engine.done
            assert not (parts / "manifest.json").exists()
            with pytest.raises(CorpusError, match="not done yet"):
                manifest_of(parts)
            continue
        done += engine.done
        break
    assert calls > 5
    assert contents(parts) == contents(whole)
    assert Counter((task.step, task.number) for task in done) == Counter(
        (task.step, task.number) for task in undisturbed.done
    )


def test_killed_while_the_data_set_is_put_in_its_place(
    inputs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    run(inputs, whole, order(), Inline())
    rename = Path.rename
    for kept in ("documents", "copies", "coverage"):

        def stopped(self: Path, target: Path, kept: str = kept) -> Path:
            if Path(target).name == kept and Path(target).parent == parts:
                raise KeyboardInterrupt
            return rename(self, target)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", stopped)
            with pytest.raises(KeyboardInterrupt):
                run(inputs, parts, order(), Inline())
    run(inputs, parts, order(), Inline(0))
    assert contents(parts) == contents(whole)


def test_the_engine_and_the_number_of_workers_make_no_difference(inputs: list[str], tmp_path: Path) -> None:
    run(inputs, tmp_path / "inline", order(), Inline())
    with local_engine(2) as engine:
        run(inputs, tmp_path / "local", order(), engine)
    assert contents(tmp_path / "local") == contents(tmp_path / "inline")
    pytest.importorskip("distributed")
    with dask_engine(2) as engine:
        run(inputs, tmp_path / "dask", order(), engine)
    assert contents(tmp_path / "dask") == contents(tmp_path / "inline")


def test_a_full_disk_is_told_and_costs_nothing(inputs: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    full = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(CorpusError, match="the disk is full; make room and run the same command again"):
        run(inputs, out, order(), Inline(2, full))
    other = OSError(errno.EIO, "Input/output error")
    with pytest.raises(OSError, match="Input/output"):
        run(inputs, out, order(), Inline(2, other))
    run(inputs, out, order(), Inline())
    run(inputs, tmp_path / "whole", order(), Inline())
    assert contents(out) == contents(tmp_path / "whole")


def test_a_run_that_is_done_is_not_done_again(inputs: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = run(inputs, out, order(), Inline())
    again = Inline(0)
    assert run(inputs, out, order(), again) == told | {"session": None}
    assert "this was done before; nothing was done again" in lines_of(told | {"session": None})
    assert again.done == []


def test_another_order_on_the_same_folder_is_refused(inputs: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run(inputs, out, order(), Inline(1))
    with pytest.raises(UsageError, match="begun with other keep; give the same, or another folder"):
        run(inputs, out, order(keep="all"), Inline())
    with pytest.raises(UsageError, match="begun with other inputs and settings"):
        run(inputs[1:], out, order(settings={"copy_days": 3}), Inline())
    # What makes it only faster or more patient may change.
    run(inputs, out, order(settings={"corpus_document_seconds": 5.0}), Inline())


def test_folders_that_are_none_of_a_run(inputs: list[str], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(UsageError, match="it is a file; give a folder"):
        run(inputs, file, order(), Inline())
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "a").write_text("")
    with pytest.raises(UsageError, match="holds other files"):
        run(inputs, tmp_path / "others", order(), Inline())
    with pytest.raises(UsageError, match=r"lies in the input .*files and would be read as a part of it"):
        run(inputs, tmp_path / "files" / "out", order(), Inline())
    with pytest.raises(SourceError, match="no such file"):
        run([*inputs, str(tmp_path / "nothing")], tmp_path / "out", order(), Inline())
    assert not (tmp_path / "out").exists()
    with pytest.raises(CorpusError, match="no whole data set in it; give one that a run wrote"):
        manifest_of(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(CorpusError, match="cannot be read"):
        manifest_of(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": 999}')
    with pytest.raises(CorpusError, match="its format is 999"):
        manifest_of(tmp_path)


def test_two_runs_on_one_folder_do_not_meet(inputs: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"

    class Meeting(Inline):
        def run(self, tasks: Any, busy: float) -> Iterator[Any]:
            with pytest.raises(CorpusError, match="another run is at work there"):
                run(inputs, out, order(), Inline())
            return super().run(tasks, busy)

    run(inputs, out, order(), Meeting())


def test_progress_is_told(inputs: list[str], tmp_path: Path) -> None:
    told: list[Progress] = []
    ticks = count()
    run(inputs, tmp_path / "out", order(), Inline(), told=told.append, clock=lambda: float(next(ticks)))
    reading = [one for one in told if one.step == "read"]
    assert reading[0].share == 0
    assert reading[0].left is None
    assert reading[-1].share == 1
    assert reading[-1].left == 0
    assert reading[-1].documents == 34
    assert reading[-1].rate > 0
    assert [one.share for one in reading] == sorted(one.share for one in reading)
    assert told[-1].share == 1


def test_rows_of_pages_and_columns_of_other_names(tmp_path: Path) -> None:
    row = report(1)
    lines = [
        {"body": report(2)["text"], "link": "https://a.example/2", "when": "2025-02-01"},
        {"page": page(row).decode(), "link": row["url"], "when": "2025-05-06", "by": "The Row"},
        {"page": page(row).decode(), "link": "https://b.example/1"},
        {"neither": 1},
    ]
    columns = {"text": "body", "html": "page", "url": "link", "published": "when", "publisher": "by"}
    run([str(jsonl(tmp_path / "rows.jsonl", lines))], tmp_path / "out", order(columns=columns), Inline())
    found = {row["url"]: row for row in rows(tmp_path / "out", "documents")}
    assert found["https://a.example/2"]["published"] == "2025-02-01"
    assert found[row["url"]]["published"] == "2025-05-06"
    assert found[row["url"]]["publisher"] == "The Row"
    assert found["https://b.example/1"]["published"] == row["published"]
    assert [one["fate"] for one in rows(tmp_path / "out", "skipped")] == ["damaged"]


def test_gaps_between_days(tmp_path: Path) -> None:
    lines = [{**report(n), "published": f"2025-06-{day:02d}"} for n, day in enumerate((1, 2, 3, 4, 8, 9, 11, 12))]
    told = run([str(jsonl(tmp_path / "a.jsonl", lines))], tmp_path / "out", order(), Inline())
    assert told["gaps"] == [["2025-06-05", "2025-06-07"], ["2025-06-10", "2025-06-10"]]
    said = "\n".join(lines_of(told))
    assert "8 documents in 1 input" in said
    assert "left out: 2025-06-05 to 2025-06-07, 2025-06-10 (gaps" in said


def test_signals_that_are_too_unsure_are_kept_where_asked_for(tmp_path: Path) -> None:
    path = str(jsonl(tmp_path / "a.jsonl", [report(n) for n in range(6)]))
    told = run([path], tmp_path / "told", order(), Inline())
    weak = run([path], tmp_path / "weak", order(weak=True), Inline())
    assert weak["rows"]["signals"] > told["rows"]["signals"] > 0


def test_without_deals(tmp_path: Path) -> None:
    path = str(jsonl(tmp_path / "a.jsonl", [report(n) for n in range(6)]))
    told = run([path], tmp_path / "out", order(deals=False), Inline())
    assert told["rows"]["deals"] == 0
    assert {row["deal"] for row in rows(tmp_path / "out", "signals")} == {None}


def test_what_fails_in_an_unforeseen_way_costs_one_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(jsonl(tmp_path / "a.jsonl", [report(n) for n in range(6)]))
    read = work._read

    def failing(name: str, document: Document, asked: Order) -> Any:
        for number, error in enumerate([ZeroDivisionError("x"), MemoryError(), OSError(errno.EIO, "no answer")]):
            if f"Report number {number} " in document.text:
                raise error
        if "Report number 3 " in document.text:
            document = replace(document, text=document.text + " \ud800")
        return read(name, document, asked)

    monkeypatch.setattr(work, "_read", failing)
    told = run([path], tmp_path / "out", order(), Inline())
    assert told["fates"] == {"damaged": 3, "signals": 2, "too_large": 1}
    why = " ".join(row["why"] for row in rows(tmp_path / "out", "skipped"))
    for words in (
        "ZeroDivisionError: x",
        "more memory than there is",
        "no answer",
        "UnicodeEncodeError",
        "please report it",
    ):
        assert words in why

    def full(name: str, document: Document, asked: Order) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(work, "_read", full)
    with pytest.raises(CorpusError, match="the disk is full"):
        run([path], tmp_path / "full", order(), Inline())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that are forked")
def test_a_document_that_ends_its_worker_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [report(n) for n in range(5)]
    path = str(jsonl(tmp_path / "a.jsonl", lines))
    look = work.look_at_text

    def deadly(text: str, title: str | None) -> Any:
        if "Report number 2" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        return look(text, title)

    monkeypatch.setattr(work, "look_at_text", deadly)

    class Forking(Inline):
        deaths = 0

        def run(self, tasks: Any, busy: float) -> Iterator[Any]:
            for task in tasks:
                while True:
                    child = os.fork()
                    if child == 0:
                        task.function(*task.arguments)
                        os._exit(0)
                    if os.waitpid(child, 0)[1] == 0:
                        break
                    self.deaths += 1
                yield task, {}

    engine = Forking()
    told = run([path], tmp_path / "out", order(settings={"corpus_piece_bytes": 100_000}), engine)
    assert engine.deaths == 2
    assert told["fates"] == {"poison": 1, "signals": 4}
    (skipped,) = rows(tmp_path / "out", "skipped")
    assert "line 3" in skipped["name"] or "byte" in skipped["name"]
    assert "ended the worker or took longer than 60 seconds, twice" in skipped["why"]


def test_the_manifest_names_input_and_order(inputs: list[str], tmp_path: Path) -> None:
    run(inputs, tmp_path / "out", order(), Inline())
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert [one["address"] for one in manifest["inputs"]][:2] == inputs[:2]
    assert manifest["reader"] == "cues"
    assert manifest["settings"]["corpus_piece_bytes"] == 4_000
    assert "now" not in manifest
