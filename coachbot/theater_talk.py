"""A game of Theater van Besluit as a group chat plays it: join, three rounds with a clock. Pure.

Each function takes the game as it stands and gives the game after it, or says why that cannot be.
What is said about it is the adapter's; the deal itself is `theater.deal`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from coachbot.theater import Round, Strategy, Theater, deal

#: The warning comes so long before the end of a round, in seconds.
WARNING = 60


class Phase(StrEnum):
    """Where a game is."""

    JOIN = "join"
    PLAY = "play"
    LAST_MINUTE = "last_minute"
    OVERTIME = "overtime"
    LOOK_BACK = "look_back"


@dataclass(frozen=True, slots=True)
class Game:
    """One game; `step` rises with every change of phase, so that an old clock is recognised."""

    seed: int
    minutes: int
    own: str = ""
    phase: Phase = Phase.JOIN
    numbers: tuple[int, ...] = ()
    round: int = 0
    step: int = 0
    decisions: tuple[str, ...] = ()

    def pack(self) -> dict[str, Any]:
        """As JSON data."""
        return asdict(self)


def unpack(data: Mapping[str, Any]) -> Game:
    """JSON data back to a game."""
    kept: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
    return Game(**kept | {"phase": Phase(data["phase"])})


def new(theater: Theater, seed: int, told: str) -> Game:
    """A game to join; `told` may begin with the minutes of a round, and be the group's own case."""
    first, _, rest = told.partition(" ")
    if first.isdecimal() and 3 <= int(first[:4]) <= 5:
        return Game(seed, int(first), rest.strip())
    return Game(seed, theater.minutes, told.strip())


def begin(theater: Theater, game: Game, numbers: Sequence[int]) -> Game | None:
    """The first round; None when too few play, or it has begun already."""
    if game.phase is not Phase.JOIN or len(numbers) < theater.least:
        return None
    return _round(replace(game, numbers=tuple(numbers)))


def tick(game: Game, step: int) -> Game | None:
    """The clock of `step` went off; None when that was an old one."""
    if step != game.step or game.phase not in (Phase.PLAY, Phase.LAST_MINUTE):
        return None
    after = Phase.LAST_MINUTE if game.phase is Phase.PLAY else Phase.OVERTIME
    return replace(game, phase=after, step=game.step + 1)


def seconds(game: Game) -> int | None:
    """How long until the clock goes off; None when it does not run."""
    if game.phase is Phase.PLAY:
        return game.minutes * 60 - WARNING
    return WARNING if game.phase is Phase.LAST_MINUTE else None


def decide(game: Game, decision: str) -> Game | None:
    """What the group decided; None when nothing is to be decided now."""
    if game.phase not in (Phase.PLAY, Phase.LAST_MINUTE, Phase.OVERTIME):
        return None
    decisions = (*game.decisions, decision)
    return replace(game, phase=Phase.LOOK_BACK, decisions=decisions, step=game.step + 1)


def following(theater: Theater, game: Game) -> Game | None:
    """The next round; None when there is none, or this one is not over."""
    if game.phase is not Phase.LOOK_BACK or is_last(theater, game):
        return None
    return _round(game)


def is_last(theater: Theater, game: Game) -> bool:
    """Is this the last round?"""
    return game.round >= theater.rounds


def rounds(theater: Theater, game: Game) -> tuple[Round, ...]:
    """Every round as it was dealt; players go by their numbers."""
    return deal(theater, [str(number) for number in game.numbers], game.seed, game.own)


def strategy(theater: Theater, game: Game, number: int) -> Strategy | None:
    """The card of one player in this round; None when there is none."""
    if game.phase is Phase.JOIN:
        return None
    hands = dict(rounds(theater, game)[game.round - 1].hands)
    return hands.get(str(number))


def _round(game: Game) -> Game:
    return replace(game, phase=Phase.PLAY, round=game.round + 1, step=game.step + 1)
