"""What a group has in common: counts and shares, never of fewer than three people."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from coachbot.model import LADDER, Rung
from coachbot.store import Store

#: Nothing is shown for fewer participants; no need that fewer people named.
PARTICIPANTS, NAMED = 3, 2
NEEDS = 8

Degrees = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """A group in figures. Degrees go from 1 (friendly) to 4 (conflict); shares are 0-1."""

    participants: int
    sessions: int
    #: How many of the sessions with both temperatures began and ended at each degree.
    before: Degrees
    after: Degrees
    moves: dict[tuple[int, int], int]
    #: The highest rung reached -> sessions.
    rungs: dict[Rung, int]
    #: ("2026-11", share of blame, sessions), of months in which enough people took part.
    months: tuple[tuple[str, float, int], ...]
    #: Share of blame in the first, middle and last third of the conversations.
    course: tuple[float, float, float]
    #: Theme -> how many people named it, most first.
    needs: tuple[tuple[str, int], ...]


def figures(store: Store, facilitator: int, group: int) -> Figures | None:
    """None when the group is another's, or fewer than `PARTICIPANTS` share a session with it."""
    shared = "from shares where group_id = ? and facilitator = ?"
    which = (group, facilitator)
    people, sessions = store.db.execute(
        f"select count(distinct member), count(*) {shared}", which
    ).fetchone()
    if people < PARTICIPANTS:
        return None
    moves = {
        (int(before), int(after)): int(count)
        for before, after, count in store.db.execute(
            f"select degree_before, degree_after, count(*) {shared} and degree_before is not null"
            " and degree_after is not null group by 1, 2",
            which,
        )
    }
    rungs = dict(
        store.db.execute(f"select rung, count(*) {shared} group by rung", which).fetchall()
    )
    return Figures(
        participants=people,
        sessions=sessions,
        before=_degrees(moves, 0),
        after=_degrees(moves, 1),
        moves=moves,
        rungs={rung: int(rungs.get(place, 0)) for place, rung in enumerate(LADDER)},
        months=_months(store, shared, which),
        course=_course(store, shared, which),
        needs=_needs(store, shared, which),
    )


def _degrees(moves: dict[tuple[int, int], int], side: int) -> Degrees:
    counts: Counter[int] = Counter()
    for move, count in moves.items():
        counts[move[side]] += count
    return counts[1], counts[2], counts[3], counts[4]


def _months(
    store: Store, shared: str, which: tuple[int, int]
) -> tuple[tuple[str, float, int], ...]:
    rows = store.db.execute(
        "select substr(started, 1, 7), 1.0 * sum(blamed_1 + blamed_2 + blamed_3)"
        " / max(1, sum(told_1 + told_2 + told_3)), count(*)"
        f" {shared} group by 1 having count(distinct member) >= {PARTICIPANTS} order by 1",
        which,
    )
    return tuple((str(month), float(blame), int(count)) for month, blame, count in rows)


def _course(store: Store, shared: str, which: tuple[int, int]) -> tuple[float, float, float]:
    parts = ", ".join(f"1.0 * sum(blamed_{p}) / max(1, sum(told_{p}))" for p in (1, 2, 3))
    first, middle, last = store.db.execute(f"select {parts} {shared}", which).fetchone()
    return float(first), float(middle), float(last)


def _needs(store: Store, shared: str, which: tuple[int, int]) -> tuple[tuple[str, int], ...]:
    people: dict[str, set[Any]] = defaultdict(set)
    for member, needs in store.db.execute(
        f"select distinct member, needs {shared} and needs is not null", which
    ):
        for theme in needs.split(","):
            people[theme].add(member)
    counts = [(theme, len(named)) for theme, named in people.items() if len(named) >= NAMED]
    return tuple(sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:NEEDS])
