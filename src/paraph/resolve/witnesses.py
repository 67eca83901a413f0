"""How many independent witnesses stand behind a statement: who says it, where it is said, and what only repeats."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from paraph.model import Sighting, SourceType

__all__ = ["Witnesses", "claims", "place_of", "said", "speaker_words", "witnesses"]

_WORD = re.compile(r"\w+")
# Words that every medium has in its name or that no medium is known by: a report that cites nothing else cites nobody.
_NO_NAME = frozenset(
    "a agencies agency an and broadcaster daily foreign international latest local many media national news newspaper "
    "newspapers of official other outlet outlets paper papers press publications publication report reporter reporters reports "
    "russian several some sources state stories story television the tv various western".split()
)

Node = tuple[str, object]


@dataclass(frozen=True, slots=True)
class Witnesses:
    """How many voices a statement rests on.

    ``independent`` is the count that matters; ``unnamed`` is how many of them would fall away if nobody without a name counted.
    ``places`` is the number of owners that carry the statement, ``sightings`` how often it stands somewhere, repeats included.
    """

    independent: int
    unnamed: int
    places: int
    sightings: int


def witnesses(sightings: Collection[Sighting]) -> Witnesses:
    """Count the independent witnesses among sightings that say the same.

    A witness is somebody saying it in some place, and two are independent where they share neither: the count is the largest
    set of pairs (speaker, place) in which no speaker and no place stands twice (a maximum matching). So one minister quoted by
    five papers is one witness, and five ministers quoted by one paper are one witness too: only that paper vouches for them.

    - The *place* is the owner of the document that said it first: copies stand with what they copy, and all sites of one owner
      are one place. Where the first document is not among the sightings, the earliest that is stands for it.
    - The *speaker* is whom the text names. Names of which one holds all words of the other ("Putin", "President Putin") are
      one person: where that is wrong, the count is too low, never too high. An outlet speaking for itself is its own speaker.
    - Unnamed sources of different owners count as different, because nobody can know; ``unnamed`` says how many these are.
    - A report of another medium is that medium's voice, where the medium is named; "media reports" count only where nothing
      else is there, as they may repeat any of the others.
    """
    standing = claims(sightings)
    if not standing:
        return Witnesses(0, 0, 0, 0)
    places = _places(sightings)
    pairs = _pairs(standing, places)
    count = _matching(pairs)
    named = _matching({pair for pair in pairs if pair[0][0] != "unnamed"})
    return Witnesses(max(count, 1), count - named, len(set(places.values())), len(sightings))


def claims(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Return one sighting for all that one voice says alike: the first seen; in order of day, document and place.

    Alike are sightings of one voice with the same source, stage, ``ahead`` and certainty. A voice that took its words back
    (the document that said it first was updated and the words are gone) takes back its copies' words as well.
    """
    groups: dict[tuple[object, ...], list[Sighting]] = {}
    for sighting in sorted(sightings, key=_in_order):
        groups.setdefault(said(sighting), []).append(sighting)
    kept = []
    for group in groups.values():
        own = [each for each in group if each.document == each.voice]
        standing = [each for each in group if not each.vanished]
        if standing and not (own and all(each.vanished for each in own)):
            kept.append(standing[0])
    return sorted(kept, key=_in_order)


def said(sighting: Sighting) -> tuple[object, ...]:
    """Return what sightings that one voice says alike have in common (``claims``)."""
    signal = sighting.signal
    source = (signal.source or "").casefold()
    return sighting.voice, signal.source_type, source, signal.stage, signal.ahead, signal.certainty


def place_of(sighting: Sighting) -> str:
    """Return who answers for the place: the owner, else the publisher, else the document that said it first."""
    return sighting.owner or sighting.publisher or sighting.voice


def speaker_words(name: str) -> frozenset[str]:
    """Return the words of a name, without case, by which two names are compared."""
    return frozenset(_WORD.findall(name.casefold()))


def _in_order(sighting: Sighting) -> tuple[object, ...]:
    # A first document stands before its copies of the same day.
    return (
        sighting.day,
        sighting.document != sighting.voice,
        sighting.document,
        sighting.signal.start,
        sighting.signal.end,
        sighting.id,
    )


def _places(sightings: Iterable[Sighting]) -> dict[str, str]:
    """Return the place of each voice: that of its first sighting, its own document's before its copies'."""
    places: dict[str, str] = {}
    for sighting in sorted(sightings, key=lambda each: (each.document != each.voice, *_in_order(each))):
        places.setdefault(sighting.voice, place_of(sighting))
    return places


def _pairs(standing: list[Sighting], places: Mapping[str, str]) -> set[tuple[Node, Node]]:
    """Return who speaks where, each speaker by the name that stands for all its spellings."""
    by_name = {speaker_words(each.publisher) - _NO_NAME: places[each.voice] for each in standing if each.publisher}
    by_name |= {speaker_words(place) - _NO_NAME: place for place in places.values()}
    by_name.pop(frozenset(), None)
    people = _people(
        {
            speaker_words(each.signal.source)
            for each in standing
            if each.signal.source and each.signal.source_type not in (SourceType.UNNAMED, SourceType.MEDIA)
        }
    )
    pairs: set[tuple[Node, Node]] = set()
    for each in standing:
        place = places[each.voice]
        at: Node = ("place", place)
        source, kind = speaker_words(each.signal.source or ""), each.signal.source_type
        if kind is SourceType.MEDIA:
            name = source - _NO_NAME
            if not name:
                continue
            cited = by_name.get(name)
            pairs.add((("outlet", cited), ("place", cited)) if cited else (("medium", name), at))
        elif kind is SourceType.UNNAMED:
            pairs.add((("unnamed", place), at))
        elif source and kind is not SourceType.OUTLET:
            pairs.add((("person", people[source]), at))
        else:
            pairs.add((("outlet", place), at))
    return pairs


def _people(names: set[frozenset[str]]) -> dict[frozenset[str], frozenset[str]]:
    """Return for each name the one that stands for it: names that hold each other's words, step by step, are one."""
    ordered = sorted(names, key=lambda name: (len(name), sorted(name)))
    place = {name: n for n, name in enumerate(ordered)}
    stands = {name: name for name in ordered}

    def root(name: frozenset[str]) -> frozenset[str]:
        while stands[name] != name:
            stands[name] = stands[stands[name]]
            name = stands[name]
        return name

    # Each name is filed under its rarest word, so that few are compared though half of them are "minister".
    common = Counter(word for name in ordered for word in name)
    filed: dict[str, list[frozenset[str]]] = {}
    for longer in ordered:
        for shorter in (each for word in longer for each in filed.get(word, ())):
            if shorter <= longer:
                one, other = sorted((root(shorter), root(longer)), key=place.__getitem__)
                stands[other] = one
        if longer:
            filed.setdefault(min(longer, key=lambda word: (common[word], word)), []).append(longer)
    return {name: root(name) for name in ordered}


def _matching(pairs: set[tuple[Node, Node]]) -> int:
    """Return the size of a maximum matching between speakers and places (Hopcroft and Karp 1973, without recursion)."""
    said_at: dict[Node, list[Node]] = {}
    for speaker, place in pairs:
        said_at.setdefault(speaker, []).append(place)
    placed: dict[Node, Node] = {}
    taken: dict[Node, Node] = {}
    while True:
        # How many changes away each speaker is from one who has no place yet.
        away = {speaker: 0 for speaker in said_at if speaker not in placed}
        layer, free = list(away), False
        while layer and not free:
            ahead: list[Node] = []
            for speaker in layer:
                for place in said_at[speaker]:
                    holder = taken.get(place)
                    if holder is None:
                        free = True
                    elif holder not in away:
                        away[holder] = away[speaker] + 1
                        ahead.append(holder)
            layer = ahead
        if not free:
            return len(placed)
        left = {speaker: iter(said_at[speaker]) for speaker in away}
        for start in [speaker for speaker, far in away.items() if not far]:
            path: list[tuple[Node, Node]] = []
            speaker = start
            while True:
                there = next(left[speaker], None)
                if there is None:
                    if not path:
                        break
                    speaker = path.pop()[0]
                    continue
                holder = taken.get(there)
                if holder is None:
                    for one, place in (*path, (speaker, there)):
                        placed[one], taken[place] = place, one
                    break
                if away.get(holder) == away[speaker] + 1:
                    path.append((speaker, there))
                    speaker = holder
