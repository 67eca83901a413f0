"""The query string of a list of deals: what it asks for, and the addresses that ask for a little more or less.

A page is its address: every filter, the sort and the place in the list stand in the query string, under the names of the
options of ``paraph deals``. A name that means nothing is left alone; a value that means nothing is an error that names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar, get_args
from urllib.parse import urlencode

from paraph.desk import DealQuery, DealSort, DealState
from paraph.errors import UsageError
from paraph.model import Certainty, Instrument, Sector, SourceType, Stage
from paraph.settings import Settings

__all__ = ["MANY", "Asked", "asked", "choice_of", "day_asked", "limit_of", "number_of", "switch_of"]

Pairs = Sequence[tuple[str, str]]
Choice = TypeVar("Choice", bound=StrEnum)

# Parameters that may stand several times, with the field of the query and what makes a value of it.
MANY: dict[str, tuple[str, Callable[[str], Any]]] = {
    "party": ("parties", str),
    "sector": ("sectors", Sector),
    "instrument": ("instruments", Instrument),
    "stage": ("stages", Stage),
    "certainty": ("certainties", Certainty),
    "source_type": ("source_types", SourceType),
    "source": ("sources", str),
    "publisher": ("publishers", str),
    "state": ("states", str),
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "sector": tuple(Sector),
    "instrument": tuple(Instrument),
    "stage": tuple(Stage),
    "certainty": tuple(Certainty),
    "source_type": tuple(SourceType),
    "state": get_args(DealState),
}
_ONE = (
    "q",
    "ahead",
    "contested",
    "since",
    "until",
    "occasion",
    "min_voices",
    "min_confidence",
    "sort",
    "limit",
    "after",
)
# Most characters of one parameter that are looked at; longer ones are refused. Set by eye: no name is so long.
LONGEST = 1_000
# Most values of one parameter, for the same reason.
MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: its query, and the parameters that say so, in their order."""

    query: DealQuery
    pairs: tuple[tuple[str, str], ...]

    @property
    def filters(self) -> tuple[tuple[str, str], ...]:
        """The parameters that choose deals: those that do not sort or turn pages."""
        return tuple(pair for pair in self.pairs if pair[0] not in ("sort", "limit", "after"))

    def has(self, name: str, value: str) -> bool:
        """Whether the address asks for this value."""
        return (name, value) in self.pairs

    def one(self, name: str) -> str:
        """Return a parameter's (first) value, empty where it is not given."""
        return next((value for key, value in self.pairs if key == name), "")

    def with_(self, **changes: Any) -> str:
        """Return the query string with these parameters in the place of those of their name; None takes one away.

        The place in the list is dropped, unless it is given.
        """
        kept = [pair for pair in self.pairs if pair[0] not in changes and pair[0] != "after"]
        return _string(kept + [(name, str(value)) for name, value in changes.items() if value not in (None, "")])

    def toggled(self, name: str, value: str) -> str:
        """Return the query string with a value of a parameter added or, where it is there, taken away."""
        pairs = [pair for pair in self.pairs if pair[0] != "after"]
        changed = [pair for pair in pairs if pair != (name, value)]
        return _string(changed if len(changed) < len(pairs) else [*pairs, (name, value)])

    @property
    def string(self) -> str:
        """The whole query string, with its "?" where it is not empty."""
        return _string(self.pairs)


def _string(pairs: Iterable[tuple[str, str]]) -> str:
    text = urlencode(list(pairs), errors="surrogatepass")
    return f"?{text}" if text else "?"


def asked(pairs: Pairs, today: date, settings: Settings, limit: int) -> Asked:
    """Return what the parameters of an address ask for; ``limit`` is for addresses that do not say how many deals.

    Deals of which the engine is too unsure (below ``brief_confidence``) are left out unless ``min_confidence`` is given.
    Raises UsageError, naming the parameter, for a value that cannot be.
    """
    known = tuple((name, value) for name, value in pairs if (name in MANY or name in _ONE) and value.strip())
    for name, value in known:
        if len(value) > LONGEST:
            raise UsageError(f"{name}: at most {LONGEST} characters, not {len(value)}")
    values: dict[str, Any] = {}
    for name, (field, make) in MANY.items():
        given = list(dict.fromkeys(value.strip() for key, value in known if key == name))
        if len(given) > MOST_VALUES:
            raise UsageError(f"{name}: at most {MOST_VALUES} values, not {len(given)}")
        choices = _CHOICES.get(name)
        for value in given:
            if choices is not None and value not in choices:
                raise UsageError(f"{name}: {value!r} is not known; give one of: {', '.join(choices)}")
        values[field] = tuple(make(value) for value in given)
    if values["parties"]:
        values["parties"] = _codes(values["parties"])
    one = {name: value for name, value in reversed(known) if name in _ONE}
    since, until = day_asked(one, "since"), day_asked(one, "until")
    if since and until and until < since:
        raise UsageError(f"until: {until} lies before since, {since}; exchange them")
    sort = one.get("sort", "last")
    if sort not in get_args(DealSort):
        raise UsageError(f"sort: {sort!r} is not known; give one of: {', '.join(get_args(DealSort))}")
    query = DealQuery(
        **values,
        words=one.get("q", ""),
        ahead=switch_of(one, "ahead"),
        contested=switch_of(one, "contested"),
        since=since,
        until=until,
        occasion=one.get("occasion"),
        today=today,
        min_voices=number_of(one, "min_voices", 0, 1_000_000),
        min_confidence=_probability(one, "min_confidence", settings.brief_confidence),
        sort=sort,  # type: ignore[arg-type]
        limit=limit_of(one, limit, settings),
        after=one.get("after", ""),
    )
    return Asked(query, known)


def _codes(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return parties as codes; a name that is not known stands for itself, since a person may have given a signal any."""
    from paraph.extract.codes import party_codes

    codes: list[str] = []
    for each in given:
        try:
            codes += party_codes(each)
        except UsageError:
            codes.append(each)
    return tuple(dict.fromkeys(codes))


def day_asked(given: Mapping[str, str], name: str) -> date | None:
    """Return a day of an address, None where it is not given. Raises UsageError for what is none."""
    text = given.get(name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{name}: {text!r} is no day; give one as 2025-12-04") from None


def switch_of(given: dict[str, str], name: str) -> bool | None:
    """Return a yes or no of an address, None where it is not given. Raises UsageError for anything else."""
    text = given.get(name, "").strip().lower()
    if text in ("", "yes", "no"):
        return None if not text else text == "yes"
    raise UsageError(f"{name}: {text!r} is neither yes nor no")


def choice_of(given: dict[str, str], name: str, values: type[Choice]) -> Choice | None:
    """Return one of a few values that an address asks for, None where it asks for none. Raises UsageError for any other."""
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        return values(text)
    except ValueError:
        raise UsageError(f"{name}: {text!r} is not known; give one of: {', '.join(values)}") from None


def number_of(given: dict[str, str], name: str, default: int, most: int) -> int:
    """Return a whole number of an address. Raises UsageError for what is none or too large."""
    text = given.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= most):
        raise UsageError(f"{name}: {text!r} is not a whole number from 0 to {most}")
    return int(text)


def limit_of(given: dict[str, str], default: int, settings: Settings) -> int:
    """Return how many rows of a list an address asks for, 1 to ``max_page_rows``. Raises UsageError."""
    limit = number_of(given, "limit", default, settings.max_page_rows)
    if limit < 1:
        raise UsageError(f"limit: give 1 to {settings.max_page_rows}")
    return limit


def _probability(given: dict[str, str], name: str, default: float) -> float:
    text = given.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise UsageError(f"{name}: {text!r} is no probability; give 0 to 1")
    return value
