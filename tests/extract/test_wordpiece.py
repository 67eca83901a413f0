"""Word pieces: tokens as the ids of BERT's uncased vocabulary, here a small one of the tests' own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.errors import UsageError
from paraph.extract import wordpiece
from paraph.extract.tokens import tokenize
from paraph.extract.wordpiece import WordPieces

PIECES = (
    "[PAD] [UNK] [CLS] [SEP] [MASK] sign ##ing ##ed ##s a e u f - . ' & deal the ##al de ##d ##e ##g ##i ##n ##l "
    "9 ##0 ##00 mq s σ ##σ co operation cooperation 条 約 カ ##ー ᄒ ##ᅡ ##ᆫ $ _ ̀ ß"
).split()


@pytest.fixture(scope="module")
def vocabulary() -> WordPieces:
    return WordPieces.from_vocabulary(f"{piece}\n" for piece in PIECES)


def spelled(vocabulary: WordPieces, word: str) -> list[str]:
    return [PIECES[number] for number in vocabulary.pieces(word)]


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("deal", ["deal"]),
        ("Deal", ["deal"]),
        ("DEALS", ["deal", "##s"]),
        ("signing", ["sign", "##ing"]),
        ("signed", ["sign", "##ed"]),
        # The longest piece first, though a shorter one would fit as well.
        ("deals", ["deal", "##s"]),
        ("dealal", ["deal", "##al"]),
        ("9000", ["9", "##00", "##0"]),
        # Signs inside a token stand alone, and what follows begins a word.
        ("co-operation", ["co", "-", "operation"]),
        ("U.S", ["u", ".", "s"]),
        ("'s", ["'", "s"]),
        ("s&s", ["s", "&", "s"]),
        ("$", ["$"]),
        ("_", ["_"]),
        # Accents fall, whether written as one character or two.
        ("\u00e9", ["e"]),
        ("e\u0301", ["e"]),
        ("déal", ["deal"]),
        # Lower case is taken letter by letter: no final sigma.
        ("ΣΣ", ["σ", "##σ"]),
        ("ß", ["ß"]),
        # Chinese characters one at a time; kana, and hangul by its letters, as words.
        ("条約", ["条", "約"]),
        ("a条deal", ["a", "条", "deal"]),
        ("カー", ["カ", "##ー"]),
        ("한", ["ᄒ", "##ᅡ", "##ᆫ"]),
        # Control, format and private characters fall away, and so does the sign for a broken one.
        ("de\u200bal", ["deal"]),
        ("de\x07al", ["deal"]),
        ("\x7fdeal\x00", ["deal"]),
        ("de\u00adal\ufffd", ["deal"]),
        ("\ue000deal", ["deal"]),
        # An unassigned one stays, and cannot be spelled.
        ("de\u0378al", ["[UNK]"]),
        # What cannot be spelled to its end is unknown as a whole, but only that part.
        ("zeal", ["[UNK]"]),
        ("dealz", ["[UNK]"]),
        ("zeal-deal", ["[UNK]", "-", "deal"]),
        ("€", ["[UNK]"]),
        # Nothing is left.
        ("\u200b", ["[UNK]"]),
        ("\u0301", ["[UNK]"]),
        ("", ["[UNK]"]),
    ],
)
def test_a_token_becomes_the_pieces_that_bert_makes_of_it(vocabulary, word, pieces):
    assert spelled(vocabulary, word) == pieces
    assert spelled(vocabulary, word) == pieces, "met before"


def test_a_word_of_a_hundred_letters_is_spelled_and_a_longer_one_is_unknown(vocabulary):
    assert spelled(vocabulary, "e" * 100) == ["e"] + ["##e"] * 99
    assert spelled(vocabulary, "e" * 101) == ["[UNK]"]
    assert spelled(vocabulary, "e" * 101 + "-" + "e" * 2) == ["[UNK]", "-", "e", "##e"]


def test_a_special_piece_written_in_the_text_is_only_its_letters_and_signs(vocabulary):
    assert vocabulary.mask not in vocabulary.pieces("[MASK]")
    assert spelled(vocabulary, "##ing") == ["[UNK]", "[UNK]", "[UNK]"]


def test_the_special_pieces_are_known_by_name(vocabulary):
    found = (vocabulary.pad, vocabulary.unknown, vocabulary.begin, vocabulary.separator, vocabulary.mask)
    assert [PIECES[number] for number in found] == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_line_ends_of_the_vocabulary_are_no_part_of_a_piece(end):
    assert WordPieces.from_vocabulary(piece + end for piece in PIECES).pieces("signed") == (5, 7)


def test_a_vocabulary_without_the_special_pieces_is_refused_with_what_to_give_instead():
    with pytest.raises(UsageError, match=r"lacks \[PAD\], \[SEP\], \[MASK\].*vocab\.txt"):
        WordPieces.from_vocabulary(["[UNK]", "[CLS]", "deal"])


def test_the_store_is_emptied_when_full_and_answers_as_before(monkeypatch):
    monkeypatch.setattr(wordpiece, "_MOST_WORDS_KEPT", 3)
    words = ["deal", "signing", "signed", "deals", "co-operation", "deal", "zeal"]
    roomy = WordPieces.from_vocabulary(PIECES)
    expected = [(5 + PIECES[5:].index("deal"),), (5, 6), (5, 7)]
    assert [roomy.pieces(word) for word in words[:3]] == expected
    assert len(roomy._met) == 3
    fresh = [WordPieces.from_vocabulary(PIECES).pieces(word) for word in words]
    assert [roomy.pieces(word) for word in words] == fresh
    assert 1 <= len(roomy._met) <= 3


def test_what_is_too_long_for_a_word_is_not_kept(vocabulary):
    long = "deal-" * 30
    assert len(vocabulary.pieces(long)) == 60
    assert long not in vocabulary._met


@given(st.text(max_size=60))
def test_every_token_of_any_text_has_pieces_of_the_vocabulary(text):
    vocabulary = WordPieces.from_vocabulary(PIECES)
    for word in tokenize(text).words:
        found = vocabulary.pieces(word)
        assert found
        assert all(0 <= number < len(PIECES) for number in found)
        assert found == vocabulary.pieces(word)


@given(st.text(alphabet="aeingsdl", min_size=1, max_size=40))
def test_pieces_put_together_give_the_word_or_it_is_unknown(word):
    vocabulary = WordPieces.from_vocabulary(PIECES)
    found = spelled(vocabulary, word)
    assert found == ["[UNK]"] or "".join(piece.removeprefix("##") for piece in found) == word


@pytest.mark.parametrize(
    "word", ["e" * 100, "deal" * 25, "é" * 100, "e-" * 50, "条" * 100, "\u0301" * 100, "z" * 100], ids=range(7)
)
def test_words_made_to_be_slow_cost_little(vocabulary, word, stopwatch):
    with stopwatch(2):
        for number in range(1_000):
            vocabulary.pieces(f"{word[:-4]}{number}")
