"""Stories of Reuters-21578 from its archive, as they stand there: real newswire of 1987.

The archive holds SGML files of 1,000 stories each, in an encoding that is Latin 1 with control characters among it. Stories
without a body (headlines of one line, some 2,500) are left out.
"""

from __future__ import annotations

import html
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ARCHIVE", "Story", "stories"]

ARCHIVE = Path(__file__).resolve().parents[2] / "shared" / "data" / "reuters-21578" / "reuters21578.tar.gz"
_STORY = re.compile(r'<REUTERS [^>]*NEWID="(\d+)"[^>]*>(.*?)</REUTERS>', re.DOTALL)
_TITLE = re.compile(r"<TITLE>(.*?)</TITLE>", re.DOTALL)
_BODY = re.compile(r"<BODY>(.*?)</BODY>", re.DOTALL)
_TOPICS = re.compile(r"<TOPICS>(.*?)</TOPICS>")
_ITEM = re.compile(r"<D>(.*?)</D>")
_SIGNATURE = re.compile(r"\s+(?:REUTER|Reuter)\s*\Z")


@dataclass(frozen=True, slots=True)
class Story:
    """One story: its number in the collection, title or None, text, and the topics its indexers gave it."""

    id: str
    title: str | None
    text: str
    topics: tuple[str, ...]


def stories(archive: Path = ARCHIVE) -> Iterator[Story]:
    """Yield the stories of the archive that have a body, file by file, in the order of their numbers."""
    with tarfile.open(archive) as opened:
        for member in sorted(opened.getmembers(), key=lambda member: member.name):
            page = opened.extractfile(member) if member.name.endswith(".sgm") else None
            if page is None:
                continue
            for found in _STORY.finditer(page.read().decode("latin-1")):
                body = _BODY.search(found[2])
                text = _SIGNATURE.sub("", html.unescape(body[1]).replace("\x03", "")) if body else ""
                if not text.strip():
                    continue
                title = _TITLE.search(found[2])
                topics = _TOPICS.search(found[2])
                yield Story(
                    found[1],
                    html.unescape(title[1]).strip() or None if title else None,
                    text.rstrip(),
                    tuple(_ITEM.findall(topics[1])) if topics else (),
                )
