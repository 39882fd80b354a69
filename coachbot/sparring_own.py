"""Somebody's own case: the other's side, as told to the coach, to spar with. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from coachbot.content_sparring import OwnCase
from coachbot.dialogue import placeholders
from coachbot.model import Remembered
from coachbot.practice_checks import tokens
from coachbot.sparring import Scenario, State

#: Slots of the coaching conversation that tell the other's side.
OTHER, POSITION, NEED = "ander", "ander_standpunt", "ander_behoefte"
#: A need of so many words fits into somebody's sentence.
SHORT_NEED = 5


def own_case(memory: Mapping[str, Remembered], words: OwnCase) -> dict[str, str]:
    """Placeholder -> words of the coaching conversation; empty when the other's side is unknown."""
    if OTHER not in memory or not {POSITION, NEED} & memory.keys():
        return {}
    fill = {OTHER: memory[OTHER].text}
    if POSITION in memory:
        fill["citaat_standpunt"] = memory[POSITION].text.strip(" .")
        turned = _turned(memory[POSITION].text, words)
        fill |= {"standpunt": turned} if turned else {}
    if NEED in memory:
        need = memory[NEED].text.strip(" .")
        fill["citaat_behoefte"] = need
        if len(need.split()) <= SHORT_NEED and not set(tokens(need)) & words.unsure:
            fill["behoefte"] = need.lower()
    return fill


def _turned(text: str, words: OwnCase) -> str | None:
    """ "Hij vindt dat het op zijn grond staat" -> "het op mijn grond staat"; None when unsure."""
    low = text.strip(" .").lower()
    lead = next((lead for lead in words.lead if low.startswith(f"{lead} ")), None)
    if lead is None:
        return None
    parts = low.removeprefix(lead).split()
    if parts[-1:] and parts[-1] in words.verbs:
        return None
    turn = words.turn if lead.split()[0] in words.turn else {}
    turned = [turn.get(part, part) for part in parts]
    unsure = any(part in words.unsure and part not in turn for part in parts)
    return None if unsure else " ".join(turned)


def filled(scenario: Scenario, fill: Mapping[str, str]) -> Scenario:
    """A scenario with its placeholders filled; lines that cannot be filled are left out."""

    def lines(pool: Sequence[str]) -> tuple[str, ...]:
        return tuple(line.format_map(fill) for line in pool if placeholders(line) <= fill.keys())

    def one(text: str) -> str:
        return next(iter(lines((text,))), "")

    states = {
        name: State(name, lines(state.say), lines(state.stay), state.next)
        for name, state in scenario.states.items()
    }
    return replace(
        scenario,
        other=one(scenario.other),
        setting=lines(scenario.setting),
        standpoint=one(scenario.standpoint),
        need=one(scenario.need),
        opening=lines(scenario.opening),
        states=states,
    )
