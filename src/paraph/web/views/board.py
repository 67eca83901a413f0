"""The board: what is on the table, by sector and stage; what moved last, what is coming up, and the views that were saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from paraph.desk import Desk
from paraph.desk.views import all_views, remove_view, rename_view, save_view
from paraph.model import Occasion, Sector, Stage
from paraph.show.words import OFF_LADDER, RUNGS, SECTORS
from paraph.web.access import Reviewing, Visitor
from paraph.web.answers import page, see
from paraph.web.asking import Asked, asked
from paraph.web.forms import Fields, Sent
from paraph.web.house import desk_of, house_of, visitor_of
from paraph.web.views.deals import facet_boxes, listed, unsure_of

__all__ = ["Cell", "MatrixRow", "matrix_rows", "router"]

router = APIRouter(include_in_schema=False)

# Deals under "moved last", and occasions ahead and past that are named. Set by eye: one screen.
NEWEST = 15
OCCASIONS_NAMED = 3
# A cell of the matrix is shaded in so many steps, by its share of the fullest cell.
SHADES = 5
COLUMNS = (*RUNGS, *OFF_LADDER)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the matrix: its deals, of which so many lie ahead, how dark it is (0 to SHADES), and where it leads."""

    stage: Stage
    n: int
    ahead: int
    shade: int
    href: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A sector's row of the matrix."""

    sector: Sector
    n: int
    cells: tuple[Cell, ...]
    href: str


@dataclass(frozen=True, slots=True)
class Coming:
    """An occasion on the board: ``days`` until it begins, 0 or less once it has."""

    occasion: Occasion
    days: int
    over: bool


def matrix_rows(cells: Mapping[tuple[Sector, Stage, bool], int], want: Asked) -> list[MatrixRow]:
    """Return the sectors with deals, the fullest first, each with its deals by stage."""
    counts: dict[tuple[Sector, Stage], int] = {}
    ahead: dict[tuple[Sector, Stage], int] = {}
    for (sector, stage, lies_ahead), n in cells.items():
        counts[sector, stage] = counts.get((sector, stage), 0) + n
        ahead[sector, stage] = ahead.get((sector, stage), 0) + (n if lies_ahead else 0)
    most = max(counts.values(), default=0)
    rows = []
    for sector in Sector:
        made = tuple(
            Cell(
                stage,
                counts.get((sector, stage), 0),
                ahead.get((sector, stage), 0),
                -(-SHADES * counts.get((sector, stage), 0) // most) if most else 0,
                "/deals" + want.with_(sector=sector, stage=stage),
            )
            for stage in COLUMNS
        )
        n = sum(cell.n for cell in made)
        if n:
            rows.append(MatrixRow(sector, n, made, "/deals" + want.with_(sector=sector)))
    return sorted(rows, key=lambda row: (-row.n, SECTORS[row.sector]))


@router.get("/")
def board(request: Request) -> Response:
    """Show the board, of all deals or of those that the address asks for."""
    house, desk = house_of(request), desk_of(request)
    want = asked(request.query_params.multi_items(), house.today(), house.settings, NEWEST)
    facets = desk.facets(want.query)
    rows, _ = listed(desk, want)
    total = facets.of if facets.whole else desk.count(want.query)
    standing = facets.counts.get("state", {})
    return page(
        request,
        "board.html",
        asked=want,
        facets=facets,
        boxes=facet_boxes(facets, want, "/"),
        columns=COLUMNS,
        matrix=matrix_rows(facets.matrix, want),
        totals={stage: sum(n for (_, at, _), n in facets.matrix.items() if at is stage) for stage in COLUMNS},
        total=total,
        unsure=unsure_of(desk, want, total),
        table=standing.get("table", 0),
        rows=rows,
        excerpts=desk.excerpts(want.query, [row.id for row in rows]),
        coming=coming(desk, house.today(), want.query.parties),
        views=_views(desk, visitor_of(request)),
        here=f"/{want.string}",
        empty=not facets.of and not want.filters and not desk.deals(replace(want.query, min_confidence=0.0, limit=1)),
    )


def coming(desk: Desk, today: date, parties: Sequence[str]) -> list[Coming]:
    """Return the next occasions (of these parties, where any are asked for), nearest first, then the last ones that are over."""
    wanted = [each for each in desk.occasions() if not parties or set(parties).intersection(each.parties)]
    ahead = [each for each in wanted if each.last >= today][:OCCASIONS_NAMED]
    over = [each for each in wanted if each.last < today][-OCCASIONS_NAMED:]
    return [
        *(Coming(each, (each.first - today).days, False) for each in ahead),
        *(Coming(each, (each.first - today).days, True) for each in reversed(over)),
    ]


def _views(desk: Desk, visitor: Visitor | None) -> Sequence[object]:
    with desk.look() as connection:
        return all_views(connection, owner=visitor.name if visitor else "")


@router.post("/views")
def save(
    request: Request,
    fields: Sent,
    visitor: Reviewing,
) -> Response:
    """Save, rename or remove a view."""
    desk = desk_of(request)
    with desk.begin() as connection:
        if fields.one("do") == "remove":
            remove_view(connection, _id(fields), owner=visitor.name)
        elif fields.one("do") == "rename":
            rename_view(connection, _id(fields), fields.one("name"), owner=visitor.name)
        else:
            owner = "" if fields.one("everybody") else visitor.name
            save_view(
                connection,
                fields.one("name"),
                fields.one("address"),
                owner=owner,
                now=desk.now(),
                settings=desk.settings,
            )
    return see(request, fields.one("to") or "/")


def _id(fields: Fields) -> int:
    text = fields.one("view")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
