"""Verdicts: what an occasion brought for each deal that was on the table before it, and what came unannounced.

**Before and after.** A deal was on the table if something was said of it before the occasion (within ``table_days``), or on its
days of what was still to come. What counts afterwards is said after the last day (within ``verdict_days``), or on the days
themselves of what was reached (``is_after``).

**What shows it.** A sighting afterwards is a piece of evidence if it is like enough to one from before (``alike``: the likeness
by which signals become deals): of the deal itself from ``OWN_BAR`` on, of others with a bar for each outcome, ``BARS``. That
another deal merely went on, or was refused, is said in words that fit many a deal; they have to be nearer.

**What settles it.** Where one piece says that the deal was refused and another that it was reached, the higher authority has it
(``model.Authority``: treaty register, signed text, list of outcomes, joint statement, spokesperson, press). Else how far it
came decides, signed before agreed before refused before advanced; of several pieces that say the same the nearest is shown, of
equally near ones that of the higher authority. What nothing speaks of is ``absent``; where no document came in after
the occasion at all that is no more than a guess, and its confidence is 0.

Not handled: a general deal ("energy deals") that is settled by a particular one in the same field and shares no word with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from paraph.model import Authority, Certainty, Deal, Occasion, Outcome, Sighting, Stage, Verdict
from paraph.settings import Settings

__all__ = ["BARS", "EVIDENCE_CONFIDENCE", "OWN_BAR", "brought", "is_after", "verdicts_of"]

# How alike evidence must be to one of the deal's own sightings to show an outcome: of a grid from .3 to .95 the best sum of the
# three figures of run.py outcomes on gold/dev without the share of right verdicts falling (training/linking/README.md). Those of
# signed and agreed were .5 with the cue engine's signals. With the encoder's, on gold/dev and OWN_BAR at .5, verdict, mean F1 and
# came true were .536 .323 .482 at .5, .536 .340 .556 at .4 and .512 .326 .551 at .35.
BARS: dict[Outcome, float] = {
    Outcome.SIGNED: 0.4,
    Outcome.AGREED: 0.4,
    Outcome.REFUSED: 0.8,
    Outcome.ADVANCED: 0.8,
}
# The same for the deal's own sightings, whatever they show. With the bars of strangers for them as well, .01 more verdicts are
# right and the mean F1 is .02 lower; but then a deal that the list of deals shows as refused would be one not spoken of.
# It is no higher than any stranger's, though .5 did a little better on gold/dev (.536 .340 .556 against .527 .332 .552): what a
# deal's own words show must not need more likeness than what others' do.
OWN_BAR = 0.4
# Evidence of which the engine is less sure than this is none: it is the engine's own bar for telling a signal.
EVIDENCE_CONFIDENCE = 0.4

_REACHED = {
    Stage.SIGNED: Outcome.SIGNED,
    Stage.AGREED: Outcome.AGREED,
    Stage.STALLED: Outcome.REFUSED,
    Stage.ENDED: Outcome.REFUSED,
}
# How far an outcome went, the furthest first.
_ORDER = (Outcome.SIGNED, Outcome.AGREED, Outcome.REFUSED, Outcome.ADVANCED)
_MADE = frozenset((Outcome.SIGNED, Outcome.AGREED))


@dataclass(frozen=True, slots=True)
class _Evidence:
    outcome: Outcome
    likeness: float
    sighting: Sighting

    @property
    def worth(self) -> tuple[float, int, float, str]:
        """The nearest words first, then the highest authority, then the surest engine."""
        return (
            -round(self.likeness, 6),
            self.sighting.authority.rank,
            -self.sighting.signal.confidence,
            self.sighting.id,
        )


def brought(sighting: Sighting) -> Outcome:
    """Return what a sighting says was brought: signed, agreed, refused, or no more than advanced."""
    signal = sighting.signal
    if signal.ahead and signal.stage not in (Stage.STALLED, Stage.ENDED):
        return Outcome.ADVANCED
    if signal.certainty is Certainty.POSSIBLE:
        return Outcome.ADVANCED
    return _REACHED.get(signal.stage, Outcome.ADVANCED)


def is_after(sighting: Sighting, occasion: Occasion, settings: Settings) -> bool | None:
    """Tell whether a sighting says what the occasion brought (True) or what was on the table (False); None for neither."""
    if sighting.day < occasion.first - timedelta(settings.table_days):
        return None
    if sighting.day > occasion.last:
        return True if sighting.day <= occasion.last + timedelta(settings.verdict_days) else None
    if sighting.day < occasion.first:
        return False
    # On the days themselves previews and results stand side by side. From the second day on what is said without looking ahead
    # is a result; on the first, what was reached, and what stands in a paper of both sides.
    papers = sighting.authority.rank <= Authority.JOINT_STATEMENT.rank
    if sighting.day > occasion.first:
        return papers or not sighting.signal.ahead
    return not sighting.signal.ahead and (papers or brought(sighting) in _MADE)


def verdicts_of(
    occasion: Occasion, deals: Iterable[Deal], alike: Callable[[Sighting, Sighting], float], settings: Settings
) -> list[Verdict]:
    """Return the verdict on each deal, in order of the deals' ids; pure.

    ``deals`` are those that name a party of the occasion; ``alike`` gives the likeness of two sightings, 0 to 1. Deals that
    nobody spoke of before get a verdict that is not ``announced``. A deal without a sighting in the days that count gets none.
    """
    before: dict[str, list[Sighting]] = {}
    after: dict[str, list[Sighting]] = {}
    for deal in sorted(deals, key=lambda each: each.id):
        for sighting in _first_said(deal.sightings):
            when = is_after(sighting, occasion, settings)
            if when is not None and not (when and sighting.vanished):
                (after if when else before).setdefault(deal.id, []).append(sighting)
    telling = {
        id: [each for each in sightings if each.signal.confidence >= EVIDENCE_CONFIDENCE]
        for id, sightings in after.items()
    }
    # A preview of the first day that tells of something reached is not yet a word on what the occasion brought.
    previews = {sighting.document for mine in before.values() for sighting in mine}
    covered = any(each.document not in previews for sightings in after.values() for each in sightings)
    found = [_on_the_table(id, mine, telling, alike, covered) for id, mine in before.items()]
    found += [_unannounced(id, sightings) for id, sightings in after.items() if id not in before]
    return sorted(found, key=lambda verdict: verdict.deal)


def _first_said(sightings: Sequence[Sighting]) -> list[Sighting]:
    """Leave out what copies repeat: of one voice, all that says the same, by the same source, stands in the first document.

    Else a preview that is printed again after the day would tell that the deal went on, and a reprint would be shown as evidence.
    """

    def said(each: Sighting) -> tuple[object, ...]:
        signal = each.signal
        return each.voice, signal.source_type, signal.source, signal.stage, signal.ahead, signal.certainty

    first: dict[tuple[object, ...], str] = {}
    for each in sorted(sightings, key=lambda each: (each.day, each.document != each.voice, each.document)):
        first.setdefault(said(each), each.document)
    return [each for each in sightings if first[said(each)] == each.document]


def _on_the_table(
    id: str,
    mine: Sequence[Sighting],
    after: dict[str, list[Sighting]],
    alike: Callable[[Sighting, Sighting], float],
    covered: bool,
) -> Verdict:
    pieces = []
    nearest = 0.0
    for other, sightings in after.items():
        for each in sightings:
            like = max(alike(own, each) for own in mine)
            nearest = max(nearest, like)
            outcome = brought(each)
            if like >= (OWN_BAR if other == id else BARS[outcome]):
                pieces.append(_Evidence(outcome, like, each))
    best = _settled(pieces)
    if best is None:
        return Verdict(id, Outcome.ABSENT, round(1.0 - nearest, 3) if covered else 0.0)
    return Verdict(id, best.outcome, round(best.likeness * best.sighting.signal.confidence, 3), best.sighting)


def _settled(pieces: Sequence[_Evidence]) -> _Evidence | None:
    best = {}
    for outcome in _ORDER:
        of = [piece for piece in pieces if piece.outcome is outcome]
        if of:
            best[outcome] = min(of, key=lambda piece: piece.worth)
    refused = [piece.sighting.authority.rank for piece in pieces if piece.outcome is Outcome.REFUSED]
    made = [piece.sighting.authority.rank for piece in pieces if piece.outcome in _MADE]
    # The highest on either side: a press report near in its words takes nothing from the list of outcomes that says the same.
    if refused and made and min(refused) < min(made):
        return best[Outcome.REFUSED]
    return next((best[outcome] for outcome in _ORDER if outcome in best), None)


def _unannounced(id: str, sightings: Sequence[Sighting]) -> Verdict:
    best = _settled([_Evidence(brought(each), 1.0, each) for each in sightings])
    if best is None:
        raise ValueError(f"deal {id}: has no sighting")
    return Verdict(id, best.outcome, round(best.sighting.signal.confidence, 3), best.sighting, announced=False)
