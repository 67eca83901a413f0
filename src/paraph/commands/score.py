"""``paraph score``: how the forecasts of publishers, speakers and wordings turned out."""

from __future__ import annotations

import argparse

from paraph.commands.common import add_no_color, add_out, asked_by, whole_number
from paraph.exits import Exit

__all__ = ["arguments", "run"]

FORMATS = ("table", "json", "csv")
# What paraph.resolve.scorecards.By knows; written out so that the help needs not load it. A test holds the two together.
BY = (
    "publisher",
    "source",
    "source_type",
    "certainty",
    "wording",
    "stage",
    "specificity",
    "sector",
    "instrument",
    "party",
)


def arguments(name: str, parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its arguments."""
    parser.add_argument(
        "--by", choices=BY, default="publisher", metavar="FIELD", help=f"one card for each {', '.join(BY)} [publisher]"
    )
    parser.add_argument("--occasion", metavar="NAME", help="only the forecasts that came due at this occasion")
    parser.add_argument(
        "--renew",
        action="store_true",
        help="work out all forecasts anew, after decisions on signals, deals or owners (a new verdict is counted at once)",
    )
    parser.add_argument(
        "--few",
        type=whole_number,
        default=20,
        metavar="N",
        help="how many cards that are too small for a rank the table shows [20]",
    )
    parser.add_argument("-f", "--format", choices=FORMATS, help="how to print them [table]")
    add_out(parser)
    add_no_color(parser)


def run(name: str, given: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from datetime import datetime

    from paraph.desk import open_desk
    from paraph.desk.scoring import renew, scores
    from paraph.resolve.scorecards import By
    from paraph.settings import Settings
    from paraph.show.out import output
    from paraph.show.rows import csv_page, json_page
    from paraph.show.score_table import COLUMNS, why_empty

    form = given.format or asked_by(given.out, FORMATS)
    settings = Settings.from_environment()
    today = datetime.now().astimezone().date()
    with open_desk(given.desk, settings=settings, create=False) as desk:
        if given.renew:
            renew(desk, today=today)
        found = scores(
            desk, By(given.by), occasion=given.occasion, today=today, others=given.few if form == "table" else None
        )
        empty = why_empty(desk, given.occasion, today) if found.whole is None else None
    with output(given.out) as sink:
        if form == "json":
            sink.write(json_page({"occasion": given.occasion, "note": empty} | found.to_dict()))
        elif form == "csv":
            sink.write(csv_page(COLUMNS, [card.to_dict() for card in found.cards]))
        elif empty:
            sink.write(f"{empty}\n")
        else:
            from paraph.show.score_table import print_scorecards
            from paraph.show.terminal import console

            print_scorecards(found, console(sink, color=not given.no_color), occasion=given.occasion)
    return Exit.DONE
