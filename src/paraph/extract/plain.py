"""Plain statements: what a text says so plainly of a deal that no weight learnt from other texts may overrule it.

"No contract was signed", "the statement does not mention it", a list under "On hold": the annotation guidelines settle these,
and annotated texts hold too few of them to learn from. Each rule reads words around the anchor and the predicate that governs
it, and says stage, ahead and certainty; mood.py turns that into evidence whose weight is given (training/cues/train.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paraph.extract.states import judge
from paraph.extract.verbs import BE, FINITE, NEGATIONS, VerbGroup

__all__ = ["HEADING_TOKENS", "NOT_ENDED", "TRIGGERS", "Verdict", "awaited", "headed", "plainly", "question", "verbless"]

# The stage of a verdict that only says what a deal is not: a question whether to refuse it refuses nothing.
NOT_ENDED = "not-ended"
# How many words may stand between "no" and the deal's name ("no new and binding | accord"), determiners and adjectives only.
DETERMINER_REACH = 4
# How far to the right "yet", "until" and "on hold" are looked for, in tokens; the clause ends before that more often than not.
TAIL = 8
# A heading or lead-in of more words is a sentence, whose verb is read like any other's.
HEADING_TOKENS = 7


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is plainly said: a stage or NOT_ENDED, ahead and certainty, and the token that says it."""

    stage: str
    ahead: bool
    certainty: str
    bearer: int


_OPEN = frozenset(("yet", "final", "formal", "firm", "binding", "immediate", "full", "comprehensive"))
_CONDITIONS = frozenset("if unless until whether before once".split())
_STOPS = frozenset(', ; : . ? ! — – ( ) “ ” " and but or that which who while because as'.split())
_DOCUMENTS = frozenset(
    """statement statements communique communiqué declaration text document documents list paper papers readout read-out release
    agreement pact accord treaty memorandum sheet factsheet report draft it""".split()
)
# "no" before these denies no deal.
_IDLE = frozenset(
    """longer doubt more less later matter one sooner secret sign signs question surprise comment details reason plans plan
    other better fewer stranger idea need way""".split()
)
# Nouns that name a deal, and with a preposition behind them hand their "no" on: "no deal on | gas".
_HEADS = frozenset(
    "deal deals agreement agreements contract contracts accord accords pact pacts treaty order memorandum".split()
)
_MENTION = frozenset(
    "mention include contain list name cover mentioned included contained listed named covered".split()
)
_MENTION_NOUNS = frozenset("mention reference word provision".split())
_MISSING = frozenset("missing absent omitted excluded".split())
# Verbs that end or hold up what is there; what "rule out" and "deny" refuse need not exist.
_CUT_OFF = frozenset(
    """cancel cancelled canceled cancels withdraw withdrew withdrawn terminate terminated suspend suspended abandon abandoned
    scrap scrapped end ended quit revoke revoked freeze frozen froze halt halted pause paused stop stopped cut expire expired
    lapse lapsed collapse collapsed""".split()
)
_PAPERS = frozenset(
    "papers documents agreements deals list announcements pacts accords outcomes memoranda contracts".split()
)


def plainly(
    lowers: list[str],
    begin: int,
    end: int,
    group: VerbGroup | None,
    role: str,
    state: str,
    named: str,
) -> Verdict | None:
    """Return what is plainly said of the phrase of tokens ``begin`` to ``end``, or None.

    ``group`` governs it in ``role``; ``state`` and ``named`` are the class of what the group says and its mood.
    """
    if (
        group is not None
        and role == "subject"
        and lowers[begin] in _HEADS
        and (begin == end or lowers[begin + 1] == "between")
        and lowers[group.last] in ("exist", "exists")
        and named == "present"
    ):
        # "Agreements already exist": a deal without a content of its own that exists was agreed (DESIGN.md reads it so; the
        # guidelines alone would allow in_force).
        return Verdict("agreed", False, "certain", group.last)
    if group is not None and role in ("subject", "object", "inside", "within", "list"):
        found = _left_out(lowers, begin, end, group, role) or _kept(lowers, group, state, named)
        if found is not None:
            return found
    if group is not None and not group.negated and role in ("subject", "object"):
        for i in range(group.first - 1, max(0, group.first - 1 - TAIL), -1):
            if lowers[i] == "that" and lowers[i - 1] in _RUMOURS:
                stage, ahead, _ = judge(state, named, "")
                return Verdict(stage, ahead, "possible", i - 1) if stage else None
    for i in range(begin - 1, max(0, begin - 1 - DETERMINER_REACH), -1):
        if lowers[i] in _MENTION_NOUNS and lowers[i - 1] == "no" and lowers[i + 1] in _LINKS:
            return Verdict("ended", False, "certain", i)
    if group is not None and lowers[group.last] in _PUTTING:
        for i in range(end - 1, end + 2):
            if lowers[i : i + 2] in _HELD:
                return Verdict("stalled", False, "certain", i + 1)
    if group is not None and role == "subject" and not group.negated and group.form == "present":
        tail = lowers[group.first + 1 : group.last + 4]
        if "unresolved" in tail:
            return Verdict("stalled", False, "certain", group.last)
        if "within" in tail and "reach" in tail:
            return Verdict("agreed", True, "possible", group.last)
    at = _denied(lowers, begin)
    if at < 0:
        return None
    if not _CONDITIONS.isdisjoint(lowers[max(0, at - 3) : at]):
        return Verdict(NOT_ENDED, False, "", at)
    tail = lowers[end + 1 : end + 1 + TAIL]
    if not _CONDITIONS.isdisjoint(tail):
        return None
    if "yet" in tail or not _OPEN.isdisjoint(lowers[at + 1 : begin]):
        return Verdict("talks", False, "certain", at)
    if group is None:
        return Verdict("ended", False, "certain", at)
    # "signed no pact" reads as a negated verb by the same "no".
    own = group.negated and at == group.last + 1
    if role not in ("subject", "object") or (group.negated and not own):
        return None
    named = named.removeprefix("!") if own else named
    if state in ("end", "stall"):
        # Two negatives: what was not cancelled stands. "rejected no offer" is none of these.
        if role == "subject" and group.passive and not judge("sign", named, "")[1]:
            return Verdict("in_force", False, "certain", at)
        return None
    if state in ("", "sign", "agree", "buy", "do", "run", "be", "have", "report", "hold", "grow", "plan"):
        _, ahead, certainty = judge("sign", named, "")
        if lowers[at] == "without" and ahead:
            return None
        return Verdict("ended", ahead, "probable" if ahead and certainty == "certain" else certainty, at)
    return None


def _denied(lowers: list[str], begin: int) -> int:
    """Return the place of the "no" that the phrase at ``begin`` stands under, or -1."""
    floor = max(-1, begin - 1 - DETERMINER_REACH)
    i = begin - 1
    over = False
    while i > floor:
        word = lowers[i]
        if word in ("a", "single", "one") and "not" in lowers[max(0, i - 2) : i]:
            # "not a single deal"
            return i if "single" in lowers[i : begin + 1] or "one" in lowers[i:begin] else -1
        if word in ("no", "neither", "nor", "none", "without"):
            if i + 1 < len(lowers) and lowers[i + 1] in _IDLE:
                return -1
            if word == "none" and lowers[i + 1] != "of":
                return -1
            return i
        if word in _HEADS and not over and i + 1 < len(lowers) and lowers[i + 1] in _LINKS:
            over = True
        elif word in _LINKS and not over:
            if not (word == "of" and lowers[i - 1] == "none") and lowers[i - 1] not in _HEADS:
                return -1
        elif word in _STOPS or word in NEGATIONS or word in BE or word in _LINKS:
            return -1
        i -= 1
    return -1


_LINKS = frozenset("on for of over about to with in from at by between under after".split())


def _left_out(lowers: list[str], begin: int, end: int, group: VerbGroup, role: str) -> Verdict | None:
    """Return the verdict on a deal that a text leaves out."""
    word = lowers[group.last]
    before = lowers[max(0, group.first - 6) : group.first]
    told = group.form in ("present", "past", "perfect")
    if (
        role in ("object", "within")
        and word in _MENTION
        and group.negated
        and told
        and not _DOCUMENTS.isdisjoint(before)
    ):
        return Verdict("ended", False, "certain", group.last)
    if role == "object" and lowers[group.last + 1 : group.last + 3] == ["silent", "on"] and word in BE:
        return Verdict("ended", False, "certain", group.last + 1)
    if role == "subject" and group.form in ("present", "past", "perfect"):
        if not group.negated and (word in _MISSING or lowers[group.last + 1 : group.last + 2] == ["absent"]):
            return Verdict("ended", False, "certain", group.last)
        if (
            word in BE
            and group.negated
            and "among" in lowers[group.last + 1 : group.last + 3]
            and not _PAPERS.isdisjoint(lowers[group.last + 2 : group.last + 2 + TAIL])
        ):
            return Verdict("ended", False, "certain", group.last)
        if group.negated and word in ("figure", "feature", "appear"):
            return Verdict("ended", False, "certain", group.last)
        if " ".join(lowers[group.last : group.last + 2]) == "left out":
            return Verdict("ended", False, "certain", group.last)
    return None


def _kept(lowers: list[str], group: VerbGroup, state: str, named: str) -> Verdict | None:
    """Return the verdict on a deal that was not ended ("has not cancelled"), or not signed so far."""
    if (
        group.form == "infinitive"
        and state in ("end", "stall")
        and "no" in lowers[max(0, group.first - 2) : group.first]
    ):
        # "has no plans to cancel"
        return Verdict("in_force", False, "certain", group.last)
    if group.negated and named == "!refuse" and lowers[group.last] in _CUT_OFF:
        return Verdict("in_force", False, "certain", group.last)
    if group.form not in ("present", "past", "perfect") or named.lstrip("!") not in ("present", "past", "perfect"):
        return None
    if not group.negated:
        stage = _PARTICLED.get(" ".join(lowers[group.last : group.last + 2]))
        return Verdict(stage, False, "certain", group.last) if stage else None
    if lowers[group.last] in ("rule", "ruled") and lowers[group.last + 1 : group.last + 2] == ["out"]:
        return Verdict("idea", False, "possible", group.last)
    if state in ("end", "stall") and lowers[group.last] in _CUT_OFF:
        return Verdict("in_force", False, "certain", group.last)
    if state == "sign" and named in ("!perfect", "!past") and "yet" in lowers[group.first : group.last + 3]:
        return Verdict("talks", False, "certain", group.last)
    return None


def _asks(lowers: list[str]) -> bool:
    return "?" in lowers[-2:]


def question(lowers: list[str], group: VerbGroup | None, state: str, offset: int) -> Verdict | None:
    """Return the verdict on a deal that a question asks about: "why should it not buy" refuses nothing."""
    if group is None or state == "end":
        return None
    if not group.negated:
        return Verdict(NOT_ENDED, False, "", len(lowers) - 1) if _asks(lowers) else None
    asked = _asks(lowers)
    for i in range(group.first - 1, max(offset - 1, group.first - 1 - TAIL), -1):
        if lowers[i] in ("why", "whether"):
            asked = True
            break
        if lowers[i] in (";", "but"):
            break
    return Verdict(NOT_ENDED, False, "", group.first) if asked else None


def awaited(
    lowers: list[str], end: int, group: VerbGroup, following: VerbGroup, state: str, named: str
) -> Verdict | None:
    """Return the verdict on a deal that is awaited and that a relative clause says will be signed: "waiting for the pact that
    they are due to sign".
    """
    if lowers[group.last] not in _WAITING or state not in ("sign", "agree") or following.negated:
        return None
    at = next((i for i in range(end + 1, following.first) if lowers[i] in _STOPS or lowers[i] in _LINKS), end)
    if lowers[at] not in ("that", "which") and lowers[at : at + 2] != [",", "which"]:
        return None
    stage, ahead, certainty = judge(state, named, "")
    return Verdict(stage, ahead, certainty, following.last) if stage else None


# Verbs with a particle that say a state by themselves, whatever stands around them.
_PARTICLED = (
    dict.fromkeys(("put off", "puts off", "held up"), "stalled")
    | dict.fromkeys(("called off", "calls off", "turned down", "turns down", "ruled out", "rules out"), "ended")
    | dict.fromkeys(("turned out", "turns out", "churns out", "churned out"), "in_force")
)
_RUMOURS = frozenset("speculation rumours rumors".split())
_PUTTING = frozenset("put puts putting place places placed".split())
_HELD = (["on", "hold"], ["on", "ice"])
_WAITING = frozenset("wait waits waited waiting await awaits awaited awaiting".split())


# A sentence without one of these says nothing that the rules for clauses look for; most have none, and cost nothing.
TRIGGERS = (
    NEGATIONS
    | _MISSING
    | _RUMOURS
    | _WAITING
    | frozenset(phrase.split()[0] for phrase in _PARTICLED)
    | frozenset("no none without hold ice silent left unresolved reach exist exists ? why whether".split())
)


def headed(lowers: Sequence[str]) -> Verdict | None:
    """Return what a short heading or lead-in says of the list below it, its bearer counted from its own first token."""
    if not 0 < len(lowers) <= HEADING_TOKENS + 1:
        return None
    line = " " + " ".join(lowers).rstrip(":. ") + " "
    for stage, ahead, certainty, phrases in _HEADINGS:
        for phrase in phrases:
            at = line.find(f" {phrase} ")
            if at >= 0:
                return Verdict(stage, ahead, certainty, line[: at + 1].count(" ") - 1)
    return None


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split(","))


# What short headings and lead-ins say, the more telling first: "expected to be signed" before "signed", "not on the table"
# before "on the table".
_HEADINGS = (
    ("signed", True, "probable", _phrases("expected to be signed, likely to be signed, due to be signed, set to be signed")),
    ("signed", True, "certain", _phrases("to be signed, will be signed, for signature")),
    ("signed", True, "possible", _phrases("could be signed, may be signed, might be signed")),
    ("agreed", False, "certain", _phrases("but not signed, agreed in principle, not signed but agreed, announced")),
    ("talks", False, "certain", _phrases("not yet signed, not yet agreed, still open, still to be agreed")),
    ("ended", False, "certain", _phrases("not on the table, off the table, not signed, not agreed, not included, left out")),
    ("ended", False, "certain", _phrases("denied, ruled out, rejected, cancelled, canceled, refused, dropped, scrapped")),
    ("stalled", False, "certain", _phrases("on hold, on ice, stalled, suspended, delayed, postponed, put off, frozen, stuck")),
    ("signed", False, "certain", _phrases("signed, signed on, inked")),
    ("in_force", False, "certain", _phrases("already in place, in place, already in force, in force, existing")),
    ("in_force", False, "certain", _phrases("already exists, already exist, exists, exist, already running, in operation")),
    ("in_force", False, "certain", _phrases("ongoing, under way, underway, under implementation, being implemented")),
    ("talks", False, "certain", _phrases("under negotiation, under discussion, in talks, being negotiated, on the table")),
    ("talks", False, "certain", _phrases("on the agenda, in negotiation, in discussion")),
)  # fmt: skip


def verbless(groups: list[VerbGroup], offset: int) -> bool:
    """Tell whether a list item has no finite verb of its own, so that its heading or lead-in speaks for it."""
    return not any(group.first >= offset and group.form in FINITE for group in groups)
