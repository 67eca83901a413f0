"""Fixtures of tests in a real browser: the example's desk, made once for all workers, served on a port of its own."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from paraph.desk import Desk, open_desk
from paraph.settings import Settings
from paraph.web.access import Gate
from paraph.web.app import make_app
from paraph.web.demo import make_example
from paraph.web.example import OCCASION
from paraph.web.guard import hosts_of
from paraph.web.house import House
from websites import USER, live

__all__ = [
    "CHROMIUM",
    "NOW",
    "Shop",
    "addresses",
    "before",
    "browser",
    "example_file",
    "opened",
    "pictured",
    "shop",
    "tab",
]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-sync".split()
# When the tests look at the example: the summit is over, and the follow-up lies ahead.
NOW = datetime(2025, 12, 9, 12, tzinfo=UTC)
# The evening before it.
EVE = datetime(2025, 12, 3, 20, tzinfo=UTC)

_ERROR = "the server responded with a status of 404"


@dataclass(frozen=True, slots=True)
class Shop:
    """A desk that is served: the address of its pages, without a slash at the end, and the desk itself."""

    address: str
    desk: Desk


@cache
def pictured() -> ModuleType:
    """Return docs/pictures.py, whose list of pages is that of all tests that look at every page."""
    path = Path(__file__).parent.parent / "docs" / "pictures.py"
    spec = importlib.util.spec_from_file_location("paraph_pictures", path)
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made  # where dataclasses look for the module that a class is of
    spec.loader.exec_module(made)
    return made


def addresses() -> dict[str, Callable[[Desk], str]]:
    """Return the address of each page by its name; of lists only the first rows, for the others are like them."""
    shorter = {"deals": "&limit=8", "occasion": "?limit=6", "occasion-ahead": "?limit=6", "documents": "?limit=8"}

    def short(address: Callable[[Desk], str], more: str) -> Callable[[Desk], str]:
        return lambda desk: address(desk) + more

    return {each.name: short(each.address, shorter.get(each.name, "")) for each in pictured().SHOWN}


@pytest.fixture(scope="session")
def example_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's desk, to copy: what `paraph serve --demo` shows. Workers of one run make it once."""
    root = tmp_path_factory.getbasetemp()
    root = root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root
    path = root / "example.db"
    with (root / "example.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            make_example(root / "example.part", Settings(), lambda told: None, lambda: NOW)
            (root / "example.part").replace(path)
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; `make test` installs it where it may (root and apt-get)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@contextmanager
def opened(path: Path, now: Callable[[], datetime]) -> Iterator[Shop]:
    """Serve the desk at a path to a browser, as `paraph serve` does on this machine."""
    with open_desk(path, settings=Settings(), now=now, create=False) as desk:
        app = make_app(House(desk, Gate(True, USER), "The example desk", demo=True), hosts_of("127.0.0.1", []))
        with live(app) as address:
            yield Shop(address, desk)


@pytest.fixture
def shop(example_file: Path, tmp_path: Path) -> Iterator[Shop]:
    """The example's desk after the summit, a copy that the test may change."""
    with opened(Path(shutil.copy(example_file, tmp_path / "desk.db")), lambda: NOW) as made:
        yield made


@pytest.fixture
def before(example_file: Path, tmp_path: Path) -> Iterator[Shop]:
    """The same desk as it was on the evening before: what was published by then, and the summit ahead."""
    path = tmp_path / "eve.db"
    with open_desk(example_file, settings=Settings(), create=False) as whole:
        readings = [whole.versions(kept.document.id)[-1].reading for kept in whole.documents(until=date(2025, 12, 3))]
    with open_desk(path, settings=Settings(), now=lambda: EVE) as desk:
        for reading in readings:
            desk.add(reading)
        desk.add_occasion(OCCASION)
    with opened(path, lambda: EVE) as made:
        yield made


@contextmanager
def tab(browser: Any, **how: Any) -> Iterator[Any]:
    """Give a page of a new context; what it complains of, runs or asks elsewhere for fails the test at the end."""
    context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1280, "height": 900}} | how)
    context.set_default_timeout(10_000)
    heard: list[str] = []
    page = context.new_page()
    # A page that tells of an error is answered with its status, which the console tells as well.
    page.on("console", lambda told: None if _ERROR in told.text else heard.append(f"console: {told.text}"))
    page.on("pageerror", lambda error: heard.append(f"error: {error}"))
    page.on("dialog", lambda dialog: heard.append(f"dialog: {dialog.message}"))
    page.on("request", lambda request: heard.append(request.url) if _elsewhere(request.url) else None)
    yield page
    context.close()
    assert not heard, heard


def _elsewhere(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "blob:http://127.0.0.1:", "data:"))
