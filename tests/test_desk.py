"""The desk: what is done once, what can be left and taken up again, and what is asked where."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coachbot import charts, choosing, content, content_all
from coachbot.charts import Bars, Course
from coachbot.desk import Desk
from coachbot.desk_answer import Answer
from coachbot.store import Store

if TYPE_CHECKING:
    from spacy.language import Language

MATERIAL = content_all.material(content.default_dir())


@pytest.fixture
def desk(language: Language, tmp_path: Path) -> Iterator[Desk]:
    store = Store(tmp_path / "coach.db")
    yield Desk(store, MATERIAL, language, lambda: datetime(2026, 3, 2, tzinfo=UTC))
    store.close()


def lines(answer: Answer | None) -> str:
    assert answer is not None
    return "\n".join(answer.reply.lines)


# -- an update is answered once -------------------------------------------------------------------

ENDS = [
    ("practise", "niveau", ["inhoud"], "stop", "attempts", 1),
    ("spar", "zus", ["Ik hoor dat je moe bent."], "klaar", "spar_turns", 1),
    ("scan", "thermometer", ["ja"] * 11, "ja", "scan_results", 1),
]


@pytest.mark.parametrize(("kind", "name", "before", "last", "table", "count"), ENDS)
def test_an_update_that_ended_an_activity_is_answered_again_and_counted_once(
    desk: Desk, kind: str, name: str, before: list[str], last: str, table: str, count: int
) -> None:
    getattr(desk, kind)("een", name, "u0")
    for number, text in enumerate(before):
        desk.hear("een", text, f"u{number + 1}")
    first = desk.hear("een", last, "uz")
    assert desk.open("een") is None, "the activity is over"
    again = desk.hear("een", last, "uz")
    assert first is not None and again == first
    rows = list(desk.rows.db.query(f"select * from {table} where user = 'een'"))
    assert len(rows) == count
    assert desk.hear("een", "hallo", "later") is None, "a new message is the coach's"


def test_a_command_that_comes_again_begins_nothing_anew(desk: Desk) -> None:
    first = desk.spar("een", "manager", "u1")
    desk.hear("een", "Ik hoor dat het rooster vaststaat.", "u2")
    assert desk.spar("twee", "manager", "u1") == first
    again = desk.hear("een", "Ik hoor dat het rooster vaststaat.", "u2")
    assert again == desk.hear("een", "Ik hoor dat het rooster vaststaat.", "u2")
    assert len(list(desk.rows.db.query("select * from spar_turns where user = 'een'"))) == 1


@pytest.mark.parametrize(
    "chart",
    [
        Bars("Staven", (("een", 0.5, None), ("twee", 1.0, 0.25)), radar=True, note="x"),
        Course("Verloop", (1, 2, 0), ("koel", "lauw", "heet"), before=(1, 1)),
    ],
)
def test_a_picture_survives_the_store(chart: charts.Chart) -> None:
    assert charts.unpack(charts.pack(chart)) == chart


# -- words that steer -----------------------------------------------------------------------------

STEERS = [
    ("practise", "verwijt_wens", "help", "hint, andere, soort"),
    ("practise", "verwijt_wens", "terug", "Terugnemen hoeft niet"),
    ("practise", "verwijt_wens", "pauze", "blijft liggen"),
    ("practise", "verwijt_wens", "soort", "Wat wil je oefenen?"),
    ("spar", "zus", "help", "uitleg, terug"),
    ("spar", "zus", "pauze", "blijft staan"),
    ("spar", "zus", "terug", "niets om terug te spoelen"),
    ("scan", "thermometer", "help", "terug, pauze of stop"),
    ("scan", "thermometer", "pauze", "blijven staan"),
    ("scan", "thermometer", "terug", "1/12"),
]


@pytest.mark.parametrize(("kind", "name", "word", "expected"), STEERS)
def test_a_word_does_what_is_expected_of_it(
    desk: Desk, kind: str, name: str, word: str, expected: str
) -> None:
    getattr(desk, kind)("een", name)
    assert desk.obeys("een", word)
    answer = desk.hear("een", word)
    assert expected in lines(answer) and answer is not None and not answer.reply.ended
    for table in ("attempts", "spar_turns", "scan_results"):
        assert not list(desk.rows.db.query(f"select * from {table}")), "it is no answer"


@pytest.mark.parametrize("kind", ["practise", "spar", "scan"])
def test_after_a_pause_it_goes_on_where_it_was(desk: Desk, kind: str) -> None:
    names = {"practise": "niveau", "spar": "zus", "scan": "thermometer"}
    begun = getattr(desk, kind)("een", names[kind])
    paused = desk.hear("een", "pauze")
    assert paused is not None and paused.paused
    back = desk.hear("een", "hallo")
    assert "Daar ben je weer" in lines(back) and begun.reply.lines[-1] in lines(back)
    assert back is not None and back.reply.options == begun.reply.options
    desk.hear("een", "pauze")
    answers = {"practise": "inhoud", "spar": "Ik hoor dat je moe bent.", "scan": "nee"}
    assert "Daar ben je weer" not in lines(desk.hear("een", answers[kind])), "an answer is heard"


def test_between_two_exercises_terug_takes_the_last_one_again(desk: Desk) -> None:
    begun = desk.practise("een", "niveau")
    assert desk.hear("een", "inhoud").reply.options == ("ja", "andere soort", "nee")  # type: ignore[union-attr]
    again = desk.hear("een", "terug")
    assert again is not None and again.reply.lines[:2] == begun.reply.lines[:2]
    assert "Wat wil je oefenen?" in lines(desk.hear("een", "andere soort"))
    assert "Spiegelen" in lines(desk.hear("een", "spiegelen"))


def test_the_question_that_is_open_keeps_its_name_until_it_is_answered(desk: Desk) -> None:
    desk.scan("een", "thermometer")
    first = desk.place("een")
    for word in ("help", "onzin", "pauze", "hallo"):
        desk.hear("een", word)
        assert desk.place("een") == first
    desk.progress("een")
    assert desk.place("een") == first
    desk.hear("een", "ja")
    assert desk.place("een") != first


def test_a_counterpart_chosen_from_the_list_opens_another_way_the_next_time(desk: Desk) -> None:
    openings = []
    for _ in range(2):
        desk.spar("een")
        openings.append(desk.hear("een", "1").reply.lines[-1])  # type: ignore[union-attr]
        desk.hear("een", "Ik hoor je.")
        desk.hear("een", "klaar")
    assert openings[0] != openings[1]


LISTED = [("buurman", "De buurman en de schutting"), ("zus", "Je zus en moeder"), ("rust", "Rust")]


@pytest.mark.parametrize(
    ("text", "place"),
    [("1", 0), ("3.", 2), ("4", None), ("0", None), ("9" * 500, None), ("ZUS", 1),
     ("de buurman", 0), ("moeder", 1), ("", None), ("niemand", None)],
)  # fmt: skip
def test_something_is_picked_from_a_list_by_number_name_or_words(
    text: str, place: int | None
) -> None:
    assert choosing.place(text, LISTED) == place
