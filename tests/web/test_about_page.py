"""About this desk: its counts, its gaps, the model's measured quality, the picture of the years."""

from __future__ import annotations

import lxml.html
from lxml import etree

from desks import Clock
from paraph.desk import Desk
from press import VISIT, deliver, honest
from websites import Site


def test_an_empty_desk_is_told_as_such(site: Site) -> None:
    page = site.get("/about")
    assert page.status_code == 200
    assert site.get("/about.json").json()["documents"] == 0


def test_counts_gaps_and_quality(desk: Desk, site: Site, clock: Clock) -> None:
    deliver(desk, *honest())
    desk.add_occasion(VISIT)
    clock.go(days=12)  # 17 March; the last paper is of the 12th
    found = site.get("/about.json").json()
    assert (found["documents"], found["occasions"], found["decisions"]) == (6, 1, 0)
    assert found["gaps"][-1] == {"from": "2025-03-13", "to": "2025-03-16"}
    page = lxml.html.fromstring(site.get("/about").text)
    told = " ".join(page.text_content().split())
    assert "13 Mar 2025 to 16 Mar 2025, 4 days" in told
    assert "6, of which 0 copies of others" in told
    figures = {row.cssselect("th")[0].text: row for row in page.cssselect("section[aria-labelledby=model] tbody tr")}
    card = found["model"]["scores"]["events"]["stage"]
    shown = figures["stage right"].text_content()
    assert f"{card['value']:.2f}".removeprefix("0") in shown


def test_deals_over_the_years(desk: Desk, site: Site) -> None:
    deliver(desk, *honest())
    rows = site.get("/about/flow.json").json()["rows"]
    assert sum(row["deals"] for row in rows) == site.get("/about.json").json()["deals"]
    etree.fromstring(site.get("/about/flow.svg?sector=defence").content)
    assert site.get("/about/flow.json?sector=health").json()["rows"] == []
    assert site.get("/about?sector=war").status_code == 400


def test_the_words_are_explained_where_the_legend_leads(site: Site) -> None:
    page = lxml.html.fromstring(site.get("/about").text)
    assert page.get_element_by_id("words").cssselect("dt")
    assert page.cssselect("footer a[href='/about#words']")
