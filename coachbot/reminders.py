"""The card shortly before the meeting, and the question afterwards how it went.

A reminder is a row with the moment it is due. When it is due it becomes an entry of the inbox in
one transaction, so that it is sent once, in the order of its chat, like the answer to a message.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlite_utils import Database

from coachbot.store_inbox import stamp

#: A reminder this much later than it should have been comes with an apology.
LATE = timedelta(minutes=5)
#: Whoever is talking with the coach at this moment is not interrupted with the question afterwards.
TALKING, POSTPONED = timedelta(minutes=5), timedelta(minutes=10)


class When(StrEnum):
    """Before the meeting, after it; or a clock that runs."""

    BEFORE = "voor"
    AFTER = "na"
    #: The clock of a game in a group; its "user" is the group, its "session" the step of the game.
    CLOCK = "klok"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder that is due. `session` is the conversation it belongs to, 0 for none."""

    user: str
    session: int
    kind: When
    meeting: datetime
    late: bool

    def pack(self) -> str:
        """As JSON text."""
        return json.dumps(asdict(self) | {"meeting": stamp(self.meeting)})


def unpack(text: str) -> Reminder:
    """JSON text back to a reminder."""
    data = json.loads(text)
    return Reminder(
        user=data["user"],
        session=data["session"],
        kind=When(data["kind"]),
        meeting=datetime.fromisoformat(data["meeting"]),
        late=data["late"],
    )


class Reminders:
    """The reminders of one database."""

    def __init__(self, db: Database, before: timedelta, after: timedelta) -> None:
        """`before` and `after` the meeting the two reminders are due."""
        self.db = db
        self.before = before
        self.after = after

    def plan(self, user: str, session: int, meeting: datetime, now: datetime) -> bool:
        """Sets both reminders for a meeting, in place of earlier ones of that conversation.

        Returns whether the first is due at once.
        """
        early = meeting - self.before
        with self.db.atomic():
            self.db.execute("delete from reminders where user = ? and session = ?", (user, session))
            for kind, due in (
                (When.BEFORE, max(early, now)),
                (When.AFTER, meeting + self.after),
            ):
                self.db.execute(
                    "insert into reminders (user, session, kind, meeting, due)"
                    " values (?, ?, ?, ?, ?)",
                    (user, session, str(kind), stamp(meeting), stamp(due)),
                )
        return early <= now

    def wind(self, user: str, step: int, due: datetime) -> None:
        """Sets the clock of a game, in place of the one that ran."""
        with self.db.atomic():
            self.cancel(user)
            self.db.execute(
                "insert into reminders (user, session, kind, meeting, due) values (?, ?, ?, ?, ?)",
                (user, step, str(When.CLOCK), stamp(due), stamp(due)),
            )

    def move(self, user: str, to: str) -> None:
        """What was planned for one chat is planned for another."""
        with self.db.atomic():
            self.db.execute("update reminders set user = ? where user = ?", (to, user))

    def cancel(self, user: str) -> None:
        """No reminder any more for somebody."""
        with self.db.atomic():
            self.db.execute("delete from reminders where user = ?", (user,))

    def planned(self, user: str, session: int) -> bool:
        """Is there a reminder for this conversation?"""
        row = self.db.execute(
            "select 1 from reminders where user = ? and session = ?", (user, session)
        ).fetchone()
        return row is not None

    def next_due(self) -> datetime | None:
        """When the first reminder is due."""
        row = self.db.execute("select min(due) from reminders").fetchone()
        return datetime.fromisoformat(row[0]) if row and row[0] else None

    def take(self, now: datetime) -> list[Reminder]:
        """The reminders that are due, removed from the plan; call it in a transaction.

        Who shut the bot out gets none. A card for a meeting that is over, while the question
        afterwards is due as well, is left out. Who is talking right now is asked later.
        """
        rows = list(
            self.db.query(
                "select reminders.*, coalesce(blocked, 0) as blocked from reminders"
                " left join users on users.id = reminders.user where due <= ? order by due",
                (stamp(now),),
            )
        )
        after = {(r["user"], r["session"]) for r in rows if r["kind"] == When.AFTER}
        taken = []
        for row in rows:
            kind = When(row["kind"])
            if kind is When.AFTER and self._talking(row["user"], now):
                self.db.execute(
                    "update reminders set due = ? where id = ?",
                    (stamp(now + POSTPONED), row["id"]),
                )
                continue
            self.db.execute("delete from reminders where id = ?", (row["id"],))
            stale = kind is When.BEFORE and (row["user"], row["session"]) in after
            if row["blocked"] or stale:
                continue
            late = now - datetime.fromisoformat(row["due"]) > LATE
            meeting = datetime.fromisoformat(row["meeting"])
            taken.append(Reminder(row["user"], row["session"], kind, meeting, late))
        return taken

    def _talking(self, user: str, now: datetime) -> bool:
        row = self.db.execute(
            "select max(at) from (select turns.at from turns"
            " join sessions on sessions.id = turns.session where user = ? and ended = 0"
            " union all select at from activities where user = ? and kind is not null)",
            (user, user),
        ).fetchone()
        return bool(row and row[0]) and now - datetime.fromisoformat(row[0]) < TALKING


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)
