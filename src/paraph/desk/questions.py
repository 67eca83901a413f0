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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

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
# A deal that was spoken of as certain and of which the machine finds nothing afterwards is looked at as if in this doubt: either
# the news is in it, or a document is missing.
SURPRISE = 0.6
# A score so far above the bar leaves no doubt that two signals are one deal. By eye: half of the way from the bar to 1.
CLEAR = (1 - THRESHOLD) / 2


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

    ``id`` names the question for as long as it is open (``skip`` takes it). ``sighting`` is what is asked about: the signal, as the
    machine proposes it; for a verdict its evidence, or else the last that was said of the deal. ``confidence`` is the
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
    """What the urgency of a question follows from, beside its doubt; ``near`` is the occasion that is near, ``days`` how far it is.

    ``days`` counts to its first day before it (negative), from its last day after it, and is 0 on its days. ``only`` says that no
    other signal puts the deal into the stage it is in.
    """

    stage: Stage
    authority: Authority = Authority.PRESS
    voices: int | None = None
    evidence: bool = False
    near: str | None = None
    days: int = 0
    only: bool = False
