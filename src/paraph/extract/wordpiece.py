"""Word pieces: a token of the text as the numbers that the encoder was trained on.

The encoder's vocabulary is BERT's uncased one; what happens to a word on its way to it (Devlin et al. 2019, "BERT", with the
greedy longest match of Wu et al. 2016, "Google's Neural Machine Translation System") is done here in plain Python, so that
no tokenizer package is needed at run time. News repeats its words: each is worked out once and then looked up.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from paraph.errors import UsageError

__all__ = ["WordPieces"]

# A longer word is one unknown piece; BERT's own limit.
_LONGEST_WORD = 100
# Words kept with their pieces; when as many are held the store is emptied and filled anew, which costs a long run nothing
# that can be felt. 50,000 words are some 10 MB; set by eye.
_MOST_WORDS_KEPT = 50_000
# Pieces that continue a word are looked for no longer than the longest of the vocabulary that begins with the same letters;
# so many letters are looked at. It keeps words made to be slow (every piece one letter) from trying 100 lengths a letter.
_LETTERS_OF_REACH = 2
_CONTINUES = "##"
# The planes of Chinese characters that BERT takes one at a time; kana and hangul are words like any other.
_CHINESE = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0x2F800, 0x2FA1F),
)


class WordPieces:
    """A vocabulary of word pieces, and the words met so far with their pieces.

    Made by ``from_vocabulary``. May be shared by threads: the store only ever holds what would be worked out again.
    """

    __slots__ = ("_begin", "_go_on", "_met", "_reach_begin", "_reach_go_on", "_special")

    def __init__(self, ids: dict[str, int]) -> None:
        missing = [name for name in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]") if name not in ids]
        if missing:
            raise UsageError(
                f"the vocabulary of word pieces lacks {', '.join(missing)}: give the vocab.txt of an uncased BERT model, "
                "one piece a line"
            )
        self._special = ids["[PAD]"], ids["[UNK]"], ids["[CLS]"], ids["[SEP]"], ids["[MASK]"]
        cut = len(_CONTINUES)
        self._begin = {piece: number for piece, number in ids.items() if not piece.startswith(_CONTINUES)}
        self._go_on = {piece[cut:]: number for piece, number in ids.items() if piece.startswith(_CONTINUES)}
        self._reach_begin = _reaches(self._begin)
        self._reach_go_on = _reaches(self._go_on)
        self._met: dict[str, tuple[int, ...]] = {}

    @classmethod
    def from_vocabulary(cls, lines: Iterable[str]) -> WordPieces:
        """Return the word pieces of a vocabulary, one piece a line, whose number is its id; line ends fall away.

        Raises UsageError where one of BERT's five special pieces is missing.
        """
        return cls({line.rstrip("\r\n"): number for number, line in enumerate(lines)})

    @property
    def pad(self) -> int:
        """The id of [PAD], which fills up a row."""
        return self._special[0]

    @property
    def unknown(self) -> int:
        """The id of [UNK], which stands for a word that the vocabulary cannot spell."""
        return self._special[1]

    @property
    def begin(self) -> int:
        """The id of [CLS], which opens a row."""
        return self._special[2]

    @property
    def separator(self) -> int:
        """The id of [SEP], which closes each part of a row."""
        return self._special[3]

    @property
    def mask(self) -> int:
        """The id of [MASK], which hides a piece in training."""
        return self._special[4]

    def pieces(self, word: str) -> tuple[int, ...]:
        """Return the ids of one token's pieces: never empty.

        ``word`` is a token of ``paraph.extract.tokens`` as written, without white space (which would cut nothing here).
        Case and accents are dropped, control characters too; signs and Chinese characters inside become pieces of their own.
        A part that cannot be spelled, or is longer than 100 characters, is [UNK], and so is a token of which nothing is left.
        """
        met = self._met.get(word)
        if met is None:
            met = self._work_out(word)
            # What is longer is no word, and keeping it would let a hostile text fill the memory.
            if len(word) <= _LONGEST_WORD:
                if len(self._met) >= _MOST_WORDS_KEPT:
                    self._met.clear()
                self._met[word] = met
        return met

    def _work_out(self, word: str) -> tuple[int, ...]:
        found: list[int] = []
        for part in _parts(word):
            number = self._begin.get(part)
            if number is not None:
                found.append(number)
            else:
                found.extend(self._spell(part))
        return tuple(found) or (self.unknown,)

    def _spell(self, part: str) -> list[int]:
        """Return the longest piece that the part begins with, the longest that goes on from there, to its end."""
        unknown = [self.unknown]
        size = len(part)
        if size > _LONGEST_WORD:
            return unknown
        found: list[int] = []
        at, pieces, reaches = 0, self._begin, self._reach_begin
        while at < size:
            end = min(size, at + reaches.get(part[at : at + _LETTERS_OF_REACH], 1))
            while end > at and part[at:end] not in pieces:
                end -= 1
            if end == at:
                return unknown
            found.append(pieces[part[at:end]])
            at, pieces, reaches = end, self._go_on, self._reach_go_on
        return found


def _reaches(pieces: Iterable[str]) -> dict[str, int]:
    """Return, by first letters, how many characters the longest piece with them has."""
    longest: dict[str, int] = {}
    for piece in pieces:
        first = piece[:_LETTERS_OF_REACH]
        longest[first] = max(longest.get(first, 0), len(piece))
    return longest


def _parts(word: str) -> list[str]:
    """Return the parts of a token that are spelled each on its own, folded: words, signs, Chinese characters."""
    if word.isascii() and word.isalnum():
        return [word.lower()]
    parts: list[str] = []
    run: list[str] = []
    for char in _folded(word):
        if _is_sign(char) or _is_chinese(char):
            if run:
                parts.append("".join(run))
                run.clear()
            parts.append(char)
        else:
            run.append(char)
    if run:
        parts.append("".join(run))
    return parts


def _folded(word: str) -> str:
    """Return the word without control characters and accents, in lower case, letter by letter (no final sigma)."""
    if word.isascii():
        kept = word if word.isprintable() else "".join(char for char in word if char.isprintable())
        return kept.lower()
    clean = "".join(char for char in word if not _is_dropped(char))
    bare = (char for char in unicodedata.normalize("NFD", clean) if unicodedata.category(char) != "Mn")
    return "".join(char.lower() for char in bare)


def _is_dropped(char: str) -> bool:
    """Tell whether a character is control, format, private or half of a pair, or the sign for a broken one.

    Unassigned ones stay (and come to [UNK]), as in the `tokenizers` package: what is assigned differs by version of Python.
    """
    return char == "\ufffd" or unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs"}


def _is_sign(char: str) -> bool:
    """Tell whether BERT takes a character for punctuation: every printable ASCII sign, and Unicode's punctuation."""
    if char.isascii():
        return not char.isalnum()
    return unicodedata.category(char)[0] == "P"


def _is_chinese(char: str) -> bool:
    code = ord(char)
    return code >= _CHINESE[0][0] and any(low <= code <= high for low, high in _CHINESE)
