"""Every page of the example desk, light and dark, wide and narrow: axe finds nothing, and nothing is wider than the screen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browsing import NOW, Shop, addresses, browser, example_file, opened, tab

__all__ = ["browser", "example_file"]

PAGES = addresses()
# Asked for with everything that is folded away unfolded; the colours of the second scheme are all that differs in it.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
ONLY_TAGS: dict[str, Any] = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
ONLY_COLOURS: dict[str, Any] = {
    "runOnly": {"type": "rule", "values": ["color-contrast"]},
    "resultTypes": ["violations"],
}


@pytest.fixture(scope="module")
def seen(browser: Any, example_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    path = tmp_path_factory.mktemp("seen") / "desk.db"
    with opened(Path(shutil.copy(example_file, path)), lambda: NOW) as made:
        yield made


@pytest.fixture(scope="module")
def axe() -> str:
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    """One page for all: a new one for each test takes as long as the test."""
    with tab(browser) as made:
        yield made


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(page: Any, seen: Shop, axe: str, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="light")
    answer = page.goto(f"{seen.address}{PAGES[name](seen.desk)}")
    assert answer.status == (404 if name == "error" else 200)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.evaluate(axe)
    found = _told(page.evaluate("rules => axe.run(document, rules)", ONLY_TAGS))
    page.emulate_media(color_scheme="dark")
    found += _told(page.evaluate("rules => axe.run(document, rules)", ONLY_COLOURS))
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def _told(result: dict[str, Any]) -> list[str]:
    return [
        f"{each['id']}: {node['target'][0]}: {node['failureSummary']}"
        for each in result["violations"]
        for node in each["nodes"][:3]
    ]
