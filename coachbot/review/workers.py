"""Threads that read the database while the event loop goes on; each has a connection of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from coachbot.store import Store

#: Pages made at once. More do not go faster: they share the interpreter.
THREADS = 4

T = TypeVar("T")


class Workers:
    """A small pool; `run` hands a function the thread's own `Store`."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._own = threading.local()
        self._opened: list[Store] = []
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="review")

    async def run(self, work: Callable[[Store], T]) -> T:
        """What `work` gives, done in a thread."""
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, lambda: work(self._store())
        )

    def _store(self) -> Store:
        store: Store | None = getattr(self._own, "store", None)
        if store is None:
            store = self._own.store = Store(self._database)
            self._opened.append(store)
        return store

    def close(self) -> None:
        """Waits for what is being done and closes every connection."""
        self._pool.shutdown()
        for store in self._opened:
            store.close()
