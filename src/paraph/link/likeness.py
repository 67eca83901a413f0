"""Likeness: how probable it is that two signals speak of the same deal.

A logistic regression over what two signals have in common and what sets them apart: words by how much they tell, names,
numbers, forms, subjects (data/concepts.txt), sector, instrument, parties, and where they stand. The weights are learnt from
annotated deals and kept as a table (data/likeness.tsv, made by training/linking). Nothing here looks at the desk: the likeness of
two signals is the same whatever else there is, which is what makes deals independent of the order of arrival.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from math import exp

from paraph.link.traits import STORED, Traits, designations, root, weight_of

__all__ = ["FEATURES", "THRESHOLD", "features", "forget", "score", "subjects_of"]

# From this likeness on a signal joins the deal of the most like one before it. Of .40 to .55 the best on gold/dev (B-cubed F1
# .746) and within .002 of the best over events in cross-validation (.726 at .40); training/linking/README.md has the table.
THRESHOLD = 0.47
# Weights of words are divided by this, so that a rare word counts about one. The largest weight in the table is 5.9.
TELLING = 6.0
# A word that the table of concepts has and the annotated deals have not tells this much.
RARE_CONCEPT = 6.0

FEATURES = (
    "rarest contained overlap sure_overlap whole shortest one_bare names_differ called_alike around_alike "
    "form_alike form_differs number_alike numbers_differ sector instrument sector_instrument "
    "parties_same parties_within parties_overlap parties_differ two_parties "
    "one_document one_sentence next_sentence near_sentence both_items from_title one_sentence_overlap "
    "bare_in_document bare_and_alike subject_alike subject_differs subject_unknown subject_only"
).split()


def score(one: Traits, other: Traits) -> float:
    """Return how likely two signals speak of the same deal, 0 to 1. Symmetric; a pure function of the two signals.

    How far apart their days lie is not weighed: that is a matter of the keys they share (``keys_of``).
    """
    bias, weights = _table()
    total = bias + sum(weight * value for weight, value in zip(weights, features(one, other), strict=True))
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, total))))


@cache
def _table() -> tuple[float, tuple[float, ...]]:
    rows = dict(line.split("\t") for line in _data("likeness.tsv"))
    return float(rows["*"]), tuple(float(rows[name]) for name in FEATURES)


def _data(name: str) -> list[str]:
    text = files("paraph.link").joinpath(f"data/{name}").read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


class _Sets:
    """What is looked at of one signal, as sets with their weights; made once a signal."""

    __slots__ = (
        "around",
        "called",
        "form",
        "names",
        "numbers",
        "parties",
        "subjects",
        "subjects_around",
        "words",
        "worth",
        "worth_around",
    )

    def __init__(self, traits: Traits) -> None:
        self.words = frozenset(traits.words)
        self.worth = _worth(self.words)
        self.names = frozenset(traits.names)
        self.form = frozenset(traits.form)
        self.numbers = frozenset(traits.numbers)
        self.around = frozenset(traits.around)
        self.worth_around = _worth(self.around)
        self.called = frozenset(traits.calls)
        self.parties = frozenset(traits.parties)
        self.subjects = _subjects(self.words | self.form)
        self.subjects_around = _subjects(self.around)


# Sets of so many signals are kept: of as many as the desk and a corpus keep traits of.
_sets = lru_cache(maxsize=20_000)(_Sets)


def features(one: Traits, other: Traits) -> list[float]:
    """Return the values of ``FEATURES`` for two signals, in that order; symmetric."""
    a, b = _sets(one), _sets(other)
    shared = a.words & b.words
    worth = _worth(shared)
    contained = worth / min(a.worth, b.worth) if a.worth and b.worth else 0.0
    either = a.worth + b.worth - worth
    overlap = worth / either if either else 0.0
    shortest = min(len(a.words), len(b.words), 4) / 4
    one_bare, both_bare = (not a.words) != (not b.words), not a.words and not b.words
    sector, instrument = one.sector == other.sector, one.instrument == other.instrument
    both = sector and instrument
    common = a.parties & b.parties
    within = a.parties <= b.parties or b.parties <= a.parties
    document = one.document == other.document
    apart = abs(one.sentence - other.sentence) if document else -1
    subjects = a.subjects & b.subjects
    lesser = min(_subject_worth(a.subjects), _subject_worth(b.subjects))
    subject = _subject_worth(subjects) / lesser if lesser else 0.0
    return [
        max(map(weight_of, shared), default=0.0) / TELLING,
        contained,
        overlap,
        4 * shortest * overlap,
        contained >= 0.99 and shortest >= 0.5,
        shortest,
        one_bare,
        bool(a.names) and bool(b.names) and not a.names & b.names,
        max(map(weight_of, a.called & b.called), default=0.0) / TELLING,
        _worth(a.around & b.around) / (1 + min(a.worth_around, b.worth_around)),
        bool(a.form & b.form),
        bool(a.form) and bool(b.form) and not a.form & b.form,
        bool(a.numbers & b.numbers),
        bool(a.numbers) and bool(b.numbers) and not a.numbers & b.numbers,
        sector,
        instrument,
        both,
        a.parties == b.parties,
        within,
        len(common) / max(1, len(a.parties | b.parties)),
        bool(common) and not within,
        len(common) >= 2,
        document,
        apart == 0,
        apart == 1,
        1 < apart <= 3,
        document and one.role == other.role == "item",
        document and "title" in (one.role, other.role),
        (apart == 0) * overlap,
        document and both_bare,
        one_bare and both,
        subject,
        bool(a.subjects) and bool(b.subjects) and not subjects,
        not a.subjects and not b.subjects,
        0.0 if shared else subject,
    ]


def _worth(words: Iterable[str]) -> float:
    # In order, so that the sum is the same to the last bit on every machine.
    return sum(map(weight_of, sorted(words)))


@cache
def _concepts() -> tuple[dict[str, tuple[str, ...]], dict[str, float]]:
    """Return the concepts of each word, and how much each concept tells."""
    found: dict[str, list[str]] = {}
    for line in _data("concepts.txt"):
        name, *_ = words = line.split()
        for word in words:
            for form in designations(word) if re.search(r"\d", word) else [root(word)]:
                if name not in found.setdefault(form, []):
                    found[form].append(name)
    worth = dict(line.split("\t") for line in _data("concepts.tsv"))
    return {form: tuple(names) for form, names in found.items()}, {name: float(x) for name, x in worth.items()}


@lru_cache(maxsize=STORED)
def _subjects(words: frozenset[str]) -> frozenset[str]:
    concepts, _ = _concepts()
    return frozenset(name for word in words for name in concepts.get(word, ()))


def _subject_worth(subjects: Iterable[str]) -> float:
    _, worth = _concepts()
    return sum(worth.get(name, RARE_CONCEPT) for name in sorted(subjects))


def subjects_of(traits: Traits) -> frozenset[str]:
    """Return the concepts that a signal's anchor names."""
    return _sets(traits).subjects


def forget() -> None:
    """Forget the tables that were read and what was made with them, so that training sees those it has just written."""
    for kept in (_table, _concepts, _sets, _subjects):
        kept.cache_clear()
