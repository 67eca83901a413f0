"""The desk fails while it is served: pages tell it with its cure, and go on once it is back."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from paraph.desk import DealQuery, Desk, open_desk
from paraph.settings import Settings
from samples import note, report
from servers import Missing, server
from websites import Site, made_app

PAGES = (
    "/",
    "/deals",
    "/documents",
    "/occasions",
    "/scores",
    "/review",
    "/review/log",
    "/about",
    "/feeds",
    "/deals.csv",
)


@pytest.fixture
def file(empty_file: Path, tmp_path: Path) -> Path:
    shutil.copy(empty_file, tmp_path / "desk.db")
    return tmp_path / "desk.db"


@pytest.fixture
def own(file: Path) -> Iterator[Desk]:
    """A desk in a file, all of it there and none of it in the log beside it."""
    with open_desk(file) as desk:
        desk.add(report())
        desk.add(note())
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with open_desk(file, settings=Settings(desk_wait_seconds=0.2)) as desk:
        yield desk


def accept(site: Site, desk: Desk, id: str) -> int:
    return site.form("/decide", {"action": "accept", "signal": id}).status_code


def test_a_desk_that_is_taken_away_is_told_and_found_again(own: Desk, file: Path, tmp_path: Path) -> None:
    site, id = Site(made_app(own)), own.deals(DealQuery())[0].id
    file.rename(tmp_path / "elsewhere.db")
    for path in PAGES:
        got = site.get(path)
        assert got.status_code == 503, path
        assert "cannot be opened" in got.text, path
        assert "check that it is there" in got.text, path
    assert accept(site, own, id) == 503
    assert not file.exists()
    (tmp_path / "elsewhere.db").rename(file)
    assert [site.get(path).status_code for path in PAGES] == [200] * len(PAGES)
    assert accept(site, own, id) == 303


@pytest.mark.parametrize("what", ["zeros", "text", "nothing"])
def test_a_damaged_desk_is_told(own: Desk, file: Path, tmp_path: Path, what: str) -> None:
    site = Site(made_app(own))
    shutil.copy(file, tmp_path / "whole.db")
    own.engine.dispose()
    size = file.stat().st_size
    with file.open("r+b") as opened:
        if what == "zeros":
            opened.seek(4_096)
            opened.write(bytes(size - 4_096))
        elif what == "text":
            opened.write(b"This was a desk. " * (size // 17))
        else:
            opened.truncate(0)
    for path in PAGES:
        got = site.get(path)
        assert got.status_code == 503, f"{path}: {got.text[:300]}"
        assert "backup" in got.text or "not a desk" in got.text, path
    for beside in file.parent.glob("desk.db-*"):
        beside.unlink()
    (tmp_path / "whole.db").replace(file)  # the backup, put in its place while it is served
    assert [site.get(path).status_code for path in PAGES] == [200] * len(PAGES)


def test_a_desk_that_another_program_keeps_locked_is_read_and_not_written(own: Desk, file: Path) -> None:
    site, id = Site(made_app(own)), own.deals(DealQuery())[0].id
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    got = site.form("/decide", {"action": "accept", "signal": id})
    assert got.status_code == 503
    assert "another program has been writing to it" in got.text
    assert got.headers["retry-after"]
    assert site.get("/deals").status_code == 200
    other.execute("ROLLBACK")
    other.close()
    assert accept(site, own, id) == 303


@pytest.mark.skipif(
    not hasattr(resource, "RLIMIT_FSIZE") or not hasattr(os, "fork"), reason="needs limits of a process"
)
def test_on_a_full_disk_pages_are_read_and_decisions_are_refused(own: Desk, file: Path) -> None:
    """The operating system's limit on files stands for the disk; in a process of its own, for it cannot be taken back."""
    id = own.deals(DealQuery())[0].id
    own.engine.dispose()
    child = os.fork()
    if child == 0:  # pragma: no cover  (another process)
        status = 1
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            with open_desk(file) as desk:
                site = Site(made_app(desk))
                read = site.get("/deals").status_code
                soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
                resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
                got = site.form("/decide", {"action": "accept", "signal": id})
                told = got.status_code == 503 and ("disk" in got.text)
                still = site.get("/documents").status_code
                resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
                after = accept(site, desk, id)
                status = 0 if (read, told, still, after) == (200, True, 200, 303) else 2
                if status:
                    os.write(2, f"{read} {got.status_code} {got.text[-900:]} {still} {after}".encode())
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(ended) == 0


def test_a_server_that_stops_is_told(tmp_path: Path) -> None:
    try:
        running = server()
        address = running.__enter__()
    except Missing as reason:
        pytest.skip(str(reason))
    stopped = False
    try:
        import psycopg

        with psycopg.connect(address.format(name="postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE desk")
        with open_desk(address.format(name="desk")) as desk:
            desk.add(report())
            site, id = Site(made_app(desk)), desk.deals(DealQuery())[0].id
            assert site.get("/deals").status_code == 200
            running.__exit__(None, None, None)
            stopped = True
            for path in PAGES:
                got = site.get(path)
                assert got.status_code == 503, f"{path}: {got.text[:300]}"
                assert "the server" in got.text, path
            assert accept(site, desk, id) == 503
            assert site.get("/static/paraph.css").status_code == 200
    finally:
        if not stopped:
            running.__exit__(None, None, None)


def test_a_connection_that_the_server_ends_is_made_anew(place: str) -> None:
    if "://" not in place:
        pytest.skip("a file has no connections to end")
    import psycopg

    with open_desk(place) as desk:
        desk.add(report())
        site = Site(made_app(desk))
        assert site.get("/deals").status_code == 200
        with psycopg.connect(place.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert [site.get(path).status_code for path in PAGES] == [200] * len(PAGES)
