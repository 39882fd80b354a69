"""What is not kept for longer than is wanted: old sessions and practice, or all of somebody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from coachbot import store_erase
from coachbot.store import OF_SESSION, Store
from coachbot.store_inbox import stamp

#: A number that no update of Telegram reaches: erasing takes all of them along.
ANY_UPDATE = 2**62
#: What is purged besides sessions, and the column that says how old it is.
AGES = {
    "attempts": "at",
    "spar_turns": "at",
    "spar_runs": "started",
    "scan_results": "at",
    "decisions": "at",
    "activities": "at",
    "reminders": "due",
    "due_cards": "due",
}


@dataclass(frozen=True, slots=True)
class Purged:
    """What went, or would go."""

    sessions: int
    turns: int
    practice: int
    people: int


def age(text: str) -> timedelta:
    """ "180d" or "26w" as a time; `ValueError` with one line when it is neither."""
    found = re.fullmatch(r"([1-9]\d{0,4})([dw])", text.strip().lower(), re.ASCII)
    if not found:
        raise ValueError(f"{text!r} is not allowed; give days or weeks, such as 180d or 26w")
    number, unit = int(found[1]), found[2]
    return timedelta(days=number * (7 if unit == "w" else 1))


def purge(store: Store, older: timedelta, now: datetime, dry: bool = False) -> Purged:
    """Takes away sessions whose last message is older, practice that is, and people with nothing.

    `dry` only counts. Otherwise no byte of it is left in the files afterwards; `EraseError` when
    another process keeps the file busy.
    """
    limit = stamp(now - older)
    db = store.db
    db.execute("begin immediate")
    try:
        purged = _purge(store, limit)
    except BaseException:
        db.rollback()
        raise
    if dry:
        db.rollback()
    else:
        db.commit()
        store_erase.scrub(store)
    return purged


def _purge(store: Store, limit: str) -> Purged:
    db = store.db
    old = [
        int(row[0])
        for row in db.execute(
            "select sessions.id from sessions where coalesce("
            "(select max(at) from turns where session = sessions.id), started) < ?",
            [limit],
        ).fetchall()
    ]
    db.execute("create temp table if not exists old_sessions (id integer primary key)")
    db.execute("delete from old_sessions")
    db.conn.executemany("insert into old_sessions values (?)", [(session,) for session in old])
    gone = {
        table: db.execute(
            f"delete from {table} where session in (select id from old_sessions)"
        ).rowcount
        for table in OF_SESSION
    }
    db.execute("delete from sessions where id in (select id from old_sessions)")
    practice = sum(
        db.execute(f"delete from {table} where {column} < ?", [limit]).rowcount
        for table, column in AGES.items()
    )
    return Purged(len(old), gone["turns"], practice, _people(store, limit))


def _people(store: Store, limit: str) -> int:
    """People who came long ago and of whom nothing is left but a place in a group."""
    held = " ".join(
        f"and not exists (select 1 from {table} where user = users.id)"
        for table in ("sessions", *AGES)
    )
    db = store.db
    silent = f"select id from users where since < ? {held}"
    for table in ("members", "pending", "openings"):
        db.execute(f"delete from {table} where user in ({silent})", [limit])
    return int(db.execute(f"delete from users where id in ({silent})", [limit]).rowcount)


def forget(store: Store, user: str) -> int | None:
    """Takes away everything of somebody to the last byte: how many sessions; None: nobody."""
    known = store.db.execute("select 1 from users where id = ?", [user]).fetchone()
    if known is None:
        return None
    sessions = store.db.execute("select count(*) from sessions where user = ?", [user]).fetchone()
    chat = re.fullmatch(r"tg:(-?\d{1,18})", user, re.ASCII)
    store_erase.erase(store, user, int(chat[1]) if chat else 0, ANY_UPDATE)
    store_erase.scrub(store)
    return int(sessions[0])
