"""Annotated documents and predictions: taken where they are right, refused with the file, the field and the cure where not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from annotated import FIRST, FOUND, PAGES, lines, loaded, page, signal, told, write

from paraph.errors import Damaged, NoText, NotFound, SourceError, TooLarge
from paraph.evaluate.gold import load_gold, load_predictions
from paraph.evaluate.marks import ATTRIBUTES, VALUES, mark_of, shown
from paraph.settings import Settings
from samples import signal as found_signal

SETTINGS = Settings()


def refused(*paths: Path, settings: Settings = SETTINGS) -> list[SourceError]:
    return [each for each in load_gold(paths, settings=settings) if isinstance(each, SourceError)]


def test_a_folder_gives_its_documents_in_the_order_of_their_paths(tmp_path: Path) -> None:
    write(tmp_path, *reversed(PAGES))
    (tmp_path / "oslo" / "outcomes.json").write_text("{}")
    (tmp_path / "oslo" / "notes.txt").write_text("no document")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.json").write_text("{")
    (tmp_path / "oslo" / ".part.json").write_text("{")
    (tmp_path / "folder.json").mkdir()
    found = loaded(tmp_path)
    assert [each.path for each in found] == sorted(each.path for each in found)
    assert {each.id for each in found} == {each["id"] for each in PAGES}
    first = next(each for each in found if each.id == "oslo/1")
    assert [FIRST[mark.start : mark.end] for mark in first.marks] == [
        "ferry pact",
        "joint ice research",
        "salmon feed supply",
    ]
    assert first.record() == {
        "id": "oslo/1",
        "text": FIRST,
        "publisher": "The Fjord Post",
        "title": "Oslo visit",
        "published": "2026-03-03",
    }
    assert (first.genre, first.negative) == ("preview", False)
    assert [each.negative for each in found if each.event == "negative"] == [True, True]


def test_a_single_file_and_several_places_are_taken(tmp_path: Path) -> None:
    one, two = write(tmp_path / "one", PAGES[0]), write(tmp_path / "two", PAGES[1])
    found = list(load_gold([one / "oslo" / "01.json", two], settings=SETTINGS))
    assert [each.id for each in found if not isinstance(each, SourceError)] == ["oslo/1", "oslo/2"]


def test_the_genre_is_the_files_own_word_or_the_role(tmp_path: Path) -> None:
    write(tmp_path, page("a", FIRST, signal("ferry pact"), genre="joint statement"), PAGES[1])
    assert [each.genre for each in loaded(tmp_path)] == ["joint statement", "outcome"]


def test_offsets_are_found_where_they_are_not_given(tmp_path: Path) -> None:
    text = "feed, then feed"
    given = signal("feed", start=11, end=15, deal=None)
    bare = {key: value for key, value in given.items() if key not in ("anchor", "deal")} | {"start": 5, "end": 6}
    write(tmp_path, page("a", text, signal("feed"), signal("feed", nth=2)), page("b", text, given, bare))
    first, second = loaded(tmp_path)
    assert [(mark.start, mark.end) for mark in first.marks] == [(0, 4), (11, 15)]
    assert [(mark.start, mark.end) for mark in second.marks] == [(11, 15), (5, 6)]
    assert second.marks[0].deal is None


def changed(**fields: Any) -> dict[str, Any]:
    return page("a", FIRST, signal("ferry pact") | fields)


def without(key: str, within: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in within.items() if name != key}


ONE = page("a", FIRST, signal("ferry pact"))


@pytest.mark.parametrize(
    ("given", "cause", "cure"),
    [
        (without("id", ONE), "the key 'id' is missing", "give id, event, role, text and signals"),
        (ONE | {"event": 3}, "the key 'event' must be a text that is not empty", "correct 'event'"),
        (ONE | {"text": ""}, "the key 'text' must be a text that is not empty", "correct 'text'"),
        (
            ONE | {"role": "later"},
            "the key 'role' is 'later'",
            "give preview, outcome, mixed or, without deals, negative",
        ),
        (ONE | {"title": 7}, "the key 'title' must be text or null", "correct 'title' or leave it out"),
        (ONE | {"genre": []}, "the key 'genre' must be text or null", "correct 'genre' or leave it out"),
        (ONE | {"signals": None}, "the key 'signals' must be a list", "give one, empty where there are no deals"),
        (without("signals", ONE), "the key 'signals' must be a list", "give one, empty where there are no deals"),
        (
            ONE | {"role": "negative"},
            "a document whose role is negative has signals",
            "give another role or take them out",
        ),
        (ONE | {"signals": ["x"]}, "signal 1 is no object", "give each signal as a JSON object"),
        (
            page("a", FIRST, signal("ferry pact"), signal("ferry pact")),
            "signal 2 stands where signal 1 does",
            "take one out or correct its place",
        ),
        (
            changed(stage="sealed"),
            "signal 1 ('ferry pact'): stage 'sealed' is not known",
            "give idea, talks, agreed, signed, in_force, stalled or ended",
        ),
        (changed(sector=None), "signal 1 ('ferry pact'): sector 'None' is not known", "give defence, nuclear"),
        (changed(sector=["trade"]), "sector \"['trade']\" is not known", "give defence, nuclear"),
        (changed(ahead="no"), "signal 1 ('ferry pact'): 'ahead' must be true or false", "correct 'ahead'"),
        (
            page("a", FIRST, without("ahead", signal("ferry pact"))),
            "signal 1 ('ferry pact'): the key 'ahead' is missing",
            "give true or false",
        ),
        (
            page("a", FIRST, without("parties", signal("ferry pact"))),
            "the key 'parties' is missing",
            "give a list, empty where none is known",
        ),
        (changed(parties="NO"), "'parties' must be a list of texts", "correct 'parties'"),
        (changed(parties=[1]), "'parties' must be a list of texts", "correct 'parties'"),
        (changed(deal=4), "'deal' must be text", "correct 'deal' or leave it out"),
        (changed(anchor=""), "'anchor' must be words of the text", "correct 'anchor'"),
        (changed(anchor=["ferry"]), "signal 1: 'anchor' must be words of the text", "correct 'anchor'"),
        (changed(anchor=None), "signal 1: the key 'anchor' is missing", "give the words that name the deal"),
        (
            changed(anchor="bridge"),
            "the anchor stands 0 times in the text, the 1. is asked for",
            "copy the anchor letter by letter and correct 'nth'",
        ),
        (changed(nth=2), "the anchor stands 1 times in the text, the 2. is asked for", "correct 'nth'"),
        (changed(nth=0), "'nth' must be 1 or more", "correct 'nth' or leave it out"),
        (changed(nth="1"), "'nth' must be 1 or more", "correct 'nth' or leave it out"),
        (changed(start=0, end=10), "the anchor does not stand at 0 to 10", "leave 'start' and 'end' out"),
        (changed(start=1, end=1_000), "1 to 1000 is no place in the text of 100 code points", "or leave both out"),
        (changed(start=4), "4 to None is no place in the text", "correct 'start' and 'end', or leave both out"),
        ([ONE], "it is no JSON object", "give one with id, event, role, text and signals"),
    ],
)
def test_what_is_not_of_the_form_is_refused_with_the_cure(given: Any, cause: str, cure: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(given))
    (error,) = refused(tmp_path)
    assert isinstance(error, Damaged)
    assert error.source == str(tmp_path / "a.json")
    assert cause in error.cause
    assert cure in error.cure


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (b"{", "it is no JSON"),
        (b"\xff\xfe{}", "it is not UTF-8"),
        (b"[" * 100_000, "it is no JSON"),
        (b"", "it is no JSON"),
    ],
)
def test_what_is_no_json_is_refused(raw: bytes, cause: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(raw)
    (error,) = refused(tmp_path)
    assert error.cause == cause


def test_a_byte_order_mark_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(ONE).encode())
    assert [each.id for each in loaded(tmp_path)] == ["a"]


def test_places_without_gold_are_told(tmp_path: Path) -> None:
    (tmp_path / "outcomes.json").write_text("{}")
    (missing,) = refused(tmp_path / "none")
    (empty,) = refused(tmp_path)
    assert isinstance(missing, NotFound)
    assert isinstance(empty, NoText)
    assert empty.cause == "the folder holds no .json of an annotated document"


def test_a_file_above_the_limit_is_not_read_whole(tmp_path: Path) -> None:
    write(tmp_path, page("a", FIRST * 100, signal("ferry pact")))
    (error,) = refused(tmp_path, settings=Settings(max_source_bytes=1_000))
    assert isinstance(error, TooLarge)


def test_the_same_id_twice_is_refused_once(tmp_path: Path) -> None:
    folder = write(tmp_path, PAGES[0], PAGES[1], PAGES[0])
    (error,) = refused(folder)
    assert error.source.endswith("03.json")
    assert error.cause == f"the id 'oslo/1' is that of {folder / 'oslo' / '01.json'}"
    # A folder given twice is the same mistake.
    other = write(tmp_path / "other", PAGES[2])
    assert len(refused(other, other)) == 1


# --- predictions -----------------------------------------------------------------------------------------------------


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return write(tmp_path / "gold", *PAGES)


def test_predictions_are_taken_as_the_scorer_takes_them(gold: Path, tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    # U+2028 is no line end to JSON.
    bare = json.dumps(
        {"id": "none/2", "signals": [{"start": 0, "end": 7, "parties": None}], "x": "\u2028"}, ensure_ascii=False
    )
    path.write_text(lines(FOUND) + "\n  \n" + bare + "\n", "utf-8")
    found = load_predictions(path, loaded(gold), settings=SETTINGS)
    assert list(found) == ["oslo/1", "oslo/2", "none/1", "none/2"]
    assert [mark.confidence for mark in found["oslo/1"]] == [0.05, 0.95, 0.55]
    assert [mark.deal for mark in found["oslo/1"]] == [None, "1", "1"]
    (bare_mark,) = found["none/2"]
    assert (bare_mark.stage, bare_mark.ahead, bare_mark.parties, bare_mark.confidence) == (None, None, (), None)


def row(**fields: Any) -> dict[str, Any]:
    return {"id": "oslo/1", "signals": [told(FIRST, "ferry pact") | fields]}


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        ({"id": "oslo/9", "signals": []}, "line 1: no gold document has the id 'oslo/9'"),
        ({"signals": []}, "line 1: the key 'id' must be text"),
        ({"id": "oslo/1"}, "line 1: the key 'signals' must be a list"),
        ([], "line 1: it is no JSON object"),
        (row(start="1"), "line 1: signal 1: 'start' and 'end' must be whole numbers"),
        (row(end=True), "line 1: signal 1: 'start' and 'end' must be whole numbers"),
        (row(start=-1), "line 1: signal 1: -1 to 36 is no place in the text of 100 code points"),
        (row(end=101), "line 1: signal 1: 26 to 101 is no place"),
        (row(start=36), "line 1: signal 1: 36 to 36 is no place"),
        (row(stage=3), "line 1: signal 1: 'stage' must be text"),
        (row(ahead="true"), "line 1: signal 1: 'ahead' must be true or false"),
        (row(confidence=1.5), "line 1: signal 1: 'confidence' must be 0 to 1"),
        (row(confidence="high"), "line 1: signal 1: 'confidence' must be 0 to 1"),
        (row(confidence=float("nan")), "line 1: signal 1: 'confidence' must be 0 to 1"),
        (row(deal=[1]), "line 1: signal 1: 'deal' must be text or a whole number"),
        (row(parties="NO"), "line 1: signal 1: 'parties' must be a list of texts"),
        ({"id": "oslo/1", "signals": [1]}, "line 1: signal 1 is no object"),
    ],
)
def test_predictions_that_cannot_be_are_refused(given: Any, cause: str, gold: Path, tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    path.write_text(json.dumps(given))
    with pytest.raises(Damaged) as raised:
        load_predictions(path, loaded(gold), settings=SETTINGS)
    assert raised.value.source == str(path)
    assert cause in raised.value.cause
    assert raised.value.cure


def test_predictions_that_are_there_twice_or_not_at_all(gold: Path, tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    with pytest.raises(NotFound):
        load_predictions(path, loaded(gold), settings=SETTINGS)
    path.write_text(lines({"oslo/1": []}) * 2)
    with pytest.raises(Damaged, match="line 2: the id 'oslo/1' came before"):
        load_predictions(path, loaded(gold), settings=SETTINGS)
    with pytest.raises(SourceError, match="it cannot be read: Is a directory"):
        load_predictions(tmp_path, loaded(gold), settings=SETTINGS)


def test_a_signal_of_the_engine_is_the_mark_that_its_json_would_be() -> None:
    found = found_signal(FIRST, "ferry pact", "signed", confidence=0.123456)
    mark = mark_of(found)
    assert mark.confidence == found.to_dict()["confidence"] == 0.1235
    assert all(getattr(mark, name) == getattr(found, name) for name in (*ATTRIBUTES, "start", "end", "parties"))
    assert all(type(getattr(mark, name)) in (str, bool) for name in ATTRIBUTES)


def test_values_are_those_of_the_model() -> None:
    assert VALUES["certainty"] == ("certain", "probable", "possible")
    assert len(VALUES["sector"]) == 15
    assert [shown(value) for value in (True, False, None, "idea")] == ["true", "false", "nothing", "idea"]
