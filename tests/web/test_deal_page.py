"""The page of a deal: what it says, its other forms, and what people decide on it."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from datetime import date
from html import unescape

import pytest

from desks import Clock
from paraph.desk import Action, DealQuery, DealRow, Desk, Review
from paraph.model import Occasion, Outcome, Reading, Verdict
from press import VISIT, article, deliver, honest, settle, told
from samples import hostile
from websites import Signed, Site, post

ATOM = "{http://www.w3.org/2005/Atom}"


def text_of(page: str) -> str:
    """Return what a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1])).split())


def rows(desk: Desk) -> list[DealRow]:
    """Return all deals of a desk."""
    return desk.deals(DealQuery())


@pytest.fixture
def ids(desk: Desk, clock: Clock) -> dict[str, str]:
    """A desk with the visit's press; the deals' ids by name."""
    deliver(desk, *honest())
    clock.go(days=30)
    return settle(desk)


def shown(site: Site, id: str, query: str = "") -> str:
    answer = site.get(f"/deals/{id}{query}")
    assert answer.status_code == 200
    return answer.text


# What it says.


def test_the_page_says_where_a_deal_stands_since_when_and_by_whom(site: Site, desk: Desk, ids: dict[str, str]) -> None:
    page = shown(site, ids["ferries"])
    words = text_of(page)
    assert f"<title>{desk.deal(ids['ferries']).title}" in page
    assert "signed, ahead" in words
    assert "independent voice" in words
    assert "3 signals of the deal in 3 documents" in words
    assert "last heard of 3 Mar 2025" in words
    for publisher in ("Post", "Courier", "Mercury"):
        assert publisher in words
    assert 'href="/deals?party=NO"' in page
    assert 'href="/deals?sector=transport"' in page


def test_each_step_has_the_quotations_that_made_it(site: Site, desk: Desk, ids: dict[str, str]) -> None:
    deal = desk.deal(ids["salmon"])
    page = shown(site, deal.id)
    for each in deal.sightings:
        assert f'href="/signals/{each.id}"' in page
    words = text_of(page)
    assert words.index("signed , ahead" if "signed , ahead" in words else "signed, ahead") < words.index(
        "first heard of"
    )
    assert "off the ladder" in words
    assert '<b class="anchor">a salmon feed contract</b>' in page


def test_the_picture_stands_on_the_page_with_its_files(site: Site, ids: dict[str, str]) -> None:
    id = ids["ferries"]
    page = shown(site, id)
    assert '<svg class="drawing timeline' in page
    assert f'href="/deals/{id}/timeline.svg' in page
    svg = site.get(f"/deals/{id}/timeline.svg")
    assert svg.headers["content-type"].startswith("image/svg+xml")
    ET.fromstring(svg.content)
    rows = site.get(f"/deals/{id}/timeline.json").json()["rows"]
    assert len(list(csv.reader(io.StringIO(site.get(f"/deals/{id}/timeline.csv").text)))) == len(rows) + 1


def test_a_verdict_stands_with_what_shows_it_and_what_it_rests_on(site: Site, desk: Desk, ids: dict[str, str]) -> None:
    evidence = desk.deal(ids["ferries"]).sightings[-1]
    desk.settle(VISIT, [Verdict(ids["ferries"], Outcome.SIGNED, 0.83, evidence)])
    words = text_of(shown(site, ids["ferries"]))
    assert "Oslo visit 20 Mar 2025 – 21 Mar 2025 signed .83 sure" in words
    order = "treaty register signed text outcome list joint statement spokesperson press"
    assert order in words
    assert re.search(r'class="used" aria-current="true">spokesperson', shown(site, ids["ferries"]))


def test_what_nobody_spoke_of_before_is_called_unannounced(site: Site, desk: Desk, ids: dict[str, str]) -> None:
    desk.settle(VISIT, [Verdict(ids["seed"] if "seed" in ids else ids["radar"], Outcome.SIGNED, 0.7, None, False)])
    words = text_of(shown(site, ids["radar"]))
    assert "unannounced: nobody spoke of it before" in words
    assert "No words on the desk show it." in words


def test_contradictions_stand_side_by_side(site: Site, desk: Desk, clock: Clock) -> None:
    deliver(
        desk,
        article("a", "Post", date(2025, 3, 1), told("radar", "signed", "certain", ahead=False)),
        article(
            "b", "Courier", date(2025, 3, 3), told("radar", "ended", "certain", ahead=False, source="Minister Berg")
        ),
    )
    clock.go(days=5)
    (row,) = rows(desk)
    page = shown(site, row.id)
    assert 'id="contradictions"' in page
    assert "done or agreed, against refused or called off denied" in text_of(page)
    assert 'href="#contradictions"' in page


def test_copies_are_folded_under_what_they_repeat_and_faint(site: Site, desk: Desk, clock: Clock) -> None:
    for n, paper in enumerate(("Post", "Courier", "Mercury")):
        deliver(desk, article(f"wire-{n}", paper, date(2025, 3, 1 + n), told("radar"), words="the same"))
    clock.go(days=3)
    (row,) = rows(desk)
    page = shown(site, row.id)
    assert "<summary>2 copies</summary>" in page
    assert "2 of 3 in copies" in text_of(page)
    assert page.count('<ol class="said-list">') == 1


def test_words_that_were_taken_out_again_say_so(site: Site, desk: Desk, clock: Clock) -> None:
    deliver(desk, article("a", "Post", date(2025, 3, 1), told("radar"), told("ferries")))
    deliver(desk, article("b", "Courier", date(2025, 3, 1), told("radar", "agreed", "certain", ahead=False)))
    clock.go(days=2)
    deliver(
        desk,
        article("a", "Post", date(2025, 3, 1), told("ferries"), words="other", updated=date(2025, 3, 2)),
        seen=date(2025, 3, 2),
    )
    (row,) = [each for each in rows(desk) if "radar" in each.title]
    words = text_of(shown(site, row.id))
    assert "Taken out again 1 quotation of 2" in words
    assert "taken out again" in words.split("Taken out again 1", 1)[1]


def test_a_deal_that_fell_silent_says_so(site: Site, desk: Desk, clock: Clock, ids: dict[str, str]) -> None:
    clock.go(days=500)
    words = text_of(shown(site, ids["desalination"]))
    assert "lapsed (inferred)" in words
    assert "nobody spoke of it any more for 365 days" in words
    assert "Nobody spoke of it since 12 Mar 2025" in words


def test_a_deal_with_an_owner_that_a_person_named_says_whose_it_is(site: Site, desk: Desk, ids: dict[str, str]) -> None:
    assert "owned by" not in shown(site, ids["ferries"])
    desk.decide(Review(Action.OWN, "Ida", payload={"publisher": "Post", "owner": "Hill Press"}))
    assert "owned by <bdi>Hill Press</bdi>" in shown(site, ids["ferries"])


def test_hostile_text_stays_text(site: Site, desk: Desk) -> None:
    desk.add(hostile())
    (row,) = rows(desk)
    for form in ("", ".json", ".csv", ".atom", "/timeline.svg", "/timeline.csv", "/timeline.json"):
        answer = site.get(f"/deals/{row.id}{form}")
        assert answer.status_code == 200, form
        assert form.endswith(("json", "csv")) or "<script>alert" not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "\x1b" not in answer.text
        assert "\u202e" not in answer.text
        assert "javascript:alert" not in (answer.text if form == "" else "")


# Its address.


def test_every_id_of_a_deal_leads_to_the_one_page(site: Site, desk: Desk, ids: dict[str, str]) -> None:
    deal = desk.deal(ids["ferries"])
    for each in deal.sightings[1:]:
        answer = site.get(f"/deals/{each.id}?from=0")
        assert (answer.status_code, answer.headers["location"]) == (302, f"/deals/{deal.id}?from=0")
    assert site.get(f"/deals/{deal.id[:10]}").headers["location"] == f"/deals/{deal.id}"
    assert site.get(f"/deals/{deal.id[:10]}.json").headers["location"] == f"/deals/{deal.id}.json"
    assert site.get(f"/deals/{deal.id[:10]}/timeline.svg").headers["location"] == f"/deals/{deal.id}/timeline.svg"


def test_a_rejected_signal_leads_from_its_old_deal_to_its_own_place(site: Site, desk: Desk, clock: Clock) -> None:
    deliver(desk, article("a", "Post", date(2025, 3, 1), told("radar")))
    (row,) = rows(desk)
    desk.decide(Review(Action.REJECT, "Ida", signal=row.id))
    answer = site.get(f"/deals/{row.id}")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/signals/{row.id}")


@pytest.mark.parametrize("id", ["zz", "0", "abc", "ffffffffffff", "no%20such", "..%2f..", "%00"])
def test_what_is_no_deal_is_not_found(site: Site, ids: dict[str, str], id: str) -> None:
    for form in ("", ".json", "/timeline.svg"):
        assert site.get(f"/deals/{id}{form}").status_code == 404


def test_the_beginning_of_several_deals_is_not_taken_for_one(site: Site, desk: Desk) -> None:
    readings = [article(f"d{n}", "Post", date(2025, 3, 1), told("radar" if n % 2 else "seed")) for n in range(2)]
    deliver(desk, *readings)
    first, second = (each.id for each in rows(desk))
    assert first[:4] != second[:4]
    assert site.get(f"/deals/{first[:3]}").status_code == 404


def test_the_json_is_that_of_the_command(site: Site, desk: Desk, ids: dict[str, str]) -> None:
    from paraph.show.deal_page import deal_page_dict, page_of

    answer = site.get(f"/deals/{ids['salmon']}.json").json()
    assert answer.pop("page") == f"/deals/{ids['salmon']}"
    deal = desk.deal(ids["salmon"])
    assert answer == deal_page_dict(page_of(desk, deal, desk.now().date()))
    assert answer["verdicts"][0]["verdict"] == "refused"


def test_the_csv_has_every_signal(site: Site, desk: Desk, ids: dict[str, str]) -> None:
    rows = list(csv.DictReader(io.StringIO(site.get(f"/deals/{ids['ferries']}.csv").text)))
    assert [row["id"] for row in rows] == [each.id for each in desk.deal(ids["ferries"]).sightings]
    assert {row["stage"] for row in rows} == {"signed"}


def test_a_deal_can_be_followed_in_a_feed_reader(site: Site, desk: Desk, ids: dict[str, str]) -> None:
    id = ids["salmon"]
    feed = ET.fromstring(site.get(f"/deals/{id}.atom").content)
    entries = feed.findall(f"{ATOM}entry")
    titles = [entry.findtext(f"{ATOM}title") or "" for entry in entries]
    assert "Oslo visit: refused" in titles
    assert any(title.endswith("ended, ahead, probable (off the ladder)") for title in titles)
    leads = [entry.findtext(f"{ATOM}id") or "" for entry in entries]
    assert len(set(leads)) == len(leads)
    for each in desk.deal(id).sightings:
        assert any(lead.endswith(f"/signals/{each.id}") for lead in leads)
    page = shown(site, id)
    for lead in leads:
        anchor = lead.partition("#")[2]
        assert not anchor or f'id="{anchor}"' in page
    changed = [entry.findtext(f"{ATOM}updated") for entry in entries]
    assert changed == sorted(changed, reverse=True)


def test_the_feed_tells_of_silence_and_of_what_a_person_decided(
    site: Site, desk: Desk, clock: Clock, ids: dict[str, str]
) -> None:
    clock.go(days=500)
    for reason in ("no ship was bought", None):
        payload = {"occasion": VISIT.name, "outcome": "absent"}
        desk.decide(Review(Action.OVERRULE, "Ida", signal=ids["ferries"], payload=payload, reason=reason))
        feed = ET.fromstring(site.get(f"/deals/{ids['ferries']}.atom").content)
        told_of = {entry.findtext(f"{ATOM}title"): entry.findtext(f"{ATOM}summary") for entry in feed}
        assert told_of["Oslo visit: absent"] == ("by Ida: no ship was bought" if reason else "by Ida")
        title = desk.deal(ids["ferries"]).title
        assert told_of[f"{title}: lapsed (inferred) (nobody spoke of it any more)"] == ""


def test_of_copies_the_feed_has_the_first(site: Site, desk: Desk) -> None:
    for n, paper in enumerate(("Post", "Courier")):
        deliver(desk, article(f"wire-{n}", paper, date(2025, 3, 1 + n), told("radar"), words="the same"))
    (row,) = rows(desk)
    first, copy = desk.deal(row.id).sightings
    feed = site.get(f"/deals/{row.id}.atom").text
    assert f"/signals/{first.id}<" in feed
    assert f"/signals/{copy.id}<" not in feed


def test_publishers_lead_to_their_deals(site: Site, ids: dict[str, str]) -> None:
    page = shown(site, ids["ferries"])
    assert 'href="/deals?publisher=Mercury"' in page
    assert site.get("/deals?publisher=Mercury").status_code == 200


def test_a_browser_that_has_the_page_is_told_so(site: Site, ids: dict[str, str]) -> None:
    tag = site.get(f"/deals/{ids['radar']}").headers["etag"]
    assert site.get(f"/deals/{ids['radar']}", headers={"if-none-match": tag}).status_code == 304


# Many signals.


def crowd(n: int) -> list[Reading]:
    """Return so many articles of as many papers that say one thing, each in its own words."""
    return [article(f"crowd-{i:03}", f"Paper {i:03}", date(2025, 3, 1), told("radar"), words=f"w{i}") for i in range(n)]


def test_many_quotations_come_page_by_page(site: Site, desk: Desk) -> None:
    deliver(desk, *crowd(75))
    (row,) = rows(desk)
    deal = desk.deal(row.id)
    seen: list[str] = []
    address = f"/deals/{row.id}"
    sizes = []
    while address:
        page = site.get(address).text
        sizes.append(len(page.encode()))
        history = page.split('id="history"', 1)[1]
        seen += re.findall(r'<cite><a href="/signals/(\w+)"', history)
        following = re.search(r'href="([^"]+)#history" rel="next"', page)
        address = unescape(following[1]) if following else ""
    assert seen == [each.id for each in deal.sightings]
    assert len(sizes) == 3
    assert max(sizes) < 150_000
    assert "Quotations 31 to 60 of 75" in text_of(shown(site, row.id, "?from=30"))
    assert 'rel="prev"' in shown(site, row.id, "?from=30")


def test_a_page_past_the_end_is_empty_and_leads_back(site: Site, ids: dict[str, str]) -> None:
    page = shown(site, ids["radar"], "?from=500")
    assert f'href="/deals/{ids["radar"]}"' in page


@pytest.mark.parametrize("value", ["x", "-1", "1e3", "99999999999"])
def test_a_place_that_is_no_number_is_refused(site: Site, ids: dict[str, str], value: str) -> None:
    assert site.get(f"/deals/{ids['radar']}?from={value}").status_code == 400


# What people decide.


def test_merging_two_deals_and_undoing_it(site: Site, desk: Desk, ids: dict[str, str]) -> None:
    one, two = ids["ferries"], ids["radar"]
    answer = post(site, f"/deals/{one}/merge", {"other": f"http://127.0.0.1:8710/deals/{two}", "reason": "one fleet"})
    assert answer.status_code == 303
    assert desk.deal(one) == desk.deal(two)
    page = site.get(
        site.get(answer.headers["location"].partition("#")[0]).headers.get("location") or f"/deals/{one}"
    ).text
    assert "said that it is one deal with another" in text_of(page)
    assert "one fleet" in page
    (number,) = re.findall(r'name="number" value="(\d+)"', page)
    assert (
        post(site, "/decide", {"action": "undo", "number": number, "to": f"/deals/{one}#decisions"}).status_code == 303
    )
    assert desk.deal(one).id != desk.deal(two).id
    assert "<strong>undone</strong>" in shown(site, desk.deal(one).id)


@pytest.mark.parametrize(
    ("other", "status"), [("", 400), ("  ", 400), ("ffffffffffff", 404), ("not an id", 409), ("same", 409)]
)
def test_merging_with_nothing_is_refused(site: Site, ids: dict[str, str], other: str, status: int) -> None:
    given = ids["ferries"] if other == "same" else other
    assert post(site, f"/deals/{ids['ferries']}/merge", {"other": given}).status_code == status


def test_deals_that_may_be_the_same_are_offered(site: Site, desk: Desk, ids: dict[str, str]) -> None:
    desk.decide(
        Review(
            Action.SPLIT, "Ida", signal=ids["ferries"], payload={"signals": [desk.deal(ids["ferries"]).sightings[1].id]}
        )
    )
    page = shown(site, ids["ferries"])
    assert "These share its parties and words:" in page
    assert page.count(f'action="/deals/{ids["ferries"]}/merge"') >= 1


def test_the_other_deal_is_found_by_words_or_id(site: Site, ids: dict[str, str]) -> None:
    found = shown(site, ids["ferries"], "?find=coastal+radar")
    assert f'name="other" value="{ids["radar"]}"' in found
    assert f'name="other" value="{ids["radar"]}"' in shown(site, ids["ferries"], f"?find={ids['radar'][:8]}")
    assert f'name="other" value="{ids["radar"]}"' in shown(site, ids["ferries"], f"?find=/signals/{ids['radar']}")
    nothing = shown(site, ids["ferries"], "?find=gooseberry")
    assert "No other deal has “ gooseberry ”" in text_of(nothing)
    itself = shown(site, ids["ferries"], f"?find={ids['ferries']}")
    assert f'name="other" value="{ids["ferries"]}"' not in itself
    assert site.get(f"/deals/{ids['ferries']}?find=feed").status_code == 200  # a word that might be an id
    assert site.get(f"/deals/{ids['ferries']}?find=%22%22%20(%20*").status_code == 200


def test_ticked_quotations_are_split_off_with_their_copies(site: Site, desk: Desk) -> None:
    for n, paper in enumerate(("Post", "Courier")):
        deliver(desk, article(f"wire-{n}", paper, date(2025, 3, 1 + n), told("radar"), words="the same"))
    deliver(desk, article("own", "Mercury", date(2025, 3, 4), told("radar", source="Minister Berg")))
    (row,) = rows(desk)
    first, copy, own = desk.deal(row.id).sightings
    assert copy.voice == first.document
    answer = post(site, f"/deals/{row.id}/split", [("signals", first.id), ("reason", "another coast")])
    assert answer.headers["location"] == f"/deals/{own.id}#decisions"
    assert [each.id for each in desk.deal(first.id).sightings] == [first.id, copy.id]
    assert [each.id for each in desk.deal(own.id).sightings] == [own.id]
    page = shown(site, desk.deal(first.id).id)
    assert "split off 2 signals" in page
    assert "another coast" in page


@pytest.mark.parametrize(("which", "status"), [("none", 400), ("all", 409), ("strange", 409), ("unknown", 404)])
def test_a_split_of_nothing_or_all_is_refused(
    site: Site, desk: Desk, ids: dict[str, str], which: str, status: int
) -> None:
    deal = desk.deal(ids["ferries"])
    signals = {
        "none": [],
        "all": [each.id for each in deal.sightings],
        "strange": [ids["radar"]],
        "unknown": ["ffffffffffff"],
    }[which]
    answer = post(site, f"/deals/{deal.id}/split", {"signals": signals})
    assert answer.status_code == status
    assert desk.deal(ids["ferries"]) == deal


def test_a_verdict_is_overruled_and_taken_back(site: Site, desk: Desk, ids: dict[str, str]) -> None:
    id = ids["ferries"]
    here = f"/deals/{id}#verdicts"
    fields = {"action": "overrule", "deal": id, "occasion": "Oslo visit", "outcome": "refused", "to": here}
    assert post(site, "/decide", fields | {"reason": "it was denied"}).headers["location"] == here
    page = shown(site, id)
    words = text_of(page)
    assert "refused by Ida ; the machine said signed" in words
    assert "it was denied" in words
    assert "said what Oslo visit brought: refused" in words
    number = re.findall(r'name="number" value="(\d+)"', page)[0]
    post(site, "/decide", {"action": "undo", "number": number})
    assert "the machine said" not in text_of(shown(site, id))


def test_a_verdict_can_be_given_on_an_occasion_that_has_none(site: Site, desk: Desk, ids: dict[str, str]) -> None:
    desk.add_occasion(Occasion("Lima talks", ("CL", "PE"), date(2025, 4, 1), date(2025, 4, 2)))
    assert '<option value="Lima talks">' in shown(site, ids["radar"])
    fields = {"action": "overrule", "deal": ids["radar"], "occasion": "Lima talks", "outcome": "signed"}
    post(site, "/decide", fields | {"reason": "seen there"})
    assert "Lima talks" in text_of(shown(site, ids["radar"])).split("What occasions brought", 1)[1]


def test_of_many_verdicts_the_newest_stand_whole_and_the_rest_in_a_line(
    site: Site, desk: Desk, ids: dict[str, str]
) -> None:
    for n in range(1, 10):
        visit = Occasion(f"Visit {n}", ("NO", "CL"), date(2025, 3, 10 + n), date(2025, 3, 10 + n))
        desk.add_occasion(visit)
        desk.settle(visit, [Verdict(ids["radar"], Outcome.ADVANCED, 0.6)])
    page = shown(site, ids["radar"])
    assert page.count('<article class="verdict"') == 6
    assert "Before that: Visit 4 (14 Mar 2025) advanced ;" in text_of(page)
    assert page.count('id="v-Visit-') + page.count('id="v-Oslo') == 10


def test_a_note_is_kept(site: Site, ids: dict[str, str]) -> None:
    note = {"action": "note", "signal": ids["radar"], "reason": "ask the <b>navy</b>"}
    assert post(site, "/decide", note | {"to": f"/deals/{ids['radar']}"}).status_code == 303
    page = shown(site, ids["radar"])
    assert "ask the &lt;b&gt;navy&lt;/b&gt;" in page
    assert "noted" in page


def test_decisions_are_told_in_words(site: Site, desk: Desk, ids: dict[str, str]) -> None:
    id = ids["ferries"]
    signals = [each.id for each in desk.deal(id).sightings]
    for review in (
        Review(Action.ACCEPT, "Ida", signal=signals[0]),
        Review(Action.UNSURE, "Ida", signal=signals[1]),
        Review(Action.CORRECT, "Ida", signal=signals[0], payload={"field": "stage", "value": "in_force"}),
        Review(Action.CORRECT, "Ida", signal=signals[0], payload={"field": "ahead", "value": False}),
        Review(Action.CORRECT, "Ida", signal=signals[1], payload={"field": "ahead", "value": True}),
        Review(Action.CORRECT, "Ida", signal=signals[2], payload={"field": "parties", "value": ["NO", "CL"]}),
        Review(Action.CORRECT, "Ida", signal=signals[2], payload={"field": "source", "value": None}),
    ):
        desk.decide(review)
    words = text_of(shown(site, desk.deal(id).id))
    for told_as in (
        "accepted a signal",
        "was unsure of a signal",
        "corrected the stage of a signal to in force",
        "corrected the ahead of a signal to no",
        "corrected the ahead of a signal to yes",
        "corrected the parties of a signal to NO, CL",
        "corrected the source of a signal to none",
    ):
        assert told_as in words


def test_a_deal_that_nobody_decided_about_says_so(site: Site, ids: dict[str, str]) -> None:
    assert "Nobody decided anything about it" in shown(site, ids["radar"])


# Who may.


def test_a_reader_sees_no_forms_and_may_not_use_them(signed_site: Signed, desk: Desk) -> None:
    deliver(desk, *honest())
    ids = settle(desk)
    page = signed_site.reader.get(f"/deals/{ids['ferries']}").text
    main = page.split("<main", 1)[1]
    assert "<form" not in main
    assert "checkbox" not in main
    for address in ("merge", "split"):
        fields = {"other": ids["radar"], "signals": [ids["ferries"]]}
        answer = post(signed_site.reader, f"/deals/{ids['ferries']}/{address}", fields)
        assert answer.status_code == 403
    assert "<form" in signed_site.reviewer.get(f"/deals/{ids['ferries']}").text.split("<main", 1)[1]
    assert post(signed_site.reviewer, f"/deals/{ids['ferries']}/merge", {"other": ids["radar"]}).status_code == 303
    (review,) = desk.reviews()
    assert review.who == "Rae"


def test_a_forged_form_is_refused(site: Site, ids: dict[str, str], desk: Desk) -> None:
    for address in ("merge", "split"):
        answer = site.post(
            f"/deals/{ids['ferries']}/{address}",
            data={"other": ids["radar"], "signals": ids["ferries"]},
            headers={"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        )
        assert answer.status_code == 403
    assert not list(desk.reviews())
