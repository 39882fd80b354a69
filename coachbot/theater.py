"""Theater van Besluit: a group decides against the clock, each with a strategy of its own. Pure.

Three rounds on assignments of the group; strategies are dealt out in private, the last round is
played with open cards, and after every round the group looks back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Strategy:
    """A way to decide, as it is told to the one player who gets it."""

    name: str
    says: str


@dataclass(frozen=True, slots=True)
class Theater:
    """The game as it is written down."""

    rounds: int
    minutes: int
    least: int
    strategies: tuple[Strategy, ...]
    assignments: tuple[str, ...]
    #: Questions after each round.
    reflection: tuple[tuple[str, ...], ...]
    talk: Mapping[str, tuple[str, ...]]
    #: What is said in a group chat, and what stands on its buttons.
    group: Mapping[str, tuple[str, ...]]
    buttons: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Round:
    """One round: what to decide, and who plays what."""

    number: int
    assignment: str
    hands: tuple[tuple[str, Strategy], ...]
    open_cards: bool
    questions: tuple[str, ...]


def deal(game: Theater, players: Sequence[str], seed: int, own: str = "") -> tuple[Round, ...]:
    """All rounds; nobody plays a strategy twice, and it is spread as evenly as can be.

    The same seed deals the same cards, so that a group chat that is taken up again goes on as it
    was. `own` is an assignment of the group itself, played first.
    """
    random = Random(seed)
    assignments = random.sample(game.assignments, game.rounds)
    if own:
        assignments[0] = own
    rounds = []
    played: set[tuple[str, str]] = set()
    for number in range(1, game.rounds + 1):
        hands = _hands(game, players, random, played)
        played |= {(player, strategy.name) for player, strategy in hands}
        rounds.append(
            Round(
                number,
                assignments[number - 1],
                hands,
                number == game.rounds,
                game.reflection[number - 1],
            )
        )
    return tuple(rounds)


def _hands(
    game: Theater, players: Sequence[str], random: Random, played: set[tuple[str, str]]
) -> tuple[tuple[str, Strategy], ...]:
    """Every player a strategy of the least dealt ones that he or she has not played yet."""
    dealt = {strategy.name: 0 for strategy in game.strategies}
    hands = []
    for player in players:
        new = [s for s in game.strategies if (player, s.name) not in played] or game.strategies
        least = min(dealt[s.name] for s in new)
        strategy = random.choice([s for s in new if dealt[s.name] == least])
        dealt[strategy.name] += 1
        hands.append((player, strategy))
    return tuple(hands)
