"""``paraph export`` and ``paraph import``: a desk out to files and in again."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from paraph.commands.common import add_out, say
from paraph.errors import SourceError, UsageError
from paraph.exits import Exit

if TYPE_CHECKING:
    from paraph.desk import Desk
    from paraph.show.out import Sink

__all__ = ["FORMATS", "WHAT", "arguments", "run"]

FORMATS = ("jsonl", "csv", "parquet", "gold", "plover")
WHAT = ("all", "signals", "deals", "documents", "verdicts", "reviews")

_BY_SUFFIX = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".pq": "parquet"}
# What a format is asked for where --what does not say.
_DEFAULT = {"jsonl": "all", "csv": "signals", "parquet": "signals", "gold": "documents", "plover": "signals"}

# Lines are handed on in pieces of this size: each piece is one write to the disk or the pipe.
_PIECE_CHARS = 65_536


def arguments(name: str, parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its arguments."""
    if name == "import":
        parser.add_argument(
            "source", metavar="FILE", help="what `paraph export --format jsonl` wrote, or - for standard input"
        )
        return
    parser.add_argument(
        "-f",
        "--format",
        choices=FORMATS,
        help="jsonl: JSON lines; csv: for a spreadsheet; parquet: for a data frame; gold: one JSON file a document, with its "
        "signals as corrected; plover: signals as PLOVER events [by the name of the file, else jsonl]",
    )
    parser.add_argument(
        "-w",
        "--what",
        choices=WHAT,
        help="all: with jsonl the whole desk as `paraph import` takes it, with csv and parquet a file a table in a folder; "
        "or one table alone [all with jsonl, else signals]",
    )
    add_out(parser)


def run(name: str, given: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    return (_export if name == "export" else _import)(given)


def _export(given: argparse.Namespace) -> int:
    from paraph.desk import open_desk

    form = given.format or _BY_SUFFIX.get(given.out.suffix.lower() if given.out else "", "jsonl")
    what = given.what or _DEFAULT[form]
    _possible(form, what, given.out)
    with open_desk(given.desk, create=False) as desk:
        if form == "gold":
            _gold(desk, given.out)
        elif what == "all" and form != "jsonl":
            _folder(given.out)
            for table in WHAT[1:]:
                _table(desk, form, table, given.out / f"{table}.{form}")
        else:
            _table(desk, form, what, given.out)
    return Exit.DONE


def _possible(form: str, what: str, out: Path | None) -> None:
    """Raise UsageError for what cannot be had together."""
    if form in ("gold", "plover") and what != _DEFAULT[form]:
        raise UsageError(f"--format {form} is of {_DEFAULT[form]}; leave --what out")
    to_stdout = out is None or str(out) == "-"
    if form == "gold" or (what == "all" and form != "jsonl"):
        if to_stdout:
            raise UsageError(f"--format {form} of {what} makes several files; name a folder for them with --out")
        if out is not None and out.exists() and not out.is_dir():
            raise UsageError(f"{out}: it is a file; name a folder with --out")
        if form == "gold" and out is not None and out.is_dir() and any(out.iterdir()):
            raise UsageError(f"{out}: the folder holds files, which would be mixed up with these; name a new one")
    if form == "parquet":
        if to_stdout:
            raise UsageError("a Parquet file cannot go to the terminal; name a file with --out")
        from paraph.show.export import need_parquet

        need_parquet()


def _table(desk: Desk, form: str, what: str, out: Path | None) -> None:
    from paraph.desk.exchange.tables import COLUMNS, rows_of
    from paraph.show.export import csv_lines, json_lines, write_parquet
    from paraph.show.out import output

    if form == "parquet" and out is not None:
        with _whole(out) as part:
            write_parquet(COLUMNS[what], rows_of(desk, what), part)
        return
    lines: Iterable[str]
    if form == "plover":
        lines = json_lines(_events(desk))
    elif form == "csv":
        # A text of thousands of words in a cell helps nobody, and spreadsheets cut it at 32,767 characters.
        columns = {name: kind for name, kind in COLUMNS[what].items() if name != "text"}
        lines = csv_lines(columns, rows_of(desk, what))
    elif what == "all":
        from paraph.desk.exchange.whole import lines_of

        lines = lines_of(desk)
    else:
        lines = json_lines(rows_of(desk, what))
    with output(out) as sink:
        _write(lines, sink)


def _events(desk: Desk) -> Iterator[dict[str, Any]]:
    from paraph.desk.plover import event_of

    return (event_of(sighting) for sighting in desk.sightings() if not sighting.vanished)


def _write(lines: Iterable[str], sink: Sink) -> None:
    piece: list[str] = []
    size = 0
    for line in lines:
        piece.append(line)
        size += len(line)
        if size >= _PIECE_CHARS:
            sink.write("".join(piece))
            piece, size = [], 0
    sink.write("".join(piece))


def _gold(desk: Desk, out: Path) -> None:
    from paraph.desk.exchange.gold import gold_documents, gold_name
    from paraph.show.out import output
    from paraph.show.rows import json_page

    _folder(out)
    for number, page in enumerate(gold_documents(desk), 1):
        path = out / gold_name(page, number)
        _folder(path.parent)
        with output(path) as sink:
            sink.write(json_page(page))


def _folder(path: Path) -> None:
    from paraph.show.out import NotWritten

    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritten(str(path), error.strerror or str(error)) from error


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Give a place beside a file; what is written there is put in the file's place at the end, or nothing is."""
    from paraph.show.out import NotWritten

    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise NotWritten(str(path), error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _import(given: argparse.Namespace) -> int:
    from paraph.desk import open_desk
    from paraph.desk.exchange.checking import look_through
    from paraph.desk.exchange.taking import take
    from paraph.settings import Settings

    settings = Settings.from_environment()
    source = "standard input" if given.source == "-" else given.source
    try:
        with _stream(given.source) as stream:
            looked = look_through(stream, source, settings)
            with open_desk(given.desk, settings=settings) as desk:
                taken = take(desk, stream, looked)
    except SourceError as error:
        return say(f"{error}; nothing was taken in", Exit.ALL_FAILED)
    return say(f"{source}: {taken}")


@contextmanager
def _stream(source: str) -> Iterator[BinaryIO]:
    """Give a stream of the source's bytes in which one can go back; standard input is put by in a file."""
    import shutil
    import tempfile

    from paraph.errors import NotFound

    if source == "-":
        with tempfile.TemporaryFile() as kept:
            shutil.copyfileobj(sys.stdin.buffer, kept)
            yield kept
        return
    with ExitStack() as stack:
        try:
            stream: BinaryIO = stack.enter_context(Path(source).open("rb"))
        except OSError as error:
            raise NotFound(source, error.strerror or str(error), "give what `paraph export` wrote") from error
        if not stream.seekable():
            kept = stack.enter_context(tempfile.TemporaryFile())
            shutil.copyfileobj(stream, kept)
            stream = kept
        yield stream
