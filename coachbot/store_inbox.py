"""What the Telegram adapter keeps beside the conversation, on the same SQLite file.

Every update is written here before Telegram is told that it arrived, and leaves nothing but its
number once it is answered; so a crash at any moment loses none and repeats none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database
from sqlite_utils.db import Table

from coachbot.store import Store, migrations

#: Telegram repeats an update for a day at most, and lets a message be edited for two days.
KEEP_DONE = timedelta(days=2)


@migrations()
def share_question(db: Database) -> None:
    """Was the owner of a session asked whether a facilitator may read it?"""
    table = db["sessions"]
    assert isinstance(table, Table)
    table.add_column("share_asked", int, not_null_default=0)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that was received and not yet answered; `outcome` once it is known what to say."""

    id: int
    payload: str
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What `coachbot status` shows."""

    users: int
    sessions: int
    open_sessions: int
    queue: int
    reminders: int
    last_update: str | None
    last_poll: str | None


def stamp(moment: datetime | None = None) -> str:
    """A moment (now) as it stands in the database: UTC, to the millisecond."""
    return (moment or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="milliseconds")


class Inbox:
    """Updates, questions the adapter itself asked, and signs of life."""

    def __init__(self, store: Store) -> None:
        """Takes over the connection: only the arrival of an update is forced to the disk.

        What follows from an update can be worked out again after a power cut, so those writes need
        to be safe from a crash of the program only; that spares two of three waits for the disk.
        """
        self.store = store
        self.db = store.db
        self.db.execute("pragma synchronous = normal")

    # -- updates -----------------------------------------------------------------------------

    def keep(self, update: int, chat: int, message: int, payload: str) -> bool:
        """Writes an update down for good; False when it is known already."""
        with self._forced(), self.db.atomic():
            cursor = self.db.execute(
                "insert or ignore into updates (id, chat, message, at, payload, done)"
                " values (?, ?, ?, ?, ?, 0)",
                (update, chat, message, stamp(), payload),
            )
            return cursor.rowcount == 1

    @contextmanager
    def _forced(self) -> Iterator[None]:
        if self.db.conn.in_transaction:
            yield
            return
        self.db.execute("pragma synchronous = full")
        try:
            yield
        finally:
            self.db.execute("pragma synchronous = normal")

    def waiting(self) -> list[Waiting]:
        """What was received and not answered, oldest first."""
        rows = self.db.query("select id, payload, outcome from updates where done = 0 order by id")
        return [Waiting(row["id"], row["payload"], row["outcome"]) for row in rows]

    def outcome(self, update: int) -> str | None:
        """What was decided to say to an update, if that was decided before."""
        return self._one("select outcome from updates where id = ?", update)

    def closed(self, update: int) -> bool:
        """Was it answered already, or erased with the person?"""
        return bool(self._one("select done from updates where id = ?", update))

    def decide(self, update: int, outcome: str) -> None:
        """Keeps what is going to be said, in the transaction of the turn itself."""
        self.db.execute("update updates set outcome = ? where id = ?", (outcome, update))

    def own_number(self) -> int:
        """A number for an entry that is no update of Telegram: under zero, not used before."""
        return int(self._one("select min(0, coalesce(min(id), 0)) - 1 from updates") or -1)

    def done(self, update: int, forget: bool = False) -> None:
        """Answered: only the number remains, and which message it was (not even that: `forget`)."""
        with self.db.atomic():
            self.db.execute(
                "update updates set done = 1, payload = null, outcome = null where id = ?",
                (update,),
            )
            if forget:
                self.db.execute(
                    "update updates set chat = null, message = null where id = ?", (update,)
                )

    def updates_of(self, chat: int, message: int) -> list[int]:
        """The updates that one message of a chat came in with (more than one when edited)."""
        rows = self.db.query(
            "select id from updates where chat = ? and message = ? order by id desc",
            (chat, message),
        )
        return [row["id"] for row in rows]

    def prune(self) -> None:
        """Forgets the numbers of updates that cannot come back."""
        with self.db.atomic():
            self.db.execute(
                "delete from updates where done = 1 and at < ?",
                (stamp(datetime.now(UTC) - KEEP_DONE),),
            )

    # -- people ------------------------------------------------------------------------------

    def known(self, user: str) -> bool:
        """Has this person talked with the coach?"""
        return self._one("select 1 from users where id = ?", user) is not None

    def newcomers(self, since: datetime) -> int:
        """How many people came for the first time after `since`."""
        return int(self._one("select count(*) from users where since >= ?", stamp(since)) or 0)

    def block(self, user: str, blocked: bool) -> None:
        """Remembers that somebody shut the bot out, or let it in again."""
        with self.db.atomic():
            self.db.execute(
                "update users set blocked = ? where id = ? and blocked != ?",
                (int(blocked), user, int(blocked)),
            )

    def blocked(self, user: str) -> bool:
        """Did this person shut the bot out?"""
        return bool(self._one("select blocked from users where id = ?", user))

    # -- questions of the adapter itself -----------------------------------------------------

    def ask(self, user: str, kind: str, data: str = "") -> None:
        """Remembers that the next message answers a question of the adapter."""
        with self.db.atomic():
            self.db.execute("insert or replace into pending values (?, ?, ?)", (user, kind, data))

    def asked(self, user: str) -> tuple[str, str] | None:
        """The question that is open, with what belongs to it."""
        row = next(self.db.query("select kind, data from pending where user = ?", (user,)), None)
        return (row["kind"], row["data"]) if row else None

    def settle(self, user: str) -> None:
        """No question is open any more."""
        with self.db.atomic():
            self.db.execute("delete from pending where user = ?", (user,))

    def asks_to_share(self, session: int) -> bool:
        """Notes that its owner is asked about sharing this session; False when that was done."""
        with self.db.atomic():
            cursor = self.db.execute(
                "update sessions set share_asked = 1 where id = ? and share_asked = 0", (session,)
            )
        return bool(cursor.rowcount)

    # -- signs of life -----------------------------------------------------------------------

    def beat(self, name: str, at: datetime) -> None:
        """Notes when something last happened."""
        with self.db.atomic():
            self.db.execute("insert or replace into pulse values (?, ?)", (name, stamp(at)))

    def owe(self, name: str, owed: bool) -> None:
        """Remembers something that must still be done, across restarts."""
        with self.db.atomic():
            self.db.execute("delete from pulse where name = ?", (name,))
            if owed:
                self.beat(name, datetime.now(UTC))

    def owes(self, name: str) -> bool:
        """Must it still be done?"""
        return self._one("select 1 from pulse where name = ?", name) is not None

    def counts(self) -> Counts:
        """The figures of `coachbot status`."""
        return Counts(
            users=int(self._one("select count(*) from users") or 0),
            sessions=int(self._one("select count(*) from sessions") or 0),
            open_sessions=int(self._one("select count(*) from sessions where ended = 0") or 0),
            queue=int(self._one("select count(*) from updates where done = 0") or 0),
            reminders=int(self._one("select count(*) from reminders") or 0),
            last_update=self._one("select max(at) from updates"),
            last_poll=self._one("select at from pulse where name = 'poll'"),
        )

    def _one(self, sql: str, *parameters: object) -> str | None:
        row = self.db.execute(sql, parameters).fetchone()
        return None if row is None else row[0]
