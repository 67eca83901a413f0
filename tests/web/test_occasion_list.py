"""The list of occasions: those ahead and those past, filters, files, adding one, suggestions."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest

from desks import Clock
from paraph.desk import Desk
from paraph.model import Document, Occasion, Reading
from paraph.web.occasions import address_of, when
from paraph.web.views import occasions as view
from press import VISIT, article, deliver, honest, settle, told
from websites import Site

AHEAD = Occasion("Paris summit", ("FR", "DE", "NO"), date(2025, 4, 4), date(2025, 4, 4), "Paris")
NOW = Occasion("Lima talks", ("CL", "PE"), date(2025, 3, 30), date(2025, 4, 2), None)


@pytest.fixture
def three(desk: Desk, clock: Clock) -> Desk:
    """A desk with one occasion over and settled, one under way and one ahead."""
    deliver(desk, *honest())
    deliver(desk, article("list", "Ministry", VISIT.last, told("ferries", "signed", "certain", ahead=False)))
    settle(desk)
    desk.add_occasion(NOW)
    desk.add_occasion(AHEAD)
    clock.time = datetime(2025, 4, 1, 12, tzinfo=UTC)
    return desk


def words_of(page: str) -> str:
    """Return the words of a page as they are read: one space between them, none before a comma."""
    words = " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
    return re.sub(r" ([,.;])", r"\1", words)


def names(page: str) -> list[str]:
    return re.findall(r'class="title" href="[^"]+"><bdi>([^<]+)', page)


def test_those_ahead_come_first_then_the_past(three: Desk, site: Site) -> None:
    page = site.get("/occasions").text
    assert names(page) == [NOW.name, AHEAD.name, VISIT.name]
    words = words_of(page)
    assert "2 visits and summits ahead or under way, 1 past one." in words
    assert "3 days Paris summit" in words
    assert "now Lima talks" in words
    assert (
        "of 6 deals on the table 2 signed, 1 agreed, not signed, 0 went on, 1 refused or put off, 2 nothing said"
        in words
    )
    assert "6 deals spoken of before" in words
    assert "0 deals on the table" not in words
    assert "on the table" in words[words.index("Paris summit") : words.index("Past")]


def test_past_ones_are_the_newest_first_and_page(desk: Desk, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "ROWS", 3)
    for n in range(7):
        desk.add_occasion(Occasion(f"Visit {n}", ("NO", "CL"), date(2024, 1, 1 + n), date(2024, 1, 1 + n)))
    seen, address = [], "/occasions?q=visit"
    while address:
        page = site.get(address).text
        seen += names(page)
        after = re.search(r'rel="next" href="([^"]+)"', page)
        address = unescape(after[1]) if after else ""
    assert seen == [f"Visit {n}" for n in reversed(range(7))]


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("party=NO", [AHEAD, VISIT]),
        ("party=Chile", [NOW, VISIT]),
        ("when=ahead", [NOW, AHEAD]),
        ("when=past", [VISIT]),
        ("q=PARIS", [AHEAD]),
        ("q=oslo+visit", [VISIT]),
        ("q=visit&party=FR", []),
    ],
)
def test_filters(three: Desk, site: Site, asked: str, wanted: list[Occasion]) -> None:
    page = site.get(f"/occasions?{asked}").text
    assert names(page) == [each.name for each in wanted]
    assert [row["name"] for row in site.get(f"/occasions.json?{asked}").json()["items"]] == names(page)
    if not wanted:
        assert "No occasion is like that" in page


@pytest.mark.parametrize("asked", ["party=Atlantis", "when=soon", "from=x"])
def test_what_cannot_be_asked(three: Desk, site: Site, asked: str) -> None:
    assert site.get(f"/occasions?{asked}").status_code == 400


def test_the_rows(three: Desk, site: Site) -> None:
    found = site.get("/occasions.json").json()
    assert (found["total"], found["next"]) == (3, None)
    past = found["items"][-1]
    assert past["came"] == {"signed": 2, "agreed": 1, "advanced": 0, "absent": 2, "refused": 1}
    assert (past["on_the_table"], past["settled"], past["stale"]) == (6, True, False)
    assert past["page"] == address_of(VISIT)
    assert found["items"][0]["came"] is None
    rows = list(csv.DictReader(io.StringIO(site.get("/occasions.csv").text)))
    assert [row["name"] for row in rows] == [NOW.name, AHEAD.name, VISIT.name]
    assert (rows[-1]["signed"], rows[-1]["on_the_table"], rows[0]["signed"]) == ("2", "6", "")
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ET.fromstring(site.get("/occasions.atom").text)
    titles = [each.findtext(f"{atom}title") for each in feed.iter(f"{atom}entry")]
    assert titles == ["Lima talks: day 3 of 4", "Paris summit: in 3 days", "Oslo visit: over for 11 days"]
    calendar = site.get("/occasions.ics?when=ahead").text
    assert calendar.count("BEGIN:VEVENT") == 2


def test_many_rows_have_a_next_page(desk: Desk, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    object.__setattr__(desk, "settings", type(desk.settings)(max_page_rows=2))
    for n in range(5):
        desk.add_occasion(Occasion(f"Visit {n}", ("NO", "CL"), date(2024, 1, 1 + n), date(2024, 1, 1 + n)))
    seen, address = [], "/occasions.json"
    while address:
        found = site.get(address).json()
        seen += [row["name"] for row in found["items"]]
        address = found["next"]
    assert seen == [f"Visit {n}" for n in reversed(range(5))]


def test_how_far_off_in_words() -> None:
    day = AHEAD.first
    assert when(AHEAD, day - timedelta(1)) == "in 1 day"
    assert when(AHEAD, day) == "today"
    assert when(AHEAD, day + timedelta(2)) == "over for 2 days"
    assert when(NOW, NOW.first) == "day 1 of 4"


# Adding.


def test_an_occasion_is_added(desk: Desk, site: Site) -> None:
    sent = {"name": " Putin  in Delhi ", "parties": "India, russia", "first": "2025-12-04", "last": "2025-12-05"}
    made = site.form("/occasions", sent | {"place": "New\tDelhi"})
    (there,) = desk.occasions()
    assert there == Occasion("Putin in Delhi", ("IN", "RU"), date(2025, 12, 4), date(2025, 12, 5), "New Delhi")
    assert (made.status_code, made.headers["location"]) == (303, address_of(there))
    assert site.form("/occasions", sent | {"place": "New Delhi"}).status_code == 303  # the same again
    assert site.form("/occasions", sent).status_code == 409
    assert desk.occasions() == [there]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"name": " \u200b "}, "name:"),
        ({"parties": ""}, "no party is named"),
        ({"parties": "India"}, "parties: IN alone"),
        ({"parties": "Atlantis, India"}, "Atlantis"),
        ({"first": ""}, "first:"),
        ({"first": "soon"}, "first:"),
        ({"last": "2025-99-99"}, "last:"),
        ({"last": "2025-12-01"}, "last:"),
        ({"first": "0001-01-01", "last": "0001-01-01"}, "years 1000 to 9000"),
        ({"name": "x" * 5_000}, "at most"),
    ],
)
def test_what_is_no_occasion_is_refused(desk: Desk, site: Site, changed: dict[str, str], named: str) -> None:
    sent = {"name": "Visit", "parties": "IN, RU", "first": "2025-12-04", "last": "", "place": ""}
    refused = site.form("/occasions", sent | changed)
    assert refused.status_code == 400
    assert named in refused.text
    assert desk.occasions() == []


def test_one_day_and_a_bloc_are_enough(desk: Desk, site: Site) -> None:
    site.form("/occasions", {"name": "Council", "parties": "African Union", "first": "2025-12-04"})
    (there,) = desk.occasions()
    assert there.first == there.last


def test_an_empty_desk_says_what_to_do(desk: Desk, site: Site) -> None:
    page = site.get("/occasions").text
    assert "No occasion yet" in page
    assert "Add the first" in page
    assert site.get("/occasions.ics").text.count("VEVENT") == 0


# Suggestions.


def document(name: str, day: date, text: str) -> Reading:
    return Reading(Document(text, name, f"https://{name}.example/", name.title(), name, published=day), ())


def test_suggestions_are_looked_for_and_one_is_added(desk: Desk, site: Site) -> None:
    deliver(
        desk,
        document("herald", date(2025, 3, 3), "President Vladimir Putin will visit New Delhi on 10 March 2025."),
        document("gazette", date(2025, 3, 4), "Nothing of that sort stands in this paper about the harbour."),
        document("old", date(2024, 3, 4), "President Emmanuel Macron will visit Berlin on 10 March 2024."),
    )
    assert desk.occasions() == []
    found = site.form("/occasions/suggest", {"since": ""})
    words = words_of(found.text)
    assert "Looked at 2 documents of" in words
    assert "Macron" not in words
    assert desk.occasions() == []
    form = found.text[found.text.index('class="suggestion"') :]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]))
    assert site.form("/occasions", {name: unescape(value) for name, value in fields.items()}).status_code == 303
    (there,) = desk.occasions()
    assert (there.first, set(there.parties)) == (date(2025, 3, 10), {"IN", "RU"})
    again = site.form("/occasions/suggest").text
    assert 'class="suggestion"' not in again
    assert "that is not on the desk already" in again
    assert "Macron" in site.form("/occasions/suggest", {"since": "2024-01-01"}).text
    assert site.form("/occasions/suggest", {"since": "long ago"}).status_code == 400


def test_no_more_documents_are_read_than_are_told(desk: Desk, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "LOOKED_AT", 2)
    deliver(
        desk,
        *(document(f"paper{n}", date(2025, 3, n), f"Harbour news, number {n}, and no visit.") for n in range(1, 5)),
    )
    page = words_of(site.form("/occasions/suggest").text)
    assert "Looked at 2 documents of 3 Mar 2025 to 4 Mar 2025, the newest of 4." in page


def test_an_empty_desk_has_no_suggestion(desk: Desk, site: Site) -> None:
    assert "Looked at 0 documents" in site.form("/occasions/suggest").text
