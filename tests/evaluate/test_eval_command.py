"""``paraph eval``: the table, the formats, the exit statuses; and the same figures as the benchmark's own run of the program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from annotated import FIGURES, FIRST, FOUND, PAGES, lines, page, signal, told, write

from paraph.cli import main
from paraph.commands import evaluate
from paraph.evaluate.intervals import SAMPLES
from paraph.evaluate.report import BY
from paraph.evaluate.scoring import FIGURES as NAMES
from paraph.exits import Exit
from paraph.reading import DEFAULT_ENGINE
from paraph.show import evaluation
from samples import HOSTILE, REPORT
from test_cli import on_terminal

SHARED = Path(__file__).resolve().parents[3] / "shared" / "bench"


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PARAPH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "140")


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return write(tmp_path / "gold", *PAGES)


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    path = tmp_path / "found.jsonl"
    path.write_text(lines(FOUND | {"none/2": []}))
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = main(["eval", *map(str, arguments)])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_command_knows_what_the_report_knows() -> None:
    assert evaluate.BY == BY
    assert set(evaluate.USUAL) <= set(BY)
    assert list(evaluation._ABOUT) == list(NAMES)
    assert SAMPLES == 1_000


def test_json_has_the_figures_and_all_that_explains_them(
    gold: Path, predictions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = said(capsys, gold, "--predictions", predictions, "-f", "json", "--errors", 3, "--samples", 50)
    assert (status, err) == (Exit.DONE, "")
    made = json.loads(out)
    assert made["figures"] == pytest.approx(FIGURES)
    assert (made["engine"], made["predictions"], made["gold"]) == (None, str(predictions), [str(gold)])
    assert (made["samples"], made["seed"], made["unread"], made["negatives"]) == (50, 0, [], 2)
    assert list(made["by"]) == list(evaluate.USUAL)
    assert made["calibration"]["n"] == 4
    assert (made["errors_in_all"], len(made["errors"])) == (10, 3)
    assert made["confusions"]["sector"] == [{"gold": "transport", "taken_for": "industry", "n": 1, "of": 2}]
    assert [each["id"] for each in made["worst"]] == ["none/1", "oslo/1", "oslo/2"]


def test_jsonl_is_one_object_a_document(gold: Path, predictions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = said(capsys, gold, "--predictions", predictions, "-f", "jsonl")
    assert status == Exit.DONE
    rows = [json.loads(row) for row in out.splitlines()]
    assert [row["id"] for row in rows] == ["none/1", "none/2", "oslo/1", "oslo/2"]
    assert [len(row["errors"]) for row in rows] == [2, 0, 5, 3]


def test_the_table_tells_it_all(gold: Path, predictions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = said(capsys, gold, "--predictions", predictions, "--errors", 100, "--by", "event,stage,event")
    assert status == Exit.DONE
    head = f"{predictions} on {gold} 2 documents with deals, 2 without; 5 signals marked, 4 found "
    assert " ".join(out.split()).startswith(head)  # long paths wrap
    shown = {row.split()[0]: row.split()[1] for row in out.splitlines() if row.split() and row.split()[0] in NAMES}
    assert (shown["precision"], shown["f1"], shown["deal_b3"]) == ("0.500", "0.444", "0.714")
    assert out.count("\nby ") == 2
    assert "oslo              2       5          4    0.67  0.44     0.44             ·" in out
    assert "agreed            1       2          0   0.50   0.00  0.00          ·  0.00" in out
    assert "source_type  1 of 3   33 %  outlet taken for official" in out
    assert "  0.9–1.0  " in out
    assert "100 %  2 of 2, 34–100 %" in out
    assert "0.3–0.4" not in out
    assert "expected calibration error 0.138 over 4 signals; 0.108 over 6 signals, false alarms included" in out
    assert "errors: 10 of 10" in out
    assert "  stage agreed taken for talks  oslo/1\n    Norway and Chile signed a ferry pact. They may" in out
    assert "agree on [joint ice research] and a salmon feed supply.\n" in out
    assert "  false alarm  none/1\n    Oslo has a new [ferry]. It was built in Oslo.\n" in out
    # Four documents are too few for an interval.
    assert "a–b" not in out


def test_intervals_are_in_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = [page(f"a{n}", FIRST, signal("ferry pact"), signal("salmon feed supply")) for n in range(6)]
    signals = [told(FIRST, "ferry pact", confidence=0.75), told(FIRST, "They", confidence=0.25)]
    found = {f"a{n}": signals[: 1 + n % 2] for n in range(6)}
    path = tmp_path / "found.jsonl"
    path.write_text(lines(found))
    gold = write(tmp_path / "gold", *pages)
    arguments = [gold, "--predictions", path, "--by", "event,sector"]
    _, out, _ = said(capsys, *arguments)
    assert "f1                         0.571  0.522–0.632  both in one" in out
    assert "0.57 0.52–0.63" in out
    assert "a–b: interval of 95 %" in out
    assert "  expected calibration error 0.250 over 9 signals\n" in out
    assert said(capsys, *arguments)[1] == out
    assert said(capsys, *arguments, "--seed", 7, "--samples", 40)[1] != out
    assert "a–b" not in said(capsys, *arguments, "--samples", 0)[1]
    _, plain, _ = said(capsys, *arguments, "--by", "none")
    assert "\nby " not in plain


def test_a_narrow_terminal_shows_what_says_most(
    gold: Path, predictions: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    _, out, _ = said(capsys, gold, "--predictions", predictions)
    assert max(map(len, out.splitlines())) <= 90
    heads = [row.split() for row in out.splitlines() if row.strip().startswith("documents ")]
    assert heads[0] == ["documents", "marked", "predicted", "f1_any", "full_f1"]
    assert heads[2] == ["documents", "marked", "predicted", "found", "f1"]


def test_a_flawless_reading_has_nothing_to_tell_of_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = write(tmp_path / "gold", page("a", FIRST, signal("ferry pact")))
    path = tmp_path / "found.jsonl"
    path.write_text(lines({"a": [told(FIRST, "ferry pact")]}))
    _, out, _ = said(capsys, gold, "--predictions", path, "--errors", 5)
    assert "f1                         1.000" in out
    for word in ("taken for", "confidence", "most missed", "errors"):
        assert word not in out


def test_negatives_alone_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = write(tmp_path / "gold", *PAGES[2:])
    path = tmp_path / "found.jsonl"
    path.write_text(lines({"none/1": FOUND["none/1"], "none/2": []}))
    _, out, _ = said(capsys, gold, "--predictions", path)
    assert "0 documents with deals, 2 without; 0 signals marked, 0 found" in out
    assert "  0.5–0.6  " + "·" * 41 + "      ·  none; 2 false alarms" in out
    assert "by stage" not in out


def test_the_engine_reads_what_anybody_would_give_it(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = said(capsys, gold, "-f", "json", "--samples", 0, "--by", "none")
    assert (status, err) == (Exit.DONE, "")
    made = json.loads(out)
    assert made["engine"] == DEFAULT_ENGINE
    assert (made["intervals"], made["by"]) == (dict.fromkeys(NAMES), {})
    inputs = Path(gold.parent / "in")
    inputs.mkdir()
    for each in PAGES:
        bare = {key: each[key] for key in ("id", "text", "publisher", "title", "published")}
        (inputs / f"{each['id'].replace('/', '-')}.json").write_text(json.dumps(bare))
    path = gold.parent / "read.jsonl"
    assert main(["read", str(inputs), "-o", str(path)]) == Exit.DONE
    _, again, _ = said(capsys, gold, "--predictions", path, "-f", "json", "--samples", 0, "--by", "none")
    assert json.loads(again)["figures"] == made["figures"]
    assert made["figures"]["predicted"] > 0


def test_what_a_desk_exports_can_be_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, desk, gold = tmp_path / "report.txt", str(tmp_path / "desk.db"), tmp_path / "gold"
    source.write_text(REPORT)
    assert main(["--desk", desk, "add", str(source)]) == Exit.DONE
    assert main(["--desk", desk, "export", "--format", "gold", "--out", str(gold)]) == Exit.DONE
    capsys.readouterr()
    status, out, err = said(capsys, gold, "-f", "json")
    assert (status, err) == (Exit.DONE, "")
    figures = json.loads(out)["figures"]
    # The desk keeps doubtful signals too, so not all of it is found again; what is found is as it was.
    assert figures["predicted"] > 2
    assert (figures["precision"], figures["stage"], figures["instrument"]) == (1.0, 1.0, 1.0)


def test_the_file_is_written_as_its_name_asks(gold: Path, predictions: Path, tmp_path: Path) -> None:
    for name, begins in (("out.json", "{"), ("out.jsonl", '{"id": "none/1"'), ("out.txt", str(predictions))):
        assert main(["eval", str(gold), "--predictions", str(predictions), "-o", str(tmp_path / name)]) == Exit.DONE
        assert (tmp_path / name).read_text("utf-8").startswith(begins)


# --- what goes wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--engine", "oracle"], "engine 'oracle' is not known; give one of: cues"),
        (["--by", "colour"], "'colour' is no breakdown; give some of event, genre"),
        (["--by", ""], "'' is no breakdown"),
        (["--samples", "-3"], "'-3' is no number of things"),
        (["--errors", "x"], "'x' is no number of things"),
        (["--engine", "oracle", "--predictions", "x"], "not allowed with argument"),
    ],
)
def test_a_wrong_call_is_told(arguments: list[str], told: str, gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = said(capsys, gold, *arguments)
    assert (status, out) == (Exit.USAGE, "")
    assert told in err
    assert err.count("\n") == 1


def test_gold_that_cannot_be_used_scores_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "missing"
    old = tmp_path / "old.json"
    old.write_text("old")
    status, out, err = said(capsys, missing, "-o", old)
    assert (status, out) == (Exit.ALL_FAILED, "")
    assert err == f"paraph: {missing}: there is no such file or folder (give a folder of annotated documents)\n"
    gold = write(tmp_path / "gold", *PAGES, page("bad", FIRST, signal("ferry pact", stage="sealed")))
    status, _, err = said(capsys, gold, "-o", old)
    assert status == Exit.ALL_FAILED
    assert err.splitlines() == [
        f"paraph: {gold / 'oslo' / '05.json'}: signal 1 ('ferry pact'): stage 'sealed' is not known "
        "(give idea, talks, agreed, signed, in_force, stalled or ended)",
        "paraph: 1 of 5 cannot be used; nothing is scored",
    ]
    assert old.read_text() == "old"


def test_of_many_bad_files_some_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for n in range(23):
        (tmp_path / f"{n}.json").write_text("[]")
    status, _, err = said(capsys, tmp_path)
    assert status == Exit.ALL_FAILED
    assert err.count("it is no JSON object") == 20
    assert err.endswith("and 3 more that cannot be used\nparaph: 23 of 23 cannot be used; nothing is scored\n")


def test_predictions_that_do_not_fit_score_nothing(
    gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, old = tmp_path / "found.jsonl", tmp_path / "old.json"
    old.write_text("old")
    path.write_text(lines({"oslo/7": []}))
    status, _, err = said(capsys, gold, "--predictions", path, "-o", old)
    assert status == Exit.ALL_FAILED
    assert (
        err == f"paraph: {path}: line 1: no gold document has the id 'oslo/7' (give predictions for this gold alone)\n"
    )
    assert old.read_text() == "old"


def test_documents_without_predictions_are_told(gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "found.jsonl"
    path.write_text(lines(FOUND))
    status, out, err = said(capsys, gold, "--predictions", path, "-f", "json")
    assert status == Exit.DONE
    assert err == (
        f"paraph: {path}: 1 of 4 documents have no line in it, such as none/2; they count as without signals found\n"
    )
    assert json.loads(out)["figures"] == pytest.approx(FIGURES)


FRENCH = (
    "La Norvège et le Chili ont signé un accord sur les ferries électriques et ils vont discuter de la recherche commune sur "
    "la glace des fjords, a dit la ministre des transports, qui a ajouté que les deux pays veulent aussi un accord sur le "
    "saumon et que les négociations avec les armateurs ont bien avancé depuis le début de la semaine dans la capitale."
)


def test_a_document_that_cannot_be_read_counts_as_without_signals(
    gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(gold, *PAGES, page("oslo/fr", FRENCH, signal("accord")))
    status, out, err = said(capsys, gold, "-f", "json")
    assert status == Exit.SOME_FAILED
    assert f"paraph: {gold / 'oslo' / '05.json'}: the text is in French" in err
    assert err.endswith("paraph: 1 of 5 could not be read; they count as without signals found\n")
    made = json.loads(out)
    assert made["unread"] == ["oslo/fr"]
    assert made["figures"]["signals"] == 6
    old = tmp_path / "old.json"
    old.write_text("old")
    alone = write(tmp_path / "alone", page("oslo/fr", FRENCH, signal("accord")))
    status, _, err = said(capsys, alone, "-o", old)
    assert status == Exit.ALL_FAILED
    assert err.endswith("paraph: no document could be read; nothing is scored\n")
    assert old.read_text() == "old"


def test_hostile_names_reach_no_terminal_raw(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    text = f"A {HOSTILE} ferry pact {HOSTILE} [bold]and[/bold] more."
    hostile = page(HOSTILE, text, signal("ferry pact"), event=f"e{HOSTILE[:3]}", genre=HOSTILE)
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "a.json").write_text(json.dumps(hostile))
    path = tmp_path / "found.jsonl"
    path.write_text(lines({HOSTILE: [told(text, "more", stage=HOSTILE), told(text, "pact", stage=HOSTILE)]}))
    for form in evaluate.FORMATS:
        assert (
            main(["eval", str(tmp_path / "gold"), "--predictions", str(path), "-f", form, "--errors", "9"]) == Exit.DONE
        )
    (tmp_path / "gold" / "b.json").write_text(json.dumps(hostile))
    assert main(["eval", str(tmp_path / "gold")]) == Exit.ALL_FAILED
    out, err = capfdbinary.readouterr()
    assert "[bold]and" in out.decode()
    for raw in (b"\x1b", b"\x07", "\u202e".encode(), "\u2066".encode(), "\x9b".encode()):
        assert raw not in out
        assert raw not in err


# --- as a process of its own -----------------------------------------------------------------------------------------


def test_a_bar_is_shown_while_the_engine_reads(gold: Path, tmp_path: Path) -> None:
    status, shown = on_terminal(["eval", str(gold), "-o", str(tmp_path / "out.json")], out=False)
    assert status == Exit.DONE
    assert "/4" in shown


@pytest.mark.skipif(not (SHARED / "run.py").is_file(), reason="the benchmark lies outside the project and is missing")
def test_the_figures_are_those_of_the_benchmarks_own_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Two documents with deals and one without, of two folders.
    gold: dict[str, Any] = {}
    for name in ("india-russia-2025", "negative"):
        for path in sorted((SHARED / "gold" / "dev" / name).glob("*.json"))[:2]:
            gold[path.name] = path
            (tmp_path / "gold" / name).mkdir(parents=True, exist_ok=True)
            (tmp_path / "gold" / name / path.name).symlink_to(path)
    folder = str(tmp_path / "gold")
    call = [sys.executable, str(SHARED / "run.py"), "read", folder, "--json", "--paraph", f"{sys.executable} -m paraph"]
    theirs = json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)
    status, out, _ = said(capsys, folder, "-f", "json")
    assert status == Exit.DONE
    assert json.loads(out)["figures"] == theirs
    assert theirs["f1"] > 0
