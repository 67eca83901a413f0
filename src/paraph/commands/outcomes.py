"""``paraph outcomes``: what an occasion brought for each deal that was on the table before it."""

from __future__ import annotations

import argparse

from paraph.commands.common import add_no_color, add_out, asked_by, probability, whole_number
from paraph.exits import Exit

__all__ = ["FORMATS", "arguments", "run"]

FORMATS = ("table", "json", "csv")


def arguments(name: str, parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its arguments."""
    parser.add_argument("occasion", metavar="OCCASION", help="its name, as `paraph occasion list` tells it")
    parser.add_argument(
        "--min-confidence",
        type=probability,
        metavar="P",
        help="leave deals out of the table of whose surest signal the engine is less sure, 0 to 1 [0.5]; JSON and CSV have all",
    )
    parser.add_argument(
        "--limit", type=whole_number, default=15, metavar="N", help="show at most so many deals of a group [15]"
    )
    parser.add_argument(
        "-f", "--format", choices=FORMATS, help="how to print it [as the name of --out ends, else table]"
    )
    add_out(parser)
    add_no_color(parser)


def run(name: str, given: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from dataclasses import replace

    from paraph.desk import open_desk
    from paraph.settings import Settings
    from paraph.show.out import output
    from paraph.show.outcome_list import COLUMNS, outcome_row, outcomes_dict, print_outcomes

    settings = Settings.from_environment()
    if given.min_confidence is not None:
        settings = replace(settings, brief_confidence=given.min_confidence)
    form = given.format or asked_by(given.out, FORMATS)
    with open_desk(given.desk, settings=settings, create=False) as desk:
        occasion = desk.occasion(given.occasion)
        deals = {deal.id: deal for deal in desk.judge(occasion)}
        found = [(deals[verdict.deal], verdict) for verdict in desk.verdicts(occasion.name) if verdict.deal in deals]
    with output(given.out) as sink:
        if form == "json":
            from paraph.show.rows import json_page

            sink.write(json_page(outcomes_dict(occasion, found)))
        elif form == "csv":
            from paraph.show.rows import csv_page

            sink.write(csv_page(COLUMNS, [outcome_row(deal, verdict, occasion, settings) for deal, verdict in found]))
        else:
            from paraph.show.terminal import console

            to = console(sink, color=not given.no_color)
            print_outcomes(occasion, found, to, settings, limit=given.limit)
    return Exit.DONE
