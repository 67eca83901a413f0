"""A deal's quotations in their places: each once, copies folded, and page after page nothing left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.model import Deal, Sighting
from paraph.resolve.history import history_of
from paraph.settings import Settings
from paraph.show.deal_story import Chapter, Echo, Place, anchored, chapters_of, cut, shortened
from sightings import deal, on, sighting

SETTINGS = Settings()


def told(of: Deal, day: int = 60) -> list[Chapter]:
    return chapters_of(of, history_of(of, on(day), SETTINGS))


def ids(chapter: Chapter) -> list[str]:
    return [each.sighting.id for each in chapter.quotations]


def test_quotations_stand_under_the_step_they_made() -> None:
    talks, agreed = sighting(1, "talks"), sighting(5, "agreed")
    first, second = told(deal(talks, agreed))
    assert (ids(first), ids(second)) == ([talks.id], [agreed.id])
    assert first.step
    assert second.step
    assert second.step.move == "forward"
    assert [each.decides for each in (*first.quotations, *second.quotations)] == [True, True]


def test_a_copy_is_folded_under_what_it_repeats() -> None:
    wire = sighting(1, document="wire")
    copies = [sighting(2, document=f"paper-{n}", voice="wire") for n in range(3)]
    (chapter,) = told(deal(wire, *copies))
    (quotation,) = chapter.quotations
    assert quotation.sighting == wire
    assert [each.id for each in quotation.copies] == [each.id for each in copies]


def test_the_same_said_again_in_one_document_is_folded_as_well() -> None:
    first, again = sighting(1, document="paper", start=0), sighting(1, document="paper", start=90)
    (chapter,) = told(deal(first, again))
    assert ids(chapter) == [first.id]
    assert [each.id for each in chapter.quotations[0].copies] == [again.id]


def test_what_shares_speaker_or_owner_with_one_above_says_so() -> None:
    one = sighting(1, document="a", source="Ruiz", owner="Hill")
    two = sighting(1, document="b", source="Ruiz", owner="Lake")
    three = sighting(1, document="c", source="Berg", owner="Lake")
    (chapter,) = told(deal(one, two, three))
    assert [each.echo for each in chapter.quotations] == [Echo.NONE, Echo.SPEAKER, Echo.OWNER]


def test_people_without_a_name_are_not_taken_for_one() -> None:
    both = [sighting(1, document=name, source="officials", source_type="unnamed", owner=name) for name in "ab"]
    (chapter,) = told(deal(*both))
    assert [each.echo for each in chapter.quotations] == [Echo.NONE, Echo.NONE]


def test_what_moved_nothing_and_what_is_gone_stand_apart() -> None:
    signed = sighting(1, "signed", authority="outcome_list")
    weak = sighting(2, "talks", certainty="possible")
    gone = sighting(3, "ended", vanished=True)
    step, aside, vanished = told(deal(signed, weak, gone))
    assert (step.place, aside.place, vanished.place) == (Place.STEP, Place.ASIDE, Place.VANISHED)
    assert (ids(aside), ids(vanished)) == ([weak.id], [gone.id])
    assert aside.step is None
    assert not any(each.decides for each in (*aside.quotations, *vanished.quotations))


def test_copies_of_a_word_that_was_taken_back_are_folded_under_it() -> None:
    firm = sighting(1, "agreed")
    own = sighting(2, "ended", document="wire", vanished=True)
    copy = sighting(3, "ended", document="paper", voice="wire")
    _, vanished = told(deal(firm, own, copy))
    assert ids(vanished) == [own.id]
    assert vanished.quotations[0].copies == (copy,)


def test_a_deal_that_all_took_back_shows_its_words_once_and_as_gone() -> None:
    one, two = sighting(1, "talks", vanished=True), sighting(5, "agreed", vanished=True)
    chapters = told(deal(one, two))
    assert [chapter.place for chapter in chapters] == [Place.STEP, Place.STEP]
    assert all(each.sighting.vanished for chapter in chapters for each in chapter.quotations)


def test_a_lapsed_step_has_no_quotations_and_keeps_its_place() -> None:
    silent = deal(sighting(1, "talks"), sighting(2, "agreed"))
    chapters = told(silent, SETTINGS.lapse_days + 10)
    assert [len(chapter.quotations) for chapter in chapters] == [1, 1, 0]
    assert chapters[-1].step is not None
    assert chapters[-1].step.move == "lapsed"
    assert cut(chapters, 0, 1) == chapters[:1]
    assert cut(chapters, 1, 1) == chapters[1:]
    assert cut(chapters, 2, 1) == []


def test_what_is_dated_after_today_stands_last() -> None:
    now, later = sighting(1), sighting(50, "signed")
    chapters = told(deal(now, later), 10)
    assert chapters[-1].place is Place.LATER
    assert ids(chapters[-1]) == [later.id]


STAGES = ["idea", "talks", "agreed", "signed", "stalled", "ended"]
SAID = st.builds(
    lambda day, stage, doc, voice, start, vanished, confidence: sighting(
        day, stage, document=doc, voice=voice or doc, start=start, vanished=vanished, confidence=confidence
    ),
    st.integers(0, 500),
    st.sampled_from(STAGES),
    st.sampled_from("abcdef"),
    st.sampled_from(["", "a", "b"]),
    st.integers(0, 9),
    st.booleans(),
    st.sampled_from([0.1, 0.9]),
)


@given(st.lists(SAID, min_size=1, max_size=14, unique_by=lambda each: each.id), st.integers(0, 600), st.integers(1, 5))
def test_every_signal_stands_in_one_place_whatever_was_said(said: list[Sighting], day: int, size: int) -> None:
    of = deal(*said)
    chapters = told(of, day)
    seen = [each for chapter in chapters for quote in chapter.quotations for each in (quote.sighting, *quote.copies)]
    assert Counter(each.id for each in seen) == Counter(each.id for each in of.sightings)
    assert {each.id: each for each in seen} == {each.id: each for each in of.sightings}
    total = sum(len(chapter.quotations) for chapter in chapters)
    pages = [cut(chapters, begin, size) for begin in range(0, max(total, 1) + size, size)]
    again = [each for page in pages for chapter in page for each in chapter.quotations]
    assert again == [each for chapter in chapters for each in chapter.quotations]
    begun = [chapter for page in pages for chapter in page if not chapter.resumed]
    assert [(chapter.place, chapter.step) for chapter in begun] == [(each.place, each.step) for each in chapters]


def long(words: str, anchor: str) -> Sighting:
    made = sighting(1)
    return replace(made, quote=words, signal=replace(made.signal, anchor=anchor))


@pytest.mark.parametrize(
    ("quote", "chars", "parts"),
    [
        ("They signed a pact today.", 100, ("They signed a ", "pact", " today.")),
        ("They signed  a\npact today.", 100, ("They signed a ", "pact", " today.")),
        ("Nothing of that sort.", 100, ("Nothing of that sort.", "", "")),
        ("one two three four five six pact seven eight nine ten eleven", 24, ("… five six ", "pact", " seven …")),
        ("pact one two three four five six seven eight nine", 20, ("", "pact", " one two three …")),
    ],
)
def test_a_quotation_is_cut_around_its_anchor(quote: str, chars: int, parts: tuple[str, str, str]) -> None:
    made = long(quote, "pact")
    assert anchored(made, chars) == parts
    assert "".join(parts) == shortened(made, chars)


def test_an_anchor_of_nothing_but_white_space_marks_nothing() -> None:
    assert anchored(long("Some words.", " \n"), 100) == ("Some words.", "", "")


def test_days_apart_are_no_matter_to_folding() -> None:
    wire = sighting(1, document="wire")
    late = replace(sighting(1, document="late", voice="wire"), day=on(1) + timedelta(30))
    (chapter,) = told(deal(wire, late), 60)
    assert chapter.quotations[0].copies == (late,)
