"""Tables for the facilitator's pages.

A row of `shares` is the consent for one session and one group, and at the same time the line of
that session in lists: figures to sort and filter by. The index `search` holds the words of shared
sessions and of no others. `store_review_triggers` keeps both up to date.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import yaml
from sqlite_utils import Database
from sqlite_utils.db import Table

from coachbot.store import migrations

WORDS = Path(__file__).parent / "review_words.yml"

#: What `shares` holds for sorting, filtering and the figures of a group.
FACTS = (
    "started",
    "state",
    "ended",
    "degree_before",
    "degree_after",
    "rung",
    "blame",
    "length",
    "relapse",
    "safety",
    *(f"{what}_{part}" for what in ("blamed", "told") for part in (1, 2, 3)),
    "needs",
)


@migrations()
def review_tables(db: Database) -> None:
    """Facilitators, groups, members, what is shared, who opened it, notes and corrections."""
    # A number is never given again: who was removed must not open the pages of who came after.
    db.execute(
        "create table facilitators (id integer primary key autoincrement, name text not null,"
        " hash text not null, since text)"
    )
    _table(db, "facilitators").create_index(["name"], unique=True)
    _table(db, "login_tries").create(
        {"name": str, "failed": int, "seen": str, "until": str}, pk="name"
    )
    _table(db, "groups").create(
        {"id": int, "facilitator": int, "name": str, "code": str, "created": str, "closed": str},
        pk="id",
        foreign_keys=[("facilitator", "facilitators", "id")],
    )
    _table(db, "groups").create_index(["code"], unique=True)
    _table(db, "groups").create_index(["facilitator"])
    _table(db, "members").create(
        {"id": int, "group_id": int, "user": str, "pseudonym": str, "joined": str, "quit": str},
        pk="id",
        foreign_keys=[("group_id", "groups", "id"), ("user", "users", "id")],
    )
    _table(db, "members").create_index(["group_id", "user"], unique=True)
    _table(db, "members").create_index(["group_id", "pseudonym"], unique=True)
    _table(db, "members").create_index(["user"])
    _shares(db)
    _table(db, "openings").create(
        {"id": int, "user": str, "session": int, "facilitator": str, "kind": str, "at": str},
        pk="id",
    )
    _table(db, "openings").create_index(["user"])
    _table(db, "openings").create_index(["session"])
    _table(db, "notes").create(
        {"id": int, "session": int, "turn": int, "facilitator": int, "at": str, "text": str},
        pk="id",
        foreign_keys=[("session", "sessions", "id"), ("facilitator", "facilitators", "id")],
    )
    _table(db, "notes").create_index(["session", "facilitator"])
    _table(db, "corrections").create(
        {
            "turn": int,
            "facilitator": int,
            "session": int,
            "at": str,
            "rung": str,
            "blame": int,
            "emotions": str,
        },
        pk=("turn", "facilitator"),
        foreign_keys=[("session", "sessions", "id"), ("facilitator", "facilitators", "id")],
    )
    _table(db, "corrections").create_index(["session", "facilitator"])
    _table(db, "signs").create({"sign": str, "degree": int}, pk="sign")
    _table(db, "need_words").create({"beginning": str, "theme": str}, pk=("beginning", "theme"))
    db.execute(
        "create virtual table search using fts5"
        "(text, content='', tokenize='unicode61 remove_diacritics 2')"
    )


def _shares(db: Database) -> None:
    kinds = {"started": str, "state": str, "blame": float, "needs": str}
    _table(db, "shares").create(
        {
            "session": int,
            "group_id": int,
            "facilitator": int,
            "member": int,
            "at": str,
            "leads": int,
            **{fact: kinds.get(fact, int) for fact in FACTS},
        },
        pk=("session", "group_id"),
        foreign_keys=[
            ("session", "sessions", "id"),
            ("group_id", "groups", "id"),
            ("facilitator", "facilitators", "id"),
            ("member", "members", "id"),
        ],
    )
    # These hold all that lists and figures ask for, so that the rows themselves are left alone.
    facts = [fact for fact in FACTS if fact not in ("started", "needs", "ended")]
    _table(db, "shares").create_index(
        ["facilitator", "leads", "started", "session", "group_id", "member", *facts[:8]],
        index_name="shares_listed",
    )
    _table(db, "shares").create_index(
        ["group_id", "facilitator", "started", "session", "member", *facts, "needs"],
        index_name="shares_of_group",
    )
    _table(db, "shares").create_index(["member", "started"])


def fill_words(db: Database) -> None:
    """Signs and need words from their file, when the file is not the one that was read last."""
    raw = WORDS.read_bytes()
    mark = zlib.crc32(raw) & 0x7FFF_FFFF
    if db.execute("pragma user_version").fetchone()[0] == mark:
        return
    data = yaml.safe_load(raw)
    signs = [(sign, degree) for degree, said in data["signs"].items() for sign in said]
    words = [(word, theme) for theme, said in data["needs"].items() for word in said]
    with db.atomic():
        for table, rows in (("signs", signs), ("need_words", words)):
            db.execute(f"delete from {table}")
            db.conn.executemany(f"insert into {table} values (?, ?)", rows)
        db.execute(f"pragma user_version = {mark}")


def _table(db: Database, name: str) -> Table:
    table = db[name]
    assert isinstance(table, Table)
    return table
