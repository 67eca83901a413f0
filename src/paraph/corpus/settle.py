"""Settling: what the pieces found and what the shuffles made of it, as the partitioned data set that is kept.

``documents`` and ``signals`` are parted by month (of the day that counts; ``month=none`` for what has no day), in the order of
the input, and part by part in step: part 3 of a month's signals holds the signals of part 3 of its documents. ``coverage`` is
parted by month and summed up; ``skipped``, ``copies`` and ``deals`` are plain parts. What is in a part depends on the input and
the order alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paraph.corpus.families import deals_of, repeated_of, voices_of
from paraph.corpus.stage import Stage
from paraph.corpus.summaries import Summary, month_of
from paraph.corpus.tables import TABLES, Growing, schema, write
from paraph.corpus.values import Fate, Task

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["settling"]


def settling(
    root: Path, read: str, summaries: Sequence[Summary], most: int, deals: bool
) -> tuple[list[Task], dict[tuple[str, int], str]]:
    """Return the tasks that make the parts of the data set, and for each task's folder the folder of the data set it goes to.

    ``summaries`` are those of all pieces, in order; ``most`` is how many documents a part holds at most, or those of one piece.
    """
    tasks: list[Task] = []
    homes: dict[tuple[str, int], str] = {}
    numbers: Counter[str] = Counter()

    def add(step: str, function: Any, home: str, part: int, *arguments: Any) -> None:
        number = numbers[step]
        numbers[step] += 1
        tasks.append(Task(step, number, function, (root, step, number, read, part, *arguments)))
        homes[step, number] = home

    months = sorted({month for summary in summaries for month in summary.months})
    for month in months:
        sizes = [summary.months.get(month, 0) for summary in summaries]
        for part, pieces in enumerate(_groups(sizes, most)):
            add("settle", _settle, f"month={month}", part, month, pieces, deals)
    for month in sorted({month for summary in summaries for month in summary.covered}):
        pieces = [number for number, summary in enumerate(summaries) if month in summary.covered]
        add("cover", _cover, f"month={month}", 0, month, pieces)
    # One part where nothing was skipped, so that the table is there.
    for part, pieces in enumerate(_groups([summary.skipped for summary in summaries], most) or [[]]):
        add("skip", _skip, "", part, pieces)
    return tasks, homes


def _groups(sizes: Sequence[int], most: int) -> list[list[int]]:
    """Return the numbers of pieces that make a part each: neighbours with at most ``most`` rows together, or one with more."""
    groups: list[list[int]] = []
    group: list[int] = []
    rows = 0
    for number, size in enumerate(sizes):
        if group and rows + size > most:
            groups.append(group)
            group, rows = [], 0
        if size:
            group.append(number)
            rows += size
    return [*groups, group] if group else groups


def _settle(
    root: Path, step: str, number: int, read: str, part: int, month: str, pieces: Sequence[int], deals: bool
) -> dict[str, int]:
    """Write one part of a month's documents and that of their signals."""
    stage = Stage(root)
    with stage.making(step, number) as folder, ExitStack() as open_:
        tables = {}
        for table in ("documents", "signals"):
            (folder / table).mkdir()
            tables[table] = open_.enter_context(closing(Growing(folder / table / _part(part), table)))
        for piece in pieces:
            _of_month(stage, read, piece, month, deals, tables)
        open_.close()
    return {name: table.rows for name, table in tables.items()}


def _of_month(stage: Stage, read: str, piece: int, month: str, deals: bool, tables: Mapping[str, Growing]) -> None:
    """Add the documents of a piece that are of a month and did not come before, and their signals."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = stage.folder(read, piece)
    about = pq.read_table(folder / "documents.parquet", columns=["day", "site", "publisher"])
    days, sites, publishers = (about.column(name).to_pylist() for name in ("day", "site", "publisher"))
    repeated, voices = repeated_of(stage.root, piece), voices_of(stage.root, piece)
    kept = [row not in repeated and month_of(day) == month for row, day in enumerate(days)]
    for at, group in _groups_of(folder / "documents.parquet", month):
        rows = range(at, at + group.num_rows)
        found = group.append_column("voice", pa.array([voices[row] for row in rows], pa.string()))
        tables["documents"].extend(
            _columns(found.filter(pa.array([kept[row] for row in rows], pa.bool_())), "documents")
        )
    named = deals_of(stage.root, piece) if deals else None
    for at, group in _groups_of(folder / "signals.parquet", month):
        papers = group.column("row").to_pylist()
        for name, values in (
            ("publisher", [publishers[row] for row in papers]),
            ("site", [sites[row] for row in papers]),
            ("voice", [voices[row] for row in papers]),
            ("deal", named[at : at + len(papers)] if named else [None] * len(papers)),
        ):
            group = group.append_column(name, pa.array(values, pa.string()))
        tables["signals"].extend(_columns(group.filter(pa.array([kept[row] for row in papers], pa.bool_())), "signals"))


def _groups_of(path: Path, month: str) -> Iterator[tuple[int, pa.Table]]:
    """Yield the groups of rows that may hold some of a month, each with the number of its first row."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        leaf = next(n for n in range(len(file.schema)) if file.schema.column(n).path == "day")
        at = 0
        for number in range(file.num_row_groups):
            told = file.metadata.row_group(number)
            known = told.column(leaf).statistics
            bounds = (
                (month_of(known.min), month_of(known.max))
                if known is not None and known.has_min_max and not known.null_count
                else None
            )
            if bounds is None or bounds[0] <= month <= bounds[1]:
                yield at, file.read_row_group(number)
            at += told.num_rows


def _columns(table: pa.Table, name: str) -> pa.Table:
    return table.select([column for column, *_ in TABLES[name]]).cast(schema(name))


def _cover(
    root: Path, step: str, number: int, read: str, part: int, month: str, pieces: Sequence[int]
) -> dict[str, int]:
    """Write a month's coverage, summed over the pieces; what was delivered again counts as that."""
    import pyarrow.parquet as pq

    stage = Stage(root)
    counts: dict[tuple[str | None, date | None, str], int] = {}

    def count(site: str | None, day: date | None, fate: str, documents: int) -> None:
        if month_of(day) == month:
            counts[site, day, fate] = counts.get((site, day, fate), 0) + documents

    for piece in pieces:
        folder = stage.folder(read, piece)
        for row in pq.read_table(folder / "coverage.parquet").to_pylist():
            count(row["site"], row["day"], row["fate"], row["documents"])
        if repeated := repeated_of(root, piece):
            known = pq.read_table(folder / "documents.parquet", columns=["site", "day", "signals"])
            for row in known.take(sorted(repeated)).to_pylist():
                count(row["site"], row["day"], Fate.SIGNALS if row["signals"] else Fate.QUIET, -1)
                count(row["site"], row["day"], Fate.AGAIN, 1)
    ordered = sorted(counts.items(), key=lambda item: (item[0][1] or date.min, item[0][0] or "", item[0][2]))
    rows = [
        {"site": site, "day": day, "fate": str(fate), "documents": documents}
        for (site, day, fate), documents in ordered
        if documents
    ]
    with stage.making(step, number) as folder:
        (folder / "coverage").mkdir()
        write(folder / "coverage" / _part(part), "coverage", rows)
    return {"coverage": len(rows)}


def _skip(root: Path, step: str, number: int, read: str, part: int, pieces: Sequence[int]) -> dict[str, int]:
    """Write one part of what was skipped."""
    import pyarrow.parquet as pq

    stage = Stage(root)
    with stage.making(step, number) as folder:
        (folder / "skipped").mkdir()
        with closing(Growing(folder / "skipped" / _part(part), "skipped")) as table:
            for piece in pieces:
                table.extend(pq.read_table(stage.folder(read, piece) / "skipped.parquet").cast(schema("skipped")))
    return {"skipped": table.rows}


def _part(number: int) -> str:
    return f"part-{number:05d}.parquet"
