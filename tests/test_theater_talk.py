"""The group game as a machine: who may do what when, and what an old clock or button does."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from coachbot import content, content_all, theater_talk
from coachbot.theater_talk import Game, Phase

THEATER = content_all.material(content.default_dir()).theater


def begun(players: int = 3) -> Game:
    game = theater_talk.begin(THEATER, theater_talk.new(THEATER, 7, ""), range(1, players + 1))
    assert game is not None
    return game


@pytest.mark.parametrize(
    ("told", "minutes", "own"),
    [("", 4, ""), ("5", 5, ""), ("3 Wie?", 3, "Wie?"), ("9 Wie?", 4, "9 Wie?"), ("Wie?", 4, "Wie?"),
     ("²", 4, "²")],
)  # fmt: skip
def test_a_game_may_have_its_own_minutes_and_its_own_case(
    told: str, minutes: int, own: str
) -> None:
    game = theater_talk.new(THEATER, 1, told)
    assert (game.minutes, game.own) == (minutes, own)


def test_three_rounds_with_a_clock_and_the_last_with_open_cards() -> None:
    game = begun()
    for number in (1, 2, 3):
        assert (game.round, game.phase) == (number, Phase.PLAY)
        assert theater_talk.seconds(game) == 3 * 60
        last_minute = theater_talk.tick(game, game.step)
        assert last_minute is not None and theater_talk.seconds(last_minute) == 60
        assert theater_talk.tick(last_minute, game.step) is None, "an old clock"
        over = theater_talk.tick(last_minute, last_minute.step)
        assert over is not None and theater_talk.seconds(over) is None
        assert theater_talk.following(THEATER, over) is None, "first a decision"
        decided = theater_talk.decide(over, f"besluit {number}")
        assert decided is not None and theater_talk.decide(decided, "nog een") is None
        after = theater_talk.following(THEATER, decided)
        assert (after is None) == (number == 3)
        game = after or decided
    assert game.decisions == ("besluit 1", "besluit 2", "besluit 3")
    assert [turn.open_cards for turn in theater_talk.rounds(THEATER, game)] == [False, False, True]


def test_too_few_cannot_begin_and_nobody_begins_twice() -> None:
    joining = theater_talk.new(THEATER, 7, "")
    assert theater_talk.begin(THEATER, joining, [1, 2]) is None
    assert theater_talk.begin(THEATER, begun(), [1, 2, 3]) is None
    assert theater_talk.strategy(THEATER, joining, 1) is None


def test_a_card_is_the_same_wherever_it_is_looked_at() -> None:
    game = begun(6)
    cards = [theater_talk.strategy(THEATER, game, number) for number in range(1, 7)]
    assert all(cards) and max(Counter(card.name for card in cards if card).values()) <= 2
    again = theater_talk.unpack(replace(game).pack())
    assert again == game
    assert [theater_talk.strategy(THEATER, again, n) for n in range(1, 7)] == cards
    assert theater_talk.strategy(THEATER, game, 9) is None
