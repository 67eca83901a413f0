"""What a document is and how much it settles: the order in which a statement outweighs another on what became of a deal.

The order is the one of ``paraph.model.Authority``: an entry in a register of treaties, the text that was signed, the list of
outcomes or fact sheet, the statement of both sides, a paper or spokesperson of one side, the press. Here it is said which
document and which voice in it stand where.
"""

from __future__ import annotations

from functools import lru_cache

from paraph.intake.papers import Paper, paper_named
from paraph.model import Authority, Document, Kind, Signal, SourceType

__all__ = ["AUTHORITY", "Paper", "authority_of", "paper_of"]

# What each sort of paper settles. A fact sheet is issued to list what came of a meeting, as a list of outcomes is.
AUTHORITY: dict[Paper, Authority] = {
    Paper.TREATY_REGISTER: Authority.TREATY_REGISTER,
    Paper.SIGNED_TEXT: Authority.SIGNED_TEXT,
    Paper.OUTCOME_LIST: Authority.OUTCOME_LIST,
    Paper.FACT_SHEET: Authority.OUTCOME_LIST,
    Paper.JOINT_STATEMENT: Authority.JOINT_STATEMENT,
    Paper.READ_OUT: Authority.SPOKESPERSON,
    Paper.TRANSCRIPT: Authority.SPOKESPERSON,
    Paper.RELEASE: Authority.SPOKESPERSON,
}

# Voices that speak for no state, be it in a transcript: a reporter's question that cites the press, an expert.
_NOT_OF_STATE = frozenset((SourceType.MEDIA, SourceType.EXPERT, SourceType.UNNAMED))


def paper_of(document: Document) -> Paper | None:
    """Return which sort of official paper a document is, None where it is a report."""
    if document.kind is not Kind.OFFICIAL:
        return None
    return _paper_named(document.title, document.text, document.url)


# A paper has many signals, and each is asked for its authority.
_paper_named = lru_cache(maxsize=8)(paper_named)


def authority_of(document: Document, signal: Signal) -> Authority:
    """Return what a signal of the document rests on.

    What stands in a paper that both sides signed, listed or declared is the paper's, whoever it names. In a paper of one side
    (read-out, transcript, release) the press, experts and unnamed sources that are cited stay ``press``. In a report an
    official who is quoted, and a paper that is quoted, are ``spokesperson``: the words came through another's hands.
    """
    paper = paper_of(document)
    if paper is None:
        return Authority.SPOKESPERSON if signal.source_type is SourceType.OFFICIAL else Authority.PRESS
    authority = AUTHORITY[paper]
    if authority is Authority.SPOKESPERSON and signal.source_type in _NOT_OF_STATE:
        return Authority.PRESS
    return authority
