"""The brief as a value: what is folded, which state is shown, what is counted and quoted; then as text and Markdown."""

from __future__ import annotations

import json
import random
import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import paraph
from paraph.briefing import Section, brief
from paraph.briefing.folding import fold, key_words
from paraph.briefing.quoting import Quote, containing, quote, spans_of
from paraph.briefing.values import section_of
from paraph.errors import NotFound
from paraph.model import Certainty, Document, Reading, Sector, Stage
from paraph.settings import Settings
from paraph.show import brief_words
from paraph.show.brief_markdown import brief_markdown
from samples import REPORT, hostile, noon, note, report, signal


def names(made: paraph.Brief, section: Section) -> list[str]:
    return [item.lead.anchor for items in made.section(section).values() for item in items]


# --- folding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("free trade agreement", "Free-Trade Agreements", True),
        ("free trade agreement", "free trade deal", True),
        ("electric ferries", "agreement on electric ferries", True),
        ("supply of salmon feed", "supplies of salmon feed", True),
        ("sale of 31 MQ-9B drones", "31 MQ-9B drones", True),
        ("plant", "urea plant", False),
        ("plant", "plants", True),
        ("electric ferries", "electric buses", False),
        ("seed bank", "bank loan", False),
        ("agreements", "agreement", False),
        ("talks", "talks", False),
        ("offer", "an offer", False),
        ("talks about it", "talks about it", False),
        ("agreements", "agreement on electric ferries", False),
        ("cooperation", "memorandum", False),
        ("the", "of", False),
    ],
)
def test_what_folds(one: str, other: str, same: bool) -> None:
    text = f"{one} / {other}"
    pair = [signal(text, one), signal(text, other)]
    assert (len(fold(pair)) == 1) is same
    assert (len(fold(pair[::-1])) == 1) is same


def test_parties_that_exclude_each_other_stay_apart() -> None:
    text = "electric ferries"
    deal = {
        between: signal(text, text, parties=between)
        for between in [("NO", "CL"), ("NO", "CA"), ("NO",), (), ("CL", "NO")]
    }
    apart = fold([deal["NO", "CL"], deal["NO", "CA"]])
    assert apart == [[0], [1]]
    for more in [("NO",), (), ("CL", "NO")]:
        assert fold([deal["NO", "CL"], deal[more]]) == [[0, 1]]


def test_deals_of_two_sectors_stay_apart() -> None:
    for name in ("corridors", "electric ferries"):
        pair = [signal(name, name, sector=sector) for sector in ("trade", "health")]
        assert fold(pair) == [[0], [1]]
        assert fold([pair[0], pair[0]]) == [[0, 1]]


def test_key_words_are_never_lost() -> None:
    assert key_words("several agreements") == {"agreement"}
    assert key_words("the") == {"the"}
    assert key_words("countries' glass studies") == {"country", "glass", "study"}
    assert key_words("—") == frozenset()


@given(
    st.lists(
        st.sampled_from("ferry feed seed loan port ice bank deal agreement on of".split()), min_size=1, max_size=30
    )
)
def test_every_signal_is_in_one_group(words: list[str]) -> None:
    text = " ".join(words)
    signals = [signal(text, word) for word in words]
    groups = fold(signals)
    assert sorted(place for group in groups for place in group) == list(range(len(signals)))
    assert all(group == sorted(group) for group in groups)
    assert [group[0] for group in groups] == sorted(group[0] for group in groups)


def test_folding_ten_thousand_signals_takes_no_age() -> None:
    draw = random.Random(7)
    words = [f"word{n}" for n in range(3_000)]
    texts = [" ".join(draw.sample(words, 4)) for _ in range(10_000)]
    signals = [signal(text, text) for text in texts]
    start = time.process_time()
    fold(signals)
    assert time.process_time() - start < 10


def test_other_documents_are_quoted_before_a_second_time_the_same() -> None:
    text = "A ferry pact, and again the ferry pact."
    at = text.index("again") + len("again the ")
    twice = (signal(text, "ferry pact"), replace(signal(text, "ferry pact"), start=at, end=at + len("ferry pact")))
    once = "A ferry pact is older news."
    readings = [
        Reading(Document(text, published=date(2025, 3, 2)), twice),
        Reading(Document(once, published=date(2025, 3, 1)), (signal(once, "ferry pact"),)),
    ]
    (item,) = brief(readings).items
    assert [(voice.document, voice.signal.start) for voice in item.voices] == [(0, 2), (1, 2), (0, at)]


# --- quotations ------------------------------------------------------------------------------------------------------


def test_a_list_item_is_quoted_with_its_lead_in() -> None:
    item = report().signals[2]
    made = quote(REPORT, spans_of(report().document), item, 300)
    assert made == Quote("A list of further announcements could include:", "", "Joint research on fjord ice", "")
    assert str(made) == "A list of further announcements could include: … Joint research on fjord ice"


def test_a_sentence_is_quoted_whole_where_it_fits() -> None:
    made = quote(REPORT, spans_of(report().document), report().signals[1], 300)
    assert made.lead == ""
    assert str(made).startswith("Norway and Chile could sign an agreement on electric ferries next week")
    assert "…" not in str(made)


@pytest.mark.parametrize("chars", [60, 100, 200, 1_000])
@pytest.mark.parametrize("at", [0, 40, 399])
def test_a_long_sentence_is_cut_around_the_anchor(chars: int, at: int) -> None:
    words = ["nothing"] * 400
    words[at] = "pact"
    text = " ".join(words) + "."
    made = quote(text, [(0, len(text))], signal(text, "pact"), chars)
    assert made.anchor == "pact"
    assert len(str(made)) <= chars + len("… ") + len(" …")
    for word in str(made).rstrip(".").split():
        assert word in ("nothing", "pact", "…")
    assert made.before.startswith("…") is (chars < at * len("nothing "))


def test_an_anchor_longer_than_the_room_is_cut_last() -> None:
    text = "The " + "very " * 200 + "long pact."
    anchor = text[4:-1]
    made = quote(text, [(0, len(text))], signal(text, anchor), 100)
    assert len(made.anchor) <= 60
    assert made.anchor.endswith("…")
    unbroken = "x" * 500
    assert quote(unbroken, [(0, 500)], signal(unbroken, unbroken[10:400]), 100).anchor.startswith("xxx")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("“The pact may come in May.", "The pact may come in May."),
        ("The pact may come in May.”", "The pact may come in May."),
        ('"The pact may come in May.', "The pact may come in May."),
        ('The pact may come in May."', "The pact may come in May."),
        ("“The pact may come”, he said.", "“The pact may come”, he said."),
        ('"The pact may come", he said.', '"The pact may come", he said.'),
        ("He said: “The pact”", "He said: “The pact”"),
        ("pact", "pact"),
    ],
)
def test_half_a_pair_of_quotation_marks_is_left_out(text: str, shown: str) -> None:
    assert str(quote(text, [(0, len(text))], signal(text, "pact"), 200)) == shown


@pytest.mark.parametrize(
    ("spans", "start", "end", "expected"),
    [
        ([(0, 4), (5, 9)], 6, 8, (5, 9)),
        ([(0, 4), (5, 9)], 2, 7, (0, 9)),
        ([(0, 4), (5, 9)], 2, 30, (0, 30)),
        ([], 12, 14, (10, 19)),
        ([], 22, 24, (20, 24)),
        ([(15, 19)], 11, 12, (10, 19)),
    ],
)
def test_the_sentence_that_holds_a_place(
    spans: list[tuple[int, int]], start: int, end: int, expected: tuple[int, int]
) -> None:
    assert containing("012345678\nabcdefghi\nklmn", spans, start, end) == expected


@given(st.text(st.sampled_from("ab .\n-"), min_size=1, max_size=80), st.data())
def test_quotations_are_words_of_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    made = quote(text, spans_of(Document(text)), signal(text, text[start:end]), data.draw(st.integers(60, 200)))
    for piece in (made.lead, made.before, made.anchor, made.after):
        assert piece.replace("…", "").strip() in text


# --- the brief -------------------------------------------------------------------------------------------------------


def test_deals_stand_where_their_state_belongs() -> None:
    made = brief([report()])
    assert names(made, Section.TABLE) == [
        "agreement on electric ferries",
        "ferry pact",
        "Supply of salmon feed",
        "Joint research on fjord ice",
    ]
    assert names(made, Section.EXISTING) == ["seed bank"]
    assert names(made, Section.OFF) == ["loan for the port of Arica"]
    assert made.signals == 6


@pytest.mark.parametrize("ahead", [True, False])
@pytest.mark.parametrize("stage", list(Stage))
def test_every_state_has_a_section(stage: Stage, ahead: bool) -> None:
    expected = Section.OFF if stage in ("stalled", "ended") else Section.TABLE
    if stage in ("signed", "in_force") and not ahead:
        expected = Section.EXISTING
    assert section_of(signal(REPORT, "ferry pact", stage, ahead=ahead)) is expected


def test_the_newest_document_gives_the_state_and_disagreement_is_told() -> None:
    for order in ([report(), note()], [note(), report()]):
        made = brief(order)
        ferries = next(item for item in made.items if "electric" in item.lead.anchor)
        assert (ferries.lead.stage, ferries.lead.ahead, ferries.contested) == ("signed", False, False)
        assert ferries.section is Section.EXISTING
        assert [made.documents[voice.document].id for voice in ferries.voices] == ["note", "report"]
        feed = next(item for item in made.items if "salmon" in item.lead.anchor)
        assert (feed.lead.stage, feed.section, feed.contested) == ("stalled", Section.OFF, True)
        assert "contested" in brief_words.about(feed)


def test_within_a_day_authority_then_certainty_decide() -> None:
    text = "the ferry pact"
    day = date(2025, 3, 3)

    def said(stage: str, day: date | None = day, **fields: object) -> Reading:
        return Reading(Document(text, publisher=stage, published=day), (signal(text, "ferry pact", stage, **fields),))

    readings = [
        said("idea", source_type="expert", source="A. Nalyst"),
        said("talks", source_type="official", source="a minister", certainty="possible"),
        said("agreed", source_type="official", source="a minister"),
        said("signed", None, source_type="official", source="a minister"),
    ]
    # The same text four times would be repeats of one document.
    readings = [
        Reading(Document(f"{text} {n}", published=each.document.published), each.signals)
        for n, each in enumerate(readings)
    ]
    for order in (readings, readings[::-1]):
        (item,) = brief(order).items
        assert [voice.signal.stage for voice in item.voices] == ["agreed", "talks", "idea", "signed"]


def test_a_repeat_counts_once_and_a_failure_is_kept() -> None:
    missing = NotFound("gone.html", "no such file", "check the path")
    copy = Reading(Document(REPORT, id="copy", title="A copy"), report().signals)
    made = brief([report(), missing, copy, Reading(Document("Nothing here.", id="empty"), ())])
    assert [document.id for document in made.documents] == ["report", "empty"]
    assert made.repeats == ("A copy",)
    assert made.failures == (missing,)
    assert made.signals == 6
    assert brief_words.coverage(made) == "2 of 4 documents used, 1 left out as a repeat, 1 not read; 1 without signals"


def test_counts_stand_with_their_whole() -> None:
    made = brief([report(), note()])
    assert brief_words.title(made) == "Norway–Chile: what is on the table"
    assert brief_words.lead(made) == "8 signals of 6 deals in 2 documents, published 3 Mar 2025 to 12 Mar 2025"
    facts = dict(brief_words.facts(made))
    assert facts["How sure"] == "of 2 deals on the table: 1 certain, 0 probable, 1 possible"
    assert (
        facts["Who says so"] == "of 8 signals: the outlet 5; Government of Norway (official) 2; Ana Ruiz (official) 1"
    )
    assert facts["Between"] == "of 8 signals: Norway 8; Chile 8"
    assert brief_words.size(made, list(made.items[:2])) == "2 of 6 deals, 2 of 8 signals, 1 of 2 documents"
    assert made.certainties(Section.TABLE) == {Certainty.CERTAIN: 1, Certainty.PROBABLE: 0, Certainty.POSSIBLE: 1}
    assert {sector: sum(map(len, row.values())) for sector, row in made.stages().items()} == {
        Sector.TRANSPORT: 3,
        Sector.AGRICULTURE: 2,
        Sector.ENVIRONMENT: 1,
    }


def test_a_brief_of_nothing() -> None:
    made = brief([])
    assert (made.items, made.signals, made.days(), made.parties()) == ((), 0, None, [])
    assert brief_words.title(made) == "What is on the table"
    assert brief_words.lead(made) == "0 signals of 0 deals in 0 documents, undated"
    assert "Nothing." in brief_markdown(made, Settings())


def test_many_parties_and_sources_are_summed() -> None:
    text = " ".join(f"thing{n}" for n in range(12))
    signals = tuple(
        signal(text, f"thing{n}", source=f"Minister {n}", parties=("NO", f"X{n:02}"), sector=list(Sector)[n])
        for n in range(12)
    )
    facts = dict(brief_words.facts(brief([Reading(Document(text, published=None), signals)])))
    assert facts["Who says so"].endswith("; 7 other sources 7")
    assert facts["Between"].endswith("; 8 other parties")
    assert brief_words.title(brief([Reading(Document(text), signals)])) == "Norway: what is on the table"


def test_what_is_not_quoted_is_named() -> None:
    made = brief([report(), note()])
    sectors = made.section(Section.TABLE) | made.section(Section.OFF)
    split = brief_words.picked(sectors, 2)
    assert sum(len(quoted) for quoted, _ in split.values()) == 2
    assert {id(item) for both in split.values() for part in both for item in part} == {
        id(item) for items in sectors.values() for item in items
    }
    # The feed stands in two documents, so it is quoted before the others.
    assert [item.lead.anchor for item in split[Sector.AGRICULTURE][0]] == ["supply of salmon feed"]


def test_order_of_the_documents_does_not_change_the_deals() -> None:
    one, other = brief([report(), note()]), brief([note(), report()])
    show = lambda made: {(i.lead.anchor, i.lead.stage, len(i.voices), i.contested) for i in made.items}  # noqa: E731
    assert show(one) == show(other)


def test_a_brief_as_json_has_no_texts() -> None:
    made = brief([report(), note(), NotFound("gone", "no such file")], made=noon())
    row = json.loads(json.dumps(made.to_dict()))
    assert row["made"] == "2025-03-05T12:00+00:00"
    assert row["failures"] == [{"source": "gone", "cause": "no such file", "cure": ""}]
    assert all("text" not in document for document in row["documents"])
    assert sum(len(item["voices"]) for item in row["items"]) == row["signals"] == 8
    feed = next(item for item in row["items"] if item["contested"])
    assert (feed["name"], feed["section"], feed["documents"]) == ("supply of salmon feed", "denied_or_stalled", 2)
    assert feed["voices"][1]["quote"] == "A list of further announcements could include: … Supply of salmon feed"


MARKDOWN = """\
# Norway–Chile: what is on the table

2 signals of 2 deals in 1 document, published 12 Mar 2025

| deals | idea | talks | agreed | signed | in force | stalled | ended |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| Transport | · | · | · | 1 | · | · | · |
| Agriculture | · | · | · | · | · | 1 | · |
| **of 2** | · | · | · | 1 | · | 1 | · |

- **Who says so:** of 2 signals: Government of Norway (official) 2
- **Between:** of 2 signals: Norway 2; Chile 2
- **Coverage:** 1 of 1 document used

## On the table

Nothing.

## Already there

1 of 2 deals, 1 of 2 signals, 1 of 1 document

### Transport (1 of 1)

- **agreement on electric ferries** — signed · certain · Norway–Chile · cooperation
  - Government of Norway (official): “Norway and Chile signed the agreement on electric ferries today.” \\[1\\] \
Government of Norway, 12 Mar 2025

## Denied, stalled or dropped
"""


def test_markdown() -> None:
    assert brief_markdown(brief([note()]), Settings()).startswith(MARKDOWN)


def test_markdown_names_the_rest_and_links_the_sources() -> None:
    made = brief([report(), note(), NotFound("gone.html", "no such file")], made=noon())
    text = brief_markdown(made, Settings(brief_deals=1, brief_voices=1))
    assert "- Also: loan for the port of Arica (ended) \\[1\\]" in text
    assert "  - and 1 more in \\[1\\]" in text
    assert (
        "1. [Norway and Chile weigh a ferry pact before the Oslo visit](<https://news.example/ferries?a=1&b=2>), "
        in text
    )
    assert "- **not read:** gone.html: no such file" in text
    assert text.endswith("Made 5 Mar 2025, 12:00 +00:00\n")


def test_markdown_of_a_hostile_document_is_text() -> None:
    text = brief_markdown(brief([hostile()]), Settings())
    assert "<script" not in text.replace("\\<script", "")
    assert "](javascript" not in text.replace("\\](javascript", "")
    assert not set("\x00\x07\x1b\x9b\u202e\u2066") & set(text)
