"""What stands behind the "?" of the list of sessions: checked at the door, and written again."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from coachbot.model import LADDER, Rung
from coachbot.review.door import LARGEST_ROW, clean
from coachbot.store_review import Filter, Sort

#: Characters of a search; and how far one may leaf.
SEARCH, LAST_PAGE = 200, 100_000
YES_NO = {"ja": True, "nee": False}
UP, DOWN = "op", "af"

T = TypeVar("T")


class Problem(StrEnum):
    """What was wrong with a value; the sentence stands in the template."""

    GROUP = "groep"
    MEMBER = "lid"
    SINCE = "van"
    UNTIL = "tot"
    PERIOD = "periode"
    RUNG = "trede"
    RELAPSE = "terugval"
    SAFETY = "veiligheid"
    SORT = "sorteer"
    ORDER = "volgorde"
    PAGE = "pagina"
    SEARCH = "zoek"


@dataclass(frozen=True, slots=True)
class Wish:
    """Which sessions somebody wants to see, in which order, and what of it could not be read."""

    filter: Filter
    search: str = ""
    sort: Sort = Sort.DATE
    descending: bool = True
    number: int = 1
    problems: tuple[Problem, ...] = ()

    def pairs(self, **other: object) -> list[tuple[str, object]]:
        """As they stand in a link, in a fixed order; `other` takes the place of some."""
        chosen = self.filter
        values: dict[str, object] = {
            "zoek": self.search,
            "groep": chosen.group,
            "lid": chosen.member,
            "van": chosen.since,
            "tot": chosen.until,
            "trede": chosen.rung,
            "terugval": _said(chosen.relapse),
            "veiligheid": _said(chosen.safety),
            "sorteer": "" if self.sort is Sort.DATE else self.sort,
            "volgorde": "" if self.descending else UP,
            "pagina": "" if self.number == 1 else self.number,
        }
        return list((values | other).items())

    @property
    def narrowed(self) -> bool:
        """Is anything left out?"""
        return bool(self.search) or self.filter != Filter()


def read(given: Mapping[str, str]) -> Wish:
    """A value that is not allowed is left out and named in `problems`; never raises."""
    problems: list[Problem] = []

    def take(problem: Problem, parse: Callable[[str], T]) -> T | None:
        text = given.get(problem, "").strip()
        if not text:
            return None
        try:
            return parse(text)
        except ValueError:
            problems.append(problem)
            return None

    wanted = Filter(
        group=take(Problem.GROUP, _row),
        member=take(Problem.MEMBER, _row),
        since=take(Problem.SINCE, _day),
        until=take(Problem.UNTIL, _day),
        rung=take(Problem.RUNG, _rung),
        relapse=take(Problem.RELAPSE, _yes_no),
        safety=take(Problem.SAFETY, _yes_no),
    )
    if wanted.since and wanted.until and wanted.since > wanted.until:
        problems.append(Problem.PERIOD)
        wanted = replace(wanted, since=None, until=None)
    return Wish(
        filter=wanted,
        search=take(Problem.SEARCH, _search) or "",
        sort=take(Problem.SORT, Sort) or Sort.DATE,
        descending=take(Problem.ORDER, _order) is not False,
        number=take(Problem.PAGE, lambda text: _number(text, LAST_PAGE)) or 1,
        problems=tuple(problems),
    )


def page(text: str) -> int:
    """The number of a page in a link; the first when it is none."""
    try:
        return _number(text, LAST_PAGE)
    except ValueError:
        return 1


def _number(text: str, most: int) -> int:
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or not 1 <= int(text) <= most:
        raise ValueError(text)
    return int(text)


def _row(text: str) -> int:
    return _number(text, LARGEST_ROW)


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError(text)
    return date.fromisoformat(text)


def _rung(text: str) -> Rung:
    rung = Rung(text)
    if rung not in LADDER[1:]:
        raise ValueError(text)
    return rung


def _yes_no(text: str) -> bool:
    if text not in YES_NO:
        raise ValueError(text)
    return YES_NO[text]


def _order(text: str) -> bool:
    if text not in (UP, DOWN):
        raise ValueError(text)
    return text == DOWN


def _search(text: str) -> str:
    text = " ".join(clean(text).split())
    if len(text) > SEARCH:
        raise ValueError(text)
    return text


def _said(value: bool | None) -> str:
    return next((word for word, meant in YES_NO.items() if meant is value), "")
