"""Which sort of official paper a document is: by the name it bears, by how its head is written, then by its address.

``paraph.intake.official`` says whether a document is an official paper at all; this module says which, for the sort decides
how much it settles (``paraph.resolve.authority``). The patterns were set by eye. Not handled: several papers printed in one
document (the first one named gives the sort), papers in other languages.
"""

from __future__ import annotations

import re
from enum import StrEnum

__all__ = ["NAMES", "Paper", "is_signed_text", "paper_named"]


class Paper(StrEnum):
    """The sorts of official papers; ``release`` is any paper of one side that is none of the others."""

    TREATY_REGISTER = "treaty_register"
    SIGNED_TEXT = "signed_text"
    OUTCOME_LIST = "outcome_list"
    FACT_SHEET = "fact_sheet"
    JOINT_STATEMENT = "joint_statement"
    READ_OUT = "read_out"
    TRANSCRIPT = "transcript"
    RELEASE = "release"


# What papers call themselves; such a name helps to tell a paper from a report as well.
NAMES: dict[Paper, tuple[str, ...]] = {
    Paper.OUTCOME_LIST: (
        r"list of (?:outcomes|documents|agreements|mous)(?:(?:/| and )(?:mous|agreements|documents))?"
        r"(?: (?:signed|exchanged|adopted))?",
        r"outcomes? (?:document|list)",
    ),
    Paper.FACT_SHEET: (r"fact ?sheet|factsheet",),
    Paper.JOINT_STATEMENT: (
        r"joint (?:press )?(?:statement|communiqu[eé]|declaration|vision statement|leaders'? statement)",
        r"summit declaration|agreed minutes",
    ),
    Paper.READ_OUT: (r"read-?out",),
    Paper.TRANSCRIPT: (
        r"transcript(?: of)?|(?:opening |closing |introductory )?(?:remarks|statement|speech|address) (?:by|of) (?:the )?"
        r"(?:president|prime minister|foreign|external|secretary|minister|ambassador|spokes)",
        r"english (?:translation|rendering) of",
    ),
    Paper.RELEASE: (r"press (?:release|statement|note|communiqu[eé])|(?:media|news) release|official statement",),
}

# Names that tell the sort only where it is known already that the document is a paper.
_LOOSE: dict[Paper, tuple[str, ...]] = {
    Paper.OUTCOME_LIST: (
        r"(?:list|table|summary) of (?:the )?(?:outcomes|results|deliverables|documents)",
        r"outcomes? (?:of|:)|(?:documents|agreements|mous) (?:signed|exchanged|adopted) ",
    ),
    Paper.JOINT_STATEMENT: (
        r"joint (?:[\w’'-]{1,20} ){0,3}?(?:statement|communiqu[eé]|declaration|vision|action plan|road ?map|plan of action)",
        r"(?:leaders|ministers|chair(?:man)?)['’]?s?['’]? (?:statement|declaration|communiqu[eé])",
        r"[a-zé-]{3,20} (?:declaration|communiqu[eé])$|summit (?:statement|communiqu[eé])",
    ),
    Paper.READ_OUT: (
        r"(?:telephone|phone) (?:call|conversation|talk)|(?:meeting|talks|calls?|conversation) (?:with|between|to) ",
        r"(?:president|prime minister|secretary|minister) (?:[\w.’'-]{1,20} ){1,4}(?:meets|met|receives|received|speaks|spoke) ",
    ),
    Paper.TRANSCRIPT: (
        r"(?:press|news) (?:conference|availability)|(?:special|daily|weekly|media|press) briefing|q ?& ?a\b",
        r"interview (?:of|with|by)|(?:remarks|statement|speech|address|toast) (?:by|of|at|to) ",
    ),
}  # fmt: skip


def _one_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(patterns) + ")", re.IGNORECASE)


_IN_TITLE = {paper: _one_of((*names, *_LOOSE.get(paper, ()))) for paper, names in NAMES.items()}
_IN_HEAD = {paper: _one_of(names) for paper, names in NAMES.items()}

# Registers of treaties, and the folders of authorities' sites that hold only one sort of paper.
_REGISTERS = re.compile(
    r"^https?://(?:[\w-]{1,30}\.)?(?:treaties\.un\.org|treaties\.fcdo\.gov\.uk|verdragenbank\.overheid\.nl|treaty-accord\.gc\.ca"
    r"|rtais\.wto\.org|state\.gov/(?:tias|treaties-in-force)|mea\.gov\.in/treat[\w.-]{0,40}|coe\.int/en/web/conventions)(?:[/?#:]|$)",
    re.IGNORECASE,
)  # fmt: skip
_FOLDERS = (
    (Paper.FACT_SHEET, re.compile(r"/fact-?sheets?/", re.IGNORECASE)),
    (Paper.JOINT_STATEMENT, re.compile(r"/joint-?(?:statements?|declarations?|communiques?)\b", re.IGNORECASE)),
    (Paper.READ_OUT, re.compile(r"/read-?outs?/", re.IGNORECASE)),
    (
        Paper.TRANSCRIPT,
        re.compile(r"/(?:transcripts?|remarks|speeches|spokesmansremarks|interviews?|press-?conferences?)/", re.IGNORECASE),
    ),
)  # fmt: skip

# A text that was signed is named after what it is, and speaks in articles and set phrases that reports do not have.
_TREATY = re.compile(
    r"(?:(?:full )?text (?:of (?:the )?|: ?))?(?:[\w’'-]{1,25} ){0,5}?"
    r"(?:agreement|memorandum of (?:understanding|cooperation)|treaty|protocol|convention|letter of intent"
    r"|exchange of (?:notes|letters)|arrangement)\b.{0,80}?\b(?:between|on|for|concerning|regarding|of)\b",
    re.IGNORECASE,
)
_CLAUSES = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        r"\bhave (?:agreed as follows|(?:reached|come to) the following)\b",
        r"\bhereinafter\b",
        r"^\W{0,4}(?:article|section) (?:1|i|one)\b",
        r"\b(?:parties|signatories|participants) shall\b",
        r"\bin witness whereof\b|^done (?:at|in) ",
        r"\bshall (?:enter into force|come into (?:force|effect))\b"
        r"|\bwill (?:enter into force|come into (?:effect|operation)) (?:on|upon)\b",
        r"\bequally (?:authentic|valid)\b",
        r"\bmay be (?:amended|terminated)\b",
    )
)
# One such phrase may be quoted in a report, three are a treaty; set by eye.
_CLAUSES_NEEDED = 3

# Lines that begin with whose turn it is: "Q:", "QUESTION:", "PRESIDENT HOLM:". Two are a dialogue, one is a heading.
_TURN = re.compile(r"(?:Q|A|Question|Answer|(?:[A-Z][A-Z.’'-]{0,20} ){0,4}[A-Z][A-Z.’'-]{2,20}(?:, [A-Z ]{3,40})?) ?:")
_TURNS_NEEDED = 2

_TITLE_CHARS = 400
_HEAD_LINES = 5
# A longer line is a sentence, which may speak of another paper ("the leaders adopted a joint statement").
_HEAD_LINE_CHARS = 160
_LOOKED_AT = 20_000


def paper_named(title: str | None, text: str, url: str | None) -> Paper:
    """Return the sort of an official paper; ``release`` where nothing tells it.

    To be asked of official papers only: it does not tell a paper from a report about one.
    """
    if url and _REGISTERS.match(url):
        return Paper.TREATY_REGISTER
    if is_signed_text(title, text):
        return Paper.SIGNED_TEXT
    if (paper := _first(_IN_TITLE, _one_line(title))) is not None:
        return paper
    for line in _head(text):
        if (paper := _first(_IN_HEAD, line)) is not None:
            return paper
    for paper, folder in _FOLDERS:
        if url and folder.search(url):
            return paper
    turns = sum(1 for line in text[:_LOOKED_AT].split("\n") if _TURN.match(line))
    return Paper.TRANSCRIPT if turns >= _TURNS_NEEDED else Paper.RELEASE


def is_signed_text(title: str | None, text: str) -> bool:
    """Tell whether a document is an agreement's own text: its name is one, and it speaks in a treaty's set phrases."""
    name = _one_line(title) or next(iter(_head(text)), "")
    if not _TREATY.match(name):
        return False
    # The set phrases stand at the beginning and at the end.
    looked_at = text if len(text) <= 2 * _LOOKED_AT else f"{text[:_LOOKED_AT]}\n{text[-_LOOKED_AT:]}"
    return sum(1 for clause in _CLAUSES if clause.search(looked_at)) >= _CLAUSES_NEEDED


def _first(names: dict[Paper, re.Pattern[str]], line: str) -> Paper | None:
    """Return the paper whose name stands first in the line; a mere release gives way to what it contains."""
    found = [(hit.start(), paper) for paper, pattern in names.items() if (hit := pattern.search(line))]
    return min(found, key=lambda hit: (hit[1] is Paper.RELEASE, hit[0]))[1] if found else None


def _head(text: str) -> list[str]:
    lines = [line.strip() for line in text[:_LOOKED_AT].split("\n", 2 * _HEAD_LINES)[: 2 * _HEAD_LINES] if line.strip()]
    return [line for line in lines[:_HEAD_LINES] if len(line) <= _HEAD_LINE_CHARS]


def _one_line(title: str | None) -> str:
    return " ".join((title or "").split())[:_TITLE_CHARS]
