"""Templates made into pages. Every value is escaped, and control and unseen characters of a source's text are taken out first."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request

from paraph._version import __version__
from paraph.show import glyphs, words
from paraph.show.deal_list import stands
from paraph.show.safe import href, line, plain
from paraph.show.score_table import percent
from paraph.web.assets import assets

if TYPE_CHECKING:
    from starlette.types import Scope

__all__ = ["render", "render_error"]

# The pages in the order in which the head of each names them.
NAVIGATION = (
    ("/", "Board"),
    ("/deals", "Deals"),
    ("/occasions", "Occasions"),
    ("/documents", "Documents"),
    ("/scores", "Scores"),
    ("/feeds", "Feeds"),
    ("/review", "Review"),
    ("/about", "About"),
)


def render(request: Request, template: str, context: Mapping[str, Any]) -> str:
    """Return a page as HTML. The template knows the request, the house, the visitor and what the context holds."""
    state = request.app.state
    known = {
        "request": request,
        "path": request.url.path,
        "house": state.house,
        "visitor": getattr(request.state, "visitor", None),
        "today": state.house.today(),
    }
    return _environment().get_template(template).render(**known, **context)


def render_error(scope: Scope, status: int, title: str, message: str) -> str:
    """Return the page of an error. It needs no desk, so that it can say that the desk fails."""
    app = scope.get("app")
    state = scope.get("state") or {}
    return (
        _environment()
        .get_template("error.html")
        .render(
            path=scope.get("path", ""),
            house=getattr(getattr(app, "state", None), "house", None),
            visitor=state.get("visitor"),
            status=status,
            title=title,
            message=message,
        )
    )


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("paraph.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.filters |= {
        "day": words.day,
        "moment": words.moment,
        "between": words.between,
        "party": words.party,
        "voice": words.voice,
        "state": words.state,
        "line": line,
        "href": href,
        "stands": stands,
        "stage": lambda value: words.STAGES[value],
        "certainty": lambda value: words.CERTAINTIES[value],
        "sector": lambda value: words.SECTORS[value],
        "instrument": lambda value: words.INSTRUMENTS[value],
        "source_type": lambda value: words.SOURCES[value],
        "words": lambda value: str(value).replace("_", " "),
        "of": lambda n, one, many=None: words.count(n, one, many),
        "number": lambda n: f"{n:,}",
        "percent": percent,
        "prob": lambda value: f"{value:.2f}".removeprefix("0") if value < 1 else "1",
        "name_of": words.name_of,
        "marked": _marked,
    }
    made.globals |= {
        "NAVIGATION": NAVIGATION,
        "version": __version__,
        "asset": lambda name: f"/static/{name}?{assets()[name].version}",
        "definitions": lambda: Markup(glyphs.definitions()),  # noqa: S704  our own drawing
        "glyph": lambda *given: Markup(glyphs.glyph(*given)),  # noqa: S704
        "ladder": lambda signal: Markup(glyphs.ladder(signal)),  # noqa: S704
        "ladder_at": lambda *given: Markup(glyphs.ladder_at(*given)),  # noqa: S704
        "legend": lambda: [(Markup(drawing), told) for drawing, told in glyphs.legend()],  # noqa: S704
    }
    return made


def _shown(value: Any) -> Any:
    """What a template writes: markup of ours as it is, any other text without control and unseen characters."""
    if isinstance(value, Markup):
        return value
    return "" if value is None else plain(value) if isinstance(value, str) else value


def _marked(excerpt: Any) -> Markup:
    """Return an excerpt as HTML with what was asked for in ``mark``."""
    parts, at = [], 0
    for start, end in excerpt.marks:
        parts += [Markup.escape(plain(excerpt.text[at:start])), Markup("<mark>")]
        parts += [Markup.escape(plain(excerpt.text[start:end])), Markup("</mark>")]
        at = end
    parts.append(Markup.escape(plain(excerpt.text[at:])))
    before, after = ("… " if excerpt.before else ""), (" …" if excerpt.after else "")
    return Markup("").join([before, *parts, after])
