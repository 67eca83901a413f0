"""JSON and CSV for other programs: the contract of the design, held to the letter."""

from __future__ import annotations

import csv
import io
import json

import pytest

from paraph.frames import COLUMNS
from paraph.model import Document, Reading
from paraph.show.rows import csv_head, csv_rows, json_line, json_page
from samples import HOSTILE, hostile, note, report

# The keys that DESIGN.md's contract names; the scorers rely on them.
OF_A_DOCUMENT = ["id", "url", "publisher", "title", "published", "text", "signals"]
OF_A_SIGNAL = "start end anchor stage ahead certainty source_type source parties sector instrument confidence".split()


@pytest.mark.parametrize("reading", [report(), note(), hostile(), Reading(Document("No deal.", id="none"), ())])
def test_a_line_is_the_contract(reading: Reading) -> None:
    shown = json_line(reading)
    assert "\n" not in shown
    row = json.loads(shown)
    assert set(OF_A_DOCUMENT) <= set(row)
    assert row["text"] == reading.document.text
    assert len(row["signals"]) == len(reading.signals)
    for found, signal in zip(row["signals"], reading.signals, strict=True):
        assert list(found)[: len(OF_A_SIGNAL)] == OF_A_SIGNAL
        assert row["text"][found["start"] : found["end"]] == found["anchor"] == signal.anchor


def test_dates_keep_their_zone() -> None:
    row = json.loads(json_line(report()))
    assert (row["published"], row["updated"]) == ("2025-03-03T22:32+01:00", "2025-03-04T08:05+01:00")


def test_json_never_shows_an_escape_character() -> None:
    for shown in (json_line(hostile()), json_page(hostile().to_dict())):
        assert not set(HOSTILE) & {"\x1b", "\x07", "\x9b", "\u202e", "\u2066", "\0"} & set(shown)
        assert json.loads(shown)["text"] == hostile().document.text


def test_csv_is_one_row_a_signal() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_head() + csv_rows(report()) + csv_rows(note()))))
    assert len(rows) == 8
    assert list(rows[0]) == list(COLUMNS)
    assert rows[1] == {
        "document": "report",
        "url": "https://news.example/ferries?a=1&b=2",
        "publisher": "The Oslo Example",
        "title": "Norway and Chile weigh a ferry pact before the Oslo visit",
        "published": "2025-03-03T22:32+01:00",
        "start": "105",
        "end": "134",
        "anchor": "agreement on electric ferries",
        "stage": "signed",
        "ahead": "true",
        "certainty": "possible",
        "source_type": "official",
        "source": "Ana Ruiz",
        "parties": "NO CL",
        "sector": "transport",
        "instrument": "cooperation",
        "confidence": "0.9",
        "engine": "hand",
    }
    assert rows[0]["source"] == ""
    assert csv_rows(Reading(Document("No deal."), ())) == ""


def test_csv_runs_in_no_spreadsheet() -> None:
    (row,) = csv.DictReader(io.StringIO(csv_head() + csv_rows(hostile())))
    for name in ("publisher", "title", "source"):
        assert row[name][0] == "'"
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\u2066", "\0"} & set("".join(row.values()))
