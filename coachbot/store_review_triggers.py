"""Triggers that keep what is shared up to date: the figures in `shares`, the words in `search`.

They are right whichever process writes, and withdrawing is deleting one row of `shares`. The words
of a turn are found again by its place in the session, so while a session is shared its turns are
not deleted and their texts are not changed; a share is deleted before its turns.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlite_utils import Database

from coachbot.model import LADDER, Rung

#: A row of `search` is numbered facilitator, session, place of the turn in it: so one facilitator's
#: rows lie together, newest session last, and nothing else of the database is touched to find them.
TURN_BITS, SESSION_BITS = 14, 30
#: Turns past this place in a session are not searched.
MAX_TURNS = 1 << TURN_BITS

_PLACE = "case {} " + " ".join(f"when '{rung}' then {i}" for i, rung in enumerate(LADDER)) + " end"
_NEED = LADDER.index(Rung.NEED)

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
            max(id) filter (where blame and not rehearsed)
                > min(id) filter (where rung >= {_NEED}), 0),
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


def _degrees(session: str) -> str:
    before = _DEGREE.format(session=session, moments="'voor'")
    after = _DEGREE.format(session=session, moments="'na', 'later'")
    return f"degree_before = {before}, degree_after = {after}"


def _needs(session: str) -> str:
    return f"needs = {_NEEDS.format(session=session)}"


def refresh(session: str, where: str) -> str:
    """SQL that works out the figures of `session` (an expression) in the `shares` of `where`."""
    return f"""
        update shares set
            (started, state, ended) = (
                select started, state, ended from sessions where id = {session}),
            {_degrees(session)}, {_needs(session)},
            (rung, blame, length, relapse, safety,
                blamed_1, blamed_2, blamed_3, told_1, told_2, told_3)
                = ({_COUNTED.format(session=session)})
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


def _follows(table: str, which: str, facts: Callable[[str], str]) -> dict[str, str]:
    """Triggers that set facts anew when a row of `table` comes or goes.

    A turn that is taken back takes along what was remembered.
    """
    return {
        f"shared_{table}_{event}": f"""
            after {event} on {table} when {row}.{which}
            and exists (select 1 from shares where session = {row}.session) begin
                update shares set {facts(f"{row}.session")} where session = {row}.session;
            end"""
        for event, row in (("insert", "new"), ("delete", "old"))
    }


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
    "shared_turn_deleted": """
        before delete on turns
        when exists (select 1 from shares where session = old.session) begin
            select raise(abort, 'a turn of a shared session cannot be deleted; withdraw it first');
        end""",
    "shared_turn_changed": """
        before update of text, session on turns
        when exists (select 1 from shares where session = old.session) begin
            select raise(abort, 'the text of a shared turn cannot be changed; withdraw it first');
        end""",
    "shared_session_moved": """
        after update of state, ended on sessions begin
            update shares set state = new.state, ended = new.ended where session = new.id;
        end""",
    **_follows("temperatures", "moment is not null", _degrees),
    **_follows("remembered", "slot = 'behoefte'", _needs),
}


def make_triggers(db: Database) -> None:
    """Sets the triggers as they are written here; does nothing when they are there already."""
    wanted = {name: f"CREATE TRIGGER {name} {body}" for name, body in TRIGGERS.items()}
    rows = db.execute(
        "select name, sql from sqlite_master where type = 'trigger' and name like 'share%'"
    ).fetchall()
    if dict(rows) == wanted:
        return
    with db.atomic():
        for name, _ in rows:
            db.execute(f"drop trigger {name}")
        for sql in wanted.values():
            db.execute(sql)


def drop_triggers(db: Database) -> None:
    """Takes the triggers away, for who fills the tables at once."""
    for name in TRIGGERS:
        db.execute(f"drop trigger if exists {name}")
