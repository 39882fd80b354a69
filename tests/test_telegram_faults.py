"""Crashes, storms and intruders: the bot loses nothing, says nothing twice, lets nobody in."""

from __future__ import annotations

import json
import random
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from telegram_bot_process import ForkedBot, Forks, Person, environment, plain
from telegram_server import TOKEN, WAIT, Server

from coachbot import content, reminders
from coachbot.cli import main
from coachbot.coach import Coach
from coachbot.engine import Engine
from coachbot.reminders import Reminders
from coachbot.store import Store

WORDS = content.words(content.default_dir())
#: How often the bot is killed here; `make bench` does it a hundred times.
KILLS = 8


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


# -- crashes -------------------------------------------------------------------------------------


def kill_again_and_again(forks: Forks, server: Server, db: Path, kills: int) -> int:
    """kill -9 somewhere between the arrival of messages and the answer, again and again.

    Fails when a turn is lost, made twice or out of order; returns how many answers went out twice.
    """
    chance = random.Random(20)
    chats = (11, 12, 13)
    pace = {"COACHBOT_MESSAGES_PER_MINUTE": "10000"}
    for chat in chats:
        server.type(chat, "/start")
    for number in range(kills):
        with ForkedBot(forks, server, db, **pace) as bot:
            _type_and_kill(server, bot, chats, f"Bericht nummer {number} van mij.", chance)
    with ForkedBot(forks, server, db, **pace) as bot:
        for chat in chats:
            server.type(chat, "/privacy")
        server.wait_for(lambda: all(_answered(server, chat) for chat in chats), 60)
        server.wait_for(lambda: not rows(db, "select 1 from updates where done = 0"))
        assert bot.stop() == 0
    again = 0
    for chat in chats:
        turns = rows(db, "select text, reply from turns join sessions on sessions.id = session"
                         " where user = ? and text is not null order by turns.id",
                     f"tg:{chat}")  # fmt: skip
        assert [text for text, _ in turns] == [f"Bericht nummer {n} van mij." for n in range(kills)]
        told = [plain(text) for text in server.texts(chat)]
        for _, reply in turns:
            assert any(text.startswith(json.loads(reply)["lines"][0]) for text in told)
        again += len(told) - len(turns) - 2
    return again


def _type_and_kill(
    server: Server, bot: ForkedBot, chats: tuple[int, ...], text: str, chance: random.Random
) -> None:
    """Mostly kills just after the messages were handed over, now and then during the start."""
    updates = [server.type(chat, text) for chat in chats]
    if chance.random() < 0.75:
        server.wait_for(lambda: any(update in server.handed for update in updates))
    time.sleep(chance.uniform(0, 0.08))
    bot.kill()


def _answered(server: Server, chat: int) -> bool:
    return WORDS.say("privacy") in map(plain, server.texts(chat))


def test_killed_at_random_moments_no_turn_is_lost_and_none_is_made_twice(
    forks: Forks, server: Server, db: Path
) -> None:
    again = kill_again_and_again(forks, server, db, KILLS)
    # Only when the kill falls between Telegram taking an answer and the bot hearing that it did.
    assert again <= 3


def test_killed_in_the_middle_of_a_scan_every_answer_counts_once(
    forks: Forks, server: Server, db: Path
) -> None:
    chance = random.Random(7)
    person = Person(server, 31)
    with ForkedBot(forks, server, db) as bot:
        bot.started()
        person.say("/scan leiderschap"), person.press("ja")
        bot.kill()
    for _ in range(KILLS - 1):
        with ForkedBot(forks, server, db) as bot:
            _type_and_kill(server, bot, (31,), "2", chance)
    with ForkedBot(forks, server, db) as bot:
        server.wait_for(lambda: any("8/8" in text for text in server.texts(31)))
        server.type(31, "2")
        server.wait_for(lambda: any("om mee te nemen" in text for text in server.texts(31)))
        server.wait_for(lambda: not rows(db, "select 1 from updates where done = 0"))
        assert bot.stop() == 0
    assert len(rows(db, "select 1 from scan_results")) == 1


def test_an_update_that_comes_again_is_not_answered_again(
    forks: Forks, server: Server, db: Path
) -> None:
    with ForkedBot(forks, server, db):
        person = Person(server, 21)
        number = server.type(21, "hallo")
        person.hear()
        server.wait_for(lambda: rows(db, "select 1 from updates where id = ? and done", number))
    server.deliver({"update_id": number} | _typed(21, "hallo"))
    with ForkedBot(forks, server, db):
        person.say("/privacy")
    assert len(server.texts(21)) == 2
    assert len(rows(db, "select 1 from turns")) == 1


def _typed(chat: int, text: str) -> dict[str, object]:
    who = {"id": chat, "is_bot": False, "first_name": "A"}
    return {"message": {"message_id": 1, "date": int(time.time()), "text": text, "from": who,
                        "chat": {"id": chat, "type": "private"}}}  # fmt: skip


def test_sigterm_finishes_the_turn_in_hand(forks: Forks, server: Server, db: Path) -> None:
    with ForkedBot(forks, server, db) as bot:
        bot.started()
        server.fail("sendMessage", 200, delay=1.0)
        server.type(31, "hallo")
        server.wait_for(lambda: [c for c in server.calls if c.method == "sendMessage"])
        assert bot.stop(10.0) == 0
        assert len(server.texts(31)) == 1
    with ForkedBot(forks, server, db) as bot:
        Person(server, 31).say("/privacy", 2)
        assert len(server.texts(31)) == 2


def test_sigterm_ends_in_time_when_the_network_is_gone(
    forks: Forks, server: Server, db: Path
) -> None:
    with ForkedBot(forks, server, db) as bot:
        bot.started()
        server.fail("sendMessage", 500, times=1000)
        server.type(32, "hallo")
        server.wait_for(lambda: [c for c in server.calls if c.method == "sendMessage"])
        server.fail("getUpdates", 500, times=1000)
        assert bot.stop(10.0) == 0
    assert rows(db, "select count(*) from updates where done = 0") == [(1,)]


# -- storms --------------------------------------------------------------------------------------


def test_storms_of_429_and_5xx_and_dead_lines(forks: Forks, server: Server, db: Path) -> None:
    with ForkedBot(forks, server, db) as bot:
        bot.started()
        server.fail("sendMessage", 429, "Too Many Requests", parameters={"retry_after": 1})
        server.fail("sendMessage", 500, times=1)
        server.fail("sendMessage", 502, times=1)
        server.fail("sendMessage", 0, drop=True)
        server.fail("getUpdates", 429, "Too Many Requests", 1, parameters={"retry_after": 1})
        server.fail("getUpdates", 0, drop=True)
        server.fail("sendChatAction", 500, times=3)
        texts = ["/start", "ja", "mijn baas", "/privacy"]
        for text in texts:
            server.type(41, text)
        heard = Person(server, 41).hear(4)
        assert len(heard) == 4 and plain(heard[-1]) == WORDS.say("privacy")
        limited = [c.at for c in server.calls if c.method == "sendMessage"]
        assert limited[1] - limited[0] >= 1.0
        assert bot.stop() == 0
    assert len(server.texts(41)) == 4


def test_a_chat_in_trouble_does_not_hold_up_another(forks: Forks, server: Server, db: Path) -> None:
    with ForkedBot(forks, server, db) as bot:
        bot.started()
        server.fail("sendMessage", 500, times=100, chat=51)
        server.type(51, "hallo")
        server.wait_for(lambda: [c for c in server.calls if c.chat == 51 and c.code == 500])
        since = time.monotonic()
        Person(server, 52).say("hallo")
        assert time.monotonic() - since < 1.0


def test_who_blocked_the_bot_is_remembered_until_they_come_back(
    forks: Forks, server: Server, db: Path
) -> None:
    with ForkedBot(forks, server, db):
        person = Person(server, 61)
        person.say("hallo")
        server.blocked.add(61)
        server.type(61, "ja")
        blocked = "select blocked from users where id = 'tg:61'"
        server.wait_for(lambda: rows(db, blocked) == [(1,)])
        server.blocked.clear()
        person.say("mijn baas")
        assert rows(db, blocked) == [(0,)]


def test_a_refused_menu_and_a_late_server_stop_nothing(
    forks: Forks, server: Server, db: Path
) -> None:
    server.fail("getMe", 502, times=1)
    server.fail("deleteWebhook", 0, drop=True)
    server.fail("setMyCommands", 400, "Bad Request: BOT_COMMAND_INVALID")
    with ForkedBot(forks, server, db) as bot:
        Person(server, 71).say("hallo")
        server.wait_for(lambda: "menu_refused" in bot.file.read_text())


# -- who may run, who may come in ----------------------------------------------------------------


def test_a_second_bot_on_the_same_database_says_so_and_exits(
    forks: Forks, server: Server, db: Path
) -> None:
    with ForkedBot(forks, server, db) as first:
        first.started()
        done = subprocess.run(
            [sys.executable, "-m", "coachbot", "telegram"],
            env=environment(server, db), capture_output=True, text=True, timeout=WAIT,
        )  # fmt: skip
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith(f"Error: {db}: another bot runs")


def test_a_second_bot_with_the_same_token_says_so_and_exits(
    forks: Forks, server: Server, tmp_path: Path
) -> None:
    with ForkedBot(forks, server, tmp_path / "first.db"):
        Person(server, 81).say("hallo")
        with ForkedBot(forks, server, tmp_path / "second.db") as second:
            assert second.wait() == 1
            assert "another bot runs with this token" in second.log[-1]
            assert TOKEN not in second.file.read_text()
        Person(server, 82).say("hallo")


def test_an_unknown_token_is_said_without_showing_it(
    forks: Forks, server: Server, db: Path
) -> None:
    with ForkedBot(forks, server, db, COACHBOT_TOKEN="1:wrong-and-secret") as bot:
        assert bot.wait() == 1
        assert bot.log[-1] == "Error: COACHBOT_TOKEN: Telegram does not know this token"
        assert "wrong-and-secret" not in bot.file.read_text()


def test_an_odd_update_does_not_stop_the_others(forks: Forks, server: Server, db: Path) -> None:
    with ForkedBot(forks, server, db):
        server.update(message={"message_id": 1, "date": 1, "chat": {"id": 83, "type": "private"}})
        server.update(something_new={"x": 1})
        assert Person(server, 83).say("half \ud83d teken en \x00 nul")


def test_a_webhook_takes_only_what_telegram_sends(forks: Forks, server: Server, db: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/hook/x"
    options = ("--webhook", url, "--listen", f"127.0.0.1:{port}")
    with ForkedBot(forks, server, db, *options) as bot:
        bot.started()
        secret = server.wait_for(lambda: server.webhook)["secret_token"]
        assert server.webhook and server.webhook["url"] == url and len(secret) >= 32
        update = json.dumps({"update_id": 7} | _typed(91, "hallo")).encode()
        assert server.post(update, "wrong") == 403
        assert server.post(update, None) == 403
        assert server.post(b"{", secret) >= 400
        assert server.post(update, secret) == 200
        assert server.post(update, secret) == 200
        person = Person(server, 91)
        person.hear()
        update = json.dumps({"update_id": 8} | _typed(91, "/privacy")).encode()
        assert server.post(update, secret) == 200
        assert len(person.hear()) == 1
        assert bot.stop() == 0
    assert rows(db, "select count(*) from turns") == [(1,)]


def test_too_many_new_people_are_asked_to_come_back(forks: Forks, server: Server, db: Path) -> None:
    with ForkedBot(forks, server, db, COACHBOT_NEW_USERS_PER_HOUR="2"):
        for chat in (101, 102):
            assert "programma" in Person(server, chat).say("/start")[0]
        assert plain(Person(server, 103).say("/start")[0]) == WORDS.say("druk")
        Person(server, 101).say("ja", 2)
    assert not rows(db, "select 1 from users where id = 'tg:103'")


# -- reminders -----------------------------------------------------------------------------------


@pytest.fixture
def prepared(db: Path, engine: Engine, language) -> Path:  # type: ignore[no-untyped-def]
    """Somebody (chat 7) who is on the way to a meeting with their boss."""
    store = Store(db)
    coach = Coach(engine, store, language)
    coach.open("tg:7", "telegram")
    for text in ("ja", "mijn baas", "het rooster"):
        coach.hear("tg:7", text, channel="telegram")
    store.db.execute("update turns set at = '2026-01-01T00:00:00.000+00:00'")
    store.db.conn.commit()
    store.close()
    return db


def _plan(db: Path, meeting: timedelta, before: timedelta, after: timedelta) -> None:
    store = Store(db)
    now = reminders.now()
    plan = Reminders(store.db, before, after)
    # As planned two days ago, so that what is due may lie in the past.
    plan.plan("tg:7", 1, now + meeting, now - timedelta(days=2))
    store.close()


@pytest.mark.parametrize(
    ("meeting", "before", "words"),
    [
        (timedelta(minutes=10), timedelta(minutes=10), "herinnering_leeg"),
        (timedelta(minutes=10), timedelta(minutes=30), "herinnering_verlaat"),
        (timedelta(minutes=-20), timedelta(minutes=30), "herinnering_laat"),
    ],
)
def test_a_reminder_is_sent_once_and_apologises_when_late(
    forks: Forks,
    server: Server,
    prepared: Path,
    meeting: timedelta,
    before: timedelta,
    words: str,
) -> None:
    _plan(prepared, meeting, before, timedelta(hours=2))
    start = WORDS.says[words].partition("{")[0]
    for _ in range(2):
        with ForkedBot(forks, server, prepared) as bot:
            server.wait_for(lambda: server.texts(7))
            assert bot.started().stop() == 0
    assert len(server.texts(7)) == 1 and plain(server.texts(7)[0]).startswith(start)
    assert rows(prepared, "select kind from reminders") == [("na",)]


def test_afterwards_it_is_asked_how_it_went(forks: Forks, server: Server, prepared: Path) -> None:
    _plan(prepared, timedelta(hours=-2), timedelta(minutes=30), timedelta(hours=2))
    person = Person(server, 7)
    with ForkedBot(forks, server, prepared):
        assert "je baas" in person.hear()[0]
        assert person.press("ja") and person.buttons == ["1", "2", "3", "4"]
        person.press("2")
        person.say("Ik bleef rustig en liet hem uitpraten.")
        assert person.buttons == ["ja", "nee", "bijna"]
        person.press("nee")
        person.say("Ik begin de volgende keer eerder.")
    assert not rows(prepared, "select 1 from reminders")
    told = dict(rows(prepared, "select slot, text from remembered where session = 2"))
    assert "rustig" in told["werkte"]
    assert rows(prepared, "select sign from temperatures where moment = 'later'")


def test_no_reminder_for_who_blocked_the_bot(forks: Forks, server: Server, prepared: Path) -> None:
    _plan(prepared, timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=2))
    with sqlite3.connect(prepared) as connection:
        connection.execute("update users set blocked = 1")
    with ForkedBot(forks, server, prepared) as bot:
        server.wait_for(lambda: len(rows(prepared, "select 1 from reminders")) == 1)
        Person(server, 8).say("/privacy")
        assert bot.stop() == 0
    assert not server.texts(7)


# -- health --------------------------------------------------------------------------------------


def test_status_is_a_health_check(forks: Forks, server: Server, db: Path) -> None:
    runner = CliRunner()
    missing = runner.invoke(main, ["status", "--db", str(db)])
    assert missing.exit_code == 1 and "does not exist yet" in missing.output
    with ForkedBot(forks, server, db):
        Person(server, 111).say("hallo")
        alive = "select 1 from pulse where name = 'poll'"
        server.wait_for(lambda: rows(db, alive))
        server.wait_for(lambda: not rows(db, "select 1 from updates where done = 0"))
        healthy = runner.invoke(main, ["status", "--db", str(db)])
        assert healthy.exit_code == 0
        for line in ("users: 1", "sessions: 1 (1 open)", "queue: 0", "reminders: 0"):
            assert line in healthy.output
    with sqlite3.connect(db) as connection:
        connection.execute("update pulse set at = '2026-01-01T00:00:00.000+00:00'")
    dead = runner.invoke(main, ["status", "--db", str(db)])
    assert dead.exit_code == 1 and "has not polled for a minute" in dead.output
