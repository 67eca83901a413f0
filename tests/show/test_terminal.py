"""The table and the explanation, as a person sees them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from paraph.briefing import brief
from paraph.errors import NotFound
from paraph.model import Cue, Document, Reading
from paraph.settings import Settings
from paraph.show.brief_terminal import print_brief
from paraph.show.explain import SHOWN_CHARS, explain, marked
from paraph.show.out import Sink, output
from paraph.show.settings_table import print_settings
from paraph.show.table import print_table
from paraph.show.terminal import console
from samples import REPORT, hostile, noon, note, report, signal


@pytest.fixture(autouse=True)
def _no_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """The width is the test's own; pytest-xdist sets one."""
    monkeypatch.delenv("COLUMNS", raising=False)


def shown(show: Any, *given: Any, columns: int | None = None, terminal: bool = False, **more: Any) -> str:
    """Return what a view prints, to a file or as to a terminal of so many columns."""
    stream = io.BytesIO()
    to = console(Sink(stream, "test", terminal=terminal), **more)
    if columns is not None:
        to.width = columns
    show(*given, to)
    return stream.getvalue().decode()


TABLE = """\
Norway and Chile weigh a ferry pact before the Oslo visit
The Oslo Example · 3 Mar 2025, 22:32 +01:00 · updated 4 Mar 2025, 08:05 +01:00 · report
https://news.example/ferries?a=1&b=2
6 signals, 3 of 6 ahead

Transport  3 of 6
·●··· ··  talks            certain   ferry pact                     the outlet           NO–CL  cooperation
··┄○· ··  signed, ahead    possible  agreement on electric ferries  Ana Ruiz (official)  NO–CL  cooperation
····· ·●  ended            certain   loan for the port of Arica     the outlet           NO–CL  investment

Environment  1 of 6
·┄○·· ··  agreed, ahead    possible  Joint research on fjord ice    the outlet           NO–CL  cooperation

Agriculture  2 of 6
·┄○·· ··  agreed, ahead    possible  Supply of salmon feed          the outlet           NO–CL  purchase
····● ··  in force         certain   seed bank                      the outlet           NO–CL  cooperation

"""


def test_the_table() -> None:
    assert shown(print_table, report()) == TABLE


@pytest.mark.parametrize("columns", [40, 60, 80, 109, 110, 200])
def test_the_table_fits_and_loses_nothing(columns: int) -> None:
    text = shown(print_table, report(), columns=columns)
    assert max(map(len, text.splitlines())) <= columns
    for each in report().signals:
        assert all(word in text for word in each.anchor.split()) or columns == 40


def test_a_document_without_signals_says_so() -> None:
    text = shown(print_table, Reading(Document("Nothing.", id="n1", notes=("the date lies in the future",)), ()))
    assert text == "(no title)\nundated · report\nid n1\nnote: the date lies in the future\nno signals\n\n"


EXPLAINED = """
  2  ··┄○· ··  agreement on electric ferries  signed, ahead · possible · transport
     “Norway and Chile {could} {sign} an [agreement on electric ferries] next week, Transport Minister Ana Ruiz {said}.”
     stage       signed               {sign}
     ahead       yes                  {could}
     certainty   possible             {could}
     source      Ana Ruiz (official)  {said}
     parties     NO–CL                (by default)
     sector      transport            (by default)
     instrument  cooperation          (by default)
     confidence  0.90                 engine hand

  3  ·┄○·· ··  Joint research on fjord ice  agreed, ahead · possible · environment
     “A list of further {announcements} {could include}:”
     “[Joint research on fjord ice]”
     stage       agreed               {announcements}
     ahead       yes                  {could include}
     certainty   possible             {could include}
"""


def test_the_explanation() -> None:
    text = shown(explain, report())
    assert EXPLAINED.strip("\n") in text


def test_words_that_decided_from_afar_are_shown_in_their_place() -> None:
    far = signal(REPORT, "seed bank", "in_force", why=[("sector", "ferry pact")])
    text = shown(explain, Reading(report().document, (far,)))
    assert (
        "sector      transport            {ferry pact} in “…Norway and Chile weigh a {ferry pact} before the Oslo"
        in text
    )


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], "Pay [the toll] now"),
        ([(0, 3)], "{Pay} [the toll] now"),
        ([(4, 7)], "Pay [{the} toll] now"),
        ([(4, 12)], "Pay [{the toll}] now"),
        ([(8, 16)], "Pay [the {toll] now}"),
        ([(0, 16)], "{Pay [the toll] now}"),
        ([(0, 3), (0, 3), (5, 5)], "{Pay} [the toll] now"),
        ([(0, 3), (0, 7), (4, 12)], "{Pay [the toll}] now"),
        ([(0, 3), (13, 16), (13, 15)], "{Pay} [the toll] {now}"),
        ([(0, 2), (2, 3)], "{Pa}{y} [the toll] now"),
    ],
)
def test_marks_nest_cross_and_touch(spans: list[tuple[int, int]], expected: str) -> None:
    text = "Pay the toll now"
    found = signal(text, "the toll")
    why = tuple(Cue("stage", a, b) for a, b in spans)
    found = (
        Reading(Document(text), (found,))
        .signals[0]
        .__class__(**{name: getattr(found, name) for name in found.__slots__ if name != "why"}, why=why)
    )
    assert str(marked(text, 0, len(text), found)) == expected


def test_a_sentence_without_end_is_cut() -> None:
    text = "word " * 200_000 + "the pact " + "word " * 200_000
    page = shown(explain, Reading(Document(text), (signal(text, "pact"),)))
    assert "[pact]" in page
    assert len(page) < 10 * SHOWN_CHARS


@pytest.mark.parametrize("view", [print_table, explain])
@pytest.mark.parametrize("columns", [40, 120])
@pytest.mark.parametrize("terminal", [False, True])
def test_a_hostile_text_moves_no_cursor(view: Any, columns: int, terminal: bool) -> None:
    text = shown(view, hostile(), columns=columns, terminal=terminal, color=False)
    styles = {"\x1b"} if terminal else set()
    assert not (set("\x00\x07\x9b\u202e\u2066\u2069\u200f\r\x1b") - styles) & set(text)
    # Only rich's own styles may begin with an escape: "select graphic rendition", never a title or a cursor.
    for part in text.split("\x1b")[1:]:
        assert part.lstrip("[0123456789;").startswith("m")


def test_no_color_means_no_colour_and_a_file_no_style(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    colours = [f"\x1b[{n}" for n in (*range(30, 38), *range(90, 98))]
    plain = shown(print_table, report(), terminal=True, color=False, columns=120)
    assert "\x1b[1m" in plain
    assert not any(colour in plain for colour in colours)
    with output(tmp_path / "table.txt") as sink:
        print_table(report(), console(sink))
    assert (tmp_path / "table.txt").read_text("utf-8") == TABLE


def test_settings_are_shown_with_what_was_changed() -> None:
    rows = [row | {"value": row["default"]} for row in Settings.table()]
    text = shown(print_settings, rows)
    for row in rows:
        assert row["name"] in text
        assert row["environment"] in text
    assert "(default" not in text
    rows[0]["value"] = 2_000
    rows += [
        {
            "name": "quick",
            "default": True,
            "value": False,
            "unit": "",
            "about": "a switch",
            "environment": "Q",
            "low": None,
            "high": None,
        }
    ]
    rows += [
        {
            "name": "agent",
            "default": "a",
            "value": "a",
            "unit": "",
            "about": "a text",
            "environment": "A",
            "low": None,
            "high": None,
        }
    ]
    text = shown(print_settings, rows)
    assert "2,000 bytes   (default 100,000,000)" in text
    assert "quick  off   (default on)\n  a switch\n  Q, 1 or 0\n" in text
    assert "agent  a\n  a text\n  A\n" in text


def test_signals_of_a_note_by_sector() -> None:
    text = shown(print_table, note())
    assert text.index("Transport  1 of 2") < text.index("Agriculture  1 of 2")
    assert "····· ●·  stalled" in text


BRIEF = """\
Norway–Chile: what is on the table
8 signals of 6 deals in 2 documents, published 3 Mar 2025 to 12 Mar 2025

deals        idea  talks  agreed  signed  in force     stalled  ended
Transport       ·      1       ·       1         ·  │        ·      1
Agriculture     ·      ·       ·       ·         1  │        1      ·
Environment     ·      ·       1       ·         ·  │        ·      ·
6               ·      1       1       1         1  │        1      1
"""


def test_the_brief() -> None:
    made = brief([report(), note(), NotFound("gone.html", "no such file"), report()], made=noon())
    text = shown(lambda console: print_brief(made, console, Settings(brief_deals=1, brief_voices=1)))
    assert set(BRIEF.splitlines()) <= set(text.splitlines())
    for line in (
        "How sure     of 2 deals on the table: 1 certain, 0 probable, 1 possible",
        "Coverage     2 of 4 documents used, 1 left out as a repeat, 1 not read",
        "ON THE TABLE  2 of 6 deals, 2 of 8 signals, 1 of 2 documents",
        "  ···●· ··  agreement on electric ferries  signed · certain · Norway–Chile · cooperation · 2 signals in 2 documents",
        "            and 1 more in [1]",
        "  also      loan for the port of Arica (ended) [1]",
        "  not read  gone.html: no such file",
        "  [2]       Fact sheet: visit of the President of Chile",
        "Made 5 Mar 2025, 12:00 +00:00",
    ):
        assert line in text.splitlines()
    full = shown(lambda console: print_brief(made, console, Settings()))
    assert "Ana Ruiz (official), signed, ahead: “Norway and Chile could sign an agreement on electric ferries" in full


def test_a_brief_of_nothing_is_short() -> None:
    text = shown(lambda console: print_brief(brief([Reading(Document("Nothing.", id="n1"), ())]), console, Settings()))
    assert text.count("  nothing\n") == 3
    assert "idea  talks" not in text


def test_what_a_closed_pipe_raises_is_not_swallowed() -> None:
    class Closed(io.BytesIO):
        def write(self, _: object) -> int:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        console(Sink(Closed(), "test")).print("x")
