"""A last word after the goodbye belongs to what is over; anything else begins a conversation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from coachbot.coach import Coach
from coachbot.corrections import place


def _over(coach: Coach) -> None:
    coach.open("a")
    row, session = coach.store.load("a")
    assert session is not None
    memory = {"wanneer": "morgen", "behoefte": "rust"}
    coach.store.record("a", row, place(coach.engine, session, "gesprek/kaart", memory), None, None)
    assert coach.hear("a", "1").ended


@pytest.mark.parametrize(
    ("words", "card"),
    [
        ("dank je", False),
        ("Dank je wel. Het heeft me geholpen.", False),
        ("jij ook bedankt he doei", False),
        ("ok", False),
        ("🙏", False),
        ("mijn kaart", True),
        ("Maar ik had nog geen kaart gezien", True),
        ("waar is mijn kaart?", True),
    ],
)
def test_a_last_word_begins_nothing(coach: Coach, words: str, card: bool) -> None:
    _over(coach)
    reply = coach.hear("a", words)
    assert reply.card == card
    assert not reply.ended, "what was offered at the end is not offered again"
    assert coach.store.load("a") == (None, None)
    assert coach.card("a") is not None


@pytest.mark.parametrize(
    "words", ["hoi", "mijn zus luistert nooit", "dank je, maar ik ben nog bang", "is dit anoniem?"]
)
def test_something_else_begins_a_conversation(coach: Coach, words: str) -> None:
    _over(coach)
    coach.hear("a", words)
    assert coach.store.load("a")[1] is not None


def test_thanks_that_come_later_name_no_day(coach: Coach) -> None:
    _over(coach)
    coach.clock = lambda: datetime.now(UTC) + timedelta(days=2)
    assert coach.hear("a", "dank je wel").lines == ("Graag gedaan.",)
    coach.hear("a", "oké")
    assert coach.store.load("a")[1] is not None


def test_a_last_word_that_is_changed_into_something_else_spoils_no_card(coach: Coach) -> None:
    _over(coach)
    coach.hear("a", "dank je", "1")
    coach.amend("a", "ik heb nog een gesprek met mijn zus", "1", "2")
    assert coach.store.load("a")[1] is not None
    assert any(session["ended"] for session in coach.store.db["sessions"].rows)


def test_thanks_of_who_wants_nothing_kept_are_not_kept(coach: Coach) -> None:
    coach.open("a")
    coach.hear("a", "nee")
    assert coach.hear("a", "dank je").lines == ("Graag gedaan.",)
    assert coach.store.latest("a") is None


def test_danger_is_heard_after_the_goodbye(coach: Coach) -> None:
    _over(coach)
    assert any("113" in line for line in coach.hear("a", "bedankt, ik maak er een eind aan").lines)
