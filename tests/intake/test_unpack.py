"""Compressed sources: what goes in comes out, broken data is told, and a bomb costs neither memory nor time."""

import gzip
import io
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator

import brotli
import pytest
import zstandard

from paraph.errors import Damaged, SourceError, TooLarge
from paraph.intake.sniff import Form
from paraph.intake.unpack import PIECE, expand, gather, look, pieces, spool, unpack
from paraph.settings import Settings

SETTINGS = Settings()
TEXT = b"".join(b"Line %d: the ministers agreed on fish.\n" % n for n in range(30_000))


def bare_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


PACK = {
    Form.GZIP: gzip.compress,
    Form.DEFLATE: zlib.compress,
    Form.BROTLI: lambda data: brotli.compress(data, quality=4),
    Form.ZSTD: zstandard.compress,
}


def in_steps(data: bytes, step: int) -> Iterator[bytes]:
    return (data[at : at + step] for at in range(0, len(data), step))


@pytest.mark.parametrize("step", [1, 7, 1000, 10**9])
@pytest.mark.parametrize("form", PACK)
def test_what_was_packed_comes_out_whatever_the_steps_it_comes_in(form: Form, step: int) -> None:
    text = TEXT[:3000] if step < 100 else TEXT
    packed = PACK[form](text)
    out = list(expand(in_steps(packed, step), form, source="s", settings=SETTINGS))
    assert b"".join(out) == text
    assert max(map(len, out)) <= PIECE


@pytest.mark.parametrize("form", PACK)
def test_nothing_packed_comes_out_as_nothing(form: Form) -> None:
    assert b"".join(expand([PACK[form](b"")], form, source="s", settings=SETTINGS)) == b""


@pytest.mark.parametrize("step", [1, 10**9])
def test_bare_deflate_is_taken_too(step: int) -> None:
    assert (
        b"".join(expand(in_steps(bare_deflate(TEXT[:999]), step), Form.DEFLATE, source="s", settings=SETTINGS))
        == TEXT[:999]
    )


@pytest.mark.parametrize("step", [1, 2, 50, 10**9])
@pytest.mark.parametrize("form", [Form.GZIP, Form.ZSTD])
def test_members_follow_one_another(form: Form, step: int) -> None:
    packed = PACK[form](b"one ") + PACK[form](b"two ") + PACK[form](b"three")
    assert b"".join(expand(in_steps(packed, step), form, source="s", settings=SETTINGS)) == b"one two three"


@pytest.mark.parametrize("rubbish", [b"\x00" * 600, b"junk after the end", b"\x1f\x8b\x08junk", b"\x1f", b"ab"])
@pytest.mark.parametrize("step", [1, 10**9])
@pytest.mark.parametrize("form", [Form.GZIP, Form.ZSTD, Form.DEFLATE])
def test_rubbish_after_the_last_member_is_passed_over(form: Form, step: int, rubbish: bytes) -> None:
    packed = PACK[form](TEXT[:500]) + rubbish
    assert b"".join(expand(in_steps(packed, step), form, source="s", settings=SETTINGS)) == TEXT[:500]


@pytest.mark.parametrize("form", PACK)
@pytest.mark.parametrize("left", [0.01, 0.5, 0.99])
def test_an_early_end_is_told(form: Form, left: float) -> None:
    packed = PACK[form](TEXT)
    with pytest.raises(Damaged, match="ends too soon"):
        list(expand([packed[: max(3, int(len(packed) * left))]], form, source="s", settings=SETTINGS))


@pytest.mark.parametrize("form", PACK)
def test_nothing_at_all_is_an_early_end(form: Form) -> None:
    with pytest.raises(Damaged, match="ends too soon"):
        list(expand([], form, source="s", settings=SETTINGS))


@pytest.mark.parametrize("form", PACK)
def test_broken_data_is_told(form: Form) -> None:
    packed = bytearray(PACK[form](TEXT))
    middle = len(packed) // 2
    packed[middle : middle + 64] = bytes(byte ^ 0xFF for byte in packed[middle : middle + 64])
    with pytest.raises(Damaged, match=rf"^s: its {form} data"):
        list(expand([bytes(packed)], form, source="s", settings=SETTINGS))


def test_a_broken_second_member_is_told() -> None:
    second = bytearray(gzip.compress(TEXT))
    second[-8:-4] = b"\x00" * 4
    with pytest.raises(Damaged, match="incorrect data check"):
        list(expand([gzip.compress(b"one") + bytes(second)], Form.GZIP, source="s", settings=SETTINGS))


def test_layers_are_undone_one_by_one() -> None:
    data = TEXT[:5000]
    for form in (Form.BROTLI, Form.GZIP, Form.ZSTD):
        data = PACK[form](data)
    assert unpack(data, source="s", settings=SETTINGS) == TEXT[:5000]
    assert unpack(TEXT, source="s", settings=SETTINGS) == TEXT


@pytest.mark.parametrize(("allowed", "fits"), [(2, False), (3, True)])
def test_layers_are_limited(allowed: int, fits: bool) -> None:
    data = gzip.compress(zlib.compress(gzip.compress(TEXT)))
    settings = Settings(max_nesting=allowed)
    if fits:
        assert unpack(data, source="s", settings=settings) == TEXT
    else:
        with pytest.raises(TooLarge, match="more than 2 times over"):
            unpack(data, source="s", settings=settings)


@pytest.mark.parametrize("form", PACK)
def test_the_unpacked_size_is_limited_to_the_byte(form: Form) -> None:
    packed = PACK[form](TEXT)
    assert unpack(packed, source="s", settings=Settings(max_unpacked_bytes=len(TEXT))) == TEXT
    with pytest.raises(TooLarge, match=r"unpacks to more than .*raise max_unpacked_bytes"):
        unpack(packed, source="s", settings=Settings(max_unpacked_bytes=len(TEXT) - 1))


def test_growth_is_limited() -> None:
    packed = gzip.compress(b"ab" * 2_000_000)
    assert len(unpack(packed, source="s", settings=Settings(max_expansion=2000))) == 4_000_000
    with pytest.raises(TooLarge, match="as a decompression bomb does"):
        unpack(packed, source="s", settings=SETTINGS)
    assert len(unpack(gzip.compress(b"a" * 900_000), source="s", settings=SETTINGS)) == 900_000


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(tempfile.SpooledTemporaryFile):  # type: ignore[type-arg]
        def write(self, data: bytes) -> int:  # type: ignore[override]
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", Full)
    with pytest.raises(SourceError, match="no room to unpack it: No space left on device"):
        gather([b"x"], source="s", limit=10, cause="c", cure="d")


def test_spooling_gives_a_file_at_its_start() -> None:
    with spool(pieces(io.BytesIO(TEXT)), source="s", limit=len(TEXT), cause="c", cure="d") as kept:
        assert kept.read(4) == b"Line"


WARC = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (WARC, ((), Form.WARC)),
        (gzip.compress(WARC), ((Form.GZIP,), Form.WARC)),
        (zstandard.compress(gzip.compress(WARC)), ((Form.ZSTD, Form.GZIP), Form.WARC)),
        (gzip.compress(TEXT)[:1000], ((Form.GZIP,), Form.TEXT)),
        (b"\x00\x01\x02\xff" * 9 + gzip.compress(WARC), ((Form.GZIP,), Form.WARC)),
        (b"\x1f\x8b\x08\x00rubbish" + gzip.compress(WARC), ((Form.GZIP,), Form.WARC)),
        (b"\x1f\x8b\x08\x00rubbish", ((), Form.GZIP)),
        (b"\x1f\x8b\x08\x00" * 99, ((), Form.GZIP)),
        (TEXT, ((), Form.TEXT)),
        (brotli.compress(TEXT), ((Form.BROTLI,), Form.TEXT)),
    ],
    # Names, for a gzip member holds the time: workers that made it a second apart would not agree on what tests there are.
    ids=[
        "warc",
        "gzip",
        "zstd-gzip",
        "cut-gzip",
        "gzip-after-bytes",
        "gzip-after-damaged-gzip",
        "damaged-gzip",
        "many-gzip-heads",
        "text",
        "brotli",
    ],
)
def test_looking_inside_by_the_head_alone(head: bytes, found: tuple[tuple[Form, ...], Form]) -> None:
    assert look(head) == found


# Each line makes a bomb of a gigabyte; the child prints by how many kilobytes unpacking it raised its peak memory.
BOMBS = {
    "gzip": "z = zlib.compressobj(9, wbits=31); data = b''.join(z.compress(FILL) for _ in range(1000)) + z.flush()",
    "deflate": "z = zlib.compressobj(9); data = b''.join(z.compress(FILL) for _ in range(1000)) + z.flush()",
    "br": "z = brotli.Compressor(quality=5); data = b''.join(z.process(FILL) for _ in range(1000)) + z.finish()",
    "zstd": "z = zstandard.ZstdCompressor(level=9).compressobj(); "
    "data = b''.join(z.compress(FILL) for _ in range(1000)) + z.flush()",
    "nested": "z = zlib.compressobj(9, wbits=31); data = b''.join(z.compress(FILL) for _ in range(1000)) + z.flush(); "
    "data = zstandard.compress(brotli.compress(data))",
    "patient": "r = random.Random(1); data = gzip.compress(b''.join(r.randbytes(4000) + bytes(400_000) for _ in range(1000)))",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_raises_memory_by_less_than_64_mb(name: str) -> None:
    program = f"""
import gzip, random, resource, zlib, brotli, zstandard
from paraph.errors import TooLarge
from paraph.intake.unpack import unpack
from paraph.settings import Settings
FILL = b"news " * 200_000
{BOMBS[name]}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    unpack(data, source="bomb", settings=Settings())
except TooLarge as error:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    assert int(done.stdout) < 64_000
