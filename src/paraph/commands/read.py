"""``paraph read`` and ``paraph brief``: sources in, signals out."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from paraph.commands.common import Tally, add_no_color, add_out, add_sources, asked_by, reading_of
from paraph.errors import UsageError
from paraph.exits import Exit
from paraph.reading import DEFAULT_ENGINE

if TYPE_CHECKING:
    from paraph.model import Reading
    from paraph.show.out import Sink

__all__ = ["BRIEF_FORMATS", "READ_FORMATS", "arguments", "run"]

READ_FORMATS = ("table", "json", "jsonl", "csv")
BRIEF_FORMATS = ("terminal", "markdown", "html", "json")


def arguments(name: str, parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its arguments."""
    add_sources(parser)
    formats = READ_FORMATS if name == "read" else BRIEF_FORMATS
    parser.add_argument(
        "-f", "--format", choices=formats, help=f"what to write [as the name of --out ends, else {formats[0]}]"
    )
    if name == "read":
        parser.add_argument(
            "--explain",
            action="store_true",
            help="show each signal in its sentence, with the words that decided each field",
        )
    parser.add_argument(
        "--min-confidence",
        type=float,
        metavar="P",
        help=f"leave out signals that the engine is less sure of, 0 to 1 [{'0' if name == 'read' else '0.5'}]",
    )
    parser.set_defaults(confidence="min_confidence" if name == "read" else "brief_confidence")
    add_out(parser)
    parser.add_argument(
        "--engine", default=DEFAULT_ENGINE, metavar="NAME", help=f"what finds the signals [{DEFAULT_ENGINE}]"
    )
    parser.add_argument("--follow", action="store_true", help="fetch the pages that a feed links to")
    add_no_color(parser)


def run(name: str, given: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    return (_read if name == "read" else _brief)(given)


def _read(given: argparse.Namespace) -> int:
    form = given.format or asked_by(given.out, READ_FORMATS)
    if given.explain and form != "table":
        raise UsageError(
            f"--explain is for people, --format {form} for programs; leave one out (JSON has the reasons as “why”)"
        )
    tally = Tally()
    with reading_of(given, tally, busy=form == "table" and given.out is None) as (readings, sink, _):
        if form == "table":
            _print_readings(readings, sink, given)
        elif form == "csv":
            from paraph.show.rows import csv_head, csv_rows

            sink.write(csv_head())
            for reading in readings:
                sink.write(csv_rows(reading))
        else:
            from paraph.show.rows import json_line

            array = form == "json"
            for n, reading in enumerate(readings):
                sink.write(
                    (("[\n" if n == 0 else ",\n") if array else "") + json_line(reading) + ("" if array else "\n")
                )
            if array:
                sink.write("\n]\n" if tally.read else "[]\n")
        if tally.status() is Exit.ALL_FAILED:
            sink.discard()
    return tally.finish()


def _print_readings(readings: Iterable[Reading], sink: Sink, given: argparse.Namespace) -> None:
    from paraph.show.explain import MARKS, explain
    from paraph.show.table import print_table
    from paraph.show.terminal import LEGEND, console

    to = console(sink, color=not given.no_color)
    shown = False
    for reading in readings:
        (explain if given.explain else print_table)(reading, to)
        shown = True
    if shown:
        to.print(LEGEND + (f"\n{MARKS}" if given.explain else ""), style="dim")


def _brief(given: argparse.Namespace) -> int:
    from datetime import datetime

    from paraph.briefing import brief

    form = given.format or asked_by(given.out, BRIEF_FORMATS)
    tally = Tally()
    with reading_of(given, tally) as (readings, sink, settings):
        read = list(readings)
        if tally.status() is Exit.ALL_FAILED:
            sink.discard()
            return tally.finish()
        made = brief([*read, *tally.failures], made=datetime.now().astimezone(), settings=settings)
        if form == "terminal":
            from paraph.show.brief_terminal import print_brief
            from paraph.show.terminal import console

            print_brief(made, console(sink, color=not given.no_color), settings)
        elif form == "markdown":
            from paraph.show.brief_markdown import brief_markdown

            sink.write(brief_markdown(made, settings))
        elif form == "html":
            from paraph.show.brief_html import brief_html

            sink.write(brief_html(made, settings))
        else:
            from paraph.show.rows import json_page

            sink.write(json_page(made.to_dict()))
    return tally.finish()
