"""The cue engine through its door: a document's signals, their fields, and the words that decided them."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paraph.extract.engine import NAME, bundled
from paraph.model import Certainty, Document, Instrument, Kind, Sector, SourceType, Stage

extract = bundled().extract

FIXTURES = Path(__file__).parents[1] / "fixtures"
REPORT = """Boric hints at lithium deals with Seoul

Chile and South Korea already cooperate on the Ventanas copper smelter.
President Gabriel Boric said on Monday that a free trade agreement with South Korea had been signed.
The two countries may also sign a loan agreement for the port of San Antonio.
2. Lithium
A list of possible announcements could include:
- Joint production of battery materials
- Supply of lithium carbonate to Korean makers
- Transfer of refining technology
Seoul has ruled out a defence pact with Chile."""


@pytest.fixture(scope="module")
def signals():
    return extract(Document(text=REPORT, title="Boric hints at lithium deals with Seoul"))


def one(signals, word):
    matching = [s for s in signals if word in s.anchor.lower()]
    assert matching, (word, [s.anchor for s in signals])
    return matching[0]


def test_a_deal_already_there(signals):
    signal = one(signals, "smelter")
    assert (signal.stage, signal.ahead, signal.certainty, signal.source_type, signal.source) == (
        Stage.IN_FORCE, False, Certainty.CERTAIN, SourceType.OUTLET, None,
    )  # fmt: skip
    assert set(signal.parties) == {"CL", "KR"}


def test_a_deal_that_a_president_says_was_signed(signals):
    signal = one(signals, "free trade agreement")
    assert (signal.stage, signal.ahead, signal.certainty) == (Stage.SIGNED, False, Certainty.CERTAIN)
    assert signal.source_type is SourceType.OFFICIAL
    assert "Boric" in (signal.source or "")
    assert (signal.sector, signal.instrument) == (Sector.TRADE, Instrument.TRADE_TERMS)


def test_a_deal_that_may_come(signals):
    signal = one(signals, "loan")
    assert (signal.stage, signal.ahead, signal.certainty) == (Stage.SIGNED, True, Certainty.POSSIBLE)


def test_items_inherit_from_their_lead_in(signals):
    for word in ("battery materials", "carbonate", "refining technology"):
        signal = one(signals, word)
        assert (signal.ahead, signal.certainty) == (True, Certainty.POSSIBLE), word


def test_a_refusal(signals):
    assert one(signals, "defence pact").stage is Stage.ENDED


def test_every_signal_is_its_words_and_is_explained(signals):
    last = 0
    for signal in signals:
        assert REPORT[signal.start : signal.end] == signal.anchor
        assert signal.start >= last
        last = signal.start
        assert 0 < signal.confidence <= 1
        assert signal.engine == NAME
        fields = {cue.field for cue in signal.why}
        assert "stage" in fields
        for cue in signal.why:
            assert REPORT[cue.start : cue.end].strip()
        assert (signal.source is None) == (signal.source_type is SourceType.OUTLET)


def test_the_words_that_made_a_deal_possible_are_named(signals):
    cues = {REPORT[cue.start : cue.end] for cue in one(signals, "loan").why if cue.field == "certainty"}
    assert "may" in cues


def test_what_stands_twice_is_said_once():
    once = extract(Document(text=REPORT))
    twice = extract(Document(text=REPORT + "\n" + REPORT))
    assert [s.anchor for s in twice] == [s.anchor for s in once]


def test_the_voice_of_an_official_paper_is_its_issuer():
    text = (
        "Joint statement\nKenya and Norway signed a memorandum of understanding on fisheries. "
        "The two sides welcomed a Norwegian loan to Kenya for the port of Mombasa."
    )
    found = extract(
        Document(
            text=text, title="Joint statement", kind=Kind.OFFICIAL, publisher="Ministry of Foreign Affairs of Kenya"
        )
    )
    assert found
    assert {(s.source_type, s.source) for s in found} == {(SourceType.OFFICIAL, "Ministry of Foreign Affairs of Kenya")}


def test_in_a_transcript_the_speaker_is_the_voice():
    text = (
        "Press conference in Nairobi\n"
        "QUESTION: Will Kenya and Norway sign the fisheries agreement with Oslo?\n"
        "PRESIDENT RUTO: We signed the fisheries agreement with Norway this morning, and we will sign a loan agreement tomorrow."
    )
    found = extract(Document(text=text))
    answers = [s for s in found if s.start > text.index("PRESIDENT RUTO")]
    assert answers
    assert {(s.source_type, s.source) for s in answers} == {(SourceType.OFFICIAL, "PRESIDENT RUTO")}
    assert all(s.source_type is SourceType.OUTLET for s in found if s not in answers)


def test_the_same_document_gives_the_same_signals_in_any_order_of_reading():
    texts = [path.read_text("utf-8") for path in sorted((FIXTURES / "reports").glob("*.txt"))]
    wanted = [extract(Document(text=text)) for text in texts]
    order = list(range(len(texts)))
    random.Random(3).shuffle(order)
    for at in order:
        assert extract(Document(text=texts[at])) == wanted[at]


@settings(max_examples=60)
@given(
    st.text(alphabet=st.sampled_from(list("Kenya signed a deal with Norway. “may” \n-:2é🔹\u202e\x00")), max_size=400)
)
def test_any_text_gives_sound_signals(text):
    for signal in extract(Document(text=text)):
        assert text[signal.start : signal.end] == signal.anchor


@pytest.mark.parametrize(
    "piece",
    ["Kenya signed a deal with Norway, ", "said ", "(", "will be ", "- item\n", "according to ", "India ", "a "],
)
def test_hostile_texts_cost_linear_time(piece, stopwatch):
    with stopwatch(8.0):
        extract(Document(text=piece * (100_000 // len(piece))))


def accuracy(field):
    """Share of the decided cases' signals whose field is right, among those whose anchor is found."""
    right = seen = 0
    for case in json.loads((FIXTURES / "decided_cases.json").read_text("utf-8"))["cases"]:
        found = extract(Document(text=case["text"], title=case.get("title"), kind=Kind(case.get("kind", "report"))))
        for wanted in case["signals"]:
            at = case["text"].find(wanted["anchor"])
            near = [s for s in found if s.start < at + len(wanted["anchor"]) and s.end > at]
            if near:
                seen += 1
                right += getattr(near[0], field) == wanted[field]
    return right / seen


# Floors a little under what is reached, so that a change that loses a decided case is seen; the gate has the rest.
@pytest.mark.parametrize(
    ("field", "floor"), [("stage", 0.5), ("ahead", 0.75), ("certainty", 0.75), ("source_type", 0.75)]
)
def test_decided_cases_are_mostly_decided_so(field, floor):
    assert accuracy(field) >= floor


def test_the_bundled_engine_is_made_once():
    assert bundled() is bundled()
