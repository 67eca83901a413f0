"""Which words a text hedges with: the cues that decided how sure a signal is, as one phrase that can be counted."""

from __future__ import annotations

from paraph.model import Certainty, Signal

__all__ = ["WORDINGS_AT_MOST", "wording_of"]

# The words that hedge, by how sure they make a statement (the guidelines' lists), in the forms in which they come, and the phrase
# under which they are counted. A closed list, so that a text cannot make up wordings of its own.
_HEDGES: dict[Certainty, dict[str, str]] = {
    Certainty.POSSIBLE: {
        "could": "could",
        "may": "may",
        "might": "might",
        "would": "would",
        "if": "if",
        "perhaps": "perhaps",
        "plausible": "plausible",
        "possible": "possible",
        "possibly": "possible",
        "possibility": "possible",
        "possibilities": "possible",
        "potential": "potential",
        "potentially": "potential",
        "hint": "hinted",
        "hints": "hinted",
        "hinted": "hinted",
        "hinting": "hinted",
        "speculation": "speculation",
        "speculated": "speculation",
        "rumoured": "rumoured",
        "rumored": "rumoured",
        "rumours": "rumoured",
        "rumors": "rumoured",
        "reportedly": "reportedly",
        "consider": "considering",
        "considers": "considering",
        "considered": "considering",
        "considering": "considering",
        "explore": "exploring",
        "explores": "exploring",
        "exploring": "exploring",
    },
    Certainty.PROBABLE: {
        "expect": "expected to",
        "expects": "expected to",
        "expected": "expected to",
        "expecting": "expected to",
        "anticipated": "expected to",
        "likely": "likely to",
        "unlikely": "unlikely to",
        "probably": "probably",
        "set": "set to",
        "poised": "poised to",
        "plan": "plans to",
        "plans": "plans to",
        "planned": "plans to",
        "planning": "plans to",
        "due": "due to",
        "scheduled": "scheduled to",
        "track": "on track to",
        "hope": "hopes to",
        "hopes": "hopes to",
        "hoped": "hopes to",
        "hoping": "hopes to",
        "hopeful": "hopes to",
        "confident": "confident",
        "aim": "aims to",
        "aims": "aims to",
        "aimed": "aims to",
        "aiming": "aims to",
        "intend": "intends to",
        "intends": "intends to",
        "intended": "intends to",
        "should": "should",
        "close": "close to",
        "nearing": "close to",
        "ready": "ready to",
    },
    Certainty.CERTAIN: {"will": "will", "shall": "will", "would": "would", "to": "is to"},
}
# What is foretold, where the text says it with one of these words after the hedge; by their beginnings.
_VERBS = (
    ("sign", "sign"),
    ("ink", "sign"),
    ("includ", "include"),
    ("announc", "announce"),
    ("unveil", "announce"),
    ("discuss", "discuss"),
    ("talk", "discuss"),
    ("rais", "discuss"),
    ("negotiat", "negotiate"),
    ("finali", "conclude"),
    ("conclud", "conclude"),
    ("agree", "agree"),
    ("approv", "approve"),
    ("buy", "buy"),
    ("purchas", "buy"),
    ("deliver", "deliver"),
    ("launch", "launch"),
    ("propos", "propose"),
    ("postpon", "postpone"),
)
# No more than these can be told apart, whatever a text holds.
WORDINGS_AT_MOST = len({phrase for forms in _HEDGES.values() for phrase in forms.values()} | {""}) * (
    len({verb for _, verb in _VERBS}) + 1
)


def wording_of(signal: Signal, text: str) -> str:
    """Return the words that say how sure a signal is, as a phrase: "expected to sign", "could include", "will"; "" for none.

    ``text`` is the document's, into which the cues of ``signal.why`` point. The first cue that hedges as surely as the signal was
    read (else the first that hedges at all) gives the phrase, and the first verb of a short list after it the rest. The
    phrase is one of a closed list (at most ``WORDINGS_AT_MOST``). The certainty that a person or another engine set without
    cues has no wording.
    """
    cues = sorted({(cue.start, cue.end) for cue in signal.why if cue.field in ("certainty", "ahead", "stage")})
    words = [word for start, end in cues for word in text[start:end].casefold().split()]
    order = (signal.certainty, *(each for each in reversed(Certainty) if each is not signal.certainty))
    for certainty in order:
        forms = _HEDGES[certainty]
        for n, word in enumerate(words):
            if word in forms:
                return " ".join([forms[word], *_verb(words[n + 1 :])])
    return ""


def _verb(words: list[str]) -> list[str]:
    for word in words:
        for begin, verb in _VERBS:
            if word.startswith(begin):
                return [verb]
    return []
