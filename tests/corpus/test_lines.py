"""JSON Lines: cut anywhere, packed or not, and with lines that are none."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import brotli
import pytest
import zstandard
from holdings import errors, good, jsonl, read, report, seen

from paraph.corpus.inputs import plan
from paraph.corpus.lines import lines
from paraph.corpus.records import records
from paraph.corpus.values import Record
from paraph.errors import SourceError
from paraph.settings import Settings

ROWS = [report(number) for number in range(7)]
ROWS[2]["text"] = "The first line\u2028and what seems a second\x85and a third\u2029of Norway."
ROWS[4]["text"] = 'Quoted "words", a back\\slash and a\nline feed.'
ROWS[5]["text"] = "東京 and Oslo signed 🚢 agreements."


def dumped(*, ascii_only: bool = False, end: str = "\n", last: bool = True) -> bytes:
    made = end.join(json.dumps(row, ensure_ascii=ascii_only) for row in ROWS)
    return (made + (end if last else "")).encode()


def cut(data: bytes, *places: int, settings: Settings | None = None) -> list[object]:
    found: list[Record | SourceError] = []
    for start, stop in pairwise((0, *places, len(data))):
        found += lines(io.BytesIO(data), start, stop, "a", settings or Settings(), {})
    return seen(found)


FILES = {
    "plain": dumped(),
    "escaped": dumped(ascii_only=True),
    "CRLF": dumped(end="\r\n"),
    "no last line feed": dumped(last=False),
    "CRLF, no last": dumped(end="\r\n", last=False),
    "empty lines": b"\n\n" + dumped(end="\n \n\r\n\n") + b"\n\n\n",
    "with a mark": b"\xef\xbb\xbf" + dumped(),
    "broken lines": dumped().replace(b"\n", b"\nno json\n{\n[1]\n", 3),
    "other encoding": dumped(ascii_only=True) + '{"text": "Señor Nuñez signed in Bogotá"}\n'.encode("latin-1"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_at_any_byte_and_any_size_gives_the_same_records(name: str) -> None:
    data = FILES[name]
    whole = cut(data)
    texts = [one.fields["text"] for one in whole if isinstance(one, Record) and one.fields]
    assert texts[:7] == [row["text"] for row in ROWS]
    for place in range(1, len(data)):
        assert cut(data, place) == whole, place
    for size in (1, 2, 3, 10, 97, 500, 1024):
        assert cut(data, *range(size, len(data), size)) == whole, size


def test_plan_and_records_agree_on_the_cuts(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", map(report, range(40)))
    settings = Settings(corpus_piece_bytes=1_000)
    assert len(plan([str(path)], settings).pieces) > 5
    found = good(read(path, settings=settings))
    assert [record.fields for record in found] == [report(number) for number in range(40)]
    assert found[0].name == f"{path}, byte 0"
    size = len(json.dumps(report(0))) + 1
    assert found[1].name == f"{path}, byte {size}"


PACKS: dict[str, Callable[[bytes], bytes]] = {
    "jsonl.gz": gzip.compress,
    "jsonl.zst": zstandard.compress,
    "jsonl.bz2": bz2.compress,
    "jsonl.xz": lzma.compress,
    "jsonl.br": brotli.compress,
    "twice.gz": lambda data: gzip.compress(gzip.compress(data)),
    "members.gz": lambda data: b"".join(gzip.compress(line) for line in data.splitlines(keepends=True)),
    "streams.jsonl.bz2": lambda data: b"".join(bz2.compress(line) for line in data.splitlines(keepends=True)),
    "utf-16.jsonl": lambda data: data.decode().encode("utf-16"),
    "utf-32.jsonl": lambda data: data.decode().encode("utf-32"),
}


@pytest.mark.parametrize("name", PACKS)
def test_packed_lines_are_read_in_one_piece(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{name}"
    path.write_bytes(PACKS[name](dumped(ascii_only=name == "streams.jsonl.bz2" or name == "members.gz")))
    assert len(plan([str(path)], Settings(corpus_piece_bytes=1_000)).pieces) == 1
    found = read(path, settings=Settings(corpus_piece_bytes=1_000))
    assert errors(found) == []
    assert [record.fields for record in good(found)] == ROWS
    assert [record.name for record in good(found)][:2] == [f"{path}, line 1", f"{path}, line 2"]


@pytest.mark.parametrize("name", ["jsonl.gz", "jsonl.zst", "jsonl.bz2", "jsonl.xz"])
def test_of_packed_lines_that_are_cut_off_the_whole_ones_are_read_and_the_cut_is_told(
    name: str, tmp_path: Path
) -> None:
    rows = b"".join(json.dumps(report(number)).encode() + b"\n" for number in range(3_000))
    path = tmp_path / f"a.{name}"
    parts = (rows[at : at + 30_000] for at in range(0, len(rows), 30_000))
    path.write_bytes(b"".join(map(PACKS[name], parts))[:-100])
    found = read(path)
    assert len(good(found)) > 2_000
    assert isinstance(found[-1], SourceError)
    assert "ends too soon" in str(found[-1]) or "damaged" in str(found[-1])


@pytest.mark.parametrize("preset", [9, None])
def test_xz_may_take_the_memory_of_its_highest_level_and_no_more(preset: int | None, tmp_path: Path) -> None:
    greedy = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 28}]
    path = tmp_path / "a.jsonl.xz"
    path.write_bytes(lzma.compress(dumped(), preset=preset) if preset else lzma.compress(dumped(), filters=greedy))
    found = read(path)
    if preset:
        assert len(good(found)) == 7
    else:
        assert [told.partition(" (")[0] for told in errors(found)] == [f"{path}: its xz data is damaged"]


@pytest.mark.parametrize("kind", ["bz2", "xz"])
def test_padding_behind_packed_lines_is_no_damage_and_rubbish_is(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.jsonl.{kind}"
    packed = PACKS[f"jsonl.{kind}"](dumped())
    path.write_bytes(packed + bytes(200_000) + packed + bytes(40))
    found = read(path)
    assert (len(good(found)), errors(found)) == (14, [])
    path.write_bytes(packed + b"rubbish")
    found = read(path)
    assert len(good(found)) == 7
    assert "is damaged" in errors(found)[0] or "too soon" in errors(found)[0]


@pytest.mark.parametrize("name", ["jsonl.gz", "jsonl.bz2", "jsonl.xz"])
def test_a_bomb_among_lines_is_told(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{name}"
    path.write_bytes(PACKS[name](dumped() + b" " * 30_000_000))
    found = read(path)
    assert [record.fields for record in good(found)] == ROWS
    assert any("as a decompression bomb does" in told for told in errors(found))


def test_what_is_no_object_is_told_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    deep = "[" * 100_000
    made = [
        '{"text": "one"}',
        "oh no",
        "[1]",
        '"x"',
        deep,
        '{"a": 1}',
        '{"text": null}',
        '{"text": "two"}',
        "{" + "1" * 5000,
    ]
    path.write_text("\n".join(made))
    found = read(path)
    assert [record.fields for record in good(found)] == [{"text": "one"}, {"text": "two"}]
    told = errors(found)
    assert [isinstance(one, Record) for one in found] == [True, *[False] * 6, True, False]
    assert told[0].startswith(f"{path}, byte 16: it is not JSON (")
    assert told[1] == f'{path}, byte 22: it is not a JSON object (give objects with a "text")'
    assert "nested too deep" in told[3]
    assert "it has neither text nor html; it has a (name the column, as --columns text=NAME)" in told[4]
    assert "it holds no text" in told[5]


@pytest.mark.parametrize(("limit", "fits"), [(1_012, True), (1_011, False)])
def test_a_line_is_limited_and_the_next_one_is_read(limit: int, fits: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "x" * 1_000}) + '\n{"text": "two"}\n')
    settings = Settings(max_source_bytes=limit)
    found = read(path, settings=settings)
    assert len(good(found)) == (2 if fits else 1)
    assert errors(found) == (
        [] if fits else [f"{path}, byte 0: the line is longer than 1,011 bytes (raise max_source_bytes)"]
    )
    assert cut(path.read_bytes(), 500, 1_020, settings=settings) == [
        *(seen(lines(io.BytesIO(path.read_bytes()), 0, None, "a", settings, {})))
    ]


def test_columns_of_other_names_are_taken(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", [{"story": "Norway signed.", "where": "https://n.example/1", "noise": 1}])
    found = read(path, columns={"text": "story", "url": "where"})
    assert [record.fields for record in good(found)] == [{"text": "Norway signed.", "url": "https://n.example/1"}]
    assert "neither text nor html" in errors(read(path))[0]


def test_a_piece_is_read_as_it_comes(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", map(report, range(3)))
    found = records(plan([str(path)], Settings()).pieces[0], Settings())
    assert next(iter(found))
    path.unlink()
    assert len(list(found)) == 2
