"""Everything that is held about somebody: handed over, or erased to the last byte."""

from __future__ import annotations

import json
import sqlite3
import time
from typing import Any

from sqlite_utils import Database

from coachbot import store_practice, store_theater
from coachbot.store import OF_SESSION, Store

#: Other processes may be reading; the log can only be emptied when they are done.
EMPTY_SECONDS = 3.0
#: What hangs on a person, besides what hangs on their sessions (`store.OF_SESSION`).
OF_USER = (
    "pending",
    "reminders",
    "openings",
    "members",
    *store_practice.TABLES,
    *store_theater.TABLES,
)
#: Columns that hold JSON, unpacked again for who asks what is held about them.
PACKED = ("snapshot", "before", "reading", "reply")
#: A number in a row that says nothing by itself -> what is told in its place.
NAMED = {
    "facilitator": "select name from facilitators where id = ?",
    "group_id": "select name from groups where id = ?",
}


class EraseError(Exception):
    """The rows are gone, but the file could not be rewritten yet."""


def gather(store: Store, user: str, chat: int) -> dict[str, Any] | None:
    """All that is held about somebody as JSON data; None when nothing is."""
    db = store.db
    found: dict[str, Any] = {"user": next(db.query("select * from users where id = ?", [user]), {})}
    found["sessions"] = [
        _unpacked(row) | {table: _of(db, table, row["id"]) for table in OF_SESSION}
        for row in db.query("select * from sessions where user = ? order by id", [user])
    ]
    for table in _of_user(db):
        rows = db.query(f"select * from {table} where user = ?", [user])
        found[table] = [_named(db, dict(row)) for row in rows]
    found["updates"] = [
        dict(row)
        for row in db.query(
            "select id, message, at, done from updates where chat = ? order by id", [chat]
        )
    ]
    held = found["user"] or found["sessions"] or any(found[table] for table in _of_user(db))
    return found if held else None


def _of_user(db: Database) -> list[str]:
    """The tables that are there: one that no part of this program has made yet holds nothing."""
    there = set(db.table_names())
    return [table for table in OF_USER if table in there]


def _of(db: Database, table: str, session: int) -> list[dict[str, Any]]:
    rows = db.query(f"select * from {table} where session = ?", [session])
    return [_named(db, _unpacked(row)) for row in rows]


def _named(db: Database, row: dict[str, Any]) -> dict[str, Any]:
    """Groups and facilitators by their names; the access log holds names already."""
    for column, sql in NAMED.items():
        if isinstance(row.get(column), int):
            name = db.execute(sql, [row[column]]).fetchone()
            row[column] = name[0] if name else None
    return row


def _unpacked(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: json.loads(value) if key in PACKED and value else value for key, value in row.items()
    }


def erase(store: Store, user: str, chat: int, update: int) -> None:
    """Every row of somebody, up to and with `update`, whose own row stays until it is answered.

    The bytes are gone from the files after `scrub`.
    """
    with store.db.atomic():
        sessions = "select id from sessions where user = ?"
        for table in OF_SESSION:
            store.db.execute(f"delete from {table} where session in ({sessions})", [user])
        store.db.execute("delete from sessions where user = ?", [user])
        for table in _of_user(store.db):
            store.db.execute(f"delete from {table} where user = ?", [user])
        store.db.execute("delete from users where id = ?", [user])
        # Reminders that are on their way out have negative numbers, so they go as well. The
        # numbers stay, so that an update that comes in once more is not taken for a new one.
        store.db.execute(
            "update updates set chat = null, message = null, payload = null, outcome = null,"
            " done = 1 where chat = ? and id < ?",
            [chat, update],
        )


def scrub(store: Store) -> None:
    """Rewrites the file and empties the write-ahead log, so that erased text is in neither.

    Raises `EraseError` when another process keeps the file busy for too long.
    """
    try:
        # A row taken out of the search index leaves its words there until the index is merged.
        store.db.execute("insert into search (search) values ('optimize')")
        store.db.execute("vacuum")
    except sqlite3.OperationalError as error:
        raise EraseError("the database is in use by another process") from error
    empty_log(store)


def empty_log(store: Store) -> None:
    """Moves everything out of the write-ahead log and cuts it to nothing."""
    deadline = time.monotonic() + EMPTY_SECONDS
    while time.monotonic() < deadline:
        busy, _, _ = store.db.execute("pragma wal_checkpoint(truncate)").fetchone()
        if not busy:
            return
        time.sleep(0.05)
    raise EraseError("the database is in use by another process; its log could not be emptied")
