"""What a brief says in words, the same in the terminal, in Markdown and on the page. Nothing here is escaped yet."""

from __future__ import annotations

from paraph.briefing import Brief, Item, Section
from paraph.model import Certainty, Document, Sector
from paraph.show.words import CERTAINTIES, INSTRUMENTS, between, count, day, moment, name_of, party, state, voice

__all__ = [
    "CAVEAT",
    "SECTIONS",
    "about",
    "cited",
    "coverage",
    "facts",
    "lead",
    "made",
    "picked",
    "size",
    "title",
]

SECTIONS = {
    Section.TABLE: "On the table",
    Section.EXISTING: "Already there",
    Section.OFF: "Denied, stalled or dropped",
}

CAVEAT = (
    "Signals that name a deal in nearly the same words are laid together; a deal that is named in other words stands twice. "
    "The state shown is that of the newest document, there of the source with most authority."
)

# A party is a main one if this share of the signals names it; below it are the third countries that a text only mentions.
MAIN_SHARE = 0.2
# How many parties a title names, and how many sources and parties the facts count.
IN_TITLE, IN_FACTS = 3, 5


def title(brief: Brief) -> str:
    """Return the brief's title: its main parties, or what it is where none is known."""
    main = [code for code, n in brief.parties() if n >= MAIN_SHARE * max(brief.signals, 1)]
    return f"{between(tuple(main[:IN_TITLE]))}: what is on the table" if main else "What is on the table"


def lead(brief: Brief) -> str:
    """Return the one line under the title: how much there is, and of when."""
    words = f"{count(brief.signals, 'signal')} of {count(len(brief.items), 'deal')} in {count(len(brief.documents), 'document')}"
    days = brief.days()
    if days is None:
        return f"{words}, undated"
    undated = sum(document.published is None for document in brief.documents)
    span = day(days[0]) if days[0] == days[1] else f"{day(days[0])} to {day(days[1])}"
    return f"{words}, published {span}" + (f" ({undated} of {len(brief.documents)} undated)" if undated else "")


def facts(brief: Brief) -> list[tuple[str, str]]:
    """Return the facts at the head, each with its label: how sure, who says so, between whom; every count with its whole."""
    rows = []
    on_table = sum(item.section is Section.TABLE for item in brief.items)
    if on_table:
        sure = brief.certainties(Section.TABLE)
        told = ", ".join(f"{sure[certainty]} {CERTAINTIES[certainty]}" for certainty in Certainty)
        rows.append(("How sure", f"of {count(on_table, 'deal')} on the table: {told}"))
    of = f"of {count(brief.signals, 'signal')}: "
    if brief.signals:
        first = {(v.signal.source_type, v.signal.source): v.signal for item in brief.items for v in item.voices}
        said = brief.sources()
        named = [f"{voice(first[key])} {n}" for key, n in said[:IN_FACTS]]
        if more := sum(n for _, n in said[IN_FACTS:]):
            named.append(f"{count(len(said) - IN_FACTS, 'other source')} {more}")
        rows.append(("Who says so", of + "; ".join(named)))
        named_parties = brief.parties()
        among = [f"{party(code)} {n}" for code, n in named_parties[:IN_FACTS]]
        if len(named_parties) > IN_FACTS:
            among.append(count(len(named_parties) - IN_FACTS, "other party", "other parties"))
        rows.append(("Between", of + "; ".join(among) if among else "no party is named"))
    rows.append(("Coverage", coverage(brief)))
    return rows


def coverage(brief: Brief) -> str:
    """Return what was read and what was not, in a sentence."""
    asked = len(brief.documents) + len(brief.failures) + len(brief.repeats)
    words = f"{len(brief.documents)} of {count(asked, 'document')} used"
    if brief.repeats:
        words += f", {len(brief.repeats)} left out as {'a repeat' if len(brief.repeats) == 1 else 'repeats'}"
    if brief.failures:
        words += f", {len(brief.failures)} not read"
    empty = len(brief.documents) - len({voice.document for item in brief.items for voice in item.voices})
    return words + (f"; {empty} without signals" if empty else "")


def size(brief: Brief, items: list[Item]) -> str:
    """Return how large a part is: "8 of 31 deals, 11 of 40 signals, 3 of 4 documents"."""
    signals = sum(len(item.voices) for item in items)
    documents = len({voice.document for item in items for voice in item.voices})
    return (
        f"{len(items)} of {count(len(brief.items), 'deal')}, {signals} of {count(brief.signals, 'signal')}, "
        f"{documents} of {count(len(brief.documents), 'document')}"
    )


def about(item: Item) -> list[str]:
    """Return what is said of an item beside its name: state, certainty, parties, form, and whether sources disagree."""
    signal = item.lead
    words = [state(signal), CERTAINTIES[signal.certainty], between(item.parties), INSTRUMENTS[signal.instrument]]
    documents = len({voice.document for voice in item.voices})
    if len(item.voices) > 1:
        words.append(
            count(len(item.voices), "signal") + (f" in {count(documents, 'document')}" if documents > 1 else "")
        )
    if item.contested:
        words.append("contested")
    return words


def cited(document: Document) -> str:
    """Return how a document is named beside a quotation: publisher and day."""
    return f"{name_of(document)}, {day(document.published)}"


def made(brief: Brief) -> str:
    """Return when and with what the brief was made, or nothing where it was not said."""
    return f"Made {moment(brief.made)}" if brief.made else ""


def picked(sectors: dict[Sector, list[Item]], most: int) -> dict[Sector, tuple[list[Item], list[Item]]]:
    """Return each sector's items to quote and those only to name, quoting at most ``most`` in all.

    Those that most documents and then most signals speak of are quoted; among equals the brief's order holds.
    """
    ranked = [item for items in sectors.values() for item in items]
    if len(ranked) > most:
        ranked.sort(key=lambda item: (-len({voice.document for voice in item.voices}), -len(item.voices)))
    quoted = {id(item) for item in ranked[:most]}
    return {
        sector: ([i for i in items if id(i) in quoted], [i for i in items if id(i) not in quoted])
        for sector, items in sectors.items()
    }
