"""``paraph export`` and ``paraph import`` as a person calls them."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

from desks import Clock
from paraph.cli import main
from paraph.desk import open_desk
from paraph.exits import Exit
from pools import deliver, pool

TABLES = ("signals", "deals", "documents", "verdicts", "reviews")


@pytest.fixture
def filled(tmp_path: Path) -> str:
    path = tmp_path / "desk.db"
    with open_desk(path, now=Clock()) as desk:
        deliver(desk, pool(5, 6))
    return str(path)


def test_out_and_in_again(filled: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    other = str(tmp_path / "other.db")
    assert main(["export", "--desk", filled, "--out", str(one)]) == Exit.DONE
    assert main(["--desk", other, "import", str(one)]) == Exit.DONE
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"paraph: {one}: ")
    assert " documents" in told.err
    assert main(["export", "--desk", other, "--format", "jsonl", "--what", "all"]) == Exit.DONE
    two.write_text(capfd.readouterr().out)
    assert one.read_text() == two.read_text()


def test_in_from_standard_input_and_from_a_pipe(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "--desk", filled]) == Exit.DONE
    text = capfd.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main(["import", "-", "--desk", str(tmp_path / "b.db")]) == Exit.DONE
    assert "standard input: " in capfd.readouterr().err
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream:
        stream.write(text[: len(text) // 2])  # as much fits into a pipe with nobody reading
    assert main(["import", f"/dev/fd/{reading}", "--desk", str(tmp_path / "c.db")]) == Exit.ALL_FAILED
    os.close(reading)
    assert "cut short" in capfd.readouterr().err
    assert not (tmp_path / "c.db").exists()


def test_a_damaged_file_is_refused_with_its_line_and_no_desk_is_made(
    filled: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    main(["export", "--desk", filled, "--out", str(tmp_path / "x.jsonl")])
    lines = (tmp_path / "x.jsonl").read_text().splitlines()
    (tmp_path / "x.jsonl").write_text("\n".join([*lines[:2], lines[2][:50], *lines[3:]]))
    assert main(["import", str(tmp_path / "x.jsonl"), "--desk", str(tmp_path / "new.db")]) == Exit.ALL_FAILED
    err = capfd.readouterr().err
    assert "x.jsonl, line 3: it is not JSON (export the desk again" in err
    assert "nothing was taken in" in err
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_what_cannot_be_opened_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str) -> None:
    assert main(["import", str(tmp_path / name), "--desk", str(tmp_path / "new.db")]) == Exit.ALL_FAILED
    assert "give what `paraph export` wrote" in capfd.readouterr().err


def test_a_desk_that_is_not_there_is_not_made(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--desk", str(tmp_path / "none.db")]) == Exit.USAGE
    assert "there is none" in capfd.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("what", TABLES)
def test_each_table_as_json_lines_and_csv(filled: str, capfd: pytest.CaptureFixture[str], what: str) -> None:
    from paraph.desk.exchange.tables import COLUMNS

    assert main(["export", "--desk", filled, "-f", "jsonl", "-w", what]) == Exit.DONE
    rows = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert all(list(row) == list(COLUMNS[what]) for row in rows)
    assert main(["export", "--desk", filled, "-f", "csv", "-w", what]) == Exit.DONE
    lines = capfd.readouterr().out.splitlines()
    assert lines[0] == ",".join(name for name in COLUMNS[what] if name != "text")
    assert len(lines) == len(rows) + 1


def test_a_name_of_a_file_asks_for_its_format(filled: str, tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    assert main(["export", "--desk", filled, "-o", str(tmp_path / "a.csv")]) == Exit.DONE
    assert (tmp_path / "a.csv").read_text().startswith("id,deal,document,")
    assert main(["export", "--desk", filled, "-o", str(tmp_path / "a.parquet"), "-w", "deals"]) == Exit.DONE
    assert polars.read_parquet(tmp_path / "a.parquet").height > 0
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_all_tables_into_a_folder(filled: str, tmp_path: Path, form: str) -> None:
    if form == "parquet":
        pytest.importorskip("polars")
    folder = tmp_path / "deep" / "folder"
    for _ in range(2):  # over what was there
        assert main(["export", "--desk", filled, "-f", form, "-w", "all", "-o", str(folder)]) == Exit.DONE
    assert {path.name for path in folder.iterdir()} == {f"{table}.{form}" for table in TABLES}


def test_gold_is_a_file_a_document(filled: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "gold"
    assert main(["export", "--desk", filled, "-f", "gold", "-o", str(folder)]) == Exit.DONE
    pages = [json.loads(path.read_text("utf-8")) for path in sorted(folder.rglob("*.json"))]
    assert pages
    assert all(
        page["text"][each["start"] : each["end"]] == each["anchor"] for page in pages for each in page["signals"]
    )
    assert main(["export", "--desk", filled, "-f", "gold", "-o", str(folder)]) == Exit.USAGE
    assert "the folder holds files" in capfd.readouterr().err


def test_plover_is_an_event_a_signal_that_stands(filled: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--desk", filled, "-f", "plover"]) == Exit.DONE
    events = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    with open_desk(filled) as desk:
        assert [event["id"] for event in events] == [
            f"PARAPH-{each.id}" for each in desk.sightings() if not each.vanished
        ]
    assert {event["event"] for event in events} >= {"AGREE", "SUPPORT"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-f", "gold"], "makes several files; name a folder for them with --out"),
        (["-f", "csv", "-w", "all"], "makes several files; name a folder for them with --out"),
        (["-f", "parquet"], "a Parquet file cannot go to the terminal; name a file with --out"),
        (["-f", "plover", "-w", "deals"], "--format plover is of signals; leave --what out"),
        (["-f", "gold", "-w", "signals"], "--format gold is of documents; leave --what out"),
        (["-f", "csv", "-w", "all", "-o", __file__], "it is a file; name a folder with --out"),
    ],
)
def test_what_cannot_be_had_together(
    filled: str, capfd: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert main(["export", "--desk", filled, *arguments]) == Exit.USAGE
    assert told in capfd.readouterr().err


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_a_place_that_cannot_be_written_to(
    filled: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], form: str
) -> None:
    if form == "parquet":
        pytest.importorskip("polars")
    (tmp_path / "file").write_text("")
    out = str(tmp_path / "file" / f"x.{form}")
    assert main(["export", "--desk", filled, "-w", "signals", "-f", form, "-o", out]) == Exit.NOT_WRITTEN
    assert "cannot be written" in capfd.readouterr().err
    if form != "jsonl":
        assert main(["export", "--desk", filled, "-w", "all", "-f", form, "-o", out]) == Exit.NOT_WRITTEN


def test_without_polars_nothing_is_begun(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    folder = tmp_path / "tables"
    assert main(["export", "--desk", filled, "-w", "all", "-f", "parquet", "-o", str(folder)]) == Exit.USAGE
    assert "pip install 'paraph[polars]'" in capfd.readouterr().err
    assert not folder.exists()


def test_a_large_desk_is_handed_on_in_pieces(filled: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import paraph.commands.exchange as command

    main(["export", "--desk", filled, "-o", str(tmp_path / "one.jsonl")])
    monkeypatch.setattr(command, "_PIECE_CHARS", 100)
    main(["export", "--desk", filled, "-o", str(tmp_path / "two.jsonl")])
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()
