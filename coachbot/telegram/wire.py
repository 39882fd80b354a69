"""The edges of the bot: its lock, its polls, where updates land, and a start that persists."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from coachbot.telegram.logs import event


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


async def persist(step: Callable[[], Awaitable[object]], token: str) -> None:
    """Does a step of the start, again and again while the network is away."""
    wait = 0.5
    while True:
        try:
            await step()
            return
        except InvalidToken as error:
            raise BotError("COACHBOT_TOKEN: Telegram does not know this token") from error
        except BadRequest as error:
            reason = str(error).replace(token, "***")
            raise BotError(f"Telegram refuses to start: {reason}") from error
        except OSError as error:
            raise BotError(f"--listen: cannot listen there ({error.strerror})") from error
        except RetryAfter as error:
            wait = seconds(error)
        except NetworkError as error:
            event(logging.WARNING, "no_connection", wait=wait, error=type(error).__name__)
        await asyncio.sleep(wait)
        wait = min(wait * 2, 30.0)


def seconds(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def note(error: TelegramError) -> None:
    """A poll that failed; the library tries again by itself."""
    event(logging.WARNING, "poll_failed", error=type(error).__name__)
