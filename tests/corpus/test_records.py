"""Records of pieces: pages of web archives and files; what is damaged is told in its place, and the rest goes on."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard
from holdings import archive, capture, errors, good, page, read, report, seen

from paraph.corpus.inputs import PACKED, plan
from paraph.corpus.records import records
from paraph.corpus.values import Form, Piece
from paraph.settings import Settings


def small(size: int, *, packed: bool) -> Settings:
    return Settings(corpus_piece_bytes=max(1_000, size * (PACKED if packed else 1)))


def pieces_of(path: Path, size: int) -> list[Piece]:
    """Cut a file as a plan would whose settings allowed so small a size."""
    whole = plan([str(path)], Settings()).pieces[0]
    return [
        replace(whole, number=at // size, start=at, stop=min(at + size, whole.stop))
        for at in range(0, whole.stop, size)
    ]


def read_cut(path: Path, size: int) -> list[object]:
    return seen(one for piece in pieces_of(path, size) for one in records(piece, Settings()))


# ---- web archives


@pytest.mark.parametrize("packed", [True, False])
def test_a_page_of_an_archive_is_a_record_with_what_the_archive_says_of_it(packed: bool, tmp_path: Path) -> None:
    path = archive(tmp_path / "a.warc", 3, packed=packed)
    found = good(read(path))
    assert [record.data for record in found] == [page(number) for number in range(3)]
    assert [record.url for record in found] == [report(number)["url"] for number in range(3)]
    first = found[0]
    assert (first.name, first.charset, first.fields, first.notes) == (f"{path}, byte 0", "utf-8", None, ())
    assert first.fetched == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert found[1].name.startswith(f"{path}, byte ")
    assert len({record.name for record in found}) == 3


@pytest.mark.parametrize("packed", [True, False])
def test_an_archive_cut_at_any_size_gives_the_same_records(packed: bool, tmp_path: Path) -> None:
    path = archive(tmp_path / "a.warc", 6, packed=packed)
    whole = read_cut(path, 10**9)
    assert len(whole) == 6
    size = path.stat().st_size
    for length in (1, 2, 7, 64, *range(100, size + 1, 211), size - 1, size, size + 1):
        if length >= 7 or packed:
            assert read_cut(path, length) == whole, length


@pytest.mark.parametrize("packed", [True, False])
def test_a_damaged_archive_cut_at_any_size_gives_the_same_records_and_errors(packed: bool, tmp_path: Path) -> None:
    parts = [capture(report(n)["url"], page(n), packed=packed) for n in range(8)]
    middle = len(parts[2]) // 2
    parts[2] = parts[2][:middle] + b"\xff\x00\xff" + parts[2][middle + 3 :]
    parts[4] = parts[4][: len(parts[4]) * 2 // 3]
    parts.insert(6, b"rubbish \x1f\x8b\x08 between")
    path = tmp_path / "a.warc"
    path.write_bytes(b"".join(parts)[:-20])
    whole = read_cut(path, 10**9)
    assert len([one for one in whole if isinstance(one, tuple)]) >= 4
    assert len([one for one in whole if not isinstance(one, tuple)]) == 5
    for length in (50, 333, 700, path.stat().st_size // 2):
        assert read_cut(path, length) == whole, length


def test_a_damaged_head_damages_no_later_piece(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.warc.gz", 8)
    data = path.read_bytes()
    path.write_bytes(b"\x00\x01" + data[2:])
    whole = read_cut(path, 10**9)
    assert len(whole) == 8  # seven records, and the error for the first
    assert read_cut(path, 500) == whole
    assert errors(read(path)) == [
        f"{path}, byte 0: there is rubbish between the records (the others are read; copy the archive again if you need it)"
    ]


def test_only_captures_that_can_hold_an_article_come_out(tmp_path: Path) -> None:
    kept = {
        "https://n.example/a": (page(1), "text/html"),
        "https://n.example/b": (b"Norway and Chile signed an agreement on ferries.", "text/plain"),
        "https://n.example/c": (b"%PDF-1.4\n1 0 obj\n", "application/pdf"),
        "https://n.example/d": (b'<?xml version="1.0"?><rss version="2.0"></rss>', "application/rss+xml"),
        "https://n.example/packed": (gzip.compress(page(2)), "text/html"),
    }
    left = {
        "https://n.example/robots.txt": (b"User-agent: *\nDisallow: /private", "text/plain"),
        "https://n.example/pic": (b"\x89PNG\r\n\x1a\n" + bytes(90), "text/html"),
        "https://n.example/style.css": (b"p { color: red }", "text/css"),
        "https://n.example/data": (b'{"a": [1, 2]}', "text/html"),
        "https://n.example/nothing": (b" ", "text/html"),
    }
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(capture(url, *held) for url, held in (kept | left).items()))
    found = read(path)
    assert errors(found) == []
    assert [record.url for record in good(found)] == list(kept)
    assert good(found)[-1].data == page(2)


def test_a_page_that_the_crawler_cut_says_so_and_a_bomb_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(
        capture("https://n.example/1", page(1), **{"WARC-Truncated": "length"})
        + capture("https://n.example/2", gzip.compress(bytes(9_000_000)))
        + capture("https://n.example/3", page(3))
    )
    found = read(path)
    assert [record.notes for record in good(found)] == [("the archive kept only the beginning of the page",), ()]
    assert len(errors(found)) == 1
    assert "as a decompression bomb does" in errors(found)[0]


def test_an_archive_packed_otherwise_is_read_as_one_piece(tmp_path: Path) -> None:
    plain = archive(tmp_path / "a.warc", 4, packed=False)
    for name, data in (
        ("b.warc.zst", zstandard.compress(plain.read_bytes())),
        ("c.warc.gz.gz", gzip.compress(gzip.compress(plain.read_bytes()))),
    ):
        (tmp_path / name).write_bytes(data)
        found = read(tmp_path / name, settings=Settings(corpus_piece_bytes=1_000))
        assert [record.data for record in good(found)] == [page(number) for number in range(4)]
    settings = Settings(max_archive_bytes=1_000)
    assert "unpacks to more than 1,000 bytes" in errors(read(tmp_path / "b.warc.zst", settings=settings))[0]
    cut = (tmp_path / "b.warc.zst").read_bytes()[:-9]
    (tmp_path / "b.warc.zst").write_bytes(cut)
    assert "ends too soon" in errors(read(tmp_path / "b.warc.zst"))[0]


def test_memory_stays_flat_over_a_large_archive(tmp_path: Path) -> None:
    program = """
import gzip, resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from holdings import capture, page
from paraph.corpus.inputs import plan
from paraph.corpus.records import records
from paraph.settings import Settings
path = Path(sys.argv[1])
one = b"".join(capture(f"https://n.example/{n}", page(n) + b"<p>" + bytes([65 + n % 26]) * 60_000) for n in range(50))
with path.open("wb") as file:
    for _ in range(40):
        file.write(one)
settings = Settings(corpus_piece_bytes=200_000)
pieces = plan([str(path)], settings).pieces
next(records(pieces[0], settings))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = sum(1 for piece in pieces for _ in records(piece, settings))
assert count == 2_000, count
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    command = [sys.executable, "-c", program, str(tmp_path / "a.warc.gz"), str(Path(__file__).parent)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    assert int(done.stdout) < 16_000


# ---- files


def test_files_are_records_of_their_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(page(1))
    (tmp_path / "b.json").write_text(json.dumps(report(1)))
    (tmp_path / "c.txt").touch()
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")
    Path(name).write_text("words")
    found = read(tmp_path)
    assert errors(found) == []
    assert [record.data for record in good(found)] == [page(1), json.dumps(report(1)).encode(), b"", b"words"]
    assert good(found)[0].name == str(tmp_path / "a.html")
    assert good(found)[0].url is None
    assert good(found)[3].name == f"{tmp_path}/\\udcff.txt"


@pytest.mark.parametrize(("limit", "fits"), [(2_000, True), (1_999, False)])
def test_a_file_is_limited_and_the_next_one_is_read(limit: int, fits: bool, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x" * 2_000)
    (tmp_path / "b.txt").write_text("words")
    found = read(tmp_path, settings=Settings(max_source_bytes=limit))
    assert len(good(found)) == (2 if fits else 1)
    told = f"{tmp_path}/a.txt: it is larger than 1,999 bytes (raise max_source_bytes if you want it)"
    assert errors(found) == ([] if fits else [told])


@pytest.mark.parametrize("form", list(Form))
def test_a_file_that_is_gone_by_its_turn_is_one_error(form: Form, tmp_path: Path) -> None:
    gone = Piece(0, form, (str(tmp_path / "gone"),), 0, 1)
    assert errors(records(gone, Settings())) == [f"{tmp_path}/gone: there is no such file or folder (check the path)"]


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    found = errors(records(Piece(0, Form.WARC, (str(tmp_path),), 0, 9), Settings()))
    assert len(found) == 1
    assert "it cannot be read (Is a directory)" in found[0]


def test_a_disk_that_fails_is_told_where_it_does(tmp_path: Path) -> None:
    # What stands for such a disk: a process's own memory, which has nothing at its beginning.
    found = errors(records(Piece(0, Form.JSONL, ("/proc/self/mem",), 0, 9), Settings()))
    assert len(found) == 1
    assert "what follows in this piece is left out" in found[0]
