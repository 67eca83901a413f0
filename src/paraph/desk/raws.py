"""The bytes that documents were read from, kept once by their hash, compressed."""

from __future__ import annotations

import hashlib

import zstandard
from sqlalchemy import Connection, insert, select

from paraph.desk.schema import raws
from paraph.desk.values import Raw
from paraph.errors import DeskError

__all__ = ["keep", "packed", "raw_of", "unpacked"]

# zstandard's own default: a page of 100 kB takes about a millisecond; higher levels gain a few percent.
_LEVEL = 3


def packed(data: bytes) -> bytes:
    """Return the bytes as the desk keeps them."""
    return zstandard.ZstdCompressor(level=_LEVEL).compress(data)


def unpacked(body: bytes) -> bytes:
    """Return the bytes that were packed; their size stands in the body, so nothing grows unseen."""
    return zstandard.ZstdDecompressor().decompress(body)


def keep(connection: Connection, raw: Raw) -> int:
    """Keep the bytes, unless they are kept already, and return their row."""
    hash = hashlib.sha256(raw.data).hexdigest()
    known = connection.execute(select(raws.c.id).where(raws.c.hash == hash)).scalar()
    if known is not None:
        return int(known)
    values = {"hash": hash, "media_type": raw.media_type, "size": len(raw.data), "body": packed(raw.data)}
    return int(connection.execute(insert(raws).values(values).returning(raws.c.id)).scalar_one())


def raw_of(connection: Connection, hash: str) -> Raw:
    """Return the bytes of a hash. Raises DeskError where they are not kept, or are damaged."""
    row = connection.execute(select(raws.c.body, raws.c.media_type).where(raws.c.hash == hash)).first()
    if row is None:
        raise DeskError(f"the bytes {hash} are not kept (a document says which it has, if any)")
    try:
        data = unpacked(row.body)
    except zstandard.ZstdError as error:
        raise DeskError(f"the bytes {hash} are damaged: {error} (restore a backup)") from error
    return Raw(data, row.media_type)
