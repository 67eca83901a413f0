"""Verb groups, and which of them governs a phrase."""

import pytest

from paraph.extract.clauses import SUBJECT_GAP, governor
from paraph.extract.tokens import tokenize
from paraph.extract.verbs import VerbGroup, verb_groups, verb_list


def groups(text: str, headline: bool = False) -> list[tuple[str, str, bool, bool]]:
    tokens = tokenize(text)
    found = verb_groups(tokens.lowers, tokens.words, 0, len(tokens), headline)
    return [(" ".join(tokens.words[g.first : g.last + 1]), g.form, g.passive, g.negated) for g in found]


def governed(text: str, anchor: str) -> tuple[str, str, str]:
    """Return the governing group's words, the role and the words of the group above, "" for none."""
    tokens = tokenize(text)
    start = text.index(anchor)
    first, last = tokens.starts.index(start), tokens.ends.index(start + len(anchor))
    found = verb_groups(tokens.lowers, tokens.words, 0, len(tokens))
    group, role, above = governor(found, tokens.lowers, first, last)
    return words(tokens.words, group), role, words(tokens.words, above)


def words(tokens: list[str], group: VerbGroup | None) -> str:
    return "" if group is None else " ".join(tokens[group.first : group.last + 1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The pact is expected to be signed in May.", [("is expected to be signed", "present", True, False)]),
        ("Oslo has not ruled out a sale.", [("has not ruled", "perfect", False, True)]),
        ("Both sides will not yet sign.", [("will not yet sign", "future", False, True)]),
        ("Chile wants to buy trains.", [("wants to buy", "present", False, False)]),
        ("Peru has yet to ratify it.", [("has yet to ratify", "perfect", False, True)]),
        ("The ferries had been delivered.", [("had been delivered", "perfect", True, False)]),
        ("The accord is likely to be finalised soon.", [("is likely to be finalised", "present", True, False)]),
        ("The yard is being built.", [("is being built", "present", True, False)]),
        ("They could have formally agreed.", [("could have formally agreed", "modal", False, False)]),
        (
            "Ghana's bid to join has support.",
            [("bid to join", "infinitive", False, False), ("has", "perfect", False, False)],
        ),
        (
            "After negotiating the loan they left.",
            [("negotiating", "gerund", False, False), ("left", "past", False, False)],
        ),
    ],
)
def test_a_group_runs_from_its_first_auxiliary_to_its_main_verb(text, expected):
    assert groups(text) == expected


def test_an_unlisted_verb_is_read_after_an_auxiliary():
    assert groups("The fleet will zigzag.")[0][0] == "will zigzag"
    assert groups("The text was gazetted.") == [("was gazetted", "past", True, False)]
    assert groups("They are likely to zigzag.")[0][0] == "are likely to zigzag"


@pytest.mark.parametrize(
    "text", ["The May summit of the three.", "The political will of Peru", "a joint plan", "Talks on gas"]
)
def test_nouns_that_look_like_verbs_open_no_group(text):
    assert groups(text) == []


def test_an_adjective_before_a_noun_is_no_past_form():
    assert groups("Peru and Chile advanced computing") == []
    assert groups("Peru advanced the plan.")[0][0] == "advanced"


def test_plurals_are_verbs_only_after_a_name_or_a_pronoun():
    assert groups("The gas supplies to Peru") == []
    assert groups("It supplies the gas.")[0][0] == "supplies"


def test_a_clause_has_one_finite_verb_and_the_other_past_form_is_a_participle():
    assert groups("The treaty signed in May will help.") == [
        ("signed", "participle", True, False),
        ("will help", "future", False, False),
    ]
    assert groups("A deal agreed by both sides was shelved.")[0][1] == "participle"
    assert groups("Peru keeps the ships, bought from Chile.")[1][1] == "participle"


def test_a_past_form_with_a_subject_of_its_own_stays_finite():
    assert [form for _, form, *_ in groups("He signed it and she left.")] == ["past", "past"]
    assert groups("Rosa Diaz, who received him, asked for a loan.")[1][1] == "past"


def test_a_plain_form_after_a_name_is_a_verb_in_a_headline_only():
    assert groups("Ghana, Togo sign trade pact", headline=True) == [("sign", "present", False, False)]
    assert groups("Ghana, Togo sign trade pact") == []
    assert groups("Ghana and Togo build a bridge.") == [("build", "present", False, False)]


def test_a_capital_within_a_sentence_is_a_name_unless_the_form_can_only_be_a_verb():
    assert groups("Chile Signs Pact With Peru")[0][0] == "Signs"
    assert groups("the Build programme") == []


def test_irregular_verbs_have_their_forms():
    verbs = verb_list()
    assert {"bought", "sought", "struck"} <= verbs.past
    assert {"chosen", "frozen"} <= verbs.participle
    assert {"signing", "cutting", "lying"} <= verbs.gerund


@pytest.mark.parametrize(
    ("text", "anchor", "expected"),
    [
        ("Peru will buy forty trains.", "forty trains", ("will buy", "object", "")),
        ("A visa waiver will enter into force.", "visa waiver", ("will enter", "subject", "")),
        ("The ministers want to build a tunnel together.", "build a tunnel", ("want to build", "inside", "")),
        ("He insists profits are shared until then.", "profits are shared", ("are shared", "within", "")),
        ("Talks go on, and a customs pact is unlikely.", "customs pact", ("is", "subject", "go")),
        ("Three texts will be inked: a tax treaty and a waiver.", "waiver", ("will be inked", "list", "")),
        ("Two are awaited: clearance to make engines, and a waiver.", "waiver", ("are awaited", "list", "to make")),
        ("The ferries, which are new, are expected in spring.", "ferries", ("are expected", "subject", "")),
        ("Peru said that a loan was agreed.", "loan", ("was agreed", "subject", "")),
        ("The ferry that runs already will be sold.", "ferry", ("will be sold", "subject", "")),
        ("Peru was asked to wait while the loan", "loan", ("was asked to wait", "far", "")),
        ("Peru agreed to study plans to buy ships.", "ships", ("plans to buy", "object", "agreed to study")),
        ("A new loan for Peru", "loan", ("", "", "")),
        ("The loan, he said, is near", "loan", ("", "", "")),
    ],
)
def test_the_governing_group_and_the_role_of_the_phrase(text, anchor, expected):
    assert governed(text, anchor) == expected


def test_a_reporting_verb_governs_nothing_unless_it_is_passive():
    assert governed("Officials announced a loan.", "loan")[1] == ""
    assert governed("A loan was announced.", "loan") == ("was announced", "subject", "")


def test_a_subject_stands_near_its_verb():
    far = " ".join(["of", "steel"] * SUBJECT_GAP)
    assert governed(f"They left, and a loan {far} is near", "loan")[1] != "subject"


def test_groups_are_found_in_linear_time(stopwatch):
    tokens = tokenize("Peru and Chile will not yet have been expected to sign it, which they said, " * 3000)
    with stopwatch(3.0):
        found = verb_groups(tokens.lowers, tokens.words, 0, len(tokens))
    assert len(found) == 6000
