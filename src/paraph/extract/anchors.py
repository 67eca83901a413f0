"""Anchors: which words name a deal.

Each token is outside an anchor (O), begins one (B) or goes on in it (I); what the words around a token count towards B and I
stands in data/anchors.tsv, and the sums meet in a linear-chain conditional random field (Lafferty, McCallum and Pereira 2001),
whose posterior gives each anchor its confidence. Trained by training/cues on gold/train.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import exp

import numpy as np
import numpy.typing as npt

from paraph.extract.layout import Role
from paraph.extract.parse import Parse
from paraph.extract.tokens import fold
from paraph.extract.verbs import ADVERBS, verb_list

__all__ = [
    "AnchorSpan",
    "AnchorWeights",
    "Bars",
    "anchor_weights",
    "document_features",
    "find_anchors",
    "find_both",
    "mark_anchors",
    "posteriors",
    "read_anchor_weights",
    "sentence_features",
    "spans_of",
    "token_features",
    "trimmed",
]

# Posterior from which a token belongs to an anchor, and from which it begins a new one. Tuned by cross-validation over the
# events of gold/train for the highest f1_any (training/cues/README.md has the curve).
INSIDE, BEGINS = 0.40, 0.40
# ... and what suffices for an item of a list whose item before is an anchor: from .4 down to .1 f1_any over events is the same
# (.654, .655 at .15), and recall rises from .488 to .497; at .15 precision has lost .004.
LISTED = 0.15
# Such an item goes on while the posterior stays above this share of its beginning's; half is the middle of .4 to .7, which
# all gave the same f1 over events.
KEPT_SHARE = 0.5
# From this posterior on, what is no anchor is kept as a weak one for the desk. On gold/dev .2 finds .908 of the deals that
# previews speak of, .15 .922 and .10 .945, with .36, .52 and .80 weak anchors for each anchor (anchors alone: .844).
WEAK = 0.15
_JOINING = frozenset(", ; and or the a an also on in for of to as well its their new".split())
# How far the words beside a token count: each word up to WORDS away, its shape, ending, cues and kind up to SHAPES. Usual
# widths for such a field; not tuned.
WORDS, SHAPES = 3, 2
# Profiles of words are kept for the next sentence; the store is emptied when it holds this many. The words
# of the whole gold, some 20,000, fit.
KEPT_PROFILES = 50_000
# What an anchor does not begin or end with: articles, and words that only tie it to what stands around it. A demonstrative
# or a possessive is tied as well; where nothing else is left there is no anchor.
_LEADING = frozenset(
    """no any not the a an this these that those its their his her our of on in to for with by from at over about and or as
    , “ " ( ’s 's | / - – •""".split()
)
_TRAILING = frozenset(
    "of on in to for with by from at over about and or as the a an , . : ; ” \" ( ’s 's that which is are | / - –".split()
)
_OFFSET = re.compile(r"-?[0-3](?=[=a-z])")
_NOTHING = (0.0, 0.0)
# Sums of the recursions are scaled back to one beyond this: far from what a float can hold (1e308), whatever one step adds
# (e^50 for a weight, a few hundred for a transition).
LARGE = 1e100
# Log-weights count up to this much; more is as sure.
STEEPEST = 50.0
_TELLING = ("report", "collective", "deal_noun", "domestic", "negation")
# A sentence is passed over where it holds an anchor less surely than this share of the lowest bar: further below it than rounding
# can be wrong by, and next to nothing.
SURELY = 1 - 1e-6
_WIDTH = 2 * WORDS + 1
# What is told apart about a word: as written, its classes, its kind of name, its subjects.
_Word = tuple[str, tuple[str, ...], str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class AnchorSpan:
    """An anchor found in sentence ``n``: tokens ``first`` to ``last`` inclusive, with the posterior of its beginning."""

    n: int
    first: int
    last: int
    confidence: float


@dataclass(frozen=True, slots=True)
class AnchorWeights:
    """Weights of B and I against O by feature, and of the nine transitions, as factors (exponentials).

    ``units`` holds what a single thing about a word ("=bank", "c=talks") counts towards B, then I, of the tokens around it, by
    offset from -WORDS to WORDS; ``rows`` what a sentence or document as a whole counts.
    ``profiles`` keeps what whole words count, so that a word met again costs one look-up; it never changes a result.
    """

    rows: dict[str, tuple[float, float]]
    transitions: tuple[tuple[float, float, float], ...]
    units: dict[str, list[float]]
    profiles: _Profiles = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "profiles", _Profiles(self.units))


class _Profiles(dict[_Word, bytes]):
    """What each word met counts towards B, then I, of the tokens around it, by offset from -WORDS to WORDS.

    Eight-byte floats side by side, so that the rows of a text are joined into one array. Worked out when first asked for; may be
    shared by threads: the store only ever holds what would be worked out again.
    """

    def __init__(self, units: dict[str, list[float]]) -> None:
        super().__init__()
        self.units = units
        # What stands beyond a sentence, on either side.
        self.edges = [np.array(units.get("=_", [0.0] * (2 * _WIDTH))).tobytes()] * WORDS

    def __missing__(self, key: _Word) -> bytes:
        word, classes, kind, subjects = key
        far, near = _profile(word, fold(word), classes, kind, subjects)
        units = [unit for name in (*far, *near) if (unit := self.units.get(name)) is not None]
        made = np.array(list(map(sum, zip(*units, strict=True))) if units else [0.0] * (2 * _WIDTH)).tobytes()
        if len(self) >= KEPT_PROFILES:
            self.clear()
        self[key] = made
        return made


def read_anchor_weights(table: str) -> AnchorWeights:
    """Return the weights that the text of a table holds; its first three lines are the transitions from O, B and I."""
    lines = table.split("\n")
    transitions = tuple(tuple(exp(float(x)) for x in line.split("\t")[1:]) for line in lines[:3])
    rows: dict[str, tuple[float, float]] = {}
    units: dict[str, list[float]] = {}
    for line in lines[3:]:
        if not line:
            continue
        feature, b, i = line.split("\t")
        row = (float(b), float(i))
        offset = _OFFSET.match(feature)
        if offset is not None:
            unit = units.setdefault(feature[offset.end() :], [0.0] * (2 * _WIDTH))
            column = int(offset.group()) + WORDS
            unit[column], unit[_WIDTH + column] = row
        else:
            rows[feature] = row
    return AnchorWeights(rows, transitions, units)  # type: ignore[arg-type]


def shape(word: str) -> str:
    """Return the shape of a word: "9" with a digit first, "XX" capitals, "Xx" capitalised, "x" small, "." a sign."""
    if word[0].isdigit():
        return "9"
    if not word[0].isalpha():
        return "."
    if word[0].isupper():
        return "XX" if len(word) > 1 and word.isupper() else "Xx"
    return "x"


def _profile(
    word: str, lower: str, classes: tuple[str, ...], kind: str, subjects: tuple[str, ...]
) -> tuple[list[str], list[str]]:
    """Return what a word says wherever it stands near a token: its features up to WORDS away, and those up to SHAPES away."""
    near = ["s=" + lower[-3:], "h=" + shape(word), *("c=" + name for name in classes)]
    if kind:
        near.append("k=" + kind)
    near += ["t=" + name for name in subjects]
    return ["=" + lower], near


def bucket(n: int) -> str:
    """Return a count in steps: 0, 1, 2, 3 (to 4), 5 (to 8), 9 (and more)."""
    return str(n) if n < 3 else "3" if n < 5 else "5" if n < 9 else "9"


def document_features(parse: Parse) -> list[str]:
    """Return what the whole document says about each of its tokens: is this news of states, firms abroad and deals at all."""
    classes = [classes for classes in parse.classes if classes]
    size = max(1, len(parse.tokens))
    collective = sum("collective" in c for c in classes)
    nouns = sum("deal_noun" in c for c in classes)
    domestic = sum("domestic" in c for c in classes)
    codes: dict[str, int] = {}
    for mention in parse.mentions:
        if mention.kind not in ("media", "product", "city"):
            for code in mention.codes:
                codes[code] = codes.get(code, 0) + 1
    ranked = sorted(codes.values(), reverse=True)
    second = ranked[1] if len(ranked) > 1 else 0
    return [
        f"doc:collective={min(collective, 4)}",
        f"doc:nouns={bucket(100 * nouns // size)}",
        f"doc:domestic={min(domestic, 4)}",
        f"doc:codes={bucket(len(codes))}",
        f"doc:second={bucket(second)}",
        f"doc:share={min(9, 10 * sum(ranked) // size)}",
    ]


def sentence_features(parse: Parse, n: int) -> list[str]:
    """Return what a whole sentence says about each of its tokens: its role, its lead-in's cues, its cues and its length."""
    sentence = parse.sentence(n)
    first, stop = parse.ranges[n]
    out = ["b", "role=" + sentence.role]
    if sentence.lead is not None:
        out.append("has-lead")
        out += sorted(["lead:" + c for c in set().union(*parse.classes[slice(*parse.ranges[sentence.lead])])])
    if sentence.role is Role.TEXT and sentence.heading is not None:
        out.append("has-heading")
    present = set().union(*parse.classes[first:stop])
    out += ["s:" + c for c in _TELLING if c in present]
    out.append("s:length=" + bucket((stop - first) // 8))
    kinds = set(parse.kinds[first:stop])
    kinds.discard("")
    # Different words that are names or parts of names.
    names = {parse.tokens.lowers[i] for i in range(first, stop) if parse.kinds[i]} if kinds else ()
    out.append(f"s:names={min(len(names), 4)}")
    out += sorted(["s:kind=" + kind for kind in kinds])
    return out


def token_features(parse: Parse, n: int) -> Iterator[list[str]]:
    """Yield the features of each token of a sentence that are neither the sentence's nor the document's. For training."""
    first, stop = parse.ranges[n]
    profiles = [
        _profile(parse.tokens.words[i], parse.tokens.lowers[i], parse.classes[i], parse.kinds[i], parse.subjects[i])
        for i in range(first, stop)
    ]
    for at in range(stop - first):
        out: list[str] = []
        for offset in range(-WORDS, WORDS + 1):
            if 0 <= at + offset < len(profiles):
                far, near = profiles[at + offset]
                out += [f"{offset}{name}" for name in far]
                if abs(offset) <= SHAPES:
                    out += [f"{offset}{name}" for name in near]
            else:
                out.append(f"{offset}=_")
        yield out


def anchor_weights(parse: Parse, weights: AnchorWeights) -> Iterator[tuple[int, list[float], list[float]]]:
    """Yield each sentence that has tokens, with the log-weight of B and of I against O for each of them. Linear in the text."""
    of_b, of_i, where = _weigh(parse, weights)
    for n, start, stop in where:
        yield n, of_b[start:stop].tolist(), of_i[start:stop].tolist()


_Numbers = npt.NDArray[np.float64]


def _weigh(parse: Parse, weights: AnchorWeights) -> tuple[_Numbers, _Numbers, list[tuple[int, int, int]]]:
    """Return the log-weights of B and of I, and where in both the tokens of each sentence stand: its number, start and end.

    Sentences without tokens are not among them; what stands between two sentences means nothing.
    """
    tokens = parse.tokens
    count = weights.profiles.__getitem__
    profiles = list(map(count, zip(tokens.words, parse.classes, parse.kinds, parse.subjects, strict=True)))
    edges = weights.profiles.edges
    find = weights.rows.get
    document_b = document_i = 0.0
    for name in document_features(parse):
        b, i = find(name, _NOTHING)
        document_b += b
        document_i += i
    # The sentences one behind the other, WORDS edges on either side standing for what lies beyond them.
    rows: list[bytes] = edges[:]
    where: list[tuple[int, int, int]] = []
    base_b: list[float] = []
    base_i: list[float] = []
    at = 0
    for n, (first, stop) in enumerate(parse.ranges):
        if stop == first:
            continue
        here_b, here_i = document_b, document_i
        for name in sentence_features(parse, n):
            b, i = find(name, _NOTHING)
            here_b += b
            here_i += i
        base_b.append(here_b)
        base_i.append(here_i)
        rows += profiles[first:stop]
        rows += edges
        where.append((n, at, at + stop - first))
        at += stop - first + WORDS
    if not where:
        return np.empty(0), np.empty(0), where
    counts = np.frombuffer(b"".join(rows)).reshape(-1, 2 * _WIDTH)
    size = len(counts) - 2 * WORDS
    blocks = [stop - start + WORDS for _, start, stop in where]
    blocks[-1] -= WORDS
    out = []
    for column, base in ((0, base_b), (_WIDTH, base_i)):
        # Column k is what the word at offset k - WORDS counts; added up in the order of place, so that sums are the same
        # on every machine.
        total = counts[:size, column].copy()
        for k in range(1, _WIDTH):
            total += counts[k : k + size, column + k]
        out.append(np.repeat(base, blocks) + total)
    return out[0], out[1], where


def find_anchors(parse: Parse, weights: AnchorWeights, weak: bool = False) -> list[AnchorSpan]:
    """Return the anchors of a text in order of place. Linear in the text.

    With ``weak``, return instead those that are too unsure to be anchors but may be worth a person's look; none of them
    overlaps an anchor.
    """
    return find_both(parse, weights, weak)[weak]


def find_both(parse: Parse, weights: AnchorWeights, weak: bool = True) -> tuple[list[AnchorSpan], list[AnchorSpan]]:
    """Return the anchors of a text and, where ``weak`` ones are wanted, those too; the words are weighed once for both."""
    bars = Bars()
    weighed = list(_telling(parse, weights, WEAK if weak else min(bars.inside, bars.begins)))
    strong = mark_anchors(parse, weighed, weights.transitions, bars)
    return strong, mark_anchors(parse, weighed, weights.transitions, bars, WEAK) if weak else []


def _telling(parse: Parse, weights: AnchorWeights, least: float) -> Iterator[tuple[int, list[float], list[float]]]:
    """Yield what ``anchor_weights`` yields, without the sentences none of whose tokens can reach a posterior of ``least``.

    No token is likelier to belong to an anchor than that the sentence has one at all, and that takes one pass to tell instead
    of two.
    """
    of_b, of_i, where = _weigh(parse, weights)
    ((oo, ob, oi), (bo, bb, bi), (io, ib, ii)) = weights.transitions
    # Against the path without an anchor, whose weight is so always one.
    ob, oi, bo, bb, bi, io, ib, ii = ob / oo, oi / oo, bo / oo, bb / oo, bi / oo, io / oo, ib / oo, ii / oo
    most = 1 / (1 - SURELY * least)
    eb: list[float] = np.exp(np.minimum(of_b, STEEPEST)).tolist()
    ei: list[float] = np.exp(np.minimum(of_i, STEEPEST)).tolist()
    for n, start, stop in where:
        po, pb, pi = 1.0, eb[start], ei[start]
        for b, i in zip(eb[start + 1 : stop], ei[start + 1 : stop], strict=True):
            po, pb, pi = (
                po + pb * bo + pi * io,
                (po * ob + pb * bb + pi * ib) * b,
                (po * oi + pb * bi + pi * ii) * i,
            )
            if po > most:
                break
        # What is beyond a float is no number, and not below the limit either.
        if not po + pb + pi < most:
            yield n, of_b[start:stop].tolist(), of_i[start:stop].tolist()


def mark_anchors(
    parse: Parse,
    weighed: Iterable[tuple[int, list[float], list[float]]],
    transitions: tuple[tuple[float, float, float], ...],
    bars: Bars,
    weak: float | None = None,
) -> list[AnchorSpan]:
    """Return the anchors that log-weights of B and I mark: sentence, then one weight a token for B and for I.

    With ``weak``, a posterior, return instead those that reach it but not the bars, and overlap no anchor that does.
    """
    out: list[AnchorSpan] = []
    lowers = parse.tokens.lowers
    for n, b, i in weighed:
        first = parse.ranges[n][0]
        begins, inside = posteriors(b, i, transitions)
        spans = spans_of(first, begins, inside, lowers, bars)
        if weak is not None:
            taken = {t for begin, end, _ in spans for t in range(begin, end + 1)}
            spans = [
                span
                for span in spans_of(first, begins, inside, lowers, bars.lowered(weak))
                if taken.isdisjoint(range(span[0], span[1] + 1))
            ]
        for span in spans:
            kept = trimmed(span[0], span[1], parse)
            if kept is not None:
                out.append(AnchorSpan(n, *kept, span[2]))
    return out


@dataclass(frozen=True, slots=True)
class Bars:
    """The posteriors from which tokens make an anchor: ``inside`` one, ``begins`` a new one, ``listed`` begins one in a list."""

    inside: float = INSIDE
    begins: float = BEGINS
    listed: float = LISTED

    def lowered(self, least: float) -> Bars:
        """Return bars none of which is above ``least``."""
        return Bars(min(self.inside, least), min(self.begins, least), min(self.listed, least))


def spans_of(
    first: int, begins: list[float], inside: list[float], lowers: list[str], bars: Bars
) -> list[tuple[int, int, float]]:
    """Return first and last token and posterior of the anchors that the posteriors of B and I mark in one sentence.

    ``first`` is the sentence's first token, ``begins`` and ``inside`` the posteriors of its tokens. What stands in one list with
    an anchor before it needs less: the items of a list are deals or none is.
    """
    out: list[tuple[int, int, float]] = []
    start = -1
    sure = 0.0
    for at, (pb, pi) in enumerate(zip((*begins, 0.0), (*inside, 0.0), strict=True)):
        fresh = pb >= bars.begins or (
            pb >= bars.listed and start < 0 and out and _is_list(lowers, out[-1][1] + 1, first + at)
        )
        if fresh and pb >= pi:
            if start >= 0:
                out.append((start, first + at - 1, sure))
            start, sure = first + at, pb
        elif pb + pi >= bars.inside or (start >= 0 and pi >= KEPT_SHARE * sure and sure < bars.begins):
            if start < 0:
                start, sure = first + at, pb + pi
        elif start >= 0:
            out.append((start, first + at - 1, sure))
            start = -1
    return out


def _is_list(lowers: list[str], first: int, stop: int) -> bool:
    """Tell whether nothing but signs and words that join the items of a list stand between two anchors."""
    return 0 < stop - first <= 4 and all(lowers[t] in _JOINING for t in range(first, stop))


def trimmed(first: int, last: int, parse: Parse) -> tuple[int, int] | None:
    """Return first and last token without what an anchor may not begin or end with, or None where nothing is left."""
    lowers = parse.tokens.lowers
    while first <= last and lowers[first] in _LEADING:
        first += 1
    while last >= first and (lowers[last] in _TRAILING or (last > first and _is_loose(parse, last))):
        last -= 1
    return (first, last) if any(lowers[t][-1].isalpha() for t in range(first, last + 1)) else None


def _is_loose(parse: Parse, t: int) -> bool:
    """Tell whether a word at an anchor's end is the clause's verb or an adverb ("trade pact depends", "talks even")."""
    word = parse.tokens.lowers[t]
    if word in ADVERBS:
        return True
    verbs = verb_list()
    finite = word in verbs.third or (word in verbs.past and word not in verbs.base)
    return finite and not parse.subjects[t] and "deal_noun" not in parse.classes[t]


def posteriors(
    b: list[float], i: list[float], transitions: tuple[tuple[float, float, float], ...]
) -> tuple[list[float], list[float]]:
    """Return each token's probability of beginning an anchor and of going on in one, by the forward-backward recursions.

    ``b`` and ``i`` are log-weights against O; every step is scaled to sum to one, so that long sentences do not underflow.
    """
    (oo, ob, oi), (bo, bb, bi), (io, ib, ii) = transitions
    size = len(b)
    eb = [exp(x) if x < STEEPEST else exp(STEEPEST) for x in b]
    ei = [exp(x) if x < STEEPEST else exp(STEEPEST) for x in i]
    forward: list[tuple[float, float, float]] = []
    po, pb, pi = 1.0, eb[0], ei[0]
    for at in range(size):
        if at:
            po, pb, pi = (
                po * oo + pb * bo + pi * io,
                (po * ob + pb * bb + pi * ib) * eb[at],
                (po * oi + pb * bi + pi * ii) * ei[at],
            )
        total = po + pb + pi
        if total > LARGE or total < 1 / LARGE:
            po, pb, pi = po / total, pb / total, pi / total
        forward.append((po, pb, pi))
    begins, inside = [0.0] * size, [0.0] * size
    qo = qb = qi = 1.0
    for at in range(size - 1, -1, -1):
        fo, fb, fi = forward[at]
        mo, mb, mi = fo * qo, fb * qb, fi * qi
        total = mo + mb + mi
        begins[at], inside[at] = mb / total, mi / total
        b_, i_ = eb[at] * qb, ei[at] * qi
        qo, qb, qi = oo * qo + ob * b_ + oi * i_, bo * qo + bb * b_ + bi * i_, io * qo + ib * b_ + ii * i_
        total = qo + qb + qi
        if total > LARGE or total < 1 / LARGE:
            qo, qb, qi = qo / total, qb / total, qi / total
    return begins, inside
