"""Who may use a desk over the network: people with a role and a password, their tokens, and browsers that are signed in.

Kept is what a secret can be checked against, never the secret: of a password its argon2 hash, of tokens and sessions (256
random bits each) the SHA-256. A name that is not known takes as long to refuse as a wrong password. None of this leaves the
desk with ``paraph export``.

Not handled here: how often somebody may try (the pages do that), and sending secrets to anybody.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, func, insert, select, update

from paraph.desk.identity import utc
from paraph.desk.schema import people, sessions, tokens
from paraph.errors import DeskError, NotOnDesk, UsageError
from paraph.settings import Settings

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = [
    "PREFIX",
    "Person",
    "Role",
    "Session",
    "Token",
    "add_person",
    "add_token",
    "all_people",
    "any_people",
    "by_token",
    "change_password",
    "change_role",
    "check_password",
    "disable",
    "enable",
    "end_session",
    "end_sessions",
    "may",
    "named",
    "new_session",
    "rehash",
    "revoke_token",
    "session_of",
    "session_seen",
    "sessions_of",
    "sweep",
    "token_used",
    "tokens_of",
]

# What a token begins with, so that people, and programs that look for leaked secrets, know it for one.
PREFIX = "paraph_"
# Random bytes of a token and of a session's id: 256 bits, beyond all guessing, so that a plain hash is enough to keep.
SECRET_BYTES = 32
# The longest of a person's or token's name; fits in a line of the log of decisions. Set by eye.
LONGEST_NAME = 80
# The longest password that is looked at: hashing more would be work that strangers can ask for. Set by eye.
LONGEST_PASSWORD = 1_000
# A session's end is moved on, and a token's last use written, no more often than this: each is a write to the desk. Set by eye.
TOUCH = timedelta(minutes=5)

_NAME = re.compile(r"[^\x00-\x1f\x7f\x80-\x9f\u2028\u2029\ud800-\udfff]+")


class Role(StrEnum):
    """What a person may do, each also what those before may: look; decide; and look after the desk and its people."""

    READER = "reader"
    REVIEWER = "reviewer"
    KEEPER = "keeper"


def may(role: Role, needed: Role) -> bool:
    """Tell whether somebody of a role may do what needs another."""
    order = list(Role)
    return order.index(role) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may use the desk. ``password`` says whether there is one; ``disabled`` since when they may not come in."""

    id: int
    name: str
    role: Role
    password: bool
    added: datetime
    disabled: datetime | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a person, without its secret: ``id`` names it for revoking, ``name`` says what it is for."""

    id: int
    person: str
    name: str
    added: datetime
    used: datetime | None = None
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in, or that only said a name (``person`` is None then), until ``expires``."""

    name: str
    person: Person | None
    created: datetime
    seen: datetime
    expires: datetime


# People.


def add_person(
    connection: Connection, name: str, role: Role, *, password: str | None = None, now: datetime, settings: Settings
) -> Person:
    """Add a person; without a password they come in by tokens alone.

    Raises UsageError for a name or password that will not do, DeskError for a name that is taken or one person too many.
    """
    name = _name(name, "a person's name")
    hashed = None if password is None else _hashed(_password(password, settings))
    if connection.execute(select(people.c.id).where(people.c.name == name)).first():
        raise DeskError(f"person “{name}” is on the desk already (choose another name, or change that one)")
    if connection.execute(select(func.count()).select_from(people)).scalar_one() >= settings.max_people:
        raise DeskError(f"person “{name}”: the desk has {settings.max_people} people already (raise max_people)")
    values = {"name": name, "role": str(role), "password": hashed, "added": utc(now)}
    connection.execute(insert(people).values(values))
    return named(connection, name)


def any_people(connection: Connection) -> bool:
    """Tell whether the desk has people at all; while it has none, nobody can sign in."""
    return connection.execute(select(people.c.id).limit(1)).first() is not None


def all_people(connection: Connection) -> list[Person]:
    """Return everybody, disabled ones included, by name."""
    rows = connection.execute(select(people)).all()
    return sorted(map(_person, rows), key=lambda person: (person.name.casefold(), person.name))


def named(connection: Connection, name: str) -> Person:
    """Return a person by name. Raises DeskError for none."""
    row = _row(connection, name)
    if row is None:
        raise NotOnDesk(f"person “{name.strip()}” is not on the desk (`paraph people list` names those there are)")
    return _person(row)


def change_role(connection: Connection, name: str, role: Role) -> None:
    """Give a person another role. Raises DeskError for nobody of that name, and for the last keeper."""
    person = named(connection, name)
    if not may(role, Role.KEEPER):
        _not_the_last(connection, person)
    connection.execute(update(people).where(people.c.id == person.id).values(role=str(role)))


def disable(connection: Connection, name: str, *, now: datetime) -> None:
    """Keep a person out from now on: no password or token of theirs is taken, their sessions end. What they decided stays.

    Raises DeskError for nobody of that name, and for the last keeper.
    """
    person = named(connection, name)
    if person.disabled is not None:
        return
    _not_the_last(connection, person)
    connection.execute(update(people).where(people.c.id == person.id).values(disabled=utc(now)))
    end_sessions(connection, person)


def enable(connection: Connection, name: str) -> None:
    """Let a person in again. Raises DeskError for nobody of that name."""
    connection.execute(update(people).where(people.c.id == named(connection, name).id).values(disabled=None))


def change_password(connection: Connection, name: str, password: str, *, settings: Settings) -> None:
    """Give a person another password and end their sessions. Raises UsageError for one that will not do, DeskError for nobody."""
    person = named(connection, name)
    hashed = _hashed(_password(password, settings))
    connection.execute(update(people).where(people.c.id == person.id).values(password=hashed))
    end_sessions(connection, person)


def check_password(connection: Connection, name: str, password: str) -> tuple[Person, bool] | None:
    """Return the person whose name and password these are; None for any other, after the same time.

    The second value says whether the password was hashed with weaker parameters than those of today, so that it is to be
    hashed anew (``rehash``). Reads only: what takes a tenth of a second keeps nobody from writing.
    """
    from argon2.exceptions import InvalidHashError, VerificationError

    row = _row(connection, name)
    known = row is not None and row.password is not None and row.disabled is None
    nobody = _nobody()  # made in either case: the first time it takes as long as checking one
    hashed = str(row.password) if known else nobody
    try:
        _hasher().verify(hashed, _bytes(_normal(password[:LONGEST_PASSWORD])))
    except (VerificationError, InvalidHashError):
        return None
    if not known or len(password) > LONGEST_PASSWORD:
        return None
    return _person(row), _hasher().check_needs_rehash(hashed)


def rehash(connection: Connection, person: Person, password: str) -> None:
    """Hash a password that was found right with the parameters of today."""
    hashed = _hashed(_normal(password))
    connection.execute(update(people).where(people.c.id == person.id).values(password=hashed))


def _not_the_last(connection: Connection, person: Person) -> None:
    """Raise DeskError where nobody would be left who may look after the desk."""
    others = select(people.c.id).where(
        people.c.role == str(Role.KEEPER), people.c.disabled.is_(None), people.c.id != person.id
    )
    if person.role is Role.KEEPER and person.disabled is None and not connection.execute(others.limit(1)).first():
        raise DeskError(f"person “{person.name}” is the desk's last keeper (make somebody else a keeper first)")


def _row(connection: Connection, name: str) -> Any:
    return connection.execute(select(people).where(people.c.name == _normal(name).strip())).first()


def _person(row: Any) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        password=row.password is not None,
        added=_moment(row.added),
        disabled=_moment(row.disabled) if row.disabled else None,
    )


def _name(given: str, what: str) -> str:
    """Return a name in one form of its letters. Raises UsageError for one that is empty, too long or more than one line."""
    name = _normal(given).strip()
    if not name:
        raise UsageError(f"{what} is empty (give at least one letter)")
    if len(name) > LONGEST_NAME:
        raise UsageError(f"{what} has {len(name)} characters (give at most {LONGEST_NAME})")
    if not _NAME.fullmatch(name):
        raise UsageError(f"{what} holds a character that cannot be shown (give letters, digits, spaces)")
    return name


def _normal(text: str) -> str:
    # The same letters typed on two machines are to be the same (NFC), for names as for passwords.
    return unicodedata.normalize("NFC", text)


# Passwords.


def _password(given: str, settings: Settings) -> str:
    """Return a new password as it is hashed. Raises UsageError for one that is too short or too long; never shows it."""
    password = _normal(given)
    if len(password) < settings.min_password_chars:
        raise UsageError(
            f"the password has {len(password)} characters (give at least {settings.min_password_chars}; some words do well)"
        )
    if len(password) > LONGEST_PASSWORD:
        raise UsageError(f"the password has {len(password)} characters (give at most {LONGEST_PASSWORD})")
    return password


@cache
def _hasher() -> PasswordHasher:
    # The library's own parameters, those that RFC 9106 recommends for little memory (64 MiB, three passes, four lanes).
    from argon2 import PasswordHasher

    return PasswordHasher()


def _hashed(password: str) -> str:
    return _hasher().hash(_bytes(password))


def _bytes(password: str) -> bytes:
    # Whatever a form may hold, halves of characters among it, is a password that does not fit, not an error.
    return password.encode("utf-8", "surrogatepass")


@cache
def _nobody() -> str:
    """Return the hash that a password is checked against where there is nobody of that name."""
    return _hashed(secrets.token_urlsafe(SECRET_BYTES))


# Tokens.


def add_token(
    connection: Connection, name: str, what_for: str, *, now: datetime, settings: Settings, days: float | None = None
) -> tuple[str, Token]:
    """Make a token for a person and return it with its row; it is kept nowhere and cannot be shown again.

    ``days`` is how long it is good for (for good where None). Raises DeskError for nobody of that name, a name of a token
    that the person has already, and one token too many; UsageError for a name or time that will not do.
    """
    person = named(connection, name)
    what_for = _name(what_for, "a token's name")
    if days is not None and not 0 < days <= LONGEST_DAYS:
        raise UsageError(f"a token is good for more than 0 and at most {LONGEST_DAYS} days, not {days}")
    mine = tokens_of(connection, person.name)
    if any(token.name == what_for for token in mine):
        raise DeskError(f"token “{what_for}” of {person.name} is there already (revoke it, or choose another name)")
    if len(mine) >= settings.max_tokens:
        raise DeskError(f"{person.name} has {len(mine)} tokens already (revoke one, or raise max_tokens)")
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    values = {
        "person_id": person.id,
        "name": what_for,
        "hash": _digest(secret),
        "added": utc(now),
        "expires": None if days is None else utc(now + timedelta(days=days)),
    }
    id = connection.execute(insert(tokens).values(values).returning(tokens.c.id)).scalar_one()
    return secret, next(token for token in tokens_of(connection, person.name) if token.id == id)


# The longest that a token is made for: a century is as good as for good, and a day far beyond the calendar is none.
LONGEST_DAYS = 36_500


def tokens_of(connection: Connection, name: str | None = None) -> list[Token]:
    """Return the tokens of a person (of everybody, where none is named), newest first, those that have run out included."""
    found = select(tokens, people.c.name.label("person")).join(people, people.c.id == tokens.c.person_id)
    if name is not None:
        found = found.where(people.c.id == named(connection, name).id)
    return [
        Token(
            id=row.id,
            person=row.person,
            name=row.name,
            added=_moment(row.added),
            used=_moment(row.used) if row.used else None,
            expires=_moment(row.expires) if row.expires else None,
        )
        for row in connection.execute(found.order_by(tokens.c.id.desc()))
    ]


def revoke_token(connection: Connection, id: int, *, owner: str | None = None) -> None:
    """Take a token back, by its number; only one of ``owner``'s, where that is given. Raises DeskError for none."""
    gone = delete(tokens).where(tokens.c.id == id)
    if owner is not None:
        gone = gone.where(tokens.c.person_id == named(connection, owner).id)
    if not connection.execute(gone).rowcount:
        raise NotOnDesk(f"token {id} is not on the desk (`paraph people list` names those there are)")


def by_token(connection: Connection, secret: str, *, now: datetime) -> tuple[Person, bool] | None:
    """Return whose token it is and whether its last use is to be written (``token_used``); None for one that is not good."""
    if not secret.startswith(PREFIX):
        return None
    found = (
        select(people, tokens.c.used, tokens.c.expires)
        .join(tokens, tokens.c.person_id == people.c.id)
        .where(tokens.c.hash == _digest(secret), people.c.disabled.is_(None))
    )
    row = connection.execute(found).first()
    if row is None or (row.expires is not None and row.expires <= utc(now)):
        return None
    return _person(row), row.used is None or _moment(row.used) + TOUCH <= now


def token_used(connection: Connection, secret: str, *, now: datetime) -> None:
    """Write that a token was used."""
    connection.execute(update(tokens).where(tokens.c.hash == _digest(secret)).values(used=utc(now)))


# Sessions.


def new_session(connection: Connection, who: Person | str, *, now: datetime, settings: Settings) -> tuple[str, Session]:
    """Sign a browser in, for a person or under a name alone, and return the session's id, which is kept nowhere.

    Sessions that have run out are swept away in passing. Raises UsageError for a name that will not do.
    """
    sweep(connection, now=now)
    person = who if isinstance(who, Person) else None
    name = person.name if person else _name(str(who), "the name")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    expires = now + timedelta(hours=settings.session_hours)
    values = {
        "hash": _digest(secret),
        "person_id": person.id if person else None,
        "name": name,
        "created": utc(now),
        "seen": utc(now),
        "expires": utc(expires),
    }
    connection.execute(insert(sessions).values(values))
    return secret, Session(name, person, now, now, expires)


def session_of(connection: Connection, secret: str, *, now: datetime) -> tuple[Session, bool] | None:
    """Return the session of an id, and whether its end is to be moved on (``session_seen``); None where it is none, or over.

    A session of somebody who was disabled is over. Reads only.
    """
    kept = [
        sessions.c.name.label("called"),
        *(sessions.c[name] for name in ("person_id", "created", "seen", "expires")),
    ]
    found = (
        select(people, *kept)
        .select_from(sessions.outerjoin(people, people.c.id == sessions.c.person_id))
        .where(sessions.c.hash == _digest(secret), sessions.c.expires > utc(now))
    )
    row = connection.execute(found).first()
    if row is None or row.disabled is not None:
        return None
    session = _session(row.called, None if row.person_id is None else _person(row), row)
    return session, session.seen + TOUCH <= now


def sessions_of(connection: Connection, person: Person, *, now: datetime) -> list[Session]:
    """Return the sessions of a person that are not over, the one last used first."""
    found = select(sessions).where(sessions.c.person_id == person.id, sessions.c.expires > utc(now))
    rows = connection.execute(found.order_by(sessions.c.seen.desc(), sessions.c.created.desc())).all()
    return [_session(row.name, person, row) for row in rows]


def _session(name: str, person: Person | None, row: Any) -> Session:
    return Session(name, person, _moment(row.created), _moment(row.seen), _moment(row.expires))


def session_seen(connection: Connection, secret: str, *, now: datetime, settings: Settings) -> None:
    """Move a session's end on, as it was just used; one that is over stays over."""
    moved = {"seen": utc(now), "expires": utc(now + timedelta(hours=settings.session_hours))}
    good = (sessions.c.hash == _digest(secret)) & (sessions.c.expires > utc(now))
    connection.execute(update(sessions).where(good).values(moved))


def end_session(connection: Connection, secret: str) -> None:
    """Sign a browser out; nothing happens for an id that is none."""
    connection.execute(delete(sessions).where(sessions.c.hash == _digest(secret)))


def end_sessions(connection: Connection, person: Person) -> int:
    """Sign all browsers of a person out; return how many."""
    return connection.execute(delete(sessions).where(sessions.c.person_id == person.id)).rowcount


def sweep(connection: Connection, *, now: datetime) -> int:
    """Delete the sessions that have run out; return how many."""
    return connection.execute(delete(sessions).where(sessions.c.expires <= utc(now))).rowcount


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
