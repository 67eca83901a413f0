"""Questions of the review as cards: what a page shows of each, and which key stands for which answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from paraph.desk import Action, Desk
from paraph.desk.passages import Nearby, Passage, nearby, passages
from paraph.desk.questions import Decision, Item, Question
from paraph.desk.typed import CHOICES
from paraph.model import Outcome, Signal, SourceType
from paraph.show.words import CERTAINTIES, INSTRUMENTS, SECTORS, SOURCES, STAGES, between, voice

__all__ = ["KEYS", "Card", "Choice", "FieldRow", "Key", "cards", "label_of", "machine_told", "value_told"]


@dataclass(frozen=True, slots=True)
class Key:
    """One action of the review, the key that stands for it until the reader chooses another, and what it does."""

    act: str
    key: str
    told: str


KEYS = (
    Key("accept", "a", "accept: a signal and its fields are right; the same deal; as proposed"),
    Key("reject", "x", "reject: no signal; of a link, another deal"),
    Key("unsure", "u", "unsure: it is kept that you could not tell"),
    Key("stage", "s", "correct the stage"),
    Key("certainty", "c", "correct how sure"),
    Key("ahead", "h", "turn ahead on or off"),
    Key("source_type", "t", "correct the kind of source"),
    Key("sector", "e", "correct the sector"),
    Key("instrument", "i", "correct the form"),
    Key("parties", "p", "correct the parties"),
    Key("source", "w", "correct who says so"),
    Key("several", "f", "correct several fields at once"),
    Key("apart", "d", "another deal: split it off"),
    Key("undo", "z", "undo what you decided last"),
    Key("next", "j", "next question without an answer to this"),
    Key("back", "k", "back to the question before"),
    Key("open", "o", "open the document"),
)
_LETTER = {key.act: key.key for key in KEYS}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a field can be given: as a form sends it, and in words; ``kind`` goes with a source."""

    value: str
    label: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of a signal: the value proposed as a form sends it and in words, the words that decided it, its choices."""

    name: str
    label: str
    key: str
    value: str
    told: str
    words: tuple[str, ...]
    choices: tuple[Choice, ...]
    free: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A question with all that its card shows; ``choices`` are the other deals, or the outcomes, that one digit stands for."""

    item: Item
    heading: str
    passage: Passage | None
    fields: tuple[FieldRow, ...]
    choices: tuple[Choice, ...]
    parent: Passage | None = None
    alone: bool = True

    @property
    def kind(self) -> str:
        """Return the kind of the question: signal, link or verdict."""
        return str(self.item.question)

    @property
    def sure(self) -> str:
        """Return in words how sure the machine is of what it proposes."""
        item = self.item
        if item.question is Question.LINK:
            return f"the machine: likeness {_decimal(item.score or 0.0)}"
        what = "a signal" if item.question is Question.SIGNAL else str(item.verdict.outcome if item.verdict else "")
        return f"the machine: {_decimal(item.confidence)} sure of {what}"


def cards(desk: Desk, items: Sequence[Item]) -> list[Card]:
    """Return the cards of questions, in their order."""
    keys = {item.sighting.id for item in items}
    parents = {item.parent.id for item in items if item.parent is not None}
    asked = {item.sighting.id for item in items if item.question is Question.SIGNAL}
    with desk.look() as connection:
        places = passages(connection, keys | parents)
        near = nearby(connection, asked)
    return [_card(item, places, near.get(item.sighting.id)) for item in items]


def _card(item: Item, places: Mapping[str, Passage], near: Nearby | None) -> Card:
    passage = places.get(item.sighting.id)
    fields: tuple[FieldRow, ...] = ()
    choices: tuple[Choice, ...] = ()
    if item.question is Question.VERDICT:
        heading = f"What did {item.occasion.name if item.occasion else ''} bring?"
        choices = tuple(Choice(f"outcome:{outcome}", str(outcome)) for outcome in Outcome)
    else:
        choices = tuple(Choice(f"merge:{each.deal.id}", each.deal.title) for each in item.others)
        if item.question is Question.LINK:
            heading = "Do these two speak of the same deal?"
        else:
            heading = "Is this a signal, and are its fields right?"
            fields = _fields(item.sighting.signal, passage, near)
    return Card(
        item=item,
        heading=heading,
        passage=passage,
        fields=fields,
        choices=choices,
        parent=places.get(item.parent.id) if item.parent is not None else None,
        alone=item.deal is None or item.deal.sightings < 2,
    )


_LABELS = {
    "stage": "stage",
    "ahead": "ahead",
    "certainty": "how sure",
    "source_type": "kind of source",
    "source": "who says so",
    "parties": "parties",
    "sector": "sector",
    "instrument": "form",
}
_WORDS: Mapping[str, Mapping[Any, str]] = {
    "stage": STAGES,
    "certainty": CERTAINTIES,
    "source_type": SOURCES,
    "sector": SECTORS,
    "instrument": INSTRUMENTS,
}
_AHEAD = (Choice("yes", "ahead"), Choice("no", "not ahead"))


def _fields(signal: Signal, passage: Passage | None, near: Nearby | None) -> tuple[FieldRow, ...]:
    words = passage.words if passage is not None else {}
    rows = []
    for name, label in _LABELS.items():
        free = False
        if name in CHOICES:
            value = str(getattr(signal, name))
            told = _WORDS[name][getattr(signal, name)]
            choices = tuple(Choice(str(each), _WORDS[name][each]) for each in CHOICES[name])
        elif name == "ahead":
            value, told, choices = ("yes", "ahead", _AHEAD) if signal.ahead else ("no", "not ahead", _AHEAD)
        elif name == "parties":
            free = True
            value, told = ",".join(signal.parties), between(signal.parties)
            choices = tuple(Choice(",".join(each), between(each)) for each in (near.parties if near else ()))
        else:
            free = True
            value, told = signal.source or "", voice(signal)
            named = tuple(
                Choice(who, f"{who} ({SOURCES[kind]})", str(kind)) for kind, who in (near.sources if near else ())
            )
            outlet = () if signal.source is None else (Choice("", SOURCES[SourceType.OUTLET], str(SourceType.OUTLET)),)
            choices = outlet + named
        rows.append(FieldRow(name, label, _LETTER[name], value, told, words.get(name, ()), choices, free))
    return tuple(rows)


def label_of(field: str) -> str:
    """Return what a field is called on a page."""
    return _LABELS[field]


def value_told(field: str, value: Any) -> str:
    """Return a field's value, as the log holds it, in words."""
    if field == "ahead":
        return "ahead" if value else "not ahead"
    if field == "parties":
        return between(tuple(map(str, value or ())))
    if field == "source":
        return str(value) if value else SOURCES[SourceType.OUTLET]
    return str(_WORDS[field].get(value, value)) if field in _WORDS else str(value)


def machine_told(decision: Decision, machine: Mapping[str, Mapping[str, Any]]) -> str:
    """Return in a few words what the machine proposed of what was decided, whatever people said since; empty where nothing."""
    review, sighting = decision.review, decision.sighting
    if review.action is Action.OVERRULE:
        verdict = machine.get(f"verdict:{review.signal}:{review.payload['occasion']}")
        return f"{verdict['outcome']}; {_decimal(verdict['confidence'])} sure" if verdict else ""
    if sighting is None:
        return ""
    signal, said = sighting.signal, machine.get(sighting.id, {})
    stage = said.get("stage", signal.stage)
    ahead = ", ahead" if said.get("ahead", signal.ahead) else ""
    sure = said.get("certainty", signal.certainty)
    return f"{_WORDS['stage'][stage]}{ahead}, {sure}; {_decimal(signal.confidence)} sure"


def _decimal(value: float) -> str:
    return "1" if value >= 0.995 else f"{value:.2f}".removeprefix("0")
