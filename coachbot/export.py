"""Shared sessions as CSV or JSON lines: a line a message, in the fields of the codebook.

People stand in it by their pseudonym. Their words are as they typed them, names and all.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from coachbot.store import Store
from coachbot.store_notes import Notes
from coachbot.store_review import Filter, Review, Row

#: The fields of a line, in order; `corrected_*` is how the facilitator reads it.
FIELDS = (
    "id",
    "session",
    "group",
    "pseudonym",
    "at",
    "state",
    "text",
    "rung",
    "level",
    "blame",
    "blame_cues",
    "emotions",
    "person",
    "time",
    "safety",
    "corrected_rung",
    "corrected_blame",
    "corrected_emotions",
)
#: What a spreadsheet takes for a formula at the start of a cell.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Record = dict[str, Any]


def records(store: Store, facilitator: int, filter: Filter, search: str = "") -> Iterator[Record]:
    """A record for each message of the sessions that pass the filter, and hold what is searched.

    Sessions are read one by one, so that nothing is held open and what is withdrawn meanwhile is
    left out. Messages that were taken back are not in it.
    """
    review = Review(store)
    for session in review.every(facilitator, filter, search):
        row = review.row(facilitator, session)
        if row is not None:
            yield from _session(store, facilitator, row)


def _session(store: Store, facilitator: int, row: Row) -> list[Record]:
    corrections = Notes(store).corrections(facilitator, row.session)
    found = []
    for turn in store.db.query(
        "select id, at, state_before, reading from turns"
        " where session = ? and undone = 0 and text is not null order by id",
        [row.session],
    ):
        record = dict.fromkeys(FIELDS) | {
            "id": f"t{turn['id']}",
            "session": row.session,
            "group": " | ".join(row.groups),
            "pseudonym": row.pseudonym,
            "at": turn["at"],
            "state": turn["state_before"],
        }
        reading = json.loads(turn["reading"])
        record |= {field: reading[field] for field in FIELDS[6:15]}
        correction = corrections.get(turn["id"])
        if correction:
            record["corrected_rung"] = str(correction.rung)
            record["corrected_blame"] = correction.blame
            record["corrected_emotions"] = [str(emotion) for emotion in correction.emotions]
        found.append(record)
    return found


def json_lines(records: Iterable[Record]) -> Iterator[str]:
    """One JSON object a line."""
    for record in records:
        yield json.dumps(record, ensure_ascii=False) + "\n"


def csv_lines(records: Iterable[Record]) -> Iterator[str]:
    """CSV with a header, for a spreadsheet: a byte order mark, and no cell is a formula."""
    yield "\ufeff" + _line(FIELDS)
    for record in records:
        yield _line([_cell(record[field]) for field in FIELDS])


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = " | ".join(value)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
