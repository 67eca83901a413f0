"""Opening a desk: a SQLite file by its path, or a PostgreSQL database by its address; with a schema that is up to date.

Both databases behave alike from here on. Whoever writes begins by taking the one lock of the desk (``BEGIN IMMEDIATE``; an
advisory lock on PostgreSQL), so that writers queue instead of failing half way, and what is derived is derived from all that
went before. Readers never wait and see one state of the desk.

SQLite is set to WAL with ``synchronous=NORMAL``: whatever ends the program, what it said is in stays in; where the power
fails, the last documents may be missing, never a part of one, and the same sources given again bring them back. A person's
decisions cannot be given again: they are written with ``durable``, which waits until the disk has them. PostgreSQL
always does, unless its owner set it otherwise.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as NoneFree

from paraph.desk import migrations
from paraph.desk.stamps import changes, tick
from paraph.errors import DeskAway, DeskError, MissingExtra
from paraph.settings import Settings

__all__ = ["APPLICATION", "THREADS", "engine_of", "is_server", "place_of", "reader", "shared", "told", "writer"]

# How a SQLite file says that it is a desk ("Para", in ``PRAGMA application_id``).
APPLICATION = 0x50617261
# The lock that writers of a PostgreSQL desk take; any number that no other program on the database is likely to take.
ADVISORY_LOCK = 0x506172617068

_WRITES = "paraph_writes"
_FILE = "paraph_file"

# How many pages (of 4 kB) SQLite lets the log grow to before it moves them into the file, which waits for the disk. Eight times
# the usual: a document writes some hundred pages, and every seventh would wait.
_CHECKPOINT = 8_000

# Threads that a server works in; more would wait for each other (the interpreter's lock), and each has a connection with a cache
# of its own. A write that waits for the desk's lock holds one meanwhile. Set by eye.
THREADS = 16
# Connections that stay open, those used last taken first so that their caches are warm; and most at once: a thread may look a
# second time while it looks.
_KEPT_OPEN, _AT_ONCE = 8, 2 * THREADS
# Kibibytes of the file that a SQLite connection keeps in memory: of a program alone with the desk, and of each of a server's,
# whose caches each decision empties. With the first for all, a server of a million signals grew to 1.4 GB in a minute.
_CACHE_ALONE, _CACHE_OF_MANY = 65_536, 16_384


def place_of(where: str | os.PathLike[str] | None, environment: Mapping[str, str] | None = None) -> str:
    """Return where the desk is: as given, else ``$PARAPH_DESK``, else desk.db in the user's data folder."""
    environment = os.environ if environment is None else environment
    given = os.fspath(where) if where is not None else ""
    given = given or environment.get("PARAPH_DESK", "")
    if given:
        return given
    data = environment.get("XDG_DATA_HOME", "")
    # The specification has a relative path passed over.
    folder = Path(data) if data and Path(data).is_absolute() else Path.home() / ".local" / "share"
    return str(folder / "paraph" / "desk.db")


def is_server(place: str) -> bool:
    """Whether a place is the address of a database server, not a path."""
    return "://" in place


def engine_of(place: str, *, settings: Settings, now: datetime, create: bool) -> Engine:
    """Return the engine of the desk at a place, its schema brought up to date (after a backup, on SQLite).

    Raises DeskError where there is no desk and ``create`` is false, where it cannot be opened, is no desk, or was made by
    a newer Paraph; MissingExtra for PostgreSQL without psycopg.
    """
    engine = _server(place, settings) if is_server(place) else _file(place, settings, create)
    try:
        with told(_name(engine)):
            _up_to_date(engine, _name(engine), now, create)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def writer(engine: Engine, durable: bool = False) -> Iterator[Connection]:
    """Give a connection in a transaction that holds the desk's lock: kept at the end, taken back after an exception.

    With ``durable``, the end waits until the disk has it.
    """
    with told(_name(engine)), engine.connect() as connection:
        connection = connection.execution_options(**{_WRITES: True})
        if connection.dialect.name == "sqlite":
            driver: Any = connection.connection.driver_connection
            driver.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
            before = changes(connection)
            yield connection
            tick(connection, before)


@contextmanager
def reader(engine: Engine) -> Iterator[Connection]:
    """Give a connection in a transaction that only reads and sees one state of the desk throughout."""
    with told(_name(engine)), engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


@contextmanager
def told(place: str) -> Iterator[None]:
    """Turn what a database says about its place, lock or disk into a DeskAway that a person can act on."""
    try:
        yield
    except NoneFree as error:
        cure = "try again, or raise desk_wait_seconds"
        raise DeskAway(f"desk {place}: all {_AT_ONCE} connections have been in use all the while ({cure})") from error
    except (DBAPIError, sqlite3.Error) as error:
        # What is asked of the driver itself (journal_mode, synchronous) fails with the driver's own error.
        wrapped = error if isinstance(error, DBAPIError) else None
        saying = _saying(str(wrapped.orig if wrapped else error))
        if saying is None and not (wrapped and wrapped.connection_invalidated):
            raise  # a fault of ours: it keeps its traceback
        cause, cure = saying or ("the connection to the server was lost", "try again; what was in stays in")
        raise DeskAway(f"desk {place}: {cause} ({cure})") from error


# What the databases say, and what it means to a person; the first that fits.
_SAYINGS = (
    ("not a database", "the file is not a desk", "give the path of a desk, or a new path"),
    ("malformed", "the file is damaged", "restore a backup; `sqlite3 FILE .recover` saves what can be saved"),
    ("no such table", "its tables are missing: it is damaged, or another program changed it", "restore a backup"),
    ("unable to open", "it cannot be opened", "check that it is there and may be written to, with its folder"),
    ("readonly", "it may not be written to", "check who may write to the file and to its folder"),
    ("disk is full", "the disk is full; what was in stays in", "make room and run it again"),
    ("disk i/o", "the disk failed; what was in stays in", "check the disk and run it again"),
    ("is locked", "another program has been writing to it all the while", "try again, or raise desk_wait_seconds"),
    ("lock timeout", "another program has been writing to it all the while", "try again, or raise desk_wait_seconds"),
    ("no space left", "the server's disk is full; what was in stays in", "make room and run it again"),
    ("password authentication", "the server does not accept the user or the password", "check the address"),
    ("no password supplied", "the server asks for a password", "give it in the address or in ~/.pgpass"),
    ("fatal:  database", "the server has no such database", "create it: createdb NAME"),
    ("fatal:  role", "the server knows no such user", "check the address"),
    ("permission denied", "the server does not let this user do that", "ask for the right to create tables"),
    ("connection refused", "the server cannot be reached", "check the address and whether it runs"),
    ("could not translate host", "there is no server of that name", "check the address"),
    ("failed to resolve host", "there is no server of that name", "check the address"),
    ("connection failed", "the server cannot be reached", "check the address and whether it runs"),
    ("connection timeout", "the server did not answer in time", "check the address and whether it runs"),
    ("connection is bad", "the server cannot be reached", "check the address and whether it runs"),
    ("closed the connection", "the server closed the connection", "try again; what was in stays in"),
    ("terminating connection", "the server closed the connection", "try again; what was in stays in"),
    ("not currently accepting", "the server is not accepting connections", "try again when it has started"),
    ("the database system is", "the server is starting or stopping", "try again in a moment"),
)


def _saying(said: str) -> tuple[str, str] | None:
    low = said.lower()
    return next(((cause, cure) for words, cause, cure in _SAYINGS if words in low), None)


def _name(engine: Engine) -> str:
    """Return what people call the desk: its path, or its address without the password."""
    if engine.dialect.name == "sqlite":
        return engine.url.database or ""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=True)


def _file(place: str, settings: Settings, create: bool) -> Engine:
    path = Path(place)
    try:
        if "\0" in place:
            raise ValueError("its name holds a NUL")
        if path.is_dir():
            raise DeskError(f"desk {place}: it is a folder (give a file, such as {path / 'desk.db'})")
        if not path.exists():
            if not create:
                raise DeskError(f"desk {place}: there is none (`paraph add SOURCE` makes one; --desk names another)")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    except (OSError, ValueError) as error:
        raise DeskError(f"desk {place}: it cannot be opened: {error} (check the path)") from error

    def connect() -> sqlite3.Connection:
        # Only what is there: where a desk was taken away, no empty one is put in its place.
        address = f"file:{quote(str(path.absolute()))}?mode=rw"
        return sqlite3.connect(address, uri=True, timeout=settings.desk_wait_seconds, check_same_thread=False)

    engine = create_engine(URL.create("sqlite", database=str(path)), creator=connect, **_pool(settings))

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, record: Any) -> None:
        record.info[_FILE] = _identity(path)
        # The driver's own way of beginning transactions is switched off: it would begin them at the first write only,
        # and a reader that then writes may fail however long it waits.
        connection.isolation_level = None
        for pragma in ("synchronous=NORMAL", "foreign_keys=ON", f"cache_size=-{_CACHE_ALONE}"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT}").fetchone()

    @event.listens_for(engine, "checkout")
    def _taken(_: Any, record: Any, __: Any) -> None:
        # A file that was taken away or exchanged can still be written to, by those who have it open, and nobody sees it again.
        if record.info[_FILE] != _identity(path):
            raise DisconnectionError

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def shared(engine: Engine) -> None:
    """Have the connections that are made from now on keep small caches: a server has many of them."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        connection.execute(f"PRAGMA cache_size=-{_CACHE_OF_MANY}")

    engine.dispose()


def _identity(path: Path) -> tuple[int, int] | None:
    """Return which file stands at a path, None for none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _pool(settings: Settings) -> dict[str, Any]:
    """Return how many connections an engine keeps and makes, and how long one is waited for."""
    return {
        "pool_size": _KEPT_OPEN,
        "max_overflow": _AT_ONCE - _KEPT_OPEN,
        "pool_timeout": settings.desk_wait_seconds,
        "pool_use_lifo": True,
    }


def _server(place: str, settings: Settings) -> Engine:
    try:
        url = make_url(place)
    except (ArgumentError, ValueError) as error:
        raise DeskError("desk: the address cannot be read (give postgresql://user@host/database)") from error
    if url.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise DeskError(f"desk: {url.drivername}:// is not known (give a path or postgresql://user@host/database)")
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise MissingExtra("a desk on PostgreSQL needs psycopg: pip install 'paraph[postgresql]'") from None
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": 10},
        pool_pre_ping=True,
        **_pool(settings),
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {int(settings.desk_wait_seconds * 1000)}")
        connection.commit()

    return engine


def _up_to_date(engine: Engine, place: str, now: datetime, create: bool) -> None:
    """Make the tables of a new desk, or bring those of an older one up to date; look only, where nothing is to be done."""
    with reader(engine) as connection:
        version = _version(connection, place)
    if version == migrations.HEAD:
        return
    if version is None and not create:
        raise DeskError(f"desk {place}: there is none (`paraph add SOURCE` makes one; --desk names another)")
    if version is not None and version not in migrations.known():
        raise DeskError(
            f"desk {place}: a newer Paraph made it (its schema is {version}, this one knows up to {migrations.HEAD}); "
            "install a newer one: pip install --upgrade paraph"
        )
    with _migrating(engine) as connection:
        version = _version(connection, place)  # another program may have been first
        if version == migrations.HEAD:
            return
        if version is not None and not is_server(place):
            _back_up(Path(place), version, now)
        if version is None and not is_server(place):
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION}")
        migrations.upgrade(connection)
        if not is_server(place) and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise DeskError(f"desk {place}: rows of it point nowhere; nothing was changed (restore a backup)")


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """Give a writer's connection on which tables may be made anew: SQLite does that by copying them, keys unchecked."""
    with engine.connect() as outer:
        if engine.dialect.name == "sqlite":
            driver: Any = outer.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")
            # Kept in the file; set here and not at each opening, for a file that is no desk is not to be touched.
            driver.execute("PRAGMA journal_mode=WAL").fetchone()
        try:
            connection = outer.execution_options(**{_WRITES: True})
            with connection.begin():
                if engine.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
                yield connection
        finally:
            if engine.dialect.name == "sqlite":
                driver.execute("PRAGMA foreign_keys=ON")


def _version(connection: Connection, place: str) -> str | None:
    """Return the schema's version, None for an empty database. Raises DeskError for one that holds something else."""
    if connection.dialect.name == "sqlite":
        tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
        if not tables:
            return None
        if connection.exec_driver_sql("PRAGMA application_id").scalar_one() != APPLICATION:
            raise DeskError(f"desk {place}: the file is another program's database (give the path of a desk)")
        return migrations.version_of(connection)
    names = set(
        connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").scalars()
    )
    if migrations.TABLE in names:
        return migrations.version_of(connection)
    taken = names & migrations.TAKEN
    if taken:
        raise DeskError(
            f"desk {place}: the database has tables of another program under the names {', '.join(sorted(taken))} "
            "(give the desk a database of its own: createdb NAME)"
        )
    return None


def _back_up(path: Path, version: str, now: datetime) -> Path:
    """Copy a SQLite desk, as it stands, beside itself; the copy is there whole or not at all."""
    place = path.with_name(f"{path.name}.{version}-{now:%Y%m%dT%H%M%S}.backup")
    part = place.with_name(f"{place.name}.part")
    part.unlink(missing_ok=True)
    try:
        source, target = sqlite3.connect(path), sqlite3.connect(part)
        try:
            source.backup(target)
        finally:
            target.close()
            source.close()
        part.replace(place)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise DeskError(
            f"desk {path}: it is to be brought up to date, and the backup before that failed: {error} (make room beside it)"
        ) from error
    return place
