"""Fixtures of the pages: the application on a real desk, asked in the process or by a browser on a port of its own."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from fastapi import FastAPI

from paraph.desk import Desk, people
from paraph.desk.people import Role
from paraph.web.access import Gate
from paraph.web.app import make_app
from paraph.web.guard import hosts_of
from paraph.web.house import House
from paraph.web.server import listen

with warnings.catch_warnings():
    # It asks for httpx's successor, which nobody here uses; every other warning is an error.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

if TYPE_CHECKING:
    from httpx import Response

__all__ = ["HERE", "NAMES", "SESSION", "USER", "Signed", "Site", "live", "made_app", "post", "signed_site", "site"]

# The address of the site, and the name that decisions carry on it while the desk has no people.
HERE = "http://127.0.0.1:8710"
USER = "Ida"
# Who is on the desk of ``signed_site``, and the cookie that a browser keeps.
NAMES = {Role.READER: "Rob", Role.REVIEWER: "Rae", Role.KEEPER: "Kim"}
SESSION = "paraph_session"


class Site(TestClient):
    """A browser without a screen: keeps cookies, follows no redirect by itself, and lets every bug of ours through."""

    def __init__(self, app: FastAPI, address: str = HERE, **rest: Any) -> None:
        super().__init__(app, base_url=address, follow_redirects=False, **rest)

    def form(
        self,
        address: str,
        fields: Mapping[str, Any] | Iterable[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a form as a browser does that shows a page of this site; a value may be a list, or fields pairs."""
        if not isinstance(fields, Mapping):
            several: dict[str, list[str]] = {}
            for name, value in fields:
                several.setdefault(name, []).append(value)
            fields = several
        own = {
            "origin": str(self.base_url).rstrip("/"),
            "sec-fetch-site": "same-origin",
            "content-type": "application/x-www-form-urlencoded",
        }
        return self.post(address, data=dict(fields), headers=own | dict(headers or {}))


def post(
    site: Site, address: str, fields: Mapping[str, Any] | Iterable[tuple[str, str]] = (), **headers: str
) -> Response:
    """Send a form with the right origin: ``post(site, "/decide", {"action": "accept", "signal": id})``."""
    return site.form(address, fields, headers)


def made_app(desk: Desk, *, open_here: bool = True, behind_proxy: bool = False, host: str = "127.0.0.1") -> FastAPI:
    """Return the application on a desk as ``paraph serve`` makes it; ``host`` is what it would listen at."""
    return make_app(House(desk, Gate(open_here, USER, behind_proxy), "desk.db"), hosts_of(host, ["desk.example"]))


@pytest.fixture
def site(desk: Desk) -> Iterator[Site]:
    """The pages of an empty desk on this machine: nobody has to sign in, everybody may do everything as ``USER``."""
    with Site(made_app(desk)) as opened:
        yield opened


class Signed:
    """The pages of a desk with people: ``reader``, ``reviewer`` and ``keeper`` are signed in, ``nobody`` is not."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.app = made_app(desk)
        self.secrets: dict[Role, str] = {}
        with desk.begin() as connection:
            for role, name in NAMES.items():
                person = people.add_person(connection, name, role, now=desk.now(), settings=desk.settings)
                secret, _ = people.new_session(connection, person, now=desk.now(), settings=desk.settings)
                self.secrets[role] = secret
        self.nobody = Site(self.app)
        self.reader, self.reviewer, self.keeper = (self.browser(role) for role in NAMES)

    def browser(self, role: Role) -> Site:
        """Return a new browser that is signed in."""
        return Site(self.app, cookies={SESSION: self.secrets[role]})

    def token(self, role: Role, name: str = "a program") -> str:
        """Return a new token of the person of a role."""
        with self.desk.begin() as connection:
            secret, _ = people.add_token(
                connection, NAMES[role], name, now=self.desk.now(), settings=self.desk.settings
            )
        return secret


@pytest.fixture
def signed_site(desk: Desk) -> Signed:
    """The pages of an empty desk with one person of each role."""
    return Signed(desk)


@contextmanager
def live(app: FastAPI) -> Iterator[str]:
    """Serve an application on a port of its own, for a real browser; gives its address, without a slash at the end."""
    with ExitStack() as stack:
        listening = stack.enter_context(listen("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="warning", lifespan="off", http="h11", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive()
