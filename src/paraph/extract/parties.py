"""Parties: between whom the deal of a signal is.

Every code that a document names is a candidate for every signal. What speaks for it (named in the anchor, in the clause, how
far away, after "with", first in the sentence, one of the two that the document is about, …) are features with weights
(``data/parties.tsv``); the weights were learned from annotated news by ``training/train_parties.py`` as a logistic
regression, and are read as log odds. A second round looks at what the first one said of the neighbouring signals.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from math import exp
from pathlib import Path

from paraph.extract.gazetteer import Mention, default_gazetteer

__all__ = ["Candidate", "Weights", "assign_parties", "candidates", "choose", "default_weights", "parse_weights"]

Span = tuple[int, int]

_CLAUSE = re.compile(
    r"[,;:()–—\n]|--| - |\bwhile\b|\bwhereas\b|\bbut\b|\band (?:has|have|will|would|is|are|was|were|could|may)\b"
)
_BEFORE = re.compile(r"([A-Za-z]+)(?: the| its| both| neighbouring)?[ \n\"“(]*$")
_COLLECTIVE = re.compile(
    r"\b(?:both|two|three|bilateral\w*|mutual\w*|each other|each|joint\w*|together|sides?|partners?|neighbou?rs?|counterparts?|pair)\b",
    re.I,
)
_WE = re.compile(r"\b(?:we|our|ours)\b", re.I)
_AFTER_WORDS = {
    "with": "with", "from": "from", "to": "to", "between": "between", "and": "and", "by": "by", "of": "of", "in": "in", "for": "for",
    "against": "against", "told": "told", "than": "than", "on": "on", "at": "at", "like": "like", "via": "via", "through": "via", "or": "and",
    "near": "near", "over": "near", "outside": "near", "into": "to", "towards": "to", "including": "like", "unlike": "like",
}  # fmt: skip
# Sentences that are the lead of a document, its title line among them.
_LEAD = 2
# A party that no word of the sentence names comes after those that are named.
_FAR = 1 << 60
# Beyond these log odds the probability is 0, and exp() would overflow.
_STEEP = 700.0
_NON_STATE = frozenset(
    """Hamas Hezbollah Taliban Houthis Fatah M23 RSF FDLR PLO Polisario PKK SDF LNA FARC ELN UNITA Renamo TTP HTS STC KRG SWAPO ANC
    Contras Mujahideen LTTE MILF TPLF SPLA""".split()
)
_TOPICS = {
    "truce": re.compile(r"cease-?fire|truce|hostage|peace|prisoner|armistice|withdraw", re.I),
    "creditor": re.compile(r"bondholder|creditor|bonds?\b|commercial bank|restructur|resched|debt", re.I),
    "mediate": re.compile(r"mediat|broker|good offices|witness|host", re.I),
    "rival": re.compile(
        r"\binstead\b|\brather than\b|\brivals?\b|\bcompet|\breplac|\bcounter|\bwean|\bdependen|\breduc|\bwithout\b|\bagainst\b|\bsanction",
        re.I,
    ),
}


@dataclass(slots=True)
class Candidate:
    """A party that may be one of a signal's, with the names of the features that speak for or against it."""

    code: str
    features: list[str]
    spans: list[Span]


@dataclass(slots=True)
class _Named:
    """One code in the document: its mentions (those of the title are not among them)."""

    mentions: list[Mention] = field(default_factory=list)
    sentences: set[int] = field(default_factory=set)
    title: bool = False
    weight: float = 0.0
    rank: int = 0


def _bucket(n: float, edges: Sequence[float]) -> int:
    return bisect_right(edges, n)


def candidates(
    text: str,
    mentions: Sequence[Mention],
    sentences: Sequence[Span],
    anchors: Sequence[Span],
    sentence_of: Sequence[int],
    title: str | None,
) -> list[list[Candidate]]:
    """Return the candidates of each anchor with their features of the first round."""
    starts = [start for start, _ in sentences]
    mentions = _settle(text, mentions)
    named: dict[str, _Named] = {}
    in_sentence: dict[int, list[Mention]] = {}
    where: dict[int, int] = {}
    for mention in mentions:
        n = bisect_right(starts, mention.start) - 1
        if n >= 0 and mention.start >= sentences[n][1]:
            n = -1
        where[mention.start] = n
        for code in mention.codes:
            name = named.setdefault(code, _Named())
            name.mentions.append(mention)
            if n >= 0:
                name.sentences.add(n)
        if n >= 0:
            in_sentence.setdefault(n, []).append(mention)
    for mention in default_gazetteer().find(title) if title else ():
        if mention.kind != "media":
            for code in mention.codes:
                named.setdefault(code, _Named()).title = True
    if not named:
        return [[] for _ in anchors]
    for name in named.values():
        name.weight = len(name.sentences) + 2.0 * name.title + 1.0 * any(n < _LEAD for n in name.sentences)
    ranked = sorted(
        named, key=lambda code: (-named[code].weight, named[code].mentions[0].start if named[code].mentions else 0)
    )
    # Those that a group names together ("the five") share a rank.
    rank, before = -1, None
    for code in ranked:
        name = named[code]
        key = (name.weight, name.mentions[0].start if name.mentions else 0)
        if key != before:
            rank, before = rank + 1, key
        name.rank = rank
    topics = [topic for topic, pattern in _TOPICS.items() if pattern.search(text)]
    top = named[ranked[0]].weight or 1.0
    general: dict[str, list[str]] = {}
    for code, name in named.items():
        kinds = {m.kind for m in name.mentions}
        f = [f"rank{min(name.rank, 5)}", f"share{_bucket(name.weight / top, (0.15, 0.3, 0.5, 0.75))}"]
        if name.title:
            f.append("title")
        if any(n < _LEAD for n in name.sentences):
            f.append("lead")
        if kinds and kinds <= {"region"}:
            f.append("region")
        elif kinds and kinds <= {"firm", "product"}:
            f.append("firm")
        elif kinds and kinds <= {"city", "capital"}:
            f.append("city")
        if code in _NON_STATE:
            f.append("nonstate")
        elif _JOIN in code:
            f.append("group")
        elif len(code) > 2:
            f.append("bloc")
        f += [f"{topic}&{'nonstate' if code in _NON_STATE else min(name.rank, 3)}" for topic in topics]
        if not name.sentences and not name.title:
            f.append("dateline")
        general[code] = f
    # How often two are named in one sentence.
    with_whom: dict[tuple[str, str], int] = {}
    for row in in_sentence.values():
        codes = sorted({code for m in row for code in m.codes})
        if len(codes) <= 6:
            for a in codes:
                for b in codes:
                    if a != b:
                        with_whom[a, b] = with_whom.get((a, b), 0) + 1
    partner = {
        code: max(
            (other for other in named if other != code),
            key=lambda o: (with_whom.get((code, o), 0), -named[o].rank),
            default="",
        )
        for code in named
    }
    result = []
    for (a_start, a_end), here in zip(anchors, sentence_of, strict=True):
        result.append(_of_anchor(text, sentences, a_start, a_end, here, named, in_sentence, ranked, general, partner))
    return result


_JOIN = "+"


# Codes that are parts of another party in deals: Greenland's are Denmark's, Gibraltar's Britain's.
_PART_OF = {"GL": "DK", "FO": "DK", "GI": "GB", "PR": "US", "MO": "CN"}
# A region's name is its Union's, but the Community in the text of 1987 and the space agency among astronauts.
_SPECIAL = {"EU": ("ESA", "EC", "NATO")}


def _settle(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions that can be parties, with the codes that they have in this document's time and matter."""
    own: dict[str, int] = {}
    for m in mentions:
        if m.kind not in ("region", "media"):
            for code in m.codes:
                own[code] = own.get(code, 0) + 1
    swap = dict(_PART_OF)
    for code, others in _SPECIAL.items():
        best = max(others, key=lambda c: own.get(c, 0))
        if best == "EC" and not any(m.kind == "bloc" and m.codes == ("EC",) for m in mentions):
            continue
        if own.get(best, 0) > own.get(code, 0):
            swap["region:" + code] = best
    if own.get("SU"):
        # "Moscow" is the Soviet Union's while nobody speaks of Russia; elsewhere "Soviet" is history.
        if any(m.codes == ("RU",) and m.kind in ("country", "demonym", "person") for m in mentions):
            swap["SU"] = ""
        else:
            swap["RU"] = "SU"
    if own.get("Hamas"):
        swap["PS"] = "Hamas"
    settled = []
    for m in mentions:
        if m.kind == "media":
            continue
        if m.kind == "region" and "region:" + m.codes[0] in swap:
            m = Mention(m.start, m.end, (swap["region:" + m.codes[0]],), m.kind)
        elif any(code in swap for code in m.codes):
            codes = tuple(new for code in m.codes if (new := swap.get(code, code)))
            m = Mention(m.start, m.end, codes, m.kind)
        if len(m.codes) > 2:
            # A group stands or falls together; it is taken apart again when it was chosen.
            m = Mention(m.start, m.end, (_JOIN.join(m.codes),), m.kind)
        if m.codes:
            settled.append(m)
    return settled


def _of_anchor(
    text: str,
    sentences: Sequence[Span],
    a_start: int,
    a_end: int,
    here: int,
    named: dict[str, _Named],
    in_sentence: dict[int, list[Mention]],
    ranked: list[str],
    general: dict[str, list[str]],
    partner: dict[str, str],
) -> list[Candidate]:
    s_start, s_end = sentences[here] if 0 <= here < len(sentences) else (0, len(text))
    row = in_sentence.get(here, [])
    here_codes: dict[str, list[Mention]] = {}
    for m in row:
        for code in m.codes:
            here_codes.setdefault(code, []).append(m)
    count = len(here_codes)
    in_anchor = {code for code, ms in here_codes.items() if any(m.start < a_end and m.end > a_start for m in ms)}
    # The clause around the anchor.
    c_start, c_end = s_start, s_end
    for cut in _CLAUSE.finditer(text, s_start, a_start):
        c_start = cut.end()
    cut2 = _CLAUSE.search(text, a_end, s_end)
    if cut2:
        c_end = cut2.start()
    # Order by nearness.
    left: list[str] = []
    for m in reversed(row):
        if m.end <= a_start:
            left += [c for c in m.codes if c not in left]
    right: list[str] = []
    for m in row:
        if m.start >= a_end:
            right += [c for c in m.codes if c not in right]
    # What was named before this sentence, the latest first.
    recent: list[str] = []
    back = here - 1
    while back >= 0 and len(recent) < 4 and back > here - 6:
        for m in in_sentence.get(back, []):
            recent += [c for c in m.codes if c not in recent]
        back -= 1
    sentence = text[s_start:s_end]
    collective = bool(_COLLECTIVE.search(sentence))
    topics = ["s" + topic for topic, pattern in _TOPICS.items() if pattern.search(sentence)]
    size = f"n{min(count, 4)}"
    a_size = f"a{min(len(in_anchor), 3)}"
    first = row[0] if row else None
    main = set(ranked[:2])
    mains_here = sum(code in here_codes for code in main)
    strangers = count - mains_here
    found = []
    for code, name in named.items():
        f = list(general[code])
        rank = min(name.rank, 3)
        spans: list[Span] = []
        if code in here_codes:
            ms = here_codes[code]
            spans = [(m.start, m.end) for m in ms]
            f += [f"in&{size}", f"in&r{rank}"]
            near = min(ms, key=lambda m: a_start - m.end if m.end <= a_start else max(0, m.start - a_end))
            if code in in_anchor:
                f += ["anchor", f"anchor&{a_size}", f"anchor&{near.kind}"]
            else:
                f.append(f"notanchor&{a_size}")
                side = "l" if near.end <= a_start else "r"
                gap = a_start - near.end if side == "l" else near.start - a_end
                f.append(f"{side}gap{_bucket(gap, (15, 40, 80, 150))}")
                if code in left:
                    f.append(f"left{min(left.index(code), 3)}")
                if code in right:
                    f.append(f"right{min(right.index(code), 3)}")
                f.append("clause" if near.start >= c_start and near.end <= c_end else "otherclause")
            f.append("kind=" + near.kind)
            for m in ms:
                word = _BEFORE.search(text, max(0, m.start - 24), m.start)
                if word and m.start > s_start:
                    w = _AFTER_WORDS.get(word.group(1).lower())
                    if w:
                        f.append("after=" + w)
                after = text[m.end : m.end + 6]
                if after[:2] in ("'s", "’s"):
                    f.append("owner")
                elif after[:1] == "-" or (m.start and text[m.start - 1] == "-"):
                    f.append("hyphen")
            if first is not None and code in first.codes:
                f.append("first")
            if any(m.start - s_start < 3 for m in ms):
                f.append("subject")
            if strangers and code in main:
                f.append(f"main&strangers{min(strangers, 2)}")
        else:
            f += [f"out&{size}", f"out&{size}&r{rank}", f"out&{a_size}"]
            if in_anchor:
                f.append(f"out&{a_size}&r{rank}")
            if count == 1:
                (only,) = here_codes
                if partner.get(only) == code:
                    f.append("partner")
                if partner.get(code) == only:
                    f.append("partnerof")
                if only in main:
                    f.append(f"othermain&r{rank}")
                else:
                    f.append(f"otherstranger&r{rank}")
            if code in recent:
                f.append(f"recent{min(recent.index(code), 3)}&{size}")
            else:
                f.append(f"notrecent&{size}")
            if strangers:
                f.append(f"strangers{min(strangers, 2)}&r{rank}")
        inside = "in" if code in here_codes else "out"
        f += [f"{topic}&{inside}&{'nonstate' if code in _NON_STATE else min(rank, 2)}" for topic in topics]
        if here - 1 in name.sentences:
            f.append("prev")
        if here + 1 in name.sentences:
            f.append("next")
        if collective:
            f.append(f"both&r{rank}")
            f.append("both&in" if code in here_codes else "both&out")
        found.append(Candidate(code, f, spans))
    return found


def assign_parties(
    text: str,
    mentions: Sequence[Mention],
    sentences: Sequence[Span],
    anchors: Sequence[Span],
    sentence_of: Sequence[int],
    title: str | None,
) -> list[tuple[tuple[str, ...], tuple[Span, ...]]]:
    """Decide between whom the deal at each anchor is.

    ``mentions`` are the gazetteer's for ``text``; ``sentences`` the spans of the sentences in order of place, ``anchors`` those
    of the anchors, and ``sentence_of[i]`` the index of the sentence that anchor i stands in. Returns for each anchor the
    codes in the order in which the document first names them around it, and the spans of the mentions that decided. A document that
    names nobody gives no codes.
    """
    weights = default_weights()
    assigned = []
    for (a_start, a_end), here, row in zip(
        anchors, sentence_of, candidates(text, mentions, sentences, anchors, sentence_of, title), strict=True
    ):
        chosen = choose([(weights.probability(c.features), c) for c in row], weights)
        assigned.append(_answer(chosen, a_start, a_end))
    return assigned


def choose(scored: list[tuple[float, Candidate]], weights: Weights) -> list[Candidate]:
    """Return the candidates that are parties: the likeliest, the next one from a low threshold on, others from a high one."""
    scored.sort(key=lambda pair: -pair[0])
    return [
        c
        for n, (p, c) in enumerate(scored)
        if n == 0 or p > (weights.group if _JOIN in c.code else weights.second if n == 1 else weights.third)
    ]


def _answer(chosen: list[Candidate], a_start: int, a_end: int) -> tuple[tuple[str, ...], tuple[Span, ...]]:
    codes: list[str] = []
    spans: list[Span] = []
    for candidate in sorted(chosen, key=lambda c: min((start for start, _ in c.spans), default=_FAR)):
        codes += [code for code in candidate.code.split(_JOIN) if code not in codes]
        if candidate.spans:
            # One mention a party says enough: the nearest.
            spans.append(
                min(candidate.spans, key=lambda s: a_start - s[1] if s[1] <= a_start else max(0, s[0] - a_end))
            )
    return tuple(codes), tuple(sorted(set(spans)))


@dataclass(frozen=True, slots=True)
class Weights:
    """The learned weights: log odds of each feature, and the thresholds of ``choose``."""

    of: dict[str, float]
    second: float
    third: float
    group: float

    def probability(self, features: list[str]) -> float:
        """Return the probability that a candidate with these features is a party. Features without a weight count nothing."""
        of = self.of
        z = of["(always)"]
        for feature in features:
            z += of.get(feature, 0.0)
        return 1.0 / (1.0 + exp(-z)) if z > -_STEEP else 0.0


def parse_weights(table: str) -> Weights:
    """Read weights: one a line, name and value between a tab; ``#`` begins a comment. Raises KeyError where a threshold is missing."""
    of = {}
    for line in table.splitlines():
        if line and line[0] != "#":
            name, value = line.split("\t")
            of[name] = float(value)
    return Weights(of, of.pop("threshold second"), of.pop("threshold third"), of.pop("threshold group"))


@cache
def default_weights() -> Weights:
    """Return the weights that come with Paraph; read at the first call."""
    return parse_weights((Path(__file__).parent / "data" / "parties.tsv").read_text("utf-8"))
