"""A page with the usual clutter around an article, written for the tests."""

from __future__ import annotations

FIRST = (
    "The president of Ruritania has hinted that large agreements on shipping and energy will be signed when he visits "
    "Borduria next week, but he did not name any of them."
)
SECOND = (
    "Officials in both capitals said that the two governments had worked on the texts for months, and that some of them were "
    "ready for signature by the ministers."
)
THIRD = "Analysts in the capital warned that several of the projects have been discussed for years without any visible result."
FOURTH = "The minister of energy of Borduria declined to say whether the price of the fuel had been agreed between the two sides."


def page(body: str, head: str = "", lang: str = "en") -> str:
    """Return a whole page around ``body``, with ``head`` in its head."""
    return f"""<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">
<title>Ruritania hints at deals with Borduria | Example News</title>{head}</head><body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/w">World</a></li><li><a href="/s">Sport</a></li></ul></nav></header>
<main><article><h1>Ruritania hints at deals with Borduria</h1>{body}</article></main>
<aside><h3>Trending</h3><ul><li><a href="/1">A cat climbs a tree in town</a></li><li><a href="/2">Rain</a></li></ul></aside>
<footer><p>Copyright 2025 Example News. All rights reserved.</p></footer></body></html>"""


LISTS = f"""<h2>What could be coming?</h2><h3>1. Defence: a new phase</h3><p>{SECOND}</p>
<p>A list of potential announcements could include:</p>
<ul><li>Co-development of coastal radars</li><li>Transfer of turbine technologies</li><li>Joint training</li></ul><p>{THIRD}</p>
<h3>2. Nuclear energy</h3><p>The wording of the statement points to the possibility of:</p>
<ol><li>Additional reactor units</li><li>Long-term supply of fuel</li></ol><p>{FOURTH}</p>"""

LISTS_LINES = [
    "What could be coming?",
    "1. Defence: a new phase",
    SECOND,
    "A list of potential announcements could include:",
    "- Co-development of coastal radars",
    "- Transfer of turbine technologies",
    "- Joint training",
    THIRD,
    "2. Nuclear energy",
    "The wording of the statement points to the possibility of:",
    "1. Additional reactor units",
    "2. Long-term supply of fuel",
    FOURTH,
]
