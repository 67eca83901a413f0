"""PDF: lines mended into paragraphs, metadata, and a child process that dies instead of its parent."""

import io
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pdfs
import pytest

from paraph.errors import Damaged, NoText, SourceError, TooLarge
from paraph.intake import pdf as module
from paraph.intake import pdf_child
from paraph.intake.pdf import PdfReader, pdf_date
from paraph.intake.pdf_lines import BREAK, Line, mend
from paraph.model import Document
from paraph.settings import Settings

NOW = datetime(2026, 1, 10, tzinfo=UTC)
SENTENCE = "The ministers of the two countries met in the capital on Monday and signed a treaty on fishing rights."
HALVES = [SENTENCE[: SENTENCE.index(" on Monday")], SENTENCE[SENTENCE.index("on Monday") :]]


def read(data: bytes, settings: Settings | None = None) -> Document:
    with PdfReader(settings or Settings()) as reader:
        return reader.read(data, source="a.pdf", url=None, now=NOW)


def blocks(*pages: list[pdfs.Run]) -> list[str]:
    return read(pdfs.document(pages)).text.split("\n")


# ---- from lines to paragraphs


def test_lines_become_paragraphs() -> None:
    found = blocks(
        pdfs.column(
            [
                "The two ministers met in the capital on Monday and talked about the",
                "price of gas.",
                "",
                "A day later they met again, this time in the second city of the land,",
                "and signed a treaty.",
            ]
        )
    )
    assert found == [
        "The two ministers met in the capital on Monday and talked about the price of gas.",
        "A day later they met again, this time in the second city of the land, and signed a treaty.",
    ]


def test_a_paragraph_that_ends_short_ends_without_a_gap() -> None:
    found = blocks(
        pdfs.column(
            [
                "The two ministers met in the capital on Monday and talked about the",
                "price of gas.",
                "A day later they met again, this time in the second city of the land,",
                "and signed a treaty.",
            ]
        )
    )
    assert len(found) == 2


def test_an_indent_begins_a_paragraph() -> None:
    lines = ["The two ministers met in the capital on Monday and talked about a price.", "They went on", "and on."]
    runs = pdfs.column(lines)
    runs[1] = (72 + 20, *runs[1][1:])
    assert blocks(runs) == [lines[0], "They went on and on."]


def test_headings_and_items_stay_on_their_own() -> None:
    runs = pdfs.column(["Talks in the capital"], size=18, top=780 - 60)
    runs += pdfs.column(["The two sides could agree on the following, officials said on Monday evening:"], top=690)
    runs += pdfs.column(
        [
            "• a treaty on fishing rights in the northern sea, with a list of the places",
            "where boats may not go;",
            "• a railway;",
            "1. the first of several",
            "(b) the second",
        ],
        top=670,
    )
    runs += pdfs.column(["Energy"], size=14, top=600) + pdfs.column(
        ["Gas will be sold again from May, said the minister."], top=580
    )
    document = read(pdfs.document([runs]))
    assert document.title == "Talks in the capital"
    assert document.text.split("\n") == [
        "Talks in the capital",
        "The two sides could agree on the following, officials said on Monday evening:",
        "- a treaty on fishing rights in the northern sea, with a list of the places where boats may not go;",
        "- a railway;",
        "1. the first of several",
        "(b) the second",
        "Energy",
        "Gas will be sold again from May, said the minister.",
    ]


def test_a_heading_in_the_size_of_the_text_stays_on_its_own() -> None:
    found = blocks(pdfs.column(["Energy and trade", *HALVES]))
    assert found == ["Energy and trade", SENTENCE]


def test_running_heads_feet_and_page_numbers_go() -> None:
    pages = []
    for number in range(1, 5):
        body = pdfs.column(
            [
                f"On day {number} the ministers met in the capital and talked about the price",
                f"of gas in year {number}.",
            ]
        )
        edge = [
            (72, 810, 8, "Foreign Office"),
            (300, 30, 8, f"Page {number} of 4"),
            (72, 22, 8, f"Release 2025/{number}"),
        ]
        pages.append([edge[0], *body, *edge[1:]])
    text = read(pdfs.document(pages)).text
    assert "Foreign Office" not in text
    assert "Page" not in text
    assert "Release" not in text
    assert text.count("the ministers met") == 4


def test_what_stands_at_the_edge_once_stays() -> None:
    text = read(pdfs.document([[(72, 800, 11, "Joint statement of the two ministers"), *pdfs.column([SENTENCE])]])).text
    assert text.startswith("Joint statement")


def test_a_sentence_goes_on_over_the_page() -> None:
    one = pdfs.column(
        ["The two ministers met in the capital on Monday and talked about the", "price of gas, which"], top=100
    )
    two = pdfs.column(["is said to be high, and about a railway."], top=740)
    assert blocks(one, two) == [
        "The two ministers met in the capital on Monday and talked about the price of gas, which is said to be high, "
        "and about a railway."
    ]


def test_a_sentence_that_ended_does_not_go_on_over_the_page() -> None:
    assert len(blocks(pdfs.column([SENTENCE], top=100), pdfs.column(["then there was silence in the hall."]))) == 2


def test_columns_are_read_one_after_the_other() -> None:
    left = ["The ministers met on Monday and", "they talked about the price of", "Siberian gas for two hours, and"]
    right = ["about a railway. They will meet", "again in May."]
    found = blocks(pdfs.column(left) + pdfs.column(right, left=320))
    assert found == [" ".join(left + right)]


def test_words_broken_at_a_line_s_end_are_made_whole() -> None:
    lines = ["The two ministers met in the capital on Monday and agreed to share the technol-", "ogy of the co-"]
    lines += [
        "production of engines, as the Anglo-",
        "French group had asked. It is a non-",
        "starter, said one official.",
    ]
    text = read(pdfs.document([pdfs.column(lines)])).text
    assert "technology" in text
    assert "co-production" in text
    assert "Anglo-French" in text
    assert "non-starter" in text
    assert BREAK not in text


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["a re-", "entry of boats; the re-entry"], "a re-entry of boats; the re-entry"),
        (["a prefab-", "ricated port; a prefabricated pier"], "a prefabricated port; a prefabricated pier"),
        (["the su-", "30 jets"], "the su- 30 jets"),
        (["he said -", "and went"], "he said - and went"),
    ],
)
def test_the_document_itself_tells_whether_a_hyphen_stays(lines: list[str], expected: str) -> None:
    page = [Line(text, 72, 400, 700 - 13 * at, 689 - 13 * at, 11) for at, text in enumerate(lines)]
    assert mend([(842, page)]) == ([expected], None)


def test_a_break_that_is_none_stays_a_hyphen() -> None:
    page = [Line(f"of 5{BREAK}and on", 72, 400, 700, 689, 11)]
    assert mend([(842, page)])[0] == ["of 5-and on"]


def test_ligatures_and_bullets_are_written_plainly() -> None:
    page = [Line("\uf0b7 the oﬃcial ﬁrst ﬂight", 72, 400, 700, 689, 11)]
    assert mend([(842, page)])[0] == ["• the official first flight"]


def test_cells_beside_one_another_are_one_line() -> None:
    assert blocks([(72, 700, 11, "Gas"), (200, 700, 11, "ten years of supply"), (400, 700, 11, "signed")]) == [
        "Gas ten years of supply signed"
    ]


def test_nothing_comes_of_nothing() -> None:
    assert mend([]) == ([], None)
    assert mend([(842, []), (0, [])]) == ([], None)


def test_a_logo_of_one_word_is_no_title() -> None:
    page = [Line("GAZETTE", 72, 400, 700, 660, 40), Line(SENTENCE, 72, 400, 600, 589, 11)]
    assert mend([(842, page)]) == (["GAZETTE", SENTENCE], None)


def test_ten_thousand_lines_are_mended_in_a_second() -> None:
    page = [Line("x" * 50, 72 + at % 7, 400, 8000 - at, 7989 - at, 11) for at in range(10_000)]
    start = datetime.now(UTC)
    mend([(9000, page)])
    assert datetime.now(UTC) - start < timedelta(seconds=1)


# ---- metadata


def info(title: str = "", made: str = "", changed: str = "") -> Document:
    fields = f"/Title ({title}) /CreationDate ({made}) /ModDate ({changed})".encode("cp1252")
    page = pdfs.column(["A large heading of two lines"], size=20, top=760) + pdfs.column(HALVES)
    return read(pdfs.document([page], info=fields))


def test_title_and_dates_come_from_the_metadata() -> None:
    document = info("Joint   statement", "D:20251204153000+05'30'", "D:20251205090000+05'30'")
    assert document.title == "Joint statement"
    india = timezone(timedelta(hours=5, minutes=30))
    assert document.published == datetime(2025, 12, 4, 15, 30, tzinfo=india)
    assert document.updated == datetime(2025, 12, 5, 9, 0, tzinfo=india)
    assert document.fetched == NOW


@pytest.mark.parametrize(
    "title", ["", "untitled", "Microsoft Word - draft3.docx", "release_final.pdf", "Document1", "(unspecified)", "- -"]
)
def test_a_title_that_a_program_wrote_gives_way_to_the_heading(title: str) -> None:
    assert info(title.replace("(", "").replace(")", "")).title == "A large heading of two lines"


@pytest.mark.parametrize("made", ["", "D:20000101000000Z", "D:19700101000000", "D:19010203040506", "yesterday"])
def test_a_date_that_a_program_made_up_is_none(made: str) -> None:
    assert info("x", made).published is None


def test_a_date_in_the_future_is_not_used_and_told() -> None:
    document = info("x", "D:20360101120000Z", "D:20370101120000Z")
    assert (document.published, document.updated) == (None, None)
    assert "2036" in document.notes[0]


@pytest.mark.parametrize("changed", ["D:20251204153000Z", "D:20251101000000Z", "D:20251208153000", "D:20990101120000Z"])
def test_a_change_that_is_none_is_left_out(changed: str) -> None:
    assert info("x", "D:20251204153000Z", changed).updated is None


def test_the_day_of_change_stands_in_for_the_day_it_was_made() -> None:
    document = info("x", "", "D:20251204153000Z")
    assert (document.published, document.updated) == (datetime(2025, 12, 4, 15, 30, tzinfo=UTC), None)


def test_a_date_in_the_text_comes_first() -> None:
    page = pdfs.column(["Joint statement of the two ministers", "Published: 5 December 2025", SENTENCE])
    assert read(pdfs.document([page], info=b"/CreationDate (D:20251209120000Z)")).published == date(2025, 12, 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("D:20251204153000+05'30'", "2025-12-04T15:30:00+05:30"),
        ("D:20251204153000+05'30", "2025-12-04T15:30:00+05:30"),
        ("D:20251204153000-0800", "2025-12-04T15:30:00-08:00"),
        ("D:20251204153000Z", "2025-12-04T15:30:00+00:00"),
        ("D:20251204153000Z00'00'", "2025-12-04T15:30:00+00:00"),
        ("20251204", "2025-12-04T00:00:00"),
        ("D:2025", "2025-01-01T00:00:00"),
        (" D:202512041530 ", "2025-12-04T15:30:00"),
        ("D:20251304", None),
        ("D:00001204", None),
        ("D:20251204153000+99'99'", None),
        ("D:20251204153000+23'99'", None),
        ("Thursday", None),
        ("", None),
        ("D:" + "9" * 5000, None),
    ],
)
def test_dates_of_metadata(text: str, expected: str | None) -> None:
    found = pdf_date(text)
    assert (found and found.isoformat()) == expected


# ---- what cannot be read


def test_scans_are_told() -> None:
    with pytest.raises(
        NoText, match=r"a\.pdf: its 2 pages hold no text, so it seems to be scanned \(run it through OCR first\)"
    ):
        read(pdfs.document([[], []]))


def test_a_password_is_told() -> None:
    with pytest.raises(Damaged, match="locked by a password"):
        read(pdfs.hostile()["locked by a password"])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7\n", "the PDF is damaged"),
        (pdfs.pack([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 0 /Kids [] >>"]), "it has no pages"),
        (
            pdfs.pack([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>"]),
            "none of its 1 pages",
        ),
    ],
)
def test_a_broken_file_is_told(data: bytes, words: str) -> None:
    with pytest.raises(Damaged, match=words):
        read(data)


def test_pages_that_cannot_be_read_are_noted() -> None:
    sound = pdfs.document([pdfs.column([SENTENCE]), pdfs.column(["And so on, the minister said."])])
    document = read(sound.replace(b"5 0 R 7 0 R", b"5 0 R 9 9 R"))
    assert document.text == SENTENCE
    assert document.notes == ("1 of 2 pages could not be read",)


# ---- limits


@pytest.mark.parametrize(("limit", "fits"), [(3, True), (2, False)])
def test_pages_are_limited(limit: int, fits: bool) -> None:
    data = pdfs.document([pdfs.column([SENTENCE])] * 3)
    if fits:
        assert SENTENCE in read(data, Settings(max_pdf_pages=limit)).text
    else:
        with pytest.raises(TooLarge, match=r"it has 3 pages, more than 2 .raise max_pdf_pages"):
            read(data, Settings(max_pdf_pages=limit))


@pytest.mark.parametrize(("limit", "fits"), [(1060, True), (1000, False)])
def test_text_is_limited(limit: int, fits: bool) -> None:
    data = pdfs.document([pdfs.column([SENTENCE] * 5), pdfs.column([SENTENCE.replace("Monday", "Friday")] * 5)])
    if fits:
        assert SENTENCE in read(data, Settings(max_text_chars=limit)).text
    else:
        with pytest.raises(TooLarge, match="raise max_text_chars"):
            read(data, Settings(max_text_chars=limit))


def slow() -> bytes:
    """Return a PDF that takes about half a minute."""
    page = pdfs.stream(pdfs.content(pdfs.column(["abcdefgh ijkl mnop"] * 2000)), packed=True)
    return pdfs.one_page(page).replace(b"/Count 1 /Kids [3 0 R]", b"/Count 2000 /Kids [%s]" % (b"3 0 R " * 2000))


def test_time_is_limited_by_the_clock() -> None:
    start = datetime.now(UTC)
    with PdfReader(Settings(pdf_seconds=0.5)) as reader:
        with pytest.raises(TooLarge, match=r"takes more than 0\.5 s .raise pdf_seconds"):
            reader.read(slow(), source="a.pdf", url=None, now=NOW)
        assert datetime.now(UTC) - start < timedelta(seconds=5)


@pytest.mark.parametrize(("limit", "fits"), [(1_000_000_000, True), (128_000_000, False)])
def test_memory_is_limited(limit: int, fits: bool) -> None:
    data = pdfs.one_page(pdfs.stream(pdfs.content([(72, 700, 9, SENTENCE)]) + b" " * 100_000_000, packed=True))
    if fits:
        assert read(data, Settings(pdf_memory_bytes=limit)).text == SENTENCE
    else:
        with pytest.raises(SourceError, match="memory"):
            read(data, Settings(pdf_memory_bytes=limit))


# ---- the child


def answer(data: bytes, **limits: int) -> dict[str, object]:
    """Ask the child's own code, in this process; for files that mean no harm."""
    request = {"size": len(data), "seconds": 9, "max_pages": 9, "max_chars": 9999} | limits
    return pdf_child._answer(io.BytesIO(data), request)


def test_the_child_answers_with_lines_and_boxes() -> None:
    found = answer(
        pdfs.document(
            [[(72, 700, 11, "  A treaty  "), (72, 680, 11, "   "), (72, 660, 11, "on fish")], []], info=b"/Title (T)"
        )
    )
    one, two = found["pages"]  # type: ignore[misc]
    assert one["height"] == 842
    assert [line[0] for line in one["lines"]] == ["A treaty", "on fish"]
    left, right, top, bottom, size = one["lines"][0][1:]
    assert 71 < left < right < 140
    assert bottom < 700 < top
    assert 9 < size < 16
    assert two["lines"] == []
    assert (found["failed"], found["meta"]["Title"]) == (0, "T")  # type: ignore[index]


def test_the_child_counts_pages_and_letters() -> None:
    two = pdfs.document([pdfs.column([SENTENCE])] * 2)
    assert answer(two, max_pages=1) == {"error": "pages", "detail": "2"}
    assert answer(two, max_chars=len(SENTENCE)) == {"error": "text", "detail": str(len(SENTENCE))}
    assert "pages" in answer(two, max_chars=2 * len(SENTENCE))


def test_the_child_tells_what_is_wrong_with_a_file() -> None:
    assert answer(b"%PDF-1.7\n")["error"] == "damaged"
    assert answer(pdfs.hostile()["locked by a password"])["error"] == "password"
    broken = pdfs.document([pdfs.column([SENTENCE])] * 2).replace(b"5 0 R 7 0 R", b"5 0 R 9 9 R")
    assert answer(broken)["failed"] == 1


def test_metadata_that_is_no_text_is_left_out() -> None:
    assert isinstance(answer(pdfs.document([[]], info=b"/Title <FEFFD800>"))["meta"], dict)


def test_one_child_reads_many_files_and_a_fresh_one_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FILES_PER_CHILD", 2)
    children = set()
    with PdfReader(Settings()) as reader:
        for _ in range(4):
            reader.read(pdfs.SOUND, source="a.pdf", url=None, now=NOW)
            assert reader._child is not None
            children.add(reader._child.pid)
    assert len(children) == 2
    assert reader._child is None


def test_after_a_crash_the_next_file_is_read() -> None:
    bomb = pdfs.hostile()["a deflate bomb in a deflate bomb"]
    with PdfReader(Settings()) as reader:
        for _ in range(2):
            with pytest.raises(Damaged, match="crashes the PDF reader or needs more memory"):
                reader.read(bomb, source="bomb.pdf", url=None, now=NOW)
            assert reader.read(pdfs.SOUND, source="a.pdf", url=None, now=NOW).text


def test_a_child_that_died_between_two_files_is_replaced() -> None:
    with PdfReader(Settings()) as reader:
        reader.read(pdfs.SOUND, source="a.pdf", url=None, now=NOW)
        child = reader._child
        assert child is not None
        child.kill()
        child.wait()
        assert reader.read(pdfs.SOUND, source="a.pdf", url=None, now=NOW).text


def test_no_child_is_left_behind() -> None:
    with PdfReader(Settings()) as reader:
        reader.read(pdfs.SOUND, source="a.pdf", url=None, now=NOW)
        assert reader._child is not None
        pid = reader._child.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_child_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/true")
    with pytest.raises(SourceError, match="the process that reads PDFs does not start"):
        read(pdfs.SOUND)


@pytest.mark.parametrize(
    "answer",
    [
        "print('99999999999')",
        "print('x')",
        "print('5'); print('ab')",
        "print('4'); print('[1]x')",
        "print('2\\n{}')",
        "pass",
    ],
)
def test_a_child_that_talks_nonsense_is_told(answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = tmp_path / "child"
    child.write_text(
        f"#!{sys.executable}\nimport sys\nprint('ready', flush=True)\nsys.stdin.buffer.readline()\n{answer}\n"
    )
    child.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(child))
    with pytest.raises(Damaged):
        read(pdfs.SOUND)


def test_hostile_files_end_within_ten_seconds_and_512_mb_and_the_parent_lives() -> None:
    files = pdfs.hostile()
    assert len(files) >= 20
    program = f"""
import json, resource, sys, time
from datetime import UTC, datetime
sys.path.insert(0, {str(Path(__file__).parent)!r})
import pdfs
from paraph.errors import SourceError
from paraph.intake.pdf import PdfReader
from paraph.settings import Settings
told = {{}}
with PdfReader(Settings()) as reader:
    for name, data in pdfs.hostile().items():
        start = time.monotonic()
        try:
            words = reader.read(data, source=name, url=None, now=datetime.now(UTC)).text
        except SourceError as error:
            words = str(error)
        told[name] = (time.monotonic() - start, words)
    sound = reader.read(pdfs.SOUND, source="a.pdf", url=None, now=datetime.now(UTC)).text
memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([told, sound, memory]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=500, check=False)
    assert done.stderr == ""
    told, sound, kilobytes = json.loads(done.stdout)
    assert set(told) == set(files)
    for name, (seconds, words) in told.items():
        assert seconds < 10, name
        assert words, name
        assert words.startswith((f"{name}: ", "The ")), words
    assert sound.startswith("The two ministers")
    assert kilobytes < 512_000
