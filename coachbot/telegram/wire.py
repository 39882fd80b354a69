"""The edges of the bot: one per database, what it hears of its own polls, where updates land."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.request import HTTPXRequest


class BotError(Exception):
    """One line about why the bot cannot run; never holds the token."""


@contextmanager
def alone(db: Path) -> Iterator[None]:
    """Holds the lock of this database; the system lets go of it even after a crash."""
    lock = sqlite3.connect(db.with_name(f"{db.name}.bot"), timeout=0, isolation_level=None)
    try:
        lock.execute("begin exclusive")
    except sqlite3.OperationalError as error:
        raise BotError(f"{db}: another bot runs on this database; stop that one first") from error
    else:
        yield
    finally:
        lock.close()


class PollRequest(HTTPXRequest):
    """Tells what Telegram answered to each poll, which the library keeps to itself."""

    def __init__(self, on_answer: Callable[[int], None]) -> None:
        super().__init__(connection_pool_size=2, read_timeout=10.0)
        self.on_answer = on_answer

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        code, payload = await super().do_request(*args, **kwargs)
        self.on_answer(code)
        return code, payload


class Door(asyncio.Queue[object]):
    """Where the library puts updates. `put` returns when the update is safe on the disk."""

    def __init__(self, receive: Callable[[Update], Awaitable[None]]) -> None:
        super().__init__()
        self.receive = receive

    async def put(self, item: object) -> None:
        if isinstance(item, Update):
            await self.receive(item)
