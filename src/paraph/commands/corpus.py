"""``paraph corpus run``, ``corpus report`` and ``corpus load``: many documents to a data set, and the data set to a desk."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paraph.commands.common import say, whole_number
from paraph.errors import UsageError
from paraph.exits import Exit

if TYPE_CHECKING:
    from paraph.corpus.run import Progress

__all__ = ["FORMATS", "arguments", "run"]

FORMATS = ("text", "json")
# The reader of a corpus where none is named: what a year of news can be paid for with. docs/scale.md has what it costs and loses.
READER = "cues"
# What the columns of an input can be said to hold.
_KEYS = ("id", "html", "kind", "published", "publisher", "text", "title", "updated", "url")


def arguments(name: str, parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its arguments."""
    if name == "corpus run":
        parser.add_argument(
            "inputs",
            nargs="+",
            metavar="INPUT",
            help="web archives (WARC), JSON lines, Parquet, folders of files; paths or addresses (s3://, gs://, https://)",
        )
        parser.add_argument(
            "--out", type=Path, required=True, metavar="DIR", help="folder of the data set; the same one goes on"
        )
        parser.add_argument(
            "--engine",
            choices=("local", "dask"),
            default="local",
            help="processes of this machine, or a Dask cluster [local]",
        )
        parser.add_argument(
            "--workers", type=whole_number, default=0, metavar="N", help="worker processes; 0 for one a core [0]"
        )
        parser.add_argument("--scheduler", metavar="ADDRESS", help="the Dask scheduler to use (tcp://host:8786)")
        parser.add_argument(
            "--reader", default=READER, metavar="NAME", help=f"what finds the signals: cues or encoder [{READER}]"
        )
        parser.add_argument(
            "--columns", default="", metavar="KEY=NAME,…", help="where rows hold what, as text=body,published=date"
        )
        parser.add_argument(
            "--keep",
            choices=("signals", "all"),
            default="signals",
            help="documents that hold signals, or all that are read [signals]",
        )
        parser.add_argument(
            "--weak", action="store_true", help="signals too unsure to be told as well, for a person's look"
        )
        parser.add_argument("--no-deals", action="store_true", help="leave out joining the signals into deals")
    else:
        parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of a data set that corpus run made")
    parser.add_argument("-f", "--format", choices=FORMATS, default="text", help="how the report is printed [text]")


def run(name: str, given: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    return {"corpus run": _run, "corpus report": _report, "corpus load": _load}[name](given)


def _run(given: argparse.Namespace) -> int:
    _needs_arrow()
    from datetime import UTC, datetime

    from paraph.corpus.engines import dask_engine, local_engine
    from paraph.corpus.run import run as run_corpus
    from paraph.corpus.work import Order
    from paraph.reading import ENGINES
    from paraph.settings import Settings

    if given.reader not in ENGINES:
        raise UsageError(f"reader {given.reader!r} is not known; give one of: {', '.join(sorted(ENGINES))}")
    if given.scheduler and given.engine != "dask":
        raise UsageError("--scheduler is of a Dask cluster; give --engine dask with it")
    if "" in given.inputs:
        raise UsageError("an input is empty; give a file, a folder or an address")
    order = Order(
        reader=given.reader,
        settings=Settings.from_environment(),
        now=datetime.now(UTC),
        columns=_columns(given.columns),
        keep=given.keep,
        weak=given.weak,
        deals=not given.no_deals,
    )
    made = dask_engine(given.workers, given.scheduler) if given.engine == "dask" else local_engine(given.workers)
    with made as engine, _bar() as told:
        try:
            report = run_corpus(given.inputs, given.out, order, engine, told=told)
        except KeyboardInterrupt:
            say(f"stopped; what is done is kept in {given.out}, and the same command goes on")
            raise
    _tell(report, given.format)
    return (
        Exit.DONE
        if any(report["fates"].get(fate) for fate in ("signals", "quiet", "irrelevant", "foreign"))
        else Exit.ALL_FAILED
    )


def _needs_arrow() -> None:
    try:
        import pyarrow  # noqa: F401
    except ModuleNotFoundError as error:
        from paraph.errors import MissingExtra

        raise MissingExtra("paraph corpus needs Arrow; install it with: pip install 'paraph[corpus]'") from error


def _columns(text: str) -> dict[str, str]:
    """Return what each column holds, from "text=body,url=link". Raises UsageError for what is none."""
    columns: dict[str, str] = {}
    for part in filter(None, text.split(",")):
        key, equals, name = part.partition("=")
        if key not in _KEYS or not equals or not name:
            raise UsageError(f"--columns: {part!r} is not KEY=NAME with a KEY of: {', '.join(_KEYS)}")
        columns[key] = name
    return columns


def _report(given: argparse.Namespace) -> int:
    from paraph.corpus.run import manifest_of, report_of

    manifest_of(given.folder)
    _tell(report_of(given.folder), given.format)
    return Exit.DONE


def _tell(report: dict[str, Any], format: str) -> None:
    from paraph.corpus.report import lines_of

    if format == "json":
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines_of(report)))


# Steps of a run in words.
_STEPS = {
    "read": "reading",
    "settle": "writing the data set",
    "cover": "writing the data set",
    "skip": "writing the data set",
    "load": "loading",
}


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    """Give what shows the progress on a terminal; elsewhere nothing is shown."""
    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bar

    columns: list[Any] = [
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[more]}"),
    ]
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0, more="")

        def told(progress: Progress) -> None:
            more = []
            if progress.documents:
                more.append(f"{progress.documents:,} documents, {progress.rate:,.0f} a second")
            if progress.left is not None:
                more.append(f"{_time(progress.left)} left")
            step = _STEPS.get(progress.step, "joining copies and deals")
            bar.update(task, completed=progress.share, description=step, more="; ".join(more))

        yield told


def _time(seconds: float) -> str:
    """Return a time as a person says it: 40 s, 12 min, 3 h 05 min."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02d} min"


def _load(given: argparse.Namespace) -> int:
    _needs_arrow()
    from paraph.corpus.load import load
    from paraph.corpus.run import Progress, manifest_of
    from paraph.desk import open_desk
    from paraph.settings import Settings

    settings = Settings.from_environment()
    manifest_of(given.folder)  # before a desk is made for what is no data set
    done = None
    with open_desk(given.desk, settings=settings) as desk, _bar() as told:
        begin = time.monotonic()
        try:
            for done in load(given.folder, desk, settings=settings):
                spent = time.monotonic() - begin
                share = done.documents / done.total if done.total else 1.0
                rate = done.documents / spent if spent else 0.0
                left = spent * (1 - share) / share if share else None
                told(Progress("load", share, done.documents, rate, left))
        except KeyboardInterrupt:
            say(
                f"stopped; {done.documents if done else 0:,} documents are in and stay in, and the same command goes on"
            )
            raise
    assert done is not None  # noqa: S101 - a load tells how far it is before it begins
    if given.format == "json":
        print(json.dumps(asdict(done)))
    else:
        print(
            f"{done.documents:,} documents of {given.folder}: {done.new:,} new, {done.updated:,} updated, {done.known:,} known; "
            f"{done.signals:,} signals"
        )
    return Exit.DONE
