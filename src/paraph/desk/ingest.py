"""Taking documents in: one document with its signals, its copies and its deals, in one transaction.

Two steps. ``add`` writes what came, a version of a document; ``derive`` makes everything that follows from a document's versions
and from what people decided about it: its facts, day and voice, its signals, their place in the forest, the deals' rows, the
index of words. ``derive`` compares what should be with what is and writes the difference, so it may be called at any time, and
what it makes does not depend on the order in which things came.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from paraph._version import __version__
from paraph.desk import deals, raws, reviews
from paraph.desk.folding import Standing, Text, days_of, fold, in_order
from paraph.desk.identity import key_of, shortened, site_of, stamp_of, utc, version_hash
from paraph.desk.places import quote_of, selector_of
from paraph.desk.placing import DocumentForest, SignalForest, place, take_out
from paraph.desk.rows import among, document_of, signal_of
from paraph.desk.schema import aliases, bands, documents, link_keys, signal_parties, signals, versions
from paraph.desk.schema import raws as kept_raws
from paraph.desk.search import index_document, index_signals, unindex_signals
from paraph.desk.values import Added, Arrival, Raw, State, Unplaced, Version
from paraph.errors import NotOnDesk
from paraph.link import Traits, copies, keys_of, traits_of
from paraph.link.traits import Places
from paraph.model import Document, Reading, Signal, iso, text_hash
from paraph.resolve.authority import authority_of
from paraph.settings import Settings

__all__ = [
    "add",
    "derive",
    "facts_of",
    "parties_of",
    "replant",
    "roots_in",
    "texts_of",
    "version_values",
    "versions_of",
    "wanted_rows",
]


def add(
    connection: Connection,
    reading: Reading,
    *,
    raw: Raw | None,
    arrival: Arrival,
    seen: datetime,
    settings: Settings,
    first_seen: datetime | None = None,
    engine_version: str = __version__,
) -> Added:
    """Add one document with its signals, and return what that did. The transaction is the caller's.

    ``seen`` is when this version came in; ``first_seen`` when the document did, where that is known to be earlier (an import).
    """
    document = reading.document
    key = key_of(document)
    hash = version_hash(document)
    moment, first = utc(seen), utc(min(seen, first_seen) if first_seen else seen)
    row = connection.execute(
        select(documents.c.id, documents.c.first_seen, documents.c.arrival).where(documents.c.key == key)
    ).first()
    if row is None:
        id = _new_document(connection, key, document, first, arrival)
    else:
        id = row.id
        known = connection.execute(
            select(versions.c.id, versions.c.seen).where(versions.c.document_id == id, versions.c.hash == hash)
        ).first()
        facts = {
            "first_seen": min(row.first_seen, first),
            "arrival": "added" if "added" in (row.arrival, arrival) else "watched",
        }
        changed = facts != {"first_seen": row.first_seen, "arrival": row.arrival}
        if changed:
            connection.execute(update(documents).where(documents.c.id == id).values(facts))
        if known is not None:
            if moment < known.seen:
                # What was told of it when it came first counts, whichever of the two came in here first.
                told = {
                    "seen": moment,
                    "stamp": stamp_of(document, seen),
                    "read_id": shortened(document.id),
                    "fetched": iso(document.fetched),
                    "language": document.language,
                    "notes": list(document.notes),
                }
                connection.execute(update(versions).where(versions.c.id == known.id).values(told))
                changed = True
            if changed:
                derive(connection, id, settings)
            return _told(connection, id, key, "same")
    raw_id = raws.keep(connection, raw) if raw is not None and settings.keep_raw else None
    _new_version(connection, id, reading, hash, moment, seen, raw_id, engine_version)
    derive(connection, id, settings)
    return _told(connection, id, key, "new" if row is None else "updated")


def _new_document(connection: Connection, key: str, document: Document, first: str, arrival: Arrival) -> int:
    values = {
        "key": key,
        "kind": str(document.kind),
        "text_hash": "",  # this and what is left out follow from its versions
        "first_seen": first,
        "arrival": arrival,
        "day": date.min,
    }
    return int(connection.execute(insert(documents).values(values).returning(documents.c.id)).scalar_one())


def _new_version(
    connection: Connection,
    id: int,
    reading: Reading,
    hash: str,
    moment: str,
    seen: datetime,
    raw_id: int | None,
    engine_version: str,
) -> None:
    values = version_values(reading, hash, moment, seen, engine_version)
    connection.execute(insert(versions).values(values | {"document_id": id, "raw_id": raw_id}))


def version_values(reading: Reading, hash: str, moment: str, seen: datetime, engine_version: str) -> dict[str, Any]:
    """Return what is kept of a version of a document, without its document and the bytes that it was read from."""
    document = reading.document
    return {
        "hash": hash,
        "read_id": shortened(document.id),
        "stamp": stamp_of(document, seen),
        "seen": moment,
        "url": document.url,
        "publisher": document.publisher,
        "title": document.title,
        "published": iso(document.published),
        "updated": iso(document.updated),
        "fetched": iso(document.fetched),
        "language": document.language,
        "kind": str(document.kind),
        "notes": list(document.notes),
        "text_hash": text_hash(document.text),
        "engine": reading.signals[0].engine if reading.signals else "",
        "engine_version": engine_version,
        "found": [signal.to_dict() for signal in reading.signals],
        "text": document.text,
    }


def _told(connection: Connection, id: int, key: str, state: str) -> Added:
    parents = documents.alias("parents")
    copy_of = connection.execute(
        select(parents.c.key).join(documents, documents.c.root_id == parents.c.id).where(documents.c.id == id)
    ).scalar()
    rows = connection.execute(
        select(signals.c.vanished).where(signals.c.document_id == id, signals.c.state != str(State.REJECTED))
    ).scalars()
    gone = list(rows)
    copied = copy_of if copy_of != key else None
    return Added(
        document=key,
        state="copy" if state == "new" and copied else state,  # type: ignore[arg-type]
        signals=gone.count(False),
        copy_of=copied,
        vanished=gone.count(True),
    )


def texts_of(connection: Connection, id: int, key: str) -> list[Text]:
    """Return the texts that a document had, oldest first."""
    rows = connection.execute(select(versions).where(versions.c.document_id == id))
    return in_order(
        Text(
            row=row.id,
            hash=row.hash,
            text_hash=row.text_hash,
            stamp=row.stamp,
            seen=row.seen,
            document=document_of(row, key),
            signals=tuple(signal_of(found) for found in row.found),
            engine_version=row.engine_version,
        )
        for row in rows
    )


def versions_of(connection: Connection, key: str) -> list[Version]:
    """Return every text that a document had, oldest first, as the desk's face gives them. Raises DeskError for no document."""
    id = connection.execute(select(documents.c.id).where(documents.c.key == key)).scalar()
    if id is None:
        raise NotOnDesk(f"document {key} is not on the desk (`paraph add SOURCE` brings it in)")
    found = versions.outerjoin(kept_raws, kept_raws.c.id == versions.c.raw_id)
    columns = (versions.c.id, versions.c.engine, kept_raws.c.hash.label("raw"))
    rows = connection.execute(select(*columns).select_from(found).where(versions.c.document_id == id))
    facts = {row.id: row for row in rows}
    return [
        Version(
            Reading(text.document, text.signals),
            datetime.fromisoformat(text.seen),
            facts[text.row].engine,
            text.engine_version,
            facts[text.row].raw,
        )
        for text in texts_of(connection, id, key)
    ]


def derive(
    connection: Connection, id: int, settings: Settings, *, renamed: Mapping[str, str] | None = None
) -> tuple[Unplaced, ...]:
    """Make everything that follows from a document's versions and from what was decided about it.

    Returns the decisions whose words stand in none of its signals.
    ``renamed`` gives, for ids of signals that go, the id of the signal that takes their place (a re-reading): the old one goes on
    leading there.
    """
    row = connection.execute(select(documents).where(documents.c.id == id)).one()
    texts = texts_of(connection, id, row.key)
    days = days_of(texts, datetime.fromisoformat(row.first_seen), row.arrival, settings.backdate_days)
    standing = fold(texts, days)
    touched = _derive_document(connection, row, texts[-1], days[0], settings)
    decided = reviews.decided_about(connection, row.key, standing, list(zip(texts, days, strict=True)))
    wanted = wanted_rows(id, row.key, [*standing, *decided.added], decided)
    touched |= _sync(connection, id, wanted, renamed or {}, row.key)
    deals.refresh(connection, touched, settings)
    return decided.unplaced


# A document's facts, its day and its voice.


def _derive_document(connection: Connection, row: Any, newest: Text, day: date, settings: Settings) -> set[int]:
    """Write what follows from a document's versions, find its voice, and return the deals whose rows this changes."""
    facts = facts_of(newest, day)
    if all(getattr(row, name) == value for name, value in facts.items()):
        return set()
    connection.execute(update(documents).where(documents.c.id == row.id).values(facts))
    index_document(connection, row.id)
    touched: set[int] = set()
    if (row.publisher, row.site, row.title, row.url, row.kind) != tuple(
        facts[name] for name in ("publisher", "site", "title", "url", "kind")
    ):
        touched |= roots_in(connection, [row.id])
    if (row.text_hash, row.day) != (facts["text_hash"], facts["day"]):
        touched |= _find_voice(connection, row, newest, day, settings)
    return touched


def facts_of(newest: Text, day: date) -> dict[str, Any]:
    """Return what a document has of its newest version."""
    document = newest.document
    return {
        "version_id": newest.row,
        "url": document.url,
        "publisher": document.publisher,
        "site": site_of(document.url),
        "title": document.title,
        "published": iso(document.published),
        "updated": iso(document.updated),
        "kind": str(document.kind),
        "text_hash": newest.text_hash,
        "day": day,
    }


def _find_voice(connection: Connection, row: Any, newest: Text, day: date, settings: Settings) -> set[int]:
    """Place a document in the forest of copies, and return the deals whose voices changed."""
    sketch = copies.bands_of(copies.shingles_of(newest.document.text))
    old = row.root_id is not None
    if old:
        connection.execute(delete(bands).where(bands.c.document_id == row.id))
    if sketch:
        rows = [{"band": band, "day": day.toordinal(), "document_id": row.id} for band in sorted(set(sketch))]
        connection.execute(insert(bands), rows)
    forest = DocumentForest(connection, settings.copy_days, {row.id: sketch})
    moved, _ = place(forest, {row.id}, {row.id} if old else ())
    # A document that was just made has no deals yet.
    return roots_in(connection, moved if old else moved - {row.id})


def roots_in(connection: Connection, rows: Collection[int]) -> set[int]:
    """Return the deals that have signals in these documents."""
    if not rows:
        return set()
    found = select(signals.c.root_id).where(among(connection, signals.c.document_id, sorted(rows)))
    return {root for root in connection.execute(found.distinct()).scalars() if root is not None}


# A document's signals.


def wanted_rows(id: int, key: str, standing: Iterable[Standing], decided: reviews.Decided) -> dict[str, dict[str, Any]]:
    """Return the rows that a document's signals should have, by their keys."""
    groups: dict[int, tuple[Text, list[Standing]]] = {}
    for each in standing:
        groups.setdefault(each.text.row, (each.text, []))[1].append(each)
    wanted: dict[str, dict[str, Any]] = {}
    for text, group in groups.values():
        shown = [decided.corrected(each) for each in group]
        places = Places.of(text.document.text, text.document.title)
        traits = traits_of(text.document, shown, places)
        spans = [(s.start, s.end) for s in places.sentences]
        for each, signal, trait in zip(group, shown, traits, strict=True):
            if each.key in wanted:
                continue  # an engine that gives one place twice
            selector = selector_of(text.document.text, signal.start, signal.end, text.text_hash)
            wanted[each.key] = signal.to_dict() | {
                "key": each.key,
                "document_id": id,
                "version_id": text.row,
                "prefix": selector.prefix,
                "suffix": selector.suffix,
                "quote": quote_of(text.document.text, spans, signal),
                "engine_version": text.engine_version,
                "authority": str(authority_of(text.document, signal)),
                "vanished": each.vanished,
                "state": str(decided.states.get(each.key, State.PROPOSED)),
                "proposed": _proposed(each.signal, signal),
                "day": each.day,
                "traits": trait.to_json(),
            }
    return wanted


def _proposed(machine: Signal, shown: Signal) -> dict[str, Any] | None:
    """Return what the machine said of the fields that a person corrected."""
    if machine is shown:
        return None
    before, after = machine.to_dict(), shown.to_dict()
    return {name: value for name, value in before.items() if value != after[name]} or None


# What of a signal decides its place in the forest.
_PLACING = ("traits", "day", "start", "end")


def _sync(
    connection: Connection, id: int, wanted: Mapping[str, dict[str, Any]], renamed: Mapping[str, str], key: str
) -> set[int]:
    """Make a document's rows of signals what they should be, place what is to be placed, and return the deals touched."""
    known = {row.key: row for row in connection.execute(select(signals).where(signals.c.document_id == id))}
    out = str(State.REJECTED)
    gone = {row.id for name, row in known.items() if name not in wanted}
    changed = {
        known[name].id: values
        for name, values in wanted.items()
        if name in known and any(getattr(known[name], field) != value for field, value in values.items())
    }
    new = [values for name, values in wanted.items() if name not in known]
    rows = {row.id: row for row in known.values()}
    touched = {rows[row].root_id for row in {*gone, *changed}} - {None}
    moved = {
        row
        for row, values in changed.items()
        if values["state"] != out
        and (rows[row].state == out or any(getattr(rows[row], field) != values[field] for field in _PLACING))
    }
    stood = {row for row in moved if rows[row].state != out}
    leaving = gone | {row for row, values in changed.items() if values["state"] == out and rows[row].state != out}
    for row in sorted(leaving | stood):
        connection.execute(delete(link_keys).where(link_keys.c.signal_id == row))
    _update(connection, changed)
    made = _insert(connection, new)
    ids = made | {name: row.id for name, row in known.items() if name in wanted}
    fresh = {made[values["key"]] for values in new if values["state"] != out}
    placed = moved | fresh
    _write_keys(connection, [(ids[name], values) for name, values in wanted.items() if ids[name] in placed])
    repinned = reviews.pin(connection, {key}, gone) if reviews.any_pins(connection) else set()
    forest = SignalForest(connection)
    left, _, roots = take_out(forest, leaving)
    also = {row for row in repinned | left if row not in leaving and row not in fresh}
    _, trees = place(forest, placed | also, stood | also)
    touched |= roots | trees
    if gone:
        _rename(connection, renamed, ids, gone, rows)
        _delete(connection, gone)
    return {root for root in touched if root is not None}


def _update(connection: Connection, changed: Mapping[int, dict[str, Any]]) -> None:
    if not changed:
        return
    names = [name for name in next(iter(changed.values())) if name not in ("key", "document_id")]
    statement = update(signals).where(signals.c.id == bindparam("row"))
    connection.execute(
        statement.values({name: bindparam(f"new_{name}") for name in names}),
        [{"row": row} | {f"new_{name}": values[name] for name in names} for row, values in changed.items()],
    )
    connection.execute(delete(signal_parties).where(among(connection, signal_parties.c.signal_id, sorted(changed))))
    _write_parties(connection, changed.items())
    index_signals(connection, sorted(changed))


def _insert(connection: Connection, new: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Insert signals, without a place yet, and return their rows by their keys."""
    if not new:
        return {}
    found = connection.execute(
        insert(signals).returning(signals.c.id, signals.c.key), [values | {"pinned": False} for values in new]
    )
    made = {row.key: row.id for row in found}
    _write_parties(connection, [(made[values["key"]], values) for values in new])
    index_signals(connection, sorted(made.values()))
    return made


def _write_parties(connection: Connection, found: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    rows = [
        {"party": party, "day": values["day"].toordinal(), "signal_id": row}
        for row, values in found
        for party in parties_of(values)
    ]
    if rows:
        connection.execute(insert(signal_parties), rows)


def parties_of(values: Mapping[str, Any]) -> Iterable[str]:
    """Return the parties under which a signal is found, each once."""
    return dict.fromkeys(map(shortened, values["parties"]))


def _write_keys(connection: Connection, found: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    rows = [
        {"key": key, "day": values["day"].toordinal(), "signal_id": row}
        for row, values in found
        for key, _ in keys_of(Traits.from_json(values["traits"]))
    ]
    if rows:
        connection.execute(insert(link_keys), rows)


def _rename(
    connection: Connection,
    renamed: Mapping[str, str],
    ids: Mapping[str, int],
    gone: Collection[int],
    rows: Mapping[int, Any],
) -> None:
    """Let the ids that go, and those that led to them, lead to what took their place."""
    for row in sorted(gone):
        to = ids.get(renamed.get(rows[row].key, ""))
        if to is not None:
            connection.execute(update(aliases).where(aliases.c.signal_id == row).values(signal_id=to))
            connection.execute(insert(aliases).values(key=rows[row].key, signal_id=to))


def _delete(connection: Connection, gone: Collection[int]) -> None:
    deals.drop(connection, gone)
    unindex_signals(connection, sorted(gone))
    connection.execute(
        update(signals).where(among(connection, signals.c.pin_id, sorted(gone))).values(pinned=False, pin_id=None)
    )
    connection.execute(delete(signals).where(among(connection, signals.c.id, sorted(gone))))


def replant(connection: Connection, rows: Collection[int], settings: Settings) -> None:
    """Place signals anew whose pins changed, and make the rows of the deals that this changes."""
    _, trees = place(SignalForest(connection), rows, rows)
    deals.refresh(connection, trees, settings)
