"""Naming: what may name a voice and what may not; and whose words go on from sentence to sentence."""

import json
from pathlib import Path

import pytest

from paraph.extract.engine import bundled
from paraph.extract.parse import parse
from paraph.extract.sources import attributions
from paraph.extract.voice import carried, turn
from paraph.model import Document, SourceType

GOLD = Path(__file__).parents[3] / "shared/bench/gold/dev"
# Of the signals that both the engine and the annotators attribute, the share named by a common word: .94 when written.
LEAST_SHARE = 0.85


def named(text: str) -> list[tuple[str, str]]:
    found = [voice for voices in attributions(parse(text)) for voice in voices]
    for voice in found:
        assert " ".join(text[slice(*voice.place)].split()) == voice.name
    return [(voice.name, voice.type) for voice in found]


@pytest.mark.parametrize(
    "text",
    [
        "Lower duties allow leaders from both countries to claim a win on grain.",
        "Mr. Prado continues to give mixed signals on the loan.",
        "A pact was near, with his cabinet sending mixed signals on it.",
        "He made no mention of the pact.",
        "I think a pact is near.",
        "It was late, we said.",
        "Licensed production of T-90 tanks, noted in May, goes on.",
        "The papers and military cooperation, noted in May, remain.",
        "Work on the reactor said little.",
        "Peru plans to announce a pact.",
        "Peru will announce a pact.",
        "Under the pact said to be near, ports open.",
        "The M-777 reported on by all is a gun.",
        "According to the, it is late.",
        "Our own trade minister for all to see.",
        "It is late, as told by his or her.",
        "According to 2030, it is late.",
        "According to Lima-based, it is late.",
        "According to tanks, it is late.",
        "According to production, it is late.",
        "“It is near,” said to.",
        "According to the fund for schools in the hills of the far north of the old land of the south, it is late.",
    ],
)
def test_what_is_no_name_is_refused(text):
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Executives across the world say that it is late.", ("Executives across the world", "company")),
        ("The joint statement does not mention a second order.", ("joint statement", "official")),
        ("The note tells what Prime Minister Holm announced.", ("Prime Minister Holm", "official")),
        ("Officials involved in the talks said it was late.", ("Officials involved in the talks", "unnamed")),
        ("A day earlier Orlov said it was late.", ("Orlov", "official")),
        ("Even so the trade ministry said it was late.", ("trade ministry", "official")),
        ("In May the minister said it was late.", ("minister", "official")),
        ("On Monday Orlov said it was late.", ("Orlov", "official")),
        ("The two sides said it was late.", ("sides", "official")),
        ("Orlov in October said it was late.", ("Orlov", "official")),
        ("The leaked brief said it was late.", ("leaked brief", "official")),
        ("Farmers of Peru said it was late.", ("Farmers of Peru", "official")),
        ("Our foreign ministry somehow said it was late.", ("foreign ministry", "official")),
        ("According to the think tank, it is late.", ("think tank", "expert")),
        ("According to one of the two people, it is late.", ("one of the two people", "unnamed")),
        ("According to a minister who left, it is late.", ("minister", "official")),
        ("According to the ambassador to Togo, it is late.", ("ambassador to Togo", "official")),
        ("Togo's ambassador to Peru said it was late.", ("Togo's ambassador to Peru", "official")),
        ("The Centre for Harbour Studies said it was late.", ("Centre for Harbour Studies", "expert")),
        ("Mary E. Lund said it was late.", ("Mary E. Lund", "official")),
        ("“It is late,” said Mary E. Lund, a trader.", ("Mary E. Lund", "company")),
        ("The ambassador, Olga Brandt, said it was late.", ("Olga Brandt", "official")),
        ("The United Nations spokesman Ali Haq said it was late.", ("United Nations spokesman Ali Haq", "official")),
        ("The daily Bay quoted Olga Brandt of the Harbour Institute as saying so.", (
            "Olga Brandt of the Harbour Institute", "expert")),
        ("In their long statement they said it was late.", ("they", "official")),
    ],
)  # fmt: skip
def test_a_name_is_cut_to_its_noun_phrase(text, expected):
    before = "" if expected[0] != "they" else "Ministers said so. "
    wanted = expected if not before else ("Ministers", "official")
    assert named(before + text)[-1] == wanted


def test_the_name_and_its_place_agree_where_another_spoke_before():
    assert named("Harbour Rights Watch warned of it. The EU reiterated its offer.")[1] == ("EU", "official")


def test_the_minister_is_only_the_one_described_as_one():
    assert named("Ann Roe, the finance minister, said so. The minister added more.")[1][0] == "Ann Roe"
    assert named("Ann Roe, the finance minister, said so. The ambassador added more.")[1][0] == "ambassador"


@pytest.mark.parametrize(
    "introduced",
    [
        "Derek Holm of the Harbour Institute met us.",
        "Derek Holm, a senior fellow in Lima, met us.",
        "Derek Holm of the Harbour Institute said little.",
    ],
)
def test_a_surname_alone_keeps_the_type_it_was_introduced_with(introduced):
    assert named(introduced + " “It is late,” Holm said.")[-1] == ("Holm", "expert")


def test_a_relative_clause_behind_a_name_tells_no_type():
    text = (
        "“It is late,” said Derek Holm, a scholar with the Harbour Institute. Holm, who advises ministers, said more."
    )
    assert named(text) == [("Derek Holm", "expert"), ("Holm", "expert")]


@pytest.mark.parametrize("introduced", ["Derek Holm, who is tall, met us.", "Derek Holm met us at", "Derek Holm"])
def test_other_words_behind_a_name_make_no_expert(introduced):
    assert named("Holm said little. " + introduced)[0][1] == "official"


def test_a_first_pronoun_is_the_person_named_near_it():
    assert named("Vladimir Putin came to Lima. He said it was late.") == [("Vladimir Putin", "official")]
    assert named("It rained. He said it was late.") == [("He", "official")]


def goes_on(text: str, n: int, kind: str = "") -> str | None:
    parsed = parse(text)
    voice = carried(parsed, n, attributions(parsed), kind)
    return None if voice is None else voice.name


OPENING = "It was a long day in the harbour of Lima, and nobody slept before the morning came.\n\n"
SAID = OPENING + "Ann Roe, the minister, said on Friday that the pact was late, and that it was nobody's fault."


def test_words_go_on_within_a_paragraph():
    assert goes_on(SAID + " A loan was agreed.", 2) == "Ann Roe"
    assert goes_on(SAID + " A loan was agreed.", 2, "expert") is None
    assert goes_on(SAID + " A loan was agreed.", 0) is None


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("A loan was agreed in the spring, and it is in force since the first day of May.", None),
        ("A loan would follow in the spring, and be in force from the first day of May.", "Ann Roe"),
        ("“A loan was agreed in the spring, and it is in force since the first day of May.”", "Ann Roe"),
        ("She hopes for a loan in the spring, to be in force from the first day of May.", "Ann Roe"),
    ],
)
def test_words_go_on_in_a_new_paragraph_only_with_a_sign(paragraph, expected):
    assert goes_on(SAID + "\n\n" + paragraph, 2) == expected


def test_words_end_at_a_heading():
    text = SAID + "\n\n## What else\n\nShe hopes for a loan in the spring, to be in force from the first day of May."
    assert goes_on(text, 3) is None


def test_a_place_before_a_colon_takes_no_turn():
    text = "NEW DELHI: A pact is near, and it is good for all.\n\nANNA ROE: We signed a pact in May.\n\nBO HOLM: It is late."
    parsed = parse(text)
    spoken = [turn(parsed, n) for n in range(len(parsed.layout.sentences))]
    assert [span and text[slice(*span)] for span in spoken] == [None, "ANNA ROE", "BO HOLM"]
    assert parsed.sentence(0).speaker is not None


def test_a_speaker_in_a_turn_is_the_source_and_who_asks_is_none():
    text = "HOST: You signed a trade agreement with Togo, they say.\n\nANNA ROE: Peru signed a trade agreement with Chile in May."
    signals = bundled().extract(Document(text="Evening talk\n\n" + text, id="a"))
    assert {(s.source_type, s.source) for s in signals} >= {(SourceType.OFFICIAL, "ANNA ROE")}
    assert all(s.source != "HOST" for s in signals)
    signal = next(s for s in signals if s.source == "ANNA ROE")
    assert [cue.field for cue in signal.why].count("source") == 1


def test_the_cue_of_a_source_covers_the_name():
    text = "Peru and Togo signed a trade pact on Friday, the Peruvian foreign ministry said. It will enter into force in May."
    signals = [s for s in bundled().extract(Document(text=text, id="a")) if s.source is not None]
    assert signals
    for signal in signals:
        assert signal.source in [text[cue.start : cue.end] for cue in signal.why if cue.field == "source"]


def test_an_answer_has_no_name():
    text = "Q: What was signed?\n\nA: We signed a trade agreement with Peru.\n\nQ: What else?\n\nA: We plan a loan agreement."
    signals = bundled().extract(Document(text=text, id="a"))
    assert signals
    assert {(s.source_type, s.source) for s in signals} <= {(SourceType.OFFICIAL, None), (SourceType.OUTLET, None)}


@pytest.mark.skipif(not GOLD.is_dir(), reason="annotated documents are not beside the checkout")
def test_names_share_a_word_with_those_that_annotators_gave():
    same = counted = 0
    small = set("the a an of in at to for and his its on one".split())
    for path in sorted(GOLD.rglob("*.json")):
        document = json.loads(path.read_text("utf-8"))
        if "signals" not in document:
            continue
        found = bundled().extract(Document(text=document["text"], id=document["id"], title=document.get("title")))
        for gold in document["signals"]:
            pair = next((s for s in found if s.start < gold["end"] and gold["start"] < s.end), None)
            if pair is not None and pair.source and gold["source"]:
                counted += 1
                words = [
                    {w.strip(".,“”\"'’").lower().removesuffix("'s") for w in s.split()} - small
                    for s in (pair.source, gold["source"])
                ]
                same += bool(words[0] & words[1])
    assert same / counted >= LEAST_SHARE
