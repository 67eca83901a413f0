"""The desk's stamp: a short text that changes with everything that is written, so that what was made of a desk can be kept.

SQLite keeps the number of the last change in the file itself (``user_version``), as a part of each transaction; PostgreSQL's
is its snapshot, which names every transaction that is seen. So all programs that look at one desk see the same stamp, and two
equal stamps mean the same rows.

What it does not tell: writing past ``Desk`` (a program that opens the SQLite file by itself), and the migration of an older desk;
that an older file was put in the place of the desk, where that has the same number and the same place on the disk; and what
does not stand on the desk, such as settings, the day or the program's version. It changes more often than it must: on
PostgreSQL with every writing in any database of the server.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection

__all__ = ["changes", "stamp_of", "tick"]

# SQLite keeps 32 bits with a sign.
_MOST = 2**31


def changes(connection: Connection) -> int:
    """Return how many rows the connection has changed so far; 0 where that is not asked of the database."""
    if connection.dialect.name != "sqlite":
        return 0
    driver: Any = connection.connection.driver_connection
    return int(driver.total_changes)


def tick(connection: Connection, before: int) -> None:
    """Count a change of the desk where rows were changed since ``before``; to be called at the end of the transaction."""
    if connection.dialect.name == "sqlite" and changes(connection) != before:
        number = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        connection.exec_driver_sql(f"PRAGMA user_version = {(number + 1) % _MOST}")


def stamp_of(connection: Connection) -> str:
    """Return the stamp of the state of the desk that a connection sees: letters, digits, dots, colons, commas and hyphens."""
    if connection.dialect.name == "postgresql":
        found = "SELECT oid || '.' || txid_current_snapshot() FROM pg_database WHERE datname = current_database()"
        return str(connection.exec_driver_sql(found).scalar_one())
    number = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    path = connection.engine.url.database or ""
    try:
        file = Path(path).stat().st_ino
    except OSError:  # taken away while it is open
        file = 0
    return f"{file:x}.{number}"
