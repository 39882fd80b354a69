"""Groups of a facilitator on Telegram: nothing is shared without a yes, and a yes is taken back."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

import pytest
from telegram_bot_process import WORDS, Bot, Person, fresh_chat, hold, plain, rows
from telegram_server import Server

from coachbot.coach import Card
from coachbot.model import Reply
from coachbot.store import Store
from coachbot.store_facilitators import Accounts
from coachbot.store_groups import Group, Groups
from coachbot.store_review import Filter, Review

pytest_plugins = ["telegram_fixtures"]


@dataclass
class Room:
    """What a facilitator has: a group, one that is closed, and a look at what is shared."""

    store: Store
    facilitator: int
    group: Group
    closed: Group

    def found(self, word: str) -> list[int]:
        """The sessions in which the facilitator finds a word."""
        found = Review(self.store).search(self.facilitator, word, Filter())
        return [row.session for row in found.page.rows]

    def readable(self) -> list[int]:
        """The sessions that the facilitator may read."""
        return [row.session for row in Review(self.store).sessions(self.facilitator, Filter()).rows]


@pytest.fixture
def room(bot: Bot) -> Room:
    store = Store(bot.db)
    name = f"Anna {fresh_chat()}"
    facilitator = Accounts(store).add(name, "lang genoeg om te raden").id
    groups = Groups(store)
    closed = groups.create(facilitator, "Vorig jaar")
    groups.close(facilitator, closed.id)
    return Room(store, facilitator, groups.create(facilitator, "Team Zuid"), closed)


def joined(person: Person, room: Room) -> Person:
    person.say(f"/start {room.group.code}", 2)
    person.press("ja", 2)
    return person


# -- joining --------------------------------------------------------------------------------------


def test_joining_says_what_it_means_and_needs_a_yes(bot: Bot, person: Person, room: Room) -> None:
    heard = " ".join(map(plain, person.say(f"/start {room.group.code.lower()}", 2)))
    for word in ("Team Zuid", "Anna", "schuilnaam", "wat jij typte", "/groep", "notities"):
        assert word in heard
    assert plain(person.say("wat bedoel je")[0]).endswith("Wil je lid worden?")
    told, welcome = person.press("nee", 2)
    assert plain(told) == WORDS.say("groep_niet") and "programma" in welcome
    assert not rows(bot, "select 1 from members where user = ?", f"tg:{person.chat}")
    person.say(f"/start {room.group.code}")
    told, welcome = person.say("ja hoor", 2)
    pseudonym = rows(bot, "select pseudonym from members where user = ?", f"tg:{person.chat}")
    assert pseudonym[0][0] in plain(told) and "?" in welcome
    assert "Per gesprek" in plain(person.say(f"/start {room.group.code}", 2)[0]), "a member already"


@pytest.mark.parametrize("code", ["ONBEKEND7", "<b>&", "x" * 200])
def test_an_unknown_code_is_said_plainly_and_the_talk_begins(person: Person, code: str) -> None:
    first, second = person.say(f"/start {code}", 2)
    assert f"‘{code[:64].split()[0]}" in plain(first) and "programma" in second


def test_a_closed_group_takes_nobody(bot: Bot, person: Person, room: Room) -> None:
    first, second = person.say(f"/start {room.closed.code}", 2)
    assert "gesloten" in plain(first) and "programma" in second
    assert not rows(bot, "select 1 from members where user = ?", f"tg:{person.chat}")


def test_in_danger_no_group_comes_in_between(person: Person, room: Room) -> None:
    person.say("ik wil niet meer leven")
    heard = person.say(f"/start {room.group.code}")
    assert "113" in plain(heard[0]) or "112" in plain(heard[0])


# -- sharing --------------------------------------------------------------------------------------


def test_a_finished_conversation_is_shared_only_after_a_yes_and_asked_about_once(
    server: Server, bot: Bot, person: Person, room: Room, talk: tuple[list[str], list[Reply], Card]
) -> None:
    joined(person, room)
    for text in talk[0]:
        person.say(text)
    server.wait_for(lambda: "Mag Anna" in plain(server.texts(person.chat)[-1]))
    person.seen = len(server.texts(person.chat))
    assert room.readable() == []
    told, reminder = person.press("ja", 2)
    assert "kan dit gesprek nu lezen" in plain(told)
    assert "?" in plain(reminder) or "Typ dan wanneer" in plain(reminder)
    session = rows(bot, "select id from sessions where user = ?", f"tg:{person.chat}")[0][0]
    assert room.readable() == [session]
    person.say("/groep"), person.press("trek 1 in", 2), person.say("stop")
    asked = [t for t in server.texts(person.chat) if "Mag Anna" in plain(t)]
    assert len(asked) == 1 and room.readable() == []


def test_no_is_the_default(
    server: Server, person: Person, room: Room, talk: tuple[list[str], list[Reply], Card]
) -> None:
    joined(person, room)
    for text in talk[0]:
        person.say(text)
    server.wait_for(lambda: "Mag Anna" in plain(server.texts(person.chat)[-1]))
    person.seen = len(server.texts(person.chat))
    person.say("Ik zie er wel tegenop.")
    assert room.readable() == []


def test_what_is_taken_back_is_gone_at_once_also_from_what_is_searched(
    bot: Bot, person: Person, room: Room
) -> None:
    joined(person, room)
    secret = f"kalkoenhok{person.chat}"
    for text in ("ja", "mijn baas", f"het gaat over {secret}", "morgen"):
        person.say(text)
    assert "niet gedeeld" in plain(person.say("/groep")[0])
    person.press("deel 1", 2)
    session = rows(bot, "select id from sessions where user = ?", f"tg:{person.chat}")[0][0]
    assert room.found(secret) == [session]
    Review(room.store).opened(room.facilitator, session)
    told, listed = person.press("trek 1 in", 2)
    assert "niet meer lezen" in plain(told) and "niet gedeeld" in plain(listed)
    assert room.found(secret) == [] and room.readable() == []
    words = rows(bot, "select rowid from search where search match ?", secret)
    assert words == [] and not rows(bot, "select 1 from shares where session = ?", session)


def test_leaving_asks_once_and_takes_everything_back(bot: Bot, person: Person, room: Room) -> None:
    joined(person, room)
    for text in ("ja", "mijn baas", "het rooster"):
        person.say(text)
    person.say("/groep"), person.press("deel 1", 2)
    assert len(room.readable()) == 1
    person.press("ga uit deze groep"), person.press("nee")
    assert len(room.readable()) == 1
    person.say("/groep"), person.press("ga uit deze groep")
    assert plain(person.press("ja")[0]) == WORDS.say("weg_klaar")
    assert room.readable() == []
    assert plain(person.say("/groep")[0]) == WORDS.say("groep_geen")


def test_a_conversation_in_which_nothing_was_told_is_not_asked_about(
    server: Server, person: Person, room: Room
) -> None:
    joined(person, room)
    person.say("ja"), person.say("stop"), person.say("/privacy")
    assert not any("Mag Anna" in plain(text) for text in server.texts(person.chat))


def test_an_old_conversation_that_is_shared_can_still_be_taken_back(
    bot: Bot, person: Person, room: Room
) -> None:
    joined(person, room)
    for text in ("ja", "mijn baas", "het rooster"):
        person.say(text)
    person.say("/groep"), person.press("deel 1", 2)
    with sqlite3.connect(bot.db, timeout=5) as db:
        columns = "user, started, state, ended, snapshot"
        db.execute("update sessions set ended = 1 where user = ?", (f"tg:{person.chat}",))
        for _ in range(8):
            db.execute(
                f"insert into sessions ({columns}) select {columns} from sessions where id ="
                " (select min(id) from sessions where user = ?)",
                (f"tg:{person.chat}",),
            )
        db.execute(
            "insert into turns (session, update_id, at, text, reading, reply, taken, before,"
            " state_before, state_after, undone)"
            " select sessions.id, null, at, text, reading, reply, taken, before, state_before,"
            " state_after, 0 from sessions, turns where user = ? and sessions.id not in"
            " (select session from turns) and turns.session in"
            " (select min(id) from sessions where user = ?) and text is not null",
            (f"tg:{person.chat}",) * 2,
        )
    assert "trek 7 in" in " ".join(person.say("/groep") and person.buttons)
    person.press("trek 7 in", 2)
    assert room.readable() == []


def test_after_a_matter_of_safety_nobody_is_asked_to_share(
    server: Server, person: Person, room: Room
) -> None:
    joined(person, room)
    for text in ("ja", "mijn baas", "het rooster", "ik wil niet meer leven", "stop"):
        person.say(text)
    person.say("/privacy")
    assert not any("Mag Anna" in plain(text) for text in server.texts(person.chat))


def test_nobody_presses_the_buttons_of_somebody_elses_group(
    server: Server, bot: Bot, person: Person, room: Room
) -> None:
    joined(person, room)
    for text in ("ja", "mijn baas", "het rooster"):
        person.say(text)
    other = Person(server, fresh_chat())
    hold(other, ["ja", "mijn zus"])
    mine = rows(bot, "select id from sessions where user = ?", f"tg:{person.chat}")[0][0]
    theirs = rows(bot, "select id from sessions where user = ?", f"tg:{other.chat}")[0][0]
    message = server.of("sendMessage", person.chat)[-1].result["message_id"]
    below = server.of("sendMessage", other.chat)[-1].result["message_id"]
    group = room.group.id
    server.press(other.chat, f"g:deel:{mine}:{group}", below)
    forged = [f"deel:{theirs}:{group}", f"deel:{mine}:99999", "deel:x:y", "weg:0:0"]
    forged += [f"deel:{'9' * 40}:{group}", f"dans:{mine}:{group}", ""]
    for data in (*(f"g:{one}" for one in forged), "g", "p:groep:ja"):
        server.press(person.chat, data, message)
    person.say("/privacy", 2), other.say("/privacy")
    assert room.readable() == []


# -- what is kept ---------------------------------------------------------------------------------


def test_gegevens_tells_groups_shares_and_who_opened_what_when(
    server: Server, bot: Bot, person: Person, room: Room
) -> None:
    joined(person, room)
    for text in ("ja", "mijn baas", "het rooster"):
        person.say(text)
    person.say("/groep"), person.press("deel 1", 2)
    session = room.readable()[0]
    Review(room.store).opened(room.facilitator, session)
    server.type(person.chat, "/gegevens")
    call = server.wait_for(lambda: server.of("sendDocument", person.chat))[0]
    held = json.loads(next(iter(call.files.values())))
    text = json.dumps(held, ensure_ascii=False)
    assert "Team Zuid" in text and "Anna" in text
    opened = held["openings"][0]
    assert opened["session"] == session and opened["at"] and "Anna" in str(opened["facilitator"])
    person.say("/wis"), person.press("ja, wis alles")
    assert room.readable() == []
    for table in ("members", "openings"):
        assert not rows(bot, f"select 1 from {table} where user = ?", f"tg:{person.chat}")
