"""The quality gate: floors rise by themselves, fall only when told to, and a changed corpus is told."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
RUN = """
import json, sys
print(json.dumps(json.load(open(__file__ + ".json"))))
"""


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The gate, with its floors in a folder of the test's own."""
    spec = importlib.util.spec_from_file_location("gate", ROOT / "benchmarks" / "gate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "FLOORS", tmp_path / "floors.json")
    return module


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A bench with one gold document and a scorer that prints what a file beside it says."""
    bench = tmp_path / "shared" / "bench"
    (bench / "gold" / "dev" / "event").mkdir(parents=True)
    (bench / "gold" / "dev" / "event" / "a.json").write_text('{"id": "a"}')
    (bench / "run.py").write_text(RUN)
    return tmp_path / "shared"


def reaches(gate: Any, shared: Path, **other: float) -> None:
    figures = dict.fromkeys(gate.HELD, 0.5) | {"documents": 1} | other
    (shared / "bench" / "run.py.json").write_text(json.dumps(figures))


def test_without_the_gold_nothing_is_checked(gate: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert gate.main(["--shared", str(tmp_path / "none")]) == 0
    assert "is missing; the quality is not checked" in capsys.readouterr().out


def test_floors_are_pinned_held_and_missed(gate: Any, shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["--shared", str(shared)]
    reaches(gate, shared, f1=0.61237)
    assert gate.main(call) == 1
    assert "no floors are pinned yet" in capsys.readouterr().out
    assert gate.main([*call, "--pin"]) == 0
    kept = json.loads(gate.FLOORS.read_text())
    assert kept["floors"]["f1"] == 0.6123
    assert gate.main(call) == 0
    reaches(gate, shared, f1=0.6, false_alarms_per_negative=0.7)
    capsys.readouterr()
    assert gate.main(call) == 1
    out = capsys.readouterr().out
    assert "f1: 0.6 is below the floor 0.6123" in out
    assert "false_alarms_per_negative: 0.7 is above the ceiling 0.5" in out
    assert gate.main([*call, "--pin"]) == 0
    assert json.loads(gate.FLOORS.read_text()) == kept
    assert gate.main([*call, "--lower"]) == 0
    assert json.loads(gate.FLOORS.read_text())["floors"]["f1"] == 0.6
    assert gate.main(call) == 0


def test_a_changed_corpus_is_told(gate: Any, shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["--shared", str(shared)]
    reaches(gate, shared)
    assert gate.main([*call, "--pin"]) == 0
    (shared / "bench" / "gold" / "dev" / "event" / "b.json").write_text('{"id": "b"}')
    capsys.readouterr()
    for more in ([], ["--pin"]):
        assert gate.main([*call, *more]) == 1
        assert "the gold has changed" in capsys.readouterr().out
    assert gate.main([*call, "--lower"]) == 0
    assert gate.main(call) == 0


def test_a_scorer_that_fails_fails_the_gate(gate: Any, shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shared / "bench" / "run.py").write_text("import sys; sys.exit('no such program')")
    assert gate.main(["--shared", str(shared)]) == 1
    assert "the scorer failed: no such program" in capsys.readouterr().err


def test_the_hash_is_of_names_and_bytes(gate: Any, shared: Path) -> None:
    gold = shared / "bench" / "gold" / "dev"
    first = gate.corpus_hash(gold)
    shutil.copytree(gold, shared / "copy")
    assert gate.corpus_hash(shared / "copy") == first
    (gold / "event" / "a.json").rename(gold / "event" / "c.json")
    assert gate.corpus_hash(gold) != first


def test_a_figure_that_is_gone_is_a_miss(gate: Any) -> None:
    assert gate.compare({"f1": None}, {"f1": 0.1}) == ["f1: None is below the floor 0.1"]


def test_the_pinned_floors_are_those_that_are_held(gate: Any) -> None:
    place = ROOT / "benchmarks" / "floors.json"
    if not place.exists():
        pytest.skip("no floors are pinned yet: python benchmarks/gate.py --pin")
    kept = json.loads(place.read_text("utf-8"))
    assert set(kept["floors"]) == set(gate.HELD)
    assert len(kept["corpus"]) == 64
