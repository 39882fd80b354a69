"""SQLite through sqlite-utils: sessions, turns and what is remembered, in one file.

A session and its turn are written in one transaction before anything is sent, so that a crash at
any moment loses nothing and a redelivered update is answered again instead of counted twice.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database, Migrations
from sqlite_utils.db import Table

from coachbot.database import Immediate
from coachbot.model import Reply, Rung, Session, Turn
from coachbot.packing import pack, reading_dict, unpack, unpack_reply

#: Marks a file as ours, so that a stray database is refused instead of written into ("coac").
APPLICATION_ID = 0x636F6163
#: How long a writer waits for another before it gives up, in milliseconds.
BUSY_MS = 5_000
#: What hangs on a session, in the order in which it is erased: what is shared goes first, because
#: the search words of a session are found by its turns.
OF_SESSION = ("shares", "notes", "corrections", "openings", "turns", "remembered", "temperatures")

migrations = Migrations("coachbot")


@migrations()
def first_tables(db: Database) -> None:
    """Users, sessions, turns, remembered values and temperatures."""
    _table(db, "users").create({"id": str, "since": str}, pk="id")
    _table(db, "sessions").create(
        {"id": int, "user": str, "started": str, "state": str, "ended": int, "snapshot": str},
        pk="id",
        foreign_keys=[("user", "users", "id")],
    )
    _table(db, "turns").create(
        {
            "id": int,
            "session": int,
            "update_id": str,
            "at": str,
            "text": str,
            "reading": str,
            "state_before": str,
            "state_after": str,
            "taken": str,
            "reply": str,
            "before": str,
            "undone": int,
        },
        pk="id",
        foreign_keys=[("session", "sessions", "id")],
    )
    _table(db, "remembered").create(
        {"session": int, "slot": str, "text": str},
        pk=("session", "slot"),
        foreign_keys=[("session", "sessions", "id")],
    )
    _table(db, "temperatures").create(
        {"session": int, "moment": str, "sign": str},
        pk=("session", "moment"),
        foreign_keys=[("session", "sessions", "id")],
    )
    _table(db, "sessions").create_index(["user"])
    _table(db, "turns").create_index(["session"])
    _table(db, "turns").create_index(["session", "update_id"], unique=True)


@migrations()
def telegram_tables(db: Database) -> None:
    """Updates until they are answered, questions of the adapter, reminders, signs of life."""
    _table(db, "users").add_column("blocked", int, not_null_default=0)
    _table(db, "updates").create(
        {
            "id": int,
            "chat": int,
            "message": int,
            "at": str,
            "payload": str,
            "outcome": str,
            "done": int,
        },
        pk="id",
    )
    _table(db, "pending").create({"user": str, "kind": str, "data": str}, pk="user")
    _table(db, "reminders").create(
        {"id": int, "user": str, "session": int, "kind": str, "meeting": str, "due": str},
        pk="id",
    )
    _table(db, "pulse").create({"name": str, "at": str}, pk="name")
    _table(db, "updates").create_index(["done"])
    _table(db, "updates").create_index(["chat", "message"])
    _table(db, "reminders").create_index(["due"])


class StoreError(Exception):
    """One line about a database that cannot be used."""


@dataclass(frozen=True, slots=True)
class LastTurn:
    """The newest turn of somebody: where it stands, what it did, when, and the session before."""

    id: int
    session: int
    update_id: str | None
    taken: str
    reply: Reply
    before: Session
    at: datetime


def _table(db: Database, name: str) -> Table:
    table = db[name]
    assert isinstance(table, Table)
    return table


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Store:
    """One database file; safe to open from several processes (WAL, short transactions)."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the file; a file that cannot serve raises `StoreError`."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=BUSY_MS / 1000, check_same_thread=False)
            self.db = Immediate(connection)
            self._claim()
            self._prepare()
        except sqlite3.DatabaseError as error:
            raise StoreError(_explain(path, error)) from error
        except OSError as error:
            raise StoreError(f"{path}: cannot be opened ({error.strerror})") from error

    def _claim(self) -> None:
        """Ours already, or empty and made ours; anything else is left alone."""
        mark = self.db.execute("pragma application_id").fetchone()[0]
        if mark != APPLICATION_ID:
            if mark or self.db.table_names():
                raise StoreError(f"{self.path}: is a database of another program, not of coachbot")
            self.db.execute(f"pragma application_id = {APPLICATION_ID}")
        self.db.enable_wal()
        self.db.execute("pragma foreign_keys = on")
        self.db.execute("pragma secure_delete = on")

    def _prepare(self) -> None:
        # Not at the top: the modules with the other tables are built on this one.
        from coachbot import store_tables

        store_tables.prepare(self.db)

    def close(self) -> None:
        """Gives the file back; pending work is already committed."""
        self.db.close()

    # -- sessions ----------------------------------------------------------------------------

    def load(self, user: str) -> tuple[int | None, Session | None]:
        """The user's latest session that has not ended, with its row id."""
        row = next(
            self._rows(
                "select id, snapshot from sessions where user = ? and ended = 0"
                " order by id desc limit 1",
                (user,),
            ),
            None,
        )
        return (row["id"], unpack(row["snapshot"])) if row else (None, None)

    def latest(self, user: str, session: int | None = None) -> tuple[int, Session] | None:
        """The user's last session, ended or not; with `session` that one, if it is the user's."""
        row = next(
            self._rows(
                "select id, snapshot from sessions where user = ? and id = coalesce(?, id)"
                " order by id desc limit 1",
                (user, session),
            ),
            None,
        )
        return (row["id"], unpack(row["snapshot"])) if row else None

    def started(self, session: int) -> datetime:
        """When a session began."""
        rows = self._rows("select started from sessions where id = ?", (session,))
        return datetime.fromisoformat(next(rows)["started"])

    def previous(self, session: int, before: int | None = None) -> tuple[int, Session] | None:
        """The last turn (before turn `before`) not taken back: its id and the session before it."""
        row = next(
            self._rows(
                "select id, before from turns where session = ? and undone = 0 and id < ?"
                " and text is not null and taken not like '%/!%' order by id desc limit 1",
                (session, before or 2**62),
            ),
            None,
        )
        return (row["id"], unpack(row["before"])) if row else None

    def answered(self, user: str, update_id: str) -> Reply | None:
        """What was answered to an update that came before; None when it is new."""
        row = next(
            self._rows(
                "select reply from turns join sessions on sessions.id = turns.session"
                " where user = ? and update_id = ?",
                (user, update_id),
            ),
            None,
        )
        return unpack_reply(row["reply"]) if row else None

    def last_turn(self, user: str) -> LastTurn | None:
        """The newest turn of the user, in whatever session."""
        row = next(
            self._rows(
                "select turns.id, session, update_id, taken, reply, before, at from turns"
                " join sessions on sessions.id = turns.session"
                " where user = ? order by turns.id desc limit 1",
                (user,),
            ),
            None,
        )
        if row is None:
            return None
        return LastTurn(
            row["id"],
            row["session"],
            row["update_id"],
            row["taken"],
            unpack_reply(row["reply"]),
            unpack(row["before"]),
            datetime.fromisoformat(row["at"]),
        )

    def record(
        self, user: str, session: int | None, turn: Turn, update_id: str | None, undone: int | None
    ) -> int:
        """Session and turn in one transaction; returns the session's row id.

        `undone` is the turn that is taken back by this one.
        """
        after = turn.after
        with self.db.atomic():
            _table(self.db, "users").insert({"id": user, "since": _now()}, ignore=True)
            row = {
                "user": user,
                "state": f"{after.dialogue}/{after.state}",
                "ended": int(after.ended),
                "snapshot": pack(after),
            }
            sessions = _table(self.db, "sessions")
            if session is None:
                session = int(sessions.insert(row | {"started": _now()}).last_pk or 0)
            else:
                sessions.update(session, row)
            if undone is not None:
                _table(self.db, "turns").update(undone, {"undone": 1})
            _table(self.db, "turns").insert(
                {
                    "session": session,
                    "update_id": update_id,
                    "at": _now(),
                    "text": turn.reading.text or None,
                    "reading": json.dumps(reading_dict(turn.reading), ensure_ascii=False),
                    "state_before": f"{turn.before.dialogue}/{turn.before.state}",
                    "state_after": row["state"],
                    "taken": turn.taken,
                    "reply": json.dumps(asdict(turn.reply), ensure_ascii=False),
                    "before": pack(turn.before),
                    "undone": int(turn.undo),
                }
            )
            self._keep(session, after)
        return session

    def _keep(self, session: int, after: Session) -> None:
        for table in ("remembered", "temperatures"):
            _table(self.db, table).delete_where("session = ?", [session])
        for slot, kept in after.memory.items():
            if slot.startswith("temperatuur_"):
                moment = slot.removeprefix("temperatuur_")
                _table(self.db, "temperatures").insert(
                    {"session": session, "moment": moment, "sign": kept.text}
                )
            else:
                _table(self.db, "remembered").insert(
                    {"session": session, "slot": slot, "text": kept.text}
                )

    def has_been_elsewhere(self, user: str, states: Sequence[str]) -> bool:
        """Has the user a session that stands in another state than these?"""
        rows = self._rows("select distinct state from sessions where user = ?", (user,))
        return any(row["state"] not in states for row in rows)

    def was_unsafe(self, session: int) -> bool:
        """Was it about somebody's safety in this session?"""
        sql = (
            "select 1 from turns where session = ?"
            " and json_extract(reading, '$.safety') != 'none' limit 1"
        )
        return any(self._rows(sql, (session,)))

    def erase_session(self, session: int) -> None:
        """Every row of one session, as if it had not been."""
        with self.db.atomic():
            for table in OF_SESSION:
                _table(self.db, table).delete_where("session = ?", [session])
            _table(self.db, "sessions").delete(session)

    def climb(self, session: int) -> list[Rung]:
        """The rung of each turn that counts, in order, for the picture of the climb."""
        rows = self._rows(
            "select reading from turns where session = ? and undone = 0 and text is not null"
            " order by id",
            (session,),
        )
        return [Rung(json.loads(row["reading"])["rung"]) for row in rows]

    def _rows(self, sql: str, parameters: tuple[object, ...]) -> Iterator[dict[str, Any]]:
        return self.db.query(sql, parameters)


def _explain(path: Path, error: sqlite3.DatabaseError) -> str:
    text = str(error)
    if "not a database" in text or "malformed" in text:
        return f"{path}: is no SQLite database; choose another file with --db"
    if "locked" in text:
        return f"{path}: is locked by another program; close it and try again"
    if "readonly" in text or "read-only" in text:
        return f"{path}: is read-only; choose another file with --db or change its rights"
    return f"{path}: cannot be used as a database ({text})"
