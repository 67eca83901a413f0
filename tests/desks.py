"""Fixtures of the desk: every test that asks for ``place`` or ``desk`` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from paraph.desk import Desk, open_desk
from paraph.settings import Settings
from servers import Missing, server

__all__ = ["Clock", "clock", "desk", "emptied", "empty_file", "empty_server", "place", "postgres"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """Give what makes an empty database on a server of the session's own and returns its address."""
    with ExitStack() as stack:
        try:
            address = stack.enter_context(server())
        except Missing as reason:
            pytest.skip(str(reason))
        import psycopg

        numbers = count()

        def made() -> str:
            name = f"desk{next(numbers)}"
            with psycopg.connect(address.format(name="postgres"), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
            return address.format(name=name)

        yield made


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty desk to copy: making one takes thirty times as long."""
    path = tmp_path_factory.mktemp("empty") / "desk.db"
    with open_desk(path, settings=Settings()):
        pass
    return path


@pytest.fixture(scope="session")
def empty_server(postgres: Callable[[], str]) -> str:
    address = postgres()
    with open_desk(address, settings=Settings()):
        pass
    return address


def emptied(address: str) -> str:
    """Take everything out of a desk but its tables."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'paraph_version'"
        )
        names = ", ".join(f'"{name}"' for (name,) in rows)
        connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    return address


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The place of an empty desk, with its tables."""
    if request.param == "sqlite":
        path = tmp_path / "desk.db"
        shutil.copy(request.getfixturevalue("empty_file"), path)
        return str(path)
    return emptied(request.getfixturevalue("empty_server"))


class Clock:
    """A clock that goes only when it is told to."""

    def __init__(self) -> None:
        self.time = datetime(2025, 3, 5, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def go(self, **much: float) -> None:
        """Let time pass: ``days=1``."""
        self.time += timedelta(**much)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(place: str, clock: Clock) -> Iterator[Desk]:
    """An open, empty desk."""
    with open_desk(place, settings=Settings(), now=clock) as opened:
        yield opened
