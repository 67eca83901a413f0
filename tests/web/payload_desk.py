"""A desk on which every text of others is one of some given texts: payloads, or harmless words to compare with."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

from paraph.desk import Action, Desk, Review, people, views
from paraph.desk.people import Role
from paraph.errors import DeskError, UsageError
from paraph.model import (
    Certainty,
    Cue,
    Document,
    Instrument,
    Kind,
    Occasion,
    Outcome,
    Reading,
    Sector,
    Signal,
    SourceType,
    Stage,
    Verdict,
)
from paraph.watch.health import ended, failed
from paraph.watch.keep import Keep

__all__ = ["A_DOCUMENT", "fill"]

# So many texts are anchors of signals of one document: each a deal.
A_DOCUMENT = 5
# So many occasions, which all stand on one page.
OCCASIONS = 250
_SYLLABLES = "ba ko ri tan mel du so gar vin lo pe shi ra nok ul ze mar ti bel qua dor fen ag su ly kan ost ir".split()
FIRST = date(2025, 1, 5)
_STAGES = (Stage.TALKS, Stage.AGREED, Stage.SIGNED, Stage.ENDED)
# A pair of parties for each text: what different countries agree on is never taken for one deal.
_CODES = "NO CL IN RU FR EG JP VN BR ZA US CN DE GB TR SA AU KR IR IL NG KE PL IT ES CA MX KZ NP TH MY SG PH NZ SE FI".split()
_PAIRS = tuple(combinations(_CODES, 2))


def fill(desk: Desk, texts: Sequence[str]) -> str:
    """Put the texts on an empty desk, each in every place where a text of others may stand; return a keeper's session."""
    for n in range(0, len(texts), A_DOCUMENT):
        for each in _reading(texts, n):
            desk.add(each, seen=datetime(2025, 3, 1, tzinfo=UTC))
    _occasions(desk, texts)
    _decisions(desk, texts)
    _feeds(desk, texts)
    return _people(desk, texts)


def _reading(texts: Sequence[str], n: int) -> Iterator[Reading]:
    """Yield a document in which some texts are what deals are called, and now and then a copy and a second version of it."""
    day = FIRST + timedelta(days=n // A_DOCUMENT % 50)
    body, signals = f"{texts[n]} before the visit.\n", []
    for k in range(n, min(n + A_DOCUMENT, len(texts))):
        source = texts[(k + 7) % len(texts)].strip() or "x"
        lead = f"{_name(k)} could sign {_name(k + 500)} {_name(k + 1_000)} on "
        start = len(body) + len(lead)
        body += f"{lead}{texts[k]} next week, {source} said.\n\n"
        signals.append(
            Signal(
                start=start,
                end=start + len(texts[k]),
                anchor=texts[k],
                stage=_STAGES[k % len(_STAGES)],
                ahead=k % 3 != 0,
                certainty=list(Certainty)[k % len(Certainty)],
                source_type=list(SourceType)[k % len(SourceType)],
                source=None if list(SourceType)[k % len(SourceType)] is SourceType.OUTLET else source,
                parties=_PAIRS[k % len(_PAIRS)],
                sector=list(Sector)[k % len(Sector)],
                instrument=list(Instrument)[k % len(Instrument)],
                confidence=0.9,
                why=(Cue("certainty", start - len(lead) + 8, start - len(lead) + 13),),
                engine="hand",
            )
        )
    url = (f"https://news{n}.example/{texts[n]}", texts[n], f"https://news{n}.example/?{texts[n]}")[n % 3]
    document = Document(
        text=body,
        id=f"{n} {texts[(n + 1) % len(texts)]}",
        url=url,
        publisher=texts[(n + 2) % len(texts)],
        title=texts[n],
        published=day,
        kind=Kind.OFFICIAL if n % 4 == 0 else Kind.REPORT,
        notes=(texts[(n + 3) % len(texts)],),
    )
    yield Reading(document, tuple(signals))
    if n % 50 == 0:
        yield Reading(replace(document, text=body + "One line more.", updated=day + timedelta(days=1)), tuple(signals))
        copied = replace(document, id=f"copy {texts[n]}", publisher=f"Copy {texts[(n + 4) % len(texts)]}")
        yield Reading(copied, tuple(signals))


def _name(n: int) -> str:
    """Return a word of its own for each number, so that no two deals are taken for one."""
    return "".join(random.Random(n).choices(_SYLLABLES, k=4)).title()


def _occasions(desk: Desk, texts: Sequence[str]) -> None:
    rows = desk.all_deals()
    ids = [deal.id for deal in rows]
    for n, text in enumerate(texts[:: len(texts) // OCCASIONS]):
        first = FIRST + timedelta(days=n % 40)
        occasion = Occasion(
            f"{n} {text}"[:120], _PAIRS[n % len(_PAIRS)], first, first + timedelta(days=1), texts[-n - 1][:120]
        )
        with suppress(UsageError, DeskError):  # a name that an occasion cannot have
            desk.add_occasion(occasion)
            if n % 5 == 0:
                outcomes = [(ids[(n + k) % len(ids)], outcome) for k, outcome in enumerate(Outcome)]
                desk.settle(occasion, [Verdict(id, outcome, 0.9) for id, outcome in outcomes])


def _decisions(desk: Desk, texts: Sequence[str]) -> None:
    ids = [deal.id for deal in desk.all_deals()]
    occasion = desk.occasions()[0].name
    for n, text in enumerate(texts[::2]):
        id, who, why = ids[n % len(ids)], text.strip()[:100] or "x", texts[2 * n + 1]
        reviews = (
            Review(Action.NOTE, who, signal=id, reason=why.strip() or "x"),
            Review(Action.UNSURE, who, signal=id, reason=why),
            Review(Action.CORRECT, who, signal=id, payload={"field": "source", "value": text}, reason=why),
            Review(Action.OWN, who, payload={"publisher": text[:100], "owner": why[:100]}, reason=why),
            Review(Action.OVERRULE, who, signal=id, payload={"occasion": occasion, "outcome": "refused"}, reason=why),
        )
        with suppress(UsageError, DeskError):  # a value that the desk does not take is no value on it
            desk.decide(reviews[n % len(reviews)])


def _feeds(desk: Desk, texts: Sequence[str]) -> None:
    now = datetime(2025, 3, 5, 12, tzinfo=UTC)
    keep = Keep(desk)
    given = [
        (f"https://feed{n}.example/{text}" if n % 2 else f"{text}#{n}", texts[-n - 1]) for n, text in enumerate(texts)
    ]
    added = keep.add(
        [(url.replace("\0", "")[:1_000], title.replace("\0", "")) for url, title in given], now, len(texts)
    )
    for n, (feed, _) in enumerate(added):
        told = (ended if n % 3 == 0 else lambda feed, now, error: failed(feed, now, now, error))(feed, now, texts[n])
        keep.record(told)


def _people(desk: Desk, texts: Sequence[str]) -> str:
    settings, now = desk.settings, desk.now()
    secret = ""
    with desk.begin() as connection:
        for text in texts:
            with suppress(UsageError, DeskError):
                person = people.add_person(connection, text, Role.KEEPER, now=now, settings=settings)
                people.add_token(connection, person.name, text[:60], now=now, settings=settings)
                secret = people.new_session(connection, person, now=now, settings=settings)[0]
            for owner in ("", text[:60]):
                with suppress(UsageError, DeskError):
                    address = f"/deals?q={len(text)}"
                    views.save_view(connection, text, address, owner=owner, now=now, settings=settings)
    assert secret
    return secret
