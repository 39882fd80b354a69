"""The bot as people meet it: real HTTP against a Bot API server on loopback, a real process."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import pytest
from talk import FOLDER, parse
from telegram_bot_process import Bot, Person, plain
from telegram_server import TOKEN, Server

from coachbot import content
from coachbot.coach import Card, Coach
from coachbot.dialogue import Dialogue
from coachbot.engine import Engine
from coachbot.model import Reply
from coachbot.store import Store
from coachbot.telegram.outgoing import with_options

if TYPE_CHECKING:
    from spacy.language import Language

WORDS = content.words(content.default_dir())
_chats = itertools.count(1_000_001)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture(scope="module")
def bot(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    db = tmp_path_factory.mktemp("bot") / "coach.db"
    with Bot(server, db, "--log-level", "debug", COACHBOT_NEW_USERS_PER_HOUR="1000") as bot:
        yield bot.started()
        assert bot.stop() == 0


@pytest.fixture
def person(server: Server, bot: Bot) -> Person:
    return Person(server, next(_chats))


def rows(bot: Bot, sql: str, *parameters: object) -> list[tuple]:
    with sqlite3.connect(bot.db) as db:
        return db.execute(sql, parameters).fetchall()


def files(bot: Bot) -> bytes:
    """Every byte of the database on the disk."""
    return b"".join(path.read_bytes() for path in bot.db.parent.glob(f"{bot.db.name}*"))


@pytest.fixture(scope="module")
def talk(
    engine: Engine, language: Language, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[str], list[Reply], Card]:
    """A whole conversation: what is typed, what `Coach.hear` says to it, and the card."""
    for path in sorted(FOLDER.glob("*.txt")):
        transcript = parse(path)
        if not transcript.whole:
            continue
        store = Store(tmp_path_factory.mktemp("same") / "same.db")
        coach = Coach(engine, store, language)
        texts = [step.text for step in transcript.scenes[0].steps]
        replies = [coach.open("een", "telegram")]
        replies += [coach.hear("een", text, channel="telegram") for text in texts]
        card = coach.card("een")
        store.close()
        if card and replies[-1].ended and len(texts) < 28 and all(texts):
            return texts, replies, card
    raise AssertionError("no transcript comes to a card")


def hold(person: Person, texts: list[str]) -> None:
    person.say("/start")
    for text in texts:
        person.say(text)


# -- a conversation ------------------------------------------------------------------------------


def test_the_menu_offers_what_is_built_and_no_more(
    server: Server, bot: Bot, dialogues: Mapping[str, Dialogue]
) -> None:
    call = server.wait_for(lambda: server.of("setMyCommands"))[0]
    offered = [command["command"] for command in call.data["commands"]]
    assert offered == list(WORDS.menu)
    known = {w for c in dialogues["gesprek"].commands.values() for w in c.words}
    assert set(offered) <= known | {"start", "herinner", "gegevens", "wis", "privacy"}


def test_a_whole_conversation_ends_with_the_card_as_a_picture(
    server: Server, person: Person, talk: tuple[list[str], list[Reply], Card]
) -> None:
    """Word for word what `Coach.hear` says to the same person; then a reminder is offered."""
    texts, replies, card = talk
    heard = [person.say("/start")[0]]
    heard += [person.say(text)[0] for text in texts]
    for reply, text in zip(replies, heard, strict=True):
        assert plain(text).startswith(with_options("\n".join(reply.lines), reply.options))
    server.wait_for(lambda: set(person.buttons) & {"geen herinnering", "ja"})
    pictures = server.of("sendPhoto", person.chat)
    shown = "\n".join([plain(pictures[-1].text), *map(plain, server.texts(person.chat))])
    assert all(words in shown for _, words in card.rows)
    assert next(iter(pictures[-1].files.values())).startswith(b"\x89PNG")


def test_typing_is_shown_before_the_answer(server: Server, person: Person) -> None:
    person.say("hallo daar")
    methods = [c.method for c in server.calls if c.chat == person.chat]
    assert methods.index("sendChatAction") < methods.index("sendMessage")


def test_two_people_at_once_do_not_mix(server: Server, bot: Bot) -> None:
    one, two = Person(server, next(_chats)), Person(server, next(_chats))
    for mine, theirs in [("/start", "/start"), ("ja", "ja"), ("mijn baas", "mijn zus")]:
        server.type(one.chat, mine)
        server.type(two.chat, theirs)
        one.hear(), two.hear()
    one.say("het rooster"), two.say("de erfenis")
    assert "baas" in one.say("/samenvatting")[0] and "zus" in two.say("/samenvatting")[0]
    kept = rows(bot, "select text from remembered join sessions on id = session where user = ?",
                f"tg:{one.chat}")  # fmt: skip
    assert ("mijn zus",) not in kept and any("baas" in text for (text,) in kept)


# -- buttons -------------------------------------------------------------------------------------


def test_a_pressed_button_is_acknowledged_and_marked_and_pressed_once(
    server: Server, bot: Bot, person: Person
) -> None:
    person.say("/start")
    assert person.buttons == ["ja", "nee"]
    question = server.of("sendMessage", person.chat)[-1]
    number, data = question.result["message_id"], dict(question.buttons)["ja"]
    person.press("ja")
    server.wait_for(lambda: server.of("answerCallbackQuery"))
    server.wait_for(lambda: server.sent[person.chat, number]["buttons"] == [])
    assert server.sent[person.chat, number]["text"].endswith("✓ ja")
    turns = rows(bot, "select count(*) from turns")
    server.press(person.chat, data, number)
    stale = server.wait_for(
        lambda: [c for c in server.of("answerCallbackQuery") if c.data.get("text")]
    )
    assert stale[-1].data["text"] == WORDS.say("al_gekozen")
    assert rows(bot, "select count(*) from turns") == turns


def test_free_text_does_what_the_button_does(person: Person) -> None:
    person.say("/start")
    person.say("jazeker, dat is goed")
    person.say("mijn baas"), person.say("het rooster")
    person.say("morgen")
    assert person.buttons == ["1", "2", "3", "4"]
    assert person.say("we hebben vaak ruzie")


def test_nobody_presses_for_somebody_else(server: Server, bot: Bot, person: Person) -> None:
    """Neither with another's button nor by pretending to be another."""
    other = Person(server, next(_chats))
    person.say("/start"), other.say("/start")
    mine = server.of("sendMessage", person.chat)[-1]
    theirs = server.of("sendMessage", other.chat)[-1]
    before = rows(bot, "select id, state from sessions order by id")
    server.press(person.chat, theirs.buttons[0][1], mine.result["message_id"])
    for data in ("k::", "k:x:y", "p:wis:ja", "p:klopt:ja", "zomaar", "k:1:99999999999999999999"):
        server.press(person.chat, data, mine.result["message_id"])
    server.press(other.chat, theirs.buttons[0][1], theirs.result["message_id"], by=person.chat)
    person.say("/privacy")
    assert rows(bot, "select id, state from sessions order by id") == before


# -- commands ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/privacy", WORDS.say("privacy")),
        ("privacy", WORDS.say("privacy")),
        ("/privacy@coach_test_bot", WORDS.say("privacy")),
        ("/gegevens", WORDS.say("gegevens_leeg")),
        ("/wis", WORDS.say("wis_leeg")),
        ("/stop", WORDS.say("geen_gesprek")),
        ("/oefen", WORDS.say("onbekend", menu=", ".join(f"/{name}" for name in WORDS.menu))),
    ],
)
def test_a_command_of_the_bot_itself(person: Person, typed: str, answer: str) -> None:
    assert plain(person.say(typed)[0]) == answer


def test_words_without_a_slash_do_what_commands_do(person: Person) -> None:
    person.say("/start"), person.say("ja"), person.say("mijn baas")
    assert "stap terug" in person.say("terug")[0]
    assert WORDS.say("help") in plain(person.say("/help", 2)[1])
    person.say("/pauze")
    assert "stoppen" in person.say("stop")[0]


def test_an_unknown_code_is_said_plainly_and_the_talk_begins(person: Person) -> None:
    first, second = person.say("/start groep<7>", 2)
    assert "‘groep<7>’" in plain(first) and "programma" in second


def test_everything_held_comes_as_one_json_file(server: Server, bot: Bot, person: Person) -> None:
    hold(person, ["ja", "mijn schoonzus", "het geld & <de rest>"])
    server.type(person.chat, "/gegevens")
    call = server.wait_for(lambda: server.of("sendDocument", person.chat))[0]
    held = json.loads(next(iter(call.files.values())))
    assert [turn["text"] for turn in held["sessions"][0]["turns"]][-1] == "het geld & <de rest>"
    assert held["user"]["id"] == f"tg:{person.chat}"


@pytest.mark.parametrize("sure", ["ja, wis alles", "nee, bewaar het"])
def test_wis_asks_once_and_leaves_not_a_byte(
    server: Server, bot: Bot, person: Person, sure: str
) -> None:
    secret = f"schildpadsoep{person.chat}"
    hold(person, ["ja", "mijn baas", f"het gaat om {secret} en daar lig ik wakker van"])
    person.say("/herinner"), person.say("morgen om 10 uur"), person.press("ja", 2)
    assert secret.encode() in files(bot)
    person.say("/wis")
    answer = person.press(sure)
    if sure.startswith("nee"):
        assert secret.encode() in files(bot)
        return
    assert plain(answer[0]) == WORDS.say("wis_klaar")
    assert secret.encode() not in files(bot)
    user = f"tg:{person.chat}"
    for table in ("users", "sessions", "turns", "remembered", "reminders", "pending", "updates"):
        assert user not in str(rows(bot, f"select * from {table}"))
    server.wait_for(lambda: not rows(bot, "select 1 from updates where chat = ?", person.chat))
    assert "programma" in person.say("/start")[0]


def test_who_does_not_agree_leaves_nothing(bot: Bot, person: Person) -> None:
    person.say("hallo"), person.say("nee")
    assert not rows(bot, "select 1 from users where id = ?", f"tg:{person.chat}")


# -- what cannot be read -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("spraak", {"voice": {"file_id": "a", "file_unique_id": "b", "duration": 1}}),
        ("foto", {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]}),
        ("sticker", {"sticker": {"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1,
                                 "is_animated": False, "is_video": False, "type": "regular"}}),
        ("locatie", {"location": {"longitude": 1.0, "latitude": 2.0}}),
        ("contact", {"contact": {"phone_number": "0612345678", "first_name": "Geheim"}}),
        ("bestand", {"document": {"file_id": "a", "file_unique_id": "b"}}),
        ("dobbelsteen", {"dice": {"emoji": "🎲", "value": 3}}),
    ],
)  # fmt: skip
def test_each_kind_gets_a_fitting_answer(
    server: Server, bot: Bot, person: Person, kind: str, content: dict[str, object]
) -> None:
    number = server.update(message=_message(person.chat) | content)
    assert plain(person.hear()[0]) == WORDS.kinds[kind]
    server.wait_for(lambda: rows(bot, "select 1 from updates where id = ? and done = 1", number))
    assert b"0612345678" not in files(bot)


def _message(chat: int) -> dict[str, object]:
    who = {"id": chat, "is_bot": False, "first_name": "Voornaam-geheim"}
    return {"message_id": 9, "date": 1_790_000_000, "chat": {"id": chat, "type": "private"},
            "from": who}  # fmt: skip


_FORWARD = {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Iemand"}}


def test_a_forwarded_message_is_not_read_unless_somebody_is_in_danger(person: Person) -> None:
    answer = person.say("Jij luistert ook nooit.", **_FORWARD)
    assert plain(answer[0]) == WORDS.kinds["doorgestuurd"]
    assert "113" in person.say("ik wil niet meer leven", **_FORWARD)[0]


def test_an_album_is_answered_once(server: Server, person: Person) -> None:
    photo = {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]}
    for _ in range(3):
        server.update(message=_message(person.chat) | photo | {"media_group_id": "7"})
    person.say("/privacy", 2)
    assert len(server.texts(person.chat)) == 2


def test_an_edited_message_replaces_the_last_turn(server: Server, bot: Bot, person: Person) -> None:
    person.say("/start"), person.say("ja")
    server.type(person.chat, "mijn baas")
    person.hear()
    message = (
        server.handed
        and rows(
            bot, "select message from updates where chat = ? order by id desc limit 1", person.chat
        )[0][0]
    )
    server.edit(person.chat, message, "mijn moeder")
    assert plain(person.hear()[0]).startswith(WORDS.say("verbeterd"))
    person.say("de erfenis")
    assert "moeder" in person.say("/samenvatting")[0]
    server.edit(person.chat, message, "mijn oom")
    assert plain(person.hear()[0]) == WORDS.say("niet_verbeterd")


def test_an_alarm_is_not_edited_away(server: Server, bot: Bot, person: Person) -> None:
    person.say("/start"), person.say("ja")
    assert "113" in person.say("ik wil dood")[0]
    message = rows(
        bot, "select message from updates where chat = ? order by id desc limit 1", person.chat
    )[0][0]
    server.edit(person.chat, message, "mijn baas")
    person.hear()
    state = rows(bot, "select state from sessions where user = ?", f"tg:{person.chat}")
    assert state[0][0].startswith("veiligheid/")


def test_in_a_group_it_only_says_how_to_reach_it(server: Server, bot: Bot) -> None:
    group = {"id": -next(_chats), "type": "group", "title": "Team"}
    base = _message(5) | {"chat": group}
    server.update(message=base | {"text": "wij praten hier over Piet"})
    server.update(message=base | {"text": "/start@another_bot"})
    server.update(message=base | {"text": "/start@coach_test_bot"})
    server.update(message=base | {"text": "help @coach_test_bot"})
    texts = server.wait_for(lambda: server.texts(group["id"]))
    Person(server, next(_chats)).say("/privacy")
    assert (
        texts
        == server.texts(group["id"])
        == [WORDS.say("groep", link="https://t.me/coach_test_bot")]
    )
    assert b"Piet" not in files(bot)


# -- text ----------------------------------------------------------------------------------------


def test_whatever_is_typed_comes_back_unharmed(person: Person) -> None:
    person.say("/start"), person.say("ja"), person.say("mijn <b>baas & co")
    person.say("<script>alert('x')</script> & het </b> rooster")
    assert "<script>alert('x')</script>" in plain(person.say("/samenvatting")[0])


def test_a_very_long_message_is_cut_with_a_word_about_it(bot: Bot, person: Person) -> None:
    first = person.say("a" * 90 + " ruzie" * 660, 2)[0]
    assert plain(first) == WORDS.say("ingekort", aantal=4000)
    stored = rows(bot, "select text from turns join sessions on sessions.id = session"
                       " where user = ?", f"tg:{person.chat}")  # fmt: skip
    assert len(stored[-1][0]) == 4000


def test_a_flood_is_answered_once_and_not_kept(server: Server, bot: Bot, person: Person) -> None:
    person.say("/start")
    for _ in range(45):
        server.type(person.chat, "/privacy")
    person.hear(30)
    Person(server, next(_chats)).say("/privacy")
    assert [plain(t) for t in server.texts(person.chat)].count(WORDS.say("te_snel")) == 1
    assert len(server.texts(person.chat)) == 31


# -- reminders -----------------------------------------------------------------------------------


def test_a_reminder_is_checked_back_before_it_is_set(bot: Bot, person: Person) -> None:
    user = f"tg:{person.chat}"
    hold(person, ["ja", "mijn baas"])
    assert plain(person.say("/herinner")[0]) == WORDS.say("wanneer")
    assert plain(person.say("ooit")[0]) == WORDS.say("wanneer_onduidelijk")
    assert plain(person.say("overmorgen")[0]) == WORDS.say("hoe_laat")
    assert "om 14:30" in person.say("half drie")[0]
    assert plain(person.press("nee")[0]) == WORDS.say("wanneer")
    assert "morgen om 10:00" in person.say("morgen om 10 uur")[0]
    planned, question = person.press("ja", 2)
    assert "rond 09:30" in planned and WORDS.say("verder") in question
    due = rows(bot, "select kind, meeting, due from reminders where user = ? order by due", user)
    assert [kind for kind, _, _ in due] == ["voor", "na"]
    person.say("stop")
    assert not rows(bot, "select 1 from reminders where user = ?", user)


def test_a_near_meeting_gets_its_card_at_once(
    server: Server, person: Person, talk: tuple[list[str], list[Reply], Card]
) -> None:
    texts, replies, _ = talk
    shown = next(i for i, reply in enumerate(replies) if reply.card)
    hold(person, texts[:shown])
    before = len(server.of("sendPhoto", person.chat))
    person.say("/herinner"), person.say("over 20 minuten")
    person.press("ja", 2)
    server.wait_for(lambda: len(server.of("sendPhoto", person.chat)) > before)
    server.wait_for(lambda: any("Lees je kaart" in text for text in server.texts(person.chat)))
    server.wait_for(lambda: server.of("sendPhoto", person.chat))


# -- what is left behind -------------------------------------------------------------------------


def test_no_names_in_the_database_and_no_words_in_the_log(
    server: Server, bot: Bot, person: Person
) -> None:
    person.say("/start"), person.say("ja"), person.say("mijn baas heet waterkers")
    for secret in (b"Voornaam-geheim", b"gebruikersnaam_geheim", TOKEN.encode()):
        assert secret not in files(bot)
    log = "\n".join(bot.log)
    assert "handled" in log
    for secret in ("waterkers", "Voornaam", TOKEN, TOKEN.partition(":")[2], str(person.chat)):
        assert secret not in log


def test_an_answered_update_leaves_only_its_number(
    server: Server, bot: Bot, person: Person
) -> None:
    number = server.type(person.chat, "hallo")
    done: Callable[[], list[tuple]] = lambda: rows(  # noqa: E731
        bot, "select payload, outcome from updates where id = ? and done = 1", number
    )
    assert server.wait_for(done) == [(None, None)]
