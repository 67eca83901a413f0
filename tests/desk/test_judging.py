"""Judging: what an occasion brought, read off the whole desk, whatever came in first and whatever people decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import update

from desks import Clock
from paraph.desk import Action, Desk, Review
from paraph.desk.judging import _far, on_the_desk
from paraph.desk.schema import signals as signal_rows
from paraph.errors import DeskError
from paraph.link import score, traits_of
from paraph.model import Document, Kind, Occasion, Outcome, Reading, Signal, Verdict
from paraph.resolve.verdicts import BARS, verdicts_of
from press import shuffled
from samples import signal

VISIT = Occasion("Oslo visit", ("NO", "CL"), date(2025, 3, 20), date(2025, 3, 21), "Oslo")
AHEAD: dict[str, Any] = {"ahead": True, "certainty": "probable"}

FERRIES = {"sector": "transport", "instrument": "purchase"}
REACTOR = {"sector": "nuclear", "instrument": "construction"}
LOAN = {"sector": "finance", "instrument": "investment"}
SALMON = {"sector": "health", "instrument": "cooperation"}


def paper(id: str, day: int, *said: tuple[str, str, str, dict[str, Any]], month: int = 3, **facts: Any) -> Reading:
    """Return a document of a sentence a signal: the sentence, the anchor in it, the stage, the other fields."""
    text, signals = "", list[Signal]()
    for sentence, anchor, stage, fields in said:
        made = signal(sentence, anchor, stage, **fields)
        signals.append(replace(made, start=len(text) + made.start, end=len(text) + made.end))
        text += sentence + "\n\n"
    facts = {"publisher": f"{id} Herald", "published": date(2025, month, day)} | facts
    return Reading(Document(text=text, id=id, **facts), tuple(signals))


def preview() -> Reading:
    return paper(
        "preview",
        10,
        (
            "Norway and Chile are expected to sign an agreement on electric ferries.",
            "agreement on electric ferries",
            "signed",
            {**AHEAD, **FERRIES},
        ),
        (
            "The two are in talks on a uranium enrichment plant in Antofagasta.",
            "uranium enrichment plant in Antofagasta",
            "talks",
            REACTOR,
        ),
        (
            "A loan for a desalination plant in Arica may be announced.",
            "loan for a desalination plant in Arica",
            "agreed",
            {**AHEAD, **LOAN},
        ),
    )


def results() -> Reading:
    return paper(
        "results",
        22,
        (
            "List of outcomes: visit of the President of Chile. Norway and Chile signed a deal on electric ferries.",
            "deal on electric ferries",
            "signed",
            FERRIES,
        ),
        (
            "A memorandum of understanding on salmon vaccines was signed.",
            "memorandum of understanding on salmon vaccines",
            "signed",
            SALMON,
        ),
        kind=Kind.OFFICIAL,
        title="List of outcomes: visit of the President of Chile",
        publisher="Government of Norway",
    )


def denial() -> Reading:
    return paper(
        "denial",
        23,
        (
            "The uranium enrichment plant in Antofagasta was called off, Olav Berg said.",
            "uranium enrichment plant in Antofagasta",
            "ended",
            {**REACTOR, "source": "Olav Berg"},
        ),
    )


ALL = (preview, results, denial)


@pytest.fixture
def full(desk: Desk) -> Desk:
    for reading in ALL:
        add(desk, reading())
    desk.add_occasion(VISIT)
    return desk


def add(desk: Desk, reading: Reading) -> None:
    day = reading.document.published
    assert day is not None
    desk.add(reading, seen=datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def judged(desk: Desk) -> dict[str, Verdict]:
    """Judge, and return the verdicts by what the deals are called."""
    deals = {each.id: each for each in desk.judge(VISIT)}
    return {deals[verdict.deal].title.split(" on ")[-1]: verdict for verdict in desk.verdicts(VISIT.name)}


def find(desk: Desk, document: str, words: str) -> str:
    return next(each.id for each in desk.sightings() if each.document == document and words in each.signal.anchor)


def told(found: dict[str, Verdict]) -> dict[str, tuple[str, bool]]:
    return {title: (str(verdict.outcome), verdict.announced) for title, verdict in found.items()}


WANTED = {
    "electric ferries": ("signed", True),
    "salmon vaccines": ("signed", False),
    "Loan for a desalination plant in Arica": ("absent", True),
    "Uranium enrichment plant in Antofagasta": ("refused", True),
}


def test_each_deal_gets_what_the_visit_brought(full: Desk) -> None:
    found = judged(full)
    assert told(found) == WANTED
    shown = {title: verdict.evidence and verdict.evidence.document for title, verdict in found.items()}
    assert shown == {
        "electric ferries": "results",
        "salmon vaccines": "results",
        "Loan for a desalination plant in Arica": None,
        "Uranium enrichment plant in Antofagasta": "denial",
    }
    ferries = found["electric ferries"].evidence
    assert ferries is not None
    assert "signed a deal on electric ferries" in ferries.quote
    assert ferries.authority == "outcome_list"


def test_judging_again_changes_nothing(full: Desk) -> None:
    first = judged(full)
    assert judged(full) == first


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_arrival_plays_no_part(full: Desk, empty_file: Any, tmp_path: Any, seed: int) -> None:
    import shutil

    from paraph.desk import open_desk
    from paraph.settings import Settings

    shutil.copy(empty_file, tmp_path / "other.db")
    with open_desk(tmp_path / "other.db", settings=Settings(), now=full.now) as other:
        for reading in shuffled([each() for each in ALL], seed):
            add(other, reading)
        other.add_occasion(VISIT)
        assert judged(other) == judged(full)


def test_a_later_document_gives_another_verdict_when_asked_again(desk: Desk) -> None:
    add(desk, preview())
    desk.add_occasion(VISIT)
    assert {(each.outcome, each.confidence) for each in judged(desk).values()} == {(Outcome.ABSENT, 0.0)}
    add(desk, results())
    assert judged(desk)["electric ferries"].outcome is Outcome.SIGNED
    assert judged(desk)["Uranium enrichment plant in Antofagasta"].outcome is Outcome.ABSENT
    add(desk, denial())
    assert told(judged(desk)) == WANTED


def test_deals_of_others_and_of_other_days_are_left_alone(full: Desk) -> None:
    jets = ("Sweden and Brazil signed a deal for jets.", "deal for jets", "signed", {"parties": ("SE", "BR")})
    add(full, paper("others", 22, jets))
    add(full, paper("late", 1, ("Chile signed a deal on ice cores.", "deal on ice cores", "signed", {}), month=12))
    assert told(judged(full)) == WANTED
    deals = on_the_desk_of(full)
    assert [one.id < other.id for one, other in pairwise(deals)] == [True] * (len(deals) - 1)
    assert {document.document for each in deals for document in each.sightings} == {"preview", "results", "denial"}


def on_the_desk_of(desk: Desk) -> Any:
    with desk.look() as connection:
        return on_the_desk(connection, VISIT, desk.settings)


def test_the_verdicts_are_those_of_the_plain_rule_over_all_pairs(full: Desk) -> None:
    """Pairs that are not even compared would change nothing: the desk's short way gives what the long one gives."""
    known = {}
    for reading in (each() for each in ALL):
        for made, traits in zip(reading.signals, traits_of(reading.document, reading.signals), strict=True):
            known[reading.document.id, made.start] = traits
    deals = on_the_desk_of(full)
    plain = verdicts_of(
        VISIT,
        deals,
        lambda one, other: score(known[one.document, one.signal.start], known[other.document, other.signal.start]),
        full.settings,
    )
    judged(full)
    kept = full.verdicts(VISIT.name)
    assert [(each.deal, each.outcome, each.announced) for each in kept] == [
        (each.deal, each.outcome, each.announced) for each in plain
    ]
    assert [each.evidence and each.evidence.id for each in kept] == [
        each.evidence and each.evidence.id for each in plain
    ]


def test_signals_that_need_no_closer_look_are_like_nothing() -> None:
    """A word, a number, the sector or the document in common: with any of them two signals are compared."""
    (one,) = traits_of(*_alone("a", "the agreement on 16 ferries"))
    (other,) = traits_of(*_alone("b", "the agreement on a tunnel"))
    other = replace(other, sector="energy")
    assert _far(one, other)
    assert _far(other, one)
    assert score(one, other) < min(BARS.values())
    for near in ({"document": "a"}, {"words": one.words}, {"numbers": one.numbers}, {"sector": one.sector}):
        assert not _far(one, replace(other, **near))


def _alone(id: str, said: str) -> tuple[Document, list[Signal]]:
    reading = paper(id, 10, (f"Norway and Chile signed {said}.", said, "signed", FERRIES))
    return reading.document, list(reading.signals)


def test_a_reprint_after_the_day_is_no_news(full: Desk) -> None:
    before = judged(full)
    for n, day in enumerate((22, 25)):
        document = replace(
            preview().document, id=f"reprint-{n}", publisher=f"Reprint {n}", published=date(2025, 3, day)
        )
        add(full, Reading(document, preview().signals))
    assert judged(full) == before


def test_what_an_update_took_out_shows_nothing_any_more(full: Desk, clock: Clock) -> None:
    assert judged(full)["electric ferries"].outcome is Outcome.SIGNED
    text = results().document.text.replace("signed a deal on electric ferries", "spoke of many things")
    (vaccines,) = (each for each in results().signals if "salmon" in each.anchor)
    moved = text.index(vaccines.anchor) - vaccines.start
    kept = replace(vaccines, start=vaccines.start + moved, end=vaccines.end + moved)
    clock.time = datetime(2025, 3, 24, tzinfo=UTC)
    full.add(Reading(replace(results().document, text=text, updated=clock.time), (kept,)))
    found = judged(full)
    assert found["electric ferries"].outcome is Outcome.ABSENT
    assert found["salmon vaccines"].outcome is Outcome.SIGNED


def test_signals_of_an_older_linking_are_like_nothing_and_stop_nothing(full: Desk) -> None:
    with full.begin() as connection:
        connection.execute(update(signal_rows).values(traits='["of another shape"]'))
    found = judged(full)
    assert {each.outcome for each in found.values() if each.announced} == {Outcome.ABSENT}


def test_an_unknown_occasion_is_told(desk: Desk) -> None:
    with pytest.raises(DeskError, match="is not on the desk"):
        desk.judge(VISIT)


def test_an_empty_desk_has_nothing_to_judge(desk: Desk) -> None:
    desk.add_occasion(VISIT)
    assert desk.judge(VISIT) == []
    assert desk.verdicts(VISIT.name) == []


# What people decided


def decided(desk: Desk, action: str, about: str | None, **rest: Any) -> int:
    return desk.decide(Review(Action(action), "Ana", signal=about, **rest))


def test_what_was_overruled_stands_through_every_judging(full: Desk) -> None:
    judged(full)
    loan = find(full, "preview", "loan")
    number = decided(
        full, "overrule", loan, payload={"occasion": VISIT.name, "outcome": "agreed"}, reason="seen in the gazette"
    )
    for _ in range(2):
        verdict = judged(full)["Loan for a desalination plant in Arica"]
        assert (verdict.outcome, verdict.by, verdict.reason) == (Outcome.AGREED, "Ana", "seen in the gazette")
        assert verdict.proposed is Outcome.ABSENT
    decided(full, "undo", None, undoes=number)
    verdict = judged(full)["Loan for a desalination plant in Arica"]
    assert (verdict.outcome, verdict.by, verdict.proposed) == (Outcome.ABSENT, None, None)


def test_rejected_evidence_shows_nothing(full: Desk) -> None:
    decided(full, "reject", find(full, "denial", "uranium"))
    assert judged(full)["Uranium enrichment plant in Antofagasta"].outcome is Outcome.ABSENT


def test_corrected_evidence_says_what_it_was_corrected_to(full: Desk) -> None:
    decided(full, "correct", find(full, "results", "ferries"), payload={"field": "stage", "value": "agreed"})
    assert judged(full)["electric ferries"].outcome is Outcome.AGREED


def test_what_a_person_merged_is_one_deal_for_its_verdict(full: Desk) -> None:
    loan, vaccines = find(full, "preview", "loan"), find(full, "results", "salmon")
    number = decided(full, "merge", loan, payload={"other": vaccines})
    judged(full)
    found = {verdict.deal: verdict for verdict in full.verdicts(VISIT.name)}
    verdict = found[full.deal(loan).id]
    assert (verdict.outcome, verdict.announced) == (Outcome.SIGNED, True)
    assert verdict.evidence is not None
    assert verdict.evidence.id == vaccines
    decided(full, "undo", None, undoes=number)
    assert told(judged(full)) == WANTED


@pytest.mark.parametrize("named", ["root", "gone"])
@pytest.mark.parametrize("goes", ["results", "preview"])
def test_deals_that_a_person_set_apart_show_nothing_of_each_other(full: Desk, goes: str, named: str) -> None:
    ferries, signed = find(full, "preview", "ferries"), find(full, "results", "ferries")
    assert full.deal(ferries).id == full.deal(signed).id == ferries
    number = decided(
        full, "split", {"root": ferries, "gone": signed}[named], payload={"signals": [find(full, goes, "ferries")]}
    )
    judged(full)
    found = {verdict.deal: verdict for verdict in full.verdicts(VISIT.name)}
    assert found[ferries].outcome is Outcome.ABSENT
    assert (found[signed].outcome, found[signed].announced) == (Outcome.SIGNED, False)
    # What is said elsewhere counts for both as before.
    add(
        full,
        paper("more", 24, ("They agreed on electric ferries, it was told.", "electric ferries", "agreed", FERRIES)),
    )
    judged(full)
    found = {verdict.deal: verdict for verdict in full.verdicts(VISIT.name)}
    assert found[ferries].outcome is Outcome.AGREED
    decided(full, "undo", None, undoes=number)
    judged(full)
    found = {verdict.deal: verdict for verdict in full.verdicts(VISIT.name)}
    assert found[ferries].outcome is Outcome.SIGNED
