"""docs/five-questions.md: its input is made, read and asked anew, and every answer on the page must be what comes of it."""

from __future__ import annotations

import importlib.util
import os
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "examples" / "five_questions.py"
DONE = ("agreed", "signed", "in_force")


@pytest.fixture(scope="module")
def five() -> ModuleType:
    spec = importlib.util.spec_from_file_location("five_questions", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(five: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("five")
    five.make(made)
    return made


@pytest.fixture(scope="module")
def rows(folder: Path) -> dict[str, list[dict[str, Any]]]:
    return {
        table: [
            row
            for path in sorted((folder / "news-set" / table).rglob("*.parquet"))
            for row in pq.ParquetFile(path).read().to_pylist()
        ]
        for table in ("documents", "signals", "copies", "coverage")
    }


def test_the_answers_on_the_page_are_those_that_come(five: Any, folder: Path) -> None:
    page = five.PAGE.read_text("utf-8")
    assert five.answered(page, folder) == page, (
        "the engine reads otherwise now; run: python examples/five_questions.py page"
    )


def test_the_run_shown_in_the_how_to_is_this_one(five: Any, folder: Path) -> None:
    page = five.HOW_TO.read_text("utf-8")
    assert "with signals" in five.REPORT.search(page)[0]
    assert five.reported(page, folder) == page, "run: python examples/five_questions.py page"


def test_each_question_has_code_and_an_answer(five: Any) -> None:
    parts = five.PAGE.read_text("utf-8").split("\n## ")
    questions = [part for part in parts if part[0].isdigit()]
    assert len(questions) == 5
    for part in questions:
        blocks = list(five.BLOCK.finditer(part))
        assert blocks
        assert all(block[3].count("\n") > 1 for block in blocks), part[:40]
        assert part.count("**It says**") == part.count("**It does not say**") + part.count("had they counted") >= 1


def test_the_input_is_what_the_page_says(five: Any, rows: dict[str, list[dict[str, Any]]]) -> None:
    page = five.PAGE.read_text("utf-8")
    reports = list(five.reports())
    copies = [report for report in reports if report["publisher"] == five.COPIER]
    assert f"{len(reports) - len(copies)} reports written for this project" in page
    assert f": {len(copies)} copies" in page
    assert len({report["id"] for report in reports}) == len(reports)
    # All are told to be copies, and of what they were made from.
    assert {(row["document"], row["copy_of"]) for row in rows["copies"]} >= {
        (report["id"], report["id"].removesuffix("-again")) for report in copies
    }
    # The fourteen files hold more than one document each at times.
    assert sum(row["documents"] for row in rows["coverage"]) >= len(reports) + len(list(five.EXAMPLE.iterdir()))


def test_forecasts_counted_by_hand_are_those_of_the_page(five: Any, rows: dict[str, list[dict[str, Any]]]) -> None:
    said = [row for row in rows["signals"] if row["document"] == row["voice"]]
    told: Counter[tuple[str, str]] = Counter()
    for one in said:
        if one["ahead"] and one["day"]:
            later = [
                other for other in said if other["deal"] == one["deal"] and other["day"] and other["day"] > one["day"]
            ]
            told[one["certainty"], "forecasts"] += 1
            told[one["certainty"], "heard"] += bool(later)
            told[one["certainty"], "came"] += any(not other["ahead"] and other["stage"] in DONE for other in later)
    answer = next(block[3] for block in five.BLOCK.finditer(five.PAGE.read_text("utf-8")) if block[3])
    head, *lines = [line.split() for line in answer.splitlines()]
    assert head[:3] == ["certainty", "forecasts", "came"]
    found = {line[0]: line for line in lines}
    for certainty in ("certain", "probable", "possible"):
        assert int(found[certainty][1]) == told[certainty, "forecasts"]
        assert int(found[certainty][2]) == told[certainty, "came"]
        assert int(found[certainty][7]) == told[certainty, "heard"]
    assert int(found["all"][1]) == sum(count for (_, what), count in told.items() if what == "forecasts")


@pytest.mark.parametrize(
    ("k", "n", "interval"),
    [(0, 21, "0.00 to 0.15"), (3, 10, "0.11 to 0.60"), (10, 10, "0.72 to 1.00"), (1, 1, "0.21 to 1.00")],
)
def test_the_interval_is_wilsons(five: Any, k: int, n: int, interval: str) -> None:
    import duckdb

    page = five.PAGE.read_text("utf-8")
    macro = page[page.index("CREATE MACRO wilson") : page.index("```", page.index("CREATE MACRO wilson"))]
    found = duckdb.connect().execute(f"{macro} SELECT wilson({k}, {n})").fetchone()
    assert found == (interval,)


def test_the_page_is_written_and_asked(
    five: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("```sql\nSELECT 7 AS seven, 'x' AS x;\n```\n\n```text\nold\n```\nbehind\n", "utf-8")
    monkeypatch.setattr(five, "PAGE", page)
    other = tmp_path / "how-to.md"
    other.write_text("```console\n$ paraph corpus run reports.jsonl x --out y\nold\n```\n", "utf-8")
    monkeypatch.setattr(five, "HOW_TO", other)
    monkeypatch.setattr(five, "make", lambda made: made.joinpath("news-set").symlink_to(folder / "news-set"))
    assert five.main(["page"]) == 0
    assert page.read_text("utf-8").endswith("```\n\n```text\nseven  x\n    7  x\n```\nbehind\n")
    assert other.read_text("utf-8").startswith(
        "```console\n$ paraph corpus run reports.jsonl x --out y\n285 documents in 15"
    )
    assert five.main(["ask", str(folder)]) == 0
    assert "    7  x\n" in capsys.readouterr().out
    assert five.main(["ask", str(tmp_path)]) == os.EX_NOINPUT
    assert "no news-set" in capsys.readouterr().err
    assert five.main(["reports"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(list(five.reports()))
