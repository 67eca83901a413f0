"""Migrations: they end at the tables of today, keep what is there, make a backup first, and fail whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from desks import Clock
from paraph.desk import Desk, migrations, open_desk
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
