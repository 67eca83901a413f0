"""Write the pictures of docs/images anew: the example's brief as a browser shows it.

usage: python docs/pictures.py [--chromium PATH]

Needs a Chromium and the dependency group "dev" (playwright). The page is the one that `paraph brief` writes for
examples/india-russia-2025/documents; what is seen is its first screen. The clock is the example's, so that the picture
changes only where the program does.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import paraph
from paraph.settings import Settings
from paraph.show.brief_html import brief_html

HERE = Path(__file__).resolve().parent
DOCUMENTS = HERE.parent / "examples" / "india-russia-2025" / "documents"
TARGET = HERE / "images" / "brief.png"
# In CSS pixels: the matrix, the facts and the first deals.
WIDTH, HEIGHT = 1200, 1060
MADE = datetime(2025, 12, 8, 12, tzinfo=UTC)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
]


def page() -> str:
    """Return the example's brief as a page."""
    readings = paraph.read_all([str(DOCUMENTS)], now=lambda: MADE)
    return brief_html(paraph.brief(readings, made=MADE), Settings())


def shoot(html: str, target: Path, chromium: str) -> None:
    """Write the first screen of a page as a PNG."""
    from playwright.sync_api import sync_playwright

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        place = Path(folder) / "brief.html"
        place.write_text(html, "utf-8")
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            view = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
            view.goto(place.as_uri())
            view.screenshot(path=target)
        finally:
            browser.close()


def main() -> int:
    """Write the picture; 2 where there is no browser to look with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    names = ("chromium", "chromium-browser", "google-chrome")
    parser.add_argument("--chromium", default=next(filter(None, map(shutil.which, names)), None), help="the browser")
    chromium = parser.parse_args().chromium
    if chromium is None:
        print("pictures: no Chromium was found; install one or name it with --chromium", file=sys.stderr)
        return 2
    shoot(page(), TARGET, chromium)
    print(f"{TARGET.relative_to(HERE.parent)}: {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
