"""The plan of a run: which files the inputs mean, what each holds, and where it is cut."""

from __future__ import annotations

import bz2
import gzip
import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from holdings import archive, jsonl, page, report, table

from paraph.corpus.inputs import PACKED, plan
from paraph.corpus.values import Form, Plan
from paraph.errors import Damaged, MissingExtra, NoText, NotFound, SourceError, TooLarge, UsageError
from paraph.settings import Settings

SMALL = Settings(corpus_piece_bytes=1_000, corpus_files_per_piece=2)


def cuts(found: Plan) -> list[tuple[int, int]]:
    return [(piece.start, piece.stop) for piece in found.pieces]


def forms(found: Plan) -> dict[str, Form]:
    return {Path(one.address).name: one.form for one in found.inputs}


# ---- forms

LINES = "".join(json.dumps(report(number)) + "\n" for number in range(4)).encode()
PAGE = page(1)
QUIET = report(1)
CONTENTS: dict[str, tuple[bytes, Form]] = {
    "lines.jsonl": (LINES, Form.JSONL),
    "one-line.jsonl": (LINES.split(b"\n")[0], Form.JSONL),
    "first-line-broken.ndjson": (b"oh no\n" + LINES, Form.JSONL),
    "lines.txt-by-content.json": (LINES, Form.JSONL),
    "lines.jsonl.gz": (gzip.compress(LINES), Form.JSONL),
    "lines.gz": (gzip.compress(LINES), Form.JSONL),
    "lines.jsonl.zst": (zstandard.compress(LINES), Form.JSONL),
    "lines.jsonl.bz2": (bz2.compress(LINES), Form.JSONL),
    "utf16.jsonl": (LINES.decode().encode("utf-16"), Form.JSONL),
    "long-line.json": (
        json.dumps({"text": "x" * 100_000}).encode() + b"\n" + LINES,
        Form.JSONL,
    ),
    "page.html": (PAGE, Form.FILES),
    "page": (PAGE, Form.FILES),
    "page.html.gz": (gzip.compress(PAGE), Form.FILES),
    "object.json": (json.dumps(QUIET, indent=1).encode(), Form.FILES),
    "list.json": (json.dumps([QUIET, QUIET]).encode(), Form.FILES),
    "feed.xml": (b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>', Form.FILES),
    "text.txt": (QUIET["text"].encode(), Form.FILES),
    "paper.pdf": (b"%PDF-1.4\n1 0 obj\n", Form.FILES),
    "cut.jsonl.gz": (gzip.compress(LINES)[:11], Form.JSONL),
    "damaged.warc.gz": (b"\x00" * 70_000 + b"\x01", Form.WARC),
    "damaged.warc": (b"\x80\x01\x02" * 30_000, Form.WARC),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_a_form_is_told_by_what_is_in_a_file_and_else_by_its_name(name: str, tmp_path: Path) -> None:
    data, form = CONTENTS[name]
    (tmp_path / name).write_bytes(data)
    for given in (tmp_path / name, tmp_path):
        assert forms(plan([str(given)], SMALL)) == {name: form}


def test_archives_and_tables_are_told_by_their_first_bytes_whatever_their_name(tmp_path: Path) -> None:
    archive(tmp_path / "a")
    (tmp_path / "b.dat").write_bytes(gzip.decompress((tmp_path / "a").read_bytes()))
    (tmp_path / "c.bin").write_bytes(zstandard.compress((tmp_path / "b.dat").read_bytes()))
    table(tmp_path / "d.txt-no.data")
    assert list(forms(plan([str(tmp_path)], SMALL)).values()) == [Form.WARC, Form.WARC, Form.WARC, Form.PARQUET]


# ---- cuts


def test_packed_archives_are_cut_four_times_as_small_as_plain_ones(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.warc.gz")
    plain = tmp_path / "b.warc"
    plain.write_bytes(gzip.decompress(packed.read_bytes()))
    for path, length in ((packed, 1_000 // PACKED), (plain, 1_000)):
        size = path.stat().st_size
        found = plan([str(path)], SMALL)
        assert cuts(found) == [(at, min(at + length, size)) for at in range(0, size, length)]
        assert len(found.pieces) > 2
        assert [piece.number for piece in found.pieces] == list(range(len(found.pieces)))
        assert {piece.addresses for piece in found.pieces} == {(str(path),)}


def test_what_is_not_larger_than_a_piece_is_one(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.warc.gz")
    size = path.stat().st_size
    assert cuts(plan([str(path)], Settings(corpus_piece_bytes=PACKED * size))) == [(0, size)]
    assert len(plan([str(path)], Settings(corpus_piece_bytes=PACKED * size - PACKED)).pieces) == 2


def test_lines_are_cut_by_bytes_and_packed_ones_not_at_all(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", (report(number) for number in range(5)))
    size = path.stat().st_size
    assert cuts(plan([str(path)], SMALL)) == [(at, min(at + 1_000, size)) for at in range(0, size, 1_000)]
    noise = json.dumps({"text": random.Random(1).randbytes(5_000).hex()}).encode()
    for name, pack in (
        ("a.jsonl.gz", gzip.compress),
        ("b.jsonl.zst", zstandard.compress),
        ("c.jsonl.bz2", bz2.compress),
    ):
        made: Callable[[bytes], bytes] = pack
        (tmp_path / name).write_bytes(made(path.read_bytes() + noise))
        found = plan([str(tmp_path / name)], SMALL)
        assert cuts(found) == [(0, (tmp_path / name).stat().st_size)]
        assert found.inputs[0].size > 1_000
    wide = tmp_path / "d.jsonl"
    wide.write_bytes(path.read_text("utf-8").encode("utf-16"))
    assert cuts(plan([str(wide)], SMALL)) == [(0, wide.stat().st_size)]


def test_row_groups_are_joined_up_to_the_size_of_a_piece(tmp_path: Path) -> None:
    path = table(tmp_path / "a.parquet", map(report, range(40)), group=4)
    sizes = [pq.ParquetFile(path).metadata.row_group(number).total_byte_size for number in range(10)]
    assert cuts(plan([str(path)], Settings(corpus_piece_bytes=sum(sizes)))) == [(0, 10)]
    assert cuts(plan([str(path)], Settings(corpus_piece_bytes=1_000))) == [(at, at + 1) for at in range(10)]
    joined = cuts(plan([str(path)], Settings(corpus_piece_bytes=int(2.5 * max(sizes)))))
    assert joined[0] == (0, 2)
    assert [start for start, _ in joined[1:]] == [stop for _, stop in joined[:-1]]
    assert joined[-1][1] == 10


def test_a_table_without_rows_has_no_piece(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "a.parquet")
    assert len(plan([str(tmp_path / "a.parquet")], SMALL).inputs) == 1
    pq.ParquetWriter(tmp_path / "b.parquet", pa.schema([("text", pa.string())])).close()
    found = plan([str(tmp_path / "b.parquet")], SMALL)
    assert (len(found.inputs), cuts(found)) == (1, [])


def test_files_are_grouped_by_number_and_by_bytes_in_the_order_of_their_names(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text("words " * 10)
    (tmp_path / "5.txt").write_text("many words " * 200)
    found = plan([str(tmp_path)], SMALL)
    assert [[Path(address).stem for address in piece.addresses] for piece in found.pieces] == [
        ["0", "1"],
        ["2", "3"],
        ["4"],
        ["5"],
    ]
    assert [(piece.start, piece.stop) for piece in found.pieces] == [(0, 2), (0, 2), (0, 1), (0, 1)]
    assert len(plan([str(tmp_path)], Settings()).pieces) == 1
    for most, count in ((6, 1), (5, 2)):
        assert len(plan([str(tmp_path)], Settings(corpus_files_per_piece=most)).pieces) == count


def test_pieces_come_in_the_order_of_the_input(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("words")
    jsonl(tmp_path / "b.jsonl", [QUIET])
    (tmp_path / "c.txt").write_text("words")
    (tmp_path / "d.txt").write_text("words")
    assert [piece.form for piece in plan([str(tmp_path)], SMALL).pieces] == [Form.FILES, Form.JSONL, Form.FILES]
    back = plan([str(tmp_path / name) for name in ("c.txt", "a.txt", "b.jsonl")], SMALL)
    assert [[Path(address).name for address in piece.addresses] for piece in back.pieces] == [
        ["c.txt", "a.txt"],
        ["b.jsonl"],
    ]


def test_the_same_input_gives_the_same_plan(tmp_path: Path) -> None:
    archive(tmp_path / "a.warc.gz")
    table(tmp_path / "b.parquet")
    (tmp_path / "c.txt").write_text("words")
    assert plan([str(tmp_path)], SMALL) == plan([str(tmp_path)], SMALL)


# ---- files


def test_a_folder_is_walked_by_name_and_what_is_hidden_is_left_out(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.txt", "a.txt", "c.txt", ".hidden.txt", ".git/x.txt", "b/.x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("words")
    (tmp_path / "b" / "round").symlink_to(tmp_path)
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "pipe")
    found = plan([str(tmp_path)], SMALL)
    assert [os.path.relpath(one.address, tmp_path) for one in found.inputs] == ["a.txt", "b/1.txt", "b/2.txt", "c.txt"]


def test_a_file_that_is_meant_twice_is_taken_once_where_it_comes_first(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("words")
    (tmp_path / "z.txt").symlink_to(tmp_path / "a.txt")
    found = plan([str(tmp_path / "b.txt"), str(tmp_path), f"{tmp_path}/./a.txt"], SMALL)
    assert [Path(one.address).name for one in found.inputs] == ["b.txt", "a.txt"]


def test_names_become_absolute_and_files_are_told_from_their_next_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("words")
    os.utime("a.txt", ns=(1, 1_000))
    first = plan(["a.txt"], SMALL).inputs[0]
    assert (first.address, first.size, first.stamp) == (str(tmp_path / "a.txt"), 5, "1000; 5")
    os.utime("a.txt", ns=(1, 2_000))
    assert plan(["a.txt"], SMALL).inputs[0].stamp != first.stamp
    assert plan([(tmp_path / "a.txt").as_uri()], SMALL).inputs[0].address == first.address


def test_patterns_are_for_paths_too(tmp_path: Path) -> None:
    for name in ("a1.txt", "a2.txt", "b1.txt"):
        (tmp_path / name).write_text("words")
    (tmp_path / "a0").mkdir()
    (tmp_path / "a0" / "inside.txt").write_text("words")
    (tmp_path / "a3.txt").symlink_to(tmp_path / "gone")
    found = plan([f"{tmp_path}/a*"], SMALL)
    assert [Path(one.address).name for one in found.inputs] == ["inside.txt", "a1.txt", "a2.txt"]
    (tmp_path / "x[1].txt").write_text("words")
    assert len(plan([f"{tmp_path}/x[1].txt"], SMALL).inputs) == 1


def test_a_name_that_is_no_text_is_taken(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff.txt"
    Path(os.fsdecode(name)).write_text("words")
    assert plan([str(tmp_path)], SMALL).inputs[0].address == os.fsdecode(name)


@pytest.mark.parametrize(("limit", "fits"), [(3, True), (2, False)])
def test_a_folder_of_too_many_files_is_refused(limit: int, fits: bool, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text("words")
    settings = Settings(max_folder_files=limit)
    if fits:
        assert len(plan([str(tmp_path)], settings).inputs) == 3
    else:
        with pytest.raises(TooLarge, match="more than 2 files"):
            plan([str(tmp_path)], settings)


# ---- what cannot be


def test_what_is_given_and_cannot_be_read_is_named_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "picture").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (tmp_path / "tables.zip").write_bytes(b"PK\x03\x04" + bytes(100))
    (tmp_path / "broken.parquet").write_bytes(b"PAR1" + bytes(100))
    os.mkfifo(tmp_path / "pipe")
    for name, kind, words in (
        ("gone.warc.gz", NotFound, "no such file"),
        ("gone*.warc.gz", NotFound, "no such file"),
        ("a\0b", NotFound, "no such file"),
        ("empty.txt", NoText, "it is empty"),
        ("folder", NoText, "it holds no files"),
        ("picture", SourceError, "a PNG image"),
        ("tables.zip", SourceError, "a zip archive"),
        ("broken.parquet", Damaged, "no whole Parquet file"),
        ("pipe", SourceError, "read twice"),
    ):
        with pytest.raises(kind, match=words) as told:
            plan([str(tmp_path / name)], SMALL)
        assert name.split("\0")[0] in str(told.value)
        assert told.value.cure


@pytest.mark.parametrize("given", ["", "-"])
def test_no_name_is_no_input(given: str) -> None:
    with pytest.raises(NotFound):
        plan([given], SMALL)


def test_no_input_is_a_wrong_call() -> None:
    with pytest.raises(UsageError, match="no input"):
        plan([], SMALL)


def test_in_a_folder_what_is_empty_or_damaged_waits_for_its_turn(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "b.parquet").write_bytes(b"PAR1" + bytes(100))
    (tmp_path / "c.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    found = plan([str(tmp_path)], SMALL)
    assert forms(found) == {"a.txt": Form.FILES, "b.parquet": Form.PARQUET, "c.png": Form.FILES}
    assert cuts(found) == [(0, 1), (0, 0), (0, 1)]


@contextmanager
def nobody() -> Iterator[None]:
    """Be somebody who may not read everything, where these tests run as root."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


def test_what_may_not_be_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    (folder / "a").write_text("words")
    folder.chmod(0)
    for given in (folder, folder / "a"):
        with nobody(), pytest.raises(SourceError, match="cannot be read") as told:
            plan([str(given)], SMALL)
        assert str(given) in str(told.value)
    folder.chmod(0o755)
    (folder / "a").chmod(0)
    with nobody(), pytest.raises(SourceError, match="cannot be read"):
        plan([str(folder / "a")], SMALL)


def test_a_table_without_a_text_is_refused_with_the_names_that_it_has(tmp_path: Path) -> None:
    path = str(tmp_path / "a.parquet")
    pq.write_table(pa.table({"words": ["a"], "when": ["b"]}), path)
    with pytest.raises(UsageError, match="columns words, when; say which holds the text, as --columns text=NAME"):
        plan([path], SMALL)
    assert len(plan([path], SMALL, {"text": "words"}).pieces) == 1
    with pytest.raises(UsageError, match="column text=word: there is none of that name"):
        plan([path], SMALL, {"text": "word"})
    with pytest.raises(UsageError, match="column 'words': it is not among text, html"):
        plan([path], SMALL, {"words": "text"})
    with pytest.raises(UsageError, match="column 'words'"):
        plan([str(jsonl(tmp_path / "a.jsonl", [QUIET]))], SMALL, {"words": "text"})


def test_without_pyarrow_the_command_that_installs_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = table(tmp_path / "a.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"pip install 'paraph\[corpus\]'"):
        plan([str(path)], SMALL)


def test_without_pyarrow_web_archives_are_planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "a.warc.gz")
    for name in ("pyarrow", "fsspec"):
        monkeypatch.setitem(sys.modules, name, None)
    assert plan([str(path)], SMALL).pieces
