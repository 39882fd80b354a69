"""What happens on the worker thread: updates are answered and closed, all or nothing."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from coachbot import moments, nlp, store_erase
from coachbot.telegram import incoming, outgoing
from coachbot.telegram.answers import Answers
from coachbot.telegram.incoming import Incoming, Kind
from coachbot.telegram.logs import event, fault
from coachbot.telegram.outgoing import Out, say
from coachbot.telegram.parts import Parts

if TYPE_CHECKING:
    from spacy.language import Language

#: What stands in the database while erased text may still be in its files.
OWED = "scrub"


def warm_up(language: Language, text: str) -> None:
    """Reads a text once, so that the first person does not wait for what is loaded late."""
    nlp.read(language, text)
    moments.when(text, datetime.now(UTC))


class Counter:
    """The half of the bot that never waits for the network; only the worker thread calls it."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.inbox = parts.inbox
        self.answers = Answers(parts)

    def backlog(self) -> list[Incoming]:
        """What was written down before a restart and is not closed yet."""
        return [incoming.unpack(row.payload) for row in self.inbox.waiting() if row.payload]

    def decide(self, came: Incoming) -> list[Out]:
        """What to send for an update: decided once, in one transaction with all it changes."""
        if self.inbox.closed(came.id):
            return []
        before = self.inbox.outcome(came.id)
        if before:
            return outgoing.unpack(before)
        try:
            with self.whole():
                outs = self.answers.handle(came)
                self.inbox.decide(came.id, outgoing.pack(outs))
        except sqlite3.OperationalError:
            raise
        except Exception as error:
            # A fault of ours in one message must not silence the chat: it is said and left.
            event(logging.ERROR, "fault", update=came.id, **fault(error))
            outs = say(self.parts.words.say("fout"))
            with self.whole():
                self.inbox.decide(came.id, outgoing.pack(outs))
        return outs

    @contextmanager
    def whole(self) -> Iterator[None]:
        """All or nothing; the write lock is taken at once, so that no process comes between."""
        db = self.parts.coach.store.db
        db.execute("begin immediate")
        try:
            yield
        except BaseException:
            db.rollback()
            raise
        db.commit()

    def finish(self, came: Incoming, wiped: bool) -> None:
        """Closes an update; after an erasure not even its chat is left."""
        self.inbox.done(came.id, forget=wiped)
        if wiped:
            self.clean(log_only=True)

    def clean(self, log_only: bool = False) -> bool:
        """Takes erased rows out of the files; False (and owed) while another process reads."""
        store = self.parts.coach.store
        try:
            (store_erase.empty_log if log_only else store_erase.scrub)(store)
        except store_erase.EraseError as error:
            event(logging.ERROR, "scrub_failed", **fault(error))
            self.inbox.owe(OWED, True)
            return False
        return True

    def settle_debt(self) -> None:
        """Cleans up what could not be cleaned before."""
        if self.inbox.owes(OWED) and self.clean():
            self.inbox.owe(OWED, False)

    def sweep(self) -> None:
        """Forgets numbers of updates that cannot come back, and games that were left lying."""
        self.inbox.prune()
        self.parts.games.prune(self.parts.clock())

    def due(self) -> list[Incoming]:
        """Reminders that are due, moved from the plan to the inbox."""
        now = self.parts.clock()
        first = self.parts.reminders.next_due()
        if first is None or first > now:
            return []
        found = []
        with self.whole():
            for reminder in self.parts.reminders.take(now):
                chat = int(reminder.user.removeprefix("tg:"))
                number = self.inbox.own_number()
                came = Incoming(number, chat, Kind.REMINDER, text=reminder.pack())
                self.inbox.keep(number, chat, 0, came.pack())
                found.append(came)
        return found
