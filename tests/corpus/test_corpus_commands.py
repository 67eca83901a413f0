"""``paraph corpus run``, ``report`` and ``load`` as a person calls them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from corpora import EXAMPLE, contents, report
from holdings import jsonl
from rich.console import Console

from paraph.cli import main
from paraph.commands import corpus as commands
from paraph.corpus.run import Progress
from paraph.desk import open_desk
from paraph.exits import Exit


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return jsonl(tmp_path / "reports.jsonl", [report(n) for n in range(12)])


def call(*words: object) -> int:
    return main([str(word) for word in words])


def test_from_files_to_a_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, desk = tmp_path / "out", tmp_path / "desk.db"
    assert call("corpus", "run", EXAMPLE, "--out", out, "--workers", 1) == 0
    said = capsys.readouterr().out
    assert said.startswith("18 documents in 14 inputs\n")
    assert "documents a second" in said
    assert call("corpus", "report", out) == 0
    assert capsys.readouterr().out == said
    assert call("corpus", "run", EXAMPLE, "--out", out, "--workers", 1) == 0
    assert "this was done before; nothing was done again" in capsys.readouterr().out
    assert call("--desk", desk, "corpus", "load", out) == 0
    first = capsys.readouterr().out
    assert "0 updated, 0 known" in first
    assert call("--desk", desk, "corpus", "load", out, "-f", "json") == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["new"], again["signals"]) == (0, 0)
    with open_desk(desk, create=False) as opened:
        assert sum(1 for _ in opened.documents()) == again["known"] == again["total"]


def test_reports_as_json_and_inputs_without_a_document(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("corpus", "run", reports, "--out", tmp_path / "a", "--workers", 1, "-f", "json", "--no-deals") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["documents"] == 12
    empty = jsonl(tmp_path / "none.jsonl", [{"no": "text"}])
    assert (
        call("corpus", "run", empty, "--out", tmp_path / "b", "--workers", 1, "--columns", "text=body")
        == Exit.ALL_FAILED
    )
    assert "1 damaged (100.0 %)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (["--reader", "oracle"], "reader 'oracle' is not known; give one of: cues, encoder"),
        (["--scheduler", "tcp://x:1"], "give --engine dask with it"),
        (["--columns", "body=text"], "'body=text' is not KEY=NAME with a KEY of: id, html"),
        (["--columns", "text"], "'text' is not KEY=NAME"),
        ([""], "an input is empty"),
        (["/not/there"], "/not/there: there is no such file or folder"),
    ],
)
def test_a_wrong_call_is_told_before_any_work(
    words: list[str], cure: str, reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("corpus", "run", reports, *words, "--out", tmp_path / "out") == 2
    assert cure in capsys.readouterr().err
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_loading_and_reporting_what_is_no_data_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--desk", tmp_path / "d.db", "corpus", "load", tmp_path], ["corpus", "report", tmp_path]):
        assert call(*words) == 2
        assert "there is no whole data set in it" in capsys.readouterr().err
    assert not (tmp_path / "d.db").exists()


def test_without_arrow_the_error_says_how_to_get_it(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert call("corpus", "run", reports, "--out", tmp_path / "out") == 2
    assert "pip install 'paraph[corpus]'" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_stopped_by_its_user_it_goes_on(tmp_path: Path) -> None:
    lines = [report(n) for n in range(150)]
    path = jsonl(tmp_path / "many.jsonl", lines)
    environment = os.environ | {"PARAPH_CORPUS_PIECE_BYTES": "4000"}
    command = [sys.executable, "-m", "paraph", "corpus", "run", str(path), "--workers", "2", "--out"]

    def begun(out: Path) -> bool:
        return sum(1 for _ in out.glob("work/read/[0-9]*")) >= 2

    def whole(out: Path) -> None:
        subprocess.run([*command, str(out)], env=environment, check=True, capture_output=True)

    process = subprocess.Popen(
        [*command, str(tmp_path / "out")],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # a background shell ignores it
    )
    while not begun(tmp_path / "out") and process.poll() is None:
        pass
    process.send_signal(signal.SIGINT)
    said = process.communicate()[1]
    assert process.returncode == 130, said
    assert "the same command goes on" in said
    assert not (tmp_path / "out" / "manifest.json").exists()
    whole(tmp_path / "out")
    whole(tmp_path / "whole")
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_progress_shows_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    steps = [
        Progress("read", 0.5, 1_200, 75.2, 90.0),
        Progress("copies_meet", 0.2, 0, 0.0, None),
        Progress("load", 1, 3, 1, 0),
    ]

    def shown() -> str:
        with commands._bar() as told:
            tell: Callable[[Progress], None] = told
            for step in steps:
                tell(step)
        return capsys.readouterr().err

    assert shown() == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    consoles = Console
    monkeypatch.setattr("rich.console.Console", lambda **given: consoles(**given, force_terminal=True, width=140))
    assert "loading" in shown()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(40, "40 s"), (99.4, "99 s"), (100, "2 min"), (5_940, "99 min"), (6_000, "1 h 40 min"), (11_100, "3 h 05 min")],
)
def test_times_are_said_as_a_person_does(seconds: float, said: str) -> None:
    assert commands._time(seconds) == said
