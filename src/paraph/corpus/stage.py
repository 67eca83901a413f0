"""The stage: the folder in which a run's work lies until it is done, each piece of it whole or not at all.

A step's work on one number is a folder ``STEP/00017`` that appears by a rename when all of it is written and on the disk: what
is there is finished, so a run that was interrupted at any point goes on with what is not there. Two workers that do the same
work write the same bytes, and the one that comes second throws its own away.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Stage", "sync"]

DIGITS = 5


@dataclass(frozen=True, slots=True)
class Stage:
    """The folder of a run's unfinished work. All workers must see it under the same path."""

    root: Path

    def folder(self, step: str, number: int) -> Path:
        """Return where a step's work on a number is, once it is done."""
        return self.root / step / f"{number:0{DIGITS}d}"

    def is_done(self, step: str, number: int) -> bool:
        """Tell whether a step's work on a number is done."""
        return self.folder(step, number).is_dir()

    def done(self, step: str) -> list[int]:
        """Return the numbers on which a step's work is done, in order."""
        folder = self.root / step
        if not folder.is_dir():
            return []
        return sorted(int(entry.name) for entry in folder.iterdir() if entry.name.isdecimal())

    @contextmanager
    def making(self, step: str, number: int) -> Iterator[Path]:
        """Give an empty folder to write to; it becomes the step's work on the number where nothing is raised, else it goes.

        Raises what the disk raises, before anything of the step is to be seen.
        """
        final = self.folder(step, number)
        final.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{final.name}-", dir=final.parent))
        try:
            yield folder
            for path in sorted(folder.rglob("*"), reverse=True):
                sync(path)  # folders too: without their entries the files in them are lost with the power
            sync(folder)
            try:
                folder.rename(final)
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise
            sync(final.parent)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self) -> None:
        """Throw away what interrupted work left; only where nobody is at work."""
        for left in self.root.glob("*/.*-*"):
            # Whoever is at work there all the same (a cluster's worker whose driver was killed) then finds its folder gone, and
            # cannot put in its place what is half thrown away.
            swept = left.with_name(f".swept-{secrets.token_hex(8)}")
            with suppress(FileNotFoundError):
                left.rename(swept)
                shutil.rmtree(swept, ignore_errors=True)


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk, so that a rename after it never shows what is not."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
