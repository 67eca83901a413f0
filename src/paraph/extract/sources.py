"""Sources: who stands behind a sentence, read from reporting verbs, "according to" and the voices a text sets up.

An attribution is found where a voice (a noun phrase) meets a reporting verb, before or after it, or follows "according to",
"citing" and the like. Pronouns and "the minister" take the type and the name of the last voice that fits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from paraph.extract.layout import Role
from paraph.extract.naming import PRONOUNS, names, nominal
from paraph.extract.parse import Parse
from paraph.extract.tables import word_classes
from paraph.extract.verbs import BE, DO, HAVE, MODALS

__all__ = ["Attribution", "attributions"]

# Longest noun phrase that is taken for a voice, in tokens: longer ones are clauses read wrongly.
VOICE_TOKENS = 16
_STOPS = frozenset(', . ; : ( ) — – - " “ ” ? ! that which who while but'.split())
_TYPES = ("unnamed", "media", "expert", "company", "official")
# Words of experts ("a think tank") that outweigh the name of an office.
EXPERT_SURE = 2
# Longest voice at the end of a headline, in tokens.
TAIL_TOKENS = 4
# How many tokens behind a name may tell that it is an expert's.
EXPERT_TOKENS = 10
_DESCRIBING = frozenset("a an the senior".split())
_ONCE = frozenset(("former", "retired", "author", "authors"))
# How far before a pronoun the person may stand whom it means, in tokens: about two sentences.
PERSON_TOKENS = 50
# Longest name of a person after a title, in tokens.
NAME_TOKENS = 4
_SERVANTS = frozenset("officials official diplomat diplomats".split())
_AFTER_HEADS = frozenset("of in at from with on close who involved and or here there".split())
_DAILIES = frozenset(("daily", "weekly", "monthly"))
_GOING = frozenset("went goes going".split())
_OPENING_LEADS = frozenset("according citing cited quoting quoted in as".split())
# Words after which a new clause or phrase begins, so that a voice cannot reach across them.
_OPENERS = frozenset(
    "after since when where if because until before once than so yet whether though although for".split()
)
_ABBREVIATED = frozenset(
    "u.s u.k u.n u.a.e mr mrs ms dr gen lt col maj sen rep gov prof st jr sr inc corp co ltd".split()
)
_SKIP = frozenset(
    """has have had also was were is are been being not later earlier then already further recently again separately repeatedly
    on monday tuesday wednesday thursday friday saturday sunday yesterday today jointly in""".split()
)
# What will be announced nobody has said yet.
_TO_COME = frozenset("will shall may might could to".split())
_BETWEEN = DO | frozenset(("as", "never", ">"))
_LEADS = (
    ("according", "to"),
    ("citing",),
    ("cited",),
    ("quoting",),
    ("quoted",),
    ("in", "the", "words", "of"),
    ("in", "the", "view", "of"),
    ("as", "told", "by"),
    ("as", "stated", "by"),
)
_POINTING = frozenset(("the", "this", "one"))
_DETERMINERS = frozenset(
    "the a an this these its his her their our my your whose one two three several some many both another".split()
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """A voice with the word that lends it: tokens ``first`` to ``last`` inclusive, ``verb`` the token of the reporting word.

    ``type`` is a SourceType's value; ``where`` tells how it was found: "before" the verb, "after" it, "lead" for "according
    to"; ``name`` is the voice as the text names it, a pronoun's being that of whom it stands for, and ``place`` where that name
    stands, in code points. ``far`` is the last token of what describes the voice. ``bare`` where nothing but a name tells the
    type.
    """

    first: int
    last: int
    verb: int
    type: str
    where: str
    name: str
    place: tuple[int, int] = (0, 0)
    far: int = 0
    bare: bool = False


def attributions(parse: Parse) -> list[list[Attribution]]:
    """Return the attributions of each sentence, in order of place. Linear in the text."""
    speech = word_classes("voices")["speech"]
    out: list[list[Attribution]] = []
    known = _introduced(parse)
    last: Attribution | None = None
    lowers, words = parse.tokens.lowers, parse.tokens.words
    for first, stop in parse.ranges:
        found: list[Attribution] = []
        tail = _tail(parse, len(out), first, stop, last)
        for at in range(first, stop):
            word = lowers[at]
            candidate = None
            # "the United States", "the Washington Post": a capital within the sentence is no verb; nor is "has been asked".
            if (
                (word in speech or (word in _GOING and lowers[at + 1 : at + 2] == ["on"]))
                and (at == first or words[at][0].islower())
                and not (at > first and (lowers[at - 1] in BE or lowers[at - 1] in _TO_COME))
            ):
                candidate = _before(parse, first, at, last) or _after(parse, at, stop, last)
            elif word in _OPENING_LEADS:
                for lead in _LEADS:
                    if word == lead[0] and tuple(lowers[at : at + len(lead)]) == lead:
                        candidate = _phrase(parse, at + len(lead), stop, at, "lead", last)
                        break
            if candidate is not None and not (found and found[-1].first == candidate.first):
                if candidate.bare:
                    kind = next(
                        (
                            known[lowers[i]]
                            for i in range(candidate.last, candidate.first - 1, -1)
                            if lowers[i] in known
                        ),
                        "",
                    )
                    if kind:
                        candidate = replace(candidate, type=kind, bare=False)
                elif words[candidate.last][0].isupper():
                    known.setdefault(lowers[_surname(parse, candidate)], candidate.type)
                found.append(candidate)
                if candidate.name:
                    last = candidate
        if tail is not None and not found:
            found.append(tail)
            last = tail
        out.append(found)
    return out


def _surname(parse: Parse, voice: Attribution) -> int:
    """Return the last word of a voice's own name: of "Ann Roe of the Harbour Institute", "Roe"."""
    words = parse.tokens.words
    at = voice.first
    while at < voice.last and words[at + 1][0].isupper():
        at += 1
    return at if words[at][0].isupper() else voice.last


def _tail(parse: Parse, n: int, first: int, stop: int, last: Attribution | None) -> Attribution | None:
    """Return the voice that a headline ends with: "Gas deal close: minister"."""
    if parse.sentence(n).role not in (Role.TITLE, Role.HEADING):
        return None
    for at in range(stop - 2, max(first, stop - 2 - TAIL_TOKENS), -1):
        if parse.tokens.lowers[at] in (":", "–", "—", "-"):
            return (
                _make(parse, at + 1, stop - 1, at, "tail", last, stop - 1)
                if _is_voice(parse, at + 1, stop - 1)
                else None
            )
    return None


def _introduced(parse: Parse) -> dict[str, str]:
    """Return what names are said to be where they are introduced: "chairman Kim Whang", "Imatron Inc", by their last word."""
    lowers, words, kinds = parse.tokens.lowers, parse.tokens.words, parse.kinds
    types = _voice_words()
    out: dict[str, str] = {}
    for at in range(len(words)):
        word = words[at]
        if not word[0].isupper() or kinds[at] not in ("", "person", "firm") or lowers[at] in types or len(word) < 3:
            continue
        before, after = (
            types.get(lowers[at - 1], "") if at else "",
            types.get(lowers[at + 1], "") if at + 1 < len(words) else "",
        )
        if after == "company" and words[at + 1][0].isupper():
            out.setdefault(lowers[at], "company")
        elif before in ("company", "official", "expert"):
            end = at
            while end + 1 < len(words) and words[end + 1][0].isupper() and end - at < NAME_TOKENS:
                end += 1
            out.setdefault(lowers[end], before)
        elif at and words[at - 1][0].isupper() and lowers[at - 1].isalpha() and _learned(parse, at + 1):
            out.setdefault(lowers[at], "expert")
    return out


def _learned(parse: Parse, at: int) -> bool:
    """Tell whether what follows a full name makes it an expert's: "of the Harbour Institute", ", a senior fellow at"."""
    lowers, experts = parse.tokens.lowers, word_classes("voices")["expert"]
    stop = min(len(lowers), at + EXPERT_TOKENS)
    if at >= stop:
        return False
    if lowers[at] == ",":
        # "former" alone tells of an office.
        return (
            at + 1 < stop
            and lowers[at + 1] in _DESCRIBING
            and any(
                lowers[i] in experts and lowers[i] not in _ONCE for i in range(at + 2, _clause(lowers, at + 2, stop))
            )
        )
    return lowers[at] in ("of", "at", "with", "from") and any(
        lowers[i] in experts and parse.tokens.words[i][0].isupper()
        for i in range(at + 1, _clause(lowers, at + 1, stop))
    )


def _clause(lowers: list[str], at: int, stop: int) -> int:
    return next((i for i in range(at, stop) if lowers[i] in _STOPS), stop)


@cache
def _voice_words() -> dict[str, str]:
    """Return the type that a word in a voice votes for; a word in two classes has the first."""
    voices = word_classes("voices")
    return {word: name for name in reversed(_TYPES) for word in voices[name]}


def _before(parse: Parse, first: int, verb: int, last: Attribution | None) -> Attribution | None:
    """Return the voice that stands before a reporting verb as its subject."""
    lowers = parse.tokens.lowers
    end = verb - 1
    while end >= first and (
        lowers[end] in _SKIP
        or lowers[end] in MODALS
        or lowers[end] in _BETWEEN
        or (lowers[end].endswith("ly") and lowers[end] not in _DAILIES and parse.tokens.words[end][0].islower())
    ):
        end -= 1
    if end > first and lowers[end] == "." and lowers[end - 1] in _ABBREVIATED:
        end -= 1
    # "… with Peru”, adds the minister": the voice comes behind.
    if parse.tokens.words[end - (end > first and lowers[end] == ",")] in ('"', "”"):
        return None
    # An apposition between commas: "Dmitry Peskov, the Kremlin spokesman, said".
    if end > first and lowers[end] == ",":
        opening = end - 1
        while opening > first and end - opening <= VOICE_TOKENS and lowers[opening] != ",":
            opening -= 1
        if lowers[opening] == "," and opening > first:
            begin = _begin(parse, first, opening - 1)
            if begin is not None:
                words = parse.tokens.words
                if words[opening - 1][0].islower() and all(words[i][0].isupper() for i in range(opening + 1, end)):
                    # "the ambassador, Olga Holm, said": the name is what he is called by.
                    return _make(parse, opening + 1, end - 1, verb, "before", last, end - 1, begin)
                # What a relative clause speaks of is another: "Holm, who consults officials, said".
                told = opening - 1 if lowers[opening + 1] in ("who", "whose", "which") else end - 1
                return _make(parse, begin, told, verb, "before", last, opening - 1)
        return None
    begin = _begin(parse, first, end)
    if begin is not None and begin - 1 > first and lowers[begin - 1] in ("who", "which", "that"):
        # "a source who knows the paper said": the voice stands before the relative clause.
        head = begin - (3 if lowers[begin - 2] in ("with", "of", "to", "for", "in") else 2)
        if head >= first and lowers[head] not in _STOPS:
            far = _begin(parse, first, head)
            if far is not None and _is_voice(parse, far, head):
                return _make(parse, far, head, verb, "before", last, head)
    return None if begin is None else _make(parse, begin, end, verb, "before", last, end)


def _begin(parse: Parse, first: int, end: int) -> int | None:
    lowers, words = parse.tokens.lowers, parse.tokens.words
    begin = end
    speech = word_classes("voices")["speech"]
    while begin >= first and end - begin < VOICE_TOKENS:
        word = lowers[begin]
        if word == "." and begin > first and _shortened(parse, begin - 1):
            begin -= 1
            continue
        # "the Centre for Arms Studies": what is joined within a name.
        if word == "for" and first < begin < end and words[begin - 1][0].isupper() and words[begin + 1][0].isupper():
            begin -= 1
            continue
        if (
            word in _STOPS
            or word in _OPENERS
            or word in MODALS
            or word in BE
            or word in HAVE
            or (word in speech and words[begin][0].islower())
            or (word in ("and", "or", "as") and begin < end and not words[begin + 1][0].isupper())
        ):
            break
        begin -= 1
    begin += 1
    if begin > end or not any(c.isalpha() for c in words[end]):
        return None
    head = words[end]
    known = lowers[end] in PRONOUNS or _is_voice(parse, begin, end) or names(parse, end)
    return begin if known or head[0].isupper() else None


def _shortened(parse: Parse, at: int) -> bool:
    """Tell whether a full stop after this token shortens it: "Mr.", "Mary E."."""
    word = parse.tokens.words[at]
    return parse.tokens.lowers[at] in _ABBREVIATED or (len(word) == 1 and word.isupper())


def _after(parse: Parse, verb: int, stop: int, last: Attribution | None) -> Attribution | None:
    """Return the voice that follows its verb: '…", said the minister'; only after a comma or a quotation mark."""
    words = parse.tokens.words
    if verb == 0 or words[verb - 1] not in (",", '"', "”", "’", "'", "?", "!", "–", "—"):
        return None
    return _phrase(parse, verb + 1, stop, verb, "after", last)


def _phrase(parse: Parse, begin: int, stop: int, verb: int, where: str, last: Attribution | None) -> Attribution | None:
    lowers = parse.tokens.lowers
    end = begin
    speech = word_classes("voices")["speech"]
    while (
        end < stop
        and end - begin < VOICE_TOKENS
        and (
            lowers[end] not in _STOPS
            or (lowers[end] == "." and end > begin and end + 1 < stop and _shortened(parse, end - 1))
        )
        and (lowers[end] not in speech or lowers[end] == "think" or parse.tokens.words[end][0].isupper())
        and lowers[end] not in ("as", "when", "after")
    ):
        end += 1
    end -= 1
    if end < begin:
        return None
    if where == "after" and not (_is_voice(parse, begin, end) or parse.tokens.words[begin][0].isupper()):
        return None
    # "…, said Pham Quang Vinh, former ambassador": the apposition may settle the type.
    far = end
    comma = end + 1
    if comma + 3 < stop and lowers[comma] == "(" and lowers[comma + 2] == ")":
        comma += 3
    if comma + 1 < stop and lowers[comma] == ",":
        far = min(stop - 1, comma + VOICE_TOKENS)
        for i in range(comma + 1, far + 1):
            if lowers[i] in _STOPS:
                far = i - 1
                break
    return _make(parse, begin, far, verb, where, last, end)


def _is_voice(parse: Parse, begin: int, end: int) -> bool:
    voices = word_classes("voices")
    return any(
        parse.tokens.lowers[i] in voices[name]
        for i in range(begin, end + 1)
        for name in ("unnamed", "media", "expert", "company", "official")
    ) or any(parse.kinds[i] for i in range(begin, end + 1))


def _make(
    parse: Parse,
    begin: int,
    far: int,
    verb: int,
    where: str,
    last: Attribution | None,
    end: int,
    about: int | None = None,
) -> Attribution | None:
    lowers, tokens = parse.tokens.lowers, parse.tokens
    phrase = nominal(parse, begin, end, forward=where in ("lead", "after", "tail"))
    if phrase is None:
        return None
    if phrase[1] != end and far == end:
        far = phrase[1]
    begin, end = phrase
    far = max(far, end)
    here = (tokens.starts[begin], tokens.ends[end])
    if end == begin and lowers[begin] in PRONOUNS:
        if last is None:
            if lowers[begin] in ("it", "they"):
                return None
            who = _person(parse, begin)
            name = here if who is None else (tokens.starts[who[0]], tokens.ends[who[1]])
            return Attribution(begin, end, verb, "official", where, _said(parse, name), name, end)
        return Attribution(begin, end, verb, last.type, where, last.name, last.place, end)
    kind, bare = voice_type(parse, begin if about is None else about, far)
    head = lowers[end]
    if last is not None and lowers[begin] in _POINTING and end - begin <= 2 and tokens.words[end][0].islower():
        described = head in lowers[last.first : last.far + 1]
        if head in _SERVANTS or head.startswith("spokes"):
            if end - begin == 1:
                known = last.type if last.type in ("official", "unnamed", "company") else kind
                return Attribution(begin, end, verb, known, where, last.name, last.place, end)
        elif last.type == kind and last.first < begin and (described or kind == "media"):
            return Attribution(begin, end, verb, kind, where, last.name, last.place, end)
    while begin < end and lowers[begin] in _DETERMINERS and lowers[begin + 1] != "of":
        begin += 1
    # "the U.S." keeps its full stop.
    close = end + 1 if head in _ABBREVIATED and lowers[end + 1 : end + 2] == ["."] else end
    place = (tokens.starts[_owner(parse, begin)], tokens.ends[close])
    return Attribution(begin, end, verb, kind, where, _said(parse, place), place, far, bare)


def _said(parse: Parse, place: tuple[int, int]) -> str:
    """Return a name as the text has it, on one line."""
    return " ".join(parse.text[slice(*place)].split())


def _person(parse: Parse, before: int) -> tuple[int, int] | None:
    """Return the last person named before a pronoun, first and last token; only near it."""
    kinds, words = parse.kinds, parse.tokens.words
    for at in range(before - 1, max(-1, before - 1 - PERSON_TOKENS), -1):
        if kinds[at] == "person":
            first = at
            while first > 0 and kinds[first - 1] == "person" and words[first - 1][0].isupper():
                first -= 1
            return first, at
    return None


def _owner(parse: Parse, begin: int) -> int:
    """Return where a name begins with its owner's: "Peru's ambassador"; the type is told without the owner."""
    if begin >= 2 and parse.tokens.lowers[begin - 1] == "'s" and parse.kinds[begin - 2]:
        begin -= 2
        while begin > 0 and parse.kinds[begin - 1] == parse.kinds[begin] and parse.tokens.words[begin - 1][0].isupper():
            begin -= 1
    return begin


def voice_type(parse: Parse, first: int, last: int) -> tuple[str, bool]:
    """Return the SourceType's value of a voice, from the heads in its noun phrase and the names it holds; and whether
    nothing told it, so that it is a guess.
    """
    voices = word_classes("voices")
    lowers, kinds = parse.tokens.lowers, parse.kinds
    votes: dict[str, float] = {}
    office = named = False
    for i in range(first, last + 1):
        word = lowers[i]
        kind = kinds[i]
        if kind == "media":
            votes["media"] = votes.get("media", 0) + 2
        elif kind == "firm":
            votes["company"] = votes.get("company", 0) + 1.5
        elif kind in ("person", "body", "seat") and (i == first or kinds[i - 1] != kind):
            votes["official"] = votes.get("official", 0) + 1.5
            office = True
        for name in ("unnamed", "media", "expert", "company", "official"):
            if word in voices[name]:
                votes[name] = votes.get(name, 0) + 1
        if i > first and parse.tokens.words[i][0].isupper() and not kind:
            named = True
        if word in (
            "ministry",
            "department",
            "government",
            "embassy",
            "spokesman",
            "spokeswoman",
            "spokesperson",
            "office",
            "pentagon",
            "kremlin",
            "administration",
            "commission",
            "army",
            "navy",
            "embassies",
            "ministries",
        ):
            office = True
    unnamed = any(
        lowers[i] in ("sources", "source", "people", "person", "familiar", "anonymity", "insiders", "briefed")
        for i in range(first, last + 1)
    )
    if unnamed and not votes.get("media", 0) >= 2:
        return "unnamed", False
    heads = (i for i in range(first, last + 1) if lowers[i] in _SERVANTS)
    if not named and any(i == last or not lowers[i + 1].isalpha() or lowers[i + 1] in _AFTER_HEADS for i in heads):
        return ("official" if office else "unnamed"), False
    if votes.get("expert", 0) >= EXPERT_SURE or (
        votes.get("expert", 0) >= 1 and not any(k in ("body", "seat") for k in kinds[first : last + 1])
    ):
        return "expert", False
    if not votes:
        return "official", not any(kinds[first : last + 1])
    order = ("media", "company", "official", "unnamed", "expert")
    return max(order, key=lambda name: (votes.get(name, 0), -order.index(name))), False
