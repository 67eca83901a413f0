"""The report: breakdowns, confusions, the worst documents, the errors; figures worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from annotated import FIGURES, FIRST, FOUND, PAGES, loaded, page, scored, signal, told, write

from paraph.evaluate.intervals import Draws
from paraph.evaluate.report import AROUND, BY, VALUE_FIGURES, WORST, Report, Row, of_document, report
from paraph.resolve.statistics import Interval


@pytest.fixture
def made(tmp_path: Path) -> Report:
    return report(scored(write(tmp_path, *PAGES), FOUND), by=BY, errors=100)


def row(made: Report, by: str, value: str) -> Row:
    return next(each for each in made.by[by] if each.value == value)


def test_documents_are_told_apart(made: Report) -> None:
    assert [each.value for each in made.by["event"]] == ["negative", "oslo"]
    assert [each.value for each in made.by["role"]] == [each.value for each in made.by["genre"]]
    assert [each.value for each in made.by["role"]] == ["negative", "outcome", "preview"]
    oslo = row(made, "event", "oslo")
    assert (oslo.documents, oslo.negatives, oslo.signals, oslo.predicted) == (2, 0, 5, 4)
    assert {name: value for name, value in oslo.figures.items() if value is not None} == pytest.approx(
        {name: value for name, value in FIGURES.items() if name in oslo.figures and name != "false_alarms_per_negative"}
    )
    negative = row(made, "event", "negative")
    assert (negative.documents, negative.negatives, negative.signals, negative.predicted) == (2, 2, 0, 2)
    assert {name for name, value in negative.figures.items() if value is not None} == {"false_alarms_per_negative"}
    outcome = row(made, "role", "outcome")
    # One of two found, and it is all right but the sector.
    assert outcome.figures["f1_any"] == pytest.approx(2 / 3)
    assert outcome.figures["sector"] == 0.0
    assert outcome.figures["deal_b3"] == 1.0


def test_signals_are_told_apart_in_the_order_of_the_model(made: Report) -> None:
    assert list(made.by) == list(BY)
    assert [each.value for each in made.by["stage"]] == ["talks", "agreed", "signed", "in_force"]
    assert [each.value for each in made.by["ahead"]] == ["true", "false"]
    signed = row(made, "stage", "signed")
    # Marked: ferry pact, feed; found with it: They, a ferry pact; one pair, fully right.
    assert (signed.documents, signed.signals, signed.predicted) == (2, 2, 2)
    assert tuple(signed.figures) == VALUE_FIGURES
    assert list(signed.figures.values()) == [0.5, 1.0, 1.0, 0.5, 0.5]
    agreed = row(made, "stage", "agreed")
    # Marked twice, once found, then taken for talks; never told.
    assert (agreed.signals, agreed.predicted) == (2, 0)
    assert list(agreed.figures.values()) == [0.5, 0.0, 0.0, None, 0.0]
    talks = row(made, "stage", "talks")
    assert (talks.signals, talks.predicted) == (0, 1)
    assert list(talks.figures.values()) == [None, None, None, 0.0, 0.0]
    outlet = row(made, "source_type", "outlet")
    assert list(outlet.figures.values()) == pytest.approx([3 / 5, 2 / 3, 2 / 3, 2 / 3, 2 * 2 / (5 + 3)])


def test_values_that_the_model_does_not_know_come_last(tmp_path: Path) -> None:
    found = {"oslo/1": [told(FIRST, "ferry pact", stage="sealed"), told(FIRST, "salmon", stage=None)]}
    made = report(scored(write(tmp_path, PAGES[0]), found), by=["stage"])
    assert [each.value for each in made.by["stage"]] == ["agreed", "signed", "nothing", "sealed"]
    assert [(each.gold, each.taken_for) for each in made.confusions["stage"]] == [
        ("agreed", "nothing"),
        ("signed", "sealed"),
    ]


def test_confusions_come_with_what_they_are_of(made: Report) -> None:
    assert {name: [each.to_dict() for each in rows] for name, rows in made.confusions.items()} == {
        "stage": [{"gold": "agreed", "taken_for": "talks", "n": 1, "of": 1}],
        "ahead": [],
        "certainty": [],
        "source_type": [{"gold": "outlet", "taken_for": "official", "n": 1, "of": 3}],
        "sector": [{"gold": "transport", "taken_for": "industry", "n": 1, "of": 2}],
        "instrument": [],
    }


def test_the_most_frequent_confusion_comes_first(tmp_path: Path) -> None:
    text = "A pact, a deal, a treaty, an accord."
    names = ("pact", "deal", "treaty", "accord")
    wrong = dict(zip(names, ("talks", "idea", "idea", "signed"), strict=True))
    found = {"a": [told(text, name, stage=stage) for name, stage in wrong.items()]}
    made = report(scored(write(tmp_path, page("a", text, *map(signal, names))), found))
    assert [(each.taken_for, each.n, each.of) for each in made.confusions["stage"]] == [("idea", 2, 4), ("talks", 1, 4)]


def test_the_worst_documents_are_those_with_most_missed_and_spurious(made: Report, tmp_path: Path) -> None:
    # oslo/1 misses one and has one too many, as has none/1; oslo/2 misses one; none/2 is flawless.
    assert [each.document.id for each in made.worst] == ["none/1", "oslo/1", "oslo/2"]
    pages = [page(f"a{n:02}", "A pact.", signal("pact")) for n in range(WORST + 2)]
    many = report(scored(write(tmp_path / "many", *pages), {}))
    assert [each.document.id for each in many.worst] == [f"a{n:02}" for n in range(WORST)]


def test_errors_are_told_with_their_words(made: Report) -> None:
    rows = [(each.document, each.kind, each.field, each.gold, each.taken_for, each.anchor) for each in made.mistakes]
    assert rows == [
        ("none/1", "false alarm", None, None, None, "ferry"),
        ("none/1", "false alarm", None, None, None, "It"),
        ("oslo/1", "missed", None, None, None, "salmon feed supply"),
        ("oslo/1", "spurious", None, None, None, "They"),
        ("oslo/1", "wrong", "parties", "CL, NO", "NO", "ferry pact"),
        ("oslo/1", "wrong", "stage", "agreed", "talks", "joint ice research"),
        ("oslo/1", "wrong", "source_type", "outlet", "official", "joint ice research"),
        ("oslo/2", "missed", None, None, None, "feed"),
        ("oslo/2", "wrong", "sector", "transport", "industry", "ferry pact"),
        ("oslo/2", "wrong", "parties", "CL, NO", "CL, NO, SE", "ferry pact"),
    ]
    missed = made.mistakes[2]
    assert (missed.before, missed.after) == (FIRST[missed.start - AROUND : missed.start], ".")
    assert missed.before.endswith(" research and a ")
    first = made.mistakes[0].to_dict()
    assert (first["before"], first["start"], first["end"], first["field"]) == ("Oslo has a new ", 15, 20, None)


def test_parties_that_are_none_are_told_as_none(tmp_path: Path) -> None:
    made = report(scored(write(tmp_path, PAGES[0]), {"oslo/1": [told(FIRST, "ferry pact", parties=[])]}), errors=9)
    assert [(each.gold, each.taken_for) for each in made.mistakes if each.field == "parties"] == [("CL, NO", "none")]


def test_only_so_many_errors_are_told_as_asked_for(tmp_path: Path) -> None:
    found = scored(write(tmp_path, *PAGES), FOUND)
    assert [len(report(found, errors=n).mistakes) for n in (0, 3, 100)] == [0, 3, 10]
    assert report(found).mistakes_in_all == 10


def test_a_documents_result_has_its_errors(tmp_path: Path) -> None:
    rows = [of_document(each) for each in scored(write(tmp_path, *PAGES), FOUND)]
    second = rows[-1]
    assert {key: value for key, value in second.items() if key not in ("errors", "path")} == {
        "id": "oslo/2",
        "event": "oslo",
        "role": "outcome",
        "genre": "outcome",
        "signals": 2,
        "predicted": 1,
        "paired": 1,
        "missed": 1,
        "spurious": 0,
    }
    assert [len(each["errors"]) for each in rows] == [2, 0, 5, 3]


def test_intervals_stand_where_there_are_documents_enough(tmp_path: Path) -> None:
    text = "A ferry pact and a feed pact."
    pages = [page(f"a{n}", text, signal("ferry pact"), event="many" if n else "one") for n in range(8)]
    found = {
        f"a{n}": [told(text, "ferry pact" if n % 2 else "feed pact", stage="signed" if n % 4 else "idea")]
        for n in range(8)
    }
    made = report(scored(write(tmp_path, *pages), found), by=["event", "stage"], draws=Draws(200, 1))
    f1 = made.intervals["f1"]
    assert f1 is not None
    assert 0 <= f1.low < 0.5 < f1.high <= 1
    assert made.intervals["false_alarms_per_negative"] is None
    many, one = made.by["event"]
    assert (many.value, many.intervals["f1"] is not None, one.intervals) == ("many", True, {})
    idea, signed = made.by["stage"]
    assert (idea.documents, idea.intervals) == (2, {})
    assert isinstance(signed.intervals["found"], Interval)
    as_json = made.to_dict()
    assert as_json["intervals"]["f1"] == [f1.low, f1.high]
    assert list(as_json["intervals"]) == [
        name for name in made.figures if name not in ("documents", "signals", "predicted")
    ]
    assert as_json["by"]["event"][1]["intervals"]["f1"] is None
    again = report(scored(tmp_path, found), by=["event", "stage"], draws=Draws(200, 1))
    assert again.to_dict() == as_json
    assert report(scored(tmp_path, found), draws=Draws(200, 2)).intervals != made.intervals


def test_the_order_of_documents_changes_no_figure(tmp_path: Path) -> None:
    found = scored(write(tmp_path, *PAGES), FOUND)
    assert len(loaded(tmp_path)) == 4
    assert report(found[::-1]).figures == pytest.approx(report(found).figures)
