"""What stands around a signal: cut between words and paragraphs, the anchor and the deciding words told apart, no letter lost."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.desk import Action, Desk, Review
from paraph.desk.passages import AROUND, OFFERED, Passage, nearby, passage_of, passages, proposed_of
from paraph.model import Cue, Document, Reading, SourceType
from samples import signal


def joined(passage: Passage) -> str:
    return "".join(piece.text for piece in passage.pieces)


def test_a_short_text_is_shown_whole() -> None:
    text = "They could sign the pact on ferries.\n"
    found = passage_of(text, 16, 35, [Cue("certainty", 5, 10), Cue("stage", 11, 15), Cue("sector", 28, 35)])
    assert joined(found) == text.rstrip()
    assert (found.before, found.after, found.lead) == (False, False, ())
    told = [(piece.text, piece.anchor, piece.fields) for piece in found.pieces if piece.anchor or piece.fields]
    assert told == [
        ("could", False, ("certainty",)),
        ("sign", False, ("stage",)),
        ("the pact on ", True, ()),
        ("ferries", True, ("sector",)),
    ]
    assert found.words == {"certainty": ("could",), "stage": ("sign",), "sector": ("ferries",)}


def test_a_long_text_is_cut_between_words_and_says_that_it_goes_on() -> None:
    text = "word " * 200 + "the pact " + "other " * 200
    start = text.index("the pact")
    found = passage_of(text, start, start + 8, [])
    shown = joined(found)
    assert (found.before, found.after) == (True, True)
    assert shown.startswith("word ")
    assert shown.endswith("other")
    assert len(shown) <= 8 + 2 * AROUND


def test_rather_between_paragraphs() -> None:
    text = (
        "First of all. " * 20
        + "\n\n"
        + "a b c " * 30
        + "the pact "
        + "d e f " * 30
        + "\n\nLast of all, and more of it "
        + "x " * 200
    )
    start = text.index("the pact")
    shown = joined(passage_of(text, start, start + 8, []))
    assert shown.startswith("a b c")
    assert shown.endswith("d e f")


def test_a_lead_in_further_up_that_decided_a_field_is_shown_before() -> None:
    text = "Space\nA list of deals that could include:\n" + "- something else altogether\n" * 20 + "- the pact\n"
    could, start = text.index("could"), text.index("the pact")
    found = passage_of(text, start, start + 8, [Cue("sector", 0, 5), Cue("certainty", could, could + 5)])
    assert "".join(piece.text for piece in found.lead) == "A list of deals that could include:"
    assert [piece.text for piece in found.lead if piece.fields] == ["could"]
    assert not any(piece.anchor for piece in found.lead)
    long = "x " * 400 + "could " + "y " * 400 + "\n" + "z\n" * 300 + "the pact"
    could, start = long.index("could"), long.index("the pact")
    lead = "".join(
        piece.text for piece in passage_of(long, start, start + 8, [Cue("certainty", could, could + 5)]).lead
    )
    assert "could" in lead
    assert len(lead) < AROUND * 2


@given(st.text(alphabet="ab \n", min_size=1, max_size=1_200), st.data())
def test_no_letter_is_lost_and_the_anchor_stays_whole(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    cues = []
    for field in ("stage", "ahead"):
        first = data.draw(st.integers(0, len(text) - 1))
        cues.append(Cue(field, first, data.draw(st.integers(first + 1, len(text)))))
    found = passage_of(text, start, end, cues)
    assert "".join(piece.text for piece in found.pieces if piece.anchor) == text[start:end]
    assert joined(found) in text
    assert "".join(piece.text for piece in found.lead) in text
    assert all(piece.text for piece in found.pieces)


@pytest.fixture
def three(desk: Desk) -> dict[str, str]:
    """A document of three signals with other parties and sources; the signals' ids by what they are about."""
    text = "Ana Ruiz spoke of the ferries. Olav Berg spoke of the radar. Of the salmon nobody spoke but a paper.\n"
    found = (
        signal(text, "ferries", "talks", source="Ana Ruiz"),
        signal(text, "radar", "talks", source="Olav Berg", parties=("NO", "PE"), source_type="company"),
        signal(text, "salmon", "talks", parties=("CL",)),
    )
    desk.add(Reading(Document(text=text, id="three", published=date(2025, 3, 3)), found))
    return {each.signal.anchor: each.id for each in desk.sightings()}


def test_passages_are_read_from_the_text_that_the_offsets_count_in(desk: Desk, three: dict[str, str]) -> None:
    with desk.look() as connection:
        found = passages(connection, three.values())
    for anchor, id in three.items():
        assert [piece.text for piece in found[id].pieces if piece.anchor] == [anchor]


def test_what_others_of_a_document_say_is_offered_nearest_first(desk: Desk, three: dict[str, str]) -> None:
    with desk.look() as connection:
        found = nearby(connection, three.values())
    radar = found[three["radar"]]
    assert radar.sources == ((SourceType.OFFICIAL, "Ana Ruiz"),)
    assert radar.parties == (("CL",), ("NO", "CL"), ("NO",), ("PE",))
    assert ("CL",) not in found[three["salmon"]].parties
    assert found[three["salmon"]].sources == ((SourceType.COMPANY, "Olav Berg"), (SourceType.OFFICIAL, "Ana Ruiz"))


def test_what_people_corrected_is_not_offered(desk: Desk, three: dict[str, str]) -> None:
    payload = {"field": "source", "value": "Somebody Else"}
    desk.decide(Review(Action.CORRECT, "Bo", signal=three["ferries"], payload=payload))
    with desk.look() as connection:
        found = nearby(connection, [three["radar"]])
        machine = proposed_of(connection, three.values())
    assert found[three["radar"]].sources == ((SourceType.OFFICIAL, "Ana Ruiz"),)
    assert machine[three["ferries"]] == {"source": "Ana Ruiz"}
    assert machine[three["radar"]] == {}


def test_no_more_is_offered_than_digits_choose(desk: Desk) -> None:
    names = [f"matter{n}x" for n in range(20)]
    text = " and ".join(names)
    found = tuple(signal(text, name, "talks", source=f"Minister {name}", parties=("NO", name)) for name in names)
    desk.add(Reading(Document(text=text, id="many", published=date(2025, 3, 3)), found))
    first = next(each for each in desk.sightings() if each.signal.anchor == "matter0x")
    with desk.look() as connection:
        near = nearby(connection, [first.id])[first.id]
    assert len(near.parties) == len(near.sources) == OFFERED
    assert near.sources[0] == (SourceType.OFFICIAL, "Minister matter1x")
