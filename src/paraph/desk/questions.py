"""What a person is asked in the review: the questions with all that a page shows of them, and how urgent each is. Pure.

**Urgency** = doubt × consequence.

*Doubt* is how little the machine knows: of a signal ``1 - |2c - 1|`` of its confidence c, which is 1 at even odds and 0 where it
is certain; of a link how near its score lies above the bar from which two signals count as one deal; of a verdict that shows
evidence 1 at even odds or less; of one that finds nothing, how near the nearest words came to the bar. It is never less
than ``LEAST_DOUBT``: what much hangs on is looked at some day, however sure the machine is.

*Consequence* is what would change if the machine were wrong: a product of factors, 1 where there is nothing to say. What the
signal says was reached or refused (``STAGES``); whether few independent voices speak of the deal (``FEW_VOICES``); whether a
verdict rests on it (``EVIDENCE``); whether an occasion of its parties is near (``NEAR``, in full on its days and less
with every day up to ``NEAR_DAYS`` before and after); and what the words rest on (``AUTHORITY``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from paraph.desk.values import DealRow, Review
from paraph.link import THRESHOLD
from paraph.model import Authority, Occasion, Outcome, Sighting, Stage, Verdict
from paraph.resolve.verdicts import BARS

__all__ = [
    "Candidate",
    "Circumstances",
    "Decision",
    "Item",
    "Progress",
    "Question",
    "closeness",
    "doubt_of_link",
    "doubt_of_signal",
    "doubt_of_verdict",
    "drawn",
    "pace",
    "spread",
    "urgency_of",
    "why_of",
]

# All set by eye, to be learnt from what reviewers do once there is enough of it.
LEAST_DOUBT = 0.05
STAGES: Mapping[Stage, float] = {
    Stage.SIGNED: 2.0,
    Stage.AGREED: 1.6,
    Stage.STALLED: 1.6,
    Stage.ENDED: 1.6,
    Stage.TALKS: 1.0,
    Stage.IN_FORCE: 0.8,
    Stage.IDEA: 0.8,
}
# By the number of independent voices of the deal; more than these make no difference.
FEW_VOICES: Mapping[int, float] = {0: 1.5, 1: 1.5, 2: 1.2}
EVIDENCE = 2.0
NEAR, NEAR_DAYS = 2.0, 30
AUTHORITY: Mapping[Authority, float] = {
    Authority.TREATY_REGISTER: 1.3,
    Authority.SIGNED_TEXT: 1.3,
    Authority.OUTCOME_LIST: 1.3,
    Authority.JOINT_STATEMENT: 1.3,
    Authority.SPOKESPERSON: 1.15,
    Authority.PRESS: 1.0,
}
# What the order of two reviewers' questions differs by, as a share of the urgency, so that two at once are not asked the same.
SPREAD = 0.1
# A deal that was spoken of as certain and of which the machine finds nothing afterwards is looked at as if in this doubt: either
# the news is in it, or a document is missing.
SURPRISE = 0.6
# A score so far above the bar leaves no doubt that two signals are one deal. By eye: half of the way from the bar to 1.
CLEAR = (1 - THRESHOLD) / 2

# A pause between two answers that is longer than this is none of the time that a reviewer worked; and with fewer answers than
# these nothing is said of how many an hour they make.
PAUSE, LEAST_ANSWERS = timedelta(minutes=5), 10


class Question(StrEnum):
    """What is asked: is this a signal with these fields; is it the same deal as its parent; did the occasion bring this."""

    SIGNAL = "signal"
    LINK = "link"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another deal that a signal may belong to, and how likely its nearest signal speaks of the same one (0 to 1)."""

    deal: DealRow
    score: float


@dataclass(frozen=True, slots=True)
class Item:
    """One question with what a page shows of it.

    ``id`` names the question for as long as it is open (``skip`` takes it). ``sighting`` is what is asked about: the signal, as
    the machine proposes it; for a verdict its evidence, or else the last that was said of the deal. ``confidence`` is the
    machine's. ``why`` says in words why this is asked. ``parent`` and ``score`` are set for a link: the signal it was linked to,
    and how likely the two are one deal. ``occasion`` and ``verdict`` are set for a verdict. ``others`` are other deals that the
    signal may belong to, the likeliest first. ``second`` says that another reviewer answered this already: a page must not
    show it, nor what was answered. ``deal`` is None for a signal that stands in no deal but its own and is asked a second time.
    """

    id: str
    question: Question
    sighting: Sighting
    deal: DealRow | None
    confidence: float
    why: str
    urgency: float
    parent: Sighting | None = None
    score: float | None = None
    occasion: Occasion | None = None
    verdict: Verdict | None = None
    others: tuple[Candidate, ...] = ()
    second: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reviewer came.

    ``undecided`` is how many signals nobody decided, counted up to a bound: ``at_least`` says that there are more. ``today`` is
    how many questions the reviewer answered since midnight UTC (undone answers left out, several decisions about one
    signal counted once), ``hours`` in how many hours of work (pauses left out), ``per_hour`` the one by the other; None
    until there is enough to say so.
    """

    undecided: int
    at_least: bool
    today: int
    hours: float
    per_hour: float | None


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of the log as a list shows it: ``sighting`` and ``deal`` are what it was about, as they stand now.

    ``undone`` says that it counts no more. ``sighting`` is None where the signal is gone, ``deal`` also where it was rejected.
    """

    review: Review
    undone: bool
    sighting: Sighting | None
    deal: DealRow | None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the urgency of a question follows from, beside its doubt.

    ``voices`` is None where there is no deal. ``near`` names the occasion that is near; ``days`` counts to its
    first day before it (negative), from its last day after it, and is 0 on its days. ``only`` says that no other signal puts
    the deal into the stage it is in.
    """

    stage: Stage
    authority: Authority = Authority.PRESS
    voices: int | None = None
    evidence: bool = False
    near: str | None = None
    days: int = 0
    only: bool = False


def closeness(days: int) -> float:
    """Return the factor of an occasion that is so many days away: ``NEAR`` on its days, 1 from ``NEAR_DAYS`` on."""
    return 1 + (NEAR - 1) * max(0.0, 1 - abs(days) / NEAR_DAYS)


def doubt_of_signal(confidence: float) -> float:
    """Return the doubt whether something is a signal: 1 at even odds, 0 where the machine is certain either way."""
    return 1 - abs(2 * confidence - 1)


def doubt_of_link(score: float) -> float:
    """Return the doubt whether two signals are one deal: 1 at the bar for linking or below it, 0 from ``CLEAR`` above it on."""
    return min(1.0, max(0.0, 1 - (score - THRESHOLD) / CLEAR))


def doubt_of_verdict(outcome: Outcome, confidence: float, hinted: bool) -> float:
    """Return the doubt about a verdict; ``hinted`` says that the deal was spoken of as certain and ahead.

    The confidence of ``absent`` is 1 less the likeness of the nearest words, or 0 where no document came in after the occasion:
    then there is nothing to look at, and no doubt that a person could settle.
    """
    if outcome is not Outcome.ABSENT:
        return min(1.0, 2 * (1 - confidence))
    if confidence <= 0:
        return 0.0
    doubt = min(1.0, (1 - confidence) / min(BARS.values()))
    return max(doubt, SURPRISE) if hinted else doubt


def urgency_of(doubt: float, about: Circumstances) -> float:
    """Return doubt × consequence."""
    consequence = STAGES[about.stage] * AUTHORITY[about.authority]
    if about.voices is not None:
        consequence *= FEW_VOICES.get(about.voices, 1.0)
    if about.evidence:
        consequence *= EVIDENCE
    if about.near is not None:
        consequence *= closeness(about.days)
    return max(doubt, LEAST_DOUBT) * consequence


_PAPERS: Mapping[Authority, str] = {
    Authority.TREATY_REGISTER: "it stands in a treaty register",
    Authority.SIGNED_TEXT: "it stands in a signed text",
    Authority.OUTCOME_LIST: "it stands in an official list of outcomes",
    Authority.JOINT_STATEMENT: "it stands in a joint statement",
}


def why_of(first: str, about: Circumstances) -> str:
    """Return in words why something is asked: what is in doubt (``first``), then what hangs on it."""
    clauses = [first]
    if about.only:
        clauses.append(f"it is the deal's only word for {str(about.stage).replace('_', ' ')}")
    elif about.voices in (0, 1):
        clauses.append("the deal has one voice")
    if about.evidence:
        clauses.append("a verdict rests on it")
    if about.authority in _PAPERS:
        clauses.append(_PAPERS[about.authority])
    if about.near is not None:
        clauses.append(_away(about.near, about.days))
    return clauses[0] if len(clauses) == 1 else f"{', '.join(clauses[:-1])}, and {clauses[-1]}"


def _away(name: str, days: int) -> str:
    if days == 0:
        return f"“{name}” is on"
    if abs(days) == 1:
        return f"“{name}” begins tomorrow" if days < 0 else f"“{name}” ended yesterday"
    return f"“{name}” begins in {-days} days" if days < 0 else f"“{name}” ended {days} days ago"


def drawn(*names: str) -> float:
    """Return a number in 0..1 that is always the same for the same names, and for others as good as drawn at random."""
    digest = hashlib.sha256("\n".join(names).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:6]) / 2**48


def spread(urgency: float, id: str, reviewer: str) -> float:
    """Return the urgency by which a reviewer's questions are put in order."""
    return urgency * (1 + SPREAD * (drawn(reviewer, id) - 0.5))


def pace(times: Iterable[datetime]) -> tuple[float, float | None]:
    """Return in how many hours of work answers were given at these times, and how many an hour that makes.

    Pauses longer than ``PAUSE`` are left out. The second is None with fewer than ``LEAST_ANSWERS`` answers, or no time between
    them.
    """
    order: Sequence[datetime] = sorted(times)
    gaps = [later - earlier for earlier, later in pairwise(order) if later - earlier <= PAUSE]
    worked = sum(gaps, timedelta())
    hours = worked / timedelta(hours=1)
    if len(order) < LEAST_ANSWERS or not hours:
        return hours, None
    # Each gap is the time that one answer took; the answers after a pause have none that is known.
    return hours, len(gaps) / hours
