"""The API: its answers are as OpenAPI tells them, whatever it is asked; one shape of error; pages, tags, writing."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from paraph.desk import Desk, open_desk
from paraph.desk.people import Role
from paraph.settings import Settings
from press import VISIT, article, deliver, honest, told
from websites import HERE, Signed, Site, made_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the libraries that it loads warn of each other
    from schemathesis import openapi
    from schemathesis.specs.openapi import checks

# Not every value of a parameter's kind can be: a cursor is one that the API gave. Such are told with 400, which is checked below.
LEFT_OUT = [checks.positive_data_acceptance]
SEND = {"host": "127.0.0.1:8710", "origin": HERE}


def fill(desk: Desk) -> None:
    """Put the press's papers on a desk, with the visit and what came of it."""
    deliver(desk, *honest())
    deliver(desk, article("list", "Ministry", VISIT.last, told("ferries", "signed", "certain", ahead=False)))
    desk.add_occasion(VISIT)
    desk.judge(VISIT)


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The API of a desk of its own, as OpenAPI tells it."""
    place = tmp_path_factory.mktemp("api") / "desk.db"
    with open_desk(place, settings=Settings(), now=lambda: datetime(2025, 4, 1, tzinfo=UTC)) as desk:
        fill(desk)
        made = openapi.from_asgi("/openapi.json", made_app(desk), headers=SEND)
        made.desk_of_test = desk
        yield made


def operations() -> list[tuple[str, str]]:
    """Return the API's routes; they do not depend on the desk."""
    from paraph.web.api import router

    return sorted((route.path, method) for route in router.routes for method in route.methods)


@pytest.mark.parametrize(("path", "method"), operations())
def test_the_api_keeps_to_its_description_whatever_it_is_asked(schema: Any, path: str, method: str) -> None:
    operation = schema[path][method]

    @settings(max_examples=12, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        case.validate_response(case.call(headers=SEND), excluded_checks=LEFT_OUT)

    ask()


def test_what_is_on_the_desk_is_told_as_described(schema: Any) -> None:
    desk: Desk = schema.desk_of_test
    deal = next(iter(desk.all_deals()))
    document = deal.sightings[0].document
    asked = [
        ("/api/v1/deals/{id}", {"id": deal.id}),
        ("/api/v1/signals/{id}", {"id": deal.id}),
        ("/api/v1/documents/{key}", {"key": document}),
        ("/api/v1/occasions/{name}", {"name": VISIT.name}),
        ("/api/v1/occasions/{name}/outcomes", {"name": VISIT.name}),
        *(
            (f"/api/v1{path}", {})
            for path in ("", "/deals", "/facets", "/documents", "/occasions", "/scores", "/about")
        ),
    ]
    for path, values in asked:
        case = schema[path]["GET"].Case(path_parameters=values)
        answer = case.call(headers=SEND)
        assert answer.status_code == 200, path
        case.validate_response(answer)


@pytest.fixture
def full(desk: Desk) -> Desk:
    fill(desk)
    return desk


def test_lists_are_given_a_page_at_a_time_and_whole(full: Desk, site: Site) -> None:
    address, seen = "/api/v1/deals?limit=2&min_confidence=0&sort=title", []
    while address:
        page = site.get(address).json()
        assert len(page["items"]) <= 2
        seen += [item["title"] for item in page["items"]]
        address = page["next"]
    assert len(seen) == page["total"] == 6
    assert seen == sorted(seen)


def test_documents_are_given_a_page_at_a_time_and_found_by_words(full: Desk, site: Site) -> None:
    page = site.get("/api/v1/documents?limit=4").json()
    rest = site.get(page["next"]).json()
    assert (page["total"], len(page["items"]), len(rest["items"]), rest["next"]) == (7, 4, 3, None)
    found = site.get("/api/v1/documents?q=%22seed%20contract%22").json()
    assert found["items"] == []
    assert {each["publisher"] for each in site.get("/api/v1/documents?q=salmon").json()["items"]} == {"Post", "Courier"}


def test_who_has_an_answer_already_is_told_so(full: Desk, site: Site) -> None:
    first = site.get("/api/v1/deals")
    again = site.get("/api/v1/deals", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    deal = first.json()["items"][0]["id"]
    site.form("/decide", {"action": "reject", "signal": deal})
    changed = site.get("/api/v1/deals", headers={"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/api/v1/deals/abcdef", 404, "deal 'abcdef' is not on the desk"),
        ("/api/v1/nothing", 404, "there is no page /api/v1/nothing"),
        ("/api/v1/deals?sektor=energy", 422, "sektor: Extra inputs are not permitted"),
        ("/api/v1/deals?after=x", 400, "'x' is no place in a list by last"),
        ("/api/v1/deals?limit=501", 400, "limit"),
        ("/api/v1/documents?limit=501", 400, "at most 500 rows"),
        ("/api/v1/occasions/None", 404, "there are"),
        ("/deals.json?sort=age", 400, "sort: 'age' is not known; give one of: last"),
        ("/deals.json?since=yesterday", 400, "give one as 2025-12-04"),
    ],
)
def test_every_error_has_one_shape(full: Desk, site: Site, address: str, status: int, told: str) -> None:
    answer = site.get(address)
    error = answer.json()["error"]
    assert (answer.status_code, error["status"]) == (status, status)
    assert set(error) == {"status", "title", "message"}
    assert told in error["message"]


def test_a_decision_is_written_and_acted_on(full: Desk, site: Site) -> None:
    deal = site.get("/api/v1/deals?q=salmon").json()["items"][0]
    signal = site.get(f"/api/v1/deals/{deal['id']}").json()["sightings"][0]["id"]
    send = {"action": "correct", "signal": signal, "field": "sector", "value": "trade", "reason": "feed is bought"}
    answer = site.post("/api/v1/decisions", json=send, headers={"origin": HERE})
    assert answer.status_code == 201
    [number] = answer.json()["decisions"]
    found = site.get(f"/api/v1/signals/{signal}").json()
    assert (found["sector"], found["proposed"]["sector"]) == ("trade", "agriculture")
    newest = site.get("/api/v1/decisions?limit=1").json()
    assert [newest["items"][0][key] for key in ("id", "who", "reason")] == [number, "Ida", "feed is bought"]
    undone = site.post("/api/v1/decisions", json={"action": "undo", "number": number}, headers={"origin": HERE})
    assert undone.status_code == 201
    assert site.get(f"/api/v1/signals/{signal}").json()["sector"] == "agriculture"
    assert site.get(f"/api/v1/decisions?before={number + 1}&limit=1").json()["items"][0]["id"] == number


def test_an_occasion_is_added_and_taken_out_by_keepers_alone(signed_site: Signed) -> None:
    send = {"name": "A visit", "parties": ["Norway", "CL"], "first": "2025-03-20", "last": "2025-03-21"}
    origin = {"origin": HERE}
    assert signed_site.reviewer.post("/api/v1/occasions", json=send, headers=origin).status_code == 403
    made = signed_site.keeper.post("/api/v1/occasions", json=send, headers=origin)
    assert (made.status_code, made.json()["parties"]) == (201, ["NO", "CL"])
    assert signed_site.reader.get("/api/v1/occasions").json()["total"] == 1
    token = {"authorization": f"Bearer {signed_site.token(Role.KEEPER)}"}
    assert signed_site.nobody.delete("/api/v1/occasions/A visit", headers=token).status_code == 204
    assert signed_site.reader.get("/api/v1/occasions").json() == {"total": 0, "items": []}


def test_the_description_names_every_error(site: Site) -> None:
    paths = site.get("/openapi.json").json()["paths"]
    for path, methods in paths.items():
        assert path.startswith("/api/v1")
        for method, about in methods.items():
            assert {"400", "401", "403", "404", "409", "422", "429"} <= set(about["responses"]), (method, path)
