"""The door: every kind of source, in the order given, with errors in their place."""

import gzip
import io
import json
import os
import random
import socket
import stat
import subprocess
import sys
import tarfile
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import brotli
import pdfs
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loopback import Net, Server, serving

from paraph.errors import AddressRefused, Damaged, NoText, NotFound, SourceError, TooLarge, UsageError
from paraph.intake import dispatch, load
from paraph.intake.dispatch import UNFORESEEN
from paraph.intake.fetch import Fetcher
from paraph.intake.sniff import Form
from paraph.intake.sources import Source
from paraph.model import Document
from paraph.settings import Settings

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
TEXT = "The ministers of the two countries signed a treaty on fishing rights in the capital on Monday."
MORE = (
    "Officials said that boats of both sides may fish in the northern sea from the first of May, and that talks go on."
)

HTML = (
    f"<!doctype html><html><head><title>Treaty signed</title></head><body><article><h1>Treaty signed</h1>"
    f"<p>{TEXT}</p><p>{MORE}</p></article></body></html>"
).encode()
PLAIN = f"{TEXT}\n\n{MORE}\n".encode()
MARKDOWN = f"# Treaty signed\n\n{TEXT}\n\n* cod\n".encode()
RECORD = {"id": "a", "text": f"  {TEXT}\r\n", "title": "Treaty"}
JSON = json.dumps(RECORD).encode()
ARRAY = json.dumps([RECORD, {"no": "text"}, 3, {"text": MORE}]).encode()
LINES = JSON + b"\n\n{broken\n" + json.dumps({"text": f"{MORE}\u2028"}, ensure_ascii=False).encode() + b"\n"
RSS = f"""<rss version="2.0"><channel><title>Gazette</title><item><title>One</title><link>http://news.example/</link>
<description>{TEXT}</description></item><item><title>Two</title></item></channel></rss>""".encode()
FEED_JSON = json.dumps(
    {"title": "Gazette", "items": [{"content_text": TEXT}], "version": "https://jsonfeed.org/version/1"}
).encode()
PDF = pdfs.document([pdfs.column([TEXT])])


def warc(*bodies: bytes, media: bytes = b"text/html", more: bytes = b"") -> bytes:
    out = b""
    for number, body in enumerate(bodies, 1):
        block = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n\r\n%s" % (media, body)
        head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://news.example/%d\r\n" % number
        head += b"WARC-Date: 2025-12-04T17:02:00Z\r\n%sContent-Length: %d\r\n\r\n" % (more, len(block))
        out += head + block + b"\r\n\r\n"
    return out


WARC = warc(HTML, PLAIN)

Found = list[Document | SourceError]


def read(*sources: Source, limits: Settings | None = None, **more: object) -> Found:
    return list(load(sources, settings=limits or Settings(), now=lambda: NOW, **more))  # type: ignore[arg-type]


def only(found: Found) -> Document:
    assert len(found) == 1
    assert isinstance(found[0], Document), found[0]
    return found[0]


def fault(found: Found) -> SourceError:
    assert len(found) == 1
    assert isinstance(found[0], SourceError), found[0]
    return found[0]


# ---- forms

FORMS: dict[str, tuple[bytes, Form]] = {
    "page": (HTML, Form.HTML),
    "text": (PLAIN, Form.TEXT),
    "markdown": (MARKDOWN, Form.MARKDOWN),
    "record": (JSON, Form.JSON),
    "feed": (RSS, Form.FEED),
    "json feed": (FEED_JSON, Form.JSON_FEED),
    "pdf": (PDF, Form.PDF),
    "archive": (WARC, Form.WARC),
}
PACK: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda data: data,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "gzip in zstd": lambda data: zstandard.compress(gzip.compress(data)),
}


@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("name", FORMS)
def test_what_it_is_is_found_by_looking_at_the_bytes(name: str, packing: str, tmp_path: Path) -> None:
    path = tmp_path / "misleading.png"
    path.write_bytes(PACK[packing](FORMS[name][0]))
    first = read(path)[0]
    assert isinstance(first, Document), first
    assert TEXT in first.text
    assert first.id


@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("name", FORMS)
def test_bytes_and_standard_input_are_read_like_files(name: str, packing: str, tmp_path: Path) -> None:
    data = PACK[packing](FORMS[name][0])
    path = tmp_path / "a"
    path.write_bytes(data)
    texts = [
        [one.text for one in found if isinstance(one, Document)] for found in (read(path), read(data), piped(data))
    ]
    assert texts[0] == texts[1] == texts[2]


def piped(data: bytes) -> Found:
    """Read bytes from a pipe, which cannot be sought in and gives less than is asked for."""
    taking, giving = os.pipe()

    def give() -> None:
        with os.fdopen(giving, "wb", buffering=0) as out:
            for at in range(0, len(data), 1000):
                out.write(data[at : at + 1000])

    thread = threading.Thread(target=give)
    thread.start()
    with os.fdopen(taking, "rb", buffering=0) as stdin:
        found = read("-", stdin=stdin)  # type: ignore[arg-type]
    thread.join()
    return found


def test_a_page() -> None:
    document = only(read(HTML))
    assert document.title == "Treaty signed"
    assert MORE in document.text


def test_a_record_is_taken_letter_by_letter() -> None:
    document = only(read(JSON))
    assert (document.id, document.text, document.title) == ("a", RECORD["text"], "Treaty")
    assert only(read(RECORD)).text == RECORD["text"]


def test_a_document_comes_out_as_it_is() -> None:
    document = Document(text="x")
    assert read(document) == [document]


def test_lists_and_lines_of_records_are_told_apart_by_number() -> None:
    one, two, three, four = read(ARRAY)
    assert isinstance(one, Document)
    assert isinstance(four, Document)
    assert [str(error).partition(":")[0] for error in (two, three)] == ["bytes 1, document 2", "bytes 1, document 3"]
    one, two, three = read(LINES)
    assert isinstance(one, Document)
    assert str(two).startswith("bytes 1, line 3: it is not JSON")
    assert isinstance(three, Document)
    assert three.text.endswith("\u2028")


def test_markdown_loses_its_marks() -> None:
    document = only(read(MARKDOWN))
    assert document.title == "Treaty signed"
    assert "#" not in document.text


def test_entries_of_a_feed() -> None:
    one, two = read(RSS)
    assert isinstance(one, Document)
    assert (one.title, one.publisher, one.url, one.text) == ("One", "Gazette", "http://news.example/", TEXT)
    assert str(two) == "bytes 1, entry 2: the entry has no text of its own (follow its link to read the page)"


def test_a_json_feed_is_one_wherever_its_version_stands() -> None:
    feed = {"items": [{"content_text": TEXT, "title": "x" * 70_000}], "version": "https://jsonfeed.org/version/1"}
    assert only(read(json.dumps(feed).encode())).text == TEXT


def test_an_archive_gives_addresses_and_times() -> None:
    one, two = read(WARC)
    assert isinstance(one, Document)
    assert isinstance(two, Document)
    assert (one.url, one.fetched) == ("http://news.example/1", datetime(2025, 12, 4, 17, 2, tzinfo=UTC))
    assert two.text.startswith(TEXT)


def test_an_archive_passes_over_what_holds_no_article() -> None:
    bodies = (b"\x89PNG\r\n\x1a\n\x00", b"", b"<sitemap><loc>x</loc></sitemap>", b'{"a": 1}')
    assert read(warc(*bodies, media=b"application/x")) == []
    for address, count in ((b"http://news.example/robots.txt", 0), (b"http://[::1", 1)):
        assert len(read(warc(PLAIN).replace(b"http://news.example/1", address))) == count


def test_an_archive_s_feed_and_pdf_are_read() -> None:
    one, two, three = read(warc(RSS, PDF, media=b"application/x"))
    assert isinstance(one, Document)
    assert str(two).startswith("bytes 1, record 1, entry 2: ")
    assert isinstance(three, Document)


def test_an_archive_s_damage_is_told_in_its_place() -> None:
    damaged = gzip.compress(warc(HTML)) + b"rubbish" + gzip.compress(warc(b"<p>")) + gzip.compress(warc(PLAIN))
    one, two, three, four = read(damaged)
    assert isinstance(one, Document)
    assert str(two).startswith("bytes 1, record 2: there is rubbish")
    assert isinstance(three, NoText)
    assert three.source == "bytes 1, record 3"
    assert isinstance(four, Document)


def test_a_page_that_the_crawler_cut_is_noted() -> None:
    document = only(read(warc(HTML, more=b"WARC-Truncated: length\r\n")))
    assert "the archive kept only the beginning of the page" in document.notes


# ---- what cannot be read


def tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("a.sgm"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", NoText, "it is empty"),
        (b" \r\n", NoText, "it is empty"),
        (gzip.compress(b""), NoText, "it is empty"),
        (tar(), Damaged, "it is a tar archive, which Paraph does not read"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", Damaged, "it is a PNG image, which Paraph does not read"),
        (
            b'<!DOCTYPE lewis SYSTEM "lewis.dtd">\n<REUTERS><TEXT>x</TEXT></REUTERS>',
            Damaged,
            "neither a feed nor a page",
        ),
        (random.Random(1).randbytes(5000), Damaged, "a binary file of unknown form"),
        (gzip.compress(PLAIN)[:-20], Damaged, "gzip data ends too soon"),
        (b'{"text": ', Damaged, "it is not JSON"),
        (b"[" * 100_000 + b"{", Damaged, "nested too deep"),
        (b"[]", NoText, "the list holds no documents"),
        (b"%PDF-1.7\n", Damaged, "the PDF is damaged"),
        (b"<html><body></body></html>", NoText, "text"),
        (b'<rss version="2.0"><!DOCTYPE x></rss>', Damaged, "document type"),
    ],
)
def test_what_cannot_be_read_is_told_with_source_cause_and_cure(
    data: bytes, error: type[SourceError], words: str
) -> None:
    told = fault(read(data))
    assert type(told) is error
    assert words in told.cause
    assert told.source == "bytes 1"
    assert told.cure


def test_errors_name_the_source_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert str(fault(read("no/such.html"))) == (
        "no/such.html: there is no such file or folder (check the path; an address begins with https://)"
    )
    assert fault(read(Path("no.html"))).source == "no.html"
    assert isinstance(fault(read("a\x00b")), NotFound)
    assert isinstance(fault(read("x" * 5000)), SourceError)
    (tmp_path / "empty").touch()
    assert fault(read("empty/below")).source == "empty/below"
    assert fault(read("empty")).source == "empty"
    assert fault(read("-", stdin=io.BytesIO(b""))).source == "standard input"
    assert fault(read({"text": 3})).source == "document 1"


def test_standard_input_is_the_process_s_own_if_none_is_given() -> None:
    program = (
        "from datetime import UTC, datetime; from paraph.intake import load; from paraph.settings import Settings\n"
        "print(*(d.text for d in load(['-'], settings=Settings(), now=lambda: datetime.now(UTC))))"
    )
    done = subprocess.run([sys.executable, "-c", program], input=PLAIN, capture_output=True, timeout=60, check=True)
    assert TEXT in done.stdout.decode()


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(PLAIN)

    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    # The tests may run as root, who may read everything.
    monkeypatch.setattr(Path, "open", refuse)
    assert str(fault(read(path))).endswith("it cannot be opened: Permission denied (check who may read it)")


def test_a_disk_that_fails_is_told() -> None:
    class Failing(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            raise OSError(5, "Input/output error")

    told = fault(read("-", stdin=Failing()))
    assert "Input/output error" in told.cause


def test_a_name_that_is_no_text_is_told_in_letters(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"")
    told = fault(read(tmp_path))
    assert told.source.endswith("caf\\udce9.txt")
    str(told).encode()


# ---- folders


def test_a_folder_is_walked_by_name_and_what_is_hidden_left_out(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/b/c.txt", ".hidden", "a/.git/config", "c.txt", "B.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"The file is named {name} and the ministers signed it on Monday in the capital.")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "socket"))
    names = [one.text.split()[4] for one in read(tmp_path) if isinstance(one, Document)]
    assert names == ["B.txt", "a/b/c.txt", "a/z.txt", "b.txt", "c.txt"]


def test_loops_of_links_end_and_lost_links_are_told(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.txt").write_bytes(PLAIN)
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "c").symlink_to(tmp_path / "nowhere")
    (tmp_path / "d").symlink_to(tmp_path / "d")
    (tmp_path / "e.txt").symlink_to(tmp_path / "a" / "one.txt")
    found = read(tmp_path)
    assert [type(one) for one in found] == [Document, NotFound, SourceError, Document]


def test_a_folder_without_files_is_told(tmp_path: Path) -> None:
    (tmp_path / ".hidden").touch()
    assert isinstance(fault(read(tmp_path)), NoText)


@pytest.mark.parametrize(("limit", "fits"), [(3, True), (2, False)])
def test_files_of_a_folder_are_limited(limit: int, fits: bool, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_bytes(PLAIN)
    found = read(tmp_path, limits=Settings(max_folder_files=limit))
    assert [type(one) for one in found] == [Document] * limit + ([] if fits else [TooLarge])


def test_a_pipe_that_is_named_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    thread = threading.Thread(target=path.write_bytes, args=(PLAIN,))
    thread.start()
    assert TEXT in only(read(path)).text
    thread.join()


# ---- limits


@pytest.mark.parametrize("given_as", ["file", "standard input"])
@pytest.mark.parametrize("spare", [0, -1])
def test_the_size_of_a_source_is_limited_to_the_byte(spare: int, given_as: str, tmp_path: Path) -> None:
    data = PLAIN * 20
    path = tmp_path / "a"
    path.write_bytes(data)
    limits = Settings(max_source_bytes=len(data) + spare)
    found = read(path, limits=limits) if given_as == "file" else read("-", stdin=io.BytesIO(data), limits=limits)
    if spare == 0:
        only(found)
    else:
        assert isinstance(fault(found), TooLarge)
        assert "max_source_bytes" in fault(found).cure


@pytest.mark.parametrize("packing", ["as it is", "gzip", "br"])
@pytest.mark.parametrize("seekable", [True, False])
@pytest.mark.parametrize("spare", [0, -1])
def test_the_size_of_an_archive_is_limited_to_the_byte(spare: int, seekable: bool, packing: str) -> None:
    chance = random.Random(1)
    plain = warc(*[HTML.replace(b"<p>", b"<p>%d" % chance.getrandbits(1000)) for _ in range(20)])
    data = PACK[packing](plain)
    # What is packed as gzip is read as it lies; what is packed otherwise is unpacked first.
    size = len(plain if packing == "br" else data)

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return seekable

    found = read("-", stdin=Pipe(data), limits=Settings(max_archive_bytes=size + spare, max_source_bytes=1000))
    if spare == 0:
        assert len(found) == 20
    else:
        assert isinstance(fault(found), TooLarge)
        assert "max_archive_bytes" in fault(found).cure


def test_an_endless_source_ends_at_the_limit() -> None:
    told = fault(read("/dev/zero", limits=Settings(max_source_bytes=1_000_000)))
    assert isinstance(told, TooLarge)


# ---- the network


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        one.answers["/"] = (200, {"Content-Type": "text/html"}, HTML)
        yield one


@pytest.fixture
def web(server: Server) -> Iterator[Fetcher]:
    net = Net(server.server_port)
    with Fetcher(Settings(), resolver=net.resolve, dialer=net.dial) as one:
        yield one


def test_a_page_is_fetched_with_its_time(web: Fetcher, server: Server) -> None:
    server.answers["/go"] = (302, {"Location": "/"}, b"")
    document = only(read("http://news.example/go", fetcher=web))
    assert (document.url, document.fetched) == ("http://news.example/", NOW)
    assert TEXT in document.text


def test_the_charset_of_the_answer_counts(web: Fetcher, server: Server) -> None:
    body = HTML.replace(b"capital", "capital, Łódź,".encode("iso-8859-2"))
    server.answers["/"] = (200, {"Content-Type": "text/html; charset=iso-8859-2"}, body)
    assert "Łódź" in only(read("http://news.example/", fetcher=web)).text


@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_fetched(name: str, web: Fetcher, server: Server) -> None:
    server.answers["/x"] = (200, {"Content-Type": "application/octet-stream"}, FORMS[name][0])
    first = read("http://news.example/x", fetcher=web)[0]
    assert isinstance(first, Document)
    assert TEXT in first.text


def test_what_the_network_says_no_to_is_told(web: Fetcher, server: Server) -> None:
    found = read(
        "http://news.example/gone", "http://127.0.0.1/", "file:///etc/passwd", "http://news.example/", fetcher=web
    )
    assert [type(one) for one in found] == [NotFound, AddressRefused, AddressRefused, Document]
    assert server.asked[-1][0] == "/"
    assert len(server.asked) == 2


def test_the_default_network_refuses_the_inside() -> None:
    assert isinstance(fault(read("http://127.0.0.1:8080/")), AddressRefused)


def test_a_feed_is_followed_on_demand(web: Fetcher, server: Server) -> None:
    one, two = read(RSS, fetcher=web, follow=True)
    assert isinstance(one, Document)
    assert MORE in one.text
    assert (one.publisher, one.fetched) == ("Gazette", NOW)
    assert isinstance(two, NoText)
    assert [path for path, _ in server.asked] == ["/"]


def test_a_link_that_fails_is_told_and_the_entry_s_own_text_taken(web: Fetcher, server: Server) -> None:
    feed = RSS.replace(b"news.example/<", b"news.example/gone<").replace(
        b"<title>Two</title>", b"<link>http://10.0.0.1/</link>"
    )
    one, two, three = read(feed, fetcher=web, follow=True)
    assert isinstance(one, NotFound)
    assert one.source == "http://news.example/gone" or "entry 1" in one.source
    assert isinstance(two, Document)
    assert two.text == TEXT
    assert isinstance(three, AddressRefused)


def test_a_feed_behind_a_feed_is_not_followed_further(web: Fetcher, server: Server) -> None:
    server.answers["/"] = (200, {}, RSS)
    found = read(RSS, fetcher=web, follow=True)
    assert len(server.asked) == 1
    assert [type(one) for one in found] == [Document, NoText, NoText]


def test_an_entry_tells_what_its_page_does_not(web: Fetcher, server: Server) -> None:
    feed = json.dumps(
        {
            "title": "Gazette",
            "items": [{"url": "http://news.example/", "title": "T", "date_published": "2025-12-04T22:32:00+05:30"}],
        }
        | {"version": "https://jsonfeed.org/version/1"}
    ).encode()
    document = only(read(feed, fetcher=web, follow=True))
    assert document.published == datetime(2025, 12, 4, 22, 32, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert document.publisher == "Gazette"


# ---- order, failures, ends


def test_one_source_need_not_be_in_a_list(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(PLAIN)
    for one in (str(path), path, PLAIN, RECORD, Document(text=TEXT)):
        assert len(list(load(one, settings=Settings(), now=lambda: NOW))) == 1  # type: ignore[arg-type]


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    def sources() -> Iterator[Source]:
        yield PLAIN
        raise RuntimeError("asked too early")

    found = load(sources(), settings=Settings(), now=lambda: NOW)
    assert isinstance(next(found), Document)
    with pytest.raises(RuntimeError):
        next(found)


def test_a_wrong_setting_is_no_fault_of_a_source() -> None:
    with pytest.raises(UsageError, match="allowed_ports"):
        read("http://news.example/", limits=Settings(allowed_ports="none"))


def test_a_fault_of_ours_costs_no_other_source(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(data: Mapping[str, object], **_: object) -> Document:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(dispatch, "from_record", fail)
    one, two, three = read(PLAIN, JSON, PLAIN)
    assert isinstance(one, Document)
    assert isinstance(two, Damaged)
    assert "ZeroDivisionError: oh" in two.cause
    assert two.cure == UNFORESEEN
    assert isinstance(two.__cause__, ZeroDivisionError)
    assert isinstance(three, Document)


def open_files() -> set[str]:
    return {entry.name for entry in Path("/proc/self/fd").iterdir()}


def test_closing_early_ends_the_child_and_the_connections(tmp_path: Path) -> None:
    before = open_files()
    found = load([PDF, PDF, HTML], settings=Settings(), now=lambda: NOW)
    assert isinstance(next(found), Document)
    assert len(open_files() - before) > 0
    found.close()  # type: ignore[attr-defined]
    assert open_files() - before == set()


def test_a_run_that_is_killed_leaves_no_child_and_no_file(tmp_path: Path) -> None:
    program = f"""
import os, sys
from datetime import UTC, datetime
from paraph.intake import load
from paraph.settings import Settings
found = load([{PDF!r}] * 9, settings=Settings(), now=lambda: datetime.now(UTC))
next(found)
children = open(f"/proc/self/task/{{os.getpid()}}/children").read().split()
print(*children, flush=True)
os.kill(os.getpid(), 9)
"""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, env=environment, check=False
    )
    assert done.returncode == -9
    (child,) = done.stdout.split()
    # The child's input has ended with its parent, and with it its work.
    for _ in range(1_000_000):
        if not _is_running(child):
            break
    assert not _is_running(child)
    assert list(tmp_path.iterdir()) == []


def _is_running(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


GOOD = {"page": HTML, "text": PLAIN, "markdown": MARKDOWN, "record": JSON, "zstd": zstandard.compress(HTML)}
BAD = {
    "empty": b"",
    "binary": b"\x89PNG\r\n\x1a\n\x00",
    "json": b'{"text": 3}',
    "cut": gzip.compress(PLAIN)[:-9],
    "rss": b"<rss></rss>",
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([*GOOD, *BAD, "missing", "address", "document"]), max_size=8))
def test_the_order_is_kept_and_failures_stop_nothing(kinds: list[str]) -> None:
    def source(kind: str, number: int) -> Source:
        if kind == "missing":
            return f"missing/{number}"
        if kind == "address":
            return "http://127.0.0.1/"
        if kind == "document":
            return Document(text=f"number {number}")
        return GOOD.get(kind) or BAD.get(kind, b"")

    sources = [source(kind, number) for number, kind in enumerate(kinds)]
    found = read(*sources)
    assert len(found) == len(kinds)
    for number, (kind, one) in enumerate(zip(kinds, found, strict=True)):
        assert isinstance(one, Document) is (kind in GOOD or kind == "document")
        if kind == "document":
            assert one == sources[number]
        elif isinstance(one, SourceError):
            names = {"missing": f"missing/{number}", "address": "http://127.0.0.1/"}
            assert one.source == names.get(kind, f"bytes {number + 1}")
            assert one.cure != UNFORESEEN


def test_nothing_of_the_file_system_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(PLAIN)
    path.chmod(stat.S_IRUSR)
    read(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_bytes() == PLAIN


def test_an_empty_name_is_no_source() -> None:
    [error] = load([""], settings=Settings(), now=lambda: datetime(2026, 1, 2, tzinfo=UTC))
    assert isinstance(error, NotFound)
    assert "empty" in str(error)
