"""The tables of the desk, the same on SQLite and PostgreSQL.

Row ids (``id``) are internal; what leaves the desk are the keys of documents and of signals (``key``). A *day* that decides
windows is a whole number (``date.toordinal``) in ``link_keys`` and ``bands``, a date elsewhere. Moments are ISO 8601 texts:
``first_seen``, ``seen`` and ``at`` in UTC to the microsecond, so that they sort as texts; what a source says of itself is
kept as it was said. Full text is kept beside these tables, in each database's own way (desk/search.py).

What is a pure function of the documents and of the log of decisions (``root_id``, ``parent_id``, ``deals``, ``state`` …) is
kept because lists need it, and can be made anew.
"""

from __future__ import annotations

import json
import re
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from paraph.desk.identity import LONGEST

__all__ = [
    "aliases",
    "bands",
    "deal_tags",
    "deals",
    "documents",
    "feed_entries",
    "feeds",
    "forecasts",
    "link_keys",
    "metadata",
    "occasions",
    "people",
    "pins",
    "publishers",
    "raws",
    "reviews",
    "score_cells",
    "score_squares",
    "scored",
    "sessions",
    "signal_parties",
    "signals",
    "sites",
    "tokens",
    "verdicts",
    "versions",
    "views",
]

# What a database's text cannot hold: NUL (PostgreSQL), halves of surrogate pairs (both), and the escape itself, a code point
# that Unicode sets aside for the inside of programs.
_ESCAPE = "\ufdd0"
_UNFIT = re.compile(f"[\x00\ud800-\udfff{_ESCAPE}]")
_ESCAPED = re.compile(f"{_ESCAPE}([0-9a-f]{{4}})")


def fit(text: str) -> str:
    """Return the text with what no database holds escaped; the same text for nearly all texts."""
    return _UNFIT.sub(lambda met: f"{_ESCAPE}{ord(met[0]):04x}", text)


def unfit(text: str) -> str:
    """Return the text that ``fit`` was given."""
    return _ESCAPED.sub(lambda met: chr(int(met[1], 16)), text) if _ESCAPE in text else text


class Letters(TypeDecorator[str]):
    """Text that comes out letter by letter as it went in, whatever it holds."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Escape what the database cannot hold."""
        return None if value is None else fit(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Undo the escapes."""
        return None if value is None else unfit(value)


class Json(TypeDecorator[Any]):
    """A value as compact JSON text; None is NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write the JSON, in ASCII, which any database holds."""
        return None if value is None else json.dumps(value, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read the JSON."""
        return None if value is None else json.loads(value)


# SQLite numbers rows by itself only in a column of exactly this type.
Row = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# The bytes as they came in, by their hash; ``body`` is compressed (zstandard).
raws = Table(
    "raws",
    metadata,
    Column("id", Row, primary_key=True),
    Column("hash", Text, nullable=False, unique=True),  # SHA-256 of the bytes, in hex
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),  # before compression
    Column("body", LargeBinary, nullable=False),
)

# Who owns a publisher, as far as a person said so; ``name`` is a publisher's name or a site. Derived from the reviews.
publishers = Table(
    "publishers",
    metadata,
    Column("name", Letters, primary_key=True),
    Column("owner", Letters, nullable=False),
)

# One row a document; its facts are those of its newest version.
documents = Table(
    "documents",
    metadata,
    Column("id", Row, primary_key=True),
    # What makes it the same document when it comes again: its id as given, else a hash of its address, else of its text.
    Column("key", Letters, nullable=False, unique=True),
    Column("version_id", Row),  # the newest version; no foreign key, as versions point here
    Column("url", Letters),
    Column("publisher", Letters),
    Column("site", Letters),  # registrable domain of the address
    Column("title", Letters),
    Column("published", Text),
    Column("updated", Text),
    Column("kind", Text, nullable=False),
    Column("text_hash", Text, nullable=False),
    Column("first_seen", Text, nullable=False),
    Column("arrival", Text, nullable=False),  # added or watched
    Column("day", Date, nullable=False),  # the day that counts
    # The forest of copies.
    Column("parent_id", Row, ForeignKey("documents.id")),
    Column("likeness", Float),
    Column("root_id", Row),  # the voice: itself where it is no copy
    # With all that lists of documents are chosen by, so that what is not asked for is passed over within the index.
    Index(None, "day", "id", "kind", "arrival"),
    # An index of PostgreSQL takes no name of any length; see shelves.py.
    Index(None, "publisher", "day", "id", "kind", "arrival", postgresql_where=text(f"length(publisher) <= {LONGEST}")),
    Index(None, "parent_id"),
    Index(None, "root_id"),
)

# Every text that a document had, the present one included, with what an engine found in it.
versions = Table(
    "versions",
    metadata,
    Column("id", Row, primary_key=True),
    Column("document_id", Row, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("hash", Text, nullable=False),  # of text and facts: the same again changes nothing
    Column("read_id", Letters, nullable=False),  # the document's id as it was read
    Column("stamp", Text, nullable=False),  # what orders versions: updated or published in UTC, else when it was seen
    Column("seen", Text, nullable=False),
    Column("url", Letters),
    Column("publisher", Letters),
    Column("title", Letters),
    Column("published", Text),
    Column("updated", Text),
    Column("fetched", Text),
    Column("language", Text),
    Column("kind", Text, nullable=False),
    Column("notes", Json, nullable=False),
    Column("text_hash", Text, nullable=False),
    Column("raw_id", Row, ForeignKey("raws.id")),
    Column("engine", Letters, nullable=False),
    Column("engine_version", Text, nullable=False),
    Column("found", Json, nullable=False),  # the engine's signals, as Signal.to_dict gives them
    Column("text", Letters, nullable=False),
    UniqueConstraint("document_id", "hash"),
    Index(None, "read_id"),
    Index(None, "raw_id"),
    Index(None, "engine", "engine_version"),
)

# The signals that nobody decided anything about, in the very words of the index: SQLite uses an index of some rows only
# where the statement says the same of them.
UNDECIDED = "state = 'proposed' AND proposed IS NULL AND NOT vanished"
# Those that were linked to another by likeness, not by a person.
LINKED = "score IS NOT NULL"

# One row a signal; its fields as corrected by a person, ``proposed`` holds what the machine said of the corrected ones.
signals = Table(
    "signals",
    metadata,
    Column("id", Row, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("document_id", Row, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("version_id", Row, ForeignKey("versions.id"), nullable=False),  # the text in which the offsets count
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("anchor", Letters, nullable=False),
    Column("prefix", Letters, nullable=False),
    Column("suffix", Letters, nullable=False),
    Column("quote", Letters, nullable=False),
    Column("stage", Text, nullable=False),
    Column("ahead", Boolean, nullable=False),
    Column("certainty", Text, nullable=False),
    Column("source_type", Text, nullable=False),
    Column("source", Letters),
    Column("parties", Json, nullable=False),
    Column("sector", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("why", Json, nullable=False),
    Column("engine", Letters, nullable=False),
    Column("engine_version", Text, nullable=False),
    Column("authority", Text, nullable=False),
    Column("vanished", Boolean, nullable=False),
    Column("state", Text, nullable=False),  # proposed, accepted, rejected, unsure
    Column("proposed", Json),
    Column("day", Date, nullable=False),  # of its document
    # The forest of deals; a rejected signal stands outside of it (root_id is NULL).
    Column("traits", Text, nullable=False),
    Column("parent_id", Row, ForeignKey("signals.id")),
    Column("score", Float),  # NULL where a person pinned it
    Column("pinned", Boolean, nullable=False),
    Column("pin_id", Row),  # the signal it is pinned to; NULL beside pinned: pinned as a root
    Column("root_id", Row),
    Index(None, "document_id", "start"),
    Index(None, "version_id"),
    Index(None, "parent_id"),
    Index(None, "pin_id"),
    # With all that tells how strong a word is.
    Index(None, "root_id", "day", "stage", "ahead", "certainty", "confidence"),
    Index(None, "day"),
    Index(
        "ix_signals_undecided", "stage", "confidence", sqlite_where=text(UNDECIDED), postgresql_where=text(UNDECIDED)
    ),
    Index("ix_signals_linked", "score", sqlite_where=text(LINKED), postgresql_where=text(LINKED)),
)

signal_parties = Table(
    "signal_parties",
    metadata,
    Column("party", Letters, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("signal_id", Row, ForeignKey("signals.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "signal_id"),
    sqlite_with_rowid=False,
)

# Where signals that may speak of the same deal meet: two that share a key, within the key's window of days.
link_keys = Table(
    "link_keys",
    metadata,
    Column("key", BigInteger, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("signal_id", Row, ForeignKey("signals.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "signal_id"),
    sqlite_with_rowid=False,
)

# Where documents that may be copies meet.
bands = Table(
    "bands",
    metadata,
    Column("band", BigInteger, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("document_id", Row, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "document_id"),
    sqlite_with_rowid=False,
)

# One row a deal (a tree of signals), for lists; ``id`` is the row of its root.
deals = Table(
    "deals",
    metadata,
    Column("id", Row, ForeignKey("signals.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False, unique=True),
    Column("title", Letters, nullable=False),
    Column("parties", Json, nullable=False),
    Column("sector", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("stage", Text, nullable=False),  # the status as it stands after the last sighting
    Column("ahead", Boolean, nullable=False),
    Column("certainty", Text, nullable=False),
    Column("since", Date, nullable=False),  # the first day of that status
    Column(
        "heard", Date, nullable=False
    ),  # the last day on which anybody said anything new; from it a lapse is reckoned
    Column("contested", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False),  # all its sightings vanished
    Column("sightings", Integer, nullable=False),
    Column("voices", Integer, nullable=False),  # independent witnesses: copies and one owner's outlets count once
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    # What became of deals over the years is counted off this.
    Index(None, "stage", "ahead", "first_day", "heard", "withdrawn", "sector"),
)

# What lists of deals are read off (desk/tags.py): one row a deal and tag, and one with the empty tag; days as ordinals. All
# rows of a deal are made by ``tags.tag_rows`` whenever its row in ``deals`` is, and go with it.
deal_tags = Table(
    "deal_tags",
    metadata,
    Column("tag", Letters, primary_key=True),
    Column("last_day", Integer, primary_key=True),
    Column("deal", Text, primary_key=True),  # its key
    Column("first_day", Integer, nullable=False),
    Column("heard", Integer, nullable=False),
    Column("marks", BigInteger, nullable=False),
    Column("voices", Integer, nullable=False),
    Column("sightings", Integer, nullable=False),
    Column("confidence", Float, nullable=False),
    Index(None, "deal"),
    sqlite_with_rowid=False,
)

# Keys that signals had before a re-reading, so that old links still lead to their deal.
aliases = Table(
    "aliases",
    metadata,
    Column("key", Text, primary_key=True),
    Column("signal_id", Row, ForeignKey("signals.id", ondelete="CASCADE"), nullable=False),
    Index(None, "signal_id"),
)

occasions = Table(
    "occasions",
    metadata,
    Column("id", Row, primary_key=True),
    Column("name", Letters, nullable=False, unique=True),
    Column("parties", Json, nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("place", Letters),
    # Whether what it brought was worked out: NULL never, true as the deals stand, false before one of them changed.
    Column("settled", Boolean),
)

# What the machine made of each deal on an occasion; what a person overruled stands in the reviews.
verdicts = Table(
    "verdicts",
    metadata,
    Column("occasion_id", Row, ForeignKey("occasions.id", ondelete="CASCADE"), primary_key=True),
    Column("deal", Text, primary_key=True),  # the deal's key on the day of settling
    Column("outcome", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("evidence", Text),  # the key of the signal that shows it
    Column("announced", Boolean, nullable=False),
    Index(None, "deal"),
    Index(None, "evidence"),
    Index(None, "occasion_id", "outcome", "confidence"),
)

# Every forecast that is past its day, with what came (resolve/forecasts.py); written by desk/scoring.py.
forecasts = Table(
    "forecasts",
    metadata,
    Column("occasion_id", Row, ForeignKey("occasions.id", ondelete="CASCADE"), primary_key=True),
    Column("signal", Text, primary_key=True),  # the signal's key
    Column("deal", Text, nullable=False),  # the deal's key on the day of settling
    Column("day", Date, nullable=False),
    Column("lead", Integer, nullable=False),
    Column("publisher", Letters, nullable=False),
    Column("source", Letters, nullable=False),
    Column("source_type", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("certainty", Text, nullable=False),
    Column("wording", Text, nullable=False),
    Column("sector", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("parties", Json, nullable=False),
    Column("specificity", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("came", Boolean, nullable=False),
    Column("of_owner", Boolean, nullable=False),
    Column("of_source", Boolean, nullable=False),
    Index(None, "occasion_id", "deal"),
)

# The occasions whose forecasts are in, as of the day they were worked out.
scored = Table(
    "scored",
    metadata,
    Column("occasion_id", Row, ForeignKey("occasions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),
)

# The forecasts counted, so that scorecards need not read them all: ``field`` is what they are told apart by.
score_cells = Table(
    "score_cells",
    metadata,
    Column("field", Text, primary_key=True),
    Column("value", Letters, primary_key=True),
    Column("sector", Text, primary_key=True),
    Column("certainty", Text, primary_key=True),
    Column("came", Boolean, primary_key=True),
    Column("n", BigInteger, nullable=False),
    Column("lead", BigInteger, nullable=False),  # sum of days
    Column("named", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
score_squares = Table(
    "score_squares",
    metadata,
    Column("field", Text, primary_key=True),
    Column("value", Letters, primary_key=True),
    Column("squares", BigInteger, nullable=False),  # sum over deals and occasions of (forecasts on it)²
    sqlite_with_rowid=False,
)

# What people decided: only ever added to.
reviews = Table(
    "reviews",
    metadata,
    Column("id", Row, primary_key=True),
    Column("at", Text, nullable=False),
    Column("who", Letters, nullable=False),
    Column("action", Text, nullable=False),
    Column("document", Letters),  # the key of the target's document
    Column("target", Json),
    Column("payload", Json, nullable=False),
    Column("reason", Letters),
    Column("undoes", Row, ForeignKey("reviews.id")),
    Index(None, "document"),
    Index(None, "action"),
    Index(None, "undoes"),
    Index(None, "who", "id"),
    sqlite_autoincrement=True,
)

# The signals that merging and splitting bind together, or make roots: what the log says of it as it stands, undone decisions
# left out. Of a pair the later is the child; of a child's several pins the newest counts.
pins = Table(
    "pins",
    metadata,
    Column("review_id", Row, ForeignKey("reviews.id"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("one", Json, nullable=False),  # a target
    Column("one_document", Letters, nullable=False),
    Column("other", Json),  # a target; NULL: the one is a root
    Column("other_document", Letters),
    Index(None, "one_document"),
    Index(None, "other_document"),
)

# One row a feed that is followed, with its health.
feeds = Table(
    "feeds",
    metadata,
    Column("id", Row, primary_key=True),
    Column("url", Letters, nullable=False, unique=True),
    Column("was", Json, nullable=False),  # addresses it had before it moved for good, oldest first
    Column("title", Letters),
    Column("added", Text, nullable=False),
    Column("etag", Letters),
    Column("last_modified", Letters),
    Column("checked", Text),  # when it was last asked for
    Column("succeeded", Text),  # when it last answered well
    Column("due", Text),  # when it is to be asked for next; NULL for never again (gone)
    Column("claimed", Text),  # until when it is in the hands of a watcher
    Column("failures", Integer, nullable=False),  # in a row
    Column("error", Letters),  # of the last failure
    Column("items", Integer, nullable=False),  # entries seen so far
    Column("period", Integer),  # seconds that typically lie between two entries
    Column("newest", Json, nullable=False),  # the newest entries when it last answered: [[key, moment], …]
    Column("gaps", Json, nullable=False),  # [[from, to], …], between which entries may be missing
    Column("gone", Boolean, nullable=False),  # stopped for good, ``error`` says why
    Index(None, "due"),
)

# Every entry that a feed showed; what the feed said of it is kept until it was taken in.
feed_entries = Table(
    "feed_entries",
    metadata,
    Column("feed_id", Row, ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),  # of its id, or else its link, or else its words
    Column("state", Text, nullable=False),  # waiting, done, failed
    Column("seen", Text, nullable=False),
    Column("due", Text),  # when its page may be asked for, while it waits
    Column("claimed", Text),
    Column("tries", Integer, nullable=False),
    Column("stamp", Text),  # when the feed says that it was changed last
    Column("readings", Integer, nullable=False),  # how often it was taken in; more than once where it was changed
    Column("entry", Json),
    Column("document", Letters),  # the key of the document that it became
    Column("error", Letters),
    Index(None, "state", "due"),
    sqlite_with_rowid=False,
)

# What is known of each site that was asked: its robots.txt, and when it may be asked again.
sites = Table(
    "sites",
    metadata,
    Column("origin", Letters, primary_key=True),  # scheme, host and port
    Column("rules", Letters),  # the lines for us; NULL where robots.txt could not be had
    Column("why", Letters, nullable=False),
    Column("until", Text, nullable=False),  # until when the rules are believed
    Column("ready", Text),  # not to be asked before
)

# Who may use the desk over the network (desk/people.py). None of these three leaves the desk with an export.
people = Table(
    "people",
    metadata,
    Column("id", Row, primary_key=True),
    Column("name", Letters, nullable=False, unique=True),
    Column("role", Text, nullable=False),  # reader, reviewer, keeper
    Column("password", Text),  # its argon2 hash; NULL: comes in by tokens alone
    Column("added", Text, nullable=False),
    Column("disabled", Text),  # since when; NULL while the person may come in
)

# What programs come in with, in a person's name and with that person's role.
tokens = Table(
    "tokens",
    metadata,
    Column("id", Row, primary_key=True),
    Column("person_id", Row, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("name", Letters, nullable=False),  # what it is for
    Column("hash", Text, nullable=False, unique=True),  # SHA-256 of the token, in hex
    Column("added", Text, nullable=False),
    Column("used", Text),  # when it was last used
    Column("expires", Text),
    UniqueConstraint("person_id", "name"),
)

# Browsers that are signed in.
sessions = Table(
    "sessions",
    metadata,
    Column("hash", Text, primary_key=True),  # SHA-256 of the session's id, in hex
    Column(
        "person_id", Row, ForeignKey("people.id", ondelete="CASCADE")
    ),  # NULL: a name alone, on a desk without people
    Column("name", Letters, nullable=False),
    Column("created", Text, nullable=False),
    Column("seen", Text, nullable=False),
    Column("expires", Text, nullable=False),
    Index(None, "person_id"),
    Index(None, "expires"),
)

# Lists that somebody gave a name, by their address (desk/views.py).
views = Table(
    "views",
    metadata,
    Column("id", Row, primary_key=True),
    Column("owner", Letters, nullable=False),  # a name; empty: everybody's
    Column("name", Letters, nullable=False),
    Column("address", Letters, nullable=False),  # path and query
    Column("added", Text, nullable=False),
    UniqueConstraint("owner", "name"),
)
