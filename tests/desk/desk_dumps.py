"""Desks of deliveries, step by step, and everything that a SQLite desk holds as one text to compare."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deliveries import NOW, Delivery
from paraph.desk import Desk, Raw, open_desk

__all__ = ["Steps", "add", "dump", "opened", "steps_of"]


@contextmanager
def opened(where: Path | str) -> Iterator[Desk]:
    """Give a desk with a clock that stands still."""
    with open_desk(where, now=lambda: NOW) as desk:
        yield desk


def add(desk: Desk, delivery: Delivery) -> None:
    """Add what was delivered, as it came in."""
    raw = Raw(delivery.raw, "text/plain") if delivery.raw else None
    desk.add(delivery.reading, raw=raw, arrival=delivery.arrival, seen=delivery.seen)


def dump(path: Path) -> str:
    """Return every row of every table of a SQLite desk, row ids and the index of words included.

    Raises AssertionError where SQLite finds the file unsound or a row that points nowhere.
    """
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
        ).fetchall()
        rows = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables}
    return "\n".join(f"{name} {row!r}" for name, found in rows.items() for row in found)


@dataclass(frozen=True, slots=True)
class Steps:
    """A desk before the first delivery and after each: its file, and what it holds."""

    deliveries: list[Delivery]
    files: list[Path]
    dumps: list[str]

    def copy(self, step: int, to: Path) -> Path:
        """Return a copy of the desk as it was before delivery number ``step`` (from 0)."""
        for rest in to.parent.glob(f"{to.name}*"):
            rest.unlink()
        shutil.copy(self.files[step], to)
        return to


def steps_of(given: list[Delivery], folder: Path) -> Steps:
    """Return the steps of a desk to which the deliveries are added one by one, each with the desk opened anew."""
    files, dumps = [], []
    for step in range(len(given) + 1):
        path = folder / f"step-{step}.db"
        if step:
            shutil.copy(files[-1], path)
        with opened(path) as desk:
            if step:
                add(desk, given[step - 1])
        files.append(path)
        dumps.append(dump(path))
    return Steps(given, files, dumps)
