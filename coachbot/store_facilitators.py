"""Who may read: facilitators, their passwords (argon2) and the wait after wrong tries."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from coachbot.store import Store
from coachbot.store_inbox import stamp

if TYPE_CHECKING:
    from pwdlib import PasswordHash

MIN_PASSWORD, MAX_PASSWORD, MAX_NAME = 10, 256, 60
#: So many wrong tries for one name, then so long a wait.
TRIES, WAIT = 5, timedelta(minutes=15)


class AccountError(ValueError):
    """One line: what is wrong with a name or a password, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Facilitator:
    """Somebody who may log in."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Login:
    """What came of a try: who it is, or for how long there is no use in trying again."""

    facilitator: Facilitator | None
    wait: timedelta | None = None


def _now() -> datetime:
    return datetime.now(UTC)


@cache
def _hasher() -> PasswordHash:
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    return PasswordHash((Argon2Hasher(),))


@cache
def _nobody() -> str:
    """What an unknown name is checked against, so that it takes as long as a known one."""
    return _hasher().hash("nobody has this password")


class Accounts:
    """The facilitators of one database."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = _now) -> None:
        self.db = store.db
        self.clock = clock

    def add(self, name: str, password: str) -> Facilitator:
        """A new facilitator; `AccountError` when the name or the password cannot be."""
        name = " ".join(name.split())
        if not name or len(name) > MAX_NAME or not name.isprintable():
            raise AccountError(f"name: give 1 to {MAX_NAME} characters")
        if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
            raise AccountError(f"password: give {MIN_PASSWORD} to {MAX_PASSWORD} characters")
        hashed = _hasher().hash(password)
        with self.db.atomic():
            if self.named(name):
                raise AccountError(f"name: there is a facilitator {name!r} already")
            cursor = self.db.execute(
                "insert into facilitators (name, hash, since) values (?, ?, ?)",
                [name, hashed, stamp(self.clock())],
            )
        return Facilitator(int(cursor.lastrowid or 0), name)

    def remove(self, name: str) -> bool:
        """Takes a facilitator away with all that was shared with them; False: no such name.

        What participants may know stays: who opened which session, by name.
        """
        with self.db.atomic():
            found = self.named(name)
            if found is None:
                return False
            groups = "select id from groups where facilitator = ?"
            for sql in (
                "delete from shares where facilitator = ?",
                "delete from notes where facilitator = ?",
                "delete from corrections where facilitator = ?",
                f"delete from members where group_id in ({groups})",
                "delete from groups where facilitator = ?",
                "delete from facilitators where id = ?",
            ):
                self.db.execute(sql, [found.id])
        return True

    def all(self) -> list[Facilitator]:
        """Everybody who may log in, by name."""
        return [
            Facilitator(row["id"], row["name"])
            for row in self.db.query("select id, name from facilitators order by lower(name)")
        ]

    def named(self, name: str) -> Facilitator | None:
        """A facilitator by name; capitals do not matter."""
        row = self._row(name)
        return Facilitator(row["id"], row["name"]) if row else None

    def get(self, id: int) -> Facilitator | None:
        """A facilitator by number; None when removed."""
        rows = self.db.query("select id, name from facilitators where id = ?", [id])
        return next((Facilitator(row["id"], row["name"]) for row in rows), None)

    def check(self, name: str, password: str) -> Login:
        """One try to log in. Unknown names take as long, and wait as long, as known ones."""
        key = hashlib.sha256(_folded(name).encode()).hexdigest()
        wait = self._wait(key)
        if wait:
            return Login(None, wait)
        row = self._row(name)
        right = _hasher().verify(password[:MAX_PASSWORD], row["hash"] if row else _nobody())
        if row is None or not right:
            return Login(None, self._failed(key))
        with self.db.atomic():
            self.db.execute("delete from login_tries where name = ?", [key])
        return Login(Facilitator(row["id"], row["name"]))

    def _row(self, name: str) -> dict[str, Any] | None:
        # SQLite folds only a to z, so that names are compared here; there are few.
        wanted = _folded(name)
        rows = self.db.query("select id, name, hash from facilitators")
        return next((row for row in rows if _folded(row["name"]) == wanted), None)

    def _wait(self, key: str) -> timedelta | None:
        rows = self.db.query("select until from login_tries where name = ?", [key])
        until = next((row["until"] for row in rows), None)
        left = datetime.fromisoformat(until) - self.clock() if until else timedelta()
        return left if left > timedelta() else None

    def _failed(self, key: str) -> timedelta | None:
        """Counts a wrong try; the fifth makes everybody wait who gives that name.

        Tries are forgotten when there was none for as long as the wait.
        """
        now = self.clock()
        with self.db.atomic():
            self.db.execute("delete from login_tries where seen < ?", [stamp(now - WAIT)])
            self.db.execute(
                "insert into login_tries (name, failed, seen) values (?, 1, ?)"
                " on conflict (name) do update set failed = failed + 1, seen = excluded.seen",
                [key, stamp(now)],
            )
            rows = self.db.query("select failed from login_tries where name = ?", [key])
            if next(rows)["failed"] < TRIES:
                return None
            self.db.execute(
                "update login_tries set until = ? where name = ?", [stamp(now + WAIT), key]
            )
        return WAIT


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
