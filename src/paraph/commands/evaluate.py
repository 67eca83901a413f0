"""``paraph eval``: how good an engine is on annotated documents."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from paraph.commands.common import add_no_color, add_out, asked_by, say, whole_number
from paraph.errors import SourceError
from paraph.exits import Exit
from paraph.reading import DEFAULT_ENGINE

if TYPE_CHECKING:
    from paraph.evaluate.gold import GoldDocument
    from paraph.evaluate.marks import Mark
    from paraph.evaluate.report import Report
    from paraph.evaluate.scoring import Scored
    from paraph.settings import Settings
    from paraph.show.out import Sink

__all__ = ["BY", "FORMATS", "arguments", "breakdowns", "run"]

FORMATS = ("table", "json", "jsonl")
# What paraph.evaluate.report.BY is; written out so that the help needs not load it. A test holds the two together.
BY = ("event", "genre", "role", "stage", "ahead", "certainty", "source_type", "sector", "instrument")
USUAL = ("event", "genre", "stage", "certainty", "source_type")
NONE = "none"

# Files that are not of the gold's form are told one by one up to so many; the others are counted.
_TOLD = 20


def breakdowns(text: str) -> tuple[str, ...]:
    """Return the breakdowns that an argument names, for argparse. Raises ArgumentTypeError for what is none."""
    if text == NONE:
        return ()
    names = tuple(dict.fromkeys(each.strip() for each in text.split(",")))
    for name in names:
        if name not in BY:
            raise argparse.ArgumentTypeError(f"{name!r} is no breakdown; give some of {', '.join(BY)}, or {NONE}")
    return names


def arguments(name: str, parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its arguments."""
    parser.add_argument(
        "gold",
        nargs="+",
        type=Path,
        metavar="GOLD",
        help="a folder of annotated documents, one JSON object a file, searched with all folders in it; or such a file",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--engine", default=DEFAULT_ENGINE, metavar="NAME", help=f"what finds the signals [{DEFAULT_ENGINE}]"
    )
    which.add_argument(
        "--predictions",
        type=Path,
        metavar="FILE",
        help="score what this file says was found instead: JSON lines with id and signals, as paraph read prints them",
    )
    parser.add_argument(
        "--by",
        type=breakdowns,
        default=USUAL,
        metavar="FIELDS",
        help=f"break the figures down by these of {', '.join(BY)}, with commas between them, or {NONE} [{','.join(USUAL)}]",
    )
    parser.add_argument(
        "--errors", type=whole_number, default=0, metavar="N", help="tell the first N errors, with their words [0]"
    )
    parser.add_argument(
        "--samples",
        type=whole_number,
        default=1000,
        metavar="N",
        help="draw the documents N times anew for the intervals; 0 for none [1000]",
    )
    parser.add_argument(
        "--seed",
        type=whole_number,
        default=0,
        metavar="N",
        help="the draws' seed; the same gives the same intervals [0]",
    )
    parser.add_argument(
        "-f",
        "--format",
        choices=FORMATS,
        help="what to write: figures as a table or as JSON, or one JSON object a document with its errors "
        "[as the name of --out ends, else table]",
    )
    add_out(parser)
    add_no_color(parser)


def run(name: str, given: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from paraph.evaluate.scoring import score
    from paraph.settings import Settings
    from paraph.show.out import output

    settings = Settings.from_environment()
    gold = _gold(given.gold, settings)
    if gold is None:
        return Exit.ALL_FAILED
    with output(given.out) as sink:
        unread: list[str] = []
        try:
            if given.predictions is not None:
                found = _predicted(given.predictions, gold, settings)
            else:
                found = list(_read(gold, given.engine, settings, unread))
        except SourceError as error:
            sink.discard()
            return say(str(error), Exit.ALL_FAILED)
        if len(unread) == len(gold):
            sink.discard()
            return say("no document could be read; nothing is scored", Exit.ALL_FAILED)
        _write([score(*pair) for pair in zip(gold, found, strict=True)], unread, sink, given)
    if unread:
        return say(
            f"{len(unread)} of {len(gold)} could not be read; they count as without signals found", Exit.SOME_FAILED
        )
    return Exit.DONE


def _gold(paths: Sequence[Path], settings: Settings) -> list[GoldDocument] | None:
    """Return the annotated documents, or None after telling what is wrong with some: figures of a part would mislead."""
    from paraph.evaluate.gold import load_gold

    documents: list[GoldDocument] = []
    failed = 0
    for found in load_gold(paths, settings=settings):
        if not isinstance(found, SourceError):
            documents.append(found)
            continue
        failed += 1
        if failed <= _TOLD:
            say(str(found))
    if not failed:
        return documents
    if failed > _TOLD:
        say(f"and {failed - _TOLD} more that cannot be used")
    if failed + len(documents) > 1:
        say(f"{failed} of {failed + len(documents)} cannot be used; nothing is scored")
    return None


def _read(
    gold: Sequence[GoldDocument], engine: str, settings: Settings, unread: list[str]
) -> Iterator[tuple[Mark, ...]]:
    """Yield what the engine finds in each document; the ids of those that cannot be read are told and kept in ``unread``."""
    from paraph.evaluate.marks import mark_of
    from paraph.reading import read_all
    from paraph.show.progress import progress

    records = {document.id: document.record() for document in gold}
    with progress([document.id for document in gold]) as ids:
        readings = read_all((records[id_] for id_ in ids), settings=settings, engine=engine)
        for document, reading in zip(gold, readings, strict=True):
            if isinstance(reading, SourceError):
                unread.append(document.id)
                say(str(SourceError(document.path, reading.cause, reading.cure)))
                yield ()
            else:
                yield tuple(map(mark_of, reading.signals))


def _predicted(path: Path, gold: Sequence[GoldDocument], settings: Settings) -> list[tuple[Mark, ...]]:
    from paraph.evaluate.gold import load_predictions

    found = load_predictions(path, gold, settings=settings)
    missing = [document.id for document in gold if document.id not in found]
    if missing:
        told = f"{len(missing)} of {len(gold)} documents have no line in it"
        say(f"{path}: {told}, such as {missing[0]}; they count as without signals found")
    return [found.get(document.id, ()) for document in gold]


def _write(scored: Sequence[Scored], unread: Sequence[str], sink: Sink, given: argparse.Namespace) -> None:
    from paraph.show.rows import json_object, json_page

    form = given.format or asked_by(given.out, FORMATS)
    if form == "jsonl":
        from paraph.evaluate.report import of_document

        for each in scored:
            sink.write(json_object(of_document(each)) + "\n")
        return
    made = _report(scored, given)
    if form == "json":
        about = {
            "gold": list(map(str, given.gold)),
            "engine": None if given.predictions else given.engine,
            "predictions": str(given.predictions) if given.predictions else None,
            "samples": given.samples,
            "seed": given.seed,
            "unread": list(unread),
        }
        sink.write(json_page(about | made.to_dict()))
        return
    from paraph.show.evaluation import print_report
    from paraph.show.terminal import console

    what = given.predictions or given.engine
    title = f"{what} on {', '.join(map(str, given.gold))}"
    print_report(made, console(sink, color=not given.no_color), title=title)


def _report(scored: Sequence[Scored], given: argparse.Namespace) -> Report:
    from paraph.evaluate.intervals import Draws
    from paraph.evaluate.report import report

    return report(scored, by=given.by, draws=Draws(given.samples, given.seed), errors=given.errors)
