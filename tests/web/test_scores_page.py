"""Scorecards, the record behind each, and their pictures."""

from __future__ import annotations

import csv
import io
from datetime import date

import lxml.html
import pytest
from lxml import etree

from desks import Clock
from paraph.desk import Desk
from paraph.resolve.scorecards import By
from press import VISIT, article, deliver, honest, told
from websites import Signed, Site


@pytest.fixture
def past(desk: Desk, clock: Clock) -> Desk:
    """A desk whose visit is over and judged: ferries and a uranium plant were signed, nothing else was told of."""
    deliver(desk, *honest())
    tellings = (told("ferries", "signed", "certain", ahead=False), told("uranium", "signed", "certain", ahead=False))
    deliver(desk, article("list", "Ministry", date(2025, 3, 21), *tellings))
    desk.add_occasion(VISIT)
    desk.judge(VISIT)
    clock.go(days=60)
    return desk


def test_before_anything_is_due_the_page_says_what_to_do(site: Site, desk: Desk) -> None:
    assert "No occasion on the desk" in site.get("/scores").text
    desk.add_occasion(VISIT)
    assert "No occasion is past; the first, Oslo visit, ends on 21 Mar 2025" in site.get("/scores").text
    assert site.get("/scores.json").json()["all"] is None
    assert site.get("/scores/calibration.svg").status_code == 200


def test_cards_tell_counts_intervals_and_lead_to_their_record(past: Desk, site: Site) -> None:
    page = lxml.html.fromstring(site.get("/scores").text)
    rows = page.cssselect("section[aria-labelledby=cards] table.cards tbody tr")
    cards = site.get("/scores.json").json()
    assert len(rows) == cards["values"] == 3
    for row, card in zip(rows, cards["cards"], strict=True):
        assert f"{card['came_true']} of {card['n']}" in row.text_content()
        record = site.get(row.cssselect("th a")[0].get("href"))
        assert f"{card['came_true']} of {card['n']} forecast" in record.text
        listed = lxml.html.fromstring(record.text).cssselect("section[aria-labelledby=record] tbody tr")
        assert len(listed) == card["n"]
        assert sum("did not come" not in each.text_content() for each in listed) == card["came_true"]


@pytest.mark.parametrize("by", list(By))
def test_every_field_has_its_page_rows_and_records(past: Desk, site: Site, by: By) -> None:
    assert site.get(f"/scores?by={by}").status_code == 200
    cards = site.get(f"/scores.json?by={by}").json()["cards"]
    assert cards
    rows = list(csv.DictReader(io.StringIO(site.get(f"/scores.csv?by={by}").text)))
    assert [row["value"] for row in rows] == [card["value"] for card in cards]
    for card in cards[:3]:
        asked = {"by": str(by), "value": card["value"]}
        found = site.get("/scores/record.json", params=asked).json()
        assert (found["total"], found["card"]["n"]) == (card["n"], card["n"])
        assert {row["came_true"] for row in found["items"]} <= {True, False}
    etree.fromstring(site.get(f"/scores.atom?by={by}").content)


def test_cards_of_one_occasion(past: Desk, site: Site) -> None:
    page = site.get("/scores", params={"occasion": VISIT.name})
    assert "at <bdi>Oslo visit</bdi>" in page.text
    assert site.get("/scores?occasion=Nowhere").status_code == 404


def test_a_record_as_rows_pictures_and_a_feed(past: Desk, site: Site) -> None:
    value = site.get("/scores.json").json()["cards"][0]["value"]
    asked = {"by": "publisher", "value": value}
    rows = list(csv.DictReader(io.StringIO(site.get("/scores/record.csv", params=asked).text)))
    feed = etree.fromstring(site.get("/scores/record.atom", params=asked).content)
    names = {"a": "http://www.w3.org/2005/Atom"}
    assert feed.xpath("count(a:entry)", namespaces=names) == len(rows) > 0
    for drawn in ("calibration", "leads"):
        svg = site.get(f"/scores/record/{drawn}.svg", params=asked)
        etree.fromstring(svg.content)
        assert "sha256-" in svg.headers["content-security-policy"]
        assert site.get(f"/scores/record/{drawn}.csv", params=asked).text.count("\n") >= 2
    assert site.get("/scores/record/beauty.svg", params=asked).status_code == 404
    assert site.get("/scores/record.xls", params=asked).status_code == 404


def test_a_record_that_is_none_is_told(past: Desk, site: Site) -> None:
    answer = site.get("/scores/record", params={"by": "publisher", "value": "Nobody"})
    assert answer.status_code == 404
    assert "/scores?by=publisher lists those there are" in answer.text
    assert site.get("/scores?by=age").status_code == 400


def test_the_curve_is_the_same_as_a_table_and_a_file(past: Desk, site: Site) -> None:
    page = lxml.html.fromstring(site.get("/scores").text)
    table = [[cell.text_content() for cell in row] for row in page.cssselect(".table-box tbody tr")]
    rows = list(csv.reader(io.StringIO(site.get("/scores/calibration.csv").text)))[1:]
    assert [[str(cell) for cell in row] for row in table] == rows
    found = site.get("/scores/calibration.json").json()
    assert found["alt"]
    assert len(found["rows"]) == len(rows)


def test_forecasts_are_counted_anew_by_keepers(past: Desk, signed_site: Signed) -> None:
    assert signed_site.reviewer.form("/scores/renew").status_code == 403
    answer = signed_site.keeper.form("/scores/renew", {"to": "/scores?by=source"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/scores?by=source")
    assert "count all forecasts anew" in signed_site.keeper.get("/scores").text
    assert "count all forecasts anew" not in signed_site.reader.get("/scores").text
