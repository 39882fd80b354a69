"""Order within a chat, freedom between chats; and one thread that has the database."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Worker:
    """One thread in which everything that reads texts or touches the database is done, in order.

    Reading is bound to one processor anyway, and one connection needs no locks.
    """

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="worker")

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Does it off the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.thread, lambda: work(*args, **kwargs))

    def close(self) -> None:
        """Finishes what is in hand, drops what was still to come."""
        self.thread.shutdown(wait=True, cancel_futures=True)


class Lanes(Generic[T]):
    """A lane for each chat that has something waiting: one item at a time, in order."""

    def __init__(self, work: Callable[[T], Awaitable[None]]) -> None:
        self.work = work
        self.waiting: dict[int, deque[T]] = {}
        self.tasks: dict[int, asyncio.Task[None]] = {}
        self.closing = False

    def add(self, chat: int, item: T) -> None:
        """Puts an item at the end of the lane of its chat."""
        self.waiting.setdefault(chat, deque()).append(item)
        if chat not in self.tasks:
            self.tasks[chat] = asyncio.create_task(self._drain(chat))

    async def _drain(self, chat: int) -> None:
        lane = self.waiting[chat]
        try:
            while lane and not self.closing:
                await self.work(lane.popleft())
        finally:
            del self.waiting[chat], self.tasks[chat]

    async def close(self, seconds: float) -> int:
        """Lets what is in hand finish; returns how many had to be broken off."""
        self.closing = True
        if not self.tasks:
            return 0
        _, late = await asyncio.wait(list(self.tasks.values()), timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return len(late)
