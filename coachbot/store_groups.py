"""The groups of a facilitator: their code, and who is in them under which name."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from coachbot.store import Store
from coachbot.store_inbox import stamp

MAX_NAME = 80
#: Letters and digits that are not taken for each other when read aloud or copied from a sheet;
#: all of them may stand in a link to Telegram.
ALPHABET, CODE_LENGTH = "ABCDEFGHJKMNPQRSTUVWXYZ23456789", 9

#: A group with the name of its facilitator.
SELECT = (
    "select groups.id, groups.facilitator, facilitators.name as facilitator_name, groups.name,"
    " groups.code, groups.created, groups.closed"
    " from groups join facilitators on facilitators.id = groups.facilitator"
)


class GroupError(ValueError):
    """One line: what is wrong with a group, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of one facilitator; nobody can join it once it is closed."""

    id: int
    facilitator: int
    facilitator_name: str
    name: str
    code: str
    created: datetime
    closed: datetime | None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a group as its facilitator knows them; `sessions` are shared with the group."""

    id: int
    pseudonym: str
    joined: datetime
    sessions: int


def deep_link(bot: str, code: str) -> str:
    """The link that opens the bot named `bot` and joins the group."""
    return f"https://t.me/{bot.removeprefix('@')}?start={code}"


def group(row: dict[str, Any]) -> Group:
    """A row of `SELECT` as a value."""
    closed = datetime.fromisoformat(row["closed"]) if row["closed"] else None
    return Group(**row | {"created": datetime.fromisoformat(row["created"]), "closed": closed})


class Groups:
    """The facilitator's side; nothing here gives another facilitator's group."""

    def __init__(self, store: Store) -> None:
        self.db = store.db

    def create(self, facilitator: int, name: str) -> Group:
        """A new group with a code of its own; `GroupError` when the name cannot be."""
        name = " ".join(name.split())
        if not name or len(name) > MAX_NAME or not name.isprintable():
            raise GroupError(f"name: give 1 to {MAX_NAME} characters")
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        with self.db.atomic():
            cursor = self.db.execute(
                "insert into groups (facilitator, name, code, created) values (?, ?, ?, ?)",
                [facilitator, name, code, stamp(datetime.now(UTC))],
            )
        made = self.get(facilitator, int(cursor.lastrowid or 0))
        assert made is not None
        return made

    def of(self, facilitator: int) -> list[Group]:
        """The groups of a facilitator, newest first."""
        rows = self.db.query(
            f"{SELECT} where groups.facilitator = ? order by groups.id desc", [facilitator]
        )
        return [group(row) for row in rows]

    def get(self, facilitator: int, id: int) -> Group | None:
        """One group; None when it is not this facilitator's."""
        rows = self.db.query(
            f"{SELECT} where groups.id = ? and groups.facilitator = ?", [id, facilitator]
        )
        return next((group(row) for row in rows), None)

    def close(self, facilitator: int, id: int) -> bool:
        """Nobody joins or shares any more; what was shared stays readable. False: not theirs."""
        with self.db.atomic():
            cursor = self.db.execute(
                "update groups set closed = coalesce(closed, ?) where id = ? and facilitator = ?",
                [stamp(datetime.now(UTC)), id, facilitator],
            )
        return bool(cursor.rowcount)

    def members(self, facilitator: int, id: int) -> list[Member]:
        """Who is in a group now, in the order in which they came."""
        rows = self.db.query(
            "select members.id, pseudonym, joined,"
            " (select count(*) from shares where member = members.id) as sessions"
            " from members join groups on groups.id = members.group_id"
            " where groups.id = ? and facilitator = ? and quit is null order by members.id",
            [id, facilitator],
        )
        return [Member(**row | {"joined": datetime.fromisoformat(row["joined"])}) for row in rows]
