"""The page of an occasion: a countdown before, before and after side by side later; its filters, files, forms and warnings."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from desks import Clock
from paraph.desk import Desk, open_desk
from paraph.desk.people import Role
from paraph.model import Occasion, Outcome
from paraph.settings import Settings
from paraph.show.outcome_list import outcomes_dict
from paraph.web.occasions import address_of, id_of
from press import VISIT, article, deliver, honest, settle, told
from websites import Signed, Site, live, made_app

HERE = address_of(VISIT)
AFTER = datetime(2025, 4, 1, 12, tzinfo=UTC)


def papers(desk: Desk) -> None:
    """Put the press's papers on the desk, those of after the visit as well."""
    deliver(desk, *honest())
    deliver(
        desk,
        article(
            "list",
            "Ministry",
            VISIT.last,
            told("ferries", "signed", "certain", ahead=False),
            told("seed", "signed", "certain", ahead=False),
        ),
        article("late", "Gazette", date(2025, 3, 24), told("radar", "agreed", "certain", ahead=False)),
    )


def text_of(page: Any) -> str:
    """Return the words of a page as they are read: one space between them, none before a comma."""
    words = " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())
    return re.sub(r" ([,.:;])", r"\1", words)


@pytest.fixture
def over(desk: Desk, clock: Clock) -> dict[str, str]:
    """The visit over and settled; gives the deals' ids by the word that names them."""
    papers(desk)
    clock.time = AFTER
    return settle(desk)


def test_before_the_first_day_there_is_a_countdown_and_the_table(desk: Desk, site: Site) -> None:
    deliver(desk, *honest())
    desk.add_occasion(VISIT)
    page = site.get(HERE)
    assert page.status_code == 200
    words = text_of(page)
    assert "15 days until 20 Mar 2025 – 21 Mar 2025" in words
    assert "5 deals on the table, 5 of them name both parties" in words
    assert "electric ferries" in words.lower()
    assert "not known yet" in words
    assert "Work out" not in words
    assert "Overrule" not in words
    # The most likely first: what is certain, then by voices.
    assert page.text.index("lectric ferries") < page.text.index("atellite production")


def test_nothing_is_judged_by_looking(desk: Desk, site: Site, clock: Clock) -> None:
    papers(desk)
    desk.add_occasion(VISIT)
    clock.time = AFTER
    page = site.get(HERE)
    assert "not worked out yet" in text_of(page)
    for form in (".json", ".csv", ".atom", ".ics", "/before-after.svg"):
        assert site.get(HERE + form).status_code == 200
    assert site.get("/occasions").status_code == 200
    assert not desk.settled(VISIT.name).done
    assert site.form(f"{HERE}/judge").headers["location"] == HERE
    assert desk.settled(VISIT.name).done
    assert "not worked out yet" not in text_of(site.get(HERE))


def test_judging_waits_for_the_first_day(desk: Desk, site: Site) -> None:
    desk.add_occasion(VISIT)
    refused = site.form(f"{HERE}/judge")
    assert refused.status_code == 409
    assert "brought nothing yet" in text_of(refused)
    assert not desk.settled(VISIT.name).done


def test_before_and_after_stand_side_by_side(over: dict[str, str], site: Site) -> None:
    page = site.get(HERE)
    words = text_of(page)
    groups = re.findall(r'<h2 id="g-(\w+)">', page.text)
    assert groups == ["signed", "agreed", "refused", "absent"]
    assert words.index("Signed 3 of 3 that were on the table") < words.index("Agreed, not signed 1 of 1")
    assert "4 of 7 deals that were on the table came: 3 signed, 1 agreed" in words
    assert "Unannounced" not in words  # the press's verdicts are all announced
    row = page.text[page.text.index(f'id="d-{over["ferries"]}"') :]
    left, right = row[: row.index("side-after")], row[row.index("side-after") : row.index("</article>")]
    assert "will sign" in left
    assert "certain" in left
    assert "Courier" in left
    assert "Signed" in right
    assert "2 more before" in left


def test_the_unannounced_stand_below(desk: Desk, site: Site, clock: Clock) -> None:
    papers(desk)
    desk.add_occasion(VISIT)
    clock.time = AFTER
    desk.judge(VISIT)
    page = site.get(HERE)
    below = page.text[page.text.index('id="unannounced"') :]
    assert "eed bank at Punta Arenas" in below
    assert "eed bank at Punta Arenas" not in page.text[: page.text.index('id="unannounced"')]
    assert "came unannounced" in text_of(page)
    only = site.get(f"{HERE}?announced=no")
    assert "eed bank" in only.text
    assert "side-before" not in only.text
    assert 'id="unannounced"' not in site.get(f"{HERE}?announced=yes").text


def test_filters_leave_out_and_count(over: dict[str, str], site: Site) -> None:
    for asked, kept, gone in (
        ("outcome=agreed", "radar", "ferries"),
        ("sector=nuclear", "uranium", "ferries"),
        ("q=desalination", "desalination", "ferries"),
        ("outcome=refused&outcome=absent", "salmon", "ferries"),
        ("party=Chile&sector=space", "satellite", "ferries"),
    ):
        page = site.get(f"{HERE}?{asked}")
        assert f'id="d-{over[kept]}"' in page.text, asked
        assert f'id="d-{over[gone]}"' not in page.text, asked
        n = 3 if "absent" in asked else 1
        assert f"{n} of 7 verdicts like that" in text_of(page), asked
    none = site.get(f"{HERE}?party=FR")
    assert "No deal of this occasion is like that" in none.text


@pytest.mark.parametrize("asked", ["outcome=won", "announced=perhaps", "sector=magic", "from=-1", "after=x", "limit=0"])
def test_what_cannot_be_asked_is_refused_by_name(over: dict[str, str], site: Site, asked: str) -> None:
    refused = site.get(f"{HERE}?{asked}")
    assert refused.status_code == 400


def test_pages_follow_on_each_other(over: dict[str, str], site: Site) -> None:
    seen: list[str] = []
    address = f"{HERE}?limit=2&announced=yes"
    while address:
        page = site.get(address)
        seen += re.findall(r'<article class="came" id="d-(\w+)"', page.text)
        after = re.search(r'rel="next" href="([^"]+)"', page.text)
        address = unescape(after[1]) if after else ""
    assert sorted(seen) == sorted(over.values())


def test_the_table_pages_too(desk: Desk, site: Site) -> None:
    deliver(desk, *honest())
    desk.add_occasion(VISIT)
    first = site.get(f"{HERE}?limit=2")
    after = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert after is not None
    assert "from=2" in after[1]
    second = site.get(unescape(after[1]))
    ids = [re.findall(r'<article class="came" id="d-(\w+)"', page.text) for page in (first, second)]
    assert [len(each) for each in ids] == [2, 2]
    assert not set(ids[0]) & set(ids[1])
    assert "first page" in second.text
    assert "No deal on the table is like that" in site.get(f"{HERE}?sector=health").text


def test_the_json_is_that_of_paraph_outcomes(over: dict[str, str], desk: Desk, site: Site) -> None:
    given = site.get(f"{HERE}.json").json()
    deals = {deal.id: deal for deal in desk.all_deals()}
    wanted = outcomes_dict(VISIT, [(deals[each.deal], each) for each in desk.verdicts(VISIT.name)])
    assert sorted(given["deals"], key=lambda deal: deal["id"]) == json.loads(json.dumps(wanted["deals"]))
    assert given["occasion"] == {"id": id_of(VISIT.name)} | wanted["occasion"]
    assert (given["total"], given["next"], given["settled"]) == (len(wanted["deals"]), None, True)
    part = site.get(f"{HERE}.json?limit=2").json()
    rest = site.get(part["next"]).json()
    assert [deal["id"] for deal in part["deals"] + rest["deals"]][:4] == [deal["id"] for deal in given["deals"]][:4]


def test_csv_and_feed(over: dict[str, str], site: Site) -> None:
    rows = list(csv.DictReader(io.StringIO(site.get(f"{HERE}.csv").text)))
    assert {row["verdict"] for row in rows} == {"signed", "agreed", "absent", "refused"}
    assert len(rows) == len(over)
    feed = ET.fromstring(site.get(f"{HERE}.atom?outcome=signed").text)
    atom = "{http://www.w3.org/2005/Atom}"
    titles = [each.findtext(f"{atom}title") or "" for each in feed.iter(f"{atom}entry")]
    assert titles
    assert all(title.endswith(": signed") for title in titles)


def test_the_calendar_of_one(over: dict[str, str], site: Site) -> None:
    made = site.get(f"{HERE}.ics")
    assert made.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = made.text.replace("\r\n ", "").split("\r\n")
    assert f"UID:{id_of(VISIT.name)}@paraph" in lines
    assert "DTEND;VALUE=DATE:20250322" in lines
    assert "DTSTAMP:20250401T120000Z" in lines
    assert any(each.startswith("DESCRIPTION:") and "3 signed" in each for each in lines)


def test_the_picture_in_three_forms(over: dict[str, str], site: Site) -> None:
    assert site.get(f"{HERE}/before-after.svg").headers["content-type"].startswith("image/svg+xml")
    assert "signed" in site.get(f"{HERE}/before-after.csv").text
    rows = site.get(f"{HERE}/before-after.json").json()["rows"]
    assert sum(row["deals"] for row in rows if row["announced"]) == 6
    assert site.get(f"{HERE}/before-after.exe").status_code == 404


def test_who_was_right_here(over: dict[str, str], site: Site) -> None:
    page = site.get(HERE)
    side = page.text[page.text.index('id="right"') :]
    assert "came true" in side
    assert "Courier" in side or "courier" in side
    assert f"/scores?occasion={quote(VISIT.name)}" in side


def test_a_verdict_is_overruled_and_told_as_such(over: dict[str, str], desk: Desk, site: Site) -> None:
    page = site.get(HERE)
    row = page.text[page.text.index(f'id="d-{over["satellite"]}"') :]
    form = row[row.index("<form") : row.index("</form>")]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    fields = {name: unescape(value) for name, value in fields.items()}
    evidence = next(each.id for deal in desk.all_deals() for each in deal.sightings if each.document == "list")
    sent = site.form("/decide", fields | {"outcome": "signed", "reason": "It is in the list.", "evidence": evidence})
    assert sent.status_code == 303
    assert sent.headers["location"] == f"{HERE}#d-{over['satellite']}"
    again = text_of(site.get(f"{HERE}?sector=space"))
    assert "Signed by Ida; the machine said absent It is in the list." in again
    assert next(each for each in desk.verdicts(VISIT.name) if each.deal == over["satellite"]).outcome is Outcome.SIGNED
    assert "decided by Ida: It is in the list." in site.get(f"{HERE}.atom?sector=space").text


def test_without_a_document_from_after_it_is_said(desk: Desk, site: Site, clock: Clock) -> None:
    deliver(desk, *honest())
    desk.add_occasion(VISIT)
    clock.time = AFTER
    desk.judge(VISIT)
    words = text_of(site.get(HERE))
    assert "No document from after the occasion is on the desk: what it brought is not known yet." in words
    assert "not known: no document tells" in words
    deliver(desk, article("else", "Gazette", date(2025, 3, 24), told("salmon", "talks", "possible", ahead=True)))
    assert "No document from after" not in text_of(site.get(HERE))


def test_what_is_stale_says_so(over: dict[str, str], desk: Desk, site: Site) -> None:
    assert "Deals changed since" not in site.get(HERE).text
    deliver(desk, article("more", "Gazette", date(2025, 3, 23), told("ferries", "signed", "certain", ahead=False)))
    page = text_of(site.get(HERE))
    assert "Deals changed since this was worked out." in page
    assert "Deals changed since" in site.get("/occasions").text
    site.form(f"{HERE}/judge")
    assert "Deals changed since" not in site.get(HERE).text


def test_on_the_days_themselves(desk: Desk, site: Site, clock: Clock) -> None:
    papers(desk)
    desk.add_occasion(VISIT)
    clock.time = datetime(2025, 3, 21, 9, tzinfo=UTC)
    assert "day 2 of 2" in text_of(site.get(HERE))
    desk.judge(VISIT)
    page = site.get(HERE)
    assert "side-after" in page.text
    assert "day 2 of 2" in text_of(page)
    assert 'id="right"' not in page.text


def test_two_that_may_be_one_are_told(desk: Desk, site: Site) -> None:
    desk.add_occasion(VISIT)
    other = Occasion("Summit in Oslo", ("CL", "NO", "SE"), VISIT.last, VISIT.last)
    desk.add_occasion(other)
    desk.add_occasion(Occasion("Elsewhere", ("CL", "FR"), VISIT.last, VISIT.last))
    words = text_of(site.get(HERE))
    assert "Days and parties in common with Summit in Oslo:" in words
    assert "in common with Elsewhere" not in words


def test_coverage_is_told(over: dict[str, str], site: Site) -> None:
    words = text_of(site.get(HERE))
    assert "before 6 documents on the days 1 document after 1 document" in words
    assert "No document on 13 Mar 2025 – 20 Mar 2025, 22 Mar 2025 – 23 Mar 2025, 25 Mar 2025 – 28 Mar 2025." in words


# Addresses.


@pytest.mark.parametrize(
    "name",
    [
        "Oslo visit",
        "习近平访问莫斯科",
        "Путин в Дели",
        "a/b c",
        "100% ?#&",
        "v1.5",
        "visit.json",
        "ends.atom",
        "x" * 130,
    ],
)
def test_a_name_leads_to_the_page_and_the_page_stays(desk: Desk, site: Site, name: str) -> None:
    occasion = Occasion(name, ("NO", "CL"), VISIT.first, VISIT.last)
    desk.add_occasion(occasion)
    here = address_of(occasion)
    assert re.fullmatch(r"/occasions/[a-z0-9-]+", here)
    led = site.get(f"/occasions/{quote(name, safe='')}")
    assert (led.status_code, led.headers["location"]) == (302, here)
    assert site.get(here).status_code == 200
    for form in ("json", "csv", "atom", "ics"):
        assert site.get(f"{here}.{form}").status_code == 200


def test_ids_follow_from_the_name_alone() -> None:
    assert id_of("Oslo visit") == id_of("Oslo visit") == "oslo-visit-c2ae4bfc"[:11] + id_of("Oslo visit")[11:]
    same = ["Oslo visit", "Oslo, visit!", "oslo visit", "Óslo visit", "习近平访问莫斯科", "Путин в Дели", "", "-"]
    assert len({id_of(name) for name in same}) == len(same)
    assert len(id_of("long name " * 100)) <= 70


def test_the_short_of_an_id_leads_on_only_where_it_is_one(desk: Desk, site: Site) -> None:
    desk.add_occasion(VISIT)
    led = site.get("/occasions/oslo-visit?limit=3")
    assert led.headers["location"] == f"{HERE}?limit=3"
    assert site.get("/occasions/Oslo%20visit.csv?x=1").headers["location"] == f"{HERE}.csv?x=1"
    assert site.get("/occasions/Oslo%20visit/before-after.svg").headers["location"] == f"{HERE}/before-after.svg"
    desk.add_occasion(Occasion("Oslo visit!", ("NO", "CL"), VISIT.first, VISIT.last))
    assert site.get("/occasions/oslo-visit").status_code == 404
    assert site.get("/occasions/oslo-visit.json").status_code == 404
    assert site.get("/occasions/nothing/at/all").status_code == 404


def test_hostile_names_are_text(desk: Desk, site: Site, clock: Clock) -> None:
    name = "<script>alert(1)</script>\u202e\"'>"
    occasion = Occasion(name, ("NO", "CL"), VISIT.first, VISIT.last, "<img src=x onerror=alert(1)>")
    papers(desk)
    desk.add_occasion(occasion)
    here = address_of(occasion)
    clock.time = AFTER
    for settled in (False, True):
        if settled:
            desk.judge(occasion)
        for page in (here, "/occasions", f"{here}/remove"):
            found = site.get(page).text
            assert "<script>alert" not in found
            assert "<img src=x" not in found
            assert "\u202e" not in found


# Keeping.


def test_an_occasion_is_changed_and_its_verdicts_dropped(over: dict[str, str], desk: Desk, site: Site) -> None:
    sent = {"parties": "Norway, Chile", "first": "2025-03-22", "last": "2025-03-23", "place": " Bergen "}
    assert site.form(f"{HERE}/change", sent).headers["location"] == HERE
    assert desk.occasion(VISIT.name) == Occasion(
        VISIT.name, ("NO", "CL"), date(2025, 3, 22), date(2025, 3, 23), "Bergen"
    )
    assert not desk.settled(VISIT.name).done
    assert site.form(f"{HERE}/change", sent | {"last": "2025-03-01"}).status_code == 400


def test_removing_asks_again(over: dict[str, str], desk: Desk, site: Site) -> None:
    asks = site.get(f"{HERE}/remove")
    assert "Remove this occasion?" in asks.text
    assert site.get("/occasions/Oslo%20visit/remove").headers["location"] == f"{HERE}/remove"
    assert site.form(f"{HERE}/remove").headers["location"] == f"{HERE}/remove"
    assert desk.occasions() == [VISIT]
    assert site.form(f"{HERE}/remove", {"sure": "yes"}).headers["location"] == "/occasions"
    assert desk.occasions() == []
    assert site.get(HERE).status_code == 404


def test_only_keepers_keep(desk: Desk, clock: Clock) -> None:
    papers(desk)
    desk.add_occasion(VISIT)
    clock.time = AFTER
    desk.judge(VISIT)
    signed_site = Signed(desk)
    sites = {Role.READER: signed_site.reader, Role.REVIEWER: signed_site.reviewer, Role.KEEPER: signed_site.keeper}
    for role, site in sites.items():
        page = site.get(HERE).text
        assert ("For keepers" in page) is (role is Role.KEEPER)
        assert ('value="overrule"' in page) is (role is not Role.READER)
        if role is not Role.KEEPER:
            for path in (f"{HERE}/judge", f"{HERE}/change", f"{HERE}/remove", "/occasions", "/occasions/suggest"):
                refused = site.form(path, {"sure": "yes"})
                assert refused.status_code == 403, (role, path, refused.headers)
            assert site.get(f"{HERE}/remove").status_code == 403
    assert signed_site.desk.occasions() == [VISIT]


# In a browser.


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[tuple[str, Desk]]:
    """The pages on a port of their own, of a desk with a visit over and one ahead."""
    with open_desk(tmp_path / "desk.db", settings=Settings(), now=lambda: AFTER) as desk:
        papers(desk)
        desk.add_occasion(VISIT)
        desk.judge(VISIT)
        desk.add_occasion(Occasion("Santiago visit", ("NO", "CL"), date(2025, 4, 10), date(2025, 4, 11), "Santiago"))
        with live(made_app(desk)) as address:
            yield address, desk


def test_pages_are_fit_for_everybody_and_work_without_script(shown: tuple[str, Desk]) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    address, desk = shown
    ahead = address_of(desk.occasion("Santiago visit"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for width, scheme in ((1280, "light"), (390, "dark")):
            context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
            page = context.new_page()
            for path in ("/occasions", HERE, ahead, f"{HERE}/remove"):
                page.goto(address + path)
                assert Axe().run(page).violations_count == 0, path
                assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
            context.close()
        plain = browser.new_context(java_script_enabled=False)
        page = plain.new_page()
        page.goto(f"{address}/occasions")
        page.get_by_label("Name", exact=True).fill("Bergen talks")
        page.get_by_label("Parties, with commas between").fill("Norway, Chile")
        page.get_by_label("First day").fill("2025-05-01")
        page.get_by_role("button", name="Add it").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Bergen talks"
        page.get_by_role("link", name="Remove it").click()
        page.get_by_role("button", name="Remove it").click()
        assert page.url == f"{address}/occasions"
        page.goto(address + HERE)
        row = page.locator("article.came", has_text="ferries").first
        row.get_by_text("Overrule").click()
        row.get_by_label("It brought").select_option("refused")
        row.get_by_label("Why").fill("It sank.")
        row.get_by_role("button", name="Decide").click()
        assert "by you" not in page.content()
        assert page.locator("article.came", has_text="It sank.").count() == 1
        browser.close()
    assert Outcome.REFUSED in {each.outcome for each in desk.verdicts(VISIT.name)}
