"""Text of others made safe for where it is shown: a terminal, a page, Markdown, a spreadsheet, JSON.

A source's text is data. In a terminal an escape character would move the cursor, rename the window or paste
commands; in a page markup would run; the bidirectional controls make a line read as something else than it says
("Trojan Source", CVE-2021-42574); a spreadsheet runs a cell that begins like a formula. Each function fends off one
of these, once, at the rim. All are linear in the text.
"""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

__all__ = ["cell", "href", "json_text", "line", "markdown", "markup", "plain", "spaced"]

# Code points that turn, hide or overlay text and are never needed to read it: marks, embeddings, overrides and
# isolates of the bidirectional algorithm; zero-width space and byte order mark; interlinear annotation; tags;
# deprecated format marks.
_UNSEEN = frozenset(
    [
        *(0x00AD, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0xFEFF),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFFF9, 0xFFFC),
        *range(0xE0000, 0xE0080),
    ]
)
# Line ends of any kind; each counts as white space.
_BREAKS = {0x0A: " ", 0x0D: " ", 0x09: " ", 0x0B: " ", 0x0C: " ", 0x85: " ", 0x2028: " ", 0x2029: " "}
_SHOWN = "\ufffd"  # what stands where a control character stood, so that its place can be seen

_PLAIN: dict[int, str | None] = {
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)], _SHOWN),
    **dict.fromkeys(_UNSEEN, None),
    0x0A: "\n",
    0x0D: "\n",
    0x09: " ",
    0x0B: "\n",
    0x0C: "\n",
    0x85: "\n",
    0x2028: "\n",
    0x2029: "\n",
}
_LINE: dict[int, str | None] = {**_PLAIN, **_BREAKS}

# What JSON would let through raw: delete, the C1 controls (0x9B is an escape sequence's start to some terminals), line
# separators, bidirectional controls, lone surrogates. Written as \uXXXX they are the same string to any reader of JSON.
_JSON_RAW = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

# A spreadsheet takes a cell for a formula if it begins with one of these; the full-width forms count in some locales.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")

# Markdown's own characters: those that count anywhere, and those that count at the beginning of a line ("1." is a list).
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~&$]|^[#+=:-]|(?<=^\d)[.)]|(?<=^\d\d)[.)]|(?<=^\d\d\d)[.)]|(?<=^\d\d\d\d)[.)]")


def plain(text: str) -> str:
    """Return the text with line breaks kept as ``\\n``, control characters as U+FFFD and unseen ones left out."""
    return text.translate(_PLAIN)


def line(text: str) -> str:
    """Return the text as one line that is safe in a terminal: ``plain``, and every run of white space one space."""
    return " ".join(text.translate(_LINE).split())


def spaced(text: str) -> str:
    """Return ``line`` of a piece of a text, with a space at an edge where the piece has white space there."""
    core = line(text)
    if not core:
        return " " if text[:1].isspace() else ""
    return (" " if text[0].isspace() else "") + core + (" " if text[-1].isspace() else "")


def markup(text: str) -> str:
    """Return the text as one line for HTML, in an element or a quoted attribute."""
    return html.escape(line(text), quote=True)


def markdown(text: str) -> str:
    """Return the text as one line in which no character is Markdown's (CommonMark) or HTML's."""
    return _MARKDOWN.sub(lambda found: "\\" + found[0], line(text))


def cell(text: str) -> str:
    """Return the text as a spreadsheet's cell: no control characters, and an apostrophe before what begins like a formula."""
    shown = line(text)
    return "'" + shown if shown.startswith(_FORMULA) or text.startswith(_FORMULA) else shown


def href(url: str | None) -> str | None:
    """Return a link's address if it is one to follow, a plain http or https one, else None (``javascript:``, ``data:``)."""
    if url is None or len(url) > 2_000 or not url.lower().startswith(("http://", "https://")):
        return None
    try:
        if not urlsplit(url).hostname:
            return None
    except ValueError:  # "http://[::1"
        return None
    if any(c <= " " or c in "\"'<>`\\" or c == "\x7f" or ord(c) in _UNSEEN for c in url):
        return None
    return url


def json_text(text: str) -> str:
    """Return JSON with the characters that a terminal might act on written as escapes; the values stay the same."""
    return _JSON_RAW.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
