"""The inputs of a run to its plan: which files there are, what each holds, and where it is cut.

A file's form is told by its first bytes and, where they do not say, by its name. Files are cut by constants of the settings, so
that the same input gives the same pieces whoever reads them. Nothing but the heads of files is read here, and of Parquet
files the foot, which says what is in them.
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import sleep as wait
from urllib.request import url2pathname

from paraph.corpus.addresses import Sleep, find, is_address, printable, ranges_of, read_head, unreadable
from paraph.corpus.forms import Packing, look_at
from paraph.corpus.naming import check
from paraph.corpus.tabular import row_groups
from paraph.corpus.values import Form, Input, Piece, Plan
from paraph.errors import NoText, NotFound, SourceError, TooLarge, UsageError
from paraph.intake.sniff import HEAD_BYTES, describe, sniff
from paraph.intake.sniff import Form as Sniffed
from paraph.settings import Settings

__all__ = ["plan"]

# Pages pack four- to sixfold: a piece of a packed web archive holds about as many documents as one of any other input.
PACKED = 4
# Names that are believed, for folders hold a million of these: what they end in is read as whatever it turns out to be anyway.
_PLAIN = (".html", ".htm", ".xhtml", ".txt", ".md", ".pdf", ".rss", ".atom")
# Where a line of JSON is longer than the head that is looked at, so much is looked at.
_LONG_HEAD = 1_000_000


@dataclass(frozen=True, slots=True)
class _File:
    """One file: ``is_named`` where it was given itself and did not come out of a folder or pattern."""

    address: str
    size: int | None
    stamp: str
    is_named: bool

    @property
    def is_local(self) -> bool:
        return not is_address(self.address)


def plan(
    inputs: Sequence[str],
    settings: Settings,
    columns: Mapping[str, str] | None = None,
    *,
    sleep: Sleep = wait,
) -> Plan:
    """Return the files that the inputs mean, and the pieces that they are cut into, both in the order of the inputs.

    An input is a file, a folder (all files below it in the order of names; what is hidden is left out), a pattern with ``*`` of
    files and folders, or an fsspec address of any of these. Local names become absolute, so that every worker finds them; a file
    that is meant twice is taken once, where it comes first. ``columns`` maps names of the contract to those of Parquet files,
    which are looked for.

    Raises, before any work, UsageError for no input and for columns that are not there; NotFound, NoText (empty) and SourceError
    for what is given and cannot be read; TooLarge for a folder of more than ``max_folder_files``; MissingExtra; FetchError. A
    file of a folder or pattern that is empty or damaged ends nothing: it is told when its turn comes.
    """
    if not inputs:
        raise UsageError("no input was given; name files, folders or addresses")
    check(columns or {})
    kept: list[Input] = []
    cut: list[tuple[Form, tuple[str, ...], int, int]] = []
    group: list[_File] = []
    seen: set[str] = set()

    def close() -> None:
        for files in _grouped(group, settings):
            cut.append((Form.FILES, tuple(file.address for file in files), 0, len(files)))
        group.clear()

    for given in inputs:
        for file in _files(given, settings, sleep):
            identity = os.path.realpath(file.address) if file.is_local else file.address
            if identity in seen:
                continue
            seen.add(identity)
            form, packing = _form(file, sleep)
            kept.append(Input(file.address, form, file.size or 0, file.stamp))
            if form is Form.FILES:
                group.append(file)
                continue
            close()
            for start, stop in _cut(file, form, packing, settings, columns or {}, sleep):
                cut.append((form, (file.address,), start, stop))
    close()
    pieces = (Piece(number, *rest) for number, rest in enumerate(cut))
    return Plan(tuple(kept), tuple(pieces))


# ---- which files


def _files(given: str, settings: Settings, sleep: Sleep) -> Iterator[_File]:
    if given in ("", "-"):
        raise NotFound(given or "(empty)", "this is no input of a corpus", "name files, folders or addresses")
    count = 0
    for file in _meant(given, sleep):
        count += 1
        if count > settings.max_folder_files:
            raise TooLarge(
                printable(given),
                f"it holds more than {settings.max_folder_files:,} files",
                "raise max_folder_files, or give its parts",
            )
        yield file
    if not count:
        raise NoText(printable(given), "it holds no files", "give a folder or pattern with files in it")


def _meant(given: str, sleep: Sleep) -> Iterator[_File]:
    if given.lower().startswith("file://"):
        given = url2pathname(given[7:])
    if is_address(given):
        for found in find(given, sleep=sleep):
            is_named = found.address.rstrip("/").endswith(given.partition("://")[2].rstrip("/"))
            yield _File(found.address, found.size, found.stamp, is_named)
        return
    status: os.stat_result | None = None
    try:
        status = os.stat(given)  # noqa: PTH116 - a name may hold what Path does not take
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        raise unreadable(given, error) from error
    if status is not None:
        yield from _walk(given) if stat.S_ISDIR(status.st_mode) else [_regular(given, status)]
        return
    # Not Path.glob, which takes no absolute patterns.
    matches = sorted(glob.glob(given, recursive=True)) if glob.has_magic(given) else []  # noqa: PTH207
    if not matches:
        raise NotFound(printable(given), "there is no such file or folder", "check the path")
    for match in matches:
        yield from _walk(match)


def _walk(folder: str) -> Iterator[_File]:
    """Yield the files below a folder (or the file that it is), by name, folders in their place among them; each folder once."""
    seen: set[tuple[int, int]] = set()
    ahead = [folder]
    while ahead:
        path = ahead.pop()
        try:
            status = os.stat(path)  # noqa: PTH116 - one call a file, of which there may be millions
            if stat.S_ISREG(status.st_mode):
                yield _file_of(path, status, is_named=False)
            elif stat.S_ISDIR(status.st_mode) and (status.st_dev, status.st_ino) not in seen:
                seen.add((status.st_dev, status.st_ino))
                inside = (entry.path for entry in os.scandir(path) if not entry.name.startswith("."))
                ahead.extend(sorted(inside, reverse=True))
        except FileNotFoundError:
            continue  # a link to nothing, or gone since
        except OSError as error:
            raise unreadable(path, error) from error


def _regular(path: str, status: os.stat_result) -> _File:
    if not stat.S_ISREG(status.st_mode):
        raise SourceError(printable(path), "it is no file that can be read twice", "write it to a file first")
    return _file_of(path, status, is_named=True)


def _file_of(path: str, status: os.stat_result, *, is_named: bool) -> _File:
    return _File(os.path.abspath(path), status.st_size, f"{status.st_mtime_ns}; {status.st_size}", is_named)  # noqa: PTH100


# ---- of which form


def _form(file: _File, sleep: Sleep) -> tuple[Form, Packing]:
    name = printable(file.address)
    if file.size == 0:
        if file.is_named:
            raise NoText(name, "it is empty", "give a file with documents in it")
        return Form.FILES, Packing.PLAIN
    if file.address.lower().endswith(_PLAIN) and not file.is_named:
        return Form.FILES, Packing.PLAIN
    head = read_head(file.address, HEAD_BYTES, sleep=sleep)
    form, packing = look_at(file.address, head)
    if form is Form.FILES and head[:1] == b"{" and b"\n" not in head and len(head) == HEAD_BYTES:
        form, packing = look_at(file.address, read_head(file.address, _LONG_HEAD, sleep=sleep))
    if form is Form.FILES and file.is_named and sniff(head) in (Sniffed.BINARY, Sniffed.ARCHIVE):
        raise SourceError(
            name,
            f"it is {describe(head)}, which Paraph does not read",
            "give web archives, Parquet, JSON Lines, pages, texts or PDFs",
        )
    return form, packing


# ---- in which pieces


def _cut(
    file: _File, form: Form, packing: Packing, settings: Settings, columns: Mapping[str, str], sleep: Sleep
) -> Iterator[tuple[int, int]]:
    if form is Form.PARQUET:
        yield from _cut_rows(file, settings, columns, sleep)
        return
    size = file.size
    can_cut = packing is Packing.PLAIN or (form is Form.WARC and packing is Packing.GZIP)
    length = settings.corpus_piece_bytes // (PACKED if packing is Packing.GZIP else 1)
    if size is None or not can_cut or size <= length:
        yield 0, size or 0
    elif not file.is_local and not ranges_of(file.address, size, sleep=sleep):
        yield 0, size
    else:
        yield from ((start, min(start + length, size)) for start in range(0, size, length))


def _cut_rows(file: _File, settings: Settings, columns: Mapping[str, str], sleep: Sleep) -> Iterator[tuple[int, int]]:
    """Cut by row groups, small ones joined."""
    try:
        groups = row_groups(file.address, settings, columns, sleep=sleep)
    except SourceError:
        if file.is_named:
            raise
        yield 0, 0  # told when its turn comes
        return
    start = filled = 0
    for number, size in enumerate(groups):
        if number > start and filled + size > settings.corpus_piece_bytes:
            yield start, number
            start, filled = number, 0
        filled += size
    if groups:
        yield start, len(groups)


def _grouped(files: Sequence[_File], settings: Settings) -> Iterator[list[_File]]:
    group: list[_File] = []
    filled = 0
    for file in files:
        size = file.size or 0
        if group and (len(group) == settings.corpus_files_per_piece or filled + size > settings.corpus_piece_bytes):
            yield group
            group, filled = [], 0
        group.append(file)
        filled += size
    if group:
        yield group
