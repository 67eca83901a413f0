"""Signals as PLOVER events: the table is whole, and each record says what was lost."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from paraph.desk.plover import CONTEXTS, coding_of, codings, event_of
from paraph.model import Authority, Certainty, Instrument, Kind, Sector, Sighting, Signal, SourceType, Stage

# The kinds of event of the manual, of 2021.
EVENTS = set(
    "AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT REQUEST ACCUSE REJECT THREATEN PROTEST SANCTION MOBILIZE COERCE "
    "ASSAULT".split()
)
MODES = {
    "CONSULT": {"", "visit", "third-party", "multilateral", "phone"},
    "REJECT": {"", "assist", "change", "yield", "meet"},
}
MODES["SANCTION"] = {"", "withdraw", "discontinue", "expel"}


def sighting(**fields: object) -> Sighting:
    values: dict[str, object] = {
        "start": 10,
        "end": 22,
        "anchor": "patrol boats",
        "stage": Stage.SIGNED,
        "ahead": True,
        "certainty": Certainty.PROBABLE,
        "source_type": SourceType.OFFICIAL,
        "source": "Ada Lorne",
        "parties": ("FR", "EU"),
        "sector": Sector.DEFENCE,
        "instrument": Instrument.PURCHASE,
        "confidence": 0.9,
    } | fields
    signal = Signal(**values)  # type: ignore[arg-type]
    return Sighting(
        "0123456789ab",
        "doc",
        signal,
        date(2031, 4, 5),
        "doc",
        "The Post",
        None,
        Authority.PRESS,
        Kind.REPORT,
        None,
        "Words.",
    )


def test_every_combination_has_one_row() -> None:
    keys = [(row.stage, row.ahead, row.instrument) for row in codings()]
    assert keys == list(product(Stage, (False, True), Instrument))


@pytest.mark.parametrize("row", codings(), ids=lambda row: f"{row.stage}-{row.ahead}-{row.instrument}")
def test_every_row_holds_words_of_the_manual_and_a_reason(row) -> None:
    assert row.event in EVENTS
    assert row.mode in MODES.get(row.event, {""})
    assert row.fit in ("close", "loose")
    assert len(row.reason) > 20
    # The manual: all cooperative actions reported in the future tense are AGREE.
    if row.ahead and row.stage not in (Stage.STALLED, Stage.ENDED):
        assert row.event == "AGREE"


def test_every_sector_has_its_contexts() -> None:
    assert list(CONTEXTS) == list(Sector)


@pytest.mark.parametrize(
    ("stage", "ahead", "instrument", "event", "mode"),
    [
        ("idea", False, "purchase", "AGREE", ""),
        ("talks", False, "trade_terms", "CONSULT", ""),
        ("talks", True, "trade_terms", "AGREE", ""),
        ("agreed", False, "construction", "AGREE", ""),
        ("signed", False, "cooperation", "SUPPORT", ""),
        ("signed", True, "cooperation", "AGREE", ""),
        ("in_force", False, "joint_production", "COOPERATE", ""),
        ("stalled", False, "purchase", "SANCTION", "discontinue"),
        ("stalled", False, "cooperation", "SANCTION", "withdraw"),
        ("ended", False, "trade_terms", "REJECT", "assist"),
    ],
)
def test_rows_that_the_manual_names(stage: str, ahead: bool, instrument: str, event: str, mode: str) -> None:
    row = coding_of(Stage(stage), ahead, Instrument(instrument))
    assert (row.event, row.mode) == (event, mode)


def test_a_record() -> None:
    assert event_of(sighting()) == {
        "id": "PARAPH-0123456789ab",
        "date": "2031-04-05",
        "source": [{"actorText": "FR", "code": "FRA"}, {"actorText": "EU", "code": "IGO"}],
        "recipient": [],
        "event": "AGREE",
        "mode": "",
        "context": "military, future",
        "fit": "close",
        "eventText": "patrol boats",
        "text": "Words.",
        "publication": "The Post",
        "url": None,
        "document": "doc",
        "stage": "signed",
        "ahead": True,
        "certainty": "probable",
        "source_type": "official",
        "speaker": "Ada Lorne",
        "instrument": "purchase",
        "sector": "defence",
    }


def test_what_is_only_possible_is_hypothetical() -> None:
    assert event_of(sighting(certainty=Certainty.POSSIBLE))["context"] == "military, hypothetical"
    assert event_of(sighting(ahead=False, certainty=Certainty.CERTAIN, sector=Sector.SPACE))["context"] == ""


def test_an_armed_group_is_no_organisation_of_states() -> None:
    codes = [actor["code"] for actor in event_of(sighting(parties=("IL", "Hamas", "UN")))["source"]]
    assert codes == ["ISR", "IMG", "IGO"]
