"""Marks over a text: nothing is lost, nothing is added, and every mark lies over its own letters."""

from __future__ import annotations

import time
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.web import marking
from paraph.web.marking import Mark, Piece, html_of, paragraphs, part_at, parts_of, pieces, shallow, shown, trimmed

TEXTS = st.text(st.characters() | st.sampled_from("\n\n  \r\t&<>\"'\u202e\u2066\U0001f600\ud800\x00é"), max_size=120)


@st.composite
def marked(draw: st.DrawFn) -> tuple[str, list[Mark]]:
    text = draw(TEXTS)
    places = st.integers(0, len(text))
    made = []
    for n in range(draw(st.integers(0, 12))):
        start, end = sorted((draw(places), draw(places)))
        made.append(Mark(start, end, draw(st.sampled_from(("sig", "cue"))), id=f"s-{n}", on=draw(st.booleans())))
    return text, made


def leaves(found: list[Piece], above: tuple[Mark, ...] = ()) -> list[tuple[int, int, tuple[Mark, ...]]]:
    out = []
    for piece in found:
        if piece.mark is None:
            assert not piece.inside
            out.append((piece.start, piece.end, above))
        else:
            assert all(piece.start <= each.start and each.end <= piece.end for each in piece.inside)
            out += leaves(piece.inside, (*above, piece.mark))
    return out


class Read(HTMLParser):
    """What a browser takes out of a paragraph: its letters, and those in each element with an id."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.begins: dict[str, int] = {}
        self.over: list[tuple[str, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.open.append((tag, given))
        if given.get("id"):
            self.ids.append(str(given["id"]))
            self.begins[str(given["id"])] = len(self.text)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Read:
    reader = Read()
    reader.feed(str(html))
    reader.close()
    assert not reader.open
    return reader


@given(TEXTS)
def test_what_is_shown_has_as_many_letters(text: str) -> None:
    made = shown(text)
    assert len(made) == len(text)
    assert shown(made) == made
    for before, after in zip(text, made, strict=True):
        if before.isprintable() or before == "\n":
            assert after == before
        else:
            assert after in ("\ufffd", " ", before)


@pytest.mark.parametrize(
    "letter", "\x00\x07\x1b\x7f\x9b\u061c\u200e\u200f\u202a\u202e\u2066\u2069\ufffe\ud800\U000e0041"
)
def test_what_would_run_or_turn_is_not_shown(letter: str) -> None:
    assert shown(f"a{letter}b") == "a\ufffdb"


@pytest.mark.parametrize("letter", "\t\r\x0b\x0c\x85\u2028\u2029")
def test_white_space_of_other_kinds_is_a_space(letter: str) -> None:
    assert shown(f"a{letter}b") == "a b"


@given(marked())
def test_the_text_comes_out_letter_by_letter(case: tuple[str, list[Mark]]) -> None:
    text, marks = case
    reader = read(html_of(text, pieces(0, len(text), marks)))
    assert reader.text == shown(text)


@given(marked())
def test_every_letter_lies_under_exactly_its_marks(case: tuple[str, list[Mark]]) -> None:
    text, marks = case
    found = leaves(pieces(0, len(text), marks))
    assert [(a, b) for a, b, _ in found] == sorted((a, b) for a, b, _ in found)
    assert "".join(text[a:b] for a, b, _ in found) == text
    for a, b, above in found:
        assert len(set(above)) == len(above)
        assert set(above) == {mark for mark in marks if mark.start <= a and b <= mark.end}


@given(marked())
def test_paragraph_by_paragraph_every_id_stands_once_where_its_mark_begins(case: tuple[str, list[Mark]]) -> None:
    text, marks = case
    seen: set[str] = set()

    def fresh(id: str) -> bool:
        new = id not in seen
        seen.add(id)
        return new

    lines = paragraphs(text, 0, len(text))
    begins: dict[str, int] = {}
    for start, end in lines:
        reader = read(html_of(text, pieces(start, end, marks), fresh))
        assert reader.text == shown(text[start:end])
        assert not set(reader.ids) & begins.keys()
        begins |= {id: start + at for id, at in reader.begins.items()}
    for mark in marks:
        touched = [max(mark.start, a) for a, b in lines if mark.start < b and mark.end > a and mark.end > mark.start]
        assert begins.get(mark.id) == (touched[0] if touched else None)


def test_marks_nest_and_overlap() -> None:
    text = "a deal on rail and ports"
    outer, inner = Mark(2, 14, "sig", id="s-1", href="?one"), Mark(10, 24, "sig", id="s-2", href="?two", label="x")
    assert html_of(text, pieces(0, 24, [outer, inner])) == (
        'a <mark class="sig" id="s-1"><a href="?one">deal on </a><mark class="sig" id="s-2"><a href="?two">rail</a></mark>'
        '</mark><mark class="sig" id="s-2" data-label="x"><a href="?two"> and ports</a></mark>'
    )


def test_a_cue_in_a_signal_leads_where_the_signal_does() -> None:
    signal = Mark(0, 9, "sig certain", id="s-1", href="?signal=1#s-1", told='said "so"', on=True)
    cue = Mark(5, 9, "cue", label="stage")
    assert html_of("they sign", pieces(0, 9, [signal, cue]), lambda id: False) == (
        '<mark class="sig certain on" title="said &#34;so&#34;"><a href="?signal=1#s-1">they </a>'
        '<mark class="cue" data-label="stage"><a href="?signal=1#s-1">sign</a></mark></mark>'
    )


def test_markup_in_a_text_is_letters() -> None:
    hostile = "<script>alert(1)</script>&amp;\" onload='x"
    html = html_of(
        hostile, pieces(0, len(hostile), [Mark(0, 8, "sig", id='"><script>', href='"><img>', told="'\"<", label='"')])
    )
    assert "<script" not in html
    assert "<img" not in html
    assert read(html).text == hostile


@given(marked())
def test_shallow_marks_are_few_over_any_letter(case: tuple[str, list[Mark]]) -> None:
    text, marks = case
    kept = shallow(marks)
    assert [mark for mark in marks if mark.on and mark.end > mark.start and mark not in kept] == []
    assert all(mark.end > mark.start for mark in kept)
    for at in range(len(text)):
        over = [mark for mark in kept if mark.start <= at < mark.end and not mark.on]
        assert len(over) <= marking.DEEPEST


def test_of_a_staircase_of_marks_a_page_is_made_in_time() -> None:
    text = "word " * 2_000
    stairs = [Mark(n, n + 5_000, "sig", id=f"s-{n}") for n in range(4_000)]
    began = time.perf_counter()
    html = html_of(text, pieces(0, len(text), shallow(stairs)))
    assert time.perf_counter() - began < 5
    assert len(html) < 20_000


# Parts and paragraphs.


@given(st.text(st.sampled_from("a \n"), max_size=400), st.integers(5, 60), st.integers(1, 9), st.integers(1, 5))
def test_parts_cover_a_text(text: str, chars: int, lines: int, slack: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marking, "PART_CHARS", chars)
        patch.setattr(marking, "PART_LINES", lines)
        patch.setattr(marking, "PART_SLACK", slack)
        parts = parts_of(text)
        assert parts[0][0] == 0
        assert parts[-1][1] == len(text)
        for one, other in pairwise(parts):
            assert one[1] == other[0]
        for start, end in parts:
            assert end > start or not text
            assert end - start <= chars + slack
            assert text[start:end].count("\n") <= lines
        for at in range(len(text)):
            start, end = parts[part_at(parts, at)]
            assert start <= at < end
        assert part_at(parts, len(text) + 5) == len(parts) - 1


@pytest.mark.parametrize(
    "text", ["x" * 5_000_000, "\n" * 1_000_000, "word " * 1_000_000, ("line\n" * 9 + "\n") * 100_000]
)
def test_a_text_of_millions_is_parted_in_time(text: str) -> None:
    began = time.perf_counter()
    parts = parts_of(text)
    assert time.perf_counter() - began < 3
    assert max(end - start for start, end in parts) <= marking.PART_CHARS + marking.PART_SLACK


def test_a_part_ends_with_a_line_or_a_word() -> None:
    line = "x" * 99 + "\n"
    assert parts_of(line * 1000)[0] == (0, marking.PART_LINES * 100)
    long_lines = ("y" * 399 + "\n") * 1000
    assert parts_of(long_lines)[0] == (0, marking.PART_CHARS)
    words = "word " * 20_000
    assert words[: parts_of(words)[0][1]].endswith(" ")
    just_over = "a" * (marking.PART_CHARS + marking.PART_SLACK)
    assert parts_of(just_over) == [(0, len(just_over))]
    long_line = "b" * (marking.PART_CHARS + 50) + "\n" + "c" * marking.PART_CHARS
    assert parts_of(long_line)[0] == (0, marking.PART_CHARS + 51)


@given(TEXTS)
def test_paragraphs_hold_every_letter_but_white_space(text: str) -> None:
    lines = paragraphs(text, 0, len(text))
    assert "".join("".join(text[a:b].split()) for a, b in lines) == "".join(text.split())
    assert all("\n" not in text[a:b] and text[a:b].strip() for a, b in lines)


@given(TEXTS, st.integers(0, 120), st.integers(0, 120))
def test_trimmed_stretches_begin_and_end_with_letters(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    begin, stop = trimmed(text, start, end)
    assert text[begin:stop] == text[start:end].strip()
    assert start <= begin <= stop <= end
