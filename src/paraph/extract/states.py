"""States: what predicates and nouns say of a deal's state, and the guidelines' table that turns them into a stage."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from paraph.extract.lexicon import inflect

__all__ = ["judge", "state_words"]


@cache
def state_words() -> tuple[dict[str, str], dict[str, str]]:
    """Return the classes of verbs and of nouns (data/states.txt), each form in the first class that names it; read once."""
    verbs: dict[str, str] = {}
    nouns: dict[str, str] = {}
    section = ""
    for raw in files("paraph.extract").joinpath("data/states.txt").read_text("utf-8").splitlines():
        line = raw.strip()
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            kind, name = section.split(":")
            for entry in line.split(","):
                word, _, particle = entry.strip().partition(" ")
                for form in inflect(word[:-1]) if word.endswith("+") else (word,):
                    if form:
                        (verbs if kind == "verb" else nouns).setdefault(
                            f"{form} {particle}" if particle else form, name
                        )
    return verbs, nouns


# What a mood makes of a state: whether it lies ahead, and how sure it is.
_OUTLOOK = {
    "will": (True, "certain"), "to-will": (True, "certain"), "is-to": (True, "certain"), "fut": (True, "probable"),
    "plan": (True, "probable"), "should": (True, "probable"), "must": (True, "possible"), "may": (True, "possible"),
    "can": (True, "possible"), "would": (True, "possible"), "would-past": (True, "certain"), "has-to": (True, "possible"),
    "consider": (False, "possible"), "poss": (True, "possible"),
}  # fmt: skip
_STAGES = {
    "idea": "idea", "consider": "idea", "talks": "talks", "agree": "agreed", "sign": "signed", "buy": "signed", "do": "in_force",
    "run": "in_force", "grow": "in_force", "stall": "stalled", "end": "ended", "possible": "idea", "plan": "agreed",
}  # fmt: skip


def judge(state: str, named: str, noun: str) -> tuple[str, bool, str]:
    """Return stage, ahead and certainty by the guidelines' table for a predicate's class, its mood and the noun of state
    between it and the deal ("talks on"); stage "" where none of these says one.
    """
    negated = named.startswith("!")
    named, _, modal = named.lstrip("!").partition("/")
    named = named.partition(">")[0]
    ahead, certainty = _OUTLOOK.get(named, (False, "certain"))
    if modal in ("may", "might", "could", "would") and named in ("fut", "plan", "agree", "consider"):
        ahead, certainty = True, "possible"
    stage = _STAGES.get(state, "")
    if noun and state in ("", "be", "have", "do", "buy", "run", "hold", "report", "grow", "idea", "consider"):
        stage = _STAGES.get(noun, stage)
        if noun == "possible":
            ahead, certainty = True, "possible"
    elif (named in ("may", "poss") and state in ("", "be", "do", "buy", "hold", "run", "grow", "report")) or (
        named in ("fut", "plan") and state in ("", "be", "fut")
    ):
        stage = "agreed"
    elif named == "would" and state in ("", "be", "do", "buy", "hold", "run", "grow", "idea"):
        stage, ahead, certainty = "idea", False, "certain"
    elif noun == "talks" and state in ("agree", "sign"):
        stage = "talks" if state == "agree" else "agreed"
    elif noun == "possible" and state == "talks":
        certainty = "possible"
    if named == "wish":
        return ("idea", False, "certain") if not negated else ("ended", False, "certain")
    if named == "consider":
        return "talks" if stage == "talks" else "idea", False, "certain" if state == "talks" else "possible"
    if named == "agree":
        if stage in ("talks", "idea") or state == "consider":
            return "talks", state == "consider", "certain"
        return ("agreed", ahead, certainty) if not negated else ("ended", False, certainty)
    if named == "unlikely":
        return "ended", True, "probable"
    if named == "refuse":
        return "ended", ahead, certainty
    if state == "consider":
        certainty = "possible" if not ahead else certainty
    if ahead and state in ("buy", "grow"):
        stage = "agreed"
    if state == "buy" and named == "progressive":
        stage = "in_force"
    if negated and not state and not stage:
        # "was not satisfied": a verb that says nothing of deals says no more of them where it is negated.
        return "", ahead, certainty
    if negated:
        if state in ("end", "stall"):
            return "idea", ahead, "possible"
        if ahead:
            return "ended", True, "probable" if certainty != "possible" else "possible"
        return {"signed": "talks", "agreed": "talks", "talks": "idea"}.get(stage, "ended"), False, "certain"
    return stage, ahead, certainty
