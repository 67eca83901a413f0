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

__all__ = ["VerbGroup", "VerbList", "verb_groups", "verb_list"]

MODALS = frozenset(
    "will would shall should may might can could must 'll ll cannot can't won't wouldn't couldn't shouldn't".split()
)
BE = frozenset("be is are was were been being am 's 're isn't aren't wasn't weren't gets".split())
HAVE = frozenset("have has had having haven't hasn't hadn't".split())
DO = frozenset("do does did don't doesn't didn't".split())
NEGATIONS = frozenset(
    """not n't never no neither nor cannot can't won't wouldn't couldn't shouldn't isn't aren't wasn't weren't haven't
    hasn't hadn't don't doesn't didn't hardly""".split()
)
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
_PREPOSITIONS = frozenset(
    "in on at by for with from of into over under about between against during through after before without".split()
)
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
CLAUSE_OPENERS = frozenset(
    ', ; : ( ) — – " “ ” and or but that which who while as if when where because after before since until than'.split()
)


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
def _openers() -> frozenset[str]:
    """Return the words at which a verb group may open."""
    verbs = verb_list()
    return MODALS | HAVE | DO | BE | {"to"} | verbs.base | verbs.third | verbs.past | verbs.gerund


@cache
def verb_list() -> VerbList:
    """Return the bundled list of verbs; read once."""
    base: set[str] = set()
    third: set[str] = set()
    past: set[str] = set()
    participle: set[str] = set()
    gerund: set[str] = set()
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
                for forms, form in ((base, stem), (third, s), (past, ed), (participle, ed), (gerund, ing)):
                    forms.add(form)
        else:
            stem, preterite, perfect = line.split()
            for forms, form in ((base, stem), (past, preterite), (participle, perfect)):
                forms.add(form)
            _, s, _, ing = inflect(stem)
            third.add(stem + "es" if stem.endswith("o") else s)
            gerund.add(
                stem[:-2] + "ying" if stem.endswith("ie") else stem + stem[-1] + "ing" if stem in _DOUBLING else ing
            )
    return VerbList(frozenset(base), frozenset(third), frozenset(past), frozenset(participle), frozenset(gerund))


_DOUBLING = frozenset(
    """begin bid cut forget get hit let put quit run set shut sit split win cancel transfer prefer admit initial bar span
    defer""".split()
)


def verb_groups(lowers: list[str], words: list[str], first: int, stop: int, headline: bool = False) -> list[VerbGroup]:
    """Return the verb groups among the tokens ``first`` to ``stop`` (exclusive) of one sentence, in order. Linear.

    In a ``headline`` a plain form after a name is a verb ("India, UK sign trade pact").
    """
    verbs = verb_list()
    openers = _openers()
    groups: list[VerbGroup] = []
    at = first
    while at < stop:
        if lowers[at] in openers and _opens(verbs, lowers, words, at, first, stop, headline):
            group = _group(verbs, lowers, first, at, stop)
            groups.append(group)
            at = group.last + 1
        else:
            at += 1
    return _finish(verbs, groups, lowers, stop)


def _opens(
    verbs: VerbList, lowers: list[str], words: list[str], at: int, first: int, stop: int, headline: bool
) -> bool:
    word = lowers[at]
    before = lowers[at - 1] if at > first else ""
    after = lowers[at + 1] if at + 1 < stop else ""
    if word in MODALS:
        # "the political will", "in May": a noun.
        return words[at] != "May" and not (word in ("will", "might", "can") and before in _BEFORE_WILL)
    if word in HAVE or word in DO:
        return True
    if word in BE:
        return word != "'s" or after in verbs.gerund
    if word == "to":
        return _carries(verbs, lowers, at, stop)
    # In a headline every word may be capitalised; there a listed third person or past form still opens a group.
    finite = word in verbs.third or (word in verbs.past and word not in verbs.base)
    if words[at][0].isupper() and at > first and (not finite or words[at].isupper()):
        return False
    if before in _NOUN_OPENERS and not (before == "that" and word in verbs.third and word not in _NOUNS):
        return False
    if word in verbs.past and word not in verbs.base:
        # "advanced computing", "licensed production": an adjective wherever a noun follows.
        return word not in _ADJECTIVAL or after in _FUNCTION_WORDS or not after.isalpha()
    if word in verbs.gerund:
        return before in _PREPOSITIONS or before in (",", "and", "or", "") or before in verbs.gerund
    if word in verbs.third:
        if (
            at == first
            or before in verbs.base
            or before in verbs.participle
            or before in verbs.gerund
            or before in verbs.third
        ):
            return False
        if word in _NOUNS and not (words[at - 1][0].isupper() or before in _PRONOUNS):
            return False
        # "India plans to", "supplies of gas": a third person is followed by an article, a name, "to" or a preposition of its own.
        return (
            before not in _PREPOSITIONS
            and after not in ("of", ",", ".", "and", "between")
            and (
                after in _AFTER_VERB
                or (words[at + 1 : at + 2] != [] and words[at + 1][0].isupper())
                or before in _PRONOUNS
                or word in _LINKING
            )
        )
    if word in verbs.base and word in verbs.past and after in _PARTICLES and before.isalpha():
        return before not in _PREPOSITIONS
    if word in verbs.base:
        # "a fisheries accord in May": what is a noun more often needs the article of an object behind it.
        if word in _NOUN_BASES and after not in _AFTER_BASE:
            return before in _PRONOUNS_PLURAL
        if (
            at > first
            and (words[at - 1][0].isupper() or before == ")")
            and before not in ("i",)
            and (after in _AFTER_BASE or (headline and after.isalnum()))
        ):
            return True
        return (
            before in _SUBJECTS
            or before in ADVERBS
            or (
                before.endswith("s")
                and not before.endswith("ss")
                and before not in _PREPOSITIONS
                and after in _AFTER_VERB
                and len(before) > 3
            )
        )
    return False


# Third persons that an adjective may follow: "remains unresolved".
_LINKING = frozenset("remains seems becomes stays".split())
_PRONOUNS = frozenset("it he she which who that".split())
_ADJECTIVAL = frozenset(
    "advanced related integrated combined limited detailed licensed skilled guided armed enhanced".split()
)
_PRONOUNS_PLURAL = frozenset("we they i you".split())
_NOUN_BASES = frozenset(
    """accord aid appeal award ban bid block call cement collapse contract court credit deal debate delay demand desire
    dispute doubt drill edge end exchange exercise exit export eye freeze fund grant hint hope import interest issue lack
    launch lease license limit link loan market mission need offer order pact pitch plan plant pledge process produce
    program progress project promise purchase push question report request research schedule share ship start step supply
    support swap table talk target test tie trade transfer veto view visit vote wish witness work""".split()
)
# Third persons that are more often plural nouns: verbs only after a name or a pronoun.
_NOUNS = frozenset(
    """talks guarantees orders deals supplies exports imports visits reports links ties loans sales projects programs purchases
    works moves needs hands falls points rounds steps states forces drills exercises funds shares grants licences licenses
    tariffs contacts flights limits ships tests trades contracts partners targets measures missions names figures sanctions
    transfers uses views votes waters sources deliveries challenges concerns costs benefits fears attacks strikes""".split()
)
_AFTER_VERB = frozenset(
    "to the a an its their his her no that on in for with it more up out about at off into over under against ahead down".split()
)
# Determiners and the like that show a plain form after a name to be a verb ("India and France build a").
_AFTER_BASE = frozenset("to the a an its their his her this that these it them".split())
# With one of these behind it a form that is base and past at once ("put off") is a verb.
_PARTICLES = frozenset("off up forward aside back".split())
_BEFORE_WILL = frozenset("the a political of good free strong own their its his our popular".split())
_SUBJECTS = frozenset("we they i you who both sides countries leaders officials sources ministers not n't also".split())


def _group(verbs: VerbList, lowers: list[str], begin: int, at: int, stop: int) -> VerbGroup:
    first = at
    word = lowers[at]
    # "poised to unveil", "a promise to buy": what carries the infinitive belongs to the group.
    if word == "to" and at > begin and (lowers[at - 1] in CATENATIVE_ADJECTIVES or lowers[at - 1] in CARRIERS):
        first = at - 1
    form = _form(verbs, word)
    # "never withdrew", "announced but not signed": the negation stands before a verb without an auxiliary.
    negated = word in NEGATIONS or (at > begin and lowers[at - 1] in ("not", "never"))
    passive = False
    last = at
    # What may follow: after a modal, "do" or "to" a base form; after "be" a participle or gerund; after "have" a participle.
    expect = _expected(word)
    seen_be = word in BE
    at += 1
    while at < stop:
        word = lowers[at]
        if word in NEGATIONS or (word == "yet" and at + 1 < stop and lowers[at + 1] == "to"):
            negated = True
        elif word in ADVERBS or (word.endswith("ly") and len(word) > 4 and word not in _LY_NOUNS):
            pass
        elif expect == "base" and word in ("be", "have"):
            expect, seen_be, last = ("be" if word == "be" else "have"), word == "be", at
        elif expect == "have" and word in ("been", "had"):
            expect, seen_be, last = ("be" if word == "been" else "have"), word == "been", at
        elif (expect == "be" and word == "being") or (
            word in CATENATIVE_ADJECTIVES and at + 1 < stop and lowers[at + 1] == "to" and expect
        ):
            last = at
        elif word == "to" and at + 1 < stop and _carries(verbs, lowers, at, stop):
            expect, seen_be, last = "base", False, at
        elif (
            (expect == "base" and (word in verbs.base or _unlisted(lowers, at)))
            or (expect == "be" and (word in verbs.participle or word in verbs.gerund or _regular(word, ("ed", "ing"))))
            or (expect == "have" and (word in verbs.participle or _regular(word, ("ed",))))
        ):
            passive = seen_be and (word in verbs.participle or word.endswith("ed"))
            expect, last = "", at
        else:
            break
        at += 1
    return VerbGroup(first, last, form, passive, negated)


_LY_NOUNS = frozenset("supply ally rally family italy july assembly monopoly reply apply".split())


def _form(verbs: VerbList, word: str) -> str:
    if word in ("will", "shall", "'ll", "won't"):
        return "future"
    if word in MODALS:
        return "modal"
    if word == "to":
        return "infinitive"
    if word in HAVE:
        return "perfect"
    if word in verbs.gerund:
        return "gerund"
    if word in ("was", "were", "did", "wasn't", "weren't", "didn't") or (word in verbs.past and word not in verbs.base):
        return "past"
    return "present"


def _expected(word: str) -> str:
    if word in MODALS or word in DO or word == "to":
        return "base"
    return "be" if word in BE else "have" if word in HAVE else ""


def _regular(word: str, endings: tuple[str, ...]) -> bool:
    """Tell whether a word that is not listed has a regular verb's ending; for after an auxiliary only."""
    return len(word) > 5 and word.isalpha() and word.endswith(endings) and word not in _NO_PARTICIPLES


def _unlisted(lowers: list[str], at: int) -> bool:
    """Tell whether a word right after a modal or a catenative's "to" can be a verb that is not listed."""
    word = lowers[at]
    return (
        (lowers[at - 1] in MODALS or lowers[at - 1] == "to")
        and word.isalpha()
        and len(word) > 2
        and word not in _FUNCTION_WORDS
    )


_NO_PARTICIPLES = frozenset(
    """interested united indeed hundred concerned advanced morning evening something anything nothing everything during
    pending king willing""".split()
)
_FUNCTION_WORDS = (
    _NOUN_OPENERS
    | _PREPOSITIONS
    | frozenset("he she it they we you i there if when who what how why and or but than as".split())
)


def _carries(verbs: VerbList, lowers: list[str], at: int, stop: int) -> bool:
    """Tell whether the "to" at ``at`` opens an infinitive, adverbs between passed over."""
    at += 1
    carried = lowers[at - 2] in CATENATIVE_ADJECTIVES
    while at < stop - 1 and (lowers[at] in ADVERBS or lowers[at] in NEGATIONS or lowers[at].endswith("ly")):
        at += 1
    return at < stop and (
        lowers[at] in verbs.base or (carried and lowers[at].isalpha() and lowers[at] not in _FUNCTION_WORDS)
    )


def _finish(verbs: VerbList, groups: list[VerbGroup], lowers: list[str], stop: int) -> list[VerbGroup]:
    """Tell past participles from finite pasts: a clause has one finite verb, so "the deal signed in May will" holds one."""
    out: list[VerbGroup] = []
    for n, group in enumerate(groups):
        word = lowers[group.first]
        if group.form == "past" and group.first == group.last and word in verbs.participle:
            before = lowers[group.first - 1] if group.first else ""
            after = lowers[group.first + 1] if group.first + 1 < stop else ""
            earlier = out[-1] if out else None
            later = groups[n + 1] if n + 1 < len(groups) else None
            relative = earlier is not None and earlier.first > 0 and lowers[earlier.first - 1] in RELATIVES
            if before not in _SUBJECT_WORDS and (
                after == "by"
                or (before == "," and after in _PREPOSITIONS and earlier is not None and not relative)
                or (
                    earlier is not None and earlier.form not in LOOSE and _within(lowers, earlier.last + 1, group.first)
                )
                or (
                    later is not None
                    and word not in SPEECH
                    and later.form in FINITE
                    and lowers[later.last] not in SPEECH
                    and _within(lowers, group.last + 1, later.first)
                )
            ):
                group = VerbGroup(group.first, group.last, "participle", True, group.negated)
        out.append(group)
    return out


_SUBJECT_WORDS = frozenset("who which that it he she they we i you and or".split())
RELATIVES = frozenset("who which that where whose".split())
LOOSE = frozenset({"infinitive", "gerund", "participle"})
FINITE = frozenset({"future", "modal", "present", "perfect", "past"})


def _within(lowers: list[str], begin: int, end: int) -> bool:
    """Tell whether the tokens between two groups hold nothing that opens another clause."""
    return not any(lowers[i] in CLAUSE_OPENERS for i in range(begin, end))
