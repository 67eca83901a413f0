"""Changes: which sentences an update of a text took out, and which it brought in.

Where the words of a signal or of a decision stand in the new text is found by ``paraph.desk.places``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from paraph.extract.layout import sentences

__all__ = ["Changes", "changes"]

# Signs that editing systems turn into one another.
_LEVEL = str.maketrans(dict.fromkeys("‘’‛′", "'") | dict.fromkeys("“”„‟″", '"') | dict.fromkeys("‐‑‒–—−", "-"))


@dataclass(frozen=True, slots=True)
class Changes:
    """Sentences that an update took out (``gone``) and brought in (``came``), in order, as they stood.

    A sentence that only moved, or in which only white space, case or the form of quotation marks changed, is neither.
    """

    gone: tuple[str, ...]
    came: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.gone or self.came)


def changes(old: str, new: str) -> Changes:
    """Return what sentences the new text lacks and which it adds. Linear in the texts.

    A reworded sentence went in its old words and came in its new ones; which belong together is not told.
    """
    before = [old[start:end] for start, end in sentences(old)]
    after = [new[start:end] for start, end in sentences(new)]
    return Changes(tuple(_beyond(before, after)), tuple(_beyond(after, before)))


def _beyond(those: list[str], these: list[str]) -> list[str]:
    """Return what those have beyond these, counting how often; of equal ones the last are beyond."""
    left = Counter(_folded(each) for each in these)
    found = []
    for each in those:
        key = _folded(each)
        if left[key]:
            left[key] -= 1
        else:
            found.append(each)
    return found


def _folded(sentence: str) -> str:
    return " ".join(sentence.translate(_LEVEL).casefold().split())
