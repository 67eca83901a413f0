"""What a page of the desk says to somebody who reads it."""

from __future__ import annotations

import re
from html import unescape

__all__ = ["shown"]


def shown(page: str) -> str:
    """Return the words of a page's main part, without markup and without what only a script takes out."""
    main = page.split("<main", 1)[1].split("</main>")[0].partition(">")[2]
    return " ".join(
        unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<template.*?</template>", " ", main, flags=re.S))).split()
    )
