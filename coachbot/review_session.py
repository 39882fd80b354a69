"""One shared session as a facilitator reads it: turns, what is remembered, notes, practice."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from coachbot.model import Rung, Session
from coachbot.packing import unpack
from coachbot.store import Store
from coachbot.store_inbox import stamp
from coachbot.store_notes import Correction, Note, Notes
from coachbot.store_review import Review, Row

#: Practice of so long after a session began belongs to it, unless the next session began.
PRACTICE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TurnView:
    """One exchange; `reading` as `store.reading_dict` wrote it, `text` "" for the opening line."""

    id: int
    at: datetime
    text: str
    reading: dict[str, Any]
    state_before: str
    state_after: str
    taken: str
    lines: tuple[str, ...]
    options: tuple[str, ...]
    undone: bool
    correction: Correction | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Attempted:
    """An exercise that was answered."""

    exercise: str
    kind: str
    at: datetime
    passed: bool
    tries: int
    rung: Rung


@dataclass(frozen=True, slots=True)
class Sparred:
    """A talk with a counterpart: how it ended, and its temperature after each utterance."""

    scenario: str
    at: datetime
    outcome: str | None
    temperatures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SessionView:
    """Everything on the page of a session. `notes` are those of the whole session."""

    row: Row
    turns: tuple[TurnView, ...]
    remembered: dict[str, str]
    temperatures: dict[str, str]
    session: Session
    climb: tuple[Rung, ...]
    notes: tuple[Note, ...]
    attempts: tuple[Attempted, ...]
    spars: tuple[Sparred, ...]


def view(store: Store, facilitator: int, session: int) -> SessionView | None:
    """A session with this facilitator's notes; None when it is not shared with them.

    Does not write the access log: call `Review.opened` where a person gets to see it.
    """
    row = Review(store).row(facilitator, session)
    if row is None:
        return None
    notes = Notes(store).of(facilitator, session)
    corrections = Notes(store).corrections(facilitator, session)
    kept = next(store.db.query("select user, snapshot from sessions where id = ?", [session]), None)
    if kept is None:
        # Erased since the line before.
        return None
    turns = tuple(
        _turn(one, corrections.get(one["id"]), notes)
        for one in store.db.query(
            "select id, at, text, reading, state_before, state_after, taken, reply, undone"
            " from turns where session = ? order by id",
            [session],
        )
    )
    end = _end(store, kept["user"], session, row.started)
    span = (kept["user"], stamp(row.started), stamp(end))
    return SessionView(
        row=row,
        turns=turns,
        remembered=_pairs(store, "select slot, text from remembered where session = ?", session),
        temperatures=_pairs(
            store, "select moment, sign from temperatures where session = ?", session
        ),
        session=unpack(kept["snapshot"]),
        climb=tuple(Rung(one.reading["rung"]) for one in turns if one.text and not one.undone),
        notes=tuple(note for note in notes if note.turn is None),
        attempts=_attempts(store, span),
        spars=_spars(store, span),
    )


def _turn(row: dict[str, Any], correction: Correction | None, notes: list[Note]) -> TurnView:
    reply = json.loads(row["reply"])
    return TurnView(
        id=row["id"],
        at=datetime.fromisoformat(row["at"]),
        text=row["text"] or "",
        reading=json.loads(row["reading"]),
        state_before=row["state_before"],
        state_after=row["state_after"],
        taken=row["taken"],
        lines=tuple(reply["lines"]),
        options=tuple(reply["options"]),
        undone=bool(row["undone"]),
        correction=correction,
        notes=tuple(note for note in notes if note.turn == row["id"]),
    )


def _pairs(store: Store, sql: str, session: int) -> dict[str, str]:
    return {str(name): str(text) for name, text in store.db.execute(sql, [session]).fetchall()}


def _end(store: Store, user: str, session: int, started: datetime) -> datetime:
    """Until when practice belongs to a session."""
    following = store.db.execute(
        "select min(started) from sessions where user = ? and id > ?", [user, session]
    ).fetchone()[0]
    last = started + PRACTICE
    return min(last, datetime.fromisoformat(following)) if following else last


def _attempts(store: Store, span: tuple[str, str, str]) -> tuple[Attempted, ...]:
    rows = store.db.query(
        "select exercise, kind, at, passed, tries, rung from attempts"
        " where user = ? and at >= ? and at < ? order by id",
        span,
    )
    return tuple(
        Attempted(
            row["exercise"],
            row["kind"],
            datetime.fromisoformat(row["at"]),
            bool(row["passed"]),
            row["tries"],
            Rung(row["rung"]),
        )
        for row in rows
    )


def _spars(store: Store, span: tuple[str, str, str]) -> tuple[Sparred, ...]:
    rows = store.db.query(
        "select scenario, started, outcome, (select json_group_array(temperature) from"
        " (select temperature from spar_turns where run = spar_runs.id and undone = 0"
        " order by number)) as heats from spar_runs"
        " where user = ? and started >= ? and started < ? order by id",
        span,
    )
    return tuple(
        Sparred(
            row["scenario"],
            datetime.fromisoformat(row["started"]),
            row["outcome"],
            tuple(json.loads(row["heats"])),
        )
        for row in rows
    )
