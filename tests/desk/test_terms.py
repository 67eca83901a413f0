"""Terms: what the search takes a text and a question for, and the excerpt that shows what was found."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.desk.terms import (
    ASKED_TERMS,
    EXCERPT_READS,
    INDEXED_BYTES,
    TERM_CHARS,
    ask,
    excerpt,
    marks_of,
    terms_of,
)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The Ferries of OSLO", ["the", "ferry", "of", "oslo"]),
        ("S-400s, MQ-9B; India's", ["s", "400", "mq", "9b", "india", "s"]),
        ("café CAFE\u0301 naïve", ["cafe", "cafe", "naive"]),
        ("résume\u0301 re\u0301sume", ["resume", "resume"]),
        ("ﬁnance Ⅳ １２ Straße", ["finance", "iv", "12", "strasse"]),
        ("news of Wales and Texas", ["news", "of", "wales", "and", "texas"]),
        ("Новости 原子力 अणु", ["новости", "原子力", "अण"]),
        ("_snake_case_ \x00 \ud800 🙂 ½", ["snake", "case", "12"]),
        ("", []),
        (" .,;!?'\"*()", []),
        ("x" * 500, ["x" * TERM_CHARS]),
    ],
)
def test_the_terms_of_a_text(text: str, terms: list[str]) -> None:
    assert terms_of(text) == terms


@given(st.text())
def test_terms_hold_nothing_that_a_database_could_take_for_more(text: str) -> None:
    for term in terms_of(text):
        assert term.isalnum()
        assert len(term) <= TERM_CHARS * 18  # one sign may fold into eighteen
        assert not set(term) & set("'\"\\* :()\x00")


def test_a_text_is_indexed_as_far_as_both_databases_can() -> None:
    text = " ".join(f"word{n}" for n in range(200_000))
    terms = terms_of(text)
    assert INDEXED_BYTES - 12 <= sum(len(term) + 2 for term in terms) <= INDEXED_BYTES
    wide = terms_of("ж" * 50 + " " + "ж" * 50, most=110)
    assert wide == ["ж" * 50]


@pytest.mark.parametrize(
    ("words", "phrases"),
    [
        ("ferry pact", (("ferry",), ("pact",))),
        ('"ferry pact" Oslo', (("ferry", "pact"), ("oslo",))),
        ("“electric ferries” «salmon feed»", (("electric", "ferry"), ("salmon", "feed"))),
        ("S-400 India's", (("s", "400"), ("india", "s"))),
        ("pact pacts PACT", (("pact",),)),
        ('pact "', (("pact",),)),
        ('"left open', (("left", "open"),)),
        ('""', ()),
        ("NEAR(ferry pact, 5)", (("near", "ferry"), ("pact",), ("5",))),
        ("title:ferry OR -pact* ^x", (("title", "ferry"), ("or",), ("pact",), ("x",))),
        ("🙂 \x00 \ud83d ( ) * ' ; --", ()),
    ],
)
def test_what_is_asked_is_data(words: str, phrases: tuple[tuple[str, ...], ...]) -> None:
    asked = ask(words)
    assert asked.phrases == phrases
    assert bool(asked) == bool(phrases)


def test_a_question_has_a_length() -> None:
    asked = ask(" ".join(f"w{n}" for n in range(10_000)))
    assert len(asked.terms) == ASKED_TERMS
    assert len(ask('"' + "a b c d " * 100 + '"').phrases[0]) == ASKED_TERMS
    assert ask("x" * 1_000_000).phrases == (("x" * TERM_CHARS,),)


@given(st.text())
def test_no_question_raises(words: str) -> None:
    assert sum(map(len, ask(words).phrases)) <= ASKED_TERMS


TEXT = (
    "Norway and Chile weigh a ferry pact. The two have long run a seed bank in Punta Arenas. "
    "Electric ferries for the\nfjords were named as well, and a loan for the port of Arica. " * 20
)


def shown(text: str, words: str, chars: int = 80) -> list[str]:
    found = excerpt(text, ask(words), chars)
    return [found.text[start:end] for start, end in found.marks]


def test_an_excerpt_marks_what_was_asked_for() -> None:
    assert shown(TEXT, "Norways") == ["Norway"]
    assert shown(TEXT, '"seed bank" arenas') == ["seed bank", "Arenas"]
    assert shown(TEXT, '"ferries for the fjords"') == ["ferries for the\nfjords"]
    assert shown(TEXT, '"bank seed"') == []
    found = excerpt(TEXT, ask("arica loan"), 60)
    assert "loan for the port of Arica" in found.text
    assert found.before
    assert found.after


def test_an_excerpt_is_cut_between_words_and_as_long_as_asked_for() -> None:
    for chars in (40, 80, 200):
        found = excerpt(TEXT, ask("arica"), chars)
        assert chars - 45 <= len(found.text) <= chars
        assert found.text in TEXT
        assert found.text.split()[0] in TEXT.split()
        assert found.text.split()[-1] in TEXT.split()


def test_where_nothing_is_found_the_text_begins() -> None:
    found = excerpt(TEXT, ask("nowhere"), 40)
    assert TEXT.startswith(found.text)
    assert (found.marks, found.before, found.after) == ((), False, True)
    assert excerpt("short", ask("x"), 40).to_dict() == {"text": "short", "marks": [], "before": False, "after": False}
    assert excerpt("", ask("x"), 40).text == ""
    assert excerpt("x" * 500, ask("none"), 40).text == "x" * 40


def test_the_place_where_most_stands_together_is_shown() -> None:
    text = "ferry " + "word " * 100 + "pact ferry loan " + "word " * 100 + "loan"
    assert shown(text, "ferry pact loan", 60) == ["pact", "ferry", "loan"]
    # Marks that overlap are one, and what stands before the best place is marked too where it is shown.
    assert shown("a b a b a", '"a b a"', 40) == ["a b a b a"]
    assert shown("ferry x y pact z pact loan", "pact loan", 100) == ["pact", "pact", "loan"]


def test_a_phrase_longer_than_the_excerpt_is_shown_without_marks() -> None:
    text = "seed" + " " * 200 + "bank and more words behind it"
    assert excerpt(text, ask('"seed bank"'), 40).marks == ()


@given(st.text(alphabet="ab -é\n🙂", max_size=200), st.text(alphabet='ab -é"', max_size=20), st.integers(1, 60))
def test_marks_lie_in_the_excerpt_and_say_what_was_asked_for(text: str, words: str, chars: int) -> None:
    asked = ask(words)
    found = excerpt(text, asked, chars)
    assert found.text in text
    at = 0
    for start, end in found.marks:
        assert at <= start < end <= len(found.text)
        at = end
        assert asked.terms & set(terms_of(found.text[start:end]))
    for start, end, number in marks_of(text, asked):
        assert tuple(terms_of(text[start:end])) == asked.phrases[number]


def test_long_texts_cost_little(stopwatch: Callable[[float], AbstractContextManager[None]]) -> None:
    with stopwatch(2.0):
        excerpt("ferry pact " * 500_000, ask("ferry loan"), 200)
        excerpt("e\u0301" * 2_000_000, ask("loan"), 200)
        terms_of("\u0301" * 1_000_000)
    assert not list(marks_of(" " * EXCERPT_READS + "ferry", ask("ferry")))
