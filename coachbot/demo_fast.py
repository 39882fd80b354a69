"""A large demonstration: conversations held once with the real coach, then multiplied.

Each copy has other words, another person, another group and another moment; its rows go in at once,
with the figures and the search words that belong to them.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from sqlite_utils import Database

from coachbot import pseudonyms
from coachbot.coach import Coach
from coachbot.demo import DAYS, LEAVES, MOST_TURNS, Cast, Part, cast, hold, moments
from coachbot.model import Session
from coachbot.packing import pack, unpack
from coachbot.store import Store
from coachbot.store_consent import Consent
from coachbot.store_groups import Groups
from coachbot.store_inbox import stamp
from coachbot.store_review_tables import FACTS
from coachbot.store_review_triggers import (
    SESSION_BITS,
    TURN_BITS,
    drop_triggers,
    make_triggers,
)

#: How many other choices of words are made of each conversation that was held.
VARIANTS = 8
#: Copies that go into the database at a time.
BATCH = 2_000
#: Where something of one's own is put into a copy.
OWN = "\ue000"

TURN = (
    "id, session, update_id, at, text, reading, state_before, state_after, taken, reply, before,"
    " undone"
)
_BULK = {
    "sessions": "insert into sessions (id, user, started, state, ended, snapshot)",
    "turns": f"insert into turns ({TURN})",
    "remembered": "insert into remembered (session, slot, text)",
    "temperatures": "insert into temperatures (session, moment, sign)",
    "shares": "insert into shares (session, group_id, facilitator, member, at, leads,"
    f" {', '.join(FACTS)})",
    "search": "insert into search (rowid, text)",
}


@dataclass(frozen=True, slots=True)
class Mould:
    """A conversation with some choice of words, ready to be copied."""

    session: tuple[Any, ...]
    turns: tuple[tuple[Any, ...], ...]
    remembered: tuple[tuple[str, str], ...]
    temperatures: tuple[tuple[str, str], ...]
    facts: tuple[Any, ...]


def multiply(
    coach: Coach,
    facilitator: int,
    sessions: int,
    now: datetime,
    rng: random.Random,
    heard: int = 3,
) -> None:
    """So many conversations in the groups of a facilitator, all of them shared.

    The database must hold nobody else. Each character is heard for real `heard` times.
    """
    store, players = coach.store, cast()
    moulds = _moulds(coach, facilitator, players, heard, rng)
    members = _members(store, facilitator, players, sessions, now, rng)
    db = store.db
    db.execute("pragma journal_mode = off")
    drop_triggers(db)
    starts = moments(sessions, now, rng, DAYS * 2)
    first, turn = (_highest(db, table) + 1 for table in ("sessions", "turns"))
    for begin in range(0, sessions, BATCH):
        rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for number, start in enumerate(starts[begin : begin + BATCH], first + begin):
            turn += _copy(
                rows, rng.choice(moulds), number, turn, start, rng.choice(members), facilitator, rng
            )
        with db.atomic():
            for table, sql in _BULK.items():
                if rows[table]:
                    marks = ", ".join("?" * len(rows[table][0]))
                    db.conn.executemany(f"{sql} values ({marks})", rows[table])
    make_triggers(db)
    db.execute("insert into search (search) values ('optimize')")
    db.execute("analyze")
    db.enable_wal()


def _moulds(
    coach: Coach, facilitator: int, players: Cast, heard: int, rng: random.Random
) -> list[Mould]:
    """Holds the conversations that are copied; what they leave in the database is erased again."""
    store = coach.store
    group = Groups(store).create(facilitator, players.groups[0])
    moulds: list[Mould] = []
    for character in players.people:
        for time in range(1 if character.rare else heard):
            user = f"demo:{character.name}:{time}"
            part = Part(character, rng)
            leave = rng.randint(12, 20) if rng.random() < LEAVES else MOST_TURNS
            session = hold(coach, user, part, leave)
            Consent(store).join(user, group.code)
            Consent(store).share(user, session, group.id)
            mould = _mould(store, session)
            moulds += [_reworded(mould, change) for change in _changes(part, rng)]
            store.erase_session(session)
    with store.db.atomic():
        store.db.execute("delete from members")
        store.db.execute("delete from groups")
        store.db.execute("delete from users")
    return moulds


def _mould(store: Store, session: int) -> Mould:
    db = store.db
    facts = ", ".join(FACTS)
    turns = db.execute(f"select {TURN} from turns where session = ? order by id", [session])
    of = (session,)
    return Mould(
        db.execute("select state, ended, snapshot from sessions where id = ?", of).fetchone(),
        tuple(_slim(row) for row in turns.fetchall()),
        tuple(db.execute("select slot, text from remembered where session = ?", of).fetchall()),
        tuple(db.execute("select moment, sign from temperatures where session = ?", of).fetchall()),
        db.execute(f"select {facts} from shares where session = ?", of).fetchone(),
    )


def _slim(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row of a turn; of the session before it only the place stays, which saves gigabytes."""
    before = unpack(row[10])
    place = Session(before.dialogue, before.state, channel=before.channel)
    text, reading = row[4], row[5]
    if row[6].endswith("/wat_speelt_er") and text and len(text) > 12:
        # The words of one's own come behind the text, also where the reading repeats it.
        text, reading = text + OWN, reading.replace('", "rung"', f'{OWN}", "rung"', 1)
    return (*row[:4], text, reading, *row[6:10], pack(place), row[11])


def _changes(part: Part, rng: random.Random) -> list[dict[str, str]]:
    """Choices of other words: chosen word -> word in its place."""
    names = list(part.words)
    choices = list(product(*(part.character.words[name] for name in names)))
    rng.shuffle(choices)
    return [
        {part.words[name]: word for name, word in zip(names, chosen, strict=True)}
        for chosen in choices[:VARIANTS]
    ]


def _reworded(mould: Mould, change: dict[str, str]) -> Mould:
    """The same conversation in other words: in the texts, the readings and the replies."""
    words = "|".join(re.escape(word) for word in sorted(change, key=len, reverse=True))
    pattern = re.compile(rf"\b({words})\b")

    def other(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return pattern.sub(lambda found: change[found[1]], value)

    state, ended, snapshot = mould.session
    return replace(
        mould,
        session=(state, ended, other(snapshot)),
        turns=tuple(
            (*row[:4], other(row[4]), other(row[5]), *row[6:9], other(row[9]), *row[10:])
            for row in mould.turns
        ),
        remembered=tuple((slot, other(text)) for slot, text in mould.remembered),
    )


def _members(
    store: Store,
    facilitator: int,
    players: Cast,
    sessions: int,
    now: datetime,
    rng: random.Random,
) -> list[tuple[str, int, int]]:
    """People in groups of about a hundred, and one large group: user, group, member."""
    people = max(3, sessions // 4)
    groups = Groups(store)
    large = groups.create(facilitator, players.groups[0]).id
    small = [
        groups.create(facilitator, f"{players.groups[i % len(players.groups)]} {i + 1}").id
        for i in range(max(1, people // 100))
    ]
    since = stamp(now - timedelta(days=DAYS * 2 + 1))
    names = pseudonyms.names()
    sizes: dict[int, int] = defaultdict(int)
    found, rows = [], []
    for number in range(people):
        group = large if rng.random() < 0.2 else rng.choice(small)
        lap, place = divmod(sizes[group], len(names))
        sizes[group] += 1
        name = names[place] + (f" {lap + 1}" if lap else "")
        user = f"demo:{number}"
        found.append((user, group, number + 1))
        rows.append((number + 1, group, user, name, since))
    with store.db.atomic():
        store.db.conn.executemany(
            "insert into users (id, since) values (?, ?)", [(user, since) for user, _, _ in found]
        )
        store.db.conn.executemany(
            "insert into members (id, group_id, user, pseudonym, joined) values (?, ?, ?, ?, ?)",
            rows,
        )
    return found


def _copy(
    rows: dict[str, list[tuple[Any, ...]]],
    mould: Mould,
    session: int,
    turn: int,
    start: datetime,
    member: tuple[str, int, int],
    facilitator: int,
    rng: random.Random,
) -> int:
    """Adds the rows of one copy; returns how many turns it has."""
    user, group, person = member
    began = stamp(start)
    own = " " + " ".join(rng.choice(tails) for tails in cast().tails)
    state, ended, snapshot = mould.session
    rows["sessions"].append((session, user, began, state, ended, snapshot))
    at = start
    key = (facilitator << SESSION_BITS | session) << TURN_BITS
    for place, row in enumerate(mould.turns):
        text, reading = row[4], row[5]
        if text and text.endswith(OWN):
            text, reading = text.replace(OWN, own), reading.replace(OWN, own)
        rows["turns"].append((turn + place, session, None, stamp(at), text, reading, *row[6:]))
        if text and not row[11]:
            rows["search"].append((key | place, text))
        at += timedelta(seconds=rng.randint(15, 100))
    rows["remembered"] += ((session, slot, text) for slot, text in mould.remembered)
    rows["temperatures"] += ((session, moment, sign) for moment, sign in mould.temperatures)
    facts = (began, *mould.facts[1:])
    rows["shares"].append((session, group, facilitator, person, began, 1, *facts))
    return len(mould.turns)


def _highest(db: Database, table: str) -> int:
    return int(db.execute(f"select coalesce(max(id), 0) from {table}").fetchone()[0])
