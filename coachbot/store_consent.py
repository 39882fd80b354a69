"""The participant's side of a group: joining, sharing a session, taking it back, who opened it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from coachbot import pseudonyms
from coachbot.packing import unpack
from coachbot.store import Store
from coachbot.store_groups import SELECT, Group, group
from coachbot.store_inbox import stamp


@dataclass(frozen=True, slots=True)
class Membership:
    """A group somebody is in, and the name they have there."""

    group: Group
    pseudonym: str
    joined: datetime


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session as its owner picks it: with whom, about what, and the groups that may read it."""

    id: int
    started: datetime
    ended: bool
    other: str
    topic: str
    shared_with: tuple[int, ...]


class Kind(StrEnum):
    """Why a session was opened."""

    READ = "gelezen"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Opening:
    """A facilitator opened a session, or took it along in an export."""

    session: int
    facilitator: str
    kind: Kind
    at: datetime


class Consent:
    """What a participant decides. Each call joins an open transaction or makes its own."""

    def __init__(self, store: Store) -> None:
        self.db = store.db

    # -- groups ------------------------------------------------------------------------------

    def find(self, code: str) -> Group | None:
        """The group of a code, closed or not; capitals and blanks do not matter."""
        wanted = "".join(code.split()).upper()
        rows = self.db.query(f"{SELECT} where groups.code = ?", [wanted])
        return next((group(row) for row in rows), None)

    def join(self, user: str, code: str) -> Membership | None:
        """Puts somebody in a group; None when there is none or it is closed.

        Who comes back, or joins twice, has the name of the first time.
        """
        with self.db.atomic():
            found = self.find(code)
            if found is None or found.closed:
                return None
            now = _now()
            self.db.execute(
                "insert into users (id, since) values (?, ?) on conflict do nothing", [user, now]
            )
            taken = {
                row["pseudonym"]
                for row in self.db.query(
                    "select pseudonym from members where group_id = ?", [found.id]
                )
            }
            self.db.execute(
                "insert into members (group_id, user, pseudonym, joined) values (?, ?, ?, ?)"
                " on conflict (group_id, user) do update"
                " set joined = iif(quit is null, joined, excluded.joined), quit = null",
                [found.id, user, pseudonyms.choose(taken), now],
            )
        return next(one for one in self.memberships(user) if one.group.id == found.id)

    def leave(self, user: str, group: int) -> bool:
        """Takes somebody out of a group, and back what they shared with it. False: not in it."""
        with self.db.atomic():
            self.db.execute(
                "delete from shares where group_id = ? and member in"
                " (select id from members where user = ?)",
                [group, user],
            )
            cursor = self.db.execute(
                "update members set quit = ? where group_id = ? and user = ? and quit is null",
                [_now(), group, user],
            )
        return bool(cursor.rowcount)

    def memberships(self, user: str) -> list[Membership]:
        """The groups somebody is in, in the order in which they joined."""
        found = []
        for row in self.db.query(
            f"{SELECT.replace(' from groups', ', pseudonym, joined from groups', 1)}"
            " join members on members.group_id = groups.id"
            " where user = ? and quit is null order by members.id",
            [user],
        ):
            name, joined = row.pop("pseudonym"), datetime.fromisoformat(row.pop("joined"))
            found.append(Membership(group(row), name, joined))
        return found

    # -- sessions ----------------------------------------------------------------------------

    def sessions(self, user: str, limit: int = 20) -> list[OwnSession]:
        """Somebody's last sessions in which they said something, newest first."""
        rows = self.db.query(
            "select id, started, ended, snapshot from sessions where user = ? and exists"
            " (select 1 from turns where session = sessions.id and text is not null)"
            " order by id desc limit ?",
            [user, limit],
        )
        found = []
        for row in rows:
            memory = unpack(row["snapshot"]).memory
            other, topic = (
                memory[slot].text if slot in memory else "" for slot in ("ander", "onderwerp")
            )
            groups = self.db.query(
                "select group_id from shares where session = ? order by group_id", [row["id"]]
            )
            started = datetime.fromisoformat(row["started"])
            shared = tuple(one["group_id"] for one in groups)
            found.append(OwnSession(row["id"], started, bool(row["ended"]), other, topic, shared))
        return found

    def share(self, user: str, session: int, group: int) -> bool:
        """Lets the facilitator of a group read one session; also what is still added to it.

        False when the session is not the user's, or the user is not in the group, or it is closed.
        """
        with self.db.atomic():
            row = next(
                self.db.query(
                    "select members.id, facilitator from members"
                    " join groups on groups.id = members.group_id"
                    " join sessions on sessions.user = members.user"
                    " where members.user = ? and group_id = ? and sessions.id = ?"
                    " and quit is null and closed is null",
                    [user, group, session],
                ),
                None,
            )
            if row is None:
                return False
            self.db.execute(
                "insert into shares (session, group_id, facilitator, member, at)"
                " select ?, ?, ?, ?, ? where not exists"
                " (select 1 from shares where session = ? and group_id = ?)",
                [session, group, row["facilitator"], row["id"], _now(), session, group],
            )
        return True

    def withdraw(self, user: str, session: int, group: int | None = None) -> bool:
        """Takes a session back from a group (None: from all), with the notes made about it.

        False when it was not shared, or is not the user's.
        """
        with self.db.atomic():
            cursor = self.db.execute(
                "delete from shares where session = ? and group_id = coalesce(?, group_id)"
                " and session in (select id from sessions where user = ?)",
                [session, group, user],
            )
        return bool(cursor.rowcount)

    def openings(self, user: str) -> list[Opening]:
        """Who opened which session and when, newest first; also of what was withdrawn since."""
        rows = self.db.query(
            "select session, facilitator, kind, at from openings where user = ? order by id desc",
            [user],
        )
        return [
            Opening(**row | {"kind": Kind(row["kind"]), "at": datetime.fromisoformat(row["at"])})
            for row in rows
        ]


def _now() -> str:
    return stamp(datetime.now(UTC))
