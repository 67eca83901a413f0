"""Mood: what the words around an anchor say about its stage, whether it lies ahead and how sure it is.

Evidence is named features, each with the index of the token that bears it, or -1. A feature's name tells how it was found
("st=sign/will/object": the governing verb, of which the anchor is the object, is a signing one in the future). The weights
say what each counts; see tables.py. One feature is a decision of its own: the guidelines' table applied to the governing
predicate ("rule=signed/True/certain").
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cache

from paraph.extract.clauses import governor
from paraph.extract.layout import Role
from paraph.extract.parse import Parse
from paraph.extract.places import Place
from paraph.extract.plain import HEADING_TOKENS, TRIGGERS, Verdict, awaited, headed, plainly, question, verbless
from paraph.extract.states import judge, state_words
from paraph.extract.tables import word_classes
from paraph.extract.verbs import ADVERBS, BE, CARRIERS, HAVE, LOOSE, NEGATIONS, SPEECH, VerbGroup, verb_groups

__all__ = ["Scene", "mood", "mood_features"]

STAGE_CLASSES = frozenset(("idea", "talks", "agreed", "signed", "in_force", "stalled", "ended"))
TIME_CLASSES = frozenset(("possible", "probable", "ahead", "past"))
# Words after which a cue speaks of something else.
_BREAKS = frozenset("; — – but while although though whereas which who".split())
# Words that put a clause under another: what they open is a condition, a time or a content.
_SUBORDINATORS = frozenset(
    """if unless whether once when until till before after since because although though while as which who that under
    where""".split()
)
_PARTING = _BREAKS | _SUBORDINATORS
# How far near, middle and far cues are, in tokens. Set once, not tuned.
NEAR, MIDDLE = 3, 8
# Words beside an anchor that count by themselves. Set once, not tuned; nor are the reaches below.
WINDOW = 6
# Tokens after "is" in which its complement is looked for ("is on the agenda").
COMPLEMENT = 4
# How far from an anchor anything counts, in tokens: 99 % of the sentences in gold/train are shorter, and a text without full
# stops must not cost the square of its length.
REACH = 80
# How far from an anchor the noun of state may stand that holds it ("talks on the possible sale of").
NOUN_REACH = 8
# How many of the nearest cues of a kind count by themselves on each side.
NEAREST = 2
_REPORTED = frozenset("said told added announced according reported promised".split())
_COPULAS = BE | frozenset(
    """be been being remain remains remained stay stays stayed seem seems seemed become becomes became look looks looked
    appear appears""".split()
)
_SMALL = frozenset(
    "a an the in on under at very now still also already not yet all well of most so more fully largely currently too".split()
)


@cache
def _moods() -> dict[str, str]:
    return {word: name for name, words in reversed(word_classes("moods").items()) for word in words}


class Scene:
    """What mood features need of one sentence, made once for all its anchors: its words behind those of its lead-in."""

    def __init__(self, parse: Parse, n: int) -> None:
        sentence = parse.sentence(n)
        first, stop = parse.ranges[n]
        self.ids = list(range(first, stop))
        self.offset = 0
        if sentence.lead is not None:
            a, b = parse.ranges[sentence.lead]
            a = max(a, b - REACH)
            self.ids = [*range(a, b), *self.ids]
            self.offset = b - a
        tokens = parse.tokens
        self.first = first
        self.role = sentence.role
        self.heading = sentence.heading
        self.lead = sentence.lead
        # What the short line above says of the list, once looked for.
        self.line: tuple[Verdict | None] | None = None
        self.lowers = lowers = [tokens.lowers[i] for i in self.ids]
        # Words that part a sentence: what stands behind one speaks of something else or in another way.
        self.parting = [word in _PARTING for word in lowers]
        self.plain = not TRIGGERS.isdisjoint(lowers)
        words = [tokens.words[i] for i in self.ids]
        self.classes = [parse.classes[i] for i in self.ids]
        headline = sentence.role in (Role.TITLE, Role.HEADING) or lowers[-1:] not in (["."], ["”"], ['"'])
        self.groups = verb_groups(lowers, words, 0, self.offset) if self.offset else []
        self.groups += verb_groups(lowers, words, self.offset, len(self.ids), headline)
        self.reported = any(word in _REPORTED for word in lowers)
        self.negated = [False] * len(lowers)
        for i, classes in enumerate(self.classes):
            if classes and "negation" in classes:
                self.negated[i + 1 : i + 4] = [True] * len(self.negated[i + 1 : i + 4])
        self.moods: dict[VerbGroup, str] = {}
        self.states: dict[VerbGroup, tuple[str, int]] = {}
        self.firsts = [group.first for group in self.groups]
        self.order = {group: at for at, group in enumerate(self.groups)}
        finite = False
        for group in self.groups:
            named = mood(lowers, group, self.reported)
            # "Poland to buy tanks": in a headline an infinitive without a verb above it is a future.
            if (
                named == "infinitive"
                and not finite
                and group.first > self.offset
                and words[group.first] == "to"
                and words[group.first - 1][0].isupper()
            ):
                named = "to-will"
            finite = finite or (group.form not in LOOSE and lowers[group.last] not in SPEECH)
            self.moods[group] = named
            self.states[group] = _state(lowers, group)

    def near(self, begin: int, end: int) -> list[VerbGroup]:
        """Return the verb groups within reach of a phrase."""
        return self.groups[bisect_left(self.firsts, begin - REACH) : bisect_right(self.firsts, end + REACH)]

    def before(self, group: VerbGroup) -> Iterator[VerbGroup]:
        """Yield the groups on the left of one, the nearest first."""
        for at in range(self.order[group] - 1, -1, -1):
            yield self.groups[at]


def _state(lowers: list[str], group: VerbGroup) -> tuple[str, int]:
    """Return the class of what a group says, and where it stands: that of its verb or, after "is", of the complement."""
    verbs, nouns = state_words()
    word = lowers[group.last]
    if word in _COPULAS:
        for i in range(group.last + 1, min(group.last + 1 + COMPLEMENT, len(lowers))):
            word = lowers[i]
            if word in ("hold", "ice") and lowers[i - 1] == "on":
                return "stall", i
            name = verbs.get(word) or nouns.get(word)
            if name is not None:
                return name, i
            if word not in _SMALL:
                break
        return "be", group.last
    if word in HAVE:
        return "have", group.last
    if group.last + 1 < len(lowers):
        name = verbs.get(f"{word} {lowers[group.last + 1]}")
        if name is not None and lowers[group.last + 2 : group.last + 3] in (["force"], ["effect"]):
            return "run", group.last
        if name is not None:
            return name, group.last
    return ("report" if word in SPEECH and not group.passive and word not in verbs else verbs.get(word, "")), group.last


def mood(lowers: list[str], group: VerbGroup, reported: bool) -> str:
    """Return the mood of a verb group: its modal, what carries its infinitive, or its form; "!" in front where negated."""
    words = lowers[group.first : group.last + 1]
    sign = "!" if group.negated else ""
    named = _moods()
    if words[-1] in _COPULAS and group.form not in LOOSE:
        # "is likely", "are possible": the complement's mood.
        words = words + [word for word in lowers[group.last + 1 : group.last + 4] if word not in _SMALL][:1]
    bare = all(word in BE or word in HAVE or word in NEGATIONS or word in ADVERBS for word in words[:-1])
    for word in words if bare else words[:-1]:
        name = named.get(word)
        if name is not None:
            modal = next((w for w in words if w in ("may", "might", "could", "would", "will", "can")), "")
            return sign + name + ("/" + modal if modal else "")
    head = words[0]
    if group.form == "future" or head in ("will", "'ll", "shall"):
        return sign + "will"
    if head == "would":
        return sign + ("would-past" if reported else "would")
    if head in ("may", "might", "could", "can", "should", "must"):
        return sign + ("may" if head in ("might", "could") else head)
    if head in ("is", "are", "was", "were") and "to" in words[1:3]:
        return sign + "is-to"
    if head in ("has", "have", "had") and "to" in words[1:3]:
        return sign + "has-to"
    if len(words) > 1 and words[-1].endswith("ing") and head in ("is", "are", "was", "were", "has", "have"):
        return sign + "progressive"
    return sign + group.form


def _tag(word: str) -> str:
    name = _moods().get(word, "")
    return "" if name == "fut" else name


def _hanging(scene: Scene, group: VerbGroup) -> VerbGroup | None:
    """Return the group that a loose one hangs on ("agreed | to build"), coordinated loose ones passed over, or None."""
    if scene.moods[group].lstrip("!") not in LOOSE:
        return None
    found = None
    for other in scene.before(group):
        gap = scene.lowers[other.last + 1 : (found or group).first]
        if len(gap) > REACH or not _BREAKS.isdisjoint(gap):
            break
        found = other
        if scene.moods[other].lstrip("!") not in LOOSE or _AND.isdisjoint(gap):
            break
    return found


_AND = frozenset(("and", "or", ","))


def _effective(scene: Scene, group: VerbGroup, above: VerbGroup | None) -> str:
    """Return the mood of a group or, where it hangs on another, that one's with the group's own form and what links them."""
    if above is None:
        return scene.moods[group]
    link = _moods().get(scene.lowers[group.first - 1], "") if group.first - 1 > above.last else ""
    return f"{scene.moods[above]}>{link or group.form[:3]}{_tag(scene.lowers[above.last])}"


def mood_features(parse: Parse, place: Place, scene: Scene) -> dict[str, int]:
    """Return the evidence for stage, ahead and certainty of one anchor."""
    lowers, classes, ids = scene.lowers, scene.classes, scene.ids
    shift = scene.offset - scene.first
    size = len(ids)
    first, last = place.first + shift, min(place.last + shift, size - 1)
    begin, end = place.chain[0] + shift, min(place.chain[1] + shift, size - 1)
    lead = "+lead" if scene.offset else ""
    found: dict[str, int] = {"role=" + scene.role + lead: -1}
    own: set[str] = set()
    for i in range(first, last + 1):
        found["aw=" + lowers[i]] = ids[i]
        for name in classes[i]:
            found["ac:" + name] = ids[i]
            own.add(name)
    found["a-first=" + lowers[first]] = ids[first]
    found["a-last=" + lowers[last]] = ids[last]
    if begin != first:
        found["chained"] = -1

    group, role, above = governor(scene.near(begin, end), lowers, begin, end)
    _predicate(found, scene, group, role, above, begin, own)
    mooded = scene.moods[group] if group is not None else "none"
    after = bisect_right(scene.firsts, end)
    following = scene.groups[after] if after < len(scene.groups) else None
    if following is not None and following is not group:
        found[f"x:form={following.form}"] = ids[following.first]
        found[f"x:mood={scene.moods[following]}"] = ids[following.first]
        found[f"x:m={lowers[following.last]}"] = ids[following.last]
        over, there = scene.states[following]
        if over:
            found[f"xs={over}"] = ids[there]
            found[f"xs={over}/{scene.moods[following]}"] = ids[there]
    _sides(found, scene, begin, end, mooded)
    if scene.heading is not None:
        for i in range(*parse.ranges[scene.heading]):
            for name in parse.classes[i]:
                found.setdefault("head:" + name, i)
    verdict = _verdict(parse, scene, group, role, begin, end)
    if verdict is not None:
        bearer = ids[verdict.bearer] if verdict.bearer >= 0 else -1
        found["plain:stage=" + verdict.stage] = bearer
        if verdict.certainty:
            found[f"plain:ahead={verdict.ahead}"] = bearer
            found["plain:certainty=" + verdict.certainty] = bearer
    return found


def _verdict(parse: Parse, scene: Scene, group: VerbGroup | None, role: str, begin: int, end: int) -> Verdict | None:
    """Return what is plainly said of a phrase: in its clause, in a question, or by the short line that its list stands under."""
    if scene.plain and begin >= scene.offset:
        found = _said(scene, group, role, begin, end)
        if found is not None:
            return found
    if scene.role is Role.ITEM and scene.line is None:
        scene.line = (_headed(parse, scene),)
    return scene.line[0] if scene.line else None


def _said(scene: Scene, group: VerbGroup | None, role: str, begin: int, end: int) -> Verdict | None:
    lowers = scene.lowers
    state, where = ("", 0) if group is None else scene.states[group]
    if lowers[where] == "no":
        # "there is no": the predicate says that something is, the "no" stands for itself.
        state = "be"
    named = "" if group is None else scene.moods[group]
    found = question(lowers, group, state, scene.offset)
    if found is None:
        found = plainly(lowers, begin, end, group, role, state, named)
    after = bisect_right(scene.firsts, end)
    if found is None and group is not None and after < len(scene.groups):
        following = scene.groups[after]
        found = awaited(lowers, end, group, following, scene.states[following][0], scene.moods[following])
    return found


def _headed(parse: Parse, scene: Scene) -> Verdict | None:
    if not verbless(scene.groups, scene.offset):
        return None
    for n in (scene.lead, scene.heading):
        if n is not None:
            a, b = parse.ranges[n]
            found = headed(parse.tokens.lowers[a:b])
            if found is not None:
                stage, ahead, certainty, at = found.stage, found.ahead, found.certainty, found.bearer
                # Places are those of the scene, whose first tokens are the lead-in's; a heading is not among them.
                return Verdict(stage, ahead, certainty, at if n == scene.lead else -1)
            if b - a > HEADING_TOKENS:
                return None
    return None


def _predicate(
    found: dict[str, int],
    scene: Scene,
    group: VerbGroup | None,
    role: str,
    above: VerbGroup | None,
    begin: int,
    own: set[str],
) -> None:
    """Add what the governing verb group says, with the noun of state between it and the anchor."""
    lowers, classes, ids = scene.lowers, scene.classes, scene.ids
    floor = -1 if group is None or group.last >= begin else group.last
    noun, at = _noun(lowers, begin, floor)
    if noun:
        found[f"hn={noun}"] = ids[at]
        found[f"hw={lowers[at]}"] = ids[at]
    in_lead = group is not None and group.last < scene.offset
    found["grole=" + role + ("+lead" if in_lead else "")] = -1
    if group is None:
        for name in own:
            found["nog+" + name] = -1
        if noun:
            found[f"nog+hn={noun}"] = ids[at]
            _rule(found, "", "", noun, role, ids[at])
        return
    _describe(found, scene, group, role)
    holder = _hanging(scene, group)
    effective = _effective(scene, group, holder)
    base = effective.split(">")[0]
    bearer = ids[group.first]
    state, where = scene.states[group]
    voice = "/p" if group.passive else ""
    found["em=" + effective] = bearer
    found["emb=" + base] = bearer
    found[f"emr={effective}/{role}{voice}"] = bearer
    tag = _tag(lowers[group.last])
    if tag:
        found[f"emt={base}+{tag}"] = ids[group.last]
    for name in classes[group.last]:
        found[f"em+c={base}+{name}"] = ids[group.last]
    found[f"em+m={base}+{lowers[group.last]}"] = ids[group.last]
    for name in STAGE_CLASSES.intersection(own):
        found[f"em+a={base}+{name}"] = bearer
    if above is not None:
        found[f"gu={scene.moods[group]}<{scene.moods[above]}"] = ids[above.first]
        over, there = scene.states[above]
        if over:
            found[f"up={over}"] = ids[there]
            found[f"up+st={over}/{state}"] = ids[there]
            found[f"up+m={over}/{scene.moods[above]}"] = ids[there]
    if state:
        found[f"st={state}"] = ids[where]
        found[f"st={state}/{role}{voice}"] = ids[where]
        found[f"st={state}/{effective}"] = ids[where]
        found[f"stb={state}/{base}"] = ids[where]
        if noun:
            found[f"st+hn={state}/{noun}"] = ids[at]
    if noun:
        found[f"hn+m={noun}/{base}"] = ids[at]
    promise = _promised(scene, group)
    if promise is not None:
        found[f"of={promise[0]}/{lowers[group.first]}"] = promise[2]
        state, effective = promise[0], promise[1]
    elif holder is not None and state in _CONTENTS:
        state = scene.states[holder][0] or state
        found[f"sth={state}/{base}"] = ids[where]
    told = _told(scene, group)
    if told is not None:
        found[f"that={lowers[told]}"] = ids[told]
        found[f"that+st={state_words()[0].get(lowers[told], '')}/{state}"] = ids[told]
        found[f"that+m={state_words()[0].get(lowers[told], '')}/{base}"] = ids[told]
    _rule(found, state, effective, noun if role == "object" else "", role, ids[where])


def _promised(scene: Scene, group: VerbGroup) -> tuple[str, str, int] | None:
    """Return class, mood and place of the verb that takes the noun which carries an infinitive: "rejected | a plan to buy"."""
    if group.form != "infinitive" or scene.lowers[group.first] not in CARRIERS:
        return None
    other = next(scene.before(group), None)
    if other is None or group.first - other.last > MIDDLE or scene.states[other][0] not in _DECIDING:
        return None
    if not _BREAKS.isdisjoint(scene.lowers[other.last + 1 : group.first]):
        return None
    return scene.states[other][0], scene.moods[other], scene.ids[other.last]


def _told(scene: Scene, group: VerbGroup) -> int | None:
    """Return the place of the verb whose content the group's clause is: "denied | that it was negotiating"."""
    other = next(scene.before(group), None)
    if other is not None and "that" in scene.lowers[other.last + 1 : min(group.first, other.last + 3)]:
        return other.last
    return None


_DECIDING = frozenset(("sign", "agree", "end", "stall", "talks", "idea", "consider"))
# Classes of verbs that say what a deal contains, so that the verb above tells its state ("signed a deal to build").
_CONTENTS = frozenset(("", "do", "buy", "run", "grow", "be", "have", "hold", "report"))


def _rule(found: dict[str, int], state: str, effective: str, noun: str, role: str, bearer: int) -> None:
    stage, ahead, certainty = judge(state, effective, noun)
    found[f"rule={stage}/{ahead}/{certainty}"] = bearer
    found[f"rs={stage}"] = bearer
    found[f"rs={stage}/{role}"] = bearer
    found[f"ra={ahead}"] = bearer
    found[f"rc={certainty}"] = bearer


def _noun(lowers: list[str], begin: int, floor: int) -> tuple[str, int]:
    """Return the class and place of the nearest noun of state on the left of an anchor, after its governing verb."""
    nouns = state_words()[1]
    for i in range(begin - 1, max(floor, begin - 1 - NOUN_REACH), -1):
        word = lowers[i]
        if word in _BREAKS:
            break
        name = nouns.get(word)
        if name is not None:
            return name, i
    return "", -1


def _sides(found: dict[str, int], scene: Scene, begin: int, end: int, mooded: str) -> None:
    """Add the cues on both sides by how far off they stand, the words beside the anchor and the nearest cues of each kind."""
    lowers, ids = scene.lowers, scene.ids
    size = len(ids)
    for side, order in (
        ("L", range(begin - 1, max(-1, begin - 1 - REACH), -1)),
        ("R", range(end + 1, min(size, end + 1 + REACH))),
    ):
        crossed = False
        stages = times = 0
        subordinated = False
        small = side.lower()
        for far, i in enumerate(order, 1):
            classes = scene.classes[i]
            if far > WINDOW and not classes and not scene.parting[i]:
                continue
            word = lowers[i]
            crossed = crossed or word in _BREAKS
            if classes:
                zone = "3" if crossed else "0" if far <= NEAR else "1" if far <= MIDDLE else "2"
                for name in classes:
                    found.setdefault(f"{side}{zone}:{name}", ids[i])
                    if scene.negated[i]:
                        found.setdefault(f"{side}N:{name}", ids[i])
                if stages < NEAREST and not STAGE_CLASSES.isdisjoint(classes):
                    stages += 1
                    found[f"{side}n{stages}=" + "+".join([c for c in classes if c in STAGE_CLASSES])] = ids[i]
                    found[f"{side}nw{stages}={word}"] = ids[i]
                if times < NEAREST and not TIME_CLASSES.isdisjoint(classes):
                    times += 1
                    kind = "+".join([c for c in classes if c in TIME_CLASSES])
                    found[f"{side}t{times}={kind}"] = ids[i]
                    if times == 1:
                        found[f"{side}t+m={kind}/{mooded}"] = ids[i]
            if far <= WINDOW:
                found.setdefault(f"{small}w={word}", ids[i])
            if side == "L" and word in _SUBORDINATORS:
                if not subordinated:
                    found["sub=" + word] = ids[i]
                subordinated = True


def _describe(found: dict[str, int], scene: Scene, group: VerbGroup, role: str) -> None:
    """Add the words and cue classes of the governing group, its main verb, and the words behind it."""
    lowers, classes, ids = scene.lowers, scene.classes, scene.ids
    main = ids[group.last]
    voice = "/p" if group.passive else ""
    found[f"g:form={group.form}{voice}{'/n' if group.negated else ''}"] = ids[group.first]
    state = scene.moods[group]
    found[f"g:mood={state}"] = ids[group.first]
    for i in range(group.first, group.last + 1):
        found[f"g:w={lowers[i]}"] = ids[i]
        for name in classes[i]:
            found[f"g:c={name}"] = ids[i]
            found[f"g:cf={name}/{group.form}"] = ids[i]
    for name in classes[group.last]:
        found[f"g:mc={name}"] = main
        found[f"g:mm={name}/{state}"] = main
        found[f"g:mcr={name}/{role}{voice}"] = main
    found[f"g:m={lowers[group.last]}"] = main
    found[f"g:mf={lowers[group.last]}/{group.form}"] = main
    for i in range(group.last + 1, min(group.last + 3, len(lowers))):
        found[f"g:a={lowers[i]}"] = ids[i]
        for name in classes[i]:
            found[f"g:ac={name}"] = ids[i]
