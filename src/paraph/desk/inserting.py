"""Many rows of one table at once, past what SQLAlchemy does for each value, under numbers that are known beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from paraph.desk.schema import Letters, fit

__all__ = ["insert_many", "insert_rows", "numbers_for"]


def numbers_for(connection: Connection, table: Table, count: int) -> list[int]:
    """Return the numbers of so many rows that are to be written, in order; the transaction must hold the desk's lock."""
    if connection.dialect.name == "sqlite":
        # As SQLite numbers rows by itself: on from the highest.
        last = connection.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {table.name}").scalar_one()  # noqa: S608
        return list(range(last + 1, last + 1 + count))
    found = connection.exec_driver_sql(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", (table.name, count)
    )
    return sorted(found.scalars())


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows that all have the same columns, in their order."""
    if rows:
        names = tuple(rows[0])
        insert_many(connection, table, names, list(map(itemgetter(*names), rows)))


def insert_many(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows of these columns (two at least), in their order: with COPY on PostgreSQL."""
    if not rows:
        return
    dialect = connection.dialect
    columns = list(zip(*rows, strict=True))
    for at, name in enumerate(names):
        columns[at] = _bound(table.c[name].type, columns[at], dialect)
    values = list(zip(*columns, strict=True))
    listed = ", ".join(map(dialect.identifier_preparer.quote, names))
    if dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({listed}) VALUES ({marks})", values)  # noqa: S608
        return
    import psycopg

    statement = f"COPY {table.name} ({listed}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for each in values:
                copy.write_row(each)
    except psycopg.Error as error:
        # As SQLAlchemy tells what a statement of its own met (opening.told).
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error


def _bound(kind: TypeEngine[Any], values: tuple[Any, ...], dialect: Dialect) -> tuple[Any, ...]:
    """Return a column's values as the driver takes them."""
    if isinstance(kind, Letters):  # nearly all values are, and most of what it would take is the call
        return tuple([None if value is None else fit(value) for value in values])
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    return values if process is None else tuple(map(process, values))
