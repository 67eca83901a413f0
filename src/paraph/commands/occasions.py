"""``paraph occasion add|list|suggest|remove``: the visits and summits at which deals come due."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from paraph.commands.common import add_no_color, add_out, asked_by, day, say
from paraph.errors import DeskError, UsageError
from paraph.exits import Exit

if TYPE_CHECKING:
    from paraph.desk import Desk
    from paraph.model import Occasion
    from paraph.resolve.occasions import Suggestion

__all__ = ["arguments", "run"]

LIST_FORMATS = ("table", "json", "csv")
SUGGEST_FORMATS = ("table", "json")
COLUMNS = ("name", "parties", "from", "to", "place")


def arguments(name: str, parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its arguments."""
    if name in ("occasion add", "occasion remove"):
        parser.add_argument("name", metavar="NAME", help="what to call it (“Putin in New Delhi 2025”)")
    if name == "occasion add":
        parser.add_argument(
            "--parties", required=True, metavar="PARTIES", help="who meets: codes or names with commas between (IN,RU)"
        )
        parser.add_argument(
            "--from", dest="first", required=True, type=day, metavar="DAY", help="its first day (2025-12-04)"
        )
        parser.add_argument("--to", dest="last", type=day, metavar="DAY", help="its last day [the first]")
        parser.add_argument("--place", metavar="PLACE", help="where it is (New Delhi)")
    if name == "occasion suggest":
        parser.add_argument(
            "--add", type=int, action="append", default=[], metavar="N", help="add the N-th of the list"
        )
        parser.add_argument(
            "--since", type=day, metavar="DAY", help="look only at documents of this day (2025-12-04) or later"
        )
    if name in ("occasion list", "occasion suggest"):
        formats = LIST_FORMATS if name == "occasion list" else SUGGEST_FORMATS
        parser.add_argument("-f", "--format", choices=formats, help="how to print them [table]")
        add_out(parser)
        add_no_color(parser)


def run(name: str, given: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    what = {"add": _add, "list": _list, "suggest": _suggest, "remove": _remove}
    return what[name.split()[1]](given)


def _add(given: argparse.Namespace) -> int:
    from paraph.desk import open_desk
    from paraph.settings import Settings

    occasion = _occasion(given)
    with open_desk(given.desk, settings=Settings.from_environment()) as desk:
        return _told(desk, occasion)


def _occasion(given: argparse.Namespace) -> Occasion:
    from paraph.extract.codes import party_codes
    from paraph.model import Occasion

    name = " ".join(given.name.split())
    if not name:
        raise UsageError("the occasion has no name; give one (“Putin in New Delhi 2025”)")
    parties = party_codes(given.parties)
    if len(parties) == 1 and len(parties[0]) == 2:
        raise UsageError(f"an occasion has two parties or a bloc; {parties[0]} alone meets nobody (give IN,RU)")
    last = given.last or given.first
    if last < given.first:
        raise UsageError(f"the last day, {last}, lies before the first, {given.first}; exchange --from and --to")
    place = " ".join((given.place or "").split())
    return Occasion(name, parties, given.first, last, place or None)


def _told(desk: Desk, occasion: Occasion) -> int:
    """Add an occasion, or say that it is there; one of the same name that is another is not overwritten."""
    there = next((one for one in desk.occasions() if one.name == occasion.name), None)
    if there is None:
        others = desk.occasions()
        desk.add_occasion(occasion)
        _say(f"added: {_line(occasion)}")
        for each in filter(lambda each: _same_meeting(each, occasion), others):
            say(
                f"{each.name}: has days and parties in common with it; what is foretold comes due at one of them only, the one "
                "that ends first (`paraph occasion remove` takes out one that is there twice)"
            )
    elif there == occasion:
        _say(f"there already: {_line(occasion)}")
    else:
        raise DeskError(
            f"occasion {occasion.name!r}: there is one of this name already, {_line(there)}; "
            "give another name, or take that one out with `paraph occasion remove`"
        )
    return Exit.DONE


def _same_meeting(one: Occasion, other: Occasion) -> bool:
    """Say whether two occasions may be one that was added twice: days in common, and two parties, or the only one."""
    common = set(one.parties) & set(other.parties)
    least = min(2, len(set(one.parties)), len(set(other.parties)))
    return one.first <= other.last and other.first <= one.last and len(common) >= least


def _line(occasion: Occasion) -> str:
    from paraph.show.occasion_list import days
    from paraph.show.words import parties

    place = f" · {occasion.place}" if occasion.place else ""
    return f"{occasion.name} · {days(occasion)} · {parties(occasion.parties)}{place}"


def _say(text: str) -> None:
    from paraph.show.out import output
    from paraph.show.safe import line

    with output(None) as sink:
        sink.write(f"{line(text)}\n")


def _list(given: argparse.Namespace) -> int:
    from paraph.desk import open_desk
    from paraph.settings import Settings
    from paraph.show.out import output
    from paraph.show.rows import csv_page, json_page

    form = given.format or asked_by(given.out, LIST_FORMATS)
    with open_desk(given.desk, settings=Settings.from_environment(), create=False) as desk:
        occasions = desk.occasions()
    rows = [occasion.to_dict() for occasion in occasions]
    with output(given.out) as sink:
        if form == "json":
            sink.write(json_page(rows))
        elif form == "csv":
            sink.write(csv_page(COLUMNS, rows))
        elif not occasions:
            sink.write("No occasion yet; `paraph occasion suggest` looks for some in the documents.\n")
        else:
            from paraph.show.occasion_list import print_occasions
            from paraph.show.terminal import console

            print_occasions(occasions, console(sink, color=not given.no_color))
    return Exit.DONE


def _suggest(given: argparse.Namespace) -> int:
    from paraph.desk import open_desk
    from paraph.resolve.occasions import suggest
    from paraph.settings import Settings
    from paraph.show.out import output
    from paraph.show.rows import json_page
    from paraph.show.words import party

    form = given.format or asked_by(given.out, SUGGEST_FORMATS)
    with open_desk(given.desk, settings=Settings.from_environment(), create=False) as desk:
        found = suggest(desk.documents(since=given.since), known=desk.occasions(), name_of=party)
        if given.add:
            for occasion in [_chosen(found, number).occasion for number in given.add]:
                _told(desk, occasion)
            return Exit.DONE
    with output(given.out) as sink:
        if form == "json":
            sink.write(json_page([one.to_dict() for one in found]))
        elif not found:
            sink.write(
                "No visit or summit with its days was found in the documents that is not on the desk already; "
                "`paraph occasion add` makes one by hand.\n"
            )
        else:
            from paraph.show.occasion_list import print_suggestions
            from paraph.show.terminal import console

            print_suggestions(found, console(sink, color=not given.no_color))
    return Exit.DONE


def _chosen(found: list[Suggestion], number: int) -> Suggestion:
    if not 1 <= number <= len(found):
        raise UsageError(f"--add {number}: " + (f"give 1 to {len(found)}" if found else "nothing is suggested"))
    return found[number - 1]


def _remove(given: argparse.Namespace) -> int:
    from paraph.desk import open_desk
    from paraph.settings import Settings

    with open_desk(given.desk, settings=Settings.from_environment(), create=False) as desk:
        occasion = desk.occasion(" ".join(given.name.split()))
        desk.remove_occasion(occasion.name)
    _say(f"removed: {_line(occasion)}")
    return Exit.DONE
