"""Which parts of an answer Telegram has taken, in a small file beside the database.

Between the moment Telegram takes a message and the moment the database has marked it lies a wait
for the worker. A crash in that wait would send the answer again; a line in a file is there at once,
and the system keeps it when the program dies. It holds numbers of updates and nothing else.
"""

from __future__ import annotations

import os
import re
from pathlib import Path


class Receipts:
    """The file, and what it said at the start."""

    def __init__(self, path: Path) -> None:
        self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        text = os.read(self.file, 1 << 24).decode("ascii", "replace")
        self.taken: dict[int, int] = {}
        for update, parts in re.findall(r"^(-?\d+) (\d+)$", text, re.MULTILINE):
            self.taken[int(update)] = int(parts)

    def keep_only(self, updates: set[int]) -> None:
        """Forgets what the database has closed; numbers of reminders are used again."""
        self.taken = {key: parts for key, parts in self.taken.items() if key in updates}
        if not self.taken:
            os.ftruncate(self.file, 0)

    def parts(self, update: int) -> int:
        """How many parts of the answer to an update were taken."""
        return self.taken.get(update, 0)

    def note(self, update: int, parts: int) -> None:
        """That many parts are taken."""
        self.taken[update] = parts
        os.write(self.file, b"%d %d\n" % (update, parts))

    def drop(self, update: int) -> None:
        """The database knows; when it knows of all, the file is emptied."""
        if self.taken.pop(update, None) is not None and not self.taken:
            os.ftruncate(self.file, 0)

    def close(self) -> None:
        """Gives the file back."""
        os.close(self.file)
