"""Texts of others made safe for terminal, page, Markdown, spreadsheet and JSON."""

from __future__ import annotations

import json
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.show import safe
from samples import HOSTILE

ANY = st.text(alphabet=st.characters(), max_size=200)
# What a terminal acts on, or what makes a line read as something else.
ACTIVE = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), *"\u061c\u200e\u200f\u2028\u2029\ufeff"}
ACTIVE |= {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), *map(chr, range(0xE0000, 0xE0080))}


@given(ANY)
def test_a_line_has_nothing_a_terminal_acts_on(text: str) -> None:
    shown = safe.line(text)
    assert not ACTIVE & set(shown)
    assert shown == shown.strip()
    assert "  " not in shown
    shown.encode("utf-8")


@given(ANY)
def test_plain_text_keeps_its_lines_and_nothing_else_that_acts(text: str) -> None:
    assert not (ACTIVE - {"\n"}) & set(safe.plain(text))


@given(st.text(alphabet=st.sampled_from("ab é\u00df漢🙂.,-"), max_size=60))
def test_a_harmless_line_stays_as_it_is(text: str) -> None:
    assert safe.line(text) == " ".join(text.split())
    assert safe.line(safe.line(text)) == safe.line(text)


def test_a_control_character_leaves_a_mark_in_its_place() -> None:
    assert safe.line("a\x1b[2Jb") == "a\ufffd[2Jb"
    assert safe.line("a\u202eb\u2066c") == "abc"
    assert safe.line("one\u2028two\r\nthree\tfour") == "one two three four"
    assert safe.plain("one\u2028two\rthree") == "one\ntwo\nthree"
    assert safe.line("lone \ud800 half") == "lone \ufffd half"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("", ""), (" a ", " a "), ("a\n", "a "), ("\u202e", ""), (" \u202e", " "), ("a b", "a b")],
)
def test_a_piece_keeps_the_space_at_its_edges(text: str, shown: str) -> None:
    assert safe.spaced(text) == shown


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(ANY)
def test_markup_is_text_in_an_element_and_in_an_attribute(text: str) -> None:
    page = _Tags()
    page.feed(f'<p title="{safe.markup(text)}">{safe.markup(text)}</p>')
    page.close()
    assert page.tags == [("p", [("title", safe.line(text))])]
    assert page.text == safe.line(text)


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t=", "\r=", "\0=", "\n=", "＝", "＋", "－", "＠"])
def test_a_cell_is_no_formula(first: str) -> None:
    assert safe.cell(first + "1+1").startswith("'")
    assert safe.cell("1" + first) == safe.line("1" + first)


@pytest.mark.parametrize(
    ("url", "followed"),
    [
        ("https://example.org/a?b=c&d=e", True),
        ("HTTP://example.org/", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,<script>", False),
        ("file:///etc/passwd", False),
        ("//example.org/", False),
        ("http://[::1", False),
        ("http:///path", False),
        ("/relative", False),
        ("https://example.org/\u202egpj.exe", False),
        ("https://example.org/a b", False),
        ('https://example.org/"onmouseover=', False),
        ("https://example.org/\x1b", False),
        ("https://example.org/" + "a" * 3000, False),
        ("", False),
        (None, False),
    ],
)
def test_only_plain_web_addresses_are_linked(url: str | None, followed: bool) -> None:
    assert safe.href(url) == (url if followed else None)


@given(st.recursive(ANY | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(ANY, inner), max_leaves=6))
def test_json_keeps_its_values_and_shows_nothing_active(value: object) -> None:
    shown = safe.json_text(json.dumps(value, ensure_ascii=False))
    assert json.loads(shown) == json.loads(json.dumps(value))
    assert not ACTIVE & set(shown) - {"\ufeff"} - {*map(chr, range(0xE0000, 0xE0080))}
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*bold* _it_ `code`", r"\*bold\* \_it\_ \`code\`"),
        ("[x](javascript:alert(1))", r"\[x\](javascript:alert(1))"),
        ("<img src=x onerror=alert(1)>", r"\<img src=x onerror=alert(1)\>"),
        ("# head", r"\# head"),
        ("1. list", r"1\. list"),
        ("2025) list", r"2025\) list"),
        ("- list", r"\- list"),
        ("a | b", r"a \| b"),
        ("US$3 and $4", r"US\$3 and \$4"),
        ("AT&amp;T", r"AT\&amp;T"),
        ("next-generation (1.5) systems", "next-generation (1.5) systems"),
    ],
)
def test_markdown_is_text(text: str, shown: str) -> None:
    assert safe.markdown(text) == shown


@pytest.mark.parametrize("function", [safe.line, safe.plain, safe.markup, safe.markdown, safe.cell, safe.json_text])
@pytest.mark.parametrize(
    "text", ["\\" * 100_000, "1" * 100_000 + ".", " \x1b" * 50_000, HOSTILE * 1_000, "[" * 100_000]
)
def test_linear_on_adversarial_text(function, text: str) -> None:
    best = 1.0
    for _ in range(3):
        start = time.process_time()
        function(text)
        best = min(best, time.process_time() - start)
    # Up to 0.14 s while coverage is measured.
    assert best < 0.25
