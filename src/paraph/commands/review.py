"""``paraph review``: what a person decides about signals, deals and verdicts, written to the desk's log."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from paraph.commands.common import add_no_color
from paraph.errors import UsageError
from paraph.exits import Exit
from paraph.model import Outcome

if TYPE_CHECKING:
    from paraph.desk import Action, Desk

__all__ = ["add_decider", "arguments", "deal_id", "decide", "run", "signal_id", "user"]

LIST_FORMATS = ("table", "json", "jsonl")

_SIGNAL = ("signal", "SIGNAL", "the id of a signal, or its first digits (4 at least)")
_DEAL = ("deal", "DEAL", "the id of a deal or of a signal of it, or its first digits")

# What each decision is told beside its reason: name, how the help shows it, what it is.
WORDS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "accept": (_SIGNAL,),
    "reject": (_SIGNAL,),
    "unsure": (_SIGNAL,),
    "correct": (_SIGNAL, ("field", "FIELD", "the field that is wrong"), ("value", "VALUE", "what is right")),
    "merge": (_DEAL, ("other", "OTHER", "the id of the deal that is the same")),
    "split": (_DEAL, ("signals", "SIGNAL", "the ids of the signals that are another deal")),
    "overrule": (
        _DEAL,
        ("occasion", "OCCASION", "the occasion's name"),
        ("outcome", "OUTCOME", "what it really brought"),
    ),
    "own": (("publisher", "PUBLISHER", "a publisher's name or site"), ("owner", "OWNER", "who owns it")),
    "note": (_SIGNAL, ("words", "NOTE", "what is to be noted")),
    "undo": (("number", "NUMBER", "the number of the decision, as paraph review list tells it"),),
    "list": (),
}
CHOICES: dict[str, tuple[str, ...]] = {
    "field": ("stage", "ahead", "certainty", "source_type", "source", "parties", "sector", "instrument"),
    "outcome": tuple(map(str, Outcome)),
}


def add_decider(parser: argparse.ArgumentParser) -> None:
    """Give the command who decides, and why."""
    parser.add_argument("--reason", metavar="WORDS", help="why; it is kept in the log")
    parser.add_argument("--who", metavar="NAME", help="who decides [the user's name]")


def arguments(name: str, parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its arguments."""
    action = name.split()[1]
    for word, told, about in WORDS[action]:
        parser.add_argument(
            word,
            metavar=told,
            nargs="+" if word == "signals" else None,
            choices=CHOICES.get(word),
            help=_told(word, about),
        )
    if action == "list":
        parser.add_argument("--document", metavar="ID", help="only decisions about signals of this document")
        parser.add_argument("-f", "--format", choices=LIST_FORMATS, default="table", help="how to print them [table]")
        add_no_color(parser)
    elif action == "note":
        parser.add_argument("--who", metavar="NAME", help="who notes it [the user's name]")
    else:
        add_decider(parser)


def _told(word: str, about: str) -> str:
    return f"{about}: {', '.join(CHOICES[word])}" if word in CHOICES else about


def run(name: str, given: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from paraph.desk import open_desk
    from paraph.settings import Settings
    from paraph.show.out import output

    action = name.split()[1]
    with open_desk(given.desk, settings=Settings.from_environment(), create=False) as desk:
        if action == "list":
            return _list(desk, given)
        number = _ACTIONS[action](desk, given)
    with output(None) as sink:
        sink.write(f"decision {number}; paraph review undo {number} takes it back\n")
    return Exit.DONE


def decide(
    desk: Desk, given: argparse.Namespace, action: Action, signal: str | None, payload: Mapping[str, Any], **more: Any
) -> int:
    """Write a decision to the desk's log and return its number."""
    from paraph.desk import Review

    who = given.who if given.who is not None else user()
    if not who.strip():
        raise UsageError("who decides is empty; give a name with --who")
    reason = more.pop("reason", None) or getattr(given, "reason", None)
    return desk.decide(Review(action, who.strip(), signal=signal, payload=payload, reason=reason, **more))


def user() -> str:
    """Return the name of who is at this machine. Raises UsageError where it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        raise UsageError("who decides is not known; give a name with --who") from None


def deal_id(desk: Desk, given: str) -> str:
    """Return the id of the deal that an id or the beginning of one leads to. Raises DeskError."""
    return desk.deal(given).id


def signal_id(desk: Desk, given: str) -> str:
    """Return the id of the signal whose id begins so. Raises DeskError where there is none, UsageError for several."""
    begin = given.strip().lower()
    found = [each.id for each in desk.deal(given).sightings if each.id.startswith(begin)]
    if len(found) > 1:
        raise UsageError(f"signal {given!r} may be any of {', '.join(found[:5])}; give more of its id")
    return found[0] if found else begin


def _on_signal(action: str) -> Callable[[Desk, argparse.Namespace], int]:
    def act(desk: Desk, given: argparse.Namespace) -> int:
        from paraph.desk import Action

        return decide(desk, given, Action(action), signal_id(desk, given.signal), {})

    return act


def _correct(desk: Desk, given: argparse.Namespace) -> int:
    from paraph.desk import Action
    from paraph.desk.typed import typed_value

    payload = {"field": given.field, "value": typed_value(given.field, given.value)}
    return decide(desk, given, Action.CORRECT, signal_id(desk, given.signal), payload)


def _merge(desk: Desk, given: argparse.Namespace) -> int:
    from paraph.desk import Action

    return decide(desk, given, Action.MERGE, deal_id(desk, given.deal), {"other": deal_id(desk, given.other)})


def _split(desk: Desk, given: argparse.Namespace) -> int:
    from paraph.desk import Action

    signals = [signal_id(desk, each) for each in given.signals]
    return decide(desk, given, Action.SPLIT, deal_id(desk, given.deal), {"signals": signals})


def _overrule(desk: Desk, given: argparse.Namespace) -> int:
    from paraph.desk import Action

    payload = {"occasion": desk.occasion(given.occasion).name, "outcome": given.outcome}
    return decide(desk, given, Action.OVERRULE, deal_id(desk, given.deal), payload)


def _own(desk: Desk, given: argparse.Namespace) -> int:
    from paraph.desk import Action

    return decide(desk, given, Action.OWN, None, {"publisher": given.publisher, "owner": given.owner})


def _note(desk: Desk, given: argparse.Namespace) -> int:
    from paraph.desk import Action

    return decide(desk, given, Action.NOTE, signal_id(desk, given.signal), {}, reason=given.words)


def _undo(desk: Desk, given: argparse.Namespace) -> int:
    from paraph.desk import Action

    if not (given.number.isascii() and given.number.isdigit()):
        raise UsageError(f"{given.number!r} is no number of a decision; paraph review list tells them")
    return decide(desk, given, Action.UNDO, None, {}, undoes=int(given.number))


_ACTIONS: dict[str, Callable[[Desk, argparse.Namespace], int]] = {
    "accept": _on_signal("accept"),
    "reject": _on_signal("reject"),
    "unsure": _on_signal("unsure"),
    "correct": _correct,
    "merge": _merge,
    "split": _split,
    "overrule": _overrule,
    "own": _own,
    "note": _note,
    "undo": _undo,
}


def _list(desk: Desk, given: argparse.Namespace) -> int:
    from paraph.show.deal_page import print_decisions, review_dict
    from paraph.show.out import output
    from paraph.show.rows import json_object, json_page

    found = list(desk.reviews(document=given.document))
    with output(None) as sink:
        if given.format == "table":
            from paraph.show.terminal import console

            print_decisions(found, console(sink, color=not given.no_color))
        else:
            rows = [review_dict(review) for review in found]
            sink.write(json_page(rows) if given.format == "json" else "".join(json_object(row) + "\n" for row in rows))
    return Exit.DONE
