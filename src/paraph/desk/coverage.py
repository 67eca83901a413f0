"""Coverage: what a desk holds, from when and from whom, and what became of its deals over the years.

All of it is counted off indexes, which takes a while on a large desk; so it is counted once for each state of the desk
and kept in the program's memory (desk/once.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from itertools import product
from typing import Any

from sqlalchemy import CompoundSelect, Connection, and_, bindparam, case, func, literal, select, union_all

from paraph.desk.once import once
from paraph.desk.pages import About, Cohorts, Tally
from paraph.desk.schema import deals, documents, feeds, occasions, reviews, signals, versions
from paraph.model import Sector, Stage
from paraph.resolve.history import on_the_table
from paraph.settings import Settings

__all__ = ["AHEAD", "GAP_DAYS", "LAPSED", "PUBLISHERS", "about", "cohorts"]

# How far back days without a document are looked for, and how many publishers are named. Set by eye: a quarter of a year, and
# as many as a page shows without being turned.
GAP_DAYS = 90
PUBLISHERS = 30
LAPSED, AHEAD = "lapsed", "ahead"


def about(connection: Connection, now: datetime) -> About:
    """Return what a desk holds; days without a document are looked for up to the day before ``now``."""
    return once(connection, ("about", now.date()), lambda: _about(connection, now))


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
    return once(
        connection,
        ("cohorts", sector, today, settings.lapse_days),
        lambda: _cohorts(connection, sector, today, settings),
    )


def _cohorts(connection: Connection, sector: Sector | None, today: date, settings: Settings) -> Cohorts:
    counting = _counting(sector)
    silent = today - timedelta(settings.lapse_days)
    cells: dict[tuple[int, str], int] = {}
    for year in _years(connection):
        given = {
            "low": date(year, 1, 1),
            "high": date(year, 12, 31),
            "silent": silent,
            "sector": sector and str(sector),
        }
        told = dict.fromkeys([AHEAD, *map(str, Stage), LAPSED], 0)
        for stands, n, lapsed in connection.execute(counting, given):
            told[stands] += n - lapsed
            told[LAPSED] += lapsed
        cells |= {(year, stands): n for stands, n in told.items() if n}
    return Cohorts(sum(cells.values()), cells)


def _years(connection: Connection) -> Iterator[int]:
    """Give the years of which there are documents: deals begin on the day of one."""
    day = connection.execute(select(func.min(documents.c.day))).scalar()
    while day is not None:
        yield day.year
        later = select(func.min(documents.c.day)).where(documents.c.day > date(day.year, 12, 31))
        day = connection.execute(later).scalar()


@cache
def _counting(sector: Sector | None) -> CompoundSelect[Any]:
    """Return what counts the deals of a year by where they stand, and how many of these lapsed.

    A count for each stage, ahead or not, is a run of the index; to sort all deals into groups takes five times as long.
    """
    d = deals.c
    parts = []
    for stage, ahead in product(Stage, (False, True)):
        begun = d.first_day.between(bindparam("low"), bindparam("high"))
        mine = [d.stage == str(stage), d.ahead.is_(ahead), begun]
        if sector is not None:
            mine.append(d.sector == bindparam("sector"))
        lapsed: Any = literal(0)
        if on_the_table(stage, ahead):
            quiet = and_(d.heard <= bindparam("silent"), d.withdrawn.is_(False))
            lapsed = func.coalesce(func.sum(case((quiet, 1), else_=0)), 0)
        stands = AHEAD if ahead and stage not in (Stage.STALLED, Stage.ENDED) else str(stage)
        parts.append(select(literal(stands), func.count(), lapsed).where(*mine))
    return union_all(*parts)
