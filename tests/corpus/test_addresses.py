"""Files by address: ranges, servers without them, networks that fail, and packages that are missing."""

from __future__ import annotations

import json
import os
import random
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from holdings import archive, capture, errors, good, jsonl, page, read, report, seen, table
from web_files import Server, serving

from paraph.corpus import addresses
from paraph.corpus.addresses import find, is_address, opened, ranges_of, read_head
from paraph.corpus.inputs import plan
from paraph.corpus.records import records
from paraph.corpus.values import Form, Piece
from paraph.errors import FetchError, MissingExtra, NoText, NotFound, SourceError, TooLarge, UsageError
from paraph.intake import framing
from paraph.settings import Settings

SMALL = Settings(corpus_piece_bytes=4_000)


@pytest.fixture
def web() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def memory() -> Iterator[fsspec.AbstractFileSystem]:
    system = fsspec.filesystem("memory")
    system.store.clear()
    system.pseudo_dirs[:] = [""]
    yield system
    system.store.clear()


class Pauses(list[float]):
    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def no_pause(seconds: float) -> None:
    raise AssertionError(f"nothing failed, and {seconds} seconds would have been waited")


def read_all(*given: str, settings: Settings = SMALL) -> list[object]:
    pieces = plan(given, settings, sleep=no_pause).pieces
    return [one for piece in pieces for one in records(piece, settings, sleep=no_pause)]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("s3://bucket/a", True),
        ("https://x/y", True),
        ("memory://a", True),
        ("simplecache::s3://a/b", True),
        ("/a/b", False),
        ("a:b", False),
        ("C:\\a", False),
        ("c://a", False),
        ("dir/s3://a", False),
    ],
)
def test_an_address_is_told_from_a_path(text: str, told: bool) -> None:
    assert is_address(text) is told


# ---- what is there


def test_files_folders_and_patterns_of_an_address(memory: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    data = archive(tmp_path / "a.warc.gz", 2).read_bytes()
    for name in (
        "news/2.warc.gz",
        "news/1.warc.gz",
        "news/deep/3.warc.gz",
        "news/.hidden/4.warc.gz",
        "news/.5.warc.gz",
    ):
        memory.pipe(f"/{name}", data)

    def names(address: str) -> list[str]:
        return [found.address.removeprefix("memory://").lstrip("/") for found in find(address, sleep=no_pause)]

    assert names("memory://news") == ["news/1.warc.gz", "news/2.warc.gz", "news/deep/3.warc.gz"]
    assert names("memory://n*") == ["news/1.warc.gz", "news/2.warc.gz", "news/deep/3.warc.gz"]
    assert names("memory://news/*.warc.gz")[-2:] == ["news/1.warc.gz", "news/2.warc.gz"]
    assert names("memory://news/[1]*") == ["news/1.warc.gz"]
    assert names("memory://news/2.warc.gz") == ["news/2.warc.gz"]
    assert len(read_all("memory://news")) == 6
    found = plan(["memory://news/1.warc.gz", "memory://news"], SMALL).inputs
    assert len(found) == 3
    assert found[0].form is Form.WARC
    assert found[0].size == len(data)
    with pytest.raises(NotFound, match="no such file"):
        plan(["memory://news/gone"], SMALL)
    with pytest.raises(NoText, match="no files"):
        plan(["memory://news/gone*"], SMALL)


def test_an_archive_that_is_called_something_else_by_its_query(memory: fsspec.AbstractFileSystem, web: Server) -> None:
    web.files["/a.parquet"] = b"\x00\x01" * 40_000
    web.files["/page"] = page(1)
    assert plan([web.url("/page?name=a.parquet")], SMALL).inputs[0].form is Form.FILES
    with pytest.raises(SourceError, match="no whole Parquet file"):
        plan([web.url("/a.parquet?x=1")], SMALL)


def test_an_empty_file_at_an_address_is_refused_where_it_is_named(memory: fsspec.AbstractFileSystem) -> None:
    memory.pipe("/news/a.txt", b"")
    with pytest.raises(NoText, match="it is empty"):
        plan(["memory://news/a.txt"], SMALL)
    assert len(plan(["memory://news"], SMALL).pieces) == 1


def test_lines_tables_and_files_of_an_address(memory: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    rows = [report(number) for number in range(20)]
    memory.pipe("/a/a.jsonl", jsonl(tmp_path / "a", rows).read_bytes())
    memory.pipe("/a/b.parquet", table(tmp_path / "b", rows).read_bytes())
    memory.pipe("/a/c.html", page(1))
    found = good(read("memory://a", settings=SMALL))
    assert [record.fields for record in found[:-1]] == rows + rows
    assert found[-1].data == page(1)
    assert found[-1].url is None


# ---- the web


def test_a_file_of_the_web_is_stamped_by_its_etag(web: Server) -> None:
    web.files["/a.html"] = page(1)
    first = plan([web.url("/a.html")], SMALL).inputs[0]
    web.etag = '"2"'
    assert plan([web.url("/a.html")], SMALL).inputs[0].stamp != first.stamp
    assert first.stamp.startswith('"1"')


@pytest.mark.parametrize("ranges", [True, False])
def test_an_archive_of_the_web_gives_the_same_records_as_on_disk(web: Server, ranges: bool, tmp_path: Path) -> None:
    path = archive(tmp_path / "a.warc.gz", 12)
    web.files["/a.warc.gz"] = path.read_bytes()
    web.ranges = ranges
    url = web.url("/a.warc.gz")
    found = read_all(url)
    assert len(plan([url], SMALL).pieces) == (-(-path.stat().st_size // 1_000) if ranges else 1)
    here = [record.data for record in good(read(path, settings=SMALL))]
    assert len(here) == 12
    assert [record.data for record in good(found)] == here  # type: ignore[arg-type]
    assert good(found)[1].name.startswith(f"{url}, byte ")  # type: ignore[arg-type]


@pytest.mark.parametrize("says_length", [True, False])
@pytest.mark.parametrize("ranges", [True, False])
def test_lines_tables_and_pages_of_the_web(web: Server, ranges: bool, says_length: bool, tmp_path: Path) -> None:
    rows = [report(number) for number in range(30)]
    web.files = {
        "/a.jsonl": jsonl(tmp_path / "a", rows).read_bytes(),
        "/b.parquet": table(tmp_path / "b", rows, group=10).read_bytes(),
        "/c": page(1),
    }
    web.ranges, web.says_length = ranges, says_length
    found = read_all(web.url("/a.jsonl"), web.url("/b.parquet"), web.url("/c?session=1"))
    made = good(found)  # type: ignore[arg-type]
    assert [record.fields for record in made[:-1]] == rows + rows
    assert (made[-1].data, made[-1].url) == (page(1), web.url("/c?session=1"))


def large(count: int = 3_000) -> bytes:
    chance = random.Random(1)
    return b"".join(
        json.dumps(report(number) | {"text": chance.randbytes(500).hex()}).encode() + b"\n" for number in range(count)
    )


def test_planning_fetches_heads_only_and_a_piece_its_own_bytes(web: Server) -> None:
    data = large()
    web.files["/a.jsonl"] = data
    settings = Settings(corpus_piece_bytes=500_000)
    pieces = plan([web.url("/a.jsonl")], settings, sleep=no_pause).pieces
    assert len(pieces) == -(-len(data) // 500_000)
    assert web.sent < 200_000
    web.sent = 0
    found = list(records(pieces[2], settings, sleep=no_pause))
    assert len(found) > 400
    assert web.sent <= 500_000 + 2 * addresses._BORDER


def test_planning_a_file_without_ranges_does_not_fetch_it_whole(web: Server) -> None:
    web.files["/a.jsonl"] = large(20_000)
    web.ranges = False
    plan([web.url("/a.jsonl")], Settings(corpus_piece_bytes=500_000), sleep=no_pause)
    # What a connection holds when it is closed was sent too.
    assert web.sent < 3 * len(web.files["/a.jsonl"])
    assert [span for _, _, span in web.asked if span is None].count(None) <= 3


def test_an_archive_piece_of_the_web_reads_its_run_up_and_no_more(web: Server, tmp_path: Path) -> None:
    chance = random.Random(1)
    path = tmp_path / "a.warc"
    path.write_bytes(
        b"".join(
            capture(report(n)["url"], page(n) + chance.randbytes(3_000).hex().encode(), packed=False)
            for n in range(600)
        )
    )
    web.files["/a.warc"] = path.read_bytes()
    settings = Settings(corpus_piece_bytes=700_000)
    pieces = plan([web.url("/a.warc")], settings, sleep=no_pause).pieces
    web.sent = 0
    assert len(list(records(pieces[3], settings, sleep=no_pause))) > 90
    assert web.sent <= 700_000 + framing.RUN_UP + 3 * addresses._BORDER
    whole = good(read(path))
    found = [one for piece in pieces for one in records(piece, settings)]
    assert [record.data for record in good(found)] == [record.data for record in whole]


# ---- networks that fail


@pytest.mark.parametrize("fault", [500, 503, 429, 408, "cut", "away"])
def test_what_passes_is_tried_again(web: Server, fault: int | str, tmp_path: Path) -> None:
    rows = [report(number) for number in range(30)]
    web.files["/a.jsonl"] = jsonl(tmp_path / "a", rows).read_bytes()
    pieces = plan([web.url("/a.jsonl")], SMALL).pieces
    web.faults = [fault]
    pauses = Pauses()
    found = [one for piece in pieces for one in records(piece, SMALL, sleep=pauses)]
    assert [record.fields for record in good(found)] == rows
    assert web.faults == []
    # A connection that is closed before the answer is opened again by the client itself.
    assert pauses == [1.0] or (fault == "away" and not pauses)


def test_a_network_that_fails_for_good_ends_the_piece_and_is_no_gap(web: Server, tmp_path: Path) -> None:
    web.files["/a.jsonl"] = jsonl(tmp_path / "a", map(report, range(30))).read_bytes()
    piece = plan([web.url("/a.jsonl")], SMALL).pieces[1]
    web.faults = [503] * 99
    pauses = Pauses()
    with pytest.raises(FetchError, match=r"it cannot be fetched \(503.*run the command again"):
        list(records(piece, SMALL, sleep=pauses))
    assert pauses == [1.0, 3.0, 9.0]


def test_a_network_that_fails_in_the_middle_ends_the_piece_too(web: Server, tmp_path: Path) -> None:
    for name, data in (
        ("/a.jsonl", large(20_000)),
        (
            "/a.parquet",
            table(
                tmp_path / "a", ({"text": random.Random(n).randbytes(3_000).hex()} for n in range(6_000)), group=100
            ).read_bytes(),
        ),
    ):
        web.files[name] = data
        pieces = plan([web.url(name)], Settings()).pieces
        found = records(pieces[0], Settings(), sleep=Pauses())
        next(found)
        web.faults = [500] * 99
        with pytest.raises(FetchError, match="cannot be fetched"):
            list(found)
        web.faults = []


def test_a_server_that_is_not_there_is_named(web: Server) -> None:
    pauses = Pauses()
    with pytest.raises(FetchError, match=r"http://127\.0\.0\.1:9/a\.warc\.gz: it cannot be fetched"):
        plan(["http://127.0.0.1:9/a.warc.gz"], SMALL, sleep=pauses)
    assert len(pauses) == 3


@pytest.mark.parametrize(("status", "kind", "words"), [(404, NotFound, "no such"), (403, SourceError, "your keys")])
def test_what_does_not_pass_is_told_at_once(web: Server, status: int, kind: type[SourceError], words: str) -> None:
    web.files["/a.warc.gz"] = b"x"
    web.faults = [status] * 9
    web.says_length = False  # so that it is asked for itself, and not for its length only
    with pytest.raises(kind, match=words):
        plan([web.url("/a.warc.gz")], SMALL, sleep=no_pause)
    if kind is NotFound:
        with pytest.raises(kind, match=words):
            plan([web.url("/gone")], SMALL, sleep=no_pause)


def test_a_file_that_is_gone_by_its_turn_is_one_error(web: Server) -> None:
    found = records(Piece(0, Form.WARC, (web.url("/gone"),), 0, 9), SMALL, sleep=no_pause)
    assert errors(found) == [f"{web.url('/gone')}: there is no such file (check the address)"]


def test_a_server_that_stops_giving_parts_ends_the_piece(web: Server) -> None:
    web.files["/a.jsonl"] = large(2_000)
    settings = Settings(corpus_piece_bytes=500_000)
    piece = plan([web.url("/a.jsonl")], settings).pieces[1]
    web.ranges = False
    with pytest.raises(FetchError, match="gave parts of it and no longer does"):
        list(records(piece, settings, sleep=no_pause))


def test_without_ranges_no_more_is_copied_than_an_archive_may_have(web: Server) -> None:
    web.files["/a.jsonl"] = large(100)
    web.ranges = False
    settings = Settings(max_archive_bytes=10_000)
    (told,) = records(plan([web.url("/a.jsonl")], settings).pieces[0], settings)
    assert isinstance(told, TooLarge)
    assert "gives no parts of it, and it is larger than 10,000 bytes" in str(told)


# ---- https


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed, so no certificate can be made")
    folder = tmp_path_factory.mktemp("certificate")
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=127.0.0.1 "
        "-addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder / "key.pem", folder / "cert.pem"


HTTPS = """
import sys
from paraph.corpus.inputs import plan
from paraph.corpus.records import records
from paraph.errors import FetchError
from paraph.settings import Settings
settings, pauses = Settings(corpus_piece_bytes=4_000), []
try:
    pieces = plan([sys.argv[1]], settings, sleep=pauses.append).pieces
    print(len(pieces), sum(1 for piece in pieces for _ in records(piece, settings)), pauses)
except FetchError as error:
    print("certificate" in str(error).lower(), pauses)
"""


@pytest.mark.parametrize("is_trusted", [True, False])
def test_https_is_read_where_the_certificate_is_trusted(
    is_trusted: bool, certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    key, cert = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    path = archive(tmp_path / "a.warc.gz", 12)
    # The client library makes up its mind on what to trust when it is loaded: hence a process of its own.
    environment = os.environ | ({"SSL_CERT_FILE": str(cert)} if is_trusted else {})
    with serving(context) as server:
        server.files["/a.warc.gz"] = path.read_bytes()
        url = server.url("/a.warc.gz").replace("http:", "https:")
        command = [sys.executable, "-W", "error", "-c", HTTPS, url]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    pieces = -(-path.stat().st_size // 1_000)
    assert done.stdout.strip() == (f"{pieces} 12 []" if is_trusted else "True []")


# ---- reading by ranges


def test_a_file_by_ranges_is_read_and_sought_as_any(memory: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    data = random.Random(2).randbytes(1_000_000)
    memory.pipe("/a", data)
    (tmp_path / "a").write_bytes(data)
    chance = random.Random(3)
    with (
        opened("memory://a", start=300_000, stop=600_000, most=1, sleep=no_pause) as far,
        opened(str(tmp_path / "a"), most=1) as near,
    ):
        for _ in range(300):
            at, length = chance.randrange(1_100_000), chance.choice((0, 1, 100, 70_000, 400_000))
            assert far.seek(at) == at
            near.seek(at)
            assert far.read(length) == near.read(length)
            assert far.tell() == near.tell()
        assert far.seek(0, 2) == 1_000_000
        assert far.seek(-5, 1) == 999_995
        assert far.read() == data[-5:]
    assert read_head("memory://a", 10) == data[:10]
    assert ranges_of("memory://a", 1_000_000)


def test_a_path_and_an_address_of_the_same_archive_give_the_same(
    memory: fsspec.AbstractFileSystem, tmp_path: Path
) -> None:
    path = archive(tmp_path / "a.warc.gz", 9)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x55
    path.write_bytes(data)
    memory.pipe("/a.warc.gz", bytes(data))
    near = [str(one).replace(str(path), "X") for one in seen(read(path, settings=SMALL))]
    far = [str(one).replace("memory:///a.warc.gz", "X") for one in seen(read("memory://a.warc.gz", settings=SMALL))]
    assert far == near


# ---- what is missing


@pytest.mark.parametrize(
    ("address", "package"),
    [("s3://b/a", "s3fs"), ("gs://b/a", "gcsfs"), ("gcs://b/a", "gcsfs"), ("abfs://b/a", "adlfs")],
)
def test_a_package_for_a_store_that_is_missing_is_named(
    address: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match=f"pip install {package}$"):
        plan([address], SMALL)


@pytest.mark.parametrize(("package", "address"), [("fsspec", "memory://x/a"), ("aiohttp", "https://x/a")])
def test_fsspec_and_aiohttp_come_with_the_corpus_extra(
    package: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        MissingExtra, match=rf"{address}: reading addresses needs {package}; .*pip install 'paraph\[corpus\]'"
    ):
        plan([address], SMALL)


def test_another_package_that_is_missing_is_told_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "paramiko", None)
    with pytest.raises(MissingExtra, match="paramiko"):
        plan(["sftp://x/a"], SMALL)


def test_an_address_of_no_known_kind_is_a_wrong_call() -> None:
    with pytest.raises(UsageError, match="nosuch:// is no kind of address"):
        plan(["nosuch://a/b"], SMALL)
