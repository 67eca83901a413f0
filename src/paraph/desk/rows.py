"""Rows of the desk as the model's values: what is selected for one, and how it is made of what came."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger, Integer, Text

from paraph.desk.schema import documents, fit, publishers, raws, signals, versions
from paraph.desk.values import Kept
from paraph.model import (
    Authority,
    Certainty,
    Cue,
    Document,
    Instrument,
    Kind,
    Sector,
    Sighting,
    Signal,
    SourceType,
    Stage,
)

__all__ = [
    "among",
    "document_of",
    "kept_of",
    "moment_of",
    "select_documents",
    "select_sightings",
    "sighting_of",
    "signal_of",
]

_voices = documents.alias("voices")
_owners = publishers.alias("owners")
_site_owners = publishers.alias("site_owners")

# Who owns what a document was published in, as far as a person said so, by the publisher's name or by its site; else the site
# itself; else the name.
_OWNER = func.coalesce(_owners.c.owner, _site_owners.c.owner, documents.c.site, documents.c.publisher).label("owner")

_SIGNAL = (
    signals.c.id,
    signals.c.key,
    signals.c.start,
    signals.c.end,
    signals.c.anchor,
    signals.c.stage,
    signals.c.ahead,
    signals.c.certainty,
    signals.c.source_type,
    signals.c.source,
    signals.c.parties,
    signals.c.sector,
    signals.c.instrument,
    signals.c.confidence,
    signals.c.why,
    signals.c.engine,
    signals.c.quote,
    signals.c.authority,
    signals.c.vanished,
    signals.c.day,
    signals.c.root_id,
)


def select_sightings() -> Select[Any]:
    """Return the selection of everything that ``sighting_of`` needs; add conditions on ``signals`` and ``documents`` to it."""
    return select(
        *_SIGNAL,
        documents.c.key.label("document"),
        documents.c.publisher,
        documents.c.kind,
        documents.c.title,
        documents.c.url,
        _voices.c.key.label("voice"),
        _OWNER,
    ).select_from(_owned(signals.join(documents, documents.c.id == signals.c.document_id)))


def _owned(found: FromClause) -> FromClause:
    """Return a selection that has ``documents`` with their voices and owners beside it."""
    return (
        found.join(_voices, _voices.c.id == func.coalesce(documents.c.root_id, documents.c.id))
        .outerjoin(_owners, _owners.c.name == documents.c.publisher)
        .outerjoin(_site_owners, _site_owners.c.name == documents.c.site)
    )


def sighting_of(row: Row[Any]) -> Sighting:
    """Return the sighting that a row of ``select_sightings`` holds."""
    signal = Signal(
        start=row.start,
        end=row.end,
        anchor=row.anchor,
        stage=Stage(row.stage),
        ahead=row.ahead,
        certainty=Certainty(row.certainty),
        source_type=SourceType(row.source_type),
        source=row.source,
        parties=tuple(row.parties),
        sector=Sector(row.sector),
        instrument=Instrument(row.instrument),
        confidence=row.confidence,
        why=tuple(Cue(**cue) for cue in row.why),
        engine=row.engine,
    )
    return Sighting(
        id=row.key,
        document=row.document,
        signal=signal,
        day=row.day,
        voice=row.voice,
        publisher=row.publisher,
        owner=row.owner,
        authority=Authority(row.authority),
        kind=Kind(row.kind),
        title=row.title,
        quote=row.quote,
        url=row.url,
        vanished=row.vanished,
    )


def signal_of(values: Mapping[str, Any]) -> Signal:
    """Return the signal that ``Signal.to_dict`` wrote."""
    return Signal(
        start=values["start"],
        end=values["end"],
        anchor=values["anchor"],
        stage=Stage(values["stage"]),
        ahead=values["ahead"],
        certainty=Certainty(values["certainty"]),
        source_type=SourceType(values["source_type"]),
        source=values["source"],
        parties=tuple(values["parties"]),
        sector=Sector(values["sector"]),
        instrument=Instrument(values["instrument"]),
        confidence=values["confidence"],
        why=tuple(Cue(**cue) for cue in values["why"]),
        engine=values["engine"],
    )


_PARENTS = documents.alias("parents")
_all_versions = versions.alias("all_versions")
_VERSIONS = (
    select(func.count())
    .select_from(_all_versions)
    .where(_all_versions.c.document_id == documents.c.id)
    .correlate(documents)
    .scalar_subquery()
    .label("versions")
)


def select_documents() -> Select[Any]:
    """Return the selection of everything that ``kept_of`` needs; add conditions on ``documents`` to it."""
    found = (
        documents.join(versions, versions.c.id == documents.c.version_id)
        .outerjoin(_PARENTS, _PARENTS.c.id == documents.c.parent_id)
        .outerjoin(raws, raws.c.id == versions.c.raw_id)
    )
    return select(
        documents.c.key,
        documents.c.first_seen,
        documents.c.day,
        documents.c.arrival,
        versions.c.url,
        versions.c.publisher,
        versions.c.title,
        versions.c.published,
        versions.c.updated,
        versions.c.fetched,
        versions.c.language,
        versions.c.kind,
        versions.c.notes,
        versions.c.text,
        raws.c.hash.label("raw"),
        _PARENTS.c.key.label("copy_of"),
        _voices.c.key.label("voice"),
        _OWNER,
        _VERSIONS,
    ).select_from(_owned(found))


def kept_of(row: Row[Any], sightings: Sequence[Sighting] = ()) -> Kept:
    """Return the document that a row of ``select_documents`` holds."""
    return Kept(
        document=document_of(row, row.key),
        first_seen=datetime.fromisoformat(row.first_seen),
        day=row.day,
        arrival=row.arrival,
        owner=row.owner,
        voice=row.voice,
        copy_of=row.copy_of,
        versions=row.versions,
        raw=row.raw,
        sightings=tuple(sightings),
    )


def document_of(row: Row[Any], id: str) -> Document:
    """Return the document that a row with the columns of ``versions`` holds, under an id."""
    fetched = moment_of(row.fetched)
    return Document(
        text=row.text,
        id=id,
        url=row.url,
        publisher=row.publisher,
        title=row.title,
        published=moment_of(row.published),
        updated=moment_of(row.updated),
        fetched=fetched if isinstance(fetched, datetime) else None,
        language=row.language,
        kind=Kind(row.kind),
        notes=tuple(row.notes),
    )


# A date without a time: "2025-12-04".
_DATE_CHARS = 10


def moment_of(text: str | None) -> date | datetime | None:
    """Return the date or moment that an ISO 8601 text of the desk says."""
    if text is None:
        return None
    return date.fromisoformat(text) if len(text) == _DATE_CHARS else datetime.fromisoformat(text)


def among(connection: Connection, column: ColumnElement[Any], values: Collection[int] | Collection[str]) -> Any:
    """Return the condition that a column holds one of many values, given to the database as one.

    SQLite takes no more than some thousand values of their own in a statement, and the statement would be made anew for
    each number of them.
    """
    # What a column of letters escapes is escaped here too; for others it changes nothing.
    those = [fit(value) if isinstance(value, str) else value for value in values]
    if connection.dialect.name == "postgresql":
        kind = BigInteger if isinstance(column.type, Integer) else Text
        return column == any_(cast(bindparam(None, those, type_=ARRAY(kind)), ARRAY(kind)))
    import json

    table = func.json_each(json.dumps(those)).table_valued("value")
    return column.in_(select(table.c.value))


def by_rows(found: Iterable[Row[Any]]) -> dict[int, list[Sighting]]:
    """Return the sightings of each deal by the row of its root, in the order in which they come."""
    deals: dict[int, list[Sighting]] = {}
    for row in found:
        deals.setdefault(row.root_id, []).append(sighting_of(row))
    return deals
