"""People, their tokens and sessions, saved views; and the indexes that the pages and the review queue are read off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# SQLite numbers rows by itself only in a column of exactly this type.
Row = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# What nobody decided yet, and what was linked by likeness.
UNDECIDED = sa.text("state = 'proposed' AND proposed IS NULL AND NOT vanished")
LINKED = sa.text("score IS NOT NULL")
# What fits into an index of PostgreSQL.
FITTING = sa.text("length(publisher) <= 130")


def upgrade() -> None:
    """Add the tables and indexes; no row that is there changes, but that verdicts that are there count as out of date."""
    op.create_table(
        "people",
        sa.Column("id", Row, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("added", sa.Text(), nullable=False),
        sa.Column("disabled", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("name", name="uq_people_name"),
    )
    op.create_table(
        "tokens",
        sa.Column("id", Row, nullable=False),
        sa.Column("person_id", Row, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("added", sa.Text(), nullable=False),
        sa.Column("used", sa.Text(), nullable=True),
        sa.Column("expires", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_tokens_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.UniqueConstraint("hash", name="uq_tokens_hash"),
        sa.UniqueConstraint("person_id", "name", name="uq_tokens_person_id_name"),
    )
    op.create_table(
        "sessions",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("person_id", Row, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("expires", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_sessions_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_person_id", "sessions", ["person_id"])
    op.create_index("ix_sessions_expires", "sessions", ["expires"])
    op.create_table(
        "views",
        sa.Column("id", Row, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("added", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_views"),
        sa.UniqueConstraint("owner", "name", name="uq_views_owner_name"),
    )
    op.create_index(
        "ix_signals_undecided",
        "signals",
        ["stage", "confidence"],
        sqlite_where=UNDECIDED,
        postgresql_where=UNDECIDED,
    )
    op.create_index("ix_signals_linked", "signals", ["score"], sqlite_where=LINKED, postgresql_where=LINKED)
    op.create_index("ix_verdicts_occasion_id_outcome_confidence", "verdicts", ["occasion_id", "outcome", "confidence"])
    op.create_index("ix_verdicts_evidence", "verdicts", ["evidence"])
    op.create_index("ix_reviews_who_id", "reviews", ["who", "id"])
    op.add_column("occasions", sa.Column("settled", sa.Boolean(), nullable=True))
    # When they were worked out, and what changed since, was not kept.
    op.execute("UPDATE occasions SET settled = false WHERE id IN (SELECT occasion_id FROM verdicts)")
    op.drop_index("ix_documents_day_id", "documents")
    op.create_index("ix_documents_day_id_kind_arrival", "documents", ["day", "id", "kind", "arrival"])
    op.create_index(
        "ix_documents_publisher_day_id_kind_arrival",
        "documents",
        ["publisher", "day", "id", "kind", "arrival"],
        postgresql_where=FITTING,
    )
    op.create_index("ix_versions_engine_engine_version", "versions", ["engine", "engine_version"])
    op.drop_index("ix_signals_root_id_day", "signals")
    op.create_index(
        "ix_signals_root_id_day_stage_ahead_certainty_confidence",
        "signals",
        ["root_id", "day", "stage", "ahead", "certainty", "confidence"],
    )
    op.create_index(
        "ix_deals_stage_ahead_first_day_heard_withdrawn_sector",
        "deals",
        ["stage", "ahead", "first_day", "heard", "withdrawn", "sector"],
    )
