"""What cannot be read, reminders, and what is left behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from telegram_bot_process import WORDS, Bot, Person, files, fresh_chat, hold, plain, rows
from telegram_server import TOKEN, Server

from coachbot.coach import Card
from coachbot.model import Reply

pytest_plugins = ["telegram_fixtures"]


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
    group = {"id": -fresh_chat(), "type": "group", "title": "Team"}
    base = _message(5) | {"chat": group}
    server.update(message=base | {"text": "wij praten hier over Piet"})
    server.update(message=base | {"text": "/start@another_bot"})
    server.update(message=base | {"text": "/start@coach_test_bot"})
    server.update(message=base | {"text": "help @coach_test_bot"})
    texts = server.wait_for(lambda: server.texts(group["id"]))
    Person(server, fresh_chat()).say("/privacy")
    assert (
        texts
        == server.texts(group["id"])
        == [WORDS.say("groep", link="https://t.me/coach_test_bot")]
    )
    assert b"Piet" not in files(bot)


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


def test_in_danger_nothing_comes_in_between(person: Person) -> None:
    """No word about Telegram, no question about a reminder: only care and the number."""
    first = person.say("ik wil dood")
    assert len(first) == 1 and "113" in first[0] and WORDS.say("vooraf") not in plain(first[0])
    for typed in ("/herinner", "nee", "/help"):
        assert any(number in person.say(typed)[0] for number in ("113", "112", "?"))
    assert WORDS.say("wanneer") not in map(plain, person.server.texts(person.chat))


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
