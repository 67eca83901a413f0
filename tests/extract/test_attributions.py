"""Sources: who stands behind a sentence, what they are and how the text names them."""

import pytest

from paraph.extract.parse import parse
from paraph.extract.places import places
from paraph.extract.sources import attributions
from paraph.extract.voice import voice_features


def voices(text: str) -> list[list[tuple[str, str, str]]]:
    return [[(a.name, a.type, a.where) for a in found] for found in attributions(parse(text))]


def features(text: str, anchor: str, title: str | None = None) -> tuple[dict[str, int], tuple[str, str] | None]:
    parsed = parse(text, title)
    start = text.index(anchor)
    first, stop = parsed.token_range(start, start + len(anchor))
    n = next(n for n, (a, b) in enumerate(parsed.ranges) if a <= first < b)
    found, active = voice_features(parsed, places(parsed, [(n, first, stop - 1)])[0], attributions(parsed))
    return found, None if active is None else (active.name, active.type)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Luis Vega, the finance minister, said on Monday that a loan was agreed.",
            ("Luis Vega", "official", "before"),
        ),
        ("“We are close,” said Ann Roe, an analyst at the Harbour Institute.", ("Ann Roe", "expert", "after")),
        (
            "According to two people familiar with the talks, a pact is near.",
            ("people familiar with the talks", "unnamed", "lead"),
        ),
        ("A source who knows the paper revealed a plan.", ("source", "unnamed", "before")),
        ("The U.S. has said it will not sell jets.", ("U.S.", "official", "before")),
        ("A deal is near, the daily said.", ("daily", "media", "before")),
        ("The Pentagon official told reporters about a sale.", ("Pentagon official", "official", "before")),
        ("A trade ministry official said the quota would rise.", ("trade ministry official", "official", "before")),
        ("Two senior officials said the quota would rise.", ("senior officials", "unnamed", "before")),
        ("The newspaper, citing a dealer, wrote of ten ships.", ("newspaper", "media", "before")),
        ("Analysts warn that it may slip.", ("Analysts", "expert", "before")),
        ("The company confirmed the order.", ("company", "company", "before")),
        ("A deal is near, as told by a diplomat.", ("diplomat", "unnamed", "lead")),
        ("After Peru, the minister said, come others.", ("minister", "official", "before")),
        ("He said it was near.", ("He", "official", "before")),
        ("A new text is ready, the official went on.", ("official", "unnamed", "before")),
    ],
)
def test_a_voice_is_found_typed_and_named(text, expected):
    assert voices(text)[0][-1] == expected


@pytest.mark.parametrize(
    "text",
    [
        "The sides have been asked to wait.",
        "It said nothing.",
        "The ship went to Peru.",
        "A state bank opened.",
        "According to.",
    ],
)
def test_what_is_no_voice_is_left_alone(text):
    assert voices(text)[0] == []


def test_the_innermost_voice_stands_beside_the_outer_one():
    assert voices("Reuters reported, citing officials, that a deal was near.")[0] == [
        ("Reuters", "media", "before"),
        ("officials", "unnamed", "lead"),
    ]


def test_a_headline_may_end_with_its_voice():
    assert voices("Gas deal close: minister\n\nMore on it soon.")[0] == [("minister", "official", "tail")]
    assert voices("Gas deal close: report\n\nMore on it soon.")[0] == [("report", "media", "tail")]
    assert voices("Gas deal close: the winners\n\nMore on it soon.")[0] == []


def test_an_apposition_settles_the_type():
    text = "According to the Harbour Forum (HF), a think tank in Oslo, the pact is late."
    assert voices(text)[0] == [("Harbour Forum", "expert", "lead")]


def test_a_pronoun_stands_for_the_last_voice():
    found = voices("Luis Vega, the finance minister, said a loan was agreed. He added that more would come.")
    assert found[1] == [("Luis Vega", "official", "before")]


def test_the_official_is_the_one_named_before():
    found = voices("A Pentagon official told reporters about a sale. The official said it was large.")
    assert found[1] == [("Pentagon official", "official", "before")]


def test_a_bare_name_has_the_type_it_was_introduced_with():
    assert voices("Nordsteel Inc plans more. Nordsteel said it would lend money.")[1] == [
        ("Nordsteel", "company", "before")
    ]
    found = voices("The chairman Olaf Brandt met ministers. “We lend,” said Brandt.")
    assert found[1] == [("Brandt", "company", "after")]
    assert attributions(parse("Brandt said it would lend money."))[0][0].bare


def test_a_name_is_kept_for_later_sentences():
    found = voices("Mia Holm, an economist, said it was late. Peru waits. Holm warned of more.")
    assert found[2] == [("Holm", "expert", "before")]


def test_a_voice_before_its_anchor_is_active_and_told_by_its_features():
    found, active = features("Two people familiar with the talks said a tea pact was near.", "tea pact")
    assert active == ("people familiar with the talks", "unnamed")
    assert found["b=unnamed/before"] == 6
    assert "at=unnamed/before/b" in found


def test_a_voice_behind_its_anchor_is_active_too():
    found, active = features("A tea pact is near, Reuters reported.", "tea pact")
    assert active == ("Reuters", "media")
    assert "f=media" in found


def test_a_state_that_speaks_by_acting_is_a_voice():
    found, active = features("Moscow has proposed a tea pact.", "tea pact")
    assert active == ("Moscow", "official")
    assert any(name.startswith("act=") and name.endswith("/b") for name in found)


def test_a_speaker_goes_on_in_the_next_sentence():
    text = "Ann Roe, the minister, said it was late. A tea pact would follow."
    found, active = features(text, "tea pact")
    assert active == ("Ann Roe", "official")
    assert found["prev=official"] == -1
    assert "prev+would=official" in found


def test_in_another_paragraph_only_a_quotation_goes_on():
    plain = "Ann Roe, the minister, said it was late and would be later.\n\nA tea pact is in force, it seems to her."
    assert features(plain, "tea pact")[1] is None
    quoted = "Ann Roe, the minister, said it was late and would be later.\n\n“A tea pact is in force, and has been for long.”"
    found, active = features(quoted, "tea pact")
    assert active == ("Ann Roe", "official")
    assert "prevp+quote=official" in found


def test_an_official_paper_has_a_voice_of_its_own():
    text = "The two sides signed a tea pact."
    found, active = features(text, "tea pact", title="Joint Statement of Peru and Togo")
    assert active == ("Joint Statement of Peru and Togo", "official")
    assert "issuing+document" in found
    assert features(text, "tea pact", title="Peru and Togo sign a pact")[1] is None


def test_a_lead_in_lends_its_voice_to_items():
    text = "It was a long day in Lima for all of them.\n\nAccording to the ministry, the visit brought:\n\n- a tea pact\n- a loan"
    found, active = features(text, "tea pact")
    assert active is not None
    assert active[1] == "official"
    assert any(name.startswith("lead=official") for name in found)


def test_attributions_are_found_in_linear_time(stopwatch):
    text = "Ann Roe, the minister who knows the paper, said, according to officials, that it is late, " * 2000
    with stopwatch(5.0):
        found = attributions(parse(text))
    assert sum(map(len, found)) >= 2000
