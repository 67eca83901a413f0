"""Every route: what only looks writes nothing, and what writes does so from our own pages, for those who may."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import delete, select

from desks import Clock
from paraph.desk import Action, Desk, Review, people
from paraph.desk.people import Role
from paraph.desk.schema import metadata
from paraph.desk.schema import people as rows_of_people
from paraph.watch.keep import Keep
from paraph.web import api
from paraph.web.occasions import id_of
from paraph.web.views import ROUTERS
from press import BROUGHT, VISIT, deliver, honest, settle
from websites import HERE, NAMES, Signed, Site, made_app

if TYPE_CHECKING:
    from httpx import Response

Pairs = list[tuple[str, str]]


@dataclass
class World:
    """A desk on which every route has something to act on, and the ids of it."""

    signed: Signed
    deal: str
    other: str
    signal: str
    document: str
    token: int
    own: int
    feed: str = "https://wire.example/rss.xml"
    occasion: str = VISIT.name
    secrets: dict[Role, str] = field(default_factory=dict)

    @property
    def desk(self) -> Desk:
        return self.signed.desk

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that is kept, the log of decisions included."""
        with self.desk.look() as connection:
            return {
                table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
                for table in metadata.sorted_tables
            }


@pytest.fixture
def world(desk: Desk, clock: Clock) -> World:
    clock.go(days=60)  # the occasion is past, so that forecasts can be worked out
    signed_site = Signed(desk)
    deliver(desk, *honest())
    ids = settle(desk, BROUGHT)
    desk.decide(Review(Action.NOTE, "Kim", signal=ids["radar"], reason="look again"))
    own = desk.decide(Review(Action.OWN, "Kim", payload={"publisher": "Post", "owner": "Courier Group"}))
    Keep(desk).add([("https://wire.example/rss.xml", None)], desk.now(), 10)
    secrets = {role: signed_site.token(role) for role in NAMES}
    for secret in secrets.values():  # the first use of each is noted
        signed_site.nobody.get("/about.json", headers={"authorization": f"Bearer {secret}"})
    deal = desk.deal(ids["ferries"])
    with desk.look() as connection:
        token = people.tokens_of(connection, NAMES[Role.KEEPER])[0].id
    return World(
        signed_site,
        deal=deal.id,
        other=ids["uranium"],
        signal=deal.sightings[0].id,
        document=deal.sightings[0].document,
        token=token,
        own=own,
        secrets=secrets,
    )


# Every route that writes: who may use it, and a request that does. A new route needs a row.
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True)
class Row:
    """``writes`` is false for a route that changes nothing on this desk, whoever asks."""

    method: str
    path: str
    needs: Role
    fields: Callable[[World], dict[str, Any]] = lambda world: {}
    kind: str = FORM
    writes: bool = True
    about: str = VISIT.name  # the occasion that it acts on
    own: bool = False  # a matter of each person's own, which readers have too

    def address(self, world: World) -> str:
        about = id_of(self.about) if self.path.startswith("/occasions/") else world.deal
        given = {"id": about, "name": quote(world.occasion)}
        return self.path.format(**given)

    def send(self, browser: Site, world: World, headers: Pairs) -> Response:
        values = self.fields(world)
        body = json.dumps(values) if self.kind == JSON else urlencode(values)
        return browser.request(
            self.method, self.address(world), content=body, headers=[("content-type", self.kind), *headers]
        )


ROWS = (
    Row("POST", "/views", Role.REVIEWER, lambda w: {"name": "Ferries", "address": "/deals?q=ferries"}),
    Row("POST", "/decide", Role.REVIEWER, lambda w: {"action": "accept", "signal": w.signal}),
    Row("POST", "/deals/{id}/merge", Role.REVIEWER, lambda w: {"other": w.other}),
    Row("POST", "/deals/{id}/split", Role.REVIEWER, lambda w: {"signals": w.signal}),
    Row("POST", "/feeds", Role.KEEPER, lambda w: {"url": "https://other.example/feed"}),
    Row("POST", "/review/decide", Role.REVIEWER, lambda w: {"item": f"signal:{w.signal}", "answer": "reject"}),
    Row("POST", "/review/name", Role.REVIEWER, lambda w: {"name": "Somebody"}, writes=False),
    Row("POST", "/scores/renew", Role.KEEPER),
    Row("POST", "/sign-in", Role.READER, lambda w: {"name": "Kim", "password": "x"}, writes=False, own=True),
    Row("POST", "/you/password", Role.READER, lambda w: {"password": "x"}, writes=False, own=True),
    Row("POST", "/you/tokens", Role.READER, lambda w: {"name": "a new one"}, own=True),
    Row("POST", "/you/tokens/revoke", Role.READER, lambda w: {"number": w.token}, own=True),
    Row("POST", "/you/sign-out-everywhere", Role.READER, own=True),
    Row("POST", "/sign-out", Role.READER, own=True),
    Row("POST", "/api/v1/decisions", Role.REVIEWER, lambda w: {"action": "unsure", "signal": w.signal}, JSON),
    Row(
        "POST",
        "/api/v1/occasions",
        Role.KEEPER,
        lambda w: {"name": "Lima", "parties": ["NO", "PE"], "first": "2025-05-01", "last": "2025-05-02"},
        JSON,
    ),
    Row(
        "POST",
        "/occasions",
        Role.KEEPER,
        lambda w: {"name": "Quito", "parties": "NO,EC", "first": "2025-06-01", "last": "2025-06-02"},
    ),
    Row("POST", "/occasions/suggest", Role.KEEPER, writes=False),
    Row(
        "POST",
        "/occasions/{id}/change",
        Role.KEEPER,
        lambda w: {"parties": "NO,CL", "first": "2025-03-20", "last": "2025-03-22", "place": "Bergen"},
    ),
    Row("POST", "/occasions/{id}/judge", Role.KEEPER),
    Row("POST", "/occasions/{id}/remove", Role.KEEPER, lambda w: {"sure": "yes"}, about="Lima"),
    Row("DELETE", "/api/v1/occasions/{name}", Role.KEEPER),
)
# Writes that a kind of decision makes, which need more than the route does.
KEEPERS = (
    Row("POST", "/decide", Role.KEEPER, lambda w: {"action": "own", "publisher": "Post", "owner": "Mercury"}),
    Row("POST", "/decide", Role.KEEPER, lambda w: {"action": "undo", "number": w.own}),
    Row("POST", "/review/decide", Role.KEEPER, lambda w: {"answer": "undo", "number": w.own}),
    Row(
        "POST",
        "/api/v1/decisions",
        Role.KEEPER,
        lambda w: {"action": "own", "publisher": "Post", "owner": "Mercury"},
        JSON,
    ),
    Row("POST", "/api/v1/decisions", Role.KEEPER, lambda w: {"action": "undo", "number": w.own}, JSON),
)

OURS: Pairs = [("origin", HERE), ("sec-fetch-site", "same-origin")]
EVIL = "https://evil.example"
FORGED: dict[str, Pairs] = {
    "says nothing": [],
    "foreign origin": [("origin", EVIL)],
    "null origin": [("origin", "null")],
    "empty origin": [("origin", "")],
    "cross-site": [("origin", HERE), ("sec-fetch-site", "cross-site")],
    "cross-site alone": [("sec-fetch-site", "cross-site")],
    "same-site": [("origin", HERE), ("sec-fetch-site", "same-site")],
    "typed by hand": [("sec-fetch-site", "none")],
    "foreign origin that says same-origin": [("origin", EVIL), ("sec-fetch-site", "same-origin")],
    "two origins": [("origin", HERE), ("origin", EVIL)],
    "two origins alike": [("origin", HERE), ("origin", HERE)],
    "two in one": [("origin", f"{HERE} {EVIL}")],
    "two sites": [("origin", HERE), ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
    "foreign host": [("host", "evil.example"), ("origin", "http://evil.example"), ("sec-fetch-site", "same-origin")],
    "foreign host, forwarded": [("host", "evil.example"), ("x-forwarded-host", "127.0.0.1:8710"), *OURS],
    "rebound host": [("host", "127.0.0.1.evil.example:8710"), ("origin", "http://127.0.0.1.evil.example:8710")],
    "host with a name before it": [("host", "evil@127.0.0.1:8710"), *OURS],
    "another port": [("origin", "http://127.0.0.1:9999")],
    "no port": [("origin", "http://127.0.0.1")],
    "another name of this machine": [("origin", "http://localhost:8710")],
    "a name before it": [("origin", "http://evil@127.0.0.1:8710")],
    "longer": [("origin", "http://127.0.0.1:8710.evil.example")],
    "a path": [("origin", f"{HERE}/x")],
    "a query": [("origin", f"{HERE}?x")],
    "another scheme": [("origin", "ftp://127.0.0.1:8710")],
    "an extension": [("origin", "chrome-extension://127.0.0.1:8710")],
    "a bad port": [("origin", "http://127.0.0.1:x")],
    "half a bracket": [("origin", "http://[::1")],
    "a token as password": [("authorization", "Basic {basic}")],
    "two tokens": [("authorization", "Bearer {token}"), ("authorization", "Bearer {token}")],
    "a token that is none": [("authorization", "Token {token}")],
    "a method in a header": [("x-http-method-override", "POST"), ("origin", EVIL)],
}


def filled(headers: Pairs, token: str) -> Pairs:
    basic = base64.b64encode(f"x:{token}".encode()).decode()
    return [(name, value.replace("{token}", token).replace("{basic}", basic)) for name, value in headers]


def routes() -> Iterator[tuple[str, str]]:
    for router in (*ROUTERS, api.router):
        for route in router.routes:
            for method in sorted(route.methods):  # type: ignore[attr-defined]
                yield method, route.path  # type: ignore[attr-defined]


def test_every_route_that_writes_has_a_row_here() -> None:
    writing = {each for each in routes() if each[0] not in ("GET", "HEAD")}
    assert writing == {(row.method, row.path) for row in ROWS}


def test_the_application_has_no_other_routes(desk: Desk) -> None:
    plain = {route.path for route in made_app(desk).routes if getattr(route, "path", None)}  # type: ignore[attr-defined]
    assert plain == {"/favicon.ico", "/openapi.json", "/static/{name}"}


@pytest.mark.parametrize("who", ["keeper", "open"])
def test_no_forged_write_is_taken(world: World, who: str, desk: Desk) -> None:
    before = world.tables()
    browser, rows = world.signed.keeper, ROWS + KEEPERS
    if who == "open":  # somebody on this machine, on a desk without people
        with desk.begin() as connection:
            connection.execute(delete(rows_of_people))
        browser = Site(made_app(desk))
        before = world.tables()
    for row in rows:
        for name, headers in FORGED.items():
            answer = row.send(browser, world, filled(headers, world.secrets[Role.KEEPER]))
            assert answer.status_code in (403, 421), (row.path, name, answer.status_code)
            assert "set-cookie" not in answer.headers
    assert world.tables() == before
    assert len(FORGED) >= 8


def test_the_same_writes_from_our_own_pages_are_taken(world: World) -> None:
    # Without this the test above could not fail.
    for row in ROWS + KEEPERS[:1]:
        before = world.tables()
        answer = row.send(world.signed.browser(Role.KEEPER), world, OURS)
        assert answer.status_code < 500
        assert (world.tables() != before) is row.writes, (row.path, answer.status_code, answer.text[:500])
        if row.path in ("/you/sign-out-everywhere", "/sign-out"):
            with world.desk.begin() as connection:
                person = people.named(connection, NAMES[Role.KEEPER])
                secret, _ = people.new_session(connection, person, now=world.desk.now(), settings=world.desk.settings)
                world.signed.secrets[Role.KEEPER] = secret


def test_a_token_stands_in_for_saying_where_a_write_comes_from(world: World) -> None:
    for row in ROWS:
        if row.own or not row.writes:
            continue  # a token does nothing there
        before = world.tables()
        answer = row.send(
            world.signed.nobody, world, [("authorization", f"Bearer {world.secrets[Role.KEEPER]}"), ("origin", EVIL)]
        )
        assert answer.status_code < 400, (row.path, answer.text[:500])
        assert world.tables() != before


def test_who_is_not_signed_in_writes_nothing(world: World) -> None:
    before = world.tables()
    for row in ROWS + KEEPERS:
        if row.path == "/sign-in":
            continue
        answer = row.send(world.signed.nobody, world, OURS)
        if row.path.startswith("/api/"):
            assert answer.status_code == 401
            assert answer.json()["error"]["status"] == 401
            assert answer.headers["www-authenticate"] == 'Bearer realm="Paraph"'
        else:
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/sign-in")
    assert world.tables() == before


@pytest.mark.parametrize("role", [Role.READER, Role.REVIEWER])
@pytest.mark.parametrize("by", ["session", "token"])
def test_who_may_not_writes_nothing(world: World, role: Role, by: str) -> None:
    before = world.tables()
    browser, headers = world.signed.browser(role), OURS
    if by == "token":
        browser, headers = world.signed.nobody, [("authorization", f"Bearer {world.secrets[role]}")]
    order = list(Role)
    refused = 0
    for row in ROWS + KEEPERS:
        if order.index(row.needs) > order.index(role):
            answer = row.send(browser, world, headers)
            assert answer.status_code == 403, (row.path, answer.text[:500])
            assert f"is a {role} here; only a " in answer.text
            refused += 1
    assert refused
    assert world.tables() == before


def test_an_undone_undoing_of_an_owner_is_a_keepers_too(world: World) -> None:
    undone = world.desk.decide(Review(Action.UNDO, "Kim", undoes=world.own))
    before = world.tables()
    fields = {"action": "undo", "number": undone}
    assert world.signed.reviewer.form("/decide", fields).status_code == 403
    assert world.tables() == before
    assert world.signed.keeper.form("/decide", fields).status_code < 400


def test_a_reviewer_undoes_other_decisions(world: World) -> None:
    number = world.desk.decide(Review(Action.REJECT, "Kim", signal=world.signal))
    fields = {"action": "undo", "number": number}
    assert world.signed.reviewer.form("/decide", fields).status_code == 303
    assert world.signed.reviewer.form("/decide", {"action": "undo", "number": 999}).status_code == 409


# What only looks.

# What the desk works out from the rest when it is asked for, and keeps so as not to do it twice (desk/scoring.py): nothing that
# anybody said or decided.
DERIVED = {"scored", "forecasts", "score_cells", "score_squares"}
FORMS = ("json", "csv", "atom", "ics", "svg")


def looked_at(world: World) -> Iterator[str]:
    given = {
        "name": quote(world.occasion),
        "key": quote(world.document, safe=""),
        "drawn": "timeline",
    }
    for method, path in routes():
        if method == "GET":
            about = id_of(world.occasion) if path.startswith("/occasions/") else world.deal
            filled = path.replace("{id:path}", about).replace("{id}", about)
            for name, value in given.items():
                filled = filled.replace(f"{{{name}:path}}", value).replace(f"{{{name}}}", value)
            for form in FORMS if "{form}" in filled else ("",):
                address = filled.replace("{form}", form)
                assert "{" not in address, f"{path}: this test has no value for a part of it"
                yield address


def test_what_only_looks_writes_nothing(world: World) -> None:
    addresses = [*looked_at(world), "/openapi.json", "/static/paraph.css"]
    before = world.tables()
    good = 0
    for address in addresses:
        for method in ("GET", "HEAD"):
            answer = world.signed.keeper.request(method, address)
            assert answer.status_code < 500, (address, answer.text)
            good += answer.status_code == 200
    after = world.tables()
    assert {name for name in after if after[name] != before[name]} <= DERIVED
    assert after.keys() >= DERIVED
    assert good > len(addresses)


def test_a_writing_address_is_not_written_to_by_looking(world: World) -> None:
    before = world.tables()
    for row in ROWS:
        for method in ("GET", "HEAD", "OPTIONS"):
            answer = world.signed.keeper.request(method, f"{row.address(world)}?{urlencode(row.fields(world))}")
            assert answer.status_code < 500
    after = world.tables()
    assert {name for name in after if after[name] != before[name]} <= DERIVED


def test_who_is_not_signed_in_sees_nothing(world: World) -> None:
    for address in looked_at(world):
        if address == "/sign-in":
            continue
        answer = world.signed.nobody.get(address)
        assert answer.status_code in (303, 401), address
        assert "ferr" not in answer.text.lower()


def test_every_reader_sees_everything_but_the_questions_to_reviewers(world: World) -> None:
    refused = set()
    for address in looked_at(world):
        mine = world.signed.reader.get(address)
        if mine.status_code == 403:
            refused.add(address)
        else:
            assert mine.status_code == world.signed.keeper.get(address).status_code, address
    assert refused == {"/review", "/review/next", f"/occasions/{id_of(world.occasion)}/remove"}
