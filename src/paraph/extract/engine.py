"""The cue engine: a document's text to its signals, each field with the words that decided it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Protocol

from paraph.extract.anchors import AnchorSpan, AnchorWeights, find_both, read_anchor_weights
from paraph.extract.context import Context, settle
from paraph.extract.layout import Role
from paraph.extract.mood import Scene, mood_features
from paraph.extract.naming import names
from paraph.extract.parse import Parse, parse
from paraph.extract.parties import assign_parties
from paraph.extract.places import Place, places
from paraph.extract.sources import Attribution, attributions
from paraph.extract.tables import Choice, Met, Weights, decide, read_weights, weigh
from paraph.extract.topics import Topics, topic_features
from paraph.extract.voice import carried, turn, voice_features
from paraph.model import Certainty, Cue, Document, Instrument, Kind, Sector, Signal, SourceType, Stage

__all__ = ["NAME", "CueEngine", "SecondLook", "Weighed", "bundled", "first_times"]

NAME = "cues"
# Items up to this length may stand in two lists of one text and mean two things ("Energy", "Rare earths"). Set by
# reading, not tuned.
SHORT_ITEM_CHARS = 40
# Who asks in a transcript speaks for the press.
_ASKING = frozenset("q question reporter journalist moderator host interviewer presenter anchor correspondent".split())
# Words that decided a field: where they begin and end, and the field. A cue is made of it once all are known.
_Reason = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What speaks for each value of an anchor's fields: log-odds in the order of the tables' classes, and what counts for them.

    ``active`` is the voice that holds the floor where the anchor stands, if one was made out.
    """

    mood: list[float]
    mood_met: Met
    topic: list[float]
    topic_met: Met
    voice: list[float]
    voice_met: Met
    active: Attribution | None


class SecondLook(Protocol):
    """What looks at one document's places once more, beside the cues."""

    def sift(self, spans: list[AnchorSpan], parties: list[int]) -> list[float | None]:
        """Return the confidence of each place, or None for one that is no signal; ``parties`` counts the codes of each."""
        ...

    def judge(self, where: list[Place], cues: list[Weighed]) -> list[Weighed]:
        """Return what speaks for each value of each anchor, given what the cues say."""
        ...


@dataclass(frozen=True, slots=True)
class CueEngine:
    """The engine with its tables; immutable, and free of state but for a store of words met before."""

    anchors: AnchorWeights
    mood: Weights
    context: Context
    topic: Weights
    voice: Weights

    @classmethod
    def from_tables(cls, tables: Mapping[str, str]) -> CueEngine:
        """Return the engine that runs on the given tables: the texts of anchors.tsv, mood.tsv, context.tsv, topic.tsv and
        voice.tsv.
        """
        return cls(
            anchors=read_anchor_weights(tables["anchors"]),
            mood=read_weights(tables["mood"]),
            context=Context.from_weights(read_weights(tables["context"])),
            topic=read_weights(tables["topic"]),
            voice=read_weights(tables["voice"]),
        )

    def extract(self, document: Document, weak: bool = False) -> tuple[Signal, ...]:
        """Return the signals of a document in order of place. Linear in the text; deterministic.

        With ``weak``, those that are too unsure to be told stand among them, with a confidence below ``anchors.BEGINS``; the
        others are the same as without.
        """
        parsed = parse(document.text, document.title)
        marked = find_both(parsed, self.anchors, weak)
        if not any(marked):
            # Most news has none, and who speaks in it need not be known.
            return ()
        voices = attributions(parsed)
        signals = [signal for found in marked for signal in self.signals(document, parsed, voices, found)]
        return tuple(sorted(signals, key=lambda signal: (signal.start, signal.end)))

    def signals(
        self,
        document: Document,
        parsed: Parse,
        voices: list[list[Attribution]],
        spans: list[AnchorSpan],
        second: SecondLook | None = None,
        engine: str = NAME,
    ) -> list[Signal]:
        """Return the signals that stand at the spans, each field with the words that decided it, signed with ``engine``.

        ``voices`` are the parse's attributions. ``second`` may sift the spans and weigh every anchor anew before its fields are
        decided. What is printed twice is left out the second time.
        """
        found = first_times(parsed, spans)
        if not found:
            return []
        tokens = parsed.tokens
        offsets = [(tokens.starts[span.first], tokens.ends[span.last]) for span in found]
        parties = assign_parties(
            parsed.text,
            parsed.mentions,
            [(s.start, s.end) for s in parsed.layout.sentences],
            offsets,
            [span.n for span in found],
            document.title,
        )
        if second is not None:
            sure = second.sift(found, [len(codes) for codes, _ in parties])
            kept = [(at, confidence) for at, confidence in enumerate(sure) if confidence is not None]
            found = [replace(found[at], confidence=confidence) for at, confidence in kept]
            offsets = [offsets[at] for at, _ in kept]
            parties = [parties[at] for at, _ in kept]
        where = places(parsed, [(span.n, span.first, span.last) for span in found])
        weighed = self.weighed(parsed, where, voices)
        if second is not None:
            weighed = second.judge(where, weighed)
        out: list[Signal] = []
        for span, place, mine, (start, end), (codes, named) in zip(
            found, where, weighed, offsets, parties, strict=True
        ):
            why = [(a, b, "parties") for a, b in named]
            best = _explained(decide(self.mood, mine.mood, mine.mood_met), parsed, why)
            about = _explained(decide(self.topic, mine.topic, mine.topic_met), parsed, why)
            source_type, source = self._voice(parsed, place, voices, mine, document, why)
            out.append(
                Signal(
                    start=start,
                    end=end,
                    anchor=parsed.text[start:end],
                    stage=Stage(best["stage"]),
                    ahead=best["ahead"] == "True",
                    certainty=Certainty(best["certainty"]),
                    source_type=source_type,
                    source=source,
                    parties=codes,
                    sector=Sector(about["sector"]),
                    instrument=Instrument(about["instrument"]),
                    confidence=round(min(1.0, span.confidence), 4),
                    why=tuple([Cue(field, a, b) for a, b, field in sorted(set(why))]),
                    engine=engine,
                )
            )
        return out

    def weighed(self, parsed: Parse, where: list[Place], voices: list[list[Attribution]]) -> list[Weighed]:
        """Return what the cues say of each anchor: mood by its own words and then in the light of the others, subject, voice."""
        scenes: dict[int, Scene] = {}
        subjects = Topics(parsed)
        moods: list[tuple[list[float], Met]] = []
        for place in where:
            if place.n not in scenes:
                scenes[place.n] = Scene(parsed, place.n)
            moods.append(weigh(self.mood, mood_features(parsed, place, scenes[place.n])))
        settled = settle(self.context, [total for total, _ in moods])
        out = []
        for place, total, (_, met) in zip(where, settled, moods, strict=True):
            topic, topic_met = weigh(self.topic, topic_features(parsed, place, subjects))
            evidence, active = voice_features(parsed, place, voices)
            voice, voice_met = weigh(self.voice, evidence)
            out.append(Weighed(total, met, topic, topic_met, voice, voice_met, active))
        return out

    def _voice(
        self,
        parsed: Parse,
        place: Place,
        voices: list[list[Attribution]],
        mine: Weighed,
        document: Document,
        why: list[_Reason],
    ) -> tuple[SourceType, str | None]:
        speaker = turn(parsed, place.n)
        if speaker is not None:
            name = parsed.text[slice(*speaker)]
            if _ASKING.isdisjoint(name.lower().split()):
                why.append((*speaker, "source_type"))
                if len(name) == 1:
                    # "A:" is an answer, but nobody's name.
                    return SourceType.OFFICIAL, None
                why.append((*speaker, "source"))
                return SourceType.OFFICIAL, name
            return SourceType.OUTLET, None
        active = mine.active
        reasons: list[_Reason] = []
        source_type = SourceType(
            _explained(decide(self.voice, mine.voice, mine.voice_met), parsed, reasons)["source_type"]
        )
        if source_type is SourceType.OUTLET:
            if document.kind is Kind.OFFICIAL:
                return SourceType.OFFICIAL, document.publisher or document.title or "the document"
            return source_type, None
        if active is None or active.type != source_type:
            named = [a for a in voices[place.n] if a.type == source_type]
            active = named[0] if named else active
        if active is None or active.type != source_type:
            # The speaker whose words go on.
            active = carried(parsed, place.n, voices, source_type.value) or active
        if active is None:
            # No voice was made out: the words that told its type name it best ("officials"), if they name anybody.
            for start, end, _ in reasons:
                if names(parsed, parsed.token_range(start, end)[0]):
                    why += [*reasons, (start, end, "source")]
                    return source_type, parsed.text[start:end]
            return SourceType.OUTLET, None
        if active.type == SourceType.EXPERT and not active.bare and active in voices[place.n]:
            # What the text calls an expert is one, whatever the verb beside it makes likelier.
            source_type = SourceType.EXPERT
        if active.type != source_type and active.where != "document" and active not in voices[place.n]:
            # A name carried over brings its type along.
            source_type = SourceType(active.type)
        why += reasons
        if active.where == "document":
            return (
                SourceType.OFFICIAL,
                document.publisher or active.name if document.kind is Kind.OFFICIAL else active.name,
            )
        why.append((*active.place, "source"))
        return source_type, active.name


def _explained(choices: dict[str, Choice], parsed: Parse, why: list[_Reason]) -> dict[str, str]:
    """Return the value of each field, and add the words that counted most for it to ``why``."""
    tokens = parsed.tokens
    for field, choice in choices.items():
        why += [(tokens.starts[token], tokens.ends[token], field) for token in choice.tokens]
    return {field: choice.value for field, choice in choices.items()}


def first_times(parsed: Parse, found: list[AnchorSpan]) -> list[AnchorSpan]:
    """Drop anchors in a sentence that stands in the text a second time: what is printed twice is said once.

    A short item ("- Energy") may stand in two lists; it is a repetition only where its lead-in is one.
    """
    if not found:
        return []
    seen: set[str] = set()
    repeated: set[int] = set()
    for n, sentence in enumerate(parsed.layout.sentences):
        words = " ".join(parsed.text[sentence.start : sentence.end].split())
        if words in seen and (
            sentence.role is not Role.ITEM or len(words) > SHORT_ITEM_CHARS or sentence.lead in repeated
        ):
            repeated.add(n)
        seen.add(words)
    return [span for span in found if span.n not in repeated]


@cache
def bundled() -> CueEngine:
    """Return the engine with the bundled tables; read once."""
    data = files("paraph.extract").joinpath("data")
    return CueEngine.from_tables(
        {
            name: data.joinpath(f"{name}.tsv").read_text("utf-8")
            for name in ("anchors", "mood", "context", "topic", "voice")
        }
    )
