"""Who is logged in: kept in this process, so that logging out and waiting too long really end it.

The cookie holds only a number drawn at login; without its row here it opens nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

#: However busy, a login does not outlive a working day.
LONGEST = timedelta(hours=12)
#: Logins kept at most; past it the one that was quiet longest goes.
MOST = 10_000


@dataclass(slots=True)
class Login:
    """One browser of one facilitator."""

    facilitator: int
    csrf: str
    began: datetime
    seen: datetime


class Logins:
    """Logins by the number in the cookie. Used on the event loop only, so without locks."""

    def __init__(self, idle: timedelta, clock: Callable[[], datetime]) -> None:
        self.idle = idle
        self.clock = clock
        self._held: dict[str, Login] = {}

    def begin(self, facilitator: int) -> str:
        """A new login; the number for the cookie."""
        now = self.clock()
        self._drop_old(now)
        number = secrets.token_urlsafe(32)
        self._held[number] = Login(facilitator, secrets.token_urlsafe(32), now, now)
        return number

    def find(self, number: object) -> Login | None:
        """The login, seen now; None when it never was, is ended, or was quiet for too long."""
        login = self._held.get(number) if isinstance(number, str) else None
        if login is None or not isinstance(number, str):
            return None
        now = self.clock()
        if self._old(login, now):
            del self._held[number]
            return None
        login.seen = now
        # Moved to the end: the first one is always the one that was quiet longest.
        self._held[number] = self._held.pop(number)
        return login

    def end(self, number: object) -> None:
        """Ends one login."""
        if isinstance(number, str):
            self._held.pop(number, None)

    def _old(self, login: Login, now: datetime) -> bool:
        return now - login.seen > self.idle or now - login.began > LONGEST

    def _drop_old(self, now: datetime) -> None:
        for number, login in list(self._held.items()):
            if not self._old(login, now) and len(self._held) < MOST:
                break
            del self._held[number]
