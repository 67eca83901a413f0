"""Signing in and out, sessions, one's own page: who comes in, where they are sent, and what is kept of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from desks import Clock
from paraph.desk import Desk, open_desk, people
from paraph.desk.identity import utc
from paraph.desk.people import Role
from paraph.desk.schema import people as rows
from paraph.desk.schema import sessions
from paraph.settings import Settings
from paraph.web.access import here
from paraph.web.tries import Tries, network
from websites import HERE, NAMES, SESSION, Signed, Site, made_app, post

WORDS = "four herons by the lake"


@pytest.fixture
def kim(desk: Desk) -> Site:
    """A browser in front of a desk whose keeper, Kim, has a password."""
    with desk.begin() as connection:
        people.add_person(connection, "Kim", Role.KEEPER, password=WORDS, now=desk.now(), settings=desk.settings)
    return Site(made_app(desk))


def sign_in(browser: Site, name: str = "Kim", password: str = WORDS, to: str = "/deals") -> int:
    return post(browser, "/sign-in", {"name": name, "password": password, "to": to}).status_code


def test_while_a_desk_has_no_people_everybody_on_its_machine_is_its_keeper(site: Site) -> None:
    assert site.get("/deals").status_code == 200
    you = site.get("/you")
    assert "Only this machine reaches this desk" in you.text
    assert site.get("/sign-in?to=/deals").headers["location"] == "/deals"
    assert post(site, "/sign-in", {"name": "x", "password": "y", "to": "/feeds"}).headers["location"] == "/feeds"
    assert post(site, "/sign-out").headers["location"] == "/sign-in"
    refused = post(site, "/you/tokens", {"name": "mine"})
    assert refused.status_code == 403


def test_from_the_first_person_on_everybody_signs_in(site: Site, desk: Desk) -> None:
    assert site.get("/").status_code == 200
    with desk.begin() as connection:
        people.add_person(connection, "Kim", Role.KEEPER, now=desk.now(), settings=desk.settings)
    assert site.get("/").headers["location"] == "/sign-in"
    assert site.get("/deals.json").status_code == 401


def test_a_desk_that_is_reached_from_elsewhere_is_never_open(desk: Desk) -> None:
    browser = Site(made_app(desk, open_here=False))
    assert browser.get("/").headers["location"] == "/sign-in"
    assert browser.get("/sign-in").status_code == 200


@pytest.mark.parametrize(
    "header", ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"]
)
def test_an_open_desk_answers_nothing_that_came_through_a_proxy(site: Site, header: str) -> None:
    answer = site.get("/deals", headers={header: "192.0.2.7"})
    assert answer.status_code == 403
    assert "--behind-proxy" in answer.text


def test_signing_in_leads_to_what_was_asked_for(kim: Site) -> None:
    asked = "/deals?q=ferry&party=NO&party=CL%2Cx"
    sent = kim.get(asked)
    assert sent.status_code == 303
    assert sent.headers["cache-control"] == "no-store"
    page = kim.get(sent.headers["location"])
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    to = re.search(r'name="to" value="([^"]*)"', page.text)
    assert to is not None
    field = to.group(1).replace("&amp;", "&")
    assert field == asked
    done = post(kim, "/sign-in", {"name": " Kim ", "password": WORDS, "to": field})
    assert done.status_code == 303
    assert done.headers["location"] == asked
    assert kim.get(asked).status_code == 200
    assert kim.get("/sign-in?to=/feeds").headers["location"] == "/feeds"


def test_the_cookie_is_for_this_site_alone_and_no_script(kim: Site) -> None:
    made = post(kim, "/sign-in", {"name": "Kim", "password": WORDS}).headers["set-cookie"]
    name, _, rest = made.partition("=")
    assert name == SESSION
    assert {each.strip().lower() for each in rest.split(";")[1:]} == {"httponly", "path=/", "samesite=strict"}


def test_behind_a_proxy_with_https_the_cookie_is_bound_to_it(desk: Desk, kim: Site) -> None:
    secure = Site(made_app(desk, open_here=False, behind_proxy=True), "https://desk.example")
    headers = {"x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.7"}
    answer = post(secure, "/sign-in", {"name": "Kim", "password": WORDS}, **headers)
    made = answer.headers["set-cookie"]
    assert made.startswith(f"__Host-{SESSION}=")
    assert "; Secure" in made
    assert "Domain" not in made
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert secure.get("/deals", headers=headers).status_code == 200
    # The same id under the other name is none: another site of the domain could have set it.
    value = made.partition("=")[2].partition(";")[0]
    other = Site(secure.app, "https://desk.example", cookies={SESSION: value})  # type: ignore[arg-type]
    assert other.get("/deals", headers=headers).status_code == 303
    assert post(secure, "/sign-out", **headers).headers["set-cookie"].startswith(f'__Host-{SESSION}=""')
    # Nobody who is not behind the proxy is believed.
    assert "strict-transport-security" not in kim.get("/sign-in", headers=headers).headers


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "",
        "deals",
        " /deals",
        "/sign-in",
        "/sign-in/?to=/sign-in",
        "/sign-out",
    ],
)
def test_nobody_is_sent_elsewhere(kim: Site, to: str) -> None:
    assert here(to) == "/"
    assert 'name="to" value="/"' in kim.get("/sign-in", params={"to": to}).text
    answer = post(kim, "/sign-in", {"name": "Kim", "password": WORDS, "to": to})
    assert answer.headers["location"] == "/"


def test_a_wrong_name_and_a_wrong_password_are_told_alike(kim: Site, desk: Desk) -> None:
    with desk.begin() as connection:
        people.add_person(connection, "Bo", Role.READER, now=desk.now(), settings=desk.settings)  # has no password
        people.add_person(connection, "Di", Role.READER, password=WORDS, now=desk.now(), settings=desk.settings)
        people.disable(connection, "Di", now=desk.now())
    told = set()
    for name, password in (
        ("Kim", "wrong words"),
        ("Kit", WORDS),
        ("Bo", WORDS),
        ("Di", WORDS),
        ("", ""),
        ("K" * 500, "x"),
    ):
        answer = post(kim, "/sign-in", {"name": name, "password": password, "to": "/deals"})
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
        assert answer.headers["www-authenticate"].startswith("Bearer")
        told.add(re.sub(r'value="[^"]*"', "", answer.text).replace(" autofocus", ""))
    assert len(told) == 1
    assert WORDS not in told.pop()


def test_a_name_comes_back_escaped(kim: Site) -> None:
    answer = post(kim, "/sign-in", {"name": '"><script>alert(1)</script>', "password": "x"})
    assert "<script>alert" not in answer.text


def test_an_old_session_ends_when_its_browser_signs_in_anew(kim: Site, desk: Desk) -> None:
    assert sign_in(kim) == 303
    first = kim.cookies[SESSION]
    assert sign_in(kim) == 303
    assert kim.cookies[SESSION] != first
    with desk.look() as connection:
        assert people.session_of(connection, first, now=desk.now()) is None
        assert len(connection.execute(select(sessions)).all()) == 1


def test_signing_out_ends_the_session_and_not_only_the_cookie(kim: Site) -> None:
    sign_in(kim)
    kept = kim.cookies[SESSION]
    out = post(kim, "/sign-out")
    assert out.headers["location"] == "/sign-in"
    assert SESSION not in kim.cookies
    again = Site(kim.app, cookies={SESSION: kept})  # type: ignore[arg-type]
    assert again.get("/deals").status_code == 303


def test_a_session_that_is_used_lasts_and_one_that_is_not_ends(kim: Site, desk: Desk, clock: Clock) -> None:
    sign_in(kim)
    for _ in range(4):
        clock.go(hours=11)
        assert kim.get("/deals").status_code == 200
    clock.go(hours=13)
    assert kim.get("/deals").status_code == 303


def test_a_visit_is_noted_once_in_five_minutes(kim: Site, desk: Desk, clock: Clock) -> None:
    def seen() -> list[str]:
        with desk.look() as connection:
            return list(connection.execute(select(sessions.c.seen)).scalars())

    sign_in(kim)
    first = seen()
    clock.go(minutes=4, seconds=59)
    kim.get("/deals")
    assert seen() == first
    clock.go(seconds=1)
    kim.get("/deals")
    assert seen() == [utc(clock())] != first


def test_a_token_that_is_used_is_noted_once_in_five_minutes(signed_site: Signed, desk: Desk, clock: Clock) -> None:
    headers = {"authorization": f"Bearer {signed_site.token(Role.READER)}"}

    def used() -> object:
        with desk.look() as connection:
            return people.tokens_of(connection)[0].used

    assert used() is None
    signed_site.nobody.get("/deals.json", headers=headers)
    first = used()
    assert first == clock()
    clock.go(minutes=4)
    signed_site.nobody.get("/deals.json", headers=headers)
    assert used() == first
    clock.go(minutes=1)
    signed_site.nobody.get("/deals.json", headers=headers)
    assert used() == clock()


def test_while_another_writes_pages_are_answered_all_the_same(place: str, clock: Clock) -> None:
    # The end of a session is moved on after the answer; while somebody else holds the desk that fails, and is no error.
    with open_desk(place, settings=Settings(desk_wait_seconds=0.1), now=clock) as desk:
        with desk.begin() as connection:
            person = people.add_person(connection, "Kim", Role.KEEPER, now=clock(), settings=desk.settings)
            secret, _ = people.new_session(connection, person, now=clock(), settings=desk.settings)
        browser = Site(made_app(desk), cookies={SESSION: secret})
        clock.go(minutes=6)
        with desk.begin() as connection:
            connection.execute(update(sessions).values(name="Kim"))
            assert browser.get("/you").status_code == 200
        assert browser.get("/you").status_code == 200
        with desk.look() as connection:
            assert connection.execute(select(sessions.c.seen)).scalar_one() == utc(clock())


def test_a_link_from_another_site_finds_who_is_signed_in(kim: Site) -> None:
    # With it the browser sends no cookie that is for this site alone; the page to sign in has it ask once more, by itself.
    sent = kim.get("/deals?q=x", headers={"sec-fetch-site": "cross-site"})
    page = kim.get(sent.headers["location"], headers={"sec-fetch-site": "cross-site"})
    assert '<meta http-equiv="refresh" content="0; url=/deals?q=x">' in page.text
    page = kim.get(sent.headers["location"], headers={"sec-fetch-site": "same-origin"})
    assert "http-equiv" not in page.text


def test_a_form_of_somebody_signed_out_leads_to_signing_in_and_says_what_was_lost(signed_site: Signed) -> None:
    answer = post(signed_site.nobody, "/decide", {"action": "accept"}, referer=f"{HERE}/review?stage=signed")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?to=/review%3Fstage%3Dsigned&lost=1"
    assert "was not kept" in signed_site.nobody.get(answer.headers["location"]).text
    answer = post(signed_site.nobody, "/decide", {"action": "accept"}, referer="https://evil.example//evil.example/x")
    assert answer.headers["location"] == "/sign-in?to=/&lost=1"
    answer = post(signed_site.nobody, "/decide", {"action": "accept"}, accept="application/json")
    assert answer.status_code == 401


# How often one may try.


def tried(browser: Site, name: str, password: str = "wrong") -> int:
    return post(browser, "/sign-in", {"name": name, "password": password}).status_code


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The seconds in which tries are counted, by hand."""
    hand = SimpleNamespace(now=1_000_000.0)
    monkeypatch.setattr("limits.storage.memory.time", SimpleNamespace(time=lambda: hand.now))
    return hand


def limited(kim: Site, seconds: SimpleNamespace, **settings: float) -> Site:
    app = kim.app
    app.state.tries = Tries(replace(Settings(), **settings), lambda: seconds.now)  # type: ignore[attr-defined]
    return kim


@pytest.mark.parametrize("most", [1, 3])
def test_tries_from_one_address_have_a_bound(kim: Site, seconds: SimpleNamespace, most: int) -> None:
    browser = limited(kim, seconds, sign_in_tries_per_address=most, sign_in_minutes=10)
    for n in range(most):
        assert tried(browser, f"name {n}") == 401
    answer = post(browser, "/sign-in", {"name": "Kim", "password": WORDS})  # the right one is no way in either
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "600"
    assert "try again in 10 minutes" in answer.text
    assert "set-cookie" not in answer.headers
    seconds.now += 599
    assert tried(browser, "Kim", WORDS) == 429
    seconds.now += 1.5
    assert tried(browser, "Kim", WORDS) == 303


@pytest.mark.parametrize("name", ["Kim", "nobody"])
@pytest.mark.parametrize("most", [1, 3])
def test_tries_under_one_name_have_a_bound_known_or_not(
    kim: Site, seconds: SimpleNamespace, desk: Desk, name: str, most: int
) -> None:
    limited(kim, seconds, sign_in_tries_per_name=most, sign_in_minutes=1)
    behind = made_app(desk, open_here=False, behind_proxy=True)
    behind.state.tries = kim.app.state.tries  # type: ignore[attr-defined]
    browser = Site(behind, "https://desk.example")

    def from_address(n: int, password: str = "wrong") -> int:
        headers = {"x-forwarded-for": f"203.0.113.9, 192.0.2.{n}", "x-forwarded-proto": "https"}
        return post(browser, "/sign-in", {"name": f" {name}", "password": password}, **headers).status_code

    assert [from_address(n) for n in range(most)] == [401] * most
    assert from_address(100) == 429
    seconds.now += 61
    assert from_address(101) == 401


def test_who_comes_in_has_all_tries_under_the_name_again(kim: Site, seconds: SimpleNamespace) -> None:
    browser = limited(kim, seconds, sign_in_tries_per_name=2)
    for _ in range(3):
        assert tried(browser, "Kim") == 401
        assert tried(browser, "Kim", WORDS) == 303


def test_one_address_alone_cannot_shut_a_name_out() -> None:
    assert Settings().sign_in_tries_per_name >= 2 * Settings().sign_in_tries_per_address


def test_the_address_of_a_proxy_is_not_the_visitors(desk: Desk, kim: Site, seconds: SimpleNamespace) -> None:
    limited(kim, seconds, sign_in_tries_per_address=1)
    # Whoever is not behind a proxy cannot have a new address for each try.
    assert tried(kim, "a") == 401
    answer = post(kim, "/sign-in", {"name": "b", "password": "x"}, **{"x-forwarded-for": "192.0.2.8"})
    assert answer.status_code == 429


def test_networks() -> None:
    assert network("192.0.2.7") == "192.0.2.7"
    assert network("::ffff:192.0.2.7") == "192.0.2.7"
    assert network("2001:db8:1:2:3:4:5:6") == network("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert network("2001:db8:1:3::9") != network("2001:db8:1:2::9")
    assert network("testclient") == "testclient"


def test_tries_under_ever_new_names_take_no_more_memory(seconds: SimpleNamespace) -> None:
    tries = Tries(replace(Settings(), sign_in_tries_per_address=100_000), lambda: seconds.now)
    for n in range(2_000):
        tries.count(f"2001:db8:{n:x}::1", f"name {n}")
    storage = tries._limiter.storage
    assert all(re.search(r"/(address|name)\d{1,5}/", key) for key in storage.events)  # type: ignore[union-attr]


# One's own page.


def test_the_password_is_changed_by_who_knows_it(kim: Site, desk: Desk) -> None:
    other = Site(kim.app)  # type: ignore[arg-type]
    sign_in(kim)
    sign_in(other)
    new = "a lamp and three pears"
    for fields, status, told in (
        ({"password": "wrong", "new": new, "again": new}, 403, "not the one you gave"),
        ({"password": WORDS, "new": new, "again": new + "x"}, 400, "differently"),
        ({"password": WORDS, "new": "short", "again": "short"}, 400, "at least 12"),
    ):
        answer = post(kim, "/you/password", fields)
        assert (answer.status_code, told in answer.text) == (status, True)
        assert new not in answer.text
    assert other.get("/deals").status_code == 200
    done = post(kim, "/you/password", {"password": WORDS, "new": new, "again": new})
    assert done.headers["location"] == "/you?done=password"
    assert "is changed" in kim.get(done.headers["location"]).text
    assert other.get("/deals").status_code == 303  # that browser is signed out
    assert sign_in(other) == 401
    assert sign_in(other, password=new) == 303


def test_tries_of_the_password_are_counted_there_as_well(kim: Site, seconds: SimpleNamespace) -> None:
    sign_in(kim)
    limited(kim, seconds, sign_in_tries_per_name=1)
    fields = {"password": "wrong", "new": WORDS, "again": WORDS}
    assert post(kim, "/you/password", fields).status_code == 403
    assert post(kim, "/you/password", fields).status_code == 429


def test_a_token_is_shown_once_and_works_until_it_is_revoked(signed_site: Signed) -> None:
    made = post(signed_site.reviewer, "/you/tokens", {"name": "my reader", "days": "30"})
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    found = re.search(r'value="(paraph_[^"]+)"', made.text)
    assert found is not None
    secret = found.group(1)
    you = signed_site.reviewer.get("/you").text
    assert "my reader" in you
    assert secret not in you
    headers = {"authorization": f"Bearer {secret}"}
    assert signed_site.nobody.get("/deals.json", headers=headers).status_code == 200
    number = re.search(r'name="number" value="(\d+)"', you)
    assert number is not None
    # Somebody else's token is not there for others.
    assert post(signed_site.keeper, "/you/tokens/revoke", {"number": number.group(1)}).status_code == 404
    assert signed_site.nobody.get("/deals.json", headers=headers).status_code == 200
    assert post(signed_site.reviewer, "/you/tokens/revoke", {"number": number.group(1)}).status_code == 303
    assert signed_site.nobody.get("/deals.json", headers=headers).status_code == 401
    assert "revoked" in signed_site.reviewer.get("/you?done=revoked").text


def test_a_token_runs_out(signed_site: Signed, clock: Clock) -> None:
    made = post(signed_site.reader, "/you/tokens", {"name": "short", "days": "1"})
    found = re.search(r'value="(paraph_[^"]+)"', made.text)
    assert found is not None
    headers = {"authorization": f"Bearer {found.group(1)}"}
    clock.time += timedelta(hours=23)
    assert signed_site.nobody.get("/deals.csv", headers=headers).status_code == 200
    clock.time += timedelta(hours=1)
    assert signed_site.nobody.get("/deals.csv", headers=headers).status_code == 401


@pytest.mark.parametrize("days", ["0", "-1", "x", "1.5", "99999", "٣"])
def test_days_that_will_not_do(signed_site: Signed, days: str) -> None:
    assert post(signed_site.reader, "/you/tokens", {"name": "odd", "days": days}).status_code == 400


@pytest.mark.parametrize("number", ["", "x", "-1", "1.0", "9" * 30])
def test_numbers_of_tokens_that_will_not_do(signed_site: Signed, number: str) -> None:
    assert post(signed_site.reader, "/you/tokens/revoke", {"number": number}).status_code == 400


def test_signing_out_everywhere(signed_site: Signed) -> None:
    other = signed_site.browser(Role.REVIEWER)
    assert "signed in on 1 browser" in other.get("/you").text
    assert post(signed_site.reviewer, "/you/sign-out-everywhere").status_code == 303
    assert other.get("/you").status_code == 303
    assert signed_site.reader.get("/you").status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_the_page_says_who_one_is(signed_site: Signed, role: Role) -> None:
    you = getattr(signed_site, str(role)).get("/you").text
    assert f"You are a {role} here" in you
    assert f"<bdi>{NAMES[role]}</bdi>" in you


def test_a_token_makes_no_tokens_and_changes_no_password(signed_site: Signed) -> None:
    headers = {"authorization": f"Bearer {signed_site.token(Role.KEEPER)}"}
    for address in ("/you/tokens", "/you/tokens/revoke", "/you/password", "/you/sign-out-everywhere"):
        assert post(signed_site.nobody, address, {"name": "x", "number": "1"}, **headers).status_code == 403
    assert "came in with a token" in signed_site.nobody.get("/you", headers=headers).text


def test_a_password_hashed_with_weaker_parameters_is_hashed_anew_on_the_way_in(kim: Site, desk: Desk) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(WORDS)
    with desk.begin() as connection:
        connection.execute(update(rows).values(password=weak))
    assert sign_in(kim) == 303
    with desk.look() as connection:
        assert connection.execute(select(rows.c.password)).scalar_one() != weak
    assert sign_in(kim) == 303


# Tokens.


@pytest.mark.parametrize(
    "address", ["/deals.json", "/deals.csv", "/deals.atom", "/api/v1/deals", "/openapi.json", "/deals"]
)
def test_a_token_opens_every_form_of_a_view(signed_site: Signed, address: str) -> None:
    headers = {"authorization": f"bearer {signed_site.token(Role.READER)}"}
    assert signed_site.nobody.get(address, headers=headers).status_code == 200
    answer = signed_site.nobody.get(address)
    if address == "/deals":
        assert answer.status_code == 303
        return
    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == 401
    assert answer.headers["www-authenticate"].startswith("Bearer realm=")
    assert ("Basic" in answer.headers["www-authenticate"]) is address.endswith(".atom")


@pytest.mark.parametrize("pair", [("feeds", "{token}"), ("{token}", ""), ("Ünal", "{token}")])
def test_a_feed_reader_brings_the_token_as_its_password(signed_site: Signed, pair: tuple[str, str]) -> None:
    token = signed_site.token(Role.READER)
    name, password = (each.format(token=token) for each in pair)
    assert signed_site.nobody.get("/deals.atom", auth=(name.encode(), password.encode())).status_code == 200


@pytest.mark.parametrize(
    "given", ["Basic !!!", "Basic", "Basic w6k=", "Basic /w==", "Digest x", "paraph_x", "basic cGFyYXBoX3g6"]
)
def test_what_is_no_token_lets_nobody_in(signed_site: Signed, given: str) -> None:
    assert signed_site.nobody.get("/deals.json", headers={"authorization": given}).status_code == 401


def test_a_proxys_password_leaves_the_session_alone(signed_site: Signed) -> None:
    assert signed_site.reader.get("/deals", auth=("proxy", "password")).status_code == 200


@pytest.mark.parametrize("token", ["", "paraph_wrong", "wrong", "paraph_" + "x" * 5_000])
@pytest.mark.parametrize("who", ["nobody", "keeper"])
def test_a_wrong_token_is_told_whatever_cookie_comes_with_it(signed_site: Signed, token: str, who: str) -> None:
    # It lets a write past the questions about its origin: so it alone may say who asks.
    browser = getattr(signed_site, who)
    for method, address in (("GET", "/deals.json"), ("GET", "/deals"), ("POST", "/decide")):
        answer = browser.request(method, address, headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 401
        assert "token" in answer.text


def test_a_wrong_token_is_no_way_into_an_open_desk_either(site: Site) -> None:
    headers = {"authorization": "Bearer x", "content-type": "application/x-www-form-urlencoded"}
    assert site.post("/decide", content="action=accept", headers=headers).status_code == 401


def test_somebody_disabled_is_out_at_once(signed_site: Signed, desk: Desk) -> None:
    headers = {"authorization": f"Bearer {signed_site.token(Role.REVIEWER)}"}
    with desk.begin() as connection:
        people.disable(connection, NAMES[Role.REVIEWER], now=desk.now())
    assert signed_site.reviewer.get("/deals").status_code == 303
    assert signed_site.nobody.get("/deals.json", headers=headers).status_code == 401


def test_a_role_counts_from_the_next_request_on(signed_site: Signed, desk: Desk) -> None:
    assert post(signed_site.reviewer, "/decide", {"action": "accept"}).status_code == 400
    with desk.begin() as connection:
        people.change_role(connection, NAMES[Role.REVIEWER], Role.READER)
    answer = post(signed_site.reviewer, "/decide", {"action": "accept"})
    assert answer.status_code == 403
    assert "Rae is a reader here; only a reviewer may do that" in answer.text


def test_the_files_of_the_pages_are_for_everybody_and_nothing_beside_them(signed_site: Signed) -> None:
    assert signed_site.nobody.get("/static/paraph.css").status_code == 200
    for address in ("/static/../deals", "/static/%2e%2e/deals", "/static/..%2fdeals", "/static//deals", "/static"):
        answer = signed_site.nobody.get(address)
        assert answer.status_code in (303, 404), address
        assert unquote(urlsplit(answer.headers.get("location", "/sign-in")).path) == "/sign-in"


def test_the_page_to_sign_in_tells_nothing_of_the_desk(signed_site: Signed) -> None:
    page = signed_site.nobody.get("/sign-in").text
    assert "desk.db" not in page
    assert "/deals" not in page
    assert "desk.db" in signed_site.reader.get("/you").text
