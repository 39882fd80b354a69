"""How much is taken in and how much is sent out."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from telegram.ext import AIORateLimiter

MINUTE = 60.0
#: Chats whose last minute is remembered; the longest silent ones are forgotten first.
REMEMBERED = 10_000
#: A 429 is waited out this often before the sender starts counting again itself.
WAITS = 5
#: What Telegram counts as a message; typing and taking a button away are not held back for it.
COUNTED = ("sendMessage", "sendPhoto", "sendDocument")


class Pace:
    """At most so many messages a minute from one chat, by the time they were sent.

    The time of sending counts, so that what piled up while the bot was down is no flood.
    """

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self.chats: dict[int, deque[float]] = {}
        self.warned: dict[int, float] = {}

    def admits(self, chat: int, at: float = 0.0) -> bool:
        """Counts a message; False when it is one too many."""
        at = at or time.time()
        seen = self.chats.pop(chat, None) or deque()
        self.chats[chat] = seen
        while len(self.chats) > REMEMBERED:
            self.chats.pop(next(iter(self.chats)))
        while seen and seen[0] <= at - MINUTE:
            seen.popleft()
        if len(seen) >= self.per_minute:
            return False
        seen.append(at)
        return True

    def warns(self, chat: int, at: float = 0.0) -> bool:
        """Is it time to say that it goes too fast? Once a minute a chat."""
        at = at or time.time()
        if at - self.warned.get(chat, -MINUTE) < MINUTE:
            return False
        if len(self.warned) > REMEMBERED:
            self.warned.clear()
        self.warned[chat] = at
        return True


class SendLimits(AIORateLimiter):
    """The library's limiter, in which only real messages count for the rate."""

    def __init__(self, per_second: float) -> None:
        super().__init__(overall_max_rate=per_second, max_retries=WAITS)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, bool | dict[str, Any] | list[dict[str, Any]]]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> bool | dict[str, Any] | list[dict[str, Any]]:
        """Sends now, or when the rate allows; a 429 is waited out for everybody."""
        if endpoint not in COUNTED:
            data = {key: value for key, value in data.items() if key != "chat_id"}
        return await super().process_request(
            callback, args, kwargs, endpoint, data, rate_limit_args
        )
