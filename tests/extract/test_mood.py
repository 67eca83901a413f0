"""Mood: what a predicate says of a deal's state, and what the rest of the document adds."""

import pytest

from paraph.extract.context import MOST, USUAL, Context, chances, inputs, settle
from paraph.extract.mood import REACH, Scene, mood, mood_features
from paraph.extract.parse import parse
from paraph.extract.places import LINK_TOKENS, places
from paraph.extract.states import judge, state_words
from paraph.extract.tables import read_weights
from paraph.extract.verbs import verb_groups


def evidence(text: str, anchor: str) -> dict[str, int]:
    parsed = parse(text)
    start = text.index(anchor)
    first, stop = parsed.token_range(start, start + len(anchor))
    n = next(n for n, (a, b) in enumerate(parsed.ranges) if a <= first < b)
    return mood_features(parsed, places(parsed, [(n, first, stop - 1)])[0], Scene(parsed, n))


def ruled(text: str, anchor: str) -> str:
    """Return the decision by the guidelines' table, "" where there is none."""
    return next((name[5:] for name in evidence(text, anchor) if name.startswith("rule=")), "")


@pytest.mark.parametrize(
    ("text", "anchor", "expected"),
    [
        ("Peru and Chile signed a fisheries accord.", "fisheries accord", "signed/False/certain"),
        ("Peru will sign a fisheries accord.", "fisheries accord", "signed/True/certain"),
        ("Peru is expected to sign a fisheries accord.", "fisheries accord", "signed/True/probable"),
        ("Peru may sign a fisheries accord.", "fisheries accord", "signed/True/possible"),
        ("Kenya may discuss a copper contract.", "copper contract", "talks/True/possible"),
        ("Kenya is negotiating a copper contract.", "copper contract", "talks/False/certain"),
        ("A copper contract is on the agenda.", "copper contract", "talks/False/certain"),
        ("Egypt hopes to buy locomotives.", "locomotives", "idea/False/certain"),
        ("Egypt is keen on new locomotives.", "new locomotives", "idea/False/certain"),
        ("Egypt plans to buy locomotives.", "locomotives", "agreed/True/probable"),
        ("Egypt will buy locomotives.", "locomotives", "agreed/True/certain"),
        ("Egypt could receive locomotives.", "locomotives", "agreed/True/possible"),
        ("A port loan would help them.", "port loan", "idea/False/certain"),
        ("A port loan is possible.", "port loan", "agreed/True/possible"),
        ("Agreements on tea already exist.", "Agreements on tea", "agreed/False/certain"),
        ("A port loan is unlikely.", "port loan", "ended/True/probable"),
        ("The loan is not expected to be signed.", "loan", "ended/True/probable"),
        ("The loan may not be signed.", "loan", "ended/True/possible"),
        ("Egypt has not signed the loan.", "loan", "talks/False/certain"),
        ("Egypt has yet to sign the loan.", "loan", "ended/True/possible"),
        ("Kenya refused to sell the ferry.", "ferry", "ended/False/certain"),
        ("The pact has been suspended.", "pact", "stalled/False/certain"),
        ("They did not rule out a pact.", "pact", "idea/False/possible"),
        ("A visa waiver will enter into force.", "visa waiver", "in_force/True/certain"),
        ("Peru is considering a purchase of tanks.", "purchase of tanks", "idea/False/possible"),
        ("Peru agreed to build a cement plant.", "cement plant", "agreed/False/certain"),
        ("Peru agreed to negotiate a cement pact.", "cement pact", "talks/False/certain"),
        ("Peru agreed to study a cement plant.", "cement plant", "talks/True/certain"),
        ("They signed a deal to set up a cement plant.", "cement plant", "signed/False/certain"),
        ("They received an offer of ten trams.", "ten trams", "idea/False/certain"),
        ("They saw a prospect of ten trams.", "ten trams", "idea/True/possible"),
        ("They discussed the possibility of ten trams.", "ten trams", "talks/False/certain"),
        ("They agreed on talks on ten trams.", "ten trams", "talks/False/certain"),
        ("They concluded talks on ten trams.", "ten trams", "agreed/False/certain"),
        ("Several trams, it seems", "trams", ""),
    ],
)
def test_the_guidelines_table_is_read_off_the_governing_predicate(text, anchor, expected):
    assert ruled(text, anchor) == expected


def test_a_headline_s_infinitive_without_a_verb_above_is_a_future():
    assert ruled("Ghana to order patrol boats", "patrol boats") == "agreed/True/certain"
    assert "em=to-will" in evidence("Ghana to order patrol boats", "patrol boats")


def test_an_item_without_a_verb_is_decided_by_its_lead_in():
    text = "The president of Laos arrives on Sunday in Hanoi. The visit could bring:\n\n- a rail loan\n- a visa waiver"
    found = evidence(text, "visa waiver")
    assert found["grole=list+lead"] == -1
    assert "emb=may" in found
    assert next(name for name in found if name.startswith("rule=")) == "rule=agreed/True/possible"


def test_a_list_shares_what_governs_it():
    text = "They signed accords on tea, dams and flights."
    parsed = parse(text)
    spans = [(0, i, i) for i, word in enumerate(parsed.tokens.words) if word in ("tea", "dams", "flights")]
    found = places(parsed, spans)
    assert {place.chain for place in found} == {(spans[0][1], spans[2][1])}
    features = mood_features(parsed, found[2], Scene(parsed, 0))
    assert "chained" in features
    assert "st=sign/object" in features


def test_what_stands_too_far_apart_is_no_list():
    text = "tea " + ", " * (LINK_TOKENS + 1) + "dams"
    parsed = parse(text)
    last = len(parsed.tokens) - 1
    assert [place.chain for place in places(parsed, [(0, 0, 0), (0, last, last)])] == [(0, 0), (last, last)]


def test_features_carry_the_token_that_bears_them():
    found = evidence("Peru will sign a fisheries accord in May.", "fisheries accord")
    assert found["st=sign/will"] == 2
    assert found["emb=will"] == 1
    assert found["role=text"] == -1


def test_content_of_a_denial_is_told_from_a_statement():
    assert "that+st=end/talks" in evidence("Hanoi denied that it was negotiating a frigate deal.", "frigate deal")


def test_a_negation_reaches_three_tokens():
    found = evidence("There is no firm deal on tea.", "tea")
    assert "LN:deal_noun" in found
    assert "LN:deal_noun" not in evidence("No one there now spoke of a deal on tea.", "tea")


def test_cues_behind_a_clause_break_count_apart():
    found = evidence("Chile signed a treaty, while a tea pact is being discussed.", "tea pact")
    assert "L3:signed" in found
    assert "sub=while" in found


def test_the_mood_of_a_group_names_its_modal_or_what_carries_it():
    def of(text: str, reported: bool = False) -> str:
        words = text.split()
        return mood(
            [word.lower() for word in words], verb_groups([w.lower() for w in words], words, 0, len(words))[0], reported
        )

    assert of("it might sign") == "may"
    assert of("it would sign") == "would"
    assert of("it would sign", reported=True) == "would-past"
    assert of("it is to sign") == "is-to"
    assert of("it has to sign") == "has-to"
    assert of("it is signing") == "progressive"
    assert of("it will not sign") == "!will"
    assert of("it could agree to sign") == "agree/could"


def test_the_table_of_states_names_each_form_once_and_verbs_with_their_particles():
    verbs, nouns = state_words()
    assert verbs["inked"] == "sign"
    assert verbs["put off"] == "stall"
    assert verbs["put"] == "do"
    assert nouns["proposal"] == "idea"


@pytest.mark.parametrize(
    ("state", "named", "noun", "expected"),
    [
        ("", "present", "", ("", False, "certain")),
        ("sign", "plan/may", "", ("signed", True, "possible")),
        ("buy", "progressive", "", ("in_force", False, "certain")),
        ("sign", "!past", "", ("talks", False, "certain")),
        ("sign", "!wish", "", ("ended", False, "certain")),
        ("do", "!agree", "", ("ended", False, "certain")),
        ("talks", "past", "possible", ("talks", False, "possible")),
        ("be", "fut", "", ("agreed", True, "probable")),
    ],
)
def test_judge_follows_the_guidelines(state, named, noun, expected):
    assert judge(state, named, noun) == expected


def test_a_text_without_full_stops_costs_no_square(stopwatch):
    text = "Peru will sign a tea pact and Chile may discuss a dam loan " * 1500
    parsed = parse(text)
    words = parsed.tokens.words
    spans = [(n, i, i) for n, (a, b) in enumerate(parsed.ranges) for i in range(a, b) if words[i] in ("pact", "loan")]
    with stopwatch(6.0):
        scenes = [Scene(parsed, n) for n in range(len(parsed.ranges))]
        for place in places(parsed, spans):
            mood_features(parsed, place, scenes[place.n])
    assert len(spans) == 3000


def test_nothing_counts_beyond_reach():
    far = "signed " + "so " * (REACH + 5) + "the tea pact"
    assert not any(":signed" in name for name in evidence(far, "tea pact"))


def test_the_second_look_sees_a_signal_and_the_mean_of_the_others():
    rows = inputs([[9.0, -9.0], [0.0, 0.0], [0.0, 0.0]], [0.2, 0.4])
    assert rows[0][:2] == [MOST, -MOST]
    assert rows[0][2:] == pytest.approx([(1.0 + 0.2 * USUAL) / (USUAL + 2), (1.0 + 0.4 * USUAL) / (USUAL + 2)])
    ((own, _), *_) = chances([[9.0, -9.0]])
    assert own == pytest.approx(1 / (1 + 2.718281828459045**-MOST))
    assert rows[1][2] == pytest.approx((own + 0.5 + 0.2 * USUAL) / (USUAL + 2))


def test_a_document_s_only_signal_meets_the_usual_rates():
    assert inputs([[1.0, -1.0]], [0.2, 0.4]) == [[1.0, -1.0, pytest.approx(0.2), pytest.approx(0.4)]]


def test_the_second_look_lets_the_others_decide_where_a_signal_is_silent():
    weights = read_weights("\ta=x\ta=y\n\t0\t0\nrate\t0.5\t0.5\n00\t1\t0\n01\t0\t1\n02\t4\t0\n03\t0\t4\n")
    first, *_ = settle(Context.from_weights(weights), [[0.0, 0.1], [3.0, -3.0], [3.0, -3.0]])
    assert first[0] > first[1]
    alone = settle(Context.from_weights(weights), [[0.0, 0.1]])[0]
    assert alone[1] > alone[0]


def test_no_signals_need_no_second_look():
    assert settle(Context.from_weights(read_weights("\ta=x\n\t0\n")), []) == []
