"""The review without script: a question with what stands around it, every answer a form, the last decisions beside it."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from paraph.desk import Action, Desk, Review
from paraph.desk.queue import next_items
from paraph.model import Cue, Document, Occasion, Outcome, Reading, Verdict
from samples import HOSTILE, signal
from websites import USER, Signed, Site, post
from webtext import shown

JSON = {"accept": "application/json"}
TEXT = """Norway and Chile weigh their ties before the visit

A list of what the two sides could announce next week:
- rescue helicopters for the coast guard, Minister Ana Ruiz said
- the salmon feed that was spoken of in autumn
"""


def paper(id: str = "paper", text: str = TEXT, **about: Any) -> Reading:
    """A report with two signals; the lead-in of the list decided how sure the first is."""
    could = text.index("could")
    first = signal(
        text, "rescue helicopters", "signed", ahead=True, certainty="possible", confidence=0.55, source="Ana Ruiz"
    )
    first = _with(first, Cue("certainty", could, could + 5))
    second = signal(text, "salmon feed", "talks", confidence=0.5, parties=("NO", "PE"), sector="agriculture")
    return Reading(
        Document(text=text, id=id, title="Before the visit", published=date(2025, 3, 3), **about), (first, second)
    )


def _with(one: Any, *cues: Cue) -> Any:
    from dataclasses import replace

    return replace(one, why=cues)


def asked(page: str) -> str:
    found = re.search(r'data-item="([^"]+)"', page)
    assert found is not None
    return unescape(found[1])


def answer(site: Site, item: str, said: str, **fields: Any) -> dict[str, Any]:
    got = site.form("/review/decide", {"item": item, "answer": said} | fields, JSON)
    assert got.status_code == 200, got.text
    found: dict[str, Any] = got.json()
    return found


def log(desk: Desk) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Return the log without what carries decisions out."""
    inner = ("pins", "token")
    return [
        (str(each.action), each.signal, {name: value for name, value in each.payload.items() if name not in inner})
        for each in desk.reviews()
    ]


def test_an_empty_desk_says_that_nothing_waits_and_what_to_do(site: Site) -> None:
    page = site.get("/review")
    assert page.status_code == 200
    assert "Nothing is left to ask" in shown(page.text)
    assert "paraph add" in shown(page.text)
    assert "0 of 0 signals undecided" in shown(page.text)


def test_a_question_shows_its_words_its_fields_and_why_it_is_asked(site: Site, desk: Desk) -> None:
    desk.add(paper())
    page = site.get("/review").text
    told = shown(page)
    assert "Is this a signal, and are its fields right?" in told
    assert "Asked since its confidence is .55, and the deal has one voice." in told
    assert "<mark>rescue helicopters</mark>" in page
    assert '<span class="cue" title="decided: how sure">could</span>' in page
    for words in ("signed", "ahead", "possible", "Ana Ruiz (official)", "Norway–Chile", "Transport", "cooperation"):
        assert words in told
    assert "the machine: .55 sure of a signal" in told
    assert "2 of 2 signals undecided" in told
    assert "None yet." in told
    assert page.count("<h1") == 1
    assert "style=" not in page
    assert "onclick" not in page


def test_accepting_rejecting_and_being_unsure_are_written_and_the_next_is_asked(site: Site, desk: Desk) -> None:
    desk.add(paper())
    first = asked(site.get("/review").text)
    gone = post(site, "/review/decide", {"item": first, "answer": "accept", "to": "/review?kind=signal"})
    assert (gone.status_code, gone.headers["location"]) == (303, "/review?kind=signal")
    page = site.get("/review?kind=signal").text
    second = asked(page)
    assert second != first
    assert "accepted" in shown(page)
    assert "machine: signed, ahead, possible; .55 sure" in shown(page)
    answer(site, second, "reject")
    assert "Nothing is left to ask" in shown(site.get("/review?kind=signal").text)
    assert [each[0] for each in log(desk)] == ["accept", "reject"]
    assert {each.who for each in desk.reviews()} == {USER}


def test_an_answer_is_undone_and_changed(site: Site, desk: Desk) -> None:
    desk.add(paper())
    item = asked(site.get("/review").text)
    (number,) = answer(site, item, "reject")["numbers"]
    found = answer(site, item, "undo", number=number)
    assert "undone" in found["last"]
    assert asked(site.get("/review").text) == item
    (number,) = answer(site, item, "unsure")["numbers"]
    changed = answer(site, item, "accept", instead=number)
    assert len(changed["numbers"]) == 2
    assert [each[0] for each in log(desk)] == ["reject", "undo", "unsure", "undo", "accept"]
    refused = site.form("/review/decide", {"answer": "undo", "number": number}, JSON)
    assert refused.status_code == 409
    assert "undone already" in refused.json()["error"]["message"]


def test_an_answer_that_comes_twice_is_written_once(site: Site, desk: Desk) -> None:
    desk.add(paper())
    item = asked(site.get("/review").text)
    fields = {"stage": "agreed", "was_stage": "signed", "sector": "trade", "was_sector": "transport", "token": "t-1"}
    first = answer(site, item, "correct", **fields)
    again = answer(site, item, "correct", **fields)
    assert (first["again"], again["again"]) == (False, True)
    assert first["numbers"] == again["numbers"]
    assert len(first["numbers"]) == 2
    undone = answer(site, item, "undo", number=first["numbers"], token="t-2")
    assert answer(site, item, "undo", number=first["numbers"], token="t-2")["numbers"] == undone["numbers"]
    assert len(list(desk.reviews())) == 4
    assert site.form("/review/decide", {"item": item, "answer": "accept", "token": "t" * 65}, JSON).status_code == 400


def test_all_of_an_answer_is_written_or_nothing(site: Site, desk: Desk) -> None:
    desk.add(paper())
    item = asked(site.get("/review").text)
    signal_id = item.partition(":")[2]
    (number,) = answer(site, item, "unsure")["numbers"]
    refused = site.form(
        "/review/decide", {"item": item, "answer": f"merge:{signal_id}", "instead": number, "token": "t"}, JSON
    )
    assert refused.status_code == 409
    assert len(list(desk.reviews())) == 1


def test_only_what_differs_is_corrected_and_nothing_different_accepts(site: Site, desk: Desk) -> None:
    desk.add(paper())
    item = asked(site.get("/review").text)
    same = {
        "stage": "signed",
        "was_stage": "signed",
        "ahead": "yes",
        "was_ahead": "yes",
        "parties": "NO,CL",
        "was_parties": "NO,CL",
    }
    answer(site, item, "correct", **same, source="Olav Berg", was_source="Ana Ruiz")
    other = asked(site.get("/review?kind=signal").text)
    answer(site, other, "correct", stage="talks", was_stage="talks")
    assert [(action, payload) for action, _, payload in log(desk)] == [
        ("correct", {"field": "source", "value": "Olav Berg"}),
        ("accept", {}),
    ]
    told = shown(site.get("/review").text)
    assert "who says so → Olav Berg" in told
    assert "machine: signed, ahead, possible; .55 sure" in told


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"answer": "accept"}, "is no question"),
        ({"item": "verdict:0123456789ab", "answer": "accept"}, "is no question"),
        ({"item": "nothing:0123456789ab", "answer": "accept"}, "is no question"),
        ({"item": "signal:", "answer": "accept"}, "is no question"),
        ({"item": "signal:0123456789ab", "answer": "maybe"}, "is not one to this question"),
        ({"item": "signal:0123456789ab", "answer": "merge"}, "is not one to this question"),
        ({"item": "link:0123456789ab", "answer": "accept"}, "is not one to this question"),
        ({"item": "verdict:0123456789ab:Oslo", "answer": "accept"}, "is not one to this question"),
        ({"answer": "undo"}, "which decision is not said"),
        ({"answer": "undo", "number": "one"}, "is no number of a decision"),
        ({"item": "signal:0123456789ab", "answer": "accept", "instead": "-1"}, "is no number of a decision"),
        ({"item": "signal:0123456789ab", "answer": "correct", "stage": "maybe"}, "stage 'maybe' is not known"),
    ],
)
def test_what_is_no_answer_is_refused_with_the_reason(site: Site, fields: dict[str, str], told: str) -> None:
    refused = site.form("/review/decide", fields, JSON)
    assert refused.status_code == 400
    assert told in refused.json()["error"]["message"]


def test_questions_are_passed_over_by_address(site: Site, desk: Desk) -> None:
    desk.add(paper())
    page = site.get("/review?kind=signal").text
    following = re.search(r'data-act="next" href="([^"]+)"', page)
    assert following is not None
    there = site.get(unescape(following[1])).text
    assert asked(there) != asked(page)
    onward = re.search(r'data-act="next" href="([^"]+)"', there)
    assert onward is not None
    assert "No open question is like that" in shown(site.get(unescape(onward[1])).text)


def test_filters_stand_in_the_address(site: Site, desk: Desk) -> None:
    desk.add(paper())
    for query, anchor in (
        ("sector=agriculture", "salmon feed"),
        ("sector=transport", "rescue helicopters"),
        ("party=PE", "salmon feed"),
        ("party=Norway,Chile", "rescue helicopters"),
        ("kind=signal&sector=agriculture&party=NO", "salmon feed"),
    ):
        page = site.get(f"/review?{query}").text
        assert f"<mark>{anchor}</mark>" in page, query
    told = shown(site.get("/review?sector=space&kind=link").text)
    assert "Only links , space" in told
    assert "Show all questions" in told
    for query, named in (("kind=vote", "kind"), ("sector=sport", "sector"), ("party=Nowhere", "Nowhere"), ("n=99", "")):
        refused = site.get(f"/review{'/next' if not named else ''}?{query}")
        assert refused.status_code == 400
        assert named in refused.text
    assert site.get("/review?occasion=Nowhere").status_code == 404


def test_pieces_of_the_page_come_as_json_for_the_script(site: Site, desk: Desk) -> None:
    desk.add(paper())
    found = site.get("/review/next?n=5&kind=signal").json()["items"]
    assert [each["id"] for each in found] == [each.id for each in next_items(desk, USER, kinds=["signal"])]
    assert all(each["html"].lstrip().startswith("<article") for each in found)
    skipped = site.get(f"/review/next?n=5&kind=signal&skip={found[0]['id']}").json()["items"]
    assert [each["id"] for each in skipped] == [found[1]["id"]]
    named = site.get(f"/review/next?item={found[1]['id']}").json()["items"]
    assert [each["id"] for each in named] == [found[1]["id"]]


def twins() -> list[Reading]:
    """Two papers of one deal: the second is linked to the first; and a third of another that is like it."""
    texts = (
        "Norway and Chile could sign an agreement on electric ferries for the Chiloe crossing, the minister said.\n",
        "In Oslo an agreement on electric ferries for the Chiloe crossing was spoken of at length by both sides.\n",
        "Chile wants charging piers for ferries from the north, a spokeswoman told a paper in the harbour town.\n",
    )
    anchors = ("agreement on electric ferries", "agreement on electric ferries", "charging piers for ferries")
    forms = ("cooperation", "cooperation", "construction")
    return [
        Reading(
            Document(text=text, id=f"twin{n}", published=date(2025, 3, 1 + n)),
            (signal(text, anchor, "talks", confidence=0.6, instrument=form),),
        )
        for n, (text, anchor, form) in enumerate(zip(texts, anchors, forms, strict=True))
    ]


@pytest.fixture
def linked(desk: Desk) -> str:
    """A desk with a link to be asked about; its question's id."""
    for each in twins():
        desk.add(each)
    (item,) = [each for each in next_items(desk, USER, kinds=["link"]) if each.sighting.document == "twin1"]
    return item.id


def test_a_link_is_shown_beside_what_it_was_linked_to(site: Site, linked: str) -> None:
    page = site.get("/review?kind=link").text
    told = shown(page)
    page = page.split("<template")[0]
    assert "Do these two speak of the same deal?" in told
    assert page.count("<mark>agreement on electric ferries</mark>") == 2
    assert told.index("could sign") < told.index("spoken of at length")
    assert "the machine: likeness" in told
    assert asked(page) == linked


def test_the_same_deal_is_bound_and_asked_no_more(site: Site, desk: Desk, linked: str) -> None:
    answer(site, linked, "same")
    assert [each[0] for each in log(desk)] == ["merge"]
    assert "Nothing is left to ask" in shown(site.get("/review?kind=link").text)


def test_another_deal_is_split_off_and_merged_where_that_is_said(site: Site, desk: Desk, linked: str) -> None:
    numbers = answer(site, linked, "apart")["numbers"]
    assert len({deal.id for deal in desk.all_deals()}) == 3
    answer(site, linked, "undo", number=numbers)
    other = next(deal.id for deal in desk.all_deals() if len(deal.sightings) == 1)
    answer(site, linked, f"merge:{other}")
    assert sorted(len(deal.sightings) for deal in desk.all_deals()) == [1, 2]
    assert {each.document for each in desk.deal(other).sightings} == {"twin1", "twin2"}
    assert [each[0] for each in log(desk)] == ["split", "undo", "split", "merge"]


def test_not_being_sure_of_a_link_is_kept_as_a_note(site: Site, desk: Desk, linked: str) -> None:
    answer(site, linked, "unsure")
    (note,) = desk.reviews()
    assert (note.action, note.reason) == (Action.NOTE, "unsure whether this is the same deal")
    assert "unsure whether this is the same deal" in shown(site.get("/review").text)
    assert f'href="/review?item={linked}"' in site.get("/review").text
    # Of whom it was that could not tell it is asked no more, until that is taken back.
    assert linked not in [each["id"] for each in site.get("/review/next?kind=link&n=12").json()["items"]]
    answer(site, linked, "undo", number=note.id)
    assert linked in [each["id"] for each in site.get("/review/next?kind=link&n=12").json()["items"]]


def test_a_signal_is_merged_and_split_off_and_counts_as_accepted(site: Site, desk: Desk, linked: str) -> None:
    signal_id = linked.partition(":")[2]
    answer(site, f"signal:{signal_id}", "split")
    assert [each[0] for each in log(desk)] == ["split", "accept"]
    assert len({deal.id for deal in desk.all_deals()}) == 3
    other = next(each.sightings[0].id for each in desk.all_deals() if each.sightings[0].document == "twin0")
    answer(site, f"signal:{signal_id}", f"merge:{other}")
    assert desk.deal(signal_id).id == other
    assert [each[0] for each in log(desk)][2:] == ["merge", "accept"]


OSLO = Occasion("Oslo: the visit", ("NO", "CL"), date(2025, 3, 4), date(2025, 3, 4))


@pytest.fixture
def judged(desk: Desk) -> str:
    """A desk with a verdict to be asked about; its question's id."""
    desk.add(paper())
    desk.add_occasion(OSLO)
    deal = next(each for each in desk.all_deals() if each.sightings[0].signal.anchor == "rescue helicopters")
    desk.settle(OSLO, [Verdict(deal.id, Outcome.SIGNED, 0.6, deal.sightings[0])])
    return f"verdict:{deal.id}:{OSLO.name}"


def test_a_verdict_is_confirmed_or_overruled(site: Site, desk: Desk, judged: str) -> None:
    page = site.get("/review?kind=verdict").text
    assert asked(page) == judged
    told = shown(page)
    assert "What did Oslo: the visit bring?" in told
    assert "What shows it:" in told
    assert "the machine: .60 sure of signed" in told
    evidence = re.search(r'name="evidence" value="(\w+)"', page)
    assert evidence is not None
    fields = {"evidence": evidence[1], "proposed": "signed"}
    numbers = answer(site, judged, "outcome:signed", **fields)["numbers"]
    assert log(desk)[0][2] == {"occasion": OSLO.name, "outcome": "signed", "evidence": evidence[1]}
    assert "Nothing is left" in shown(site.get("/review?kind=verdict").text)
    answer(site, judged, "outcome:absent", **fields, instead=numbers)
    assert log(desk)[2][2] == {"occasion": OSLO.name, "outcome": "absent"}
    (verdict,) = desk.verdicts(OSLO.name)
    assert (verdict.outcome, verdict.by) == (Outcome.ABSENT, USER)
    beside = site.get("/review").text
    assert "absent at Oslo: the visit" in shown(beside)
    assert "machine: signed; .60 sure" in shown(beside)
    again = re.search(r'href="(/review\?item=verdict[^"]+)"', beside)
    assert again is not None
    assert asked(site.get(unescape(again[1])).text) == judged
    answer(site, judged, "unsure")
    assert [each.reason for each in desk.reviews()][-1] == "unsure what “Oslo: the visit” brought"


def test_a_verdict_that_nothing_shows_says_so(site: Site, desk: Desk, judged: str) -> None:
    deal = judged.split(":")[1]
    desk.settle(OSLO, [Verdict(deal, Outcome.ABSENT, 0.7)])
    told = shown(site.get("/review?kind=verdict").text)
    assert "Nothing was found of it. What was said of it last:" in told
    assert "rescue helicopters" in told


def test_a_question_has_an_address_of_its_own_and_is_there_after_it_was_answered(site: Site, desk: Desk) -> None:
    desk.add(paper())
    item = asked(site.get("/review").text)
    answer(site, item, "reject")
    page = site.get(f"/review?item={item}").text
    assert asked(page) == item
    for missing in ("signal:0123456789ab", f"link:{item.partition(':')[2]}", "verdict:0123456789ab:Oslo"):
        assert site.get(f"/review?item={missing}").status_code == 404, missing
    assert site.get("/review?item=else").status_code == 400
    desk.add_occasion(OSLO)
    assert site.get(f"/review?item=verdict:{item.partition(':')[2]}:{OSLO.name}").status_code == 404


def test_a_second_look_does_not_tell_that_it_is_one(site: Site, desk: Desk) -> None:
    desk.add(paper())
    item = asked(site.get("/review").text)
    plain = site.get(f"/review/next?item={item}").json()["items"][0]["html"]
    desk.decide(
        Review(Action.CORRECT, "Bo", signal=item.partition(":")[2], payload={"field": "stage", "value": "ended"})
    )
    blind = site.get(f"/review/next?item={item}").json()["items"][0]["html"]
    assert 'data-field="stage" data-was="signed"' in plain
    assert 'data-field="stage" data-was="signed"' in blind
    # To whom it was that corrected it the page tells what stands now.
    post(site, "/review/name", {"name": "Bo"})
    mine = site.get(f"/review/next?item={item}").json()["items"][0]["html"]
    assert 'data-field="stage" data-was="ended"' in mine


def test_on_ones_own_machine_a_reviewer_gives_a_name(site: Site, desk: Desk) -> None:
    desk.add(paper())
    gone = post(site, "/review/name", {"name": "  Åse  Ødegård ", "to": "/review?kind=signal"})
    assert (gone.status_code, gone.headers["location"]) == (303, "/review?kind=signal")
    assert "httponly" in gone.headers["set-cookie"].lower()
    page = site.get("/review").text
    assert 'value="Åse Ødegård"' in page
    answer(site, asked(page), "accept")
    assert [each.who for each in desk.reviews()] == ["Åse Ødegård"]
    for name in ("", "  ", "x" * 200):
        assert post(site, "/review/name", {"name": name}).status_code == 400


def test_roles(signed_site: Signed) -> None:
    signed_site.desk.add(paper())
    page = signed_site.reviewer.get("/review").text
    assert "Reviewing as <bdi>Rae</bdi>" in page
    item = asked(page)
    assert signed_site.reader.get("/review").status_code == 403
    assert signed_site.reader.form("/review/decide", {"item": item, "answer": "accept"}).status_code == 403
    assert signed_site.reader.get("/review/next").status_code == 403
    assert signed_site.reader.get("/review/log").status_code == 200
    assert signed_site.nobody.get("/review").status_code != 200
    assert signed_site.reviewer.form("/review/name", {"name": "Kim"}).status_code == 400
    assert signed_site.reviewer.form("/review/decide", {"item": item, "answer": "accept"}).status_code == 303
    assert [each.who for each in signed_site.desk.reviews()] == ["Rae"]


def test_a_forged_answer_is_refused(site: Site, desk: Desk) -> None:
    desk.add(paper())
    item = asked(site.get("/review").text)
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        for path in ("/review/decide", "/review/name"):
            fields = {"item": item, "answer": "accept", "name": "Eve"}
            assert site.form(path, fields, headers).status_code == 403
    assert list(desk.reviews()) == []


def test_what_a_source_says_runs_and_breaks_nothing(site: Site, desk: Desk) -> None:
    text = f"Norway and Chile {HOSTILE} could sign\nthe {HOSTILE} pact on ferries {HOSTILE}\n"
    anchor = f"{HOSTILE} pact"
    found = signal(
        text, anchor, "signed", source=HOSTILE, parties=("NO", HOSTILE), why=(("stage", f"{HOSTILE} could"),)
    )
    desk.add(Reading(Document(text=text, id=HOSTILE, title=HOSTILE, publisher=HOSTILE, url=HOSTILE), (found,)))
    page = site.get("/review").text
    html = site.get("/review/next").json()["items"][0]["html"]
    item = asked(page)
    last = answer(site, item, "accept")["last"]
    for part in (page, html, last, site.get("/review/log").text):
        assert "<script>alert" not in part
        assert not re.search("[\x00\x07\x1b\u202e\u2066\x9b]", part)
    assert "alert(1)" in page


def test_a_page_stays_small_on_a_long_text_and_much_to_choose_from(site: Site, desk: Desk) -> None:
    names = [f"matter {n} of the long sea voyage" for n in range(60)]
    text = "".join(f"They could sign the {name}, it said at length {'again and again ' * 40}.\n" for name in names)
    found = tuple(
        signal(text, name, "signed", confidence=0.5, source=f"Minister {n}", parties=("NO", f"P{n}"))
        for n, name in enumerate(names)
    )
    desk.add(Reading(Document(text=text, id="long", published=date(2025, 3, 3)), found))
    page = site.get("/review")
    assert len(page.content) < 150_000
    assert page.text.count('data-choose="1"') <= 8 * 3
    assert json.dumps(site.get("/review/next?n=12").json())
