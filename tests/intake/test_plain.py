"""Plain text and Markdown."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.errors import NotEnglish, NoText, ParaphError, TooLarge
from paraph.intake.plain import read_plain
from paraph.model import Document, Kind, iso
from paraph.settings import Settings

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
SEED = Path(__file__).resolve().parents[3] / "shared" / "seed"

FIRST = "The president of Ruritania hinted that large agreements on shipping will be signed when he visits Borduria next week."
SECOND = "Officials in both capitals said that the two governments had worked on the texts for months without telling anyone."


def read(text: str, settings: Settings | None = None, **known: object) -> Document:
    return read_plain(text, source="a.txt", settings=settings or Settings(), now=NOW, **known)  # type: ignore[arg-type]


def test_a_report_with_datelines_and_a_body_that_stands_twice() -> None:
    body = [FIRST, "What could be coming?", "It could include:", "- Radars for the coast", "- Turbines", SECOND]
    text = "\n".join(
        [
            "Ruritania hints at deals",
            "A standfirst.",
            "",
            "- Dec 4, 2025,",
            "- Updated Dec 4, 2025 10:32 PM IST",
            *body,
            *body,
        ]
    )
    document = read(text)
    assert document.title == "Ruritania hints at deals"
    assert document.text == "\n".join(["Ruritania hints at deals", "A standfirst.", *body])
    assert document.published == date(2025, 12, 4)
    assert iso(document.updated) == "2025-12-04T22:32+05:30"
    assert document.notes == ("6 lines that stood twice are kept once",)
    assert document.fetched == NOW
    assert document.language == "en"
    assert document.kind is Kind.REPORT


@pytest.mark.skipif(not SEED.is_dir(), reason="the seed article is not beside this checkout")
def test_the_seed() -> None:
    (path,) = SEED.glob("*.txt")
    document = read_plain(path.read_text(encoding="utf-8"), source=str(path), settings=Settings(), now=NOW)
    lines = document.text.split("\n")
    assert (document.published, iso(document.updated)) == (date(2025, 12, 4), "2025-12-04T22:32+05:30")
    assert document.title == lines[0]
    assert len(lines) == len(set(lines)) == 36
    assert sum(line.startswith("- ") for line in lines) == 14
    assert [line for line in lines if line[:3] in ("1. ", "2. ", "3. ", "4. ")] == [
        line for line in lines if line[0].isdigit()
    ]


def test_what_the_caller_knows_comes_first() -> None:
    document = read(
        "A first line\nPublished: 1 May 2025\n" + FIRST,
        title="Given",
        published=date(2025, 12, 1),
        updated=date(2025, 12, 2),
        publisher="Example",
        url="https://example.org/a",
    )
    assert (document.title, document.published, document.updated) == ("Given", date(2025, 12, 1), date(2025, 12, 2))
    assert (document.publisher, document.url) == ("Example", "https://example.org/a")
    assert document.text == "A first line\n" + FIRST


def test_a_long_first_line_or_a_sentence_is_no_title() -> None:
    assert read(FIRST + "\n" + SECOND).title is None
    assert read("x" * 251 + "\n" + FIRST).title is None
    assert read("- Item\n" + FIRST).title is None
    assert read("Only one line").title is None


def test_dates_further_down_are_headings_of_the_text() -> None:
    text = "\n".join(
        ["Chronology of a pact", *[FIRST + str(i) for i in range(8)], "4 December 2025", SECOND, *["More text."] * 6]
    )
    document = read(text)
    assert "4 December 2025" in document.text
    assert document.published is None


def test_an_agency_dateline_dates_the_text_and_stays() -> None:
    lead = "SZOHOD, Dec 5, 2025 (Example Wire) - " + FIRST
    document = read(f"A pact in sight\nBy Example Wire staff\n{lead}\n{SECOND}")
    assert document.published == date(2025, 12, 5)
    assert lead in document.text
    assert read(lead, published=date(2025, 12, 6)).published == date(2025, 12, 6)


def test_dates_alone_are_still_a_text() -> None:
    assert read("4 December 2025").text == "4 December 2025"


def test_a_date_in_the_future_is_noted_and_not_used() -> None:
    document = read("Title here\nPublished: 4 December 2031\nUpdated: 5 December 2031\n" + FIRST)
    assert (document.published, document.updated) == (None, None)
    assert len(document.notes) == 2
    assert all("future" in note and "2031" in note for note in document.notes)


def test_wrapped_text_is_unwrapped() -> None:
    words = (FIRST + " " + SECOND).split()
    wrapped: list[str] = []
    line = ""
    for word in words:
        if len(line) + len(word) >= 60:
            wrapped.append(line)
            line = ""
        line = f"{line} {word}".strip()
    paragraph = [*wrapped, line, ""]
    items = ["It could include:", "- radars", "  for the coast", "- turbines", ""]
    text = "\n".join([*paragraph, *items, *paragraph, *paragraph])
    lines = read(text).text.split("\n")
    assert lines[0] == FIRST + " " + SECOND
    assert lines[1:4] == ["It could include:", "- radars for the coast", "- turbines"]


def test_short_lines_are_not_joined() -> None:
    text = "\n".join([FIRST, "1. Defence", "- Radars", "- Turbines", "2. Energy", "- Gas", "- Oil", "- Coal", SECOND])
    assert read(text).text == text
    poem = "\n".join(f"Line number {i} of a list of forty-odd characters here." for i in range(10))
    assert read(poem).text == poem


MARKDOWN = f"""---
title: "Ruritania hints at deals"
date: 2025-12-04
updated: 2025-12-04T22:32:00+05:30
site: Example News
url: https://news.example.in/a
tags: [a, b]
---

# Ruritania hints at deals

**The** _president_ of [Ruritania](https://example.org "x") hinted
that `agreements` will be signed.

Energy
======

## 1. Defence ##

It could include:

* Radars for the **coast**
* [ ] Turbines
1. First
2) Second

> A quoted line.

| Deal | Stage |
|------|:-----:|
| Gas | signed |

```
code_stays = True
```

![A picture](a.png) <https://example.org> 5 \\* 3

***

Last line\\
after a break

[ref]: https://example.org
{SECOND}
"""


def test_markdown_loses_its_marks_and_keeps_its_lines() -> None:
    document = read(MARKDOWN, markdown=True)
    assert document.text.split("\n") == [
        "Ruritania hints at deals",
        "The president of Ruritania hinted that agreements will be signed.",
        "Energy",
        "1. Defence",
        "It could include:",
        "- Radars for the coast",
        "- Turbines",
        "1. First",
        "2) Second",
        "A quoted line.",
        "Deal | Stage",
        "Gas | signed",
        "code_stays = True",
        "A picture https://example.org 5 * 3",
        "Last line",
        "after a break",
        SECOND,
    ]
    assert (document.title, document.publisher, document.url) == (
        "Ruritania hints at deals",
        "Example News",
        "https://news.example.in/a",
    )
    assert (iso(document.published), iso(document.updated)) == ("2025-12-04", "2025-12-04T22:32+05:30")


def test_a_front_matter_without_an_end_is_text() -> None:
    assert read("---\ntitle: x\n" + FIRST, markdown=True).text == "title: x " + FIRST
    toml = read("+++\ntitle = 'A pact'\ndate = 2025-12-04\n+++\n" + FIRST, markdown=True)
    assert (toml.title, toml.published, toml.text) == ("A pact", date(2025, 12, 4), FIRST)


def test_no_text_and_other_languages_are_said() -> None:
    for text in ("", " \n ", "***\n---", "Advertisement\nRead more"):
        with pytest.raises(NoText) as caught:
            read(text)
        assert caught.value.source == "a.txt"
    german = "Die beiden Regierungen haben ein Abkommen über Gas unterzeichnet und wollen sich bald wieder treffen. "
    with pytest.raises(NotEnglish, match="German"):
        read(german * 3)


def test_the_length_limit_on_both_sides() -> None:
    settings = Settings(max_text_chars=1_000)
    assert len(read("a" * 1_000, settings).text) == 1_000
    with pytest.raises(TooLarge, match=r"1,001 characters.*max_text_chars"):
        read("a" * 1_001, settings)
    with pytest.raises(TooLarge, match="3,001"):  # refused before it is cleaned
        read(" " * 3_001, settings)


@given(st.text(max_size=400), st.booleans())
def test_any_text_is_read_or_refused(text: str, markdown: bool) -> None:
    try:
        document = read(text, markdown=markdown)
    except ParaphError:
        return
    assert document.text.encode().decode() == document.text
    assert all(line and line == line.strip() for line in document.text.split("\n"))


@given(st.text("#*_-`>|[]()!~=+ \n\\ab1.", max_size=200))
def test_marks_of_markdown_in_any_order(text: str) -> None:
    try:
        read(text, markdown=True)
    except ParaphError:
        return


@pytest.mark.parametrize("unit", ["[", "](", "**a", "> ", "* ", "`", "<http://", "| ", "\\", "![a](", "- ", "# "])
def test_hostile_markdown_is_quick(unit: str) -> None:
    try:
        read(unit * (500_000 // len(unit)) + FIRST, markdown=True)
    except ParaphError:
        return


def test_one_line_of_a_hundred_megabytes_is_refused_at_once() -> None:
    with pytest.raises(TooLarge):
        read("word " * 20_000_000)
