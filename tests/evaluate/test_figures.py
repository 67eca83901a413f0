"""The figures: those worked out by hand, and to the last digit those of the benchmark's own scorer."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from annotated import FIGURES, FOUND, PAGES, lines, loaded, page, scored, signal, told, write

from paraph.evaluate import scoring
from paraph.evaluate.gold import GoldDocument
from paraph.evaluate.marks import VALUES
from paraph.evaluate.report import report
from paraph.evaluate.scoring import COLUMNS, b_cubed, f_score, figures, known, share, table

SHARED = Path(__file__).resolve().parents[3] / "shared" / "bench"
SCORER = SHARED / "score.py"
GOLD = SHARED / "gold" / "dev"
needs_scorer = pytest.mark.skipif(not SCORER.is_file(), reason="the scorer lies outside the project and is missing")


def test_the_figures_are_those_worked_out_by_hand(tmp_path: Path) -> None:
    made = report(scored(write(tmp_path, *PAGES), FOUND))
    assert dict(made.figures) == pytest.approx(FIGURES)
    assert list(made.figures) == list(FIGURES)
    assert made.negatives == 2
    assert tuple(made.figures)[3:] == scoring.FIGURES


def test_the_deals_figure_of_the_draws_is_that_of_the_whole(tmp_path: Path) -> None:
    rows = table(scored(write(tmp_path, *PAGES), FOUND))
    assert dict(zip(COLUMNS, rows.sum(axis=0), strict=True))["deals"] == 3
    assert known(figures(rows.sum(axis=0)))["deal_b3"] == pytest.approx(FIGURES["deal_b3"])


def test_nothing_found_and_nothing_to_find(tmp_path: Path) -> None:
    nothing = report(scored(write(tmp_path / "some", *PAGES), {}))
    assert (nothing.figures["predicted"], nothing.figures["f1_any"], nothing.figures["stage"]) == (0, 0.0, 0.0)
    assert nothing.figures["false_alarms_per_negative"] == 0.0
    none = report(scored(write(tmp_path / "none", *PAGES[:2]), {}))
    assert none.figures["false_alarms_per_negative"] is None
    alarms = report(scored(write(tmp_path / "alarms", *PAGES[2:]), FOUND))
    assert (alarms.figures["documents"], alarms.figures["precision"]) == (0, 0.0)
    assert alarms.figures["false_alarms_per_negative"] == 1.0


def test_deals_of_two_events_are_two_deals(tmp_path: Path) -> None:
    text = "A ferry pact and a feed pact."
    pages = [page(event, text, signal("ferry pact"), event=event) for event in ("a", "b")]
    found = {event: [told(text, "ferry pact", deal="x")] for event in ("a", "b")}
    assert b_cubed(scored(write(tmp_path / "two", *pages), found)) == 1.0
    # In one event, two deals taken for one: precision 1/2, recall 1.
    pages[1] = page("b", text, signal("feed pact", deal="feed"), event="a")
    found["b"] = [told(text, "feed pact", deal="x")]
    assert b_cubed(scored(write(tmp_path / "one", *pages), found)) == pytest.approx(2 / 3)


def test_shares_are_taken_element_by_element() -> None:
    assert share(np.array([1.0, 0.0]), np.array([2.0, 0.0])).tolist() == [0.5, 0.0]
    assert np.isnan(share(np.asarray(0.0), np.asarray(0.0), np.nan))
    assert f_score(np.array([1.0, 0.0, 0.0]), np.array([1.0, 1.0, 0.0]), np.array([3.0, 1.0, 0.0]), np.nan)[
        :2
    ].tolist() == [
        0.5,
        0.0,
    ]
    assert known({"a": np.asarray(np.nan), "b": np.asarray(0.25)}) == {"a": None, "b": 0.25}


def rough(document: GoldDocument, chance: random.Random) -> list[dict[str, Any]]:
    """Return made-up predictions for a document: its own signals moved, mistaken and left out, and some out of nowhere."""
    rows: list[dict[str, Any]] = []
    for mark in document.marks:
        if chance.random() < 0.2:
            continue
        start = min(mark.end - 1, max(0, mark.start + chance.randint(-12, 12)))
        about = {name: getattr(mark, name) for name in VALUES}
        wrong = chance.choice([*VALUES, None, None])
        if wrong == "ahead":
            about["ahead"] = not about["ahead"]
        elif wrong is not None:
            about[wrong] = chance.choice(VALUES[wrong])
        rows.append(
            about
            | {
                "start": start,
                "end": min(len(document.text), max(start + 1, mark.end + chance.randint(-12, 25))),
                "parties": list(mark.parties)[: chance.randint(0, 3)],
                "deal": chance.choice([mark.deal, mark.deal, "another", None, 7]),
                "confidence": round(chance.random(), 4),
            }
        )
    for _ in range(chance.randint(0, 2)):
        start = chance.randint(0, len(document.text) - 2)
        rows.append({"start": start, "end": min(len(document.text), start + 15)})
    chance.shuffle(rows)
    return rows


@needs_scorer
@pytest.mark.parametrize("seed", [1, 2])
def test_the_figures_are_the_scorers_to_the_last_digit(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    gold = loaded(GOLD)
    found = {each.id: rough(each, chance) for each in gold if chance.random() < 0.95}
    path = tmp_path / "found.jsonl"
    path.write_text(lines(found))
    call = [sys.executable, str(SCORER), str(GOLD), str(path)]
    said = subprocess.run([*call, "--json"], capture_output=True, text=True, check=True).stdout
    made = report(scored(GOLD, found))
    assert dict(made.figures) == json.loads(said)
    assert list(made.figures) == list(json.loads(said))
    assert made.figures["f1"] != made.figures["f1_any"]
    assert 0 < (made.figures["deal_b3"] or 0) < 1


@needs_scorer
def test_the_errors_are_the_scorers(tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    path.write_text(lines(FOUND))
    folder = write(tmp_path / "gold", *PAGES)
    # The scorer wants the offsets in the files.
    for each in loaded(folder):
        data = json.loads(Path(each.path).read_text("utf-8"))
        for row, mark in zip(data["signals"], each.marks, strict=True):
            row |= {"start": mark.start, "end": mark.end}
        Path(each.path).write_text(json.dumps(data))
    call = [sys.executable, str(SCORER), str(folder), str(path), "--errors", "100"]
    said = subprocess.run(call, capture_output=True, text=True, check=True).stdout
    theirs = [row.strip().removeprefix("| ") for row in said.splitlines() if " | " in row]
    made = report(scored(folder, FOUND), errors=100)
    ours = []
    for each in made.mistakes:
        kind = each.kind if each.kind != "wrong" else f"{each.field} {each.gold} taken for {each.taken_for}"
        if each.field != "parties":
            ours.append(f"{each.document} | {kind} | {each.anchor}")
    assert ours == theirs
    assert made.mistakes_in_all == len(theirs) + 2
