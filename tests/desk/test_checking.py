"""A file that is to be taken in: what export wrote is let through; anything else is refused with its line and a cure."""

from __future__ import annotations

import copy
import hashlib
import io
import json
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.desk.exchange.checking import look_through
from paraph.desk.exchange.whole import FORMAT
from paraph.errors import Damaged
from paraph.settings import Settings

SETTINGS = Settings()
BYTES = b"<p>Norway and Chile signed an accord.</p>"
HASH = hashlib.sha256(BYTES).hexdigest()
TEXT = "Norway and Chile signed an accord."
SIGNAL = {
    "start": 27,
    "end": 33,
    "anchor": "accord",
    "stage": "signed",
    "ahead": False,
    "certainty": "certain",
    "source_type": "outlet",
    "source": None,
    "parties": ["NO", "CL"],
    "sector": "politics",
    "instrument": "cooperation",
    "confidence": 1,
    "why": [{"field": "stage", "start": 17, "end": 23}],
    "engine": "cues",
}
VERSION = {
    "id": "a",
    "url": None,
    "publisher": "The Post",
    "title": None,
    "published": "2031-04-05",
    "updated": "2031-04-05T10:00+02:00",
    "fetched": None,
    "language": "en",
    "kind": "report",
    "notes": [],
    "seen": "2031-04-05T09:00:00.000000+00:00",
    "engine": "cues",
    "engine_version": "0.2",
    "raw": HASH,
    "text": TEXT,
    "signals": [SIGNAL],
}
SELECTOR = {"exact": "accord", "prefix": "", "suffix": ".", "start": 27, "end": 33, "text_hash": "x"}
REVIEW = {
    "type": "review",
    "at": "2031-04-06T09:00:00.000000+00:00",
    "who": "ann",
    "action": "accept",
    "target": {"document": "a", "signal": "0123456789ab", "selector": SELECTOR},
    "payload": {},
    "reason": None,
    "undoes": None,
}
FEED = {
    "type": "feed",
    "url": "https://example.org/feed",
    "was": [],
    "title": None,
    "added": VERSION["seen"],
    "etag": None,
    "last_modified": None,
    "checked": None,
    "succeeded": None,
    "due": None,
    "failures": 0,
    "error": None,
    "items": 1,
    "period": None,
    "newest": [],
    "gaps": [],
    "gone": False,
    "entries": [
        {
            "key": "k",
            "state": "done",
            "seen": VERSION["seen"],
            "due": None,
            "tries": 1,
            "stamp": None,
            "readings": 1,
            "entry": None,
            "document": "a",
            "error": None,
        }
    ],
}
LINES: list[dict[str, Any]] = [
    {"type": "desk", "format": FORMAT},
    {"type": "raw", "hash": HASH, "media_type": "text/html", "data": b64encode(BYTES).decode()},
    {"type": "document", "id": "a", "first_seen": VERSION["seen"], "arrival": "added", "versions": [VERSION]},
    {
        "type": "occasion",
        "name": "Oslo",
        "parties": ["NO", "CL"],
        "from": "2031-04-05",
        "to": "2031-04-06",
        "place": None,
    },
    REVIEW,
    REVIEW | {"action": "undo", "target": None, "undoes": 1},
    {"type": "alias", "id": "ba9876543210", "signal": "0123456789ab"},
    FEED,
    {"type": "end", "raw": 1, "document": 1, "occasion": 1, "review": 2, "alias": 1, "feed": 1},
]


def stream(lines: list[Any]) -> io.BytesIO:
    return io.BytesIO("".join(json.dumps(line) + "\n" for line in lines).encode())


def refusal(data: bytes | list[Any], settings: Settings = SETTINGS) -> Damaged:
    with pytest.raises(Damaged) as caught:
        look_through(io.BytesIO(data) if isinstance(data, bytes) else stream(data), "desk.jsonl", settings)
    return caught.value


def test_a_whole_file_is_let_through() -> None:
    looked = look_through(stream(LINES), "desk.jsonl", SETTINGS)
    assert looked.counts == {"raw": 1, "document": 1, "occasion": 1, "review": 2, "alias": 1, "feed": 1}
    assert looked.raws == {HASH: len(json.dumps(LINES[0])) + 1}


def test_a_desk_without_anything_is_let_through() -> None:
    end = {"type": "end"} | dict.fromkeys(("raw", "document", "occasion", "review", "alias", "feed"), 0)
    assert not look_through(stream([LINES[0], end]), "desk.jsonl", SETTINGS).counts


@pytest.mark.parametrize(
    ("data", "line", "cause"),
    [
        (b"", 1, "the file is empty: its last line is missing"),
        (b"hello\n", 1, "it is not JSON"),
        (b"\xff\xfe\x00\n", 1, "it is not JSON"),
        (b'{"type": "desk"', 1, "the file is cut short in this line"),
        (b"[1]\n", 1, "it is not a JSON object"),
        (b'{"text": "a document"}\n', 1, "the file is not an exported desk"),
        (b'{"type": "desk", "format": 99}\n', 1, "its format 99 is not known, only 1 is"),
        (b'{"type": "desk", "format": NaN}\n', 1, "it is not JSON"),
        (b"[" * 100_000 + b"\n", 1, "it is not JSON"),
    ],
)
def test_what_is_no_desk_is_refused(data: bytes, line: int, cause: str) -> None:
    error = refusal(data)
    assert error.source == f"desk.jsonl, line {line}"
    assert error.cause == cause
    assert error.cure


def test_a_file_cut_short_is_refused_wherever_it_was_cut() -> None:
    whole = stream(LINES).getvalue()
    for at in range(0, len(whole) - 1, 37):
        assert refusal(whole[:at]).cure


def test_lines_missing_doubled_or_out_of_order_are_refused() -> None:
    for at in range(1, len(LINES)):
        assert refusal(LINES[:at] + LINES[at + 1 :]).source.startswith("desk.jsonl, line ")
        assert refusal([*LINES[: at + 1], *LINES[at:]])
    assert refusal([*LINES, LINES[-1]]).cause == "the file goes on after its end"
    moved = [LINES[0], *LINES[2:-1], LINES[1], LINES[-1]]
    assert refusal(moved).cause == "the bytes that it was read from are missing"
    assert "stands after" in refusal([*LINES[:3], *LINES[4:6], LINES[3], *LINES[6:]]).cause


def changed(at: int, *path: str | int, to: Any) -> list[Any]:
    lines = copy.deepcopy(LINES)
    spot = lines[at]
    for step in path[:-1]:
        spot = spot[step]
    spot[path[-1]] = to
    return lines


IN_VERSION = (2, "versions", 0)
IN_SIGNAL = (*IN_VERSION, "signals", 0)


@pytest.mark.parametrize(
    ("path", "value", "cause"),
    [
        ((1, "data"), "???", "its data is not base64"),
        ((1, "data"), b64encode(b"other").decode(), "its data does not have the hash that it claims"),
        ((1, "media_type"), None, "its media_type is not a text"),
        ((2, "id"), 7, "its id is not a text"),
        ((2, "id"), "b", "its id is not the one that a version's id and address make"),
        ((2, "first_seen"), "yesterday", "its first_seen is no moment"),
        ((2, "first_seen"), "2031-04-05T09:00:00", "its first_seen has no zone"),
        ((2, "arrival"), "stolen", "its arrival is neither added nor watched"),
        ((2, "versions"), [], "it has no versions"),
        ((2, "versions"), ["x"], "it has no versions"),
        ((*IN_VERSION, "text"), None, "its text is not a text"),
        ((*IN_VERSION, "published"), "2031-13-05", "its published is no day or moment"),
        ((*IN_VERSION, "kind"), "poem", "its kind 'poem' is not known"),
        ((*IN_VERSION, "notes"), [1], "its notes are not a list of texts"),
        ((*IN_VERSION, "raw"), "0" * 64, "the bytes that it was read from are missing"),
        ((*IN_VERSION, "signals"), {}, "its signals are not a list of objects"),
        ((*IN_SIGNAL, "anchor"), "treaty", "a signal's anchor does not stand at 27..33 of its text"),
        ((*IN_SIGNAL, "end"), 99, "a signal's anchor does not stand at 27..99 of its text"),
        ((*IN_SIGNAL, "start"), True, "its start is not a whole number"),
        ((*IN_SIGNAL, "parties"), "NO", "a signal's parties are not a list of texts"),
        ((*IN_SIGNAL, "why"), [1], "a signal's why is not a list of objects"),
        ((*IN_SIGNAL, "why"), [{"field": 1, "start": 1, "end": 2}], "its field is not a text"),
        ((*IN_SIGNAL, "confidence"), 1.5, "a signal's confidence is not a number from 0 to 1"),
        ((*IN_SIGNAL, "ahead"), 1, "a signal's ahead is neither true nor false"),
        ((*IN_SIGNAL, "stage"), ["signed"], "its stage ['signed'] is not known"),
        ((*IN_SIGNAL, "sector"), "magic", "its sector 'magic' is not known"),
        ((*IN_SIGNAL, "engine"), None, "its engine is not a text"),
        ((3, "parties"), [1], "its parties are not a list of texts"),
        ((3, "from"), "soon", "its from is no day"),
        ((3, "to"), "2031-04-04", "it ends before it begins"),
        ((4, "action"), "sing", "its action 'sing' is not known"),
        ((4, "who"), "a" * 131, "its who has more than 130 characters"),
        ((4, "payload"), [], "its payload is not an object"),
        ((4, "target"), {"document": "a"}, "its target is not one"),
        ((4, "target"), "a", "its target is not one"),
        ((4, "target", "document"), 7, "its target is not one"),
        ((4, "target", "selector", "start"), "27", "its target is not one"),
        ((4, "target", "selector", "exact"), None, "its target is not one"),
        ((4, "undoes"), 1, "it undoes a decision that does not stand before it"),
        ((5, "undoes"), 2, "it undoes a decision that does not stand before it"),
        ((6, "signal"), None, "its signal is not a text"),
        ((7, "entries"), None, "its entries are not a list of objects"),
        ((7, "entries", 0, "key"), 1, "its key is not what export writes"),
        ((7, "entries", 0, "tries"), "1", "its tries is not what export writes"),
        ((7, "gone"), 0, "its gone is not what export writes"),
        ((7, "failures"), True, "its failures is not what export writes"),
        ((7, "gaps"), None, "its gaps is not what export writes"),
        ((7, "added"), "soon", "its added is no moment"),
        ((7, "type"), "cake", "its type 'cake' is not known"),
        ((8, "feed"), 2, "lines before it are missing or doubled"),
    ],
)
def test_values_that_export_never_writes_are_refused(path: tuple[Any, ...], value: Any, cause: str) -> None:
    error = refusal(changed(path[0], *path[1:], to=value))
    assert error.cause == cause
    assert error.source == f"desk.jsonl, line {path[0] + 1}"


TARGET = REVIEW["target"]
WORDS = {"stage": "talks", "certainty": "certain", "sector": "trade", "instrument": "purchase"}


@pytest.mark.parametrize(
    ("action", "payload", "sound"),
    [
        ("correct", {"field": "stage", "value": "talks"}, True),
        ("correct", {"field": "parties", "value": ["NO"]}, True),
        ("correct", {"field": "stage", "value": "sung"}, False),
        ("correct", {"field": ["stage"], "value": "talks"}, False),
        ("correct", {}, False),
        ("add", WORDS, True),
        ("add", WORDS | {"ahead": True, "more": 1}, True),
        ("add", WORDS | {"ahead": 1}, False),
        ("add", {"stage": "talks"}, False),
        ("merge", {"pins": [{"one": TARGET, "other": TARGET}]}, True),
        ("split", {"pins": [{"one": TARGET, "other": None}]}, True),
        ("merge", {"pins": [{"one": TARGET}]}, False),
        ("merge", {"pins": [{"one": None, "other": None}]}, False),
        ("merge", {"pins": []}, False),
        ("split", {}, False),
        ("own", {"publisher": "The Post", "owner": "Holding"}, True),
        ("own", {"publisher": "The Post"}, True),
        ("own", {"publisher": None}, False),
        ("overrule", {"occasion": "Oslo", "outcome": "absent"}, True),
        ("overrule", {"occasion": "Oslo", "outcome": "nice"}, False),
        ("overrule", {"outcome": "absent"}, False),
        ("note", {}, True),
    ],
)
def test_a_decision_is_let_through_if_it_can_be_acted_on(action: str, payload: dict[str, Any], sound: bool) -> None:
    lines = changed(4, "action", to=action)
    lines[4]["payload"] = payload
    if sound:
        look_through(stream(lines), "desk.jsonl", SETTINGS)
    else:
        assert refusal(lines).cause == "its payload is not one that can be acted on"


def test_a_decision_about_a_signal_names_it() -> None:
    assert refusal(changed(4, "target", to=None)).cause == "it does not say which signal it is about"


def test_a_field_that_is_missing_is_refused() -> None:
    """Those that may be null as well: what is not said is not taken for nothing."""
    for at in range(1, len(LINES) - 1):
        for name in LINES[at]:
            lines = copy.deepcopy(LINES)
            del lines[at][name]
            assert refusal(lines).source == f"desk.jsonl, line {at + 1}"
    for name in VERSION:
        lines = copy.deepcopy(LINES)
        del lines[2]["versions"][0][name]
        assert refusal(lines).source == "desk.jsonl, line 3"


def test_the_same_bytes_twice_are_refused() -> None:
    assert refusal([*LINES[:2], *LINES[1:]]).cause == "the same bytes stand twice"


def test_a_line_without_end_is_refused_before_it_is_in_memory() -> None:
    small = replace(SETTINGS, max_source_bytes=1_000, max_text_chars=1_000)
    assert "it is longer than 66,000 bytes" in refusal(b'{"type": "' + b"x" * 100_000, small).cause


FIELDS: list[Callable[[], Any]] = [lambda: None, lambda: 7, lambda: "x", list, dict, lambda: True, lambda: -1.5]


@given(st.data())
def test_no_value_makes_anything_but_a_refusal(data: st.DataObject) -> None:
    """Whatever stands in a field, the file is let through or refused in words, never with a traceback."""
    at = data.draw(st.integers(0, len(LINES) - 1))
    lines = copy.deepcopy(LINES)
    spot: Any = lines[at]
    while True:
        key = data.draw(st.sampled_from(sorted(spot) if isinstance(spot, dict) else range(len(spot))))
        if isinstance(spot[key], dict | list) and spot[key] and data.draw(st.booleans()):
            spot = spot[key]
        else:
            break
    if data.draw(st.booleans()) and isinstance(spot, dict):
        del spot[key]
    else:
        spot[key] = data.draw(st.sampled_from(FIELDS))()
    with suppress(Damaged):
        look_through(stream(lines), "desk.jsonl", SETTINGS)
