"""The scoreboard of the example: four hints and what came of them, and the sixteen papers that were really signed.

usage: python examples/india-russia-2025/scoreboard.py [DESK]        (out/desk.db, as `make demo` makes it)

It shows how a desk is asked from Python. What it prints is the machine's reading of the fourteen files, errors included.
"""

from __future__ import annotations

import re
import sys
from datetime import date

from paraph.desk import Desk, open_desk
from paraph.model import Deal, Sighting, Verdict

OCCASION = "Putin in New Delhi 2025"
# The words of the preview that the hints stand in.
HINTS = (
    "Joint development of a hypersonic missile",
    "Transfer of aircraft engine technology",
    "A second site for large Russian reactors",
    "Docking systems for the Indian space station",
)
PAPERS = 16
NUMBERED = re.compile(r"(\d{1,2}) \| ([^|]+)")
WIDTH = 44


def board(desk: Desk) -> str:
    """Return the scoreboard as text."""
    occasion = desk.occasion(OCCASION)
    verdicts = {verdict.deal: verdict for verdict in desk.verdicts(OCCASION)}
    sightings = list(desk.sightings(parties=occasion.parties))
    lines = ["hinted before                                 what came", ""]
    for hint in HINTS:
        found = next((one for one in sightings if hint in one.quote), None)
        lines.append(f"{hint:<{WIDTH}}  {_told(_verdict(desk, verdicts, found))}")
    papers = _papers(sightings)
    lines += ["", f"signed ({len(papers)} of {PAPERS} papers were found)             spoken of before", ""]
    for number, row in sorted(papers.items()):
        name = NUMBERED.match(row[0].quote)
        deals = [desk.deal(one.id) for one in row]
        before = next(filter(None, (_before(deal, verdicts.get(deal.id), occasion.first) for deal in deals)), "-")
        lines.append(f"{number:>2}  {name[2].strip()[: WIDTH - 4] if name else '':<{WIDTH - 4}}  {before}")
    return "\n".join(lines) + "\n"


def _papers(sightings: list[Sighting]) -> dict[int, list[Sighting]]:
    """Return the signals in each numbered row of the list of outcomes."""
    papers: dict[int, list[Sighting]] = {}
    for one in sightings:
        row = NUMBERED.match(one.quote)
        if row and one.authority == "outcome_list" and 1 <= int(row[1]) <= PAPERS:
            papers.setdefault(int(row[1]), []).append(one)
    return papers


def _verdict(desk: Desk, verdicts: dict[str, Verdict], found: Sighting | None) -> Verdict | None:
    return verdicts.get(desk.deal(found.id).id) if found else None


def _told(verdict: Verdict | None) -> str:
    if verdict is None:
        return "not followed"
    shown = f": “{verdict.evidence.quote[:60]} …”" if verdict.evidence else ": nothing was said"
    return f"{verdict.outcome}{shown}"


def _before(deal: Deal, verdict: Verdict | None, day: date) -> str | None:
    """Return who spoke of the deal first, None if nobody did before that day."""
    first = deal.sightings[0]
    if verdict is None or not verdict.announced or first.day >= day:
        return None
    return f"{first.publisher or 'a source without a name'}, {first.day.day} {first.day:%b}"


if __name__ == "__main__":
    with open_desk(sys.argv[1] if len(sys.argv) > 1 else "out/desk.db", create=False) as desk:
        print(board(desk), end="")
