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
TEXT = "Norway and Chile signed an agreement on electric ferries today, Transport Minister Ana Ruiz said."
SIGNAL = {
    "anchor": "agreement on electric ferries", "stage": "signed", "ahead": False, "certainty": "certain",
    "source_type": "official", "source": "Ana Ruiz", "parties": ["NO", "CL"], "sector": "transport",
    "instrument": "cooperation", "deal": "ferries",
}  # fmt: skip


def document(id_: str, *signals: dict[str, Any], text: str = TEXT) -> str:
    role = "outcome" if signals else "negative"
    return json.dumps({"id": id_, "event": "event", "role": role, "text": text, "signals": signals})


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The gate, with its floors in a folder of the test's own."""
    spec = importlib.util.spec_from_file_location("gate", ROOT / "benchmarks" / "gate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not module.PARAPH.exists():
        pytest.skip("paraph is not installed beside this interpreter; run `make test`")
    monkeypatch.setattr(module, "FLOORS", tmp_path / "floors.json")
    return module


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A bench with two gold documents and a scorer of deals and verdicts that prints what a file beside it says."""
    bench = tmp_path / "shared" / "bench"
    (bench / "gold" / "dev" / "event").mkdir(parents=True)
    (bench / "gold" / "dev" / "event" / "a.json").write_text(document("a", SIGNAL))
    (bench / "gold" / "dev" / "event" / "b.json").write_text(document("b", text="Nothing was agreed in Arica."))
    (bench / "run.py").write_text(RUN)
    return tmp_path / "shared"


def reaches(shared: Path, **other: float) -> None:
    names = ("found", "verdict", "verdict_macro_f1", "came_true_f1", "deal_b3")
    figures = dict.fromkeys(names, 0.5) | {"deals": 1} | other
    (shared / "bench" / "run.py.json").write_text(json.dumps(figures))


def test_without_the_gold_nothing_is_checked(gate: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert gate.main(["--shared", str(tmp_path / "none")]) == 0
    assert "is missing; the quality is not checked" in capsys.readouterr().out


def test_floors_are_pinned_held_and_missed(gate: Any, shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["--shared", str(shared)]
    reaches(shared, verdict=0.61237)
    assert gate.main(call) == 1
    assert "no floors are pinned yet" in capsys.readouterr().out
    assert gate.main([*call, "--pin"]) == 0
    kept = json.loads(gate.FLOORS.read_text())
    assert kept["floors"]["verdict"] == 0.6123
    # The program itself was asked about the signals, and finds the one that is there.
    assert (kept["floors"]["f1_any"], kept["floors"]["false_alarms_per_negative"]) == (1.0, 0.0)
    assert set(kept["floors"]) == set(gate.HELD)
    assert gate.main(call) == 0
    reaches(shared, verdict=0.6)
    capsys.readouterr()
    assert gate.main(call) == 1
    out = capsys.readouterr().out
    assert "gate: verdict: 0.6 is below the floor 0.6123" in out
    assert gate.main([*call, "--pin"]) == 0
    assert json.loads(gate.FLOORS.read_text()) == kept
    assert gate.main([*call, "--lower"]) == 0
    assert json.loads(gate.FLOORS.read_text())["floors"]["verdict"] == 0.6
    assert gate.main(call) == 0


def test_a_changed_corpus_is_told(gate: Any, shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["--shared", str(shared)]
    reaches(shared)
    assert gate.main([*call, "--pin"]) == 0
    (shared / "bench" / "gold" / "dev" / "event" / "c.json").write_text(document("c", SIGNAL))
    capsys.readouterr()
    for more in ([], ["--pin"]):
        assert gate.main([*call, *more]) == 1
        assert "the gold has changed" in capsys.readouterr().out
    assert gate.main([*call, "--lower"]) == 0
    assert gate.main(call) == 0


def test_a_scorer_that_fails_fails_the_gate(gate: Any, shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shared / "bench" / "run.py").write_text("import sys; sys.exit('no such program')")
    assert gate.main(["--shared", str(shared)]) == 1
    assert "measuring failed: no such program" in capsys.readouterr().err


def test_gold_that_cannot_be_used_fails_the_gate(gate: Any, shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reaches(shared)
    (shared / "bench" / "gold" / "dev" / "event" / "c.json").write_text(document("a", SIGNAL))
    assert gate.main(["--shared", str(shared)]) == 1
    assert "measuring failed: paraph: " in capsys.readouterr().err


def test_a_program_that_fails_without_a_word_fails_the_gate(
    gate: Any, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shared / "bench" / "run.py").write_text("import sys; sys.exit(7)")
    assert gate.main(["--shared", str(shared)]) == 1
    assert "measuring failed: python" in capsys.readouterr().err


def test_the_hash_is_of_names_and_bytes(gate: Any, shared: Path) -> None:
    gold = shared / "bench" / "gold" / "dev"
    first = gate.corpus_hash(gold)
    shutil.copytree(gold, shared / "copy")
    assert gate.corpus_hash(shared / "copy") == first
    (gold / "event" / "a.json").rename(gold / "event" / "c.json")
    assert gate.corpus_hash(gold) != first


def test_a_figure_that_is_gone_or_too_high_is_a_miss(gate: Any) -> None:
    assert gate.compare({"f1": None}, {"f1": 0.1}) == ["f1: None is below the floor 0.1"]
    alarms = {"false_alarms_per_negative": 0.5}
    assert gate.compare({"false_alarms_per_negative": 0.5}, alarms) == []
    assert gate.compare({"f1": 0.6}, {"f1": 0.6 + gate.SLACK}) == []
    assert gate.compare({"f1": 0.6}, {"f1": 0.601 + gate.SLACK}) != []
    assert gate.compare({"false_alarms_per_negative": 0.5 + gate.ALARM_SLACK}, alarms) == []
    assert gate.compare({"false_alarms_per_negative": 0.7}, alarms) == [
        "false_alarms_per_negative: 0.7 is above the ceiling 0.5"
    ]


def test_the_pinned_floors_are_those_that_are_held(gate: Any) -> None:
    place = ROOT / "benchmarks" / "floors.json"
    if not place.exists():
        pytest.skip("no floors are pinned yet: python benchmarks/gate.py --pin")
    kept = json.loads(place.read_text("utf-8"))
    assert set(kept["floors"]) == set(gate.HELD)
    assert len(kept["corpus"]) == 64
