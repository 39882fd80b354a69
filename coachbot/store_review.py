"""What a facilitator may read: lists of shared sessions, filtered, sorted and searched.

Every query starts from `shares` of that facilitator; a session that is not shared with one of
their groups does not exist here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from coachbot import search_words
from coachbot.model import LADDER, Rung
from coachbot.moments import ZONE
from coachbot.search_words import Segment
from coachbot.store import Store
from coachbot.store_consent import Kind
from coachbot.store_inbox import stamp
from coachbot.store_review_triggers import SESSION_BITS, TURN_BITS, key

#: Sessions on a page; hits shown of each session.
SIZE, HITS = 25, 3
#: How many sessions a search finds at most, and at how many messages it looks for them.
FOUND, LOOKED = 500, 20_000
#: So many sessions at most are asked one by one whether the words are in them.
PROBED = 1_500
#: Within this time an opening of the same session is the same opening.
ONCE = timedelta(minutes=15)


class Sort(StrEnum):
    """What a list is sorted by."""

    DATE = "datum"
    BEFORE = "vooraf"
    AFTER = "nu"
    RUNG = "trede"
    BLAME = "verwijt"
    LENGTH = "lengte"
    STATE = "plek"
    GROUP = "groep"


_COLUMN = {
    Sort.DATE: "shares.started",
    Sort.BEFORE: "degree_before",
    Sort.AFTER: "degree_after",
    Sort.RUNG: "rung",
    Sort.BLAME: "blame",
    Sort.LENGTH: "length",
    Sort.STATE: "state",
    Sort.GROUP: "(select name from groups where id = shares.group_id) collate nocase",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which sessions; None is no matter. `until` is the last day that counts; days
    are those of `moments.ZONE`."""

    group: int | None = None
    member: int | None = None
    since: date | None = None
    until: date | None = None
    rung: Rung | None = None
    relapse: bool | None = None
    safety: bool | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A session in a list. `before` and `after` are degrees, from 1 (friendly) to 4 (conflict)."""

    session: int
    groups: tuple[str, ...]
    group: int
    pseudonym: str
    started: datetime
    state: str
    ended: bool
    before: int | None
    after: int | None
    #: The highest rung, and the share of blame in what was told (what has a rung), 0-1.
    rung: Rung
    blame: float
    #: Messages of the participant that were not taken back.
    length: int
    relapse: bool
    safety: bool
    notes: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the rows, how many there are, and which page this is of how many."""

    rows: tuple[Row, ...]
    total: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A turn in which the words were found."""

    turn: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what a search found; `hits` by session."""

    page: Page
    hits: dict[int, tuple[Hit, ...]]
    #: There may be more than was looked at: the newest come first.
    capped: bool = False
    #: The search could not be understood.
    fault: bool = False


_ROW = """
    select shares.session, shares.group_id, pseudonym, shares.started, state, ended,
        degree_before, degree_after, rung, blame, length, relapse, safety,
        (select count(*) from notes
            where session = shares.session and facilitator = shares.facilitator) as notes,
        (select json_group_array(name) from groups where id in
            (select group_id from shares as others where others.session = shares.session
                and others.facilitator = shares.facilitator)) as names
    from shares join members on members.id = shares.member
"""
EMPTY = Page((), 0, 1, 1)


class Review:
    """Reading for facilitators. No call leaves a transaction open."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.db = store.db

    def sessions(
        self,
        facilitator: int,
        filter: Filter,
        sort: Sort = Sort.DATE,
        descending: bool = True,
        number: int = 1,
        size: int = SIZE,
    ) -> Page:
        """A page of the sessions; a page past the last is the last."""
        where, values = conditions(facilitator, filter)
        total = self._count(where, values)
        return self._page(where, values, total, sort, descending, number, size)

    def search(
        self,
        facilitator: int,
        text: str,
        filter: Filter,
        sort: Sort = Sort.DATE,
        descending: bool = True,
        number: int = 1,
        size: int = SIZE,
    ) -> Found:
        """Sessions in which the participant said all words in one message, newest first.

        Looks at no more than `LOOKED` messages and finds no more than `FOUND` sessions, so that a
        common word takes no longer than a rare one.
        """
        terms = search_words.parse(text)
        if terms is None:
            return Found(EMPTY, {}, fault=True)
        where, values = conditions(facilitator, filter)
        found, capped = self._found(facilitator, terms, where, values)
        marks = ", ".join("?" * len(found))
        where, values = f"{where} and shares.session in ({marks})", [*values, *found]
        page = self._page(where, values, len(found), sort, descending, number, size)
        hits = {row.session: self._hits(row.session, terms) for row in page.rows}
        return Found(page, hits, capped)

    def every(self, facilitator: int, filter: Filter, text: str = "") -> list[int]:
        """All sessions that pass the filter (and hold the words), newest first."""
        where, values = conditions(facilitator, filter)
        terms = search_words.parse(text) if text else ()
        if terms is None:
            return []
        if terms:
            return self._found(facilitator, terms, where, values)[0]
        rows = self.db.execute(
            f"select distinct session from shares where {where} order by session desc", values
        )
        return [int(row[0]) for row in rows.fetchall()]

    def row(self, facilitator: int, session: int) -> Row | None:
        """One session as in a list; None when it is not shared with them."""
        return self._one("leads and shares.facilitator = ?", session, facilitator)

    def opened(self, facilitator: int, session: int) -> None:
        """Writes down for the participant that this facilitator opened the session.

        Who opens it again within `ONCE` is still reading: a picture, a note that was added.
        """
        self._log(facilitator, [session], Kind.READ)

    def exported(self, facilitator: int, sessions: Iterable[int]) -> None:
        """Writes down for each participant that their session was taken along in an export."""
        self._log(facilitator, sessions, Kind.EXPORT)

    def _log(self, facilitator: int, sessions: Iterable[int], kind: Kind) -> None:
        now = datetime.now(UTC)
        times = stamp(now), stamp(now - ONCE)
        with self.db.atomic():
            self.db.conn.executemany(
                "insert into openings (user, session, facilitator, kind, at)"
                " select sessions.user, sessions.id, facilitators.name, ?1, ?2"
                " from sessions, facilitators where sessions.id = ?4 and facilitators.id = ?5"
                " and not exists (select 1 from openings where session = ?4 and kind = ?1"
                " and facilitator = facilitators.name and at > ?3)",
                [(str(kind), *times, session, facilitator) for session in sessions],
            )

    def _count(self, where: str, values: Sequence[object]) -> int:
        return int(
            self.db.execute(f"select count(*) from shares where {where}", values).fetchone()[0]
        )

    def _page(
        self,
        where: str,
        values: Sequence[object],
        total: int,
        sort: Sort,
        descending: bool,
        number: int,
        size: int,
    ) -> Page:
        pages = max(1, -(-total // size))
        number = min(max(1, number), pages)
        way = "desc" if descending else "asc"
        # What is not known comes last, whichever way the list is sorted.
        order = f"{_COLUMN[sort]} {way}" + (
            " nulls last" if sort in (Sort.BEFORE, Sort.AFTER) else ""
        )
        # First which rows, then what stands in them: sorting all of them whole takes five times
        # as long.
        chosen = self.db.execute(
            f"select shares.session, shares.group_id from shares where {where}"
            f" order by {order}, shares.session {way} limit ? offset ?",
            [*values, size, (number - 1) * size],
        ).fetchall()
        rows = (self._one("shares.group_id = ?", session, group) for session, group in chosen)
        return Page(tuple(row for row in rows if row), total, number, pages)

    def _one(self, where: str, session: int, value: int) -> Row | None:
        rows = self.db.query(f"{_ROW} where shares.session = ? and {where}", [session, value])
        return next((_row(row) for row in rows), None)

    def _found(
        self,
        facilitator: int,
        terms: Sequence[search_words.Term],
        where: str,
        values: Sequence[object],
    ) -> tuple[list[int], bool]:
        """Sessions with a hit that pass the filter, newest first, and whether that is not all.

        For one word, few sessions are asked one by one, so that none is missed. Otherwise the
        newest hits are looked at: an index that is asked for words together looks through all.
        """
        said = search_words.question(terms)
        if _is_word(terms) and self._count(where, values) <= PROBED:
            looked = 0
            rows = self.db.execute(
                f"""
                select distinct session from shares where {where} and exists (
                    select 1 from search where search match ?
                    and rowid >= {key("facilitator", "session")}
                    and rowid < {key("facilitator", "(session + 1)")}
                ) order by session desc limit {FOUND + 1}
                """,
                [*values, said],
            ).fetchall()
            found = [int(row[0]) for row in rows]
        else:
            heard = f"""
                select rowid >> {TURN_BITS} & {(1 << SESSION_BITS) - 1} as session from search
                where search match ? and rowid >= {key("?", "0")} and rowid < {key("(? + 1)", "0")}
                order by rowid desc limit {LOOKED}
            """
            asked = [said, facilitator, facilitator]
            row = self.db.execute(
                f"""
                with heard as materialized ({heard})
                select json_group_array(session), (select count(*) from heard) from (
                    select session from (select distinct session from heard) as hit
                    where exists (
                        select 1 from shares where shares.session = hit.session and {where})
                    order by session desc limit {FOUND + 1}
                )
                """,
                [*asked, *values],
            ).fetchone()
            found, looked = [int(session) for session in json.loads(row[0])], row[1]
        return found[:FOUND], len(found) > FOUND or looked >= LOOKED

    def _hits(self, session: int, terms: Sequence[search_words.Term]) -> tuple[Hit, ...]:
        rows = self.db.query(
            "select id, text from turns where session = ? and undone = 0 and text is not null"
            " order by id",
            [session],
        )
        hits = (row for row in rows if search_words.matches(row["text"], terms))
        shown = [Hit(row["id"], search_words.snippet(row["text"], terms)) for row in hits]
        return tuple(shown[:HITS])


def _is_word(terms: Sequence[search_words.Term]) -> bool:
    return len(terms) == len(terms[0].words) == 1 and not terms[0].prefix


def conditions(facilitator: int, filter: Filter) -> tuple[str, list[object]]:
    """SQL for the rows of `shares` that pass a filter, each session once, and its values."""
    parts = list(_conditions(filter))
    where = ["shares.facilitator = ?", *(sql for sql, _ in parts)]
    # Without a group or member a session that is shared twice stands there once.
    if filter.group is None and filter.member is None:
        where.insert(1, "leads = 1")
    return " and ".join(where), [facilitator, *(value for _, value in parts)]


def _conditions(filter: Filter) -> Iterator[tuple[str, object]]:
    if filter.group is not None:
        yield "shares.group_id = ?", filter.group
    if filter.member is not None:
        yield "shares.member = ?", filter.member
    if filter.since is not None:
        yield "shares.started >= ?", _midnight(filter.since)
    if filter.until is not None:
        yield (
            "shares.started < ?",
            _midnight(min(filter.until, date(9000, 1, 1)) + timedelta(days=1)),
        )
    if filter.rung is not None:
        yield "rung = ?", LADDER.index(filter.rung)
    if filter.relapse is not None:
        yield "relapse = ?", int(filter.relapse)
    if filter.safety is not None:
        yield "safety = ?", int(filter.safety)


def _midnight(day: date) -> str:
    # Far years cannot be turned into UTC; no session is that old or that new.
    near = min(max(day, date(1980, 1, 1)), date(9000, 1, 1))
    return stamp(datetime.combine(near, time(), ZONE))


def _row(row: dict[str, Any]) -> Row:
    return Row(
        session=row["session"],
        groups=tuple(json.loads(row["names"])),
        group=row["group_id"],
        pseudonym=row["pseudonym"],
        started=datetime.fromisoformat(row["started"]),
        state=row["state"],
        ended=bool(row["ended"]),
        before=row["degree_before"],
        after=row["degree_after"],
        rung=LADDER[row["rung"]],
        blame=row["blame"],
        length=row["length"],
        relapse=bool(row["relapse"]),
        safety=bool(row["safety"]),
        notes=row["notes"],
    )
