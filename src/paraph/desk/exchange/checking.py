"""Looking through a file that claims to be a whole desk, before anything of it is taken in.

A file is taken in whole or not at all: each line is read and checked first, down to the values of each field, so that a
damaged or doctored file is refused with its line and what to do about it.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO, TypeVar

from sqlalchemy import Boolean, Integer, Table

from paraph.desk.exchange.whole import FORMAT, PASSING, TYPES
from paraph.desk.identity import LONGEST, key_of
from paraph.desk.reviews import FIELDS, field_value
from paraph.desk.rows import moment_of
from paraph.desk.schema import Json, feed_entries, feeds
from paraph.desk.values import Action, Target
from paraph.errors import Damaged
from paraph.model import Certainty, Cue, Document, Instrument, Kind, Outcome, Reading, Sector, Signal, SourceType, Stage
from paraph.settings import Settings

__all__ = ["Line", "Looked", "lines_in", "look_through", "reading_of", "signal_of"]

Line = dict[str, Any]
Word = TypeVar("Word")

_AGAIN = "export the desk again with this version of Paraph, and copy the file whole"
_NEWER = "install a newer Paraph: pip install --upgrade paraph"


@dataclass(slots=True)
class Looked:
    """What a file holds: how many lines of each type, and at which byte each raw and each line begins."""

    counts: Counter[str] = field(default_factory=Counter)
    raws: dict[str, int] = field(default_factory=dict)


def look_through(stream: BinaryIO, source: str, settings: Settings) -> Looked:
    """Read a file from its beginning to its end and check every line.

    ``source`` names the file in what is told. Raises Damaged, with the number of the line, for anything that ``lines_of``
    would not have written. Memory grows with the number of raws (a hash each) and with the longest line.
    """
    looked = Looked()
    stage = -1  # the place in TYPES of the line before; len(TYPES) after the end
    number = 0
    for number, at, values in lines_in(stream, source, settings):
        kind = values.get("type")
        if number == 1:
            _head(values, source)
            continue
        if stage == len(TYPES):
            raise _damaged(source, number, "the file goes on after its end", _AGAIN)
        if kind == "end":
            told = {name: values.get(name) for name in TYPES}
            if told != {name: looked.counts[name] for name in TYPES}:
                raise _damaged(source, number, "lines before it are missing or doubled", _AGAIN)
            stage = len(TYPES)
            continue
        if kind not in TYPES:
            raise _damaged(source, number, f"its type {kind!r} is not known", _NEWER)
        if TYPES.index(kind) < stage:
            raise _damaged(source, number, f"a {kind} stands after a {TYPES[stage]}", _AGAIN)
        stage = TYPES.index(kind)
        looked.counts[kind] += 1
        try:
            _CHECKS[kind](values, looked)
        except _Off as off:
            raise _damaged(source, number, str(off), _AGAIN) from None
        if kind == "raw":
            looked.raws[values["hash"]] = at
    if stage != len(TYPES):
        told_so = "the file is cut short" if number else "the file is empty"
        raise _damaged(source, number + 1, f"{told_so}: its last line is missing", _AGAIN)
    return looked


def reading_of(values: Mapping[str, Any]) -> Reading:
    """Return the document and signals of one version of a line that was looked through."""
    fetched = moment_of(values["fetched"])
    document = Document(
        text=values["text"],
        id=values["id"],
        url=values["url"],
        publisher=values["publisher"],
        title=values["title"],
        published=moment_of(values["published"]),
        updated=moment_of(values["updated"]),
        fetched=fetched if isinstance(fetched, datetime) else None,
        language=values["language"],
        kind=Kind(values["kind"]),
        notes=tuple(values["notes"]),
    )
    return Reading(document, tuple(signal_of(each, document.text) for each in values["signals"]))


def signal_of(values: Mapping[str, Any], text: str) -> Signal:
    """Return the signal that ``Signal.to_dict`` wrote, checked against the text it stands in. Raises ValueError."""
    start, end = _number(values, "start"), _number(values, "end")
    if not 0 <= start < end <= len(text) or text[start:end] != values.get("anchor"):
        raise _Off(f"a signal's anchor does not stand at {start}..{end} of its text")
    parties = values.get("parties")
    if not isinstance(parties, list) or not all(isinstance(party, str) for party in parties):
        raise _Off("a signal's parties are not a list of texts")
    why = values.get("why")
    if not isinstance(why, list) or not all(isinstance(cue, dict) for cue in why):
        raise _Off("a signal's why is not a list of objects")
    confidence = values.get("confidence")
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 <= confidence <= 1:
        raise _Off("a signal's confidence is not a number from 0 to 1")
    ahead = values.get("ahead")
    if not isinstance(ahead, bool):
        raise _Off("a signal's ahead is neither true nor false")
    return Signal(
        start=start,
        end=end,
        anchor=text[start:end],
        stage=_word(values, "stage", Stage),
        ahead=ahead,
        certainty=_word(values, "certainty", Certainty),
        source_type=_word(values, "source_type", SourceType),
        source=_text(values, "source", or_none=True),
        parties=tuple(parties),
        sector=_word(values, "sector", Sector),
        instrument=_word(values, "instrument", Instrument),
        confidence=float(confidence),
        why=tuple(Cue(_text(cue, "field") or "", _number(cue, "start"), _number(cue, "end")) for cue in why),
        engine=_text(values, "engine") or "",
    )


class _Off(ValueError):
    """A line's values are off; the message says which."""


def _damaged(source: str, number: int, cause: str, cure: str) -> Damaged:
    return Damaged(f"{source}, line {number}", cause, cure)


def lines_in(stream: BinaryIO, source: str, settings: Settings) -> Iterator[tuple[int, int, Line]]:
    """Yield number, first byte and values of each line, whatever else is read of the stream in between. Raises Damaged."""
    # A raw is base64 of at most ``max_source_bytes``; a document holds texts, of which most have one or two.
    longest = 2 * settings.max_source_bytes + 64 * settings.max_text_chars
    at = number = 0
    while True:
        stream.seek(at)
        line = stream.readline(longest + 1)
        if not line:
            return
        number += 1
        if len(line) > longest:
            raise _damaged(source, number, f"it is longer than {longest:,} bytes", "raise max_source_bytes")
        try:
            values = json.loads(line, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            cut = not line.endswith(b"\n")
            cause = "the file is cut short in this line" if cut else "it is not JSON"
            raise _damaged(source, number, cause, _AGAIN) from None
        if not isinstance(values, dict):
            raise _damaged(source, number, "it is not a JSON object", _AGAIN)
        yield number, at, values
        at += len(line)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _head(values: Line, source: str) -> None:
    if values.get("type") != "desk":
        cure = "give a file that `paraph export --format jsonl` wrote; documents go in with `paraph add`"
        raise _damaged(source, 1, "the file is not an exported desk", cure)
    if values.get("format") != FORMAT:
        raise _damaged(source, 1, f"its format {values.get('format')!r} is not known, only {FORMAT} is", _NEWER)


def _raw(values: Line, looked: Looked) -> None:
    _text(values, "media_type")
    try:
        data = b64decode(_text(values, "data") or "", validate=True)
    except ValueError:
        raise _Off("its data is not base64") from None
    if hashlib.sha256(data).hexdigest() != values.get("hash"):
        raise _Off("its data does not have the hash that it claims")
    if values["hash"] in looked.raws:
        raise _Off("the same bytes stand twice")


def _document(values: Line, looked: Looked) -> None:
    _text(values, "id")
    _moment(values, "first_seen")
    if values.get("arrival") not in ("added", "watched"):
        raise _Off("its arrival is neither added nor watched")
    texts = values.get("versions")
    if not isinstance(texts, list) or not texts or not all(isinstance(each, dict) for each in texts):
        raise _Off("it has no versions")
    for each in texts:
        _version(each, looked)
        if key_of(reading_of(each).document) != values["id"]:
            raise _Off("its id is not the one that a version's id and address make")


def _version(values: Line, looked: Looked) -> None:
    text = _text(values, "text") or ""
    _text(values, "id")
    for name in ("engine", "engine_version"):
        _text(values, name)
    for name in ("url", "publisher", "title", "language"):
        _text(values, name, or_none=True)
    for name in ("published", "updated", "fetched"):
        _day(values, name)
    _moment(values, "seen")
    _word(values, "kind", Kind)
    notes = values.get("notes")
    if not isinstance(notes, list) or not all(isinstance(note, str) for note in notes):
        raise _Off("its notes are not a list of texts")
    raw = _text(values, "raw", or_none=True)
    if raw is not None and raw not in looked.raws:
        raise _Off("the bytes that it was read from are missing")
    found = values.get("signals")
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise _Off("its signals are not a list of objects")
    for each in found:
        signal_of(each, text)


def _occasion(values: Line, looked: Looked) -> None:
    _text(values, "name")
    _text(values, "place", or_none=True)
    parties = values.get("parties")
    if not isinstance(parties, list) or not all(isinstance(party, str) for party in parties):
        raise _Off("its parties are not a list of texts")
    days = []
    for name in ("from", "to"):
        try:
            days.append(date.fromisoformat(_text(values, name) or ""))
        except ValueError:
            raise _Off(f"its {name} is no day") from None
    if days[0] > days[1]:
        raise _Off("it ends before it begins")


def _review(values: Line, looked: Looked) -> None:
    _moment(values, "at")
    if len(_text(values, "who") or "") > LONGEST:
        raise _Off(f"its who has more than {LONGEST} characters")
    _text(values, "reason", or_none=True)
    _word(values, "action", Action)
    if not isinstance(values.get("payload"), dict):
        raise _Off("its payload is not an object")
    target = values.get("target", "")
    if target is not None and not _is_target(target):
        raise _Off("its target is not one")
    action = Action(values["action"])
    if target is None and action in _OF_SIGNALS:
        raise _Off("it does not say which signal it is about")
    try:
        sound = _can_be_acted_on(action, values["payload"])
    except (KeyError, ValueError, TypeError):
        sound = False
    if not sound:
        raise _Off("its payload is not one that can be acted on")
    undoes = values.get("undoes", "")
    if undoes is not None and not 0 < _number(values, "undoes") < looked.counts["review"]:
        raise _Off("it undoes a decision that does not stand before it")


_OF_SIGNALS = frozenset(Action) - {Action.OWN, Action.NOTE, Action.UNDO}


def _can_be_acted_on(action: Action, payload: Mapping[str, Any]) -> bool:
    """Return whether a decision has in its payload what it needs; for some that do not, raise KeyError or ValueError."""
    if action is Action.CORRECT:
        field_value(payload["field"], payload["value"])
    elif action is Action.ADD:
        for name in ("stage", "certainty", "sector", "instrument", *(FIELDS.keys() & payload.keys())):
            field_value(name, payload[name])
    elif action in (Action.MERGE, Action.SPLIT):
        pins = payload["pins"]
        return bool(pins) and all(
            _is_target(pin["one"]) and (pin["other"] is None or _is_target(pin["other"])) for pin in pins
        )
    elif action is Action.OWN:
        return isinstance(payload["publisher"], str) and isinstance(payload.get("owner", ""), str)
    elif action is Action.OVERRULE:
        Outcome(payload["outcome"])
        return isinstance(payload["occasion"], str)
    return True


def _is_target(values: Any) -> bool:
    try:
        target = Target.from_dict(values)
    except (KeyError, TypeError, AttributeError):
        return False
    where = target.selector
    texts = (target.document, target.signal, where.exact, where.prefix, where.suffix, where.text_hash)
    return all(isinstance(each, str) for each in texts) and type(where.start) is type(where.end) is int


def _alias(values: Line, looked: Looked) -> None:
    _text(values, "id")
    _text(values, "signal")


def _feed(values: Line, looked: Looked) -> None:
    _columns(feeds, values)
    _moment(values, "added")
    entries = values.get("entries")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _Off("its entries are not a list of objects")
    for entry in entries:
        _columns(feed_entries, entry)


def _columns(table: Table, values: Mapping[str, Any]) -> None:
    """Raise _Off where a value is not one that its column of the table takes."""
    for column in table.columns:
        name, value = column.name, values.get(column.name)
        if name in PASSING or (value is None and column.nullable and name in values):
            continue
        kind = int if isinstance(column.type, Integer) else bool if isinstance(column.type, Boolean) else None
        if isinstance(column.type, Json):
            fits = value is not None
        elif kind is not None:
            fits = type(value) is kind
        else:
            fits = isinstance(value, str)
        if not fits:
            raise _Off(f"its {name} is not what export writes")


_CHECKS: dict[str, Callable[[Line, Looked], None]] = {
    "raw": _raw,
    "document": _document,
    "occasion": _occasion,
    "review": _review,
    "alias": _alias,
    "feed": _feed,
}


def _text(values: Mapping[str, Any], name: str, *, or_none: bool = False) -> str | None:
    value = values.get(name)
    if not isinstance(value, str) and not (or_none and value is None and name in values):
        raise _Off(f"its {name} is not a text")
    return value


def _number(values: Mapping[str, Any], name: str) -> int:
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Off(f"its {name} is not a whole number")
    return value


def _word(values: Mapping[str, Any], name: str, words: Callable[[Any], Word]) -> Word:
    try:
        return words(values.get(name))
    except ValueError:
        raise _Off(f"its {name} {values.get(name)!r} is not known") from None


def _moment(values: Mapping[str, Any], name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(values, name) or "")
    except ValueError:
        raise _Off(f"its {name} is no moment") from None
    if moment.tzinfo is None:
        raise _Off(f"its {name} has no zone")
    return moment


def _day(values: Mapping[str, Any], name: str) -> None:
    try:
        moment_of(_text(values, name, or_none=True))
    except ValueError:
        raise _Off(f"its {name} is no day or moment") from None
