"""The bot as people meet it: real HTTP against a Bot API server on loopback, a real process."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from telegram_bot_process import WORDS, Bot, Person, files, fresh_chat, hold, plain, rows
from telegram_server import Server

from coachbot.coach import Card
from coachbot.dialogue import Dialogue
from coachbot.model import Reply
from coachbot.telegram.outgoing import with_options
from coachbot.telegram.words import OWN

pytest_plugins = ["telegram_fixtures"]


# -- a conversation ------------------------------------------------------------------------------


def test_the_menu_offers_what_is_built_and_no_more(
    server: Server, bot: Bot, dialogues: Mapping[str, Dialogue]
) -> None:
    call, group = server.wait_for(
        lambda: found if len(found := server.of("setMyCommands")) > 1 else None
    )[:2]
    offered = [command["command"] for command in call.data["commands"]]
    assert offered == list(WORDS.menu) and "scope" not in call.data
    known = {w for c in dialogues["gesprek"].commands.values() for w in c.words}
    assert set(offered) <= known | {"start", *OWN}
    assert group.data["scope"] == {"type": "all_group_chats"}
    assert [c["command"] for c in group.data["commands"]] == ["theater", "besluit", "stop"]


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
    one, two = Person(server, fresh_chat()), Person(server, fresh_chat())
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
    other = Person(server, fresh_chat())
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
        ("/dans", WORDS.say("onbekend", menu=", ".join(f"/{name}" for name in WORDS.menu))),
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
    Person(server, fresh_chat()).say("/privacy")
    assert [plain(t) for t in server.texts(person.chat)].count(WORDS.say("te_snel")) == 1
    assert len(server.texts(person.chat)) == 31
