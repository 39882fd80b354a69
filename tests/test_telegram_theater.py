"""Theater van Besluit in a group chat: played by buttons, and as private as it says."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from telegram_bot_process import ForkedBot, Forks, Person, fresh_chat, plain
from telegram_server import Server

from coachbot import content, content_all

THEATER = content_all.material(content.default_dir()).theater


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    forks = Forks()
    yield forks
    forks.close()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "coach.db"


def rows(db: Path, sql: str, *parameters: object) -> list[tuple]:
    with sqlite3.connect(db) as connection:
        return connection.execute(sql, parameters).fetchall()


class Group(Person):
    """A group chat with three people; the third never opened the bot."""

    def __init__(self, server: Server) -> None:
        super().__init__(server, -fresh_chat())
        self.people = [fresh_chat() for _ in range(3)]
        server.blocked.add(self.people[2])

    def types(self, text: str, who: int = 0, answers: int = 1) -> str:
        self.server.type(self.chat, text, by=self.people[who])
        return "\n".join(map(plain, self.hear(answers)))

    def presses(self, label: str, who: int) -> None:
        """Presses, and waits until the press is answered."""
        for call in reversed(self.server.of("sendMessage", self.chat)):
            data = dict(call.buttons).get(label)
            if data:
                break
        else:
            raise AssertionError(f"no button {label!r}")
        before = len(self.server.of("answerCallbackQuery"))
        self.server.press(self.chat, data, call.result["message_id"], by=self.people[who])
        self.server.wait_for(lambda: len(self.server.of("answerCallbackQuery")) > before)

    def window(self) -> str:
        """What the last press showed to who pressed."""
        return str(self.server.of("answerCallbackQuery")[-1].data.get("text", ""))

    def begin(self, told: str = "") -> str:
        self.types(f"/theater@coach_test_bot {told}".strip())
        for who in range(3):
            self.presses("ik doe mee", who)
        self.presses("we beginnen", 0)
        return "\n".join(map(plain, self.hear(2)))


def wind(db: Path, seconds: float) -> None:
    """Lets the clock of every game run on."""
    with sqlite3.connect(db, timeout=5) as connection:
        for row, due in connection.execute("select id, due from reminders").fetchall():
            moment = datetime.fromisoformat(due) - timedelta(seconds=seconds)
            text = moment.isoformat(timespec="milliseconds")
            connection.execute("update reminders set due = ? where id = ?", (text, row))


def test_a_whole_game_with_a_restart_in_the_middle_of_a_round(
    forks: Forks, server: Server, db: Path
) -> None:
    group = Group(server)
    with ForkedBot(forks, server, db) as bot:
        bot.started()
        server.type(group.chat, "Waterkers is ons geheim", by=group.people[0])
        heard = group.begin("3 Wie krijgt de zaal?")
        assert "Ronde 1" in heard and "Wie krijgt de zaal?" in heard and "3 minuten" in heard
        assert "speler 3" in heard and "https://t.me/coach_test_bot" in heard, "who is out of reach"
        server.wait_for(lambda: all(server.texts(person) for person in group.people[:2]))
        cards = [plain(server.texts(person)[0]) for person in group.people[:2]]
        names = [strategy.name for strategy in THEATER.strategies]
        assert all(any(name in card for name in names) for card in cards)
        assert not any(f"strategie: {name}" in heard for name in names), "nobody else sees them"
        group.presses("mijn kaart", 2)
        assert any(name in group.window() for name in names) and len(group.window()) <= 200
        server.wait_for(lambda: not rows(db, "select 1 from updates where done = 0"))
        bot.kill()
    wind(db, 125)
    with ForkedBot(forks, server, db) as bot:
        bot.started()
        assert "Nog één minuut" in plain(group.hear()[0])
        wind(db, 65)
        assert "De tijd is om" in plain(group.hear()[0])
        assert "Zet het besluit erachter" in group.types("/besluit")
        heard = group.types("/besluit de <b>dansers</b> & koor", 1)
        assert "de <b>dansers</b> & koor" in heard and heard.count("?") == 2
        assert b"dansers" in db.read_bytes() + db.with_name(f"{db.name}-wal").read_bytes()
        for number in (2, 3):
            group.presses("volgende ronde", 1)
            assert f"Ronde {number}" in plain(group.hear()[0])
            answers = 1 if number == 2 else 2
            if number == 2:
                server.wait_for(lambda: str(server.texts(group.chat)).count("niet bereiken") == 2)
                group.seen = len(server.texts(group.chat))
            heard = group.types(f"/besluit besluit {number}", 0, answers)
        assert "speler 1: " in "\n".join(map(plain, server.texts(group.chat))), "open cards"
        assert all(text in heard for text in ("dansers", "besluit 2", "besluit 3", "zaal"))
        for table in ("games", "players", "reminders", "users"):
            assert not rows(db, f"select * from {table}"), table
        assert bot.stop() == 0
    for path in db.parent.glob(f"{db.name}*"):
        held = path.read_bytes()
        assert b"Waterkers" not in held and b"Groepsnaam-geheim" not in held
        assert b"Voornaam-geheim" not in held


def test_who_may_do_what_when(forks: Forks, server: Server, db: Path) -> None:
    group = Group(server)
    with ForkedBot(forks, server, db) as bot:
        bot.started()
        group.types("/theater")
        assert "loopt hier al een spel" in group.types("/theater")
        group.presses("we beginnen", 0)
        assert group.window() == THEATER.group["stranger"][0]
        group.presses("ik doe mee", 0)
        group.presses("ik doe mee", 0)
        assert group.window() == "Je bent speler 1." and len(rows(db, "select * from players")) == 1
        group.presses("we beginnen", 0)
        assert "minstens 3" in group.window()
        assert "iets beslissen" in group.types("/besluit te vroeg")
        for who in (1, 2):
            group.presses("ik doe mee", who)
        invited = server.of("sendMessage", group.chat)[0]
        shown = server.sent[group.chat, invited.result["message_id"]]
        server.wait_for(lambda: "speler 1, speler 2, speler 3" in shown["text"])
        assert [label for label, _ in shown["buttons"]] == ["ik doe mee", "we beginnen"]
        group.presses("we beginnen", 1)
        group.hear(2)
        group.presses("ik doe mee", 1)
        assert group.window() == THEATER.group["begun"][0]
        group.presses("we beginnen", 1)
        assert group.window() == THEATER.group["over"][0]
        assert "gestopt" in group.types("/stop")
        group.presses("mijn kaart", 1)
        assert group.window() == THEATER.group["over"][0]
        assert not rows(db, "select * from reminders") and not rows(db, "select * from players")


def test_a_group_that_gets_another_number_plays_on(forks: Forks, server: Server, db: Path) -> None:
    group, after = Group(server), Group(server)
    after.people = group.people
    with ForkedBot(forks, server, db) as bot:
        bot.started()
        group.begin()
        chat = {"id": group.chat, "type": "group", "title": "Groepsnaam-geheim"}
        who = {"id": group.people[0], "is_bot": False, "first_name": "Voornaam-geheim"}
        message = {"message_id": 5, "date": 1, "chat": chat, "from": who}
        server.update(message=message | {"migrate_to_chat_id": after.chat})
        assert "Genoteerd: zo doen we het" in after.types("/besluit zo doen we het")
        after.presses("volgende ronde", 1)
        assert "Ronde 2" in plain(after.hear()[0])
        assert rows(db, "select user from reminders") == [(f"tg:{after.chat}",)]


def test_a_player_who_erases_everything_is_out_of_the_game(
    forks: Forks, server: Server, db: Path
) -> None:
    group = Group(server)
    with ForkedBot(forks, server, db) as bot:
        bot.started()
        group.begin()
        player = Person(server, group.people[0])
        server.wait_for(lambda: server.texts(player.chat))
        player.seen = len(server.texts(player.chat))
        server.type(player.chat, "/gegevens")
        server.wait_for(lambda: server.of("sendDocument", player.chat))
        player.say("/wis"), player.press("ja, wis alles")
        assert len(rows(db, "select * from players")) == 2
        group.types("/besluit zo doen we het", 1)
        group.presses("volgende ronde", 1)
        assert "Ronde 2" in plain(group.hear()[0])
        server.wait_for(lambda: len(server.texts(group.people[1])) == 2)
        assert len(server.texts(player.chat)) == player.seen


def test_a_clock_that_went_off_while_the_bot_was_away_says_that_time_is_over(
    forks: Forks, server: Server, db: Path
) -> None:
    group = Group(server)
    with ForkedBot(forks, server, db) as bot:
        bot.started()
        group.begin("5")
        server.wait_for(lambda: not rows(db, "select 1 from updates where done = 0"))
        bot.kill()
    wind(db, 3_600)
    with ForkedBot(forks, server, db) as bot:
        bot.started()
        assert "De tijd is om" in plain(group.hear()[0])
        assert not rows(db, "select * from reminders")
