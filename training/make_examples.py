"""Make the one binary file of examples/india-russia-2025: the joint statement as a PDF.

usage: python training/make_examples.py        (needs reportlab: `uv sync --group examples`)

The sentences are written for the project after what is publicly known of the joint statement of 5 December 2025; they
are not the official text (see README.md in that folder). The page is set as such papers are: running head, numbered
paragraphs broken over lines and pages, a foot with the page number. The same reportlab gives the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "examples" / "india-russia-2025" / "documents" / "20-joint-statement.pdf"
TITLE = "Joint Statement of India and Russia after their 23rd annual summit"
RUNNING_HEAD = "Joint Statement, New Delhi, 5 December 2025"
FOOT = "Retold for the Paraph examples; not the official text"

# Blocks stand apart by an empty line: "# " opens a heading, "- " a bullet; all others are numbered paragraphs.
STATEMENT = """
The Prime Minister of India and the President of the Russian Federation held their 23rd annual summit in New Delhi on
5 December 2025.

The Special and Privileged Strategic Partnership is now a quarter of a century old. Both leaders want it to grow in
every field named below.

# Trade and the economy

A programme for economic cooperation until 2030 was adopted. It serves the goal of 100 billion US dollars of trade a
year by then.

India and the Eurasian Economic Union are to negotiate their free trade agreement at a quicker pace. An agreement on the
protection of investments will also continue to be negotiated.

Rupees and roubles remain the currencies in which the Sides settle their trade. Further consultations will look at how
to connect the following with each other:

- payment systems;

- financial messaging systems;

- digital currencies of the central banks.

India needs fertiliser for many years ahead. The Sides spoke about joint ventures with this aim and are working towards
long-term supply contracts. Two agreements on the mobility of workers were signed.

# Energy

Companies of both countries already work together in oil production, refining and petrochemicals.

The Sides are keen to support projects in the following areas:

- underground coal gasification;

- terminals for liquefied gas.

# Transport, the Far East and the Arctic

Three routes will receive more attention: the International North-South Transport Corridor, the Northern Sea Route and
the corridor that links Chennai with Vladivostok by sea. A memorandum on training crews for polar waters was signed
during the visit.

The programme of cooperation in the Russian Far East runs from 2024 to 2029 and is being carried out. The Sides will
hold regular consultations on the Arctic.

# Nuclear energy and space

At Kudankulam the Sides have settled when the remaining equipment is to arrive. Their nuclear cooperation shall take in
the fuel cycle, the upkeep of the units over their lifetime and uses other than power as well.

A second site for a plant of Russian design is still to be allotted by India; talks about it go on. Discussions on large
reactors, on making nuclear equipment together and on fuel assemblies will be sped up.

ISRO and Roscosmos continue their cooperation in crewed flight, in navigation by satellite and in missions to other
planets.
Good progress on rocket engines was noted.

# Defence

Where Russia used to sell and India to buy, the two countries now aim at joint research, joint development and joint
production.

Spare parts for Russian-built equipment should be made in India. The Sides agreed to promote joint ventures and
technology transfer for this purpose; friendly countries may later be supplied from there.

# Science and people

The Sides find it important to do more together on critical minerals and rare earths. Exchanges of students and scholars
will be promoted.

India announced that Russian tourists would receive electronic visas of thirty days free of charge.

Russia has decided to join the International Big Cat Alliance.

# International affairs

The Sides will cooperate closely when India chairs BRICS in 2026. Russia supports a permanent seat of India in a
reformed Security Council.

The next annual summit will take place in Russia.
"""


def make(target: Path = TARGET) -> None:
    """Write the PDF; the bytes depend on the statement and the version of reportlab alone."""
    from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    base = ParagraphStyle(
        "base", fontName="Times-Roman", fontSize=11.5, leading=15.5, spaceAfter=7, alignment=TA_JUSTIFY
    )
    head = ParagraphStyle("head", parent=base, fontName="Times-Bold", spaceBefore=8)
    title = ParagraphStyle("title", parent=head, fontSize=15, leading=19, spaceAfter=12, alignment=TA_CENTER)
    bullet = ParagraphStyle("bullet", parent=base, leftIndent=18, bulletIndent=6, spaceAfter=3)

    def furniture(canvas: Any, page: Any) -> None:
        canvas.setFont("Times-Italic", 9)
        canvas.drawString(25 * mm, A4[1] - 15 * mm, RUNNING_HEAD)
        canvas.drawString(25 * mm, 12 * mm, FOOT)
        canvas.drawRightString(A4[0] - 25 * mm, 12 * mm, f"Page {page.page}")

    flow: list[Any] = [Paragraph(TITLE, title), Paragraph("New Delhi, 5 December 2025", base)]
    number = 0
    for block in STATEMENT.strip().split("\n\n"):
        if block.startswith("# "):
            flow.append(Paragraph(block[2:], head))
        elif block.startswith("- "):
            flow.append(Paragraph(block[2:], bullet, bulletText="•"))
        else:
            number += 1
            flow.append(Paragraph(f"{number}. {block}", base))
    margins = {"leftMargin": 25 * mm, "rightMargin": 25 * mm, "topMargin": 25 * mm, "bottomMargin": 22 * mm}
    about = {"title": TITLE, "author": "Example Foreign Office Archive", "subject": FOOT}
    paper = SimpleDocTemplate(str(target), pagesize=A4, invariant=1, **about, **margins)
    paper.build(flow, onFirstPage=furniture, onLaterPages=furniture)


if __name__ == "__main__":
    try:
        make()
    except ImportError:
        sys.exit("make_examples: reportlab is not installed; run `uv sync --group examples`")
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")
