"""Signing in with a real browser: by keyboard, from a link on another site, and what the browser then refuses to others."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from browsing import browser
from desks import Clock
from paraph.desk import Desk, open_desk, people
from paraph.desk.people import Role
from paraph.settings import Settings
from press import deliver, honest
from websites import live, made_app

__all__ = ["browser"]

WORDS = "four herons by the lake"


@pytest.fixture
def own(empty_file: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk with some deals and one keeper, Kim."""
    shutil.copy(empty_file, tmp_path / "desk.db")
    with open_desk(tmp_path / "desk.db", settings=Settings(), now=Clock()) as desk:
        deliver(desk, *honest())
        with desk.begin() as connection:
            people.add_person(connection, "Kim", Role.KEEPER, password=WORDS, now=desk.now(), settings=desk.settings)
        yield desk


def sign_in(page: Any) -> None:
    page.wait_for_function("document.activeElement.name == 'name'")
    page.keyboard.type("Kim")
    page.keyboard.press("Tab")
    page.keyboard.type(WORDS)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_in_by_keyboard_and_out_again(own: Desk, browser: Any, scheme: str, width: int) -> None:
    with live(made_app(own)) as address:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        page.set_default_timeout(10_000)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}/deals?q=ferries")
        assert page.url.startswith(f"{address}/sign-in?to=")
        assert Axe().run(page).violations_count == 0
        sign_in(page)
        page.wait_for_url(f"{address}/deals?q=ferries")
        page.get_by_role("link", name="Kim").click()
        page.wait_for_url(f"{address}/you")
        page.get_by_label("What it is for").fill("my feeds")
        page.get_by_label("Days it is good for").fill("30")
        page.get_by_role("button", name="Make a token").click()
        token = page.get_by_label("The token", exact=True).input_value()
        assert token.startswith("paraph_")
        assert Axe().run(page).violations_count == 0
        # Nothing reaches beyond the screen's side.
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.wait_for_url(f"{address}/sign-in")
        page.goto(f"{address}/deals")
        assert "/sign-in" in page.url
        assert errors == []
        context.close()


def test_a_link_on_another_site_leads_in_who_is_signed_in(own: Desk, browser: Any) -> None:
    with live(made_app(own)) as address:
        context = browser.new_context()
        context.route(
            "http://elsewhere.example/",
            lambda route: route.fulfill(
                body=f'<title>x</title><a href="{address}/deals?q=ferries">a deal</a>', content_type="text/html"
            ),
        )
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(f"{address}/you")
        sign_in(page)
        page.wait_for_url(f"{address}/you")
        page.goto("http://elsewhere.example/")
        page.get_by_role("link").click()
        page.wait_for_url(f"{address}/deals?q=ferries")
        context.clear_cookies()
        page.goto("http://elsewhere.example/")
        page.get_by_role("link").click()
        page.get_by_label("Name").wait_for()
        assert page.url.startswith(f"{address}/sign-in?to=")
        context.close()


FORGERIES = {
    "a form": "<form method=post action={url}/decide><input name=action value=accept>"
    "<input name=signal value={id}></form><script>document.forms[0].submit()</script>",
    "a form of text": "<form method=post enctype=text/plain action={url}/decide><input name=action=accept&signal={id}&x>"
    "</form><script>document.forms[0].submit()</script>",
    "a script": "<script>fetch('{url}/decide', {{method: 'POST', credentials: 'include', mode: 'no-cors', "
    "body: new URLSearchParams({{action: 'accept', signal: '{id}'}})}}).finally(() => document.title = 'sent')</script>",
    "a script that asks first": "<script>fetch('{url}/api/v1/decisions', {{method: 'POST', credentials: 'include', "
    "headers: {{'content-type': 'application/json', authorization: 'Bearer x'}}, "
    "body: JSON.stringify({{action: 'accept', signal: '{id}'}})}}).catch(() => 0).finally(() => document.title = 'sent')"
    "</script>",
}


@pytest.mark.parametrize("way", FORGERIES)
def test_another_site_cannot_write_with_the_visitors_browser(own: Desk, browser: Any, way: str) -> None:
    signal = next(iter(own.all_deals())).sightings[0].id
    with live(made_app(own)) as address:
        context = browser.new_context()
        body = FORGERIES[way].format(url=address, id=signal)
        context.route(
            "http://elsewhere.example/",
            lambda route: route.fulfill(body=f"<title>x</title>{body}", content_type="text/html"),
        )
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(f"{address}/you")
        sign_in(page)
        page.wait_for_url(f"{address}/you")
        page.goto("http://elsewhere.example/")
        if "form" in way:
            page.wait_for_url(f"{address}/decide")
            assert "the request was refused" in page.content()
        else:
            page.wait_for_function("document.title == 'sent'")
        context.close()
    assert own.log(10) == []
