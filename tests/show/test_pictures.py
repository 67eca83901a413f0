"""Pictures: what they say, that table and drawing agree, and that nothing of a source gets out of its words."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.resources import files
from itertools import pairwise

import pytest
from lxml import etree

from paraph.model import Certainty, Deal, Instrument, Occasion, Outcome, Sector, Sighting, Stage, Verdict
from paraph.resolve.history import history_of
from paraph.resolve.scorecards import Bin
from paraph.resolve.statistics import wilson
from paraph.settings import Settings
from paraph.show.glyphs import definitions
from paraph.show.pictures import (
    LAPSED,
    NOT_SPOKEN_OF,
    Picture,
    before_after,
    before_after_counts,
    calibration,
    cohorts,
    lead_times,
    spark,
    standalone,
    styles,
    timeline,
)
from paraph.show.pictures.axis import scale_of, ticks
from paraph.show.pictures.dots import CROWD, DOTS, SIZE, dots_of, placed
from paraph.show.pictures.drawing import cut, number, spread, width_of, wrapped
from paraph.show.pictures.picture import LIGHT, named
from paraph.show.pictures.timeline import STOPS
from sightings import copies, deal, on, sighting

SETTINGS = Settings()
HOSTILE = [
    '"><script>hit()</script>',
    "</title></svg><script>hit()</script>",
    "<a href='javascript:hit()'>x</a>",
    "' onload='hit()",
    "]]><!--",
    "&lt;script&gt; &amp; \x00\x1b[31m\u202e\ud800",
    "مذكرة تفاهم بشأن النقل",
    "הסכם \u202eשיתוף פעולה",
]
SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> etree._Element:
    """Parse an inline drawing; its namespace is the page's."""
    return etree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).encode())


def words(root: etree._Element) -> list[str]:
    return ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]


def href(each: Sighting) -> str:
    return f"/documents/{each.document}#s-{each.id}"


def drawn(of: Deal, today: int = 400, *verdicts: tuple[Occasion, Verdict]) -> Picture:
    return timeline(of, history_of(of, on(today), SETTINGS), verdicts, on(today), href)


def occasion(name: str = "Oslo visit", first: int = 30, last: int = 31) -> Occasion:
    return Occasion(name, ("NO", "CL"), on(first), on(last))


def story() -> Deal:
    hint = sighting(0, "agreed", ahead=True, certainty="possible", source="Minister Rey")
    signed = sighting(30, "signed", source="Minister Rey", authority="outcome_list")
    return deal(
        hint, *copies(hint, [1, 2]), sighting(10, source_type="unnamed", source="aides", certainty="probable"), signed
    )


def bins() -> list[Bin]:
    given = (("certain", 0.93, 30, 22), ("possible", 0.4, 64, 14), ("probable", 0.75, 41, 25))
    return [Bin(Certainty(sure), implied, n, came, wilson(came, n)) for sure, implied, n, came in given]


def hostile_deal(payload: str) -> Deal:
    one = sighting(0, "agreed", ahead=True, source=payload, publisher=payload, document=payload)
    one = replace(one, title=payload, quote=payload, url=payload, id=payload)
    return Deal(payload, payload, (payload,), Sector.TRANSPORT, Instrument.COOPERATION, (one,))


def hostile_pictures(payload: str) -> list[Picture]:
    of = hostile_deal(payload)
    verdict = Verdict(payload, Outcome.SIGNED, 0.9, of.sightings[0])
    due = occasion(payload)
    return [
        timeline(of, history_of(of, on(3), SETTINGS), [(due, verdict)], on(3), lambda each: each.id),
        before_after(due, {(payload, Certainty.CERTAIN, Outcome.SIGNED, True): 2}),
        before_after(due, {}),
        calibration(bins(), title=payload, name=payload),
        cohorts(payload, {(2024, Stage.TALKS): 1}),
        cohorts(payload, {}),
        lead_times([3], title=payload, name=payload),
        spark([(payload, 2)], name=payload),
    ]


def all_pictures() -> list[Picture]:
    counts = {
        ("signed, ahead", Certainty.PROBABLE, Outcome.SIGNED, True): 4,
        (NOT_SPOKEN_OF, Certainty.CERTAIN, Outcome.AGREED, False): 2,
    }
    of = story()
    return [
        drawn(of, 40, (occasion(), Verdict(of.id, Outcome.SIGNED, 0.9, of.sightings[-1]))),
        drawn(of, 900),
        before_after(occasion(), counts),
        calibration(bins(), base=0.45),
        cohorts("Transport", {(2023, Stage.SIGNED): 3, (2024, LAPSED): 2, (2024, Stage.STALLED): 30}),
        cohorts("Transport", {("2025-11", Stage.SIGNED): 3, ("2026-01", Stage.ENDED): 2}),
        lead_times([0, 3, 40, 41]),
        spark([("2025-01", 0), ("2025-02", 3)]),
    ]


# --- every picture


@pytest.mark.parametrize("payload", HOSTILE)
def test_texts_of_sources_stay_text(payload: str) -> None:
    for picture in hostile_pictures(payload):
        for root in (parsed(picture.svg), etree.fromstring(standalone(picture).encode())):
            tags = {etree.QName(each).localname for each in root.iter()}
            assert tags <= set(
                "svg title desc g a path rect circle use text tspan defs pattern symbol clipPath style".split()
            )
            named_so = {name for each in root.iter() for name in each.attrib}
            assert not any(str(name).startswith("on") for name in named_so)
        assert "\u202e" not in picture.svg
        assert "\x1b" not in picture.svg
        json.dumps(picture.rows)


def test_drawings_keep_to_a_strict_policy() -> None:
    for picture in all_pictures():
        assert not re.search(r"\sstyle=|<style|<script|javascript:|https?://", picture.svg)


def test_every_picture_has_title_words_and_table() -> None:
    for picture in all_pictures():
        root = parsed(picture.svg)
        assert picture.alt
        assert picture.rows
        assert not picture.empty
        assert all(set(row) == set(picture.columns) for row in picture.rows)
        assert json.loads(json.dumps(picture.rows)) == list(picture.rows)
        if "aria-label" in root.attrib:
            assert root.get("aria-label") == picture.alt
            continue
        ids = {each.get("id"): each.text for each in root.iter() if each.get("id")}
        assert ids[root.get("aria-labelledby")] == picture.title
        assert ids[root.get("aria-describedby")] == picture.alt


def test_a_drawing_with_links_is_no_image_to_a_screen_reader() -> None:
    assert parsed(drawn(story()).svg).get("role") == "group"
    assert parsed(calibration(bins()).svg).get("role") == "img"


def test_nothing_to_draw_is_said() -> None:
    none = Deal("none", "A pact", (), Sector.TRANSPORT, Instrument.COOPERATION, ())
    history = history_of(story(), on(5), SETTINGS)
    for picture in (
        timeline(none, history, [], on(5), href),
        before_after(occasion(), {("talks", Certainty.CERTAIN, Outcome.SIGNED, True): 0}),
        calibration([]),
        cohorts("Transport", {}),
        lead_times([]),
        spark([]),
    ):
        assert picture.empty
        assert picture.rows == ()
        assert picture.alt
        parsed(picture.svg)
        etree.fromstring(standalone(picture).encode())


def test_symbols_and_classes_that_are_used_are_there() -> None:
    sheet = styles()
    symbols = set(re.findall(r'id="([^"]+)"', definitions()))
    for picture in all_pictures():
        assert set(re.findall(r'href="#([^"]+-(?:certain|probable|possible))"', picture.svg)) <= symbols
        for look in re.findall(r'class="([^"]+)"', picture.svg):
            for name in look.split():
                assert name in ("drawing", "bdi") or f".{name}" in sheet, name


def test_a_file_of_its_own_needs_nothing_else() -> None:
    for picture in all_pictures():
        whole = standalone(picture)
        root = etree.fromstring(whole.encode())
        assert "var(" not in whole
        assert "currentColor" in whole
        assert "<a " not in whole
        assert float(root.get("width", "0")) >= picture.width
        assert set(re.findall(r'xlink:href="#([^"]+)"', whole)) <= set(re.findall(r'id="([^"]+)"', whole))
        assert not re.search(r"https?://(?!www\.w3\.org/)", whole)


def test_the_colours_of_files_are_those_of_the_pages() -> None:
    sheet = files("paraph.show").joinpath("base.css").read_text("utf-8").split("@media")[0]
    assert dict(re.findall(r"(--[a-z]+): ([^;]+);", sheet)) == LIGHT


# --- the timeline


def test_timeline_has_a_dot_for_each_signal_and_says_so() -> None:
    of = story()
    picture = drawn(of, 40, (occasion(), Verdict(of.id, Outcome.SIGNED, 0.9, of.sightings[-1])))
    root = parsed(picture.svg)
    links = [each.get("href") for each in root.iter(f"{SVG}a")]
    assert sorted(links) == sorted(href(each) for each in of.sightings)
    signals = [row for row in picture.rows if row["what"] == "signal"]
    assert [row["id"] for row in signals] == [each.id for each in of.sightings]
    assert sum(row["copy"] for row in signals) == 2
    assert len(root.findall(f".//{SVG}a//{SVG}g[@class='copy']")) == 2
    assert len(root.findall(f".//{SVG}a/{SVG}circle[@class='ring']")) == 1
    assert "5 signals in 5 documents from 1 Jan 2025 to 31 Jan 2025, 2 of 5 in copies" in picture.alt
    assert "Status on 10 Feb 2025: signed, certain" in picture.alt
    assert "Oslo visit, 31 Jan 2025 – 1 Feb 2025: signed." in picture.alt
    assert "Oslo visit: signed" in words(root)
    assert {"idea", "talks", "agreed", "signed", "in force", "stalled", "ended"} <= set(words(root))
    assert [row["words"] for row in picture.rows if row["what"] == "verdict"] == ["Oslo visit: signed"]


def test_one_signal_is_enough() -> None:
    picture = drawn(deal(sighting(0)), 1)
    assert "1 signal in 1 document from 1 Jan 2025, 0 of 1 in copies" in picture.alt
    assert picture.svg.count("<a ") == 1


def test_dots_of_one_day_do_not_hide_each_other() -> None:
    for days in (1, 400):
        of = deal(
            *(sighting(0, document=f"d{n}", ahead=n % 2 == 0) for n in range(2 * CROWD)), sighting(days, "signed")
        )
        scale = scale_of(on(0), on(days), 80, 800)
        for state in ((Stage.TALKS, False), (Stage.TALKS, True)):
            dots = placed([dot for dot in dots_of(of, frozenset()) if dot.state == state], scale)
            assert len(dots) == CROWD
            for n, one in enumerate(dots):
                for other in dots[:n]:
                    assert one.level != other.level or abs(one.x - other.x) >= SIZE


def test_many_signals_of_a_day_become_one_dot_with_their_count() -> None:
    of = deal(*(sighting(0, document=f"d{n}") for n in range(CROWD + 1)))
    dots = dots_of(of, frozenset({"d3:0"}))
    assert [(dot.label, dot.proof) for dot in dots] == [(str(CROWD + 1), True)]
    picture = drawn(of, 1)
    assert f"{CROWD + 1} signals in {CROWD + 1} documents" in picture.alt
    assert "drawn as 1 dot" in picture.alt
    assert "too close to be drawn one by one" in picture.caption


@pytest.mark.parametrize("days", [3, 300, 3000])
def test_five_thousand_signals_fit(days: int) -> None:
    draw = random.Random(days)
    # In a few days all would contradict each other, which is the history's concern.
    stages = list(Stage) if days > 3 else [Stage.IDEA, Stage.AGREED]
    of = deal(
        *(
            sighting(
                draw.randrange(days),
                draw.choice(stages),
                document=f"document-{n}",
                ahead=days == 3 or draw.random() < 0.5,
                source="A minister with quite a long name and several offices" if n % 2 else None,
                certainty=draw.choice(list(Certainty)),
                authority=draw.choice(["press", "spokesperson", "outcome_list"]),
            )
            for n in range(5000)
        )
    )
    of = replace(of, sightings=tuple(sorted(of.sightings, key=lambda each: (each.day, each.document))))
    occasions = [occasion(f"A visit with a long name, number {n}", n * 7, n * 7 + 1) for n in range(60)]
    verdicts = [(each, Verdict(of.id, Outcome.ADVANCED, 0.5)) for each in occasions]
    picture = timeline(of, history_of(of, on(days), SETTINGS), verdicts, on(days), href)
    assert len(picture.svg.encode()) < 60_000
    assert picture.svg.count("<a ") <= DOTS
    root = parsed(picture.svg)
    assert sum(row["what"] == "signal" for row in picture.rows) == 5000
    counts = [each for each in (a.findtext(f"{SVG}text") for a in root.iter(f"{SVG}a")) if each]
    assert sum(int(each.replace(",", "")) for each in counts) + picture.svg.count("<a ") - len(counts) == 5000
    assert "36 more occasions are in the table only" in picture.caption


def test_with_many_links_the_tab_key_goes_by_the_table() -> None:
    few = deal(*(sighting(n, document=f"d{n}") for n in range(STOPS)))
    many = deal(*(sighting(n, document=f"d{n}") for n in range(STOPS + 1)))
    assert "tabindex" not in drawn(few, 50).svg
    assert drawn(many, 50).svg.count('tabindex="-1"') == STOPS + 1


def test_silence_is_dashed() -> None:
    of = deal(sighting(0))
    lapsed = drawn(of, 500)
    assert 'class="silence"' in lapsed.svg
    assert "lapsed (inferred)" in lapsed.alt
    assert "the line is dashed" in lapsed.caption
    assert "today" in words(parsed(lapsed.svg))
    assert 'class="silence"' not in drawn(of, 1).svg
    again = drawn(deal(sighting(0), sighting(800, "agreed")), 801)
    assert 'class="silence"' in again.svg


def test_contradictions_are_marked_with_what_they_are_over() -> None:
    said = sighting(0, "agreed", source="Minister Rey", document="a")
    against = sighting(3, "ended", source="Spokesperson Holm", document="b")
    picture = drawn(deal(said, against), 5)
    assert "≠" in words(parsed(picture.svg))
    assert "1 contradiction." in picture.alt
    assert [row["id"] for row in picture.rows if row["what"] == "contradiction"] == [f"{said.id} {against.id}"]
    both = drawn(deal(said, against, sighting(3, "ended", source="Envoy Dahl", document="c")), 5)
    assert any(each.startswith("≠ 2") for each in words(parsed(both.svg)))
    far = sighting(200, "stalled", source="Spokesperson Holm", document="x"), sighting(202, "signed", document="y")
    late = drawn(deal(said, against, sighting(9, "signed", source="Envoy Dahl", document="z"), *far), 203)
    assert len([each for each in words(parsed(late.svg)) if each.startswith("≠")]) == 2
    assert "4 Jan 2025 – 10 Jan 2025, 2 contradictions" in late.svg
    assert len([row for row in late.rows if row["what"] == "contradiction"]) == 3


def test_names_of_occasions_stand_apart_and_further_ones_are_told_on_hover() -> None:
    of = deal(sighting(0), sighting(400))
    due = [occasion(f"Visit number {n}", 100 + n, 100 + n) for n in range(6)]
    picture = drawn(
        of, 401, *((each, Verdict(of.id, Outcome.ABSENT, 0.5, announced=n > 0)) for n, each in enumerate(due))
    )
    shown = [each for each in words(parsed(picture.svg)) if each.startswith("Visit")]
    assert len(shown) == 3
    assert all(f"Visit number {n}" in picture.svg for n in range(6))
    assert "nothing said, unannounced" in picture.svg


@pytest.mark.parametrize(
    ("first", "last"),
    [(date.min, date.max), (date.max, date.max), (date.min, date.min), (date(1996, 2, 29), date(2026, 3, 1))],
)
def test_far_dates_are_drawn(first: date, last: date) -> None:
    days = (first - on(0)).days, (last - on(0)).days
    of = deal(sighting(days[0], document="a"), sighting(days[1], "signed", document="b"))
    today = max(last, date(2026, 3, 2)) if last < date.max else last
    due = Occasion("Oslo visit", ("NO", "CL"), last, last)
    picture = timeline(of, history_of(of, last, SETTINGS), [(due, Verdict(of.id, Outcome.SIGNED, 1.0))], today, href)
    places = [float(each.get("x", "0")) for each in parsed(picture.svg).iter(f"{SVG}use")]
    assert all(0 <= each <= picture.width for each in places)


@pytest.mark.parametrize("days", [0, 3, 9, 20, 45, 90, 200, 400, 900, 2000, 8000, 40_000, 300_000, 700_000])
def test_labels_of_the_axis_do_not_overlap(days: int) -> None:
    first = date(50, 12, 25)
    scale = scale_of(first, date.fromordinal(first.toordinal() + days), 84, 828)
    told = ticks(scale)
    assert 2 <= len(told) <= 40
    places = [(scale.at(each.day), width_of(each.label, 12)) for each in told]
    for (one, wide), (other, wider) in pairwise(places):
        assert other - one > (wide + wider) / 2
    assert places[0][0] >= scale.left - 1
    assert places[-1][0] <= scale.right


# --- before and after


def test_before_and_after_agree_with_the_counts() -> None:
    counts = {
        ("signed, ahead", Certainty.PROBABLE, Outcome.SIGNED, True): 6,
        ("signed, ahead", Certainty.PROBABLE, Outcome.ABSENT, True): 2,
        ("talks", Certainty.CERTAIN, Outcome.REFUSED, True): 1,
        ("talks", Certainty.CERTAIN, None, True): 1,
        (NOT_SPOKEN_OF, Certainty.CERTAIN, Outcome.SIGNED, False): 3,
    }
    picture = before_after(occasion(), counts)
    given = {(row["before"], row["outcome"]): row["deals"] for row in picture.rows}
    assert given == {(key[0], key[2] and str(key[2])): n for key, n in counts.items()}
    shown = words(parsed(picture.svg))
    assert {"6 of 10 (60 %), 3 unannounced", "probable: 8 of 10", "3 deals", "not known yet"} <= set(shown)
    assert "10 deals on the table before" in picture.alt
    assert "signed 6 of 10 (60 %)" in picture.alt
    assert "not spoken of before, 3: 3 signed" in picture.alt
    assert len(re.findall(r"<path ", picture.svg)) == len(picture.rows)
    assert "Dashed" in picture.caption


def test_only_the_unannounced_have_no_share() -> None:
    picture = before_after(occasion(), {(NOT_SPOKEN_OF, Certainty.CERTAIN, Outcome.SIGNED, False): 3})
    assert "3 unannounced" in words(parsed(picture.svg))
    assert "0 deals on the table before. By what" in picture.alt


def test_rare_words_are_put_together_and_nothing_is_lost() -> None:
    counts = {(f"state {n}", sure, Outcome.ABSENT, True): n + 1 for n in range(30) for sure in Certainty}
    picture = before_after(occasion(last=30), counts)
    assert sum(row["deals"] for row in picture.rows) == sum(counts.values())
    assert "said otherwise" in words(parsed(picture.svg))
    assert len({(row["before"], row["certainty"]) for row in picture.rows}) <= 8


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        before_after(occasion(), {("talks", Certainty.CERTAIN, Outcome.SIGNED, True): -1})


def test_deals_are_counted_by_the_furthest_thing_ahead() -> None:
    due = occasion()

    def of(name: str, *said: Sighting) -> Deal:
        return deal(*said, id=name)

    two = of(
        "two", sighting(1), sighting(2, "signed", ahead=True, certainty="possible"), sighting(3, "agreed", ahead=True)
    )
    plain = of("plain", sighting(1), sighting(2, "agreed", certainty="probable"))
    doubted = of("doubted", sighting(1, confidence=0.2))
    new, later = of("new", sighting(31, "signed")), of("later", sighting(31))
    only_after = of("only-after", sighting(60, "signed"))
    rows = [
        (two, Verdict("two", Outcome.SIGNED, 0.9)),
        (plain, Verdict("plain", Outcome.ABSENT, 0.9)),
        (doubted, Verdict("doubted", Outcome.ABSENT, 0.9)),
        (new, Verdict("new", Outcome.SIGNED, 0.9, announced=False)),
        (later, Verdict("later", Outcome.ADVANCED, 0.9, announced=False)),
        (only_after, None),
        (of("waiting", sighting(4, "idea")), None),
        (of("nothing"), None),
    ]
    assert before_after_counts(due, rows, SETTINGS) == {
        ("signed, ahead", Certainty.POSSIBLE, Outcome.SIGNED, True): 1,
        ("agreed", Certainty.PROBABLE, Outcome.ABSENT, True): 1,
        (NOT_SPOKEN_OF, Certainty.CERTAIN, Outcome.SIGNED, False): 1,
        ("idea", Certainty.CERTAIN, None, True): 1,
    }


# --- scores


def test_calibration_shows_n_and_interval_of_each_point() -> None:
    picture = calibration(bins(), base=0.45)
    shown = words(parsed(picture.svg))
    assert {"14 of 64", "25 of 41", "22 of 30", "base rate 45 %", "as promised"} <= set(shown)
    assert [row["certainty"] for row in picture.rows] == ["possible", "probable", "certain"]
    assert "135 forecasts" in picture.alt
    assert "Probable words promised 75 %; 25 of 41 came true (61 %, interval of 95 % 46 % to 74 %)." in picture.alt
    assert picture.svg.count('class="range"') == 3
    assert "base rate" not in calibration(bins()).svg


def test_points_lie_where_they_belong() -> None:
    one = Bin(Certainty.PROBABLE, 0.75, 40, 20, wilson(20, 40))
    root = parsed(calibration([one], base=0.05).svg)
    found = root.find(f".//{SVG}g/{SVG}circle")
    assert found is not None
    assert (float(found.get("cx", "0")), float(found.get("cy", "0"))) == (52 + 364 * 0.75, 34 + 364 / 2)
    low = Bin(Certainty.PROBABLE, 0.75, 1_234_567, 0, wilson(0, 1_234_567))
    assert "0 of 1,235k" in words(parsed(calibration([low]).svg))


def test_cohorts_count_each_column_and_fill_gaps() -> None:
    picture = cohorts("Transport", {(2021, Stage.SIGNED): 6, (2021, LAPSED): 2, (2024, Stage.IDEA): 4})
    shown = words(parsed(picture.svg))
    assert [each for each in shown if each.startswith("20")] == ["2021", "2022", "2023", "2024"]
    assert shown.count("0") == 2
    assert "8" in shown
    assert sum(row["deals"] for row in picture.rows) == 12
    assert "12 deals by the year" in picture.alt
    assert "signed 6 of 12 (50 %)" in picture.alt
    assert "2022: 0" in picture.alt


def test_cohorts_by_month_and_by_span() -> None:
    months = cohorts("Transport", {("2025-11", Stage.TALKS): 1, ("2026-01", Stage.ENDED): 20, (2026, Stage.TALKS): 1})
    shown = words(parsed(months.svg))
    assert {"Nov", "Dec", "Jan", "2025", "2026"} <= set(shown)
    assert "by the month" in months.alt
    assert "in each month" in months.caption
    long = cohorts("Transport", {("1990-02", Stage.TALKS): 1, ("2025-12", Stage.TALKS): 2})
    assert [row["first_spoken_of"] for row in long.rows] == ["1990–1991", "2024–2025"]
    assert "span of years" in long.caption
    assert sum(row["deals"] for row in cohorts("Transport", {(1, Stage.TALKS): 1, (9999, Stage.TALKS): 1}).rows) == 2


@pytest.mark.parametrize(
    ("counts", "match"),
    [
        ({("2025", Stage.TALKS): 1}, "2025-12"),
        ({("2025-13", Stage.TALKS): 1}, "month"),
        ({(2025, "gone"): 1}, "stage"),
        ({(2025, Stage.TALKS): -1}, "negative"),
    ],
)
def test_cohorts_refuse_what_they_do_not_know(counts: dict[tuple[int | str, str], int], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        cohorts("Transport", counts)


def test_lead_times_are_counted_once_and_the_median_is_told() -> None:
    values = [0, 0, 1, 5, 9, 200]
    picture = lead_times(values)
    assert sum(row["forecasts"] for row in picture.rows) == len(values)
    assert all(row["of_all"] == len(values) for row in picture.rows)
    assert "half of 6 within 1 day" in words(parsed(picture.svg))
    assert picture == lead_times({0: 2, 1: 1, 5: 1, 9: 1, 200: 1, 7: 0})
    assert "half of 2 within 300,000 days" in words(parsed(lead_times([300_000, 3_000_000]).svg))
    assert "1 day" in lead_times([1]).alt
    with pytest.raises(ValueError, match="negative"):
        lead_times([-1])


def test_sparks_are_small_and_say_their_counts() -> None:
    picture = spark([(f"2025-{n:02d}", n) for n in range(12)])
    assert len(picture.svg) < 900
    assert picture.alt.startswith("66 signals by month: 2025-01 1, ")
    assert spark([("2025-01", 0)]).alt == "no signals"
    with pytest.raises(ValueError, match="negative"):
        spark([("2025-01", -2)])


# --- small parts


def test_text_is_cut_to_its_width() -> None:
    assert cut("A pact", 200) == "A pact"
    long = cut("A pact " * 40, 200)
    assert long.endswith("…")
    assert width_of(long) <= 200
    assert width_of("協定") > width_of("pa")
    assert width_of("e\u0301") == width_of("e")
    assert wrapped("one two three", 60) == ["one two", "three"]
    assert wrapped("", 60) == []


def test_places_keep_their_distance_within_bounds() -> None:
    places = spread([10, 11, 12, 95], 10, 5, 100)
    assert all(b - a >= 10 for a, b in pairwise(places))
    assert places[-1] <= 100
    assert spread([], 10, 0, 10) == []


@pytest.mark.parametrize(
    ("value", "shown"), [(12.0, "12"), (12.34, "12.3"), (-0.01, "0"), (0.0, "0"), (-0.5, "-0.5"), (-10.0, "-10")]
)
def test_coordinates_are_short(value: float, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("timeline-a1", "timeline-a1"),
        ("Oslo visit «2»", "Oslo-visit-2"),
        ("2025", "picture-2025"),
        ("مذكرة", "picture"),
    ],
)
def test_names_are_ids(given: str, made: str) -> None:
    assert named(given) == made


# --- in a browser

CHROMIUM = shutil.which("chromium")


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_shows_them_without_findings(scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    base = files("paraph.show").joinpath("base.css").read_text("utf-8")
    shown: Callable[[Picture], str] = lambda each: (  # noqa: E731
        f'<div class="picture" tabindex="0" role="region" aria-label="{each.name}">{each.svg}</div>'
    )
    pictures = {each.name: each for each in [*all_pictures(), *hostile_pictures(HOSTILE[0])]}
    page = (
        f"<!doctype html><html lang=en><title>Pictures</title><style>{base}{styles()}</style><main><h1>Pictures</h1>"
        f"{definitions()}{''.join(map(shown, pictures.values()))}</main></html>"
    )
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM)
        tab = browser.new_page(viewport={"width": 390, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
        tab.set_content(page)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        sizes = tab.evaluate(
            "[...document.querySelectorAll('.drawing:not(.spark) text')].map(e => parseFloat(getComputedStyle(e).fontSize)"
            " * Math.hypot(e.getScreenCTM().a, e.getScreenCTM().b))"
        )
        outside = tab.evaluate(
            "[...document.querySelectorAll('.drawing')].flatMap(s => { const b = s.getBoundingClientRect();"
            " return [...s.querySelectorAll('text')].filter(t => { const r = t.getBoundingClientRect();"
            " return r.left < b.left - 1 || r.right > b.right + 1 || r.bottom > b.bottom + 1 || r.top < b.top - 1; })"
            ".map(t => t.textContent); })"
        )
        found = Axe().run(tab)
        browser.close()
    assert outside == []
    assert min(each for each in sizes if each > 0) >= 7.5
    assert found.violations_count == 0, found.generate_report()
