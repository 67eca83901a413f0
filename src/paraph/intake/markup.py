"""All text of a page, read off its markup in one pass: the way out where a page is too deep, too large or too odd.

Extractors build a tree, and trees have limits: libxml2 stops at 256 levels and silently leaves out the rest. This scanner
keeps no tree and no stack, so nothing is lost. It knows which elements begin a line, which are list items and which hold
no text; it does not know what is the article and what is not, which is why it comes second. Linear in the markup.
"""

from __future__ import annotations

import re
from html import unescape

from paraph.intake.clean import tidy_line

__all__ = ["lines_of_markup"]

# Elements whose content is no text of the page, or navigation; they are left out where their end tag is found.
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "head",
        "nav",
        "select",
        "button",
        "iframe",
        "object",
        "textarea",
    ]
)
# Elements that do not end a line.
_INLINE = frozenset(
    [
        *(
            "a",
            "abbr",
            "b",
            "bdi",
            "bdo",
            "cite",
            "code",
            "data",
            "del",
            "dfn",
            "em",
            "font",
            "i",
            "ins",
            "kbd",
            "mark",
            "q",
        ),
        *(
            "s",
            "samp",
            "small",
            "span",
            "strike",
            "strong",
            "sub",
            "sup",
            "time",
            "tt",
            "u",
            "var",
            "wbr",
            "img",
            "acronym",
        ),
    ]
)
# What begins a tag, a comment or a declaration; any other "<" is text, as in "2 < 3".
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,20})|<!--|<[!?]")


def lines_of_markup(html: str, *, limit: int) -> list[str]:
    """Return the text of ``html`` as lines: one a block, list items with the mark "- ", without scripts and navigation.

    Stops soon after ``limit`` characters of text, so that a caller sees that there are too many without waiting for all.
    """
    lines: list[str] = []
    buffer: list[str] = []
    skipping = dict.fromkeys(_SKIPPED, True)  # False once an end tag was looked for in vain
    mark = ""
    left = limit + 1

    def flush() -> None:
        nonlocal mark
        line = tidy_line(unescape("".join(buffer)))
        buffer.clear()
        if line:
            lines.append(line if line.startswith("- ") else mark + line)
            mark = ""

    place, size = 0, len(html)
    while place < size and left > 0:
        found = _TAG.search(html, place)
        opening = found.start() if found else size
        closing = min(opening, place + left)
        buffer.append(html[place:closing])
        left -= closing - place
        if found is None or left <= 0:
            break
        if found[1] is None:  # a comment, a declaration, an instruction
            end = "-->" if found[0] == "<!--" else ">"
            closing = html.find(end, found.end())
            place = closing + len(end) if closing >= 0 else size
            continue
        closing = html.find(">", found.end())
        if closing < 0:
            break
        name, place = found[1].lower(), closing + 1
        if html[opening + 1] != "/" and skipping.get(name):
            over = re.compile(f"</{name}", re.IGNORECASE).search(html, place)
            if over is None:
                skipping[name] = False
            else:
                place = over.start()
        if name not in _INLINE:
            flush()
            if name == "li":
                mark = "" if html[opening + 1] == "/" else "- "
            elif name in ("ul", "ol", "table"):
                mark = ""
    flush()
    return lines
