"""Archives cut into parts: together they hold what the whole holds, wherever the cuts fall and whatever is broken."""

import gzip
import io
import random
from pathlib import Path

import pytest
from test_warc import MAKERS, http, join, page, read, url, write

from paraph.errors import SourceError, TooLarge
from paraph.intake import framing
from paraph.intake.warc import Capture, read_warc
from paraph.settings import Settings

SETTINGS = Settings()


def framed(data: bytes, *, packed: bool, start: int = 0, stop: int | None = None) -> list[tuple[object, ...]]:
    found = framing.frames(io.BytesIO(data), packed=packed, settings=SETTINGS, start=start, stop=stop)
    return [
        (one.place, one.inside, one.fault, one.end - one.start, one.fields.get("warc-target-uri"), one.is_suspect)
        for one in found
    ]


def parts(data: bytes, size: int, *, packed: bool) -> list[tuple[object, ...]]:
    return [
        one
        for start in range(0, len(data), size)
        for one in framed(data, packed=packed, start=start, stop=min(start + size, len(data)))
    ]


def record(block: bytes, number: int = 0) -> bytes:
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: %s\r\nContent-Length: %d\r\n\r\n"
    return head % (url(number).encode(), len(block)) + block + b"\r\n\r\n"


# The run-up is made short, so that most parts do not begin at the beginning of so small an archive.
RUN_UPS = (0, 1500, framing.RUN_UP)


@pytest.mark.parametrize("run_up", RUN_UPS)
@pytest.mark.parametrize("packed", [True, False])
def test_a_sound_archive_cut_at_any_size_is_the_whole(
    packed: bool, run_up: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(framing, "RUN_UP", run_up)
    data = join(write(6, packed=packed))
    whole = framed(data, packed=packed)
    assert len(whole) == 7
    for size in (1, 2, 3, 5, 7, *range(11, len(data) + 2, 61)):
        if run_up < framing.HEADER_BYTES or size > 60:
            assert parts(data, size, packed=packed) == whole, size


@pytest.mark.parametrize("packed", [True, False])
def test_each_byte_of_a_sound_archive_is_a_place_to_cut_it(packed: bool) -> None:
    data = join(write(2, packed=packed))
    whole = framed(data, packed=packed)
    for cut in range(1, len(data)):
        first = framed(data, packed=packed, start=0, stop=cut)
        assert first + framed(data, packed=packed, start=cut, stop=len(data)) == whole, cut


@pytest.mark.parametrize("run_up", [1500, 5000, framing.RUN_UP])
@pytest.mark.parametrize("name", MAKERS)
def test_a_damaged_archive_cut_at_any_size_is_the_whole(
    name: str, run_up: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(framing, "RUN_UP", run_up)
    (data, _), packed = MAKERS[name]()
    whole = framed(data, packed=packed)
    for size in (997, 3001, len(data) // 2 - 1, len(data)):
        assert parts(data, size, packed=packed) == whole, size


@pytest.mark.parametrize("seed", range(24))
def test_whatever_is_broken_wherever_the_parts_are_the_whole(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "RUN_UP", 5_000)
    chance, packed = random.Random(seed), seed % 2 == 0
    data = bytearray(join(write(12, packed=packed)))
    for _ in range(chance.randrange(1, 8)):
        at = chance.randrange(len(data))
        kind = chance.randrange(4)
        if kind == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del data[at : at + chance.randrange(1, 1_000)]
        elif kind == 2:
            data[at : at + 40] = bytes(40)
        else:
            strange = (
                bytes(3_000),
                chance.randbytes(500),
                b"\x1f\x8b\x08" * 9,
                b"\r\nWARC/1.0\r\n",
                data[at - 700 : at],
            )
            data[at:at] = chance.choice(strange)
    whole = framed(bytes(data), packed=packed)
    for size in (chance.randrange(50, 400), chance.randrange(400, 9_000)):
        assert parts(bytes(data), size, packed=packed) == whole, size


def test_a_record_that_a_page_shows_is_no_record_where_the_cut_falls_before_it() -> None:
    shown = b"<pre>" + b"x" * 3000 + b"\r\n\r\n" + record(http(b"shown"), 99) + b"</pre>" + b"y" * 3000
    data = record(http(page(1)), 1) + record(http(shown), 2) + record(http(page(3)), 3)
    whole = framed(data, packed=False)
    assert [one[4] for one in whole] == [url(1), url(2), url(3)]
    for cut in range(0, len(data), 53):
        assert framed(data, packed=False, start=0, stop=cut) + framed(data, packed=False, start=cut) == whole, cut


def test_an_archive_packed_as_one_belongs_to_its_first_part() -> None:
    data = gzip.compress(join(write(8, packed=False)))
    whole = framed(data, packed=True)
    assert [one[:2] for one in whole] == [(0, number) for number in range(1, 10)]
    assert parts(data, len(data) // 5, packed=True) == whole
    assert framed(data, packed=True, start=5) == []


def test_members_that_open_no_record_go_with_the_part_before_them() -> None:
    records = write(3, packed=True)
    records[2:2] = [gzip.compress(b""), gzip.compress(b"no record at all")]
    data = join(records)
    whole = framed(data, packed=True)
    assert [bool(one[2]) for one in whole] == [False, False, True, False, False]
    for cut in range(1, len(data), 7):
        assert framed(data, packed=True, start=0, stop=cut) + framed(data, packed=True, start=cut) == whole, cut


@pytest.mark.parametrize("after", [True, False])
def test_a_hole_of_zeros_does_not_end_an_archive(after: bool) -> None:
    records = write(4, packed=False)
    data = join(records[:3]) + bytes(200_000) + (join(records[3:]) if after else b"")
    whole = framed(data, packed=False)
    assert [one[4] for one in whole if not one[2]][1:] == [url(number) for number in range(1, 5 if after else 3)]
    assert [one[2] for one in whole if one[2]] == (["there is rubbish between the records"] if after else [])
    assert parts(data, 50_000, packed=False) == whole


def test_places_are_called_by_their_byte_where_a_part_is_read_and_by_number_else() -> None:
    records = write(2, packed=True)
    records.insert(1, gzip.compress(record(http(page(7)), 7) + record(http(page(8)), 8)))
    data = join(records)
    found = read_warc(io.BytesIO(data), packed=True, source="a", settings=SETTINGS, part=(0, None))
    names = [one.name for one in found if isinstance(one, Capture)]
    first = len(records[0])
    places = (first + len(records[1]), first + len(records[1]) + len(records[2]))
    assert names == [f"a, byte {first}", f"a, byte {first}, record 2", *(f"a, byte {place:,}" for place in places)]
    assert [one.name for one in read(data, packed=True) if isinstance(one, Capture)] == [
        f"a.warc, record {number}" for number in range(2, 6)
    ]


def test_what_is_wrong_in_a_part_is_called_by_its_byte_too() -> None:
    records = write(3, packed=True)
    records.insert(2, b"rubbish")
    found = read_warc(io.BytesIO(join(records)), packed=True, source="a", settings=SETTINGS, part=(0, 10**9))
    errors = [str(one) for one in found if isinstance(one, SourceError)]
    place = len(records[0]) + len(records[1])
    assert errors == [
        f"a, byte {place:,}: there is rubbish between the records "
        "(the others are read; copy the archive again if you need it)"
    ]


def test_a_part_reads_no_more_than_itself_its_run_up_and_its_last_record(tmp_path: Path) -> None:
    data = join(write(3000, packed=True))
    start, stop = len(data) // 2, len(data) // 2 + 50_000
    asked: list[tuple[int, int]] = []

    class Watched(io.BytesIO):
        def read(self, length: int | None = -1) -> bytes:
            at = self.tell()
            found = super().read(length)
            asked.append((at, at + len(found)))
            return found

    found = list(read_warc(Watched(data), packed=True, source="a", settings=SETTINGS, part=(start, stop)))
    assert len(found) > 20
    assert min(first for first, _ in asked) >= start - framing.RUN_UP
    # The search for the first opening looks at a window of a million bytes, which the buffer of a file cuts short here.
    assert max(last for _, last in asked) <= max(stop + 2 * framing.PIECE, start - framing.RUN_UP + framing._WINDOW)


def test_a_member_beyond_memory_lies_on_disk_and_is_read_all_the_same() -> None:
    body = bytes(range(256)) * 80_000  # 20 MB, which packs well
    data = gzip.compress(record(http(body))) + gzip.compress(record(http(b"small"), 1))
    found = read(data, packed=True)
    assert [len(one.data) for one in found if isinstance(one, Capture)] == [len(body), 5]


def test_a_broken_bomb_in_the_run_up_costs_the_part_behind_it_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "RUN_UP", 100_000)
    bomb = gzip.compress(record(http(bytes(20_000_000))))
    records = write(4, packed=True)
    data = join(records[:2]) + bomb + join(records[2:])
    whole = read_warc(io.BytesIO(data), packed=True, source="a", settings=SETTINGS, part=(0, None))
    expected = [one.name if isinstance(one, Capture) else str(one) for one in whole]
    cut = len(data) - 20
    found = [
        one
        for part in ((0, cut), (cut, None))
        for one in read_warc(io.BytesIO(data), packed=True, source="a", settings=SETTINGS, part=part)
    ]
    assert [one.name if isinstance(one, Capture) else str(one) for one in found] == expected
    assert sum(isinstance(one, TooLarge) for one in found) == 1
