"""People, their passwords, tokens and sessions: who comes in, who does not, and that no secret stays behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from desks import Clock
from paraph.desk import Desk, people
from paraph.desk.exchange.whole import lines_of
from paraph.desk.people import Role, may
from paraph.desk.schema import metadata, sessions, tokens
from paraph.desk.schema import people as rows
from paraph.errors import DeskError, UsageError
from paraph.settings import Settings

WORDS = "four herons by the lake"


def add(desk: Desk, name: str = "Ana", role: Role = Role.REVIEWER, **rest: Any) -> people.Person:
    with desk.begin() as connection:
        given: dict[str, Any] = {"settings": desk.settings} | rest
        return people.add_person(connection, name, role, now=desk.now(), **given)


def check(desk: Desk, name: str, password: str) -> people.Person | None:
    with desk.look() as connection:
        found = people.check_password(connection, name, password)
    return found[0] if found else None


def everything(desk: Desk) -> str:
    with desk.look() as connection:
        return "\n".join(
            str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(select(table))
        )


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("needed", list(Role))
def test_each_role_may_what_those_before_it_may(role: Role, needed: Role) -> None:
    order = ["reader", "reviewer", "keeper"]
    assert may(role, needed) is (order.index(role) >= order.index(needed))


def test_a_person_comes_in_with_the_password_and_no_other(desk: Desk, clock: Clock) -> None:
    with desk.look() as connection:
        assert not people.any_people(connection)
    ana = add(desk, password=WORDS)
    add(desk, "Bo", Role.KEEPER)
    assert (ana.name, ana.role, ana.password, ana.added, ana.disabled) == ("Ana", "reviewer", True, clock(), None)
    assert check(desk, "Ana", WORDS) == ana
    assert check(desk, " Ana ", WORDS) == ana
    for name, password in (
        ("Ana", WORDS[:-1]),
        ("Ana", ""),
        ("ana", WORDS),
        ("Bo", WORDS),
        ("nobody", WORDS),
        ("Ana", WORDS + " " * 2_000),
        ("Ana", "half \ud800 of one"),
        ("\x00", "\x00"),
    ):
        assert check(desk, name, password) is None, (name, password)
    with desk.look() as connection:
        assert people.any_people(connection)
        assert [each.name for each in people.all_people(connection)] == ["Ana", "Bo"]
        assert not people.named(connection, "Bo").password
        with pytest.raises(DeskError, match="“Cy” is not on the desk"):
            people.named(connection, "Cy")
    assert WORDS not in everything(desk)


def test_the_same_letters_are_the_same_however_they_are_typed(desk: Desk) -> None:
    add(desk, "Jos\u00e9", password="pasaje de los \u00c1ngeles")
    assert check(desk, "Jose\u0301", "pasaje de los A\u0301ngeles") is not None


def test_a_name_that_is_not_known_is_checked_like_a_wrong_password(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    add(desk, password=WORDS)
    add(desk, "Bo")
    asked = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, hash: str | bytes, password: str | bytes) -> bool:
        asked.append(str(hash).split("$")[1:4])
        return bool(verify(self, hash, password))

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for name in ("Ana", "Bo", "nobody"):
        assert check(desk, name, "not the password") is None
    assert len(asked) == 3
    assert asked[0] == asked[1] == asked[2]  # the same work: one hash each, with the same parameters


@pytest.mark.parametrize("length", [12, 1_000])
def test_a_password_of_a_fitting_length_is_taken(desk: Desk, length: int) -> None:
    add(desk, password="x" * length)
    assert check(desk, "Ana", "x" * length)


@pytest.mark.parametrize(("length", "told"), [(11, "at least 12"), (1_001, "at most 1000"), (0, "at least 12")])
def test_another_is_not_and_is_not_shown(desk: Desk, length: int, told: str) -> None:
    with pytest.raises(UsageError, match=told) as caught:
        add(desk, password="x" * length)
    assert "xx" not in str(caught.value)
    with desk.look() as connection:
        assert people.all_people(connection) == []


def test_the_least_length_is_a_setting(desk: Desk) -> None:
    longer = replace(desk.settings, min_password_chars=20)
    with pytest.raises(UsageError, match="at least 20"):
        add(desk, password="x" * 19, settings=longer)
    assert add(desk, password="x" * 20, settings=longer).password
    with pytest.raises(UsageError, match="min_password_chars: 7 is out of range"):
        Settings(min_password_chars=7)


@pytest.mark.parametrize("name", ["", "  ", "a" * 81, "two\nlines", "bell\x07", "half\ud800", "\u2028"])
def test_names_that_will_not_do(desk: Desk, name: str) -> None:
    with pytest.raises(UsageError, match="a person's name"):
        add(desk, name)


def test_a_name_is_taken_once_and_people_have_a_bound(desk: Desk) -> None:
    two = replace(desk.settings, max_people=2)
    add(desk, "a" * 80, settings=two)
    add(desk, "Bo", settings=two)
    with pytest.raises(DeskError, match="“Bo” is on the desk already"):
        add(desk, "Bo", settings=two)
    with pytest.raises(DeskError, match="2 people already"):
        add(desk, "Cy", settings=two)


def test_a_password_hashed_with_weaker_parameters_is_hashed_again(desk: Desk) -> None:
    add(desk, password=WORDS)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(WORDS)
    with desk.begin() as connection:
        connection.execute(update(rows).values(password=weak))
    assert check(desk, "Ana", "wrong words here") is None
    with desk.look() as connection:
        assert connection.execute(select(rows.c.password)).scalar_one() == weak
    with desk.look() as connection:
        found = people.check_password(connection, "Ana", WORDS)
    assert found is not None
    assert found[1]
    with desk.begin() as connection:
        people.rehash(connection, found[0], WORDS)
    with desk.look() as connection:
        now = connection.execute(select(rows.c.password)).scalar_one()
        assert people.check_password(connection, "Ana", WORDS) == (found[0], False)
    assert now != weak
    assert not PasswordHasher().check_needs_rehash(str(now))
    assert check(desk, "Ana", WORDS)


def test_what_is_no_hash_lets_nobody_in(desk: Desk) -> None:
    add(desk, password=WORDS)
    with desk.begin() as connection:
        connection.execute(update(rows).values(password="no hash"))
    assert check(desk, "Ana", WORDS) is None


def test_who_is_disabled_stays_out_by_every_way(desk: Desk, clock: Clock) -> None:
    add(desk, "Bo", Role.KEEPER)
    ana = add(desk, password=WORDS)
    with desk.begin() as connection:
        token, _ = people.add_token(connection, "Ana", "script", now=clock(), settings=desk.settings)
        session, _ = people.new_session(connection, ana, now=clock(), settings=desk.settings)
    with desk.begin() as connection:
        people.disable(connection, "Ana", now=clock())
        people.disable(connection, "Ana", now=clock())
        assert people.named(connection, "Ana").disabled == clock()
        assert people.by_token(connection, token, now=clock()) is None
        assert people.session_of(connection, session, now=clock()) is None
        assert people.check_password(connection, "Ana", WORDS) is None
        # One that began meanwhile is no way in either.
        late, _ = people.new_session(connection, ana, now=clock(), settings=desk.settings)
        assert people.session_of(connection, late, now=clock()) is None
        people.enable(connection, "Ana")
        assert people.check_password(connection, "Ana", WORDS) == (ana, False)
        assert people.by_token(connection, token, now=clock()) == (ana, True)
        assert people.session_of(connection, session, now=clock()) is None  # that browser signs in again


def test_the_last_keeper_stays(desk: Desk, clock: Clock) -> None:
    add(desk, "Bo", Role.KEEPER)
    with desk.begin() as connection:
        with pytest.raises(DeskError, match="last keeper"):
            people.disable(connection, "Bo", now=clock())
        with pytest.raises(DeskError, match="last keeper"):
            people.change_role(connection, "Bo", Role.REVIEWER)
        people.change_role(connection, "Bo", Role.KEEPER)
    add(desk, "Cy", Role.KEEPER)
    with desk.begin() as connection:
        people.change_role(connection, "Bo", Role.READER)
        assert people.named(connection, "Bo").role is Role.READER
        with pytest.raises(DeskError, match="last keeper"):
            people.disable(connection, "Cy", now=clock())


def test_another_password_ends_the_sessions(desk: Desk, clock: Clock) -> None:
    ana = add(desk, password=WORDS)
    with desk.begin() as connection:
        secret, _ = people.new_session(connection, ana, now=clock(), settings=desk.settings)
        people.change_password(connection, "Ana", "another five good words", settings=desk.settings)
        assert people.session_of(connection, secret, now=clock()) is None
    assert check(desk, "Ana", WORDS) is None
    assert check(desk, "Ana", "another five good words")


def test_a_token_is_shown_once_and_only_its_hash_is_kept(desk: Desk, clock: Clock) -> None:
    ana = add(desk)
    with desk.begin() as connection:
        secret, token = people.add_token(connection, "Ana", "nightly", now=clock(), settings=desk.settings)
        other, _ = people.add_token(connection, "Ana", "laptop", now=clock(), settings=desk.settings)
    assert secret.startswith("paraph_")
    assert len(secret) == len("paraph_") + 43  # 256 bits
    assert secret != other
    kept = everything(desk)
    assert secret not in kept
    assert secret.removeprefix("paraph_") not in kept
    clock.go(minutes=1)
    with desk.begin() as connection:
        assert people.by_token(connection, secret, now=clock()) == (ana, True)
        people.token_used(connection, secret, now=clock())
        clock.go(minutes=4)
        assert people.by_token(connection, secret, now=clock()) == (ana, False)
        clock.go(minutes=1)
        assert people.by_token(connection, secret, now=clock()) == (ana, True)
        for wrong in ("", "paraph_", secret[:-1], secret.removeprefix("paraph_"), secret + "x", "paraph_\ud800"):
            assert people.by_token(connection, wrong, now=clock()) is None
        listed = people.tokens_of(connection, "Ana")
        assert [each.name for each in listed] == ["laptop", "nightly"]
        assert listed[1].used == clock() - timedelta(minutes=5)
        assert people.tokens_of(connection) == listed
        with pytest.raises(DeskError, match="“nightly” of Ana is there already"):
            people.add_token(connection, "Ana", " nightly ", now=clock(), settings=desk.settings)
        people.revoke_token(connection, token.id)
        assert people.by_token(connection, secret, now=clock()) is None
        with pytest.raises(DeskError, match=f"token {token.id} is not on the desk"):
            people.revoke_token(connection, token.id)


def test_a_token_is_revoked_by_whose_it_is(desk: Desk, clock: Clock) -> None:
    add(desk)
    add(desk, "Bo")
    with desk.begin() as connection:
        _, token = people.add_token(connection, "Ana", "script", now=clock(), settings=desk.settings)
        with pytest.raises(DeskError, match="is not on the desk"):
            people.revoke_token(connection, token.id, owner="Bo")
        people.revoke_token(connection, token.id, owner="Ana")
        assert people.tokens_of(connection) == []


def test_a_token_runs_out_and_there_is_a_bound(desk: Desk, clock: Clock) -> None:
    ana = add(desk)
    few = replace(desk.settings, max_tokens=2)
    with desk.begin() as connection:
        secret, token = people.add_token(connection, "Ana", "a week", now=clock(), settings=few, days=7)
        assert token.expires == clock() + timedelta(days=7)
        clock.go(days=7, seconds=-1)
        assert people.by_token(connection, secret, now=clock()) == (ana, True)
        clock.go(seconds=1)
        assert people.by_token(connection, secret, now=clock()) is None
        for days in (0, -1, 36_501, float("nan"), float("inf")):
            with pytest.raises(UsageError, match="a token is good for"):
                people.add_token(connection, "Ana", "odd", now=clock(), settings=few, days=days)
        people.add_token(connection, "Ana", "long", now=clock(), settings=few, days=36_500)
        with pytest.raises(DeskError, match="Ana has 2 tokens already"):
            people.add_token(connection, "Ana", "more", now=clock(), settings=few)


def test_a_session_lasts_as_long_as_it_is_used(desk: Desk, clock: Clock) -> None:
    ana = add(desk)
    short = replace(desk.settings, session_hours=1)
    with desk.begin() as connection:
        secret, made = people.new_session(connection, ana, now=clock(), settings=short)
    assert (made.name, made.person, made.expires) == ("Ana", ana, clock() + timedelta(hours=1))
    assert secret not in everything(desk)
    with desk.begin() as connection:
        clock.go(minutes=4)
        assert people.session_of(connection, secret, now=clock()) == (made, False)
        assert people.sessions_of(connection, ana, now=clock()) == [made]
        for _ in range(3):
            clock.go(minutes=50)
            found = people.session_of(connection, secret, now=clock())
            assert found is not None
            assert found[1]
            people.session_seen(connection, secret, now=clock(), settings=short)
        found = people.session_of(connection, secret, now=clock())
        assert found == (replace(made, seen=clock(), expires=clock() + timedelta(hours=1)), False)
        clock.go(hours=1)
        assert people.session_of(connection, secret, now=clock()) is None
        assert people.sessions_of(connection, ana, now=clock()) == []
        people.session_seen(connection, secret, now=clock(), settings=short)
        assert people.session_of(connection, secret, now=clock()) is None  # over stays over
        assert people.sweep(connection, now=clock()) == 1
        assert connection.execute(select(sessions)).all() == []


def test_a_name_alone_has_a_session_where_nobody_signs_in(desk: Desk, clock: Clock) -> None:
    with desk.begin() as connection:
        secret, made = people.new_session(connection, " Bo ", now=clock(), settings=desk.settings)
        assert (made.name, made.person) == ("Bo", None)
        assert people.session_of(connection, secret, now=clock()) == (made, False)
        with pytest.raises(UsageError, match="the name is empty"):
            people.new_session(connection, "", now=clock(), settings=desk.settings)
        people.end_session(connection, secret)
        people.end_session(connection, secret)
        assert people.session_of(connection, secret, now=clock()) is None


def test_all_sessions_of_one_person_end_and_no_others(desk: Desk, clock: Clock) -> None:
    ana, bo = add(desk), add(desk, "Bo")
    with desk.begin() as connection:
        for who in (ana, ana, bo, "Ana"):
            people.new_session(connection, who, now=clock(), settings=desk.settings)
        assert people.end_sessions(connection, ana) == 2
        left = connection.execute(select(sessions.c.name, sessions.c.person_id)).all()
    assert sorted(left, key=str) == [("Ana", None), ("Bo", bo.id)]


def test_sessions_that_ran_out_are_swept_when_another_begins(desk: Desk, clock: Clock) -> None:
    with desk.begin() as connection:
        people.new_session(connection, "Ana", now=clock(), settings=desk.settings)
        clock.go(hours=desk.settings.session_hours)
        people.new_session(connection, "Bo", now=clock(), settings=desk.settings)
        assert connection.execute(select(sessions.c.name)).scalars().all() == ["Bo"]


def test_nothing_of_it_leaves_the_desk(desk: Desk, clock: Clock) -> None:
    ana = add(desk, "Xanthippe", password=WORDS)
    with desk.begin() as connection:
        people.add_token(connection, "Xanthippe", "leaky", now=clock(), settings=desk.settings)
        people.new_session(connection, ana, now=clock(), settings=desk.settings)
        secrets = [
            *connection.execute(select(tokens.c.hash)).scalars(),
            *connection.execute(select(sessions.c.hash)).scalars(),
            *connection.execute(select(rows.c.password)).scalars(),
        ]
    told = "".join(lines_of(desk))
    assert not any(secret in told for secret in (*secrets, "Xanthippe", "leaky", "argon2"))
