"""The board, the list of deals, saved views: what they show of a desk, and how their addresses narrow it."""

from __future__ import annotations

import csv
import io
from datetime import date
from html import unescape

import lxml.html
import pytest
from lxml import etree

from paraph.desk import DealQuery, Desk
from paraph.errors import UsageError
from paraph.model import Sector, Stage
from paraph.settings import Settings
from paraph.web.asking import Asked, asked
from paraph.web.views.board import SHADES, matrix_rows
from press import VISIT, deliver, honest
from websites import Signed, Site

TODAY = date(2025, 3, 15)


@pytest.fixture
def full(desk: Desk) -> Desk:
    deliver(desk, *honest())
    desk.add_occasion(VISIT)
    return desk


def want(*pairs: tuple[str, str], settings: Settings | None = None) -> Asked:
    return asked(pairs, TODAY, settings or Settings(), 50)


def titles(site: Site, address: str) -> list[str]:
    page = lxml.html.fromstring(site.get(address).text)
    return [each.text_content().strip() for each in page.cssselect(".row .title")]


def test_an_empty_desk_says_what_to_do(site: Site) -> None:
    assert "paraph add FILE-OR-ADDRESS" in site.get("/").text
    assert "Deals come with documents" in site.get("/deals").text


def test_the_matrix_counts_every_deal_once_and_leads_to_it(full: Desk, site: Site) -> None:
    page = lxml.html.fromstring(site.get("/").text)
    cells = page.cssselect(".heat tbody td a")
    shown = [int(each.text.replace(",", "")) for each in cells]
    total = int(page.cssselect(".heat tfoot th")[0].text_content().removeprefix("of "))
    assert sum(shown) == total == full.count(DealQuery(min_confidence=0.5))
    for cell, n in zip(cells, shown, strict=True):
        assert len(titles(site, cell.get("href"))) == n


def test_the_matrix_shades_by_share_of_the_fullest_cell() -> None:
    rows = matrix_rows(
        {
            (Sector.TRADE, Stage.TALKS, False): 1,
            (Sector.TRADE, Stage.SIGNED, True): 30,
            (Sector.ENERGY, Stage.IDEA, False): 9,
        },
        want(),
    )
    assert [row.sector for row in rows] == [Sector.TRADE, Sector.ENERGY]
    by_stage = {cell.stage: cell for cell in rows[0].cells}
    assert (by_stage[Stage.TALKS].shade, by_stage[Stage.SIGNED].shade, by_stage[Stage.IDEA].shade) == (1, SHADES, 0)
    assert (by_stage[Stage.SIGNED].n, by_stage[Stage.SIGNED].ahead) == (30, 30)
    assert matrix_rows({}, want()) == []


def test_an_occasion_counts_down(full: Desk, site: Site) -> None:
    # The clock of the tests stands at 5 March 2025, the visit is on the 20th.
    assert "15 days" in site.get("/").text
    assert "Oslo visit" not in site.get("/?party=IN").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("party=NO&party=CL", 6),
        ("party=Norway", 6),
        ("party=IN", 0),
        ("sector=defence&sector=nuclear", 2),
        ("certainty=possible", 1),
        ("source=Minister+Olav+Berg", 2),
        ("publisher=Courier", 4),
        ("until=2025-03-01", 3),
        ("since=2025-03-13", 0),
        ("min_voices=2", 5),
        ("contested=yes&ahead=yes", 1),
        ("q=salmon", 1),
        ("q=%22sea+salmon%22", 0),
    ],
)
def test_filters_stand_in_the_address(full: Desk, site: Site, query: str, found: int) -> None:
    assert len(titles(site, f"/deals?{query}")) == found
    assert site.get(f"/deals.json?{query}").json()["total"] == found


def test_what_was_searched_is_marked(full: Desk, site: Site) -> None:
    page = lxml.html.fromstring(site.get("/deals?q=feed+contract").text)
    assert [each.text for each in page.cssselect(".excerpt mark")] == ["feed", "contract"]


def test_a_filter_in_use_can_be_taken_away(full: Desk, site: Site) -> None:
    page = lxml.html.fromstring(site.get("/deals?sector=defence&party=NO&after=1.ab").text)
    chips = {each.text_content().split()[1]: each.get("href") for each in page.cssselect(".chips a:not(.all)")}
    assert chips == {"defence": "/deals?party=NO", "NO": "/deals?sector=defence"}
    on = page.cssselect(".facet a.on")
    assert {each.text_content() for each in on} >= {"Defence", "Norway"}


def test_pages_are_turned_by_their_address(full: Desk, site: Site) -> None:
    seen, address = [], "/deals?limit=4&sort=title"
    while address:
        seen += titles(site, address)
        following = lxml.html.fromstring(site.get(address).text).cssselect("a[rel=next]")
        address = following[0].get("href") if following else ""
    assert seen == sorted(seen)
    assert len(seen) == 6


def test_the_same_view_as_rows(full: Desk, site: Site) -> None:
    rows = list(csv.DictReader(io.StringIO(site.get("/deals.csv?sort=title").text)))
    assert [row["title"] for row in rows] == titles(site, "/deals?sort=title")
    feed = etree.fromstring(site.get("/deals.atom?sector=defence").content)
    names = {"a": "http://www.w3.org/2005/Atom"}
    assert feed.xpath("count(a:entry)", namespaces=names) == 1
    assert feed.xpath("a:link[@rel='alternate']/@href", namespaces=names) == [
        "http://127.0.0.1:8710/deals?sector=defence"
    ]
    for address in feed.xpath("a:entry/a:link/@href", namespaces=names):
        assert site.get(address).status_code == 200


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        (("sector", "war"), "sector: 'war' is not known; give one of: defence"),
        (("ahead", "maybe"), "neither yes nor no"),
        (("since", "soon"), "give one as 2025-12-04"),
        (("min_confidence", "2"), "give 0 to 1"),
        (("min_confidence", "nan"), "give 0 to 1"),
        (("min_voices", "-1"), "not a whole number from 0"),
        (("limit", "0"), "give 1 to 500"),
        (("limit", "501"), "not a whole number from 0 to 500"),
        (("sort", "age"), "'age' is not known"),
        (("q", "x" * 1_001), "at most 1000 characters, not 1001"),
    ],
)
def test_a_value_that_cannot_be_is_told(pair: tuple[str, str], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        want(pair)


def test_both_sides_of_the_limits_of_an_address() -> None:
    assert want(("limit", "500")).query.limit == 500
    assert len(want(("q", "x" * 1_000)).query.words) == 1_000
    assert len(want(*(("publisher", str(n)) for n in range(50))).query.publishers) == 50
    with pytest.raises(UsageError, match="at most 50 values, not 51"):
        want(*(("publisher", str(n)) for n in range(51)))
    with pytest.raises(UsageError, match="lies before since"):
        want(("since", "2025-03-02"), ("until", "2025-03-01"))
    assert want(("limit", "7"), settings=Settings(max_page_rows=7)).query.limit == 7


def test_what_means_nothing_is_left_alone() -> None:
    found = want(("utm", "x"), ("q", "  "), ("party", "Narnia"))
    assert found.pairs == (("party", "Narnia"),)
    assert found.query.parties == ("Narnia",)


def test_a_view_is_saved_renamed_and_removed(full: Desk, site: Site) -> None:
    here = "/?sector=defence"
    assert "Save this view" in site.get(here).text
    done = site.form("/views", {"name": "Arms & radar", "address": here, "to": here})
    assert (done.status_code, done.headers["location"]) == (303, here)
    page = site.get("/")
    assert "Arms & radar" in unescape(page.text)
    number = lxml.html.fromstring(page.text).cssselect("button[name=view]")[0].get("value")
    site.form("/views", {"do": "rename", "view": number, "name": "Radar", "to": "//evil.example"})
    assert "Radar" in site.get("/").text
    assert site.form("/views", {"do": "remove", "view": number}).status_code == 303
    assert "Radar" not in site.get("/").text
    assert site.form("/views", {"do": "remove", "view": number}).status_code == 404
    assert site.form("/views", {"name": "Out", "address": "//evil.example/"}).status_code == 400


def test_a_view_leads_nowhere_but_to_this_desk(full: Desk, site: Site) -> None:
    for to in ("//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", ""):
        answer = site.form("/views", {"name": "View", "address": "/deals", "to": to})
        assert answer.headers["location"] == "/"


def test_a_view_of_one_s_own_is_seen_by_nobody_else(desk: Desk, signed_site: Signed) -> None:
    deliver(desk, *honest())
    signed_site.reviewer.form("/views", {"name": "Mine", "address": "/deals"})
    signed_site.reviewer.form("/views", {"name": "Ours", "address": "/deals", "everybody": "yes"})
    assert "Mine" in signed_site.reviewer.get("/").text
    other = signed_site.reader.get("/").text
    assert "Ours" in other
    assert "Mine" not in other
