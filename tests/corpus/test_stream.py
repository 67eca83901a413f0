"""What the measurements of a corpus stand on: the stream of documents, the clock of stages, and processes watched and killed."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from paraph.corpus.inputs import plan
from paraph.corpus.records import records
from paraph.corpus.values import Record
from paraph.link.copies import THRESHOLD, likeness, shingles_of
from paraph.settings import Settings

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
DATA = BENCHMARKS.parents[1] / "shared" / "data"
needs_data = pytest.mark.skipif(not (DATA / "reuters-21578").is_dir(), reason="the texts are not on this machine")


@pytest.fixture(scope="module")
def made() -> Iterator[Any]:
    """Return the modules of the measurements."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import _clock
        import _documents
        import _processes
        import _stream

        yield SimpleNamespace(clock=_clock, documents=_documents, processes=_processes, stream=_stream)
    finally:
        sys.path.remove(str(BENCHMARKS))


@needs_data
def test_a_recipe_gives_the_same_documents_and_no_two_alike(made: Any) -> None:
    recipe = made.documents.Recipe(600, html=0.0)
    items = [made.documents.item(recipe, number) for number in range(600)]
    assert items[417] == made.documents.item(recipe, 417)
    assert items[417] != made.documents.item(replace(recipe, seed=1), 417)
    kinds = Counter(one.kind for one in items)
    # Four standard deviations about what the recipe says.
    assert 30 <= kinds["reprint"] <= 90
    assert 1 <= kinds["again"] <= 16
    assert 160 <= kinds["foreign"] + kinds["pseudo"] <= 265
    texts = Counter(one.text for one in items if one.kind not in ("again", "empty"))
    assert max(texts.values()) == 1
    known = {(one.url, one.text) for one in items if one.kind != "again"}
    assert all((one.url, one.text) in known for one in items if one.kind == "again")
    assert items[0].fetched < items[300].fetched < items[599].fetched
    assert all(one.published <= one.fetched.date() for one in items)


@needs_data
def test_reprints_are_copies_and_other_tellings_are_not(made: Any) -> None:
    recipe = made.documents.Recipe(240, html=0.0, foreign=0.0, reprints=0.3)
    before: list[frozenset[int]] = []
    found: dict[str, list[bool]] = {"reprint": [], "general": [], "newswire": []}
    for number in range(240):
        one = made.documents.item(recipe, number)
        shingles = shingles_of(one.text)
        if one.kind in found and len(shingles) > 20:
            found[one.kind].append(any(likeness(shingles, other) >= THRESHOLD for other in before))
        before.append(shingles)
    assert sum(found["reprint"]) >= 0.9 * len(found["reprint"]) > 30
    rest = found["general"] + found["newswire"]
    assert sum(rest) <= 0.05 * len(rest)


@needs_data
@pytest.mark.parametrize("form", ["warc.gz", "warc", "jsonl", "parquet", "folder"])
def test_every_form_holds_every_document(made: Any, tmp_path: Path, form: str) -> None:
    recipe = made.documents.Recipe(24, html=0.5, largest=40_000)
    told = made.stream.write(recipe, tmp_path / "one", form, file_documents=10)
    assert (told["files"], sum(told["kinds"].values())) == (3, 24)
    made.stream.write(recipe, tmp_path / "two", form, file_documents=10)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    settings = Settings()
    found = [one for piece in plan([str(tmp_path / "one")], settings).pieces for one in records(piece, settings)]
    assert len(found) == 24
    read = [one for one in found if isinstance(one, Record)]
    items = [made.documents.item(recipe, number) for number in range(24)]
    if form in ("warc", "warc.gz"):
        assert [(one.url, one.fetched) for one in read] == [(one.url, one.fetched) for one in items]
        assert [one.data for one in read] == [one.page or one.text.encode() for one in items]
    elif form != "folder":
        assert [one.fields["text"] for one in read if one.fields and "html" not in one.fields] == [
            one.text for one in items if one.page is None
        ]


@needs_data
def test_the_command_refuses_a_folder_in_use_and_tells_what_it_wrote(
    made: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert made.stream.main([str(tmp_path / "out"), "--documents", "12", "--form", "jsonl"]) == 0
    assert "12 documents in 1 files" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        made.stream.main([str(tmp_path / "out")])
    assert "is not empty" in capsys.readouterr().err


def test_the_clock_gives_each_stage_what_is_its_own(made: Any) -> None:
    clock = made.clock.Clock()

    def busy(rounds: int) -> int:
        return sum(range(rounds))

    inner = clock.wrap(busy, "inner")
    with clock.at("outer"):
        for _ in range(3):
            inner(2_000_000)
        assert list(clock.each(iter([1, 2]), "each")) == [1, 2]
    assert clock.calls == {"outer": 1, "inner": 3, "each": 3}
    assert clock.seconds["inner"] > 10 * clock.seconds["outer"]


def test_functions_are_exchanged_and_given_back(made: Any) -> None:
    places = [
        ("paraph.link.copies", "shingles_of", lambda old: lambda text: {text}),
        ("paraph.link.copies", "nothing", id),
    ]
    from paraph.link import copies

    with made.clock.exchanged(places) as missing:
        assert copies.shingles_of("a") == {"a"}
    assert missing == ["paraph.link.copies.nothing"]
    assert copies.shingles_of is shingles_of


def test_a_group_is_watched_and_killed_whole(made: Any, tmp_path: Path) -> None:
    if not Path("/proc/self/statm").exists():
        pytest.skip("there is no /proc")
    groups: list[int] = []

    def both_there(group: int, sample: Any) -> bool:
        groups.append(group)
        return len(sample.others) == 1

    ended = made.processes.watch(["sh", "-c", "sleep 300 & wait"], tmp_path, meanwhile=both_there, limit=60)
    assert ended.status == -signal.SIGKILL
    assert made.processes.group_of(groups[0]) == []
    assert ended.peak()[0] > 0
    assert ended.peak()[2] > ended.peak()[0]
    said = made.processes.watch(["sh", "-c", "echo out; echo err >&2; exit 3"], tmp_path)
    assert (said.status, said.said, said.complained) == (3, "out\n", "err\n")


def test_the_slope_of_points(made: Any) -> None:
    assert made.processes.slope([(0, 5), (1, 7), (2, 9)]) == pytest.approx(2)
    assert made.processes.slope([(1, 1)]) == 0
    assert made.processes.slope([(1, 1), (1, 2)]) == 0
