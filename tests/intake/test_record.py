"""The JSON document of the contract."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.errors import Damaged, NotEnglish, NoText, TooLarge
from paraph.intake.record import read_record
from paraph.model import Document, Kind, document_id
from paraph.settings import Settings

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
GOLD = Path(__file__).resolve().parents[3] / "shared" / "bench" / "gold" / "dev"


def read(data: dict[str, object], settings: Settings | None = None) -> Document:
    return read_record(data, source="docs.json", settings=settings or Settings(), now=NOW)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_the_text_is_taken_letter_by_letter(text: str) -> None:
    text = "Deal " + text
    document = read({"text": text})
    assert document.text == text
    assert json.loads(json.dumps(document.to_dict()))["text"] == text


def test_odd_characters_in_the_text_stay_for_offsets_count_them() -> None:
    text = "\ufeff a\r\nb\0\u202e\u200b \u00a0 Advertisement\n\n\nAdvertisement "
    assert read({"text": text}).text == text


def test_every_key_is_read_and_others_are_ignored() -> None:
    document = read(
        {
            "id": "x-1",
            "url": "https://news.example.org/a",
            "publisher": "Example News",
            "title": "A deal",
            "published": "2025-12-04",
            "updated": "2025-12-04T22:32:00+05:30",
            "kind": "official",
            "text": "They signed.",
            "signals": [],
            "event": {"deep": [1]},
        }
    )
    assert document.id == "x-1"
    assert document.url == "https://news.example.org/a"
    assert (document.publisher, document.title, document.kind) == ("Example News", "A deal", Kind.OFFICIAL)
    assert document.published == date(2025, 12, 4)
    assert document.fetched == NOW
    out = document.to_dict()
    assert (out["published"], out["updated"]) == ("2025-12-04", "2025-12-04T22:32+05:30")


def test_keys_may_be_missing_null_or_empty() -> None:
    keys = ("id", "url", "publisher", "title", "published", "updated", "kind")
    bare = read({"text": "They signed."})
    assert read({"text": "They signed.", **dict.fromkeys(keys)}) == bare
    assert read({"text": "They signed.", **dict.fromkeys(keys[:-1], "")}) == bare
    assert bare.id == document_id("They signed.")
    assert bare.kind is Kind.REPORT


@pytest.mark.parametrize(
    "text", ["2025-12-04", "2025-12-04T22:32:10Z", "4 December 2025", "Thu, 04 Dec 2025 22:32:00 +0530"]
)
def test_dates_may_have_any_usual_form(text: str) -> None:
    published = read({"text": "They signed.", "published": text}).published
    assert published is not None
    assert (published.year, published.month, published.day) == (2025, 12, 4)


def test_a_future_date_is_kept_as_given_and_flagged() -> None:
    document = read({"text": "They signed.", "published": "2031-01-01", "updated": "2026-01-11"})
    assert document.to_dict()["published"] == "2031-01-01"
    assert len(document.notes) == 1
    assert "published" in document.notes[0]
    assert "future" in document.notes[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "'text' is missing"),
        ({"text": None}, "'text' must be text, not null"),
        ({"text": 5}, "'text' must be text, not a number"),
        ({"text": ["a"]}, "'text' must be text, not a list"),
        ({"text": "a", "url": 5.5}, "'url' must be text or null, not a number"),
        ({"text": "a", "title": {"a": 1}}, "'title' must be text or null, not an object"),
        ({"text": "a", "publisher": True}, "'publisher' must be text or null, not a truth value"),
        ({"text": "a", "published": 20251204}, "'published' must be text or null, not a number"),
        ({"text": "a", "published": "soon"}, "'published' is 'soon', which is no clear date"),
        ({"text": "a", "updated": "2025-02-30"}, "'updated' is '2025-02-30'"),
        ({"text": "a", "kind": "rumour"}, "'kind' is 'rumour'"),
        ({"text": "a", "id": 1.5}, "'id' must be text, a whole number or null, not a number"),
        ({"text": "a", "id": False}, "'id' must be"),
        ({"text": "a \ud83d b"}, "'text' holds half a surrogate"),
        ({"text": "a", "title": "\udfff"}, "'title' holds half a surrogate"),
        ({"text": "a", "id": "\udfff"}, "'id' holds half a surrogate"),
    ],
)
def test_a_wrong_value_names_its_key(data: dict[str, object], words: str) -> None:
    with pytest.raises(Damaged) as caught:
        read(data)
    assert caught.value.source == "docs.json"
    assert words in str(caught.value)
    assert caught.value.cure


def test_a_number_as_id_becomes_text() -> None:
    assert read({"text": "They signed.", "id": 17}).id == "17"


@pytest.mark.parametrize("text", ["", " \n\t ", "— … —"])
def test_no_text_is_said(text: str) -> None:
    with pytest.raises(NoText):
        read({"text": text})


def test_the_length_limit_on_both_sides() -> None:
    settings = Settings(max_text_chars=1_000)
    assert len(read({"text": "a" * 1_000}, settings).text) == 1_000
    with pytest.raises(TooLarge, match="max_text_chars"):
        read({"text": "a" * 1_001}, settings)


def test_only_a_text_that_is_clearly_not_english_is_refused() -> None:
    german = "Die beiden Regierungen haben ein Abkommen über Gas unterzeichnet und wollen sich bald wieder treffen. "
    assert read({"text": german * 2}).text == german * 2
    with pytest.raises(NotEnglish, match="German"):
        read({"text": german * 4})


@pytest.mark.skipif(not GOLD.is_dir(), reason="the gold files are not beside this checkout")
def test_the_gold_documents_come_through_unchanged() -> None:
    for path in sorted(GOLD.glob("*/*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        if "text" not in data:
            continue
        document = read_record(data, source=str(path), settings=Settings(), now=datetime(2027, 1, 1, tzinfo=UTC))
        assert document.text == data["text"]
        assert document.to_dict()["published"] == data["published"]
