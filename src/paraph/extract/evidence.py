"""Evidence: what the words around an anchor say about its fields, as named features with the token that bears each.

Three bodies of evidence: mood (stage, ahead, certainty), topic (sector, instrument) and voice (source type). A feature's name
tells how it was found ("go:mm=signed/will": the governing verb, of which the anchor is the object, is a signing one in the
future); its value is the index of the token that bears it, or -1. The weights say what each counts; see tables.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from paraph.extract.layout import Role
from paraph.extract.parse import Parse
from paraph.extract.sources import Attribution
from paraph.extract.tables import word_classes
from paraph.extract.tokens import fold
from paraph.extract.verbs import VerbGroup, governor, verb_groups

__all__ = ["Grounds", "Place", "Scene", "mood_features", "places", "stem", "title_stems", "topic_features", "voice_features"]

_WORD = re.compile(r"[^\W_]+")

STAGE_CLASSES = ("idea", "talks", "agreed", "signed", "in_force", "stalled", "ended")
# Words after which a cue speaks of something else.
_BREAKS = frozenset("; — – but while although though whereas which who".split())
# Words that may stand between the items of one list.
_LINKS = frozenset(", and or & the a an of for on in as well its their to with such including \" “ ”".split())
# Most tokens between two items of one list, links only; lists in gold/train have 7 at most.
LINK_TOKENS = 7
# How far near, middle and far cues are, in tokens; 3 and 8 gave the best cross-validated stage of {2,3,4} x {6,8,10}.
NEAR, MIDDLE = 3, 8
# Words beside an anchor that count by themselves.
WINDOW = 6
_REPORTED = frozenset("said told added announced according reported promised".split())


@dataclass(frozen=True, slots=True)
class Place:
    """An anchor in its place: tokens ``first`` to ``last`` (inclusive) of sentence ``n``.

    ``chain`` is the range of tokens of the list that the anchor is an item of (its own range where it is none): what governs
    the list governs the item.
    """

    n: int
    first: int
    last: int
    chain: tuple[int, int]


def places(parse: Parse, spans: list[tuple[int, int, int]]) -> list[Place]:
    """Return the places of anchors given as (sentence, first token, last token) in order; finds which make up one list."""
    lowers = parse.tokens.lowers
    starts: list[int] = []
    for at, (n, first, _) in enumerate(spans):
        begin = first
        if at and spans[at - 1][0] == n:
            gap = range(spans[at - 1][2] + 1, first)
            if 0 < len(gap) <= LINK_TOKENS and all(lowers[i] in _LINKS for i in gap):
                begin = starts[-1]
        starts.append(begin)
    ends = [last for _, _, last in spans]
    for at in range(len(spans) - 2, -1, -1):
        if starts[at + 1] == starts[at] and spans[at + 1][0] == spans[at][0]:
            ends[at] = ends[at + 1]
    return [Place(n, first, last, (begin, end)) for (n, first, last), begin, end in zip(spans, starts, ends, strict=True)]


class Scene:
    """What mood features need of one sentence, made once for all its anchors: its words behind those of its lead-in."""

    def __init__(self, parse: Parse, n: int) -> None:
        sentence = parse.sentence(n)
        first, stop = parse.ranges[n]
        self.ids = list(range(first, stop))
        self.offset = 0
        if sentence.lead is not None:
            a, b = parse.ranges[sentence.lead]
            self.ids = [*range(a, b), *self.ids]
            self.offset = b - a
        tokens = parse.tokens
        self.first = first
        self.role = sentence.role
        self.heading = sentence.heading
        self.lowers = [tokens.lowers[i] for i in self.ids]
        words = [tokens.words[i] for i in self.ids]
        self.classes = [parse.classes[i] for i in self.ids]
        self.groups = verb_groups(self.lowers, words, 0, self.offset) if self.offset else []
        self.groups += verb_groups(self.lowers, words, self.offset, len(self.ids))
        self.reported = any(word in _REPORTED for word in self.lowers)
        negated = [("negation" in c) for c in self.classes]
        self.negated = [any(negated[max(0, i - 3) : i]) for i in range(len(negated))]
        self.moods = {group: mood(self.lowers, group, self.reported) for group in self.groups}


def mood(lowers: list[str], group: VerbGroup, reported: bool) -> str:
    """Return the mood of a verb group: its modal, what carries its infinitive, or its form; "!" in front where negated."""
    words = lowers[group.first : group.last + 1]
    sign = "!" if group.negated else ""
    for word in words[:-1] if len(words) > 1 else words:
        for name, members in word_classes("moods").items():
            if word in members:
                modal = next((w for w in words if w in ("may", "might", "could", "would", "will", "can")), "")
                return sign + name + ("/" + modal if modal else "")
    head = words[0]
    if group.form == "future" or head in ("will", "'ll", "shall"):
        return sign + "will"
    if head == "would":
        return sign + ("would-past" if reported else "would")
    if head in ("may", "might", "could", "can", "should", "must"):
        return sign + ("may" if head in ("might", "could") else head)
    if head in ("is", "are", "was", "were") and "to" in words[1:3]:
        return sign + "is-to"
    if head in ("has", "have", "had") and words[1:2] == ["to"]:
        return sign + "has-to"
    if len(words) > 1 and words[-1].endswith("ing") and head in ("is", "are", "was", "were", "has", "have"):
        return sign + "progressive"
    return sign + group.form


def _tag(word: str) -> str:
    for name, members in word_classes("moods").items():
        if name != "fut" and word in members:
            return name
    return ""


def _effective(scene: Scene, group: VerbGroup) -> str:
    """Return the mood of a group or, where it only hangs on another ("agreed | to build"), that one's with its own form."""
    own = scene.moods[group]
    if own.lstrip("!") in ("infinitive", "gerund", "participle"):
        above = None
        for other in scene.groups:
            if other.last < group.first:
                above = other
        if above is not None and not any(scene.lowers[i] in _BREAKS for i in range(above.last + 1, group.first)):
            return f"{scene.moods[above]}>{group.form[:3]}{_tag(scene.lowers[above.last])}"
    return own


def mood_features(parse: Parse, place: Place, scene: Scene) -> dict[str, int]:
    """Return the evidence for stage, ahead and certainty of one anchor."""
    lowers, classes, ids = scene.lowers, scene.classes, scene.ids
    shift = scene.offset - scene.first
    size = len(ids)
    first, last = place.first + shift, min(place.last + shift, size - 1)
    begin, end = place.chain[0] + shift, min(place.chain[1] + shift, size - 1)
    found: dict[str, int] = {"role=" + scene.role + ("+lead" if scene.offset else ""): -1}
    own: set[str] = set()
    for i in range(first, last + 1):
        found["aw=" + lowers[i]] = ids[i]
        for name in classes[i]:
            found["ac:" + name] = ids[i]
            own.add(name)
    found["a-first=" + lowers[first]] = ids[first]
    found["a-last=" + lowers[last]] = ids[last]
    if begin != first:
        found["chained"] = -1
    stages = own.intersection(STAGE_CLASSES)

    group, role, above = governor(scene.groups, lowers, begin, end, 0, size)
    found["grole=" + role + ("+lead" if group is not None and group.last < scene.offset else "")] = -1
    if group is not None:
        _describe(found, scene, group, role, "g:")
        _describe(found, scene, group, role, f"g{role[0]}:")
        effective = _effective(scene, group)
        base = effective.split(">")[0]
        bearer = ids[group.first]
        found["em=" + effective] = bearer
        found["emb=" + base] = bearer
        found[f"emr={effective}/{role}{'/p' if group.passive else ''}"] = bearer
        tag = _tag(lowers[group.last])
        if tag:
            found[f"emt={base}+{tag}"] = ids[group.last]
        for name in classes[group.last]:
            found[f"em+c={base}+{name}"] = ids[group.last]
        found[f"em+m={base}+{lowers[group.last]}"] = ids[group.last]
        for name in stages:
            found[f"em+a={base}+{name}"] = bearer
            found[f"gm+a={scene.moods[group]}+{name}"] = bearer
        if above is not None:
            found[f"gu={scene.moods[group]}<{scene.moods[above]}"] = ids[above.first]
            if group.form == "infinitive":
                _describe(found, scene, above, role, "ui:")
    else:
        for name in own:
            found["nog+" + name] = -1
    if above is not None:
        _describe(found, scene, above, role, "u:")
    following = next((g for g in scene.groups if g.first > end), None)
    if following is not None and following is not group:
        _describe(found, scene, following, role, "x:")

    crossed = False
    for i in range(begin - 1, -1, -1):
        word = lowers[i]
        crossed = crossed or word in _BREAKS
        far = begin - i
        _cues(found, scene, i, "L", "3" if crossed else "0" if far <= NEAR else "1" if far <= MIDDLE else "2")
        if far <= WINDOW:
            found.setdefault("lw=" + word, ids[i])
    crossed = False
    for i in range(end + 1, size):
        word = lowers[i]
        crossed = crossed or word in _BREAKS
        far = i - end
        _cues(found, scene, i, "R", "3" if crossed else "0" if far <= NEAR else "1" if far <= MIDDLE else "2")
        if far <= WINDOW:
            found.setdefault("rw=" + word, ids[i])
    for far in (1, 2, 3):
        if begin - far >= 0:
            found[f"l{far}=" + "_".join(lowers[begin - far : begin])] = ids[begin - far]
        if end + far < size:
            found[f"r{far}=" + "_".join(lowers[end + 1 : end + 1 + far])] = ids[end + 1]
    if scene.heading is not None:
        for i in range(*parse.ranges[scene.heading]):
            for name in parse.classes[i]:
                found.setdefault("head:" + name, i)
    return found


def _cues(found: dict[str, int], scene: Scene, i: int, side: str, zone: str) -> None:
    for name in scene.classes[i]:
        found.setdefault(f"{side}{zone}:{name}", scene.ids[i])
        if scene.negated[i]:
            found.setdefault(f"{side}N:{name}", scene.ids[i])


def _describe(found: dict[str, int], scene: Scene, group: VerbGroup, role: str, prefix: str) -> None:
    lowers, classes, ids = scene.lowers, scene.classes, scene.ids
    main = ids[group.last]
    voice = "/p" if group.passive else ""
    found[f"{prefix}form={group.form}{voice}{'/n' if group.negated else ''}"] = ids[group.first]
    state = scene.moods[group]
    found[f"{prefix}mood={state}"] = ids[group.first]
    for i in range(group.first, group.last + 1):
        found[f"{prefix}w={lowers[i]}"] = ids[i]
        for name in classes[i]:
            found[f"{prefix}c={name}"] = ids[i]
            found[f"{prefix}cf={name}/{group.form}"] = ids[i]
    for name in classes[group.last]:
        found[f"{prefix}mc={name}"] = main
        found[f"{prefix}mm={name}/{state}"] = main
        found[f"{prefix}mcr={name}/{role}{voice}"] = main
    found[f"{prefix}m={lowers[group.last]}"] = main
    found[f"{prefix}mf={lowers[group.last]}/{group.form}"] = main
    for i in range(group.last + 1, min(group.last + 3, len(lowers))):
        found[f"{prefix}a={lowers[i]}"] = ids[i]
        for name in classes[i]:
            found[f"{prefix}ac={name}"] = ids[i]


class Grounds:
    """What topic features need of one sentence, made once for all its anchors: the words of the sentence, of its heading and
    lead-in, of the sentence before and of the document's title.
    """

    def __init__(self, parse: Parse, n: int, stems: list[str], title: frozenset[str]) -> None:
        sentence = parse.sentence(n)
        self.stems = stems
        self.range = parse.ranges[n]
        self.shared: dict[str, int] = {"t=" + word: -1 for word in title}
        before = n - 1 if n and sentence.role is Role.TEXT else None
        for name, where in (("p=", before), ("h=", sentence.heading), ("i=", sentence.lead), ("s=", n)):
            if where is not None:
                for i in range(*parse.ranges[where]):
                    if stems[i][0].isalpha():
                        self.shared.setdefault(name + stems[i], i)


def topic_features(parse: Parse, place: Place, grounds: Grounds) -> dict[str, int]:
    """Return the evidence for sector and instrument of one anchor."""
    stems = grounds.stems
    first, stop = grounds.range
    found = dict(grounds.shared)
    for i in range(place.first, place.last + 1):
        found["a=" + stems[i]] = i
        if i > place.first:
            found[f"a2={stems[i - 1]}_{stems[i]}"] = i
        if parse.kinds[i]:
            found["ak=" + parse.kinds[i]] = i
    found["a-first=" + stems[place.first]] = place.first
    found["a-last=" + stems[place.last]] = place.last
    found[f"a-size={min(place.last - place.first, 4)}"] = -1
    for i in range(max(first, place.first - WINDOW), place.first):
        found.setdefault("l=" + stems[i], i)
    for i in range(place.last + 1, min(stop, place.last + 1 + WINDOW)):
        found.setdefault("r=" + stems[i], i)
    if place.first > first:
        found["l1=" + stems[place.first - 1]] = place.first - 1
    if place.last + 1 < stop:
        found["r1=" + stems[place.last + 1]] = place.last + 1
    return found


def title_stems(title: str | None) -> frozenset[str]:
    """Return the stems of the words of a title."""
    return frozenset(stem(fold(word)) for word in _WORD.findall(title or ""))


def stem(word: str) -> str:
    """Return a word without its plural ending; enough for a vocabulary of subjects."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word[-1] == "s" and word[-2] not in "su'i":
        return word[:-1]
    return word


def voice_features(parse: Parse, place: Place, voices: list[list[Attribution]]) -> tuple[dict[str, int], Attribution | None]:
    """Return the evidence for the source type of one anchor, and the voice that speaks there if any."""
    tokens = parse.tokens
    sentence = parse.sentence(place.n)
    first, stop = parse.ranges[place.n]
    found: dict[str, int] = {"role=" + sentence.role: -1}
    active = None
    here = voices[place.n]
    if here:
        outside = [a for a in here if not (a.first <= place.first <= a.last)]
        before = [a for a in outside if a.verb < place.first]
        after = [a for a in outside if a.verb >= place.first]
        active = before[-1] if before else after[0] if after else None
        found[f"n={min(len(here), 3)}"] = -1
        if before and after:
            found[f"both={before[-1].type}+{after[0].type}/{after[0].where}"] = after[0].verb
        for side, group in (("b", before), ("f", after)):
            for other in group:
                found[f"{side}={other.type}"] = other.verb
                found[f"{side}={other.type}/{other.where}"] = other.verb
        if active is not None:
            side = "b" if before else "f"
            found[f"at={active.type}/{active.where}/{side}"] = active.first
            found[f"verb={tokens.lowers[active.verb]}/{active.type}"] = active.verb
            found[f"verb={tokens.lowers[active.verb]}"] = active.verb
            gap = place.first - active.verb if before else active.first - place.last
            found[f"gap={side}{0 if gap <= 2 else 1 if gap <= 8 else 2}"] = -1
            found["voice=" + tokens.lowers[active.last]] = active.last
            if any(tokens.lowers[i] in _BREAKS for i in range(*_between(active, place))):
                found[f"broken={side}/{active.type}"] = -1
    else:
        found["none"] = -1
        back = place.n - 1
        if back >= 0 and parse.sentence(back).block == sentence.block and voices[back]:
            found["prev=" + voices[back][-1].type] = -1
            active = voices[back][-1]
    if sentence.lead is not None and voices[sentence.lead]:
        active = active or voices[sentence.lead][-1]
        found["lead=" + voices[sentence.lead][-1].type] = voices[sentence.lead][-1].verb
    if sentence.speaker is not None:
        found["turn"] = -1
    quotes = sum(tokens.words[i] in ('"', "“") for i in range(first, place.first)) + sum(tokens.words[i] == "”" for i in range(first, place.first))
    found["quoted" if quotes % 2 else "plain"] = -1
    if tokens.words[first] in ('"', "“") if first < stop else False:
        found["opens-quote" + ("" if here else "+none")] = first
    act = word_classes("voices")["act"]
    for i in range(first, stop):
        word = tokens.lowers[i]
        if word in ("reportedly", "reports", "report", "sources", "source", "officials", "analysts", "experts", "according", "media", "rumoured", "spokesman", "spokesperson", "company"):
            found[f"word={word}{'' if here else '+none'}"] = i
        if word in act and i > first and parse.kinds[i - 1] in ("country", "capital", "seat", "bloc", "person", "firm", "body"):
            found[f"act={parse.kinds[i - 1]}/{'b' if i < place.first else 'f'}"] = i
            found[f"actw={word}"] = i
    for i in range(first, min(stop, first + 4)):
        if parse.kinds[i]:
            found["subject=" + parse.kinds[i] + ("" if here else "+none")] = i
            break
    return found, active


def _between(voice: Attribution, place: Place) -> tuple[int, int]:
    return (voice.verb + 1, place.first) if voice.verb < place.first else (place.last + 1, voice.first)
