"""Trees to lines, markup to lines, and what an extractor lost put back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring, fromstring

from paraph.intake.blocks import lines_of, restore
from paraph.intake.markup import lines_of_markup

LIMIT = 1_000_000


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<div><p>a <b>b</b> c</p>tail<p>d</p></div>", ["a b c", "tail", "d"]),
        ("<ul><li>a</li><li>- b</li><li>• c</li></ul>", ["- a", "- b", "- c"]),
        ("<ol><li>a</li><li>2. b</li><li>c</li></ol>", ["1. a", "2. b", "3. c"]),
        ("<ul><li></li><li>b</li></ul>", ["- b"]),
        ("<ul><li>a<ol><li>b</li></ol>c</li></ul>", ["- a", "1. b", "c"]),
        ("<table><tr><td>a</td><td></td><td>c</td></tr></table>", ["a | | c"]),
        ("<table><tr><td></td><td>b</td><td></td></tr></table>", ["b"]),
        ("<table><tr><td></td><td> </td></tr></table>", []),
        ("<p>a<br>b<script>no</script></p>", ["a", "b"]),
        ("<p>a<!-- no -->b</p>", ["ab"]),
    ],
)
def test_trees_become_lines(html: str, lines: list[str]) -> None:
    assert lines_of(fromstring(html)) == lines


def test_the_numbers_of_a_long_list_go_on() -> None:
    assert lines_of(fromstring("<ol>" + "<li>x</li>" * 12 + "</ol>"))[-1] == "12. x"


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<p>a <b>b</b>&amp;c<p>d", ["a b&c", "d"]),
        ("<ul><li>a<li><p>b</p></ul>c", ["- a", "- b", "c"]),
        ("<ul><li>a</ul><div>b</div>", ["- a", "b"]),
        ("a<script>if (a < b) x()</script>b<style>p{}</style>c", ["a", "b", "c"]),
        ("a<SCRIPT>x</Script>b", ["a", "b"]),
        ("a<script>b", ["a", "b"]),  # without an end tag it is not skipped
        ("<nav><ul><li>Home</ul></nav><p>a", ["a"]),
        ("a <!-- b --> c", ["a c"]),
        ("a <!-- b", ["a"]),
        ("<!DOCTYPE html><?php x ?>a", ["a"]),
        ("<!DOCTYPE", []),
        ("2 < 3 and 4 > 3", ["2 < 3 and 4 > 3"]),
        ("a <b", ["a"]),
        ("<td>a</td><td>b</td>", ["a", "b"]),
        ("", []),
    ],
)
def test_markup_becomes_lines(html: str, lines: list[str]) -> None:
    assert lines_of_markup(html, limit=LIMIT) == lines


def test_markup_stops_soon_after_the_limit() -> None:
    for html in ("<p>" + "word " * 10_000, "<p>word word</p>" * 10_000):
        size = sum(map(len, lines_of_markup(html, limit=1_000)))
        assert 900 <= size <= 1_001


@given(st.text(st.sampled_from("<>/!-a b=pli'"), max_size=200))
def test_no_markup_is_too_odd(html: str) -> None:
    assert all(line == line.strip() and line for line in lines_of_markup(html, limit=LIMIT))


PAGE = """<html><body><nav><h2>Menu</h2><ul><li>Home</li></ul></nav><article><h2>Kicker</h2><p>First paragraph of the report.</p>
<h3>Energy</h3><p>Second paragraph of the report.</p><p>It could include:</p><ul><li>Gas storage</li><li>Reactor fuel</li></ul>
<h3>Transport</h3><div><p>Third paragraph of the report.</p></div><h3>Read more</h3><p>Fourth paragraph of the report.</p>
</article><aside><h3>Other</h3><p>Second paragraph of the report.</p></aside></body></html>"""
KEPT = [
    *("First paragraph of the report.", "Second paragraph of the report.", "It could include:"),
    *("Third paragraph of the report.", "Fourth paragraph of the report."),
]


def test_lost_headings_and_lists_are_put_back() -> None:
    assert restore(KEPT, document_fromstring(PAGE)) == [
        KEPT[0],
        "Energy",
        KEPT[1],
        KEPT[2],
        "- Gas storage",
        "- Reactor fuel",
        "Transport",
        *KEPT[3:],
    ]


def test_lost_marks_are_put_back() -> None:
    lines = [*KEPT[:3], "Gas storage", "Reactor fuel", *KEPT[3:]]
    restored = restore(lines, document_fromstring(PAGE.replace("ul>", "ol>")))
    assert restored[4:6] == ["1. Gas storage", "2. Reactor fuel"]
    assert restore(lines, document_fromstring(PAGE), listed=True)[4] == "- Gas storage"


def test_what_is_there_is_not_put_in_again() -> None:
    once = restore(KEPT, document_fromstring(PAGE))
    assert restore(once, document_fromstring(PAGE)) == once


@pytest.mark.parametrize(
    "clutter",
    [
        "<ul><li><a href='/'>Home</a></li><li><a href='/w'>World</a></li></ul>",  # a menu is made of links
        "<ul>" + "<li>x</li>" * 80 + "</ul>",  # a register is long
        "<ul></ul>",
        "<form><ul><li>Choice</li></ul></form>",
    ],
)
def test_lists_that_are_clutter_stay_out(clutter: str) -> None:
    lines = ["It could include:", "Next paragraph."]
    tree = document_fromstring(f"<div><p>{lines[0]}</p>{clutter}<p>{lines[1]}</p></div>")
    assert restore(lines, tree) == lines


def test_a_box_that_serves_as_heading_is_put_back() -> None:
    tree = document_fromstring(
        "<div><p>One.</p><div class='pf_subheadline'>Energy</div><p>Two.</p><div>Box</div><p>Three.</p></div>"
    )
    assert restore(["One.", "Two.", "Three."], tree) == ["One.", "Energy", "Two.", "Three."]


def test_a_heading_over_what_was_not_kept_stays_out() -> None:
    html = (
        "<div><p>One.</p><p>Dropped.</p><h2>Of two</h2><p>Two.</p><h2>Last</h2><section><p>Dropped</p></section></div>"
    )
    assert restore(["One.", "Two."], document_fromstring(html)) == ["One.", "Of two", "Two."]


def test_a_lead_in_within_a_box_keeps_its_list() -> None:
    html = (
        "<div><div><p>One.</p><p>It could include:</p></div><section><ul><li>Gas</li></ul></section><p>Two.</p></div>"
    )
    lines = ["One.", "It could include:", "Two."]
    assert restore(lines, document_fromstring(html)) == ["One.", "It could include:", "- Gas", "Two."]


def test_long_headings_are_teasers() -> None:
    tree = document_fromstring(f"<div><p>One.</p><h2>{'word ' * 40}</h2><p>Two.</p></div>")
    assert restore(["One.", "Two."], tree) == ["One.", "Two."]
