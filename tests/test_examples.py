"""The bundled example and the fixtures: complete, readable, small, and nobody else's words.

The check for copied words is the project's proof that its texts are its own: no run of eight words may stand in any of
the texts in the folder ``shared`` beside the checkout, which may not be published. Where that folder is missing the
check skips and says so.
"""

from __future__ import annotations

import gzip
import html
import json
import re
import runpy
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pypdfium2
import pytest

from paraph.cli import main
from paraph.model import Certainty, Instrument, Kind, Sector, SourceType, Stage

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "india-russia-2025"
DOCUMENTS = EXAMPLE / "documents"
FIXTURES = ROOT / "tests" / "fixtures"
SHARED = ROOT.parent / "shared"

MAX_BYTES = 60_000  # a file a person still reads through; keeps the checkout small
RUN = 8  # words in a row that count as copied: names of offices and agreements stay below it
MAX_READ_UNPACKED = 50_000_000  # of one packed file under shared; the largest has 8 MB

MANIFEST: dict[str, Any] = json.loads((EXAMPLE / "manifest.json").read_text("utf-8"))
FILES: list[dict[str, Any]] = MANIFEST["files"]

REPORTS = sorted(path for path in FIXTURES.glob("reports/*.json"))
CASES: list[dict[str, Any]] = json.loads((FIXTURES / "decided_cases.json").read_text("utf-8"))["cases"]
EXPECTED_FIELDS = {"stage", "ahead", "certainty", "source_type", "source", "parties", "sector", "instrument"}
PARTY = re.compile(r"[A-Z]{2}|EU|EAEU|ASEAN|NATO|UN|[A-Z][A-Za-z]+( [A-Z][a-z]+)*")


def text_of(path: Path) -> str:
    """The words of a file: tags dropped, PDF pages joined."""
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as paper:
            return "\n".join(page.get_textpage().get_text_range() for page in paper)
    text = path.read_text("utf-8")
    if path.suffix in (".html", ".xml"):
        text = html.unescape(re.sub(r"<[^<>]*>", " ", text.replace("<![CDATA[", "").replace("]]>", "")))
    return text


def occurrence(text: str, part: str, nth: int) -> int:
    """Where the nth ``part`` begins in ``text``, -1 if there are fewer."""
    at = -1
    for _ in range(nth):
        at = text.find(part, at + 1)
        if at < 0:
            return -1
    return at


# --- the example -----------------------------------------------------------------------------------------------------


def test_manifest_lists_every_file_once() -> None:
    there = {path.name for path in DOCUMENTS.iterdir()}
    assert sorted(entry["file"] for entry in FILES) == sorted(there)


def test_manifest_has_the_mix_that_is_promised() -> None:
    reports = [entry for entry in FILES if entry["kind"] == "report"]
    assert len(reports) >= 8
    assert len(FILES) - len(reports) >= 3
    suffixes = [Path(entry["file"]).suffix for entry in FILES]
    assert suffixes.count(".html") >= 6
    assert {".pdf", ".xml", ".txt", ".md", ".json"} <= set(suffixes)
    assert {entry["role"] for entry in FILES} == {"preview", "outcome"}


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: str(entry["file"]))
def test_manifest_entry_agrees_with_its_file(entry: dict[str, Any]) -> None:
    assert set(entry) - {"items"} == {"file", "kind", "role", "publisher", "published", "title"}
    Kind(entry["kind"])
    day = datetime.fromisoformat(entry["published"]).date()
    first, last = (datetime.fromisoformat(MANIFEST["occasion"][key]).date() for key in ("from", "to"))
    if "items" not in entry:
        assert day <= last if entry["role"] == "preview" else day >= first
    assert " ".join(entry["title"].split()) in " ".join(text_of(DOCUMENTS / entry["file"]).split())


def test_feed_holds_the_items_of_the_manifest() -> None:
    (entry,) = (entry for entry in FILES if entry["file"].endswith(".xml"))
    feed = ElementTree.parse(DOCUMENTS / entry["file"])
    content = "{http://purl.org/rss/1.0/modules/content/}encoded"
    items = feed.findall("./channel/item")
    assert [item.findtext("title") for item in items] == [item["title"] for item in entry["items"]]
    assert all(len(item.findtext(content, "")) > 200 for item in items)
    assert len({item.findtext("guid") for item in items}) == len(items)


def test_json_report_is_a_document_of_the_contract() -> None:
    (entry,) = (entry for entry in FILES if entry["file"].endswith(".json"))
    report = json.loads((DOCUMENTS / entry["file"]).read_text("utf-8"))
    assert {key: report[key] for key in ("kind", "publisher", "published", "title")} == {
        key: entry[key] for key in ("kind", "publisher", "published", "title")
    }
    assert len(report["text"]) > 500


def test_joint_statement_has_its_pages_and_running_heads() -> None:
    with pypdfium2.PdfDocument(DOCUMENTS / "20-joint-statement.pdf") as paper:
        pages = [page.get_textpage().get_text_range() for page in paper]
    assert len(pages) == 2
    assert all(f"Page {number}" in page for number, page in enumerate(pages, 1))
    assert "20. The next annual summit" in pages[1]


def test_one_page_prints_its_body_twice() -> None:
    text = text_of(DOCUMENTS / "01-preview-overview.html")
    assert text.count("A list of possible announcements could include:") == 2


def test_the_hints_and_the_papers_that_were_signed_are_there() -> None:
    """What `make demo` holds against each other: four hints that did not come, and sixteen papers."""
    preview = text_of(DOCUMENTS / "01-preview-overview.html")
    for hint in ("hypersonic missile", "aircraft engine technology", "large Russian reactors", "Docking systems"):
        assert hint in preview
    outcomes = text_of(DOCUMENTS / "21-list-of-outcomes.html")
    assert [int(n) for n in re.findall(r"^\s*(\d{1,2})\s+\w", outcomes, re.MULTILINE)] == list(range(1, 17))
    for hint in ("hypersonic", "engine", "reactor", "docking"):
        assert hint not in outcomes.lower()


def test_the_demo_ends_with_the_scoreboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `make demo` does with a desk, in the same order."""
    monkeypatch.delenv("PARAPH_DESK", raising=False)
    where, occasion = str(tmp_path / "desk.db"), MANIFEST["occasion"]
    days = ["--from", occasion["from"], "--to", occasion["to"], "--place", occasion["place"]]
    calls = (
        ["add", str(DOCUMENTS)],
        ["occasion", "add", occasion["name"], "--parties", ",".join(occasion["parties"]), *days],
        ["outcomes", occasion["name"], "--format", "json", "--out", str(tmp_path / "outcomes.json")],
        ["score", "--by", "certainty"],
        ["outcomes", occasion["name"], "--limit", "3"],
    )
    for call in calls:
        assert main(["--desk", where, *call]) == 0, call
    assert json.loads((tmp_path / "outcomes.json").read_text("utf-8"))["occasion"]["name"] == occasion["name"]
    capsys.readouterr()
    monkeypatch.setattr("sys.argv", ["scoreboard.py", where])
    runpy.run_path(str(EXAMPLE / "scoreboard.py"), run_name="__main__")
    told = capsys.readouterr().out
    for hint in ("Joint development of a hypersonic missile", "Docking systems for the Indian space station"):
        assert re.search(rf"^{hint} +(?:signed|agreed|advanced|absent|refused): ", told, re.MULTILINE)
    found = re.search(r"signed \((\d+) of 16 papers were found\)", told)
    assert found
    assert int(found[1]) >= 10
    assert re.search(r"^ 7  Memorandum on a urea plant +Example Business Post, 2 Dec$", told, re.MULTILINE)
    assert re.search(r"^ \d  .+ -$", told, re.MULTILINE), "nothing came unannounced"


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: str(entry["file"]))
def test_invented_outlets_can_be_told(entry: dict[str, Any]) -> None:
    """Nobody may take a file for the words of an outlet that exists."""
    assert "Example" in entry["publisher"]
    for address in re.findall(r"https?://([^/\"'\s<>]+)", text_raw(DOCUMENTS / entry["file"])):
        known = ("schema.org", "ogp.me", "purl.org", "www.w3.org")
        assert address.endswith(".example") or address in known, address


def text_raw(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def test_readme_gives_an_address_a_line() -> None:
    rows = [line for line in (EXAMPLE / "README.md").read_text("utf-8").splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 30
    for row in rows:
        fact, files, pages = (cell.strip() for cell in row.strip("|").split(" | "))
        assert fact
        assert files == "all" or all(any(e["file"].startswith(n) for e in FILES) for n in files.split(", "))
        assert all(page.startswith("https://") for page in pages.split(" and "))


# --- the fixtures ----------------------------------------------------------------------------------------------------


def check_signal(text: str, signal: dict[str, Any]) -> None:
    assert set(signal) - {"nth", "deal"} == EXPECTED_FIELDS | {"anchor"}
    assert occurrence(text, signal["anchor"], signal.get("nth", 1)) >= 0, signal["anchor"]
    Stage(signal["stage"])
    Certainty(signal["certainty"])
    SourceType(signal["source_type"])
    Sector(signal["sector"])
    Instrument(signal["instrument"])
    assert isinstance(signal["ahead"], bool)
    assert (signal["source"] is None) == (signal["source_type"] == "outlet"), signal["anchor"]
    assert signal["parties"], signal["anchor"]
    assert all(PARTY.fullmatch(party) for party in signal["parties"]), signal["parties"]


def read_report(path: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(path.read_text("utf-8"))
    report["text"] = path.with_suffix(".txt").read_text("utf-8")
    return report


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_report_is_sound(path: Path) -> None:
    report = read_report(path)
    assert report["id"] == path.stem
    Kind(report["kind"])
    assert (report["role"] == "negative") == (not report["signals"])
    places = []
    for signal in report["signals"]:
        check_signal(report["text"], signal)
        assert signal["deal"]
        places.append((occurrence(report["text"], signal["anchor"], signal.get("nth", 1)), len(signal["anchor"])))
    assert len(set(places)) == len(places), "two signals stand at the same place"
    assert places == sorted(places), "signals stand in the order of the text"


def test_every_text_has_its_expectations() -> None:
    texts = {path.stem for path in FIXTURES.glob("reports/*.txt")}
    assert texts == {path.stem for path in REPORTS}
    assert len(texts) >= 10
    assert sum(not read_report(path)["signals"] for path in REPORTS) >= 4


def test_reports_cover_the_words() -> None:
    """Each stage with each certainty and each source type stands at least once in the reports and cases."""
    signals = [signal for path in REPORTS for signal in read_report(path)["signals"]]
    signals += [signal for case in CASES for signal in case["signals"]]
    stages = {(s["stage"], s["certainty"]) for s in signals}
    voices = {(s["stage"], s["source_type"]) for s in signals}
    assert {(str(stage), str(certainty)) for stage in Stage for certainty in Certainty} <= stages
    assert {(str(stage), str(voice)) for stage in Stage for voice in SourceType} <= voices
    assert {str(sector) for sector in Sector} == {s["sector"] for s in signals}
    assert {str(instrument) for instrument in Instrument} == {s["instrument"] for s in signals}
    assert {(str(stage), True) for stage in Stage} <= {(s["stage"], s["ahead"]) for s in signals}


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_decided_case_is_sound(case: dict[str, Any]) -> None:
    assert set(case) - {"kind", "title"} == {"id", "rule", "text", "signals"}
    for signal in case["signals"]:
        check_signal(case["text"], signal)


def test_there_are_enough_decided_cases() -> None:
    assert len(CASES) >= 60
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert sum(not case["signals"] for case in CASES) >= 5


# --- both ------------------------------------------------------------------------------------------------------------

OURS = sorted(path for folder in (EXAMPLE, FIXTURES) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_is_small_and_utf8(path: Path) -> None:
    assert 0 < path.stat().st_size < MAX_BYTES
    assert text_of(path).strip()


def words(text: str) -> list[str]:
    """Words in small letters; addresses are names, not sentences, and are left out."""
    return re.findall(r"\w+", re.sub(r"https?://\S+", " ", text).lower())


def runs(text: str) -> Iterator[tuple[str, ...]]:
    row = words(text)
    return zip(*(row[start:] for start in range(RUN)), strict=False)


@cache
def our_runs() -> dict[tuple[str, ...], str]:
    prose = [path for path in OURS if path.name != "manifest.json"]
    return {run: path.name for path in prose for run in runs(text_of(path))}


def texts_under(path: Path) -> Iterator[str]:
    """The texts of one file under shared: packed ones unpacked, strings of JSON one by one, tags dropped."""
    if path.name.endswith((".tar.gz", ".tgz")):
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isfile() and member.size < MAX_READ_UNPACKED and (stream := archive.extractfile(member)):
                    yield re.sub(r"<[^<>]*>", " ", stream.read().decode("utf-8", "replace"))
        return
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as box:
            for name in box.namelist():
                yield box.read(name).decode("utf-8", "replace")
        return
    if path.suffix == ".gz":
        with gzip.open(path) as unzipped:
            raw = unzipped.read(MAX_READ_UNPACKED)
    else:
        raw = path.read_bytes()
    text = raw.decode("utf-8", "replace")
    if path.suffix == ".json":
        yield from strings(json.loads(text))
    else:
        yield html.unescape(re.sub(r"<[^<>]*>", " ", text))


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


SHARED_FOLDERS = ["seed", "bench", "data", "."]


def copied(ours: Mapping[tuple[str, ...], str], folder: str) -> list[tuple[str, str, str]]:
    """Return the runs of ours that stand in a folder under ../shared as well: whose they are, in which file, the words."""
    place = SHARED / folder
    if not place.is_dir():
        pytest.skip(f"{place} is missing: the texts that must not be copied are not on this machine")
    paths = place.glob("*.md") if folder == "." else (path for path in place.rglob("*") if path.is_file())
    return [
        (ours[run], path.name, " ".join(run))
        for path in paths
        for text in texts_under(path)
        for run in runs(text)
        if run in ours
    ]


@pytest.mark.parametrize("folder", SHARED_FOLDERS)
def test_no_run_of_words_is_copied(folder: str) -> None:
    found = copied(our_runs(), folder)
    assert not found, found[:20]


def test_a_copied_run_would_be_seen() -> None:
    """The check itself must be able to fail: it finds a sentence of ours in a text that quotes it."""
    quoted = "Nobody was surprised. By Friday night, the LIST of outcomes will show who was right, they wrote."
    assert any(run in our_runs() for run in runs(quoted))
    assert not any(run in our_runs() for run in runs("By Friday night the list of results will show nothing at all."))
