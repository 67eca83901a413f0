"""The desk's face: what the rest of the house and a library user work with. The work is done in the modules beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from paraph.desk import (
    bulk,
    coverage,
    deciding,
    ingest,
    judging,
    opening,
    queries,
    raws,
    rereading,
    reviews,
    shelves,
    stamps,
)
from paraph.desk import occasions as kept
from paraph.desk import outcomes as _outcomes
from paraph.desk.pages import (
    About,
    Cohorts,
    DocumentPage,
    DocumentRow,
    Matrix,
    OutcomeCounts,
    OutcomePage,
    Settled,
    SignalRow,
)
from paraph.desk.values import (
    Action,
    Added,
    Arrival,
    DealQuery,
    DealRow,
    Excerpt,
    Facets,
    Hit,
    Incoming,
    Kept,
    Many,
    Raw,
    Reread,
    Review,
    Version,
)
from paraph.model import Deal, Document, Kind, Occasion, Outcome, Reading, Sector, Sighting, Signal, Verdict
from paraph.settings import Settings

__all__ = ["Desk", "open_desk"]


@contextmanager
def open_desk(
    where: str | Path | None,
    *,
    settings: Settings | None = None,
    now: Callable[[], datetime] | None = None,
    create: bool = True,
) -> Iterator[Desk]:
    """Give the desk at a path or at a postgresql:// address; its schema is brought up to date first, after a backup.

    ``where`` is None for ``$PARAPH_DESK``, or else desk.db in the user's data folder. ``now`` is the clock (with its zone; UTC
    now if not given).

    Raises DeskError where there is no desk and ``create`` is false, where it cannot be opened, or where a newer Paraph
    made it; MissingExtra for PostgreSQL without psycopg.
    """
    settings = settings or Settings.from_environment()
    now = now or _utc_now
    place = opening.place_of(where)
    engine = opening.engine_of(place, settings=settings, now=now(), create=create)
    try:
        yield Desk(engine, settings, now)
    finally:
        engine.dispose()


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Desk:
    """A desk that is open. Every method that writes is one transaction: all of it is kept, or nothing.

    Use it from one thread; open it again for another.
    """

    def __init__(self, engine: Engine, settings: Settings, now: Callable[[], datetime]) -> None:
        self.engine = engine
        self.settings = settings
        self.now = now

    # Transactions, for rooms that keep tables of their own.

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Give a connection in a transaction that may write: kept at the end, taken back after an exception."""
        with opening.writer(self.engine) as connection:
            yield connection

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """Give a connection in a transaction that only reads, and sees one state of the desk throughout."""
        with opening.reader(self.engine) as connection:
            yield connection

    # The desk as a whole.

    def stamp(self) -> str:
        """Return a text that changes with everything that is written to the desk, by whatever program.

        Ask for it before what is made of the desk, and what is newer than it is made anew the next time. For what it misses see
        ``paraph.desk.stamps``.
        """
        with self.look() as connection:
            return stamps.stamp_of(connection)

    def about(self) -> About:
        """Return what the desk holds: counts, days, engines, publishers, gaps, size."""
        with self.look() as connection:
            return coverage.about(connection, self.now())

    # Documents.

    def add(
        self,
        reading: Reading,
        *,
        raw: Raw | None = None,
        arrival: Arrival = "added",
        seen: datetime | None = None,
    ) -> Added:
        """Add one document with its signals, in one transaction; the same again changes nothing. ``seen`` is now if not given.

        A document with the key of a known one and another text, or other facts, is a version of it
        (``paraph.desk.identity.key_of``).
        """
        with self.begin() as connection:
            return ingest.add(
                connection, reading, raw=raw, arrival=arrival, seen=seen or self.now(), settings=self.settings
            )

    def add_many(self, given: Sequence[Incoming]) -> Many:
        """Add a batch of documents with their signals in one transaction: as many ``add``, many times as fast.

        All of the batch is in memory at once; some thousand documents are a good size.
        """
        with self.begin() as connection:
            return bulk.add_many(connection, given, self.settings)

    def document(self, key: str) -> Kept:
        """Return a document by its key, or by an id under which a version of it was read. Raises DeskError for none."""
        with self.look() as connection:
            return queries.document_by_key(connection, key)

    def documents(
        self, *, since: date | None = None, until: date | None = None, publisher: str | None = None
    ) -> Iterator[Kept]:
        """Yield the documents in order of day and key, without their sightings."""
        with self.look() as connection:
            yield from queries.each_document(connection, since=since, until=until, publisher=publisher)

    def versions(self, key: str) -> list[Version]:
        """Return every text that a document had, oldest first. Raises DeskError where there is no such document."""
        with self.look() as connection:
            return ingest.versions_of(connection, key)

    def raw(self, hash: str) -> Raw:
        """Return the bytes that a document was read from, by their SHA-256. Raises DeskError where they were not kept."""
        with self.look() as connection:
            return raws.raw_of(connection, hash)

    def documents_page(
        self,
        *,
        words: str = "",
        publisher: str | None = None,
        kind: Kind | None = None,
        arrival: Arrival | None = None,
        since: date | None = None,
        until: date | None = None,
        limit: int = 50,
        after: str = "",
    ) -> DocumentPage:
        """Return a page of documents without their texts, newest first; see ``shelves.documents_page``."""
        with self.look() as connection:
            return shelves.documents_page(
                connection,
                self.settings,
                words=words,
                publisher=publisher,
                kind=kind,
                arrival=arrival,
                since=since,
                until=until,
                limit=limit,
                after=after,
            )

    def copies_of(self, key: str) -> list[DocumentRow]:
        """Return the other documents of one voice, oldest first. Raises DeskError where there is no such document."""
        with self.look() as connection:
            return shelves.copies_of(connection, key)

    def signals_of(self, key: str) -> list[SignalRow]:
        """Return all signals of a document in order of place, rejected and weak ones too. Raises DeskError for no document."""
        with self.look() as connection:
            return shelves.signals_of(connection, key)

    def signal(self, id: str) -> SignalRow:
        """Return a signal by its id, one that it had before, or the beginning of it. Raises DeskError for none or several."""
        with self.look() as connection:
            return shelves.signal(connection, id)

    # Deals.

    def deals(self, query: DealQuery) -> list[DealRow]:
        """Return the deals that a query asks for, in its order."""
        with self.look() as connection:
            return queries.find_deals(connection, query, self.settings)

    def count(self, query: DealQuery) -> int:
        """Return how many deals a query asks for, its limit and offset left aside."""
        with self.look() as connection:
            return queries.count_deals(connection, query, self.settings)

    def facets(self, query: DealQuery) -> Facets:
        """Return, for each facet (parties, sector, …), how many of the query's deals have each value; most first."""
        with self.look() as connection:
            return queries.facets_of(connection, query, self.settings)

    def excerpts(self, query: DealQuery, ids: Collection[str]) -> dict[str, Excerpt]:
        """Return, by deal, a quotation in which the query's words stand, with them marked; see ``queries.excerpts_of``."""
        with self.look() as connection:
            return queries.excerpts_of(connection, query, ids, self.settings.quote_chars)

    def matrix(self, query: DealQuery) -> Matrix:
        """Return how many of a query's deals stand where, by sector, stage and ahead; ``facets`` tells it as well."""
        with self.look() as connection:
            return queries.matrix_of(connection, query, self.settings)

    def cohorts(self, sector: Sector | None = None, *, today: date | None = None) -> Cohorts:
        """Return where deals stand by the year in which they were first spoken of; ``today`` is now's day if not given."""
        with self.look() as connection:
            return coverage.cohorts(connection, sector, today or self.now().date(), self.settings)

    def deal(self, id: str) -> Deal:
        """Return the deal that a signal belongs to, by the signal's id or the beginning of it (4 digits at least).

        Raises DeskError where there is none, or more than one.
        """
        with self.look() as connection:
            return queries.deal_by_id(connection, id)

    def sightings(
        self,
        *,
        parties: Collection[str] = (),
        since: date | None = None,
        until: date | None = None,
        deal: str | None = None,
    ) -> Iterator[Sighting]:
        """Yield sightings in order of day, document and place; ``parties`` asks for those that name one of them."""
        with self.look() as connection:
            yield from queries.each_sighting(connection, parties=parties, since=since, until=until, deal=deal)

    def all_deals(
        self, *, parties: Collection[str] = (), since: date | None = None, until: date | None = None
    ) -> Iterator[Deal]:
        """Yield whole deals that have a sighting in these days which names one of the parties, in order of their roots."""
        with self.look() as connection:
            yield from queries.each_deal(connection, parties=parties, since=since, until=until)

    def search(self, words: str, limit: int = 20) -> list[Hit]:
        """Return the newest documents in which all the words stand; see ``queries.find_documents``."""
        with self.look() as connection:
            return queries.find_documents(connection, words, limit, self.settings.quote_chars)

    # Occasions and verdicts.

    def occasions(self) -> list[Occasion]:
        """Return the occasions in order of their first day and name."""
        with self.look() as connection:
            return kept.all_of(connection)

    def occasion(self, name: str) -> Occasion:
        """Return an occasion by its name. Raises DeskError, naming those there are."""
        with self.look() as connection:
            return kept.named(connection, name)

    def add_occasion(self, occasion: Occasion) -> None:
        """Add an occasion, or give one of that name new days, parties and place."""
        with self.begin() as connection:
            kept.add(connection, occasion)

    def remove_occasion(self, name: str) -> None:
        """Take an occasion out of the desk with its verdicts and forecasts. Raises DeskError for none of that name."""
        with self.begin() as connection:
            kept.remove(connection, name)

    def settle(self, occasion: Occasion, verdicts: Iterable[Verdict]) -> None:
        """Keep the machine's verdicts on an occasion in the place of those it had."""
        with self.begin() as connection:
            kept.settle(connection, occasion, verdicts)

    def judge(self, occasion: Occasion) -> list[Deal]:
        """Work out what an occasion brought and keep it; return the deals looked at. Raises DeskError for an unknown one."""
        with self.begin() as connection:
            return judging.judge(connection, occasion, self.settings)

    def verdicts(self, occasion: str | None = None) -> list[Verdict]:
        """Return the verdicts of an occasion (of all where none is named) as people overruled them, by deal."""
        with self.look() as connection:
            return kept.verdicts_of(connection, occasion)

    def outcomes(
        self,
        occasion: str,
        *,
        outcomes: Collection[Outcome] = (),
        announced: bool | None = None,
        min_confidence: float = 0.0,
        among_deals: DealQuery | None = None,
        hints: int = 3,
        limit: int = 50,
        after: str = "",
        today: date | None = None,
    ) -> OutcomePage:
        """Return a page of what an occasion brought, as it was settled; see ``outcomes.page``."""
        with self.look() as connection:
            return _outcomes.page(
                connection,
                occasion,
                self.settings,
                outcomes=outcomes,
                announced=announced,
                min_confidence=min_confidence,
                among_deals=among_deals,
                hints=hints,
                limit=limit,
                after=after,
                today=today,
            )

    def outcome_counts(
        self, occasion: str, *, min_confidence: float = 0.0, among_deals: DealQuery | None = None
    ) -> OutcomeCounts:
        """Return how many verdicts of an occasion say what, and what was said before. Raises DeskError for an unknown one."""
        with self.look() as connection:
            return _outcomes.counts(
                connection, occasion, self.settings, min_confidence=min_confidence, among_deals=among_deals
            )

    def settled(self, occasion: str) -> Settled:
        """Return whether an occasion's verdicts were worked out, and whether they are out of date. Raises DeskError."""
        with self.look() as connection:
            return _outcomes.settled(connection, occasion)

    def verdicts_on(self, deal: Deal) -> list[tuple[Occasion, Verdict]]:
        """Return what each occasion brought for a deal, as people overruled it, in order of the occasions."""
        with self.look() as connection:
            return _outcomes.verdicts_on(connection, deal)

    # Decisions.

    def decisions_on(self, deal: Deal) -> list[Review]:
        """Return what people decided about a deal and its signals, in order, undone decisions and undoings included."""
        with self.look() as connection:
            return _outcomes.decisions_on(connection, deal)

    def decide(self, review: Review) -> int:
        """Write a decision to the log, act on it, and return its number. Raises DeskError where it cannot be acted on."""
        with opening.writer(self.engine, durable=True) as connection:
            return deciding.decide(connection, review, self.now(), self.settings)

    def log(
        self,
        limit: int,
        *,
        before: int | None = None,
        who: str | None = None,
        action: Action | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> list[Review]:
        """Return the newest decisions, newest first; see ``reviews.newest``."""
        with self.look() as connection:
            return reviews.newest(connection, limit, before=before, who=who, action=action, since=since, until=until)

    def reviews(self, *, document: str | None = None, signal: str | None = None) -> Iterator[Review]:
        """Yield the log in its order, undone decisions and undoings included."""
        with self.look() as connection:
            wanted = deciding.target_of(connection, signal) if signal is not None else None
            if wanted is not None and document is None:
                document = wanted.document
            for review in reviews.each_review(connection, document):
                if wanted is None or (review.target is not None and review.target.signal == wanted.signal):
                    yield review

    # Reading again.

    def reread(
        self, extract: Callable[[Document], Sequence[Signal]], *, engine: str, engine_version: str
    ) -> Iterator[Reread]:
        """Extract every document's signals anew, one document a transaction, and yield what came of each.

        What people decided is carried over to the signals that now stand where the old ones stood.
        """
        with self.look() as connection:
            keys = rereading.keys_to_read(connection)
        for key in keys:
            with self.begin() as connection:
                done = rereading.reread(connection, key, extract, engine, engine_version, self.settings)
            yield done
