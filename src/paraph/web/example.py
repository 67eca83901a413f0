"""What the example's desk holds beside its reports: what people and a watcher would have added, all of it said to be an example.

Decisions are named by the words that they are about, so that they find their signals after a better engine has read the
reports; one that finds none is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from paraph.desk import Action, Desk, Review, views
from paraph.errors import DeskError
from paraph.model import Occasion, Sighting
from paraph.watch.health import Feed, failed
from paraph.watch.keep import Keep

__all__ = [
    "ADA",
    "BEN",
    "DECISIONS",
    "FOLLOW_UP",
    "OCCASION",
    "VIEWS",
    "Decision",
    "bring_up_to",
    "decide_all",
    "furnish",
]

OCCASION = Occasion("Putin in New Delhi 2025", ("IN", "RU"), date(2025, 12, 4), date(2025, 12, 5), "New Delhi")

# An occasion ahead, so that the countdown can be seen. Its name says what it is; no such meeting is known of.
FOLLOW_UP = "India–Russia follow-up (example)"
# How far ahead it is put, and how near it may come before it is put ahead again; set by eye.
AHEAD, NEAR = timedelta(days=38), timedelta(days=7)

ADA, BEN = "Ada (example)", "Ben (example)"

# Saved views, by name.
VIEWS = {
    "Arms still on the table": "/deals?sector=defence&state=table",
    "Nuclear, most voices first": "/deals?sector=nuclear&sort=voices",
    "Only hinted at": "/deals?certainty=possible&ahead=yes",
    "What officials themselves said": "/deals?source_type=official&sort=last",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: in the report whose title begins so, about the signal at ``words`` within ``passage``, which stands once."""

    who: str
    action: Action
    title: str
    passage: str
    words: str
    reason: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    # A second place (title, passage, words): the deal to merge with, or the evidence of a verdict.
    other: tuple[str, str, str] | None = None


_CARDS = "Cards, urea, welders"
_LEFT_OUT = "Four deals that did not come"
_PAPERS = "What India and Russia signed"
_WIRE = "Modi and Putin agree"
_LEASE = "Delhi rejects report"
_FINANCE = {"field": "sector", "value": "finance"}

# Read off the reports themselves: each names what the engine got right or wrong there.
DECISIONS = (
    Decision(ADA, Action.ACCEPT, _CARDS, "Negotiations on a labour mobility agreement", "labour mobility agreement"),
    Decision(BEN, Action.ACCEPT, _CARDS, "Negotiations on a labour mobility agreement", "labour mobility agreement"),
    Decision(ADA, Action.ACCEPT, _CARDS, "Uralchem about a urea plant in Russia", "urea plant in Russia"),
    Decision(BEN, Action.ACCEPT, _CARDS, "Uralchem about a urea plant in Russia", "urea plant in Russia"),
    Decision(ADA, Action.ACCEPT, _CARDS, "A bilateral investment treaty remains stuck", "bilateral investment treaty"),
    Decision(BEN, Action.ACCEPT, _CARDS, "A bilateral investment treaty remains stuck", "bilateral investment treaty"),
    # What the two do not agree on: whether trade that goes on is a deal.
    Decision(BEN, Action.ACCEPT, _CARDS, "was oil flowing one way", "oil flowing one way"),
    Decision(
        ADA, Action.REJECT, _CARDS, "was oil flowing one way", "oil flowing one way", "trade that goes on, no deal"
    ),
    Decision(ADA, Action.REJECT, _CARDS, "\nPayments\n", "Payments", "only a heading"),
    Decision(BEN, Action.REJECT, _CARDS, "\nPayments\n", "Payments", "a heading"),
    Decision(
        BEN,
        Action.UNSURE,
        _CARDS,
        "Connecting the instant payment systems of both countries would",
        "instant payment systems of both countries",
        "somebody's wish, or the next step of a plan?",
    ),
    Decision(
        ADA,
        Action.CORRECT,
        _LEFT_OUT,
        "interoperability of the payment systems",
        "interoperability of the payment systems",
        payload=_FINANCE,
    ),
    Decision(
        BEN,
        Action.CORRECT,
        _LEFT_OUT,
        "interoperability of the payment systems",
        "interoperability of the payment systems",
        payload=_FINANCE,
    ),
    Decision(BEN, Action.CORRECT, _LEFT_OUT, "Mir and RuPay are not linked", "RuPay", payload=_FINANCE),
    Decision(
        ADA,
        Action.CORRECT,
        _LEFT_OUT,
        "The engine programme that Roscosmos",
        "engine programme",
        payload={"field": "sector", "value": "space"},
    ),
    Decision(
        ADA,
        Action.CORRECT,
        "Sixteen papers signed",
        "No contract for weapons was signed",
        "contract for weapons",
        "the sentence says that there is none",
        {"field": "stage", "value": "ended"},
    ),
    Decision(
        ADA,
        Action.CORRECT,
        _PAPERS,
        "a memorandum with Uralchem on a urea plant",
        "memorandum with Uralchem",
        payload={"field": "sector", "value": "industry"},
    ),
    Decision(
        ADA,
        Action.MERGE,
        _PAPERS,
        "a memorandum with Uralchem on a urea plant",
        "memorandum with Uralchem",
        "one paper, named by its partner",
        other=(_CARDS, "Uralchem about a urea plant in Russia", "urea plant in Russia"),
    ),
    Decision(
        BEN,
        Action.OVERRULE,
        _LEASE,
        "a new lease of a nuclear-powered submarine with Russia",
        "new lease of a nuclear-powered submarine with Russia",
        "the government denied the report the same day; the lease in force is that of 2019",
        {"occasion": OCCASION.name, "outcome": "refused"},
        (
            _LEASE,
            "a new lease of a nuclear-powered submarine with Russia",
            "new lease of a nuclear-powered submarine with Russia",
        ),
    ),
    Decision(
        ADA,
        Action.OVERRULE,
        _WIRE,
        "memorandum on civil nuclear energy",
        "memorandum on civil nuclear energy",
        "it was not among the papers that were signed",
        {"occasion": OCCASION.name, "outcome": "absent"},
    ),
)


def decide_all(desk: Desk) -> int:
    """Make the example's decisions, those that find their words; return how many were made."""
    titles = {kept.document.title or "": kept.document.id for kept in desk.documents()}
    made = 0
    for each in DECISIONS:
        signal = _at(desk, titles, each.title, each.passage, each.words)
        payload = dict(each.payload)
        if each.other is not None:
            other = _at(desk, titles, *each.other)
            if other is None:
                continue
            payload["other" if each.action is Action.MERGE else "evidence"] = other.id
        if signal is None:
            continue
        try:
            desk.decide(Review(each.action, each.who, signal=signal.id, payload=payload, reason=each.reason))
        except DeskError:
            continue  # a better engine sees what the decision says by itself
        made += 1
    return made


def _at(desk: Desk, titles: Mapping[str, str], title: str, passage: str, words: str) -> Sighting | None:
    """Return the signal that shares most letters with these words of a report, None where none does."""
    key = next((key for name, key in titles.items() if name.startswith(title)), None)
    text = desk.document(key).document.text if key else ""
    at = text.find(passage)
    if key is None or at < 0:
        return None
    start = at + passage.index(words)
    end = start + len(words)

    def common(row: Sighting) -> int:
        return min(end, row.signal.end) - max(start, row.signal.start)

    best = max((row.sighting for row in desk.signals_of(key)), key=common, default=None)
    return best if best is not None and common(best) > 0 else None


def furnish(desk: Desk) -> None:
    """Add what needs no reading: saved views for everybody, an occasion ahead, and feeds as a watcher would have left them."""
    now = desk.now()
    with desk.begin() as connection:
        for name, address in VIEWS.items():
            views.save_view(connection, name, address, now=now, settings=desk.settings)
    desk.add_occasion(_follow_up(now.date()))
    keep = Keep(desk)
    keep.add([(feed.url, feed.title) for feed in _feeds(now)], now, desk.settings.max_feeds)
    _watched(keep, now)


def bring_up_to(desk: Desk, now: datetime) -> None:
    """Put the occasion ahead, and the feeds' times, to where they were when the desk was made, seen from now.

    What was removed from the desk stays away. Else a desk that is opened again after months would show nothing ahead.
    """
    ahead = next((each for each in desk.occasions() if each.name == FOLLOW_UP), None)
    if ahead is not None and ahead.first < now.date() + NEAR:
        desk.add_occasion(_follow_up(now.date()))
    _watched(Keep(desk), now)


def _follow_up(today: date) -> Occasion:
    first = today + AHEAD
    return Occasion(FOLLOW_UP, OCCASION.parties, first, first + timedelta(days=1), "Moscow")


def _watched(keep: Keep, now: datetime) -> None:
    """Keep the feeds' health as it would be now; only of feeds that nobody asked since, and that are still followed."""
    known = {feed.url: feed for feed in keep.feeds()}
    for feed in _feeds(now):
        before = known.get(feed.url)
        if before is not None and before.etag is None:
            keep.record(replace(feed, id=before.id, added=before.added, due=feed.due))


def _feeds(now: datetime) -> Iterator[Feed]:
    """Yield four feeds at addresses that lead nowhere (RFC 2606): one well, one with a gap, one failing, one ended."""
    asked, due, added = now - timedelta(minutes=25), now + timedelta(minutes=35), now - timedelta(days=60)
    well = Feed(
        "https://herald.example.org/feeds/diplomacy.xml",
        added,
        title="The Example Herald: Diplomacy",
        checked=asked,
        succeeded=asked,
        due=due,
        items=412,
        period=timedelta(hours=3),
    )
    yield well
    yield replace(
        well,
        url="https://wire.example.org/south-asia.rss",
        title="Example Wire: South Asia",
        items=2_318,
        period=timedelta(minutes=20),
        gaps=((now - timedelta(days=3, hours=7), now - timedelta(days=2, hours=22)),),
    )
    failing = replace(
        well,
        url="https://energy.example.org/atom",
        title="Example Energy Wire",
        succeeded=now - timedelta(days=2, hours=4),
        items=97,
        period=timedelta(hours=11),
        failures=5,
    )
    yield failed(
        failing,
        asked,
        now + timedelta(hours=4),
        "https://energy.example.org/atom: the server answered 503 (it will be asked again)",
    )
    yield replace(
        well,
        url="https://radio.example.org/hour.xml",
        title="Example Radio: The Example Hour",
        succeeded=now - timedelta(days=21),
        checked=now - timedelta(days=20),
        due=None,
        items=31,
        period=timedelta(days=7),
        failures=1,
        error="the server says that it is gone (410)",
        gone=True,
    )
