"""Party codes from what a person types: "IN", "ru", "India", "European Union"."""

from __future__ import annotations

from functools import cache

from paraph.errors import UsageError
from paraph.extract.gazetteer import default_gazetteer

__all__ = ["party_codes"]

_KINDS = ("country", "bloc")


def party_codes(words: str) -> tuple[str, ...]:
    """Return the codes of parties with commas between them, each once, in the order given.

    A party is an ISO 3166 alpha-2 code, the short name of a bloc (EU, African Union) or a country's or bloc's name; small
    letters will do. Raises UsageError, naming the first that is not known.
    """
    codes: dict[str, None] = {}
    for word in filter(None, (" ".join(part.split()) for part in words.split(","))):
        codes.update(dict.fromkeys(_codes(word)))
    if not codes:
        raise UsageError("no party is named; give codes or names with commas between them (IN,RU)")
    return tuple(codes)


def _codes(word: str) -> tuple[str, ...]:
    if (code := _known().get(word.casefold())) is not None:
        return (code,)
    for form in (word, word.title()):
        for mention in default_gazetteer().find(form):
            if mention.kind in _KINDS and (mention.start, mention.end) == (0, len(form)):
                return mention.codes
    raise UsageError(
        f"party {word!r} is not known; give an ISO code (IN), a country's name (India) or a bloc's short name (EU)"
    )


@cache
def _known() -> dict[str, str]:
    # Two letters are a country before they are a bloc.
    return {code.casefold(): code for code in sorted(default_gazetteer().codes(), key=len, reverse=True)}
