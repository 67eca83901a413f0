"""The pictures of the pages: one of each page, scheme and screen, small enough for the checkout, and all of them shown."""

from __future__ import annotations

import re
import struct
from pathlib import Path

from browsing import pictured

DOCS = Path(__file__).parent.parent / "docs"
# What the folder may hold; set by the plan for the pages.
MOST_BYTES = 4_000_000


def test_the_page_of_pictures_is_what_the_command_writes() -> None:
    assert (DOCS / "pages.md").read_text("utf-8") == pictured().index(), "run python docs/pictures.py pages"


def test_every_page_is_there_light_and_dark_wide_and_narrow() -> None:
    pictures = pictured()
    shown = set(re.findall(r"\((images/pages/[\w-]+\.png)\)", (DOCS / "pages.md").read_text("utf-8")))
    there = {each.relative_to(DOCS).as_posix() for each in (DOCS / "images" / "pages").iterdir()}
    assert shown == there
    assert len(shown) == 4 * len((*pictures.SHOWN, *pictures.SIGNED))
    for each in there:
        data = (DOCS / each).read_bytes()
        width, height = struct.unpack(">II", data[16:24])
        most = pictures.SCREENS["phone" if each.endswith("-phone.png") else "desktop"]
        assert width == most[0], each
        assert 300 < height <= most[1], each


def test_they_are_small() -> None:
    assert sum(each.stat().st_size for each in (DOCS / "images").rglob("*.png")) < MOST_BYTES
