"""Where the core meets the world: one message in, one reply out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coachbot import nlp, phrasing
from coachbot.engine import Engine
from coachbot.model import Reply, Rung, Session, Turn
from coachbot.store import Store

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass(frozen=True, slots=True)
class Card:
    """What somebody takes along: labels with their own words, and the climb that led there."""

    rows: tuple[tuple[str, str], ...]
    climb: tuple[Rung, ...]
    before: str | None
    after: str | None


class Coach:
    """Hears a message in somebody's session and answers it."""

    def __init__(self, engine: Engine, store: Store, language: Language) -> None:
        self.engine = engine
        self.store = store
        self.language = language

    def open(self, user: str, channel: str = "terminal") -> Reply:
        """The first line for somebody who has said nothing yet, or the recap after a pause."""
        row, session = self._session(user, channel)
        turn = self.engine.open(session)
        self.store.record(user, row, turn, None, None)
        return turn.reply

    def hear(
        self, user: str, text: str, update_id: str | None = None, channel: str = "terminal"
    ) -> Reply:
        """One message of one user.

        1. An update that was answered before is answered again from the store.
        2. The session is loaded; none, ended, or in a state that is gone: a fresh one.
        3. The message is read.
        4. The engine moves a copy of the session and finds the words.
        5. Session and turn are recorded in one transaction.
        6. The reply is returned; sending it is the adapter's.
        """
        if update_id is not None:
            again = self.store.answered(user, update_id)
            if again:
                return again
        row, session = self._session(user, channel)
        reading = nlp.read(self.language, text)
        before = self.store.previous(row) if row is not None else None
        turn = self.engine.respond(session, reading, before[1] if before else None)
        undone = before[0] if before and turn.undo else None
        row = self.store.record(user, row, turn, update_id, undone)
        self._honour(row, turn)
        return turn.reply

    def card(self, user: str) -> Card | None:
        """The card of the latest session, ended or not; None when nothing is on it yet."""
        found = self.store.latest(user)
        if not found:
            return None
        row, kept = found
        rows = phrasing.card(self.engine.dialogues[self.engine.main], kept)
        if not rows:
            return None
        memory = kept.memory
        signs = [memory[s].text if s in memory else None for s in _TEMPERATURES]
        return Card(rows, tuple(self.store.climb(row)), signs[0], signs[1])

    def _session(self, user: str, channel: str) -> tuple[int | None, Session]:
        row, session = self.store.load(user)
        if session is None or not self.engine.knows(session):
            return None, self.engine.fresh(channel)
        return row, session

    def _honour(self, row: int, turn: Turn) -> None:
        """Whoever does not want anything kept leaves nothing behind."""
        if self.engine.forgets(turn.after):
            self.store.erase_session(row)


_TEMPERATURES = ("temperatuur_voor", "temperatuur_na")
