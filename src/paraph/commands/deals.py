"""``paraph deals`` and ``paraph deal``: the list of deals on a desk, and one of them with its history."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING

from paraph.commands.common import add_no_color, add_out, asked_by, day, probability, whole_number
from paraph.commands.review import add_decider, deal_id, decide, signal_id
from paraph.errors import UsageError
from paraph.exits import Exit
from paraph.model import Certainty, Instrument, Sector, SourceType, Stage

if TYPE_CHECKING:
    from paraph.desk import DealQuery

__all__ = ["arguments", "run"]

LIST_FORMATS = ("table", "json", "jsonl", "csv")
PAGE_FORMATS = ("terminal", "json")
SORTS = ("last", "first", "voices", "sightings", "title")
STATES = ("table", "done", "off", "lapsed")


def arguments(name: str, parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its arguments."""
    if name == "deal":
        parser.add_argument(
            "id", metavar="ID", help="the id of a deal or of a signal of it, or its first digits (4 at least)"
        )
        parser.add_argument("--merge", metavar="OTHER", help="decide that this deal and that other one are the same")
        parser.add_argument("--split", nargs="+", metavar="SIGNAL", help="decide that these signals are another deal")
        add_decider(parser)
        parser.add_argument("-f", "--format", choices=PAGE_FORMATS, help="how to print it [terminal]")
        add_out(parser)
        add_no_color(parser)
        return
    _filters(parser)
    parser.add_argument(
        "--sort", choices=SORTS, default="last", help="newest sighting first, oldest deal first, … [last]"
    )
    parser.add_argument("--limit", type=whole_number, default=50, metavar="N", help="at most so many deals [50]")
    parser.add_argument(
        "--after", default="", metavar="CURSOR", help="go on after the deal with this cursor (JSON has them)"
    )
    parser.add_argument("-f", "--format", choices=LIST_FORMATS, help="how to print them [table]")
    add_out(parser)
    add_no_color(parser)


def _filters(parser: argparse.ArgumentParser) -> None:
    many: tuple[tuple[str, str, str, list[str] | None, str], ...] = (
        (
            "--party",
            "parties",
            "PARTY",
            None,
            "a country's code or name (IN) or a bloc's name (EU); with several, deals of all of them",
        ),
        ("--sector", "sectors", "SECTOR", list(Sector), "deals of this sector, or any of several"),
        ("--instrument", "instruments", "FORM", list(Instrument), "deals of this form"),
        ("--stage", "stages", "STAGE", list(Stage), "deals that stand at this stage"),
        ("--certainty", "certainties", "SURE", list(Certainty), "deals that stand there this surely"),
        ("--source-type", "source_types", "TYPE", list(SourceType), "deals that such a source spoke of"),
        ("--source", "sources", "NAME", None, "deals that this source spoke of"),
        ("--publisher", "publishers", "NAME", None, "deals that this publisher wrote of"),
        (
            "--state",
            "states",
            "STATE",
            list(STATES),
            "table: still to be made; done; off: stalled or called off; lapsed: silent",
        ),
    )
    for flag, to, told, choices, about in many:
        about += f": {', '.join(map(str, choices))}" if choices and to != "states" else ""
        chosen = [str(choice) for choice in choices] if choices else None
        parser.add_argument(flag, dest=to, action="append", default=[], metavar=told, choices=chosen, help=about)
    parser.add_argument(
        "--ahead", action=argparse.BooleanOptionalAction, help="only deals whose state lies ahead, or none of them"
    )
    parser.add_argument(
        "--contested", action=argparse.BooleanOptionalAction, help="only deals that are contradicted, or none of them"
    )
    parser.add_argument("--since", type=day, metavar="DAY", help="spoken of on this day (2025-12-04) or later")
    parser.add_argument("--until", type=day, metavar="DAY", help="spoken of on this day or earlier")
    parser.add_argument("--occasion", metavar="NAME", help="deals on which this occasion brought a verdict")
    parser.add_argument(
        "--search", dest="words", default="", metavar="WORDS", help="words in a quotation; “in marks” as they stand"
    )
    parser.add_argument(
        "--min-voices", type=whole_number, default=0, metavar="N", help="so many independent voices at least"
    )
    parser.add_argument(
        "--min-confidence",
        type=probability,
        metavar="P",
        help="one sighting at least this sure, 0 to 1 [0.5 in the table; JSON and CSV have all]",
    )


def run(name: str, given: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    return (_deal if name == "deal" else _deals)(given)


def _deals(given: argparse.Namespace) -> int:
    from dataclasses import replace

    from paraph.desk import open_desk
    from paraph.settings import Settings
    from paraph.show.deal_list import COLUMNS, deal_dict, print_deals
    from paraph.show.out import output

    settings = Settings.from_environment()
    form = given.format or asked_by(given.out, LIST_FORMATS)
    asked = given.min_confidence is not None
    query = _query(given, given.min_confidence if asked else settings.brief_confidence if form == "table" else 0.0)
    with open_desk(given.desk, settings=settings, create=False) as desk:
        deals = desk.deals(query)
        total = desk.count(query) if form == "table" else len(deals)
        unsure = 0 if asked or form != "table" else desk.count(replace(query, min_confidence=0.0)) - total
    with output(given.out) as sink:
        if form == "table":
            from paraph.show.terminal import LEGEND, console
            from paraph.show.words import count

            to = console(sink, color=not given.no_color)
            print_deals(deals, total, to)
            if unsure:
                told = f"{count(unsure, 'more deal')} too unsure to show; --min-confidence 0 shows them"
                to.print(told, style="dim")
            if deals:
                to.print(LEGEND, style="dim")
        elif form == "csv":
            from paraph.show.rows import csv_page

            sink.write(csv_page(COLUMNS, [deal_dict(deal) for deal in deals]))
        else:
            from paraph.show.rows import json_object, json_page

            rows = [deal_dict(deal) for deal in deals]
            sink.write(json_page(rows) if form == "json" else "".join(json_object(row) + "\n" for row in rows))
    return Exit.DONE


def _query(given: argparse.Namespace, min_confidence: float) -> DealQuery:
    from paraph.desk import DealQuery
    from paraph.extract.codes import party_codes

    if given.since and given.until and given.until < given.since:
        raise UsageError(f"--until {given.until} lies before --since {given.since}; exchange them")
    return DealQuery(
        words=given.words,
        parties=party_codes(",".join(given.parties)) if given.parties else (),
        sectors=tuple(map(Sector, given.sectors)),
        instruments=tuple(map(Instrument, given.instruments)),
        stages=tuple(map(Stage, given.stages)),
        certainties=tuple(map(Certainty, given.certainties)),
        source_types=tuple(map(SourceType, given.source_types)),
        sources=tuple(given.sources),
        publishers=tuple(given.publishers),
        states=tuple(given.states),
        ahead=given.ahead,
        contested=given.contested,
        since=given.since,
        until=given.until,
        occasion=given.occasion,
        today=date.today(),
        min_voices=given.min_voices,
        min_confidence=min_confidence,
        sort=given.sort,
        limit=given.limit,
        after=given.after,
    )


def _deal(given: argparse.Namespace) -> int:
    from paraph.desk import Action, open_desk
    from paraph.settings import Settings
    from paraph.show.deal_page import page_of
    from paraph.show.out import output

    form = given.format or asked_by(given.out, PAGE_FORMATS)
    settings = Settings.from_environment()
    with open_desk(given.desk, settings=settings, create=False) as desk:
        if given.merge:
            decide(desk, given, Action.MERGE, deal_id(desk, given.id), {"other": deal_id(desk, given.merge)})
        if given.split:
            signals = [signal_id(desk, each) for each in given.split]
            decide(desk, given, Action.SPLIT, deal_id(desk, given.id), {"signals": signals})
        page = page_of(desk, desk.deal(given.id), date.today())
    with output(given.out) as sink:
        if form == "json":
            from paraph.show.deal_page import deal_page_dict
            from paraph.show.rows import json_page

            sink.write(json_page(deal_page_dict(page)))
        else:
            from paraph.show.deal_page import print_deal
            from paraph.show.terminal import console

            print_deal(page, console(sink, color=not given.no_color), settings)
    return Exit.DONE
