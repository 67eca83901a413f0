"""Rows of other people's tables as mappings of the contract."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from paraph.corpus.naming import COMMON, KEYS, check, fields, pick
from paraph.errors import Damaged, NoText, UsageError

TEXT = {"text": "Norway signed."}


def test_names_of_the_contract_come_first_and_common_ones_in_their_place() -> None:
    names = ["content", "text", "link", "headline", "date", "noise"]
    assert pick(names, {}) == (
        ("text", "text", False),
        ("url", "link", True),
        ("title", "headline", True),
        ("published", "date", True),
    )
    assert pick([name for name in names if name != "text"], {})[0] == ("text", "content", True)


@pytest.mark.parametrize(
    ("name", "key"),
    [(other, key) for key, others in COMMON.items() for other in others]
    + [
        ("Published_Date", "published"),
        ("publishedAt", "published"),
        ("raw content", "text"),
        ("WARC-Target-URI", "url"),
    ]
    + [("TITLE", "title"), ("_id", "id"), ("Plain.Text", "text")],
)
def test_each_common_name_is_found_however_it_is_written(name: str, key: str) -> None:
    assert pick([name], {}) == ((key, name, True),)


def test_what_means_several_things_is_not_guessed() -> None:
    assert pick(["source", "timestamp", "Kind", "summary", "crawl_date", "type"], {}) == ()


def test_what_is_said_of_columns_counts_before_all() -> None:
    assert pick(["text", "story", "date", "when"], {"text": "story", "published": "when"}) == (
        ("text", "story", False),
        ("published", "when", False),
    )
    # A column that is said to be one thing is not guessed to be another, and an empty name leaves a key out.
    assert pick(["text", "content", "date"], {"html": "content", "published": ""}) == (
        ("text", "text", False),
        ("html", "content", False),
    )
    assert pick(["body"], {"title": "body"}) == (("title", "body", False),)
    assert pick(["text"], {"text": "gone"}) == ()


def test_only_names_of_the_contract_can_be_said() -> None:
    check(dict.fromkeys(KEYS, "x"))
    with pytest.raises(UsageError, match="column 'texts': it is not among text, html, url"):
        check({"texts": "x"})


def test_other_keys_are_left_out() -> None:
    assert fields(TEXT | {"noise": [1], "title": None}, {}, "a") == TEXT


def test_html_stands_in_for_a_text_that_is_not_there() -> None:
    assert fields(TEXT | {"html": "<p>x"}, {}, "a") == TEXT
    for text in (None, "", " \n"):
        assert fields({"text": text, "raw_html": b"<p>x"}, {}, "a") == {"html": b"<p>x"}


def test_a_row_without_text_says_what_it_has() -> None:
    with pytest.raises(Damaged, match=r"a: it has neither text nor html; it has story, title \(name the column"):
        fields({"title": "x", "story": "y"}, {}, "a")
    with pytest.raises(Damaged, match="it has nothing"):
        fields({}, {}, "a")
    for row in ({"text": None}, {"content": None, "title": "x"}, {"body": {"deep": 1}}, {"html": ""}):
        if row.get("html") is None:
            with pytest.raises(NoText, match="a: it holds no text"):
                fields(row, {}, "a")


def test_an_empty_html_or_text_is_no_text() -> None:
    with pytest.raises(NoText):
        fields({"html": ""}, {}, "a")
    assert fields({"text": ""}, {}, "a") == {"text": ""}  # the contract's own word for it


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2025-03-02", "2025-03-02"),
        (date(2025, 3, 2), "2025-03-02"),
        (datetime(2025, 3, 2), "2025-03-02"),
        (datetime(2025, 3, 2, 0, 0, 1), "2025-03-02T00:00:01"),
        (datetime(2025, 3, 2, tzinfo=UTC), "2025-03-02T00:00:00+00:00"),
        (datetime(2025, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=5.5))), "2025-03-02T09:30:00+05:30"),
        (1_740_873_600, "2025-03-02T00:00:00+00:00"),
        (1_740_873_600_000, "2025-03-02T00:00:00+00:00"),
        (1_740_873_600.5, "2025-03-02T00:00:00.500000+00:00"),
        (631_152_000, "1990-01-01T00:00:00+00:00"),
    ],
)
def test_moments_become_text(value: object, text: str) -> None:
    for name in ("published", "date", "updated"):
        assert fields(TEXT | {name: value}, {}, "a")["updated" if name == "updated" else "published"] == text


@pytest.mark.parametrize("value", [20_250_302, 631_151_999, 10**30, True, float("nan"), [2025]])
def test_a_number_that_is_no_moment_is_left_to_the_contract_and_a_guess_is_dropped(value: object) -> None:
    assert fields(TEXT | {"published": value}, {}, "a")["published"] is value
    assert "published" not in fields(TEXT | {"date": value}, {}, "a")


def test_guesses_that_do_not_fit_are_left_out() -> None:
    row = {"content": "Norway signed.", "date": "Posted yesterday", "link": {"href": "x"}, "docid": 1.5, "domain": 7}
    assert fields(row, {}, "a") == {"text": "Norway signed."}
    assert fields(TEXT | {"docid": 15, "headline": "x"}, {}, "a") == TEXT | {"id": 15, "title": "x"}
    assert fields(TEXT | {"raw_html": 5}, {}, "a") == TEXT


def test_bytes_become_text() -> None:
    assert fields({"text": "Nuñez".encode(), "title": b"x"}, {}, "a") == {"text": "Nuñez", "title": "x"}
