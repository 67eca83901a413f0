"""The JSON document of the contract to a Document: the text letter by letter, the other keys checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from paraph.errors import Damaged, NotEnglish, NoText
from paraph.intake.dates import country_of, future_note, parse_when
from paraph.intake.language import detect, is_english, name_of
from paraph.intake.official import document_kind
from paraph.intake.page import check_size
from paraph.model import Document, Kind
from paraph.settings import Settings

__all__ = ["read_record"]

# Whoever hands over a record chose its text; only a text that is clearly in another language is refused.
_SURE_WORDS = 40


_SURROGATE = re.compile("[\ud800-\udfff]")


def read_record(data: Mapping[str, object], *, source: str, settings: Settings, now: datetime) -> Document:
    """Return the document that a JSON object describes.

    ``text`` is needed and is taken letter by letter: offsets count code points of what was given, whatever it holds.
    ``id``, ``url``, ``publisher``, ``title``, ``published``, ``updated`` and ``kind`` may be there or null; other keys are
    ignored. A date may have any form that ``parse_when`` reads; one in the future of ``now`` stays as given, with a note.
    ``id`` may be a number and becomes text.

    Raises Damaged, naming the key, for a missing text or a value of the wrong type; NoText for an empty text; TooLarge
    above ``settings.max_text_chars``; NotEnglish for 40 words and more that are clearly not English.
    """
    text = _text(data, source, settings)
    url, publisher, title = (_string(data, key, source) for key in ("url", "publisher", "title"))
    country = country_of(url, publisher)
    published, updated = (_when(data, key, source, country) for key in ("published", "updated"))
    dates = (("published", published), ("updated", updated))
    notes = [note for name, when in dates if (note := future_note(name, when, now)) is not None]
    return Document(
        text=text,
        id=_id(data, source),
        url=url,
        publisher=publisher,
        title=title,
        published=published,
        updated=updated,
        fetched=now,
        language="en",
        kind=_kind(data, source) or document_kind(title, text, url, publisher)[0],
        notes=tuple(notes),
    )


def _text(data: Mapping[str, object], source: str, settings: Settings) -> str:
    if "text" not in data:
        raise Damaged(source, "the key 'text' is missing", "give a JSON object with a text")
    text = data["text"]
    if not isinstance(text, str):
        raise _wrong(source, "text", "text", text)
    if not any(map(str.isalnum, text)):
        raise NoText(source, "the key 'text' holds no text", "leave the record out")
    check_size(len(text), source, settings)
    _whole(source, "text", text)
    if not is_english(text, min_words=_SURE_WORDS):
        raise NotEnglish(source, f"the text is in {name_of(detect(text))}", "Paraph reads English; give a translation")
    return text


def _string(data: Mapping[str, object], key: str, source: str) -> str | None:
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, str):
        _whole(source, key, value)
        return value or None
    raise _wrong(source, key, "text or null", value)


def _whole(source: str, key: str, value: str) -> None:
    """Refuse half a surrogate pair (JSON can write one, as "\\ud83d"): no output could give it back letter by letter."""
    if _SURROGATE.search(value):
        raise Damaged(source, f"the key {key!r} holds half a surrogate pair", "write the file as UTF-8 without escapes")


def _id(data: Mapping[str, object], source: str) -> str:
    value = data.get("id")
    if value is None or isinstance(value, str):
        return _string(data, "id", source) or ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise _wrong(source, "id", "text, a whole number or null", value)


def _when(data: Mapping[str, object], key: str, source: str, country: str | None) -> date | datetime | None:
    value = _string(data, key, source)
    if value is None or not value.strip():
        return None
    when = parse_when(value, country=country)
    if when is None:
        raise Damaged(
            source, f"the key {key!r} is {value[:40]!r}, which is no clear date", "give YYYY-MM-DD or ISO 8601"
        )
    return when


def _kind(data: Mapping[str, object], source: str) -> Kind | None:
    value = _string(data, "kind", source)
    if value is None:
        return None
    try:
        return Kind(value)
    except ValueError:
        raise Damaged(
            source, f"the key 'kind' is {value[:40]!r}", "give 'report', 'official' or leave it out"
        ) from None


def _wrong(source: str, key: str, wanted: str, value: Any) -> Damaged:
    found = {bool: "a truth value", int: "a number", float: "a number", list: "a list", dict: "an object", str: "text"}
    return Damaged(
        source, f"the key {key!r} must be {wanted}, not {found.get(type(value), 'null')}", f"correct {key!r}"
    )
