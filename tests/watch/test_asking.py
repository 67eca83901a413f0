"""One request: headers of our own, whatever status, redirects told and not followed, a limit by its name."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from intake.loopback import BODY, Net, Server, serving
from paraph.errors import AddressRefused, FetchError, NotFound, TooLarge
from paraph.intake.fetch import Fetcher, failure
from paraph.settings import Settings


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


def fetcher(server: Server, settings: Settings | None = None) -> Fetcher:
    net = Net(server.server_port)
    return Fetcher(settings or Settings(), resolver=net.resolve, dialer=net.dial, user_agent="Asker/1")


def test_headers_go_along_and_come_back(server: Server) -> None:
    server.answers["/feed"] = (200, {"ETag": '"x"', "Content-Type": "text/html", "Set-Cookie": "a=b"}, BODY)
    with fetcher(server) as one:
        answer = one.ask("http://a.example/feed", headers={"If-None-Match": '"w"'})
        assert one.ask("http://a.example/feed").page == answer.page
    assert (answer.status, answer.to, answer.headers["etag"]) == (200, None, '"x"')
    assert answer.page is not None
    assert answer.page.data == BODY
    first, second = (headers for _, headers in server.asked)
    assert (first["If-None-Match"], first["User-Agent"]) == ('"w"', "Asker/1")
    assert not {"If-None-Match", "Cookie"} & set(second)


@pytest.mark.parametrize("status", [304, 404, 410, 429, 503])
def test_a_status_is_an_answer_and_the_connection_lives_on_after_304(server: Server, status: int) -> None:
    server.answers["/feed"] = (status, {"Retry-After": "5"}, b"")
    net = Net(server.server_port)
    with Fetcher(Settings(), resolver=net.resolve, dialer=net.dial) as one:
        answer = one.ask("http://a.example/feed")
        one.ask("http://a.example/feed")
    assert (answer.status, answer.page, answer.to, answer.headers["retry-after"]) == (status, None, None, "5")
    if status == 304:
        assert len(net.dialled) == 1
    error = failure("there", answer)
    assert isinstance(error, NotFound) == (status in (404, 410))
    assert str(status) in error.cause


def test_a_redirect_is_told_where_it_leads_and_checked(server: Server) -> None:
    server.answers["/a"] = (301, {"Location": "/b?x#y"}, b"")
    server.answers["/in"] = (302, {"Location": "http://127.0.0.1/"}, b"")
    server.answers["/none"] = (302, {}, b"")
    with fetcher(server) as one:
        answer = one.ask("http://a.example/a")
        assert (answer.status, answer.to, answer.page) == (301, "http://a.example/b?x#y", None)
        with pytest.raises(AddressRefused, match="loopback"):
            one.ask("http://a.example/in")
        with pytest.raises(FetchError, match="without saying where"):
            one.ask("http://a.example/none")
    assert [path for path, _ in server.asked] == ["/a", "/in", "/none"]


@pytest.mark.parametrize(
    ("limit", "most"), [("max_feed_bytes", len(BODY)), ("max_robots_bytes", len(BODY)), (None, 1_000)]
)
def test_a_limit_of_its_own_holds_packed_and_unpacked(server: Server, limit: str | None, most: int) -> None:
    packed = gzip.compress(BODY)
    server.answers["/plain"] = (200, {}, BODY)
    server.answers["/packed"] = (200, {"Content-Encoding": "gzip"}, packed)
    for size, fits in ((most, True), (most - 1, False)):
        settings = Settings(**{limit: size}) if limit else Settings()
        with fetcher(server, settings) as one:
            for path in ("plain", "packed"):
                if fits or limit is None:
                    assert one.ask(f"http://a.example/{path}", limit=limit).page
                else:
                    with pytest.raises(TooLarge, match=f"raise {limit}"):
                        one.ask(f"http://a.example/{path}", limit=limit)
