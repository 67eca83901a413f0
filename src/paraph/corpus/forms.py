"""What a file of the input holds, told by its first bytes and, where they do not say, by its name."""

from __future__ import annotations

import codecs
import re
from enum import StrEnum

from paraph.corpus.values import Form
from paraph.intake.sniff import Form as Sniffed
from paraph.intake.sniff import sniff
from paraph.intake.unpack import look

__all__ = ["Packing", "look_at", "unicode_of"]


# What a file of lines may look like: one line is JSON to the eye, a broken one a text, and a damaged packing shows nothing.
_LIKE_LINES = frozenset({Sniffed.JSON, Sniffed.TEXT, Sniffed.GZIP, Sniffed.ZSTD})


class Packing(StrEnum):
    """How the bytes of a file are packed, and so whether it can be cut."""

    PLAIN = "plain"
    GZIP = "gzip"
    OTHER = "other"  # or several layers, or a text in UTF-16: read from its beginning to its end


PARQUET = b"PAR1"
BZIP2 = b"BZh"
XZ = b"\xfd7zXZ\x00"

_LINES = re.compile(r"\.(?:jsonl|jsonlines|ndjson|jl)(?:\.(?:gz|zst|zstd|bz2|xz|br))?\Z", re.IGNORECASE)
_ARCHIVE = re.compile(r"\.warc(?:\.(gz|zst))?\Z", re.IGNORECASE)
_TABLE = re.compile(r"\.(?:parquet|parq|pq)\Z", re.IGNORECASE)
_QUERY = re.compile(r"[?#].*\Z", re.DOTALL)

# UTF-32 before UTF-16, whose mark it begins with.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def look_at(name: str, head: bytes) -> tuple[Form, Packing]:
    """Return the form of a file with this name and head, and how it is packed. What is none of the others is of FILES."""
    if "://" in name:
        name = _QUERY.sub("", name)
    if head.startswith(PARQUET):
        return Form.PARQUET, Packing.PLAIN
    layers, found = look(head)
    packing = Packing.PLAIN
    if layers or head.startswith((BZIP2, XZ)) or unicode_of(head):
        packing = Packing.GZIP if layers == (Sniffed.GZIP,) else Packing.OTHER
    if found is Sniffed.WARC:
        return Form.WARC, packing
    if found is Sniffed.JSON_LINES:
        return Form.JSONL, packing
    # bzip2 and xz show nothing of what is in them.
    if _LINES.search(name) and (found in _LIKE_LINES or head.startswith((BZIP2, XZ))):
        return Form.JSONL, packing
    by_name = _ARCHIVE.search(name)
    if by_name and found in (Sniffed.BINARY, Sniffed.GZIP, Sniffed.ZSTD, Sniffed.TEXT):
        ending = (by_name.group(1) or "").lower()
        return Form.WARC, {"": Packing.PLAIN, "gz": Packing.GZIP}.get(ending, Packing.OTHER)
    if _TABLE.search(name) and sniff(head) in (Sniffed.BINARY, Sniffed.TEXT):
        return Form.PARQUET, Packing.PLAIN
    return Form.FILES, packing


def unicode_of(head: bytes) -> str:
    """Return the name of the encoding that a mark at the beginning tells of, none for UTF-8 and its like."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), "")
