"""Topics: what a deal is about (sector) and what form it takes (instrument), by a vocabulary of subjects.

The vocabulary is a table (data/topics.txt): words and pairs of words by sector, and by instrument ("i." sections). Where in
the document a subject is named (in the anchor, beside it, in its sentence, its heading, its lead-in, elsewhere) makes the
evidence; what each place counts is learnt. So a subject never met in training counts as much as one met often.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from paraph.extract.layout import Role
from paraph.extract.parse import Parse
from paraph.extract.places import Place
from paraph.extract.tables import word_classes

__all__ = ["Topics", "topic_features"]

# How far beside an anchor a subject counts as being beside it, in tokens. Set once, not tuned.
WINDOW = 6
# A subject that makes up this share of all subjects named in the document is its main one, this share a side one. Set once, not
# tuned; leaving the document out costs .03 of sector over events (training/cues/README.md).
MAIN_SHARE, SIDE_SHARE = 0.4, 0.15


class Topics:
    """The subjects of one document: which classes of the vocabulary each token stands in, and their share in the whole."""

    def __init__(self, parse: Parse) -> None:
        self.classes = parse.subjects
        counts: dict[str, int] = {}
        for classes in self.classes:
            for name in classes:
                if not name.startswith("i."):
                    counts[name] = counts.get(name, 0) + 1
        total = sum(counts.values())
        self.document: dict[str, int] = {}
        for name, count in counts.items():
            share = count / total
            if share >= SIDE_SHARE:
                self.document[f"d{'2' if share >= MAIN_SHARE else '1'}:{name}"] = -1
        self.sentences: dict[int, dict[str, int]] = {}

    def around(self, parse: Parse, n: int) -> dict[str, int]:
        """Return what the sentence, its heading, its lead-in and its neighbour say, the same for all anchors in it; kept."""
        kept = self.sentences.get(n)
        if kept is not None:
            return kept
        sentence = parse.sentence(n)
        found = dict(self.document)
        before = n - 1 if n and sentence.role is Role.TEXT else None
        for name, where in (("p", before), ("h", sentence.heading), ("i", sentence.lead), ("s", n)):
            if where is not None:
                for at, topic in self.named(*parse.ranges[where]):
                    found.setdefault(f"{name}:{topic}", at)
        self.sentences[n] = found
        return found

    def named(self, first: int, stop: int) -> Iterator[tuple[int, str]]:
        """Yield each token of a range with each class it stands in."""
        for i in range(first, stop):
            for name in self.classes[i]:
                yield i, name


def topic_features(parse: Parse, place: Place, topics: Topics) -> dict[str, int]:
    """Return the evidence for sector and instrument of one anchor: feature -> token that bears it, or -1."""
    stems = parse.stems
    first, stop = parse.ranges[place.n]
    sentence = parse.sentence(place.n)
    found = dict(topics.around(parse, place.n))
    own = False
    for i, name in topics.named(place.first, place.last + 1):
        found["a:" + name] = i
        own = own or not name.startswith("i.")
    for i, name in topics.named(place.last, place.last + 1):
        found["a-last:" + name] = i
    for i in range(place.first, place.last + 1):
        found["a=" + stems[i]] = i
        if parse.kinds[i]:
            found["ak=" + parse.kinds[i]] = i
    found["a-first=" + stems[place.first]] = place.first
    found["a-last=" + stems[place.last]] = place.last
    found[f"a-size={min(place.last - place.first, 4)}"] = -1
    left, right = (
        range(max(first, place.first - WINDOW), place.first),
        range(place.last + 1, min(stop, place.last + 1 + WINDOW)),
    )
    for side, window in (("l", left), ("r", right)):
        for i, name in topics.named(window.start, window.stop):
            found.setdefault(f"{side}:{name}", i)
    if sentence.heading is not None:
        # What stands under a heading is of the subject that it names first ("Defence: new phase of co-production and
        # technology transfer"), bullets above all; what that counts is given, not learnt (GIVEN in training/cues/train.py).
        prefix = "under" if sentence.role is Role.ITEM else "section"
        for i in range(*parse.ranges[sentence.heading]):
            named = [name for name in topics.classes[i] if not name.startswith("i.")]
            if len(named) == 1:
                found[f"{prefix}:{named[0]}"] = i
                break
    if not own:
        # The anchor names no subject of its own ("the deal"): what stands around it has to tell.
        bare = _bare().get
        for name, at in list(found.items()):
            other = bare(name)
            if other is not None:
                found[other] = at
    return found


@cache
def _bare() -> dict[str, str]:
    """Return what a feature that names a sector beside the anchor is called where the anchor names none."""
    sectors = [name for name in word_classes("topics") if not name.startswith("i.")]
    return {f"{where}:{name}": f"bare+{where}:{name}" for where in _AROUND for name in sectors}


_AROUND = ("l", "r", "s", "p", "h", "i", "d1", "d2")
