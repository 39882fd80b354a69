"""Theater van Besluit at one screen: the clock runs, cards are shown to one player at a time."""

from __future__ import annotations

import select
import sys
from collections.abc import Sequence

import click

from coachbot.theater import Round, Theater, deal
from coachbot.theater_talk import WARNING


def play(
    game: Theater, players: Sequence[str], minutes: int, seed: int
) -> list[tuple[int, str, str]]:
    """The whole game; returns (round, assignment, decision) of the rounds that were decided."""
    _say(game, "open", rondes=game.rounds, minuten=minutes)
    names = list(players)
    while len(set(names)) < game.least:
        _say(game, "players", aantal=game.least)
        line = _line()
        if line is None:
            return []
        names = [name.strip() for name in line.split(",") if name.strip()]
    _say(game, "own_choice")
    own = (_line() or "").strip()
    decided = []
    for turn in deal(game, list(dict.fromkeys(names)), seed, own):
        decision = _round(game, turn, minutes)
        if decision is None:
            break
        decided.append((turn.number, turn.assignment, decision))
    if decided:
        _say(game, "done")
        for number, assignment, decision in decided:
            _say(game, "recorded", nummer=number, opdracht=assignment, besluit=decision)
    return decided


def _round(game: Theater, turn: Round, minutes: int) -> str | None:
    _say(game, "assignment", nummer=turn.number, opdracht=turn.assignment)
    if turn.open_cards:
        _say(game, "open_cards")
    for name, strategy in turn.hands:
        if not turn.open_cards:
            _say(game, "your_turn", naam=name)
            if _line() is None:
                return None
        _say(game, "strategy", naam=name, strategie=strategy.name, uitleg=strategy.says)
        if not turn.open_cards:
            _say(game, "private")
            if _line() is None:
                return None
            click.clear()
    if not turn.open_cards:
        _say(game, "hidden")
    _say(game, "clock", minuten=minutes)
    decision = _timed(game, minutes * 60)
    if decision is None:
        return None
    _say(game, "decision", besluit=decision)
    _say(game, "reflection")
    for question in turn.questions:
        click.echo(f"- {question}")
    click.echo()
    return decision


def _timed(game: Theater, seconds: int) -> str | None:
    """The decision, with a warning one minute before the end; asked for when the time is over."""
    for wait, key in ((seconds - WARNING, "minute"), (WARNING, "over")):
        if not sys.stdin.isatty() or select.select([sys.stdin], [], [], wait)[0]:
            break
        _say(game, key)
    line = _line()
    while line is not None and not line.strip():
        line = _line()
    return line.strip() if line is not None else None


def _line() -> str | None:
    try:
        return input()
    except (EOFError, KeyboardInterrupt):
        return None


def _say(game: Theater, key: str, **words: object) -> None:
    click.echo(game.talk[key][0].format(**words))
