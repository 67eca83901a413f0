"""A picture: its drawing for a page, its words for who cannot see it, its table; and the drawing as a file of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from paraph.show.glyphs import definitions
from paraph.show.pictures.drawing import LETTER, number, text, wrapped
from paraph.show.safe import markup

__all__ = ["Picture", "empty_picture", "picture_of", "standalone", "styles"]

# The tokens of base.css in its light colours, for a file that stands alone; a test holds them to that sheet.
LIGHT = {
    "--paper": "#fdfcf9",
    "--ink": "#1c1b19",
    "--muted": "#5f5c55",
    "--rule": "#d9d5cb",
    "--faint": "#f3f0e8",
    "--accent": "#0a5875",
    "--rail": "#b3ada0",
    "--serif": 'Charter, "Bitstream Charter", "Iowan Old Style", "Source Serif 4", Georgia, "Liberation Serif", serif',
    "--sans": 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", sans-serif',
}
# Room around a drawing that stands alone, and the sizes of its heading and the lines below it.
EDGE, HEADING, LEADING = 24.0, 20.0, 18.0
# A file of its own is at least so wide, for its heading and caption to have room.
LEAST_WIDTH = 480.0

_VARIABLE = re.compile(r"var\((--[a-z]+)\)")
_LINK = re.compile(r"<a [^>]*>")


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with all that must stand beside it.

    ``svg`` is the inline element, by classes of pictures.css alone; a page that shows it holds ``glyphs.definitions()`` once.
    ``alt`` says in sentences what it shows, with its numbers; ``caption`` what must be known to read it. ``columns`` and
    ``rows`` are its table and data file, of plain JSON-ready values; texts of sources stand in them as they are, so whoever
    prints them has to make them safe. ``empty`` is true where there is nothing to draw: the drawing then says so in a sentence.
    ``name`` is an id of letters, digits and hyphens; ``width`` and ``height`` are the drawing's own units.
    """

    name: str
    svg: str
    alt: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    empty: bool
    title: str
    width: float
    height: float


def picture_of(
    name: str,
    title: str,
    body: str,
    *,
    size: tuple[float, float],
    alt: str,
    caption: str,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    look: str,
    empty: bool = False,
    defs: str = "",
) -> Picture:
    """Return the picture of a drawn body; ``look`` are its classes, ``name`` may be any text.

    A drawing with links is a group to a screen reader and not one image, whose parts nobody could reach.
    """
    name = named(name)
    width, height = size
    role = "group" if "<a " in body else "img"
    svg = (
        f'<svg class="drawing {look}" viewBox="0 0 {number(width)} {number(height)}" role="{role}" '
        f'aria-labelledby="{name}-title" aria-describedby="{name}-desc">'
        f'<title id="{name}-title">{markup(title)}</title><desc id="{name}-desc">{markup(alt)}</desc>'
        f"{f'<defs>{defs}</defs>' if defs else ''}{body}</svg>"
    )
    return Picture(name, svg, alt, caption, tuple(columns), tuple(rows), empty, title, width, height)


def empty_picture(name: str, title: str, sentence: str, *, columns: Sequence[str], look: str) -> Picture:
    """Return the picture of nothing: a sentence that says why, and a table without rows."""
    lines = wrapped(sentence, 400)
    body = "".join(text(10, 32 + LEADING * n, each, "quiet") for n, each in enumerate(lines))
    size = (420.0, 42 + LEADING * len(lines))
    look = "nothing " + look.split()[0] + "-nothing"
    return picture_of(
        name, title, body, size=size, alt=sentence, caption="", columns=columns, rows=(), look=look, empty=True
    )


def named(name: str) -> str:
    """Return a text as an id: letters, digits and hyphens of ASCII; "picture" where none is left."""
    kept = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:80]
    return kept if kept[:1].isalpha() else f"picture-{kept}".rstrip("-")


def standalone(picture: Picture) -> str:
    """Return the picture as an SVG file: heading, drawing, caption, colours and symbols in it, nothing from outside.

    Links are left out, as addresses of a desk lead nowhere from a file. Colours are written out for programs that do not know
    CSS variables, and ``use`` has the older ``xlink:href`` for the same reason.
    """
    width = max(picture.width, LEAST_WIDTH)
    heading = wrapped(picture.title, width, HEADING)
    caption = wrapped(picture.caption, width)
    top = EDGE + (HEADING + 6) * len(heading) + 6
    height = top + picture.height + LEADING * len(caption) + EDGE
    drawing = picture.svg.replace(
        "<svg ",
        f'<svg x="{number(EDGE)}" y="{number(top)}" width="{number(picture.width)}" height="{number(picture.height)}" ',
        1,
    )
    drawing = _LINK.sub("<g>", drawing).replace("</a>", "</g>")
    words = [text(EDGE, EDGE + HEADING + (HEADING + 6) * n, each, "heading") for n, each in enumerate(heading)]
    below = top + picture.height + LETTER
    words += [text(EDGE, below + LEADING * n, each, "small quiet") for n, each in enumerate(caption)]
    whole = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" class="sheet drawing" '
        f'width="{number(width + 2 * EDGE)}" height="{number(height)}" '
        f'viewBox="0 0 {number(width + 2 * EDGE)} {number(height)}">'
        f"<title>{markup(picture.title)}</title><style>{_plain_styles()}</style>"
        f'<rect class="clear" width="100%" height="100%"/>{definitions()}{"".join(words)}{drawing}</svg>'
    )
    whole = whole.replace('<use href="', '<use xlink:href="')
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + whole + "\n"


@cache
def styles() -> str:
    """Return pictures.css."""
    return files("paraph.show.pictures").joinpath("pictures.css").read_text("utf-8")


@cache
def _plain_styles() -> str:
    """Return the classes with the light colours written out; sizes that a page gives a picture are left out."""
    sheet = styles().split("@media", 1)[0].split("*/", 1)[1]
    rules = [rule for rule in sheet.splitlines() if rule.startswith(".drawing ")]
    rules.append(f".drawing .heading {{ font: 700 {HEADING:g}px var(--serif); }}")
    kept = "\n".join(rule.replace("display: block; width: 100%; height: auto; ", "") for rule in rules)
    return _VARIABLE.sub(lambda found: LIGHT[found[1]], kept).replace("<", "")
