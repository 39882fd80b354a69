"""What a facilitator adds to a shared session: notes, and corrections of a reading."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from coachbot.model import Emotion, Rung
from coachbot.store import Store
from coachbot.store_inbox import stamp

MAX_NOTE = 4_000
#: Is session ? shared with facilitator ?
READABLE = "select 1 from shares where session = ? and facilitator = ?"


@dataclass(frozen=True, slots=True)
class Note:
    """A facilitator's words about a session, or about one turn of it."""

    id: int
    session: int
    turn: int | None
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Correction:
    """How a turn should have been read; the reading itself stays as it was."""

    turn: int
    at: datetime
    rung: Rung
    blame: bool
    emotions: tuple[Emotion, ...]


class Notes:
    """Notes and corrections; each facilitator sees and changes only their own."""

    def __init__(self, store: Store) -> None:
        self.db = store.db

    def of(self, facilitator: int, session: int) -> list[Note]:
        """The notes of a facilitator about a session, oldest first."""
        rows = self.db.query(
            "select id, session, turn, at, text from notes"
            " where session = ? and facilitator = ? order by id",
            [session, facilitator],
        )
        return [Note(**row | {"at": datetime.fromisoformat(row["at"])}) for row in rows]

    def add(
        self, facilitator: int, session: int, text: str, turn: int | None = None
    ) -> Note | None:
        """A new note. None when the session is not shared with them, the turn is not in it, or
        the text is empty or longer than `MAX_NOTE`."""
        text = text.strip()
        now = datetime.fromisoformat(stamp(datetime.now(UTC)))
        with self.db.atomic():
            if not _fits(text) or not self._readable(facilitator, session):
                return None
            if turn is not None and self._session(turn) != session:
                return None
            cursor = self.db.execute(
                "insert into notes (session, turn, facilitator, at, text) values (?, ?, ?, ?, ?)",
                [session, turn, facilitator, stamp(now), text],
            )
        return Note(int(cursor.lastrowid or 0), session, turn, now, text)

    def change(self, facilitator: int, note: int, text: str) -> bool:
        """Other words for a note; False when it is not theirs or the text cannot be."""
        text = text.strip()
        if not _fits(text):
            return False
        with self.db.atomic():
            cursor = self.db.execute(
                "update notes set text = ? where id = ? and facilitator = ?",
                [text, note, facilitator],
            )
        return bool(cursor.rowcount)

    def remove(self, facilitator: int, note: int) -> bool:
        """Takes a note away; False when it is not theirs."""
        with self.db.atomic():
            cursor = self.db.execute(
                "delete from notes where id = ? and facilitator = ?", [note, facilitator]
            )
        return bool(cursor.rowcount)

    def corrections(self, facilitator: int, session: int) -> dict[int, Correction]:
        """Turn -> how this facilitator reads it."""
        rows = self.db.query(
            "select turn, at, rung, blame, emotions from corrections"
            " where session = ? and facilitator = ?",
            [session, facilitator],
        )
        return {row["turn"]: correction(row) for row in rows}

    def correct(
        self, facilitator: int, turn: int, rung: Rung, blame: bool, emotions: Collection[Emotion]
    ) -> Correction | None:
        """Writes a correction, over an earlier one; None when the turn is not theirs to read."""
        session = self._session(turn)
        now = datetime.fromisoformat(stamp(datetime.now(UTC)))
        kept = tuple(emotion for emotion in Emotion if emotion in emotions)
        with self.db.atomic():
            if session is None or not self._readable(facilitator, session):
                return None
            self.db.execute(
                "insert or replace into corrections"
                " (turn, facilitator, session, at, rung, blame, emotions)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                [turn, facilitator, session, stamp(now), str(rung), int(blame), json.dumps(kept)],
            )
        return Correction(turn, now, rung, blame, kept)

    def uncorrect(self, facilitator: int, turn: int) -> bool:
        """The reading stands again; False when there was no correction of theirs."""
        with self.db.atomic():
            cursor = self.db.execute(
                "delete from corrections where turn = ? and facilitator = ?", [turn, facilitator]
            )
        return bool(cursor.rowcount)

    def _readable(self, facilitator: int, session: int) -> bool:
        return self.db.execute(READABLE, [session, facilitator]).fetchone() is not None

    def _session(self, turn: int) -> int | None:
        """The session of something that somebody said."""
        row = self.db.execute(
            "select session from turns where id = ? and text is not null", [turn]
        ).fetchone()
        return None if row is None else int(row[0])


def correction(row: dict[str, Any]) -> Correction:
    """A row of `corrections` as a value."""
    return Correction(
        row["turn"],
        datetime.fromisoformat(row["at"]),
        Rung(row["rung"]),
        bool(row["blame"]),
        tuple(Emotion(emotion) for emotion in json.loads(row["emotions"])),
    )


def _fits(text: str) -> bool:
    return 0 < len(text) <= MAX_NOTE
