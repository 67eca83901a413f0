"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# SQLite numbers rows by itself only in a column of exactly this type.
Row = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Full text, in each database's own way (desk/search.py).
WORDS = {
    "sqlite": (
        "CREATE VIRTUAL TABLE document_words USING fts5(title, body, content='', columnsize=0, "
        "tokenize='unicode61 remove_diacritics 0')",
        "CREATE TABLE document_places (id INTEGER PRIMARY KEY, place INTEGER NOT NULL)",
        "CREATE VIRTUAL TABLE signal_words USING fts5(quote, content='', columnsize=0, tokenize='unicode61 "
        "remove_diacritics 0')",
        "CREATE TABLE signal_places (id INTEGER PRIMARY KEY, place INTEGER NOT NULL)",
    ),
    "postgresql": (
        "CREATE TABLE document_words (id BIGINT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE, day "
        "DATE NOT NULL, words TSVECTOR NOT NULL)",
        "CREATE INDEX ix_document_words_words ON document_words USING gin (words)",
        "CREATE INDEX ix_document_words_day_id ON document_words (day, id)",
        "CREATE TABLE signal_words (id BIGINT PRIMARY KEY REFERENCES signals (id) ON DELETE CASCADE, day DATE "
        "NOT NULL, words TSVECTOR NOT NULL)",
        "CREATE INDEX ix_signal_words_words ON signal_words USING gin (words)",
        "CREATE INDEX ix_signal_words_day_id ON signal_words (day, id)",
    ),
}


def upgrade() -> None:
    """Make the tables of an empty database."""
    op.create_table(
        "deal_tags",
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=False),
        sa.Column("deal", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("heard", sa.Integer(), nullable=False),
        sa.Column("marks", sa.BigInteger(), nullable=False),
        sa.Column("voices", sa.Integer(), nullable=False),
        sa.Column("sightings", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("tag", "last_day", "deal", name="pk_deal_tags"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_deal_tags_deal", "deal_tags", ["deal"])
    op.create_table(
        "documents",
        sa.Column("id", Row, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version_id", Row, nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("published", sa.Text(), nullable=True),
        sa.Column("updated", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.Text(), nullable=False),
        sa.Column("arrival", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("parent_id", Row, nullable=True),
        sa.Column("likeness", sa.Float(), nullable=True),
        sa.Column("root_id", Row, nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["documents.id"], name="fk_documents_parent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint("key", name="uq_documents_key"),
    )
    op.create_index("ix_documents_day_id", "documents", ["day", "id"])
    op.create_index("ix_documents_parent_id", "documents", ["parent_id"])
    op.create_index("ix_documents_root_id", "documents", ["root_id"])
    op.create_table(
        "feeds",
        sa.Column("id", Row, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("added", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("checked", sa.Text(), nullable=True),
        sa.Column("succeeded", sa.Text(), nullable=True),
        sa.Column("due", sa.Text(), nullable=True),
        sa.Column("claimed", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=True),
        sa.Column("newest", sa.Text(), nullable=False),
        sa.Column("gaps", sa.Text(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        sa.UniqueConstraint("url", name="uq_feeds_url"),
    )
    op.create_index("ix_feeds_due", "feeds", ["due"])
    op.create_table(
        "occasions",
        sa.Column("id", Row, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parties", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_occasions"),
        sa.UniqueConstraint("name", name="uq_occasions_name"),
    )
    op.create_table(
        "publishers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_publishers"),
    )
    op.create_table(
        "raws",
        sa.Column("id", Row, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_raws"),
        sa.UniqueConstraint("hash", name="uq_raws_hash"),
    )
    op.create_table(
        "reviews",
        sa.Column("id", Row, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("undoes", Row, nullable=True),
        sa.ForeignKeyConstraint(["undoes"], ["reviews.id"], name="fk_reviews_undoes"),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reviews_action", "reviews", ["action"])
    op.create_index("ix_reviews_document", "reviews", ["document"])
    op.create_index("ix_reviews_undoes", "reviews", ["undoes"])
    op.create_table(
        "score_cells",
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("named", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("field", "value", "sector", "certainty", "came", name="pk_score_cells"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "score_squares",
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("squares", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("field", "value", name="pk_score_squares"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sites",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.Column("ready", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("origin", name="pk_sites"),
    )
    op.create_table(
        "bands",
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("document_id", Row, nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_bands_document_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("band", "day", "document_id", name="pk_bands"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_bands_document_id", "bands", ["document_id"])
    op.create_table(
        "feed_entries",
        sa.Column("feed_id", Row, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=True),
        sa.Column("claimed", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=True),
        sa.Column("readings", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_feed_entries_feed_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feed_id", "key", name="pk_feed_entries"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_feed_entries_state_due", "feed_entries", ["state", "due"])
    op.create_table(
        "forecasts",
        sa.Column("occasion_id", Row, nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("deal", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("lead", sa.Integer(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_type", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("parties", sa.Text(), nullable=False),
        sa.Column("specificity", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=False),
        sa.Column("of_owner", sa.Boolean(), nullable=False),
        sa.Column("of_source", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["occasion_id"], ["occasions.id"], name="fk_forecasts_occasion_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("occasion_id", "signal", name="pk_forecasts"),
    )
    op.create_index("ix_forecasts_occasion_id_deal", "forecasts", ["occasion_id", "deal"])
    op.create_table(
        "pins",
        sa.Column("review_id", Row, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("one", sa.Text(), nullable=False),
        sa.Column("one_document", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=True),
        sa.Column("other_document", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_pins_review_id"),
        sa.PrimaryKeyConstraint("review_id", "position", name="pk_pins"),
    )
    op.create_index("ix_pins_one_document", "pins", ["one_document"])
    op.create_index("ix_pins_other_document", "pins", ["other_document"])
    op.create_table(
        "scored",
        sa.Column("occasion_id", Row, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["occasion_id"], ["occasions.id"], name="fk_scored_occasion_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("occasion_id", name="pk_scored"),
    )
    op.create_table(
        "verdicts",
        sa.Column("occasion_id", Row, nullable=False),
        sa.Column("deal", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["occasion_id"], ["occasions.id"], name="fk_verdicts_occasion_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("occasion_id", "deal", name="pk_verdicts"),
    )
    op.create_index("ix_verdicts_deal", "verdicts", ["deal"])
    op.create_table(
        "versions",
        sa.Column("id", Row, nullable=False),
        sa.Column("document_id", Row, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("read_id", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("published", sa.Text(), nullable=True),
        sa.Column("updated", sa.Text(), nullable=True),
        sa.Column("fetched", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("raw_id", Row, nullable=True),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("engine_version", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_versions_document_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["raw_id"], ["raws.id"], name="fk_versions_raw_id"),
        sa.PrimaryKeyConstraint("id", name="pk_versions"),
        sa.UniqueConstraint("document_id", "hash", name="uq_versions_document_id_hash"),
    )
    op.create_index("ix_versions_raw_id", "versions", ["raw_id"])
    op.create_index("ix_versions_read_id", "versions", ["read_id"])
    op.create_table(
        "signals",
        sa.Column("id", Row, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("document_id", Row, nullable=False),
        sa.Column("version_id", Row, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("suffix", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("ahead", sa.Boolean(), nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("source_type", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("parties", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("engine_version", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("vanished", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("traits", sa.Text(), nullable=False),
        sa.Column("parent_id", Row, nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("pin_id", Row, nullable=True),
        sa.Column("root_id", Row, nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_signals_document_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["parent_id"], ["signals.id"], name="fk_signals_parent_id"),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="fk_signals_version_id"),
        sa.PrimaryKeyConstraint("id", name="pk_signals"),
        sa.UniqueConstraint("key", name="uq_signals_key"),
    )
    op.create_index("ix_signals_day", "signals", ["day"])
    op.create_index("ix_signals_document_id_start", "signals", ["document_id", "start"])
    op.create_index("ix_signals_parent_id", "signals", ["parent_id"])
    op.create_index("ix_signals_pin_id", "signals", ["pin_id"])
    op.create_index("ix_signals_root_id_day", "signals", ["root_id", "day"])
    op.create_index("ix_signals_version_id", "signals", ["version_id"])
    op.create_table(
        "aliases",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("signal_id", Row, nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name="fk_aliases_signal_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name="pk_aliases"),
    )
    op.create_index("ix_aliases_signal_id", "aliases", ["signal_id"])
    op.create_table(
        "deals",
        sa.Column("id", Row, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("parties", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("ahead", sa.Boolean(), nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("heard", sa.Date(), nullable=False),
        sa.Column("contested", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("sightings", sa.Integer(), nullable=False),
        sa.Column("voices", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["signals.id"], name="fk_deals_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_deals"),
        sa.UniqueConstraint("key", name="uq_deals_key"),
    )
    op.create_table(
        "link_keys",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("signal_id", Row, nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name="fk_link_keys_signal_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "day", "signal_id", name="pk_link_keys"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_link_keys_signal_id", "link_keys", ["signal_id"])
    op.create_table(
        "signal_parties",
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("signal_id", Row, nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name="fk_signal_parties_signal_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("party", "day", "signal_id", name="pk_signal_parties"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_signal_parties_signal_id", "signal_parties", ["signal_id"])
    # ### end Alembic commands ###
    for statement in WORDS[op.get_context().dialect.name]:
        op.execute(statement)
