"""Many rows of one table at once, past what SQLAlchemy does for each value, under numbers that are known beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError, OperationalError

__all__ = ["insert_many", "numbers_for"]


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


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows, all with the same columns, in their order: with COPY on PostgreSQL."""
    if not rows:
        return
    dialect = connection.dialect
    names = list(rows[0])
    processors = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    values = [
        tuple(
            row[name] if process is None else process(row[name])
            for name, process in zip(names, processors, strict=True)
        )
        for row in rows
    ]
    columns = ", ".join(map(dialect.identifier_preparer.quote, names))
    if dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", values)  # noqa: S608
        return
    statement = f"COPY {table.name} ({columns}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    import psycopg

    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for each in values:
                copy.write_row(each)
    except psycopg.Error as error:
        # As SQLAlchemy tells what a statement of its own met (opening.told).
        kind: type[DBAPIError] = OperationalError
        raise kind(statement, None, error) from error
