"""The reports written for training: each can be read, none is named twice, and no words in them are anybody else's."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from test_examples import SHARED_FOLDERS, copied, runs

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))

from training.reports import HERE, documents, read_report  # noqa: E402

HEAD = "id: a\nevent: b\nrole: preview\ntitle: c\n\n"
MARK = "[[ferry pact | talks now certain | official: Ana Ruiz | NO, CL | transport | cooperation | ferries]]"


@cache
def reports() -> list[dict[str, object]]:
    return documents()


def test_every_report_can_be_read() -> None:
    assert len(reports()) == len(list(HERE.glob("*.txt"))) > 500


def test_every_report_has_a_name_of_its_own_which_is_its_files() -> None:
    named = [str(report["id"]) for report in reports()]
    assert [name for name, count in Counter(named).items() if count > 1] == []
    assert [name.rpartition("/")[2] for name in named] == sorted(path.stem for path in HERE.glob("*.txt"))


def test_no_two_reports_have_one_text() -> None:
    assert len({report["text"] for report in reports()}) == len(reports())


def test_anchors_stand_where_they_are_said_to() -> None:
    for report in reports():
        text, end = str(report["text"]), 0
        for signal in report["signals"]:  # type: ignore[attr-defined]
            assert text[signal["start"] : signal["end"]] == signal["anchor"], report["id"]
            assert signal["anchor"].strip()
            assert signal["start"] >= end, report["id"]
            assert all(signal["parties"]), report["id"]
            end = signal["end"]


def test_a_report_in_the_form_of_the_gold() -> None:
    report = read_report(f"{HEAD}Norway and Chile discuss a {MARK} today.\n")
    assert report["text"] == "Norway and Chile discuss a ferry pact today."
    assert report["url"] is None
    assert report["signals"] == [
        {
            "start": 27,
            "end": 37,
            "anchor": "ferry pact",
            "stage": "talks",
            "ahead": False,
            "certainty": "certain",
            "source_type": "official",
            "source": "Ana Ruiz",
            "parties": ["NO", "CL"],
            "sector": "transport",
            "instrument": "cooperation",
            "deal": "ferries",
        }
    ]


@pytest.mark.parametrize(
    ("report", "told"),
    [
        ("id: a\ncolour: red\n\nText", "'colour' is no name"),
        ("id: a\nevent: b\nrole: preview\n\nText", "lacks title"),
        (HEAD + "No mark.", "a negative has no signals"),
        (HEAD.replace("preview", "negative") + MARK, "a negative has no signals"),
        (HEAD + MARK + " [[open", "not closed"),
        (HEAD + MARK.replace("talks", "chats"), r"ferry pact \| chats now .*chats"),
        (HEAD + MARK.replace("now", "soon"), "soon"),
        (HEAD + MARK.replace(" | ferries", ""), "not enough values"),
    ],
)
def test_a_report_that_is_off_is_named_with_what_is_off(report: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_report(report)


@cache
def own_runs() -> dict[tuple[str, ...], str]:
    return {run: str(report["id"]) for report in reports() for run in _runs(report)}


def _runs(report: dict[str, object]) -> Iterator[tuple[str, ...]]:
    yield from runs(str(report["title"]))
    yield from runs(str(report["text"]))


@pytest.mark.parametrize("folder", SHARED_FOLDERS)
def test_no_run_of_words_in_the_reports_is_copied(folder: str) -> None:
    found = copied(own_runs(), folder)
    assert not found, found[:20]
