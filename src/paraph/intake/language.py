"""Is the text English? A count of function words answers for nearly every page; a classifier answers for the rest.

The classifier (py3langid, 97 languages) takes 0.3 s and some 40 MB to load, which a run over English news never pays.
Not handled: texts in two languages (the greater part decides), dialects, languages written in another script than usual.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

__all__ = ["detect", "english_share", "is_english", "name_of", "words_in"]

# Shorter texts pass: a headline or a list of names says too little, and refusing an English one is the worse error.
MIN_WORDS = 20

# English function words that are not words of another widely written language ("in", "a", "is", "of" in Dutch are).
_FUNCTION_WORDS = frozenset(
    (
        "the and to that for with by from which has have had are were their this it its as at be been not but would could "
        "should after before they he she his her who what when where there about than into between during against said says"
    ).split()
)

# Share of function words among all words: 0.19 or more in every report of the project's own examples and in all but
# lists of names; below 0.05 in texts of other languages.
_ENGLISH_SHARE = 0.14

# Looked at: enough for a stable share, from the beginning and the middle (a page may begin with a foreign menu).
_SAMPLE_CHARS = 6_000

_WORD = re.compile(r"[^\W\d_]+")
# Behind this character come the scripts without spaces between words.
_SPACED = "\u2e7f"

_NAMES = {
    "af": "Afrikaans",
    "ar": "Arabic",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "mr": "Marathi",
    "ms": "Malay",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "ta": "Tamil",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}


def is_english(text: str, *, min_words: int = MIN_WORDS) -> bool:
    """Return whether ``text`` reads as English; True for texts of fewer than ``min_words`` words."""
    return words_in(text, min_words) < min_words or detect(text) == "en"


def english_share(text: str, enough: int) -> float | None:
    """Return the share of English function words among the words of ``text``; None where it has fewer words than ``enough``.

    Scripts without spaces count as ``words_in`` counts them. Long texts are sampled.
    """
    words = [word.lower() for word in _WORD.findall(_sample(text))]
    count = sum(1 if word[0] <= _SPACED else max(1, len(word) // 2) for word in words)
    return sum(word in _FUNCTION_WORDS for word in words) / count if count >= enough else None


def detect(text: str) -> str:
    """Return the ISO 639-1 code of the language of ``text``, "und" where there are no letters."""
    sample = _sample(text)
    words = [word.lower() for word in _WORD.findall(sample)]
    if not words:
        return "und"
    if sum(word in _FUNCTION_WORDS for word in words) >= _ENGLISH_SHARE * len(words):
        return "en"
    return str(_classifier().classify(sample)[0])


def name_of(code: str) -> str:
    """Return the English name of a language, or its code where the table has none."""
    if code == "und":
        return "no language that can be told"
    return _NAMES.get(code, f"the language {code!r}")


def words_in(text: str, enough: int) -> int:
    """Return the number of words of ``text``, counting no further than ``enough``.

    Scripts without spaces count their characters in pairs, which is about the length of their words.
    """
    count = 0
    for found in _WORD.finditer(text):
        word = found[0]
        count += max(1, len(word) // 2) if word[0] > _SPACED else 1
        if count >= enough:
            break
    return count


def _sample(text: str) -> str:
    if len(text) <= 2 * _SAMPLE_CHARS:
        return text
    middle = len(text) // 2
    return text[:_SAMPLE_CHARS] + "\n" + text[middle : middle + _SAMPLE_CHARS]


@cache
def _classifier() -> Any:
    import py3langid  # type: ignore[import-untyped]

    return py3langid
