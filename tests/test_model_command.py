"""``paraph model``: what is shipped, in a table and as JSON."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from rich.console import Console

from paraph.cli import main
from paraph.exits import Exit
from paraph.extract.encoder import bundled_card
from paraph.show.model_card import print_card

CARD: dict[str, Any] = {
    "name": "paraph-encoder",
    "version": "7",
    "made": "2026-02-03",
    "license": "Apache-2.0",
    "base": "a small network",
    "trained_on": {"gold/train": {"documents": 12, "sha256": "0123456789abcdef" * 4}},
    "network": {"bytes": 22_967_154, "sha256": "f" * 64, "precision": "eight-bit weights"},
    "scores": {
        "dev": {"f1": {"value": 0.61237, "low": 0.5512, "high": 0.6649}, "precision": 0.7, "alarms": 2},
        "events": {"f1": 0.5, "recall": 0.4},
    },
}


def shown(card: dict[str, Any]) -> str:
    wide = io.StringIO()
    print_card(card, Console(file=wide, width=200, color_system=None))
    return wide.getvalue()


def test_the_card_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "--format", "json"]) == Exit.DONE
    assert json.loads(capsys.readouterr().out) == bundled_card()


def test_the_card_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    card = bundled_card()
    assert main(["model"]) == Exit.DONE
    out = capsys.readouterr().out
    assert f"{card['name']} {card['version']}" in out
    assert card["license"] in out
    for name, source in card["trained_on"].items():
        assert f"trained on {name}: {source['documents']} documents, sha256 {source['sha256'][:12]}" in out
    for name in next(iter(card["scores"].values()), {}):
        assert name.replace("_", " ") in out


def test_it_says_how_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "--format", "csv"]) == Exit.USAGE
    assert "csv" in capsys.readouterr().err
    assert main(["model", "more"]) == Exit.USAGE
    with_color = main(["model", "--no-color"])
    assert with_color == Exit.DONE
    assert "\x1b" not in capsys.readouterr().out


def test_figures_stand_in_columns_with_their_intervals() -> None:
    lines = shown(CARD).splitlines()
    assert lines[0] == "paraph-encoder 7, made 2026-02-03, Apache-2.0"
    assert lines[1] == "  23.0 MB, eight-bit weights; grown from a small network"
    assert lines[2] == "  trained on gold/train: 12 documents, sha256 0123456789ab…"
    rows = {line.split()[0]: line.split()[1:] for line in lines[4:8]}
    assert rows["figure"] == ["dev", "events"]
    assert rows["f1"] == [".612", "[.55,", ".66]", ".500"]
    assert rows["precision"] == [".700"], "what was measured on one side only leaves the other empty"
    assert rows["alarms"] == ["2.000"]
    assert "  dev: six summits kept for decisions" in lines
    assert not any(line.startswith("  newswire:") for line in lines)


def test_without_figures_there_is_no_table() -> None:
    out = shown(CARD | {"scores": {}})
    assert "figure" not in out
    assert len(out.splitlines()) == 3


def test_measures_of_corpora_without_a_name_are_not_shown() -> None:
    out = shown(CARD | {"scores": CARD["scores"] | {"secret": {"f1": 0.123}}})
    assert "secret" not in out
    assert "0.123" not in out
