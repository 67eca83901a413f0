"""Voice: what a sentence says about who stands behind one anchor, as named features with the token that bears each."""

from __future__ import annotations

import re

from paraph.extract.layout import Role
from paraph.extract.naming import PRONOUNS
from paraph.extract.parse import Parse
from paraph.extract.places import Place
from paraph.extract.sources import Attribution
from paraph.extract.tables import word_classes
from paraph.extract.verbs import verb_list

__all__ = ["carried", "turn", "voice_features"]

# Words after which an attribution speaks of something else.
_BREAKS = frozenset("; — – but while although though whereas which who".split())

# How many sentences back a speaker may stand whose words go on; speeches in gold/train go on for some ten.
BACK = 10
# How far from an anchor anything in its sentence counts, in tokens; a text without full stops must not cost the square of its
# length.
REACH = 150
# Words that tell of a voice wherever they stand.
_TELLING = frozenset(
    """reportedly reports report sources source officials analysts experts according media rumoured spokesman spokesperson
    company""".split()
)
_AUXILIARIES = frozenset("has have had been also is are was were again already".split())
_ACTORS = frozenset(("country", "capital", "seat", "bloc", "person", "firm", "body", "office"))


def voice_features(
    parse: Parse, place: Place, voices: list[list[Attribution]]
) -> tuple[dict[str, int], Attribution | None]:
    """Return the evidence for the source type of one anchor, and the voice that speaks there if any."""
    tokens = parse.tokens
    sentence = parse.sentence(place.n)
    first, stop = parse.ranges[place.n]
    first, stop = max(first, place.first - REACH), min(stop, place.last + 1 + REACH)
    found: dict[str, int] = {"role=" + sentence.role: -1}
    active = None
    here = [a for a in voices[place.n] if first <= a.first and a.last < stop]
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
            if active.bare:
                found["bare"] = active.first
            if any(tokens.lowers[i] in _BREAKS for i in range(*_between(active, place))):
                found[f"broken={side}/{active.type}"] = -1
    else:
        found["none"] = -1
        back = place.n - 1
        if back >= 0 and voices[back]:
            speaker = voices[back][-1]
            before_role = parse.sentence(back).role
            near = (
                "h"
                if before_role in (Role.TITLE, Role.HEADING)
                else ""
                if parse.sentence(back).block == sentence.block
                else "p"
            )
            quoting = tokens.words[first] in ('"', "“")
            found[f"prev{near}={speaker.type}"] = -1
            found[f"prev{near}+{'quote' if quoting else 'plain'}={speaker.type}"] = -1
            if tokens.lowers[first] in ("he", "she", "it", "they", "we"):
                found[f"prev{near}+he={speaker.type}"] = first
            if "would" in tokens.lowers[first:stop] or "had" in tokens.lowers[first:stop]:
                found[f"prev{near}+would={speaker.type}"] = -1
            active = carried(parse, place.n, voices)
        for far in (2, 3):
            if place.n < far or parse.sentence(place.n - far + 1).role in (Role.TITLE, Role.HEADING):
                break
            if voices[place.n - far]:
                found[f"back{far}={voices[place.n - far][-1].type}"] = -1
                break
    issued = _document(parse)
    if issued is not None:
        found["document" + ("" if here else "+none")] = -1
        active = active or issued
    if " ".join(tokens.lowers[first : first + 3]).startswith(_ISSUING):
        found["issuing" + ("+document" if issued is not None else "")] = first
    if sentence.lead is not None and voices[sentence.lead]:
        active = active or voices[sentence.lead][-1]
        found["lead=" + voices[sentence.lead][-1].type] = voices[sentence.lead][-1].verb
    if turn(parse, place.n) is not None:
        found["turn"] = -1
    ahead = tokens.words[first : place.first]
    quotes = ahead.count('"') + ahead.count("“") + ahead.count("”")
    found["quoted" if quotes % 2 else "plain"] = -1
    if tokens.words[first] in ('"', "“") if first < stop else False:
        found["opens-quote" + ("" if here else "+none")] = first
    acting, officials = word_classes("voices")["act"], word_classes("voices")["official"]
    for i, word in enumerate(tokens.lowers[first:stop], first):
        if word in _TELLING:
            found[f"word={word}{'' if here else '+none'}"] = i
        if word in acting and i > first:
            actor = i - 1
            while actor > first and tokens.lowers[actor] in _AUXILIARIES:
                actor -= 1
            kind = parse.kinds[actor] or ("office" if tokens.lowers[actor] in officials else "")
            if kind in _ACTORS:
                side = "b" if i < place.first else "f"
                found[f"act={kind}/{side}"] = i
                found[f"actw={word}"] = i
                if active is None and side == "b":
                    active = _actor(parse, first, actor, i, kind)
    for i in range(first, min(stop, first + 4)):
        if parse.kinds[i]:
            found["subject=" + parse.kinds[i] + ("" if here else "+none")] = i
            break
    return found, active


def turn(parse: Parse, n: int) -> tuple[int, int] | None:
    """Return where the speaker is named in whose turn the n-th sentence stands, in code points; None if it stands in none.

    A place before a colon is a dateline ("New Delhi: The minister …"), a noun of deals or a verb a label ("New order: …").
    """
    speaker = parse.sentence(n).speaker
    if speaker is None:
        return None
    first, stop = parse.token_range(*speaker)
    if all(parse.kinds[i] in _PLACES for i in range(first, stop)):
        return None
    label = not parse.kinds[stop - 1] and (
        "deal_noun" in parse.classes[stop - 1] or parse.tokens.lowers[stop - 1] in verb_list().base
    )
    return None if label and stop > first + 1 and not parse.text[slice(*speaker)].isupper() else speaker


# Kinds of names that open a dateline.
_PLACES = frozenset(("capital", "city", "seat", "country"))


def carried(
    parse: Parse, n: int, voices: list[list[Attribution]], kind: str = "", reach: int = BACK
) -> Attribution | None:
    """Return the voice whose words go on in the n-th sentence: the last one before it, of the given type if any.

    Within a paragraph words go on until another speaks; into a new one only with a quotation, a pronoun for a subject or the
    tense of indirect speech; and never across a heading. An item's voice is that of its lead-in.
    """
    at = n
    while at > max(0, n - reach):
        here = parse.sentence(at)
        back = at - 1 if here.lead is None or here.lead >= at else here.lead
        before = parse.sentence(back)
        if before.role in (Role.TITLE, Role.HEADING):
            return None
        if here.lead is None and before.block != here.block and not _goes_on(parse, at):
            return None
        if voices[back]:
            return next((voice for voice in reversed(voices[back]) if not kind or voice.type == kind), None)
        at = back
    return None


def _goes_on(parse: Parse, n: int) -> bool:
    """Tell whether a sentence that opens a paragraph shows that the speaker before it goes on."""
    first, stop = parse.ranges[n]
    lowers = parse.tokens.lowers
    if first >= stop:
        return False
    if (
        parse.tokens.words[first] in ('"', "“")
        or lowers[first] in PRONOUNS
        or lowers[first] in ("we", "i", "his", "her")
    ):
        return True
    return any(lowers[i] in _INDIRECT for i in range(first, min(stop, first + REACH)))


# The tense of what another is reported to have said.
_INDIRECT = frozenset(("would", "had"))


# How official documents are named in their titles or first lines, and how their sentences open.
_PAPER = re.compile(
    r"(?:\A|: )(?:joint (?:statement|declaration|vision|press)|fact ?sheet|communiqu[eé]|read-?out|declaration|list of outcomes"
    r"|press release|statement by|roadmap)"
)
_ISSUING = (
    "we ",
    "the leaders",
    "the two leaders",
    "both leaders",
    "the two sides",
    "both sides",
    "the sides",
    "the participants",
)


def _document(parse: Parse) -> Attribution | None:
    """Return the document's own voice where its title or first line names an official paper."""
    first, stop = parse.ranges[0]
    opening = (
        parse.text[parse.layout.sentences[0].start : parse.layout.sentences[0].end] if parse.layout.sentences else ""
    )
    for line in (parse.title or "", opening):
        if len(line) < PAPER_CHARS and _PAPER.search(line.lower()):
            return Attribution(first, max(first, stop - 1), first, "official", "document", line.strip())
    return None


# Longest line that names a paper; a longer one is a sentence about one.
PAPER_CHARS = 200


def _actor(parse: Parse, first: int, last: int, verb: int, kind: str) -> Attribution:
    """Return the voice of who speaks by acting ("Moscow has proposed"), its name as the text has it."""
    words, kinds, tokens = parse.tokens.words, parse.kinds, parse.tokens
    begin = last
    while begin > first and kinds[begin - 1] == kinds[last] and words[begin - 1][0].isupper():
        begin -= 1
    name = parse.text[tokens.starts[begin] : tokens.ends[last]]
    return Attribution(begin, last, verb, "company" if kind == "firm" else "official", "act", name)


def _between(voice: Attribution, place: Place) -> tuple[int, int]:
    return (voice.verb + 1, place.first) if voice.verb < place.first else (place.last + 1, voice.first)
