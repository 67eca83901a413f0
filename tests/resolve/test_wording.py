"""The words that hedge, as phrases that can be counted."""

import pytest

from paraph.extract.engine import bundled
from paraph.model import Certainty, Document
from paraph.resolve.wording import WORDINGS_AT_MOST, wording_of
from samples import report, signal

extract = bundled().extract


def worded(text, certainty, *cued, field="certainty"):
    return wording_of(signal(text, "pact", ahead=True, certainty=certainty, why=[(field, word) for word in cued]), text)


@pytest.mark.parametrize(
    ("text", "certainty", "cued", "phrase"),
    [
        ("They are expected to sign the pact.", "probable", ["expected", "to", "sign"], "expected to sign"),
        ("The pact is EXPECTED to be signed.", "probable", ["EXPECTED", "signed"], "expected to sign"),
        ("The list could include a pact.", "possible", ["could", "include"], "could include"),
        ("They may discuss a pact.", "possible", ["may", "discuss"], "may discuss"),
        ("The pact could come.", "possible", ["could"], "could"),
        ("They will sign the pact.", "certain", ["will", "sign"], "will sign"),
        ("He hinted that a pact would come.", "possible", ["hinted", "would"], "hinted"),
        ("The pact, if signed, is expected soon.", "probable", ["if", "signed", "expected"], "expected to"),
        ("They are unlikely to sign a pact.", "probable", ["unlikely", "sign"], "unlikely to sign"),
        ("It is finalising the pact and poised to win.", "probable", ["finalising", "poised"], "poised to"),
        ("The pact stands.", "certain", [], ""),
        ("The pact of Thursday.", "certain", ["Thursday"], ""),
    ],
)
def test_the_cues_become_a_phrase(text, certainty, cued, phrase):
    assert worded(text, certainty, *cued) == phrase


def test_a_hedge_of_another_strength_is_taken_where_there_is_none_of_the_signal_s_own():
    text = "A pact is expected and could come."
    assert worded(text, "possible", "expected", "could") == "could"
    assert worded(text, "probable", "expected", "could") == "expected to"
    assert worded(text, "certain", "expected", "could") == "could"


def test_only_the_fields_that_tell_how_sure_it_is_are_looked_at():
    text = "They could sign a pact."
    assert worded(text, "possible", "could", field="parties") == ""
    assert worded(text, "possible", "could", field="ahead") == "could"
    assert worded(text, "possible", "could", field="stage") == "could"


def test_the_samples_have_the_wordings_that_a_reader_sees():
    reading = report()
    found = {each.anchor: wording_of(each, reading.document.text) for each in reading.signals if each.ahead}
    assert found["agreement on electric ferries"] == "could sign"
    assert found["Supply of salmon feed"] == "could include"


def test_the_engine_s_own_cues_give_wordings():
    text = "Norway and Chile are expected to sign a ferry agreement on Thursday. Norway could buy lithium from Chile."
    found = {wording_of(each, text) for each in extract(Document(text=text)) if each.ahead}
    assert "expected to sign" in found
    assert any(phrase.startswith("could") for phrase in found)


def test_a_text_cannot_make_up_wordings_of_its_own():
    phrases = {
        wording_of(
            signal(f"{word} {verb} pact", "pact", certainty=str(sure), why=[("certainty", word), ("certainty", verb)]),
            f"{word} {verb} pact",
        )
        for word in ("could", "expected", "mayhap", "per chance", "will")
        for verb in ("sign", "signing", "zigzag", "include", "inked")
        for sure in Certainty
    }
    assert phrases == {
        f"{hedge}{verb}" for hedge in ("could", "expected to", "will") for verb in (" sign", " include", "")
    } | {""}
    assert WORDINGS_AT_MOST < 1000
