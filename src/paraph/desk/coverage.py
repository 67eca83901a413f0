"""Coverage: what a desk holds, from when and from whom, and what became of its deals over the years.

All of it is counted off indexes, which takes a while on a large desk; so it is counted once for each state of the desk
(desk/stamps.py) and kept in the program's memory.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, Integer, String, and_, case, cast, func, literal, select, type_coerce

from paraph.desk.pages import About, Cohorts, Tally
from paraph.desk.schema import deals, documents, feeds, occasions, reviews, signals, versions
from paraph.desk.stamps import stamp_of
from paraph.model import Sector, Stage
from paraph.settings import Settings

__all__ = ["AHEAD", "GAP_DAYS", "LAPSED", "PUBLISHERS", "about", "cohorts"]

# How far back days without a document are looked for, and how many publishers are named. Set by eye: a quarter of a year, and
# as many as a page shows without being turned.
GAP_DAYS = 90
PUBLISHERS = 30
# How many answers are kept; a board asks for one a sector. Set by eye.
_KEPT = 64

LAPSED, AHEAD = "lapsed", "ahead"

T = TypeVar("T")
_answers: OrderedDict[tuple[object, ...], Any] = OrderedDict()
_lock = Lock()


def _once(connection: Connection, question: tuple[object, ...], count: Callable[[], T]) -> T:
    """Return the answer to a question on the desk as it stands, counted only where it was not asked before."""
    key = (connection.engine.url, stamp_of(connection), *question)
    with _lock:
        if key in _answers:
            _answers.move_to_end(key)
            found: T = _answers[key]
            return found
    made = count()
    with _lock:
        _answers[key] = made
        while len(_answers) > _KEPT:
            _answers.popitem(last=False)
    return made


def about(connection: Connection, now: datetime) -> About:
    """Return what a desk holds; days without a document are looked for up to the day before ``now``."""
    return _once(connection, ("about", now.date()), lambda: _about(connection, now))


def _about(connection: Connection, now: datetime) -> About:
    def number(table: Any, *conditions: Any) -> int:
        return int(connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())

    by_day = select(documents.c.day, func.count()).group_by(documents.c.day).order_by(documents.c.day)
    days: dict[date, int] = {row[0]: row[1] for row in connection.execute(by_day)}
    months: dict[str, int] = {}
    for day, n in days.items():
        month = day.isoformat()[:7]
        months[month] = months.get(month, 0) + n
    engine = (versions.c.engine, versions.c.engine_version)
    read = select(*engine, func.count()).group_by(*engine).order_by(func.count().desc(), *engine)
    names = select(documents.c.publisher, func.count().label("n")).where(documents.c.publisher.is_not(None))
    published = names.group_by(documents.c.publisher).order_by(func.count().desc(), documents.c.publisher)
    found = connection.execute(published).all()
    return About(
        at=now,
        documents=sum(days.values()),
        copies=number(documents, documents.c.parent_id.is_not(None)),
        signals=number(signals),
        deals=number(deals),
        occasions=number(occasions),
        decisions=number(reviews),
        feeds=number(feeds),
        first=min(days, default=None),
        last=max(days, default=None),
        engines={(row[0], row[1]): row[2] for row in connection.execute(read)},
        months=months,
        publishers=Tally(len(found), {row[0]: row[1] for row in found[:PUBLISHERS]}),
        gaps=_gaps(days, now.date()),
        size=_size(connection),
    )


def _gaps(days: Mapping[date, int], today: date) -> tuple[tuple[date, date], ...]:
    """Return the runs of days without a document among the last ``GAP_DAYS`` before today, since the desk's first day."""
    if not days:
        return ()
    begin = max(min(days), today - timedelta(GAP_DAYS))
    missing = [begin + timedelta(n) for n in range((today - begin).days) if begin + timedelta(n) not in days]
    runs: list[tuple[date, date]] = []
    for day in missing:
        if runs and day - runs[-1][1] == timedelta(1):
            runs[-1] = runs[-1][0], day
        else:
            runs.append((day, day))
    return tuple(runs)


def _size(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    return int(pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one())


def cohorts(connection: Connection, sector: Sector | None, today: date, settings: Settings) -> Cohorts:
    """Return where the deals of a sector (of all for None) stand by ``today``, by the year in which they were first spoken of."""
    return _once(
        connection,
        ("cohorts", sector, today, settings.lapse_days),
        lambda: _cohorts(connection, sector, today, settings),
    )


def _cohorts(connection: Connection, sector: Sector | None, today: date, settings: Settings) -> Cohorts:
    d = deals.c
    if connection.dialect.name == "postgresql":
        year = cast(func.date_part("year", d.first_day), Integer)
    else:  # a text there, the year in front
        year = cast(func.substr(type_coerce(d.first_day, String), 1, 4), Integer)
    off = d.stage.in_([str(Stage.STALLED), str(Stage.ENDED)])
    done = and_(d.stage.in_([str(Stage.SIGNED), str(Stage.IN_FORCE)]), d.ahead.is_(False))
    silent = and_(d.heard <= today - timedelta(settings.lapse_days), d.withdrawn.is_(False))
    stands = case(
        (off, d.stage),
        (done, d.stage),
        (silent, literal(LAPSED)),
        (d.ahead, literal(AHEAD)),
        else_=d.stage,
    )
    inner = select(year.label("year"), stands.label("stands"))
    if sector is not None:
        inner = inner.where(d.sector == str(sector))
    told = inner.subquery()
    found = connection.execute(select(told.c.year, told.c.stands, func.count()).group_by(told.c.year, told.c.stands))
    order = [AHEAD, *map(str, Stage), LAPSED]
    rows = sorted(found, key=lambda row: (row[0], order.index(row[1])))
    return Cohorts(sum(row[2] for row in rows), {(row[0], row[1]): row[2] for row in rows})
