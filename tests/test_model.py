"""The words as values: ids, dates, and what a reading looks like as JSON and as rows."""

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from paraph.errors import Damaged, FetchError, MissingExtra, NotFound, ParaphError, SourceError, UsageError
from paraph.model import (
    Certainty,
    Cue,
    Document,
    Instrument,
    Kind,
    Reading,
    Sector,
    Signal,
    SourceType,
    Stage,
    document_id,
    iso,
)  # fmt: skip

SIGNAL = Signal(
    start=0, end=4, anchor="pact", stage=Stage.SIGNED, ahead=True, certainty=Certainty.PROBABLE, source_type=SourceType.OFFICIAL,
    source="the minister", parties=("CL", "KR"), sector=Sector.TRADE, instrument=Instrument.TRADE_TERMS, confidence=0.123456,
    why=(Cue("stage", 5, 9),), engine="cues",
)  # fmt: skip
DOCUMENT = Document(
    text="pact sign", id="a", url="https://example.org/a", publisher="Example", title="T", published=date(2025, 12, 4)
)


def test_the_contract_of_a_document_with_its_signals():
    data = Reading(DOCUMENT, (SIGNAL,)).to_dict()
    assert list(data)[:5] == ["id", "url", "publisher", "title", "published"]
    assert data["text"] == "pact sign"
    assert data["published"] == "2025-12-04"
    [signal] = data["signals"]
    assert list(signal)[:12] == [
        "start", "end", "anchor", "stage", "ahead", "certainty", "source_type", "source", "parties", "sector", "instrument",
        "confidence",
    ]  # fmt: skip
    assert signal["confidence"] == 0.1235
    assert signal["parties"] == ["CL", "KR"]
    assert signal["why"] == [{"field": "stage", "start": 5, "end": 9}]
    assert type(signal["stage"]) is str


def test_rows_are_flat_and_name_their_document():
    [row] = Reading(DOCUMENT, (SIGNAL,)).to_dicts()
    assert row["document"] == "a"
    assert row["publisher"] == "Example"
    assert row["anchor"] == "pact"
    assert "why" not in row
    assert Reading(DOCUMENT, ()).to_dicts() == []


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (None, None),
        (date(2025, 12, 4), "2025-12-04"),
        (datetime(2025, 12, 4, 22, 32, tzinfo=timezone(timedelta(hours=5, minutes=30))), "2025-12-04T22:32+05:30"),
        (datetime(2025, 12, 4, 22, 32, 7, tzinfo=UTC), "2025-12-04T22:32:07+00:00"),
        (datetime(2025, 12, 4, 22, 32), "2025-12-04T22:32"),
    ],
)
def test_dates_keep_what_the_source_gave(when, text):
    assert iso(when) == text


def test_a_document_without_an_id_gets_one_from_its_address_and_text():
    assert Document("x").id == Document("x").id == document_id("x")
    assert Document("x").id != Document("y").id != Document("x", url="https://example.org").id
    assert len(Document("x").id) == 16
    assert Document("\ud800").id
    assert Document("x", kind=Kind.OFFICIAL).to_dict()["kind"] == "official"


@pytest.mark.parametrize("value", [SIGNAL, DOCUMENT, Cue("stage", 1, 2), Reading(DOCUMENT, ())])
def test_values_do_not_change(value):
    field = dataclasses.fields(value)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, field, None)
    assert hash(value) == hash(dataclasses.replace(value))


def test_the_tree_of_errors_and_how_they_read():
    error = NotFound("a.html", "there is no such file", "check the path")
    assert str(error) == "a.html: there is no such file (check the path)"
    assert str(Damaged("a.pdf", "it is cut off")) == "a.pdf: it is cut off"
    assert (error.source, error.cause, error.cure) == ("a.html", "there is no such file", "check the path")
    assert issubclass(FetchError, SourceError)
    assert issubclass(SourceError, ParaphError)
    assert issubclass(MissingExtra, UsageError)
    assert issubclass(UsageError, ParaphError)
