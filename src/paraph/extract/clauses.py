"""Clauses: which verb group governs a phrase, by a shallow reading of what stands between them."""

from __future__ import annotations

from paraph.extract.verbs import BE, CLAUSE_OPENERS, FINITE, LOOSE, RELATIVES, SPEECH, VerbGroup

__all__ = ["governor"]

CLAUSE_BREAKS = frozenset(
    "; : — – but while although though whereas because if unless when where which who whose".split()
) | {"that"}
# Most tokens between a subject's head and its verb, where a clause may also begin elsewhere ("a deal on gas with Iraq is").
SUBJECT_GAP = 6
# Two verb groups are side by side where at most one word ("already") parts them.
BESIDE = 2


def governor(
    groups: list[VerbGroup], lowers: list[str], first: int, last: int
) -> tuple[VerbGroup | None, str, VerbGroup | None]:
    """Return the group that governs the phrase of tokens ``first`` to ``last``, its role, and the group above that one.

    The role is "inside" where the phrase begins with the group's own main verb, "within" where it holds the whole group;
    "list" where a colon with nothing but the list stands between them; "object" where the nearest group to the left, no
    clause break between, takes the phrase; "subject" where the clause begins with the phrase and the next group on the
    right speaks of it; "far" where only a group of another clause is there; "" where there is none.
    """
    left: list[VerbGroup] = []
    right: list[VerbGroup] = []
    for group in groups:
        if group.first < first and group.last < first:
            if not _reports(lowers, group):
                left.append(group)
        elif group.first > last:
            if not _reports(lowers, group):
                right.append(group)
        elif group.first < first:
            return group, "inside", left[-1] if left else None
        elif group.first < group.last or group.form in ("present", "infinitive"):
            return group, "within", left[-1] if left else None
    above = left[-2] if len(left) > 1 else None
    if right and _opens_clause(lowers, left[-1] if left else None, right[0], first, last):
        return right[0], "subject", left[-1] if left else None
    if left:
        nearest = left[-1]
        crossed = colon = False
        for i in range(nearest.last + 1, first):
            word = lowers[i]
            colon = colon or word == ":"
            crossed = crossed or word in CLAUSE_BREAKS or word in SPEECH
        if not crossed:
            if "," in lowers[nearest.last + 1 : first] and nearest.form in LOOSE:
                listed = _before_colon(left, lowers, nearest.first)
                if listed is not None:
                    return listed, "list", nearest
            return nearest, "object", above
        if colon and lowers[nearest.last + 1 : first].count(":") == 1 and not right:
            return nearest, "list", above
    for n, group in enumerate(right):
        gap = range(last + 1, group.first)
        breaks = [i for i in gap if lowers[i] in CLAUSE_BREAKS or lowers[i] in SPEECH]
        if not breaks:
            return group, "subject", left[-1] if left else None
        # "the ships, which are new, are expected": behind the relative clause the subject's own verb follows.
        if lowers[breaks[0]] in RELATIVES and lowers[breaks[0] - 1] == "," and lowers[group.first - 1] == ",":
            return group, "subject", left[-1] if left else None
        if lowers[breaks[0]] not in RELATIVES:
            break
        # "the dialogue that exists already will be lifted": two finite verbs side by side, the second the subject's own.
        following = right[n + 1] if n + 1 < len(right) else None
        if following is not None and following.form in FINITE and following.first - group.last <= BESIDE:
            return following, "subject", left[-1] if left else None
    return (left[-1], "far", above) if left else (None, "", None)


def _opens_clause(lowers: list[str], left: VerbGroup | None, right: VerbGroup, first: int, last: int) -> bool:
    """Tell whether a phrase between two groups is the subject of the second: nothing parts them, and a new clause may begin
    before the phrase ("talks go on, and a deal is unlikely").
    """
    if right.form not in FINITE or (
        right.form == "past" and right.first == right.last and lowers[right.first] not in BE
    ):
        return False
    gap = lowers[last + 1 : right.first]
    if not gap:
        return True
    if left is None or len(gap) > SUBJECT_GAP or any(word in CLAUSE_OPENERS for word in gap):
        return False
    return any(word in CLAUSE_OPENERS for word in lowers[left.last + 1 : first])


def _reports(lowers: list[str], group: VerbGroup) -> bool:
    """Tell whether a group only reports speech: what it reports is a clause of its own, so it governs nothing beside it."""
    return lowers[group.last] in SPEECH and not group.passive and group.form in ("past", "present", "perfect", "gerund")


def _before_colon(left: list[VerbGroup], lowers: list[str], at: int) -> VerbGroup | None:
    """Return the last finite group before the colon that opens the list in which token ``at`` stands, if there is one."""
    for group in reversed(left):
        if group.last < at and group.form not in LOOSE:
            return group if ":" in lowers[group.last + 1 : at] else None
    return None
