"""Naming: what may name a voice, and where such a noun phrase begins and ends.

The last check before a name is shown: a voice is a noun phrase for a person, an office, a body, a firm, an outlet, a paper or a
group of people. What is read wrongly is cut at the word where the phrase must end ("a day earlier Peskov", "the statement
that he"), or refused ("licensed production of tanks", "allow leaders to").
"""

from __future__ import annotations

from functools import cache

from paraph.extract.parse import Parse
from paraph.extract.tables import word_classes
from paraph.extract.verbs import BE, DO, HAVE, MODALS, verb_list

__all__ = ["PRONOUNS", "SPEAKERS", "names", "nominal"]

# Longest name, in tokens; the longest source of gold/train that is one noun phrase has eleven.
NAME_TOKENS = 11
# Third persons, which stand for a voice named before; first persons speak in a turn or a quotation, whose speaker is known.
PRONOUNS = frozenset("he she they it".split())
SPEAKERS = frozenset("i we you i'd i'm i've i'll we'd we're we've we'll me us them him her".split())
_RELATIVES = frozenset("who which that what how why whom where when whether if because than".split())
_PREPOSITIONS = frozenset(
    """of in at from with on by for to under over about into between among against during through after before without across
    inside within near behind despite amid since until like per via""".split()
)
# Words with which a phrase behind its head begins, beside prepositions: "people familiar with", "officials briefed on".
_POSTPOSED = frozenset("close familiar briefed involved aware present here there".split())
_DETERMINERS = frozenset("the a an this these that those his her its their our my your whose".split())
_COUNTS = frozenset("one two three four five six seven several some many both another all few most others each".split())
# What may stand before a noun phrase without being of it.
_BEFORE = frozenset(
    """and or but as even now only then later earlier also meanwhile yesterday today tomorrow still so yet just instead thus
    however therefore moreover nor once too""".split()
)
_TIMES = frozenset(
    """day days week weeks month months year years hour hours night morning evening monday tuesday wednesday thursday friday
    saturday sunday january february march april may june july august september october november december last next this
    previous following same early late spring summer autumn winter""".split()
)
_AGO = frozenset("earlier later ago before".split())
_BEHIND = frozenset("as somehow too himself herself itself themselves".split()) | DO
# Names of these kinds may speak; an office is a body.
_NAMES = frozenset("country capital seat bloc person firm body media city".split())
# Endings of nouns for people, and nouns with such endings that are none.
_PEOPLE = (
    "ers",
    "er",
    "ors",
    "or",
    "ists",
    "ist",
    "ians",
    "ian",
    "men",
    "man",
    "women",
    "woman",
    "crats",
    "crat",
    "ees",
)
_NO_PEOPLE = frozenset(
    """order orders offer offers number numbers power powers matter matters border borders sector sectors reactor reactors
    factor factors corridor corridors water waters summer winter quarter quarters tender tenders computer computers fighter
    fighters carrier carriers tanker tankers cluster clusters chapter chapters helicopter helicopters transfer transfers
    former later earlier rather over under after ever never whether together however further higher lower better greater
    larger other either neither major minor prior error weather harbor labor labour timber semiconductor semiconductors
    container containers launcher launchers bomber bombers destroyer destroyers cruiser cruisers boulder indian russian
    civilian vector monitor motor fertilizer fertiliser fertilisers copper silver rubber liner airliner airliners answer
    character centre-right dollar manner favor honor humor armor terror horror mirror guarantees fees degrees
    trees specimen human german""".split()
)
_ADJECTIVES = ("-based", "-led", "-backed", "-owned", "-made", "-built", "-funded")
# Nouns of a voice's list that name a thing where they are heads, or only begin the name of a body.
_NO_HEADS = frozenset(
    "plan joint foreign defence defense central managing think familiar briefed anonymity former retired".split()
)
# Papers that speak, beside those among the offices.
_PAPERS = frozenset("letter brief manual note draft minutes leaflet list page post tweet poll survey filing".split())


@cache
def _heads() -> frozenset[str]:
    """Return the nouns that can be the head of a voice."""
    voices = word_classes("voices")
    named = frozenset().union(*(voices[name] for name in ("unnamed", "media", "expert", "company", "official")))
    return (named | _PAPERS | _COUNTS | {"same", "others", "second", "first"}) - _NO_HEADS


@cache
def _finite() -> frozenset[str]:
    """Return the verbs' finite forms that are no nouns of a voice."""
    verbs = verb_list()
    return (verbs.third | verbs.past | word_classes("voices")["speech"]) - _heads()


def nominal(parse: Parse, begin: int, end: int, forward: bool) -> tuple[int, int] | None:
    """Return the tokens, both inclusive, of the noun phrase for a voice within a stretch read as one; None if there is none.

    ``forward``: the phrase begins at ``begin`` ("according to …") and is cut behind; else it ends at ``end``, before its verb,
    and is cut in front. A pronoun comes out alone. Linear in the stretch. Not handled: names of which a part is a verb.
    """
    lowers, words = parse.tokens.lowers, parse.tokens.words
    while end >= begin and lowers[end] in _BEHIND:
        end -= 1
    if forward:
        for i in range(begin, end + 1):
            if _parts(parse, i, end):
                end = i - 1
                break
    else:
        for i in range(end, begin - 1, -1):
            if lowers[i] in PRONOUNS and i == end:
                return end, end
            if _parts(parse, i, end):
                begin = i + 1
                break
    begin = _front(parse, begin, end)
    if begin < 0 or begin > end:
        return None
    if begin == end and lowers[begin] in PRONOUNS:
        return begin, end
    if (
        lowers[end] in _PREPOSITIONS
        or (lowers[end] in _DETERMINERS and words[end] != "US")
        or (lowers[end] in SPEAKERS and words[end] != "US")
    ):
        return None
    head = begin
    while head < end and lowers[head + 1] not in _PREPOSITIONS and lowers[head + 1] not in _POSTPOSED:
        head += 1
    if not _speaks(parse, begin, head, end):
        return None
    if (
        head < end
        and lowers[head + 1] in ("in", "on", "at", "during", "after", "before")
        and lowers[head] not in _heads()
    ):
        end = head
    if end - begin >= NAME_TOKENS:
        end = head
    return (begin, end) if end - begin < NAME_TOKENS else None


def names(parse: Parse, at: int) -> bool:
    """Tell whether a word by itself names who can speak: a name that is known, or a noun such as "officials"."""
    return parse.kinds[at] in _NAMES or (parse.tokens.lowers[at] in _heads() and parse.tokens.lowers[at] not in _COUNTS)


def _parts(parse: Parse, at: int, end: int) -> bool:
    """Tell whether no noun phrase reaches across a token."""
    lowers, words = parse.tokens.lowers, parse.tokens.words
    word = lowers[at]
    if word in ("us", "them") and words[at].isupper():
        return False
    if word in _RELATIVES or word in PRONOUNS or word in SPEAKERS or word == "no":
        return True
    if words[at][0].isupper():
        return False
    if word in MODALS or word in BE or word in HAVE or word in DO:
        return word not in ("'s", "may")
    after = lowers[at + 1] if at < end else ""
    if word == "to":
        return not after or (after in verb_list().base and after not in _heads() and words[at + 1][0].islower())
    if word == "think" and after == "tank":
        return False
    if word in _finite() and "deal_noun" not in parse.classes[at]:
        before = lowers[at - 1] if at > 0 else ""
        # "the leaked brief", "officials involved in the talks": participles.
        return not (before in _DETERMINERS or before in _COUNTS or before in _PREPOSITIONS or after in _PREPOSITIONS)
    return False


def _front(parse: Parse, begin: int, end: int) -> int:
    """Return where a phrase begins, past adverbs, times and phrases in front; -1 if it does not."""
    lowers, words, kinds = parse.tokens.lowers, parse.tokens.words, parse.kinds
    at = begin
    while at < end and (lowers[at] in _BEFORE or not words[at][0].isalnum()):
        at += 1
    # "a day earlier Bakanov", "two weeks ago the minister"
    for i in range(at, min(at + 4, end)):
        if lowers[i] in _AGO and i > at and lowers[i - 1] in _TIMES:
            at = i + 1
            break
    if lowers[at] in _PREPOSITIONS and not (lowers[at] == "of" and at > 0 and lowers[at - 1] in _COUNTS):
        # "in May the minister", "on Monday Peskov": the phrase that ends the stretch.
        for i in range(at + 2, end + 1):
            if lowers[i - 1] in _PREPOSITIONS:
                continue
            if (
                lowers[i] in _DETERMINERS
                or (kinds[i] == "person" and kinds[i - 1] != "person")
                or (lowers[i - 1] in _TIMES and words[i][0].isupper() and lowers[i] not in _TIMES)
            ):
                return i
        return -1
    return at


def _speaks(parse: Parse, begin: int, head: int, end: int) -> bool:
    """Tell whether a noun phrase with the given head names somebody who can speak, or an official paper."""
    word, written = parse.tokens.lowers[head], parse.tokens.words[head]
    if not any(c.isalpha() for c in word):
        return parse.tokens.lowers[head - 1 : head] == ["."] and head > begin
    if word.endswith(_ADJECTIVES):
        return False
    if parse.kinds[head] in _NAMES:
        return True
    if word in ("tank", "tanks"):
        return "think" in parse.tokens.lowers[max(begin, head - 2) : head]
    if word in _heads():
        return True
    if written[0].isupper():
        if any(c.isdigit() for c in written):
            return False
        # A capital that opens a sentence tells nothing: "Work on the reactor".
        opens = head == begin and (head == 0 or parse.tokens.words[head - 1][0] in '.!?“"\n')
        if opens and head < end and word in verb_list().base:
            return False
        return "deal_noun" not in parse.classes[head] or head > begin
    return (
        word.endswith(_PEOPLE) and len(word) > 4 and word not in _NO_PEOPLE and "deal_noun" not in parse.classes[head]
    )
