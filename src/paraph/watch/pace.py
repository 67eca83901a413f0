"""When a feed is asked again: after a good answer, after failures, and when the server said when.

Pure: the time and the chance come from outside. Chance is a number in 0..1 drawn anew for each call.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

__all__ = ["JITTER", "LONGEST_WAIT", "after_failure", "after_success", "retry_after"]

# Share of a wait by which it is made longer or shorter, so that feeds added together do not stay together and a thousand
# desks do not all ask on the hour. Set by eye.
JITTER = 0.1
# A server that asks for more than this (a slip, or a wish never to see us again) is asked after it all the same. Set by eye.
LONGEST_WAIT = timedelta(days=30)
# Failures beyond this double nothing more: 2 to the power of it times a minute is longer than any cap.
_MOST_DOUBLINGS = 20


def after_success(now: datetime, every: timedelta, chance: float) -> datetime:
    """Return when to ask again after a good answer: ``every`` from now, a tenth longer or shorter by chance."""
    return now + every * _spread(chance)


def after_failure(now: datetime, failures: int, every: timedelta, most: timedelta, chance: float) -> datetime:
    """Return when to ask again after so many failures in a row: ``every`` doubled with each after the first, ``most`` at most.

    ``most`` caps the doubling only: a feed that is asked less often than that when well is asked no more often when ill. The
    same tenth of chance as after a success comes on top.
    """
    doubled: timedelta = every * 2 ** min(max(failures - 1, 0), _MOST_DOUBLINGS)
    return now + max(every, min(doubled, most)) * _spread(chance)


def retry_after(value: str | None, now: datetime) -> datetime | None:
    """Return the time that a Retry-After header names (RFC 9110, 10.2.3: seconds, or a date), None where it names none.

    Never before ``now`` and never more than ``LONGEST_WAIT`` from it.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        # Ten digits are 300 years, and more would not fit a timedelta.
        return now + min(timedelta(seconds=int(text[:10])), LONGEST_WAIT)
    try:
        when = parsedate_to_datetime(text)
        when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(when, now), now + LONGEST_WAIT)


def _spread(chance: float) -> float:
    return 1 + JITTER * (2 * chance - 1)
