"""Parties: between whom the deal of a signal is.

Every code that a document names is a candidate for every signal. What speaks for it (named in the anchor, named near it,
after "with", one of the two that the document is about, named lately, …) are features with weights, learned from annotated
news as a logistic regression (``training/train_parties.py``) and kept readable in ``data/parties.tsv`` as log odds. So it
can be said for every party which words made it one. A group ("the Baltic states") is one candidate and is taken apart when
it was chosen.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import repeat
from math import exp
from pathlib import Path

from paraph.extract.gazetteer import Mention, default_gazetteer

__all__ = ["Candidate", "Weights", "assign_parties", "candidates", "choose", "default_weights", "parse_weights"]

Span = tuple[int, int]

# Parties of deals that are no states and no organisations of states.
_NON_STATE = frozenset(
    """Hamas Hezbollah Taliban Houthis Fatah M23 RSF FDLR PLO Polisario PKK SDF LNA FARC ELN UNITA Renamo TTP HTS STC KRG
    SWAPO ANC Contras Mujahideen LTTE MILF TPLF SPLA""".split()
)
# Codes that are parts of another party in deals: Greenland's are Denmark's, Gibraltar's Britain's.
_PART_OF = {"GL": "DK", "FO": "DK", "GI": "GB", "PR": "US", "MO": "CN"}
# "Europe" is the European Union; but the Community in the texts of 1987, and the space agency among astronauts.
_EUROPE = ("ESA", "EC")
# Between the codes of a group.
_JOIN = "+"
# A mention of more codes than this is a group.
_PAIR = 2
# Words before a name that say what part it has; others count nothing.
_ROLES = {
    "with": "with", "from": "from", "to": "to", "between": "between", "and": "and", "by": "by", "of": "of",
    "in": "in", "for": "for",
    "against": "against", "told": "told", "than": "than", "on": "on", "at": "at", "like": "like", "via": "via", "through": "via",
    "or": "and", "near": "near", "over": "near", "outside": "near", "into": "to", "towards": "to",
    "including": "like", "unlike": "like",
}  # fmt: skip
_ARTICLES = frozenset(("the", "its", "both", "neighbouring"))
# Longest stretch before a name that is looked at for such a word.
_ROLE_CHARS = 24
# Sentences that are the lead of a document, its title line among them.
_LEAD = 2
# Weight of a mention in the title, and in the lead, in sentences: of 1, 2, 3 the best on gold/train.
_TITLE_WEIGHT = 2.0
_LEAD_WEIGHT = 1.0
# Sentences looked back for whom the text spoke of last, and codes found before that stops.
_BACK = 5
_RECENT = 4
# Sentences on either side that are looked at for the same paragraph.
_PARAGRAPH = 6
# Candidates that a document offers for a signal whose sentence does not name them: those named most. (No signal of
# gold/train has more parties than 11.)
_CANDIDATES = 8
# A sentence that names more codes than this is a list, and says nothing about who deals with whom.
_LIST = 6
# Edges of the steps of numbers; the weights were learned for these.
_SHARES = (0.15, 0.3, 0.5, 0.75)
_GAPS = (15, 40, 80, 150)
# A party that no word of the sentence names comes after those that are named.
_FAR = 1 << 60
_ZEROS = repeat(0.0)
# Beyond these log odds the probability is 0, and exp() would overflow.
_STEEP = 700.0


@dataclass(slots=True)
class Candidate:
    """A party that may be one of a signal's.

    ``code`` joins the codes of a group by "+"; ``features`` speak for or against it; ``spans`` are where the signal's
    sentence names it.
    """

    code: str
    features: list[str]
    spans: list[Span]


@dataclass(frozen=True, slots=True)
class Weights:
    """The learned weights: log odds of each feature, and the thresholds of ``choose``."""

    of: dict[str, float]
    second: float
    third: float
    group: float

    def odds(self, features: Iterable[str]) -> float:
        """Return the sum of the features' log odds; a feature without a weight counts nothing."""
        return sum(map(self.of.get, features, _ZEROS))


def parse_weights(table: str) -> Weights:
    """Read weights: one a line, name and value between a tab; ``#`` begins a comment.

    Raises KeyError where a threshold is missing.
    """
    of: dict[str, float] = {}
    for line in table.splitlines():
        if line and line[0] != "#":
            name, value = line.split("\t")
            of[name] = float(value)
    return Weights(of, of.pop("threshold second"), of.pop("threshold third"), of.pop("threshold group"))


@cache
def default_weights() -> Weights:
    """Return the weights that come with Paraph; read at the first call."""
    return parse_weights((Path(__file__).parent / "data" / "parties.tsv").read_text("utf-8"))


def assign_parties(
    text: str,
    mentions: Sequence[Mention],
    sentences: Sequence[Span],
    anchors: Sequence[Span],
    sentence_of: Sequence[int],
    title: str | None,
    weights: Weights | None = None,
) -> list[tuple[tuple[str, ...], tuple[Span, ...]]]:
    """Decide between whom the deal at each anchor is.

    ``mentions`` are the gazetteer's for ``text``; ``sentences`` the spans of the sentences in order of place, ``anchors``
    those of the anchors, and ``sentence_of[i]`` the index of the sentence that anchor i stands in. Returns for each anchor the
    codes, those that its sentence names first and in their order there, and the spans of the mentions that decided. A document
    that names nobody gives no codes. Names of media never count. Linear in the text and in the anchors.
    """
    if not anchors:
        return []
    weights = default_weights() if weights is None else weights
    page = _Page(text, _settle(mentions), sentences, title)
    whole = {code: weights.of.get("(always)", 0.0) + weights.odds(page.general(code)) for code in page.named}
    near: dict[int, dict[str, float]] = {}
    assigned = []
    for (start, end), here in zip(anchors, sentence_of, strict=True):
        odds = near.get(here)
        if odds is None:
            odds = near[here] = {code: whole[code] + weights.odds(row) for code, row in page.around(here).items()}
        scored = []
        rows = page.at(here, start, end)
        for code, base in odds.items():
            z = base + weights.odds(rows[code])
            scored.append((1.0 / (1.0 + exp(-z)) if z > -_STEEP else 0.0, code))
        assigned.append(_answer(choose(scored, weights), page.spans(here), start, end))
    return assigned


def candidates(
    text: str,
    mentions: Sequence[Mention],
    sentences: Sequence[Span],
    anchors: Sequence[Span],
    sentence_of: Sequence[int],
    title: str | None,
) -> list[list[Candidate]]:
    """Return what ``assign_parties`` weighs: the candidates of each anchor with all their features.

    For training, and to show why a party was chosen.
    """
    page = _Page(text, _settle(mentions), sentences, title)
    found = []
    for (start, end), here in zip(anchors, sentence_of, strict=True):
        rows, spans = page.at(here, start, end), page.spans(here)
        found.append(
            [
                Candidate(code, page.general(code) + row + rows[code], spans.get(code, []))
                for code, row in page.around(here).items()
            ]
        )
    return found


def choose(scored: list[tuple[float, str]], weights: Weights) -> list[str]:
    """Return the codes that are parties, of pairs of probability and code.

    The likeliest is one; the next from a low threshold on, others from a high one, groups from one of their own.
    """
    scored.sort(key=lambda pair: -pair[0])
    return [
        code
        for n, (p, code) in enumerate(scored)
        if n == 0 or p > (weights.group if _JOIN in code else weights.second if n == 1 else weights.third)
    ]


def _answer(
    chosen: list[str], spans: dict[str, list[Span]], start: int, end: int
) -> tuple[tuple[str, ...], tuple[Span, ...]]:
    codes: list[str] = []
    decided: set[Span] = set()
    for code in sorted(chosen, key=lambda c: spans[c][0][0] if c in spans else _FAR):
        codes += [part for part in code.split(_JOIN) if part not in codes]
        if code in spans:
            # One mention a party says enough: the nearest.
            decided.add(min(spans[code], key=lambda s: start - s[1] if s[1] <= start else max(0, s[0] - end)))
    return tuple(codes), tuple(sorted(decided))


def _settle(mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions that can be parties, with the codes that they have in this document's time and matter."""
    own: dict[str, int] = {}
    russia = community = False
    for m in mentions:
        if m.kind not in ("region", "media"):
            for code in m.codes:
                own[code] = own.get(code, 0) + 1
            russia = russia or (m.codes == ("RU",) and m.kind in ("country", "demonym", "person"))
            community = community or (m.kind == "bloc" and m.codes == ("EC",))
    swap = dict(_PART_OF)
    if "SU" in own:
        # "Moscow" is the Soviet Union's while nobody speaks of Russia; elsewhere "Soviet" is history.
        if russia:
            swap["SU"] = ""
        else:
            swap["RU"] = "SU"
    if "Hamas" in own:
        # In a deal with Hamas "Gaza" and "Palestinian" are its side.
        swap["PS"] = "Hamas"
    europe = max(_EUROPE, key=lambda code: own.get(code, 0))
    if own.get(europe, 0) <= own.get("EU", 0) or (europe == "EC" and not community):
        europe = "EU"
    settled = []
    for m in mentions:
        codes = m.codes
        if m.kind == "media" or not codes:
            continue
        if m.kind == "region" and codes == ("EU",):
            codes = (europe,)
        elif any(code in swap for code in codes):
            codes = tuple(new for code in codes if (new := swap.get(code, code)))
        if len(codes) > _PAIR:
            codes = (_JOIN.join(codes),)
        if codes:
            settled.append(m if codes is m.codes else Mention(m.start, m.end, codes, m.kind))
    return settled


@dataclass(slots=True)
class _Named:
    """One code in the document. The mentions of the title are not among the others."""

    first: int = _FAR
    kinds: set[str] = field(default_factory=set)
    sentences: set[int] = field(default_factory=set)
    title: bool = False
    weight: float = 0.0
    # Place among the codes named most; ``step`` is the same, 3 at most.
    rank: int = 0
    step: int = 0


class _Page:
    """A document with its mentions sorted out; gives the features of each candidate on three levels, each worked out once."""

    def __init__(self, text: str, mentions: list[Mention], sentences: Sequence[Span], title: str | None) -> None:
        self.text, self.sentences = text, sentences
        self.named: dict[str, _Named] = {}
        self.rows: dict[int, list[Mention]] = {}
        self._around: dict[int, dict[str, list[str]]] = {}
        self._spans: dict[int, dict[str, list[Span]]] = {}
        self._partners: dict[str, str] = {}
        starts = [start for start, _ in sentences]
        for mention in mentions:
            n = bisect_right(starts, mention.start) - 1
            # A dateline is in no sentence.
            inside = n >= 0 and mention.start < sentences[n][1]
            if inside:
                self.rows.setdefault(n, []).append(mention)
            for code in mention.codes:
                name = self.named.setdefault(code, _Named(mention.start))
                name.kinds.add(mention.kind)
                if inside:
                    name.sentences.add(n)
        for mention in _settle(default_gazetteer().find(title)) if title else ():
            for code in mention.codes:
                self.named.setdefault(code, _Named()).title = True
        self._rank()
        self.opens = mentions[0].codes if mentions else ()
        self.with_whom: dict[str, dict[str, int]] = {}
        for row in self.rows.values():
            codes = {code for m in row for code in m.codes}
            if 1 < len(codes) <= _LIST:
                for one in codes:
                    others = self.with_whom.setdefault(one, {})
                    for other in codes:
                        if other != one:
                            others[other] = others.get(other, 0) + 1

    def _rank(self) -> None:
        for name in self.named.values():
            lead = any(n in name.sentences for n in range(_LEAD))
            name.weight = len(name.sentences) + _TITLE_WEIGHT * name.title + _LEAD_WEIGHT * lead
        self.ranked = sorted(self.named, key=lambda code: (-self.named[code].weight, self.named[code].first))
        rank, before = -1, None
        for code in self.ranked:
            name = self.named[code]
            # Those that stand in one mention share a rank.
            if (name.weight, name.first) != before:
                rank, before = rank + 1, (name.weight, name.first)
            name.rank, name.step = rank, min(rank, 3)
        self.top = max(1.0, self.named[self.ranked[0]].weight) if self.ranked else 1.0
        self.main = frozenset(self.ranked[:2])

    def _partner(self, code: str) -> str:
        """Return the code that is named most often together with this one, else the one named most."""
        found = self._partners.get(code)
        if found is None:
            others = self.with_whom.get(code)
            if others:
                found = min(others, key=lambda o: (-others[o], self.named[o].rank, o))
            else:
                found = next((other for other in self.ranked[:2] if other != code), "")
            self._partners[code] = found
        return found

    def general(self, code: str) -> list[str]:
        """Return the features that a code has in the whole document."""
        name = self.named[code]
        found = [f"rank{min(name.rank, 5)}", f"share{bisect_right(_SHARES, name.weight / self.top)}"]
        if name.title:
            found.append("title")
        if any(n in name.sentences for n in range(_LEAD)):
            found.append("lead")
        if name.kinds:
            for label, kinds in (("region", {"region"}), ("firm", {"firm", "product"}), ("city", {"city", "capital"})):
                if name.kinds <= kinds:
                    found.append(label)
        if code in _NON_STATE:
            found.append("nonstate")
        elif _JOIN in code:
            found.append("group")
        elif len(code) > _PAIR:
            found.append("bloc")
        if code in self.opens:
            found.append("opens")
        if not name.sentences and not name.title:
            found.append("dateline")
        return found

    def _weighty(self, name: _Named) -> bool:
        """Say whether a group is a party rather than the name of a place: "Central Asia" in passing is no five states."""
        return name.title or len(name.sentences) > 1 or any(n in name.sentences for n in range(_LEAD))

    def spans(self, here: int) -> dict[str, list[Span]]:
        """Return where a sentence names each code."""
        found = self._spans.get(here)
        if found is None:
            found = self._spans[here] = {}
            for m in self.rows.get(here, ()):
                for code in m.codes:
                    found.setdefault(code, []).append((m.start, m.end))
        return found

    def around(self, here: int) -> dict[str, list[str]]:
        """Return the features that each candidate has for every anchor of a sentence."""
        found = self._around.get(here)
        if found is None:
            found = self._around[here] = self._work_out_around(here)
        return found

    def _work_out_around(self, here: int) -> dict[str, list[str]]:
        spans = self.spans(here)
        count = len(spans)
        size = f"n{min(count, 4)}"
        strangers = sum(code not in self.main for code in spans)
        recent: list[str] = []
        for back in range(here - 1, max(-1, here - 1 - _BACK), -1):
            for m in self.rows.get(back, ()):
                recent += [code for code in m.codes if code not in recent]
            if len(recent) >= _RECENT:
                break
        paragraph = self._paragraph(here)
        roles = self._roles(here)
        only = next(iter(spans)) if count == 1 else ""
        only_partner = self._partner(only) if only else ""
        place = "main" if only in self.main else "stranger"
        found: dict[str, list[str]] = {}
        for code in self.ranked:
            name = self.named[code]
            if code not in spans and (name.rank >= _CANDIDATES or (_JOIN in code and not self._weighty(name))):
                continue
            rank = name.step
            if code in spans:
                inside = "in"
                row = [f"in&{size}", f"in&r{rank}", *roles[code]]
                if strangers and code in self.main:
                    row.append(f"main&strangers{min(strangers, 2)}")
            else:
                inside = "out"
                row = [f"out&{size}", f"out&{size}&r{rank}"]
                if only:
                    if only_partner == code:
                        row.append("partner")
                    if self._partner(code) == only:
                        row.append("partnerof")
                    row.append(f"other{place}&r{rank}")
                row.append(f"recent{min(recent.index(code), 3)}&{size}" if code in recent else f"notrecent&{size}")
                if strangers:
                    row.append(f"strangers{min(strangers, 2)}&r{rank}")
            if paragraph:
                row.append(f"para&{inside}&{size}" if code in paragraph else f"nopara&{inside}&{size}")
            if here - 1 in name.sentences:
                row.append("prev")
            if here + 1 in name.sentences:
                row.append("next")
            found[code] = row
        return found

    def _paragraph(self, here: int) -> set[str]:
        """Return the codes that the other sentences of a sentence's paragraph name."""
        if not 0 <= here < len(self.sentences):
            return set()
        first, last = self.sentences[here]
        first = self.text.rfind("\n\n", 0, first)
        last = self.text.find("\n\n", last)
        found: set[str] = set()
        for n in range(here - _PARAGRAPH, here + _PARAGRAPH + 1):
            if n != here:
                for m in self.rows.get(n, ()):
                    if m.start > first and (m.start < last or last < 0):
                        found.update(m.codes)
        return found

    def _roles(self, here: int) -> dict[str, list[str]]:
        """Return what the words beside its mentions say of each code that a sentence names."""
        found: dict[str, list[str]] = {}
        row = self.rows.get(here, ())
        text = self.text
        for n, m in enumerate(row):
            said = ["first"] if n == 0 else []
            start = self.sentences[here][0]
            if m.start - start < 3:
                said.append("subject")
            else:
                words = text[max(start, m.start - _ROLE_CHARS) : m.start].split()
                if len(words) > 1 and words[-1] in _ARTICLES:
                    words.pop()
                role = _ROLES.get(words[-1].lower()) if words else None
                if role:
                    said.append("after=" + role)
            after = text[m.end : m.end + 2]
            if after in ("'s", "’s"):
                said.append("owner")
            elif after[:1] == "-" or text[m.start - 1 : m.start] == "-":
                said.append("hyphen")
            for code in m.codes:
                known = found.setdefault(code, [])
                known += [one for one in said if one not in known]
        return found

    def at(self, here: int, start: int, end: int) -> dict[str, list[str]]:
        """Return the features that each candidate has for one anchor alone."""
        row = self.rows.get(here, ())
        nearest: dict[str, tuple[int, Mention]] = {}
        left: list[str] = []
        right: list[str] = []
        anchor: set[str] = set()
        for m in row:
            gap = start - m.end if m.end <= start else m.start - end if m.start >= end else -1
            for code in m.codes:
                if gap < 0:
                    anchor.add(code)
                elif m.end <= start:
                    if code in left:
                        left.remove(code)
                    left.insert(0, code)
                elif code not in right:
                    right.append(code)
                if code not in nearest or gap < nearest[code][0]:
                    nearest[code] = gap, m
        size = f"a{min(len(anchor), 3)}"
        strangers = min(len(anchor - self.main), 2)
        only = next(iter(anchor)) if len(anchor) == 1 else ""
        only_partner = self._partner(only) if only else ""
        together = self.with_whom.get(only, {})
        found: dict[str, list[str]] = {}
        for code in self.around(here):
            rank = self.named[code].step
            if code in anchor:
                inside = "anchor"
                said = ["anchor", f"anchor&{size}", f"anchor&{nearest[code][1].kind}"]
            elif code in nearest:
                inside = "in"
                gap, m = nearest[code]
                said = [
                    f"notanchor&{size}",
                    f"{'l' if m.end <= start else 'r'}gap{bisect_right(_GAPS, gap)}",
                    "kind=" + m.kind,
                ]
                if code in left:
                    said.append(f"left{min(left.index(code), 3)}")
                if code in right:
                    said.append(f"right{min(right.index(code), 3)}")
            else:
                inside = "out"
                said = [f"out&{size}"]
                if anchor:
                    said.append(f"out&{size}&r{rank}")
            if strangers:
                said.append(f"astr{strangers}&{inside}&r{rank}")
            if only and code != only:
                said.append("apartner" if only_partner == code else "noapartner")
                said.append(f"awith{min(together.get(code, 0), 2)}&{inside}")
            found[code] = said
        return found
