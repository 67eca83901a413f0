"""Migrations: they end at the tables of today, keep what is there, make a backup first, and fail whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table, insert, inspect, select

from desks import Clock
from paraph.desk import Action, Desk, Review, migrations, open_desk
from paraph.desk.schema import metadata
from paraph.errors import DeskError
from pools import state
from samples import note, report

# A change as the next release may have one: a column that the first schema lacks, in a table that is copied for it.
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("documents") as table:
        table.add_column(sa.Column("mood", sa.Text(), nullable=False, server_default="calm"))
    {more}
"""


def test_the_end_of_the_way_is_the_tables_of_today(desk: Desk) -> None:
    with desk.look() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": migrations.TABLE,
                "compare_type": True,
                "include_name": lambda name, kind, _: kind != "table" or name in metadata.tables,
            },
        )
        assert compare_metadata(context, metadata) == []
        known = set(inspect(connection).get_table_names())
    assert metadata.tables.keys() <= known
    assert known >= migrations.TAKEN


def test_the_newest_version_is_the_end_of_the_history() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert scripts.get_heads() == [migrations.HEAD]
    assert migrations.HEAD in migrations.known()
    assert metadata.tables.keys() <= migrations.TAKEN
    for path in (Path(migrations.__file__).parent / "versions").glob("*.py"):
        assert "paraph.desk" not in path.read_text("utf-8")  # what is past does not change with what goes on


@pytest.fixture
def next_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make the program one that knows one more migration."""

    def release(more: str = "") -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(Path(migrations.__file__).parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "versions" / "third.py").write_text(NEXT.format(more=more), "utf-8")
        monkeypatch.setattr(migrations, "_scripts", lambda: ScriptDirectory(str(folder)))
        monkeypatch.setattr(migrations, "HEAD", "0003")

    return release


@pytest.fixture
def older(tmp_path: Path, request: pytest.FixtureRequest, clock: Clock) -> Callable[[str], str]:
    """Make a desk of today's release, with documents in it."""

    def made(kind: str) -> str:
        place = str(tmp_path / "desk.db") if kind == "sqlite" else request.getfixturevalue("postgres")()
        with open_desk(place, now=clock) as desk:
            desk.add(report())
            desk.add(note())
        return place

    return made


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_older_desk_is_brought_up_to_date_with_all_that_is_in_it(
    kind: str, older: Callable[[str], str], next_release: Callable[[str], None], clock: Clock
) -> None:
    place = older(kind)
    with open_desk(place, now=clock) as desk:
        before = state(desk)
    next_release("")
    with open_desk(place, now=clock) as desk:
        assert state(desk) == before
        with desk.look() as connection:
            assert connection.exec_driver_sql("SELECT DISTINCT mood FROM documents").scalars().all() == ["calm"]
            assert migrations.version_of(connection) == "0003"
            if kind == "sqlite":
                assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert desk.add(report()).state == "same"
    if kind == "sqlite":
        backups = list(Path(place).parent.glob("*.backup"))
        assert [path.name for path in backups] == ["desk.db.0002-20250305T120000.backup"]
        with open_desk(place, now=clock):
            pass
        assert list(Path(place).parent.glob("*.backup")) == backups  # nothing to do, nothing to keep


def test_the_backup_is_a_desk(
    older: Callable[[str], str], next_release: Callable[[str], None], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = older("sqlite")
    with open_desk(place, now=clock) as desk:
        before = state(desk)
    with monkeypatch.context():
        next_release("")
        with open_desk(place, now=clock):
            pass
    monkeypatch.undo()
    (backup,) = Path(place).parent.glob("*.backup")
    with open_desk(backup, now=clock) as desk:
        assert state(desk) == before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_migration_that_fails_leaves_the_desk_as_it_was(
    kind: str,
    older: Callable[[str], str],
    next_release: Callable[[str], None],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = older(kind)
    next_release("raise RuntimeError('half way')")
    with pytest.raises(RuntimeError, match="half way"), open_desk(place, now=clock):
        pass
    monkeypatch.undo()
    with open_desk(place, now=clock) as desk:
        assert desk.add(report()).state == "same"
        with desk.look() as connection:
            columns = {column["name"] for column in inspect(connection).get_columns("documents")}
    assert "mood" not in columns


def test_rows_that_point_nowhere_stop_it(
    older: Callable[[str], str], next_release: Callable[[str], None], clock: Clock
) -> None:
    place = older("sqlite")
    next_release('op.execute("UPDATE signals SET version_id = 99")')
    with pytest.raises(DeskError, match="point nowhere; nothing was changed"), open_desk(place, now=clock):
        pass


def test_no_backup_no_migration(older: Callable[[str], str], next_release: Callable[[str], None], clock: Clock) -> None:
    place = older("sqlite")
    (Path(place).parent / "desk.db.0002-20250305T120000.backup").mkdir()  # nothing can be renamed to that
    next_release("")
    with pytest.raises(DeskError, match="the backup before that failed"), open_desk(place, now=clock):
        pass
    assert not list(Path(place).parent.glob("*.part"))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_desk_of_the_first_schema_has_all_that_it_had(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A desk as the first schema has it: today's rows that it has columns for, in its tables.
    whole = tmp_path / "whole.db"
    with open_desk(whole, now=clock) as desk:
        desk.add(report())
        desk.add(note())
        desk.decide(Review(Action.ACCEPT, "Ana", signal=next(desk.sightings()).id))
        before = state(desk)
        with desk.look() as connection:
            rows = {
                table.name: [dict(row._mapping) for row in connection.execute(select(table))]
                for table in metadata.sorted_tables
            }
    place = str(tmp_path / "desk.db") if kind == "sqlite" else request.getfixturevalue("postgres")()
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "HEAD", "0001")
        upgrade = migrations.upgrade
        patch.setattr(migrations, "upgrade", lambda connection: upgrade(connection, "0001"))
        with open_desk(place, now=clock) as desk, desk.begin() as connection:
            for table in metadata.sorted_tables:
                if inspect(connection).has_table(table.name) and rows[table.name]:
                    has = {column["name"] for column in inspect(connection).get_columns(table.name)}
                    kept = [{name: value for name, value in row.items() if name in has} for row in rows[table.name]]
                    connection.execute(insert(table.to_metadata(MetaData(), schema=None)), _in_order(table, kept))
    with open_desk(place, now=clock) as desk:
        with desk.look() as connection:
            assert migrations.version_of(connection) == migrations.HEAD
        assert state(desk) == before
        assert [review.who for review in desk.reviews()] == ["Ana"]


def _in_order(table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Parents before children: a signal points to the one it was linked to."""
    return sorted(rows, key=lambda row: (row.get("parent_id") is not None, str(row.get("day")), str(row.get("id"))))
