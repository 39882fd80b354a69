"""Tables for the facilitator's pages, and the triggers that keep what is shared up to date.

A row of `shares` is the consent for one session and one group, and at the same time the line of
that session in lists: figures to sort and filter by. The index `search` holds the words of shared
sessions and of no others. Both follow from triggers, so that they are right whichever process
writes, and withdrawing is deleting one row.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import yaml
from sqlite_utils import Database
from sqlite_utils.db import Table

from coachbot.model import LADDER
from coachbot.store import migrations

WORDS = Path(__file__).parent / "review_words.yml"

#: A row of `search` is numbered facilitator, session, place of the turn in it: so one facilitator's
#: rows lie together, newest session last, and nothing else of the database is touched to find them.
TURN_BITS, SESSION_BITS = 14, 30
#: Turns past this place in a session are not searched.
MAX_TURNS = 1 << TURN_BITS

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
    make_triggers(db)


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
    _table(db, "shares").create_index(["facilitator", "leads", "started", "session"])
    _table(db, "shares").create_index(["group_id", "started", "session"])
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


# -- what follows from sharing ---------------------------------------------------------------

_PLACE = "case {} " + " ".join(f"when '{rung}' then {i}" for i, rung in enumerate(LADDER)) + " end"
_NEED = LADDER.index(LADDER[4])

#: One message of the person: its place on the ladder, and which third of the talk it falls in.
_HEARD = f"""
    select id, rung, blame, rehearsed, unsafe, relapsed, told,
        ntile(3) over (partition by told order by id) as part
    from (
        select id, rung, blame, rehearsed, unsafe, relapsed, blame or rung > 0 as told from (
            select id,
                {_PLACE.format("json_extract(reading, '$.rung')")} as rung,
                json_extract(reading, '$.blame') as blame,
                state_before like '%/opening%' as rehearsed,
                json_extract(reading, '$.safety') != 'none'
                    or state_after like 'veiligheid/%' as unsafe,
                state_after like '%/terugval%' as relapsed
            from turns where session = {{session}} and undone = 0 and text is not null
        )
    )
"""
_PARTS = ", ".join(
    f"coalesce(sum({{0}}) filter (where told and part = {part}), 0)" for part in (1, 2, 3)
)
_COUNTED = f"""
    select
        coalesce(max(rung), 0), coalesce(avg(blame) filter (where told), 0.0), count(*),
        coalesce(max(relapsed), 0) or coalesce(
            max(id) filter (where blame and not rehearsed) > min(id) filter (where rung >= {_NEED}), 0),
        coalesce(max(unsafe), 0),
        {_PARTS.format("blame")}, {_PARTS.format("told")}
    from ({_HEARD})
"""
_DEGREE = """(
    select degree from temperatures join signs using (sign)
    where session = {session} and moment in ({moments}) order by moment = 'na' desc limit 1
)"""
_NEEDS = """(
    select group_concat(distinct theme) from need_words join remembered
    on ' ' || lower(text) like '% ' || beginning || '%'
    where session = {session} and slot = 'behoefte'
)"""


def refresh(session: str, where: str) -> str:
    """SQL that works out the figures of `session` (an expression) in the `shares` of `where`."""
    before = _DEGREE.format(session=session, moments="'voor'")
    after = _DEGREE.format(session=session, moments="'na', 'later'")
    return f"""
        update shares set
            (started, state, ended) = (
                select started, state, ended from sessions where id = {session}),
            degree_before = {before}, degree_after = {after},
            (rung, blame, length, relapse, safety,
                blamed_1, blamed_2, blamed_3, told_1, told_2, told_3)
                = ({_COUNTED.format(session=session)}),
            needs = {_NEEDS.format(session=session)}
        where {where}
    """


def key(facilitator: str, session: str, place: str = "0") -> str:
    """SQL for the number of a row of `search`."""
    # In SQLite shifting and joining bits bind equally, from left to right.
    return f"((({facilitator} << {SESSION_BITS}) | {session}) << {TURN_BITS} | {place})"


def _indexed(session: str, facilitator: str) -> str:
    """SQL: number and text of each turn of a session that is to be found by a facilitator."""
    return f"""
        select {key(facilitator, session, "place")} as number, text from (
            select row_number() over (order by id) - 1 as place, text, undone
            from turns where session = {session}
        ) where text is not null and undone = 0 and place < {MAX_TURNS}
    """


def _one(facilitator: str = "facilitator") -> str:
    """SQL: the number of the turn `new` for each facilitator who may read it."""
    place = "(select count(*) from turns where session = new.session and id < new.id)"
    return f"""
        select {key(facilitator, "new.session", "place")} as number, new.text as text from (
            select distinct facilitator, {place} as place from shares where session = new.session
        ) where new.text is not null and place < {MAX_TURNS}
    """


_SHARED = "exists (select 1 from shares where session = new.session)"
_OTHERS = "select 1 from shares where session = {0}.session and facilitator = {0}.facilitator"
_ADD = "insert into search (rowid, text)"
_DROP = "insert into search (search, rowid, text) select 'delete', number, text"

TRIGGERS = {
    "share_given": f"""
        after insert on shares begin
            update shares set leads = not exists (
                {_OTHERS.format("new")} and leads and group_id != new.group_id
            ) where session = new.session and group_id = new.group_id;
            {refresh("new.session", "session = new.session and group_id = new.group_id")};
            {_ADD} select number, text from ({_indexed("new.session", "new.facilitator")})
            where not exists ({_OTHERS.format("new")} and group_id != new.group_id);
        end""",
    "share_withdrawn": f"""
        after delete on shares begin
            {_DROP} from ({_indexed("old.session", "old.facilitator")})
            where not exists ({_OTHERS.format("old")});
            delete from notes where session = old.session and facilitator = old.facilitator
                and not exists ({_OTHERS.format("old")});
            delete from corrections where session = old.session
                and facilitator = old.facilitator and not exists ({_OTHERS.format("old")});
            update shares set leads = 1 where old.leads
                and session = old.session and facilitator = old.facilitator
                and group_id = (select group_id from shares
                    where session = old.session and facilitator = old.facilitator
                    order by at, group_id limit 1);
        end""",
    "shared_turn_added": f"""
        after insert on turns when {_SHARED} begin
            {_ADD} select number, text from ({_one()}) where new.undone = 0;
            {refresh("new.session", "session = new.session")};
        end""",
    "shared_turn_undone": f"""
        after update of undone on turns when {_SHARED} and old.undone != new.undone begin
            {_DROP} from ({_one()}) where new.undone;
            {_ADD} select number, text from ({_one()}) where not new.undone;
            {refresh("new.session", "session = new.session")};
        end""",
    "shared_session_moved": """
        after update of state, ended on sessions begin
            update shares set state = new.state, ended = new.ended where session = new.id;
        end""",
    "shared_temperature_set": f"""
        after insert on temperatures when {_SHARED} begin
            update shares set
                degree_before = {_DEGREE.format(session="new.session", moments="'voor'")},
                degree_after = {_DEGREE.format(session="new.session", moments="'na', 'later'")}
            where session = new.session;
        end""",
    "shared_value_remembered": f"""
        after insert on remembered when new.slot = 'behoefte' and {_SHARED} begin
            update shares set needs = {_NEEDS.format(session="new.session")}
            where session = new.session;
        end""",
}


def make_triggers(db: Database) -> None:
    """Sets the triggers; they follow every change of what is shared."""
    for name, body in TRIGGERS.items():
        db.execute(f"create trigger {name} {body}")


def drop_triggers(db: Database) -> None:
    """Takes the triggers away, for who fills the tables at once."""
    for name in TRIGGERS:
        db.execute(f"drop trigger {name}")
