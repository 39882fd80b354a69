"""Which exercise comes next, when it comes back, and how far somebody is; all pure.

When an exercise is due again is `fsrs`'s business, with its own scheduler and defaults
(https://github.com/open-spaced-repetition/py-fsrs); nothing of it is home-made.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fsrs import Card, Rating, Scheduler

from coachbot.practice import Exercise, Kind

#: Without fuzz, so that the same history always gives the same day.
_SCHEDULER = Scheduler(enable_fuzzing=False)
#: The next level opens when this share of the exercises of the present one is passed.
OPENS = 0.5


@dataclass(frozen=True, slots=True)
class Done:
    """One attempt from the past."""

    exercise: str
    kind: str
    at: datetime
    tries: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody is: level, days in a row, and (kind, passed, all) a kind."""

    level: int
    top: int
    streak: int
    rows: tuple[tuple[Kind, int, int], ...]


def rating(passed: bool, tries: int) -> Rating:
    """A first try that passes is good, a second one hard; anything else comes back soon."""
    if not passed or tries > 2:
        return Rating.Again
    return Rating.Good if tries == 1 else Rating.Hard


def review(exercise: str, card: str | None, graded: Rating, now: datetime) -> tuple[str, datetime]:
    """The card (JSON of `fsrs`) after this outcome, and when the exercise is due again."""
    held = (
        Card.from_dict(json.loads(card))
        if card
        else Card(card_id=zlib.crc32(exercise.encode()), due=now)
    )
    after, _ = _SCHEDULER.review_card(held, graded, now)
    return json.dumps(after.to_dict()), after.due


def level(kinds: Sequence[Kind], done: Sequence[Done]) -> int:
    """The level somebody works at, from 1."""
    passed = {attempt.exercise for attempt in done if attempt.passed}
    exercises = [e for kind in kinds for e in kind.exercises]
    top = max(e.level for e in exercises)
    for step in range(1, top):
        here = [e for e in exercises if e.level == step]
        if sum(e.id in passed for e in here) < OPENS * len(here):
            return step
    return top


def streak(days: Collection[date], today: date) -> int:
    """Days in a row with practice, up to today or yesterday."""
    day = today if today in days else today - timedelta(days=1)
    count = 0
    while day in days:
        count, day = count + 1, day - timedelta(days=1)
    return count


def progress(kinds: Sequence[Kind], done: Sequence[Done], now: datetime) -> Progress:
    """Level, streak and what is passed of each kind."""
    passed = {attempt.exercise for attempt in done if attempt.passed}
    zone = now.tzinfo
    return Progress(
        level=level(kinds, done),
        top=max(e.level for kind in kinds for e in kind.exercises),
        streak=streak({a.at.astimezone(zone).date() for a in done}, now.date()),
        rows=tuple(
            (kind, sum(e.id in passed for e in kind.exercises), len(kind.exercises))
            for kind in kinds
        ),
    )


def pick(
    kinds: Sequence[Kind],
    done: Sequence[Done],
    due: Mapping[str, datetime],
    now: datetime,
    wanted: str | None = None,
    avoid: Collection[str] = (),
) -> Exercise | None:
    """What is due first; else something new of the least practised kind; None without exercises."""
    chosen = [kind for kind in kinds if wanted in (None, kind.name)]
    all_of = [e for kind in chosen for e in kind.exercises]
    by_id = {e.id: e for e in all_of}
    fits = [e for e in all_of if e.id not in avoid] or all_of
    waiting = [e for e in fits if e.id in due and due[e.id] <= now]
    if waiting:
        return min(waiting, key=lambda e: due[e.id])
    tried = {attempt.exercise for attempt in done}
    count = {kind.name: sum(e.id in tried for e in kind.exercises) for kind in kinds}
    order = {kind.name: kind.order for kind in kinds}
    new = [e for e in fits if e.id not in tried]
    at_level = level(kinds, done)
    low = [e for e in new if e.level <= at_level] or new
    if low:
        return min(low, key=lambda e: (count[e.kind], order[e.kind], e.level, e.id))
    return min(fits, key=lambda e: due.get(e.id, now)) if by_id else None
