"""Is the bot alive, and what does it hold? Read from the database, by another process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from coachbot.store import Store, StoreError
from coachbot.store_inbox import Inbox

#: A bot that has not polled for this long is called dead.
SILENT = timedelta(minutes=1)


def report(path: Path, now: datetime | None = None) -> tuple[list[str], bool]:
    """Lines `name: value`, and whether the bot polled lately; no file is a `StoreError`."""
    if not path.exists():
        raise StoreError(f"{path}: does not exist yet; the bot has not run")
    store = Store(path)
    try:
        counts = Inbox(store).counts()
    finally:
        store.close()
    last = datetime.fromisoformat(counts.last_poll) if counts.last_poll else None
    alive = last is not None and (now or datetime.now(UTC)) - last < SILENT
    lines = [
        f"users: {counts.users}",
        f"sessions: {counts.sessions} ({counts.open_sessions} open)",
        f"queue: {counts.queue}",
        f"reminders: {counts.reminders}",
        f"last update: {counts.last_update or 'never'}",
        f"last poll: {counts.last_poll or 'never'}",
    ]
    return lines, alive
