"""How much a document, and a voice in it, settles."""

from __future__ import annotations

import pytest

from paraph.model import Authority, Certainty, Document, Instrument, Kind, Sector, Signal, SourceType, Stage
from paraph.resolve.authority import AUTHORITY, Paper, authority_of, paper_of


def signal(source_type: SourceType) -> Signal:
    return Signal(
        start=0, end=4, anchor="pact", stage=Stage.SIGNED, ahead=False, certainty=Certainty.CERTAIN, source_type=source_type,
        source=None if source_type is SourceType.OUTLET else "a source", parties=("CL", "KR"), sector=Sector.TRADE,
        instrument=Instrument.TRADE_TERMS, confidence=0.9,
    )  # fmt: skip


def paper(title: str, kind: Kind = Kind.OFFICIAL) -> Document:
    return Document(text="pact signed", title=title, kind=kind)


def test_every_paper_has_its_authority_in_the_order_of_the_papers() -> None:
    assert set(AUTHORITY) == set(Paper)
    ranks = [AUTHORITY[paper].rank for paper in Paper]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("List of outcomes", Authority.OUTCOME_LIST),
        ("Fact sheet: the visit", Authority.OUTCOME_LIST),
        ("Joint statement", Authority.JOINT_STATEMENT),
        ("Readout of a call", Authority.SPOKESPERSON),
        ("Press conference", Authority.SPOKESPERSON),
        ("A visit", Authority.SPOKESPERSON),
    ],
)
def test_a_papers_own_voice_and_an_official_in_it_have_its_authority(title: str, expected: Authority) -> None:
    for voice in (SourceType.OUTLET, SourceType.OFFICIAL, SourceType.COMPANY):
        assert authority_of(paper(title), signal(voice)) is expected


@pytest.mark.parametrize("voice", [SourceType.MEDIA, SourceType.EXPERT, SourceType.UNNAMED])
def test_the_press_cited_in_a_paper_of_one_side_stays_the_press(voice: SourceType) -> None:
    assert authority_of(paper("Transcript of the briefing"), signal(voice)) is Authority.PRESS
    assert authority_of(paper("Joint statement"), signal(voice)) is Authority.JOINT_STATEMENT


@pytest.mark.parametrize("voice", list(SourceType))
def test_in_a_report_only_an_official_is_more_than_the_press(voice: SourceType) -> None:
    report = paper("What the joint statement says", Kind.REPORT)
    expected = Authority.SPOKESPERSON if voice is SourceType.OFFICIAL else Authority.PRESS
    assert authority_of(report, signal(voice)) is expected


def test_a_report_is_no_paper_whatever_its_title() -> None:
    assert paper_of(paper("Joint statement", Kind.REPORT)) is None
    assert paper_of(paper("Joint statement")) is Paper.JOINT_STATEMENT
