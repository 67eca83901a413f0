"""What stands before every page: the names by which it is known, where writes come from, and the headers of every answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.types import Message

from paraph.desk import Desk
from paraph.errors import UsageError
from paraph.web import guard
from paraph.web.guard import HEADERS, Hosts, bearer, forged, hosts_of, is_loopback
from websites import HERE, Signed, Site, made_app, post

HERE_ALONE = hosts_of("127.0.0.1", [])


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "LocalHost:8710",
        "127.0.0.1",
        "127.0.0.1:8710",
        "127.0.0.1:",
        "[::1]",
        "[::1]:8710",
        "[0:0::1]",
    ],
)
def test_names_of_this_machine(host: str) -> None:
    assert HERE_ALONE.know(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        "evil.example",
        "localhost.evil.example",
        "evil.example:8710",
        "localhost.",
        "127.0.0.1.",
        "127.0.0.1.evil.example",
        "127.0.0.2",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "10.0.0.1",
        "::1",
        "[::1",
        "[::1]evil",
        "[127.0.0.1]",
        "[:::]",
        "[::2]",
        "[::ffff:127.0.0.1]",
        "[fe80::1%25eth0]",
        "127.0.0.1:x",
        "127.0.0.1:99999",
        "127.0.0.1:8710:8710",
        "evil@127.0.0.1",
        "127.0.0.1@evil.example",
        "127.0.0.1/",
        "127.0.0.1#",
        "127.0.0.1?",
        "127.0.0.1\\",
        "127.0.0.1,evil.example",
        "127.0.0.1 evil.example",
        "127.0.0.1\tx",
        "127.0.0.1\x00",
        "http://127.0.0.1",
        "localhost%00",
        "ｌocalhost",
        "127.0.0.１",
        "localhost:٨",
    ],
)
def test_other_names_are_not_answered(host: str) -> None:
    assert not HERE_ALONE.know(host)


def test_names_that_were_allowed() -> None:
    hosts = hosts_of("127.0.0.1", ["Desk.Example.org", "2001:db8::7", "[2001:db8::8]"])
    for name in ("desk.example.org", "DESK.example.org:443", "[2001:db8::7]:80", "[2001:db8::8]", "localhost"):
        assert hosts.know(name)
    assert not hosts.know("example.org")
    assert not hosts.know("x.desk.example.org")
    assert not hosts.know("192.0.2.1")


@pytest.mark.parametrize(
    "given",
    [
        "",
        "*",
        "*.example.org",
        "https://desk.example.org",
        "desk.example.org/",
        "desk.example.org:443",
        "a b",
        "[::1",
        "a:x",
    ],
)
def test_what_is_no_name_cannot_be_allowed(given: str) -> None:
    with pytest.raises(UsageError, match="--allow-host"):
        hosts_of("127.0.0.1", [given])


def test_at_another_address_every_address_will_do_and_no_other_name() -> None:
    # Nobody can point a name of theirs at an address and have the browser take it for that address.
    hosts = hosts_of("0.0.0.0", [])
    for name in ("192.0.2.1:8710", "[2001:db8::7]", "localhost", "0.0.0.0"):
        assert hosts.know(name)
    for name in ("evil.example", "192.0.2.1.evil.example", "3221225985"):
        assert not hosts.know(name)
    assert hosts_of("127.0.0.5", []).know("127.0.0.5:8710")  # it is known by the address at which it listens
    assert not hosts_of("127.0.0.5", []).know("127.0.0.6")
    assert hosts_of("desk.local", []).know("desk.local")


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.0.1", False),
        ("localhost.evil.example", False),
        ("", False),
    ],
)
def test_what_is_this_machine_alone(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone


def said(scheme: str = "http", host: str = "127.0.0.1:8710", **given: str | Sequence[str]) -> str | None:
    pairs = [(b"host", host.encode())]
    for name, values in given.items():
        for value in [values] if isinstance(values, str) else values:
            pairs.append((name.replace("_", "-").encode(), value.encode("latin-1")))
    return forged(Headers(raw=pairs), scheme)


def test_writes_from_our_own_pages() -> None:
    assert said(origin=HERE) is None
    assert said(sec_fetch_site="same-origin") is None
    assert said(origin=HERE.upper().replace("HTTP", "http")) is None
    assert said(origin="http://[::1]:8710", host="[::1]:8710") is None
    assert said(origin="http://Desk.Example", host="desk.example") is None
    # Behind a proxy that is not told of, https looks like http from here; not the other way round.
    assert said(origin="https://desk.example", host="desk.example") is None
    assert said("https", origin="https://desk.example", host="desk.example") is None
    assert said("https", origin="http://desk.example", host="desk.example") is not None


def test_why_a_write_is_refused_is_told() -> None:
    assert said(origin="null") == "it comes from another page (null)"
    assert said(origin=[HERE, HERE]) == "it names its origin more than once"
    assert said(origin=HERE, sec_fetch_site="cross-site") == "it comes from another site (Sec-Fetch-Site: cross-site)"
    assert said() == "it does not say where it comes from; a program has to bring a token, or the header Origin"


def test_a_token_is_one_header_that_says_so() -> None:
    def brought(*values: str) -> str | None:
        return bearer(Headers(raw=[(b"authorization", value.encode()) for value in values]))

    assert brought("Bearer x") == "x"
    assert brought("bEARER  x ") == "x"
    assert brought("Bearer ") == ""
    for values in ((), ("Bearer",), ("Bearerx",), ("Basic x",), ("Bearer x", "Bearer x"), (" Bearer x",)):
        assert brought(*values) is None


def answers(site: Site, signed: Signed) -> dict[str, Any]:
    return {
        "page": site.get("/about"),
        "rows": site.get("/deals.json"),
        "file": site.get("/static/paraph.css"),
        "no file": site.get("/static/x"),
        "no page": site.get("/nowhere"),
        "not this way": site.put("/deals", headers={"origin": HERE}),
        "foreign host": site.get("/", headers={"host": "evil.example"}),
        "forged": site.post("/decide"),
        "bad form": post(site, "/decide", {"action": "x"}),
        "too large": site.post("/decide", content=b"x", headers={"origin": HERE, "content-length": "9999999999"}),
        "odd length": site.post("/decide", content=b"x", headers={"origin": HERE, "content-length": "x"}),
        "described": site.get("/openapi.json"),
        "unchanged": site.get("/about", headers={"if-none-match": "*"}),
        "head": site.head("/about"),
        "sent on": signed.nobody.get("/about"),
        "who": signed.nobody.get("/api/v1/deals"),
        "sign in": signed.nobody.get("/sign-in"),
        "may not": post(signed.reader, "/decide", {"action": "accept"}),
    }


def test_every_answer_has_the_headers(site: Site, desk: Desk) -> None:
    opened = site.get("/about")
    assert opened.status_code == 200
    for name, answer in answers(site, Signed(desk)).items():
        for header, value in HEADERS.items():
            assert answer.headers[header] == value, (name, header)
        assert answer.headers["cache-control"], name
        assert "strict-transport-security" not in answer.headers
        assert not [header for header in answer.headers if header.startswith("access-control")]


def test_a_fault_of_ours_is_answered_with_them_too(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    app: FastAPI = made_app(desk)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("the secret of the desk")

    caplog.set_level(logging.CRITICAL)
    answer = Site(app, raise_server_exceptions=False).get("/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "worth reporting" in answer.text
    assert answer.headers["content-security-policy"] == HEADERS["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"


def test_asking_about_a_page_is_the_page_without_its_body(site: Site) -> None:
    for address in ("/about", "/deals.json", "/static/paraph.css", "/nowhere", "/api/v1/deals", "/openapi.json"):
        whole, head = site.get(address), site.head(address)
        assert head.content == b""
        assert head.status_code == whole.status_code
        # Some pages tell how long ago something was: their bytes are not the same twice.
        assert head.headers["content-type"] == whole.headers["content-type"]
        assert int(head.headers["content-length"]) > 0


def test_a_page_has_no_sockets(desk: Desk) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    asyncio.run(made_app(desk)({"type": "websocket", "path": "/", "headers": []}, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_a_form_that_dawdles_is_not_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.01)
    sent: list[Message] = []
    parts: list[Message] = [{"type": "http.request", "body": b"action=", "more_body": True}]

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        if parts:
            return parts.pop()
        await asyncio.Event().wait()  # the rest never comes
        raise AssertionError

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/decide",
        "raw_path": b"/decide",
        "query_string": b"",
        "root_path": "",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8710),
        "headers": [
            (b"host", b"127.0.0.1:8710"),
            (b"origin", HERE.encode()),
            (b"content-type", b"application/x-www-form-urlencoded"),
        ],
    }
    asyncio.run(made_app(desk)(scope, receive, send))
    assert sent[0]["status"] == 408


def test_what_a_proxy_tells_is_the_last_of_what_is_told() -> None:
    told = guard._told_by_proxy
    given = Headers(
        raw=[
            (b"x-forwarded-for", b"203.0.113.9, 198.51.100.1"),
            (b"x-forwarded-for", b"198.51.100.2,192.0.2.7"),
            (b"x-forwarded-proto", b"http, HTTPS"),
        ]
    )
    assert told(given) == {"scheme": "https", "client": ("192.0.2.7", 0)}
    for name, value in (("x-forwarded-for", "unknown"), ("x-forwarded-for", ""), ("x-forwarded-proto", "gopher")):
        assert told(Headers({name: value})) == {}
    assert told(Headers({"x-forwarded-for": "[2001:db8::7]"})) == {"client": ("2001:db8::7", 0)}


def test_hosts_are_plain_values() -> None:
    assert hosts_of("localhost", []) == Hosts(frozenset({"localhost", "127.0.0.1", "::1"}), False)
