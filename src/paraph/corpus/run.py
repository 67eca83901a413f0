"""A run: from inputs to a data set, step by step, taken up again wherever it was left.

The folder of a run holds its order (what it was asked to do), the stage with what is done, and at the end the data set. The same
command on the same folder goes on; another one is refused. The data set appears only when it is whole: each table by one rename,
the manifest last.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from paraph._version import __version__
from paraph.corpus.addresses import printable
from paraph.corpus.beats import places_in
from paraph.corpus.engines import Engine
from paraph.corpus.families import steps as family_steps
from paraph.corpus.inputs import plan
from paraph.corpus.report import fates_of, gaps_of
from paraph.corpus.settle import settling
from paraph.corpus.stage import Stage, sync
from paraph.corpus.summaries import read_summary
from paraph.corpus.tables import TABLES
from paraph.corpus.values import Plan, Task
from paraph.corpus.work import READ, Order, is_full, read_piece
from paraph.errors import CorpusError, UsageError

__all__ = ["FORMAT", "MANIFEST", "REPORT", "Progress", "manifest_of", "report_of", "run"]

# What a reader of the data set must know; raised with every change that one could stumble over.
FORMAT = 1
MANIFEST, REPORT = "manifest.json", "report.json"
_ORDER, _LOCK, _WORK, _SET = "order.json", "work.lock", "work", "set"
# What a run that was ended before its order was written leaves.
_OWN = frozenset({_LOCK, f".{_ORDER}.new"})
# The tables of the data set, as folders below it.
_KEPT = ("documents", "signals", "copies", "deals", "skipped", "coverage")
# Settings on which it depends what is found; the others say how fast or how patiently, or are of other commands.
_MATTER = frozenset(
    """copy_days corpus_bucket corpus_file_documents corpus_files_per_piece corpus_piece_bytes max_archive_bytes max_expansion
    max_feed_bytes max_feed_entries max_folder_files max_nesting max_page_chars max_page_depth max_page_elements max_pdf_pages
    max_source_bytes max_text_chars max_unpacked_bytes min_confidence""".split()
)
# Progress is told at least this often, in seconds. Set by eye.
_TELL = 0.5


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: the step, the share of it that is done (0 to 1), documents read in this session, documents a second, and
    the seconds that the step will take from now on (None before this session did any of it).
    """

    step: str
    share: float
    documents: int
    rate: float
    left: float | None


def run(
    inputs: Sequence[str],
    out: Path,
    order: Order,
    engine: Engine,
    *,
    told: Callable[[Progress], None] = lambda progress: None,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, Any]:
    """Read the inputs into a data set at ``out``, and return the report. What is done already is not done again.

    Where all of it was done before, the report's ``session`` is None. ``told`` is called with the progress as it goes; ``clock``
    gives seconds. Raises UsageError where ``out`` holds something else or another order, CorpusError where another run is at
    work there, the disk is full or the scheduler of a cluster is gone, and what inputs raise that cannot be read at all.
    KeyboardInterrupt and every error leave what is done to the next call.
    """
    _check_folder(out, inputs)
    made = plan(inputs, order.settings, order.columns)
    try:
        out.mkdir(parents=True, exist_ok=True)
        sync(out.parent)
    except OSError as error:
        raise UsageError(f"{out}: the folder cannot be made ({error.strerror}); give another with --out") from error
    try:
        with _locked(out):
            order = _kept_order(out, made, order)
            if (out / MANIFEST).exists():
                shutil.rmtree(out / _WORK, ignore_errors=True)
                return report_of(out) | {"session": None}
            # Workers of a cluster stand in other folders.
            stage = Stage(out.absolute() / _WORK)
            stage.root.mkdir(exist_ok=True)
            stage.sweep()
            return _Run(out, stage, made, order, engine, told, clock).run()
    except OSError as error:
        if is_full(error):
            raise CorpusError(
                f"{out}: the disk is full; make room and run the same command again, it goes on"
            ) from error
        raise


def manifest_of(folder: Path) -> dict[str, Any]:
    """Return the manifest of a data set. Raises CorpusError where the folder holds none that is whole and of this format."""
    try:
        found = dict(json.loads((folder / MANIFEST).read_text("utf-8")))
    except FileNotFoundError:
        why = (
            "the run is not done yet; run its command again"
            if (folder / _ORDER).exists()
            else "give one that a run wrote"
        )
        raise CorpusError(f"{folder}: there is no whole data set in it; {why}") from None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise CorpusError(f"{folder / MANIFEST}: it cannot be read ({error}); make the data set again") from error
    if found.get("format") != FORMAT:
        raise CorpusError(
            f"{folder}: its format is {found.get('format')}, this Paraph reads {FORMAT}; make the data set again"
        )
    return found


def report_of(folder: Path) -> dict[str, Any]:
    """Return the report that a run left beside its data set. Raises CorpusError where it cannot be read."""
    try:
        return dict(json.loads((folder / REPORT).read_text("utf-8")))
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise CorpusError(
            f"{folder / REPORT}: it cannot be read ({error}); the data set is whole without it, or make it again elsewhere"
        ) from error


# The folder and its order.


def _check_folder(out: Path, inputs: Sequence[str]) -> None:
    for one in inputs:
        if "://" not in one and out.resolve().is_relative_to(Path(one).resolve()):
            raise UsageError(
                f"{out}: the folder lies in the input {one} and would be read as a part of it; give another"
            )
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: it is a file; give a folder")
    if out.is_dir() and not (out / _ORDER).exists() and any(one.name not in _OWN for one in out.iterdir()):
        raise UsageError(f"{out}: the folder holds other files; give an empty one, or one in which a run was begun")


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Keep others from working on the same folder; the lock goes with the process, however it ends."""
    try:
        import fcntl
    except ImportError:  # a system without such locks: two runs on one folder do each other's work again
        yield
        return
    with (out / _LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CorpusError(f"{out}: another run is at work there; wait for its end, or stop it") from None
        yield


def _asked(made: Plan, order: Order) -> dict[str, Any]:
    """Return what the data set depends on, as JSON values."""
    own = {name: getattr(order.settings, name) for name in sorted(_MATTER)}
    usual = {row.name: row.default for row in fields(order.settings)}
    return {
        "paraph": __version__,
        "inputs": [asdict(one) | {"address": printable(one.address)} for one in made.inputs],
        "reader": order.reader,
        "columns": dict(sorted(order.columns.items())),
        "keep": order.keep,
        "weak": order.weak,
        "deals": order.deals,
        "settings": {name: value for name, value in own.items() if value != usual[name]},
    }


def _kept_order(out: Path, made: Plan, order: Order) -> Order:
    """Return the order as it was when the run began; write it down where this is the beginning."""
    asked = _asked(made, order)
    path = out / _ORDER
    try:
        known = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        _write_json(path, asked | {"now": order.now.isoformat()})
        return order
    now = datetime.fromisoformat(known.pop("now"))
    other = [name for name in asked if asked[name] != known.get(name)]
    if other:
        raise UsageError(
            f"{out}: the run there was begun with other {' and '.join(other)}; give the same, or another folder with --out"
        )
    return replace(order, now=now)


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a file whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    # A file's name need not be text; what is written of it here is read back by JSON as the same name.
    new.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", "utf-8", "backslashreplace")
    sync(new)
    new.replace(path)
    sync(path.parent)


# The steps.


class _Run:
    """One session of a run."""

    def __init__(
        self,
        out: Path,
        stage: Stage,
        made: Plan,
        order: Order,
        engine: Engine,
        told: Callable[[Progress], None],
        clock: Callable[[], float],
    ) -> None:
        self.out, self.stage, self.plan, self.order = out, stage, made, order
        self.engine, self.told, self.clock = engine, told, clock
        self.session = secrets.token_hex(16)
        self.seconds: dict[str, float] = {}
        self.documents = 0
        self.read_seconds = 0.0

    def run(self) -> dict[str, Any]:
        """Do all steps that are not done, and return the report."""
        root, pieces = self.stage.root, self.plan.pieces
        reading = [Task(READ, piece.number, read_piece, (root, piece, self.order, self.session)) for piece in pieces]
        self._do(reading, [max(1, piece.stop - piece.start) for piece in pieces])
        summaries = [read_summary(self.stage.folder(READ, piece.number)) for piece in pieces]
        for family in ("copies", "deals") if self.order.deals else ("copies",):
            for tasks in family_steps(root, family, len(pieces), self.order.settings):
                self._do(tasks)
        tasks, homes = settling(
            root, READ, summaries, self.order.settings.corpus_file_documents, deals=self.order.deals
        )
        self._do(tasks)
        self._gather(tasks, homes)
        return self._publish()

    def _do(self, tasks: Sequence[Task], weights: Sequence[int] = ()) -> None:
        """Let the engine do those of the tasks that are not done; ``weights`` say how much work each is."""
        if not tasks:
            return
        step = tasks[0].step
        weigh = {task.number: weight for task, weight in zip(tasks, weights or [1] * len(tasks), strict=True)}
        open_ = [task for task in tasks if not self.stage.is_done(task.step, task.number)]
        all_, left = sum(weigh.values()), sum(weigh[task.number] for task in open_)
        begin, begun, done = self.clock(), left, 0
        at_work: set[int] = {task.number for task in open_} if step == READ else set()
        for found in self.engine.run(open_, _TELL):
            if found is not None:
                task, result = found
                left -= weigh[task.number]
                if step == READ:
                    at_work.discard(task.number)
                    done += sum(result.values())
            spent = self.clock() - begin
            documents = done + (0 if found is not None else places_in(self.stage.root, at_work))
            rest = spent * left / (begun - left) if begun > left else None
            self.told(Progress(step, 1 - left / all_, documents, documents / spent if spent else 0.0, rest))
        spent = self.clock() - begin
        self.seconds[step] = self.seconds.get(step, 0.0) + spent
        if step == READ:
            self.documents, self.read_seconds = done, spent

    def _gather(self, tasks: Iterable[Task], homes: Mapping[tuple[str, int], str]) -> None:
        """Put the parts of the data set together in one folder of the stage, without copying them."""
        if self.stage.is_done(_SET, 0):
            return
        with self.stage.making(_SET, 0) as folder:
            for table in _KEPT:
                (folder / table).mkdir()
            for task in tasks:
                made = self.stage.folder(task.step, task.number)
                for path in sorted(made.rglob("*.parquet")):
                    home = folder / path.parent.relative_to(made) / homes[task.step, task.number]
                    home.mkdir(parents=True, exist_ok=True)
                    _link(path, home / path.name)
            for family in ("copies", "deals"):
                for number in self.stage.done(f"{family}_rows"):
                    made = self.stage.folder(f"{family}_rows", number) / "rows.parquet"
                    _link(made, folder / family / f"part-{number:05d}.parquet")

    def _publish(self) -> dict[str, Any]:
        """Move the data set to its place, write its manifest and report, and clear the stage."""
        made = self.stage.folder(_SET, 0)
        for table in _KEPT:
            if (made / table).exists():
                (made / table).rename(self.out / table)
        sync(self.out)
        manifest = self._manifest()
        report = self._report(manifest)
        _write_json(self.out / REPORT, report)
        _write_json(self.out / MANIFEST, manifest)
        shutil.rmtree(self.stage.root, ignore_errors=True)
        return report

    def _manifest(self) -> dict[str, Any]:
        """Return what the data set is: a function of the input and the order alone."""
        import pyarrow.parquet as pq

        tables: dict[str, Any] = {}
        for table in _KEPT:
            files = []
            for path in sorted((self.out / table).rglob("*.parquet")):
                files.append(
                    {
                        "path": path.relative_to(self.out).as_posix(),
                        "rows": pq.read_metadata(path).num_rows,
                        "bytes": path.stat().st_size,
                        "sha256": _sha256(path),
                    }
                )
            rows = sum(file["rows"] for file in files)
            tables[table] = {"rows": rows, "columns": [name for name, *_ in TABLES[table]], "files": files}
        return {
            "format": FORMAT,
            **_asked(self.plan, self.order),
            "pieces": len(self.plan.pieces),
            "fates": fates_of(self.out),
            "tables": tables,
        }

    def _report(self, manifest: Mapping[str, Any]) -> dict[str, Any]:
        """Return how the run went, in this session, and what the data set holds and lacks."""
        return {
            "out": str(self.out),
            "engine": self.engine.name,
            "workers": self.engine.workers,
            "reader": self.order.reader,
            "input_bytes": sum(one.size for one in self.plan.inputs),
            "inputs": len(self.plan.inputs),
            "pieces": len(self.plan.pieces),
            "fates": manifest["fates"],
            "documents": sum(manifest["fates"].values()),
            "rows": {table: manifest["tables"][table]["rows"] for table in _KEPT},
            "gaps": gaps_of(self.out),
            "session": {
                "documents": self.documents,
                "read_seconds": round(self.read_seconds, 3),
                "seconds": {step: round(spent, 3) for step, spent in self.seconds.items()},
            },
        }


def _link(path: Path, new: Path) -> None:
    try:
        os.link(path, new)
    except OSError:  # a file system without hard links
        shutil.copyfile(path, new)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
