"""The history of the schema: one module a change in ``versions``, run in order by Alembic when a desk is opened.

A new change is a new module there, written out in full (a migration never imports ``paraph.desk.schema``, which goes on),
and a new ``HEAD`` here. tests/desk/test_migrations.py holds the end of the way to the tables of schema.py, on both databases, and
every released schema's data to what becomes of it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection

__all__ = ["HEAD", "TABLE", "TAKEN", "known", "upgrade", "version_of"]

# The newest version; opening a desk that has it loads no Alembic.
HEAD = "0002"

# Where a desk keeps its version.
TABLE = "paraph_version"

# Names that a database must not have tables of before it becomes a desk.
TAKEN = frozenset(
    "aliases bands deal_tags deals documents feed_entries feeds forecasts link_keys occasions people pins publishers raws "
    "reviews score_cells score_squares scored sessions signal_parties signals sites tokens verdicts versions views "
    "document_words signal_words".split()
)


def known() -> frozenset[str]:
    """Return every version that this program knows."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def version_of(connection: Connection) -> str:
    """Return the version that a desk's schema has."""
    return str(connection.exec_driver_sql(f"SELECT version_num FROM {TABLE}").scalar_one())  # noqa: S608


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run what is missing up to a version, in the transaction that the connection is in."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    scripts = _scripts()

    def steps(revision: Any, _: Any) -> Any:
        return scripts._upgrade_revs(to, revision)

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(connection=connection, version_table=TABLE, render_as_batch=True)
        environment.run_migrations()


@cache
def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(Path(__file__).parent))
