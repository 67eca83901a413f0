"""Windows: every token read in one place, its pieces where they are said to be, and what stands around them."""

from __future__ import annotations

import string
from dataclasses import replace
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.extract.layout import Role
from paraph.extract.parse import Parse, parse
from paraph.extract.sources import attributions
from paraph.extract.states import state_words
from paraph.extract.windows import (
    CONTEXT,
    EVIDENCE,
    LEFT,
    PACK,
    RIGHT,
    SENTENCE_PIECES,
    TITLE,
    WORD_PIECES,
    Window,
    evidence,
    windows,
)
from paraph.extract.wordpiece import WordPieces

# Every word of small letters can be spelled, a piece a letter; these are whole pieces, "word" for counting.
WHOLE = "word norway chile ferry pact and signed a the . , - :".split()
PIECES = [*"[PAD] [UNK] [CLS] [SEP] [MASK]".split(), *WHOLE]
PIECES += [piece for letter in string.ascii_lowercase + string.digits for piece in (letter, f"##{letter}")]
PIECES = list(dict.fromkeys(PIECES))
WORDS = WordPieces.from_vocabulary(PIECES)


def spelled(window: Window) -> list[str]:
    return [PIECES[piece] for piece in window.pieces]


def rows(window: Window) -> list[list[int]]:
    """Return the places of each sentence's pieces."""
    return [[at for at, _ in run] for _, run in groupby(enumerate(window.sentences), key=lambda pair: pair[1])]


def shown(window: Window, parsed: Parse) -> list[set[int]]:
    """Return the tokens of each sentence in the window; none for the title."""
    return [{window.tokens[at] for at in row} - {CONTEXT} for row in rows(window)]


def sentences_shown(window: Window, parsed: Parse) -> list[int]:
    of = {t: n for n, span in enumerate(parsed.ranges) for t in range(*span)}
    return [of[min(tokens)] for tokens in shown(window, parsed) if tokens]


def sentences_read(window: Window, parsed: Parse) -> list[int]:
    of = {t: n for n, span in enumerate(parsed.ranges) for t in range(*span)}
    return sorted({of[token] for token in window.read})


def said(count: int, begin: str = "Norway") -> str:
    """Return a sentence of so many pieces, one a word, full stop included."""
    return " ".join([begin, *["word"] * (count - 2)]) + "."


def check(parsed: Parse) -> list[Window]:
    """Hold the windows of a text to all that they promise, and return them."""
    made = windows(parsed, WORDS)
    read: list[int] = []
    for window in made:
        size = len(window.pieces)
        assert len(window.positions) == len(window.sentences) == len(window.tokens) == size
        numbers = [number for number, _ in groupby(window.sentences)]
        assert numbers == list(range(len(numbers)))
        for row in rows(window):
            assert [window.positions[at] for at in row] == list(range(len(row)))
            assert 2 < len(row) <= SENTENCE_PIECES + 2
            assert window.pieces[row[0]] == WORDS.begin
            assert window.pieces[row[-1]] == WORDS.separator
            assert window.tokens[row[0]] == window.tokens[row[-1]] == CONTEXT
        for token, (first, stop, opening) in window.read.items():
            pieces = WORDS.pieces(parsed.tokens.words[token])[:WORD_PIECES]
            assert 0 <= opening < first < stop < size
            assert window.pieces[first:stop] == pieces[: stop - first]
            assert set(window.tokens[first:stop]) == {token}
            assert window.tokens[stop] != token
            assert len(set(window.sentences[opening : stop + 1])) == 1
            assert (window.pieces[opening], window.positions[opening]) == (WORDS.begin, 0)
            cut = window.positions[stop - 1] == SENTENCE_PIECES
            assert stop - first == len(pieces) or (cut and stop > first)
        read += window.read
    assert len(read) == len(set(read)), "a token is read twice"
    due = set()
    for span in parsed.ranges:
        room = SENTENCE_PIECES
        for t in range(*span):
            if room > 0:
                due.add(t)
            room -= len(WORDS.pieces(parsed.tokens.words[t])[:WORD_PIECES])
    assert set(read) == due
    assert [min(window.read) for window in made] == sorted(min(window.read) for window in made)
    return made


SENTENCES = (
    "Norway and Chile signed a ferry pact.",
    "The pact, a minister said, is a first step.",
    "A list could include:\n- Ferry research\n- Supply of salmon feed\n- 条約",
    "Outcomes of the visit\n\nChile gave in.",
    said(60),
    said(SENTENCE_PIECES + 30, "Chile"),
    "x" * 300 + " is no word.",
    "OSLO, March 3 (Example) - Norway may act.",
    "Q: What of the ferries?\nA: They sail.",
    "• • •",
    "...",
    "\u200b \u00ad \u0301",
    "",
)
texts = st.lists(st.sampled_from(SENTENCES), max_size=12).map("\n\n".join)


@given(texts, st.sampled_from((None, "", "Ferry pact near", "w" * 5000, " ".join(["word"] * 100))))
def test_every_token_is_read_in_one_window_with_its_pieces_in_place(text: str, title: str | None) -> None:
    check(parse(text, title))


@given(st.text(max_size=400), st.none() | st.text(max_size=40))
def test_any_text_becomes_windows(text: str, title: str | None) -> None:
    check(parse(text, title))


@pytest.mark.parametrize("text", ["", " \n\n ", "\u3000"])
def test_where_there_are_no_words_there_are_no_windows(text: str) -> None:
    assert windows(parse(text, "Ferry pact"), WORDS) == []


@pytest.mark.parametrize("text", ["a", ".", "é", "\ufffd", "5", "条"])
def test_a_text_of_one_sign_is_one_window(text: str) -> None:
    (window,) = check(parse(text))
    assert len(window.pieces) == 3
    assert window.read == {0: (1, 2, 0)}


def test_a_sentence_in_full() -> None:
    parsed = parse("Norway signed packs.", "Ferry pact")
    (window,) = windows(parsed, WORDS)
    assert spelled(window) == "[CLS] ferry pact [SEP] [CLS] norway signed p ##a ##c ##k ##s . [SEP]".split()
    assert window.positions == (0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
    assert window.sentences == (0,) * 4 + (1,) * 10
    assert window.tokens == (*[CONTEXT] * 5, 0, 1, 2, 2, 2, 2, 2, 3, CONTEXT)
    assert window.read == {0: (5, 6, 4), 1: (6, 7, 4), 2: (7, 12, 4), 3: (12, 13, 4)}


@pytest.mark.parametrize(("size", "count"), [(PACK // 2 - 2, 1), (PACK // 2 - 1, 2)])
def test_sentences_share_a_window_as_long_as_they_fit(size: int, count: int) -> None:
    """Each sentence costs its pieces and the two that enclose it."""
    assert len(windows(parse(f"{said(size)} {said(size)}"), WORDS)) == count


@pytest.mark.parametrize(("size", "read"), [(SENTENCE_PIECES, SENTENCE_PIECES), (SENTENCE_PIECES + 1, SENTENCE_PIECES)])
def test_a_sentence_is_read_up_to_its_limit(size: int, read: int) -> None:
    parsed = parse(said(size))
    (window,) = check(parsed)
    assert len(window.read) == read
    assert len(window.pieces) == read + 2
    assert (size - 1 in window.read) == (size == read)


def test_a_word_that_crosses_the_limit_of_its_sentence_is_read_as_far_as_it_goes() -> None:
    parsed = parse(" ".join(["word"] * (SENTENCE_PIECES - 2)) + " zzzz word")
    (window,) = check(parsed)
    first, stop, _ = window.read[SENTENCE_PIECES - 2]
    assert stop - first == 2
    assert SENTENCE_PIECES - 1 not in window.read


@pytest.mark.parametrize(("letters", "pieces"), [(WORD_PIECES, WORD_PIECES), (WORD_PIECES + 1, WORD_PIECES), (101, 1)])
def test_a_word_is_read_up_to_its_limit(letters: int, pieces: int) -> None:
    """Beyond a hundred letters it is no word any more."""
    (window,) = check(parse("z" * letters + " word"))
    first, stop, _ = window.read[0]
    assert stop - first == pieces
    assert window.read[1][0] == stop


@pytest.mark.parametrize("count", [TITLE, TITLE + 1, 5000])
def test_a_title_is_looked_at_up_to_its_limit(count: int) -> None:
    (window,) = check(parse("Norway signed.", " ".join(["word"] * count)))
    assert len(rows(window)[0]) == TITLE + 2
    assert all(token == CONTEXT for token in window.tokens[: TITLE + 2])
    assert window.read[0][2] == TITLE + 2


def test_the_title_stands_before_every_window() -> None:
    parsed = parse("\n\n".join([said(150)] * 3), "Ferry pact")
    made = check(parsed)
    assert len(made) == 3
    for window in made:
        assert spelled(window)[:4] == ["[CLS]", "ferry", "pact", "[SEP]"]
    untitled = check(parse("\n\n".join([said(150)] * 3), "  "))
    assert [PIECES[window.pieces[1]] for window in untitled] == ["norway"] * 3


@pytest.mark.parametrize(
    ("before", "behind", "shown_before", "shown_behind"),
    [
        # As many whole sentences as fit, but of what stands before always one.
        (LEFT // 2 - 2, RIGHT // 2 - 2, 2, 2),
        (LEFT // 2 - 1, RIGHT // 2 - 1, 1, 1),
        (LEFT + 40, RIGHT - 2, 1, 1),
        (LEFT - 2, RIGHT - 1, 1, 0),
    ],
)
def test_neighbours_are_looked_at_as_far_as_there_is_room(
    before: int, behind: int, shown_before: int, shown_behind: int
) -> None:
    """The long sentence has a window of its own, for nothing fits beside it."""
    long = said(PACK - 2, "Chile")
    parsed = parse(" ".join([*[said(before)] * 4, long, *[said(behind)] * 4]))
    (window,) = (window for window in check(parsed) if len(window.read) == PACK - 2)
    assert sentences_read(window, parsed) == [4]
    assert sentences_shown(window, parsed) == list(range(4 - shown_before, 5 + shown_behind))
    own = set(range(*parsed.ranges[4]))
    assert set(window.read) == own


def test_the_first_window_has_nothing_before_it_and_the_last_nothing_behind() -> None:
    parsed = parse(" ".join([said(150), said(150, "Chile"), said(150)]))
    first, middle, last = check(parsed)
    assert sentences_shown(first, parsed) == [0]
    assert sentences_shown(middle, parsed) == [0, 1]
    assert sentences_shown(last, parsed) == [1, 2]


BEFORE = "Ferries\n\nNorway spoke on Monday of a fjord.\n\nOutcomes of the visit\n\n"


def test_a_sentence_without_a_token_takes_no_room() -> None:
    parsed = parse(" ".join([said(20), "So.", said(150), "So.", said(150), "So.", said(20)]))
    spans = [(first, first) if stop - first == 2 else (first, stop) for first, stop in parsed.ranges]
    empty = replace(parsed, ranges=tuple(spans))
    made = check(empty)
    assert [sentences_read(window, empty) for window in made] == [[0, 2], [4, 6]]
    assert [sentences_shown(window, empty) for window in made] == [[0, 2], [2, 4, 6]]
    middle = windows(replace(empty, ranges=(*spans[:2], (0, 0), *spans[3:])), WORDS)
    assert sentences_shown(middle[0], empty) == [0, 4, 6]
    alone = replace(empty, ranges=(spans[2], (0, 0), spans[4], (0, 0), spans[6], *[(0, 0)] * 2))
    first, second = windows(alone, WORDS)
    assert len(rows(first)) == 1
    assert len(rows(second)) == 3


def test_the_lead_in_and_the_heading_of_the_first_sentence_come_along() -> None:
    items = "\n".join(f"- {said(60)[:-1]}" for _ in range(9))
    lead = "Norway hopes that the list of all that the two will announce this year could include:"
    parsed = parse(f"{BEFORE}{lead}\n{items}\n")
    made = check(parsed)
    assert len(made) > 2
    for window in made[1:]:
        first = parsed.sentence(sentences_read(window, parsed)[0])
        assert (first.role, first.heading, first.lead) == (Role.ITEM, 2, 3)
        around = sentences_shown(window, parsed)
        assert around[:2] == [2, 3]
        assert around == sorted(set(around)), "in the order of the text, none twice"


def test_a_heading_far_before_comes_along() -> None:
    parsed = parse(BEFORE + "\n\n".join(said(100) for _ in range(8)))
    made = check(parsed)
    assert len(made) > 3
    for window in made[1:]:
        assert parsed.sentence(sentences_read(window, parsed)[0]).heading == 2
        assert sentences_shown(window, parsed)[0] == 2


def test_only_windows_with_a_wanted_sentence_are_made() -> None:
    parsed = parse("\n\n".join(said(100) for _ in range(9)), "Ferry pact")
    all_of_them = windows(parsed, WORDS)
    assert len(all_of_them) == 5
    assert windows(parsed, WORDS, wanted=range(9)) == all_of_them
    assert windows(parsed, WORDS, wanted=()) == []
    assert windows(parsed, WORDS, wanted=[99]) == []
    for n in range(9):
        (window,) = windows(parsed, WORDS, wanted=[n])
        assert window in all_of_them
        assert n in sentences_read(window, parsed)


@given(texts, st.sets(st.integers(0, 20)))
def test_a_window_is_the_same_whether_or_not_others_are_wanted(text: str, wanted: set[int]) -> None:
    parsed = parse(text)
    some = windows(parsed, WORDS, wanted)
    every = windows(parsed, WORDS)
    assert some == [window for window in every if wanted & set(sentences_read(window, parsed))]


@pytest.mark.parametrize(
    "text", ["x" * 100_000, ". " * 50_000, "Norway. " * 12_500, "norway " * 14_000, "-\n" * 50_000]
)
def test_a_long_text_is_cut_in_good_time(text: str, stopwatch) -> None:
    parsed = parse(text)
    with stopwatch(5):
        made = windows(parsed, WORDS, range(len(parsed.ranges)))
        evidence(parsed, [[] for _ in parsed.ranges])
    assert all(len(window.read) <= SENTENCE_PIECES for window in made)


# --- what is known of a token ----------------------------------------------------------------------------------------


def known(text: str, title: str | None = None) -> tuple[Parse, list[set[str]]]:
    parsed = parse(text, title)
    found = evidence(parsed, attributions(parsed))
    assert len(found) == len(parsed.tokens)
    for places in found:
        assert list(places) == sorted(set(places))
        assert all(0 <= at < len(EVIDENCE) for at in places)
    return parsed, [{EVIDENCE[at] for at in places} for places in found]


def of(text: str, word: str) -> set[str]:
    parsed, found = known(text)
    return found[parsed.tokens.words.index(word)]


def test_the_places_of_what_is_known_have_names_of_their_own() -> None:
    assert len(set(EVIDENCE)) == len(EVIDENCE)
    assert {f"role={role}" for role in Role} <= set(EVIDENCE)


def test_every_class_that_a_state_word_can_have_has_its_place() -> None:
    verbs, nouns = state_words()
    assert {f"state=verb:{name}" for name in verbs.values()} <= set(EVIDENCE)
    assert {f"state=noun:{name}" for name in nouns.values()} <= set(EVIDENCE)


def test_kind_role_and_place_of_a_token() -> None:
    text = "Norway signed a pact in Bergen."
    assert {"kind=state", "role=text", "first"} <= of(text, "Norway")
    assert "first" not in of(text, "signed")
    assert "state=verb:sign" in of(text, "signed")
    assert "kind=city" in of(text, "Bergen")
    assert not {name for name in of(text, "signed") if name.startswith("kind=")}


def test_a_verb_of_two_words_is_known_by_both() -> None:
    assert "state=verb:stall" in of("Norway put off the pact.", "put")
    assert "state=verb:stall" not in of("Norway put the pact off.", "put")


def test_a_pair_does_not_reach_beyond_its_sentence() -> None:
    """The last word of a sentence is looked up alone."""
    parsed, found = known("That is what they put\n\nOff Bergen a ferry lay.")
    put = parsed.tokens.lowers.index("put")
    assert parsed.tokens.lowers[put + 1] == "off"
    assert "state=verb:stall" not in found[put]


def test_who_speaks_is_known_in_the_whole_sentence_and_the_voice_by_its_own_words() -> None:
    parsed, found = known("Norway will sign, Transport Minister Ana Ruiz said. Chile was silent.")
    first, stop = parsed.ranges[0]
    assert all("speaks=official" in marks for marks in found[first:stop])
    assert not any("speaks=official" in marks for marks in found[stop:])
    voice = {parsed.tokens.words[t] for t, marks in enumerate(found) if "in-voice" in marks}
    assert {"Ana", "Ruiz"} <= voice
    assert "sign" not in voice


def test_lead_ins_and_headings_are_known_in_what_stands_under_them() -> None:
    parsed, found = known(f"{BEFORE}The list could include:\n- Ferry research\n- Salmon feed\n")
    assert {"under-lead", "under-heading", "role=item", "first"} <= found[parsed.tokens.words.index("Ferry")]
    assert {"role=heading", "first"} <= found[parsed.tokens.words.index("Outcomes")]
    assert "role=title" in found[0]
    for n, span in enumerate(parsed.ranges):
        for t in range(*span):
            assert ("under-heading" in found[t]) == (parsed.sentence(n).heading is not None)
            assert ("under-lead" in found[t]) == (parsed.sentence(n).lead is not None)


def test_what_stands_in_no_sentence_has_no_marks() -> None:
    parsed, found = known("The list could include:\n- Ferry research\n- Salmon feed\n")
    inside = {t for span in parsed.ranges for t in range(*span)}
    outside = set(range(len(found))) - inside
    assert outside, "list marks belong to no sentence"
    assert all(not found[t] for t in outside)
    assert all(found[t] for t in inside)


@given(st.text(max_size=300) | texts)
def test_any_text_has_marks_in_their_places(text: str) -> None:
    known(text)
