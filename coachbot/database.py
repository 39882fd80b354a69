"""The SQLite connection that everything is written through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlite_utils import Database


class Immediate(Database):
    """A database whose transactions take the write lock when they begin.

    A transaction that begins by reading fails at once ("database is locked") when another process
    has written before it writes itself; waiting does not help it then.
    """

    @contextmanager
    def atomic(self) -> Iterator[Database]:
        """All or nothing; inside another transaction: part of that one."""
        if self.conn.in_transaction:
            with super().atomic():
                yield self
            return
        self.conn.execute("begin immediate")
        try:
            yield self
        except BaseException:
            self.rollback()
            raise
        self.conn.commit()
