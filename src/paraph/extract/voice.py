"""Voice: what a sentence says about who stands behind one anchor, as named features with the token that bears each."""

from __future__ import annotations

from paraph.extract.parse import Parse
from paraph.extract.places import Place
from paraph.extract.sources import Attribution
from paraph.extract.tables import word_classes

__all__ = ["voice_features"]

# Words after which an attribution speaks of something else.
_BREAKS = frozenset("; — – but while although though whereas which who".split())


def voice_features(
    parse: Parse, place: Place, voices: list[list[Attribution]]
) -> tuple[dict[str, int], Attribution | None]:
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
    quotes = sum(tokens.words[i] in ('"', "“") for i in range(first, place.first)) + sum(
        tokens.words[i] == "”" for i in range(first, place.first)
    )
    found["quoted" if quotes % 2 else "plain"] = -1
    if tokens.words[first] in ('"', "“") if first < stop else False:
        found["opens-quote" + ("" if here else "+none")] = first
    act = word_classes("voices")["act"]
    for i in range(first, stop):
        word = tokens.lowers[i]
        if word in (
            "reportedly",
            "reports",
            "report",
            "sources",
            "source",
            "officials",
            "analysts",
            "experts",
            "according",
            "media",
            "rumoured",
            "spokesman",
            "spokesperson",
            "company",
        ):
            found[f"word={word}{'' if here else '+none'}"] = i
        if (
            word in act
            and i > first
            and parse.kinds[i - 1] in ("country", "capital", "seat", "bloc", "person", "firm", "body")
        ):
            found[f"act={parse.kinds[i - 1]}/{'b' if i < place.first else 'f'}"] = i
            found[f"actw={word}"] = i
    for i in range(first, min(stop, first + 4)):
        if parse.kinds[i]:
            found["subject=" + parse.kinds[i] + ("" if here else "+none")] = i
            break
    return found, active


def _between(voice: Attribution, place: Place) -> tuple[int, int]:
    return (voice.verb + 1, place.first) if voice.verb < place.first else (place.last + 1, voice.first)
