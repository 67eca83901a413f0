"""Plain text and Markdown to a Document: the same conventions of lines as for pages.

Blank lines part paragraphs; where a text has none, every line is a paragraph. Text that was wrapped at a fixed width is
unwrapped, so that a sentence stands on one line. Datelines at the head become metadata, and a body that stands twice is
kept once. Not handled: tables drawn with characters, columns, reStructuredText and other markup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise

from paraph.intake.boilerplate import drop_boilerplate, drop_tail
from paraph.intake.clean import once, tidy_line
from paraph.intake.dates import country_of, dateline, filed, future_note, parse_when
from paraph.intake.decode import harmless
from paraph.intake.official import document_kind
from paraph.intake.page import check_size, check_text
from paraph.model import Document
from paraph.settings import Settings

__all__ = ["read_plain"]

# A text may stand twice and have clutter before it is cleaned; what is longer than this many texts is not worth cleaning.
_CLEANED = 3

# A title is one short line; a first line longer than this is the first paragraph.
_TITLE_CHARS = 250

# Datelines stand within so many lines of the top, or in the last few.
_TOP_LINES = 12
_BOTTOM_LINES = 4
# Without a label a date is a dateline only right below the title; further down it may head an entry of a chronology.
_BARE_LINES = 5

# An agency's dateline opens the first paragraph, below title, standfirst and byline.
_FILED_LINES = 4

# Wrapped text: nearly all lines of its paragraphs are about as long as the longest. 40 to 100 characters are the widths
# that mail programs, terminals and text exports wrap at.
_WRAP_WIDTHS = range(40, 101)
_WRAPPED_SHARE = 0.7
# … and of those, so many end within a sentence; lines that are sentences of about one length do not.
_RUNNING_SHARE = 0.4
_WRAP_LINES = 6

_MARK = re.compile(r"(?:[-*+•●▪◦‣–]|\d{1,3}[.)])\s")
_FENCE = re.compile(r"(?:`{3,}|~{3,})")
_RULE = re.compile(r"(?:[-*_=~#]\s?){3,200}")
_ATX = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
_QUOTE = re.compile(r"(?:>\s?)+")
_LINK = re.compile(r"!?\[([^\[\]]{0,500})\](?:\([^()\s]{0,500}(?:\s[^()]{0,200})?\)|\[[^\[\]]{0,100}\])")
_AUTOLINK = re.compile(r"<(https?://[^<>\s]{1,500})>")
_STRONG = re.compile(r"(\*{1,3}|_{1,3}|~~|`{1,2})(?=\S)([^*_`~\n]{1,1000})(?<=\S)\1")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!>~|-])")
_REFERENCE = re.compile(r"\[[^\]]{1,100}\]:\s\S{1,500}(?:\s.{0,200})?$")
_FRONT = re.compile(r"([A-Za-z][\w -]{0,30})\s*[:=]\s*(.*)$")
_FRONT_LINES = 60

_PUBLISHED = ("date", "published", "pubdate", "publishdate", "published_at", "created")
_UPDATED = ("updated", "lastmod", "modified", "last_modified", "updated_at")
_PUBLISHER = ("publisher", "site", "site_name", "outlet", "source")
_URL = ("url", "canonical", "canonical_url", "link", "permalink")


def read_plain(
    text: str,
    *,
    source: str,
    url: str | None = None,
    title: str | None = None,
    published: date | datetime | None = None,
    publisher: str | None = None,
    settings: Settings,
    now: datetime,
    markdown: bool = False,
    updated: date | datetime | None = None,
) -> Document:
    """Return a plain text, or a Markdown one, as a Document.

    What the caller knows (``title``, ``published``, …, from a feed or a PDF) comes before what the text says. Without a
    title the first line is the title, where it is short; it stays in the text. ``now`` has a zone.

    Raises NoText, NotEnglish, and TooLarge above ``settings.max_text_chars``.
    """
    check_size(len(text), source, settings, _CLEANED)
    text = harmless(text)
    front: Mapping[str, str] = {}
    if markdown:
        front, text = _front_matter(text)
        lines = _markdown_lines(text)
    else:
        lines = _plain_lines(text)
    url = url or _of(front, _URL)
    publisher = publisher or _of(front, _PUBLISHER)
    country = country_of(url, publisher)
    given = (published or _date_of(front, _PUBLISHED, country), updated or _date_of(front, _UPDATED, country))
    lines, found = _without_datelines(drop_boilerplate(lines), country)
    published, updated = given[0] or found[0], given[1] or found[1]
    # An agency's dateline is weaker than what is said of the whole text, and better than nothing.
    published = published or next((day for line in lines[:_FILED_LINES] if (day := filed(line))), None)
    title = title or front.get("title") or _title(lines)
    notes: list[str] = []
    lines, repeated = once(drop_tail(lines))
    if repeated:
        notes.append(f"{repeated} lines that stood twice are kept once")
    body = "\n".join(lines)
    check_text(body, source, settings)
    if (note := future_note("published", published, now)) is not None:
        notes.append(f"{note} and was not used")
        published = None
    if (note := future_note("updated", updated, now)) is not None:
        notes.append(f"{note} and was not used")
        updated = None
    return Document(
        text=body,
        url=url,
        publisher=publisher,
        title=title,
        published=published,
        updated=updated,
        fetched=now,
        language="en",
        kind=document_kind(title, body, url, publisher)[0],
        notes=tuple(notes),
    )


def _title(lines: Sequence[str]) -> str | None:
    """Return the first line where it reads as a title: short, no list item, not a sentence with more after it."""
    if len(lines) < 2 or len(lines[0]) > _TITLE_CHARS or _MARK.match(lines[0]):
        return None
    return None if lines[0].endswith((".", ":", ",", ";")) else lines[0]


def _without_datelines(
    lines: Sequence[str], country: str | None
) -> tuple[list[str], tuple[date | datetime | None, date | datetime | None]]:
    kept: list[str] = []
    published: date | datetime | None = None
    updated: date | datetime | None = None
    for number, line in enumerate(lines):
        edge = number < _TOP_LINES or number >= len(lines) - _BOTTOM_LINES
        found = dateline(line, country=country) if edge and any(map(str.isdigit, line)) else None
        if found is None or not (found.labelled or number < _BARE_LINES):
            kept.append(line)
        else:
            published, updated = published or found.published, updated or found.updated
    return (kept, (published, updated)) if kept else (list(lines), (published, updated))


def _plain_lines(text: str) -> list[str]:
    raw = text.split("\n")
    if _is_wrapped(raw):
        raw = _unwrapped(raw)
    return [line for one in raw if (line := tidy_line(one))]


def _is_wrapped(raw: Sequence[str]) -> bool:
    """Return whether a text was wrapped at a fixed width: lines that another follows are all about as long."""
    width = max((len(line.rstrip()) for line in raw), default=0)
    if width not in _WRAP_WIDTHS:
        return False
    inner = [
        line.rstrip()
        for line, after in pairwise(raw)
        if line.strip() and after.strip() and not _MARK.match(line.lstrip()) and not _MARK.match(after.lstrip())
    ]
    if len(inner) < _WRAP_LINES:
        return False
    # No word that matters is longer than a quarter of the width, so a line shorter than the rest was ended by hand.
    full = sum(len(line) >= 0.75 * width for line in inner)
    running = sum(not line.endswith((".", ":", "!", "?", "”", '"')) for line in inner)
    return full >= _WRAPPED_SHARE * len(inner) and running >= _RUNNING_SHARE * len(inner)


def _unwrapped(raw: Sequence[str]) -> list[str]:
    """Join the lines of a paragraph or list item; a blank line, a mark or a deeper indent after none begins a new one."""
    joined: list[list[str]] = []
    for line in raw:
        if not line.strip():
            joined.append([])
        elif not joined or not joined[-1] or _MARK.match(line.lstrip()):
            joined.append([line])
        else:
            joined[-1].append(line.strip())
    return [" ".join(lines) for lines in joined if lines]


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """Split a block of "key: value" lines between "---" (or "+++") off the top; nested values are passed over."""
    lines = text.lstrip("\n").split("\n", _FRONT_LINES + 1)
    if not lines or lines[0].strip() not in ("---", "+++"):
        return {}, text
    for end, line in enumerate(lines[1 : _FRONT_LINES + 1], start=1):
        if line.strip() in (lines[0].strip(), "..."):
            found = (_FRONT.match(one) for one in lines[1:end])
            pairs = {one[1].strip().lower(): one[2].strip().strip("\"'") for one in found if one}
            return pairs, "\n".join(lines[end + 1 :])
    return {}, text


def _of(front: Mapping[str, str], keys: Sequence[str]) -> str | None:
    return next((front[key] for key in keys if front.get(key)), None)


def _date_of(front: Mapping[str, str], keys: Sequence[str], country: str | None) -> date | datetime | None:
    text = _of(front, keys)
    return parse_when(text, country=country) if text else None


def _markdown_lines(text: str) -> list[str]:
    """Return Markdown without its marks: headings as lines, items as "- " or "1. ", soft line breaks joined."""
    lines: list[str] = []
    open_paragraph = False
    fence = ""
    for raw in text.split("\n"):
        bare = _QUOTE.sub("", raw.strip(), count=1) if raw.lstrip().startswith(">") else raw.strip()
        if fence or (bare[:3] in ("```", "~~~") and _FENCE.match(bare)):
            if fence and bare.startswith(fence):
                fence = ""
            elif not fence:
                fence = bare[:3]
            elif bare:
                lines.append(bare)
            open_paragraph = False
            continue
        if not bare or _REFERENCE.match(bare) or _RULE.fullmatch(bare):  # a rule, or the underline of the heading above
            open_paragraph = False
        elif heading := _ATX.match(bare):
            lines.append(heading[1])
            open_paragraph = False
        elif bare.startswith("|") or not open_paragraph or _MARK.match(bare):
            lines.append(_item(bare))
            open_paragraph = not bare.startswith("|")
        else:
            lines[-1] += " " + bare
        if raw.endswith(("  ", "\\")):  # a hard line break
            open_paragraph = False
    return [line for one in lines if (line := tidy_line(_unmarked(one)))]


def _item(line: str) -> str:
    if line.startswith("|"):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        return "" if all(set(cell) <= set(":- ") for cell in cells) else " | ".join(cells)
    found = _MARK.match(line)
    if found is None:
        return line
    rest = line[found.end() :].lstrip()
    if rest[:4].lower() in ("[ ] ", "[x] "):
        rest = rest[4:]
    return (found[0] if found[0][0].isdigit() else "- ") + rest


def _unmarked(line: str) -> str:
    line = _LINK.sub(r"\1", line)
    line = _AUTOLINK.sub(r"\1", line)
    for _ in range(2):  # emphasis within strong emphasis
        line = _STRONG.sub(r"\2", line)
    return _ESCAPE.sub(r"\1", line).rstrip("\\")
