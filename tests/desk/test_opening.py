"""Opening a desk: where it is, what is no desk, who may write, and what people are told."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from paraph.desk import Desk, migrations, open_desk
from paraph.desk.opening import APPLICATION, THREADS, place_of, shared, told
from paraph.errors import DeskAway, DeskError, MissingExtra
from paraph.settings import Settings
from samples import note, report


def test_the_place_is_what_is_given_else_the_variable_else_the_data_folder() -> None:
    home = str(Path.home() / ".local/share/paraph/desk.db")
    assert place_of("a.db", {"PARAPH_DESK": "b.db"}) == "a.db"
    assert place_of(Path("a.db"), {}) == "a.db"
    assert place_of(None, {"PARAPH_DESK": "b.db"}) == "b.db"
    assert place_of("", {"XDG_DATA_HOME": "/data"}) == "/data/paraph/desk.db"
    assert place_of(None, {"XDG_DATA_HOME": "data"}) == home
    assert place_of(None, {}) == home


def test_a_desk_is_made_where_there_is_none_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "desk.db"
    with pytest.raises(DeskError, match="there is none"), open_desk(path, create=False):
        pass
    assert not path.exists()
    with open_desk(path) as desk:
        desk.add(report())
    assert not list(path.parent.glob("*.backup*"))
    with open_desk(str(path), create=False) as desk:
        assert len(list(desk.documents())) == 1
    plain = sqlite3.connect(path)
    assert plain.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
    assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    plain.close()


def test_a_server_s_database_becomes_a_desk(postgres: Callable[[], str]) -> None:
    address = postgres()
    with pytest.raises(DeskError, match="there is none"), open_desk(address, create=False):
        pass
    with open_desk(address.replace("postgresql://", "postgres://")) as desk:
        desk.add(report())
    with open_desk(address, create=False) as desk:
        assert len(list(desk.documents())) == 1


def test_a_database_of_another_program_is_left_alone(tmp_path: Path, postgres: Callable[[], str]) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(DeskError, match="another program's database"), open_desk(path):
        pass
    assert path.read_bytes() == before
    import psycopg

    address = postgres()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE documents (name TEXT)")
    with pytest.raises(DeskError, match="tables of another program under the names documents"), open_desk(address):
        pass
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("ALTER TABLE documents RENAME TO recipes")
    with open_desk(address) as desk:  # other names are no trouble
        assert list(desk.documents()) == []


@pytest.mark.parametrize(
    ("content", "words"),  # a text, and the first words of a database over and over
    [
        (b"Dear diary, this is a text and no database at all.\n" * 40, "not a desk"),
        (b"SQLite format 3\x00" * 99, "not a desk|damaged"),
    ],
)
def test_a_file_that_is_no_desk_is_told(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "desk.db"
    path.write_bytes(content)
    with pytest.raises(DeskError, match=words) as caught, open_desk(path):
        pass
    assert str(path) in str(caught.value)
    assert path.read_bytes() == content


def test_a_place_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place, words in (
        (tmp_path, "it is a folder"),
        (tmp_path / "file" / "desk.db", "cannot be opened"),
        ("desk\0.db", "cannot be opened"),
        ("mysql://root@localhost/desk", "mysql:// is not known"),
        ("postgresql://host:port/desk", "cannot be read"),
        ("postgresql://localhost:1/desk?connect_timeout=2", "cannot be reached|did not answer"),
    ):
        with pytest.raises(DeskError, match=words), open_desk(place):
            pass


def test_a_server_says_what_is_wrong(postgres: Callable[[], str]) -> None:
    address = postgres()
    name = address.split("/")[3].split("?")[0]
    with pytest.raises(DeskError, match="no such database"), open_desk(address.replace(name, "nowhere")):
        pass


def test_a_password_is_never_told() -> None:
    with pytest.raises(DeskError) as caught, open_desk("postgresql://ana:s3cret@127.0.0.1:1/desk"):
        pass
    assert "s3cret" not in str(caught.value)
    assert "postgresql://ana:***@127.0.0.1:1/desk" in str(caught.value)


def test_postgresql_without_its_driver_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with (
        pytest.raises(MissingExtra, match=r"pip install 'paraph\[postgresql\]'"),
        open_desk("postgresql://localhost/desk"),
    ):
        pass


def test_a_newer_desk_is_not_touched(place: str) -> None:
    with open_desk(place) as desk, desk.begin() as connection:
        connection.exec_driver_sql("UPDATE paraph_version SET version_num = '9999'")
    try:
        with pytest.raises(DeskError, match=r"a newer Paraph made it .*9999.*pip install --upgrade"), open_desk(place):
            pass
    finally:
        engine = create_engine(place.replace("postgresql:", "postgresql+psycopg:") if "://" in place else "sqlite://")
        if engine.dialect.name == "postgresql":  # the database is the other tests' as well
            with engine.begin() as connection:
                connection.exec_driver_sql(f"UPDATE paraph_version SET version_num = '{migrations.HEAD}'")
        engine.dispose()


def test_a_writer_that_waits_too_long_is_told(place: str) -> None:
    short = Settings(desk_wait_seconds=0.2)
    with open_desk(place) as one, open_desk(place, settings=short) as other, one.begin() as held:
        held.exec_driver_sql("DELETE FROM occasions")
        with pytest.raises(DeskError, match="another program has been writing"):
            other.add(report())
        assert list(other.documents()) == []  # reading goes on
    with open_desk(place) as one:
        one.add(report())


def test_what_fails_half_way_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.add(note())
    from paraph.desk import deals

    def fail(*_: object) -> None:
        raise RuntimeError("the disk is on fire")

    with monkeypatch.context() as patch:
        patch.setattr(deals, "refresh", fail)
        with pytest.raises(RuntimeError):
            desk.add(report())
    assert [kept.document.id for kept in desk.documents()] == ["note"]
    assert {each.document for each in desk.sightings()} == {"note"}
    assert desk.add(report()).state == "new"


def test_a_fault_of_ours_keeps_its_name(desk: Desk) -> None:
    with pytest.raises(DBAPIError), desk.begin() as connection:
        connection.exec_driver_sql("SELECT nothing FROM documents")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("database or disk is full", "the disk is full"),
        ("disk I/O error", "the disk failed"),
        ("attempt to write a readonly database", "may not be written"),
        ("database disk image is malformed", "damaged"),
        ("server closed the connection unexpectedly", "closed the connection"),
        ('could not extend file "base/1": No space left on device', "server's disk is full"),
    ],
)
def test_what_a_database_says_becomes_a_sentence(said: str, words: str) -> None:
    error = DBAPIError("INSERT", {}, sqlite3.OperationalError(said))
    with pytest.raises(DeskError, match=words), told("x.db"):
        raise error


def test_what_the_driver_itself_says_becomes_a_sentence_too() -> None:
    with pytest.raises(DeskError, match=r"desk x\.db: the disk failed"), told("x.db"):
        raise sqlite3.OperationalError("disk I/O error")
    with pytest.raises(sqlite3.OperationalError, match="no such column"), told("x.db"):
        raise sqlite3.OperationalError("no such column: y")
    with pytest.raises(DeskError, match="desk /dev/null: "), open_desk("/dev/null") as desk:
        desk.add(report())


def test_a_desk_that_was_taken_away_is_told_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "a desk%20?#.db"
    with open_desk(path) as desk:
        desk.add(report())
        path.rename(tmp_path / "elsewhere.db")
        for act in (desk.stamp, lambda: desk.add(report())):
            with pytest.raises(DeskAway, match="it cannot be opened"):
                act()
        assert not path.exists()  # no empty one was put in its place
        shutil.copy(tmp_path / "elsewhere.db", path)
        assert desk.add(report()).state == "same"


def test_more_who_ask_at_once_than_there_are_connections_wait_and_are_told(place: str) -> None:
    with open_desk(place, settings=Settings(desk_wait_seconds=0.1)) as desk, ExitStack() as stack:
        for _ in range(2 * THREADS):
            stack.enter_context(desk.look())
        with pytest.raises(DeskAway, match=r"all 32 connections have been in use .*desk_wait_seconds"):
            desk.stamp()


def test_a_lost_connection_is_told() -> None:
    error = DBAPIError("INSERT", {}, sqlite3.OperationalError("gone"), connection_invalidated=True)
    with pytest.raises(DeskError, match="connection to the server was lost"), told("x.db"):
        raise error


def test_many_open_a_new_desk_at_once(place: str, tmp_path: Path) -> None:
    path = tmp_path / "race.db" if "://" not in place else place
    failures: list[BaseException] = []
    ready = threading.Barrier(6)

    def add(number: int) -> None:
        try:
            ready.wait()
            with open_desk(path, settings=Settings()) as desk:
                desk.add(report() if number % 2 else note())
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with open_desk(path) as desk:
        assert sorted(kept.document.id for kept in desk.documents()) == ["note", "report"]


def test_a_folder_that_may_not_be_written_to(tmp_path: Path, empty_file: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    folder = tmp_path / "shut"
    folder.mkdir()
    shutil.copy(empty_file, folder / "desk.db")
    folder.chmod(0o500)
    (folder / "desk.db").chmod(0o400)
    try:
        with pytest.raises(DeskError), open_desk(folder / "desk.db") as desk:
            desk.add(report())
    finally:
        folder.chmod(0o700)


def test_naming_the_room_loads_no_database() -> None:
    code = "import paraph.desk, paraph.cli, sys; paraph.desk.Raw; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    import paraph.desk

    with pytest.raises(AttributeError, match="no attribute 'desc'"):
        _ = paraph.desk.desc


def test_a_server_has_small_caches_and_a_program_alone_a_large_one(place: str) -> None:
    with open_desk(place) as desk:
        if desk.engine.dialect.name != "sqlite":
            shared(desk.engine)  # a server keeps its own cache
            return

        def kept() -> int:
            with desk.look() as connection:
                return int(connection.exec_driver_sql("PRAGMA cache_size").scalar_one())

        alone = kept()
        shared(desk.engine)
        assert alone < kept() < 0
