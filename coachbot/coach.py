"""Where the core meets the world: one message in, one reply out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from coachbot import cards, nlp, phrasing
from coachbot.engine import Engine
from coachbot.model import Act, Reading, Remembered, Reply, Rung, Session, Turn
from coachbot.store import Store

if TYPE_CHECKING:
    from spacy.language import Language


#: So long after the goodbye "oké" and "doei" are still about it, and so is the day of the meeting.
SOON = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Card:
    """What somebody takes along: labels with their own words, and the climb that led there."""

    rows: tuple[tuple[str, str], ...]
    climb: tuple[Rung, ...]
    before: str | None
    after: str | None


class Coach:
    """Hears a message in somebody's session and answers it."""

    def __init__(
        self,
        engine: Engine,
        store: Store,
        language: Language,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.engine = engine
        self.store = store
        self.language = language
        self.clock = clock

    def open(self, user: str, channel: str = "terminal", update_id: str | None = None) -> Reply:
        """The first line for somebody who has said nothing yet, or the recap after a pause."""
        row, session = self._session(user, channel)
        turn = self.engine.open(session)
        self.store.record(user, row, turn, update_id, None)
        return turn.reply

    def begin(
        self, user: str, dialogue: str, memory: dict[str, Remembered], channel: str, update_id: str
    ) -> Reply:
        """A new session in another dialogue, with what was remembered before."""
        start = self.engine.dialogues[dialogue].start
        turn = self.engine.open(Session(dialogue, start, memory=dict(memory), channel=channel))
        self.store.record(user, None, turn, update_id, None)
        return turn.reply

    def hear(
        self, user: str, text: str, update_id: str | None = None, channel: str = "terminal"
    ) -> Reply:
        """One message of one user.

        1. An update that was answered before is answered again from the store.
        2. The session is loaded; none, ended, or in a state that is gone: a fresh one.
        3. The message is read; a last word after the goodbye still belongs to what has ended.
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
        last_word: Turn | None = None
        if row is None:
            row, last_word = self._last_word(user, reading)
            if last_word and row is None:
                return last_word.reply
        turn = last_word or self._respond(session, reading, before[1] if before else None)
        undone = before[0] if before and turn.undo else None
        row = self.store.record(user, row, turn, update_id, undone)
        self._honour(row, turn)
        return turn.reply

    def amend(
        self, user: str, text: str, changed: str, update_id: str, channel: str = "terminal"
    ) -> Reply | None:
        """Update `changed` said something else after all: the last turn is heard anew.

        None when that update is not the last turn; then nothing changes. An alarm is not edited
        away: once it is about safety, the new words are one more message.
        """
        last = self.store.last_turn(user)
        if last is None or last.update_id != changed:
            return None
        _, session = self.store.load(user)
        # A last word after the goodbye that turns out to be something else begins anew.
        unsafe = session is not None and session.dialogue == self.engine.safety
        if unsafe or last.before.ended:
            return self.hear(user, text, update_id, channel)
        reading = nlp.read(self.language, text)
        earlier = self.store.previous(last.session, before=last.id)
        turn = self._respond(last.before, reading, earlier[1] if earlier else None)
        self.store.record(user, last.session, turn, update_id, last.id)
        self._honour(last.session, turn)
        return turn.reply

    def agreed(self, user: str) -> bool:
        """Did this user say that words may be kept, in any conversation?"""
        asking = [
            f"{name}/{state.name}"
            for name, dialogue in self.engine.dialogues.items()
            for state in dialogue.states.values()
            if any(dialogue.states[o.goto].forget for o in state.next if o.goto in dialogue.states)
        ]
        return self.store.has_been_elsewhere(user, asking)

    def fitting(self, user: str, session: int, listed: Sequence[cards.Card]) -> cards.Card | None:
        """The reminder that a finished conversation touches, to offer at its end.

        None when it touches none, when somebody broke it off, or when somebody was not safe.
        """
        found = self.store.latest(user, session)
        last = self.store.last_turn(user)
        if not found or not last or last.session != session or last.taken.endswith("/!stop"):
            return None
        if found[1].dialogue != self.engine.main or self.store.was_unsafe(session):
            return None
        return cards.touched(listed, found[1].memory)

    def card(self, user: str, session: int | None = None) -> Card | None:
        """The card of the latest session (or of `session`), ended or not; None when it is empty."""
        found = self.store.latest(user, session)
        if not found:
            return None
        row, kept = found
        rows = phrasing.card(self.engine.dialogues[self.engine.main], kept)
        if not rows:
            return None
        memory = kept.memory
        signs = [memory[s].text if s in memory else None for s in _TEMPERATURES]
        return Card(rows, tuple(self.store.climb(row)), signs[0], signs[1])

    def _respond(self, session: Session, reading: Reading, previous: Session | None) -> Turn:
        """The engine's turn; what was held back while it was asked about is heard after all."""
        turn = self.engine.respond(session, reading, previous)
        unsafe = self.engine.safety
        back = turn.before.dialogue == unsafe and turn.after.dialogue != unsafe
        if not (back and turn.after.held) or turn.after.ended:
            return turn
        return self.engine.reheard(turn, nlp.read(self.language, turn.after.held))

    def _session(self, user: str, channel: str) -> tuple[int | None, Session]:
        row, session = self.store.load(user)
        if session is None or not self.engine.knows(session):
            return None, self.engine.fresh(channel)
        return row, session

    def _last_word(self, user: str, reading: Reading) -> tuple[int | None, Turn | None]:
        """The answer to a last word, and the ended session it belongs to.

        No answer when it begins something new; no session when there is none, as for who did
        not want anything kept: then the answer is not kept either.
        """
        found, last = self.store.latest(user), self.store.last_turn(user)
        if not found or not last:
            thanked = reading.act is Act.THANKS
            fresh = self.engine.fresh()
            return None, self.engine.after_goodbye(fresh, reading, soon=False) if thanked else None
        row, ended = found
        if not ended.ended or not self.engine.knows(ended):
            return None, None
        turn = self.engine.after_goodbye(ended, reading, self.clock() - last.at < SOON)
        return row if turn else None, turn

    def _honour(self, row: int, turn: Turn) -> None:
        """Whoever does not want anything kept leaves nothing behind."""
        if self.engine.forgets(turn.after):
            self.store.erase_session(row)


_TEMPERATURES = ("temperatuur_voor", "temperatuur_na")
