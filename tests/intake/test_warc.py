"""Web archives: what a sound one holds, and what is left of thirty damaged ones.

The archives are written by warcio, a writer of other people's making; the damage is ours.
"""

import base64
import gzip
import hashlib
import io
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
import zstandard
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from paraph.errors import Damaged, SourceError, TooLarge
from paraph.intake.warc import Capture, read_warc
from paraph.settings import Settings

SETTINGS = Settings()
PAGES = 20


class Writer(WARCWriter):  # type: ignore[misc]
    """warcio's writer leaves its temporary files open, and warnings are errors here."""

    def _create_temp_file(self) -> io.BytesIO:
        return io.BytesIO()


def page(number: int) -> bytes:
    words = random.Random(number).choices(
        ["treaty", "minister", "fish", "port", "signed", "agreed", "rail", "visit"], k=300
    )
    return f"<html><title>{number}</title><body><p>{' '.join(words)}</p></body></html>".encode()


def url(number: int) -> str:
    return f"http://news.example/{number}"


def write(
    pages: int = PAGES, *, packed: bool, digests: bool = True, headers: tuple[tuple[str, str], ...] = ()
) -> list[bytes]:
    """Return the records of an archive one by one: a warcinfo and so many responses."""
    records = []
    for number in range(pages + 1):
        out = io.BytesIO()
        writer = Writer(out, gzip=packed)
        if number == 0:
            record = writer.create_warcinfo_record("a.warc", {"software": "tests"})
        else:
            http = StatusAndHeaders(
                "200 OK", [("Content-Type", "text/html; charset=utf-8"), *headers], protocol="HTTP/1.1"
            )
            record = writer.create_warc_record(
                url(number),
                "response",
                payload=io.BytesIO(page(number)),
                http_headers=http,
                warc_headers_dict={"WARC-Date": "2025-12-04T17:02:00Z"},
            )
        writer.write_record(record)
        data = out.getvalue()
        if not digests:
            plain = gzip.decompress(data) if packed else data
            plain = b"\r\n".join(
                line for line in plain.split(b"\r\n") if not line.startswith((b"WARC-Block-D", b"WARC-Payload-D"))
            )
            data = gzip.compress(plain) if packed else plain
        records.append(data)
    return records


def read(data: bytes, *, packed: bool, settings: Settings = SETTINGS) -> list[Capture | SourceError]:
    return list(read_warc(io.BytesIO(data), packed=packed, source="a.warc", settings=settings))


def one(block: bytes, *, kind: str = "response", more: bytes = b"") -> list[Capture | SourceError]:
    """Read an archive of one record with this block."""
    head = b"WARC/1.1\r\nWARC-Type: %s\r\n%sContent-Length: %d\r\n\r\n" % (kind.encode(), more, len(block))
    return read(head + block + b"\r\n\r\n", packed=False)


def http(body: bytes, fields: bytes = b"Content-Type: text/html\r\n", status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 " + status + b"\r\n" + fields + b"\r\n" + body


def only(found: list[Capture | SourceError]) -> Capture:
    assert len(found) == 1
    assert isinstance(found[0], Capture), found[0]
    return found[0]


def numbers(found: list[Capture | SourceError]) -> set[int]:
    """Return which pages came out, each checked to be as it was stored."""
    captures = [capture for capture in found if isinstance(capture, Capture)]
    for capture in captures:
        assert capture.url is not None
        assert capture.data == page(int(capture.url.rpartition("/")[2]))
    return {int(str(capture.url).rpartition("/")[2]) for capture in captures}


@pytest.mark.parametrize("digests", [True, False])
@pytest.mark.parametrize("packed", [True, False])
def test_a_sound_archive_comes_out_whole(packed: bool, digests: bool) -> None:
    found = read(b"".join(write(packed=packed, digests=digests)), packed=packed)
    assert [capture.number for capture in found if isinstance(capture, Capture)] == list(range(2, PAGES + 2))
    assert numbers(found) == set(range(1, PAGES + 1))
    first = found[0]
    assert isinstance(first, Capture)
    assert (first.url, first.charset, first.is_cut) == (url(1), "utf-8", False)
    assert first.fetched == datetime(2025, 12, 4, 17, 2, tzinfo=UTC)


def test_an_archive_packed_as_one_comes_out_whole() -> None:
    assert numbers(read(gzip.compress(b"".join(write(packed=False))), packed=True)) == set(range(1, PAGES + 1))


@pytest.mark.parametrize("padding", [b"\x00" * 5000, b"\r\n" * 5000])
@pytest.mark.parametrize("packed", [True, False])
def test_padding_at_the_end_is_no_damage(packed: bool, padding: bytes) -> None:
    if packed and padding[:1] != b"\x00":
        return
    found = read(b"".join(write(3, packed=packed)) + padding, packed=packed)
    assert len(found) == 3


# ---- damage

Damage = tuple[bytes, set[int]]  # the archive, and the pages that can no longer be expected


def join(records: list[bytes]) -> bytes:
    return b"".join(records)


def truncated(records: list[bytes], share: float) -> Damage:
    data = join(records)
    keep = int(len(data) * share)
    lost, at = set(), 0
    for number, record in enumerate(records):
        at += len(record)
        if at - 4 > keep:
            lost.add(number)
    return data[:keep], lost


def flipped(records: list[bytes], seed: int, flips: int) -> Damage:
    chance = random.Random(seed)
    damaged = [bytearray(record) for record in records]
    lost = set()
    for _ in range(flips):
        number = chance.randrange(1, len(records))
        damaged[number][chance.randrange(len(damaged[number]))] ^= 1 << chance.randrange(8)
        lost.add(number)
    return join([bytes(record) for record in damaged]), lost


def rubbish_between(records: list[bytes], seed: int, places: int) -> Damage:
    chance = random.Random(seed)
    out = list(records)
    for _ in range(places):
        out.insert(chance.randrange(len(out) + 1), chance.randbytes(chance.randrange(1, 3000)))
    return join(out), set()


def wrong_length(records: list[bytes], numbers: list[int], change: Callable[[int], int]) -> Damage:
    out = list(records)
    for number in numbers:
        head, _, rest = records[number].partition(b"\r\n\r\n")
        lines = [
            b"Content-Length: %d" % change(int(line.partition(b":")[2]))
            if line.startswith(b"Content-Length:")
            else line
            for line in head.split(b"\r\n")
        ]
        out[number] = b"\r\n".join(lines) + b"\r\n\r\n" + rest
    return join(out), set(numbers)


def cut_out(records: list[bytes], number: int, share: float) -> Damage:
    out = list(records)
    out[number] = out[number][: int(len(out[number]) * share)]
    return join(out), {number}


def overwritten(records: list[bytes], number: int, with_bytes: bytes) -> Damage:
    out = list(records)
    middle = len(out[number]) // 2
    out[number] = out[number][:middle] + with_bytes + out[number][middle + len(with_bytes) :]
    return join(out), {number}


MAKERS: dict[str, Callable[[], tuple[Damage, bool]]] = {}
for _packed in (True, False):
    for _share in (0.3, 0.71, 0.999):
        MAKERS[f"truncated at {_share}, {_packed}"] = lambda p=_packed, s=_share: (truncated(write(packed=p), s), p)
    for _seed in (1, 2, 3):
        MAKERS[f"one bit, seed {_seed}, {_packed}"] = lambda p=_packed, s=_seed: (flipped(write(packed=p), s, 1), p)
    MAKERS[f"five bits, {_packed}"] = lambda p=_packed: (flipped(write(packed=p), 4, 5), p)
    for _seed in (5, 6):
        MAKERS[f"rubbish, seed {_seed}, {_packed}"] = lambda p=_packed, s=_seed: (
            rubbish_between(write(packed=p), s, 4),
            p,
        )
    for _number in (1, 7, 20):
        MAKERS[f"record {_number} cut, {_packed}"] = lambda p=_packed, n=_number: (cut_out(write(packed=p), n, 0.6), p)
    MAKERS[f"overwritten by zeros, {_packed}"] = lambda p=_packed: (overwritten(write(packed=p), 4, bytes(60)), p)
    MAKERS[f"overwritten by magic, {_packed}"] = lambda p=_packed: (
        overwritten(write(packed=p), 4, b"\x1f\x8b\x08" * 20),
        p,
    )
    MAKERS[f"overwritten by a version, {_packed}"] = lambda p=_packed: (
        overwritten(write(packed=p), 4, b"\r\nWARC/1.0\r\n"),
        p,
    )
for _name, _change in {
    "longer by 1": lambda n: n + 1,
    "longer by 5000": lambda n: n + 5000,
    "huge": lambda n: 10**12,
    "shorter by 1": lambda n: n - 1,
    "half": lambda n: n // 2,
    "zero": lambda n: 0,
    "negative": lambda n: -n,
    "beyond numbers": lambda n: 10**40,
}.items():
    MAKERS[f"length {_name}"] = lambda c=_change: (wrong_length(write(packed=False), [3, 4, 11, 20], c), False)
MAKERS["first record gone"] = lambda: ((join(write(packed=True))[100:], set()), True)
MAKERS["gzip as one, cut"] = lambda: ((gzip.compress(join(write(packed=False)))[:-2000], set(range(8, 21))), True)


def test_there_are_thirty_damaged_archives_and_more() -> None:
    assert len(MAKERS) >= 30


@pytest.mark.parametrize("name", MAKERS)
def test_of_a_damaged_archive_the_whole_records_come_out_and_the_damage_is_told(name: str) -> None:
    (data, lost), packed = MAKERS[name]()
    found = read(data, packed=packed)
    whole = set(range(1, PAGES + 1)) - lost
    assert len(numbers(found) & whole) >= 0.95 * len(whole)
    errors = [error for error in found if isinstance(error, SourceError)]
    if numbers(found) != set(range(1, PAGES + 1)):
        assert errors
    for error in errors:
        assert error.source.startswith("a.warc, record ")
        assert error.cause
        assert error.cure


def test_over_all_damaged_archives_ninety_five_in_a_hundred_whole_records_come_out() -> None:
    expected = got = 0
    for make in MAKERS.values():
        (data, lost), packed = make()
        whole = set(range(1, PAGES + 1)) - lost
        expected += len(whole)
        got += len(numbers(read(data, packed=packed)) & whole)
    assert got >= 0.95 * expected


def test_what_a_wrong_digest_belongs_to_is_skipped_and_told() -> None:
    records = write(3, packed=False)
    at = records[2].rindex(b"</p>")
    records[2] = records[2][: at - 3] + b"XXX" + records[2][at:]
    found = read(join(records), packed=False)
    assert numbers(found) == {1, 3}
    assert [str(error) for error in found if isinstance(error, SourceError)] == [
        "a.warc, record 3: the record is not what was stored: its digest does not match "
        "(the others are read; copy the archive again if you need it)"
    ]


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5", "SHA-256"])
@pytest.mark.parametrize("as_hex", [True, False])
def test_digests_of_several_kinds_are_known(algorithm: str, as_hex: bool) -> None:
    block = http(b"<p>x</p>")
    digest = hashlib.new(algorithm.lower().replace("-", ""), block).digest()
    value = digest.hex().encode() if as_hex else base64.b32encode(digest).rstrip(b"=")
    field = b"WARC-Block-Digest: %s:%s\r\n" % (algorithm.encode(), value)
    assert only(one(block, more=field)).data == b"<p>x</p>"
    wrong = one(block + b" ", more=field)
    assert isinstance(wrong[0], Damaged)


@pytest.mark.parametrize("digest", [b"sha1:!!!", b"sha1:", b"sha1:ABC"])
def test_a_digest_that_is_none_does_not_match(digest: bytes) -> None:
    assert isinstance(one(http(b"x"), more=b"WARC-Block-Digest: %s\r\n" % digest)[0], Damaged)


def test_a_digest_of_an_unknown_kind_is_passed_over() -> None:
    assert only(one(http(b"x"), more=b"WARC-Block-Digest: blake9:00\r\n")).data == b"x"


# ---- records


def test_what_is_no_page_is_left_out() -> None:
    for kind in ("request", "metadata", "revisit", "warcinfo", "continuation"):
        assert one(http(b"x"), kind=kind) == []
    for status in (b"404 Not Found", b"301 Moved", b"304 Not Modified", b"206 Partial"):
        assert one(http(b"x", status=status)) == []
    for media in (
        b"image/png",
        b"text/css",
        b"application/javascript",
        b"TEXT/JavaScript; charset=x",
        b"application/json",
    ):
        assert one(http(b"x", b"Content-Type: %s\r\n" % media)) == []
        assert one(b"x", kind="resource", more=b"Content-Type: %s\r\n" % media) == []
    assert one(b"20251204 93.184.215.14", more=b"Content-Type: text/dns\r\n") == []


def test_resources_and_conversions_are_taken_as_they_are() -> None:
    more = b"WARC-Target-URI: <http://news.example/a>\r\nContent-Type: text/plain; charset=utf-8\r\n"
    for kind in ("resource", "conversion"):
        capture = only(one(b"plain words", kind=kind, more=more))
        assert (capture.data, capture.url, capture.charset) == (b"plain words", "http://news.example/a", "utf-8")


def test_a_feed_and_a_pdf_are_taken() -> None:
    for media in (b"application/rss+xml", b"application/pdf", b"application/feed+json", b"application/xhtml+xml"):
        assert only(one(http(b"x", b"Content-Type: %s\r\n" % media))).data == b"x"


def test_a_payload_that_was_cut_by_the_crawler_is_marked() -> None:
    assert only(one(http(b"x"), more=b"WARC-Truncated: length\r\n")).is_cut


@pytest.mark.parametrize("date", [b"", b"yesterday", b"2025-13-45T00:00:00Z"])
def test_a_date_that_is_none_is_none(date: bytes) -> None:
    assert only(one(http(b"x"), more=b"WARC-Date: %s\r\n" % date)).fetched is None


def test_a_date_with_fractions_is_read() -> None:
    fetched = only(one(http(b"x"), more=b"WARC-Date: 2025-12-04T17:02:00.123456Z\r\n")).fetched
    assert fetched == datetime(2025, 12, 4, 17, 2, 0, 123456, tzinfo=UTC)


def test_header_lines_may_be_folded_and_line_ends_bare() -> None:
    data = (
        b"WARC/1.0\nWARC-Type: resource\nWARC-Target-URI:\n http://news.example/a\nnonsense\nContent-Length: 1\n\nx\n\n"
    )
    assert only(read(data, packed=False)).url == "http://news.example/a"


CODINGS = {
    b"gzip": gzip.compress,
    b"x-gzip": gzip.compress,
    b"br": brotli.compress,
    b"zstd": zstandard.compress,
    b"identity": lambda data: data,
    b"unknown": lambda data: data,
    b"gzip, br": lambda data: brotli.compress(gzip.compress(data)),
}


@pytest.mark.parametrize("chunk", [None, 1, 7, 100])
@pytest.mark.parametrize("coding", CODINGS)
def test_transfer_and_content_codings_are_undone(coding: bytes, chunk: int | None) -> None:
    body = CODINGS[coding](page(1))
    fields = b"Content-Type: text/html\r\nContent-Encoding: %s\r\n" % coding
    if chunk is not None:
        parts = (body[at : at + chunk] for at in range(0, len(body), chunk))
        body = b"".join(b"%x;a=b\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        fields += b"Transfer-Encoding: chunked\r\n"
    assert only(one(http(body, fields))).data == page(1)


@pytest.mark.parametrize(
    "fields", [b"Content-Encoding: gzip\r\n", b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: br\r\n"]
)
def test_codings_that_the_crawler_had_undone_are_not_undone_twice(fields: bytes) -> None:
    assert only(one(http(page(1), fields))).data == page(1)


@pytest.mark.parametrize(
    ("body", "fields", "words"),
    [
        (gzip.compress(page(1))[:-9], b"Content-Encoding: gzip\r\n", "ends too soon"),
        (b"5\r\nabc", b"Transfer-Encoding: chunked\r\n", "cut off"),
        (b"3\r\nabc\r\nzz", b"Transfer-Encoding: chunked\r\n", "chunked"),
        (b"3\r\nabc", b"Transfer-Encoding: chunked\r\n", "chunked"),
        (gzip.compress(page(1)), b"Content-Encoding: gzip, gzip, gzip, gzip\r\n", "packed more than 3 times"),
        (gzip.compress(bytes(5_000_000)), b"Content-Encoding: gzip\r\n", "as a decompression bomb does"),
    ],
)
def test_a_broken_coding_is_told(body: bytes, fields: bytes, words: str) -> None:
    found = one(http(body, fields))
    assert len(found) == 1
    assert isinstance(found[0], SourceError)
    assert words in str(found[0])


@pytest.mark.parametrize("block", [b"HTTP/1.1 200 OK\r\nContent-Type: text/html", b"HTTP/nonsense\r\n\r\nx"])
def test_an_answer_without_header_is_told(block: bytes) -> None:
    found = one(block)
    assert isinstance(found[0], Damaged)
    assert "no header" in found[0].cause


@pytest.mark.parametrize(
    "data", [b"WARC/1.0\r\nWARC-Type: response\r\n", b"WARC/1.0\r\nWARC-Type: response\r\n\r\nabc", b"WARC/1.0\r\n"]
)
def test_a_header_that_is_none_is_told(data: bytes) -> None:
    found = read(data, packed=False)
    assert len(found) == 1
    assert isinstance(found[0], Damaged)
    assert "its header" in found[0].cause


def test_a_long_header_is_read_and_a_longer_one_is_told() -> None:
    for size, fits in ((30_000, True), (70_000, False)):
        found = one(http(b"x"), more=b"X-Long: " + b"y" * size + b"\r\n")
        assert isinstance(found[0], Capture) is fits


# ---- limits


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(("limit", "fits"), [(20_000, True), (2_000, False)])
def test_records_are_limited_and_the_next_one_is_read(packed: bool, limit: int, fits: bool) -> None:
    block = http(bytes(range(65, 91)) * 500)
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n" % len(block)
    big = head + block + b"\r\n\r\n"
    records = [gzip.compress(big) if packed else big, *write(1, packed=packed)]
    found = read(join(records), packed=packed, settings=Settings(max_unpacked_bytes=limit))
    captures = [capture for capture in found if isinstance(capture, Capture)]
    errors = [error for error in found if isinstance(error, SourceError)]
    # A packed member may be larger than the limit by the headers, so the page itself decides.
    assert len(captures) == (2 if fits else 0) or page(1) not in [capture.data for capture in captures]
    assert all(isinstance(error, TooLarge) for error in errors)
    assert bool(errors) is not fits


def test_a_bomb_among_the_records_is_told_and_the_others_are_read() -> None:
    records = write(4, packed=True)
    records.insert(
        2, gzip.compress(b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 9\r\n\r\n" + bytes(50_000_000))
    )
    found = read(join(records), packed=True)
    assert numbers(found) == {1, 2, 3, 4}
    assert [type(error) for error in found if isinstance(error, SourceError)][-1] is TooLarge


HEAD = "WARC/1.0\\r\\nWARC-Type: response\\r\\nContent-Length: %d\\r\\n\\r\\n"
BOMBS = {
    "a record": f"data = gzip.compress(b'{HEAD}' % 10**9 + bytes(400_000_000))",
    "a payload": "body = b'HTTP/1.1 200 OK\\r\\nContent-Encoding: br\\r\\n\\r\\n'; "
    f"body += brotli.compress(bytes(400_000_000), quality=1); data = gzip.compress(b'{HEAD}' % len(body) + body)",
    "many records": "body = b'HTTP/1.1 200 OK\\r\\n\\r\\n' + bytes(30_000_000); "
    f"data = gzip.compress(b'{HEAD}' % len(body) + body) * 8",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_in_an_archive_raises_memory_by_less_than_64_mb(name: str, tmp_path: Path) -> None:
    program = f"""
import gzip, io, os, resource, sys, brotli
from paraph.intake.warc import read_warc
from paraph.settings import Settings
if os.fork() == 0:  # the making of the bomb must not count
    {BOMBS[name]}
    open(sys.argv[1], "wb").write(data)
    os._exit(0)
os.wait()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open(sys.argv[1], "rb") as file:
    found = list(read_warc(file, packed=True, source="a", settings=Settings()))
assert found and all(isinstance(one, Exception) for one in found), found
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    path = str(tmp_path / "bomb.warc.gz")
    done = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stderr == ""
    assert int(done.stdout) < 64_000


@pytest.mark.parametrize(
    "unit",
    [
        b"WARC/1.0\r\n",
        b"WARC/1.0\r\nWARC-Type: x\r\n\r\n",
        b"\x1f\x8b\x08\x00",
        b"\n",
        b"WARC/1.0\r\nContent-Length: 9\r\n\r\n",
    ],
)
@pytest.mark.parametrize("packed", [True, False])
def test_an_adversarial_archive_ends(unit: bytes, packed: bool) -> None:
    data = unit * (200_000 // len(unit))
    found = read((write(1, packed=True)[1] if packed else b"") + data, packed=packed)
    assert len(found) <= 2 * len(data) // len(unit) + 2
