"""Verb groups: "is expected to be signed", "has not ruled out", "could include", and which of them governs a phrase.

A shallow reading by closed word classes and a list of verbs (data/verbs.txt), without a statistical tagger: a group opens
at an auxiliary, a modal, "to" before a verb, or a listed verb that no article or adjective turns into a noun, and runs on
over auxiliaries, adverbs, catenatives ("expected to", "likely to") to its main verb.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from paraph.extract.lexicon import inflect

__all__ = ["VerbGroup", "VerbList", "governor", "verb_groups", "verb_list"]

MODALS = frozenset("will would shall should may might can could must 'll ll cannot can't won't wouldn't couldn't shouldn't".split())
BE = frozenset("be is are was were been being am 's 're isn't aren't wasn't weren't".split())
HAVE = frozenset("have has had having haven't hasn't hadn't".split())
DO = frozenset("do does did don't doesn't didn't".split())
NEGATIONS = frozenset("not n't never no neither nor cannot can't won't wouldn't couldn't shouldn't isn't aren't wasn't weren't haven't hasn't hadn't don't doesn't didn't hardly".split())
# Words that may stand inside a group without closing it.
ADVERBS = frozenset(
    """not never also already still now soon yet even just only again then ever often always once long first finally recently
    probably possibly reportedly apparently currently formally officially jointly actively further instead however perhaps
    hopefully both all together quickly well since meanwhile today""".split()
)
# Adjectives that carry an infinitive: "is likely to be signed".
CATENATIVE_ADJECTIVES = frozenset(
    """likely unlikely set due poised ready able about expected supposed bound willing keen eager unable slated scheduled
    prepared certain sure hopeful happy reluctant unwilling committed going""".split()
)
# Nouns that carry an infinitive: "a plan to buy".
CARRIERS = frozenset(
    """plan plans offer offers promise pledge decision proposal agreement deal pact hope hopes intention desire wish readiness
    willingness request bid attempt effort efforts move push permission approval ambition commitment contract idea chance
    right refusal order memorandum mou talks negotiations vow""".split()
)
_NOUN_OPENERS = frozenset(
    """the a an this that these those its their his her our my your any some no each every such other another more most many
    several few 's of new old first second third two three four five six seven eight nine ten last next own same joint
    bilateral proposed possible potential future major key large big small long-term military economic strategic nuclear
    national foreign free trade defence defense""".split()
)
_PREPOSITIONS = frozenset("in on at by for with from of into over under about between against during through after before without".split())
# Verbs that report speech: what they report is a clause of its own, so they never govern the phrase beside them.
SPEECH = frozenset(
    """say says said saying add adds added explain explains explained warn warns warned note notes noted write writes wrote
    argue argues argued tell tells told telling report reports reported believe believes believed think thinks thought
    state states stated stating remark remarked reply replied replies answer answered answers stress stressed stresses
    caution cautions cautioned reckon reckoned reckons insist insists insisted recall recalled recalls estimate estimated
    acknowledge acknowledged acknowledges admit admitted admits claim claimed claims reiterate reiterated emphasise
    emphasised emphasize emphasized indicate indicated indicates reveal revealed reveals disclose disclosed predict
    predicted predicts suggested suggests announced declared confirmed went goes""".split()
)
CLAUSE_BREAKS = frozenset("; : — – but while although though whereas because if unless when where which who whose".split()) | {"that"}
LINKS = frozenset(", and or & the a an of for on in as well its their to with such including our new more \" “ ” '".split())


@dataclass(frozen=True, slots=True)
class VerbGroup:
    """A verb group: its tokens ``first`` to ``last`` inclusive, the last being the main verb.

    ``form`` is one of "modal", "future", "past", "perfect", "present", "infinitive", "gerund", "participle"; ``passive``
    and ``negated`` as they read.
    """

    first: int
    last: int
    form: str
    passive: bool
    negated: bool


@dataclass(frozen=True, slots=True)
class VerbList:
    """The forms of the listed verbs, by what they can be."""

    base: frozenset[str]
    third: frozenset[str]
    past: frozenset[str]
    participle: frozenset[str]
    gerund: frozenset[str]


@cache
def verb_list() -> VerbList:
    """Return the bundled list of verbs; read once."""
    base, third, past, participle, gerund = set(), set(), set(), set(), set()
    section = ""
    for raw in files("paraph.extract").joinpath("data/verbs.txt").read_text("utf-8").splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            section = line.strip("[]")
        elif section == "regular":
            for verb in line.split():
                stem, s, ed, ing = inflect(verb)
                base.add(stem), third.add(s), past.add(ed), participle.add(ed), gerund.add(ing)
        else:
            stem, preterite, perfect = line.split()
            base.add(stem), past.add(preterite), participle.add(perfect)
            _, s, _, ing = inflect(stem)
            third.add(s)
            gerund.add(stem[:-2] + "ying" if stem.endswith("ie") else stem + stem[-1] + "ing" if stem in _DOUBLING else ing)
    return VerbList(frozenset(base), frozenset(third), frozenset(past), frozenset(participle), frozenset(gerund))


_DOUBLING = frozenset("begin bid cut forget get hit let put quit run set shut sit split win".split())


def verb_groups(lowers: list[str], words: list[str], first: int, stop: int) -> list[VerbGroup]:
    """Return the verb groups among the tokens ``first`` to ``stop`` (exclusive) of one sentence, in order. Linear."""
    verbs = verb_list()
    groups: list[VerbGroup] = []
    at = first
    while at < stop:
        if _opens(verbs, lowers, words, at, first, stop):
            group = _group(verbs, lowers, first, at, stop)
            groups.append(group)
            at = group.last + 1
        else:
            at += 1
    return groups


def _opens(verbs: VerbList, lowers: list[str], words: list[str], at: int, first: int, stop: int) -> bool:
    word = lowers[at]
    before = lowers[at - 1] if at > first else ""
    after = lowers[at + 1] if at + 1 < stop else ""
    if word in MODALS:
        return word != "may" or words[at] == "may"
    if word in HAVE or word in DO:
        return True
    if word in BE:
        return word != "'s" or after in verbs.gerund
    if word == "to":
        return after in verbs.base or after in ADVERBS
    if words[at][0].isupper() and at > first:
        # In a headline every word may be capitalised; there a listed third person or past form still opens a group.
        if not (word in verbs.third or (word in verbs.past and word not in verbs.base)) or words[at].isupper():
            return False
    if before in _NOUN_OPENERS:
        return False
    if word in verbs.past and word not in verbs.base:
        return True
    if word in verbs.gerund:
        return before in _PREPOSITIONS or before in (",", "and", "or", "") or before in verbs.gerund
    if word in verbs.third:
        # "India plans to", "supplies of gas": a third person is followed by an article, a name, "to" or a preposition of its own.
        return before not in _PREPOSITIONS and after not in ("of", ",", ".", "and", "between") and (after in _AFTER_VERB or words[at + 1 : at + 2] != [] and words[at + 1][0].isupper() or before in ("it", "he", "she", "which", "who", "that"))
    if word in verbs.base:
        return before in _SUBJECTS or before in ADVERBS or (before.endswith("s") and not before.endswith("ss") and before not in _PREPOSITIONS and after in _AFTER_VERB and len(before) > 3)
    return False


_AFTER_VERB = frozenset("to the a an its their his her that on in for with it more up out about at off into over under against ahead down".split())
_SUBJECTS = frozenset("we they i you who both sides countries leaders officials sources ministers not n't also".split())


def _group(verbs: VerbList, lowers: list[str], begin: int, at: int, stop: int) -> VerbGroup:
    first = at
    word = lowers[at]
    # "poised to unveil", "a promise to buy": what carries the infinitive belongs to the group.
    if word == "to" and at > begin and (lowers[at - 1] in CATENATIVE_ADJECTIVES or lowers[at - 1] in CARRIERS):
        first = at - 1
    form = (
        "future" if word in ("will", "shall", "'ll", "won't") else "modal" if word in MODALS else "infinitive" if word == "to"
        else "perfect" if word in HAVE else "gerund" if word in verbs.gerund else "past" if word in ("was", "were", "did") or (word in verbs.past and word not in verbs.base)
        else "present"
    )
    negated = word in NEGATIONS
    passive = False
    last = at
    at += 1
    auxiliary = word in MODALS or word in BE or word in HAVE or word in DO or word == "to"
    seen_be = word in BE
    while at < stop:
        word = lowers[at]
        if word in NEGATIONS:
            negated = True
        elif word in ADVERBS or (word.endswith("ly") and len(word) > 4 and word != "supply"):
            pass
        elif auxiliary and (word in BE or word in HAVE):
            seen_be = seen_be or word in BE
            last = at
        elif word in CATENATIVE_ADJECTIVES and at + 1 < stop and lowers[at + 1] == "to" and auxiliary:
            last = at
        elif word == "to" and at + 1 < stop and (lowers[at + 1] in verbs.base or lowers[at + 1] in ADVERBS):
            auxiliary = True
            seen_be = False
            last = at
        elif auxiliary and (word in verbs.base or word in verbs.participle or word in verbs.gerund or word in verbs.past):
            passive = seen_be and word in verbs.participle
            last = at
            auxiliary = False
        else:
            break
        at += 1
    return VerbGroup(first, last, form, passive, negated)


def governor(groups: list[VerbGroup], lowers: list[str], first: int, last: int, begin: int, stop: int) -> tuple[VerbGroup | None, str, VerbGroup | None]:
    """Return the group that governs the phrase of tokens ``first`` to ``last``, its role, and the group above that one.

    The role is "object" where the nearest group to the left, no clause break between, takes the phrase; "subject" where the
    clause begins with the phrase and the next group on the right speaks of it; "" where there is none.
    """
    groups = [group for group in groups if lowers[group.last] not in SPEECH or group.passive]
    left: VerbGroup | None = None
    above: VerbGroup | None = None
    for group in reversed(groups):
        if group.last < first:
            if left is None:
                left = group
            else:
                above = group
                break
    if left is not None and not any(lowers[i] in CLAUSE_BREAKS or lowers[i] in SPEECH for i in range(left.last + 1, first)):
        return left, "object", above
    for group in groups:
        if group.first > last:
            if any(lowers[i] in CLAUSE_BREAKS or lowers[i] in SPEECH for i in range(last + 1, group.first)):
                break
            return group, "subject", left
    return left, "far" if left else "", above
