"""Forecasts kept and counted: what came due at each settled occasion, and the counts that scorecards are made of.

The forecasts of an occasion are worked out by ``paraph.resolve.forecasts`` from whole deals when scores are asked for, and
again when something changed that they follow from (desk/stale.py). Their counts are kept beside them, changed by what each
such refresh changes, so that all scorecards of a large desk can be read at once; ``renew`` makes both anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text

from paraph.desk import occasions as kept
from paraph.desk.deals import deals_of
from paraph.desk.schema import (
    Letters,
    deals,
    forecasts,
    occasions,
    score_cells,
    score_squares,
    scored,
    signal_parties,
    signals,
    versions,
)
from paraph.link.traits import Traits
from paraph.model import Certainty, Cue, Deal, Instrument, Occasion, Outcome, Sector, Signal, SourceType, Stage, Verdict
from paraph.resolve.forecasts import Forecast, Note, Specificity, forecasts_of, specificity_of
from paraph.resolve.scorecards import By, Cell, Scorecards, Tally, scorecards, tally_of
from paraph.resolve.wording import wording_of

if TYPE_CHECKING:
    from paraph.desk.store import Desk

__all__ = ["catch_up", "forecasts_at", "forecasts_of_value", "read_tally", "refresh", "renew", "scores"]

# Most values in one IN (…) of a query: within what either database takes.
CHUNK = 500
# Counts change by what is added to them; so written both databases understand it.
_ADD_CELLS = text(
    "INSERT INTO score_cells (field, value, sector, certainty, came, n, lead, named) "
    "VALUES (:field, :value, :sector, :certainty, :came, :n, :lead, :named) "
    "ON CONFLICT (field, value, sector, certainty, came) DO UPDATE SET n = score_cells.n + excluded.n, "
    "lead = score_cells.lead + excluded.lead, named = score_cells.named + excluded.named"
).bindparams(bindparam("value", type_=Letters()))
_ADD_SQUARES = text(
    "INSERT INTO score_squares (field, value, squares) VALUES (:field, :value, :squares) "
    "ON CONFLICT (field, value) DO UPDATE SET squares = score_squares.squares + excluded.squares"
).bindparams(bindparam("value", type_=Letters()))
# The fields under which the totals are counted: each forecast of an owner once, and each of a speaker once.
TOTALS = {False: "all", True: "all speakers"}


def scores(
    desk: Desk, by: By, *, occasion: str | None = None, today: date | None = None, others: int | None = None
) -> Scorecards:
    """Return the scorecards of the desk, or those of one occasion alone; what came due since is worked out first.

    Raises DeskError for an occasion that is not known.
    """
    catch_up(desk, today=today)
    if occasion is not None:
        tally = tally_of(forecasts_at(desk, desk.occasion(occasion)), by)
    else:
        with desk.look() as connection:
            tally = read_tally(connection, by)
    return scorecards(tally, by, desk.settings, others=others)


def catch_up(desk: Desk, *, today: date | None = None) -> int:
    """Work out the forecasts of occasions that are past and settled and not worked out as they now are; return how many.

    An occasion that had forecasts and is not past or not settled any more loses them.
    """
    today = today or desk.now().date()
    with desk.look() as connection:
        done = set(connection.scalars(select(occasions.c.name).join(scored, scored.c.occasion_id == occasions.c.id)))
        some = select(forecasts.c.signal).where(forecasts.c.occasion_id == occasions.c.id).exists()
        had = set(connection.scalars(select(occasions.c.name).where(some)))
        todo = [
            each
            for each in kept.all_of(connection)
            if each.name not in done
            and (each.name in had or (each.last < today and kept.verdicts_of(connection, each.name)))
        ]
    for each in todo:
        refresh(desk, each, today=today)
    return len(todo)


def renew(desk: Desk, *, today: date | None = None) -> None:
    """Work out all forecasts of all settled occasions anew; the same as they are, unless rules or settings changed."""
    with desk.begin() as connection:
        for table in (forecasts, scored, score_cells, score_squares):
            connection.execute(delete(table))
    catch_up(desk, today=today)


def refresh(desk: Desk, occasion: Occasion, *, today: date | None = None) -> None:
    """Work out the forecasts that came due at an occasion. One transaction.

    Where the occasion is not past yet, or has no verdicts, it has no forecasts.
    """
    today = today or desk.now().date()
    with desk.begin() as connection:
        number = connection.scalar(select(occasions.c.id).where(occasions.c.name == occasion.name))
        verdicts = kept.verdicts_of(connection, occasion.name)
        whole, settled = _deals(connection, verdicts)
        found = forecasts_of(
            whole,
            occasion,
            settled,
            kept.all_of(connection),
            today=today,
            settings=desk.settings,
            notes=notes_of(connection, whole),
        )
        old = _read(connection, occasion.name, number)
        connection.execute(delete(forecasts).where(forecasts.c.occasion_id == number))
        if found:
            connection.execute(insert(forecasts), [_row(number, each) for each in found])
        _count(connection, old, found)
        connection.execute(delete(scored).where(scored.c.occasion_id == number))
        if occasion.last < today and verdicts:
            connection.execute(insert(scored), {"occasion_id": number, "day": today})


def forecasts_at(desk: Desk, occasion: Occasion) -> list[Forecast]:
    """Return the forecasts that came due at an occasion, in order of day and id; none where it is not past or not settled."""
    with desk.look() as connection:
        number = connection.scalar(select(occasions.c.id).where(occasions.c.name == occasion.name))
        return _read(connection, occasion.name, number)


def read_tally(connection: Connection, by: By) -> Tally:
    """Return the counts of all forecasts, as ``resolve.scorecards.tally_of`` would count them."""
    total = TOTALS[by is By.SOURCE]
    fields = score_cells.c
    rows = connection.execute(
        select(
            fields.field,
            fields.value,
            fields.sector,
            fields.certainty,
            fields.came,
            fields.n,
            fields.lead,
            fields.named,
        )
        .where(fields.field.in_((str(by), total)))
        .order_by(fields.value, fields.sector, fields.certainty, fields.came)
    )
    sectors, certainties = {str(each): each for each in Sector}, {str(each): each for each in Certainty}
    cells: dict[str, list[Cell]] = {str(by): [], total: []}
    for field, value, sector, certainty, came, n, lead, named in rows:
        cells[field].append(Cell(value, sectors[sector], certainties[certainty], bool(came), n, lead, named))
    squares = {
        (row.field, row.value): row.squares
        for row in connection.execute(select(score_squares).where(score_squares.c.field.in_((str(by), total))))
    }
    return Tally(
        tuple(cells[str(by)]),
        {value: n for (field, value), n in squares.items() if field == str(by)},
        tuple(cells[total]),
        {value: n for (field, value), n in squares.items() if field == total},
    )


def notes_of(connection: Connection, deals: Iterable[Deal]) -> dict[str, Note]:
    """Return what the forecasts among the sightings of deals need beyond them: their wording, and how specific they are."""
    keys = [each.id for deal in deals for each in deal.sightings if each.signal.ahead]
    fields = signals.c
    rows: list[Any] = []
    for part in _chunks(keys):
        rows += connection.execute(
            select(fields.key, fields.certainty, fields.why, fields.traits, fields.version_id).where(
                fields.key.in_(part)
            )
        ).all()
    texts = _texts(connection, {row.version_id for row in rows})
    notes = {}
    for row in rows:
        cues = [Cue(cue["field"], cue["start"], cue["end"]) for cue in row.why]
        notes[row.key] = Note(
            wording=wording_of(_only_cues(Certainty(row.certainty), cues), texts[row.version_id]),
            specificity=_specificity(row.traits),
        )
    return notes


def _specificity(written: str) -> Specificity:
    """Return how specific a signal is by its traits; a subject, where an older linking wrote them."""
    traits = Traits.read(written)
    return specificity_of(traits.names, traits.numbers, traits.words) if traits else Specificity.TOPIC


def _only_cues(certainty: Certainty, cues: Sequence[Cue]) -> Signal:
    """Return a signal of which nothing is known but what its wording hangs on."""
    nowhere = (Stage.IDEA, True, certainty, SourceType.OUTLET, None, (), Sector.POLITICS, Instrument.COOPERATION, 0.0)
    return Signal(0, 0, "", *nowhere, tuple(cues))


def _texts(connection: Connection, numbers: Collection[int]) -> dict[int, str]:
    texts: dict[int, str] = {}
    for part in _chunks(sorted(numbers)):
        rows = connection.execute(select(versions.c.id, versions.c.text).where(versions.c.id.in_(part)))
        texts |= {row.id: row.text for row in rows}
    return texts


def _deals(connection: Connection, verdicts: Iterable[Verdict]) -> tuple[list[Deal], dict[str, Verdict]]:
    """Return the deals that verdicts are on, but those that came unannounced, and the verdicts by deal."""
    settled = {each.deal: each for each in verdicts if each.announced}
    roots: list[int] = []
    for part in _chunks(sorted(settled)):
        roots += connection.scalars(
            select(signals.c.root_id).where(signals.c.key.in_(part), signals.c.root_id.is_not(None))
        )
    whole = deals_of(connection, set(roots))
    return [whole[root] for root in sorted(whole)], settled


def forecasts_of_value(
    connection: Connection, by: By, value: str, *, occasion: str | None = None, limit: int = 50, offset: int = 0
) -> tuple[list[tuple[Forecast, str]], int]:
    """Return the forecasts that a card counts, newest first, each with its deal's title as it is now; and how many there are.

    A deal that is gone has the title "". Of one owner (by source: of one speaker) only the first forecast on a deal and
    occasion counts, as on the card.
    """
    fields = forecasts.c
    of = fields.of_source if by is By.SOURCE else fields.of_owner
    chosen = select(forecasts, occasions.c.name).join(occasions, occasions.c.id == fields.occasion_id).where(of)
    if by is By.PARTY:
        named = select(signal_parties.c.signal_id).where(signal_parties.c.party == value)
        chosen = chosen.where(fields.signal.in_(select(signals.c.key).where(signals.c.id.in_(named))))
    else:
        chosen = chosen.where(fields[str(by)] == value)
    if occasion is not None:
        chosen = chosen.where(occasions.c.name == occasion)
    total = connection.execute(select(func.count()).select_from(chosen.subquery())).scalar_one()
    rows = connection.execute(chosen.order_by(fields.day.desc(), fields.signal).limit(limit).offset(offset)).all()
    root = signals.alias("root")
    titles = select(root.c.key, deals.c.title).join(deals, deals.c.id == root.c.root_id)
    called: dict[str, str] = {}
    for part in _chunks(sorted({row.deal for row in rows})):
        called |= {row.key: row.title for row in connection.execute(titles.where(root.c.key.in_(part)))}
    return [(_forecast(row, row.name), called.get(row.deal, "")) for row in rows], total


def _read(connection: Connection, occasion: str, number: int | None) -> list[Forecast]:
    fields = forecasts.c
    rows = connection.execute(select(forecasts).where(fields.occasion_id == number).order_by(fields.day, fields.signal))
    return [_forecast(row, occasion) for row in rows]


def _forecast(row: Any, occasion: str) -> Forecast:
    return Forecast(
        id=row.signal,
        occasion=occasion,
        deal=row.deal,
        day=row.day,
        lead=row.lead,
        publisher=row.publisher,
        source=row.source,
        source_type=SourceType(row.source_type),
        stage=Stage(row.stage),
        certainty=Certainty(row.certainty),
        wording=row.wording,
        sector=Sector(row.sector),
        instrument=Instrument(row.instrument),
        parties=tuple(row.parties),
        specificity=Specificity(row.specificity),
        outcome=Outcome(row.outcome),
        came=row.came,
        of_owner=row.of_owner,
        of_source=row.of_source,
    )


def _row(number: int | None, forecast: Forecast) -> dict[str, Any]:
    texts = ("source_type", "stage", "certainty", "sector", "instrument", "specificity", "outcome")
    return {
        "occasion_id": number,
        "signal": forecast.id,
        "deal": forecast.deal,
        "day": forecast.day,
        "lead": forecast.lead,
        "publisher": forecast.publisher,
        "source": forecast.source,
        "wording": forecast.wording,
        "parties": list(forecast.parties),
        "came": forecast.came,
        "of_owner": forecast.of_owner,
        "of_source": forecast.of_source,
    } | {field: str(getattr(forecast, field)) for field in texts}


def _count(connection: Connection, old: Sequence[Forecast], new: Sequence[Forecast]) -> None:
    """Take the old forecasts out of the counts and put the new ones in."""
    cells: Counter[tuple[Any, ...]] = Counter()
    squares: Counter[tuple[str, str]] = Counter()
    for sign, those in ((-1, old), (1, new)):
        for by in By:
            tally = tally_of(those, by)
            _add(cells, squares, str(by), tally.cells, tally.squares, sign)
            if by in (By.PUBLISHER, By.SOURCE):
                _add(cells, squares, TOTALS[by is By.SOURCE], tally.totals, tally.squared, sign)
    keys = ("field", "value", "sector", "certainty", "came")
    rows = [
        dict(zip(keys, key, strict=True)) | dict.fromkeys(("n", "lead", "named"), 0)
        for key in sorted({key[:-1] for key, n in cells.items() if n})
    ]
    for row in rows:
        for part in ("n", "lead", "named"):
            row[part] = cells[(*(row[key] for key in keys), part)]
    if rows:
        connection.execute(_ADD_CELLS, rows)
        connection.execute(delete(score_cells).where(score_cells.c.n == 0))
    changed = [{"field": field, "value": value, "squares": n} for (field, value), n in sorted(squares.items()) if n]
    if changed:
        connection.execute(_ADD_SQUARES, changed)
        connection.execute(delete(score_squares).where(score_squares.c.squares == 0))


def _add(
    cells: Counter[tuple[Any, ...]],
    squares: Counter[tuple[str, str]],
    field: str,
    these: Iterable[Cell],
    sums: Mapping[str, int],
    sign: int,
) -> None:
    for cell in these:
        key = (field, cell.value, str(cell.sector), str(cell.certainty), cell.came)
        for part in ("n", "lead", "named"):
            cells[(*key, part)] += sign * getattr(cell, part)
    for value, n in sums.items():
        squares[field, value] += sign * n


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for begin in range(0, len(values), CHUNK):
        yield values[begin : begin + CHUNK]
