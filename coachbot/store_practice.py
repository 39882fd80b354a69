"""What practising leaves behind: attempts, cards that come due, sparring, scans; tables and rows.

Every table has the user in it, so that erasing somebody is one rule (`store_erase.OF_USER`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database
from sqlite_utils.db import Table

from coachbot.practice_plan import Done
from coachbot.practice_talk import Attempt
from coachbot.store import Store, migrations

#: Tables with rows of a user, for whoever erases or hands over everything.
TABLES = (
    "activities",
    "attempts",
    "due_cards",
    "spar_runs",
    "spar_turns",
    "scan_results",
    "decisions",
)


@migrations()
def practice_tables(db: Database) -> None:
    """Activities under way, attempts with their feedback, `fsrs` cards, sparring and scans."""
    _table(db, "activities").create(
        {"user": str, "kind": str, "state": str, "update_id": str, "reply": str, "at": str},
        pk="user",
    )
    _table(db, "attempts").create(
        {
            "id": int,
            "user": str,
            "exercise": str,
            "kind": str,
            "at": str,
            "tries": int,
            "text": str,
            "passed": int,
            "rung": str,
            "failed": str,
            "feedback": str,
        },
        pk="id",
    )
    _table(db, "due_cards").create(
        {"user": str, "exercise": str, "card": str, "due": str}, pk=("user", "exercise")
    )
    _table(db, "spar_runs").create(
        {
            "id": int,
            "user": str,
            "scenario": str,
            "started": str,
            "ended": str,
            "outcome": str,
            "summary": str,
        },
        pk="id",
    )
    _table(db, "spar_turns").create(
        {
            "id": int,
            "user": str,
            "run": int,
            "number": int,
            "at": str,
            "text": str,
            "effect": str,
            "temperature": int,
            "layer": str,
            "reply": str,
            "undone": int,
        },
        pk="id",
    )
    _table(db, "scan_results").create(
        {"id": int, "user": str, "scan": str, "at": str, "scores": str}, pk="id"
    )
    _table(db, "attempts").create_index(["user"])
    _table(db, "spar_runs").create_index(["user", "scenario"])
    _table(db, "spar_turns").create_index(["user", "run"])
    _table(db, "scan_results").create_index(["user", "scan"])


@migrations()
def decision_table(db: Database) -> None:
    """What a group decided in a round of Theater van Besluit."""
    _table(db, "decisions").create(
        {"id": int, "user": str, "at": str, "round": int, "assignment": str, "decision": str},
        pk="id",
    )
    _table(db, "decisions").create_index(["user"])


def _table(db: Database, name: str) -> Table:
    table = db[name]
    assert isinstance(table, Table)
    return table


@dataclass(frozen=True, slots=True)
class Activity:
    """What somebody is doing: its kind, and its state as JSON data."""

    kind: str
    state: dict[str, Any]


class PracticeStore:
    """Rows of practising in the coach's own database file."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.db = store.db

    # -- what somebody is doing --------------------------------------------------------------

    def activity(self, user: str) -> Activity | None:
        """The activity under way; None when there is none."""
        row = next(
            self._rows(
                "select kind, state from activities where user = ? and kind is not null", (user,)
            ),
            None,
        )
        return Activity(row["kind"], json.loads(row["state"])) if row else None

    def keep(self, user: str, kind: str, state: Mapping[str, Any], at: datetime) -> None:
        """The activity as it stands now; the one before it is over."""
        self._user(user, at)
        row = {
            "user": user,
            "kind": kind,
            "state": json.dumps(state, ensure_ascii=False),
            "at": _utc(at),
        }
        _table(self.db, "activities").upsert(row, pk="user")

    def answered(self, user: str, update_id: str, answer: Mapping[str, Any], at: datetime) -> None:
        """What an update was answered with; when it comes again, that is given again.

        It stays when the activity is over, so that the last update of one is not counted twice.
        """
        self._user(user, at)
        reply = json.dumps(answer, ensure_ascii=False)
        row = {"user": user, "update_id": update_id, "reply": reply, "at": _utc(at)}
        _table(self.db, "activities").upsert(row, pk="user")

    def answer(self, user: str, update_id: str) -> dict[str, Any] | None:
        """What an update was answered with, when it is the last one of this user."""
        rows = self._rows(
            "select reply from activities where user = ? and update_id = ?", (user, update_id)
        )
        return next((json.loads(row["reply"]) for row in rows), None)

    def leave(self, user: str) -> None:
        """Nothing is under way any more."""
        with self.db.atomic():
            self.db.execute(
                "update activities set kind = null, state = null where user = ?", [user]
            )

    def practised(self, user: str) -> bool:
        """Has this user ever begun something here?"""
        return any(self._rows("select 1 from activities where user = ?", (user,)))

    def _user(self, user: str, at: datetime) -> None:
        _table(self.db, "users").insert({"id": user, "since": _utc(at)}, ignore=True)

    # -- exercises ---------------------------------------------------------------------------

    def attempt(self, user: str, attempt: Attempt, at: datetime) -> None:
        """One answer with its feedback."""
        self._user(user, at)
        _table(self.db, "attempts").insert(
            {
                "user": user,
                "exercise": attempt.exercise,
                "kind": attempt.kind,
                "at": _utc(at),
                "tries": attempt.tries,
                "text": attempt.text,
                "passed": int(attempt.feedback.passed),
                "rung": str(attempt.rung),
                "failed": " ".join(attempt.feedback.failed),
                "feedback": json.dumps(attempt.feedback.lines, ensure_ascii=False),
            }
        )

    def done(self, user: str) -> list[Done]:
        """Every attempt, oldest first."""
        rows = self._rows(
            "select exercise, kind, at, tries, passed from attempts where user = ? order by id",
            (user,),
        )
        return [
            Done(
                row["exercise"],
                row["kind"],
                datetime.fromisoformat(row["at"]),
                row["tries"],
                bool(row["passed"]),
            )
            for row in rows
        ]

    def due(self, user: str) -> dict[str, datetime]:
        """Exercise -> when it is due again."""
        rows = self._rows("select exercise, due from due_cards where user = ?", (user,))
        return {row["exercise"]: datetime.fromisoformat(row["due"]) for row in rows}

    def card(self, user: str, exercise: str) -> str | None:
        """The `fsrs` card of an exercise as JSON; None when it was never finished."""
        rows = self._rows(
            "select card from due_cards where user = ? and exercise = ?", (user, exercise)
        )
        return next((str(row["card"]) for row in rows), None)

    def schedule(self, user: str, exercise: str, card: str, due: datetime) -> None:
        """The card after a review."""
        row = {"user": user, "exercise": exercise, "card": card, "due": _utc(due)}
        _table(self.db, "due_cards").insert(row, pk=("user", "exercise"), replace=True)

    # -- sparring ----------------------------------------------------------------------------

    def begin_run(self, user: str, scenario: str, at: datetime) -> int:
        """A new run against a counterpart; its id."""
        self._user(user, at)
        row = {"user": user, "scenario": scenario, "started": _utc(at)}
        return int(_table(self.db, "spar_runs").insert(row).last_pk or 0)

    def spar_turn(self, user: str, run: int, turn: Mapping[str, Any], at: datetime) -> None:
        """One utterance with what it did; what was rewound past it counts as undone."""
        self.rewind(user, run, int(turn["number"]))
        row = {**turn, "user": user, "run": run, "at": _utc(at), "undone": 0}
        _table(self.db, "spar_turns").insert(row)

    def rewind(self, user: str, run: int, number: int) -> None:
        """Turns from `number` on are taken back; they stay for who looks back."""
        self.db.execute(
            "update spar_turns set undone = 1 where user = ? and run = ? and number >= ?",
            [user, run, number],
        )

    def end_run(
        self, user: str, run: int, outcome: str, summary: Mapping[str, Any], at: datetime
    ) -> None:
        """How a run ended, with its figures."""
        kept = {"ended": _utc(at), "outcome": outcome, "summary": json.dumps(summary)}
        _table(self.db, "spar_runs").update(run, kept)

    def runs(self, user: str, scenario: str) -> list[dict[str, Any]]:
        """Finished runs against a counterpart, oldest first: outcome and figures."""
        rows = self._rows(
            "select outcome, summary from spar_runs where user = ? and scenario = ?"
            " and ended is not null order by id",
            (user, scenario),
        )
        return [{"outcome": row["outcome"]} | json.loads(row["summary"]) for row in rows]

    # -- scans -------------------------------------------------------------------------------

    def scan_result(
        self,
        user: str,
        scan: str,
        scores: Mapping[str, float],
        at: datetime,
    ) -> None:
        """One filled-in scan."""
        self._user(user, at)
        _table(self.db, "scan_results").insert(
            {
                "user": user,
                "scan": scan,
                "at": _utc(at),
                "scores": json.dumps(dict(scores), ensure_ascii=False),
            }
        )

    def last_scan(self, user: str, scan: str) -> dict[str, float] | None:
        """The scores of last time; None when it is the first time."""
        rows = self._rows(
            "select scores from scan_results where user = ? and scan = ? order by id desc limit 1",
            (user, scan),
        )
        row = next(rows, None)
        return {k: float(v) for k, v in json.loads(row["scores"]).items()} if row else None

    # -- the group game ----------------------------------------------------------------------

    def decision(self, user: str, number: int, assignment: str, text: str, at: datetime) -> None:
        """What was decided in one round."""
        self._user(user, at)
        row = {"round": number, "assignment": assignment, "decision": text}
        _table(self.db, "decisions").insert(row | {"user": user, "at": _utc(at)})

    def _rows(self, sql: str, parameters: tuple[object, ...]) -> Iterator[dict[str, Any]]:
        return self.db.query(sql, parameters)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
