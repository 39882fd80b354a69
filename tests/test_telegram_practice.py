"""Practising on Telegram, over real HTTP against the Bot API server on loopback."""

from __future__ import annotations

import json

import pytest
from telegram_bot_process import WORDS, Bot, Person, files, fresh_chat, hold, plain, rows
from telegram_server import Server

from coachbot.coach import Card
from coachbot.model import Reply

pytest_plugins = ["telegram_fixtures"]

#: A conversation up to a mirror that waits for its answer.
HALFWAY = ["ja", "mijn klant", "de rekening", "morgen", "3", "Hij luistert nooit naar mij."]


@pytest.fixture
def agreed(person: Person) -> Person:
    """Somebody who agreed to practise."""
    return agree(person)


def agree(person: Person) -> Person:
    person.say("/thermometer"), person.press("ja"), person.say("stop")
    return person


def pictures(server: Server, person: Person) -> int:
    """How many real pictures somebody was sent."""
    found = [c for c in server.of("sendPhoto", person.chat) if c.files]
    assert all(next(iter(call.files.values())).startswith(b"\x89PNG") for call in found)
    return len(found)


# -- beginning ------------------------------------------------------------------------------------


def test_who_begins_by_practising_is_asked_first_whether_words_may_be_kept(
    bot: Bot, person: Person
) -> None:
    user = f"tg:{person.chat}"
    assert plain(person.say("/oefen niveau")[0]) == WORDS.say("mag")
    assert plain(person.say("wat bedoel je")[0]) == WORDS.say("mag"), "asked once more"
    assert plain(person.press("nee")[0]) == WORDS.say("mag_niet")
    assert not rows(bot, "select 1 from users where id = ?", user)
    person.say("/oefen niveau")
    assert "Welk niveau is dit?" in plain(person.press("ja")[0])
    assert person.buttons == ["inhoud", "emotie", "intentie"]
    person.say("stop")
    assert "Waarneming" in plain(person.say("/oefen oordeel")[0]), "nobody is asked twice"


def test_who_agreed_with_the_coach_is_not_asked_again(person: Person) -> None:
    hold(person, ["ja", "mijn baas"])
    assert "Welk niveau" in plain(person.say("/oefen niveau")[0])


BEGINS = [
    ("/oefen verwijt", "Van verwijt naar wens"),
    ("/oefen eigen", "Je eigen zin"),
    ("/oefen onzin", "Wat wil je oefenen?"),
    ("ik wil oefenen", "·"),
    ("oefenen", "·"),
    ("/sparren", "Met wie wil je sparren?"),
    ("/sparren buurman", "Henk"),
    ("/sparren niemand", "Met wie wil je sparren?"),
    ("/sparren eigen", "Bereid eerst je gesprek voor"),
    ("/scan", "Welke scan wil je doen?"),
    ("/scan leiderschap", "1/8"),
    ("/thermometer", "1/12"),
    ("thermometer", "1/12"),
    ("/kaartje rust", "Wees druk met rust"),
    ("/kaartje onzin", "Dat kaartje ken ik niet"),
    ("/voortgang", "Je hebt nog niets geoefend"),
    ("/theater", "speel je met een groep"),
]


@pytest.mark.parametrize("first", range(0, len(BEGINS), 10))
def test_every_command_and_word_begins_what_it_names(agreed: Person, first: int) -> None:
    for typed, expected in BEGINS[first : first + 10]:
        heard = plain(agreed.say(typed)[0])
        assert expected in heard, (typed, heard)
        agreed.say("/stop")


def test_a_bare_word_is_an_answer_while_the_coach_waits_for_one(person: Person) -> None:
    hold(person, ["ja", "mijn baas"])
    assert "1/12" not in plain(person.say("thermometer")[0])
    assert "Je zit nu in geen groep" in plain(person.say("mijn groepen")[0])


# -- doing it -------------------------------------------------------------------------------------


def test_an_exercise_by_buttons_ends_and_the_conversation_is_taken_up_again(
    server: Server, bot: Bot, person: Person
) -> None:
    hold(person, HALFWAY)
    question = plain(server.texts(person.chat)[-1])
    person.say("/oefen niveau")
    person.press("inhoud")
    assert person.buttons == ["ja", "andere soort", "nee"]
    heard = person.press("nee", 2)
    assert plain(heard[1]) == f"{WORDS.say('verder')} {question}"
    assert "Wat doet dat met je" in plain(person.press("ja")[0])
    assert rows(bot, "select passed from attempts where user = ?", f"tg:{person.chat}") == [(1,)]


def test_a_button_of_an_earlier_question_does_nothing(
    server: Server, bot: Bot, agreed: Person
) -> None:
    agreed.say("/scan thermometer")
    first = server.of("sendMessage", agreed.chat)[-1]
    agreed.press("ja"), agreed.press("ja")
    server.press(agreed.chat, dict(first.buttons)["nee"], first.result["message_id"])
    stale = server.wait_for(
        lambda: [c for c in server.of("answerCallbackQuery") if c.data.get("text")]
    )
    assert stale[-1].data["text"] == WORDS.say("al_gekozen")
    assert "3/12" in plain(agreed.say("help")[0])
    for data in ("o::", "o:x:y", "o:thermometer.2:9", "o:thermometer.2:²", "p:kaartje:onzin"):
        server.press(agreed.chat, data, first.result["message_id"])
    assert "3/12" in plain(agreed.say("help", 2)[-1])


def test_a_scan_ends_in_words_and_a_picture(server: Server, agreed: Person) -> None:
    agreed.say("/thermometer")
    for _ in range(11):
        agreed.press("een beetje")
    assert "Eén vraag om mee te nemen" in plain(agreed.press("ja")[0])
    assert pictures(server, agreed) == 1


def test_sparring_ends_in_the_course_of_the_temperature(server: Server, agreed: Person) -> None:
    agreed.say("/sparren klant"), agreed.say("uitleg")
    assert "onenigheid" in plain(agreed.say("Jullie moeten nu eindelijk eens betalen.")[0])
    assert "Ik betaal pas" in plain(agreed.say("/terug")[0])
    agreed.say("Ik hoor dat u wacht met betalen. Wat klopt er niet?")
    heard = plain(agreed.say("klaar")[0])
    assert "% over belangen" in heard and "Dit werkte" in heard
    assert pictures(server, agreed) == 1


def test_a_picture_that_is_not_taken_comes_in_letters(server: Server, agreed: Person) -> None:
    agreed.say("/oefen niveau"), agreed.press("inhoud")
    server.fail("sendPhoto", 400, "Bad Request: IMAGE_PROCESS_FAILED")
    drawn, words = agreed.say("/voortgang", 2)
    assert "█" in plain(drawn) and "Niveau 1 van 3" in plain(words)


# -- in the middle of it --------------------------------------------------------------------------


def test_stop_pauze_help_and_terug_are_about_the_exercise(bot: Bot, person: Person) -> None:
    hold(person, HALFWAY)
    person.say("/oefen verwijt")
    first, more = person.say("/help", 2)
    assert "Je bent aan het oefenen" in plain(first) and WORDS.say("help") in plain(more)
    assert person.say("terug") and "Terugnemen hoeft niet" in plain(person.say("/terug")[0])
    assert "blijft liggen" in plain(person.say("/pauze")[0])
    assert "Daar ben je weer" in plain(person.say("/start")[0])
    assert "Van verwijt" in plain(person.say("/oefen")[0]), "an exercise under way goes on"
    assert "Klopt dat?" in plain(person.say("/stop", 2)[1])
    open_ = rows(bot, "select ended from sessions where user = ?", f"tg:{person.chat}")
    assert open_ == [(0,)], "only the exercise was stopped"


def test_the_card_and_the_summary_can_be_looked_at_meanwhile(
    server: Server, person: Person
) -> None:
    hold(person, HALFWAY)
    person.say("/sparren zus")
    assert "Je gesprek is met: je klant" in plain(person.say("/samenvatting", 2)[0])
    before = pictures(server, person)
    assert plain(person.say("kaart")[0]).startswith("—")
    assert pictures(server, person) == before + 1
    assert plain(person.say("Ik hoor dat je moe bent.")[0]).startswith("—")


def test_a_button_of_the_coach_leads_back_to_the_conversation(
    server: Server, bot: Bot, person: Person
) -> None:
    hold(person, HALFWAY)
    mirror = server.of("sendMessage", person.chat)[-1]
    person.say("/oefen verwijt")
    server.press(person.chat, dict(mirror.buttons)["ja"], mirror.result["message_id"])
    assert "Wat doet dat met je" in plain(person.hear()[0])
    assert "zorgen" in plain(person.say("boos")[0]), "the exercise does not take the answer"


def test_danger_in_an_exercise_is_the_coachs_and_nothing_comes_in_between(
    bot: Bot, agreed: Person
) -> None:
    agreed.say("/sparren zus")
    assert "113" in plain(agreed.say("ik wil niet meer leven")[0])
    for typed in ("/oefen", "/kaartje", "/groep", "/voortgang"):
        heard = plain(agreed.say(typed)[0])
        assert typed == "/groep" or "113" in heard or "112" in heard, (typed, heard)
    kinds = rows(bot, "select kind from activities where user = ?", f"tg:{agreed.chat}")
    assert kinds == [(None,)]


def test_a_changed_message_in_an_exercise_is_not_heard_again(
    server: Server, bot: Bot, agreed: Person
) -> None:
    agreed.say("/oefen verwijt"), agreed.say("Ik wil graag dat je op tijd bent.")
    message = rows(
        bot, "select message from updates where chat = ? order by id desc limit 1", agreed.chat
    )[0][0]
    server.edit(agreed.chat, message, "Ik wil iets anders.")
    assert plain(agreed.hear()[0]) == WORDS.say("niet_verbeterd")
    server.edit(agreed.chat, message, "ik wil niet meer leven")
    assert "113" in plain(agreed.hear()[0])


# -- what is kept ---------------------------------------------------------------------------------


def test_what_was_practised_is_handed_over_and_erased_to_the_last_byte(
    server: Server, bot: Bot, agreed: Person
) -> None:
    secret = f"zeekomkommer{agreed.chat}"
    agreed.say("/oefen verwijt"), agreed.say(f"Ik wil graag over de {secret} praten.")
    agreed.say("/sparren zus"), agreed.say(f"Ik hoor dat de {secret} je zorgen geeft.")
    server.type(agreed.chat, "/gegevens")
    call = server.wait_for(lambda: server.of("sendDocument", agreed.chat))[0]
    held = json.loads(next(iter(call.files.values())))
    assert secret in held["attempts"][0]["text"] and secret in held["spar_turns"][0]["text"]
    agreed.say("/wis"), agreed.press("ja, wis alles")
    assert secret.encode() not in files(bot)
    for table in ("activities", "attempts", "spar_runs", "spar_turns", "scan_results"):
        assert not rows(bot, f"select 1 from {table} where user = ?", f"tg:{agreed.chat}")


def test_an_update_that_comes_again_is_not_counted_again(
    server: Server, bot: Bot, agreed: Person
) -> None:
    agreed.say("/oefen niveau")
    number = server.type(agreed.chat, "inhoud")
    agreed.hear()
    last = server.type(agreed.chat, "nee")
    agreed.hear()
    server.wait_for(lambda: rows(bot, "select 1 from updates where id = ? and done = 1", last))
    sent = len(server.texts(agreed.chat))
    for again, text in ((number, "inhoud"), (last, "nee")):
        chat = {"id": agreed.chat, "type": "private"}
        who = {"id": agreed.chat, "is_bot": False, "first_name": "x"}
        message = {"message_id": 9, "date": 1, "chat": chat, "from": who, "text": text}
        server.deliver({"update_id": again, "message": message})
    Person(server, fresh_chat()).say("/privacy")
    assert len(server.texts(agreed.chat)) == sent
    assert rows(bot, "select count(*) from attempts where user = ?", f"tg:{agreed.chat}") == [(1,)]


# -- the card that is offered ---------------------------------------------------------------------


def test_at_the_end_a_fitting_card_is_offered_once_and_shown_by_its_button(
    server: Server, person: Person, talk: tuple[list[str], list[Reply], Card]
) -> None:
    hold(person, talk[0])
    server.wait_for(lambda: set(person.buttons) & {"geen herinnering", "ja"})
    person.seen = len(server.texts(person.chat))
    offers = [t for t in map(plain, server.texts(person.chat)) if "kaartje met drie vragen" in t]
    assert len(offers) == 1 and "Ik wens je een goed gesprek" in offers[0]
    shown = plain(person.press("laat zien")[0])
    assert shown.count("?") == 3 and shown.split("\n")[0] in offers[0]


def test_after_a_stop_or_a_matter_of_safety_no_card_is_offered(
    server: Server, person: Person
) -> None:
    hold(person, [*HALFWAY, "ik wil niet meer leven", "dat was een grapje", "nee echt niet"])
    person.say("stop")
    other = Person(server, fresh_chat())
    hold(other, [*HALFWAY, "stop"])
    said = [*server.texts(person.chat), *server.texts(other.chat)]
    assert not any("kaartje met drie vragen" in plain(text) for text in said)
