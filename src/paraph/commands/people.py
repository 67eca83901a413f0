"""``paraph people …``: who may use the desk's pages over the network, what they may do there, and their tokens.

A password is asked for at the terminal, twice, or read from standard input; it is never an argument, which every user of the
machine could see and the shell would remember.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from paraph.commands.common import add_no_color, say, whole_number
from paraph.errors import UsageError
from paraph.exits import Exit

if TYPE_CHECKING:
    from paraph.desk import Desk
    from paraph.settings import Settings

__all__ = ["arguments", "run"]

_ROLES = ("reader", "reviewer", "keeper")
# Characters of standard input that are looked at for a password; one that is longer is refused by its length.
_MOST = 10_000


def arguments(name: str, parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its arguments."""
    verb = name.split()[1]
    if verb == "list":
        parser.add_argument(
            "-f", "--format", choices=("table", "json"), default="table", help="how to print them [table]"
        )
        add_no_color(parser)
        return
    if verb == "revoke":
        parser.add_argument(
            "number", type=whole_number, metavar="NUMBER", help="the token's number (paraph people list)"
        )
        return
    parser.add_argument(
        "name", metavar="NAME", help="the name with which they sign in, and which their decisions carry"
    )
    if verb == "role":
        parser.add_argument("role", choices=_ROLES, help="what they may do from now on")
    if verb == "add":
        parser.add_argument(
            "--role",
            choices=_ROLES,
            default="reader",
            help="readers look; reviewers decide as well; keepers also look after occasions, feeds and owners [reader]",
        )
    if verb in ("add", "password"):
        how = parser.add_mutually_exclusive_group()
        how.add_argument(
            "--password-stdin", action="store_true", help="read the password from the first line of standard input"
        )
        if verb == "add":
            how.add_argument("--no-password", action="store_true", help="let them in by tokens alone (a program)")
    if verb == "token":
        parser.add_argument("what", metavar="WHAT", help="what the token is for, to know it by later")
        parser.add_argument(
            "--days", type=whole_number, metavar="N", help="how long it is good for [until it is revoked]"
        )


def run(name: str, given: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from paraph.desk import open_desk
    from paraph.settings import Settings

    verb = name.split()[1]
    settings = Settings.from_environment()
    # Asked for before the desk is opened; and nobody else waits for it while somebody types.
    password = _password(given) if verb in ("add", "password") else None
    # Whom a desk knows may be told to it before anything else is on it.
    with open_desk(given.desk, settings=settings, create=verb == "add") as desk:
        if verb == "list":
            return _list(desk, given)
        return _change(desk, verb, given, password, settings)


def _change(desk: Desk, verb: str, given: argparse.Namespace, password: str | None, settings: Settings) -> int:
    from paraph.desk import people
    from paraph.desk.people import Role
    from paraph.show.safe import line

    told: list[str] = []
    with desk.begin() as connection:
        if verb == "add":
            first = not people.any_people(connection)
            role = Role(given.role)
            person = people.add_person(
                connection, given.name, role, password=password, now=desk.now(), settings=settings
            )
            out = f"added  {line(person.name)}, {role}"
            if first:
                told.append("from now on everybody signs in to see this desk in a browser")
            if not any(each.role is Role.KEEPER and not each.disabled for each in people.all_people(connection)):
                told.append(
                    "the desk has no keeper yet, who looks after it in the browser (paraph people add NAME --role keeper)"
                )
            if given.no_password:
                told.append(
                    f"without a password they come in by tokens (paraph people token {line(person.name)!r} WHAT)"
                )
        elif verb == "role":
            people.change_role(connection, given.name, Role(given.role))
            out = f"{line(given.name)} is a {given.role} now"
        elif verb == "password":
            people.change_password(connection, given.name, str(password), settings=settings)
            out = f"{line(given.name)} has a new password"
            told.append("their browsers are signed out; their tokens go on working (paraph people list, revoke)")
        elif verb == "disable":
            people.disable(connection, given.name, now=desk.now())
            out = f"{line(given.name)} may not come in any more"
            told.append("what they decided stays; paraph people enable lets them in again")
        elif verb == "enable":
            people.enable(connection, given.name)
            out = f"{line(given.name)} may come in again"
        elif verb == "token":
            secret, token = people.add_token(
                connection, given.name, given.what, now=desk.now(), settings=settings, days=given.days
            )
            out = secret
            told.append(f"token {token.id} of {line(token.person)} for {line(token.name)}; it is not shown again")
        else:
            people.revoke_token(connection, given.number)
            out = f"token {given.number} is revoked"
    # Told when it is kept, not before.
    from paraph.show.out import output

    with output(None) as sink:
        sink.write(f"{out}\n")
    for each in told:
        say(each)
    return Exit.DONE


def _password(given: argparse.Namespace) -> str | None:
    """Return the password that is to be set, None where there is to be none. Raises UsageError."""
    if getattr(given, "no_password", False):
        return None
    if given.password_stdin:
        # A line end of either kind is none of it, as a program's last line has one and a person's.
        text = sys.stdin.readline(_MOST).removesuffix("\n").removesuffix("\r")
        if not text:
            raise UsageError("--password-stdin: standard input is empty; write the password to it, in one line")
        return text
    if not sys.stdin.isatty():
        raise UsageError(
            "there is no terminal to ask for the password; give it on standard input, with --password-stdin"
        )
    from getpass import getpass

    password = getpass(f"password for {given.name}: ")
    if getpass("once more: ") != password:
        raise UsageError("the password was typed differently the second time; nothing was changed")
    return password


def _list(desk: Desk, given: argparse.Namespace) -> int:
    from paraph.desk import people
    from paraph.show.out import output

    with desk.look() as connection:
        everybody, tokens = people.all_people(connection), people.tokens_of(connection)
    with output(None) as sink:
        if given.format == "json":
            from paraph.show.people_list import person_dict
            from paraph.show.rows import json_page

            sink.write(json_page([person_dict(person, tokens) for person in everybody]))
        else:
            from paraph.show.people_list import print_people
            from paraph.show.terminal import console

            print_people(everybody, tokens, desk.now(), console(sink, color=not given.no_color))
    return Exit.DONE
