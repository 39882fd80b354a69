"""A game of Theater van Besluit in a group chat, for as long as it is played.

No names: a player is the number of a private chat, a group the number of its chat. When the game
is over both go, with everything that was decided.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database
from sqlite_utils.db import Table

from coachbot.store import Store, migrations
from coachbot.store_inbox import stamp

#: Tables with rows of a user, for whoever erases or hands over everything.
TABLES = ("players",)
#: A game that nobody touched for so long is over.
IDLE = timedelta(days=1)


@migrations()
def theater_tables(db: Database) -> None:
    """Games under way, one a group chat, and who plays in them."""
    _table(db, "games").create({"chat": int, "state": str, "at": str}, pk="chat")
    _table(db, "players").create(
        {"chat": int, "user": str, "number": int}, pk=("chat", "user"), foreign_keys=[]
    )
    _table(db, "players").create_index(["user"])


def _table(db: Database, name: str) -> Table:
    table = db[name]
    assert isinstance(table, Table)
    return table


class Games:
    """The games of one database."""

    def __init__(self, store: Store) -> None:
        self.db = store.db

    def load(self, chat: int) -> dict[str, Any] | None:
        """The game of a group as JSON data; None when none is played there."""
        rows = self.db.query("select state from games where chat = ?", [chat])
        return next((json.loads(row["state"]) for row in rows), None)

    def keep(self, chat: int, state: Mapping[str, Any], now: datetime) -> None:
        """The game as it stands."""
        row = {"chat": chat, "state": json.dumps(state, ensure_ascii=False), "at": stamp(now)}
        _table(self.db, "games").upsert(row, pk="chat")

    def end(self, chat: int) -> None:
        """Nothing of the game is left."""
        with self.db.atomic():
            for table in ("players", "games"):
                self.db.execute(f"delete from {table} where chat = ?", [chat])

    def move(self, chat: int, to: int) -> None:
        """The group has another number now."""
        with self.db.atomic():
            for table in ("players", "games"):
                self.db.execute(f"update {table} set chat = ? where chat = ?", [to, chat])

    def players(self, chat: int) -> dict[int, str]:
        """Number -> user, of who plays."""
        rows = self.db.query(
            "select number, user from players where chat = ? order by number", [chat]
        )
        return {row["number"]: row["user"] for row in rows}

    def join(self, chat: int, user: str) -> tuple[int, bool]:
        """Lets somebody play; the number they play under, and whether that is new."""
        players = self.players(chat)
        known = next((number for number, one in players.items() if one == user), None)
        if known is not None:
            return known, False
        number = max(players, default=0) + 1
        row = {"chat": chat, "user": user, "number": number}
        _table(self.db, "players").insert(row, pk=("chat", "user"))
        return number, True

    def prune(self, now: datetime) -> None:
        """Ends the games that were left lying."""
        for row in list(self.db.query("select chat from games where at < ?", [stamp(now - IDLE)])):
            self.end(row["chat"])
