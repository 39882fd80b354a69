"""When is it? Dutch as people type it -> a moment. Pure: the present is given.

The spoken part ("half drie", "vanavond", "donderdag over een week") is rewritten by the rules of
`moments.yml`; calendar dates and stretches of time go through `dateparser`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

ZONE = ZoneInfo("Europe/Amsterdam")
#: Without a part of the day, "half drie" is in the afternoon and "acht uur" in the morning.
FIRST_HOUR = 7
#: A text longer than this is no moment; and no expression runs over more than this.
MAX_CHARACTERS = 200
WEEK = timedelta(days=7)
#: "Vannacht om twee uur", said in the evening, is tomorrow by the calendar.
_NIGHT_ENDS = 6


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in Amsterdam; `exact` when the time of day was said as well."""

    at: datetime
    exact: bool


@cache
def _rules() -> dict[str, Any]:
    path = Path(__file__).with_name("moments.yml")
    rules: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return rules


def when(text: str, now: datetime) -> Moment | None:
    """The moment a text names, in the future where that can be; None when it names none."""
    now = now.astimezone(ZONE)
    said = _spoken(text[:MAX_CHARACTERS])
    clock, part, left = _time(said, now)
    ahead = re.search(_rules()["relative"], said)
    if ahead and ahead[2].startswith(("minu", "u")):
        # Counted in UTC: an hour is an hour, also in the night that the clock changes.
        found = _parsed(ahead[0].replace("binnen", "over"), now.astimezone(UTC))
        return Moment(found, True) if found else None
    try:
        day = _day(left, now)
    except ValueError:
        return None
    if day is None and clock is None:
        return None
    if clock is None:
        assert day is not None
        return Moment(_at(day, time(0)), False)
    if day is None:
        found = _at(now.date(), clock)
        if found <= now and not part:
            found = _at(now.date() + timedelta(days=1), clock)
        return Moment(found, True)
    found = _at(day, clock)
    if found <= now and day == now.date() and _weekday(left) is not None:
        found = _at(day + WEEK, clock)
    if found <= now and day == now.date() and clock.hour < _NIGHT_ENDS and part:
        found = _at(day + timedelta(days=1), clock)
    return Moment(found, True)


def _spoken(text: str) -> str:
    """Lower case, numbers as digits, spoken forms rewritten."""
    rules = _rules()
    said = re.sub(r"\s+", " ", text.lower().replace("’", "'")).strip(" .!?,")
    numbers = rules["numbers"]
    said = re.sub(r"[\w']+", lambda m: str(numbers.get(m[0], m[0])), said)
    for pattern, replacement in rules["rewrites"]:
        said = re.sub(pattern, replacement, said)
    return re.sub(r"\s+", " ", said)


def _time(said: str, now: datetime) -> tuple[time | None, bool, str]:
    """The time of day, whether a part of the day was named, and the text without the time."""
    rules = _rules()
    part = next((p for p in rules["parts"] if re.search(rf"\b{p}\b", said)), None)
    ahead = re.search(rules["relative"], said)
    bare = said[: ahead.start()] + said[ahead.end() :] if ahead else said
    for name, pattern in rules["times"].items():
        match = re.search(pattern, bare)
        if not match:
            continue
        clock = _clock(name, [int(g) for g in match.groups() if g is not None], match[0], part)
        if clock:
            return clock, part is not None, said.replace(match[0], " ", 1)
    return None, part is not None, said


def _clock(name: str, numbers: list[int], shown: str, part: str | None) -> time | None:
    first, last = numbers[0], numbers[-1]
    hour, minute = {
        "voor_half": (last - 1, 30 - first),
        "over_half": (last - 1, 30 + first),
        "half": (last - 1, 30),
        "kwart_over": (last, 15),
        "kwart_voor": (last - 1, 45),
        "klok": (first, last),
        "klok_punt": (first, last),
        "minuten_over": (last, first),
        "minuten_voor": (last - 1, 60 - first),
        "heel": (first, 0),
    }[name]
    if not (0 <= hour <= 24 and 0 <= minute <= 59):
        return None
    as_written = name == "klok" and shown.startswith("0")
    return time(hour % 24 if as_written else _of_day(hour, part), minute)


def _of_day(hour: int, part: str | None) -> int:
    """An hour on the clock of twelve to the hour that is meant."""
    if hour > 12 or (hour == 0 and part is None):
        return hour % 24
    if part is None:
        return hour + 12 if hour < FIRST_HOUR else hour
    start, end = _rules()["parts"][part]
    return (
        next((h for h in (hour, hour + 12) if start <= h % 24 < end or h == end == 24), hour) % 24
    )


def _day(said: str, now: datetime) -> date | None:
    """The day that is named, from today on; a date that does not exist raises `ValueError`."""
    rules = _rules()
    ahead = re.search(rules["relative"], said)
    shift = _parsed(ahead[0].replace("binnen", "over"), now) if ahead else None
    weekday = _weekday(said)
    if weekday is not None:
        day = now.date() + timedelta(days=(weekday - now.weekday()) % 7)
        if re.search(rules["next_week"], said):
            return now.date() - timedelta(days=now.weekday()) + WEEK + timedelta(days=weekday)
        return day + (shift.date() - now.date()) if shift else day
    if shift:
        return shift.date()
    for pattern in rules["dates"]:
        match = re.search(pattern, said)
        if match:
            found = _parsed(match[0], now)
            if not found:
                raise ValueError(match[0])
            return found.date()
    return now.date() + WEEK if re.search(rules["next_week"], said) else None


def _weekday(said: str) -> int | None:
    rules = _rules()
    for number, name in enumerate(rules["weekdays"]):
        if re.search(rf"\b{name}\b", said):
            return number
    for short, name in rules["short"].items():
        if re.search(rf"(?:^|\bop |\bkomende ){short}\b(?! \w+en\b)", said):
            return int(rules["weekdays"].index(name))
    return None


def _parsed(phrase: str, now: datetime) -> datetime | None:
    """A calendar date or a stretch of time in the zone of `now`, as `dateparser` reads Dutch."""
    import dateparser

    found = dateparser.parse(
        phrase,
        languages=["nl"],
        settings={
            "PREFER_DATES_FROM": "future",
            "RELATIVE_BASE": now.replace(tzinfo=None),
            "TIMEZONE": str(now.tzinfo),
            "RETURN_AS_TIMEZONE_AWARE": True,
        },
    )
    return found.astimezone(ZONE) if found else None


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZONE)
