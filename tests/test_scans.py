"""Scans, cards and the group game."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coachbot import (
    cards,
    charts,
    content,
    content_all,
    content_scan,
    picture_practice,
    scan,
    theater,
)
from coachbot.charts import Bars, Course
from coachbot.content_scan import Scans
from coachbot.desk import Desk
from coachbot.desk_answer import Answer
from coachbot.model import Reading, Remembered, Reply, Session, Turn
from coachbot.store import Store

if TYPE_CHECKING:
    from spacy.language import Language

FOLDER = content.default_dir()
MATERIAL = content_all.material(FOLDER)
NAMES = [s.name for s in content_scan.load(FOLDER).scans]


@pytest.fixture(scope="session")
def scans() -> Scans:
    return content_scan.load(FOLDER)


@pytest.fixture
def desk(language: Language, tmp_path: Path) -> Iterator[Desk]:
    store = Store(tmp_path / "coach.db")
    yield Desk(store, MATERIAL, language, lambda: datetime(2026, 3, 2, tzinfo=UTC))
    store.close()


def fill_in(desk: Desk, name: str, answers: list[str]) -> Answer:
    answer = desk.scan("een", name)
    for text in answers:
        answer = desk.hear("een", text)
    assert answer is not None
    return answer


def test_the_seven_instruments_are_sound() -> None:
    assert content_scan.faults(FOLDER) == []
    assert len(NAMES) == 7


@pytest.mark.parametrize("name", NAMES)
def test_every_scan_ends_in_words_a_picture_and_one_question(
    desk: Desk, scans: Scans, name: str
) -> None:
    found = scan.find(scans.scans, name)
    assert found is not None
    size = len(found.statements)
    for pick in ("1", str(len(found.scale)), "2"):
        answer = fill_in(desk, name, [pick] * size)
        assert answer.reply.ended and answer.chart is not None
        if "nog niets" not in answer.reply.lines[0]:
            assert answer.reply.lines[-1].endswith("?")
    assert desk.rows.activity("een") is None


SIGNS = {"aangenaam": 0.0, "waakzaam": 0.3, "onenigheid": 0.0, "conflict": 0.0}
STRATEGIES = dict.fromkeys(
    ("autoriteit", "eliminatie", "maximaliseren", "adequaat", "preselectie", "consensus"), 0.1
)
OUTCOMES = [
    ("thermometer", SIGNS | {"aangenaam": 1.0, "onenigheid": 0.6}, "onenigheid"),
    ("thermometer", SIGNS | {"aangenaam": 0.4}, "aangenaam"),
    ("besluiten", STRATEGIES | {"consensus": 0.9}, "consensus"),
    ("leiderschap", {"samenhang": 0.2, "doel": 0.8}, "de verbindende rol"),
    ("leiderschap", {"samenhang": 0.8, "doel": 0.8}, "de coachende rol"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "scores", "label"), OUTCOMES)
def test_the_right_part_decides(
    scans: Scans, name: str, scores: dict[str, float], label: str
) -> None:
    found = scan.find(scans.scans, name)
    assert found is not None
    assert scan.decides(found, scores).label == label


def test_a_second_time_is_compared_with_the_first(desk: Desk) -> None:
    first = fill_in(desk, "thermometer", ["nee"] * 9 + ["ja"] * 3)
    second = fill_in(desk, "thermometer", ["ja"] * 3 + ["nee"] * 9)
    assert "vorige keer" not in " ".join(first.reply.lines)
    assert "vorige keer" in " ".join(second.reply.lines)
    assert isinstance(second.chart, Bars) and second.chart.rows[3][1:] == (0.0, 1.0)


def test_an_answer_can_be_taken_back_and_a_wrong_one_is_asked_again(desk: Desk) -> None:
    desk.scan("een")
    assert "1/12" in " ".join(desk.hear("een", "de thermometer").reply.lines)  # type: ignore[union-attr]
    for text, place in (("ja", "2/12"), ("misschien", "2/12"), ("terug", "1/12"), ("2", "2/12")):
        answer = desk.hear("een", text)
        assert answer is not None and place in " ".join(answer.reply.lines)
    ended = desk.hear("een", "stop")
    assert ended is not None and ended.reply.ended
    assert desk.rows.last_scan("een", "thermometer") is None


def test_ten_cards_with_three_questions_each() -> None:
    found = content_scan.load_cards(FOLDER)
    assert len(found) == 10
    assert all(len(card.questions) == 3 for card in found)


FITS = [
    ("ik slaap niet en ben zo moe", "rust"),
    ("mijn achterban en mijn bestuur", "loyaliteit"),
    ("niemand weet wie de taken doet", "vierkant"),
    ("qwerty", None),
]


@pytest.mark.parametrize(("words", "name"), FITS)
def test_a_card_fits_what_is_said(words: str, name: str | None) -> None:
    found = cards.fitting(content_scan.load_cards(FOLDER), words.split())
    assert (found.name if found else None) == name


def test_the_card_of_the_last_conversation(desk: Desk) -> None:
    session = Session("gesprek", "welkom", memory={"zorg": Remembered("mijn achterban")})
    turn = Turn(session, session, Reading(text="x"), Reply(("x",)), "x")
    desk.rows.store.record("een", None, turn, None, None)
    answer = desk.card("een", -1)
    assert answer is not None and answer.reply.lines[0].startswith("Dubbele")
    assert desk.card("een", 0, "nergens") is None


@pytest.mark.parametrize("count", [3, 6, 8])
def test_strategies_are_dealt_evenly_and_never_twice(count: int) -> None:
    game = content_scan.load_theater(FOLDER)
    players = [f"speler {n}" for n in range(count)]
    rounds = theater.deal(game, players, seed=7, own="Onze vraag")
    assert [r.open_cards for r in rounds] == [False, False, True]
    assert rounds[0].assignment == "Onze vraag"
    assert rounds == theater.deal(game, players, seed=7, own="Onze vraag")
    for player in players:
        played = [s.name for r in rounds for p, s in r.hands if p == player]
        assert len(set(played)) == len(played) == 3
    for one in rounds:
        times = Counter(strategy.name for _, strategy in one.hands)
        assert max(times.values()) <= -(-count // 6) + 1


CHARTS = [
    Bars("Staven", (("een", 0.5, None), ("twee", 1.0, None))),
    Bars("Radar", (("een", 0.5, 0.2), ("twee", 1.0, 0.1), ("drie", 0.0, 0.9)), radar=True),
    Course("Verloop", (1, 2, 0), ("koel", "lauw", "heet"), before=(1, 1)),
]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.title)
def test_pictures_as_png_svg_and_text(tmp_path: Path, chart: Bars | Course) -> None:
    assert picture_practice.png(chart)[:4] == b"\x89PNG"
    path = picture_practice.draw(chart, tmp_path / "x.svg")
    assert "<svg" in path.read_text(encoding="utf-8")
    assert len(list(charts.text(chart))) == 3 if isinstance(chart, Course) else True


MISTAKES = [
    ("scans/leiderschap.yml", "{high: [samenhang],", "{high: [samenh],", "'samenh' is not known"),
    ("scans/leiderschap.yml", "{high: [samenhang],", "{high: [doel],", "one cell for each of 4"),
    ("scans/thermometer.yml", "rule: heetste", "rule: heetst", "'heetst' is not known"),
    ("scans/thermometer.yml", "order: 1", "order: een", "'een' is not allowed; allowed: 1-99"),
    ("kaarten/reminders.yml", "\"Wat wil jij hier echt bereiken?\", ", "", "2, needed: 3"),
    ("kaarten/theater.yml", "minutes: 4", "minutes: 9", "9 is not allowed; allowed: 3-5"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "expected"), MISTAKES)
def test_a_mistake_is_named(tmp_path: Path, name: str, old: str, new: str, expected: str) -> None:
    for folder in ("scans", "kaarten"):
        (tmp_path / folder).mkdir()
        for path in (FOLDER / folder).glob("*.yml"):
            text = path.read_text(encoding="utf-8")
            if f"{folder}/{path.name}" == name:
                assert old in text
                text = text.replace(old, new, 1)
            (tmp_path / folder / path.name).write_text(text, encoding="utf-8")
    faults = content_scan.faults(tmp_path)
    assert any(expected in fault for fault in faults), faults


NASTY = [
    "",
    "   ",
    "😀😀",
    "{woorden} {zin}",
    "%s ‘’",
    "\x00",
    "9" * 400,
    "nee " * 900,
    "?",
    "-1",
    "0",
]
STARTS = [
    ("practise", None),
    ("practise", "eigen"),
    ("spar", "zus"),
    ("spar", None),
    ("scan", None),
]


@pytest.mark.parametrize(("activity", "name"), STARTS)
def test_any_input_gets_an_answer(desk: Desk, activity: str, name: str | None) -> None:
    for text in NASTY:
        getattr(desk, activity)("een", name)
        for _ in range(3):
            answer = desk.hear("een", text)
            if answer is None:
                break
            assert answer.hand_over or all(line.strip() for line in answer.reply.lines)


def test_the_same_update_is_answered_once(desk: Desk) -> None:
    desk.practise("een", "niveau")
    first = desk.hear("een", "emotie", "u1")
    again = desk.hear("een", "emotie", "u1")
    assert first is not None and again is not None and again.reply.lines == first.reply.lines
    assert len(desk.rows.done("een")) == 1
